/* SPDX-License-Identifier: MIT */
#include "cost/cost_json.h"
#include "cost/diff.h"

static void put_side(struct json *j, const char *key, const struct cost_sheet *s) {
    if (s == NULL)
        return;
    json_key(j, str_c(key));
    json_object_begin(j);
    json_kstr(j, "region", s->region);
    cost_json_account(j, &s->account);
    json_key(j, STR("total"));
    json_object_begin(j);
    cost_json_amounts(j, s, s->total);
    json_object_end(j);
    json_object_end(j);
}

static void put_line(struct json *j, const char *key, const struct cost_sheet *s,
                     const struct cost_line *l) {
    if (l == NULL)
        return;
    json_key(j, str_c(key));
    cost_json_line(j, s, l);
}

static void put_lines(struct json *j, const struct cost_pair *p) {
    json_key(j, STR("lines"));
    json_array_begin(j);
    for (uint32_t i = 0; i < p->lines.n; i++) {
        const struct cost_delta *d = &p->lines.at[i];
        json_object_begin(j);
        json_kstr(j, "change",
                  d->before == NULL  ? STR("added")
                  : d->after == NULL ? STR("removed")
                                     : STR("changed"));
        put_line(j, "before", p->before, d->before);
        put_line(j, "after", p->after, d->after);
        json_object_end(j);
    }
    json_array_end(j);
    json_kint(j, "unchanged", p->same);
}

static void put_budget(struct json *j, const char *key, const struct cost_sheet *s,
                       const struct cost_budget *b) {
    if (b == NULL)
        return;
    json_key(j, str_c(key));
    json_object_begin(j);
    cost_json_exact(j, "limit", b->limit);
    cost_json_amounts(j, s, b->usd);
    json_object_end(j);
}

static void put_budgets(struct json *j, const struct cost_pair *p) {
    json_key(j, STR("budgets"));
    json_array_begin(j);
    for (uint32_t i = 0; i < p->budgets.n; i++) {
        const struct cost_budget_delta *d = &p->budgets.at[i];
        json_object_begin(j);
        json_kstr(j, "name", d->after != NULL ? d->after->name : d->before->name);
        put_budget(j, "before", p->before, d->before);
        put_budget(j, "after", p->after, d->after);
        json_kbool(j, "was_above", d->was_above);
        json_kbool(j, "above", d->is_above);
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_pair(struct json *j, const struct cost_pair *p) {
    json_object_begin(j);
    json_kstr(j, "environment", cost_pair_sheet(p)->environment);
    json_kstr(j, "change",
              p->before == NULL      ? STR("added")
              : p->after == NULL     ? STR("removed")
              : cost_pair_is_same(p) ? STR("none")
                                     : STR("changed"));
    put_side(j, "before", p->before);
    put_side(j, "after", p->after);
    put_lines(j, p);
    put_budgets(j, p);
    json_key(j, STR("newly_not_estimated"));
    json_array_begin(j);
    for (uint32_t i = 0; i < p->unknown.n; i++)
        cost_json_gap(j, p->unknown.at[i]);
    json_array_end(j);
    json_key(j, STR("newly_estimated"));
    json_array_begin(j);
    for (uint32_t i = 0; i < p->known.n; i++)
        cost_json_gap(j, p->known.at[i]);
    json_array_end(j);
    json_object_end(j);
}

void cost_diff_json(struct buf *b, const struct cost_diff *d) {
    struct json j = json_to(b, 2);
    json_object_begin(&j);
    cost_json_head(&j);
    json_key(&j, STR("against"));
    json_object_begin(&j);
    json_kstr(&j, "revision", d->revision);
    json_kstr(&j, "commit", d->commit);
    json_kbool(&j, "absent", d->absent);
    json_object_end(&j);
    json_key(&j, STR("environments"));
    json_array_begin(&j);
    for (uint32_t i = 0; i < d->pairs.n; i++)
        put_pair(&j, &d->pairs.at[i]);
    json_array_end(&j);
    json_object_end(&j);
    buf_byte(b, '\n');
}
