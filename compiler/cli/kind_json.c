/* SPDX-License-Identifier: MIT */
#include "cli/kind_json.h"

#include "base/json.h"
#include "expr/expr.h"

static void put_text(struct json *j, const char *key, const struct cfg_text *t) {
    if (given(t->at))
        json_kstr(j, key, t->text);
}

static void put_texts(struct json *j, const char *key, const struct cfg_texts *t) {
    if (t->n == 0)
        return;
    json_key(j, str_c(key));
    json_array_begin(j);
    for (uint32_t i = 0; i < t->n; i++)
        json_str(j, t->items[i].text);
    json_array_end(j);
}

static void put_pairs(struct json *j, const struct cfg_pairs *p) {
    json_object_begin(j);
    for (uint32_t i = 0; i < p->n; i++) {
        json_key(j, p->items[i].key.text);
        json_str(j, p->items[i].value.text);
    }
    json_object_end(j);
}

static void put_cond(struct json *j, const char *key, const struct cat_if *cond) {
    if (cond->n == 0)
        return;
    json_key(j, str_c(key));
    json_object_begin(j);
    for (uint32_t i = 0; i < cond->n; i++) {
        json_key(j, cond->items[i].attribute.text);
        json_array_begin(j);
        for (uint32_t k = 0; k < cond->items[i].values.n; k++)
            json_str(j, cond->items[i].values.items[k].text);
        json_array_end(j);
    }
    json_object_end(j);
}

static void put_if(struct json *j, const struct cat_if *cond) {
    put_cond(j, "if", cond);
}

static void put_choice(struct json *j, const char *key, const struct cat_choice *c) {
    if (c->n == 0)
        return;
    json_key(j, str_c(key));
    json_array_begin(j);
    for (uint32_t i = 0; i < c->n; i++) {
        json_object_begin(j);
        put_if(j, &c->items[i].when);
        json_kstr(j, "is", c->items[i].is.text);
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_dimensions(struct json *j, const struct cat_dimensions *d) {
    json_key(j, STR("dimensions"));
    json_array_begin(j);
    for (uint32_t i = 0; i < d->n; i++) {
        json_object_begin(j);
        put_if(j, &d->items[i].when);
        json_key(j, STR("is"));
        put_pairs(j, &d->items[i].is);
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_default(struct json *j, const struct yaml_node *n) {
    if (n == NULL)
        return;
    json_key(j, STR("default"));
    if (n->type == YAML_LIST)
        json_array_begin(j);
    for (uint32_t i = 0; n->type == YAML_LIST && i < n->n; i++)
        json_str(j, n->items[i]->text);
    if (n->type == YAML_LIST)
        json_array_end(j);
    else
        json_str(j, n->text);
}

static void put_attributes(struct json *j, const struct cat_attribute *items, uint32_t n,
                           unsigned depth) {
    json_key(j, STR("attributes"));
    json_array_begin(j);
    for (uint32_t i = 0; i < n && depth < CAT_GROUP_DEPTH_MAX; i++) {
        const struct cat_attribute *a = &items[i];
        json_object_begin(j);
        json_kstr(j, "name", a->name.text);
        json_kstr(j, "type", str_c(cat_type_names[a->type.value]));
        put_texts(j, "values", &a->values);
        put_texts(j, "of", &a->of);
        json_kbool(j, "required", a->required.value);
        put_cond(j, "required_if", &a->required_if);
        put_default(j, a->def);
        put_text(j, "doc", &a->doc);
        put_text(j, "example", &a->example);
        put_text(j, "min", &a->min);
        put_text(j, "max", &a->max);
        put_text(j, "form", &a->form);
        put_if(j, &a->when);
        if (a->attributes.n > 0)
            put_attributes(j, a->attributes.items, a->attributes.n, depth + 1);
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_fact(struct json *j, const struct cat_fact *f) {
    json_object_begin(j);
    json_kstr(j, "name", f->name.text);
    json_key(j, STR("ways"));
    json_array_begin(j);
    for (uint32_t i = 0; i < f->n; i++) {
        const struct cat_fact_way *w = &f->ways[i];
        json_object_begin(j);
        put_if(j, &w->when);
        put_text(j, "table", &w->table);
        put_text(j, "key", &w->key);
        put_text(j, "column", &w->column);
        put_text(j, "is", &w->is);
        put_text(j, "unit", &w->unit);
        put_text(j, "doc", &w->doc);
        json_kbool(j, "estimate", w->estimate.value);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

static void put_metric(struct json *j, const struct cat_kind *k, const struct cat_metric *m) {
    bool derived = given(m->is.at);
    json_object_begin(j);
    json_kstr(j, "name", m->name.text);
    json_kstr(j, "source", derived ? STR("derived") : str_c(cat_source_words[m->source.value]));
    put_text(j, "is", &m->is);
    put_choice(j, "metric", &m->metric);
    if (!derived && m->metric.n > 0) {
        json_kstr(j, "namespace",
                  given(m->namespace_.at) ? m->namespace_.text : k->namespace_.text);
        put_dimensions(j, given(m->dimensions.at) ? &m->dimensions : &k->dimensions);
        put_choice(j, "period", m->period.n > 0 ? &m->period : &k->period);
    }
    put_text(j, "unit", &m->unit);
    put_text(j, "stat", &m->stat);
    put_text(j, "doc", &m->doc);
    put_choice(j, "do", &m->action);
    put_choice(j, "causes", &m->causes);
    put_if(j, &m->when);
    json_kbool(j, "health", m->health.value);
    json_kbool(j, "events", m->events.value);
    if (m->by.n > 0) {
        json_key(j, STR("by"));
        put_pairs(j, &m->by);
    }
    json_object_end(j);
}

static void put_alarm(struct json *j, const struct cat_alarm *a) {
    json_object_begin(j);
    json_kstr(j, "name", a->name.text);
    put_text(j, "when", &a->when);
    json_kstr(j, "severity", str_c(schema_severities[a->severity.value]));
    if (a->missing.value > 0)
        json_kstr(j, "missing", str_c(expr_missing_words[a->missing.value]));
    put_text(j, "because", &a->because);
    put_choice(j, "do", &a->action);
    put_choice(j, "causes", &a->causes);
    put_text(j, "source", &a->source);
    put_if(j, &a->cond);
    json_kbool(j, "off", a->off.value);
    json_object_end(j);
}

static void put_cost(struct json *j, const struct cat_cost *c) {
    json_object_begin(j);
    json_kstr(j, "name", c->name.text);
    put_choice(j, "price", &c->price);
    put_text(j, "is", &c->is);
    put_text(j, "usage", &c->usage);
    put_text(j, "from", &c->from.table);
    put_text(j, "free", &c->free);
    put_text(j, "unpriced", &c->unpriced);
    put_if(j, &c->when);
    json_object_end(j);
}

static void put_lists(struct json *j, const struct cat_kind *k) {
    put_attributes(j, k->attributes.items, k->attributes.n, 0);
    json_key(j, STR("facts"));
    json_array_begin(j);
    for (uint32_t i = 0; i < k->facts.n; i++)
        put_fact(j, &k->facts.items[i]);
    json_array_end(j);
    json_key(j, STR("metrics"));
    json_array_begin(j);
    for (uint32_t i = 0; i < k->metrics.n; i++)
        put_metric(j, k, &k->metrics.items[i]);
    json_array_end(j);
    json_key(j, STR("alarms"));
    json_array_begin(j);
    for (uint32_t i = 0; i < k->alarms.n; i++)
        put_alarm(j, &k->alarms.items[i]);
    json_array_end(j);
    json_key(j, STR("costs"));
    json_array_begin(j);
    for (uint32_t i = 0; i < k->costs.n; i++)
        put_cost(j, &k->costs.items[i]);
    json_array_end(j);
    json_key(j, STR("dashboard"));
    json_array_begin(j);
    for (uint32_t i = 0; i < k->ndashboard; i++) {
        json_array_begin(j);
        for (uint32_t g = 0; g < k->dashboard[i].n; g++)
            json_str(j, k->dashboard[i].graphs[g].text);
        json_array_end(j);
    }
    json_array_end(j);
}

void kind_json_put(struct buf *b, const struct cat_kind *k) {
    struct json j = json_to(b, 2);
    json_object_begin(&j);
    put_text(&j, "kind", &k->kind);
    put_text(&j, "title", &k->title);
    put_text(&j, "doc", &k->doc);
    put_text(&j, "source", &k->source);
    put_text(&j, "section", &k->section);
    put_text(&j, "region", &k->region);
    put_text(&j, "find", &k->find);
    json_kbool(&j, "implicit", k->implicit.value);
    put_lists(&j, k);
    json_object_end(&j);
    buf_byte(b, '\n');
}

void kind_json_list(struct buf *b, const struct catalog *c, const struct cat_kind *const *kinds,
                    uint32_t n) {
    struct json j = json_to(b, 2);
    json_array_begin(&j);
    for (uint32_t i = 0; i < n; i++) {
        json_object_begin(&j);
        json_kstr(&j, "kind", kinds[i]->kind.text);
        json_kstr(&j, "title", kinds[i]->title.text);
        json_kstr(&j, "doc", kinds[i]->doc.text);
        json_kint(&j, "metrics", kinds[i]->metrics.n);
        json_kint(&j, "alarms", kinds[i]->alarms.n);
        str own = catalog_own_file(c, kinds[i]);
        if (own.n > 0)
            json_kstr(&j, "file", own);
        json_object_end(&j);
    }
    json_array_end(&j);
    buf_byte(b, '\n');
}
