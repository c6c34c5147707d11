/* SPDX-License-Identifier: MIT */
#include "catalog/catalog.h"
#include "catalog/kind_near.h"
#include "cli/cli.h"
#include "cli/kind_json.h"
#include "cli/kind_reference.h"
#include "cli/own_kinds.h"
#include "diag/diag.h"
#include "expr/expr.h"

#define TEXT_MAX (16u << 20)

static const char *const catalog_words[] = {"list", "show", "functions", "reference", NULL};

static void put_cell(struct buf *b, str s, uint32_t width) {
    buf_put(b, s);
    uint32_t n = utf8_count(s);
    buf_repeat(b, ' ', n < width ? width - n : 1);
}

/* All kinds by name. False when the file of one is wrong (reported). */
static bool all_kinds(struct catalog *cat, const struct cat_kind ***ret, uint32_t *ret_n) {
    str *names = catalog_names(cat, ret_n);
    const struct cat_kind **kinds = ARENA_ARRAY(cat->arena, const struct cat_kind *, *ret_n + 1);
    for (uint32_t i = 0; i < *ret_n; i++) {
        kinds[i] = catalog_kind(cat, names[i]);
        if (kinds[i] == NULL)
            return false;
    }
    *ret = kinds;
    return true;
}

static enum cli_exit list(struct cli *c, struct catalog *cat, bool json, struct buf *b) {
    const struct cat_kind **kinds;
    uint32_t n;
    if (!all_kinds(cat, &kinds, &n))
        return CLI_PROBLEMS;
    if (json)
        kind_json_list(b, cat, kinds, n);
    for (uint32_t i = 0; i < n && !json; i++) {
        buf_text(b, "  ");
        put_cell(b, kinds[i]->kind.text, 14);
        put_cell(b, kinds[i]->title.text, 36);
        uint32_t metrics = kinds[i]->metrics.n, alarms = kinds[i]->alarms.n;
        buf_printf(b, "%u metric%s, %u recommended alarm%s", metrics, metrics == 1 ? "" : "s",
                   alarms, alarms == 1 ? "" : "s");
        str own = cli_shown(c, catalog_own_file(cat, kinds[i]));
        buf_printf(b, own.n > 0 ? " (%.*s)\n" : "%.*s\n", STR_ARG(own));
    }
    return CLI_OK;
}

static enum cli_exit reference(struct catalog *cat, struct buf *b) {
    const struct cat_kind **kinds;
    uint32_t n;
    if (!all_kinds(cat, &kinds, &n))
        return CLI_PROBLEMS;
    kind_reference_put(b, kinds, n);
    return CLI_OK;
}

static void put_attributes(struct buf *b, const struct cat_attribute *items, uint32_t n,
                           unsigned depth) {
    for (uint32_t i = 0; i < n; i++) {
        const struct cat_attribute *a = &items[i];
        buf_repeat(b, ' ', 2 + depth * 2);
        put_cell(b, a->name.text, 20 - depth * 2);
        put_cell(b, str_c(cat_type_names[a->type.value]), 10);
        buf_put(b, a->doc.text);
        for (uint32_t k = 0; k < a->values.n; k++)
            buf_printf(b, "%s%.*s%s", k == 0 ? " (" : ", ", STR_ARG(a->values.items[k].text),
                       k + 1 == a->values.n ? ")" : "");
        bool bound = given(a->min.at) || given(a->max.at);
        buf_text(b, bound ? " (" : "");
        schema_put_range(b, a->min.text, a->max.text);
        buf_text(b, bound ? ")" : "");
        buf_text(b, a->required.value ? " Required.\n" : "\n");
        put_attributes(b, a->attributes.items, a->attributes.n, depth + 1);
    }
}

static void put_find(struct buf *b, const struct cat_kind *k) {
    if (k->find.text.n == 0)
        return;
    buf_text(b, "  ");
    put_cell(b, str_c(kind_find_row.key), 20);
    put_cell(b, str_c(cat_type_names[CAT_MAP]), 10);
    buf_printf(b, "%s\n", kind_find_row.doc);
}

static void put_metrics(struct buf *b, const struct cat_kind *k) {
    buf_text(b, "\nMetrics (name, unit, statistic when none is named)\n");
    for (uint32_t i = 0; i < k->metrics.n; i++) {
        const struct cat_metric *m = &k->metrics.items[i];
        buf_text(b, "  ");
        put_cell(b, m->name.text, 26);
        put_cell(b, m->unit.text, 14);
        put_cell(b, given(m->is.at) ? STR("-") : m->stat.text, 6);
        buf_put(b, m->doc.text);
        if (m->source.value != CAT_SOURCE_SERVICE)
            buf_printf(b, " [%s]", cat_source_words[m->source.value]);
        for (uint32_t way = 0; way < m->metric.n; way++)
            buf_printf(b, "%s%.*s%s", way == 0 ? " [" : ", ", STR_ARG(m->metric.items[way].is.text),
                       way + 1 == m->metric.n ? "]" : "");
        if (given(m->is.at))
            buf_printf(b, " = %.*s", STR_ARG(m->is.text));
        buf_byte(b, '\n');
    }
}

static void put_facts(struct buf *b, const struct cat_kind *k) {
    if (k->facts.n == 0)
        return;
    buf_text(b, "\nFacts (numbers that conditions can name, beside the keys with numbers)\n");
    for (uint32_t i = 0; i < k->facts.n; i++) {
        buf_text(b, "  ");
        put_cell(b, k->facts.items[i].name.text, 20);
        buf_put(b, k->facts.items[i].n > 0 ? k->facts.items[i].ways[0].doc.text : STR(""));
        buf_byte(b, '\n');
    }
}

static void put_alarms(struct buf *b, const struct cat_kind *k) {
    if (k->alarms.n == 0)
        return;
    buf_text(b, "\nRecommended alarms\n");
    for (uint32_t i = 0; i < k->alarms.n; i++) {
        const struct cat_alarm *a = &k->alarms.items[i];
        buf_text(b, "  ");
        put_cell(b, a->name.text, 24);
        put_cell(b, str_c(schema_severities[a->severity.value]), 10);
        buf_printf(b, "%.*s%s\n", STR_ARG(a->when.text), a->off.value ? "   (off by itself)" : "");
        buf_repeat(b, ' ', 26);
        buf_printf(b, "%.*s Source: %.*s\n", STR_ARG(a->because.text), STR_ARG(a->source.text));
    }
}

/* "ec2.${type}.${os}", or the words in place of a price. */
static void put_costs(struct buf *b, const struct cat_kind *k) {
    buf_text(b, k->costs.n > 0 ? "\nCosts (opsc cost)\n" : "");
    for (uint32_t i = 0; i < k->costs.n; i++) {
        const struct cat_cost *c = &k->costs.items[i];
        buf_text(b, "  ");
        put_cell(b, c->name.text, 20);
        for (uint32_t way = 0; way < c->price.n; way++)
            buf_printf(b, "%s%.*s", way == 0 ? "" : " or ", STR_ARG(c->price.items[way].is.text));
        if (given(c->usage.at))
            buf_printf(b, "; cost.usage says how much: %.*s", STR_ARG(c->usage.text));
        else if (given(c->is.at))
            buf_printf(b, " x %.*s", STR_ARG(c->is.text));
        if (given(c->free.at))
            buf_printf(b, "none: %.*s", STR_ARG(c->free.text));
        if (given(c->unpriced.at))
            buf_printf(b, "not estimated: %.*s", STR_ARG(c->unpriced.text));
        buf_byte(b, '\n');
    }
}

static enum cli_exit show(struct cli *c, struct catalog *cat, str name, bool json, struct buf *b) {
    const struct cat_kind *k = catalog_kind(cat, name);
    if (k == NULL) {
        kind_near_put(cat, name, b);
        cli_err("opsc: there is no kind `%.*s`\n%.*s\n", STR_ARG(cli_shown(c, name)),
                STR_ARG(buf_str(b)));
        buf_clear(b);
        return CLI_USAGE;
    }
    if (json) {
        kind_json_put(b, k);
        return CLI_OK;
    }
    buf_printf(b, "%.*s: %.*s\n%.*s\n\nKeys\n", STR_ARG(k->kind.text), STR_ARG(k->title.text),
               STR_ARG(k->doc.text));
    put_attributes(b, k->attributes.items, k->attributes.n, 0);
    put_find(b, k);
    put_facts(b, k);
    put_metrics(b, k);
    put_alarms(b, k);
    put_costs(b, k);
    return CLI_OK;
}

static void functions(struct buf *b) {
    buf_text(b, "Statistics\n");
    for (uint32_t i = 0; i < expr_stats_n; i++) {
        const struct expr_stat *s = &expr_stats[i];
        buf_printf(b, "  %s%s", s->name, s->numbered ? "99" : "");
        buf_repeat(b, ' ', 16 - strlen(s->name) - (s->numbered ? 2 : 0));
        buf_printf(b, "%s\n", s->doc);
    }
    buf_text(b, "\nFunctions\n");
    for (uint32_t i = 0; i < expr_functions_n; i++)
        buf_printf(b, "  %-16s%s  %s\n", expr_functions[i].name, expr_functions[i].doc,
                   expr_functions[i].example);
    buf_text(b, "\nUnits\n");
    for (uint32_t i = 0; i < units_n; i++)
        buf_printf(b, "  %-16s%s\n", units[i].name, units[i].doc);
    buf_text(b, "\nWhat missing data can mean\n");
    for (int i = 1; i < EXPR_MISSING_COUNT; i++)
        buf_printf(b, "  %-16s%s\n", expr_missing_words[i], expr_missing_rows[i].doc);
}

static enum cli_exit run_catalog(struct cli *c) {
    struct sources src;
    struct diag_list dl;
    struct catalog cat;
    struct buf b = BUF_INIT(TEXT_MAX);
    sources_init(&src, c->arena);
    diag_list_init(&dl, c->arena, &src);
    catalog_init(&cat, c->arena, &dl);
    str what = c->nargs > 0 ? c->args[0] : STR("list"), file = STR("");
    bool lists = str_is(what, "list") && c->nargs <= 2, shows = str_is(what, "show");
    if (lists && c->nargs == 2)
        file = c->args[1];
    else if (shows && c->nargs == 3)
        file = c->args[2];
    bool json = str_is(cli_value(c, OPT_FORMAT_DATA, STR("text")), "json");
    enum cli_exit status = CLI_OK;
    if ((lists || shows) && !own_kinds_add(c, &cat, file)) {
        status = dl.items.n > 0 ? cli_status(c, &dl) : CLI_USAGE;
    } else if (lists) {
        status = list(c, &cat, json, &b);
    } else if (shows && c->nargs >= 2) {
        status = show(c, &cat, c->args[1], json, &b);
    } else if (str_is(what, "functions") && c->nargs == 1) {
        functions(&b);
    } else if (str_is(what, "reference") && c->nargs == 1) {
        status = reference(&cat, &b);
    } else {
        cli_err("opsc catalog takes `list`, `show KIND`, `functions` or `reference`\n");
        status = CLI_USAGE;
    }
    if (dl.items.n > 0)
        cli_render(c, &dl);
    enum cli_exit printed = cli_print(&b);
    buf_done(&b);
    return status != CLI_OK ? status : printed;
}

const struct cli_command cmd_catalog = {
    .name = "catalog",
    .args = "[list [FILE] | show KIND [FILE] | functions | reference]",
    .summary = "Show the kinds of resources, their metrics, facts and recommended alarms.",
    .examples =
        "  opsc catalog                      # all kinds\n"
        "  opsc catalog show rds\n"
        "  opsc catalog show broker ops/     # a kind of a project's own\n"
        "  opsc catalog functions            # statistics, functions and units of conditions\n"
        "  opsc catalog reference            # all kinds as Markdown\n",
    .text =
        "`list` and `show` have the kinds of a project as well: those under `catalog:` of FILE, a "
        "spec\n"
        "or a folder with an ops.yaml, or of the ops.yaml here, if there is one. With --format "
        "json "
        "they\n"
        "print JSON with everything that the catalog says.\n",
    .options = {OPT_FORMAT_DATA, OPT_ENV, OPT_VAR},
    .noptions = 3,
    .choices = catalog_words,
    .more_after = "show",
    .more = CLI_WORDS_KINDS,
    .max_args = 3,
    .run = run_catalog,
};
