/* SPDX-License-Identifier: MIT */
#include "base/embed.h"
#include "base/json.h"
#include "catalog/catalog_json.h"
#include "cli/cli.h"
#include "diag/diag.h"
#include "schema/schema_json.h"

#define TEXT_MAX (16u << 20)

static enum cli_exit finish(struct buf *b) {
    enum cli_exit s = cli_print(b);
    buf_done(b);
    return s;
}

static enum cli_exit list_codes(void) {
    struct buf b = BUF_INIT(TEXT_MAX);
    for (int i = 0; i < DIAG_COUNT; i++)
        buf_printf(&b, "%-10s%-9s%s\n", diag_codes[i].id,
                   diag_severity_name(diag_codes[i].severity), diag_codes[i].title);
    return finish(&b);
}

static enum cli_exit run_explain(struct cli *c) {
    if (c->nargs == 0)
        return list_codes();
    enum diag_code code = diag_find_code(c->args[0]);
    if (code == DIAG_COUNT) {
        cli_err("opsc: there is no diagnostic `%.*s`; `opsc explain` lists them\n",
                STR_ARG(cli_shown(c, c->args[0])));
        return CLI_USAGE;
    }
    struct buf b = BUF_INIT(TEXT_MAX);
    str path = arena_printf(c->arena, "docs/diagnostics/%s.md", diag_codes[code].id);
    const struct embed_file *f = embed_find(path);
    if (f != NULL)
        buf_put(&b, (str){f->data, f->size});
    else
        buf_printf(&b, "# %s: %s\n", diag_codes[code].id, diag_codes[code].title);
    return finish(&b);
}

const struct cli_command cmd_explain = {
    .name = "explain",
    .args = "[CODE]",
    .summary = "Say what a diagnostic means and what to do.",
    .examples = "  opsc explain OPS-1224             # or 1224, or bare-number\n"
                "  opsc explain                      # all codes\n",
    .more_after = "explain",
    .more = CLI_WORDS_CODES,
    .max_args = 1,
    .run = run_explain,
};

static void resource_rules(struct json *j, void *catalog) {
    catalog_json_rules(j, catalog);
}

static enum cli_exit run_schema(struct cli *c) {
    struct buf b = BUF_INIT(TEXT_MAX);
    struct sources src;
    struct diag_list dl;
    struct catalog cat;
    sources_init(&src, c->arena);
    diag_list_init(&dl, c->arena, &src);
    catalog_init(&cat, c->arena, &dl);
    if (cli_has(c, OPT_REFERENCE))
        schema_reference(&b);
    else
        schema_json(&b, resource_rules, &cat);
    return finish(&b);
}

const struct cli_command cmd_schema = {
    .name = "schema",
    .args = "",
    .summary = "Print the JSON Schema of ops.yaml, for editors.",
    .examples = "  opsc schema >ops.schema.json\n"
                "  # then, as the first line of ops.yaml:\n"
                "  # yaml-language-server: $schema=ops.schema.json\n",
    .options = {OPT_REFERENCE},
    .noptions = 1,
    .run = run_schema,
};

static str kind_words(struct cli *c) {
    struct catalog cat;
    catalog_init(&cat, c->arena, NULL);
    uint32_t n;
    str *names = catalog_names(&cat, &n), all = STR("");
    for (uint32_t i = 0; i < n; i++)
        all =
            arena_printf(c->arena, "%.*s%s%.*s", STR_ARG(all), i > 0 ? " " : "", STR_ARG(names[i]));
    return all;
}

static str code_words(struct cli *c) {
    str all = STR("");
    for (int i = 0; i < DIAG_COUNT; i++)
        all = arena_printf(c->arena, "%.*s%s%s", STR_ARG(all), i > 0 ? " " : "", diag_codes[i].id);
    return all;
}

static enum cli_exit run_completion(struct cli *c) {
    struct buf b = BUF_INIT(TEXT_MAX);
    const str words[CLI_WORDS_COUNT] = {
        [CLI_WORDS_KINDS] = kind_words(c),
        [CLI_WORDS_CODES] = code_words(c),
    };
    if (c->nargs == 0 || !cli_put_completion(&b, c->args[0], words)) {
        cli_err("opsc completion takes a shell: bash, zsh or fish\n");
        return CLI_USAGE;
    }
    return finish(&b);
}

const struct cli_command cmd_completion = {
    .name = "completion",
    .args = "SHELL",
    .summary = "Print what a shell needs to complete opsc's arguments.",
    .examples = "  source <(opsc completion bash)\n"
                "  opsc completion zsh >\"${fpath[1]}/_opsc\"\n"
                "  opsc completion fish | source\n",
    .choices = cli_shells,
    .max_args = 1,
    .run = run_completion,
};

static enum cli_exit run_version(struct cli *c) {
    struct buf b = BUF_INIT(TEXT_MAX);
    if (str_is(cli_value(c, OPT_FORMAT_DATA, STR("text")), "json")) {
        struct json j = json_to(&b, 2);
        json_object_begin(&j);
        json_kstr(&j, "version", STR(OPSC_VERSION));
        json_kint(&j, "language", 1);
        json_key(&j, STR("commands"));
        json_inline_begin(&j);
        json_array_begin(&j);
        for (unsigned i = 0; i < cli_commands_n; i++)
            json_str(&j, str_c(cli_commands[i]->name));
        json_array_end(&j);
        json_inline_end(&j);
        json_object_end(&j);
        buf_byte(&b, '\n');
    } else {
        buf_text(&b, "opsc " OPSC_VERSION " (language 1)\n");
    }
    return finish(&b);
}

const struct cli_command cmd_version = {
    .name = "version",
    .args = "",
    .summary = "Print the version.",
    .options = {OPT_FORMAT_DATA},
    .noptions = 1,
    .run = run_version,
};

static enum cli_exit run_help(struct cli *c) {
    struct buf b = BUF_INIT(TEXT_MAX);
    if (cli_has(c, OPT_MAN)) {
        cli_put_man(&b);
        return finish(&b);
    }
    if (c->nargs == 0) {
        cli_put_overview(&b);
        return finish(&b);
    }
    for (unsigned i = 0; i < cli_commands_n; i++) {
        if (!str_is(c->args[0], cli_commands[i]->name))
            continue;
        cli_put_help(&b, cli_commands[i]);
        return finish(&b);
    }
    cli_err("opsc: there is no command `%.*s`; `opsc help` lists them\n",
            STR_ARG(cli_shown(c, c->args[0])));
    return CLI_USAGE;
}

const struct cli_command cmd_help = {
    .name = "help",
    .args = "[COMMAND]",
    .summary = "Say how opsc or a command is used.",
    .options = {OPT_MAN},
    .noptions = 1,
    .max_args = 1,
    .run = run_help,
};
