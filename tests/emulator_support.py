# SPDX-License-Identifier: MIT
"""An AWS that is not there: moto's server with what it lacks (moto_*.py), what a test makes in it, and what it then has."""
import collections
import contextlib
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile

from terraform_support import missing, scratch

PROVIDER = """\
provider "aws" {
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  max_retries                 = 4
}
"""

class Server:
    def __init__(self, folder):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.url, self.aside = f"http://127.0.0.1:{self.port}", []
        self.log = open(os.path.join(folder, "moto.log"), "wb")
        # The Python that has moto, which need not be the one of this script.
        server = os.path.join(os.path.dirname(os.path.abspath(__file__)), "moto_more.py")
        self.process = subprocess.Popen([sys.executable, server, "127.0.0.1", str(self.port)],
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        for _ in range(300):
            try:
                urllib.request.urlopen(self.url + "/moto-api/data.json", timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        raise RuntimeError("moto_server does not answer")

    def reset(self):
        urllib.request.urlopen(urllib.request.Request(self.url + "/moto-api/reset", method="POST"), timeout=10).close()

    def ask(self, says=None):
        request = urllib.request.Request(self.url + "/watch", data=json.dumps(says).encode() if says is not None else None)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def watched(self, says=None):
        """What came from opsc since it was asked last (moto_watch.py); `says` is how it is to be from now on."""
        told = self.ask(says)
        for before in self.aside:
            told.update({what: before[what] + told[what] for what in ("wrong", "asked")},
                        calls=dict(collections.Counter(before["calls"]) + collections.Counter(told["calls"])))
        self.aside = []
        return told

    def set_aside(self, who="opsc"):
        """What came is told with the next watched(), as asked for by `who`; how often each operation of it was called."""
        told = self.ask()
        told["asked"] = [[who if a[0] == "opsc" else a[0], *a[1:]] for a in told["asked"]]
        self.aside.append(told)
        return told["calls"]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()


@contextlib.contextmanager
def emulator(name):
    """A server, and a folder that goes with it."""
    if shutil.which("moto_server") is None:
        missing(name, "moto_server is not there: pip install 'moto[server]'")
    with scratch(name) as tmp:
        server = Server(tmp)
        try:
            yield server, tmp
        finally:
            server.stop()


def access_key(account):
    """moto_more.py takes the account from it."""
    return "AKIAOPSC" + (account or "123456789012")


def aws_clients(url, account=None):
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        return None

    def client(service, region):
        return boto3.client(service, region_name=region, endpoint_url=url, aws_access_key_id=access_key(account),
                            aws_secret_access_key="test", config=Config(retries={"max_attempts": 1}))
    return client


def make_databases(client, region, identifiers, engine="postgres"):
    """RDS instances as Terraform looks them up, each in two subnets and a security group of its own."""
    ec2, rds = client("ec2", region), client("rds", region)
    for identifier in identifiers:
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24")["Subnet"]["SubnetId"] for i in (0, 1)]
        group = ec2.create_security_group(GroupName=identifier, Description="database", VpcId=vpc)["GroupId"]
        rds.create_db_subnet_group(DBSubnetGroupName=identifier, DBSubnetGroupDescription="database", SubnetIds=subnets)
        # moto has no default version of MariaDB.
        rds.create_db_instance(DBInstanceIdentifier=identifier, DBInstanceClass="db.t3.micro", Engine=engine, AllocatedStorage=20,
                               EngineVersion={"postgres": "16.3", "mariadb": "10.11.6"}[engine], MasterUsername="boss",
                               MasterUserPassword="boss-p4ss", DBSubnetGroupName=identifier, VpcSecurityGroupIds=[group])


def make_function(client, arn):
    """A function of Lambda's with this ARN."""
    region, name = arn.split(":")[3], arn.split(":")[6]
    role = make_role(client, "runs-" + name)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("main.py", "def handler(event, context): pass")
    client("lambda", region).create_function(FunctionName=name, Runtime="python3.12", Role=role, Handler="main.handler",
                                             Code={"ZipFile": archive.getvalue()})


def make_role(client, name):
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                     "Principal": {"Service": "ec2.amazonaws.com"}}]}
    return client("iam", "us-east-1").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]


def named_in(root, pattern):
    """What files of Terraform name in this way, each once."""
    found = set()
    for folder, _, files in os.walk(root):
        for name in files:
            if name.endswith(".tf"):
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    found.update(re.findall("(?m)" + pattern, f.read()))
    return sorted(found)


def make_what_is_there(client, root, region):
    """What is the user's, and looked up or named by Terraform: databases, roles of hosts, functions."""
    make_databases(client, region, named_in(root, r'^  db_instance_identifier = "([^"]+)"'))
    for role in named_in(root, r'^  role +[=] "([^"$]+)"'):
        make_role(client, role)
    for arn in named_in(root, r'^  function_name += "(arn:[^"$]+)"'):
        make_function(client, arn)


def alarms_of(client, regions):
    found = {}
    for region in regions:
        for page in client("cloudwatch", region).get_paginator("describe_alarms").paginate():
            for alarm in page["MetricAlarms"]:
                found[alarm["AlarmName"]] = {**alarm, "Region": region}
    return found
