/* SPDX-License-Identifier: MIT */
/* Tables of partitions and hosts. */
#include "aws/endpoint.h"

#include "base/buf.h"

#define HOST_BYTES_MAX 256
#define REGION_BYTES_MAX 40

/* Longer beginnings before those that they begin with. */
static const struct aws_partition partitions[] = {
    {"aws-us-gov", "us-gov-", "amazonaws.com", "api.aws", "us-gov-west-1"},
    {"aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1"},
    {"aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1"},
    {"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1"},
    {"aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1"},
    {"aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1"},
    {"aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1"},
    {"aws", "", "amazonaws.com", "api.aws", "us-east-1"},
};

enum { PLAIN = 1, FIPS = 2, DUAL = 4, BOTH = 8, ALL = 15 };

/*
 * Which host: the first row that fits. In `host` P is the service's prefix, R the region, G the
 * partition's global region, S its suffix, D that of dualstack; what is between braces.
 * `signing` NULL: the region itself, or the global one when the host has no {R}.
 */
static const struct row {
    const char *service, *partition; /* NULL: every one; or a region */
    unsigned of;
    const char *host, *signing;
} rows[] = {
    {"ce", "aws-eusc", PLAIN, "{P}.{G}.{D}", NULL},
    {"ce", NULL, PLAIN, "{P}.{G}.{S}", NULL},
    {"ce", NULL, DUAL, "{P}.{G}.{D}", NULL},
    {"ce", NULL, FIPS, "{P}-fips.{G}.{S}", NULL},
    {"ce", NULL, BOTH, "{P}-fips.{G}.{D}", NULL},

    {"budgets", "aws", DUAL, "{P}.{G}.{D}", NULL},
    {"budgets", "aws-eusc", PLAIN | DUAL, "{P}.{G}.{D}", NULL},
    {"budgets", "aws-iso-b", PLAIN, "{P}.global.{S}", NULL},
    {"budgets", "aws-iso-e", PLAIN, "{P}.global.{S}", NULL},
    {"budgets", "aws-iso-f", PLAIN, "{P}.global.{S}", NULL},
    {"budgets", NULL, PLAIN, "{P}.{S}", NULL},
    {"budgets", NULL, DUAL, "{P}.{D}", NULL},
    {"budgets", NULL, FIPS, "{P}-fips.{S}", NULL},
    {"budgets", NULL, BOTH, "{P}-fips.{D}", NULL},

    {"iam", "aws-us-gov", PLAIN | FIPS, "{P}.us-gov.{S}", NULL},
    {"iam", "aws-us-gov", DUAL | BOTH, "{P}.us-gov.{D}", NULL},
    {"iam", "aws", PLAIN, "{P}.{S}", NULL},
    {"iam", "aws", DUAL, "{P}.global.{D}", NULL},
    {"iam", "aws", BOTH, "{P}-fips.global.{D}", NULL},
    {"iam", "aws-cn", PLAIN, "{P}.cn-north-1.{S}", "cn-north-1"},
    {"iam", "aws-cn", DUAL, "{P}.global.{D}", "cn-north-1"},
    {"iam", "aws-iso", FIPS, "{P}-fips.{G}.{S}", NULL},
    {"iam", "aws-iso-b", FIPS, "{P}-fips.{G}.{S}", NULL},
    {"iam", NULL, PLAIN, "{P}.{G}.{S}", NULL},
    {"iam", NULL, DUAL, "{P}.{D}", NULL},
    {"iam", NULL, FIPS, "{P}-fips.{S}", NULL},
    {"iam", NULL, BOTH, "{P}-fips.{D}", NULL},

    {"cloudfront", "aws", DUAL, "{P}.global.{D}", NULL},
    {"cloudfront", "aws", BOTH, "{P}-fips.global.{D}", NULL},
    {"cloudfront", "aws-cn", PLAIN, "{P}.{G}.{S}", NULL},
    {"cloudfront", "aws-cn", FIPS, "{P}-fips.{G}.{S}", NULL},
    {"cloudfront", NULL, PLAIN, "{P}.{S}", NULL},
    {"cloudfront", NULL, DUAL, "{P}.{D}", NULL},
    {"cloudfront", NULL, FIPS, "{P}-fips.{S}", NULL},
    {"cloudfront", NULL, BOTH, "{P}-fips.{D}", NULL},

    {"route53", "aws-us-gov", PLAIN | FIPS, "{P}.us-gov.{S}", NULL},
    {"route53", "aws-us-gov", DUAL | BOTH, "{P}.us-gov.{D}", NULL},
    {"route53", "aws", DUAL, "{P}.global.{D}", NULL},
    {"route53", "aws-cn", DUAL, "{P}.global.{D}", NULL},
    {"route53", "aws-eusc", DUAL, "{P}.global.{D}", NULL},
    {"route53", "aws", BOTH, "{P}-fips.global.{D}", NULL},
    {"route53", NULL, PLAIN, "{P}.{S}", NULL},
    {"route53", NULL, DUAL, "{P}.{D}", NULL},
    {"route53", NULL, FIPS, "{P}-fips.{S}", NULL},
    {"route53", NULL, BOTH, "{P}-fips.{D}", NULL},

    {"s3", "aws-cn", FIPS | BOTH, NULL, NULL},
    {"s3", NULL, DUAL, "{P}.dualstack.{R}.{S}", NULL},
    {"s3", NULL, BOTH, "{P}-fips.dualstack.{R}.{S}", NULL},
    {"secretsmanager", "aws", DUAL, "{P}.{R}.{S}", NULL},
    {"secretsmanager", "aws-cn", DUAL, "{P}.{R}.{S}", NULL},
    {"secretsmanager", "aws-us-gov", DUAL, "{P}.{R}.{S}", NULL},
    {"secretsmanager", "aws", BOTH, "{P}-fips.{R}.{S}", NULL},
    {"secretsmanager", "aws-us-gov", BOTH, "{P}-fips.{R}.{S}", NULL},
    {"ecr", NULL, DUAL, "ecr.{R}.{D}", NULL},
    {"ecr", NULL, BOTH, "ecr-fips.{R}.{D}", NULL},

    {"efs", "aws", DUAL, "efs.{R}.{D}", NULL},
    {"efs", "aws", BOTH, "efs-fips.{R}.{D}", NULL},
    {"efs", "aws-cn", DUAL, "efs.{R}.{D}", NULL},
    {"efs", "aws-cn", BOTH, "efs-fips.{R}.{D}", NULL},
    {"efs", "aws-us-gov", DUAL, "efs.{R}.{D}", NULL},
    {"efs", "aws-us-gov", BOTH, "efs-fips.{R}.{D}", NULL},
    {"stepfunctions", "us-gov-west-1", FIPS, "{P}.{R}.{S}", NULL},
    {"stepfunctions", "aws-us-gov", DUAL, "{P}-fips.{R}.{D}", NULL},

    /* All hosts of these are of that kind there. */
    {"acm", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"autoscaling", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"elbv2", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"kinesis", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"cloudwatch", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"cloudwatch", "aws-us-gov", BOTH, "{P}.{R}.{D}", NULL},
    {"events", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"events", "aws-us-gov", BOTH, "{P}.{R}.{D}", NULL},
    {"logs", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"sns", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"sqs", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"ssm", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"rds", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"elasticache", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"ec2", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"dlm", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"dynamodb", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"sts", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"sso", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},
    {"sso-oidc", "aws-us-gov", FIPS, "{P}.{R}.{S}", NULL},

    {"signin", "aws", PLAIN, "{R}.{P}.aws.amazon.com", NULL},
    {"signin", "aws-cn", PLAIN, "{R}.{P}.amazonaws.cn", NULL},
    {"signin", "aws-us-gov", PLAIN, "{R}.{P}.amazonaws-us-gov.com", NULL},

    {NULL, NULL, PLAIN, "{P}.{R}.{S}", NULL},
    {NULL, NULL, DUAL, "{P}.{R}.{D}", NULL},
    {NULL, NULL, FIPS, "{P}-fips.{R}.{S}", NULL},
    {NULL, NULL, BOTH, "{P}-fips.{R}.{D}", NULL},
};

/* "Amazon Q Developer in chat applications endpoints and quotas" (AWS General Reference). Each
 * knows what is configured; Terraform's provider asks us-west-2 as well. */
static const struct few {
    const char *service, *partition;
    const char *regions[5];
    const char *otherwise;
} few[] = {
    {"chatbot",
     "aws",
     {"us-east-2", "us-west-2", "eu-west-1", "ap-southeast-1", NULL},
     "us-west-2"},
};

const struct aws_partition *aws_partition_of(str region) {
    const struct aws_partition *p = partitions;
    while (!str_starts(region, str_c(p->starts)))
        p++;
    return p;
}

bool aws_region_is_name(str region) {
    for (uint32_t i = 0; i < region.n; i++) {
        unsigned char c = region.p[i];
        if (!(ascii_is_lower(c) || ascii_is_digit(c) || (c == '-' && i > 0)))
            return false;
    }
    return region.n > 0 && region.n <= REGION_BYTES_MAX && region.p[region.n - 1] != '-';
}

str aws_region_asked(const struct aws_service *s, str region) {
    const char *partition = aws_partition_of(region)->id;
    for (uint32_t i = 0; i < sizeof few / sizeof *few; i++) {
        if (strcmp(few[i].service, s->name) != 0 || strcmp(few[i].partition, partition) != 0)
            continue;
        for (const char *const *r = few[i].regions; *r != NULL; r++) {
            if (str_is(region, *r))
                return region;
        }
        return str_c(few[i].otherwise);
    }
    return region;
}

static str filled(struct arena *a, const char *host, const struct aws_service *s, str region,
                  const struct aws_partition *p) {
    struct buf b = BUF_INIT(HOST_BYTES_MAX);
    for (const char *c = host; *c != 0; c++) {
        if (*c != '{') {
            buf_byte(&b, (unsigned char)*c);
            continue;
        }
        switch (c[1]) {
        case 'P':
            buf_text(&b, s->prefix);
            break;
        case 'R':
            buf_put(&b, region);
            break;
        case 'G':
            buf_text(&b, p->global);
            break;
        case 'S':
            buf_text(&b, p->suffix);
            break;
        default:
            buf_text(&b, p->dualstack);
            break;
        }
        c += 2;
    }
    return buf_keep(&b, a);
}

bool aws_endpoint_find(struct arena *a, const struct aws_service *s, str region, bool fips,
                       bool dualstack, struct aws_endpoint *ret) {
    if (!aws_region_is_name(region))
        return false;
    const struct aws_partition *p = aws_partition_of(region);
    unsigned of = fips && dualstack ? BOTH : fips ? FIPS : dualstack ? DUAL : PLAIN;
    const struct row *r = rows;
    while ((r->service != NULL && strcmp(r->service, s->name) != 0) ||
           (r->partition != NULL && strcmp(r->partition, p->id) != 0 &&
            !str_is(region, r->partition)) ||
           (r->of & of) == 0)
        r++;
    if (r->host == NULL)
        return false;
    str own = strstr(r->host, "{R}") != NULL ? arena_str(a, region) : str_c(p->global);
    *ret = (struct aws_endpoint){filled(a, r->host, s, region, p),
                                 r->signing != NULL ? str_c(r->signing) : own};
    return true;
}
