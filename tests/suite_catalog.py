#!/usr/bin/env python3
"""The whole catalog: what every kind says can be compiled, and is what CloudWatch has.

1. A spec made from the examples of a kind's attributes compiles without a word, with the required attributes only and with all,
   and once more for every value that an `if` of the kind asks for; with every alarm that is possible then, also those that are off,
   and with a graph of every metric. No alarm and no metric is left that exists in none of these specs.
2. Names, units and statistics are those of AWS's own list of metrics, when that is there.
3. Every alarm that AWS recommends for these metrics has a counterpart, or a reason in NOT_OURS.
4. The texts are whole sentences; of every recommended alarm it is said what to do, and what is usually behind it.
5. What identifies a resource has a form that takes AWS's names, and no ARN, URL or host name.
6. A project's own catalog files add and replace kinds, and mistakes in them are told with their place.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from catalog_aws import NO_NAMESPACE, NOT_LISTED, NOT_OURS, OTHER_STATS, OTHER_UNITS  # noqa: E402
from report import SHARED  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.environ.get("OPSC", str(ROOT / "build/asan/opsc"))
METADATA = SHARED / "reference/data/metric_metadata.json"

HEAD = """opsc: 1
project: shop
environment: production
aws: { region: eu-west-1 }
notify: { ops: { email: ops@example.com } }
routes: { info: [ops], warning: [ops], critical: [ops] }
"""

# The example of a class is not a class of every engine.
FITTING = {
    "rds": {("engine", "aurora-mysql"): {"class": "db.t4g.medium"}, ("engine", "aurora-postgresql"): {"class": "db.t4g.medium"}},
}


def check(name, why):
    print(f"ok {name}" if not why else f"FAIL {name}: {why}")


def opsc(*args, cwd=ROOT):
    return subprocess.run([OPSC, *args], capture_output=True, text=True, cwd=cwd, check=False)


def first(*whys):
    return next((why for why in whys if why), None)


# ---- specs from a kind


def holds(cond, values):
    """`if`: every attribute has one of the values. Facts are not known here, and count as given."""
    def one(name, wanted):
        if name in values:
            return "given" in wanted or str(values[name]) in wanted
        return False
    return all(one(name, wanted) for name, wanted in (cond or {}).items())


def flat(attributes, prefix=""):
    for a in attributes:
        if a["type"] == "group":
            yield from flat(a.get("attributes", []), f"{prefix}{a['name']}.")
        else:
            yield f"{prefix}{a['name']}", a


def choose(kind, only_required, wanted):
    """The attributes of a spec: name -> text. What its own `if` rules out is left out again."""
    declared = dict(flat(kind["attributes"]))
    for (name, value), more in FITTING.get(kind["kind"], {}).items():
        if wanted.get(name) == value:
            wanted = {**wanted, **more}
    values = {}
    for name, a in declared.items():
        if name in wanted:
            values[name] = wanted[name]
        elif a["required"] or not only_required:
            values[name] = a.get("example", a.get("default", ""))
    for _ in declared:
        seen = {name: a["default"] for name, a in declared.items() if isinstance(a.get("default"), str)}
        seen.update(values)
        for name, a in declared.items():
            if name not in values and holds(a.get("required_if", {"": []}), seen):
                values[name] = a["example"]
        values = {name: v for name, v in values.items() if holds(declared[name].get("if"), seen)}
    return values


def spec(kind, values, alarms=(), graphs=()):
    declared = dict(flat(kind["attributes"]))
    lines, tree = [], {}
    for name, text in values.items():
        a = declared[name]
        raw = a["type"] in ("list", "map", "resource")
        group, _, key = name.rpartition(".")
        tree.setdefault(group, []).append(f"{key}: {text if raw else json.dumps(text)}")
        if a["type"] == "resource":
            host = show(a.get("of", ["ec2"])[0])
            given = choose(host, False, {})
            lines.append(f"  {text}:\n    kind: {host['kind']}\n    alarms: none")
            lines += [f"    {k}: {v if dict(flat(host['attributes']))[k]['type'] == 'list' else json.dumps(v)}"
                      for k, v in given.items() if "." not in k]
    if not kind["implicit"]:
        lines += ["  it:", f"    kind: {kind['kind']}"]
        lines += [f"    {line}" for line in tree.pop("", [])]
        for group, inner in tree.items():
            lines += [f"    {group}:"] + [f"      {line}" for line in inner]
        if alarms:
            lines += ["    alarms:"] + [f"      {name}: on" for name in alarms]
    if not any(line.startswith("  ") for line in lines):
        lines.append("  other: { kind: sns, id: other }")
    text = HEAD + "resources:\n" + "\n".join(lines) + "\n"
    logged = [m for m in kind["metrics"] if m["source"] == "logs"]
    if logged and "on" not in values:
        text += "logs:\n  shop:\n    group: /shop/log\n    metrics:\n"
        for m in logged:
            value = "" if m["unit"] == "Count" else ", value: $.value, unit: ms"
            text += f"      it.{m['name']}: {{ match: '{{ $.is = 1 }}'{value} }}\n"
    if graphs:
        text += "dashboards:\n  all:\n    - All:\n" + "".join(f"        - {g}\n" for g in graphs)
    return text


def wishes(kind):
    """Attribute values that some `if` of the kind asks for, one spec each."""
    conds = [x.get("if") for part in ("metrics", "alarms") for x in kind[part]]
    conds += [a.get("if") for _, a in flat(kind["attributes"])]
    conds += [way.get("if") for f in kind["facts"] for way in f["ways"]]
    for m in kind["metrics"]:
        for choice in ("metric", "dimensions", "period", "do", "causes"):
            conds += [c.get("if") for c in m.get(choice, [])]
    conds += [c.get("if") for a in kind["alarms"] for key in ("do", "causes") for c in a.get(key, [])]
    declared = dict(flat(kind["attributes"]))
    found = [{}]
    for cond in filter(None, conds):
        named = {n: [v for v in vs if v != "given"] for n, vs in cond.items() if n in declared}
        named = {n: vs for n, vs in named.items() if vs}
        for name, values in named.items():
            for value in values:
                wish = {n: vs[0] for n, vs in named.items()}
                wish[name] = value
                found.append(wish)
    for name, a in declared.items():
        found += [{name: v} for v in a.get("values", [])]
    return [w for i, w in enumerate(found) if w not in found[:i]]


SHOWN = {}


def show(name):
    if name not in SHOWN:
        SHOWN[name] = json.loads(opsc("catalog", "show", name, "--format", "json").stdout)
    return SHOWN[name]


# ---- 1. everything compiles


def lint(folder, text):
    (folder / "ops.yaml").write_text(text)
    done = opsc("lint", "ops.yaml", "--format", "json", cwd=folder)
    try:
        return [d for d in json.loads(done.stdout)["diagnostics"] if d["severity"] != "note"]
    except (ValueError, KeyError):
        return [{"code": "none", "line": 0, "message": f"status {done.returncode}: {done.stdout[:300]}{done.stderr[:300]}"}]


def told(diagnostics, text):
    def line(d):
        if pathlib.Path(d.get("file", "")).name != "ops.yaml" or not d["line"]:
            return f"{d.get('file')}:{d['line']}"
        return text.splitlines()[d["line"] - 1].strip()
    return "; ".join(f"{d['code']} {d['message']}, at `{line(d)}`" for d in diagnostics[:3])


class Seen:
    def __init__(self):
        self.alarms, self.metrics = set(), set()


def explain(folder, text):
    (folder / "ops.yaml").write_text(text)
    done = opsc("build", "ops.yaml", "--explain", cwd=folder)
    made = re.findall(r"^  it-(\S+) \[\w+, recommended\]", done.stdout, re.M)
    offered = re.findall(r"^  it-(\S+): offered, not on by itself: ", done.stdout, re.M)
    return done, made, offered


def compile_one(folder, kind, values, seen):
    """One spec: as it is, with all of its alarms, with a graph of every metric. Says what is wrong, or None."""
    text = spec(kind, values)
    problems = lint(folder, text)
    if problems:
        return told(problems, text)
    done, made, offered = explain(folder, text)
    if done.returncode != 0:
        return f"--explain ends with status {done.returncode}: {done.stderr[:300]}"
    graphs = [("it" if not kind["implicit"] else kind["kind"]) + "." + m["name"] for m in kind["metrics"]]
    text = spec(kind, values, offered, graphs)
    lines = text.splitlines()
    absent = {lines[d["line"] - 1].strip(" -") for d in lint(folder, text) if d["code"] in ("OPS-1221", "OPS-1222")}
    graphs = [g for g in graphs if g not in absent]
    text = spec(kind, values, offered, graphs)
    problems = lint(folder, text)
    if problems:
        return told(problems, text)
    _, made_now, _ = explain(folder, text)
    if set(made_now) != set(made) | set(offered):
        return f"alarms that were turned on are not there: {sorted(set(made) | set(offered) - set(made_now))}"
    seen.alarms |= set(made_now)
    seen.metrics |= {g.partition(".")[2] for g in graphs}
    return None


def test_compiles(folder, kind):
    seen = Seen()
    name = kind["kind"]
    check(f"{name}-required-only", compile_one(folder, kind, choose(kind, True, {}), seen))
    wrong, tried = None, []
    for wish in wishes(kind):
        values = choose(kind, False, wish)
        if values not in tried:
            tried.append(values)
            why = compile_one(folder, kind, values, seen)
            wrong = wrong or (why and f"with {wish}: {why}")
    check(f"{name}-compiles", wrong)
    lost = [a["name"] for a in kind["alarms"] if a["name"] not in seen.alarms]
    check(f"{name}-alarms-exist", lost and f"in no spec: {', '.join(lost)}")
    lost = [m["name"] for m in kind["metrics"] if m["name"] not in seen.metrics]
    check(f"{name}-metrics-exist", lost and f"in no spec: {', '.join(lost)}")


# ---- 2. AWS's list of metrics

STATS = {"avg": "Average", "max": "Max", "min": "Min", "sum": "Sum", "count": "Sample"}


WORDS = {
    "Millisecond": "Milliseconds", "none": "None", "Percentage": "Percent", "Bytes per second": "Bytes/Second",
    "Count per second": "Count/Second", "Gigabytes (GB)": "Gigabytes", "Credits (vCPU-minutes)": "Count",
}


def unit_of(text):
    if text.startswith("The metric represents a Count but uses None"):
        return "None"
    return WORDS.get(text, text)


def names_of(metric):
    return [(metric["namespace"], c["is"]) for c in metric.get("metric", [])] if "namespace" in metric else []


def metric_problem(aws, namespaces, metric, key):
    if key[0] not in namespaces:
        return None if key[0] in NO_NAMESPACE else f"namespace {key[0]} is neither in AWS's list nor in NO_NAMESPACE"
    known = aws.get(key)
    if known is None:
        return None if key in NOT_LISTED else f"{key[0]} {key[1]} is neither in AWS's list nor in NOT_LISTED"
    if key in NOT_LISTED:
        return f"{key[0]} {key[1]} is in AWS's list; NOT_LISTED is out of date"
    unit = OTHER_UNITS.get(key, unit_of(known.get("unitInfo", "None")))
    if unit != metric["unit"]:
        return f"{key[0]} {key[1]} has unit {unit}, not {metric['unit']}"
    stat = metric.get("stat", "avg")
    wanted = "ercentile" if re.fullmatch(r"p[0-9.]+", stat) else STATS.get(stat, stat)
    offered = OTHER_STATS.get(key, known.get("recommendedStatistics", "Average, Minimum, Maximum, Sum, Sample"))
    if wanted not in offered and not (wanted == "Max" and "Average" in offered):
        return f"{key[0]} {key[1]}: {stat} is not among its statistics ({offered})"
    return None


def test_metadata(kinds, aws):
    namespaces = {namespace for namespace, _ in aws}
    for kind in kinds:
        if not any("namespace" in m for m in kind["metrics"]):
            continue
        whys = [metric_problem(aws, namespaces, m, key) for m in kind["metrics"] for key in names_of(m)]
        check(f"{kind['kind']}-metrics-are-aws's", first(*whys))
    used = {key for kind in kinds for m in kind["metrics"] for key in names_of(m)}
    stale = (set(NOT_LISTED) | set(OTHER_UNITS) | set(OTHER_STATS)) - used
    check("tables-of-exceptions-are-in-use", stale and f"no kind has {sorted(stale)[:3]}")


# ---- 3. AWS's recommended alarms


def watched_by(kind):
    """(namespace, metric, names of dimensions) of everything that an alarm of the kind looks at."""
    metrics = {m["name"]: m for m in kind["metrics"]}
    found = set()

    def look(text, depth=0):
        for word in re.findall(r"[a-z_][a-z0-9_]*", text):
            m = metrics.get(word)
            if m is None:
                continue
            if m["source"] == "derived" and depth < 8:
                look(m["is"], depth + 1)
            for namespace, name in names_of(m):
                for d in m["dimensions"]:
                    found.add((namespace, name, frozenset(d["is"])))
    for alarm in kind["alarms"]:
        look(alarm["when"])
    return found


def test_recommended(kinds, aws):
    ours = set().union(*(watched_by(kind) for kind in kinds))
    covered = {key[0] for kind in kinds for m in kind["metrics"] for key in names_of(m)}
    excused = set()
    lost = []
    for (namespace, name), m in aws.items():
        for alarm in m.get("alarmRecommendations") or []:
            if namespace not in covered:
                continue
            dimensions = frozenset(d["name"] for d in alarm.get("dimensions") or [])
            if (namespace, name, dimensions) in ours:
                continue
            reason = next((k for k in ((namespace, name, dimensions), (namespace, name, None)) if k in NOT_OURS), None)
            if reason is None:
                lost.append(f"{namespace} {name} {{{', '.join(sorted(dimensions))}}}")
            excused.add(reason)
    check("aws-recommended-alarms", lost and f"{len(lost)} without a counterpart or a reason: {'; '.join(sorted(set(lost))[:12])}")
    stale = [k for k in NOT_OURS if k not in excused]
    check("reasons-are-needed", stale and f"NOT_OURS has {stale[:3]}, which is not needed")


# ---- 4. texts


def sentence(text, what):
    if not text:
        return f"{what} is missing"
    if text != text.strip() or "  " in text:
        return f"{what} has spaces too many: {text!r}"
    if not re.search(r"[.?!]$", text):
        return f"{what} does not end like a sentence: {text!r}"
    if not re.match(r"[A-Z0-9`\"'(-]", text):
        return f"{what} does not begin like a sentence: {text!r}"
    return None


def text_problems(kind):
    for key in ("title", "doc", "section"):
        if not kind.get(key):
            yield f"{key} is missing"
    yield sentence(kind["doc"], "doc")
    for name, a in flat(kind["attributes"]):
        yield sentence(a["doc"], f"doc of {name}")
        if not a.get("example"):
            yield f"{name} has no example"
    for m in kind["metrics"]:
        yield sentence(m["doc"], f"doc of {m['name']}")
        yield from (sentence(c["is"], f"{key} of {m['name']}") for key in ("do", "causes") for c in m.get(key, []))
    for a in kind["alarms"]:
        yield sentence(a["because"], f"because of {a['name']}")
        yield from (sentence(c["is"], f"{key} of {a['name']}") for key in ("do", "causes") for c in a.get(key, []))
        if not a.get("source") or a["source"] != a["source"].strip() or a["source"].endswith("."):
            yield f"source of {a['name']} is missing, or a sentence"
        if a["severity"] not in ("info", "warning", "critical"):
            yield f"severity of {a['name']}"
        if "missing" not in a and "missing for" not in a["when"] and "is missing" not in a["when"]:
            yield f"{a['name']} does not say what missing data means"
    for row in kind["dashboard"]:
        if 24 % len(row) != 0 or len(row) > 4:
            yield f"a row of {len(row)} graphs does not fill the 24 columns"
    known = {"name", *(name for name, _ in flat(kind["attributes"]))}
    prose = [c["is"] for x in kind["metrics"] + kind["alarms"] for key in ("do", "causes") for c in x.get(key, [])]
    for text in prose + [a["because"] for a in kind["alarms"]]:
        for word in re.findall(r"\$\{([^}]*)\}", text):
            if word not in known:
                yield f"there is no attribute {word}: {text!r}"
        if re.search(r"\b(PORT|NAME|ID|ARN of)\b", text):
            yield f"a word stands where opsc knows the value: {text!r}"
    names = {m["name"]: m for m in kind["metrics"]}
    for a in kind["alarms"]:
        asked = [names[w] for w in re.findall(r"[a-z_][a-z0-9_]*", a["when"]) if w in names]
        if "do" not in a and not any("do" in m for m in asked):
            yield f"{a['name']} does not say what to do: neither it nor its metric has `do`"
        if "causes" not in a and not any("causes" in m for m in asked):
            yield f"{a['name']} does not say what is usually behind it: neither it nor its metric has `causes`"


def test_texts(kind):
    check(f"{kind['kind']}-texts", first(*text_problems(kind)))
    file = ROOT / "catalog" / f"{kind['kind']}.yaml"
    spaces = [i for i, line in enumerate(file.read_text().splitlines(), 1) if line != line.rstrip() or "\t" in line]
    check(f"{kind['kind']}-no-stray-spaces", spaces and f"{file.name}:{spaces[0]}")


# ---- 5. what identifies a resource

# What people paste in place of a name, and names that AWS takes.
NO_NAMES = ["arn:aws:x:eu-west-1:123456789012:y/z", "https://sqs.eu-west-1.amazonaws.com/123456789012/orders", "s3://x"]
NAMES = {
    ("apigateway", "id"): ["a1b2c3d4e5"], ("apigateway", "api"): ["My API (prod)", "a", "arnold", "Orders: v2"],
    ("apigateway", "stage"): ["$default", "prod_1-b"], ("asg", "id"): ["web workers/eu+west", "eks-0ac1-2b", "a.b_c"],
    ("cloudfront", "id"): ["EDFDVBD6EXAMPLE", "E1A2B3C4D5E6F7"], ("cloudfront", "function"): ["redirect_www-2"],
    ("dynamodb", "id"): ["Orders.v1_a-b"], ("dynamodb", "index"): ["by-customer_1.x"], ("dynamodb", "replica_region"): ["us-gov-west-1", "ap-southeast-2"],
    ("ec2", "role"): ["reco+web=a,b.c@d_e-f"], ("ecs", "cluster"): ["Prod_1-a"], ("ecs", "id"): ["Api_1-a"], ("ecs", "service_connect"): ["_api-http"],
    ("elasticache", "id"): ["reco-0001-001"], ("kinesis", "id"): ["Clicks.v1_a-b"], ("kinesis", "consumer"): ["In_dex.er-1"],
    ("lambda", "id"): ["Shop_resize-1"], ("rds", "id"): ["a", "shop-db-1"], ("rds", "cluster"): ["reco-cluster-1"], ("rds", "class"): ["db.serverless", "db.r6gd.16xlarge"],
    ("s3", "bucket"): ["www.example.com", "Old_Bucket.US", "data--use1-az4--x-s3"], ("s3", "metrics_filter"): ["EntireBucket", "a.b_c-d"],
    ("s3", "storage_type"): ["AllStorageTypes", "IntelligentTieringFAStorage", "ExpressOneZone"], ("s3", "replication.to"): ["copy.example"],
    ("scheduler", "id"): ["default", "Nightly.jobs_1-a"], ("sns", "id"): ["orders.fifo", "Or_ders-1"], ("sqs", "id"): ["orders.fifo", "Or_ders-1"],
    ("sqs", "dlq"): ["orders-dlq.fifo"],
}
WRONG = {
    ("rds", "id"): ["shop_db.abc.eu-west-1.rds.amazonaws.com", "Shop", "a--b", "a-", "1a"], ("rds", "class"): ["t3.micro"],
    ("elasticache", "id"): ["reco.abc.0001.euw1.cache.amazonaws.com"], ("cloudfront", "id"): ["d111111abcdef8.cloudfront.net"],
    ("s3", "storage_type"): ["STANDARD_IA", "STANDARD"], ("dynamodb", "replica_region"): ["Frankfurt", "eu-central-1a"], ("sqs", "id"): ["orders.fif"],
    ("asg", "id"): ["a:b"], ("s3", "bucket"): ["ab"], ("apigateway", "stage"): ["prod/"],
}
# Names that may be anything, an URL too.
ANYTHING = {("apigateway", "api"): ["https://sqs.eu-west-1.amazonaws.com/123456789012/orders", "s3://x"]}


def test_names(folder, kinds):
    forms = {(k["kind"], name): a["form"] for k in kinds for name, a in flat(k["attributes"]) if "form" in a}
    for kind in kinds:
        dims = [*kind["metrics"], kind]
        used = {w for m in dims for d in m.get("dimensions", []) for v in d["is"].values() for w in re.findall(r"\$\{([^}]*)\}", v)}
        declared = dict(flat(kind["attributes"]))
        lost = [w for w in sorted(used) if declared[w]["type"] == "string" and (kind["kind"], w) not in forms and (kind["kind"], w) != ("s3", "replication.rule")]
        check(f"{kind['kind']}-names-have-a-form", lost and f"{', '.join(lost)} may be anything, and a wrong one watches nothing")
    for (kind, name), texts in sorted(NAMES.items()):
        other = [t for t in NO_NAMES + WRONG.get((kind, name), []) if t not in ANYTHING.get((kind, name), [])]
        taken = [t for t in texts + other if takes(folder, kind, name, t)]
        check(f"{kind}-{name}-takes-names-only", taken != texts and f"it takes {taken}")


def takes(folder, kind, name, text):
    kind = show(kind)
    values = choose(kind, True, {"capacity": "provisioned"} if kind["kind"] == "dynamodb" else {})
    if (kind["kind"], name) == ("apigateway", "api"):
        values = choose(kind, True, {"type": "rest"})
    if (kind["kind"], name) == ("rds", "cluster"):
        values = choose(kind, True, {"engine": "aurora-mysql"})
    return not [d for d in lint(folder, spec(kind, {**values, name: text})) if d["code"] == "OPS-1115"]


# ---- 6. a project's own files

OWN = """kind: {kind}
title: Own
doc: A kind of the project.
attributes:
  id: {{ type: string, required: true, doc: Its name., example: x }}
  limit: {{ type: count, doc: How many it takes., example: "5" }}
namespace: Shop/Own
dimensions: {{ Name: "${{id}}" }}
period: 1m
metrics:
  depth: {{ metric: Depth, unit: Count, stat: max, doc: How deep it is., do: Look into it. }}
alarms:
  deep:
    when: depth > 80% of limit for 5m
    severity: warning
    missing: not-breaching
    because: It overflows.
    source: ours
dashboard:
  - [depth]
"""

PROSE = """kind: vat
title: Own
doc: A kind of the project.
attributes:
  id: { type: string, required: true, doc: Its name., example: x }
  size: { type: enum, values: [small, large], default: small, doc: How large it is., example: large }
  place: { type: string, doc: Where it is., example: cellar }
namespace: Shop/Own
dimensions: { Name: "${id}" }
period: 1m
metrics:
  depth:
    metric: Depth
    unit: Count
    doc: How deep it is.
    do: [{ if: { size: large }, is: "Empty ${id} in ${place}." }, "Empty ${id} by hand."]
  pumped: { metric: Pumped, unit: Count, doc: What was pumped., do: Look at the pump. }
  behind: { is: pumped - depth, unit: Count, doc: How far the pump is behind., do: "Start pump ${id}." }
  ahead: { is: pumped + depth, unit: Count, doc: How far the pump is ahead. }
alarms:
  deep:
    when: depth > 5 for 5m
    severity: warning
    missing: not-breaching
    because: "The ${size} vat in ${place} overflows."
    source: ours
  deeper:
    when: depth > 9 for 5m
    severity: warning
    missing: not-breaching
    because: It overflows.
    do: [{ if: { place: given }, is: "Go to ${place}." }]
    source: ours
  slow: { when: behind > 5 for 5m, severity: warning, missing: not-breaching, because: It is late., source: ours }
  fast: { when: ahead > 5 for 5m, severity: warning, missing: not-breaching, because: It is early., source: ours }
"""
# What is derived has texts of its own, or else those of what it begins with.
DERIVED = ["It is late. Do: Start pump q.", "It is early. Do: Look at the pump."]
SMALL = ["The small vat in ... overflows. Do: Empty q by hand.", "It overflows. Do: Empty q by hand.", *DERIVED]
LARGE = ["The large vat in ... overflows. Do: Empty q in ....", "It overflows. Do: Empty q in ....", *DERIVED]
PLACED = ["The large vat in cellar overflows. Do: Empty q in cellar.", "It overflows. Do: Go to cellar.", *DERIVED]
USERS = ["How deep it is. Do: Empty q in cellar.", "How far the pump is behind. Do: Start pump q."]


def descriptions(folder, keys, more=""):
    (folder / "own.yaml").write_text(PROSE)
    (folder / "ops.yaml").write_text(HEAD + f"catalog: [own.yaml]\nresources:\n  it: {{ kind: vat, id: q{keys} }}\n{more}")
    done = opsc("build", "ops.yaml", "-o", "out", cwd=folder)
    if done.returncode != 0:
        return [done.stderr]
    text = "".join(p.read_text() for p in sorted((folder / "out").rglob("*.tf")))
    return re.findall(r'alarm_description += "it[:.].*?\. (.*) Runbook: docs/runbooks/\S+\.md From ops', text)


def test_prose(folder):
    for name, keys, more, wanted in (
        ("not-given", "", "", SMALL), ("choice", ", size: large", "", LARGE), ("given", ", size: large, place: cellar", "", PLACED),
        ("alarm-of-a-user", ", size: large, place: cellar", "alarms:\n  mine: it.depth > 5 for 5m\n  late: it.behind > 5 for 5m\n", USERS),
    ):
        found = descriptions(folder, keys, more)
        check(f"prose-{name}", found != wanted and str(found))
    found = descriptions(folder, f", place: {'x' * 2000}")
    check("prose-fits-cloudwatch", not found or max(map(len, found)) > 1024 and str(found))


PROBED = """  wet: { unit: Count, source: probe, doc: Whether it is wet. }
probe:
  host: it
  run: |
    put wetter 1
"""

BROKEN = [
    ("probe-never-names-it", "alarms:\n", PROBED + "alarms:\n", 12, "OPS-1302"),
    ("probe-is-not-there", "alarms:\n", PROBED.splitlines()[0] + "\nalarms:\n", 12, "OPS-1302"),
    ("unknown-key", "  depth: { metric: Depth,", "  depth: { metrics: Depth,", 11, "OPS-1101"),
    ("no-doc", "doc: A kind of the project.", "#", 1, "OPS-1103"),
    ("severity", "severity: warning", "severity: loud", 15, "OPS-1104"),
    ("condition", "when: depth > 80% of limit for 5m", "when: depth > for 5m", 14, "OPS-1201"),
    ("filled", "when: depth >", "when: fill(depth, 0) >", 14, "OPS-1239"),
    ("metric", "when: depth >", "when: dept >", 14, "OPS-1220"),
    ("graph", "  - [depth]", "  - [depht]", 20, "OPS-1220"),
    ("yaml", "alarms:", "alarms: [", None, "OPS-1005"),
]


def own_spec(kind, more=""):
    return HEAD + f"catalog: [own.yaml]\nresources:\n  it: {{ kind: {kind}, id: q, limit: 10 }}\n{more}"


def test_own(folder):
    for name, kind in (("adds-a-kind", "vat"), ("replaces-a-kind", "sqs")):
        (folder / "own.yaml").write_text(OWN.format(kind=kind))
        done, made, _ = explain(folder, own_spec(kind))
        why = None if done.returncode == 0 else done.stderr[:300]
        why = why or (made != ["deep"] and f"alarms: {made}")
        check(name, why or ("Maximum of Shop/Own Depth {Name=q}" not in done.stdout and "the alarm is on another metric"))
    for name, old, new, line, code in BROKEN:
        text = OWN.format(kind="vat")
        assert text.count(old) == 1, name
        (folder / "own.yaml").write_text(text.replace(old, new))
        found = lint(folder, own_spec("vat"))
        here = [d for d in found if d["code"] == code and pathlib.Path(d.get("file", "")).name == "own.yaml"]
        why = None if here else f"no {code} in own.yaml: {[(d['code'], d.get('file'), d['line'], d['message']) for d in found][:3]}"
        check(f"broken-{name}", why or (line and here[0]["line"] != line and f"line {here[0]['line']}, not {line}"))
    (folder / "own.yaml").write_text(OWN.format(kind="vat"))
    text = HEAD + "catalog: [own.yaml]\nresources:\n  it: { kind: vat, id: q }\n"
    done, made, _ = explain(folder, text)
    check("left-out-is-told", "it-deep: left out; give `it` `limit` to have it" not in done.stdout and done.stdout[:400])
    found = lint(folder, text.replace("id: q", "id: q, alarms: { deep: on }"))
    check("asked-for-is-an-error", [d["code"] for d in found] != ["OPS-1221"] and str(found)[:300])


def main():
    names = [k["kind"] for k in json.loads(opsc("catalog", "list", "--format", "json").stdout)]
    files = sorted(p.stem for p in (ROOT / "catalog").glob("*.yaml"))
    check("list-has-all-files", names != files and f"{sorted(set(names) ^ set(files))}")
    kinds = [show(name) for name in names]
    with tempfile.TemporaryDirectory() as tmp:
        for kind in kinds:
            test_texts(kind)
            test_compiles(pathlib.Path(tmp), kind)
        test_names(pathlib.Path(tmp), kinds)
        test_prose(pathlib.Path(tmp))
        test_own(pathlib.Path(tmp))
    if METADATA.is_file():
        aws = {(m["metricId"]["namespace"], m["metricId"]["metricName"]): m for m in json.loads(METADATA.read_text())}
        test_metadata(kinds, aws)
        test_recommended(kinds, aws)
    else:
        print("skip metadata: AWS's list of metrics is not here")


main()
