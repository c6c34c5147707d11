/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

/* An argument of a command line has no more on any system that opsc runs on. */
#define SHOWN_MAX (16u << 20)

str cli_shown(const struct cli *c, str s) {
    struct buf b = BUF_INIT(SHOWN_MAX);
    render_shown(&b, s);
    return buf_keep(&b, c->arena);
}

static bool plain_byte(unsigned char byte) {
    return ascii_is_alnum(byte) || (byte != 0 && strchr("_-./@%+=:,", byte) != NULL);
}

/* What a terminal may get: everything but controls and what is not UTF-8. */
static bool printable(const struct cli *c, str s) {
    return str_eq(cli_shown(c, s), s);
}

str cli_word(const struct cli *c, str s) {
    uint32_t i = 0;
    while (i < s.n && plain_byte(s.p[i]))
        i++;
    if (i == s.n && i > 0)
        return s.p[0] == '-' ? arena_cat(c->arena, STR("./"), s) : s;
    struct buf b = BUF_INIT(SHOWN_MAX);
    bool plain = printable(c, s);
    buf_text(&b, plain ? "'" : "$'");
    if (s.n > 0 && s.p[0] == '-')
        buf_text(&b, "./");
    for (i = 0; i < s.n; i++) {
        unsigned char byte = s.p[i];
        if (plain && byte == '\'')
            buf_text(&b, "'\\''");
        else if (!plain && (byte < 0x20 || byte >= 0x7F || byte == '\'' || byte == '\\'))
            buf_printf(&b, "\\%03o", (unsigned)byte);
        else
            buf_byte(&b, byte);
    }
    buf_byte(&b, '\'');
    return buf_keep(&b, c->arena);
}
