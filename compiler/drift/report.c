/* SPDX-License-Identifier: MIT */
#include "drift/report_parts.h"

#include "diag/secret.h"
#include "resource/resource.h"

#define TEXT_MAX (64u << 20)

const struct report_words report_words[DIFF_UNREAD + 1] = {
    [DIFF_SAME] = {"same", " ", "", "as ops.yaml says", "as ops.yaml says"},
    [DIFF_CREATE] = {"create", "+", "\033[32m", "missing", "to create"},
    [DIFF_CHANGE] = {"change", "~", "\033[33m", "different", "to change"},
    [DIFF_REPLACE] = {"replace", "!", "\033[31m", "different for good", "to make anew"},
    [DIFF_ORPHAN] = {"orphan", "?", "\033[36m", "not in ops.yaml", "not in ops.yaml"},
    [DIFF_LOST] = {"lost", "x", "\033[31m", "not found", "not found"},
    [DIFF_UNREAD] = {"unread", " ", "", "not compared", "not compared"},
};

/* ---- words */

span report_span(const struct report *r, span at, const struct node *n) {
    const struct source *s = sources_get(r->sources, at.file);
    if (n != NULL && (at.file == 0 || s == NULL || s->builtin))
        at = n->at;
    return at;
}

static str place_of(const struct report *r, span at) {
    if (at.file == 0)
        return STR("");
    struct place p = sources_place(r->sources, at.file, at.start);
    return arena_printf(r->arena, "%.*s:%u", STR_ARG(p.file), p.line);
}

str report_place(const struct report *r, span at, const struct node *n) {
    return place_of(r, report_span(r, at, n));
}

str report_row_place(const struct report *r, const struct ignore_row *row) {
    return place_of(r, row->at);
}

const struct node *report_node(const struct diff_item *item) {
    return item->want != NULL ? item->want : item->have;
}

str report_name(const struct node *n) {
    return n->name.n > 0 ? n->name : n->label;
}

const char *report_elsewhere(const struct node *n, str region) {
    bool is = n->region == GRAPH_REGION_GLOBAL && !str_is(region, GRAPH_GLOBAL_NAME);
    return is ? " (" GRAPH_GLOBAL_NAME ")" : "";
}

bool report_tells(const struct diff_item *item) {
    return item->action != DIFF_UNREAD && (item->action != DIFF_SAME || item->changes.n > 0);
}

static void put_sum(struct buf *b, uint32_t n, const char *what) {
    if (n > 0)
        buf_printf(b, "%s%u %s", b->n == 0 ? "" : ", ", n, what);
}

str report_sums(const struct report *r) {
    static const enum diff_action order[] = {DIFF_CREATE, DIFF_CHANGE, DIFF_REPLACE, DIFF_LOST,
                                             DIFF_ORPHAN, DIFF_SAME,   DIFF_UNREAD};
    struct buf b = BUF_INIT(1024);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const struct report_words *w = &report_words[order[i]];
        put_sum(&b, r->diff.sums[order[i]], r->plan ? w->sum_plan : w->sum_drift);
    }
    put_sum(&b, r->diff.unknown,
            r->diff.unknown == 1 ? "attribute not compared" : "attributes not compared");
    put_sum(&b, r->ignored.n, "ignored");
    if (b.n == 0)
        BUF_LIT(&b, "ops.yaml has nothing that could be in an account");
    return buf_keep(&b, r->arena);
}

uint32_t report_unread(const struct report *r, uint32_t item) {
    const struct diff_item *of = &r->diff.items.at[item];
    uint32_t n = 0;
    for (uint32_t i = 0; of->action == DIFF_UNREAD && i < r->diff.items.n; i++) {
        const struct diff_item *x = &r->diff.items.at[i];
        bool same = x->action == DIFF_UNREAD && x->want->kind == of->want->kind &&
                    strcmp(x->why, of->why) == 0;
        if (same && i < item)
            return 0;
        n += same;
    }
    return n;
}

str report_idle(const struct report *r, const struct ignore_row *row) {
    for (uint32_t i = 0; i < r->ignored.n; i++) {
        if (r->ignored.at[i].row == row)
            return STR("");
    }
    if (ignore_has_ended(row, r->today))
        return arena_printf(r->arena, "ended on %.*s", STR_ARG(row->until.text));
    return STR("ignores nothing: what it means does not differ, or was not compared");
}

/* ---- what must not be shown */

static str hide_text(struct arena *a, str name, str text) {
    if (secret_is_literal(name, text))
        return STR(SECRET_HIDDEN);
    return secret_hide(a, text);
}

/* Documents are as deep as value_of_json() lets them be. `name`: what the value is called. */
static struct value *hide(struct arena *a, str name, const struct value *v) {
    struct value *to = ARENA_NEW(a, struct value);
    *to = *v;
    if (v->type == VALUE_STR)
        to->text = hide_text(a, name, v->text);
    else if (v->type == VALUE_JSON)
        to->json = hide(a, name, v->json);
    else if (v->type == VALUE_LIST || v->type == VALUE_TEXT) {
        to->list.items = ARENA_ARRAY(a, struct value *, v->list.n + 1);
        for (uint32_t i = 0; i < v->list.n; i++)
            to->list.items[i] = hide(a, name, v->list.items[i]);
    } else if (v->type == VALUE_MAP) {
        to->map.fields = ARENA_ARRAY(a, struct value_field, v->map.n + 1);
        for (uint32_t i = 0; i < v->map.n; i++) {
            const struct value_field *f = &v->map.fields[i];
            to->map.fields[i] = (struct value_field){f->name, hide(a, f->name, f->value)};
        }
    }
    return to;
}

/* "DB_PASSWORD" of "environment.variables.DB_PASSWORD". */
static str last_name(str path) {
    uint32_t from = path.n;
    while (from > 0 && path.p[from - 1] != '.' && path.p[from - 1] != '[')
        from--;
    return str_sub(path, from, from + str_find(str_sub(path, from, path.n), ']'));
}

static struct diff_change shown(struct arena *a, const struct diff_change *from) {
    struct diff_change d = *from;
    str name = last_name(d.path);
    d.want = d.secret || d.want == NULL ? NULL : hide(a, name, d.want);
    d.have = d.secret || d.have == NULL ? NULL : hide(a, name, d.have);
    return d;
}

/* ---- what is ignored */

static const struct ignore_row *find_row(const struct report *r, const struct diff_item *item,
                                         const struct diff_change *d) {
    const struct node *n = report_node(item);
    for (uint32_t i = 0; r->ignore != NULL && i < r->ignore->n; i++) {
        const struct ignore_row *row = &r->ignore->rows[i];
        bool part = given(row->path.at);
        if (!ignore_has_ended(row, r->today) && part == (d != NULL) &&
            ignore_means(row, str_c(n->kind->tf), report_name(n)) &&
            (!part || ignore_means_path(row, d->path)))
            return row;
    }
    return NULL;
}

static void ignored(struct report *r, const struct ignore_row *row, const struct diff_item *item,
                    const struct diff_change *change) {
    VEC_PUSH(r->arena, &r->ignored, (struct report_ignored){row, item, change});
}

/* The item without what is ignored in it; false: nothing of it is left to count. */
static bool keep(struct report *r, const struct diff_item *from, struct diff_item *to) {
    bool differs = from->action != DIFF_SAME && from->action != DIFF_UNREAD;
    const struct ignore_row *row = differs ? find_row(r, from, NULL) : NULL;
    uint32_t before = r->ignored.n;
    *to = (struct diff_item){
        .action = from->action, .want = from->want, .have = from->have, .why = from->why};
    if (row != NULL) {
        ignored(r, row, from, NULL);
        return false;
    }
    for (uint32_t i = 0; i < from->changes.n; i++) {
        const struct diff_change *d = &from->changes.at[i];
        row = d->unknown ? NULL : find_row(r, from, d);
        if (row != NULL)
            ignored(r, row, from, d);
        else
            VEC_PUSH(r->arena, &to->changes, shown(r->arena, d));
    }
    if (before == r->ignored.n)
        return true;
    to->action = diff_action_of(to);
    return to->action != DIFF_SAME;
}

void report_make(const struct diff *from, struct report *r) {
    struct diff_item item;
    for (uint32_t i = 0; i < from->items.n; i++) {
        bool counts = keep(r, &from->items.at[i], &item);
        r->diff.sums[item.action] += counts;
        for (uint32_t k = 0; k < item.changes.n; k++)
            r->diff.unknown += item.changes.at[k].unknown;
        if (counts || item.changes.n > 0)
            VEC_PUSH(r->arena, &r->diff.items, item);
    }
}
