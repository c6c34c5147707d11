/* SPDX-License-Identifier: MIT */
/* table: what writes buckets, keys, secrets, images and documents */
#include "resource/write_rows.h"

#define BUCKET "arn:${partition}:s3:::${bucket}"
#define OF_BUCKET "{\"Bucket\":\"${bucket}\"}"
#define BUCKET_WITH(name, value) "{\"Bucket\":\"${bucket}\",\"" name "\":" value "}"
/* S3 takes these bodies with a hash alone. */
#define PUTS(effects, operation, asks, what, ...)                                                  \
    { effects, "s3", operation, asks, .on = BUCKET, .path = "/?" what, .hashed = true, __VA_ARGS__ }
#define DROPS(operation, asks, what)                                                               \
    {                                                                                              \
        DELETES, "s3", operation, asks, .on = BUCKET, .method = "DELETE", .path = "/?" what,       \
                                        .input = OF_BUCKET                                         \
    }

#define LOCK "x-amz-bucket-object-lock-enabled"
/*
 * With Object Lock a bucket is made with versioning, and IAM asks for all three ("Actions for
 * Amazon S3", CreateBucket, API Reference). With its tags, so that none is ever there without; what
 * sets them later sets all.
 */
static const struct resource_write bucket[] = {
    {CREATES, "s3", "CreateBucket", .on = BUCKET, .path = "/", .header = LOCK,
     .input = "{\"Bucket\":\"${bucket}\",\"" LOCK "\":\"${object_lock_enabled}\","
              "\"CreateBucketConfiguration\":{\"LocationConstraint\":\"${location}\","
              "\"Tags\":{\"Tag\":\"${tags_all|Key,Value}\"}}}"},
    {DELETES, "s3", "DeleteBucket", .on = BUCKET, .method = "DELETE", .path = "/",
     .input = OF_BUCKET},
    PUTS(CHANGES, "PutBucketTagging", NULL, "tagging",
         .input = BUCKET_WITH("Tagging", "{\"TagSet\":{\"Tag\":\"${tags_all+|Key,Value}\"}}")),
    {CHANGES, "s3", "DeleteBucketTagging", "PutBucketTagging", .on = BUCKET},
    {PERMITS, "s3", "TagResource", .on = BUCKET},
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
    PUTS(MAKES, "PutBucketOwnershipControls", NULL, "ownershipControls",
         .input = BUCKET_WITH("OwnershipControls", "{\"Rule\":\"${rule}\"}")),
    DROPS("DeleteBucketOwnershipControls", "PutBucketOwnershipControls", "ownershipControls"),
    READS_BY("s3", "GetBucketOwnershipControls", NULL, BUCKET),
};
static const struct resource_write public_access[] = {
    PUTS(MAKES, "PutPublicAccessBlock", "PutBucketPublicAccessBlock", "publicAccessBlock",
         .input = BUCKET_WITH("PublicAccessBlockConfiguration",
                              "{\"BlockPublicAcls\":\"${block_public_acls!}\","
                              "\"IgnorePublicAcls\":\"${ignore_public_acls!}\","
                              "\"BlockPublicPolicy\":\"${block_public_policy!}\","
                              "\"RestrictPublicBuckets\":\"${restrict_public_buckets!}\"}")),
    DROPS("DeletePublicAccessBlock", "PutBucketPublicAccessBlock", "publicAccessBlock"),
    READS_BY("s3", "GetPublicAccessBlock", "GetBucketPublicAccessBlock", BUCKET),
};
/* A bucket that had versions once has them for ever, or no more of them. */
static const struct resource_write versioning[] = {
    PUTS(MAKES, "PutBucketVersioning", NULL, "versioning",
         .input = BUCKET_WITH("VersioningConfiguration", "\"${versioning_configuration}\"")),
    PUTS(DELETES, "PutBucketVersioning", NULL, "versioning",
         .input = BUCKET_WITH("VersioningConfiguration", "{\"Status\":\"Suspended\"}")),
    READS_BY("s3", "GetBucketVersioning", NULL, BUCKET),
};
static const struct resource_write encryption[] = {
    PUTS(MAKES, "PutBucketEncryption", "PutEncryptionConfiguration", "encryption",
         .input = BUCKET_WITH("ServerSideEncryptionConfiguration", "{\"Rule\":\"${rule}\"}")),
    DROPS("DeleteBucketEncryption", "PutEncryptionConfiguration", "encryption"),
    READS_BY("s3", "GetBucketEncryption", "GetEncryptionConfiguration", BUCKET),
};
static const struct resource_write bucket_policy[] = {
    PUTS(MAKES, "PutBucketPolicy", NULL, "policy", .payload = "Policy",
         .input = BUCKET_WITH("Policy", "\"${policy}\"")),
    DROPS("DeleteBucketPolicy", NULL, "policy"),
    READS_BY("s3", "GetBucketPolicy", NULL, BUCKET),
};
#define SIZE_HEADER "x-amz-transition-default-minimum-object-size"
static const struct resource_write bucket_lifecycle[] = {
    PUTS(MAKES, "PutBucketLifecycleConfiguration", "PutLifecycleConfiguration", "lifecycle",
         .header = SIZE_HEADER,
         .input = "{\"Bucket\":\"${bucket}\",\"" SIZE_HEADER
                  "\":\"${transition_default_minimum_object_size}\","
                  "\"LifecycleConfiguration\":{\"Rule\":\"${rule}\"}}"),
    DROPS("DeleteBucketLifecycle", "PutLifecycleConfiguration", "lifecycle"),
    READS_BY("s3", "GetBucketLifecycleConfiguration", "GetLifecycleConfiguration", BUCKET),
};

/* AWS chooses the id of a key. */
#define KEYS ARN("kms", "key/*")
#define OF_KEY "{\"KeyId\":\"${key_id}\"}"
static const struct resource_write key[] = {
    {CREATES, "kms", "CreateKey", .on = NULL, .once = true,
     .input = "{\"Description\":\"${description}\",\"Tags\":\"${tags_all|TagKey,TagValue}\"}",
     .gives = "key_id=KeyMetadata/KeyId arn=KeyMetadata/Arn"},
    /* What is wanted again is not deleted. One that does not wait for it has another state. */
    {CHANGES, "kms", "CancelKeyDeletion", .on = KEYS, .unset = "is_enabled", .input = OF_KEY,
     .already = "KMSInvalidStateException"},
    {CHANGES, "kms", "EnableKey", .on = KEYS, .unset = "is_enabled", .input = OF_KEY},
    {CHANGES, "kms", "UpdateKeyDescription", .on = KEYS,
     .input = "{\"KeyId\":\"${key_id}\",\"Description\":\"${description!}\"}"},
    {MAKES, "kms", "EnableKeyRotation", .on = KEYS, .of = "enable_key_rotation", .input = OF_KEY,
     .also = "enable_key_rotation"},
    {CHANGES, "kms", "DisableKeyRotation", .on = KEYS, .unset = "enable_key_rotation",
     .input = OF_KEY},
    {DELETES, "kms", "ScheduleKeyDeletion", .on = KEYS,
     .input = "{\"KeyId\":\"${key_id}\",\"PendingWindowInDays\":30}",
     .already = "KMSInvalidStateException"},
    {TAGGING, "kms", "TagResource", .on = KEYS,
     .input = "{\"KeyId\":\"${key_id}\",\"Tags\":\"${tags_all|TagKey,TagValue}\"}"},
    {CHANGES, "kms", "UntagResource", .on = KEYS},
    READS_BY("kms", "DescribeKey", NULL, KEYS),
    READS_BY("kms", "GetKeyPolicy", NULL, KEYS),
    READS_BY("kms", "GetKeyRotationStatus", NULL, KEYS),
    READS_BY("kms", "ListResourceTags", NULL, KEYS),
};
/* Asked of both. The name has "alias/" in it. */
#define ALIAS ARN("kms", "${name}") " " KEYS
#define LEADS "{\"AliasName\":\"${name}\",\"TargetKeyId\":\"${target_key_id}\"}"
static const struct resource_write alias[] = {
    {CREATES, "kms", "CreateAlias", .on = ALIAS, .input = LEADS},
    {CHANGES, "kms", "UpdateAlias", .on = ALIAS, .input = LEADS},
    {DELETES, "kms", "DeleteAlias", .on = ALIAS, .input = "{\"AliasName\":\"${name}\"}"},
    READS_BY("kms", "ListAliases", NULL, NULL),
};

/* Parameter Store encrypts as its caller when the key is not its own. What is in a parameter is its
 * owner's from the beginning: it is made, and not changed. */
static const struct resource_write parameter[] = {
    {CREATES, "ssm", "PutParameter", .on = "${arn}",
     .input = "{\"*\":\"\",\"Tags\":\"${tags_all|Key,Value}\"}"},
    {DELETES, "ssm", "DeleteParameter", .on = "${arn}", .input = "{\"Name\":\"${name}\"}"},
    {PERMITS, "ssm", "AddTagsToResource", .on = "${arn}"},
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
    {CREATES, "secretsmanager", "CreateSecret", .on = ARN("secretsmanager", "secret:${name}*"),
     .input = "{\"Name\":\"${name}\",\"Description\":\"${description}\","
              "\"KmsKeyId\":\"${kms_key_id}\",\"Tags\":\"${tags_all|Key,Value}\","
              "\"ClientRequestToken\":\"${token}\"}",
     .gives = "arn=ARN"},
    {CREATES | RESOURCE_TELLS, "secretsmanager", "DescribeSecret", .on = SECRET,
     .input = "{\"SecretId\":\"${name}\"}", .gives = "arn=ARN"},
    {CHANGES, "secretsmanager", "UpdateSecret", .on = SECRET,
     .input = "{\"SecretId\":\"${arn}\",\"Description\":\"${description!}\","
              "\"KmsKeyId\":\"${kms_key_id!}\",\"ClientRequestToken\":\"${token}\"}"},
    {DELETES, "secretsmanager", "DeleteSecret", .on = SECRET,
     .input = "{\"SecretId\":\"${arn}\",\"RecoveryWindowInDays\":30}"},
    {TAGGING, "secretsmanager", "TagResource", .on = SECRET,
     .input = "{\"SecretId\":\"${arn}\",\"Tags\":\"${tags_all|Key,Value}\"}"},
    {CHANGES, "secretsmanager", "UntagResource", .on = SECRET},
    {PERMITS, "kms", "Decrypt", .on = "${kms_key_id}"},
    {PERMITS, "kms", "GenerateDataKey", .on = "${kms_key_id}"},
    READS_BY("secretsmanager", "DescribeSecret", NULL, SECRET),
    READS_BY("secretsmanager", "GetResourcePolicy", NULL, SECRET),
};
/* "You also need lambda:InvokeFunction permissions on the rotation function" (Secrets Manager API
 * Reference, RotateSecret). */
static const struct resource_write rotation[] = {
    {MAKES, "secretsmanager", "RotateSecret", .on = SECRET, .also = "rotation_enabled",
     .input = "{\"SecretId\":\"${secret_id}\","
              "\"RotationLambdaARN\":\"${rotation_lambda_arn}\","
              "\"RotationRules\":\"${rotation_rules}\","
              "\"RotateImmediately\":\"${rotate_immediately!}\","
              "\"ClientRequestToken\":\"${token}\"}"},
    {DELETES, "secretsmanager", "CancelRotateSecret", .on = SECRET,
     .input = "{\"SecretId\":\"${secret_id}\"}"},
    {PERMITS, "lambda", "InvokeFunction", .on = "${rotation_lambda_arn}"},
    READS_BY("secretsmanager", "DescribeSecret", NULL, SECRET),
};

#define NAMED(name) "{\"repositoryName\":\"${" name "}\"}"
static const struct resource_write repository[] = {
    {CREATES, "ecr", "CreateRepository", .on = "${arn}",
     .input = "{\"*\":\"\",\"tags\":\"${tags_all|Key,Value}\"}",
     .gives = "repository_url=repository/repositoryUri"},
    {CREATES | RESOURCE_TELLS, "ecr", "DescribeRepositories", .on = "${arn}",
     .input = "{\"repositoryNames\":[\"${name}\"]}",
     .gives = "repository_url=repositories/repositoryUri"},
    {CHANGES, "ecr", "PutImageTagMutability", .on = "${arn}",
     .input = "{\"repositoryName\":\"${name}\","
              "\"imageTagMutability\":\"${image_tag_mutability!}\"}"},
    {CHANGES, "ecr", "PutImageScanningConfiguration", .on = "${arn}",
     .of = "image_scanning_configuration",
     .input = "{\"repositoryName\":\"${name}\","
              "\"imageScanningConfiguration\":\"${image_scanning_configuration}\"}"},
    {CHANGES, "ecr", "PutImageScanningConfiguration", .on = "${arn}",
     .unset = "image_scanning_configuration",
     .input = "{\"repositoryName\":\"${name}\","
              "\"imageScanningConfiguration\":{\"scanOnPush\":false}}"},
    /* Only where images may go. */
    {DELETES, "ecr", "DeleteRepository", .on = "${arn}",
     .input = "{\"repositoryName\":\"${name}\",\"force\":true}"},
    {TAGGING, "ecr", "TagResource", .on = "${arn}",
     .input = "{\"resourceArn\":\"${arn}\",\"tags\":\"${tags_all|Key,Value}\"}"},
    {CHANGES, "ecr", "UntagResource", .on = "${arn}"},
    READS_BY("ecr", "DescribeRepositories", NULL, "${arn}"),
    READS_BY("ecr", "ListTagsForResource", NULL, "${arn}"),
};
#define REPOSITORY ARN("ecr", "repository/${repository}")
static const struct resource_write image_lifecycle[] = {
    {MAKES, "ecr", "PutLifecyclePolicy", .on = REPOSITORY, .input = "{\"*\":\"\"}"},
    {DELETES, "ecr", "DeleteLifecyclePolicy", .on = REPOSITORY, .input = NAMED("repository")},
    READS_BY("ecr", "GetLifecyclePolicy", NULL, REPOSITORY),
};
static const struct resource_write readers[] = {
    {MAKES, "ecr", "SetRepositoryPolicy", .on = REPOSITORY, .input = "{\"*\":\"\"}"},
    {DELETES, "ecr", "DeleteRepositoryPolicy", .on = REPOSITORY, .input = NAMED("repository")},
    READS_BY("ecr", "GetRepositoryPolicy", NULL, REPOSITORY),
};

/* A version of a document that is not its default is not used by anybody. */
#define OF_DOCUMENT "content document_format target_type"
static const struct resource_write document[] = {
    {CREATES, "ssm", "CreateDocument", .on = "${arn}",
     .input = "{\"*\":\"\",\"Tags\":\"${tags_all|Key,Value}\"}"},
    {CHANGES, "ssm", "UpdateDocument", .on = "${arn}", .already = "DuplicateDocumentContent",
     .input = "{\"Name\":\"${name}\",\"Content\":\"${content}\","
              "\"DocumentFormat\":\"${document_format!}\",\"TargetType\":\"${target_type}\","
              "\"DocumentVersion\":\"$LATEST\"}",
     .gives = "latest_version=DocumentDescription/DocumentVersion"},
    {CHANGES | RESOURCE_TELLS, "ssm", "DescribeDocument", .on = "${arn}", .also = OF_DOCUMENT,
     .input = "{\"Name\":\"${name}\"}", .gives = "latest_version=Document/LatestVersion"},
    {CHANGES, "ssm", "UpdateDocumentDefaultVersion", .on = "${arn}", .also = OF_DOCUMENT,
     .input = "{\"Name\":\"${name}\",\"DocumentVersion\":\"${latest_version}\"}"},
    {DELETES, "ssm", "DeleteDocument", .on = "${arn}", .input = "{\"Name\":\"${name}\"}"},
    {TAGGING, "ssm", "AddTagsToResource", .on = "${arn}",
     .input = "{\"ResourceType\":\"Document\",\"ResourceId\":\"${name}\","
              "\"Tags\":\"${tags_all|Key,Value}\"}"},
    {CHANGES, "ssm", "RemoveTagsFromResource", .on = "${arn}"},
    READS_BY("ssm", "DescribeDocument", NULL, "${arn}"),
    READS_BY("ssm", "DescribeDocumentPermission", NULL, "${arn}"),
    READS_BY("ssm", "GetDocument", NULL, "${arn}"),
};

#define OF_A_BUCKET GOES_WITH(resource_s3_bucket, "bucket")
#define OF_A_REPOSITORY GOES_WITH(resource_ecr_repository, "repository")

/* An alias comes after its key, which is not found without. */
const struct resource_writing resource_writes_stores[] = {
    WRITING_AS(resource_s3_bucket, bucket, .rank = 5, HOLDS_DATA),
    WRITING_AS(resource_s3_ownership, ownership, OF_A_BUCKET),
    WRITING_AS(resource_s3_public_access, public_access, OF_A_BUCKET),
    WRITING_AS(resource_s3_versioning, versioning, OF_A_BUCKET),
    WRITING_AS(resource_s3_encryption, encryption, OF_A_BUCKET),
    WRITING_AS(resource_s3_policy, bucket_policy, OF_A_BUCKET),
    WRITING_AS(resource_s3_lifecycle, bucket_lifecycle, OF_A_BUCKET),
    WRITING_AS(resource_kms_key, key, .rank = 6, HOLDS_DATA),
    WRITING_AS(resource_kms_alias, alias, .rank = 7, PART_OF(resource_kms_key, "target_key_id"),
               .stays_too = true),
    WRITING_AS(resource_ssm_parameter, parameter, .rank = 3, HOLDS_DATA,
               .next = "give the parameter ${name} its first value: aws ssm put-parameter "
                       "--overwrite --type SecureString --name ${name} --value file:///dev/stdin",
               .next_is = "type=SecureString"),
    WRITING_AS(resource_secret, secret, .rank = 3, HOLDS_DATA,
               .next = "give the secret ${name} its first value: aws secretsmanager "
                       "put-secret-value --secret-id ${name} --secret-string file:///dev/stdin"),
    /* A secret that stays is not rotated by a function that goes. */
    WRITING_AS(resource_secret_rotation, rotation, PART_OF(resource_secret, "secret_id"),
               .goes_too = true),
    WRITING_AS(resource_ecr_repository, repository, .rank = 4, HOLDS_DATA),
    WRITING_AS(resource_ecr_lifecycle, image_lifecycle, OF_A_REPOSITORY),
    WRITING_AS(resource_ecr_policy, readers, OF_A_REPOSITORY),
    WRITING_AS(resource_ssm_document, document, .rank = 4),
    {.kind = NULL},
};
