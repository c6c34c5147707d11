/* SPDX-License-Identifier: MIT */
#include "aws/settings.h"

#include "aws/aws_log.h"
#include "aws/endpoint.h"

#define FILE_BYTES_MAX ((size_t)4 << 20)
#define TRIES_MAX 100

struct reader {
    struct arena *arena;
    struct aws_settings *s;
    struct aws_error *error;
};

static str variable(const struct aws_settings *s, const char *name) {
    return s->host.variable(s->host.ctx, name);
}

static bool fail(struct reader *r, enum aws_error_kind kind, str message) {
    *r->error = (struct aws_error){.kind = kind, .message = message};
    return false;
}

str aws_settings_path(struct arena *a, const struct aws_settings *s, str path) {
    if (!str_starts(path, STR("~/")))
        return path;
    str home = variable(s, "HOME");
    return home.n == 0 ? (str){NULL, 0} : arena_cat(a, home, str_sub(path, 1, path.n));
}

/* A file that is not there is empty. */
static bool read_file(struct reader *r, const char *name, const char *otherwise, struct ini *ret) {
    struct io_error e;
    str text = {NULL, 0}, given = variable(r->s, name);
    const char *why = NULL;
    uint32_t line = 0;
    str path = aws_settings_path(r->arena, r->s, given.n > 0 ? given : str_c(otherwise));
    const struct io *io = r->s->host.io;
    enum io_status status =
        path.n == 0 ? IO_NOT_FOUND : io->read(io->ctx, r->arena, path, FILE_BYTES_MAX, &text, &e);
    if (status == IO_NOT_FOUND || status == IO_IS_DIRECTORY || status == IO_NOT_DIRECTORY)
        return true;
    if (status != IO_OK)
        return fail(r, AWS_NO_CREDENTIALS,
                    arena_printf(r->arena, "%.*s cannot be read: %s", STR_ARG(path),
                                 io_status_text(status)));
    return ini_parse(r->arena, text, ret, &line, &why) ||
           fail(r, AWS_NO_CREDENTIALS,
                arena_printf(r->arena, "%.*s:%u: %s", STR_ARG(path), line, why));
}

const struct ini_section *aws_settings_profile(struct arena *a, const struct aws_settings *s,
                                               str name) {
    const struct ini_section *in_config = ini_find_kind(a, &s->config, STR("profile"), name);
    return in_config == NULL && str_is(name, "default") ? ini_find(&s->config, name) : in_config;
}

str aws_settings_get(struct arena *a, const struct aws_settings *s, str profile, const char *key) {
    const struct ini_section *own = ini_find(&s->credentials, profile);
    return ini_has(own, key) ? ini_value(own, key)
                             : ini_value(aws_settings_profile(a, s, profile), key);
}

bool aws_settings_has_profile(struct arena *a, const struct aws_settings *s, str name) {
    return aws_settings_profile(a, s, name) != NULL || ini_find(&s->credentials, name) != NULL;
}

/* A variable, else a key of the profile. */
static str either(struct reader *r, const char *name, const char *key) {
    str v = variable(r->s, name);
    return v.n > 0 ? v : aws_settings_get(r->arena, r->s, r->s->profile, key);
}

static void choose_profile(struct aws_settings *s, const struct aws_choice *choice) {
    str old = variable(s, "AWS_DEFAULT_PROFILE"), now = variable(s, "AWS_PROFILE");
    s->profile_given = choice->profile.n > 0;
    s->profile = s->profile_given ? choice->profile : old.n > 0 ? old : now;
    s->profile_named = s->profile.n > 0;
    if (!s->profile_named)
        s->profile = STR("default");
}

static bool choose_region(struct reader *r, str given) {
    str v = variable(r->s, "AWS_REGION");
    r->s->region = given.n > 0 ? given : v.n > 0 ? v : either(r, "AWS_DEFAULT_REGION", "region");
    return r->s->region.n == 0 || aws_region_is_name(r->s->region) ||
           fail(r, AWS_NO_REGION,
                STR("the region is not one's name, such as eu-west-1; it comes from --region, "
                    "AWS_REGION, AWS_DEFAULT_REGION or `region` of the profile"));
}

static unsigned small(str s) {
    unsigned n = 0;
    for (uint32_t i = 0; i < s.n && ascii_is_digit(s.p[i]) && n <= TRIES_MAX; i++)
        n = n * 10 + (s.p[i] - '0');
    return n < TRIES_MAX ? n : TRIES_MAX;
}

struct aws_settings *aws_settings_read(struct arena *a, const struct aws_host *host,
                                       const struct aws_choice *choice, struct aws_error *ret) {
    struct aws_settings *s = ARENA_NEW(a, struct aws_settings);
    struct arena *own = arena_within(a); /* the files hold keys */
    struct reader r = {own, s, ret};
    arena_keep_secret(own);
    *ret = (struct aws_error){.kind = AWS_OK};
    s->host = *host;
    s->arena = a;
    choose_profile(s, choice);
    if (!read_file(&r, "AWS_CONFIG_FILE", "~/.aws/config", &s->config) ||
        !read_file(&r, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials", &s->credentials))
        return NULL;
    if (s->profile_named && !aws_settings_has_profile(a, s, s->profile)) {
        fail(&r, AWS_NO_CREDENTIALS,
             arena_printf(a, "there is no profile `%.*s` in ~/.aws/config and ~/.aws/credentials",
                          STR_ARG(s->profile)));
        return NULL;
    }
    if (!choose_region(&r, choice->region))
        return NULL;
    s->fips = str_is_nocase(either(&r, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"), "true");
    s->dualstack =
        str_is_nocase(either(&r, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"), "true");
    s->no_endpoints = str_is_nocase(
        either(&r, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls"),
        "true");
    s->ca_file = either(&r, "AWS_CA_BUNDLE", "ca_bundle");
    if (s->ca_file.n == 0)
        s->ca_file = variable(s, "REQUESTS_CA_BUNDLE");
    s->ca_file = aws_settings_path(a, s, s->ca_file);
    s->tries = small(either(&r, "AWS_MAX_ATTEMPTS", "max_attempts"));
    aws_log(host, a, "settings: profile `%.*s` (%s), region %.*s", STR_ARG(s->profile),
            s->profile_given   ? "--profile"
            : s->profile_named ? "AWS_PROFILE"
                               : "none is named",
            STR_ARG(s->region.n > 0 ? s->region : STR("none")));
    return s;
}

str aws_settings_endpoint(struct arena *a, const struct aws_settings *s,
                          const struct aws_service *of) {
    if (s->no_endpoints)
        return (str){NULL, 0};
    str name = arena_printf(a, "AWS_ENDPOINT_URL_%s", of->id);
    str url = variable(s, (const char *)name.p);
    if (url.n == 0)
        url = variable(s, "AWS_ENDPOINT_URL");
    if (url.n > 0)
        return url;
    str services = aws_settings_get(a, s, s->profile, "services");
    if (services.n > 0)
        url = ini_nested(ini_find_kind(a, &s->config, STR("services"), services),
                         arena_fold_case(a, str_c(of->id)), "endpoint_url");
    return url.n > 0 ? url : aws_settings_get(a, s, s->profile, "endpoint_url");
}
