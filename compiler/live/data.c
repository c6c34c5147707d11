/* SPDX-License-Identifier: MIT */
#include "live/parts.h"

/* Data sources that name others, which name others. */
#define ROUNDS_MAX 8

/* Blocks as maps by the names of the API; NULL when a part is not known. */
static struct value *as_sent(struct live *l, const struct node *of, const struct resource_attr *row,
                             const struct value *v) {
    if (v->type == VALUE_LIST && row->type == ATTR_BLOCKS) {
        struct value *list = value_list(l->own, VALUE_LIST, v->list.n, SPAN_NONE);
        for (uint32_t i = 0; i < v->list.n; i++) {
            struct value *item = as_sent(l, of, row, v->list.items[i]);
            if (item == NULL)
                return NULL;
            value_push(list, item);
        }
        return list;
    }
    if (v->type != VALUE_BLOCK) {
        const struct value *is = known_value(&l->known, of, v);
        return known_lacks(is) ? NULL : (struct value *)is;
    }
    struct value *map = value_map(l->own, row->nblock, SPAN_NONE);
    for (uint32_t i = 0; i < row->nblock; i++) {
        const struct value *in = v->block.attrs[i];
        struct value *is = in == NULL ? NULL : as_sent(l, of, &row->block[i], in);
        if (in != NULL && is == NULL)
            return NULL;
        if (is != NULL)
            value_set(map, str_c(row->block[i].api), is);
    }
    return map;
}

static const struct value *data_params(struct live *l, const struct node *n,
                                       const struct resource_call *c) {
    struct value *asked = value_map(l->own, c->nparams, SPAN_NONE);
    for (uint32_t i = 0; i < c->nparams; i++) {
        int at = resource_attr_index(n->kind->attrs, n->kind->nattrs, c->params[i].from);
        const struct value *v = at < 0 ? NULL : n->attrs[at];
        if (v == NULL)
            continue;
        struct value *is = as_sent(l, n, &n->kind->attrs[at], v);
        if (is == NULL)
            return NULL;
        value_set(asked, str_c(c->params[i].name), is);
    }
    return asked;
}

/* Whether something was asked. */
static bool ask_data(struct live *l, struct map *asked) {
    bool any = false;
    for (uint32_t i = 0; i < l->want->nodes.n; i++) {
        const struct node *n = l->want->nodes.at[i];
        str key = {(const unsigned char *)&l->want->nodes.at[i], sizeof n};
        if (!n->data || n->kind->nreads == 0 || map_get(asked, key) != NULL)
            continue;
        const struct resource_call *c = n->kind->reads[0].call;
        const struct value *params = data_params(l, n, c);
        if (params == NULL)
            continue;
        map_add(l->own, asked, key, l);
        live_begin(live_need_new(l, c, n), params);
        any = true;
    }
    return any;
}

/* Terraform refuses a data source that finds several; here it is one that was not found. */
static void drop_doubles(struct live *l) {
    struct graph *have = l->ret->have;
    uint32_t n = 0;
    for (uint32_t i = 0; i < have->nodes.n; i++) {
        uint32_t same = 0;
        for (uint32_t k = 0; k < have->nodes.n; k++)
            same += have->nodes.at[k]->kind == have->nodes.at[i]->kind &&
                    str_eq(have->nodes.at[k]->label, have->nodes.at[i]->label) &&
                    str_eq(have->nodes.at[k]->module, have->nodes.at[i]->module);
        if (same == 1)
            have->nodes.at[n++] = have->nodes.at[i];
    }
    have->nodes.n = n;
}

void live_read_data(struct live *l) {
    struct map asked = {0};
    for (unsigned round = 0; round < ROUNDS_MAX; round++) {
        live_know(l);
        if (live_is_over(l) || !ask_data(l, &asked))
            return;
        aws_client_run(l->client);
        drop_doubles(l);
    }
}
