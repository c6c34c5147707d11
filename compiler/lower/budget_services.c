/* SPDX-License-Identifier: MIT */
/* table: AWS services as people call them, and as AWS's bills do */
#include "lower/budgets.h"

#define SERVICE "Service"
#define GROUP "UsageTypeGroup"
#define NAMES_MAX 4096

/*
 * Names of services: those that Cost Explorer's dimension SERVICE has (GetDimensionValues), whose
 * filters budgets share; a few have had two, and a value that an account does not have counts
 * nothing. EC2 is on the bill in two parts, of which the second is disks, addresses and gateways.
 *
 * Data transfer is no service but usage of several. The groups are those of "Filtering the data
 * that you want to view" (Cost Management user guide, usage type groups): what leaves EC2, S3 and
 * DynamoDB, and what goes between zones. What comes in is free. CloudFront has no group: its
 * transfer is in its own budget.
 */
static const struct budget_service services[] = {
    {"API Gateway", "apigateway", SERVICE, {"Amazon API Gateway"}},
    {"Athena", NULL, SERVICE, {"Amazon Athena"}},
    {"Backup", NULL, SERVICE, {"AWS Backup"}},
    {"Bedrock", NULL, SERVICE, {"Amazon Bedrock"}},
    {"CloudFront", "cdn", SERVICE, {"Amazon CloudFront"}},
    {"CloudTrail", NULL, SERVICE, {"AWS CloudTrail"}},
    {"CloudWatch", "cloudwatch logs|logs", SERVICE, {"AmazonCloudWatch"}},
    {"CodeBuild", NULL, SERVICE, {"CodeBuild"}},
    {"Cognito", NULL, SERVICE, {"Amazon Cognito"}},
    {"Config", NULL, SERVICE, {"AWS Config"}},
    {"Cost Explorer", NULL, SERVICE, {"AWS Cost Explorer"}},
    {"Data Transfer",
     "transfer|egress|datatransfer",
     GROUP,
     {"EC2: Data Transfer - Internet (Out)", "EC2: Data Transfer - Region to Region (Out)",
      "EC2: Data Transfer - Inter AZ", "EC2: Data Transfer - CloudFront (Out)",
      "S3: Data Transfer - Internet (Out)", "S3: Data Transfer - Region to Region (Out)",
      "S3: Data Transfer - CloudFront (Out)", "DDB: Data Transfer - Internet (Out)"}},
    {"DocumentDB", NULL, SERVICE, {"Amazon DocumentDB (with MongoDB compatibility)"}},
    {"DynamoDB", NULL, SERVICE, {"Amazon DynamoDB"}},
    {"EC2",
     "elastic compute cloud",
     SERVICE,
     {"Amazon Elastic Compute Cloud - Compute", "EC2 - Other"}},
    {"EC2 Instances",
     "ec2-instances|instances",
     SERVICE,
     {"Amazon Elastic Compute Cloud - Compute"}},
    {"EC2 Other", "ec2-other", SERVICE, {"EC2 - Other"}},
    {"ECR", "elastic container registry", SERVICE, {"Amazon EC2 Container Registry (ECR)"}},
    {"ECS", "fargate", SERVICE, {"Amazon Elastic Container Service"}},
    {"EFS", NULL, SERVICE, {"Amazon Elastic File System"}},
    {"EKS",
     "kubernetes|elastic kubernetes service",
     SERVICE,
     {"Amazon Elastic Container Service for Kubernetes", "Amazon Elastic Kubernetes Service"}},
    {"ElastiCache", "redis|valkey|memcached", SERVICE, {"Amazon ElastiCache"}},
    {"ELB", "alb|nlb|load balancer|load balancing", SERVICE, {"Amazon Elastic Load Balancing"}},
    {"EventBridge", "events", SERVICE, {"Amazon EventBridge", "CloudWatch Events"}},
    {"Glue", NULL, SERVICE, {"AWS Glue"}},
    {"GuardDuty", NULL, SERVICE, {"Amazon GuardDuty"}},
    {"Kinesis", NULL, SERVICE, {"Amazon Kinesis"}},
    {"KMS", NULL, SERVICE, {"AWS Key Management Service"}},
    {"Lambda", NULL, SERVICE, {"AWS Lambda"}},
    {"Lightsail", NULL, SERVICE, {"Amazon Lightsail"}},
    {"MQ", NULL, SERVICE, {"Amazon MQ"}},
    {"MSK", "kafka", SERVICE, {"Amazon Managed Streaming for Apache Kafka"}},
    {"OpenSearch", "elasticsearch", SERVICE, {"Amazon OpenSearch Service"}},
    {"RDS", "aurora", SERVICE, {"Amazon Relational Database Service"}},
    {"Redshift", NULL, SERVICE, {"Amazon Redshift"}},
    {"Route 53", "route53|dns", SERVICE, {"Amazon Route 53"}},
    {"S3", NULL, SERVICE, {"Amazon Simple Storage Service"}},
    {"SageMaker", NULL, SERVICE, {"Amazon SageMaker"}},
    {"Secrets Manager", NULL, SERVICE, {"AWS Secrets Manager"}},
    {"SES", NULL, SERVICE, {"Amazon Simple Email Service"}},
    {"SNS", NULL, SERVICE, {"Amazon Simple Notification Service"}},
    {"SQS", NULL, SERVICE, {"Amazon Simple Queue Service"}},
    {"Step Functions", "stepfunctions", SERVICE, {"AWS Step Functions"}},
    {"Systems Manager", "ssm", SERVICE, {"AWS Systems Manager"}},
    {"Tax", "vat", SERVICE, {"Tax"}},
    {"VPC", "ipv4", SERVICE, {"Amazon Virtual Private Cloud"}},
    {"WAF", NULL, SERVICE, {"AWS WAF"}},
    {"X-Ray", "xray", SERVICE, {"AWS X-Ray"}},
};
static const uint32_t services_n = sizeof services / sizeof *services;

/* Without Amazon or AWS before it. */
static str plain(struct arena *a, str name) {
    str s = arena_fold_case(a, name);
    static const char *const makers[] = {"amazon ", "aws "};
    for (unsigned i = 0; i < sizeof makers / sizeof *makers; i++) {
        if (str_starts(s, str_c(makers[i])))
            return str_sub(s, (uint32_t)strlen(makers[i]), s.n);
    }
    return s;
}

static bool is_called(struct arena *a, const struct budget_service *s, str name) {
    bool same = str_is_nocase(name, s->name);
    for (str rest = str_c(s->also != NULL ? s->also : ""); rest.n > 0 && !same;)
        same = str_eq(str_split(&rest, '|'), name);
    /* By one of two names of AWS's only a part would be meant. */
    if (!same && s->values[1] == NULL)
        same = str_eq(plain(a, str_c(s->values[0])), name);
    return same;
}

static void unknown(struct lower *l, const struct cfg_text *name) {
    struct diag *d =
        diag_add(l->dl, DIAG_BUDGET_SERVICE, name->at,
                 "`%.*s` is no service that budgets can be told apart by", STR_ARG(name->text));
    struct suggest near = suggest_for(name->text);
    struct buf b = BUF_INIT(NAMES_MAX);
    for (uint32_t i = 0; i < services_n; i++) {
        suggest_offer(&near, str_c(services[i].name));
        buf_printf(&b, "%s%s", list_gap(i, services_n, " and "), services[i].name);
    }
    str names = buf_keep(&b, l->a);
    if (!diag_suggest(l->dl, d, &near))
        diag_hint(l->dl, d, "There are %.*s.", STR_ARG(names));
}

const struct budget_service *budget_service_named(struct arena *a, str name) {
    str wanted = plain(a, name);
    for (uint32_t i = 0; i < services_n; i++) {
        if (is_called(a, &services[i], wanted))
            return &services[i];
    }
    return NULL;
}

const struct budget_service *budget_service_find(struct lower *l, const struct cfg_text *name) {
    const struct budget_service *s = budget_service_named(l->scratch, name->text);
    if (s == NULL)
        unknown(l, name);
    return s;
}
