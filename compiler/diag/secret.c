/* SPDX-License-Identifier: MIT */
#include "diag/secret.h"

#define ACCESS_KEY_ID 20 /* bytes: "AKIA" or "ASIA" and 16 more */

static unsigned char lower(unsigned char c) {
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

static bool word_char(unsigned char c) {
    unsigned char l = lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* Whether `word`, in lower case, stands at byte `at`; - and _ are alike. */
static bool stands_at(str line, uint32_t at, const char *word) {
    for (uint32_t i = 0; word[i] != 0; i++) {
        if (at + i >= line.n)
            return false;
        unsigned char c = lower(line.p[at + i]);
        if (c != (unsigned char)word[i] && !(c == '-' && word[i] == '_'))
            return false;
    }
    return true;
}

/* The length of a word at `at` that means a secret; 0: none. */
static uint32_t secret_word(str line, uint32_t at) {
    static const char *const words[] = {"password",   "passwd",      "passphrase", "secret",
                                        "token",      "credential",  "api_key",    "apikey",
                                        "access_key", "private_key", NULL};
    for (int i = 0; words[i] != NULL; i++) {
        if (stands_at(line, at, words[i]))
            return (uint32_t)strlen(words[i]);
    }
    return 0;
}

static uint32_t skip(str line, uint32_t at, const char *of) {
    while (at < line.n && strchr(of, line.p[at]) != NULL && line.p[at] != 0)
        at++;
    return at;
}

/* The value after a key that ends at `at`: to the closing quote, or to where plain YAML ends. */
static struct secret value_after(str line, uint32_t at) {
    at = skip(line, at, "\"' ");
    if (at >= line.n || (line.p[at] != ':' && line.p[at] != '='))
        return (struct secret){0};
    at = skip(line, at + 1, " \t");
    struct secret s = {at, at};
    unsigned char quote = at < line.n ? line.p[at] : 0;
    bool quoted = quote == '"' || quote == '\'';
    if (quote == '{' || quote == '[')
        return s;
    if (quoted)
        s.from = s.to = at + 1;
    while (s.to < line.n) {
        unsigned char c = line.p[s.to];
        bool comment = c == '#' && s.to > 0 && line.p[s.to - 1] == ' ';
        if (quoted ? c == quote : c == ',' || c == '}' || c == ']' || comment)
            break;
        s.to++;
    }
    while (!quoted && s.to > s.from && line.p[s.to - 1] == ' ')
        s.to--;
    return s;
}

/* //user:password@host */
static struct secret url_password(str line, uint32_t at) {
    uint32_t colon = 0;
    for (uint32_t i = at + 2; i < line.n; i++) {
        unsigned char c = line.p[i];
        if (c == '@' && colon > 0)
            return (struct secret){colon + 1, i};
        if (c == '/' || c == ' ' || c == '"' || c == '\'')
            break;
        if (c == ':' && colon == 0)
            colon = i;
    }
    return (struct secret){0};
}

static struct secret secret_at(str line, uint32_t i) {
    bool begins = i == 0 || !word_char(line.p[i - 1]);
    if (begins && i + ACCESS_KEY_ID <= line.n &&
        (stands_at(line, i, "akia") || stands_at(line, i, "asia")) && line.p[i] == 'A') {
        uint32_t to = i;
        while (to < line.n && word_char(line.p[to]))
            to++;
        return (struct secret){i, to - i == ACCESS_KEY_ID ? to : i};
    }
    if (line.p[i] == '/' && i + 1 < line.n && line.p[i + 1] == '/')
        return url_password(line, i);
    uint32_t n = secret_word(line, i);
    if (n == 0)
        return (struct secret){0};
    while (i + n < line.n && word_char(line.p[i + n]))
        n++;
    return value_after(line, i + n);
}

struct secret secret_find(str line, uint32_t at) {
    for (uint32_t i = 0; i < line.n; i++) {
        struct secret s = secret_at(line, i);
        if (s.to > s.from && s.to > at)
            return s;
    }
    return (struct secret){line.n, line.n};
}
