/* SPDX-License-Identifier: MIT */
#include "lower/free_tier.h"

#include "lower/backup.h"
#include "lower/dashboard.h"
#include "lower/prices.h"
#include "lower/secrets.h"

#define NAMES_MAX 65536
#define NAMES_SHOWN 12

/* The table of what is done; docs/profiles.md has the same rows. */
static const struct {
    enum free_tier_thing { THING_ALARM, THING_METRIC, THING_DASHBOARD, THINGS, THING_KEPT } thing;
    const char *price;     /* row of catalog/tables/prices.yaml; NULL: none is known */
    const char *why;       /* a sentence; of what is kept, what would be free */
    const char *allowance; /* row of catalog/tables/allowances.yaml: `why` has # for its amount */
} cases[FREE_CASES] = {
    [FREE_ALARM_BEYOND] = {THING_ALARM, "cloudwatch.alarm.standard",
                           "# alarm metrics are free, and others matter more.", "alarm-metrics"},
    [FREE_ALARM_METRICS] = {THING_ALARM, "cloudwatch.alarm.standard",
                            "# custom metrics are free, and it is on another one.",
                            "custom-metrics"},
    [FREE_ALARM_COMPOSITE] = {THING_ALARM, "cloudwatch.alarm.composite",
                              "No alarm that is made of others is free.", NULL},
    [FREE_ALARM_ANOMALY] = {THING_ALARM, "cloudwatch.alarm.standard",
                            "An anomaly band counts as " TEXT_OF(
                                COND_BAND_METRICS) " metrics more.",
                            NULL},
    [FREE_ALARM_HIGH_RESOLUTION] = {THING_ALARM, "cloudwatch.alarm.high_resolution",
                                    "No alarm of high resolution is free.", NULL},
    [FREE_METRIC] = {THING_METRIC, "cloudwatch.metric.custom",
                     "# custom metrics are free, and others matter more.", "custom-metrics"},
    [FREE_DASHBOARD] = {THING_DASHBOARD, "cloudwatch.dashboard.basic", "# dashboards are free.",
                        "dashboards"},
    [FREE_DASHBOARD_METRICS] = {THING_DASHBOARD, "cloudwatch.dashboard.extended",
                                "A dashboard of more than " TEXT_OF(
                                    DASHBOARD_BASIC_METRICS) " metrics is not free.",
                                NULL},
    [FREE_KEY] = {THING_KEPT, "kms.key", "`secrets: { age: age1... }` costs nothing.", NULL},
    [FREE_SECRETS] = {THING_KEPT, "secretsmanager.secret",
                      "`store: parameter-store` costs nothing.", NULL},
    [FREE_IMAGES] = {THING_KEPT, "ecr.storage",
                     "`registry: docker-hub` costs nothing for what is public.", NULL},
    [FREE_SMS] = {THING_KEPT, NULL, "A mail costs nothing, up to # a month.", "sns-emails"},
};

/* What was left out of one thing. */
struct told {
    struct buf names; /* the first few */
    uint32_t n;
    struct num usd; /* a month, of all; or NUM_NAN */
};

struct custom {
    bool kept;
};

struct free_tier {
    struct told told[THINGS];
    struct map custom; /* -> struct custom, once it is decided */
    struct num left;   /* custom metrics that are free still; below 0: none */
};

bool free_tier(const struct lower *l) {
    return l->cfg->profile.value == CFG_PROFILE_FREE_TIER;
}

int64_t free_tier_amount(struct lower *l, const char *allowance) {
    struct price_book book = {.arena = l->a, .tables = &l->catalog};
    return num_floor(price_pool(&book, str_c(allowance))->amount);
}

/* ---- what is left out */

static str usd_text(struct lower *l, struct num usd) {
    struct buf b = BUF_INIT(NAMES_MAX);
    if (!num_ok(usd))
        return STR("an unknown price");
    buf_byte(&b, '$');
    price_put_usd(&b, usd);
    return buf_keep(&b, l->a);
}

static str why_text(struct lower *l, enum free_tier_case c) {
    const char *why = cases[c].why, *gap = cases[c].allowance != NULL ? strchr(why, '#') : NULL;
    if (gap == NULL)
        return str_c(why);
    return arena_printf(l->a, "%.*s%lld%s", (int)(gap - why), why,
                        (long long)free_tier_amount(l, cases[c].allowance), gap + 1);
}

void free_tier_leave_out(struct lower *l, const struct left_out *o) {
    const char *price = cases[o->why].price;
    struct told *t = &l->free_tier->told[cases[o->why].thing];
    struct num each = lower_price(l, price, 1), all = num_mul(each, o->units);
    str usd = usd_text(l, all), why = why_text(l, o->why);
    str text = arena_printf(
        l->a, "Left out by the profile free-tier: %.*s%s%.*s (%.*s a month). %.*s",
        STR_ARG(o->name), o->is.n > 0 ? ": " : "", STR_ARG(o->is), STR_ARG(usd), STR_ARG(why));
    graph_leave_out(l->graph, o->kind, STR("monitoring"), text, o->at);
    lower_explain(l, "%.*s: left out by the profile free-tier (%.*s a month). %.*s",
                  STR_ARG(o->name), STR_ARG(usd), STR_ARG(why));
    if (t->n < NAMES_SHOWN)
        buf_printf(&t->names, "%s%.*s", t->n > 0 ? ", " : "", STR_ARG(o->name));
    t->n++;
    t->usd = num_add(t->usd, all);
}

/* One note for all of one thing: what, and what they would cost; --explain has each. */
static void report(struct lower *l, struct told *t, const char *thing) {
    struct buf cost = BUF_INIT(NAMES_MAX);
    if (t->n == 0)
        return;
    if (num_ok(t->usd)) {
        BUF_LIT(&cost, ", which would cost $");
        price_put_usd(&cost, t->usd);
        BUF_LIT(&cost, " a month");
    }
    struct diag *d = diag_add(l->dl, DIAG_FREE_TIER, l->cfg->profile.at,
                              "free-tier leaves %u %s%s of %.*s out%.*s", t->n, thing,
                              t->n == 1 ? "" : "s", STR_ARG(l->prefix), STR_ARG(buf_str(&cost)));
    buf_done(&cost);
    str names = buf_str(&t->names);
    if (t->n > NAMES_SHOWN)
        diag_hint(l->dl, d, "Left out: %.*s and %u more; `opsc build --explain` lists them.",
                  STR_ARG(names), t->n - NAMES_SHOWN);
    else
        diag_hint(l->dl, d, "Left out: %.*s.", STR_ARG(names));
}

/* ---- what stays though it costs money */

static void keep(struct lower *l, enum free_tier_case why, const char *what, const char *price,
                 span at) {
    struct diag *d = diag_add(l->dl, DIAG_FREE_TIER_KEEPS, at, "%s costs %s", what, price);
    diag_hint(l->dl, d, "%.*s", STR_ARG(why_text(l, why)));
    lower_explain(l, "%s costs %s: the profile free-tier keeps it, since ops.yaml asks for it",
                  what, price);
}

static void keep_priced(struct lower *l, enum free_tier_case why, const char *what, int64_t n,
                        const char *unit, span at) {
    str usd = lower_price_text(l, cases[why].price, n);
    keep(l, why, what, (const char *)arena_printf(l->a, "%.*s%s a month", STR_ARG(usd), unit).p,
         at);
}

static void keep_sms(struct lower *l) {
    for (uint32_t i = 0; i < l->cfg->notify.n; i++) {
        const struct cfg_notify *who = &l->cfg->notify.items[i];
        if (who->sms.n > 0) {
            keep(l, FREE_SMS, "a message by SMS", "what its country's networks ask for",
                 who->sms.items[0].at);
            return;
        }
    }
}

static void tell_kept(struct lower *l) {
    const struct config *c = l->cfg;
    if (backup_makes_key(l))
        keep_priced(l, FREE_KEY, "the key that seals the configuration", 1, "",
                    c->backup.configuration.secrets.kms.at);
    if (c->secrets.store.value == CFG_STORE_SECRETS_MANAGER && l->secrets.n > 0)
        keep_priced(l, FREE_SECRETS, "what is kept in Secrets Manager", l->secrets.n, "",
                    c->secrets.store.at);
    if (l->deploy != NULL && c->deploy.registry.value == CFG_ECR)
        keep_priced(l, FREE_IMAGES, "the image registry", 1, " a GB", c->deploy.registry.at);
    keep_sms(l);
}

/* ---- custom metrics */

static void decide(struct lower *l, str key, bool kept, struct num n) {
    struct custom *c = ARENA_NEW(l->a, struct custom);
    c->kept = kept;
    map_add(l->a, &l->free_tier->custom, key, c);
    if (kept)
        l->free_tier->left = num_sub(l->free_tier->left, n);
}

static bool fits(const struct lower *l, struct num n) {
    return num_ok(n) && num_ok(l->free_tier->left) && num_cmp(n, l->free_tier->left) <= 0;
}

/* A metric of ours: by what it is counted, and the share of the hours in which it is sent. */
struct counted {
    str key, name;
    struct num n; /* 0: it is AWS's own */
    const struct resource_kind *kind;
    span at;
};

static struct counted count_series(struct lower *l, const struct series *s) {
    const struct cat_metric *k = s->logged != NULL ? NULL : s->decl;
    bool agent = k != NULL && k->source.value == CAT_SOURCE_AGENT;
    struct counted c = {.key = arena_str(l->a, s->metric),
                        .name = arena_str(l->a, s->text),
                        .n = num_int(agent || str_eq(s->namespace_, l->namespace_)),
                        .kind = &resource_dashboard,
                        .at = s->watched->at};
    if (agent)
        c.key = arena_printf(l->a, "%.*s %.*s %.*s", STR_ARG(s->watched->name),
                             STR_ARG(k->agent.section.text), STR_ARG(k->agent.measurement.text));
    else if (k != NULL && k->source.value == CAT_SOURCE_JOB)
        c.n = lower_job_share(l, s->watched, k);
    return c;
}

static bool claim(struct lower *l, const struct counted *m) {
    const struct custom *c = map_get(&l->free_tier->custom, m->key);
    if (c != NULL)
        return c->kept;
    bool kept = fits(l, m->n);
    decide(l, m->key, kept, m->n);
    if (!kept)
        free_tier_leave_out(l, &(struct left_out){FREE_METRIC, m->name, STR("a custom metric"),
                                                  m->n, m->at, m->kind});
    return kept;
}

bool free_tier_has_series(struct lower *l, const struct series *s) {
    if (!free_tier(l))
        return true;
    struct counted c = count_series(l, s);
    return c.n.n == 0 || claim(l, &c);
}

bool free_tier_has_log(struct lower *l, const struct log_metric *m) {
    if (!free_tier(l))
        return true;
    str key = arena_cat3(l->a, m->resource, STR("."), m->name);
    return claim(l, &(struct counted){key, key, num_int(1), &resource_log_metric_filter, m->at});
}

bool free_tier_has_job_metric(struct lower *l, const struct watched *w,
                              const struct cat_metric *m) {
    if (!free_tier(l))
        return true;
    str key = arena_cat3(l->a, w->name, STR("."), m->name.text);
    return claim(l,
                 &(struct counted){key, key, lower_job_share(l, w, m), &resource_dashboard, w->at});
}

void free_tier_jobs(struct lower *l, bool rare) {
    for (uint32_t i = 0; free_tier(l) && i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        for (uint32_t k = 0; k < w->kind->metrics.n; k++) {
            const struct cat_metric *m = &w->kind->metrics.items[k];
            if (m->source.value != CAT_SOURCE_JOB || !watched_if(&l->catalog, w, &m->when))
                continue;
            struct num share = lower_job_share(l, w, m);
            if (!rare || (num_cmp(share, num_int(1)) < 0 && fits(l, share)))
                free_tier_has_job_metric(l, w, m);
        }
    }
}

bool free_tier_take(struct lower *l, const struct cond *plan) {
    struct num wanted = num_int(0);
    struct map seen = {0};
    for (uint32_t i = 0; i < plan->measure.series.n; i++) {
        struct counted c = count_series(l, &plan->measure.series.at[i]);
        if (c.n.n != 0 && map_get(&l->free_tier->custom, c.key) == NULL &&
            map_add(l->a, &seen, c.key, l) == NULL)
            wanted = num_add(wanted, c.n);
    }
    if (wanted.n != 0 && !fits(l, wanted))
        return false;
    for (uint32_t i = 0; i < seen.n; i++)
        decide(l, seen.entries[i].key, true, num_int(0));
    l->free_tier->left = num_sub(l->free_tier->left, wanted);
    return true;
}

/* A job of ours, which publishes no more than it is told to. */
static bool rules_job(const struct lower *l, const struct watched *w) {
    bool ours = str_is(w->kind->kind.text, "secret");
    for (uint32_t i = 0; i < l->backups.n && !ours; i++)
        ours = l->backups.at[i]->watched == w;
    return ours;
}

/* Those that are published whatever we do: by jobs of the user's, by EC2 in detail. */
static void count_given(struct lower *l, struct watched *w) {
    for (uint32_t i = 0; i < w->kind->costs.n; i++) {
        const struct cat_cost *c = &w->kind->costs.items[i];
        if (c->price.n != 1 || !str_is(c->price.items[0].is.text, "cloudwatch.metric.custom") ||
            !given(c->is.at) || !watched_if(&l->catalog, w, &c->when))
            continue;
        struct num n = watched_compute(&l->catalog, w, &c->is);
        if (num_ok(n))
            l->free_tier->left = num_sub(l->free_tier->left, n);
    }
    for (uint32_t i = 0; i < w->kind->metrics.n; i++) {
        const struct cat_metric *m = &w->kind->metrics.items[i];
        if (m->source.value == CAT_SOURCE_JOB && !rules_job(l, w) &&
            watched_if(&l->catalog, w, &m->when))
            decide(l, arena_cat3(l->a, w->name, STR("."), m->name.text), true,
                   lower_job_share(l, w, m));
    }
}

void free_tier_open(struct lower *l) {
    struct free_tier *t = l->free_tier = ARENA_NEW(l->a, struct free_tier);
    for (int i = 0; i < THINGS; i++)
        t->told[i] = (struct told){.names = BUF_INIT(NAMES_MAX), .usd = num_int(0)};
    t->left = num_int(free_tier_amount(l, "custom-metrics"));
    for (uint32_t i = 0; i < l->watched.n; i++) {
        if (!l->watched.at[i]->broken)
            count_given(l, l->watched.at[i]);
    }
}

void free_tier_close(struct lower *l) {
    static const char *const things[THINGS] = {"alarm", "custom metric", "dashboard"};
    if (!free_tier(l))
        return;
    for (int i = 0; i < THINGS; i++) {
        report(l, &l->free_tier->told[i], things[i]);
        buf_done(&l->free_tier->told[i].names);
    }
    tell_kept(l);
}
