#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ops.yml, by which a project is held against its spec on GitHub: when it is made, what is in it, and its scripts, run as a
runner does: with Terraform, and with a `gh` that keeps comments in a file."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from report import check, equal, say, state, test
from runner_support import commands

try:
    import workflow_tools
    from workflow_file import File
except ImportError as e:
    say("skip-missing", "ops", f"python3 has no module {e.name} (tools/setup.sh test)")
    sys.exit(0)

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.path.abspath(os.environ.get("OPSC", str(ROOT / "build/asan/opsc")))
TMP = pathlib.Path(tempfile.mkdtemp(prefix="opsc-ops."))
SPEC = """opsc: 1
project: shop
notify: ops@shop.example
resources: { web: { kind: ec2, id: i-0a1b2c3d4e5f67890, role: shop-web } }
"""
ONE = SPEC + 'aws: { region: eu-west-1, account: "123456789012" }\n'
PLAN = """terraform:
  state: { bucket: "shop-${environment}-state" }
  plan_role: "arn:aws:iam::${account}:role/plan,of=it@shop.example+1"
"""
SEVERAL = SPEC + PLAN + """environments:
  production: { aws: { region: eu-central-1, account: "210987654321" } }
  staging: { aws: { region: eu-west-1, account: "123456789012" }, resources: { web: { id: i-0fedcba9876543210 } } }
  trial: { aws: { region: eu-west-1 }, terraform: null, resources: { web: { id: i-0fedcba9876543211 } } }
"""
PINNED = "example/opsc@0123456789abcdef0123456789abcdef01234567"


def folder_of(text, name="ops.yaml"):
    folder = pathlib.Path(tempfile.mkdtemp(dir=TMP))
    (folder / name).write_text(text)
    ran = subprocess.run([OPSC, "build", name], cwd=folder, capture_output=True, text=True, check=False)
    equal(ran.returncode, 0, f"the status of opsc build, which says {ran.stderr[:1500]!r},")
    return folder


def ops(text, name="ops.yaml"):
    path = folder_of(text, name) / ".github/workflows/ops.yml"
    return path.read_text() if path.exists() else None


def file_of(text, name="ops.yaml"):
    return File(".github/workflows/ops.yml", ops(text, name))


def job_of(f, name):
    return next((j for j in f.jobs if j.name == name), None)


def script_of(f, job, step):
    return next(s.run for s in job_of(f, job).steps if s.data["name"] == step)


VARIANTS = {"ci alone": ONE + "ci: { branch: trunk, quality: [make lint] }\n", "a role to plan with": ONE + PLAN, "several environments": SEVERAL,
            "opsc of a commit": SEVERAL + f"ci: {{ opsc: {PINNED} }}\n"}


def when_and_what():
    with test("without ci and plan_role there is none"):
        equal(ops(ONE), None, "ops.yml")
    with test("opsc alone in ci: nothing else is made"):
        folder = folder_of(ONE + f"ci: {{ opsc: {PINNED} }}\n")
        equal([p.name for p in (folder / ".github/workflows").iterdir()], ["ops.yml"], "the workflows")
    with test("one environment, when others are made by --env"):
        folder = pathlib.Path(tempfile.mkdtemp(dir=TMP))
        (folder / "ops.yaml").write_text(SEVERAL)
        subprocess.run([OPSC, "build", "--env", "staging"], cwd=folder, check=True, capture_output=True)
        check(not (folder / ".github").exists(), "a part of the environments made the workflow of all")
    with test("ci alone: no plan, no schedule, no token for AWS"):
        f = file_of(VARIANTS["ci alone"])
        equal([j.name for j in f.jobs], ["check", "comment"], "the jobs")
        equal(sorted(f.triggers()), ["pull_request", "push", "workflow_dispatch"], "the triggers")
        equal(f.data["on"]["push"]["branches"], ["trunk"], "the branches")
        check("id-token" not in f.text, "id-token")
    with test("a plan for each environment that has a role"):
        f = file_of(SEVERAL)
        equal([j.name for j in f.jobs], ["check", "plan", "comment"], "the jobs")
        entries = job_of(f, "plan").data["strategy"]["matrix"]["include"]
        equal([dict(e) for e in entries], [
            {"environment": n, "folder": f"{n}/terraform", "region": r, "account": a,
             "role": f"arn:aws:iam::{a}:role/plan,of=it@shop.example+1"}
            for n, r, a in (("production", "eu-central-1", "210987654321"), ("staging", "eu-west-1", "123456789012"))], "the matrix")
        equal(job_of(f, "plan").data["strategy"]["fail-fast"], "false", "fail-fast")
        check("schedule" in f.triggers(), "no schedule")
        equal(f.data["on"]["pull_request"]["paths"], ["**.yaml", "**.yml", ".opsc-manifest.json", "production/**", "staging/**", "trial/**"],
              "the paths")
        paths = file_of(ONE + PLAN, "shop.spec").data["on"]["pull_request"]["paths"]
        equal(sorted(paths[3:]), ["docs/**", "hosts/**", "shop.spec", "terraform/**"], "the paths of a spec of another name")
    with test("a job for each of a hundred accounts"):
        many = SPEC + PLAN + "environments:\n" + "".join(
            f"  e{i}: {{ aws: {{ region: eu-west-1, account: \"{i:012}\" }}, resources: {{ web: {{ id: i-{i:017x} }} }} }}\n" for i in range(100))
        entries = job_of(file_of(many), "plan").data["strategy"]["matrix"]["include"]
        equal([e["account"] for e in entries], [f"{i:012}" for i in range(100)], "the accounts")
    with test("each job may do what it is for"):
        f = file_of(SEVERAL)
        equal({j.name: dict(j.permissions) for j in f.jobs},
              {"check": {"contents": "read", "security-events": "write"}, "plan": {"contents": "read", "id-token": "write"},
               "comment": {"pull-requests": "write"}}, "the permissions")
        for name in ("plan", "comment"):
            check("github.event.pull_request.head.repo.full_name == github.repository" in job_of(f, name).data["if"], f"{name} is for forks too")
        check(not any(s.action == "actions/checkout" for s in job_of(f, "comment").steps), "code of the pull request beside a token that writes")
    with test("opsc of a commit is an action, and checks forks too"):
        f = file_of(VARIANTS["opsc of a commit"])
        uses = [s.uses for s in job_of(f, "check").steps if s.uses]
        check(PINNED in uses and "./.opsc" not in uses, uses)
        check("if" not in job_of(f, "check").data, "the check has a condition")
        inputs = set(File("action.yml", (ROOT / "action.yml").read_text()).data["inputs"])
        for text in VARIANTS.values():
            used = next(s for s in job_of(file_of(text), "check").steps if s.action in ("./.opsc", PINNED.split("@", 1)[0]))
            check(set(used.inputs) <= inputs, dict(used.inputs))
    missing = workflow_tools.missing()
    if missing:
        say("skip-missing", "linters of workflows", missing)
        return
    texts = {f".github/workflows/{i}.yml": ops(t) for i, t in enumerate(VARIANTS.values())}
    problems = workflow_tools.lint(texts)
    for name, path in zip(VARIANTS, texts):
        with test(f"{name}: every rule of workflows"):
            # What is known of others' actions cannot have ours.
            found = [p for p in problems if p.file == path and "example/opsc is not in" not in p.message]
            check(not found, *found)


def run(script, folder, path=(), **env):
    """bash, as a runner starts it; the files of the runner are below `folder`."""
    out = folder / "runner"
    out.mkdir(exist_ok=True)
    (out / "step.sh").write_text(script)
    given = {"PATH": os.pathsep.join([*map(str, path), os.environ["PATH"]]), "HOME": str(TMP), "RUNNER_TEMP": str(out),
             "GITHUB_STEP_SUMMARY": str(out / "summary.md"), "CHECKPOINT_DISABLE": "1", **env}
    ran = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", str(out / "step.sh")], cwd=folder, env=given,
                         capture_output=True, text=True, timeout=120, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def costing():
    """The step that says what a change costs, in a merge such as GitHub makes of a pull request."""
    script = script_of(file_of(SEVERAL), "check", "Say what the change costs")
    folder = pathlib.Path(tempfile.mkdtemp(dir=TMP))
    (folder / "bin").mkdir()
    (folder / "bin/opsc").symlink_to(OPSC)

    def git(*words):
        subprocess.run(["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@shop.example", *words], check=True, capture_output=True)

    def said(spec="ops.yaml"):
        shutil.rmtree(folder / "runner", ignore_errors=True)
        status, words = run(script, folder, path=[folder / "bin"], SPEC=spec)
        path = folder / "runner/cost/cost.md"
        return status, words, path.read_text() if path.exists() else None

    git("init", "-q", "-b", "main")
    with test("cost: of a merge against its first parent"):
        (folder / "ops.yaml").write_text(ONE)
        git("add", "ops.yaml")
        git("commit", "-qm", "base")
        git("checkout", "-qb", "change")
        (folder / "ops.yaml").write_text(ONE.replace("role: shop-web", "role: shop-web, type: t3.micro"))
        git("commit", "-qam", "change")
        git("checkout", "-q", "main")
        git("merge", "-q", "--no-ff", "-m", "merge", "change")
        status, words, text = said()
        equal((status, words), (0, ""), "status and words")
        check("- production, eu-west-1: **+$8.32** a month" in text, text)
        check(text in (folder / "runner/summary.md").read_text(), "it is not in the summary")
    with test("cost: a spec that cannot be read fails nothing, and says so"):
        (folder / "ops.yaml").write_text(ONE + "::error::x: 1\n")
        status, words, text = said()
        equal((status, text), (0, None), "status and text")
        equal(commands(words), ["::warning title=Cost::What this change costs could not be said: opsc cost ended with 1."], "the commands")
        equal(said("--output=x")[0], 0, "the status of a spec with a nasty name")


def finding_opsc():
    script = script_of(file_of(SEVERAL), "check", "Where opsc comes from is said")
    good = {"OPSC_REPOSITORY": "example/opsc", "OPSC_REF": PINNED.split("@")[1]}
    with test("the variables that say where opsc is"):
        folder = pathlib.Path(tempfile.mkdtemp(dir=TMP))
        equal(run(script, folder, **good), (0, ""), "status and words when both are there")
        for name, values in {"OPSC_REPOSITORY": ("", "opsc", "a/b/c", "a/b\n::x::"), "OPSC_REF": ("", "main", "v1.0", "0" * 39, "0" * 41)}.items():
            for value in values:
                status, said = run(script, folder, **{**good, name: value})
                equal(status, 1, f"the status of {name}={value!r}")
                equal(len(commands(said)), 1, f"the number of commands of {said!r}")
                check(f"Set the variable {name} " in said, said)


NASTY = "::error::x\n::add-mask::y\n</pre><img src=x>&amp;`$(touch pwned)`"


def plan(script, text, event="pull_request", applied=None):
    """(status, words, folder) of the plan of a folder with this configuration, after that one was applied."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=TMP))
    (folder / "live/terraform").mkdir(parents=True)
    main = folder / "live/terraform/main.tf"
    if applied is not None:
        main.write_text(applied)
        for words in (["init"], ["apply", "-auto-approve"]):
            subprocess.run(["terraform", *words, "-input=false"], cwd=main.parent, check=True, capture_output=True)
    main.write_text(text)
    status, said = run(script, folder, ENVIRONMENT="live", FOLDER="live/terraform", EVENT=event, TF_IN_AUTOMATION="1")
    return status, said, folder


def says(folder):
    return (folder / "runner/plan/live.says").read_text()


def planning():
    if shutil.which("terraform") is None:
        say("skip-missing", "plan", "terraform is not there: https://developer.hashicorp.com/terraform/install (1.10 or newer)")
        return
    script = script_of(file_of(SEVERAL), "plan", "Plan")
    one = 'resource "terraform_data" "x" {\n  input = "%s"\n}\n'
    with test("plan: nothing to do"):
        status, said, folder = plan(script, one % "a", "schedule", applied=one % "a")
        equal((status, commands(said), says(folder)), (0, [], "No changes.\n"), "status, commands and words")
        check("No changes." in (folder / "runner/summary.md").read_text(), "the summary")
        check(not list(folder.rglob("*.lock.info")), "it left a lock")
    with test("plan: a difference is shown to a pull request, and fails a schedule as drift"):
        status, said, folder = plan(script, one % "b", applied=one % "a")
        equal((status, commands(said), says(folder)), (0, [], "Plan: 0 to add, 1 to change, 0 to destroy.\n"), "status, commands and words")
        log = (folder / "runner/plan/live.txt").read_text()
        check('"a" -> "b"' in log and "Refreshing state" not in log, log)
        for event, wanted in (("push", 0), ("schedule", 1), ("workflow_dispatch", 1)):
            status, said = run(script, folder, ENVIRONMENT="live", FOLDER="live/terraform", EVENT=event, TF_IN_AUTOMATION="1")
            equal(status, wanted, f"the status of {event}")
        check(commands(said)[0].startswith("::error title=Drift of live::Plan: 0 to add, 1 to change"), said)
    with test("plan: one that cannot be made"):
        status, said, folder = plan(script, 'resource "terraform_data" "x" {\n  input = nothing.here\n}\n')
        equal((status, says(folder)), (1, "It could not be made.\n"), "status and words")
        check("Reference to undeclared resource" in said, said)
        equal(commands(said), ["::error title=Plan of live::It could not be made."], "the commands")
        status, said, folder = plan(script, 'terraform {\n  required_version = ">= 99"\n}\n')
        equal((status, says(folder)), (1, "It could not be made.\n"), "status and words without init")
    with test("plan: what is planned is data"):
        text = 'output "x" {\n  value = <<-END\n    %s\n    Plan: | @everyone\n  END\n}\n' % NASTY.replace("\n", "\n    ").replace("${", "$${")
        status, said, folder = plan(script, text)
        equal((status, commands(said), says(folder)), (0, [], "Outputs change.\n"), "status, commands and words")
        check("::add-mask::y" in said, "the nasty text is not there")
        summary = (folder / "runner/summary.md").read_text()
        equal((summary.count("</pre>"), summary.count("<img")), (1, 0), "tags in the summary")
        check(not list(TMP.rglob("pwned")), "it ran")


# Comments are kept as GitHub gives them; the filter is run by jq, as gh would.
GH = """#!/usr/bin/env python3
import json, os, subprocess, sys
store, words = os.environ["STORE"], sys.argv[1:]
comments = json.load(open(store))
assert words[0] == "api", words
path = next(w for w in words if w.startswith("repos/"))
with open(store + ".log", "a") as f:
    f.write(" ".join(w for w in words if not w.startswith("body=")) + "\\n")
if "--jq" in words:
    sys.exit(subprocess.run(["jq", "--raw-output", words[words.index("--jq") + 1]], input=json.dumps(comments), text=True).returncode)
body = open(next(w for w in words if w.startswith("body=@"))[6:]).read()
if len(body) > 65536:
    sys.exit("gh: Body is too long (maximum is 65536 characters) (HTTP 422)")
if "PATCH" in words:
    next(c for c in comments if c["id"] == int(path.rsplit("/")[-1]))["body"] = body
else:
    comments.append({"id": 100 + len(comments), "user": {"login": "github-actions[bot]"}, "body": body})
json.dump(comments, open(store, "w"))
"""


def comment(folder, script, plans, **env):
    """The comments after it."""
    shutil.rmtree(folder / "plans", ignore_errors=True)
    for name, (words, text) in plans.items():
        (folder / "plans").mkdir(exist_ok=True)
        (folder / f"plans/{name}.says").write_text(words + "\n")
        (folder / f"plans/{name}.txt").write_text(text)
    status, said = run(script, folder, path=[folder / "bin"], STORE=str(folder / "store"),
                       **{"GH_TOKEN": "t", "GH_REPO": "example/shop", "NUMBER": "7", "RUN": "https://github.example/r", "SPEC": "ops.yaml",
                          "CHECK": "success", **env})
    equal((status, said), (0, ""), "status and words")
    return json.loads((folder / "store").read_text())


def commenting():
    if shutil.which("jq") is None:
        say("skip-missing", "comment", "jq is not there")
        return
    folder = pathlib.Path(tempfile.mkdtemp(dir=TMP))
    (folder / "bin").mkdir()
    (folder / "bin/gh").write_text(GH)
    (folder / "bin/gh").chmod(0o755)
    others = [{"id": 1, "user": {"login": "mallory"}, "body": "<!-- opsc: ops.yaml --> mine"},
              {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "something else"}]
    (folder / "store").write_text(json.dumps(others))
    script = script_of(file_of(SEVERAL), "comment", "Write the comment")
    plans = {"production": ("Plan: 1 to add, 0 to change, 0 to destroy.", "+ resource <x> & y\n"), "staging": ("No changes.", "No changes.\n")}
    with test("comment: written once, and anew each time"):
        comments = comment(folder, script, plans, PLAN="success")
        equal(comments[:2], others, "what others wrote")
        body = comments[2]["body"]
        for part in ("<!-- opsc: ops.yaml -->\n", "(https://github.example/r): **success**", "| production | Plan: 1 to add, 0 to change, 0 to destroy. |",
                     "| staging | No changes. |", "<summary>production</summary>", "+ resource &lt;x> &amp; y"):
            check(part in body, f"no {part!r} in {body}")
        check("<summary>staging</summary>" not in body, "a plan of nothing is shown")
        check("What this change costs could not be said" in body, "what it costs is not missed")
        comments = comment(folder, script, {}, CHECK="failure", PLAN="failure")
        equal(len(comments), 3, "the number of comments")
        check("**failure**" in comments[2]["body"] and "A plan could not be made" in comments[2]["body"] and "| plan |" not in comments[2]["body"],
              comments[2]["body"])
        log = (folder / "store.log").read_text()
        check("POST repos/example/shop/issues/7/comments" in log and "PATCH repos/example/shop/issues/comments/102" in log, log)
    with test("comment: what it costs is in it, in short when it is long"):
        (folder / "cost").mkdir()
        lines = "<!-- opsc cost: ops.yaml -->\n### What this change costs a month\n\n- production: **+$5.00** a month\n\n<details>"
        (folder / "cost/cost.md").write_text(lines + "rows</details>\n")
        body = comment(folder, script, plans, PLAN="success")[2]["body"]
        check(lines in body and "rows</details>" in body and "could not be said" not in body, body)
        (folder / "cost/cost.md").write_text(lines + "rows\n" * 5000 + "</details>\n")
        body = comment(folder, script, plans, PLAN="success")[2]["body"]
        check("**+$5.00** a month" in body and "rows" not in body and "| staging |" in body, body)
    with test("comment: of a hundred accounts, and of plans without end"):
        big = {f"e{i:03}": (f"Plan: {i} to add, 0 to change, 0 to destroy.", "&<\u00e9" * 40000) for i in range(100)}
        body = comment(folder, script, big, PLAN="success")[2]["body"]
        equal(body.count("<summary>"), 100, "the number of plans")
    with test("comment: a spec of its own has its own, whatever it is called"):
        comments = comment(folder, script, {}, SPEC="--> \"' $(touch pwned) `x`.yaml", PLAN="skipped")
        equal(len(comments), 4, "the number of comments")
        equal(len(comment(folder, script, {}, SPEC="--> \"' $(touch pwned) `x`.yaml")), 4, "the number of comments after it again")
        check(not list(TMP.rglob("pwned")), "it ran")


try:
    when_and_what()
    costing()
    finding_opsc()
    planning()
    commenting()
finally:
    shutil.rmtree(TMP, ignore_errors=True)
sys.exit(int(state.failed))
