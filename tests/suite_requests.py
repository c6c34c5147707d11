#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The judge of opsc's requests (request_model.py, moto_watch.py) is judged: what botocore sends is right, of every operation of
every service that opsc knows; and what is wrong is refused, each thing alone."""
import email.message
import json
import os
import re
import sys
import urllib.parse

from terraform_support import ROOT, missing, verdict

try:
    import botocore  # noqa: F401
    import werkzeug  # noqa: F401
except ImportError as e:
    missing("requests", f"{e.name} is not there: pip install 'moto[server]'")

import aws_door
import moto_watch
import request_model
from request_model import Wire


def services():
    with open(os.path.join(ROOT, "compiler/aws/service.c"), encoding="utf-8") as f:
        return re.findall(r'^    \{"([a-z0-9-]+)", "[A-Z0-9_]+",', f.read(), re.M)


# ---- botocore's requests

def text_of(shape):
    if shape.enum or shape.serialization.get("hostLabel"):
        return shape.enum[0] if shape.enum else "abc"
    least = shape.metadata.get("min", 3)
    return ("a/ b+é" * (least // 6 + 1))[:max(least, min(3, shape.metadata.get("max", 3)))]


SCALARS = {"integer": 1, "long": 1, "float": 0.5, "double": 0.5, "boolean": True, "blob": b"x", "timestamp": "2026-01-02T03:04:05Z"}


def members(shape, depth):
    if shape.metadata.get("union"):
        # The first may hold the like of itself; the last does not.
        return list(shape.members.items())[:1] if depth < 4 else list(shape.members.items())[-1:]
    found = [(k, m) for k, m in shape.members.items() if k in shape.required_members or (depth < 3 and k != "ContentMD5")]
    # In a form, a structure without members would be none.
    return found or [(k, m) for k, m in shape.members.items() if m.type_name in SCALARS or m.type_name == "string"][:1]


def sample(shape, depth=0):
    """A value of this shape; how its text looks is not minded."""
    if shape.type_name == "structure":
        return {"a": 1} if shape.is_document_type else {k: sample(m, depth + 1) for k, m in members(shape, depth)}
    if shape.type_name == "list":
        return [sample(shape.member, depth + 1) for _ in range(max(1, shape.metadata.get("min", 1)))]
    if shape.type_name == "map":
        return {sample(shape.key, depth + 1): sample(shape.value, depth + 1)}
    if shape.type_name == "string":
        return text_of(shape)
    value = SCALARS[shape.type_name]
    return max(shape.metadata.get("min", value), value) if isinstance(value, (int, float)) else value


def signed_as(operation):
    name = operation.service_model.service_name
    region = request_model.signing_region(name, "eu-west-1")
    return f"AWS4-HMAC-SHA256 Credential=AK/20260102/{region}/{operation.service_model.signing_name}/aws4_request"


def wire_of(operation, protocol, params):
    """What botocore sends."""
    from botocore.serialize import create_serializer
    r = create_serializer(protocol, include_validation=False).serialize_to_request(params, operation)
    path, _, literal = r["url_path"].partition("?")
    query = [(k, str(v)) for k, vs in (r.get("query_string") or {}).items() for v in (vs if isinstance(vs, list) else [vs])]
    query = "&".join(q for q in [literal, urllib.parse.urlencode(query, quote_via=urllib.parse.quote)] if q)
    body = urllib.parse.urlencode(r["body"]) if isinstance(r["body"], dict) else r["body"]
    headers = {k.lower(): str(v) for k, v in r["headers"].items()}
    if operation.auth_type != "none":
        headers["authorization"] = signed_as(operation)
    if operation.http_checksum_required or (operation.http_checksum or {}).get("requestChecksumRequired"):
        headers["x-amz-checksum-crc32"] = "AAAAAA=="
    return Wire(r["method"], urllib.parse.quote(path, safe="/~%") + ("?" + query if query else ""), headers,
                body.encode() if isinstance(body, str) else body)


def with_unknown(wire, protocol):
    """The same with a parameter that there is not."""
    body, target = wire.body, wire.path + ("?" + wire.query if wire.query else "")
    if protocol in ("query", "ec2"):
        body += b"&Unknown=1"
    elif protocol == "json":
        body = json.dumps({**json.loads(body), "Unknown": 1}).encode()
    else:
        target += ("&" if wire.query else "?") + "unknown=1"
    return Wire(wire.method, target, wire.headers, body)


def check_all():
    """Every operation: botocore's request, and the same with an unknown parameter."""
    refused, accepted, tried = [], [], 0
    for name in services():
        service = request_model.service_of(name)
        for operation_name in service.operation_names:
            operation = service.operation_model(operation_name)
            # The older of two with one request, and one that only another host has.
            if operation.deprecated or operation_name == "ListDirectoryBuckets":
                continue
            for protocol in {*(service.metadata.get("protocols") or [service.metadata["protocol"]])} - {"smithy-rpc-v2-cbor"}:
                tried += 1
                wire = wire_of(operation, protocol, sample(operation.input_shape) if operation.input_shape is not None else {})
                who, wrong = request_model.check(wire)
                wrong = [w for w in wrong if "is not of the form" not in w]
                if who != (name, operation_name, protocol) or wrong:
                    refused.append(f"{name}.{operation_name} in {protocol}: {who} {wrong[:3]}")
                free = any(m.type_name == "map" and m.serialization.get("location") == "querystring"
                           for m in (operation.input_shape.members.values() if operation.input_shape is not None else ()))
                wrong = request_model.check(with_unknown(wire, protocol))[1]
                if not free and not any("nknown" in w for w in wrong):
                    accepted.append(f"{name}.{operation_name} in {protocol}")
    print(f"    {tried} operations")
    verdict("requests-of-botocore", refused if refused or tried > 2000 else [f"only {tried} operations"])
    verdict("requests-with-unknown", accepted)


# ---- wrong requests

SCOPE = "AWS4-HMAC-SHA256 Credential=AK/20260102/eu-west-1/{}/aws4_request, SignedHeaders=host, Signature=0"
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
XML_NS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


def alarms(body, target="DescribeAlarms", **headers):
    return Wire("POST", "/", {"authorization": SCOPE.format("monitoring"), "content-type": "application/x-amz-json-1.0",
                              "x-amzn-query-mode": "true", "x-amz-target": f"GraniteServiceVersion20100801.{target}", **headers},
                body.encode())


def form(service, body, path="/", method="POST"):
    return Wire(method, path, {"authorization": SCOPE.format(service), **FORM}, body.encode())


def rest(service, method, target, body="", **headers):
    return Wire(method, target, {"authorization": SCOPE.format(service), **{k.replace("_", "-"): v for k, v in headers.items()}},
                body.encode())


SNS, EC2, RDS = "&Version=2010-03-31", "&Version=2016-11-15", "&Version=2014-10-31"
PUT = '{"AlarmName":"a","EvaluationPeriods":1,"ComparisonOperator":"GreaterThanThreshold"%s}'
WRONG = [
    # JSON
    (alarms('{"MaxRecords":101}'), "101 is more than 100"),
    (alarms('{"MaxRecords":0}'), "valid min value: 1"),
    (alarms('{"MaxRecords":"5"}'), "Invalid type for parameter MaxRecords"),
    (alarms('{"MaxRecords":true}'), "True is no integer"),
    (alarms('{"MaxRecords":1.5}'), "Invalid type for parameter MaxRecords"),
    (alarms('{"MaxRecords":null}'), "null"),
    (alarms('{"MaxRecords":1,"MaxRecords":2}'), "twice"),
    (alarms('{"maxRecords":1}'), "maxRecords is no parameter"),
    (alarms('{"AlarmTypes":["metric"]}'), "'metric' is none of"),
    (alarms('{"AlarmTypes":"MetricAlarm"}'), "Invalid type for parameter AlarmTypes"),
    (alarms('{"AlarmNames":[""]}'), "valid min length: 1"),
    (alarms('{"AlarmNames":[%s]}' % ",".join(['"a"'] * 101)), "101 is more than 100"),
    (alarms('{"AlarmNames":["%s"]}' % ("a" * 256)), "256 is more than 255"),
    (alarms('[]'), "Invalid type for parameter"),
    (alarms('{'), "no JSON"),
    (alarms("{}", "DeleteAlarms"), 'Missing required parameter in input: "AlarmNames"'),
    (alarms(PUT % ',"Namespace":":"', "PutMetricAlarm"), "is not of the form"),
    (alarms(PUT % ',"Metrics":[{"Expression":"1"}]', "PutMetricAlarm"), 'Missing required parameter in Metrics[0]: "Id"'),
    (alarms(PUT % ',"Metrics":[{"Id":"a","Label2":"x"}]', "PutMetricAlarm"), "Label2 is no parameter"),
    (alarms("{}", "DescribeAlarm"), "has no 'DescribeAlarm'"),
    (alarms("{}", **{"x-amz-target": "Granite.DescribeAlarms"}), "the target of cloudwatch"),
    (alarms("{}", **{"content-type": "application/x-amz-json-1.1"}), "botocore's Content-Type"),
    (alarms("{}", **{"x-amzn-query-mode": "false"}), "botocore's x-amzn-query-mode"),
    (alarms("{}", **{"x-amz-other": "1"}), "x-amz-other is no header"),
    (alarms("{}", authorization=SCOPE.format("cloudwatch")), "signed for ('eu-west-1', 'cloudwatch')"),
    (alarms("{}", authorization=""), "it is not signed"),
    # Forms
    (form("sns", "Action=ListTopics&Version=2010-03-30"), "the version of sns is 2010-03-31"),
    (form("sns", "Action=ListTopic" + SNS), "has no 'ListTopic'"),
    (form("sns", "Action=ListTopics&Next=1" + SNS), "Next is no parameter"),
    (form("sns", "Action=GetTopicAttributes" + SNS), 'Missing required parameter in input: "TopicArn"'),
    (form("sns", "Action=GetTopicAttributes&TopicArn=a&TopicArn=b" + SNS), "these twice: TopicArn"),
    (form("sns", "Action=GetTopicAttributes&TopicArn.a=a" + SNS), "it has members, and is string"),
    (form("sns", "Action=GetTopicAttributes&TopicArn=a%zz" + SNS), "no form"),
    (form("sns", "Action=GetTopicAttributes&TopicArn=a b" + SNS), "no form"),
    (form("sns", "Action=ListTopics" + SNS, method="GET"), "is asked by POST of /"),
    (form("sns", "Action=ListTopics" + SNS, path="/?a=b"), "is asked by POST of /"),
    (form("sns", "Action=TagResource&ResourceArn=a&Tags.member.2.Key=k&Tags.member.2.Value=v" + SNS), "its numbers are not"),
    (form("sns", "Action=TagResource&ResourceArn=a&Tags.1.Key=k&Tags.1.Value=v" + SNS), "member is not what is between"),
    (form("sns", "Action=TagResource&ResourceArn=a&Tags.member.1.Key=k" + SNS), 'Missing required parameter in Tags[0]: "Value"'),
    (form("iam", "Action=ListRoles&MaxItems=1001&Version=2010-05-08"), "1001 is more than 1000"),
    (form("iam", "Action=ListRoles&MaxItems=all&Version=2010-05-08"), "'all' is no integer"),
    (form("iam", "Action=ListRoles&Version=2010-05-08"), "signed for ('eu-west-1', 'iam'), not (us-east-1, iam)"),
    (form("rds", "Action=DescribeDBInstances&Filters.member.1.Name=a&Filters.member.1.Values.Value.1=b" + RDS),
     "Filter is not what is between"),
    (form("ec2", "Action=DescribeInstances&Filter.1.Name=a&Filter.1.Values.1=b" + EC2), "Values is no parameter"),
    (form("ec2", "Action=DescribeInstances&MaxResults=true" + EC2), "'true' is no integer"),
    (form("ec2", "Action=DescribeInstances&DryRun=1" + EC2), "'1' is no boolean"),
    # REST
    (rest("lambda", "GET", "/2015-03-31/functions?MaxItems=10001"), "10001 is more than 10000"),
    (rest("lambda", "GET", "/2015-03-31/functions?maxItems=5"), "maxItems is no parameter of the query"),
    (rest("lambda", "GET", "/2015-03-31/functions?MaxItems=5&MaxItems=6"), "it is there twice"),
    (rest("lambda", "GET", "/2015-03-31/function/"), "has no operation at GET"),
    (rest("lambda", "PUT", "/2015-03-31/functions"), "has no operation at PUT"),
    (rest("lambda", "GET", "/2015-03-31/functions/a%20b/policy"), "is not of the form"),
    (rest("lambda", "GET", "/2015-03-31/functions/a/policy", "{}"), "there is a body, and it takes none"),
    (rest("scheduler", "GET", "/schedules?State=on"), "'on' is none of"),
    (rest("backup", "GET", "/backup/plans/?maxResults=many"), "'many' is no integer"),
    (rest("synthetics", "POST", "/canaries", '{"MaxResults":21}'), "21 is more than 20"),
    (rest("synthetics", "POST", "/canaries", '{"Max":1}'), "Max is no parameter"),
    (rest("s3", "GET", "/bucket?lifecycles"), "lifecycles is no parameter of the query"),
    (rest("s3", "PUT", "/bucket?versioning", f"<VersioningConfiguration {XML_NS}><Status>Enabled</Status></VersioningConfiguration>"),
     "needs a checksum"),
    *[(rest("s3", "PUT", "/bucket?versioning", body, x_amz_checksum_crc32="AAAAAA=="), why) for body, why in (
        (f"<VersioningConfiguration {XML_NS}><Status>On</Status></VersioningConfiguration>", "'On' is none of"),
        (f"<VersioningConfiguration {XML_NS}><State>Enabled</State></VersioningConfiguration>", "State is no parameter"),
        (f"<Versioning {XML_NS}><Status>Enabled</Status></Versioning>", "its element is"),
        ("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", "its element is"),
        (f"<VersioningConfiguration {XML_NS}><Status>Enabled", "no XML"))],
    (rest("s3", "PUT", "/bucket?policy", "{}", content_md5="AAAA"), "Content-MD5 is not that of the body"),
    (rest("nosuch", "GET", "/"), "no service of botocore's"),
]
RIGHT = [
    alarms('{"MaxRecords":100,"AlarmTypes":["MetricAlarm","CompositeAlarm"]}'),
    form("sns", "Action=TagResource&ResourceArn=a&Tags.member.1.Key=k&Tags.member.1.Value=v" + SNS),
    form("ec2", "Action=DescribeInstances&Filter.1.Name=a&Filter.1.Value.1=b" + EC2),
    rest("lambda", "GET", "/2015-03-31/functions/a%3Ab/policy"),
    rest("s3", "GET", "/bucket?lifecycle="),
    Wire("POST", "/", FORM, b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fdeploy"
                            b"&RoleSessionName=opsc&WebIdentityToken=abcd"),
]


def check_wrong():
    problems = []
    for wire, why in WRONG:
        wrong = request_model.check(wire)[1]
        if not any(why in w for w in wrong):
            problems.append(f"{wire.method} {wire.path} {wire.body[:80]}: not {why!r} but {wrong}")
    verdict("requests-wrong", problems)
    verdict("requests-right", [w for wire in RIGHT for w in request_model.check(wire)[1]])


# ---- signatures

def signed(change=None, secret=moto_watch.SECRET):
    """A request that botocore signs, and what is changed afterwards."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    wire = alarms('{"MaxRecords":100}')
    request = AWSRequest("POST", "http://host:1/", data=wire.body, headers={k: v for k, v in wire.headers.items() if k != "authorization"})
    SigV4Auth(Credentials("AKIDEXAMPLE", secret), "monitoring", "eu-west-1").add_auth(request)
    headers = email.message.Message()
    for name, value in [("Host", "host:1"), ("User-Agent", "opsc/1"), *request.headers.items()]:
        headers[name] = value
    got = aws_door.Request("POST", "/", headers, wire.body)
    if change:
        change(got)
    return moto_watch.check(got)[1]


def replace(name, old, new):
    def do(request):
        text = request.headers[name].replace(old, new)
        del request.headers[name]
        request.headers[name] = text
    return do


def check_signatures():
    verdict("signature-right", signed())
    wrong = [("another body", lambda r: setattr(r, "body", b'{"MaxRecords":99}')), ("another host", replace("Host", "1", "2")),
             ("another content type", replace("content-type", "1.0", "1.0; charset=utf-8")),
             ("another day", replace("Authorization", request_day(), "20250101")),
             ("a header that is not signed", lambda r: r.headers.add_header("X-Amz-Security-Token", "x"))]
    unseen = [what for what, change in wrong if not any("signature" in w or "signed" in w for w in signed(change))]
    verdict("signature-wrong", [f"{what} is not seen" for what in unseen])
    verdict("signature-of-another-secret", [] if any("is not botocore's" in w for w in signed(secret="other")) else ["it is not seen"])


def request_day():
    import datetime
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%d")


def main():
    check_all()
    check_wrong()
    check_signatures()


if __name__ == "__main__":
    sys.exit(main())
