/* SPDX-License-Identifier: MIT */
/* Credentials that are on this machine: the environment, files, a program. */
#include "aws/finder.h"

#include "aws/aws_request.h"
#include "base/wipe.h"
#include "io/program.h"

#define OUTPUT_MAX ((size_t)1 << 20)
#define TOKEN_FILE_MAX ((size_t)1 << 20)

/* ---- what sources share */

enum finder_result finder_fail(struct finder *f, const char *source, str message) {
    f->error =
        (struct aws_error){.kind = AWS_NO_CREDENTIALS,
                           .message = arena_printf(f->arena, "%s: %.*s", source, STR_ARG(message))};
    return FINDER_FAILED;
}

str finder_get(const struct finder *f, const char *key) {
    return aws_settings_get(f->arena, f->settings, f->profile, key);
}

str finder_variable(const struct finder *f, const char *name) {
    return f->settings->host.variable(f->settings->host.ctx, name);
}

str finder_text(const struct finder *f, const cJSON *o, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    return cJSON_IsString(v) ? arena_str(f->arena, str_c(v->valuestring)) : (str){NULL, 0};
}

/* As deep as cJSON lets a text be. */
static void wipe_texts(cJSON *o) {
    for (; o != NULL; o = o->next) {
        if (cJSON_IsString(o))
            wipe(o->valuestring, strlen(o->valuestring));
        wipe_texts(o->child);
    }
}

void finder_delete(cJSON *o) {
    wipe_texts(o);
    cJSON_Delete(o);
}

bool finder_take(struct finder *f, const cJSON *o, const char *const names[4]) {
    f->keys.access = finder_text(f, o, names[0]);
    f->keys.secret = finder_text(f, o, names[1]);
    f->keys.session = finder_text(f, o, names[2]);
    str expires = finder_text(f, o, names[3]);
    return f->keys.access.n > 0 && f->keys.secret.n > 0 &&
           (expires.n == 0 || aws_request_timestamp(expires, &f->expires_s));
}

bool finder_read(struct finder *f, const char *source, str path, str *ret) {
    struct io_error e;
    const struct io *io = f->settings->host.io;
    enum io_status s = io->read(io->ctx, f->arena, path, TOKEN_FILE_MAX, ret, &e);
    *ret = s == IO_OK ? str_trim(*ret) : *ret;
    if (s == IO_OK)
        return true;
    finder_fail(
        f, source,
        arena_printf(f->arena, "%.*s cannot be read: %s", STR_ARG(path), io_status_text(s)));
    return false;
}

/* ---- the environment */

enum finder_result find_environment(struct finder *f) {
    f->keys.access = finder_variable(f, "AWS_ACCESS_KEY_ID");
    if (f->keys.access.n == 0)
        return FINDER_ABSENT;
    f->source = STR("environment");
    f->keys.secret = finder_variable(f, "AWS_SECRET_ACCESS_KEY");
    if (f->keys.secret.n == 0)
        return finder_fail(f, "environment",
                           STR("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not"));
    str old = finder_variable(f, "AWS_SECURITY_TOKEN");
    f->keys.session = old.n > 0 ? old : finder_variable(f, "AWS_SESSION_TOKEN");
    str expires = finder_variable(f, "AWS_CREDENTIAL_EXPIRATION");
    if (expires.n > 0 && !aws_request_timestamp(expires, &f->expires_s))
        return finder_fail(f, "environment", STR("AWS_CREDENTIAL_EXPIRATION is no time"));
    return FINDER_FOUND;
}

/* ---- keys in files */

static enum finder_result from_section(struct finder *f, const struct ini_section *s,
                                       const char *source) {
    if (!ini_has(s, "aws_access_key_id"))
        return FINDER_ABSENT;
    f->keys.access = ini_value(s, "aws_access_key_id");
    f->keys.secret = ini_value(s, "aws_secret_access_key");
    f->keys.session =
        ini_value(s, ini_has(s, "aws_security_token") ? "aws_security_token" : "aws_session_token");
    f->source = arena_printf(f->arena, "%s, profile %.*s", source, STR_ARG(f->profile));
    if (f->keys.access.n == 0 || f->keys.secret.n == 0)
        return finder_fail(f, source,
                           arena_printf(f->arena,
                                        "profile `%.*s` has aws_access_key_id and no "
                                        "aws_secret_access_key, or one of them is empty",
                                        STR_ARG(f->profile)));
    return FINDER_FOUND;
}

enum finder_result find_credentials_file(struct finder *f) {
    return from_section(f, ini_find(&f->settings->credentials, f->profile), "credentials file");
}

enum finder_result find_config_file(struct finder *f) {
    return from_section(f, aws_settings_profile(f->arena, f->settings, f->profile), "config file");
}

/* ---- a program */

static enum finder_result read_output(struct finder *f, const cJSON *o) {
    static const char *const names[] = {"AccessKeyId", "SecretAccessKey", "SessionToken",
                                        "Expiration"};
    static const char *const name = "credential_process";
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(o, "Version");
    if (!cJSON_IsObject(o))
        return finder_fail(f, name, STR("it does not print a JSON object"));
    if (!cJSON_IsNumber(version) || version->valueint != 1)
        return finder_fail(f, name, STR("`Version` of what it prints is not 1"));
    if (!finder_take(f, o, names))
        return finder_fail(f, name,
                           STR("it does not print AccessKeyId and SecretAccessKey, or an "
                               "Expiration that is no time"));
    return FINDER_FOUND;
}

enum finder_result find_process(struct finder *f) {
    static const char *const name = "credential_process";
    struct ini_words line;
    struct program_result r;
    str command = finder_get(f, name);
    if (command.n == 0)
        return FINDER_ABSENT;
    f->source = arena_printf(f->arena, "credential_process of profile %.*s", STR_ARG(f->profile));
    if (!ini_split_words(f->arena, command, &line) || line.words.n == 0)
        return finder_fail(f, name, STR("the command is empty, or a quote in it is not closed"));
    program_run(f->arena, line.words.at, line.words.n, OUTPUT_MAX, &r);
    if (!r.started || r.status != 0)
        return finder_fail(
            f, name,
            arena_printf(f->arena, r.started ? "%.*s ended with status %d%s%.*s" : "%.*s: %d%s%.*s",
                         STR_ARG(line.words.at[0]), r.status, r.complaint.n > 0 ? ": " : "",
                         STR_ARG(utf8_cut(r.complaint, 300))));
    cJSON *o = cJSON_ParseWithLength((const char *)r.output.p, r.output.n);
    enum finder_result ret = read_output(f, o);
    finder_delete(o);
    return ret;
}
