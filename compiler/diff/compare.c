/* SPDX-License-Identifier: MIT */
#include "diff/compare.h"

#include "model/value_json.h"

#define SPACES_MAX (1u << 20)

/* White space outside of quotes: one space between words, none beside brackets. */
static str squeeze(struct arena *a, str s) {
    struct buf b = BUF_INIT(SPACES_MAX);
    bool quoted = false, space = false;
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        if (!quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
            space = true;
            continue;
        }
        bool tight =
            c == '(' || c == ')' || (b.n > 0 && (b.p[b.n - 1] == '(' || b.p[b.n - 1] == ')'));
        if (space && !quoted && b.n > 0 && !tight)
            buf_byte(&b, ' ');
        space = false;
        quoted ^= c == '"';
        buf_byte(&b, c);
    }
    return buf_keep(&b, a);
}

/* "alias/x" or the id of "arn:aws:kms:REGION:ACCOUNT:key/ID". */
static str bare_key(str s) {
    if (!str_starts(s, STR("arn:")))
        return str_starts(s, STR("key/")) ? str_sub(s, 4, s.n) : s;
    for (int i = 0; i < 5; i++)
        str_split(&s, ':');
    return bare_key(s);
}

static bool keys_equal(str want, str have) {
    bool arns = str_starts(want, STR("arn:")) && str_starts(have, STR("arn:"));
    return !arns && str_eq(bare_key(want), bare_key(have));
}

static bool texts_equal(struct arena *a, const struct resource_attr *row, const struct value *want,
                        const struct value *have) {
    if (compare_scalars(want, have))
        return true;
    if (want->type != VALUE_STR || have->type != VALUE_STR)
        return false;
    if ((row->flags & ATTR_TRIMMED) != 0 && str_eq(str_trim(want->text), str_trim(have->text)))
        return true;
    if ((row->flags & ATTR_KMS_KEY) != 0)
        return keys_equal(want->text, have->text);
    if ((row->flags & ATTR_SPACES) != 0)
        return str_eq(squeeze(a, want->text), squeeze(a, have->text));
    struct num w, h;
    return (row->flags & ATTR_DECIMAL) != 0 && num_scan(want->text, &w) == want->text.n &&
           num_scan(have->text, &h) == have->text.n && want->text.n > 0 && have->text.n > 0 &&
           num_ok(w) && num_ok(h) && num_cmp(w, h) == 0;
}

static bool lists(struct compare *c, const struct compare_path *at, const struct resource_attr *row,
                  const struct value *want, const struct value *have) {
    bool set = row->type == ATTR_STR_SET || (row->flags & ATTR_UNORDERED) != 0;
    const struct value *w = set ? compare_set(c->a, want) : want;
    const struct value *h = set ? compare_set(c->a, have) : have;
    if (w->type != VALUE_LIST || h->type != VALUE_LIST)
        return compare_scalars(w, h) || compare_differs(c, at, w, h);
    bool same = w->list.n == h->list.n;
    for (uint32_t i = 0; i < w->list.n && same; i++)
        same = compare_scalars(w->list.items[i], h->list.items[i]);
    return same || compare_differs(c, at, w, h);
}

static bool maps(struct compare *c, const struct compare_path *at, const struct value *want,
                 const struct value *have) {
    if (want->type != VALUE_MAP || have->type != VALUE_MAP)
        return compare_differs(c, at, want, have);
    bool same = true;
    for (uint32_t i = 0; i < want->map.n; i++) {
        const struct value_field *f = &want->map.fields[i];
        const struct value *other = value_get(have, f->name);
        struct compare_path p = {.up = at, .name = f->name};
        if (other == NULL || !compare_scalars(f->value, other))
            same = compare_differs(c, &p, f->value, other);
    }
    for (uint32_t i = 0; i < have->map.n; i++) {
        const struct value_field *f = &have->map.fields[i];
        struct compare_path p = {.up = at, .name = f->name};
        if (value_get(want, f->name) == NULL)
            same = compare_differs(c, &p, NULL, f->value);
    }
    return same;
}

/* The document of an attribute that is JSON: it may be a text, and "" is {}. */
static const struct value *document(struct arena *a, const struct value *v) {
    const char *why;
    if (v == NULL || compare_is_empty(v))
        return value_map(a, 0, SPAN_NONE);
    if (v->type == VALUE_JSON)
        return v->json;
    if (v->type != VALUE_STR)
        return v;
    struct value *parsed = value_of_json(a, v->text, &why);
    return parsed != NULL ? parsed : v;
}

static bool documents(struct compare *c, const struct compare_path *at,
                      const struct resource_attr *row, const struct value *want,
                      const struct value *have) {
    const struct value *w = document(c->a, want), *h = document(c->a, have);
    struct compare how = *c;
    how.unordered = (row->flags & ATTR_UNORDERED) != 0;
    return (row->flags & ATTR_POLICY) != 0 ? compare_policies(&how, at, w, h)
                                           : compare_documents(&how, at, w, h);
}

/* ---- blocks */

/* A block as a map by Terraform's names, for who shows it. */
static struct value *as_map(struct compare *c, const struct resource_attr *row,
                            const struct value *v) {
    if (v == NULL || v->type != VALUE_BLOCK)
        return (struct value *)v;
    struct value *r = value_map(c->a, row->nblock, v->at);
    for (uint32_t i = 0; i < row->nblock; i++) {
        const struct resource_attr *in = &row->block[i];
        const struct value *x = v->block.attrs[i];
        if (x == NULL)
            continue;
        struct value *shown = NULL;
        if ((in->flags & ATTR_SECRET) != 0) {
            shown = value_str(c->a, STR("(hidden)"), x->at);
        } else if (in->type == ATTR_BLOCKS && x->type == VALUE_LIST) {
            shown = value_list(c->a, VALUE_LIST, x->list.n, x->at);
            for (uint32_t k = 0; k < x->list.n; k++)
                value_push(shown, as_map(c, in, x->list.items[k]));
        } else {
            shown = in->type == ATTR_BLOCK ? as_map(c, in, x)
                                           : (struct value *)known_value(c->k, c->of, x);
        }
        value_set(r, str_c(in->tf), shown);
    }
    return r;
}

static bool block_equal(struct compare *c, const struct resource_attr *row,
                        const struct value *want, const struct value *have) {
    struct compare silent = *c;
    silent.into = NULL;
    struct value **none = ARENA_ARRAY(c->a, struct value *, row->nblock + 1);
    return compare_attrs(&silent, NULL, row->block, row->nblock,
                         want == NULL ? none : want->block.attrs,
                         have == NULL ? none : have->block.attrs);
}

static bool one_block(struct compare *c, const struct compare_path *at,
                      const struct resource_attr *row, const struct value *want,
                      const struct value *have) {
    bool both =
        want != NULL && have != NULL && want->type == VALUE_BLOCK && have->type == VALUE_BLOCK;
    if (both)
        return compare_attrs(c, at, row->block, row->nblock, want->block.attrs, have->block.attrs);
    /* More of them than Terraform knows of. */
    bool odd =
        (want != NULL && want->type != VALUE_BLOCK) || (have != NULL && have->type != VALUE_BLOCK);
    return (!odd && block_equal(c, row, want, have)) ||
           compare_differs(c, at, as_map(c, row, want), as_map(c, row, have));
}

static str key_of(struct compare *c, const struct resource_attr *row, const struct value *block) {
    int i = resource_attr_index(row->block, row->nblock, row->key);
    const struct value *v = i < 0 ? NULL : block->block.attrs[i];
    return value_text(c->a, known_value(c->k, c->of, v));
}

struct blocks {
    struct value **items;
    uint32_t n;
    bool *used;
};

static struct blocks blocks_of(struct compare *c, const struct value *v) {
    struct blocks b = {0};
    if (v != NULL && v->type == VALUE_LIST)
        b = (struct blocks){.items = v->list.items, .n = v->list.n};
    b.used = ARENA_ARRAY(c->a, bool, b.n + 1);
    return b;
}

/* The block of `have` that is block i of `want`: by its key, or one that is equal, or its place. */
static uint32_t find_block(struct compare *c, const struct resource_attr *row,
                           const struct blocks *want, uint32_t i, const struct blocks *have) {
    bool unordered = (row->flags & ATTR_UNORDERED) != 0;
    if (row->key == NULL && !unordered)
        return i < have->n ? i : have->n;
    for (uint32_t j = 0; j < have->n; j++) {
        if (!have->used[j] &&
            (row->key != NULL
                 ? str_eq(key_of(c, row, want->items[i]), key_of(c, row, have->items[j]))
                 : block_equal(c, row, want->items[i], have->items[j])))
            return j;
    }
    return have->n;
}

static struct compare_path block_path(struct compare *c, const struct compare_path *at,
                                      const struct resource_attr *row, const struct value *block,
                                      uint32_t i) {
    str name = row->key != NULL ? key_of(c, row, block) : arena_printf(c->a, "%u", i);
    return (struct compare_path){.up = at, .name = name, .bracket = true};
}

static bool many_blocks(struct compare *c, const struct compare_path *at,
                        const struct resource_attr *row, const struct value *wanted,
                        const struct value *there) {
    struct blocks want = blocks_of(c, wanted), have = blocks_of(c, there);
    bool same = true;
    uint32_t *pair = ARENA_ARRAY(c->a, uint32_t, want.n + 1);
    for (uint32_t i = 0; i < want.n; i++) {
        pair[i] = find_block(c, row, &want, i, &have);
        if (pair[i] < have.n)
            have.used[pair[i]] = true;
    }
    for (uint32_t i = 0, j = 0; i < want.n; i++) {
        struct compare_path p = block_path(c, at, row, want.items[i], i);
        /* What is left over on both sides is told as changed. */
        while (row->key == NULL && pair[i] == have.n && j < have.n && have.used[j])
            j++;
        if (row->key == NULL && pair[i] == have.n && j < have.n) {
            pair[i] = j;
            have.used[j] = true;
        }
        same &= one_block(c, &p, row, want.items[i], pair[i] < have.n ? have.items[pair[i]] : NULL);
    }
    for (uint32_t j = 0; j < have.n; j++) {
        struct compare_path p = block_path(c, at, row, have.items[j], j);
        if (!have.used[j])
            same &= compare_differs(c, &p, NULL, as_map(c, row, have.items[j]));
    }
    return same;
}

/* ---- attributes */

static const struct value *sibling(struct compare *c, const struct resource_attr *rows, uint32_t n,
                                   const char *tf, struct value *const *attrs) {
    int i = resource_attr_index(rows, n, tf);
    return i < 0 ? NULL : known_value(c->k, c->of, attrs[i]);
}

/* What it is when it was not given. */
static const struct value *otherwise(struct compare *c, const struct resource_attr *rows,
                                     uint32_t n, uint32_t i, struct value *const *attrs) {
    const struct resource_attr *row = &rows[i];
    if (row->def_of != NULL)
        return sibling(c, rows, n, row->def_of, attrs);
    if (row->def != NULL)
        return value_str(c->a, str_c(row->def), SPAN_NONE);
    return row->type == ATTR_BOOL ? value_bool(c->a, false, SPAN_NONE) : NULL;
}

/* As the attribute has it: XML has texts alone, and so have the defaults of rows. */
static const struct value *typed(struct arena *a, const struct resource_attr *row,
                                 const struct value *v) {
    struct num n;
    if (v == NULL || v->type != VALUE_STR)
        return v;
    if (row->type == ATTR_BOOL && (str_is(v->text, "true") || str_is(v->text, "false")))
        return value_bool(a, str_is(v->text, "true"), v->at);
    if (row->type == ATTR_NUM && v->text.n > 0 && num_scan(v->text, &n) == v->text.n && num_ok(n))
        return value_num(a, n, v->at);
    return v;
}

static bool compare_one(struct compare *c, const struct compare_path *at,
                        const struct resource_attr *row, const struct value *want,
                        const struct value *have) {
    /* Of a map it is told which are not known. */
    bool map = row->type == ATTR_STR_MAP && want != NULL && want->type == VALUE_MAP;
    if (known_lacks(want) && !map)
        return compare_differs(c, at, want, have);
    if (row->type == ATTR_BLOCK)
        return one_block(c, at, row, want, have);
    if (row->type == ATTR_BLOCKS)
        return many_blocks(c, at, row, want, have);
    want = typed(c->a, row, want);
    have = typed(c->a, row, have);
    if (compare_is_empty(want) && compare_is_empty(have))
        return true;
    if (row->type == ATTR_JSON)
        return documents(c, at, row, want, have);
    if (want == NULL || have == NULL || compare_is_empty(want) || compare_is_empty(have))
        return compare_differs(c, at, want, have);
    if (row->type == ATTR_STR_MAP)
        return maps(c, at, want, have);
    if (row->type == ATTR_STR_LIST || row->type == ATTR_STR_SET)
        return lists(c, at, row, want, have);
    if (row->read_after != 0 && want->type == VALUE_STR)
        want = value_str(c->a, str_after_last(want->text, row->read_after), want->at);
    return texts_equal(c->a, row, want, have) || compare_differs(c, at, want, have);
}

/* Whether what AWS says of it can be compared at all. */
static bool is_compared(const struct resource_attr *row) {
    bool own = row->api == NULL && row->type != ATTR_BLOCK && row->type != ATTR_BLOCKS;
    return !own && (row->flags & (ATTR_COMPUTED | ATTR_WRITE_ONLY | ATTR_UNTOLD)) == 0;
}

/* Tags of others may be there as well. */
static bool compare_tags(struct compare *c, const struct compare_path *at,
                         const struct value *have) {
    const struct value *tags = c->k->want->tags;
    bool same = true;
    for (uint32_t i = 0; tags != NULL && i < tags->map.n; i++) {
        const struct value_field *f = &tags->map.fields[i];
        const struct value *h = have == NULL ? NULL : value_get(have, f->name);
        struct compare_path p = {.up = at, .name = f->name};
        if (h == NULL || !compare_scalars(f->value, h))
            same = compare_differs(c, &p, f->value, h);
    }
    return same;
}

bool compare_attrs(struct compare *c, const struct compare_path *up,
                   const struct resource_attr *rows, uint32_t n, struct value *const *want,
                   struct value *const *have) {
    bool same = true, secret = c->secret, replaces = c->replaces;
    for (uint32_t i = 0; i < n && (same || c->into != NULL); i++) {
        const struct resource_attr *row = &rows[i];
        bool block = row->type == ATTR_BLOCK || row->type == ATTR_BLOCKS;
        const struct value *w = block ? want[i] : known_value(c->k, c->of, want[i]);
        const struct value *h = have[i];
        w = w != NULL && w->type == VALUE_UNSET ? NULL : w;
        h = h != NULL && h->type == VALUE_UNSET ? NULL : h;
        struct compare_path p = {.up = up, .name = str_c(row->tf)};
        c->secret = secret || (row->flags & ATTR_SECRET) != 0;
        c->replaces = replaces || (row->flags & ATTR_REPLACE) != 0;
        if (up == NULL && resource_is_left(c->of->kind, c->of->adopted, row->tf))
            continue;
        if ((row->flags & ATTR_TAGS) != 0) {
            same &= compare_tags(c, &p, h);
            continue;
        }
        if (!is_compared(row) || ((row->flags & ATTR_FILLED) != 0 && w == NULL))
            continue;
        if (!block && compare_is_empty(w))
            w = otherwise(c, rows, n, i, want);
        if (!block && compare_is_empty(h))
            h = otherwise(c, rows, n, i, have);
        same &= compare_one(c, &p, row, w, h);
    }
    c->secret = secret;
    c->replaces = replaces;
    return same;
}
