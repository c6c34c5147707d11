# SPDX-License-Identifier: MIT
"""A request to AWS held against AWS's own models of its services, which botocore has.

From what is on the wire back to the operation and its parameters; then botocore's validator of parameters, what that leaves
out (patterns, enums, most), and botocore's own request for the same parameters, which has to be the same.
"""
import base64
import binascii
import functools
import json
import re
import urllib.parse
from xml.etree import ElementTree

import model_values
from model_values import Reader

# Of services that sign with another name than botocore's.
SIGNED_AS = {"awsssoportal": "sso", "elasticfilesystem": "efs", "elasticloadbalancing": "elbv2", "monitoring": "cloudwatch", "states": "stepfunctions",
             "sso-oauth": "sso-oidc", "tagging": "resourcegroupstaggingapi"}
NOT_SIGNED = ("sts", "sso", "sso-oidc", "signin")
# Headers of signing and of the protocols, which are in no model of an operation.
COMMON = {"x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "x-amz-target", "x-amzn-query-mode", "x-amz-user-agent",
          "x-amz-sdk-checksum-algorithm"}


class Wrong(Exception):
    """Nothing more can be said of a request."""


class Wire:
    """`target` is path and query as they were sent; `headers` a dict, names in lower case."""

    def __init__(self, method, target, headers, body):
        self.method, self.headers, self.body = method, headers, body
        self.path, _, self.query = target.partition("?")

    @property
    def target(self):
        return self.headers.get("x-amz-target")

    @property
    def scope(self):
        """(region, signing name), or None of what is not signed."""
        found = re.search(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request", self.headers.get("authorization", ""))
        return found.groups() if found else None


@functools.lru_cache(maxsize=None)
def session():
    import botocore.session
    return botocore.session.get_session()


@functools.lru_cache(maxsize=None)
def service_of(name):
    from botocore.exceptions import UnknownServiceError
    try:
        return session().get_service_model(name)
    except UnknownServiceError as e:
        raise Wrong(f"no service of botocore's signs as {name}") from e


def pairs(text, what):
    """Of a form or a query; each once."""
    if re.search(r"&&|^&|&$|%(?![0-9A-Fa-f]{2})|[^!-~]", text):
        raise Wrong(f"{what} is no form: {text}")
    try:
        found = urllib.parse.parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError as e:
        raise Wrong(f"{what} is no form: {e}") from e
    twice = {name for name, _ in found if [n for n, _ in found].count(name) > 1}
    if twice and what == "the body":
        raise Wrong(f"{what} has these twice: {', '.join(sorted(twice))}")
    return found


# ---- which operation

@functools.lru_cache(maxsize=None)
def routes(service):
    """(how exact, method, pattern of the path, pairs of the query, keys and headers that it needs, name), the most exact first."""
    found = []
    for name in service.operation_names:
        operation = service.operation_model(name)
        path, _, query = operation.http["requestUri"].partition("?")
        pattern = re.sub(r"\\{(\w+)(\\\+)?\\}", lambda m: f"(?P<{m[1]}>.+)" if m[2] else f"(?P<{m[1]}>[^/]+)", re.escape(path))
        needs = needed(operation)
        exact = (len(query.split("&")) if query else 0, len(re.sub(r"\{.*?\}", "", path)), len(needs), not operation.deprecated)
        found.append((exact, operation.http["method"], re.compile(pattern), urllib.parse.parse_qsl(query, True), needs, name))
    return sorted(found, key=lambda r: r[0], reverse=True)


def needed(operation):
    """Keys of the query and headers without which it is another operation."""
    shape = operation.input_shape
    members = [(m.serialization.get("name", n), m.serialization.get("location"))
               for n, m in (shape.members.items() if shape is not None else ()) if n in shape.required_members]
    return {name.lower() for name, location in members if location in ("querystring", "header")}


def find_route(service, wire):
    have, less = urllib.parse.parse_qsl(wire.query, keep_blank_values=True), None
    given = {k.lower() for k, _ in have} | set(wire.headers)
    for _, method, pattern, query, needs, name in routes(service):
        match = pattern.fullmatch(wire.path)
        if method == wire.method and match and all(pair in have for pair in query):
            found = name, {k: urllib.parse.unquote(v) for k, v in match.groupdict().items()}
            if needs <= given:
                return found
            less = less or found
    if less:
        return less
    raise Wrong(f"{service.service_name} has no operation at {wire.method} {wire.path}?{wire.query}")


def find_rpc(service, wire):
    """(name, protocol) of what is called by its name."""
    metadata = service.metadata
    if (wire.method, wire.path, wire.query) != ("POST", "/", ""):
        raise Wrong(f"{service.service_name} is asked by POST of /, not {wire.method} of {wire.path}?{wire.query}")
    if wire.target is not None:
        prefix, _, name = wire.target.partition(".")
        if prefix != metadata.get("targetPrefix"):
            raise Wrong(f"the target of {service.service_name} is {metadata.get('targetPrefix')}, not {prefix}")
        return name, "json"
    form = dict(pairs(wire.body.decode("utf-8", "replace"), "the body"))
    if form.get("Version") != metadata["apiVersion"]:
        raise Wrong(f"the version of {service.service_name} is {metadata['apiVersion']}, not {form.get('Version')}")
    return form.get("Action", ""), "ec2" if metadata["protocol"] == "ec2" else "query"


def find(wire):
    """(operation, protocol, labels of the path)."""
    names = [SIGNED_AS.get(wire.scope[1], wire.scope[1])] if wire.scope else NOT_SIGNED
    why = None
    for name in names:
        service, labels = service_of(name), {}
        protocols = service.metadata.get("protocols") or [service.metadata["protocol"]]
        try:
            if service.metadata["protocol"].startswith("rest-"):
                protocol = service.metadata["protocol"]
                name, labels = find_route(service, wire)
            else:
                name, protocol = find_rpc(service, wire)
        except Wrong as e:
            why = why or e
            continue
        if protocol not in protocols or name not in service.operation_names:
            raise Wrong(f"{service.service_name} has no {name!r} in {protocol}")
        return service.operation_model(name), protocol, labels
    raise why if wire.scope else Wrong("it is not signed, and is nothing that need not be")


# ---- its parameters

def read_json(wire, what):
    def once(found):
        names = [k for k, _ in found]
        if len(set(names)) != len(names):
            raise Wrong(f"{what} has a member twice: {names}")
        return dict(found)
    try:
        return json.loads(wire.body, object_pairs_hook=once)
    except ValueError as e:
        raise Wrong(f"{what} is no JSON: {e}") from e


def read_xml(body):
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError as e:
        raise Wrong(f"the body is no XML: {e}") from e


def form_parameters(wire, operation, reader):
    """Names with dots as a tree."""
    tree = {}
    for name, value in pairs(wire.body.decode("utf-8"), "the body"):
        if name in ("Action", "Version"):
            continue
        at, (*parents, last) = tree, name.split(".")
        for part in parents:
            at = at.setdefault(part, {}) if isinstance(at, dict) else at
        if not isinstance(at, dict) or last in at:
            raise Wrong(f"{name} is a value and has members")
        at[last] = value
    return reader.form(operation.input_shape, tree, "") if operation.input_shape is not None else unexpected(reader, tree)


def unexpected(reader, tree):
    for name in tree:
        reader.wrong("", f"{name} is no parameter: it takes none")
    return {}


def body_parameters(wire, protocol, shape, members, reader):
    """Of REST: what is neither in the path nor in the query nor in headers."""
    if wire.body and not members:
        reader.wrong("", "there is a body, and it takes none")
    if not wire.body or not members:
        return {}
    payload = shape.serialization.get("payload")
    of = shape.members[payload] if payload else shape
    if payload and of.type_name in ("blob", "string"):
        return {payload: wire.body if of.type_name == "blob" else wire.body.decode("utf-8")}
    if protocol == "rest-json":
        value = reader.json(of, read_json(wire, "the body"), "", set(members) if not payload else None)
    else:
        value = reader.document(of, read_xml(wire.body), members if not payload else None)
    return {payload: value} if payload else value


def rest_parameters(wire, protocol, operation, labels, reader):
    shape, params, members = operation.input_shape, {}, []
    literal = urllib.parse.parse_qsl(operation.http["requestUri"].partition("?")[2], keep_blank_values=True)
    left = [p for p in pairs(wire.query, "the query") if p not in literal]
    for name, member in (shape.members.items() if shape is not None else ()):
        key, location = member.serialization.get("name", name), member.serialization.get("location")
        if location == "uri":
            params[name] = reader.text(member, labels.pop(key), name)
        elif location == "querystring" and member.type_name == "map":
            params[name], left = dict(left), []
        elif location == "querystring":
            values, left = [v for k, v in left if k == key], [p for p in left if p[0] != key]
            reader.put_texts(params, member, name, values)
        elif location == "headers":
            params[name] = {k[len(key):]: v for k, v in wire.headers.items() if k.startswith(key.lower())}
        elif location == "header" and key.lower() in wire.headers:
            params[name] = reader.text(member, wire.headers[key.lower()], name)
        elif location is None:
            members.append(name)
    for name, _ in left:
        reader.wrong("", f"{name} is no parameter of the query")
    return {**params, **body_parameters(wire, protocol, shape, members, reader)}


def parameters(wire, protocol, operation, labels, reader):
    if protocol == "json":
        value = read_json(wire, "the body")
        return reader.json(operation.input_shape, value, "") if operation.input_shape is not None else unexpected(reader, value)
    if protocol in ("query", "ec2"):
        reader.ec2 = protocol == "ec2"
        return form_parameters(wire, operation, reader)
    return rest_parameters(wire, protocol, operation, labels, reader)


# ---- botocore's own request

def plain(element):
    """XML without what means nothing: (name, attributes, text, children)."""
    children = [plain(e) for e in element]
    return element.tag, dict(element.attrib), (element.text or "") if not children else "", children


def same_body(protocol, mine, theirs):
    theirs = theirs.encode() if isinstance(theirs, str) else theirs
    if protocol in ("query", "ec2"):
        return sorted(urllib.parse.parse_qsl(mine.decode(), keep_blank_values=True)) == sorted((k, str(v)) for k, v in theirs.items())
    if mine == theirs or (protocol == "rest-json" and not mine and theirs == b"{}"):
        return True
    if "json" in protocol:
        return json.loads(mine or b"null") == json.loads(theirs or b"null")
    return bool(mine) and bool(theirs) and plain(ElementTree.fromstring(mine)) == plain(ElementTree.fromstring(theirs))


def compare(wire, protocol, operation, params):
    """What botocore would have sent otherwise."""
    from botocore.serialize import create_serializer
    request = create_serializer(protocol, include_validation=False).serialize_to_request(params, operation)
    path, _, literal = request["url_path"].partition("?")
    query = request.get("query_string") or {}
    query = [(k, v) for k, vs in query.items() for v in (vs if isinstance(vs, list) else [vs])] + urllib.parse.parse_qsl(literal, True)
    if urllib.parse.unquote(path) != urllib.parse.unquote(wire.path):
        yield f"botocore asks {path}, not {wire.path}"
    if sorted((k, str(v)) for k, v in query) != sorted(urllib.parse.parse_qsl(wire.query, True)):
        yield f"botocore's query is {query}, not {wire.query}"
    for name, value in request["headers"].items():
        have = wire.headers.get(name.lower())
        if have != value and not (name.lower() == "content-type" and (have or "").split(";")[0] == value.split(";")[0]):
            yield f"botocore's {name} is {value!r}, not {have!r}"
    if not same_body(protocol, wire.body, request["body"]):
        yield f"botocore's body is {request['body']!r}, not {wire.body!r}"


# ---- the whole

def checksum_of_body(wire, operation):
    wants = operation.http_checksum_required or (operation.http_checksum or {}).get("requestChecksumRequired")
    has = [k for k in wire.headers if k == "content-md5" or k.startswith("x-amz-checksum-")]
    if wants and not has:
        yield "it needs a checksum of its body: Content-MD5, or x-amz-checksum-..."
    if "content-md5" in has:
        import hashlib
        if base64.b64encode(hashlib.md5(wire.body, usedforsecurity=False).digest()).decode() != wire.headers["content-md5"]:
            yield "Content-MD5 is not that of the body"


def of_headers(wire, operation):
    members = (operation.input_shape.members if operation.input_shape else {}).items()
    takes = {m.serialization.get("name", n).lower() for n, m in members if m.serialization.get("location") == "header"}
    begin = ["x-amz-checksum-", *(m.serialization["name"].lower() for _, m in members if m.serialization.get("location") == "headers")]
    for name in wire.headers:
        if name.startswith("x-amz") and name not in takes | COMMON and not name.startswith(tuple(begin)):
            yield f"{name} is no header of it"
    signed = operation.auth_type != "none"
    if signed != (wire.scope is not None):
        yield "it has to be signed" if signed else "it is signed, and needs not be"
    if wire.scope and signed:
        service = operation.service_model
        region = signing_region(service.service_name, wire.scope[0])
        name = service.signing_name
        if wire.scope != (region, name):
            yield f"it is signed for {wire.scope}, not ({region}, {name})"


@functools.lru_cache(maxsize=None)
def signing_region(service, region):
    """That of one host for all regions is not the region that is meant."""
    endpoint = session().get_component("endpoint_resolver").construct_endpoint(service, region) or {}
    return endpoint.get("credentialScope", {}).get("region") or region


def read(wire):
    """(service, operation, parameters) of a request of anybody's; Wrong when it is none."""
    operation, protocol, labels = find(wire)
    params = parameters(wire, protocol, operation, labels, Reader())
    return operation.service_model.service_name, operation.name, params


def check(wire):
    """(service, operation, protocol), and all that is wrong with a request."""
    try:
        operation, protocol, labels = find(wire)
    except (Wrong, UnicodeDecodeError) as e:
        return ("", "", ""), [str(e)]
    name = (operation.service_model.service_name, operation.name, protocol)
    reader = Reader()
    try:
        params = parameters(wire, protocol, operation, labels, reader)
    except (Wrong, UnicodeDecodeError, binascii.Error) as e:
        return name, [f"{operation.name}: {e}"]
    problems = [*of_headers(wire, operation), *checksum_of_body(wire, operation), *reader.problems]
    problems += model_values.check(operation.input_shape, params)
    # Only of what is right so far: a serializer takes what it is given.
    if not problems:
        problems += compare(wire, protocol, operation, params)
    return name, [f"{operation.name}: {p}" for p in problems]
