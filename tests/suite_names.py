#!/usr/bin/env python3
"""Names that opsc makes: a resource keeps its name in Terraform whatever else there is, or Terraform destroys it."""
import os
import re
import subprocess
import sys
import tempfile

from report import check, state, test

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OPSC = os.path.abspath(os.environ.get("OPSC", os.path.join(ROOT, "build/asan/opsc")))

SPEC = """\
opsc: 1
project: shop
aws: { region: eu-west-1, account: "123456789012" }
notify:
%(notify)s
routes: { info: [all], warning: [all], critical: [all] }
resources:
  web: { kind: ec2, id: i-0a1b2c3d4e5f67890 }
  db: { kind: rds, id: shop-db, engine: postgres, class: db.t3.small, storage: 20 GiB }
alarms:
  recommended: all
%(alarms)s
"""
NOTIFY = [
    "email: [a@shop.example, b@shop.example, a@other.example]",
    'sms: ["+34600000000", "+34600000001"]',
    "https: [https://one.example/x, https://two.example/x]",
    'lambda: ["arn:aws:lambda:eu-west-1:123456789012:function:page", "arn:aws:lambda:eu-west-1:123456789012:function:log"]',
    'sqs: ["arn:aws:sqs:eu-west-1:123456789012:one", "arn:aws:sqs:eu-west-1:123456789012:two"]',
]
ALARMS = ["busy: { when: web.cpu > 91% for 5m, notify: [ops, all] }", "odd: { when: web.cpu > 92% for 5m, notify: [all, ops] }",
          "slow: { when: web.cpu > 93% for 5m, notify: ops-all }"]


def resources(notify, alarms):
    """Every resource that such a spec makes: its name in Terraform -> its text, without the line that says where it comes from."""
    lists = "\n".join("    " + line for line in notify)
    names = "  ops: ops@shop.example\n  ops-all: both@shop.example\n  all:\n" + lists
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/ops.yaml", "w", encoding="utf-8") as f:
            f.write(SPEC % {"notify": names, "alarms": "\n".join("  " + a for a in alarms)})
        done = subprocess.run([OPSC, "build", "-o", "out", "ops.yaml"], cwd=folder, capture_output=True, text=True, check=False)
        check(done.returncode == 0, done.stdout + done.stderr)
        text = ""
        module = folder + "/out/terraform/modules/monitoring"
        for name in sorted(os.listdir(module)):
            if name.endswith(".tf"):
                with open(os.path.join(module, name), encoding="utf-8") as f:
                    text += f.read()
    found = {}
    for kind, label, body in re.findall(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', text, re.M | re.S):
        check((kind, label) not in found, kind, label, "is there twice")
        found[kind, label] = re.sub(r"ops\.yaml:\d+", "ops.yaml", body)
    return found


def turned(lists):
    """The same addresses the other way round."""
    def turn(match):
        return "[" + ", ".join(reversed(match.group(1).split(", "))) + "]"
    return [re.sub(r"\[(.*)\]", turn, line) for line in reversed(lists)]


def test_order():
    every = resources(NOTIFY, ALARMS)
    with test("names-tell-all-apart"):
        subscriptions = [label for kind, label in every if kind == "aws_sns_topic_subscription" and label.startswith("warning_all_")]
        check(len(subscriptions) == 11, subscriptions)
        check({"busy", "odd", "slow"} <= {label for _, label in every}, every.keys())
    with test("order-does-not-matter"):
        other = resources(turned(NOTIFY), list(reversed(ALARMS)))
        check(other == every, "these differ:", sorted(k for k in every.keys() | other.keys() if every.get(k) != other.get(k)))
    with test("what-is-added-changes-no-name"):
        first = [re.sub(r"\[([^,]*), .*\]", r"[\1]", line) for line in NOTIFY]
        last = [re.sub(r"\[.*, ([^,]*)\]", r"[\1]", line) for line in NOTIFY]
        for less in (first, last):
            for kind, body in resources(less, ALARMS[1:]).items():
                check(every.get(kind) == body, kind, "is another resource when more is there")


test_order()
sys.exit(state.failed)
