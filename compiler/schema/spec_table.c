/* SPDX-License-Identifier: MIT */
/* table: the keys of ops.yaml */
#include "schema/schema_rows.h"

#include "expr/expr.h"
#include "schema/spec_read.h"

const char *const schema_severities[] = {"info", "warning", "critical", NULL};
static const char *const profile_words[] = {"full", "free-tier", NULL};
const char *const schema_languages[] = {"en", "es", NULL};
static const char *const recommended_words[] = {"none", "recommended", NULL};
static const char *const all_words[] = {"none", "all", NULL};
static const char *const state_words[] = {"off", "on", NULL};
const char *const schema_log_formats[] = {"text", "json", NULL};
static const char *const class_words[] = {"standard", "infrequent-access", NULL};

const char *const schema_regions[] = {"us-east-1",      "us-east-2",      "us-west-1",
                                      "us-west-2",      "af-south-1",     "ap-east-1",
                                      "ap-east-2",      "ap-south-1",     "ap-south-2",
                                      "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
                                      "ap-southeast-1", "ap-southeast-2", "ap-southeast-3",
                                      "ap-southeast-4", "ap-southeast-5", "ap-southeast-6",
                                      "ap-southeast-7", "ca-central-1",   "ca-west-1",
                                      "eu-central-1",   "eu-central-2",   "eu-north-1",
                                      "eu-south-1",     "eu-south-2",     "eu-west-1",
                                      "eu-west-2",      "eu-west-3",      "il-central-1",
                                      "me-central-1",   "me-south-1",     "mx-central-1",
                                      "sa-east-1",      "us-gov-east-1",  "us-gov-west-1",
                                      "cn-north-1",     "cn-northwest-1", NULL};

static const struct schema_row state_rows[] = {
    {"bucket", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(config, terraform.state.bucket),
     "S3 bucket that holds Terraform's state.", "reco-terraform-state",
     .form = "[A-Za-z0-9._-]{3,}"},
    {"key", SCHEMA_TEXT, 0, AT(config, terraform.state.key), "Name of the state in the bucket.",
     "ops/terraform.tfstate", .def = "<project>/<environment>/ops.tfstate"},
    {"region", SCHEMA_TEXT, 0, AT(config, terraform.state.region), "Region of the bucket.",
     "eu-west-1", .def = "aws.region"},
    {"lock", SCHEMA_BOOL, 0, AT(config, terraform.state.lock),
     "Keep two applies apart with a lock file in the bucket.", "true", .def = "true"},
};
static const struct schema_table state_table = {
    "terraform.state", ROWS(state_rows), NULL, offsetof(struct config, terraform.state.at),
    SCHEMA_NO_OFFSET,  SCHEMA_NO_OFFSET};

static const struct schema_row terraform_rows[] = {
    {"state", SCHEMA_GROUP, 0, 0, "Where Terraform keeps its state: an S3 bucket that exists.",
     "{ bucket: reco-terraform-state, lock: true }", .table = &state_table},
    {"plan_role", SCHEMA_TEXT, 0, AT(config, terraform.plan_role),
     "ARN of a role that may read what Terraform manages, for the plans of the workflow ops.yml.",
     "arn:aws:iam::123456789012:role/reco-plan",
     .form = "arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+"},
};
static const struct schema_table terraform_table = {
    "terraform",      ROWS(terraform_rows), NULL, offsetof(struct config, terraform.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row lock_rows[] = {
    {"bucket", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(config, aws.lock.bucket),
     "S3 bucket, which exists, that holds the lock.", "reco-locks",
     .form = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"},
    {"key", SCHEMA_TEXT, 0, AT(config, aws.lock.key), "Name of the lock in the bucket.",
     "ops/production.lock", .def = "<project>/<environment>/opsc.lock",
     .form = "[A-Za-z0-9!_.()-][A-Za-z0-9!_.()/-]{0,999}"},
    {"region", SCHEMA_TEXT, 0, AT(config, aws.lock.region), "Region of the bucket.", "eu-west-1",
     .def = "aws.region"},
};
static const struct schema_table lock_table = {
    "aws.lock",       ROWS(lock_rows), "bucket", offsetof(struct config, aws.lock.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row aws_rows[] = {
    {"region", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(config, aws.region),
     "Region in which the system runs.", "us-east-1"},
    {"account", SCHEMA_TEXT, 0, AT(config, aws.account),
     "Account id, in quotes. Without it, generated code asks AWS.", "\"123456789012\""},
    {"tags", SCHEMA_PAIRS, 0, AT(config, aws.tags), "Tags of everything that is created.",
     "{ team: platform }"},
    {"lock", SCHEMA_GROUP, 0, 0,
     "Where the lock of `opsc apply` is; without it, beside the state of `terraform.state`.",
     "reco-locks", .table = &lock_table},
    {"default_tags", SCHEMA_BOOL, 0, AT(config, aws.default_tags),
     "Tags `project`, `environment` and `managed-by` on everything; false: those of `tags` alone.",
     "false", .def = "true"},
};
static const struct schema_table aws_table = {
    "aws",           ROWS(aws_rows), NULL, offsetof(struct config, aws.at), SCHEMA_NO_OFFSET,
    SCHEMA_NO_OFFSET};

static const struct schema_row notify_rows[] = {
    {"email", SCHEMA_TEXTS, 0, AT(cfg_notify, email), "Addresses; each confirms once by a link.",
     "ops@example.com"},
    {"sms", SCHEMA_TEXTS, 0, AT(cfg_notify, sms), "Telephone numbers in E.164 form, in quotes.",
     "\"+34600000000\""},
    {"slack", SCHEMA_TEXTS, 0, AT(cfg_notify, slack),
     "Slack channels: id of the workspace / id of the channel; Amazon Q Developer posts there.",
     "T07EA123LEP/C07EZ1ABC23", .form = "T[A-Z0-9]{2,30}/[CG][A-Z0-9]{2,30}"},
    {"https", SCHEMA_TEXTS, 0, AT(cfg_notify, https),
     "Webhooks that read what SNS sends (PagerDuty, Opsgenie, your own); not those of a chat.",
     "https://hooks.example.com/aws"},
    {"lambda", SCHEMA_TEXTS, 0, AT(cfg_notify, lambda),
     "ARNs of Lambda functions; the topics are allowed to call them.",
     "arn:aws:lambda:us-east-1:123456789012:function:page"},
    {"sqs", SCHEMA_TEXTS, 0, AT(cfg_notify, sqs),
     "ARNs of SQS queues, whose own policy must let sns.amazonaws.com send.",
     "arn:aws:sqs:us-east-1:123456789012:alarms"},
    {"action", SCHEMA_TEXTS, 0, AT(cfg_notify, action),
     "ARNs that alarms call as they are: a topic that is there already, a scaling policy, an "
     "action "
     "on an instance.",
     "arn:aws:sns:us-east-1:123456789012:alerts"},
};
static const struct schema_table notify_table = {"notify",
                                                 ROWS(notify_rows),
                                                 "email",
                                                 SCHEMA_NO_OFFSET,
                                                 offsetof(struct cfg_notify, name),
                                                 SCHEMA_NO_OFFSET};

static const struct schema_row route_rows[] = {
    {"to", SCHEMA_TEXTS, SCHEMA_REQUIRED, AT(cfg_route, to), "Names of `notify`.", "[ops]"},
};
static const struct schema_table route_table = {
    "routes",        ROWS(route_rows), "to", SCHEMA_NO_OFFSET, offsetof(struct cfg_route, name),
    SCHEMA_NO_OFFSET};

static const struct schema_row override_rows[] = {
    {"state", SCHEMA_CHOICE, 0, AT(cfg_override, state), "Whether the alarm is there.", "off",
     .choices = state_words, .def = "on"},
    {"threshold", SCHEMA_CONDITION, 0, AT(cfg_override, threshold),
     "Another value for the right side of the comparison.", "95%"},
    {"when", SCHEMA_CONDITION, 0, AT(cfg_override, when), "Another condition altogether.",
     "avg(cpu) > 95% for 30m"},
    {"severity", SCHEMA_CHOICE, 0, AT(cfg_override, severity), "Another severity.", "critical",
     .choices = schema_severities},
    {"missing", SCHEMA_CHOICE, 0, AT(cfg_override, missing),
     "What an evaluation without data means.", "breaching", .choices = expr_missing_words},
    {"notify", SCHEMA_TEXTS, 0, AT(cfg_override, notify),
     "Who is told, in place of the severity's route.", "[oncall]"},
};
const struct schema_table schema_override = {"a recommended alarm",
                                             ROWS(override_rows),
                                             "state",
                                             SCHEMA_NO_OFFSET,
                                             offsetof(struct cfg_override, name),
                                             SCHEMA_NO_OFFSET};

static const struct schema_row recommended_row = {"alarms",
                                                  SCHEMA_CHOICE,
                                                  0,
                                                  AT(cfg_recommended, mode),
                                                  "The recommended alarms of the kind.",
                                                  "recommended",
                                                  .choices = recommended_words};
static const struct schema_row overrides_row = {"alarms",
                                                SCHEMA_ITEMS,
                                                0,
                                                AT(cfg_recommended, overrides),
                                                "Exceptions to the recommended alarms.",
                                                "{ cpu-high: off }",
                                                .table = &schema_override,
                                                .item_size = sizeof(struct cfg_override)};

bool spec_read_recommended(struct schema_walk *w, const struct schema_row *row,
                           const struct yaml_node *n, void *field) {
    (void)row;
    struct cfg_recommended *r = field;
    if (n->type == YAML_SCALAR) {
        schema_read_value(w, &recommended_row, n, &r->mode);
        return true;
    }
    r->mode = (struct cfg_choice){1, n->at};
    schema_read_value(w, &overrides_row, n, &r->overrides);
    return true;
}

static const struct schema_row resource_rows[] = {
    {"kind", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cfg_resource, kind),
     "What it is; `opsc catalog list` has them all.", "ec2"},
    {"alarms", SCHEMA_NODE, 0, AT(cfg_resource, alarms),
     "`recommended`, `none`, or exceptions to the recommended ones by name.",
     "{ cpu-high: { threshold: 95% }, swap-high: off }", .read = spec_read_recommended,
     .schema_ref = "resource_alarms", .table = &schema_override},
};
static const struct schema_table resource_table = {"a resource",
                                                   ROWS(resource_rows),
                                                   NULL,
                                                   SCHEMA_NO_OFFSET,
                                                   offsetof(struct cfg_resource, name),
                                                   offsetof(struct cfg_resource, rest)};

static const struct schema_row from_rows[] = {
    {"resource", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cfg_log, from.resource),
     "The host whose agent ships the lines.", "web"},
    {"files", SCHEMA_TEXTS, SCHEMA_REQUIRED, AT(cfg_log, from.files),
     "Paths on the host; * stands for any part of a name.", "[/var/log/reco/*.log]"},
    {"format", SCHEMA_CHOICE, 0, AT(cfg_log, from.format), "json: one object a line.", "json",
     .choices = schema_log_formats, .def = "text"},
    {"level", SCHEMA_TEXT, 0, AT(cfg_log, from.level), "Field that holds the level in JSON lines.",
     "severity", .def = "level"},
    {"timestamp", SCHEMA_TEXT, 0, AT(cfg_log, from.timestamp),
     "How lines begin, as the agent's timestamp_format.", "\"%Y-%m-%dT%H:%M:%S\""},
    {"multiline", SCHEMA_TEXT, 0, AT(cfg_log, from.multiline),
     "Regular expression of the first line of an entry.", "^\\d{4}-"},
};
static const struct schema_table from_table = {
    "from",           ROWS(from_rows), NULL, offsetof(struct cfg_log, from.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row log_metric_rows[] = {
    {"match", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cfg_log_metric, match),
     "CloudWatch Logs filter pattern of the lines that count.", "'{ $.level = \"ERROR\" }'"},
    {"value", SCHEMA_TEXT, 0, AT(cfg_log_metric, value),
     "Field whose number is the value; without it lines are counted.", "$.duration_ms"},
    {"unit", SCHEMA_TEXT, 0, AT(cfg_log_metric, unit), "Unit of that number.", "ms"},
};
const struct schema_table schema_log_metric = {"a metric of a log",
                                               ROWS(log_metric_rows),
                                               "match",
                                               SCHEMA_NO_OFFSET,
                                               offsetof(struct cfg_log_metric, name),
                                               SCHEMA_NO_OFFSET};

static const struct schema_row log_rows[] = {
    {"group", SCHEMA_TEXT, 0, AT(cfg_log, group), "Name of the CloudWatch log group.",
     "/reco/production/app", .def = "/<project>/<environment>/<name>"},
    {"from", SCHEMA_GROUP, 0, 0, "The files that are shipped, and from where.",
     "{ resource: web, files: [/var/log/reco/*.log], format: json }", .table = &from_table},
    {"retention", SCHEMA_DURATION, 0, AT(cfg_log, retention),
     "How long lines are kept; one of CloudWatch's values.", "7d", .def = "30d"},
    {"keep", SCHEMA_TEXTS, 0, AT(cfg_log, keep),
     "Levels that are shipped; lines that a metric needs are shipped as well.", "[ERROR, WARNING]"},
    {"sample", SCHEMA_PAIRS, 0, AT(cfg_log, sample), "Levels of which only a share is shipped.",
     "{ DEBUG: 1% }"},
    {"kms_key", SCHEMA_TEXT, 0, AT(cfg_log, kms_key), "ARN of a KMS key that encrypts the group.",
     "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
    {"class", SCHEMA_CHOICE, 0, AT(cfg_log, log_class),
     "infrequent-access costs half and has no metric filters.", "standard", .choices = class_words,
     .def = "standard"},
    {"metrics", SCHEMA_ITEMS, SCHEMA_ANY_KEY, AT(cfg_log, metrics),
     "Metrics made from lines, named <resource>.<metric>.",
     "{ api.errors: { match: '{ $.level = \"ERROR\" }' } }", .table = &schema_log_metric,
     .item_size = sizeof(struct cfg_log_metric)},
    {"queries", SCHEMA_PAIRS, 0, AT(cfg_log, queries), "Saved Logs Insights queries.",
     "{ recent-errors: 'fields @timestamp, @message | limit 50' }"},
    {"exactly", SCHEMA_NODE, 0, AT(cfg_log, exactly),
     "Attributes of the log group that AWS gets as they are, by Terraform's names.",
     "{ retention_in_days: 0 }", .read = spec_read_exactly, .schema_ref = "exactly"},
};
static const struct schema_table log_table = {
    "a log",         ROWS(log_rows), NULL, SCHEMA_NO_OFFSET, offsetof(struct cfg_log, name),
    SCHEMA_NO_OFFSET};

static const struct schema_row suppress_rows[] = {
    {"by", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cfg_suppress, by),
     "The alarm that keeps this one quiet while it fires.", "deploying"},
    {"wait", SCHEMA_DURATION, 0, AT(cfg_suppress, wait), "How long to wait for it before speaking.",
     "2m", .def = "1m"},
    {"extend", SCHEMA_DURATION, 0, AT(cfg_suppress, extend),
     "How long to stay quiet after it has ended.", "5m", .def = "1m"},
};
static const struct schema_table suppress_table = {
    "suppress",       ROWS(suppress_rows), "by", offsetof(struct cfg_suppress, at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row alarm_rows[] = {
    {"when", SCHEMA_CONDITION, SCHEMA_REQUIRED, AT(cfg_alarm, when),
     "The condition that raises the alarm.", "web.cpu > 80% for 5m", .unless = "exactly"},
    {"name", SCHEMA_TEXT, 0, AT(cfg_alarm, called), "What AWS calls it, as it is.",
     "Web-CPU-Warning", .def = "<project>-<environment>-<alarm>"},
    {"severity", SCHEMA_CHOICE, 0, AT(cfg_alarm, severity), "Which route it takes.", "critical",
     .choices = schema_severities, .def = "warning"},
    {"notify", SCHEMA_TEXTS, 0, AT(cfg_alarm, notify),
     "Who is told, in place of the severity's route.", "[oncall]"},
    {"missing", SCHEMA_CHOICE, 0, AT(cfg_alarm, missing), "What an evaluation without data means.",
     "breaching", .choices = expr_missing_words},
    {"description", SCHEMA_TEXT, 0, AT(cfg_alarm, description),
     "What it means, in place of the words that opsc makes from the condition.",
     "Customers cannot pay."},
    {"do", SCHEMA_TEXT, 0, AT(cfg_alarm, action), "What to do when it fires.",
     "Look at the payment provider's status page."},
    {"runbook", SCHEMA_TEXT, 0, AT(cfg_alarm, runbook), "Address of a page that says more.",
     "https://wiki.example.com/payments"},
    {"enabled", SCHEMA_BOOL, 0, AT(cfg_alarm, enabled),
     "false: the alarm is there and shown, and tells nobody.", "false", .def = "true"},
    {"suppress", SCHEMA_GROUP, 0, AT(cfg_alarm, suppress),
     "An alarm during which this one tells nobody (alarms over alarms only).",
     "{ by: deploying, wait: 2m }", .table = &suppress_table,
     .item_size = sizeof(struct cfg_suppress)},
    {"exactly", SCHEMA_NODE, 0, AT(cfg_alarm, exactly),
     "Attributes that AWS gets as they are, by Terraform's names, in place of what opsc makes; "
     "without `when` those of the condition, too.",
     "{ alarm_description: Web is hot., ok_actions: [] }", .read = spec_read_exactly,
     .schema_ref = "exactly"},
};
static const struct schema_table alarm_table = {
    "an alarm",      ROWS(alarm_rows), "when", SCHEMA_NO_OFFSET, offsetof(struct cfg_alarm, name),
    SCHEMA_NO_OFFSET};

const struct schema_row schema_alarms_word = {"alarms",
                                              SCHEMA_CHOICE,
                                              0,
                                              AT(config, alarms.recommended),
                                              "Recommended alarms of all resources.",
                                              "recommended",
                                              .choices = recommended_words};
const struct schema_row schema_alarms_key = {"recommended",
                                             SCHEMA_CHOICE,
                                             0,
                                             AT(config, alarms.recommended),
                                             "Recommended alarms as well as those listed.",
                                             "all",
                                             .choices = all_words};
const struct schema_row schema_alarms_items = {"alarms",
                                               SCHEMA_ITEMS,
                                               0,
                                               AT(config, alarms.list),
                                               "Alarms by name.",
                                               "{ high-cpu: { when: web.cpu > 80% for 5m } }",
                                               .table = &alarm_table,
                                               .item_size = sizeof(struct cfg_alarm)};

static const struct schema_row spec_rows[] = {
    {"opsc", SCHEMA_COUNT, SCHEMA_REQUIRED | SCHEMA_TOP, AT(config, version),
     "Version of the language.", "1"},
    {"project", SCHEMA_NAME, SCHEMA_REQUIRED, AT(config, project),
     "Name of the system; every resource's name begins with it.", "reco"},
    {"environment", SCHEMA_NAME, SCHEMA_TOP, AT(config, environment),
     "Name of the only environment.", SCHEMA_ENVIRONMENT, .def = SCHEMA_ENVIRONMENT},
    {"environments", SCHEMA_DONE, SCHEMA_TOP, SCHEMA_NO_OFFSET,
     "Several environments: what differs in each, laid over the rest of the file.",
     "{ staging: { aws: { region: eu-west-1 } }, production: {} }", .schema_ref = "environments",
     .most = 100,
     .beyond =
         "Each is a whole system, compiled on its own. Give each team or customer a spec of its "
         "own, and what they share a file that all of them `include:`."},
    {"profile", SCHEMA_CHOICE, 0, AT(config, profile),
     "free-tier leaves out, and lists, what costs money.", "full", .choices = profile_words,
     .def = "full"},
    {"language", SCHEMA_CHOICE, 0, AT(config, language),
     "What alarms and runbooks are written in: English or Spanish. Your own texts stay as they "
     "are.",
     "es", .choices = schema_languages, .def = "en"},
    {"include", SCHEMA_DONE, SCHEMA_TOP, SCHEMA_NO_OFFSET,
     "Further files whose sections are added.", "[ops/alarms.yaml]", .schema_ref = "texts"},
    {"vars", SCHEMA_DONE, 0, SCHEMA_NO_OFFSET,
     "Values used as ${name}; ${project}, ${environment}, ${region} and ${account} are there.",
     "{ retention: 7d }", .schema_ref = "pairs"},
    {"aws", SCHEMA_GROUP, SCHEMA_REQUIRED, 0, "The account and region.", "{ region: us-east-1 }",
     .table = &aws_table},
    {"terraform", SCHEMA_GROUP, 0, 0, "How Terraform runs.",
     "{ state: { bucket: reco-terraform-state } }", .table = &terraform_table},
    {"notify", SCHEMA_ITEMS, 0, AT(config, notify),
     "Who can be told: names and addresses; one address alone is enough.",
     "{ ops: { email: ops@example.com } }", .table = &notify_table,
     .item_size = sizeof(struct cfg_notify), .read = spec_read_notify, .schema_ref = "notify",
     .most = 1000,
     .beyond = "Every topic would tell all of them. Tell a mailing list or a chat, which knows who "
               "is in it."},
    {"routes", SCHEMA_ITEMS, 0, AT(config, routes),
     "Which severity reaches whom (info, warning, critical).",
     "{ warning: [ops], critical: [oncall] }", .table = &route_table,
     .item_size = sizeof(struct cfg_route), .def = "every severity reaches everybody"},
    {"catalog", SCHEMA_TEXTS, 0, AT(config, catalog),
     "Own kinds of resources: files in the form of docs/catalog.md.", "[ops/catalog/mq.yaml]"},
    {"resources", SCHEMA_ITEMS, 0, AT(config, resources),
     "What is watched. These exist already; opsc observes them.",
     "{ web: { kind: ec2, id: i-0123456789abcdef0 } }", .table = &resource_table,
     .item_size = sizeof(struct cfg_resource), .schema_ref = "resources"},
    {"logs", SCHEMA_ITEMS, 0, AT(config, logs), "Log groups: what is shipped, kept and measured.",
     "{ app: { from: { resource: web, files: [/var/log/app.log] } } }", .table = &log_table,
     .item_size = sizeof(struct cfg_log), .def = "a group for each app"},
    {"alarms", SCHEMA_NODE, 0, 0, "Alarms by name; or `recommended` (the default), or `none`.",
     "{ high-cpu: { when: web.cpu > 80% for 5m } }", .read = spec_read_alarms,
     .schema_ref = "alarms", .table = &alarm_table},
    {"dashboards", SCHEMA_NODE, 0, 0, "Dashboards by name: sections, rows, graphs; or `none`.",
     "{ overview: [ { System: [ [web.cpu, web.memory] ] } ] }", .read = spec_read_dashboards,
     .schema_ref = "dashboards", .def = "one dashboard of all resources"},
    {"backup", SCHEMA_GROUP, 0, 0, "What is backed up, kept and proved restorable.",
     "{ bucket: reco-backups, snapshots: { db: { every: week, keep: 8 weeks } } }",
     .table = &schema_backup},
    {"secrets", SCHEMA_GROUP, 0, 0, "Passwords and keys: where they are kept and how they rotate.",
     "{ items: { maps-api-key: { rotate: every 180 days, by: hand } } }", .table = &schema_secrets},
    {"ci", SCHEMA_GROUP, SCHEMA_TOP, 0, "How code is tested, by GitHub Actions.",
     "{ python: \"3.11\", tests: { unit: pytest }, quality: [flake8] }", .table = &schema_ci},
    {"deploy", SCHEMA_GROUP, 0, 0,
     "How a release reaches its hosts, and the one before comes back.",
     "{ app: api, registry: docker-hub, via: ssh }", .table = &schema_deploy},
    {"cost", SCHEMA_GROUP, 0, 0, "What it costs, and what may be thrown away to save money.",
     "{ cleanup: { data: { prefix: tmp/, older_than: 14d } } }", .table = &schema_cost},
    {"budgets", SCHEMA_GROUP, 0, 0, "What a month may cost, and who is told before it costs more.",
     "{ monthly: { limit: $25, alerts: { 80%: ops, 100%: oncall } } }", .table = &schema_budgets},
    {"coverage", SCHEMA_GROUP, 0, 0, "Which recommended alarms may be missing, and until when.",
     "{ waive: { db.storage-low: { until: 2027-03-31, reason: Storage grows by itself. } } }",
     .table = &schema_coverage},
    {"exactly", SCHEMA_NODE, 0, AT(config, exactly),
     "What the other keys cannot say, as AWS gets it: by Terraform's type and a name, attributes "
     "by "
     "Terraform's names.",
     "{ aws_sns_topic: { alerts: { name: alerts, display_name: Alerts } } }",
     .read = spec_read_exactly, .schema_ref = "exactly"},
    {"runbooks", SCHEMA_GROUP, 0, 0,
     "Pages that say what each alarm means and what to do; or `off`.",
     "{ url: https://github.com/org/repo/blob/main/docs/runbooks }", .table = &schema_runbooks,
     .def = "pages in docs/runbooks"},
};

const struct schema_table schema_spec = {
    "ops.yaml",       ROWS(spec_rows), NULL, offsetof(struct config, at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};
