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
     "training/", .form = "[^\001-\037\177]{0,1024}", .def = "all objects"},
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

/* By enum cfg_price_class: how CloudFront calls them ends so. */
static const char *const price_classes[] = {"100", "200", "all", NULL};
static const struct schema_row retention_rows[] = {
    {"after", SCHEMA_DURATION, SCHEMA_REQUIRED, AT(cfg_retention, after),
     "How old lines are when they are deleted.", "14d", .min = "1d", .max = "3653d"},
};
static const struct schema_table retention_table = {"a retention",
                                                    ROWS(retention_rows),
                                                    "after",
                                                    SCHEMA_NO_OFFSET,
                                                    offsetof(struct cfg_retention, name),
                                                    SCHEMA_NO_OFFSET};

static const struct schema_row endpoint_rows[] = {
    {"vpc", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(config, cost.endpoints.vpc), "Id of the VPC.",
     "vpc-0123456789abcdef0", .form = "vpc-[0-9a-f]{8,17}"},
    {"route_tables", SCHEMA_TEXTS, SCHEMA_REQUIRED, AT(config, cost.endpoints.route_tables),
     "Ids of the route tables of the subnets that use them.", "[rtb-0123456789abcdef0]",
     .form = "rtb-[0-9a-f]{8,17}"},
    {"services", SCHEMA_TEXTS, 0, AT(config, cost.endpoints.services), "s3, dynamodb, or both.",
     "[s3, dynamodb]", .form = "s3|dynamodb", .def = "s3"},
};
static const struct schema_table endpoint_table = {
    "endpoints",      ROWS(endpoint_rows), NULL, offsetof(struct config, cost.endpoints.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

/* Ends of the keys of prices.yaml: cloudfront.transfer.us. */
const char *const schema_viewers[] = {"us", "ca", "eu", "jp", "au", "ap",
                                      "in", "me", "sa", "af", NULL};
static const char *const protocols[] = {"https", "http", NULL};
#define DNS_LABEL "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#define DNS_NAME "(" DNS_LABEL "\\.)+" DNS_LABEL
static const struct schema_row cdn_rows[] = {
    {"origin", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(config, cost.cdn.origin),
     "What it stands in front of: a resource of kind app, alb or s3.", "api"},
    {"address", SCHEMA_TEXT, 0, AT(config, cost.cdn.address),
     "DNS name under which CloudFront reaches an app or a load balancer, for which it has a "
     "certificate.",
     "origin.example.com", .form = DNS_NAME, .def = "the `address` of the app's host"},
    {"protocol", SCHEMA_CHOICE, 0, AT(config, cost.cdn.protocol),
     "How CloudFront speaks to an app or a load balancer; http is read by everybody on the way.",
     "http", .choices = protocols, .def = "https"},
    {"port", SCHEMA_COUNT, 0, AT(config, cost.cdn.port), "The port of that.", "8443", .min = "1",
     .max = "65535", .def = "443; with http that of the app, or 80"},
    {"cache", SCHEMA_TEXTS, 0, AT(config, cost.cdn.cache),
     "Paths whose answers are kept and compressed. Of an app nothing else is; of a bucket all is.",
     "[/static/*]", .form = "/?[A-Za-z0-9_.*$/~\"'@:+&?-]{1,254}"},
    {"compress", SCHEMA_BOOL, 0, AT(config, cost.cdn.compress),
     "Whether CloudFront compresses what it keeps, by Brotli or gzip.", "true", .def = "true"},
    {"aliases", SCHEMA_TEXTS, 0, AT(config, cost.cdn.aliases), "Names of your own for it.",
     "[www.example.com]", .form = "(\\*\\.)?" DNS_NAME},
    {"certificate", SCHEMA_TEXT, 0, AT(config, cost.cdn.certificate),
     "ARN of the ACM certificate for them; it must be in us-east-1.",
     "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
     .form = "arn:aws:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+"},
    {"root", SCHEMA_TEXT, 0, AT(config, cost.cdn.root), "What / is, in a bucket.", "index.html",
     .form = "[A-Za-z0-9_.~-][A-Za-z0-9_./~-]{0,254}"},
    {"price_class", SCHEMA_CHOICE, 0, AT(config, cost.cdn.price_class),
     "From where it sends: 100 from North America, Europe and Israel, which is cheapest; 200 also "
     "from most of the rest; all.",
     "200", .choices = price_classes, .def = "100"},
    {"viewers", SCHEMA_CHOICE, 0, AT(config, cost.cdn.viewers),
     "Where those who ask are, for `opsc cost`: CloudFront has a price for each.", "eu",
     .choices = schema_viewers},
};
static const struct schema_table cdn_table = {
    "cdn",           ROWS(cdn_rows), NULL, offsetof(struct config, cost.cdn.at), SCHEMA_NO_OFFSET,
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
    USAGE(requests, "Requests of users, which CloudFront is paid for (`cdn`).", "2M/month"),
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

static const char *const saving_words[] = {
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
    {"endpoints", SCHEMA_GROUP, 0, 0,
     "Gateway endpoints of a VPC, by which S3 and DynamoDB are reached past its NAT gateway, for "
     "nothing.",
     "{ vpc: vpc-0123456789abcdef0, route_tables: [rtb-0123456789abcdef0], services: [s3] }",
     .table = &endpoint_table},
    {"log_retention", SCHEMA_ITEMS, SCHEMA_ANY_KEY, AT(config, cost.log_retention),
     "How long lines are kept in log groups that services of AWS make, for ever unless somebody "
     "says "
     "otherwise.",
     "{ /aws/lambda/resize: 14d }", .table = &retention_table,
     .item_size = sizeof(struct cfg_retention)},
    {"cdn", SCHEMA_GROUP, 0, 0, "A CloudFront distribution: 1 TB a month that it sends is free.",
     "{ origin: api, address: origin.example.com, cache: [/static/*] }", .table = &cdn_table},
    {"usage", SCHEMA_GROUP, 0, 0,
     "What `opsc cost` cannot know: an amount a month or a range; of a resource as "
     "`db.backup: 5 GiB`.",
     "{ log_ingest: 1..4 GiB/month, egress: 40 GiB/month }", .table = &schema_usage_table,
     .read = read_usage},
    {"account", SCHEMA_GROUP, 0, 0, "How AWS bills the account, for `opsc cost`.",
     "{ regime: legacy, since: 2025-03-01 }", .table = &account_table},
    {"accept", SCHEMA_TEXTS, 0, AT(config, cost.accept),
     "What could be saved and is not to be told: names of rules (docs/cost.md).", "[composite]",
     .choices = saving_words},
};
const struct schema_table schema_cost = {
    "cost",           ROWS(cost_rows), NULL, offsetof(struct config, cost.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};
