/* SPDX-License-Identifier: MIT */
#include "schema/schema.h"

#include <regex.h>

/*
 * The C library keeps what it worked out for the texts that it has seen. After so many an
 * expression is compiled anew, so that this does not grow with the number of texts.
 */
#define TEXTS_MAX 1000

struct form {
    regex_t re;
    bool ok;
    uint32_t texts;
};

static void compile(struct form *f, const char *whole) {
    f->ok = regcomp(&f->re, whole, REG_EXTENDED | REG_NOSUB) == 0;
    f->texts = 0;
}

static void end(void *form) {
    struct form *f = form;
    if (f->ok)
        regfree(&f->re);
}

/* Expressions are short, and come from tables and catalog files, never from values. */
static struct form *form_of(struct schema_walk *w, str text) {
    struct form *f = w->forms != NULL ? map_get(w->forms, text) : NULL;
    if (f != NULL && f->texts < TEXTS_MAX)
        return f;
    if (f == NULL) {
        f = ARENA_NEW(w->arena, struct form);
        arena_at_end(w->arena, end, f);
        if (w->forms != NULL)
            map_add(w->arena, w->forms, text, f);
    }
    end(f);
    compile(f, (const char *)arena_printf(w->arena, "^(%.*s)$", STR_ARG(text)).p);
    return f;
}

static bool matches(struct schema_walk *w, const char *form, str text) {
    struct form *f = form_of(w, str_c(form));
    f->texts++;
    return f->ok && memchr(text.p, 0, text.n) == NULL &&
           regexec(&f->re, (const char *)arena_str(w->arena, text).p, 0, NULL, 0) == 0;
}

bool schema_check_form(struct schema_walk *w, const struct schema_row *row,
                       const struct cfg_text *t) {
    if (row->form == NULL || matches(w, row->form, t->text))
        return true;
    struct diag *d = diag_add(w->dl, DIAG_BAD_FORMAT, t->at, "`%s` cannot be `%.*s`", row->key,
                              STR_ARG(t->text));
    if (row->example != NULL)
        diag_hint(w->dl, d, "%s Write it like %s.", row->doc != NULL ? row->doc : "", row->example);
    return false;
}
