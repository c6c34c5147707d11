#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The CloudWatch agent's configuration: against its schema, its measurement names, and what its filters let through.

The agent ships a line when every filter says so: `include` when the expression is found in it, `exclude` when not
(amazon-cloudwatch-agent, plugins/inputs/logfile/logfilter.go). Its expressions are Go's; what is generated keeps to
what Go and Python read alike, and that is checked too.
"""
import glob
import json
import os
import re
import sys

from report import SHARED
from terraform_support import ROOT, build, examples, fail, scratch, verdict

# Names of measurements on Linux: amazon-cloudwatch-agent, translator/translate/metrics/config/registered_metrics.go.
MEASUREMENTS = {
    "cpu": "time_active time_guest time_guest_nice time_idle time_iowait time_irq time_nice time_softirq time_steal "
           "time_system time_user usage_active usage_guest usage_guest_nice usage_idle usage_iowait usage_irq usage_nice "
           "usage_softirq usage_steal usage_system usage_user",
    "disk": "free inodes_free inodes_total inodes_used total used used_percent",
    "diskio": "iops_in_progress io_time reads read_bytes read_time writes write_bytes write_time",
    "swap": "free used used_percent",
    "mem": "active available available_percent buffered cached free inactive shared total used used_percent",
    "net": "bytes_sent bytes_recv drop_in drop_out err_in err_out packets_sent packets_recv",
    "netstat": "tcp_close tcp_close_wait tcp_closing tcp_established tcp_fin_wait1 tcp_fin_wait2 tcp_last_ack tcp_listen "
               "tcp_none tcp_syn_sent tcp_syn_recv tcp_time_wait udp_socket",
    "processes": "blocked dead idle paging running sleeping stopped total total_threads wait zombies",
}

SPEC = """\
opsc: 1
project: shop
environment: production
aws: { region: eu-west-1 }
notify: ops@shop.example
resources:
  web: { kind: ec2, id: i-0a1b2c3d4e5f67890, type: t3.small, disks: [/, /srv] }
  api: { kind: app, on: web, port: 8080, alarms: none }
logs:
  json-keep:
    from: { resource: web, files: [/var/log/a/*.log], format: json }
    keep: [ERROR, WARNING]
    sample: { DEBUG: 1% }
    metrics:
      api.requests: { match: '{ $.event = "request" }' }
      api.slow: { match: '{ $.event = "query" && $.duration_ms > 1000 }' }
  json-sample:
    from: { resource: web, files: [/var/log/b.log], format: json, level: severity }
    sample: { DEBUG: 0.5%, INFO: 30% }
  text-keep:
    from: { resource: web, files: [/var/log/c.log], format: text }
    keep: [ERROR, "W+"]
  all:
    from: { resource: web, files: [/var/log/d.log], format: text }
  many:
    from: { resource: web, files: [/var/log/e.log], format: json }
    keep: [LEVELS]
""".replace("LEVELS", ", ".join(f"LEVEL{i}" for i in range(1500)))

AT = '"ts": "2026-11-24T10:00:{s:02d}.{ms:03d}Z"'
# file, line, shipped
LINES = [
    ("/var/log/a/*.log", '{"level": "ERROR", "message": "x"}', True),
    ("/var/log/a/*.log", '{"level":"WARNING","message":"x"}', True),
    ("/var/log/a/*.log", '{"message": "x", "level" : "ERROR"}', True),
    ("/var/log/a/*.log", '{"level": "INFO", "message": "x"}', False),
    ("/var/log/a/*.log", '{"level": "INFO", "message": "ERROR is a word"}', False),
    ("/var/log/a/*.log", '{"level": "INFO", "message": "he said \\"level\\": \\"ERROR\\""}', False),
    ("/var/log/a/*.log", '{"level": "ERRORS", "message": "x"}', False),
    ("/var/log/a/*.log", '{"log_level": "ERROR", "message": "x"}', False),
    ("/var/log/a/*.log", '{"level": "INFO", "event": "request", "duration_ms": 3}', True),
    ("/var/log/a/*.log", '{"level": "INFO", "event": "query", "duration_ms": 3000}', True),
    ("/var/log/a/*.log", '{"level": "DEBUG", "message": "no time stamp"}', False),
    ("/var/log/b.log", '{"severity": "ERROR", "message": "x"}', True),
    ("/var/log/b.log", '{"level": "DEBUG", "message": "another field"}', True),
    ("/var/log/c.log", "2026-11-24 10:00:00,123 ERROR x", True),
    ("/var/log/c.log", "2026-11-24 10:00:00,123 W+ x", True),
    ("/var/log/c.log", "2026-11-24 10:00:00,123 WW x", False),
    ("/var/log/c.log", "2026-11-24 10:00:00,123 INFO x", False),
    ("/var/log/c.log", "2026-11-24 10:00:00,123 INFO ERRORS", False),
    ("/var/log/d.log", "anything", True),
    ("/var/log/e.log", '{"level": "LEVEL0"}', True),
    ("/var/log/e.log", '{"level": "LEVEL1499"}', True),
    ("/var/log/e.log", '{"level": "LEVEL1500"}', False),
]
# file, field, level, share of 60,000 lines, one for every millisecond of a minute
SHARES = [
    ("/var/log/a/*.log", "level", "DEBUG", 0.01),
    ("/var/log/a/*.log", "level", "INFO", 0),
    ("/var/log/a/*.log", "level", "ERROR", 1),
    ("/var/log/b.log", "severity", "DEBUG", 0.005),
    ("/var/log/b.log", "severity", "INFO", 0.3),
    ("/var/log/b.log", "severity", "WARNING", 1),
]


def shipped(entry, line):
    for f in entry.get("filters", []):
        if (re.search(f["expression"], line) is not None) != (f["type"] == "include"):
            return False
    return True


def check_filters(config):
    files = {e["file_path"]: e for e in config["logs"]["logs_collected"]["files"]["collect_list"]}
    for i, (path, line, wanted) in enumerate(LINES):
        verdict(f"filter-{i}", [] if shipped(files[path], line) == wanted else
                [f"{line}: {'not ' if wanted else ''}shipped by {files[path].get('filters')}"])
    for path, field, level, share in SHARES:
        expressions = [(re.compile(f["expression"]), f["type"] == "include") for f in files[path].get("filters", [])]
        for order in ("{t}, {l}", "{l}, {t}"):
            n = 0
            for s in range(60):
                for ms in range(1000):
                    text = order.format(t=AT.format(s=s, ms=ms), l=f'"{field}": "{level}"')
                    n += all((e.search("{" + text + "}") is not None) == include for e, include in expressions)
            verdict(f"share-{field}-{level}-{order[1]}", [] if n == share * 60000 else [f"{n} of 60000 lines of {path}, not {share:%}"])
    every = [e["file_path"] for e in files.values() if ("*" in e["file_path"]) != e.get("publish_multi_logs", False)]
    verdict("every-file-of-a-pattern", [f"{every}"] if every else [])


def check_config(name, config, schema):
    problems = []
    for section, what in config.get("metrics", {}).get("metrics_collected", {}).items():
        unknown = set(what["measurement"]) - set(MEASUREMENTS.get(section, "").split())
        if unknown or not what["measurement"]:
            problems.append(f"{section} has no measurement {sorted(unknown)}")
        # Of what has dimensions of its own the sum is left, which is all that alarms and graphs read; of the rest nothing may be dropped.
        if what.get("drop_original_metrics", []) != (what["measurement"] if section in ("disk", "cpu") else []):
            problems.append(f"{section} drops {what.get('drop_original_metrics')}")
        if section == "disk" and not what.get("resources"):
            problems.append("disk: no resources: every mount of every container")
    for entry in config.get("logs", {}).get("logs_collected", {}).get("files", {}).get("collect_list", []):
        for f in entry.get("filters", []):
            # Go has none of these; Python and Go differ in \Z and in classes inside of sets.
            if re.search(r"\(\?[=!<P#]|\\[1-9ZG]|\(\?>|[*+?]\+", re.sub(r"\\\\", "", f["expression"])):
                problems.append(f"not an expression of Go's: {f['expression']}")
    verdict(f"measurements-{name}", problems)
    if schema is not None:
        errors = [f"{'/'.join(map(str, e.path))}: {e.message}" for e in schema.iter_errors(config)]
        verdict(f"schema-{name}", errors)


def agent_schema():
    path = SHARED / "reference/data/cloudwatch-agent-schema.json"
    if not os.path.isfile(path):
        print("skip schema: the agent's JSON Schema is not here")
        return None
    try:
        import jsonschema
    except ImportError:
        print("skip-missing schema: the module jsonschema is not there: apt install python3-jsonschema")
        return None
    with open(path, encoding="utf-8") as f:
        return jsonschema.Draft4Validator(json.load(f))


def main():
    schema = agent_schema()
    with scratch("agent") as tmp:
        own = os.path.join(tmp, "own.yaml")
        with open(own, "w", encoding="utf-8") as f:
            f.write(SPEC)
        for name, spec in [("own", own), *examples()]:
            out = os.path.join(tmp, "out", name)
            try:
                build(spec, out)
            except RuntimeError as e:
                fail(f"build-{name}", e)
                continue
            paths = sorted(glob.glob(os.path.join(out, "**", "cloudwatch-agent-config.json"), recursive=True))
            for path in paths:
                with open(path, encoding="utf-8") as f:
                    config = json.load(f)
                check_config(f"{name}-{os.path.relpath(os.path.dirname(path), out).replace('/', '-')}", config, schema)
                if name == "own":
                    check_filters(config)
            # An example without a host has none.
            if not paths and "kind: ec2" in open(spec, encoding="utf-8").read():
                verdict(f"agent-{name}", ["no configuration"])


if __name__ == "__main__":
    sys.exit(main())
