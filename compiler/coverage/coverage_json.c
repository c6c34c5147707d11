/* SPDX-License-Identifier: MIT */
#include "coverage/coverage.h"
#include "schema/schema.h"

struct printing {
    struct json *j;
    const struct coverage_run *r;
};

static void put_place(const struct printing *p, span at) {
    str place = coverage_place(p->r->arena, p->r->dl, at);
    if (place.n > 0)
        json_kstr(p->j, "at", place);
}

static void put_waiver(const struct printing *p, const struct cfg_waiver *w, bool holds) {
    if (w == NULL)
        return;
    json_key(p->j, STR("waiver"));
    json_object_begin(p->j);
    json_kstr(p->j, "until", w->until.text);
    json_kstr(p->j, "reason", w->reason.text);
    json_kbool(p->j, "holds", holds);
    put_place(p, w->name.at);
    json_object_end(p->j);
}

static void put_alarm(const struct printing *p, const struct coverage_line *l) {
    const struct coverage_alarm *m = l->alarm;
    bool there = coverage_watches(m->state) || l->account_by.n > 0;
    json_object_begin(p->j);
    json_kstr(p->j, "name", m->name);
    json_kstr(p->j, "state", str_c(coverage_word(m->state)));
    json_kstr(p->j, "severity", str_c(schema_severities[m->severity]));
    json_kstr(p->j, "condition", m->condition);
    json_kbool(p->j, "missing", coverage_is_missing(l));
    if (m->by.n > 0)
        json_kstr(p->j, "by", m->by);
    if (l->account_by.n > 0)
        json_kstr(p->j, "by_account", l->account_by);
    if (m->needs.n > 0)
        json_kstr(p->j, "needs", m->needs);
    json_kstr(p->j, "because", m->because);
    if (!there)
        put_waiver(p, l->waiver, l->waived);
    put_place(p, m->at);
    json_object_end(p->j);
}

static void put_resources(const struct printing *p, const struct coverage_sheet *s) {
    uint32_t from = 0;
    json_key(p->j, STR("resources"));
    json_array_begin(p->j);
    for (uint32_t i = 0; i < s->of->n; i++) {
        const struct coverage_resource *of = &s->of->items[i];
        json_object_begin(p->j);
        json_kstr(p->j, "name", of->name);
        json_kstr(p->j, "kind", of->kind);
        put_place(p, of->at);
        json_kint(p->j, "watching", of->watching);
        if (s->by_account != NULL)
            json_kint(p->j, "watching_in_account", s->by_account[i]);
        json_key(p->j, STR("alarms"));
        json_array_begin(p->j);
        for (; from < s->lines.n && s->lines.at[from].of == of; from++)
            put_alarm(p, &s->lines.at[from]);
        json_array_end(p->j);
        json_object_end(p->j);
    }
    json_array_end(p->j);
}

static void put_found(const struct printing *p, const struct coverage_found *f) {
    json_object_begin(p->j);
    json_kstr(p->j, "kind", f->kind);
    json_kstr(p->j, "id", f->id);
    json_kstr(p->j, "region", f->region);
    json_kint(p->j, "alarms", f->alarms);
    if (f->by.n > 0)
        json_kstr(p->j, "by", f->by);
    if (f->line.n > 0)
        json_kstr(p->j, "line", f->line);
    if (f->alarms == 0)
        put_waiver(p, f->waiver, f->waived);
    json_object_end(p->j);
}

static void put_account(const struct printing *p, const struct coverage_sheet *s) {
    if (!s->live)
        return;
    json_kstr(p->j, "account", s->account);
    json_key(p->j, STR("found"));
    json_array_begin(p->j);
    for (uint32_t i = 0; i < s->found.n; i++)
        put_found(p, &s->found.at[i]);
    json_array_end(p->j);
}

static void put_sums(const struct printing *p, const struct coverage_sheet *s) {
    const struct coverage_sums *n = &s->sums;
    json_key(p->j, STR("sums"));
    json_object_begin(p->j);
    json_kint(p->j, "there", n->there);
    json_kint(p->j, "recommended", n->all);
    json_kint(p->j, "percent", num_floor(coverage_percent(n)));
    json_kint(p->j, "waived", n->waived);
    json_kint(p->j, "no_longer_waived", n->over);
    json_kint(p->j, "perhaps", n->perhaps);
    json_kint(p->j, "without_any_alarm", n->silent);
    if (s->live) {
        json_kint(p->j, "found", n->found);
        json_kint(p->j, "found_waived", n->found_waived);
        json_kint(p->j, "unseen", n->unseen);
    }
    json_object_end(p->j);
}

static void put_sheet(const struct printing *p, const struct coverage_sheet *s) {
    json_object_begin(p->j);
    json_kstr(p->j, "project", s->project);
    if (s->environment.n > 0)
        json_kstr(p->j, "environment", s->environment);
    json_kstr(p->j, "region", s->region);
    put_sums(p, s);
    put_resources(p, s);
    put_account(p, s);
    json_object_end(p->j);
}

void coverage_json(struct buf *b, const struct coverage_run *r) {
    struct json j = json_to(b, 2);
    struct printing p = {&j, r};
    struct buf day = BUF_INIT(64);
    date_put(&day, r->today);
    json_object_begin(&j);
    json_kstr(&j, "date", buf_str(&day));
    json_key(&j, STR("environments"));
    json_array_begin(&j);
    for (uint32_t i = 0; i < r->sheets.n; i++)
        put_sheet(&p, r->sheets.at[i]);
    json_array_end(&j);
    json_object_end(&j);
    buf_byte(b, '\n');
    buf_done(&day);
}
