#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the steps of deploy.yml and rollback.yml run, in bash as GitHub runs it, with the variables that the step names: good values,
missing ones and hostile ones."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

from fleet_support import ALL_NEW, ALL_OLD, DIGESTS, NAMES, NEW, OLD, OLDER, Fleet, build, has, untouched
from report import check, equal, say, state, test
from server_support import tool

try:
    from workflow_file import File
except ImportError as e:
    say("skip-missing", "runs of deploys", f"python3 has no module {e.name} (tools/setup.sh test)")
    sys.exit(0)

HOSTILE = ["$(touch canary)", "`touch canary`", "; touch canary", "a\ntouch canary", "--help", "'", '"', "../x", "b" * 39, "B" * 40, "b" * 40 + "\n::error::x", "*", " "]


class Run:
    def __init__(self, fleet):
        self.fleet = fleet
        os.makedirs(fleet.folder + "/scripts", exist_ok=True)
        shutil.copy(fleet.script(), fleet.folder + "/scripts/deploy_hosts.sh")

    def step(self, file, job, name, values, status=0, path=None):
        """Runs the step with what its expressions stand for: each must be in `values`."""
        with open(f"{self.fleet.built}/.github/workflows/{file}", encoding="utf-8") as f:
            jobs = {j.name: j for j in File(file, f.read()).jobs}
        data = next(s for s in jobs[job].steps if s.data["name"] == name).data
        check("${{" not in data["run"], "an expression in a script:", data["run"])
        env = {k: re.sub(r"\$\{\{ *(.*?) *\}\}", lambda m: values[m[1]], v) for k, v in data.get("env", {}).items()}
        folder = self.fleet.folder
        self.fleet.write("run.sh", data["run"])
        self.fleet.write("output", "")
        ran = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", folder + "/run.sh"], cwd=folder, capture_output=True, text=True, timeout=60,
                             check=False, stdin=subprocess.DEVNULL, env={
                                 "PATH": path or self.fleet.env["PATH"], "HOME": folder, "TMPDIR": self.fleet.tmp, "RUNNER_TEMP": folder, "GITHUB_ACTIONS": "true",
                                 "GITHUB_OUTPUT": folder + "/output", "GITHUB_STEP_SUMMARY": folder + "/summary", "GITHUB_ENV": folder + "/env",
                                 "GITHUB_ACTOR": "a", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "1", **env})
        out = ran.stdout + ran.stderr
        check(ran.returncode == status, f"status {ran.returncode}, not {status}:\n{out[-3000:]}")
        return out

    def values(self, **changes):
        fleet = self.fleet
        return {"github.sha": NEW, "needs.build.outputs.digest": DIGESTS[NEW], "inputs.release": "", "secrets.DEPLOY_SSH_KEY": fleet.read("keys/ours"),
                "vars.DEPLOY_KNOWN_HOSTS": fleet.known_hosts, "secrets.DEPLOY_REGISTRY_USER": "", "secrets.DEPLOY_REGISTRY_PASSWORD": "",
                **{f"vars.WEB_{n}_ADDRESS": fleet.env[f"WEB_{n}_ADDRESS"] for n in (1, 2, 3)}, **changes}


def deploys(run):
    fleet = run.fleet
    deploy = "deploy.yml", "deploy-production", "Deploy"
    with test("deploy"):
        fleet.reset()
        has(run.step(*deploy, run.values()), f"every host has {NEW}")
        equal(fleet.releases(), ALL_NEW, "releases")
        has(fleet.read("summary"), "Deploy of api to production: done")
    with test("deploy-of-a-private-image"):
        fleet.reset()
        secret = "p\"a's $(touch canary)"
        out = run.step(*deploy, run.values(**{"secrets.DEPLOY_REGISTRY_USER": "reader", "secrets.DEPLOY_REGISTRY_PASSWORD": secret}))
        equal([fleet.read(f"{n}/password") for n in NAMES], [secret] * 3, "passwords")
        check(secret not in out + fleet.read("ssh.calls"), "the password is told")
    for name, words in (("secrets.DEPLOY_SSH_KEY", "set the secret DEPLOY_SSH_KEY"), ("vars.DEPLOY_KNOWN_HOSTS", "set the variable DEPLOY_KNOWN_HOSTS"),
                        ("vars.WEB_2_ADDRESS", "set WEB_2_ADDRESS")):
        with test("not-set-" + name):
            fleet.reset()
            has(run.step(*deploy, run.values(**{name: ""}), status=69), "::error title=Deploy to production::", words)
            untouched(fleet, *NAMES)
    with test("no-digest"):
        run.step(*deploy, run.values(**{"needs.build.outputs.digest": ""}), status=64)
    with test("failed-deploy-and-the-step-after-it"):
        fleet.reset()
        fleet.do("web-2", "deploy", "exit 1")
        run.step(*deploy, run.values(), status=1)
        has(run.step("deploy.yml", "deploy-production", "Take back what was begun", run.values()), "nothing is to be taken back")
        equal(fleet.releases(), ALL_OLD, "releases")
    with test("a-run-that-was-killed-is-taken-back"):
        fleet.reset(NEW)
        fleet.write("deploy.state", "".join(f"begun\t{n}\t{OLD}\n" for n in NAMES))
        run.step("deploy.yml", "deploy-production", "Take back what was begun", run.values())
        equal(fleet.releases(), ALL_OLD, "releases")
        os.remove(fleet.folder + "/deploy.state")


def rollbacks(run):
    fleet = run.fleet
    with test("rollback"):
        for release, to in (("", OLDER), (OLDER, OLDER)):
            fleet.reset()
            values = run.values(**{"inputs.release": release})
            run.step("rollback.yml", "production", "Check what is asked for", values)
            run.step("rollback.yml", "production", "Roll back", values)
            equal(fleet.releases(), [to] * 3, "releases")
    for n, word in enumerate(HOSTILE):
        with test(f"hostile-release-{n}"):
            fleet.reset()
            values = run.values(**{"inputs.release": word})
            has(run.step("rollback.yml", "production", "Check what is asked for", values, status=1), "::error::A release is a commit")
            # And should the check be gone: never another command.
            if n != 8 and n != 9:
                run.step("rollback.yml", "production", "Roll back", values, status=64)
            untouched(fleet, *NAMES)
    with test("nothing-of-it-was-run"):
        check(not fleet.has("canary"), "a canary")


def looks(run):
    """Whether the image is there: what docker says becomes the output of the step, when it is a digest."""
    fleet = run.fleet
    os.mkdir(fleet.folder + "/docker")
    for name, script, output in (("there", f"echo 'Name: x'; echo 'Digest:    {DIGESTS[NEW]}'", f"digest={DIGESTS[NEW]}\n"), ("not-there", "echo no >&2; exit 1", ""),
                                 ("garbage", "echo 'Digest: $(touch canary)'; echo x=y", ""), ("two", f"echo 'Digest: {DIGESTS[NEW]}'; echo 'Digest: x=y'", "")):
        with test("image-" + name):
            fleet.write("docker/docker", f"#!/bin/bash\nprintf '%s\\n' \"$*\" >>docker.calls\n{script}\n", 0o755)
            run.step("deploy.yml", "build", "Look whether it is there", run.values(), path=f"{fleet.folder}/docker:{os.environ['PATH']}")
            equal(fleet.read("output"), output, "output")
    equal(set(fleet.read("docker.calls").splitlines()), {f"buildx imagetools inspect reco/api:{NEW}"}, "calls")


def main():
    for name in ("ssh-agent", "ssh-add", "ssh-keygen", "flock"):
        if not tool(name):
            say("skip-missing", "runs of deploys", f"{name} is not there (tools/setup.sh test)")
            return
    work = tempfile.mkdtemp(prefix="deploy-runs.", dir=os.environ.get("TMPDIR"))
    try:
        run = Run(Fleet(work + "/fleet", build(work + "/ssh")))
        for part in (deploys, rollbacks, looks):
            part(run)
    finally:
        shutil.rmtree(work, ignore_errors=True)


main()
sys.exit(state.failed)
