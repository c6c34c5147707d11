#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""opsc apply, destroy and try on moto's server: what goes wrong at each of their requests in turn, what is killed at each, and what they
do not do. suite_emulator.py applies the examples.

A request's fault is one of moto_watch.FAULTS; they go round. APPLY_FAULTS=all tries each at every request.
"""
import concurrent.futures
import itertools
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time

import jsonschema

from moto_watch import FAULTS
from report import check, equal, fault, say, state, test
from emulator_support import Server, aws_clients

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.environ.get("OPSC", str(ROOT / "build" / "asan" / "opsc"))
ACCOUNT, REGION = "123456789012", "eu-west-1"
SERVERS = 2
SCHEMA = jsonschema.Draft7Validator(json.loads((ROOT / "docs/reference/apply.schema.json").read_text(encoding="utf-8")))
SPEC = """\
opsc: 1
project: shop
aws: { region: eu-west-1 }
notify:
  warning: { email: ops@shop.example }
resources:
  web: { kind: ec2, id: i-0123456789abcdef0, role: shop-web }
  api: { kind: app, on: web, port: 8080 }
logs:
  app:
    group: /shop/production/app
    from: { resource: web, files: [/var/log/shop/*.log] }
    retention: 7d
    metrics: { api.errors: { match: ERROR } }
    queries: { recent: "fields @message | limit 20" }
alarms:
  busy: { when: avg(web.cpu) > 80% for 5m }
  errors: { when: sum(api.errors) > 5 over 5m }
  down: { when: alarm(busy) and alarm(errors) }
"""


class Account:
    """An account of moto's, and a folder with a spec that is applied to it."""

    def __init__(self, server, folder, spec=SPEC):
        self.server, self.folder = server, pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.env = {**{k: v for k, v in os.environ.items() if not k.startswith("AWS_")}, "AWS_ENDPOINT_URL": server.url,
                    "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}
        self.client = aws_clients(server.url, ACCOUNT)
        self.reset(spec)

    def reset(self, spec=SPEC):
        self.server.reset()
        self.write(spec)
        self.client("iam", REGION).create_role(RoleName="shop-web", AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[]}')
        self.server.watched({})

    def write(self, spec):
        (self.folder / "ops.yaml").write_text(spec, encoding="utf-8")

    def run(self, *args, **more):
        return subprocess.run([OPSC, *args], cwd=self.folder, env=self.env, capture_output=True, text=True, check=False, timeout=100,
                              stdin=subprocess.DEVNULL, **more)

    def apply(self, *args):
        return self.run("apply", "--yes", *args)

    def plan(self):
        p = self.run("plan", "--format", "json")
        check(p.returncode == 0, p.stderr)
        return [i for i in json.loads(p.stdout)["items"] if i["action"] != "same"]

    def there(self):
        """What the account has, as far as opsc makes it, without what AWS chooses."""
        c = {s: self.client(s, REGION) for s in ("cloudwatch", "logs", "sns", "iam")}
        alarms = c["cloudwatch"].describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        found = {
            "alarms": alarms["MetricAlarms"] + alarms["CompositeAlarms"],
            "dashboards": [json.loads(c["cloudwatch"].get_dashboard(DashboardName=d["DashboardName"])["DashboardBody"])
                           for d in c["cloudwatch"].list_dashboards()["DashboardEntries"]],
            "groups": c["logs"].describe_log_groups()["logGroups"],
            "filters": c["logs"].describe_metric_filters()["metricFilters"],
            "queries": c["logs"].describe_query_definitions()["queryDefinitions"],
            "topics": [c["sns"].get_topic_attributes(TopicArn=t["TopicArn"])["Attributes"] for t in c["sns"].list_topics()["Topics"]],
            "subscriptions": c["sns"].list_subscriptions()["Subscriptions"],
            # AttachmentCount is moto's: it counts a second AttachRolePolicy of the same, which changes nothing, as another one.
            "policies": [(p["PolicyName"], p["DefaultVersionId"],
                          sorted(r["RoleName"] for r in c["iam"].list_entities_for_policy(PolicyArn=p["Arn"])["PolicyRoles"]))
                         for p in c["iam"].list_policies(Scope="Local")["Policies"]],
            "roles": c["iam"].list_roles()["Roles"]}
        return {k: sorted(json.dumps(plain(v), sort_keys=True, default=str) for v in list_) for k, list_ in found.items()}

    def wrong(self):
        return self.server.watched()["wrong"]


CHOSEN = ("Time", "Date", "Timestamp", "queryDefinitionId", "lastModified", "SubscriptionArn", "RoleId", "StateReason", "ResponseMetadata",
          "SubscriptionsPending", "storedBytes", "RoleLastUsed")


def plain(v):
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items() if not any(word in k for word in CHOSEN)}
    return [plain(x) for x in v] if isinstance(v, list) else v


def differences(have, wanted):
    return {k: sorted(set(have[k]) ^ set(wanted[k])) or "one is twice" for k in wanted if have[k] != wanted[k]}


# ---- faults

def undisturbed(account):
    """What there is after an apply at which nothing goes wrong, and how many requests it takes."""
    p = account.apply()
    equal(p.returncode, 0, f"an undisturbed apply: {p.stdout}{p.stderr}")
    told = account.server.watched()
    equal(told["wrong"], [], "requests that are wrong")
    equal(account.plan(), [], "the plan after it")
    return account.there(), sum(told["calls"].values())


def disturbed(account, what, at):
    """An apply at whose request of this number that happens; what is wrong then, or after the next run, or an empty text."""
    account.reset()
    pid = account.folder / "pid"
    account.server.watched({"fault": [what, at, str(pid)]})
    # A call that hangs ends with the time for all calls.
    limit = ["--timeout", "2"] if what == "hang" else []
    p = subprocess.run(["sh", "-c", 'echo $$ > pid; exec "$0" "$@"', OPSC, "apply", "--yes", *limit], cwd=account.folder, env=account.env,
                       capture_output=True, text=True, check=False, timeout=100, stdin=subprocess.DEVNULL)
    allowed = {"kill-before": {-9}, "kill-after": {-9}}.get(what, {0, 3})
    said = p.stdout + p.stderr
    if p.returncode not in allowed or "Sanitizer" in said or (p.returncode == 3 and "opsc: " not in p.stderr):
        return f"status {p.returncode}: {said}"
    if p.returncode == 0 and account.plan():
        return f"it says that all went well: {account.plan()}"
    wrong = account.server.watched({})["wrong"]
    again = account.apply()
    if again.returncode != 0:
        return f"the run after it: {again.stdout}{again.stderr}"
    return str(wrong) if wrong else ""


def try_faults(account, wanted, points):
    """Of each of (what, request): what is not as it is without a fault."""
    problems = []
    for what, at in points:
        why = disturbed(account, what, at)
        have = account.there()
        why = why or differences(have, wanted)
        if why:
            problems.append(f"{what} at request {at}: {why}")
    return problems


def faults(servers, tmp):
    accounts = [Account(s, tmp / f"faults-{i}") for i, s in enumerate(servers)]
    with test("undisturbed"):
        wanted, n = undisturbed(accounts[0])
        kinds = itertools.cycle(f for f in FAULTS if not f.startswith("kill"))
        if os.environ.get("APPLY_FAULTS") == "all":
            points = [(f, at) for at in range(1, n + 1) for f in FAULTS]
        else:
            points = [(next(kinds), at) for at in range(1, n + 1)] + [(f, at) for at in range(1, n + 1) for f in FAULTS[-2:]]
        with concurrent.futures.ThreadPoolExecutor(len(accounts)) as pool:
            problems = sum(pool.map(lambda i: try_faults(accounts[i], wanted, points[i::len(accounts)]), range(len(accounts))), [])
        with fault("each-ends-as-an-undisturbed-one"):
            equal(problems, [], "faults after which it is not as it should be")
        print(f"    {len(points)} faults at {n} requests, {len(points) - len(problems)} survived", flush=True)


# ---- what is not done

def refusals(server, tmp):
    account = Account(server, tmp / "refusals")
    cloudwatch, logs = account.client("cloudwatch", REGION), account.client("logs", REGION)
    with test("nobody-is-asked-without-a-terminal"):
        p = account.run("apply")
        equal((p.returncode, account.there()["alarms"]), (2, []), p.stderr)
        check("--yes" in p.stderr, p.stderr)
    with test("what-is-not-ours-is-left-alone"):
        cloudwatch.put_metric_alarm(AlarmName="shop-production-busy", Namespace="X", MetricName="y", Statistic="Sum", Period=60, Threshold=1,
                                    EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold")
        p = account.apply()
        equal(p.returncode, 4, p.stdout + p.stderr)
        check("not changed: CloudWatch alarm shop-production-busy" in p.stdout and "--adopt" in p.stdout, p.stdout)
        equal(cloudwatch.describe_alarms(AlarmNames=["shop-production-busy"])["MetricAlarms"][0]["Namespace"], "X", "the alarm's namespace")
    with test("what-is-adopted-is-ours-then"):
        equal(account.apply("--adopt").returncode, 0, "exit status")
        equal(account.plan(), [], "plan")
    with test("what-a-description-says-of-a-condition-takes-a-line"):
        account.write(SPEC.replace("80%", "70%"))
        p = account.run("plan")
        check(re.search(r'(?m)^    alarm_description: "avg\(web\.cpu\) > 80% for 5m\."\.\.\. -> "avg\(web\.cpu\) > 70% for 5m\."\.\.\.  ops\.yaml', p.stdout), p.stdout)
        check(re.search("(?m)^    threshold: +80 -> 70 ", p.stdout) and len(p.stdout.splitlines()) == 6, p.stdout)
    fewer = re.sub(r"(?m)^  (errors|down):.*\n", "", SPEC)
    with test("nothing-is-deleted-without-prune"):
        account.write(fewer)
        equal(account.apply().returncode, 0, "exit status")
        equal(len(account.there()["alarms"]), 3, "alarms")
    with test("more-than-allowed-is-not-deleted"):
        p = account.apply("--prune", "--max-deletes", "1")
        equal((p.returncode, len(account.there()["alarms"])), (3, 3), p.stderr)
        check("--max-deletes 2" in p.stderr, p.stderr)
    with test("prune-deletes-ours-alone"):
        cloudwatch.put_metric_alarm(AlarmName="shop-production-theirs", Namespace="X", MetricName="y", Statistic="Sum", Period=60, Threshold=1,
                                    EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold")
        p = account.apply("--prune")
        equal(p.returncode, 4, p.stdout + p.stderr)
        names = sorted(a["AlarmName"] for a in cloudwatch.describe_alarms()["MetricAlarms"])
        equal(names, ["shop-production-busy", "shop-production-theirs"], "alarms")
        check("not deleted: CloudWatch alarm shop-production-theirs" in p.stdout, p.stdout)
    with test("prune-finds-what-has-slashes-in-its-name"):
        account.write(re.sub(r"(?m)^    queries:.*\n", "", fewer))
        ours = {"project": "shop", "environment": "production"}
        logs.create_log_group(logGroupName="/shop/production/old", tags=ours)
        account.client("secretsmanager", REGION).create_secret(Name="shop/production/old", SecretString="x", Tags=[
            {"Key": k, "Value": v} for k, v in ours.items()])
        p = account.apply("--prune")
        check("deleted saved Logs Insights query shop-production/app/recent\n" in p.stdout, p.stdout)
        for what in ("CloudWatch log group /shop/production/old", "secret shop/production/old"):
            check(f"not deleted: {what}: what it holds would be lost (--destroy-data" in p.stdout, p.stdout)
        account.client("secretsmanager", REGION).delete_secret(SecretId="shop/production/old", ForceDeleteWithoutRecovery=True)
        logs.delete_log_group(logGroupName="/shop/production/old")
    with test("a-saved-plan-is-done-or-nothing"):
        account.write(SPEC)
        equal(account.run("plan", "--format", "json", "--out", "plan.json").returncode, 0, "exit status of plan")
        logs.put_retention_policy(logGroupName="/shop/production/app", retentionInDays=1)
        p = account.run("apply", "--plan", "plan.json")
        equal((p.returncode, "plan again" in p.stderr), (3, True), p.stderr)
        account.run("plan", "--format", "json", "--out", "plan.json")
        p = account.run("apply", "--plan", "plan.json")
        equal((p.returncode, account.plan()[:0]), (0, []), p.stderr)
    with test("data-stays-and-destroy-leaves-what-is-not-ours"):
        p = account.run("destroy", "--yes")
        equal(p.returncode, 4, p.stdout + p.stderr)
        check("not deleted: CloudWatch log group /shop/production/app" in p.stdout and "--destroy-data" in p.stdout, p.stdout)
        left = account.there()
        equal([len(left[k]) for k in ("alarms", "groups", "topics", "queries", "policies")], [1, 1, 0, 0, 0], "what is left")
        p = account.run("destroy", "--yes", "--destroy-data")
        equal(len(account.there()["groups"]), 0, p.stdout + p.stderr)
    with test("names-of-another-environment-are-its-own"):
        sns = account.client("sns", REGION)
        topic = sns.create_topic(Name="theirs", Tags=[{"Key": "project", "Value": "shop"}, {"Key": "environment", "Value": "production-eu"}])
        for name in ("shop-production-eu-overview", "shop-production-old"):
            cloudwatch.put_dashboard(DashboardName=name, DashboardBody='{"widgets":[]}')
        p = account.run("destroy", "--yes")
        check("not deleted: CloudWatch dashboard shop-production-eu-overview: its name begins" in p.stdout, p.stdout)
        check("deleted CloudWatch dashboard shop-production-old" in p.stdout, p.stdout)
        cloudwatch.delete_dashboards(DashboardNames=["shop-production-eu-overview"])
        sns.delete_topic(TopicArn=topic["TopicArn"])
    with test("without-tags-of-its-own-nothing-is-deleted"):
        account.write(SPEC.replace("eu-west-1 }", "eu-west-1, default_tags: false }"))
        equal(account.apply("--adopt").returncode, 0, "exit status")
        before = account.there()
        for args in (["apply", "--prune"], ["destroy", "--destroy-data"]):
            p = account.run(*args, "--yes")
            equal((p.returncode, differences(account.there(), before)), (4, {}), p.stdout + p.stderr)
        check("not deleted: CloudWatch alarm shop-production-theirs" in p.stdout and "default_tags: false" in p.stdout, p.stdout)
        account.reset()
        cloudwatch.put_metric_alarm(AlarmName="shop-production-busy", Namespace="X", MetricName="y", Statistic="Sum", Period=60, Threshold=1,
                                    EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold")
    with test("what-has-another-name-and-no-tags-stays"):
        account.write(SPEC + "exactly:\n  aws_cloudwatch_dashboard:\n    main: { dashboard_name: Main, dashboard_body: { widgets: [] } }\n"
                      "  aws_cloudwatch_query_definition:\n    all: { name: all, query_string: fields @message }\n")
        cloudwatch.put_dashboard(DashboardName="Main", DashboardBody='{"widgets":[]}')
        logs.put_query_definition(name="all", queryString="fields @message")
        p = account.run("destroy", "--yes")
        equal((p.returncode, len(account.there()["dashboards"]), len(account.there()["queries"])), (4, 1, 1), p.stdout + p.stderr)
        check("not deleted: CloudWatch dashboard Main, for ops.yaml:" in p.stdout, p.stdout)
        account.write(SPEC)
    with test("an-empty-limit-is-none-that-was-meant"):
        p = account.run("destroy", "--yes", "--max-deletes", "")
        equal((p.returncode, "--max-deletes takes a number" in p.stderr), (2, True), p.stderr)
    with test("what-may-not-be-listed-is-not-looked-for"):
        server.watched({"deny": ["ListBuckets", "DescribeBudgets"]})
        p = account.run("destroy", "--yes")
        equal(p.returncode, 4, p.stdout + p.stderr) # an alarm is not ours
        check(re.search("not looked for, .*S3 bucket .s3:ListAllMyBuckets may not be called", p.stderr), p.stderr)
        server.watched({"deny": ["DescribeAlarms"]})
        p = account.run("destroy", "--yes")
        equal((p.returncode, "cloudwatch:DescribeAlarms" in p.stderr), (3, True), p.stderr)
    with test("requests-are-right"):
        equal(account.wrong(), [], "requests that are wrong")


OURS = {"project": "shop", "environment": "production", "managed-by": "opsc"}
ALARM = {"Namespace": "X", "MetricName": "y", "Statistic": "Sum", "Period": 60, "Threshold": 1, "EvaluationPeriods": 1,
         "ComparisonOperator": "GreaterThanThreshold"}


def bucket(account, name, tags):
    s3 = account.client("s3", REGION)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs(tags)})


def pairs(tags):
    return [{"Key": k, "Value": v} for k, v in tags.items()]


def index(arns):
    return json.dumps({"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": pairs(OURS)} for arn in arns]})


def make_by_others(account):
    """What a report calls each of some things, and its ARN."""
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}'
    c = {s: account.client(s, REGION) for s in ("logs", "sns", "iam", "ecr", "ssm", "secretsmanager", "cloudwatch")}
    c["logs"].create_log_group(logGroupName="/old/app", tags=OURS)
    c["ssm"].put_parameter(Name="/old/key", Type="SecureString", Value="x", Tags=pairs(OURS))
    c["ssm"].create_document(Name="old-document", DocumentType="Command", Content='{"schemaVersion":"2.2","description":"x","mainSteps":[]}',
                             Tags=pairs(OURS))
    c["cloudwatch"].put_metric_alarm(AlarmName="a: b/c", Tags=pairs(OURS), **ALARM)
    where = f"{REGION}:{ACCOUNT}"
    return {"CloudWatch log group /old/app": f"arn:aws:logs:{where}:log-group:/old/app",
            "SNS topic old-topic": c["sns"].create_topic(Name="old-topic", Tags=pairs(OURS))["TopicArn"],
            "IAM policy old-policy": c["iam"].create_policy(PolicyName="old-policy", PolicyDocument=policy, Tags=pairs(OURS))["Policy"]["Arn"],
            "ECR repository old/images": c["ecr"].create_repository(repositoryName="old/images", tags=pairs(OURS))["repository"]["repositoryArn"],
            "parameter /old/key": f"arn:aws:ssm:{where}:parameter/old/key",
            "Systems Manager document old-document": f"arn:aws:ssm:{where}:document/old-document",
            "secret old/secret": c["secretsmanager"].create_secret(Name="old/secret", SecretString="x", Tags=pairs(OURS))["ARN"],
            "CloudWatch alarm a: b/c": f"arn:aws:cloudwatch:{where}:alarm:a: b/c"}


def by_tags(server, tmp):
    """What opsc made under a name that is none of ours, and ops.yaml has no more."""
    account = Account(server, tmp / "tags")
    equal(account.apply().returncode, 0, "exit status")
    cloudwatch, iam = account.client("cloudwatch", REGION), account.client("iam", REGION)
    bucket(account, "acme-backups", OURS)
    for name, other in (("acme-own", {"project": "shop", "environment": "production"}), ("acme-eu", {**OURS, "environment": "production-eu"})):
        bucket(account, name, other)
        cloudwatch.put_metric_alarm(AlarmName=name, Tags=pairs(other), **ALARM)
    cloudwatch.put_metric_alarm(AlarmName="Old", Tags=pairs(OURS), **ALARM)
    iam.create_role(RoleName="agents", AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[]}', Tags=pairs(OURS))
    account.client("secretsmanager", REGION).create_secret(Name="acme/db", SecretString="x", Tags=pairs(OURS))
    told = ["CloudWatch alarm Old", "IAM role agents", "S3 bucket acme-backups", "secret acme/db"]
    with test("what-has-our-tags-and-another-name-is-told"):
        p = account.run("plan", "--prune")
        equal(re.findall(r"(?m)^\? (.*): is there", p.stdout), told, p.stdout + p.stderr)
        server.watched({})
        p = account.run("plan")
        equal((re.findall(r"(?m)^\?", p.stdout), sum(server.watched()["calls"].values())), ([], 14), p.stdout + p.stderr)
    with test("it-goes-by-the-same-rules"):
        p = account.apply("--prune")
        equal(p.returncode, 4, p.stdout + p.stderr)
        equal(re.findall(r"(?m)^deleted (.*)", p.stdout), told[:2], p.stdout)
        for what in told[2:]:
            check(f"not deleted: {what}: what it holds would be lost (--destroy-data" in p.stdout, p.stdout)
    with test("one-that-may-not-be-read-keeps-nothing-else"):
        server.watched({"deny": ["GetBucketTagging", "GetObjectLockConfiguration"]})
        p = account.run("destroy", "--yes", "--destroy-data")
        equal(p.returncode, 4, p.stdout + p.stderr)
        check("ops.yaml has no more: S3 bucket acme-backups (s3:GetBucketObjectLockConfiguration may not" in p.stderr, p.stderr)
        check("not deleted: S3 bucket acme-backups: which tags it has may not be read" in p.stdout, p.stdout)
        equal([a["AlarmName"] for a in cloudwatch.describe_alarms()["MetricAlarms"]], ["acme-eu", "acme-own"], p.stdout)
    with test("an-arn-says-the-kind-and-the-name"):
        made = make_by_others(account)
        server.watched({"answers": {"GetResources": {REGION: index(made.values())}}})
        p = account.run("plan", "--prune")
        equal(sorted(x for x in re.findall(r"(?m)^\? (.*): is there", p.stdout) if x in made), sorted(made), p.stdout + p.stderr)
    with test("what-the-index-says-is-not-believed"):
        account.client("s3", REGION).delete_bucket_tagging(Bucket="acme-backups")
        server.watched({"answers": {"GetResources": {REGION: index(["arn:aws:s3:::acme-backups", "arn:aws:s3:::acme-gone"])}}})
        p = account.run("destroy", "--yes", "--destroy-data")
        equal(re.findall(r"(?m)^not deleted: (.*): it is in the account with this name, and has not the tags", p.stdout),
              ["S3 bucket acme-backups"], p.stdout + p.stderr)
    with test("the-index-may-be-refused"):
        account.write("opsc: 1\nproject: shop\naws: { region: eu-west-1 }\nresources: {}\n")
        server.watched({"deny": ["GetResources"]})
        p = account.run("plan", "--prune")
        equal(p.returncode, 0, p.stderr)
        check("not looked for: what has the tags of this environment, and another name (tag:GetResources" in p.stderr, p.stderr)
    with test("requests-by-tags-are-right"):
        equal(account.wrong(), [], "requests that are wrong")


NOT_DONE = ('<DeleteVpcEndpointsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId><unsuccessful><item><error>'
            "<code>{}</code><message>{}</message></error><resourceId>vpce-1</resourceId></item></unsuccessful></DeleteVpcEndpointsResponse>")


def not_done(server, tmp):
    """An answer with status 200 that tells that nothing was done."""
    account = Account(server, tmp / "not-done")
    ec2 = account.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    account.write("opsc: 1\nproject: shop\naws: { region: eu-west-1 }\n"
                  f"cost: {{ endpoints: {{ vpc: {vpc}, route_tables: [{table}], services: [s3] }} }}\n")
    p = account.apply()
    equal(p.returncode, 0, p.stdout + p.stderr)
    with test("what-an-answer-says-was-not-done-is-not-done"):
        server.watched({"answers": {"DeleteVpcEndpoints": NOT_DONE.format("OperationNotPermitted", "It is managed by another service.")}})
        p = account.run("destroy", "--yes")
        equal((p.returncode, re.findall("(?m)^deleted.*", p.stdout)), (3, []), p.stdout + p.stderr)
        check("not deleted: ec2:DeleteVpcEndpoints: OperationNotPermitted: It is managed by another service." in p.stderr, p.stderr)
    with test("what-it-says-is-not-there-is-gone"):
        server.watched({"answers": {"DeleteVpcEndpoints": NOT_DONE.format("InvalidVpcEndpoint.NotFound", "It does not exist")}})
        p = account.run("destroy", "--yes")
        equal((p.returncode, len(re.findall("(?m)^deleted.*", p.stdout))), (0, 1), p.stdout + p.stderr)
        server.watched({})
        p = account.run("destroy", "--yes")
        equal((p.returncode, [e["State"] for e in ec2.describe_vpc_endpoints()["VpcEndpoints"]]), (0, ["deleted"]), p.stdout + p.stderr)


HELD = re.compile(r"(?m)^not (\w+): IAM policy shop-production-host-web.*: others hold it, and AWS deletes none that is held: (.*)\. Take it from there first$")


def held(server, tmp):
    """A policy that others hold, which AWS would not delete: that is said before something is done."""
    account = Account(server, tmp / "held")
    iam = account.client("iam", REGION)
    equal(account.apply().returncode, 0, "exit status")
    policy = "arn:aws:iam::123456789012:policy/shop-production-host-web"
    document = iam.get_policy_version(PolicyArn=policy, VersionId="v1")["PolicyVersion"]["Document"]
    with test("what-others-hold-is-not-replaced"):
        # Another description has another policy made.
        iam.detach_role_policy(RoleName="shop-web", PolicyArn=policy)
        iam.delete_policy(PolicyArn=policy)
        iam.create_policy(PolicyName="shop-production-host-web", PolicyDocument=json.dumps(document), Description="x", Tags=pairs(OURS))
        for role in ("shop-web", "audit", "watch"):
            if role != "shop-web":
                iam.create_role(RoleName=role, AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[]}')
            iam.attach_role_policy(RoleName=role, PolicyArn=policy)
        server.watched({})
        p = account.apply()
        equal((p.returncode, HELD.findall(p.stdout)), (4, [("replaced", "IAM policy attachment audit/" + policy + " and 1 more")]), p.stdout + p.stderr)
        equal([c for c in server.watched()["calls"] if c.split(".")[1].startswith(("Detach", "Delete", "Create", "Attach"))], [], "calls")
        iam.detach_role_policy(RoleName="audit", PolicyArn=policy)
        iam.detach_role_policy(RoleName="watch", PolicyArn=policy)
    with test("nor-what-a-user-holds-deleted"):
        iam.create_user(UserName="ana")
        iam.attach_user_policy(UserName="ana", PolicyArn=policy)
        p = account.run("destroy", "--yes", "--destroy-data")
        equal((p.returncode, HELD.findall(p.stdout)), (4, [("deleted", "1 user, group or boundary of permissions")]), p.stdout + p.stderr)
        iam.detach_user_policy(UserName="ana", PolicyArn=policy)
        p = account.run("destroy", "--yes", "--destroy-data")
        equal((p.returncode, account.there()["policies"]), (0, []), p.stdout + p.stderr)


def many(server, tmp):
    """Alarms are deleted by hundreds; of a call that fails it is known which are still there."""
    account = Account(server, tmp / "many", "opsc: 1\nproject: shop\naws: { region: eu-west-1 }\n"
                      "notify: { warning: { email: ops@shop.example } }\nresources: {}\n")
    cloudwatch = account.client("cloudwatch", REGION)
    names = [f"shop-production-{i:03}" for i in range(4)]

    def prune(n, **faults):
        for name in names[:n]:
            cloudwatch.put_metric_alarm(AlarmName=name, Tags=pairs(OURS), **ALARM)
        server.watched(faults)
        p = account.run("apply", "--prune", "--yes", "--max-deletes", "4")
        return p, server.watched({})["calls"].get("cloudwatch.DeleteAlarms", 0), len(cloudwatch.describe_alarms()["MetricAlarms"])

    with test("alarms-go-many-at-once"):
        p, calls, left = prune(4)
        equal((p.returncode, calls, left), (0, 1, 0), p.stdout + p.stderr)
        equal((p.stdout.count("deleted CloudWatch alarm"), "4 deleted in 1 call\n" in p.stdout), (4, True), p.stdout)
    with test("of-a-refusal-all-are-told"):
        p, calls, left = prune(3, deny=["DeleteAlarms"])
        equal((p.returncode, calls, left), (3, 1, 3), p.stdout + p.stderr)
        equal(p.stderr.count(": not deleted: cloudwatch:DeleteAlarms: "), 3, p.stderr)
    with test("of-another-failure-each-is-asked-for-alone"):
        p, calls, left = prune(3, invalid={"DeleteAlarms": ["shop-production-002"]})
        equal((p.returncode, calls, left), (3, 4, 1), p.stdout + p.stderr)
        equal(re.findall(r"(?m)^opsc: CloudWatch alarm (\S+): not deleted: cloudwatch:DeleteAlarms: ValidationError", p.stderr), ["shop-production-002"], p.stderr)
    with test("a-page-in-place-of-an-answer-is-none"):
        p, calls, left = prune(3, answers={"DeleteAlarms": "<html></html>"})
        equal((p.returncode, calls, left, "deleted CloudWatch" in p.stdout), (3, 4, 3, False), p.stdout + p.stderr)


def told(p):
    said = json.loads(p.stdout)
    SCHEMA.validate(said)
    equal(said["exit_status"], p.returncode, "exit_status")
    return said


def told_as_data(server, tmp):
    """--format json, what is to be done next, and how far it is on a terminal."""
    account = Account(server, tmp / "told")
    account.write(SPEC.replace(", role: shop-web", "") + "secrets: { items: { token: { rotate: every 180 days, by: hand } } }\n")
    with test("what-was-done-is-told-as-data"):
        p = account.run("apply", "--yes", "--format", "json")
        said = told(p)
        equal({s["status"] for s in said["steps"]}, {"done"}, p.stdout + p.stderr)
        alarm = next(s for s in said["steps"] if s["name"] == "shop-production-busy")
        equal({k: alarm[k] for k in ("action", "kind", "path", "calls")},
              {"action": "create", "kind": "aws_cloudwatch_metric_alarm", "path": "alarms.busy", "calls": 1}, "a step")
        equal(said["sums"]["created"], len(said["steps"]), "sums")
    with test("what-is-to-be-done-next-is-told"):
        equal(sorted(n.partition(":")[0] for n in said["next"]),
              ["attach the IAM policy shop-production-host-web to the role of what needs it", "confirm the mail that AWS has sent to ops@shop.example",
               "give the parameter /shop/production/token its first value"], "next")
        equal(told(account.run("apply", "--yes", "--format", "json"))["next"], [], "when nothing was made")
    with test("what-failed-and-what-was-refused-is-told-as-data"):
        account.write(SPEC.replace("80%", "70%"))
        server.watched({"deny": ["PutMetricAlarm"]})
        p = account.run("apply", "--yes", "--format", "json")
        said = told(p)
        failed = next(s for s in said["steps"] if s["status"] == "failed")
        equal((p.returncode, failed["at"], failed["error"]["operation"], failed["error"]["code"]),
              (3, "ops.yaml:17", "cloudwatch:PutMetricAlarm", "AccessDeniedException"), p.stdout)
        server.watched({})
        said = told(account.run("destroy", "--yes", "--format", "json"))
        equal([(r["name"], r["option"]) for r in said["refused"]][:1], [("/shop/production/app", "--destroy-data")], "refused")
        p = account.run("destroy", "--format", "json")
        equal((p.returncode, p.stdout, "--yes" in p.stderr), (2, "", True), p.stderr)
    with test("on-a-terminal-it-says-how-far-it-is"):
        account.reset()
        server.watched({"wait_s": 0.1})
        output, terminal = pty.openpty()
        env = {**{k: v for k, v in account.env.items() if k != "CI"}, "TERM": "xterm"}
        p = subprocess.Popen([OPSC, "apply", "--yes"], cwd=account.folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=terminal)
        os.close(terminal)
        out = p.communicate(timeout=60)[0].decode()
        said = os.read(output, 1 << 16).decode()
        os.close(output)
        server.watched({})
        check(re.search(r"\r\x1b\[Kopsc: \[\d+/12\] [a-z]+:[A-Z]\w+", said), said)
        equal((p.returncode, "[" in out), (0, False), out)


def places(server, tmp):
    """Where plan --prune looks for kinds that are made in us-east-1, too: not twice where that is home."""
    for region, away in (("eu-west-1", {"us-east-1"}), ("us-east-1", set())):
        account = Account(server, tmp / f"places-{region}", SPEC.replace("eu-west-1", region))
        with test(f"kinds-are-looked-for-where-they-can-be-{region}"):
            p = account.run("plan", "--prune", "--format", "json")
            equal(p.returncode, 0, p.stderr)
            told = server.watched({})
            asked = {o: {r for who, _, operation, r, _ in told["asked"] if (who, operation) == ("opsc", o)} for o in ("DescribeAlarms", "ListTopics", "ListDashboards")}
            equal(asked, {"DescribeAlarms": {region} | away, "ListTopics": {region} | away, "ListDashboards": {region}}, "who is asked where")
            calls = {o: sum(n for name, n in told["calls"].items() if name.endswith("." + o)) for o in asked}
            equal(calls, {o: len(r) for o, r in asked.items()}, "how often")


# ---- in between

def signalled(account, signal_number, ignored=False):
    """An apply that is sent this after the first thing that it made."""
    account.server.watched({"wait_s": 0.2})
    p = subprocess.Popen([OPSC, "apply", "--yes"], cwd=account.folder, env=account.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         stdin=subprocess.DEVNULL, text=True, preexec_fn=(lambda: signal.signal(signal_number, signal.SIG_IGN)) if ignored else None)
    p.stdout.readline()
    while "created" not in (line := p.stdout.readline()):
        check(line, "nothing was created")
    p.send_signal(signal_number)
    out, err = p.communicate(timeout=60)
    account.server.watched({})
    return p.returncode, out, err


def interrupted(server, tmp):
    account = Account(server, tmp / "interrupted")
    with test("ctrl-c-ends-it-in-order-and-the-next-run-goes-on"):
        status, out, err = signalled(account, signal.SIGINT)
        equal(status, -signal.SIGINT, out + err)
        check("not begun" in err and "run it again" in out, out + err)
        p = account.apply()
        equal((p.returncode, account.plan()), (0, []), p.stdout + p.stderr)
    with test("a-terminal-that-closes-ends-it-so-too"):
        account.reset()
        status, out, err = signalled(account, signal.SIGHUP)
        equal((status, "run it again" in out), (-signal.SIGHUP, True), out + err)
    with test("what-is-ignored-is-not-heard"):
        account.reset()
        status, out, err = signalled(account, signal.SIGHUP, ignored=True)
        equal((status, account.plan()), (0, []), out + err)
    with test("only-yes-is-taken"):
        account.reset()
        for answer, status in (("y\n", 2), ("yes\n", 0)):
            ours, theirs = pty.openpty()
            p = subprocess.Popen([OPSC, "apply"], cwd=account.folder, env=account.env, stdin=theirs, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
            os.write(ours, answer.encode())
            out, err = p.communicate(timeout=60)
            os.close(ours)
            os.close(theirs)
            equal((answer, p.returncode), (answer, status), out + err)
            check("Only `yes` is taken" in err and ACCOUNT in err, err)


def tried(server, tmp):
    account = Account(server, tmp / "try")
    cloudwatch = account.client("cloudwatch", REGION)
    more = SPEC.replace("80%", "70%") + "  idle: { when: avg(web.cpu) < 1% for 5m }\n"

    def go_off():
        for _ in range(100):
            if cloudwatch.describe_alarms(AlarmNames=["shop-production-idle"])["MetricAlarms"]:
                cloudwatch.set_alarm_state(AlarmName="shop-production-idle", StateValue="ALARM", StateReason="it is idle")
                return
            time.sleep(0.05)

    with test("what-is-tried-stays-when-all-is-quiet"):
        p = account.run("try", "--for", "1s", "--yes")
        equal((p.returncode, account.plan()), (0, []), p.stdout + p.stderr)
    with test("what-lets-an-alarm-go-off-is-taken-back"):
        before = account.there()
        account.write(more)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(go_off)
            p = account.run("try", "--for", "3s", "--yes")
        equal(p.returncode, 4, p.stdout + p.stderr)
        check("shop-production-idle is in alarm: it is idle" in p.stderr, p.stderr)
        equal(differences(account.there(), before), {}, "what is not as before")
    with test("what-fails-is-taken-back"):
        # The first request after what reads.
        server.watched({})
        account.run("plan")
        reads = sum(server.watched()["calls"].values())
        server.watched({"fault": ["expired", reads + 3, ""]})
        p = account.run("try", "--for", "1s", "--yes")
        equal(p.returncode, 3, p.stdout + p.stderr)
        account.run("try", "--for", "1s") # nobody says yes: nothing is done
        equal(differences(account.there(), before), {}, "what is not as before")
    with test("what-cannot-be-taken-back-is-told"):
        account.reset()
        p = subprocess.Popen([OPSC, "try", "--for", "2s", "--yes"], cwd=account.folder, env=account.env, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while "are watched" not in (line := p.stderr.readline()):
            check(line, "nothing is watched")
        server.watched({"deny": ["DescribeAlarms"]})
        _, err = p.communicate(timeout=60)
        equal((p.returncode, "what was tried is still there" in err), (3, True), err)
    with test("what-is-not-ours-is-not-tried"):
        p = account.run("try", "--yes", "--adopt")
        equal((p.returncode, "--adopt" in p.stderr), (2, True), p.stderr)


def main():
    if aws_clients("http://127.0.0.1:1", ACCOUNT) is None:
        say("skip-missing", "apply", "boto3 is not there (pip install boto3)")
        return
    with tempfile.TemporaryDirectory(prefix="opsc-apply.") as tmp:
        tmp = pathlib.Path(tmp)
        for i in range(SERVERS):
            (tmp / str(i)).mkdir()
        servers = [Server(tmp / str(i)) for i in range(SERVERS)]
        try:
            faults(servers, tmp)
            refusals(servers[0], tmp)
            by_tags(servers[0], tmp)
            not_done(servers[0], tmp)
            held(servers[0], tmp)
            many(servers[0], tmp)
            told_as_data(servers[0], tmp)
            places(servers[0], tmp)
            interrupted(servers[0], tmp)
            tried(servers[0], tmp)
        finally:
            for server in servers:
                server.stop()
    sys.exit(state.failed)


if __name__ == "__main__":
    main()
