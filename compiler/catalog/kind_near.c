/* SPDX-License-Identifier: MIT */
#include "catalog/kind_near.h"

/* "aurora" is a part of "aurora-mysql". */
static bool is_choice(str value, str word) {
    return str_starts(value, word) && (value.n == word.n || value.p[word.n] == '-');
}

/* A choice of the kind, such as its engine or launch type; NULL: none is called so. */
static const struct cat_attribute *choice_of(const struct cat_kind *k, str word, str *ret_value) {
    for (uint32_t i = 0; i < k->attributes.n; i++) {
        const struct cat_attribute *a = &k->attributes.items[i];
        for (uint32_t v = 0; a->type.value == CAT_ENUM && v < a->values.n; v++) {
            *ret_value = a->values.items[v].text;
            if (is_choice(*ret_value, word))
                return a;
        }
    }
    return NULL;
}

/* "queue" is a word of "SQS queue". */
static bool in_title(str title, str word) {
    while (title.n > 0) {
        if (str_eq_nocase(str_split(&title, ' '), word))
            return true;
    }
    return false;
}

static bool put_choice(struct catalog *c, const str *names, uint32_t n, str word, struct buf *b) {
    for (uint32_t i = 0; i < n; i++) {
        const struct cat_kind *k = catalog_kind(c, names[i]);
        str value;
        const struct cat_attribute *a = k != NULL ? choice_of(k, word, &value) : NULL;
        if (a == NULL)
            continue;
        buf_printf(b, "Write `kind: %.*s` with `%.*s: %.*s`.", STR_ARG(k->kind.text),
                   STR_ARG(a->name.text), STR_ARG(value));
        return true;
    }
    return false;
}

static bool put_titles(struct catalog *c, const str *names, uint32_t n, str word, struct buf *b) {
    for (uint32_t i = 0; i < n; i++) {
        const struct cat_kind *k = catalog_kind(c, names[i]);
        if (k == NULL || !in_title(k->title.text, word))
            continue;
        buf_printf(b, "%s`%.*s` (%.*s)", b->n > 0 ? " or " : "Did you mean ", STR_ARG(k->kind.text),
                   STR_ARG(k->title.text));
    }
    if (b->n > 0)
        buf_byte(b, '?');
    return b->n > 0;
}

void kind_near_put(struct catalog *c, str word, struct buf *b) {
    struct suggest near = suggest_for(word);
    uint32_t n;
    const str *names = catalog_names(c, &n);
    for (uint32_t i = 0; i < n; i++)
        suggest_offer(&near, names[i]);
    if (near.best.n > 0)
        buf_printf(b, "Did you mean `%.*s`?", STR_ARG(near.best));
    else if (word.n < 3 || (!put_choice(c, names, n, word, b) && !put_titles(c, names, n, word, b)))
        BUF_LIT(b, "`opsc catalog list` has them all; `catalog:` adds your own.");
}
