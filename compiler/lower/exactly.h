/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_EXACTLY_H
#define OPSC_LOWER_EXACTLY_H

#include "lower/context.h"

/*
 * exactly: attributes that AWS gets as ops.yaml has them, by Terraform's names, in place of what
 * opsc makes of the rest.
 */

/* Sets them; what is no attribute of the kind, or no value for one, is a diagnostic. */
void exactly_apply(struct lower *l, struct node *n, const struct cfg_exactly *e);
/* The nodes of the key `exactly` of ops.yaml. */
void lower_exactly(struct lower *l);
/* The value of an attribute, or NULL. */
const struct value *exactly_get(const struct cfg_exactly *e, const char *attr);
/* Whether it has the alarm's condition, which then nobody else says. */
bool exactly_has_condition(const struct cfg_exactly *e);
/* The condition that it has, for people. */
str exactly_words(struct lower *l, const struct cfg_exactly *e);
/* What of it is said by `when` as well: diagnostics. */
void exactly_check_condition(struct lower *l, const struct cfg_exactly *e, span when);

#endif
