/* SPDX-License-Identifier: MIT */
#include "schema/schema.h"

void schema_put_range(struct buf *out, str min, str max) {
    if (min.n > 0 && max.n > 0)
        buf_printf(out, "%.*s to %.*s", STR_ARG(min), STR_ARG(max));
    else if (min.n > 0 || max.n > 0)
        buf_printf(out, "at %s %.*s", min.n > 0 ? "least" : "most", STR_ARG(min.n > 0 ? min : max));
}

/* How a quantity compares with a bound: -1, 0, 1; 0 without one. Bounds fit the type of their row
 * (kind_attribute_check(), and a test for the tables of opsc). */
static int beside(const struct schema_row *row, const struct quantity *q, const char *bound) {
    struct quantity b;
    return bound != NULL && schema_quantity(row->type, str_c(bound), &b)
               ? num_cmp(q->value, b.value)
               : 0;
}

bool schema_check_range(struct schema_walk *w, const struct schema_row *row,
                        const struct cfg_quantity *q, str text) {
    if (beside(row, &q->q, row->min) >= 0 && beside(row, &q->q, row->max) <= 0)
        return true;
    struct buf range = BUF_INIT(DIAG_TEXT_MAX);
    schema_put_range(&range, str_c(row->min), str_c(row->max));
    struct diag *d = diag_add(w->dl, DIAG_OUT_OF_RANGE, q->at, "`%s` takes %.*s, found `%.*s`",
                              row->key, STR_ARG(buf_str(&range)), STR_ARG(text));
    diag_hint(w->dl, d, "%s", row->doc);
    buf_done(&range);
    return false;
}
