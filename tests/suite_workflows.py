#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The workflows that opsc makes, and what checks them: each rule catches what it is for."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from report import check, equal, say, state, test
from workflow_wrong import FINE, GOOD, LINTERS, WRONG

try:
    import workflow_rules
    import workflow_tools
except ImportError as e:
    say("skip-missing", "workflows", f"python3 has no module {e.name} (tools/setup.sh test)")
    sys.exit(0)

OPSC = os.environ.get("OPSC", "build/asan/opsc")
NAME = ".github/workflows/test.yml"


def changed(edits):
    ret = GOOD
    for old, new in edits:
        check(old in ret, f"{old!r} is not in the good workflow")
        ret = ret.replace(old, new)
    return ret


def rules_catch():
    for rule, ways in WRONG.items():
        with test(f"rule {rule} catches what it is for ({len(ways)})"):
            for edits in ways:
                found = {p.rule for p in workflow_rules.check({NAME: changed(edits)})}
                check(rule in found, f"{edits[-1][1]!r} gave {sorted(found)}")
    with test("every rule has a workflow that it catches"):
        equal(sorted({"yaml", *workflow_rules.RULES} - set(WRONG)), [], "rules without")
    with test("no rule is against what is right"):
        for edits in [[], *FINE]:
            found = workflow_rules.check({NAME: changed(edits)})
            check(not found, *found)


def calls_are_checked():
    with test("nested-permissions catches a call of a workflow that asks for more than its caller has"):
        caller = "on: push\njobs:\n  ci:\n    permissions:\n      contents: read\n%s    uses: ./.github/workflows/test.yml\n"
        name = ".github/workflows/deploy.yml"
        found = workflow_rules.check_calls({NAME: GOOD, name: caller % ""})
        equal([p.rule for p in found], ["nested-permissions"], str(found))
        found = workflow_rules.check_calls({NAME: GOOD, name: caller % "      security-events: write\n"})
        check(not found, *found)


def linters_catch():
    with test("the linters have nothing against the good workflow"):
        found = workflow_tools.lint({NAME: GOOD})
        check(not found, *found)
    cases = {f".github/workflows/{by}{i}.yml": (by, message, changed(edits))
             for by, messages in LINTERS.items() for i, (message, edits) in enumerate(messages.items())}
    problems = workflow_tools.lint({name: text for name, (_, _, text) in cases.items()})
    for name, (by, message, _) in cases.items():
        with test(f"{by} says: {message}"):
            said = [p.message for p in problems if p.file == name and p.rule == by]
            check(any(message in m for m in said), *said)


def committed():
    """Ours, and those of the examples."""
    listed = subprocess.run(["git", "-C", str(workflow_tools.ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--",
                             "*.github/workflows/*.yml", "*action.yml"], capture_output=True, text=True, check=True)
    return sorted(p for p in listed.stdout.split("\0") if p and (workflow_tools.ROOT / p).exists())


def committed_keep_rules():
    files = {p: pathlib.Path(workflow_tools.ROOT, p).read_text() for p in committed()}
    problems = workflow_tools.lint(files)
    for name in files:
        with test(f"{name} keeps every rule"):
            found = [p for p in problems if p.file == name]
            check(not found, *found)


SPEC = """opsc: 1
project: %(project)s
aws: { region: eu-west-1, account: "123456789012" }
notify: ops@example.com
environments:
  %(environment)s: {}
resources:
  web: { kind: ec2, id: i-0123456789abcdef0, role: web, address: %(address)s }
  api: { kind: app, on: web, port: 8000, image: %(image)s, logs: [] }
ci: { tests: { unit: make } }
deploy: { app: api, registry: %(registry)s, github: %(repository)s, branch: %(branch)s, user: %(user)s, dockerfile: %(dockerfile)s, context: %(context)s }
"""
USUAL = {"project": "reco", "environment": "production", "address": "web.example.com", "image": "reco/api", "registry": "docker-hub", "repository": "example/reco",
         "branch": "main", "user": "deploy", "dockerfile": "Dockerfile", "context": "."}
HOSTILE = ["a${{ github.token }}b", "a'b", 'a"b', "a$(id)", "a`id`", "a;b", "a b", "a\nb", "a\u2028b", "-a", "a:b", "a#b", "*", "a/../b", "true", "a%0Ab", "a|b", "é"]
ODD = {"branch": ["release/2.x_y-z", "v1.2.3"], "image": ["ghcr.example.com:5000/a/b.c-d_e", "api"], "dockerfile": ["deploy/api.Dockerfile"], "context": ["services/api"],
       "address": ["2001:db8::1", "10.0.0.1"], "user": ["_deploy-1"], "environment": ["Prod_2-a", "true1"], "registry": ["ecr"], "repository": ["a-b/c.d_e"]}


def hostile_deploys():
    """What opsc takes makes workflows that keep every rule; the rest it refuses."""
    files, taken, refused = {}, [], 0
    with tempfile.TemporaryDirectory() as folder:
        for n, (key, value) in enumerate([(k, v) for k in USUAL for v in [*HOSTILE, *ODD.get(k, [])]]):
            spec = pathlib.Path(folder, str(n), "ops.yaml")
            spec.parent.mkdir()
            text = json.dumps(value, ensure_ascii=False)
            spec.write_text(SPEC % {**{k: json.dumps(v) for k, v in USUAL.items()}, key: text.replace("${", "$${")})
            ran = subprocess.run([os.path.abspath(OPSC), "build", str(spec)], capture_output=True, text=True, check=False)
            check(ran.returncode in (0, 1), f"{key}: {value!r}: {ran.returncode}", ran.stderr)
            refused += ran.returncode
            if ran.returncode == 0:
                taken.append((key, value))
                files.update({f"{n}/.github/workflows/{p.name}": p.read_text() for p in spec.parent.glob(".github/workflows/*.yml")})
        problems = workflow_tools.lint(files)
        check(not problems, *problems)
    missing = [(k, v) for k, vs in ODD.items() for v in vs if (k, v) not in taken]
    check(not missing, f"refused, and quite usual: {missing}")
    check(refused > 100, f"only {refused} were refused: {[t for t in taken if t[1] in HOSTILE]}")


def main():
    rules_catch()
    calls_are_checked()
    missing = workflow_tools.missing()
    if missing:
        say("skip-missing", "linters of workflows", missing)
        return
    linters_catch()
    committed_keep_rules()
    with test("hostile values in ten fields of deploys are refused, or keep every rule"):
        hostile_deploys()


main()
sys.exit(state.failed)
