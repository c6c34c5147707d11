/* SPDX-License-Identifier: MIT */
#include "expr/unit.h"

#include "base/buf.h"

#include <assert.h>

struct dim dim_mul(struct dim a, struct dim b) {
    return (struct dim){(int8_t)(a.time + b.time), (int8_t)(a.data + b.data),
                        (int8_t)(a.count + b.count), (int8_t)(a.money + b.money)};
}

struct dim dim_div(struct dim a, struct dim b) {
    return (struct dim){(int8_t)(a.time - b.time), (int8_t)(a.data - b.data),
                        (int8_t)(a.count - b.count), (int8_t)(a.money - b.money)};
}

static const struct unit *find(const struct unit *table, uint32_t n, str name) {
    for (uint32_t i = 0; i < n; i++) {
        if (name.n > 0 && table[i].name[0] == (char)name.p[0] && str_is(name, table[i].name))
            return &table[i];
    }
    return NULL;
}

const struct unit *unit_find(str name) {
    return find(units, units_n, name);
}

const struct unit *metric_unit_find(str name) {
    return find(metric_units, metric_units_n, name);
}

/* The word of letters at `at`. */
static str word_at(str s, uint32_t at) {
    uint32_t end = at;
    while (end < s.n && ascii_is_letter(s.p[end]))
        end++;
    return str_sub(s, at, end);
}

static bool goes_on(str s, uint32_t at) {
    return at < s.n && (ascii_is_alnum(s.p[at]) || s.p[at] == '_');
}

/* "/min" after a number or unit; not "/min(", which divides by a function. */
static uint32_t scan_per(str s, uint32_t at, struct quantity *q) {
    if (at >= s.n || s.p[at] != '/')
        return at;
    str word = word_at(s, at + 1);
    const struct unit *u = unit_find(word);
    uint32_t end = at + 1 + word.n;
    uint32_t next = end;
    while (next < s.n && s.p[next] == ' ')
        next++;
    if (u == NULL || u->dim.time != 1 || q->dim.time != 0 || goes_on(s, end) ||
        (next < s.n && s.p[next] == '(') || (end < s.n && s.p[end] == '.'))
        return at;
    q->value = num_div(q->value, u->scale);
    /* "5/min" counts things; "4 GiB/month" counts bytes. */
    if (q->bare)
        q->dim.count = 1;
    q->dim.time = (int8_t)(q->dim.time - 1);
    q->bare = false;
    return end;
}

static uint32_t scan_unit(str s, uint32_t at, struct quantity *q, uint32_t *bad_unit) {
    uint32_t from = at < s.n && s.p[at] == ' ' ? at + 1 : at;
    if (from < s.n && s.p[from] == '%') {
        q->value = num_div(q->value, num_int(100));
        q->percent = true;
        q->bare = false;
        return from + 1;
    }
    str word = word_at(s, from);
    if (word.n == 0)
        return at;
    const struct unit *u = unit_find(word);
    uint32_t end = from + word.n;
    bool multiplier = u != NULL && dim_eq(u->dim, DIM_NONE);
    if (u == NULL || goes_on(s, end) || (multiplier && from != at)) {
        if (from == at) {
            while (goes_on(s, end))
                end++;
            *bad_unit = end - from;
            return end;
        }
        return at;
    }
    q->value = num_mul(q->value, u->scale);
    q->dim = u->dim;
    q->bare = multiplier;
    return end;
}

uint32_t quantity_scan(str s, struct quantity *ret, uint32_t *ret_bad_unit) {
    struct quantity q = {.value = NUM_NAN, .bare = true};
    bool money = s.n > 0 && s.p[0] == '$';
    uint32_t at = money ? 1 : 0;
    uint32_t used = num_scan(str_sub(s, at, s.n), &q.value);
    *ret_bad_unit = 0;
    if (used == 0)
        return 0;
    at += used;
    if (money) {
        q.dim.money = 1;
        q.bare = false;
        if (goes_on(s, at)) {
            str word = word_at(s, at);
            *ret_bad_unit = word.n > 0 ? word.n : 1;
            at += *ret_bad_unit;
        }
    } else {
        at = scan_unit(s, at, &q, ret_bad_unit);
    }
    if (*ret_bad_unit == 0 && !q.percent)
        at = scan_per(s, at, &q);
    *ret = q;
    return at;
}

static uint32_t text_length(struct num x) {
    char text[NUM_TEXT_MAX];
    uint32_t n = 1;
    if (x.d != 1 || x.n < 0)
        return num_format(x, text);
    for (int64_t v = x.n; v >= 10; v /= 10)
        n++;
    return n;
}

/* No division is needed to see it: a whole number is longer in a smaller unit, 5s in 5000ms. */
static bool is_longer(struct num v, struct num scale) {
    return num_is_int(v) && !num_is_int(scale);
}

/* Nor that less than 1 of a unit is left. */
static bool is_part(struct num v, struct num scale) {
    return num_is_int(v) && num_is_int(scale) && v.n < scale.n && -v.n < scale.n;
}

/*
 * The unit of the dimension that gives the shortest text, of several the largest. The number is
 * exact, and at least 1 where that can be.
 */
static void put_in(struct buf *out, struct num v, struct dim dim, const char *space) {
    const struct unit *best = NULL, *base = NULL;
    struct num shown = v;
    bool best_whole = false;
    uint32_t shortest = 0;
    for (const struct unit *u = units; u < units + units_n; u++) {
        if (!u->written || !dim_eq(u->dim, dim) || is_longer(v, u->scale))
            continue;
        /* Units stand from the smallest on: of what follows there is less than 1 as well. */
        if (best_whole && is_part(v, u->scale))
            break;
        struct num x = num_div(v, u->scale);
        base = u->scale.n == u->scale.d ? u : base;
        if (!num_is_decimal(x))
            continue;
        bool whole = x.n >= x.d || -x.n >= x.d;
        if (best_whole && !whole)
            continue;
        uint32_t length = text_length(x) + (uint32_t)strlen(u->name);
        if (best_whole && length > shortest)
            continue;
        if (best == NULL || whole) {
            best = u;
            shown = x;
            best_whole = whole;
            shortest = length;
        }
    }
    assert(base != NULL);
    if (best == NULL || v.n == 0) {
        best = base;
        shown = v;
    }
    buf_num(out, shown);
    buf_text(out, space);
    buf_text(out, best->name);
}

/* "5/min": the shortest time in which the number is whole, else the first in which it is exact. */
static void put_rate(struct buf *out, struct quantity q) {
    static const char *const times[] = {"s", "min", "h", "d", "week", "month", NULL};
    enum { WHOLE_UP_TO = 4 };
    const struct unit *whole = NULL, *exact = NULL;
    for (int i = 0; times[i] != NULL; i++) {
        const struct unit *u = unit_find(str_c(times[i]));
        struct num x = num_mul(q.value, u->scale);
        if (whole == NULL && i < WHOLE_UP_TO && num_is_int(x))
            whole = u;
        if (exact == NULL && num_is_decimal(x))
            exact = u;
    }
    const struct unit *u = whole != NULL ? whole : exact != NULL ? exact : unit_find(STR("s"));
    struct quantity top = {.value = num_mul(q.value, u->scale), .dim = q.dim, .bare = true};
    top.dim.time = 0;
    quantity_format(out, top);
    buf_byte(out, '/');
    buf_text(out, u->name);
}

void quantity_format(struct buf *out, struct quantity q) {
    if (q.percent) {
        buf_num(out, num_mul(q.value, num_int(100)));
        buf_byte(out, '%');
    } else if (dim_eq(q.dim, (struct dim){.time = 1})) {
        put_in(out, q.value, q.dim, "");
    } else if (dim_eq(q.dim, (struct dim){.data = 1})) {
        put_in(out, q.value, q.dim, " ");
    } else if (dim_eq(q.dim, (struct dim){.money = 1})) {
        buf_byte(out, '$');
        buf_num(out, q.value);
    } else if (q.dim.time == -1) {
        put_rate(out, q);
    } else {
        buf_num(out, q.value);
    }
}

const char *dim_describe(struct dim d) {
    static const struct {
        struct dim dim;
        const char *words;
    } rows[] = {
        {{0}, "a ratio"},
        {{.time = 1}, "a time"},
        {{.data = 1}, "an amount of data"},
        {{.count = 1}, "a count"},
        {{.money = 1}, "money"},
        {{.count = 1, .time = -1}, "a count per time"},
        {{.data = 1, .time = -1}, "data per time"},
        {{.money = 1, .time = -1}, "money per time"},
        {{.time = 1, .count = -1}, "a time for each"},
        {{.data = 1, .count = -1}, "data for each"},
        {{.time = -1}, "a frequency"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (dim_eq(rows[i].dim, d))
            return rows[i].words;
    }
    return "something else";
}

const char *dim_example(struct dim d) {
    return dim_eq(d, (struct dim){.time = 1})                ? "2s"
           : dim_eq(d, (struct dim){.data = 1})              ? "16 GiB"
           : dim_eq(d, (struct dim){.count = 1})             ? "5"
           : dim_eq(d, (struct dim){.money = 1})             ? "$25"
           : dim_eq(d, (struct dim){.count = 1, .time = -1}) ? "5/min"
           : dim_eq(d, (struct dim){.data = 1, .time = -1})  ? "4 GiB/month"
                                                             : "80%";
}
