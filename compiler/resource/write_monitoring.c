/* SPDX-License-Identifier: MIT */
/* table: what writes alarms, dashboards, logs, topics and chats */
#include "resource/write_rows.h"

static const struct resource_write metric_alarm[] = {
    {MAKES, "cloudwatch", "PutMetricAlarm", .on = "${arn}"},
    {DELETES, "cloudwatch", "DeleteAlarms", .on = "${arn}"},
    {TAGGING, "cloudwatch", "TagResource", .on = "${arn}"},
    {CHANGES, "cloudwatch", "UntagResource", .on = "${arn}"},
    READS_BY("cloudwatch", "DescribeAlarms", NULL, NULL),
    READS_BY("cloudwatch", "ListTagsForResource", NULL, "${arn}"),
};
/* "You must be signed on with the cloudwatch:PutCompositeAlarm permission that is scoped to *"
 * (CloudWatch API Reference). */
static const struct resource_write composite_alarm[] = {
    {MAKES, "cloudwatch", "PutCompositeAlarm", .on = NULL},
    {DELETES, "cloudwatch", "DeleteAlarms", .on = "${arn}"},
    {TAGGING, "cloudwatch", "TagResource", .on = "${arn}"},
    {CHANGES, "cloudwatch", "UntagResource", .on = "${arn}"},
    READS_BY("cloudwatch", "DescribeAlarms", NULL, NULL),
    READS_BY("cloudwatch", "ListTagsForResource", NULL, "${arn}"),
};
static const struct resource_write dashboard[] = {
    {MAKES, "cloudwatch", "PutDashboard", .on = "${dashboard_arn}"},
    {DELETES, "cloudwatch", "DeleteDashboards", .on = "${dashboard_arn}"},
    READS_BY("cloudwatch", "GetDashboard", NULL, "${dashboard_arn}"),
};

/* Of a log group IAM knows all that is in it, "NAME:*", but for its tags ("Log group ARNs",
 * CloudWatch Logs User Guide). */
#define GROUP "${arn}:*"
static const struct resource_write log_group[] = {
    {CREATES, "logs", "CreateLogGroup", .on = GROUP},
    {MAKES, "logs", "PutRetentionPolicy", .on = GROUP},
    {CHANGES, "logs", "DeleteRetentionPolicy", .on = GROUP},
    {CHANGES, "logs", "AssociateKmsKey", .on = GROUP},
    {CHANGES, "logs", "DisassociateKmsKey", .on = GROUP},
    {DELETES, "logs", "DeleteLogGroup", .on = GROUP},
    {TAGGING, "logs", "TagResource", .on = "${arn} " GROUP},
    {CHANGES, "logs", "UntagResource", .on = "${arn}"},
    READS_BY("logs", "DescribeLogGroups", NULL, NULL),
    READS_BY("logs", "ListTagsForResource", NULL, "${arn} " GROUP),
};
static const struct resource_write metric_filter[] = {
    {MAKES, "logs", "PutMetricFilter", .on = ARN("logs", "log-group:${log_group_name}:*")},
    {DELETES, "logs", "DeleteMetricFilter", .on = ARN("logs", "log-group:${log_group_name}:*")},
    READS_BY("logs", "DescribeMetricFilters", NULL, ARN("logs", "log-group:${log_group_name}:*")),
};
static const struct resource_write query_definition[] = {
    {MAKES, "logs", "PutQueryDefinition", .on = NULL},
    {DELETES, "logs", "DeleteQueryDefinition", .on = NULL},
    READS_BY("logs", "DescribeQueryDefinitions", NULL, NULL),
};

static const struct resource_write topic[] = {
    {CREATES, "sns", "CreateTopic", .on = "${arn}"},
    {MAKES, "sns", "SetTopicAttributes", .on = "${arn}"},
    {DELETES, "sns", "DeleteTopic", .on = "${arn}"},
    {TAGGING, "sns", "TagResource", .on = "${arn}"},
    {CHANGES, "sns", "UntagResource", .on = "${arn}"},
    READS_BY("sns", "GetTopicAttributes", NULL, "${arn}"),
    READS_BY("sns", "ListTagsForResource", NULL, "${arn}"),
};
static const struct resource_write topic_policy[] = {
    {MAKES | DELETES, "sns", "SetTopicAttributes", .on = "${arn}"},
    READS_BY("sns", "GetTopicAttributes", NULL, "${arn}"),
};
static const struct resource_write subscription[] = {
    {CREATES, "sns", "Subscribe", .on = "${topic_arn}"},
    {DELETES, "sns", "Unsubscribe", .on = NULL},
    READS_BY("sns", "GetSubscriptionAttributes", NULL, NULL),
    READS_BY("sns", "ListSubscriptionsByTopic", NULL, "${topic_arn}"),
};

/* The role by which Amazon Q Developer hears topics is made with the first channel of an account
 * ("Using service-linked roles", its administrator guide). */
#define SLACK_ARN GLOBAL_ARN("chatbot", "chat-configuration/slack-channel/${configuration_name}")
static const struct resource_write slack[] = {
    {CREATES, "chatbot", "CreateSlackChannelConfiguration", .on = NULL},
    {CHANGES, "chatbot", "UpdateSlackChannelConfiguration", .on = SLACK_ARN},
    {DELETES, "chatbot", "DeleteSlackChannelConfiguration", .on = SLACK_ARN},
    {TAGGING, "chatbot", "TagResource", .on = SLACK_ARN},
    {CHANGES, "chatbot", "UntagResource", .on = SLACK_ARN},
    PASSES("${iam_role_arn}", "chatbot.amazonaws.com"),
    {PERMITS, "iam", "CreateServiceLinkedRole",
     .on = GLOBAL_ARN("iam", "role/aws-service-role/management.chatbot.amazonaws.com/"
                             "AWSServiceRoleForAWSChatbot"),
     .test = "StringEquals", .key = "iam:AWSServiceName",
     .value = "management.chatbot.amazonaws.com"},
    READS_BY("chatbot", "DescribeSlackChannelConfigurations", NULL, NULL),
    READS_BY("chatbot", "ListTagsForResource", NULL, NULL),
};

const struct resource_writing resource_writes_monitoring[] = {
    WRITING(resource_metric_alarm, metric_alarm),
    WRITING(resource_composite_alarm, composite_alarm),
    WRITING(resource_dashboard, dashboard),
    WRITING(resource_log_group, log_group),
    WRITING(resource_log_metric_filter, metric_filter),
    WRITING(resource_query_definition, query_definition),
    WRITING(resource_sns_topic, topic),
    WRITING(resource_sns_topic_policy, topic_policy),
    WRITING(resource_sns_topic_subscription, subscription),
    WRITING(resource_slack_channel, slack),
    {NULL, NULL, 0},
};
