/* SPDX-License-Identifier: MIT */
#ifndef OPSC_AWS_SETTINGS_H
#define OPSC_AWS_SETTINGS_H

#include "aws/aws_error.h"
#include "aws/ini.h"
#include "io/clock.h"
#include "io/io.h"

/*
 * settings: what the environment and ~/.aws say about how to call AWS, but for the credentials
 * (aws/credentials.h). Read once, at the beginning, in the order that the AWS SDKs read them.
 */

/* What is outside of opsc: nothing else in aws/ knows an environment, a file or a clock. */
struct aws_host {
    const struct io *io;
    struct io_clock clock;
    void *ctx;
    str (*variable)(void *ctx, const char *name); /* of the environment; empty: not there */
    /* A line for `--debug`, without keys, tokens and signatures; may be NULL. */
    void (*log)(void *ctx, str line);
    /*
     * Asks who sits at the terminal, without showing what is typed; in the arena, empty when it is
     * not said. NULL: nobody sits there.
     */
    str (*ask)(void *ctx, struct arena *a, str question);
};

/* What the command line says: beats all else. Empty: nothing was said. */
struct aws_choice {
    str profile, region;
};

struct aws_settings {
    struct arena *arena;
    struct aws_host host;
    str profile;            /* its name; "default" when none was chosen */
    bool profile_given;     /* by the command line */
    bool profile_named;     /* by that or AWS_PROFILE: it has to be there */
    struct ini config;      /* ~/.aws/config; empty when it is not there */
    struct ini credentials; /* ~/.aws/credentials */
    str region;             /* may be empty: a call names one then */
    bool fips, dualstack;
    str ca_file;       /* empty: the system's */
    unsigned tries;    /* 0: what fits the call */
    bool no_endpoints; /* AWS_IGNORE_CONFIGURED_ENDPOINT_URLS */
};

/*
 * NULL when a file is not to be read, a profile that was named is in neither, or a value cannot be
 * (ret).
 */
struct aws_settings *aws_settings_read(struct arena *a, const struct aws_host *host,
                                       const struct aws_choice *choice, struct aws_error *ret);
/* "~/x" in the home folder; empty when there is none. */
str aws_settings_path(struct arena *a, const struct aws_settings *s, str path);
/* The section of a profile in the config file, or NULL. */
const struct ini_section *aws_settings_profile(struct arena *a, const struct aws_settings *s,
                                               str name);
/* Whether it is in one of the files. */
bool aws_settings_has_profile(struct arena *a, const struct aws_settings *s, str name);
/* A key of a profile, in the credentials file, else in the config file; empty: not there. */
str aws_settings_get(struct arena *a, const struct aws_settings *s, str profile, const char *key);
/*
 * Where to send the calls of a service instead of to AWS ("http://localhost:4566"), by
 * AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's services section and the profile;
 * empty: to AWS.
 */
str aws_settings_endpoint(struct arena *a, const struct aws_settings *s,
                          const struct aws_service *of);

#endif
