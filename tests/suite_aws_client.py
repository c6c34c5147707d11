#!/usr/bin/env python3
"""compiler/aws against servers that throttle, cut, delay, lie about the time or answer what AWS never would."""
import base64
import concurrent.futures
import contextlib
import gzip
import json
import os
import pty
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
except ImportError:
    say("skip-missing", "aws-client", "there is no botocore, which checks the signatures")
    sys.exit(0)

from aws_door import Door, Reply, error
from server_support import certificates, free_port

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.dirname(os.environ.get("OPSC", os.path.join(ROOT, "build", "asan", "opsc")))
TOOL, OPSC = os.path.join(BUILD, "tests", "aws_tool"), os.path.join(BUILD, "opsc")
KEYS = {"AKIDEXAMPLE": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
SECRETS = [*KEYS.values(), "SESSIONTOKEN", "PROXYPASSWORD"]
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


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


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
        equal([g[1] for g in got[4:7]], [f"{calls[4]['path']}?{calls[4]['query']}", "/my.bucket?policy", "/b-1/a%20b//c/../%C3%A9"], "paths")
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
            ("page-of-a-portal", after(9, Reply(200, " <!DOCTYPE HTML><title>log in</title>")), "strange", 1),
            ("way-to-a-portal", after(9, Reply(302, "<html>log in</html>", {"Location": "http://127.0.0.1/"})), "strange", 1),
            ("no-date", after(1, Reply(raw=b"HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n")), "ok", 2),
            ("informed-before", after(1, Reply(raw=b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")), "ok", 1),
            ("chunks-cut", after(2, Reply(raw=CHUNKED + b"a\r\n0123456789\r\n")), "ok", 3),
            ("reset", after(2, Reply(raw=CHUNKED + b"a\r\n01234", reset=True)), "ok", 3),
            ("headers-cut", after(2, Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Le")), "ok", 3),
            ("not-HTTP", after(1, Reply(raw=b"SSH-2.0-OpenSSH\r\n")), "ok", 2),
            ("without-an-end", after(1, Reply(raw=b"HTTP/1.1 200 OK\r\n\r\n{}")), "ok", 2),
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
    with fault("deadline-of-an-answer-that-drips"), Door(after(9, Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"x" * 99, at_once=1, wait_s=0.05)), KEYS) as door:
        got = one(door, {**DESCRIBE, "deadline_s": 1})
        equal((got["kind"], got["tries"]), ("timeout", 1), got["message"])
    with fault("time-for-all-is-over"), Door(after(9, slow), KEYS) as door:
        ret = run(door, DESCRIBE, {**DESCRIBE, "operation": "ListDashboards"}, limit_s=1)
        equal([a["kind"] for a in ret["answers"]], ["timeout"] * 2, "kinds")
        check(ret["ms"] < 2500, "it took longer than it may", ret["ms"])
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


def buckets():
    """A bucket of another region is asked for there, once."""
    def answer(region, status=301, headers=True, body="<Error><Code>PermanentRedirect</Code><Region>%s</Region></Error>"):
        def reply(request, _):
            if f"/{region}/s3/" in request.headers["Authorization"]:
                return Reply(body="<Policy/>")
            return Reply(status, body % region, {"x-amz-bucket-region": region} if headers else {})
        return reply
    call = {"service": "s3", "operation": "GetBucketTagging", "method": "GET", "query": "tagging", "bucket": "b-1"}
    for name, reply, kind, asked in (("301", answer("ap-south-1"), "ok", 2), ("307", answer("us-west-2", 307), "ok", 2),
                                     ("400", answer("us-west-2", 400, False), "ok", 2), ("nowhere", answer("x y", 301), "invalid", 1),
                                     ("round-and-round", lambda r, n: answer(f"eu-west-{n + 2}")(r, n), "invalid", 2)):
        with fault("bucket-elsewhere-" + name), Door(reply, KEYS) as door:
            got = one(door, call)
            equal((got["kind"], len(door.seen)), (kind, asked), got["message"])


def drift(door, *more, **env):
    """Exit status, report and messages of `opsc drift` of a small project."""
    outside = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **ENV, "AWS_ENDPOINT_URL": door.url, "AWS_MAX_ATTEMPTS": "2", **env}
    done = subprocess.run([OPSC, "drift", SPEC.name, *more], env=outside, capture_output=True, text=True, timeout=60, check=False)
    check(not any(s in done.stdout + done.stderr for s in SECRETS), "a secret is told")
    equal(door.wrong, [], "wrong signatures")
    return done.returncode, done.stdout, done.stderr


def account(request, _):
    """One in which there is nothing."""
    name = request.operation
    if name == "GetCallerIdentity":
        return Reply(body="<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/x"
                          "</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>")
    return Reply(body=f"<{name}Response><{name}Result/></{name}Response>") if "Action" in request.form else Reply()


def alarms(text):
    return Reply(body=text if isinstance(text, (str, bytes)) else json.dumps({"MetricAlarms": text}))


def drifts():
    """What no answer of AWS looks like ends `opsc drift` with what is wrong and exit status 3: it is never taken for an account."""
    page = "<html><title>Log in</title></html>"
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n"
    bomb = gzip.compress(b'{"MetricAlarms":[' + b" " * (33 << 20) + b"]}", 1)
    alarm = {"AlarmName": "shop-production-x", "AlarmArn": "arn:aws:cloudwatch:eu-west-1:1:alarm:x", "Threshold": 1}
    rows = [("page", Reply(body=page, headers={"Server": "squid/6"}), "a web page (of squid/6)", 1),
            ("page-with-500", Reply(500, page), "status 500 and is a web page", 2),
            ("way-out", Reply(302, page, {"Location": "https://u:SESSIONTOKEN@portal.example/SESSIONTOKEN"}), "leads to https://portal.example\n", 1),
            ("cut", Reply(body="x" * 100, cut=50), "cut off", 2), ("chunks-cut", Reply(raw=CHUNKED + b"5\r\n{"), "cut off", 2),
            ("packed-as-nobody-asked", Reply(raw=packed % (b"zstd", 2) + b"{}"), "cut off", 2),
            ("packed-badly", Reply(raw=packed % (b"gzip", 2) + b"{}"), "cut off", 2),
            ("huge-when-unpacked", Reply(raw=packed % (b"gzip", len(bomb)) + bomb), "larger than opsc takes", 1),
            ("headers-without-end", Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 60000), "larger than opsc takes", 1),
            ("nothing", Reply(body=b""), "cloudwatch:DescribeAlarms", 1), ("half", alarms('{"MetricAlarms":['), "cloudwatch:DescribeAlarms", 1),
            ("two", alarms('{"MetricAlarms":[]}{}'), "cloudwatch:DescribeAlarms", 1), ("list", alarms("[]"), "it is no object", 1),
            ("deep", alarms('{"MetricAlarms":' * 100000), "cloudwatch:DescribeAlarms", 1),
            ("deep-and-closed", alarms('{"MetricAlarms":' + "[" * 9000 + "]" * 9000 + "}"), "cloudwatch:DescribeAlarms", 1),
            ("no-UTF-8", alarms(b'{"MetricAlarms":[{"AlarmName":"\xff\xfe"}]}'), "cloudwatch:DescribeAlarms", 1),
            ("text-for-a-list", alarms("x"), "cloudwatch:DescribeAlarms", 1), ("number-for-an-alarm", alarms([1]), "cloudwatch:DescribeAlarms", 1),
            ("object-for-a-text", alarms([{**alarm, "Namespace": {}}]), "cloudwatch:DescribeAlarms", 1),
            ("nameless", alarms([{**alarm, "AlarmName": ""}]), "cloudwatch:DescribeAlarms", 1),
            ("page-without-end", alarms('{"NextToken":"x"}'), "its pages do not end", 2),
            ("token-of-another-type", alarms('{"NextToken":[1]}'), "its pages do not end", 1)]
    for name, reply, said, asked in rows:
        with fault("drift-" + name), Door(lambda r, n: reply if r.operation == "DescribeAlarms" else account(r, n), KEYS) as door:  # noqa: B023
            status, out, told = drift(door)
            equal((status, out), (3, ""), told)
            check(said in told and "nothing can be said" in told, told)
            equal(sum(r.operation == "DescribeAlarms" for r in door.seen), asked, "requests")
    deep, entity = "<a>" * 5000, '<!DOCTYPE a [<!ENTITY b "c">]>'
    for name, body in (("page", page), ("deep", deep), ("deep-and-closed", deep + "</a>" * 5000), ("entity", entity + "<ListTopicsResponse>&b;</ListTopicsResponse>"),
                       ("of-another", "<ListQueuesResponse/>"), ("JSON", "{}"), ("no-UTF-8", b"<ListTopicsResponse>\xff</ListTopicsResponse>")):
        with fault("drift-XML-" + name), Door(lambda r, n: Reply(body=body) if r.operation == "ListTopics" else account(r, n), KEYS) as door:  # noqa: B023
            status, out, told = drift(door)
            equal((status, out), (3, ""), told)
            check("sns:ListTopics" in told, told)
    with fault("drift-page-for-all"), Door(lambda r, n: Reply(body=page), KEYS) as door:
        status, out, told = drift(door)
        equal((status, out, max(sum(r.operation == x.operation for r in door.seen) for x in door.seen)), (3, "", 1), told)


def debug():
    """--debug tells each request and who asks, and no secret."""
    with test("debug"), Door(lambda r, n: error("ThrottlingException", headers={"x-amzn-RequestId": "R-1"}) if r.operation == "DescribeAlarms" and n == 0
                             else account(r, n), KEYS) as door:
        status, _, told = drift(door, "--debug", AWS_PROFILE="", AWS_MAX_ATTEMPTS="3")
        lines = [line.partition("opsc: debug: ")[2] for line in told.splitlines() if line.startswith("opsc: debug: ")]
        equal(status, 4, told)
        check(any("credentials: environment, without an end" == line for line in lines), told)
        host = door.url.partition("//")[2]
        first, second = (next(line for line in lines if line.startswith(f"cloudwatch DescribeAlarms in eu-west-1 of {host}, try {n}")) for n in (1, 2))
        check(": 400 ThrottlingException in " in first and ", request R-1; again in " in first and " bytes out, " in first, first)
        check(": 200 in " in second and "again" not in second, second)
        equal(sum(", try " in line for line in lines), len(door.seen), "lines")
    with test("no-debug"), Door(account, KEYS) as door:
        check("debug" not in drift(door)[2], "it tells too much")


def ends():
    """Ctrl-C, and the time that is given to all of it."""
    with fault("interrupted"), Door(lambda r, n: Reply(wait_s=5), KEYS) as door:
        p = subprocess.Popen([OPSC, "drift", SPEC.name], env={"HOME": "/nonexistent", **ENV, "AWS_ENDPOINT_URL": door.url}, stderr=subprocess.PIPE, text=True)
        while not door.seen:
            time.sleep(0.01)
        p.send_signal(signal.SIGINT)
        told = p.communicate(timeout=3)[1]
        equal((p.returncode, "interrupted" in told), (-signal.SIGINT, True), told)
    with fault("time-is-over"), Door(lambda r, n: Reply(wait_s=3), KEYS) as door:
        status, out, told = drift(door, "--timeout", "1")
        equal((status, out), (3, ""), told)
    for text in ("0", "x", "1.5", "-1", "99999999999999999999"):
        with fault("timeout-" + text), Door(account, KEYS) as door:
            status, out, told = drift(door, "--timeout", text)
            equal((status, door.seen), (2, []), told)


def device(folder):
    """Who sits at a terminal is asked for the code of a device, and it is shown nowhere."""
    os.makedirs(folder + "/.aws")
    with open(folder + "/.aws/config", "w", encoding="utf-8") as f:
        f.write("[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/x\n"
                "[profile base]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = " + KEYS["AKIDEXAMPLE"] + "\n")

    def world(request, count):
        if request.operation != "AssumeRole":
            return account(request, count)
        return Reply(body="<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>ROLESECRET</SecretAccessKey>"
                          "<SessionToken>ROLETOKEN</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>")
    for name, typed, status in (("code", b"99\x15271829\x7f8\n", 4), ("interrupted", b"27\x03", -signal.SIGINT), ("nothing", b"\x04", 3)):
        with test("terminal-" + name), Door(world, {**KEYS, "ROLE": "ROLESECRET"}) as door:
            outer, inner = pty.openpty()
            p = subprocess.Popen([OPSC, "drift", SPEC.name, "--debug"], env={"HOME": folder, "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": door.url, "TERM": "dumb"},
                                 stdin=inner, stdout=subprocess.DEVNULL, stderr=inner)
            os.close(inner)
            shown = b""
            with contextlib.suppress(OSError):
                while piece := os.read(outer, 65536):
                    shown += piece
                    if b"Code of arn:aws:iam::1:mfa/x for profile default: " in shown and typed:
                        os.write(outer, typed)
                        typed = b""
            os.close(outer)
            equal(p.wait(timeout=5), status, shown.decode())
            check(not any(s in shown.decode() for s in ("271828", "9\b", "ROLESECRET", "ROLETOKEN", *SECRETS)), shown.decode())
            asked = [r.form for r in door.seen if r.operation == "AssumeRole"]
            equal([(f["SerialNumber"], f["TokenCode"]) for f in asked], [("arn:aws:iam::1:mfa/x", "271828")] if status == 4 else [], "what STS is told")
            equal(door.wrong, [], "wrong signatures")


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


def tunnel(to, asked):
    """A proxy that wants a password, to one port of this machine; its URL."""
    listener = socket.create_server(("127.0.0.1", 0))

    def pour(source, sink):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)

    def serve():
        with contextlib.suppress(OSError):
            while True:
                peer, _ = listener.accept()
                head = peer.recv(65536).decode()
                asked.append(head.split(" HTTP")[0])
                if base64.b64encode(b"u:PROXYPASSWORD").decode() not in head:
                    peer.sendall(b"HTTP/1.1 407 x\r\nContent-Length: 0\r\n\r\n")
                    peer.close()
                    continue
                server = socket.create_connection(("127.0.0.1", to))
                peer.sendall(b"HTTP/1.1 200 Connection established\r\nServer: proxy\r\n\r\n")
                for pair in ((peer, server), (server, peer)):
                    threading.Thread(target=pour, args=pair, daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()
    return "127.0.0.1:%d" % listener.getsockname()[1]


def trust(folder):
    tls = certificates(folder)
    with test("certificate-of-an-authority-that-is-named"), Door(lambda r, n: Reply(), KEYS, tls) as door:
        equal(one(door, DESCRIBE, env={"AWS_CA_BUNDLE": folder + "/ca.pem"})["kind"], "ok", "answer")
    with test("way-through-a-proxy"), Door(lambda r, n: Reply(body=json.dumps(dict(r.headers))), KEYS, tls) as door:
        asked = []
        proxy = tunnel(door.server.server_address[1], asked)
        env = {"REQUESTS_CA_BUNDLE": folder + "/ca.pem", "AWS_MAX_ATTEMPTS": "1", "AWS_ENDPOINT_URL": "https://aws.invalid"}
        got = one(door, DESCRIBE, env=env, outside={"https_proxy": f"http://u:PROXYPASSWORD@{proxy}"})
        equal((got["kind"], asked), ("ok", ["CONNECT aws.invalid:443"]), got["message"])
        check("roxy" not in got["body"], got["body"])
        got = one(door, DESCRIBE, env=env, outside={"https_proxy": f"http://u:SESSIONTOKEN@{proxy}"})
        equal((got["kind"], len(door.seen)), ("unreachable", 1), got["message"])
        check("407" in got["message"], got["message"])
    with fault("certificate-of-nobody"), Door(lambda r, n: Reply(), KEYS, tls) as door:
        got = one(door, DESCRIBE, env={"AWS_CA_BUNDLE": folder + "/other.pem"})
        equal((got["kind"], got["tries"], door.seen), ("untrusted", 3, []), got["message"])
        check("prove" in got["message"] and "AWS_CA_BUNDLE" in got["advice"], got["message"])


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
            equal((proxy.asked, got["kind"], got["maybe_done"]), ([f"CONNECT {host} HTTP/1.1"], "unreachable", False), got["message"])
            check("403" in got["message"], got["message"])
    for name, url in (("without-a-port", "http://u:SESSIONTOKEN@:x"), ("no-URL", "u:SESSIONTOKEN@h:1:2"), ("of-no-kind", "ftp9://u:SESSIONTOKEN@h/"),
                      ("not-found", "http://u:SESSIONTOKEN@proxy.invalid:3128")):
        with fault("proxy-" + name):
            got = one("", {**DESCRIBE, "deadline_s": 2}, outside={"HTTPS_PROXY": url, "https_proxy": url}, env={"AWS_MAX_ATTEMPTS": "1"})
            check(got["kind"] != "ok" and "roxy" in got["message"], got["message"])
    for names, asked in (("other.invalid", ["POST http://emulator.invalid/ HTTP/1.1"]), ("other.invalid,.emulator.invalid", []), ("*", [])):
        with fault("proxy-but-not-for-" + names):
            proxy.asked.clear()
            one("http://emulator.invalid", {**DESCRIBE, "deadline_s": 2}, outside={"http_proxy": proxy.url, "NO_PROXY": names}, env={"AWS_MAX_ATTEMPTS": "1"})
            equal(proxy.asked, asked, "asked")
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
    with tempfile.TemporaryDirectory() as FOLDER, tempfile.NamedTemporaryFile("w", suffix=".yaml") as SPEC, concurrent.futures.ThreadPoolExecutor(9) as POOL:
        os.mkdir(FOLDER + "/home")
        SPEC.write("opsc: 1\nproject: shop\naws: { region: eu-west-1 }\nnotify: ops@shop.example\n"
                   "resources:\n  db: { kind: rds, id: shop-db, engine: postgres, class: db.t3.small, storage: 50 GiB }\n")
        SPEC.flush()
        # They wait more than they reckon.
        for done in [POOL.submit(group) for group in (emulator, drifts, ends, protocols, retries, writes, clock, refusals, buckets, debug, rates, sharing, proxies)] + [
                POOL.submit(expiry, FOLDER + "/home"), POOL.submit(trust, FOLDER), POOL.submit(wiped, FOLDER + "/wiped"), POOL.submit(device, FOLDER + "/device")]:
            done.result()
sys.exit(state.failed)
