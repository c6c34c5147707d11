#!/usr/bin/env python3
"""The command line as a person meets it: help, exit statuses, advice, formats, init, completion, the manual page."""

import json
import os
import pathlib
import pty
import re
import resource
import select
import shutil
import subprocess
import sys
import tempfile

from report import SHARED

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.environ.get("OPSC", str(ROOT / "build/asan/opsc"))
SARIF = SHARED / "reference/data/sarif-2.1.0.schema.json"
COMMANDS = "build lint plan apply destroy try drift import coverage iam lock cost prices explain schema catalog init completion version help".split()
TMP = pathlib.Path(tempfile.mkdtemp(prefix="opsc-cli."))

GOOD = """opsc: 1
project: shop
aws: { region: eu-west-1 }
notify: ops@shop.example
resources: { web: { kind: ec2, id: i-0a1b2c3d4e5f67890, role: shop-web } }
"""
BAD = GOOD.replace("eu-west-1", "eu-west-9").replace("kind: ec2", "kind: ec3") + "alarsm: {}\n"


def verdict(name, why=None):
    print(f"ok {name}" if not why else f"FAIL {name}: {why}")


def run(*args, cwd=None, stdin=None, env=None):
    return subprocess.run([OPSC, *args], capture_output=True, text=True, cwd=cwd or TMP, input=stdin or "",
                          env={**os.environ, "TERM": "xterm", **(env or {})}, timeout=60)


def folder(name, spec=None):
    path = TMP / name
    path.mkdir()
    if spec is not None:
        (path / "ops.yaml").write_text(spec)
    return path


def expect(name, result, status, out=None, err=None):
    why = None
    if result.returncode != status:
        why = f"status {result.returncode}, not {status}: {result.stderr[:300]}"
    elif out is not None and not re.search(out, result.stdout):
        why = f"standard output has no /{out}/: {result.stdout[:300]!r}"
    elif err is not None and not re.search(err, result.stderr):
        why = f"standard error has no /{err}/: {result.stderr[:300]!r}"
    verdict(name, why)


def test_help():
    expect("no-command", run(), 2, "^$", "Usage: opsc COMMAND")
    for flag in ("help", "--help", "-h"):
        expect(f"overview-{flag}", run(flag), 0, "Usage: opsc COMMAND", "^$")
    for command in COMMANDS:
        expect(f"{command}-is-listed", run("help"), 0, rf"(?m)^  {command} ")
        by_option, by_name = run(command, "--help"), run("help", command)
        expect(f"help-of-{command}", by_option, 0, f"Usage: opsc {command}", "^$")
        verdict(f"help-of-{command}-both-ways", None if by_option.stdout == by_name.stdout else "they differ")
        wide = [line for line in by_option.stdout.splitlines() if len(line) > 110]
        verdict(f"help-of-{command}-fits", f"too wide: {wide[0]}" if wide else None)
    expect("version", run("--version"), 0, r"^opsc \d+\.\d+\.\d+ \(language 1\)\n$")
    info = json.loads(run("version", "--format", "json").stdout)
    verdict("version-json", None if info["commands"] == COMMANDS else str(info))


def test_usage():
    expect("near-command", run("buld"), 2, "^$", "Did you mean `opsc build`")
    expect("near-option", run("build", "--chekc"), 2, "^$", "Did you mean --check")
    expect("unknown-letter", run("build", "-z"), 2, "^$", "no option -z")
    expect("option-of-another-command", run("lint", "--force"), 2, "^$", "no option --force")
    expect("missing-value", run("build", "--output"), 2, "^$", "--output needs DIR")
    expect("value-for-a-flag", run("build", "--check=yes"), 2, "^$", "--check takes no value")
    expect("wrong-choice", run("lint", "--format", "xml"), 2, "^$", "text json sarif github gitlab")
    expect("one-argument-too-many", run("build", "a", "b"), 2, "^$", "`b` is one argument too many")
    expect("bad-var", run("build", "--var", "x"), 2, "^$", "NAME=VALUE")
    expect("unknown-kind", run("catalog", "show", "ec3"), 2, "^$", "Did you mean `ec2`")
    expect("kind-by-its-engine", run("catalog", "show", "valkey"), 2, "^$", "Write `kind: elasticache` with `engine: valkey`")
    expect("unknown-shell", run("completion", "tcsh"), 2, "^$", "bash, zsh or fish")
    expect("unknown-code", run("explain", "OPS-9999"), 2, "^$", "no diagnostic `OPS-9999`")
    dashed = folder("dashed")
    (dashed / "-x.yaml").write_text(GOOD)
    expect("two-dashes-end-options", run("lint", "--", "-x.yaml", cwd=dashed), 0)


OWN_KIND = """kind: broker
title: Message broker
doc: A message broker of our own.
attributes:
  id: { type: string, required: true, doc: Name., example: jobs }
metrics:
  depth: { metric: Depth, namespace: MQ, unit: Count, doc: Messages that wait. }
"""


def test_own_kinds():
    """`catalog` knows the kinds of the spec that is here, or that is named."""
    here = folder("own", GOOD + "catalog: [\"${folder}/broker.yaml\", kinds/rds.yaml]\nvars: { folder: kinds }\n")
    (here / "kinds").mkdir()
    (here / "kinds/broker.yaml").write_text(OWN_KIND)
    (here / "kinds/rds.yaml").write_text(OWN_KIND.replace("kind: broker", "kind: rds"))
    listed = r"(?m)^  broker +Message broker +1 metric, 0 recommended alarms \(kinds/broker\.yaml\)$"
    expect("list-has-own-kinds", run("catalog", "list", cwd=here), 0, listed, "^$")
    expect("list-has-kinds-of-opsc", run("catalog", "list", cwd=here), 0, r"(?m)^  ec2 [^(]*$")
    expect("show-own-kind", run("catalog", "show", "broker", cwd=here), 0, "broker: Message broker\nA message broker of our own", "^$")
    expect("show-own-in-place-of-opsc", run("catalog", "show", "rds", cwd=here), 0, "rds: Message broker", "^$")
    expect("near-own-kind", run("catalog", "show", "brokr", cwd=here), 2, "^$", "Did you mean `broker`")
    for name, spec in (("folder", str(here)), ("file", str(here / "ops.yaml"))):
        expect(f"show-own-kind-of-a-{name}", run("catalog", "show", "broker", spec), 0, "broker: Message broker", "^$")
    items = json.loads(run("catalog", "list", str(here), "--format", "json").stdout)
    found = {k["kind"]: k.get("file") for k in items}
    verdict("json-names-own-files", None if found["rds"] == str(here / "kinds/rds.yaml") and found["ec2"] is None else str(found))
    expect("no-kind-of-elsewhere", run("catalog", "show", "broker", cwd=folder("elsewhere")), 2, "^$", "no kind `broker`")
    expect("catalog-of-no-spec", run("catalog", "list", "nope.yaml"), 3, "^$", "cannot read `nope.yaml`")
    expect("var-of-catalog", run("catalog", "show", "broker", "--var", "folder=none", cwd=here), 3, "^$", "cannot read `none/broker.yaml`")
    wrong = folder("own-wrong", GOOD + "catalog: [broker.yaml]\nunknown: 1\nvars: [1]\n")
    (wrong / "broker.yaml").write_text(OWN_KIND)
    expect("spec-with-mistakes-here", run("catalog", "show", "ec2", cwd=wrong), 0, "^ec2", "may be missing.*`opsc lint`")
    expect("spec-with-mistakes-asked", run("catalog", "show", "ec2", "ops.yaml", cwd=wrong), 1, "^$", "OPS-1102")
    (wrong / "ops.yaml").write_text(GOOD + "catalog: [broker.yaml]\nunknown: 1\n")
    expect("mistakes-elsewhere", run("catalog", "show", "broker", cwd=wrong), 0, "^broker", "^$")
    both = folder("own-env", GOOD + "catalog: [one.yaml]\nenvironments: { a: {}, b: { catalog: [two.yaml] } }\n")
    (both / "one.yaml").write_text(OWN_KIND)
    (both / "two.yaml").write_text(OWN_KIND.replace("kind: broker", "kind: queue"))
    expect("first-environment", run("catalog", "show", "broker", cwd=both), 0, "^broker", "^$")
    expect("named-environment", run("catalog", "show", "queue", "-e", "b", cwd=both), 0, "^queue", "^$")


def test_status():
    good, bad = folder("good", GOOD), folder("bad", BAD)
    expect("lint-good", run("lint", cwd=good), 0, "^$", "no problems")
    expect("lint-a-folder", run("lint", str(good)), 0)
    expect("lint-bad", run("lint", cwd=bad), 1, "^$", "3 errors")
    expect("lint-missing", run("lint", "nope.yaml"), 3, "^$", "cannot read `nope.yaml`")
    expect("build-bad", run("build", cwd=bad), 1)
    verdict("build-bad-writes-nothing", None if os.listdir(bad) == ["ops.yaml"] else str(os.listdir(bad)))
    expect("check-before-build", run("build", "--check", cwd=good), 1)
    expect("build", run("build", cwd=good), 0, r"\d+ new files; \d+ alarms, 1 dashboard")
    expect("check-after-build", run("build", "--check", cwd=good), 0, "up to date")
    expect("build-again", run("build", cwd=good), 0, "up to date")
    expect("explain-writes-nothing", run("build", "--explain", "-o", "none", cwd=good), 0, "web-cpu-high")
    bare = [part for part in run("build", "--explain", "-o", "none", cwd=good).stdout.split("\n\n")[1:] if "\n  " not in part]
    verdict("explain-has-no-empty-parts", str(bare) if bare else None)
    verdict("explain-wrote-nothing", None if not (good / "none").exists() else "it wrote")
    full = subprocess.run([OPSC, "schema"], stdout=open("/dev/full", "w"), stderr=subprocess.PIPE, text=True, check=False)
    verdict("full-standard-output", None if full.returncode == 3 and "standard output" in full.stderr else
            f"{full.returncode} {full.stderr}")
    # A file that may not become so large: an error as a full disk is, and what was begun is gone.
    large = max((f for f in good.rglob("*") if f.is_file()), key=lambda f: f.stat().st_size)
    limit = large.stat().st_size - 1
    full = subprocess.run([OPSC, "build", "-o", "limited"], cwd=good, capture_output=True, text=True, check=False,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    wanted = f"cannot write `limited/{large.relative_to(good)}`: it is too big"
    verdict("file-size-limit", None if full.returncode == 3 and wanted in full.stderr else f"{full.returncode} {full.stderr}")
    verdict("file-size-limit-leaves-none", None if not (good / "limited" / large.relative_to(good)).exists() else str(large))
    expect("build-without-the-limit", run("build", "-o", "limited", cwd=good), 0, "new file")
    expect("check-without-the-limit", run("build", "--check", "-o", "limited", cwd=good), 0, "up to date")


def test_names():
    """What a name holds reaches no terminal as it is, and a command to run has it as one word."""
    evil = "a\x1b[31m\nb\u202ec"
    here = folder("names", GOOD)
    shown = r"a\\x1b\[31m\\nb\\u\{202e\}c"
    cases = {
        "output": (["build", "-o", evil], 0, shown + ": \\d+ new files"),
        "output-again": (["build", "-o", evil], 0, shown + " is up to date"),
        "check": (["build", "--check", "-o", evil], 0, shown + " is up to date"),
        "stale": (["build", "--check", "-o", evil + "2"], 1, "files in " + shown + "2 are stale"),
        "only": (["build", "--only", evil], 2, "begins with `" + shown),
        "spec": (["lint", evil], 3, "cannot read `" + shown),
        "init": (["init", "-o", evil + ".yaml"], 0, "wrote " + shown),
        "init-again": (["init", "-o", evil + ".yaml"], 1, shown + ".yaml` is there already"),
        "init-below-a-file": (["init", "-o", f"ops.yaml/{evil}"], 3, "cannot write `ops.yaml/" + shown),
        "command": ([evil], 2, "no command `" + shown),
        "option": (["build", "--" + evil], 2, "no option --" + shown),
        "letter": (["build", "-\x1b"], 2, r"no option -\\x1b"),
        "letter-of-two-bytes": (["build", "-\u00e9"], 2, "no option -\u00e9\n"),
        "choice": (["build", "--format", evil], 2, "cannot be `" + shown),
        "argument": (["build", "a", evil], 2, shown + "` is one argument too many"),
        "var": (["build", "--var", evil], 2, "found `" + shown),
        "kind": (["catalog", "show", evil], 2, "no kind `" + shown),
        "code": (["explain", evil], 2, "no diagnostic `" + shown),
        "help": (["help", evil], 2, "no command `" + shown),
    }
    for name, (args, status, what) in cases.items():
        result = run(*args, cwd=here)
        said = result.stdout + result.stderr
        raw = "\x1b" in said or "\u202e" in said
        verdict(f"name-{name}", repr(said[:300]) if raw or result.returncode != status or not re.search(what, said) else None)
    for name in ("plain.yaml", "a b'c.yaml", "$(touch x).yaml", "-x.yaml", "'-.yaml", evil + "3.yaml", "tab\t\\.yaml", "\u00e9 \u202e.yaml"):
        told = run("init", f"--output={name}", cwd=here).stderr
        command = re.search(r"next: opsc (build .*)\n", told)
        ran = command and subprocess.run(["bash", "-c", f'"$OPSC" {command[1]}'], env={**os.environ, "OPSC": OPSC}, cwd=here,
                                         capture_output=True, text=True, check=False)
        ok = ran and ran.returncode == 0 and "myapp production" in ran.stdout and not (here / "x").exists()
        verdict(f"told-to-run-{name!r}", None if ok else repr(told + str(ran)))
    said, _ = typed(["build", "-o", "new $(id)"], [], here)
    verdict("next-step-is-quoted", None if "cd 'new $(id)/terraform' && " in said else repr(said[-300:]))


def test_formats():
    bad = TMP / "bad"
    plain = run("lint", cwd=bad)
    verdict("no-colour-into-a-file", "escape sequences" if "\x1b" in plain.stderr else None)
    coloured = run("lint", "--color", "always", cwd=bad)
    verdict("colour-when-asked", None if "\x1b[" in coloured.stderr else "none")
    items = json.loads(run("lint", "--format", "json", cwd=bad).stdout)
    found = sorted(d["code"] for d in items["diagnostics"])
    verdict("json", None if found == ["OPS-1101", "OPS-1104", "OPS-1301"] else str(found))
    sarif = json.loads(run("lint", "--format", "sarif", cwd=bad).stdout)
    results = sarif["runs"][0]["results"]
    verdict("sarif", None if len(results) == 3 and all(r["locations"] for r in results) else str(results)[:300])
    if SARIF.exists():
        try:
            import jsonschema
            jsonschema.Draft7Validator(json.loads(SARIF.read_text())).validate(sarif)
            verdict("sarif-follows-its-schema")
        except ImportError:
            print("skip-missing sarif-follows-its-schema: python3 has no module jsonschema")
        except jsonschema.ValidationError as error:
            verdict("sarif-follows-its-schema", error.message[:200])
    lines = run("lint", "--format", "github", cwd=bad).stdout.splitlines()
    ok = all(re.match(r"::error title=OPS-\d+,file=ops\.yaml,line=\d+,", line) for line in lines)
    verdict("github", None if ok and len(lines) == 3 else str(lines))
    for spec in ("good", "bad"):
        empty = run("lint", "--format", "json", cwd=TMP / spec)
        verdict(f"json-of-{spec}-parses", None if json.loads(empty.stdout) is not None else "no")


def typed(args, answers, cwd, env=None):
    """opsc on a terminal, with what a person types; what the terminal shows, and the exit status."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.environ.update(env or {})
        os.execv(OPSC, [OPSC, *args])
    shown = b""
    for answer in [*answers, None]:
        while True:
            ready, _, _ = select.select([fd], [], [], 20)
            try:
                data = os.read(fd, 4096) if ready else b""
            except OSError:
                data = b""
            shown += data
            if not data or (answer is not None and shown.rstrip(b" ").endswith(b"]:")):
                break
        if answer is not None:
            os.write(fd, answer.encode() + b"\n")
            shown += b"\n"
    return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_terminal():
    shown, status = typed(["lint"], [], TMP / "bad")
    verdict("colour-on-a-terminal", None if "\x1b[1;31m" in shown and status == 1 else repr(shown[:200]))
    shown, _ = typed(["lint"], [], TMP / "bad", {"NO_COLOR": "1"})
    verdict("no-color", "escape sequences" if "\x1b" in shown else None)


def test_init():
    asked = folder("asked")
    _, status = typed(["init"], ["shop", "eu-west-1", "ops@shop.example", "i-0a1b2c3d4e5f67890", "shop-db"], asked)
    text = (asked / "ops.yaml").read_text() if status == 0 else ""
    lacks = [w for w in ("project: shop", "region: eu-west-1", "ops@shop.example", "i-0a1b2c3d4e5f67890", "shop-db") if w not in text]
    verdict("init-asks", f"status {status}, not in the spec: {lacks}" if lacks else None)
    expect("init-starter-compiles", run("lint", "--strict", cwd=asked), 0)
    expect("init-never-overwrites", run("init", cwd=asked), 1, "^$", "never overwrites")
    verdict("init-left-it-alone", None if (asked / "ops.yaml").read_text() == text else "changed")
    flags = folder("flags")
    expect("init-flags", run("init", "--project", "shop", "--rds", "shop-db", "-o", "sub/my.yaml", cwd=flags), 0)
    expect("init-flags-compile", run("lint", "sub/my.yaml", cwd=flags), 0)
    hostile = folder("hostile")
    expect("init-refuses-nonsense", run("init", "--project", 'x"\n$(reboot)', "--ec2", "i-1", cwd=hostile), 1, "^$", "nothing was written")
    verdict("init-wrote-no-nonsense", None if not os.listdir(hostile) else str(os.listdir(hostile)))


def bash_complete(words):
    """What bash offers for the last of `words`."""
    script = 'source <("$1" completion bash); shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _opsc; printf "%s\\n" "${COMPREPLY[@]}"'
    result = subprocess.run(["bash", "-c", script, "bash", OPSC, *words], capture_output=True, text=True, check=False, cwd=TMP)
    return set(result.stdout.split()), result.stderr


def test_completion():
    kinds = [line.split()[0] for line in run("catalog", "list").stdout.splitlines()]
    cases = {
        "command": (["opsc", "bu"], {"build"}),
        "all-commands": (["opsc", ""], set(COMMANDS)),
        "option": (["opsc", "build", "--ch"], {"--check"}),
        "choice": (["opsc", "lint", "--format", "s"], {"sarif"}),
        "choice-of-another-command": (["opsc", "drift", "--format", "m"], {"markdown"}),
        "choice-of-prices": (["opsc", "prices", "--format", "t"], {"table"}),
        "word": (["opsc", "catalog", "f"], {"functions"}),
        "shell": (["opsc", "completion", ""], {"bash", "zsh", "fish"}),
        "kind": (["opsc", "catalog", "show", "ec"], {k for k in kinds if k.startswith("ec")}),
        "code": (["opsc", "explain", "OPS-100"], {f"OPS-100{i}" for i in range(1, 10)}),
    }
    for name, (words, wanted) in cases.items():
        got, errors = bash_complete(words)
        verdict(f"bash-completes-{name}", None if got == wanted and not errors else f"{sorted(got)} {errors}")
    for shell in ("bash", "zsh", "fish"):
        text = run("completion", shell).stdout
        lacks = [c for c in COMMANDS if c not in text]
        verdict(f"{shell}-has-all-commands", str(lacks) if lacks or len(text) < 500 else None)
        if shutil.which(shell) is None:
            print(f"skip-missing {shell}-reads-it: no {shell} here")
            continue
        result = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True, check=False)
        verdict(f"{shell}-reads-it", result.stderr[:200] if result.returncode else None)


def test_manual():
    text = run("help", "--man").stdout
    lacks = [c for c in COMMANDS if f".Ss {c}" not in text]
    verdict("manual-has-all-commands", str(lacks) if lacks else None)
    if shutil.which("groff") is None:
        print("skip-missing manual-is-clean: no groff here")
        return
    result = subprocess.run(["groff", "-mdoc", "-Tutf8", "-ww"], input=text, capture_output=True, text=True, check=False)
    verdict("manual-is-clean", result.stderr[:300] or None)


def test_explain():
    codes = re.findall(r"^(OPS-\d+)", run("explain").stdout, re.M)
    verdict("explain-lists-codes", None if len(codes) > 80 else str(len(codes)))
    thin = [c for c in codes if len(run("explain", c).stdout) < 150]
    verdict("explain-says-more-for-each", f"next to nothing for {' '.join(thin)}" if thin else None)
    same = {run("explain", name).stdout for name in ("OPS-1224", "ops-1224", "1224", "bare-number")}
    verdict("explain-by-any-name", None if len(same) == 1 and "" not in same else str(len(same)))


def main():
    try:
        for test in (test_help, test_usage, test_own_kinds, test_names, test_status, test_formats, test_terminal, test_init, test_completion, test_manual,
                     test_explain):
            test()
    finally:
        shutil.rmtree(TMP)


sys.exit(main())
