#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which recommended alarms there are (opsc coverage): every fate of one, waivers by the day, the exit status, the forms; and that each
alarm which counts as there is in the graph, and each that counts as missing is not."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from xml.sax.saxutils import escape

from report import check, equal, say, state, test

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.path.abspath(os.environ.get("OPSC", ROOT / "build/asan/opsc"))
TMP = pathlib.Path(tempfile.mkdtemp(prefix="opsc-coverage."))
DAY = "2026-10-01"
HEAD = """opsc: 1
project: shop
aws: { region: eu-west-1 }
notify: ops@example.com
dashboards: none
"""
DB = "  db: { kind: rds, id: shop, engine: postgres, class: db.t3.micro, storage: 20 GiB, storage_type: gp3%s }\n"


def opsc(spec, *args, date=DAY):
    (TMP / "ops.yaml").write_text(spec)
    return subprocess.run([OPSC, "coverage", *(["--date", date] if date else []), *args], capture_output=True, text=True, check=False,
                          cwd=TMP, timeout=60)


def sheets(spec, *args, **more):
    done = opsc(spec, "--format", "json", *args, **more)
    check(done.returncode == 0, done.stdout, done.stderr)
    return json.loads(done.stdout)["environments"]


def alarms(sheet, resource):
    return {a["name"]: a for r in sheet["resources"] if r["name"] == resource for a in r["alarms"]}


def line_of(spec, text):
    return 1 + next(i for i, line in enumerate(spec.splitlines()) if text in line)


def fates():
    spec = HEAD + "resources:\n" + DB % ", alarms: { cpu-busy: off, connections-high: { threshold: 70% of max_connections } }" + \
        "  bare: { kind: rds, id: bare, engine: postgres }\n  jobs: { kind: sqs, id: jobs, alarms: none }\n" + \
        "  quiet: { kind: dynamodb, id: quiet, alarms: none }\n  data: { kind: s3, bucket: shop-data }\n" + \
        "alarms:\n  recommended: all\n  full: jobs.in_flight > 100000 for 5m\n  idle: jobs.age < 1s for 30m\n" + \
        "  many: bare.connections > 80 for 5m\n"
    sheet = sheets(spec)[0]
    db, bare, jobs = (alarms(sheet, name) for name in ("db", "bare", "jobs"))
    with test("there-changed-off"):
        equal([db[n]["state"] for n in ("swap-high", "connections-high", "cpu-busy")], ["there", "changed", "off"], "what became of them")
        equal([db[n]["missing"] for n in ("swap-high", "connections-high", "cpu-busy")], [False, False, True], "what is missing")
        equal(db["swap-high"]["by"], "db-swap-high", "the alarm that watches")
        equal(db["cpu-busy"]["at"], f"ops.yaml:{line_of(spec, 'cpu-busy')}", "where it is turned off")
        equal(db["connections-high"]["condition"], "connections > 70% of max_connections for 5m", "the changed condition")
    with test("own-alarm-by-metric-and-direction"):
        equal((jobs["in-flight-high"]["state"], jobs["in-flight-high"]["by"]), ("own", "full"), "the alarm on the same metric")
        equal(jobs["in-flight-high"]["at"], f"ops.yaml:{line_of(spec, 'full:')}", "where it is")
        equal(jobs["old-messages"]["state"], "none", "the alarm on the same metric in the other direction")
        equal(bare["connections-high"]["state"], "own", "an own alarm in place of one that cannot be planned")
    with test("what-it-needs-and-what-is-not-known"):
        equal((bare["memory-low"]["state"], bare["memory-low"]["needs"]), ("needs", "`class`"), "without a class")
        equal(bare["burst-balance-low"]["state"], "perhaps", "without a type of storage")
        equal(jobs["dead-letters"]["state"], "perhaps", "without a dead-letter queue")
        equal([db["burst-balance-low"]] if "burst-balance-low" in db else [], [], "of gp3")
        check(db["disk-queue-high"]["state"] == "offered" and not db["disk-queue-high"]["missing"], "what is offered counts")
    with test("resources-without-any-alarm"):
        equal({r["name"]: r["watching"] for r in sheet["resources"] if r["name"] in ("jobs", "quiet", "data")},
              {"jobs": 2, "quiet": 0, "data": 0}, "alarms about each")
        equal(sheet["sums"]["without_any_alarm"], 2, "their number")
    with test("sums-are-those-of-the-lines"):
        lines = [a for r in sheet["resources"] for a in r["alarms"]]
        missing = sum(a["missing"] for a in lines)
        counted = sum(a["state"] not in ("perhaps", "offered") for a in lines)
        equal((sheet["sums"]["recommended"], sheet["sums"]["there"]), (counted, counted - missing), "N of M")
        equal(sheet["sums"]["percent"], (counted - missing) * 100 // counted, "the share")
    with test("text-has-the-same"):
        text = opsc(spec).stdout
        sums = sheet["sums"]
        check(text.startswith(f"shop: {sums['there']} of {sums['recommended']} recommended alarms ({sums['percent']}%)"), text[:200])
        for a in lines:
            check((f"missing {a['name']} ({a['condition']})" in text) or not a["missing"], a["name"], "is not told")
        check("quiet (DynamoDB table): no alarm at all" in text, text)


def agrees_with_terraform():
    """Of every example: alarms that are there are those of the Terraform files that `build` writes."""
    for example in sorted((ROOT / "examples").iterdir()):
        with test(f"{example.name}-is-what-terraform-has"):
            done = subprocess.run([OPSC, "coverage", str(example), "--date", DAY, "--format", "json"], capture_output=True, text=True, check=False)
            check(done.returncode == 0, done.stderr)
            for sheet in json.loads(done.stdout)["environments"]:
                folder = ROOT / "generated/examples" / example.name / sheet.get("environment", "")
                made = set(re.findall(r'alarm_name += "[a-z0-9]+-[a-z]+-([^"]+)"', "".join(
                    f.read_text() for f in (folder / "terraform/modules/monitoring").glob("*.tf"))))
                check(made, "no alarms in", folder)
                by = {a["by"] for r in sheet["resources"] for a in r["alarms"] if "by" in a}
                equal(by - made, set(), "alarms that are told to be there")
                missing = {f"{r['name']}-{a['name']}" for r in sheet["resources"] for a in r["alarms"] if a["missing"]}
                equal(missing & made, set(), "alarms that are told to be missing")


def waivers():
    spec = HEAD + "resources:\n" + DB % ", alarms: { cpu-busy: off, swap-high: off, read-slow: off }" + \
        "  jobs: { kind: sqs, id: jobs, alarms: none }\ncoverage:\n  waive:\n" + \
        "    db.cpu-busy: { until: 2026-10-01, reason: It computes at night. }\n" + \
        "    db.swap-high: { until: 2026-09-30, reason: Until the larger one. }\n" + \
        "    jobs: { until: 2027-01-01, reason: 'Goes away: `rm` it, <b>'  }\n"
    with test("a-waiver-holds-on-its-last-day"):
        sheet = sheets(spec)[0]
        db = alarms(sheet, "db")
        equal((db["cpu-busy"]["missing"], db["cpu-busy"]["waiver"]["holds"]), (False, True), "on its last day")
        equal((db["swap-high"]["missing"], db["swap-high"]["waiver"]["holds"]), (True, False), "on the day after")
        equal((sheet["sums"]["waived"], sheet["sums"]["no_longer_waived"]), (3, 1), "waived, no longer")
        equal(sheet["sums"]["without_any_alarm"], 0, "resources without an alarm beside a waived one")
        later = sheets(spec, date="2027-01-02")[0]["sums"]
        equal((later["waived"], later["no_longer_waived"]), (0, 4), "when all are over")
        equal(later["recommended"], sheet["sums"]["recommended"] + 3, "what counts then")
    with test("text-says-until-when-and-why"):
        text = opsc(spec).stdout
        check("waived until 2026-10-01: It computes at night." in text, text)
        check("missing swap-high" in text and "was waived until 2026-09-30, which is past: Until the larger one." in text, text)
    with test("markdown-keeps-a-reason-a-text"):
        text = opsc(spec, "--format", "markdown").stdout
        check("\\<b\\>" in text or "&lt;b" in text, text)
        check("- `db.swap-high`" in text.split("Waived:")[0] and "- `db.cpu-busy`" in text.split("Waived:")[1], text)
    with test("a-clock-is-asked-without-a-date"):
        day = json.loads(opsc(spec, "--format", "json", date=None).stdout)["date"]
        check(re.fullmatch(r"20[2-9]\d-[01]\d-[0-3]\d", day), day)
    with test("build-and-lint-do-not-depend-on-the-day"):
        said = []
        for until in ("2020-01-01", "2099-12-31"):
            (TMP / "ops.yaml").write_text(spec.replace("2026-09-30", until))
            done = subprocess.run([OPSC, "build", "ops.yaml", "-o", str(TMP / "out")], cwd=TMP, capture_output=True, text=True, check=False)
            files = {f: f.read_bytes() for f in (TMP / "out").rglob("*") if f.is_file()}
            said.append((done.returncode, done.stderr.replace(until, ""), files))
        check(said[0][0] == 0 and said[0][2], said[0][1])
        equal(said[0] == said[1], True, "whether both are the same")
    with test("a-waiver-needs-a-reason-and-an-end"):
        for lacks in ("reason: It is old.", "until: 2027-01-01"):
            done = opsc(spec.replace("{ until: 2026-10-01, reason: It computes at night. }", "{ %s }" % lacks))
            equal(done.returncode, 1, "the exit status")
            check("OPS-1103" in done.stderr or "needs" in done.stderr, done.stderr)


def exit_status():
    spec = HEAD + "resources:\n" + DB % ", alarms: { cpu-busy: off }"
    sums = sheets(spec)[0]["sums"]
    share = 100 * sums["there"] / sums["recommended"]
    with test("fail-under"):
        for under, status in ((f"{share - 0.1:.4f}%", 0), (f"{share + 0.1:.4f}%", 1), ("100", 1), ("0%", 0)):
            done = opsc(spec, "--fail-under", under)
            equal(done.returncode, status, f"the exit status of --fail-under {under}")
            equal("--fail-under asks for" in done.stderr, status == 1, "whether it is said")
        for wrong in ("x", "101%", "-1", "", "90%%", "9 0"):
            equal(opsc(spec, "--fail-under", wrong).returncode, 2, f"the exit status of --fail-under {wrong!r}")
    with test("fail-unwatched"):
        silent = spec + "  data: { kind: s3, bucket: shop-data }\n"
        waived = silent + "coverage: { waive: { data: { until: %s, reason: It is small. } } }\n"
        for text, status in ((spec, 0), (silent, 1), (waived % DAY, 0), (waived % "2026-09-30", 1)):
            done = opsc(text, "--fail-unwatched")
            equal((done.returncode, "1 resource without any alarm" in done.stderr), (status, status == 1), "the exit status and what is said")
    with test("date-is-a-day"):
        for wrong in ("2026-02-30", "2026-1-1", "tomorrow", ""):
            equal(opsc(spec, date=None if not wrong else wrong, *([] if wrong else ["--date="])).returncode, 2, f"the exit status of {wrong!r}")
    with test("each-environment-counts"):
        two = spec + "environments:\n  staging: {}\n  production: { resources: { db: { alarms: recommended } } }\n"
        equal([s["environment"] for s in sheets(two)], ["staging", "production"], "environments")
        done = opsc(two, "--fail-under", "100%")
        equal(done.returncode, 1, "the exit status")
        check("of staging" in done.stderr and "of production" not in done.stderr, done.stderr)


def forms():
    spec = HEAD + "resources:\n" + DB % ", alarms: { cpu-busy: off }" + "  data: { kind: s3, bucket: shop-data }\n"
    with test("sarif"):
        run = json.loads(opsc(spec, "--format", "sarif").stdout)["runs"][0]
        equal([r["ruleId"] for r in run["results"]], ["OPS-2604", "OPS-2605"], "what is told")
        place = run["results"][0]["locations"][0]["physicalLocation"]
        equal((place["artifactLocation"]["uri"], place["region"]["startLine"]), ("ops.yaml", line_of(spec, "cpu-busy")), "the place")
    with test("nothing-is-missing"):
        whole = HEAD + "resources:\n" + DB % ""
        done = opsc(whole, "--format", "github", "--fail-under", "100%")
        equal((done.returncode, done.stdout, done.stderr), (0, "", ""), "the annotations of a spec that lacks nothing")
    with test("own-kinds-count"):
        (TMP / "mq.yaml").write_text("kind: mq\ntitle: Broker\ndoc: A broker.\nsource: https://docs.aws.amazon.com/\nsection: Queues\n"
                                     "attributes:\n  id: { type: string, required: true, doc: Its name., example: b }\n"
                                     "namespace: AWS/AmazonMQ\ndimensions: { Broker: \"${id}\" }\nperiod: 1m\n"
                                     "metrics:\n  heap: { metric: HeapUsage, unit: Percent, stat: avg, doc: Heap in use. }\n"
                                     "alarms:\n  heap-high: { when: heap > 90% for 5m, severity: warning, because: It is slow., source: ours }\n")
        sheet = sheets(HEAD + "catalog: [mq.yaml]\nresources:\n  bus: { kind: mq, id: bus, alarms: { heap-high: off } }\n")[0]
        equal((sheet["sums"]["there"], sheet["sums"]["recommended"]), (0, 1), "N of M")
    with test("a-list-of-an-own-kind-is-checked"):
        good = (TMP / "mq.yaml").read_text()
        for row, says in (("service: mqq, operation: ListBrokers, items: x, attributes: { id: . }", "does not know the service `mqq`"),
                          ("service: lambda, operation: ListFunctions, items: x, attributes: { id: . }", "need a `path`"),
                          ("service: sqs, operation: ListQueues, path: /x, items: x, attributes: { id: . }", "have no `path`"),
                          ("service: sqs, operation: ListQueues, items: x, input: '[1]', attributes: { id: . }", "`input` is not JSON"),
                          ("service: sqs, operation: ListQueues, items: x, attributes: { name: . }", "which is no attribute of `mq`")):
            (TMP / "mq.yaml").write_text(good + "list: { " + row + " }\n")
            done = opsc(HEAD + "catalog: [mq.yaml]\nresources:\n  bus: { kind: mq, id: bus }\n")
            check(done.returncode == 1 and says in done.stderr, row, done.stderr)
    with test("hostile-reasons-stay-text"):
        evil = HEAD + "resources:\n" + DB % ", alarms: { cpu-busy: off }" + \
            'coverage: { waive: { db: { until: 2027-01-01, reason: "\\e[31mred\\nnew | `x` ::error::" } } }\n'
        text = opsc(evil).stdout
        check("\x1b" not in text and "\\x1b[31mred\\nnew" in text, repr(text))
        check("\x1b" not in opsc(evil, "--format", "markdown").stdout, "markdown")


# ---- --live: an account of a server, whose every request is held against AWS's models

NUMBER = "123456789012"
QUERY = '<{0}Response xmlns="x"><{0}Result>{1}</{0}Result></{0}Response>'
LISTS = {
    "DescribeDBInstances": [], "DescribeInstances": [], "DescribeNatGateways": [], "DescribeCacheClusters": [], "DescribeLoadBalancers": [],
    "DescribeAutoScalingGroups": [], "ListTopics": [], "ListFunctions": [], "DescribeFileSystems": [], "ListDistributions": [], "ListHealthChecks": [],
    "ListQueues": [], "ListTables": [], "ListStreams": [], "ListStateMachines": [], "ListCertificates": [], "ListClusters": [], "ListServices": [],
    "DescribeAlarms": [],
}
# Where an answer has its items, what each is called there, and by which names pages are asked for and told of.
FORMS = {
    "DescribeDBInstances": ("DBInstances", "DBInstance", "Marker", "Marker"), "DescribeCacheClusters": ("CacheClusters", "CacheCluster", "Marker", "Marker"),
    "DescribeLoadBalancers": ("LoadBalancers", "member", "Marker", "NextMarker"), "DescribeAutoScalingGroups": ("AutoScalingGroups", "member", "NextToken", "NextToken"),
    "ListTopics": ("Topics", "member", "NextToken", "NextToken"), "DescribeInstances": ("reservationSet", "item", "NextToken", "nextToken"),
    "DescribeNatGateways": ("natGatewaySet", "item", "NextToken", "nextToken"), "ListDistributions": ("Items", "DistributionSummary", "Marker", "NextMarker"),
    "ListHealthChecks": ("HealthChecks", "HealthCheck", "marker", "NextMarker"), "ListFunctions": ("Functions", None, "Marker", "NextMarker"),
    "DescribeFileSystems": ("FileSystems", None, "Marker", "NextMarker"), "ListQueues": ("QueueUrls", None, "NextToken", "NextToken"),
    "ListTables": ("TableNames", None, "ExclusiveStartTableName", "LastEvaluatedTableName"), "ListStreams": ("StreamNames", None, "NextToken", "NextToken"),
    "ListStateMachines": ("stateMachines", None, "nextToken", "nextToken"), "ListCertificates": ("CertificateSummaryList", None, "NextToken", "NextToken"),
    "ListClusters": ("clusterArns", None, "nextToken", "nextToken"), "ListServices": ("serviceArns", None, "nextToken", "nextToken"),
    "DescribeAlarms": ("MetricAlarms", None, "NextToken", "NextToken"),
}
REST = {"/2015-03-31/functions": "ListFunctions", "/2015-02-01/file-systems": "DescribeFileSystems", "/2020-05-31/distribution": "ListDistributions",
        "/2013-04-01/healthcheck": "ListHealthChecks"}


def xml(v):
    if isinstance(v, dict):
        return "".join(f"<{k}>{xml(i)}</{k}>" for k, i in v.items())
    if isinstance(v, list):
        return "".join(f"<item>{xml(i)}</item>" for i in v)
    return escape(str(v))


class Cloud:
    """`lists`: the items of each operation, of the home region (alarms and health checks: of both), a page each of `size` items."""

    def __init__(self, size=100, denied=(), says=None, **lists):
        from aws_door import Door
        self.lists, self.size, self.denied, self.says, self.wrong, self.asked = {**LISTS, **lists}, size, set(denied), says or {}, [], []
        self.actions = set()
        self.door = Door(self.answer, secrets={"AKIDEXAMPLE": "secret"})

    def answer(self, request, _count):
        import request_model
        from aws_door import Reply, error
        operation = REST.get(request.url.path) or request.operation
        wire = request_model.Wire(request.method, request.target, {k.lower(): v for k, v in request.headers.items()}, request.body)
        self.wrong += request_model.check(wire)[1]
        self.asked.append((operation, wire.scope[0]))
        self.actions.add(f"{wire.scope[1].replace('monitoring', 'cloudwatch')}:{operation}")
        if operation == "GetCallerIdentity":
            return Reply(body=QUERY.format(operation, f"<Arn>arn:aws:iam::{NUMBER}:user/ops</Arn><Account>{NUMBER}</Account>"))
        if operation in self.says:
            return self.says[operation]
        if operation in self.denied:
            words = f"User: arn:aws:iam::{NUMBER}:user/ops is not authorized to perform: sqs:{operation} because no identity-based policy allows it"
            return error("AccessDeniedException", words)
        return Reply(body=self.page(operation, request, wire))

    def page(self, operation, request, wire):
        where, name, token_in, token_out = FORMS[operation]
        asked = request.form if name and operation not in REST.values() else {}
        if request.url.query:
            import urllib.parse
            asked = dict(urllib.parse.parse_qsl(request.url.query))
        elif not name and request.method == "POST":
            asked = json.loads(request.body or b"{}")
        items = self.lists[operation]
        if isinstance(items, dict):  # by what it is asked for, or by region
            items = items.get(asked.get("cluster") or wire.scope[0], [])
        at = int(str(asked.get(token_in) or "0").removeprefix("page-"))
        shown, more = items[at:at + self.size], at + self.size < len(items)
        token = {token_out: f"page-{at + self.size}"} if more else {}
        if name is None:
            return json.dumps({where: shown, **token})
        body = f"<{where}>" + "".join(f"<{name}>{xml(i)}</{name}>" for i in shown) + f"</{where}>" + xml(token)
        if operation == "ListDistributions":
            return f'<DistributionList xmlns="x">{body}</DistributionList>'
        if operation == "ListHealthChecks" or where.endswith("Set"):
            return f'<{operation}Response xmlns="x">{body}</{operation}Response>'
        return QUERY.format(operation, body)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.door.__exit__(None, None, None)

    def run(self, spec, *args, date=DAY):
        (TMP / "ops.yaml").write_text(spec)
        env = {"AWS_ENDPOINT_URL": self.door.url, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "HOME": "/nonexistent",
               "AWS_EC2_METADATA_DISABLED": "true", "PATH": os.environ["PATH"]}
        return subprocess.run([OPSC, "coverage", "--live", *(["--date", date] if date else []), *args], capture_output=True, text=True, check=False,
                              cwd=TMP, timeout=60, env=env)

    def sheet(self, spec, *args):
        done = self.run(spec, "--format", "json", *args)
        check(done.returncode == 0, done.stdout, done.stderr)
        return json.loads(done.stdout)["environments"][0]


def alarm(name, namespace, metric, operator="GreaterThanThreshold", **dimensions):
    return {"AlarmName": name, "Namespace": namespace, "MetricName": metric, "ComparisonOperator": operator,
            "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()]}


def arn(service, rest, region="eu-west-1"):
    return f"arn:aws:{service}:{region}:{NUMBER}:{rest}"


HEALTH = "11111111-2222-3333-4444-555555555555"
# One of each kind that has `list`: the items of its operation, and the id that is told of it.
EACH = {
    "rds": ("DescribeDBInstances", {"DBInstanceIdentifier": "legacy", "Engine": "mysql", "DBInstanceClass": "db.t3.micro", "AllocatedStorage": 20}, "legacy"),
    "ec2": ("DescribeInstances", {"instancesSet": [{"instanceId": "i-0123456789abcdef0", "instanceType": "t3.micro"}]}, "i-0123456789abcdef0"),
    "nat": ("DescribeNatGateways", {"natGatewayId": "nat-0123456789abcdef0"}, "nat-0123456789abcdef0"),
    "elasticache": ("DescribeCacheClusters", {"CacheClusterId": "cache", "Engine": "redis", "CacheNodeType": "cache.t3.micro"}, "cache"),
    "alb": ("DescribeLoadBalancers", {"Type": "application", "LoadBalancerArn": arn("elasticloadbalancing", "loadbalancer/app/front/0123456789abcdef")},
            "app/front/0123456789abcdef"),
    "nlb": ("DescribeLoadBalancers", {"Type": "network", "LoadBalancerArn": arn("elasticloadbalancing", "loadbalancer/net/tcp/0123456789abcdef")},
            "net/tcp/0123456789abcdef"),
    "asg": ("DescribeAutoScalingGroups", {"AutoScalingGroupName": "workers"}, "workers"),
    "sns": ("ListTopics", {"TopicArn": arn("sns", "news")}, "news"),
    "lambda": ("ListFunctions", {"FunctionName": "resize", "Timeout": 30}, "resize"),
    "efs": ("DescribeFileSystems", {"FileSystemId": "fs-0123456789abcdef0"}, "fs-0123456789abcdef0"),
    "cloudfront": ("ListDistributions", {"Id": "E2EXAMPLE1OM4R"}, "E2EXAMPLE1OM4R"),
    "route53": ("ListHealthChecks", {"Id": HEALTH}, HEALTH),
    "sqs": ("ListQueues", "https://sqs.eu-west-1.amazonaws.com/123456789012/old", "old"),
    "dynamodb": ("ListTables", "orders", "orders"),
    "kinesis": ("ListStreams", "clicks", "clicks"),
    "stepfunctions": ("ListStateMachines", {"stateMachineArn": arn("states", "stateMachine:flow")}, arn("states", "stateMachine:flow")),
    "acm": ("ListCertificates", {"CertificateArn": arn("acm", "certificate/0a2b")}, arn("acm", "certificate/0a2b")),
    "ecs": ("ListServices", arn("ecs", "service/main/api"), "main/api"),
}
SMALL = HEAD + "resources:\n  jobs: { kind: sqs, id: jobs, dlq: jobs-dead }\n"


def lists_of(*kinds):
    lists = {"ListClusters": [arn("ecs", "cluster/main")]}
    for kind in kinds:
        lists.setdefault(EACH[kind][0], []).append(EACH[kind][1])
    return lists


def live_kinds():
    listed = {p.stem for p in (ROOT / "catalog").glob("*.yaml") if "\nlist:\n" in p.read_text()}
    with test(f"each-of-{len(listed)}-kinds-is-found-and-its-line-compiles"), Cloud(**lists_of(*EACH)) as cloud:
        equal(set(EACH), listed, "kinds that say how they are listed")
        sheet = cloud.sheet(SMALL)
        equal(sorted((f["kind"], f["id"]) for f in sheet["found"]), sorted((kind, e[2]) for kind, e in EACH.items()), "what is found")
        equal({f["region"] for f in sheet["found"] if f["kind"] in ("cloudfront", "route53")}, {"us-east-1"}, "the region of what has none")
        (TMP / "ops.yaml").write_text(HEAD + "resources:\n" + "".join(f"  {f['line']}\n" for f in sheet["found"]))
        done = subprocess.run([OPSC, "lint", "ops.yaml"], cwd=TMP, capture_output=True, text=True, check=False)
        equal(done.returncode, 0, done.stderr)
        check("storage: 20 GiB, class" in json.dumps(sheet) or "storage: 20 GiB" in json.dumps(sheet), "the storage")
        (TMP / "there.yaml").write_text((TMP / "ops.yaml").read_text())
        again = cloud.sheet((TMP / "there.yaml").read_text())
        equal(again["found"], [], "what is found beside the lines in ops.yaml")
        equal(cloud.wrong + cloud.door.wrong, [], "requests that AWS's models refuse")
        equal(sum(o == "DescribeLoadBalancers" for o, _ in cloud.asked), 2, "times that two runs ask for two kinds of balancers")
        equal({o for o, _ in cloud.asked}, {*LISTS, "GetCallerIdentity"}, "operations")
        policy = json.loads(re.search(r"```json\n(.*?)```", (ROOT / "docs/coverage.md").read_text(), re.S).group(1))
        equal(sorted(cloud.actions), policy["Statement"][0]["Action"], "the policy of docs/coverage.md")
        equal({r for o, r in cloud.asked if o == "DescribeAlarms"}, {"eu-west-1", "us-east-1"}, "regions of alarms")


def live_alarms():
    alarms = {
        "eu-west-1": [
            alarm("by-hand", "AWS/SQS", "ApproximateAgeOfOldestMessage", QueueName="old"),
            alarm("elsewhere", "AWS/ApplicationELB", "RequestCount", LoadBalancer="app/other/0123456789abcdef"),
            alarm("agent", "CWAgent", "mem_used_percent", InstanceId="i-0123456789abcdef0", host="x"),
            alarm("another-service", "AWS/Cassandra", "ReadThrottleEvents", TableName="orders"),
            alarm("one-of-two", "AWS/ECS", "CPUUtilization", ClusterName="main"),
            alarm("jobs-by-hand", "AWS/SQS", "ApproximateNumberOfMessagesNotVisible", QueueName="jobs"),
            alarm("jobs-below", "AWS/SQS", "ApproximateAgeOfOldestMessage", "LessThanThreshold", QueueName="jobs"),
            alarm("shop-production-jobs-dead-letters", "AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName="jobs-dead"),
            {"AlarmName": "math", "ComparisonOperator": "GreaterThanThreshold", "Metrics": [
                {"Id": "e", "Expression": "a / 2"},
                {"Id": "a", "MetricStat": {"Metric": {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": [{"Name": "FunctionName", "Value": "resize"}]}}}]},
        ],
        "us-east-1": [alarm("far", "AWS/Route53", "HealthCheckStatus", "LessThanThreshold", HealthCheckId=HEALTH),
                      alarm("old-of-another-region", "AWS/Kinesis", "x", StreamName="clicks")],
    }
    spec = HEAD + "resources:\n  jobs: { kind: sqs, id: jobs, dlq: jobs-dead, alarms: none }\ncoverage:\n  waive:\n" + \
        "    nat/nat-0*: { until: 2026-10-01, reason: It goes away. }\n    kinesis/c*s: { until: 2026-09-30, reason: It went away. }\n"
    queues = ["https://sqs.eu-west-1.amazonaws.com/123456789012/" + n for n in ("jobs", "jobs-dead", "old")]
    with Cloud(size=4, DescribeAlarms=alarms, **{**lists_of(*EACH), "ListQueues": queues}) as cloud:
        sheet = cloud.sheet(spec)
        found = {f["id"]: f for f in sheet["found"]}
        with test("any-alarm-that-watches-counts"):
            by = {i: f["by"] for i, f in found.items() if "by" in f}
            equal(by, {"old": "by-hand", "i-0123456789abcdef0": "agent", "resize": "math", HEALTH: "far"}, "which alarm watches what")
            check("jobs" not in found and "jobs-dead" not in found, "what ops.yaml has is told as found")
        with test("an-alarm-of-the-account-in-place-of-a-recommended-one"):
            jobs = alarms_of_jobs = {a["name"]: a for a in sheet["resources"][0]["alarms"]}
            equal(jobs["in-flight-high"].get("by_account"), "jobs-by-hand", "what watches for messages in flight")
            equal((sheet["resources"][0]["watching_in_account"], sheet["sums"]["without_any_alarm"]), (2, 0), "alarms of the account about it")
            equal([n for n, a in alarms_of_jobs.items() if a["missing"]], ["old-messages", "dead-letters", "dead-letters-old"],
                  "what is missing beside an alarm in the other direction, and one of the project's that ops.yaml leaves out")
        with test("waivers-of-what-is-found"):
            equal((found["nat-0123456789abcdef0"]["waiver"]["holds"], found["clicks"]["waiver"]["holds"]), (True, False), "whether they hold")
            sums = sheet["sums"]
            equal((sums["found"], sums["found_waived"], sums["unseen"]), (18, 1, 13), "sums")
        with test("every-page-is-asked-for"):
            equal(sum(o == "DescribeAlarms" and r == "eu-west-1" for o, r in cloud.asked), 3, "pages of alarms")
        with test("text-has-the-lines"):
            text = cloud.run(spec).stdout
            failing = cloud.run(spec, "--fail-unwatched")
            equal((failing.returncode, "13 resources without any alarm" in failing.stderr), (1, True), "--fail-unwatched")
            check(f"account {NUMBER}: 18 resources not in ops.yaml, 13 without any alarm" in text, text)
            check("workers: { kind: asg, id: workers }" in text and "waived  nat-0123456789abcdef0 (NAT gateway): waived until 2026-10-01" in text, text)
            check("orders: { kind: dynamodb, id: orders }" in cloud.run(spec, "--format", "markdown").stdout, "markdown")
            results = json.loads(cloud.run(spec, "--format", "sarif").stdout)["runs"][0]["results"]
            equal(sum(r["ruleId"] == "OPS-2605" and "the account has" in r["message"]["text"] for r in results), 13, "results of SARIF")
        with test("requests-are-right"):
            equal(cloud.wrong + cloud.door.wrong, [], "requests that AWS's models refuse")


def live_known():
    """What ops.yaml has by its tags, or makes itself, is not told as found; what its kind has no words for is told without a line."""
    spec = HEAD + "resources:\n  web: { kind: ec2, find: { tag:Name: shop-web }, role: shop-web }\n  cache: { kind: sqs, id: q }\n"
    web = {"instancesSet": [{"instanceId": "i-0123456789abcdef0", "tagSet": [{"key": "Name", "value": "shop-web"}]},
                            {"instanceId": "i-0fedcba9876543210", "tagSet": [{"key": "Name", "value": "shop-db"}]}]}
    rds = [{"DBInstanceIdentifier": "ora", "Engine": "oracle-se2", "DBInstanceClass": "db.t3.micro"},
           {"DBInstanceIdentifier": "odd", "Engine": "mysql", "DBInstanceClass": "serverless v9", "AllocatedStorage": 1}]
    docs = alarm("docs", "AWS/DocDB", "CPUUtilization", DBInstanceIdentifier="ora")
    with Cloud(DescribeInstances=[web], DescribeDBInstances=rds, DescribeAlarms={"eu-west-1": [docs]},
               ListTopics=[{"TopicArn": arn("sns", "shop-production-warning")}, {"TopicArn": arn("sns", "cache")}], DescribeCacheClusters=[EACH["elasticache"][1]]) as cloud:
        with test("what-is-known-is-not-found"):
            listed = cloud.sheet(spec)["found"]
            found = {f["id"]: f for f in listed}
            equal(sorted(found), ["cache", "i-0fedcba9876543210", "odd", "ora"], "what is found")
            equal(("line" in found["ora"], found["ora"].get("by")), (False, "docs"), "an engine that opsc has no words for")
            equal(found["odd"]["line"], "odd: { kind: rds, id: odd, engine: mysql }", "with a class that opsc does not know")
            equal([(f["kind"], f["line"].partition(":")[0]) for f in listed if f["id"] == "cache"],
                  [("elasticache", "cache-2"), ("sns", "cache-3")], "names that ops.yaml has not, whichever answer came first")


def live_wrong():
    from aws_door import Reply, error
    with Cloud(denied={"ListQueues", "ListTables"}) as cloud, test("a-missing-permission-is-named"):
        done = cloud.run(SMALL)
        equal((done.returncode, done.stdout), (3, ""), "status and output")
        check("sqs:ListQueues" in done.stderr and "coverage.md" in done.stderr, done.stderr)
    for what, reply in (("html", Reply(body="<html><body>login</body></html>")), ("other-json", Reply(body='["x"]')), ("numbers", Reply(body='{"QueueUrls":[1,{"a":2},null,["x"]]}')),
                        ("pages-without-end", Reply(body='{"QueueUrls":["https://x/1/a"],"NextToken":"again"}')), ("refused", error("InvalidParameterValue", "no", 400))):
        with Cloud(says={"ListQueues": reply}) as cloud, test(f"answer-{what}"):
            done = cloud.run(SMALL)
            check(done.returncode == (0 if what == "numbers" else 3), done.returncode, done.stdout, done.stderr)
            check("sqs:ListQueues" in done.stderr or what == "numbers", done.stderr)
    with Cloud(ListQueues=["https://x/1/\u001b[31m\nevil", "https://x/1/`$(reboot)`"]) as cloud, test("hostile-names-stay-text"):
        for form in ("text", "markdown", "github"):
            done = cloud.run(SMALL, "--format", form)
            check(done.returncode == 0 and "\x1b" not in done.stdout and "\nevil" not in done.stdout, form, repr(done.stdout))
        found = cloud.sheet(SMALL)["found"]
        equal([f.get("line") for f in found], [None, None], "lines of what no queue is called")
    with Cloud() as cloud, test("another-account"):
        done = cloud.run(SMALL.replace("region: eu-west-1", 'region: eu-west-1, account: "210987654321"'))
        check(done.returncode == 3 and "are for account" in done.stderr and [o for o, _ in cloud.asked] == ["GetCallerIdentity"], done.stderr, cloud.asked)
    with Cloud() as cloud, test("the-day-is-that-of-aws"):
        cloud.says["ListQueues"] = Reply(body='{"QueueUrls":[]}')
        day = json.loads(cloud.run(SMALL, "--format", "json", date=None).stdout)["date"]
        check(re.fullmatch(r"20[2-9]\d-[01]\d-[0-3]\d", day), day)
    with Cloud() as cloud, test("one-environment"):
        done = cloud.run(SMALL + "environments:\n  staging: {}\n  production: {}\n")
        check(done.returncode == 2 and "--env staging, production" in done.stderr and not cloud.asked, done.stderr)


def live():
    try:
        import botocore  # noqa: F401
    except ImportError as missing:
        say("skip-missing", "live", f"python3 has no module {missing.name} (tools/setup.sh test)")
        return
    live_kinds()
    live_alarms()
    live_known()
    live_wrong()


def page():
    with test("docs-show-what-is-said"):
        text = (ROOT / "docs/coverage.md").read_text()
        spec, said = re.search(r"^```yaml\n(opsc: 1\n.*?)^```\n\nOn 2026-10-01:\n\n```\n(.*?)^```", text, re.M | re.S).groups()
        equal(opsc(spec).stdout, said, "what docs/coverage.md has")


def main():
    page()
    fates()
    agrees_with_terraform()
    waivers()
    exit_status()
    forms()
    live()
    return 1 if state.failed else 0


if __name__ == "__main__":
    sys.exit(main())
