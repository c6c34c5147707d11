#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Dashboards against CloudWatch's rules, and against the rest of what was generated: every metric that is drawn is
published by something, every threshold of an alarm on a metric is drawn where the metric is."""
import glob
import json
import os
import re
import sys

from dashboard_rules import problems_of
from terraform_support import build, examples, fail, roots, scratch, verdict

SPEC = r"""
opsc: 1
project: shop
environment: production
aws: { region: eu-west-1 }
notify: ops@shop.example
resources:
  web: { kind: ec2, find: { "tag:Name": 'web "$${x}" %{y}' }, type: t3.small, alarms: none }
  api: { kind: app, on: web, port: 8080, alarms: none }
  db: { kind: rds, id: shop-db, engine: postgres, class: db.t3.small, storage: 50 GiB, alarms: none }
alarms:
  cpu: { when: "web.cpu > 80% for 15m" }
  cpu-flipped: { when: "90% < web.cpu for 15m", severity: critical }
  down: { when: "api.health fails 3 times", severity: critical }
  ratio: { when: "sum(api.errors) / sum(api.requests) > 2% for 3 of 5m with at least 20 samples" }
  slow: { when: "p95(api.latency) > 2s for 5m" }
  odd: { when: "p95(api.latency) outside band(2) for 15m" }
  five: { when: "sum(api.errors) > 5 over 5m" }
  one: { when: "sum(api.errors) > 3" }
  storage: { when: "db.free_storage < 10% of db.storage" }
dashboards:
  main:
    - 'Title ${x} %{y} "q" \ <b> [l](http://x) `c`':
        - [web.cpu, web.memory]
        - api.health
        - p50(api.latency), p95(api.latency)
        - sum(api.errors) / sum(api.requests)
        - sum(api.errors)
    - Second:
        - sum(api.requests) per 1m as "served $${x}", sum(api.errors) per 1m
        - [db.free_storage, web.network_in, web.network_in + web.network_out, web.network_out, web.cpu]
  plain:
    - 'Only ${x}':
        - db.read_iops
        - count(db.free_storage)
"""

# Published by AWS itself.
AWS_NAMESPACES = ("AWS/", "ECS/ContainerInsights", "LambdaInsights")

# title -> labels of curves and of lines
WANTED = {
    "web: CPU": (["CPU"], ["cpu 80 above", "cpu-flipped 90 above"]),
    "web: Memory": (["memory"], []),
    "api: Health": (["health"], ["down 1 below"]),
    "api: Latency": (["p50", "p95", "odd"], ["slow 2000 above"]),
    "api: Errors / requests": (["errors / requests"], ["ratio 2 above"]),
    "api: Errors": (["errors"], ["one 3 above"]),
    "api: served ${x}, errors (per minute)": (["served ${x}", "errors"], ["one 3 above"]),
    "db: Free storage": (["free storage"], ["storage 5368709120 below"]),
    "web: Network in": (["network in"], []),
    "web: Network in + network out": (["network in + network out"], []),
    "db: Read IOPS": (["read IOPS"], []),
    "db: Samples of free storage": (["samples of free storage"], []),
}


def text_of(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def plain_alarms(module):
    """Of alarms.tf, the alarms on one metric: their attributes as text."""
    text = text_of(os.path.join(module, "alarms.tf"))
    for block in re.findall(r'(?ms)^resource "aws_cloudwatch_metric_alarm" .*?^}', text):
        attrs = dict(re.findall(r"(?m)^  (\w+) += (.*)$", block))
        if "metric_name" in attrs:
            yield {k: v.strip('"') for k, v in attrs.items()}


def published(out, root):
    """(namespace, name) of everything that hosts and log groups publish."""
    found = set()
    base = os.path.dirname(root)
    for path in glob.glob(os.path.join(base, "hosts", "*", "cloudwatch-agent-config.json")):
        collected = json.loads(text_of(path)).get("metrics", {}).get("metrics_collected", {})
        for section, what in collected.items():
            found |= {("CWAgent", f"{section}_{m}") for m in what["measurement"]}
    for path in glob.glob(os.path.join(base, "hosts", "*", "publish_metrics.sh")):
        text = text_of(path)
        namespace = re.search(r"readonly NAMESPACE='?([^'\n]*)", text).group(1)
        found |= {(namespace, name) for name in re.findall(r"(?m)^ *\[([\w.-]+)\]=", text)}
    for path in glob.glob(os.path.join(root, "modules", "*", "main.tf")):
        found |= {(space, name) for name, space in
                  re.findall(r'metric_transformation \{\s+name += "([^"]+)"\s+namespace += "([^"]+)"', text_of(path))}
    return found


def unpublished(body, known):
    problems = []
    for w in body["widgets"]:
        for m in w["properties"].get("metrics", []):
            if len(m) > 1 and not m[0].startswith(AWS_NAMESPACES) and (m[0], m[1]) not in known:
                problems.append(f"{w['properties']['title']}: nothing publishes {m[0]} {m[1]}")
    return problems


def undrawn(body, alarms):
    """Alarms whose metric is drawn as a curve of its own without their threshold."""
    problems = []
    for w in body["widgets"]:
        p = w["properties"]
        lines = {(a["label"], float(a["value"])) for a in p.get("annotations", {}).get("horizontal", [])}
        for m in p.get("metrics", []):
            if len(m) < 2 or m[-1].get("visible") is False:
                continue
            for a in alarms:
                dimensions = re.findall(r'(\w+) = "([^"]*)"', a.get("dimensions", ""))
                stat = a.get("statistic", a.get("extended_statistic"))
                counted = {stat, m[-1]["stat"]} & {"Sum", "SampleCount"}
                if (m[0], m[1]) != (a["namespace"], a["metric_name"]) or m[2:-1] != [x for d in dimensions for x in d]:
                    continue
                if counted and (m[-1]["stat"] != stat or p["period"] != int(a["period"])):
                    continue
                if not any(a["alarm_name"].endswith("-" + label) and value == float(a["threshold"]) for label, value in lines):
                    problems.append(f"{p['title']}: no line for {a['alarm_name']} at {a['threshold']}, there are {sorted(lines)}")
    return problems


def states(bodies, module):
    """Every alarm's state is shown."""
    text = text_of(os.path.join(module, "alarms.tf"))
    names = set(re.findall(r'alarm_name += "([^"]+)"', text))
    shown = {arn.split(":alarm:")[1] for b in bodies for w in b["widgets"] if w["type"] == "alarm"
             for arn in w["properties"]["alarms"]}
    return [f"alarms without a state on a dashboard: {sorted(names - shown)}"] if len(bodies) == 1 and names != shown else []


def check_tree(name, out):
    for root in roots(out):
        module = os.path.join(root, "modules", "monitoring")
        part = os.path.relpath(os.path.dirname(root), out)
        label = name if part == "." else f"{name}-{part}"
        paths = sorted(glob.glob(os.path.join(module, "dashboards", "*.json")))
        verdict(f"{label}-has-dashboards", [] if paths else ["no dashboard"])
        bodies = [json.loads(text_of(p)) for p in paths]
        known, alarms = published(out, root), list(plain_alarms(module))
        for path, body in zip(paths, bodies):
            one = f"{label}-{os.path.basename(path)[:-5]}"
            verdict(f"{one}-structure", problems_of(body))
            verdict(f"{one}-published", unpublished(body, known))
            verdict(f"{one}-thresholds", undrawn(body, alarms))
        verdict(f"{label}-alarm-states", states(bodies, module))


def check_own(out):
    """What the graphs of SPEC say, word by word."""
    folder = os.path.join(out, "terraform", "modules", "monitoring", "dashboards")
    found = {}
    texts = []
    for name in ("main", "plain"):
        for w in json.loads(text_of(os.path.join(folder, name + ".json")))["widgets"]:
            p = w["properties"]
            if w["type"] == "metric":
                labels = [m[-1]["label"] for m in p["metrics"] if "label" in m[-1]]
                lines = [f"{a['label']} {a['value']} {a['fill']}" for a in p.get("annotations", {}).get("horizontal", [])]
                found[p["title"]] = (labels, lines)
            elif w["type"] == "text":
                texts.append(p["markdown"])
    for title, wanted in WANTED.items():
        verdict(f"graph-{title}", [] if found.get(title) == wanted else [f"{found.get(title)}, not {wanted}; there are {sorted(found)}"])
    wanted = r'## Title \${x} %{y} "q" \\ \<b\> \[l\](http://x) \`c\`'
    verdict("markdown-title", [] if wanted in texts else [f"{texts}"])
    raw = text_of(os.path.join(folder, "main.json"))
    verdict("no-template-of-the-users", [] if "${x}" not in raw and "%{y}" not in raw else ["${x} is there as it was written"])
    verdict("find-is-a-variable", [] if "${web_id}" in raw else ["the instance that is looked up has no variable"])


def check_bill(tmp):
    """The inferred dashboard draws the bill: with and without an alarm on it, not where there are no metrics of it."""
    bill = "alarms: { recommended: all, bill: { when: billing.estimated_charges > $30 } }"
    for name, region, rest, wanted in (("plain", "eu-west-1", "", True), ("with-its-alarm", "eu-west-1", bill, True),
                                       ("govcloud", "us-gov-west-1", "", False), ("china", "cn-north-1", "", False)):
        spec = os.path.join(tmp, f"bill-{name}.yaml")
        with open(spec, "w", encoding="utf-8") as f:
            f.write(f"opsc: 1\nproject: shop\naws: {{ region: {region} }}\nnotify: ops@shop.example\n"
                    f"resources: {{ web: {{ kind: ec2, id: i-0a1b2c3d4e5f67890, type: t3.small }} }}\n{rest}\n")
        out = os.path.join(tmp, f"bill-{name}")
        build(spec, out)
        text = "".join(text_of(p) for p in glob.glob(out + "/terraform/modules/monitoring/dashboards/*.json"))
        problems = [] if ("EstimatedCharges" in text) == wanted else [f"the bill is {'not ' if wanted else ''}drawn"]
        if not wanted and "us-east-1" in text_of(out + "/terraform/providers.tf"):
            problems.append("there is a provider of us-east-1")
        verdict(f"bill-{name}", problems)


def main():
    with scratch("dashboards") as tmp:
        own = os.path.join(tmp, "own")
        os.makedirs(own)
        with open(os.path.join(own, "ops.yaml"), "w", encoding="utf-8") as f:
            f.write(SPEC)
        for name, spec in [("own", os.path.join(own, "ops.yaml")), *examples()]:
            out = os.path.join(tmp, "out", name)
            try:
                build(spec, out)
            except RuntimeError as e:
                fail(f"build-{name}", e)
                continue
            check_tree(name, out)
            if name == "own":
                check_own(out)
        check_bill(tmp)


if __name__ == "__main__":
    sys.exit(main())
