/* SPDX-License-Identifier: MIT */
/* table: the section `runbooks:` of ops.yaml */
#include "schema/schema_rows.h"

static const char *const state_words[] = {"off", "on", NULL};

static const struct schema_row rows[] = {
    {"state", SCHEMA_CHOICE, 0, AT(config, runbooks.state), "Whether there are pages.", "off",
     .choices = state_words, .def = "on"},
    {"url", SCHEMA_TEXT, 0, AT(config, runbooks.url),
     "Where the pages are read, for the links in alarms: the address of their folder.",
     "https://github.com/org/repo/blob/main/docs/runbooks",
     .form = "https?://[]A-Za-z0-9._~:/?#@!$&'()*+,;=%[-]{1,512}", .def = "docs/runbooks"},
};
const struct schema_table schema_runbooks = {"runbooks",       ROWS(rows),
                                             "state",          offsetof(struct config, runbooks.at),
                                             SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};
