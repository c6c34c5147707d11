/* SPDX-License-Identifier: MIT */
/* what "${}" stands for */
#include "apply/input_parts.h"
#include "base/sha256.h"
#include "live/path.h"
#include "resource/resource.h"

#define TOKEN_DIGITS 32

static struct value *fallback(struct arena *a, const struct resource_attr *row) {
    str def = str_c(row->def != NULL ? row->def : "");
    switch (row->type) {
    case ATTR_NUM:
        return value_num(a, num_of(row->def != NULL ? def : STR("0")), SPAN_NONE);
    case ATTR_BOOL:
        return value_bool(a, str_is(def, "true"), SPAN_NONE);
    case ATTR_STR_MAP:
    case ATTR_BLOCK:
        return value_map(a, 0, SPAN_NONE);
    case ATTR_STR_LIST:
    case ATTR_STR_SET:
    case ATTR_BLOCKS:
        break;
    case ATTR_STR:
    case ATTR_JSON:
        return value_str(a, def, SPAN_NONE);
    }
    struct value *list = value_list(a, VALUE_LIST, 1, SPAN_NONE);
    if (row->def != NULL)
        value_push(list, value_str(a, def, SPAN_NONE));
    return list;
}

/* One node and one operation of one run. */
static str token(struct input *in) {
    const struct input_from *from = in->from;
    struct sha256 h;
    char hex[SHA256_HEX + 1];
    str s = arena_printf(from->a, "%.*s %s %d %.*s %s", STR_ARG(from->run), from->node->kind->tf,
                         from->node->region, STR_ARG(from->node->name), in->of);
    sha256_begin(&h);
    sha256_add(&h, s.p, s.n);
    sha256_end_hex(&h, hex);
    return str_sub(arena_str(from->a, str_c(hex)), 0, TOKEN_DIGITS);
}

/* "${region}" and the like; false: it is an attribute. */
static bool of_account(struct input *in, str name, struct value **ret) {
    const struct diff_options *o = in->from->known->o;
    bool global = in->from->node->region == GRAPH_REGION_GLOBAL;
    str region = global ? STR(GRAPH_GLOBAL_NAME) : o->region;
    const struct {
        const char *name;
        str is;
    } all[] = {{"account", o->account},
               {"partition", o->partition},
               {"region", region},
               {"location", str_is(region, "us-east-1") ? STR("") : region},
               {"token", str_is(name, "token") ? token(in) : STR("")}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (str_is(name, all[i].name)) {
            *ret = all[i].is.n == 0 ? NULL : value_str(in->from->a, all[i].is, SPAN_NONE);
            return true;
        }
    }
    return false;
}

/* Where one has the same key in both, the wanted one. */
static const struct value *with_others(struct arena *a, const struct value *want,
                                       const struct value *have) {
    if (want == NULL || have == NULL || have->type != VALUE_MAP)
        return want;
    struct value *all = value_map(a, want->map.n + have->map.n, want->at);
    for (uint32_t i = 0; i < have->map.n; i++) {
        if (value_get(want, have->map.fields[i].name) == NULL)
            value_set(all, have->map.fields[i].name, have->map.fields[i].value);
    }
    for (uint32_t i = 0; i < want->map.n; i++)
        value_set(all, want->map.fields[i].name, want->map.fields[i].value);
    return all;
}

/* What a node has, as it was written; tags are those of the whole graph. */
static const struct value *raw(struct input *in, const struct node *n, int row, bool others) {
    const struct resource_attr *is = &n->kind->attrs[row];
    const struct node *have = others ? in->from->have : NULL;
    if ((is->flags & ATTR_TAGS) != 0 && n == in->from->node)
        return with_others(in->from->a, in->from->known->want->tags,
                           have == NULL ? NULL : have->attrs[row]);
    if (n->attrs[row] != NULL || (is->flags & ATTR_COMPUTED) == 0)
        return n->attrs[row];
    const struct value *ref = value_ref(in->from->a, n, is->tf, SPAN_NONE);
    const struct value *v = known_value(in->from->known, n, ref);
    if (v->type == VALUE_REF && in->from->have != NULL)
        v = in->from->have->attrs[row];
    return v != NULL && v->type == VALUE_REF ? NULL : v;
}

struct input_attribute input_attribute_of(struct input *in, struct placeholder s) {
    const struct node *n = s.there ? in->from->have : in->from->node;
    const struct resource_kind *kind = in->from->node->kind;
    struct input_attribute is = {in->row, in->item};
    if (s.name.n > 0) {
        int i = resource_attr_find(kind->attrs, kind->nattrs, s.name);
        is.row = i < 0 ? NULL : &kind->attrs[i];
        is.v = i < 0 || n == NULL ? NULL : raw(in, n, i, s.others);
    }
    while (is.row != NULL && s.inner.n > 0) {
        str name = str_split(&s.inner, '.');
        int i = resource_attr_find(is.row->block, is.row->nblock, name);
        is.v = i < 0 || is.v == NULL || is.v->type != VALUE_BLOCK ? NULL : is.v->block.attrs[i];
        is.row = i < 0 ? NULL : &is.row->block[i];
    }
    if (is.row == NULL)
        in->why = arena_printf(in->from->a, "there is no attribute %.*s", STR_ARG(s.name));
    return is;
}

bool input_is_given(const struct value *v) {
    return v != NULL && !(v->type == VALUE_LIST && v->list.n == 0) &&
           !(v->type == VALUE_MAP && v->map.n == 0);
}

struct value *input_placeholder(struct input *in, struct placeholder s) {
    struct arena *a = in->from->a;
    const struct path_scope first = {NULL, in->from->first};
    struct value *known = NULL;
    if (s.first)
        return in->from->first == NULL ? NULL : (struct value *)path_find(a, &first, s.inner);
    if (of_account(in, s.name, &known))
        return known;
    struct input_attribute at = input_attribute_of(in, s);
    if (at.row != NULL && s.given)
        return value_bool(a, input_is_given(at.v), SPAN_NONE);
    if (at.row == NULL || (at.v == NULL && !s.fallback && !s.count))
        return NULL;
    if (s.count && at.row->type == ATTR_BLOCK)
        return value_int(a, at.v != NULL, SPAN_NONE);
    struct value *is = at.v == NULL ? fallback(a, at.row) : input_as_api(in, at.row, at.v);
    if (is != NULL && s.count)
        return value_int(a, is->type == VALUE_LIST ? is->list.n : is->map.n, SPAN_NONE);
    return is != NULL && s.form.n > 0 ? input_pairs(a, is, s.form) : is;
}
