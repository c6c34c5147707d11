# SPDX-License-Identifier: MIT
"""Buckets and their settings, each attribute changed."""
import json

from drift_account import ACCESS, ENCRYPTION, KEY, LIFECYCLE, OWNERSHIP, POLICY, REGION, S3, TAGS, VERSIONING, pairs, setting, without


def lifecycle_rules():
    """Of both buckets, as S3 tells them."""
    return [
        {"ID": "superseded", "Status": "Enabled", "Filter": {"Tag": {"Key": "opsc", "Value": "superseded"}}, "Expiration": {"Days": 1}},
        {"ID": "remains", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"ExpiredObjectDeleteMarker": True},
         "NoncurrentVersionExpiration": {"NoncurrentDays": 7}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
    ], [
        {"ID": "opsc-1-move", "Status": "Enabled", "Filter": {"And": {"Prefix": "training/", "ObjectSizeGreaterThan": 1048576}},
         "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]},
        {"ID": "opsc-1", "Status": "Enabled", "Filter": {"Prefix": "training/"}, "Expiration": {"Days": 365},
         "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
        {"ID": "opsc-2", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 90},
         "NoncurrentVersionExpiration": {"NoncurrentDays": 10}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
    ]


class Buckets:
    def __init__(self, account):
        self.account, self.s3 = account, account.client("s3", REGION)
        self.own, self.data = lifecycle_rules()
        self.access = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
        self.encryption = {"Rules": [{"BucketKeyEnabled": True, "ApplyServerSideEncryptionByDefault": {
            "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}}]}
        self.policy = {"Version": "2012-10-17", "Statement": [
            {"Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
             "Resource": ["arn:aws:s3:::shop-backups", "arn:aws:s3:::shop-backups/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}

    def fill(self):
        where = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
        self.s3.create_bucket(Bucket="shop-training-data", **where)
        self.s3.create_bucket(Bucket="shop-backups", ObjectLockEnabledForBucket=True, **where)
        self.put_tags()
        self.put_ownership("BucketOwnerEnforced")
        self.put_access(self.access)
        self.put_versioning("Enabled")
        self.put_encryption(self.encryption)
        self.put_policy(self.policy)
        self.put_lifecycle("shop-backups")(self.own)
        self.put_lifecycle("shop-training-data")(self.data)

    def put_tags(self, **more):
        self.s3.put_bucket_tagging(Bucket="shop-backups", Tagging={"TagSet": pairs({**TAGS, **more})})

    def put_ownership(self, value):
        self.s3.put_bucket_ownership_controls(Bucket="shop-backups", OwnershipControls={"Rules": [{"ObjectOwnership": value}]})

    def put_access(self, value):
        self.s3.put_public_access_block(Bucket="shop-backups", PublicAccessBlockConfiguration=value)

    def put_versioning(self, value):
        self.s3.put_bucket_versioning(Bucket="shop-backups", VersioningConfiguration={"Status": value})

    def put_encryption(self, value):
        self.s3.put_bucket_encryption(Bucket="shop-backups", ServerSideEncryptionConfiguration=value)

    def put_policy(self, value):
        self.s3.put_bucket_policy(Bucket="shop-backups", Policy=json.dumps(value))

    def put_lifecycle(self, bucket, **more):
        return lambda rules: self.s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules}, **more)

    def try_settings(self):
        a, bucket = self.account, {"Bucket": "shop-backups"}
        own = "BucketOwnerEnforced"
        a.one(S3, ("change", S3, "tags_all.managed-by"), lambda: self.put_tags(**{"managed-by": "other"}), self.put_tags)
        a.one(S3, [], lambda: self.put_tags(more="of somebody"), self.put_tags)
        a.one(OWNERSHIP, ("change", OWNERSHIP, "rule.object_ownership"), lambda: self.put_ownership("ObjectWriter"), lambda: self.put_ownership(own))
        a.one(OWNERSHIP, ("create", OWNERSHIP, None), lambda: self.s3.delete_bucket_ownership_controls(**bucket), lambda: self.put_ownership(own))
        a.documents(ACCESS, ACCESS, self.access, self.put_access, [
            ("block_public_acls", setting("BlockPublicAcls", False)), ("ignore_public_acls", setting("IgnorePublicAcls", False)),
            ("block_public_policy", setting("BlockPublicPolicy", False)), ("restrict_public_buckets", setting("RestrictPublicBuckets", False))])
        a.one(ACCESS, ("create", ACCESS, None), lambda: self.s3.delete_public_access_block(**bucket), lambda: self.put_access(self.access))
        a.one(VERSIONING, ("change", VERSIONING, "versioning_configuration.status"), lambda: self.put_versioning("Suspended"),
              lambda: self.put_versioning("Enabled"))
        rule = "rule.apply_server_side_encryption_by_default"
        a.documents(ENCRYPTION, ENCRYPTION, self.encryption, self.put_encryption, [
            ("rule.bucket_key_enabled", setting("Rules.0.BucketKeyEnabled", False)),
            (f"{rule}.kms_master_key_id", setting("Rules.0.ApplyServerSideEncryptionByDefault.KMSMasterKeyID", KEY + "0")),
            (f"{rule}.sse_algorithm", setting("Rules.0.ApplyServerSideEncryptionByDefault.SSEAlgorithm", "aws:kms:dsse"))])
        a.one(ENCRYPTION, ("create", ENCRYPTION, None), lambda: self.s3.delete_bucket_encryption(**bucket),
              lambda: self.put_encryption(self.encryption))

    def try_policy(self):
        sid = "policy.Statement[TlsOnly]"
        self.account.documents(POLICY, POLICY, self.policy, self.put_policy, [
            (f"{sid}.Effect", setting("Statement.0.Effect", "Allow")), (f"{sid}.Action", setting("Statement.0.Action", ["s3:GetObject"])),
            (f"{sid}.Condition.Bool.aws:SecureTransport", setting("Statement.0.Condition.Bool", {"aws:SecureTransport": "true"})),
            (f"{sid}.Resource", setting("Statement.0.Resource", ["arn:aws:s3:::shop-backups"])),
            ("policy.Statement[More]", setting("Statement", lambda s: [*s, {**s[0], "Sid": "More"}])),
            (None, setting("Statement", lambda s: {**s[0], "Action": ["s3:*"], "Resource": s[0]["Resource"][::-1]}))])
        self.account.one(POLICY, ("create", POLICY, None), lambda: self.s3.delete_bucket_policy(Bucket="shop-backups"),
                         lambda: self.put_policy(self.policy))

    def try_rules(self):
        a, put = self.account, self.put_lifecycle("shop-training-data")
        a.documents("data", LIFECYCLE, self.data, put, [
            ("rule[opsc-1].status", setting("1.Status", "Disabled")),
            ("rule[opsc-1].filter.prefix", setting("1.Filter.Prefix", "other/")),
            ("rule[opsc-1-move].filter.and.prefix", setting("0.Filter.And.Prefix", "other/")),
            ("rule[opsc-1-move].filter.and.object_size_greater_than", setting("0.Filter.And.ObjectSizeGreaterThan", 1)),
            ("rule[opsc-1-move].filter.and.object_size_less_than", setting("0.Filter.And.ObjectSizeLessThan", 2097152)),
            ("rule[opsc-1].filter.prefix rule[opsc-1].filter.object_size_greater_than", setting("1.Filter", {"ObjectSizeGreaterThan": 7})),
            ("rule[opsc-1].filter.prefix rule[opsc-1].filter.object_size_less_than", setting("1.Filter", {"ObjectSizeLessThan": 7})),
            ("rule[opsc-1-move].transition[0].days", setting("0.Transitions.0.Days", 31)),
            ("rule[opsc-1-move].transition[0].storage_class", setting("0.Transitions.0.StorageClass", "DEEP_ARCHIVE")),
            ("rule[opsc-1-move].transition[1]", setting("0.Transitions", lambda t: [*t, {"Days": 180, "StorageClass": "DEEP_ARCHIVE"}])),
            ("rule[opsc-1].expiration.days", setting("1.Expiration.Days", 366)),
            ("rule[opsc-2].noncurrent_version_expiration.noncurrent_days", setting("2.NoncurrentVersionExpiration.NoncurrentDays", 11)),
            ("rule[opsc-2].noncurrent_version_expiration.newer_noncurrent_versions",
             setting("2.NoncurrentVersionExpiration.NewerNoncurrentVersions", 3)),
            ("rule[opsc-2].noncurrent_version_transition[0]",
             setting("2.NoncurrentVersionTransitions", [{"NoncurrentDays": 3, "StorageClass": "GLACIER"}])),
            ("rule[opsc-1].abort_incomplete_multipart_upload.days_after_initiation",
             setting("1.AbortIncompleteMultipartUpload.DaysAfterInitiation", 8)),
            ("rule[opsc-1].abort_incomplete_multipart_upload", without("1.AbortIncompleteMultipartUpload")),
            ("rule[opsc-2]", without("2")), ("rule[more]", lambda r: r.append({**r[2], "ID": "more"})),
            # AWS means the same: rules in another order, and the form of a prefix that was there first.
            (None, lambda r: r.reverse()), (None, lambda r: (r[1].pop("Filter"), r[1].update(Prefix="training/")))])
        a.one("data", ("change", LIFECYCLE, "transition_default_minimum_object_size"), lambda: self.put_lifecycle(
            "shop-training-data", TransitionDefaultMinimumObjectSize="varies_by_storage_class")(self.data), lambda: put(self.data))
        a.one("data", ("create", LIFECYCLE, None), lambda: self.s3.delete_bucket_lifecycle(Bucket="shop-training-data"), lambda: put(self.data))
        a.documents("own", LIFECYCLE, self.own, self.put_lifecycle("shop-backups"), [
            ("rule[superseded].filter.tag.key", setting("0.Filter.Tag.Key", "other")),
            ("rule[superseded].filter.tag.value", setting("0.Filter.Tag.Value", "other")),
            ("rule[superseded].filter", setting("0.Filter", {})),
            ("rule[remains].expiration.expired_object_delete_marker", setting("1.Expiration", {"ExpiredObjectDeleteMarker": False})),
            (None, setting("1.Filter", {})), (None, lambda r: (r[1].pop("Filter"), r[1].update(Prefix="")))])

    def try_none(self):
        """The bucket itself, and one without a lock."""
        empty = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
        own = [OWNERSHIP, ACCESS, VERSIONING, ENCRYPTION, POLICY, LIFECYCLE]
        self.s3.delete_bucket(Bucket="shop-backups")
        self.account.tried += 2
        self.account.check(*[("create", kind, None) for kind in [S3, *own]])
        self.s3.create_bucket(Bucket="shop-backups", **empty)
        self.put_tags()
        self.account.check(("replace", S3, "object_lock_enabled"), *[("create", kind, None) for kind in own])
