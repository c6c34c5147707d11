/* SPDX-License-Identifier: MIT */
#include "catalog/price_lock.h"

#include "base/sha256.h"
#include "catalog/table.h"

#include <stdlib.h>

#define VERSION_LINE "opsc_prices: 1"
#define COLUMNS_LINE "columns: [usd, from, service, published]"
#define DATE_LENGTH 10
#define ROWS_MAX 1000000

struct reading {
    struct arena *a;
    struct diag_list *dl;
    struct price_lock *lock;
    str text, rest;
    uint32_t file;
};

str price_lock_path(struct arena *a, str spec_file) {
    return io_path_join(a, io_path_dir(spec_file), STR(PRICE_LOCK_NAME));
}

bool price_is_date(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        bool dash = i == 4 || i == 7;
        if (dash ? s.p[i] != '-' : s.p[i] < '0' || s.p[i] > '9')
            return false;
    }
    if (s.n != DATE_LENGTH)
        return false;
    int month = (s.p[5] - '0') * 10 + s.p[6] - '0', day = (s.p[8] - '0') * 10 + s.p[9] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static span place(const struct reading *r, str part) {
    uint32_t at = part.n > 0 ? (uint32_t)(part.p - r->text.p) : r->text.n;
    return (span){r->file, at, at + part.n};
}

static bool damaged(struct reading *r, str part, const char *what) {
    struct diag *d = diag_add(r->dl, DIAG_PRICES_LOCK, place(r, part),
                              "`" PRICE_LOCK_NAME "` cannot be used: %s", what);
    diag_hint(r->dl, d,
              "Take it from version control as it was, or remove it and run `opsc prices update`. "
              "It is not edited by hand.");
    return false;
}

static bool take_line(struct reading *r, const char *wanted) {
    str line = str_split(&r->rest, '\n');
    return str_is(line, wanted) || damaged(r, line, "this line is another than opsc writes there");
}

/* Comments are passed over before the first key only. */
static bool read_version(struct reading *r) {
    str line;
    do {
        line = str_split(&r->rest, '\n');
    } while (r->rest.n > 0 && (line.n == 0 || line.p[0] == '#'));
    if (str_is(line, VERSION_LINE))
        return true;
    if (!str_starts(line, STR("opsc_prices: ")))
        return damaged(r, line, "it does not begin with `" VERSION_LINE "`");
    struct diag *d = diag_add(r->dl, DIAG_PRICES_LOCK_VERSION, place(r, line),
                              "`" PRICE_LOCK_NAME "` is from another version of opsc");
    diag_hint(r->dl, d,
              "Run `opsc prices update` with this version, or use the one that wrote it.");
    return false;
}

static bool check_sum(struct reading *r) {
    char sum[SHA256_HEX + 1];
    struct sha256 h;
    str line = str_split(&r->rest, '\n');
    sha256_begin(&h);
    sha256_add(&h, r->rest.p, r->rest.n);
    sha256_end_hex(&h, sum);
    if (!str_starts(line, STR("sha256: ")))
        return damaged(r, line, "the line `sha256:` is missing");
    return str_is(str_sub(line, sizeof "sha256: " - 1, line.n), sum) ||
           damaged(r, line, "its checksum is not that of what is below");
}

/* The next of the cells, which one space parts. */
static str cell(str *rest) {
    return str_split(rest, ' ');
}

static bool read_lists(struct reading *r) {
    struct table_row row;
    while (r->rest.n > 0 && r->rest.p[0] == ' ') {
        str line = str_split(&r->rest, '\n'), one = line;
        if (!table_next(&one, &row) || row.name.n == 0)
            return damaged(r, line, "this is no price list's version");
        struct price_lock_list *l = ARENA_NEW(r->a, struct price_lock_list);
        l->name = row.name;
        l->version = cell(&row.values);
        l->published = cell(&row.values);
        l->sha256 = cell(&row.values);
        if (l->version.n == 0 || !price_is_date(l->published) || l->sha256.n != SHA256_HEX)
            return damaged(r, line, "this is no price list's version");
        VEC_PUSH(r->a, &r->lock->lists, l);
        map_add(r->a, &r->lock->lists_by_name, l->name, l);
    }
    return true;
}

/* The day of the list that the row is of. */
static str day_of(const struct reading *r, const struct price_lock_row *row) {
    str region = str_sub(row->name, 0, str_find(row->name, '/'));
    str name = arena_cat3(r->a, region, STR("/"), row->service);
    const struct price_lock_list *l = map_get(&r->lock->lists_by_name, name);
    return l != NULL ? l->published : STR("");
}

static bool read_row(struct reading *r, str line) {
    struct table_row cells;
    str one = line;
    if (!table_next(&one, &cells) || cells.name.n == 0)
        return damaged(r, line, "this is no price");
    struct price_lock_row *row = ARENA_NEW(r->a, struct price_lock_row);
    row->name = cells.name;
    row->at = place(r, str_trim(line));
    row->usd = num_of(cell(&cells.values));
    row->from = num_of(cell(&cells.values));
    row->service = cell(&cells.values);
    row->published = cell(&cells.values);
    if (str_is(row->published, "-"))
        row->published = day_of(r, row);
    if (!num_ok(row->usd) || !num_ok(row->from) || row->service.n == 0 ||
        !price_is_date(row->published) || r->lock->rows.n == ROWS_MAX)
        return damaged(r, line, "this is no price");
    if (map_add(r->a, &r->lock->rows_by_name, row->name, row) != NULL)
        return damaged(r, line, "this price is there twice");
    VEC_PUSH(r->a, &r->lock->rows, row);
    return true;
}

static bool read_all(struct reading *r) {
    if (!read_version(r) || !check_sum(r) || !take_line(r, "lists:") || !read_lists(r) ||
        !take_line(r, COLUMNS_LINE) || !take_line(r, "rows:"))
        return false;
    while (r->rest.n > 0) {
        if (!read_row(r, str_split(&r->rest, '\n')))
            return false;
    }
    return true;
}

bool price_lock_read(struct arena *a, struct diag_list *dl, const struct io *io, str path,
                     struct price_lock **ret) {
    struct io_error err;
    struct reading r = {.a = a, .dl = dl, .lock = ARENA_NEW(a, struct price_lock)};
    enum io_status st = io->read(io->ctx, a, path, PRICE_LOCK_BYTES_MAX, &r.text, &err);
    *ret = NULL;
    if (st == IO_NOT_FOUND || st == IO_NOT_DIRECTORY)
        return true;
    if (st != IO_OK) {
        diag_add(dl, DIAG_FILE_UNREADABLE, SPAN_NONE, "cannot read `%.*s`: %s", STR_ARG(path),
                 err.detail[0] != 0 ? err.detail : io_status_text(st));
        return false;
    }
    r.rest = r.text;
    /* What is no text is not shown. */
    if (utf8_check(r.text) == r.text.n && str_find(r.text, 0) == r.text.n)
        r.file = sources_add(dl->sources, path, r.text, false);
    if (r.file == 0)
        return damaged(&r, STR(""), "it is no text");
    if (!read_all(&r))
        return false;
    *ret = r.lock;
    return true;
}

static int list_order(const void *a, const void *b) {
    return str_cmp((*(struct price_lock_list *const *)a)->name,
                   (*(struct price_lock_list *const *)b)->name);
}

static int row_order(const void *a, const void *b) {
    return str_cmp((*(struct price_lock_row *const *)a)->name,
                   (*(struct price_lock_row *const *)b)->name);
}

void price_lock_index(struct arena *a, struct price_lock *l) {
    l->lists_by_name = l->rows_by_name = (struct map){0};
    for (uint32_t i = 0; i < l->lists.n; i++)
        map_add(a, &l->lists_by_name, l->lists.at[i]->name, l->lists.at[i]);
    for (uint32_t i = 0; i < l->rows.n; i++)
        map_add(a, &l->rows_by_name, l->rows.at[i]->name, l->rows.at[i]);
}

/* `-` when it is the day of the row's list. */
static bool is_list_day(const struct price_lock *l, const struct price_lock_row *row) {
    str region = str_sub(row->name, 0, str_find(row->name, '/') + 1);
    for (uint32_t i = 0; i < l->lists.n; i++) {
        const struct price_lock_list *k = l->lists.at[i];
        if (k->name.n == region.n + row->service.n && str_starts(k->name, region) &&
            str_ends(k->name, row->service))
            return str_eq(k->published, row->published);
    }
    return false;
}

static void put_body(struct buf *b, const struct price_lock *l) {
    BUF_LIT(b, "lists:\n");
    for (uint32_t i = 0; i < l->lists.n; i++) {
        const struct price_lock_list *k = l->lists.at[i];
        buf_printf(b, "  %.*s: %.*s %.*s %.*s\n", STR_ARG(k->name), STR_ARG(k->version),
                   STR_ARG(k->published), STR_ARG(k->sha256));
    }
    BUF_LIT(b, COLUMNS_LINE "\nrows:\n");
    for (uint32_t i = 0; i < l->rows.n; i++) {
        const struct price_lock_row *r = l->rows.at[i];
        buf_printf(b, "  %.*s: ", STR_ARG(r->name));
        buf_num(b, r->usd);
        buf_byte(b, ' ');
        buf_num(b, r->from);
        buf_printf(b, " %.*s ", STR_ARG(r->service));
        if (is_list_day(l, r))
            buf_byte(b, '-');
        else
            buf_put(b, r->published);
        buf_byte(b, '\n');
    }
}

void price_lock_put(struct buf *b, struct price_lock *l) {
    struct buf body = BUF_INIT(PRICE_LOCK_BYTES_MAX);
    char sum[SHA256_HEX + 1];
    struct sha256 h;
    if (l->lists.n > 0)
        qsort(l->lists.at, l->lists.n, sizeof *l->lists.at, list_order);
    if (l->rows.n > 0)
        qsort(l->rows.at, l->rows.n, sizeof *l->rows.at, row_order);
    put_body(&body, l);
    sha256_begin(&h);
    sha256_add(&h, body.p, body.n);
    sha256_end_hex(&h, sum);
    BUF_LIT(b, "# Prices of AWS's price list, in US dollars. `opsc prices update` wrote this, and "
               "opsc takes "
               "prices from here\n# before those that are built in. Not to be edited: the checksum "
               "is of all below it.\n" VERSION_LINE "\n");
    buf_printf(b, "sha256: %s\n", sum);
    buf_put(b, buf_str(&body));
    b->full |= body.full;
    buf_done(&body);
}

const struct price_lock_row *price_lock_find(const struct price_lock *l, struct arena *a,
                                             str region, str key, uint32_t tier) {
    str name = arena_cat3(a, region, STR("/"), key);
    if (tier > 0)
        name = arena_printf(a, "%.*s+%u", STR_ARG(name), tier);
    return map_get(&l->rows_by_name, name);
}
