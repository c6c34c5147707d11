/* SPDX-License-Identifier: MIT */
/* table: the section `backup:` of ops.yaml */
#include "schema/schema_rows.h"
#include "schema/spec_read.h"

static const char *const lock_words[] = {"governance", "compliance", NULL};
static const char *const encrypt_words[] = {"kms", NULL};
static const char *const format_words[] = {"csv.gz", NULL};

/* Of snapshots and exports alike. */
#define EVERY_ROW                                                                                  \
    {                                                                                              \
        "every", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cfg_backup, every),                              \
            "When, in UTC: `day at 03:15`, `week on sunday at 04:30`, `month on 15 at 02:00`.",    \
            "week on sunday at 04:30"                                                              \
    }
#define ALARMS_ROW                                                                                 \
    {                                                                                              \
        "alarms", SCHEMA_NODE, 0, AT(cfg_backup, alarms),                                          \
            "Exceptions to its alarms by name: too-old.", "{ too-old: { severity: critical } }",   \
            .read = spec_read_recommended, .schema_ref = "resource_alarms",                        \
            .table = &schema_override                                                              \
    }
#define LOGIN_ROWS                                                                                 \
    {"user",                                                                                       \
     SCHEMA_TEXT,                                                                                  \
     0,                                                                                            \
     AT(cfg_backup, user),                                                                         \
     "The account that reads it.",                                                                 \
     "backup",                                                                                     \
     .def = "that of the secret"},                                                                 \
        {"password",                                                                               \
         SCHEMA_TEXT,                                                                              \
         0,                                                                                        \
         AT(cfg_backup, password),                                                                 \
         "Where its password is: an item of `secrets`, or a resource of kind secret.",             \
         "db-password",                                                                            \
         .def = "the item of `secrets` that is `of` the database"},                                \
    {                                                                                              \
        "database", SCHEMA_TEXT, 0, AT(cfg_backup, database), "Name of the database there.",       \
            "reco", .def = "`database` of the resource", .form = "[^\n]+"                          \
    }
#define KEEP_ROWS                                                                                  \
    {"keep",                                                                                       \
     SCHEMA_DURATION,                                                                              \
     0,                                                                                            \
     AT(cfg_backup, keep),                                                                         \
     "How long each is kept. The newest stays, however old.",                                      \
     "8 weeks",                                                                                    \
     .def = "35 days, or twice the time between two",                                              \
     .min = "1d",                                                                                  \
     .max = "3650d"},                                                                              \
    {                                                                                              \
        "max_age", SCHEMA_DURATION, 0, AT(cfg_backup, max_age),                                    \
            "How old the newest may become before the alarm too-old.", "8d",                       \
            .def = "the time between two, and a day", .max = "1825d"                               \
    }

static const struct schema_row snapshot_rows[] = {
    EVERY_ROW,
    KEEP_ROWS,
    {"from", SCHEMA_TEXT, 0, AT(cfg_backup, from), "The database, a name of `resources`.", "db",
     .def = "its own name"},
    LOGIN_ROWS,
    ALARMS_ROW,
};
static const struct schema_table snapshot_table = {"a backup",
                                                   ROWS(snapshot_rows),
                                                   "every",
                                                   SCHEMA_NO_OFFSET,
                                                   offsetof(struct cfg_backup, name),
                                                   SCHEMA_NO_OFFSET};

static const struct schema_row export_rows[] = {
    {"from", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cfg_backup, from),
     "The database, a name of `resources`.", "db"},
    {"format", SCHEMA_CHOICE, 0, AT(cfg_backup, format), "What the files are.", "csv.gz",
     .choices = format_words, .def = "csv.gz"},
    {"tables", SCHEMA_TEXTS, SCHEMA_REQUIRED, AT(cfg_backup, tables),
     "The tables, each a file of comma-separated values, gzipped.", "[performance_metrics]",
     .form = "[^\n]+"},
    EVERY_ROW,
    KEEP_ROWS,
    LOGIN_ROWS,
    ALARMS_ROW,
};
static const struct schema_table export_table = {
    "an export",     ROWS(export_rows), NULL, SCHEMA_NO_OFFSET, offsetof(struct cfg_backup, name),
    SCHEMA_NO_OFFSET};

static const struct schema_row encrypt_rows[] = {
    {"encrypt", SCHEMA_CHOICE, 0, AT(config, backup.configuration.secrets.kms),
     "kms: by `kms_key`, or else by a key that is made for it.", "kms", .choices = encrypt_words},
    {"age", SCHEMA_TEXT, 0, AT(config, backup.configuration.secrets.age),
     "Or a recipient of age: only who has its identity can read them.",
     "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
     .form = "age1[02-9ac-hj-np-z]{58}"},
};
static const struct schema_table encrypt_table = {
    "configuration.secrets",
    ROWS(encrypt_rows),
    "encrypt",
    offsetof(struct config, backup.configuration.secrets.at),
    SCHEMA_NO_OFFSET,
    SCHEMA_NO_OFFSET};

static const struct schema_row configuration_rows[] = {
    {"every", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(config, backup.configuration.every), "When, in UTC.",
     "week on sunday at 02:00"},
    {"keep", SCHEMA_DURATION, 0, AT(config, backup.configuration.keep),
     "How long each is kept. The newest stays, however old.", "8 weeks",
     .def = "35 days, or twice the time between two", .min = "1d", .max = "3650d"},
    {"max_age", SCHEMA_DURATION, 0, AT(config, backup.configuration.max_age),
     "How old the newest may become before the alarm too-old.", "8d",
     .def = "the time between two, and a day", .max = "1825d"},
    {"terraform_state", SCHEMA_BOOL, 0, AT(config, backup.configuration.terraform_state),
     "The state that `terraform.state` names.", "true", .def = "false"},
    {"parameters", SCHEMA_TEXT, 0, AT(config, backup.configuration.parameters),
     "A path of Parameter Store: all parameters below it, with their values.", "/reco/production/",
     .form = "/([A-Za-z0-9_.-]+/)*[A-Za-z0-9_.-]+/?"},
    {"secrets", SCHEMA_GROUP, SCHEMA_REQUIRED, 0,
     "The secrets in Secrets Manager that ops.yaml names; and how all of it is encrypted.",
     "{ encrypt: kms }", .table = &encrypt_table},
    {"alarms", SCHEMA_NODE, 0, AT(config, backup.configuration.alarms),
     "Exceptions to its alarms by name: too-old.", "{ too-old: { severity: warning } }",
     .read = spec_read_recommended, .schema_ref = "resource_alarms", .table = &schema_override},
};
static const struct schema_table configuration_table = {
    "configuration",
    ROWS(configuration_rows),
    NULL,
    offsetof(struct config, backup.configuration.at),
    SCHEMA_NO_OFFSET,
    SCHEMA_NO_OFFSET};

static const struct schema_row drill_rows[] = {
    {"restore", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(config, backup.drill.restore),
     "The backup, a name of `snapshots`.", "db"},
    {"every", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(config, backup.drill.every), "When, in UTC.",
     "month on 1 at 05:00"},
    {"expect", SCHEMA_TEXTS, 0, AT(config, backup.drill.expect),
     "SQL statements that give true of a database that was restored well.",
     "[\"select count(*) > 1000 from users\"]", .form = "(.|\n)+"},
    {"max_age", SCHEMA_DURATION, 0, AT(config, backup.drill.max_age),
     "How long ago the last one that passed may be before the alarm not-proved.", "40d",
     .def = "the time between two, and a day", .max = "1825d"},
    {"alarms", SCHEMA_NODE, 0, AT(config, backup.drill.alarms),
     "Exceptions to its alarms by name: not-proved.", "{ not-proved: { severity: critical } }",
     .read = spec_read_recommended, .schema_ref = "resource_alarms", .table = &schema_override},
};
static const struct schema_table drill_table = {
    "drill",          ROWS(drill_rows), NULL, offsetof(struct config, backup.drill.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row lock_rows[] = {
    {"keep", SCHEMA_DURATION, SCHEMA_REQUIRED, AT(config, backup.lock.keep),
     "How long nobody can remove a backup, in whole days.", "30d", .min = "1d", .max = "3650d"},
    {"mode", SCHEMA_CHOICE, 0, AT(config, backup.lock.mode),
     "governance: who has s3:BypassGovernanceRetention can; compliance: nobody at all can.",
     "governance", .choices = lock_words, .def = "governance"},
};
static const struct schema_table lock_table = {
    "lock",           ROWS(lock_rows), "keep", offsetof(struct config, backup.lock.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row backup_rows[] = {
    {"bucket", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(config, backup.bucket),
     "S3 bucket that is made for them; its name is unique in all of AWS.", "reco-backups",
     .form = "[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"},
    {"on", SCHEMA_TEXT, 0, AT(config, backup.on),
     "The host that makes them, a resource of kind ec2.", "web", .def = "the only one"},
    {"kms_key", SCHEMA_TEXT, 0, AT(config, backup.kms_key),
     "ARN of a KMS key that encrypts all of them; without it S3's own.",
     "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
     .form = "arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+"},
    {"lock", SCHEMA_GROUP, 0, 0, "S3 Object Lock: for so long nobody can remove them.", "30d",
     .table = &lock_table},
    {"snapshots", SCHEMA_ITEMS, 0, AT(config, backup.snapshots),
     "Whole databases, dumped so that they can be restored, by the name of the database.",
     "{ db: { every: week on sunday at 04:30, keep: 8 weeks } }", .table = &snapshot_table,
     .item_size = sizeof(struct cfg_backup)},
    {"exports", SCHEMA_ITEMS, 0, AT(config, backup.exports),
     "Named tables as csv.gz, for those who read them elsewhere.",
     "{ training: { from: db, tables: [labels], every: week } }", .table = &export_table,
     .item_size = sizeof(struct cfg_backup)},
    {"configuration", SCHEMA_GROUP, 0, 0,
     "Terraform's state, parameters and secrets, which no dump has.",
     "{ every: week, parameters: /reco/production/, secrets: { encrypt: kms } }",
     .table = &configuration_table},
    {"drill", SCHEMA_GROUP, 0, 0,
     "Restores the newest backup into a throwaway database, to prove that it can be.",
     "{ every: month, restore: db }", .table = &drill_table},
};
const struct schema_table schema_backup = {
    "backup",         ROWS(backup_rows), NULL, offsetof(struct config, backup.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};
