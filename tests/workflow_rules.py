# SPDX-License-Identifier: MIT
"""
What a workflow must be, as rules. The names are zizmor's (all personas), Scorecard's and
checkov's where they have one; tests/suite_workflows.py shows of each a workflow that it catches.

    from workflow_rules import check
    for problem in check({".github/workflows/ci.yml": text, "action.yml": text}):
        print(problem)          # ci.yml:12: unpinned-uses: actions/checkout@v4 is no commit

A comment `# zizmor: ignore[RULE] why` on the line, or `# checkov:skip=RULE: why` anywhere, takes
an exception. `check` runs these rules alone and needs PyYAML; workflow_tools.py asks actionlint,
GitHub's own parser and shellcheck. By hand: python3 tests/workflow_tools.py FILE...
"""
import collections
import json
import pathlib
import re

from workflow_file import Broken, File, Text, as_list, as_map, line_of, scalars

Problem = collections.namedtuple("Problem", "file line rule message")
Problem.__str__ = lambda p: f"{p.file}:{p.line}: {p.rule}: {p.message}"

RULES = {}
# action -> its major version, inputs and required inputs, as its action.yml says
FACTS = json.loads((pathlib.Path(__file__).parent / "action_facts.json").read_text())


def rule(name):
    def add(function):
        RULES[name] = function
        return function
    return add


def check(files, only=None):
    """`files`: {name: text} -> [Problem], in the order of the lines."""
    ret = []
    for name, text in files.items():
        try:
            f = File(name, text)
        except Broken as e:
            ret.append(Problem(name, 1, "yaml", str(e)))
            continue
        found = []
        for r, function in RULES.items():
            if only is None or r in only:
                found += [Problem(name, line, r, message) for line, message in function(f)]
        ret += sorted((p for p in found if not excepted(f, p)), key=lambda p: (p.line, p.rule))
    if only is None and not any(p.rule == "yaml" for p in ret):
        ret += check_calls(files)
    return ret


def check_calls(files):
    """Of a workflow that another calls no job may ask for more than the caller has: GitHub would run neither."""
    read = {name: File(name, text) for name, text in files.items()}
    ret = []
    for name, f in read.items():
        for job in [] if f.action else f.jobs:
            uses = job.data.get("uses", "")
            called = read.get(f"{name.rpartition('/')[0]}/{uses.rpartition('/')[2]}")
            if called is None or not uses.startswith(LOCAL):
                continue
            has = as_map(job.permissions)
            for inner in called.jobs:
                for what, level in as_map(inner.permissions).items():
                    if has.get(what) not in (level, "write"):
                        ret.append(Problem(name, job.line, "nested-permissions",
                                           f"{job.name} calls a job that asks for {what}: {level}, and has {has.get(what, 'none')}"))
    return ret


def excepted(f, p):
    words = re.search(r"zizmor: ignore\[([a-z, -]*)\]\s*\S", f.comment(p.line))
    if words and p.rule in re.split(r"[ ,]+", words.group(1)):
        return True
    return re.search(rf"# checkov:skip={re.escape(p.rule)}:\s*\S", f.text) is not None


# ---- form

@rule("form")
def form(f):
    if f.text[-1:] != "\n" or f.text[-2:] == "\n\n":
        yield len(f.text_lines), "it does not end with one newline"
    for i, line in enumerate(f.text_lines, 1):
        if "\t" in line:
            yield i, "a tab"
        # A line of a block of the user's own may end so; the writer quotes it then.
        if line != line.rstrip():
            yield i, "space at its end"
        bad = re.search("[\x00-\x08\x0b-\x1f\x7f\x85\xa0\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]", line)
        if bad:
            yield i, f"U+{ord(bad.group()):04X} as it is"


@rule("anonymous-definition")
def anonymous_definition(f):
    if not f.data.get("name"):
        yield 1, "it has no name"
    for job in [] if f.action else f.jobs:
        if not job.data.get("name"):
            yield job.line, f"job {job.name} has no name"
    for job, step in f.steps():
        if not step.data.get("name"):
            yield step.line, f"a step of {job.name} has no name"


@rule("runs-on")
def runs_on(f):
    for job in [] if f.action else f.jobs:
        where = job.data.get("runs-on")
        if "uses" in job.data:
            continue
        if not isinstance(where, str) or where.startswith("self-hosted"):
            yield line_of(job.data, "runs-on"), f"job {job.name}: no runner of GitHub's (self-hosted-runner)"
        elif where.endswith("-latest"):
            yield line_of(job.data, "runs-on"), f"job {job.name}: {where} changes under it"


@rule("timeout")
def timeout(f):
    for job in [] if f.action else f.jobs:
        minutes = job.data.get("timeout-minutes", "")
        if "uses" not in job.data and not re.fullmatch(r"[1-9]\d{0,2}", minutes):
            yield job.line, f"job {job.name} may run for six hours"


@rule("shell")
def shell(f):
    """bash by name is `bash --noprofile --norc -eo pipefail`; without one there is no pipefail."""
    default = as_map(as_map(f.data.get("defaults")).get("run")).get("shell")
    for _, step in f.steps():
        if step.run is None:
            continue
        got = step.data.get("shell", None if f.action else default)
        if got != "bash":
            yield step.line, f"its shell is {got}"


@rule("concurrency-limits")
def concurrency_limits(f):
    if f.action:
        return
    c = f.data.get("concurrency")
    if not isinstance(c, dict) or not c.get("group"):
        yield 1, "no concurrency group"
    elif "cancel-in-progress" not in c:
        yield c.line, "it does not say whether to cancel"


# ---- permissions

PERMISSIONS = {
    "actions": "rw", "artifact-metadata": "rw", "attestations": "rw", "checks": "rw", "contents": "rw",
    "deployments": "rw", "discussions": "rw", "id-token": "w", "issues": "rw", "models": "r", "packages": "rw",
    "pages": "rw", "pull-requests": "rw", "security-events": "rw", "statuses": "rw"}


@rule("excessive-permissions")
def excessive_permissions(f):
    if f.action:
        return
    top = f.data.get("permissions")
    if not isinstance(top, dict) or len(top) > 0:
        yield line_of(f.data, "permissions"), "the workflow's permissions are not {}"
    for job in f.jobs:
        if not isinstance(job.permissions, dict):
            yield job.line, f"job {job.name} does not say its permissions one by one"


@rule("undocumented-permissions")
def undocumented_permissions(f):
    for job in f.jobs:
        for what, level in as_map(job.permissions).items():
            line = line_of(job.permissions, what)
            if level[:1] not in PERMISSIONS.get(what, ""):
                yield line, f"{what}: {level} is no permission"
            if (what, level) != ("contents", "read") and not f.remark(line):
                yield line, f"nothing says why {what}: {level}"


# ---- actions

SHA = re.compile(r"[0-9a-f]{40}")
LOCAL = ("./", "$/")


@rule("unpinned-uses")
def unpinned_uses(f):
    for _, step in f.steps():
        if not step.uses or step.uses.startswith(LOCAL):
            continue
        if step.uses.startswith("docker://"):
            if "@sha256:" not in step.uses:
                yield step.uses.line, f"{step.uses} has no digest"
        elif not SHA.fullmatch(step.uses.partition("@")[2]):
            yield step.uses.line, f"{step.uses} is no commit"
    for job in f.jobs:
        called = job.data.get("uses", "")
        if called and not called.startswith(LOCAL) and not SHA.fullmatch(called.partition("@")[2]):
            yield called.line, f"{called} is no commit"


@rule("ref-version-mismatch")
def ref_version_mismatch(f):
    for _, step in f.steps():
        if step.uses and not step.uses.startswith((*LOCAL, "docker://")):
            said = f.comment(step.uses.line)
            fact = FACTS.get(step.action)
            if not re.fullmatch(r"v\d+\.\d+\.\d+", said):
                yield step.uses.line, f"its comment is {said!r}, and should be the version: # v1.2.3"
            elif fact and said.split(".")[0] != fact["major"]:
                yield step.uses.line, f"{said}, but what is known of its inputs is of {fact['major']}"


@rule("action-inputs")
def action_inputs(f):
    for _, step in f.steps():
        fact = FACTS.get(step.action)
        if not step.uses or step.uses.startswith((*LOCAL, "docker://")):
            continue
        if fact is None:
            yield step.uses.line, f"{step.action} is not in tests/action_facts.json"
            continue
        for key in step.inputs:
            if key not in fact["inputs"]:
                yield line_of(step.inputs, key), f"{step.action} has no input {key}"
        for key in fact["required"]:
            if key not in step.inputs:
                yield step.line, f"{step.action} needs {key}"


@rule("artipacked")
def artipacked(f):
    for _, step in f.steps():
        if step.action == "actions/checkout" and step.inputs.get("persist-credentials") != "false":
            yield step.line, "checkout leaves its token in .git/config: persist-credentials: false"


ARCHIVED = {"actions/create-release", "actions/upload-release-asset", "actions/setup-ruby", "actions-rs/toolchain",
            "actions-rs/cargo", "actions-rs/clippy-check", "actions-rs/audit-check", "8398a7/action-slack"}
# A line of shell does as much.
SUPERFLUOUS = {"softprops/action-gh-release", "ncipollo/release-action", "addnab/docker-run-action",
               "appleboy/ssh-action", "appleboy/scp-action", "pre-commit/action", "dtolnay/rust-toolchain",
               "peter-evans/create-or-update-comment"}


@rule("archived-uses")
def archived_uses(f):
    for _, step in f.steps():
        if step.action in ARCHIVED:
            yield step.uses.line, f"{step.action} is archived"


@rule("superfluous-actions")
def superfluous_actions(f):
    for _, step in f.steps():
        if step.action in SUPERFLUOUS:
            yield step.uses.line, f"{step.action} is not needed"


@rule("misfeature")
def misfeature(f):
    for _, step in f.steps():
        if "pip-install" in step.inputs:
            yield line_of(step.inputs, "pip-install"), "setup-python's pip-install"
        if step.data.get("shell") == "cmd":
            yield step.line, "shell: cmd"


# ---- caches, where something is published from

def shell_text(step):
    return step.run or ""


def publishes(f):
    if f.triggers() & {"release"}:
        return True
    for job, step in f.steps():
        if step.action == "docker/build-push-action" and step.inputs.get("push", "false") != "false":
            return True
        if re.search(r"\bdocker (buildx build .*--push|push)\b|\b(npm|cargo) publish\b|\btwine upload\b|\bgh release\b",
                     shell_text(step)):
            return True
        if as_map(job.permissions).get("packages") == "write" or "environment" in job.data:
            return True
    return False


# input -> what it must be for no cache
CACHE_INPUTS = {
    "actions/setup-python": {"cache": None}, "actions/setup-java": {"cache": None},
    "actions/setup-node": {"cache": None, "package-manager-cache": "false"}, "actions/setup-go": {"cache": "false"},
    "docker/setup-buildx-action": {"cache-binary": "false"}, "docker/build-push-action": {"cache-from": None}}


@rule("cache-poisoning")
def cache_poisoning(f):
    if f.action or not publishes(f):
        return
    for _, step in f.steps():
        if step.action in ("actions/cache", "actions/cache/restore"):
            yield step.line, f"{step.action} in a workflow that publishes"
        for key, wanted in CACHE_INPUTS.get(step.action, {}).items():
            if step.inputs.get(key) != wanted:
                yield step.line, f"{step.action}: {key} should be {wanted or 'left out'} where something is published"


# ---- what others can make run

@rule("dangerous-triggers")
def dangerous_triggers(f):
    for bad in f.triggers() & {"pull_request_target", "workflow_run", "issue_comment"}:
        yield line_of(f.data, "on"), f"{bad} runs with the rights of this repository for everybody"


def expressions(text):
    return re.findall(r"\$\{\{(.*?)\}\}", text, re.S)


@rule("template-injection")
def template_injection(f):
    for _, step in f.steps():
        if step.run is not None and "${{" in step.run:
            yield step.run.line, "an expression in run: give it by env"
        script = step.inputs.get("script", "")
        if "${{" in script:
            yield script.line, "an expression in a script: give it by env"


@rule("bot-conditions")
def bot_conditions(f):
    for path, text in scalars(f.data):
        if path[-1] == "if" and re.search(r"github\.(actor|triggering_actor)\b", text):
            yield text.line, "github.actor is whoever ran it last"


@rule("insecure-commands")
def insecure_commands(f):
    for i, line in enumerate(f.text_lines, 1):
        if "ACTIONS_ALLOW_UNSECURE_COMMANDS" in line:
            yield i, "ACTIONS_ALLOW_UNSECURE_COMMANDS"
        if re.search(r"::(set-output|save-state|set-env|add-path) ", line):
            yield i, "a workflow command that GitHub took away"


@rule("github-env")
def github_env(f):
    for _, step in f.steps():
        if re.search(r"GITHUB_(ENV|PATH)\b", shell_text(step)):
            yield step.run.line, "what it writes there is run by later steps: use GITHUB_OUTPUT"


@rule("secrets-inherit")
def secrets_inherit(f):
    for job in f.jobs:
        if job.data.get("secrets") == "inherit":
            yield line_of(job.data, "secrets"), "secrets: inherit gives all of them"


@rule("overprovisioned-secrets")
def overprovisioned_secrets(f):
    for path, text in scalars(f.data):
        for e in expressions(text):
            if re.search(r"\bsecrets\s*(\)|$|\[(?!\s*'))|toJSON\(\s*secrets", e):
                yield text.line, "all secrets at once"


@rule("unredacted-secrets")
def unredacted_secrets(f):
    for path, text in scalars(f.data):
        for e in expressions(text):
            if re.search(r"fromJSON\(\s*secrets\.", e):
                yield text.line, "parts of a secret are not hidden in the log"


@rule("secrets-outside-env")
def secrets_outside_env(f):
    for job in f.jobs:
        if "environment" in job.data or f.action:
            continue
        for path, text in scalars(job.data):
            for e in expressions(text):
                for name in re.findall(r"\bsecrets\.([A-Za-z_]\w*)", e):
                    if name != "GITHUB_TOKEN":
                        yield text.line, f"secrets.{name} in a job without environment"


@rule("hardcoded-container-credentials")
def hardcoded_container_credentials(f):
    for name, c in containers(f):
        password = as_map(as_map(c).get("credentials")).get("password", "")
        if password and "${{" not in password:
            yield password.line, f"the password of {name} stands in the file"


def containers(f):
    for job in f.jobs:
        for name, c in as_map(job.data.get("services")).items():
            yield name, c
        if "container" in job.data:
            yield "container", job.data["container"]


@rule("unpinned-images")
def unpinned_images(f):
    for name, c in containers(f):
        image = c if isinstance(c, Text) else as_map(c).get("image", Text(""))
        tag = re.fullmatch(r"[^:@]+(?::\d+/[^:@]+)?:([\w.-]+)@sha256:[0-9a-f]{64}", image)
        if not tag or tag.group(1) == "latest":
            yield image.line, f"{name}: {image} is not NAME:TAG@sha256:..."


# ---- expressions that are not what they look like

@rule("unsound-condition")
def unsound_condition(f):
    for path, text in scalars(f.data):
        if path[-1] == "if" and "${{" in text and (text.endswith("\n") or not re.fullmatch(r"\$\{\{[^}]*\}\}", text)):
            yield text.line, "text beside an expression is always true"


@rule("unsound-contains")
def unsound_contains(f):
    for _, text in scalars(f.data):
        if re.search(r"contains\(\s*'[^']*[ ,][^']*'\s*,", text):
            yield text.line, "contains() of a text also finds parts: contains(fromJSON('[...]'), x)"


@rule("unsound-ternary")
def unsound_ternary(f):
    for _, text in scalars(f.data):
        if re.search(r"&&\s*(''|false|0)\s*\|\|", text):
            yield text.line, "a && '' || b is always b"


@rule("obfuscation")
def obfuscation(f):
    for _, step in f.steps():
        if re.search(r"/\.?/|\.\.", step.uses):
            yield step.uses.line, step.uses
    for _, text in scalars(f.data):
        for e in expressions(text):
            if re.search(r"format\(\s*'\{0\}'|\[\s*'\w+'\s*\]\s*\[|fromJSON\(toJSON\(", e):
                yield text.line, f"${{{{{e}}}}} says it in a round-about way"


# ---- what steps install

@rule("adhoc-packages")
def adhoc_packages(f):
    """Scorecard's Pinned-Dependencies too: what is installed by name has an exact version."""
    for _, step in f.steps():
        for line in re.sub(r"\\\n", " ", shell_text(step)).splitlines():
            for message in adhoc(line):
                yield step.run.line, f"{message}: {line.strip()}"


# What stands before the names on such lines; names and options come after.
INSTALLERS = [
    (r"\b(?:pip3?|python3? -m pip|pipx)\s+install\s+(.*)", r"-r|--requirement|-e|--editable|-c|\.{1,2}(/\S*)?(\[.*\])?|"
     r"\S+==[\w.]+\S*|\$\S+"),
    (r"\b(?:npm|pnpm|bun)\s+(?:install|i|add)\s+(.*)", r"(?!)"),
    (r"\byarn\s+(?:add|global)\s+(.*)", r"(?!)"),
    (r"\b(?:gem|bundle)\s+(?:install|add)\s+(.*)", r"(?!)"),
    (r"\bgo\s+(?:install|run)\s+(\S+@.*)", r"\S+@v\d+\.\d+\.\d+\S*|\./\S*|\w+"),
]


def adhoc(line):
    for pattern, fine in INSTALLERS:
        found = re.search(pattern, line)
        words = [w.strip("'\"") for w in re.split(r"\s+", re.split(r"[;&|>]", found.group(1))[0])] if found else []
        skip = False
        for w in words:
            if skip or not w:
                skip = False
            elif w in ("-r", "--requirement", "-c", "--constraint", "--prefix"):
                skip = True
            elif not w.startswith("-") and not re.fullmatch(fine, w):
                yield f"{w} has no exact version"
    if re.search(r"\bnpx\s+(?!--no-install|--no\b)", line):
        yield "npx may fetch what the lock file does not have: --no-install"
    if re.search(r"\bcargo\s+install\b", line) and not ("--locked" in line and re.search(r"--version[ =]|@\d", line)):
        yield "cargo install without --locked and --version"
    if re.search(r"\b(curl|wget)\b[^|]*\|\s*(sudo\s+)?(ba|z|da)?sh\b", line):
        yield "runs what it downloads"


@rule("CKV_GHA_3")
def curl_with_secrets(f):
    for _, step in f.steps():
        given = {k for k, v in as_map(step.data.get("env")).items() if "secrets." in v}
        for line in shell_text(step).splitlines():
            if re.search(r"\b(curl|wget)\b", line) and any(re.search(rf"\$\{{?{k}\b", line) for k in given):
                yield step.run.line, "a secret on the command line of curl"


@rule("CKV_GHA_4")
def netcat(f):
    for _, step in f.steps():
        if re.search(r"\b(nc|ncat|netcat)\s+-", shell_text(step)) or "/dev/tcp/" in shell_text(step):
            yield step.run.line, "netcat"


@rule("CKV_GHA_7")
def dispatch_inputs(f):
    if f.action:
        return
    inputs = as_map(as_map(as_map(f.data.get("on")).get("workflow_dispatch")).get("inputs"))
    for name in inputs:
        yield line_of(inputs, name), f"workflow_dispatch takes {name}: check it first, and say why it is there"


# ---- what belongs together

@rule("aggregate")
def aggregate(f):
    """A job that runs always decides for the others: none of them may be missing."""
    for job in [] if f.action else f.jobs:
        if re.sub(r"[\s${}]", "", job.data.get("if", "")) != "always()" or "needs" not in job.data:
            continue
        needs = as_list(job.data["needs"]) or [job.data["needs"]]
        missing = [j.name for j in f.jobs if j is not job and j.name not in needs]
        if missing:
            yield line_of(job.data, "needs"), f"{job.name} does not wait for {', '.join(missing)}"
