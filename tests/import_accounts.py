# SPDX-License-Identifier: MIT
"""opsc import of accounts that opsc did not make: one by hand, one in the manner of cdk-monitoring-constructs. What is written compiles,
and a plan of it is empty; conditions are those of the language where the catalog knows the metrics; what is not said is listed."""
import json
import os
import pathlib
import re
import subprocess

from terraform_support import OPSC

REGION = "eu-west-1"
HOSTILE = ['say "hi"', "back\\slash", "${project} $${x} %{y}", "näm€ 日本", "colon: # hash", "- dash", "{ flow }, [x]", "'single'", "tab\there", "*star &amp",
           "true", "12", "~", "README", "a" * 255]


# Of examples that Terraform has applied: what comes back as it was.
OWN = {"shop": ["    name: \"Web CPU high\"\n    when: avg(web.cpu) > 85% for 10m",
                "  account: \"123456789012\"\n\nnotify:", "  web: { kind: ec2, id: i-0a1b2c3d4e5f67890, alarms: recommended }"],
       "reco": ["  web: { kind: ec2, id: i-0123456789abcdef0 }", "    when: avg(web.cpu) > 80% for 5m\n    severity: warning\n  high-error",
                "  budget-alert:\n    when: billing.estimated_charges > $30\n    severity: warning\n", "    when: alarm(app-down) and alarm(high-error-rate)"]}


# Beside these: somebody's, with a name of which a recommended alarm would have the page.
BESIDE = {"shop": {"AlarmName": "Web CPU high", "Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Statistic": "Average", "Period": 300,
                   "Dimensions": [{"Name": "InstanceId", "Value": "i-0a1b2c3d4e5f67890"}], "EvaluationPeriods": 2, "Threshold": 85,
                   "ComparisonOperator": "GreaterThanThreshold",
                   "Tags": [{"Key": k, "Value": v} for k, v in (("project", "shop"), ("environment", "production"), ("managed-by", "opsc"))]}}


def dims(**names):
    return [{"Name": k, "Value": v} for k, v in names.items()]


def metric(ident, namespace, name, stat="Sum", period=60, **names):
    return {"Id": ident, "ReturnData": False,
            "MetricStat": {"Metric": {"Namespace": namespace, "MetricName": name, "Dimensions": dims(**names)}, "Period": period, "Stat": stat}}


def math(ident, expression, label="", returns=True):
    return {"Id": ident, "Expression": expression, "ReturnData": returns, **({"Label": label} if label else {})}


class Account:
    def __init__(self, client):
        self.cloudwatch, self.sns, self.logs = (client(s, REGION) for s in ("cloudwatch", "sns", "logs"))
        self.client = client
        self.said = {}  # name of an alarm -> its condition; None: exactly

    def alarm(self, name, when=None, op="GreaterThanThreshold", n=1, threshold=1, **more):
        where = {"Statistic": "Average"} if "ExtendedStatistic" not in more and "Metrics" not in more else {}
        limit = {} if "ThresholdMetricId" in more else {"Threshold": threshold}
        period = {} if "Metrics" in more else {"Period": 300}
        self.cloudwatch.put_metric_alarm(AlarmName=name, ComparisonOperator=op, EvaluationPeriods=n, **limit, **{**where, **period, **more})
        self.said[name] = when

    def cpu(self, name, when=None, instance="i-0123456789abcdef0", **more):
        self.alarm(name, when, **{"Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Dimensions": dims(InstanceId=instance), "threshold": 80, **more})


def by_hand(client, make_databases):
    """About forty alarms, as people make them in a console."""
    a = Account(client)
    make_databases(client, REGION, ["shop-db"])
    topic = a.sns.create_topic(Name="alerts")["TopicArn"]
    other = a.sns.create_topic(Name="pager")["TopicArn"]
    a.cpu("web cpu", "avg(i-0123456789abcdef0.cpu) > 80% for 15m", n=3, AlarmActions=[topic], OKActions=[topic])
    a.cpu("web-cpu-max", "max(i-0123456789abcdef0.cpu) >= 95%", Statistic="Maximum", op="GreaterThanOrEqualToThreshold", threshold=95,
          AlarmActions=[topic], AlarmDescription="Somebody's words: 95%.")
    a.cpu("web-cpu-some", "avg(i-0123456789abcdef0.cpu) > 70% for 3 of 25m", n=5, DatapointsToAlarm=3, threshold=70, AlarmActions=[topic, other])
    a.cpu("web-cpu-minute", n=5, Period=60)  # more often than the metric comes with basic monitoring
    a.cpu("web-cpu-quiet", "avg(i-0123456789abcdef0.cpu) < 1% over 1h for 6h", op="LessThanThreshold", n=6, threshold=1, Period=3600)
    a.cpu("web-cpu-unit", "avg(i-0123456789abcdef0.cpu) > 80%", Unit="Percent", TreatMissingData="breaching")
    a.cpu("web-cpu-half", "avg(i-0123456789abcdef0.cpu) > 62.5%", threshold=62.5, ActionsEnabled=False, AlarmActions=[topic])
    a.cpu("web-cpu-p99", "p99.9(i-0123456789abcdef0.cpu) > 90%", ExtendedStatistic="p99.9", threshold=90, EvaluateLowSampleCountPercentile="ignore")
    a.cpu("web-stop", "avg(i-0123456789abcdef0.cpu) < 2%", op="LessThanThreshold", threshold=2, AlarmActions=[f"arn:aws:automate:{REGION}:ec2:stop"],
          InsufficientDataActions=[topic])
    for name, tags in (("tagged", {"team": "web", "tier": "1"}), ("half-tagged", {"team": "web"})):
        a.cpu(name, "avg(i-0123456789abcdef0.cpu) > 80%", Tags=[{"Key": k, "Value": v} for k, v in tags.items()])
    a.alarm("status", "max(i-0123456789abcdef0.status_failed) > 0 for 2m", Namespace="AWS/EC2", MetricName="StatusCheckFailed", Statistic="Maximum",
            Period=60, n=2, threshold=0, Dimensions=dims(InstanceId="i-0123456789abcdef0"))
    db = {"Namespace": "AWS/RDS", "Dimensions": dims(DBInstanceIdentifier="shop-db"), "Period": 60}
    a.alarm("db-storage", "min(shop-db.free_storage) < 10 GiB", op="LessThanThreshold", threshold=10 * 2**30, Statistic="Minimum", MetricName="FreeStorageSpace", **db)
    a.alarm("db-latency", "avg(shop-db.read_latency) > 20ms for 5m", n=5, threshold=0.02, MetricName="ReadLatency", **db)
    a.alarm("db-odd-bytes", "avg(shop-db.free_storage) < 1234567891 B over 10m", op="LessThanThreshold", threshold=1234567891, MetricName="FreeStorageSpace",
            **{**db, "Period": 600})
    queue = {"Namespace": "AWS/SQS", "Dimensions": dims(QueueName="jobs"), "Period": 60}
    a.alarm("jobs old", "max(jobs.age) > 10m for 5m", n=5, threshold=600, Statistic="Maximum", MetricName="ApproximateAgeOfOldestMessage", **queue)
    a.alarm("jobs.sent", "sum(jobs.sent) < 1 over 1d", op="LessThanThreshold", Statistic="Sum", MetricName="NumberOfMessagesSent", **{**queue, "Period": 86400})
    a.alarm("count", "count(jobs.age) < 3 over 5m", op="LessThanThreshold", threshold=3, Statistic="SampleCount", MetricName="ApproximateAgeOfOldestMessage",
            **{**queue, "Period": 300})
    lb = {"Namespace": "AWS/ApplicationELB", "Dimensions": dims(LoadBalancer="app/shop/50dc6c495c0c9188"), "Period": 60}
    a.alarm("lb-5xx", "sum(shop.elb_5xx) > 10 over 5m for 15m", n=3, threshold=10, Statistic="Sum", MetricName="HTTPCode_ELB_5XX_Count", **{**lb, "Period": 300})
    a.alarm("lb-p95", "p95(shop.latency) > 1.5s for 10m", n=10, threshold=1.5, ExtendedStatistic="p95", MetricName="TargetResponseTime", **lb)
    a.alarm("custom", Namespace="Shop/Checkout", MetricName="Failures", Dimensions=dims(Step="pay", Region="eu"))
    a.alarm("custom-none", Namespace="Shop/Checkout", MetricName="Carts")
    a.alarm("unknown-dimension", Namespace="AWS/EC2", MetricName="CPUUtilization", Dimensions=dims(ImageId="ami-1"))
    a.alarm("ratio", threshold=2.5, n=3, DatapointsToAlarm=2, Metrics=[
        math("rate", "100*errors/requests", "Share of errors"), metric("errors", "Shop", "Errors", Path="/pay"), metric("requests", "Shop", "Requests", Path="/pay")])
    a.alarm("band", op="LessThanLowerOrGreaterThanUpperThreshold", ThresholdMetricId="ad1", Metrics=[
        {**metric("m1", "AWS/RDS", "CPUUtilization", "Average", 300, DBInstanceIdentifier="shop-db"), "ReturnData": True},
        math("ad1", "ANOMALY_DETECTION_BAND(m1, 2)", "CPUUtilization (expected)")])
    a.alarm("search", Metrics=[math("q", "SUM(SEARCH('{Shop,Path} MetricName=\"Errors\"', 'Sum', 60))")])
    for i, name in enumerate(HOSTILE):
        a.cpu(name, f"avg(i-0123456789abcdef0.cpu) > {81 + i}%", threshold=81 + i, AlarmDescription=name if i % 2 else "", AlarmActions=[topic])
    both = a.client("cloudwatch", REGION).put_composite_alarm
    both(AlarmName="both", AlarmRule='ALARM("web cpu") AND ALARM("lb-5xx")', AlarmActions=[topic], OKActions=[topic])
    both(AlarmName="either", AlarmRule='ALARM("both") OR ALARM(db-storage)', AlarmActions=[other])
    both(AlarmName="ok-of-one", AlarmRule='OK("web cpu") AND NOT INSUFFICIENT_DATA("count")', ActionsEnabled=False)
    both(AlarmName="odd name", AlarmRule=f'ALARM("{HOSTILE[3]}") OR TRUE', ActionsSuppressor="both", ActionsSuppressorWaitPeriod=60,
         ActionsSuppressorExtensionPeriod=120)
    rest_by_hand(a, topic, other)
    a.said.update({"both": "alarm(web-cpu) and alarm(lb-5xx)", "either": None, "ok-of-one": None, "odd name": None})
    return a


def rest_by_hand(a, topic, other):
    """Whom alarms tell, logs, dashboards, queries, budgets."""
    a.sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="Alerts: ${x}")
    for protocol, endpoint in (("email", "ops@example.com"), ("sms", "+34600000000"), ("https", "https://hooks.example.com/aws?token=x${y}")):
        a.sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    a.sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://global.sns-api.chatbot.amazonaws.com")
    a.sns.subscribe(TopicArn=other, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{other.split(':')[4]}:jobs", Attributes={
        "FilterPolicy": json.dumps({"level": ["high"]})})
    a.sns.set_topic_attributes(TopicArn=other, AttributeName="Policy", AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "All", "Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish", "Resource": other}]}))
    for name, days in (("/shop/app", 30), ("/shop/forever", 0), ("/aws/lambda/Shop.resize", 7), ("/shop/odd", 545)):
        a.logs.create_log_group(logGroupName=name)
        if days:
            a.logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    a.logs.put_metric_filter(logGroupName="/shop/app", filterName="Errors", filterPattern='{ $.level = "ERROR" && $.path = "${x}" }', metricTransformations=[
        {"metricName": "Errors", "metricNamespace": "Shop", "metricValue": "1", "defaultValue": 0.0}])
    a.logs.put_query_definition(name="Shop/errors, all", logGroupNames=["/shop/app", "/shop/odd"],
                                queryString="fields @timestamp, @message\n| filter level = 'ERROR' # ${x}\n| limit 20\n")
    a.cloudwatch.put_dashboard(DashboardName="Shop", DashboardBody=json.dumps({"start": "-PT3H", "widgets": [
        {"type": "metric", "x": 0, "y": 0, "width": 12, "height": 6, "properties": {
            "metrics": [["AWS/EC2", "CPUUtilization", "InstanceId", "i-0123456789abcdef0", {"stat": "Maximum", "yAxis": "left", "visible": True}]],
            "region": REGION, "title": "CPU: 100% ${x} \"q\"", "yAxis": {"left": {"min": 0, "max": 100.5}}, "annotations": {}}},
        {"type": "text", "x": 0, "y": 6, "width": 24, "height": 2, "properties": {"markdown": "# Shop\n[wiki](https://example.com)\n"}}]}))
    account = other.split(":")[4]
    a.client("budgets", "us-east-1").create_budget(AccountId=account, Budget={
        "BudgetName": "Shop month", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": "120.50", "Unit": "USD"},
        "CostFilters": {"Service": ["Amazon Simple Storage Service"]}}, NotificationsWithSubscribers=[
            {"Notification": {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0, "ThresholdType": "PERCENTAGE"},
             "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "ops@example.com"}, {"SubscriptionType": "SNS", "Address": topic}]}])


def by_constructs(client, _):
    """Names and expressions as cdk-monitoring-constructs makes them."""
    a = Account(client)
    topic = a.sns.create_topic(Name="MyStack-AlarmTopic-1A2B3C")["TopicArn"]
    common = {"AlarmActions": [topic], "TreatMissingData": "notBreaching"}
    fn = {"Namespace": "AWS/Lambda", "Dimensions": dims(FunctionName="MyStack-Resize-9Z8Y")}
    for level, limit in (("Warning", 3), ("Critical", 10)):
        a.alarm(f"MyStack-Resize-Fault-Count-{level}", f"sum(MyStack-Resize-9Z8Y.errors) > {limit} over 5m for 2 of 15m", n=3, DatapointsToAlarm=2,
                threshold=limit, Statistic="Sum", MetricName="Errors", AlarmDescription="Fault count is too high.", **fn, **common)
    a.alarm("MyStack-Resize-Latency-P90-Critical", "p90(MyStack-Resize-9Z8Y.duration) > 3s over 5m for 15m", n=3, threshold=3000, ExtendedStatistic="p90",
            MetricName="Duration", **fn, **common)
    a.alarm("MyStack-Resize-Fault-Rate-Warning", n=3, threshold=0.1, **common, Metrics=[
        math("faultRate", "FILL(faults, 0) / FILL(total, 0)", "Faults (avg: ${AVG})"),
        metric("faults", "AWS/Lambda", "Errors", period=300, FunctionName="MyStack-Resize-9Z8Y"),
        metric("total", "AWS/Lambda", "Invocations", period=300, FunctionName="MyStack-Resize-9Z8Y")])
    a.alarm("MyStack-Web-CPU-Usage-Warning", "avg(web.cpu) > 80% over 5m for 15m", n=3, threshold=80, Namespace="AWS/ECS", MetricName="CPUUtilization",
            Dimensions=dims(ClusterName="main", ServiceName="web"), **common)
    a.alarm("MyStack-Api-4XX-Sum-Critical", n=3, threshold=5, **common, Metrics=[
        math("sum", "SUM([m0, m1])", "4XX"), metric("m0", "AWS/ApiGateway", "4XXError", ApiName="a", Stage="v1"),
        metric("m1", "AWS/ApiGateway", "4XXError", ApiName="b", Stage="v1")])
    a.client("cloudwatch", REGION).put_composite_alarm(
        AlarmName="MyStack-Resize-Composite", AlarmActions=[topic],
        AlarmRule='(ALARM("MyStack-Resize-Fault-Count-Critical") OR ALARM("MyStack-Resize-Latency-P90-Critical"))')
    a.said["MyStack-Resize-Composite"] = None
    return a


# ---- what opsc says

def run(url, key, *args, status=0):
    outside = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "test",
               "AWS_EC2_METADATA_DISABLED": "true"}
    p = subprocess.run([OPSC, *args], env=outside, capture_output=True, text=True, timeout=120, check=False)
    if p.returncode != status:
        raise AssertionError(f"opsc {' '.join(args)}: exit status {p.returncode}\n{p.stdout}{p.stderr}")
    return p


def check_spec(url, key, spec):
    """It lints without errors, and a plan finds nothing to create or to change."""
    run(url, key, "lint", str(spec))
    report = json.loads(run(url, key, "plan", str(spec), "--format", "json").stdout)
    rest = [i for i in report["items"] if i["action"] not in ("same", "orphan")]
    if rest:
        raise AssertionError(f"the plan of {spec} is not empty: {json.dumps(rest, indent=1)[:3000]}\n{spec.read_text()}")
    return report


def conditions(spec):
    """By AWS's name of the alarm, of what is written."""
    found, name = {}, None
    for line in spec.read_text(encoding="utf-8").splitlines():
        if re.match(r"  \S.*:$", line):
            name = line.strip()[:-1]
        m = re.match(r"    (name|when): (.*)$", line)
        if m and m[1] == "name":
            name = json.loads(re.sub(r"\\x(..)", r"\\u00\1", m[2]).replace("$${", "${")) if m[2].startswith('"') else m[2]
        found.setdefault(name, None)
        if m and m[1] == "when":
            found[name] = m[2].strip('"')
    return found


def check_variables(folder):
    """Of each Terraform module: what is used is declared."""
    for module in (folder / "terraform").rglob("variables.tf"):
        text = "".join(f.read_text(encoding="utf-8") for f in module.parent.glob("*.tf"))
        lost = set(re.findall(r"\bvar\.(\w+)", text)) - set(re.findall(r'(?m)^variable "(\w+)"', text))
        if lost:
            raise AssertionError(f"{module.parent}: {lost} is not declared")
    if not list((folder / "terraform/modules").rglob("variables.tf")):
        raise AssertionError(f"{folder}: no module has variables")


def import_and_check(url, key, folder, account, label, *more):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    spec = folder / "ops.yaml"
    said = run(url, key, "import", "--output", str(spec), "--region", REGION, *more).stderr
    check_spec(url, key, spec)
    run(url, key, "build", str(spec), "--output", str(folder / "out"))
    check_variables(folder / "out")
    have = conditions(spec)
    wrong = {n: (have.get(n, "not there"), w) for n, w in account.said.items() if have.get(n, "not there") != w}
    if wrong:
        raise AssertionError(f"{label}: conditions that are others (is, should be): {json.dumps(wrong, indent=1)}\n{said}")
    return said, spec


def choices(url, key, folder):
    """What the options choose, of the account by hand; what is not said is listed; what is there already is not written over."""
    spec = pathlib.Path(folder) / "part.yaml"

    def imported(*more, status=0):
        return run(url, key, "import", "--output", str(spec), "--force", "--region", REGION, *more, status=status).stderr

    said, wrong = imported("--service", "sns"), []
    text = spec.read_text(encoding="utf-8")
    left = "SNS subscription alerts/https/https://global.sns-api.chatbot.amazonaws.com: AWS made it for a chat"
    if f"not imported: {left}\n" not in said or "4 of 5 subscriptions" not in said:
        wrong.append(f"what is left is not listed: {said}")
    if '#   SNS subscription "alerts/https/https://global.sns-api.chatbot.amazonaws.com": AWS made it for a chat\n' not in text:
        wrong.append("nor in the file")
    if "alarms: none\n" not in text or "logs:" in text:
        wrong.append(f"--service sns has more: {text}")
    said = imported("--prefix", "web-cpu-m", "--prefix", "/shop/f", "--project", "web", "--env", "cpu")
    if "2 of 2 alarms, 1 of 1 log groups" not in said or "\n  max:\n    when: max(" not in spec.read_text(encoding="utf-8"):
        wrong.append(f"--prefix: {said}{spec.read_text(encoding='utf-8')}")
    check_spec(url, key, spec)
    said = imported("--tag", "team=web", "--tag", "tier=1")
    if "1 of 1 alarms; 1 resource watched" not in said or "  tagged:\n" not in spec.read_text(encoding="utf-8"):
        wrong.append(f"--tag: {said}{spec.read_text(encoding='utf-8')}")
    shown = run(url, key, "import", "--output", "-", "--region", REGION, "--service", "logs").stdout
    if "\nlogs:\n" not in shown or "/shop/forever" not in shown:
        wrong.append(f"--output -: {shown}")
    for args, status, words in ((["--output", str(spec)], 1, "is there already"), (["--output", str(folder)], 3, "cannot write"),
                                (["--service", "s3", "--output", "-"], 2, "cannot be `s3`"), (["--tag", "x", "--output", "-"], 2, "--tag takes NAME=VALUE"),
                                (["--project", "a b", "--output", "-"], 2, "--project takes a letter"), (["--region", "Mars", "--output", "-"], 2, "not the name of a region")):
        told = run(url, key, "import", *args, *([] if "--region" in args else ["--region", REGION]), status=status).stderr
        if words not in told:
            wrong.append(f"{args}: {told}")
    if "of which region" not in run(url, key, "import", "--output", "-", status=2).stderr:
        wrong.append("without a region")
    return wrong
