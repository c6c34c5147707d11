/* SPDX-License-Identifier: MIT */
#include "lock/lock_object.h"

#include "aws/aws_request.h"
#include "base/json.h"

#include <cJSON.h>

#define FORMAT 1
#define OBJECT_BYTES_MAX 65536
#define DELETE_S 30 /* who waits for it has nothing else to do any more */

/* ---- its text */

void lock_put_holder(struct json *j, struct arena *a, const struct lock_holder *h) {
    json_kstr(j, "owner", h->owner);
    json_kstr(j, "run", h->run);
    json_kstr(j, "environment", h->environment);
    json_kstr(j, "began", aws_request_time(a, h->began_s));
    json_kstr(j, "expires", aws_request_time(a, h->expires_s));
}

str lock_text(struct arena *a, const struct lock_holder *h) {
    struct buf b = BUF_INIT(OBJECT_BYTES_MAX);
    struct json j = json_to(&b, 2);
    json_object_begin(&j);
    json_kint(&j, "opsc_lock", FORMAT);
    json_kstr(&j, "id", h->id);
    lock_put_holder(&j, a, h);
    json_object_end(&j);
    buf_byte(&b, '\n');
    return buf_keep(&b, a);
}

static str text_of(struct arena *a, const cJSON *o, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsString(v) ? arena_str(a, str_c(v->valuestring)) : STR("");
}

/* False: it is none. */
static bool parse(struct arena *a, str text, struct lock_holder *ret) {
    cJSON *o = cJSON_ParseWithLength((const char *)text.p, text.n);
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(o, "opsc_lock");
    struct lock_holder h = {.owner = text_of(a, o, "owner"),
                            .run = text_of(a, o, "run"),
                            .environment = text_of(a, o, "environment"),
                            .id = text_of(a, o, "id")};
    bool ok = cJSON_IsNumber(format) && format->valueint == FORMAT && h.id.n > 0 &&
              aws_request_timestamp(text_of(a, o, "began"), &h.began_s) &&
              aws_request_timestamp(text_of(a, o, "expires"), &h.expires_s);
    cJSON_Delete(o);
    if (ok)
        *ret = h;
    return ok;
}

/* ---- calls */

static struct aws_call call_of(struct arena *a, const struct lock_place *p, const char *operation,
                               const char *method, enum aws_effect effect) {
    struct buf path = BUF_INIT((size_t)8192);
    buf_byte(&path, '/');
    sigv4_encode(&path, p->key, true);
    return (struct aws_call){.service = aws_service_find(STR("s3")),
                             .operation = str_c(operation),
                             .region = p->region,
                             .effect = effect,
                             .method = str_c(method),
                             .path = buf_keep(&path, a),
                             .bucket = p->bucket,
                             .max_bytes = OBJECT_BYTES_MAX};
}

static void put_condition(struct arena *a, struct aws_call *c, const char *name, str value) {
    struct http_header *headers = ARENA_ARRAY(a, struct http_header, 2);
    headers[0] = (struct http_header){str_c(name), value};
    headers[1] = (struct http_header){STR("Content-Type"), STR("application/json")};
    c->headers = headers;
    c->nheaders = c->body.n > 0 ? 2 : 1;
}

struct aws_call lock_call_get(struct arena *a, const struct lock_place *p) {
    return call_of(a, p, "GetObject", "GET", AWS_READS);
}

/* To say it twice does no harm: what was written by the first makes the second one fail. */
struct aws_call lock_call_put(struct arena *a, const struct lock_place *p,
                              enum lock_condition condition, str etag, str text) {
    struct aws_call c = call_of(a, p, "PutObject", "PUT", AWS_SETS);
    c.body = text;
    if (condition == LOCK_IF_NONE)
        put_condition(a, &c, "If-None-Match", STR("*"));
    else
        put_condition(a, &c, "If-Match", etag);
    return c;
}

struct aws_call lock_call_delete(struct arena *a, const struct lock_place *p, str etag) {
    struct aws_call c = call_of(a, p, "DeleteObject", "DELETE", AWS_SETS);
    if (etag.n > 0)
        put_condition(a, &c, "If-Match", etag);
    c.deadline_s = DELETE_S;
    c.always = true;
    return c;
}

/* ---- answers */

static bool is_gone(const struct aws_error *e) {
    return e->kind == AWS_NOT_FOUND && !str_is(e->code, "NoSuchBucket");
}

enum lock_status lock_answer_get(struct arena *a, const struct aws_answer *answer,
                                 struct lock_problem *ret) {
    ret->error = aws_error_keep(a, &answer->error);
    if (is_gone(&answer->error))
        return LOCK_FREE;
    if (answer->error.kind == AWS_TOO_BIG)
        return LOCK_FOREIGN;
    if (answer->error.kind != AWS_OK)
        return LOCK_FAILED;
    if (!parse(a, answer->body, &ret->holder))
        return LOCK_FOREIGN;
    ret->holder.etag = arena_str(a, aws_header(answer->headers, answer->nheaders, "etag"));
    return ret->holder.etag.n > 0 ? LOCK_HELD : LOCK_UNSAFE;
}

bool lock_is_refused(const struct aws_error *e) {
    return e->status == 412 || is_gone(e);
}
