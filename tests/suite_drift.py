#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What opsc plan and opsc drift say of accounts that are made up here: forms, what is ignored, and what goes wrong."""
import datetime
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile

import jsonschema

from account_door import Account
from aws_door import Reply, error
from report import SHARED, check, equal, say, state, test

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.environ.get("OPSC", str(ROOT / "build" / "asan" / "opsc"))
SCHEMA = jsonschema.Draft7Validator(json.loads((ROOT / "docs/reference/drift.schema.json").read_text()))
SARIF = SHARED / "reference/data/sarif-2.1.0.schema.json"
SPEC = """\
opsc: 1
project: shop
aws: { region: eu-west-1 }
notify:
  warning: { email: ops@example.com }
resources:
  db: { kind: rds, id: shop, engine: postgres, class: db.t3.micro, storage: 20 GiB }
alarms:
  high-cpu: { when: db.cpu > 80% for 5m }
"""
# Two environments, of which one has a name that begins as the other's.
TWO = SPEC.replace("notify:", "environments: { production: {}, production-eu: {} }\nnotify:")
PREFIX = "shop-production-"
HOSTILE = "x](javascript:1) <script>`|\\n@root \x1b[31m\n::error::y --> ``` &amp; www.example.com #1"
PASSWORD = "hunter2hunter2"


def alarm(name, **more):
    return {"AlarmName": PREFIX + name, "Namespace": "AWS/RDS", "MetricName": "CPUUtilization", "Statistic": "Average", "Period": 60,
            "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "shop"}], "EvaluationPeriods": 5, "Threshold": 95,
            "ComparisonOperator": "GreaterThanThreshold", "AlarmDescription": "As\nit was:\n", **more}


BODY = {"widgets": [{"type": "text", "height": 2, "properties": {"markdown": f"at https://ops:{PASSWORD}@example.com/{HOSTILE}"}}]}
FULL = {"alarms": [alarm("high-cpu"), alarm(HOSTILE), alarm("eu-high-cpu")], "dashboards": {PREFIX + "overview": BODY}}


def run(account, folder, *args, env=()):
    return subprocess.run([OPSC, *args], cwd=folder, env={**account.env, **dict(env)}, capture_output=True, text=True, check=False,
                          timeout=60)


def denied(folder):
    actions = ["cloudwatch:DescribeAlarms", "sns:ListTopics", "sns:ListSubscriptions"]
    with test("all-that-is-not-allowed-is-told-at-once"), Account(denied=actions) as account:
        p = run(account, folder, "drift")
        equal((p.returncode, p.stdout), (3, ""), "exit status and output")
        for action, line in zip(actions, (9, 5, 5)):
            code = "AccessDeniedException" if "cloudwatch" in action else "AuthorizationError"
            check(f"opsc: {action} in eu-west-1, for ops.yaml:{line}: {code}: User: arn:aws:iam" in p.stderr, p.stderr)
        missing = p.stderr.partition("These permissions are missing: ")[2].partition("\n")[0]
        equal(sorted(missing.split(", ")), sorted(actions), "what is missing")
        check("`opsc iam drift`" in p.stderr and "nothing can be said" in p.stderr, p.stderr)


class Telling(Account):
    def answer(self, request, count):
        if request.operation == "DescribeAlarms":
            return error("ValidationException", f"Look at https://ops:{PASSWORD}@example.com/x of AKIAIOSFODNN7EXAMPLE")
        return super().answer(request, count)


def secrets_of_aws(folder):
    """What AWS says may quote what somebody wrote."""
    with test("secrets-in-errors-are-hidden"), Telling() as account:
        p = run(account, folder, "drift")
        check(p.returncode == 3 and "ValidationException: Look at https://ops:***@example.com/x of ***" in p.stderr, p.stderr)


FOREIGN = """\
  web: { kind: ec2, id: i-0a1b2c3d4e5f67890 }
  api: { kind: app, on: web, port: 8000, logs: [] }
logs:
  api: { group: /ecs/orders/api, retention: 14d, metrics: { api.orders: { match: order } } }
  jobs: { group: /ecs/orders/jobs, retention: 14d }
alarms:
  few: { when: api.orders < 1 over 1h }
"""


def others_things(folder):
    """What others have in the account is not gone through: lists are asked for by prefix, by name, and within log groups."""
    with test("nothing-of-others-is-listed"), Account() as account:
        (folder / "foreign.yaml").write_text(SPEC.partition("  db:")[0] + FOREIGN)
        p = run(account, folder, "drift", "foreign.yaml")
        equal(p.returncode, 4, p.stderr)
        asked = [(r.operation, json.loads(r.body)) for r in account.server.seen if r.operation.startswith("Describe")]
        for operation, wanted in (
                ("DescribeAlarms", [{"AlarmNamePrefix": PREFIX, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": 100}]),
                ("DescribeLogGroups", [{"limit": 50, "logGroupNamePrefix": "/shop/production/"},
                                       {"limit": 50, "logGroupIdentifiers": ["/ecs/orders/api", "/ecs/orders/jobs"]}]),
                ("DescribeMetricFilters", [{"limit": 50, "logGroupName": "/ecs/orders/api"}])):
            # They are under way together.
            equal(sorted((body for o, body in asked if o == operation), key=str), sorted(wanted, key=str), operation)


class Ends(Account):
    """Filters of a log group end with an error, on their second page or at once; or not at all."""
    last = paged = None

    def answer(self, request, count):
        if request.operation != "DescribeMetricFilters":
            return super().answer(request, count)
        if self.paged:
            return Reply(body=json.dumps({"metricFilters": [], "nextToken": self.paged()}))
        paged = self.last.body and "nextToken" not in json.loads(request.body)
        return Reply(body=json.dumps({"metricFilters": [], "nextToken": "2"})) if paged else self.last


def no_end(folder):
    with test("pages-that-go-round"), Ends(groups=[{"logGroupName": "/ecs/orders/api", "arn": "arn:aws:logs:x"}]) as account:
        pages = iter("abcabcabcabcabc")
        account.paged = lambda: next(pages, "")
        p = run(account, folder, "drift", "foreign.yaml")
        check((p.returncode, p.stdout) == (3, "") and "its pages do not end" in p.stderr, p.stdout, p.stderr)
    for last, words in ((error("ResourceNotFoundException", "gone"), "ResourceNotFoundException: gone"), (Reply(404, b""), "status 404")):
        with test(f"not-found-is-no-end-{last.status}"), Ends(groups=[{"logGroupName": "/ecs/orders/api", "arn": "arn:aws:logs:x"}]) as account:
            account.last = last
            p = run(account, folder, "drift", "foreign.yaml")
            check((p.returncode, p.stdout) == (3, "") and words in p.stderr, p.stdout, p.stderr)


INSTANCES = """<DescribeInstancesResponse><reservationSet><item><instancesSet>%s</instancesSet></item></reservationSet>
</DescribeInstancesResponse>"""


class Hosts(Account):
    """Instances as EC2 tells them."""
    ids = ()

    def answer(self, request, count):
        if request.operation != "DescribeInstances":
            return super().answer(request, count)
        self.filters = {k: v for k, v in request.form.items() if k.startswith("Filter")}
        return Reply(body=INSTANCES % "".join(f"<item><instanceId>{i}</instanceId></item>" for i in self.ids))


def looked_up(folder):
    """An alarm on an instance that is found by its tags: on the one that is there, and on none when there are two or none."""
    (folder / "found.yaml").write_text(SPEC.partition("  db:")[0] + "  web: { kind: ec2, find: { tag:Name: shop web } }\n"
                                       "alarms: { high-cpu: { when: web.cpu > 80% for 5m } }\n")
    name = {"alarms": [alarm("high-cpu", Namespace="AWS/EC2", Dimensions=[{"Name": "InstanceId", "Value": "i-1"}])]}
    for ids, dimension in ((["i-1"], []), (["i-2"], [("dimensions.InstanceId", "i-1", "i-2")]), ([], None), (["i-1", "i-2"], None)):
        with test(f"looked-up-{len(ids)}-{'other' if dimension else 'same'}"), Hosts(**name) as account:
            account.ids = ids
            said = json.loads(run(account, folder, "drift", "found.yaml", "--format", "json").stdout)
            equal([account.filters[f"Filter.{i}"] for i in ("1.Name", "1.Value.1", "2.Name", "2.Value.1", "2.Value.2")],
                  ["tag:Name", "shop web", "instance-state-name", "pending", "running"], "what is looked for")
            item = next(i for i in said["items"] if i["name"] == PREFIX + "high-cpu")
            told = [c for c in item["changes"] if c["path"].startswith("dimensions")]
            lost = [i for i in said["items"] if i["action"] == "lost"]
            equal(len(lost), 0 if dimension is not None else 1, said["items"])
            if dimension is not None:
                equal([(c["path"], c["have"], c["want"]) for c in told], dimension, "dimensions")
            else:
                equal([c.get("compared") for c in told], [False], "dimensions")


def in_terminal(account, folder, **env):
    """What a terminal is sent as standard error."""
    ours, theirs = pty.openpty()
    p = subprocess.Popen([OPSC, "plan"], cwd=folder, env={**account.env, "TERM": "xterm", **env}, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
    os.close(ours)
    equal(p.wait(60), 0, "exit status")
    return said.decode()


def progress(folder):
    with test("progress-on-a-terminal"), Account() as account:
        account.wait_s = 0.45
        said = in_terminal(account, folder)
        before, _, after = said.rpartition("\r\x1b[K")
        check(re.search(r"\[Kopsc: \d of \d calls, [a-z]+:[A-Z]\w+$", before) and "\n" not in before, repr(said))
        check(re.match(r"opsc: \d calls in ", after), repr(said))
        for name, value in (("CI", "true"), ("TERM", "dumb")):
            check("\r\x1b" not in in_terminal(account, folder, **{name: value}), name)


def report(account, folder, *args, status=4):
    p = run(account, folder, "drift", "--format", "json", *args)
    equal(p.returncode, status, "exit status")
    said = json.loads(p.stdout)
    SCHEMA.validate(said)
    return said


def text(folder, account):
    with test("text"):
        said = run(account, folder, "drift").stdout
        for line in ("    threshold:     95 -> 80  ops.yaml:9\n", "    ok_actions:    nothing -> [",
                    
                     "      - As\n      - it was:\n      + db.cpu > 80% for 5m", "\n3 missing, 2 different, 2 not in ops.yaml\n",
                     "+ SNS topic shop-production-warning: is not there  ops.yaml:5\n"):
            check(line in said, line, said)
        check("\x1b" not in said and "\\x1b[31m\\n::error" in said, "a name is sent as it is")
        colour = run(account, folder, "plan", "--color", "always").stdout
        check("      \x1b[31m- As\x1b[0m\n" in colour and "\x1b[32m+ db.cpu" in colour, colour)
        check("3 to create, 2 to change" in colour and "\x1b[31m95\x1b[0m -> \x1b[32m80\x1b[0m  ops.yaml:9\n" in colour, colour)
        check("\x1b" not in run(account, folder, "drift", env={"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}).stdout, "NO_COLOR")


def forms(folder, account):
    with test("json"):
        said = report(account, folder)
        equal({k: v for k, v in said["sums"].items() if v}, {"create": 3, "change": 2, "orphan": 2}, "sums")
        item = next(i for i in said["items"] if i["name"] == "shop-production-high-cpu")
        check({"path": "threshold", "have": 95, "want": 80, "at": "ops.yaml:9"} in item["changes"], item)
    with test("sarif"):
        said = json.loads(run(account, folder, "drift", "--format", "sarif").stdout)
        results = said["runs"][0]["results"]
        equal({r["ruleId"] for r in results}, {"OPS-2611", "OPS-2612", "OPS-2613"}, "rules")
        check(all(r["locations"] for r in results), "one is nowhere")
        lines = [r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in results if "`threshold`" in r["message"]["text"]]
        equal(lines, [9], "the line of the threshold")
        equal({r["level"] for r in json.loads(run(account, folder, "plan", "--format", "sarif").stdout)["runs"][0]["results"]}, {"note"},
              "levels of a plan")
        if SARIF.exists():
            jsonschema.Draft7Validator(json.loads(SARIF.read_text())).validate(said)
        else:
            say("skip-missing", "sarif-schema", f"{SARIF} is not there")
    with test("github-and-gitlab"):
        lines = run(account, folder, "drift", "--format", "github").stdout.splitlines()
        check(all(re.match(r"::(error|notice) title=OPS-26\d\d,file=ops.yaml,line=\d+,endLine=\d+(,col|::)", x) for x in lines), lines)
        check(len(lines) > 10, lines)
        equal(len(json.loads(run(account, folder, "drift", "--format", "gitlab").stdout)), len(lines), "entries for GitLab")


def markdown(folder, account):
    with test("markdown"):
        said = run(account, folder, "drift", "--format", "markdown").stdout
        check(said.startswith("<!-- opsc drift: ops.yaml -->\n### Drift\n\n3 missing, 2 different, 2 not in ops.yaml.\n"), said)
        outside = re.sub(r"(?ms)^(`{3,})diff\n.*?^\1$", "", said)
        for word in ("<script", "@root", "](", "www.", " #1", "```", "\x1b"):
            check(word not in outside, f"{word} is read in", outside)
        check(re.findall(r"(?m)^(`+)", said) == ["```"] * 4 and "+ ```" not in said, said)
        equal(said.count("<details>"), 2, "details")
        check("@@ threshold @@ ops.yaml:9\n- 95\n+ 80\n" in said, said)
    with test("markdown-fits-an-issue"), Account(alarms=[alarm(f"{n}-{'@' * 200}") for n in range(900)] + FULL["alarms"],
                                                 dashboards=FULL["dashboards"]) as many:
        rows = [row("cloudwatch_metric_alarm", f"{PREFIX}{n}-*", reason="y" * 1000) for n in range(400)]
        (folder / "many.yaml").write_text(json.dumps({"ignore": rows + [row("sns_topic", "x" * 200)] * 100}, indent=1))
        for more in ((), ("--ignore", "many.yaml")):
            said = run(many, folder, "drift", "--format", "markdown", *more).stdout
            check(len(said) < 65536 and re.search(r"and \d{3} more", said), len(said))
            equal(said.count("<details>"), said.count("</details>"), "ends of details")


def secrets(folder, account):
    with test("secrets-are-hidden"):
        for form in ("text", "json", "sarif", "github", "gitlab", "markdown"):
            said = run(account, folder, "drift", "--format", form)
            check(PASSWORD not in said.stdout + said.stderr and "***" in said.stdout, form, said.stdout)


def to_file(folder, account):
    with test("out"):
        (folder / "drift.json").write_text("old")
        p = run(account, folder, "drift", "--format", "json", "--out", "drift.json")
        equal((p.returncode, p.stdout), (4, "3 missing, 2 different, 2 not in ops.yaml\n"), "what is printed")
        SCHEMA.validate(json.loads((folder / "drift.json").read_text()))
        before = {f.name for f in folder.iterdir()}
        p = run(account, folder, "drift", "--out", "drift.json/x")
        equal((p.returncode, p.stdout), (3, ""), "exit status and output")
        check("cannot write `drift.json/x`" in p.stderr, p.stderr)
        equal({f.name for f in folder.iterdir()}, before, "files")
        asked = len(account.server.seen)
        (folder / "link").symlink_to("drift.json")
        os.mkfifo(folder / "pipe")
        for name, words in (("", "found ``\n"), (".", "found `.`, which is a folder\n"), ("link", "found `link`: a symbolic link\n"),
                            ("pipe", "found `pipe`: not a regular file\n")):
            p = run(account, folder, "drift", "--out", name)
            check(p.returncode == 2 and p.stderr.endswith("--out needs the name of a file, " + words), p.stderr)
        equal(len(account.server.seen), asked, "requests for nothing")
    with test("out-is-left-alone-when-nothing-can-be-said"), Account(denied=["sns:ListTopics"]) as closed:
        (folder / "drift.json").write_text("old")
        equal(run(closed, folder, "drift", "--out", "drift.json").returncode, 3, "exit status")
        equal((folder / "drift.json").read_text(), "old", "the file")


def orphans(folder, account):
    with test("orphans-are-not-those-of-other-environments"):
        (folder / "two.yaml").write_text(TWO)
        names = {i["name"] for i in report(account, folder, "two.yaml", "--env", "production")["items"] if i["action"] == "orphan"}
        equal(names, {PREFIX + HOSTILE}, "orphans of production")
        names = {i["name"] for i in report(account, folder, "two.yaml", "--env", "production-eu")["items"] if i["action"] == "orphan"}
        equal(names, set(), "orphans of production-eu")


    with test("orphans-by-names-with-slashes"):
        names = ("shop-production/api/mine", "/shop/production/x", "shop-productions/x", "shop/x")
        (folder / "logs.yaml").write_text(SPEC + "logs:\n  api: { group: /ecs/api, queries: { slowest: fields @message } }\n")
        with Account(queries=[{"name": name, "queryDefinitionId": name, "queryString": "fields @message"} for name in names]) as queries:
            said = report(queries, folder, "logs.yaml")
        equal({i["name"] for i in said["items"] if i["action"] == "orphan"}, set(names[:2]), "orphans")


def row(kind, name, **more):
    return {"kind": "aws_" + kind, "name": name, "reason": "Known.", **more}


def ignoring(folder, account):
    today = datetime.datetime.now(datetime.timezone.utc).date()
    rows = [row("cloudwatch_metric_alarm", PREFIX + "high-cpu", path="threshold", until=str(today + datetime.timedelta(2))),
            row("cloudwatch_metric_alarm", PREFIX + "*\x1b*"), row("cloudwatch_metric_alarm", PREFIX + "eu-*"),
            row("cloudwatch_dashboard", "*", path="dashboard_body"),
            row("sns_topic", "*", until=str(today - datetime.timedelta(2))), row("lambda_function", "*")]
    with test("ignored"):
        (folder / "opsc.drift.yaml").write_text(json.dumps({"ignore": rows}, indent=1))
        said = report(account, folder)
        equal({k: v for k, v in said["sums"].items() if v}, {"create": 3, "change": 1, "ignored": said["sums"]["ignored"]}, "sums")
        counts = [len(r["ignored"]) for r in said["ignore"]["rows"]]
        check(counts[:3] == [1, 1, 1] and counts[3] >= 1 and counts[4:] == [0, 0], counts)
        equal(sum(counts), said["sums"]["ignored"], "the number of ignored differences")
        equal([r["ended"] for r in said["ignore"]["rows"]], [False] * 4 + [True, False], "ended rows")
        p = run(account, folder, "drift")
        for words in ("ignored by opsc.drift.yaml:\n", "threshold: Known. (until ", "ended on ", "ignores nothing: ", " ignored\n"):
            check(words in p.stdout, words, p.stdout)
        check("Ignored by <code>" in run(account, folder, "drift", "--format", "markdown").stdout, "Markdown does not say it")
    with test("days-are-those-of-aws"), Account(**FULL, date_shift_s=5 * 86400) as later:
        said = report(later, folder)
        equal(said["ignore"]["today"], str(datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(5)), "today")
        check(said["ignore"]["rows"][0]["ended"], "the row has not ended")
    with test("all-ignored-is-no-drift"):
        everything = [row(k, "*") for k in ("cloudwatch_metric_alarm", "cloudwatch_dashboard", "sns_topic", "sns_topic_policy",
                                            "sns_topic_subscription")]
        (folder / "all.yaml").write_text(json.dumps({"ignore": everything}))
        equal(report(account, folder, "--ignore", "all.yaml", status=0)["items"], [], "what is left")
        p = run(account, folder, "drift", "--ignore", "none.yaml")
        check(p.returncode == 3 and "cannot read `none.yaml`" in p.stderr, p.stderr)
        (folder / "all.yaml").write_text(json.dumps({"ignore": [{**everything[0], "until": "soon"}]}))
        p = run(account, folder, "drift", "--ignore", "all.yaml")
        check(p.returncode == 1 and "`until` cannot be `soon`" in p.stderr and "all.yaml:" in p.stderr, p.stderr)
    (folder / "opsc.drift.yaml").unlink()


def main():
    with tempfile.TemporaryDirectory() as tmp, Account(**FULL) as account:
        folder = pathlib.Path(tmp)
        (folder / "ops.yaml").write_text(SPEC)
        for part in (text, forms, markdown, secrets, to_file, orphans, ignoring):
            part(folder, account)
        denied(folder)
        others_things(folder)
        secrets_of_aws(folder)
        no_end(folder)
        looked_up(folder)
        progress(folder)
    return state.failed


if __name__ == "__main__":
    sys.exit(main())
