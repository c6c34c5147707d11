/* SPDX-License-Identifier: MIT */
#include "aws/ini.h"

#include "base/buf.h"

#define TEXT_MAX (4u << 20)

struct reader {
    struct arena *arena;
    struct ini *ini;
    struct ini_section *section; /* NULL before the first */
    struct ini_section defaults;
    struct ini_entry *entry; /* that lines further in belong to; NULL: none */
    uint32_t indent;         /* of the line that began it */
    const char *why;
};

static bool is_space(unsigned char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static str trim(str s) {
    while (s.n > 0 && is_space(s.p[0]))
        s = str_sub(s, 1, s.n);
    while (s.n > 0 && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

static struct ini_entry *find(struct ini_section *s, str key) {
    for (uint32_t i = 0; s != NULL && i < s->entries.n; i++) {
        if (str_eq(s->entries.at[i].key, key))
            return &s->entries.at[i];
    }
    return NULL;
}

static void begin_section(struct reader *r, str name) {
    r->entry = NULL;
    if (str_is(name, "DEFAULT")) {
        r->section = &r->defaults;
        return;
    }
    if (ini_find(r->ini, name) != NULL) {
        r->why = "the section is there already";
        return;
    }
    r->section = ARENA_NEW(r->arena, struct ini_section);
    r->section->name = name;
    VEC_PUSH(r->arena, &r->ini->sections, r->section);
}

static void begin_entry(struct reader *r, str line) {
    uint32_t at = 0;
    while (at < line.n && line.p[at] != '=' && line.p[at] != ':')
        at++;
    str key = arena_fold_case(r->arena, trim(str_sub(line, 0, at)));
    r->why = r->section == NULL              ? "a section in brackets comes before the first key"
             : at == line.n || key.n == 0    ? "this is neither a section nor `key = value`"
             : find(r->section, key) != NULL ? "the key is there already"
                                             : NULL;
    if (r->why != NULL)
        return;
    VEC_PUSH(r->arena, &r->section->entries,
             (struct ini_entry){key, trim(str_sub(line, at + 1, line.n))});
    r->entry = VEC_LAST(&r->section->entries);
}

/* What is further in, and empty lines between. */
static void go_on(struct reader *r, str line) {
    if (r->entry->value.n + (uint64_t)line.n < TEXT_MAX)
        r->entry->value = arena_cat3(r->arena, r->entry->value, STR("\n"), line);
    else
        r->why = "the value is too long";
}

static void read_line(struct reader *r, str line) {
    str text = trim(line);
    bool comment = text.n > 0 && (text.p[0] == '#' || text.p[0] == ';');
    uint32_t indent = 0, close = text.n;
    while (indent < line.n && is_space(line.p[indent]))
        indent++;
    if (comment)
        return;
    if (text.n == 0) {
        if (r->entry != NULL)
            go_on(r, text);
        return;
    }
    if (r->entry != NULL && indent > r->indent) {
        go_on(r, text);
        return;
    }
    r->indent = indent;
    while (close > 0 && text.p[close - 1] != ']')
        close--;
    if (text.p[0] == '[' && close > 2)
        begin_section(r, str_sub(text, 1, close - 1));
    else
        begin_entry(r, text);
}

/* Keys inside of a key are `key = value` only. */
static bool check_nested(const struct ini_section *s, const char **ret_why) {
    for (uint32_t i = 0; i < s->entries.n; i++) {
        str rest = s->entries.at[i].value;
        bool nested = rest.n > 0 && rest.p[0] == '\n';
        while (nested && rest.n > 0) {
            str line = trim(str_split(&rest, '\n'));
            if (line.n == 0 || str_find(line, '=') < line.n)
                continue;
            *ret_why = "a line inside of a key is not `key = value`";
            return false;
        }
    }
    return true;
}

static bool finish(struct reader *r) {
    for (uint32_t i = 0; i < r->ini->sections.n; i++) {
        struct ini_section *s = r->ini->sections.at[i];
        for (uint32_t k = 0; k < r->defaults.entries.n; k++) {
            if (find(s, r->defaults.entries.at[k].key) == NULL)
                VEC_PUSH(r->arena, &s->entries, r->defaults.entries.at[k]);
        }
        for (uint32_t k = 0; k < s->entries.n; k++) {
            str *v = &s->entries.at[k].value;
            while (v->n > 0 && is_space(v->p[v->n - 1]))
                v->n--;
        }
        if (!check_nested(s, &r->why))
            return false;
    }
    return true;
}

bool ini_parse(struct arena *a, str text, struct ini *ret, uint32_t *ret_line,
               const char **ret_why) {
    struct reader r = {.arena = a, .ini = ret};
    *ret = (struct ini){{0}};
    *ret_line = 0;
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_sub(text, 3, text.n);
    if (text.n > TEXT_MAX || utf8_check(text) != text.n)
        r.why = text.n > TEXT_MAX ? "it is too long" : "it is not UTF-8";
    while (text.n > 0 && r.why == NULL) {
        ++*ret_line;
        read_line(&r, str_split(&text, '\n'));
    }
    *ret_why = r.why;
    if (r.why != NULL)
        return false;
    bool ok = finish(&r);
    *ret_why = r.why;
    return ok;
}

const struct ini_section *ini_find(const struct ini *f, str name) {
    for (uint32_t i = 0; i < f->sections.n; i++) {
        if (str_eq(f->sections.at[i]->name, name))
            return f->sections.at[i];
    }
    return NULL;
}

const struct ini_section *ini_find_kind(struct arena *a, const struct ini *f, str kind, str name) {
    const struct ini_section *ret = NULL;
    for (uint32_t i = 0; i < f->sections.n; i++) {
        struct ini_words w;
        str all = f->sections.at[i]->name;
        if (str_starts(all, kind) && ini_split_words(a, all, &w) && w.words.n == 2 &&
            str_eq(w.words.at[1], name))
            ret = f->sections.at[i];
    }
    return ret;
}

str ini_value(const struct ini_section *s, const char *key) {
    for (uint32_t i = 0; s != NULL && i < s->entries.n; i++) {
        if (str_is(s->entries.at[i].key, key))
            return s->entries.at[i].value;
    }
    return (str){NULL, 0};
}

bool ini_has(const struct ini_section *s, const char *key) {
    for (uint32_t i = 0; s != NULL && i < s->entries.n; i++) {
        if (str_is(s->entries.at[i].key, key))
            return true;
    }
    return false;
}

str ini_nested(const struct ini_section *s, str outer, const char *key) {
    str ret = {NULL, 0};
    for (uint32_t i = 0; s != NULL && i < s->entries.n; i++) {
        str rest = s->entries.at[i].value;
        if (!str_eq(s->entries.at[i].key, outer) || rest.n == 0 || rest.p[0] != '\n')
            continue;
        while (rest.n > 0) {
            str value = str_split(&rest, '\n');
            str name = str_split(&value, '=');
            if (str_is(trim(name), key))
                ret = trim(value);
        }
    }
    return ret;
}

/* The word from `*at` on; false when a quote stays open. */
static bool read_word(str line, uint32_t *at, struct buf *word) {
    unsigned char quote = 0;
    for (; *at < line.n && (quote != 0 || !is_space(line.p[*at])); ++*at) {
        unsigned char c = line.p[*at];
        if (quote == 0 ? c == '\'' || c == '"' : c == quote) {
            quote = quote == 0 ? c : 0;
        } else if (c == '\\' && quote != '\'') {
            if (++*at == line.n)
                return false;
            /* Between double quotes it stands for itself but for these two. */
            if (quote == '"' && line.p[*at] != '"' && line.p[*at] != '\\')
                buf_byte(word, '\\');
            buf_byte(word, line.p[*at]);
        } else {
            buf_byte(word, c);
        }
    }
    return quote == 0;
}

bool ini_split_words(struct arena *a, str line, struct ini_words *ret) {
    *ret = (struct ini_words){{0}};
    for (uint32_t at = 0; at < line.n;) {
        struct buf word = BUF_INIT((size_t)line.n + 1);
        while (at < line.n && is_space(line.p[at]))
            at++;
        if (at == line.n)
            break;
        bool ok = read_word(line, &at, &word);
        str kept = buf_keep(&word, a);
        if (!ok)
            return false;
        VEC_PUSH(a, &ret->words, kept);
    }
    return true;
}
