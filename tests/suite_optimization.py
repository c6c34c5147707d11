#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `cost:` makes to save money: lifecycle rules, and cleaning up beside them.

What rules come to a month, reckoned by hand; whether opsc finds every rule and cleanup that do not go together, against a life of objects that is
played day by day; cleanup_old_data.sh on a bucket beside the rules that Terraform gets. suite_backup_roles.py applies such rules.
"""
import datetime
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
from fractions import Fraction

from report import check, equal, say, state, test
from suite_cost import HEAD, OPSC, gap, line, sheet

MONTH = Fraction(730, 24)  # days
KIB = Fraction(1, 2 ** 20)  # of a GiB
BUCKET = HEAD + "resources:\n  data: { kind: s3, bucket: shop-data }\n  web: { kind: ec2, id: i-0123456789abcdef0, type: t3.micro, role: shop-web }\n"
LEAST = {"infrequent_after": 30, "instant_after": 90, "glacier_after": 90, "deep_after": 180}


def spec(lifecycle, usage="", cleanup=""):
    text = BUCKET % "us-east-1" + f"cost:\n  lifecycle: {{ data: {lifecycle} }}\n"
    text += f"  usage: {{ {usage} }}\n" if usage else ""
    return text + (f"  cleanup: {{ data: {cleanup} }}\n" if cleanup else "")


# ---- What they come to

STANDARD, IA, IR, FLEXIBLE, DEEP = "Standard", "Standard-IA", "Glacier Instant Retrieval", "Glacier Flexible Retrieval", "Glacier Deep Archive"
ARITHMETIC = [  # rule, GB a month, objects a month, {item: GB or requests}
    ("plan", "{ glacier_after: 30d, expire_after: 365d }", 5, None, {STANDARD: 5 * 30 / MONTH, FLEXIBLE: 5 * 335 / MONTH}),
    ("expire", "{ expire_after: 73d }", 10, None, {STANDARD: 10 * 73 / MONTH}),
    ("at-once", "{ glacier_after: 1d, expire_after: 91d }", 1, None, {STANDARD: 1 / MONTH, FLEXIBLE: 90 / MONTH}),
    # Billed for 90 days, though it is there for 10 and 89.
    ("early", "{ glacier_after: 30d, expire_after: 40d }", 1, None, {STANDARD: 30 / MONTH, FLEXIBLE: 90 / MONTH}),
    ("day-early", "{ instant_after: 30d, expire_after: 119d }", 1, None, {STANDARD: 30 / MONTH, IR: 90 / MONTH}),
    ("day-late", "{ instant_after: 30d, expire_after: 121d }", 1, None, {STANDARD: 30 / MONTH, IR: 91 / MONTH}),
    ("all-classes", "{ infrequent_after: 30d, instant_after: 60d, glacier_after: 150d, deep_after: 240d, expire_after: 605d }", 2, None,
     {STANDARD: 60 / MONTH, IA: 60 / MONTH, IR: 180 / MONTH, FLEXIBLE: 180 / MONTH, DEEP: 730 / MONTH}),
    ("objects", "{ glacier_after: 30d, expire_after: 365d }", 5, 1000,
     {STANDARD: 5 * 30 / MONTH + 1000 * 8 * KIB * 335 / MONTH, FLEXIBLE: 5 * 335 / MONTH + 1000 * 32 * KIB * 335 / MONTH, f"moves to {FLEXIBLE}": 1000}),
    ("objects-not-archived", "{ infrequent_after: 30d, expire_after: 90d }", 5, 1000,
     {STANDARD: 150 / MONTH, IA: 300 / MONTH, f"moves to {IA}": 1000}),
]


def near(got, wanted, what):
    """Exact but for how an amount is written."""
    check(abs(Fraction(got) - wanted) <= Fraction(1, 1000), what, got, float(wanted))


def test_arithmetic():
    for name, rule, gb, objects, wanted in ARITHMETIC:
        with test(f"arithmetic-{name}"):
            s = sheet(spec(rule, f"data.growth: {gb} GiB/month" + (f", data.new_objects: {objects}/month" if objects else "")))
            got = {x["item"]: x for x in s["lines"] if x["of"] == "data"}
            equal(sorted(got), sorted(wanted), "the lines")
            for item, q in wanted.items():
                near(got[item]["quantity"]["high"], q, item)
            if objects is None and rule != "{ expire_after: 73d }":
                gap(s, "data", "new_objects")
    with test("arithmetic-to-the-cent"):
        s = sheet(spec("{ glacier_after: 30d, expire_after: 365d }", "data.growth: 100 GiB/month, data.new_objects: 1M/month"))
        # 98.63 GB and 84.03 GB of names at 0.023; 1101.37 GB and 336.11 GB of index at 0.0036; a million moves at 0.00003.
        for item, usd in ((STANDARD, "4.20"), (FLEXIBLE, "5.17"), (f"moves to {FLEXIBLE}", "30.00")):
            equal(f"{round(Fraction(line(s, 'data', item)['pay']['high']) * 100) / 100:.2f}", usd, item)
    with test("arithmetic-range"):
        s = sheet(spec("{ glacier_after: 30d, expire_after: 365d }", "data.growth: 1..2 GiB/month"))
        near(line(s, "data", FLEXIBLE)["quantity"]["low"], 335 / MONTH, "the least")
        near(line(s, "data", FLEXIBLE)["quantity"]["high"], 670 / MONTH, "the most")
    with test("arithmetic-of-several-rules"):
        s = sheet(spec("[{ prefix: a/, glacier_after: 30d, expire_after: 365d }, { expire_after: 90d }]", '"data.growth.a/": 1 GiB/month, "data.growth.*": 2 GiB/month'))
        near(line(s, "data", f"{FLEXIBLE} of a/")["quantity"]["high"], 335 / MONTH, "of one")
        near(line(s, "data", f"{STANDARD} of *")["quantity"]["high"], 180 / MONTH, "of the other")
    with test("arithmetic-of-odd-prefixes"):
        odd = json.dumps("a|b<b>`x` [y](z)$(id)\\")
        s = sheet(spec(f"[{{ prefix: a/, expire_after: 9d }}, {{ prefix: {odd}, expire_after: 73d }}]", "data.growth.2: 1 GiB/month"))
        near(line(s, "data", f"{STANDARD} of 2")["quantity"]["high"], 73 / MONTH, "of the second")
        equal(gap(s, "data", "growth.a/")["key"], "cost.usage.data.growth.a/", "the key of the first")
    with test("arithmetic-nothing-is-guessed"):
        s = sheet(spec("{ glacier_after: 30d, expire_after: 365d }"))
        equal([x for x in s["lines"] if x["of"] == "data"], [], "what is estimated")
        equal(gap(s, "data", "growth")["key"], "cost.usage.data.growth", "the key that would tell")
        s = sheet(spec("{ glacier_after: 30d }", "data.growth: 1 GiB/month"))
        check("grows for ever" in gap(s, "data", FLEXIBLE)["why"], s["not_estimated"])


def test_cdn():
    """Egress and requests are CloudFront's where it stands before the application."""
    app = "  api: { kind: app, on: web, port: 8000, logs: [] }\n"
    for name, viewers, used, wanted in (
            ("free", "eu", "egress: 1024 GiB/month, requests: 10M/month", {"to viewers": "0.00", "requests": "0.00"}),
            # A terabyte and ten million are free; 0.085 a GB and 0.012 for ten thousand beyond.
            ("beyond", "eu", "egress: 1124 GiB/month, requests: 11M/month", {"to viewers": "8.50", "requests": "1.20"}),
            ("brazil", "sa", "egress: 1124 GiB/month, requests: 11M/month", {"to viewers": "11.00", "requests": "2.20"})):
        with test(f"cdn-{name}"):
            s = sheet(BUCKET % "us-east-1" + app + f"cost:\n  cdn: {{ origin: api, address: origin.shop.example, viewers: {viewers} }}\n  usage: {{ {used} }}\n")
            equal({x["item"]: f"{Fraction(x['pay']['high']).__float__():.2f}" for x in s["lines"] if x["of"] == "CloudFront"}, wanted, "what is paid")
            check(not [x for x in s["lines"] if x["of"] == "data transfer"], "EC2 sends it too")
    with test("cdn-nothing-is-guessed"):
        s = sheet(BUCKET % "us-east-1" + app + "cost:\n  cdn: { origin: api, address: origin.shop.example }\n  usage: { egress: 1 GiB/month }\n")
        equal((gap(s, "CloudFront", "to viewers")["key"], gap(s, "CloudFront", "requests")["key"]), ("cost.cdn.viewers", "cost.usage.requests"), "the keys that would tell")
    with test("cdn-of-a-bucket"):
        s = sheet(BUCKET % "us-east-1" + "cost:\n  cdn: { origin: data }\n  usage: { egress: 1 GiB/month }\n")
        line(s, "data transfer", "to the internet")
        gap(s, "CloudFront", "traffic")


# ---- Rules and cleaning up

def life(key, rule, cleanup):
    """(who deletes it, on which day, days since its last move, the class it is in then) of an object; (None, ...) nobody does."""
    moved, where = 0, None
    for day in range(1, 500):
        if key.startswith(rule["prefix"]):
            for step, at in rule["steps"].items():
                if at == day:
                    moved, where = day, step
            if rule.get("expires") == day:
                return "rule", day, day - moved, where
        if key.startswith(cleanup["prefix"]) and day >= cleanup["days"]:
            return "cleanup", day, day - moved, where
    return None, 0, 0, where


def disagreement(rule, cleanup):
    """Of objects of both; None: there is none."""
    keys = {p + "x" for p in (rule["prefix"], cleanup["prefix"])}
    lives = {key: life(key, rule, cleanup) for key in keys}
    both = [key for key in keys if key.startswith(rule["prefix"]) and key.startswith(cleanup["prefix"])]
    if not both:
        return None
    if all(lives[k][0] == "rule" for k in keys if k.startswith(cleanup["prefix"])):
        return "finds nothing"
    if "expires" in rule and all(lives[k][0] == "cleanup" for k in keys if k.startswith(rule["prefix"])):
        return "go earlier"
    for k in both:
        who, _, days, where = lives[k]
        if who == "cleanup" and where is not None and days < LEAST[where]:
            return "still billed"
    return None


def lint(text):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "ops.yaml").write_text(text, encoding="utf-8")
        done = subprocess.run([OPSC, "lint", "--format", "json", "ops.yaml"], capture_output=True, text=True, check=False, cwd=folder, timeout=60)
    check(done.returncode == 0, done.stdout + done.stderr)
    return json.loads(done.stdout)["diagnostics"]


def throw(dice):
    """A rule and a cleanup, by chance."""
    steps = {"glacier_after": dice.choice([1, 20, 30, 60])} if dice.random() < 0.6 else {}
    if dice.random() < 0.3:
        steps["deep_after"] = dice.choice([95, 120, 200])
    rule = {"prefix": dice.choice(["a/", "a/b/", "", "c/"]), "steps": steps}
    if dice.random() < 0.7 or not steps:
        rule["expires"] = dice.choice([201, 230, 365] if "deep_after" in steps else [61, 90, 365])
    return rule, {"prefix": dice.choice(["a/", "a/b/", "a", "tmp/"]), "days": dice.choice([1, 14, 30, 60, 61, 90, 150, 230, 365, 400])}


def rule_text(rule):
    words = [f'prefix: "{rule["prefix"]}"'] + [f"{k}: {v}d" for k, v in rule["steps"].items()]
    return "{ " + ", ".join(words + ([f"expire_after: {rule['expires']}d"] if "expires" in rule else [])) + " }"


def told_of(cases):
    """What is said of each: a bucket a case, and a line a cleanup, by which it is known."""
    head = BUCKET % "us-east-1" + "".join(f"  b{i}: {{ kind: s3, bucket: shop-data-{i} }}\n" for i in range(len(cases)))
    head += "cost:\n  lifecycle:\n" + "".join(f"    b{i}: {rule_text(rule)}\n" for i, (rule, _) in enumerate(cases)) + "  cleanup:\n"
    first = head.count("\n") + 1
    text = head + "".join(f"    b{i}: {{ prefix: {c['prefix']}, older_than: {c['days']}d }}\n" for i, (_, c) in enumerate(cases))
    ret = [[] for _ in cases]
    for d in lint(text):
        if d["code"] in {"OPS-2445", "OPS-2446"}:
            ret[d["line"] - first].append(d)
    return ret


def test_limits():
    for rule, most in ("glacier_after: 30d", 1000), ("glacier_after: 30d, larger_than: 1 MiB", 500):
        with test(f"rules-of-a-bucket-{most}"):
            for n in most, most + 1:
                text = spec("[" + ", ".join(f"{{ prefix: p{i}/, {rule} }}" for i in range(n)) + "]")
                with tempfile.TemporaryDirectory() as folder:
                    pathlib.Path(folder, "ops.yaml").write_text(text, encoding="utf-8")
                    done = subprocess.run([OPSC, "lint", "ops.yaml"], capture_output=True, text=True, check=False, cwd=folder, timeout=60)
                equal("at most 1000 lifecycle rules" in done.stderr, n > most, f"{n} rules: refused")


def test_agreement():
    dice, found = random.Random(7), {}
    cases = [throw(dice) for _ in range(300)]
    # As many as the permissions of one host have room for.
    said = [of for at in range(0, len(cases), 20) for of in told_of(cases[at:at + 20])]
    for (rule, cleanup), of in zip(cases, said):
        told = [d["message"] for d in of if d["code"] == "OPS-2445"]
        wanted = disagreement(rule, cleanup)
        found[wanted] = found.get(wanted, 0) + 1
        if (wanted is None) != (told == []) or (wanted and (len(told) != 1 or wanted not in told[0])):
            raise AssertionError(f"{rule} {cleanup}: {told}, not {wanted}")
        # A rule for the same is offered where nothing is wrong.
        equal(any(d["code"] == "OPS-2446" for d in of), wanted is None, f"an offer for {rule} {cleanup}: there")
    check(len(found) == 4 and min(found.values()) >= 10, found)


def rules_of(text):
    """Those of the Terraform text, each as life() wants them."""
    found = []
    for block in re.findall(r"(?ms)^  rule \{\n(.*?)^  \}\n", text):
        r = {"prefix": re.search(r'prefix += "([^"]*)"', block).group(1), "steps": {}}
        for days, name in re.findall(r'transition \{\n +days +=\s*(\d+)\n +storage_class = "(\w+)"', block):
            r["steps"][{"STANDARD_IA": "infrequent_after", "GLACIER_IR": "instant_after", "GLACIER": "glacier_after", "DEEP_ARCHIVE": "deep_after"}[name]] = int(days)
        expires = re.search(r"expiration \{\n +days = (\d+)", block)
        if expires:
            r["expires"] = int(expires.group(1))
        found.append(r)
    return found


def test_script():
    """cleanup_old_data.sh, on objects of all ages that the rules have left there."""
    from aws_support import Cloud
    from moto.s3.models import s3_backends
    # One looks like an option of the AWS CLI.
    cleanup = {"tmp/": 14, "training/drafts/": 20, "-x/": 14}
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "ops.yaml").write_text(spec(
            "{ prefix: training/, glacier_after: 30d, expire_after: 365d }",
            cleanup="[" + ", ".join(f"{{ prefix: {p}, older_than: {d}d }}" for p, d in cleanup.items()) + "]"), encoding="utf-8")
        subprocess.run([OPSC, "build", "ops.yaml"], check=True, capture_output=True, cwd=folder)
        (rule,) = rules_of(pathlib.Path(folder, "terraform/modules/cost_optimization/bucket.tf").read_text(encoding="utf-8"))
        equal(rule, {"prefix": "training/", "steps": {"glacier_after": 30}, "expires": 365}, "the rule")
        cloud = Cloud()
        try:
            s3 = cloud.client("s3", "us-east-1")
            s3.create_bucket(Bucket="shop-data")
            bucket, now, ages = s3_backends["123456789012"]["aws"].buckets["shop-data"], datetime.datetime.now(), {}
            for prefix in ("tmp/", "training/", "training/drafts/", "kept/", "-x/"):
                for age in (0, 13, 15, 19, 21, 40, 364, 500):
                    key = f"{prefix}{age}"
                    if key.startswith(rule["prefix"]) and age >= rule["expires"]:
                        continue  # S3 has deleted it
                    s3.put_object(Bucket="shop-data", Key=key, Body=b"x")
                    bucket.keys[key].last_modified = now - datetime.timedelta(days=age)
                    ages[key] = age
            env = {**os.environ, "AWS_ENDPOINT_URL": cloud.url, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1",
                   "STATE_DIRECTORY": folder, "TMPDIR": folder}
            done = subprocess.run(["bash", folder + "/hosts/web/cleanup_old_data.sh", "--apply", "objects"], env=env, capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, timeout=120, check=False)
            equal(done.returncode, 0, f"status: {done.stdout}{done.stderr}: it")
            left = {o["Key"] for o in s3.list_objects_v2(Bucket="shop-data")["Contents"]}
            equal(left, {k for k, age in ages.items() if not any(k.startswith(p) and age >= d for p, d in cleanup.items())}, "what is left")
            # It found something below each prefix that no rule deletes sooner, and nothing that was just archived on purpose.
            gone = set(ages) - left
            check(all(any(k.startswith(p) for k in gone) for p in cleanup), gone)
            check(all(d < rule["steps"]["glacier_after"] for p, d in cleanup.items() if p.startswith(rule["prefix"])), cleanup)
        finally:
            cloud.stop()


def main():
    test_arithmetic()
    test_cdn()
    test_limits()
    with test("cleanup-agrees-with-rules"):
        test_agreement()
    if os.geteuid() != 0:
        say("skip", "script", "cleanup_old_data.sh is for root")
        return
    with test("cleanup-beside-rules"):
        test_script()


if __name__ == "__main__":
    main()
    sys.exit(1 if state.failed else 0)
