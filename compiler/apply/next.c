/* SPDX-License-Identifier: MIT */
#include "apply/next.h"

#include "base/buf.h"
#include "resource/resource.h"
#include "resource/resource_write.h"

#define TEXT_MAX 4096

static str text_of(struct arena *a, const struct node *n, str tf) {
    int i = resource_attr_find(n->kind->attrs, n->kind->nattrs, tf);
    return i < 0 ? STR("") : value_text(a, n->attrs[i]);
}

/* "protocol=email" */
static bool is_so(struct arena *a, const struct node *n, const char *is) {
    str value = str_c(is), name = str_split(&value, '=');
    return is == NULL || str_eq(text_of(a, n, name), value);
}

static bool is_held(const struct graph *want, const struct node *n) {
    bool any = false;
    for (uint32_t i = 0; i < want->nodes.n && !any; i++) {
        const struct node *by = want->nodes.at[i];
        const struct resource_writing *w = resource_writing_of(by->kind);
        for (uint32_t k = 0; w != NULL && w->holds_on && k < by->kind->nattrs; k++)
            any = any || (by->attrs[k] != NULL && by->attrs[k]->type == VALUE_REF &&
                          by->attrs[k]->ref.node == n);
    }
    return any;
}

static str filled_in(struct arena *a, const struct node *n, const char *text) {
    struct buf b = BUF_INIT(TEXT_MAX);
    for (str rest = str_c(text); rest.n > 0;) {
        buf_put(&b, str_split(&rest, '$'));
        if (rest.n > 0 && rest.p[0] == '{') {
            rest = str_sub(rest, 1, rest.n);
            buf_put(&b, text_of(a, n, str_split(&rest, '}')));
        }
    }
    return buf_keep(&b, a);
}

void next_add(struct arena *a, const struct graph *want, const struct step *s,
              struct next_list *to) {
    bool made = s->action == STEP_CREATE || s->action == STEP_REPLACE;
    const struct resource_writing *w =
        made && s->state == STEP_DONE ? resource_writing_of(s->want->kind) : NULL;
    if (w == NULL || w->next == NULL || !is_so(a, s->want, w->next_is) ||
        (w->held != NULL && is_held(want, s->want)))
        return;
    str text = filled_in(a, s->want, w->next);
    if (map_add(a, &to->known, text, to) == NULL)
        VEC_PUSH(a, &to->items, text);
}
