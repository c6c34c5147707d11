/* SPDX-License-Identifier: MIT */
#include "live/request.h"

#include "aws/sigv4.h"
#include "model/value_json.h"

#define INPUT_MAX (1u << 20)

static void put_pair(struct arena *a, struct buf *b, str name, const struct value *v) {
    if (b->n > 0)
        buf_byte(b, '&');
    sigv4_encode(b, name, false);
    buf_byte(b, '=');
    sigv4_encode(b, value_text(a, v), false);
}

/* ---- forms: Names.member.1=x of query, Filter.1.Value.1=x of EC2 */

static void put_member(struct arena *a, struct buf *b, const struct aws_service *s, str name,
                       const struct value *v) {
    const char *list = s->protocol == AWS_EC2 ? "" : "member.";
    for (uint32_t i = 0; v->type == VALUE_LIST && i < v->list.n; i++)
        put_member(a, b, s, arena_printf(a, "%.*s.%s%u", STR_ARG(name), list, i + 1),
                   v->list.items[i]);
    for (uint32_t i = 0; v->type == VALUE_MAP && i < v->map.n; i++)
        put_member(a, b, s, arena_cat3(a, name, STR("."), v->map.fields[i].name),
                   v->map.fields[i].value);
    if (v->type != VALUE_LIST && v->type != VALUE_MAP)
        put_pair(a, b, name, v);
}

str request_body(struct arena *a, const struct aws_service *s, const struct value *params) {
    struct buf b = BUF_INIT(INPUT_MAX);
    bool form = s->protocol == AWS_QUERY || s->protocol == AWS_EC2;
    for (uint32_t i = 0; form && i < params->map.n; i++)
        put_member(a, &b, s, params->map.fields[i].name, params->map.fields[i].value);
    if (!form)
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
    struct value *left = without(a, params, taken);
    bool get = str_is(ret->method, "GET");
    ret->query = get ? query(a, rest, left) : rest;
    if (!get)
        ret->body = request_body(a, s, left);
}
