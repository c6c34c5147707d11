/* SPDX-License-Identifier: MIT */
#include "apply/held.h"

#include "resource/resource.h"
#include "resource/resource_write.h"

static str text_in(const struct node *n, str tf) {
    int i = resource_attr_find(n->kind->attrs, n->kind->nattrs, tf);
    const struct value *v = i < 0 ? NULL : n->attrs[i];
    return v == NULL || v->type != VALUE_STR ? (str){NULL, 0} : v->text;
}

static bool holds(const struct node *n, str arn) {
    const struct resource_writing *w = n->data ? NULL : resource_writing_of(n->kind);
    for (uint32_t i = 0; w != NULL && w->holds_on && i < n->kind->nattrs; i++) {
        const struct value *v = n->attrs[i];
        if (v != NULL && v->type == VALUE_STR && str_eq(v->text, arn))
            return true;
    }
    return false;
}

/* How many AWS says there are, of every kind: users and groups are not read. XML has texts. */
static uint32_t told(const struct node *node) {
    uint32_t sum = 0;
    for (str rest = str_c(resource_writing_of(node->kind)->held); rest.n > 0;) {
        str name = str_split(&rest, ' '), text = text_in(node, name);
        struct num n;
        if (text.n > 0 && num_scan(text, &n) == text.n && num_ok(n) && num_is_int(n) && n.n > 0 &&
            n.n < UINT16_MAX)
            sum += (uint32_t)n.n;
    }
    return sum;
}

bool held_by_others(const struct graph *have, const struct diff *d, const struct node *node,
                    bool (*goes)(void *ctx, const struct diff_item *item), void *ctx,
                    struct held *ret) {
    const struct resource_writing *w = resource_writing_of(node->kind);
    str arn = text_in(node, STR("arn"));
    uint32_t known = 0, others = 0;
    *ret = (struct held){NULL, 0};
    if (have == NULL || w == NULL || w->held == NULL || arn.n == 0)
        return false;
    for (uint32_t i = 0; i < have->nodes.n; i++) {
        const struct node *n = have->nodes.at[i];
        if (!holds(n, arn))
            continue;
        bool ours = false;
        for (uint32_t k = 0; k < d->items.n && !ours; k++) {
            const struct diff_item *item = &d->items.at[k];
            ours = item->have == n && (item->want != NULL || goes(ctx, item));
        }
        known++;
        others += !ours;
        ret->by = ret->by == NULL && !ours ? n : ret->by;
    }
    uint32_t all = told(node);
    others += all > known ? all - known : 0;
    ret->more = others - (ret->by != NULL);
    return others > 0;
}
