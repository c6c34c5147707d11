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
RULES = re.findall(r'^SAVING\(\w+, "([a-z0-9-]+)", (LINT|COST|BEYOND),', (ROOT / "compiler/model/savings.def").read_text(), re.M)
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
HOSTS = "resources:\n" + "".join(f"  w{n}: {{ kind: ec2, id: i-0123456789abcdef{n}, type: t4g.micro, role: shop, agent_interval: %s, alarms: none }}\n"
                                 for n in range(6))
HOST_ALARMS = "alarms:\n" + "".join(f"  a{n}: {{ when: w{n}.memory > 80% for 2m }}\n" for n in range(6))
# Three environments, two of one account: what is free is had once there. The advice is for the first.
THREE = """resources:
  web: { kind: ec2, id: i-0123456789abcdef0, type: t4g.micro, role: shop-web, monitoring: detailed, alarms: none }
alarms: { a: { when: web.cpu > 80%% for 5m } }
environments:
  production: { aws: { account: "123456789012" }, resources: { web: { monitoring: %s } } }
  other: { aws: { account: "123456789012" }, resources: { web: { id: i-0123456789abcdef1 } }, cost: { accept: [detailed-monitoring] } }
  third: { aws: { account: "210987654321" }, resources: { web: { id: i-0123456789abcdef2 } }, cost: { accept: [detailed-monitoring] } }
"""
SECRETS = "secrets:\n  store: %s\n  items:\n" + "".join(f"    key-{n}: {{ rotate: every 90 days, by: hand }}\n" for n in range(3))
LOGS = """resources: { web: { kind: ec2, id: i-0123456789abcdef0, role: shop-web, alarms: none } }
logs:
  app: { from: { resource: web, files: [/var/log/app.log] }, retention: %s%s }
  audit: { from: { resource: web, files: [/var/log/audit.log] }, retention: %s }
cost:
  usage: { log_ingest: %s }
"""
KEY = """resources:
  web: { kind: ec2, id: i-0123456789abcdef0, role: shop-web, alarms: none }
backup:
  bucket: shop-backups
  configuration: { every: week, parameters: /shop/, secrets: { %s } }
"""


def one(body):
    return "resources:\n  x: { " + body + ", alarms: none }\n"


def graphs(*dashboards):
    rows = "        - [web.cpu, web.network_in, web.network_out, web.status_failed]\n"
    return ("resources: { web: { kind: ec2, id: i-0123456789abcdef0, type: t4g.micro, role: shop, alarms: none } }\ndashboards:\n"
            + "".join(f"  d{i}:\n    - Graphs:\n" + rows * n for i, n in enumerate(dashboards)))


ROUNDED = Fraction(1, 10 ** 6)
ANY = "rds-backup", "nat-data"  # how much of it can be saved nobody says: between nothing and all, which is what is taken away here
EC2, RDS = "kind: ec2, id: i-0123456789abcdef0, role: shop", "kind: rds, id: shop, engine: postgres"
CASES = (
    ("high-resolution", WEB + "  fast: { when: web.memory > 80% for 1m }\n  quick: { when: web.disk > 80% for 1m }\n",
     WEB + "  fast: { when: web.memory > 80% over 1m }\n  quick: { when: web.disk > 80% over 1m }\n", "0.60"),
    # 1.5768 million calls, a million of them free, and six alarms of high resolution.
    ("agent-interval", HOSTS % (("10s",) * 6) + HOST_ALARMS, HOSTS % (("1m",) * 6) + HOST_ALARMS, "7.57"),
    ("anomaly", WEB + "".join(f"  a{i}: {{ when: web.cpu outside band({i}) for 15m }}\n" for i in range(2, 6)),
     WEB + "".join(f"  a{i}: {{ when: web.cpu > {i}0% for 15m }}\n" for i in range(2, 6)), "0.20"),
    ("composite", WEB + "  a: { when: web.cpu > 80% for 15m }\n  b: { when: web.cpu < 1% for 15m }\n  c: { when: alarm(a) or alarm(b) }\n",
     WEB + "  a: { when: web.cpu > 80% for 15m }\n  b: { when: web.cpu < 1% for 15m }\n", "0.50"),
    # 14 metrics in the first account, of which 4 are paid for; the third one's are free.
    ("detailed-monitoring", THREE % "detailed", THREE % "basic", "1.20"),
    ("large-dashboards", graphs(13, 1, 12), graphs(12, 1, 12), "3.00"),
    ("kms-key", KEY % "encrypt: kms", KEY % ("age: age1" + "q" * 58), "1.00"),
    ("secrets-manager", SECRETS % "secrets-manager", SECRETS % "parameter-store", "1.20"),
    ("log-retention", LOGS % ("365d", "", "60d", "10 GiB/month"), LOGS % ("30d", "", "60d", "10 GiB/month"), "3.01"),
    ("log-class", LOGS % ("30d", "", "30d", "4..20 GiB/month"),
     (LOGS % ("30d", ", class: infrequent-access", "30d, class: infrequent-access", "4..20 GiB/month")), "0.00..3.75"),
    ("gp2", one(EC2 + ", type: t4g.micro, volume: 100 GiB, volume_type: gp2"), one(EC2 + ", type: t4g.micro, volume: 100 GiB"), "2.00"),
    ("gp2", one("kind: ebs, id: vol-0123456789abcdef0, type: gp2, size: 1000 GiB"), one("kind: ebs, id: vol-0123456789abcdef0, size: 1000 GiB"), "20.00"),
    ("previous-generation", one(EC2 + ", type: m4.large"), one(EC2 + ", type: m5.large"), "2.92"),
    ("addresses", one(EC2 + ", type: t4g.micro, public_ipv4: 3"), one(EC2 + ", type: t4g.micro, public_ipv4: 1"), "7.30"),
    ("multi-az", "environment: staging\n" + one(RDS + ", class: db.t4g.medium, storage: 20 GiB, multi_az: true"),
     "environment: staging\n" + one(RDS + ", class: db.t4g.medium, storage: 20 GiB"), "49.02"),
    ("extended-support", one(RDS + ", class: db.t4g.micro, engine_version: '13'"), None, "146.00 a month from 2026-03-01 on): a newer major version saves that"),
    ("rds-backup", one(RDS + ", class: db.t4g.micro") + "cost:\n  usage: { x.backup: 10..40 GiB }\n",
     one(RDS + ", class: db.t4g.micro") + "cost:\n  usage: { x.backup: 0 GiB }\n", "0.00..3.80"),
    ("nat-data", one("kind: nat, id: nat-0123456789abcdef0") + "  d: { kind: s3, bucket: shop }\ncost:\n  usage: { x.data: 100 GiB/month }\n",
     one("kind: nat, id: nat-0123456789abcdef0") + "  d: { kind: s3, bucket: shop }\ncost:\n  usage: { x.data: 0 GiB/month }\n", "0.00..4.50"),
    ("valkey", one("kind: elasticache, id: shop, engine: redis, class: cache.t4g.micro"),
     one("kind: elasticache, id: shop, engine: valkey, class: cache.t4g.micro"), "2.34"),
    ("graviton", one(EC2 + ", type: t3.micro"), one(EC2 + ", type: t4g.micro"), "1.46"),
    ("graviton", one(RDS + ", class: db.m5.large, multi_az: true"), one(RDS + ", class: db.m6g.large, multi_az: true"), "27.74"),
    ("graviton", one("kind: elasticache, id: shop, engine: memcached, class: cache.t3.small"),
     one("kind: elasticache, id: shop, engine: memcached, class: cache.t4g.small"), "1.46"),
    ("math", WEB + "".join(f"  a{i}: {{ when: web.network_in + web.network_out > {i} GiB for 15m }}\n" for i in range(1, 8)),
     WEB + "".join(f"  a{i}: {{ when: web.network_in > {i} GiB for 15m }}\n" for i in range(1, 8)), "0.40"),
    ("alarms", WEB + "".join(f"  a{i}: {{ when: web.cpu > {i}% for 15m }}\n" for i in range(1, 15)),
     WEB + "".join(f"  a{i}: {{ when: web.cpu > {i}% for 15m }}\n" for i in range(1, 11)), "0.40"),
    ("metrics", one(EC2 + ", type: t4g.micro, monitoring: detailed") + f"  y: {{ {EC2.replace('def0', 'def1')}, type: t4g.micro, monitoring: detailed, alarms: none }}\n",
     None, "1.20"),
    ("dashboards", graphs(1, 2, 3, 4, 5), graphs(1, 2, 3), "6.00"),
)


def with_cost(body, key):
    head = HEAD.replace("dashboards: none\n", "") if "dashboards:" in body else HEAD
    if not key:
        return head + body
    return head + (body.replace("\ncost:\n", f"\ncost:\n  {key}\n") if "\ncost:\n" in body else body + f"cost:\n  {key}\n")


def prove(rule, before, after, saved):
    for regime in REGIMES:
        one, two = sheets(with_cost(before, regime)), sheets(with_cost(after, regime))
        told = savings(one).get(rule)
        if told is None:
            check(regime, rule, "is silent")
            continue
        check(rule not in savings(two), rule, "speaks after its advice was taken:", savings(two).get(rule))
        for view in "list", "pay", "later":
            diff = sorted(a - b for a, b in zip(total(one, view), total(two, view)))
            if rule in ANY:
                diff[0] = 0
            # What cannot be written down exactly, such as a day's share of a month, is rounded in JSON.
            check(all(abs(a - b) < ROUNDED for a, b in zip(range_of(told[view]), diff)), view, "of", regime, "is", told[view], "not", diff)
        if not regime:
            low, high = (money(told["pay"][side]) for side in ("low", "high"))
            equal(low if low == high else f"{low}..{high}", saved, "what is saved")


def listed(rule, before, saved):
    """What is no step that one takes at once: how much is beyond what is free."""
    told = savings(sheets(with_cost(before, "")))[rule]
    if "dated" in told:
        dated = sheets(with_cost(before, ""))[0]["dated"]
        check(f"${saved}".startswith(f"${money(dated[0]['list'])} a month from {dated[0]['from']} on)"), dated)
        check(rule not in savings(sheets(with_cost(before.replace("'13'", "'16'"), ""))))
        return
    equal(money(told["pay"]["high"]), saved, "what is beyond")
    check(told["gives_up"])


def test_rules():
    levels = dict(RULES)
    equal(list(levels), list(dict.fromkeys(case[0] for case in CASES)), "the rules that are proved")
    for i, (rule, before, after, saved) in enumerate(CASES):
        with test(f"saves-{rule}-{i}"):
            if after is None:
                listed(rule, before, saved)
            else:
                prove(rule, before, after, saved)
        with test(f"told-{rule}-{i}"):
            said = notes(with_cost(before, ""))
            if levels[rule] == "LINT":
                check(f"saves ${saved} a month" in said[rule] or (after is None and said[rule].endswith(saved)), said)
            else:
                check(rule not in said, "a note that nobody can act on:", said)
            check(after is None or rule not in notes(with_cost(after, "")), "it speaks after its advice was taken")
        with test(f"accepted-{rule}-{i}"):
            text = with_cost(before, f"accept: [{rule}]")
            check(rule not in notes(text) and rule not in savings(sheets(text)), "it speaks though it was accepted")


MANY = """resources:
  web: { kind: ec2, id: i-0123456789abcdef0, type: %s, volume: 100 GiB, volume_type: %s, public_ipv4: %s, role: shop, agent_interval: %s, alarms: none }
alarms:
  fast: { when: web.memory > 80%% for 1m }
  odd: { when: web.cpu %s for 15m }
"""
FIVE = "".join(f"  a{i}: {{ when: web.cpu > {i}% for 15m }}\n" for i in range(1, 10))


def test_sum():
    """What two rules save alike (a class and its successor; a period and the interval of the agent) is counted once."""
    before = MANY % ("t2.micro", "gp2", "2", "10s", "outside band(2)") + FIVE + "  all: { when: alarm(fast) and alarm(odd) }\n"
    after = MANY % ("t4g.micro", "gp3", "1", "1m", "> 90%") + FIVE
    for regime in REGIMES[:1] + REGIMES[2:]:
        with test(f"sum-{regime or 'paid'}"):
            one, two = sheets(with_cost(before, regime)), sheets(with_cost(after, regime))
            # The calls of one agent are free as they are: fewer of them save nothing but their list price.
            for view in "pay", "later":
                equal(range_of(one[0]["could_be_saved"][view]), [a - b for a, b in zip(total(one, view), total(two, view))], view)
            apart = [Fraction(v["later"]["high"]) for v in one[0]["savings"] if not v["gives_up"]]
            check(max(apart) <= Fraction(one[0]["could_be_saved"]["later"]["high"]) < sum(apart), "the sum")
    with test("sum-nothing-left"):
        equal([v["rule"] for v in sheets(with_cost(after, ""))[0]["savings"]], ["alarms"], "what is left")


def test_edges():
    with test("regime-legacy"):
        # The hours of a t3.micro are free there in the first 12 months, and those of a t4g.micro are not.
        check("graviton" not in savings(sheets(with_cost(one(EC2 + ", type: t3.micro"), REGIMES[1]))))
    with test("no-sum-of-nothing"):
        dated = with_cost(one(RDS + ", class: db.t4g.micro, engine_version: '13'"), "")
        check("\nCould be saved:\n  extended support" in opsc(dated, "cost").stdout, opsc(dated, "cost").stdout)
        check("<summary>What could be saved</summary>" in opsc(dated, "cost", "--format", "markdown").stdout)
    with test("no-price"):
        china = with_cost(WEB + "  fast: { when: web.memory > 80% for 1m }\n", "").replace("us-east-1", "cn-north-1")
        told = sheets(china)[0]["savings"][0]
        equal((told["rule"], told["unknown"]), ("high-resolution", "there is no price of it for cn-north-1"), "without a price")
        check("an amount that is not known" in notes(china)["high-resolution"])
    with test("needs-minutes"):
        body = one(EC2 + ", type: t4g.micro, monitoring: detailed") + "  y: { kind: ec2, id: i-0123456789abcdef1, monitoring: detailed, role: a }\n"
        check("detailed-monitoring" in savings(sheets(with_cost(body + "alarms: { a: { when: x.cpu > 80% for 5m } }\n", ""))))
        for when in "for 2m", "over 1m":
            told = savings(sheets(with_cost(body + f"alarms: {{ a: {{ when: x.cpu > 80% {when} }} }}\n", "")))["detailed-monitoring"]
            check(told["where"].startswith("`y` has"), told["where"])
    with test("production-stands-by"):
        check("multi-az" not in savings(sheets(with_cost(one(RDS + ", class: db.t4g.micro, multi_az: true"), ""))))
    with test("large-gp2-is-faster"):
        check("gp2" not in savings(sheets(with_cost(one("kind: ebs, id: vol-0123456789abcdef0, type: gp2, size: 1001 GiB"), ""))))
    with test("gateway-endpoint-is-there"):
        body = one("kind: nat, id: nat-0123456789abcdef0") + "  d: { kind: s3, bucket: shop }\ncost:\n  usage: { x.data: 100 GiB/month }\n"
        endpoint = "  endpoints: { vpc: vpc-0123456789abcdef0, route_tables: [rtb-0123456789abcdef0] }\n"
        check("nat-data" in notes(with_cost(body, "")) and "nat-data" not in notes(with_cost(body + endpoint, "")))
    with test("metric-filters-need-standard"):
        body = (LOGS % ("30d", ", metrics: { web.errors: { match: ERROR } }", "30d", "20 GiB/month"))
        check("log-class" not in savings(sheets(with_cost(body, ""))))
    with test("names-are-bounded"):
        body = WEB + "".join(f"  a{i}: {{ when: web.memory > {i}% for 1m }}\n" for i in range(1, 9))
        check("alarms `a1`, `a2`, `a3`, `a4`, `a5` and 3 more are" in notes(with_cost(body, ""))["high-resolution"])
    with test("markdown"):
        body = WEB + "  fast: { when: web.memory > 80% for 1m }\n"
        done = opsc(with_cost(body, ""), "cost", "--format", "markdown")
        check("- alarm \\`fast\\` is of high resolution" in done.stdout, done.stdout)


def codes(spec):
    done = opsc(spec, "lint", "--format", "json")
    check(done.returncode == 0, done.stderr, done.stdout)
    return [(d["code"], d["message"]) for d in json.loads(done.stdout)["diagnostics"]]


BUDGET = """routes: { info: [default], warning: [default], critical: [default] }
resources: { web: { kind: ec2, id: i-0123456789abcdef0, type: t3.micro, role: shop, alarms: none } }
alarms: { bill: { when: billing.estimated_charges > $%s } }
budgets: { monthly: { limit: $%s }, services: { EC2: $%s } }
cost:
  usage: { egress: 110..120 GiB/month }
"""


def less(usd):
    return money(Fraction(usd) - Fraction(1, 100))


def test_agree():
    """A budget and an alarm on the bill at the cent that the system comes to, and one below."""
    low, high = "8.49", "9.39"
    for regime, when in zip(REGIMES, ("", "from 2026-03-01 on ", "from 2027-03-01 on ")):
        with test(f"budgets-agree-{regime or 'paid'}"):
            now = Fraction(sheets(with_cost(BUDGET % (1, 1, 1), regime))[0]["total"]["later"]["high"])
            equal(money(now), high, "what it comes to at most")
            good = [c for c, _ in codes(with_cost(BUDGET % (low, high, high), regime))]
            check("OPS-2412" not in good and "OPS-2413" not in good, good)
            told = dict(reversed(codes(with_cost(BUDGET % (less(low), less(high), high), regime))))
            equal(told["OPS-2412"], f"the budget of the month is ${less(high)}, and {when}the system may come to ${low}..{high}", "a budget below")
            check(("OPS-2413", f"alarm `bill` goes off when the bill is above ${less(low)}, and {when}the system comes to ${low}") in
                  codes(with_cost(BUDGET % (less(low), high, high), regime)), "the alarm")
            check(any("the budget of EC2 is" in m for _, m in codes(with_cost(BUDGET % (low, high, less(high)), regime))), "the service")


def test_documented():
    with test("documented"):
        rows = re.findall(r"^\| `([a-z0-9-]+)` \| .* \| (`lint`|`opsc cost`) \|$", (ROOT / "docs/cost.md").read_text(), re.M)
        equal(rows, [(name, "`lint`" if told == "LINT" else "`opsc cost`") for name, told in RULES], "the rules in docs/cost.md")


test_rules()
test_sum()
test_edges()
test_agree()
test_documented()
