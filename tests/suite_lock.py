#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""compiler/lock and opsc lock against moto's S3: what is taken, held, renewed, taken over, broken and let go, also when answers
are lost; two and twenty at once; stores that do not keep to conditions. Each request is held against AWS's model of S3."""
import contextlib
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from report import check, equal, fault, say, state, test

try:
    import botocore  # noqa: F401
    from moto_quick import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server
except ImportError as e:
    say("skip-missing", "lock", f"{e.name} is not there: pip install 'moto[server]'")
    sys.exit(0)

import moto_watch

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OPSC = os.path.abspath(os.environ.get("OPSC", os.path.join(ROOT, "build", "asan", "opsc")))
TOOL = os.path.join(os.path.dirname(OPSC), "tests", "lock_tool")
BUCKET, TAKERS, HOUR_MS = "shop-state", 20, 3600 * 1000
KEY = "shop/production/ops.tfstate.opsc-lock"
SPEC = """\
opsc: 1
project: shop
aws: { region: eu-west-1 }
terraform: { state: { bucket: shop-state } }
notify: ops@shop.example
"""
XML = "<?xml version='1.0'?><Error><Code>{0}</Code><Message>{0}</Message></Error>"


MANY = 1 << 30


class Handler(moto_watch.Handler):
    def date_time_string(self, timestamp=None):
        return super().date_time_string((timestamp or time.time()) + STORE.ahead_s)


class Store:
    """moto, behind moto_watch; one request after the other, as S3 does with those for one object. `faults`: [method, how, times, key];
    `how` is a function of the environment, and of what answers it."""

    def __init__(self):
        self.moto, self.lock, self.faults = DomainDispatcherApplication(create_backend_app), threading.Lock(), []
        self.ahead_s = 0  # of AWS's clock
        self.watch = moto_watch.Watch(self.inner)
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Handler)
        self.env = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server.server_port}", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
                    "AWS_SECRET_ACCESS_KEY": moto_watch.SECRET, "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent",
                    "PATH": os.environ["PATH"], "USER": "ana"}
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def inner(self, environ, start_response):
        if environ.get("HTTP_X_AMZ_TARGET", "").endswith("GetResources"):
            # moto's index of tags takes seconds to load; who is not in it is asked for its own.
            body = b'{"ResourceTagMappingList": []}'
            start_response("200 OK", [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(body)))])
            return [body]
        with self.lock:
            return self.moto(environ, start_response)

    def __call__(self, environ, start_response):
        for row in self.faults:
            method, how, times, key = row
            if method == environ["REQUEST_METHOD"] and times > 0 and key in environ["PATH_INFO"] and \
                    environ.get("HTTP_USER_AGENT", "").startswith("opsc/"):
                row[2] -= 1
                return how(environ, start_response, self.watch)
        return self.watch(environ, start_response)

    @contextlib.contextmanager
    def fault(self, method, how, times=1, key=""):
        """So many requests of opsc's by this method, for keys that have this in them."""
        row = [method, how, times, key]
        self.faults.append(row)
        try:
            yield
            check(row[2] < times if times == MANY else row[2] == 0, "the fault was not met")
        finally:
            self.faults.remove(row)

    def client(self):
        import boto3
        return boto3.client("s3", region_name="eu-west-1", endpoint_url=self.env["AWS_ENDPOINT_URL"], aws_access_key_id="x",
                            aws_secret_access_key="x")


def lost(environ, start_response, go):
    """It is carried out, and the answer never comes."""
    b"".join(go(environ, lambda *_: None))
    with contextlib.suppress(OSError):
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    start_response("500 Gone", [("Content-Length", "0")])
    return [b""]


def says(status, code):
    def how(environ, start_response, _go):
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        body = XML.format(code).encode()
        start_response(f"{status} No", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
        return [body]
    return how


def without(*headers):
    """A store that does not know these headers."""
    def how(environ, start_response, go):
        for name in headers:
            environ.pop("HTTP_" + name.upper().replace("-", "_"), None)
        return go(environ, start_response)
    return how


def first(what):
    """Something happens before the request is carried out."""
    def how(environ, start_response, go):
        what()
        return go(environ, start_response)
    return how


class Taker:
    """A process that takes locks."""
    all = []

    def __init__(self, store, shift_ms=0, bucket=BUCKET, **env):
        self.process = subprocess.Popen([TOOL, bucket, str(shift_ms)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env={**store.env, **env})
        Taker.all.append(self)

    def begin(self, *words):
        self.process.stdin.write("\t".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def end(self):
        """(status, whose it is, what is wrong)"""
        line = self.process.stdout.readline()
        check(line, self.process.stderr.read() if not line else "")
        return tuple(line.rstrip("\n").split("\t"))

    def do(self, *words):
        self.begin(*words)
        return self.end()

    def take(self, key, owner="ana", lease_s=120, wait_s=0):
        return self.do("take", key, owner, lease_s, wait_s)

    def is_(self, wanted, *words, whose=None):
        got = self.do(*words)
        equal(got[0], wanted, f"{words[0]} ({got})")
        check(whose is None or got[1] == whose, f"it is {got[1]}'s, not {whose}'s")
        return got

    @staticmethod
    def stop_all():
        for t in Taker.all:
            t.process.kill()
            t.process.communicate()


def keys(s3, prefix=""):
    return [o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]


def holder(s3, key):
    return json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())


def ways(s3, a, b):
    with test("taken-held-and-released"):
        a.is_("taken", "take", "one", "ana", 120, 0)
        text = holder(s3, "one")
        equal(sorted(text), ["began", "environment", "expires", "id", "opsc_lock", "owner", "run"], "its keys")
        equal((text["owner"], text["environment"], text["run"]), ("ana", "shop production", "https://ci.example/run/1"), "whose it is")
        b.is_("held", "take", "one", "ben", 120, 0, whose="ana")
        equal(holder(s3, "one"), text, "the lock after somebody else wanted it")
        a.is_("taken", "held")
        a.is_("taken", "renew")
        equal(holder(s3, "one")["id"], text["id"], "the id after a renewal")
        a.is_("free", "release")
        equal(keys(s3), [], "what is left")
        b.is_("taken", "take", "one", "ben", 120, 0)
        a.is_("held", "read", "one", whose="ben")
        a.is_("free", "break")
        b.is_("taken", "held")  # as far as it knows
        b.is_("free", "renew")
        b.is_("failed", "held")
        b.is_("free", "release")
    with test("any-key-can-be"):
        a.is_("taken", "take", "a b/é+%2F&?#/../x.opsc-lock", "ana", 120, 0)
        equal(keys(s3), ["a b/é+%2F&?#/../x.opsc-lock"], "the key")
        a.is_("free", "release")
    with test("a-stopped-client-lets-go"):
        c = Taker(STORE)
        c.is_("taken", "take", "stopped", "cai", 120, 0)
        c.do("stop")
        c.is_("taken", "renew")
        c.is_("free", "release")
        equal(keys(s3), [], "what is left")


def races(s3, takers):
    with test("of-twenty-at-once-one-has-it"):
        for turn in range(3):
            for n, t in enumerate(takers):
                t.begin("take", "race", f"taker {n}", 120, 0)
            got = [t.end() for t in takers]
            winners = [n for n, g in enumerate(got) if g[0] == "taken"]
            equal(len(winners), 1, f"winners of turn {turn}: {got}")
            check(all(g[:2] == ("held", f"taker {winners[0]}") for n, g in enumerate(got) if n not in winners), got)
            equal(holder(s3, "race")["owner"], f"taker {winners[0]}", "whose it is")
            takers[winners[0]].is_("free", "release")


def leases(s3, takers, meanwhile):
    """All that waits for leases to end does it at the same time, and `meanwhile` is done."""
    dead, paused, idle, keeper, unheard, *others = takers
    for name, t in (("dead", dead), ("paused", paused), ("idle", idle)):
        t.is_("taken", "take", name, name, 3, 0)
    for name, t in (("kept", keeper), ("unheard", unheard)):
        t.is_("taken", "take", name, name, 9, 0)
    dead.process.kill()
    keeper.begin("run", 11000)
    for n, t in enumerate(others[:4]):
        t.begin("take", "dead", f"heir {n}", 120, 5)
    others[4].begin("take", "paused", "other", 120, 20)
    others[5].begin("take", "kept", "other", 120, 10)
    meanwhile()
    with test("of-those-who-wait-one-takes-over-what-ran-out"):
        got = [t.end() for t in others[:4]]
        winners = [n for n, g in enumerate(got) if g[0] == "taken"]
        equal(len(winners), 1, f"winners: {got}")
        check(all(g[:2] == ("held", f"heir {winners[0]}") for n, g in enumerate(got) if n not in winners), got)
        equal(holder(s3, "dead")["owner"], f"heir {winners[0]}", "whose it is")
        others[winners[0]].is_("free", "release")
    with test("who-paused-learns-that-it-is-not-its-own"):
        equal(others[4].end()[0], "taken", "the paused one's, after its lease")
        paused.is_("failed", "held")
        paused.is_("held", "renew", whose="other")
        paused.is_("failed", "held")
        paused.is_("held", "release", whose="other")
        equal(holder(s3, "paused")["owner"], "other", "whose it is")
        others[4].is_("free", "release")
    with test("who-paused-has-it-again-when-nobody-took-it"):
        idle.is_("failed", "held")
        idle.is_("taken", "renew")
        idle.is_("taken", "held")
        idle.is_("free", "release")
    with test("it-is-renewed-while-the-client-runs"):
        equal(others[5].end()[:2], ("held", "kept"), "to who waited for it beyond its lease")
        equal(keeper.end()[0], "taken", "for its holder")
        keeper.is_("free", "release")
    with fault("renewals-do-not-get-through"), STORE.fault("PUT", says(503, "SlowDown"), times=MANY):
        # Half a lease later it is not sure any more, though nobody has taken it.
        unheard.is_("failed", "run", 100)
        equal(unheard.is_("failed", "renew")[2].split()[0], "SlowDown", "what is wrong")
    with test("renewals-get-through-again"):
        unheard.is_("taken", "renew")
        unheard.is_("free", "release")
        equal(keys(s3), [], "what is left")


def answers_lost(s3, a, b, hasty):
    with fault("answer-to-taking-is-lost"), STORE.fault("PUT", lost):
        a.is_("taken", "take", "lost", "ana", 120, 0)
        a.is_("taken", "renew")
    with fault("answer-to-a-renewal-is-lost"), STORE.fault("PUT", lost):
        a.is_("taken", "renew")
        a.is_("taken", "renew")
    with fault("answer-to-letting-go-is-lost"), STORE.fault("DELETE", lost):
        a.is_("free", "release")
        equal(keys(s3), [], "what is left")
    # One try for each call.
    hasty.is_("taken", "take", "hasty", "hal", 120, 0)
    with fault("renewal-ends-without-an-answer"), STORE.fault("PUT", lost):
        hasty.is_("failed", "renew")
        hasty.is_("taken", "held")
        hasty.is_("taken", "renew")
    with fault("renewal-before-letting-go-was-unheard-of"), STORE.fault("PUT", lost):
        hasty.is_("failed", "renew")
        hasty.is_("free", "release")
        equal(keys(s3), [], "what is left")
    with fault("conflict-of-two-writes"), STORE.fault("PUT", says(409, "ConditionalRequestConflict")):
        a.is_("taken", "take", "conflict", "ana", 120, 0)
        a.is_("free", "release")
    with fault("somebody-is-quicker"), STORE.fault("PUT", first(lambda: b.is_("taken", "take", "quick", "ben", 120, 0))):
        a.is_("held", "take", "quick", "ana", 120, 0, whose="ben")
        b.is_("free", "release")
    with fault("it-is-let-go-between-two-looks"), STORE.fault("PUT", says(412, "PreconditionFailed")):
        a.is_("taken", "take", "between", "ana", 120, 0)
        a.is_("free", "release")
    with fault("it-is-renewed-while-it-is-broken"):
        a.is_("taken", "take", "renewed", "ana", 120, 0)
        b.is_("held", "read", "renewed")
        with STORE.fault("DELETE", first(lambda: a.is_("taken", "renew"))):
            b.is_("free", "break")
        a.is_("free", "renew")
    with fault("it-changes-hands-while-it-is-broken"):
        a.is_("taken", "take", "changes", "ana", 120, 0)
        b.is_("held", "read", "changes", whose="ana")

        def change():
            a.is_("free", "release")
            hasty.is_("taken", "take", "changes", "hal", 120, 0)
        with STORE.fault("DELETE", first(change)):
            b.is_("held", "break", whose="hal")
        hasty.is_("free", "release")
    equal(keys(s3), [], "what is left")


def stores(s3, a):
    for name, headers in (("no-condition", ("if-match", "if-none-match")), ("no-if-match", ("if-match",)), ("no-if-none-match", ("if-none-match",))):
        with fault(f"store-knows-{name}"), STORE.fault("PUT", without(*headers), times=MANY), \
                STORE.fault("DELETE", without(*headers), times=MANY):
            a.is_("unsafe", "take", "unsafe", "ana", 120, 0)
            equal(keys(s3), [], "what is left")
    with fault("store-says-that-it-cannot"), STORE.fault("PUT", says(501, "NotImplemented"), times=MANY):
        a.is_("unsafe", "take", "unsafe", "ana", 120, 0)
    with test("what-is-no-lock-is-left-alone"):
        for n, body in enumerate((b"", b"{}", b'{"version": 4}', b"[" * 9000, b"x" * 100000, b'{"opsc_lock": 2, "id": "x"}',
                                  b'{"opsc_lock": 1, "id": "x", "began": "2026-01-01T00:00:00Z", "expires": "soon"}')):
            s3.put_object(Bucket=BUCKET, Key="foreign", Body=body)
            a.is_("foreign", "take", "foreign", "ana", 120, 0)
            equal(s3.get_object(Bucket=BUCKET, Key="foreign")["Body"].read(), body, f"text {n}")
        s3.delete_object(Bucket=BUCKET, Key="foreign")
    with fault("who-may-not-list-is-denied-what-is-not-there"), STORE.fault("GET", says(403, "AccessDenied")):
        a.is_("taken", "take", "unlisted", "ana", 120, 0)
        a.is_("free", "release")
    with fault("nothing-is-allowed"), STORE.fault("GET", says(403, "AccessDenied")), STORE.fault("PUT", says(403, "AccessDenied")):
        check("AccessDenied" in a.is_("failed", "take", "denied", "ana", 120, 0)[2])
    with fault("what-is-there-must-not-be-read"):
        a.is_("taken", "take", "unread", "ana", 120, 0)
        with STORE.fault("GET", says(403, "AccessDenied"), times=10):
            c = Taker(STORE)
            check("AccessDenied" in c.is_("failed", "take", "unread", "cai", 120, 0)[2])
        a.is_("free", "release")
    with test("no-such-bucket"):
        check("NoSuchBucket" in Taker(STORE, bucket="shop-nowhere").is_("failed", "take", "x", "ana", 120, 0)[2])
    with test("times-are-of-aws"):
        ahead, behind = Taker(STORE, shift_ms=HOUR_MS), Taker(STORE, shift_ms=-HOUR_MS)
        a.is_("taken", "take", "clock", "ana", 120, 0)
        ahead.is_("held", "take", "clock", "zoe", 120, 0, whose="ana")
        a.is_("free", "release")
        behind.is_("taken", "take", "clock", "bob", 120, 0)
        behind.is_("taken", "held")
        a.is_("held", "take", "clock", "ana", 120, 0, whose="bob")
        behind.is_("free", "release")


def opsc(folder, *args):
    p = subprocess.run([OPSC, *args], cwd=folder, env=STORE.env, capture_output=True, text=True, check=False, timeout=60)
    return p.returncode, p.stdout, p.stderr


def commands(s3, a, folder):
    def spec(name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)

    url = f"s3://{BUCKET}/{KEY}"
    spec("ops.yaml", SPEC)
    with test("show-and-break"):
        equal(opsc(folder, "lock", "show"), (0, f"{url}: free\n", ""), "of a free one")
        equal(opsc(folder, "lock", "break"), (0, f"{url}: free\n", ""), "nothing to break")
        a.is_("taken", "take", KEY, "ana@laptop", 120, 0)
        text = holder(s3, KEY)
        wanted = (f"  by     ana@laptop\n  run    https://ci.example/run/1\n  for    shop production\n  since  {text['began']}\n"
                  f"  lease  until {text['expires']}\n")
        equal(opsc(folder, "lock", "show"), (0, f"{url}: held\n{wanted}", ""), "of a held one")
        told = json.loads(opsc(folder, "lock", "show", "--format", "json")[1])
        equal(told, {"bucket": BUCKET, "key": KEY, "region": "eu-west-1", "state": "held",
                     **{k: text[k] for k in ("owner", "run", "environment", "began", "expires")}}, "as JSON")
        equal(opsc(folder, "lock", "break"), (0, f"{url}: broken\n{wanted}", ""), "breaking it")
        equal(keys(s3, "shop/"), [], "what is left")
        a.is_("free", "renew")
    with test("a-lock-that-ran-out-is-over"):
        old = {**text, "owner": "x\x1b[31m\ny", "run": "", "began": "2020-01-01T00:00:00Z", "expires": "2020-01-01T00:02:00Z"}
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=json.dumps(old))
        status, out, _ = opsc(folder, "lock", "show")
        check(status == 0 and out.startswith(f"{url}: over\n") and "\x1b" not in out and out.count("\n") == 5, repr(out))
        a.is_("taken", "take", KEY, "ana", 120, 0)
        a.is_("free", "release")
    with test("what-is-no-lock-is-not-broken"):
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=b'{"version": 4}')
        for word in ("show", "break"):
            status, out, err = opsc(folder, "lock", word)
            check((status, out) == (3, "") and f"{url} is no lock of this version of opsc, and is left as it is" in err, err)
        equal(keys(s3, "shop/"), [KEY], "what is there")
        s3.delete_object(Bucket=BUCKET, Key=KEY)
    with fault("show-is-denied"), STORE.fault("GET", says(403, "AccessDenied"), key=KEY):
        status, out, err = opsc(folder, "lock", "show")
        check((status, out) == (3, "") and "s3:GetObject" in err and "s3:ListBucket" in err, err)
    places(folder, spec)


def places(folder, spec):
    """Where it is, by what ops.yaml says; and who may have it."""
    def place(text, *more):
        spec("place.yaml", text)
        return opsc(folder, "lock", "show", "place.yaml", *more)

    own = SPEC.replace("eu-west-1 }", "eu-west-1, lock: shop-state }")
    with test("where-it-is"):
        for text, where in ((own, "shop/production/opsc.lock"),
                            (own.replace("lock: shop-state", "lock: { bucket: shop-state, key: ops/lock, region: us-east-1 }"), "ops/lock"),
                            (SPEC.replace("bucket: shop-state", "bucket: shop-state, key: a/b.tfstate, region: us-east-1"), "a/b.tfstate.opsc-lock"),
                            (own.replace("bucket: shop-state }", "bucket: shop-other, lock: false }"), "shop/production/opsc.lock")):
            equal(place(text), (0, f"s3://{BUCKET}/{where}: free\n", ""), "where it is")
        equal(place(SPEC + "environments: { staging: {}, production: {} }\n", "--env", "staging")[1],
              f"s3://{BUCKET}/shop/staging/ops.tfstate.opsc-lock: free\n", "of one of two")
    with test("where-there-is-none"):
        for text in (re.sub("terraform:.*\n", "", SPEC), SPEC.replace("bucket: shop-state", "bucket: shop-state, lock: false")):
            status, out, err = place(text)
            check((status, out) == (2, "") and "`aws.lock`" in err, err)
    with test("wrong-words"):
        for args in ((), ("steal",), ("show", "ops.yaml", "more")):
            equal(opsc(folder, "lock", *args)[0], 2, args)
        status, _, err = place(SPEC + "environments: { staging: {}, production: {} }\n")
        check(status == 2 and "--env staging, production" in err, err)
    with test("iam-allows-it-to-who-applies"):
        spec("place.yaml", own)
        arn = "arn:aws:s3:::shop-state/shop/production/opsc.lock"
        for what, wanted in (("apply", ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]), ("plan", []), ("drift", [])):
            policies = json.loads(opsc(folder, "iam", what, "place.yaml", "--format", "json")[1])["policies"]
            found = [a for p in policies for s in p["document"]["Statement"] for a in (s["Action"] if isinstance(s["Action"], list) else [s["Action"]])
                     if arn in (s["Resource"] if isinstance(s["Resource"], list) else [s["Resource"]])]
            equal(sorted(found), wanted, f"what {what} may")


WHOLE = SPEC + """\
resources:
  db: { kind: rds, id: shop-db, engine: postgres, class: db.t3.small, storage: 50 GiB, alarms: none }
dashboards: none
logs:
  app-N: { group: /shop/app-N, retention: 7d, metrics: { db.errors-N: { match: ERROR } } }
alarms:
  busy-N: { when: avg(db.cpu) > 80% for 5m }
"""


def on(operation, what):
    """Something happens before the first request for this operation is carried out."""
    waits = [operation]

    def how(environ, start_response, go):
        if environ.get("HTTP_X_AMZ_TARGET", "").endswith(tuple(waits)) and waits:
            waits.clear()
            what()
        return go(environ, start_response)
    return how


class Applying:
    """opsc apply of a spec that has another alarm and log group than the one before."""
    number = 0

    def __init__(self, folder, *args, stdin=subprocess.DEVNULL, env=()):
        Applying.number += 1
        with open(os.path.join(folder, "ops.yaml"), "w", encoding="utf-8") as f:
            f.write(WHOLE.replace("-N", f"-{Applying.number}"))
        self.process = subprocess.Popen([OPSC, "apply", *args], cwd=folder, env={**STORE.env, **dict(env)}, stdin=stdin, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)

    def end(self):
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


def applies(s3, folder):
    held = rf"opsc: the lock s3://{BUCKET}/{KEY} is held by ana@.+, process \d+ since .+Z, for shop production; its lease ends at .+Z\n"
    with test("two-applies-at-once"):
        seen = []

        def second():
            seen.extend([holder(s3, KEY), opsc(folder, "apply", "--yes"), opsc(folder, "destroy", "--yes", "--lock-timeout", "1"),
                         opsc(folder, "plan")[0]])
        with STORE.fault("POST", on("CreateLogGroup", second), times=MANY):
            p = Applying(folder, "--yes")
            status, out, err = p.end()
        equal((status, "created CloudWatch alarm" in out, keys(s3, "shop/")), (0, True, []), out + err)
        check(re.fullmatch(rf"ana@.+, process {p.process.pid}", seen[0]["owner"]), seen[0])
        equal([s[:2] for s in seen[1:3]] + seen[3:], [(3, ""), (3, ""), 0], "what the others gave")
        check(re.match(held, seen[1][2]) and re.match(held.replace("opsc: the lock", "opsc: waits for the lock").replace("is held", "held")
                                                      .replace(" held by", ", held by", 1), seen[2][2]), seen)
    with test("in-ci-it-names-the-run"):
        parts = {"GITHUB_ACTOR": "é" * 30000, "GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "shop/ops", "GITHUB_RUN_ID": "17"}
        seen = []
        with STORE.fault("POST", on("CreateLogGroup", lambda: seen.append(holder(s3, KEY))), times=MANY):
            equal(Applying(folder, "--yes", env=parts).end()[0], 0, "how it ended")
        equal(seen[0]["run"], "https://github.example/shop/ops/actions/runs/17", "the run")
        check(re.fullmatch("é{250}@.+", seen[0]["owner"]) and len(seen[0]["owner"]) < 600, seen[0]["owner"])
    with fault("its-holder-is-killed"):
        with STORE.fault("POST", on("CreateLogGroup", lambda: p.process.kill()), times=MANY):
            p = Applying(folder, "--yes")
            equal(p.end()[0], -signal.SIGKILL, "how it ended")
        status, _, err = opsc(folder, "apply", "--yes")
        check(status == 3 and re.match(held, err) and f"process {p.process.pid} " in err, err)
        equal(opsc(folder, "apply", "--yes", "--no-lock")[0], 0, "without a lock")
        equal(opsc(folder, "lock", "break")[0], 0, "breaking it")
        equal((opsc(folder, "apply", "--yes")[0], keys(s3, "shop/")), (0, []), "after that")
    for name, operation, wanted in (("reading", "DescribeAlarms", "nothing can be said"), ("writing", "CreateLogGroup", "not begun")):
        with fault(f"ctrl-c-while-{name}"):
            with STORE.fault("POST", on(operation, lambda: p.process.send_signal(signal.SIGINT)), times=MANY):
                p = Applying(folder, "--yes")
                status, out, err = p.end()
            equal((status, keys(s3, "shop/")), (-signal.SIGINT, []), out + err)
            check(wanted in err, err)
    with fault("ctrl-c-while-asked"):
        ours, theirs = pty.openpty()
        p = Applying(folder, stdin=theirs)
        while " to create" not in (line := p.process.stdout.readline()):
            check(line, "there is no plan")
        check(holder(s3, KEY), "there is a lock")
        p.process.send_signal(signal.SIGINT)
        equal((p.end()[0], keys(s3, "shop/")), (-signal.SIGINT, []), "how it ended")
        os.close(ours)
        os.close(theirs)
    with test("where-there-is-no-bucket"):
        with open(os.path.join(folder, "ops.yaml"), "w", encoding="utf-8") as f:
            f.write(WHOLE.replace("shop-state", "shop-nowhere"))
        status, _, err = opsc(folder, "apply", "--yes")
        check(status == 3 and "NoSuchBucket" in err and "`aws.lock`" in err, err)


def broken(folder):
    """A holder that cannot be sure any more begins nothing more; AWS's clock says when that is."""
    with fault("it-is-broken-while-it-is-needed"):
        def break_it():
            equal(opsc(folder, "lock", "break")[0], 0, "breaking it")
            STORE.ahead_s = 70
        with STORE.fault("POST", on("CreateLogGroup", break_it), times=MANY):
            status, out, err = Applying(folder, "--yes").end()
        STORE.ahead_s = 0
        check(status == 3 and "was broken by somebody" in err and "not begun" in err, out + err)


def main():
    s3 = STORE.client()
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    takers = [Taker(STORE) for _ in range(TAKERS)]
    try:
        ways(s3, *takers[:2])
        races(s3, takers)
        answers_lost(s3, *takers[:2], Taker(STORE, AWS_MAX_ATTEMPTS="1"))
        stores(s3, takers[0])
        with tempfile.TemporaryDirectory() as folder:
            def meanwhile():
                commands(s3, takers[0], folder)
                applies(s3, folder)
            leases(s3, [*takers[2:6], Taker(STORE, AWS_MAX_ATTEMPTS="1"), *takers[6:12]], meanwhile)
            broken(folder)
    finally:
        Taker.stop_all()
        STORE.server.shutdown()
    with test("requests-are-as-AWS-has-them"):
        told = json.loads(STORE.watch.control("GET", b""))
        equal(told["wrong"], [], "what is wrong with them")
        check(told["calls"]["s3.PutObject"] > 50, told["calls"])
    return 1 if state.failed else 0


if __name__ == "__main__":
    STORE = Store()
    sys.exit(main())
