/* SPDX-License-Identifier: MIT */
#include "aws/credentials.h"

#include "aws/aws_log.h"
#include "aws/finder.h"

#define ADVISED_S (15 * 60)   /* before they expire others are looked for */
#define MANDATORY_S (10 * 60) /* and then they are not used any more */
#define PAUSE_MS 60000        /* between two looks while the old ones will do */

struct aws_chain {
    struct arena *arena, *held; /* `held` has the keys */
    const struct aws_settings *settings;
    struct aws_keys keys;
    int64_t expires_s, again_ms;
    unsigned generation; /* 0: none were found yet */
    bool rejected, failed;
    bool asked; /* somebody had to say something for them: used to their end */
    str source;
    struct aws_error error;
};

/* In the order of botocore. */
static finder_fn *const sources[] = {
    find_environment, find_role,    find_web_identity, find_sso,       find_credentials_file,
    find_login,       find_process, find_config_file,  find_container, find_instance};

struct aws_chain *aws_chain_open(struct arena *a, const struct aws_settings *s) {
    struct aws_chain *c = ARENA_NEW(a, struct aws_chain);
    c->arena = a;
    c->settings = s;
    return c;
}

static bool walk(struct finder *f) {
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (sources[i] == find_environment && f->settings->profile_given)
            continue;
        enum finder_result r = sources[i](f);
        if (r != FINDER_ABSENT)
            return r == FINDER_FOUND;
    }
    const char *token =
        finder_lacks_github_token(f)
            ? ". AWS_ROLE_ARN is set, but the job may not have a token for it: it needs "
              "`permissions: id-token: write`"
            : "";
    f->error = (struct aws_error){
        .kind = AWS_NO_CREDENTIALS,
        .message = arena_printf(
            f->arena,
            "there are no credentials: not in the environment, not of profile `%.*s` in "
            "~/.aws, not of a container or an instance%s",
            STR_ARG(f->settings->profile), token)};
    return false;
}

static struct aws_error copied(struct arena *a, const struct aws_error *e) {
    struct aws_error ret = *e;
    ret.code = arena_str(a, e->code);
    ret.message = arena_str(a, e->message);
    ret.request_id = arena_str(a, e->request_id);
    ret.action = arena_str(a, e->action);
    return ret;
}

/* Who asks, for who wonders why it is not somebody else. */
static void tell(const struct aws_chain *c, const struct finder *f, int64_t now_ms) {
    const struct aws_settings *s = c->settings;
    bool passed = s->profile_named && !s->profile_given && str_is(f->source, "environment");
    if (f->error.kind != AWS_OK) {
        aws_log(&s->host, f->arena, "credentials: none: %.*s", STR_ARG(f->error.message));
        return;
    }
    str until = f->expires_s == 0 ? STR("without an end")
                                  : arena_printf(f->arena, "for %lld s more",
                                                 (long long)(f->expires_s - now_ms / 1000));
    str other = passed ? arena_printf(f->arena,
                                      "; profile `%.*s` of AWS_PROFILE is not used: keys of the "
                                      "environment come before it",
                                      STR_ARG(s->profile))
                       : STR("");
    aws_log(&s->host, f->arena, "credentials: %.*s, %.*s%.*s", STR_ARG(f->source), STR_ARG(until),
            STR_ARG(other));
}

static bool look(struct aws_chain *c, int64_t now_ms) {
    struct arena *own = arena_within(c->arena);
    arena_keep_secret(own);
    struct finder f = {.arena = own, .settings = c->settings, .now_ms = now_ms};
    f.profile = c->settings->profile;
    f.environment = !c->settings->profile_given;
    if (walk(&f) && f.expires_s > 0 && f.expires_s * 1000 <= now_ms)
        finder_fail(&f, (const char *)arena_str(own, f.source).p,
                    STR("the credentials that it gives have expired"));
    tell(c, &f, now_ms);
    if (f.error.kind != AWS_OK) {
        c->error = copied(c->arena, &f.error);
        arena_free(own);
        return false;
    }
    arena_free(c->held);
    c->held = own;
    c->keys = f.keys;
    c->expires_s = f.expires_s;
    c->source = arena_str(c->arena, f.source);
    c->asked = f.asked;
    c->generation++;
    c->rejected = false;
    return true;
}

bool aws_chain_keys(struct aws_chain *c, int64_t now_ms, struct aws_keys *ret,
                    unsigned *ret_generation, struct aws_error *ret_error) {
    int64_t left_s = c->expires_s == 0 ? ADVISED_S : c->expires_s - now_ms / 1000;
    bool valid = c->generation > 0 && !c->rejected && left_s > 0;
    /* Those that last for less than that are not looked for with every call. */
    bool usable = valid && (left_s >= MANDATORY_S || c->asked || now_ms < c->again_ms);
    if (!usable || (left_s < ADVISED_S && !c->asked && now_ms >= c->again_ms)) {
        /* What failed once fails for every call: none but the first is to wait for it. */
        if (!usable && c->failed) {
            *ret_error = c->error;
            return false;
        }
        c->again_ms = now_ms + PAUSE_MS;
        c->failed = !look(c, now_ms);
        /* Short-lived ones are used to their end when there are no others. */
        usable |= c->failed && valid;
        if (c->failed && !usable) {
            *ret_error = c->error;
            return false;
        }
        c->failed &= !usable;
    }
    *ret = c->keys;
    *ret_generation = c->generation;
    return true;
}

bool aws_chain_reject(struct aws_chain *c, unsigned generation) {
    if (generation == c->generation && c->expires_s == 0)
        return false;
    if (generation == c->generation)
        c->rejected = true;
    return true;
}

str aws_chain_source(const struct aws_chain *c) {
    return c->source;
}
