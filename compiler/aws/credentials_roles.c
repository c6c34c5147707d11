/* SPDX-License-Identifier: MIT */
/* Credentials that STS gives for others: roles, web identities. */
#include "aws/finder.h"

#include "aws/aws_client.h"
#include "aws/aws_request.h"

#define FORM_MAX ((size_t)1 << 20)
#define DEADLINE_S 60 /* all other calls wait for these */
#define CODE_DIGITS 6
#define GITHUB_MS 10000
#define GITHUB_TRIES 3

/* ---- calls */

bool finder_call(struct finder *f, const char *source, const struct aws_keys *keys,
                 struct aws_call *c, struct aws_answer *ret) {
    struct aws_error e;
    struct aws_client *client = aws_client_open_as(f->arena, f->settings, keys, &e);
    if (client != NULL) {
        c->unsigned_call = keys == NULL;
        c->effect = AWS_READS;
        c->deadline_s = DEADLINE_S;
        aws_client_call(client, f->arena, c, ret);
        e = ret->error;
    }
    if (e.kind == AWS_OK)
        return true;
    str message = e.message;
    if (e.code.n > 0)
        message = arena_printf(f->arena, "%.*s: %.*s: %.*s", STR_ARG(c->operation), STR_ARG(e.code),
                               STR_ARG(e.message));
    finder_fail(f, source, message);
    f->error.code = e.code;
    f->error.status = e.status;
    f->error.request_id = e.request_id;
    return false;
}

void finder_parameter(struct buf *b, const char *name, str value) {
    if (value.n == 0)
        return;
    buf_text(b, b->n > 0 ? "&" : "");
    buf_text(b, name);
    buf_byte(b, '=');
    sigv4_encode(b, value, false);
}

static str session_name(struct finder *f, str given) {
    return given.n > 0 ? given : arena_printf(f->arena, "opsc-%lld", (long long)(f->now_ms / 1000));
}

/* AssumeRole and its like. */
static enum finder_result assume(struct finder *f, const char *source, const char *operation,
                                 const struct aws_keys *keys, str form) {
    struct aws_answer answer = {0};
    struct aws_call c = {
        .service = aws_service_find(STR("sts")), .operation = str_c(operation), .body = form};
    const char *why = NULL;
    if (!finder_call(f, source, keys, &c, &answer))
        return FINDER_FAILED;
    const struct xml_node *root = xml_parse(f->arena, answer.body, &why);
    str result = arena_printf(f->arena, "%sResult", operation);
    const struct xml_node *found =
        xml_child(xml_child(root, (const char *)result.p), "Credentials");
    f->keys.access = xml_child_text(found, "AccessKeyId");
    f->keys.secret = xml_child_text(found, "SecretAccessKey");
    f->keys.session = xml_child_text(found, "SessionToken");
    if (f->keys.access.n > 0 && f->keys.secret.n > 0 &&
        aws_request_timestamp(xml_child_text(found, "Expiration"), &f->expires_s))
        return FINDER_FOUND;
    return finder_fail(f, source, STR("the answer of STS holds no credentials"));
}

/* ---- roles of a profile */

static bool has_static(const struct finder *f) {
    return finder_get(f, "aws_access_key_id").n > 0 || finder_get(f, "aws_secret_access_key").n > 0;
}

static bool has_role(const struct finder *f) {
    return finder_get(f, "role_arn").n > 0 && finder_get(f, "web_identity_token_file").n == 0;
}

static enum finder_result named_source(struct finder *f, str name) {
    enum finder_result r = str_is_nocase(name, "Environment")    ? find_environment(f)
                           : str_is_nocase(name, "EcsContainer") ? find_container(f)
                                                                 : find_instance(f);
    if (r != FINDER_ABSENT)
        return r;
    return finder_fail(
        f, "assumed role",
        arena_printf(f->arena, "credential_source %.*s has no credentials", STR_ARG(name)));
}

/* The keys of a profile, which are those of all but variables. */
static enum finder_result keys_of_profile(struct finder *f, str name) {
    static finder_fn *const sources[] = {find_web_identity, find_sso,     find_credentials_file,
                                         find_login,        find_process, find_config_file};
    f->profile = name;
    f->environment = false;
    if (!has_static(f) && has_role(f))
        return find_role(f);
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        enum finder_result r = sources[i](f);
        if (r != FINDER_ABSENT)
            return r;
    }
    return finder_fail(
        f, "assumed role",
        arena_printf(f->arena, "source_profile `%.*s` has no credentials", STR_ARG(name)));
}

/* A profile may lead to itself when it has keys of its own; no other may come twice. */
static bool may_visit(struct finder *f, str name) {
    bool again = f->nvisited == FINDER_PROFILES_MAX;
    for (uint32_t i = 0; i < f->nvisited; i++)
        again |= str_eq(f->visited[i], name);
    if (str_eq(f->profile, name) && has_static(f))
        again = false;
    if (!again && f->nvisited < FINDER_PROFILES_MAX)
        f->visited[f->nvisited++] = name;
    return !again;
}

static enum finder_result keys_for_role(struct finder *f) {
    str named = finder_get(f, "credential_source"), profile = finder_get(f, "source_profile");
    static const char *const names[] = {"Environment", "EcsContainer", "Ec2InstanceMetadata"};
    bool known = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        known |= str_is_nocase(named, names[i]);
    const char *why =
        named.n > 0 && profile.n > 0
            ? "a profile has source_profile and credential_source; it needs one"
        : named.n == 0 && profile.n == 0 ? "a profile has role_arn and neither source_profile nor "
                                           "credential_source"
        : named.n > 0 && !known ? "credential_source is none of Environment, EcsContainer and "
                                  "Ec2InstanceMetadata"
        : profile.n > 0 && !aws_settings_has_profile(f->arena, f->settings, profile)
            ? "source_profile names a profile that is not there"
        : profile.n > 0 && !may_visit(f, profile) ? "profiles lead to each other"
                                                  : NULL;
    if (why != NULL)
        return finder_fail(f, "assumed role",
                           arena_printf(f->arena, "profile `%.*s`: %s", STR_ARG(f->profile), why));
    return named.n > 0 ? named_source(f, named) : keys_of_profile(f, profile);
}

/* The code that a device shows, of who sits at the terminal. */
static bool ask_code(struct finder *f, str device, str *ret) {
    const struct aws_host *h = &f->settings->host;
    str profile = f->profile;
    if (h->ask == NULL) {
        finder_fail(f, "assumed role",
                    arena_printf(f->arena,
                                 "profile `%.*s` wants a code of a device (mfa_serial), and there "
                                 "is no terminal to ask for it; `aws configure export-credentials "
                                 "--profile %.*s --format env` prints keys for the environment",
                                 STR_ARG(profile), STR_ARG(profile)));
        return false;
    }
    *ret = h->ask(h->ctx, f->arena,
                  arena_printf(f->arena, "Code of %.*s for profile %.*s: ", STR_ARG(device),
                               STR_ARG(profile)));
    f->asked = true;
    bool ok = ret->n == CODE_DIGITS;
    for (uint32_t i = 0; i < ret->n; i++)
        ok &= ascii_is_digit(ret->p[i]);
    if (!ok)
        finder_fail(f, "assumed role", STR("the code of the device is not six digits"));
    return ok;
}

enum finder_result find_role(struct finder *f) {
    str profile = f->profile;
    if (!has_role(f))
        return FINDER_ABSENT;
    if (f->nvisited == 0)
        f->visited[f->nvisited++] = profile;
    if (keys_for_role(f) != FINDER_FOUND)
        return FINDER_FAILED;
    f->profile = profile;
    str device = finder_get(f, "mfa_serial"), code = {0};
    if (device.n > 0 && !ask_code(f, device, &code))
        return FINDER_FAILED;
    struct aws_keys keys = f->keys;
    struct buf form = BUF_INIT(FORM_MAX);
    finder_parameter(&form, "RoleArn", finder_get(f, "role_arn"));
    finder_parameter(&form, "RoleSessionName", session_name(f, finder_get(f, "role_session_name")));
    finder_parameter(&form, "ExternalId", finder_get(f, "external_id"));
    finder_parameter(&form, "DurationSeconds", finder_get(f, "duration_seconds"));
    finder_parameter(&form, "SerialNumber", device);
    finder_parameter(&form, "TokenCode", code);
    f->expires_s = 0;
    f->source = arena_printf(f->arena, "role of profile %.*s", STR_ARG(profile));
    return assume(f, "assumed role", "AssumeRole", &keys, buf_keep(&form, f->arena));
}

/* ---- GitHub's token */

/* The role that a job of GitHub Actions is to have; empty: it is none, or another way is said. */
static str github_role(const struct finder *f) {
    bool other = !f->environment || finder_variable(f, "AWS_WEB_IDENTITY_TOKEN_FILE").n > 0 ||
                 finder_get(f, "web_identity_token_file").n > 0;
    return other ? (str){NULL, 0} : finder_variable(f, "AWS_ROLE_ARN");
}

bool finder_lacks_github_token(const struct finder *f) {
    return github_role(f).n > 0 && str_is(finder_variable(f, "GITHUB_ACTIONS"), "true") &&
           finder_variable(f, "ACTIONS_ID_TOKEN_REQUEST_URL").n == 0;
}

/* What the trust policies of docs/deploy_aws.md and of AWS's own action expect. */
static const char *audience(str role) {
    return str_starts(role, STR("arn:aws-cn:")) ? "sts.amazonaws.com.cn" : "sts.amazonaws.com";
}

static bool github_token(struct finder *f, str role, str *ret) {
    static const char *const name = "GitHub's token";
    str url = finder_variable(f, "ACTIONS_ID_TOKEN_REQUEST_URL"), body = {0};
    str token = finder_variable(f, "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
    struct http_header headers[] = {
        {STR("Accept"), STR("application/json")},
        {STR("Authorization"), arena_cat(f->arena, STR("Bearer "), token)}};
    const char *more = str_find(url, '?') < url.n ? "&" : "?";
    struct finder_ask ask = {
        .source = name,
        .method = "GET",
        .url = arena_printf(f->arena, "%.*s%saudience=%s", STR_ARG(url), more, audience(role)),
        .headers = headers,
        .nheaders = 2,
        .timeout_ms = GITHUB_MS,
        .tries = GITHUB_TRIES};
    unsigned status = 0;
    if (!str_starts(url, STR("https://")) && !http_is_loopback(url)) {
        finder_fail(f, name, STR("ACTIONS_ID_TOKEN_REQUEST_URL is not https:"));
        return false;
    }
    if (!finder_ask(f, &ask, &body, &status))
        return false;
    cJSON *o = cJSON_ParseWithLength((const char *)body.p, body.n);
    *ret = finder_text(f, o, "value");
    finder_delete(o);
    if (status == 200 && ret->n > 0)
        return true;
    finder_fail(f, name,
                status == 200 ? STR("its answer holds no token")
                              : arena_printf(f->arena, "it is answered with status %u", status));
    return false;
}

/* ---- web identity */

static str of_environment(const struct finder *f, const char *name, const char *key) {
    str v = f->environment ? finder_variable(f, name) : (str){NULL, 0};
    return v.n > 0 ? v : finder_get(f, key);
}

/* Whether one is configured: its role, and its token, by a file or of GitHub. */
static enum finder_result identity(struct finder *f, str *ret_role, str *ret_token) {
    str file = of_environment(f, "AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
    *ret_role = of_environment(f, "AWS_ROLE_ARN", "role_arn");
    if (file.n == 0) {
        bool github = github_role(f).n > 0 &&
                      finder_variable(f, "ACTIONS_ID_TOKEN_REQUEST_URL").n > 0 &&
                      finder_variable(f, "ACTIONS_ID_TOKEN_REQUEST_TOKEN").n > 0;
        f->source = github ? STR("GitHub's token") : f->source;
        return !github                                 ? FINDER_ABSENT
               : github_token(f, *ret_role, ret_token) ? FINDER_FOUND
                                                       : FINDER_FAILED;
    }
    f->source = STR("web identity");
    if (ret_role->n == 0)
        return finder_fail(f, "web identity",
                           STR("there is a token file and no role: AWS_ROLE_ARN or `role_arn`"));
    return finder_read(f, "web identity", file, ret_token) ? FINDER_FOUND : FINDER_FAILED;
}

enum finder_result find_web_identity(struct finder *f) {
    str role = {0}, token = {0};
    enum finder_result r = identity(f, &role, &token);
    if (r != FINDER_FOUND)
        return r;
    struct buf form = BUF_INIT(FORM_MAX);
    finder_parameter(&form, "RoleArn", role);
    finder_parameter(
        &form, "RoleSessionName",
        session_name(f, of_environment(f, "AWS_ROLE_SESSION_NAME", "role_session_name")));
    finder_parameter(&form, "WebIdentityToken", token);
    return assume(f, "web identity", "AssumeRoleWithWebIdentity", NULL, buf_keep(&form, f->arena));
}
