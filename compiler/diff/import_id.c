/* SPDX-License-Identifier: MIT */
#include "diff/import_id.h"

#include "base/buf.h"
#include "resource/resource.h"

#define ID_MAX (1u << 16)

static str text_of(struct known *k, const struct node *n, const struct value *v) {
    v = v == NULL ? NULL : known_value(k, n, v);
    return v == NULL || v->type != VALUE_STR ? STR("") : v->text;
}

/* What the account has goes first: Terraform looks there. */
static str attribute(struct known *k, const struct node *want, const struct node *have, str name) {
    const struct resource_kind *kind = want->kind;
    int i = resource_attr_find(kind->attrs, kind->nattrs, name);
    if (i < 0)
        return STR("");
    str text = text_of(k, have, have->attrs[i]);
    if (text.n == 0)
        text = text_of(k, want, want->attrs[i]);
    if (text.n == 0 && kind->attrs[i].made != NULL)
        text = text_of(k, want, value_ref(k->a, want, kind->attrs[i].tf, want->at));
    return text;
}

static str part(struct known *k, const struct node *want, const struct node *have, str name) {
    const struct diff_options *o = k->o;
    if (str_is(name, "partition"))
        return o->partition;
    if (str_is(name, "account"))
        return o->account;
    if (str_is(name, "region"))
        return want->region == GRAPH_REGION_GLOBAL ? STR(GRAPH_GLOBAL_NAME) : o->region;
    return attribute(k, want, have, name);
}

str import_id(struct known *k, const struct node *want) {
    const struct known_node *pair = want->data ? NULL : known_pair(k, want);
    if (pair == NULL || pair->have == NULL || want->kind->import_id == NULL)
        return STR("");
    struct buf b = BUF_INIT(ID_MAX);
    str rest = str_c(want->kind->import_id);
    bool known = true, arn = str_is(rest, "${arn}");
    while (rest.n > 0 && known) {
        buf_put(&b, str_split(&rest, '$'));
        if (rest.n == 0)
            break;
        str name = str_split(&rest, '}');
        str text = part(k, want, pair->have, str_sub(name, 1, name.n));
        known = text.n > 0 && (!arn || str_starts(text, STR("arn:")));
        buf_put(&b, text);
    }
    str id = buf_keep(&b, k->a);
    return known ? id : STR("");
}
