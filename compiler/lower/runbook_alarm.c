/* SPDX-License-Identifier: MIT */
#include "lower/backup.h"
#include "lower/cond.h"
#include "lower/deploy.h"
#include "lower/describe.h"
#include "lower/exactly.h"
#include "lower/runbook.h"
#include "lower/secrets.h"
#include "lower/topics.h"
#include "lower/words.h"

#define TEXT_MAX (1u << 20)

/* What plans have is gone when the graph is whole. */
static str kept(struct lower *l, str s) {
    return arena_str(l->a, s);
}

static str number(struct lower *l, struct num n) {
    struct buf b = BUF_INIT(TEXT_MAX);
    buf_num(&b, n);
    return buf_keep(&b, l->a);
}

/* "web-1" is ID_WEB_1: a name for the shell, which has no other variable that begins so. */
static str variable_of(struct lower *l, str name) {
    unsigned char *p = arena_alloc(l->a, name.n + 1, 1);
    for (uint32_t i = 0; i < name.n; i++) {
        unsigned char c = name.p[i];
        bool lower = ascii_is_lower(c), other = ascii_is_upper(c) || ascii_is_digit(c);
        p[i] = lower ? (unsigned char)(c - 0x20) : other ? c : '_';
    }
    return arena_cat(l->a, STR("ID_"), (str){p, name.n});
}

static const struct watched *looked_up(struct lower *l, const struct watched *w,
                                       const struct value *v) {
    if (v->type != VALUE_REF || w == NULL)
        return NULL;
    if (map_get(&l->data_nodes, w->name) == v->ref.node)
        return w;
    for (uint32_t i = 0; i < l->watched.n; i++) {
        if (map_get(&l->data_nodes, l->watched.at[i]->name) == v->ref.node)
            return l->watched.at[i];
    }
    return NULL;
}

/* Its variable: each resource has one of its own, also `web` beside `WEB`. */
static str add_lookup(struct lower *l, struct runbook_alarm *r, const struct watched *w) {
    str variable = variable_of(l, w->name);
    uint32_t alike = 0;
    for (uint32_t i = 0; i < r->nlookups; i++) {
        if (str_eq(r->lookups[i].resource, w->name))
            return r->lookups[i].variable;
        alike += str_eq(variable_of(l, r->lookups[i].resource), variable);
    }
    if (alike > 0)
        variable = arena_printf(l->a, "%.*s__%u", STR_ARG(variable), alike + 1);
    if (r->lookups == NULL)
        r->lookups = ARENA_ARRAY(l->a, struct runbook_lookup, COND_METRICS_MAX);
    if (r->nlookups < COND_METRICS_MAX)
        r->lookups[r->nlookups++] = (struct runbook_lookup){variable, w->name, w->find};
    return variable;
}

static void add_dimensions(struct lower *l, struct runbook_alarm *r, struct runbook_query *q,
                           const struct series *s) {
    q->dimensions = ARENA_ARRAY(l->a, struct runbook_dimension, s->ndimensions + 1);
    for (uint32_t i = 0; i < s->ndimensions; i++) {
        const struct dimension *d = &s->dimensions[i];
        const struct watched *w = looked_up(l, s->watched, d->value);
        struct runbook_dimension *out = &q->dimensions[q->ndimensions];
        *out = (struct runbook_dimension){.name = d->name};
        if (w != NULL) {
            out->variable = add_lookup(l, r, w);
        } else if (d->value->type == VALUE_STR) {
            out->value = d->value->text;
        } else {
            continue;
        }
        q->ndimensions++;
    }
}

static void add_queries(struct lower *l, struct runbook_alarm *r, const struct cond *c) {
    uint32_t n = c->measure.series.n;
    bool math = c->form == COND_MATH || (c->form == COND_BAND && !str_is(c->math, "m1"));
    r->queries = ARENA_ARRAY(l->a, struct runbook_query, n + 2);
    if (c->form == COND_BAND)
        r->queries[r->nqueries++] = (struct runbook_query){
            .id = STR("ad1"),
            .expression = arena_printf(l->a, "ANOMALY_DETECTION_BAND(%s, %.*s)", math ? "e1" : "m1",
                                       STR_ARG(c->band)),
            .label = STR("expected"),
            .shown = true};
    if (math)
        r->queries[r->nqueries++] = (struct runbook_query){.id = STR("e1"),
                                                           .expression = kept(l, c->math),
                                                           .label = kept(l, c->label),
                                                           .shown = true};
    for (uint32_t i = 0; i < n; i++) {
        const struct series *s = &c->measure.series.at[i];
        struct runbook_query *q = &r->queries[r->nqueries++];
        *q = (struct runbook_query){.id = arena_printf(l->a, "m%u", i + 1),
                                    .label = kept(l, s->text),
                                    .namespace_ = s->namespace_,
                                    .metric = kept(l, s->metric),
                                    .stat = kept(l, s->stat),
                                    .every = runbook_every(l, s->published_s),
                                    .shown = !math};
        add_dimensions(l, r, q, s);
    }
}

static enum runbook_comparison comparison(const struct cond *c) {
    if (c->boolean)
        return RUNBOOK_HOLDS;
    if (c->form == COND_BAND)
        return c->op == EXPR_OP_ABOVE   ? RUNBOOK_ABOVE_BAND
               : c->op == EXPR_OP_BELOW ? RUNBOOK_BELOW_BAND
                                        : RUNBOOK_OUTSIDE;
    return c->op == EXPR_OP_GT   ? RUNBOOK_ABOVE
           : c->op == EXPR_OP_GE ? RUNBOOK_AT_LEAST
           : c->op == EXPR_OP_LT ? RUNBOOK_BELOW
                                 : RUNBOOK_AT_MOST;
}

static void add_plan(struct lower *l, struct runbook_alarm *r, const struct cond *c) {
    struct buf b = BUF_INIT(TEXT_MAX);
    add_queries(l, r, c);
    r->comparison = comparison(c);
    r->band = kept(l, c->band);
    r->threshold_raw = number(l, c->threshold);
    quantity_format(&b, c->threshold_q);
    r->threshold = c->threshold_q.bare ? r->threshold_raw : buf_keep(&b, l->a);
    buf_done(&b);
    const struct series *s = c->measure.series.n > 0 ? &c->measure.series.at[0] : NULL;
    if (s != NULL && c->form == COND_METRIC && s->unit != NULL && !str_is(s->stat, "SampleCount"))
        r->unit = str_c(s->unit->name);
    if (str_eq(r->threshold, r->threshold_raw))
        r->threshold_raw = STR("");
    struct buf e = BUF_INIT(TEXT_MAX);
    words_evaluation(&e, l->catalog.language, c->datapoints, c->evaluations, c->period_s);
    r->evaluation = buf_keep(&e, l->a);
    r->period_s = c->period_s;
    r->missing = expr_missing_rows[c->missing].cloudwatch;
}

/* ---- texts */

static void push(struct lower *l, struct runbook_texts *t, str s, uint32_t room) {
    if (t->items == NULL)
        t->items = ARENA_ARRAY(l->a, str, room);
    s = str_trim(s);
    if (s.n > 0 && t->n < room)
        t->items[t->n++] = s;
}

/* All of them whose `if` holds. */
static void push_causes(struct lower *l, struct runbook_alarm *r, const struct watched *w,
                        const struct cat_choice *causes) {
    for (uint32_t i = 0; i < causes->n; i++) {
        str s = causes->items[i].is.text;
        if (watched_if(&l->catalog, w, &causes->items[i].when))
            push(l, &r->causes, watched_prose(l->a, w, describe_commands(l->a, s, r->region)),
                 causes->n);
    }
}

static void add_texts(struct lower *l, struct runbook_alarm *r, const struct alarm *al) {
    const struct series *s = describe_series(al);
    const struct cat_alarm *k = al->recommended;
    const struct cfg_alarm *c = al->cfg;
    str known = STR("");
    const struct watched *of = al->watched;
    const struct value *own = c == NULL ? NULL : exactly_get(&c->exactly, "alarm_description");
    if (c != NULL && given(c->description.at))
        r->meaning = c->description.text;
    else if (c != NULL && own != NULL && own->type == VALUE_STR)
        r->meaning = own->text;
    else if (k != NULL)
        r->meaning = watched_prose(l->a, al->watched, k->because.text);
    else if (s != NULL)
        r->meaning = s->named->doc.text;
    if (k != NULL && k->causes.n > 0)
        push_causes(l, r, al->watched, &k->causes);
    else if (s != NULL)
        push_causes(l, r, s->watched,
                    s->named->causes.n > 0 ? &s->named->causes : &s->decl->causes);
    if (k != NULL)
        known = watched_prose_choice(&l->catalog, of, &k->action);
    if (known.n == 0 && s != NULL) {
        of = s->watched;
        known = describe_metric_action(l, s);
    }
    if (c != NULL)
        push(l, &r->actions, c->action.text, 2);
    if (known.n > 0)
        push(l, &r->actions, watched_prose(l->a, of, describe_commands(l->a, known, r->region)), 2);
}

/* ---- what belongs to it */

static uint32_t count_parts(const struct expr *e) {
    uint32_t n = e->kind == EXPR_ALARM;
    for (uint32_t i = 0; i < e->nargs; i++)
        n += count_parts(e->args[i]);
    return n;
}

static void add_parts(struct lower *l, struct runbook_texts *t, const struct expr *e,
                      uint32_t room) {
    bool seen = false;
    for (uint32_t i = 0; e->kind == EXPR_ALARM && i < t->n; i++)
        seen |= str_eq(t->items[i], e->name);
    if (e->kind == EXPR_ALARM && !seen)
        push(l, t, kept(l, e->name), room);
    for (uint32_t i = 0; i < e->nargs; i++)
        add_parts(l, t, e->args[i], room);
}

static void add_receivers(struct lower *l, const struct runbook *all, struct runbook_alarm *r,
                          const struct alarm *al) {
    struct cfg_texts names = al->notify.n > 0 ? al->notify : topic_route(l, al->severity);
    bool exact = al->cfg != NULL && exactly_get(&al->cfg->exactly, "alarm_actions") != NULL;
    if (exact)
        names.n = 0;
    r->receivers = ARENA_ARRAY(l->a, const struct runbook_receiver *, names.n + 1);
    for (uint32_t i = 0; i < names.n; i++) {
        for (uint32_t k = 0; k < all->nreceivers; k++) {
            if (str_eq(all->receivers[k].name, names.items[i].text))
                r->receivers[r->nreceivers++] = &all->receivers[k];
        }
    }
}

/* The log that speaks of a resource, that it ships, or that its host does. */
static const struct log *log_of(struct lower *l, const struct watched *w) {
    const struct log *log = map_get(&l->log_speaks_of, w->name);
    if (log == NULL)
        log = map_get(&l->log_ships_from, w->name);
    const struct attribute_value *on = log == NULL ? watched_attribute(w, STR("on")) : NULL;
    return on != NULL ? map_get(&l->log_ships_from, on->text.text) : log;
}

static void add_log(struct lower *l, const struct runbook *all, struct runbook_alarm *r,
                    const struct cond *c) {
    const struct log *log = NULL;
    for (uint32_t i = 0; i < c->measure.series.n && log == NULL; i++) {
        const struct series *s = &c->measure.series.at[i];
        log = s->logged != NULL ? s->logged->log : log_of(l, s->watched);
    }
    r->log = log != NULL ? &all->logs[log->index] : NULL;
}

/* Which procedures may help with what is wrong with a resource. */
static void add_procedures(struct lower *l, struct runbook_alarm *r, const struct watched *w) {
    str kind = w->kind->kind.text;
    for (uint32_t i = 0; i < l->backups.n; i++)
        r->restore |= l->backups.at[i]->of == w || l->backups.at[i]->watched == w;
    if (l->deploy != NULL)
        r->rollback |= l->deploy->app == w || deploy_is_on(l, w);
    for (uint32_t i = 0; i < l->secrets.n; i++)
        r->rotation |= l->secrets.at[i]->watched == w;
    r->cost |= str_is(kind, "billing");
}

static void add_subject(struct lower *l, struct runbook_alarm *r, const struct alarm *al) {
    const struct watched *one = al->watched;
    const struct cond *c = al->plan;
    for (uint32_t i = 0; c != NULL && i < c->measure.series.n; i++) {
        const struct watched *w = c->measure.series.at[i].watched;
        add_procedures(l, r, w);
        one = i == 0 && al->watched == NULL ? w : one;
        one = al->watched == NULL && one != w ? NULL : one;
    }
    if (one == NULL)
        return;
    r->resource = one->name;
    r->title = one->kind->title.text;
}

static void add_suppressor(struct lower *l, struct runbook_alarm *r, const struct cfg_alarm *c) {
    if (c == NULL || c->suppress == NULL)
        return;
    r->suppressor = c->suppress->by.text;
    r->wait = runbook_duration(l, lower_suppress_s(&c->suppress->wait));
    r->extend = runbook_duration(l, lower_suppress_s(&c->suppress->extend));
}

static void fill(struct lower *l, const struct runbook *all, struct runbook_alarm *r,
                 struct alarm *al) {
    *r = (struct runbook_alarm){.name = kept(l, al->name),
                                .aws_name = al->node->name,
                                .severity = al->severity,
                                .condition = al->words,
                                .composite = al->composite,
                                .path = al->path,
                                .region = lower_region(l, al->node->region)};
    r->file = source_relative(sources_get(l->dl->sources, al->at.file)->name, l->spec_dir);
    add_subject(l, r, al);
    add_texts(l, r, al);
    if (al->plan != NULL) {
        add_plan(l, r, al->plan);
        add_log(l, all, r, al->plan);
    } else if (al->exact) {
        r->condition = exactly_words(l, &al->cfg->exactly);
    } else {
        add_parts(l, &r->parts, al->condition->root, count_parts(al->condition->root));
    }
    add_suppressor(l, r, al->cfg);
    add_receivers(l, all, r, al);
    if (al->dashboard != NULL)
        r->dashboard = al->dashboard->name;
    if (al->cfg != NULL) {
        r->quiet = given(al->cfg->enabled.at) && !al->cfg->enabled.value;
        r->page = al->cfg->runbook.text;
    } else {
        r->recommended = al->recommended->name.text;
        r->override = arena_cat(l->a, al->watched->path, STR(".alarms"));
    }
}

void runbook_alarms(struct lower *l, struct runbook *r) {
    r->alarms = ARENA_ARRAY(l->a, struct runbook_alarm, l->alarms.n + 1);
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        if (l->alarms.at[i]->node != NULL)
            fill(l, r, &r->alarms[r->nalarms++], l->alarms.at[i]);
    }
}
