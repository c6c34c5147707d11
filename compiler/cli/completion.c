/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

const char *const cli_shells[] = {"bash", "zsh", "fish", NULL};

static void put_words(struct buf *b, const char *const *words) {
    for (int i = 0; words[i] != NULL; i++)
        buf_printf(b, "%s%s", i > 0 ? " " : "", words[i]);
}

static bool lists(const struct cli_command *c, unsigned id) {
    if (id == OPT_HELP || id == OPT_COLOR)
        return true;
    for (unsigned i = 0; i < c->noptions; i++) {
        if ((unsigned)c->options[i] == id)
            return !cli_options[id].hidden;
    }
    return false;
}

static void bash_command(struct buf *b, const struct cli_command *c) {
    buf_printf(b, "    %s) options='", c->name);
    bool first = true;
    for (unsigned i = 0; i < OPT_COUNT; i++) {
        if (!lists(c, i))
            continue;
        buf_printf(b, "%s--%s", first ? "" : " ", cli_options[i].name);
        if (cli_options[i].letter != 0)
            buf_printf(b, " -%c", cli_options[i].letter);
        first = false;
    }
    buf_text(b, "'; words='");
    if (c->choices != NULL)
        put_words(b, c->choices);
    buf_text(b, "' ;;\n");
}

/* Words of other tables, after the word that wants them. */
static void bash_more(struct buf *b, const str *words) {
    for (unsigned i = 0; i < cli_commands_n; i++) {
        const struct cli_command *c = cli_commands[i];
        if (c->more != CLI_WORDS_NONE)
            buf_printf(b, "    %s) words='%.*s' ;;\n", c->more_after, STR_ARG(words[c->more]));
    }
}

/* What an option takes: of one with the same name as another's by the command. */
static void bash_choices(struct buf *b, unsigned id) {
    const struct cli_option *o = &cli_options[id];
    bool first = true;
    buf_text(b, "    ");
    for (unsigned i = 0; i < cli_commands_n; i++) {
        if (id == OPT_COLOR || !lists(cli_commands[i], id))
            continue;
        buf_printf(b, "%s'%s --%s'", first ? "" : " | ", cli_commands[i]->name, o->name);
        first = false;
    }
    if (first)
        buf_printf(b, "*' --%s'", o->name);
    buf_text(b, ") mapfile -t COMPREPLY < <(compgen -W '");
    put_words(b, o->choices);
    buf_text(b, "' -- \"${cur}\"); return ;;\n");
}

static void put_bash(struct buf *b, const str *words) {
    buf_text(b,
             "# bash completion of opsc. Load it with:  source <(opsc completion bash)\n_opsc() {\n"
             "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"\" options=\"\" words=\"\"\n"
             "  ((COMP_CWORD > 0)) && prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n  COMPREPLY=()\n"
             "  if ((COMP_CWORD == 1)); then\n    mapfile -t COMPREPLY < <(compgen -W '");
    for (unsigned i = 0; i < cli_commands_n; i++)
        buf_printf(b, "%s%s", i > 0 ? " " : "", cli_commands[i]->name);
    buf_text(b, "' -- \"${cur}\")\n    return\n  fi\n"
                "  case \"${COMP_WORDS[1]} ${prev}\" in\n");
    for (unsigned i = 0; i < OPT_COUNT; i++) {
        if (cli_options[i].choices != NULL)
            bash_choices(b, i);
    }
    buf_text(b, "    *' --output' | *' -o') mapfile -t COMPREPLY < <(compgen -f -- \"${cur}\"); "
                "return ;;\n  esac\n"
                "  case \"${COMP_WORDS[1]}\" in\n");
    for (unsigned i = 0; i < cli_commands_n; i++)
        bash_command(b, cli_commands[i]);
    buf_text(b, "  esac\n  case \"${prev}\" in\n");
    bash_more(b, words);
    buf_text(b, "  esac\n  if [[ \"${cur}\" == -* ]]; then\n"
                "    mapfile -t COMPREPLY < <(compgen -W \"${options}\" -- \"${cur}\")\n"
                "  elif [[ -n \"${words}\" ]]; then\n"
                "    mapfile -t COMPREPLY < <(compgen -W \"${words}\" -- \"${cur}\")\n"
                "  else\n    mapfile -t COMPREPLY < <(compgen -f -- \"${cur}\")\n  fi\n}\n"
                "complete -o filenames -F _opsc opsc\n");
}

/* A text between single quotes for zsh and fish; brackets and colons mean something to _arguments.
 */
static void put_doc(struct buf *b, const char *z, bool zsh) {
    for (; *z != 0; z++) {
        if (*z == '\'')
            buf_text(b, zsh ? "'\\''" : "\\'");
        else if (zsh && (*z == '[' || *z == ']' || *z == ':'))
            buf_printf(b, "\\%c", *z);
        else
            buf_byte(b, (unsigned char)*z);
    }
}

static void zsh_option(struct buf *b, const struct cli_option *o) {
    buf_text(b, "        '");
    if (o->many)
        buf_byte(b, '*');
    buf_printf(b, "--%s%s[", o->name, o->arg != NULL ? "=" : "");
    put_doc(b, o->doc, true);
    buf_byte(b, ']');
    if (o->arg != NULL) {
        buf_printf(b, ":%s:", o->arg);
        if (o->choices != NULL) {
            buf_byte(b, '(');
            put_words(b, o->choices);
            buf_byte(b, ')');
        } else if (strcmp(o->arg, "DIR") == 0) {
            buf_text(b, "_files");
        }
    }
    buf_text(b, "' \\\n");
}

/* The words that the argument of a command can be, for zsh and fish. */
static void put_arguments(struct buf *b, const struct cli_command *c, const str *words) {
    if (c->choices != NULL)
        put_words(b, c->choices);
    if (c->more != CLI_WORDS_NONE)
        buf_printf(b, "%s%.*s", c->choices != NULL ? " " : "", STR_ARG(words[c->more]));
}

static bool has_arguments(const struct cli_command *c) {
    return c->choices != NULL || c->more != CLI_WORDS_NONE;
}

static void put_zsh(struct buf *b, const str *words) {
    buf_text(b, "#compdef opsc\n# zsh completion of opsc. Save it as _opsc in a folder of "
                "$fpath.\n_opsc() {\n"
                "  local -a commands=(\n");
    for (unsigned i = 0; i < cli_commands_n; i++) {
        buf_printf(b, "    '%s:", cli_commands[i]->name);
        put_doc(b, cli_commands[i]->summary, true);
        buf_text(b, "'\n");
    }
    buf_text(b,
             "  )\n  if ((CURRENT == 2)); then\n    _describe command commands\n    return\n  fi\n"
             "  local command=\"${words[2]}\"\n  shift words\n  ((CURRENT--))\n  case "
             "\"${command}\" in\n");
    for (unsigned i = 0; i < cli_commands_n; i++) {
        const struct cli_command *c = cli_commands[i];
        buf_printf(b, "    %s)\n      _arguments \\\n", c->name);
        for (unsigned k = 0; k < OPT_COUNT; k++) {
            if (lists(c, k))
                zsh_option(b, &cli_options[k]);
        }
        buf_text(b, "        '*:argument:");
        if (has_arguments(c)) {
            buf_byte(b, '(');
            put_arguments(b, c, words);
            buf_byte(b, ')');
        } else {
            buf_text(b, "_files");
        }
        buf_text(b, "'\n      ;;\n");
    }
    buf_text(b, "  esac\n}\nif [[ \"${funcstack[1]}\" == _opsc ]]; then\n  _opsc \"$@\"\nelse\n  "
                "compdef _opsc opsc\nfi\n");
}

static void fish_command(struct buf *b, const struct cli_command *c, const str *words) {
    buf_printf(b, "complete -c opsc -n __fish_use_subcommand -f -a %s -d '", c->name);
    put_doc(b, c->summary, false);
    buf_text(b, "'\n");
    for (unsigned k = 0; k < OPT_COUNT; k++) {
        const struct cli_option *o = &cli_options[k];
        if (!lists(c, k))
            continue;
        buf_printf(b, "complete -c opsc -n '__fish_seen_subcommand_from %s' -l %s", c->name,
                   o->name);
        if (o->letter != 0)
            buf_printf(b, " -s %c", o->letter);
        if (o->arg != NULL)
            buf_text(b, " -r");
        if (o->choices != NULL) {
            buf_text(b, " -f -a '");
            put_words(b, o->choices);
            buf_byte(b, '\'');
        }
        buf_text(b, " -d '");
        put_doc(b, o->doc, false);
        buf_text(b, "'\n");
    }
    if (has_arguments(c)) {
        buf_printf(b, "complete -c opsc -n '__fish_seen_subcommand_from %s' -f -a '", c->name);
        put_arguments(b, c, words);
        buf_text(b, "'\n");
    }
}

static void put_fish(struct buf *b, const str *words) {
    buf_text(b, "# fish completion of opsc. Load it with:  opsc completion fish | source\n");
    for (unsigned i = 0; i < cli_commands_n; i++)
        fish_command(b, cli_commands[i], words);
}

bool cli_put_completion(struct buf *b, str shell, const str words[CLI_WORDS_COUNT]) {
    if (str_is(shell, "bash"))
        put_bash(b, words);
    else if (str_is(shell, "zsh"))
        put_zsh(b, words);
    else if (str_is(shell, "fish"))
        put_fish(b, words);
    else
        return false;
    return true;
}
