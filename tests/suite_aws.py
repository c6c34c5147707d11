#!/usr/bin/env python3
"""compiler/aws beside botocore, which is the independent opinion: signatures, hosts, and what the tables of services say."""
import json
import os
import subprocess
import sys

from report import check, equal, say, state, test

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.dirname(os.environ.get("OPSC", os.path.join(ROOT, "build", "asan", "opsc")))
TOOL = os.path.join(BUILD, "tests", "aws_tool")
VECTORS = os.path.join(os.environ.get("OPSC_SHARED", "/nonexistent"), "conformance", "sigv4")
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
        say("skip", "signatures-of-the-test-suite", "OPSC_SHARED has no conformance/sigv4")
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
            equal(row["version"], model["apiVersion"] if protocol in ("query", "ec2") else "", name)


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
sys.exit(state.failed)
