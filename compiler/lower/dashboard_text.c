/* SPDX-License-Identifier: MIT */
#include "lower/dashboard.h"

#define TEXT_MAX 8192
#define TITLE_MAX 300
#define PARTS_MAX 16

/* Words that are not written as they are named. */
static const struct {
    const char *name, *shown;
} words[] = {
    {"acu", "ACU"},   {"cpu", "CPU"},   {"dns", "DNS"},   {"ebs", "EBS"},     {"ecpu", "ECPU"},
    {"elb", "ELB"},   {"http", "HTTP"}, {"id", "ID"},     {"ids", "IDs"},     {"io", "I/O"},
    {"iops", "IOPS"}, {"ip", "IP"},     {"sql", "SQL"},   {"tcp", "TCP"},     {"tls", "TLS"},
    {"udp", "UDP"},   {"url", "URL"},   {"vcpu", "vCPU"}, {"vcpus", "vCPUs"},
};

static void put_word(struct buf *b, str word, bool capital) {
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_is(word, words[i].name)) {
            buf_text(b, words[i].shown);
            return;
        }
    }
    bool lower = word.n > 0 && ascii_is_lower(word.p[0]);
    bool number = word.n > 1 && ascii_is_digit(word.p[1]); /* p90 */
    if (capital && lower && !number) {
        buf_byte(b, (unsigned char)(word.p[0] - 'a' + 'A'));
        word = str_sub(word, 1, word.n);
    }
    buf_put(b, word);
}

/* "ebs_io_balance" as "EBS I/O balance" */
static void put_words(struct buf *b, str name) {
    for (bool first = true; name.n > 0; first = false) {
        str word = str_split(&name, '_');
        if (!first)
            buf_byte(b, ' ');
        put_word(b, word, false);
    }
}

static void put_per(struct buf *b, struct quantity q) {
    static const struct {
        int seconds;
        const char *word;
    } beats[] = {{1, "second"}, {60, "minute"}, {3600, "hour"}, {86400, "day"}};
    BUF_LIT(b, "per ");
    for (unsigned i = 0; i < sizeof beats / sizeof *beats; i++) {
        if (num_cmp(q.value, num_int(beats[i].seconds)) == 0) {
            buf_text(b, beats[i].word);
            return;
        }
    }
    quantity_format(b, q);
}

struct wording {
    bool resource; /* say whose metric it is */
    bool stat;     /* say which percentile or extreme */
    const struct watched *self;
};

/* Sums and averages are what people expect; percentiles and extremes are said. */
static bool stat_is_said(str name) {
    return !str_is(name, "avg") && !str_is(name, "sum");
}

static const char *sign_of(enum expr_kind k) {
    return k == EXPR_ADD ? " + " : k == EXPR_SUB ? " - " : k == EXPR_MUL ? " * " : " / ";
}

static void put_human(struct buf *b, const struct expr *e, const struct wording *w) {
    switch (e->kind) {
    case EXPR_REF:
        if (w->resource && (e->resource.n > 0 || w->self != NULL)) {
            buf_put(b, e->resource.n > 0 ? e->resource : w->self->name);
            buf_byte(b, ' ');
        }
        put_words(b, e->name);
        break;
    case EXPR_STAT:
        if (w->stat && stat_is_said(e->name)) {
            buf_put(b, str_is(e->name, "count") ? STR("samples of") : e->name);
            buf_byte(b, ' ');
        }
        put_human(b, e->args[0], w);
        break;
    case EXPR_PER:
        put_human(b, e->args[0], w);
        buf_byte(b, ' ');
        put_per(b, e->quantity);
        break;
    case EXPR_BY:
        put_human(b, e->args[0], w);
        BUF_LIT(b, " by ");
        buf_put(b, e->name);
        break;
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_DIV:
        put_human(b, e->args[0], w);
        buf_text(b, sign_of(e->kind));
        put_human(b, e->args[1], w);
        break;
    case EXPR_NUMBER:
    case EXPR_CALL:
    case EXPR_ALARM:
    case EXPR_NEG:
    case EXPR_OF:
    case EXPR_COMPARE:
    case EXPR_BAND:
    case EXPR_TREND:
    case EXPR_MISSING:
    case EXPR_FAILS:
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_NOT:
    case EXPR_ERROR:
        expr_print(b, e);
        break;
    }
}

static str human(struct lower *l, const struct expr *e, const struct wording *w) {
    struct buf b = BUF_INIT(TEXT_MAX);
    put_human(&b, e, w);
    str s = arena_str(l->a, utf8_cut(buf_str(&b), TITLE_MAX));
    buf_done(&b);
    return s;
}

/* The one resource whose metrics a graph draws, or NULL. */
static const struct watched *only_resource(const struct graph_view *g) {
    const struct watched *w = g->measure.series.at[0].watched;
    for (uint32_t i = 1; i < g->measure.series.n; i++)
        w = g->measure.series.at[i].watched == w ? w : NULL;
    return w;
}

/* Several statistics of one thing: the title names the thing, the labels the statistics. */
static bool same_but_stat(struct lower *l, const struct graph_view *g) {
    struct wording w = {.resource = true, .self = g->measure.self};
    str first = human(l, g->curves[0].root, &w);
    for (uint32_t i = 0; i < g->n; i++) {
        if (g->curves[i].root->kind != EXPR_STAT || !str_eq(human(l, g->curves[i].root, &w), first))
            return false;
    }
    return g->n > 1;
}

/* All curves are rates of the same time: it is said once. */
static bool common_per(const struct graph_view *g) {
    for (uint32_t i = 0; i < g->n; i++) {
        const struct expr *e = g->curves[i].root, *first = g->curves[0].root;
        if (e->kind != EXPR_PER || num_cmp(e->quantity.value, first->quantity.value) != 0)
            return false;
    }
    return true;
}

str dashboard_label(struct lower *l, const struct graph_view *g, const struct curve *c) {
    if (c->label.n > 0)
        return c->label;
    if (same_but_stat(l, g))
        return c->root->name;
    bool per = common_per(g);
    struct wording w = {
        .resource = only_resource(g) == NULL, .stat = true, .self = g->measure.self};
    return human(l, per ? c->root->args[0] : c->root, &w);
}

static bool seen(const str *parts, uint32_t n, str s) {
    for (uint32_t i = 0; i < n; i++) {
        if (str_eq(parts[i], s))
            return true;
    }
    return false;
}

/* What is drawn, each thing once: "CPU, memory". */
static void put_parts(struct lower *l, struct buf *b, const struct graph_view *g) {
    const struct watched *one = only_resource(g);
    struct wording w = {
        .resource = one == NULL, .stat = !same_but_stat(l, g), .self = g->measure.self};
    bool per = common_per(g);
    str parts[PARTS_MAX];
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->n; i++) {
        const struct curve *c = &g->curves[i];
        str s = c->label.n > 0 ? c->label : human(l, per ? c->root->args[0] : c->root, &w);
        if (seen(parts, n, s))
            continue;
        if (n == PARTS_MAX) {
            BUF_LIT(b, ", ...");
            break;
        }
        if (n > 0)
            BUF_LIT(b, ", ");
        str rest = s, word = str_split(&rest, ' ');
        /* A title begins with a capital, but not with that of a name of the user's. */
        if (n == 0 && !w.resource && c->label.n == 0) {
            put_word(b, word, true);
            buf_put(b, str_sub(s, word.n, s.n));
        } else {
            buf_put(b, s);
        }
        parts[n++] = s;
    }
    if (per) {
        BUF_LIT(b, " (");
        put_per(b, g->curves[0].root->quantity);
        buf_byte(b, ')');
    }
}

str dashboard_title(struct lower *l, const struct graph_view *g) {
    struct buf b = BUF_INIT(TEXT_MAX);
    const struct watched *one = only_resource(g);
    if (one != NULL && !one->kind->implicit.value) {
        buf_put(&b, one->name);
        BUF_LIT(&b, ": ");
    }
    put_parts(l, &b, g);
    str s = arena_str(l->a, utf8_cut(buf_str(&b), TITLE_MAX));
    buf_done(&b);
    return s;
}

str dashboard_markdown(struct lower *l, str text) {
    struct buf b = BUF_INIT(1u << 20);
    for (uint32_t i = 0; i < text.n; i++) {
        unsigned char c = text.p[i];
        if (c != 0 && strchr("\\`*_[]<>&|~$", c) != NULL)
            buf_byte(&b, '\\');
        buf_byte(&b, c < 0x20 || c == 0x7F ? ' ' : c);
    }
    str s = arena_str(l->a, buf_str(&b));
    buf_done(&b);
    return s;
}
