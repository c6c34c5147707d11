#!/usr/bin/env python3
"""Where credentials come from: each source, and which one wins, as botocore finds them with the same files, variables and servers."""
import base64
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse
from unittest import mock

from report import check, equal, fault, say, state, test

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.dirname(os.environ.get("OPSC", os.path.join(ROOT, "build", "asan", "opsc")))
TOOL = os.path.join(BUILD, "tests", "aws_tool")
HOME = tempfile.TemporaryDirectory()
os.environ["HOME"] = HOME.name  # botocore looks where ~ is when it is loaded
LATER = "2999-01-01T00:00:00Z"
CODE = "271828"
SECRETS = ["GITHUBTOKEN", "LOGINREFRESH", "BEGIN", "SSOTOKEN", "IMDSTOKEN", "CSECRET", "S-BASE", "S-ENV", CODE]

try:
    import botocore.session
    from botocore.exceptions import BotoCoreError, ClientError
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature, encode_dss_signature
except ImportError as missing:
    say("skip-missing", "aws-credentials", f"there is nothing to compare with: {missing}")
    sys.exit(0)

from aws_door import Door, Reply  # noqa: E402


def put(name, text, mode=0o600):
    path = os.path.join(HOME.name, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


def xml(operation, access, secret, token, expires=LATER):
    return (f'<{operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{operation}Result><Credentials><AccessKeyId>{access}'
            f"</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken><Expiration>{expires}</Expiration>"
            f"</Credentials></{operation}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{operation}Response>")


# ---- the key of a sign-in, and what botocore wants of a library that is not here

class Key:
    def __init__(self, key):
        self.key = key

    @classmethod
    def new_key_from_der_data(cls, der):
        return cls(serialization.load_der_private_key(der, None))

    def get_public_coords(self):
        numbers = self.key.public_key().public_numbers()
        return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")

    def sign(self, digest):
        return self.key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))

    @staticmethod
    def decode_der_signature_to_padded_pair(signature, pad_to):
        return b"".join(n.to_bytes(pad_to, "big") for n in decode_dss_signature(signature))


def new_key(curve, form="TraditionalOpenSSL"):
    return ec.generate_private_key(curve).private_bytes(serialization.Encoding.PEM, getattr(serialization.PrivateFormat, form),
                                                        serialization.NoEncryption()).decode()


def proved(request):
    """The proof is of the key that it names, for this request, and of now."""
    def part(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    head, claims, signature = request.headers["DPoP"].split(".")
    header, said = json.loads(part(head)), json.loads(part(claims))
    x, y, r, s = (int.from_bytes(b, "big") for b in (part(header["jwk"]["x"]), part(header["jwk"]["y"]), part(signature)[:32], part(signature)[32:]))
    key = serialization.load_pem_private_key(PEM.encode(), None).public_key()
    check((x, y) == (key.public_numbers().x, key.public_numbers().y) and header["jwk"]["crv"] == "P-256", header)
    check(header["typ"] == "dpop+jwt" and header["alg"] == "ES256" and said["htm"] == "POST" and abs(said["iat"] - time.time()) < 60, header, said)
    equal(said["htu"], f"http://{request.headers['Host']}/v1/token", "address")
    check(said["jti"] not in PROOFS, "an id is used twice")
    PROOFS.append(said["jti"])
    key.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


PROOFS = []
PEM = new_key(ec.SECP256R1())
botocore.credentials.EC = Key


def keys(access, token="Token", expires=LATER):
    return json.dumps({"AccessKeyId": access, "SecretAccessKey": "S-" + access, token: "T-" + access, "Expiration": expires})


def world(request, _):
    """Everything that is asked for credentials: STS, SSO, a container, an instance."""
    path, form = request.url.path, request.form
    if form.get("Action") == "AssumeRole":
        # What it was asked is part of what it gives, so that it is compared too.
        name = "-".join([request.access_key, form["RoleArn"][-1], form.get("ExternalId", ""), form.get("DurationSeconds", ""),
                         form["RoleSessionName"] if "fixed" in form["RoleSessionName"] else "", form.get("SerialNumber", ""),
                         form.get("TokenCode", "")])
        return Reply(body=xml("AssumeRole", "ROLE" + name, "S-" + name, "T-" + name), headers={"Content-Type": "text/xml"})
    if form.get("Action") == "AssumeRoleWithWebIdentity":
        check("Authorization" not in request.headers, "it is signed")
        name = form["RoleArn"][-1] + form["WebIdentityToken"]
        return Reply(body=xml("AssumeRoleWithWebIdentity", "WEB" + name, "S-" + name, "T-" + name), headers={"Content-Type": "text/xml"})
    if path == "/federation/credentials":
        query = dict(urllib.parse.parse_qsl(request.url.query))
        name = "-".join([query["account_id"], query["role_name"], request.headers["x-amz-sso_bearer_token"]])
        return Reply(body=json.dumps({"roleCredentials": {"accessKeyId": "SSO" + name, "secretAccessKey": "S-" + name, "sessionToken": "T-" + name,
                                                          "expiration": 32472144000000}}), headers={"Content-Type": "application/json"})
    if path == "/token":
        asked = json.loads(request.body)
        check(asked["grantType"] == "refresh_token" and asked["clientId"] == "CID" and asked["clientSecret"] == "CSECRET", asked)
        return Reply(body=json.dumps({"accessToken": "FRESH-" + asked["refreshToken"], "refreshToken": "NEXT", "expiresIn": 28800,
                                      "tokenType": "Bearer"}), headers={"Content-Type": "application/json"})
    if path == "/github":
        query = dict(urllib.parse.parse_qsl(request.url.query))
        if request.headers["Authorization"] != "Bearer GITHUBTOKEN":
            return Reply(401, "no GITHUBTOKEN")
        return Reply(body=json.dumps({"count": 1, "value": f"ID-{query.get('api-version', '')}-{query['audience']}"}))
    if path == "/v1/token":
        asked = json.loads(request.body)
        proved(request)
        check(asked == {"clientId": "arn:aws:signin:::devtools/same-device", "refreshToken": "LOGINREFRESH", "grantType": "refresh_token"}, asked)
        return Reply(body=json.dumps({"accessToken": {"accessKeyId": "RENEWED", "secretAccessKey": "S-RENEWED", "sessionToken": "T-RENEWED"},
                                      "refreshToken": "NEXT", "expiresIn": 900, "tokenType": "aws_sigv4"}), headers={"Content-Type": "application/json"})
    if path == "/container":
        return Reply(body=keys("CONTAINER-" + request.headers.get("Authorization", "")), headers={"Content-Type": "application/json"})
    if path == "/latest/api/token":
        check(request.method == "PUT" and request.headers["X-aws-ec2-metadata-token-ttl-seconds"] == "21600", "token of the instance")
        return Reply(body="IMDSTOKEN")
    if path.startswith("/latest/meta-data/iam/security-credentials/"):
        if request.headers.get("X-aws-ec2-metadata-token") != "IMDSTOKEN":
            return Reply(401, b"")
        return Reply(body="the-role" if path.endswith("/") else keys("INSTANCE-" + path.rpartition("/")[2]))
    return Reply(404, b"")


def opsc_says(env, profile, **more):
    question = {"do": "credentials", "env": env, "profile": profile or "", **more}
    done = subprocess.run([TOOL], input=json.dumps(question) + "\n", capture_output=True, text=True, check=False, timeout=60, env={**os.environ, **env})
    check(done.returncode == 0, done.stderr[-2000:])
    got = json.loads(done.stdout)
    told = done.stderr + got.get("message", "")
    check(not any(secret in told for secret in SECRETS + [got.get("secret"), got.get("session")] if secret), "a secret is told", told)
    return {**got, "told": done.stderr}


def botocore_says(env, profile):
    with mock.patch.dict(os.environ, {**env, "PATH": os.environ["PATH"]}, clear=True):
        try:
            found = botocore.session.Session(profile=profile or None).get_credentials()
            if found is None:
                return None
            frozen = found.get_frozen_credentials()
        except (BotoCoreError, ClientError, ValueError) as e:
            return e
    return {"access": frozen.access_key, "secret": frozen.secret_key, "session": frozen.token or ""}


class Case:
    """The files and variables of one question. What is told of a source is added to them."""

    def __init__(self, url):
        for name in (".aws/config", ".aws/credentials"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(os.path.join(HOME.name, name))
        self.url, self.config, self.shared, self.profile, self.later = url, {}, {}, None, {}
        self.env = {"HOME": HOME.name, "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true",
                    "AWS_MAX_ATTEMPTS": "1", **{f"AWS_ENDPOINT_URL_{s}": url for s in ("STS", "SSO", "SSO_OIDC", "SIGNIN")}}

    def section(self, name="default", **entries):
        self.config.setdefault(name, {}).update(entries)
        return self

    def file(self, name="default", **entries):
        self.shared.setdefault(name, {}).update(entries)
        return self

    def write(self):
        for path, sections in ((".aws/config", self.config), (".aws/credentials", self.shared)):
            if sections:
                put(path, "".join(f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in entries.items()) for name, entries in sections.items()))

    def compare(self):
        self.write()
        wanted = botocore_says(self.env, self.profile)
        self.write()
        got = opsc_says(self.env, self.profile)
        if isinstance(wanted, Exception) or wanted is None:
            check(got.get("kind") == "no-credentials", f"botocore: {wanted!r}; opsc: {got}")
        else:
            equal({k: got.get(k) for k in wanted}, wanted, f"{got}: what botocore finds")
        return got


# ---- a source each

def environment(case):
    case.env.update(AWS_ACCESS_KEY_ID="ENV", AWS_SECRET_ACCESS_KEY="S-ENV", AWS_SESSION_TOKEN="T-ENV")


def role(case):
    case.section(role_arn="arn:aws:iam::1:role/A", source_profile="base", external_id="x y/z+", duration_seconds="900", role_session_name="fixed")
    case.section("profile base", aws_access_key_id="BASE", aws_secret_access_key="S-BASE")


def web_identity(case):
    case.env.update(AWS_WEB_IDENTITY_TOKEN_FILE=put("token", "TOKEN.a/b+c="), AWS_ROLE_ARN="arn:aws:iam::1:role/W")


def sso(case):
    case.section(sso_session="ours", sso_account_id="111122223333", sso_role_name="Admin")
    case.section("sso-session ours", sso_start_url="https://x.awsapps.com/start", sso_region="eu-west-1")
    token("ours", accessToken="SSOTOKEN", expiresAt=LATER)


def token(name, **entries):
    import hashlib
    return put(f".aws/sso/cache/{hashlib.sha1(name.encode()).hexdigest()}.json", json.dumps(entries))


def shared_file(case):
    case.file(aws_access_key_id="SHARED", aws_secret_access_key="S-SHARED", aws_session_token="T-SHARED")


def process(case):
    program = put("bin/keys", f"#!/bin/sh\nprintf '%s' '{json.dumps({'Version': 1, **json.loads(keys('PROCESS', 'SessionToken'))})}'\n", 0o755)
    case.section(credential_process=f'"{program}" --a "b c"')


def config_file(case):
    case.section(aws_access_key_id="CONFIG", aws_secret_access_key="S-CONFIG")


def login(case):
    case.section(login_session="arn:aws:iam::1:user/x")
    login_token()


def login_token(seconds=3600, **entries):
    import hashlib
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
    access = {"accessKeyId": "LOGIN", "secretAccessKey": "S-LOGIN", "sessionToken": "T-LOGIN", "accountId": "1", "expiresAt": end}
    whole = {"accessToken": access, "tokenType": "aws_sigv4", "refreshToken": "LOGINREFRESH", "clientId": "arn:aws:signin:::devtools/same-device",
             "dpopKey": PEM, **entries}
    name = hashlib.sha256(b"arn:aws:iam::1:user/x").hexdigest()
    return put(f".aws/login/cache/{name}.json", json.dumps({k: v for k, v in whole.items() if v is not None}))


def container(case):
    case.env.update(AWS_CONTAINER_CREDENTIALS_FULL_URI=case.url + "/container", AWS_CONTAINER_AUTHORIZATION_TOKEN="Basic abc")


def instance(case):
    case.env.update(AWS_EC2_METADATA_SERVICE_ENDPOINT=case.url + "/")
    case.env.pop("AWS_EC2_METADATA_DISABLED")


SOURCES = [environment, role, web_identity, sso, shared_file, login, process, config_file, container, instance]
SAID = ["environment", "role of profile default", "web identity", "SSO of profile default", "credentials file, profile default",
        "login_session of profile default",
        "credential_process of profile default", "config file, profile default", "container", "instance"]


def alone_and_together(url):
    for i, (source, said) in enumerate(zip(SOURCES, SAID)):
        with test("source-" + source.__name__):
            case = Case(url)
            source(case)
            equal(case.compare()["source"], said, "source")
        with test(f"before-{len(SOURCES) - i - 1}-others-" + source.__name__):
            case = Case(url)
            for other in SOURCES[i:]:
                other(case)
            equal(case.compare()["source"], said, "source")
    with test("no-source"):
        Case(url).compare()


def profiles(url):
    def named(case):
        case.section("profile p", aws_access_key_id="P", aws_secret_access_key="S-P")
    for name, profile, variables, wanted in (
            ("profile-given-beats-the-environment", "p", {}, "P"), ("environment-beats-AWS_PROFILE", None, {"AWS_PROFILE": "p"}, "ENV"),
            ("AWS_DEFAULT_PROFILE-beats-AWS_PROFILE", None, {"AWS_ACCESS_KEY_ID": "", "AWS_DEFAULT_PROFILE": "p", "AWS_PROFILE": "no"}, "P"),
            ("AWS_PROFILE", None, {"AWS_ACCESS_KEY_ID": "", "AWS_PROFILE": "p"}, "P"),
            ("old-name-of-the-token", None, {"AWS_SECURITY_TOKEN": "T-OLD"}, "ENV"),
            ("profile-given-beats-a-web-identity", "p", {"AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent", "AWS_ROLE_ARN": "r"}, "P")):
        with test(name):
            case = Case(url)
            environment(case)
            named(case)
            case.profile = profile
            case.env.update(variables)
            equal(case.compare()["access"], wanted, "key")
    for name, variables, profile, said in (
            ("environment", {"AWS_PROFILE": "p"}, None, "credentials: environment, without an end; profile `p` of AWS_PROFILE is not used"),
            ("profile", {}, "p", "credentials: config file, profile p, without an end\n")):
        with test("debug-says-why-it-is-the-" + name):
            case = Case(url)
            environment(case)
            named(case)
            case.env.update(variables)
            case.write()
            check(said in opsc_says(case.env, profile)["told"], "log")
    with fault("profile-that-is-not-there"):
        case = Case(url)
        case.profile = "nobody"
        check("nobody" in case.compare()["message"], "message")
    with test("profile-of-the-credentials-file-alone"):
        case = Case(url)
        case.file("q", aws_access_key_id="Q", aws_secret_access_key="S-Q", aws_security_token="T-Q", aws_session_token="T-R")
        case.profile = "q"
        case.compare()
    with test("profile-with-a-space"):
        case = Case(url).section('profile "a b"', aws_access_key_id="AB", aws_secret_access_key="S-AB")
        case.profile = "a b"
        case.compare()
    for name, entries in (("half", {"aws_access_key_id": "X"}), ("secret-alone", {"aws_secret_access_key": "X"})):
        with fault("keys-" + name):
            Case(url).section(**entries).compare()
            Case(url).file(**entries).compare()
    with fault("half-of-the-environment"):
        case = Case(url)
        case.env["AWS_ACCESS_KEY_ID"] = "X"
        case.compare()


def roles(url):
    base = {"aws_access_key_id": "BASE", "aws_secret_access_key": "S-BASE"}

    def arn(letter):
        return f"arn:aws:iam::1:role/{letter}"
    with test("role-of-a-role-of-a-role"):
        case = Case(url).section(role_arn=arn("C"), source_profile="b").section("profile b", role_arn=arn("B"), source_profile="a")
        case.section("profile a", role_arn=arn("A"), source_profile="base").file("base", **base).compare()
    with test("role-whose-keys-are-beside-it"):
        Case(url).section(role_arn=arn("A"), source_profile="default", **base).compare()
    for source, add in (("Environment", environment), ("EcsContainer", container), ("Ec2InstanceMetadata", instance)):
        with test("credential_source-" + source):
            case = Case(url).section("profile r", role_arn=arn("A"), credential_source=source)
            case.profile = "r"
            add(case)
            case.compare()
    for name, add in (("process", process), ("sso", sso)):
        with test("role-by-" + name):
            case = Case(url)
            add(case)
            case.config["profile s"] = case.config.pop("default")
            case.section(role_arn=arn("A"), source_profile="s").compare()
    with test("role-by-web-identity"):
        case = Case(url).section(role_arn=arn("A"), source_profile="w")
        case.section("profile w", role_arn=arn("W"), web_identity_token_file=put("token", "ABCD")).compare()
    with test("role-in-the-credentials-file"):
        Case(url).file(role_arn=arn("A"), source_profile="base").file("base", **base).compare()
    for name, default, more in (
            ("both-sources", {"source_profile": "base", "credential_source": "Environment"}, {}), ("no-source", {}, {}),
            ("unknown-source", {"credential_source": "Moon"}, {}), ("source-that-is-not-there", {"source_profile": "nobody"}, {}),
            ("source-without-keys", {"source_profile": "e"}, {"profile e": {"region": "x"}}), ("own-without-keys", {"source_profile": "default"}, {}),
            ("loop", {"source_profile": "b"}, {"profile b": {"role_arn": arn("B"), "source_profile": "c"},
                                               "profile c": {"role_arn": arn("C"), "source_profile": "b"}})):
        with fault("role-" + name):
            case = Case(url).section(role_arn=arn("A"), **default).section("profile base", **base)
            for section, entries in more.items():
                case.section(section, **entries)
            case.compare()
    device = {"role_arn": arn("A"), "source_profile": "base", "mfa_serial": "arn:aws:iam::1:mfa/x"}
    with test("role-with-a-device"), mock.patch.object(botocore.credentials.AssumeRoleProvider.__init__, "__defaults__", (lambda _: CODE, None, None)):
        case = Case(url).section(**device).section("profile base", **base)
        case.env["(typed)"] = CODE
        check("Code of arn:aws:iam::1:mfa/x for profile default: " in case.compare()["told"], "question")
    with test("device-is-asked-once"):
        case = Case(url).section(**device).section("profile base", **base)
        case.env["(typed)"] = CODE
        case.write()
        equal(opsc_says(case.env, None, later_ms=8 * 3600 * 1000)["told"].count("Code of"), 1, "questions")
    for name, typed, why in (("nobody-there", "", "there is no terminal"), ("five-digits", "12345", "not six digits"), ("letters", "12345x", "not six")):
        with fault("device-" + name):
            case = Case(url).section(**device).section("profile base", **base)
            case.env["(typed)"] = typed
            case.write()
            check(why in opsc_says(case.env, None)["message"], "message")
    with fault("web-identity-without-its-file"):
        case = Case(url)
        case.env.update(AWS_WEB_IDENTITY_TOKEN_FILE="/nonexistent/token", AWS_ROLE_ARN=arn("W"))
        case.write()
        check("/nonexistent/token" in opsc_says(case.env, None)["message"], "message")
    with fault("web-identity-without-a-role"):
        case = Case(url)
        case.env.update(AWS_WEB_IDENTITY_TOKEN_FILE=put("token", "ABCD"))
        case.compare()


def github(url):
    """The token of a job, where AWS_ROLE_ARN says for which role; botocore leaves this to an action."""
    variables = {"GITHUB_ACTIONS": "true", "AWS_ROLE_ARN": "arn:aws:iam::1:role/W", "ACTIONS_ID_TOKEN_REQUEST_URL": url + "/github?api-version=2.0",
                 "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "GITHUBTOKEN"}

    def says(**more):
        case = Case(url)
        case.env.update({**variables, **more})
        case.write()
        return opsc_says(case.env, None)
    for name, more, access in (
            ("alone", {}, "WEBWID-2.0-sts.amazonaws.com"), ("in-China", {"AWS_ROLE_ARN": "arn:aws-cn:iam::1:role/C"}, "WEBCID-2.0-sts.amazonaws.com.cn"),
            ("without-a-query", {"ACTIONS_ID_TOKEN_REQUEST_URL": url + "/github"}, "WEBWID--sts.amazonaws.com"),
            ("after-the-environment", {"AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "S-ENV"}, "ENV"),
            ("after-a-token-file", {"AWS_WEB_IDENTITY_TOKEN_FILE": put("token", "FILE")}, "WEBWFILE")):
        with test("github-" + name):
            got = says(**more)
            equal(got.get("access"), access, got)
    for name, more, why in (("refused", {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x"}, "status 401"), ("without-a-permission", {"ACTIONS_ID_TOKEN_REQUEST_URL": ""},
                            "`permissions: id-token: write`"), ("in-the-open", {"ACTIONS_ID_TOKEN_REQUEST_URL": "http://example.com/"}, "not https"),
                            ("without-a-role", {"AWS_ROLE_ARN": ""}, "there are no credentials")):
        with fault("github-" + name):
            check(why in says(**more)["message"], "message")


def sign_on(url):
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 300))
    past = "2020-01-01T00:00:00Z"
    renewable = {"accessToken": "OLD", "refreshToken": "R", "clientId": "CID", "clientSecret": "CSECRET", "registrationExpiresAt": LATER}
    with test("sso-of-the-old-form"):
        case = Case(url).section(sso_start_url="https://old/start", sso_region="eu-west-1", sso_account_id="1", sso_role_name="R")
        token("https://old/start", accessToken="LEGACY", expiresAt="2999-01-01T00:00:00UTC")
        case.compare()
    for name, entries in (("renewed", {**renewable, "expiresAt": soon}), ("renewed-after-its-end", {**renewable, "expiresAt": past}),
                          ("not-renewable-yet-valid", {"accessToken": "SOON", "expiresAt": soon})):
        with test("sso-" + name):
            case = Case(url)
            sso(case)
            path = token("ours", **entries)
            case.write()
            wanted = botocore_says(case.env, None)
            path = token("ours", **entries)
            got = opsc_says(case.env, None)
            equal({k: got.get(k) for k in wanted}, wanted, "what botocore finds")
            with open(path, encoding="utf-8") as f:
                kept = json.load(f)
            equal(os.stat(path).st_mode & 0o777, 0o600, "mode")
            renewed = "refreshToken" in entries
            equal((kept["accessToken"], kept.get("refreshToken")), ("FRESH-R", "NEXT") if renewed else ("SOON", None), "what is kept")
            check(kept["expiresAt"] > past and (not renewed or kept["clientSecret"] == "CSECRET"), kept)
    for name, entries in (("expired", {"accessToken": "OLD", "expiresAt": past}), ("damaged", {"x": 1}), ("absent", None)):
        with fault("sso-" + name):
            case = Case(url)
            sso(case)
            path = token("ours", **(entries or {}))
            if entries is None:
                os.remove(path)
            check("aws sso login" in case.compare()["message"], "message")
    for name, entries in (("session-that-is-not-there", {"sso_session": "none"}), ("contradiction", {"sso_region": "us-east-1"})):
        with fault("sso-" + name):
            case = Case(url)
            sso(case)
            case.section(**entries).compare()
    with fault("sso-without-an-account"):
        case = Case(url)
        sso(case)
        case.config["default"].pop("sso_account_id")
        case.compare()


def signed_in(url):
    """What `aws login` left: used while it is valid, renewed when it is about to end."""
    def case(*args, **entries):
        ret = Case(url)
        login(ret)
        return ret, login_token(*args, **entries)
    for name, args, entries, access in (("valid", (400,), {}, "LOGIN"), ("about-to-end", (200,), {}, "RENEWED"), ("ended", (-9,), {}, "RENEWED"),
                                        ("ended-with-a-key-of-another-form", (-9,), {"dpopKey": None}, "RENEWED")):
        with test("login-" + name):
            global PEM
            entries = {k: new_key(ec.SECP256R1(), "PKCS8") for k in entries}
            PEM = entries.get("dpopKey", PEM)
            one, path = case(*args, **entries)
            equal(one.write() or botocore_says(one.env, None)["access"], access, "what botocore finds")
            login_token(*args, **entries)
            got = opsc_says(one.env, None)
            equal((got["access"], got["secret"], got["session"]), (access, "S-" + access, "T-" + access), "keys")
            with open(path, encoding="utf-8") as f:
                kept = json.load(f)
            equal((kept["accessToken"]["accessKeyId"], kept["refreshToken"], kept["accessToken"]["accountId"], kept["dpopKey"]),
                  (access, "LOGINREFRESH" if access == "LOGIN" else "NEXT", "1", PEM), "what is kept")
            equal(os.stat(path).st_mode & 0o777, 0o600, "mode")
    for name, args, entries, why in (("of-another-curve", (-9,), {"dpopKey": new_key(ec.SECP384R1())}, "none of P-256"), ("without-a-key", (), {"dpopKey": None}, "not whole"),
                                     ("with-nonsense-for-a-key", (-9,), {"dpopKey": "x" * 9000}, "none of P-256"), ("half", (), {"accessToken": {"accessKeyId": "x"}}, "not whole")):
        with fault("login-" + name):
            one, _ = case(*args, **entries)
            one.write()
            got = opsc_says(one.env, None)
            check(why in got.get("message", "") and "aws login" in got["message"], got)
    with fault("login-of-nobody"):
        one, path = case()
        os.remove(path)
        check("nobody is signed in" in one.compare()["message"], "message")
    for name, seconds, access in (("that-ends", -9, None), ("that-will-do", 200, "LOGIN")):
        with fault("login-refused-" + name), Door(lambda r, n: Reply(401, '{"error": "TOKEN_EXPIRED", "message": "no"}')) as door:
            one, _ = case(seconds)
            one.env["AWS_ENDPOINT_URL_SIGNIN"] = door.url
            one.write()
            got = opsc_says(one.env, None)
            equal(got.get("access"), access, got)
            check(access or "TOKEN_EXPIRED" in got["message"], got)


def places(url):
    with test("container-with-a-token-file"):
        case = Case(url)
        container(case)
        case.env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = put("auth", "Bearer file")
        case.compare()
    for name, variables in (("elsewhere", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/x"}),
                            ("disguised", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2.example.com/x"}),
                            ("behind-a-user", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2:80@example.com/x"}),
                            ("two-lines", {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nX: y"})):
        with fault("container-" + name):
            case = Case(url)
            container(case)
            case.env.update(variables)
            case.compare()
    with fault("container-that-answers-nonsense"), Door(lambda r, n: Reply(body="<html>")) as door:
        case = Case(url)
        case.env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = door.url
        check("container" in opsc_says(case.env, None)["message"], "message")
    with test("instance-of-version-1-is-not-asked"), Door(lambda r, n: Reply(404, b"") if r.method == "PUT" else world(r, n)) as door:
        case = Case(door.url)
        instance(case)
        check(opsc_says(case.env, None)["kind"] == "no-credentials", "it gives keys")
        equal([r.method for r in door.seen], ["PUT"], "requests")
    for name, command in (("fails", "sh -c 'echo no luck >&2; exit 3'"), ("is-not-there", "/nonexistent/program x"), ("prints-nonsense", "echo hello"),
                          ("prints-version-2", "echo '{\"Version\": 2, \"AccessKeyId\": \"a\", \"SecretAccessKey\": \"b\"}'"),
                          ("prints-half", "echo '{\"Version\": 1, \"AccessKeyId\": \"a\"}'")):
        with fault("process-" + name):
            case = Case(url).section(credential_process=command)
            case.write()
            got = opsc_says(case.env, None)
            equal(got["kind"], "no-credentials", "kind")
            check("credential_process" in got["message"] and ("no luck" in got["message"]) == (name == "fails"), got["message"])
    with test("process-without-a-shell"):
        marker = os.path.join(HOME.name, "made-by-a-shell")
        case = Case(url)
        process(case)
        case.config["default"]["credential_process"] += f" ; touch {marker} $(touch {marker}) | cat"
        case.compare()
        check(not os.path.exists(marker), "a shell ran")
    with test("process-that-prints-much-on-stderr"):
        case = Case(url)
        process(case)
        program = case.config["default"]["credential_process"].split('"')[1]
        noisy = put("bin/noisy", f"#!/bin/sh\nhead -c 300000 /dev/zero | tr '\\0' x >&2\nexec {program}\n", 0o755)
        case.section(credential_process=noisy).compare()


def expiry(url):
    """New ones 15 minutes before the end; old ones while there are no others."""
    count = os.path.join(HOME.name, "count")
    for name, minutes, later_s, wanted in (("not-yet", 60, 60, "K1"), ("advised", 60, 50 * 60, "K2"), ("over", 60, 70 * 60, "K2")):
        with test("expiry-" + name):
            with contextlib.suppress(FileNotFoundError):
                os.remove(count)
            end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60 * minutes))
            program = put("bin/counted", f"#!/bin/sh\necho x >>{count}\nn=$(($(wc -l <{count})))\nend={end}\n[ $n = 1 ] || end={LATER}\n"
                          'printf \'{"Version": 1, "AccessKeyId": "K%s", "SecretAccessKey": "THE-SECRET-OF-IT", "Expiration": "%s"}\' "$n" "$end"\n', 0o755)
            case = Case(url).section(credential_process=program)
            case.write()
            got = opsc_says(case.env, None, later_ms=later_s * 1000)
            equal(got.get("access"), wanted, got)
            equal(got["generation"], int(wanted[1]), "generation")
    for name, minutes, later_s, wanted in (("old-ones-do", 60, 57 * 60, "K1"), ("old-ones-are-over", 60, 61 * 60, None)):
        with fault("expiry-" + name):
            mark = put("first", "")
            end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60 * minutes))
            program = put("bin/once", f"#!/bin/sh\n[ -f {mark} ] || exit 1\nrm {mark}\n"
                          f'printf \'{{"Version": 1, "AccessKeyId": "K1", "SecretAccessKey": "THE-SECRET-OF-IT", "Expiration": "{end}"}}\'\n', 0o755)
            case = Case(url).section(credential_process=program)
            case.write()
            equal(opsc_says(case.env, None, later_ms=later_s * 1000).get("access"), wanted, "key")
    with test("expiry-of-short-ones"):
        put("count", "")
        program = put("bin/short", f"#!/bin/sh\necho x >>{count}\n"
                      "printf '{\"Version\": 1, \"AccessKeyId\": \"K\", \"SecretAccessKey\": \"THE-SECRET-OF-IT\", \"Expiration\": \"%s\"}' "
                      + time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 300)) + "\n", 0o755)
        case = Case(url).section(credential_process=program)
        case.write()
        opsc_says(case.env, None, later_ms=1000)
        with open(count, encoding="utf-8") as f:
            equal(f.read(), "x\n", "runs of the program")
    with fault("environment-that-has-expired"):
        case = Case(url)
        environment(case)
        case.env["AWS_CREDENTIAL_EXPIRATION"] = "2020-01-01T00:00:00Z"
        case.write()
        check("expired" in opsc_says(case.env, None)["message"], "message")


if not os.access(TOOL, os.X_OK):
    say("FAIL" if os.environ.get("OPSC_REQUIRE") else "skip", "aws-credentials", f"{TOOL} is not built (make tools)")
else:
    with Door(world) as DOOR:
        alone_and_together(DOOR.url)
        profiles(DOOR.url)
        roles(DOOR.url)
        github(DOOR.url)
        sign_on(DOOR.url)
        signed_in(DOOR.url)
        places(DOOR.url)
        expiry(DOOR.url)
HOME.cleanup()
sys.exit(state.failed)
