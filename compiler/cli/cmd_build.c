/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"
#include "cli/compile.h"
#include "cli/import_blocks.h"
#include "cli/repository.h"
#include "diag/diag.h"
#include "drift/ignore.h"

#define TEXT_MAX (256u << 20)
#define DIFF_LINES_MAX 200

bool cli_render(struct cli *c, struct diag_list *dl) {
    enum render_format format = RENDER_TEXT;
    str wanted = cli_value(c, OPT_FORMAT, STR("text"));
    for (int i = 0; i < RENDER_COUNT; i++) {
        if (str_is(wanted, render_formats[i].name))
            format = (enum render_format)i;
    }
    diag_sort(dl);
    struct buf b = BUF_INIT(TEXT_MAX);
    struct render_options opt = {format, format == RENDER_TEXT && c->colour_err};
    if (format != RENDER_TEXT || dl->items.n > 0)
        render_diags(&b, dl, &opt);
    bool ok = true;
    if (format == RENDER_TEXT)
        cli_err("%.*s", STR_ARG(buf_str(&b)));
    else
        ok = b.n == 0 || cli_out(buf_str(&b));
    buf_done(&b);
    return ok;
}

enum cli_exit cli_status(const struct cli *c, const struct diag_list *dl) {
    for (uint32_t i = 0; i < dl->items.n; i++) {
        enum diag_code code = dl->items.at[i]->code;
        if (code == DIAG_FILE_UNREADABLE || code == DIAG_OUTPUT_WRITE ||
            code == DIAG_OUTPUT_UNREADABLE)
            return CLI_OUTSIDE;
    }
    bool strict = cli_has(c, OPT_STRICT) && dl->warnings > 0;
    return dl->errors > 0 || strict ? CLI_PROBLEMS : CLI_OK;
}

static void put_counted(struct buf *b, bool *first, uint32_t n, const char *one, const char *many) {
    if (n == 0)
        return;
    buf_printf(b, "%s%u %s", *first ? "" : ", ", n, n == 1 ? one : many);
    *first = false;
}

/* `dir`: as it is shown. */
static void put_summary(struct buf *b, const struct compile_result *r, const struct output_plan *p,
                        str dir) {
    uint32_t made = p->counts[OUTPUT_NEW] + p->counts[OUTPUT_CHANGED];
    bool first = true;
    if (made + p->counts[OUTPUT_REMOVED] == 0) {
        buf_printf(b, "%.*s is up to date: ", STR_ARG(dir));
        put_counted(b, &first, p->counts[OUTPUT_SAME], "file", "files");
    } else {
        buf_printf(b, "%.*s: ", STR_ARG(dir));
        put_counted(b, &first, p->counts[OUTPUT_NEW], "new file", "new files");
        put_counted(b, &first, p->counts[OUTPUT_CHANGED], "file changed", "files changed");
        put_counted(b, &first, p->counts[OUTPUT_REMOVED], "file removed", "files removed");
        put_counted(b, &first, p->counts[OUTPUT_SAME], "file unchanged", "files unchanged");
    }
    bool any = r->alarms + r->dashboards + r->log_groups + r->resources + r->budgets > 0;
    buf_text(b, any ? "; " : "");
    first = true;
    put_counted(b, &first, r->alarms, "alarm", "alarms");
    put_counted(b, &first, r->dashboards, "dashboard", "dashboards");
    put_counted(b, &first, r->log_groups, "log group", "log groups");
    put_counted(b, &first, r->resources, "resource watched", "resources watched");
    put_counted(b, &first, r->budgets, "budget", "budgets");
    buf_byte(b, '\n');
}

/* What is stale, as a diff; nothing is written. */
static enum cli_exit check(struct cli *c, const struct output_plan *plan, str dir) {
    struct buf b = BUF_INIT(TEXT_MAX);
    uint32_t stale = 0;
    for (uint32_t i = 0; i < plan->entries.n; i++) {
        const struct output_entry *e = &plan->entries.at[i];
        if (e->change == OUTPUT_SAME)
            continue;
        stale++;
        if (e->change == OUTPUT_FOREIGN)
            buf_printf(&b, "%.*s is %s\n", STR_ARG(cli_shown(c, e->in_the_way)),
                       e->is != NULL ? e->is : "not from opsc");
        else
            output_diff(&b, e, DIFF_LINES_MAX, c->colour_out);
    }
    dir = cli_shown(c, dir);
    if (stale == 0)
        buf_printf(&b, "%.*s is up to date: %u files\n", STR_ARG(dir), plan->counts[OUTPUT_SAME]);
    enum cli_exit status = cli_print(&b);
    buf_done(&b);
    if (stale > 0)
        cli_err("%u of %u files in %.*s are stale: run opsc build\n", stale, plan->entries.n,
                STR_ARG(dir));
    return status != CLI_OK ? status : stale > 0 ? CLI_PROBLEMS : CLI_OK;
}

static bool options_of(struct cli *c, str file, str dir, struct compile_options *ret) {
    *ret = (struct compile_options){.spec = {.file = file}, .explain = cli_has(c, OPT_EXPLAIN)};
    ret->spec_path = repository_path(file, dir);
    ret->spec.environment = cli_value(c, OPT_ENV, STR(""));
    return cli_vars(c, &ret->spec.vars, &ret->spec.nvars);
}

static enum cli_exit write_output(struct cli *c, struct diag_list *dl, struct compile_result *r,
                                  str dir) {
    struct output_plan plan;
    const struct output_options opt = {r->within, cli_value(c, OPT_ONLY, STR("")),
                                       cli_has(c, OPT_FORCE)};
    if (!output_compare(&r->output, &c->io, dl, dir, &opt, &plan)) {
        cli_render(c, dl);
        return cli_status(c, dl);
    }
    if (plan.entries.n == 0 && opt.only.n > 0) {
        cli_err("opsc: no generated file's path begins with `%.*s`\n",
                STR_ARG(cli_shown(c, opt.only)));
        return CLI_USAGE;
    }
    bool text = str_is(cli_value(c, OPT_FORMAT, STR("text")), "text");
    if (cli_has(c, OPT_CHECK)) {
        bool ok = cli_render(c, dl);
        return ok ? check(c, &plan, dir) : CLI_OUTSIDE;
    }
    bool written = output_write(&r->output, &c->io, dl, dir, &opt, &plan);
    if (!cli_render(c, dl))
        return CLI_OUTSIDE;
    if (!written || !text)
        return cli_status(c, dl);
    struct buf b = BUF_INIT(1u << 20);
    put_summary(&b, r, &plan, cli_shown(c, dir));
    if (c->tty_out && plan.counts[OUTPUT_NEW] > 0)
        buf_printf(&b, "Next: cd %.*s && terraform init && terraform plan\n",
                   STR_ARG(cli_word(c, arena_cat(c->arena, dir, STR("/terraform")))));
    enum cli_exit status = cli_print(&b);
    buf_done(&b);
    return status != CLI_OK ? status : cli_status(c, dl);
}

str cli_spec_file(struct cli *c, str arg) {
    struct io_error err = {.status = IO_OK};
    if (c->io.probe(c->io.ctx, arg, &err) == IO_IS_DIRECTORY)
        return io_path_join(c->arena, arg, STR("ops.yaml"));
    return arg;
}

static enum cli_exit run_build(struct cli *c) {
    str file = cli_spec_file(c, c->nargs > 0 ? c->args[0] : STR("ops.yaml"));
    str dir = cli_value(c, OPT_OUTPUT, io_path_dir(file));
    struct sources src;
    struct diag_list dl;
    struct compile_options opt;
    struct compile_result r;
    if (dir.n == 0) {
        cli_err("opsc: --output needs the name of a folder\n");
        return CLI_USAGE;
    }
    if (!options_of(c, file, dir, &opt))
        return CLI_USAGE;
    sources_init(&src, c->arena);
    diag_list_init(&dl, c->arena, &src);
    if (!compile(c->arena, &dl, &c->io, &opt, &r)) {
        cli_render(c, &dl);
        return cli_status(c, &dl);
    }
    repository_check(c, &dl, &r, file, dir);
    enum cli_exit status;
    if (cli_has(c, OPT_IMPORT_BLOCKS) && !opt.explain && !import_blocks(c, &r, &status))
        return status;
    if (!opt.explain)
        return write_output(c, &dl, &r, dir);
    if (!cli_render(c, &dl))
        return CLI_OUTSIDE;
    return cli_out(r.explain) ? cli_status(c, &dl) : CLI_OUTSIDE;
}

const struct cli_command cmd_build = {
    .name = "build",
    .args = "[FILE]",
    .summary = "Compile ops.yaml and write what it means.",
    .examples =
        "  opsc build                        # ops.yaml here, output beside it\n"
        "  opsc build ops.yaml -o out        # output to another folder\n"
        "  opsc build --check                # in CI: is the committed output current?\n"
        "  opsc build --explain              # what was inferred, and how alarms are evaluated\n"
        "  opsc build --env staging --var retention=14d\n"
        "  opsc build --import-blocks        # for Terraform to take over what the account has\n",
    .text = "FILE is a spec, or a folder with an ops.yaml; without it, ops.yaml. Files that are as "
            "they\n"
            "should be are not touched; files edited by hand are kept and reported; files that "
            "opsc never\n"
            "wrote are never overwritten; generated files that are no longer made are removed.\n"
            "With `environments:` each environment goes to a folder of its name.\n",
    .options = {OPT_OUTPUT, OPT_CHECK, OPT_ONLY, OPT_ENV, OPT_VAR, OPT_EXPLAIN, OPT_FORCE,
                OPT_STRICT, OPT_FORMAT, OPT_IMPORT_BLOCKS, OPT_PROFILE, OPT_TIMEOUT_ALL, OPT_DEBUG},
    .noptions = 13,
    .max_args = 1,
    .run = run_build,
};

static enum cli_exit run_lint(struct cli *c) {
    struct sources src;
    struct diag_list dl;
    sources_init(&src, c->arena);
    diag_list_init(&dl, c->arena, &src);
    str standard = STR("ops.yaml");
    uint32_t n = c->nargs > 0 ? c->nargs : 1;
    for (uint32_t i = 0; i < n; i++) {
        struct compile_options opt;
        struct compile_result r;
        struct ignore_list *ignored;
        str file = cli_spec_file(c, c->nargs > 0 ? c->args[i] : standard);
        if (!options_of(c, file, io_path_dir(file), &opt))
            return CLI_USAGE;
        opt.no_output = true;
        compile(c->arena, &dl, &c->io, &opt, &r);
        ignore_read(c->arena, &dl, &c->io, ignore_path(c->arena, file), false, &ignored);
    }
    if (!cli_render(c, &dl))
        return CLI_OUTSIDE;
    if (dl.items.n == 0 && str_is(cli_value(c, OPT_FORMAT, STR("text")), "text"))
        cli_err("%u %s, no problems\n", n, n == 1 ? "spec" : "specs");
    return cli_status(c, &dl);
}

const struct cli_command cmd_lint = {
    .name = "lint",
    .args = "[FILE]...",
    .summary = "Check specs and write nothing.",
    .examples = "  opsc lint                         # ops.yaml here\n"
                "  opsc lint --format github         # annotations on a pull request\n"
                "  opsc lint --format sarif >opsc.sarif\n",
    .options = {OPT_ENV, OPT_VAR, OPT_STRICT, OPT_FORMAT},
    .noptions = 4,
    .max_args = 1000,
    .run = run_lint,
};
