#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A spec with `backup:`, end to end: Terraform applied to an emulated AWS, the generated scripts run on the bucket that it made, with
the permissions that it gave and no others; and each permission taken away in turn, which something must notice.
"""
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

from aws_support import Cli, Cloud
from iam_support import Policy, asked
from report import check, equal, say, state, test
from server_support import Postgres, Server, certificates, open_to_servers, tool
from emulator_support import PROVIDER
from terraform_support import build, need_terraform

ACCOUNT = "123456789012"  # moto's
PASSWORD = "s3cret-of-the-database"
DAY = 86400
HOSTILE = 'a"b${c}%{d}\\é/'

SPEC = """\
opsc: 1
project: shop
aws: {{ region: eu-west-1 }}
notify: ops@shop.example
terraform: {{ state: {{ bucket: shop-state }} }}
resources:
  web: {{ kind: ec2, id: i-0a1b2c3d4e5f67890, alarms: none }}
  db: {{ kind: postgres, on: web, port: {port}, database: shop, alarms: none }}
  aurora: {{ kind: rds, id: shop-aurora-1, cluster: shop-aurora, engine: aurora-postgresql, database: shop, alarms: none }}
  managed: {{ kind: rds, id: shop-db, engine: postgres, database: shop, alarms: none }}
  data: {{ kind: s3, bucket: shop-data, alarms: none }}
  smtp: {{ kind: secret, id: legacy/smtp, store: secrets-manager, max_age: 90d }}
  managed-login: {{ kind: secret, id: legacy/db, store: secrets-manager, max_age: 90d }}
backup:
  bucket: shop-backups
  lock: 7d
  snapshots:
    db: {{ every: day, keep: 7d, user: super }}
    managed: {{ every: week, password: managed-login, user: super }}
    aurora: {{ every: week, password: managed-login, user: super }}
  exports:
    orders: {{ from: db, tables: [orders], every: week, password: db-password }}
  configuration: {{ every: week, terraform_state: true, parameters: /shop/production, secrets: {how} }}
  drill: {{ every: month, restore: db, expect: ["select count(*) = 3 from orders"] }}
secrets:
  items:
    db-password: {{ of: db, user: super, rotate: every 180 days by hand }}
    app-password: {{ of: db, user: app, rotate: every 180 days by hand }}
cost:
  endpoints: {{ vpc: {vpc}, route_tables: [{table}], services: [s3, dynamodb] }}
  log_retention: {{ /aws/lambda/there: 14d, "/aws/rds/instance/not#there/postgresql": 7d }}
  lifecycle:
    data:
      - {{ prefix: training/, glacier_after: 30d, expire_after: 365d }}
      - {{ infrequent_after: 30d, deep_after: 90d, old_versions_after: 10d }}
      - {{ prefix: 'a"b$${{c}}%{{d}}\\é/', instant_after: 1d, expire_after: 200d, abort_uploads_after: 2d }}
dashboards: none
"""
STATE = {"version": 4, "terraform_version": "1.11.0", "serial": 7, "lineage": "0c8ae6c1", "outputs": {}, "resources": []}


class Guarded(Cloud):
    """Requests of the host are held against a policy."""

    policy, key = None, None

    def __init__(self):
        super().__init__()
        self.used, self.refused = set(), []

    def answer(self, environ, start_response):
        if "Credential=host/" not in environ.get("HTTP_AUTHORIZATION", ""):
            return super().answer(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        sealed = "/configuration-backup/" in environ["PATH_INFO"]
        for want in asked(environ, body, ACCOUNT, self.key if sealed else None):
            statement = self.policy.statement_of(want) if self.policy else {"Sid": ""}
            if statement is None:
                self.refused.append(want)
                return self.refuse(environ, start_response, want)
            self.used.add((statement["Sid"], want.action))
        return super().answer(environ, start_response)

    @staticmethod
    def refuse(environ, start_response, want):
        xml = "HTTP_X_AMZ_TARGET" not in environ
        text = f"User is not authorized to perform: {want.action}"
        body = f"<Error><Code>AccessDenied</Code><Message>{text}</Message></Error>" if xml else json.dumps({"__type": "AccessDeniedException", "message": text})
        body = b"" if environ["REQUEST_METHOD"] == "HEAD" else body.encode()
        start_response("403 Forbidden", [("Content-Type", "text/xml" if xml else "application/x-amz-json-1.1"), ("Content-Length", str(len(body)))])
        return [body]


class World:
    def __init__(self, work, terraform, how):
        self.work, self.terraform = work, terraform
        self.steps = {}  # what a host did when it first used a permission
        os.mkdir(work)
        os.chmod(work, 0o711)
        os.mkdir(work + "/bin")
        self.cloud, self.cli = Guarded(), Cli(work, work + "/bin")
        urllib.request.urlopen(urllib.request.Request(self.cloud.url + "/moto-api/reset", method="POST"), timeout=10).close()
        self.pg = Postgres(work + "/pg", PASSWORD, certificates(work))
        self.pg.sql("CREATE DATABASE shop")
        self.pg.sql("CREATE TABLE orders AS SELECT n AS id, 'order ' || n AS what FROM generate_series(1, 3) AS n", "shop")
        ec2 = self.cloud.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        spec = work + "/ops.yaml"
        with open(spec, "w", encoding="utf-8") as f:
            f.write(SPEC.format(port=self.pg.port, how=how, vpc=vpc, table=table))
        self.out = work + "/out"
        build(spec, self.out)
        self.fill()
        for name in ("tmp", "state"):
            os.mkdir(f"{work}/{name}")
        shutil.copy(work + "/ca.pem", work + "/state/rds-ca.pem")

    def fill(self):
        """What is there without opsc."""
        client = self.cloud.client
        client("s3").create_bucket(Bucket="shop-state", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        client("s3").create_bucket(Bucket="shop-data", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        client("s3").put_object(Bucket="shop-state", Key="shop/production/ops.tfstate", Body=json.dumps(STATE).encode())
        # As Lambda makes it, with a tag of somebody's; one of a like name is not taken for it.
        for name in ("/aws/lambda/there", "/aws/lambda/there-too"):
            client("logs").create_log_group(logGroupName=name, tags={"of": "somebody"})
        for name, value in (("legacy/smtp", "mail"), ("legacy/db", PASSWORD)):
            client("secretsmanager").create_secret(Name=name, SecretString=value)
        client("rds").create_db_instance(DBInstanceIdentifier="shop-db", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20,
                                         MasterUsername="super", MasterUserPassword="not this one", Port=self.pg.port)
        client("rds").create_db_cluster(DBClusterIdentifier="shop-aurora", Engine="aurora-postgresql", MasterUsername="super",
                                        MasterUserPassword="not this one", Port=self.pg.port)

    def apply(self):
        folder = self.out + "/terraform"
        os.remove(folder + "/backend.tf")
        with open(folder + "/emulator_override.tf", "w", encoding="utf-8") as f:
            f.write(PROVIDER)
        env = {"AWS_ENDPOINT_URL": self.cloud.url}
        for arguments in (("apply", "-auto-approve"), ("plan", "-detailed-exitcode")):
            if arguments[0] == "apply":
                status, text = self.terraform.init(folder)
                check(status == 0, text[-2000:])
            status, text = self.terraform.run(folder, *arguments, "-input=false", "-no-color", env=env)
            check(status == 0, f"{arguments}: {status}\n{text[-3000:]}")
        iam = self.cloud.client("iam")
        arn = f"arn:aws:iam::{ACCOUNT}:policy/shop-production-backup-web"
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        self.document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        self.cloud.policy = Policy(self.document)
        self.set_password()

    def set_password(self):
        """As its owner does it, outside of Terraform."""
        self.cloud.client("ssm").put_parameter(Name="/shop/production/db-password", Value=PASSWORD, Type="SecureString", Overwrite=True)

    def look_for_secrets(self):
        """From here on, whenever a part is looked at or sealed, so is what is on the disk."""
        for name in ("sha256sum", "age"):
            with open(f"{self.work}/bin/{name}", "w", encoding="utf-8") as f:
                f.write(f'#!/bin/bash\necho {name} >>"{self.work}/looked"\n'
                        f'grep -rlF -e {PASSWORD} -- "${{TMPDIR}}" >>"{self.work}/told"\nexec {tool(name)} "$@"\n')
            os.chmod(f"{self.work}/bin/{name}", 0o755)

    def no_secret_was_told(self, *names):
        with open(self.work + "/looked", encoding="utf-8") as looked, open(self.work + "/told", encoding="utf-8") as told:
            equal(set(looked.read().split()), set(names), "programs that looked")
            equal(told.read(), "", "files on the disk with a secret in the clear")

    def start(self, script, *args):
        env = {"PATH": f"{self.work}/bin:{os.environ['PATH']}", "STATE_DIRECTORY": self.work + "/state", "TMPDIR": self.work + "/tmp", "LC_ALL": "C",
               "HOME": self.work, "AWS_ACCESS_KEY_ID": "host", "AWS_SECRET_ACCESS_KEY": "x", "AWS_ENDPOINT_URL": self.cloud.url,
               "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true"}
        done = subprocess.run([tool("bash"), f"{self.out}/hosts/web/{script}", *args], cwd=self.work, env=env, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=120, check=False)
        check(PASSWORD not in done.stdout + done.stderr, "the password is told")
        return done.returncode, done.stdout + done.stderr

    def run(self, script, *args, status=0):
        got, text = self.start(script, *args)
        check(got == status, f"{script} {args}: status {got}, not {status}\n{text}")
        return text

    def objects(self, job):
        s3 = self.cloud.client("s3")
        return [o["Key"] for o in s3.list_objects_v2(Bucket="shop-backups", Prefix=f"shop/production/{job}/").get("Contents", [])]

    def leave_unfinished(self):
        """What a run that was killed last week left."""
        key = "shop/production/db-backup/" + time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - 7 * DAY)) + "-0000beef/begun.json"
        self.cloud.client("s3").put_object(Bucket="shop-backups", Key=key, Body=b"{}")
        return key

    def stop(self):
        self.cli.stop()
        self.cloud.stop()


# What a host does in its life, in an order in which the later has what it needs.
LIFE = (("backup_rds_to_s3.sh", "db-backup"), ("backup_rds_to_s3.sh", "managed-backup"), ("backup_rds_to_s3.sh", "aurora-backup"), ("backup_rds_to_s3.sh", "orders-export"),
        ("backup_rds_to_s3.sh", "configuration-backup"), ("backup_rds_to_s3.sh", "--report"), ("restore_from_backup.sh", "list"),
        ("restore_from_backup.sh", "verify", "db-backup"), ("restore_drill.sh", "db-drill"), ("restore_drill.sh", "--report"))


def endpoint(status, headers, body):
    """RDS's servers are on this host."""
    body = re.sub(rb"[\w-]+\.[\w-]+\.eu-west-1\.rds\.amazonaws\.com", b"localhost", body)
    return status, {**headers, "Content-Length": str(len(body))}, body


def test_life(w):
    stale = w.leave_unfinished()
    for step in LIFE:
        before, w.cloud.used = w.cloud.used, set()
        w.run(*step)
        for one in w.cloud.used:
            w.steps.setdefault(one, step)
        w.cloud.used |= before
    equal(w.cloud.refused, [], "refused")
    tags = w.cloud.client("s3").get_object_tagging(Bucket="shop-backups", Key=stale)["TagSet"]
    equal(tags, [{"Key": "opsc", "Value": "superseded"}], "tags of what was left unfinished")
    allowed = set(Policy(w.document).actions())
    equal(sorted(allowed - w.cloud.used), [], "allowed and never used")


def test_configuration(w):
    """Kept as it was, and in no folder of this host in the clear."""
    to = w.work + "/got"
    w.look_for_secrets()
    w.run("backup_rds_to_s3.sh", "configuration-backup")
    w.run("restore_from_backup.sh", "verify", "configuration-backup")
    w.run("restore_from_backup.sh", "get", "configuration-backup", "--to", to)
    w.no_secret_was_told("sha256sum")
    with open(to + "/terraform.tfstate", encoding="utf-8") as f:
        equal(json.load(f), STATE, "the state")
    with open(to + "/parameters.json", encoding="utf-8") as f:
        equal({p["Name"]: p["Value"] for p in json.load(f)["Parameters"]},
              {"/shop/production/db-password": PASSWORD, "/shop/production/app-password": "not set yet"}, "parameters")
    with open(to + "/secrets.json", encoding="utf-8") as f:
        equal({s["Name"]: s["SecretString"] for s in json.load(f)["Secrets"]}, {"legacy/smtp": "mail", "legacy/db": PASSWORD}, "secrets")
    head = w.cloud.client("s3").head_object(Bucket="shop-backups", Key=next(k for k in w.objects("configuration-backup") if k.endswith("parameters.json")))
    equal((head["ServerSideEncryption"], head["SSEKMSKeyId"]), ("aws:kms", "alias/shop-production-backups"), "how S3 has it")
    text = w.run("restore_from_backup.sh", "restore", "configuration-backup", "--to-database", "x", status=64)
    check("no database" in text, text)


def test_without_memory(w):
    """Where there is no folder in memory, secrets are not read."""
    before = w.objects("configuration-backup")
    for script in ("backup_rds_to_s3.sh", "restore_from_backup.sh"):
        with open(f"{w.out}/hosts/web/{script}", encoding="utf-8") as f, open(f"{w.out}/hosts/web/no-{script}", "w", encoding="utf-8") as g:
            g.write(f.read().replace("/dev/shm", "/nonexistent"))
    for step in (("no-backup_rds_to_s3.sh",), ("no-restore_from_backup.sh", "verify")):
        text = w.run(*step, "configuration-backup", status=69)
        check("secrets must not be on a disk" in text, text)
    equal(w.objects("configuration-backup"), before, "what is in the bucket")


def test_configuration_fails(w):
    """Half of it is not a backup."""
    before = w.objects("configuration-backup")
    s3 = w.cloud.client("s3")
    s3.put_object(Bucket="shop-state", Key="shop/production/ops.tfstate", Body=b"<html>no state</html>")
    text = w.run("backup_rds_to_s3.sh", "configuration-backup", status=1)
    check("is no state of Terraform" in text, text)
    s3.delete_object(Bucket="shop-state", Key="shop/production/ops.tfstate")
    text = w.run("backup_rds_to_s3.sh", "configuration-backup", status=1)
    check("reading Terraform's state" in text, text)
    s3.put_object(Bucket="shop-state", Key="shop/production/ops.tfstate", Body=json.dumps(STATE).encode())
    after = [k for k in w.objects("configuration-backup") if k not in before]
    check(not any("manifest" in k or "parameters" in k for k in after), after)


def test_each_is_needed(w):
    whole = Policy(w.document)
    for sid, action in whole.actions():
        with test(f"needed-{sid}-{action.replace(':', '-')}"):
            w.cloud.policy, w.cloud.refused = whole.without(sid, action), []
            w.leave_unfinished()
            status, text = w.start(*w.steps[(sid, action)])
            check(status != 0 and w.cloud.refused, f"nothing fails without it: {status} {text}")
    w.cloud.policy, w.cloud.refused = whole, []
    with test("needed-nothing-else"):
        w.run(*LIFE[0])


def test_named(document):
    for s in document["Statement"]:
        if s["Sid"] != "PublishAges":
            check("*" not in (s["Resource"] if isinstance(s["Resource"], list) else [s["Resource"]]), s)
        check(not any("*" in a for a in s["Action"]), s)
        check(not any(a.split(":")[1].startswith("Delete") for a in s["Action"]), s)


def test_bucket(w):
    """As Terraform made it, AWS has it."""
    s3 = w.cloud.client("s3")
    equal(s3.get_bucket_versioning(Bucket="shop-backups")["Status"], "Enabled", "versioning")
    equal(s3.get_object_lock_configuration(Bucket="shop-backups")["ObjectLockConfiguration"]["ObjectLockEnabled"], "Enabled", "lock")
    block = s3.get_public_access_block(Bucket="shop-backups")["PublicAccessBlockConfiguration"]
    equal(set(block.values()), {True}, "public access")
    rule = s3.get_bucket_encryption(Bucket="shop-backups")["ServerSideEncryptionConfiguration"]["Rules"][0]
    equal(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256", "encryption")
    policy = json.loads(s3.get_bucket_policy(Bucket="shop-backups")["Policy"])["Statement"][0]
    equal((policy["Effect"], policy["Condition"]), ("Deny", {"Bool": {"aws:SecureTransport": "false"}}), "policy")
    rules = s3.get_bucket_lifecycle_configuration(Bucket="shop-backups")["Rules"]
    by_age = [r["ID"] for r in rules if "Days" in r.get("Expiration", {}) and "Tag" not in r["Filter"]]
    equal(by_age, [], "rules that expire by age alone")
    kms = w.cloud.client("kms")
    key = next(a["TargetKeyId"] for a in kms.list_aliases()["Aliases"] if a["AliasName"] == "alias/shop-production-backups")
    check(kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"], "the key does not rotate")
    # moto does not know aws:SecureTransport, and denies everybody everything from here on.
    s3.delete_bucket_policy(Bucket="shop-backups")
    w.cloud.key = kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]


def test_optimization(w):
    """What `cost` makes. Lifecycle rules: moto knows no sizes of objects, suite_terraform.py plans them."""
    logs = w.cloud.client("logs")
    equal({g["logGroupName"]: g.get("retentionInDays") for g in logs.describe_log_groups(logGroupNamePrefix="/aws/")["logGroups"] if "shop-production" not in g["logGroupName"]},
          {"/aws/lambda/there": 14, "/aws/lambda/there-too": None, "/aws/rds/instance/not#there/postgresql": 7}, "days of log groups")
    equal(logs.list_tags_log_group(logGroupName="/aws/lambda/there")["tags"], {"of": "somebody"}, "tags of what was there")
    equal(sorted((e["ServiceName"], e["VpcEndpointType"], len(e["RouteTableIds"])) for e in w.cloud.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]),
          [("com.amazonaws.eu-west-1.dynamodb", "Gateway", 1), ("com.amazonaws.eu-west-1.s3", "Gateway", 1)], "endpoints")
    said = w.cloud.client("s3").get_bucket_lifecycle_configuration(Bucket="shop-data")
    equal(sorted((r["ID"], json.dumps({k: v for k, v in r.items() if k not in ("ID", "Status")}, sort_keys=True)) for r in said["Rules"]), sorted(
        (name, json.dumps(rule, sort_keys=True)) for name, rule in {
            "opsc-1": {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}, "Expiration": {"Days": 365}, "Filter": {"Prefix": "training/"},
                       "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]},
            "opsc-2": {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}, "Expiration": {"ExpiredObjectDeleteMarker": True},
                       "Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": {"NoncurrentDays": 10},
                       "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "DEEP_ARCHIVE"}]},
            "opsc-3": {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2}, "Expiration": {"Days": 200}, "Filter": {"Prefix": HOSTILE},
                       "Transitions": [{"Days": 1, "StorageClass": "GLACIER_IR"}]},
        }.items()), "the rules")


def test_age(w, identity):
    """Sealed for its recipient: opened by its identity, and by nothing that the host has."""
    w.look_for_secrets()
    w.run("backup_rds_to_s3.sh", "configuration-backup")
    w.no_secret_was_told("sha256sum", "age")
    names = sorted({k.rsplit("/", 1)[1] for k in w.objects("configuration-backup")} - {"begun.json", "manifest.json", "latest.json"})
    equal(names, ["parameters.json.age", "secrets.json.age", "terraform.tfstate.age"], "parts")
    to = w.work + "/got"
    w.run("restore_from_backup.sh", "get", "configuration-backup", "--to", to)
    done = subprocess.run(["age", "--decrypt", "--identity", identity, to + "/parameters.json.age"], capture_output=True, check=False)
    equal([p["Value"] for p in json.loads(done.stdout)["Parameters"]], [PASSWORD], "what the identity opens")
    key = next(k for k in w.objects("configuration-backup") if k.endswith("parameters.json.age"))
    check(PASSWORD.encode() not in w.cloud.client("s3").get_object(Bucket="shop-backups", Key=key)["Body"].read(), "it is not sealed")


def with_kms(work, terraform):
    w = World(work, terraform, "{ encrypt: kms }")
    try:
        with test("apply"):
            w.apply()
        if not w.cloud.policy:
            return
        with w.cloud.fault("rds", endpoint):
            for name, part in (("bucket", lambda: test_bucket(w)), ("lifecycle", lambda: test_optimization(w)), ("statements-name-their-resources", lambda: test_named(w.document)),
                               ("life-with-these-permissions", lambda: test_life(w)), ("configuration", lambda: test_configuration(w)),
                               ("configuration-without-memory", lambda: test_without_memory(w)), ("configuration-half", lambda: test_configuration_fails(w))):
                with test(name):
                    part()
            test_each_is_needed(w)
    finally:
        w.stop()


def with_age(work):
    identity = work + ".identity"
    subprocess.run(["age-keygen", "-o", identity], check=True, capture_output=True)
    recipient = subprocess.run(["age-keygen", "-y", identity], check=True, capture_output=True, text=True).stdout.strip()
    w = World(work, None, f"{{ age: {recipient} }}")
    try:
        # Terraform's part is the same as above.
        w.cloud.client("s3").create_bucket(Bucket="shop-backups", ObjectLockEnabledForBucket=True,
                                           CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        w.set_password()
        with test("configuration-age"):
            test_age(w, identity)
    finally:
        w.stop()


def main():
    gone = [n for n in ("bash", "flock", "aws", "jq", "age", "initdb") if not tool(n, folders=("/usr/lib/postgresql/*/bin",))]
    if gone:
        say("skip-missing", "backup-roles", ", ".join(gone))
        return
    terraform = need_terraform("backup-roles")
    parent = os.environ.get("TMPDIR", "/tmp")
    with tempfile.TemporaryDirectory(prefix="r.", dir=parent) as folder:
        open_to_servers(folder)
        try:
            with_kms(folder + "/k", terraform)
            with_age(folder + "/a")
        finally:
            Server.stop_all()


if __name__ == "__main__":
    main()
    sys.exit(1 if state.failed else 0)
