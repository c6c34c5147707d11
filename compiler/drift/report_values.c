/* SPDX-License-Identifier: MIT */
/* Values before and after, on a line or on many. */
#include "drift/report_parts.h"

#include "base/line_diff.h"
#include "diag/render.h"
#include "model/value_json.h"

#define VALUE_BYTES_MAX (16u << 20)
#define GLANCE_BYTES 72 /* of each side */
#define LINE_BYTES_MAX 400
#define CONTEXT 3

static str shown(struct arena *a, str s, uint32_t max) {
    struct buf b = BUF_INIT(VALUE_BYTES_MAX);
    str cut = utf8_cut(s, max);
    render_shown(&b, cut);
    buf_text(&b, cut.n < s.n || b.full ? "..." : "");
    return buf_keep(&b, a);
}

static str json_of(struct arena *a, const struct value *v, unsigned indent) {
    struct buf b = BUF_INIT(VALUE_BYTES_MAX);
    struct json j = json_to(&b, indent);
    value_to_json(&j, v);
    return buf_keep(&b, a);
}

str report_value(struct arena *a, const struct diff_change *d, const struct value *v,
                 uint32_t max) {
    if (d->secret)
        return STR("(hidden)");
    return v == NULL ? STR("nothing") : shown(a, json_of(a, v, 0), max);
}

static bool is_text(const struct value *v) {
    return v == NULL || v->type == VALUE_STR;
}

static bool has_lines(const struct value *v) {
    return v != NULL && v->type == VALUE_STR && str_find(v->text, '\n') < v->text.n;
}

static str first_sentence(const struct value *v) {
    bool text = v != NULL && v->type == VALUE_STR;
    uint32_t end = text ? str_find_pair(v->text, 0, '.', ' ') : 0;
    return text && end < v->text.n ? str_sub(v->text, 0, end + 1) : (str){NULL, 0};
}

/* The description of an alarm begins with its condition, and differs with that: the rest of it
 * would be there twice. */
static bool differ_at_first(struct arena *a, const struct diff_change *d, str *ret_have,
                            str *ret_want) {
    str have = first_sentence(d->have), want = first_sentence(d->want);
    if (d->secret || have.n == 0 || want.n == 0 || have.n > GLANCE_BYTES || want.n > GLANCE_BYTES ||
        !str_eq(str_sub(d->have->text, have.n, d->have->text.n),
                str_sub(d->want->text, want.n, d->want->text.n)))
        return false;
    const struct value is = {.type = VALUE_STR, .text = have};
    const struct value wanted = {.type = VALUE_STR, .text = want};
    *ret_have = arena_cat(a, report_value(a, d, &is, 2 * GLANCE_BYTES), STR("..."));
    *ret_want = arena_cat(a, report_value(a, d, &wanted, 2 * GLANCE_BYTES), STR("..."));
    return true;
}

bool report_glance(struct arena *a, const struct diff_change *d, str *ret_have, str *ret_want) {
    *ret_have = report_value(a, d, d->have, GLANCE_BYTES + 1);
    *ret_want = report_value(a, d, d->want, GLANCE_BYTES + 1);
    bool lines = !d->secret && (has_lines(d->want) || has_lines(d->have));
    return !lines && ((ret_have->n <= GLANCE_BYTES && ret_want->n <= GLANCE_BYTES) ||
                      differ_at_first(a, d, ret_have, ret_want));
}

/* ---- lines */

struct one_line {
    char sign;
    str text;
};

struct collecting {
    struct arena *arena;
    VEC(struct one_line) lines;
};

static void collect(void *ctx, char sign, str line) {
    struct collecting *c = ctx;
    VEC_PUSH(c->arena, &c->lines, (struct one_line){sign, line});
}

/* Whether a line that stays is near one that does not. */
static bool is_near(const struct collecting *c, uint32_t at) {
    uint32_t from = at > CONTEXT ? at - CONTEXT : 0;
    for (uint32_t i = from; i < c->lines.n && i <= at + CONTEXT; i++) {
        if (c->lines.at[i].sign != ' ')
            return true;
    }
    return false;
}

/* A text as it is; everything else as JSON, a member a line. */
static str text_of(struct arena *a, const struct value *v, bool texts) {
    if (v == NULL)
        return STR("");
    return texts ? v->text : json_of(a, v, 2);
}

uint32_t report_lines(struct arena *a, const struct diff_change *d, report_line_fn *line,
                      void *ctx) {
    bool texts = is_text(d->want) && is_text(d->have), left_out = false;
    struct collecting c = {.arena = a};
    struct line_diff diff;
    uint32_t more = 0, told = 0;
    uint32_t most = d->want != NULL && d->have != NULL ? REPORT_LINES_MAX : REPORT_LINES_ONE_SIDE;
    line_diff_open(&diff, text_of(a, d->have, texts), text_of(a, d->want, texts));
    line_diff_run(&diff, CONTEXT, collect, &c);
    for (uint32_t i = 0; i < c.lines.n; i++) {
        bool near = is_near(&c, i), first = !near && !left_out;
        left_out = !near;
        if (!near && !first)
            continue;
        if (told == most) {
            more++;
            continue;
        }
        told++;
        line(ctx, c.lines.at[i].sign,
             near ? shown(a, c.lines.at[i].text, LINE_BYTES_MAX) : STR("..."));
    }
    line_diff_close(&diff);
    return more;
}
