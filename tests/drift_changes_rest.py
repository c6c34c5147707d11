# SPDX-License-Identifier: MIT
"""Kinds of S3, Lambda, EventBridge Scheduler, CloudFront, chatbot and VPC endpoints, each attribute changed behind opsc's
back. Two accounts are filled by hand with what the specs here mean, as AWS would tell it; Terraform is not asked."""
import functools
import json
import os
import subprocess

from drift_account import (ACCOUNT, CERTIFICATE, CHANNEL, ENDPOINT, FUNCTION, KEY, PERMISSION, REGION, SCHEDULE, TAGS, Account, pairs,
                           setting)
from drift_changes_cdn import CONTROLLED, Distribution, listed
from drift_changes_s3 import Buckets
from terraform_support import OPSC

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

    def tell(self, **more):
        self.chatbot.delete_slack_channel_configuration(ChatConfigurationArn=self.arn)
        self.chatbot.create_slack_channel_configuration(**{**self.channel, **more})

    def endpoint(self, service):
        self.ec2.create_vpc_endpoint(VpcId=self.vpc, ServiceName=f"com.amazonaws.{REGION}.{service}", VpcEndpointType="Gateway",
                                     RouteTableIds=self.tables[:1], TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": pairs(TAGS)}])

    def permit(self, **more):
        self.functions.remove_permission(FunctionName="page", StatementId="shop-production-critical")
        self.functions.add_permission(**{**self.permission, **more})

    def try_rest(self):
        for path, change in [("action", {"Action": "lambda:GetFunction"}), ("principal", {"Principal": "events.amazonaws.com"}),
                             ("source_account", {"SourceAccount": ACCOUNT}), ("source_arn", {"SourceArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:other"})]:
            self.one(PERMISSION, ("replace", PERMISSION, path), functools.partial(self.permit, **change), self.permit)
        self.one(PERMISSION, ("create", PERMISSION, None), lambda: self.permit(StatementId="other"),
                 lambda: (self.functions.remove_permission(FunctionName="page", StatementId="other"),
                          self.functions.add_permission(**self.permission)))
        put = {k: v for k, v in self.channel.items() if k not in ("ConfigurationName", "SlackTeamId", "Tags")}
        self.documents(CHANNEL, CHANNEL, put, lambda c: self.chatbot.update_slack_channel_configuration(ChatConfigurationArn=self.arn, **c), [
            ("slack_channel_id", setting("SlackChannelId", "C07OTHER123")), ("iam_role_arn", setting("IamRoleArn", KEY)),
            ("logging_level", setting("LoggingLevel", "NONE")), ("sns_topic_arns", setting("SnsTopicArns", lambda t: [*t, t[0] + "-more"])),
            ("guardrail_policy_arns", setting("GuardrailPolicyArns", []))])
        self.one(CHANNEL, ("change", CHANNEL, "tags_all.managed-by"),
                 lambda: self.chatbot.untag_resource(ResourceARN=self.arn, TagKeys=["managed-by"]),
                 lambda: self.chatbot.tag_resource(ResourceARN=self.arn, Tags=pairs(TAGS, "TagKey", "TagValue")))
        self.one(CHANNEL, ("replace", CHANNEL, "slack_team_id"), functools.partial(self.tell, SlackTeamId="T07OTHER123"), self.tell)
        self.one(ENDPOINT, ("change", ENDPOINT, "route_table_ids"),
                 lambda: self.ec2.modify_vpc_endpoint(VpcEndpointId=self.gateway()[0], AddRouteTableIds=self.tables[1:]),
                 lambda: self.ec2.modify_vpc_endpoint(VpcEndpointId=self.gateway()[0], RemoveRouteTableIds=self.tables[1:]))
        self.one(ENDPOINT, ("change", ENDPOINT, "tags_all.managed-by"),
                 lambda: self.ec2.delete_tags(Resources=self.gateway(), Tags=[{"Key": "managed-by"}]),
                 lambda: self.ec2.create_tags(Resources=self.gateway(), Tags=pairs(TAGS)))
        self.one(ENDPOINT, ("create", ENDPOINT, None), lambda: self.ec2.delete_vpc_endpoints(VpcEndpointIds=self.gateway()),
                 lambda: self.endpoint("s3"))

    def gateway(self):
        """The one to S3."""
        there = self.ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-endpoint-state", "Values": ["available"]}])["VpcEndpoints"]
        return [e["VpcEndpointId"] for e in there if e["ServiceName"].endswith("s3")]

    def try_all(self):
        self.check()
        self.buckets.try_settings()
        self.buckets.try_policy()
        self.buckets.try_rules()
        self.try_rest()
        self.cdn.try_parts(0)
        self.cdn.try_bucket()
        self.play()
        self.put_right()
        self.buckets.try_none()


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
        secret = self.client("secretsmanager", REGION).create_secret(Name="shop/production/db-password", Tags=pairs(TAGS))["ARN"]
        rds = self.client("rds", REGION).create_db_instance(
            DBInstanceIdentifier="shop-db", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20, EngineVersion="16.3",
            MasterUsername="boss", MasterUserPassword="boss-p4ss")["DBInstance"]
        self.variables = {"ACCOUNT": "shop", "DATABASE": "shop", "ENGINE": "postgres", "HOST": rds["Endpoint"]["Address"],
                          "PORT": str(rds["Endpoint"]["Port"]), "SECRET": secret, "STORE": "secrets-manager", "TLS": "yes"}
        make_function(self.client, self.rotate, self.code, self.rotate, Description="Replaces the password db-password",
                      Environment={"Variables": self.variables},
                      VpcConfig={"SubnetIds": self.subnets[:1], "SecurityGroupIds": self.groups[:1]}, **common)
        self.functions.add_permission(FunctionName=self.rotate, StatementId="secrets-manager", Action="lambda:InvokeFunction",
                                      Principal="secretsmanager.amazonaws.com", SourceArn=secret)
        item = {"id": secret, "max_age_s": 7862400, "name": "db-password", "store": "secrets-manager"}
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
        for path, after in [("environment.variables.HOST", {**v, "HOST": "other"}), ("environment.variables.SECRET", {**v, "SECRET": "other"}),
                            ("environment.variables.DATABASE", {**v, "DATABASE": "other"}), ("environment.variables.MORE", {**v, "MORE": "x"}),
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
        self.one(self.age, ("change", FUNCTION, "architectures"),
                 lambda: self.functions.update_function_code(FunctionName=self.age, ZipFile=self.code, Architectures=["x86_64"]),
                 lambda: self.functions.update_function_code(FunctionName=self.age, ZipFile=self.code, Architectures=["arm64"]))
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
            ("target.input.items[0].id", setting("Target.Input", lambda s: s.replace(self.variables["SECRET"], "other"))),
            ("target.input.namespace", setting("Target.Input", lambda s: s.replace("shop/production\"", "other\""))),
            (None, setting("Target.Input", lambda s: json.dumps(json.loads(s), sort_keys=True, indent=1))),
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
        self.put_right()


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
