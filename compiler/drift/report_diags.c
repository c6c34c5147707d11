/* SPDX-License-Identifier: MIT */
#include "drift/report_parts.h"

#include "diag/diag.h"
#include "resource/resource.h"

#define VALUE_BYTES 160

struct adding {
    struct diag_list *dl;
    const struct report *r;
    uint32_t left_out;
};

/* Of a plan nothing is wrong. What is too much for the list is counted. */
static struct diag *tell(struct adding *t, struct diag *d) {
    if (!diag_is_kept(t->dl, d))
        t->left_out++;
    if (t->r->plan)
        d->severity = DIAG_NOTE;
    return d;
}

static const char *advice(const struct adding *t) {
    return t->r->plan ? "`terraform apply` does it."
                      : "`terraform apply` makes it as ops.yaml says. If it is meant to be so, say "
                        "it in ops.yaml or in " IGNORE_NAME ".";
}

static void add_unknown(struct adding *t, const struct node *n, const struct diff_change *d) {
    tell(t, diag_add(t->dl, DIAG_DRIFT_UNREAD, report_span(t->r, d->at, n),
                     "%s `%.*s`: `%.*s` is not compared: it depends on %.*s", n->kind->title,
                     STR_ARG(report_name(n)), STR_ARG(d->path),
                     STR_ARG(report_value(t->r->arena, d, d->want, VALUE_BYTES))));
}

static void add_change(struct adding *t, const struct diff_item *item,
                       const struct diff_change *d) {
    struct arena *a = t->r->arena;
    const struct node *n = item->want;
    str name = report_name(n), have = report_value(a, d, d->have, VALUE_BYTES);
    str want = report_value(a, d, d->want, VALUE_BYTES);
    struct diag *x = tell(
        t, diag_add(t->dl, DIAG_DRIFT_CHANGED, report_span(t->r, d->at, n),
                    "%s `%.*s`: `%.*s` is %.*s in the account, and %.*s is wanted%s",
                    n->kind->title, STR_ARG(name), STR_ARG(d->path), STR_ARG(have), STR_ARG(want),
                    d->replaces && item->action == DIFF_REPLACE ? "; it makes another one" : ""));
    diag_hint(t->dl, x, "%s", advice(t));
}

/* What is wanted nowhere is told at the top of the spec: services that take reports want a place.
 */
static span top_of(const struct report *r) {
    for (uint32_t i = 1; i < r->sources->files.n; i++) {
        if (str_eq(r->sources->files.at[i].name, r->spec))
            return (span){i, 0, 0};
    }
    return SPAN_NONE;
}

static void add_item(struct adding *t, uint32_t at) {
    const struct report *r = t->r;
    const struct diff_item *item = &r->diff.items.at[at];
    const struct node *n = report_node(item);
    str name = report_name(n);
    uint32_t unread = report_unread(r, at);
    if (item->action == DIFF_CREATE) {
        struct diag *x =
            tell(t, diag_add(t->dl, DIAG_DRIFT_MISSING, report_span(r, n->at, n),
                             "%s `%.*s` is not in the account", n->kind->title, STR_ARG(name)));
        diag_hint(t->dl, x, "%s", advice(t));
    } else if (item->action == DIFF_LOST) {
        tell(t, diag_add(t->dl, DIAG_DRIFT_MISSING, report_span(r, n->at, n), "%s `%.*s`: %s",
                         n->kind->title, STR_ARG(name), item->why));
    } else if (item->action == DIFF_ORPHAN) {
        struct diag *x = tell(t, diag_add(t->dl, DIAG_DRIFT_ORPHAN, top_of(r),
                                          "%s `%.*s` is in the account and not in ops.yaml",
                                          n->kind->title, STR_ARG(name)));
        diag_hint(
            t->dl, x,
            "Its name begins as those of this environment do. Delete it, or say in " IGNORE_NAME
            " whose it is.");
    } else if (unread > 0) {
        tell(t, diag_add(t->dl, DIAG_DRIFT_UNREAD, report_span(r, n->at, n),
                         "%u of the kind %s (%s): not compared: %s", unread, n->kind->title,
                         n->kind->tf, item->why));
    }
    for (uint32_t i = 0; item->want != NULL && i < item->changes.n; i++) {
        const struct diff_change *d = &item->changes.at[i];
        d->unknown ? add_unknown(t, item->want, d) : add_change(t, item, d);
    }
}

static void add_rows(struct adding *t) {
    const struct ignore_list *list = t->r->ignore;
    for (uint32_t i = 0; list != NULL && i < list->n; i++) {
        const struct ignore_row *row = &list->rows[i];
        str why = report_idle(t->r, row);
        if (why.n == 0)
            continue;
        bool ended = ignore_has_ended(row, t->r->today);
        struct diag *x =
            tell(t, diag_add(t->dl, ended ? DIAG_IGNORE_ENDED : DIAG_IGNORE_UNUSED, row->at,
                             "the row for `%.*s` %.*s", STR_ARG(row->name.text), STR_ARG(why)));
        diag_hint(t->dl, x,
                  ended ? "Remove the row, or give it a later day."
                        : "Remove the row when it is of no other environment.");
    }
}

void report_diags(struct diag_list *dl, const struct report *r) {
    struct adding t = {.dl = dl, .r = r};
    for (uint32_t i = 0; i < r->diff.items.n; i++)
        add_item(&t, i);
    add_rows(&t);
    if (t.left_out > 0) {
        struct diag *x =
            diag_add(dl, DIAG_DRIFT_MORE, top_of(r), "%u more are not listed", t.left_out);
        diag_hint(dl, x, "`--format json` has all.");
    }
}
