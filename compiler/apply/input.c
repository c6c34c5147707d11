/* SPDX-License-Identifier: MIT */
#include "apply/input.h"

#include "apply/document.h"
#include "apply/input_parts.h"
#include "base/buf.h"

#define KEPT "<" /* the member by which what is not named stays as it is */

/* A place in the document, and whether an attribute of it was not given. */
struct expanded {
    struct value *v; /* NULL: nothing */
    bool lacks;
};

/* `base`: what was read at the same place, or NULL. */
static struct expanded expand(struct input *in, const struct value *v, const struct value *base);

static struct expanded text(struct input *in, const struct value *v) {
    str rest = v->text, before = placeholder_before(&rest);
    if (rest.n == 0)
        return (struct expanded){(struct value *)v, false};
    bool whole = before.n == 0 && str_find(rest, '}') + 1 == rest.n;
    struct buf b = BUF_INIT(INPUT_TEXT_MAX);
    for (;; before = placeholder_before(&rest)) {
        buf_put(&b, before);
        if (rest.n == 0)
            break;
        struct value *is = input_placeholder(in, placeholder_of(str_split(&rest, '}')));
        if (is == NULL || whole) {
            buf_done(&b);
            return (struct expanded){is, is == NULL};
        }
        buf_put(&b, value_text(in->from->a, is));
    }
    return (struct expanded){value_str(in->from->a, buf_keep(&b, in->from->a), v->at), false};
}

/* What was read before the member `name`, or of all, and is not named. */
static void keep(struct value *to, const struct value *named, const struct value *base,
                 uint32_t *from, str name) {
    uint32_t end = *from;
    while (end < base->map.n && !str_eq(base->map.fields[end].name, name))
        end++;
    if (end == base->map.n && name.n > 0)
        return;
    for (; *from < end; (*from)++) {
        const struct value_field *f = &base->map.fields[*from];
        if (value_get(named, f->name) == NULL)
            value_set(to, f->name, f->value);
    }
}

static struct expanded map(struct input *in, const struct value *v, const struct value *base) {
    const struct node *n = in->from->node;
    struct expanded r = {NULL, false};
    bool has = base != NULL && base->type == VALUE_MAP;
    bool keeps = has && value_get(v, STR(KEPT)) != NULL;
    uint32_t kept = 0, most = v->map.n + input_count_rows(n->kind->attrs, n->kind->nattrs);
    r.v = value_map(in->from->a, most + (keeps ? base->map.n : 0), v->at);
    for (uint32_t i = 0; i < v->map.n; i++) {
        str name = v->map.fields[i].name;
        if (str_is(name, KEPT))
            continue;
        if (str_is(name, "*")) {
            input_put_rows(in, r.v, n->kind->attrs, n->kind->nattrs, n->attrs);
            continue;
        }
        if (keeps)
            keep(r.v, v, base, &kept, name);
        struct expanded e = expand(in, v->map.fields[i].value, has ? value_get(base, name) : NULL);
        r.lacks = r.lacks || e.v == NULL;
        if (e.v != NULL)
            value_set(r.v, name, e.v);
    }
    if (keeps)
        keep(r.v, v, base, &kept, STR(""));
    if (r.v->map.n == 0 && v->map.n > 0)
        r.v = NULL;
    return r;
}

/* Which item of what was read one of a list is laid over. */
static const struct value *base_of(struct input *in, const struct value *item,
                                   const struct value *base, uint32_t i) {
    const struct value *key = item->type == VALUE_MAP ? value_get(item, STR(KEPT)) : NULL;
    uint32_t n = base == NULL || key == NULL ? 0 : base->type == VALUE_LIST ? base->list.n : 1;
    struct expanded is = {NULL, false};
    if (n > 0 && key->text.n > 0)
        is = expand(in, value_get(item, key->text), NULL);
    for (uint32_t k = 0; k < n; k++) {
        const struct value *one = base->type == VALUE_LIST ? base->list.items[k] : base;
        const struct value *of = one->type == VALUE_MAP ? value_get(one, key->text) : NULL;
        bool same = is.v != NULL && of != NULL &&
                    str_eq(value_text(in->from->a, is.v), value_text(in->from->a, of));
        if (key->text.n == 0 ? k == i : same)
            return one;
    }
    return NULL;
}

/* How often an item of a list stands there, and for what. */
struct times {
    const struct resource_attr *row;
    const struct value *of;
    bool once, whole; /* whole: or not at all */
    bool stands;      /* for the item after it */
};

/* "for origin", "unless origin". */
static struct times times_of(struct input *in, str text) {
    str what = str_split(&text, ' ');
    struct input_attribute is = input_attribute_of(in, placeholder_of(text));
    bool block = is.row != NULL && (is.row->type == ATTR_BLOCK || is.row->type == ATTR_BLOCKS);
    if (str_is(what, "unless"))
        return (struct times){.once = !input_is_given(is.v), .stands = true};
    return (struct times){.row = is.row,
                          .stands = true,
                          .of = block || is.v == NULL ? is.v : input_as_api(in, is.row, is.v)};
}

static void push(struct input *in, struct value *to, const struct value *item,
                 const struct value *base, bool whole) {
    struct expanded e = expand(in, item, base_of(in, item, base, to->list.n));
    if (e.v != NULL && !(whole && e.lacks))
        value_push(to, e.v);
}

static void push_times(struct input *in, struct value *to, const struct times *t,
                       const struct value *item, const struct value *base) {
    const struct input outer = *in;
    const struct value *of = t->of;
    uint32_t n = of == NULL ? 0 : of->type == VALUE_LIST ? of->list.n : 1;
    if (t->once)
        push(in, to, item, base, t->whole);
    for (uint32_t i = 0; i < n; i++) {
        in->row = t->row;
        in->item = of->type == VALUE_LIST ? of->list.items[i] : of;
        push(in, to, item, base, false);
    }
    in->row = outer.row;
    in->item = outer.item;
}

static bool is_times(const struct value *v) {
    return v->type == VALUE_STR &&
           (str_starts(v->text, STR("for ")) || str_starts(v->text, STR("unless ")));
}

static uint32_t count_items(const struct times *t) {
    return t->of == NULL ? t->once : t->of->type == VALUE_LIST ? t->of->list.n : 1;
}

static struct expanded list(struct input *in, const struct value *v, const struct value *base) {
    struct times *times = ARENA_ARRAY(in->from->a, struct times, v->list.n + 1);
    uint32_t most = 0;
    for (uint32_t i = 0; i < v->list.n; i++) {
        times[i] = (struct times){.once = true, .whole = true};
        if (i + 1 < v->list.n && is_times(v->list.items[i]))
            times[i] = times_of(in, v->list.items[i]->text);
        most += count_items(&times[i]);
    }
    struct expanded r = {value_list(in->from->a, VALUE_LIST, most, v->at), false};
    for (uint32_t i = 0; i < v->list.n; i++) {
        const struct times *t = &times[i];
        push_times(in, r.v, t, v->list.items[i += t->stands], base);
    }
    if (r.v->list.n == 0 && v->list.n > 0)
        r.v = NULL;
    return r;
}

static struct expanded expand(struct input *in, const struct value *v, const struct value *base) {
    return v->type == VALUE_STR    ? text(in, v)
           : v->type == VALUE_MAP  ? map(in, v, base)
           : v->type == VALUE_LIST ? list(in, v, base)
                                   : (struct expanded){(struct value *)v, false};
}

const struct value *input_make(const struct input_from *from, const char *input, str *ret_why) {
    struct input in = {.from = from, .of = input, .row = from->item_row, .item = from->item};
    const struct value *document = document_read(from->a, input);
    if (document == NULL) {
        *ret_why = STR("its row in the table is no document");
        return NULL;
    }
    struct expanded e = map(&in, document, from->first);
    *ret_why = in.why;
    if (in.why.n > 0)
        return NULL;
    return e.v != NULL ? e.v : value_map(from->a, 0, SPAN_NONE);
}

const struct value *input_list(const struct input_from *from, const struct node *of, uint32_t row,
                               str *ret_why) {
    struct input_from whose = *from;
    whose.node = of;
    struct input in = {.from = &whose, .of = ""};
    const struct value *v = of == NULL ? NULL : of->attrs[row];
    v = v == NULL ? NULL : input_as_api(&in, &of->kind->attrs[row], v);
    *ret_why = in.why;
    if (in.why.n > 0)
        return NULL;
    return v != NULL && v->type == VALUE_LIST ? v : value_list(from->a, VALUE_LIST, 0, SPAN_NONE);
}
