/* SPDX-License-Identifier: MIT */
/*
 * aws_tool: compiler/aws for suites. Each line of its input is a question in JSON; each line of its
 * output is the answer to it.
 */
#include "aws/endpoint.h"
#include "aws/sigv4.h"

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#define LINE_BYTES_MAX (8u << 20)

static struct arena *arena;

static str text(const cJSON *q, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(q, key);
    return cJSON_IsString(v) ? arena_str(arena, str_c(v->valuestring)) : (str){NULL, 0};
}

static bool flag(const cJSON *q, const char *key) {
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(q, key));
}

static int64_t number(const cJSON *q, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(q, key);
    return cJSON_IsNumber(v) ? (int64_t)v->valuedouble : 0;
}

static void put(cJSON *ret, const char *key, str s) {
    cJSON_AddStringToObject(ret, key, (const char *)arena_str(arena, s).p);
}

static const struct http_header *headers_of(const cJSON *q, uint32_t *ret_n) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(q, "headers"), *pair = NULL;
    struct http_header *ret = ARENA_ARRAY(arena, struct http_header, cJSON_GetArraySize(list) + 1);
    *ret_n = 0;
    cJSON_ArrayForEach(pair, list) {
        const char *name = cJSON_GetStringValue(cJSON_GetArrayItem(pair, 0));
        const char *value = cJSON_GetStringValue(cJSON_GetArrayItem(pair, 1));
        ret[(*ret_n)++] =
            (struct http_header){arena_str(arena, str_c(name)), arena_str(arena, str_c(value))};
    }
    return ret;
}

static void do_sign(const cJSON *q, cJSON *ret) {
    struct crypto_library c;
    struct sigv4_signed s;
    if (!crypto_library_load(&c))
        return;
    struct aws_keys keys = {text(q, "access"), text(q, "secret"), text(q, "session")};
    struct sigv4_scope scope = {.service = text(q, "service"),
                                .region = text(q, "region"),
                                .time_s = number(q, "time"),
                                .raw_path = flag(q, "raw_path"),
                                .keep_path = flag(q, "keep_path"),
                                .body_header = flag(q, "body_header"),
                                .token_unsigned = flag(q, "token_unsigned")};
    struct sigv4_request r = {.method = text(q, "method"),
                              .path = text(q, "path"),
                              .query = text(q, "query"),
                              .body = text(q, "body")};
    r.headers = headers_of(q, &r.nheaders);
    if (!sigv4_sign(arena, &c, NULL, &keys, &scope, &r, &s))
        return;
    put(ret, "canonical", s.canonical);
    put(ret, "string_to_sign", s.string_to_sign);
    put(ret, "signature", s.signature);
    put(ret, "authorization", s.headers[s.nheaders - 1].value);
}

static void do_endpoint(const cJSON *q, cJSON *ret) {
    const struct aws_service *s = aws_service_find(text(q, "service"));
    struct aws_endpoint e;
    if (s == NULL ||
        !aws_endpoint_find(arena, s, text(q, "region"), flag(q, "fips"), flag(q, "dualstack"), &e))
        return;
    put(ret, "host", e.host);
    put(ret, "signing_region", e.signing_region);
    put(ret, "partition", str_c(aws_partition_of(text(q, "region"))->id));
}

static void do_services(const cJSON *q, cJSON *ret) {
    (void)q;
    for (uint32_t i = 0; i < aws_services_n; i++) {
        const struct aws_service *s = &aws_services[i];
        cJSON *row = cJSON_AddObjectToObject(ret, s->name);
        cJSON_AddStringToObject(row, "id", s->id);
        cJSON_AddStringToObject(row, "prefix", s->prefix);
        cJSON_AddStringToObject(row, "signing", s->signing);
        cJSON_AddNumberToObject(row, "protocol", s->protocol);
        cJSON_AddStringToObject(row, "target", s->target == NULL ? "" : s->target);
        cJSON_AddStringToObject(row, "version", s->version == NULL ? "" : s->version);
    }
}

static const struct question {
    const char *name;
    void (*answer)(const cJSON *q, cJSON *ret);
} questions[] = {{"sign", do_sign}, {"endpoint", do_endpoint}, {"services", do_services}};

int main(void) {
    char *line = malloc(LINE_BYTES_MAX);
    while (line != NULL && fgets(line, LINE_BYTES_MAX, stdin) != NULL) {
        cJSON *q = cJSON_Parse(line), *ret = cJSON_CreateObject();
        arena = arena_new((size_t)1 << 30, NULL, NULL);
        str what = text(q, "do");
        for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
            if (str_is(what, questions[i].name))
                questions[i].answer(q, ret);
        }
        char *out = cJSON_PrintUnformatted(ret);
        puts(out);
        fflush(stdout);
        cJSON_free(out);
        cJSON_Delete(q);
        cJSON_Delete(ret);
        arena_free(arena);
    }
    free(line);
    return 0;
}
