/* SPDX-License-Identifier: MIT */
/* Credentials of who has signed in with SSO. */
#include "aws/finder.h"

#include "aws/aws_client.h"
#include "aws/aws_request.h"
#include "io/secret_file.h"

#define FORM_MAX ((size_t)1 << 20)
#define REFRESH_S (15 * 60)

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

/* What SSO gives in exchange is kept where the command line keeps it: the old one is void then. */
static void save_token(struct finder *f, const struct sso *s, cJSON *token, const cJSON *fresh) {
    const cJSON *in = cJSON_GetObjectItemCaseSensitive(fresh, "expiresIn");
    int64_t for_s = cJSON_IsNumber(in) ? (int64_t)in->valuedouble : 0;
    str names[] = {STR("accessToken"), STR("refreshToken"), STR("expiresAt")};
    str values[] = {finder_text(f, fresh, "accessToken"), finder_text(f, fresh, "refreshToken"),
                    aws_request_time(f->arena, f->now_ms / 1000 + for_s)};
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
    if (has_all && finder_call(f, "SSO", NULL, &c, &answer)) {
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
    finder_parameter(&query, "role_name", s.role);
    finder_parameter(&query, "account_id", s.account);
    struct http_header header = {STR("x-amz-sso_bearer_token"), token};
    struct aws_call c = {.service = aws_service_find(STR("sso")),
                         .operation = STR("GetRoleCredentials"),
                         .region = s.region,
                         .method = STR("GET"),
                         .path = STR("/federation/credentials"),
                         .query = buf_keep(&query, f->arena),
                         .headers = &header,
                         .nheaders = 1};
    if (!finder_call(f, "SSO", NULL, &c, &answer))
        return FINDER_FAILED;
    return read_role_credentials(f, answer.body);
}
