# SPDX-License-Identifier: MIT
"""What moto lacks of AWS Budgets and of Cost Explorer's anomaly detection, before moto sees the request: budgets with
notifications, subscribers and tags; monitors and subscriptions. Parameters are checked by AWS's models; state is by account.

As AWS does it: amounts come back with a fraction ("100" as "100.0"), the percentage of a threshold is not told as such, what was
not given of a period and of what counts as cost is filled in.
"""
import calendar
import json
import re
import time
import uuid

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

import model_values
import request_model
from moto_rest import Request

FAR_END_S = 3706473600  # 2087-06-15, the end of a budget without one
COSTS = ("IncludeTax", "IncludeSubscription", "IncludeRefund", "IncludeCredit", "IncludeUpfront", "IncludeRecurring",
         "IncludeOtherSubscription", "IncludeSupport", "IncludeDiscount")
kept = {}  # (account, what) -> dict


class Refused(Exception):
    """(code, message)"""


class Call:
    """`p`: the parameters."""

    def __init__(self, account, p):
        self.account, self.p = account, p

    def of(self, what):
        return kept.setdefault((self.account, what), {})

    def page(self, found, size, token="NextToken"):
        """{token: ...} when there is more, and the items."""
        start, size = int(self.p.get(token) or 0), self.p.get("MaxResults") or size
        more = {token: str(start + size)} if start + size < len(found) else {}
        return more, found[start:start + size]


# ---- budgets

def amount(spend):
    """"100" is "100.0"."""
    return {**spend, "Amount": spend["Amount"] if "." in spend["Amount"] else spend["Amount"] + ".0"} if spend else spend


def period_of(unit, given):
    now = time.gmtime()
    begin = {"DAILY": (now.tm_year, now.tm_mon, now.tm_mday), "MONTHLY": (now.tm_year, now.tm_mon, 1),
             "QUARTERLY": (now.tm_year, now.tm_mon - (now.tm_mon - 1) % 3, 1), "ANNUALLY": (now.tm_year, 1, 1)}
    start = calendar.timegm((*begin.get(unit, begin["MONTHLY"]), 0, 0, 0))
    return {"Start": start, "End": FAR_END_S, **given}


def filled(budget):
    costs = {**dict.fromkeys(COSTS, True), "UseBlended": False, "UseAmortized": False}
    unit = budget.get("BudgetLimit", {}).get("Unit", "USD")
    known = {"CostFilters": {}, "CostTypes": {**costs, **budget.get("CostTypes", {})}} if "FilterExpression" not in budget else {}
    limits = {k: amount(budget[k]) for k in ("BudgetLimit",) if k in budget}
    planned = {k: {t: amount(s) for t, s in budget[k].items()} for k in ("PlannedBudgetLimits",) if k in budget}
    return {**known, "CalculatedSpend": {"ActualSpend": {"Amount": "0.0", "Unit": unit}}, **budget, **limits, **planned,
            **({"CostTypes": known["CostTypes"]} if known else {}),
            "TimePeriod": period_of(budget["TimeUnit"], budget.get("TimePeriod", {})), "LastUpdatedTime": 1700000000.0}


class Budget:
    def __init__(self, budget, tags):
        self.budget, self.tags, self.notifications = filled(budget), tags, {}

    def add(self, notification, subscribers):
        if len(self.notifications) >= 10:
            raise Refused("CreationLimitExceededException", "a budget has at most 10 notifications")
        if key_of(notification) in self.notifications:
            raise Refused("DuplicateRecordException", "the notification already exists")
        if self.budget["TimeUnit"] == "DAILY" and notification["NotificationType"] == "FORECASTED":
            raise Refused("InvalidParameterException", "a daily budget has no forecast")
        self.notifications[key_of(notification)] = (told(notification), list(subscribers))


def key_of(n):
    return n["NotificationType"], n["ComparisonOperator"], float(n["Threshold"]), n.get("ThresholdType", "PERCENTAGE")


def told(n):
    """That it is a percentage is not told."""
    shown = {k: v for k, v in n.items() if not (k == "ThresholdType" and v == "PERCENTAGE")}
    return {**shown, "Threshold": float(n["Threshold"]), "NotificationState": n.get("NotificationState", "OK")}


def budget_named(c, name=None):
    if (name or c.p["BudgetName"]) not in c.of("budgets"):
        raise Refused("NotFoundException", f"Unable to get budget: {name or c.p['BudgetName']} - the budget doesn't exist.")
    return c.of("budgets")[name or c.p["BudgetName"]]


def notification_of(c):
    found = budget_named(c).notifications.get(key_of(c.p["Notification"]))
    if found is None:
        raise Refused("NotFoundException", "Unable to get the notification - the notification doesn't exist.")
    return found


def create_budget(c):
    name = c.p["Budget"]["BudgetName"]
    if name in c.of("budgets"):
        raise Refused("DuplicateRecordException", f"Error creating budget: {name} - the budget already exists.")
    budget = Budget(c.p["Budget"], {t["Key"]: t["Value"] for t in c.p.get("ResourceTags", [])})
    for n in c.p.get("NotificationsWithSubscribers", []):
        budget.add(n["Notification"], n["Subscribers"])
    c.of("budgets")[name] = budget


def describe_budget(c):
    return {"Budget": budget_named(c).budget}


def delete_budget(c):
    budget_named(c)
    del c.of("budgets")[c.p["BudgetName"]]


def update_budget(c):
    budget_named(c, c.p["NewBudget"]["BudgetName"]).budget = filled(c.p["NewBudget"])


def describe_budgets(c):
    more, found = c.page([b.budget for _, b in sorted(c.of("budgets").items())], 100)
    return {"Budgets": found, **more}


def describe_budget_notifications_for_account(c):
    more, found = c.page(sorted(c.of("budgets").items()), 50)
    return {"BudgetNotificationsForAccount": [{"BudgetName": name, "Notifications": [n for n, _ in b.notifications.values()]}
                                              for name, b in found], **more}


def describe_notifications_for_budget(c):
    more, found = c.page([n for n, _ in budget_named(c).notifications.values()], 100)
    return {"Notifications": found, **more}


def describe_subscribers_for_notification(c):
    more, found = c.page(notification_of(c)[1], 100)
    return {"Subscribers": found, **more}


def create_notification(c):
    budget_named(c).add(c.p["Notification"], c.p["Subscribers"])


def update_notification(c):
    budget, old, new = budget_named(c), c.p["OldNotification"], c.p["NewNotification"]
    if key_of(old) not in budget.notifications:
        raise Refused("NotFoundException", "Unable to get the notification - the notification doesn't exist.")
    budget.add(new, budget.notifications.pop(key_of(old))[1])


def delete_notification(c):
    notification_of(c)
    del budget_named(c).notifications[key_of(c.p["Notification"])]


def create_subscriber(c):
    subscribers = notification_of(c)[1]
    if c.p["Subscriber"] in subscribers:
        raise Refused("DuplicateRecordException", "the subscriber already exists")
    subscribers.append(c.p["Subscriber"])


def delete_subscriber(c):
    if c.p["Subscriber"] not in notification_of(c)[1]:
        raise Refused("NotFoundException", "the subscriber doesn't exist")
    notification_of(c)[1].remove(c.p["Subscriber"])


def update_subscriber(c):
    subscribers = notification_of(c)[1]
    if c.p["OldSubscriber"] not in subscribers:
        raise Refused("NotFoundException", "the subscriber doesn't exist")
    subscribers[subscribers.index(c.p["OldSubscriber"])] = c.p["NewSubscriber"]


# ---- anomalies

def anomaly_add(c, what, member, thing):
    arn = f"arn:aws:ce::{c.account}:{what}/{uuid.uuid4()}"
    c.of(what)[arn] = {"thing": {member: arn, **thing}, "tags": {t["Key"]: t["Value"] for t in c.p.get("ResourceTags", [])}}
    return {member: arn}


def anomaly_at(c, what, member):
    if c.p[member] not in c.of(what):
        raise Refused({"anomalymonitor": "UnknownMonitorException", "anomalysubscription": "UnknownSubscriptionException"}[what],
                      f"there is no {c.p[member]}")
    return c.of(what)[c.p[member]]["thing"]


def create_anomaly_monitor(c):
    monitor = c.p["AnomalyMonitor"]
    others = [m["thing"]["MonitorType"] for m in c.of("anomalymonitor").values()]
    if monitor["MonitorType"] == "DIMENSIONAL" and "DIMENSIONAL" in others:
        raise Refused("LimitExceededException", "Limit exceeded on dimensional spend monitor creation")
    return anomaly_add(c, "anomalymonitor", "MonitorArn", {**monitor, "CreationDate": "2026-01-01T00:00:00.000Z"})


def get_anomalies(c, what, member, filters):
    found = [s["thing"] for s in c.of(what).values() if not c.p.get(member + "List") or s["thing"][member] in c.p[member + "List"]]
    found = [s for s in found if not filters or c.p.get("MonitorArn") in (None, *s["MonitorArnList"])]
    return c.page(found, 100, "NextPageToken")


def get_anomaly_monitors(c):
    more, found = get_anomalies(c, "anomalymonitor", "MonitorArn", False)
    return {"AnomalyMonitors": found, **more}


def update_anomaly_monitor(c):
    anomaly_at(c, "anomalymonitor", "MonitorArn").update(c.p)
    return {"MonitorArn": c.p["MonitorArn"]}


def delete_anomaly_monitor(c):
    anomaly_at(c, "anomalymonitor", "MonitorArn")
    del c.of("anomalymonitor")[c.p["MonitorArn"]]


def check_subscription(c, s):
    """Messages at once go to topics, others to mailboxes."""
    for subscriber in s["Subscribers"]:
        if (subscriber["Type"] == "SNS") != (s["Frequency"] == "IMMEDIATE"):
            raise Refused("ValidationException", f"{subscriber['Type']} subscribers are not for the frequency {s['Frequency']}")
    for arn in s["MonitorArnList"]:
        if arn not in c.of("anomalymonitor"):
            raise Refused("UnknownMonitorException", f"there is no {arn}")


def create_anomaly_subscription(c):
    s = c.p["AnomalySubscription"]
    check_subscription(c, s)
    subscribers = [{"Status": "CONFIRMED", **x} for x in s["Subscribers"]]
    return anomaly_add(c, "anomalysubscription", "SubscriptionArn", {**s, "AccountId": c.account, "Subscribers": subscribers})


def get_anomaly_subscriptions(c):
    more, found = get_anomalies(c, "anomalysubscription", "SubscriptionArn", True)
    return {"AnomalySubscriptions": found, **more}


def update_anomaly_subscription(c):
    s = anomaly_at(c, "anomalysubscription", "SubscriptionArn")
    after = {**s, **c.p}
    check_subscription(c, after)
    s.update(after)
    return {"SubscriptionArn": c.p["SubscriptionArn"]}


def delete_anomaly_subscription(c):
    anomaly_at(c, "anomalysubscription", "SubscriptionArn")
    del c.of("anomalysubscription")[c.p["SubscriptionArn"]]


# ---- tags of both

def tags_of(c):
    arn = c.p.get("ResourceARN") or c.p["ResourceArn"]
    budget = re.fullmatch(r"arn:aws:budgets::\d{12}:budget/(.+)", arn)
    if budget:
        return budget_named(c, budget[1]).tags
    for what in ("anomalymonitor", "anomalysubscription"):
        if arn in c.of(what):
            return c.of(what)[arn]["tags"]
    raise Refused("ResourceNotFoundException" if ":ce:" in arn else "NotFoundException", f"there is no {arn}")


def list_tags_for_resource(c):
    return {"ResourceTags": [{"Key": k, "Value": v} for k, v in tags_of(c).items()]}


def tag_resource(c):
    tags_of(c).update({t["Key"]: t["Value"] for t in c.p["ResourceTags"]})


def untag_resource(c):
    for key in c.p["ResourceTagKeys"]:
        tags_of(c).pop(key, None)


TAGS = [list_tags_for_resource, tag_resource, untag_resource]
BUDGETS = [create_budget, describe_budget, update_budget, delete_budget, describe_budgets, describe_budget_notifications_for_account,
           describe_notifications_for_budget, describe_subscribers_for_notification, create_notification, update_notification,
           delete_notification, create_subscriber, update_subscriber, delete_subscriber, *TAGS]
ANOMALIES = [create_anomaly_monitor, get_anomaly_monitors, update_anomaly_monitor, delete_anomaly_monitor,
             create_anomaly_subscription, get_anomaly_subscriptions, update_anomaly_subscription, delete_anomaly_subscription, *TAGS]


def camel(function):
    return "".join(part.capitalize() for part in function.__name__.split("_"))


OPERATIONS = {"AWSBudgetServiceGateway": ("budgets", {camel(f): f for f in BUDGETS}),
              "AWSInsightsIndexService": ("ce", {camel(f): f for f in ANOMALIES})}


def answer(environ):
    """Status and answer; None: moto's own."""
    prefix, _, name = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
    service, functions = OPERATIONS.get(prefix, ("", {}))
    if environ["PATH_INFO"] == "/moto-api/reset":
        kept.clear()
    if name not in functions:
        return None
    request = Request(environ)
    given, reader = json.loads(request.body), model_values.Reader()
    shape = request_model.service_of(service).operation_model(name).input_shape
    wrong = model_values.check(shape, reader.json(shape, given, "")) + reader.problems
    try:
        if wrong:
            raise Refused("InvalidParameterException" if service == "budgets" else "ValidationException", "; ".join(wrong))
        return 200, functions[name](Call(request.account, given)) or {}
    except Refused as e:
        return 400, {"__type": e.args[0], "Message": e.args[1]}


def call(self, environ, start_response):
    given = answer(environ)
    if given is None:
        return own_call(self, environ, start_response)
    data = json.dumps(given[1]).encode()
    headers = [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(data)))]
    start_response(f"{given[0]} {'OK' if given[0] == 200 else 'Error'}", headers)
    return [data]


own_call, DomainDispatcherApplication.__call__ = DomainDispatcherApplication.__call__, call
