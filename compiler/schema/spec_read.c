/* SPDX-License-Identifier: MIT */
#include "schema/spec_read.h"

bool spec_read_notify(struct schema_walk *w, const struct schema_row *row,
                      const struct yaml_node *n, void *field) {
    if (n->type == YAML_MAP || yaml_is_null(n))
        return false;
    /* `notify: ops@example.com`: one target, called default. */
    struct config *c = NULL;
    struct cfg_notify *one = ARENA_NEW(w->arena, struct cfg_notify);
    one->name = (struct cfg_text){str_c(CFG_NOTIFY_UNNAMED), n->at, NULL};
    schema_read(w, row->table, n, one);
    __typeof__(c->notify) items = {one, 1, n->at};
    memcpy(field, &items, sizeof items);
    return true;
}

/* `recommended:` among the alarms is a switch, not an alarm. */
static struct yaml_node *without_switch(struct schema_walk *w, const struct yaml_node *n,
                                        struct config *c) {
    struct yaml_node *rest = ARENA_NEW(w->arena, struct yaml_node);
    *rest = *n;
    for (uint32_t i = 0; i < n->n; i++) {
        if (!str_is(n->pairs[i].key->text, "recommended"))
            continue;
        schema_read_value(w, &schema_alarms_key, n->pairs[i].value, &c->alarms.recommended);
        rest->pairs = ARENA_ARRAY(w->arena, struct yaml_pair, n->n);
        rest->n = 0;
        for (uint32_t k = 0; k < n->n; k++) {
            if (k != i)
                rest->pairs[rest->n++] = n->pairs[k];
        }
        break;
    }
    return rest;
}

bool spec_read_alarms(struct schema_walk *w, const struct schema_row *row,
                      const struct yaml_node *n, void *field) {
    (void)row;
    struct config *c = field;
    c->alarms.at = n->at;
    if (n->broken)
        return true;
    if (n->type == YAML_SCALAR && !yaml_is_null(n)) {
        schema_read_value(w, &schema_alarms_word, n, &c->alarms.recommended);
        return true;
    }
    if (yaml_is_null(n))
        return true;
    const struct yaml_node *list = n->type == YAML_MAP ? without_switch(w, n, c) : n;
    schema_read_value(w, &schema_alarms_items, list, &c->alarms.list);
    return true;
}

static bool wrong(struct schema_walk *w, const struct yaml_node *n, const char *what,
                  const char *expected, const char *hint) {
    struct diag *d = diag_add(w->dl, DIAG_WRONG_TYPE, n->at, "%s takes %s, found %s", what,
                              expected, yaml_type_name(n));
    diag_hint(w->dl, d, "%s", hint);
    return false;
}

static bool read_graph_row(struct schema_walk *w, const struct yaml_node *n,
                           struct cfg_graph_row *ret) {
    bool list = n->type == YAML_LIST;
    ret->n = list ? n->n : 1;
    ret->graphs = ARENA_ARRAY(w->arena, struct cfg_text, ret->n > 0 ? ret->n : 1);
    if (n->type == YAML_MAP)
        return wrong(w, n, "a row of graphs", "a text or a list of texts",
                     "Write `- web.cpu`, or `- [web.cpu, web.memory]` for two side by side.");
    bool ok = true;
    for (uint32_t i = 0; i < ret->n; i++)
        ok &= schema_text(w, list ? n->items[i] : n, "a graph", &ret->graphs[i]);
    return ok;
}

static bool read_section(struct schema_walk *w, const struct yaml_node *n,
                         struct cfg_section *ret) {
    if (n->type != YAML_MAP || n->n != 1 || n->pairs[0].value->type != YAML_LIST)
        return wrong(w, n, "a section of a dashboard", "a title and a list of graphs",
                     "Write `- System health:` and below it `- web.cpu`, one line a row.");
    const struct yaml_node *k = n->pairs[0].key, *rows = n->pairs[0].value;
    ret->title = (struct cfg_text){k->text, k->at, k->origin};
    ret->rows = ARENA_ARRAY(w->arena, struct cfg_graph_row, rows->n > 0 ? rows->n : 1);
    ret->n = rows->n;
    bool ok = true;
    for (uint32_t i = 0; i < rows->n; i++)
        ok &= read_graph_row(w, rows->items[i], &ret->rows[i]);
    return ok;
}

static bool read_dashboard(struct schema_walk *w, const struct yaml_pair *p,
                           struct cfg_dashboard *ret) {
    static const struct schema_row name_row = {.key = "dashboards", .type = SCHEMA_NAME};
    const struct yaml_node *n = p->value;
    bool ok = schema_read_value(w, &name_row, p->key, &ret->name);
    if (n->type != YAML_LIST)
        return wrong(w, n, "a dashboard", "a list of sections",
                     "Write `- System health:` and below it `- web.cpu`, one line a row.");
    ret->sections = ARENA_ARRAY(w->arena, struct cfg_section, n->n > 0 ? n->n : 1);
    ret->n = n->n;
    for (uint32_t i = 0; i < n->n; i++)
        ok &= read_section(w, n->items[i], &ret->sections[i]);
    return ok;
}

bool spec_read_dashboards(struct schema_walk *w, const struct schema_row *row,
                          const struct yaml_node *n, void *field) {
    (void)row;
    struct config *c = field;
    if (yaml_is_null(n))
        return true;
    if (n->type == YAML_SCALAR && str_is(n->text, "none")) {
        c->dashboards_none = n->at;
        return true;
    }
    if (n->type != YAML_MAP) {
        wrong(w, n, "`dashboards`", "a mapping, or `none`",
              "Each entry is a name and its sections.");
        return true;
    }
    struct cfg_dashboard *items = ARENA_ARRAY(w->arena, struct cfg_dashboard, n->n > 0 ? n->n : 1);
    for (uint32_t i = 0; i < n->n; i++)
        read_dashboard(w, &n->pairs[i], &items[i]);
    __typeof__(c->dashboards) all = {items, n->n, n->at};
    c->dashboards = all;
    return true;
}
