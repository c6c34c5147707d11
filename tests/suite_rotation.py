#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Passwords that the generated function replaces, in real databases and in the stores of an emulated AWS.

The code is that of the archive which opsc writes, its settings are those that Terraform gave it. It is killed before and after every call that it
makes and called again, while a client reads the store and logs in. MySQL itself is not in Debian: MariaDB stands for both, and for MySQL's own
login there is a server of a few lines.
"""
import fnmatch
import json
import multiprocessing
import os
import re
import shutil
import threading
import uuid

import server_support
from rotation_support import BOSS, Between, Code, Killed, MariaDB, MySQL8, Postgres, certificates, pair
from emulator_support import Server, aws_clients, make_databases
from suite_secrets import apply, emulated, module, read, write
from terraform_support import build, fail, missing, need_terraform, scratch, verdict

STORES = ("secrets-manager", "parameter-store")
REGION = "eu-west-1"
SPEC = """\
opsc: 1
project: shop
environment: STORE
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
    pg-boss: { of: pg, user: super, rotate: every 365 days by hand }
    my-boss: { of: my, user: boss, rotate: every 365 days by hand }
    pg-one: { of: pg, user: one-STORE, rotate: every 90 days }
    my-one: { of: my, user: one-STORE, rotate: every 90 days }
    pg-two: { of: pg, user: two-STORE, rotate: every 90 days, admin: pg-boss }
    my-two: { of: my, user: two-STORE, rotate: every 90 days, admin: my-boss }
"""
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
faults = multiprocessing.Value("i", 0)


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
            return
        # In two calls: after UpdateSecretVersionStage moto's PutSecretValue leaves AWSCURRENT where it was as well.
        stages = self.api.describe_secret(SecretId=name).get("VersionIdsToStages", {})
        holder = [v for v, names in stages.items() if "AWSCURRENT" in names]
        token = str(uuid.uuid4())
        self.api.put_secret_value(SecretId=name, SecretString=text, ClientRequestToken=token,
                                  VersionStages=["AWSPENDING" if holder else "AWSCURRENT"])
        if holder:
            self.api.update_secret_version_stage(SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=holder[0])

    def text(self, name):
        if self.kind == "parameter-store":
            return self.api.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        return self.api.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")["SecretString"]

    def get(self, name, user):
        found = pair(self.text(name), user)
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
        """Whether a client gets in with what it reads, and can do its work."""
        accounts, wire = self.code.module["accounts"], self.code.module["wire"]
        try:
            session = accounts.Accounts(self.settings, None).login(accounts.Credentials(*self.value(), None))
        except wire.LoginRefused:
            return False
        try:
            session.run("INSERT INTO shop.t VALUES (1)", "SELECT id FROM shop.t LIMIT 1")
            return True
        except wire.DatabaseError:
            return False
        finally:
            session.close()

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


def settings_of(client, kind, item):
    found = client("lambda", REGION).get_function_configuration(FunctionName=f"shop-{kind}-rotate-{item}")
    return found["Environment"]["Variables"]


def test_once(label, item):
    """One rotation, and a client at every moment of it."""
    problems, refused, moments = [], [], []
    item.age()
    old = item.value()

    def look(what):
        moments.append(what)
        if not item.works():
            refused.append(len(moments) - 1)
    points, _, ended = item.rotate(watch=look)
    new = item.value()
    if ended is not None or (not item.twins and not refused):
        verdict(f"{label}-once", [f"it ends with {ended!r}; locked out: {refused}"])
        return len(points)
    if new[1] == old[1] or len(new[1]) < 32:
        problems.append("the password is the old one, or a short one")
    if item.twins == (new[0] == old[0]):
        problems.append(f"{old[0]} was followed by {new[0]}")
    if not item.database.tries(*new):
        problems.append("another client does not get in with the new password")
    if not item.database.is_like(*new, item.user):
        problems.append(f"{new[0]} is not {item.user}'s equal")
    if item.database.tries(*old) != item.twins:
        problems.append("the old password " + ("is of no use though a client may still hold it" if item.twins else "is still of use"))
    if item.twins and refused:
        problems.append(f"a client was locked out: {[moments[i] for i in refused]}")
    if not item.twins and refused != list(range(refused[0], refused[-1] + 1)):
        problems.append(f"a client was locked out more than once: {refused}")
    promoted = "before put_parameter" if item.store.kind == "parameter-store" else "before update_secret_version_stage"
    if not item.twins and not (moments[refused[0]].startswith(("after ALTER", "after SET PASSWORD")) and moments[refused[-1]] == promoted):
        problems.append(f"a client was locked out from {moments[refused[0]]} to {moments[refused[-1]]}")
    if item.store.unfinished(item.name):
        problems.append("something is left behind")
    verdict(f"{label}-once", problems)
    return len(points)


def test_faults(label, item, points):
    """Killed after each call in turn, then called again: with the same token, and as a later rotation does."""
    problems = []
    for again in ("same", "new") if item.store.kind == "secrets-manager" else ("same",):
        # Nothing happens between the end of a call and the beginning of the next one. Of twins the one turn takes more calls than the
        # other: each point twice, until neither has it. As a later rotation: at every third one.
        for at in (i for i in range(2, points + 20, 6 if again == "new" else 2) for _ in range(2 if item.twins and again == "same" else 1)):
            item.age()
            old = item.value()
            passed, rest, ended = item.rotate(at=at)
            where = f"{again} {at} {passed[-1] if passed else '?'}"
            if ended is None and at > len(passed):
                continue
            with faults:
                faults.value += 1
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


def rotations(terraform, server, tmp, path):
    client = aws_clients(server.url)
    make_databases(client, REGION, ["shop-pg"])
    make_databases(client, REGION, ["shop-my"], "mariadb")
    made = []

    def make(kind, out):
        status, text = terraform.run(out, "fmt", "-check", "-recursive", "-diff", "-no-color")
        verdict(f"fmt-{kind}", [] if status == 0 else [text])
        folder = emulated(os.path.join(out, "terraform"))
        test_validate(terraform, kind, folder)
        if apply(terraform, server, kind, folder):
            test_empty_plan(terraform, server, kind, folder)
            made.append(kind)
    threads = []
    for kind in STORES:
        out = os.path.join(tmp, kind, "out")
        spec = write(os.path.join(tmp, kind, "spec", "ops.yaml"), SPEC.replace("STORE", kind))
        shutil.copy(path("ca.pem"), os.path.join(tmp, kind, "spec", "ca.pem"))
        build(spec, out)
        threads.append(threading.Thread(target=make, args=(kind, out)))
        threads[-1].start()
    # Most of what they do is waiting.
    code = Code(os.path.join(module(out), "secrets_rotation.zip"), os.path.join(tmp, "code"))
    tls = os.path.dirname(path("server.crt"))
    databases = {"pg": Postgres(os.path.join(tmp, "pg"), tls), "my": MariaDB(os.path.join(tmp, "my"), tls), "path": path}
    test_channel(code, tmp, path)
    test_mysql_login(code, path)
    for thread in threads:
        thread.join()
    verdict("each-store-is-there", [f"{kind} is not" for kind in STORES if kind not in made])
    databases["pg"].begin()
    databases["pg"].sql("CREATE DATABASE " + databases["pg"].name(HOSTILE))
    workers = [multiprocessing.get_context("fork").Process(target=rotate_all, args=(code, Store(client, kind), client, kind, databases))
               for kind in made]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        if worker.exitcode != 0:
            fail("rotation", f"a part of it ended with {worker.exitcode}")


def rotate_all(code, store, client, kind, databases):
    for name in ("pg", "my"):
        boss = settings_of(client, kind, f"{name}-two")["ADMIN"]
        store.put(boss, json.dumps({"username": databases[name].boss, "password": BOSS}) if kind == "secrets-manager" else BOSS)
        for which in ("one", "two"):
            label = f"{kind}-{name}-{which}"
            item = Item(code, store, databases[name], settings_of(client, kind, f"{name}-{which}"))
            item.begin("first-" + which)
            code.called.clear()
            points = test_once(label, item)
            test_faults(label, item, points)
            test_policy(label, client, kind, item, f"{name}-{which}")
            test_refusals(label, item, databases["path"])
            if kind == "parameter-store":
                test_at_once(label, item)
            test_hostile(label, code, store, databases[name], item.settings)
            if kind == "parameter-store":
                test_not_due(label, item)
    test_silence(kind, code, store, databases)


# What Lambda asks of the role of a function in a VPC (its own documentation): nobody else calls these.
OF_LAMBDA = {"logs:CreateLogStream", "logs:PutLogEvents", "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface",
             "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups",
             "ec2:DescribeSubnets", "ec2:DescribeVpcs"}


def allowed(statements, action, resource):
    """Whether IAM would let it, by documents that have Allow only and no conditions on these actions."""
    for statement in statements:
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        if action in statement["Action"] and any(fnmatch.fnmatchcase(resource, r) for r in resources):
            return True
    return False


def test_policy(label, client, kind, item, name):
    """Everything that was called is allowed, on what it was called; and of what is allowed nothing can be taken away."""
    role = f"shop-{kind}-rotate-{name}"
    document = client("iam", REGION).get_role_policy(RoleName=role, PolicyName=role)["PolicyDocument"]
    statements = document["Statement"]
    calls, problems = item.code.called, []
    problems += [f"{action} on {resource} is not allowed" for action, resource in sorted(calls) if not allowed(statements, action, resource)]
    mine = [(s, action) for s in statements for action in s["Action"] if action not in OF_LAMBDA]
    for statement, action in mine:
        less = [{**s, "Action": [a for a in s["Action"] if s is not statement or a != action]} for s in statements]
        if all(allowed(less, *call) for call in calls):
            problems.append(f"{statement['Sid']} {action} is not needed")
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        for resource in resources:
            less = [{**s, "Resource": [r for r in resources if r != resource]} if s is statement else s for s in statements]
            if all(allowed(less, *call) for call in calls):
                problems.append(f"{statement['Sid']} {resource} is not needed")
    names = [s["Sid"] for s in statements]
    if not mine or len(names) != len(set(names)) or any("*" in r for s, _ in mine for r in s["Resource"]):
        problems.append(f"statements {names}")
    verdict(f"{label}-policy", problems)


HOSTILE = "o'N \"x\" \\\\ $(id) `id` --;%"
HOSTILE_WORD = "p'w \"q\" \\\\ $(id) \u00e9\u2168 {\"password\": 1} ;--%s"


def test_hostile(label, code, store, database, settings):
    """Names and passwords are data, in SQL, in JSON, in connection strings."""
    problems = []
    if database.engine == "postgres":
        settings = {**settings, "DATABASE": HOSTILE}
    user = HOSTILE + settings["STORE"][0]  # both stores are tried at once
    item = Item(code, store, database, settings, user)
    item.begin(HOSTILE_WORD)
    if item.value() != (user, HOSTILE_WORD):
        problems.append(f"the store gives {item.value()!r}")
    for turn in range(2):
        item.age()
        _, _, ended = item.rotate()
        name, word = item.value()
        if ended is not None or word == HOSTILE_WORD or not database.tries(name, word, settings.get("DATABASE")):
            problems.append(f"turn {turn}: {ended!r}")
        if item.twins and name != (user + "_clone", user)[turn]:
            problems.append(f"turn {turn}: {name}")
    verdict(f"{label}-hostile", problems)


def test_refusals(label, item, path):
    """What must fail, and change nothing; the words are those of the alarm's log."""
    problems = []

    def fails(what, words, **settings):
        item.age()
        before, kept = item.value(), item.settings
        item.settings = {**kept, **settings}
        _, _, ended = item.rotate()
        item.settings = kept
        if ended is None or words not in str(ended):
            problems.append(f"{what}: ended with {ended!r}")
        if item.value() != before or not item.works():
            problems.append(f"{what}: a client is locked out")
    if item.twins:
        admin = item.settings["ADMIN"]
        right = item.store.text(admin)
        item.store.put(admin, json.dumps({"username": item.database.boss, "password": "wrong-p4ssword"}))
        fails("a wrong password of the administrator", "refuses the login")
        item.store.put(admin, right)
    elsewhere = "other-host.invalid"
    fails("no such host", "no connection", HOST=elsewhere)
    fails("a name that the certificate does not have", "certificate", HOST="127.0.0.1")
    fails("an authority that did not sign it", "certificate", CA=path("other.pem"))
    _, _, ended = item.rotate()
    if ended is not None or not item.works() or item.store.unfinished(item.name):
        problems.append(f"afterwards: {ended!r}")
    verdict(f"{label}-refusals", problems)


def test_at_once(label, item):
    """Another run, a whole one, at each point of a first one."""
    problems, at = [], 0
    while True:
        seen = []

        def other(what):
            seen.append(what)
            if len(seen) == at:
                item.code.module["lambda"].handler({}, None)
        item.age()
        old = item.value()
        passed, _, ended = item.rotate(watch=other)
        if ended is None and at > len(passed):
            break
        if ended is not None or item.value() == old or not item.works() or item.store.unfinished(item.name):
            problems.append(f"at {at} {passed[-1]}: ended with {ended!r}, works {item.works()}")
        at += 4
    verdict(f"{label}-at-once", problems if at > 20 else [*problems, f"{at} points"])


def test_not_due(label, item):
    item.code.clock.days = 0
    item.begin("not-due-yet")
    ended = item.code.call(item.settings, {})
    calls = [p for p in item.code.points if p.startswith("before")]
    problems = [] if ended is None and set(calls) == {"before get_parameter"} else [f"{ended!r} after {calls}"]
    if item.value() != (item.user, "not-due-yet"):
        problems.append("it was replaced")
    item.store.put(item.name, "not set yet")
    ended = item.code.call(item.settings, {})
    if ended is None or "no value yet" not in str(ended):
        problems.append(f"without a value: {ended!r}")
    verdict(f"{label}-not-due", problems)


MADE = "CREATE USER `two`@`%` IDENTIFIED WITH 'caching_sha2_password' AS 'x\\' REQUIRE NONE' "
FIRST = {
    "SELECT CURRENT_USER()": ["two@%"],
    "SHOW GRANTS": ["GRANT USAGE ON *.* TO `two`@`%`", "GRANT INSERT ON `a TO ``x``%s`.* TO `two`@`%` WITH GRANT OPTION", "GRANT `r`@`%` TO `two`@`%`"],
    "SHOW CREATE USER CURRENT_USER()": [MADE + "DEFAULT ROLE `r`@`%` REQUIRE SUBJECT 'it''s' WITH MAX_USER_CONNECTIONS 5 PASSWORD EXPIRE "
                                        "DEFAULT ACCOUNT UNLOCK PASSWORD HISTORY DEFAULT"],
}
COPIED = ["GRANT USAGE ON *.* TO 'two_clone'@'%'", "GRANT INSERT ON `a TO ``x``%s`.* TO 'two_clone'@'%' WITH GRANT OPTION",
          "GRANT `r`@`%` TO 'two_clone'@'%'", "ALTER USER 'two_clone'@'%' REQUIRE SUBJECT 'it''s' WITH MAX_USER_CONNECTIONS 5",
          "ALTER USER 'two_clone'@'%' DEFAULT ROLE `r`@`%`"]


def twins_of_mysql(accounts, wire, server, place, word):
    """What MySQL is told of the second account: its password last; and what cannot be told it is refused before anything is."""
    server.answers = dict(FIRST)
    problems = []
    session = accounts.Accounts(place, None).login(accounts.Credentials("two", word, None))
    server.asked.clear()
    try:
        session.set_twin("two", "two_clone", "another-word", session)
        told = [sql for sql in server.asked if "two_clone" in sql]
        if told[1:-1] != COPIED or "another-word" in told[0] or told[-1] != "ALTER USER 'two_clone'@'%' IDENTIFIED BY 'another-word'":
            problems.append(f"MySQL is told {told}")
        for statement, more in (("SHOW GRANTS", "REVOKE INSERT ON `b`.* FROM `two`@`%`"), ("SHOW GRANTS", "GRANT PROXY ON `b` TO `two`@`%`"),
                                ("SHOW CREATE USER CURRENT_USER()", MADE + "REQUIRE LUCK PASSWORD EXPIRE DEFAULT")):
            server.answers = {**FIRST, statement: [*(FIRST[statement] if statement == "SHOW GRANTS" else []), more]}
            server.asked.clear()
            try:
                session.set_twin("two", "two_clone", "another-word", session)
                problems.append(f"it copies {more}")
            except wire.DatabaseError as e:
                if "cannot be given" not in str(e) or any("another-word" in sql for sql in server.asked):
                    problems.append(f"{more}: {e} after {server.asked}")
    finally:
        session.close()
    return problems


def test_mysql_login(code, path):
    """caching_sha2_password: in the server's cache, not in it, and after the server asked for it; the new password, as MySQL takes it."""
    accounts, problems = code.module["accounts"], []
    word, new = "p'w\\\u00e9", accounts.new_password()
    server = MySQL8(path, word)
    place = {"ENGINE": "mysql", "HOST": "localhost", "PORT": str(server.port), "ACCOUNT": "one", "CA": path("ca.pem")}
    who = accounts.Accounts(place, None)
    for server.fast, server.switch in ((False, False), (True, False), (False, True), (True, True)):
        for password, want in ((word, True), ("wrong", False)):
            got = who.accepts(accounts.Credentials("one", password, None))
            if got != want:
                problems.append(f"cached {server.fast}, switched {server.switch}, {'right' if want else 'wrong'}: {got}")
    session = who.login(accounts.Credentials("one", word, None))
    session.set_own_password(new)
    session.close()
    if server.asked[-1:] != [f"ALTER USER USER() IDENTIFIED BY '{new}'"]:
        problems.append(f"it is asked {len(server.asked)} things")
    problems += twins_of_mysql(accounts, code.module["wire"], server, {**place, "ACCOUNT": "two"}, word)
    try:
        accounts.Accounts({**place, "CA": ""}, None).accepts(accounts.Credentials("one", word, None))
        problems.append("it logs in without authorities")
    except code.module["wire"].DatabaseError:
        pass
    verdict("mysql-login", problems)


def test_channel(code, tmp, path):
    """PostgreSQL without a file of authorities: TLS that nobody stands in between of, or none at all when ops.yaml does not ask."""
    accounts, problems = code.module["accounts"], []
    plain = Postgres(os.path.join(tmp, "plain"))
    plain.begin()
    plain.make("one", "first-one")
    tls = Postgres(os.path.join(tmp, "tls-db"), os.path.dirname(path("server.crt")))
    tls.begin()
    tls.make("one", "first-one")
    with open(os.path.join(tls.folder, "pg_hba.conf"), "r+", encoding="utf-8") as f:
        rules = f.read()
        f.seek(0)
        f.write("host all old 127.0.0.1/32 md5\n" + rules)
    tls.sql("SELECT pg_reload_conf(); SET password_encryption = md5; CREATE ROLE old LOGIN PASSWORD 'first-old'")

    def outcome(database, user, password, **settings):
        place = {"ENGINE": "postgres", "HOST": "localhost", "PORT": str(database.port), "DATABASE": "postgres", "ACCOUNT": user, **settings}
        try:
            return accounts.Accounts(place, None).accepts(accounts.Credentials(user, password, None))
        except Exception as e:
            return str(e)
    middle = Between(tls.port, path)
    for what, got, want in (
            ("channel binding", outcome(tls, "one", "first-one"), True),
            ("channel binding, wrong password", outcome(tls, "one", "wrong"), False),
            ("TLS asked of one that has none", outcome(plain, "one", "first-one"), "the server has no TLS"),
            ("in the clear", outcome(plain, "one", "first-one", TLS="no"), True),
            ("no certificate of ours there", outcome(plain, "one", "first-one", CA=path("ca.pem")), "the server has no TLS"),
            ("somebody in between", outcome(tls, "one", "first-one", PORT=str(middle.port)), False),
            ("somebody in between got so far", middle.passed > 100, True),
            ("md5 from whom nobody vouches for", outcome(tls, "old", "first-old"), "the server asks for a login other than"),
            ("md5, checked", outcome(tls, "old", "first-old", CA=path("ca.pem")), True),
    ):
        if got != want and not (isinstance(want, str) and str(got).startswith(want)):
            problems.append(f"{what}: {got!r}")
    verdict("postgres-channel", problems)


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
    if not server_support.tool("initdb", folders=server_support.PG) or not server_support.tool("mariadbd", folders=server_support.SBIN):
        missing("rotation", "no initdb or no mariadbd")
    if aws_clients("") is None:
        missing("rotation", "boto3 is not there (pip install boto3)")
    terraform = need_terraform("rotation")
    with scratch("rotation") as tmp:
        server_support.open_to_servers(tmp)
        os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION=REGION)
        path = certificates(tmp)
        server = Server(tmp)
        os.environ["AWS_ENDPOINT_URL"] = server.url
        try:
            rotations(terraform, server, tmp, path)
            print(f"{faults.value} faults were tried")
        except Exception as e:
            fail("rotation", f"{type(e).__name__}: {e}")
            raise
        finally:
            server.stop()
            server_support.Server.stop_all()


if __name__ == "__main__":
    main()
