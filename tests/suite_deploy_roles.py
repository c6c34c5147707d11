#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Terraform of `deploy:`: applied to an emulated AWS; who may take its roles, and what hosts and jobs may do, held against what they
ask; the document that hosts are told by, with values that would be more than data.
"""
import datetime
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from aws_support import Cli, Cloud
from iam_support import Asked, Policy, asked, one_or_more
from report import check, equal, say, state, test
from server_support import tool
from suite_backup_roles import ACCOUNT, Guarded
from emulator_support import PROVIDER
from terraform_support import build, need_terraform, roots

KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0a1b2c3d-0000-4000-8000-000000000000"
WEB, OTHER = "i-0a1b2c3d4e5f67890", "i-0a1b2c3d4e5f67899"
READER = "210987654321"

SPEC = """\
opsc: 1
project: shop
aws: { region: %(region)s, account: "%(account)s" }
notify: ops@shop.example
terraform: { state: { bucket: shop-state } }
resources:
  web: { kind: ec2, id: i-0a1b2c3d4e5f67890, address: web.shop.example, role: shop-web, alarms: none }
  found: { kind: ec2, find: { tag:Name: shop-found, tag:part: "back*" }, address: found.shop.example, role: shop-found, alarms: none }
  api: { kind: app, on: web, port: 8000, image: shop/api, logs: [], alarms: none }
  data: { kind: s3, bucket: shop-data }
  old: { kind: s3, bucket: shop-old }
dashboards: none
alarms: { down: { when: "api.health fails 3 times", severity: critical } }
%(more)s
"""
FULL = """\
secrets:
  kms_key: %(key)s
  items: { api-key: { rotate: every 180 days by hand } }
cost: { cleanup: { data: { prefix: "tmp/$*/", older_than: 14d }, old: { prefix: logs/, older_than: 30d } } }
deploy:
  app: api
  on: [web, found]
  registry: ecr
  via: ssm
  ecr: { readers: ["%(reader)s"] }
  rollback: { keep: 7 }
  secrets: { API_KEY: api-key }
  github: { repository: shop-org/api, owner_id: "17", repository_id: "23" }
""" % {"key": KEY, "reader": READER}

# Text that would be more than that to HCL, JSON or IAM.
HOSTILE_SPEC = """\
deploy: { app: api, on: [web, odd], via: ssm, github: shop-org/.github }
cost: { cleanup: { data: { prefix: 'a"b$${c}%{d}\\*/', older_than: 14d } } }
"""
ODD = """\
  odd: { kind: ec2, find: { 'tag:"${x}': '$${aws:username}"\\', 'tag:%{y}': "*" }, role: shop-odd, alarms: none }
"""

# What else is built and looked at; each row: more of the spec, region.
VARIANTS = {
    "hub-ssh": ("deploy: { app: api, secrets: { KEY: k } }\nsecrets: { store: secrets-manager, items: { k: { rotate: every 90 days by hand } } }", "eu-west-1"),
    "nothing": ("deploy: { app: api, watch: 0s }", "eu-west-1"),
    "ecr-ssh": ("deploy: { app: api, registry: ecr, github: shop-org/api }", "eu-west-1"),
    "hub-ssm": ("deploy: { app: api, via: ssm, github: shop-org/api }", "eu-west-1"),
    "cleanup": ("cost: { cleanup: { data: { prefix: tmp/, older_than: 14d } } }", "eu-west-1"),
    "china": ("deploy: { app: api, on: [web, found], registry: ecr, via: ssm, ecr: { readers: [\"" + READER + "\"] }, github: shop-org/api }", "cn-north-1"),
    "gov": ("deploy: { app: api, on: [web, found], registry: ecr, via: ssm, github: shop-org/api }", "us-gov-west-1"),
    "hostile": (HOSTILE_SPEC, "eu-west-1"),
    "two": ("""\
environments:
  staging: { resources: { web: { id: i-0a1b2c3d4e5f67899 }, found: { find: { tag:Name: shop-found-staging } }, data: null, old: null } }
  production: { deploy: { after: staging, github: { repository: shop-org/api, provider: existing } } }
deploy: { app: api, registry: ecr, via: ssm, github: shop-org/api }
""", "eu-west-1"),
    "two-accounts": ("""\
environments:
  staging: {}
  production: { aws: { account: "210987654321", region: eu-central-1 }, deploy: { after: staging } }
deploy:
  app: api
  registry: ecr
  ecr: { account: "123456789012", region: eu-west-1, readers: ["210987654321"] }
  github: shop-org/api
""", "eu-west-1"),
}

# On "*" is allowed what knows no resources, or cannot be asked about less; compiler/lower says where AWS says so.
STAR = {("LogIn", "ecr:GetAuthorizationToken"), ("WatchAlarms", "cloudwatch:DescribeAlarms"), ("HearHosts", "ssm:GetCommandInvocation"),
        ("HearHosts", "ssm:ListCommands"), ("FindHosts", "ec2:DescribeInstances")}

DIGEST = "sha256:" + "0a" * 32
REPOSITORY = ("--repository-name", "shop/api")
# What asks for a permission: the call that docker, a script or a workflow makes.
CALLS = {
    "ecr:GetAuthorizationToken": ["ecr", "get-login-password"],
    "ecr:BatchCheckLayerAvailability": ["ecr", "batch-check-layer-availability", *REPOSITORY, "--layer-digests", DIGEST],
    "ecr:BatchGetImage": ["ecr", "batch-get-image", *REPOSITORY, "--image-ids", "imageDigest=" + DIGEST],
    "ecr:GetDownloadUrlForLayer": ["ecr", "get-download-url-for-layer", *REPOSITORY, "--layer-digest", DIGEST],
    "ecr:InitiateLayerUpload": ["ecr", "initiate-layer-upload", *REPOSITORY],
    "ecr:UploadLayerPart": ["ecr", "upload-layer-part", *REPOSITORY, "--upload-id", "u", "--part-first-byte", "0", "--part-last-byte", "1",
                            "--layer-part-blob", "eA=="],
    "ecr:CompleteLayerUpload": ["ecr", "complete-layer-upload", *REPOSITORY, "--upload-id", "u", "--layer-digests", DIGEST],
    "ecr:PutImage": ["ecr", "put-image", *REPOSITORY, "--image-manifest", "{}", "--image-tag", "0" * 40],
    "ssm:GetParameter": ["ssm", "get-parameter", "--name", "/shop/production/api-key", "--with-decryption"],
    "kms:Decrypt": ["ssm", "get-parameter", "--name", "/shop/production/api-key", "--with-decryption"],
    "cloudwatch:DescribeAlarms": ["cloudwatch", "describe-alarms", "--alarm-types", "MetricAlarm", "CompositeAlarm", "--alarm-names", "shop-production-down"],
    "ssm:GetCommandInvocation": ["ssm", "get-command-invocation", "--command-id", "0a1b2c3d-0000-4000-8000-000000000000", "--instance-id", WEB],
    "ssm:ListCommands": ["ssm", "list-commands", "--filters", "key=DocumentName,value=shop-production-deploy"],
    "ec2:DescribeInstances": ["ec2", "describe-instances", "--filters", "Name=tag:Name,Values=shop-found"],
}
OBJECTS = {"1": ("shop-data", "tmp/$*/"), "2": ("shop-old", "logs/")}


def send(instance, document="shop-production-deploy"):
    return ["ssm", "send-command", "--document-name", document, "--instance-ids", instance, "--parameters", "Action=status"]


class Listening(Cloud):
    """What hosts and jobs ask is noted, and refused; while there is a policy, what that allows is answered."""

    def __init__(self):
        super().__init__()
        self.wants, self.tags, self.policy = [], {}, None

    def answer(self, environ, start_response):
        if "Credential=host/" not in environ.get("HTTP_AUTHORIZATION", ""):
            return super().answer(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        sealed = "/ssm/aws4_request" in environ["HTTP_AUTHORIZATION"]
        self.wants += asked(environ, body, ACCOUNT, KEY if sealed else None, self.tags)
        environ["wsgi.input"] = io.BytesIO(body)
        if self.policy and all(self.policy.statement_of(want) for want in self.wants):
            return super().answer(environ, start_response)
        return Guarded.refuse(environ, start_response, self.wants[-1])


class World:
    def __init__(self, work):
        self.work, self.out = work, work + "/out/full"
        os.makedirs(work + "/bin")
        self.cloud, self.cli = Listening(), Cli(work, work + "/bin")
        self.known = {}  # call -> what it asks for
        self.env = {"PATH": f"{work}/bin:{os.environ['PATH']}", "AWS_ACCESS_KEY_ID": "host", "AWS_SECRET_ACCESS_KEY": "x", "HOME": work, "AWS_PAGER": "",
                    "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": self.cloud.url, "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true",
                    "LC_ALL": "C"}

    def fill(self):
        """What is there without opsc."""
        client = self.cloud.client
        for role in ("shop-web", "shop-found"):
            client("iam").create_role(RoleName=role, AssumeRolePolicyDocument="{}")
        for bucket, prefix in OBJECTS.values():
            client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
            client("s3").put_object(Bucket=bucket, Key=prefix + "x", Body=b"x")
        self.found = self.instance({"Name": "shop-found", "part": "backend"})
        self.wrong = self.instance({"Name": "shop-found", "part": "front"})
        self.untagged = self.instance({"part": "backend"})

    def instance(self, tags):
        ec2 = self.cloud.client("ec2")
        made = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}])["Instances"][0]["InstanceId"]
        self.cloud.tags[made] = tags
        return made

    def asks(self, words):
        """The permissions that a call of aws needs."""
        if tuple(words) not in self.known:
            self.cloud.wants = []
            done = subprocess.run(["aws", *words], env=self.env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
            check(self.cloud.wants, f"nothing was asked: {words}: {done.stdout}{done.stderr}")
            self.known[tuple(words)] = self.cloud.wants
        return self.known[tuple(words)]

    def refused(self, policy, words):
        return [want for want in self.asks(words) if policy.statement_of(want) is None]

    def stop(self):
        self.cli.stop()
        self.cloud.stop()


# ---- Applied

def terraform(w, program, *arguments, status=0):
    got, text = program.run(w.out + "/terraform", *arguments, "-input=false", "-no-color", env={"AWS_ENDPOINT_URL": w.cloud.url})
    check(got == status, f"{arguments}: {got}\n{text[-3000:]}")
    return text


def apply(w, program):
    folder = w.out + "/terraform"
    os.remove(folder + "/backend.tf")
    with open(folder + "/emulator_override.tf", "w", encoding="utf-8") as f:
        f.write(PROVIDER.replace("  max_retries", f'  allowed_account_ids = ["{ACCOUNT}"]\n  max_retries'))
    status, text = program.init(folder)
    check(status == 0, text[-2000:])
    terraform(w, program, "apply", "-auto-approve")
    terraform(w, program, "plan", "-detailed-exitcode")


def role_of(w, name):
    iam = w.cloud.client("iam")
    role = iam.get_role(RoleName=name)["Role"]
    return role, iam.get_role_policy(RoleName=name, PolicyName=name)["PolicyDocument"]


def host_policy(w, host):
    iam = w.cloud.client("iam")
    attached = iam.list_attached_role_policies(RoleName="shop-" + host)["AttachedPolicies"]
    arn = f"arn:aws:iam::{ACCOUNT}:policy/shop-production-deploy-{host}"
    check(arn in [a["PolicyArn"] for a in attached], f"of {host} are attached: {attached}")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def test_repository(w):
    ecr = w.cloud.client("ecr")
    r = ecr.describe_repositories(repositoryNames=["shop/api"])["repositories"][0]
    equal((r["imageTagMutability"], r["imageScanningConfiguration"], r["encryptionConfiguration"]["encryptionType"]),
          ("IMMUTABLE", {"scanOnPush": True}, "AES256"), "the repository")
    rules = json.loads(ecr.get_lifecycle_policy(repositoryName="shop/api")["lifecyclePolicyText"])["rules"]
    equal([(x["selection"]["tagStatus"], x["selection"]["countType"], x["selection"]["countNumber"]) for x in rules],
          [("untagged", "sinceImagePushed", 14), ("tagged", "imageCountMoreThan", 507)], "what expires")
    policy = json.loads(ecr.get_repository_policy(repositoryName="shop/api")["policyText"])["Statement"]
    equal([(s["Principal"], sorted(s["Action"])) for s in policy],
          [({"AWS": [f"arn:aws:iam::{READER}:root"]}, ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"])],
          "who reads it")


SUB, IDS = "repo:shop-org/api", "repo:shop-org@17/api@23"


def admits(document, audience, subject):
    """As STS: every claim that the trust names is one of its values, letter by letter."""
    claims = {"token.actions.githubusercontent.com:aud": audience, "token.actions.githubusercontent.com:sub": subject}
    for s in document["Statement"]:
        equal((s["Effect"], one_or_more(s["Action"]), set(s["Condition"])), ("Allow", ["sts:AssumeRoleWithWebIdentity"], {"StringEquals"}), "a statement")
        equal(set(s["Condition"]["StringEquals"]), set(claims), "what is looked at")
        if all(claims[k] in one_or_more(v) for k, v in s["Condition"]["StringEquals"].items()):
            return True
    return False


def session_of(w, role):
    """How many seconds the steps of deploy.yml that take the role ask for."""
    with open(w.out + "/.github/workflows/deploy.yml", encoding="utf-8") as f:
        steps = f.read().split("- name: ")
    lasts = {re.search(r"role-duration-seconds: (\d+)\n|$", s)[1] for s in steps if re.search(rf"role-to-assume: \S*/{role}\b", s)}
    check(len(lasts) == 1, f"{role}: the steps of deploy.yml ask for {lasts}")
    return int(lasts.pop())


def test_trust(w):
    providers = w.cloud.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    equal([p["Arn"] for p in providers], [f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"], "providers")
    for name, mine, theirs in (("deploy", "production", "build"), ("build", "build", "production")):
        role, _ = role_of(w, "shop-production-" + name)
        document = role["AssumeRolePolicyDocument"]
        # What deploy.yml asks for; AWS gives an hour to who does not ask.
        equal(role["MaxSessionDuration"], session_of(w, f"shop-production-{name}"), f"{name}: the longest session")
        equal({s["Principal"]["Federated"] for s in document["Statement"]}, {providers[0]["Arn"]}, "whose tokens")
        for subject in (SUB, IDS):
            check(admits(document, "sts.amazonaws.com", f"{subject}:environment:{mine}"), f"{name}: {subject} is not let in")
            for wrong in (f":environment:{theirs}", ":environment:staging", f":environment:{mine}x", f":environment:{mine.upper()}", ":ref:refs/heads/main",
                          ":pull_request", f":ref:refs/heads/environment:{mine}", ":environment:*", "", f":environment:{mine}:x"):
                check(not admits(document, "sts.amazonaws.com", subject + wrong), f"{name}: {subject}{wrong} is let in")
            check(not admits(document, "https://github.com/shop-org", f"{subject}:environment:{mine}"), "a token for somebody else is let in")
        for wrong in ("repo:shop-org/api2", "repo:other/api", "repo:shop-org@17/api@24", "repo:shop-org@18/api@23", "repo:shop-org@17/api", "repo:shop-org/api@23",
                      "repo:*", "repo:SHOP-ORG/api"):
            check(not admits(document, "sts.amazonaws.com", f"{wrong}:environment:{mine}"), f"{name}: {wrong} is let in")


def call_for(w, sid, action):
    if action in CALLS:
        return CALLS[action]
    if action == "ssm:SendCommand":
        return send(w.found if sid.startswith("TellFound") else WEB)
    bucket, prefix = OBJECTS[sid[-1]]
    if action == "s3:ListBucket":
        return ["s3api", "list-objects-v2", "--bucket", bucket, "--prefix", prefix]
    return ["s3api", "delete-objects", "--bucket", bucket, "--delete", json.dumps({"Objects": [{"Key": prefix + "x"}], "Quiet": True})]


def test_needed(w, whose, document):
    """All that is asked for is allowed; and each permission, taken away, is missed by what asks for it."""
    whole = Policy(document)
    for sid, action in whole.actions():
        with test(f"{whose}-needs-{sid}-{action.replace(':', '-')}"):
            call = call_for(w, sid, action)
            equal(w.refused(whole, call), [], "refused with all permissions")
            check(w.refused(whole.without(sid, action), call), f"{call} works without {action}")


def test_no_more(w, documents):
    """What is next to what is allowed, and is not."""
    host, deploy, built = (Policy(documents[k]) for k in ("web", "deploy", "build"))
    refused = (
        (deploy, send(WEB, "AWS-RunShellScript")), (deploy, send(w.found, "AWS-RunShellScript")), (deploy, send(OTHER)), (deploy, send(w.wrong)),
        (deploy, send(w.untagged)), (deploy, CALLS["ecr:PutImage"]), (deploy, CALLS["ssm:GetParameter"]), (built, send(WEB)),
        (built, ["ecr", "put-image", "--repository-name", "shop/api2", "--image-manifest", "{}", "--image-tag", "x"]),
        (built, ["ecr", "batch-delete-image", *REPOSITORY, "--image-ids", "imageTag=x"]), (host, CALLS["ecr:PutImage"]), (host, send(WEB)),
        (host, ["ssm", "get-parameter", "--name", "/shop/production/api-key-2"]), (host, ["ssm", "get-parameter", "--name", "/shop/staging/api-key"]),
        (host, ["s3api", "list-objects-v2", "--bucket", "shop-data"]), (host, ["s3api", "list-objects-v2", "--bucket", "shop-data", "--prefix", "tmp/"]),
        (host, ["s3api", "list-objects-v2", "--bucket", "shop-data", "--prefix", "tmp/$x/"]),
        (host, ["s3api", "list-objects-v2", "--bucket", "shop-data", "--prefix", "logs/"]),
        (host, ["s3api", "delete-objects", "--bucket", "shop-data", "--delete", '{"Objects": [{"Key": "tmp/$x/y"}]}']),
        (host, ["s3api", "delete-objects", "--bucket", "shop-old", "--delete", '{"Objects": [{"Key": "data"}]}']),
        (host, ["s3api", "get-object", "--bucket", "shop-old", "--key", "logs/x", "/dev/null"]))
    for policy, call in refused:
        check(w.refused(policy, call), f"allowed: {call}")


def test_cleanup_once(documents):
    equal([s["Sid"] for s in documents["found"]["Statement"] if "s3:" in str(s["Action"])], [], "what another host may do in buckets")
    whole = Policy(documents["web"])
    check(whole.statement_of(Asked("s3:DeleteObject", "arn:aws:s3:::shop-data/tmp/$*/x")), "the objects that are to go stay")


def run_script(w, document, script, *arguments):
    """A generated script on the host `web` with these permissions; what it said, and what it asked for."""
    w.cloud.policy, w.cloud.wants = Policy(document), []
    env = {**w.env, "STATE_DIRECTORY": w.work + "/state", "TMPDIR": w.work}
    done = subprocess.run(["bash", f"{w.out}/hosts/web/{script}", *arguments], env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120,
                          check=False)
    w.cloud.policy = None
    equal(done.returncode, 0, f"status of {script}: {done.stdout}{done.stderr}: the status")
    return done.stdout + done.stderr, {(want.action, want.resource) for want in w.cloud.wants}


def test_scripts(w, document):
    """What is asked for above is what they ask for: watch_alarms.sh and cleanup_old_data.sh with these permissions and no others."""
    if os.geteuid() != 0:
        say("skip", "scripts", "cleanup_old_data.sh is for root")
        return
    from moto.s3.models import s3_backends
    with open(w.work + "/bin/docker", "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\nexit 1\n")
    os.chmod(w.work + "/bin/docker", 0o755)
    os.mkdir(w.work + "/state")
    _, asks = run_script(w, document, "watch_alarms.sh", "--since", "1", "--for", "0")
    equal(asks, {("cloudwatch:DescribeAlarms", "*")}, "what watch_alarms.sh asks for")
    for bucket, prefix in OBJECTS.values():
        old = s3_backends[ACCOUNT]["aws"].buckets[bucket].keys[prefix + "x"]
        old.last_modified -= datetime.timedelta(days=40)
    said, asks = run_script(w, document, "cleanup_old_data.sh", "--apply", "objects")
    equal(asks, {(action, f"arn:aws:s3:::{bucket}{path}") for bucket, prefix in OBJECTS.values()
                 for action, path in (("s3:ListBucket", ""), ("s3:DeleteObject", f"/{prefix}x"))}, f"what cleanup_old_data.sh asks for: {said}")
    for bucket, _ in OBJECTS.values():
        equal(w.cloud.client("s3").list_objects_v2(Bucket=bucket).get("Contents", []), [], f"objects left in {bucket}")


# ---- The document

PLAIN = {"Image": f"shop/api@{DIGEST}", "Release": "0" * 40, "Since": "1780000000"}
HOSTILE = {
    "Image": ["shop/api:latest", "sha256:" + "0" * 63, "sha256:" + "0" * 65, "sha256:" + "G" * 64, f"x@y@{DIGEST}", f"a b@{DIGEST}", f"$(id)@{DIGEST}",
              f"`id`@{DIGEST}", f"'@{DIGEST}", DIGEST + ";id", DIGEST + " --x", f"-x@{DIGEST}", f"x\n@{DIGEST}", f'"@{DIGEST}', f"@{DIGEST}", DIGEST.upper()],
    "Release": ["a b", "a;id", "$(id)", "`id`", "'", '"', "-x", "a\nb", "a'b", "a|b", "a&b", "../x", "a\\", "x" * 129, "é", "a\0b", "{{ Image }}", "٣"],
    "Since": ["-1", "1 2", "1;id", "$(id)", "1\n2", "x", "1" * 13, "٣", "0x10"],
}


def document_of(w):
    content = json.loads(w.cloud.client("ssm").get_document(Name="shop-production-deploy")["Content"])
    equal((content["schemaVersion"], [s["action"] for s in content["mainSteps"]]), ("2.2", ["aws:runShellScript"]), "the document")
    return content


def run_document(w, content, values, by):
    """What the document runs on a host, as words; `by`: how values come in."""
    folder = tempfile.mkdtemp(dir=w.work)
    for name in ("deploy.sh", "rollback.sh", "health_check.sh", "watch_alarms.sh"):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as f:
            f.write('#!/bin/sh\nprintf "%s\\0" "${0##*/}" "$@"\n')
        os.chmod(f"{folder}/{name}", 0o755)
    text = "\n".join(content["mainSteps"][0]["inputs"]["runCommand"])
    text = text.replace("/usr/local/lib/opsc/shop-production", folder)
    env = {"PATH": os.environ["PATH"]}
    for name in content["parameters"]:
        value = values.get(name, "")
        if by == "text":
            text = text.replace("{{ %s }}" % name, value)
        else:
            env["SSM_" + name] = value
    done = subprocess.run(["sh", "-c", text], cwd=folder, env=env, capture_output=True, text=True, timeout=20, check=False)
    equal(sorted(os.listdir(folder)), ["deploy.sh", "health_check.sh", "rollback.sh", "watch_alarms.sh"], "files after it")
    return done.returncode, done.stdout.split("\0")[:-1]


WORDS = (
    ({"Action": "deploy", **PLAIN}, ["deploy.sh", PLAIN["Release"], DIGEST]),
    ({"Action": "deploy", "Release": "v1.2", "Image": DIGEST}, ["deploy.sh", "v1.2", DIGEST]),
    ({"Action": "rollback"}, ["rollback.sh"]), ({"Action": "rollback", "Release": "v1.2"}, ["rollback.sh", "v1.2"]),
    ({"Action": "health"}, ["health_check.sh"]), ({"Action": "health", "Release": "v1.2"}, ["health_check.sh", "--release", "v1.2"]),
    ({"Action": "watch"}, ["watch_alarms.sh"]), ({"Action": "watch", "Since": "12"}, ["watch_alarms.sh", "--since", "12"]),
    ({"Action": "status"}, ["deploy.sh", "--status"]), ({"Action": "releases"}, ["rollback.sh", "--list"]))


def test_patterns(content):
    parameters = content["parameters"]
    equal(parameters["Action"]["allowedValues"], ["deploy", "rollback", "health", "watch", "status", "releases"], "actions")
    check("default" not in parameters["Action"], "an action is taken for granted")
    equal(set(parameters), {"Action", *HOSTILE}, "parameters")
    for name, values in HOSTILE.items():
        pattern = parameters[name]["allowedPattern"]
        check(pattern.startswith("^(") and pattern.endswith(")$"), pattern)
        for good in ("", PLAIN[name]):
            check(re.search(pattern, good), f"{name}: {good!r} is refused")
        for bad in values:
            check(not re.search(pattern, bad, re.ASCII), f"{name}: {bad!r} is let through")
    inputs = content["mainSteps"][0]["inputs"]
    # An image, no migration, ten questions, what is drained; and to spare.
    check(2400 < int(inputs["timeoutSeconds"]) < 7200, inputs["timeoutSeconds"])
    equal({p["interpolationType"] for p in parameters.values()}, {"ENV_VAR"}, "how values come in")


def test_words(w, content):
    for values, words in WORDS:
        for by in ("text", "variable"):
            equal(run_document(w, content, values, by), (0, words), f"what runs of {values} by {by}")
    equal(run_document(w, content, {"Action": "id"}, "variable"), (64, []), "what runs of another action")
    # Should something get past the pattern, by an agent that hands over variables it is one word all the same.
    for value in HOSTILE["Release"]:
        if "\0" not in value:
            equal(run_document(w, content, {"Action": "rollback", "Release": value}, "variable"), (0, ["rollback.sh", value]), f"what runs of {value!r}")


def test_shellcheck(content):
    if not shutil.which("shellcheck"):
        say("skip-missing", "document-shellcheck", "shellcheck is not there")
        return
    text = "#!/bin/sh\n" + "\n".join(content["mainSteps"][0]["inputs"]["runCommand"]) + "\n"
    # The agent sets the variables.
    done = subprocess.run(["shellcheck", "-s", "sh", "-e", "SC2154", "-"], input=text, capture_output=True, text=True, check=False)
    equal(done.stdout, "", "what shellcheck says")


def test_scripts_know(w):
    """The scripts that the document runs are there, and know these words."""
    for script, word in (("deploy.sh", "RELEASE DIGEST"), ("deploy.sh", "--status"), ("rollback.sh", "--list"), ("health_check.sh", "--release"),
                         ("watch_alarms.sh", "--since")):
        with open(f"{w.out}/hosts/web/{script}", encoding="utf-8") as f:
            check(word in f.read(), f"{script} knows no {word}")


def test_runner(w, document, content):
    """The script by which jobs deploy, with the role's permissions and no others: what it asks for, and what it tells the document."""
    w.cloud.policy, w.cloud.wants = Policy(document), []
    # The host that is to be found is the one that has the tags of before.
    w.cloud.client("ec2").terminate_instances(InstanceIds=[w.wrong])
    done = subprocess.run(["bash", f"{w.out}/scripts/deploy_hosts.sh", "status"], env=w.env, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          timeout=120, check=False)
    w.cloud.policy = None
    said = done.stdout + done.stderr
    equal([want for want in w.cloud.wants if Policy(document).statement_of(want) is None], [], f"refused: {said}")
    # Commands are listed when an answer is lost, which suite_deploy_ssm.py has.
    equal({want.action for want in w.cloud.wants} | {"ssm:ListCommands"}, {action for _, action in Policy(document).actions()}, f"what is asked for: {said}")
    commands = w.cloud.client("ssm").list_commands()["Commands"]
    check(commands, said)
    for command in commands:
        equal(command["DocumentName"], "shop-production-deploy", "the document")
        check(set(command["Parameters"]) <= set(content["parameters"]), command["Parameters"])
        check(command["Parameters"]["Action"][0] in content["parameters"]["Action"]["allowedValues"], command["Parameters"])
    with open(f"{w.out}/scripts/deploy_hosts.sh", encoding="utf-8") as f:
        names = set(re.findall(r'\\"(\w+)\\":\[', f.read()))
    equal(names, set(content["parameters"]), "parameters that the script knows")


# ---- All variants, as text

def text_of(folder, module="deploy"):
    path, found = f"{folder}/modules/{module}", {}
    for name in os.listdir(path) if os.path.isdir(path) else ():
        with open(f"{path}/{name}", encoding="utf-8") as f:
            found[name] = f.read()
    return found


STATEMENT = re.compile(r'Sid\s+= "(\w+)"\s+Effect\s+= "Allow"\s+Action\s+= \[([^\]]*)\]\s+Resource\s+= "\*"')


def test_stars(folders):
    for label, folder in folders.items():
        text = text_of(folder).get("iam.tf", "")
        found = {(sid, a) for sid, actions in STATEMENT.findall(text) for a in re.findall(r'"([^"]+)"', actions)}
        check(found <= STAR, f"{label}: on every resource: {found - STAR}")
        equal(len(re.findall(r'Resource\s+= .*"\*"', text)), len(STATEMENT.findall(text)), f"{label}: statements on every resource")
        wild = [a for actions in re.findall(r"Action\s+= \[([^\]]*)\]", text) for a in re.findall(r'"([^"]+)"', actions) if "*" in a]
        equal(wild, [], f"{label}: actions")


def kinds(folder):
    text = "\n".join(text_of(folder).values())
    return sorted(re.findall(r'(?m)^(?:resource|data) "(\w+)" "(\w+)"', text))


HOST = [("aws_iam_policy", "deploy_web"), ("aws_iam_role_policy_attachment", "deploy_web")]
BUILD = [("aws_iam_role", "deploy_build"), ("aws_iam_role_policy", "deploy_build")]
DEPLOY = [("aws_iam_role", "deploy"), ("aws_iam_role_policy", "deploy"), ("aws_ssm_document", "deploy")]
GITHUB = [("aws_iam_openid_connect_provider", "github")]
ECR = [("aws_ecr_repository", "api"), ("aws_ecr_lifecycle_policy", "api")]
MADE = {
    "hub-ssh": HOST, "nothing": [], "cleanup": HOST, "ecr-ssh": HOST + BUILD + GITHUB + ECR, "hub-ssm": HOST + DEPLOY + GITHUB,
    "two/staging": HOST + BUILD + DEPLOY + GITHUB + ECR, "two/production": HOST + DEPLOY + GITHUB,
    "two-accounts/staging": HOST + BUILD + GITHUB + ECR + [("aws_ecr_repository_policy", "api")], "two-accounts/production": HOST,
}


def test_made(folders):
    for label, wanted in MADE.items():
        equal(kinds(folders[label]), sorted(wanted), f"what {label} makes")
    production = text_of(folders["two/production"])
    check('data "aws_iam_openid_connect_provider"' in production["data.tf"], "the provider is not looked up")
    check('"arn:aws:ecr:eu-west-1:123456789012:repository/shop/api"' in production["iam.tf"], "production's hosts have another repository")
    other = text_of(folders["two-accounts/production"])["iam.tf"]
    check('"arn:aws:ecr:eu-west-1:123456789012:repository/shop/api"' in other, "hosts of the other account have another repository")
    check('"repo:shop-org/api:environment:production"' in production["iam.tf"] and "environment:staging" not in production["iam.tf"], "whose role it is")


def test_hostile(folders):
    text = text_of(folders["hostile"])["iam.tf"]
    for wanted in ('"ssm:resourceTag/\\"$${x}" = "$${$}{aws:username}\\"\\\\"', '"ssm:resourceTag/%%{y}" = "*"',
                   '"arn:aws:s3:::shop-data/a\\"b$${$}{c}%%{d}\\\\$${*}/*"', '"repo:shop-org/.github:environment:production"'):
        check(wanted in text, f"{wanted} is not in\n{text}")


def test_partitions(folders):
    for label, partition, audience in (("china", "aws-cn", "sts.amazonaws.com.cn"), ("gov", "aws-us-gov", "sts.amazonaws.com")):
        text = "\n".join(text_of(folders[label]).values())
        equal(set(re.findall(r'"arn:([a-z-]+):', text)), {partition}, f"partitions of {label}")
        equal(set(re.findall(r'"(sts\.[a-z.]+)"', text)), {audience}, f"audiences of {label}")


def test_validate(program, folders, work):
    batch = work + "/batch"
    os.mkdir(batch)
    with open(batch + "/main.tf", "w", encoding="utf-8") as f:
        f.writelines(f'module "m{i}" {{\n  source = "{os.path.relpath(folder, batch)}"\n}}\n' for i, folder in enumerate(folders.values()))
    status, text = program.init(batch)
    check(status == 0, text[-2000:])
    _, text = program.run(batch, "validate", "-json", "-no-color")
    problems = [f"{d['summary']}: {d.get('detail', '')}" for d in json.loads(text)["diagnostics"] if d["summary"] != "Backend configuration ignored"]
    equal(problems, [], "what Terraform says")
    status, text = program.run(work + "/out", "fmt", "-check", "-recursive", "-diff", "-no-color")
    equal((status, text), (0, ""), "what terraform fmt would change")


def make(work):
    folders = {}
    for label, (more, region) in {"full": (FULL, "eu-west-1"), **VARIANTS}.items():
        spec = f"{work}/specs/{label}"
        os.makedirs(spec)
        with open(spec + "/ops.yaml", "w", encoding="utf-8") as f:
            text = SPEC % {"region": region, "account": ACCOUNT, "more": more}
            # Without `deploy` there is one host that can be meant.
            text = re.sub(r"(?m)^  found: .*\n", "", text) if label == "cleanup" else text
            f.write(text.replace("  api:", ODD + "  api:", 1) if label == "hostile" else text)
        build(spec + "/ops.yaml", f"{work}/out/{label}")
        for root in roots(f"{work}/out/{label}"):
            part = os.path.relpath(os.path.dirname(root), f"{work}/out/{label}")
            folders[label if part == "." else f"{label}/{part}"] = root
    return folders


def test_keeps_images(w, program):
    """All goes but a repository that has an image."""
    ecr, iam, ssm = (w.cloud.client(s) for s in ("ecr", "iam", "ssm"))
    ecr.put_image(repositoryName="shop/api", imageTag="0" * 40, imageManifestMediaType="application/vnd.docker.distribution.manifest.v2+json",
                  imageManifest=json.dumps({"schemaVersion": 2, "config": {"size": 1, "digest": DIGEST}, "layers": []}))
    text = terraform(w, program, "destroy", "-auto-approve", "-refresh=false", status=1)
    equal(re.findall(r"Error: (.*)", text), [e for e in re.findall(r"Error: (.*)", text) if "ECR Repository" in e], "errors")
    check("RepositoryNotEmpty" in text, text[-1000:])
    equal([r["repositoryName"] for r in ecr.describe_repositories()["repositories"]], ["shop/api"], "repositories that are left")
    equal(sorted(r["RoleName"] for r in iam.list_roles()["Roles"]), ["shop-found", "shop-web"], "roles that are left")
    equal((iam.list_open_id_connect_providers()["OpenIDConnectProviderList"], iam.list_policies(Scope="Local")["Policies"]), ([], []), "what is left in IAM")
    equal(ssm.list_documents(Filters=[{"Key": "Owner", "Values": ["Self"]}])["DocumentIdentifiers"], [], "documents that are left")


def applied(w, program):
    with test("apply"):
        w.fill()
        apply(w, program)
    if state.failed:
        return
    documents = {name: role_of(w, "shop-production-" + name)[1] for name in ("deploy", "build")}
    documents.update({host: host_policy(w, host) for host in ("web", "found")})
    content = document_of(w)
    for name, part in (("repository", lambda: test_repository(w)), ("trust", lambda: test_trust(w)), ("no-more", lambda: test_no_more(w, documents)),
                       ("cleanup-on-one-host", lambda: test_cleanup_once(documents)), ("document-patterns", lambda: test_patterns(content)),
                       ("document-words", lambda: test_words(w, content)), ("document-shellcheck", lambda: test_shellcheck(content)),
                       ("document-scripts", lambda: test_scripts_know(w)), ("scripts", lambda: test_scripts(w, documents["web"])),
                       ("runner", lambda: test_runner(w, documents["deploy"], content))):
        with test(name):
            part()
    for whose in ("web", "deploy", "build"):
        test_needed(w, whose, documents[whose])
    with test("destroy"):
        test_keeps_images(w, program)


def main():
    gone = [n for n in ("aws",) if not tool(n)]
    if gone:
        say("skip-missing", "deploy-roles", ", ".join(gone))
        return
    program = need_terraform("deploy-roles")
    with tempfile.TemporaryDirectory(prefix="r.", dir=os.environ.get("TMPDIR", "/tmp")) as work:
        folders = make(work)
        for name, part in (("statements-name-their-resources", lambda: test_stars(folders)), ("what-is-made", lambda: test_made(folders)),
                           ("partitions", lambda: test_partitions(folders)), ("hostile", lambda: test_hostile(folders)), ("validate", lambda: test_validate(program, folders, work))):
            with test(name):
                part()
        w = World(work)
        try:
            applied(w, program)
        finally:
            w.stop()


if __name__ == "__main__":
    main()
    sys.exit(1 if state.failed else 0)
