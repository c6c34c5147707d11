#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""deploy_hosts.sh with `via: ssm` over three hosts: whatever Systems Manager answers, every host has in the end what it had, or what is
said and the status are right. By a stand-in for aws that runs the document's own script, and by the real aws against moto."""
import glob
import json
import os
import re
import shutil
import signal
import sys
import tempfile

from fleet_support import ALL_NEW, ALL_OLD, DIGESTS, NAMES, NEW, OLD, OLDER, SPEC, Fleet, build, has, untouched
from report import check, equal, fault, say, state, test
from server_support import until

RESOURCES = {**SPEC["resources"], "web-2": {"kind": "ec2", "find": {"tag:Name": "web 2's \"$x\" `id`"}, "type": "t3.micro"}}
CHANGES = {"resources": RESOURCES, "deploy": {"app": "api", "on": list(NAMES), "via": "ssm", "github": "example/reco"}}


def well_formed(fleet):
    """All that was sent is what the document lets through."""
    sent = fleet.read("sent").splitlines()
    check(sent, "nothing was sent")
    for line in sent:
        name, seconds, parameters = line.split(" ", 2)
        equal((name, seconds), ("reco-production-deploy", "60"), "document and time to deliver")
        for key, values in json.loads(parameters).items():
            equal(len(values), 1, f"values of {key}")
            check(re.fullmatch(fleet.patterns[key], values[0]), f"{key}: {values[0]!r} is not let through")
    said = set(fleet.read("comments").splitlines())
    check(all(re.fullmatch(r"[A-Za-z0-9@._:/+-]{1,88} #[A-Za-z0-9]{8}-[0-9]+", c) and len(c) <= 100 for c in said), f"comments: {said}")


def good(fleet):
    with test("deploy"):
        fleet.reset()
        out = fleet.deploy("--state", "state", env={"GITHUB_STEP_SUMMARY": fleet.folder + "/summary"})
        equal(fleet.releases(), ALL_NEW, "releases")
        equal([fleet.told(h) for h in NAMES], [["deploy", "watch_alarms"], ["deploy"], ["deploy"]], "what they were told")
        equal(fleet.read("web-2/log").splitlines(), ["status --status", f"deploy {NEW} {DIGESTS[NEW]}"], "what web-2 was told")
        has(fleet.read("web-1/log"), "watch_alarms --since ")
        has(out, f"web-1: {NEW} serves", "no alarm went off", f"every host has {NEW}")
        has(fleet.read("summary"), "done", f"| web-2 | {OLD} | {NEW} |")
        well_formed(fleet)
        equal(json.loads(fleet.read("filters").splitlines()[0]), [{"Name": "tag:Name", "Values": [RESOURCES["web-2"]["find"]["tag:Name"]]},
                                                                  {"Name": "instance-state-name", "Values": ["running"]}], "filters")
    with test("status"):
        has(fleet.run("status"), f"web-2: {NEW}, well")
    with test("rollback"):
        fleet.reset()
        fleet.run("rollback")
        equal(fleet.releases(), [OLDER] * 3, "releases")
        equal([fleet.read(f"{h}/log").splitlines()[1] for h in NAMES[:2]], ["rollback ", f"rollback {OLDER}"], "what they were told")
        well_formed(fleet)
    for k, name in enumerate(NAMES):
        with fault(f"slow-and-busy-service-of-{name}"):
            fleet.reset()
            fleet.write(f"{name}/aws-ask-deploy", "absent\nstate Pending,-1,Pending\nthrottled\nstate InProgress,-1,In Progress\nabsent\nstate Delayed,-1,Delayed\n")
            fleet.deploy()
            equal(fleet.releases(), ALL_NEW, "releases")


# What the service says of a deploy on one host: of the sending or of the asking, and the words that this is told in.
UNDER_WAY = {
    "throttled": ("send", "throttled always", "AWS does not take the command: An error occurred (ThrottlingException)"),
    "no-credentials": ("send", "no-credentials", "AWS does not take the command: Unable to locate credentials"),
    "garbage-for-an-id": ("send", "garbage", "AWS answered with no id of a command"),
    "never-taken": ("send", "dropped", "AWS gave no answer to the command: Read timeout on endpoint URL; AWS knows of no such command"),
    "undeliverable": ("send", "never Failed,-1,Undeliverable", "the agent of Systems Manager does not run there"),
    "delivery-timed-out": ("send", "never TimedOut,-1,DeliveryTimedOut", "the agent of Systems Manager does not run there"),
    "delivery-timed-out-in-words": ("send", "never TimedOut,-1,Delivery Timed Out", "the agent of Systems Manager does not run there"),
    "timed-out": ("ask", "state TimedOut,-1,ExecutionTimedOut always", "Systems Manager ended the command: ExecutionTimedOut"),
    "cancelled": ("ask", "state Cancelled,-1,Cancelled always", "Systems Manager ended the command: Cancelled"),
    "terminated": ("ask", "state Failed,-1,Terminated always", "Systems Manager ended the command: Terminated"),
    "garbage-for-a-state": ("ask", "garbage always", "Systems Manager ended the command"),
    "throttled-for-long": ("ask", "throttled always", "AWS does not say what became of it: An error occurred (ThrottlingException)"),
    "credentials-ran-out": ("ask", "no-credentials always", "AWS does not say what became of it: Unable to locate credentials"),
    "never-ends": ("ask", "state InProgress,-1,InProgress always", "it has not ended within 1 seconds"),
    "never-there": ("ask", "absent always", "it has not ended within 1 seconds"),
}


def fails_on(fleet, k, way):
    which, how, words = UNDER_WAY[way]
    with fault(f"{way}-on-{NAMES[k]}"):
        fleet.reset()
        fleet.write(f"{NAMES[k]}/aws-{which}-deploy", how + "\n")
        numbers = {"DEPLOY_S": 1} if "within 1" in words else None
        out = fleet.deploy("--state", "state", status=1, env={"GITHUB_ACTIONS": "true"}, numbers=numbers)
        equal(fleet.releases(), ALL_OLD, "releases")
        has(out, f"::error title=Deploy to production::{NAMES[k]}: {words}", "every host has what it had")
        equal(re.findall(r"(web-\d): going back", out), list(reversed(NAMES[:k + 1])), "who went back")
        untouched(fleet, *NAMES[k + 1:])
        for line in out.splitlines():
            check(not line.startswith("::") or "title=" in line, "GitHub was given a command:", line)
        well_formed(fleet)


def hosts_fail(fleet):
    everywhere = "throttled", "undeliverable", "timed-out", "cancelled"
    for n, way in enumerate(UNDER_WAY):
        for k in range(3) if way in everywhere else [n % 3]:
            fails_on(fleet, k, way)
    for k, (how, status, words) in enumerate((("exit 1", 1, "it did not take the release (status 1)"), ("exit 75", 75, "another deploy runs there"),
                                              ("exit 42", 1, "it ended with status 42"))):
        with fault(f"{how}-on-{NAMES[k]}"):
            fleet.reset()
            fleet.do(NAMES[k], "deploy", how)
            has(fleet.deploy(status=status), f"{NAMES[k]}: {words}", f"{NAMES[k]}: it does not")
            equal(fleet.releases(), ALL_OLD, "releases")
    with fault("alarm"):
        fleet.reset()
        fleet.do("web-1", "watch_alarms", "exit 1")
        has(fleet.deploy(status=1), "an alarm went off; every host goes back")
        equal(fleet.releases(), ALL_OLD, "releases")
    for k in range(3):
        with fault(f"busy-service-while-{NAMES[k]}-goes-back"):
            fleet.reset()
            fleet.do("web-3", "deploy", "exit 42")
            fleet.write(f"{NAMES[k]}/aws-send-rollback", "throttled\nnever Failed,-1,Undeliverable\ngarbage\n")
            fleet.deploy(status=1)
            equal(fleet.releases(), ALL_OLD, "releases")
    with fault("cannot-go-back"):
        fleet.reset()
        fleet.do("web-3", "deploy", "exit 42")
        fleet.write("web-1/aws-send-rollback", "no-credentials always\n")
        out = fleet.deploy("--state", "state", status=2, numbers={"BACK_TRIES": 2})
        has(out, f"web-1: it did not go back to {OLD}: AWS does not take the command", f"web-1 has {NEW}, and had {OLD}")
        equal(fleet.releases(), [NEW, OLD, OLD], "releases")
        os.remove(fleet.folder + "/web-1/aws-send-rollback")
        has(fleet.run("undo", "--state", "state"), "every host has what it had")
        equal(fleet.releases(), ALL_OLD, "releases")


def late(fleet):
    """The answer to a command is lost that AWS took, or nobody waits for it any more; and it comes to the host when that goes back, or
    right after it."""
    with fault("answers-lost"):
        fleet.reset()
        fleet.write("web-1/aws-send-watch", "lost\n")
        for k, name in enumerate(NAMES):
            fleet.write(f"{name}/aws-send-deploy", f"lost held {k + 1}\n")
        long = {"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "a" * 39, "GITHUB_REPOSITORY": "o" * 20 + "/" + "r" * 40, "GITHUB_RUN_ID": "12345678901"}
        fleet.write("web-1/aws-list", "empty\nthrottled\n")
        out = fleet.deploy(env=long, numbers={"LOOK_S": 60})
        equal(fleet.releases(), ALL_NEW, "releases")
        has(out, "web-3: AWS gave no answer to the command: Connection was closed", "web-3: AWS took it; going on with 0", "no alarm went off")
        equal([fleet.told(h) for h in NAMES], [["deploy", "watch_alarms"], ["deploy"], ["deploy"]], "what they were told")
        comments = fleet.read("comments").splitlines()
        equal(len(set(comments)), len(comments), "comments that are like no other")
        check(all(c.startswith("a" * 39 + "@o") and "/12345678901 #" in c for c in comments), comments)
        check(re.fullmatch(r"key=InvokedAfter,value=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ key=DocumentName,value=reco-production-deploy",
                           fleet.read("listed").splitlines()[0]), fleet.read("listed"))
        well_formed(fleet)
    with fault("answers-lost-of-rollbacks"):
        fleet.reset()
        fleet.write("web-2/aws-send-rollback", "lost held 2\n")
        fleet.run("rollback")
        equal(fleet.releases(), [OLDER] * 3, "releases")
        equal(fleet.told("web-2"), ["rollback"], "what web-2 was told")
    with fault("it-comes-before-the-host-goes-back"):
        fleet.reset()
        fleet.write("web-2/aws-send-deploy", "held 25\n")
        out = fleet.deploy(status=1, numbers={"DEPLOY_S": 1, "LOOK_S": 60})
        equal(fleet.releases(), ALL_OLD, "releases")
        equal(fleet.told("web-2"), ["deploy", "rollback"], "what web-2 was told")
        has(out, "web-2: it has not ended within 1 seconds; it goes back", "web-2: what was sent to it before (#")
    for k, how in enumerate(("lost held 99 hidden", "lost held 99 unheard", "held 99")):
        with fault(f"{how.replace(' ', '-')}-on-{NAMES[k]}"):
            fleet.reset()
            fleet.write(f"{NAMES[k]}/aws-send-deploy", how + "\n")
            out = fleet.deploy("--state", "state", status=1, numbers={"DEPLOY_S": 1})
            equal(fleet.releases(), ALL_OLD, "releases")
            check("deploy" in fleet.told(NAMES[k]), "it did not come late")
            equal(f"{NAMES[k]}: a command from before came late; going back again" in out, k > 0, "whether it went back again")
            has(out, "every host has what it had")
    with fault("nobody-may-look"):
        fleet.reset()
        fleet.write("web-2/aws-send-deploy", "lost held 99\n")
        fleet.write("web-1/aws-list", "refused always\n")
        out = fleet.deploy("--state", "state", status=2, env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": fleet.folder + "/summary"})
        has(out, "AWS does not say whether it took it: An error occurred (AccessDeniedException)", f"web-2: it went back to {OLD}, but what it has in the end is "
            "not known. AWS does not say whether it took a command before", "aws ssm list-commands --region eu-west-1 --filters key=DocumentName,value=reco-production-deploy",
            f"deploy_hosts.sh rollback --release {OLD}", "web-2 has not known", f"web-1 has {OLD}")
        has(fleet.read("summary"), "not every host went back", f"| web-2 | {OLD} | not known |")
        check("every host has what it had" not in out, out)
        os.remove(fleet.folder + "/web-1/aws-list")
        has(fleet.run("undo", "--state", "state"), "every host has what it had")
        equal(fleet.releases(), ALL_OLD, "releases")
        has(fleet.run("undo", "--state", "state"), "nothing is to be taken back")


def before(fleet):
    """What goes wrong before anything is changed."""
    for n, way in enumerate(("throttled", "no-credentials", "garbage-for-an-id", "never-taken", "undeliverable", "delivery-timed-out", "cancelled", "garbage-for-a-state")):
        which, how, words = UNDER_WAY[way]
        with fault(f"{way}-before-on-{NAMES[n % 3]}"):
            fleet.reset()
            fleet.write(f"{NAMES[n % 3]}/aws-{which}-status", how + "\n")
            has(fleet.deploy(status=69), f"{NAMES[n % 3]}: {words.partition(';')[0]}", "nothing was changed")
            untouched(fleet, *NAMES)
            check(not fleet.has("listed"), "it is looked for, though it changes nothing")
    for name, found, words in (("none", "", "0 running instances have its tags"), ("two", "i-0123456789abcdef1\ti-0123456789abcdef7\n", "2 running instances"),
                               ("garbage", "<html>\n", "AWS answered with no id of an instance")):
        with fault(f"{name}-found"):
            fleet.reset()
            fleet.write("web-2/found", found)
            has(fleet.deploy(status=69), f"web-2: {words}", "nothing was changed")
            check(not fleet.has("sent"), fleet.read("sent"))
    for how in ("throttled", "no-credentials"):
        with fault(f"{how}-while-it-is-looked-for"):
            fleet.reset()
            fleet.write("web-2/aws-find", how + "\n")
            has(fleet.deploy(status=69), "web-2: it cannot be looked for: ")
            check(not fleet.has("sent"), fleet.read("sent"))


def signals(fleet):
    for k, (how, status) in enumerate({signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}.items()):
        with fault(f"{how.name}-while-{NAMES[k]}-is-at-work"):
            fleet.reset()
            fleet.do(NAMES[k], "deploy", "wait")
            process = fleet.begin("deploy", "--image", f"reco/api@{DIGESTS[NEW]}", "--release", NEW, numbers={"BACK_TRIES": 40})
            until(lambda k=k: fleet.has(f"{NAMES[k]}/at-work"), f"{NAMES[k]} is at work")
            process.send_signal(how)
            has(fleet.end(process, status), "stopping", "every host has what it had")
            equal(fleet.releases(), ALL_OLD, "releases")
    for how, status in ((signal.SIGTERM, 143), (signal.SIGKILL, -9)):
        with fault(f"{how.name}-before-a-command-has-come"):
            fleet.reset()
            fleet.write("web-2/aws-send-deploy", "held 9999\n")
            process = fleet.begin("deploy", "--image", f"reco/api@{DIGESTS[NEW]}", "--release", NEW, "--state", "state")
            until(lambda: glob.glob(fleet.folder + "/commands/*/held"), "it is held")
            process.send_signal(how)
            out = fleet.end(process, status)
            if status == -9:
                fleet.clean()
                out = fleet.run("undo", "--state", "state")
            has(out, "web-2: a command from before came late; going back again", "every host has what it had")
            equal(fleet.releases(), ALL_OLD, "releases")
            check("deploy" in fleet.told("web-2"), "it did not come late")


def real_cli(fleet):
    """The real aws against moto, which runs nothing: what hosts would say is put into its answers."""
    try:
        import moto.server  # noqa: F401
        from aws_support import Cli, Cloud
    except ImportError as e:
        say("skip-missing", "ssm: the real aws", f"python3 has no module {e.name} (tools/setup.sh test)")
        return
    cloud = Cloud()
    bin_folder = fleet.folder + "/real"
    os.mkdir(bin_folder)
    cli = Cli(fleet.folder, bin_folder)
    said = f"release: {OLD}\nimage: docker.io/reco/api@{DIGESTS[OLD]}\n"

    def answer(status, headers, body):
        if b"StandardOutputContent" in body:
            body = json.dumps({**json.loads(body), "StandardOutputContent": said}).encode()
            headers["Content-Length"] = str(len(body))
        return status, headers, body
    try:
        ec2 = cloud.client("ec2")
        ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": RESOURCES["web-2"]["find"]["tag:Name"]}]}])
        until(lambda: os.path.exists(cli.path), "aws is there")
        env = {"PATH": f"{fleet.folder}/fast:{bin_folder}:{os.environ['PATH']}", "AWS_ENDPOINT_URL": cloud.url, "AWS_ACCESS_KEY_ID": "x",
               "AWS_SECRET_ACCESS_KEY": "x", "AWS_MAX_ATTEMPTS": "1"}
        # The answer to the first that changes something is lost: aws does not send it again, and it is found.
        def first_lost(status, headers, body):
            command = json.loads(body).get("Command", {})
            if command.get("Parameters", {}).get("Action") != ["deploy"] or lost:
                return answer(status, headers, body)
            lost.append(command["CommandId"])
            return "500 Internal Server Error", headers, b""
        lost = []
        with test("real-aws-deploy"), cloud.fault("ssm", first_lost):
            fleet.reset()
            env["AWS_MAX_ATTEMPTS"] = "3"
            numbers = {"ANSWER_S": 60, "DEPLOY_S": 60}
            out = fleet.deploy(env=env, numbers=numbers)
            has(out, "no alarm went off", f"every host has {NEW}", f"web-1: AWS took it; going on with {lost[0]}")
            sent = cloud.client("ssm").list_commands()["Commands"]
            told = sorted((c["Parameters"] for c in sent if c["Parameters"]["Action"] != ["status"]), key=str)
            deploy = {"Action": ["deploy"], "Image": [DIGESTS[NEW]], "Release": [NEW]}
            equal(told[:3], [deploy] * 3, "what hosts were told")
            equal((len(told), told[3]["Action"], len(sent)), (4, ["watch"], 7), "what else they were told")
            has(fleet.run("rollback", "--release", OLDER, env=env, numbers=numbers), f"every host has {OLDER}")
        env["AWS_MAX_ATTEMPTS"] = "1"
        with fault("real-aws-credentials-expired"), cloud.fault("ssm", "expired"):
            has(fleet.run("status", status=1, env=env, numbers=numbers), "web-1: AWS does not take the command: ", "ExpiredToken")
    finally:
        cli.stop()
        cloud.stop()


def sessions(fleet):
    """A session lasts as long as its job may, and the role lets it."""
    with test("sessions-last-as-long-as-jobs"):
        terraform = fleet.read(fleet.built + "/terraform/modules/deploy/iam.tf")
        longest = int(re.search(r"max_session_duration = (\d+)", terraform).group(1))
        for name in ("deploy", "rollback"):
            text = fleet.read(f"{fleet.built}/.github/workflows/{name}.yml")
            minutes = int(re.findall(r"timeout-minutes: (\d+)", text)[-1])
            asked = [int(s) for s in re.findall(r"role-duration-seconds: (\d+)", text)]
            equal(asked, [longest] * 2, f"sessions of {name}.yml")
            check(3600 <= longest <= 43200 and longest >= minutes * 60, longest, minutes)


def main():
    work = tempfile.mkdtemp(prefix="deploy-ssm.", dir=os.environ.get("TMPDIR"))
    try:
        fleet = Fleet(work + "/fleet", build(work + "/ssm", **CHANGES), via="ssm")
        for part in sys.argv[1:] or ["good", "hosts_fail", "late", "before", "signals", "sessions", "real_cli"]:
            globals()[part](fleet)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"faults tried: {state.faults}")


main()
sys.exit(state.failed)
