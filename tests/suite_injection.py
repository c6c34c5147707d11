#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Values that look like code stay data: in HCL and in templates (as Terraform plans them), in JSON, Markdown, shell.

Every free text of ops.yaml gets all of the hostile pieces; what comes out at the other end is compared byte by byte.
"""
import json
import os
import re
import shutil
import subprocess
import sys

from dashboard_rules import problems_of
from terraform_support import build, fail, need_terraform, scratch, verdict

PIECES = ["$(touch canary)", "`touch canary`", "${aws_x.y}", "%{ if true }", "$${x}", "%%{y}", "$$${z}", "%%%{z}", "$", "%",
          "\"double\"", "'single'", "back\\slash \\n \\u0041", "\u00e9 \u6f22\u5b57 \U0001f525", "tab\there", "<b>&amp;", "{{spec|shell}}",
          "#{x}", "-- /* */ //", "EOT", "]]>", "${", "%{"]
LINE = " ".join(PIECES)
LINES = "first line\n  indented " + LINE + "\n\n\tlast"
# As a heredoc: nothing in it ends one.
QUERY = "fields @message\n  | filter m like \"${x} %{y} $$${z} $(w) \\ '\"\n\n| limit 5"
PATTERN = '{ $.msg = "a ${x} %{y} $$${z} \\" b" }'
TAG = "\u00e9 \u6f22\u5b57 a+b=c:d/e@f_g-h."  # AWS takes no more than this in a tag
PATH = "/health?a=$(touch%20canary)&b=${x}\"`touch`\\"


def spec_text():
    """JSON is YAML; ${ is doubled because ops.yaml has variables of its own."""
    spec = {
        "opsc": 1, "project": "shop", "environment": "production",
        "aws": {"region": "eu-west-1", "account": "123456789012", "tags": {"a": TAG, "b c": "1", "if": "true"}},
        "notify": {"ops": {"email": "o'ps+$x@shop.example", "https": "https://hooks.example/${x}?a=%{b}&c='`"}},
        "resources": {
            "web": {"kind": "ec2", "find": {"tag:Name": LINE}, "type": "t3.small", "alarms": "none"},
            "api": {"kind": "app", "on": "web", "port": 8080, "alarms": "none", "health": {"path": PATH}},
        },
        "logs": {"app": {
            "from": {"resource": "web", "files": ["/var/log/${x} %{y} 'q' \"d\"/*.log"], "format": "text"},
            "metrics": {"api.odd": {"match": PATTERN}},
            "queries": {"one": QUERY, "two": LINE, "three": LINES},
        }},
        "alarms": {
            "one": {"when": "web.cpu > 80% for 15m", "description": LINE, "do": LINE, "runbook": "https://wiki.example/${x}?%{y}"},
            "many": {"when": "sum(api.odd) > 3", "description": LINES},
            "down": {"when": "api.health fails 3 times"},
        },
        "dashboards": {"main": [{LINE: ["web.cpu as \"" + "served ${x} %{y} $(z)" + "\""]}], "second": [{"Plain": ["web.memory"]}]},
    }

    def escaped(x):
        if isinstance(x, dict):
            return {k: escaped(v) for k, v in x.items()}
        if isinstance(x, list):
            return [escaped(v) for v in x]
        return x.replace("${", "$${") if isinstance(x, str) else x
    return json.dumps(escaped(spec), ensure_ascii=False, indent=1)


def planned(terraform, tmp, out):
    """What Terraform makes of it: planned resources by address, and the tags of the provider."""
    module = os.path.join(out, "terraform", "modules", "monitoring")
    with open(os.path.join(out, "terraform", "providers.tf"), encoding="utf-8") as f:
        tags = re.search(r"(?s)tags = (\{.*?\n    \})", f.read()).group(1)
    folder = os.path.join(tmp, "plan")
    os.makedirs(os.path.join(folder, "tags"))
    os.makedirs(os.path.join(folder, "tests"))
    for name, text in {"main.tf": "", "tags/main.tf": f'output "tags" {{\n  value = {tags}\n}}\n', "tests/a.tftest.hcl": f"""\
mock_provider "aws" {{
  mock_data "aws_instance" {{
    defaults = {{ id = "i-0a1b2c3d4e5f67890" }}
  }}
}}
run "module" {{
  command = plan
  module {{
    source = "{os.path.relpath(module, folder)}"
  }}
  variables {{
    alarm_actions_enabled = true
  }}
}}
run "tags" {{
  command = plan
  module {{
    source = "./tags"
  }}
}}
"""}.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
    status, text = terraform.init(folder)
    if status != 0:
        return None, None, text
    status, lines = terraform.messages(folder, "test", "-json", "-verbose", "-no-color")
    plans = {m["@testrun"]: m["test_plan"] for m in lines if m["type"] == "test_plan"}
    if status != 0 or len(plans) != 2:
        return None, None, "\n".join(json.dumps(m.get("diagnostic", m.get("@message"))) for m in lines)
    resources = {r["address"]: r["change"]["after"] for r in plans["module"]["resource_changes"]}
    return resources, plans["tags"]["output_changes"]["tags"]["after"], None


def check_terraform(terraform, tmp, out):
    status, text = terraform.run(out, "fmt", "-check", "-recursive", "-diff", "-no-color")
    verdict("fmt", [] if status == 0 else ["not as `terraform fmt` has it\n" + text])
    resources, tags, error = planned(terraform, tmp, out)
    if error:
        fail("terraform-plan", error)
        return

    def same(name, found, wanted):
        verdict(name, [] if found == wanted else [f"{found!r}\nwanted {wanted!r}"])

    alarm = resources["aws_cloudwatch_metric_alarm.one"]["alarm_description"]
    same("hcl-description", alarm[:len(LINE)], LINE)
    verdict("hcl-do", [] if LINE in alarm[len(LINE):] else [alarm])
    verdict("hcl-runbook", [] if "https://wiki.example/${x}?%{y}" in alarm else [alarm])
    many = resources["aws_cloudwatch_metric_alarm.many"]["alarm_description"]
    same("hcl-description-of-lines", many[:len(LINES)], LINES)
    def endpoint(start):
        (found,) = [r["endpoint"] for a, r in resources.items() if a.startswith("aws_sns_topic_subscription." + start)]
        return found

    same("hcl-email", endpoint("warning_ops_email_"), "o'ps+$x@shop.example")
    same("hcl-https", endpoint("warning_ops_https_"), "https://hooks.example/${x}?a=%{b}&c='`")
    same("hcl-pattern", resources["aws_cloudwatch_log_metric_filter.api_odd"]["pattern"], PATTERN)
    for label, wanted in (("one", QUERY + "\n"), ("two", LINE), ("three", LINES + "\n")):
        same(f"hcl-query-{label}", resources[f"aws_cloudwatch_query_definition.app_{label}"]["query_string"], wanted)
    same("hcl-tags", {k: tags.get(k) for k in ("a", "b c", "if")}, {"a": TAG, "b c": "1", "if": "true"})
    body = json.loads(resources["aws_cloudwatch_dashboard.main"]["dashboard_body"])
    labels = [m[-1]["label"] for w in body["widgets"] for m in w["properties"].get("metrics", [])]
    same("template-label", labels, ["served ${x} %{y} $(z)"])
    same("template-id", [m[3] for w in body["widgets"] for m in w["properties"].get("metrics", [])], ["i-0a1b2c3d4e5f67890"])
    title = [w["properties"]["markdown"] for w in body["widgets"] if w["type"] == "text"][-1]
    # In Markdown a backslash before punctuation stands for just that character.
    same("template-markdown", re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", title), "## " + LINE.replace("\t", " "))
    verdict("dashboard-structure", problems_of(body))


def check_data_filter(out):
    """A data source is read, not planned: its text is looked at."""
    with open(os.path.join(out, "terraform", "modules", "monitoring", "data.tf"), encoding="utf-8") as f:
        text = f.read()
    bare = re.sub(r"\$\$\{|%%\{", "", text)
    verdict("hcl-find", [] if "${" not in bare.replace("$$${", "") and "canary" in text else [text])


def check_agent(out):
    with open(os.path.join(out, "hosts", "web", "cloudwatch-agent-config.json"), encoding="utf-8") as f:
        config = json.load(f)
    path = config["logs"]["logs_collected"]["files"]["collect_list"][0]["file_path"]
    verdict("json-file-path", [] if path == "/var/log/${x} %{y} 'q' \"d\"/*.log" else [path])


def check_shell(tmp, out):
    script = os.path.join(out, "hosts", "web", "publish_metrics.sh")
    stubs = os.path.join(tmp, "bin")
    work = os.path.join(tmp, "work")
    os.makedirs(stubs)
    os.makedirs(work)
    with open(os.path.join(stubs, "curl"), "w", encoding="utf-8") as f:
        f.write(f'#!/bin/sh\nfor a in "$@"; do printf "%s\\n" "$a"; done >"{tmp}/curl-arguments"\nprintf "200 0.1"\n')
    os.chmod(os.path.join(stubs, "curl"), 0o755)
    env = {**os.environ, "PATH": stubs + ":" + os.environ["PATH"], "STATE_DIRECTORY": work}
    r = subprocess.run(["bash", script, "--dry-run", "--all"], cwd=work, env=env, text=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
    try:
        with open(os.path.join(tmp, "curl-arguments"), encoding="utf-8") as f:
            arguments = f.read().splitlines()
    except OSError:
        arguments = []
    verdict("shell-runs", [] if r.returncode == 0 and '"MetricName": "api.health", "Value": 1' in r.stdout else [f"{r.returncode}\n{r.stdout}"])
    verdict("shell-attribute", [] if "http://127.0.0.1:8080" + PATH in arguments else [f"{arguments}"])
    canaries = [p for folder in (work, tmp, out) for p in os.listdir(folder) if p == "canary"]
    verdict("shell-nothing-ran", [] if not canaries else ["a command of ops.yaml was run"])
    if shutil.which("shellcheck"):
        # Both only ask whether a quoted $ or backslash is meant as it stands. It is.
        r = subprocess.run(["shellcheck", "-o", "all", "-S", "style", "-e", "SC2016,SC1003", script], text=True, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, check=False)
        verdict("shellcheck", [] if r.returncode == 0 else [r.stdout])
    else:
        print("skip-missing shellcheck: shellcheck is not there")


def main():
    with scratch("injection") as tmp:
        spec, out = os.path.join(tmp, "ops.yaml"), os.path.join(tmp, "out")
        with open(spec, "w", encoding="utf-8") as f:
            f.write(spec_text())
        try:
            build(spec, out)
        except RuntimeError as e:
            fail("build", e)
            sys.exit(1)
        check_agent(out)
        check_shell(tmp, out)
        check_data_filter(out)
        check_terraform(need_terraform("terraform"), tmp, out)


if __name__ == "__main__":
    main()
