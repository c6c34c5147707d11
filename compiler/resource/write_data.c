/* SPDX-License-Identifier: MIT */
/* table: by what Terraform looks up what is there already; nothing of it is written */
#include "resource/write_rows.h"

static const struct resource_write instance[] = {
    READS_BY("ec2", "DescribeInstances", NULL, NULL),
    READS_BY("ec2", "DescribeInstanceAttribute", NULL, ARN("ec2", "instance/*")),
    READS_BY("ec2", "DescribeInstanceCreditSpecifications", NULL, NULL),
    READS_BY("ec2", "DescribeInstanceTypes", NULL, NULL),
    READS_BY("ec2", "DescribeVolumes", NULL, NULL),
    READS_BY("ec2", "DescribeVpcs", NULL, NULL),
};
#define PROVIDERS GLOBAL_ARN("iam", "oidc-provider/${name}")
static const struct resource_write provider[] = {
    READS_BY("iam", "ListOpenIDConnectProviders", NULL, NULL),
    READS_BY("iam", "GetOpenIDConnectProvider", NULL, PROVIDERS),
};
static const struct resource_write log_groups[] = {
    READS_BY("logs", "DescribeLogGroups", NULL, NULL),
};
#define DATABASE ARN("rds", "db:${db_instance_identifier}")
static const struct resource_write database[] = {
    READS_BY("rds", "DescribeDBInstances", NULL, DATABASE),
};
static const struct resource_write subnets[] = {
    READS_BY("rds", "DescribeDBSubnetGroups", NULL, ARN("rds", "subgrp:${name}")),
};

const struct resource_writing resource_writes_data[] = {
    WRITING(resource_data_instance, instance),       WRITING(resource_data_oidc_provider, provider),
    WRITING(resource_data_log_groups, log_groups),   WRITING(resource_data_db_instance, database),
    WRITING(resource_data_db_subnet_group, subnets), {.kind = NULL},
};
