/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_CLI_H
#define OPSC_CLI_CLI_H

#include "base/arena.h"
#include "diag/render.h"
#include "io/io.h"

/*
 * cli: the command line. One row per command, one row per option: parsing, help,
 * the manual page and completion all read these rows.
 *
 * Data goes to standard output, messages to standard error. Only this folder prints and exits.
 */
enum cli_exit {
    CLI_OK = 0,
    CLI_PROBLEMS = 1, /* the spec has errors, or --check found stale output */
    CLI_USAGE = 2,
    CLI_OUTSIDE = 3, /* a file, the disk or AWS: the outside world failed */
    CLI_DRIFT = 4    /* the account is not as the spec says */
};

/* Options by number: a command finds the values of its options by them. */
enum cli_option_id {
    OPT_HELP,
    OPT_COLOR,
    OPT_FORMAT,
    OPT_FORMAT_DATA,     /* --format of commands that print data, not messages */
    OPT_FORMAT_COST,     /* --format of `cost` */
    OPT_FORMAT_COVERAGE, /* --format of `coverage` */
    OPT_FAIL_UNDER,
    OPT_FAIL_UNWATCHED,
    OPT_DATE,
    OPT_LIVE,
    OPT_FAIL_OVER,
    OPT_DIFF,
    OPT_FAIL_INCREASE,
    OPT_ENV,
    OPT_VAR,
    OPT_OUTPUT,
    OPT_CHECK,
    OPT_ONLY,
    OPT_EXPLAIN,
    OPT_FORCE,
    OPT_STRICT,
    OPT_PROJECT,
    OPT_REGION,
    OPT_EMAIL,
    OPT_REGIONS, /* --region of `prices` */
    OPT_SERVICE,
    OPT_FROM,
    OPT_ACCEPT,
    OPT_TIMEOUT,
    OPT_FORMAT_PRICES, /* --format of `prices` */
    OPT_PRICES_SINCE,
    OPT_ON,
    OPT_EC2,
    OPT_RDS,
    OPT_PROFILE,
    OPT_DEBUG,
    OPT_FORMAT_IAM, /* --format of `iam` */
    OPT_REPOSITORY,
    OPT_PROVIDER_EXISTS,
    OPT_TIMEOUT_ALL,  /* --timeout of what reads the account */
    OPT_FORMAT_DRIFT, /* --format of `plan` and `drift` */
    OPT_OUT,
    OPT_IGNORE,
    OPT_FORMAT_APPLY, /* --format of `apply` and `destroy` */
    OPT_YES,
    OPT_PLAN,
    OPT_PRUNE,
    OPT_DESTROY_DATA,
    OPT_MAX_DELETES,
    OPT_ADOPT,
    OPT_FOR,
    OPT_LOCK_TIMEOUT,
    OPT_NO_LOCK,
    OPT_SPEC,       /* --output of `import` */
    OPT_FORCE_SPEC, /* --force of `import` */
    OPT_ENV_NAME,   /* --env of `import` */
    OPT_PREFIX,
    OPT_IMPORT_BLOCKS,
    OPT_TAG,
    OPT_SERVICES, /* --service of `import` */
    OPT_REFERENCE,
    OPT_MAN,
    OPT_COUNT
};

struct cli_option {
    const char *name;           /* "output" for --output */
    char letter;                /* 'o' for -o; 0: none */
    const char *arg;            /* "DIR"; NULL: takes none */
    const char *const *choices; /* NULL-terminated; NULL: anything */
    bool many;                  /* may be given again */
    bool hidden;
    const char *doc;
};
extern const struct cli_option cli_options[OPT_COUNT];

struct cli_values {
    str *items;
    uint32_t n;
};

struct cli {
    struct arena *arena;
    struct io io;
    const struct cli_command *command;
    struct cli_values options[OPT_COUNT]; /* n > 0: given */
    str *args;                            /* what is not an option */
    uint32_t nargs;
    bool tty_in, tty_out, tty_err;
    bool colour_out, colour_err;
};

enum { CLI_OPTIONS_MAX = 16 };

/* Arguments that come from other tables, for completion. */
enum cli_words { CLI_WORDS_NONE, CLI_WORDS_KINDS, CLI_WORDS_CODES, CLI_WORDS_COUNT };

struct cli_command {
    const char *name;
    const char *args;     /* "[FILE]", for the usage line */
    const char *summary;  /* one line */
    const char *text;     /* more, or NULL */
    const char *examples; /* lines of "command  # what it does" */
    enum cli_option_id options[CLI_OPTIONS_MAX];
    unsigned noptions;
    const char *const *choices; /* of the first argument, for completion; NULL: files */
    const char
        *more_after; /* completion: the word (or the command) after which `more` are offered */
    enum cli_words more;
    unsigned max_args;
    enum cli_exit (*run)(struct cli *c);
};
extern const struct cli_command *const cli_commands[];
extern const unsigned cli_commands_n;

extern const struct cli_command cmd_build, cmd_lint, cmd_plan, cmd_apply, cmd_destroy, cmd_try,
    cmd_drift, cmd_import, cmd_coverage, cmd_iam, cmd_lock, cmd_cost, cmd_prices, cmd_explain,
    cmd_schema, cmd_catalog, cmd_init, cmd_completion, cmd_version, cmd_help;

/* Fills c from the arguments after the command's name. False after a message: exit with CLI_USAGE.
 */
bool cli_parse(struct cli *c, const struct cli_command *command, int argc, char **argv);
bool cli_has(const struct cli *c, enum cli_option_id id);
/* The last value given, or `otherwise`. */
str cli_value(const struct cli *c, enum cli_option_id id, str otherwise);

/* An option's whole number of seconds; `ret` stays as it is without the option. False after a
 * message. */
bool cli_seconds(const struct cli *c, enum cli_option_id id, unsigned least, unsigned most,
                 unsigned *ret);

/* Writing. cli_out() gives false when standard output does not take it (reported). */
bool cli_out(str text);
/* A text from outside (a file name, an argument) for a message: render_shown(). */
str cli_shown(const struct cli *c, str s);
/*
 * A file name in a command that a message tells to run: one word of a shell, in quotes where it
 * needs them ('a b', $'a\012b'), never an option.
 */
str cli_word(const struct cli *c, str s);
void cli_err(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
enum cli_exit cli_print(const struct buf *b);

/* Help and completion, from the tables. */
void cli_put_help(struct buf *b, const struct cli_command *command);
void cli_put_overview(struct buf *b);
void cli_put_man(struct buf *b);
/* `words`: by enum cli_words, separated by spaces. False: there is no such shell. */
bool cli_put_completion(struct buf *b, str shell, const str words[CLI_WORDS_COUNT]);
extern const char *const cli_shells[];

/* Renders the diagnostics where --format wants them; says whether that worked. */
bool cli_render(struct cli *c, struct diag_list *dl);
/* CLI_OUTSIDE when a file could not be read or written, CLI_PROBLEMS when there are errors, else
 * CLI_OK. */
enum cli_exit cli_status(const struct cli *c, const struct diag_list *dl);
/* The spec that an argument means: a folder means its ops.yaml. */
str cli_spec_file(struct cli *c, str arg);
/* --var name=value as pairs. False after a message. */
struct cfg_pair;
bool cli_vars(struct cli *c, struct cfg_pair **ret, uint32_t *ret_n);

#endif
