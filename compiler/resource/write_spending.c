/* SPDX-License-Identifier: MIT */
/* table: what writes budgets, the watch on costs, distributions and endpoints */
#include "resource/write_rows.h"

#define MODIFIES(effects, operation)                                                               \
    { effects, "budgets", operation, "ModifyBudget", .on = "${arn}" }
static const struct resource_write budget[] = {
    MODIFIES(CREATES, "CreateBudget"),
    MODIFIES(CHANGES, "UpdateBudget"),
    MODIFIES(MAKES, "CreateNotification"),
    MODIFIES(CHANGES, "UpdateNotification"),
    MODIFIES(CHANGES, "DeleteNotification"),
    MODIFIES(CHANGES, "CreateSubscriber"),
    MODIFIES(CHANGES, "DeleteSubscriber"),
    MODIFIES(DELETES, "DeleteBudget"),
    {TAGGING, "budgets", "TagResource", .on = "${arn}"},
    {CHANGES, "budgets", "UntagResource", .on = "${arn}"},
    READS_BY("budgets", "DescribeBudget", "ViewBudget", "${arn}"),
    READS_BY("budgets", "DescribeNotificationsForBudget", "ViewBudget", "${arn}"),
    READS_BY("budgets", "DescribeSubscribersForNotification", "ViewBudget", "${arn}"),
    READS_BY("budgets", "ListTagsForResource", NULL, "${arn}"),
};

/* AWS chooses the ids of these. */
#define MONITORS GLOBAL_ARN("ce", "anomalymonitor/*")
static const struct resource_write monitor[] = {
    {CREATES, "ce", "CreateAnomalyMonitor", .on = NULL},
    {CHANGES, "ce", "UpdateAnomalyMonitor", .on = MONITORS},
    {DELETES, "ce", "DeleteAnomalyMonitor", .on = MONITORS},
    {TAGGING, "ce", "TagResource", .on = MONITORS},
    {CHANGES, "ce", "UntagResource", .on = MONITORS},
    READS_BY("ce", "GetAnomalyMonitors", NULL, MONITORS),
    READS_BY("ce", "ListTagsForResource", NULL, MONITORS),
};
#define SUBSCRIPTIONS GLOBAL_ARN("ce", "anomalysubscription/*")
static const struct resource_write subscription[] = {
    {CREATES, "ce", "CreateAnomalySubscription", .on = NULL},
    {CHANGES, "ce", "UpdateAnomalySubscription", .on = SUBSCRIPTIONS},
    {DELETES, "ce", "DeleteAnomalySubscription", .on = SUBSCRIPTIONS},
    {TAGGING, "ce", "TagResource", .on = SUBSCRIPTIONS},
    {CHANGES, "ce", "UntagResource", .on = SUBSCRIPTIONS},
    READS_BY("ce", "GetAnomalySubscriptions", NULL, SUBSCRIPTIONS),
    READS_BY("ce", "ListTagsForResource", NULL, SUBSCRIPTIONS),
};

#define DISTRIBUTIONS GLOBAL_ARN("cloudfront", "distribution/*")
static const struct resource_write distribution[] = {
    {CREATES, "cloudfront", "CreateDistributionWithTags", "CreateDistribution", .on = NULL},
    {CHANGES, "cloudfront", "UpdateDistribution", .on = DISTRIBUTIONS},
    {DELETES, "cloudfront", "DeleteDistribution", .on = DISTRIBUTIONS},
    {TAGGING, "cloudfront", "TagResource", .on = DISTRIBUTIONS},
    {CHANGES, "cloudfront", "UntagResource", .on = DISTRIBUTIONS},
    READS_BY("cloudfront", "GetDistribution", NULL, DISTRIBUTIONS),
    READS_BY("cloudfront", "ListTagsForResource", NULL, DISTRIBUTIONS),
};
#define CONTROLS GLOBAL_ARN("cloudfront", "origin-access-control/*")
static const struct resource_write access_control[] = {
    {CREATES, "cloudfront", "CreateOriginAccessControl", .on = NULL},
    {CHANGES, "cloudfront", "UpdateOriginAccessControl", .on = CONTROLS},
    {DELETES, "cloudfront", "DeleteOriginAccessControl", .on = CONTROLS},
    READS_BY("cloudfront", "GetOriginAccessControl", NULL, CONTROLS),
};

#define ENDPOINTS ARN("ec2", "vpc-endpoint/*")
#define TABLES ARN("ec2", "route-table/${route_table_ids}")
static const struct resource_write endpoint[] = {
    {CREATES, "ec2", "CreateVpcEndpoint",
     .on = ARN("ec2", "vpc/${vpc_id}") " " ENDPOINTS " " TABLES},
    {CHANGES, "ec2", "ModifyVpcEndpoint", .on = ENDPOINTS " " TABLES},
    {DELETES, "ec2", "DeleteVpcEndpoints", .on = ENDPOINTS},
    {TAGGING, "ec2", "CreateTags", .on = ENDPOINTS},
    {CHANGES, "ec2", "DeleteTags", .on = ENDPOINTS},
    READS_BY("ec2", "DescribeVpcEndpoints", NULL, NULL),
    READS_BY("ec2", "DescribePrefixLists", NULL, NULL),
};

const struct resource_writing resource_writes_spending[] = {
    WRITING(resource_budget, budget),
    WRITING(resource_anomaly_monitor, monitor),
    WRITING(resource_anomaly_subscription, subscription),
    WRITING(resource_cloudfront, distribution),
    WRITING(resource_cloudfront_access, access_control),
    WRITING(resource_vpc_endpoint, endpoint),
    {.kind = NULL},
};
