/* SPDX-License-Identifier: MIT */
/* Text in Markdown as GitHub reads it, which is CommonMark with links of its own and formulas. */
#include "tmpl/tmpl.h"

static bool is_alnum(unsigned char c) {
    return ascii_is_alnum(c) || c >= 0x80;
}

uint32_t tmpl_unseen(str s) {
    unsigned char c = s.p[0], second = s.n > 1 ? s.p[1] : 0, third = s.n > 2 ? s.p[2] : 0;
    if (c < 0x20 || c == 0x7F)
        return 1;
    if (c == 0xC2 && second >= 0x80 && second < 0xA0)
        return 2;
    bool turns = c == 0xE2 && ((second == 0x80 && third >= 0xA8 && third <= 0xAE) ||
                               (second == 0x81 && third >= 0xA6 && third <= 0xA9));
    return turns || (c == 0xEF && second == 0xBB && third == 0xBF) ? 3 : 0;
}

/* Whether a text that begins so would be a list, a heading or a rule. */
static bool begins_block(str s) {
    uint32_t digits = 0;
    while (digits < s.n && ascii_is_digit(s.p[digits]))
        digits++;
    if (digits > 0)
        return digits < s.n && (s.p[digits] == '.' || s.p[digits] == ')') &&
               (digits + 1 == s.n || s.p[digits + 1] == ' ');
    return s.n > 0 && memchr("#+-=", s.p[0], 4) != NULL;
}

/* Whether Markdown would read the byte at `i`. */
static bool is_read(str s, uint32_t i) {
    unsigned char c = s.p[i], before = i > 0 ? s.p[i - 1] : ' ',
                  after = i + 1 < s.n ? s.p[i + 1] : ' ';
    if (memchr("\\`*[]<>&|~$@", c, 12) != NULL)
        return true;
    if (c == '_')
        return !is_alnum(before) || !is_alnum(after);
    if (c == ':')
        return after == '/';
    return c == '.' && i >= 3 && (str_is_nocase(str_sub(s, i - 3, i), "www"));
}

/* `first`: it begins a line or an item. */
static void put_text(struct buf *out, str s, bool first) {
    bool digits = first && begins_block(s);
    for (uint32_t i = 0, n; i < s.n; i += n) {
        n = tmpl_unseen(str_sub(s, i, s.n));
        if (n > 0) {
            buf_byte(out, ' ');
            continue;
        }
        n = 1;
        bool number = ascii_is_digit(s.p[i]);
        if (is_read(s, i) || (digits && !number))
            buf_byte(out, '\\');
        digits &= number;
        buf_byte(out, s.p[i]);
    }
}

void tmpl_markdown(struct buf *out, str s) {
    put_text(out, str_trim(s), true);
}

void tmpl_code(struct buf *out, str s) {
    uint32_t longest = 0, run = 0;
    s = str_trim(s);
    for (uint32_t i = 0; i < s.n; i++) {
        run = s.p[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    if (s.n == 0)
        return;
    bool pad = s.p[0] == '`' || s.p[s.n - 1] == '`';
    buf_repeat(out, '`', longest + 1);
    buf_text(out, pad ? " " : "");
    for (uint32_t i = 0, n; i < s.n; i += n) {
        n = tmpl_unseen(str_sub(s, i, s.n));
        buf_byte(out, n > 0 ? ' ' : s.p[i]);
        n = n > 0 ? n : 1;
    }
    buf_text(out, pad ? " " : "");
    buf_repeat(out, '`', longest + 1);
}

static bool is_url_byte(unsigned char c) {
    return (c < 0x80 && is_alnum(c)) || (c != 0 && memchr("-._~:/?#@!$&'*+,;=%", c, 19) != NULL);
}

void tmpl_url(struct buf *out, str s) {
    static const char hex[] = "0123456789ABCDEF";
    for (uint32_t i = 0; i < s.n; i++) {
        if (is_url_byte(s.p[i])) {
            buf_byte(out, s.p[i]);
            continue;
        }
        buf_byte(out, '%');
        buf_byte(out, (unsigned char)hex[s.p[i] >> 4]);
        buf_byte(out, (unsigned char)hex[s.p[i] & 15]);
    }
}

/* How long an address is that begins here, without what ends the sentence around it; 0: none. */
static uint32_t address(str s) {
    uint32_t n = 0;
    if (!str_starts(s, STR("https://")))
        return 0;
    while (n < s.n && is_url_byte(s.p[n]))
        n++;
    while (n > 0 && memchr(".,;:!?'", s.p[n - 1], 7) != NULL)
        n--;
    return n > STR("https://").n ? n : 0;
}

/* Where code or an address begins. */
static uint32_t find_special(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        str rest = str_sub(s, i, s.n);
        if (address(rest) > 0)
            return i;
        uint32_t end = str_find(str_sub(rest, 1, rest.n), '`');
        if (rest.p[0] == '`' && end > 0 && end + 1 < rest.n)
            return i;
    }
    return s.n;
}

void tmpl_prose(struct buf *out, str s) {
    s = str_trim(s);
    for (bool first = true; s.n > 0; first = false) {
        uint32_t at = find_special(s);
        put_text(out, str_sub(s, 0, at), first);
        s = str_sub(s, at, s.n);
        uint32_t n = s.n > 0 ? address(s) : 0;
        if (n > 0) {
            buf_byte(out, '<');
            buf_put(out, str_sub(s, 0, n));
            buf_byte(out, '>');
        } else if (s.n > 0) {
            n = str_find(str_sub(s, 1, s.n), '`') + 2;
            tmpl_code(out, str_sub(s, 1, n - 1));
        }
        s = str_sub(s, n, s.n);
    }
}
