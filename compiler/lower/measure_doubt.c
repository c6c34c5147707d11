/* SPDX-License-Identifier: MIT */
/* What may be written and means little: samples added up that do not add up. */
#include "lower/measure.h"

bool series_has_events(const struct series *s) {
    const struct cat_metric *k = s->decl;
    struct num number;
    if (s->logged != NULL || k == NULL || k->events.value || k->health.value)
        return true;
    const struct expr_stat *usual =
        given(k->stat.at) ? expr_stat_find(k->stat.text, &number) : NULL;
    return usual == NULL || usual->numbered || strcmp(usual->name, "sum") == 0 ||
           strcmp(usual->name, "count") == 0;
}

static bool adds_up(const struct series *s) {
    return str_is(s->stat, "Sum") || str_starts(s->stat, STR("ts"));
}

bool measure_doubt_sum(struct measure *m, const struct expr *e, const struct series *s) {
    struct diag_list *dl = m->l->dl;
    bool percent = s->unit != NULL && strcmp(s->unit->name, "Percent") == 0;
    if (!adds_up(s) || (!percent && series_has_events(s)))
        return true;
    bool low = s->decl != NULL && str_is(s->decl->stat.text, "min");
    struct diag *d =
        percent ? diag_add(dl, DIAG_SUM_OF_PERCENT, e->at, "`%.*s(%.*s)` adds up percentages",
                           STR_ARG(e->name), STR_ARG(s->text))
                : diag_add(dl, DIAG_SUM_OF_LEVEL, e->at,
                           "`%.*s(%.*s)` adds up samples that each tell the whole value",
                           STR_ARG(e->name), STR_ARG(s->text));
    diag_label(dl, d, "grows with the number of samples");
    diag_hint(dl, d, "Write `avg(%.*s)` for the usual value or `%s(%.*s)` for the %s one.",
              STR_ARG(s->text), low ? "min" : "max", STR_ARG(s->text), low ? "lowest" : "highest");
    return !percent;
}
