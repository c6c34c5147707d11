/* SPDX-License-Identifier: MIT */
#include "live/request.h"

#include "aws/sigv4.h"
#include "base/base64.h"
#include "base/sha256.h"
#include "model/value_json.h"

#define INPUT_MAX (96u << 20)

static void put_pair(struct arena *a, struct buf *b, str name, const struct value *v) {
    if (b->n > 0)
        buf_byte(b, '&');
    sigv4_encode(b, name, false);
    buf_byte(b, '=');
    sigv4_encode(b, value_text(a, v), false);
}

/* ---- forms: Names.member.1=x and Names.entry.1.key=x of query, Filter.1.Value.1=x of EC2 */

static void put_member(struct arena *a, struct buf *b, const struct aws_service *s, str name,
                       const struct value *v) {
    bool bare = s->protocol == AWS_EC2 || str_ends(name, STR(".entry"));
    const char *list = bare ? "" : "member.";
    for (uint32_t i = 0; v->type == VALUE_LIST && i < v->list.n; i++)
        put_member(a, b, s, arena_printf(a, "%.*s.%s%u", STR_ARG(name), list, i + 1),
                   v->list.items[i]);
    for (uint32_t i = 0; v->type == VALUE_MAP && i < v->map.n; i++)
        put_member(a, b, s, arena_cat3(a, name, STR("."), v->map.fields[i].name),
                   v->map.fields[i].value);
    if (v->type != VALUE_LIST && v->type != VALUE_MAP)
        put_pair(a, b, name, v);
}

/* ---- XML: a list is its element again and again */

static void put_escaped(struct buf *b, str s) {
    static const char *const names[256] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\r'] = "&#13;"};
    for (uint32_t i = 0; i < s.n; i++) {
        if (names[s.p[i]] != NULL)
            buf_text(b, names[s.p[i]]);
        else
            buf_byte(b, s.p[i]);
    }
}

static void put_element(struct arena *a, struct buf *b, str name, const struct value *v,
                        const char *space) {
    for (uint32_t i = 0; v->type == VALUE_LIST && i < v->list.n; i++)
        put_element(a, b, name, v->list.items[i], space);
    if (v->type == VALUE_LIST)
        return;
    buf_printf(b, "<%.*s%s%s%s>", STR_ARG(name), space != NULL ? " xmlns=\"" : "",
               space != NULL ? space : "", space != NULL ? "\"" : "");
    for (uint32_t i = 0; v->type == VALUE_MAP && i < v->map.n; i++)
        put_element(a, b, v->map.fields[i].name, v->map.fields[i].value, NULL);
    if (v->type != VALUE_MAP)
        put_escaped(b, value_text(a, v));
    buf_printf(b, "</%.*s>", STR_ARG(name));
}

static void put_xml(struct arena *a, struct buf *b, const struct aws_service *s,
                    const struct value *params) {
    const char *space = strcmp(s->name, "s3") == 0
                            ? "http://s3.amazonaws.com/doc/2006-03-01/"
                            : "http://cloudfront.amazonaws.com/doc/2020-05-31/";
    for (uint32_t i = 0; i < params->map.n; i++)
        put_element(a, b, params->map.fields[i].name, params->map.fields[i].value, space);
}

str request_body(struct arena *a, const struct aws_service *s, const struct value *params) {
    struct buf b = BUF_INIT(INPUT_MAX);
    bool form = s->protocol == AWS_QUERY || s->protocol == AWS_EC2;
    for (uint32_t i = 0; form && i < params->map.n; i++)
        put_member(a, &b, s, params->map.fields[i].name, params->map.fields[i].value);
    if (s->protocol == AWS_REST_XML)
        put_xml(a, &b, s, params);
    else if (!form)
        value_put_json(&b, params);
    return buf_keep(&b, a);
}

/* ---- REST: what the path does not take is left over */

static str fill(struct arena *a, str path, const struct value *params, struct value *taken) {
    struct buf b = BUF_INIT(INPUT_MAX);
    while (path.n > 0) {
        uint32_t open = str_find(path, '{');
        buf_put(&b, str_sub(path, 0, open));
        path = str_sub(path, open + 1, path.n);
        if (path.n == 0)
            break;
        str name = str_split(&path, '}');
        struct value *v = value_get(params, name);
        if (v != NULL) {
            sigv4_encode(&b, value_text(a, v), false);
            value_set(taken, name, v);
        }
    }
    return buf_keep(&b, a);
}

static str query(struct arena *a, str fixed, const struct value *params) {
    struct buf b = BUF_INIT(INPUT_MAX);
    buf_put(&b, fixed);
    for (uint32_t i = 0; i < params->map.n; i++) {
        const struct value *v = params->map.fields[i].value;
        bool list = v->type == VALUE_LIST;
        for (uint32_t k = 0; k < (list ? v->list.n : 1); k++)
            put_pair(a, &b, params->map.fields[i].name, list ? v->list.items[k] : v);
    }
    return buf_keep(&b, a);
}

static struct value *without(struct arena *a, const struct value *params,
                             const struct value *taken) {
    struct value *r = value_map(a, params->map.n, SPAN_NONE);
    for (uint32_t i = 0; i < params->map.n; i++) {
        if (value_get(taken, params->map.fields[i].name) == NULL)
            value_set(r, params->map.fields[i].name, params->map.fields[i].value);
    }
    return r;
}

void request_make(struct arena *a, const struct resource_call *c, const struct value *params,
                  struct aws_call *ret) {
    const struct aws_service *s = aws_service_find(str_c(c->service));
    ret->service = s;
    ret->operation = str_c(c->operation);
    if (c->path == NULL) {
        ret->body = request_body(a, s, params);
        return;
    }
    struct value *taken = value_map(a, params->map.n + 1, SPAN_NONE);
    struct value *bucket = value_get(params, STR("Bucket"));
    if (strcmp(s->name, "s3") == 0 && bucket != NULL) {
        ret->bucket = bucket->text;
        value_set(taken, STR("Bucket"), bucket);
    }
    str rest = str_c(c->path), path = str_split(&rest, '?');
    ret->method = str_c(c->method != NULL ? c->method : "GET");
    ret->path = fill(a, path, params, taken);
    rest = fill(a, rest, params, taken);
    struct value *left = without(a, params, taken);
    bool bare = str_is(ret->method, "GET") || str_is(ret->method, "DELETE");
    ret->query = bare ? query(a, rest, left) : rest;
    if (!bare)
        ret->body = request_body(a, s, left);
}

/* ---- what writes */

static void add_header(struct arena *a, struct aws_call *call, const char *name, str value) {
    struct http_header *all = ARENA_ARRAY(a, struct http_header, call->nheaders + 1);
    for (uint32_t i = 0; i < call->nheaders; i++)
        all[i] = call->headers[i];
    all[call->nheaders++] = (struct http_header){str_c(name), value};
    call->headers = all;
}

/* S3 refuses some bodies without a hash of their own, beside that of the signature. */
static void add_hash(struct arena *a, struct aws_call *call) {
    struct sha256 h;
    unsigned char sum[SHA256_BYTES];
    struct buf b = BUF_INIT(INPUT_MAX);
    sha256_begin(&h);
    sha256_add(&h, call->body.p, call->body.n);
    sha256_end(&h, sum);
    base64_put(&b, (str){sum, sizeof sum});
    add_header(a, call, "x-amz-checksum-sha256", buf_keep(&b, a));
    add_header(a, call, "x-amz-sdk-checksum-algorithm", STR("SHA256"));
}

void request_make_write(struct arena *a, const struct resource_write *w, const struct value *params,
                        struct aws_call *ret) {
    const struct resource_call c = {.service = w->service,
                                    .operation = w->operation,
                                    .method = w->method != NULL ? w->method : "PUT",
                                    .path = w->path};
    const struct value *header = w->header == NULL ? NULL : value_get(params, str_c(w->header));
    const struct value *payload = w->payload == NULL ? NULL : value_get(params, str_c(w->payload));
    struct value *taken = value_map(a, 2, SPAN_NONE);
    if (header != NULL)
        value_set(taken, str_c(w->header), (struct value *)header);
    if (payload != NULL)
        value_set(taken, str_c(w->payload), (struct value *)payload);
    request_make(a, &c, without(a, params, taken), ret);
    if (header != NULL)
        add_header(a, ret, w->header, value_text(a, header));
    if (payload != NULL)
        ret->body = value_text(a, payload);
    if (w->hashed)
        add_hash(a, ret);
}
