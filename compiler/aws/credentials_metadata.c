/* SPDX-License-Identifier: MIT */
/* Credentials that the place gives in which opsc runs: a container, an instance. */
#include "aws/finder.h"

#include "aws/aws_log.h"
#include "net/http_many.h"

#define ANSWER_MAX ((uint64_t)1 << 20)
#define CONTAINER_MS 2000
#define CONTAINER_TRIES 3
#define PAUSE_MS 500
#define INSTANCE_MS 1000
#define INSTANCE_TOKEN_S "21600"

struct taken {
    struct arena *arena;
    enum http_status status;
    unsigned code;
    str body;
    char detail[256];
};

static void take(void *ctx, const struct http_many_answer *h) {
    struct taken *t = ctx;
    t->status = h->status;
    t->code = h->code;
    t->body = arena_str(t->arena, h->body);
    memcpy(t->detail, h->detail, sizeof t->detail);
}

bool finder_ask(struct finder *f, const struct finder_ask *ask, str *ret_body,
                unsigned *ret_status) {
    struct http_error e;
    struct http_many_options options = {f->settings->ca_file, 1};
    struct http_many *m = http_many_open(f->arena, &options, &e);
    struct taken t = {.arena = f->arena, .status = HTTP_NO_LIBRARY};
    struct http_many_request r = {.method = str_c(ask->method),
                                  .url = ask->url,
                                  .headers = ask->headers,
                                  .nheaders = ask->nheaders,
                                  .max_bytes = ANSWER_MAX,
                                  .connect_ms = ask->timeout_ms,
                                  .whole_ms = ask->timeout_ms,
                                  .plain = true,
                                  .secret = true,
                                  .done = take,
                                  .ctx = &t};
    for (unsigned i = 0; m != NULL && i < ask->tries; i++) {
        if (i > 0)
            http_many_wait(m, PAUSE_MS);
        http_many_start(m, &r);
        while (http_many_running(m) > 0)
            http_many_wait(m, ask->timeout_ms);
        aws_log(&f->settings->host, f->arena, "credentials: %s, %s %.*s, try %u: %s, status %u",
                ask->source, ask->method, STR_ARG(http_origin(f->arena, ask->url)), i + 1,
                http_status_text(t.status), t.code);
        if (t.status == HTTP_OK && t.code == 200)
            break;
    }
    *ret_body = t.body;
    *ret_status = t.status == HTTP_OK ? t.code : 0;
    if (t.status == HTTP_OK)
        return true;
    finder_fail(f, ask->source,
                arena_printf(f->arena, "%s%s%s", http_status_text(t.status),
                             t.detail[0] != 0 ? ": " : "", t.detail));
    return false;
}

static enum finder_result read_keys(struct finder *f, const char *source, str body) {
    static const char *const names[] = {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"};
    cJSON *o = cJSON_ParseWithLength((const char *)body.p, body.n);
    bool ok = cJSON_IsObject(o) && finder_take(f, o, names);
    finder_delete(o);
    return ok ? FINDER_FOUND
              : finder_fail(f, source, STR("its answer holds no AccessKeyId and SecretAccessKey"));
}

/* ---- container */

/* http: is for this machine and the addresses that ECS and EKS have for it. */
static bool may_ask(str url) {
    static const char *const hosts[] = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};
    if (str_starts(url, STR("https://")) || http_is_loopback(url))
        return true;
    if (!str_starts(url, STR("http://")))
        return false;
    str rest = str_sub(url, 7, url.n), host = str_split(&rest, '/');
    /* Before an @ stands a user, whatever it looks like. */
    if (str_find(host, '@') < host.n)
        return false;
    bool bracket = str_starts(host, STR("["));
    host = str_sub(host, 0, bracket ? str_find(host, ']') + 1 : str_find(host, ':'));
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        if (str_is(host, hosts[i]))
            return true;
    }
    return false;
}

static bool token_of_container(struct finder *f, str *ret) {
    str file = finder_variable(f, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    *ret = finder_variable(f, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (file.n > 0 && !finder_read(f, "container", file, ret))
        return false;
    if (str_find(*ret, '\r') == ret->n && str_find(*ret, '\n') == ret->n)
        return true;
    finder_fail(f, "container", STR("the authorization token has more than one line"));
    return false;
}

enum finder_result find_container(struct finder *f) {
    str relative = finder_variable(f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    str full = finder_variable(f, "AWS_CONTAINER_CREDENTIALS_FULL_URI"), body = {0}, token = {0};
    unsigned status = 0;
    if (relative.n == 0 && full.n == 0)
        return FINDER_ABSENT;
    f->source = STR("container");
    str url = relative.n > 0 ? arena_cat(f->arena, STR("http://169.254.170.2"), relative) : full;
    if (!may_ask(url))
        return finder_fail(f, "container",
                           STR("AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https: nor of this "
                               "machine"));
    if (!token_of_container(f, &token))
        return FINDER_FAILED;
    struct http_header headers[] = {{STR("Accept"), STR("application/json")},
                                    {STR("Authorization"), token}};
    struct finder_ask ask = {.source = "container",
                             .method = "GET",
                             .url = url,
                             .headers = headers,
                             .nheaders = token.n > 0 ? 2 : 1,
                             .timeout_ms = CONTAINER_MS,
                             .tries = CONTAINER_TRIES};
    if (!finder_ask(f, &ask, &body, &status))
        return FINDER_FAILED;
    if (status != 200)
        return finder_fail(f, "container",
                           arena_printf(f->arena, "it answers with status %u", status));
    return read_keys(f, "container", body);
}

/* ---- instance */

static str metadata_url(struct finder *f, const char *path) {
    str base = finder_variable(f, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    if (base.n == 0)
        base = finder_get(f, "ec2_metadata_service_endpoint");
    str mode = finder_variable(f, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    if (mode.n == 0)
        mode = finder_get(f, "ec2_metadata_service_endpoint_mode");
    if (base.n == 0)
        base = str_is_nocase(mode, "ipv6") ? STR("http://[fd00:ec2::254]")
                                           : STR("http://169.254.169.254");
    while (base.n > 0 && base.p[base.n - 1] == '/')
        base.n--;
    return arena_cat(f->arena, base, str_c(path));
}

static unsigned seconds(str s, unsigned otherwise) {
    unsigned v = 0;
    for (uint32_t i = 0; i < s.n && ascii_is_digit(s.p[i]) && v < 100; i++)
        v = v * 10 + (s.p[i] - '0');
    return v > 0 ? v : otherwise;
}

/* One request to the metadata service; false: it does not answer so. */
static bool ask_instance(struct finder *f, const char *method, str url, str token, str *ret) {
    struct http_header header = {STR("X-aws-ec2-metadata-token"), token};
    unsigned status = 0;
    if (method[0] == 'P')
        header = (struct http_header){STR("X-aws-ec2-metadata-token-ttl-seconds"),
                                      STR(INSTANCE_TOKEN_S)};
    struct finder_ask ask = {
        .source = "instance",
        .method = method,
        .url = url,
        .headers = &header,
        .nheaders = 1,
        .timeout_ms = 1000 * seconds(finder_variable(f, "AWS_METADATA_SERVICE_TIMEOUT"), 1),
        .tries = seconds(finder_variable(f, "AWS_METADATA_SERVICE_NUM_ATTEMPTS"), 1)};
    bool ok = finder_ask(f, &ask, ret, &status) && status == 200 && ret->n > 0;
    *ret = str_trim(*ret);
    return ok;
}

enum finder_result find_instance(struct finder *f) {
    static const char path[] = "/latest/meta-data/iam/security-credentials/";
    str token = {0}, role = {0}, body = {0};
    if (str_is_nocase(finder_variable(f, "AWS_EC2_METADATA_DISABLED"), "true"))
        return FINDER_ABSENT;
    f->source = STR("instance");
    /* On most machines there is none: then this is no source that failed. */
    bool there = ask_instance(f, "PUT", metadata_url(f, "/latest/api/token"), token, &token);
    f->error = (struct aws_error){.kind = AWS_OK};
    if (!there || !ask_instance(f, "GET", metadata_url(f, path), token, &role)) {
        f->error = (struct aws_error){.kind = AWS_OK};
        return FINDER_ABSENT;
    }
    role = str_trim(str_sub(role, 0, str_find(role, '\n')));
    str url = arena_cat(f->arena, metadata_url(f, path), role);
    if (!ask_instance(f, "GET", url, token, &body))
        return finder_fail(f, "instance",
                           STR("the metadata service names a role and gives no "
                               "credentials of it"));
    return read_keys(f, "instance", body);
}
