# SPDX-License-Identifier: MIT
"""A server of AWS's API with an account that a test has made up: what is not in it is empty.

    python3 tests/account_door.py ACCOUNT.json COMMAND...    runs the command beside it
"""
import json
import os
import subprocess
import sys
from xml.sax.saxutils import escape

from aws_door import Door, Reply, error

ACCOUNT = "123456789012"
ENV = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
       "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent"}
NAMES = {"monitoring": "cloudwatch", "tagging": "tag"}
XML = ("s3", "cloudfront")
IDENTITY = f"""<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/ops</Arn>
<Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""
DENIED = "User: arn:aws:iam::{}:user/ops is not authorized to perform: {} because no identity-based policy allows it"


def arn(service, rest):
    return f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{rest}"


def members(name, items):
    return f"<{name}>" + "".join("<member>" + "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in i.items()) + "</member>"
                                 for i in items) + f"</{name}>"


class Account:
    """`alarms` and so on as the answers of AWS's API have them; `denied`: actions such as sns:ListTopics."""

    def __init__(self, alarms=(), composite=(), dashboards=None, groups=(), topics=(), queries=(), denied=(), **door):
        self.alarms, self.composite, self.dashboards, self.groups = list(alarms), list(composite), dict(dashboards or {}), list(groups)
        self.topics, self.queries, self.denied, self.wait_s, self.door = list(topics), list(queries), set(denied), 0, door

    def answer(self, request, _count):
        operation, is_json = request.operation, "X-Amz-Target" in request.headers
        service = request.headers["Authorization"].split("/")[3]
        action = f"{NAMES.get(service, service)}:{operation}"
        if action in self.denied:
            words = DENIED.format(ACCOUNT, action)
            if not is_json:
                return Reply(403, f"<ErrorResponse><Error><Code>AuthorizationError</Code><Message>{words}</Message></Error></ErrorResponse>")
            return error("AccessDeniedException", words, wait_s=self.wait_s)
        body = getattr(self, operation, lambda request: {})(request) if operation else "<Empty/>" if service in XML else {}
        if operation and not is_json and operation != "GetCallerIdentity":
            body = f"<{operation}Response><{operation}Result>{body or ''}</{operation}Result></{operation}Response>"
        return Reply(body=body if isinstance(body, str) else json.dumps(body), wait_s=self.wait_s, **self.door)

    def GetCallerIdentity(self, _request):
        return IDENTITY

    def DescribeAlarms(self, _request):
        return {"MetricAlarms": [{"AlarmArn": arn("cloudwatch", "alarm:" + a["AlarmName"]), **a} for a in self.alarms],
                "CompositeAlarms": self.composite}

    def GetResources(self, request):
        """Everything has the tags that are asked for."""
        tags = [{"Key": f["Key"], "Value": f["Values"][0]} for f in json.loads(request.body)["TagFilters"]]
        arns = [arn("cloudwatch", "alarm:" + a["AlarmName"]) for a in self.alarms] + self.topics
        return {"ResourceTagMappingList": [{"ResourceARN": a, "Tags": tags} for a in arns]}

    def ListDashboards(self, _request):
        return {"DashboardEntries": [{"DashboardName": name} for name in self.dashboards]}

    def GetDashboard(self, request):
        name = json.loads(request.body)["DashboardName"]
        return {"DashboardName": name, "DashboardBody": json.dumps(self.dashboards[name])}

    def DescribeLogGroups(self, _request):
        return {"logGroups": self.groups}

    def DescribeQueryDefinitions(self, _request):
        return {"queryDefinitions": self.queries}

    def ListTopics(self, _request):
        return members("Topics", [{"TopicArn": arn} for arn in self.topics])

    def __enter__(self):
        self.server = Door(self.answer)
        self.env = {**ENV, "AWS_ENDPOINT_URL": self.server.url, "PATH": os.environ["PATH"]}
        return self

    def __exit__(self, *args):
        self.server.__exit__(*args)


def main():
    with open(sys.argv[1], encoding="utf-8") as f, Account(**json.load(f)) as account:
        return subprocess.run(sys.argv[2:], env=account.env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
