/* SPDX-License-Identifier: MIT */
/* table: the keys of the catalog's files */
#include "catalog/kind.h"

#include "catalog/form.h"
#include "expr/expr.h"
#include "schema/schema_rows.h"

#include <regex.h>

const char *const cat_type_names[] = {"string",   "name",     "bool",    "enum",  "count",
                                      "size",     "duration", "percent", "money", "list",
                                      "resource", "group",    "map",     NULL};
const char *const cat_source_words[] = {
    [CAT_SOURCE_SERVICE] = "service", [CAT_SOURCE_AGENT] = "agent", [CAT_SOURCE_PROBE] = "probe",
    [CAT_SOURCE_LOGS] = "logs",       [CAT_SOURCE_JOB] = "job",     [CAT_SOURCE_COUNT] = NULL};
const char *const cat_source_titles[] = {[CAT_SOURCE_SERVICE] = "the service",
                                         [CAT_SOURCE_AGENT] = "the agent",
                                         [CAT_SOURCE_PROBE] = "a probe on the host",
                                         [CAT_SOURCE_LOGS] = "log lines",
                                         [CAT_SOURCE_JOB] = "a job of opsc's"};

static bool read_if(struct schema_walk *w, const struct schema_row *row, const struct yaml_node *n,
                    void *field) {
    static const struct schema_row values = {.key = "if", .type = SCHEMA_TEXTS};
    (void)row;
    struct cat_if *r = field;
    if (n->type != YAML_MAP) {
        diag_add(w->dl, DIAG_WRONG_TYPE, n->at, "`if` takes a mapping from attributes to values");
        return true;
    }
    r->n = n->n;
    r->items = ARENA_ARRAY(w->arena, struct cat_if_item, n->n + 1);
    for (uint32_t i = 0; i < n->n; i++) {
        const struct yaml_node *k = n->pairs[i].key;
        r->items[i].attribute = (struct cfg_text){k->text, k->at, k->origin};
        schema_read_value(w, &values, n->pairs[i].value, &r->items[i].values);
    }
    return true;
}

static const struct schema_row choice_rows[] = {
    {"if", SCHEMA_NODE, 0, AT(cat_choice_item, when), "For these attribute values.",
     "{ monitoring: detailed }", .read = read_if},
    {"is", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_choice_item, is), "The value.", "1m"},
};
static const struct schema_table choice_table = {
    "a choice", ROWS(choice_rows), "is", SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static bool read_choices(struct schema_walk *w, const struct schema_row *row,
                         const struct yaml_node *n, void *field) {
    (void)row;
    struct cat_choice *r = field;
    bool list = n->type == YAML_LIST;
    r->n = list ? n->n : 1;
    r->items = ARENA_ARRAY(w->arena, struct cat_choice_item, r->n + 1);
    for (uint32_t i = 0; i < r->n; i++)
        schema_read(w, &choice_table, list ? n->items[i] : n, &r->items[i]);
    return true;
}

/* An expression that cannot be compiled would refuse every value. */
static bool read_form(struct schema_walk *w, const struct schema_row *row,
                      const struct yaml_node *n, void *field) {
    struct cfg_text *t = field;
    if (!schema_text(w, n, row->key, t))
        return true;
    regex_t re;
    if (!form_is_small(t->text)) {
        struct diag *d = diag_add(w->dl, DIAG_CATALOG_FILE, n->at, "`form` is too much to match");
        diag_hint(w->dl, d,
                  "It has at most %d characters, no back references, and what is repeated by {} "
                  "makes no more than %d.",
                  FORM_BYTES_MAX, FORM_SIZE_MAX);
        return true;
    }
    if (regcomp(&re, (const char *)arena_str(w->arena, t->text).p, REG_EXTENDED | REG_NOSUB) == 0) {
        regfree(&re);
        return true;
    }
    diag_add(w->dl, DIAG_CATALOG_FILE, n->at, "`form` is not an extended regular expression");
    return true;
}

static const struct schema_row dimension_rows[] = {
    {"if", SCHEMA_NODE, 0, AT(cat_dimensions_item, when), "For these attribute values.",
     "{ type: rest }", .read = read_if},
    {"is", SCHEMA_PAIRS, SCHEMA_REQUIRED, AT(cat_dimensions_item, is), "Dimensions by name.",
     "{ ApiId: \"${id}\" }"},
};
static const struct schema_table dimension_table = {
    "a choice of dimensions", ROWS(dimension_rows), NULL,
    SCHEMA_NO_OFFSET,         SCHEMA_NO_OFFSET,     SCHEMA_NO_OFFSET};

static bool read_dimensions(struct schema_walk *w, const struct schema_row *row,
                            const struct yaml_node *n, void *field) {
    static const struct schema_row pairs = {.key = "dimensions", .type = SCHEMA_PAIRS};
    (void)row;
    struct cat_dimensions *r = field;
    bool list = n->type == YAML_LIST;
    r->n = list ? n->n : 1;
    r->at = n->at;
    r->items = ARENA_ARRAY(w->arena, struct cat_dimensions_item, r->n + 1);
    if (!list)
        schema_read_value(w, &pairs, n, &r->items[0].is);
    for (uint32_t i = 0; list && i < n->n; i++)
        schema_read(w, &dimension_table, n->items[i], &r->items[i]);
    return true;
}

static const struct schema_table attribute_table;
static const struct schema_row attribute_rows[] = {
    {"type", SCHEMA_CHOICE, SCHEMA_REQUIRED, AT(cat_attribute, type), "What it takes.", "string",
     .choices = cat_type_names},
    {"values", SCHEMA_TEXTS, 0, AT(cat_attribute, values), "Words of an enum.",
     "[basic, detailed]"},
    {"of", SCHEMA_TEXTS, 0, AT(cat_attribute, of), "Kinds that a resource may have.", "[ec2]"},
    {"required", SCHEMA_BOOL, 0, AT(cat_attribute, required), "Must be given.", "true"},
    {"required_if", SCHEMA_NODE, 0, AT(cat_attribute, required_if),
     "Must be given for these values of others.", "{ external: true }", .read = read_if},
    {"default", SCHEMA_NODE, 0, AT(cat_attribute, def), "Taken when it is not given.", "basic"},
    {"doc", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_attribute, doc), "One sentence.", "Instance id."},
    {"example", SCHEMA_TEXT, 0, AT(cat_attribute, example), "An example.", "i-0123456789abcdef0"},
    {"min", SCHEMA_TEXT, 0, AT(cat_attribute, min), "The least of a quantity.", "1"},
    {"max", SCHEMA_TEXT, 0, AT(cat_attribute, max), "The most of a quantity.", "65535"},
    {"form", SCHEMA_TEXT, 0, AT(cat_attribute, form),
     "What a string looks like: an extended regular expression (POSIX) of the whole.",
     "\"i-[0-9a-f]{8,17}\"", .read = read_form},
    {"if", SCHEMA_NODE, 0, AT(cat_attribute, when), "Exists for these values of others only.",
     "{ engine: postgres }", .read = read_if},
    {"attributes", SCHEMA_ITEMS, 0, AT(cat_attribute, attributes), "Of a group.",
     "{ path: { type: string, doc: Path of the URL. } }", .table = &attribute_table,
     .item_size = sizeof(struct cat_attribute)},
};
static const struct schema_table attribute_table = {"an attribute",
                                                    ROWS(attribute_rows),
                                                    NULL,
                                                    SCHEMA_NO_OFFSET,
                                                    offsetof(struct cat_attribute, name),
                                                    SCHEMA_NO_OFFSET};

#define WAY(member) .offset = offsetof(struct cat_fact_way, member)
static const struct schema_row way_rows[] = {
    {"if", SCHEMA_NODE, 0, WAY(when), "For these attribute values.", "{ engine: mysql }",
     .read = read_if},
    {"table", SCHEMA_TEXT, 0, WAY(table), "A file of catalog/tables.", "instance-classes"},
    {"key", SCHEMA_TEXT, 0, WAY(key), "Which row.", "\"${class}\""},
    {"strip", SCHEMA_TEXT, 0, WAY(strip), "What is cut from the key's start.", "db."},
    {"column", SCHEMA_TEXT, 0, WAY(column), "Which column.", "memory"},
    {"unit", SCHEMA_TEXT, 0, WAY(unit), "Unit of the table's numbers.", "GiB"},
    {"is", SCHEMA_TEXT, 0, WAY(is), "Arithmetic over other facts.", "ram / 9531392"},
    {"estimate", SCHEMA_BOOL, 0, WAY(estimate), "Not exact: --explain says so.", "true"},
    {"doc", SCHEMA_TEXT, 0, WAY(doc), "One sentence.", "Memory of the class."},
};
static const struct schema_table way_table = {"a fact",         ROWS(way_rows),   "is",
                                              SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static bool read_ways(struct schema_walk *w, const struct schema_row *row,
                      const struct yaml_node *n, void *field) {
    (void)row;
    struct cat_fact *f = field;
    bool list = n->type == YAML_LIST;
    f->n = list ? n->n : 1;
    f->ways = ARENA_ARRAY(w->arena, struct cat_fact_way, f->n + 1);
    for (uint32_t i = 0; i < f->n; i++)
        schema_read(w, &way_table, list ? n->items[i] : n, &f->ways[i]);
    return true;
}

static const struct schema_row fact_rows[] = {
    {"ways", SCHEMA_NODE, 0, 0, "How the fact is known.", "{ is: ram / 2 }", .read = read_ways},
};
/* A fact is a way, or a list of ways: both forms go through the scalar form of this table. */
static const struct schema_table fact_table = {
    "a fact",        ROWS(fact_rows), "ways", SCHEMA_NO_OFFSET, offsetof(struct cat_fact, name),
    SCHEMA_NO_OFFSET};

static bool read_facts(struct schema_walk *w, const struct schema_row *row,
                       const struct yaml_node *n, void *field) {
    struct cat_kind *k = NULL;
    if (n->type != YAML_MAP)
        return false;
    struct cat_fact *items = ARENA_ARRAY(w->arena, struct cat_fact, n->n + 1);
    for (uint32_t i = 0; i < n->n; i++) {
        const struct yaml_node *key = n->pairs[i].key;
        items[i].name = (struct cfg_text){key->text, key->at, key->origin};
        read_ways(w, row, n->pairs[i].value, &items[i]);
    }
    __typeof__(k->facts) all = {items, n->n, n->at};
    memcpy(field, &all, sizeof all);
    return true;
}

static const struct schema_row agent_rows[] = {
    {"section", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_metric, agent.section),
     "Section of the agent's metrics_collected.", "mem"},
    {"measurement", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_metric, agent.measurement),
     "Name of the measurement there.", "used_percent"},
    {"resources", SCHEMA_TEXT, 0, AT(cat_metric, agent.resources), "What of it.", "\"${disks}\""},
    {"drop_device", SCHEMA_BOOL, 0, AT(cat_metric, agent.drop_device),
     "Without the device as a dimension.", "true"},
};
static const struct schema_table agent_table = {
    "agent",          ROWS(agent_rows), NULL, offsetof(struct cat_metric, agent.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row metric_rows[] = {
    {"metric", SCHEMA_NODE, 0, AT(cat_metric, metric), "CloudWatch's name.", "CPUUtilization",
     .read = read_choices},
    {"namespace", SCHEMA_TEXT, 0, AT(cat_metric, namespace_), "CloudWatch's namespace.", "AWS/EC2"},
    {"dimensions", SCHEMA_NODE, 0, AT(cat_metric, dimensions), "Dimensions by name.",
     "{ InstanceId: \"${id}\" }", .read = read_dimensions},
    {"unit", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_metric, unit), "CloudWatch's unit.", "Percent"},
    {"stat", SCHEMA_TEXT, 0, AT(cat_metric, stat), "Statistic when none is named.", "avg"},
    {"events", SCHEMA_BOOL, 0, AT(cat_metric, events),
     "Each sample is an event, so that samples add up.", "true"},
    {"per_run", SCHEMA_BOOL, 0, AT(cat_metric, per_run),
     "A value comes with each run of its job only.", "true"},
    {"period", SCHEMA_NODE, 0, AT(cat_metric, period), "How often it is published.", "1m",
     .read = read_choices},
    {"doc", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_metric, doc), "One sentence.", "vCPUs in use."},
    {"do", SCHEMA_NODE, 0, AT(cat_metric, action), "What to look at first.", "Run top.",
     .read = read_choices},
    {"causes", SCHEMA_NODE, 0, AT(cat_metric, causes),
     "What is usually behind it, the likely first; all whose `if` holds.",
     "[A missing index., { if: { engine: postgres }, is: Autovacuum. }]", .read = read_choices},
    {"is", SCHEMA_TEXT, 0, AT(cat_metric, is), "An expression over other metrics.", "a / b"},
    {"if", SCHEMA_NODE, 0, AT(cat_metric, when), "Exists for these attribute values only.",
     "{ engine: postgres }", .read = read_if},
    {"health", SCHEMA_BOOL, 0, AT(cat_metric, health), "1 is good and 0 is bad.", "true"},
    {"by", SCHEMA_PAIRS, 0, AT(cat_metric, by), "Words that `by` takes.",
     "{ service: ServiceName }"},
    {"source", SCHEMA_CHOICE, 0, AT(cat_metric, source), "Who publishes it.", "agent",
     .choices = cat_source_words, .def = "service"},
    {"agent", SCHEMA_GROUP, 0, 0, "Where the agent has it.",
     "{ section: mem, measurement: used_percent }", .table = &agent_table},
};
static const struct schema_table metric_table = {
    "a metric",      ROWS(metric_rows), NULL, SCHEMA_NO_OFFSET, offsetof(struct cat_metric, name),
    SCHEMA_NO_OFFSET};

static const struct schema_row alarm_rows[] = {
    {"when", SCHEMA_CONDITION, SCHEMA_REQUIRED, AT(cat_alarm, when), "The condition.",
     "cpu > 90% for 5m"},
    {"severity", SCHEMA_CHOICE, SCHEMA_REQUIRED, AT(cat_alarm, severity), "How bad it is.",
     "warning", .choices = schema_severities},
    {"missing", SCHEMA_CHOICE, 0, AT(cat_alarm, missing), "What no data means.", "breaching",
     .choices = expr_missing_words},
    {"because", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_alarm, because), "Why it is worth an alarm.",
     "A full disk stops writes."},
    {"do", SCHEMA_NODE, 0, AT(cat_alarm, action), "What to do.", "Delete old files.",
     .read = read_choices},
    {"causes", SCHEMA_NODE, 0, AT(cat_alarm, causes),
     "What is usually behind it, in place of the causes of its metric.", "[A leak of connections.]",
     .read = read_choices},
    {"source", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_alarm, source), "Where it comes from.",
     "AWS recommended alarm"},
    {"if", SCHEMA_NODE, 0, AT(cat_alarm, cond), "For these attribute values only.", "{ dlq: true }",
     .read = read_if},
    {"off", SCHEMA_BOOL, 0, AT(cat_alarm, off), "Offered, not on by itself.", "true"},
};
static const struct schema_table alarm_table = {"a recommended alarm",
                                                ROWS(alarm_rows),
                                                NULL,
                                                SCHEMA_NO_OFFSET,
                                                offsetof(struct cat_alarm, name),
                                                SCHEMA_NO_OFFSET};

static const struct schema_row cost_from_rows[] = {
    {"table", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_cost, from.table), "A file of catalog/tables.",
     "rds-support"},
    {"key", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_cost, from.key),
     "What the name of its row is, which may have a * for a part of it.", "\"${engine_version}\""},
    {"column", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_cost, from.column),
     "The column that has the day.", "start"},
};
static const struct schema_table cost_from_table = {
    "from",           ROWS(cost_from_rows), NULL, offsetof(struct cat_cost, from.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row cost_rows[] = {
    {"price", SCHEMA_NODE, 0, AT(cat_cost, price), "Key of the table of prices.",
     "\"ec2.${type}.linux\"", .read = read_choices},
    {"is", SCHEMA_TEXT, 0, AT(cat_cost, is), "How much of it: arithmetic over facts.", "volume"},
    {"usage", SCHEMA_TEXT, 0, AT(cat_cost, usage),
     "What of it `cost.usage` has to say, since nothing else in ops.yaml does.", "Bytes stored."},
    {"from", SCHEMA_GROUP, 0, 0, "The day on which it begins, from a table.",
     "{ table: rds-support, key: \"${engine_version}\", column: start }",
     .table = &cost_from_table},
    {"free", SCHEMA_TEXT, 0, AT(cat_cost, free), "Why it costs nothing.", "Runs on its host."},
    {"unpriced", SCHEMA_TEXT, 0, AT(cat_cost, unpriced), "What is not estimated.",
     "Requests and the time that they take."},
    {"if", SCHEMA_NODE, 0, AT(cat_cost, when), "For these attribute values only.",
     "{ multi_az: true }", .read = read_if},
};
static const struct schema_table cost_table = {
    "a cost",        ROWS(cost_rows), NULL, SCHEMA_NO_OFFSET, offsetof(struct cat_cost, name),
    SCHEMA_NO_OFFSET};

static bool read_rows(struct schema_walk *w, const struct schema_row *row,
                      const struct yaml_node *n, void *field) {
    struct cat_kind *k = field;
    if (n->type != YAML_LIST) {
        diag_add(w->dl, DIAG_WRONG_TYPE, n->at, "`%s` takes a list of rows", row->key);
        return true;
    }
    k->ndashboard = n->n;
    k->dashboard = ARENA_ARRAY(w->arena, struct cfg_graph_row, n->n + 1);
    for (uint32_t i = 0; i < n->n; i++) {
        struct cfg_texts t = {0};
        static const struct schema_row texts = {.key = "a row", .type = SCHEMA_TEXTS};
        schema_read_value(w, &texts, n->items[i], &t);
        k->dashboard[i] = (struct cfg_graph_row){t.items, t.n};
    }
    return true;
}

static const struct schema_row probe_rows[] = {
    {"host", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_kind, probe.host), "Where it runs.", "\"${on}\""},
    {"needs", SCHEMA_TEXTS, 0, AT(cat_kind, probe.needs), "Commands it uses.", "[redis-cli]"},
    {"every", SCHEMA_TEXT, 0, AT(cat_kind, probe.every), "How often.", "1m", .def = "1m"},
    {"run", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_kind, probe.run), "Body of a bash function.",
     "put up 1"},
};
static const struct schema_table probe_table = {
    "probe",          ROWS(probe_rows), NULL, offsetof(struct cat_kind, probe.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row logs_rows[] = {
    {"from", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_kind, logs.from), "The host.", "\"${on}\""},
    {"files", SCHEMA_TEXTS, SCHEMA_REQUIRED, AT(cat_kind, logs.files), "Paths there.",
     "[\"/var/log/${name}/*.log\"]"},
    {"format", SCHEMA_CHOICE, 0, AT(cat_kind, logs.format), "text or json.", "json",
     .choices = schema_log_formats},
    {"metrics", SCHEMA_ITEMS, 0, AT(cat_kind, logs.metrics), "Metrics made from lines.",
     "{ errors: { match: ERROR } }", .table = &schema_log_metric,
     .item_size = sizeof(struct cfg_log_metric)},
};
static const struct schema_table logs_table = {
    "logs",           ROWS(logs_rows), NULL, offsetof(struct cat_kind, logs.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row kind_rows[] = {
    {"kind", SCHEMA_NAME, SCHEMA_REQUIRED, AT(cat_kind, kind), "The word for `kind:`.", "ec2"},
    {"title", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_kind, title), "What people call it.",
     "EC2 instance"},
    {"doc", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_kind, doc), "One sentence.", "A virtual machine."},
    {"source", SCHEMA_TEXT, 0, AT(cat_kind, source), "Where the facts come from.",
     "https://docs.aws.amazon.com/"},
    {"section", SCHEMA_TEXT, 0, AT(cat_kind, section), "Heading on the dashboard.", "Hosts"},
    {"implicit", SCHEMA_BOOL, 0, AT(cat_kind, implicit), "Exists undeclared.", "true"},
    {"unique", SCHEMA_BOOL, 0, AT(cat_kind, unique),
     "Its id means the same resource in every account and region.", "true"},
    {"region", SCHEMA_TEXT, 0, AT(cat_kind, region),
     "The only region with its metrics, or an ARN that has it.", "us-east-1"},
    {"find", SCHEMA_TEXT, 0, AT(cat_kind, find), "Terraform data source.", "aws_instance"},
    {"namespace", SCHEMA_TEXT, 0, AT(cat_kind, namespace_), "Of the metrics.", "AWS/EC2"},
    {"dimensions", SCHEMA_NODE, 0, AT(cat_kind, dimensions), "Of the metrics.",
     "{ InstanceId: \"${id}\" }", .read = read_dimensions},
    {"period", SCHEMA_NODE, 0, AT(cat_kind, period), "How often metrics come.", "5m",
     .read = read_choices},
    {"attributes", SCHEMA_ITEMS, 0, AT(cat_kind, attributes), "Keys of a resource.",
     "{ id: { type: string, doc: Instance id. } }", .table = &attribute_table,
     .item_size = sizeof(struct cat_attribute)},
    {"facts", SCHEMA_ITEMS, 0, AT(cat_kind, facts), "Numbers that conditions can name.",
     "{ ram: { table: instance-classes, key: \"${class}\", column: memory } }",
     .table = &fact_table, .item_size = sizeof(struct cat_fact), .read = read_facts},
    {"metrics", SCHEMA_ITEMS, SCHEMA_REQUIRED, AT(cat_kind, metrics), "What is measured.",
     "{ cpu: { metric: CPUUtilization, unit: Percent, doc: Use of the CPU. } }",
     .table = &metric_table, .item_size = sizeof(struct cat_metric)},
    {"alarms", SCHEMA_ITEMS, 0, AT(cat_kind, alarms), "Recommended alarms.",
     "{ cpu-high: { when: cpu > 80%, severity: warning, because: No room., source: ours } }",
     .table = &alarm_table, .item_size = sizeof(struct cat_alarm)},
    {"costs", SCHEMA_ITEMS, 0, AT(cat_kind, costs), "What a resource costs a month.",
     "{ instance: { price: \"ec2.${type}.linux\" } }", .table = &cost_table,
     .item_size = sizeof(struct cat_cost)},
    {"dashboard", SCHEMA_NODE, 0, 0, "Rows of graphs.", "[[cpu, memory]]", .read = read_rows},
    {"probe", SCHEMA_GROUP, 0, 0, "A measurement made on the host.", "{ host: web, run: put up 1 }",
     .table = &probe_table},
    {"logs", SCHEMA_GROUP, 0, 0, "The log group that is inferred.",
     "{ from: web, files: [/var/log/app.log] }", .table = &logs_table},
    {"list", SCHEMA_GROUP, 0, 0, "How AWS is asked which of them an account has.",
     "{ service: sqs, operation: ListQueues, items: QueueUrls, attributes: { id: . } }",
     .table = &cat_list_table},
};
const struct schema_table cat_kind_table = {
    "a catalog file", ROWS(kind_rows), NULL, offsetof(struct cat_kind, at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

#define FIND(list, wanted)                                                                         \
    for (uint32_t i = 0; i < (list).n; i++) {                                                      \
        if (str_eq((list).items[i].name.text, (wanted)))                                           \
            found = &(list).items[i];                                                              \
    }

const struct cat_attribute *kind_attribute(const struct cat_kind *k, str name) {
    const struct cat_attribute *found = NULL;
    str rest = name, head = str_split(&rest, '.');
    FIND(k->attributes, head)
    while (found != NULL && rest.n > 0) {
        const struct cat_attribute *group = found;
        head = str_split(&rest, '.');
        found = NULL;
        FIND(group->attributes, head)
    }
    return found;
}

const struct cat_metric *kind_metric(const struct cat_kind *k, str name) {
    const struct cat_metric *found = NULL;
    FIND(k->metrics, name)
    return found;
}

const struct cat_fact *kind_fact(const struct cat_kind *k, str name) {
    const struct cat_fact *found = NULL;
    FIND(k->facts, name)
    return found;
}
