/* SPDX-License-Identifier: MIT */
/* Tables of services and quotas. */
#include "aws/service.h"

const struct aws_service aws_services[] = {
    {"acm", "ACM", "acm", "acm", "acm", AWS_JSON_1_1, "CertificateManager", NULL, false},
    {"autoscaling", "AUTO_SCALING", "autoscaling", "autoscaling", "autoscaling", AWS_QUERY, NULL,
     "2011-01-01", false},
    {"backup", "BACKUP", "backup", "backup", "backup", AWS_REST_JSON, NULL, NULL, false},
    {"budgets", "BUDGETS", "budgets", "budgets", "budgets", AWS_JSON_1_1, "AWSBudgetServiceGateway",
     NULL, false},
    {"ce", "COST_EXPLORER", "ce", "ce", "ce", AWS_JSON_1_1, "AWSInsightsIndexService", NULL, false},
    {"chatbot", "CHATBOT", "chatbot", "chatbot", "chatbot", AWS_REST_JSON, NULL, NULL, false},
    {"cloudfront", "CLOUDFRONT", "cloudfront", "cloudfront", "cloudfront", AWS_REST_XML, NULL, NULL,
     false},
    {"cloudwatch", "CLOUDWATCH", "monitoring", "monitoring", "cloudwatch", AWS_JSON_1_0,
     "GraniteServiceVersion20100801", NULL, true},
    {"dlm", "DLM", "dlm", "dlm", "dlm", AWS_REST_JSON, NULL, NULL, false},
    {"dynamodb", "DYNAMODB", "dynamodb", "dynamodb", "dynamodb", AWS_JSON_1_0, "DynamoDB_20120810",
     NULL, false},
    {"ec2", "EC2", "ec2", "ec2", "ec2", AWS_EC2, NULL, "2016-11-15", false},
    {"ecr", "ECR", "api.ecr", "ecr", "ecr", AWS_JSON_1_1, "AmazonEC2ContainerRegistry_V20150921",
     NULL, false},
    {"ecs", "ECS", "ecs", "ecs", "ecs", AWS_JSON_1_1, "AmazonEC2ContainerServiceV20141113", NULL,
     false},
    {"efs", "EFS", "elasticfilesystem", "elasticfilesystem", "elasticfilesystem", AWS_REST_JSON,
     NULL, NULL, false},
    {"elasticache", "ELASTICACHE", "elasticache", "elasticache", "elasticache", AWS_QUERY, NULL,
     "2015-02-02", false},
    {"elbv2", "ELASTIC_LOAD_BALANCING_V2", "elasticloadbalancing", "elasticloadbalancing",
     "elasticloadbalancing", AWS_QUERY, NULL, "2015-12-01", false},
    {"events", "EVENTBRIDGE", "events", "events", "events", AWS_JSON_1_1, "AWSEvents", NULL, false},
    {"iam", "IAM", "iam", "iam", "iam", AWS_QUERY, NULL, "2010-05-08", false},
    {"kinesis", "KINESIS", "kinesis", "kinesis", "kinesis", AWS_JSON_1_1, "Kinesis_20131202", NULL,
     false},
    {"kms", "KMS", "kms", "kms", "kms", AWS_JSON_1_1, "TrentService", NULL, false},
    {"lambda", "LAMBDA", "lambda", "lambda", "lambda", AWS_REST_JSON, NULL, NULL, false},
    {"logs", "CLOUDWATCH_LOGS", "logs", "logs", "logs", AWS_JSON_1_1, "Logs_20140328", NULL, false},
    {"rds", "RDS", "rds", "rds", "rds", AWS_QUERY, NULL, "2014-10-31", false},
    {"resourcegroupstaggingapi", "RESOURCE_GROUPS_TAGGING_API", "tagging", "tagging", "tag",
     AWS_JSON_1_1, "ResourceGroupsTaggingAPI_20170126", NULL, false},
    {"route53", "ROUTE_53", "route53", "route53", "route53", AWS_REST_XML, NULL, NULL, false},
    {"s3", "S3", "s3", "s3", "s3", AWS_REST_XML, NULL, NULL, false},
    {"scheduler", "SCHEDULER", "scheduler", "scheduler", "scheduler", AWS_REST_JSON, NULL, NULL,
     false},
    {"secretsmanager", "SECRETS_MANAGER", "secretsmanager", "secretsmanager", "secretsmanager",
     AWS_JSON_1_1, "secretsmanager", NULL, false},
    {"signin", "SIGNIN", "signin", "signin", "signin", AWS_REST_JSON, NULL, NULL, false},
    {"sns", "SNS", "sns", "sns", "sns", AWS_QUERY, NULL, "2010-03-31", false},
    {"sqs", "SQS", "sqs", "sqs", "sqs", AWS_JSON_1_0, "AmazonSQS", NULL, true},
    {"ssm", "SSM", "ssm", "ssm", "ssm", AWS_JSON_1_1, "AmazonSSM", NULL, false},
    {"sso", "SSO", "portal.sso", "awsssoportal", "sso", AWS_REST_JSON, NULL, NULL, false},
    {"sso-oidc", "SSO_OIDC", "oidc", "sso-oauth", "sso-oauth", AWS_REST_JSON, NULL, NULL, false},
    {"stepfunctions", "SFN", "states", "states", "states", AWS_JSON_1_0, "AWSStepFunctions", NULL,
     false},
    {"sts", "STS", "sts", "sts", "sts", AWS_QUERY, NULL, "2011-06-15", false},
    {"synthetics", "SYNTHETICS", "synthetics", "synthetics", "synthetics", AWS_REST_JSON, NULL,
     NULL, false},
};
const uint32_t aws_services_n = sizeof aws_services / sizeof *aws_services;

/*
 * Of what AWS publishes no number. Its services count with buckets of tokens, IAM too (AWS Security
 * Blog, "How to monitor and query IAM resources at scale", part 2), and where it says how large
 * these are, for operations that read, they hold many seconds' worth: EC2's 100 that fill by 20 a
 * second, or 50 by 10 (EC2 developer guide, "Request throttling"). The least of these is taken.
 */
#define UNKNOWN_FIRST 5
#define UNKNOWN_MOST 25
#define UNKNOWN_AT_ONCE 50

/* What AWS publishes; the first row that fits. An operation NULL is every other one. */
static const struct quota {
    const char *service, *operation;
    unsigned per_s;
} quotas[] = {
    {"cloudwatch", "DescribeAlarms", 9},
    {"cloudwatch", "ListTagsForResource", 10},
    {"cloudwatch", "TagResource", 20},
    {"cloudwatch", "UntagResource", 20},
    {"cloudwatch", "PutMetricAlarm", 3},
    {"cloudwatch", "PutCompositeAlarm", 3},
    {"cloudwatch", "DeleteAlarms", 3},
    {"cloudwatch", "GetDashboard", 10},
    {"cloudwatch", "ListDashboards", 10},
    {"cloudwatch", "PutDashboard", 10},
    {"cloudwatch", "DeleteDashboards", 10},
    {"cloudwatch", "PutAnomalyDetector", 10},
    {"cloudwatch", "DescribeAnomalyDetectors", 10},
    {"cloudwatch", "DeleteAnomalyDetector", 5},
    {"logs", "DescribeLogGroups", 10},
    {"logs", "DeleteLogGroup", 10},
    {"logs", NULL, 5},
    {"resourcegroupstaggingapi", "GetResources", 15},
    {"sns", "ListTopics", 30},
    {"sns", "ListSubscriptions", 30},
    {"sns", "Subscribe", 100},
    {"sns", "Unsubscribe", 100},
    {"events", "PutEvents", 100},
    {"events", NULL, 50},
    /* Lambda developer guide, "Lambda quotas": 15 of all others together. */
    {"lambda", "GetFunction", 100},
    {"lambda", "GetPolicy", 15},
    {"lambda", NULL, 5},
    {"kms", "DescribeKey", 2000},
    {"kms", "GetKeyPolicy", 1000},
    {"kms", "ListKeys", 500},
    {"kms", "ListAliases", 500},
    /* S3 counts by prefix, in thousands. */
    {"s3", NULL, 100},
    {NULL, NULL, UNKNOWN_FIRST},
};

const struct aws_service *aws_service_find(str name) {
    for (uint32_t i = 0; i < aws_services_n; i++) {
        if (str_is(name, aws_services[i].name))
            return &aws_services[i];
    }
    return NULL;
}

struct aws_quota aws_quota_of(const struct aws_service *s, str operation, bool reads) {
    const struct quota *q = quotas;
    while ((q->service != NULL && strcmp(q->service, s->name) != 0) ||
           (q->operation != NULL && !str_is(operation, q->operation)))
        q++;
    bool known = q->service != NULL;
    return (struct aws_quota){q->per_s, known ? q->per_s : UNKNOWN_MOST,
                              known || !reads ? 0 : UNKNOWN_AT_ONCE};
}
