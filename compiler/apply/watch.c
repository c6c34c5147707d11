/* SPDX-License-Identifier: MIT */
#include "apply/watch.h"

#include "live/asking.h"
#include "live/path.h"
#include "resource/resource.h"

#define REASON_MAX 300

struct poll {
    struct arena *a;    /* of the watch */
    struct arena *once; /* of this poll */
    struct watch *w;
    struct aws_client *client;
    struct aws_error *error;
    enum graph_region region;
};

static const struct {
    const char *api, *text;
} states[WATCH_STATES] = {
    [WATCH_NONE] = {"", "not there"},
    [WATCH_OK] = {"OK", "ok"},
    [WATCH_ALARM] = {"ALARM", "in alarm"},
    [WATCH_NO_DATA] = {"INSUFFICIENT_DATA", "without data"},
};

const char *watch_state_text(enum watch_state s) {
    return states[s].text;
}

static bool is_alarm(const struct node *n) {
    return n->kind == &resource_metric_alarm || n->kind == &resource_composite_alarm;
}

static str key_of(struct arena *a, enum graph_region region, str name) {
    return arena_printf(a, "%d %.*s", region, STR_ARG(name));
}

void watch_init(struct arena *a, const struct graph *g, struct watch *ret) {
    *ret = (struct watch){0};
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = g->nodes.at[i];
        if (is_alarm(n))
            VEC_PUSH(a, &ret->items, (struct watch_alarm){.node = n});
    }
    for (uint32_t i = 0; i < ret->items.n; i++) {
        const struct node *n = ret->items.at[i].node;
        map_add(a, &ret->names, key_of(a, n->region, n->name), &ret->items.at[i]);
    }
}

/* ---- answers */

static str text_of(const struct value *item, const char *name) {
    const struct value *v = value_get(item, str_c(name));
    return v != NULL && v->type == VALUE_STR ? v->text : STR("");
}

static void take_alarm(struct poll *p, const struct value *item) {
    if (item->type != VALUE_MAP)
        return;
    str name = text_of(item, "AlarmName"), is = text_of(item, "StateValue");
    struct watch_alarm *w = map_get(&p->w->names, key_of(p->once, p->region, name));
    for (unsigned s = WATCH_OK; w != NULL && s < WATCH_STATES; s++) {
        if (!str_is(is, states[s].api))
            continue;
        str reason = text_of(item, "StateReason");
        w->changed = w->state != (enum watch_state)s;
        w->state = (enum watch_state)s;
        if (!p->w->begun)
            w->first = w->state;
        if (w->changed)
            w->reason = arena_str(p->a, utf8_cut(reason, REASON_MAX));
    }
}

static bool take(void *ctx, const struct value *answer) {
    static const char *const lists[] = {"MetricAlarms", "CompositeAlarms"};
    struct poll *p = ctx;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct value *v = value_get(answer, str_c(lists[i]));
        for (uint32_t k = 0; v != NULL && v->type == VALUE_LIST && k < v->list.n; k++)
            take_alarm(p, v->list.items[k]);
    }
    return true;
}

static void failed(void *ctx, const struct aws_error *e) {
    struct poll *p = ctx;
    if (p->error->kind == AWS_OK)
        *p->error = aws_error_keep(p->a, e);
}

/* ---- questions */

static void ask(struct poll *p, str region, struct value *names) {
    const struct resource_call *call = resource_metric_alarm.reads[0].call;
    struct value *params = value_map(p->once, 1, SPAN_NONE);
    struct asking *q = ARENA_NEW(p->once, struct asking);
    value_set(params, str_c(call->names), names);
    *q = (struct asking){.a = p->once,
                         .client = p->client,
                         .call = call,
                         .region = region,
                         .params = params,
                         .take = take,
                         .failed = failed,
                         .ctx = p};
    asking_begin(q);
}

static void ask_all(struct poll *p, str region) {
    uint32_t most = resource_metric_alarm.reads[0].call->names_max;
    struct value *names = NULL;
    for (uint32_t i = 0; i < p->w->items.n; i++) {
        const struct node *n = p->w->items.at[i].node;
        if (n->region != p->region)
            continue;
        if (names == NULL)
            names = value_list(p->once, VALUE_LIST, most, SPAN_NONE);
        value_push(names, value_str(p->once, n->name, SPAN_NONE));
        if (names->list.n == most) {
            ask(p, region, names);
            names = NULL;
        }
    }
    if (names != NULL)
        ask(p, region, names);
}

bool watch_poll(struct arena *a, struct aws_client *c, str region, struct watch *w,
                struct aws_error *ret) {
    struct arena *once = arena_within(a);
    *ret = (struct aws_error){.kind = AWS_OK};
    for (uint32_t i = 0; i < w->items.n; i++)
        w->items.at[i].changed = false;
    for (int i = GRAPH_REGION_HOME; i <= GRAPH_REGION_GLOBAL; i++) {
        struct poll p = {.a = a,
                         .once = once,
                         .w = w,
                         .client = c,
                         .error = ret,
                         .region = (enum graph_region)i};
        ask_all(&p, i == GRAPH_REGION_GLOBAL ? STR(GRAPH_GLOBAL_NAME) : region);
        aws_client_run(c);
    }
    w->begun = true;
    memset(w->sums, 0, sizeof w->sums);
    for (uint32_t i = 0; i < w->items.n; i++)
        w->sums[w->items.at[i].state]++;
    arena_free(once);
    return ret->kind == AWS_OK;
}
