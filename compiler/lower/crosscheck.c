/* SPDX-License-Identifier: MIT */
#include "lower/cdn.h"
#include "lower/cond.h"
#include "lower/coverage.h"
#include "lower/deploy.h"
#include "lower/lifecycle.h"

#define KEY_MAX (16u << 20)

/* Somebody is named, and no alarm of this spec ever reaches them. */
static void check_told(struct lower *l, const struct cfg_notify *n) {
    if (l->alarms.n == 0 || map_get(&l->told, n->name.text) != NULL)
        return;
    const struct cfg_route *route = NULL;
    for (uint32_t i = 0; i < l->cfg->routes.n; i++) {
        const struct cfg_route *r = &l->cfg->routes.items[i];
        for (uint32_t k = 0; k < r->to.n; k++)
            route = str_eq(r->to.items[k].text, n->name.text) ? r : route;
    }
    struct diag *d = diag_add(l->dl, DIAG_NOTIFY_UNUSED, n->name.at, "no alarm tells `%.*s`",
                              STR_ARG(n->name.text));
    if (route == NULL) {
        diag_hint(l->dl, d,
                  "Name `%.*s` in a route or in `notify:` of an alarm, or remove the entry.",
                  STR_ARG(n->name.text));
        return;
    }
    diag_also(l->dl, d, route->name.at, "this route leads there, and no alarm takes it");
    diag_hint(l->dl, d, "Give an alarm `severity: %.*s`, or name `%.*s` in another route.",
              STR_ARG(route->name.text), STR_ARG(n->name.text));
}

static void report_twice(struct lower *l, const struct alarm *al, const struct alarm *first) {
    struct diag *d = diag_add(l->dl, DIAG_ALARM_TWICE, al->at, "alarm `%.*s` is the same as `%.*s`",
                              STR_ARG(al->name), STR_ARG(first->name));
    diag_also(l->dl, d, first->at, "`%.*s` is here", STR_ARG(first->name));
    if (al->origin == ALARM_RECOMMENDED)
        diag_hint(l->dl, d, "Turn the recommended one off: `alarms: { %.*s: off }` at `%.*s`.",
                  STR_ARG(al->recommended->name.text), STR_ARG(al->watched->name));
    else
        diag_hint(l->dl, d,
                  "Remove one; to tell more people, name them in `notify:` of the other.");
}

static void check_alarms(struct lower *l) {
    struct map seen = {0};
    struct buf key = BUF_INIT(KEY_MAX), other = BUF_INIT(KEY_MAX);
    map_reserve(l->scratch, &seen, l->alarms.n);
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        const struct alarm *al = l->alarms.at[i];
        if (al->plan == NULL || al->left_out)
            continue;
        str hash = {(const unsigned char *)&al->plan_hash, sizeof al->plan_hash};
        const struct alarm *first = map_add(l->scratch, &seen, hash, l->alarms.at[i]);
        if (first == NULL)
            continue;
        cond_put_key(&key, al->plan);
        cond_put_key(&other, first->plan);
        if (str_eq(buf_str(&key), buf_str(&other)))
            report_twice(l, al, first);
    }
    buf_done(&key);
    buf_done(&other);
}

static bool is_host_of(struct lower *l, const struct watched *host) {
    for (uint32_t i = 0; i < l->logs.n; i++) {
        if (l->logs.at[i]->host == host)
            return true;
    }
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        for (uint32_t k = 0; k < w->attributes.n; k++) {
            const struct attribute_value *v = w->attributes.entries[k].value;
            if (v->decl->type.value == CAT_RESOURCE && str_eq(v->text.text, host->name))
                return true;
        }
    }
    return false;
}

static bool has_log_metric(const struct lower *l, const struct watched *w) {
    for (uint32_t i = 0; i < l->log_metrics.n; i++) {
        const struct log_metric *m = l->log_metrics.entries[i].value;
        if (m->used && str_eq(m->resource, w->name))
            return true;
    }
    return false;
}

/* An alarm that the free tier left out has been spoken of. */
static bool has_alarm(const struct lower *l, const struct watched *w) {
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        const struct cond *c = l->alarms.at[i]->plan;
        for (uint32_t k = 0; c != NULL && k < c->measure.series.n; k++) {
            if (c->measure.series.at[k].watched == w)
                return true;
        }
    }
    return false;
}

/* A server of somebody else that nothing of ours reaches is named for secrets and backups. */
bool lower_can_be_watched(struct lower *l, const struct watched *w) {
    for (uint32_t i = 0; i < w->kind->metrics.n; i++) {
        struct expr ref = {.kind = EXPR_REF, .name = w->kind->metrics.items[i].name.text};
        if (measure_available(l, w, &ref))
            return true;
    }
    return false;
}

static void check_watched(struct lower *l, const struct watched *w) {
    if (l->watched_uses.at[w->index].read || !lower_can_be_watched(l, w) || has_alarm(l, w) ||
        is_host_of(l, w) || has_log_metric(l, w) || deploy_needs(l, w) || lifecycle_needs(l, w) ||
        cdn_needs(l, w))
        return;
    struct diag *d =
        diag_add(l->dl, DIAG_UNWATCHED, w->at,
                 "nothing watches `%.*s`: no alarm, graph or log is about it", STR_ARG(w->name));
    if (w->kind->alarms.n > 0)
        diag_hint(
            l->dl, d,
            "`alarms: recommended` in it adds the alarms that suit its kind; `opsc catalog show "
            "%.*s` lists them.",
            STR_ARG(w->kind->kind.text));
    else
        diag_hint(l->dl, d, "`opsc catalog show %.*s` lists what an alarm or a graph can name.",
                  STR_ARG(w->kind->kind.text));
}

void lower_crosscheck(struct lower *l) {
    for (uint32_t i = 0; i < l->cfg->notify.n; i++)
        check_told(l, &l->cfg->notify.items[i]);
    check_alarms(l);
    for (uint32_t i = 0; i < l->watched.n; i++)
        check_watched(l, l->watched.at[i]);
}
