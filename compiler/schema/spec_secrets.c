/* SPDX-License-Identifier: MIT */
/* table: the section `secrets:` of ops.yaml */
#include "schema/schema_rows.h"
#include "schema/spec_read.h"

const char *const schema_stores[] = {"parameter-store", "secrets-manager", NULL};

static const struct schema_row item_rows[] = {
    {"of", SCHEMA_TEXT, 0, AT(cfg_secret, of),
     "The database whose password it is, a name of `resources`.", "db"},
    {"user", SCHEMA_TEXT, 0, AT(cfg_secret, user), "The account there that has the password.",
     "reco"},
    {"rotate", SCHEMA_TEXT, 0, AT(cfg_secret, rotate),
     "How often it is replaced and by whom: `every 180 days by hand`, `by external team`, `every "
     "30d by rds`. `every 90 days`, with `of` and `user`: a function of opsc's does it.",
     "every 180 days by hand"},
    {"by", SCHEMA_TEXT, 0, AT(cfg_secret, by),
     "Who replaces it, when `rotate` does not say: `hand`, `rds`, or the name of a team.", "hand"},
    {"admin", SCHEMA_TEXT, 0, AT(cfg_secret, admin),
     "When a function rotates it: the item with an administrator's password, who lets two accounts "
     "take turns, `user` and `<user>_clone`, so that no client is ever locked out.",
     "master"},
    {"remind", SCHEMA_DURATION, 0, AT(cfg_secret, remind),
     "How long before it is due the people who rotate it are told; 0d: not.", "14d",
     .def = "14d when people rotate it every 30 days or more rarely"},
    {"alarms", SCHEMA_NODE, 0, AT(cfg_secret, alarms),
     "Exceptions to the alarms of a secret by name: overdue, due, rotation-failed.",
     "{ overdue: { severity: critical } }", .read = spec_read_recommended,
     .schema_ref = "resource_alarms", .table = &schema_override},
};
static const struct schema_table item_table = {
    "a secret",      ROWS(item_rows), NULL, SCHEMA_NO_OFFSET, offsetof(struct cfg_secret, name),
    SCHEMA_NO_OFFSET};

static const struct schema_row secrets_rows[] = {
    {"store", SCHEMA_CHOICE, 0, AT(config, secrets.store),
     "Where they are kept: parameter-store is free, secrets-manager costs $0.40 a secret a month.",
     "parameter-store", .choices = schema_stores, .def = "parameter-store"},
    {"kms_key", SCHEMA_TEXT, 0, AT(config, secrets.kms_key),
     "ARN of a KMS key that encrypts them; without it AWS's own key for the store.",
     "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
     .form = "arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+"},
    {"ca", SCHEMA_TEXT, 0, AT(config, secrets.ca),
     "File beside this one with the certificates (PEM) by which the functions that rotate know the "
     "databases; docs/secrets.md says where RDS has its own. MySQL and MariaDB need it.",
     "rds-ca.pem"},
    {"subnets", SCHEMA_TEXTS, 0, AT(config, secrets.subnets),
     "Where the functions that rotate run. From there they must reach the database, and the store "
     "by a NAT gateway or an endpoint.",
     "[subnet-0a1b2c3d4e5f67890]", .def = "those of the RDS instance",
     .form = "subnet-[0-9a-f]{8,17}"},
    {"security_groups", SCHEMA_TEXTS, 0, AT(config, secrets.security_groups),
     "Security groups of the functions that rotate.", "[sg-0a1b2c3d4e5f67890]",
     .def = "those of the RDS instance", .form = "sg-[0-9a-f]{8,17}"},
    {"items", SCHEMA_ITEMS, SCHEMA_REQUIRED, AT(config, secrets.items),
     "Secrets by name. Their values are never in ops.yaml.",
     "{ db-password: { of: db, rotate: every 90 days by hand } }", .table = &item_table,
     .item_size = sizeof(struct cfg_secret)},
};
const struct schema_table schema_secrets = {
    "secrets",        ROWS(secrets_rows), NULL, offsetof(struct config, secrets.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};
