/* SPDX-License-Identifier: MIT */
#include "apply/input.h"

#include "apply/document.h"
#include "apply/slot.h"
#include "base/base64.h"
#include "base/sha256.h"
#include "live/path.h"
#include "model/value_json.h"

#define TEXT_MAX (64u << 20)
#define TOKEN_DIGITS 32

struct input {
    const struct input_from *from;
    const char *of;                  /* the row's document */
    const struct resource_attr *row; /* of the item; NULL: there is none */
    const struct value *item;        /* that "${.}" stands for */
    str why;                         /* not empty: it cannot be said */
};

/* A place in the document, and whether an attribute of it was not given. */
struct expanded {
    struct value *v; /* NULL: nothing */
    bool lacks;
};

/* ---- attributes as the API has them */

static struct value *as_api(struct input *in, const struct resource_attr *row,
                            const struct value *v);

static void not_known(struct input *in, const struct resource_attr *row) {
    if (in->why.n == 0)
        in->why =
            arena_printf(in->from->a, "%s is not known before something else is there", row->tf);
}

/* At a path of names; maps on the way are made. */
static void set_at(struct arena *a, struct value *map, str path, struct value *v,
                   uint32_t capacity) {
    str name = str_split(&path, '/');
    if (path.n == 0) {
        value_set(map, name, v);
        return;
    }
    struct value *inner = value_get(map, name);
    if (inner == NULL) {
        inner = value_map(a, capacity, SPAN_NONE);
        value_set(map, name, inner);
    }
    set_at(a, inner, path, v, capacity);
}

static uint32_t count_rows(const struct resource_attr *rows, uint32_t n) {
    uint32_t all = n;
    for (uint32_t i = 0; i < n; i++)
        all += rows[i].nblock;
    return all;
}

/* All that is given of a node or a block; a block without a name beside the others. */
static void put_rows(struct input *in, struct value *map, const struct resource_attr *rows,
                     uint32_t n, struct value *const *attrs) {
    for (uint32_t i = 0; i < n; i++) {
        if (attrs[i] == NULL || !input_is_written(&rows[i]))
            continue;
        if (rows[i].api == NULL && attrs[i]->type == VALUE_BLOCK) {
            put_rows(in, map, rows[i].block, rows[i].nblock, attrs[i]->block.attrs);
            continue;
        }
        struct value *v = as_api(in, &rows[i], attrs[i]);
        if (v != NULL && rows[i].api != NULL)
            set_at(in->from->a, map, str_c(rows[i].api), v, count_rows(rows, n));
    }
}

static struct value *block(struct input *in, const struct resource_attr *row,
                           const struct value *v) {
    struct value *map = value_map(in->from->a, count_rows(row->block, row->nblock), SPAN_NONE);
    if (v->type == VALUE_BLOCK)
        put_rows(in, map, row->block, row->nblock, v->block.attrs);
    return map;
}

static struct value *pairs(struct arena *a, const struct value *map, str names) {
    str key = str_split(&names, ',');
    struct value *list = value_list(a, VALUE_LIST, map->map.n, SPAN_NONE);
    for (uint32_t i = 0; i < map->map.n; i++) {
        struct value *pair = value_map(a, 2, SPAN_NONE);
        value_set(pair, key, value_str(a, map->map.fields[i].name, SPAN_NONE));
        value_set(pair, names, map->map.fields[i].value);
        value_push(list, pair);
    }
    return list;
}

/* Blocks that AWS has as a map. */
static struct value *entries(struct arena *a, const struct value *list) {
    struct value *map = value_map(a, list->list.n, SPAN_NONE);
    for (uint32_t i = 0; i < list->list.n; i++)
        value_set(map, value_text(a, value_get(list->list.items[i], STR("Key"))),
                  value_get(list->list.items[i], STR("Value")));
    return map;
}

static struct value *blocks(struct input *in, const struct resource_attr *row,
                            const struct value *v) {
    uint32_t n = v->type == VALUE_LIST ? v->list.n : 1;
    struct value *list = value_list(in->from->a, VALUE_LIST, n, SPAN_NONE);
    for (uint32_t i = 0; i < n; i++)
        value_push(list, block(in, row, v->type == VALUE_LIST ? v->list.items[i] : v));
    return (row->flags & ATTR_ENTRIES) != 0 ? entries(in->from->a, list) : list;
}

/* The bytes of a file of the module, which AWS takes in base64. */
static struct value *bytes(struct input *in, const struct value *v) {
    const struct input_from *from = in->from;
    str s = from->file == NULL ? STR("") : from->file(from->ctx, from->node, v->file->path);
    if (s.n == 0 && in->why.n == 0)
        in->why = arena_printf(from->a, "there is no file %.*s", STR_ARG(v->file->path));
    struct buf b = BUF_INIT(TEXT_MAX);
    base64_put(&b, s);
    return value_str(from->a, buf_keep(&b, from->a), v->at);
}

static struct value *text_of(struct arena *a, const struct value *v) {
    if (v->type != VALUE_JSON)
        return v->type == VALUE_STR ? (struct value *)v : value_str(a, value_text(a, v), v->at);
    struct buf b = BUF_INIT(TEXT_MAX);
    value_put_json(&b, v->json);
    return value_str(a, buf_keep(&b, a), v->at);
}

static struct value *boolean(struct arena *a, const struct resource_attr *row,
                             const struct value *v) {
    bool is = v->type == VALUE_BOOL ? v->boolean : str_is(value_text(a, v), "true");
    const char *word = row->no == NULL ? NULL : is ? row->yes : row->no;
    return word == NULL ? value_bool(a, is, v->at) : value_str(a, str_c(word), v->at);
}

static struct value *number(struct arena *a, const struct value *v) {
    return v->type == VALUE_STR ? value_num(a, num_of(v->text), v->at) : (struct value *)v;
}

static struct value *as_api(struct input *in, const struct resource_attr *row,
                            const struct value *v) {
    struct arena *a = in->from->a;
    if (row->type == ATTR_BLOCK)
        return block(in, row, v);
    if (row->type == ATTR_BLOCKS)
        return blocks(in, row, v);
    const struct value *is = known_value(in->from->known, in->from->node, v);
    if (is != NULL && is->type == VALUE_FILE && is->file->use == VALUE_FILE_PATH)
        return bytes(in, is);
    if (is == NULL || known_lacks(is)) {
        not_known(in, row);
        return NULL;
    }
    switch (row->type) {
    case ATTR_BOOL:
        return boolean(a, row, is);
    case ATTR_NUM:
        return number(a, is);
    case ATTR_STR:
    case ATTR_JSON:
        return (row->flags & ATTR_NUMBER) != 0 ? number(a, is) : text_of(a, is);
    case ATTR_STR_MAP:
        return row->pair == NULL ? (struct value *)is : pairs(a, is, str_c(row->pair));
    case ATTR_STR_LIST:
    case ATTR_STR_SET:
    case ATTR_BLOCK:
    case ATTR_BLOCKS:
        break;
    }
    return (struct value *)is;
}

/* ---- "${}" */

static int row_of(const struct resource_attr *rows, uint32_t n, str name) {
    for (uint32_t i = 0; i < n; i++) {
        if (str_is(name, rows[i].tf))
            return (int)i;
    }
    return -1;
}

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

/* An attribute; `row` NULL: there is none of this name; `v` NULL: it is not given. */
struct attribute {
    const struct resource_attr *row;
    const struct value *v;
};

static struct attribute attribute_of(struct input *in, struct slot s) {
    const struct node *n = s.there ? in->from->have : in->from->node;
    const struct resource_kind *kind = in->from->node->kind;
    struct attribute is = {in->row, in->item};
    if (s.name.n > 0) {
        int i = row_of(kind->attrs, kind->nattrs, s.name);
        is.row = i < 0 ? NULL : &kind->attrs[i];
        is.v = i < 0 || n == NULL ? NULL : raw(in, n, i, s.others);
    }
    while (is.row != NULL && s.inner.n > 0) {
        str name = str_split(&s.inner, '.');
        int i = row_of(is.row->block, is.row->nblock, name);
        is.v = i < 0 || is.v == NULL || is.v->type != VALUE_BLOCK ? NULL : is.v->block.attrs[i];
        is.row = i < 0 ? NULL : &is.row->block[i];
    }
    if (is.row == NULL)
        in->why = arena_printf(in->from->a, "there is no attribute %.*s", STR_ARG(s.name));
    return is;
}

static bool is_given(const struct value *v) {
    return v != NULL && !(v->type == VALUE_LIST && v->list.n == 0) &&
           !(v->type == VALUE_MAP && v->map.n == 0);
}

static struct value *value_of_slot(struct input *in, struct slot s) {
    struct arena *a = in->from->a;
    const struct path_scope first = {NULL, in->from->first};
    struct value *known = NULL;
    if (s.first)
        return in->from->first == NULL ? NULL : (struct value *)path_find(a, &first, s.inner);
    if (of_account(in, s.name, &known))
        return known;
    struct attribute at = attribute_of(in, s);
    if (at.row != NULL && s.given)
        return value_bool(a, is_given(at.v), SPAN_NONE);
    if (at.row == NULL || (at.v == NULL && !s.fallback && !s.count))
        return NULL;
    if (s.count && at.row->type == ATTR_BLOCK)
        return value_int(a, at.v != NULL, SPAN_NONE);
    struct value *is = at.v == NULL ? fallback(a, at.row) : as_api(in, at.row, at.v);
    if (is != NULL && s.count)
        return value_int(a, is->type == VALUE_LIST ? is->list.n : is->map.n, SPAN_NONE);
    return is != NULL && s.form.n > 0 ? pairs(a, is, s.form) : is;
}

static struct expanded text(struct input *in, const struct value *v) {
    str rest = v->text, before = slot_before(&rest);
    if (rest.n == 0)
        return (struct expanded){(struct value *)v, false};
    bool whole = before.n == 0 && str_find(rest, '}') + 1 == rest.n;
    struct buf b = BUF_INIT(TEXT_MAX);
    for (;; before = slot_before(&rest)) {
        buf_put(&b, before);
        if (rest.n == 0)
            break;
        struct value *is = value_of_slot(in, slot_of(str_split(&rest, '}')));
        if (is == NULL || whole) {
            buf_done(&b);
            return (struct expanded){is, is == NULL};
        }
        buf_put(&b, value_text(in->from->a, is));
    }
    return (struct expanded){value_str(in->from->a, buf_keep(&b, in->from->a), v->at), false};
}

/* ---- the document; `base` is what was read at the same place, or NULL */

#define KEPT "<" /* the member by which what is not named stays as it is */

static struct expanded expand(struct input *in, const struct value *v, const struct value *base);

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
    uint32_t kept = 0, most = v->map.n + count_rows(n->kind->attrs, n->kind->nattrs);
    r.v = value_map(in->from->a, most + (keeps ? base->map.n : 0), v->at);
    for (uint32_t i = 0; i < v->map.n; i++) {
        str name = v->map.fields[i].name;
        if (str_is(name, KEPT))
            continue;
        if (str_is(name, "*")) {
            put_rows(in, r.v, n->kind->attrs, n->kind->nattrs, n->attrs);
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
};

/* "for origin", "unless origin". */
static struct times times_of(struct input *in, str text) {
    str what = str_split(&text, ' ');
    struct attribute is = attribute_of(in, slot_of(text));
    bool block = is.row != NULL && (is.row->type == ATTR_BLOCK || is.row->type == ATTR_BLOCKS);
    if (str_is(what, "unless"))
        return (struct times){.once = !is_given(is.v)};
    return (struct times){.row = is.row,
                          .of = block || is.v == NULL ? is.v : as_api(in, is.row, is.v)};
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
        push_times(in, r.v, t, v->list.items[i += is_times(v->list.items[i])], base);
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
    v = v == NULL ? NULL : as_api(&in, &of->kind->attrs[row], v);
    *ret_why = in.why;
    if (in.why.n > 0)
        return NULL;
    return v != NULL && v->type == VALUE_LIST ? v : value_list(from->a, VALUE_LIST, 0, SPAN_NONE);
}
