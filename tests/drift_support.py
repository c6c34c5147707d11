# SPDX-License-Identifier: MIT
"""opsc drift against an account that Terraform has filled: it finds nothing; then each attribute is changed behind its
back, one at a time, and it finds that one and nothing else."""
import copy
import json
import os
import pathlib
import re
import subprocess

import jsonschema

import apply_changes
from terraform_support import OPSC

SCHEMA = jsonschema.Draft7Validator(json.loads(
    (pathlib.Path(__file__).resolve().parent.parent / "docs/reference/drift.schema.json").read_text(encoding="utf-8")))


def ask(url, key, env, *args):
    """opsc with its arguments, against the account that the key is of."""
    outside = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": key,
               "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}
    return subprocess.run([OPSC, *args, "--format", "json", *(["--env", env] if env else [])], env=outside, capture_output=True, text=True,
                          timeout=120, check=False)


def coverage(spec, url, key, env=None):
    """What opsc coverage says of the account: the sheet of the environment."""
    p = ask(url, key, env, "coverage", spec, "--live")
    if p.returncode != 0:
        raise AssertionError(p.stdout + p.stderr)
    return json.loads(p.stdout)["environments"][0]


def drift(spec, url, key, env=None, *more):
    """The exit status, and the report; or what it said instead."""
    p = ask(url, key, env, "drift", spec, *more)
    try:
        report = json.loads(p.stdout)
    except ValueError:
        return p.returncode, None, p.stdout + p.stderr
    SCHEMA.validate(report)
    return p.returncode, report, p.stderr


def found(report, want=()):
    """What is told of an account: (action, kind, name, path) of each difference. Nodes without a name of AWS's are told by
    their label: where one of `want` has none no name counts, and a place that is [*] in one of its paths is any."""
    told = set()
    for item in report["items"]:
        if item["action"] in ("unread", "same"):
            continue
        for change in item.get("changes", [{}]):
            told.add((item["action"], item["kind"], item["name"], change.get("path")))
    if any(name is None for _, _, name, _ in want):
        told = {(action, kind, None, path) for action, kind, _, path in told}
    if any("[*]" in (path or "") for _, _, _, path in want):
        told = {(action, kind, name, re.sub(r"\[\d+\]", "[*]", path or "") or None) for action, kind, name, path in told}
    return told


def own(client, operation, answer):
    """The members of an answer that an operation takes as well."""
    takes = client.meta.service_model.operation_model(operation).input_shape.members
    return {k: v for k, v in copy.deepcopy(answer).items() if k in takes}


# Terraform's name, and what is made of what was put.
ALARM = [
    ("alarm_description", lambda a: a.update(AlarmDescription="changed")),
    ("actions_enabled", lambda a: a.update(ActionsEnabled=False)),
    ("alarm_actions", lambda a: a.update(AlarmActions=[])),
    ("ok_actions", lambda a: a["OKActions"].append("arn:aws:sns:eu-west-1:1:x")),
    ("insufficient_data_actions", lambda a: a.update(InsufficientDataActions=["arn:aws:sns:eu-west-1:1:x"])),
    ("comparison_operator", lambda a: a.update(ComparisonOperator="LessThanThreshold")),
    ("threshold", lambda a: a.update(Threshold=a["Threshold"] + 0.1)),
    ("evaluation_periods", lambda a: a.update(EvaluationPeriods=a["EvaluationPeriods"] + 1)),
    ("datapoints_to_alarm", lambda a: a.update(DatapointsToAlarm=a["DatapointsToAlarm"] + 1)),
    ("treat_missing_data", lambda a: a.update(TreatMissingData="ignore")),
    ("evaluate_low_sample_count_percentiles", lambda a: a.update(EvaluateLowSampleCountPercentile="ignore")),
]
SIMPLE = [
    ("namespace", lambda a: a.update(Namespace="Other")),
    ("metric_name", lambda a: a.update(MetricName="Other")),
    ("dimensions.%s", lambda a: a["Dimensions"][0].update(Value="other")),
    ("dimensions.More", lambda a: a["Dimensions"].append({"Name": "More", "Value": "x"})),
    ("statistic", lambda a: a.update(Statistic="SampleCount")),
    ("period", lambda a: a.update(Period=a["Period"] * 2)),
    ("unit", lambda a: a.update(Unit="Bits/Second")),
]
MATH = [
    ("metric_query[%s].expression", lambda a: expression(a).update(Expression="0 * 1")),
    ("metric_query[%s].label", lambda a: expression(a).update(Label="changed")),
    ("metric_query[%s].period", lambda a: expression(a).update(Period=10)),
    ("metric_query[%m].return_data", lambda a: metric(a).update(ReturnData=True)),
    ("metric_query[%m].metric.stat", lambda a: metric(a)["MetricStat"].update(Stat="p42")),
    ("metric_query[%m].metric.period", lambda a: metric(a)["MetricStat"].update(Period=86400)),
    ("metric_query[%m].metric.metric_name", lambda a: metric(a)["MetricStat"]["Metric"].update(MetricName="Other")),
    ("metric_query[%m].metric.namespace", lambda a: metric(a)["MetricStat"]["Metric"].update(Namespace="Other")),
    ("metric_query[%m].metric.dimensions.More",
     lambda a: metric(a)["MetricStat"]["Metric"].setdefault("Dimensions", []).append({"Name": "More", "Value": "x"})),
    ("metric_query[more]", lambda a: a["Metrics"].append({"Id": "more", "Expression": "1", "ReturnData": False})),
]
COMPOSITE = [
    ("alarm_description", lambda a: a.update(AlarmDescription="changed")),
    ("alarm_actions", lambda a: a.update(AlarmActions=[])),
    ("ok_actions", lambda a: a.update(OKActions=["arn:aws:sns:eu-west-1:1:x"])),
    ("insufficient_data_actions", lambda a: a.update(InsufficientDataActions=["arn:aws:sns:eu-west-1:1:x"])),
    ("alarm_rule", lambda a: a.update(AlarmRule="FALSE")),
    ("actions_enabled", lambda a: a.update(ActionsEnabled=False)),
    ("actions_suppressor.alarm", lambda a: a.update(ActionsSuppressor=a["ActionsSuppressor"] + "x")),
    ("actions_suppressor.wait_period", lambda a: a.update(ActionsSuppressorWaitPeriod=a["ActionsSuppressorWaitPeriod"] + 1)),
    ("actions_suppressor.extension_period", lambda a: a.update(ActionsSuppressorExtensionPeriod=a["ActionsSuppressorExtensionPeriod"] + 1)),
]


def expression(alarm):
    return next(q for q in alarm["Metrics"] if "Expression" in q)


def metric(alarm):
    return next(q for q in alarm["Metrics"] if "MetricStat" in q)


def fill(path, alarm):
    names = {"%s": lambda: alarm["Dimensions"][0]["Name"] if "dimensions" in path else expression(alarm)["Id"],
             "%m": lambda: metric(alarm)["Id"]}
    for sign, name in names.items():
        if sign in path:
            path = path.replace(sign, name())
    return path


class Changes:
    """All changes that are tried in one account and region; each is taken back."""

    def __init__(self, check, apply=None):
        self.check, self.apply, self.tried, self.made = check, apply, 0, []

    def put_right(self, part):
        """What the part has tried is changed once more, and put right by opsc apply."""
        apply_changes.put_right(part, self.made, self.apply, self.check)
        self.made = []

    def one(self, want, change, undo):
        if want:
            self.made.append((want, change))
        change()
        try:
            self.tried += 1
            self.check(want)
        finally:
            undo()

    def alarms(self, client, kind, put, all_of, changes):
        """Of the first that has what is changed."""
        for path, change in changes:
            for answer in all_of:
                before, after = own(client, put, answer), own(client, put, answer)
                try:
                    change(after)
                except (KeyError, StopIteration, IndexError):
                    continue
                if after == before:
                    continue
                action = "replace" if kind.endswith("composite_alarm") and path == "actions_enabled" else "change"
                send = getattr(client, {"PutMetricAlarm": "put_metric_alarm", "PutCompositeAlarm": "put_composite_alarm"}[put])
                self.one({(action, kind, before["AlarmName"], fill(path, before))},
                         lambda: send(**after), lambda: send(**before))  # noqa: B023
                break
            else:
                raise AssertionError(f"no alarm has {path}")

    def dashboards(self, client):
        name = client.list_dashboards()["DashboardEntries"][0]["DashboardName"]
        before = client.get_dashboard(DashboardName=name)["DashboardBody"]
        kind = "aws_cloudwatch_dashboard"

        def put(body):
            return lambda: client.put_dashboard(DashboardName=name, DashboardBody=body)

        body = json.loads(before)
        body["widgets"][0]["height"] += 1
        self.one({("change", kind, name, "dashboard_body.widgets[0].height")}, put(json.dumps(body)), put(before))
        body = json.loads(before)
        body["widgets"].append({"type": "text"})
        n = len(body["widgets"]) - 1
        self.one({("change", kind, name, f"dashboard_body.widgets[{n}]")}, put(json.dumps(body)), put(before))
        self.one(set(), put(json.dumps(json.loads(before), sort_keys=True, indent=3)), put(before))
        self.one({("create", kind, name, None)}, lambda: client.delete_dashboards(DashboardNames=[name]), put(before))

    def log_groups(self, client):
        group = next(g for g in client.describe_log_groups()["logGroups"] if "retentionInDays" in g)
        name, days, kind = group["logGroupName"], group["retentionInDays"], "aws_cloudwatch_log_group"

        def keep(n):
            return lambda: client.put_retention_policy(logGroupName=name, retentionInDays=n)

        want = {("change", kind, name, "retention_in_days")}
        self.one(want, keep(3653), keep(days))
        self.one(want, lambda: client.delete_retention_policy(logGroupName=name), keep(days))

    def filters(self, client):
        found_ = client.describe_metric_filters()["metricFilters"]
        if not found_:
            return
        before, kind = own(client, "PutMetricFilter", found_[0]), "aws_cloudwatch_log_metric_filter"

        def put(f):
            return lambda: client.put_metric_filter(**f)

        for path, place, value in [("pattern", None, "changed"), ("metric_transformation.name", "metricName", "changed"),
                                   ("metric_transformation.namespace", "metricNamespace", "changed"),
                                   ("metric_transformation.value", "metricValue", "42"),
                                   ("metric_transformation.default_value", "defaultValue", 42.0),
                                   ("metric_transformation.unit", "unit", "Count/Second"),
                                   ("metric_transformation.dimensions", "dimensions", {"More": "$.x"})]:
            after = copy.deepcopy(before)
            if place is None:
                after["filterPattern"] = value
            else:
                after["metricTransformations"][0][place] = value
            self.one({("change", kind, before["filterName"], path)}, put(after), put(before))
        gone = {"logGroupName": before["logGroupName"], "filterName": before["filterName"]}
        self.one({("create", kind, before["filterName"], None)}, lambda: client.delete_metric_filter(**gone), put(before))

    def queries(self, client):
        all_of = client.describe_query_definitions()["queryDefinitions"]
        if not all_of:
            return
        before, kind = own(client, "PutQueryDefinition", all_of[0]), "aws_cloudwatch_query_definition"

        def put(**more):
            return lambda: client.put_query_definition(**{**before, **more})

        self.one({("change", kind, before["name"], "query_string")}, put(queryString="fields @message"), put())
        self.one({("change", kind, before["name"], "log_group_names")}, put(logGroupNames=["a", "b"]), put())
        self.one({("create", kind, before["name"], None)}, put(name="another"), put())

    def topics(self, client):
        for topic in client.list_topics()["Topics"]:
            arn = topic["TopicArn"]
            before = client.get_topic_attributes(TopicArn=arn)["Attributes"]
            name, kind = arn.rsplit(":", 1)[1], "aws_sns_topic"

            def put(what, value):
                return lambda: client.set_topic_attributes(TopicArn=arn, AttributeName=what, AttributeValue=value)  # noqa: B023

            self.one({("change", kind, name, "display_name")}, put("DisplayName", "changed"), put("DisplayName", before["DisplayName"]))
            self.one({("change", kind, name, "kms_master_key_id")}, put("KmsMasterKeyId", "alias/x"), put("KmsMasterKeyId", ""))
            self.policy(put, before["Policy"])
            return

    def policy(self, put, text):
        policy, kind = json.loads(text), "aws_sns_topic_policy"

        def changed(do):
            p = copy.deepcopy(policy)
            do(p["Statement"][0])
            return put("Policy", json.dumps(p))

        sid = f"policy.Statement[{policy['Statement'][0]['Sid']}]"
        for path, do in [(".Action", lambda s: s.update(Action="sns:Subscribe")), (".Effect", lambda s: s.update(Effect="Deny")),
                         (".Resource", lambda s: s.update(Resource="*")), (".Principal", lambda s: s.update(Principal="*")),
                         (".Condition", lambda s: s.pop("Condition"))]:
            self.one({("change", kind, None, sid + path)}, changed(do), put("Policy", text))
        self.one(set(), changed(lambda s: s.update(Action=[s["Action"]], Resource=[s["Resource"]])), put("Policy", text))

    def subscriptions(self, client):
        s = client.list_subscriptions()["Subscriptions"]
        if not s:
            return

        def again():
            client.subscribe(TopicArn=s[0]["TopicArn"], Protocol=s[0]["Protocol"], Endpoint=s[0]["Endpoint"])

        def filtered(policy):
            return lambda: client.set_subscription_attributes(SubscriptionArn=s[0]["SubscriptionArn"], AttributeName="FilterPolicy",
                                                              AttributeValue=policy)

        # Nobody hears of an alarm any more.
        self.one({("change", "aws_sns_topic_subscription", None, "filter_policy.nobody")}, filtered('{"nobody": ["x"]}'), filtered("{}"))
        self.one({("create", "aws_sns_topic_subscription", None, None)},
                 lambda: client.unsubscribe(SubscriptionArn=s[0]["SubscriptionArn"]), again)
        # Somebody else listens.
        made = {}

        def listen():
            made.update(client.subscribe(TopicArn=s[0]["TopicArn"], Protocol="email", Endpoint="other@example.com", ReturnSubscriptionArn=True))

        name = s[0]["TopicArn"].rpartition(":")[2] + "/email/other@example.com"
        self.one({("orphan", "aws_sns_topic_subscription", name, None)}, listen,
                 lambda: client.unsubscribe(SubscriptionArn=made["SubscriptionArn"]))

    def tags(self, kind, name, tag, untag):
        """One with another value, one that is gone, and one of somebody else's, which is no difference."""
        self.one({("change", kind, name, "tags_all.project")}, lambda: tag("project", "other"), lambda: tag("project", self.project))
        self.one({("change", kind, name, "tags_all.managed-by")}, lambda: untag("managed-by"), lambda: tag("managed-by", "opsc"))
        self.one(set(), lambda: tag("cost-centre", "7"), lambda: untag("cost-centre"))

    def all_tags(self, cloudwatch, logs, sns):
        alarms = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        for kind, found in (("aws_cloudwatch_metric_alarm", alarms["MetricAlarms"]), ("aws_cloudwatch_composite_alarm", alarms["CompositeAlarms"])):
            for a in found[:1]:
                of = {"ResourceARN": a["AlarmArn"]}
                self.project = next(t["Value"] for t in cloudwatch.list_tags_for_resource(**of)["Tags"] if t["Key"] == "project")
                self.tags(kind, a["AlarmName"], lambda k, v: cloudwatch.tag_resource(**of, Tags=[{"Key": k, "Value": v}]),  # noqa: B023
                          lambda k: cloudwatch.untag_resource(**of, TagKeys=[k]))  # noqa: B023
        group = logs.describe_log_groups()["logGroups"][0]
        arn = {"resourceArn": group["arn"].removesuffix(":*")}
        self.tags("aws_cloudwatch_log_group", group["logGroupName"], lambda k, v: logs.tag_resource(**arn, tags={k: v}),
                  lambda k: logs.untag_resource(**arn, tagKeys=[k]))
        topic = {"ResourceArn": sns.list_topics()["Topics"][0]["TopicArn"]}
        self.tags("aws_sns_topic", topic["ResourceArn"].rsplit(":", 1)[1], lambda k, v: sns.tag_resource(**topic, Tags=[{"Key": k, "Value": v}]),
                  lambda k: sns.untag_resource(**topic, TagKeys=[k]))


def try_all(check, client, region, _apply):
    """Changes each attribute of the monitoring module in turn; the number of changes. `check` gets what is to be found."""
    c, cloudwatch, logs, sns = Changes(check), client("cloudwatch", region), client("logs", region), client("sns", region)
    pages = list(cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"]))
    metric_alarms = [a for p in pages for a in p["MetricAlarms"]]
    kind = "aws_cloudwatch_metric_alarm"
    simple, math = [a for a in metric_alarms if a.get("Statistic")], [a for a in metric_alarms if a.get("Metrics")]
    c.alarms(cloudwatch, kind, "PutMetricAlarm", simple, ALARM + SIMPLE)
    c.alarms(cloudwatch, kind, "PutMetricAlarm", math, MATH)
    composite = [a for p in pages for a in p["CompositeAlarms"]]
    c.alarms(cloudwatch, "aws_cloudwatch_composite_alarm", "PutCompositeAlarm", composite, COMPOSITE if composite else [])
    for part, service in ((c.dashboards, cloudwatch), (c.log_groups, logs), (c.filters, logs), (c.queries, logs),
                          (c.topics, sns), (c.subscriptions, sns)):
        part(service)
    c.all_tags(cloudwatch, logs, sns)
    return c.tried
