#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""opsc in other people's pipelines: pre-commit with both hooks in a scratch repository, the steps of action.yml as a runner
takes them, what docs/ci.md shows, and the tarball of a release."""
import contextlib
import functools
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

from report import check, equal, say, state, test
from runner_support import commands

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.path.abspath(os.environ.get("OPSC", str(ROOT / "build/asan/opsc")))
TMP = pathlib.Path(os.path.realpath(tempfile.mkdtemp(prefix="opsc-hooks.")))
TREE = TMP / "opsc"
VERSION = (ROOT / "VERSION").read_text().strip()
SPEC = (ROOT / "examples/minimal/ops.yaml").read_text()
WRONG = SPEC.replace("kind: ec2", "kind: ec3")
HOSTILE = " a'b\"c`touch pwned`$(touch pwned);&|\n*-é"
# Whatever the caller has set, and a build that takes half the time.
ENV = {**{k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "GITHUB_", "MAKE", "PRE_COMMIT"))},
       "PRE_COMMIT_HOME": str(TMP / "cache"), "HOME": str(TMP), "CFLAGS": "-O0", "NO_COLOR": "1",
       "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@t.example",
       "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@t.example"}


def sh(*words, cwd=None, env=None, status=0, **more):
    ran = subprocess.run([str(w) for w in words], cwd=cwd or TMP, env=env or ENV, capture_output=True, text=True,
                         errors="surrogateescape", timeout=300, check=False, **more)
    said = ran.stdout + ran.stderr
    if status is not None:
        equal(ran.returncode, status, f"the status of {words[:3]}, which says {said[-2000:]!r},")
    return said


def program(name, text):
    """A program of this name in a folder of its own, to be put before others in PATH."""
    folder = TMP / "bin" / f"{name}-{len(list((TMP / 'bin').iterdir())) if (TMP / 'bin').exists() else 0}"
    folder.mkdir(parents=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)
    return str(folder)


def make(text):
    """The same, by both names that it may have."""
    folder = program("make", text)
    shutil.copy2(os.path.join(folder, "make"), os.path.join(folder, "gmake"))
    return folder


def path_of(*folders):
    return {**ENV, "PATH": os.pathsep.join([*folders, ENV["PATH"]])}


def copy_of_tree(to):
    """What git would have of the working tree, and the changes that nobody committed yet."""
    names = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True).stdout
    to.mkdir()
    for name in map(os.fsdecode, filter(None, names.split(b"\0"))):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    sh("git", "init", "-q", ".", cwd=to)
    sh("git", "add", "-A", cwd=to)
    sh("git", "commit", "-q", "-m", "tree", cwd=to)


@functools.cache
def files():
    """How many files the spec makes."""
    folder = TMP / "counted"
    folder.mkdir()
    (folder / "ops.yaml").write_text(SPEC)
    return int(re.search(r"([0-9]+) new files", sh(OPSC, "build", cwd=folder)).group(1))


def repository(name, texts, hooks="[{ id: opsc-lint }, { id: opsc-build }]", build=("ops.yaml",)):
    """A user's repository with everything added to git."""
    repo = TMP / name
    repo.mkdir()
    sh("git", "init", "-q", ".", cwd=repo)
    rev = sh("git", "rev-parse", "HEAD", cwd=TREE).strip()
    (repo / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: file://{TREE}\n    rev: {rev}\n    hooks: {hooks}\n")
    for path, text in texts.items():
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        (repo / path).write_text(text)
    for spec in build:
        sh(OPSC, "build", "--", spec, cwd=repo)
    sh("git", "add", "-A", cwd=repo)
    return repo


def hooks(repo, *args, status=0, env=None, cwd=None):
    return sh("pre-commit", "run", "--verbose", *args, cwd=cwd or repo, env=env, status=status)


@contextlib.contextmanager
def changed(repo):
    """What is done to the repository is undone."""
    yield
    sh("git", "reset", "-q", "--hard", cwd=repo)
    sh("git", "clean", "-q", "-fdx", cwd=repo)


def has(said, *parts):
    for part in parts:
        check(part in said, f"no {part!r} in {said[-3000:]!r}")


def has_not(said, *parts):
    for part in parts:
        check(part not in said, f"{part!r} in {said[-3000:]!r}")


def first_run():
    """An opsc of another version is in PATH: the hook builds its own."""
    old = program("opsc", "#!/bin/sh\necho 'opsc 0.0.1 (language 1)'\n")
    repo = repository("first", {"ops.yaml": SPEC})
    began = time.monotonic()
    said = hooks(repo, env=path_of(old))
    print(f"  the first run, which builds opsc: {time.monotonic() - began:.1f} s")
    has(said, "opsc lint", "opsc build --check", f"up to date: {files()} files", "opsc 0.0.1 (language 1)", f"is not opsc {VERSION}",
        f"building opsc {VERSION}")
    clones = list((TMP / "cache").glob("repo*"))
    equal(len(clones), 1, "the number of clones")
    return clones[0]


def built(clone):
    return sorted(p.name for p in (clone / "build").iterdir() if not p.name.startswith("."))


def first_runs_at_once(clone):
    """Two repositories, and one left by a run that was killed long ago: one opsc stays."""
    equal(built(clone), ["opsc"], "what the first run leaves")
    (clone / "build/opsc").rename(TMP / "opsc-built")
    left = clone / "build/hook.1"
    left.mkdir()
    os.utime(left, (0, 0))
    slow = make(f'#!/bin/sh\necho x >>{TMP}/builds; sleep 0.5; mkdir -p "$3/build" && cp {TMP}/opsc-built "$3/build/opsc"\n')
    repos = [repository(f"at-once{i}", {"ops.yaml": SPEC}) for i in range(2)]
    running = [subprocess.Popen(["pre-commit", "run", "--verbose", "opsc-build"], cwd=r, env=path_of(slow), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for r in repos]
    for p in running:
        text = p.communicate(timeout=300)[0]
        equal(p.returncode, 0, f"the status of one, which says {text[-2000:]!r},")
        has(text, f"up to date: {files()} files")
    equal((TMP / "builds").read_text(), "x\nx\n", "the builds, which were to be at once")
    equal(built(clone), ["opsc"], "what they leave")


def lint_fails():
    repo = repository("wrong", {"ops.yaml": SPEC})
    sh("git", "commit", "-q", "-m", "x", cwd=repo)
    (repo / "ops.yaml").write_text(WRONG)
    has_not(hooks(repo), "OPS-1301")  # not added: not part of the commit
    sh("git", "add", "-A", cwd=repo)
    has(hooks(repo, "opsc-lint", status=1), "error[OPS-1301]: there is no kind `ec3`", "ops.yaml:7:16", "exit code: 1")
    has(hooks(repo, "opsc-build", status=1), "error[OPS-1301]")


def build_fails(repo):
    sh("git", "commit", "-q", "-m", "x", "--allow-empty", cwd=repo)
    main = repo / "terraform/main.tf"
    with changed(repo):
        (repo / "ops.yaml").write_text(SPEC.replace("8080", "8081"))
        sh("git", "add", "-A", cwd=repo)
        has(hooks(repo, status=1), "opsc lint", "Passed", "-  local port='8080'\n+  local port='8081'", "run opsc build")
    with changed(repo):
        main.write_text(main.read_text() + "# mine\n")
        sh("git", "add", "-A", cwd=repo)
        has(hooks(repo, status=1), "-# mine", f"1 of {files()} files")
    with changed(repo):
        sh("git", "rm", "-q", main, cwd=repo)
        has(hooks(repo, status=1), "+++ terraform/main.tf", f"1 of {files()} files")
    with changed(repo):
        sh("git", "rm", "-q", "--cached", main, "terraform/outputs.tf", cwd=repo)
        has(hooks(repo, status=1), "not in git", "git add -- terraform/main.tf terraform/outputs.tf")
    with changed(repo):
        (repo / "notes.txt").write_text("x")
        sh("git", "add", "notes.txt", cwd=repo)
        said = hooks(repo)
        has(said, f"up to date: {files()} files", "(no files to check)Skipped")


def several_specs():
    """In folders, with includes from elsewhere; one that the change cannot reach is left alone."""
    included = SPEC + "include: [../common/more.yaml]\n"
    repo = repository("several", {"a/ops.yaml": SPEC, "b/ops.yaml": included, "common/more.yaml": "logs: {}\n",
                                  "broken/ops.yaml": WRONG}, build=("a", "b"))
    sh("git", "commit", "-q", "-m", "x", cwd=repo)
    with changed(repo):
        (repo / "a/ops.yaml").write_text(SPEC.replace("8080", "8081"))
        sh("git", "add", "-A", cwd=repo)
        said = hooks(repo, status=1)
        has(said, "files in a are stale")
        has_not(said, "OPS-1301", " b ")
    with changed(repo):
        (repo / "common/more.yaml").write_text("alarms: 7\n")
        sh("git", "add", "-A", cwd=repo)
        said = hooks(repo, status=1)
        has(said, "b/../common/more.yaml:1:9")
        has_not(said, "ec3")
    with changed(repo):
        (repo / "a/terraform/x.tf").write_text("")
        sh("git", "add", "-A", cwd=repo)
        has(hooks(repo, cwd=repo / "a/terraform"), f"a is up to date: {files()} files")
    has(hooks(repo, "--all-files", status=1), "broken/ops.yaml:7:16", "a is up to date", "b is up to date")
    with changed(repo):
        # One that is being written.
        (repo / "ops.yaml").write_text(WRONG)
        (repo / "a/more.yaml").write_text("{}")
        sh("git", "add", "a", cwd=repo)
        has(hooks(repo), "2 specs, no problems", "a is up to date", "b is up to date")


def arguments():
    """`args:` of a user's configuration."""
    repo = repository("arguments", {"infra/shop.yaml": SPEC}, build=("infra/shop.yaml",),
                      hooks="[{ id: opsc-lint, args: [--strict, --file=infra/shop.yaml] }, { id: opsc-build, args: [--file=infra/shop.yaml] }]")
    has(hooks(repo), "1 spec, no problems", "infra is up to date")
    (repo / "infra/shop.yaml").write_text(WRONG)
    sh("git", "add", "-A", cwd=repo)
    has(hooks(repo, status=1), "infra/shop.yaml:7:16")
    apart = repository("apart", {"ops.yaml": SPEC}, hooks="[{ id: opsc-lint, args: [--env, staging] }]")
    has(hooks(apart, status=1), "no file `staging`", "--env=staging", "exit code: 2")


def hostile_names():
    repo = repository("hostile", {f"{HOSTILE}/ops.yaml": SPEC, "-x/ops.yaml": SPEC, "--strict": "", "-x.yaml": "{}",
                                  "--file=ops.yaml": "", f"{HOSTILE}/more.yaml": "{}"}, build=(HOSTILE, "-x"))
    said = hooks(repo)
    has(said, "2 specs, no problems", f"-x is up to date: {files()} files")
    equal(said.count(f"up to date: {files()} files"), 2, "the number of specs")
    (repo / HOSTILE / "ops.yaml").write_text(WRONG)
    (repo / "-x/ops.yaml").write_text(SPEC.replace("8080", "8081"))
    sh("git", "add", "-A", cwd=repo)
    sh("git", "rm", "-q", "--cached", "--", "-x/terraform/main.tf", cwd=repo)
    has(hooks(repo, status=1), "/ops.yaml:7:16", "files in -x are stale")
    sh(OPSC, "build", "--", "-x", cwd=repo)
    shutil.copy(repo / "-x/ops.yaml", repo / HOSTILE / "ops.yaml")
    sh(OPSC, "build", "--", HOSTILE, cwd=repo)
    sh("git", "add", "-A", cwd=repo)
    sh("git", "rm", "-q", "--cached", "--", f"{HOSTILE}/terraform/main.tf", cwd=repo)
    advice = re.search(r"git add --.*", hooks(repo, status=1))
    sh("bash", "-c", advice.group(0), cwd=repo)
    hooks(repo)
    equal([p for p in repo.rglob("pwned")], [], "what a file name has run")


def by_hand(clone):
    """The script alone: from a folder below the root, and what opsc it takes."""
    repo = repository("hand", {"a/b/ops.yaml": SPEC, "a/b/x.yaml": "{}"}, build=("a/b",))
    hook = clone / "tools/hook.sh"
    has(sh(hook, "build", "b/x.yaml", cwd=repo / "a"), f"a/b is up to date: {files()} files")
    has(sh(hook, "lint", "--file=b/ops.yaml", cwd=repo / "a"), "1 spec, no problems")
    has(sh(hook, cwd=repo, status=2), "usage: tools/hook.sh")
    fresh = TMP / "fresh"
    shutil.copytree(TREE, fresh, ignore=shutil.ignore_patterns(".git"))
    same = program("opsc", f'#!/bin/sh\necho "$*" >>{TMP}/asked\nexec {OPSC} "$@"\n')
    sh(fresh / "tools/hook.sh", "lint", "a/b/x.yaml", cwd=repo, env=path_of(same))
    equal((TMP / "asked").read_text(), "version\nlint -- a/b/ops.yaml\n", "what the opsc of PATH was asked")
    check(not (fresh / "build").exists(), "it built one all the same")


def no_compiler():
    """Where bison is not: every other program is there."""
    repo = repository("bare", {"ops.yaml": SPEC})
    folder = TMP / "no-bison"
    folder.mkdir()
    for d in ENV["PATH"].split(os.pathsep):
        for p in pathlib.Path(d).iterdir() if os.path.isdir(d) else []:
            if p.name not in ("bison", "opsc") and not (folder / p.name).exists():
                (folder / p.name).symlink_to(p)
    said = sh(TMP / "fresh/tools/hook.sh", "lint", "ops.yaml", cwd=repo, env={**ENV, "PATH": str(folder)}, status=3)
    if os.path.exists("/opt/homebrew/opt/bison") or os.path.exists("/usr/local/opt/bison"):
        return
    has(said, "bison", "apt-get install", f"sh {TMP}/fresh/tools/setup.sh build", "then commit again")


def overhead(clone):
    repo = TMP / "first"
    runs = {}
    for name, words in (("opsc lint", (clone / "build/opsc", "lint", "ops.yaml")), ("hook lint", (clone / "tools/hook.sh", "lint", "ops.yaml")),
                        ("opsc build --check", (clone / "build/opsc", "build", "--check")), ("hook build", (clone / "tools/hook.sh", "build", "ops.yaml"))):
        times = []
        for _ in range(9):
            began = time.perf_counter()
            sh(*words, cwd=repo)
            times.append((time.perf_counter() - began) * 1000)
        runs[name] = statistics.median(times)
    print("  " + ", ".join(f"{name} {ms:.1f} ms" for name, ms in runs.items()))


def test_hooks():
    with test("manifest"):
        sh("pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml")
    clone = None
    with test("first-run"):
        clone = first_run()
    if clone is None:
        return None
    with test("first-runs-at-once"):
        first_runs_at_once(clone)
    with test("lint-fails"):
        lint_fails()
    with test("build-fails"):
        build_fails(TMP / "first")
    with test("several-specs"):
        several_specs()
    with test("arguments"):
        arguments()
    with test("hostile-names"):
        hostile_names()
    with test("by-hand"):
        by_hand(clone)
    with test("no-compiler"):
        no_compiler()
    with test("overhead"):
        overhead(clone)
    return clone


class Runner:
    """A job of GitHub's runner: the steps of an action, one after the other, until one fails."""

    def __init__(self, action, name):
        import yaml
        self.path = action
        self.action = yaml.safe_load((action / "action.yml").read_text())
        self.files = {f"GITHUB_{n}": TMP / f"{name}-{n}" for n in ("OUTPUT", "PATH", "STEP_SUMMARY")}
        for f in self.files.values():
            f.write_text("")

    def value(self, text, inputs):
        name = re.fullmatch(r"\$\{\{ inputs\.(\w+) \}\}", text)
        check(name, f"this is no input: {text}")
        return inputs[name.group(1)]

    def run(self, workspace, **given):
        inputs = {k: v["default"] for k, v in self.action["inputs"].items()}
        check(set(given) <= set(inputs), f"no such input: {given}")
        inputs.update(given)
        said, status = "", 0
        for step in self.action["runs"]["steps"]:
            check("${{" not in step["run"], "an expression in a script")
            wanted = re.fullmatch(r"inputs\.(\w+) == 'true'", step.get("if", "inputs.x == 'true'")).group(1)
            if status or inputs.get(wanted, "true") != "true":
                continue
            script = TMP / "step.sh"
            script.write_text(step["run"])
            more = [p for p in reversed(self.files["GITHUB_PATH"].read_text().splitlines())]
            env = {**path_of(*more), **{k: str(v) for k, v in self.files.items()}, "GITHUB_ACTION_PATH": str(self.path),
                   **{k: self.value(v, inputs) for k, v in step.get("env", {}).items()}}
            ran = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], cwd=workspace, env=env,
                                 capture_output=True, text=True, timeout=300, check=False)
            said, status = said + ran.stdout + ran.stderr, ran.returncode
        return status, said

    def outputs(self):
        return dict(line.split("=", 1) for line in self.files["GITHUB_OUTPUT"].read_text().splitlines())

    def summary(self):
        return self.files["GITHUB_STEP_SUMMARY"].read_text()


def test_action(clone):
    import json
    action = TMP / "fresh"
    # Built for real it was before.
    fake = make(f'#!/bin/sh\nmkdir -p "$3/build" && cp "{clone}/build/opsc" "$3/build/opsc"\n')
    ENV["PATH"] = fake + os.pathsep + ENV["PATH"]
    repo = repository("action-repo", {"ops.yaml": SPEC, "b/ops.yaml": SPEC.replace("shop", "book")}, build=("ops.yaml", "b"))
    with test("action-good"):
        r = Runner(action, "good")
        status, said = r.run(repo, file="ops.yaml\nb\n", sarif="out/opsc.sarif")
        equal(status, 0, f"the status, after {said[-2000:]!r},")
        has(said, "2 specs, no problems", f". is up to date: {files()} files", f"b is up to date: {files()} files")
        equal(commands(said), [], "commands to the runner")
        equal(r.outputs(), {"version": VERSION, "sarif": "out/opsc.sarif"}, "the outputs")
        equal(json.loads((repo / "out/opsc.sarif").read_text())["runs"][0]["results"], [], "the results of the SARIF file")
        equal(r.summary(), "", "the summary")
        equal({o["value"].split(".")[1] + "." + n for n, o in r.action["outputs"].items()}, {"install.version", "lint.sarif"}, "outputs")
        ids = {s.get("id") for s in r.action["runs"]["steps"]}
        check({"install", "lint"} <= ids, "an output is of no step")
        equal(sh("opsc", "version", env=path_of(r.files["GITHUB_PATH"].read_text().strip())), f"opsc {VERSION} (language 1)\n", "opsc of later steps")
    with test("action-wrong"):
        (repo / "ops.yaml").write_text(WRONG)
        r = Runner(action, "wrong")
        status, said = r.run(repo, sarif="opsc.sarif")
        equal(status, 1, "the status")
        found = commands(said)
        check(len(found) == 1 and found[0].startswith("::error title=OPS-1301,file=ops.yaml,line=7,"), found)
        has(r.summary(), "### opsc lint", "there is no kind `ec3`")
        results = json.loads((repo / "opsc.sarif").read_text())["runs"][0]["results"]
        equal([x["ruleId"] for x in results], ["OPS-1301"], "the results of the SARIF file")
        equal(r.outputs()["sarif"], "opsc.sarif", "the output")
        status, said = Runner(action, "silent").run(repo, annotations="false")
        equal((status, commands(said)), (1, []), "status and commands without annotations")
    with test("action-stale"):
        (repo / "ops.yaml").write_text(SPEC.replace("8080", "8081"))
        r = Runner(action, "stale")
        status, said = r.run(repo, file="b\nops.yaml")
        equal(status, 1, "the status")
        has(said, "b is up to date", "+  local port='8081'")
        has(r.summary(), "### opsc build --check", "+  local port='8081'")
        equal(len(commands(said)), 1, "the number of commands")
        status, said = Runner(action, "unchecked").run(repo, check="false")
        equal(status, 0, "the status without a check")
        status, said = Runner(action, "installed").run(repo, check="false", lint="false")
        equal((status, "no problems" in said), (0, False), "the status with nothing to do")
    with test("action-options"):
        (repo / "ops.yaml").write_text(SPEC.replace("8080", '"${port}"') + "vars: { port: }\nenvironments: { a: {}, b: {} }\n")
        status, said = Runner(action, "vars").run(repo, check="false", vars="port=80\n", env="a")
        equal(status, 0, f"the status, after {said[-1000:]!r},")
        for name, value in (("vars", "nothing"), ("strict", "yes"), ("file", "\n"), ("sarif", "a\nb"), ("annotations", "on")):
            status, said = Runner(action, "bad").run(repo, **{"vars": "port=80", "check": "false", name: value})
            equal(status, 2, f"the status of {name}: {value!r}")
            has(said, f"::error title=opsc::the input {name} ")
    with test("action-hostile"):
        # What a pull request can write into a spec, its names, and what is generated of them.
        name = HOSTILE.replace("\n", "")
        (repo / name).mkdir()
        nasty = "::set-env name=PATH::x\n::add-mask::a\n</pre><script>x</script>\n```\n ::error::x"
        (repo / name / "ops.yaml").write_text(WRONG + f"# {nasty}\n".replace("\n", "\n# "))
        r = Runner(action, "hostile")
        status, said = r.run(repo, file=name, sarif=f"{name}.sarif")
        equal(status, 1, f"the status, after {said[-1000:]!r},")
        equal(len(commands(said)), 1, "the number of commands")
        (repo / name / "ops.yaml").write_text(SPEC)
        sh(OPSC, "build", "--", name, cwd=repo)
        (repo / name / "terraform/main.tf").write_text(nasty)
        r = Runner(action, "nasty")
        status, said = r.run(repo, file=name)
        equal(status, 1, f"the status, after {said[-1000:]!r},")
        equal(len(commands(said)), 1, "the number of commands")
        has(said, "::add-mask::a")
        equal((r.summary().count("</pre>"), r.summary().count("<script>")), (1, 0), "tags in the summary")
        equal([p for p in repo.rglob("pwned")] + list(TMP.glob("pwned")), [], "what a name has run")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / "docs/ci.md").read_text(), re.M | re.S)


def test_docs(clone):
    import yaml
    pages = [p for p in map(yaml.safe_load, blocks("yaml")) if isinstance(p, dict)]
    manifest = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    with test("docs-pre-commit"):
        config = TMP / "shown.yaml"
        config.write_text(blocks("yaml")[0])
        sh("pre-commit", "validate-config", config)
        equal({h["id"] for h in pages[0]["repos"][0]["hooks"]}, {h["id"] for h in manifest}, "the hooks")
        equal(pages[0]["repos"][0]["rev"], f"v{VERSION}", "the version")
    with test("docs-action"):
        shown = [s for p in pages for j in p.get("jobs", {}).values() for s in j["steps"] if s["uses"].startswith("OWNER/opsc@")]
        equal(len(shown), 2, "the number of its uses")
        for step in shown:
            check(set(step.get("with", {})) <= set(action["inputs"]), step)
        table = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`[^|]*) \|", (ROOT / "docs/ci.md").read_text(), re.M))))
        equal(table, set(action["inputs"]), "the inputs of the table")
    rev = sh("git", "rev-parse", "HEAD", cwd=TREE).strip()
    env = {**path_of(program("apt-get", "#!/bin/sh\n"),
                     make(f'#!/bin/sh\nmkdir -p .opsc/build && cp "{clone}/build/opsc" .opsc/build/\n')),
           "OPSC_REPOSITORY": f"file://{TREE}", "OPSC_REF": rev}
    job = next(p["opsc"] for p in pages if "opsc" in p)
    jenkins = re.search(r"sh '''\n(.*?)'''", blocks("groovy")[0], re.S).group(1)
    for name, shell, script in (("gitlab", "bash", "\n".join(job["before_script"] + job["script"])), ("jenkins", "sh", jenkins)):
        with test(f"docs-{name}"):
            repo = repository(name, {"ops.yaml": SPEC})
            has(sh(shell, "-ec", script, cwd=repo, env=env), f"up to date: {files()} files")
            (repo / "ops.yaml").write_text(SPEC.replace("8080", "8081"))
            has(sh(shell, "-ec", script, cwd=repo, env=env, status=1), "+  local port='8081'")
            (repo / "ops.yaml").write_text(WRONG)
            has(sh(shell, "-ec", script, cwd=repo, env=env, status=1), "there is no kind `ec3`")
            if name == "gitlab":
                report = yaml.safe_load((repo / job["artifacts"]["reports"]["codequality"]).read_text())
                equal([(r["check_name"], r["location"]["path"]) for r in report], [("OPS-1301", "ops.yaml")], "the report")
    equal(set(job["variables"]), {"OPSC_REPOSITORY", "OPSC_REF"}, "the variables")


def test_release(clone):
    """The tarball has the tree of the commit, and the same bytes each time; it's built for real when one is released."""
    fake = make(f'#!/bin/sh\nfor w; do case $w in DESTDIR=*) d=${{w#DESTDIR=}} ;; esac; done\n'
                           f'mkdir -p "$d/usr/bin" && cp "{clone}/build/opsc" "$d/usr/bin/opsc"\n')
    with test("release"):
        has(sh("sh", TREE / "tools/release.sh", "v9.9.9", status=1), "v9.9.9", VERSION)
        sh("sh", TREE / "tools/release.sh", status=2)
        tarball = TREE / f"build/release/opsc-{VERSION}.tar.gz"
        sums = []
        for _ in range(2):
            sh("sh", TREE / "tools/release.sh", f"v{VERSION}", env=path_of(fake))
            sums.append((TREE / "build/release/SHA256SUMS").read_text())
        equal(sums[0], sums[1], "the second sum")
        sh("sha256sum", "--check", "SHA256SUMS", cwd=tarball.parent)
        with tarfile.open(tarball) as t:
            made = {m.name for m in t if m.isfile()}
        listed = sh("git", "ls-files", "-z", cwd=TREE).split("\0")
        equal(made, {f"opsc-{VERSION}/{n}" for n in listed if n}, "the files of the tarball")


def main():
    for tool in ("pre-commit", "git", "bash"):
        if shutil.which(tool) is None:
            say("skip-missing", "hooks", f"{tool} is not there")
            return 0
    if not (ROOT / ".git").exists():
        say("skip", "hooks", "this tree is no clone")
        return 0
    try:
        copy_of_tree(TREE)
        clone = test_hooks()
        if clone is not None:
            test_action(clone)
            test_docs(clone)
            test_release(clone)
    finally:
        shutil.rmtree(TMP, ignore_errors=True)
    return int(state.failed)


sys.exit(main())
