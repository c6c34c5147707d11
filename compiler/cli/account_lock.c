/* SPDX-License-Identifier: MIT */
#include "cli/account_lock.h"

#include "aws/aws_request.h"
#include "cli/account.h"
#include "cli/terminal.h"

#include <stdlib.h>
#include <unistd.h>

#define HOST_MAX 256
#define WAIT_MAX_S 86400
#define WORDS_MAX 500 /* bytes of what the environment says; others have to read it */

/* ---- who takes it */

/* What a service of CI says of a run: who began it, and its URL, whole or in parts. */
static const struct {
    const char *who, *url[3];
    const char *between; /* the second and the third part */
} services[] = {
    {"GITHUB_ACTOR", {"GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"}, "/actions/runs/"},
    {"GITLAB_USER_LOGIN", {"CI_JOB_URL", NULL, NULL}, ""},
    {"BUILDKITE_BUILD_CREATOR", {"BUILDKITE_BUILD_URL", NULL, NULL}, ""},
    {"CIRCLE_USERNAME", {"CIRCLE_BUILD_URL", NULL, NULL}, ""},
    {"BUILD_USER_ID", {"BUILD_URL", NULL, NULL}, ""}, /* Jenkins */
};

static str variable(const char *name) {
    str s = str_c(getenv(name));
    return str_sub(s, 0, s.n < WORDS_MAX ? s.n : WORDS_MAX);
}

static str run_of(struct arena *a, size_t i) {
    const char *const *url = services[i].url;
    str first = variable(url[0]);
    if (first.n == 0 || url[1] == NULL)
        return first;
    str second = variable(url[1]), third = variable(url[2]);
    if (second.n == 0 || third.n == 0)
        return STR("");
    return arena_printf(a, "%.*s/%.*s%s%.*s", STR_ARG(first), STR_ARG(second), services[i].between,
                        STR_ARG(third));
}

/* "ana@laptop, process 4711" */
static void say_who(struct arena *a, struct lock_options *o) {
    char host[HOST_MAX] = "";
    str who = variable("USER").n > 0 ? variable("USER") : variable("LOGNAME");
    o->run = STR("");
    for (size_t i = 0; i < sizeof services / sizeof *services && o->run.n == 0; i++) {
        o->run = run_of(a, i);
        if (o->run.n > 0 && variable(services[i].who).n > 0)
            who = variable(services[i].who);
    }
    if (gethostname(host, sizeof host) != 0)
        host[0] = 0;
    host[sizeof host - 1] = 0;
    o->owner = arena_printf(a, "%.*s%s%s, process %ld", STR_ARG(who),
                            host[0] != 0 && who.n > 0 ? "@" : "", host, (long)getpid());
}

/* ---- what is said */

str account_lock_url(struct cli *c, const struct lock_place *place) {
    return arena_printf(c->arena, "s3://%.*s/%.*s", STR_ARG(cli_shown(c, place->bucket)),
                        STR_ARG(cli_shown(c, place->key)));
}

str account_lock_holder(struct cli *c, const struct lock_holder *h) {
    struct arena *a = c->arena;
    str run = h->run.n == 0 ? STR("") : arena_cat(a, STR("\n  "), cli_shown(c, h->run));
    return arena_printf(a, "%.*s since %.*s, for %.*s; its lease ends at %.*s%.*s",
                        STR_ARG(cli_shown(c, h->owner)), STR_ARG(aws_request_time(a, h->began_s)),
                        STR_ARG(cli_shown(c, h->environment)),
                        STR_ARG(aws_request_time(a, h->expires_s)), STR_ARG(run));
}

enum cli_exit account_lock_cannot(struct cli *c, const struct lock_place *place,
                                  enum lock_status is, const struct lock_problem *why) {
    str url = account_lock_url(c, place);
    if (is == LOCK_FAILED) {
        account_cannot(c, &why->error, arena_cat(c->arena, STR("the lock "), url));
        if (str_is(why->error.code, "NoSuchBucket"))
            cli_err("  Make the bucket, or name another one in `aws.lock`.\n");
        return CLI_OUTSIDE;
    }
    if (is == LOCK_UNSAFE)
        cli_err("opsc: the lock %.*s: this store does not know conditional writes, so that nothing "
                "in it keeps two apart\n"
                "  Name a bucket of S3 in `aws.lock`.\n",
                STR_ARG(url));
    else
        cli_err("opsc: %.*s is no lock of this version of opsc, and is left as it is\n"
                "  Give the lock another `key` in `aws.lock`, or remove the object when you know "
                "what it is.\n",
                STR_ARG(url));
    return CLI_OUTSIDE;
}

static enum cli_exit tell_held(struct cli *c, const struct lock_place *place,
                               const struct lock_holder *h) {
    cli_err(
        "opsc: the lock %.*s is held by %.*s\n"
        "  --lock-timeout SECONDS waits for it. A lease that nobody renews ends by itself; when "
        "that run is dead, `opsc lock break` does not wait for that.\n",
        STR_ARG(account_lock_url(c, place)), STR_ARG(account_lock_holder(c, h)));
    return CLI_OUTSIDE;
}

struct waiting {
    struct cli *c;
    const struct lock_place *place;
};

static void tell_waiting(void *ctx, const struct lock_holder *h) {
    const struct waiting *w = ctx;
    cli_err("opsc: waits for the lock %.*s, held by %.*s\n",
            STR_ARG(account_lock_url(w->c, w->place)), STR_ARG(account_lock_holder(w->c, h)));
}

/* ---- taking it, and letting go */

enum cli_exit account_lock_take(struct cli *c, struct aws_client *client,
                                const struct lock_place *place, str environment,
                                struct account_lock *ret) {
    struct waiting w = {c, place};
    struct lock_options o = {.environment = environment, .waiting = tell_waiting, .ctx = &w};
    struct lock_problem why;
    *ret = (struct account_lock){.c = c, .place = *place};
    if (!cli_seconds(c, OPT_LOCK_TIMEOUT, 0, WAIT_MAX_S, &o.wait_s))
        return CLI_USAGE;
    if (cli_has(c, OPT_NO_LOCK))
        return CLI_OK;
    if (place->bucket.n == 0) {
        cli_err("opsc: there is no lock: neither `aws.lock` nor `terraform.state` names a bucket "
                "for it, and nothing keeps two runs apart\n");
        return CLI_OK;
    }
    say_who(c->arena, &o);
    terminal_hold_signals();
    account_heed_signals(client);
    enum lock_status is = lock_take(c->arena, client, place, &o, &ret->lock, &why);
    account_ignore_signals(client);
    if (is == LOCK_TAKEN)
        return CLI_OK;
    terminal_release_signals();
    return is == LOCK_HELD ? tell_held(c, place, &why.holder)
                           : account_lock_cannot(c, place, is, &why);
}

bool account_lock_is_held(const struct account_lock *l) {
    return l->lock == NULL || lock_is_held(l->lock);
}

void account_lock_keep(const struct account_lock *l) {
    if (l->lock != NULL)
        lock_keep(l->lock);
}

/* That it is not ours any more. */
static enum cli_exit tell_lost(const struct account_lock *l, enum lock_status is,
                               const struct lock_problem *why) {
    str url = account_lock_url(l->c, &l->place);
    if (is == LOCK_HELD)
        cli_err("opsc: the lock %.*s was taken over by %.*s\n", STR_ARG(url),
                STR_ARG(account_lock_holder(l->c, &why->holder)));
    else if (is == LOCK_FREE)
        cli_err("opsc: the lock %.*s was broken by somebody\n", STR_ARG(url));
    else
        return account_lock_cannot(l->c, &l->place, is, why);
    return CLI_OUTSIDE;
}

enum cli_exit account_lock_check(const struct account_lock *l) {
    struct lock_problem why;
    enum lock_status is = l->lock == NULL ? LOCK_TAKEN : lock_renew(l->lock, &why);
    return is == LOCK_TAKEN ? CLI_OK : tell_lost(l, is, &why);
}

void account_lock_release(struct account_lock *l) {
    struct lock_problem why = {0};
    enum lock_status is = l->lock == NULL ? LOCK_FREE : lock_release(l->lock, &why);
    l->lock = NULL;
    if (is == LOCK_FREE)
        return;
    tell_lost(l, is, &why);
    if (is == LOCK_FAILED)
        cli_err("  The lock ends with its lease, in %d seconds at most.\n", LOCK_LEASE_S);
}
