# SPDX-License-Identifier: MIT
"""What `opsc iam` says held against AWS's Service Authorization Reference (iam_facts.json), and against what was asked of AWS.

iam_facts.json: by service of IAM its resources (ARNs), and its actions: [access level, resources, keys of conditions, other
actions that it takes]; of what the policies here have, and of what reads.
"""
import functools
import json
import os
import re
import subprocess

from iam_support import Asked, Policy, one_or_more
from terraform_support import OPSC

# Of botocore's services that IAM calls something else.
PREFIX = {"resourcegroupstaggingapi": "tag"}
# Operations that IAM calls something else: "Actions, resources, and condition keys", and S3's table of operations.
ACTION = {
    "s3.DeleteBucketEncryption": "PutEncryptionConfiguration", "s3.DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "s3.DeleteBucketTagging": "PutBucketTagging", "s3.DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "s3.DeleteBucketLifecycle": "PutLifecycleConfiguration", "s3.GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "s3.GetBucketCors": "GetBucketCORS", "s3.GetBucketEncryption": "GetEncryptionConfiguration",
    "s3.GetBucketLifecycleConfiguration": "GetLifecycleConfiguration", "s3.GetBucketReplication": "GetReplicationConfiguration",
    "s3.GetObjectLockConfiguration": "GetBucketObjectLockConfiguration", "s3.GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "s3.HeadBucket": "ListBucket", "s3.ListBuckets": "ListAllMyBuckets", "s3.PutBucketEncryption": "PutEncryptionConfiguration",
    "s3.PutBucketLifecycleConfiguration": "PutLifecycleConfiguration", "s3.PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "cloudfront.CreateDistributionWithTags": "CreateDistribution",
}
# The parameter that has the name of a resource, by service of IAM and the reference's word for the resource.
NAMED_BY = {"cloudwatch.alarm": ("AlarmName", "AlarmNames"), "cloudwatch.dashboard": ("DashboardName", "DashboardNames"),
            "logs.log-group": ("logGroupName",), "sns.topic": ("Name",), "iam.role": ("RoleName",), "iam.policy": ("PolicyName",),
            "lambda.function": ("FunctionName",), "scheduler.schedule": ("Name",), "s3.bucket": ("Bucket",), "ssm.document": ("Name",),
            "ssm.parameter": ("Name", "ResourceId"), "kms.alias": ("AliasName",), "kms.key": ("KeyId", "TargetKeyId"),
            "ecr.repository": ("repositoryName", "repositoryNames"), "secretsmanager.Secret": ("Name", "SecretId"),
            "rds.db": ("DBInstanceIdentifier",), "rds.subgrp": ("DBSubnetGroupName",), "ec2.instance": ("InstanceId",)}
# Where IAM would take a narrower resource, and AWS asks for "*" or more.
AS_WIDE = {"cloudwatch:DescribeAlarms": "composite alarms are told to who may see all",
           "cloudwatch:PutCompositeAlarm": "must be signed on with a permission that is scoped to *",
           "logs:DescribeMetricFilters": "without a log group it is asked of all",
           "ecr:DescribeRepositories": "it lists them", "budgets:ViewBudget": "it lists them"}
NO_PERMISSION = {"sts:GetCallerIdentity"}  # "No permissions are required to perform this operation" (STS API Reference)
POLICY_MAX = 6144


@functools.lru_cache(maxsize=None)
def facts():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "iam_facts.json"), encoding="utf-8") as f:
        return json.load(f)


def fact(action):
    """(level, ARNs of the reference, keys, actions that it takes), or None."""
    service, _, name = action.partition(":")
    of = facts().get(service, {"actions": {}})
    row = of["actions"].get(name)
    return row and (row[0], [of["resources"][r] for r in row[1]], row[2] if len(row) > 2 else [], row[3] if len(row) > 3 else [])


def printed(spec, what, form, *more):
    args = [OPSC, "iam", what, spec, "--format", form, *more]
    p = subprocess.run(args, capture_output=True, text=True, timeout=60, check=False)
    if p.returncode != 0:
        raise RuntimeError(f"exit status {p.returncode} of {args}\n{p.stderr}")
    return p.stdout


def iam(spec, what, env=None, *more):
    """What opsc prints as JSON."""
    return json.loads(printed(spec, what, "json", *(["--env", env] if env else []), *more))


# ---- the documents

def as_reference(form):
    """A pattern for what can stand where the reference has `form`; AWS's own ids may be any."""
    parts = re.split(r"\$\{[^}]*\}", form)
    return re.compile(".+".join(re.escape(p) for p in parts) + r"(:\*)?")


def shown(arn):
    return re.sub(r"\$\{([*?$])\}", "x", arn)


def check_statement(s):
    for action in s["Action"]:
        known = fact(action)
        if known is None or "*" in action:
            yield f"{action} is not in the reference"
            continue
        _, forms, keys, _ = known
        any_ = s["Resource"] == ["*"]
        if any_ and forms and action not in AS_WIDE:
            yield f"{action} is on *, and the reference has {forms}"
        for arn in [] if any_ else s["Resource"]:
            if not any(as_reference(f).fullmatch(shown(arn)) for f in forms):
                yield f"{action} is on {arn}, which is none of {forms}"
            if "*" in arn.split(":")[3] or arn.endswith((":*", "/*")) and not known_ids(arn) and action not in AS_WIDE:
                yield f"{action} is on all of {arn}"
        yield from (f"{action} has no key {k}" for test in s.get("Condition", {}).values() for k in test if k not in keys)


def known_ids(arn):
    """Whether it ends with what AWS chooses, is what is in one log group, or is known by what is looked up before."""
    return re.search(r":(key|instance|vpc-endpoint|distribution|origin-access-control|anomalymonitor|anomalysubscription)/\*$", arn) \
        or re.search(r":log-group:[^:*]+:\*$", arn) or re.search(r":rds:.*:subgrp:\*$", arn)


def check_document(policy):
    """What is wrong with one of `policies`."""
    document = policy["document"]
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    size = len(re.sub(r"\s", "", text))
    if size != policy["characters"] or size > POLICY_MAX:
        yield f"{policy['name']} has {size} characters, and says {policy['characters']}"
    if document["Version"] != "2012-10-17" or set(document) != {"Version", "Statement"}:
        yield f"{policy['name']} is no policy: {set(document)}"
    sids = [s["Sid"] for s in document["Statement"]]
    if len(set(sids)) != len(sids) or not all(re.fullmatch("[A-Za-z0-9]+", s) for s in sids):
        yield f"{policy['name']} has the statements {sids}"
    for s in document["Statement"]:
        if s["Effect"] != "Allow" or not s["Action"] or not s["Resource"]:
            yield f"{s['Sid']} allows nothing"
        yield from check_statement(s)


# ---- what was asked

def action_of(service, operation):
    if service == "budgets" and not operation.endswith("Resource"):
        return "budgets:" + ("ViewBudget" if operation.startswith("Describe") else "ModifyBudget")
    return f"{PREFIX.get(service, service)}:{ACTION.get(f'{service}.{operation}', operation)}"


def names_of(kind, params):
    for name in NAMED_BY.get(kind, ()):
        if name in params:
            return one_or_more(params[name])
    return []


def arn_of(kind, form, name, here):
    """`here`: region, account."""
    if name.startswith("arn:"):
        return name
    if kind == "logs.log-group":
        name += ":log-stream:"
    if kind == "scheduler.schedule":
        form = form.replace("${GroupName}", "default")
    if kind in ("kms.alias", "ssm.parameter"):
        name = name.partition("/")[2] or name
    for sign, value in (("Partition", "aws"), ("Region", here[0]), ("Account", here[1])):
        form = form.replace("${%s}" % sign, value)
    return re.sub(r"\$\{[^}]*\}", lambda _: name, form, count=1)


def asked(service, operation, region, account, params):
    """Each permission that a call takes; on None when the call does not say what it is about."""
    action = action_of(service, operation)
    known, given = fact(action), {}
    if known is None:
        return [Asked(action, None)]
    if "PolicyArn" in params and "RoleName" in params:
        given = {"iam__PolicyARN": params["PolicyArn"]}
    whole = [v for _, v in sorted(params.items()) if isinstance(v, str) and v.startswith("arn:") and v.split(":")[2] == action.partition(":")[0]
             and "RoleName" not in params]
    kinds = [(f"{action.partition(':')[0]}.{r}", f) for r, f in facts()[action.partition(":")[0]]["resources"].items() if f in known[1]]
    if not kinds:
        return [Asked(action)]
    if operation == "DescribeMetricFilters" and "logGroupName" not in params:
        return [Asked(action, f"arn:aws:logs:{region}:{account}:log-group::log-stream:")]
    found = whole[:1] or [arn_of(k, f, name, (region, account)) for k, f in kinds for name in names_of(k, params)]
    return [Asked(action, arn, **given) for arn in found] or [Asked(action, None)]


class Policies:
    """Several documents of one role."""

    def __init__(self, told):
        self.all = [Policy(p["document"]) for p in told["policies"]]

    def actions(self):
        return {a for p in self.all for _, a in p.actions()}

    def allows(self, want):
        if want.resource is None:
            return want.action in self.actions()
        return want.action in NO_PERMISSION or any(p.statement_of(want) for p in self.all)

    def refused(self, asks, account):
        """Which of (service, operation, region, parameters) are not allowed, and the actions that were asked for."""
        wants = [w for s, o, region, params in asks for w in asked(s, o, region, account, params)]
        return sorted({repr(w) for w in wants if not self.allows(w)}), {w.action for w in wants}
