#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The profile free-tier: nothing that opsc makes is to be paid but what OPS-2461 names; what is left out is told three times in the same
words, with the price of the table; alarms have their metrics; and what jobs are told not to publish they do not publish."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction

from report import check, equal, state, test

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.path.abspath(os.environ.get("OPSC", ROOT / "build/asan/opsc"))
TMP = pathlib.Path(tempfile.mkdtemp(prefix="opsc-profiles."))
LEFT_OUT = re.compile(r"^# Left out by the profile free-tier: (.*) \((\$[0-9.]+|an unknown price) a month\)\. ([0-9A-Z].*\.)$")
FREE = {"alarm-metrics": 10, "custom-metrics": 10, "dashboards": 3}


class Built:
    """A folder with a spec, and all that opsc says of it."""

    def __init__(self, spec, copied=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=TMP))
        if copied:
            shutil.copytree(copied, self.folder, dirs_exist_ok=True)
        (self.folder / "ops.yaml").write_text(spec)
        self.said = self.run("build").stderr
        self.cost = json.loads(self.run("cost", "--format", "json").stdout)["environments"]
        self.explained = self.run("build", "--explain").stdout
        self.files = {str(p.relative_to(self.folder)): p.read_text(errors="replace") for p in sorted(self.folder.rglob("*")) if p.is_file()}
        self.terraform = "".join(t for n, t in self.files.items() if n.endswith(".tf"))

    def run(self, *args):
        done = subprocess.run([OPSC, *args], cwd=self.folder, capture_output=True, text=True, check=False, timeout=60)
        equal(done.returncode, 0, f"the status of {args}, which says {done.stderr[:800]!r},")
        return done

    def comments(self):
        """(name and what it is, price, why) of each comment."""
        found = [line for line in self.terraform.split("\n") if "Left out by" in line]
        return [LEFT_OUT.match(line).groups() for line in found]

    def notes(self):
        """{thing: (how many, dollars)} of the notes, added up."""
        ret = {}
        for n, thing, usd in re.findall(r"free-tier leaves (\d+) (.+?)s? of \S+ out(?:, which would cost \$([0-9.]+))?", self.said):
            had = ret.get(thing, (0, Fraction(0)))
            ret[thing] = had[0] + int(n), had[1] + Fraction(usd or 0)
        return ret


def made(sheet):
    """The lines of what opsc makes."""
    return [x for x in sheet["lines"] if x["price"].startswith(("cloudwatch.alarm", "cloudwatch.dashboard", "cloudwatch.api", "kms."))
            or (x["price"] == "cloudwatch.metric.custom" and x["item"] != "monitoring")]


def used(sheet, pool):
    prefix = {"alarm-metrics": "cloudwatch.alarm.", "custom-metrics": "cloudwatch.metric.custom", "dashboards": "cloudwatch.dashboard."}[pool]
    return sum(Fraction(x["quantity"]["high"]) for x in sheet["lines"] if x["price"].startswith(prefix))


def free_spec(text):
    """The same with the profile, in every environment."""
    text = re.sub(r"(?m)^ *profile:.*\n", "", text)
    return re.sub(r"(?m)^project:", "profile: free-tier\nproject:", text, count=1)


def holds(b, kept=()):
    """Nothing to pay, but for what is named; all told in one voice."""
    for sheet in b.cost:
        for x in made(sheet):
            if x["price"] not in kept:
                equal(Fraction(x["later"]["high"]), 0, f"to pay for {x['of']} {x['item']}")
        for pool, most in FREE.items():
            check(used(sheet, pool) <= most, sheet["environment"], "uses", used(sheet, pool), pool)
    comments, notes = b.comments(), b.notes()
    equal(len(comments), sum(n for n, _ in notes.values()), "the number of comments, and of what the notes count")
    # Each is rounded to cents, and so are their sums.
    off = sum(Fraction(usd[1:]) for _, usd, _ in comments) - sum(usd for _, usd in notes.values())
    check(abs(off) <= Fraction(len(comments) + len(notes), 200), "the comments come to", float(off), "more than the notes")
    lines = [line for line in b.explained.split("\n") if "left out by the profile free-tier" in line]
    equal(len(lines), len(comments), "the number of lines of --explain")
    for what, usd, why in comments:
        name = what.split(": ")[0]
        check(f"  {name}: left out by the profile free-tier ({usd} a month). {why}" in lines, name, "is not explained")


def alarms_have_metrics(b):
    """Each metric of ours that an alarm is on is sent by something."""
    sent = "".join(t for n, t in b.files.items() if not n.endswith(("alarms.tf", "dashboard.tf")) and "/dashboards/" not in n)
    for name, namespace in re.findall(r'metric_name\s*= "([^"]+)"\n\s*namespace\s*= "([^"]+)"', b.terraform):
        if not namespace.startswith(("AWS/", "CWAgent")):
            check(f"{name}" in sent, "nothing sends", name)


def examples():
    for path in sorted((ROOT / "examples").iterdir()):
        with test(f"example-{path.name}"):
            text = (path / "ops.yaml").read_text()
            b = Built(free_spec(text), path)
            holds(b, ("kms.key",) if "encrypt: kms" in text else ())
            equal("the key that seals the configuration costs $1.00 a month" in b.said, "encrypt: kms" in text, "whether the key is told")
            alarms_have_metrics(b)
            check("profile" not in Built(text, path).terraform or "profile: free-tier" in text, "full has comments")


HEAD = """opsc: 1
project: shop
profile: free-tier
aws: { region: us-east-1 }
notify: ops@example.com
"""
HOSTS = "".join(f"  w{i}: {{ kind: ec2, id: i-{i:017x}, type: t3.micro, volume: 8 GiB, role: shop-w }}\n  a{i}: {{ kind: app, on: w{i}, port: 80, logs: [/var/log/a.log] }}\n"
                for i in range(12))


def dashboards(b):
    return [n.rpartition("/")[2] for n in b.files if "/dashboards/" in n]


def cases():
    with test("many hosts: ten custom metrics in all, and as many alarms as they allow"):
        b = Built(HEAD + "resources:\n" + HOSTS)
        holds(b)
        equal((used(b.cost[0], "alarm-metrics"), used(b.cost[0], "custom-metrics")), (10, 10), "what is used")
        alarms_have_metrics(b)
    with test("alarms on metrics that are not free are left out, the next ones take their place"):
        logs = "logs:\n  app:\n    group: /shop/app\n    from: { resource: web, files: [/x] }\n    metrics:\n"
        names = [f"m{i:02}" for i in range(14)]
        b = Built(HEAD + "resources:\n  web: { kind: ec2, id: i-0123456789abcdef0, role: shop-web, monitoring: detailed }\n" + logs +
                  "".join(f"      web.{n}: {{ match: 'x{n}' }}\n" for n in names) + "alarms:\n  recommended: none\n" +
                  "".join(f"  on-{n}: {{ when: sum(web.{n}) > 1 over 5m, severity: critical }}\n" for n in names) +
                  "".join(f"  cpu-{i}: {{ when: web.cpu > {80 + i}% for 5m }}\n" for i in range(9)) + "dashboards: none\n")
        holds(b)
        kept = re.findall(r'resource "aws_cloudwatch_metric_alarm" "(\w+)"', b.terraform)
        # Detailed monitoring has seven of the ten.
        equal(kept, ["on_m00", "on_m01", "on_m02"] + [f"cpu_{i}" for i in range(7)], "the alarms")
        equal(re.findall(r'"aws_cloudwatch_log_metric_filter" "(\w+)"', b.terraform), ["web_m00", "web_m01", "web_m02"], "the filters")
        why = {what.split(":")[0]: w for what, _, w in b.comments()}
        equal((why["on-m03"], why["cpu-7"]), ("10 custom metrics are free, and it is on another one.",
                                              "10 alarm metrics are free, and others matter more."), "the reasons")
    with test("dashboards: three, of 50 metrics each"):
        web = "resources:\n" + "".join(f"  w{i}: {{ kind: ec2, id: i-{i:017x}, role: r, alarms: none }}\n" for i in range(60))
        rows = "".join(f"        - w{i}.cpu\n" for i in range(60))
        b = Built(HEAD + web + "dashboards:\n" + "".join(f"  d{k}:\n    - Section:\n{rows if k == 1 else '        - w0.cpu'}\n" for k in range(5)))
        holds(b)
        equal(dashboards(b), [f"d{k}.json" for k in range(3)], "the dashboards")
        equal(sum(1 for w in json.loads(next(t for n, t in b.files.items() if n.endswith("/d1.json")))["widgets"] if w["type"] == "metric"), 50, "the graphs of the large one")
        equal([(what, usd) for what, usd, _ in b.comments()], [("d1: its graphs beyond 50 metrics", "$3.00"), ("d3: a dashboard", "$3.00"),
                                                                ("d4: a dashboard", "$3.00")], "what is left out")
    with test("a dashboard that is inferred becomes three of 50 metrics"):
        b = Built(HEAD + "resources:\n" + "".join(f"  q{i}: {{ kind: sqs, id: q{i} }}\n" for i in range(90)))
        holds(b)
        equal(dashboards(b), [f"overview-{k}.json" for k in (1, 2, 3)], "the dashboards")
    with test("what stays is told"):
        b = Built(HEAD.replace("notify: ops@example.com", 'notify: { ops: { email: a@example.com, sms: "+34600000000" } }\nroutes: { critical: [ops], warning: [ops] }') +
                  "resources:\n  web: { kind: ec2, id: i-0123456789abcdef0, role: shop-web }\nsecrets:\n  store: secrets-manager\n  items:\n"
                  "    one: { rotate: every 180 days, by: hand }\n    two: { rotate: every 180 days, by: hand }\n")
        holds(b)
        for words in ("what is kept in Secrets Manager costs $0.80 a month", "a message by SMS costs"):
            check(words in b.said and words in b.explained, words)
    with test("nasty conditions stay in their comments, which terraform fmt leaves alone"):
        nasty = 'web.cpu > 80%\n      for 5m'
        b = Built(HEAD + "resources:\n  web: { kind: ec2, id: i-0123456789abcdef0, role: shop-web }\nalarms:\n  recommended: none\n" +
                  "".join(f"  c{i}:\n    when: |-\n      {nasty}\n" for i in range(11)) +
                  "  both: { when: \"alarm(c0) \\n and alarm(c1)\" }\n")
        holds(b)
        check(any(what == "c10: web.cpu > 80% for 5m" for what, _, _ in b.comments()), b.comments())
        if shutil.which("terraform"):
            ran = subprocess.run(["terraform", "fmt", "-check", "-diff", "-recursive", "terraform"], cwd=b.folder, capture_output=True, text=True, check=False)
            equal((ran.returncode, ran.stdout), (0, ""), "terraform fmt")


def jobs():
    """publish() of the jobs' scripts, alone."""
    text = (ROOT / "templates/backup/aws.sh").read_text()
    publish = text[text.index("publish() {"):text.index("\n}\n") + 3]
    script = f'set -euo pipefail\nwork="$1" NAMESPACE=n METRIC=m AWS=(aws)\nrun() {{ cat "${{work}}/metrics.json"; }}\nwarn() {{ printf "%s\\n" "$*"; }}\n{publish}\n'
    for name, published, wanted in (("all", "all", ["x.age", "x.size"]), ("one", "x.age", ["x.age"]), ("none", "", None), ("of-others", "y.age", None)):
        with test(f"job-publishes-{name}"):
            folder = tempfile.mkdtemp(dir=TMP)
            ran = subprocess.run(["bash", "-c", script + f'PUBLISHED=({published})\npublish x.age 1 Seconds x.size 2 Bytes\n', "x", folder],
                                 capture_output=True, text=True, check=False)
            equal((ran.returncode, ran.stderr), (0, ""), "status and words")
            sent = pathlib.Path(folder, "answer")
            equal([m["MetricName"] for m in json.loads(sent.read_text())] if sent.exists() else None, wanted, "what is sent")


def page():
    """docs/profiles.md has the prices of the table, and each reason's case."""
    text = (ROOT / "docs/profiles.md").read_text()
    source = (ROOT / "compiler/lower/free_tier.c").read_text()
    cells = [r.split("|")[1:-1] for r in text.split("\n") if r.startswith("| ") and "---" not in r]
    prices = sorted(c[3].strip().split()[0] for c in cells if "$" in c[3])
    with test("page-prices"):
        equal(prices, sorted(["$0.10", "$0.10", "$0.30", "$0.30", "$0.50", "$0.30", "$3.00", "$3.00", "$1.00", "$0.40", "$0.10"]), "the prices of the page")
        keys = re.findall(r'\{THING_\w+,\s*"?([a-z0-9_.-]+|NULL)"?', source)
        equal(len(keys), len(cells) - 1 - 2, "the cases, and the rows that are of none")
        table = "\n".join(p.read_text() for p in (ROOT / "catalog/tables").rglob("*.yaml"))
        for key in keys:
            check(key == "NULL" or f"{key}:" in table, key, "is no row of prices.yaml")


try:
    examples()
    cases()
    jobs()
    page()
finally:
    shutil.rmtree(TMP, ignore_errors=True)
sys.exit(int(state.failed))
