/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/cond.h"
#include "lower/deploy.h"

/* Whether it can go off in the time that a release is watched: what takes longer tells nothing. */
static bool goes_off_within(const struct alarm *al, int64_t s) {
    return al->composite || (al->plan != NULL && al->plan->period_s * al->plan->datapoints <= s);
}

static bool is_there(const struct alarm *al) {
    return al->node != NULL && al->node->region == GRAPH_REGION_HOME;
}

static void add_named(struct lower *l, struct deploy *d) {
    const struct cfg_texts *names = &d->cfg->watch.alarms;
    for (uint32_t i = 0; i < names->n; i++) {
        const struct cfg_text *t = &names->items[i];
        const struct alarm *al = map_get(&l->alarms_by_name, t->text);
        if (al != NULL) {
            if (is_there(al))
                VEC_PUSH(l->a, &d->watch_alarms, al->node->name);
            continue;
        }
        struct diag *p = diag_add(l->dl, DIAG_UNKNOWN_ALARM, t->at, "there is no alarm `%.*s`",
                                  STR_ARG(t->text));
        struct suggest near = suggest_for(t->text);
        for (uint32_t k = 0; k < l->alarms.n && diag_is_kept(l->dl, p); k++)
            suggest_offer(&near, l->alarms.at[k]->name);
        if (!diag_suggest(l->dl, p, &near))
            diag_hint(l->dl, p, "`opsc build --explain` lists all alarms.");
    }
}

static void explain(struct lower *l, const struct deploy *d) {
    lower_explain_title(l, "deploy");
    for (uint32_t i = 0; i < d->hosts.n; i++)
        lower_explain(l, "%.*s gets %.*s%s", STR_ARG(d->hosts.at[i]->name), STR_ARG(d->app->name),
                      i > 0 ? ", when the one before it is well" : "");
    if (d->port > 0)
        lower_explain(
            l, "port %lld is the proxy's; releases take turns on 127.0.0.1, ports %lld and %lld",
            (long long)d->port, (long long)d->slot_port, (long long)d->slot_port + 1);
    for (uint32_t i = 0; i < d->watch_alarms.n; i++)
        lower_explain(l, "%.*s takes a release back when it goes off within %lld s",
                      STR_ARG(d->watch_alarms.at[i]), (long long)d->watch_s);
}

static void find_alarms(struct lower *l, struct deploy *d) {
    add_named(l, d);
    for (uint32_t i = 0; i < l->alarms.n && !given(d->cfg->watch.alarms.at); i++) {
        const struct alarm *al = l->alarms.at[i];
        if (is_there(al) && al->severity == CFG_CRITICAL && goes_off_within(al, d->watch_s))
            VEC_PUSH(l->a, &d->watch_alarms, al->node->name);
    }
    if (d->watch_alarms.n > 0 || l->dl->errors > 0)
        return;
    struct diag *p = diag_add(l->dl, DIAG_DEPLOY_UNWATCHED, d->at,
                              "no alarm takes a bad release of `%.*s` back", STR_ARG(d->app->name));
    diag_hint(l->dl, p,
              "No critical alarm can go off within %lld minutes: watch for longer, name some under "
              "`watch.alarms`, or say `watch: 0s`.",
              (long long)(d->watch_s / 60));
}

/* Whether an application on that host listens where the deployed one does. */
static bool is_measured(const struct lower *l, const struct deploy *d, const struct watched *host) {
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        if (w->kind == d->app->kind && deploy_listens(w, host, d->port))
            return true;
    }
    return false;
}

/* Where `on` names it. */
static span host_at(const struct deploy *d, const struct watched *host) {
    for (uint32_t i = 0; i < d->cfg->on.n; i++) {
        if (str_eq(d->cfg->on.items[i].text, host->name))
            return d->cfg->on.items[i].at;
    }
    return d->at;
}

/* One note: what a host lacks, the others lack as well. */
static void check_hosts(struct lower *l, const struct deploy *d) {
    const struct watched *first = NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->hosts.n && d->port > 0; i++) {
        if (is_measured(l, d, d->hosts.at[i]))
            continue;
        first = first == NULL ? d->hosts.at[i] : first;
        n++;
    }
    if (first == NULL)
        return;
    struct diag *p = diag_add(l->dl, DIAG_DEPLOY_HOST_UNSEEN, host_at(d, first),
                              n == 1 ? "nothing measures `%.*s` on `%.*s`"
                                     : "nothing measures `%.*s` on `%.*s` and %u more of its hosts",
                              STR_ARG(d->app->name), STR_ARG(first->name), (unsigned)n - 1);
    str name = str_starts(first->name, d->app->name)
                   ? first->name
                   : arena_cat3(l->scratch, d->app->name, STR("-"), first->name);
    diag_hint(
        l->dl, p,
        "Each host's is a resource of its own: `%.*s: { kind: %.*s, on: %.*s, port: %lld }`, "
        "with the same `health`. An alarm on it tells when it is down, and takes a release back.",
        STR_ARG(name), STR_ARG(d->app->kind->kind.text), STR_ARG(first->name), (long long)d->port);
}

void lower_deploy_alarms(struct lower *l) {
    if (l->deploy == NULL)
        return;
    check_hosts(l, l->deploy);
    if (l->deploy->watch_s > 0)
        find_alarms(l, l->deploy);
    explain(l, l->deploy);
}

/* "web-1" -> "WEB_1_ADDRESS" */
static str variable_of(struct lower *l, str name) {
    struct buf b = BUF_INIT(256);
    for (uint32_t i = 0; i < name.n; i++) {
        unsigned char c = name.p[i];
        buf_byte(&b, c == '-' ? '_' : ascii_upper(c));
    }
    BUF_LIT(&b, "_ADDRESS");
    return buf_keep(&b, l->a);
}

/* "t4g.small", "x2gd.large", "a1.large": after the generation a g stands for Graviton. */
static bool is_arm(const struct watched *w) {
    const struct attribute_value *type = watched_attribute(w, STR("type"));
    str rest = type != NULL ? type->text.text : STR(""), family = str_split(&rest, '.');
    uint32_t i = 0;
    while (i < family.n && !ascii_is_digit(family.p[i]))
        i++;
    while (i < family.n && ascii_is_digit(family.p[i]))
        i++;
    return str_is(family, "a1") || (i < family.n && family.p[i] == 'g');
}

/* An image is built for one processor. */
static void check_processors(struct lower *l, const struct deploy *d) {
    for (uint32_t i = 1; i < d->hosts.n; i++) {
        const struct watched *a = d->hosts.at[0], *b = d->hosts.at[i];
        if (is_arm(a) == is_arm(b))
            continue;
        struct diag *p = diag_add(l->dl, DIAG_DEPLOY_HOST, b->at,
                                  "the image cannot be for `%.*s` and `%.*s`: one of them has an "
                                  "Arm processor",
                                  STR_ARG(a->name), STR_ARG(b->name));
        diag_hint(l->dl, p,
                  "Give both a `type` with the same processor, or leave one out of `on`.");
        return;
    }
}

static struct delivery_host host_of(struct lower *l, const struct deploy *d,
                                    const struct watched *w) {
    struct delivery_host h = {.name = w->name, .find = w->find};
    const struct attribute_value *id = watched_attribute(w, STR("id")),
                                 *address = watched_attribute(w, STR("address"));
    if (d->cfg->via.value == CFG_VIA_SSM) {
        h.instance = id != NULL ? id->text.text : STR("");
        return h;
    }
    h.variable = variable_of(l, w->name);
    h.address = address != NULL ? address->text.text : STR("");
    if (h.address.n == 0) {
        struct diag *p =
            diag_add(l->dl, DIAG_DEPLOY_ADDRESS, w->at,
                     "nothing says where `%.*s` is reached over SSH", STR_ARG(w->name));
        diag_hint(l->dl, p,
                  "Give it an `address`; or, when that is not for everybody to read, set the "
                  "variable %.*s of the environment `%.*s` on GitHub.",
                  STR_ARG(h.variable), STR_ARG(l->cfg->environment.text));
    }
    return h;
}

/* Two hosts whose addresses would be one variable. */
static void check_variables(struct lower *l, const struct delivery *d,
                            const struct deploy *deploy) {
    for (uint32_t i = 0; i < d->nhosts; i++) {
        for (uint32_t k = 0; k < i; k++) {
            const struct delivery_host *a = &d->hosts[k], *b = &d->hosts[i];
            if (b->variable.n == 0 || a->address.n > 0 || b->address.n > 0 ||
                !str_eq(a->variable, b->variable))
                continue;
            struct diag *p = diag_add(l->dl, DIAG_DEPLOY_HOST, deploy->hosts.at[i]->at,
                                      "the addresses of `%.*s` and `%.*s` are one variable, %.*s",
                                      STR_ARG(a->name), STR_ARG(b->name), STR_ARG(b->variable));
            diag_hint(l->dl, p, "Give one of them an `address`, or another name.");
        }
    }
}

/* All but what is reckoned: looks, the start, the stop. */
#define HOST_REST_S 600

int64_t deploy_host_s(const struct deploy *d) {
    const struct attribute_value *timeout = watched_attribute(d->app, STR("health.timeout"));
    int64_t ask_s = timeout != NULL ? num_floor(timeout->quantity.value) : 0;
    return DEPLOY_PULL_S + (given(d->cfg->migrate.at) ? DEPLOY_MIGRATE_S : 0) +
           d->retries * (d->every_s + ask_s) + d->drain_s + HOST_REST_S;
}

/* GitHub ends every job after JOB_MINUTES_MAX; JOB_MINUTES_REST are for all but hosts and watch. */
#define JOB_MINUTES_MAX 360
#define JOB_MINUTES_REST 15

/* So long a job that deploys may take. */
static int64_t job_minutes(const struct deploy *d) {
    int64_t s = (int64_t)d->hosts.n * deploy_host_s(d) + d->watch_s;
    int64_t minutes = (s + 59) / 60 + JOB_MINUTES_REST;
    return minutes < JOB_MINUTES_MAX ? minutes : JOB_MINUTES_MAX;
}

/* IAM: 1 to 12 hours; a job of 6 is well below. */
#define SESSION_MIN_S 3600

int64_t deploy_session_s(const struct deploy *d) {
    int64_t s = job_minutes(d) * 60;
    return s > SESSION_MIN_S ? s : SESSION_MIN_S;
}

const struct delivery *lower_delivery(struct lower *l) {
    const struct deploy *d = l->deploy;
    if (d == NULL)
        return NULL;
    struct delivery *ret = ARENA_NEW(l->a, struct delivery);
    *ret = (struct delivery){
        .cfg = d->cfg,
        .app = d->app->name,
        .image = d->image,
        .branch = given(d->cfg->branch.at) ? d->cfg->branch.text : STR("main"),
        .user = given(d->cfg->user.at) ? d->cfg->user.text : STR("deploy"),
        .name = l->prefix,
        .account = l->cfg->aws.account.text,
        .region = l->cfg->aws.region.text,
        .partition = account_partition(l),
        .role = deploy_role(l, d),
        .build_role = deploy_build_role(l, d),
        .audience = deploy_audience(l),
        .registry = deploy_registry_host(l, d),
        .registry_account = d->registry.account,
        .registry_region = d->registry.region,
        .image_host = deploy_image_host(d->image),
        .makes_repository = d->registry.makes,
        .makes_provider =
            deploy_has_roles(d) && d->cfg->github.provider.value == CFG_PROVIDER_CREATE,
        .hosts = ARENA_ARRAY(l->a, struct delivery_host, d->hosts.n),
        .nhosts = d->hosts.n,
        .arm = is_arm(d->hosts.at[0]),
        .host_s = deploy_host_s(d),
        .watch_s = d->watch_alarms.n > 0 ? d->watch_s : 0,
        .job_minutes = job_minutes(d),
        .session_s = deploy_session_s(d),
    };
    for (uint32_t i = 0; i < d->hosts.n; i++)
        ret->hosts[i] = host_of(l, d, d->hosts.at[i]);
    check_variables(l, ret, d);
    check_processors(l, d);
    return ret;
}
