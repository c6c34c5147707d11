# SPDX-License-Identifier: MIT
"""opsc drift of 1,000 alarms and 100 log groups: how many calls it takes, in pages, also where each operation is too fast once."""
import concurrent.futures
import os
import sys

import drift_support
from terraform_support import ROOT

sys.path.append(os.path.join(ROOT, "tools", "bench"))
import spec as specs  # noqa: E402

ALARMS = 1000
# Of the whole run, by operation: 1,000 alarms are ten pages. In all, where Terraform makes thousands.
BUDGET = {"cloudwatch.DescribeAlarms": 10, "logs.DescribeMetricFilters": 1, "logs.DescribeQueryDefinitions": 1, "cloudwatch.ListDashboards": 1,
          "sns.ListTopics": 1, "sns.ListSubscriptions": 1, "iam.GetAccountAuthorizationDetails": 1, "sts.GetCallerIdentity": 1,
          "budgets.DescribeBudgets": 1, "ce.GetAnomalyMonitors": 1, "resourcegroupstaggingapi.GetResources": 11}
MOST = 40
# As of the spec: what the index of tags does not know is asked for one by one.
TAGS = {"project": "bench", "environment": "production", "managed-by": "opsc", "team": "platform", "cost-center": "bench"}


def fill(client, missing):
    """Alarms and log groups of these names; the rest of each is not what is wanted."""
    cloudwatch, logs = client("cloudwatch", "eu-west-1"), client("logs", "eu-west-1")

    def alarm(name):
        cloudwatch.put_metric_alarm(AlarmName=name, Namespace="other", MetricName="other", Statistic="Sum", Period=60, EvaluationPeriods=1,
                                    Threshold=1.0, ComparisonOperator="GreaterThanThreshold",
                                    Tags=[{"Key": k, "Value": v} for k, v in TAGS.items()])
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(alarm, missing["aws_cloudwatch_metric_alarm"]))
    for name in missing["aws_cloudwatch_log_group"]:
        logs.create_log_group(logGroupName=name, tags=TAGS)


def missing_of(report):
    """{kind: names} of what is not there."""
    found = {}
    for action, kind, name, _ in drift_support.found(report):
        if action == "create":
            found.setdefault(kind, set()).add(name)
    return found


def check(folder, server, key, client):
    """All that is wrong, and what was told of the calls."""
    os.makedirs(folder)
    spec = os.path.join(folder, "ops.yaml")
    with open(spec, "w", encoding="utf-8") as f:
        f.write(specs.live(ALARMS))
    server.reset()
    missing = missing_of(drift_support.drift(spec, server.url, key)[1])
    if len(missing["aws_cloudwatch_metric_alarm"]) != ALARMS or len(missing["aws_cloudwatch_log_group"]) != 100:
        return [f"of an empty account, missing are {({k: len(v) for k, v in missing.items()})}"], {}
    fill(client, missing)
    server.watched({"refuse": ["*"]})
    status, report, said = drift_support.drift(spec, server.url, key)
    told = server.watched({})
    if report is None or status != 4:
        return [f"exit status {status}: {said}"], told
    problems, left = [], missing_of(report)
    for kind in ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_log_group"):
        problems += [f"{kind} {name} is there" for name in sorted(left.get(kind, ()))][:3]
    # Each operation was refused once, and asked again.
    answered = {operation: n - 1 for operation, n in told["calls"].items()}
    if told["throttled"] != len(answered) or len(answered) < len(BUDGET):
        problems.append(f"{told['throttled']} of {len(answered)} operations were refused")
    problems += [f"{operation} took {answered.get(operation)} calls, not {n}" for operation, n in BUDGET.items() if answered.get(operation) != n]
    total = sum(answered.values())
    problems += [f"{total} calls are more than {MOST}"] if total > MOST else []
    return problems + told["wrong"], {**told, "total": total}
