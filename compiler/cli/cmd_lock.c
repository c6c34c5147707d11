/* SPDX-License-Identifier: MIT */
#include "aws/aws_request.h"
#include "base/json.h"
#include "cli/account.h"
#include "cli/account_lock.h"
#include "cli/aws_host.h"
#include "cli/compile.h"

#define TEXT_MAX (1u << 20)

static const char *const lock_words[] = {"show", "break", NULL};

struct lock_run {
    struct cli *c;
    struct aws_client *client;
    const struct compile_graph *of;
    bool breaks;
};

/* ---- what is said */

static void put_json(struct buf *b, struct lock_run *r, const char *state,
                     const struct lock_holder *h) {
    struct json j = json_to(b, 2);
    json_object_begin(&j);
    json_kstr(&j, "bucket", r->of->lock.bucket);
    json_kstr(&j, "key", r->of->lock.key);
    json_kstr(&j, "region", r->of->lock.region);
    json_kstr(&j, "state", str_c(state));
    if (h != NULL)
        lock_put_holder(&j, r->c->arena, h);
    json_object_end(&j);
    buf_byte(b, '\n');
}

static void put_text(struct buf *b, struct lock_run *r, const char *state,
                     const struct lock_holder *h) {
    struct arena *a = r->c->arena;
    buf_printf(b, "%.*s: %s\n", STR_ARG(account_lock_url(r->c, &r->of->lock)), state);
    if (h == NULL)
        return;
    buf_printf(b, "  by     %.*s\n", STR_ARG(cli_shown(r->c, h->owner)));
    if (h->run.n > 0)
        buf_printf(b, "  run    %.*s\n", STR_ARG(cli_shown(r->c, h->run)));
    buf_printf(b, "  for    %.*s\n", STR_ARG(cli_shown(r->c, h->environment)));
    buf_printf(b, "  since  %.*s\n", STR_ARG(aws_request_time(a, h->began_s)));
    buf_printf(b, "  lease  until %.*s\n", STR_ARG(aws_request_time(a, h->expires_s)));
}

/* `state`: free, held, over (the next one takes it) or broken; the last three by `h`. */
static enum cli_exit tell(struct lock_run *r, const char *state, const struct lock_holder *h) {
    struct buf b = BUF_INIT(TEXT_MAX);
    bool json = str_is(cli_value(r->c, OPT_FORMAT_DATA, STR("text")), "json");
    (json ? put_json : put_text)(&b, r, state, h);
    enum cli_exit status = cli_print(&b);
    buf_done(&b);
    return status;
}

static enum cli_exit cannot(struct lock_run *r, enum lock_status is,
                            const struct lock_problem *why) {
    enum cli_exit status = account_lock_cannot(r->c, &r->of->lock, is, why);
    if (is == LOCK_FAILED && why->error.kind == AWS_DENIED)
        cli_err("  S3 says that also of a lock that nobody holds, to who may not list the bucket "
                "(s3:ListBucket).\n");
    return status;
}

/* ---- what is done */

static enum cli_exit break_it(struct lock_run *r, const struct lock_holder *seen) {
    struct lock_problem why;
    enum lock_status is = lock_break(r->c->arena, r->client, &r->of->lock, seen, &why);
    if (is == LOCK_FREE)
        return tell(r, "broken", seen);
    if (is != LOCK_HELD)
        return cannot(r, is, &why);
    cli_err("opsc: meanwhile the lock %.*s is held by %.*s\n",
            STR_ARG(account_lock_url(r->c, &r->of->lock)),
            STR_ARG(account_lock_holder(r->c, &why.holder)));
    return CLI_OUTSIDE;
}

static enum cli_exit look(struct lock_run *r) {
    struct lock_problem found;
    enum cli_exit status = CLI_OK;
    if (r->of->lock.bucket.n == 0) {
        cli_err("opsc lock: there is none: neither `aws.lock` nor `terraform.state` names a bucket "
                "for it\n");
        return CLI_USAGE;
    }
    r->client = cli_aws_open(r->c, &status);
    if (r->client == NULL)
        return status;
    enum lock_status is = lock_read(r->c->arena, r->client, &r->of->lock, &found);
    if (is == LOCK_FREE)
        return tell(r, "free", NULL);
    if (is != LOCK_HELD)
        return cannot(r, is, &found);
    return r->breaks
               ? break_it(r, &found.holder)
               : tell(r, lock_is_over(r->client, &found.holder) ? "over" : "held", &found.holder);
}

static enum cli_exit run_lock(struct cli *c) {
    struct diag_list dl;
    enum cli_exit status;
    struct lock_run r = {.c = c};
    r.breaks = c->nargs > 0 && str_is(c->args[0], "break");
    if (!r.breaks && (c->nargs == 0 || !str_is(c->args[0], "show"))) {
        cli_err("opsc lock takes `show` or `break`, then a spec");
        if (c->nargs > 0)
            cli_err(", found `%.*s`", STR_ARG(cli_shown(c, c->args[0])));
        cli_err("\n");
        return CLI_USAGE;
    }
    r.of = account_compile(c, 1, &dl, &status);
    return r.of != NULL ? look(&r) : status;
}

const struct cli_command cmd_lock = {
    .name = "lock",
    .args = "show | break [FILE]",
    .summary = "Show who holds the lock of an environment, or break it.",
    .examples = "  opsc lock show                    # who writes the account now\n"
                "  opsc lock show --format json | jq -r .state\n"
                "  opsc lock break --env staging     # its holder is dead\n",
    .text =
        "FILE is a spec, or a folder with an ops.yaml; without it, ops.yaml. The lock is an "
        "object of\n"
        "S3 that keeps two runs of opsc from writing one environment at once. `break` says whose "
        "it\n"
        "was: break it only when that run is over. A lease that nobody renews ends by itself.\n"
        "docs/lock.md has more.\n",
    .options = {OPT_ENV, OPT_VAR, OPT_PROFILE, OPT_FORMAT_DATA, OPT_TIMEOUT_ALL, OPT_DEBUG},
    .noptions = 6,
    .choices = lock_words,
    .max_args = 2,
    .run = run_lock,
};
