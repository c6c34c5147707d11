/* SPDX-License-Identifier: MIT */
#include "lower/exactly.h"
#include "lower/free_tier.h"

/* CreateLogGroup: logGroupName; PutMetricFilter: filterPattern. */
#define GROUP_NAME_MAX 512
#define PATTERN_MAX 1024

/* CloudWatch Logs' retention values in days (PutRetentionPolicy). */
static const int64_t retention_days[] = {1,    3,    5,    7,    14,   30,  60,  90,
                                         120,  150,  180,  365,  400,  545, 731, 1096,
                                         1827, 2192, 2557, 2922, 3288, 3653};

int64_t lower_retention(struct lower *l, const struct cfg_quantity *q) {
    if (!given(q->at))
        return l->cfg->profile.value == CFG_PROFILE_FREE_TIER ? 7 : 30;
    int64_t days = num_is_int(num_div(q->q.value, num_int(DAY_S)))
                       ? num_floor(num_div(q->q.value, num_int(DAY_S)))
                       : 0;
    int64_t near = 0;
    for (unsigned i = 0; i < sizeof retention_days / sizeof *retention_days; i++) {
        if (retention_days[i] == days)
            return days;
        bool shorter = num_cmp(num_int(near * DAY_S), q->q.value) < 0;
        near = shorter ? retention_days[i] : near;
    }
    struct diag *d = diag_add(l->dl, DIAG_BAD_RETENTION, q->at,
                              "CloudWatch Logs cannot keep lines for exactly this long");
    const char *longest =
        num_cmp(q->q.value, num_int(near * DAY_S)) > 0 ? "longest" : "next longer";
    diag_hint(
        l->dl, d,
        "The %s one is `%lldd`; there are 1d, 3d, 5d, 7d, 14d, 30d, 60d, 90d, 120d, 150d, 180d, "
        "365d, 400d, 545d, 731d, 1096d and longer ones up to 3653d.",
        longest, (long long)near);
    return 30;
}

static const struct unit *log_metric_unit(struct lower *l, const struct cfg_log_metric *m) {
    static const struct {
        const char *name, *cloudwatch;
    } names[] = {{"s", "Seconds"},     {"ms", "Milliseconds"}, {"us", "Microseconds"},
                 {"B", "Bytes"},       {"KiB", "Kilobytes"},   {"MiB", "Megabytes"},
                 {"GiB", "Gigabytes"}, {"%", "Percent"},       {"count", "Count"}};
    if (!given(m->unit.at))
        return metric_unit_find(given(m->value.at) ? STR("None") : STR("Count"));
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(m->unit.text, names[i].name) || str_is(m->unit.text, names[i].cloudwatch))
            return metric_unit_find(str_c(names[i].cloudwatch));
    }
    struct diag *d = diag_add(l->dl, DIAG_BAD_VALUE, m->unit.at, "`unit` cannot be `%.*s`",
                              STR_ARG(m->unit.text));
    diag_hint(l->dl, d, "It is one of s, ms, us, B, KiB, MiB, GiB, %% and count.");
    return metric_unit_find(STR("None"));
}

struct pattern {
    int depth; /* of brackets */
    bool quoted, crossed, doubled, field;
    unsigned char last; /* that is no blank */
};

static void scan_pattern(str s, struct pattern *p) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i], before = i > 0 ? s.p[i - 1] : ' ';
        if (c == '"' && before != '\\')
            p->quoted = !p->quoted;
        if (p->quoted)
            continue;
        p->depth += (c == '{' || c == '(' || c == '[') - (c == '}' || c == ')' || c == ']');
        p->crossed |= p->depth < 0;
        p->doubled |= c == '=' && before == '=';
        p->field |= c == '.' && before == '$';
        /* The last thing inside of the braces. */
        if (c != ' ' && c != '}')
            p->last = c;
    }
}

/* What is plainly wrong; CloudWatch's own grammar of patterns is larger than this. */
static void check_pattern(struct lower *l, const struct cfg_text *t) {
    str s = str_trim(t->text);
    struct pattern p = {0};
    scan_pattern(s, &p);
    bool json = s.n > 0 && s.p[0] == '{', columns = s.n > 0 && s.p[0] == '[';
    bool open_end = p.last == '&' || p.last == '|' || p.last == '=';
    const char *why = s.n == 0            ? "is empty"
                      : s.n > PATTERN_MAX ? "is longer than 1024 bytes"
                      : p.quoted          ? "has an open quote"
                      : (json || columns) && (p.depth != 0 || p.crossed) ? "has unequal brackets"
                      : json && p.doubled ? "has `==`; CloudWatch writes `=`"
                      : json && !p.field  ? "names no field; a field of a line is `$.name`"
                      : json && open_end  ? "ends in the middle of a comparison"
                                          : NULL;
    if (why == NULL)
        return;
    struct diag *d = diag_add(l->dl, DIAG_BAD_PATTERN, t->at, "the filter pattern %s", why);
    diag_hint(l->dl, d, "For JSON lines write for example '{ $.level = \"ERROR\" }'.");
}

static void add_metric(struct lower *l, struct log *log, str resource, str name,
                       const struct cfg_log_metric *m) {
    struct log_metric *lm = ARENA_NEW(l->a, struct log_metric);
    *lm = (struct log_metric){.resource = resource,
                              .name = name,
                              .match = m->match,
                              .value = m->value,
                              .unit = log_metric_unit(l, m),
                              .log = log,
                              .at = log->inferred.n > 0 ? log->at : m->name.at,
                              .used = log->inferred.n == 0};
    if (given(m->match.at))
        check_pattern(l, &m->match);
    if (given(m->value.at) && !str_starts(m->value.text, STR("$")))
        diag_add(l->dl, DIAG_BAD_FORMAT, m->value.at,
                 "a value is a field such as `$.duration_ms`, or `$name` of a [pattern]");
    str key = arena_cat3(l->a, resource, STR("."), name);
    if (key.n > LOG_METRIC_NAME_MAX) {
        struct diag *d = diag_add(l->dl, DIAG_LIMIT_LENGTH, m->name.at,
                                  "the name of a metric has at most %d characters, `%.*s` has %u",
                                  LOG_METRIC_NAME_MAX, STR_ARG(key), key.n);
        diag_hint(l->dl, d, "Shorten it.");
        return;
    }
    struct log_metric *first = map_add(l->a, &l->log_metrics, key, lm);
    if (first != NULL) {
        struct diag *d = diag_add(l->dl, DIAG_DUPLICATE_KEY, m->name.at,
                                  "metric `%.*s` is made twice", STR_ARG(key));
        diag_also(l->dl, d, first->at, "first made here");
        return;
    }
    VEC_PUSH(l->a, &log->metrics, lm);
    map_add(l->a, &l->log_speaks_of, resource, log);
}

/* As conditions can name it. */
static bool is_metric_name(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        bool letter = ascii_is_letter(c);
        if (!letter && (i == 0 || !(ascii_is_digit(c) || c == '-' || c == '_')))
            return false;
    }
    return s.n > 0 && s.p[s.n - 1] != '-';
}

static void bind_metrics(struct lower *l, struct log *log, const struct cfg_log *c) {
    for (uint32_t i = 0; i < c->metrics.n; i++) {
        const struct cfg_log_metric *m = &c->metrics.items[i];
        str name = m->name.text, resource = str_split(&name, '.');
        if (resource.n == 0 || !is_metric_name(name)) {
            struct diag *d = diag_add(l->dl, DIAG_LOG_METRIC_NAME, m->name.at,
                                      "`%.*s` is no `<resource>.<metric>`", STR_ARG(m->name.text));
            str of = l->watched.n > 0 ? l->watched.at[l->watched.n - 1]->name : STR("api");
            diag_hint(l->dl, d,
                      "A metric of a log belongs to a resource, as in `%.*s.errors`; its name has "
                      "letters, digits, - and _.",
                      STR_ARG(of));
            continue;
        }
        if (lower_find_watched(l, resource, m->name.at) != NULL)
            add_metric(l, log, resource, name, m);
    }
    if (log->infrequent && c->metrics.n > 0) {
        struct diag *d = diag_add(l->dl, DIAG_CLASS_NO_METRICS, c->log_class.at,
                                  "an infrequent-access log group cannot have metric filters");
        diag_also(l->dl, d, c->metrics.items[0].name.at, "which this needs");
        diag_hint(l->dl, d,
                  "Leave `class` out; infrequent access is for lines that are only searched.");
    }
}

static void check_group_name(struct lower *l, struct log *log, span at) {
    str g = log->group;
    bool ok = g.n > 0 && g.n <= GROUP_NAME_MAX;
    for (uint32_t i = 0; i < g.n && ok; i++) {
        unsigned char c = g.p[i];
        ok = ascii_is_alnum(c) || c == '-' || c == '_' || c == '/' || c == '.' || c == '#';
    }
    if (!ok) {
        struct diag *d =
            diag_add(l->dl, DIAG_BAD_FORMAT, at, "`%.*s` cannot be a log group", STR_ARG(g));
        diag_hint(l->dl, d, "It has letters, digits and _ - / . # and at most %d of them.",
                  GROUP_NAME_MAX);
    }
    const struct log *first = map_add(l->a, &l->log_groups, g, log);
    if (first != NULL) {
        struct diag *d = diag_add(l->dl, DIAG_LOG_GROUP_TWICE, at,
                                  "log group `%.*s` is defined twice", STR_ARG(g));
        diag_also(l->dl, d, first->at, "first defined here");
    }
}

static void bind_log(struct lower *l, const struct cfg_log *c) {
    struct log *log = ARENA_NEW(l->a, struct log);
    *log = (struct log){.name = c->name.text, .at = c->name.at};
    log->path = arena_cat(l->a, STR("logs."), c->name.text);
    log->group = given(c->group.at) ? c->group.text
                                    : arena_printf(l->a, "/%.*s/%.*s", STR_ARG(l->namespace_),
                                                   STR_ARG(c->name.text));
    check_group_name(l, log, given(c->group.at) ? c->group.at : c->name.at);
    if (given(c->from.resource.at)) {
        log->host = lower_find_watched(l, c->from.resource.text, c->from.resource.at);
        if (log->host != NULL && !str_is(log->host->kind->kind.text, "ec2")) {
            struct diag *d = diag_add(l->dl, DIAG_WRONG_KIND, c->from.resource.at,
                                      "`%.*s` is not a host with a CloudWatch agent",
                                      STR_ARG(c->from.resource.text));
            diag_hint(l->dl, d, "Name a resource of kind ec2.");
            log->host = NULL;
        }
        if (log->host != NULL)
            map_add(l->a, &l->log_ships_from, log->host->name, log);
        log->files = c->from.files;
        log->json = c->from.format.value == 1;
        log->timestamp = c->from.timestamp.text;
        log->multiline = c->from.multiline.text;
    }
    log->level = given(c->from.level.at) ? c->from.level.text : STR("level");
    log->keep = c->keep;
    log->sample = c->sample;
    log->queries = c->queries;
    log->retention_days = lower_retention(l, &c->retention);
    log->kms_key = c->kms_key.text;
    log->infrequent = c->log_class.value == 1;
    log->exactly = &c->exactly;
    bind_metrics(l, log, c);
    VEC_PUSH(l->a, &l->logs, log);
}

/* A resource whose kind has `logs:` and that no log of the user's speaks of gets one. */
static bool has_log(const struct lower *l, const struct watched *w, const struct watched *host) {
    return map_get(&l->log_speaks_of, w->name) != NULL ||
           map_get(&l->log_ships_from, w->name) != NULL ||
           map_get(&l->log_ships_from, host->name) != NULL;
}

static void infer_log(struct lower *l, struct watched *w) {
    const struct cat_logs *k = &w->kind->logs;
    struct watched *host = lower_host(l, w, k->from.text);
    if (host == NULL || has_log(l, w, host))
        return;
    struct cfg_texts files = watched_texts(l->a, w, &k->files);
    if (files.n == 0)
        return;
    struct log *log = ARENA_NEW(l->a, struct log);
    *log = (struct log){.name = w->name,
                        .at = w->at,
                        .host = host,
                        .files = files,
                        .json = k->format.value == 1,
                        .level = STR("level")};
    log->inferred = arena_printf(l->a, "inferred from kind %.*s", STR_ARG(w->kind->kind.text));
    log->path = arena_cat(l->a, STR("resources."), w->name);
    log->group = arena_printf(l->a, "/%.*s/%.*s", STR_ARG(l->namespace_), STR_ARG(w->name));
    log->retention_days = lower_retention(l, &(struct cfg_quantity){.at = SPAN_NONE});
    check_group_name(l, log, w->at);
    VEC_PUSH(l->a, &l->logs, log);
    for (uint32_t i = 0; i < k->metrics.n; i++) {
        str name = k->metrics.items[i].name.text;
        const struct cat_metric *decl = kind_metric(w->kind, name);
        if (decl == NULL || watched_if(&l->catalog, w, &decl->when))
            add_metric(l, log, w->name, name, &k->metrics.items[i]);
    }
    lower_explain(
        l,
        "log group %.*s from %.*s on %.*s, kept %lld days (inferred: `%.*s` has no log of its own)",
        STR_ARG(log->group), STR_ARG(files.items[0].text), STR_ARG(host->name),
        (long long)log->retention_days, STR_ARG(w->name));
}

void lower_logs(struct lower *l) {
    lower_explain_title(l, "logs");
    for (uint32_t i = 0; i < l->cfg->logs.n; i++)
        bind_log(l, &l->cfg->logs.items[i]);
    for (uint32_t i = 0; i < l->watched.n; i++) {
        if (given(l->watched.at[i]->kind->logs.at))
            infer_log(l, l->watched.at[i]);
    }
}

static void log_group_node(struct lower *l, struct log *log) {
    struct node *n = graph_add(l->graph, &resource_log_group, log->name, log->at);
    n->module = STR("monitoring");
    n->name = log->group;
    n->path = log->path;
    n->comment = log->inferred;
    node_set(n, "name", value_str(l->a, log->group, log->at));
    node_set(n, "retention_in_days", value_int(l->a, log->retention_days, log->at));
    if (log->kms_key.n > 0)
        node_set(n, "kms_key_id", value_str(l->a, log->kms_key, log->at));
    if (log->infrequent)
        node_set(n, "log_group_class", value_str(l->a, STR("INFREQUENT_ACCESS"), log->at));
    if (log->exactly != NULL)
        exactly_apply(l, n, log->exactly);
    log->node = n;
}

static void set_transformation(struct lower *l, struct node *n, const struct log_metric *m) {
    struct graph_block b = graph_block_of(l->graph, n, "metric_transformation", m->at);
    str name = arena_cat3(l->a, m->resource, STR("."), m->name);
    bool counts = m->value.text.n == 0;
    graph_block_set(b, "name", value_str(l->a, name, m->at));
    graph_block_set(b, "namespace", value_str(l->a, l->namespace_, m->at));
    graph_block_set(b, "value", value_str(l->a, counts ? STR("1") : m->value.text, m->at));
    /* A count is 0 when nothing matches; a time has no value then. */
    if (counts)
        graph_block_set(b, "default_value", value_str(l->a, STR("0"), m->at));
    if (m->unit != NULL && !str_is(str_c(m->unit->name), "None"))
        graph_block_set(b, "unit", value_str(l->a, str_c(m->unit->name), m->at));
}

static void metric_filter_node(struct lower *l, const struct log *log, const struct log_metric *m) {
    str label = arena_cat3(l->a, m->resource, STR("_"), m->name);
    struct node *n = graph_add(l->graph, &resource_log_metric_filter, label, m->at);
    n->module = STR("monitoring");
    n->name = arena_printf(l->a, "%.*s-%.*s.%.*s", STR_ARG(l->prefix), STR_ARG(m->resource),
                           STR_ARG(m->name));
    n->path = log->path;
    n->comment = log->inferred;
    node_set(n, "name", value_str(l->a, n->name, m->at));
    node_set(n, "log_group_name", value_ref(l->a, log->node, "name", m->at));
    node_set(n, "pattern", value_str(l->a, str_trim(m->match.text), m->match.at));
    set_transformation(l, n, m);
}

static void query_node(struct lower *l, const struct log *log, const struct cfg_pair *q) {
    str label = arena_cat3(l->a, log->name, STR("_"), q->key.text);
    struct node *n = graph_add(l->graph, &resource_query_definition, label, q->key.at);
    n->module = STR("monitoring");
    /* Slashes make folders in the console's list of saved queries. */
    n->name = arena_printf(l->a, "%.*s/%.*s/%.*s", STR_ARG(l->prefix), STR_ARG(log->name),
                           STR_ARG(q->key.text));
    n->path = log->path;
    struct value *groups = value_list(l->a, VALUE_LIST, 1, log->at);
    value_push(groups, value_ref(l->a, log->node, "name", log->at));
    node_set(n, "name", value_str(l->a, n->name, q->key.at));
    node_set(n, "log_group_names", groups);
    str text = str_trim(q->value.text);
    /* Several lines are a text file, which ends with a newline. */
    if (str_find(text, '\n') < text.n)
        text = arena_cat(l->a, text, STR("\n"));
    node_set(n, "query_string", value_str(l->a, text, q->value.at));
}

void lower_log_nodes(struct lower *l) {
    for (uint32_t i = 0; i < l->logs.n; i++) {
        struct log *log = l->logs.at[i];
        log_group_node(l, log);
        for (uint32_t k = 0; k < log->metrics.n; k++) {
            const struct log_metric *m = log->metrics.at[k];
            if (m->used && free_tier_has_log(l, m))
                metric_filter_node(l, log, m);
        }
        for (uint32_t k = 0; k < log->queries.n; k++)
            query_node(l, log, &log->queries.items[k]);
    }
}
