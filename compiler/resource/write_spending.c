/* SPDX-License-Identifier: MIT */
/* table: what writes budgets, the watch on costs, distributions and endpoints */
#include "resource/write_rows.h"

/* All of a budget: what one begins with, and what an update puts in place of it. */
#define BUDGET                                                                                     \
    "\"BudgetName\":\"${name}\",\"BudgetLimit\":{\"Amount\":\"${limit_amount}\","                  \
    "\"Unit\":\"${limit_unit}\"},\"CostFilters\":\"${cost_filter}\","                              \
    "\"CostTypes\":\"${cost_types}\",\"TimeUnit\":\"${time_unit}\","                               \
    "\"BudgetType\":\"${budget_type}\""
#define NOTIFICATION                                                                               \
    "\"Notification\":{\"NotificationType\":\"${.notification_type}\","                            \
    "\"ComparisonOperator\":\"${.comparison_operator}\",\"Threshold\":\"${.threshold}\","          \
    "\"ThresholdType\":\"${.threshold_type!}\"}"
#define SUBSCRIBERS                                                                                \
    "\"Subscribers\":["                                                                            \
    "\"for .subscriber_email_addresses\",{\"SubscriptionType\":\"EMAIL\",\"Address\":\"${.}\"},"   \
    "\"for .subscriber_sns_topic_arns\",{\"SubscriptionType\":\"SNS\",\"Address\":\"${.}\"}]"
#define OF_BUDGET "\"AccountId\":\"${account}\",\"BudgetName\":\"${name}\""
#define MODIFIES(effects, operation, ...)                                                          \
    { effects, "budgets", operation, "ModifyBudget", .on = "${arn}", __VA_ARGS__ }

/* Since when it counts is not in ops.yaml, and stays. */
static const struct resource_call describe_budget = {.service = "budgets",
                                                     .operation = "DescribeBudget",
                                                     .input = "{" OF_BUDGET "}",
                                                     .action = "ViewBudget",
                                                     .on = "${arn}"};
/*
 * Who is told has to be at least one, and one topic at most: a notification of which anything
 * differs is deleted and made again, as Terraform does, and not changed in an order that holds that
 * at each moment.
 */
static const struct resource_write budget[] = {
    MODIFIES(CREATES, "CreateBudget", .once = true,
             .input = "{\"AccountId\":\"${account}\",\"Budget\":{" BUDGET "},"
                      "\"NotificationsWithSubscribers\":[\"for notification\",{" NOTIFICATION
                      "," SUBSCRIBERS "}],\"ResourceTags\":\"${tags_all|Key,Value}\"}"),
    MODIFIES(CHANGES, "UpdateBudget", .first = &describe_budget,
             .input = "{\"AccountId\":\"${account}\",\"NewBudget\":{" BUDGET
                      ",\"TimePeriod\":\"${<Budget/TimePeriod}\"}}"),
    MODIFIES(CHANGES, "DeleteNotification", .each = "notification", .gone = true,
             .input = "{" OF_BUDGET "," NOTIFICATION "}"),
    MODIFIES(CHANGES, "CreateNotification", .each = "notification", .once = true,
             .input = "{" OF_BUDGET "," NOTIFICATION "," SUBSCRIBERS "}"),
    MODIFIES(DELETES, "DeleteBudget", .input = "{" OF_BUDGET "}"),
    {TAGGING, "budgets", "TagResource", .on = "${arn}",
     .input = "{\"ResourceARN\":\"${arn}\",\"ResourceTags\":\"${tags_all|Key,Value}\"}"},
    {CHANGES, "budgets", "UntagResource", .on = "${arn}"},
    READS_BY("budgets", "DescribeBudget", "ViewBudget", "${arn}"),
    READS_BY("budgets", "DescribeNotificationsForBudget", "ViewBudget", "${arn}"),
    READS_BY("budgets", "DescribeSubscribersForNotification", "ViewBudget", "${arn}"),
    READS_BY("budgets", "ListTagsForResource", NULL, "${arn}"),
};

/* AWS chooses the ids of these. */
#define MONITORS GLOBAL_ARN("ce", "anomalymonitor/*")
#define TAG_COSTS "{\"ResourceArn\":\"${arn}\",\"ResourceTags\":\"${tags_all|Key,Value}\"}"
static const struct resource_write monitor[] = {
    {CREATES, "ce", "CreateAnomalyMonitor", .on = NULL, .once = true,
     .input = "{\"AnomalyMonitor\":{\"*\":\"\"},\"ResourceTags\":\"${tags_all|Key,Value}\"}",
     .gives = "arn=MonitorArn"},
    {CHANGES, "ce", "UpdateAnomalyMonitor", .on = MONITORS},
    {DELETES, "ce", "DeleteAnomalyMonitor", .on = MONITORS, .input = "{\"MonitorArn\":\"${arn}\"}"},
    {TAGGING, "ce", "TagResource", .on = MONITORS, .input = TAG_COSTS},
    {CHANGES, "ce", "UntagResource", .on = MONITORS},
    READS_BY("ce", "GetAnomalyMonitors", NULL, MONITORS),
    READS_BY("ce", "ListTagsForResource", NULL, MONITORS),
};
#define SUBSCRIPTIONS GLOBAL_ARN("ce", "anomalysubscription/*")
static const struct resource_write subscription[] = {
    {CREATES, "ce", "CreateAnomalySubscription", .on = NULL, .once = true,
     .input = "{\"AnomalySubscription\":{\"*\":\"\"},\"ResourceTags\":\"${tags_all|Key,Value}\"}",
     .gives = "arn=SubscriptionArn"},
    {CHANGES, "ce", "UpdateAnomalySubscription", .on = SUBSCRIPTIONS,
     .input = "{\"SubscriptionArn\":\"${arn}\",\"Frequency\":\"${frequency}\","
              "\"MonitorArnList\":\"${monitor_arn_list}\",\"Subscribers\":\"${subscriber}\","
              "\"ThresholdExpression\":\"${threshold_expression}\"}"},
    {DELETES, "ce", "DeleteAnomalySubscription", .on = SUBSCRIPTIONS,
     .input = "{\"SubscriptionArn\":\"${arn}\"}"},
    {TAGGING, "ce", "TagResource", .on = SUBSCRIPTIONS, .input = TAG_COSTS},
    {CHANGES, "ce", "UntagResource", .on = SUBSCRIPTIONS},
    READS_BY("ce", "GetAnomalySubscriptions", NULL, SUBSCRIPTIONS),
    READS_BY("ce", "ListTagsForResource", NULL, SUBSCRIPTIONS),
};

#define DISTRIBUTIONS GLOBAL_ARN("cloudfront", "distribution/*")
#define CLOUDFRONT(where) "/2020-05-31/" where
#define AS_READ "\"Id\":\"${id}\",\"If-Match\":\"${<ETag}\""
/* In the order of the API's model; "<" keeps what ops.yaml cannot say. */
#define DISTRIBUTION "\"@\":\"cloudfront/distribution\""
#define IF_MATCH .header = "If-Match"
static const struct resource_call get_distribution = {.service = "cloudfront",
                                                      .operation = "GetDistribution",
                                                      .path = CLOUDFRONT("distribution/{Id}"),
                                                      .input = "{\"Id\":\"${id}\"}",
                                                      .root = "Distribution",
                                                      .header = "ETag",
                                                      .on = DISTRIBUTIONS};
/* One has to be turned off, everywhere, before it can be deleted. */
static const struct resource_write distribution[] = {
    {CREATES, "cloudfront", "CreateDistributionWithTags", "CreateDistribution", .on = NULL,
     .once = true, POST(CLOUDFRONT("distribution?WithTags")), .root = "Distribution",
     .input = "{\"DistributionConfigWithTags\":{\"DistributionConfig\":{"
              "\"CallerReference\":\"${token}\"," DISTRIBUTION "},"
              "\"Tags\":{\"Items\":{\"Tag\":\"${tags_all|Key,Value}\"}}}}",
     .gives = "id=Id arn=ARN domain_name=DomainName"},
    {CHANGES, "cloudfront", "UpdateDistribution", .on = DISTRIBUTIONS,
     .path = CLOUDFRONT("distribution/{Id}/config"), IF_MATCH, .first = &get_distribution,
     .input = "{" AS_READ ",\"DistributionConfig\":{\"<\":\"\"," DISTRIBUTION "}}"},
    {DELETES, "cloudfront", "UpdateDistribution", .on = DISTRIBUTIONS, .is = "enabled=true",
     .path = CLOUDFRONT("distribution/{Id}/config"), IF_MATCH, .first = &get_distribution,
     .input = "{" AS_READ ",\"DistributionConfig\":{\"<\":\"\",\"Enabled\":false}}"},
    {DELETES, "cloudfront", "DeleteDistribution", .on = DISTRIBUTIONS, .method = "DELETE",
     .path = CLOUDFRONT("distribution/{Id}"), IF_MATCH, .first = &get_distribution,
     .input = "{" AS_READ "}"},
    {TAGGING, "cloudfront", "TagResource", .on = DISTRIBUTIONS,
     POST(CLOUDFRONT("tagging?Operation=Tag&Resource={Resource}")),
     .input = "{\"Resource\":\"${arn}\",\"Tags\":{\"Items\":{\"Tag\":"
              "\"${tags_all|Key,Value}\"}}}"},
    {CHANGES, "cloudfront", "UntagResource", .on = DISTRIBUTIONS},
    READS_BY("cloudfront", "GetDistribution", NULL, DISTRIBUTIONS),
    READS_BY("cloudfront", "ListTagsForResource", NULL, DISTRIBUTIONS),
};
#define CONTROLS GLOBAL_ARN("cloudfront", "origin-access-control/*")
#define CONTROL                                                                                    \
    "\"Name\":\"${name}\",\"SigningProtocol\":\"${signing_protocol}\","                            \
    "\"SigningBehavior\":\"${signing_behavior}\","                                                 \
    "\"OriginAccessControlOriginType\":\"${origin_access_control_origin_type}\""
static const struct resource_call get_control = {.service = "cloudfront",
                                                 .operation = "GetOriginAccessControl",
                                                 .path = CLOUDFRONT("origin-access-control/{Id}"),
                                                 .input = "{\"Id\":\"${id}\"}",
                                                 .root = "OriginAccessControl",
                                                 .header = "ETag",
                                                 .on = CONTROLS};
static const struct resource_write access_control[] = {
    {CREATES, "cloudfront", "CreateOriginAccessControl", .on = NULL, .once = true,
     POST(CLOUDFRONT("origin-access-control")), .root = "OriginAccessControl",
     .input = "{\"OriginAccessControlConfig\":{" CONTROL "}}", .gives = "id=Id"},
    {CHANGES, "cloudfront", "UpdateOriginAccessControl", .on = CONTROLS,
     .path = CLOUDFRONT("origin-access-control/{Id}/config"), IF_MATCH, .first = &get_control,
     .input = "{" AS_READ ",\"OriginAccessControlConfig\":{\"<\":\"\"," CONTROL "}}"},
    {DELETES, "cloudfront", "DeleteOriginAccessControl", .on = CONTROLS, .method = "DELETE",
     .path = CLOUDFRONT("origin-access-control/{Id}"), IF_MATCH, .first = &get_control,
     .input = "{" AS_READ "}"},
    READS_BY("cloudfront", "GetOriginAccessControl", NULL, CONTROLS),
};

#define ENDPOINTS ARN("ec2", "vpc-endpoint/*")
#define TABLES ARN("ec2", "route-table/${route_table_ids}")
static const struct resource_write endpoint[] = {
    {CREATES, "ec2", "CreateVpcEndpoint",
     .on = ARN("ec2", "vpc/${vpc_id}") " " ENDPOINTS " " TABLES, .once = true,
     .input = "{\"VpcEndpointType\":\"${vpc_endpoint_type!}\",\"VpcId\":\"${vpc_id}\","
              "\"ServiceName\":\"${service_name}\",\"RouteTableId\":\"${route_table_ids}\","
              "\"TagSpecification\":[{\"ResourceType\":\"vpc-endpoint\","
              "\"Tag\":\"${tags_all|Key,Value}\"}]}",
     .gives = "id=vpcEndpoint/vpcEndpointId"},
    {CHANGES, "ec2", "ModifyVpcEndpoint", .on = ENDPOINTS " " TABLES, .each = "route_table_ids",
     .input = "{\"VpcEndpointId\":\"${id}\",\"AddRouteTableId\":[\"${.}\"]}"},
    {CHANGES, "ec2", "ModifyVpcEndpoint", .on = ENDPOINTS " " TABLES, .each = "route_table_ids",
     .gone = true, .input = "{\"VpcEndpointId\":\"${id}\",\"RemoveRouteTableId\":[\"${.}\"]}"},
    {DELETES, "ec2", "DeleteVpcEndpoints", .on = ENDPOINTS,
     .input = "{\"VpcEndpointId\":[\"${id}\"]}", .fails = "unsuccessful/error"},
    {TAGGING, "ec2", "CreateTags", .on = ENDPOINTS,
     .input = "{\"ResourceId\":[\"${id}\"],\"Tag\":\"${tags_all|Key,Value}\"}"},
    {CHANGES, "ec2", "DeleteTags", .on = ENDPOINTS},
    READS_BY("ec2", "DescribeVpcEndpoints", NULL, NULL),
    READS_BY("ec2", "DescribePrefixLists", NULL, NULL),
};

const struct resource_writing resource_writes_spending[] = {
    WRITING(resource_budget, budget),
    WRITING_AS(resource_anomaly_monitor, monitor, .rank = 1),
    WRITING(resource_anomaly_subscription, subscription),
    /* It takes minutes, in which nothing else has to wait. */
    WRITING_AS(resource_cloudfront, distribution, .rank = 8),
    WRITING_AS(resource_cloudfront_access, access_control, .rank = 9, .by_name = true),
    WRITING(resource_vpc_endpoint, endpoint),
    {.kind = NULL},
};
