/* SPDX-License-Identifier: MIT */
/* table: the section `deploy:` of ops.yaml */
#include "schema/schema_rows.h"
#include "schema/spec_read.h"

const char *const schema_registries[] = {"docker-hub", "ecr", NULL};
static const char *const via_words[] = {"ssh", "ssm", NULL};
static const char *const strategy_words[] = {"rolling", NULL};
const char *const schema_engines[] = {"docker", "podman", NULL};
const char *const schema_networks[] = {"bridge", "host", NULL};
static const char *const provider_words[] = {"create", "existing", NULL};

/* Of paths: nothing that YAML, a shell or GitHub would read as more than a name. */
#define PATH_FORM "[A-Za-z0-9._][A-Za-z0-9._/-]*"

static const struct schema_row health_rows[] = {
    {"retries", SCHEMA_COUNT, 0, AT(config, deploy.health_check.retries),
     "How often a new release is asked before it has failed.", "10", .def = "10", .min = "1",
     .max = "1000"},
    {"every", SCHEMA_DURATION, 0, AT(config, deploy.health_check.every),
     "Time between two questions. What is asked is `health` of the app.", "6s", .def = "6s",
     .min = "1s", .max = "5m"},
};
static const struct schema_table health_table = {
    "health_check",   ROWS(health_rows), NULL, offsetof(struct config, deploy.health_check.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row rollback_rows[] = {
    {"keep", SCHEMA_COUNT, 0, AT(config, deploy.rollback.keep),
     "Releases whose images stay on the host.", "5", .def = "5", .min = "2", .max = "100"},
};
static const struct schema_table rollback_table = {
    "rollback",       ROWS(rollback_rows), "keep", offsetof(struct config, deploy.rollback.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row watch_rows[] = {
    {"for", SCHEMA_DURATION, 0, AT(config, deploy.watch.time),
     "How long alarms are watched after the last host; 0s: not at all.", "5m", .def = "5m",
     .max = "1h"},
    {"alarms", SCHEMA_TEXTS, 0, AT(config, deploy.watch.alarms),
     "The alarms that take a release back, by name.", "[app-errors, api-down]",
     .def = "the critical ones that can go off in that time"},
};
static const struct schema_table watch_table = {
    "watch",          ROWS(watch_rows), "for", offsetof(struct config, deploy.watch.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row github_rows[] = {
    {"repository", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(config, deploy.github.repository),
     "The repository whose workflows may deploy.", "example/reco",
     .form = "[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+"},
    {"owner_id", SCHEMA_TEXT, 0, AT(config, deploy.github.owner_id),
     "Id of its owner, for tokens that name it: `gh api users/OWNER --jq .id`.", "\"1234567\"",
     .form = "[0-9]{1,20}"},
    {"repository_id", SCHEMA_TEXT, 0, AT(config, deploy.github.repository_id),
     "Id of the repository: `gh api repos/OWNER/NAME --jq .id`.", "\"7654321\"",
     .form = "[0-9]{1,20}"},
    {"provider", SCHEMA_CHOICE, 0, AT(config, deploy.github.provider),
     "An account has one identity provider for GitHub: it is made here, or is there already.",
     "existing", .choices = provider_words, .def = "create"},
};
static const struct schema_table github_table = {
    "github",         ROWS(github_rows), "repository", offsetof(struct config, deploy.github.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row ecr_rows[] = {
    {"repository", SCHEMA_CHOICE, 0, AT(config, deploy.ecr.repository),
     "The repository of the image is made by the environment that builds it (which has no "
     "`after`), "
     "or is there already.",
     "existing", .choices = provider_words, .def = "create"},
    {"account", SCHEMA_TEXT, 0, AT(config, deploy.ecr.account), "The account that it is in.",
     "\"123456789012\"", .def = "`aws.account`", .form = "[0-9]{12}"},
    {"region", SCHEMA_TEXT, 0, AT(config, deploy.ecr.region), "The region that it is in.",
     "eu-west-1", .def = "`aws.region`"},
    {"readers", SCHEMA_TEXTS, 0, AT(config, deploy.ecr.readers),
     "Other accounts whose hosts get the image from there.", "[\"210987654321\"]",
     .form = "[0-9]{12}"},
};
static const struct schema_table ecr_table = {"ecr",
                                              ROWS(ecr_rows),
                                              "repository",
                                              offsetof(struct config, deploy.ecr.at),
                                              SCHEMA_NO_OFFSET,
                                              SCHEMA_NO_OFFSET};

static const struct schema_row cleanup_rows[] = {
    {"every", SCHEMA_TEXT, 0, AT(config, deploy.cleanup.every), "When it runs by itself, in UTC.",
     "week on sunday at 03:00", .def = "only by hand"},
    {"logs", SCHEMA_TEXTS, 0, AT(config, deploy.cleanup.logs),
     "Patterns of log files that may go when they are old.", "[/var/log/reco/*.gz]",
     .form = "/[^\n]+"},
    {"older_than", SCHEMA_DURATION, 0, AT(config, deploy.cleanup.older_than),
     "How old those files are then.", "14d", .def = "14d", .min = "1d", .max = "3650d"},
};
static const struct schema_table cleanup_table = {
    "cleanup",        ROWS(cleanup_rows), "every", offsetof(struct config, deploy.cleanup.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row deploy_rows[] = {
    {"app", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(config, deploy.app),
     "What is deployed, a resource of kind app with an `image`.", "api"},
    {"on", SCHEMA_TEXTS, 0, AT(config, deploy.on),
     "The hosts, resources of kind ec2, one after the other in this order.", "[web-1, web-2]",
     .def = "`on` of the app"},
    {"registry", SCHEMA_CHOICE, 0, AT(config, deploy.registry), "Where its images are kept.", "ecr",
     .choices = schema_registries, .def = "docker-hub"},
    {"ecr", SCHEMA_GROUP, 0, 0, "Where ECR has them, when that is not this account and region.",
     "{ account: \"123456789012\", readers: [\"210987654321\"] }", .table = &ecr_table},
    {"branch", SCHEMA_TEXT, 0, AT(config, deploy.branch), "What is pushed there is deployed.",
     "main", .def = "main", .form = BRANCH_FORM},
    {"after", SCHEMA_NAME, 0, AT(config, deploy.after),
     "The environment that must have the same image first.", "staging"},
    {"via", SCHEMA_CHOICE, 0, AT(config, deploy.via),
     "How a host is told: over SSH, or by AWS Systems Manager.", "ssm", .choices = via_words,
     .def = "ssh"},
    {"strategy", SCHEMA_CHOICE, 0, AT(config, deploy.strategy),
     "rolling: one host after the other.", "rolling", .choices = strategy_words, .def = "rolling"},
    {"user", SCHEMA_TEXT, 0, AT(config, deploy.user), "The account on the host, over SSH.",
     "deploy", .def = "deploy", .form = "[a-z_][a-z0-9_-]{0,31}"},
    {"dockerfile", SCHEMA_TEXT, 0, AT(config, deploy.dockerfile), "How the image is made.",
     "Dockerfile", .def = "Dockerfile", .form = PATH_FORM},
    {"context", SCHEMA_TEXT, 0, AT(config, deploy.context),
     "The folder that the image is made from.", ".", .def = ".", .form = PATH_FORM},
    {"health_check", SCHEMA_GROUP, 0, 0, "When a new release is well enough for traffic.",
     "{ retries: 10, every: 6s }", .table = &health_table},
    {"migrate", SCHEMA_TEXT, 0, AT(config, deploy.migrate),
     "Command that runs in the new image before it gets traffic, while the old one still serves.",
     "python manage.py migrate"},
    {"drain", SCHEMA_DURATION, 0, AT(config, deploy.drain),
     "How long the old release may finish what it was asked.", "30s", .def = "30s", .max = "1h"},
    {"watch", SCHEMA_GROUP, 0, 0, "Alarms that take a new release back when they go off.", "5m",
     .table = &watch_table},
    {"rollback", SCHEMA_GROUP, 0, 0, "What one can go back to.", "{ keep: 5 }",
     .table = &rollback_table},
    {"engine", SCHEMA_CHOICE, 0, AT(config, deploy.engine), "What runs containers on the host.",
     "podman", .choices = schema_engines, .def = "docker"},
    {"network", SCHEMA_CHOICE, 0, AT(config, deploy.network),
     "bridge: a port of the host is published to the app's port; host: the app listens on the port "
     "that the variable PORT has.",
     "host", .choices = schema_networks, .def = "bridge"},
    {"slot_port", SCHEMA_COUNT, 0, AT(config, deploy.slot_port),
     "The first of two ports on 127.0.0.1, for the release that serves and the next.", "18000",
     .def = "the app's port and 10000", .min = "1024", .max = "65534"},
    {"env", SCHEMA_PAIRS, 0, AT(config, deploy.env), "Environment variables of the container.",
     "{ LOG_LEVEL: info }"},
    {"env_file", SCHEMA_TEXT, 0, AT(config, deploy.env_file),
     "A file on the host with more of them.", "/etc/reco/api.env", .form = "/[^\n]+"},
    {"secrets", SCHEMA_PAIRS, 0, AT(config, deploy.secrets),
     "Environment variables that hold items of `secrets`; the host asks for them when a container "
     "starts.",
     "{ DATABASE_PASSWORD: db-password }"},
    {"options", SCHEMA_TEXTS, 0, AT(config, deploy.options),
     "More options of the engine's `run`, each with its value after an equals sign.",
     "[\"--volume=/srv/data:/data\"]", .form = "--[a-z][a-z-]*(=[^\n]*)?"},
    {"github", SCHEMA_GROUP, 0, 0,
     "Who may deploy: gives the workflow a role in AWS without a stored key.", "example/reco",
     .table = &github_table},
    {"cleanup", SCHEMA_GROUP, 0, 0, "What is thrown away on the hosts.",
     "{ every: week, logs: [/var/log/reco/*.gz] }", .table = &cleanup_table},
};
const struct schema_table schema_deploy = {
    "deploy",         ROWS(deploy_rows), "app", offsetof(struct config, deploy.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};
