/* SPDX-License-Identifier: MIT */
#ifndef OPSC_DRIFT_IGNORE_H
#define OPSC_DRIFT_IGNORE_H

#include "io/io.h"
#include "model/config.h"

/*
 * ignore: differences between spec and account that a project knows of and lives with, in a file
 * beside the spec:
 *
 *     ignore:
 *       - kind: aws_cloudwatch_metric_alarm    # Terraform's type
 *         name: shop-production-web-*          # as the report has it; * and ? stand for others
 *         path: threshold                      # that attribute alone, and what is in it
 *         until: 2027-01-31                    # the last day, in UTC
 *         reason: Set by hand until the load test is over.
 *
 * `kind`, `name` and `reason` have to be there. Without `path` all of the resource is ignored, also
 * that it is missing, or not in the spec.
 */
#define IGNORE_NAME "opsc.drift.yaml"

struct ignore_row {
    struct cfg_text kind, name, path, until, reason; /* path, until: may be missing */
    span at;
};

struct ignore_list {
    str file;
    struct ignore_row *rows;
    uint32_t n;
};

struct diag_list;

/* The file's name for a spec's. */
str ignore_path(struct arena *a, str spec_file);
/*
 * False after a diagnostic. `ret` is NULL when there is no such file, which is a mistake only when
 * it was asked for.
 */
bool ignore_read(struct arena *a, struct diag_list *dl, const struct io *io, str file, bool asked,
                 struct ignore_list **ret);
/* Whether its last day was before `today` ("2026-10-01"). */
bool ignore_has_ended(const struct ignore_row *r, str today);
/* Whether a resource is meant, by Terraform's type and its name. */
bool ignore_means(const struct ignore_row *r, str kind, str name);
/* Whether this attribute of it is meant: "policy" means "policy.Statement[A].Action" as well. */
bool ignore_means_path(const struct ignore_row *r, str path);

#endif
