/* SPDX-License-Identifier: MIT */
#include "cli/same.h"

#include "lower/lifecycle.h"
#include "resource/resource.h"

struct first {
    const struct lower_identity *identity;
    str environment;
};

static void report(struct diag_list *dl, const struct first *f, const struct lower_identity *id,
                   str environment) {
    bool within = str_eq(f->environment, environment);
    str name = id->name, other = f->identity->name;
    struct diag *d;
    if (within) {
        d = diag_add(dl, DIAG_SAME_RESOURCE, id->at, "`%.*s` is the same %.*s as `%.*s`",
                     STR_ARG(name), STR_ARG(id->title), STR_ARG(other));
    } else {
        d = diag_add(dl, DIAG_SAME_RESOURCE, id->at,
                     "`%.*s` of environment `%.*s` is the same %.*s as `%.*s` of `%.*s`",
                     STR_ARG(name), STR_ARG(environment), STR_ARG(id->title), STR_ARG(other),
                     STR_ARG(f->environment));
        /* It names the environments itself. */
        d->contexts.n = 0;
    }
    bool elsewhere = f->identity->at.file != id->at.file || f->identity->at.start != id->at.start;
    if (elsewhere)
        diag_also(dl, d, f->identity->at, "`%.*s` is here", STR_ARG(other));
    if (within)
        diag_hint(dl, d, "Each has its alarms, and each sends its own messages. Remove one.");
    else
        diag_hint(dl, d,
                  "Each has alarms for it, and messages come twice. Below "
                  "`environments.%.*s.resources` say which one it is there, or take it away: "
                  "`%.*s: null`.%s",
                  STR_ARG(environment), STR_ARG(name),
                  id->account_unknown
                      ? "\nIf they are in two accounts, give each its `aws: { account: ... }`."
                      : "");
}

struct maker {
    struct cfg_text bucket;
    str environment;
};

static void check_bucket(struct arena *a, struct diag_list *dl, struct same *same,
                         const struct cfg_text *bucket, str environment) {
    struct maker *m = ARENA_NEW(a, struct maker);
    *m = (struct maker){*bucket, environment};
    const struct maker *before = map_add(a, &same->buckets, bucket->text, m);
    if (before == NULL)
        return;
    struct diag *d =
        diag_add(dl, DIAG_BACKUP_BUCKET, bucket->at,
                 "environments `%.*s` and `%.*s` both make the bucket `%.*s`",
                 STR_ARG(before->environment), STR_ARG(environment), STR_ARG(bucket->text));
    d->contexts.n = 0;
    diag_hint(dl, d, "Give each its own: `bucket: %.*s-${environment}`.", STR_ARG(bucket->text));
}

/* What can be made once; what `hint` says makes the second find it. */
static void check_once(struct arena *a, struct diag_list *dl, struct same *same, str key, span at,
                       str environment, const char *what, str hint) {
    str *mine = ARENA_NEW(a, str);
    *mine = environment;
    const str *before = map_add(a, &same->once, key, mine);
    if (before == NULL)
        return;
    struct diag *d =
        diag_add(dl, DIAG_DEPLOY_ONCE, at, "environments `%.*s` and `%.*s` both make %s",
                 STR_ARG(*before), STR_ARG(environment), what);
    d->contexts.n = 0;
    diag_hint(dl, d, "Below `environments.%.*s.deploy` say that it is there: `%.*s`.",
              STR_ARG(environment), STR_ARG(hint));
}

static void check_delivery(struct arena *a, struct diag_list *dl, struct same *same,
                           const struct delivery *d, str environment) {
    if (d->makes_provider)
        check_once(a, dl, same, arena_cat(a, STR("provider "), d->account),
                   d->cfg->github.repository.at, environment,
                   "the account's identity provider for GitHub",
                   arena_printf(a, "github: { repository: %.*s, provider: existing }",
                                STR_ARG(d->cfg->github.repository.text)));
    if (d->makes_repository)
        check_once(a, dl, same,
                   arena_cat(a, arena_cat3(a, STR("repository "), d->registry, STR("/")), d->image),
                   d->cfg->registry.at, environment, "the repository of the image in ECR",
                   STR("ecr: { repository: existing }"));
}

/* Rules of a bucket that two say: each apply takes away those of the other. */
static void check_lifecycle(struct arena *a, struct diag_list *dl, struct same *same,
                            const struct lifecycle *c, str environment) {
    struct maker *m = ARENA_NEW(a, struct maker);
    *m = (struct maker){{.text = c->name, .at = c->at}, environment};
    str key = arena_cat(a, STR("lifecycle "), c->name);
    const struct maker *before = map_add(a, &same->once, key, m);
    if (before == NULL)
        return;
    struct diag *d =
        diag_add(dl, DIAG_LIFECYCLE_BUCKET, c->at,
                 "the lifecycle rules of bucket `%.*s` are written twice", STR_ARG(c->name));
    bool elsewhere = before->bucket.at.file != c->at.file || before->bucket.at.start != c->at.start;
    if (elsewhere)
        diag_also(dl, d, before->bucket.at, "the first time is here");
    d->contexts.n = 0;
    if (str_eq(before->environment, environment))
        diag_hint(dl, d, "Write all rules of a bucket under one name.");
    else
        diag_hint(
            dl, d,
            "Environments `%.*s` and `%.*s` would each take away the rules of the other: write "
            "them below `environments.%.*s.cost` alone.",
            STR_ARG(before->environment), STR_ARG(environment), STR_ARG(environment));
}

/* AWS refuses the second, when it is applied. `what` says which it is. */
static void check_only(struct arena *a, struct diag_list *dl, struct same *same, str what, span at,
                       str environment) {
    struct maker *m = ARENA_NEW(a, struct maker);
    *m = (struct maker){{.text = what, .at = at}, environment};
    const struct maker *before = map_add(a, &same->once, what, m);
    if (before == NULL || str_eq(before->environment, environment))
        return;
    struct diag *d =
        diag_add(dl, DIAG_MADE_ONCE, at, "environments `%.*s` and `%.*s` both make %.*s",
                 STR_ARG(before->environment), STR_ARG(environment), STR_ARG(what));
    d->contexts.n = 0;
    diag_hint(dl, d,
              "AWS refuses the second. Write it below `environments.%.*s.cost` alone, or give each "
              "its own.",
              STR_ARG(before->environment));
}

struct keeper {
    const struct node *group;
    str environment;
};

/* How long one log group keeps lines: each apply would change it. */
static void check_retention(struct arena *a, struct diag_list *dl, struct same *same,
                            const struct node *n, str where, str environment) {
    str key = arena_printf(a, "retention %.*s/%.*s", STR_ARG(where), STR_ARG(n->name));
    struct keeper *r = ARENA_NEW(a, struct keeper);
    *r = (struct keeper){n, environment};
    const struct keeper *before = map_add(a, &same->once, key, r);
    const struct value *days = node_get(n, "retention_in_days");
    if (before == NULL ||
        num_cmp(node_get(before->group, "retention_in_days")->number, days->number) == 0)
        return;
    struct diag *d = diag_add(
        dl, DIAG_LOG_RETENTION, n->at,
        "environments `%.*s` and `%.*s` let the log group `%.*s` keep lines for different times",
        STR_ARG(before->environment), STR_ARG(environment), STR_ARG(n->name));
    d->contexts.n = 0;
    diag_hint(dl, d, "Say it once, below `environments.%.*s.cost` alone.",
              STR_ARG(before->environment));
}

static void check_routes(struct arena *a, struct diag_list *dl, struct same *same,
                         const struct node *n, str environment) {
    const struct value *tables = node_get(n, "route_table_ids");
    for (uint32_t i = 0; tables != NULL && i < tables->list.n; i++) {
        const struct value *v = tables->list.items[i];
        str what =
            arena_printf(a, "the route to %.*s in `%.*s`", STR_ARG(n->name), STR_ARG(v->text));
        check_only(a, dl, same, what, v->at, environment);
    }
}

static void check_aliases(struct arena *a, struct diag_list *dl, struct same *same,
                          const struct node *n, str environment) {
    const struct value *names = node_get(n, "aliases");
    for (uint32_t i = 0; names != NULL && i < names->list.n; i++) {
        const struct value *v = names->list.items[i];
        str what =
            arena_printf(a, "CloudFront's name `%.*s`", STR_ARG(arena_fold_case(a, v->text)));
        check_only(a, dl, same, what, v->at, environment);
    }
}

static void check_nodes(struct arena *a, struct diag_list *dl, struct same *same,
                        const struct lower_result *low, str environment) {
    str where = arena_cat3(a, low->account, STR("/"), low->region);
    for (uint32_t i = 0; i < low->graph->nodes.n; i++) {
        const struct node *n = low->graph->nodes.at[i];
        if (n->kind == &resource_vpc_endpoint)
            check_routes(a, dl, same, n, environment);
        else if (n->kind == &resource_cloudfront)
            check_aliases(a, dl, same, n, environment);
        else if (n->kind == &resource_log_group && n->adopted)
            check_retention(a, dl, same, n, where, environment);
    }
}

/* What only one environment of an account should have: its budgets, or its monitor. */
struct shared {
    span at;
    const char *key, *what, *why;
};

static void check_shared(struct arena *a, struct diag_list *dl, struct same *same,
                         const struct shared *s, str account, str environment) {
    str *mine = ARENA_NEW(a, str);
    *mine = environment;
    str key = arena_cat3(a, str_c(s->key), STR(" "), account);
    const str *before = given(s->at) ? map_add(a, &same->once, key, mine) : NULL;
    if (before == NULL)
        return;
    struct diag *d =
        diag_add(dl, DIAG_BUDGET_TWICE, s->at, "environments `%.*s` and `%.*s` both %s",
                 STR_ARG(*before), STR_ARG(environment), s->what);
    d->contexts.n = 0;
    diag_hint(dl, d, "%s `%s` below `environments.%.*s` alone.%s", s->why, s->key, STR_ARG(*before),
              account.n == 0 ? "\nIf they are in two accounts, give each its `aws: { account: ... "
                               "}`."
                             : "");
}

void same_check(struct arena *a, struct diag_list *dl, struct same *same,
                const struct lower_result *low, str environment) {
    if (given(low->bucket.at))
        check_bucket(a, dl, same, &low->bucket, environment);
    if (low->delivery != NULL)
        check_delivery(a, dl, same, low->delivery, environment);
    for (uint32_t i = 0; i < low->nlifecycles; i++)
        check_lifecycle(a, dl, same, low->lifecycles[i], environment);
    check_nodes(a, dl, same, low, environment);
    const struct shared shared[] = {
        {low->budgets_at, "budgets:", "have budgets of the whole account",
         "Each counts what both cost. Take `scope: tags`, or put"},
        {low->monitor_at, "anomalies:", "make the account's monitor of services",
         "AWS refuses the second. Put"},
    };
    for (unsigned i = 0; i < sizeof shared / sizeof *shared; i++)
        check_shared(a, dl, same, &shared[i], low->account, environment);
    for (uint32_t i = 0; i < low->identities.n; i++) {
        const struct lower_identity *id = &low->identities.at[i];
        struct first *f = ARENA_NEW(a, struct first);
        *f = (struct first){id, environment};
        const struct first *before = map_add(a, &same->seen, id->key, f);
        if (before != NULL)
            report(dl, before, id, environment);
    }
}
