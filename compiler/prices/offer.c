/* SPDX-License-Identifier: MIT */
#include "prices/offer.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#define HEADS_MAX 32
#define PRICES_MAX 20000
#define VERSION_MAX 64
#define DATE_LENGTH 10
#define NAME_SHOWN 40

static const char *const column_names[OFFER_COLUMNS] = {
    [OFFER_SKU] = "SKU",
    [OFFER_TERM] = "TermType",
    [OFFER_FROM] = "StartingRange",
    [OFFER_TO] = "EndingRange",
    [OFFER_UNIT] = "Unit",
    [OFFER_USD] = "PricePerUnit",
    [OFFER_CURRENCY] = "Currency",
    [OFFER_FAMILY] = "Product Family",
    [OFFER_USAGE] = "usageType",
    [OFFER_OPERATION] = "operation",
};

/* The rows with one type of usage. */
struct list_use {
    const struct list_row *row;
    struct list_use *next;
};

static bool fail(struct offer *o, const char *what) {
    if (o->problem[0] == 0)
        snprintf(o->problem, sizeof o->problem, "line %" PRIu64 ": %s", o->csv.line, what);
    return false;
}

static bool is_word(str s, uint32_t max) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        if (!(ascii_is_alnum(c) || c == '.' || c == '-' || c == '_'))
            return false;
    }
    return s.n > 0 && s.n <= max;
}

/* "Publication Date","2026-10-01T12:00:00Z" and the like, before the header. */
static bool take_head(struct offer *o, const str *f, uint32_t n) {
    if (o->heads++ == 0 && (n < 2 || !str_is(f[0], "FormatVersion")))
        return fail(o, "it does not begin as a price list does (FormatVersion)");
    if (o->heads > HEADS_MAX || n < 2)
        return fail(o, "the header with the names of the columns is missing");
    if (str_is(f[0], "FormatVersion") && !str_is(f[1], "v1.0"))
        return fail(o, "its FormatVersion is not v1.0");
    if (str_is(f[0], "OfferCode") && !str_eq(f[1], o->service))
        return fail(o, "it is the price list of another service (OfferCode)");
    if (str_is(f[0], "OfferCode"))
        o->code = o->service;
    if (str_is(f[0], "Version") && is_word(f[1], VERSION_MAX))
        o->version = arena_str(o->arena, f[1]);
    str day = str_sub(f[1], 0, DATE_LENGTH);
    if (str_is(f[0], "Publication Date") && price_is_date(day))
        o->published = arena_str(o->arena, day);
    return true;
}

static bool take_header(struct offer *o, const str *f, uint32_t n) {
    if (o->version.n == 0 || o->published.n == 0 || o->code.n == 0)
        return fail(o, "Version, Publication Date or OfferCode is missing before the header");
    o->same = o->known.n > 0 && str_eq(o->known, o->version);
    if (o->same)
        return false;
    for (uint32_t i = 0; i < n; i++)
        map_add(o->arena, &o->headers, arena_str(o->arena, f[i]),
                memcpy(ARENA_NEW(o->arena, uint32_t), &i, sizeof i));
    for (unsigned i = 0; i < OFFER_COLUMNS; i++) {
        const uint32_t *at = map_get(&o->headers, str_c(column_names[i]));
        char text[NAME_SHOWN * 2];
        snprintf(text, sizeof text, "there is no column `%s`", column_names[i]);
        if (at == NULL)
            return fail(o, text);
        o->columns[i] = *at;
    }
    o->ncolumns = n;
    return true;
}

static bool has_unit(str spellings, str unit) {
    while (spellings.n > 0) {
        str one = str_split(&spellings, '|');
        if (list_is(one, unit))
            return true;
    }
    return false;
}

/* A column that the list does not have is an empty cell. */
static str cell_named(const struct offer *o, const str *f, str column) {
    for (uint32_t i = 0; i < o->headers.n; i++) {
        if (list_is(column, o->headers.entries[i].key))
            return f[*(const uint32_t *)o->headers.entries[i].value];
    }
    return STR("");
}

static bool fits(const struct offer *o, const struct list_row *r, const str *f) {
    if ((r->family.n > 0 && !list_is(r->family, f[o->columns[OFFER_FAMILY]])) ||
        (r->operation.n > 0 && !str_eq(r->operation, f[o->columns[OFFER_OPERATION]])))
        return false;
    for (uint32_t i = 0; i < r->nneeds; i++) {
        if (!list_is(r->needs[i].value, cell_named(o, f, r->needs[i].column)))
            return false;
    }
    return true;
}

static struct offer_price *price_named(struct offer *o, const struct list_row *r, str class,
                                       str sku) {
    str key = list_fill(o->arena, r->key, class);
    struct offer_price *p = map_get(&o->found, key);
    if (p != NULL)
        return p;
    p = ARENA_NEW(o->arena, struct offer_price);
    *p = (struct offer_price){.key = key, .row = r, .sku = arena_str(o->arena, sku)};
    map_add(o->arena, &o->found, key, p);
    VEC_PUSH(o->arena, &o->prices, p);
    return p;
}

static const char *tier_of(const struct offer *o, struct offer_price *p, const str *f) {
    str to = f[o->columns[OFFER_TO]];
    struct num usd = num_div(num_of(f[o->columns[OFFER_USD]]), p->row->each);
    struct num from = num_mul(num_of(f[o->columns[OFFER_FROM]]), p->row->each);
    struct num end = str_is(to, "Inf") ? NUM_NAN : num_mul(num_of(to), p->row->each);
    if (!str_is(f[o->columns[OFFER_CURRENCY]], "USD"))
        return "its price is not in US dollars";
    if (p->row->unit.n > 0 && !has_unit(p->row->unit, f[o->columns[OFFER_UNIT]]))
        return "its price is of another unit";
    if (!num_ok(usd) || !num_is_decimal(usd))
        return "its price is no number";
    if (!num_ok(from) || !num_is_decimal(from) || (!num_ok(end) && !str_is(to, "Inf")))
        return "its range is no number";
    if (p->ntiers == PRICE_TIERS_MAX)
        return "it has too many tiers";
    uint32_t at = p->ntiers;
    for (; at > 0 && num_cmp(p->tiers[at - 1].from, from) >= 0; at--) {
        if (num_cmp(p->tiers[at - 1].from, from) == 0)
            return "several rows of the list have its price";
        p->tiers[at] = p->tiers[at - 1];
        p->ends[at] = p->ends[at - 1];
    }
    p->tiers[at] = (struct price_tier){from, usd};
    p->ends[at] = end;
    p->ntiers++;
    return NULL;
}

static bool take_price(struct offer *o, const struct list_row *r, str class, const str *f) {
    if (!fits(o, r, f))
        return true;
    str sku = f[o->columns[OFFER_SKU]];
    if (o->prices.n == PRICES_MAX)
        return fail(o, "it has more prices than opsc takes");
    struct offer_price *p = price_named(o, r, class, sku);
    const char *trouble =
        str_eq(p->sku, sku) ? tier_of(o, p, f) : "several products of the list fit it";
    if (p->trouble == NULL)
        p->trouble = trouble;
    return true;
}

static bool take_row(void *of, const str *f, uint32_t n) {
    struct offer *o = of;
    if (o->ncolumns == 0)
        return n > 2 && str_is(f[0], "SKU") ? take_header(o, f, n) : take_head(o, f, n);
    if (n != o->ncolumns)
        return fail(o, "a row has another number of fields than the header");
    str usage, class;
    if (!str_is(f[o->columns[OFFER_TERM]], "OnDemand") ||
        !list_strip(&o->prefixes, f[o->columns[OFFER_USAGE]], &usage))
        return true;
    for (const struct list_use *u = map_get(&o->exact, usage); u != NULL; u = u->next) {
        if (!take_price(o, u->row, STR(""), f))
            return false;
    }
    for (uint32_t i = 0; i < o->patterns.n; i++) {
        if (list_fits(o->patterns.at[i]->usage, usage, &class) &&
            !take_price(o, o->patterns.at[i], class, f))
            return false;
    }
    return true;
}

static void add_row(struct offer *o, const struct list_row *r) {
    if (str_find(r->usage, '*') < r->usage.n) {
        VEC_PUSH(o->arena, &o->patterns, r);
        return;
    }
    struct list_use *u = ARENA_NEW(o->arena, struct list_use), *first;
    u->row = r;
    first = map_add(o->arena, &o->exact, r->usage, u);
    if (first != NULL) {
        u->next = first->next;
        first->next = u;
    }
}

void offer_open(struct offer *o, struct arena *a, const struct price_list *list, str service,
                const struct list_prefixes *prefixes, str known) {
    memset(o, 0, offsetof(struct offer, csv));
    o->arena = a;
    o->list = list;
    o->service = service;
    o->known = known;
    o->prefixes = *prefixes;
    for (uint32_t i = 0; i < list->n; i++) {
        if (str_eq(list->rows[i].service, service))
            add_row(o, &list->rows[i]);
    }
    sha256_begin(&o->sum);
    csv_open(&o->csv, take_row, o);
}

static bool csv_failed(struct offer *o) {
    return o->csv.problem == CSV_STOPPED ? false : fail(o, csv_problem_text(o->csv.problem));
}

bool offer_feed(struct offer *o, str piece) {
    sha256_add(&o->sum, piece.p, piece.n);
    return csv_feed(&o->csv, piece) || csv_failed(o);
}

/* Each tier begins where the one before ends, and the last has no end. */
static const char *check_tiers(const struct offer_price *p) {
    for (uint32_t i = 0; i < p->ntiers; i++) {
        bool last = i + 1 == p->ntiers;
        if ((i == 0 && p->tiers[0].from.n != 0) || num_ok(p->ends[i]) == last ||
            (!last && num_cmp(p->ends[i], p->tiers[i + 1].from) != 0))
            return "its tiers do not follow on each other";
    }
    return NULL;
}

bool offer_close(struct offer *o) {
    if (o->problem[0] != 0)
        return false;
    if (!csv_close(&o->csv))
        return csv_failed(o);
    if (o->ncolumns == 0)
        return fail(o, "the header with the names of the columns is missing");
    sha256_end_hex(&o->sum, o->sha256);
    for (uint32_t i = 0; i < o->prices.n; i++) {
        if (o->prices.at[i]->trouble == NULL)
            o->prices.at[i]->trouble = check_tiers(o->prices.at[i]);
    }
    return true;
}
