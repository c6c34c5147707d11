#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What opsc plan and opsc drift say of accounts that are made up here: forms, what is ignored, and what goes wrong."""
import os
import pathlib
import pty
import subprocess
import sys
import tempfile

from account_door import Account
from report import check, equal, state, test

OPSC = os.environ.get("OPSC", str(pathlib.Path(__file__).resolve().parent.parent / "build" / "asan" / "opsc"))
SPEC = """\
opsc: 1
project: shop
aws: { region: eu-west-1 }
notify:
  warning: { email: ops@example.com }
resources:
  web: { kind: ec2, id: i-0123456789abcdef0, type: t3.micro }
alarms:
  high-cpu: { when: web.cpu > 80% for 5m }
"""


def run(account, folder, *args, env=()):
    return subprocess.run([OPSC, *args], cwd=folder, env={**account.env, **dict(env)}, capture_output=True, text=True, check=False,
                          timeout=60)


def denied(folder):
    actions = ["cloudwatch:DescribeAlarms", "sns:ListTopics", "sns:ListSubscriptions"]
    with test("all-that-is-not-allowed-is-told-at-once"), Account(denied=actions) as account:
        p = run(account, folder, "drift")
        equal((p.returncode, p.stdout), (3, ""), "exit status and output")
        for action, line in zip(actions, (9, 5, 5)):
            check(f"opsc: {action} in eu-west-1, for ops.yaml:{line}: User: arn:aws:iam" in p.stderr, p.stderr)
        missing = p.stderr.partition("These permissions are missing: ")[2].partition("\n")[0]
        equal(sorted(missing.split(", ")), sorted(actions), "what is missing")
        check("`opsc iam`" in p.stderr and "nothing can be said" in p.stderr, p.stderr)


def in_terminal(account, folder, **env):
    """What a terminal is sent as standard error."""
    ours, theirs = pty.openpty()
    p = subprocess.Popen([OPSC, "plan"], cwd=folder, env={**account.env, "TERM": "xterm", **env}, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
    os.close(ours)
    equal(p.wait(60), 0, "exit status")
    return said.decode()


def progress(folder):
    with test("progress-on-a-terminal"), Account() as account:
        account.wait_s = 0.6
        said = in_terminal(account, folder)
        before, _, after = said.rpartition("\r\x1b[K")
        check(" of 5 calls, " in before and "\n" not in before, repr(said))
        check(after.startswith("opsc: 5 calls in"), repr(said))
        for name, value in (("CI", "true"), ("TERM", "dumb")):
            check("\r\x1b" not in in_terminal(account, folder, **{name: value}), name)


def main():
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        (folder / "ops.yaml").write_text(SPEC)
        denied(folder)
        progress(folder)
    return state.failed


if __name__ == "__main__":
    sys.exit(main())
