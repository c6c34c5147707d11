/* SPDX-License-Identifier: MIT */
#ifndef OPSC_DIFF_IMPORT_ID_H
#define OPSC_DIFF_IMPORT_ID_H

#include "diff/known.h"

/* By which Terraform takes over what a wanted node is in the account; empty: it is not there, or a
 * part of it is not known (a subscription that nobody has confirmed yet has no ARN). */
str import_id(struct known *k, const struct node *want);

#endif
