# SPDX-License-Identifier: MIT
"""Each example by `opsc apply` alone, in an account where others have things with names like ours: the plan is empty after it, and
`opsc destroy` leaves what was there before, and nothing else."""
import functools
import json
import os
import re
import subprocess

import iam_policies
import yaml
from terraform_support import OPSC

HOME, GLOBAL = "home", "us-east-1"
# Service, operation, where the answer has what the account has, and region.
LISTED = [
    ("cloudwatch", "list_dashboards", "DashboardEntries", HOME), ("logs", "describe_metric_filters", "metricFilters", HOME),
    ("logs", "describe_query_definitions", "queryDefinitions", HOME), ("lambda", "list_functions", "Functions", HOME),
    ("scheduler", "list_schedules", "Schedules", HOME), ("s3", "list_buckets", "Buckets", HOME), ("kms", "list_aliases", "Aliases", HOME),
    ("ssm", "describe_parameters", "Parameters", HOME), ("secretsmanager", "list_secrets", "SecretList", HOME),
    ("ecr", "describe_repositories", "repositories", HOME), ("ec2", "describe_vpc_endpoints", "VpcEndpoints", HOME),
    ("iam", "list_roles", "Roles", GLOBAL), ("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList", GLOBAL),
    ("ce", "get_anomaly_monitors", "AnomalyMonitors", GLOBAL), ("ce", "get_anomaly_subscriptions", "AnomalySubscriptions", GLOBAL),
    ("chatbot", "describe_slack_channel_configurations", "SlackChannelConfigurations", HOME),
] + [(service, operation, at, region) for region in (HOME, GLOBAL) for service, operation, at in [
    ("logs", "describe_log_groups", "logGroups"), ("sns", "list_topics", "Topics"), ("sns", "list_subscriptions", "Subscriptions")]]
# What AWS chooses, or counts.
CHOSEN = ("Time", "Date", "Timestamp", "Modified", "Used", "storedBytes", "UpdatableEntityId")
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


def plain(v):
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items() if not any(word in k for word in CHOSEN)}
    return [plain(x) for x in v] if isinstance(v, list) else v


def there(client, region, account):
    """All that the account has of the kinds that opsc makes: (what, as JSON)."""
    found = set()

    def add(what, things):
        found.update((what, json.dumps(plain(t), sort_keys=True, default=str)) for t in things)
    for service, operation, at, where in LISTED:
        add(f"{service} {at}", getattr(client(service, region if where == HOME else where), operation)()[at])
    for where in {region, GLOBAL}:
        for page in client("cloudwatch", where).get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"]):
            add("alarms", page["MetricAlarms"] + page["CompositeAlarms"])
    iam, kms, cloudfront = client("iam", GLOBAL), client("kms", region), client("cloudfront", GLOBAL)
    add("policies", iam.list_policies(Scope="Local")["Policies"])
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        add(f"policies of {name}", iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"])
        add(f"own policies of {name}", iam.list_role_policies(RoleName=name)["PolicyNames"])
    keys = [kms.describe_key(KeyId=k["KeyId"])["KeyMetadata"] for k in kms.list_keys()["Keys"]]
    add("keys", [k for k in keys if k["KeyState"] == "Enabled"])
    add("documents", client("ssm", region).list_documents(Filters=[{"Key": "Owner", "Values": ["Self"]}])["DocumentIdentifiers"])
    add("budgets", client("budgets", GLOBAL).describe_budgets(AccountId=account)["Budgets"])
    add("distributions", cloudfront.list_distributions()["DistributionList"].get("Items", []))
    add("controls", cloudfront.list_origin_access_controls()["OriginAccessControlList"].get("Items", []))
    return found


OTHERS = 16


def make_look_alikes(client, region, account, prefix):
    """What others have called as ours are, or nearly; of kinds that can have tags."""
    alarm = {"Namespace": "X", "MetricName": "y", "Statistic": "Sum", "Period": 60, "Threshold": 1, "EvaluationPeriods": 1,
             "ComparisonOperator": "GreaterThanThreshold"}
    other = [{"Key": "project", "Value": "other"}, {"Key": "environment", "Value": "production"}]
    for name in (prefix + "-theirs", prefix + "s-theirs", "x" + prefix + "-theirs"):
        client("cloudwatch", region).put_metric_alarm(AlarmName=name, Tags=other, **alarm)
        client("sns", region).create_topic(Name=name)
        client("iam", GLOBAL).create_role(RoleName=name, AssumeRolePolicyDocument="{}", Tags=other)
        client("iam", GLOBAL).create_policy(PolicyName=name, PolicyDocument=json.dumps(POLICY))
        client("budgets", GLOBAL).create_budget(AccountId=account, ResourceTags=other, Budget={
            "BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": "1", "Unit": "USD"}})
    group = "/" + prefix.replace("-", "/", 1) + "/theirs"
    client("logs", region).create_log_group(logGroupName=group, tags={"project": "other"})


def make_buckets(client, region, root):
    """The bucket of the lock, and those of the user's whose objects are moved."""
    found = set()
    for folder, _, files in os.walk(root):
        for name in (f for f in files if f.endswith(".tf")):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                text = f.read()
            found.update(re.findall(r'(?m)^    bucket +[=] "([^"]+)"', text) if name == "backend.tf" else [])
            found.update(re.findall(r'(?m)^resource "aws_s3_bucket_lifecycle_configuration" "\w+" \{\n(?:  .*\n)*?  bucket += "([^"$]+)"', text))
    for name in sorted(found):
        where = {} if region == GLOBAL else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client("s3", region).create_bucket(Bucket=name, **where)


class Opsc:
    def __init__(self, server, key, environment):
        self.more = ["--env", environment] if environment else []
        self.outside = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": key,
                        "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}

    def __call__(self, status, *args):
        """What is wrong with how it ended."""
        p = subprocess.run([OPSC, *args, *self.more], env=self.outside, capture_output=True, text=True, timeout=300, check=False)
        return [] if p.returncode == status else [f"opsc {args[0]}: exit status {p.returncode}\n{(p.stdout + p.stderr)[-4000:]}"]


def differences(now, before):
    return [f"it is there now: {x}" for x in sorted(now - before)] + [f"it is not there any more: {x}" for x in sorted(before - now)]


READS = ("Get", "List", "Describe", "Head", "Lookup")


def asked(told, writes_alone):
    asks = [(service, operation, where, json.loads(params)) for who, service, operation, where, params in told["asked"] if who == "opsc"]
    return [a for a in asks if not writes_alone or not a[1].startswith(READS)]


def check(server, key, client, region, account, root, spec, environment, between):
    """All that is wrong, how many things were made and by how many calls; the account has what the spec looks up, and nothing
    else. `between` is called while it is there."""
    with open(spec, encoding="utf-8") as f:
        text = yaml.safe_load(f)
    client = functools.lru_cache(maxsize=None)(client)
    opsc, prefix = Opsc(server, key, environment), f"{text['project']}-{environment or text.get('environment', 'production')}"
    make_buckets(client, region, root)
    make_look_alikes(client, region, account, prefix)
    before = there(client, region, account)
    server.watched()
    problems = opsc(0, "apply", spec, "--yes")
    told = server.watched()
    made = there(client, region, account) - before
    problems += [] if problems else opsc(0, "drift", spec)
    problems += ["nothing was made"] if not made else []
    between()
    # What is not ours has a name like ours: that is told, and left alone.
    problems += opsc(4, "destroy", spec, "--yes", "--destroy-data")
    problems += differences(there(client, region, account), before)
    then = server.watched()
    # Before something is deleted it is asked for kinds that ops.yaml has none of, as far as that is allowed.
    asks = asked(told, False) + asked(then, True)
    refused, _ = iam_policies.Policies(iam_policies.iam(spec, "apply", environment)).refused(asks, account)
    writes = sum(n for t in (told, then) for o, n in t["calls"].items() if not o.partition(".")[2].startswith(READS))
    return problems + told["wrong"] + then["wrong"] + [f"not allowed: {a}" for a in refused], len(made), writes
