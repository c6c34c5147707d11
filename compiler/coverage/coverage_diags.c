/* SPDX-License-Identifier: MIT */
#include "coverage/coverage.h"

static void tell_line(struct diag_list *dl, const struct coverage_run *r,
                      const struct coverage_line *l) {
    const struct coverage_alarm *m = l->alarm;
    bool over = l->waiver != NULL;
    struct diag *d = diag_add(
        dl, over ? DIAG_WAIVER_OVER : DIAG_COVERAGE_MISSING, over ? l->waiver->name.at : m->at,
        "`%.*s` lacks the recommended alarm `%.*s` (%.*s): %.*s", STR_ARG(l->of->name),
        STR_ARG(m->name), STR_ARG(m->condition), STR_ARG(coverage_why(r->arena, l)));
    diag_hint(dl, d, "%.*s", STR_ARG(m->because));
}

static void tell_silent(struct diag_list *dl, const struct coverage_resource *of) {
    struct diag *d =
        diag_add(dl, DIAG_COVERAGE_NO_ALARM, of->at, "no alarm is about `%.*s`", STR_ARG(of->name));
    diag_hint(dl, d, "`opsc catalog show %.*s` lists what an alarm can name.", STR_ARG(of->kind));
}

static void tell_unseen(struct diag_list *dl, const struct coverage_sheet *s,
                        const struct coverage_found *f) {
    struct diag *d =
        diag_add(dl, DIAG_COVERAGE_NO_ALARM, s->cfg->project.at,
                 "the account has `%.*s` (%.*s), which no alarm watches and ops.yaml does not have",
                 STR_ARG(f->id), STR_ARG(f->title));
    if (f->line.n > 0)
        diag_hint(dl, d, "Add it to `resources:`, as `%.*s`, or waive `%.*s/%.*s`.",
                  STR_ARG(f->line), STR_ARG(f->kind), STR_ARG(f->id));
    else
        diag_hint(dl, d, "Waive `%.*s/%.*s`, or give it an alarm.", STR_ARG(f->kind),
                  STR_ARG(f->id));
}

static void tell_sheet(struct diag_list *dl, const struct coverage_run *r,
                       const struct coverage_sheet *s) {
    for (uint32_t i = 0; i < s->lines.n; i++) {
        if (coverage_is_missing(&s->lines.at[i]))
            tell_line(dl, r, &s->lines.at[i]);
    }
    for (uint32_t i = 0; i < s->of->n; i++) {
        if (coverage_is_silent(r, s, i))
            tell_silent(dl, &s->of->items[i]);
    }
    for (uint32_t i = 0; i < s->found.n; i++) {
        if (s->found.at[i].alarms == 0 && !s->found.at[i].waived)
            tell_unseen(dl, s, &s->found.at[i]);
    }
}

void coverage_diags(struct diag_list *dl, const struct coverage_run *r) {
    for (uint32_t i = 0; i < r->sheets.n; i++) {
        diag_context(dl, r->sheets.at[i]->environment);
        tell_sheet(dl, r, r->sheets.at[i]);
    }
    diag_context(dl, STR(""));
}
