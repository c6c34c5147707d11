/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_ACCOUNT_H
#define OPSC_LOWER_ACCOUNT_H

#include "lower/context.h"

/*
 * account: what depends on the AWS account and partition. When ops.yaml does not
 * name the account, generated code asks AWS for it.
 */

/* The account id: a text, or a reference to a data source of this Terraform module. */
struct value *account_id(struct lower *l, const char *module, span at);
bool account_known(const struct lower *l);
/* "aws", "aws-cn" or "aws-us-gov", from the region. */
str account_partition(const struct lower *l);
str account_partition_of(str region);
/* Whether alarms and graphs on metrics of that region can be made: of aws.region and, in AWS's main
 * partition, of us-east-1. Empty is aws.region. */
bool account_reaches(const struct lower *l, str region);
/* Where RDS's authorities of aws.region are published: a URL, in l's arena. */
str account_rds_authorities(const struct lower *l);
/* The region in an ARN; "" when there is none. */
str account_arn_region(str arn);
/* A KMS key, given by its ARN or not at all, is of aws.region and its partition: no service
 * encrypts by one that is elsewhere. Else a diagnostic. */
void account_check_key(struct lower *l, const struct cfg_text *key);
/* Region and account in ops.yaml have the right form; problems are diagnostics. */
void account_check(struct lower *l);

#endif
