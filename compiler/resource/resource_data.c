/* SPDX-License-Identifier: MIT */
/* table: what is looked up */
#include "resource/resource_rows.h"

static const struct resource_attr filter_rows[] = {
    {.tf = "name", .api = "Name", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "values", .api = "Value", .type = ATTR_STR_LIST, .flags = ATTR_REQUIRED},
};
static const struct resource_param instance_params[] = {{"Filter", "filter"}};
static const struct resource_call describe_instances = {.service = "ec2",
                                                        .operation = "DescribeInstances",
                                                        .input = "{\"MaxResults\":1000}",
                                                        .token_in = "NextToken",
                                                        .token_out = "nextToken",
                                                        PARAMS(instance_params)};
static const struct resource_read read_instances[] = {
    {.call = &describe_instances, .items = "reservationSet/instancesSet"}};

static const struct resource_attr instance_rows[] = {
    {.tf = "filter", .api = "Filters", .type = ATTR_BLOCKS, BLOCK(filter_rows)},
    {.tf = "id",
     .api = "InstanceId",
     .read = "instanceId",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED},
};
const struct resource_kind resource_data_instance = {.tf = "aws_instance",
                                                     .title = "EC2 instance",
                                                     READS(read_instances),
                                                     .service = "ec2",
                                                     .file = "data.tf",
                                                     ATTRS(instance_rows),
                                                     .data = true};

static const struct resource_attr identity_rows[] = {
    {.tf = "account_id",
     .api = "Account",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "${account}"},
};
const struct resource_kind resource_data_caller_identity = {.tf = "aws_caller_identity",
                                                            .title = "the account",
                                                            .service = "sts",
                                                            .file = "data.tf",
                                                            ATTRS(identity_rows),
                                                            .data = true};

static const struct resource_param db_instance_params[] = {
    {"DBInstanceIdentifier", "db_instance_identifier"}};
static const struct resource_call describe_db_instances = {
    .service = "rds",
    .operation = "DescribeDBInstances",
    .on = "arn:${partition}:rds:${region}:${account}:db:${db_instance_identifier}",
    PARAMS(db_instance_params)};
static const struct resource_read read_db_instances[] = {
    {.call = &describe_db_instances, .items = "DBInstances/DBInstance"}};

static const struct resource_attr db_instance_rows[] = {
    {.tf = "db_instance_identifier",
     .api = "DBInstanceIdentifier",
     .type = ATTR_STR,
     .flags = ATTR_REQUIRED},
    {.tf = "address",
     .api = "Endpoint",
     .read = "Endpoint/Address",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED},
    {.tf = "port",
     .api = "Port",
     .read = "Endpoint/Port",
     .type = ATTR_NUM,
     .flags = ATTR_COMPUTED},
    {.tf = "db_subnet_group",
     .api = "DBSubnetGroup",
     .read = "DBSubnetGroup/DBSubnetGroupName",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED},
    {.tf = "vpc_security_groups",
     .api = "VpcSecurityGroups",
     .read = "VpcSecurityGroups/VpcSecurityGroupMembership/VpcSecurityGroupId",
     .type = ATTR_STR_LIST,
     .flags = ATTR_COMPUTED},
};
const struct resource_kind resource_data_db_instance = {.tf = "aws_db_instance",
                                                        .title = "RDS instance",
                                                        READS(read_db_instances),
                                                        .service = "rds",
                                                        .file = "data.tf",
                                                        ATTRS(db_instance_rows),
                                                        .data = true};

static const struct resource_param subnet_group_params[] = {{"DBSubnetGroupName", "name"}};
static const struct resource_call describe_subnet_groups = {
    .service = "rds",
    .operation = "DescribeDBSubnetGroups",
    .on = "arn:${partition}:rds:${region}:${account}:subgrp:${name}",
    PARAMS(subnet_group_params)};
static const struct resource_read read_subnet_groups[] = {
    {.call = &describe_subnet_groups, .items = "DBSubnetGroups/DBSubnetGroup"}};

static const struct resource_attr subnet_group_rows[] = {
    {.tf = "name", .api = "DBSubnetGroupName", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "subnet_ids",
     .api = "Subnets",
     .read = "Subnets/Subnet/SubnetIdentifier",
     .type = ATTR_STR_SET,
     .flags = ATTR_COMPUTED},
    {.tf = "vpc_id", .api = "VpcId", .type = ATTR_STR, .flags = ATTR_COMPUTED},
};
const struct resource_kind resource_data_db_subnet_group = {.tf = "aws_db_subnet_group",
                                                            .title = "subnets of an RDS instance",
                                                            READS(read_subnet_groups),
                                                            .service = "rds",
                                                            .file = "data.tf",
                                                            ATTRS(subnet_group_rows),
                                                            .data = true};
