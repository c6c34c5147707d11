/* SPDX-License-Identifier: MIT */
/* table: the section `ci:` of ops.yaml */
#include "schema/schema_rows.h"
#include "schema/spec_read.h"

/* Of a language; setup-python and its like take "3.11", "3.x" too, which would not be the same
 * tomorrow. */
#define VERSION_FORM "[0-9]+([.][0-9]+)*"
#define VERSIONS_ROW(key, member, doc, example)                                                    \
    { key, SCHEMA_TEXTS, 0, AT(config, ci.member), doc, example, .form = VERSION_FORM }

static const struct schema_row test_rows[] = {
    {"run", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cfg_test, run),
     "A command of bash, or a script of several lines.", "pytest tests/unit"},
    {"services", SCHEMA_TEXTS, 0, AT(cfg_test, services),
     "Containers that run beside it: postgres, mysql, mariadb, redis.", "[postgres, redis]"},
    {"env", SCHEMA_PAIRS, 0, AT(cfg_test, env), "Environment variables of its own.",
     "{ LOG_LEVEL: debug }"},
    {"timeout", SCHEMA_DURATION, 0, AT(cfg_test, timeout), "A run that takes longer is ended.",
     "20m", .def = "15m", .min = "1m", .max = "6h"},
};
static const struct schema_table test_table = {
    "a test",        ROWS(test_rows), "run", SCHEMA_NO_OFFSET, offsetof(struct cfg_test, name),
    SCHEMA_NO_OFFSET};

static const struct schema_row ci_rows[] = {
    {"branch", SCHEMA_TEXT, 0, AT(config, ci.branch), "Also tested when it is pushed to.", "main",
     .def = "main", .form = BRANCH_FORM},
    VERSIONS_ROW("python", python, "Version of Python; of several each is tested.", "\"3.11\""),
    VERSIONS_ROW("node", node, "Version of Node.js, or several.", "\"24\""),
    VERSIONS_ROW("go", go, "Version of Go, or several.", "\"1.26\""),
    VERSIONS_ROW("java", java, "Version of Java (Temurin), or several.", "\"21\""),
    VERSIONS_ROW("rust", rust, "Version of Rust, or several.", "\"1.94.0\""),
    {"install", SCHEMA_TEXTS, 0, AT(config, ci.install), "Commands that install what tests need.",
     "[pip install -r requirements.txt]", .def = "by language and by what files are there"},
    {"tests", SCHEMA_ITEMS, 0, AT(config, ci.tests), "Tests by name: each is a job.",
     "{ unit: pytest tests/unit }", .table = &test_table, .item_size = sizeof(struct cfg_test)},
    {"quality", SCHEMA_TEXTS, 0, AT(config, ci.quality), "Tools that judge the code, or commands.",
     "[flake8, black]"},
    {"security", SCHEMA_TEXTS, 0, AT(config, ci.security),
     "Tools that look for what is dangerous, or commands.", "[bandit]"},
    {"services", SCHEMA_PAIRS, 0, AT(config, ci.services), "Images in place of the usual ones.",
     "{ postgres: \"postgres:16.15\" }"},
    {"env", SCHEMA_PAIRS, 0, AT(config, ci.env), "Environment variables of all jobs.",
     "{ TZ: UTC }"},
    {"opsc", SCHEMA_TEXT, 0, AT(config, ci.opsc),
     "Where workflows get opsc from: its repository on GitHub, and a commit.",
     "example/opsc@0123456789abcdef0123456789abcdef01234567",
     .def = "the variables OPSC_REPOSITORY and OPSC_REF of the repository",
     .form = "[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+@[0-9a-f]{40}"},
};
const struct schema_table schema_ci = {
    "ci", ROWS(ci_rows), NULL, offsetof(struct config, ci.at), SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};
