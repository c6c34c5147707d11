#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ci.yml: of every language, tool and service; of hostile values, read by GitHub's own parser and run by bash; its scripts in
projects that have this or that; which results let a pull request in."""
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from report import check, equal, say, state, test

try:
    import workflow_tools
    from workflow_file import File
except ImportError as e:
    say("skip-missing", "ci", f"python3 has no module {e.name} (tools/setup.sh test)")
    sys.exit(0)

OPSC = os.environ.get("OPSC", "build/asan/opsc")
TMP = pathlib.Path(tempfile.mkdtemp(prefix="opsc-ci."))
NAME = ".github/workflows/ci.yml"
HEAD = "opsc: 1\nproject: reco\naws: { region: eu-west-1 }\nnotify: ops@example.com\n"
TOOLS = {
    "python": (["flake8", "black", "ruff", "ruff-format", "isort", "mypy", "pylint"], ["bandit", "pip-audit"]),
    "node": (["eslint", "prettier", "tsc"], ["npm-audit"]),
    "go": (["gofmt", "vet", "staticcheck"], ["govulncheck"]),
    "java": (["checkstyle", "spotless"], []),
    "rust": (["rustfmt", "clippy"], ["cargo-audit"]),
}
VERSIONS = {"python": "3.12", "node": "24", "go": "1.26", "java": "21", "rust": "1.94.0"}
SERVICES = ["postgres", "mysql", "mariadb", "redis"]


def text(value):
    """A value of ops.yaml: JSON is YAML, but for surrogates and opsc's own `${`."""
    json_text = re.sub(r"\\u(d[89ab]..)\\u(d[c-f]..)", lambda m: "\\U%08x" % ord(bytes.fromhex(m[1] + m[2]).decode("utf-16-be")), json.dumps(value))
    return json_text.replace("${", "$${")


def build(ci, resources=None):
    """`ci:` as data -> the workflow."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=TMP))
    (folder / "ops.yaml").write_text(f"{HEAD}resources: {text(resources or {})}\nci: {text(ci)}\n")
    ran = subprocess.run([os.path.abspath(OPSC), "build"], cwd=folder, capture_output=True, text=True)
    check(ran.returncode == 0, ran.stderr)
    return (folder / NAME).read_text()


def specs():
    """name -> `ci:`, so that each language, tool and service is in one, alone and with others."""
    ret = {"plain": {"tests": {"unit": "make test"}, "quality": ["make lint"], "security": ["./audit.sh"]},
           "review": {"security": ["dependency-review"]},
           "quality-only": {"quality": ["./check.sh"]}}
    for language, (quality, security) in TOOLS.items():
        ret[language] = {language: VERSIONS[language], "tests": {"unit": "./test"}, "quality": quality, "security": security}
    for service in SERVICES:
        ret[f"service-{service}"] = {"tests": {"unit": {"run": "make test", "services": [service]}}}
    ret["everything"] = {
        **{k: [v, v + ".1"] for k, v in VERSIONS.items()}, "branch": "release/2.x", "install": ["./prepare", "make deps"],
        "tests": {"one": {"run": "./one", "services": ["postgres", "mysql", "redis"], "timeout": "90s"},
                  "two": {"run": "./two\n", "services": ["mariadb", "postgres"], "env": {"PGHOST": "db", "A": "1"}, "timeout": "6h"}},
        "services": {"redis": "redis:7.4.11@sha256:71da9275c5f3fcb97d0fa0c8c5b36cc995327265420f17a04bfd544f458059f7"},
        "quality": [t for q, _ in TOOLS.values() for t in q], "security": [t for _, s in TOOLS.values() for t in s],
        "env": {"TZ": "UTC", "MYSQL_USER": "me"}}
    return ret


def generated_keep_rules():
    files = {f"{name}/{NAME}": build(ci) for name, ci in specs().items()}
    problems = workflow_tools.lint(files)
    for name in files:
        with test(f"{name.split('/')[0]} keeps every rule"):
            found = [p for p in problems if p.file == name]
            check(not found, *found)
    return files


def jobs_of(workflow):
    return {j.name: j for j in File(NAME, workflow).jobs}


def steps_of(workflow, job):
    return {s.data["name"]: s for s in jobs_of(workflow)[job].steps}


def meaning(files):
    everything = files[f"everything/{NAME}"]
    jobs = jobs_of(everything)
    with test("minutes of a test are rounded up; 6 hours are the most"):
        equal([jobs[j].data["timeout-minutes"] for j in ("test-one", "test-two")], ["2", "360"], "timeouts")
    with test("what `env` says stays, the rest comes from the services, DATABASE_URL from the first"):
        one, two = jobs["test-one"].data["env"], jobs["test-two"].data["env"]
        equal(one["DATABASE_URL"], "postgresql://test:test@127.0.0.1:5432/test", "of test one")
        equal(two["DATABASE_URL"], "mysql://root:test@127.0.0.1:3306/test", "of test two")
        equal((two["PGHOST"], two["PGPORT"], two["A"]), ("db", "5432", "1"), "of test two")
        check("MYSQL_USER" not in one and "MYSQL_USER" not in two, "MYSQL_USER is the workflow's")
        equal(one["REDIS_URL"], "redis://127.0.0.1:6379/0", "of test one")
    with test("an image that is given replaces the usual one"):
        check("redis:7.4.11@" in jobs["test-one"].data["services"]["redis"]["image"])
    with test("a service has the version of the database that is in use, when there is an image of it"):
        for engine, version, service, image in (
                ("postgres", "16.4", "postgres", "16.15"), ("aurora-postgresql", "15.7", "postgres", "15.19"), ("postgres", "9.6", "postgres", "18.6"),
                ("aurora-mysql", "8.0.mysql_aurora.3.08.0", "mysql", "8.0.46"), ("mysql", "8.4.3", "mysql", "8.4.11"), ("mariadb", "11.4.5", "mariadb", "11.4.13"),
                ("mariadb", "11.4", "mysql", "8.4.11")):
            workflow = build({"tests": {"t": {"run": "make test", "services": [service]}}},
                             {"db": {"kind": "rds", "id": "db", "engine": engine, "engine_version": version}})
            got = jobs_of(workflow)["test-t"].data["services"][service]["image"]
            check(re.fullmatch(rf"{service}:{re.escape(image)}@sha256:[0-9a-f]{{64}}", got), f"{engine} {version}: {got}")
    with test("every job is waited for"):
        equal(sorted(jobs["ci"].data["needs"]), sorted(set(jobs) - {"ci"}), "needs")
    with test("each language's versions are tried together"):
        equal({k: list(v) for k, v in jobs["test-one"].data["strategy"]["matrix"].items()}, {k: [v, v + ".1"] for k, v in VERSIONS.items()}, "matrix")
        check("strategy" not in jobs["quality"].data, "quality has one version")
    with test("what is pushed to is the branch that was named"):
        equal(list(File(NAME, everything).data["on"]["push"]["branches"]), ["release/2.x"], "branches")
    with test("own commands that install take the place of ours"):
        names = list(steps_of(everything, "test-one"))
        equal(names[names.index("./prepare"):], ["./prepare", "make deps", "Test"], "steps")
    with test("a job sets up what its tools need, no more"):
        only = build({"python": "3.12", "node": "24", "quality": ["flake8"], "security": ["npm-audit"]})
        equal(list(steps_of(only, "quality")), ["Check out", "Set up Python", "Install the tools", "flake8"], "steps of quality")
        equal(list(steps_of(only, "security")), ["Check out", "Set up Node.js", "npm-audit"], "steps of security")
    with test("docs/workflows.md has every tool and service with its version"):
        page = (workflow_tools.ROOT / "docs/workflows.md").read_text()
        pins = set(re.findall(r"\b([a-z][a-z0-9-]+)(?:\[[a-z,]+\])?==([0-9.]+)", everything)) | \
            set(re.findall(r"/([a-z]+)@v([0-9.]+)", everything)) | {(m[1], m[0]) for m in re.findall(r"--version ([0-9.]+) ([a-z-]+)", everything)}
        check(len(pins) >= 10, pins)
        images = set(re.findall(r"image: \"([a-z]+):([0-9.]+)@", "".join(files[f"service-{s}/{NAME}"] for s in SERVICES)))
        equal(len(images), len(SERVICES), "images")
        for name, version in pins:
            check(re.search(rf"`{name}`[^|`]* {re.escape(version)}\b|`{name}` and `[a-z-]+` {re.escape(version)}\b", page), f"{name} {version}")
        for name, version in images:
            check(f"| `{name}` | {name} {version} |" in page, f"{name} {version}")
        for tool in [t for q, s in TOOLS.values() for t in q + s]:
            check(f"`{tool}`" in page, tool)


# ---- hostile values

HOSTILE = [
    "it's $(id) `id` \"q\" \\ !! ;& | < > * ? ~ # %s", "- a: b", "  leading and trailing  ", "a: b # c", "*anchor &x !tag", "{}[],", "%YAML 1.1\n---\n...",
    "tab\there\n\tand there", "line\nline\n", "line\n\n\n", "\nfirst is empty", "a\n b\n  c\n", "carriage\rreturn\r\n", "\u00e9\u4e2d\U0001f600", "\u2028\u2029\u0085\ufeff\u00a0x",
    "\u202egnp.exe\u2066x", "'single' \"double\"", "}} }} {{ x }}", "$ {{ x }}", "null", "true", "0x10", "1e3", "~", "=", "|", ">-", "?", "x" * 5000, "a \nb\t\n", "\\n\\x41\\u0041", "\x07\x1b[31m",
    "-n", "--", "$HOME ${PATH} $$", "#", "'", '"', "`", "!", "@x", "[a", "yes\n", "a:\n- b"]


def hostile():
    """Every value in every field that takes one: GitHub and YAML read what was written."""
    values = list(enumerate(HOSTILE))
    tests = build({"tests": {f"t{i}": {"run": v, "env": {"VALUE": v}} for i, v in values}, "env": {f"V{i}": v for i, v in values}})
    others = build({"install": HOSTILE, "tests": {"t": "true"}, "quality": [f"./x {v}" for v in HOSTILE], "security": [f"./y {v}" for v in HOSTILE]})
    files = {"tests/" + NAME: tests, "others/" + NAME: others}
    with test(f"{len(values)} hostile values in 6 fields keep every rule"):
        problems = workflow_tools.lint(files, shell=False)
        check(not problems, *problems)
    read = workflow_tools.read(files)
    with test("as commands of tests and their variables, GitHub reads what was written"):
        whole = read["tests/" + NAME]
        for i, v in values:
            job = whole["jobs"][f"test-t{i}"]
            equal(job["steps"][-1]["run"], v, "the command")
            equal(job["env"]["VALUE"], v, "the variable")
            equal(whole["env"][f"V{i}"], v, "the variable of all")
    with test("as commands that install or check, too"):
        jobs, n = read["others/" + NAME]["jobs"], len(HOSTILE)
        equal([s["run"] for s in jobs["test-t"]["steps"][1:-1]], HOSTILE, "install")
        equal([s["run"] for s in jobs["quality"]["steps"][-n:]], [f"./x {v}" for v in HOSTILE], "quality")
        equal([s["run"] for s in jobs["security"]["steps"][-n:]], [f"./y {v}" for v in HOSTILE], "security")
    with test("another reader of YAML reads the same"):
        for j in File(NAME, tests).jobs[:-1]:
            equal(str(j.steps[-1].run), HOSTILE[int(j.name[6:])], j.name)


def run_block(script, folder, env=None):
    """As GitHub's runner does: a file, bash by name."""
    path = pathlib.Path(tempfile.mkdtemp(dir=TMP), "script.sh")
    path.write_bytes(script.encode())
    return subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", str(path)], cwd=folder, text=True, capture_output=True,
                          env={"PATH": os.environ["PATH"], "HOME": str(TMP), **(env or {})}, timeout=60)


def hostile_runs():
    """bash gets the script byte by byte: a program prints what it was given."""
    program = "cat <<'END OF TEXT'\n%s\nEND OF TEXT\nprintf '%%s' \"$VALUE\"\n"
    values = [v for v in HOSTILE if "\r" not in v]
    workflow = build({"tests": {f"t{i}": {"run": program % v, "env": {"VALUE": v}} for i, v in enumerate(values)}})
    whole = workflow_tools.read({NAME: workflow})[NAME]
    with test(f"{len(values)} scripts that hold hostile text print it"):
        for i, v in enumerate(values):
            job = whole["jobs"][f"test-t{i}"]
            ran = run_block(job["steps"][-1]["run"], TMP, job["env"])
            equal(ran.stdout, f"{v}\n{v}", repr(v))
    with test("an error in the middle of a script, or of a pipe, ends it"):
        for script in ("false\necho on", "false | true\necho on"):
            ran = run_block(steps_of(build({"tests": {"t": script}}), "test-t")["Test"].run, TMP)
            check(ran.returncode != 0 and "on" not in ran.stdout, script)


# ---- which results let a pull request in

def verdicts(files):
    def verdict(workflow, results):
        step = steps_of(workflow, "ci")["Every job succeeded"]
        needs = {job: {"result": r, "outputs": {}} for job, r in results.items()}
        ran = run_block(step.run, TMP, {"NEEDS": json.dumps(needs, indent=2)})
        for job, r in results.items():
            check(f"{job}: {r}" in ran.stdout, ran.stdout, ran.stderr)
        return ran.returncode == 0
    results = ["success", "failure", "cancelled", "skipped"]
    with test("without security only successes pass (16 combinations)"):
        for pair in itertools.product(results, repeat=2):
            equal(verdict(files[f"quality-only/{NAME}"], {"quality": pair[0], "test-x": pair[1]}), pair == ("success", "success"), pair)
    with test("a review that was skipped passes, another job that was does not (64 combinations)"):
        for three in itertools.product(results, repeat=3):
            got = verdict(files[f"plain/{NAME}"], dict(zip(["test-unit", "security", "dependency-review"], three)))
            equal(got, three[:2] == ("success", "success") and three[2] in ("success", "skipped"), three)


# ---- scripts in projects that have this or that

class Project:
    """A folder, and programs that tell how they were called instead of doing anything."""

    def __init__(self, files=(), programs=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=TMP))
        self.bin = pathlib.Path(tempfile.mkdtemp(dir=TMP))
        for name in files:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
            path.chmod(0o755)
        for name in programs:
            self.program(name, f"printf '%s\\n' \"{name} $*\"")

    def program(self, name, script):
        path = self.bin / name
        path.write_text(f"#!/bin/bash\n{script}\n")
        path.chmod(0o755)

    def run(self, script):
        return run_block(script, self.folder, {"PATH": f"{self.bin}:{os.environ['PATH']}"})


PIP = "python -m pip install --disable-pip-version-check"
INSTALLS = {
    ("python", "Install Python dependencies"): [
        ([], ""), (["requirements.txt"], f"{PIP} --requirement requirements.txt"), (["pyproject.toml"], f"{PIP} --editable ."),
        (["setup.py", "requirements-dev.txt", "requirements.txt"], f"{PIP} --requirement requirements.txt --requirement requirements-dev.txt")],
    ("node", "Install Node.js dependencies"): [
        ([], ""), (["package.json"], "npm install"), (["package.json", "package-lock.json"], "npm ci"), (["package.json", "npm-shrinkwrap.json"], "npm ci"),
        (["package.json", "yarn.lock"], "yarn install --frozen-lockfile"), (["package.json", "pnpm-lock.yaml"], "corepack pnpm install --frozen-lockfile")],
    ("go", "Download Go modules"): [([], ""), (["go.mod"], "go mod download")],
    ("rust", "Download crates"): [([], ""), (["Cargo.toml"], ""), (["Cargo.lock"], "cargo fetch --locked")],
}


def installs(files):
    for (language, name), cases in INSTALLS.items():
        script = steps_of(files[f"{language}/{NAME}"], "test-unit")[name].run
        for have, called in cases:
            with test(f"{language}: a project with {', '.join(have) or 'nothing'}"):
                ran = Project(have, ["python", "npm", "yarn", "corepack", "go", "cargo"]).run(script)
                equal((ran.returncode, ran.stdout.strip()), (0, called), "what was called")


def java_builds(files):
    script = steps_of(files[f"java/{NAME}"], "quality")["spotless"].run
    for have, called in [(["pom.xml"], "mvn --batch-mode spotless:check"), (["build.gradle"], "gradle spotlessCheck")]:
        with test(f"java: a project with {have[0]}"):
            equal(Project(have, ["mvn", "gradle"]).run(script).stdout.strip(), called, "what was called")
    for wrapper, called in [("mvnw", "--batch-mode spotless:check"), ("gradlew", "spotlessCheck")]:
        with test(f"java: a project with {wrapper}"):
            p = Project([wrapper, "pom.xml"] if wrapper == "mvnw" else [wrapper], ["mvn", "gradle"])
            (p.folder / wrapper).write_text("#!/bin/bash\necho own \"$*\"\n")
            equal(p.run(script).stdout.strip(), f"own {called}", "what was called")


def gofmt(files):
    script = steps_of(files[f"go/{NAME}"], "quality")["gofmt"].run
    for formatted, status in (("", 0), ("a.go", 1)):
        with test(f"gofmt with {formatted or 'nothing'} to say"):
            p = Project()
            # -d ends with 1 in newer versions of Go when there are differences.
            p.program("gofmt", f"[[ $1 == -l ]] && printf '%s' '{formatted}' && exit 0\necho the difference\nexit 1")
            ran = p.run(script)
            equal((ran.returncode, "difference" in ran.stdout), (status, status == 1), "status and what is shown")
    with test("gofmt of what is no Go fails"):
        p = Project()
        p.program("gofmt", "echo syntax >&2\nexit 2")
        check(p.run(script).returncode != 0)


def real_tools(files):
    """flake8, black, pytest and bandit over a small project: what is good passes, what is not does not."""
    pytest = shutil.which("pytest") or shutil.which("pytest-3")
    if not pytest or not all(shutil.which(t) for t in ("flake8", "black", "bandit")):
        say("skip-missing", "real tools", "flake8, black, pytest or bandit is not there")
        return
    with test("python-of-ours-is-left-alone"):
        ours = pathlib.Path(__file__).resolve().parent.parent / "generated/examples/phase4/terraform"
        for command in (["flake8", "--isolated", "."], ["black", "--check", "--quiet", "."]):
            ran = subprocess.run(command, cwd=ours, capture_output=True, text=True)
            check(ran.returncode == 0, f"{command[0]}: {(ran.stdout + ran.stderr)[:300]}")
    workflow = build({"python": "3.12", "tests": {"unit": "pytest tests/unit"}, "quality": ["flake8", "black"], "security": ["bandit"]})
    scripts = {t: steps_of(workflow, j)[n].run for t, j, n in (
        ("flake8", "quality", "flake8"), ("black", "quality", "black"), ("bandit", "security", "bandit"), ("pytest", "test-unit", "Test"))}
    good = {"app.py": '"""An app."""\n\n\ndef double(x):\n    return 2 * x\n', "tests/unit/test_app.py": "def test_it():\n    assert 2 * 2 == 4\n"}
    bad = {"flake8": {"app.py": "import os\n"}, "black": {"app.py": "x = { 'a':1 }\n"}, "pytest": {"tests/unit/test_app.py": "def test_it():\n    assert 2 * 2 == 5\n"},
           "bandit": {"app.py": "print(eval(input()))\n"}}
    for tool, script in scripts.items():
        for what, over, fine in (("good", {}, True), ("bad", bad[tool], False)):
            with test(f"{tool} of {what} code"):
                p = Project()
                p.program("pytest", f"exec {pytest} \"$@\"")
                # Debian's has no SARIF yet.
                p.program("bandit", f"[[ \" $* \" == *' --format sarif '* ]] && {{ echo '{{}}' >bandit.sarif; exit 0; }}\nexec {shutil.which('bandit')} \"$@\"")
                for name, content in {**good, **over}.items():
                    (p.folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (p.folder / name).write_text(content)
                ran = p.run(script)
                equal(ran.returncode == 0, fine, f"whether it passed ({ran.stdout}{ran.stderr})")
                check(tool != "bandit" or (p.folder / "bandit.sarif").exists(), "no report")


def main():
    missing = workflow_tools.missing()
    if missing:
        say("skip-missing", "ci", missing)
        return
    files = generated_keep_rules()
    meaning(files)
    hostile()
    hostile_runs()
    verdicts(files)
    installs(files)
    java_builds(files)
    gofmt(files)
    real_tools(files)


try:
    main()
finally:
    shutil.rmtree(TMP, ignore_errors=True)
sys.exit(state.failed)
