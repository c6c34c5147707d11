/* SPDX-License-Identifier: MIT */
#include "diff/known.h"

#include "base/base64.h"
#include "base/sha256.h"
#include "model/value_json.h"
#include "resource/resource.h"

/* References lead from node to node, and values hold values: what is deeper is not known. */
#define DEPTH_MAX 96
#define TEXT_MAX (8u << 20)

struct asked {
    struct known *k;
    const struct node *of;
    unsigned depth;
};

static const struct value *resolve(struct asked q, const struct value *v);

str known_address(const struct node *const *n) {
    return (str){(const unsigned char *)n, sizeof *n};
}

static const struct value *default_of(struct known *k, const struct resource_attr *row, span at) {
    return row->def == NULL ? NULL : value_str(k->a, str_c(row->def), at);
}

/* An attribute of a wanted node, as it was written. NULL: not known. */
static const struct value *written(struct asked q, const struct node *n, const char *attr) {
    int i = resource_attr_index(n->kind->attrs, n->kind->nattrs, attr);
    if (i < 0 || (n->kind->attrs[i].flags & ATTR_COMPUTED) != 0)
        return NULL;
    if (n->attrs[i] == NULL)
        return default_of(q.k, &n->kind->attrs[i], n->at);
    struct asked in = {q.k, n, q.depth + 1};
    const struct value *v = resolve(in, n->attrs[i]);
    return known_lacks(v) ? NULL : v;
}

/* Without what AWS leaves out before it. */
static str as_told(const struct node *n, const char *attr, str text) {
    int i = resource_attr_index(n->kind->attrs, n->kind->nattrs, attr);
    str before =
        str_c(i >= 0 && n->kind->attrs[i].read_put != NULL ? n->kind->attrs[i].read_put : "");
    return str_starts(text, before) ? str_sub(text, before.n, text.n) : text;
}

/* "${region}" and the like; the empty text when it is not known. */
static str part_of(struct asked q, const struct node *n, str name) {
    const struct diff_options *o = q.k->o;
    if (str_is(name, "partition"))
        return o->partition;
    if (str_is(name, "region"))
        return n->region == GRAPH_REGION_GLOBAL ? STR(GRAPH_GLOBAL_NAME) : o->region;
    if (str_is(name, "account"))
        return o->account;
    str z = arena_str(q.k->a, name);
    const struct value *v = written(q, n, (const char *)z.p);
    return v != NULL && v->type == VALUE_STR ? as_told(n, (const char *)z.p, v->text) : STR("");
}

/* What AWS will make of it: the text of `made`. */
static const struct value *make(struct asked q, const struct node *n, const char *form, span at) {
    struct buf b = BUF_INIT(TEXT_MAX);
    str rest = str_c(form);
    bool known = true;
    while (rest.n > 0 && known) {
        str plain = str_split(&rest, '$');
        buf_put(&b, plain);
        if (rest.n == 0)
            break;
        str name = str_split(&rest, '}');
        str part = part_of(q, n, str_sub(name, 1, name.n));
        known = part.n > 0;
        buf_put(&b, part);
    }
    str text = buf_keep(&b, q.k->a);
    return known ? value_str(q.k->a, text, at) : NULL;
}

static const struct value *computed(struct asked q, const struct node *n, const char *attr,
                                    span at) {
    int i = resource_attr_index(n->kind->attrs, n->kind->nattrs, attr);
    if (i < 0 || q.depth > DEPTH_MAX)
        return NULL;
    const struct resource_attr *row = &n->kind->attrs[i];
    /* Without a need to know what is there: it may be this that tells which one it is. */
    const struct value *v = row->made != NULL ? make(q, n, row->made, at) : NULL;
    if (v != NULL)
        return v;
    const struct known_node *pair = known_pair(q.k, n);
    return pair != NULL && pair->have != NULL ? pair->have->attrs[i] : NULL;
}

static const struct value *reference(struct asked q, const struct value *v) {
    if (v->ref.attr == NULL || q.depth > DEPTH_MAX)
        return v;
    const struct value *is = written(q, v->ref.node, v->ref.attr);
    if (is == NULL)
        is = computed(q, v->ref.node, v->ref.attr, v->at);
    if (is == NULL)
        return v;
    /* It is said here, wherever it was found. */
    struct value *here = ARENA_NEW(q.k->a, struct value);
    *here = *is;
    here->at = v->at;
    return here;
}

static bool is_scalar(const struct value *v) {
    return v->type == VALUE_STR || v->type == VALUE_NUM || v->type == VALUE_BOOL;
}

static const struct value *text(struct asked q, const struct value *v) {
    struct buf b = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < v->list.n; i++) {
        const struct value *part = resolve(q, v->list.items[i]);
        if (!is_scalar(part)) {
            buf_done(&b);
            return v;
        }
        buf_put(&b, value_text(q.k->a, part));
    }
    return value_str(q.k->a, buf_keep(&b, q.k->a), v->at);
}

/* The text of templatefile(): "${name}" by what it stands for; "$${" is "${". */
static bool fill(struct asked q, struct buf *b, str rest, const struct value *tokens) {
    while (rest.n > 0) {
        uint32_t at = str_find(rest, '$');
        buf_put(b, str_sub(rest, 0, at));
        rest = str_sub(rest, at, rest.n);
        if (str_starts(rest, STR("$${"))) {
            BUF_LIT(b, "${");
            rest = str_sub(rest, 3, rest.n);
        } else if (str_starts(rest, STR("${"))) {
            rest = str_sub(rest, 2, rest.n);
            const struct value *v = value_get(tokens, str_split(&rest, '}'));
            v = v == NULL ? NULL : resolve(q, v);
            if (v == NULL || !is_scalar(v))
                return false;
            buf_put(b, value_text(q.k->a, v));
        } else if (rest.n > 0) {
            buf_byte(b, '$');
            rest = str_sub(rest, 1, rest.n);
        }
    }
    return true;
}

/* filebase64sha256(). */
static const struct value *hash(struct asked q, str s, span at) {
    struct sha256 h;
    unsigned char sum[SHA256_BYTES];
    sha256_begin(&h);
    sha256_add(&h, s.p, s.n);
    sha256_end(&h, sum);
    struct buf b = BUF_INIT(TEXT_MAX);
    base64_put(&b, (str){sum, sizeof sum});
    return value_str(q.k->a, buf_keep(&b, q.k->a), at);
}

static const struct value *file(struct asked q, const struct value *v) {
    const struct diff_options *o = q.k->o;
    if (v->file->use == VALUE_FILE_PATH || o->file == NULL)
        return v;
    str s = o->file(o->ctx, q.of, v->file->path);
    if (v->file->use == VALUE_FILE_SHA256)
        return s.n == 0 ? v : hash(q, s, v->at);
    if (s.n == 0 || v->file->tokens == NULL)
        return s.n == 0 ? v : value_str(q.k->a, s, v->at);
    struct buf b = BUF_INIT(TEXT_MAX);
    if (fill(q, &b, s, v->file->tokens))
        return value_str(q.k->a, buf_keep(&b, q.k->a), v->at);
    buf_done(&b);
    return v;
}

static const struct value *list(struct asked q, const struct value *v) {
    struct value *r = value_list(q.k->a, VALUE_LIST, v->list.n, v->at);
    for (uint32_t i = 0; i < v->list.n; i++)
        value_push(r, (struct value *)resolve(q, v->list.items[i]));
    return r;
}

static const struct value *map(struct asked q, const struct value *v) {
    struct value *r = value_map(q.k->a, v->map.n, v->at);
    for (uint32_t i = 0; i < v->map.n; i++)
        value_set(r, v->map.fields[i].name, (struct value *)resolve(q, v->map.fields[i].value));
    return r;
}

static const struct value *resolve(struct asked q, const struct value *v) {
    if (v == NULL || ++q.depth > DEPTH_MAX)
        return v;
    switch (v->type) {
    case VALUE_REF:
        return reference(q, v);
    case VALUE_VAR:
        return v->var->is == NULL ? v : resolve(q, v->var->is);
    case VALUE_TEXT:
        return text(q, v);
    case VALUE_FILE:
        return file(q, v);
    case VALUE_LIST:
        return list(q, v);
    case VALUE_MAP:
        return map(q, v);
    case VALUE_JSON:
        return value_json(q.k->a, (struct value *)resolve(q, v->json), v->at);
    case VALUE_UNSET:
    case VALUE_STR:
    case VALUE_NUM:
    case VALUE_BOOL:
    case VALUE_BLOCK: /* its attributes are resolved one by one */
        break;
    }
    return v;
}

const struct value *known_value(struct known *k, const struct node *of, const struct value *v) {
    return resolve((struct asked){k, of, 0}, v);
}

bool known_lacks(const struct value *v) {
    if (v == NULL)
        return false;
    bool lacks = v->type == VALUE_REF || v->type == VALUE_VAR || v->type == VALUE_FILE ||
                 v->type == VALUE_TEXT;
    for (uint32_t i = 0; v->type == VALUE_LIST && i < v->list.n; i++)
        lacks = lacks || known_lacks(v->list.items[i]);
    for (uint32_t i = 0; v->type == VALUE_MAP && i < v->map.n; i++)
        lacks = lacks || known_lacks(v->map.fields[i].value);
    return lacks || (v->type == VALUE_JSON && known_lacks(v->json));
}

/* Whether a node of a kind that names others names this one. */
static bool names(const struct node *namer, const struct node *n) {
    const struct value *by = node_get(namer, n->kind->known_by_attr);
    const struct value *is = node_get(n, n->kind->known_by_is);
    if (by == NULL || by->type == VALUE_REF)
        return by != NULL && by->ref.node == n;
    return is != NULL && is->type == VALUE_STR && by->type == VALUE_STR && is->text.n > 0 &&
           str_eq(is->text, by->text);
}

const struct node *known_namer(struct known *k, const struct node *n) {
    if (n->kind->known_by == NULL)
        return n;
    const struct graph *g = map_get(&k->nodes, known_address(&n)) != NULL ? k->want : k->have;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *namer = g->nodes.at[i];
        if (namer->kind == n->kind->known_by && namer->region == n->region && names(namer, n))
            return namer;
    }
    return NULL;
}

static bool put_identity(struct known *k, struct buf *b, const struct node *n) {
    bool any = false;
    for (uint32_t i = 0; i < n->kind->nattrs; i++) {
        if ((n->kind->attrs[i].flags & ATTR_IDENTITY) == 0)
            continue;
        const struct value *v = known_value(k, n, n->attrs[i]);
        if (v == NULL || !is_scalar(v))
            return false;
        any = true;
        buf_byte(b, 0);
        buf_put(b, str_after_last(value_text(k->a, v), n->kind->attrs[i].read_after));
    }
    return any;
}

str known_key(struct known *k, const struct node *n) {
    struct buf b = BUF_INIT(TEXT_MAX);
    buf_printf(&b, "%s %d", n->kind->tf, n->region);
    bool ok = n->data;
    if (n->data) {
        buf_printf(&b, " data %.*s.%.*s", STR_ARG(n->module), STR_ARG(n->label));
    } else {
        const struct node *namer = known_namer(k, n);
        ok = namer != NULL && put_identity(k, &b, namer);
    }
    str key = buf_keep(&b, k->a);
    return ok ? key : STR("");
}

/* Whether two lists, or texts, have a text in common. */
static bool share(const struct value *x, const struct value *y) {
    if (x == NULL || y == NULL)
        return false;
    bool any =
        x->type == VALUE_STR && y->type == VALUE_STR && x->text.n > 0 && str_eq(x->text, y->text);
    for (uint32_t i = 0; x->type == VALUE_LIST && i < x->list.n && !any; i++)
        any = share(x->list.items[i], y);
    for (uint32_t i = 0; x->type == VALUE_STR && y->type == VALUE_LIST && i < y->list.n && !any;
         i++)
        any = share(x, y->list.items[i]);
    return any;
}

static bool is_wanted_too(struct known *k, const struct node *have) {
    str key = known_key(k, have);
    for (uint32_t i = 0; i < k->want->nodes.n; i++) {
        const struct node *n = k->want->nodes.at[i];
        if (n->kind == have->kind && str_eq(known_key(k, n), key))
            return true;
    }
    return false;
}

/* What is found by something that has to be made first is not there either. */
static bool is_of_missing(struct known *k, const struct node *n) {
    for (uint32_t i = 0; i < n->kind->nattrs; i++) {
        const struct value *v = known_value(k, n, n->attrs[i]);
        if ((n->kind->attrs[i].flags & ATTR_IDENTITY) == 0 || v == NULL || v->type != VALUE_REF)
            continue;
        const struct node *of = v->ref.node;
        bool read = k->o->unread == NULL || k->o->unread(k->o->ctx, of) == NULL;
        const struct known_node *p = !read || of->data ? NULL : known_pair(k, of);
        if (p != NULL && p->state == KNOWN_DONE && p->have == NULL && !p->unclear)
            return true;
    }
    return false;
}

/* What has none of the wanted identities, and something that only this one can have. */
static const struct node *found_by_other(struct known *k, const struct node *want) {
    for (uint32_t i = 0; i < want->kind->nattrs; i++) {
        if ((want->kind->attrs[i].flags & ATTR_ALSO) == 0)
            continue;
        const struct value *v = known_value(k, want, want->attrs[i]);
        for (uint32_t j = 0; j < k->have->nodes.n; j++) {
            const struct node *n = k->have->nodes.at[j];
            if (n->kind == want->kind && n->region == want->region && share(v, n->attrs[i]) &&
                !is_wanted_too(k, n))
                return n;
        }
    }
    return NULL;
}

struct known_node *known_pair(struct known *k, const struct node *want) {
    struct known_node *p = map_get(&k->nodes, known_address(&want));
    if (p == NULL || p->state == KNOWN_DONE || p->state == KNOWN_ASKED)
        return p;
    p->state = KNOWN_ASKED;
    str key = known_key(k, want);
    p->unclear = key.n == 0 && !is_of_missing(k, want);
    p->have = key.n == 0 ? NULL : map_get(&k->there, key);
    if (key.n > 0 && p->have == NULL)
        p->have = found_by_other(k, want);
    p->state = KNOWN_DONE;
    return p;
}

void known_init(struct known *k, struct arena *a, const struct graph *want,
                const struct graph *have, const struct diff_options *o) {
    *k = (struct known){.a = a, .o = o, .want = want, .have = have};
    struct known_node *all = ARENA_ARRAY(a, struct known_node, want->nodes.n + 1);
    map_reserve(a, &k->nodes, want->nodes.n);
    for (uint32_t i = 0; i < want->nodes.n; i++) {
        all[i] = (struct known_node){.want = want->nodes.at[i]};
        map_add(a, &k->nodes, known_address(&all[i].want), &all[i]);
    }
    for (uint32_t i = 0; i < have->nodes.n; i++) {
        str key = known_key(k, have->nodes.at[i]);
        if (key.n > 0)
            map_add(a, &k->there, key, have->nodes.at[i]);
    }
}
