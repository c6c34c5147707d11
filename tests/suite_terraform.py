#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Generated Terraform, as Terraform sees it: every example in both profiles and two regions.

fmt, init, validate with the real AWS provider (no network, no account), and `terraform test` with a mocked one.
Variants are batched: one root calls them all, so that the provider is started a few times, not a hundred.
"""
import json
import os
import re
import sys

from terraform_support import (build, examples, fail, need_terraform, ok, roots, scratch, variant, verdict)

REGIONS = ("us-east-1", "eu-west-1")
PROFILES = ("full", "free-tier")

# What conditions must become. The second part of each row is HCL over the planned alarm.
CHECKED_SPEC = """\
opsc: 1
project: shop
environment: production
aws: { region: eu-west-1, account: "123456789012", tags: { team: web } }
notify: { ops: { email: ops@shop.example, slack: T07EA123LEP/C07EZ1ABC23 },
  oncall: { email: oncall@shop.example, sms: "+34600000000", slack: [T07EA123LEP/C07EZ1ABC23, T07EA123LEP/G0PAGES1234] },
  ops-oncall: { email: both@shop.example } }
routes: { warning: [ops], critical: [oncall] }
resources:
  web: { kind: ec2, id: i-0a1b2c3d4e5f67890, type: t3.small, alarms: none }
  api: { kind: app, on: web, port: 8080, alarms: none }
  db: { kind: rds, id: shop-db, engine: postgres, class: db.t3.small, storage: 50 GiB, max_connections: 200, alarms: none }
  files: { kind: s3, bucket: shop-files, alarms: none }
alarms:
  cpu: { when: "web.cpu > 80% for 15m" }
  memory: { when: "web.memory > 85% for 5m", severity: critical }
  storage: { when: "db.free_storage < 10% of db.storage" }
  connections: { when: "db.connections > 80% of db.max_connections for 3 of 5m" }
  slow: { when: "p95(api.latency) > 2s for 5m" }
  down: { when: "api.health fails 3 times", severity: critical }
  ratio: { when: "sum(api.errors) / sum(api.requests) > 2% for 3 of 5m" }
  odd: { when: "avg(db.cpu) outside band(3) for 15m" }
  bill: { when: "billing.estimated_charges > $30" }
  quiet: { when: "db.cpu > 90% for 5m", enabled: false }
  both: { when: "alarm(down) and not alarm(cpu)", severity: critical }
  direct: { when: "web.cpu > 95% for 5m", notify: [ops, oncall] }
  dashed: { when: "web.cpu > 97% for 5m", notify: [ops-oncall] }
cost:
  lifecycle:
    files:
      - { prefix: 'a"b$${c}%{d}\\é/', infrequent_after: 30d, deep_after: 90d, expire_after: 400d, larger_than: 1 MiB }
      - { glacier_after: 1d, larger_than: 200 KiB, old_versions_after: 10d, abort_uploads_after: 2d }
  cdn:
    origin: api
    address: origin.shop.example
    cache: ["/a$x'\\"~+&@*", "*.js"]
    aliases: ["*.shop.example", shop.example]
    certificate: arn:aws:acm:us-east-1:123456789012:certificate/12345678
  log_retention: { /aws/lambda/resize: 14d }
  endpoints: { vpc: vpc-0123456789abcdef0, route_tables: [rtb-0123456789abcdef0], services: [s3, dynamodb] }
"""

M = "aws_cloudwatch_metric_alarm."
S = "aws_chatbot_slack_channel_configuration.slack_C07EZ1ABC23."
CHECKED = [
    ("cpu", M + 'cpu.alarm_name == "shop-production-cpu"'),
    ("cpu", M + 'cpu.namespace == "AWS/EC2" && ' + M + 'cpu.metric_name == "CPUUtilization"'),
    ("cpu", M + 'cpu.dimensions == tomap({ InstanceId = "i-0a1b2c3d4e5f67890" })'),
    ("cpu", M + 'cpu.statistic == "Average" && ' + M + 'cpu.comparison_operator == "GreaterThanThreshold"'),
    ("cpu", M + "cpu.threshold == 80 && " + M + "cpu.period == 300 && " + M + "cpu.evaluation_periods == 3"),
    ("cpu", M + "cpu.actions_enabled"),
    ("memory", M + 'memory.namespace == "CWAgent" && ' + M + "memory.period == 60 && " + M + "memory.evaluation_periods == 5"),
    ("storage", M + "storage.threshold == 5368709120 && " + M + 'storage.comparison_operator == "LessThanThreshold"'),
    ("connections", M + "connections.threshold == 160 && " + M + "connections.datapoints_to_alarm == 3"
     " && " + M + "connections.evaluation_periods == 5"),
    ("slow", M + 'slow.extended_statistic == "p95" && ' + M + "slow.threshold == 2000"),
    ("down", M + 'down.metric_name == "api.health" && ' + M + 'down.treat_missing_data == "breaching"'
     " && " + M + "down.evaluation_periods == 3 && " + M + "down.threshold == 1"),
    ("ratio", "length(" + M + "ratio.metric_query) == 3 && length([for q in " + M + "ratio.metric_query : q if coalesce(q.return_data, false)]) == 1"),
    ("odd", M + 'odd.threshold_metric_id == "ad1" && ' + M + 'odd.comparison_operator == "LessThanLowerOrGreaterThanUpperThreshold"'),
    ("bill", M + 'bill.dimensions == tomap({ Currency = "USD" }) && ' + M + "bill.threshold == 30"),
    ("quiet", "!" + M + "quiet.actions_enabled"),
    ("both", 'aws_cloudwatch_composite_alarm.both.alarm_rule == "ALARM(\\"shop-production-down\\") AND NOT ALARM(\\"shop-production-cpu\\")"'),
    ("topics", 'aws_sns_topic.critical.name == "shop-production-critical" && aws_sns_topic.notify_ops_and_oncall.name == '
     '"shop-production-notify-ops-and-oncall"'),
    ("topics-of-like-names", 'aws_sns_topic.notify_ops_oncall.name == "shop-production-notify-ops-oncall" && '
     'aws_sns_topic_subscription.notify_ops_oncall_ops_oncall_email_both_shop_example.endpoint == "both@shop.example"'),
    ("subscriptions", 'aws_sns_topic_subscription.critical_oncall_sms_34600000000.endpoint == "+34600000000"'),
    ("slack", S + 'slack_team_id == "T07EA123LEP" && ' + S + 'slack_channel_id == "C07EZ1ABC23" && ' + S +
     'configuration_name == "shop-production-slack-T07EA123LEP-C07EZ1ABC23" && ' + S + 'logging_level == "ERROR"'),
    ("slack-role", 'jsondecode(aws_iam_role.slack_C07EZ1ABC23.assume_role_policy).Statement[0].Principal.Service == "chatbot.amazonaws.com" && '
     'jsondecode(aws_iam_role.slack_C07EZ1ABC23.assume_role_policy).Statement[0].Action == "sts:AssumeRole"'),
    ("slack-least", 'alltrue([for a in jsondecode(aws_iam_policy.slack.policy).Statement[0].Action : startswith(a, "cloudwatch:")])'),
    ("slack-log", 'aws_cloudwatch_log_group.slack_C07EZ1ABC23.name == "/aws/chatbot/shop-production-slack-T07EA123LEP-C07EZ1ABC23" && '
     'aws_cloudwatch_log_group.slack_C07EZ1ABC23.retention_in_days == 30'),
    ("topics-us-east-1", 'aws_sns_topic.warning_us_east_1.name == "shop-production-warning"'),
    ("logs", "aws_cloudwatch_log_group.api.retention_in_days == 30"),
    ("dashboard", "length(jsondecode(aws_cloudwatch_dashboard.overview.dashboard_body).widgets) > 3"),
]

L = "aws_s3_bucket_lifecycle_configuration.files."
D = "aws_cloudfront_distribution.cdn."
# The same of the module cost_optimization.
OPTIMIZED = [
    ("lifecycle", L + 'bucket == "shop-files" && ' + L + 'transition_default_minimum_object_size == "all_storage_classes_128K" && '
     "[for r in " + L + 'rule : r.id] == ["opsc-1-move", "opsc-1", "opsc-2-move", "opsc-2"]'),
    ("lifecycle-moves", L + 'rule[0].filter[0].and[0].prefix == "a\\"b$${c}%%{d}\\\\é/" && ' + L + "rule[0].filter[0].and[0].object_size_greater_than == 1048576 && "
     "toset([for t in " + L + 'rule[0].transition : "${t.storage_class} ${t.days}"]) == toset(["STANDARD_IA 30", "DEEP_ARCHIVE 90"])'),
    ("lifecycle-deletes-of-all-sizes", L + 'rule[1].filter[0].prefix == "a\\"b$${c}%%{d}\\\\é/" && ' + L + "rule[1].expiration[0].days == 400 && length(" + L +
     "rule[1].transition) == 0 && " + L + "rule[1].abort_incomplete_multipart_upload[0].days_after_initiation == 7"),
    ("lifecycle-of-all", L + "rule[2].filter[0].object_size_greater_than == 204800 && " + L + 'rule[3].filter[0].prefix == "" && ' + L +
     "rule[3].expiration[0].expired_object_delete_marker && " + L + "rule[3].noncurrent_version_expiration[0].noncurrent_days == 10 && " + L +
     "rule[3].abort_incomplete_multipart_upload[0].days_after_initiation == 2"),
    ("cdn", D + "enabled && " + D + "is_ipv6_enabled && " + D + 'http_version == "http2and3" && ' + D + 'price_class == "PriceClass_100" && ' + D +
     'aliases == toset(["*.shop.example", "shop.example"])'),
    ("cdn-origin", "[for o in " + D + "origin : [o.domain_name, one(o.custom_origin_config).origin_protocol_policy, "
     'tostring(one(o.custom_origin_config).https_port)]] == [["origin.shop.example", "https-only", "443"]]'),
    ("cdn-keeps-nothing", D + 'default_cache_behavior[0].cache_policy_id == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" && length(' + D +
     "default_cache_behavior[0].allowed_methods) == 7 && " + D + 'default_cache_behavior[0].viewer_protocol_policy == "redirect-to-https" && !' + D +
     "default_cache_behavior[0].compress"),
    ("cdn-keeps-paths", "[for b in " + D + "ordered_cache_behavior : b.path_pattern if b.compress && b.cache_policy_id == "
     '"658327ea-f89d-4fab-a63d-7e88639e58f6" && length(b.allowed_methods) == 3] == ["/a$x\'\\"~+&@*", "*.js"]'),
    ("log-group", 'aws_cloudwatch_log_group._aws_lambda_resize.retention_in_days == 14 && aws_cloudwatch_log_group._aws_lambda_resize.skip_destroy'),
    ("endpoints", 'aws_vpc_endpoint.s3.service_name == "com.amazonaws.eu-west-1.s3" && aws_vpc_endpoint.dynamodb.vpc_endpoint_type == "Gateway" && '
     'aws_vpc_endpoint.s3.route_table_ids == toset(["rtb-0123456789abcdef0"])'),
    ("cdn-certificate", D + 'viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021" && ' + D + 'viewer_certificate[0].ssl_support_method == "sni-only"'),
]


def make_variants(tmp):
    """{label: folder of the root module}, and what each build said."""
    found, said = {}, {}
    for name, spec in examples():
        for profile in PROFILES:
            for region in REGIONS:
                label = f"{name}-{profile}-{region}"
                copy = os.path.join(tmp, "spec", label)
                out = os.path.join(tmp, "out", label)
                try:
                    said[label] = build(variant(spec, copy, region, profile), out)
                except RuntimeError as e:
                    fail(f"build-{label}", e)
                    continue
                for folder in roots(out):
                    part = os.path.relpath(os.path.dirname(folder), out)
                    found[label if part == "." else f"{label}-{part}"] = folder
    return found, said


def test_format(terraform, tmp):
    status, text = terraform.run(os.path.join(tmp, "out"), "fmt", "-check", "-recursive", "-diff", "-no-color")
    verdict("fmt", [] if status == 0 else ["not as `terraform fmt` has it\n" + text])


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def test_validate(terraform, tmp, found):
    """One root that calls every variant's root; what is wrong is told by the file that it is in."""
    batch = os.path.join(tmp, "batch")
    calls = "".join(f'module "m{i}" {{\n  source = "../out/{os.path.relpath(folder, os.path.join(tmp, "out"))}"\n}}\n'
                    for i, folder in enumerate(found.values()))
    write(os.path.join(batch, "main.tf"), calls)
    status, text = terraform.init(batch)
    if status != 0:
        fail("init", text)
        return
    ok("init")
    status, text = terraform.run(batch, "validate", "-json", "-no-color")
    problems = [d for d in json.loads(text)["diagnostics"]
                # A called root's backend is not used, which is no news.
                if d["summary"] != "Backend configuration ignored"]
    for label, folder in found.items():
        relative = os.path.relpath(folder, batch)
        verdict(f"validate-{label}", [
            f"{d['severity']}: {d['summary']}: {d.get('detail', '')} ({d['range']['filename']}:{d['range']['start']['line']})"
            for d in problems if d.get("range", {}).get("filename", "").startswith(relative + "/")])
    rest = [d for d in problems if not d.get("range", {}).get("filename", "").startswith("../")]
    verdict("validate-batch", [f"{d['severity']}: {d['summary']}: {d.get('detail', '')}" for d in rest])


MOCKS = """\
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}
mock_provider "aws" {
  alias = "us_east_1"
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}
"""


def run_block(name, source, asserts=(), told="    alarm_actions_enabled = true"):
    """One `run` over a module, which is told everything that it must be told."""
    with open(os.path.join(source, "versions.tf"), encoding="utf-8") as f:
        aliased = "configuration_aliases" in f.read()
    lines = [f'run "{name}" {{', "  command = plan", "  module {", f'    source = "{source}"', "  }"]
    lines += ["  variables {", told, "  }"]
    lines += ["  providers = {", "    aws = aws"] + (["    aws.us_east_1 = aws.us_east_1"] if aliased else []) + ["  }"]
    for condition, message in asserts:
        lines += ["  assert {", f"    condition = {condition}", f"    error_message = {json.dumps(message)}", "  }"]
    return "\n".join(lines + ["}", ""])


def alarm_problems(resources):
    """What holds for every planned alarm of every example, and how many there are."""
    problems, alarms, topics = [], 0, 0
    for r in resources:
        after, unknown = r["change"]["after"], r["change"].get("after_unknown", {})
        name = r["address"]
        if r["type"] == "aws_sns_topic":
            topics += 1
        if r["type"] == "aws_cloudwatch_log_group" and not after["retention_in_days"]:
            problems.append(f"{name}: lines are kept for ever")
        if r["type"] not in ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"):
            continue
        alarms += 1
        if not (unknown.get("alarm_actions") or after.get("alarm_actions")):
            problems.append(f"{name}: tells nobody")
        text = after["alarm_description"] or ""
        # In the language of the example.
        parts = any(do in text and source in text for do, source in ((" Do: ", " From "), (" Qué hacer: ", " De ")))
        if not (20 < len(text) <= 1024 and parts):
            problems.append(f"{name}: description: {text!r}")
        if r["type"] == "aws_cloudwatch_composite_alarm":
            continue
        n, m = after["evaluation_periods"], after["datapoints_to_alarm"]
        queries = after.get("metric_query") or []
        periods = {q["metric"][0]["period"] for q in queries if q["metric"]} or {after["period"]}
        period = max(periods)
        if m > n or n * period > (86400 if period < 3600 else 604800):
            problems.append(f"{name}: {m} of {n} periods of {period} s")
        if bool(after["metric_name"]) == bool(queries):
            problems.append(f"{name}: one metric or queries, not both")
        returned = [q["id"] for q in queries if q.get("return_data")]
        wanted = 2 if after.get("threshold_metric_id") else 1
        if queries and (len(returned) != wanted or len(periods) != 1 or len(queries) > 10):
            problems.append(f"{name}: queries {queries}")
    if topics == 0:
        problems.append("no topic")
    return problems, alarms


def test_plans(terraform, tmp, found, said):
    """`terraform test` with a mocked AWS: what would be planned."""
    checked = os.path.join(tmp, "checked")
    write(os.path.join(tmp, "checked-spec", "ops.yaml"), CHECKED_SPEC)
    try:
        build(os.path.join(tmp, "checked-spec", "ops.yaml"), checked)
    except RuntimeError as e:
        fail("build-checked", e)
        return
    folder = os.path.join(tmp, "plans")
    write(os.path.join(folder, "main.tf"), "")
    blocks, labels = [MOCKS], {}
    module = os.path.join("..", "checked", "terraform", "modules", "monitoring")
    # A source is relative; read from here.
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    blocks.append(run_block("checked", module, [(c, f"{i} {what}") for i, (what, c) in enumerate(CHECKED)]))
    module = os.path.join("..", "checked", "terraform", "modules", "cost_optimization")
    blocks.append(run_block("optimized", module, [(c, f"{i + len(CHECKED)} {what}") for i, (what, c) in enumerate(OPTIMIZED)], ""))
    for i, (label, path) in enumerate(found.items()):
        if "-us-east-1" in label and "-full" in label:
            continue  # planned by the emulator's suite; validated above
        labels[f"v{i}"] = label
        blocks.append(run_block(f"v{i}", os.path.relpath(os.path.join(path, "modules", "monitoring"), folder)))
    write(os.path.join(folder, "tests", "plans.tftest.hcl"), "\n".join(blocks))
    status, text = terraform.init(folder)
    if status != 0:
        fail("test-init", text)
        return
    status, lines = terraform.messages(folder, "test", "-json", "-verbose", "-no-color")
    results = {m["test_run"]["run"]: m["test_run"]["status"] for m in lines
               if m["type"] == "test_run" and "status" in m["test_run"]}
    errors = {}
    for m in lines:
        if m["type"] == "diagnostic":
            errors.setdefault(m.get("@testrun"), []).append(m["diagnostic"])
    plans = {m["@testrun"]: m["test_plan"]["resource_changes"] for m in lines if m["type"] == "test_plan"}
    failed, planned = {}, {}
    for d in errors.get("checked", []) + errors.get("optimized", []):
        number = re.match(r"(\d+) ", d.get("detail", ""))
        key = int(number.group(1)) if number else -1
        values = (d.get("snippet") or {}).get("values") or []
        failed[key] = f"{d['summary']}: {d.get('detail', '')} " + "; ".join(f"{v['traversal']} {v['statement']}" for v in values)
    for i, (what, condition) in enumerate(CHECKED + OPTIMIZED):
        verdict(f"plan-{what}-{i}", [f"{condition}\n{failed[i]}"] if i in failed else [])
    ran = {results.get(run) for run in ("checked", "optimized")} <= {"pass", "fail"}
    verdict("plan-checked", [failed[-1]] if -1 in failed else [] if ran else [f"did not run: {results}"])
    for run, label in labels.items():
        problems = [f"{d['summary']}: {d.get('detail', '')}" for d in errors.get(run, [])]
        if results.get(run) != "pass" or run not in plans:
            problems.append(f"terraform test says {results.get(run)}")
        else:
            more, alarms = alarm_problems(plans[run])
            problems += more
            # opsc counts over all environments.
            key = next(k for k in said if label == k or label.startswith(k + "-"))
            planned[key] = planned.get(key, 0) + alarms
        verdict(f"plan-{label}", problems)
    for key, alarms in planned.items():
        expected = int(re.search(r"(\d+) alarms?, \d+ dashboard", said[key]).group(1))
        verdict(f"count-{key}", [] if alarms == expected else [f"{alarms} alarms are planned, opsc said {expected}"])
    if status not in (0, 1):
        fail("plan-status", f"terraform test ended with {status}")


def main():
    terraform = need_terraform("terraform")
    with scratch("terraform") as tmp:
        found, said = make_variants(tmp)
        if not found:
            fail("variants", "nothing was built")
            sys.exit(1)
        test_format(terraform, tmp)
        test_validate(terraform, tmp, found)
        test_plans(terraform, tmp, found, said)


if __name__ == "__main__":
    main()
