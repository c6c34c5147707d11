/* SPDX-License-Identifier: MIT */
#ifndef OPSC_TMPL_TMPL_H
#define OPSC_TMPL_TMPL_H

#include "base/buf.h"
#include "base/map.h"

/*
 * tmpl: the texts of scripts, units and pages with values put in.
 *
 *     {{name|shell}}   one word of a bash command, quoted so that it is data whatever it holds
 *     {{name|comment}} text of a comment: one line, control characters shown as spaces
 *     {{name|unit}}    value of a systemd unit's key: one line, % doubled
 *     {{name|yaml}}    a scalar of a GitHub workflow: data for YAML and for GitHub's expressions
 *     {{name|run}}     the same for a script: a literal block when that shows it as it is
 *     {{name|uses}}    an action with its commit: "owner/name@<commit> # v1.2.3"
 *     {{name|word}}    a name or number where nothing can be quoted: what is not a letter, digit,
 *                      dot, minus or underscore is shown as an underscore
 *     {{name|block}}   alone on its line: text that the compiler made, indented as the line is;
 *                      when it is empty the line goes
 *     {{name|md}}      text in Markdown, on one line, with nothing in it that Markdown reads
 *     {{name|prose}}   the same for sentences: `code` in backquotes stays code, an https address
 *                      is a link
 *     {{name|code}}    code in Markdown, on one line; nothing when it is empty
 *     {{name|url}}     the address of a link in Markdown
 *
 *     {{#name}}...{{/name}}   what stands between, when `name` is not empty; of a list once for
 *                             each of its items, whose names go before those around
 *     {{^name}}...{{/name}}   what stands between, when it is empty
 *     {{^first}}, {{/first}}  in a list: what goes between its items
 *
 * Such a mark that is alone on its line takes the line with it. A list that stands inside of itself
 * has another name there.
 *
 * `${{ ... }}` is an expression of GitHub's and stays as it is.
 *
 * The escape belongs to the place where the value lands and is named there, so that no value
 * goes anywhere unescaped. A name that is not given, or an escape that does not exist, is a
 * mistake in a template of ours and asserts.
 */
struct tmpl_value {
    str text;
    const struct map *items; /* of a list: the values of each item; NULL: a text */
    uint32_t n;
};

/* `values`: name -> struct tmpl_value. */
void tmpl_render(struct buf *out, str text, const struct map *values);
void tmpl_set(struct arena *a, struct map *values, const char *name, str text);
void tmpl_set_list(struct arena *a, struct map *values, const char *name, const struct map *items,
                   uint32_t n);

/* A scalar as for {{name|yaml}}: plain when it cannot be taken for anything else. */
void tmpl_yaml(struct buf *out, str s);
/* 'it'\''s', 'two'$'\n''lines': a word for bash, on one line. */
void tmpl_shell(struct buf *out, str s);
/* The escapes of the same names (markdown.c). */
void tmpl_markdown(struct buf *out, str s);
void tmpl_prose(struct buf *out, str s);
void tmpl_code(struct buf *out, str s);
void tmpl_url(struct buf *out, str s);
/*
 * Bytes at the start of `s`, which is not empty, of what nobody can see, and of what turns the
 * direction of writing: controls, U+0080 to U+009F, U+2028 to U+202E, U+2066 to U+2069, U+FEFF.
 * 0: none of them.
 */
uint32_t tmpl_unseen(str s);

#endif
