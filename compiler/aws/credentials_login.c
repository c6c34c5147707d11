/* SPDX-License-Identifier: MIT */
/* Credentials of who has signed in with `aws login`, which last for a quarter of an hour. */
#include "aws/finder.h"

#include "aws/aws_client.h"
#include "aws/aws_request.h"
#include "base/wipe.h"
#include "io/secret_file.h"
#include "net/crypto_ec.h"

#define REFRESH_S (5 * 60)
#define PROOF_MAX ((size_t)8 << 10)
#define ID_BYTES 16

static enum finder_result login_fail(struct finder *f, const char *why) {
    return finder_fail(f, "login_session",
                       arena_printf(f->arena, "profile `%.*s`: %s", STR_ARG(f->profile), why));
}

static bool token_path(struct finder *f, str session, str *ret) {
    struct crypto_library c;
    unsigned char sum[CRYPTO_SHA256_BYTES];
    char hex[CRYPTO_HEX_MAX];
    str folder = finder_variable(f, "AWS_LOGIN_CACHE_DIRECTORY");
    if (!crypto_library_load(&c) || !crypto_sha256(&c, session, sum))
        return false;
    crypto_hex(sum, sizeof sum, hex);
    folder =
        aws_settings_path(f->arena, f->settings, folder.n > 0 ? folder : STR("~/.aws/login/cache"));
    *ret = arena_printf(f->arena, "%.*s/%s.json", STR_ARG(folder), hex);
    return true;
}

/* ---- the proof that who asks has the key that the sign-in was made with (RFC 9449) */

static void put_base64url(struct buf *b, const unsigned char *p, size_t n) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)p[i] << 16;
        v |= i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0;
        v |= i + 2 < n ? (uint32_t)p[i + 2] : 0;
        size_t left = n - i < 3 ? n - i : 3;
        for (size_t k = 0; k <= left; k++)
            buf_byte(b, (unsigned char)digits[v >> (18 - 6 * k) & 63]);
    }
}

static void put_json(struct buf *b, cJSON *o) {
    char *text = cJSON_PrintUnformatted(o);
    put_base64url(b, (const unsigned char *)text, strlen(text));
    cJSON_free(text);
    cJSON_Delete(o);
}

static cJSON *header_of(struct finder *f, const struct crypto_point *key) {
    cJSON *o = cJSON_CreateObject(), *jwk;
    const unsigned char *numbers[] = {key->x, key->y};
    static const char *const names[] = {"x", "y"};
    cJSON_AddStringToObject(o, "typ", "dpop+jwt");
    cJSON_AddStringToObject(o, "alg", "ES256");
    jwk = cJSON_AddObjectToObject(o, "jwk");
    cJSON_AddStringToObject(jwk, "kty", "EC");
    cJSON_AddStringToObject(jwk, "crv", "P-256");
    for (size_t i = 0; i < 2; i++) {
        struct buf b = BUF_INIT(PROOF_MAX);
        put_base64url(&b, numbers[i], CRYPTO_P256_BYTES);
        cJSON_AddStringToObject(jwk, names[i], (const char *)buf_keep(&b, f->arena).p);
    }
    return o;
}

static cJSON *claims_of(struct finder *f, str url, const unsigned char id[ID_BYTES]) {
    char hex[CRYPTO_HEX_MAX];
    int64_t now_s = f->now_ms / 1000;
    cJSON *o = cJSON_CreateObject();
    crypto_hex(id, ID_BYTES, hex);
    cJSON_AddStringToObject(o, "htm", "POST");
    cJSON_AddStringToObject(o, "htu", (const char *)arena_str(f->arena, url).p);
    cJSON_AddNumberToObject(o, "iat", (double)now_s);
    cJSON_AddStringToObject(o, "jti", hex);
    return o;
}

static bool prove(struct finder *f, str pem, str url, str *ret) {
    struct crypto_point key;
    unsigned char id[ID_BYTES], signature[CRYPTO_ES256_BYTES];
    struct buf b = BUF_INIT(PROOF_MAX);
    if (!crypto_ec_public(pem, &key) || !crypto_random(id, ID_BYTES))
        return false;
    put_json(&b, header_of(f, &key));
    buf_byte(&b, '.');
    put_json(&b, claims_of(f, url, id));
    bool ok = crypto_ec_sign(pem, buf_str(&b), signature);
    buf_byte(&b, '.');
    put_base64url(&b, signature, sizeof signature);
    *ret = buf_keep(&b, f->arena);
    return ok;
}

/* ---- another token for one that is about to expire */

static void replace(struct finder *f, cJSON *in, const char *name, str value) {
    cJSON *v = cJSON_CreateString((const char *)arena_str(f->arena, value).p);
    if (value.n == 0 || !cJSON_ReplaceItemInObjectCaseSensitive(in, name, v))
        cJSON_Delete(v);
}

/* It is kept where the command line keeps it: the old one is void then. */
static bool save(struct finder *f, str path, cJSON *token, const cJSON *fresh) {
    static const char *const names[] = {"accessKeyId", "secretAccessKey", "sessionToken"};
    const cJSON *from = cJSON_GetObjectItemCaseSensitive(fresh, "accessToken");
    const cJSON *in = cJSON_GetObjectItemCaseSensitive(fresh, "expiresIn");
    cJSON *to = cJSON_GetObjectItemCaseSensitive(token, "accessToken");
    bool ok = cJSON_IsNumber(in) && in->valuedouble > 0 && in->valuedouble < 1e9;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ok &= finder_text(f, from, names[i]).n > 0;
    if (!ok)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        replace(f, to, names[i], finder_text(f, from, names[i]));
    replace(f, to, "expiresAt",
            aws_request_time(f->arena, f->now_ms / 1000 + (int64_t)in->valuedouble));
    replace(f, token, "refreshToken", finder_text(f, fresh, "refreshToken"));
    char *text = cJSON_PrintUnformatted(token);
    secret_file_write(f->arena, path, str_c(text));
    wipe(text, strlen(text));
    cJSON_free(text);
    return true;
}

static str refresh_body(struct finder *f, const cJSON *token) {
    cJSON *o = cJSON_CreateObject();
    str client = finder_text(f, token, "clientId"), old = finder_text(f, token, "refreshToken");
    cJSON_AddStringToObject(o, "clientId", (const char *)arena_str(f->arena, client).p);
    cJSON_AddStringToObject(o, "grantType", "refresh_token");
    cJSON_AddStringToObject(o, "refreshToken", (const char *)arena_str(f->arena, old).p);
    char *text = cJSON_PrintUnformatted(o);
    str ret = arena_str(f->arena, str_c(text));
    wipe(text, strlen(text));
    cJSON_free(text);
    finder_delete(o);
    return ret;
}

/* False: `error` says why, and the old one has to do. */
static bool refresh(struct finder *f, str path, cJSON *token) {
    struct aws_call c = {.service = aws_service_find(STR("signin")),
                         .operation = STR("CreateOAuth2Token"),
                         .path = STR("/v1/token"),
                         .body = refresh_body(f, token)};
    struct aws_request r;
    struct aws_answer answer = {0};
    str proof = {0}, pem = finder_text(f, token, "dpopKey");
    if (!aws_request_make(f->arena, f->settings, &c, &r, &f->error))
        return false;
    if (!prove(f, pem, arena_cat(f->arena, r.origin, r.path), &proof)) {
        login_fail(f, "its key is none of P-256, or OpenSSL does not sign with it");
        return false;
    }
    struct http_header header = {STR("DPoP"), proof};
    c.headers = &header;
    c.nheaders = 1;
    if (!finder_call(f, "login_session", NULL, &c, &answer))
        return false;
    cJSON *fresh = cJSON_ParseWithLength((const char *)answer.body.p, answer.body.n);
    bool ok = save(f, path, token, fresh);
    finder_delete(fresh);
    if (!ok)
        login_fail(f, "the answer to its renewal holds no credentials");
    return ok;
}

/* ---- the source */

static enum finder_result read_token(struct finder *f, str path, cJSON *token) {
    static const char *const names[] = {"accessKeyId", "secretAccessKey", "sessionToken",
                                        "expiresAt"};
    static const char *const needed[] = {"refreshToken", "dpopKey", "clientId"};
    bool whole = finder_take(f, cJSON_GetObjectItemCaseSensitive(token, "accessToken"), names);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        whole &= finder_text(f, token, needed[i]).n > 0;
    if (!whole || f->expires_s == 0)
        return login_fail(f, "what `aws login` left is not whole; `aws login` makes it anew");
    if (f->expires_s - f->now_ms / 1000 > REFRESH_S)
        return FINDER_FOUND;
    bool fresh = refresh(f, path, token);
    if (fresh)
        finder_take(f, cJSON_GetObjectItemCaseSensitive(token, "accessToken"), names);
    if (!fresh && f->expires_s <= f->now_ms / 1000)
        return login_fail(f, (const char *)arena_printf(
                                 f->arena, "the sign-in has expired; `aws login` renews it (%.*s)",
                                 STR_ARG(f->error.message))
                                 .p);
    f->error = (struct aws_error){.kind = AWS_OK};
    return FINDER_FOUND;
}

enum finder_result find_login(struct finder *f) {
    str session = finder_get(f, "login_session"), path = {0}, text = {0};
    if (session.n == 0)
        return FINDER_ABSENT;
    f->source = arena_printf(f->arena, "login_session of profile %.*s", STR_ARG(f->profile));
    if (!token_path(f, session, &path))
        return login_fail(f, "OpenSSL is not there, by which its file is named");
    if (!finder_read(f, "login_session", path, &text))
        return login_fail(f, "nobody is signed in; `aws login` does it");
    cJSON *token = cJSON_ParseWithLength((const char *)text.p, text.n);
    enum finder_result r = read_token(f, path, token);
    finder_delete(token);
    return r;
}
