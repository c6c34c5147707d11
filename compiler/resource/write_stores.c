/* SPDX-License-Identifier: MIT */
/* table: what writes buckets, keys, secrets, images and documents */
#include "resource/write_rows.h"

#define BUCKET "arn:${partition}:s3:::${bucket}"
#define IN_BUCKET(effects, operation, asks)                                                        \
    { effects, "s3", operation, asks, .on = BUCKET }

/* With Object Lock a bucket is made with versioning, and IAM asks for all three ("Actions for
 * Amazon S3", CreateBucket, API Reference). */
static const struct resource_write bucket[] = {
    {CREATES, "s3", "CreateBucket", .on = BUCKET},
    {DELETES, "s3", "DeleteBucket", .on = BUCKET},
    {TAGGING, "s3", "PutBucketTagging", .on = BUCKET},
    IN_BUCKET(CHANGES, "DeleteBucketTagging", "PutBucketTagging"),
    {PERMITS, "s3", "PutBucketObjectLockConfiguration", .on = BUCKET, .of = "object_lock_enabled"},
    {PERMITS, "s3", "PutBucketVersioning", .on = BUCKET, .of = "object_lock_enabled"},
    READS_BY("s3", "GetBucketAccelerateConfiguration", "GetAccelerateConfiguration", BUCKET),
    READS_BY("s3", "GetBucketAcl", NULL, BUCKET),
    READS_BY("s3", "GetBucketCors", "GetBucketCORS", BUCKET),
    READS_BY("s3", "GetBucketEncryption", "GetEncryptionConfiguration", BUCKET),
    READS_BY("s3", "GetBucketLifecycleConfiguration", "GetLifecycleConfiguration", BUCKET),
    READS_BY("s3", "GetBucketLogging", NULL, BUCKET),
    READS_BY("s3", "GetBucketPolicy", NULL, BUCKET),
    READS_BY("s3", "GetBucketReplication", "GetReplicationConfiguration", BUCKET),
    READS_BY("s3", "GetBucketRequestPayment", NULL, BUCKET),
    READS_BY("s3", "GetBucketTagging", NULL, BUCKET),
    READS_BY("s3", "GetBucketVersioning", NULL, BUCKET),
    READS_BY("s3", "GetBucketWebsite", NULL, BUCKET),
    READS_BY("s3", "GetObjectLockConfiguration", "GetBucketObjectLockConfiguration", BUCKET),
    READS_BY("s3", "HeadBucket", "ListBucket", BUCKET),
};
static const struct resource_write ownership[] = {
    {MAKES, "s3", "PutBucketOwnershipControls", .on = BUCKET},
    IN_BUCKET(DELETES, "DeleteBucketOwnershipControls", "PutBucketOwnershipControls"),
    READS_BY("s3", "GetBucketOwnershipControls", NULL, BUCKET),
};
static const struct resource_write public_access[] = {
    IN_BUCKET(MAKES, "PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
    IN_BUCKET(DELETES, "DeletePublicAccessBlock", "PutBucketPublicAccessBlock"),
    READS_BY("s3", "GetPublicAccessBlock", "GetBucketPublicAccessBlock", BUCKET),
};
static const struct resource_write versioning[] = {
    {MAKES | DELETES, "s3", "PutBucketVersioning", .on = BUCKET},
    READS_BY("s3", "GetBucketVersioning", NULL, BUCKET),
};
static const struct resource_write encryption[] = {
    IN_BUCKET(MAKES, "PutBucketEncryption", "PutEncryptionConfiguration"),
    IN_BUCKET(DELETES, "DeleteBucketEncryption", "PutEncryptionConfiguration"),
    READS_BY("s3", "GetBucketEncryption", "GetEncryptionConfiguration", BUCKET),
};
static const struct resource_write bucket_policy[] = {
    {MAKES, "s3", "PutBucketPolicy", .on = BUCKET},
    {DELETES, "s3", "DeleteBucketPolicy", .on = BUCKET},
    READS_BY("s3", "GetBucketPolicy", NULL, BUCKET),
};
static const struct resource_write bucket_lifecycle[] = {
    IN_BUCKET(MAKES, "PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"),
    IN_BUCKET(DELETES, "DeleteBucketLifecycle", "PutLifecycleConfiguration"),
    READS_BY("s3", "GetBucketLifecycleConfiguration", "GetLifecycleConfiguration", BUCKET),
};

/* AWS chooses the id of a key. */
#define KEYS ARN("kms", "key/*")
static const struct resource_write key[] = {
    {CREATES, "kms", "CreateKey", .on = NULL},
    {CHANGES, "kms", "UpdateKeyDescription", .on = KEYS},
    {MAKES, "kms", "EnableKeyRotation", .on = KEYS},
    {CHANGES, "kms", "DisableKeyRotation", .on = KEYS},
    {DELETES, "kms", "ScheduleKeyDeletion", .on = KEYS},
    {TAGGING, "kms", "TagResource", .on = KEYS},
    {CHANGES, "kms", "UntagResource", .on = KEYS},
    READS_BY("kms", "DescribeKey", NULL, KEYS),
    READS_BY("kms", "GetKeyPolicy", NULL, KEYS),
    READS_BY("kms", "GetKeyRotationStatus", NULL, KEYS),
    READS_BY("kms", "ListResourceTags", NULL, KEYS),
};
/* Asked of both. The name has "alias/" in it. */
#define ALIAS ARN("kms", "${name}") " " KEYS
static const struct resource_write alias[] = {
    {CREATES, "kms", "CreateAlias", .on = ALIAS},
    {CHANGES, "kms", "UpdateAlias", .on = ALIAS},
    {DELETES, "kms", "DeleteAlias", .on = ALIAS},
    READS_BY("kms", "ListAliases", NULL, NULL),
};

/* Parameter Store encrypts as its caller when the key is not its own. */
static const struct resource_write parameter[] = {
    {MAKES, "ssm", "PutParameter", .on = "${arn}"},
    {DELETES, "ssm", "DeleteParameter", .on = "${arn}"},
    {TAGGING, "ssm", "AddTagsToResource", .on = "${arn}"},
    {CHANGES, "ssm", "RemoveTagsFromResource", .on = "${arn}"},
    {PERMITS, "kms", "Encrypt", .on = "${key_id}"},
    READS_BY("ssm", "DescribeParameters", NULL, NULL),
    READS_BY("ssm", "GetParameter", NULL, "${arn}"),
    READS_BY("ssm", "ListTagsForResource", NULL, "${arn}"),
    READS_BY("kms", "Decrypt", NULL, "${key_id}"),
};
/* AWS adds six characters to the name. */
#define SECRET ARN("secretsmanager", "secret:${name}-??????")
static const struct resource_write secret[] = {
    /* Who may make one is looked up before it has them. */
    {CREATES, "secretsmanager", "CreateSecret", .on = ARN("secretsmanager", "secret:${name}*")},
    {CHANGES, "secretsmanager", "UpdateSecret", .on = SECRET},
    {DELETES, "secretsmanager", "DeleteSecret", .on = SECRET},
    {TAGGING, "secretsmanager", "TagResource", .on = SECRET},
    {CHANGES, "secretsmanager", "UntagResource", .on = SECRET},
    {PERMITS, "kms", "Decrypt", .on = "${kms_key_id}"},
    {PERMITS, "kms", "GenerateDataKey", .on = "${kms_key_id}"},
    READS_BY("secretsmanager", "DescribeSecret", NULL, SECRET),
    READS_BY("secretsmanager", "GetResourcePolicy", NULL, SECRET),
};
/* "You also need lambda:InvokeFunction permissions on the rotation function" (Secrets Manager API
 * Reference, RotateSecret). */
static const struct resource_write rotation[] = {
    {MAKES, "secretsmanager", "RotateSecret", .on = SECRET},
    {DELETES, "secretsmanager", "CancelRotateSecret", .on = SECRET},
    {PERMITS, "lambda", "InvokeFunction", .on = "${rotation_lambda_arn}"},
    READS_BY("secretsmanager", "DescribeSecret", NULL, SECRET),
};

static const struct resource_write repository[] = {
    {CREATES, "ecr", "CreateRepository", .on = "${arn}"},
    {CHANGES, "ecr", "PutImageTagMutability", .on = "${arn}"},
    {CHANGES, "ecr", "PutImageScanningConfiguration", .on = "${arn}"},
    {DELETES, "ecr", "DeleteRepository", .on = "${arn}"},
    {TAGGING, "ecr", "TagResource", .on = "${arn}"},
    {CHANGES, "ecr", "UntagResource", .on = "${arn}"},
    READS_BY("ecr", "DescribeRepositories", NULL, "${arn}"),
    READS_BY("ecr", "ListTagsForResource", NULL, "${arn}"),
};
#define REPOSITORY ARN("ecr", "repository/${repository}")
static const struct resource_write image_lifecycle[] = {
    {MAKES, "ecr", "PutLifecyclePolicy", .on = REPOSITORY},
    {DELETES, "ecr", "DeleteLifecyclePolicy", .on = REPOSITORY},
    READS_BY("ecr", "GetLifecyclePolicy", NULL, REPOSITORY),
};
static const struct resource_write readers[] = {
    {MAKES, "ecr", "SetRepositoryPolicy", .on = REPOSITORY},
    {DELETES, "ecr", "DeleteRepositoryPolicy", .on = REPOSITORY},
    READS_BY("ecr", "GetRepositoryPolicy", NULL, REPOSITORY),
};
static const struct resource_write document[] = {
    {CREATES, "ssm", "CreateDocument", .on = "${arn}"},
    {CHANGES, "ssm", "UpdateDocument", .on = "${arn}"},
    {CHANGES, "ssm", "UpdateDocumentDefaultVersion", .on = "${arn}"},
    {DELETES, "ssm", "DeleteDocument", .on = "${arn}"},
    {TAGGING, "ssm", "AddTagsToResource", .on = "${arn}"},
    {CHANGES, "ssm", "RemoveTagsFromResource", .on = "${arn}"},
    READS_BY("ssm", "DescribeDocument", NULL, "${arn}"),
    READS_BY("ssm", "DescribeDocumentPermission", NULL, "${arn}"),
    READS_BY("ssm", "GetDocument", NULL, "${arn}"),
};

const struct resource_writing resource_writes_stores[] = {
    WRITING(resource_s3_bucket, bucket),
    WRITING(resource_s3_ownership, ownership),
    WRITING(resource_s3_public_access, public_access),
    WRITING(resource_s3_versioning, versioning),
    WRITING(resource_s3_encryption, encryption),
    WRITING(resource_s3_policy, bucket_policy),
    WRITING(resource_s3_lifecycle, bucket_lifecycle),
    WRITING(resource_kms_key, key),
    WRITING(resource_kms_alias, alias),
    WRITING(resource_ssm_parameter, parameter),
    WRITING(resource_secret, secret),
    WRITING(resource_secret_rotation, rotation),
    WRITING(resource_ecr_repository, repository),
    WRITING(resource_ecr_lifecycle, image_lifecycle),
    WRITING(resource_ecr_policy, readers),
    WRITING(resource_ssm_document, document),
    {.kind = NULL},
};
