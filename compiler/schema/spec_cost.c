/* SPDX-License-Identifier: MIT */
/* table: the section `cost:` of ops.yaml */
#include "schema/schema_rows.h"
#include "schema/spec_read.h"

static const struct schema_row cleanup_rows[] = {
    {"prefix", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cfg_cleanup, prefix),
     "How the names of the objects begin.", "tmp/", .form = "[^\n]+"},
    {"older_than", SCHEMA_DURATION, SCHEMA_REQUIRED, AT(cfg_cleanup, older_than),
     "How old an object is when it goes.", "14d", .min = "1d", .max = "3650d"},
};
static const struct schema_table cleanup_table = {
    "a cleanup",     ROWS(cleanup_rows), NULL, SCHEMA_NO_OFFSET, offsetof(struct cfg_cleanup, name),
    SCHEMA_NO_OFFSET};

#define AFTER(member, words, such)                                                                 \
    {                                                                                              \
#member, SCHEMA_DURATION, 0, AT(cfg_lifecycle, member), words, such, .min = "1d",          \
                                                                             .max = "36500d"       \
    }
static const struct schema_row lifecycle_rows[] = {
    {"prefix", SCHEMA_TEXT, 0, AT(cfg_lifecycle, prefix), "How the names of the objects begin.",
     "training/", .form = "[^\n]{0,1024}", .def = "all objects"},
    AFTER(infrequent_after, "How old an object is when it moves to Standard-IA.", "30d"),
    AFTER(instant_after, "How old it is when it moves to Glacier Instant Retrieval.", "90d"),
    AFTER(glacier_after, "How old it is when it moves to Glacier Flexible Retrieval.", "30d"),
    AFTER(deep_after, "How old it is when it moves to Glacier Deep Archive.", "180d"),
    AFTER(expire_after, "How old it is when it is deleted.", "365d"),
    AFTER(old_versions_after, "How long versions are kept that a newer one has replaced.", "30d"),
    {"abort_uploads_after", SCHEMA_DURATION, 0, AT(cfg_lifecycle, abort_uploads_after),
     "How old an upload is that was never finished when its parts are deleted.", "7d", .min = "1d",
     .max = "36500d", .def = "7d"},
    {"larger_than", SCHEMA_SIZE, 0, AT(cfg_lifecycle, larger_than),
     "Objects of this size or less stay where they are.", "1 MiB", .max = "50 TiB",
     .def = "128 KiB, as S3 has it"},
};
static const struct schema_table lifecycle_table = {"a lifecycle rule",
                                                    ROWS(lifecycle_rows),
                                                    NULL,
                                                    offsetof(struct cfg_lifecycle, at),
                                                    offsetof(struct cfg_lifecycle, name),
                                                    SCHEMA_NO_OFFSET};

/* "4 GiB/month", "2M/month", "1..4 GiB/month". */
#define AMOUNT "[0-9]+(\\.[0-9]+)?( ?[A-Za-z]+)?(/[a-z]+)?"
#define AMOUNTS AMOUNT "(\\.\\." AMOUNT ")?"
#define USAGE(member, words, such)                                                                 \
    { #member, SCHEMA_TEXT, 0, AT(config, cost.usage.member), words, such, .form = AMOUNTS }
static const struct schema_row usage_rows[] = {
    USAGE(log_ingest, "Log lines that are sent to CloudWatch.", "4 GiB/month"),
    USAGE(log_storage, "Log lines that CloudWatch keeps, as they are billed.", "1 GiB"),
    USAGE(log_scan, "Log lines that queries of Logs Insights look through.", "10 GiB/month"),
    USAGE(egress, "What is sent to the internet.", "60..122 GiB/month"),
    USAGE(requests, "Requests of users. Nothing that opsc can price is paid by them yet.",
          "2M/month"),
    USAGE(emails, "Mails that alarms send.", "100/month"),
    USAGE(backup_storage, "What the bucket of `backup` holds, older backups included.", "20 GiB"),
    USAGE(image_storage, "What the image registry (ECR) holds.", "2 GiB"),
    USAGE(metric_reads, "Metrics that programs such as Grafana read by GetMetricData.",
          "500k/month"),
};
const struct schema_table schema_usage_table = {"usage",
                                                ROWS(usage_rows),
                                                NULL,
                                                offsetof(struct config, cost.usage.at),
                                                SCHEMA_NO_OFFSET,
                                                offsetof(struct config, cost.usage.rest)};

/* Keys of resources: their texts, for the tree goes before they are understood. */
static bool read_usage(struct schema_walk *w, const struct schema_row *row,
                       const struct yaml_node *n, void *field) {
    static const struct schema_row amount = {.key = "an amount",
                                             .type = SCHEMA_TEXT,
                                             .doc = "How much of it a month.",
                                             .example = "5 GiB",
                                             .form = AMOUNTS};
    struct config *c = field;
    if (n->type != YAML_MAP)
        return false;
    schema_read(w, row->table, n, c);
    const struct cfg_rest *rest = &c->cost.usage.rest;
    struct cfg_pairs *own = &c->cost.usage.own;
    own->items = ARENA_ARRAY(w->arena, struct cfg_pair, rest->n + 1);
    for (uint32_t i = 0; i < rest->n; i++) {
        const struct yaml_node *k = rest->items[i]->key;
        struct cfg_pair *p = &own->items[own->n];
        p->key = (struct cfg_text){k->text, k->at, k->origin};
        own->n += schema_read_value(w, &amount, rest->items[i]->value, &p->value);
    }
    return true;
}

const char *const schema_regimes[] = {"paid", "free-plan", "legacy", NULL};
static const struct schema_row account_rows[] = {
    {"regime", SCHEMA_CHOICE, 0, AT(config, cost.account.regime),
     "paid; free-plan: six months in which credits pay; legacy: opened before 2025-07-15, with 12 "
     "months of free amounts.",
     "legacy", .choices = schema_regimes, .def = "paid"},
    {"since", SCHEMA_TEXT, 0, AT(config, cost.account.since), "The day the account was opened.",
     "2025-03-01", .form = "[0-9]{4}-[0-9]{2}-[0-9]{2}"},
    {"credits", SCHEMA_MONEY, 0, AT(config, cost.account.credits), "Credits that are left.",
     "$100"},
};
static const struct schema_table account_table = {
    "account",        ROWS(account_rows), "regime", offsetof(struct config, cost.account.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

const char *const schema_savings[] = {
#define SAVING(id, name, ...) [CFG_SAVING_##id] = name,
#include "model/savings.def"
#undef SAVING
    NULL};

static const struct schema_row cost_rows[] = {
    {"lifecycle", SCHEMA_ITEMS, SCHEMA_LISTS, AT(config, cost.lifecycle),
     "Rules by which S3 moves objects to cheaper classes and deletes them, by the name of their "
     "bucket in `resources`. They replace all rules that the bucket has.",
     "{ data: { prefix: training/, glacier_after: 30d, expire_after: 365d } }",
     .table = &lifecycle_table, .item_size = sizeof(struct cfg_lifecycle)},
    {"cleanup", SCHEMA_ITEMS, SCHEMA_LISTS, AT(config, cost.cleanup),
     "Old objects that cleanup_old_data.sh removes, by the name of their bucket in `resources`.",
     "{ data: { prefix: tmp/, older_than: 14d } }", .table = &cleanup_table,
     .item_size = sizeof(struct cfg_cleanup)},
    {"usage", SCHEMA_GROUP, 0, 0,
     "What `opsc cost` cannot know: an amount a month or a range; of a resource as "
     "`db.backup: 5 GiB`.",
     "{ log_ingest: 1..4 GiB/month, egress: 40 GiB/month }", .table = &schema_usage_table,
     .read = read_usage},
    {"account", SCHEMA_GROUP, 0, 0, "How AWS bills the account, for `opsc cost`.",
     "{ regime: legacy, since: 2025-03-01 }", .table = &account_table},
    {"accept", SCHEMA_TEXTS, 0, AT(config, cost.accept),
     "What could be saved and is not to be told: names of rules (docs/cost.md).", "[composite]",
     .choices = schema_savings},
};
const struct schema_table schema_cost = {
    "cost",           ROWS(cost_rows), NULL, offsetof(struct config, cost.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};
