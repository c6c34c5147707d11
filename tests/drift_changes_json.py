# SPDX-License-Identifier: MIT
"""Each attribute of the kinds of query and JSON services, changed behind Terraform's back: IAM, parameters and documents
of Systems Manager, secrets, keys, repositories, budgets, unusual costs, and what is left of log groups.

A part tries one kind on the first that is there, and returns whether there was one. In a path [*] is any place.
"""
import copy
import functools
import json

import yaml

import apply_changes
from drift_support import Changes

# What has one of each, with few alarms beside them.
SPEC = """\
opsc: 1
project: shop
environment: production
aws: { region: eu-west-1, account: "123456789012" }
notify: ops@shop.example
resources:
  web: { kind: ec2, id: i-0123456789abcdef0, role: shop-web, alarms: none }
  db: { kind: rds, id: shop-db, engine: postgres, alarms: none }
  api: { kind: app, on: web, image: shop/api, port: 9000, alarms: none }
dashboards: none
secrets:
  store: secrets-manager
  items:
    db-password: { of: db, user: shop, rotate: every 90 days }
backup:
  bucket: shop-backups
  configuration: { every: week, parameters: /shop/production/, secrets: { encrypt: kms } }
deploy: { app: api, registry: ecr, ecr: { readers: ["210987654321"] }, via: ssm, github: shop/shop, watch: 0s }
budgets: { services: { CloudWatch: $5 }, anomalies: $20 }
"""
PREFIX, ACCOUNT = "shop-production-", "123456789012"
TAGS = {"project": "shop", "environment": "production"}
ANOTHER_TOPIC = "arn:aws:sns:us-east-1:123456789012:x"


def changed(document, do):
    """A document of JSON with one thing done to it."""
    after = copy.deepcopy(document)
    do(after)
    return json.dumps(after)


def statement_path(attr, document, index=0):
    statement = document["Statement"][index]
    return f"{attr}.Statement[{statement.get('Sid', index)}]"


# What is done to the first statement of a policy; what is found.
POLICY = [
    (".Effect", lambda d: d["Statement"][0].update(Effect="Deny")),
    (".Action", lambda d: d["Statement"][0].update(Action="sts:TagSession")),
    (".Condition", lambda d: d["Statement"][0].update(Condition={"Bool": {"aws:SecureTransport": "true"}})),
]


def policy_changes(attr, document):
    """(path, text) of each change of a policy; a path None is the same policy in other words."""
    for path, do in POLICY:
        if path != ".Condition" or "Condition" not in document["Statement"][0]:
            yield statement_path(attr, document) + path, changed(document, do)

    def reword(d):
        d["Statement"].reverse()
        for s in d["Statement"]:
            for word in ("Action", "Resource"):
                if isinstance(s.get(word), str):
                    s[word] = [s[word]]
    yield None, changed(document, reword)


# ---- IAM


def tagged(c, kind, name, which, untag, tag):
    c.one({("change", kind, name, "tags_all.managed-by")}, lambda: untag(**which, TagKeys=["managed-by"]),
          lambda: tag(**which, Tags=[{"Key": "managed-by", "Value": "opsc"}]))


def roles(c, iam, prefix):
    kind = "aws_iam_role"
    found = [r for r in iam.list_roles()["Roles"] if r["RoleName"].startswith(prefix) and r.get("Description")]
    if not found:
        return False
    name = found[0]["RoleName"]
    before = iam.get_role(RoleName=name)["Role"]
    settings = {"Description": before.get("Description", ""), "MaxSessionDuration": before["MaxSessionDuration"]}

    def update(**more):
        return lambda: iam.update_role(RoleName=name, **{**settings, **more})

    def trust(text):
        return lambda: iam.update_assume_role_policy(RoleName=name, PolicyDocument=text)

    c.one({("change", kind, name, "description")}, update(Description="changed"), update())
    c.one({("change", kind, name, "max_session_duration")}, update(MaxSessionDuration=43200), update())
    tagged(c, kind, name, {"RoleName": name}, iam.untag_role, iam.tag_role)
    document = before["AssumeRolePolicyDocument"]
    for path, text in policy_changes("assume_role_policy", document):
        c.one({("change", kind, name, path)} if path else set(), trust(text), trust(json.dumps(document)))
    return True


def role_policies(c, iam, prefix):
    kind = "aws_iam_role_policy"
    for role in iam.list_roles()["Roles"]:
        for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
            if not name.startswith(prefix):
                continue
            which = {"RoleName": role["RoleName"], "PolicyName": name}
            document = iam.get_role_policy(**which)["PolicyDocument"]

            def put(text):
                return lambda: iam.put_role_policy(**which, PolicyDocument=text)  # noqa: B023

            for path, text in policy_changes("policy", document):
                c.one({("change", kind, name, path)} if path else set(), put(text), put(json.dumps(document)))
            c.one({("create", kind, name, None)}, lambda: iam.delete_role_policy(**which), put(json.dumps(document)))  # noqa: B023
            return True
    return False


class Policy:
    """A managed policy that is made again, as it cannot be changed in place."""

    def __init__(self, iam, arn):
        self.iam, self.arn = iam, arn
        self.policy = iam.get_policy(PolicyArn=arn)["Policy"]
        self.version = self.policy["DefaultVersionId"]
        self.document = iam.get_policy_version(PolicyArn=arn, VersionId=self.version)["PolicyVersion"]["Document"]
        self.tags = iam.list_policy_tags(PolicyArn=arn)["Tags"]
        self.roles = [r["RoleName"] for r in iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]]

    def put(self, text, default=True):
        self.made = self.iam.create_policy_version(PolicyArn=self.arn, PolicyDocument=text, SetAsDefault=default)["PolicyVersion"]["VersionId"]

    def take_back(self):
        self.iam.set_default_policy_version(PolicyArn=self.arn, VersionId=self.version)
        self.iam.delete_policy_version(PolicyArn=self.arn, VersionId=self.made)

    def fill(self):
        """As many versions as AWS allows, the last one another policy."""
        while len(self.iam.list_policy_versions(PolicyArn=self.arn)["Versions"]) < 5:
            self.put(changed(self.document, lambda d: d["Statement"][0].update(Effect="Deny")))

    def empty(self):
        self.iam.set_default_policy_version(PolicyArn=self.arn, VersionId=self.version)
        for v in self.iam.list_policy_versions(PolicyArn=self.arn)["Versions"]:
            if not v["IsDefaultVersion"]:
                self.iam.delete_policy_version(PolicyArn=self.arn, VersionId=v["VersionId"])

    def again(self, description):
        for role in self.roles:
            self.iam.detach_role_policy(RoleName=role, PolicyArn=self.arn)
        self.iam.delete_policy(PolicyArn=self.arn)
        self.iam.create_policy(PolicyName=self.policy["PolicyName"], PolicyDocument=json.dumps(self.document), Description=description,
                               Tags=self.tags)
        self.put(json.dumps(self.document), default=False)
        for role in self.roles:
            self.iam.attach_role_policy(RoleName=role, PolicyArn=self.arn)


def policies(c, iam, prefix):
    kind = "aws_iam_policy"
    for listed in iam.list_policies(Scope="Local")["Policies"]:
        name = listed["PolicyName"]
        if not name.startswith(prefix):
            continue
        p = Policy(iam, listed["Arn"])
        for path, text in policy_changes("policy", p.document):
            c.one({("change", kind, name, path)} if path else set(), lambda: p.put(text), p.take_back)  # noqa: B023
        # What is not in force is not what it is.
        c.one(set(), lambda: p.put(changed(p.document, lambda d: d["Statement"].pop()), default=False), p.take_back)
        c.one({("change", kind, name, statement_path("policy", p.document) + ".Effect")}, p.fill, p.empty)
        tagged(c, kind, name, {"PolicyArn": p.arn}, iam.untag_policy, iam.tag_policy)
        c.one({("replace", kind, name, "description")}, lambda: p.again("changed"), lambda: p.again(p.policy.get("Description", "")))
        return True
    return False


def attachments(c, iam, prefix):
    for listed in iam.list_policies(Scope="Local")["Policies"]:
        arn = listed["Arn"]
        for role in iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]:
            which = {"RoleName": role["RoleName"], "PolicyArn": arn}
            if listed["PolicyName"].startswith(prefix):
                c.one({("create", "aws_iam_role_policy_attachment", None, None)},
                      lambda: iam.detach_role_policy(**which), lambda: iam.attach_role_policy(**which))  # noqa: B023
                return True
    return False


def providers(c, iam, _prefix):
    listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    if not listed:
        return False
    which, kind = {"OpenIDConnectProviderArn": listed[0]["Arn"]}, "aws_iam_openid_connect_provider"
    name = listed[0]["Arn"].partition("/")[2]
    add, remove = iam.add_client_id_to_open_id_connect_provider, iam.remove_client_id_from_open_id_connect_provider
    own = iam.get_open_id_connect_provider(**which)["ClientIDList"][0]
    for clients in (lambda f, _: f(**which, ClientID="another"), lambda _, f: f(**which, ClientID=own)):
        c.one({("change", kind, name, "client_id_list")}, functools.partial(clients, add, remove), functools.partial(clients, remove, add))
    tagged(c, kind, name, which, iam.untag_open_id_connect_provider, iam.tag_open_id_connect_provider)
    return True


# ---- Systems Manager


def parameters(c, ssm, _prefix):
    listed = ssm.describe_parameters()["Parameters"]
    if not listed:
        return False
    before, kind = listed[0], "aws_ssm_parameter"
    name = before["Name"]
    which = {"Name": name, "Value": "a value that nobody is shown"}
    key = before.get("KeyId", "alias/aws/ssm")

    def put(**more):
        def again():
            ssm.delete_parameter(Name=name)
            ssm.put_parameter(**which, **more)
        return again

    # Terraform makes it, and what it is then is its owner's: the key, and the value above all.
    c.one(set(), put(Type="SecureString", KeyId="alias/another"), put(Type="SecureString", KeyId=key))
    c.one({("create", kind, name, None)}, lambda: ssm.delete_parameter(Name=name),
          lambda: ssm.put_parameter(**which, Type="SecureString", KeyId=key))
    return True


def documents(c, ssm, prefix):
    listed = ssm.list_documents(Filters=[{"Key": "Owner", "Values": ["Self"]}])["DocumentIdentifiers"]
    listed = [d for d in listed if d["Name"].startswith(prefix)]
    if not listed:
        return False
    before, kind = listed[0], "aws_ssm_document"
    name = before["Name"]
    content = ssm.get_document(Name=name)["Content"]
    first = before["DocumentVersion"]
    own = {"Content": content, "DocumentType": before["DocumentType"], "DocumentFormat": "JSON", "TargetType": before["TargetType"],
           "Tags": ssm.list_tags_for_resource(ResourceType="Document", ResourceId=name)["TagList"]}

    def again(**more):
        def do():
            ssm.delete_document(Name=name)
            ssm.create_document(Name=name, **{**own, **more})
        return do

    def update(text, default):
        def do():
            told = ssm.update_document(Name=name, Content=text, DocumentVersion="$LATEST", DocumentFormat="JSON", TargetType=own["TargetType"])
            if default:
                ssm.update_document_default_version(Name=name, DocumentVersion=told["DocumentDescription"]["DocumentVersion"])
        return do

    assert first == "1", first
    document = json.loads(content)
    text = changed(document, lambda d: d.update(description="changed"))
    c.one({("change", kind, name, "content.description")}, update(text, True), again())
    c.one(set(), update(text, False), again())
    c.one(set(), again(Content=json.dumps(document, indent=4, sort_keys=True)), again())
    # The latest version has the content already, and is not the one that runs.
    update(text, True)()
    update(json.dumps(document, indent=1), False)()
    assert c.apply() == {"ssm.UpdateDocument": 1, "ssm.UpdateDocumentDefaultVersion": 1}
    c.check(set())
    again()()
    c.one({("change", kind, name, "target_type")}, again(TargetType="/AWS::ECS::Cluster"), again())
    c.one({("change", kind, name, "document_format")}, again(DocumentFormat="YAML", Content=yaml.safe_dump(document)), again())
    c.one({("replace", kind, name, "document_type")}, again(DocumentType="Session"), again())
    c.one({("create", kind, name, None)}, lambda: ssm.delete_document(Name=name), lambda: ssm.create_document(Name=name, **own))
    return True


# ---- repositories


def repositories(c, ecr, _prefix):
    listed = ecr.describe_repositories()["repositories"]
    if not listed:
        return False
    before, kind = listed[0], "aws_ecr_repository"
    name = before["repositoryName"]
    which = {"repositoryName": name}

    def tags(how):
        return lambda: ecr.put_image_tag_mutability(**which, imageTagMutability=how)

    def scan(yes):
        return lambda: ecr.put_image_scanning_configuration(**which, imageScanningConfiguration={"scanOnPush": yes})

    c.one({("change", kind, name, "image_tag_mutability")}, tags("MUTABLE"), tags(before["imageTagMutability"]))
    c.one({("change", kind, name, "image_scanning_configuration.scan_on_push")}, scan(False), scan(True))
    lifecycle(c, ecr, which)
    readers(c, ecr, which)

    marks = ecr.list_tags_for_resource(resourceArn=before["repositoryArn"])["tags"]

    def again(kms):
        texts = {"lifecycle_policy": "lifecyclePolicyText", "repository_policy": "policyText"}
        kept = {}
        for what, member in texts.items():
            try:
                kept[what] = getattr(ecr, f"get_{what}")(**which)[member]
            except (ecr.exceptions.LifecyclePolicyNotFoundException, ecr.exceptions.RepositoryPolicyNotFoundException):
                pass
        ecr.delete_repository(**which, force=True)
        ecr.create_repository(**which, tags=marks, imageTagMutability=before["imageTagMutability"],
                              imageScanningConfiguration=before["imageScanningConfiguration"],
                              encryptionConfiguration={"encryptionType": "KMS" if kms else "AES256"})
        for what, text in kept.items():
            getattr(ecr, ("put_" if what == "lifecycle_policy" else "set_") + what)(**which, **{texts[what]: text})

    c.one({("replace", kind, name, "encryption_configuration.encryption_type")}, lambda: again(True), lambda: again(False))
    return True


def lifecycle(c, ecr, which):
    kind, text = "aws_ecr_lifecycle_policy", ecr.get_lifecycle_policy(**which)["lifecyclePolicyText"]
    name, document = which["repositoryName"], json.loads(text)

    def put(t):
        return lambda: ecr.put_lifecycle_policy(**which, lifecyclePolicyText=t)

    for path, do in [("rules[0].selection.countNumber", lambda d: d["rules"][0]["selection"].update(countNumber=1)),
                     ("rules[1].selection.tagPatternList[0]", lambda d: d["rules"][1]["selection"].update(tagPatternList=["v*"])),
                     ("rules[1]", lambda d: d["rules"].pop())]:
        c.one({("replace", kind, name, f"policy.{path}")}, put(changed(document, do)), put(text))
    c.one(set(), put(json.dumps(document, indent=2, sort_keys=True)), put(text))
    # AWS has them by their priority, and a list that is empty says nothing.
    c.one(set(), put(changed(document, lambda d: [d["rules"].reverse(), d["rules"][1]["selection"].update(tagPrefixList=[])])), put(text))
    c.one({("create", kind, name, None)}, lambda: ecr.delete_lifecycle_policy(**which), put(text))


def readers(c, ecr, which):
    kind = "aws_ecr_repository_policy"
    try:
        text = ecr.get_repository_policy(**which)["policyText"]
    except ecr.exceptions.RepositoryPolicyNotFoundException:
        return
    name, document = which["repositoryName"], json.loads(text)

    def put(t):
        return lambda: ecr.set_repository_policy(**which, policyText=t)

    for path, t in policy_changes("policy", document):
        c.one({("change", kind, name, path)} if path else set(), put(t), put(text))
    # An account is its root.
    account = document["Statement"][0]["Principal"]["AWS"]
    account = (account[0] if isinstance(account, list) else account).split(":")[4]
    c.one(set(), put(changed(document, lambda d: d["Statement"][0].update(Principal={"AWS": account}))), put(text))
    c.one({("create", kind, name, None)}, lambda: ecr.delete_repository_policy(**which), put(text))


# ---- keys


def keys(c, kms, prefix):
    aliases = [a for a in kms.list_aliases()["Aliases"] if a["AliasName"].startswith("alias/" + prefix) and "TargetKeyId" in a]
    if not aliases:
        return False
    kind, alias, name = "aws_kms_key", aliases[0]["AliasName"], None
    key = {"KeyId": aliases[0]["TargetKeyId"]}
    before = kms.describe_key(**key)["KeyMetadata"]["Description"]

    def describe(text):
        return lambda: kms.update_key_description(**key, Description=text)

    c.one({("change", kind, name, "description")}, describe("changed"), describe(before))
    c.one({("change", kind, name, "enable_key_rotation")}, lambda: kms.disable_key_rotation(**key), lambda: kms.enable_key_rotation(**key))
    c.one({("change", kind, name, "is_enabled")}, lambda: kms.disable_key(**key), lambda: kms.enable_key(**key))

    def keep():
        kms.cancel_key_deletion(**key)
        kms.enable_key(**key)
    c.one({("change", kind, name, "is_enabled")}, lambda: kms.schedule_key_deletion(**key), keep)
    # What is wanted again is not deleted.
    for disable in (kms.disable_key, kms.schedule_key_deletion):
        disable(**key)
        assert c.apply() == {"kms.CancelKeyDeletion": 1, "kms.EnableKey": 1}
        c.check(set())
    # A key is what the alias leads to, also for the policy that names it.
    other = kms.create_key(Description="another", Tags=kms.list_resource_tags(**key)["Tags"])["KeyMetadata"]
    c.one({("change", kind, name, "description"), ("change", kind, name, "enable_key_rotation"),
           ("change", "aws_iam_policy", name, "policy.Statement[UseKeys].Resource")},
          lambda: kms.update_alias(AliasName=alias, TargetKeyId=other["KeyId"]), lambda: kms.update_alias(AliasName=alias, TargetKeyId=key["KeyId"]))
    # Without an alias it is found by its tags: another project's is not it, nor one that waits to be deleted.
    ours = kms.list_resource_tags(**key)["Tags"]
    for tags in ([{**t, "TagValue": "other"} if t["TagKey"] == "project" else t for t in ours], ours):
        like = kms.create_key(Description=before, Tags=tags)["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=like)
    c.one({("create", "aws_kms_alias", name, None)},
          lambda: kms.delete_alias(AliasName=alias), lambda: kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"]))
    return True


# ---- budgets and unusual costs

BUDGET = [
    ("limit_amount", lambda b: b.update(BudgetLimit={"Amount": "31415.5", "Unit": "USD"})),
    ("limit_unit", lambda b: b["BudgetLimit"].update(Unit="EUR")),
    ("time_unit", lambda b: b.update(TimeUnit="QUARTERLY")),
    ("budget_type", lambda b: b.update(BudgetType="USAGE")),
    ("cost_filter[Service].values", lambda b: b["CostFilters"].update(Service=["AmazonEC2"])),
    ("cost_filter[Region]", lambda b: b["CostFilters"].update(Region=["eu-west-1"])),
] + [(f"cost_types.{tf}", lambda b, api=api: b["CostTypes"].update({api: not b["CostTypes"][api]})) for tf, api in [
    ("include_credit", "IncludeCredit"), ("include_discount", "IncludeDiscount"), ("include_refund", "IncludeRefund"),
    ("include_other_subscription", "IncludeOtherSubscription"), ("include_recurring", "IncludeRecurring"),
    ("include_subscription", "IncludeSubscription"), ("include_support", "IncludeSupport"), ("include_tax", "IncludeTax"),
    ("include_upfront", "IncludeUpfront"), ("use_amortized", "UseAmortized"), ("use_blended", "UseBlended")]]
READ_ONLY = ("CalculatedSpend", "LastUpdatedTime", "TimePeriod")


def budgets(c, client, account, prefix):
    listed = [b for b in client.describe_budgets(AccountId=account)["Budgets"]
              if b["BudgetName"].startswith(prefix) and b.get("CostFilters", {}).get("Service")]
    if not listed:
        return None
    before = {k: v for k, v in listed[0].items() if k not in READ_ONLY}
    kind, name = "aws_budgets_budget", before["BudgetName"]

    def put(b):
        return lambda: client.update_budget(AccountId=account, NewBudget=b)

    def put_more(do):
        """What is there now, changed."""
        now = client.describe_budget(AccountId=account, BudgetName=name)["Budget"]
        do(now)
        put({k: v for k, v in now.items() if k not in READ_ONLY})()

    for path, do in BUDGET:
        # A block that nobody wrote is told as a whole.
        path = "cost_types" if path.startswith("cost_types") else path
        c.one({("change", kind, name, path)}, functools.partial(put_more, do), put(before))
    return {"AccountId": account, "BudgetName": name}


NOTIFICATION = [
    ("threshold", lambda n: n.update(Threshold=99.5)),
    ("comparison_operator", lambda n: n.update(ComparisonOperator="LESS_THAN")),
    ("notification_type", lambda n: n.update(NotificationType="ACTUAL" if n["NotificationType"] == "FORECASTED" else "FORECASTED", Threshold=98.5)),
    ("threshold_type", lambda n: n.update(ThresholdType="ABSOLUTE_VALUE")),
]


def notifications(c, client, which):
    kind, name = "aws_budgets_budget", which["BudgetName"]
    told = client.describe_notifications_for_budget(**which)["Notifications"][0]
    before = {k: v for k, v in told.items() if k != "NotificationState"}
    people = client.describe_subscribers_for_notification(**which, Notification=before)["Subscribers"]

    def swap(old, new, subscribers):
        def do():
            now = client.describe_notifications_for_budget(**which)["Notifications"]
            if old in [{k: v for k, v in n.items() if k != "NotificationState"} for n in now]:
                client.delete_notification(**which, Notification=old)
            client.create_notification(**which, Notification=new, Subscribers=subscribers)
        return do

    for path, do in NOTIFICATION:
        after = copy.deepcopy(before)
        do(after)
        found = {("change", kind, name, f"notification[*].{path}")}
        if path == "notification_type":
            found.add(("change", kind, name, "notification[*].threshold"))
        c.one(found, swap(before, after, people), swap(after, before, people))
    for path, more in [("subscriber_email_addresses", {"SubscriptionType": "EMAIL", "Address": "another@example.com"}),
                       ("subscriber_sns_topic_arns", {"SubscriptionType": "SNS", "Address": ANOTHER_TOPIC})]:
        c.one({("change", kind, name, f"notification[*].{path}")}, swap(before, before, [*people, more]), swap(before, before, people))
    c.one({("change", kind, name, "notification[*]")}, lambda: client.delete_notification(**which, Notification=before),
          lambda: client.create_notification(**which, Notification=before, Subscribers=people))


DIMENSION = {"Key": "ANOMALY_TOTAL_IMPACT_PERCENTAGE", "MatchOptions": ["GREATER_THAN_OR_EQUAL"], "Values": ["40"]}
SUBSCRIPTION = [
    ("frequency", lambda s: s.update(Frequency="WEEKLY")),
    ("subscriber[*].address", lambda s: s["Subscribers"][0].update(Address="another@example.com")),
    ("subscriber[*]", lambda s: s["Subscribers"].append({"Type": "EMAIL", "Address": "another@example.com"})),
    ("threshold_expression.dimension.key", lambda s: s["ThresholdExpression"]["Dimensions"].update(Key=DIMENSION["Key"])),
    ("threshold_expression.dimension.values", lambda s: s["ThresholdExpression"]["Dimensions"].update(Values=["31"])),
    ("threshold_expression.dimension.match_options", lambda s: s["ThresholdExpression"]["Dimensions"].update(MatchOptions=["EQUALS"])),
]


def anomalies(c, ce, prefix):
    listed = [s for s in ce.get_anomaly_subscriptions()["AnomalySubscriptions"] if s["SubscriptionName"].startswith(prefix)]
    if not listed:
        return False
    kind, name, arn = "aws_ce_anomaly_subscription", listed[0]["SubscriptionName"], listed[0]["SubscriptionArn"]
    fields = ("Frequency", "MonitorArnList", "Subscribers", "ThresholdExpression")
    before = {k: listed[0][k] for k in fields}

    def put(s):
        return lambda: ce.update_anomaly_subscription(SubscriptionArn=arn, **s)

    def put_more(do):
        now = next(s for s in ce.get_anomaly_subscriptions()["AnomalySubscriptions"] if s["SubscriptionArn"] == arn)
        do(now)
        put({k: now[k] for k in fields})()

    for path, do in SUBSCRIPTION:
        c.one({("change", kind, name, path)}, functools.partial(put_more, do), put(before))
    monitors(c, ce, put, before)
    both = {"And": [before["ThresholdExpression"], {"Dimensions": DIMENSION}]}
    c.one({("change", kind, name, "threshold_expression.dimension"), ("change", kind, name, "threshold_expression.and[*]")},
          put({**before, "ThresholdExpression": both}), put(before))
    return True


def monitors(c, ce, put, subscription):
    """A monitor of its own keeps its name; the account can have one of services."""
    m, kind = ce.get_anomaly_monitors()["AnomalyMonitors"][0], "aws_ce_anomaly_monitor"
    arn, name = m["MonitorArn"], m["MonitorName"]
    custom = {"MonitorType": "CUSTOM", "MonitorSpecification": {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["123456789012"]}}}
    tags = ce.list_tags_for_resource(ResourceArn=arn)["ResourceTags"]

    def rename(n):
        return lambda: ce.update_anomaly_monitor(MonitorArn=arn, MonitorName=n)

    def follow_another():
        other = ce.create_anomaly_monitor(AnomalyMonitor={"MonitorName": "another", **custom})["MonitorArn"]
        put({**subscription, "MonitorArnList": [other]})()

    c.one({("change", "aws_ce_anomaly_subscription", None, "monitor_arn_list")}, follow_another, put(subscription))
    c.one({("create", kind, name, None)}, rename("another"), rename(name))

    def again():
        rename("another")()
        again.arn = ce.create_anomaly_monitor(AnomalyMonitor={"MonitorName": name, **custom}, ResourceTags=tags)["MonitorArn"]

    def back():
        ce.delete_anomaly_monitor(MonitorArn=again.arn)
        rename(name)()
    c.one({("replace", kind, None, "monitor_type"), ("replace", kind, None, "monitor_dimension"),
           ("change", "aws_ce_anomaly_subscription", None, "monitor_arn_list")}, again, back)


# ---- secrets


def secrets(c, client, _prefix):
    listed = [s for s in client.list_secrets()["SecretList"] if s.get("RotationLambdaARN")]
    if not listed:
        return False
    before, kind = listed[0], "aws_secretsmanager_secret"
    name, which = before["Name"], {"SecretId": before["ARN"]}

    def update(description="", key=before.get("KmsKeyId") or "alias/aws/secretsmanager"):
        return lambda: client.update_secret(**which, Description=description, KmsKeyId=key)

    c.one({("change", kind, name, "description")}, update(description="changed"), update())
    c.one({("change", kind, name, "kms_key_id")}, update(key="alias/another"), update())
    rotation, function, rules = "aws_secretsmanager_secret_rotation", before["RotationLambdaARN"], before["RotationRules"]

    def rotate(arn=function, days=rules["AutomaticallyAfterDays"]):
        return lambda: client.rotate_secret(**which, RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": days}, RotateImmediately=False)

    c.one({("change", rotation, name, "rotation_rules.automatically_after_days")}, rotate(days=77), rotate())
    c.one({("change", rotation, name, "rotation_lambda_arn")}, rotate(arn=function + "-another"), rotate())
    c.one({("change", rotation, name, "rotation_enabled")}, lambda: client.cancel_rotate_secret(**which), rotate())
    return True


# ---- log groups


def log_groups(c, logs, prefix):
    """What drift_support.py does not try."""
    listed = [g for g in logs.describe_log_groups()["logGroups"] if "retentionInDays" in g]
    if not listed:
        return False
    kind, name, days = "aws_cloudwatch_log_group", listed[0]["logGroupName"], listed[0]["retentionInDays"]
    filters = logs.describe_metric_filters(logGroupName=name)["metricFilters"]
    tags = logs.list_tags_for_resource(resourceArn=listed[0]["logGroupArn"])["tags"]
    c.one({("change", kind, name, "kms_key_id")},
          lambda: logs.associate_kms_key(logGroupName=name, kmsKeyId="arn:aws:kms:eu-west-1:1:key/x"),
          lambda: logs.disassociate_kms_key(logGroupName=name))

    def again(which):
        def do():
            logs.delete_log_group(logGroupName=name)
            logs.create_log_group(logGroupName=name, logGroupClass=which, tags=tags)
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
            for f in filters:
                logs.put_metric_filter(logGroupName=name, filterName=f["filterName"], filterPattern=f["filterPattern"],
                                       metricTransformations=f["metricTransformations"])
        return do
    c.one({("replace", kind, name, "log_group_class")}, again("INFREQUENT_ACCESS"), again("STANDARD"))
    return True


PARTS = [(roles, "iam"), (role_policies, "iam"), (policies, "iam"), (attachments, "iam"), (providers, "iam"), (documents, "ssm"),
         (repositories, "ecr"), (keys, "kms"), (anomalies, "ce"), (secrets, "secretsmanager"), (log_groups, "logs")]


def try_all(check, client, region, apply):
    """All changes, where SPEC is in the account; how many there were."""
    c = Changes(check, apply)
    apply()  # what Terraform was not asked to make
    apply_changes.prune(apply, client("iam", region), [{"Key": k, "Value": v} for k, v in TAGS.items()])
    for part, service in PARTS:
        if not part(c, client(service, region), PREFIX):
            raise AssertionError(f"the account has none for {part.__name__}")
        c.put_right(part.__name__)
    which = budgets(c, client("budgets", "us-east-1"), ACCOUNT, PREFIX)
    if which is None:
        raise AssertionError("the account has no budget")
    c.put_right("budgets")
    notifications(c, client("budgets", "us-east-1"), which)
    c.put_right("notifications")
    return c.tried


def try_parameters(check, client, region, _apply):
    """Of another spec: one has its secrets in one place."""
    c = Changes(check)
    parameters(c, client("ssm", region), PREFIX)
    return c.tried
