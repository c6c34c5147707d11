#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""deploy_hosts.sh over three hosts: whatever goes wrong on whichever of them, every host has in the end what it had, or was not
touched, and what is said and the status are right. Over a real sshd and with a real agent, and by stand-ins for the many ways to fail."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from fleet_support import ALL_NEW, ALL_OLD, DIGESTS, NAMES, NEW, OLD, OLDER, SPEC, Fleet, build, has, untouched
from report import check, equal, fault, say, state, test
from server_support import SBIN, Server, tool, until

HOSTILE = ["$(touch canary)", "`touch canary`", "; touch canary", "| touch canary", "a b", "a\nb", "-oProxyCommand=touch canary", "--help", "'", '"', "\\",
           "../../x", "${x}", "${{ secrets.X }}", "a\x07b", "\u00e9", "*", "x" * 300]
work = ""


# ---- What goes well

def good(fleet):
    with test("deploy-all"):
        fleet.reset()
        out = fleet.deploy("--state", "state", env={"GITHUB_STEP_SUMMARY": fleet.folder + "/summary"})
        equal(fleet.releases(), ALL_NEW, "releases")
        has(out, "no alarm went off", f"every host has {NEW}", "web-1: watching")
        equal([fleet.told(h) for h in NAMES], [["deploy", "watch_alarms"], ["deploy"], ["deploy"]], "what they were told")
        has(fleet.read("web-3/log"), f"deploy {NEW} {DIGESTS[NEW]} --by tester@laptop")
        has(fleet.read("summary"), "Deploy of api to production: done", f"| release | {NEW} |", DIGESTS[NEW], f"| web-3 | {OLD} | {NEW} |")
        has(fleet.run("undo", "--state", "state"), "nothing is to be taken back")
    with test("deploy-again-changes-nothing"):
        has(fleet.deploy(), "web-1 has it already")
        equal(fleet.told("web-2"), ["deploy"], "what web-2 was told")
    with test("status"):
        has(fleet.run("status"), f"web-3: {NEW}, well, docker.io/reco/api@{DIGESTS[NEW]}")
        fleet.write("web-2/release", OLD + "\n")
        has(fleet.run("status", status=1), "not every host is well with one and the same release")
    with test("rollback-to-the-release-before"):
        fleet.reset()
        out = fleet.run("rollback")
        equal(fleet.releases(), [OLDER] * 3, "releases")
        has(fleet.read("web-1/log"), "rollback --by ")
        has(fleet.read("web-2/log"), f"rollback {OLDER} --by ")
        has(out, f"every host has {OLDER}")
    with test("rollback-to-a-release"):
        fleet.reset()
        fleet.run("rollback", "--release", OLDER)
        equal(fleet.releases(), [OLDER] * 3, "releases")
    with test("dry-run-changes-nothing"):
        fleet.reset()
        has(fleet.deploy("--dry-run", "--state", "state"), f"web-3 would get {NEW}")
        has(fleet.run("rollback", "--dry-run"), "would go back")
        untouched(fleet, *NAMES)
        check(not fleet.has("state"), "a state was written")
    with test("first-release"):
        fleet.reset("none")
        fleet.deploy()
        equal(fleet.releases(), ALL_NEW, "releases")
    with test("something-afterwards"):
        fleet.reset()
        fleet.do("web-2", "deploy", "afterwards")
        has(fleet.deploy(env=fleet.github()), "::warning title=Deploy to production::web-2: the release serves, but something afterwards failed")
        equal(fleet.releases(), ALL_NEW, "releases")


# ---- What goes wrong on one of them: how, status, words

WAYS = {
    "refused": ("exit 1", 1, "it did not take the release (status 1)"),
    "a-setting": ("exit 78", 1, "it did not take the release (status 78)"),
    "missing": ("exit 69", 1, "it did not take the release (status 69)"),
    "interrupted-there": ("exit 143", 1, "it did not take the release (status 143)"),
    "busy": ("exit 75", 75, "another deploy runs there"),
    "dies": ("dies", 1, "it goes back"),
    "dies-after-the-switch": ("dies-after", 1, "it goes back"),
    "garbage": ("garbage", 1, "it ended with status 42"),
    "unknown-status": ("exit 127", 1, "it ended with status 127"),
}


def fails_on(fleet, k, way):
    how, status, words = WAYS[way]
    with fault(f"{way}-on-{NAMES[k]}"):
        fleet.reset()
        fleet.do(NAMES[k], "deploy", how)
        out = fleet.deploy("--state", "state", status=status, env=fleet.github())
        equal(fleet.releases(), ALL_OLD, "releases")
        has(out, f"{NAMES[k]}: ", words, "::error title=Deploy to production::")
        untouched(fleet, *NAMES[k + 1:])
        known = status == 75 or how.startswith("exit") and how != "exit 127"
        equal(fleet.told(NAMES[k]), ["deploy"] if known else ["deploy", "rollback"], f"what {NAMES[k]} was told")
        back = [m for m in re.findall(r"(web-\d): going back", out) if m != NAMES[k]]
        equal(back, list(reversed(NAMES[:k])), "who went back")
        for line in out.splitlines():
            check(not line.startswith("::") or "title=" in line or line.startswith("::add-mask::127.0.0.1:"), "a host gave GitHub a command:", line)
            check("##[" not in line, "a host gave GitHub a command:", line)
        has(fleet.run("undo", "--state", "state"), "nothing is to be taken back")


def hosts_fail(fleet):
    for n, way in enumerate(WAYS):
        # Those that leave it unknown what became of it on each, the others on one.
        for k in range(3) if way in ("refused", "dies", "dies-after-the-switch") else [n % 3]:
            fails_on(fleet, k, way)
    for k in range(3):
        with fault(f"hangs-on-{NAMES[k]}"):
            fleet.reset()
            fleet.do(NAMES[k], "deploy", "hangs")
            out = fleet.deploy(status=1, numbers={"DEPLOY_S": 1})
            equal(fleet.releases(), ALL_OLD, "releases")
            has(out, f"{NAMES[k]}: it has not ended within 1 seconds; it goes back", "another deploy runs", "every host has what it had")
        with fault(f"flood-on-{NAMES[k]}"):
            fleet.reset()
            fleet.do(NAMES[k], "deploy", "flood")
            out = fleet.deploy(status=1, numbers={"DEPLOY_S": 1})
            equal(fleet.releases(), ALL_OLD, "releases")
            check(len(out) < 2000000, "it was shown in full")
        with fault(f"away-after-the-question-on-{NAMES[k]}"):
            fleet.reset()
            fleet.write(f"{NAMES[k]}/away-after", "")
            out = fleet.deploy(status=2, numbers={"BACK_TRIES": 2})
            equal(fleet.releases(), ALL_OLD, "releases")
            has(out, f"{NAMES[k]}: it did not go back", f"{NAMES[k]} has not known, and had {OLD}")
        with fault(f"does-not-go-back-on-{NAMES[k]}"):
            fleet.reset()
            fleet.do(NAMES[0], "watch_alarms", "exit 1")
            fleet.do(NAMES[k], "rollback", "exit 1")
            out = fleet.deploy("--state", "state", status=2)
            equal(fleet.releases(), [NEW if n == NAMES[k] else OLD for n in NAMES], "releases")
            has(out, f"{NAMES[k]}: it did not go back to {OLD}: status 1", f"{NAMES[k]} has {NEW}, and had {OLD}")
            # When what was in the way is gone.
            has(fleet.run("undo", "--state", "state"), "every host has what it had")
            equal(fleet.releases(), ALL_OLD, "releases")
        with fault(f"rollback-refused-on-{NAMES[k]}"):
            fleet.reset()
            fleet.do(NAMES[k], "rollback", "exit 1")
            fleet.run("rollback", status=1)
            equal(fleet.releases(), ALL_OLD, "releases")
        with fault(f"silent-before-on-{NAMES[k]}"):
            fleet.reset()
            fleet.do(NAMES[k], "deploy", "x")
            fleet.write(f"{NAMES[k]}/do-status", "garbage always\n")
            has(fleet.deploy(status=69), f"{NAMES[k]}: it does not say what it has: run install.sh there; nothing was changed")
            untouched(fleet, *NAMES)
    with fault("first-release-fails-on-web-2"):
        fleet.reset("none")
        fleet.do("web-2", "deploy", "exit 1")
        has(fleet.deploy(status=2), "web-1: it had no release to go back to", "web-2 has none")
    with fault("not-well-before"):
        fleet.reset(NEW)
        fleet.write("web-1/do-status", "exit 1\n")
        has(fleet.deploy(status=69), "web-1: it does not say what it has")


def alarms(fleet):
    with fault("alarm"):
        fleet.reset()
        fleet.do("web-1", "watch_alarms", "exit 1")
        out = fleet.deploy(status=1, env={"GITHUB_STEP_SUMMARY": fleet.folder + "/summary"})
        has(out, "an alarm went off; every host goes back")
        equal(re.findall(r"(web-\d): going back", out), list(reversed(NAMES)), "who went back")
        equal(fleet.releases(), ALL_OLD, "releases")
        has(fleet.read("summary"), "**failed, every host has what it had**", f"| web-1 | {OLD} | {OLD} |")
        since = re.search(r"watch_alarms --since (\d+)", fleet.read("web-1/log"))
        check(since and abs(int(since.group(1)) - time.time()) < 300, "since when:", fleet.read("web-1/log"))
    for name, how, asked in (("not-asked", "exit 3", 3), ("not-installed", "exit 69", 3), ("away", "dies", 1)):
        with fault(f"alarms-{name}"):
            fleet.reset()
            for host in NAMES if asked == 3 else NAMES[:1]:
                fleet.do(host, "watch_alarms", how)
            out = fleet.deploy(env=fleet.github())
            equal(fleet.releases(), ALL_NEW, "releases")
            has(out, "::warning title=Deploy to production::web-1: alarms could not be watched there")
            check(("ALARMS WERE NOT WATCHED" in out) == (asked == 3), out)


# ---- Signals

def at(fleet, host, file="at-work"):
    until(lambda: fleet.has(f"{host}/{file}"), f"{host} is at work")


def signals(fleet):
    numbers = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
    for how, status in numbers.items():
        for k in range(3):
            with fault(f"{how.name}-while-{NAMES[k]}-is-at-work"):
                fleet.reset()
                fleet.do(NAMES[k], "deploy", "wait")
                process = fleet.begin("deploy", "--image", f"reco/api@{DIGESTS[NEW]}", "--release", NEW)
                at(fleet, NAMES[k])
                process.send_signal(how)
                has(fleet.end(process, status), "stopping", "every host has what it had")
                equal(fleet.releases(), ALL_OLD, "releases")
                untouched(fleet, *NAMES[k + 1:])
    with fault("SIGTERM-while-alarms-are-watched"):
        fleet.reset()
        fleet.do("web-1", "watch_alarms", "wait")
        process = fleet.begin("deploy", "--image", f"reco/api@{DIGESTS[NEW]}", "--release", NEW, numbers={"WATCH_S": 30})
        until(lambda: "watch_alarms" in fleet.told("web-1"), "alarms are watched")
        process.send_signal(signal.SIGTERM)
        fleet.end(process, 143)
        equal(fleet.releases(), ALL_OLD, "releases")
    with fault("more-signals-while-it-is-taken-back"):
        fleet.reset()
        fleet.do("web-3", "deploy", "exit 1")
        fleet.do("web-2", "rollback", "wait")
        process = fleet.begin("deploy", "--image", f"reco/api@{DIGESTS[NEW]}", "--release", NEW)
        until(lambda: "rollback" in fleet.told("web-2"), "web-2 goes back")
        for how in numbers:
            process.send_signal(how)
        fleet.end(process, 1)
        equal(fleet.releases(), ALL_OLD, "releases")
    for k in range(3):
        with fault(f"killed-while-{NAMES[k]}-is-at-work"):
            fleet.reset()
            fleet.do(NAMES[k], "deploy", "wait")
            process = fleet.begin("deploy", "--image", f"reco/api@{DIGESTS[NEW]}", "--release", NEW, "--state", "state")
            at(fleet, NAMES[k])
            os.killpg(process.pid, signal.SIGKILL)
            fleet.end(process, -9)
            fleet.clean()
            has(fleet.deploy("--state", "state", status=64), "an earlier run has not finished: undo --state state")
            has(fleet.run("undo", "--state", "state"), "every host has what it had")
            equal(fleet.releases(), ALL_OLD, "releases")
            has(fleet.run("undo", "--state", "state"), "nothing is to be taken back")
    with fault("killed-before-anything"):
        fleet.reset()
        has(fleet.run("undo", "--state", "state"), "nothing was begun")


# ---- What is hostile

def arguments(fleet):
    fleet.reset()
    image = f"reco/api@{DIGESTS[NEW]}"
    for n, word in enumerate(HOSTILE):
        with fault(f"hostile-{n}"):
            ways = [["deploy", "--image", image, "--release", word], ["rollback", "--release", word], ["deploy", "--image", word, "--release", NEW],
                    ["deploy", "--image", f"reco/api@{word}", "--release", NEW], ["deploy", "--image", f"{word}@{DIGESTS[NEW]}", "--release", NEW]]
            fleet.run(*ways[n % len(ways)], status=64)
            if n % 2:
                has(fleet.run("status", status=69, env={"WEB_2_ADDRESS": word}), "web-2: what WEB_2_ADDRESS has is no name or address of a host")
            else:
                login = {"DEPLOY_REGISTRY_USER": word, "DEPLOY_REGISTRY_PASSWORD": "x"}
                has(fleet.run("status", status=69, env=login), "the user of the registry has letters")
    for args, words in ((["deploy"], "deploy needs --image and --release"), ([], "say what to do"), (["deploy", "rollback"], "one thing at a time"),
                        (["undo"], "undo needs --state"), (["status", "--release", NEW], "takes no --image or --release"),
                        (["status", "--dry-run"], "changes nothing"), (["--release"], "needs a value"), (["--state", ""], "needs a value")):
        with fault("usage: " + " ".join(args)):
            has(fleet.run(*args, status=64), words)
    with test("help-and-check"):
        has(fleet.run("--help"), "Usage: deploy_hosts.sh", "Exit status:")
        has(fleet.run("--check"), "nothing is missing here")
    with test("nothing-of-it-was-run"):
        untouched(fleet, *NAMES)
        equal([p for p in os.listdir(fleet.folder) if p == "canary"], [], "canaries")


def environment(fleet):
    """Of the ssh way."""
    with fault("address-not-set"):
        fleet.reset()
        env = {k: v for k, v in fleet.env.items() if k != "WEB_2_ADDRESS"}
        fleet.env, kept = env, fleet.env
        try:
            has(fleet.run("status", status=69), "web-2: nothing says where it is: set WEB_2_ADDRESS")
        finally:
            fleet.env = kept
    with fault("state-cannot-be-written"):
        has(fleet.deploy("--state", "no/such/folder", status=69), "cannot write to no/such/folder")
        untouched(fleet, *NAMES)
    with fault("state-is-garbage"):
        fleet.write("state", "begun\tweb-9\tx\nbegun\tweb-1\t$(touch canary)\nsettled\n\x01\tweb-1\t" + OLD + "\n")
        has(fleet.run("undo", "--state", "state"), "nothing is to be taken back")
    with fault("no-ssh"):
        alone = os.path.join(fleet.folder, "alone")
        os.mkdir(alone)
        for name in ("bash", "timeout", "sed", "mktemp", "rm"):
            os.symlink(tool(name), f"{alone}/{name}")
        has(fleet.run("status", status=69, env={"PATH": alone}), "ssh is not installed; install openssh-client")
    with test("login-to-the-registry"):
        fleet.reset()
        secret = "p\"a's $(touch canary)\\"
        out = fleet.deploy(env={"DEPLOY_REGISTRY_USER": "reader", "DEPLOY_REGISTRY_PASSWORD": secret})
        equal([fleet.read(f"{n}/password") for n in NAMES], [secret] * 3, "passwords")
        has(fleet.read("web-1/log"), "--login reader --by ")
        check(secret not in out + fleet.read("ssh.calls"), "the password is told")


# ---- A real sshd, and a real agent

def over_sshd(fleet):
    def agents():
        found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        return [line for line in found.splitlines() if line.startswith("ssh-agent") and fleet.tmp in line]

    good_sshd = test("sshd-deploy")
    with good_sshd:
        fleet.reset()
        fleet.deploy()
        equal(fleet.releases(), ALL_NEW, "releases")
        until(lambda: not agents(), "no agent is left")
    for name, env, words in (
            ("wrong-host-key", {"DEPLOY_KNOWN_HOSTS": fleet.known("host", NAMES[:2]) + "\n" + fleet.known("other", NAMES[2:])}, "web-3: it is not reached over SSH"),
            ("unknown-host", {"DEPLOY_KNOWN_HOSTS": fleet.known("host", NAMES[:1])}, "web-2: it is not reached over SSH"),
            ("no-known-hosts", {"GITHUB_ACTIONS": "true", "DEPLOY_KNOWN_HOSTS": ""}, "set the variable DEPLOY_KNOWN_HOSTS"),
            ("key-that-is-not-let-in", {"DEPLOY_SSH_KEY": fleet.read("keys/other")}, "web-1: it is not reached over SSH"),
            ("key-with-passphrase", {"DEPLOY_SSH_KEY": fleet.read("keys/locked")}, "DEPLOY_SSH_KEY is no private key without a passphrase"),
            ("key-that-is-none", {"DEPLOY_SSH_KEY": "x"}, "DEPLOY_SSH_KEY is no private key without a passphrase"),
            ("no-key", {"GITHUB_ACTIONS": "true", "DEPLOY_SSH_KEY": ""}, "set the secret DEPLOY_SSH_KEY"),
            ("nobody-listens", {"WEB_3_ADDRESS": "127.0.0.1:1"}, "web-3: it is not reached over SSH"),
            ("no-such-name", {"WEB_2_ADDRESS": "no-such-host.invalid"}, "web-2: it is not reached over SSH")):
        with fault("sshd-" + name):
            fleet.reset()
            out = fleet.deploy(status=69, env=env)
            has(out, words)
            untouched(fleet, *NAMES)
            until(lambda: not agents(), "no agent is left")
            check("PRIVATE KEY" not in out, "the key is told")
    with test("sshd-key-of-windows-and-known-hosts-of-a-strange-name"):
        fleet.reset()
        fleet.write("known 'hosts\" $(touch canary)", fleet.known_hosts + "\n")
        fleet.run("--known-hosts", "known 'hosts\" $(touch canary)", "status",
                  env={"DEPLOY_KNOWN_HOSTS": "", "DEPLOY_SSH_KEY": fleet.read("keys/ours").rstrip("\n").replace("\n", "\r\n")})
    with fault("sshd-cut-in-the-middle"):
        fleet.reset()
        fleet.do("web-2", "deploy", "dies-after")
        has(fleet.deploy(status=1), "web-2: it is not reached over SSH, or was lost")
        equal(fleet.releases(), ALL_OLD, "releases")
    with fault("sshd-SIGINT"):
        fleet.reset()
        fleet.do("web-2", "deploy", "wait")
        process = fleet.begin("deploy", "--image", f"reco/api@{DIGESTS[NEW]}", "--release", NEW)
        at(fleet, "web-2")
        process.send_signal(signal.SIGINT)
        fleet.end(process, 130)
        equal(fleet.releases(), ALL_OLD, "releases")
        until(lambda: not agents(), "no agent is left")
    with test("sshd-takes-nothing-else"):
        ran = subprocess.run(["ssh", "-i", fleet.folder + "/keys/ours", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                              "-p", str(fleet.ports["web-1"]), "127.0.0.1", "touch canary; id"], capture_output=True, text=True, check=False)
        equal(ran.returncode, 64, "status of " + ran.stderr)


def main():
    global work
    for name in ("ssh", "ssh-agent", "ssh-add", "ssh-keygen", "flock"):
        if not tool(name):
            say("skip-missing", "deploys to hosts", f"{name} is not there (tools/setup.sh test)")
            return
    work = tempfile.mkdtemp(prefix="deploy-hosts.", dir=os.environ.get("TMPDIR"))
    try:
        built = build(work + "/ssh")
        fleet = Fleet(work + "/fleet", built)
        for part in sys.argv[1:] or ["good", "hosts_fail", "alarms", "signals", "arguments", "environment"]:
            globals()[part](fleet)
        if not tool("sshd", folders=SBIN):
            say("skip-missing", "over sshd", "sshd is not there (tools/setup.sh test)")
        else:
            import getpass
            over_sshd(Fleet(work + "/real", build(work + "/sshd", deploy={**SPEC["deploy"], "user": getpass.getuser()}), real=True))
    finally:
        Server.stop_all()
        shutil.rmtree(work, ignore_errors=True)
    print(f"faults tried: {state.faults}")


main()
sys.exit(state.failed)
