/* SPDX-License-Identifier: MIT */
#include "lower/cond.h"

#include <assert.h>

/* Where a node has what it is billed by: its attributes are looked for once. */
struct columns {
    int metric, space, period, band, queries;
    int query_metric, metric_period; /* in a block of `queries`, and in one of that */
};

struct alarm_bills {
    struct columns columns;
    VEC(struct lower_alarm) of; /* by the index of the node */
};

static int column(const struct resource_attr *rows, uint32_t n, const char *tf) {
    int i = resource_attr_index(rows, n, tf);
    assert(i >= 0);
    return i;
}

static struct columns find_columns(void) {
    const struct resource_kind *k = &resource_metric_alarm;
    struct columns c = {.metric = column(k->attrs, k->nattrs, "metric_name"),
                        .space = column(k->attrs, k->nattrs, "namespace"),
                        .period = column(k->attrs, k->nattrs, "period"),
                        .band = column(k->attrs, k->nattrs, "threshold_metric_id"),
                        .queries = column(k->attrs, k->nattrs, "metric_query")};
    const struct resource_attr *query = &k->attrs[c.queries];
    c.query_metric = column(query->block, query->nblock, "metric");
    const struct resource_attr *metric = &query->block[c.query_metric];
    c.metric_period = column(metric->block, metric->nblock, "period");
    return c;
}

static void add_metric(struct lower_alarm *e, const struct value *period) {
    bool known = period != NULL && period->type == VALUE_NUM;
    e->high |= known && num_floor(period->number) < COND_STANDARD_S;
    e->metrics++;
}

static bool is_of_bill(const struct value *space) {
    return space != NULL && space->type == VALUE_STR && str_is(space->text, "AWS/Billing");
}

static struct lower_alarm bill_of(const struct columns *c, const struct node *n) {
    struct lower_alarm e = {.band = n->attrs[c->band] != NULL,
                            .bill = is_of_bill(n->attrs[c->space])};
    const struct value *queries = n->attrs[c->queries];
    if (n->attrs[c->metric] != NULL)
        add_metric(&e, n->attrs[c->period]);
    for (uint32_t i = 0; queries != NULL && i < queries->list.n; i++) {
        const struct value *m = queries->list.items[i]->block.attrs[c->query_metric];
        if (m != NULL)
            add_metric(&e, m->block.attrs[c->metric_period]);
    }
    e.metrics += e.band ? COND_BAND_METRICS : 0;
    return e;
}

/* Room for the first `n` nodes. */
static struct alarm_bills *bills(struct lower *l, uint32_t n) {
    if (l->alarm_bills == NULL) {
        l->alarm_bills = ARENA_NEW(l->a, struct alarm_bills);
        l->alarm_bills->columns = find_columns();
    }
    while (l->alarm_bills->of.n < n)
        VEC_PUSH(l->a, &l->alarm_bills->of, (struct lower_alarm){0});
    return l->alarm_bills;
}

void lower_note_bill(struct lower *l, const struct node *n) {
    struct alarm_bills *b = bills(l, n->index + 1);
    b->of.at[n->index] = bill_of(&b->columns, n);
}

const struct lower_alarm *lower_alarm_bills(struct lower *l) {
    return bills(l, l->graph->nodes.n)->of.at;
}
