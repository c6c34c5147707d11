/* SPDX-License-Identifier: MIT */
/*
 * An alarm that opsc made says in its description of which condition: so a spec that is lost comes
 * back in its own words, with the names that resources had.
 */
#include "expr/expr.h"
#include "import/parts.h"
#include "schema/schema.h"

/* The first sentence that is a condition; NULL: there is none. */
static struct expr_condition *condition_of(struct import *im, str text, str *ret) {
    for (uint32_t i = 0; i + 1 < text.n && i < EXPR_BYTES_MAX; i++) {
        if (text.p[i] != '.' || text.p[i + 1] != ' ')
            continue;
        struct diag_list dl;
        diag_list_init(&dl, im->a, &im->sources);
        *ret = str_sub(text, 0, i);
        struct expr_text t = {*ret, SPAN_NONE, NULL};
        struct expr_condition *c = expr_parse_condition(im->a, im->a, &dl, t);
        if (c != NULL && dl.errors == 0)
            return c;
    }
    return NULL;
}

/* "web: cpu > 90% for 15m." is of a recommended alarm of web. */
static str resource_before(const struct entry *e, str *text) {
    str rest = *text, name = str_split(&rest, ':');
    bool its = name.n > 0 && name.n + 1 < e->key.n && str_starts(e->key, name) &&
               e->key.p[name.n] == '-' && str_starts(rest, STR(" "));
    if (!its)
        return STR("");
    *text = str_sub(rest, 1, rest.n);
    return name;
}

static const struct expr *first_ref(const struct expr *e) {
    if (e->kind == EXPR_REF)
        return e;
    for (uint32_t i = 0; i < e->nargs; i++) {
        const struct expr *found = first_ref(e->args[i]);
        if (found != NULL)
            return found;
    }
    return NULL;
}

void import_hint(struct import *im, struct entry *e) {
    str text = import_text(e, "alarm_description"), said;
    struct series_of of;
    if (e->named || !import_series(im, e->have, &of))
        return;
    str name = resource_before(e, &text);
    struct expr_condition *c = condition_of(im, text, &said);
    const struct expr *ref = c == NULL ? NULL : first_ref(c->root);
    if (ref == NULL || !str_eq(ref->name, of.metric->name.text))
        return;
    name = name.n > 0 ? name : ref->resource;
    if (of.seen->hint.n == 0)
        of.seen->hint = name;
}

static const struct cat_alarm *recommended_of(const struct entry *e, const struct seen *s) {
    if (s == NULL || !str_starts(e->key, s->name) || e->key.n <= s->name.n + 1)
        return NULL;
    str name = str_sub(e->key, s->name.n + 1, e->key.n);
    for (uint32_t i = 0; i < s->kind->alarms.n; i++) {
        if (str_eq(s->kind->alarms.items[i].name.text, name))
            return &s->kind->alarms.items[i];
    }
    return NULL;
}

void import_said(struct import *im, struct entry *e) {
    str text = import_text(e, "alarm_description"), said;
    /* What an agent or a script measures takes more than an alarm. */
    if (e->named || (e->have->kind == &resource_metric_alarm && e->of == NULL))
        return;
    str name = resource_before(e, &text);
    if (condition_of(im, text, &said) == NULL)
        return;
    if (name.n == 0)
        e->said = arena_str(im->a, said);
    else if (e->of != NULL && str_eq(name, e->of->name))
        e->recommended = recommended_of(e, e->of);
}

str import_severity(const struct import *im, str arn) {
    str name = str_after_last(arn, ':');
    for (int i = 0; str_starts(name, im->prefix) && schema_severities[i] != NULL; i++) {
        if (str_is(str_sub(name, im->prefix.n, name.n), schema_severities[i]))
            return str_c(schema_severities[i]);
    }
    return STR("");
}
