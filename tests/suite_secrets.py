#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Secrets as Terraform and AWS have them: no value in a state, ages as they are published, roles that do what they must.

moto's server stands in for AWS. The values are set as their owner would set them, outside of Terraform.
"""
import glob
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile

from emulator_support import PROVIDER, Server, aws_clients
from terraform_support import OPSC, build, fail, missing, need_terraform, scratch, verdict

VALUE = "hunter2-of-the-real-thing"

SPEC = """\
opsc: 1
project: shop
environment: production
aws: { region: eu-west-1, account: "123456789012" }
notify: ops@shop.example
resources:
  db: { kind: rds, id: shop-db, engine: postgres, alarms: none }
  old-key: { kind: secret, id: legacy/smtp, store: secrets-manager, max_age: 90d }
  gone: { kind: secret, id: /legacy/gone, store: parameter-store, max_age: 30d }
dashboards: none
secrets:
  store: STORE
  items:
    mail-password: { rotate: every 90 days by the mail team }
    maps-api-key: { rotate: every 180 days, by: hand }
    never-set: { rotate: every 60 days by hand }
"""
DAY = 86400


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def emulated(folder):
    """Terraform's folder, told to speak to the emulator."""
    write(os.path.join(folder, "emulator_override.tf"), PROVIDER)
    return folder


def module(out):
    return os.path.join(out, "terraform", "modules", "secrets_rotation")


def load(out, name):
    """A module of the archive, as Lambda would have it."""
    path = os.path.join(module(out), name + ".py")
    spec = importlib.util.spec_from_file_location(name, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_archive(out):
    problems = []
    names = sorted(os.path.basename(p) for p in glob.glob(os.path.join(module(out), "*.py")))
    with open(os.path.join(module(out), "secrets_rotation.zip"), "rb") as f:
        raw = f.read()
    with zipfile.ZipFile(io.BytesIO(raw)) as z:
        if z.testzip() is not None:
            problems.append(f"damaged: {z.testzip()}")
        if sorted(z.namelist()) != names:
            problems.append(f"it has {z.namelist()}, beside it are {names}")
        for info in z.infolist():
            if info.external_attr >> 16 != 0o100644:
                problems.append(f"{info.filename} has mode {info.external_attr >> 16:o}: Lambda could not read it")
            with open(os.path.join(module(out), info.filename), "rb") as f:
                if z.read(info) != f.read():
                    problems.append(f"{info.filename} is not the file beside it")
    verdict("archive", problems)


def test_python(out):
    problems = []
    for path in glob.glob(os.path.join(module(out), "*.py")):
        done = subprocess.run([sys.executable, "-W", "error", "-m", "py_compile", path], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            problems.append(done.stderr)
    shutil.rmtree(os.path.join(module(out), "__pycache__"), ignore_errors=True)
    verdict("python", problems)


def test_explained(tmp, spec):
    """What cannot be had is not offered: no function rotates these, and RDS needs no reminder."""
    text = read(spec).replace("  items:\n", "  items:\n    master: { of: db, rotate: by rds }\n    tabbed: { rotate: \"every\\t90  days\\tby hand\" }\n")
    spec = write(os.path.join(tmp, "explained", "ops.yaml"), text)
    done = subprocess.run([OPSC, "build", spec, "-o", os.path.join(tmp, "explained", "out"), "--explain"], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    lines = [line for line in said.splitlines() if "left out" in line and ("rotation-failed" in line or "master" in line)]
    problems = [f"it says: {line}" for line in lines]
    if done.returncode != 0 or "tabbed: /shop/production/tabbed" not in said:
        problems.append(said[-800:])
    verdict("explained", problems)


def test_same_bytes(tmp, spec, out):
    again = os.path.join(tmp, "again")
    build(spec, again)
    same = []
    for name in ("secrets_rotation.zip", "main.tf"):
        with open(os.path.join(module(out), name), "rb") as a, open(os.path.join(module(again), name), "rb") as b:
            same += [] if a.read() == b.read() else [f"{name} is another one when it is built again"]
    with open(os.path.join(module(again), "secrets_rotation.zip"), "r+b") as f:
        f.write(b"\0")
    done = subprocess.run([OPSC, "build", spec, "-o", again, "--check"], capture_output=True, check=False)
    if done.returncode != 1 or b"Binary file" not in done.stdout or not done.stdout.isascii():
        same.append(f"--check on another archive: {done.returncode} {done.stdout!r}")
    verdict("same-bytes", same)


def schedule_input(client, name):
    target = client("scheduler", "eu-west-1").get_schedule(Name=name)["Target"]
    return json.loads(target["Input"])


def metrics(client):
    """The last value of every metric of ours, in days."""
    cloudwatch = client("cloudwatch", "eu-west-1")
    found = {}
    now = time.time()
    for m in cloudwatch.list_metrics(Namespace="shop/production")["Metrics"]:
        data = cloudwatch.get_metric_data(StartTime=now + 99 * DAY, EndTime=now + 102 * DAY, MetricDataQueries=[{
            "Id": "m", "MetricStat": {"Metric": m, "Period": DAY, "Stat": "Maximum"}}])
        found[m["MetricName"]] = max(data["MetricDataResults"][0]["Values"]) / DAY
    return found


class Clock:
    """Time, later: ages without waiting."""

    def __init__(self, days):
        self.now = time.time() + days * DAY

    def time(self):
        return self.now


def apply(terraform, server, label, folder):
    env = {"AWS_ENDPOINT_URL": server.url}
    status, text = terraform.init(folder)
    if status == 0:
        status, text = terraform.run(folder, "apply", "-auto-approve", "-input=false", "-no-color", env=env)
    verdict(f"apply-{label}", [] if status == 0 else [text[-3000:]])
    return status == 0


def set_value(client, store, name):
    if store == "parameter-store":
        client("ssm", "eu-west-1").put_parameter(Name=name, Value=VALUE, Type="SecureString", Overwrite=True)
    else:
        client("secretsmanager", "eu-west-1").put_secret_value(SecretId=name, SecretString=VALUE)


def test_no_value_in_state(terraform, server, store, client, folder):
    """Somebody sets a value; an apply, with the plan that it makes, neither looks at it nor puts it back."""
    slash = "/" if store == "parameter-store" else ""
    for name in ("mail-password", "maps-api-key"):
        set_value(client, store, f"{slash}shop/production/{name}")
    env = {"AWS_ENDPOINT_URL": server.url}
    status, text = terraform.run(folder, "apply", "-auto-approve", "-input=false", "-no-color", env=env)
    nothing = "No changes. Your infrastructure matches the configuration."
    problems = [] if status == 0 and nothing in text else [f"the apply after a value was set: {status}\n{text[-1500:]}"]
    state = read(os.path.join(folder, "terraform.tfstate"))
    if VALUE in state or "not set yet" in state:
        problems.append("the state has a value")
    if store == "parameter-store":
        have = client("ssm", "eu-west-1").get_parameter(Name="/shop/production/mail-password", WithDecryption=True)["Parameter"]["Value"]
    else:
        have = client("secretsmanager", "eu-west-1").get_secret_value(SecretId="shop/production/mail-password")["SecretString"]
    if have != VALUE:
        problems.append("Terraform has replaced the value")
    verdict(f"no-value-in-state-{store}", problems)


def test_taken_over(terraform, server, client, tmp, folder):
    """A parameter that Terraform imports, and a key that it is given later, leave its value alone."""
    name, address = "/shop/production/maps-api-key", "module.secrets_rotation.aws_ssm_parameter.maps_api_key"
    key = client("kms", "eu-west-1").create_key()["KeyMetadata"]["Arn"]
    spec = write(os.path.join(tmp, "key", "spec", "ops.yaml"),
                 SPEC.replace("store: STORE", f"store: parameter-store\n  kms_key: {key}"))
    build(spec, os.path.join(tmp, "key", "out"))
    text = read(os.path.join(module(os.path.join(tmp, "key", "out")), "main.tf"))
    problems = [] if key in text else ["the key is not there"]
    write(os.path.join(folder, "modules", "secrets_rotation", "main.tf"), text)
    env = {"AWS_ENDPOINT_URL": server.url}
    apply_it = ("apply", "-auto-approve", "-input=false", "-no-color")
    for step in (apply_it, ("state", "rm", address), ("import", "-input=false", "-no-color", address, name), apply_it,
                 ("plan", "-detailed-exitcode", "-input=false", "-no-color")):
        status, said = terraform.run(folder, *step, env=env)
        if status != 0:
            problems.append(f"{step}: {status}\n{said[-1500:]}")
        if client("ssm", "eu-west-1").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"] != VALUE:
            problems.append(f"{step}: the value is another one")
    verdict("taken-over", problems)


def test_ages(server, store, client, out):
    env = {"AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-1"}
    before = {k: os.environ.get(k) for k in env}
    os.environ.update(env)
    try:
        age = load(out, "age")
        client("secretsmanager", "eu-west-1").create_secret(Name="legacy/smtp", SecretString=VALUE)
        event = schedule_input(client, "shop-production-secrets-age")
        said = io.StringIO()
        age.time = Clock(100)
        stdout, sys.stdout = sys.stdout, said
        try:
            age.handler(event, None)
        finally:
            sys.stdout = stdout
        have = metrics(client)
        want = {"mail-password.age": 100, "maps-api-key.age": 100, "old-key.age": 100, "never-set.age": 61, "gone.age": 31}
        problems = [] if {k: round(v) for k, v in have.items()} == want else [f"ages are {have}, not {want}"]
        if VALUE in said.getvalue() or not said.getvalue():
            problems.append(f"it prints {said.getvalue()!r}")
        verdict(f"ages-{store}", problems)
        test_ages_and_a_failure(store, client, age, event)
    finally:
        for k, v in before.items():
            if v is None:
                os.environ.pop(k)
            else:
                os.environ[k] = v


def test_ages_and_a_failure(store, client, age, event):
    """What cannot be looked at has no age, and fails the invocation after the others were published."""
    event["items"].insert(0, {"name": "lost", "store": "secrets-manager", "id": "not/there", "max_age_s": 10 * DAY})
    problems = []

    def publishes(days, names, says):
        age.time = Clock(days)
        try:
            age.handler(event, None)
            problems.append("it does not fail")
        except RuntimeError as e:
            problems.extend([] if says in str(e) else [f"it does not say which: {e}"])
        have = metrics(client)
        fresh = {name for name, value in have.items() if round(value) == days}
        if fresh != names or "lost.age" in have:
            problems.append(f"day {days}: ages are {have}")
    ours = {"mail-password.age", "maps-api-key.age"}
    publishes(101, ours | {"old-key.age"}, "lost")
    real = age.parameters_replaced

    def throttled(ssm, items):
        raise ssm.exceptions.ClientError({"Error": {"Code": "ThrottlingException"}}, "DescribeParameters")
    age.parameters_replaced = throttled
    publishes(102, ours | {"old-key.age"} if store == "secrets-manager" else {"old-key.age"}, "gone: ClientError" if store == "secrets-manager" else "gone")
    age.parameters_replaced = real
    verdict(f"ages-and-a-failure-{store}", problems)


def statements(out):
    """(policy, statement's name, its text) of every IAM statement of the module."""
    text = read(os.path.join(module(out), "iam.tf"))
    for name, body in re.findall(r'(?ms)^resource "aws_iam_role_policy" "(\w+)" \{(.*?)^\}', text):
        for block in re.findall(r"(?ms)^      \{\n(.*?)^      \},", body):
            yield name, re.search(r'Sid\s+= "(\w+)"', block).group(1), block


# Actions that IAM knows no resource for (AWS's service authorization reference): "*" or nothing.
NO_RESOURCE = {"cloudwatch:PutMetricData", "ssm:DescribeParameters", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
               "ec2:DescribeSecurityGroups", "ec2:DescribeVpcs"}


def test_statements(label, out, used):
    """Every statement names its resources, unless its actions know none; and nothing is allowed that nobody calls."""
    problems, seen = [], set()
    for policy, sid, block in statements(out):
        actions = set(re.findall(r'"([a-z0-9]+:[A-Za-z*]+)"', block.split("Resource", 1)[0]))
        seen |= actions
        every = re.search(r'Resource\s+= "\*"', block) is not None
        if every and not actions <= NO_RESOURCE:
            problems.append(f"{policy} {sid}: {sorted(actions - NO_RESOURCE)} on everything")
        if any("*" in a for a in actions) or not actions:
            problems.append(f"{policy} {sid}: {sorted(actions)}")
        if "cloudwatch:PutMetricData" in actions and "cloudwatch:namespace" not in block:
            problems.append(f"{policy} {sid}: any namespace")
    if seen != used:
        problems.append(f"allowed and not used: {sorted(seen - used)}; used and not allowed: {sorted(used - seen)}")
    verdict(f"statements-{label}", problems)


def run(terraform, server, tmp, store):
    server.reset()
    spec = write(os.path.join(tmp, store, "spec", "ops.yaml"), SPEC.replace("STORE", store))
    out = os.path.join(tmp, store, "out")
    build(spec, out)
    if store == "parameter-store":
        test_archive(out)
        test_python(out)
        test_same_bytes(tmp, spec, out)
        test_explained(tmp, spec)
    status, text = terraform.run(out, "fmt", "-check", "-recursive", "-diff", "-no-color")
    verdict(f"fmt-{store}", [] if status == 0 else [text])
    folder = emulated(os.path.join(out, "terraform"))
    if not apply(terraform, server, store, folder):
        return
    client = aws_clients(server.url)
    if client is None:
        missing(store, "boto3 is not there (pip install boto3)")
    test_no_value_in_state(terraform, server, store, client, folder)
    test_ages(server, store, client, out)
    if store == "parameter-store":
        test_taken_over(terraform, server, client, tmp, folder)
    test_statements(store, out, {"ssm:DescribeParameters", "secretsmanager:ListSecretVersionIds", "cloudwatch:PutMetricData",
                                 "logs:CreateLogStream", "logs:PutLogEvents", "lambda:InvokeFunction"})


def main():
    if shutil.which("moto_server") is None:
        missing("secrets", "moto_server is not there: pip install 'moto[server]'")
    terraform = need_terraform("secrets")
    with scratch("secrets") as tmp:
        server = Server(tmp)
        try:
            for store in ("parameter-store", "secrets-manager"):
                try:
                    run(terraform, server, tmp, store)
                except Exception as e:  # the other store is tried all the same
                    fail(f"run-{store}", f"{type(e).__name__}: {e}")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
