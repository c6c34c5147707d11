/* SPDX-License-Identifier: MIT */
#include "diff/compare.h"
#include "model/value_json.h"

#include <stdlib.h>

#define PATH_MAX_BYTES 65536
#define TEXT_MAX (32u << 20)

static void put_path(struct buf *b, const struct compare_path *p) {
    if (p->up != NULL)
        put_path(b, p->up);
    if (p->bracket)
        buf_byte(b, '[');
    else if (b->n > 0)
        buf_byte(b, '.');
    buf_put(b, p->name);
    if (p->bracket)
        buf_byte(b, ']');
}

bool compare_differs(struct compare *c, const struct compare_path *at, const struct value *want,
                     const struct value *have) {
    if (c->into == NULL)
        return false;
    struct buf b = BUF_INIT(PATH_MAX_BYTES);
    put_path(&b, at);
    struct diff_change d = {.path = buf_keep(&b, c->a),
                            .want = want,
                            .have = have,
                            .at = want != NULL && want->at.file != 0 ? want->at : c->of->at,
                            .secret = c->secret,
                            .unknown = known_lacks(want)};
    d.replaces = c->replaces && !d.unknown;
    VEC_PUSH(c->a, &c->into->changes, d);
    return false;
}

static bool number_of(const struct value *v, struct num *ret) {
    if (v->type == VALUE_NUM) {
        *ret = v->number;
        return num_ok(*ret);
    }
    if (v->type != VALUE_STR || v->text.n == 0)
        return false;
    bool minus = v->text.p[0] == '-';
    str digits = str_sub(v->text, minus ? 1 : 0, v->text.n);
    if (digits.n == 0 || num_scan(digits, ret) != digits.n)
        return false;
    if (minus)
        *ret = num_neg(*ret);
    return num_ok(*ret);
}

bool compare_scalars(const struct value *x, const struct value *y) {
    struct num m, n;
    if (x->type == VALUE_STR && y->type == VALUE_STR)
        return str_eq(x->text, y->text);
    if (x->type == VALUE_BOOL && y->type == VALUE_BOOL)
        return x->boolean == y->boolean;
    if (x->type == VALUE_BOOL && y->type == VALUE_STR)
        return str_is(y->text, x->boolean ? "true" : "false");
    if (y->type == VALUE_BOOL && x->type == VALUE_STR)
        return compare_scalars(y, x);
    return (x->type == VALUE_NUM || y->type == VALUE_NUM) && number_of(x, &m) && number_of(y, &n) &&
           num_cmp(m, n) == 0;
}

bool compare_is_empty(const struct value *v) {
    return v == NULL || v->type == VALUE_UNSET || (v->type == VALUE_STR && v->text.n == 0) ||
           (v->type == VALUE_LIST && v->list.n == 0) || (v->type == VALUE_MAP && v->map.n == 0) ||
           (v->type == VALUE_JSON && compare_is_empty(v->json));
}

/* Any value as a text by which lists are sorted. */
struct sort_key {
    str text;
    struct value *value;
};

static int by_text(const void *x, const void *y) {
    const struct sort_key *a = x, *b = y;
    return str_cmp(a->text, b->text);
}

struct value *compare_set(struct arena *a, const struct value *v) {
    bool list = v->type == VALUE_LIST;
    uint32_t n = list ? v->list.n : 1;
    struct sort_key *keys = ARENA_ARRAY(a, struct sort_key, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        keys[i].value = list ? v->list.items[i] : (struct value *)v;
        struct buf b = BUF_INIT(TEXT_MAX);
        value_put_json(&b, keys[i].value);
        keys[i].text = buf_keep(&b, a);
    }
    qsort(keys, n, sizeof *keys, by_text);
    struct value *r = value_list(a, VALUE_LIST, n, v->at);
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0 || !str_eq(keys[i].text, keys[i - 1].text))
            value_push(r, keys[i].value);
    }
    return r;
}

/* ---- documents */

static struct compare_path member(const struct compare_path *up, str name) {
    return (struct compare_path){.up = up, .name = name};
}

static struct compare_path element(struct arena *a, const struct compare_path *up, uint32_t i) {
    return (struct compare_path){.up = up, .name = arena_printf(a, "%u", i), .bracket = true};
}

static bool says_nothing(const struct compare *c, const struct value *v) {
    return c->unordered && compare_is_empty(v);
}

static bool documents_maps(struct compare *c, const struct compare_path *at,
                           const struct value *want, const struct value *have) {
    bool same = true;
    for (uint32_t i = 0; i < want->map.n && (same || c->into != NULL); i++) {
        const struct value_field *f = &want->map.fields[i];
        struct compare_path p = member(at, f->name);
        const struct value *other = value_get(have, f->name);
        if (other == NULL && says_nothing(c, f->value))
            continue;
        same &= other != NULL ? compare_documents(c, &p, f->value, other)
                              : compare_differs(c, &p, f->value, NULL);
    }
    for (uint32_t i = 0; i < have->map.n && (same || c->into != NULL); i++) {
        const struct value_field *f = &have->map.fields[i];
        struct compare_path p = member(at, f->name);
        if (value_get(want, f->name) == NULL && !says_nothing(c, f->value))
            same &= compare_differs(c, &p, NULL, f->value);
    }
    return same;
}

static bool equal(struct compare *c, const struct value *x, const struct value *y) {
    struct compare silent = *c;
    silent.into = NULL;
    return compare_documents(&silent, NULL, x, y);
}

/* What is there as what is wanted has it: equal ones, and the rest in its order. */
static const struct value *as_wanted(struct compare *c, const struct value *want,
                                     const struct value *have) {
    uint32_t n = have->list.n, places = want->list.n < n ? want->list.n : n;
    struct value *r = value_list(c->a, VALUE_LIST, n, have->at);
    bool *used = ARENA_ARRAY(c->a, bool, n + 1);
    uint32_t *pairs = ARENA_ARRAY(c->a, uint32_t, places + 1);
    for (uint32_t i = 0; i < places; i++) {
        for (pairs[i] = 0; pairs[i] < n; pairs[i]++) {
            if (!used[pairs[i]] && equal(c, want->list.items[i], have->list.items[pairs[i]]))
                break;
        }
        if (pairs[i] < n)
            used[pairs[i]] = true;
    }
    uint32_t next = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i < places && pairs[i] < n) {
            value_push(r, have->list.items[pairs[i]]);
            continue;
        }
        while (used[next])
            next++;
        value_push(r, have->list.items[next++]);
    }
    return r;
}

static bool documents_lists(struct compare *c, const struct compare_path *at,
                            const struct value *want, const struct value *have) {
    bool same = true;
    if (c->unordered)
        have = as_wanted(c, want, have);
    uint32_t n = want->list.n > have->list.n ? want->list.n : have->list.n;
    for (uint32_t i = 0; i < n && (same || c->into != NULL); i++) {
        struct compare_path p = element(c->a, at, i);
        const struct value *w = i < want->list.n ? want->list.items[i] : NULL;
        const struct value *h = i < have->list.n ? have->list.items[i] : NULL;
        same &=
            w != NULL && h != NULL ? compare_documents(c, &p, w, h) : compare_differs(c, &p, w, h);
    }
    return same;
}

static bool whole_lists(struct compare *c, const struct compare_path *at, const struct value *want,
                        const struct value *have) {
    struct compare silent = *c;
    silent.into = NULL;
    return documents_lists(&silent, at, want, have) || compare_differs(c, at, want, have);
}

/* Texts and numbers alone, and more or fewer of them than before: by places each one behind the
 * first that came or went would differ. */
static bool is_told_whole(const struct value *want, const struct value *have) {
    bool plain = want->list.n != have->list.n && want->list.n > 0 && have->list.n > 0;
    for (uint32_t i = 0; i < want->list.n && plain; i++)
        plain = want->list.items[i]->type != VALUE_MAP && want->list.items[i]->type != VALUE_LIST;
    for (uint32_t i = 0; i < have->list.n && plain; i++)
        plain = have->list.items[i]->type != VALUE_MAP && have->list.items[i]->type != VALUE_LIST;
    return plain;
}

bool compare_documents(struct compare *c, const struct compare_path *at, const struct value *want,
                       const struct value *have) {
    if (want->type == VALUE_MAP && have->type == VALUE_MAP)
        return documents_maps(c, at, want, have);
    if (want->type == VALUE_LIST && have->type == VALUE_LIST)
        return (c->whole_lists || is_told_whole(want, have) ? whole_lists
                                                            : documents_lists)(c, at, want, have);
    /* In a document "1" and 1 are two things. */
    bool same =
        want->type == have->type && (want->type == VALUE_UNSET || compare_scalars(want, have));
    return same || compare_differs(c, at, want, have);
}
