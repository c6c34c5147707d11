/* SPDX-License-Identifier: MIT */
/* table: S3 buckets, and keys that encrypt them; Terraform has each of a bucket's settings as a
 * resource of its own */
#include "resource/resource_rows.h"

#define OF_BUCKET                                                                                  \
    {                                                                                              \
        .tf = "bucket", .api = "Bucket", .read = "Name|$Bucket", .type = ATTR_STR,                 \
        .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED                                      \
    }
/* What S3 tells of one bucket; where there is none of it, the answer is an error with status 404.
 */
#define GET_OF_BUCKET(name, sub, ...)                                                              \
    {                                                                                              \
        .service = "s3", .operation = (name), .path = "/?" sub, .on = ON_BUCKET,                   \
        .each = &list_buckets, .each_items = "Buckets/Bucket", PARAMS(bucket_params), __VA_ARGS__  \
    }
#define ON_BUCKET "arn:${partition}:s3:::${bucket}"
#define KIND(name, words)                                                                          \
    .tf = (name), .title = (words), .service = "s3", .file = "bucket.tf", .name_max = 63

static const struct resource_call list_buckets = {.service = "s3",
                                                  .operation = "ListBuckets",
                                                  .root = "ListAllMyBucketsResult",
                                                  .path = "/",
                                                  .input = "{\"max-buckets\":10000}",
                                                  .token_in = "continuation-token",
                                                  .token_out = "ContinuationToken",
                                                  .prefix = "prefix",
                                                  .action = "ListAllMyBuckets"};
static const struct resource_param bucket_params[] = {{"Bucket", "Name"}};
static const struct resource_call get_lock =
    GET_OF_BUCKET("GetObjectLockConfiguration", "object-lock", .root = "ObjectLockConfiguration",
                  .action = "GetBucketObjectLockConfiguration");
static const struct resource_read read_buckets[] = {
    {.call = &list_buckets, .items = "Buckets/Bucket"},
    {.call = &get_lock, .items = ""},
};

static const struct resource_attr bucket_rows[] = {
    OF_BUCKET,
    {.tf = "object_lock_enabled",
     .api = "ObjectLockEnabledForBucket",
     .read = "ObjectLockEnabled",
     .yes = "Enabled",
     .type = ATTR_BOOL,
     .flags = ATTR_REPLACE,
     .def = "false"},
    {.tf = "id", .type = ATTR_STR, .flags = ATTR_COMPUTED, .made = "${bucket}"},
    {.tf = "arn",
     .api = "BucketArn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:s3:::${bucket}"},
    TAGS,
};
const struct resource_kind resource_s3_bucket = {KIND("aws_s3_bucket", "S3 bucket"),
                                                 .import_id = "${bucket}",
                                                 READS(read_buckets),
                                                 .tags = &resource_tags_s3,
                                                 .free = "what it holds is priced by usage",
                                                 ATTRS(bucket_rows)};

static const struct resource_call get_ownership =
    GET_OF_BUCKET("GetBucketOwnershipControls", "ownershipControls", .root = "OwnershipControls");
static const struct resource_read read_ownership[] = {{.call = &get_ownership, .items = ""}};
static const struct resource_attr ownership_rule_rows[] = {
    {.tf = "object_ownership", .api = "ObjectOwnership", .type = ATTR_STR, .flags = ATTR_REQUIRED},
};
static const struct resource_attr ownership_rows[] = {
    OF_BUCKET,
    {.tf = "rule",
     .api = "Rule",
     .type = ATTR_BLOCK,
     .flags = ATTR_REQUIRED,
     BLOCK(ownership_rule_rows)},
};
const struct resource_kind resource_s3_ownership = {
    KIND("aws_s3_bucket_ownership_controls", "S3 bucket ownership controls"),
    .import_id = "${bucket}", READS(read_ownership), .free = "part of the bucket",
    ATTRS(ownership_rows)};

static const struct resource_call get_access =
    GET_OF_BUCKET("GetPublicAccessBlock", "publicAccessBlock",
                  .root = "PublicAccessBlockConfiguration", .action = "GetBucketPublicAccessBlock");
static const struct resource_read read_access[] = {{.call = &get_access, .items = ""}};
static const struct resource_attr access_rows[] = {
    OF_BUCKET,
    {.tf = "block_public_acls", .api = "BlockPublicAcls", .type = ATTR_BOOL, .def = "false"},
    {.tf = "block_public_policy", .api = "BlockPublicPolicy", .type = ATTR_BOOL, .def = "false"},
    {.tf = "ignore_public_acls", .api = "IgnorePublicAcls", .type = ATTR_BOOL, .def = "false"},
    {.tf = "restrict_public_buckets",
     .api = "RestrictPublicBuckets",
     .type = ATTR_BOOL,
     .def = "false"},
};
const struct resource_kind resource_s3_public_access = {
    KIND("aws_s3_bucket_public_access_block", "S3 public access block"), .import_id = "${bucket}",
    READS(read_access), .free = "part of the bucket", ATTRS(access_rows)};

/* Of a bucket that never had versions the answer is empty. */
static const struct resource_call get_versioning =
    GET_OF_BUCKET("GetBucketVersioning", "versioning", .root = "VersioningConfiguration");
static const struct resource_read read_versioning[] = {
    {.call = &get_versioning, .items = "", .absent = "versioning_configuration"}};
static const struct resource_attr versioning_status_rows[] = {
    {.tf = "status", .api = "Status", .type = ATTR_STR, .flags = ATTR_REQUIRED},
};
static const struct resource_attr versioning_rows[] = {
    OF_BUCKET,
    {.tf = "versioning_configuration",
     .api = "VersioningConfiguration",
     .read = "",
     .type = ATTR_BLOCK,
     .flags = ATTR_REQUIRED,
     BLOCK(versioning_status_rows)},
};
const struct resource_kind resource_s3_versioning = {
    KIND("aws_s3_bucket_versioning", "S3 bucket versioning"), .import_id = "${bucket}",
    READS(read_versioning), .free = "part of the bucket", ATTRS(versioning_rows)};

static const struct resource_call get_encryption =
    GET_OF_BUCKET("GetBucketEncryption", "encryption", .root = "ServerSideEncryptionConfiguration",
                  .action = "GetEncryptionConfiguration");
static const struct resource_read read_encryption[] = {{.call = &get_encryption, .items = ""}};
static const struct resource_attr by_default_rows[] = {
    {.tf = "sse_algorithm", .api = "SSEAlgorithm", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "kms_master_key_id", .api = "KMSMasterKeyID", .type = ATTR_STR},
};
static const struct resource_attr encryption_rule_rows[] = {
    {.tf = "bucket_key_enabled", .api = "BucketKeyEnabled", .type = ATTR_BOOL},
    {.tf = "apply_server_side_encryption_by_default",
     .api = "ApplyServerSideEncryptionByDefault",
     .type = ATTR_BLOCK,
     BLOCK(by_default_rows)},
};
static const struct resource_attr encryption_rows[] = {
    OF_BUCKET,
    {.tf = "rule",
     .api = "Rule",
     .type = ATTR_BLOCK,
     .flags = ATTR_REQUIRED,
     BLOCK(encryption_rule_rows)},
};
const struct resource_kind resource_s3_encryption = {
    KIND("aws_s3_bucket_server_side_encryption_configuration", "S3 bucket encryption"),
    .import_id = "${bucket}", READS(read_encryption), .free = "part of the bucket",
    ATTRS(encryption_rows)};

static const struct resource_call get_policy =
    GET_OF_BUCKET("GetBucketPolicy", "policy", .payload = "Policy");
static const struct resource_read read_policies[] = {{.call = &get_policy, .items = ""}};
static const struct resource_attr policy_rows[] = {
    OF_BUCKET,
    {.tf = "policy", .api = "Policy", .type = ATTR_JSON, .flags = ATTR_REQUIRED | ATTR_POLICY},
    {.tf = "depends_on", .type = ATTR_STR_LIST},
};
const struct resource_kind resource_s3_policy = {KIND("aws_s3_bucket_policy", "S3 bucket policy"),
                                                 .import_id = "${bucket}", READS(read_policies),
                                                 .free = "part of the bucket", ATTRS(policy_rows)};

#define SIZE_HEADER "x-amz-transition-default-minimum-object-size"
static const struct resource_call get_lifecycle =
    GET_OF_BUCKET("GetBucketLifecycleConfiguration", "lifecycle", .root = "LifecycleConfiguration",
                  .header = SIZE_HEADER, .action = "GetLifecycleConfiguration");
static const struct resource_read read_lifecycles[] = {{.call = &get_lifecycle, .items = ""}};
static const struct resource_attr tag_rows[] = {
    {.tf = "key", .api = "Key", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "value", .api = "Value", .type = ATTR_STR, .flags = ATTR_REQUIRED},
};
static const struct resource_attr and_rows[] = {
    {.tf = "prefix", .api = "Prefix", .type = ATTR_STR},
    {.tf = "object_size_greater_than", .api = "ObjectSizeGreaterThan", .type = ATTR_NUM},
    {.tf = "object_size_less_than", .api = "ObjectSizeLessThan", .type = ATTR_NUM},
    {.tf = "tags", .api = "Tag", .type = ATTR_STR_MAP, .pair = "Key,Value"},
};
/* A rule has a filter, or the prefix itself, which is how all rules once were. */
static const struct resource_attr filter_rows[] = {
    {.tf = "prefix", .api = "Prefix", .read = "Filter/Prefix|Prefix", .type = ATTR_STR},
    {.tf = "object_size_greater_than",
     .api = "ObjectSizeGreaterThan",
     .read = "Filter/ObjectSizeGreaterThan",
     .type = ATTR_NUM},
    {.tf = "object_size_less_than",
     .api = "ObjectSizeLessThan",
     .read = "Filter/ObjectSizeLessThan",
     .type = ATTR_NUM},
    {.tf = "tag", .api = "Tag", .read = "Filter/Tag", .type = ATTR_BLOCK, BLOCK(tag_rows)},
    {.tf = "and", .api = "And", .read = "Filter/And", .type = ATTR_BLOCK, BLOCK(and_rows)},
};
static const struct resource_attr transition_rows[] = {
    {.tf = "date", .api = "Date", .type = ATTR_STR},
    {.tf = "days", .api = "Days", .type = ATTR_NUM},
    {.tf = "storage_class", .api = "StorageClass", .type = ATTR_STR, .flags = ATTR_REQUIRED},
};
static const struct resource_attr expiration_rows[] = {
    {.tf = "date", .api = "Date", .type = ATTR_STR},
    {.tf = "days", .api = "Days", .type = ATTR_NUM},
    {.tf = "expired_object_delete_marker", .api = "ExpiredObjectDeleteMarker", .type = ATTR_BOOL},
};
static const struct resource_attr noncurrent_rows[] = {
    {.tf = "noncurrent_days", .api = "NoncurrentDays", .type = ATTR_NUM, .flags = ATTR_REQUIRED},
    {.tf = "newer_noncurrent_versions", .api = "NewerNoncurrentVersions", .type = ATTR_NUM},
};
static const struct resource_attr noncurrent_transition_rows[] = {
    {.tf = "noncurrent_days", .api = "NoncurrentDays", .type = ATTR_NUM, .flags = ATTR_REQUIRED},
    {.tf = "newer_noncurrent_versions", .api = "NewerNoncurrentVersions", .type = ATTR_NUM},
    {.tf = "storage_class", .api = "StorageClass", .type = ATTR_STR, .flags = ATTR_REQUIRED},
};
static const struct resource_attr abort_rows[] = {
    {.tf = "days_after_initiation",
     .api = "DaysAfterInitiation",
     .type = ATTR_NUM,
     .flags = ATTR_REQUIRED},
};
static const struct resource_attr rule_rows[] = {
    {.tf = "id", .api = "ID", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "status", .api = "Status", .type = ATTR_STR, .flags = ATTR_REQUIRED},
    {.tf = "filter", .api = "Filter", .read = "", .type = ATTR_BLOCK, BLOCK(filter_rows)},
    {.tf = "transition",
     .api = "Transition",
     .type = ATTR_BLOCKS,
     .flags = ATTR_UNORDERED,
     BLOCK(transition_rows)},
    {.tf = "expiration", .api = "Expiration", .type = ATTR_BLOCK, BLOCK(expiration_rows)},
    {.tf = "noncurrent_version_transition",
     .api = "NoncurrentVersionTransition",
     .type = ATTR_BLOCKS,
     .flags = ATTR_UNORDERED,
     BLOCK(noncurrent_transition_rows)},
    {.tf = "noncurrent_version_expiration",
     .api = "NoncurrentVersionExpiration",
     .type = ATTR_BLOCK,
     BLOCK(noncurrent_rows)},
    {.tf = "abort_incomplete_multipart_upload",
     .api = "AbortIncompleteMultipartUpload",
     .type = ATTR_BLOCK,
     BLOCK(abort_rows)},
};
static const struct resource_attr lifecycle_rows[] = {
    OF_BUCKET,
    {.tf = "transition_default_minimum_object_size",
     .api = "TransitionDefaultMinimumObjectSize",
     .read = SIZE_HEADER,
     .type = ATTR_STR,
     .flags = ATTR_FILLED},
    {.tf = "rule",
     .api = "Rule",
     .type = ATTR_BLOCKS,
     .flags = ATTR_REQUIRED,
     .key = "id",
     BLOCK(rule_rows)},
    {.tf = "depends_on", .type = ATTR_STR_LIST},
};
const struct resource_kind resource_s3_lifecycle = {
    KIND("aws_s3_bucket_lifecycle_configuration", "S3 bucket lifecycle"), .import_id = "${bucket}",
    READS(read_lifecycles), .free = "the rules; what they move is priced by usage",
    ATTRS(lifecycle_rows)};

static const struct resource_call list_aliases = {.service = "kms",
                                                  .operation = "ListAliases",
                                                  .input = "{\"Limit\":100}",
                                                  .token_in = "Marker",
                                                  .token_out = "NextMarker"};
/* Some of AWS's own aliases lead to no key yet. */
static const struct resource_param key_params[] = {{"KeyId", "TargetKeyId"}};
#define ANY_KEY "arn:${partition}:kms:${region}:${account}:key/*"
#define OF_EACH_ALIAS(name)                                                                        \
    {                                                                                              \
        .service = "kms", .operation = (name), .each = &list_aliases, .each_items = "Aliases",     \
        .each_name = "AliasName", PARAMS(key_params), .on = ANY_KEY                                \
    }
static const struct resource_call describe_key = OF_EACH_ALIAS("DescribeKey");
static const struct resource_call get_key_rotation = OF_EACH_ALIAS("GetKeyRotationStatus");
/* A key whose alias somebody has deleted, or that was made and got none. One that waits to be
 * deleted is not there. */
static const struct resource_call list_keys = {.service = "kms",
                                               .operation = "ListKeys",
                                               .input = "{\"Limit\":1000}",
                                               .token_in = "Marker",
                                               .token_out = "NextMarker",
                                               .late = true};
static const struct resource_param unnamed_params[] = {{"KeyId", "KeyId"}};
#define ENABLED "KeyMetadata[KeyState=Enabled]"
static const struct resource_call describe_unnamed = {.service = "kms",
                                                      .operation = "DescribeKey",
                                                      .each = &list_keys,
                                                      .each_items = "Keys",
                                                      PARAMS(unnamed_params),
                                                      .on = ANY_KEY};
static const struct resource_call get_unnamed_rotation = {.service = "kms",
                                                          .operation = "GetKeyRotationStatus",
                                                          .each = &describe_unnamed,
                                                          .each_items = ENABLED,
                                                          PARAMS(unnamed_params),
                                                          .on = ANY_KEY};
static const struct resource_read read_aliases[] = {{.call = &list_aliases, .items = "Aliases"}};
static const struct resource_read read_keys[] = {
    {.call = &describe_key, .items = "KeyMetadata"},
    {.call = &get_key_rotation, .items = ""},
    {.call = &describe_unnamed, .items = ENABLED},
    {.call = &get_unnamed_rotation, .items = ""},
};

static const struct resource_attr key_rows[] = {
    /* With the tags it says what a key without an alias is for. */
    {.tf = "description", .api = "Description", .type = ATTR_STR, .flags = ATTR_ALSO},
    {.tf = "deletion_window_in_days", .type = ATTR_NUM, .def = "30"},
    {.tf = "enable_key_rotation", .api = "KeyRotationEnabled", .type = ATTR_BOOL, .def = "false"},
    /* Neither is one that waits to be deleted. */
    {.tf = "is_enabled", .api = "Enabled", .type = ATTR_BOOL, .def = "true"},
    {.tf = "key_id", .api = "KeyId", .read = "$KeyId", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    {.tf = "arn", .api = "Arn", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    TAGS,
};
const struct resource_kind resource_kms_key = {
    .tf = "aws_kms_key",
    .import_id = "${key_id}",
    .price = "kms.key",
    .unpriced = "each of the first two yearly rotations adds $1.00 a month",
    .title = "KMS key",
    READS(read_keys),
    .known_by = &resource_kms_alias,
    .known_by_attr = "target_key_id",
    .known_by_is = "key_id",
    .service = "kms",
    .file = "kms.tf",
    .tags = &resource_tags_kms,
    ATTRS(key_rows)};

static const struct resource_attr alias_rows[] = {
    {.tf = "name",
     .api = "AliasName",
     .type = ATTR_STR,
     .flags = ATTR_IDENTITY | ATTR_REPLACE | ATTR_REQUIRED},
    {.tf = "target_key_id", .api = "TargetKeyId", .type = ATTR_STR, .flags = ATTR_REQUIRED},
};
const struct resource_kind resource_kms_alias = {.tf = "aws_kms_alias",
                                                 .import_id = "${name}",
                                                 .free = "part of the key",
                                                 .title = "KMS alias",
                                                 READS(read_aliases),
                                                 .service = "kms",
                                                 .file = "kms.tf",
                                                 ATTRS(alias_rows)};
