/* SPDX-License-Identifier: MIT */
#include "yaml/yaml_text.h"

#include "yaml/yaml.h"

#include <stdio.h>

/* A file of a wrong kind would fill the screen. */
#define BAD_CHARACTERS_SHOWN 10

/* Characters beyond ASCII that libyaml refuses, or takes for ends of lines where editors do not. */
static const struct {
    str bytes;
    const char *shown;
    bool line_end;
} bad_sequences[] = {
    {STR_INIT("\xE2\x80\xA8"), "\\u2028", true},
    {STR_INIT("\xE2\x80\xA9"), "\\u2029", true},
    {STR_INIT("\xEF\xBF\xBE"), "\\ufffe", false},
    {STR_INIT("\xEF\xBF\xBF"), "\\uffff", false},
};

static void report_character(struct yaml_text *t, uint32_t at, uint32_t len, const char *shown,
                             bool line_end) {
    struct diag *d = diag_add(t->dl, DIAG_BAD_CHARACTER, yaml_text_span(t, at, at + len),
                              "character `%s` is not allowed in YAML", shown);
    if (line_end)
        diag_hint(t->dl, d, "End lines with LF or CRLF.");
    else
        diag_hint(t->dl, d, "Remove it, or write it as an escape in a text in double quotes.");
}

/* Reports the character of `len` bytes at `at` unless YAML allows it. */
static bool character_ok(struct yaml_text *t, uint32_t at, uint32_t len) {
    const unsigned char *p = t->text.p + at;
    char shown[8];
    if (len == 1) {
        bool lone_cr = p[0] == '\r' && !(at + 1 < t->text.n && p[1] == '\n');
        bool control = (p[0] < 0x20 && p[0] != '\t' && p[0] != '\n' && p[0] != '\r');
        if (!lone_cr && !control && p[0] != 0x7F)
            return true;
        snprintf(shown, sizeof shown, "\\x%02x", (unsigned)p[0]);
        report_character(t, at, len, shown, lone_cr);
        return false;
    }
    if (len == 2 && p[0] == 0xC2 && p[1] < 0xA0) {
        snprintf(shown, sizeof shown, "\\x%02x", (unsigned)p[1]);
        report_character(t, at, len, shown, p[1] == 0x85);
        return false;
    }
    for (size_t i = 0; i < sizeof bad_sequences / sizeof *bad_sequences; i++) {
        if (!str_eq(str_sub(t->text, at, at + len), bad_sequences[i].bytes))
            continue;
        report_character(t, at, len, bad_sequences[i].shown, bad_sequences[i].line_end);
        return false;
    }
    return true;
}

static void report_encoding(struct yaml_text *t, uint32_t at) {
    struct diag *d = diag_add(t->dl, DIAG_BAD_UTF8, yaml_text_span(t, at, at + 1),
                              "byte `\\x%02x` is not valid UTF-8", (unsigned)t->text.p[at]);
    if (str_starts(t->text, STR("\xFF\xFE")) || str_starts(t->text, STR("\xFE\xFF")))
        diag_hint(t->dl, d, "The file looks like UTF-16. Save it as UTF-8.");
    else
        diag_hint(t->dl, d, "Save the file as UTF-8.");
}

#define WORD ((uint32_t)sizeof(uint64_t))
/* A byte in all bytes of a word. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The high bit of each byte of `w` that is `c`; both are ASCII. */
static uint64_t equal_to(uint64_t w, unsigned char c) {
    return ~((w ^ EACH(c)) + EACH(0x7F)) & EACH(0x80);
}

/* Not 0 when one of eight bytes is not printable ASCII, LF or a tab. */
static uint64_t unusual(uint64_t w) {
    uint64_t ascii = w & EACH(0x7F);
    uint64_t control = ~(ascii + EACH(0x80 - 0x20)) & EACH(0x80);
    uint64_t blank = equal_to(ascii, '\n') | equal_to(ascii, '\t');
    return (w & EACH(0x80)) | (control & ~blank) | equal_to(ascii, 0x7F);
}

static uint64_t word_at(str s, uint32_t at) {
    uint64_t w;
    memcpy(&w, s.p + at, sizeof w);
    return w;
}

/* Eight bytes at a time where nothing is unusual: far below the cost of libyaml. */
static bool check_characters(struct yaml_text *t) {
    unsigned bad = 0;
    for (uint32_t i = t->base; i < t->text.n && bad < BAD_CHARACTERS_SHOWN;) {
        if (t->text.n - i >= WORD && unusual(word_at(t->text, i)) == 0) {
            i += WORD;
            continue;
        }
        uint32_t len = 1;
        if (t->text.p[i] >= 0x80) {
            t->ascii = false;
            len = utf8_next(t->text, i);
            if (len == 0) {
                report_encoding(t, i);
                return false;
            }
        }
        bad += !character_ok(t, i, len);
        i += len;
    }
    return bad == 0;
}

bool yaml_text_open(struct yaml_text *ret, struct diag_list *dl, uint32_t file) {
    str text = sources_get(dl->sources, file)->text;
    *ret = (struct yaml_text){.dl = dl, .file = file, .text = text, .ascii = true};
    ret->base = str_starts(text, STR("\xEF\xBB\xBF")) ? 3 : 0;
    ret->offset = ret->base;
    if (text.n > YAML_BYTES_MAX) {
        diag_add(dl, DIAG_FILE_TOO_BIG, yaml_text_span(ret, 0, 0), "the file is larger than %u MiB",
                 YAML_BYTES_MAX >> 20);
        return false;
    }
    return check_characters(ret);
}

static bool continues(unsigned char c) {
    return (c & 0xC0) == 0x80;
}

uint32_t yaml_text_walk(struct yaml_text *t, size_t index) {
    while (t->index < index && t->offset < t->text.n) {
        bool ascii = index - t->index >= WORD && t->text.n - t->offset >= WORD &&
                     (word_at(t->text, t->offset) & EACH(0x80)) == 0;
        if (ascii) {
            t->offset += WORD;
            t->index += WORD;
            continue;
        }
        t->offset++;
        while (t->offset < t->text.n && continues(t->text.p[t->offset]))
            t->offset++;
        t->index++;
    }
    while (t->index > index && t->offset > t->base) {
        t->offset--;
        while (continues(t->text.p[t->offset]))
            t->offset--;
        t->index--;
    }
    return t->offset;
}

uint32_t yaml_text_line_start(const struct yaml_text *t, uint32_t offset) {
    while (offset > t->base && t->text.p[offset - 1] != '\n')
        offset--;
    return offset;
}

uint32_t yaml_text_line_end(const struct yaml_text *t, uint32_t offset) {
    while (offset < t->text.n && t->text.p[offset] != '\n')
        offset++;
    if (offset > t->base && offset < t->text.n && t->text.p[offset - 1] == '\r')
        offset--;
    return offset;
}
