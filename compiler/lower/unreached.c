/* SPDX-License-Identifier: MIT */
#include "lower/context.h"
#include "schema/schema.h"

#define FIRST (sizeof((struct unreached *)0)->first / sizeof(struct alarm *))

bool lower_is_severity(str name) {
    bool known = false;
    for (int i = 0; schema_severities[i] != NULL; i++)
        known |= str_is(name, schema_severities[i]);
    return known;
}

void lower_note_unreached(struct lower *l, const struct alarm *al) {
    bool quiet = al->cfg != NULL && given(al->cfg->enabled.at) && !al->cfg->enabled.value;
    /* A misspelt severity has been reported: its alarms have no route until it is mended. */
    for (uint32_t i = 0; i < l->cfg->routes.n; i++)
        quiet |= !lower_is_severity(l->cfg->routes.items[i].name.text);
    if (quiet)
        return;
    struct unreached *u = &l->unreached[al->severity];
    if (u->n < FIRST)
        u->first[u->n] = al;
    u->n++;
    u->users += al->origin == ALARM_USER;
}

/* "alarm `busy` reaches", "alarms `busy`, `slow`, `full` and 9 more reach" */
static str subject(struct lower *l, const struct unreached *u) {
    struct buf b = BUF_INIT(4096);
    buf_text(&b, u->n == 1 ? "alarm " : "alarms ");
    for (uint32_t i = 0; i < u->n && i < FIRST; i++)
        buf_printf(&b, "%s`%.*s`", list_gap(i, u->n, " and "), STR_ARG(u->first[i]->name));
    if (u->n > FIRST)
        buf_printf(&b, " and %u more", u->n - (uint32_t)FIRST);
    buf_text(&b, u->n == 1 ? " reaches" : " reach");
    return buf_keep(&b, l->a);
}

static void leads_to_nobody(struct lower *l, const struct cfg_route *r, const struct unreached *u) {
    struct diag *d = diag_add(l->dl, DIAG_ALARM_UNREACHED, r->name.at,
                              "the route of %.*s alarms names nobody: %.*s nobody",
                              STR_ARG(r->name.text), STR_ARG(subject(l, u)));
    diag_also(l->dl, d, u->first[0]->at, "alarm `%.*s` takes it", STR_ARG(u->first[0]->name));
    if (l->cfg->notify.n > 0)
        diag_hint(l->dl, d, "Name somebody of `notify:`, as in `%.*s: [%.*s]`.",
                  STR_ARG(r->name.text), STR_ARG(l->cfg->notify.items[0].name.text));
    else
        diag_hint(l->dl, d, "Say who is told: `notify: { ops: { email: ops@example.com } }`.");
}

static void has_no_route(struct lower *l, const char *severity, const struct unreached *u) {
    const struct alarm *al = u->first[0];
    bool routes = l->cfg->routes.n > 0;
    str who = subject(l, u);
    struct diag *d =
        routes ? diag_add(l->dl, DIAG_ALARM_UNREACHED, l->cfg->routes.at,
                          "`routes:` has no `%s`: %.*s nobody", severity, STR_ARG(who))
               : diag_add(l->dl, DIAG_ALARM_UNREACHED, al->at, "%.*s nobody", STR_ARG(who));
    if (routes)
        diag_also(l->dl, d, al->at, "alarm `%.*s` is %s", STR_ARG(al->name), severity);
    if (l->cfg->notify.n == 0)
        diag_hint(l->dl, d, "Say who is told: `notify: { ops: { email: ops@example.com } }`.");
    else
        diag_hint(l->dl, d, "Add a route, `%s: [%.*s]`%s.", severity,
                  STR_ARG(l->cfg->notify.items[0].name.text),
                  u->users > 0 ? ", or `enabled: false` to an alarm that only other alarms look at"
                               : "");
}

void lower_unreached(struct lower *l) {
    for (unsigned i = 0; i < CFG_SEVERITY_COUNT; i++) {
        const struct unreached *u = &l->unreached[i];
        const struct cfg_route *r = lower_route(l, (enum cfg_severity)i);
        if (u->n > 0 && r != NULL)
            leads_to_nobody(l, r, u);
        else if (u->n > 0)
            has_no_route(l, schema_severities[i], u);
    }
}
