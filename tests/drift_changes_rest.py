# SPDX-License-Identifier: MIT
"""Kinds of S3, Lambda, EventBridge Scheduler, CloudFront, chatbot and VPC endpoints, each attribute changed behind opsc's
back. Two accounts are filled by hand with what the specs here mean, as AWS would tell it; Terraform is not asked."""
import copy
import functools
import itertools
import json
import os
import subprocess

import drift_support
from terraform_support import OPSC

REGION, ACCOUNT = "eu-west-1", "123456789012"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/0a1b2c3d-0000-0000-0000-000000000000"
PAGE = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:page"

STORAGE = f"""\
opsc: 1
project: shop
environment: production
aws: {{ region: {REGION}, account: "{ACCOUNT}" }}
notify: {{ ops: {{ email: ops@shop.example, slack: T07EA123LEP/C07EZ1ABC23, lambda: "{PAGE}" }} }}
resources:
  web: {{ kind: ec2, id: i-0123456789abcdef0, type: t3.micro, role: shop-web }}
  data: {{ kind: s3, bucket: shop-training-data }}
alarms: {{ recommended: none }}
backup:
  on: web
  bucket: shop-backups
  kms_key: {KEY}
  lock: 30d
  configuration: {{ every: week, parameters: /shop/, secrets: {{ encrypt: kms }} }}
cost:
  lifecycle:
    data:
      - {{ prefix: training/, glacier_after: 30d, expire_after: 365d, larger_than: 1 MiB }}
      - {{ prefix: old/, expire_after: 90d, old_versions_after: 10d }}
  endpoints: {{ vpc: VPC, route_tables: [TABLE], services: [s3, dynamodb] }}
  cdn: {{ origin: data, cache: [/static/*], aliases: [cdn.shop.example], certificate: "{CERTIFICATE}", root: index.html }}
"""

FUNCTIONS = f"""\
opsc: 1
project: shop
environment: production
aws: {{ region: {REGION}, account: "{ACCOUNT}" }}
notify: {{ ops: {{ email: ops@shop.example }} }}
resources:
  web: {{ kind: ec2, id: i-0123456789abcdef0, type: t3.micro, role: shop-web }}
  db: {{ kind: rds, id: shop-db, engine: postgres, class: db.t3.micro, storage: 20 GiB, database: shop }}
  api: {{ kind: app, on: web, image: shop/api, port: 8000 }}
alarms: {{ recommended: none }}
secrets:
  store: secrets-manager
  subnets: [SUBNET]
  security_groups: [GROUP]
  items:
    db-password: {{ of: db, user: shop, rotate: every 90 days }}
cost:
  cdn: {{ origin: api, address: origin.shop.example, cache: [/static/*, /img/*], price_class: all, compress: false }}
"""

S3 = "aws_s3_bucket"
OWNERSHIP, ACCESS = S3 + "_ownership_controls", S3 + "_public_access_block"
VERSIONING, ENCRYPTION, POLICY = S3 + "_versioning", S3 + "_server_side_encryption_configuration", S3 + "_policy"
LIFECYCLE = S3 + "_lifecycle_configuration"
CHANNEL, ENDPOINT = "aws_chatbot_slack_channel_configuration", "aws_vpc_endpoint"
DISTRIBUTION, CONTROL = "aws_cloudfront_distribution", "aws_cloudfront_origin_access_control"
FUNCTION, PERMISSION, SCHEDULE = "aws_lambda_function", "aws_lambda_permission", "aws_scheduler_schedule"
TAGS = {"project": "shop", "environment": "production", "managed-by": "opsc"}
KINDS = {S3, OWNERSHIP, ACCESS, VERSIONING, ENCRYPTION, POLICY, LIFECYCLE, CHANNEL, ENDPOINT, DISTRIBUTION, CONTROL, FUNCTION,
         PERMISSION, SCHEDULE}


class Account:
    """A spec, and the account that is compared with it."""

    def __init__(self, folder, name, spec, server, key, client):
        self.folder, self.spec = os.path.join(folder, name), os.path.join(folder, name, "ops.yaml")
        self.url, self.key, self.client, self.tried, self.steps = server.url, key, client, 0, {}
        os.makedirs(self.folder)
        with open(self.spec, "w", encoding="utf-8") as f:
            f.write(spec)

    def found(self):
        """(action, kind, path) of each difference of these kinds; attributes that could not be compared are none."""
        status, report, said = drift_support.drift(self.spec, self.url, self.key)
        if report is None:
            raise AssertionError(f"exit status {status}\n{said}")
        told = []
        for item in report["items"]:
            if item["kind"] in KINDS and item["action"] == "unread":
                raise AssertionError(f"{item['kind']} is not compared: {item['why']}")
            if item["kind"] in KINDS:
                told += [(item["action"], item["kind"], c.get("path")) for c in item.get("changes", [{}]) if c.get("compared", True)]
        return sorted(told, key=str)

    def check(self, *want):
        have = self.found()
        if have != sorted(want, key=str):
            raise AssertionError(f"found {have}\nnot   {sorted(want, key=str)}")

    def one(self, node, want, change, undo):
        """A change of a node. `want`: (action, kind, path), a list of these, or an empty one when AWS means the same."""
        self.steps.setdefault(node, []).append((want if isinstance(want, list) else [want], change, undo))

    def documents(self, node, kind, before, put, changes):
        """Each of (path, change): the whole that was put before, changed."""
        for path, change in changes:
            after = copy.deepcopy(before)
            change(after)
            assert after != before, path
            want = [] if path is None else [("change", kind, p) for p in path.split()]
            self.one(node, want, functools.partial(put, after), functools.partial(put, before))

    def play(self):
        """One attribute at a time of each node, of all nodes at the same time: a difference that one hides, or makes, in another
        would be found as well."""
        for together in itertools.zip_longest(*self.steps.values()):
            now = [step for step in together if step is not None]
            for _, change, _ in now:
                change()
            try:
                self.check(*(w for want, _, _ in now for w in want))
            finally:
                for _, _, undo in now:
                    undo()
            self.tried += len(now)
        self.steps.clear()
        self.check()


def pairs(tags, key="Key", value="Value"):
    return [{key: k, value: v} for k, v in tags.items()]


def setting(name, value):
    """What sets `name`, with dots, to a value."""
    *way, last = name.split(".")

    def change(d):
        for part in way:
            d = d[int(part)] if part.isdigit() else d.setdefault(part, {})
        d[int(last) if last.isdigit() else last] = value(d[last]) if callable(value) else value
    return change


def without(name):
    *way, last = name.split(".")

    def change(d):
        for part in way:
            d = d[int(part)] if part.isdigit() else d[part]
        d.pop(int(last) if last.isdigit() else last)
    return change


# ---- storage

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
        a.one(S3, ("change", S3, "tags_all.project"), lambda: self.put_tags(project="other"), self.put_tags)
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


class Storage(Account):
    """Buckets, a distribution before one of them, endpoints, and whom alarms tell."""

    def __init__(self, folder, server, key, client):
        self.ec2 = client("ec2", REGION)
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.vpc, self.tables = vpc, [self.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2)]
        super().__init__(folder, "storage", STORAGE.replace("VPC", vpc).replace("TABLE", self.tables[0]), server, key, client)
        self.buckets, self.cdn = Buckets(self), Distribution(self)
        self.chatbot, self.functions = client("chatbot", REGION), client("lambda", REGION)

    def fill(self):
        self.buckets.fill()
        access = self.cdn.control = self.cdn.api.create_origin_access_control(OriginAccessControlConfig=CONTROLLED)["OriginAccessControl"]["Id"]
        self.cdn.fill({"Id": "data", "DomainName": f"shop-training-data.s3.{REGION}.amazonaws.com", "OriginAccessControlId": access,
                       "S3OriginConfig": {"OriginAccessIdentity": ""}}, ["/static/*"], kept=True, Comment="shop-production-data",
                      PriceClass="PriceClass_100", DefaultRootObject="index.html", Aliases=listed(["cdn.shop.example"]),
                      ViewerCertificate={"CloudFrontDefaultCertificate": False, "ACMCertificateArn": CERTIFICATE, "SSLSupportMethod": "sni-only",
                                         "MinimumProtocolVersion": "TLSv1.2_2021", "Certificate": CERTIFICATE, "CertificateSource": "acm"})
        for service in ("s3", "dynamodb"):
            self.endpoint(service)
        make_function(self.client, "page", b"x")
        topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:shop-production-critical"
        self.permission = {"FunctionName": "page", "StatementId": "shop-production-critical", "Action": "lambda:InvokeFunction",
                           "Principal": "sns.amazonaws.com", "SourceArn": topic}
        self.functions.add_permission(**self.permission)
        name = "shop-production-slack-T07EA123LEP-C07EZ1ABC23"
        self.channel = {"ConfigurationName": name, "SlackTeamId": "T07EA123LEP", "SlackChannelId": "C07EZ1ABC23", "SnsTopicArns": [topic],
                        "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{name}", "LoggingLevel": "ERROR",
                        "GuardrailPolicyArns": [f"arn:aws:iam::{ACCOUNT}:policy/shop-production-slack"],
                        "Tags": pairs(TAGS, "TagKey", "TagValue")}
        self.arn = self.chatbot.create_slack_channel_configuration(**self.channel)["ChannelConfiguration"]["ChatConfigurationArn"]

    def endpoint(self, service):
        self.ec2.create_vpc_endpoint(VpcId=self.vpc, ServiceName=f"com.amazonaws.{REGION}.{service}", VpcEndpointType="Gateway",
                                     RouteTableIds=self.tables[:1], TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": pairs(TAGS)}])

    def permit(self, **more):
        self.functions.remove_permission(FunctionName="page", StatementId="shop-production-critical")
        self.functions.add_permission(**{**self.permission, **more})

    def try_rest(self):
        for path, change in [("action", {"Action": "lambda:GetFunction"}), ("principal", {"Principal": "events.amazonaws.com"}),
                             ("source_arn", {"SourceArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:other"})]:
            self.one(PERMISSION, ("replace", PERMISSION, path), functools.partial(self.permit, **change), self.permit)
        self.one(PERMISSION, ("create", PERMISSION, None), lambda: self.permit(StatementId="other"),
                 lambda: (self.functions.remove_permission(FunctionName="page", StatementId="other"),
                          self.functions.add_permission(**self.permission)))
        put = {k: v for k, v in self.channel.items() if k not in ("ConfigurationName", "SlackTeamId", "Tags")}
        self.documents(CHANNEL, CHANNEL, put, lambda c: self.chatbot.update_slack_channel_configuration(ChatConfigurationArn=self.arn, **c), [
            ("slack_channel_id", setting("SlackChannelId", "C07OTHER123")), ("iam_role_arn", setting("IamRoleArn", KEY)),
            ("logging_level", setting("LoggingLevel", "NONE")), ("sns_topic_arns", setting("SnsTopicArns", lambda t: [*t, t[0] + "-more"])),
            ("guardrail_policy_arns", setting("GuardrailPolicyArns", []))])
        ids = [e["VpcEndpointId"] for e in self.ec2.describe_vpc_endpoints()["VpcEndpoints"] if e["ServiceName"].endswith("s3")]
        self.one(ENDPOINT, ("change", ENDPOINT, "route_table_ids"),
                 lambda: self.ec2.modify_vpc_endpoint(VpcEndpointId=ids[0], AddRouteTableIds=self.tables[1:]),
                 lambda: self.ec2.modify_vpc_endpoint(VpcEndpointId=ids[0], RemoveRouteTableIds=self.tables[1:]))
        self.one(ENDPOINT, ("change", ENDPOINT, "tags_all.environment"),
                 lambda: self.ec2.delete_tags(Resources=ids, Tags=[{"Key": "environment"}]),
                 lambda: self.ec2.create_tags(Resources=ids, Tags=pairs(TAGS)))
        self.one(ENDPOINT, ("create", ENDPOINT, None), lambda: self.ec2.delete_vpc_endpoints(VpcEndpointIds=ids), lambda: self.endpoint("s3"))

    def try_all(self):
        self.check()
        self.buckets.try_settings()
        self.buckets.try_policy()
        self.buckets.try_rules()
        self.try_rest()
        self.cdn.try_parts(0)
        self.cdn.try_bucket()
        self.play()
        self.buckets.try_none()


# ---- distributions

CONTROLLED = {"Name": "shop-production-data", "Description": "", "SigningProtocol": "sigv4", "SigningBehavior": "always",
              "OriginAccessControlOriginType": "s3"}
OPTIMIZED, DISABLED = "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
FORWARDS, SECURE = "b689b0a8-53d0-40ab-baf2-68738e2966ac", "67f7725c-6f97-4210-82d7-5512b31e9d03"
READING, ALL = ["HEAD", "GET", "OPTIONS"], ["HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH"]


def listed(items):
    return {"Quantity": len(items), "Items": items}


def behavior(origin, keeps, compress, **more):
    """As CloudFront tells it, with what nobody asked for."""
    none = {"Quantity": 0}
    return {"TargetOriginId": origin, "TrustedSigners": {"Enabled": False, **none}, "TrustedKeyGroups": {"Enabled": False, **none},
            "ViewerProtocolPolicy": "redirect-to-https", "SmoothStreaming": False, "Compress": compress and keeps,
            "AllowedMethods": {**listed(READING if keeps else ALL), "CachedMethods": listed(["HEAD", "GET"])},
            "LambdaFunctionAssociations": none, "FunctionAssociations": none, "FieldLevelEncryptionId": "", "GrpcConfig": {"Enabled": False},
            "CachePolicyId": OPTIMIZED if keeps else DISABLED, **({} if keeps else {"OriginRequestPolicyId": FORWARDS}),
            "ResponseHeadersPolicyId": SECURE, **more}


class Distribution:
    def __init__(self, account):
        self.account, self.api = account, account.client("cloudfront", "us-east-1")

    def fill(self, origin, paths, kept, compress=True, **more):
        none = {"Quantity": 0}
        origin = {"OriginPath": "", "CustomHeaders": none, "ConnectionAttempts": 3, "ConnectionTimeout": 10,
                  "OriginShield": {"Enabled": False}, "OriginAccessControlId": "", **origin}
        self.config = {
            "CallerReference": "terraform-1", "Aliases": none, "DefaultRootObject": "", "Origins": listed([origin]), "OriginGroups": none,
            "DefaultCacheBehavior": behavior(origin["Id"], kept, compress), "CustomErrorResponses": none,
            "CacheBehaviors": listed([behavior(origin["Id"], True, compress, PathPattern=p) for p in paths]),
            "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""}, "Enabled": True,
            "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}}, "WebACLId": "", "HttpVersion": "http2and3",
            "IsIPV6Enabled": True, "ContinuousDeploymentPolicyId": "", "Staging": False, **more}
        self.make()

    def put(self, config):
        etag = self.api.get_distribution_config(Id=self.id)["ETag"]
        self.api.update_distribution(Id=self.id, IfMatch=etag, DistributionConfig=config)

    def try_parts(self, i):
        """What both have; of the behavior with this number."""
        kept, path = f"CacheBehaviors.Items.{i}", f"ordered_cache_behavior[{i}]"
        parts = [("target_origin_id", "TargetOriginId", "other"), ("viewer_protocol_policy", "ViewerProtocolPolicy", "allow-all"),
                 ("compress", "Compress", lambda b: not b), ("cache_policy_id", "CachePolicyId", FORWARDS),
                 ("origin_request_policy_id", "OriginRequestPolicyId", OPTIMIZED),
                 ("response_headers_policy_id", "ResponseHeadersPolicyId", OPTIMIZED),
                 ("allowed_methods", "AllowedMethods.Items", ["HEAD", "GET"]),
                 ("cached_methods", "AllowedMethods.CachedMethods.Items", ["HEAD", "GET", "OPTIONS"]),
                 ("field_level_encryption_id", "FieldLevelEncryptionId", "E1"), ("smooth_streaming", "SmoothStreaming", True),
                 ("realtime_log_config_arn", "RealtimeLogConfigArn", KEY),
                 ("trusted_signers", "TrustedSigners", {"Enabled": True, **listed([ACCOUNT])}),
                 ("trusted_key_groups", "TrustedKeyGroups", {"Enabled": True, **listed(["k"])}),
                 ("function_association[viewer-request]", "FunctionAssociations", listed([{"FunctionARN": KEY, "EventType": "viewer-request"}])),
                 ("lambda_function_association[viewer-request]", "LambdaFunctionAssociations",
                  listed([{"LambdaFunctionARN": KEY, "EventType": "viewer-request"}]))]
        self.account.documents(DISTRIBUTION, DISTRIBUTION, self.config, self.put, [
            ("enabled", setting("Enabled", False)), ("is_ipv6_enabled", setting("IsIPV6Enabled", False)),
            ("http_version", setting("HttpVersion", "http2")), ("price_class", setting("PriceClass", "PriceClass_200")),
            ("aliases", setting("Aliases", listed(["cdn.shop.example", "more.shop.example"]))),
            ("default_root_object", setting("DefaultRootObject", "other.html")), ("web_acl_id", setting("WebACLId", KEY)),
            ("origin.origin_id", setting("Origins.Items.0.Id", "other")),
            ("origin.domain_name", setting("Origins.Items.0.DomainName", "other.s3.eu-west-1.amazonaws.com")),
            ("origin.origin_path", setting("Origins.Items.0.OriginPath", "/other")),
            ("origin.origin_access_control_id", setting("Origins.Items.0.OriginAccessControlId", "EOTHER")),
            ("origin.connection_attempts", setting("Origins.Items.0.ConnectionAttempts", 2)),
            ("origin.connection_timeout", setting("Origins.Items.0.ConnectionTimeout", 5)),
            ("origin.custom_header[X-A]", setting("Origins.Items.0.CustomHeaders", listed([{"HeaderName": "X-A", "HeaderValue": "b"}]))),
            ("restrictions.geo_restriction.restriction_type restrictions.geo_restriction.locations",
             setting("Restrictions.GeoRestriction", {"RestrictionType": "whitelist", **listed(["ES", "PT"])})),
            ("viewer_certificate.minimum_protocol_version", setting("ViewerCertificate.MinimumProtocolVersion", "TLSv1.1_2016")),
            ("custom_error_response[404]", setting("CustomErrorResponses", listed([{"ErrorCode": 404, "ErrorCachingMinTTL": 10}]))),
            ("logging_config", setting("Logging", {"Enabled": True, "IncludeCookies": False, "Bucket": "x.s3.amazonaws.com", "Prefix": "p"})),
            (f"{path}.path_pattern", setting(f"{kept}.PathPattern", "/other/*")), *[
                (f"default_cache_behavior.{p}", setting(f"DefaultCacheBehavior.{name}", value)) for p, name, value in parts], *[
                (f"{path}.{p}", setting(f"{kept}.{name}", value)) for p, name, value in parts[:6:5]],
            (f"ordered_cache_behavior[{self.config['CacheBehaviors']['Quantity']}]",
             lambda c: c["CacheBehaviors"]["Items"].append(behavior(c["Origins"]["Items"][0]["Id"], True, True, PathPattern="/more/*"))),
            (None, setting("DefaultCacheBehavior.AllowedMethods.Items", lambda m: m[::-1]))])

    def try_bucket(self):
        """What only a distribution before a bucket has."""
        a = self.account
        a.documents(DISTRIBUTION, DISTRIBUTION, self.config, self.put, [
            # The name by which others find it tells that it is this one.
            ("comment", setting("Comment", "somebody's")),
            ("viewer_certificate.acm_certificate_arn", setting("ViewerCertificate.ACMCertificateArn", KEY)),
            ("viewer_certificate.ssl_support_method", setting("ViewerCertificate.SSLSupportMethod", "vip")),
            ("origin.s3_origin_config", setting("Origins.Items.0.S3OriginConfig.OriginAccessIdentity", "origin-access-identity/cloudfront/E1"))])

        def put(config):
            self.api.update_origin_access_control(Id=self.control, OriginAccessControlConfig=config)
        a.documents(CONTROL, CONTROL, CONTROLLED, put, [
            ("origin_access_control_origin_type", setting("OriginAccessControlOriginType", "lambda")),
            ("signing_behavior", setting("SigningBehavior", "never"))])
        a.one(DISTRIBUTION, ("create", DISTRIBUTION, None), lambda: self.api.delete_distribution(Id=self.id), self.make)

    def make(self):
        config = {"DistributionConfig": self.config, "Tags": {"Items": pairs(TAGS)}}
        self.id = self.api.create_distribution_with_tags(DistributionConfigWithTags=config)["Distribution"]["Id"]

    def try_application(self):
        """What only a distribution before an application has."""
        custom = "Origins.Items.0.CustomOriginConfig"
        self.account.documents(DISTRIBUTION, DISTRIBUTION, self.config, self.put, [
            ("origin.custom_origin_config.http_port", setting(f"{custom}.HTTPPort", 81)),
            ("origin.custom_origin_config.https_port", setting(f"{custom}.HTTPSPort", 444)),
            ("origin.custom_origin_config.origin_protocol_policy", setting(f"{custom}.OriginProtocolPolicy", "match-viewer")),
            ("origin.custom_origin_config.origin_ssl_protocols", setting(f"{custom}.OriginSslProtocols", listed(["TLSv1", "TLSv1.2"]))),
            ("origin.custom_origin_config.origin_read_timeout", setting(f"{custom}.OriginReadTimeout", 31)),
            ("origin.custom_origin_config.origin_keepalive_timeout", setting(f"{custom}.OriginKeepaliveTimeout", 6)),
            ("origin", lambda c: c.update(Origins=listed([*c["Origins"]["Items"], {**c["Origins"]["Items"][0], "Id": "more"}]))),
            ("viewer_certificate.cloudfront_default_certificate viewer_certificate.acm_certificate_arn", setting("ViewerCertificate", {
                "CloudFrontDefaultCertificate": False, "ACMCertificateArn": CERTIFICATE, "MinimumProtocolVersion": "TLSv1"})),
            # The first of two that fit is taken.
            ("ordered_cache_behavior[0].path_pattern ordered_cache_behavior[1].path_pattern", lambda c: c["CacheBehaviors"]["Items"].reverse()),
            (None, setting("ViewerCertificate.SSLSupportMethod", "sni-only"))])


# ---- functions

def make_function(client, name, code, role="shop-function", **more):
    iam, functions = client("iam", REGION), client("lambda", REGION)
    try:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    except iam.exceptions.EntityAlreadyExistsException:
        pass
    functions.create_function(**{"FunctionName": name, "Role": f"arn:aws:iam::{ACCOUNT}:role/{role}", "Runtime": "python3.13",
                                 "Handler": "lambda.handler", "Code": {"ZipFile": code}, "Tags": TAGS, **more})


class Functions(Account):
    """Functions that opsc makes and when they run, and a distribution before an application."""

    def __init__(self, folder, server, key, client):
        ec2 = client("ec2", REGION)
        vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{i}.0/24")["Subnet"]["SubnetId"] for i in (0, 1)]
        self.groups = [ec2.create_security_group(GroupName=n, Description=n, VpcId=vpc)["GroupId"] for n in ("one", "two")]
        spec = FUNCTIONS.replace("SUBNET", self.subnets[0]).replace("GROUP", self.groups[0])
        super().__init__(folder, "functions", spec, server, key, client)
        self.functions, self.scheduler, self.cdn = client("lambda", REGION), client("scheduler", REGION), Distribution(self)

    def archive(self):
        out = os.path.join(self.folder, "out")
        subprocess.run([OPSC, "build", self.spec, "-o", out], check=True, capture_output=True)
        with open(os.path.join(out, "terraform", "modules", "secrets_rotation", "secrets_rotation.zip"), "rb") as f:
            return f.read()

    def fill(self):
        common = {"Timeout": 60, "Architectures": ["arm64"]}
        self.code, self.age, self.rotate = self.archive(), "shop-production-secrets-age", "shop-production-rotate-db-password"
        make_function(self.client, self.age, self.code, self.age, Handler="age.handler",
                      Description="Publishes the ages of secrets; reads none of them", **common)
        self.variables = {"ACCOUNT": "shop", "DATABASE": "shop", "ENGINE": "postgres", "HOST": "db.shop.example", "PORT": "5432",
                          "SECRET": "the-secret", "STORE": "secrets-manager", "TLS": "yes"}
        make_function(self.client, self.rotate, self.code, self.rotate, Description="Replaces the password db-password",
                      Environment={"Variables": self.variables},
                      VpcConfig={"SubnetIds": self.subnets[:1], "SecurityGroupIds": self.groups[:1]}, **common)
        self.functions.add_permission(FunctionName=self.rotate, StatementId="secrets-manager", Action="lambda:InvokeFunction",
                                      Principal="secretsmanager.amazonaws.com", SourceArn="the-secret")
        item = {"id": "the-secret", "max_age_s": 7862400, "name": "db-password", "store": "secrets-manager"}
        self.schedule = {
            "Name": self.age, "Description": "Publishes the ages of secrets; reads none of them", "ScheduleExpression": "rate(6 hours)",
            "ScheduleExpressionTimezone": "UTC", "State": "ENABLED", "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
            "Target": {"Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.age}",
                       "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{self.age}-schedule",
                       "Input": json.dumps({"items": [item], "namespace": "shop/production"}),
                       "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 3}}}
        self.scheduler.create_schedule(**self.schedule)
        self.cdn.fill({"Id": "api", "DomainName": "origin.shop.example", "CustomOriginConfig": {
            "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only", "OriginSslProtocols": listed(["TLSv1.2"]),
            "OriginReadTimeout": 30, "OriginKeepaliveTimeout": 5}}, ["/static/*", "/img/*"], kept=False, compress=False,
            Comment="shop-production-api", PriceClass="PriceClass_All",
            ViewerCertificate={"CloudFrontDefaultCertificate": True, "SSLSupportMethod": "vip", "MinimumProtocolVersion": "TLSv1",
                               "CertificateSource": "cloudfront"})

    def configure(self, name, **config):
        self.functions.update_function_configuration(FunctionName=name, **config)

    def try_functions(self):
        for path, before, after in [
                ("description", "Publishes the ages of secrets; reads none of them", "changed"), ("handler", "age.handler", "other.handler"),
                ("runtime", "python3.13", "python3.9"), ("memory_size", 128, 256), ("timeout", 60, 61),
                ("role", f"arn:aws:iam::{ACCOUNT}:role/{self.age}", f"arn:aws:iam::{ACCOUNT}:role/{self.rotate}")]:
            name = "".join(w.title() for w in path.split("_"))
            self.one(self.age, ("change", FUNCTION, path), functools.partial(self.configure, self.age, **{name: after}),
                     functools.partial(self.configure, self.age, **{name: before}))
        v = self.variables
        for path, after in [("environment.variables.DATABASE", {**v, "DATABASE": "other"}), ("environment.variables.MORE", {**v, "MORE": "x"}),
                            ("environment.variables.TLS", {k: x for k, x in v.items() if k != "TLS"})]:
            self.one(self.rotate, ("change", FUNCTION, path), functools.partial(self.configure, self.rotate, Environment={"Variables": after}),
                     lambda: self.configure(self.rotate, Environment={"Variables": v}))
        net = {"SubnetIds": self.subnets[:1], "SecurityGroupIds": self.groups[:1]}
        for path, more in [("subnet_ids", {"SubnetIds": self.subnets}), ("security_group_ids", {"SecurityGroupIds": self.groups})]:
            self.one(self.rotate, ("change", FUNCTION, f"vpc_config.{path}"),
                     functools.partial(self.configure, self.rotate, VpcConfig={**net, **more}),
                     lambda: self.configure(self.rotate, VpcConfig=net))
        self.one(self.age, ("change", FUNCTION, "source_code_hash"),
                 lambda: self.functions.update_function_code(FunctionName=self.age, ZipFile=b"other"),
                 lambda: self.functions.update_function_code(FunctionName=self.age, ZipFile=self.code))
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.age}"
        self.one(self.age, ("change", FUNCTION, "tags_all.managed-by"),
                 lambda: self.functions.untag_resource(Resource=arn, TagKeys=["managed-by"]),
                 lambda: self.functions.tag_resource(Resource=arn, Tags=TAGS))
        self.one(self.age, ("create", FUNCTION, None), lambda: self.functions.delete_function(FunctionName=self.age), lambda: make_function(
            self.client, self.age, self.code, self.age, Handler="age.handler", Timeout=60, Architectures=["arm64"],
            Description="Publishes the ages of secrets; reads none of them"))

    def try_schedules(self):
        def put(schedule):
            self.scheduler.update_schedule(**schedule)
        self.documents(SCHEDULE, SCHEDULE, self.schedule, put, [
            ("description", setting("Description", "changed")), ("schedule_expression", setting("ScheduleExpression", "rate(7 hours)")),
            ("schedule_expression_timezone", setting("ScheduleExpressionTimezone", "Europe/Madrid")), ("state", setting("State", "DISABLED")),
            ("flexible_time_window.maximum_window_in_minutes", setting("FlexibleTimeWindow.MaximumWindowInMinutes", 16)),
            ("flexible_time_window.mode flexible_time_window.maximum_window_in_minutes", setting("FlexibleTimeWindow", {"Mode": "OFF"})),
            ("target.arn", setting("Target.Arn", KEY)), ("target.role_arn", setting("Target.RoleArn", KEY)),
            ("target.retry_policy.maximum_event_age_in_seconds", setting("Target.RetryPolicy.MaximumEventAgeInSeconds", 60)),
            ("target.retry_policy.maximum_retry_attempts", setting("Target.RetryPolicy.MaximumRetryAttempts", 0)),
            ("target.dead_letter_config", setting("Target.DeadLetterConfig", {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"}))])
        self.one(SCHEDULE, ("create", SCHEDULE, None), lambda: self.scheduler.delete_schedule(Name=self.age),
                 lambda: self.scheduler.create_schedule(**self.schedule))

    def try_all(self):
        self.check()
        self.try_functions()
        self.try_schedules()
        self.cdn.try_application()
        self.play()


def try_all(folder, server, key, client):
    """The number of changes that were tried, in two accounts one after the other."""
    tried = 0
    for kind in (Storage, Functions):
        server.reset()
        account = kind(folder, server, key, client)
        account.fill()
        account.try_all()
        tried += account.tried
    return tried
