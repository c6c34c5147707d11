/* SPDX-License-Identifier: MIT */
#include "cli/kind_reference.h"

#include "yaml/yaml.h"

/* A cell of a table: a bar would end it, a newline the row. */
static void put_cell(struct buf *b, str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '|')
            buf_byte(b, '\\');
        buf_byte(b, s.p[i] == '\n' ? ' ' : s.p[i]);
    }
}

static void put_code(struct buf *b, str s) {
    if (s.n == 0)
        return;
    buf_byte(b, '`');
    put_cell(b, s);
    buf_byte(b, '`');
}

/* " (engine: mysql or mariadb)" */
static void put_if(struct buf *b, const struct cat_if *cond) {
    for (uint32_t i = 0; i < cond->n; i++) {
        const struct cat_if_item *item = &cond->items[i];
        buf_printf(b, "%s%.*s: ", i == 0 ? " *(" : ", ", STR_ARG(item->attribute.text));
        for (uint32_t k = 0; k < item->values.n; k++)
            buf_printf(b, "%s%.*s", k > 0 ? " or " : "", STR_ARG(item->values.items[k].text));
    }
    if (cond->n > 0)
        buf_text(b, ")*");
}

/* The groups in which an attribute lies. */
struct path {
    const struct path *outer;
    str name;
};

static void put_path(struct buf *b, const struct path *p) {
    if (p == NULL)
        return;
    put_path(b, p->outer);
    buf_printf(b, "%.*s.", STR_ARG(p->name));
}

static void put_attribute(struct buf *b, const struct cat_attribute *a, const struct path *path) {
    buf_text(b, "| `");
    put_path(b, path);
    buf_printf(b, "%.*s`%s | ", STR_ARG(a->name.text), a->required.value ? " (required)" : "");
    if (a->values.n == 0)
        buf_text(b, cat_type_names[a->type.value]);
    if (given(a->min.at) || given(a->max.at))
        buf_text(b, ", ");
    schema_put_range(b, a->min.text, a->max.text);
    for (uint32_t k = 0; k < a->values.n; k++) {
        buf_text(b, k > 0 ? ", " : "");
        put_code(b, a->values.items[k].text);
    }
    buf_text(b, " | ");
    put_cell(b, a->doc.text);
    put_if(b, &a->when);
    buf_text(b, " | ");
    if (a->def != NULL && a->def->type == YAML_SCALAR)
        put_code(b, a->def->text);
    buf_text(b, " | ");
    put_code(b, a->example.text);
    buf_text(b, " |\n");
}

static void put_attributes(struct buf *b, const struct cat_attribute *items, uint32_t n,
                           const struct path *path, unsigned depth) {
    for (uint32_t i = 0; i < n && depth < CAT_GROUP_DEPTH_MAX; i++) {
        struct path inner = {path, items[i].name.text};
        put_attribute(b, &items[i], path);
        put_attributes(b, items[i].attributes.items, items[i].attributes.n, &inner, depth + 1);
    }
}

static void put_facts(struct buf *b, const struct cat_kind *k) {
    if (k->facts.n == 0)
        return;
    buf_text(b, "\n| fact | meaning |\n| --- | --- |\n");
    for (uint32_t i = 0; i < k->facts.n; i++) {
        const struct cat_fact *f = &k->facts.items[i];
        buf_printf(b, "| `%.*s` | ", STR_ARG(f->name.text));
        put_cell(b, f->n > 0 ? f->ways[0].doc.text : STR(""));
        buf_text(b, " |\n");
    }
}

/* "Run top. *(engine: mysql)*<br>Run htop." */
static void put_choice(struct buf *b, const struct cat_choice *c, const char *between) {
    for (uint32_t i = 0; i < c->n; i++) {
        buf_text(b, i > 0 ? between : "");
        put_cell(b, c->items[i].is.text);
        put_if(b, &c->items[i].when);
    }
}

static void put_causes(struct buf *b, const struct cat_choice *c) {
    if (c->n > 0)
        buf_text(b, "<br>Causes: ");
    put_choice(b, c, " ");
}

static void put_metrics(struct buf *b, const struct cat_kind *k) {
    if (k->metrics.n == 0)
        return;
    buf_text(b, "\n| metric | unit | statistic | from | meaning | what to look at first |\n"
                "| --- | --- | --- | --- | --- | --- |\n");
    for (uint32_t i = 0; i < k->metrics.n; i++) {
        const struct cat_metric *m = &k->metrics.items[i];
        buf_printf(b, "| `%.*s` | %.*s | %.*s | ", STR_ARG(m->name.text), STR_ARG(m->unit.text),
                   STR_ARG(m->stat.text));
        if (given(m->is.at))
            put_code(b, m->is.text);
        else if (m->source.value != CAT_SOURCE_SERVICE)
            buf_text(b, cat_source_titles[m->source.value]);
        else
            put_choice(b, &m->metric, ", ");
        buf_text(b, " | ");
        put_cell(b, m->doc.text);
        put_if(b, &m->when);
        buf_text(b, " | ");
        put_choice(b, &m->action, "<br>");
        put_causes(b, &m->causes);
        buf_text(b, " |\n");
    }
}

static void put_alarms(struct buf *b, const struct cat_kind *k) {
    if (k->alarms.n == 0)
        return;
    buf_text(b, "\n| recommended alarm | severity | when | because | source |\n"
                "| --- | --- | --- | --- | --- |\n");
    for (uint32_t i = 0; i < k->alarms.n; i++) {
        const struct cat_alarm *a = &k->alarms.items[i];
        buf_printf(b, "| `%.*s`%s | %s | ", STR_ARG(a->name.text), a->off.value ? " (off)" : "",
                   schema_severities[a->severity.value]);
        put_code(b, a->when.text);
        buf_text(b, " | ");
        put_cell(b, a->because.text);
        put_if(b, &a->cond);
        if (a->action.n > 0)
            buf_text(b, "<br>Do: ");
        put_choice(b, &a->action, "<br>");
        put_causes(b, &a->causes);
        buf_text(b, " | ");
        put_cell(b, a->source.text);
        buf_text(b, " |\n");
    }
}

static void put_costs(struct buf *b, const struct cat_kind *k) {
    buf_text(b, k->costs.n > 0 ? "\n| cost | price | how much |\n| --- | --- | --- |\n" : "");
    for (uint32_t i = 0; i < k->costs.n; i++) {
        const struct cat_cost *c = &k->costs.items[i];
        buf_printf(b, "| `%.*s` | ", STR_ARG(c->name.text));
        put_choice(b, &c->price, ", ");
        buf_text(b, given(c->free.at) ? "nothing" : given(c->unpriced.at) ? "not estimated" : "");
        buf_text(b, " | ");
        put_code(b, c->is.text);
        put_cell(b, given(c->usage.at)  ? c->usage.text
                    : given(c->free.at) ? c->free.text
                                        : c->unpriced.text);
        if (given(c->usage.at))
            buf_text(b, " (`cost.usage`)");
        if (given(c->from.at))
            buf_printf(b, " from the day in [%.*s.yaml](../../catalog/tables/%.*s.yaml) on",
                       STR_ARG(c->from.table.text), STR_ARG(c->from.table.text));
        put_if(b, &c->when);
        buf_text(b, " |\n");
    }
}

static void put_kind(struct buf *b, const struct cat_kind *k) {
    buf_printf(b, "\n## %.*s\n\n%.*s: %.*s\n", STR_ARG(k->kind.text), STR_ARG(k->title.text),
               STR_ARG(k->doc.text));
    if (k->attributes.n > 0)
        buf_text(
            b,
            "\n| key | takes | meaning | default | example |\n| --- | --- | --- | --- | --- |\n");
    put_attributes(b, k->attributes.items, k->attributes.n, NULL, 0);
    if (k->find.text.n > 0)
        buf_printf(b, "| `%s` | %s | %s |  | `%s` |\n", kind_find_row.key, cat_type_names[CAT_MAP],
                   kind_find_row.doc, kind_find_row.example);
    put_facts(b, k);
    put_metrics(b, k);
    put_alarms(b, k);
    put_costs(b, k);
}

void kind_reference_put(struct buf *b, const struct cat_kind *const *kinds, uint32_t n) {
    buf_text(b, "# Reference of the catalog\n\nMade by `opsc catalog reference` from the files in "
                "catalog/. What stands in "
                "*(brackets)* holds for these values of other keys only; alarms that are *off* are "
                "turned on by name. "
                "[How such a file is written](../catalog.md).\n\n");
    for (uint32_t i = 0; i < n; i++)
        buf_printf(b, "%s[%.*s](#%.*s)", i > 0 ? " · " : "", STR_ARG(kinds[i]->kind.text),
                   STR_ARG(kinds[i]->kind.text));
    buf_byte(b, '\n');
    for (uint32_t i = 0; i < n; i++)
        put_kind(b, kinds[i]);
}
