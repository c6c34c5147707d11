#!/usr/bin/env python3
"""Conditions and the alarms that they become: tests/conditions/alarms.txt row by row, what CloudWatch would refuse,
printing and reading back, and the alarms run by a simulator of CloudWatch (tests/conditions/cloudwatch.py)."""

import json
import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "conditions"))
import cloudwatch  # noqa: E402
import terraform_support  # noqa: E402

OPSC = os.environ.get("OPSC", os.path.join(HERE, "..", "build", "asan", "opsc"))
SIGNS = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": ">=",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "<=",
    "LessThanLowerOrGreaterThanUpperThreshold": "outside",
    "GreaterThanUpperThreshold": "above",
    "LessThanLowerThreshold": "below",
}
PLAIN = {"Average", "Sum", "Minimum", "Maximum", "SampleCount"}
failed = False


def report(good, name, why=""):
    global failed
    failed |= not good
    print(f"ok {name}" if good else f"FAIL {name}: {why}")


# ---- the table


def read_table(path):
    """[(name, keys, condition, expected)], {metric: short name}"""
    rows, metrics, head = [], {}, None
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("@"):
            short, full = line.split(" = ", 1)
            metrics[full] = short
        elif line.startswith("    "):
            name, keys, condition = head
            rows.append((name, keys, condition, line.strip()))
            head = None
        else:
            if head is not None:
                sys.exit(f"FAIL table: no alarm is expected of {head[2]}")
            m = re.fullmatch(r"(?:([a-z]+): )?(?:(\{.*?\}+) )?(.*)", line)
            head = (m[1] or f"row{len(rows) + 1:03}", (m[2] or "{}")[1:-1], m[3])
    return rows, metrics


def write_spec(path, conditions):
    spec = open(os.path.join(HERE, "conditions", "ops.yaml"), encoding="utf-8").read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(spec + ("alarms:\n" if conditions else ""))
        for name, keys, condition in conditions:
            more = f", {keys}" if keys else ""
            f.write(f"  {name}: {{ when: '{condition}'{more} }}\n")


def opsc(*args):
    return subprocess.run([OPSC, *args], capture_output=True, text=True, timeout=300, check=False)


def build(folder, conditions):
    """The alarms of Terraform by name, and what --explain says."""
    spec = os.path.join(folder, "ops.yaml")
    write_spec(spec, conditions)
    done = opsc("build", spec, "-o", os.path.join(folder, "out"))
    if done.returncode != 0:
        report(False, "build", f"status {done.returncode}")
        print(done.stdout + done.stderr)
        sys.exit(1)
    alarms = {}
    for base, _, files in os.walk(os.path.join(folder, "out", "terraform")):
        for f in files:
            if f.endswith(".tf"):
                alarms.update(read_alarms(open(os.path.join(base, f), encoding="utf-8").read()))
    return alarms, opsc("build", spec, "-o", os.path.join(folder, "out"), "--explain").stdout


# ---- Terraform


def read_block(lines):
    """The lines of a block up to its brace: {attribute: text, block: [dicts]}"""
    r = {}
    for line in lines:
        line = line.strip()
        if line == "}":
            return r
        m = re.fullmatch(r"(\w+) +\{", line)
        if m:
            r.setdefault(m[1], []).append(read_block(lines))
            continue
        m = re.fullmatch(r"(\w+) += (.*)", line)
        if m and m[2] == "{":
            r[m[1]] = read_block(lines)
        elif m and m[2] == "[":
            r[m[1]] = [x.strip() for x in iter(lambda: next(lines), None) if x.strip() != "]"]
        elif m:
            r[m[1]] = m[2]
    return r


def read_alarms(text):
    r = {}
    pattern = r'^resource "aws_cloudwatch_(metric|composite)_alarm" "(.*)" \{\n((?:.*\n)*?)\}\n'
    for m in re.finditer(pattern, text, re.M):
        r[m[2].replace("_", "-")] = dict(read_block(iter(m[3].splitlines())), composite=m[1] == "composite")
    return r


def unquote(s):
    return re.sub(r"\\(.)", r"\1", s[1:-1])


def dimensions(block):
    d = block.get("dimensions", {})
    if isinstance(d, str):
        d = dict(re.findall(r'(\w+) += (".*?")', d))
    return "{" + ", ".join(f"{k}={unquote(v)}" for k, v in d.items()) + "}"


def metric_of(block, metrics):
    full = f"{unquote(block['namespace'])} {unquote(block['metric_name'])} {dimensions(block)}"
    return metrics.get(full, full)


def decode(tf, metrics):
    """A metric alarm as a dict of plain values."""
    r = {
        "op": SIGNS[unquote(tf["comparison_operator"])],
        "threshold": float(tf["threshold"]) if "threshold" in tf else None,
        "threshold_text": tf.get("threshold"),
        "band": unquote(tf["threshold_metric_id"]) if "threshold_metric_id" in tf else None,
        "m": int(tf["datapoints_to_alarm"]),
        "n": int(tf["evaluation_periods"]),
        "missing": unquote(tf["treat_missing_data"]),
        "math": None,
        "expressions": [],
        "queries": [],
        "returned": [],
        "plain": "metric_query" not in tf,
    }
    if r["plain"]:
        stat = unquote(tf["statistic"] if "statistic" in tf else tf["extended_statistic"])
        r["queries"] = [{"id": "m1", "metric": metric_of(tf, metrics), "stat": stat, "period": int(tf["period"])}]
    for q in tf.get("metric_query", []):
        name = unquote(q["id"])
        if q.get("return_data") == "true":
            r["returned"].append(name)
        if "expression" in q:
            r["expressions"].append((name, unquote(q["expression"])))
            if name == "e1":
                r["math"] = unquote(q["expression"])
        else:
            s = q["metric"][0]
            r["queries"].append(
                {"id": name, "metric": metric_of(s, metrics), "stat": unquote(s["stat"]), "period": int(s["period"])}
            )
    return r


def canonical(tf, metrics):
    """The alarm as the table writes it."""
    quiet = " | quiet" if tf["actions_enabled"] == "false" else ""
    if tf["composite"]:
        rule = re.sub(r"\$\{aws_cloudwatch_\w+_alarm\.(\w+)\.alarm_name\}", r"\1", unquote(tf["alarm_rule"]))
        if "actions_suppressor" in tf:
            s = tf["actions_suppressor"][0]
            by = s["alarm"].split(".")[1]
            quiet += f" | suppressor {by} {s['wait_period']} {s['extension_period']}"
        return f"rule {rule}{quiet}"
    a = decode(tf, metrics)
    if a["plain"]:
        q = a["queries"][0]
        what = f"{q['stat']} {q['metric']} {q['period']}"
    else:
        parts = [f"{q['id']} {q['stat']} {q['metric']} {q['period']}" for q in a["queries"]]
        parts += [f"{k} {v}" for k, v in sorted(a["expressions"], reverse=True)]
        what = "; ".join(parts)
    against = a["threshold_text"] if a["band"] is None else a["band"]
    return f"{what} | {a['op']} {against} | {a['m']}/{a['n']} | {a['missing']}{quiet}"


# What the graph of an alarm on metric math calls its line.
LABELS = {
    "sum(api.errors) / sum(api.requests) > 2%": "sum(api.errors) / sum(api.requests)",
    "2% < sum(api.errors) / sum(api.requests)": "sum(api.errors) / sum(api.requests)",
    "api.error_ratio > 5%": "api.error_ratio",
    "web.cpu > db.cpu": "web.cpu - db.cpu",
    "db.connections rises by 20": "change of db.connections",
    "db.connections rises by 20%": "change in percent of db.connections",
    "web.cpu > 80% and not web.memory > 80%": "web.cpu > 80% and not web.memory > 80%",
}


def check_labels(alarms, conditions):
    for condition, label in LABELS.items():
        found = [q["label"] for q in alarms[conditions[condition]]["metric_query"] if q["id"] == '"e1"']
        report(found == [f'"{label}"'], f"label of {condition}", str(found))


# ---- what CloudWatch would refuse


def refusals(tf, metrics):
    a = decode(tf, metrics)
    periods = {q["period"] for q in a["queries"]}
    if len(periods) != 1:
        yield f"periods differ: {periods}"
    period = min(periods)
    if period not in (10, 20, 30) and period % 60 != 0:
        yield f"there is no period of {period} seconds"
    if period * a["n"] > (86400 if period < 3600 else 604800):
        yield "it looks back too far"
    if not 1 <= a["m"] <= a["n"]:
        yield f"{a['m']} of {a['n']}"
    if len(a["queries"]) > 10:
        yield "more than 10 metrics"
    if (a["threshold"] is None) != (a["band"] is not None):
        yield "it needs a threshold or a band"
    if (a["op"] in ("outside", "above", "below")) != (a["band"] is not None):
        yield "the operator does not fit"
    if a["plain"]:
        if ("statistic" in tf) == ("extended_statistic" in tf):
            yield "it needs one of statistic and extended_statistic"
        if "statistic" in tf and unquote(tf["statistic"]) not in PLAIN:
            yield "the statistic is an extended one"
        if "extended_statistic" in tf and unquote(tf["extended_statistic"]) in PLAIN:
            yield "the extended statistic is a plain one"
    else:
        want = 1 if a["band"] is None else 2
        if len(a["returned"]) != want:
            yield f"{len(a['returned'])} queries return data"
        if a["band"] is not None and period < 60:
            yield "a band has no period below a minute"
        ids = {q["id"] for q in a["queries"]} | {k for k, _ in a["expressions"]}
        for _, text in a["expressions"]:
            for name in re.findall(r"\b[a-z]\w*\b", text):
                if name not in ids:
                    yield f"nothing is called {name}"


def check_rows(rows, metrics, alarms):
    for name, keys, condition, expected in rows:
        label = f"{name} {condition}"
        if name not in alarms:
            report(False, label, "there is no such alarm")
            continue
        found = canonical(alarms[name], metrics)
        why = [] if alarms[name]["composite"] else list(refusals(alarms[name], metrics))
        if found != expected:
            why.append(f"\n  expected {expected}\n  found    {found}")
        report(not why, label, "; ".join(why))


# ---- conditions that make no alarm


def check_refused(folder):
    """Each alone is refused with its code; together all of them are told in one run."""
    rows = [x.rstrip("\n").split(" ", 1) for x in open(os.path.join(HERE, "conditions", "refused.txt"), encoding="utf-8")]
    rows = [(code, c) for code, c in rows if code.startswith("OPS-")]
    spec = os.path.join(folder, "refused.yaml")
    write_spec(spec, [("one", "", "db.cpu > 91%")] + [(f"bad{i:03}", "", c) for i, (_, c) in enumerate(rows)])
    done = opsc("lint", spec, "--format", "json")
    report(done.returncode == 1, "wrong conditions: status 1", str(done.returncode))
    lines = open(spec, encoding="utf-8").read().splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("  bad000:")) + 1
    told = {}
    for d in json.loads(done.stdout or done.stderr)["diagnostics"]:
        told.setdefault(d["line"] - first, []).append(d["code"])
    for i, (code, condition) in enumerate(rows):
        found = told.get(i, [])
        report(found == [code], f"refused: {condition}", f"expected {code}, found {' '.join(found) or 'nothing'}")


# ---- printing and reading back


def printed_conditions(explained):
    return dict(re.findall(r"^  ([\w-]+) \[\w+, yours\]: (.*)$", explained, re.M))


def check_round_trip(folder, rows, alarms, explained):
    printed = printed_conditions(explained)
    missing = [r[0] for r in rows if r[0] not in printed]
    report(not missing, "every condition is explained", ", ".join(missing))
    again, explained_again = build(folder, [(n, k, printed.get(n, c)) for n, k, c, _ in rows])
    printed_again = printed_conditions(explained_again)
    different = []
    for name, _, condition, _ in rows:
        a, b = dict(alarms[name]), dict(again[name])
        # The text of the condition stands in these.
        for x in (a, b):
            x.pop("alarm_description")
        if a != b or printed[name] != printed_again[name]:
            different.append(f"{condition} -> {printed[name]} -> {printed_again[name]}")
    report(not different, "what is printed is read back as the same", "\n  ".join(different))


# ---- the page


def check_page(folder):
    """Its tables are those of the program, its examples are conditions."""
    page = open(os.path.join(HERE, "..", "docs", "conditions.md"), encoding="utf-8").read()
    heads = {"Statistics": "statistic", "Functions": "function", "Units": "unit", "What missing data can mean": "word"}
    for part in opsc("catalog", "functions").stdout.strip().split("\n\n"):
        title, *lines = part.split("\n")
        want = [re.split(r" {2,}", line.strip()) for line in lines]
        table = re.search(rf"^\| {heads[title]} \|.*\n\|.*\n((?:\|.*\n)+)", page, re.M)
        found = [[c.strip().strip("`") for c in row.strip("|").split(" | ")] for row in table[1].splitlines()]
        differ = [w for w in want if w not in found] + [f for f in found if f not in want]
        report(not differ, f"docs/conditions.md has the table {title}", str(differ))
    examples = re.findall(r"^ {4}(\S.*)$", page, re.M)
    spec = os.path.join(folder, "page.yaml")
    named = [("app-down", "", "api.health fails 3 times"), ("deploying", "", "web.cpu > 1%")]
    write_spec(spec, named + [(f"page{i}", "", c) for i, c in enumerate(examples)])
    done = opsc("lint", spec)
    report(len(examples) > 15 and done.returncode == 0, "the examples of docs/conditions.md are alarms", done.stdout)


# ---- the simulator itself, by CloudWatch's tables


def check_simulator():
    # Range, then the state with missing, ignore, breaching, notBreaching; N = 3.
    tables = {
        3: [
            ("0-X-X", "OK OK OK OK"),
            ("0----", "OK OK OK OK"),
            ("-----", "INSUFFICIENT_DATA keep ALARM OK"),
            ("0XX-X", "ALARM ALARM ALARM ALARM"),
            ("--X--", "ALARM keep ALARM OK"),
        ],
        2: [
            ("0-X-X", "ALARM ALARM ALARM ALARM"),
            ("00X0X", "ALARM ALARM ALARM ALARM"),
            ("0-X--", "OK OK ALARM OK"),
            ("----0", "OK OK ALARM OK"),
            ("---X-", "ALARM keep ALARM OK"),
        ],
    }
    wrong = []
    for m, table in tables.items():
        for points, states in table:
            for missing, state in zip(("missing", "ignore", "breaching", "notBreaching"), states.split()):
                found = cloudwatch.evaluate(list(points), m, 3, missing, before="keep")
                if found != state:
                    wrong.append(f"{points} M={m} {missing}: {found}, not {state}")
    # Too early for an alarm when 3 are needed.
    for points in ("----X", "---X-"):
        if cloudwatch.evaluate(list(points), 3, 3, "missing", before="keep") != "keep":
            wrong.append(f"{points} is premature")
    report(not wrong, "the simulator follows CloudWatch's tables", "; ".join(wrong))


# ---- properties: the alarm fires when the sentence is true

MINUTE = 60


def every_minute(values, metric, samples=1):
    """Raw samples of one metric; None: no sample in that minute; a list: these samples."""
    r = {}
    for i, v in enumerate(values):
        if v is not None:
            r[i * MINUTE] = v if isinstance(v, list) else [v] * samples
    return {metric: r}


def windows(values, minutes):
    """The samples of whole windows of so many minutes."""
    for i in range(0, len(values) - minutes + 1, minutes):
        part = [v for v in values[i : i + minutes] if v is not None]
        yield [x for v in part for x in (v if isinstance(v, list) else [v])]


def average(samples):
    return sum(samples) / len(samples) if samples else None


def last(flags, n, m=None):
    """Whether m (all) of the newest n flags are set, at every position."""
    for i in range(len(flags)):
        yield sum(flags[max(0, i + 1 - n) : i + 1]) >= (m or n)


def random_levels(rng, low, high, n):
    """Runs of low and high values."""
    r = []
    while len(r) < n:
        r += [rng.choice((low, high))] * rng.randint(1, 12)
    return r[:n]


# Condition, metric, a minute's value by chance, minutes of an evaluation, evaluations, of these must be bad,
# and whether the samples of one are bad. Without holes: exactly then.
EXACT = [
    ("web.memory > 85% for 5m", "@web.memory", (80, 85.5), 1, 5, 5, lambda s: average(s) > 85),
    ("web.memory > 85% over 5m for 15m", "@web.memory", (70, 100), 5, 3, 3, lambda s: average(s) > 85),
    ("web.cpu > 80% for 15m", "@web.cpu", (10, 100), 5, 3, 3, lambda s: average(s) > 80),
    ("sum(api.errors) > 5 over 5m", "@api.errors", (0, 3), 5, 1, 1, lambda s: sum(s) > 5),
    ("sum(api.errors) > 0 for 3 of 5m", "@api.errors", (0, 1), 1, 5, 3, lambda s: sum(s) > 0),
    ("sum(api.errors) > 0 over 5m for 2 of 30m", "@api.errors", (0, 1), 5, 6, 2, lambda s: sum(s) > 0),
    ("db.connections > 80% of db.max_connections for 5m", "@db.conn", (64, 65), 1, 5, 5, lambda s: average(s) > 64.8),
    ("db.free_storage < 10% of db.storage", "@db.space", (2 << 30, (2 << 30) - 1), 1, 1, 1, lambda s: min(s) < 2 << 30),
    ("api.health fails 3 times", "@api.health", (1, 0), 1, 3, 3, lambda s: min(s) < 1),
    ("p95(api.latency) > 2s for 5m", "@api.latency", (1999, 2001), 1, 5, 5, lambda s: max(s) > 2000),
    ("sum(api.requests) per 1m > 100/min over 5m", "@api.requests", (90, 110), 5, 1, 1, lambda s: sum(s) / 5 > 100),
    ("not web.cpu > 80% for 10m", "@web.cpu", (10, 100), 5, 2, 2, lambda s: average(s) <= 80),
    ("slow.memory > 85% for 15m", "@slow.memory", (80, 90), 5, 3, 3, lambda s: average(s) > 85),
    ("odd.memory > 85% for 15m", "@odd.memory", (80, 90), 3, 5, 5, lambda s: average(s) > 85),
]

# The same with holes. A hole is no sample; the alarm must not fire before the sentence is true, and must when it
# has been true for as long as CloudWatch looks back further (cloudwatch.EXTRA evaluations).
HOLES = [
    ("web.memory is missing for 15m", "@web.memory", 50, 1, 15, lambda s: not s),
    ("web.memory is missing over 5m for 15m", "@web.memory", 50, 5, 3, lambda s: not s),
    ("slow.memory is missing for 15m", "@slow.memory", 50, 5, 3, lambda s: not s),
    ("sum(api.requests) < 1 for 10m", "@api.requests", 7, 1, 10, lambda s: sum(s) < 1),
    ("api.health fails 3 times", "@api.health", 1, 1, 3, lambda s: not s or min(s) < 1),
]


def alarm_of(alarms, metrics, condition, conditions):
    return cloudwatch.Alarm(decode(alarms[conditions[condition]], metrics))


def check_exact(alarms, metrics, conditions, rng):
    for condition, metric, levels, minutes, n, m, bad in EXACT:
        alarm = alarm_of(alarms, metrics, condition, conditions)
        wrong = ""
        fired = 0
        for _ in range(20):
            values = random_levels(rng, *levels, 240)
            flags = [bad(s) for s in windows(values, minutes)]
            want = list(last(flags, n, m))
            points = alarm.points(every_minute(values, metric), 240 * MINUTE)
            got = [s == "ALARM" for s in alarm.states(points)]
            fired += sum(want)
            if got != want:
                i = next(i for i, (g, w) in enumerate(zip(got, want)) if g != w)
                wrong = f"evaluation {i}: alarm {got[i]}, sentence {want[i]}; {points[max(0, i - n):i + 1]}"
        report(not wrong and fired > 0, f"fires exactly when it is true: {condition}", wrong or "it never was true")


def check_holes(alarms, metrics, conditions, rng):
    for condition, metric, level, minutes, n, bad in HOLES:
        alarm = alarm_of(alarms, metrics, condition, conditions)
        wrong = ""
        early = late = 0
        for _ in range(30):
            values = [v or None for v in random_levels(rng, 0, level, 300)]
            if rng.random() < 0.7:  # a long outage
                start = rng.randint(30, 150)
                values[start : start + rng.randint(20, 120)] = []
                values[start:start] = [None] * (300 - len(values))
            flags = [bad(s) for s in windows(values, minutes)]
            now, surely = list(last(flags, n)), list(last(flags, n + cloudwatch.EXTRA))
            got = [s == "ALARM" for s in alarm.states(alarm.points(every_minute(values, metric), 300 * MINUTE))]
            for i, fires in enumerate(got):
                if fires and not now[i]:
                    wrong = f"it fires at evaluation {i} though it is not true"
                if surely[i] and not fires:
                    wrong = f"it does not fire at evaluation {i} though it has been true for long"
                early += not now[i]
                late += surely[i]
        ok = not wrong and early > 0 and late > 0
        report(ok, f"fires only without data, and then surely: {condition}", wrong or "nothing was checked")


def check_guard(alarms, metrics, conditions, rng):
    """With a minimum of samples: quiet evaluations never count, busy ones do."""
    condition = "api.error_ratio > 5% for 3 of 5m with at least 20 samples"
    alarm = alarm_of(alarms, metrics, condition, conditions)
    wrong, fired = "", 0
    for _ in range(40):
        requests = [rng.choice((0, 5, 19, 20, 100)) for _ in range(120)]
        errors = [rng.choice((0, 1, r // 5, r)) if r else 0 for r in requests]
        samples = every_minute(requests, "@api.requests")
        samples.update(every_minute(errors, "@api.errors"))
        judged = [e / r > 0.05 if r >= 20 else None for e, r in zip(errors, requests)]
        states = alarm.states(alarm.points(samples, 120 * MINUTE))
        for i, state in enumerate(states):
            seen = [j for j in judged[max(0, i + 1 - 5 - cloudwatch.EXTRA) : i + 1] if j is not None][-5:]
            if (state == "ALARM") != (seen.count(True) >= 3):
                wrong = f"minute {i}: {state}, judged {judged[max(0, i - 7):i + 1]}"
            fired += state == "ALARM"
    report(not wrong and fired > 0, f"quiet minutes do not count: {condition}", wrong or "it never fired")


def parse_duration(text):
    units = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
    m = re.fullmatch(r"(\d+)(?: to (\d+))? (second|minute|hour|day)s?", text)
    unit = units[m[3]]
    return int(m[1]) * unit, int(m[2] or m[1]) * unit


def explained_detection(explained, name):
    part = explained.split(f"  {name} [", 1)[1]
    m = re.search(r"fires (\d+ to \d+ \w+) after it begins(?:, and about (.*?) after the data stops)?;", part)
    return parse_duration(m[1]), parse_duration(m[2])[0] if m[2] else None


def check_detection(alarms, metrics, conditions, explained, rng):
    """How long it takes is what --explain says."""
    for condition, metric, levels, minutes, n, m, bad in EXACT:
        good, wrong_level = levels if not bad([levels[0]]) else levels[::-1]
        alarm = alarm_of(alarms, metrics, condition, conditions)
        (least, most), silent = explained_detection(explained, conditions[condition])
        why = []
        for _ in range(20):
            onset = rng.randint(120, 180)
            values = [good] * onset + [wrong_level] * (480 - onset)
            states = alarm.states(alarm.points(every_minute(values, metric), 480 * MINUTE))
            took = (states.index("ALARM") + 1) * alarm.period - onset * MINUTE
            # An average or a sum over the period may be bad before all of it is.
            if not least - alarm.period < took <= most:
                why.append(f"{took} seconds after it began, not {least} to {most}")
        if silent is not None:
            stop = 180
            states = alarm.states(alarm.points(every_minute([good] * stop, metric), 480 * MINUTE))
            took = (states.index("ALARM") + 1) * alarm.period - stop * MINUTE
            if took != silent:
                why.append(f"{took} seconds after the data stopped, not {silent}")
        report(not why, f"detection takes as long as --explain says: {condition}", "; ".join(why[:3]))


def check_recommended(rows, metrics, alarms):
    """The rows, and every other one must be an alarm that CloudWatch takes."""
    check_rows([(c[2:], k, c, e) for _, k, c, e in rows], metrics, alarms)
    known = {c[2:] for _, _, c, _ in rows}
    report(len(alarms) > 40, "there are many recommended alarms", str(len(alarms)))
    for name, tf in sorted(alarms.items()):
        if name not in known:
            why = list(refusals(tf, metrics))
            report(not why, f"recommended {name}", "; ".join(why))


def check_terraform(folder):
    """The provider knows what CloudWatch takes: names of statistics, periods, operators."""
    terraform = terraform_support.need_terraform("terraform takes every alarm")
    root = os.path.join(folder, "out", "terraform")
    terraform.init(root)
    status, said = terraform.run(root, "validate", "-no-color")
    report(status == 0, "terraform takes every alarm", said)


def main():
    check_simulator()
    rows, metrics = read_table(os.path.join(HERE, "conditions", "alarms.txt"))
    recommended = [r for r in rows if r[2].startswith("* ")]
    rows = [r for r in rows if r not in recommended]
    conditions = {c: n for n, k, c, _ in rows if not k}
    more = [c for c, *_ in EXACT + HOLES if c not in conditions]
    for c in more:
        conditions[c] = f"more{len(conditions):03}"
    wanted = [(n, k, c) for n, k, c, _ in rows] + [(conditions[c], "", c) for c in more]
    rng = random.Random(20240229)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as second:
        alarms, explained = build(folder, wanted)
        report(len(rows) >= 150, "the table is long", f"{len(rows)} rows")
        check_rows(rows, metrics, alarms)
        check_labels(alarms, conditions)
        check_round_trip(second, rows, alarms, explained)
        check_refused(second)
        check_page(second)
        check_recommended(recommended, metrics, build(second, [])[0])
    check_exact(alarms, metrics, conditions, rng)
    check_holes(alarms, metrics, conditions, rng)
    check_guard(alarms, metrics, conditions, rng)
    check_detection(alarms, metrics, conditions, explained, rng)
    with tempfile.TemporaryDirectory() as folder:
        build(folder, wanted)
        check_terraform(folder)  # last: it ends here where there is no terraform
    sys.exit(failed)


if __name__ == "__main__":
    main()
