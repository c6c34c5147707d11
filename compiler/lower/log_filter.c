/* SPDX-License-Identifier: MIT */
#include "lower/log_filter.h"

#define FILTER_MAX (4u << 20)
#define ALTERNATIVES_MAX 16

/* A text as a regular expression that matches just it. */
static void put_escaped(struct buf *b, str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (strchr("\\.+*?()|[]{}^$/-", s.p[i]) != NULL && s.p[i] != 0)
            buf_byte(b, '\\');
        buf_byte(b, s.p[i]);
    }
}

static void put_field(struct buf *b, str field, str value, bool quoted) {
    BUF_LIT(b, "\"");
    put_escaped(b, field);
    BUF_LIT(b, "\"\\s*:\\s*");
    if (quoted)
        BUF_LIT(b, "\"");
    /* A star in a filter pattern stands for anything. */
    for (str rest = value; rest.n > 0;) {
        uint32_t star = str_find(rest, '*');
        put_escaped(b, str_sub(rest, 0, star));
        if (star < rest.n)
            BUF_LIT(b, "[^\"]*");
        rest = str_sub(rest, star + 1, rest.n);
    }
    buf_text(b, quoted ? "\"" : "\\b");
}

static bool in_word(unsigned char c) {
    return ascii_is_alnum(c) || c == '_';
}

static void put_level(struct buf *b, const struct log *log, str level) {
    if (log->json) {
        put_field(b, log->level, level, true);
        return;
    }
    /* An edge of a word is between a letter and something else: "W+" ends with none. */
    if (level.n > 0 && in_word(level.p[0]))
        BUF_LIT(b, "\\b");
    put_escaped(b, level);
    if (level.n > 0 && in_word(level.p[level.n - 1]))
        BUF_LIT(b, "\\b");
}

/* Numbers of `width` digits below `n` (or from `n` on), digit by digit. */
static void put_digits(struct buf *b, unsigned n, unsigned width, bool below) {
    unsigned power = 1;
    for (unsigned i = 1; i < width; i++)
        power *= 10;
    BUF_LIT(b, "(?:");
    bool first = true;
    unsigned prefix = 0;
    for (unsigned i = 0; i < width; i++, power /= 10) {
        unsigned digit = n / power % 10;
        unsigned from = below ? 0 : digit + 1, to = below ? digit : 10;
        if (from < to) {
            if (!first)
                buf_byte(b, '|');
            for (unsigned k = i; k > 0; k--) {
                unsigned p = 1;
                for (unsigned x = 1; x < k; x++)
                    p *= 10;
                buf_uint(b, prefix / p % 10);
            }
            buf_printf(b, to - from == 1 ? "%u" : "[%u-%u]", from, to - 1);
            if (i + 1 < width)
                buf_printf(b, "\\d{%u}", width - 1 - i);
            first = false;
        }
        prefix = prefix * 10 + digit;
    }
    if (!below) {
        /* n itself belongs to the upper part */
        buf_printf(b, "%s%0*u", first ? "" : "|", (int)width, n);
    }
    BUF_LIT(b, ")");
}

/* The milliseconds of a time stamp, such that `n` of 10^width lines match. */
static void put_clock(struct buf *b, unsigned n, unsigned width, bool below) {
    buf_text(b, width == 2 ? ":\\d\\d[.,]\\d" : ":\\d\\d[.,]");
    put_digits(b, n, width, below);
}

/* Level and time stamp, in either order. */
static void put_sample(struct buf *b, const struct log *log, str level, unsigned n, unsigned width,
                       bool below) {
    BUF_LIT(b, "(?:");
    put_level(b, log, level);
    BUF_LIT(b, ".*");
    put_clock(b, n, width, below);
    BUF_LIT(b, "|");
    put_clock(b, n, width, below);
    BUF_LIT(b, ".*");
    put_level(b, log, level);
    BUF_LIT(b, ")");
}

/* "1%" as n of 10^width. */
static bool read_share(struct lower *l, const struct cfg_text *t, unsigned *n, unsigned *width) {
    struct quantity q;
    uint32_t bad = 0;
    bool ok = t->text.n > 0 && quantity_scan(t->text, &q, &bad) == t->text.n && q.percent;
    struct num thousandths = ok ? num_mul(q.value, num_int(1000)) : NUM_NAN;
    if (ok && num_ok(thousandths) && num_is_int(thousandths) && thousandths.n >= 1 &&
        thousandths.n <= 999) {
        bool coarse = thousandths.n % 10 == 0;
        *n = (unsigned)(coarse ? thousandths.n / 10 : thousandths.n);
        *width = coarse ? 2 : 3;
        return true;
    }
    if (!given(t->at))
        return false;
    struct diag *d =
        diag_add(l->dl, DIAG_BAD_SAMPLE, t->at, "`%.*s` cannot be sampled", STR_ARG(t->text));
    diag_hint(l->dl, d, "A share is a percentage from 0.1%% to 99.9%%, in steps of 0.1%%.");
    return false;
}

/* One `$.field = value` of a pattern; false when the part is something else. */
static bool put_term(struct buf *b, str part) {
    part = str_trim(part);
    while (part.n > 1 && part.p[0] == '(')
        part = str_trim(str_sub(part, 1, part.n - (part.p[part.n - 1] == ')')));
    if (!str_starts(part, STR("$.")))
        return false;
    uint32_t eq = str_find(part, '=');
    if (eq == part.n || eq < 3 || part.p[eq - 1] == '!' || part.p[eq - 1] == '<' ||
        part.p[eq - 1] == '>')
        return false;
    str path = str_trim(str_sub(part, 2, eq)), value = str_trim(str_sub(part, eq + 1, part.n));
    if (value.n == 0 || path.n == 0 || str_is(value, "*"))
        return false;
    str field = path;
    while (str_find(field, '.') < field.n)
        str_split(&field, '.');
    if (str_find(field, '[') < field.n)
        return false;
    bool quoted = value.n > 1 && value.p[0] == '"' && value.p[value.n - 1] == '"';
    if (!quoted && str_find(value, ' ') < value.n)
        return false;
    put_field(b, field, quoted ? str_sub(value, 1, value.n - 1) : value, quoted);
    return true;
}

/* The next part of `rest` before a doubled `c` ("&&", "||"). */
static str next_part(str *rest, unsigned char c) {
    for (uint32_t i = 0; i + 1 < rest->n; i++) {
        if (rest->p[i] == c && rest->p[i + 1] == c) {
            str part = str_sub(*rest, 0, i);
            *rest = str_sub(*rest, i + 2, rest->n);
            return part;
        }
    }
    str all = *rest;
    *rest = STR("");
    return all;
}

/*
 * Lines that a filter pattern can match, as a wider regular expression: of parts joined
 * by && one is enough. False when there is none that we understand.
 */
static bool put_needed(struct buf *b, const struct log_metric *m) {
    str p = str_trim(m->match.text);
    if (p.n < 2 || p.p[0] != '{') {
        bool plain = p.n > 0 && p.p[0] != '[';
        for (uint32_t i = 0; i < p.n; i++)
            plain &= strchr("?-%\" ", p.p[i]) == NULL;
        if (plain)
            put_escaped(b, p);
        return plain;
    }
    str rest = str_sub(p, 1, p.n - 1);
    for (unsigned n = 0; rest.n > 0; n++) {
        str any = next_part(&rest, '|');
        bool found = false;
        if (n == ALTERNATIVES_MAX)
            return false;
        if (n > 0)
            buf_byte(b, '|');
        while (any.n > 0 && !found)
            found = put_term(b, next_part(&any, '&'));
        if (!found)
            return false;
    }
    return true;
}

static void warn_not_shipped(struct lower *l, const struct log *log, const struct log_metric *m) {
    struct diag *d = diag_add(l->dl, DIAG_LINES_NOT_SHIPPED, m->match.at,
                              "the lines of `%.*s.%.*s` may not be shipped", STR_ARG(m->resource),
                              STR_ARG(m->name));
    diag_also(l->dl, d, given(log->keep.at) ? log->keep.at : log->sample.at,
              "only some lines are shipped");
    diag_hint(l->dl, d,
              "Give the pattern a part such as `$.event = \"request\"`: lines with it are then "
              "shipped whatever their level.");
}

static void put_separator(struct buf *b) {
    if (b->n > 0)
        buf_byte(b, '|');
}

static struct log_filter include_filter(struct lower *l, const struct log *log) {
    struct buf b = BUF_INIT(FILTER_MAX);
    for (uint32_t i = 0; i < log->keep.n; i++) {
        put_separator(&b);
        put_level(&b, log, log->keep.items[i].text);
    }
    for (uint32_t i = 0; i < log->metrics.n; i++) {
        const struct log_metric *m = log->metrics.at[i];
        struct buf one = BUF_INIT(FILTER_MAX);
        if (!m->used) {
            /* Nothing counts these lines. */
        } else if (!put_needed(&one, m)) {
            warn_not_shipped(l, log, m);
        } else if (!str_contains(buf_str(&b), buf_str(&one))) {
            put_separator(&b);
            buf_put(&b, buf_str(&one));
        }
        buf_done(&one);
    }
    for (uint32_t i = 0; i < log->sample.n; i++) {
        unsigned n, width;
        if (!read_share(l, &log->sample.items[i].value, &n, &width))
            continue;
        put_separator(&b);
        put_sample(&b, log, log->sample.items[i].key.text, n, width, true);
    }
    return (struct log_filter){LOG_FILTER_INCLUDE, buf_keep(&b, l->a)};
}

/* Everything is shipped but the greater part of the sampled levels. */
static struct log_filter exclude_filter(struct lower *l, const struct log *log) {
    struct buf b = BUF_INIT(FILTER_MAX);
    for (uint32_t i = 0; i < log->sample.n; i++) {
        unsigned n, width;
        if (!read_share(l, &log->sample.items[i].value, &n, &width))
            continue;
        put_separator(&b);
        put_sample(&b, log, log->sample.items[i].key.text, n, width, false);
    }
    return (struct log_filter){LOG_FILTER_EXCLUDE, buf_keep(&b, l->a)};
}

struct log_filter log_filter_make(struct lower *l, const struct log *log) {
    if (log->keep.n > 0)
        return include_filter(l, log);
    if (log->sample.n > 0)
        return exclude_filter(l, log);
    return (struct log_filter){LOG_FILTER_NONE, STR("")};
}
