/* SPDX-License-Identifier: MIT */
#include "base/glob.h"
#include "base/json.h"
#include "catalog/price_keys.h"
#include "cli/prices_parts.h"

#define TEXT_MAX (64u << 20)
#define KEY_WIDTH 44
#define USD_WIDTH 14

static void put_padded(struct buf *b, str s, size_t width) {
    buf_put(b, s);
    buf_repeat(b, ' ', s.n < width ? width - s.n : 1);
}

static void put_text_price(struct buf *b, const struct price *p) {
    char text[NUM_TEXT_MAX];
    for (uint32_t i = 0; i < p->ntiers; i++) {
        put_padded(b, i == 0 ? p->key : STR(""), KEY_WIDTH);
        put_padded(b, (str){(unsigned char *)text, num_format(p->tiers[i].usd, text)}, USD_WIDTH);
        buf_printf(b, "%.*s", STR_ARG(p->unit));
        if (i > 0) {
            BUF_LIT(b, " from ");
            buf_num(b, p->tiers[i].from);
            BUF_LIT(b, " on");
        } else {
            buf_printf(b, ", %s%.*s, %.*s", p->locked ? PRICE_LOCK_NAME " " : "",
                       STR_ARG(p->source),
                       STR_ARG(p->published.n > 0 ? p->published : STR("without a date")));
        }
        buf_byte(b, '\n');
    }
}

static void put_exact(struct json *j, const char *key, struct num n) {
    char text[NUM_TEXT_MAX];
    json_kstr(j, key, (str){(unsigned char *)text, num_format(n, text)});
}

static void put_json_price(struct json *j, const struct price *p) {
    json_object_begin(j);
    json_kstr(j, "key", p->key);
    json_kstr(j, "region", p->region);
    json_kstr(j, "unit", p->unit);
    json_key(j, STR("tiers"));
    json_array_begin(j);
    for (uint32_t i = 0; i < p->ntiers; i++) {
        json_inline_begin(j);
        json_object_begin(j);
        put_exact(j, "from", p->tiers[i].from);
        put_exact(j, "usd", p->tiers[i].usd);
        json_object_end(j);
        json_inline_end(j);
    }
    json_array_end(j);
    json_kstr(j, "published", p->published);
    json_kstr(j, "source", p->source);
    json_kbool(j, "locked", p->locked);
    json_object_end(j);
}

/* The number of prices shown. */
static uint32_t put_region(struct prices_run *r, str region, str pattern, struct json *j,
                           struct buf *b) {
    struct arena *a = r->c->arena;
    struct price_book book = {.arena = a, .tables = &r->tables};
    uint32_t n, shown = 0;
    str *keys = price_keys(a, &r->tables, region, &n);
    for (uint32_t i = 0; i < n; i++) {
        bool known;
        const struct price *p =
            glob_fits(pattern, keys[i]) ? price_find(&book, keys[i], region, &known) : NULL;
        if (p == NULL)
            continue;
        if (j == NULL && shown == 0)
            buf_printf(b, "%s%.*s\n", b->n > 0 ? "\n" : "", STR_ARG(region));
        if (j != NULL)
            put_json_price(j, p);
        else
            put_text_price(b, p);
        shown++;
    }
    return shown;
}

static void explain_none(struct prices_run *r, str pattern) {
    struct suggest near = suggest_for(pattern);
    uint32_t n;
    str *keys = price_keys(r->c->arena, &r->tables, r->nregions > 0 ? r->regions[0] : STR(""), &n);
    for (uint32_t i = 0; i < n; i++)
        suggest_offer(&near, keys[i]);
    cli_err("opsc prices: there is no price of `%.*s` for these regions",
            STR_ARG(cli_shown(r->c, pattern)));
    if (str_eq(near.best, pattern))
        cli_err("; `opsc prices update` may bring it");
    else if (near.best.n > 0)
        cli_err("; did you mean `%.*s`?", STR_ARG(cli_shown(r->c, near.best)));
    cli_err("\n");
}

enum cli_exit prices_show(struct prices_run *r, str pattern) {
    struct buf b = BUF_INIT(TEXT_MAX);
    struct json j = json_to(&b, 2);
    bool json = str_is(cli_value(r->c, OPT_FORMAT_PRICES, STR("table")), "json");
    uint32_t shown = 0;
    if (json)
        json_array_begin(&j);
    for (uint32_t i = 0; i < r->nregions; i++)
        shown += put_region(r, r->regions[i], pattern, json ? &j : NULL, &b);
    if (json) {
        json_array_end(&j);
        buf_byte(&b, '\n');
    }
    enum cli_exit status = CLI_OK;
    if (shown == 0) {
        explain_none(r, pattern);
        status = CLI_PROBLEMS;
    }
    enum cli_exit printed = cli_print(&b);
    buf_done(&b);
    return status != CLI_OK ? status : printed;
}

/* A price whose key opsc has no more, or has as something else. */
static void check_rows(struct prices_run *r) {
    struct price_book book = {.arena = r->c->arena, .tables = &r->tables};
    for (uint32_t i = 0; i < r->lock->rows.n; i++) {
        const struct price_lock_row *row = r->lock->rows.at[i];
        str key = row->name, region = str_split(&key, '/');
        bool known;
        price_about(&book, str_sub(key, 0, str_find(key, '+')), region, &known);
        if (known)
            continue;
        struct diag *d = diag_add(r->dl, DIAG_PRICES_LOCK_KEY, row->at,
                                  "opsc does not know a price `%.*s`", STR_ARG(key));
        diag_hint(r->dl, d, "It is not used. `opsc prices update --accept` writes the file anew.");
    }
}

enum cli_exit prices_verify(struct prices_run *r) {
    if (r->lock == NULL) {
        cli_err("opsc prices: there is no `%.*s`; `opsc prices update` writes it\n",
                STR_ARG(cli_shown(r->c, r->path)));
        return CLI_PROBLEMS;
    }
    check_rows(r);
    struct buf b = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < r->lock->lists.n; i++) {
        const struct price_lock_list *l = r->lock->lists.at[i];
        buf_printf(&b, "%.*s: version %.*s of %.*s\n", STR_ARG(l->name), STR_ARG(l->version),
                   STR_ARG(l->published));
    }
    buf_printf(&b, PRICE_LOCK_NAME ": its checksum is right; %u prices of %u lists\n",
               r->lock->rows.n, r->lock->lists.n);
    enum cli_exit status = cli_print(&b);
    buf_done(&b);
    return status;
}
