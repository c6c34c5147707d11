/* SPDX-License-Identifier: MIT */
#include "catalog/table.h"

static bool read_columns(str line, struct table *t) {
    str rest = str_sub(line, sizeof "columns:" - 1, line.n);
    rest = str_trim(rest);
    if (rest.n < 2 || rest.p[0] != '[' || rest.p[rest.n - 1] != ']')
        return false;
    rest = str_sub(rest, 1, rest.n - 1);
    while (rest.n > 0) {
        str name = str_trim(str_split(&rest, ','));
        if (name.n == 0 || t->ncolumns == TABLE_COLUMNS_MAX)
            return false;
        t->columns[t->ncolumns++] = name;
    }
    return t->ncolumns > 0;
}

/* What stands between quotes, or up to a comment. */
static str unquoted(str s) {
    s = str_trim(s);
    if (s.n > 0 && s.p[0] == '"') {
        s = str_sub(s, 1, s.n);
        return str_trim(str_sub(s, 0, str_find(s, '"')));
    }
    return str_trim(str_sub(s, 0, str_find(s, '#')));
}

static bool read_row(struct arena *a, str line, struct table *t) {
    uint32_t colon = str_find(line, ':');
    if (colon == 0 || colon == line.n)
        return false;
    str *values = ARENA_NEW(a, str);
    *values = unquoted(str_sub(line, colon + 1, line.n));
    return values->n > 0 && map_add(a, &t->rows, str_sub(line, 0, colon), values) == NULL;
}

bool table_read(struct arena *a, str text, struct table *ret, uint32_t *ret_bad) {
    const unsigned char *start = text.p;
    bool in_rows = false;
    *ret = (struct table){0};
    while (text.n > 0) {
        *ret_bad = (uint32_t)(text.p - start);
        str whole = str_split(&text, '\n'), line = str_trim(whole);
        bool inside = whole.n > 0 && whole.p[0] == ' ', ok = true;
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (in_rows)
            ok = inside && read_row(a, line, ret);
        else if (str_starts(whole, STR("columns:")))
            ok = ret->ncolumns == 0 && read_columns(line, ret);
        else if (str_is(whole, "rows:") && ret->ncolumns > 0)
            in_rows = true;
        else
            ok = false;
        if (!ok)
            return false;
    }
    *ret_bad = 0;
    return in_rows;
}

str table_value(const struct table *t, str row, str column, bool *ret_known) {
    const str *values = map_get(&t->rows, row);
    *ret_known = values != NULL;
    str rest = values != NULL ? *values : STR("");
    for (uint32_t i = 0; i < t->ncolumns && rest.n > 0; i++) {
        str cell = str_split(&rest, ' ');
        if (str_eq(t->columns[i], column))
            return str_is(cell, "-") ? STR("") : cell;
        rest = str_trim(rest);
    }
    return STR("");
}
