#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`budgets:` as AWS would get it: Terraform applied with a mocked provider, and every request that follows from its state held
against the service models of botocore (names, enums, patterns, limits), against an independent computation of who is told
when, and against the policies of the topics. Budgets are also sent to the emulator; emulator_examples.py applies some.
"""
import json
import os
import random
import re
import subprocess
import sys

from iam_support import Asked, Policy
from report import check, equal, say, state, test
from emulator_support import Server, aws_clients
from terraform_support import OPSC, build, need_terraform, scratch

ACCOUNT = "123456789012"
SPECS = 10
PROTOCOLS = ("sms", "https", "lambda", "sqs")
KINDS = {"aws_budgets_budget", "aws_ce_anomaly_monitor", "aws_ce_anomaly_subscription", "aws_sns_topic", "aws_sns_topic_policy",
         "aws_sns_topic_subscription", "aws_lambda_permission"}


# ---- specs

def arn(service, what):
    return f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{what}"


PLAN = {  # the plan's own section, and what it says of who is told
    "opsc": 1, "project": "reco", "aws": {"region": "eu-west-1"},
    "notify": {"ops": {"email": ["ops@example.com"]}, "oncall": {"email": ["oncall@example.com"], "sms": ["+34600000000"]}},
    "routes": {"warning": ["ops"], "critical": ["oncall"]},
    "budgets": {"monthly": {"limit": "$25", "alerts": {"50%": "ops", "80%": ["ops", "oncall"],
                                                       "100%": {"notify": "oncall", "sms": True}}},
                "services": {"CloudWatch": "$5", "S3": "$2", "Data Transfer": "$3"}},
}
PLAN_TOLD = {
    "reco-production-monthly": [("ACTUAL", 50, ["ops@example.com"], []), ("ACTUAL", 80, ["oncall@example.com", "ops@example.com"], []),
                                ("ACTUAL", 100, ["oncall@example.com"], [("sms", "+34600000000")]),
                                ("FORECASTED", 100, ["ops@example.com"], [])],
    "reco-production-cloudwatch": [("ACTUAL", 100, ["ops@example.com"], []), ("FORECASTED", 100, ["ops@example.com"], [])],
    "reco-production-s3": [("ACTUAL", 100, ["ops@example.com"], []), ("FORECASTED", 100, ["ops@example.com"], [])],
    "reco-production-data-transfer": [("ACTUAL", 100, ["ops@example.com"], []), ("FORECASTED", 100, ["ops@example.com"], [])],
}


def random_person(r, name):
    """Odd addresses are data; every person has e-mail or a topic's endpoint."""
    all_of = {"email": [f"{name}@shop.example", f"o'{name}+$cost%{{x}}@shop.example"], "sms": [f"+3460000{r.randrange(1000, 9999)}"],
              "https": [f"https://hooks.example/{name}?a=b&c=${{d}}"], "lambda": [arn("lambda", "function:" + name)], "sqs": [arn("sqs", name)]}
    kinds = [k for k in all_of if r.random() < 0.5]
    if not set(kinds) - {"sms"}:
        kinds.append(r.choice(["email", "https", "sqs"]))
    # opsc reads ${d} as a variable of its own, $${d} as text.
    return {k: [v.replace("${", "$${") for v in all_of[k][:r.randint(1, 2)]] for k in kinds}


def random_alerts(r, people):
    alerts = {}
    for percent in r.sample([10, 33.3, 50, 66.6, 75, 80, 90, 99.95, 100, 150], r.randint(1, 6)):
        names = r.sample(sorted(people), r.randint(1, min(3, len(people))))
        phones = any("sms" in people[n] for n in names)
        if phones and r.random() < 0.5:
            alerts[f"{percent}%"] = {"notify": names, "sms": True}
        else:
            alerts[f"{percent}%"] = names if len(names) > 1 or r.random() < 0.5 else names[0]
    return alerts


def random_budget(r, people):
    budget = {"limit": f"${r.choice([1, 25, 99.5, 1000000, 0.01])}"}
    if r.random() < 0.7:
        budget["alerts"] = random_alerts(r, people)
    if r.random() < 0.4:
        budget["forecast"] = r.choice([[], [r.choice(sorted(people))]])
    return budget


def random_spec(r, services):
    people = {name: random_person(r, name) for name in r.sample(["ops", "on-call", "boss", "Web_2", "money"], r.randint(1, 5))}
    spec = {"opsc": 1, "project": "shop", "environment": r.choice(["production", "Blue_1"]), "aws": {"region": "eu-west-1"}, "notify": people}
    if r.random() < 0.5:
        spec["aws"]["account"] = ACCOUNT
    if r.random() < 0.5:
        spec["routes"] = {"warning": [r.choice(sorted(people))], "critical": [r.choice(sorted(people))]}
    if r.random() < 0.3:
        spec["aws"]["tags"] = {"project": "Shop: web+1"}
    spec["budgets"] = {"monthly": random_budget(r, people), "services": {s: random_budget(r, people) for s in r.sample(services, 3)}}
    if r.random() < 0.5:
        spec["budgets"]["scope"] = "tags"
    if r.random() < 0.5:
        spec["budgets"]["credits"] = r.random() < 0.5
    if r.random() < 0.6:
        who = [r.choice(sorted(people))]
        spec["budgets"]["anomalies"] = {"above": f"${r.choice([10, 0.5])}", "notify": who, "sms": "sms" in people[who[0]] and r.random() < 0.5}
    return spec


# ---- who is told, computed from the spec alone

def names_of(value):
    return [value] if isinstance(value, str) else value


def route(spec, severity):
    return spec["routes"].get(severity, []) if "routes" in spec else list(spec["notify"])


def endpoints(spec, names, sms):
    """(e-mail addresses, what a topic tells)"""
    emails, others = set(), set()
    for name in names:
        person = {k: [v.replace("$${", "${") for v in vs] for k, vs in spec["notify"][name].items()}
        emails |= set(person.get("email", []))
        others |= {(k, v) for k in PROTOCOLS if k != "sms" or sms for v in person.get(k, [])}
    return sorted(emails), sorted(others)


def told(spec, budget, whole):
    """The notifications of a budget: (type, percent, addresses, endpoints of a topic)."""
    budget = budget if isinstance(budget, dict) else {"limit": budget}
    if "alerts" in budget:
        alerts = [(float(p[:-1]), names_of(a["notify"] if isinstance(a, dict) else a), isinstance(a, dict) and a.get("sms", False))
                  for p, a in budget["alerts"].items()]
    elif whole:
        alerts = [(80, route(spec, "warning"), False), (100, route(spec, "critical"), False)]
    else:
        alerts = [(100, route(spec, "warning"), False)]
    wanted = [("ACTUAL", p, *endpoints(spec, names, sms)) for p, names, sms in alerts]
    _, names, sms = min(alerts)
    if "forecast" in budget:
        names, sms = names_of(budget["forecast"]), False
    return wanted + ([("FORECASTED", 100, *endpoints(spec, names, sms))] if names else [])


# ---- Terraform

def topics_of(module):
    path = os.path.join(module, "sns.tf")
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as f:
        return dict(re.findall(r'(?m)^resource "aws_sns_topic" "(\w+)" \{\n  name +?= "([^"]+)"', f.read()))


def overrides(name, module):
    """Topics have their own ARNs, or nothing would tell them apart in the state."""
    return "".join(f'override_resource {{\n  target = module.{name}.aws_sns_topic.{label}\n  values = {{ arn = "{arn("sns", topic)}" }}\n}}\n'
                   for label, topic in topics_of(module).items())


MOCK = f"""\
mock_provider "aws" {{
  mock_data "aws_caller_identity" {{
    defaults = {{ account_id = "{ACCOUNT}" }}
  }}
  mock_resource "aws_ce_anomaly_monitor" {{
    defaults = {{ arn = "arn:aws:ce::{ACCOUNT}:anomalymonitor/1234abcd-12ab-34cd-56ef-1234567890ab" }}
  }}
}}
"""


class Resources:
    """What a module has in the state, by type."""

    def __init__(self, module):
        self.all = module["resources"]

    def of(self, kind):
        return [r["values"] for r in self.all if r["type"] == kind]


def terraform_states(terraform, tmp, modules):
    """The state of each module after `apply`, with a mocked AWS; all at once, for the provider takes long to start."""
    folder = os.path.join(tmp, "apply")
    os.makedirs(os.path.join(folder, "tests"))
    with open(os.path.join(folder, "main.tf"), "w", encoding="utf-8") as f:
        f.write('terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n    }\n  }\n}\n')
        f.write("".join(f'module "{n}" {{\n  source = "{os.path.relpath(m, folder)}"\n}}\n' for n, m in modules.items()))
    with open(os.path.join(folder, "tests", "all.tftest.hcl"), "w", encoding="utf-8") as f:
        f.write(MOCK + "".join(overrides(n, m) for n, m in modules.items()) + 'run "all" {\n  command = apply\n  providers = {\n    aws = aws\n  }\n}\n')
    status, text = terraform.init(folder)
    check(status == 0, text)
    status, lines = terraform.messages(folder, "test", "-json", "-verbose", "-no-color")
    said = [f"{m['diagnostic']['summary']}: {m['diagnostic'].get('detail', '')}" for m in lines if m["type"] == "diagnostic"]
    check(status == 0, *said)
    root = next(m["test_state"] for m in lines if m["type"] == "test_state")
    root = root.get("values", root)["root_module"]
    return {m["address"].removeprefix("module."): Resources(m) for m in root["child_modules"]}


# ---- the API

class Model:
    """A service as botocore knows it: what a value must be like."""

    def __init__(self, service):
        from botocore.session import Session
        self.service = Session().get_service_model(service)

    def check(self, operation, request):
        self.problems = []
        self.shape(self.service.operation_model(operation).input_shape, request, operation)
        check(not self.problems, *self.problems)

    def shape(self, shape, value, where):
        getattr(self, "is_" + shape.type_name, self.is_other)(shape, value, where)

    def is_structure(self, shape, value, where):
        for name in shape.required_members:
            if name not in value:
                self.problems.append(f"{where} has no {name}")
        for name, v in value.items():
            if name not in shape.members:
                self.problems.append(f"{where} has no member {name}")
            else:
                self.shape(shape.members[name], v, f"{where}.{name}")

    def bounds(self, shape, n, where):
        limits = shape.metadata
        if n < limits.get("min", n) or n > limits.get("max", n):
            self.problems.append(f"{where}: {n} is not {limits.get('min')} to {limits.get('max')}")

    def is_list(self, shape, value, where):
        self.bounds(shape, len(value), where)
        for i, v in enumerate(value):
            self.shape(shape.member, v, f"{where}[{i}]")

    def is_map(self, shape, value, where):
        for k, v in value.items():
            self.shape(shape.key, k, where)
            self.shape(shape.value, v, f"{where}.{k}")

    def is_string(self, shape, value, where):
        if not isinstance(value, str):
            self.problems.append(f"{where}: {value!r} is no text")
            return
        self.bounds(shape, len(value), where)
        if shape.enum and value not in shape.enum:
            self.problems.append(f"{where}: {value!r} is not of {shape.enum}")
        # A flag in the middle of a pattern is Java's.
        pattern = shape.metadata.get("pattern", "").replace("(?i)", "")
        if pattern and not re.fullmatch(pattern, value):
            self.problems.append(f"{where}: {value!r} is not as {pattern}")

    def is_other(self, shape, value, where):
        types = {"boolean": bool, "double": (int, float), "float": (int, float), "integer": int, "long": int}
        if not isinstance(value, types[shape.type_name]):
            self.problems.append(f"{where}: {value!r} is no {shape.type_name}")
        elif shape.type_name != "boolean":
            self.bounds(shape, value, where)


def budget_request(b):
    """CreateBudget, as the provider makes it of its attributes."""
    filters = {f["name"]: f["values"] for f in b["cost_filter"]}
    equal(len(filters), len(b["cost_filter"]), "number of filters by name")
    budget = {"BudgetName": b["name"], "BudgetType": b["budget_type"], "TimeUnit": b["time_unit"],
              "BudgetLimit": {"Amount": b["limit_amount"], "Unit": b["limit_unit"]}, "CostFilters": filters}
    if b["cost_types"]:
        budget["CostTypes"] = {"".join(w.capitalize() for w in k.split("_")): v for k, v in b["cost_types"][0].items() if v is not None}
    notifications = [{"Notification": {"NotificationType": n["notification_type"], "ComparisonOperator": n["comparison_operator"],
                                       "Threshold": n["threshold"], "ThresholdType": n["threshold_type"]},
                      "Subscribers": [{"SubscriptionType": "EMAIL", "Address": a} for a in n["subscriber_email_addresses"] or []] +
                                     [{"SubscriptionType": "SNS", "Address": a} for a in n["subscriber_sns_topic_arns"] or []]}
                     for n in b["notification"]]
    return {"AccountId": ACCOUNT, "Budget": budget, "NotificationsWithSubscribers": notifications}


def monitor_request(m):
    return {"AnomalyMonitor": {"MonitorName": m["name"], "MonitorType": m["monitor_type"], "MonitorDimension": m["monitor_dimension"]}}


def subscription_request(s):
    d = s["threshold_expression"][0]["dimension"][0]
    return {"AnomalySubscription": {
        "SubscriptionName": s["name"], "Frequency": s["frequency"], "MonitorArnList": s["monitor_arn_list"],
        "Subscribers": [{"Type": x["type"], "Address": x["address"]} for x in s["subscriber"]],
        "ThresholdExpression": {"Dimensions": {"Key": d["key"], "Values": d["values"], "MatchOptions": d["match_options"]}}}}


def requests_of(resources):
    return ([("CreateBudget", budget_request(b)) for b in resources.of("aws_budgets_budget")],
            [("CreateAnomalyMonitor", monitor_request(m)) for m in resources.of("aws_ce_anomaly_monitor")] +
            [("CreateAnomalySubscription", subscription_request(s)) for s in resources.of("aws_ce_anomaly_subscription")])


# ---- what is checked of a state

def subscribers(resources):
    """ARN of a topic -> what it tells."""
    found = {t["arn"]: [] for t in resources.of("aws_sns_topic")}
    for s in resources.of("aws_sns_topic_subscription"):
        found[s["topic_arn"]].append((s["protocol"], s["endpoint"]))
    return {topic: sorted(v) for topic, v in found.items()}


def notifications(resources, budget):
    topics = subscribers(resources)
    return sorted((n["notification_type"], n["threshold"], sorted(n["subscriber_email_addresses"] or []),
                   [e for a in n["subscriber_sns_topic_arns"] or [] for e in topics[a]]) for n in budget["notification"])


def test_told(name, spec, resources):
    budgets = {b["name"]: b for b in resources.of("aws_budgets_budget")}
    prefix = f"{spec['project']}-{spec.get('environment', 'production')}-"
    wanted = {prefix + "monthly": spec["budgets"].get("monthly")}
    wanted.update({prefix + s.lower().replace(" ", "-"): b for s, b in spec["budgets"].get("services", {}).items()})
    with test(f"told-{name}"):
        equal(sorted(budgets), sorted(k for k, v in wanted.items() if v), "budgets")
        for key, b in budgets.items():
            equal(notifications(resources, b), sorted(told(spec, wanted[key], key == prefix + "monthly")), f"who {key} tells")
            limit = wanted[key]["limit"] if isinstance(wanted[key], dict) else wanted[key]
            equal((float(b["limit_amount"]), b["limit_unit"], b["time_unit"], b["budget_type"]), (float(limit[1:]), "USD", "MONTHLY", "COST"), key)
        for b in budgets.values():
            filters = {f["name"]: f["values"] for f in b["cost_filter"]}
            tags = [f"user:{k}${spec['aws'].get('tags', {}).get(k, spec.get(k, 'production'))}" for k in ("project", "environment")]
            equal(filters.get("TagKeyValue"), tags if spec["budgets"].get("scope") == "tags" else None, "tags that are counted")
            uncredited = spec["budgets"].get("credits") is False
            equal([(t["include_credit"], t["include_refund"]) for t in b["cost_types"]], [(False, False)] if uncredited else [], "what lowers it")
    if "anomalies" in spec["budgets"]:
        test_anomalies(name, spec, resources)


def test_anomalies(name, spec, resources):
    with test(f"anomalies-{name}"):
        a = spec["budgets"]["anomalies"]
        emails, others = endpoints(spec, a["notify"], a["sms"])
        topics = subscribers(resources)
        got = {s["frequency"]: s for s in resources.of("aws_ce_anomaly_subscription")}
        equal(sorted(got), sorted((["DAILY"] if emails else []) + (["IMMEDIATE"] if others else [])), "subscriptions")
        if emails:
            equal(sorted(x["address"] for x in got["DAILY"]["subscriber"]), emails, "addresses")
        if others:
            equal([topics[x["address"]] for x in got["IMMEDIATE"]["subscriber"]], [others], "endpoints")
        for s in got.values():
            d = s["threshold_expression"][0]["dimension"][0]
            equal([d["key"], [float(v) for v in d["values"]]], ["ANOMALY_TOTAL_IMPACT_ABSOLUTE", [float(a["above"][1:])]], "threshold")
        equal(len(resources.of("aws_ce_anomaly_monitor")), 1, "monitors")


SOURCES = {"budgets.amazonaws.com": f"arn:aws:budgets::{ACCOUNT}:budget/shop-production-monthly",
           "costalerts.amazonaws.com": f"arn:aws:ce::{ACCOUNT}:anomalysubscription/1234abcd-12ab"}


def may_publish(policy, topic, service, account, source):
    statements = [s for s in policy["Statement"] if s["Principal"] == {"Service": service}]
    want = Asked("sns:Publish", topic, aws__SourceAccount=account, aws__SourceArn=source)
    return Policy({"Statement": statements}).statement_of(want) is not None


def test_policies(name, resources):
    """A topic takes messages of the service that it is for, on behalf of this account, and of nobody else."""
    policies = {p["arn"]: json.loads(p["policy"]) for p in resources.of("aws_sns_topic_policy")}
    budgets = {a for b in resources.of("aws_budgets_budget") for n in b["notification"] for a in n["subscriber_sns_topic_arns"] or []}
    anomalies = {x["address"] for s in resources.of("aws_ce_anomaly_subscription") for x in s["subscriber"] if x["type"] == "SNS"}
    with test(f"policies-{name}"):
        equal(sorted(policies), sorted(t["arn"] for t in resources.of("aws_sns_topic")), "topics with a policy")
        equal(sorted(policies), sorted(budgets | anomalies), "topics that something uses")
        for topic, policy in policies.items():
            for service, source in SOURCES.items():
                mine = topic in (budgets if service.startswith("budgets") else anomalies)
                equal(may_publish(policy, topic, service, ACCOUNT, source), mine, f"{service} to {topic}")
                check(not may_publish(policy, topic, service, "210987654321", source.replace(ACCOUNT, "210987654321")), "another account may", topic)
                check(not may_publish(policy, topic, service, ACCOUNT, source.replace("::", ":eu-west-1:")), "another source may", topic)
                check(not may_publish(policy, topic + "-other", service, ACCOUNT, source), "to another topic", topic)
            for s in policy["Statement"]:
                equal(s["Action"], "sns:Publish", "action")
                check(s["Principal"] != "*" and set(s["Principal"]) == {"Service"}, s["Principal"])
        for p in resources.of("aws_lambda_permission"):
            equal((p["principal"], p["action"]), ("sns.amazonaws.com", "lambda:InvokeFunction"), "permission of a function")
            check(p["source_arn"] in policies, p["source_arn"])


def test_model(name, resources, models):
    with test(f"model-{name}"):
        budgets, costs = requests_of(resources)
        for operation, request in budgets:
            models["budgets"].check(operation, request)
            for n in request["NotificationsWithSubscribers"]:
                check(sum(s["SubscriptionType"] == "SNS" for s in n["Subscribers"]) <= 1, "more than one topic")
                check(len(n["Subscribers"]) > 0, "nobody")
        for operation, request in costs:
            models["ce"].check(operation, request)
        check({r["type"] for r in resources.all if r["mode"] == "managed"} <= KINDS, "a kind that nothing checks")


def test_model_notices(models):
    """The judge finds what it is for."""
    good = budget_request({"name": "a", "budget_type": "COST", "time_unit": "MONTHLY", "limit_amount": "5", "limit_unit": "USD",
                           "cost_filter": [], "cost_types": [], "notification": []})
    wrong = [("BudgetName", "a:b"), ("BudgetName", "x" * 101), ("BudgetType", "MONEY"), ("TimeUnit", "MONTH"),
             ("BudgetLimit", {"Amount": "$5", "Unit": "USD"}), ("BudgetLimit", {"Unit": "USD"}), ("Limit", {}), ("CostTypes", {"IncludeCredit": "no"})]
    with test("model-notices"):
        models["budgets"].check("CreateBudget", good)
        for key, value in wrong:
            try:
                models["budgets"].check("CreateBudget", {**good, "Budget": {**good["Budget"], key: value}})
            except AssertionError:
                continue
            raise AssertionError(f"{key}: {value} is let through")


def test_services(resources, services):
    with test("services"):
        filters = {b["name"].removeprefix("all-production-"): {f["name"]: f["values"] for f in b["cost_filter"]} for b in resources.of("aws_budgets_budget")}
        equal(sorted(filters), sorted(s.lower().replace(" ", "-") for s in services), "budgets")
        for name, f in filters.items():
            equal(list(f), ["UsageTypeGroup" if name == "data-transfer" else "Service"], f"filter of {name}")
            check(all(v.strip() == v != "" for values in f.values() for v in values), f)
        value = {name: next(iter(f.values())) for name, f in filters.items()}
        equal(value["ec2"], ["Amazon Elastic Compute Cloud - Compute", "EC2 - Other"], "EC2")
        equal(value["ec2"], value["ec2-instances"] + value["ec2-other"], "EC2")
        once = [v for name, values in value.items() if name != "ec2" for v in values]
        equal(len(once), len(set(once)), "number of names of AWS's")
        # As the bills of accounts have them.
        equal(value["cloudwatch"], ["AmazonCloudWatch"], "CloudWatch")
        equal(value["rds"], ["Amazon Relational Database Service"], "RDS")
        equal(value["s3"], ["Amazon Simple Storage Service"], "S3")
        check("EC2: Data Transfer - Internet (Out)" in value["data-transfer"], value["data-transfer"])


# ---- without Terraform

def lint(tmp, text):
    path = os.path.join(tmp, "lint.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text if isinstance(text, str) else json.dumps(text))
    r = subprocess.run([OPSC, "lint", path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
    return r.returncode, r.stdout.decode("utf-8", "replace")


def known_services(tmp):
    """The names that a message lists."""
    _, text = lint(tmp, {**PLAN, "budgets": {"services": {"Zzyzx Quux": "$1"}}})
    return re.search(r"There are (.*)\.\n", text).group(1).replace(" and ", ", ").split(", ")


HOSTILE = [  # what is wrong, and what it is called
    ({"monthly": {"limit": "$25", "alerts": {key: "ops"}}}, "OPS-2301")
    for key in ("50", "-5%", "0%", "0.0%", "50%%", "1e2%", "\u0665\u0660%", "80 percent", "$20", "99999999999999999999999%", "%", " ", "50% # x", "${x", "a" * 900)
] + [
    ({"services": {key: "$1"}}, "OPS-2302")
    for key in ("", "S3\n", "S3;DROP", "\u2028", "$(reboot)", "Amazon ", "aws", "x" * 900, "EC2 - Other/action/")
] + [
    ({"monthly": {"limit": limit}}, "OPS-11") for limit in ("$0", "$-1", "25", "$", "25 EUR", "$1e9", "$" + "9" * 40, "$0.009", "$0.0000000000000000001", "")
] + [
    ({"anomalies": {"above": "$10", "monitor": m}}, "OPS-1115")
    for m in ("services", "arn:aws:ce::1:anomalymonitor/x", "arn:aws:ce::123456789012:anomalymonitor/x\n", "arn:aws-cn:ce::123456789012:anomalymonitor/x")
]


def test_hostile(tmp):
    with test("hostile-values"):
        for budgets, code in HOSTILE:
            status, text = lint(tmp, {**PLAN, "budgets": budgets})
            check(status == 1 and code in text, budgets, status, text)
    with test("hostile-address"):
        spec = {**PLAN, "notify": {"ops": {"email": ['o"ps@shop.example']}}, "routes": {"warning": ["ops"], "critical": ["ops"]}}
        status, text = lint(tmp, {**spec, "budgets": {"anomalies": "$10"}})
        check(status == 1 and "OPS-1115" in text, status, text)
    with test("long-names"):
        status, text = lint(tmp, {**PLAN, "project": "p" * 60, "environment": "e" * 60})
        check(status == 1 and "OPS-1704" in text and "budget" in text, status, text)
    with test("many-alerts"):
        for n, wanted in ((9, 0), (10, 1)):
            status, text = lint(tmp, {**PLAN, "budgets": {"monthly": {"limit": "$25", "alerts": {f"{i}%": "ops" for i in range(1, n + 1)}}}})
            check(status == wanted and ("OPS-1705" in text) == bool(wanted), n, status, text)


def test_regions(tmp):
    with test("regions"):
        for region in ("cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-gov-east-1"):
            status, text = lint(tmp, {**PLAN, "aws": {"region": region}})
            check(status == 1 and "OPS-2304" in text, region, status, text)
        for region in ("us-east-1", "sa-east-1", "ap-southeast-7", "il-central-1"):
            status, text = lint(tmp, {**PLAN, "aws": {"region": region}})
            check(status == 0 and "OPS-23" not in text, region, status, text)


def test_free(tmp):
    """Budgets cost nothing: the free tier keeps them all."""
    with test("free-tier"):
        status, text = lint(tmp, {**PLAN, "profile": "free-tier"})
        check(status == 0 and "OPS-1411" not in text, status, text)


# ---- moto, and Slack

def test_moto(tmp, states):
    if not aws_clients("http://127.0.0.1"):
        say("skip-missing", "moto: boto3 is not there (pip install boto3)")
        return
    server = Server(tmp)
    try:
        with test("moto"):
            for resources in states.values():
                server.reset()
                budgets = aws_clients(server.url)("budgets", "us-east-1")
                requests, _ = requests_of(resources)
                for _, request in requests:
                    budgets.create_budget(**request)
                    got = budgets.describe_budget(AccountId=ACCOUNT, BudgetName=request["Budget"]["BudgetName"])["Budget"]
                    limits = [(float(b["BudgetLimit"]["Amount"]), b["BudgetLimit"]["Unit"]) for b in (got, request["Budget"])]
                    equal(*limits, "limit")
                    alerts = budgets.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName=got["BudgetName"])["Notifications"]
                    equal(len(alerts), len(request["NotificationsWithSubscribers"]), "notifications")
    finally:
        server.stop()


def test_slack(tmp):
    """A channel is configured once, in the module of alarms, with the topics of both."""
    spec = {**PLAN, "notify": {"ops": {"email": ["ops@example.com"], "slack": ["T07EA123LEP/C07EZ1ABC23"]}},
            "routes": {"warning": ["ops"], "critical": ["ops"]}, "alarms": {"bill": {"when": "billing.estimated_charges > $20"}},
            "budgets": {"monthly": "$25", "anomalies": "$10"}}
    with test("slack"):
        out = os.path.join(tmp, "slack")
        path = os.path.join(tmp, "slack.yaml")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(spec, f)
        build(path, out)

        def read(*names):
            with open(os.path.join(out, "terraform", *names), encoding="utf-8") as f:
                return f.read()
        wanted = {"topic_budget_ops_arn", "topic_anomaly_ops_arn"}
        arns = re.search(r"sns_topic_arns += \[(.*)\]", read("modules", "monitoring", "sns.tf")).group(1)
        equal(set(re.findall(r"var\.(\w+)", arns)), wanted, "topics of the channel")
        handed = dict(re.findall(r"(topic_\w+) += module\.billing\.(\w+)", read("main.tf")))
        equal(handed, {w: w for w in wanted}, "what the module is handed")
        check(wanted <= set(re.findall(r'output "(\w+)"', read("modules", "billing", "outputs.tf"))), "outputs")


def build_all(tmp, specs):
    modules = {}
    for name, spec in specs.items():
        path = os.path.join(tmp, f"{name}.yaml")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(spec, f)
        said = build(path, os.path.join(tmp, "out", name))
        equal(re.findall(r"(\d+) budgets?\n", said), [str(len(spec["budgets"].get("services", {})) + ("monthly" in spec["budgets"]))], "budgets that are counted")
        modules[name] = os.path.join(tmp, "out", name, "terraform", "modules", "billing")
    return modules


def main():
    terraform = need_terraform("budgets")
    with scratch("budgets") as tmp:
        test_hostile(tmp)
        test_regions(tmp)
        test_free(tmp)
        services = known_services(tmp)
        r = random.Random(2301)
        specs = {"plan": PLAN, "all": {**PLAN, "project": "all", "budgets": {"services": {s: "$1" for s in services}}}}
        specs.update({f"random{i}": random_spec(r, services) for i in range(SPECS)})
        with test("build"):
            modules = build_all(tmp, specs)
        test_slack(tmp)
        if state.failed:
            sys.exit(1)
        status, text = terraform.run(os.path.join(tmp, "out"), "fmt", "-check", "-recursive", "-diff", "-no-color")
        with test("fmt"):
            check(status == 0, text)
        states = {}
        with test("apply"):
            states = terraform_states(terraform, tmp, modules)
            equal(sorted(states), sorted(specs), "modules that were applied")
        try:
            models = {"budgets": Model("budgets"), "ce": Model("ce")}
        except ImportError:
            models = None
            say("skip-missing", "model: botocore is not there (pip install botocore)")
        for name, resources in states.items():
            test_told(name, specs[name], resources)
            test_policies(name, resources)
            if models:
                test_model(name, resources, models)
        if models:
            test_model_notices(models)
        if states:
            with test("plan-as-written"):
                got = {b["name"]: notifications(states["plan"], b) for b in states["plan"].of("aws_budgets_budget")}
                equal(got, {k: sorted(v) for k, v in PLAN_TOLD.items()}, "who is told")
            test_services(states["all"], services)
            test_moto(tmp, states)
    if state.failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
