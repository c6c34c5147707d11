/* SPDX-License-Identifier: MIT */
#include "cli/drift_parts.h"
#include "model/value_json.h"
#include "resource/resource.h"

#define VALUE_BYTES_MAX (1u << 20)
/* A document is told where it differs; what is longer all the same is cut. */
#define SHOWN_BYTES 160

static const struct {
    const char *word, *sign, *colour;
} actions[] = {
    [DIFF_SAME] = {"same", " ", ""},
    [DIFF_CREATE] = {"create", "+", "\033[32m"},
    [DIFF_CHANGE] = {"change", "~", "\033[33m"},
    [DIFF_REPLACE] = {"replace", "!", "\033[31m"},
    [DIFF_ORPHAN] = {"orphan", "?", "\033[36m"},
    [DIFF_UNREAD] = {"unread", " ", ""},
};

const char *drift_word(enum diff_action a) {
    return actions[a].word;
}

str drift_place(const struct drift_run *r, span at, const struct node *n) {
    const struct source *s = sources_get(r->dl->sources, at.file);
    if (n != NULL && (at.file == 0 || s == NULL || s->builtin))
        at = n->at;
    if (at.file == 0)
        return STR("");
    struct place p = sources_place(r->dl->sources, at.file, at.start);
    return arena_printf(r->c->arena, "%.*s:%u", STR_ARG(p.file), p.line);
}

str drift_name(const struct drift_run *r, const struct node *n) {
    return cli_shown(r->c, n->name.n > 0 ? n->name : n->label);
}

static void put_value(struct buf *b, const struct drift_run *r, const struct diff_change *d,
                      const struct value *v) {
    if (v == NULL || d->secret) {
        buf_text(b, v == NULL ? "nothing" : "(hidden)");
        return;
    }
    struct buf text = BUF_INIT(VALUE_BYTES_MAX);
    value_put_json(&text, v);
    str s = buf_str(&text), cut = utf8_cut(s, SHOWN_BYTES);
    buf_put(b, cli_shown(r->c, cut));
    if (cut.n < s.n || text.full)
        BUF_LIT(b, "...");
    buf_done(&text);
}

static void put_change(struct buf *b, const struct drift_run *r, const struct diff_item *item,
                       const struct diff_change *d) {
    buf_printf(b, "    %.*s: ", STR_ARG(cli_shown(r->c, d->path)));
    if (d->unknown) {
        BUF_LIT(b, "not compared, it depends on ");
        put_value(b, r, d, d->want);
    } else {
        put_value(b, r, d, d->have);
        BUF_LIT(b, " -> ");
        put_value(b, r, d, d->want);
    }
    if (d->replaces && item->action == DIFF_REPLACE)
        BUF_LIT(b, " (makes another one)");
    buf_printf(b, "  %.*s\n", STR_ARG(drift_place(r, d->at, item->want)));
}

static void put_item(struct buf *b, const struct drift_run *r, const struct diff_item *item) {
    const struct node *n = item->want != NULL ? item->want : item->have;
    bool colour = r->c->colour_out && actions[item->action].colour[0] != 0;
    buf_printf(b, "%s%s%s %s %.*s", colour ? actions[item->action].colour : "",
               actions[item->action].sign, colour ? "\033[0m" : "", n->kind->title,
               STR_ARG(drift_name(r, n)));
    if (item->action == DIFF_CREATE)
        buf_text(b, r->plan ? "" : ": is not there");
    else if (item->action == DIFF_ORPHAN)
        BUF_LIT(b, ": is there, and ops.yaml does not have it");
    if (item->want != NULL)
        buf_printf(b, "  %.*s", STR_ARG(drift_place(r, item->want->at, item->want)));
    buf_byte(b, '\n');
    for (uint32_t i = 0; i < item->changes.n; i++)
        put_change(b, r, item, &item->changes.at[i]);
}

/* Kinds that were not compared, each with how many there are. */
static void put_unread(struct buf *b, const struct drift_run *r) {
    for (uint32_t k = 0; k < resource_kinds_n; k++) {
        const struct resource_kind *kind = resource_kinds[k];
        const char *why = NULL;
        uint32_t n = 0;
        for (uint32_t i = 0; i < r->diff.items.n; i++) {
            const struct diff_item *item = &r->diff.items.at[i];
            if (item->action == DIFF_UNREAD && item->want->kind == kind) {
                why = item->why;
                n++;
            }
        }
        if (n > 0)
            buf_printf(b, "not compared: %u of the kind %s (%s): %s\n", n, kind->title, kind->tf,
                       why);
    }
}

static void put_sum(struct buf *b, uint32_t n, const char *what, bool *first) {
    if (n > 0)
        buf_printf(b, "%s%u %s", *first ? "" : ", ", n, what);
    *first = *first && n == 0;
}

static void put_summary(struct buf *b, const struct drift_run *r) {
    const uint32_t *n = r->diff.sums;
    bool first = true;
    put_sum(b, n[DIFF_CREATE], r->plan ? "to create" : "missing", &first);
    put_sum(b, n[DIFF_CHANGE], r->plan ? "to change" : "different", &first);
    put_sum(b, n[DIFF_REPLACE], r->plan ? "to make anew" : "different for good", &first);
    put_sum(b, n[DIFF_ORPHAN], "not in ops.yaml", &first);
    put_sum(b, n[DIFF_SAME], "as ops.yaml says", &first);
    put_sum(b, n[DIFF_UNREAD], "not compared", &first);
    put_sum(b, r->diff.unknown,
            r->diff.unknown == 1 ? "attribute not compared" : "attributes not compared", &first);
    buf_text(b, first ? "ops.yaml has nothing that could be in an account\n" : "\n");
}

void drift_text(struct buf *b, const struct drift_run *r) {
    for (uint32_t i = 0; i < r->diff.items.n; i++) {
        const struct diff_item *item = &r->diff.items.at[i];
        bool quiet = item->action == DIFF_SAME && item->changes.n == 0;
        if (!quiet && item->action != DIFF_UNREAD)
            put_item(b, r, item);
    }
    put_unread(b, r);
    put_summary(b, r);
}
