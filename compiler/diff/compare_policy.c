/* SPDX-License-Identifier: MIT */
#include "diff/compare.h"

#define ACCOUNT_DIGITS 12

static bool all_digits(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    }
    return s.n > 0;
}

/* "arn:aws:iam::123456789012:root" is the account 123456789012. */
static str principal(str s) {
    str rest = s;
    if (!str_starts(s, STR("arn:")) || !str_ends(s, STR(":root")))
        return s;
    str_split(&rest, ':');
    str_split(&rest, ':');
    str service = str_split(&rest, ':'), region = str_split(&rest, ':');
    str account = str_split(&rest, ':');
    bool root = str_is(service, "iam") && region.n == 0 && str_is(rest, "root");
    return root && account.n == ACCOUNT_DIGITS && all_digits(account) ? account : s;
}

/* One or many texts as a set of texts: true and "true" are one in a condition. */
static struct value *texts(struct arena *a, const struct value *v, bool principals) {
    bool list = v->type == VALUE_LIST;
    uint32_t n = list ? v->list.n : 1;
    struct value *r = value_list(a, VALUE_LIST, n, v->at);
    for (uint32_t i = 0; i < n; i++) {
        const struct value *item = list ? v->list.items[i] : v;
        bool scalar =
            item->type == VALUE_STR || item->type == VALUE_NUM || item->type == VALUE_BOOL;
        str s = value_text(a, item);
        value_push(r, scalar ? value_str(a, principals ? principal(s) : s, item->at)
                             : (struct value *)item);
    }
    return compare_set(a, r);
}

static struct value *map_texts(struct arena *a, const struct value *v, bool principals) {
    if (v->type != VALUE_MAP)
        return (struct value *)v;
    struct value *r = value_map(a, v->map.n, v->at);
    for (uint32_t i = 0; i < v->map.n; i++)
        value_set(r, v->map.fields[i].name, texts(a, v->map.fields[i].value, principals));
    return r;
}

static struct value *conditions(struct arena *a, const struct value *v) {
    if (v->type != VALUE_MAP)
        return (struct value *)v;
    struct value *r = value_map(a, v->map.n, v->at);
    for (uint32_t i = 0; i < v->map.n; i++)
        value_set(r, v->map.fields[i].name, map_texts(a, v->map.fields[i].value, false));
    return r;
}

static struct value *part(struct arena *a, str name, const struct value *v) {
    if (str_is(name, "Action") || str_is(name, "NotAction") || str_is(name, "Resource") ||
        str_is(name, "NotResource"))
        return texts(a, v, false);
    if (str_is(name, "Principal") || str_is(name, "NotPrincipal"))
        return map_texts(a, v, true);
    if (str_is(name, "Condition"))
        return conditions(a, v);
    if (str_is(name, "Effect") && v->type == VALUE_STR)
        return value_str(a,
                         str_is_nocase(v->text, "allow")  ? STR("Allow")
                         : str_is_nocase(v->text, "deny") ? STR("Deny")
                                                          : v->text,
                         v->at);
    return (struct value *)v;
}

/* AWS numbers statements that nobody gave a Sid. */
static bool is_numbered(const struct value *statement) {
    const struct value *sid = value_get(statement, STR("Sid"));
    return sid != NULL && sid->type == VALUE_STR && all_digits(sid->text);
}

static struct value *statement(struct arena *a, const struct value *v, bool numbers) {
    if (v->type != VALUE_MAP)
        return (struct value *)v;
    struct value *r = value_map(a, v->map.n, v->at);
    for (uint32_t i = 0; i < v->map.n; i++) {
        const struct value_field *f = &v->map.fields[i];
        bool drop =
            str_is(f->name, "Sid") && (compare_is_empty(f->value) || (is_numbered(v) && !numbers));
        if (!drop)
            value_set(r, f->name, part(a, f->name, f->value));
    }
    return r;
}

/* The document of a policy: one in a list is what it holds. */
static const struct value *unwrap(const struct value *v) {
    while (v->type == VALUE_LIST && v->list.n == 1)
        v = v->list.items[0];
    return v;
}

static const struct value *statements(struct arena *a, const struct value *policy, bool numbers) {
    const struct value *v = value_get(policy, STR("Statement"));
    if (v == NULL)
        return value_list(a, VALUE_LIST, 0, policy->at);
    bool list = v->type == VALUE_LIST;
    uint32_t n = list ? v->list.n : 1;
    struct value *r = value_list(a, VALUE_LIST, n, v->at);
    for (uint32_t i = 0; i < n; i++)
        value_push(r, statement(a, list ? v->list.items[i] : v, numbers));
    return r;
}

static bool has_numbers(const struct value *policy) {
    const struct value *v = value_get(policy, STR("Statement"));
    bool any = v != NULL && is_numbered(v);
    for (uint32_t i = 0; v != NULL && v->type == VALUE_LIST && i < v->list.n; i++)
        any = any || is_numbered(v->list.items[i]);
    return any;
}

static bool same_sid(const struct value *x, const struct value *y) {
    const struct value *a = value_get(x, STR("Sid")), *b = value_get(y, STR("Sid"));
    return a != NULL && b != NULL && compare_scalars(a, b);
}

static bool equal(struct compare *c, const struct value *x, const struct value *y) {
    struct compare silent = *c;
    silent.into = NULL;
    return compare_documents(&silent, NULL, x, y);
}

/* "Statement[Publish]", or its place. */
static struct compare_path statement_path(struct compare *c, const struct compare_path *list,
                                          const struct value *s, uint32_t i) {
    const struct value *sid = value_get(s, STR("Sid"));
    str name = sid != NULL ? value_text(c->a, sid) : arena_printf(c->a, "%u", i);
    return (struct compare_path){.up = list, .name = name, .bracket = true};
}

#define PAIR_NONE UINT32_MAX

/* Which statement of `have` is which of `want`: equal ones, then those of one Sid. */
static void pair_up(struct compare *c, const struct value *want, const struct value *have,
                    uint32_t *pairs, bool *used) {
    for (int by_sid = 0; by_sid < 2; by_sid++) {
        for (uint32_t i = 0; i < want->list.n; i++) {
            const struct value *w = want->list.items[i];
            for (uint32_t j = 0; j < have->list.n && pairs[i] == PAIR_NONE; j++) {
                const struct value *h = have->list.items[j];
                if (used[j] || !(by_sid ? same_sid(w, h) : equal(c, w, h)))
                    continue;
                pairs[i] = j;
                used[j] = true;
            }
        }
    }
}

/* What is left over on both sides is told as it stands: the first of one for the first of the
 * other. */
static void pair_rest(const struct value *want, const struct value *have, uint32_t *pairs,
                      bool *used) {
    uint32_t j = 0;
    for (uint32_t i = 0; i < want->list.n; i++) {
        if (pairs[i] != PAIR_NONE || value_get(want->list.items[i], STR("Sid")) != NULL)
            continue;
        while (j < have->list.n && (used[j] || value_get(have->list.items[j], STR("Sid")) != NULL))
            j++;
        if (j == have->list.n)
            return;
        pairs[i] = j;
        used[j] = true;
    }
}

static bool compare_statements(struct compare *c, const struct compare_path *at,
                               const struct value *want, const struct value *have) {
    struct compare_path list = {.up = at, .name = STR("Statement")};
    uint32_t *pairs = ARENA_ARRAY(c->a, uint32_t, want->list.n + 1);
    bool *used = ARENA_ARRAY(c->a, bool, have->list.n + 1), same = true;
    struct compare sets = *c;
    sets.whole_lists = true;
    c = &sets;
    for (uint32_t i = 0; i < want->list.n; i++)
        pairs[i] = PAIR_NONE;
    pair_up(c, want, have, pairs, used);
    pair_rest(want, have, pairs, used);
    for (uint32_t i = 0; i < want->list.n; i++) {
        const struct value *w = want->list.items[i];
        struct compare_path p = statement_path(c, &list, w, i);
        same &= pairs[i] == PAIR_NONE ? compare_differs(c, &p, w, NULL)
                                      : compare_documents(c, &p, w, have->list.items[pairs[i]]);
    }
    for (uint32_t j = 0; j < have->list.n; j++) {
        struct compare_path p = statement_path(c, &list, have->list.items[j], j);
        if (!used[j])
            same &= compare_differs(c, &p, NULL, have->list.items[j]);
    }
    return same;
}

/* All of the policy but its statements; an Id that nobody wanted is AWS's own. */
static struct value *rest_of(struct arena *a, const struct value *policy, bool with_id) {
    struct value *r = value_map(a, policy->map.n, policy->at);
    for (uint32_t i = 0; i < policy->map.n; i++) {
        const struct value_field *f = &policy->map.fields[i];
        if (!str_is(f->name, "Statement") && (with_id || !str_is(f->name, "Id")))
            value_set(r, f->name, f->value);
    }
    return r;
}

bool compare_policies(struct compare *c, const struct compare_path *at, const struct value *want,
                      const struct value *have) {
    want = unwrap(want);
    have = unwrap(have);
    if (want->type != VALUE_MAP || have->type != VALUE_MAP)
        return compare_documents(c, at, want, have);
    bool numbers = has_numbers(want), id = value_get(want, STR("Id")) != NULL;
    bool same = compare_documents(c, at, rest_of(c->a, want, id), rest_of(c->a, have, id));
    return compare_statements(c, at, statements(c->a, want, numbers),
                              statements(c->a, have, numbers)) &&
           same;
}
