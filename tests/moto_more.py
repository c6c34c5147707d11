#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""moto's server with what it lacks and opsc needs: composite alarms, saved queries, pages and
types of alarms, metric filters that replace one another, policies that are attached once.

By AWS's documentation of these operations; started as moto_more.py HOST PORT, behind moto_watch.py. An access key
that ends with twelve digits (AKIAOPSC345678901234) belongs to that account, others to moto's own.
"""
import json
import os
import re
import sys
import uuid

import moto_costs  # noqa: F401: budgets, anomalies
import moto_json  # noqa: F401: log groups, identity providers, rotation
import moto_rest  # noqa: F401: REST services
from moto.cloudwatch.models import Alarm
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.iam.models import ManagedPolicy
from moto.logs.metric_filters import MetricFilters
from moto.logs.responses import LogsResponse
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend
from moto.sts.responses import TokenResponse
from werkzeug.serving import run_simple

from moto_quick import DomainDispatcherApplication, create_backend_app
from moto_watch import Handler, Watch

own_account, own_identity = BaseResponse.get_current_account, TokenResponse.get_caller_identity


def account_of_key(self):
    digits = re.fullmatch(r"AKIAOPSC(\d{12})", self.get_access_key() or "")
    return digits.group(1) if digits else None


def get_current_account(self):
    return account_of_key(self) or own_account(self)


def get_caller_identity(self):
    account = account_of_key(self)
    if account is None:
        return own_identity(self)
    return ActionResult({"UserId": "AIDAOPS", "Account": account, "Arn": f"arn:aws:iam::{account}:user/ops"})


def put_composite_alarm(self):
    name = self._get_param("AlarmName")
    alarm = self.cloudwatch_backend.put_metric_alarm(
        name=name, namespace=None, metric_name=None, comparison_operator=None, evaluation_periods=None, period=None, threshold=None,
        statistic=None, description=self._get_param("AlarmDescription"), dimensions=[],
        alarm_actions=self._get_param("AlarmActions", []), ok_actions=self._get_param("OKActions", []),
        insufficient_data_actions=self._get_param("InsufficientDataActions", []),
        actions_enabled=self._get_bool_param("ActionsEnabled"), rule=self._get_param("AlarmRule"), tags=self._get_param("Tags", []))
    alarm.actions_suppressor = self._get_param("ActionsSuppressor")
    alarm.actions_suppressor_wait_period = self._get_param("ActionsSuppressorWaitPeriod")
    alarm.actions_suppressor_extension_period = self._get_param("ActionsSuppressorExtensionPeriod")
    return EmptyResult()


def describe_alarms(self):
    """At most MaxRecords of the types that are asked for: metric alarms, when none is said."""
    backend = self.cloudwatch_backend
    names, prefix = self._get_param("AlarmNames", []), self._get_param("AlarmNamePrefix") or ""
    types = self._get_param("AlarmTypes", []) or ["MetricAlarm"]
    found = [a for a in backend.describe_alarms() if (not names or a.name in names) and a.name.startswith(prefix)
             and ("CompositeAlarm" if a.rule else "MetricAlarm") in types]
    found.sort(key=lambda a: a.name)
    start, size = int(self._get_param("NextToken") or 0), int(self._get_param("MaxRecords") or 50)
    page = found[start:start + size]
    result = {"MetricAlarms": [a for a in page if not a.rule], "CompositeAlarms": [a for a in page if a.rule]}
    if start + size < len(found):
        result["NextToken"] = str(start + size)
    return ActionResult(result)


def add_filter(self, filter_name, filter_pattern, log_group_name, metric_transformations):
    """Put replaces: moto keeps both."""
    self.delete_filter(filter_name, log_group_name)
    own_add_filter(self, filter_name, filter_pattern, log_group_name, metric_transformations)


own_add_filter, MetricFilters.add_filter = MetricFilters.add_filter, add_filter


def tag_values_of_all(self, tag_key):
    """Of all that has tags: moto looks at three services."""
    found = {t["Value"] for r in self._get_resources_generator(tag_filters=[]) for t in r["Tags"] if t["Key"] == tag_key}
    return iter(sorted(found))


ResourceGroupsTaggingAPIBackend._get_tag_values_generator = tag_values_of_all


def queries_of(self):
    backend = self.logs_backend
    if not hasattr(backend, "query_definitions"):
        backend.query_definitions = {}
    return backend.query_definitions


def put_query_definition(self):
    key = self._get_param("queryDefinitionId") or str(uuid.uuid4())
    queries_of(self)[key] = {"queryDefinitionId": key, "name": self._get_param("name"), "queryString": self._get_param("queryString"),
                             "logGroupNames": self._get_param("logGroupNames") or [], "lastModified": 0}
    return json.dumps({"queryDefinitionId": key})


def describe_query_definitions(self):
    prefix = self._get_param("queryDefinitionNamePrefix") or ""
    found = [q for q in queries_of(self).values() if q["name"].startswith(prefix)]
    start, size = int(self._get_param("nextToken") or 0), int(self._get_param("maxResults") or 50)
    answer = {"queryDefinitions": found[start:start + size]}
    if start + size < len(found):
        answer["nextToken"] = str(start + size)
    return json.dumps(answer)


def delete_query_definition(self):
    return json.dumps({"success": queries_of(self).pop(self._get_param("queryDefinitionId"), None) is not None})


own_attach = ManagedPolicy.attach_to


def attach_to(self, role):
    # Said twice it is attached once.
    if self.arn not in role.managed_policies:
        own_attach(self, role)


ManagedPolicy.attach_to = attach_to
Alarm.actions_suppressor = Alarm.actions_suppressor_wait_period = Alarm.actions_suppressor_extension_period = None
TokenResponse.get_caller_identity = get_caller_identity
BaseResponse.get_current_account = get_current_account
for operation in (put_composite_alarm, describe_alarms):
    setattr(CloudWatchResponse, operation.__name__, operation)
for operation in (put_query_definition, describe_query_definitions, delete_query_definition):
    setattr(LogsResponse, operation.__name__, operation)

if __name__ == "__main__":
    os.environ.setdefault("MOTO_PORT", sys.argv[2])
    run_simple(sys.argv[1], int(sys.argv[2]), Watch(DomainDispatcherApplication(create_backend_app)), threaded=True,
               request_handler=Handler)
