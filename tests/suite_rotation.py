#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Passwords that the generated function replaces, in real databases and in the stores of an emulated AWS.

The code is that of the archive which opsc writes, its settings are those that Terraform gave it. It is killed before and after every call that it
makes and called again, while a client reads the store and logs in. MySQL itself is not in Debian: MariaDB stands for both, and for MySQL's own
login there is a server of a few lines.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import uuid

from rotation_support import BOSS, Code, Killed, MariaDB, Postgres, certificates, pair
from server_support import Server as DatabaseServer
from suite_emulator import Server, aws_clients
from suite_secrets import apply, emulated, module, read, write
from terraform_support import build, fail, missing, need_terraform, scratch, verdict

STORES = ("secrets-manager", "parameter-store")
REGION = "eu-west-1"
SPEC = """\
opsc: 1
project: shop
environment: production
aws: { region: eu-west-1, account: "123456789012" }
notify: ops@shop.example
resources:
  pg: { kind: rds, id: shop-pg, engine: postgres, alarms: none }
  my: { kind: rds, id: shop-my, engine: mariadb, alarms: none }
dashboards: none
secrets:
  store: STORE
  ca: ca.pem
  items:
    pg-boss: { of: pg, user: boss, rotate: every 365 days by hand }
    my-boss: { of: my, user: boss, rotate: every 365 days by hand }
    pg-one: { of: pg, user: one, rotate: every 90 days }
    my-one: { of: my, user: one, rotate: every 90 days }
    pg-two: { of: pg, user: two, rotate: every 90 days, admin: pg-boss }
    my-two: { of: my, user: two, rotate: every 90 days, admin: my-boss }
"""
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
faults = 0


class Store:
    """What is in the store, as its owner and its clients see it."""

    def __init__(self, client, kind):
        self.kind = kind
        self.api = client("ssm" if kind == "parameter-store" else "secretsmanager", REGION)
        self.seen = {BOSS}

    def put(self, name, text):
        self.seen.add(text)
        if self.kind == "parameter-store":
            self.api.put_parameter(Name=name, Value=text, Type="SecureString", Overwrite=True)
        else:
            self.api.put_secret_value(SecretId=name, SecretString=text)

    def get(self, name, user):
        if self.kind == "parameter-store":
            text = self.api.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        else:
            text = self.api.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")["SecretString"]
        found = pair(text, user)
        self.seen.add(found[1])
        return found

    def unfinished(self, name):
        """Whether something is still being introduced."""
        if self.kind == "secrets-manager":
            stages = self.api.describe_secret(SecretId=name)["VersionIdsToStages"].values()
            return any("AWSPENDING" in s and "AWSCURRENT" not in s for s in stages)
        try:
            self.seen.add(pair(self.api.get_parameter(Name=name + ".pending", WithDecryption=True)["Parameter"]["Value"], "")[1])
            return True
        except self.api.exceptions.ParameterNotFound:
            return False


class Item:
    """A secret, its function and its database."""

    def __init__(self, code, store, database, settings, user=None):
        self.code, self.store, self.database = code, store, database
        self.settings = {**settings, "HOST": "localhost", "PORT": str(database.port)}
        self.settings["ACCOUNT"] = user or settings["ACCOUNT"]
        self.user, self.name = self.settings["ACCOUNT"], settings["SECRET"]
        self.twins = "ADMIN" in settings

    def begin(self, password):
        self.database.make(self.user, password)
        if self.store.kind == "secrets-manager":
            self.store.put(self.name, json.dumps({"username": self.user, "password": password}))
            self.store.seen.add(password)
        else:
            self.store.put(self.name, password)

    def value(self):
        return self.store.get(self.name, self.user)

    def works(self):
        """Whether a client gets in with what it reads."""
        place = self.code.module["accounts"].Accounts(self.settings, None)
        return place.accepts(self.code.module["accounts"].Credentials(*self.value(), None))

    def events(self, token=None):
        if self.store.kind == "parameter-store":
            return [{}]
        token = token or str(uuid.uuid4())
        return [{"Step": step, "SecretId": self.name, "ClientRequestToken": token} for step in STEPS]

    def rotate(self, at=None, watch=None, events=None):
        """The whole; the points that were passed, the event that was killed (or failed) and those after it, and what it ended with."""
        points = []
        events = events or self.events()
        for i, event in enumerate(events):
            left = at - len(points) if at else None
            ended = self.code.call(self.settings, event, left, watch)
            points += self.code.points
            if ended is not None:
                return points, events[i:], ended
        return points, [], None

    def age(self):
        self.code.clock.days += 91


def settings_of(client, item):
    found = client("lambda", REGION).get_function_configuration(FunctionName=f"shop-production-rotate-{item}")
    return found["Environment"]["Variables"]


def test_once(label, item):
    """One rotation, and a client at every moment of it."""
    problems, refused = [], []
    item.age()
    old = item.value()

    def look(what):
        if not item.works():
            refused.append(what)
    points, _, ended = item.rotate(watch=look)
    new = item.value()
    if ended is not None:
        problems.append(f"it ends with {ended!r}")
    if new[1] == old[1] or len(new[1]) < 32:
        problems.append("the password is the old one, or a short one")
    if item.twins == (new[0] == old[0]):
        problems.append(f"{old[0]} was followed by {new[0]}")
    if not item.database.tries(*new):
        problems.append("another client does not get in with the new password")
    if item.database.tries(*old) != item.twins:
        problems.append("the old password " + ("is of no use though a client may still hold it" if item.twins else "is still of use"))
    if item.twins and refused:
        problems.append(f"a client was locked out: {refused}")
    if not item.twins and refused != points[points.index(refused[0]):points.index(refused[0]) + len(refused)] if refused else False:
        problems.append(f"a client was locked out more than once: {refused}")
    if not item.twins and not (refused and refused[0].startswith(("after ALTER", "after SET PASSWORD"))):
        problems.append(f"locked out from {refused[:1]} on")
    if item.store.unfinished(item.name):
        problems.append("something is left behind")
    verdict(f"{label}-once", problems)
    return len(points)


def test_faults(label, item, points):
    """Killed at each point in turn, then called again: with the same token, and as a later rotation does."""
    global faults
    problems = []
    for again in ("same", "new") if item.store.kind == "secrets-manager" else ("same",):
        # Of twins the one turn takes more calls than the other: each point twice, until neither has it.
        # As a later rotation: at every third one.
        for at in (i for i in range(1, points + 20, 3 if again == "new" else 1) for _ in range(2 if item.twins and again == "same" else 1)):
            item.age()
            old = item.value()
            passed, rest, ended = item.rotate(at=at)
            where = f"{again} {at} {passed[-1] if passed else '?'}"
            if ended is None and at > len(passed):
                continue
            faults += 1
            if not isinstance(ended, Killed):
                problems.append(f"{where}: ended with {ended!r}")
                continue
            if item.twins and not item.works():
                problems.append(f"{where}: a client is locked out")
            _, rest, ended = item.rotate(events=rest if again == "same" else None)
            if ended is not None:
                problems.append(f"{where}: called again it ends with {ended!r}")
            elif item.value() == old and not passed[-1].startswith("before get_parameter"):
                problems.append(f"{where}: nothing was replaced")
            elif not item.works() or item.store.unfinished(item.name):
                problems.append(f"{where}: not whole again")
    if not item.database.tries(*item.value()):
        problems.append("another client does not get in at the end")
    verdict(f"{label}-faults", problems[:12])


def rotations(terraform, server, tmp, code_of, databases):
    for kind in STORES:
        server.reset()
        out = os.path.join(tmp, kind, "out")
        spec = write(os.path.join(tmp, kind, "spec", "ops.yaml"), SPEC.replace("STORE", kind))
        shutil.copy(databases["ca"], os.path.join(tmp, kind, "spec", "ca.pem"))
        build(spec, out)
        client = aws_clients(server.url)
        prepare_aws(client)
        status, text = terraform.run(out, "fmt", "-check", "-recursive", "-diff", "-no-color")
        verdict(f"fmt-{kind}", [] if status == 0 else [text])
        folder = emulated(os.path.join(out, "terraform"))
        test_validate(terraform, kind, folder)
        if not apply(terraform, server, kind, folder):
            continue
        test_empty_plan(terraform, server, kind, folder)
        code, store = code_of(out), Store(client, kind)
        for name in ("pg", "my"):
            boss = settings_of(client, f"{name}-two")["ADMIN"]
            store.put(boss, json.dumps({"username": "boss", "password": BOSS}) if kind == "secrets-manager" else BOSS)
            for which in ("one", "two"):
                item = Item(code, store, databases[name], settings_of(client, f"{name}-{which}"))
                item.begin("first-" + which)
                points = test_once(f"{kind}-{name}-{which}", item)
                test_faults(f"{kind}-{name}-{which}", item, points)
        test_silence(kind, code, store, databases)


def prepare_aws(client):
    """The databases as Terraform looks them up."""
    ec2, rds = client("ec2", REGION), client("rds", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"{REGION}{'ab'[i]}")["Subnet"]["SubnetId"] for i in (0, 1)]
    group = ec2.create_security_group(GroupName="db", Description="db", VpcId=vpc)["GroupId"]
    rds.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="db", SubnetIds=subnets)
    for name, engine in (("pg", "postgres"), ("my", "mariadb")):
        version = {"postgres": "16.3", "mariadb": "10.11.6"}[engine]
        rds.create_db_instance(DBInstanceIdentifier=f"shop-{name}", DBInstanceClass="db.t3.micro", Engine=engine, EngineVersion=version, MasterUsername="boss",
                               MasterUserPassword=BOSS, AllocatedStorage=20, DBSubnetGroupName="db", VpcSecurityGroupIds=[group])


def test_validate(terraform, label, folder):
    """Then out of what is applied: moto's RotateSecret ends with an error as long as the secret is empty."""
    terraform.init(folder)
    status, text = terraform.run(folder, "validate", "-no-color")
    problems = [] if status == 0 else [text]
    path = os.path.join(folder, "modules", "secrets_rotation", "main.tf")
    text = read(path)
    blocks = re.findall(r'(?ms)^resource "aws_secretsmanager_secret_rotation" "\w+" \{$.*?^\}$', text)
    if len(blocks) != (4 if label == "secrets-manager" else 0):
        problems.append(f"{len(blocks)} secrets are rotated")
    for block in blocks:
        if not re.search(r"automatically_after_days = 90\n", block) or "depends_on" not in block:
            problems.append(block)
        text = text.replace(block, "")
    write(path, text)
    verdict(f"validate-{label}", problems)


def test_empty_plan(terraform, server, label, folder):
    status, text = terraform.run(folder, "plan", "-detailed-exitcode", "-input=false", "-no-color", env={"AWS_ENDPOINT_URL": server.url})
    verdict(f"empty-plan-{label}", [] if status == 0 else [text[-2500:]])


def test_silence(label, code, store, databases):
    """No password in what is printed, in tracebacks, in the databases' own logs."""
    secrets = {s for s in store.seen if len(s) >= 9}
    texts = {"the function": "".join(code.said), **{d.engine: d.log() for d in (databases["pg"], databases["my"])}}
    for word in ("BOSS_SETUP",):
        texts.pop(word, None)
    problems = []
    for where, text in texts.items():
        ours = {s for s in secrets if len(s) == 40}
        shown = sum(s in text for s in (secrets if where == "the function" else ours))
        if shown or not text:
            problems.append(f"{where}: {shown} of {len(secrets)} passwords are there")
    if "SCRAM-SHA-256$" in texts["the function"]:
        problems.append("the function shows a verifier")
    verdict(f"silence-{label}", problems)


def main():
    for program in ("moto_server", "openssl"):
        if shutil.which(program) is None:
            missing("rotation", f"{program} is not there")
    terraform = need_terraform("rotation")
    with scratch("rotation") as tmp:
        os.chmod(tmp, 0o755)
        os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION=REGION)
        path = certificates(tmp)
        server = Server(tmp)
        os.environ["AWS_ENDPOINT_URL"] = server.url
        loaded = []

        def code_of(out):
            """Once: both stores have the same archive."""
            if not loaded:
                loaded.append(Code(os.path.join(module(out), "secrets_rotation.zip"), os.path.join(tmp, "code")))
            return loaded[0]
        try:
            databases = {"pg": Postgres(os.path.join(tmp, "pg"), path), "my": MariaDB(os.path.join(tmp, "my"), path), "ca": path("ca.pem")}
            rotations(terraform, server, tmp, code_of, databases)
            print(f"{faults} faults were tried")
        except Exception as e:
            fail("rotation", f"{type(e).__name__}: {e}")
            raise
        finally:
            server.stop()
            DatabaseServer.stop_all()


if __name__ == "__main__":
    main()
