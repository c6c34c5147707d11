/* SPDX-License-Identifier: MIT */
#include "diag/secret.h"

#include "base/buf.h"

/* Tokens that are known by how they begin, and how many bytes follow at least, and at most. */
struct token_form {
    str prefix;
    uint32_t least, most;
};
static const struct token_form token_forms[] = {
    {STR_INIT("AKIA"), 16, 16}, /* AWS's access key ids */
    {STR_INIT("ASIA"), 16, 16},
    {STR_INIT("ghp_"), 36, 255}, /* GitHub */
    {STR_INIT("gho_"), 36, 255},
    {STR_INIT("ghu_"), 36, 255},
    {STR_INIT("ghs_"), 36, 255},
    {STR_INIT("ghr_"), 36, 255},
    {STR_INIT("github_pat_"), 22, 255},
    {STR_INIT("glpat-"), 20, 255}, /* GitLab */
    {STR_INIT("xoxb-"), 20, 255},  /* Slack */
    {STR_INIT("xoxp-"), 20, 255},
    {STR_INIT("sk_live_"), 16, 255}, /* Stripe */
    {STR_INIT("AGE-SECRET-KEY-1"), 58, 58},
    {STR_INIT("dckr_pat_"), 20, 255}, /* Docker Hub */
};
#define TOKEN_MIN                                                                                  \
    20 /* the shortest of them with its prefix: most words need no look at the table */

/* Bytes of a part of a URL: ids and keys of webhooks have 10 to 36; words with a digit are short.
 */
#define RANDOM_MIN 10
#define RANDOM_LETTERS_MIN 20

static bool word_char(unsigned char c) {
    return ascii_is_alnum(c) || c == '_' || c == '-' || c == '.';
}

/* Whether `word`, in lower case, stands at byte `at`; - and _ are alike. */
static bool stands_at(str line, uint32_t at, str word) {
    for (uint32_t i = 0; i < word.n; i++) {
        if (at + i >= line.n)
            return false;
        unsigned char c = ascii_lower(line.p[at + i]);
        if (c != word.p[i] && !(c == '-' && word.p[i] == '_'))
            return false;
    }
    return true;
}

/* None begins as another does. */
static const str secret_words[] = {
    STR_INIT("password"),   STR_INIT("passwd"),     STR_INIT("passphrase"), STR_INIT("secret"),
    STR_INIT("token"),      STR_INIT("credential"), STR_INIT("api_key"),    STR_INIT("apikey"),
    STR_INIT("access_key"), STR_INIT("private_key")};
#define SECRET_WORDS (sizeof secret_words / sizeof *secret_words)

/* The length of a word at `at` that means a secret; 0: none. */
static uint32_t secret_word(str line, uint32_t at) {
    for (size_t i = 0; i < SECRET_WORDS; i++) {
        if (stands_at(line, at, secret_words[i]))
            return secret_words[i].n;
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

static bool url_ends(unsigned char c) {
    return c <= ' ' || c == '"' || c == '\'' || c == '`' || c == '<' || c == '>';
}

/* The first byte from `at` on that is one of `of` or ends the URL. */
static uint32_t url_part_end(str line, uint32_t at, const char *of) {
    while (at < line.n && !url_ends(line.p[at]) && strchr(of, line.p[at]) == NULL)
        at++;
    return at;
}

/* Whether a part of a URL is more likely made by a machine than by somebody who names things. */
static bool looks_random(str part) {
    bool digit = false, upper = false, low = false;
    for (uint32_t i = 0; i < part.n; i++) {
        unsigned char c = part.p[i];
        digit |= ascii_is_digit(c);
        upper |= ascii_is_upper(c);
        low |= ascii_is_lower(c);
    }
    return (part.n >= RANDOM_MIN && digit && (upper || low)) ||
           (part.n >= RANDOM_LETTERS_MIN && upper && low);
}

/* From `from` to `to` of the user, host and path: who knows the rest of a hook's URL may post. */
static bool speaks_of_hook(str line, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        if (stands_at(line, i, STR("hook")))
            return true;
    }
    return false;
}

/* Hosts whose pages are everybody's, however they are called. */
static bool is_public(str host) {
    static const char *const hosts[] = {
        "example.com", /* RFC 2606: nobody's; the examples of messages are there */
        "truststore.pki.rds.amazonaws.com", "truststore.pki.us-gov-west-1.rds.amazonaws.com",
        "rds-truststore.s3.cn-north-1.amazonaws.com.cn"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        if (str_ends(host, str_c(hosts[i])))
            return true;
    }
    return false;
}

/* The first secret that ends after `at` in the URL whose "//" ends before `from`. */
static struct secret url_secret(str line, uint32_t from, uint32_t at) {
    uint32_t end = url_part_end(line, from, "/?#"), user = url_part_end(line, from, "@/?#");
    if (user < end) {
        uint32_t colon = url_part_end(line, from, ":@");
        struct secret s = {colon < user ? colon + 1 : from, user};
        if ((colon < user || looks_random(str_sub(line, from, user))) && s.to > at)
            return s;
    }
    if (is_public(str_sub(line, from, end)))
        return (struct secret){0};
    bool hook = speaks_of_hook(line, from, end);
    while (end < line.n && !url_ends(line.p[end])) {
        uint32_t part = end + 1;
        bool query = line.p[end] == '=';
        end = url_part_end(line, part, hook ? "" : query ? "&#" : "/?#&=");
        if (end > at && (hook || query || looks_random(str_sub(line, part, end))))
            return (struct secret){part, end};
        hook |= speaks_of_hook(line, part, end);
    }
    return (struct secret){0};
}

static uint32_t word_end(str line, uint32_t at) {
    while (at < line.n && word_char(line.p[at]))
        at++;
    return at;
}

static bool is_token(str word) {
    for (uint32_t r = 0; word.n >= TOKEN_MIN && r < sizeof token_forms / sizeof *token_forms; r++) {
        const struct token_form *f = &token_forms[r];
        if (word.p[0] == f->prefix.p[0] && str_starts(word, f->prefix) &&
            word.n >= f->prefix.n + f->least && word.n <= f->prefix.n + f->most)
            return true;
    }
    return false;
}

/* The end of a token at byte `i`; `i`: there is none. */
static uint32_t token_end(str line, uint32_t i) {
    if (i > 0 && word_char(line.p[i - 1]))
        return i;
    uint32_t to = word_end(line, i);
    return is_token(str_sub(line, i, to)) ? to : i;
}

static struct secret keyed_secret(str line, uint32_t i) {
    uint32_t n = secret_word(line, i);
    if (n == 0)
        return (struct secret){0};
    while (i + n < line.n && word_char(line.p[i + n]))
        n++;
    return value_after(line, i + n);
}

static struct secret find(str line, uint32_t at, bool keyed) {
    for (uint32_t i = 0; i < line.n; i++) {
        bool url = line.p[i] == '/' && i + 1 < line.n && line.p[i + 1] == '/';
        struct secret s = {i, token_end(line, i)};
        if (url)
            s = url_secret(line, i + 2, at);
        else if (s.to == i && keyed)
            s = keyed_secret(line, i);
        if (s.to > s.from && s.to > at)
            return s;
        if (url)
            i = url_part_end(line, i, "") - 1;
    }
    return (struct secret){line.n, line.n};
}

struct secret secret_find(str line, uint32_t at) {
    return find(line, at, true);
}

struct secret secret_find_bare(str text, uint32_t at) {
    return find(text, at, false);
}

/* Whether `key` ends with a word that means a secret: `db-password`, not `password_file`. */
static bool key_is_secret(str key) {
    for (size_t i = 0; i < SECRET_WORDS; i++) {
        uint32_t n = secret_words[i].n;
        if (key.n >= n && stands_at(key, key.n - n, secret_words[i]))
            return true;
    }
    return false;
}

/* What stands where a secret would and is none: a reference, a path, an ARN, a word of YAML. */
static bool is_reference(str value) {
    static const char *const words[] = {"none", "true", "false", "yes", "no", "null", "~", NULL};
    for (int i = 0; words[i] != NULL; i++) {
        if (str_is_nocase(value, words[i]))
            return true;
    }
    return value.n == 0 || value.p[0] == '/' || value.p[0] == '$' ||
           str_starts(value, STR("arn:")) || str_contains(value, STR("${"));
}

static bool url_has_password(str value, uint32_t from) {
    uint32_t colon = url_part_end(value, from, ":@/?#"), user = url_part_end(value, from, "@/?#");
    bool has = user < value.n && value.p[user] == '@' && colon < user && value.p[colon] == ':';
    return has && !is_reference(str_sub(value, colon + 1, user));
}

/*
 * The first word from `at` on that may be a token; value.n: none. Its last byte is looked at first:
 * words are short, and most bytes need no look.
 */
static uint32_t long_word(str value, uint32_t at) {
    while (at < value.n && value.n - at >= TOKEN_MIN) {
        uint32_t n = TOKEN_MIN;
        while (n > 0 && word_char(value.p[at + n - 1]))
            n--;
        if (n == 0)
            return at;
        at += n;
    }
    return value.n;
}

static bool has_token(str value) {
    for (uint32_t at = 0, end; (at = long_word(value, at)) < value.n; at = end) {
        end = word_end(value, at);
        if (is_token(str_sub(value, at, end)))
            return true;
    }
    return false;
}

/* Whether what is behind the `@` of a URL is the machine itself. */
static bool is_loopback(str value, uint32_t from) {
    uint32_t at = url_part_end(value, from, "@/?#");
    str host = str_sub(value, at + 1, url_part_end(value, at + 1, ":/?#"));
    return str_is(host, "localhost") || str_is(host, "127.0.0.1");
}

static bool has_password(str value, bool local) {
    if (str_find(value, '@') == value.n)
        return false;
    for (uint32_t i = str_find_pair(value, 0, '/', '/'); i < value.n;
         i = str_find_pair(value, i + 1, '/', '/')) {
        if (url_has_password(value, i + 2) && (local || !is_loopback(value, i + 2)))
            return true;
    }
    return false;
}

static bool has_private_key(str value) {
    return str_find_pair(value, 0, '-', '-') < value.n && str_contains(value, STR("-----BEGIN ")) &&
           str_contains(value, STR("PRIVATE KEY-----"));
}

/* A token, a private key, a URL with a password; `local`: also a URL of this machine. */
static bool value_is_secret(str value, bool local) {
    /* Most are shorter than any key. */
    if (value.n >= TOKEN_MIN && (has_private_key(value) || has_token(value)))
        return true;
    return has_password(value, local);
}

bool secret_is_literal(str key, str value) {
    return (key_is_secret(key) && !is_reference(value)) || value_is_secret(value, true);
}

bool secret_is_token(str value) {
    return value_is_secret(value, false);
}

str secret_hide(struct arena *a, str text) {
    struct secret s = secret_find_bare(text, 0);
    if (s.from == s.to)
        return text;
    struct buf b = BUF_INIT(text.n * (sizeof SECRET_HIDDEN - 1) + 1);
    for (uint32_t at = 0; at < text.n; at = s.to) {
        s = secret_find_bare(text, at);
        if (s.from == s.to)
            s.from = s.to = text.n;
        buf_put(&b, str_sub(text, at, s.from));
        buf_text(&b, s.from < s.to ? SECRET_HIDDEN : "");
    }
    return buf_keep(&b, a);
}
