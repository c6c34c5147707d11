/* SPDX-License-Identifier: MIT */
/* table: topics, subscriptions, and what posts in a chat */
#include "resource/resource_rows.h"

static const struct resource_attr topic_rows[] = {
    {.tf = "name",
     .api = "Name",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "display_name", .api = "DisplayName", .type = ATTR_STR},
    {.tf = "kms_master_key_id", .api = "KmsMasterKeyId", .type = ATTR_STR},
    {.tf = "arn",
     .api = "TopicArn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:sns:${region}:${account}:${name}"},
};
const struct resource_kind resource_sns_topic = {.tf = "aws_sns_topic",
                                                 .free = "what is delivered is priced by usage",
                                                 .title = "SNS topic",
                                                 .name_max = 256,
                                                 .service = "sns",
                                                 .file = "sns.tf",
                                                 ATTRS(topic_rows)};

static const struct resource_attr topic_policy_rows[] = {
    {.tf = "arn",
     .api = "TopicArn",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "policy", .api = "Policy", .type = ATTR_JSON, .flags = ATTR_REQUIRED | ATTR_POLICY},
};
const struct resource_kind resource_sns_topic_policy = {.tf = "aws_sns_topic_policy",
                                                        .free = "part of the topic",
                                                        .title = "SNS topic policy",
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
    {.tf = "arn", .api = "SubscriptionArn", .type = ATTR_STR, .flags = ATTR_COMPUTED},
};
const struct resource_kind resource_sns_topic_subscription = {
    .tf = "aws_sns_topic_subscription",
    .free = "what is delivered is priced by usage",
    .title = "SNS subscription",
    .service = "sns",
    .file = "sns.tf",
    ATTRS(subscription_rows)};

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
    {.tf = "guardrail_policy_arns", .api = "GuardrailPolicyArns", .type = ATTR_STR_LIST},
    {.tf = "sns_topic_arns", .api = "SnsTopicArns", .type = ATTR_STR_SET},
    {.tf = "logging_level", .api = "LoggingLevel", .type = ATTR_STR, .def = "NONE"},
    {.tf = "chat_configuration_arn",
     .api = "ChatConfigurationArn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED},
};
const struct resource_kind resource_slack_channel = {.tf =
                                                         "aws_chatbot_slack_channel_configuration",
                                                     .free = "AWS does not charge for it",
                                                     .title = "Slack channel",
                                                     .service = "chatbot",
                                                     .file = "sns.tf",
                                                     ATTRS(slack_rows)};
