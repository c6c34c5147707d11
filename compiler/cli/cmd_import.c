/* SPDX-License-Identifier: MIT */
#include "aws/endpoint.h"
#include "cli/account.h"
#include "cli/aws_host.h"
#include "import/import.h"
#include "resource/resource.h"
#include "schema/schema.h"

#define SHOWN_MAX 20 /* that are told on the terminal; all are in the file */

struct import_run {
    struct cli *c;
    struct import_options o;
    struct import_result result;
    str path;
};

/* ---- what is asked */

static bool read_tags(struct import_run *r) {
    const struct cli_values *v = &r->c->options[OPT_TAG];
    r->o.tags = ARENA_ARRAY(r->c->arena, struct cfg_pair, v->n + 1);
    for (uint32_t i = 0; i < v->n; i++) {
        str value = v->items[i];
        bool pair = str_find(value, '=') < value.n;
        r->o.tags[i].key.text = str_split(&value, '=');
        r->o.tags[i].value.text = value;
        if (pair && r->o.tags[i].key.text.n > 0)
            continue;
        cli_err("opsc import: --tag takes NAME=VALUE, found `%.*s`\n",
                STR_ARG(cli_shown(r->c, v->items[i])));
        return false;
    }
    r->o.ntags = v->n;
    return true;
}

static bool is_name(str s) {
    bool ok = s.n > 0 && s.n <= 64;
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        ok &= ascii_is_letter(c) || (i > 0 && (ascii_is_digit(c) || c == '-' || c == '_'));
    }
    return ok;
}

static bool read_name(struct import_run *r, enum cli_option_id id, const char *otherwise,
                      str *ret) {
    *ret = cli_value(r->c, id, str_c(otherwise));
    if (is_name(*ret))
        return true;
    cli_err("opsc import: --%s takes a letter, then letters, digits, - and _, at most 64, found "
            "`%.*s`\n",
            cli_options[id].name, STR_ARG(cli_shown(r->c, *ret)));
    return false;
}

static bool read_options(struct import_run *r) {
    struct cli *c = r->c;
    const struct cli_values *prefixes = &c->options[OPT_PREFIX], *of = &c->options[OPT_SERVICES];
    r->o.prefixes = prefixes->items;
    r->o.nprefixes = prefixes->n;
    r->o.services = of->items;
    r->o.nservices = of->n;
    r->path = cli_value(c, OPT_SPEC, STR("ops.yaml"));
    r->o.file = str_is(r->path, "-") ? STR("ops.yaml") : io_path_name(r->path);
    return read_name(r, OPT_PROJECT, "imported", &r->o.project) &&
           read_name(r, OPT_ENV_NAME, SCHEMA_ENVIRONMENT, &r->o.environment) && read_tags(r);
}

static enum cli_exit check_path(struct import_run *r) {
    struct cli *c = r->c;
    struct io_error err = {.status = IO_OK};
    enum io_status there =
        str_is(r->path, "-") ? IO_NOT_FOUND : c->io.probe(c->io.ctx, r->path, &err);
    if (there == IO_NOT_FOUND || (there == IO_OK && cli_has(c, OPT_FORCE_SPEC)))
        return CLI_OK;
    if (there == IO_OK) {
        cli_err("opsc import: `%.*s` is there already; --output names another file, --force "
                "writes over it\n",
                STR_ARG(cli_shown(c, r->path)));
        return CLI_PROBLEMS;
    }
    cli_err("opsc import: cannot write `%.*s`: %s\n", STR_ARG(cli_shown(c, r->path)),
            io_status_text(there));
    return CLI_OUTSIDE;
}

/* ---- what is said */

static void tell(struct import_run *r) {
    struct cli *c = r->c;
    const struct import_result *ret = &r->result;
    cli_err("opsc: ");
    for (uint32_t i = 0; i < ret->sums.n; i++)
        cli_err("%s%u of %u %s", i > 0 ? ", " : "", ret->sums.at[i].covered, ret->sums.at[i].all,
                ret->sums.at[i].what);
    cli_err("%s; %u resource%s watched\n", ret->sums.n > 0 ? "" : "nothing was found",
            ret->resources, ret->resources == 1 ? "" : "s");
    for (uint32_t i = 0; i < ret->left.n && i < SHOWN_MAX; i++) {
        const struct import_left *l = &ret->left.at[i];
        cli_err("not imported: %s %.*s: %.*s\n", l->kind->title, STR_ARG(cli_shown(c, l->name)),
                STR_ARG(cli_shown(c, l->why)));
    }
    if (ret->left.n > SHOWN_MAX)
        cli_err("and %u more, which the file lists at its end\n", ret->left.n - SHOWN_MAX);
}

static enum cli_exit write_one(struct import_run *r, str path, str text) {
    struct cli *c = r->c;
    struct io_error err = {.status = IO_OK};
    enum io_status s = c->io.write(c->io.ctx, path, text, false, &err);
    if (s == IO_OK)
        return CLI_OK;
    cli_err("opsc import: cannot write `%.*s`: %s\n", STR_ARG(cli_shown(c, path)),
            err.detail[0] != 0 ? err.detail : io_status_text(s));
    return CLI_OUTSIDE;
}

static enum cli_exit write_all(struct import_run *r) {
    const struct import_result *ret = &r->result;
    if (str_is(r->path, "-"))
        return cli_out(ret->text) ? CLI_OK : CLI_OUTSIDE;
    enum cli_exit status = write_one(r, r->path, ret->text);
    if (status == CLI_OK)
        cli_err("wrote %.*s; next: opsc plan %.*s\n", STR_ARG(cli_shown(r->c, r->path)),
                STR_ARG(cli_word(r->c, r->path)));
    return status;
}

static bool choose_region(struct import_run *r, const struct aws_client *client) {
    r->o.region = cli_value(r->c, OPT_REGION, aws_client_region(client));
    if (aws_region_is_name(r->o.region))
        return true;
    if (r->o.region.n == 0)
        cli_err("opsc import: of which region? Say --region, or AWS_REGION.\n");
    else
        cli_err("opsc import: `%.*s` is not the name of a region, such as eu-west-1\n",
                STR_ARG(cli_shown(r->c, r->o.region)));
    return false;
}

static enum cli_exit run_import(struct cli *c) {
    struct import_run r = {.c = c};
    if (!read_options(&r))
        return CLI_USAGE;
    enum cli_exit status = check_path(&r);
    struct aws_client *client = status != CLI_OK ? NULL : cli_aws_open(c, &status);
    if (client == NULL)
        return status;
    if (!choose_region(&r, client))
        return CLI_USAGE;
    struct account_progress progress;
    account_progress_begin(&progress, c, io_clock_posix(), client);
    import_account(c->arena, client, &r.o, &r.result);
    account_progress_end(&progress, client);
    struct sources sources;
    sources_init(&sources, c->arena);
    if (r.result.live.errors.n > 0) {
        account_tell_errors(c, &sources, &r.result.live, "docs/import.md has all that is asked.");
        return CLI_OUTSIDE;
    }
    if (r.result.problem.n > 0) {
        cli_err("opsc import: nothing was written: %.*s\n"
                "This is a mistake of opsc's: please report it.\n",
                STR_ARG(cli_shown(c, r.result.problem)));
        return CLI_OUTSIDE;
    }
    account_tell_calls(&progress, client, &r.result.live, r.o.region);
    tell(&r);
    return write_all(&r);
}

const struct cli_command cmd_import = {
    .name = "import",
    .args = "",
    .summary = "Write the operations that an account has as ops.yaml.",
    .text =
        "Alarms become conditions where the catalog knows their metrics, and are said as AWS has\n"
        "them where not. What is written was compared with the account: `opsc plan` of it finds\n"
        "nothing to change. What cannot be said is listed. The account is asked by AWS's API,\n"
        "and nothing in it is changed. docs/import.md says what is taken.\n",
    .examples = "  opsc import --project shop --region eu-west-1\n"
                "  opsc import --prefix MyStack- --output mystack.yaml\n"
                "  opsc import --tag team=web --profile production\n",
    .options = {OPT_SPEC, OPT_FORCE_SPEC, OPT_PROJECT, OPT_ENV_NAME, OPT_PREFIX, OPT_TAG,
                OPT_SERVICES, OPT_REGION, OPT_PROFILE, OPT_TIMEOUT_ALL, OPT_DEBUG},
    .noptions = 11,
    .run = run_import,
};
