#!/usr/bin/env python3
"""What a system costs (opsc cost): worked examples to the cent, and every sum reckoned a second time, here, from the same table of prices.

Usage, ranges, regimes and their days, what is not known, the three forms of output, and the exit statuses.
"""
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
from fractions import Fraction

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skip-missing cost: python3 has no module {missing.name} (tools/setup.sh test)")
    sys.exit(0)

from report import check, equal, test

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.path.abspath(os.environ.get("OPSC", ROOT / "build/asan/opsc"))
HOURS = 730
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
GIB = 2 ** 30


# ---- The tables, read once more

def table(name):
    """{row: {column: cell}} of catalog/tables/NAME.yaml; YAML to this reader."""
    text = yaml.load((ROOT / f"catalog/tables/{name}.yaml").read_text(), Loader=LOADER)
    return {row: dict(zip(text["columns"], cells.split())) for row, cells in text["rows"].items()}


PRICES, POOLS = table("prices"), table("allowances")
KEYS = [key for key in PRICES if "+" not in key and "*" not in key]
STARRED = {key: re.compile(re.escape(key).replace(r"\*", "(.+)")) for key in PRICES if "*" in key}
REGIONS = sorted(path.stem for path in (ROOT / "catalog/tables/prices").iterdir())
NUMBERS = {region: table(f"prices/{region}") for region in REGIONS}
CLASSES = {region: table(f"class-prices/{region}") for region in REGIONS}


def defined(key):
    """The row that says what a key is of."""
    return PRICES.get(key) or next(PRICES[star] for star, form in STARRED.items() if form.fullmatch(key))


def usd_of(key, region):
    """What a row, KEY or KEY+1, is in a region; None when it has no price there."""
    cells = [NUMBERS.get(region, {}).get(key, {}).get("usd", "-")]
    for star, form in STARRED.items():
        if form.fullmatch(key):
            cells.append(CLASSES.get(region, {}).get(form.fullmatch(key)[1], {}).get(star, "-"))
    cells.append(defined(key)["global"])
    return next((Fraction(cell) for cell in cells if cell != "-"), None)


def tiers(key, region):
    rows = [key] + [row for row in PRICES if row.split("+")[0] == key != row]
    return sorted((Fraction(defined(row)["from"]), usd_of(row, region)) for row in rows if usd_of(row, region) is not None)


def price_of(steps, quantity):
    total = Fraction(0)
    for i, (start, usd) in enumerate(steps):
        end = steps[i + 1][0] if i + 1 < len(steps) else None
        total += max(0, (quantity if end is None else min(quantity, end)) - start) * usd
    return total


def reckon(lines, view, side):
    """The sum of a sheet, in one go over its lines: no code of opsc's, and another form than its ledger's."""
    used, billed, left, total = {}, {}, {name: Fraction(p["amount"]) for name, p in POOLS.items()}, Fraction(0)
    for line in lines:
        key, q = line["price"], Fraction(line["quantity"][side])
        at = key, line["region"]
        steps, free, after = tiers(*at), Fraction(0), False
        for column in [] if view == "list" else ["always"] if view == "later" else ["legacy", "always"]:
            pool = defined(key)[column]
            if pool == "-":
                continue
            taken = min(q - free, left[pool])
            left[pool] -= taken
            free += taken
            after = after or (column == "always" and POOLS[pool]["tiers"] == "after")
        if after:
            total += price_of(steps, billed.get(at, 0) + q - free) - price_of(steps, billed.get(at, 0))
        else:
            total += price_of(steps, used.get(at, 0) + q) - price_of(steps, used.get(at, 0) + free)
        used[at] = used.get(at, 0) + q
        billed[at] = billed.get(at, 0) + q - free
    return total


# ---- opsc

def run(spec, *args):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in ({"ops.yaml": spec} if isinstance(spec, str) else spec).items():
            pathlib.Path(folder, name).write_text(text)
        return subprocess.run([OPSC, "cost", "ops.yaml", *args], capture_output=True, text=True, check=False, cwd=folder, timeout=60)


def sheets(spec, *args):
    done = run(spec, "--format", "json", *args)
    check(done.returncode == 0, done.stderr)
    out = json.loads(done.stdout)
    SCHEMA.validate(out)
    for sheet in out["environments"]:
        now = {"legacy": "legacy", "paid": "later", "free-plan": None}[sheet["account"]["regime"]]
        for side in "low", "high":
            for part, view in ("list", "list"), ("later", "later"), ("pay", now):
                told = Fraction(sheet["total"][part][side])
                equal(told, sum(Fraction(line[part][side]) for line in sheet["lines"]), f"the sum of {part}")
                if len(out["environments"]) == 1:
                    equal(told, reckon(sheet["lines"], view, side) if view else 0, f"{part} reckoned again")
    return out["environments"]


def sheet(spec, *args):
    return sheets(spec, *args)[0]


def cents(n):
    """Half to even, as money is shown."""
    whole = round(Fraction(n) * 100)
    return f"{whole // 100}.{whole % 100:02}"


def line(s, of, item):
    found = [x for x in s["lines"] if (x["of"], x["item"]) == (of, item)]
    check(len(found) == 1, of, item, "is there", len(found), "times")
    return found[0]


def amount(value, part="pay"):
    low, high = value[part]["low"], value[part]["high"]
    return cents(low) if low == high else f"{cents(low)}..{cents(high)}"


def gap(s, of, item):
    found = [x for x in s["not_estimated"] if (x["of"], x["item"]) == (of, item)]
    check(len(found) == 1, of, item, "is not estimated", len(found), "times")
    return found[0]


HEAD = """opsc: 1
project: shop
aws: { region: %s }
notify: ops@example.com
alarms: none
dashboards: none
"""
# The stack of the worked examples: nothing of opsc's own in it.
STACK = HEAD + """resources:
  web: { kind: ec2, id: i-0123456789abcdef0, type: t3.micro, volume: 16 GiB, public_ipv4: 1, role: shop-web }
  db: { kind: rds, id: shop, engine: postgres, class: db.t3.micro, storage: 20 GiB }
  data: { kind: s3, bucket: shop-data }
"""
SCHEMA = jsonschema.Draft7Validator(json.loads((ROOT / "docs/reference/cost.schema.json").read_text()))


def spec(region="us-east-1", more="", stack=STACK):
    return stack % region + more


def usage(text, account=""):
    return f"cost:\n  usage: {{ {text} }}\n" + (f"  account: {account}\n" if account else "")


# ---- Worked examples

TODAY = {  # EC2, RDS, its storage, EBS, the address, 1 GB of S3; the sum of what is not rounded
    "us-east-1": ("7.59", "13.14", "2.30", "1.28", "3.65", "0.02", "27.98"),
    "eu-west-1": ("8.32", "14.60", "2.54", "1.41", "3.65", "0.02", "30.54"),
    "eu-central-1": ("8.76", "15.33", "2.74", "1.52", "3.65", "0.02", "32.03"),
    "sa-east-1": ("12.26", "27.74", "4.38", "2.43", "3.65", "0.04", "50.51"),
    "us-west-2": ("7.59", "13.14", "2.30", "1.28", "3.65", "0.02", "27.98"),
}
PARTS = (("web", "instance"), ("db", "instance"), ("db", "storage"), ("web", "volume"), ("web", "ipv4"), ("data", "storage"))


def test_today():
    for region, wanted in TODAY.items():
        with test(f"today-{region}"):
            s = sheet(spec(region, usage("data.storage: 1 GiB, log_ingest: 4 GiB/month, egress: 100 GiB/month")))
            for (of, item), usd in zip(PARTS, wanted):
                equal(amount(line(s, of, item)), usd, f"{of} {item}")
            equal(amount(s["total"]), wanted[-1], "the sum")
            equal(amount(s["total"], "later"), wanted[-1], "the sum later")


LOGS = "logs:\n  app: { group: /shop/app, from: { resource: web, files: [/var/log/app.log] }, retention: 7d }\n"


def test_plan():
    """The plan's table, of an account in its first 12 months; it left out that 5 GB of S3 are free then."""
    s = sheet(spec(more=LOGS + usage("data.storage: 1 GiB, log_ingest: 5..11 GiB/month, log_storage: 0 GiB, egress: 60..122 GiB/month",
                                     "{ regime: legacy, since: 2025-03-01 }")))
    for name, of, item, listed, pays, free in (
            ("ec2", "web", "instance", "7.59", "0.00", "730"), ("rds", "db", "instance", "13.14", "0.00", "730"),
            ("rds-storage", "db", "storage", "2.30", "0.00", "20"), ("ebs", "web", "volume", "1.28", "0.00", "16"),
            ("ipv4", "web", "ipv4", "3.65", "0.00", "730"), ("s3", "data", "storage", "0.02", "0.00", "1"),
            ("transfer", "data transfer", "to the internet", "5.40..10.98", "0.00..1.98", "100"),
            ("logs", "logs", "ingestion", "2.50..5.50", "0.00..3.00", "5")):
        with test(f"plan-{name}"):
            x = line(s, of, item)
            equal(amount(x, "list"), listed, "the list price")
            equal(amount(x), pays, "what is paid")
            equal(x["free_quantity"]["high"], free, "what is free")
    with test("plan-total"):
        equal(amount(s["total"]), "0.00..4.98", "the sum in the first 12 months")
        equal(amount(s["total"], "later"), "27.98..32.96", "the sum after them")
        equal(s["account"]["ends"], "2026-03-01", "their end")


# Of each service an example: what is declared, what is said of its use, and what comes out (list price, to pay).
SERVICE_EXAMPLES = (
    ("alb", "kind: alb, id: app/a/50dc6c495c0c9188", {"load-balancer": ("16.42", "16.42"), "lcu": ("11.68", "11.68")}, {"lcu": "2"}),
    ("nlb", "kind: nlb, id: net/a/50dc6c495c0c9188", {"load-balancer": ("16.42", "16.42"), "lcu": ("4.38", "4.38")}, {"lcu": "1"}),
    ("http", "kind: apigateway, type: http, id: a1, stage: prod", {"requests": ("390.00", "390.00")}, {"requests": "400M/month"}),
    ("rest", "kind: apigateway, type: rest, api: a, stage: prod", {"requests": ("1353.10", "1353.10")}, {"requests": "400M"}),
    ("websocket", "kind: apigateway, type: websocket, id: a1, stage: prod", {"requests": ("1.00", "1.00"), "connections": ("0.25", "0.25")},
     {"requests": "1M", "connections": "1M"}),
    ("asg", "kind: asg, id: a, type: t4g.small", {"instances": ("24.53..49.06", "24.53..49.06")}, {"instances": "2..4"}),
    ("cloudfront", "kind: cloudfront, id: E2EXAMPLE1OM4R, viewers: eu", {"transfer": ("174.08", "87.04"), "requests": ("24.00", "12.00")},
     {"transfer": "2 TiB", "requests": "20M"}),
    ("india", "kind: cloudfront, id: E2EXAMPLE1OM4R, viewers: in", {"transfer": ("223.23", "111.62")}, {"transfer": "2 TiB"}),
    ("on-demand", "kind: dynamodb, id: abc", {"reads": ("1.25", "1.25"), "writes": ("0.62", "0.62"), "storage": ("7.50", "1.25")},
     {"reads": "10M", "writes": "1M", "storage": "30 GiB"}),
    ("provisioned", "kind: dynamodb, id: abc, capacity: provisioned, read_capacity: 20, write_capacity: 30",
     {"read-capacity": ("1.90", "0.00"), "write-capacity": ("14.24", "2.37")}, {}),
    ("io2", "kind: ebs, id: vol-0123456789abcdef0, type: io2, size: 100 GiB, iops: 100000",
     {"storage": ("12.50", "12.50"), "provisioned-iops": ("4682.60", "4682.60")}, {}),
    ("gp3", "kind: ebs, id: vol-0123456789abcdef0, size: 100 GiB, throughput: 250", {"throughput": ("5.00", "5.00")}, {}),
    ("credits", "kind: ec2, id: i-0123456789abcdef0, type: t3.micro, role: x", {"cpu-credits": ("73.00", "73.00")}, {"cpu-credits": "1460"}),
    ("fargate", "kind: ecs, cluster: c, id: a, cpu: 256, memory: 512 MiB, tasks: 2", {"vcpus": ("14.78", "14.78"), "memory": ("3.24", "3.24")}, {}),
    ("fargate-arm", "kind: ecs, cluster: c, id: a, cpu: 512, memory: 1 GiB, tasks: 1, arch: arm64", {"vcpus": ("11.82", "11.82"), "memory": ("2.60", "2.60")}, {}),
    ("efs", "kind: efs, id: fs-0123456789abcdef0", {"storage": ("3.00", "3.00"), "reads": ("0.30", "0.30")}, {"storage": "10 GiB", "reads": "10 GiB"}),
    ("one-zone", "kind: efs, id: fs-0123456789abcdef0, zones: one", {"storage": ("1.60", "1.60")}, {"storage": "10 GiB"}),
    ("memcached", "kind: elasticache, id: c, engine: memcached, class: cache.t4g.micro", {"node": ("11.68", "11.68")}, {}),
    ("serverless", "kind: elasticache, id: c, engine: valkey, serverless: true", {"data": ("122.64", "122.64"), "requests": ("2.30", "2.30")},
     {"data": "2 GiB", "requests": "1000M"}),
    ("shards", "kind: kinesis, id: k, shards: 2", {"shards": ("21.90", "21.90"), "retention": ("0.00", "0.00"), "puts": ("0.14", "0.14")}, {"puts": "10M"}),
    ("kept", "kind: kinesis, id: k, shards: 2, retention: 7d", {"retention": ("29.20", "29.20")}, {}),
    ("stream", "kind: kinesis, id: k, mode: on-demand", {"stream": ("29.20", "29.20"), "written": ("0.80", "0.80")}, {"written": "10 GiB"}),
    ("consumer", "kind: kinesis, id: k, shards: 2, consumer: c", {"consumer": ("21.90", "21.90"), "consumer-read": ("1.30", "1.30")}, {"consumer-read": "100 GiB"}),
    ("changes", "kind: dynamodb, id: abc, kinesis: true", {"changes": ("1.00", "1.00")}, {"changes": "10M"}),
    ("lambda", "kind: lambda, id: f", {"requests": ("1.00", "0.80"), "compute": ("16.67", "10.00")}, {"requests": "5M", "compute": "1M"}),
    ("lambda-arm", "kind: lambda, id: f, arch: arm64", {"compute": ("13.33", "8.00")}, {"compute": "1M"}),
    ("mysql", "kind: rds, id: d, engine: mysql, class: db.t4g.micro", {"instance": ("11.68", "11.68")}, {}),
    ("rds-iops", "kind: rds, id: d, engine: postgres, class: db.m7g.large, storage: 399 GiB, storage_type: gp3, iops: 4000", {"iops": ("20.00", "20.00")}, {}),
    ("rds-more-iops", "kind: rds, id: d, engine: postgres, class: db.m7g.large, storage: 400 GiB, storage_type: gp3, iops: 13000", {"iops": ("20.00", "20.00")}, {}),
    ("rds-io1", "kind: rds, id: d, engine: postgres, class: db.m7g.large, storage: 400 GiB, storage_type: io1, iops: 1000, multi_az: true",
     {"provisioned-iops": ("200.00", "200.00"), "storage": ("100.00", "100.00")}, {}),
    ("aurora", "kind: rds, id: d, engine: aurora-postgresql, class: db.t4g.medium, cluster: c",
     {"instance": ("53.29", "53.29"), "cluster-storage": ("1.00", "1.00"), "cluster-io": ("0.20", "0.20"), "backup": ("0.21", "0.21")},
     {"cluster-storage": "10 GiB", "cluster-io": "1M", "backup": "10 GiB"}),
    ("aurora-serverless", "kind: rds, id: d, engine: aurora-mysql, serverless: true, cluster: c", {"capacity": ("43.80..175.20", "43.80..175.20")},
     {"capacity": "0.5..2"}),
    ("check", "kind: route53, id: 01234567-89ab-cdef-0123-456789abcdef, target: elsewhere, measure_latency: true",
     {"check": ("0.75", "0.75"), "https": ("2.00", "2.00"), "latency": ("2.00", "2.00")}, {}),
    ("check-of-aws", "kind: route53, id: 01234567-89ab-cdef-0123-456789abcdef, target: aws", {"check": ("0.50", "0.00"), "https": ("1.00", "1.00")}, {}),
    ("archive", "kind: s3, bucket: abc, storage_type: DeepArchiveStorage", {"storage": ("1.01", "1.01"), "retrieval": ("0.20", "0.20")},
     {"storage": "1 TiB", "retrieval": "10 GiB"}),
    ("much", "kind: s3, bucket: abc", {"storage": ("2304.00", "2304.00")}, {"storage": "100 TiB"}),
    ("sns", "kind: sns, id: a", {"publish": ("1.00", "0.50"), "mails": ("0.10", "0.08"), "http": ("0.60", "0.54")},
     {"publish": "2M", "mails": "5k", "http": "1M"}),
    ("sqs", "kind: sqs, id: a", {"requests": ("1.20", "0.80")}, {"requests": "3M"}),
    ("fifo", "kind: sqs, id: a.fifo, fifo: true", {"requests": ("1.50", "1.00")}, {"requests": "3M"}),
    ("steps", "kind: stepfunctions, id: \"arn:aws:states:us-east-1:123456789012:stateMachine:o\"", {"transitions": ("0.25", "0.15")}, {"transitions": "10k"}),
)


def test_services():
    for name, text, items, use in SERVICE_EXAMPLES:
        with test(f"service-{name}"):
            s = sheet(spec(stack=HEAD + f"resources:\n  x: {{ {text} }}\n", more=usage(", ".join(f"x.{k}: {v}" for k, v in use.items())) if use else ""))
            for item, (listed, pays) in items.items():
                equal((amount(line(s, "x", item), "list"), amount(line(s, "x", item))), (listed, pays), item)


def test_all_services():
    """All of them at once, in regions by chance: reckoned again by sheet(), and dearer with more use."""
    rng = random.Random(20261127)
    for region in rng.sample([r for r in REGIONS if "gov" not in r], 5):
        with test(f"all-services-{region}"):
            totals = []
            for times in 1, 3, 1000:
                text = HEAD % region + "resources:\n"
                use = []
                for i, (name, kind, _, stated) in enumerate(SERVICE_EXAMPLES):
                    if name != "archive":
                        text += f"  x{i}: {{ {kind} }}\n".replace("us-east-1", region)
                        use += [f"x{i}.{k}: " + re.sub(r"[0-9]+([.][0-9]+)?", lambda n, by=times: f"{float(n[0]) * by:.9g}", v) for k, v in stated.items()]
                account = rng.choice(["paid", "{ regime: legacy, since: 2025-01-31 }"]) if not totals else account
                totals.append(sheet(text + usage(", ".join(use), account))["total"])
            for part in totals[0]:
                check(Fraction(totals[0][part]["high"]) < Fraction(totals[1][part]["high"]) < Fraction(totals[2][part]["high"]), part, totals)


def test_from_a_day():
    for name, text, wanted in (
            ("single", "engine: postgres, engine_version: \"13.4\", class: db.t3.micro",
             [("extended-support", "2026-03-01", "146.00"), ("extended-support-third-year", "2028-03-01", "292.00")]),
            ("both-zones", "engine: mysql, engine_version: \"8.0\", class: db.t3.micro, multi_az: true",
             [("extended-support-of-both", "2026-08-01", "292.00"), ("third-year-of-both", "2028-08-01", "584.00")]),
            ("no-third-year", "engine: aurora-mysql, engine_version: 8.0.mysql_aurora.3.08.0, class: db.t4g.medium, cluster: c",
             [("extended-support", "2027-05-01", "146.00")]),
            ("mariadb", "engine: mariadb, engine_version: \"10.6\", class: db.t3.micro", [])):
        with test(f"from-a-day-{name}"):
            text = spec(stack=HEAD + f"resources:\n  d: {{ kind: rds, id: d, {text} }}\n")
            s = sheet(text)
            equal([(x["item"], x["from"], cents(x["list"])) for x in s["dated"]], wanted, "what begins")
            check(not [x for x in s["not_estimated"] if "support" in x["item"]], s["not_estimated"])
            check(all(f"  d {item}: ${usd} a month from {day} on\n" in run(text).stdout for item, day, usd in wanted), run(text).stdout)
            check(all(f"- d {item}: ${usd} a month from {day} on\n" in run(text, "--format", "markdown").stdout.replace("\\", "") for item, day, usd in wanted))
            equal(Fraction(s["total"]["list"]["high"]), sum(Fraction(x["list"]["high"]) for x in s["lines"]), "the sum is without them")
    for name, text, why in (("no-version", "", "needs `engine_version`"), ("new-version", ", engine_version: \"17.1\"", "from which day on"),
                            ("other-version", ", engine_version: \"8.4\"", "from which day on")):
        with test(f"from-a-day-{name}"):
            s = sheet(spec(stack=HEAD + f"resources:\n  d: {{ kind: rds, id: d, engine: postgres, class: db.t3.micro{text} }}\n"))
            check(why in gap(s, "d", "extended-support")["why"], s["not_estimated"])
            equal(s["dated"], [], "what begins")
            equal(len([x for x in s["not_estimated"] if "support" in x["item"]]), 1, "gaps")
    test_on_a_day(spec(stack=HEAD + "resources:\n  d: { kind: rds, id: d, engine: postgres, engine_version: \"13.4\", class: db.t3.micro }\n"))
    with test("days"):
        for row, cells in table("rds-support").items():
            check(re.fullmatch(r"[a-z]+(-[a-z]+)?-[0-9.]+[.][*]", row) and re.fullmatch(r"20\d\d-\d\d-01", cells["start"]), row, cells)
            check(cells["third"] == "-" or int(cells["third"][:4]) == int(cells["start"][:4]) + 2 and cells["third"][4:] == cells["start"][4:], row, cells)


def test_on_a_day(text):
    """What has begun is in the sums, and takes the place of what was before it."""
    base = Fraction(sheet(text)["total"]["pay"]["high"])
    for day, item, usd, rest in (("2026-02-28", None, 0, ["extended-support", "extended-support-third-year"]),
                                 ("2026-03-01", "extended-support", 146, ["extended-support-third-year"]),
                                 ("2028-02-29", "extended-support", 146, ["extended-support-third-year"]),
                                 ("2028-03-01", "extended-support-third-year", 292, [])):
        with test(f"on-{day}"):
            s = sheet(text, "--on", day)
            equal(Fraction(s["total"]["pay"]["high"]) - base, usd, "more than before")
            equal([x["item"] for x in s["lines"] if "support" in x["item"]], [item] if item else [], "lines")
            equal([x["item"] for x in s["dated"] if not x["begun"]], rest, "what is still to begin")
            equal("\nFrom a day on" in run(text, "--on", day).stdout, bool(rest), "the table")
    with test("from-a-day-in-all"):
        wanted = f"in all: ${cents(base + 146)} a month from 2026-03-01 on, ${cents(base + 292)} from 2028-03-01 on\n"
        check("\n  " + wanted in run(text).stdout, run(text).stdout)
        check("\n- " + wanted in run(text, "--format", "markdown").stdout.replace("\\", ""), run(text, "--format", "markdown").stdout)
        # Of what has begun it takes the place.
        check(f"in all: ${cents(base + 292)} a month from 2028-03-01 on\n" in run(text, "--on", "2026-03-01").stdout)
    with test("from-a-day-budgets"):
        limit = base + 100
        budgets = text + f"budgets: {{ monthly: ${float(limit):.2f}, services: {{ RDS: ${float(limit):.2f}, S3: $5 }} }}\n"
        month, rds, s3 = sheet(budgets)["budgets"]
        for b in (month, rds):
            equal((b["above"], b["above_from"]), (False, "2026-03-01"), b["name"])
        equal(cents(month["pay_from"]["high"]), cents(base + 146), "the month")
        check("above_from" not in s3, s3)
        check(f"; from 2026-03-01 on ${cents(base + 146)} of ${cents(limit)}, above it\n" in run(budgets).stdout, run(budgets).stdout)
        check("above_from" not in sheet(budgets, "--on", "2026-03-01")["budgets"][0], "it is above already")
    with test("fail-over-on-a-day"):
        limit = "$" + cents(base + 100)
        equal([run(text, "--fail-over", limit, *on).returncode for on in ((), ("--on", "2026-02-28"), ("--on", "2026-03-01"))], [0, 0, 1], "exit statuses")
    with test("a-regime-that-has-ended"):
        for account in ("regime: legacy, since: 2025-03-01", "regime: free-plan, since: 2025-09-01, credits: $100", "credits: $100, since: 2025-03-01"):
            regime = spec(more=f"cost: {{ account: {{ {account} }} }}\n")
            before, after = sheet(regime, "--on", "2026-02-28"), sheet(regime, "--on", "2026-03-01")
            equal(before, sheet(regime), f"{account}: the day before")
            equal((after["account"]["regime"], after["total"]["pay"]), ("paid", before["total"]["later"]), account)
            check("of credits" not in run(regime, "--on", "2026-03-01").stdout, account)
    with test("no-such-day"):
        for day in ("2026-02-30", "tomorrow", ""):
            done = run(text, "--on", day)
            check(done.returncode == 2 and "--on takes a day such as 2026-12-01" in done.stderr and not done.stdout, done)


def test_more_examples():
    for name, stack, of, item, usd in (
            ("cache", "c: { kind: elasticache, id: shop, engine: redis, class: cache.t3.micro }", "c", "node", "12.41"),
            ("arm", "w: { kind: ec2, id: i-0123456789abcdef0, type: t4g.micro, role: x }", "w", "instance", "6.13"),
            ("arm-db", "d: { kind: rds, id: shop, engine: postgres, class: db.t4g.micro }", "d", "instance", "11.68"),
            ("multi-az", "d: { kind: rds, id: shop, engine: postgres, class: db.t3.medium, multi_az: true }", "d", "instance", "105.85"),
            ("nat", "n: { kind: nat, id: nat-0123456789abcdef0 }", "n", "gateway", "32.85"),
            ("detailed", "w: { kind: ec2, id: i-0123456789abcdef0, monitoring: detailed, role: x }", "w", "monitoring", "0.00"),
            ("iops", "v: { kind: ebs, id: vol-0123456789abcdef0, size: 100 GiB, iops: 4000 }", "v", "iops", "5.00"),
            ("few-iops", "v: { kind: ebs, id: vol-0123456789abcdef0, size: 100 GiB, iops: 3000 }", "v", "iops", "0.00"),
            ("secret", "s: { kind: secret, id: /a/b, store: secrets-manager, max_age: 90d }", "s", "secret", "0.40")):
        with test(f"example-{name}"):
            s = sheet(spec(stack=HEAD + "resources:\n  " + stack + "\n"))
            equal(amount(line(s, of, item)), usd, "it")
    with test("example-seven-metrics"):
        equal(amount(line(sheet(spec(stack=HEAD + "resources:\n  w: { kind: ec2, id: i-0123456789abcdef0, monitoring: detailed, role: x }\n")),
                          "w", "monitoring"), "list"), "2.10", "detailed monitoring")


# ---- What opsc makes

ALARMS = """opsc: 1
project: shop
aws: { region: us-east-1 }
notify: { ops: { email: ops@example.com, sms: "+34600000000" } }
routes: { warning: [ops] }
dashboards: none
resources:
  web: { kind: ec2, id: i-0123456789abcdef0, role: shop-web, alarms: none }
  q: { kind: sqs, id: orders, alarms: none }
alarms:
  recommended: none
"""


def test_alarms():
    for name, alarms, key, quantity in (
            ("one", ["web.cpu > 80% for 5m"], "standard", "1"),
            ("math", ["q.visible / q.sent > 3 for 5m"], "standard", "2"),
            ("band", ["web.cpu outside band(2) for 15m"], "standard", "3"),
            ("band-over-math", ["q.visible + q.sent outside band(2) for 15m"], "standard", "4"),
            ("twelve", [f"web.cpu > {n}% for 5m" for n in range(80, 92)], "standard", "12")):
        with test(f"alarm-{name}"):
            s = sheet(ALARMS + "".join(f"  a{i}: {{ when: {text} }}\n" for i, text in enumerate(alarms)))
            x = line(s, "CloudWatch alarm", key)
            equal(x["quantity"]["low"], quantity, "the alarm metrics")
            equal(Fraction(x["pay"]["low"]), max(0, int(quantity) - 10) * Fraction(1, 10), "what is paid")
            check("country" in gap(s, "notifications", "SMS")["why"])
            equal(gap(s, "notifications", "mails")["key"], "cost.usage.emails", "the key of mails")
    with test("alarm-composite"):
        s = sheet(ALARMS + "  a: { when: web.cpu > 80% for 5m }\n  b: { when: q.visible > 5 for 5m }\n  c: { when: alarm(a) and alarm(b) }\n")
        equal(amount(line(s, "CloudWatch composite alarm", "")), "0.50", "it")


def test_metrics():
    with test("custom-metrics"):
        s = sheet(ALARMS.replace("  recommended: none\n", "") +
                  "  m: { when: web.memory > 85% for 5m }\n  d: { when: web.disk > 90% }\n  w: { when: web.iowait > 50% for 5m }\n")
        # What there is of each disk and CPU is added up for the instance, and dropped.
        equal(line(s, "agent on web", "metrics")["quantity"]["low"], "3", "the series of the agent")
        equal(line(s, "PutMetricData", "requests")["quantity"]["low"], "43800", "its requests")
    with test("metrics-of-jobs"):
        s = sheet(ALARMS.replace("{ warning: [ops] }", "{ warning: [ops], critical: [ops] }") + """backup:
  bucket: shop-backups
  configuration: { every: week, parameters: /shop/, secrets: { encrypt: kms } }
secrets: { items: { key: { rotate: every 90 days, by: hand } } }
""")
        # An age every hour, size and duration in the hour of a run; the age of a secret every six hours.
        x = line(s, "jobs", "metrics")
        equal(x["assumed"], "in the hours in which they are sent, when all runs are those of the schedule", "what is assumed")
        check(abs(Fraction(x["quantity"]["low"]) - (1 + Fraction(2, 168) + Fraction(1, 6))) < Fraction(1, 10 ** 6), x["quantity"])
    with test("dashboards"):
        text = "".join(f"  d{n}: [{{ Section: [web.cpu] }}]\n" for n in range(5))
        s = sheet(ALARMS.replace("dashboards: none\n", "dashboards:\n" + text))
        x = line(s, "CloudWatch dashboard", "up to 50 metrics")
        equal((x["quantity"]["low"], amount(x, "list"), amount(x)), ("5", "15.00", "6.00"), "five of them")
    with test("large-dashboard"):
        graphs = "".join("    - [" + ", ".join(["web.cpu"] * 4) + "]\n" for _ in range(13))
        s = sheet(ALARMS.replace("dashboards: none\n", "dashboards:\n  d:\n    - Section:\n" + graphs.replace("    -", "        -")))
        equal(amount(line(s, "CloudWatch dashboard", "over 50 metrics")), "3.00", "one of 52 metrics")


# ---- Use, ranges, regimes

def test_usage():
    with test("logs-kept"):
        s = sheet(spec(more=LOGS + usage("log_ingest: 73 GiB/month")))
        kept = line(s, "logs", "storage")
        equal(kept["quantity"]["low"], "16.8", "a week of 73 GiB in 730 hours")
        check("7 days" in kept["assumed"], kept)
    with test("infrequent-access"):
        s = sheet(spec(more=LOGS.replace("retention", "class: infrequent-access, retention") + usage("log_ingest: 10 GiB/month")))
        equal(line(s, "logs", "ingestion")["price"], "cloudwatch.logs.ingest.ia", "the price")
    with test("one-pool-of-logs"):
        s = sheet(spec(more=LOGS + usage("log_ingest: 4 GiB/month, log_storage: 3 GiB, log_scan: 2 GiB/month")))
        equal([line(s, "logs", i)["free_quantity"]["low"] for i in ("ingestion", "storage", "queries")], ["4", "1", "0"], "what is free")
    with test("units"):
        for text, quantity in ("1 GiB", "1"), ("1024 MiB/month", "1"), ("1.5 GiB", "1.5"), ("24 MiB/day", "0.712891"), ("1 TiB", "1024"), \
                ("2..4 GiB", "2..4"), ("512 MiB..1 GiB", "0.5..1"), ("0 GiB", "0"):
            q = line(sheet(spec(more=usage(f"egress: {text}"))), "data transfer", "to the internet")["quantity"]
            equal(q["low"] if q["low"] == q["high"] else f"{q['low']}..{q['high']}", quantity, text)
        for text, quantity in ("100", "100"), ("10k/month", "10000"), ("100/day", "3041.666667"), ("1..2M/month", "1000000..2000000"):
            q = line(sheet(spec(more=usage(f"metric_reads: {text}"))), "metrics", "reads")["quantity"]
            equal(q["low"] if q["low"] == q["high"] else f"{q['low']}..{q['high']}", quantity, text)
    with test("what-is-not-said"):
        s = sheet(spec(more=LOGS))
        for of, item, key in ("db", "backup", "db.backup"), ("data", "storage", "data.storage"), ("logs", "ingestion", "log_ingest"), \
                ("logs", "storage", "log_storage"), ("data transfer", "to the internet", "egress"):
            equal(gap(s, of, item).get("key"), "cost.usage." + key, "the key")
    with test("requests-are-not-priced"):
        check(gap(sheet(spec(more=usage("requests: 2M/month"))), "requests", "of users"))
    with test("too-much"):
        s = sheet(spec(more=usage("metric_reads: 9000000000000000/month")))
        check("cannot be reckoned" in gap(s, "metrics", "reads")["why"])
        equal(amount(s["total"]), "27.96", "the sum of the rest")
        done = run(spec(more=usage("metric_reads: 9000000000000000/month")), "--fail-over", "1000000000")
        check(done.returncode == 1 and "more than can be reckoned with a month; --fail-over allows" in done.stderr, done.stderr)
        accounts = "".join(f"  e{i}: {{ aws: {{ account: '{i:012}' }} }}\n" for i in range(2))
        much = spec(more=usage("metric_reads: 5000000000000.000001/month") + "environments:\n" + accounts)
        for form in "table", "json", "markdown":
            done = run(much, "--fail-over", "1000000000", "--format", form)
            check(done.returncode == 1 and "more than can be reckoned with a month; --fail-over allows" in done.stderr, done.stderr)
        done = run(spec(more=usage("egress: 9000000000 TiB/month")))
        check(done.returncode == 1 and "OPS-2404" in done.stderr, done.stderr)


def test_regimes():
    for since, regime, ends in (("2025-03-01", "legacy", "2026-03-01"), ("2024-02-29", "legacy", "2025-02-28"),
                                ("2025-07-14", "legacy", "2026-07-14"), ("2025-08-31", "free-plan", "2026-02-28"),
                                ("2025-07-15", "free-plan", "2026-01-15"), ("2027-12-31", "free-plan", "2028-06-30")):
        with test(f"ends-{regime}-{since}"):
            s = sheet(spec(more=f"cost: {{ account: {{ regime: {regime}, since: {since} }} }}\n"))
            equal(s["account"]["ends"], ends, "the end")
            equal(amount(s["total"]), "0.00", "what is paid before")
            equal(amount(s["total"], "later"), "27.96", "what is paid after")
    with test("credits-of-a-free-plan"):
        done = run(spec(more="cost: { account: { regime: free-plan, since: 2026-01-31, credits: $100 } }\n"))
        check("ends on 2026-07-31" in done.stdout and "$100.00 of credits pay 3.5 months" in done.stdout, done.stdout)
    with test("credits-of-a-paid-account"):
        done = run(spec(more="cost: { account: { credits: $100, since: 2026-01-31 } }\n"))
        check("$100.00 of credits pay 3.5 months, and end on 2027-01-31" in done.stdout, done.stdout)
    with test("no-regime"):
        s = sheet(spec())
        equal(s["account"], {"regime": "paid"}, "the account")
    with test("second-instance-of-a-legacy-account"):
        more = "  web2: { kind: ec2, id: i-0123456789abcdef1, type: t3.micro, role: shop-web }\n"
        s = sheet(spec(stack=STACK + more, more="cost: { account: { regime: legacy, since: 2025-03-01 } }\n"))
        equal(line(s, "web2", "instance")["free_quantity"]["low"], "20", "hours that are left of 750")


# What prices are billed as; tests/unit/test_cost.c has the same names.
SERVICES = ("API-Gateway", "Backup", "CloudFront", "CloudWatch", "Data-Transfer", "DynamoDB", "EC2-Instances", "EC2-Other", "ECR", "ECS", "EFS", "ELB",
            "ElastiCache", "EventBridge", "Kinesis", "KMS", "Lambda", "RDS", "Route-53", "S3", "Secrets-Manager", "SNS", "SQS", "Step-Functions",
            "Systems-Manager", "VPC", "-")


def test_budgets():
    budgets = """budgets:
  monthly: { limit: $30, alerts: { 80%: default } }
  services: { EC2: { limit: $9, alerts: { 80%: default } }, EC2 Instances: { limit: $7.59, alerts: { 80%: default } },
              RDS: { limit: $15.43, alerts: { 80%: default } }, Data Transfer: { limit: $1, alerts: { 80%: default } } }
"""
    with test("budgets"):
        s = sheet(spec(more=budgets + usage("egress: 100..122 GiB/month")))
        equal([(b["name"], amount(b), b["above"]) for b in s["budgets"]],
              [("the month", "27.96..29.94", False), ("EC2", "8.87..10.85", True), ("EC2 Instances", "7.59", False),
               ("RDS", "15.44", True), ("Data Transfer", "0.00..1.98", True)], "the budgets")
    with test("budgets-later"):
        text = spec(more=budgets + usage("egress: 122 GiB/month", "{ regime: free-plan, since: 2026-01-31 }"))
        s = sheet(text)
        equal([(amount(b), b["above"], b["above_later"]) for b in s["budgets"]],
              [("0.00", False, above) for above in (False, True, False, True, True)], "the budgets")
        check("  EC2: $0.00 of $9.00; from 2026-07-31 on $10.85 of $9.00, above it\n" in run(text).stdout, run(text).stdout)


# ---- What is not known

def test_unknown():
    for name, text, of, item, why in (
            ("class", "w: { kind: ec2, id: i-0123456789abcdef0, type: x9.huge, role: r }", "w", "instance", "no price of `ec2.x9.huge.linux`"),
            ("no-class", "w: { kind: ec2, id: i-0123456789abcdef0, role: r }", "w", "instance", "needs `type`"),
            ("no-size", "w: { kind: ec2, id: i-0123456789abcdef0, role: r }", "w", "volume", "needs `volume`"),
            ("engine", "d: { kind: rds, id: x, engine: postgres, class: db.t9.micro }", "d", "instance", "no price of `rds.postgres."),
            ("storage", "d: { kind: s3, bucket: shop, storage_type: IntelligentTieringAAStorage }", "d", "storage", "no price is for"),
            ("words", "a: { kind: sns, id: orders }", "a", "delivery", "telephones"),
            ("where", "h: { kind: route53, id: 01234567-89ab-cdef-0123-456789abcdef }", "h", "check", "needs `target`"),
            ("viewers", "c: { kind: cloudfront, id: E2EXAMPLE1OM4R }", "c", "transfer", "needs `viewers`"),
            ("task", "f: { kind: ecs, cluster: c, id: api, tasks: 2 }", "f", "vcpus", "needs `cpu`"),
            ("key", "l: { kind: alb, id: app/shop/50dc6c495c0c9188 }", "l", "lcu", "LCUs")):
        with test(f"unknown-{name}"):
            s = sheet(spec(stack=HEAD + "resources:\n  " + text + "\n"))
            check(why in gap(s, of, item)["why"], gap(s, of, item))
            check(not [x for x in s["lines"] if (x["of"], x["item"]) == (of, item)], "it is estimated all the same")
    with test("unknown-in-one-region"):
        check("there is no price of `ebs.gp3.storage` for ap-southeast-4" in gap(sheet(spec("ap-southeast-4")), "web", "volume")["why"])
    with test("unknown-region"):
        s = sheet(spec("ap-southeast-6", usage("egress: 5 GiB/month")))
        check("ap-southeast-6" not in REGIONS)
        equal(s["lines"], [], "the lines of a region without prices")
        check(gap(s, "web", "instance")["why"].endswith("for ap-southeast-6; `opsc prices update` may bring it"), s["not_estimated"])
    with test("kinds-say-what-they-cost"):
        for path in sorted((ROOT / "catalog").glob("*.yaml")):
            costs = yaml.load(path.read_text(), Loader=yaml.BaseLoader).get("costs")
            check(costs, path.name, "does not say what it costs")
            for cost in costs.values():
                choices = cost.get("price", [])
                for choice in choices if isinstance(choices, list) else [choices]:
                    key = choice if isinstance(choice, str) else choice["is"]
                    form = re.compile(re.sub(r"\\\$\\\{\w+\\\}", "[a-z0-9.*-]+", re.escape(key)) + "$")
                    check(any(form.match(k) for k in PRICES), path.name, key, "is no price")


def test_table():
    with test("prices-are-defined"):
        for key, row in PRICES.items():
            numbers = row["global"] != "-" or "*" in key
            check(row["service"] in SERVICES and row["unit"] != "-", key, row)
            check(not numbers or row["source"] != "-" and re.fullmatch(r"\d{4}-\d\d-\d\d", row["published"]), key, row)
            check(all(row[c] == "-" or row[c] in POOLS for c in ("always", "legacy")), key, row)
            check("*" in key or any(usd_of(key, region) is not None for region in REGIONS), key, "has no number")
        equal({r[c] for r in PRICES.values() for c in ("always", "legacy")} - {"-"}, set(POOLS), "the allowances that prices name")
    with test("prices-of-regions"):
        check(len(REGIONS) >= 35, REGIONS)
        for region in REGIONS:
            for key, row in NUMBERS[region].items():
                check(key in PRICES or any(form.fullmatch(key) for form in STARRED.values()), region, key, "is not defined")
                check(row["source"] != "-" and re.fullmatch(r"\d{4}-\d\d-\d\d|-", row["published"]), region, key, row)
            check(set(STARRED) == set(next(iter(CLASSES[region].values()))), region)
    with test("tiers"):
        for key in KEYS:
            for region in REGIONS:
                steps = tiers(key, region)
                check(not steps or (steps[0][0] == 0 and len({start for start, _ in steps}) == len(steps)), key, region, steps)
                check(all(usd > 0 for _, usd in steps), key, region, steps)
    with test("a-wrong-unit-would-show"):
        far = []
        for region in REGIONS:
            pairs = [(key, usd_of(key, region), usd_of(key, "us-east-1")) for key in PRICES if "*" not in key]
            pairs += [(f"{name} {star}", Fraction(cell), Fraction(CLASSES["us-east-1"].get(name, {}).get(star, "-").replace("-", "0")))
                      for name, row in CLASSES[region].items() for star, cell in row.items() if cell != "-"]
            far += [(region, key, float(here), float(there)) for key, here, there in pairs if here and there and not there / 4 <= here <= there * 4]
        check(not far, far[:20], len(far))


OWN = """kind: thing
title: Thing
doc: A thing of the project's.
attributes:
  size: { type: size, doc: Its size., example: 1 GiB }
metrics:
  up: { metric: Up, namespace: Own, unit: Count, doc: It is up. }
costs:
  disk: { price: ebs.gp3.storage, is: size }
  odd: { unpriced: "a|b\\e[31m<b>`x` [y](z)\\nnext @all https://a.example \\u202e" }
  less: { price: cloudwatch.metric.custom, is: size / 1 GiB - 15 }
  wrong: { price: no.such.price }
"""


def test_own_kind():
    own = spec(stack=HEAD + "catalog: [own.yaml]\nresources:\n  t: { kind: thing, size: 10 GiB }\n")
    files = {"ops.yaml": own, "own.yaml": OWN}
    with test("own-kind"):
        s = sheet(files)
        equal(amount(line(s, "t", "disk")), "0.80", "its disk")
        check("no price of `no.such.price`" in gap(s, "t", "wrong")["why"])
        check("less than nothing" in gap(s, "t", "less")["why"])
    with test("own-kind-hostile"):
        check("\x1b" not in run(files).stdout and "\nnext" not in run(files).stdout, run(files).stdout)
        text = run(files, "--format", "markdown").stdout
        check("- t odd: a\\|b \\[31m\\<b\\>\\`x\\` \\[y\\](z) next \\@all https\\://a.example  \n" in text, text)
    for name, cost in (("two", "{ price: kms.key, free: no }"), ("none", "{ if: { size: given } }"), ("both", "{ price: kms.key, is: size, usage: x }"),
                       ("words", "{ free: no, is: size }")):
        with test(f"own-kind-wrong-{name}"):
            done = run({"ops.yaml": own, "own.yaml": OWN + f"  bad: {cost}\n"})
            check(done.returncode == 1 and "OPS-1302" in done.stderr and "the cost `bad`" in done.stderr, done.stderr)


# ---- Output, statuses

def test_output():
    text = spec(more=usage("egress: 60..122 GiB/month", "{ regime: legacy, since: 2025-03-01 }"))
    with test("markdown"):
        out = run(text, "--format", "markdown").stdout
        rows = [row for row in out.splitlines() if row.startswith("|")]
        equal({len(re.findall(r"(?<!\\)\|", row)) for row in rows}, {7}, "columns")
        check("| from 2026-03-01 |" in rows[0] and rows[-1].startswith("| **a month** |"), rows)
        equal(out.count("<details>"), out.count("</details>"), "details")
    with test("table-names-the-day"):
        out = run(text).stdout
        check("end on 2026-03-01: $0.00..1.98 a month before, $27.96..29.94 from that day on." in out, out)
    with test("same-bytes"):
        equal(run(text).stdout, run(text).stdout, "the output")
    with test("fail-over"):
        for limit, status in ("$29.94", 0), ("29.94", 0), ("$29.9", 1), ("$0", 1), ("five", 2), ("$", 2), ("-5", 2):
            equal(run(text, f"--fail-over={limit}").returncode, status, limit)
        check("$29.94 a month, more than $5.00" in run(text, "--fail-over", "$5").stderr)
    with test("statuses"):
        equal(run("opsc: 1\n").returncode, 1, "a wrong spec")
        equal(run(text, "--env", "nowhere").returncode, 1, "an environment that is not there")
        equal(subprocess.run([OPSC, "cost", "/nowhere.yaml"], capture_output=True, check=False).returncode, 3, "no file")
    with test("environments"):
        two = spec(stack=STACK + "environments:\n  staging: { resources: { web: { id: i-0123456789abcdef1 }, db: { id: s }, data: { bucket: s-data } } }\n"
                   "  production: {}\n", more="cost: { account: { regime: legacy, since: 2025-03-01 } }\n")
        first, second = sheets(two)
        equal([first["environment"], second["environment"]], ["staging", "production"], "the environments")
        equal([line(s, "web", "instance")["free_quantity"]["low"] for s in (first, second)], ["730", "20"], "hours of one account")
        equal([s["environment"] for s in sheets(two, "--env", "production")], ["production"], "one of them")
    with test("var"):
        equal(amount(line(sheet(spec(stack=STACK.replace("t3.micro, v", '"${type}", v') + "vars: { type: t3.micro }\n"), "--var", "type=t3.small"), "web",
                          "instance")), "15.18", "a variable")


def test_phase4():
    done = subprocess.run([OPSC, "cost", str(ROOT / "examples/phase4"), "--format", "json"], capture_output=True, text=True, check=False)
    with test("phase4"):
        s = json.loads(done.stdout)["environments"][0]
        for view, part in ("list", "list"), ("later", "pay"):
            equal(Fraction(s["total"][part]["high"]), reckon(s["lines"], view, "high"), part)
        for (of, item), usd in zip(PARTS, TODAY["us-east-1"]):
            equal(amount(line(s, of, item)), usd, f"{of} {item}")


def test_phase4_legacy():
    """The same in its first 12 months: the plan's zeros."""
    text = (ROOT / "examples/phase4/ops.yaml").read_text()
    with test("phase4-legacy"):
        equal(text.count("\ncost:"), 1, "sections `cost`")
        head, tail = text.split("\ncost:", 1)
        comment, rest = tail.split("\n", 1)
        s = sheet(f"{head}\ncost:{comment}\n  account: {{ regime: legacy, since: 2025-03-01 }}\n{rest}")
        for of, item in PARTS + (("logs", "ingestion"), ("logs", "storage"), ("CloudFront", "to viewers"), ("CloudFront", "requests")):
            equal(amount(line(s, of, item)), "0.00", f"{of} {item}")
        check(Fraction(s["total"]["pay"]["high"]) < Fraction(s["total"]["later"]["low"]), s["total"])


def test_backups():
    """What is not said of backups: no more can be told than the most that dumps come to."""
    text = (ROOT / "examples/phase4/ops.yaml").read_text().replace(", backup_storage: 10 GiB", "")
    exports = re.search(r"  exports: .*\n(    .*\n)+", text)[0]
    for name, spec_, told in (("dumps", text.replace(exports, ""), "if each of 8 dumps is as large as the storage of its database, 160 GB, $3.68 a month"),
                              ("exports", text, "what the bucket holds")):
        with test(f"backups-{name}"):
            s = sheet(spec_)
            found = gap(s, "backups", "storage")
            check(told in found["why"] and found["key"] == "cost.usage.backup_storage", found)


def test_generated(seed, rounds):
    """Systems by chance: each reckoned again by sheet(), and never cheaper with more of one thing."""
    rng = random.Random(seed)
    types = sorted(name for name, row in CLASSES["us-east-1"].items() if row["ec2.*.linux"] != "-")
    classes = sorted("db." + name for name, row in CLASSES["us-east-1"].items() if row["rds.postgres.db.*.multi-az"] != "-")

    def write(n_web, n_db, gib, egress, logs):
        text = HEAD % region + "resources:\n"
        for i in range(n_web):
            text += f"  w{i}: {{ kind: ec2, id: i-0123456789abcde{i:02}, type: {kinds[i]}, volume: {gib} GiB, public_ipv4: {i % 3}, role: r }}\n"
        for i in range(n_db):
            text += f"  d{i}: {{ kind: rds, id: d{i}, engine: postgres, class: {bases[i]}, storage: {gib + 5} GiB, multi_az: {str(i % 2 == 1).lower()} }}\n"
        return text + LOGS.replace("web", "w0") + usage(f"egress: {egress} GiB/month, log_ingest: {logs} GiB/month, d0.backup: {gib}..{gib * 2} GiB", account)

    for n in range(rounds):
        with test(f"generated-{n}"):
            region, account = rng.choice(REGIONS), rng.choice(["paid", "{ regime: legacy, since: 2025-01-31 }"])
            kinds, bases = rng.choices(types, k=9), rng.choices(classes, k=5)
            args = [rng.randint(1, 8), rng.randint(1, 4), rng.randint(1, 200), rng.randint(0, 20000), rng.randint(0, 40)]
            before = sheet(write(*args))["total"]
            args[rng.randrange(5)] += 1
            after = sheet(write(*args))["total"]
            for part in before:
                check(Fraction(before[part]["high"]) <= Fraction(after[part]["high"]), "more is cheaper:", args, part)


def main():
    test_today()
    test_plan()
    test_more_examples()
    test_services()
    test_all_services()
    test_from_a_day()
    test_alarms()
    test_metrics()
    test_usage()
    test_regimes()
    test_budgets()
    test_unknown()
    test_table()
    test_own_kind()
    test_output()
    test_phase4()
    test_phase4_legacy()
    test_backups()
    test_generated(20261127, 20)


if __name__ == "__main__":
    main()
