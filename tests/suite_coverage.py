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

from report import check, equal, state, test

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
    with test("hostile-reasons-stay-text"):
        evil = HEAD + "resources:\n" + DB % ", alarms: { cpu-busy: off }" + \
            'coverage: { waive: { db: { until: 2027-01-01, reason: "\\e[31mred\\nnew | `x` ::error::" } } }\n'
        text = opsc(evil).stdout
        check("\x1b" not in text and "\\x1b[31mred\\nnew" in text, repr(text))
        check("\x1b" not in opsc(evil, "--format", "markdown").stdout, "markdown")


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
    return 1 if state.failed else 0


if __name__ == "__main__":
    sys.exit(main())
