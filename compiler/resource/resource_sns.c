/* SPDX-License-Identifier: MIT */
/* table: topics, subscriptions, and what posts in a chat */
#include "resource/resource_rows.h"

static const struct resource_call list_topics = {
    .service = "sns", .operation = "ListTopics", .token_in = "NextToken", .token_out = "NextToken"};
static const struct resource_param topic_params[] = {{"TopicArn", "TopicArn"}};
static const struct resource_call get_topic = {.service = "sns",
                                               .operation = "GetTopicAttributes",
                                               .each = &list_topics,
                                               .each_items = "Topics",
                                               .each_after = ':',
                                               .on = "arn:${partition}:sns:${region}:${account}:"
                                                     "${name}",
                                               PARAMS(topic_params)};
static const struct resource_call list_subscriptions = {.service = "sns",
                                                        .operation = "ListSubscriptions",
                                                        .token_in = "NextToken",
                                                        .token_out = "NextToken"};
static const struct resource_param subscription_params[] = {{"SubscriptionArn", "SubscriptionArn"}};
static const struct resource_call get_subscription = {.service = "sns",
                                                      .operation = "GetSubscriptionAttributes",
                                                      .each = &list_subscriptions,
                                                      .each_items = "Subscriptions",
                                                      .each_name = "Endpoint",
                                                      .each_like = "arn:",
                                                      PARAMS(subscription_params)};
static const struct resource_read read_topics[] = {{.call = &get_topic, .items = "Attributes"}};
static const struct resource_read read_topic_policies[] = {{.call = &get_topic,
                                                            .items = "Attributes",
                                                            .absent = "policy",
                                                            .absent_id = "__default_policy_ID"}};
static const struct resource_read read_subscriptions[] = {
    {.call = &list_subscriptions, .items = "Subscriptions"},
    {.call = &get_subscription, .items = "Attributes"}};

static const struct resource_attr topic_rows[] = {
    {.tf = "name",
     .api = "Name",
     .read = "TopicArn",
     .read_after = ':',
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "display_name", .api = "DisplayName", .type = ATTR_STR},
    {.tf = "kms_master_key_id", .api = "KmsMasterKeyId", .type = ATTR_STR},
    {.tf = "arn",
     .api = "TopicArn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:sns:${region}:${account}:${name}"},
    TAGS,
};
const struct resource_kind resource_sns_topic = {.tf = "aws_sns_topic",
                                                 .import_id = "${arn}",
                                                 .free = "what is delivered is priced by usage",
                                                 .title = "SNS topic",
                                                 .global_too = true,
                                                 READS(read_topics),
                                                 .name_max = 256,
                                                 .service = "sns",
                                                 .file = "sns.tf",
                                                 .tags = &resource_tags_sns,
                                                 ATTRS(topic_rows)};

static const struct resource_attr topic_policy_rows[] = {
    {.tf = "arn",
     .api = "TopicArn",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "policy", .api = "Policy", .type = ATTR_JSON, .flags = ATTR_REQUIRED | ATTR_POLICY},
};
const struct resource_kind resource_sns_topic_policy = {.tf = "aws_sns_topic_policy",
                                                        .import_id = "${arn}",
                                                        .free = "part of the topic",
                                                        .title = "SNS topic policy",
                                                        .global_too = true,
                                                        READS(read_topic_policies),
                                                        .service = "sns",
                                                        .file = "sns.tf",
                                                        ATTRS(topic_policy_rows)};

static const struct resource_attr subscription_rows[] = {
    {.tf = "topic_arn",
     .api = "TopicArn",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "protocol",
     .api = "Protocol",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "endpoint",
     .api = "Endpoint",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    /* opsc says none of these: each of them could keep an alarm from who should hear of it. */
    {.tf = "filter_policy", .api = "FilterPolicy", .type = ATTR_JSON},
    {.tf = "raw_message_delivery", .api = "RawMessageDelivery", .type = ATTR_BOOL, .def = "false"},
    {.tf = "redrive_policy", .api = "RedrivePolicy", .type = ATTR_JSON},
    {.tf = "arn", .api = "SubscriptionArn", .type = ATTR_STR, .flags = ATTR_COMPUTED},
};
const struct resource_kind resource_sns_topic_subscription = {
    .tf = "aws_sns_topic_subscription",
    .import_id = "${arn}",
    .free = "what is delivered is priced by usage",
    .title = "SNS subscription",
    .global_too = true,
    .part_of = &resource_sns_topic,
    .part_of_attr = "topic_arn",
    .by_aws_attr = "endpoint",
    .by_aws = "https://global.sns-api.chatbot.amazonaws.com",
    READS(read_subscriptions),
    .service = "sns",
    .file = "sns.tf",
    ATTRS(subscription_rows)};

static const struct resource_call describe_slack = {
    .service = "chatbot",
    .operation = "DescribeSlackChannelConfigurations",
    .method = "POST",
    .path = "/describe-slack-channel-configurations",
    .input = "{\"MaxResults\":100}",
    .token_in = "NextToken",
    .token_out = "NextToken"};
static const struct resource_read read_slack[] = {
    {.call = &describe_slack, .items = "SlackChannelConfigurations"}};
static const struct resource_attr slack_rows[] = {
    {.tf = "configuration_name",
     .api = "ConfigurationName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "slack_team_id",
     .api = "SlackTeamId",
     .type = ATTR_STR,
     .flags = ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "slack_channel_id", .api = "SlackChannelId", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "iam_role_arn", .api = "IamRoleArn", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "guardrail_policy_arns",
     .api = "GuardrailPolicyArns",
     .type = ATTR_STR_LIST,
     .flags = ATTR_UNORDERED},
    {.tf = "sns_topic_arns", .api = "SnsTopicArns", .type = ATTR_STR_SET},
    {.tf = "logging_level", .api = "LoggingLevel", .type = ATTR_STR, .def = "NONE"},
    {.tf = "chat_configuration_arn",
     .api = "ChatConfigurationArn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:chatbot::${account}:chat-configuration/slack-channel/"
             "${configuration_name}"},
    TAGS,
};
const struct resource_kind resource_slack_channel = {.tf =
                                                         "aws_chatbot_slack_channel_configuration",
                                                     .import_id = "${chat_configuration_arn}",
                                                     .free = "AWS does not charge for it",
                                                     .title = "Slack channel",
                                                     READS(read_slack),
                                                     .service = "chatbot",
                                                     .file = "sns.tf",
                                                     .tags = &resource_tags_chatbot,
                                                     ATTRS(slack_rows)};
