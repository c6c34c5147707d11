#!/usr/bin/env python3
"""compiler/aws against servers that throttle, cut, delay, lie about the time or answer what AWS never would."""
import concurrent.futures
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

from report import check, equal, fault, say, state, test

try:
    import botocore  # noqa: F401
except ImportError:
    say("skip-missing", "aws-client", "there is no botocore, which checks the signatures")
    sys.exit(0)

from aws_door import Door, Reply, error
from server_support import certificates, free_port

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.dirname(os.environ.get("OPSC", os.path.join(ROOT, "build", "asan", "opsc")))
TOOL = os.path.join(BUILD, "tests", "aws_tool")
KEYS = {"AKIDEXAMPLE": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
SECRETS = [*KEYS.values(), "SESSIONTOKEN"]
ENV = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": KEYS["AKIDEXAMPLE"], "AWS_SESSION_TOKEN": "SESSIONTOKEN",
       "AWS_REGION": "eu-west-1"}
DESCRIBE = {"service": "cloudwatch", "operation": "DescribeAlarms", "body": "{}"}
READS, SETS, MAKES_ONCE = range(3)


def run(door, *calls, env=(), outside=(), **more):
    """What the calls gave; no secret may be in any message."""
    url = door if isinstance(door, str) else door.url
    question = {"do": "calls", "env": {**ENV, "AWS_ENDPOINT_URL": url, **dict(env)}, "calls": calls, **more}
    done = subprocess.run([TOOL], input=json.dumps(question) + "\n", capture_output=True, text=True, check=False, timeout=60,
                          env={**{k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}, **dict(outside)})
    check(done.returncode == 0, done.stderr[-2000:])
    check(not any(s in done.stderr for s in SECRETS), "a secret is in the log")
    ret = json.loads(done.stdout)
    for answer in ret["answers"]:
        check(not any(s in answer.get("message", "") for s in SECRETS), "a secret is in a message")
    if not isinstance(door, str):
        equal(door.wrong, [], "wrong signatures")
    return ret


def one(door, call, **more):
    return run(door, call, **more)["answers"][0]


def after(n, reply, then=Reply()):
    return lambda request, count: reply if count < n else then


def protocols():
    calls = [DESCRIBE, {"service": "logs", "operation": "DescribeLogGroups", "body": '{"a":"\u00e9"}'},
             {"service": "sns", "operation": "ListTopics", "body": "NextToken=a%2Fb"},
             {"service": "ec2", "operation": "DescribeInstances"},
             {"service": "lambda", "operation": "GetPolicy", "method": "GET", "query": "Qualifier=2&Marker=%2B",
              "path": "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af/policy"},
             {"service": "s3", "operation": "GetBucketPolicy", "method": "GET", "query": "policy", "bucket": "my.bucket"},
             {"service": "s3", "operation": "PutObject", "method": "PUT", "bucket": "b-1", "path": "/a%20b//c/../%C3%A9", "body": "<x/>",
              "headers": [["x-amz-acl", "private"], ["If-None-Match", "*"]]},
             {"service": "iam", "operation": "ListRoles", "region": "us-west-2"},
             {"service": "backup", "operation": "ListTags", "method": "GET", "path": "/tags/arn%3Aaws%3Abackup"},
             {"service": "route53", "operation": "DeleteHealthCheck", "method": "DELETE", "path": "/2013-04-01/healthcheck/1"}]
    with test("protocols"), Door(lambda r, n: Reply(body=json.dumps([r.method, r.target, dict(r.headers), r.body.decode()])), KEYS) as door:
        ret = run(door, *calls)
        got = [json.loads(a["body"]) for a in ret["answers"]]
        equal((ret["calls"], ret["requests"], ret["failed"], ret["source"]), (len(calls), len(calls), 0, "environment"), "sums")
        equal([g[1] for g in got[4:7]], [f"{calls[4]['path']}?{calls[4]['query']}", "/my.bucket/?policy", "/b-1/a%20b//c/../%C3%A9"], "paths")
        equal(got[2][3], "Action=ListTopics&Version=2010-03-31&NextToken=a%2Fb", "form")
        for answer, target, kind in zip(got, ("GraniteServiceVersion20100801.DescribeAlarms", "Logs_20140328.DescribeLogGroups"),
                                        ("application/x-amz-json-1.0", "application/x-amz-json-1.1")):
            equal((answer[2]["X-Amz-Target"], answer[2]["Content-Type"]), (target, kind), "JSON")
        check("Content-Type" not in got[4][2] and "Expect" not in got[6][2], "superfluous headers")
        check("/us-east-1/iam/" in got[7][2]["Authorization"], "IAM is global")
        check(all(g[2]["X-Amz-Security-Token"] == "SESSIONTOKEN" for g in got), "token")


def retries():
    throttled = error("ThrottlingException", "Rate exceeded", headers={"x-amz-retry-after": "1"})
    rows = [("throttled", after(2, throttled), "ok", 3), ("server-error", after(2, error("InternalFailure", status=500)), "ok", 3),
            ("unavailable-without-words", after(1, Reply(503, b"")), "ok", 2),
            ("cut", after(2, Reply(body="x" * 100, cut=50)), "ok", 3), ("status-429", after(1, Reply(429, b"")), "ok", 2),
            ("request-limit", after(1, error("RequestLimitExceeded", status=503)), "ok", 2),
            ("page-of-html", after(9, Reply(500, "<html>oops</html>", {"Content-Type": "text/html"})), "strange", 3),
            ("page-with-200-of-a-portal", after(9, Reply(302, "<html>log in</html>", {"Location": "http://127.0.0.1/"})), "strange", 1),
            ("validation", after(9, error("ValidationError", "bad")), "invalid", 1),
            ("quota", after(9, error("LimitExceededException")), "quota", 1)]
    for name, answer, kind, tries in rows:
        with fault(name), Door(answer, KEYS) as door:
            got = one(door, DESCRIBE)
            equal((got["kind"], got["tries"], len(door.seen)), (kind, tries, tries), got["message"])
    with fault("quota-of-cost-explorer-is-a-rate"), Door(after(1, error("LimitExceededException")), KEYS) as door:
        equal(one(door, {"service": "ce", "operation": "GetAnomalyMonitors", "body": "{}"})["tries"], 2, "tries")
    with fault("tries-are-configured"), Door(after(9, error("InternalFailure", status=500)), KEYS) as door:
        got = one(door, DESCRIBE, env={"AWS_MAX_ATTEMPTS": "2"})
        equal((got["kind"], got["tries"]), ("server", 2), "tries")
    with fault("all-is-down"), Door(after(999, error("InternalFailure", status=500)), KEYS) as door:
        ret = run(door, {**DESCRIBE, "operation": "GetX", "service": "s3", "method": "GET", "more": 29})
        equal(ret["failed"], 30, "failed")
        check(ret["requests"] <= 30 + 36, "tries go on though nothing works:", ret["requests"])


def writes():
    """What must not be done twice is not, when nobody knows whether it was."""
    make = {"service": "kms", "operation": "CreateKey", "body": "{}", "effect": MAKES_ONCE}
    cut, busy, slow = Reply(body="x" * 99, cut=9), error("ThrottlingException"), Reply(wait_s=3)
    for name, effect, answer, tries, kind in (("cut", MAKES_ONCE, cut, 1, "cut"), ("server-error", MAKES_ONCE, Reply(500, b""), 1, "server"),
                                              ("throttled", MAKES_ONCE, busy, 2, "ok"), ("cut-of-what-may-be-said-twice", SETS, cut, 2, "ok")):
        with fault("write-" + name), Door(after(1, answer), KEYS) as door:
            got = one(door, {**make, "effect": effect})
            equal((got["kind"], got["tries"], got["maybe_done"]), (kind, tries, kind in ("cut",)), got["message"])
    with fault("deadline"), Door(after(9, slow), KEYS) as door:
        got = one(door, {**make, "deadline_s": 1})
        equal((got["kind"], got["tries"], got["maybe_done"]), ("timeout", 1, True), got["message"])
    with fault("nobody-there"):
        got = one(f"http://127.0.0.1:{free_port()}", {**make, "deadline_s": 1})
        equal((got["kind"], got["maybe_done"]), ("unreachable", False), got["message"])
        check(got["tries"] > 1, "what was not sent can be sent again")
    with fault("given-up"), Door(after(0, slow), KEYS) as door:
        got = one(door, make, stop=True)
        equal((got["kind"], got["tries"], len(door.seen)), ("given-up", 0, 0), got["message"])


def clock():
    def strict(shift_s):
        def answer(request, _):
            off = abs(request.time().timestamp() - time.time() - shift_s)
            return Reply(date_shift_s=shift_s) if off < 300 else error("RequestTimeTooSkewed", status=403, date_shift_s=shift_s)
        return answer
    for name, shift_s in (("ahead", 3600), ("behind", -86400)):
        with fault("clock-of-AWS-is-" + name), Door(strict(shift_s), KEYS) as door:
            ret = run(door, {**DESCRIBE, "more": 2}, DESCRIBE)
            equal([a["kind"] for a in ret["answers"]], ["ok"] * 4, "answers")
    with fault("clock-is-not-to-blame"), Door(after(9, error("SignatureDoesNotMatch", "does not match. The Canonical String for this request should "
                                                             "have been x-amz-security-token:SESSIONTOKEN", 403)), KEYS) as door:
        got = one(door, DESCRIBE)
        equal((got["kind"], got["tries"], got["message"]), ("bad-keys", 1, "does not match."), "answer")


def refusals():
    message = "User: arn:aws:iam::1:user/x is not authorized to perform: cloudwatch:DescribeAlarms on resource: * because no policy allows"
    with fault("denied"), Door(after(9, error("AccessDeniedException", message, headers={"x-amzn-RequestId": "R-1"})), KEYS) as door:
        got = one(door, DESCRIBE)
        equal((got["kind"], got["action"], got["request_id"], got["message"]), ("denied", "cloudwatch:DescribeAlarms", "R-1", message), "answer")
        check("cloudwatch:DescribeAlarms" in got["advice"] and "opsc iam" in got["advice"], got["advice"])
    with fault("query-error-of-json"), Door(after(9, error("x#ResourceNotFound", headers={"x-amzn-query-error": "ResourceNotFound;Sender"},
                                                           status=404)), KEYS) as door:
        equal(one(door, DESCRIBE)["code"], "ResourceNotFound", "code")
    with fault("too-big"), Door(lambda r, n: Reply(body="x" * 2000), KEYS) as door:
        got = one(door, {**DESCRIBE, "max_bytes": 1000})
        equal((got["kind"], got["tries"]), ("too-big", 1), "answer")
    for name, env, kind in (("no-region", {"AWS_REGION": ""}, "no-region"), ("no-credentials", {"AWS_ACCESS_KEY_ID": "", "AWS_EC2_METADATA_DISABLED":
                                                                                             "true"}, "no-credentials")):
        with fault(name), Door(lambda r, n: Reply(), KEYS) as door:
            equal((one(door, DESCRIBE, env=env)["kind"], len(door.seen)), (kind, 0), "answer")
    with fault("endpoint-is-none"):
        for url in ("ftp://x", "http://", "http://a b/", "https://u:SESSIONTOKEN@h/"):
            equal(one(url, DESCRIBE)["kind"], "invalid", url)


def quota_of(per_s):
    """AWS's own bucket."""
    lock, bucket = threading.Lock(), {"tokens": float(per_s), "at": time.monotonic()}

    def answer(request, _):
        with lock:
            now = time.monotonic()
            bucket.update(tokens=min(per_s, bucket["tokens"] + per_s * (now - bucket["at"])), at=now)
            if bucket["tokens"] < 1:
                return error("ThrottlingException")
            bucket["tokens"] -= 1
        return Reply()
    return answer


def rates():
    with test("many-at-once"), Door(lambda r, n: Reply(wait_s=0.02), KEYS) as door:
        ret = run(door, {"service": "s3", "operation": "GetObject", "method": "GET", "more": 79})
        equal((ret["requests"], ret["failed"], len(door.seen)), (80, 0, 80), "sums")


def sharing():
    with test("others-use-the-quota-too"), Door(quota_of(4), KEYS) as door:
        ret = run(door, {**DESCRIBE, "more": 7})
        equal((ret["calls"], ret["failed"]), (8, 0), "sums")
        check(ret["throttled"] > 0, "nothing was throttled")


def expiry(folder):
    """Credentials that AWS does not take any more are found anew, and the request is signed with those."""
    program = os.path.join(folder, "keys")
    with open(program, "w", encoding="utf-8") as f:
        f.write(f"#!/bin/sh\nn=$(cat {folder}/n 2>/dev/null || echo 0)\necho $((n + 1)) >{folder}/n\n"
                'echo "{\\"Version\\": 1, \\"AccessKeyId\\": \\"K$n\\", \\"SecretAccessKey\\": \\"S$n\\", \\"Expiration\\": \\"2999-01-01T00:00:00Z\\"}"\n')
    os.chmod(program, 0o755)
    os.makedirs(folder + "/.aws")
    with open(folder + "/.aws/config", "w", encoding="utf-8") as f:
        f.write(f"[default]\ncredential_process = {program}\n")
    with fault("expired"), Door(lambda r, n: error("ExpiredTokenException") if r.access_key == "K0" else Reply(), {"K0": "S0", "K1": "S1"}) as door:
        ret = run(door, DESCRIBE, {**DESCRIBE, "region": "us-east-1"}, env={"HOME": folder, "AWS_ACCESS_KEY_ID": ""})
        equal([a["kind"] for a in ret["answers"]], ["ok", "ok"], "answers")
        with open(folder + "/n", encoding="utf-8") as f:
            equal(f.read().strip(), "2", "runs of the program")
    with fault("expired-for-ever"), Door(after(9, error("ExpiredTokenException")), KEYS) as door:
        equal((one(door, DESCRIBE)["kind"], len(door.seen)), ("expired", 1), "answer")


def trust(folder):
    tls = certificates(folder)
    with test("certificate-of-an-authority-that-is-named"), Door(lambda r, n: Reply(), KEYS, tls) as door:
        equal(one(door, DESCRIBE, env={"AWS_CA_BUNDLE": folder + "/ca.pem"})["kind"], "ok", "answer")
    with fault("certificate-of-nobody"), Door(lambda r, n: Reply(), KEYS, tls) as door:
        got = one(door, {**DESCRIBE, "deadline_s": 1}, env={"AWS_CA_BUNDLE": folder + "/other.pem"})
        equal((got["kind"], door.seen), ("unreachable", []), got["message"])
        check("prove" in got["message"], got["message"])


def wiped(folder):
    """A secret is in the memory of the process while it is used, and not afterwards."""
    secret = "Kq8Zr2Xw7Lm4Tn9Vb3Yc6Hd1Jf5Gs0Pa"
    if not os.path.exists("/proc/self/mem"):
        say("skip", "secrets-are-overwritten", "there is no /proc/self/mem to look into")
        return
    os.makedirs(folder + "/.aws")
    with open(folder + "/.aws/credentials", "w", encoding="utf-8") as f:
        f.write(f"[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = {secret}\n")
    with test("secrets-are-overwritten"), Door(after(1, error("ThrottlingException")), {"AKIDEXAMPLE": secret}) as door:
        question = {"do": "wiped", "env": {"HOME": folder, "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": door.url}, "call": DESCRIBE, "reversed": secret[::-1]}
        done = subprocess.run([TOOL], input=json.dumps(question) + "\n", capture_output=True, text=True, check=False, timeout=60)
        check(done.returncode == 0, done.stderr[-2000:])
        got = json.loads(done.stdout)
        equal((got["kind"], got["before"], got["after"], door.wrong), ("ok", True, False, []), "found before and after")


class Proxy:
    """Notes who is wanted, and lets nobody through."""

    def __init__(self):
        self.asked, self.listener = [], socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self.listener.accept()
                with peer:
                    self.asked.append(peer.recv(65536).split(b"\r\n")[0].decode())
                    peer.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")


def proxies():
    """HTTPS_PROXY leads to AWS, never to this machine; without configured endpoints AWS's own hosts are asked for."""
    hosts = {"monitoring.eu-west-1.amazonaws.com:443": DESCRIBE, "iam.amazonaws.com:443": {"service": "iam", "operation": "ListRoles"},
             "b-1.s3.us-west-2.amazonaws.com:443": {"service": "s3", "operation": "GetBucket", "method": "GET", "bucket": "b-1", "region": "us-west-2"},
             "s3.eu-west-1.amazonaws.com:443": {"service": "s3", "operation": "GetBucket", "method": "GET", "bucket": "b.c"}}
    proxy = Proxy()
    for host, call in hosts.items():
        with fault("proxy-to-" + host):
            proxy.asked.clear()
            got = one("", {**call, "deadline_s": 2}, outside={"HTTPS_PROXY": proxy.url, "https_proxy": proxy.url}, env={"AWS_MAX_ATTEMPTS": "1"})
            equal((proxy.asked, got["kind"] != "ok", got["maybe_done"]), ([f"CONNECT {host} HTTP/1.1"], True, False), got["message"])
    with test("no-proxy-to-this-machine"), Door(lambda r, n: Reply(), KEYS) as door:
        proxy.asked.clear()
        equal((one(door, DESCRIBE, outside={"http_proxy": proxy.url, "HTTPS_PROXY": proxy.url})["kind"], proxy.asked), ("ok", []), "answer")
    with fault("plain-http-elsewhere-only-when-it-is-configured"):
        got = one("http://emulator.invalid:4566", {**DESCRIBE, "deadline_s": 1}, env={"AWS_MAX_ATTEMPTS": "1"})
        equal(got["kind"], "unreachable", got["message"])
    proxy.listener.close()


def emulator():
    """Real answers in every protocol, and real refusals."""
    try:
        from aws_support import Cloud
        cloud = Cloud()
    except ImportError as e:
        say("skip-missing", "emulator", str(e))
        return
    calls = {"GetCallerIdentity": ({"service": "sts"}, "<Account>123456789012</Account>"), "DescribeAlarms": (DESCRIBE, '"MetricAlarms"'),
             "DescribeLogGroups": ({"service": "logs", "body": "{}"}, '"logGroups"'), "ListTopics": ({"service": "sns"}, "<ListTopicsResult>"),
             "ListRoles": ({"service": "iam"}, "<ListRolesResult>"), "DescribeInstances": ({"service": "ec2"}, "DescribeInstancesResponse"),
             "ListFunctions": ({"service": "lambda", "method": "GET", "path": "/2015-03-31/functions/"}, '"Functions"'),
             "ListBuckets": ({"service": "s3", "method": "GET"}, "<Buckets"), "ListHostedZones": (
                 {"service": "route53", "method": "GET", "path": "/2013-04-01/hostedzone"}, "<HostedZones"),
             "GetResources": ({"service": "resourcegroupstaggingapi", "body": "{}"}, '"ResourceTagMappingList"')}
    refusals = {"GetRole": ({"service": "iam", "body": "RoleName=none"}, "NoSuchEntity", "not-found"),
                "GetBucketPolicy": ({"service": "s3", "method": "GET", "bucket": "none-1", "query": "policy"}, "NoSuchBucket", "not-found"),
                "DeleteLogGroup": ({"service": "logs", "body": '{"logGroupName":"none"}'}, "ResourceNotFoundException", "not-found"),
                "GetPolicy": ({"service": "lambda", "method": "GET", "path": "/2015-03-31/functions/none/policy"}, "ResourceNotFoundException",
                              "not-found"),
                "DescribeInstances": ({"service": "ec2", "body": "InstanceId.1=i-0123456789abcdef0"}, "InvalidInstanceID.NotFound", "not-found")}
    with test(f"emulator-{len(calls)}-answers-and-{len(refusals)}-refusals"):
        asked = [{**call, "operation": name} for name, (call, *_) in [*calls.items(), *refusals.items()]]
        answers = run(cloud.url, *asked)["answers"]
        for (name, (_, part)), got in zip(calls.items(), answers):
            check(got["kind"] == "ok" and part in got["body"], name, got)
        for (name, (_, code, kind)), got in zip(refusals.items(), answers[len(calls):]):
            equal((got["code"], got["kind"]), (code, kind), f"{name}: {got}")
    cloud.stop()


if not os.access(TOOL, os.X_OK):
    say("FAIL" if os.environ.get("OPSC_REQUIRE") else "skip", "aws-client", f"{TOOL} is not built (make tools)")
else:
    with tempfile.TemporaryDirectory() as FOLDER, concurrent.futures.ThreadPoolExecutor(9) as POOL:
        os.mkdir(FOLDER + "/home")
        # They wait more than they reckon.
        for done in [POOL.submit(group) for group in (protocols, retries, writes, clock, refusals, rates, sharing, proxies, emulator)] + [
                POOL.submit(expiry, FOLDER + "/home"), POOL.submit(trust, FOLDER), POOL.submit(wiped, FOLDER + "/wiped")]:
            done.result()
sys.exit(state.failed)
