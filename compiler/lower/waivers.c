/* SPDX-License-Identifier: MIT */
#include "base/date.h"
#include "lower/coverage.h"

static void check_date(struct lower *l, const struct cfg_waiver *v) {
    struct date d;
    if (!given(v->until.at) || date_read(v->until.text, &d))
        return;
    struct diag *g = diag_add(l->dl, DIAG_WAIVER_DATE, v->until.at, "there is no day %.*s",
                              STR_ARG(v->until.text));
    diag_hint(l->dl, g, "Name the last day on which the waiver holds, such as 2027-03-31.");
}

static void unknown_alarm(struct lower *l, const struct cfg_waiver *v, const struct watched *w,
                          str alarm) {
    struct diag *d =
        diag_add(l->dl, DIAG_WAIVER_UNKNOWN, v->name.at, "`%.*s` has no recommended alarm `%.*s`",
                 STR_ARG(w->name), STR_ARG(alarm));
    struct suggest near = suggest_for(alarm);
    for (uint32_t i = 0; i < w->kind->alarms.n; i++)
        suggest_offer(&near, w->kind->alarms.items[i].name.text);
    if (!diag_suggest(l->dl, d, &near))
        diag_hint(l->dl, d, "`opsc catalog show %.*s` lists them.", STR_ARG(w->kind->kind.text));
}

static void check_alarm(struct lower *l, const struct cfg_waiver *v, const struct watched *w,
                        str alarm) {
    bool known = false;
    for (uint32_t i = 0; i < w->kind->alarms.n; i++)
        known |= str_eq(w->kind->alarms.items[i].name.text, alarm);
    if (!known) {
        unknown_alarm(l, v, w, alarm);
        return;
    }
    str name = arena_cat3(l->scratch, w->name, STR("-"), alarm);
    const struct alarm *made = map_get(&l->alarms_by_name, name);
    if (made == NULL || made->node == NULL)
        return;
    struct diag *d = diag_add(l->dl, DIAG_WAIVER_IDLE, v->name.at, "`%.*s` is waived, and is there",
                              STR_ARG(v->name.text));
    diag_hint(l->dl, d,
              "Remove the waiver; or leave the alarm out by `alarms: { %.*s: off }` at `%.*s`.",
              STR_ARG(alarm), STR_ARG(w->name));
}

/* "rds/legacy-*": whether there is such a thing, the account knows. */
static void check_kind(struct lower *l, const struct cfg_waiver *v, str kind) {
    if (catalog_kind(&l->catalog, kind) != NULL || l->catalog.broken)
        return;
    struct diag *d = diag_add(l->dl, DIAG_WAIVER_UNKNOWN, v->name.at,
                              "there is no kind `%.*s` in the catalog", STR_ARG(kind));
    struct suggest near = suggest_for(kind);
    uint32_t n;
    str *names = catalog_names(&l->catalog, &n);
    for (uint32_t i = 0; i < n; i++)
        suggest_offer(&near, names[i]);
    if (!diag_suggest(l->dl, d, &near))
        diag_hint(l->dl, d,
                  "What is in the account is named by its kind and id, as in `rds/legacy-*`.");
}

static void check_name(struct lower *l, const struct cfg_waiver *v) {
    str rest = v->name.text;
    if (str_find(rest, '/') < rest.n) {
        check_kind(l, v, str_split(&rest, '/'));
        return;
    }
    str name = str_split(&rest, '.');
    const struct watched *w = NULL;
    struct suggest near = suggest_for(name);
    for (uint32_t i = 0; i < l->watched.n; i++) {
        suggest_offer(&near, l->watched.at[i]->name);
        if (str_eq(l->watched.at[i]->name, name))
            w = l->watched.at[i];
    }
    if (w != NULL && rest.n > 0) {
        check_alarm(l, v, w, rest);
    } else if (w == NULL) {
        struct diag *d = diag_add(l->dl, DIAG_WAIVER_UNKNOWN, v->name.at,
                                  "there is no resource `%.*s`", STR_ARG(name));
        if (!diag_suggest(l->dl, d, &near))
            diag_hint(l->dl, d,
                      "A waiver is for a resource (`web`), for an alarm of one "
                      "(`web.cpu-high`), or for what is in the account (`rds/legacy-*`).");
    }
}

void lower_waivers(struct lower *l) {
    const struct config *c = l->cfg;
    for (uint32_t i = 0; i < c->coverage.waive.n; i++) {
        check_name(l, &c->coverage.waive.items[i]);
        check_date(l, &c->coverage.waive.items[i]);
    }
}
