/* SPDX-License-Identifier: MIT */
/*
 * aws_tool: compiler/aws for suites. Each line of its input is a question in JSON; each line of its
 * output is the answer to it.
 */
#include "aws/aws_client.h"
#include "aws/aws_request.h"
#include "aws/credentials.h"
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
        cJSON_AddBoolToObject(row, "query_errors", s->query_errors);
    }
}

/* ---- settings, credentials and calls: with the variables that the question has, and no others */

static str variable_of(void *ctx, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(ctx, name);
    return cJSON_IsString(v) ? str_c(v->valuestring) : (str){NULL, 0};
}

static void log_line(void *ctx, str line) {
    (void)ctx;
    fprintf(stderr, "%.*s\n", STR_ARG(line));
}

static int64_t shift_ms;

static int64_t shifted_ms(void *ctx) {
    (void)ctx;
    struct io_clock real = io_clock_posix();
    return real.now_ms(real.ctx) + shift_ms;
}

static const struct io *real_io(void) {
    struct io *io = ARENA_NEW(arena, struct io);
    *io = io_posix();
    return io;
}

static void put_error(cJSON *ret, const struct aws_error *e) {
    put(ret, "kind", str_c(aws_error_kind_name(e->kind)));
    put(ret, "code", e->code);
    put(ret, "message", e->message);
    put(ret, "request_id", e->request_id);
    put(ret, "action", e->action);
    put(ret, "advice", aws_error_advice(arena, e));
    cJSON_AddBoolToObject(ret, "maybe_done", e->maybe_done);
}

/* What somebody at a terminal would type. */
static str say(void *ctx, struct arena *a, str question) {
    fprintf(stderr, "%.*s\n", STR_ARG(question));
    return arena_str(a, variable_of(ctx, "(typed)"));
}

static struct aws_settings *settings_of(const cJSON *q, cJSON *ret) {
    struct aws_error e;
    struct aws_host host = {.io = real_io(),
                            .clock = io_clock_posix(),
                            .ctx = cJSON_GetObjectItemCaseSensitive(q, "env"),
                            .variable = variable_of,
                            .log = log_line};
    if (variable_of(host.ctx, "(typed)").n > 0)
        host.ask = say;
    struct aws_choice choice = {text(q, "profile"), text(q, "region")};
    shift_ms = number(q, "shift_ms");
    host.clock.now_ms = shifted_ms;
    struct aws_settings *s = aws_settings_read(arena, &host, &choice, &e);
    if (s == NULL)
        put_error(ret, &e);
    return s;
}

static void do_settings(const cJSON *q, cJSON *ret) {
    const struct aws_service *of = aws_service_find(text(q, "service"));
    struct aws_settings *s = settings_of(q, ret);
    if (s == NULL || of == NULL)
        return;
    put(ret, "profile", s->profile);
    put(ret, "region", s->region);
    put(ret, "endpoint", aws_settings_endpoint(arena, s, of));
    put(ret, "ca_file", s->ca_file);
    cJSON_AddBoolToObject(ret, "fips", s->fips);
    cJSON_AddBoolToObject(ret, "dualstack", s->dualstack);
    cJSON_AddNumberToObject(ret, "tries", s->tries);
}

static void do_credentials(const cJSON *q, cJSON *ret) {
    struct aws_error e;
    struct aws_keys keys;
    unsigned generation = 0;
    struct aws_settings *s = settings_of(q, ret);
    struct aws_chain *c = s == NULL ? NULL : aws_chain_open(arena, s);
    if (c == NULL)
        return;
    if (!aws_chain_keys(c, shifted_ms(NULL), &keys, &generation, &e)) {
        put_error(ret, &e);
        return;
    }
    /* And once more, later: are they found anew? */
    if (number(q, "later_ms") > 0 &&
        !aws_chain_keys(c, shifted_ms(NULL) + number(q, "later_ms"), &keys, &generation, &e)) {
        put_error(ret, &e);
        return;
    }
    put(ret, "access", keys.access);
    put(ret, "secret", keys.secret);
    put(ret, "session", keys.session);
    put(ret, "source", aws_chain_source(c));
    cJSON_AddNumberToObject(ret, "generation", generation);
}

static void take_answer(void *ctx, struct aws_client *c, const struct aws_answer *answer) {
    cJSON *ret = ctx;
    (void)c;
    put_error(ret, &answer->error);
    put(ret, "body", answer->body);
    put(ret, "type", aws_header(answer->headers, answer->nheaders, "content-type"));
    cJSON_AddNumberToObject(ret, "status", answer->status);
    cJSON_AddNumberToObject(ret, "tries", answer->tries);
}

static struct aws_call call_of(const cJSON *q) {
    struct aws_call ret = {.service = aws_service_find(text(q, "service")),
                           .operation = text(q, "operation"),
                           .region = text(q, "region"),
                           .effect = (enum aws_effect)number(q, "effect"),
                           .method = text(q, "method"),
                           .path = text(q, "path"),
                           .query = text(q, "query"),
                           .bucket = text(q, "bucket"),
                           .body = text(q, "body"),
                           .deadline_s = (unsigned)number(q, "deadline_s"),
                           .max_bytes = (uint64_t)number(q, "max_bytes"),
                           .unsigned_call = flag(q, "unsigned"),
                           .done = take_answer};
    ret.headers = headers_of(q, &ret.nheaders);
    return ret;
}

static void do_calls(const cJSON *q, cJSON *ret) {
    struct aws_error e;
    const cJSON *each = NULL;
    struct aws_settings *s = settings_of(q, ret);
    struct aws_client *c = s == NULL ? NULL : aws_client_open(arena, s, &e);
    cJSON *answers = cJSON_AddArrayToObject(ret, "answers");
    if (c == NULL)
        return;
    cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(q, "calls")) {
        struct aws_call call = call_of(each);
        for (int64_t n = 0; n < 1 + number(each, "more"); n++) {
            call.ctx = cJSON_CreateObject();
            cJSON_AddItemToArray(answers, call.ctx);
            aws_client_start(c, &call);
        }
    }
    if (number(q, "limit_s") > 0)
        aws_client_limit(c, (unsigned)number(q, "limit_s"));
    if (flag(q, "stop"))
        aws_client_stop(c);
    struct io_clock clock = io_clock_posix();
    int64_t from = clock.steady_ms(NULL);
    aws_client_run(c);
    struct aws_sums sums = aws_client_sums(c);
    cJSON_AddNumberToObject(ret, "ms", (double)(clock.steady_ms(NULL) - from));
    cJSON_AddNumberToObject(ret, "calls", sums.calls);
    cJSON_AddNumberToObject(ret, "requests", sums.requests);
    cJSON_AddNumberToObject(ret, "throttled", sums.throttled);
    cJSON_AddNumberToObject(ret, "failed", sums.failed);
    cJSON_AddNumberToObject(ret, "received", (double)sums.received_bytes);
    put(ret, "source", aws_client_source(c));
}

/* Whether the text is in a page of this process; `reversed` so that it is not there by the search.
 */
static bool is_in(const unsigned char *p, const unsigned char *end, str reversed) {
    for (; p + reversed.n <= end; p++) {
        uint32_t i = 0;
        while (i < reversed.n && p[i] == reversed.p[reversed.n - 1 - i])
            i++;
        if (i == reversed.n)
            return true;
    }
    return false;
}

#define REGION_MAX ((size_t)256 << 20) /* larger ones are the sanitizer's own */

__attribute__((no_sanitize("address"))) static bool is_in_memory(str reversed) {
    char line[512];
    bool ret = false;
    FILE *maps = fopen("/proc/self/maps", "r");
    FILE *memory = fopen("/proc/self/mem", "r");
    while (maps != NULL && memory != NULL && fgets(line, sizeof line, maps) != NULL) {
        char *rest = NULL;
        size_t from = strtoull(line, &rest, 16), to = strtoull(rest + 1, &rest, 16);
        if (strncmp(rest, " rw", 3) != 0 || to - from > REGION_MAX)
            continue;
        unsigned char *copy = malloc(to - from);
        if (copy == NULL || fseeko(memory, (off_t)from, SEEK_SET) != 0)
            continue;
        size_t n = fread(copy, 1, to - from, memory);
        ret |= is_in(copy, copy + n, reversed);
        memset(copy, 0, to - from);
        free(copy);
    }
    if (maps != NULL)
        fclose(maps);
    if (memory != NULL)
        fclose(memory);
    return ret;
}

/* A secret that comes from a file, while it is used and after. */
static void do_wiped(const cJSON *q, cJSON *ret) {
    struct aws_error e;
    struct aws_answer answer;
    struct arena *outer = arena, *own = arena_within(outer);
    str reversed = text(q, "reversed");
    arena = own;
    struct aws_settings *s = settings_of(q, ret);
    struct aws_client *c = s == NULL ? NULL : aws_client_open(own, s, &e);
    struct aws_call call = call_of(cJSON_GetObjectItemCaseSensitive(q, "call"));
    if (c != NULL) {
        aws_client_call(c, own, &call, &answer);
        put_error(ret, &answer.error);
    }
    cJSON_AddBoolToObject(ret, "before", is_in_memory(reversed));
    arena = outer;
    arena_free(own);
    cJSON_AddBoolToObject(ret, "after", is_in_memory(reversed));
}

static void do_error(const cJSON *q, cJSON *ret) {
    struct aws_error e;
    uint32_t n = 0;
    const struct http_header *headers = headers_of(q, &n);
    const struct aws_service *s = aws_service_find(text(q, "service"));
    if (s == NULL)
        return;
    aws_error_read(arena, s, text(q, "operation"), (unsigned)number(q, "status"), headers, n,
                   text(q, "body"), &e);
    put_error(ret, &e);
    cJSON_AddNumberToObject(ret, "retry", aws_error_retry(s, &e));
}

static void do_ini(const cJSON *q, cJSON *ret) {
    struct ini f;
    uint32_t line = 0;
    const char *why = NULL;
    if (!ini_parse(arena, text(q, "text"), &f, &line, &why)) {
        put(ret, "why", str_c(why));
        cJSON_AddNumberToObject(ret, "line", line);
        return;
    }
    cJSON *sections = cJSON_AddObjectToObject(ret, "sections");
    for (uint32_t i = 0; i < f.sections.n; i++) {
        const struct ini_section *s = f.sections.at[i];
        cJSON *own = cJSON_AddObjectToObject(sections, (const char *)arena_str(arena, s->name).p);
        for (uint32_t k = 0; k < s->entries.n; k++)
            put(own, (const char *)arena_str(arena, s->entries.at[k].key).p,
                s->entries.at[k].value);
    }
}

static void do_words(const cJSON *q, cJSON *ret) {
    struct ini_words w;
    if (!ini_split_words(arena, text(q, "text"), &w))
        return;
    cJSON *words = cJSON_AddArrayToObject(ret, "words");
    for (uint32_t i = 0; i < w.words.n; i++)
        cJSON_AddItemToArray(words,
                             cJSON_CreateString((const char *)arena_str(arena, w.words.at[i]).p));
}

static const struct question {
    const char *name;
    void (*answer)(const cJSON *q, cJSON *ret);
} questions[] = {{"sign", do_sign},
                 {"endpoint", do_endpoint},
                 {"services", do_services},
                 {"settings", do_settings},
                 {"credentials", do_credentials},
                 {"calls", do_calls},
                 {"wiped", do_wiped},
                 {"error", do_error},
                 {"ini", do_ini},
                 {"words", do_words}};

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
