/* SPDX-License-Identifier: MIT */
/* table: what writes alarms, dashboards, logs, topics and chats */
#include "resource/write_rows.h"

/* Tags that come with an alarm are taken when it is created, and not when it is changed. */
#define ALARM_INPUT "{\"*\":\"\",\"Tags\":\"${tags_all|Key,Value}\"}"
#define DELETE_ALARM "{\"AlarmNames\":[\"${alarm_name}\"]}"
#define TAG_ALARM "{\"ResourceARN\":\"${arn}\",\"Tags\":\"${tags_all|Key,Value}\"}"
static const struct resource_write metric_alarm[] = {
    {MAKES, "cloudwatch", "PutMetricAlarm", .on = "${arn}", .input = ALARM_INPUT},
    {DELETES, "cloudwatch", "DeleteAlarms", .on = "${arn}", .input = DELETE_ALARM,
     .many = "AlarmNames", .many_max = 100},
    {TAGGING, "cloudwatch", "TagResource", .on = "${arn}", .input = TAG_ALARM},
    {CHANGES, "cloudwatch", "UntagResource", .on = "${arn}"},
    READS_BY("cloudwatch", "DescribeAlarms", NULL, NULL),
    READS_BY("cloudwatch", "ListTagsForResource", NULL, "${arn}"),
};
/* "You must be signed on with the cloudwatch:PutCompositeAlarm permission that is scoped to *"
 * (CloudWatch API Reference). */
static const struct resource_write composite_alarm[] = {
    {MAKES, "cloudwatch", "PutCompositeAlarm", .on = NULL, .input = ALARM_INPUT},
    /* One composite alarm a call. */
    {DELETES, "cloudwatch", "DeleteAlarms", .on = "${arn}", .input = DELETE_ALARM},
    {TAGGING, "cloudwatch", "TagResource", .on = "${arn}", .input = TAG_ALARM},
    {CHANGES, "cloudwatch", "UntagResource", .on = "${arn}"},
    READS_BY("cloudwatch", "DescribeAlarms", NULL, NULL),
    READS_BY("cloudwatch", "ListTagsForResource", NULL, "${arn}"),
};
static const struct resource_write dashboard[] = {
    {MAKES, "cloudwatch", "PutDashboard", .on = "${dashboard_arn}", .input = "{\"*\":\"\"}"},
    {DELETES, "cloudwatch", "DeleteDashboards", .on = "${dashboard_arn}",
     .input = "{\"DashboardNames\":[\"${dashboard_name}\"]}"},
    READS_BY("cloudwatch", "GetDashboard", NULL, "${dashboard_arn}"),
};

/* Of a log group IAM knows all that is in it, "NAME:*", but for its tags ("Log group ARNs",
 * CloudWatch Logs User Guide). */
#define GROUP "${arn}:*"
#define OF_GROUP "{\"logGroupName\":\"${name}\"}"
static const struct resource_write log_group[] = {
    {CREATES, "logs", "CreateLogGroup", .on = GROUP,
     .input = "{\"logGroupName\":\"${name}\",\"kmsKeyId\":\"${kms_key_id}\","
              "\"logGroupClass\":\"${log_group_class}\",\"tags\":\"${tags_all}\"}"},
    {MAKES, "logs", "PutRetentionPolicy", .on = GROUP, .of = "retention_in_days",
     .input = "{\"logGroupName\":\"${name}\",\"retentionInDays\":\"${retention_in_days}\"}"},
    {CHANGES, "logs", "DeleteRetentionPolicy", .on = GROUP, .unset = "retention_in_days",
     .input = OF_GROUP},
    {CHANGES, "logs", "AssociateKmsKey", .on = GROUP, .of = "kms_key_id",
     .input = "{\"logGroupName\":\"${name}\",\"kmsKeyId\":\"${kms_key_id}\"}"},
    {CHANGES, "logs", "DisassociateKmsKey", .on = GROUP, .unset = "kms_key_id", .input = OF_GROUP},
    {DELETES, "logs", "DeleteLogGroup", .on = GROUP, .input = OF_GROUP},
    {TAGGING, "logs", "TagResource", .on = "${arn} " GROUP,
     .input = "{\"resourceArn\":\"${arn}\",\"tags\":\"${tags_all}\"}"},
    {CHANGES, "logs", "UntagResource", .on = "${arn}"},
    READS_BY("logs", "DescribeLogGroups", NULL, NULL),
    READS_BY("logs", "ListTagsForResource", NULL, "${arn} " GROUP),
};
static const struct resource_write metric_filter[] = {
    {MAKES, "logs", "PutMetricFilter", .on = ARN("logs", "log-group:${log_group_name}:*"),
     .input = "{\"logGroupName\":\"${log_group_name}\",\"filterName\":\"${name}\","
              "\"filterPattern\":\"${pattern}\","
              "\"metricTransformations\":[\"${metric_transformation}\"]}"},
    {DELETES, "logs", "DeleteMetricFilter", .on = ARN("logs", "log-group:${log_group_name}:*"),
     .input = "{\"logGroupName\":\"${log_group_name}\",\"filterName\":\"${name}\"}"},
    READS_BY("logs", "DescribeMetricFilters", NULL, ARN("logs", "log-group:${log_group_name}:*")),
};
static const struct resource_write query_definition[] = {
    {MAKES, "logs", "PutQueryDefinition", .on = NULL, .once = true,
     .input = "{\"queryDefinitionId\":\"${query_definition_id}\",\"*\":\"\"}",
     .gives = "query_definition_id=queryDefinitionId"},
    {DELETES, "logs", "DeleteQueryDefinition", .on = NULL,
     .input = "{\"queryDefinitionId\":\"${query_definition_id}\"}"},
    READS_BY("logs", "DescribeQueryDefinitions", NULL, NULL),
};

#define SET_TOPIC(name, value)                                                                     \
    "{\"TopicArn\":\"${arn}\",\"AttributeName\":\"" name "\",\"AttributeValue\":\"" value "\"}"
static const struct resource_write topic[] = {
    {CREATES, "sns", "CreateTopic", .on = "${arn}",
     .input = "{\"Name\":\"${name}\",\"Attributes\":{\"entry\":["
              "{\"key\":\"DisplayName\",\"value\":\"${display_name}\"},"
              "{\"key\":\"KmsMasterKeyId\",\"value\":\"${kms_master_key_id}\"}]},"
              "\"Tags\":\"${tags_all|Key,Value}\"}"},
    {CHANGES, "sns", "SetTopicAttributes", .on = "${arn}",
     .input = SET_TOPIC("DisplayName", "${display_name!}")},
    {CHANGES, "sns", "SetTopicAttributes", .on = "${arn}",
     .input = SET_TOPIC("KmsMasterKeyId", "${kms_master_key_id!}")},
    {DELETES, "sns", "DeleteTopic", .on = "${arn}", .input = "{\"TopicArn\":\"${arn}\"}"},
    {TAGGING, "sns", "TagResource", .on = "${arn}",
     .input = "{\"ResourceArn\":\"${arn}\",\"Tags\":\"${tags_all|Key,Value}\"}"},
    {CHANGES, "sns", "UntagResource", .on = "${arn}"},
    READS_BY("sns", "GetTopicAttributes", NULL, "${arn}"),
    READS_BY("sns", "ListTagsForResource", NULL, "${arn}"),
};
/* JSON, as a text in JSON. */
#define DEFAULT_POLICY                                                                             \
    "{\\\"Version\\\":\\\"2008-10-17\\\",\\\"Id\\\":\\\"__default_policy_ID\\\","                  \
    "\\\"Statement\\\":[{\\\"Sid\\\":\\\"__default_statement_ID\\\",\\\"Effect\\\":\\\"Allow\\\"," \
    "\\\"Principal\\\":{\\\"AWS\\\":\\\"*\\\"},"                                                   \
    "\\\"Action\\\":[\\\"SNS:GetTopicAttributes\\\",\\\"SNS:SetTopicAttributes\\\","               \
    "\\\"SNS:AddPermission\\\",\\\"SNS:RemovePermission\\\",\\\"SNS:DeleteTopic\\\","              \
    "\\\"SNS:Subscribe\\\",\\\"SNS:ListSubscriptionsByTopic\\\",\\\"SNS:Publish\\\"],"             \
    "\\\"Resource\\\":\\\"${arn}\\\","                                                             \
    "\\\"Condition\\\":{\\\"StringEquals\\\":{\\\"AWS:SourceOwner\\\":\\\"${account}\\\"}}}]}"
static const struct resource_write topic_policy[] = {
    {MAKES, "sns", "SetTopicAttributes", .on = "${arn}", .input = SET_TOPIC("Policy", "${policy}")},
    /* A topic always has one: the one that it had when it was made. */
    {DELETES, "sns", "SetTopicAttributes", .on = "${arn}",
     .input = SET_TOPIC("Policy", DEFAULT_POLICY)},
    READS_BY("sns", "GetTopicAttributes", NULL, "${arn}"),
};
#define SET_SUBSCRIPTION(name, value)                                                              \
    "{\"SubscriptionArn\":\"${arn}\",\"AttributeName\":\"" name "\",\"AttributeValue\":\"" value   \
    "\"}"
static const struct resource_write subscription[] = {
    /* Whoever is subscribed already stays so: said twice it is one. */
    {CREATES, "sns", "Subscribe", .on = "${topic_arn}",
     .input = "{\"TopicArn\":\"${topic_arn}\",\"Protocol\":\"${protocol}\","
              "\"Endpoint\":\"${endpoint}\"}"},
    {CHANGES, "sns", "SetSubscriptionAttributes", .on = NULL,
     .input = SET_SUBSCRIPTION("FilterPolicy", "${filter_policy!}")},
    {CHANGES, "sns", "SetSubscriptionAttributes", .on = NULL,
     .input = SET_SUBSCRIPTION("RawMessageDelivery", "${raw_message_delivery!}")},
    {CHANGES, "sns", "SetSubscriptionAttributes", .on = NULL,
     .input = SET_SUBSCRIPTION("RedrivePolicy", "${redrive_policy!}")},
    {DELETES, "sns", "Unsubscribe", .on = NULL, .input = "{\"SubscriptionArn\":\"${arn}\"}"},
    READS_BY("sns", "GetSubscriptionAttributes", NULL, NULL),
    READS_BY("sns", "ListSubscriptionsByTopic", NULL, "${topic_arn}"),
};

/* The role by which Amazon Q Developer hears topics is made with the first channel of an account
 * ("Using service-linked roles", its administrator guide). */
#define SLACK_ARN GLOBAL_ARN("chatbot", "chat-configuration/slack-channel/${configuration_name}")
static const struct resource_write slack[] = {
    {CREATES, "chatbot", "CreateSlackChannelConfiguration", .on = NULL,
     POST("/create-slack-channel-configuration"),
     .input = "{\"*\":\"\",\"Tags\":\"${tags_all|TagKey,TagValue}\"}"},
    {CHANGES, "chatbot", "UpdateSlackChannelConfiguration", .on = SLACK_ARN,
     POST("/update-slack-channel-configuration"),
     .input = "{\"ChatConfigurationArn\":\"${chat_configuration_arn}\","
              "\"SlackChannelId\":\"${slack_channel_id}\","
              "\"IamRoleArn\":\"${iam_role_arn}\",\"SnsTopicArns\":\"${sns_topic_arns!}\","
              "\"GuardrailPolicyArns\":\"${guardrail_policy_arns!}\","
              "\"LoggingLevel\":\"${logging_level!}\"}"},
    {DELETES, "chatbot", "DeleteSlackChannelConfiguration", .on = SLACK_ARN,
     POST("/delete-slack-channel-configuration"),
     .input = "{\"ChatConfigurationArn\":\"${chat_configuration_arn}\"}"},
    {TAGGING, "chatbot", "TagResource", .on = SLACK_ARN, POST("/tag-resource"),
     .input = "{\"ResourceARN\":\"${chat_configuration_arn}\","
              "\"Tags\":\"${tags_all|TagKey,TagValue}\"}"},
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
    WRITING_AS(resource_metric_alarm, metric_alarm, .rank = 2),
    WRITING_AS(resource_composite_alarm, composite_alarm, .rank = 1),
    WRITING_AS(resource_dashboard, dashboard, .by_name = true),
    WRITING_AS(resource_log_group, log_group, .rank = 3, HOLDS_DATA),
    WRITING_AS(resource_log_metric_filter, metric_filter, .rank = 2,
               GOES_WITH(resource_log_group, "log_group_name")),
    WRITING_AS(resource_query_definition, query_definition, .by_name = true),
    WRITING_AS(resource_sns_topic, topic, .rank = 4),
    WRITING_AS(resource_sns_topic_policy, topic_policy, .rank = 3,
               GOES_WITH(resource_sns_topic, "arn")),
    WRITING_AS(resource_sns_topic_subscription, subscription, .rank = 3,
               .next = "confirm the mail that AWS has sent to ${endpoint}: before that nobody is "
                       "told there",
               .next_is = "protocol=email"),
    WRITING(resource_slack_channel, slack),
    {.kind = NULL},
};
