# SPDX-License-Identifier: MIT
"""What stands before moto's server: each request of opsc's is held against AWS's models, and its signature against botocore's;
calls are counted, delayed and refused as a test says.

GET /watch tells what came since the last such question, `asked` also of Terraform's: who, service, operation, region and
those parameters that are short texts or lists of them; POST /watch takes {"wait_s": 0.05, "refuse": ["DescribeAlarms"]}:
how long each answer takes, and of which operations (["*"]: all) the next call is refused as too fast; and
{"fault": ["cut", 7, FILE]}: what happens to the seventh request of opsc's from then on, once (FAULTS). FILE has the number of
the process that is killed. {"quotas": {"PutMetricAlarm": 3}}: how many of an operation pass each second, of Terraform's as well.
{"deny": ["ListBuckets"]}: what opsc may not call. {"answers": {"GetResources": {"eu-west-1": "{}"}}}: what an operation of opsc's is answered with in a region;
a text in place of the regions: in all.
{"invalid": {"DeleteAlarms": ["a"]}}: which texts in what it is asked with have it refused.
"""
import collections
import functools
import io
import json
import os
import pathlib
import signal
import socket
import threading
import time

from werkzeug.serving import WSGIRequestHandler

import aws_door
import request_model

# With which opsc signs here, whatever the access key is.
SECRET = "test"

# How each protocol says that it was too fast: (status, headers, body).
XML = "<Error><Type>Sender</Type><Code>{code}</Code><Message>Rate exceeded</Message></Error>"
TOO_FAST = {
    "json": (400, {}, '{"__type":"ThrottlingException","message":"Rate exceeded"}'),
    "rest-json": (429, {"X-Amzn-ErrorType": "TooManyRequestsException"}, '{"message":"Rate exceeded"}'),
    "query": (400, {}, f"<ErrorResponse>{XML.format(code='Throttling')}</ErrorResponse>"),
    "ec2": (503, {}, f"<Response><Errors>{XML.format(code='RequestLimitExceeded')}</Errors></Response>"),
    "rest-xml": (400, {}, f"<ErrorResponse>{XML.format(code='Throttling')}</ErrorResponse>"),
    "s3": (503, {}, XML.format(code="SlowDown")),
}

PAGE = "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"
HANGS_S = 4
# "before": nothing was done of it; "after": it was, and the answer does not come.
FAULTS = ("reset-before", "reset-after", "server", "page", "empty", "throttle", "expired", "cut", "hang", "kill-before", "kill-after")
WORDS = ("ThrottlingException", "TooManyRequestsException", "Throttling", "RequestLimitExceeded", "SlowDown")


def refusal(protocol, status, code):
    """Another one in the same form; `code` without "Exception" where XML has it so."""
    _, headers, text = TOO_FAST[protocol]
    code = code if "<Code>" in text else code + "Exception"
    for word in WORDS:
        text, headers = text.replace(word, code), {k: v.replace(word, code) for k, v in headers.items()}
    return status, headers, text


class Gone(Exception):
    """The connection is closed without an answer."""


class Secrets:
    def __getitem__(self, access_key):
        return SECRET


class Handler(WSGIRequestHandler):
    """Headers as they came; an answer is sent as one piece. Terraform's provider now and then hangs up between the headers and the
    body when they come as two, and asks again for what was done, which is refused then for minutes: it is there already."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def handle_expect_100(self):
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def make_environ(self):
        return {**super().make_environ(), "watch.headers": self.headers}

    def log_request(self, code="-", size="-"):
        pass


@functools.lru_cache(maxsize=None)
def checked(method, target, headers, body):
    """The same question is right or wrong each time."""
    return request_model.check(request_model.Wire(method, target, dict(headers), body))


def check(request):
    """(service, operation, protocol), and all that is wrong with it."""
    headers = {k.lower(): v for k, v in request.headers.items()}
    if "authorization" in headers:
        headers["authorization"] = headers["authorization"].partition(", ")[0]
    headers.pop("x-amz-date", None)
    who, wrong = checked(request.method, request.target, tuple(sorted(headers.items())), request.body)
    signature = request.wrong_signature(Secrets()) if "Authorization" in request.headers else None
    return who, [*wrong, *([f"{who[1]}: {signature}"] if signature else [])]


@functools.lru_cache(maxsize=None)
def read(method, target, headers, body):
    """(service, operation, region, parameters as JSON); None of what is no request to AWS."""
    wire = request_model.Wire(method, target, dict(headers), body)
    try:
        service, operation, params = request_model.read(wire)
    except request_model.Wrong:
        return None
    short = {k: v for k, v in params.items() if all(isinstance(t, str) and len(t) < 200 for t in (v if isinstance(v, list) else [v]))}
    return service, operation, (wire.scope or ("",))[0], json.dumps(short, sort_keys=True)


def region_of(request):
    """Of "AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/..."."""
    scope = request.headers.get("Authorization", "").partition("Credential=")[2].split("/")
    return scope[2] if len(scope) > 2 else ""


def one_at_a_time(app):
    """moto's dictionaries change while others go through them: an error of its own, after half of the work was done."""
    lock = threading.Lock()

    def call(environ, start_response):
        with lock:
            return app(environ, start_response)
    return call


class Watch:
    def __init__(self, app):
        self.app, self.lock, self.wait_s, self.refuse, self.refused = one_at_a_time(app), threading.Lock(), 0, set(), set()
        self.fault, self.asks, self.quotas, self.tokens, self.deny, self.answers, self.invalid = None, 0, {}, {}, set(), {}, {}
        self.start()

    def start(self):
        self.calls, self.wrong, self.others, self.throttled, self.asked = collections.Counter(), [], 0, 0, set()

    def control(self, method, body):
        with self.lock:
            if method == "POST":
                says = json.loads(body)
                self.wait_s, self.refuse, self.refused = says.get("wait_s", 0), set(says.get("refuse", [])), set()
                self.fault, self.asks = says.get("fault"), 0
                self.quotas, self.tokens, self.deny = says.get("quotas", {}), {}, set(says.get("deny", []))
                self.answers, self.invalid = says.get("answers", {}), says.get("invalid", {})
            told = {"calls": dict(self.calls), "wrong": self.wrong, "others": self.others, "throttled": self.throttled,
                    "asked": sorted(self.asked)}
            self.start()
        return json.dumps(told).encode()

    def note(self, who, request):
        headers = {k.lower(): v.partition(", ")[0] for k, v in request.headers.items() if k.lower() in ("authorization", "x-amz-target")}
        found = read(request.method, request.target, tuple(sorted(headers.items())), request.body)
        if found:
            with self.lock:
                self.asked.add((who, *found))

    def is_too_fast(self, operation):
        """A bucket for each operation that has a second's worth of tokens. With the lock."""
        quota, now = self.quotas.get(operation), time.monotonic()
        if quota is None:
            return False
        left, at = self.tokens.get(operation, (quota, now))
        left = min(quota, left + (now - at) * quota)
        self.tokens[operation] = (left - (left >= 1), now)
        self.throttled += left < 1
        return left < 1

    def look(self, request):
        """The answer to a request of opsc's that is refused, or None."""
        (service, operation, protocol), wrong = check(request)
        with self.lock:
            self.calls[f"{service}.{operation}"] += 1
            self.wrong += wrong
            self.asks += 1
            if self.fault and self.asks == self.fault[1]:
                return self.fault[0], "s3" if service == "s3" else protocol
            if (operation in self.refuse or "*" in self.refuse) and (service, operation) not in self.refused:
                self.refused.add((service, operation))
                self.throttled += 1
                return TOO_FAST["s3" if service == "s3" else protocol]
            if operation in self.deny:
                return refusal("s3" if service == "s3" else protocol, 403, "AccessDenied")
            if any(text.encode() in request.body for text in self.invalid.get(operation, [])):
                return refusal("s3" if service == "s3" else protocol, 400, "ValidationError")
            answer = self.answers.get(operation)
            if isinstance(answer, dict):
                answer = answer.get(region_of(request))
            if answer is not None:
                return 200, {}, answer
            if self.is_too_fast(operation):
                return TOO_FAST["s3" if service == "s3" else protocol]
        return None

    def look_at_others(self, request):
        """The same of Terraform's, of which only quotas are held."""
        headers = {k.lower(): v.partition(", ")[0] for k, v in request.headers.items() if k.lower() in ("authorization", "x-amz-target")}
        found = self.quotas and read(request.method, request.target, tuple(sorted(headers.items())), request.body)
        with self.lock:
            self.others += 1
            too_fast = found and self.is_too_fast(found[1])
        return TOO_FAST["json" if "x-amz-target" in headers else "query"] if too_fast else None

    def done(self, environ):
        """What the answer would have been: (status, body)."""
        said = []
        body = b"".join(self.app(environ, lambda status, headers, *_: said.append(status)))
        return said[0], body

    def go_wrong(self, what, protocol, environ):
        """An answer in place of the right one; None: the right one."""
        connection = environ["werkzeug.socket"]
        if what.startswith("kill"):
            if what == "kill-after":
                self.done(environ)
            os.kill(int(pathlib.Path(self.fault[2]).read_text(encoding="ascii")), signal.SIGKILL)
        elif what == "reset-after":
            self.done(environ)
        elif what == "cut":
            status, body = self.done(environ)
            connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body) + 99}\r\n\r\n".encode() + body)
        elif what == "hang":
            time.sleep(HANGS_S)
        elif what == "server":
            return 500, {}, ""
        elif what == "empty":
            return 200, {}, ""
        elif what == "page":
            return 502, {"Content-Type": "text/html"}, PAGE
        elif what == "throttle":
            return TOO_FAST[protocol]
        elif what == "expired":
            return refusal(protocol, 400, "ExpiredToken")
        connection.shutdown(socket.SHUT_RDWR)
        raise Gone(what)

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if environ["PATH_INFO"] == "/watch":
            told = self.control(environ["REQUEST_METHOD"], body)
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(told)))])
            return [told]
        if self.wait_s:
            time.sleep(self.wait_s)
        refused = None
        agent = environ.get("HTTP_USER_AGENT", "")
        request = aws_door.Request(environ["REQUEST_METHOD"], environ["RAW_URI"], environ["watch.headers"], body)
        if "Terraform/" in agent:
            self.note("terraform", request)
        if agent.startswith("opsc/"):
            self.note("opsc", request)
            refused = self.look(request)
        elif not environ["PATH_INFO"].startswith("/moto-api/"):
            refused = self.look_at_others(request)
        if refused is not None and len(refused) == 2:
            refused = self.go_wrong(*refused, environ)
        if refused is None:
            return self.app(environ, start_response)
        status, headers, text = refused
        start_response(f"{status} Refused", [*headers.items(), ("Content-Length", str(len(text)))])
        return [text.encode()]
