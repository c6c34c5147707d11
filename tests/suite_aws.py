#!/usr/bin/env python3
"""compiler/aws beside botocore, which is the independent opinion: signatures, hosts, tables of services, files, settings, errors."""
import contextlib
import itertools
import json
import os
import random
import shlex
import string
import subprocess
import sys
import tempfile
from unittest import mock

from report import SHARED, check, equal, say, state, test

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.dirname(os.environ.get("OPSC", os.path.join(ROOT, "build", "asan", "opsc")))
TOOL = os.path.join(BUILD, "tests", "aws_tool")
VECTORS = SHARED / "conformance/sigv4"
PROTOCOLS = {0: ("json", "1.0"), 1: ("json", "1.1"), 2: ("rest-json", None), 3: ("rest-xml", None), 4: ("query", None), 5: ("ec2", None)}


def ask(questions):
    """The answers of the tool, in order."""
    lines = "".join(json.dumps(q) + "\n" for q in questions)
    done = subprocess.run([TOOL], input=lines, capture_output=True, text=True, check=False)
    check(done.returncode == 0, done.stderr[-2000:])
    return [json.loads(line) for line in done.stdout.splitlines()]


def text_of(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as f:
        return f.read()


def vector(folder):
    """The question that a folder of the signing test suite asks: its request is not encoded as one that is sent would be."""
    context = json.loads(text_of(folder, "context.json"))
    head, _, body = text_of(folder, "request.txt").replace("\r\n", "\n").partition("\n\n")
    first, *lines = head.split("\n")
    method, rest = first.split(" ", 1)
    path, _, query = rest.rsplit(" ", 1)[0].partition("?")
    headers = []
    for line in lines:
        if line[:1] in " \t":
            headers[-1][1] += "\n" + line
        elif line:
            headers.append(line.split(":", 1))
    keys = context["credentials"]
    return {"do": "sign", "access": keys["access_key_id"], "secret": keys["secret_access_key"], "session": keys.get("token", ""),
            "service": context["service"], "region": context["region"], "time": 1440938160, "method": method, "path": path, "query": query,
            "headers": headers, "body": body, "keep_path": not context["normalize"], "body_header": context["sign_body"],
            "token_unsigned": context.get("omit_session_token", False)}


def vectors():
    if not os.path.isdir(VECTORS):
        say("skip", "signatures-of-the-test-suite", "the test suite of version 4 is not here (../shared or OPSC_SHARED)")
        return
    folders = [os.path.join(VECTORS, d) for d in sorted(os.listdir(VECTORS))]
    with test(f"signatures-of-the-test-suite-{len(folders)}"):
        check(len(folders) == 38, len(folders), "vectors")
        for folder, got in zip(folders, ask(map(vector, folders))):
            for part, name in (("canonical", "canonical-request"), ("string_to_sign", "string-to-sign"), ("signature", "signature")):
                equal(got.get(part), text_of(folder, f"header-{name}.txt"), f"{os.path.basename(folder)}: {name}")
            check(got["authorization"] in text_of(folder, "header-signed-request.txt"), folder, got["authorization"])


def endpoints(loader, services):
    """Every service in every region of every partition, four hosts each."""
    from botocore.endpoint_provider import EndpointProvider
    from botocore.exceptions import EndpointProviderError
    partitions = loader.load_data("partitions")
    regions = [(p["id"], r) for p in partitions["partitions"] for r in p["regions"] if not r.endswith("-global")]
    questions, wanted = [], []
    for name, row in services.items():
        rules = EndpointProvider(loader.load_service_model(name, "endpoint-rule-set-1"), partitions)
        more = {"s3": {"UseGlobalEndpoint": False, "ForcePathStyle": True, "Accelerate": False}, "sts": {"UseGlobalEndpoint": False}}
        for partition, region in regions:
            for fips in (False, True):
                for dualstack in (False, True):
                    try:
                        e = rules.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dualstack, **more.get(name, {}))
                        scheme = (e.properties.get("authSchemes") or [{}])[0]
                        equal(scheme.get("signingName", row["signing"]), row["signing"], name)
                        want = {"host": e.url[8:], "signing_region": scheme.get("signingRegion", region), "partition": partition}
                    except EndpointProviderError:
                        want = {}
                    questions.append({"do": "endpoint", "service": name, "region": region, "fips": fips, "dualstack": dualstack})
                    wanted.append(want)
    with test(f"hosts-of-{len(services)}-services-in-{len(regions)}-regions-{len(questions)}"):
        for q, got, want in zip(questions, ask(questions), wanted):
            equal(got, want, q)


def table(loader, services):
    with test("services-are-what-their-models-say"):
        for name, row in services.items():
            model = loader.load_service_model(name, "service-2")["metadata"]
            protocol, version = PROTOCOLS[row["protocol"]]
            check(protocol in model.get("protocols", [model["protocol"]]), name, protocol)
            equal(row["prefix"], model["endpointPrefix"], name)
            equal(row["signing"], model.get("signingName") or model["endpointPrefix"], name)
            equal(row["id"], model["serviceId"].upper().replace(" ", "_"), name)
            if protocol == "json":
                equal((row["target"], version), (model["targetPrefix"], model["jsonVersion"]), name)
            equal(row["query_errors"], "awsQueryCompatible" in model, name)
            equal(row["version"], model["apiVersion"] if protocol in ("query", "ec2") else "", name)


# ---- ~/.aws/config

PIECES = ["[default]", "[profile a]", '[profile "a b"]', "[sso-session s]", "[services x]", "[DEFAULT]", "[a]]", "[]", "key = value", "Key=v=w",
          "key : value", "region = eu-west-1", "s3 =", "  signature = v4", "  a: b", "   deeper = x", "# comment", "  ; comment", "", "   ", "= v",
          "nonsense", "k =", "\tk = tab", "  b", "x = # no comment", "[open", "k2 = v ; w", "y = \u00e9", "services ="]


def botocore_config(folder, text):
    from botocore.configloader import raw_config_parse
    from botocore.exceptions import ConfigParseError
    path = os.path.join(folder, "config")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    try:
        return raw_config_parse(path)
    except ConfigParseError:
        return None


def nested(value):
    """What botocore makes of a value that begins on the next line."""
    if not value.startswith("\n"):
        return value
    pairs = (line.split("=", 1) for line in value.splitlines() if line.strip())
    return {k.strip(): v.strip() for k, v in pairs}


def files(folder):
    chance = random.Random(7)
    texts = ["\n".join(chance.choices(PIECES, k=n)) + chance.choice(["", "\n"]) for n in range(1, 13) for _ in range(60)]
    texts += ["[default]\n" + t for t in texts] + ["\n".join(["[a]", *p]) for p in itertools.permutations(PIECES[8:16], 3)]
    with test(f"files-as-botocore-reads-them-{len(texts)}"):
        read = 0
        for text, got in zip(texts, ask({"do": "ini", "text": t} for t in texts)):
            want = botocore_config(folder, text)
            if want is None:
                check("why" in got and got["line"] > 0, f"botocore refuses what opsc reads: {text!r}")
            else:
                read += 1
                equal({n: {k: nested(v) for k, v in e.items()} for n, e in got.get("sections", {}).items()}, want, repr(text))
        check(read > 300, read, "of them are files")
    lines = ["".join(chance.choices("ab'\"\\ \t", k=n)) for n in range(1, 12) for _ in range(80)]
    with test(f"words-as-a-shell-splits-them-{len(lines)}"):
        for line, got in zip(lines, ask({"do": "words", "text": t} for t in lines)):
            want = None
            with contextlib.suppress(ValueError):
                want = shlex.split(line)
            equal(got.get("words"), want, repr(line))


# ---- settings

CONFIG = """[default]
region = ap-south-1
endpoint_url = http://profile
[profile s]
services = local
endpoint_url = http://profile-s
use_fips_endpoint = true
ca_bundle = /ca
max_attempts = 7
[profile n]
region = sa-east-1
ignore_configured_endpoint_urls = true
use_dualstack_endpoint = True
[services local]
cloudwatch =
  endpoint_url = http://services-cloudwatch
cloudwatch_logs =
  endpoint_url = http://services-logs
resource_groups_tagging_api =
  endpoint_url = http://services-tagging
"""


def botocore_settings(env, profile, service):
    from botocore.configprovider import ConfiguredEndpointProvider
    import botocore.session
    with mock.patch.dict(os.environ, env, clear=True):
        session = botocore.session.Session(profile=profile or None)
        url = None
        if not session.get_config_variable("ignore_configured_endpoint_urls"):
            url = ConfiguredEndpointProvider(session.full_config, session.get_scoped_config(), service).provide()
        return {"region": session.get_config_variable("region") or "", "endpoint": url or "", "ca_file": session.get_config_variable("ca_bundle") or "",
                "fips": bool(session.get_config_variable("use_fips_endpoint")), "dualstack": bool(session.get_config_variable("use_dualstack_endpoint")),
                "tries": session.get_config_variable("max_attempts") or 0}


def settings(folder, services):
    with open(os.path.join(folder, "config"), "w", encoding="utf-8") as f:
        f.write(CONFIG)
    base = {"HOME": folder, "AWS_CONFIG_FILE": folder + "/config"}
    variables = [("AWS_DEFAULT_REGION", "us-west-2"), ("AWS_ENDPOINT_URL", "http://all"), ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://logs"),
                 ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"), ("AWS_USE_FIPS_ENDPOINT", "false"), ("AWS_CA_BUNDLE", "/other"), ("AWS_MAX_ATTEMPTS", "4")]
    cases = [(base | dict(some), profile, service) for some in [(), *[(v,) for v in variables], *itertools.combinations(variables, 2)]
             for profile in (None, "s", "n") for service in ("cloudwatch", "logs", "resourcegroupstaggingapi", "sns")]
    cases += [(base | {f"AWS_ENDPOINT_URL_{row['id']}": "http://own"}, None, name) for name, row in services.items()]
    with test(f"settings-as-botocore-reads-them-{len(cases)}"):
        answers = ask({"do": "settings", "env": e, "profile": p or "", "service": s} for e, p, s in cases)
        for case, got in zip(cases, answers):
            want = botocore_settings(*case)
            equal({k: got.get(k) for k in want}, want, case)
    with test("regions-that-are-given"):
        for env, region, want in (({"AWS_REGION": "eu-west-3"}, "", "eu-west-3"), ({"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "us-east-1"}, "", "eu-west-3"),
                                  ({"AWS_REGION": "eu-west-3"}, "eu-north-1", "eu-north-1")):
            equal(ask([{"do": "settings", "env": base | env, "region": region, "service": "sns"}])[0]["region"], want, env)
        for region in ("EU-WEST-1", "eu-west-1.evil.example", "-", "a/b", "x" * 41):
            equal(ask([{"do": "settings", "env": base, "region": region, "service": "sns"}])[0].get("kind"), "no-region", region)
    with test("files-that-are-wrong"):
        with open(os.path.join(folder, "config"), "w", encoding="utf-8") as f:
            f.write("[default]\naws_secret_access_key SECRET\n")
        got = ask([{"do": "settings", "env": base, "service": "sns"}])[0]
        check(got["kind"] == "no-credentials" and "config:2: " in got["message"] and "SECRET" not in got["message"], got)


# ---- errors

def errors(loader, services):
    """The errors that botocore's parsers find in the same answers."""
    from botocore.awsrequest import HeadersDict
    from botocore.model import ServiceModel
    from botocore.parsers import create_parser
    xml = "<ErrorResponse xmlns='x'><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no &lt;role&gt;</Message></Error><RequestId>R</RequestId></ErrorResponse>"
    bodies = [({}, '{"__type": "com.amazonaws#ValidationException", "message": "m"}'), ({}, '{"__type": "Throttling:http://x/y", "Message": "big"}'),
              ({"x-amzn-errortype": "ResourceNotFoundException:http://internal"}, '{"message": "gone"}'),
              ({"x-amzn-errortype": "ns#Denied"}, '{"code": "Other", "Message": "m"}'), ({}, '{"code": "ThrottlingException", "message": "m"}'),
              ({"x-amzn-query-error": "LimitExceeded;Sender"}, '{"__type": "ns#LimitExceededFault", "message": "m"}')]
    documents = [({}, xml), ({}, xml.replace("ErrorResponse", "Response").replace("<Error>", "<Errors><Error>").replace("</Error>", "</Error></Errors>")),
                 ({"x-amz-request-id": "H"}, "<?xml version='1.0'?><Error><Code>NoSuchBucket</Code><Message>none</Message><RequestId>H</RequestId></Error>")]
    forms = {"query": documents[:1], "ec2": documents[1:2], "rest-xml": [documents[0], documents[2]], "json": [*bodies[:2], *bodies[5:]], "rest-json": bodies[:5]}
    cases = []
    for name, row in services.items():
        protocol = PROTOCOLS[row["protocol"]][0]
        for headers, body in forms[protocol]:
            if "x-amzn-query-error" not in headers or row["query_errors"]:
                cases.append((name, protocol, headers, body))
    with test(f"errors-as-botocore-reads-them-{len(cases)}"):
        answers = ask({"do": "error", "service": n, "operation": "X", "status": 400, "headers": list(h.items()), "body": b} for n, _, h, b in cases)
        for (name, protocol, headers, body), got in zip(cases, answers):
            model = ServiceModel(loader.load_service_model(name, "service-2"))
            shape = model.operation_model(model.operation_names[0]).output_shape
            want = create_parser(protocol).parse({"status_code": 400, "headers": HeadersDict(headers), "body": body.encode()}, shape)
            equal((got["code"], got["message"]), (want["Error"]["Code"], want["Error"]["Message"]), (name, headers, body))
            if protocol in ("query", "ec2", "rest-xml"):
                equal(got["request_id"], want["ResponseMetadata"]["RequestId"], (name, body))
    from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker
    throttles = set(ThrottledRetryableChecker._THROTTLED_ERROR_CODES) - {"LimitExceededException"}
    transients = set(TransientRetryableChecker._TRANSIENT_ERROR_CODES) - throttles
    with test(f"codes-that-are-tried-again-{len(throttles) + len(transients)}"):
        for codes, retry in ((throttles, 2), (transients, 1)):
            for code, got in zip(sorted(codes), ask({"do": "error", "service": "rds", "operation": "X", "status": 400, "body":
                                                     f"<ErrorResponse><Error><Code>{c}</Code></Error></ErrorResponse>"} for c in sorted(codes))):
                equal((got["code"], got["retry"]), (code, retry), code)


def without_curl(folder):
    """`make LIVE=0`: what is in the place of libcurl's callers has all their functions, and needs no header of it."""
    def functions(*names, flags=()):
        ret = set()
        for name in names:
            made = os.path.join(folder, name + ".o")
            subprocess.run([os.environ.get("CC", "cc").split()[0], "-std=c11", "-D_POSIX_C_SOURCE=200809L", '-DOPSC_VERSION="0"', *flags, "-I",
                            os.path.join(ROOT, "compiler"), "-c", os.path.join(ROOT, "compiler", "net", name + ".c"), "-o", made], check=True)
            lines = subprocess.run(["nm", "-g", made], check=True, capture_output=True, text=True).stdout.splitlines()
            ret |= {line.split()[-1] for line in lines if " T " in line}
        return ret
    with test("without-libcurl-no-function-is-missing"):
        nothing = os.path.join(folder, "curl")
        os.mkdir(nothing)
        with open(os.path.join(nothing, "curl.h"), "w", encoding="utf-8") as f:
            f.write('#error "a header of libcurl"\n')
        real = functions("http", "http_many", flags=["-DOPSC_LIVE=1"])
        equal(functions("without_curl", "http_words", flags=["-DOPSC_LIVE=0", "-I", folder]) - functions("http_words", flags=["-DOPSC_LIVE=0"]), real,
              "functions")


def hostile_answers():
    """Any bytes are an answer: one line of text comes out, and no entity grows."""
    chance = random.Random(3)
    bodies = ["", "{", "[" * 5000, '{"message": ' + "[" * 900 + "]" * 900 + ', "__type": "X"}', "<a>" * 100, "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
              '{"__type": 1, "message": {}}', '{"__type": "A\\nB", "message": "a\\r\\nb\\u0000c"}', "<html><body>502 Bad Gateway</body></html>"]
    bodies += ["".join(chance.choices(string.printable, k=50)) for _ in range(50)]
    with test(f"answers-that-are-not-AWS's-{len(bodies)}"):
        for service in ("sns", "logs", "s3"):
            for body, got in zip(bodies, ask({"do": "error", "service": service, "operation": "X", "status": 500, "headers": [["Content-Type", "a\tb"]],
                                              "body": b} for b in bodies)):
                check(got["kind"] in ("strange", "server", "invalid") and got["message"].isprintable(), service, repr(body), got)


if not os.access(TOOL, os.X_OK):
    say("FAIL" if os.environ.get("OPSC_REQUIRE") else "skip", "aws", f"{TOOL} is not built (make tools)")
else:
    vectors()
    try:
        from botocore.loaders import Loader
    except ImportError:
        say("skip-missing", "beside-botocore", "there is no botocore")
    else:
        LOADER, (SERVICES,) = Loader(), ask([{"do": "services"}])
        table(LOADER, SERVICES)
        endpoints(LOADER, SERVICES)
        errors(LOADER, SERVICES)
        with tempfile.TemporaryDirectory() as FOLDER:
            files(FOLDER)
            settings(FOLDER, SERVICES)
    hostile_answers()
    with tempfile.TemporaryDirectory() as FOLDER:
        without_curl(FOLDER)
sys.exit(state.failed)
