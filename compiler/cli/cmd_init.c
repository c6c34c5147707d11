/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"
#include "cli/compile.h"
#include "diag/diag.h"

#include <stdio.h>

#define ANSWER_MAX 256
#define SPEC_MAX 65536

/* Asks on the terminal; an empty answer is the default. */
static str ask(struct cli *c, enum cli_option_id id, const char *question, const char *otherwise) {
    if (cli_has(c, id))
        return cli_value(c, id, STR(""));
    if (!c->tty_in)
        return str_c(otherwise);
    char line[ANSWER_MAX];
    cli_err("%s [%s]: ", question, otherwise);
    if (fgets(line, sizeof line, stdin) == NULL)
        return str_c(otherwise);
    str s = str_trim(str_c(line));
    return s.n > 0 ? arena_str(c->arena, s) : str_c(otherwise);
}

/* Whether YAML takes the text for itself, without quotes. */
static bool is_plain(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char ch = s.p[i];
        bool letter = ascii_is_letter(ch);
        bool inner = i > 0 && (ascii_is_digit(ch) || memchr("-_.@", ch, 4) != NULL);
        if (!letter && !inner)
            return false;
    }
    return s.n > 0 && !str_is(s, "true") && !str_is(s, "false") && !str_is(s, "null");
}

/* A YAML text, in double quotes where it needs them. */
static void put_text(struct buf *b, str s) {
    if (is_plain(s)) {
        buf_put(b, s);
        return;
    }
    buf_byte(b, '"');
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            buf_byte(b, '\\');
        if (s.p[i] < 0x20)
            buf_printf(b, "\\x%02x", s.p[i]);
        else
            buf_byte(b, s.p[i]);
    }
    buf_byte(b, '"');
}

static void put_resources(struct buf *b, str ec2, str rds) {
    buf_text(
        b,
        "\n# What is watched. These exist already; opsc observes them. Each gets recommended "
        "alarms,\n"
        "# a place on the dashboard, and what its host needs. `opsc catalog list` has all kinds.\n"
        "resources:\n");
    if (ec2.n > 0) {
        buf_text(b, "  web:\n    kind: ec2\n    id: ");
        put_text(b, ec2);
        buf_text(b, "\n    # type: t3.micro                # with it, alarms on CPU credits\n"
                    "    # role: NAME                   # of the instance: gets what agent and "
                    "script may do\n"
                    "  api:                              # the application on it\n    kind: app\n  "
                    "  on: web\n    port: 8000\n"
                    "    health: { path: /health }\n"
                    "    # logs: [/var/log/api/*.log]    # JSON lines; gives error, request and "
                    "latency metrics\n");
    }
    if (rds.n > 0) {
        buf_text(b, "  db:\n    kind: rds\n    id: ");
        put_text(b, rds);
        buf_text(b, "\n    engine: postgres\n    # class: db.t3.micro             # with these, "
                    "alarms relative to memory,\n"
                    "    # storage: 20 GiB                # storage and connections\n");
    }
}

static void put_spec(struct buf *b, str project, str region, str email, str ec2, str rds) {
    buf_text(b, "# The operations of one system, for opsc. Editors: `opsc schema "
                ">ops.schema.json`, then add\n"
                "# the line   # yaml-language-server: $schema=ops.schema.json\n"
                "opsc: 1\nproject: ");
    put_text(b, project);
    buf_text(b, "\nenvironment: production\n\naws:\n  region: ");
    put_text(b, region);
    buf_text(
        b, "\n  # account: \"123456789012\"        # without it, generated code asks AWS\n\n"
           "# terraform:\n#   state: { bucket: my-terraform-state }\n\nnotify:\n  ops: { email: ");
    put_text(b, email);
    buf_text(b, " }\n");
    put_resources(b, ec2, rds);
    buf_text(b, "\n# Alarms of your own beside the recommended ones:\n"
                "# alarms:\n#   recommended: all\n#   slow: p95(api.latency) > 2s for 5m\n");
}

/* What is wrong with the answers is said now, not at the first build. */
static bool compiles(struct cli *c, str path, str text) {
    struct io_mem *mem = io_mem_new(c->arena);
    io_mem_put(mem, path, text);
    struct io io = io_mem(mem);
    struct sources src;
    struct diag_list dl;
    sources_init(&src, c->arena);
    diag_list_init(&dl, c->arena, &src);
    struct compile_options opt = {.spec = {.file = path}};
    struct compile_result r;
    if (compile(c->arena, &dl, &io, &opt, &r))
        return true;
    cli_render(c, &dl);
    return false;
}

static enum cli_exit cannot_write(const struct cli *c, str path, enum io_status why) {
    cli_err("opsc: cannot write `%.*s`: %s\n", STR_ARG(cli_shown(c, path)), io_status_text(why));
    return CLI_OUTSIDE;
}

static enum cli_exit write_spec(struct cli *c, str path, str text) {
    struct io_error err = {.status = IO_OK};
    if (!compiles(c, path, text)) {
        cli_err("opsc: nothing was written\n");
        return CLI_PROBLEMS;
    }
    enum io_status s = c->io.write(c->io.ctx, path, text, false, &err);
    if (s != IO_OK)
        return cannot_write(c, path, s);
    cli_err("wrote %.*s; next: opsc build %.*s --explain\n", STR_ARG(cli_shown(c, path)),
            STR_ARG(cli_word(c, path)));
    return CLI_OK;
}

static bool all_given(const struct cli *c) {
    return cli_has(c, OPT_PROJECT) && cli_has(c, OPT_REGION) && cli_has(c, OPT_EMAIL);
}

static enum cli_exit run_init(struct cli *c) {
    str path = cli_value(c, OPT_OUTPUT, STR("ops.yaml"));
    struct io_error err = {.status = IO_OK};
    enum io_status there = c->io.probe(c->io.ctx, path, &err);
    if (there == IO_NOT_DIRECTORY || there == IO_DENIED)
        return cannot_write(c, path, there);
    if (there != IO_NOT_FOUND) {
        cli_err("opsc: `%.*s` is there already; init never overwrites\n",
                STR_ARG(cli_shown(c, path)));
        return CLI_PROBLEMS;
    }
    str project = ask(c, OPT_PROJECT, "Name of the system", "myapp");
    str region = ask(c, OPT_REGION, "AWS region", "us-east-1");
    str email = ask(c, OPT_EMAIL, "Who is told (e-mail)", "ops@example.com");
    bool flags = cli_has(c, OPT_EC2) || cli_has(c, OPT_RDS);
    str ec2 = flags ? cli_value(c, OPT_EC2, STR(""))
                    : ask(c, OPT_EC2, "An EC2 instance", "i-0123456789abcdef0");
    str rds = flags ? cli_value(c, OPT_RDS, STR("")) : ask(c, OPT_RDS, "An RDS database", "mydb");
    struct buf b = BUF_INIT(SPEC_MAX);
    put_spec(&b, project, region, email, ec2, rds);
    enum cli_exit status = write_spec(c, path, buf_str(&b));
    buf_done(&b);
    if (status == CLI_OK && !c->tty_in && !(flags && all_given(c)))
        cli_err("There was no terminal to ask on: what no flag says is an example in it; change "
                "that.\n");
    return status;
}

const struct cli_command cmd_init = {
    .name = "init",
    .args = "",
    .summary = "Write a commented starter spec.",
    .examples =
        "  opsc init                         # asks a few questions\n"
        "  opsc init --project shop --region eu-west-1 --email ops@shop.example --rds shop-db\n",
    .options = {OPT_PROJECT, OPT_REGION, OPT_EMAIL, OPT_EC2, OPT_RDS, OPT_OUTPUT},
    .noptions = 6,
    .run = run_init,
};
