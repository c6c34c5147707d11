# SPDX-License-Identifier: MIT
"""A spec and the account that is compared with it, in which things are changed behind opsc's back."""
import copy
import functools
import itertools
import os

import apply_changes
import drift_support

REGION, ACCOUNT = "eu-west-1", "123456789012"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/0a1b2c3d-0000-0000-0000-000000000000"

S3 = "aws_s3_bucket"
OWNERSHIP, ACCESS = S3 + "_ownership_controls", S3 + "_public_access_block"
VERSIONING, ENCRYPTION, POLICY = S3 + "_versioning", S3 + "_server_side_encryption_configuration", S3 + "_policy"
LIFECYCLE = S3 + "_lifecycle_configuration"
CHANNEL, ENDPOINT = "aws_chatbot_slack_channel_configuration", "aws_vpc_endpoint"
DISTRIBUTION, CONTROL = "aws_cloudfront_distribution", "aws_cloudfront_origin_access_control"
FUNCTION, PERMISSION, SCHEDULE = "aws_lambda_function", "aws_lambda_permission", "aws_scheduler_schedule"
TAGS = {"project": "shop", "environment": "production", "managed-by": "opsc"}
KINDS = {S3, OWNERSHIP, ACCESS, VERSIONING, ENCRYPTION, POLICY, LIFECYCLE, CHANNEL, ENDPOINT, DISTRIBUTION, CONTROL, FUNCTION,
         PERMISSION, SCHEDULE}


class Account:
    """A spec, and the account that is compared with it."""

    def __init__(self, folder, name, spec, server, key, client):
        self.folder, self.spec = os.path.join(folder, name), os.path.join(folder, name, "ops.yaml")
        self.url, self.key, self.client, self.tried, self.steps, self.made, self.now = server.url, key, client, 0, {}, {}, {}
        self.apply = apply_changes.Apply(server, self.spec, key)
        os.makedirs(self.folder)
        with open(self.spec, "w", encoding="utf-8") as f:
            f.write(spec)

    def found(self):
        """(action, kind, path) of each difference of these kinds, and of each attribute that could not be compared."""
        status, report, said = drift_support.drift(self.spec, self.url, self.key)
        if report is None:
            raise AssertionError(f"exit status {status}\n{said}")
        told = []
        for item in report["items"]:
            if item["kind"] in KINDS and item["action"] == "unread":
                raise AssertionError(f"{item['kind']} is not compared: {item['why']}")
            if item["kind"] in KINDS:
                told += [(item["action"], item["kind"], c.get("path")) for c in item.get("changes", [{}])]
        return sorted(told, key=str)

    def check(self, *want):
        have = self.found()
        if have != sorted(want, key=str):
            raise AssertionError(f"found {have}\nnot   {sorted(want, key=str)}")

    def one(self, node, want, change, undo):
        """A change of a node. `want`: (action, kind, path), a list of these, or an empty one when AWS means the same."""
        self.steps.setdefault(node, []).append((want if isinstance(want, list) else [want], change, undo))

    def together(self, node, kind, before, put, changes):
        """The same as documents(), but that one change does not take back another that came before it."""
        now = self.now.setdefault(node, copy.deepcopy(before))

        def put_more(change):
            change(now)
            put(copy.deepcopy(now))

        def undo():
            now.clear()
            now.update(copy.deepcopy(before))
            put(before)
        for path, change in changes:
            want = [] if path is None else [("change", kind, p) for p in path.split()]
            self.one(node, want, functools.partial(put_more, change), undo)

    def documents(self, node, kind, before, put, changes):
        """Each of (path, change): the whole that was put before, changed."""
        for path, change in changes:
            after = copy.deepcopy(before)
            change(after)
            assert after != before, path
            want = [] if path is None else [("change", kind, p) for p in path.split()]
            self.one(node, want, functools.partial(put, after), functools.partial(put, before))

    def play(self):
        """One attribute at a time of each node, of all nodes at the same time: a difference that one hides, or makes, in another
        would be found as well."""
        for together in itertools.zip_longest(*self.steps.values()):
            now = [step for step in together if step is not None]
            for _, change, _ in now:
                change()
            try:
                self.check(*(w for want, _, _ in now for w in want))
            finally:
                for _, _, undo in now:
                    undo()
            self.tried += len(now)
        for node, steps in self.steps.items():
            self.made.setdefault(node, []).extend((want, change) for want, change, _ in steps)
        self.steps.clear()
        self.check()

    def put_right(self):
        """What was tried is done once more, all of a node at once, and put right by opsc apply."""
        self.client("iam", REGION).create_role(RoleName="shop-web", AssumeRolePolicyDocument="{}")
        self.apply("--adopt")  # makes what else the spec means, and takes over what was made by hand without tags
        self.check()
        for node, changes in self.made.items():
            apply_changes.put_right(node, changes, self.apply, lambda _: self.check())


def pairs(tags, key="Key", value="Value"):
    return [{key: k, value: v} for k, v in tags.items()]


def setting(name, value):
    """What sets `name`, with dots, to a value."""
    *way, last = name.split(".")

    def change(d):
        for part in way:
            d = d[int(part)] if part.isdigit() else d.setdefault(part, {})
        d[int(last) if last.isdigit() else last] = value(d[last]) if callable(value) else value
    return change


def without(name):
    *way, last = name.split(".")

    def change(d):
        for part in way:
            d = d[int(part)] if part.isdigit() else d[part]
        d.pop(int(last) if last.isdigit() else last)
    return change
