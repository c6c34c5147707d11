#!/usr/bin/env python3
"""What could be saved (OPS-2411, compiler/model/savings.def): for each rule a spec before and after its advice was taken; what all
environments cost then is less by what the rule said, in every view and under every regime, and the rule is silent.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from fractions import Fraction

try:
    import jsonschema
except ImportError as missing:
    print(f"skip-missing savings: python3 has no module {missing.name} (tools/setup.sh test)")
    sys.exit(0)

from report import check, equal, test

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.path.abspath(os.environ.get("OPSC", ROOT / "build/asan/opsc"))
SCHEMA = jsonschema.Draft7Validator(json.loads((ROOT / "docs/reference/cost.schema.json").read_text()))
RULES = re.findall(r'^SAVING\(\w+, "([a-z0-9-]+)", (LINT|COST),', (ROOT / "compiler/model/savings.def").read_text(), re.M)
REGIMES = "", "account: { regime: legacy, since: 2025-03-01 }", "account: { regime: free-plan, since: 2026-09-01 }"


def opsc(spec, *args):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "ops.yaml").write_text(spec)
        return subprocess.run([OPSC, *args, "ops.yaml"], capture_output=True, text=True, check=False, cwd=folder, timeout=60)


def sheets(spec):
    done = opsc(spec, "cost", "--format", "json")
    check(done.returncode == 0, done.stderr)
    out = json.loads(done.stdout)
    SCHEMA.validate(out)
    return out["environments"]


def total(of, view):
    """What all environments cost, at the low end and at the high end."""
    return [sum(Fraction(s["total"][view][side]) for s in of) for side in ("low", "high")]


def savings(of):
    return {v["rule"]: v for v in of[0]["savings"]}


def range_of(value):
    return [Fraction(value["low"]), Fraction(value["high"])]


def money(n):
    whole = round(Fraction(n) * 100)
    return f"{whole // 100}.{whole % 100:02}"


def notes(spec):
    """The notes of opsc lint, by rule."""
    done = opsc(spec, "lint", "--format", "json")
    check(done.returncode == 0, done.stderr, done.stdout)
    found = [d for d in json.loads(done.stdout)["diagnostics"] if d["code"] == "OPS-2411"]
    return {re.search(r"accept: \[([a-z0-9-]+)\]", d["hint"]).group(1): d["message"] for d in found}


# ---- Each rule: before, after, what is saved in an account that pays

HEAD = """opsc: 1
project: shop
aws: { region: us-east-1 }
notify: ops@example.com
dashboards: none
"""
WEB = """resources:
  web: { kind: ec2, id: i-0123456789abcdef0, type: t4g.micro, role: shop-web, agent_interval: 10s, alarms: none }
alarms:
"""
CASES = (
    ("high-resolution", WEB + "  fast: { when: web.memory > 80% for 1m }\n  quick: { when: web.disk > 80% for 1m }\n",
     WEB + "  fast: { when: web.memory > 80% over 1m }\n  quick: { when: web.disk > 80% over 1m }\n", "0.60"),
    ("anomaly", WEB + "".join(f"  a{i}: {{ when: web.cpu outside band({i}) for 15m }}\n" for i in range(2, 6)),
     WEB + "".join(f"  a{i}: {{ when: web.cpu > {i}0% for 15m }}\n" for i in range(2, 6)), "0.20"),
    ("composite", WEB + "  a: { when: web.cpu > 80% for 15m }\n  b: { when: web.cpu < 1% for 15m }\n  c: { when: alarm(a) or alarm(b) }\n",
     WEB + "  a: { when: web.cpu > 80% for 15m }\n  b: { when: web.cpu < 1% for 15m }\n", "0.50"),
)


def with_cost(body, key):
    if not key:
        return HEAD + body
    return HEAD + (body.replace("cost:\n", f"cost:\n  {key}\n") if "cost:\n" in body else body + f"cost:\n  {key}\n")


def prove(rule, before, after, saved):
    for regime in REGIMES:
        one, two = sheets(with_cost(before, regime)), sheets(with_cost(after, regime))
        told = savings(one).get(rule)
        if told is None:
            check(regime, rule, "is silent")
            continue
        check(rule not in savings(two), rule, "speaks after its advice was taken:", savings(two).get(rule))
        for view in "list", "pay", "later":
            less = sorted(a - b for a, b in zip(total(one, view), total(two, view)))
            equal(range_of(told[view]), less, f"{view} of `{regime}`")
        if not regime:
            low, high = (money(told["pay"][side]) for side in ("low", "high"))
            equal(low if low == high else f"{low}..{high}", saved, "what is saved")


def test_rules():
    levels = dict(RULES)
    equal(list(levels), [case[0] for case in CASES if case[0] in levels], "the rules that are proved")
    for i, (rule, before, after, saved) in enumerate(CASES):
        with test(f"saves-{rule}-{i}"):
            prove(rule, before, after, saved)
        with test(f"told-{rule}-{i}"):
            said = notes(HEAD + before)
            if levels[rule] == "LINT":
                check(f"saves ${saved} a month" in said[rule], said)
            else:
                check(rule not in said, "a note that nobody can act on:", said)
            check(rule not in notes(HEAD + after), "it speaks after its advice was taken")
        with test(f"accepted-{rule}-{i}"):
            text = with_cost(before, f"accept: [{rule}]")
            check(rule not in notes(text) and rule not in savings(sheets(text)), "it speaks though it was accepted")


def test_documented():
    with test("documented"):
        rows = re.findall(r"^\| `([a-z0-9-]+)` \| .* \| (`lint`|`opsc cost`) \|$", (ROOT / "docs/cost.md").read_text(), re.M)
        equal(rows, [(name, "`lint`" if told == "LINT" else "`opsc cost`") for name, told in RULES], "the rules in docs/cost.md")


test_rules()
test_documented()
