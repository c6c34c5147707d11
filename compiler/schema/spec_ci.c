/* SPDX-License-Identifier: MIT */
/* table: the section `ci:` of ops.yaml */
#include "schema/schema_rows.h"
#include "schema/spec_read.h"

/* Of a language; setup-python and its like take "3.11", "3.x" too, which would not be the same
 * tomorrow. */
#define VERSION_FORM "[0-9]+([.][0-9]+)*"

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
     .def = "main", .form = "[A-Za-z0-9][A-Za-z0-9._/-]*"},
    {"python", SCHEMA_TEXT, 0, AT(config, ci.python), "Version of Python.", "\"3.11\"",
     .form = VERSION_FORM},
    {"node", SCHEMA_TEXT, 0, AT(config, ci.node), "Version of Node.js.", "\"22\"",
     .form = VERSION_FORM},
    {"go", SCHEMA_TEXT, 0, AT(config, ci.go), "Version of Go.", "\"1.24\"", .form = VERSION_FORM},
    {"java", SCHEMA_TEXT, 0, AT(config, ci.java), "Version of Java (Temurin).", "\"21\"",
     .form = VERSION_FORM},
    {"rust", SCHEMA_TEXT, 0, AT(config, ci.rust), "Version of Rust.", "\"1.85.0\"",
     .form = VERSION_FORM},
    {"install", SCHEMA_TEXTS, 0, AT(config, ci.install), "Commands that install what tests need.",
     "[pip install -r requirements.txt]", .def = "by language and by what files are there"},
    {"tests", SCHEMA_ITEMS, 0, AT(config, ci.tests), "Tests by name: each is a job.",
     "{ unit: pytest tests/unit }", .table = &test_table, .item_size = sizeof(struct cfg_test)},
    {"quality", SCHEMA_TEXTS, 0, AT(config, ci.quality), "Tools that judge the code, or commands.",
     "[flake8, black]"},
    {"security", SCHEMA_TEXTS, 0, AT(config, ci.security),
     "Tools that look for what is dangerous, or commands.", "[bandit]"},
    {"services", SCHEMA_PAIRS, 0, AT(config, ci.services), "Images in place of the usual ones.",
     "{ postgres: \"postgres:16.4\" }"},
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
