/* SPDX-License-Identifier: MIT */
#include "catalog/table.h"

/* An index costs about as much as looking through all rows so often. */
#define SCANS_MAX 4

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

static bool is_left_out(str line) {
    return line.n == 0 || line.p[0] == '#';
}

bool table_open(str text, struct table *ret, uint32_t *ret_bad) {
    const unsigned char *start = text.p;
    *ret = (struct table){0};
    while (text.n > 0) {
        *ret_bad = (uint32_t)(text.p - start);
        str whole = str_split(&text, '\n'), line = str_trim(whole);
        if (is_left_out(line))
            continue;
        if (str_is(whole, "rows:") && ret->ncolumns > 0) {
            ret->rows = text;
            return true;
        }
        if (ret->ncolumns > 0 || !str_starts(whole, STR("columns:")) || !read_columns(line, ret))
            return false;
    }
    *ret_bad = 0;
    return false;
}

static struct table_row row_of(str whole) {
    str line = str_trim(whole);
    uint32_t colon = str_find(line, ':');
    struct table_row row = {str_sub(line, 0, colon), unquoted(str_sub(line, colon + 1, line.n))};
    bool inside = whole.n > 0 && whole.p[0] == ' ';
    return inside && row.values.n > 0 ? row : (struct table_row){0};
}

bool table_next(str *rows, struct table_row *ret) {
    while (rows->n > 0) {
        str whole = str_split(rows, '\n');
        if (is_left_out(str_trim(whole)))
            continue;
        *ret = row_of(whole);
        return true;
    }
    return false;
}

bool table_check(struct arena *a, str text, uint32_t *ret_bad) {
    struct table t;
    if (!table_open(text, &t, ret_bad))
        return false;
    struct map names = {0};
    for (str rest = t.rows; rest.n > 0;) {
        *ret_bad = (uint32_t)(rest.p - text.p);
        str whole = str_split(&rest, '\n');
        if (is_left_out(str_trim(whole)))
            continue;
        struct table_row row = row_of(whole);
        if (row.name.n == 0 || map_add(a, &names, row.name, &t) != NULL)
            return false;
    }
    *ret_bad = 0;
    return true;
}

/* The line of the row `name`: what is passed over is looked at as little as can be. */
static bool find_row(str rows, str name, struct table_row *ret) {
    if (name.n == 0 || name.p[0] == '#' || str_find(name, ':') < name.n)
        return false;
    while (rows.n > 0) {
        str whole = str_split(&rows, '\n');
        uint32_t at = 0;
        while (at < whole.n && whole.p[at] == ' ')
            at++;
        if (whole.n - at <= name.n || whole.p[at + name.n] != ':' ||
            memcmp(whole.p + at, name.p, name.n) != 0)
            continue;
        *ret = row_of(whole);
        return ret->name.n > 0;
    }
    return false;
}

static void index_rows(struct arena *a, struct table *t) {
    struct table_row row;
    for (str rest = t->rows; table_next(&rest, &row);) {
        struct table_row *kept = ARENA_NEW(a, struct table_row);
        *kept = row;
        map_add(a, &t->found, row.name, kept);
    }
    t->indexed = true;
}

/* Names that are not there are kept as well: many resources may have a class that is too new. */
static const struct table_row *row_named(struct arena *a, struct table *t, str name) {
    static const struct table_row none;
    struct table_row *row = map_get(&t->found, name);
    if (row == NULL && !t->indexed && t->scans++ == SCANS_MAX) {
        index_rows(a, t);
        row = map_get(&t->found, name);
    }
    if (row != NULL || t->indexed)
        return row != NULL ? row : &none;
    row = ARENA_NEW(a, struct table_row);
    if (!find_row(t->rows, name, row))
        *row = (struct table_row){0};
    map_add(a, &t->found, arena_str(a, name), row);
    return row;
}

str table_value(struct arena *a, struct table *t, str row, str column, bool *ret_known) {
    const struct table_row *found = row_named(a, t, row);
    *ret_known = found->name.n > 0;
    str rest = found->values;
    for (uint32_t i = 0; i < t->ncolumns && rest.n > 0; i++) {
        str cell = str_split(&rest, ' ');
        if (str_eq(t->columns[i], column))
            return str_is(cell, "-") ? STR("") : cell;
        rest = str_trim(rest);
    }
    return STR("");
}

str table_match(const struct table *t, str name, str *ret_star) {
    for (str rest = t->rows; str_find(rest, '*') < rest.n;) {
        /* The line that has the next star. */
        uint32_t at = str_find(rest, '*'), start = at;
        while (start > 0 && rest.p[start - 1] != '\n')
            start--;
        rest = str_sub(rest, start, rest.n);
        struct table_row row = row_of(str_split(&rest, '\n'));
        uint32_t star = str_find(row.name, '*');
        if (star == row.name.n || name.n < row.name.n)
            continue;
        str head = str_sub(row.name, 0, star), tail = str_sub(row.name, star + 1, row.name.n);
        if (!str_starts(name, head) || !str_eq(str_sub(name, name.n - tail.n, name.n), tail))
            continue;
        *ret_star = str_sub(name, head.n, name.n - tail.n);
        return row.name;
    }
    return STR("");
}
