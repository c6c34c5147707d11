/* SPDX-License-Identifier: MIT */
#include "base/num.h"
#include "cli/cli.h"
#include "diag/diag.h"
#include "import/import.h"
#include "model/config.h"

static const char *const when_words[] = {"auto", "always", "never", NULL};
static const char *const data_words[] = {"text", "json", NULL};
static const char *const cost_words[] = {"table", "json", "markdown", NULL};
static const char *const coverage_words[] = {"text", "json", "markdown", "sarif", "github", NULL};
static const char *const prices_words[] = {"table", "json", NULL};
static const char *const iam_words[] = {"text", "json", "terraform", NULL};
static const char *const format_words[] = {"text", "json", "sarif", "github", "gitlab", NULL};

static const char *const drift_words[] = {"text",   "json",     "sarif", "github",
                                          "gitlab", "markdown", NULL};

const struct cli_option cli_options[OPT_COUNT] = {
    [OPT_HELP] = {"help", 'h', NULL, NULL, false, false, "Show this help."},
    [OPT_COLOR] = {"color", 0, "WHEN", when_words, false, false,
                   "Colour: auto (a terminal, and NO_COLOR is not set), always or never."},
    [OPT_FORMAT] = {"format", 0, "FORMAT", format_words, false, false,
                    "Form of messages: text, json, sarif, github or gitlab."},
    [OPT_FORMAT_DATA] = {"format", 0, "FORMAT", data_words, false, false, "Form: text or json."},
    [OPT_FORMAT_COST] = {"format", 0, "FORMAT", cost_words, false, false,
                         "Form: table, json or markdown."},
    [OPT_FORMAT_COVERAGE] = {"format", 0, "FORMAT", coverage_words, false, false,
                             "Form: text, json, markdown, sarif or github."},
    [OPT_FAIL_UNDER] = {"fail-under", 0, "PERCENT", NULL, false, false,
                        "Exit with 1 when less than PERCENT of the recommended alarms are there."},
    [OPT_FAIL_UNWATCHED] =
        {"fail-unwatched", 0, NULL, NULL, false, false,
         "Exit with 1 when there is a resource without any alarm; with --live, in the account."},
    [OPT_LIVE] = {"live", 0, NULL, NULL, false, false,
                  "Ask AWS what the account has that ops.yaml has not."},
    [OPT_DATE] = {"date", 0, "DATE", NULL, false, false,
                  "The day of which waivers are judged, in place of today."},
    [OPT_FAIL_OVER] = {"fail-over", 0, "AMOUNT", NULL, false, false,
                       "Exit with 1 when it may come to more than AMOUNT, such as $30, a month."},
    [OPT_ON] = {"on", 0, "DATE", NULL, false, false,
                "The day that is asked about: what has begun by then, or ended, is reckoned so."},
    [OPT_DIFF] = {"diff", 0, "REV", NULL, false, false,
                  "Say what changes since REV, a revision of the spec's git repository."},
    [OPT_FAIL_INCREASE] = {"fail-increase", 0, "AMOUNT", NULL, false, false,
                           "With --diff: exit with 1 when AMOUNT, such as $5 or 10%, is added."},
    [OPT_ENV] = {"env", 'e', "NAME", NULL, false, false, "Only this environment."},
    [OPT_VAR] = {"var", 0, "NAME=VALUE", NULL, true, false,
                 "Set a variable of the spec; may be repeated."},
    [OPT_OUTPUT] = {"output", 'o', "DIR", NULL, false, false,
                    "Where to write (build: the spec's folder; init: ops.yaml)."},
    [OPT_CHECK] = {"check", 0, NULL, NULL, false, false,
                   "Write nothing; show what is stale and exit with 1 when something is."},
    [OPT_ONLY] = {"only", 0, "PREFIX", NULL, false, false,
                  "Only files whose path begins with PREFIX, such as terraform/."},
    [OPT_EXPLAIN] = {"explain", 0, NULL, NULL, false, false,
                     "Show what was inferred and how each alarm is evaluated; write nothing."},
    [OPT_FORCE] = {"force", 'f', NULL, NULL, false, false,
                   "Overwrite generated files that were edited by hand."},
    [OPT_STRICT] = {"strict", 0, NULL, NULL, false, false, "Warnings are errors."},
    [OPT_PROJECT] = {"project", 0, "NAME", NULL, false, false, "Name of the system."},
    [OPT_REGION] = {"region", 0, "REGION", NULL, false, false, "AWS region."},
    [OPT_EMAIL] = {"email", 0, "ADDRESS", NULL, false, false, "Who is told."},
    [OPT_REGIONS] = {"region", 0, "REGION", NULL, true, false,
                     "Of this AWS region, not those of the spec; may be repeated."},
    [OPT_SERVICE] = {"service", 0, "CODE", NULL, false, false,
                     "Only the list of this service of AWS's, such as AmazonEC2."},
    [OPT_FROM] = {"from", 0, "DIR", NULL, false, false,
                  "Read SERVICE_REGION.csv in DIR instead of AWS's server."},
    [OPT_ACCEPT] = {"accept", 0, NULL, NULL, false, false,
                    "Take prices that differ by more than half as well."},
    [OPT_TIMEOUT] = {"timeout", 0, "SECONDS", NULL, false, false,
                     "How long a server may send nothing (30)."},
    [OPT_FORMAT_PRICES] = {"format", 0, "FORMAT", prices_words, false, false,
                           "Form of `show`: table or json."},
    [OPT_PRICES_SINCE] =
        {"prices-since", 0, "DATE", NULL, false, false,
         "Exit with 1 when a price was published before DATE, or nobody says when."},
    [OPT_PROFILE] = {"profile", 0, "NAME", NULL, false, false,
                     "The profile of ~/.aws whose credentials are used."},
    [OPT_DEBUG] = {"debug", 0, NULL, NULL, false, false,
                   "Tell on standard error what AWS is asked, and whose credentials are used."},
    [OPT_TIMEOUT_ALL] = {"timeout", 0, "SECONDS", NULL, false, false,
                         "Give up when the account is not read after so long (1800)."},
    [OPT_FORMAT_DRIFT] = {"format", 0, "FORMAT", drift_words, false, false,
                          "Form: text, json, sarif, github, gitlab or markdown."},
    [OPT_OUT] = {"out", 0, "FILE", NULL, false, false,
                 "Write the report to FILE; only the sums are printed."},
    [OPT_IGNORE] = {"ignore", 0, "FILE", NULL, false, false,
                    "What may differ (opsc.drift.yaml beside the spec, when it is there)."},
    [OPT_EC2] = {"ec2", 0, "ID", NULL, false, false, "An EC2 instance to watch."},
    [OPT_RDS] = {"rds", 0, "ID", NULL, false, false, "An RDS database to watch."},
    [OPT_FORMAT_IAM] = {"format", 0, "FORMAT", iam_words, false, false,
                        "Form: text, json or terraform."},
    [OPT_REPOSITORY] = {"repository", 0, "OWNER/NAME", NULL, false, false,
                        "The repository on GitHub, also as OWNER@ID/NAME@ID; else the spec's."},
    [OPT_PROVIDER_EXISTS] = {"provider-exists", 0, NULL, NULL, false, false,
                             "The account has GitHub's identity provider already."},
    [OPT_FORMAT_APPLY] = {"format", 0, "FORMAT", data_words, false, false,
                          "Form of what was done: text or json, with --yes."},
    [OPT_YES] = {"yes", 'y', NULL, NULL, false, false, "Do it without asking."},
    [OPT_PLAN] = {"plan", 0, "FILE", NULL, false, false,
                  "Do what a plan in JSON says, or nothing when the world has moved."},
    [OPT_PRUNE] = {"prune", 0, NULL, NULL, false, false,
                   "Delete what is this environment's and not in ops.yaml; plan: look for all of "
                   "it."},
    [OPT_DESTROY_DATA] = {"destroy-data", 0, NULL, NULL, false, false,
                          "Also delete what holds logs, objects, images, secrets or keys."},
    [OPT_MAX_DELETES] = {"max-deletes", 0, "N", NULL, false, false,
                         "Do nothing when more than N would be deleted."},
    [OPT_ADOPT] = {"adopt", 0, NULL, NULL, false, false,
                   "Take over what has a name of this project's and was not made for it."},
    [OPT_FOR] = {"for", 0, "TIME", NULL, false, false,
                 "How long alarms are watched: 90s, 10m (if it is not given), 1h."},
    [OPT_LOCK_TIMEOUT] = {"lock-timeout", 0, "SECONDS", NULL, false, false,
                          "How long to wait for the lock when somebody else holds it (0)."},
    [OPT_NO_LOCK] = {"no-lock", 0, NULL, NULL, false, false,
                     "Take no lock: nobody else applies meanwhile, says who gives this."},
    [OPT_SPEC] = {"output", 'o', "FILE", NULL, false, false,
                  "The spec that is written (ops.yaml); - is standard output."},
    [OPT_FORCE_SPEC] = {"force", 'f', NULL, NULL, false, false, "Write over a file that is there."},
    [OPT_ENV_NAME] = {"env", 'e', "NAME", NULL, false, false,
                      "Name of the environment (production)."},
    [OPT_IMPORT_BLOCKS] =
        {"import-blocks", 0, NULL, NULL, false, false,
         "Read the account, and have Terraform take over what is there of the spec."},
    [OPT_PREFIX] = {"prefix", 0, "PREFIX", NULL, true, false,
                    "Only what has a name that begins so; may be repeated."},
    [OPT_TAG] = {"tag", 0, "NAME=VALUE", NULL, true, false,
                 "Only what has this tag; with several, all of them."},
    [OPT_SERVICES] = {"service", 0, "NAME", import_services, true, false,
                      "Only of this service of AWS's; may be repeated."},
    [OPT_REFERENCE] = {"reference", 0, NULL, NULL, false, false,
                       "Markdown instead of JSON Schema."},
    [OPT_MAN] = {"man", 0, NULL, NULL, false, true, "The manual page."},
};

static bool takes(const struct cli_command *cmd, unsigned id) {
    if (id == OPT_HELP || id == OPT_COLOR)
        return true;
    for (unsigned i = 0; i < cmd->noptions; i++) {
        if ((unsigned)cmd->options[i] == id)
            return true;
    }
    return false;
}

static void unknown(const struct cli *c, const struct cli_command *cmd, str name) {
    struct suggest near = suggest_for(name);
    for (unsigned i = 0; i < OPT_COUNT; i++) {
        if (takes(cmd, i) && !cli_options[i].hidden)
            suggest_offer(&near, str_c(cli_options[i].name));
    }
    cli_err("opsc %s: there is no option --%.*s\n", cmd->name, STR_ARG(cli_shown(c, name)));
    if (near.best.n > 0)
        cli_err("Did you mean --%.*s?\n", STR_ARG(near.best));
    cli_err("`opsc %s --help` lists the options.\n", cmd->name);
}

static bool store(struct cli *c, unsigned id, str value) {
    const struct cli_option *o = &cli_options[id];
    struct cli_values *v = &c->options[id];
    bool ok = o->choices == NULL;
    for (int i = 0; o->choices != NULL && o->choices[i] != NULL; i++)
        ok |= str_is(value, o->choices[i]);
    if (!ok) {
        cli_err("opsc: --%s cannot be `%.*s`; it is one of", o->name, STR_ARG(cli_shown(c, value)));
        for (int i = 0; o->choices[i] != NULL; i++)
            cli_err(" %s", o->choices[i]);
        cli_err("\n");
        return false;
    }
    if (v->n > 0 && !o->many && o->arg != NULL && !str_eq(v->items[v->n - 1], value)) {
        cli_err("opsc: --%s is given twice\n", o->name);
        return false;
    }
    str *more = ARENA_ARRAY(c->arena, str, v->n + 1);
    if (v->n > 0)
        memcpy(more, v->items, v->n * sizeof *more);
    more[v->n] = value;
    v->items = more;
    v->n++;
    return true;
}

/* --name, --name=value, --name value. `*at` moves over a value that stands apart. */
static bool parse_long(struct cli *c, const struct cli_command *cmd, str word, int argc,
                       char **argv, int *at) {
    str value = word, name = str_split(&value, '=');
    bool inline_value = name.n < word.n;
    for (unsigned i = 0; i < OPT_COUNT; i++) {
        const struct cli_option *o = &cli_options[i];
        if (!str_is(name, o->name) || !takes(cmd, i))
            continue;
        if (o->arg == NULL && inline_value) {
            cli_err("opsc: --%s takes no value\n", o->name);
            return false;
        }
        if (o->arg != NULL && !inline_value) {
            if (*at + 1 >= argc) {
                cli_err("opsc: --%s needs %s\n", o->name, o->arg);
                return false;
            }
            value = str_c(argv[++*at]);
        }
        return store(c, i, value);
    }
    unknown(c, cmd, name);
    return false;
}

/* -o DIR, -oDIR, -fo DIR */
static bool parse_short(struct cli *c, const struct cli_command *cmd, str letters, int argc,
                        char **argv, int *at) {
    while (letters.n > 0) {
        unsigned found = OPT_COUNT;
        for (unsigned i = 0; i < OPT_COUNT; i++) {
            if (cli_options[i].letter == (char)letters.p[0] && cli_options[i].letter != 0 &&
                takes(cmd, i))
                found = i;
        }
        if (found == OPT_COUNT) {
            uint32_t n = utf8_next(letters, 0);
            str first = str_sub(letters, 0, n > 0 ? n : 1);
            cli_err("opsc %s: there is no option -%.*s\n`opsc %s --help` lists the options.\n",
                    cmd->name, STR_ARG(cli_shown(c, first)), cmd->name);
            return false;
        }
        letters = str_sub(letters, 1, letters.n);
        if (cli_options[found].arg == NULL) {
            if (!store(c, found, STR("")))
                return false;
            continue;
        }
        if (letters.n == 0 && *at + 1 >= argc) {
            cli_err("opsc: -%c needs %s\n", cli_options[found].letter, cli_options[found].arg);
            return false;
        }
        return store(c, found, letters.n > 0 ? letters : str_c(argv[++*at]));
    }
    return true;
}

bool cli_parse(struct cli *c, const struct cli_command *cmd, int argc, char **argv) {
    bool options = true;
    c->command = cmd;
    c->args = ARENA_ARRAY(c->arena, str, (uint32_t)argc + 1);
    for (int i = 0; i < argc; i++) {
        str word = str_c(argv[i]);
        bool ok = true;
        if (options && str_is(word, "--"))
            options = false;
        else if (options && str_starts(word, STR("--")))
            ok = parse_long(c, cmd, str_sub(word, 2, word.n), argc, argv, &i);
        else if (options && word.n > 1 && word.p[0] == '-')
            ok = parse_short(c, cmd, str_sub(word, 1, word.n), argc, argv, &i);
        else
            c->args[c->nargs++] = word;
        if (!ok)
            return false;
    }
    if (c->nargs > cmd->max_args && !cli_has(c, OPT_HELP)) {
        cli_err("opsc %s: `%.*s` is one argument too many\nUsage: opsc %s [options] %s\n",
                cmd->name, STR_ARG(cli_shown(c, c->args[cmd->max_args])), cmd->name, cmd->args);
        return false;
    }
    return true;
}

bool cli_has(const struct cli *c, enum cli_option_id id) {
    return c->options[id].n > 0;
}

str cli_value(const struct cli *c, enum cli_option_id id, str otherwise) {
    return cli_has(c, id) ? c->options[id].items[c->options[id].n - 1] : otherwise;
}

bool cli_seconds(const struct cli *c, enum cli_option_id id, unsigned least, unsigned most,
                 unsigned *ret) {
    struct num n;
    str text = cli_value(c, id, STR(""));
    if (!cli_has(c, id))
        return true;
    if (text.n > 0 && num_scan(text, &n) == text.n && num_ok(n) && num_is_int(n) && n.n >= least &&
        n.n <= most) {
        *ret = (unsigned)n.n;
        return true;
    }
    cli_err("opsc %s: --%s takes seconds, %u to %u, found `%.*s`\n", c->command->name,
            cli_options[id].name, least, most, STR_ARG(cli_shown(c, text)));
    return false;
}

bool cli_vars(struct cli *c, struct cfg_pair **ret, uint32_t *ret_n) {
    const struct cli_values *v = &c->options[OPT_VAR];
    struct cfg_pair *pairs = ARENA_ARRAY(c->arena, struct cfg_pair, v->n + 1);
    for (uint32_t i = 0; i < v->n; i++) {
        str value = v->items[i], name = str_split(&value, '=');
        if (name.n == 0 || name.n == v->items[i].n) {
            cli_err("opsc: --var takes NAME=VALUE, found `%.*s`\n",
                    STR_ARG(cli_shown(c, v->items[i])));
            return false;
        }
        /* The last one of a name wins. */
        uint32_t at = v->n - 1 - i;
        pairs[at].key.text = name;
        pairs[at].value.text = value;
    }
    *ret = pairs;
    *ret_n = v->n;
    return true;
}
