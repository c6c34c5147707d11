/* SPDX-License-Identifier: MIT */
#ifndef OPSC_AWS_FINDER_H
#define OPSC_AWS_FINDER_H

#include "aws/settings.h"
#include "aws/sigv4.h"
#include "aws/xml.h"
#include "base/buf.h"

#include <cJSON.h>

/*
 * finder: one walk through the sources of credentials. Internal to credentials*.c.
 *
 * Each source is a function that says whether it is configured, and when it is, whether it gave
 * keys; if it did not, `error` says why.
 */
enum finder_result { FINDER_ABSENT, FINDER_FOUND, FINDER_FAILED };

#define FINDER_PROFILES_MAX 16 /* that lead to each other */

struct finder {
    struct arena *arena; /* of secrets: overwritten in the end */
    const struct aws_settings *settings;
    int64_t now_ms;
    str profile;      /* whose keys are looked for */
    bool environment; /* whether variables that name a role and a token count */
    str visited[FINDER_PROFILES_MAX];
    uint32_t nvisited;

    struct aws_keys keys;
    int64_t expires_s; /* 0: never */
    bool asked;        /* somebody had to say something for it */
    str source;
    struct aws_error error;
};

typedef enum finder_result finder_fn(struct finder *f);
finder_fn find_environment, find_role, find_web_identity, find_sso, find_credentials_file,
    find_login, find_process, find_config_file, find_container, find_instance;

/* Whether this is a job of GitHub Actions that has a role and may not ask for a token. */
bool finder_lacks_github_token(const struct finder *f);

/* A source that failed: `error` says so, with its name. */
enum finder_result finder_fail(struct finder *f, const char *source, str message);
/* A key of the profile that is looked at. */
str finder_get(const struct finder *f, const char *key);
str finder_variable(const struct finder *f, const char *name);
/* The value of a JSON object's text, or empty. */
str finder_text(const struct finder *f, const cJSON *o, const char *name);
/* Overwrites the texts in it. */
void finder_delete(cJSON *o);
/* The keys of a source whose names for them are these; false when one is missing. */
bool finder_take(struct finder *f, const cJSON *o, const char *const names[4]);
/* The file, without what white space it ends in; false: `error` says why. */
bool finder_read(struct finder *f, const char *source, str path, str *ret);

/* A call that reads, unsigned when `keys` is NULL; false: `error` says why. */
struct aws_call;
struct aws_answer;
bool finder_call(struct finder *f, const char *source, const struct aws_keys *keys,
                 struct aws_call *c, struct aws_answer *ret);
/* "&name=value" of a form; nothing when the value is empty. */
void finder_parameter(struct buf *b, const char *name, str value);

/* A request that is no call of AWS's: its body, or false with `error`. */
struct finder_ask {
    const char *source, *method;
    str url;
    const struct http_header *headers;
    uint32_t nheaders;
    unsigned timeout_ms, tries;
};
bool finder_ask(struct finder *f, const struct finder_ask *ask, str *ret_body,
                unsigned *ret_status);

#endif
