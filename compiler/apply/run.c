/* SPDX-License-Identifier: MIT */
#include "apply/run.h"

#include "apply/consistent.h"
#include "apply/each.h"
#include "apply/input.h"
#include "aws/endpoint.h"
#include "diff/known.h"
#include "live/answer.h"
#include "live/path.h"
#include "live/request.h"
#include "resource/resource.h"

#include <stdlib.h>

#define WAIT_FIRST_MS 1000
#define WAIT_MOST_MS 10000

struct run {
    struct arena *a;
    struct aws_client *client;
    const struct run_options *o;
    struct steps *steps;
    struct run_result *ret;
    struct known known;
};

static void call_next(struct run *r, struct step *s);

/* ---- ends of steps */

static bool is_hopeless(enum aws_error_kind kind) {
    return kind == AWS_NO_CREDENTIALS || kind == AWS_NO_REGION || kind == AWS_NO_LIBRARY ||
           kind == AWS_UNREACHABLE || kind == AWS_UNTRUSTED || kind == AWS_EXPIRED ||
           kind == AWS_BAD_KEYS || kind == AWS_SKEWED || kind == AWS_TIMEOUT;
}

static void stop(struct run *r) {
    r->ret->stopped = true;
    aws_client_stop(r->client);
}

static bool may_go_on(struct run *r) {
    if (!r->ret->stopped && r->o->may_go_on != NULL && !r->o->may_go_on(r->o->ctx))
        stop(r);
    return !r->ret->stopped;
}

static void tell(struct run *r, const struct step *s) {
    if (r->o->told != NULL)
        r->o->told(r->o->ctx, s);
}

/* What waits for it, also at second hand, is not begun. */
static void leave(struct run *r, struct step *s, const struct step *because) {
    if (s->state != STEP_WAITS)
        return;
    s->state = STEP_LEFT;
    s->because = because;
    r->ret->left++;
    for (uint32_t i = 0; i < s->then.n; i++)
        leave(r, s->then.at[i], because);
}

static void fail(struct run *r, struct step *s, const struct aws_error *e) {
    bool begun = s->calls > 0;
    s->error = aws_error_keep(r->a, e);
    /* What was given up before anything was done of it is as if it had not been begun. */
    s->state = e->kind == AWS_GIVEN_UP && !begun ? STEP_LEFT : STEP_FAILED;
    r->ret->failed += s->state == STEP_FAILED;
    r->ret->left += s->state == STEP_LEFT;
    tell(r, s);
    for (uint32_t i = 0; i < s->then.n; i++)
        leave(r, s->then.at[i], s->state == STEP_FAILED ? s : NULL);
    if (is_hopeless(e->kind))
        stop(r);
}

static void fail_with(struct run *r, struct step *s, str why) {
    const struct aws_error e = {.kind = AWS_INVALID, .message = why};
    fail(r, s, &e);
}

static void begin(struct run *r, struct step *s);

static void finish(struct run *r, struct step *s) {
    s->state = s->calls > 0 ? STEP_DONE : STEP_SAME;
    r->ret->done += s->state == STEP_DONE;
    r->ret->replaced = r->ret->replaced || s->action == STEP_REPLACE;
    tell(r, s);
    for (uint32_t i = 0; i < s->then.n; i++) {
        if (--s->then.at[i]->waits == 0 && s->then.at[i]->state == STEP_WAITS)
            begin(r, s->then.at[i]);
    }
}

/* ---- which calls a step takes */

static bool takes(const struct step *s, const struct resource_write *w);

/* The one that the calls are about. */
static const struct node *node_of(const struct step *s) {
    return s->deleting ? s->have : s->want;
}

static bool is_of(const struct diff_change *d, str name) {
    return str_starts(d->path, name) &&
           (d->path.n == name.n || d->path.p[name.n] == '.' || d->path.p[name.n] == '[');
}

/* Whether the attribute of this row differs. */
static bool is_changed(const struct step *s, uint32_t row) {
    str name = str_c(s->want->kind->attrs[row].tf);
    bool any = false;
    for (uint32_t i = 0; i < s->item.changes.n && !any; i++)
        any = is_of(&s->item.changes.at[i], name) && !s->item.changes.at[i].unknown;
    return any;
}

static const struct value *attribute(const struct node *n, const char *tf) {
    int i = resource_attr_index(n->kind->attrs, n->kind->nattrs, tf);
    return i < 0 ? NULL : n->attrs[i];
}

static bool is_given(const struct node *n, const char *tf) {
    const struct value *v = attribute(n, tf);
    return v != NULL && !(v->type == VALUE_LIST && v->list.n == 0);
}

static bool changes_by(const struct step *s, const struct resource_write *w) {
    const struct resource_kind *kind = s->want->kind;
    if (w->unset != NULL) {
        int row = resource_attr_index(kind->attrs, kind->nattrs, w->unset);
        return row >= 0 && is_changed(s, (uint32_t)row) && !is_given(s->want, w->unset);
    }
    bool tags = input_is_tags(kind, w->input);
    for (uint32_t i = 0; i < kind->nattrs; i++) {
        const struct resource_attr *row = &kind->attrs[i];
        bool whose = tags || (row->flags & ATTR_TAGS) == 0;
        if (whose && input_sets(kind, w, i) && is_changed(s, i))
            return true;
    }
    return false;
}

/* "enabled=true" */
static bool is_so(struct arena *a, const struct node *have, const char *is) {
    str value = str_c(is), name = str_split(&value, '=');
    for (uint32_t i = 0; have != NULL && i < have->kind->nattrs; i++) {
        if (str_is(name, have->kind->attrs[i].tf))
            return str_eq(value_text(a, have->attrs[i]), value);
    }
    return false;
}

static bool takes(const struct step *s, const struct resource_write *w) {
    const struct node *n = node_of(s);
    const struct run *r = s->run;
    if (w->input == NULL || (w->of != NULL && !is_given(n, w->of)) ||
        (w->is != NULL && !is_so(r->a, s->have, w->is)))
        return false;
    if (s->deleting)
        return (w->effects & RESOURCE_DELETES) != 0;
    if (s->action != STEP_CHANGE)
        return (w->effects & RESOURCE_CREATES) != 0;
    return (w->effects & RESOURCE_CHANGES) != 0 && changes_by(s, w);
}

/* What differs and no operation of the kind changes; NULL: there is nothing. */
static const char *left_over(const struct step *s) {
    const struct resource_kind *kind = s->want->kind;
    const struct resource_writing *w = resource_writing_of(kind);
    for (uint32_t i = 0; i < kind->nattrs; i++) {
        bool by_any = !is_changed(s, i);
        for (uint32_t k = 0; w != NULL && k < w->n && !by_any; k++)
            by_any = takes(s, &w->rows[k]) && input_sets(kind, &w->rows[k], i);
        if (!by_any)
            return kind->attrs[i].tf;
    }
    return NULL;
}

/* Whether all that an operation tells is known. */
static bool is_told(const struct step *s, const struct resource_write *w) {
    struct run *r = s->run;
    const struct known_node *pair = known_pair(&r->known, s->want);
    bool all = pair != NULL && pair->have != NULL;
    for (str rest = str_c(w->gives); rest.n > 0 && all;) {
        str path = str_split(&rest, ' '), name = arena_str(r->a, str_split(&path, '='));
        all = is_given(pair->have, (const char *)name.p);
    }
    return all;
}

/* The one after `row`, or the first; NULL: there is none. */
static const struct resource_write *next_row(const struct step *s) {
    const struct resource_writing *w = resource_writing_of(node_of(s)->kind);
    uint32_t i = w == NULL || s->row == NULL ? 0 : (uint32_t)(s->row - w->rows) + 1;
    for (; w != NULL && i < w->n; i++) {
        bool needed = (w->rows[i].effects & RESOURCE_TELLS) == 0 || !is_told(s, &w->rows[i]);
        if (takes(s, &w->rows[i]) && needed)
            return &w->rows[i];
    }
    return NULL;
}

/* ---- calls */

/* What an answer tells of what was made. */
static void take(struct run *r, struct node *made, const struct resource_write *w,
                 const struct value *answer) {
    const struct path_scope whole = {NULL, answer};
    for (str rest = str_c(w->gives); rest.n > 0;) {
        str path = str_split(&rest, ' '), name = str_split(&path, '=');
        const struct value *v = path_find(r->a, &whole, path);
        for (uint32_t i = 0; v != NULL && i < made->kind->nattrs; i++) {
            if (str_is(name, made->kind->attrs[i].tf))
                made->attrs[i] = (struct value *)v;
        }
    }
}

static struct node *made_node(struct run *r, const struct step *s) {
    struct node *n = ARENA_NEW(r->a, struct node);
    *n = *s->want;
    n->attrs = ARENA_ARRAY(r->a, struct value *, n->kind->nattrs + 1);
    return n;
}

/* False: the answer is not one. */
static bool take_answer(struct run *r, struct step *s, const struct aws_answer *answer) {
    const struct resource_write *w = s->row;
    struct known_node *pair = s->want == NULL ? NULL : known_pair(&r->known, s->want);
    if (pair == NULL || s->deleting)
        return true;
    if (pair->have == NULL)
        pair->have = made_node(r, s);
    if (w->gives == NULL || answer->error.kind != AWS_OK)
        return true;
    const struct resource_call c = {
        .service = w->service, .operation = w->operation, .root = w->root};
    const char *why = NULL;
    const struct value *v = answer_to(r->a, &c, answer, &why);
    if (v == NULL) {
        const struct aws_error e = {.kind = AWS_STRANGE, .message = str_c(why), .maybe_done = true};
        fail(r, s, &e);
        return false;
    }
    take(r, (struct node *)pair->have, w, v);
    return true;
}

static void send(struct run *r, struct step *s, unsigned delay_ms);

/* Whether something that it is about was made a moment ago. */
static bool is_fresh(const struct run *r, const struct step *s) {
    return s->calls > 0 || (r->ret->done > 0 && !s->deleting);
}

/* Whether nothing is lost with its answer: it tells nothing, or another operation tells the same.
 */
static bool is_told_again(const struct step *s) {
    const struct resource_writing *w = resource_writing_of(s->want->kind);
    bool again = s->row->gives == NULL;
    for (uint32_t i = 0; i < w->n; i++)
        again = again || ((w->rows[i].effects & RESOURCE_TELLS) != 0 && takes(s, &w->rows[i]));
    return again;
}

/* Whether a refusal says no more than that it is done. */
static bool is_done_already(const struct step *s, const struct aws_answer *answer) {
    enum aws_error_kind kind = answer->error.kind;
    bool creates = (s->row->effects & RESOURCE_CREATES) != 0;
    return (s->deleting && kind == AWS_NOT_FOUND) ||
           (s->row->already != NULL && str_is(answer->error.code, s->row->already)) ||
           (creates && !s->deleting && kind == AWS_EXISTS && answer->tries > 1 && is_told_again(s));
}

/* False: it is over with this call, or said again. */
static bool went_well(struct run *r, struct step *s, const struct aws_answer *answer) {
    may_go_on(r);
    if (answer->error.kind == AWS_OK || is_done_already(s, answer))
        return true;
    unsigned most = consistent_wait_ms(s->row, &answer->error, is_fresh(r, s));
    if (s->waited_ms < most && may_go_on(r)) {
        unsigned delay = s->waited_ms < WAIT_FIRST_MS  ? WAIT_FIRST_MS
                         : s->waited_ms < WAIT_MOST_MS ? s->waited_ms
                                                       : WAIT_MOST_MS;
        s->waited_ms += delay;
        send(r, s, delay);
    } else {
        fail(r, s, &answer->error);
    }
    return false;
}

static void answered(void *ctx, struct aws_client *client, const struct aws_answer *answer) {
    struct step *s = ctx;
    struct run *r = s->run;
    (void)client;
    if (!went_well(r, s, answer))
        return;
    bool changes = (s->row->effects & RESOURCE_TELLS) == 0;
    s->calls += changes;
    r->ret->calls += changes;
    if (!take_answer(r, s, answer))
        return;
    call_next(r, s);
}

static str region_of(const struct run *r, const struct step *s) {
    str region =
        node_of(s)->region == GRAPH_REGION_GLOBAL ? STR(GRAPH_GLOBAL_NAME) : r->o->diff->region;
    return aws_region_asked(aws_service_find(str_c(s->row->service)), region);
}

static struct input_from input_of(struct run *r, const struct step *s) {
    const struct known_node *pair = s->want == NULL ? NULL : known_pair(&r->known, s->want);
    return (struct input_from){.a = r->a,
                               .known = &r->known,
                               .node = node_of(s),
                               .have = pair != NULL ? pair->have : s->have,
                               .run = r->o->run,
                               .item = s->items != NULL ? s->items->list.items[s->at] : NULL,
                               .item_row = each_row(node_of(s)->kind, s->row),
                               .first = s->first,
                               .file = r->o->diff->file,
                               .ctx = r->o->diff->ctx};
}

/* NULL: it cannot be said, and the step has failed. */
static const struct value *params_of(struct run *r, struct step *s, const char *input) {
    const struct input_from from = input_of(r, s);
    str why = {NULL, 0};
    const struct value *params = input_make(&from, input, &why);
    if (params == NULL)
        fail_with(r, s, why);
    return params;
}

static void write_now(struct run *r, struct step *s, unsigned delay_ms) {
    const struct resource_write *w = s->row;
    s->operation = w->operation;
    const struct value *params = params_of(r, s, w->input);
    if (params == NULL)
        return;
    struct aws_call call = {.region = region_of(r, s),
                            .effect = w->once ? AWS_MAKES_ONCE : AWS_SETS,
                            .delay_ms = delay_ms,
                            .done = answered,
                            .ctx = s};
    request_make_write(r->a, w, params, &call);
    aws_client_start(r->client, &call);
}

static void first_told(void *ctx, struct aws_client *client, const struct aws_answer *answer) {
    struct step *s = ctx;
    struct run *r = s->run;
    const char *why = NULL;
    (void)client;
    if (!went_well(r, s, answer))
        return;
    if (answer->error.kind != AWS_OK) { /* it is not there to be deleted */
        call_next(r, s);
        return;
    }
    s->first = answer_to(r->a, s->row->first, answer, &why);
    if (s->first != NULL) {
        write_now(r, s, 0);
        return;
    }
    const struct aws_error e = {.kind = AWS_STRANGE, .message = str_c(why)};
    fail(r, s, &e);
}

static void ask_first(struct run *r, struct step *s, unsigned delay_ms) {
    const struct resource_call *c = s->row->first;
    s->operation = c->operation;
    s->first = NULL;
    const struct value *params = params_of(r, s, c->input);
    if (params == NULL)
        return;
    struct aws_call call = {.region = region_of(r, s),
                            .effect = AWS_READS,
                            .delay_ms = delay_ms,
                            .done = first_told,
                            .ctx = s};
    request_make(r->a, c, params, &call);
    aws_client_start(r->client, &call);
}

static void send(struct run *r, struct step *s, unsigned delay_ms) {
    s->service = aws_service_find(str_c(s->row->service))->iam;
    if (s->row->first != NULL)
        ask_first(r, s, delay_ms);
    else
        write_now(r, s, delay_ms);
}

/* Of what is replaced the old one is gone. */
static void forget_old(struct run *r, struct step *s) {
    struct known_node *pair = known_pair(&r->known, s->want);
    pair->have = NULL;
    s->deleting = false;
    s->row = NULL;
    call_next(r, s);
}

/* Turns to the next call. False: which items it is called for is not known, and it failed. */
static bool turn(struct run *r, struct step *s) {
    str why = {NULL, 0};
    s->waited_ms = 0;
    s->first = NULL;
    if (s->items != NULL && s->at + 1 < s->items->list.n) {
        s->at++;
        return true;
    }
    do {
        s->row = next_row(s);
        s->items = NULL;
        s->at = 0;
        if (s->row == NULL)
            return true;
        s->operation = s->row->operation;
        s->service = aws_service_find(str_c(s->row->service))->iam;
        if (s->row->each != NULL) {
            const struct input_from from = input_of(r, s);
            s->items = each_items(&from, s->row, s->deleting, &why);
        }
    } while (s->items != NULL && s->items->list.n == 0);
    if (s->row->each != NULL && s->items == NULL)
        fail_with(r, s, why);
    return s->row->each == NULL || s->items != NULL;
}

static void call_next(struct run *r, struct step *s) {
    if (!turn(r, s))
        return;
    if (s->row == NULL && s->deleting && s->action == STEP_REPLACE) {
        forget_old(r, s);
        return;
    }
    if (s->row == NULL) {
        finish(r, s);
        return;
    }
    if (!may_go_on(r)) {
        const struct aws_error e = {.kind = AWS_GIVEN_UP,
                                    .message = STR("it was stopped before this")};
        fail(r, s, &e);
        return;
    }
    send(r, s, 0);
}

static bool depends(const struct step *s) {
    bool any = false;
    for (uint32_t i = 0; i < s->item.changes.n; i++)
        any = any || s->item.changes.at[i].unknown;
    return any;
}

static void begin(struct run *r, struct step *s) {
    if (!may_go_on(r)) {
        leave(r, s, NULL);
        return;
    }
    s->state = STEP_RUNS;
    s->run = r;
    /* What it waited for is there now. */
    if (s->action == STEP_CHANGE && depends(s))
        s->item = diff_node(&r->known, s->want);
    const char *over = s->action == STEP_CHANGE ? left_over(s) : NULL;
    if (over != NULL)
        fail_with(r, s,
                  arena_printf(r->a,
                               "there is no operation of AWS's by which opsc changes "
                               "its %s",
                               over));
    else if (s->action != STEP_CHANGE && next_row(s) == NULL)
        fail_with(r, s, STR("opsc does not write this kind"));
    else
        call_next(r, s);
}

/* ---- all */

static unsigned rank(const struct step *s) {
    const struct resource_writing *w = resource_writing_of(s->have->kind);
    return w == NULL ? 0 : w->rank;
}

/* Those that nothing has to be done before; of deletions those of a rank. */
static void begin_all(struct run *r, bool deletions, unsigned of) {
    for (uint32_t i = 0; i < r->steps->items.n; i++) {
        struct step *s = r->steps->items.at[i];
        bool deletes = s->action == STEP_DELETE && s->then.n == 0;
        if (s->state == STEP_WAITS && s->waits == 0 && deletes == deletions &&
            (!deletes || rank(s) == of))
            begin(r, s);
    }
    aws_client_run(r->client);
}

static void leave_all(struct run *r) {
    for (uint32_t i = 0; i < r->steps->items.n; i++)
        leave(r, r->steps->items.at[i], NULL);
}

void run_steps(struct arena *a, struct aws_client *client, const struct graph *want,
               const struct graph *have, struct steps *steps, const struct run_options *o,
               struct run_result *ret) {
    struct run r = {.a = a, .client = client, .o = o, .steps = steps, .ret = ret};
    unsigned most = 0;
    *ret = (struct run_result){0};
    known_init(&r.known, a, want, have, o->diff);
    for (uint32_t i = 0; i < want->nodes.n; i++)
        known_pair(&r.known, want->nodes.at[i]);
    begin_all(&r, false, 0);
    for (uint32_t i = 0; i < steps->items.n; i++) {
        const struct step *s = steps->items.at[i];
        most = s->action == STEP_DELETE && rank(s) > most ? rank(s) : most;
    }
    /* What is not wanted any more may still be referred to by what could not be changed. */
    for (unsigned of = 0; of <= most && ret->failed + ret->left == 0; of++)
        begin_all(&r, true, of);
    leave_all(&r);
    aws_client_go_on(client);
}
