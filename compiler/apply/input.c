/* SPDX-License-Identifier: MIT */
#include "apply/input.h"

#include "base/base64.h"
#include "base/sha256.h"
#include "model/value_json.h"

#define TEXT_MAX (64u << 20)
#define TOKEN_DIGITS 32

struct input {
    const struct input_from *from;
    const char *of; /* the row's document */
    str why;        /* not empty: it cannot be said */
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

static bool is_written(const struct resource_attr *row) {
    bool block = row->type == ATTR_BLOCK || row->type == ATTR_BLOCKS;
    return (row->flags & (ATTR_COMPUTED | ATTR_TAGS)) == 0 && (row->api != NULL || block);
}

/* All that is given of a node or a block; a block without a name beside the others. */
static void put_rows(struct input *in, struct value *map, const struct resource_attr *rows,
                     uint32_t n, struct value *const *attrs) {
    for (uint32_t i = 0; i < n; i++) {
        if (attrs[i] == NULL || !is_written(&rows[i]))
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

/* What is between the braces. */
struct slot {
    str name, inner, form;
    bool fallback, count, there, others;
};

static struct slot slot_of(str text) {
    struct slot s = {0};
    s.count = str_starts(text, STR("#"));
    s.there = str_starts(text, STR("@"));
    text = str_sub(text, s.count || s.there, text.n);
    s.form = text;
    text = str_split(&s.form, '|');
    s.fallback = str_ends(text, STR("!"));
    s.others = str_ends(text, STR("+"));
    text.n -= s.fallback || s.others;
    s.inner = text;
    s.name = str_split(&s.inner, '.');
    return s;
}

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
    for (uint32_t i = 0; i < have->map.n; i++)
        value_set(all, have->map.fields[i].name, have->map.fields[i].value);
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

/* "${.}" and "${.Name}" */
static struct value *of_item(const struct input *in, str path) {
    const struct value *v = in->from->item;
    while (v != NULL && path.n > 0)
        v = value_get(v, str_split(&path, '.'));
    return (struct value *)v;
}

static struct value *value_of_slot(struct input *in, struct slot s) {
    struct arena *a = in->from->a;
    struct value *known = NULL;
    if (s.name.n == 0)
        return of_item(in, s.inner);
    if (of_account(in, s.name, &known))
        return known;
    const struct node *n = s.there ? in->from->have : in->from->node;
    const struct resource_kind *kind = in->from->node->kind;
    int i = row_of(kind->attrs, kind->nattrs, s.name);
    const struct resource_attr *row = i < 0 ? NULL : &kind->attrs[i];
    const struct value *v = row == NULL || n == NULL ? NULL : raw(in, n, i, s.others);
    while (row != NULL && s.inner.n > 0) {
        str name = str_split(&s.inner, '.');
        i = row_of(row->block, row->nblock, name);
        v = i < 0 || v == NULL || v->type != VALUE_BLOCK ? NULL : v->block.attrs[i];
        row = i < 0 ? NULL : &row->block[i];
    }
    if (row == NULL)
        in->why = arena_printf(a, "there is no attribute %.*s", STR_ARG(s.name));
    if (row == NULL || (v == NULL && !s.fallback && !s.count))
        return NULL;
    struct value *is = v == NULL ? fallback(a, row) : as_api(in, row, v);
    if (is != NULL && s.count)
        return value_int(a, is->type == VALUE_LIST ? is->list.n : is->map.n, SPAN_NONE);
    return is != NULL && s.form.n > 0 ? pairs(a, is, s.form) : is;
}

/* What comes before the next "${", which is cut off with it; all of it, when there is none. */
static str before_slot(str *rest) {
    for (uint32_t i = 0; i + 1 < rest->n; i++) {
        if (rest->p[i] == '$' && rest->p[i + 1] == '{') {
            str before = str_sub(*rest, 0, i);
            *rest = str_sub(*rest, i + 2, rest->n);
            return before;
        }
    }
    str all = *rest;
    *rest = (str){NULL, 0};
    return all;
}

static struct expanded text(struct input *in, const struct value *v) {
    str rest = v->text, before = before_slot(&rest);
    if (rest.n == 0)
        return (struct expanded){(struct value *)v, false};
    bool whole = before.n == 0 && str_find(rest, '}') + 1 == rest.n;
    struct buf b = BUF_INIT(TEXT_MAX);
    for (;; before = before_slot(&rest)) {
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

/* ---- the document */

static struct expanded expand(struct input *in, const struct value *v);

static struct expanded map(struct input *in, const struct value *v) {
    const struct node *n = in->from->node;
    struct expanded r = {NULL, false};
    r.v = value_map(in->from->a, v->map.n + count_rows(n->kind->attrs, n->kind->nattrs), v->at);
    for (uint32_t i = 0; i < v->map.n; i++) {
        if (str_is(v->map.fields[i].name, "*")) {
            put_rows(in, r.v, n->kind->attrs, n->kind->nattrs, n->attrs);
            continue;
        }
        struct expanded e = expand(in, v->map.fields[i].value);
        r.lacks = r.lacks || e.v == NULL;
        if (e.v != NULL)
            value_set(r.v, v->map.fields[i].name, e.v);
    }
    if (r.v->map.n == 0 && v->map.n > 0)
        r.v = NULL;
    return r;
}

static struct expanded list(struct input *in, const struct value *v) {
    struct expanded r = {value_list(in->from->a, VALUE_LIST, v->list.n, v->at), false};
    for (uint32_t i = 0; i < v->list.n; i++) {
        struct expanded e = expand(in, v->list.items[i]);
        if (e.v != NULL && !e.lacks)
            value_push(r.v, e.v);
    }
    if (r.v->list.n == 0 && v->list.n > 0)
        r.v = NULL;
    return r;
}

static struct expanded expand(struct input *in, const struct value *v) {
    return v->type == VALUE_STR    ? text(in, v)
           : v->type == VALUE_MAP  ? map(in, v)
           : v->type == VALUE_LIST ? list(in, v)
                                   : (struct expanded){(struct value *)v, false};
}

const struct value *input_make(const struct input_from *from, const char *input, str *ret_why) {
    struct input in = {.from = from, .of = input};
    const char *why;
    const struct value *document = value_of_json(from->a, str_c(input), &why);
    if (document == NULL || document->type != VALUE_MAP) {
        *ret_why = STR("its row in the table is no document");
        return NULL;
    }
    struct expanded e = map(&in, document);
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

/* ---- what a row has in it */

bool input_has(const struct resource_kind *kind, const char *input, uint32_t row) {
    const struct resource_attr *is = &kind->attrs[row];
    str rest = str_c(input);
    if (is_written(is) && strstr(input, "\"*\"") != NULL)
        return true;
    for (before_slot(&rest); rest.n > 0; before_slot(&rest)) {
        struct slot s = slot_of(str_split(&rest, '}'));
        if (!s.there && str_is(s.name, is->tf))
            return true;
    }
    return false;
}

static bool has_word(const char *words, const char *word) {
    str rest = str_c(words != NULL ? words : "");
    bool any = false;
    while (rest.n > 0 && !any)
        any = str_is(str_split(&rest, ' '), word);
    return any;
}

bool input_sets(const struct resource_kind *kind, const struct resource_write *w, uint32_t row) {
    const char *tf = kind->attrs[row].tf;
    if (w->unset != NULL)
        return strcmp(w->unset, tf) == 0;
    return w->input != NULL && (input_has(kind, w->input, row) || has_word(w->also, tf) ||
                                (w->each != NULL && strcmp(w->each, tf) == 0));
}

bool input_is_tags(const struct resource_kind *kind, const char *input) {
    bool tags = false;
    for (uint32_t i = 0; i < kind->nattrs; i++) {
        if ((kind->attrs[i].flags & (ATTR_IDENTITY | ATTR_COMPUTED)) != 0 ||
            !input_has(kind, input, i))
            continue;
        if ((kind->attrs[i].flags & ATTR_TAGS) == 0)
            return false;
        tags = true;
    }
    return tags;
}
