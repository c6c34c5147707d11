/* SPDX-License-Identifier: MIT */
/* Credentials that AWS gives for others: roles, web identities, SSO. */
#include "aws/finder.h"

#include "aws/aws_client.h"
#include "aws/aws_request.h"
#include "io/secret_file.h"

#include <stdio.h>

#define FORM_MAX ((size_t)1 << 20)
#define REFRESH_S (15 * 60)

/* ---- calls */

static bool call(struct finder *f, const char *source, const struct aws_keys *keys,
                 struct aws_call *c, struct aws_answer *ret) {
    struct aws_error e;
    struct aws_client *client = aws_client_open_as(f->arena, f->settings, keys, &e);
    if (client != NULL) {
        c->unsigned_call = keys == NULL;
        c->effect = AWS_READS;
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

static void put_parameter(struct buf *b, const char *name, str value) {
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
    if (!call(f, source, keys, &c, &answer))
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

enum finder_result find_role(struct finder *f) {
    str profile = f->profile;
    if (!has_role(f))
        return FINDER_ABSENT;
    if (f->nvisited == 0)
        f->visited[f->nvisited++] = profile;
    if (finder_get(f, "mfa_serial").n > 0)
        return finder_fail(
            f, "assumed role",
            STR("the profile wants a code of a device (mfa_serial), for which opsc "
                "does not ask; `aws configure export-credentials --format env` does"));
    if (keys_for_role(f) != FINDER_FOUND)
        return FINDER_FAILED;
    f->profile = profile;
    struct aws_keys keys = f->keys;
    struct buf form = BUF_INIT(FORM_MAX);
    put_parameter(&form, "RoleArn", finder_get(f, "role_arn"));
    put_parameter(&form, "RoleSessionName", session_name(f, finder_get(f, "role_session_name")));
    put_parameter(&form, "ExternalId", finder_get(f, "external_id"));
    put_parameter(&form, "DurationSeconds", finder_get(f, "duration_seconds"));
    f->expires_s = 0;
    f->source = arena_printf(f->arena, "role of profile %.*s", STR_ARG(profile));
    return assume(f, "assumed role", "AssumeRole", &keys, buf_keep(&form, f->arena));
}

/* ---- web identity */

static str of_environment(const struct finder *f, const char *name, const char *key) {
    str v = f->environment ? finder_variable(f, name) : (str){NULL, 0};
    return v.n > 0 ? v : finder_get(f, key);
}

enum finder_result find_web_identity(struct finder *f) {
    str file = of_environment(f, "AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
    str role = of_environment(f, "AWS_ROLE_ARN", "role_arn"), token = {0};
    if (file.n == 0)
        return FINDER_ABSENT;
    f->source = STR("web identity");
    if (role.n == 0)
        return finder_fail(f, "web identity",
                           STR("there is a token file and no role: AWS_ROLE_ARN or `role_arn`"));
    if (!finder_read(f, "web identity", file, &token))
        return FINDER_FAILED;
    struct buf form = BUF_INIT(FORM_MAX);
    put_parameter(&form, "RoleArn", role);
    put_parameter(&form, "RoleSessionName",
                  session_name(f, of_environment(f, "AWS_ROLE_SESSION_NAME", "role_session_name")));
    put_parameter(&form, "WebIdentityToken", token);
    return assume(f, "web identity", "AssumeRoleWithWebIdentity", NULL, buf_keep(&form, f->arena));
}

/* ---- SSO */

struct sso {
    str session, start_url, region, account, role; /* `session` empty: of the old form */
    str path;                                      /* of the token */
};

static enum finder_result sso_fail(struct finder *f, const char *why) {
    return finder_fail(f, "SSO",
                       arena_printf(f->arena, "profile `%.*s`: %s", STR_ARG(f->profile), why));
}

static enum finder_result read_profile(struct finder *f, struct sso *s) {
    *s = (struct sso){.session = finder_get(f, "sso_session"),
                      .start_url = finder_get(f, "sso_start_url"),
                      .region = finder_get(f, "sso_region"),
                      .account = finder_get(f, "sso_account_id"),
                      .role = finder_get(f, "sso_role_name")};
    if (s->account.n == 0 && s->role.n == 0)
        return FINDER_ABSENT;
    f->source = arena_printf(f->arena, "SSO of profile %.*s", STR_ARG(f->profile));
    if (s->session.n > 0) {
        const struct ini_section *own =
            ini_find_kind(f->arena, &f->settings->config, STR("sso-session"), s->session);
        str url = ini_value(own, "sso_start_url"), region = ini_value(own, "sso_region");
        if (own == NULL)
            return sso_fail(f, "sso_session names a section that is not there");
        if ((s->start_url.n > 0 && !str_eq(s->start_url, url)) ||
            (s->region.n > 0 && !str_eq(s->region, region)))
            return sso_fail(f, "it says otherwise than its sso-session");
        s->start_url = url;
        s->region = region;
    }
    if (s->account.n == 0 || s->role.n == 0 || s->start_url.n == 0 || s->region.n == 0)
        return sso_fail(f, "SSO takes sso_account_id, sso_role_name, sso_start_url and sso_region");
    return FINDER_FOUND;
}

static bool token_path(struct finder *f, struct sso *s) {
    struct crypto_library c;
    unsigned char sum[CRYPTO_SHA1_BYTES];
    char hex[CRYPTO_HEX_MAX];
    if (!crypto_library_load(&c) ||
        !crypto_sha1(&c, s->session.n > 0 ? s->session : s->start_url, sum))
        return false;
    crypto_hex(sum, sizeof sum, hex);
    s->path = arena_printf(f->arena, "%.*s/.aws/sso/cache/%s.json",
                           STR_ARG(finder_variable(f, "HOME")), hex);
    return true;
}

static bool is_later(const struct finder *f, str time, int64_t by_s) {
    int64_t s = 0;
    return aws_request_timestamp(time, &s) && s - f->now_ms / 1000 > by_s;
}

static str timestamp(struct finder *f, int64_t s) {
    char t[SIGV4_TIME_MAX] = "";
    sigv4_time(s, t);
    return arena_printf(f->arena, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", t, t + 4, t + 6, t + 9, t + 11,
                        t + 13);
}

/* What SSO gives in exchange is kept where the command line keeps it: the old one is void then. */
static void save_token(struct finder *f, const struct sso *s, cJSON *token, const cJSON *fresh) {
    const cJSON *in = cJSON_GetObjectItemCaseSensitive(fresh, "expiresIn");
    int64_t for_s = cJSON_IsNumber(in) ? (int64_t)in->valuedouble : 0;
    str names[] = {STR("accessToken"), STR("refreshToken"), STR("expiresAt")};
    str values[] = {finder_text(f, fresh, "accessToken"), finder_text(f, fresh, "refreshToken"),
                    timestamp(f, f->now_ms / 1000 + for_s)};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cJSON *v = cJSON_CreateString((const char *)arena_str(f->arena, values[i]).p);
        if (values[i].n == 0 ||
            !cJSON_ReplaceItemInObjectCaseSensitive(token, (const char *)names[i].p, v))
            cJSON_Delete(v);
    }
    char *text = cJSON_PrintUnformatted(token);
    secret_file_write(f->arena, s->path, str_c(text));
    cJSON_free(text);
}

/* Another token for one that is about to expire; without luck the old one has to do. */
static void refresh_token(struct finder *f, const struct sso *s, cJSON *token) {
    static const char *const needed[] = {"clientId", "clientSecret", "refreshToken"};
    cJSON *body = cJSON_CreateObject();
    bool has_all = is_later(f, finder_text(f, token, "registrationExpiresAt"), 0);
    cJSON_AddStringToObject(body, "grantType", "refresh_token");
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        str v = finder_text(f, token, needed[i]);
        has_all &= v.n > 0;
        cJSON_AddStringToObject(body, needed[i], v.n > 0 ? (const char *)v.p : "");
    }
    char *text = cJSON_PrintUnformatted(body);
    struct aws_answer answer = {0};
    struct aws_call c = {.service = aws_service_find(STR("sso-oidc")),
                         .operation = STR("CreateToken"),
                         .region = s->region,
                         .path = STR("/token"),
                         .body = arena_str(f->arena, str_c(text))};
    if (has_all && call(f, "SSO", NULL, &c, &answer)) {
        cJSON *fresh = cJSON_ParseWithLength((const char *)answer.body.p, answer.body.n);
        if (finder_text(f, fresh, "accessToken").n > 0)
            save_token(f, s, token, fresh);
        finder_delete(fresh);
    }
    f->error = (struct aws_error){.kind = AWS_OK};
    cJSON_free(text);
    finder_delete(body);
}

static enum finder_result find_token(struct finder *f, const struct sso *s, str *ret) {
    str text = {0};
    if (!finder_read(f, "SSO", s->path, &text))
        return sso_fail(f, "nobody is signed in; `aws sso login` does it");
    cJSON *token = cJSON_ParseWithLength((const char *)text.p, text.n);
    if (s->session.n > 0 && !is_later(f, finder_text(f, token, "expiresAt"), REFRESH_S))
        refresh_token(f, s, token);
    *ret = finder_text(f, token, "accessToken");
    bool valid = ret->n > 0 && is_later(f, finder_text(f, token, "expiresAt"), 0);
    finder_delete(token);
    return valid ? FINDER_FOUND : sso_fail(f, "the sign-in has expired; `aws sso login` renews it");
}

static enum finder_result read_role_credentials(struct finder *f, str body) {
    cJSON *o = cJSON_ParseWithLength((const char *)body.p, body.n);
    const cJSON *keys = cJSON_GetObjectItemCaseSensitive(o, "roleCredentials");
    const cJSON *expires = cJSON_GetObjectItemCaseSensitive(keys, "expiration");
    f->keys.access = finder_text(f, keys, "accessKeyId");
    f->keys.secret = finder_text(f, keys, "secretAccessKey");
    f->keys.session = finder_text(f, keys, "sessionToken");
    f->expires_s = cJSON_IsNumber(expires) ? (int64_t)(expires->valuedouble / 1000) : 0;
    finder_delete(o);
    return f->keys.access.n > 0 && f->keys.secret.n > 0 && f->expires_s > 0
               ? FINDER_FOUND
               : finder_fail(f, "SSO", STR("its answer holds no credentials"));
}

enum finder_result find_sso(struct finder *f) {
    struct sso s;
    struct aws_answer answer = {0};
    str token = {0};
    enum finder_result r = read_profile(f, &s);
    if (r != FINDER_FOUND)
        return r;
    if (!token_path(f, &s))
        return finder_fail(f, "SSO", STR("OpenSSL has no SHA-1, by which its file is named"));
    r = find_token(f, &s, &token);
    if (r != FINDER_FOUND)
        return r;
    struct buf query = BUF_INIT(FORM_MAX);
    put_parameter(&query, "role_name", s.role);
    put_parameter(&query, "account_id", s.account);
    struct http_header header = {STR("x-amz-sso_bearer_token"), token};
    struct aws_call c = {.service = aws_service_find(STR("sso")),
                         .operation = STR("GetRoleCredentials"),
                         .region = s.region,
                         .method = STR("GET"),
                         .path = STR("/federation/credentials"),
                         .query = buf_keep(&query, f->arena),
                         .headers = &header,
                         .nheaders = 1};
    if (!call(f, "SSO", NULL, &c, &answer))
        return FINDER_FAILED;
    return read_role_credentials(f, answer.body);
}
