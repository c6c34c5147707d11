/* SPDX-License-Identifier: MIT */
#include "schema/schema.h"

#include <regex.h>

/*
 * Compiled anew for each text: a regex_t owns memory that an arena cannot hold. The expressions are
 * short and come from tables and catalog files, never from values.
 */
static bool matches(struct arena *a, const char *form, str text) {
    regex_t re;
    const char *whole = (const char *)arena_printf(a, "^(%s)$", form).p;
    if (regcomp(&re, whole, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool ok = memchr(text.p, 0, text.n) == NULL &&
              regexec(&re, (const char *)arena_str(a, text).p, 0, NULL, 0) == 0;
    regfree(&re);
    return ok;
}

bool schema_check_form(struct schema_walk *w, const struct schema_row *row,
                       const struct cfg_text *t) {
    if (row->form == NULL || matches(w->arena, row->form, t->text))
        return true;
    struct diag *d = diag_add(w->dl, DIAG_BAD_FORMAT, t->at, "`%.*s` cannot be `%s`",
                              STR_ARG(t->text), row->key);
    if (row->example != NULL)
        diag_hint(w->dl, d, "%s Write it like %s.", row->doc != NULL ? row->doc : "", row->example);
    return false;
}
