/* SPDX-License-Identifier: MIT */
/* what a row of the table has in it */
#include "apply/document.h"
#include "apply/input.h"
#include "apply/placeholder.h"

bool input_is_written(const struct resource_attr *row) {
    bool block = row->type == ATTR_BLOCK || row->type == ATTR_BLOCKS;
    return (row->flags & (ATTR_COMPUTED | ATTR_TAGS)) == 0 && (row->api != NULL || block);
}

/* Whether a text between quotes is "for NAME" or "unless NAME". */
static bool is_for(str text, const char *name) {
    str what = str_split(&text, ' ');
    return (str_is(what, "for") || str_is(what, "unless")) && str_is(str_split(&text, '.'), name);
}

/* Whether a text has "${NAME}" in it. */
static bool has_placeholder(str text, const char *name) {
    for (placeholder_before(&text); text.n > 0; placeholder_before(&text)) {
        struct placeholder s = placeholder_of(str_split(&text, '}'));
        if (!s.there && str_is(s.name, name))
            return true;
    }
    return false;
}

/* In JSON, and the files that it stands for. */
static bool names(str json, const char *name) {
    bool file = false;
    for (bool quoted = false; json.n > 0; quoted = !quoted) {
        str text = str_split(&json, '"');
        if (is_for(text, name) || has_placeholder(text, name) ||
            (file && quoted && names(document_file(text), name)))
            return true;
        file = quoted ? str_is(text, "@") : file;
    }
    return false;
}

/* Whether it has this attribute in it. */
static bool has(const struct resource_kind *kind, const char *input, uint32_t row) {
    const struct resource_attr *is = &kind->attrs[row];
    return (input_is_written(is) && strstr(input, "\"*\"") != NULL) || names(str_c(input), is->tf);
}

static bool has_word(const char *words, const char *word) {
    str rest = str_c(words != NULL ? words : "");
    bool any = false;
    while (rest.n > 0 && !any)
        any = str_is(str_split(&rest, ' '), word);
    return any;
}

bool input_sets(const struct resource_kind *kind, const struct resource_write *w, uint32_t row) {
    const char *tf = kind->attrs[row].tf;
    if (w->unset != NULL)
        return strcmp(w->unset, tf) == 0;
    return w->input != NULL && (has(kind, w->input, row) || has_word(w->also, tf) ||
                                (w->each != NULL && strcmp(w->each, tf) == 0));
}

bool input_is_tags(const struct resource_kind *kind, const char *input) {
    bool tags = false;
    for (uint32_t i = 0; i < kind->nattrs; i++) {
        if ((kind->attrs[i].flags & (ATTR_IDENTITY | ATTR_COMPUTED)) != 0 || !has(kind, input, i))
            continue;
        if ((kind->attrs[i].flags & ATTR_TAGS) == 0)
            return false;
        tags = true;
    }
    return tags;
}
