# SPDX-License-Identifier: MIT
"""What is asked of an example on the emulator (emulator_support.py): Terraform's apply; a plan that finds nothing; what the AWS API
then says about every alarm; opsc drift finds nothing, and what is changed behind its back; each request of opsc's is right; destroy;
the same by opsc apply. What is slow is taken out of the copy that is applied, said aloud.
"""
import collections
import json
import os
import pathlib
import re
import shutil

import apply_changes
import apply_examples
import drift_changes_json
import drift_support
import iam_policies
import import_accounts
from emulator_support import PROVIDER, access_key, alarms_of, aws_clients, emulator, make_what_is_there
from terraform_support import build, fail, roots, verdict

# The provider waits a minute for each of these; suite_backup_roles.py applies one.
SLOW = {"aws_s3_bucket_lifecycle_configuration": "the provider waits a minute for it, in another suite"}
# And until these are gone.
SLOW_TO_GO = ("aws_chatbot_slack_channel_configuration", "aws_cloudfront_distribution")

# Before the colon of IAM's actions, of what is taken out.
IAM_OF = {"aws_s3_bucket_lifecycle_configuration": "s3"}
# By which the tags of one are asked for.
TAGS_OF_ONE = {"cloudwatch:ListTagsForResource", "logs:ListTagsForResource", "sns:ListTagsForResource", "iam:ListRoleTags", "iam:ListPolicyTags",
               "iam:ListOpenIDConnectProviderTags", "lambda:ListTags", "s3:GetBucketTagging", "secretsmanager:DescribeSecret",
               "ssm:ListTagsForResource", "kms:ListResourceTags", "ecr:ListTagsForResource", "budgets:ListTagsForResource",
               "ce:ListTagsForResource", "cloudfront:ListTagsForResource", "chatbot:ListTagsForResource"}

# Where the answer of DescribeAlarms has what the plan has.
FIELDS = [("alarm_description", "AlarmDescription"), ("namespace", "Namespace"), ("metric_name", "MetricName"),
          ("statistic", "Statistic"), ("extended_statistic", "ExtendedStatistic"), ("period", "Period"),
          ("threshold", "Threshold"), ("comparison_operator", "ComparisonOperator"),
          ("evaluation_periods", "EvaluationPeriods"), ("datapoints_to_alarm", "DatapointsToAlarm"),
          ("treat_missing_data", "TreatMissingData"), ("actions_enabled", "ActionsEnabled"),
          ("threshold_metric_id", "ThresholdMetricId")]


def take_out(root, kinds):
    """Removes the blocks of these kinds, and the outputs that speak of them; those that were there."""
    found, outputs = set(), set()
    for folder, _, files in os.walk(root):
        for name in files:
            path = os.path.join(folder, name)
            if not name.endswith(".tf"):
                continue
            with open(path, encoding="utf-8") as f:
                text = f.read()
            for kind in kinds:
                text, n = re.subn(r'(?ms)^resource "' + kind + r'" .*?^}\n', "", text)
                if n:
                    found.add(kind)
                outputs.update(re.findall(r'(?m)^output "([^"]+)" \{\n(?:  .*\n|\n)*?.*\b' + kind + r"\.", text))
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
    for folder, _, files in os.walk(root if outputs else ""):
        if "outputs.tf" in files:
            path = os.path.join(folder, "outputs.tf")
            with open(path, encoding="utf-8") as f:
                text = f.read()
            with open(path, "w", encoding="utf-8") as f:
                f.write(re.sub(r'(?ms)^output "(?:' + "|".join(sorted(outputs)) + r')" \{\n.*?^\}\n', "", text))
    return found


def compare_alarm(wanted, alarm):
    problems = []
    for tf, api in FIELDS:
        want, have = wanted.get(tf), alarm.get(api)
        if (want or None) != (have or None) and not (tf == "period" and wanted.get("metric_query")):
            problems.append(f"{wanted['alarm_name']}: {api} is {have!r}, not {want!r}")
    if {d["Name"]: d["Value"] for d in alarm.get("Dimensions", [])} != (wanted.get("dimensions") or {}):
        problems.append(f"{wanted['alarm_name']}: dimensions {alarm.get('Dimensions')}")
    if sorted(alarm.get("AlarmActions", [])) != sorted(wanted["alarm_actions"]):
        problems.append(f"{wanted['alarm_name']}: actions {alarm.get('AlarmActions')}")
    queries = {q["Id"]: q.get("Expression") or q["MetricStat"]["Metric"]["MetricName"] for q in alarm.get("Metrics", [])}
    want = {q["id"]: q["expression"] or q["metric"][0]["metric_name"] for q in wanted.get("metric_query") or []}
    if queries != want:
        problems.append(f"{wanted['alarm_name']}: queries {queries}, not {want}")
    return problems


def state_of(root):
    """Out of its file: `terraform show` and `terraform state` ask the provider first what all its kinds are like."""
    with open(os.path.join(root, "terraform.tfstate"), encoding="utf-8") as f:
        return json.load(f)


def forget(root, kinds):
    """Terraform does not know any more that it has made these."""
    state = state_of(root)
    state["resources"] = [r for r in state["resources"] if r["type"] not in kinds]
    with open(os.path.join(root, "terraform.tfstate"), "w", encoding="utf-8") as f:
        json.dump(state, f)


def compare(label, client, want, regions):
    """The API's answer against what the state has of each alarm, and the state against the text that was generated."""
    have = alarms_of(client, regions)
    problems = [] if sorted(have) == sorted(w["alarm_name"] for w in want) else [f"{sorted(have)}"]
    for w in want:
        if w["alarm_name"] in have:
            problems += compare_alarm(w, have[w["alarm_name"]])
    verdict(f"alarms-{label}", problems if want else ["no alarm was made"])
    topics = {t["TopicArn"] for region in regions for t in client("sns", region).list_topics()["Topics"]}
    wrong = sorted({a for alarm in have.values() for a in alarm["AlarmActions"]
                    if a not in topics or a.split(":")[3] != alarm["Region"]})
    verdict(f"topics-{label}", [f"actions that are no topic of the alarm's region: {wrong}"] if wrong else [])


def check_drift(label, client, server, spec, account, environment, regions, seen, left_out):
    """Nothing to be found but what was left out; then each change behind its back, where there is most to change. What opsc asks
    for is right."""
    def check(want):
        status, report, said = drift_support.drift(spec, server.url, access_key(account), environment)
        have = drift_support.found(report, want) if report else said
        missing_ = {h for h in have if h[0] == "create" and h[1] in left_out} if isinstance(have, set) else set()
        # What is not in ops.yaml is told, and no drift.
        drifts = not isinstance(have, set) or any(h[0] != "orphan" for h in have)
        if have != want | missing_ or status != (4 if drifts else 0):
            raise AssertionError(f"exit status {status}\nfound {have}\nnot   {want}\n{said}")
    try:
        check(set())
        verdict(f"no-drift-{label}", [])
        # Each kind in one of them.
        tries = {"containers": (40, drift_support.try_all), "phase4": (1, drift_changes_json.try_parameters),
                 "others": (80, drift_changes_json.try_all)}
        if label in tries:
            at_least, try_all = tries[label]
            tried = try_all(check, client, regions[0], apply_changes.Apply(server, spec, access_key(account), environment))
            print(f"    {label}: {tried} changes behind its back, each found and nothing else", flush=True)
            verdict(f"each-drift-{label}", [] if tried > at_least else [f"only {tried} were tried"])
            check(set())
    except AssertionError as e:
        fail(f"drift-{label}", e)
    told = server.watched()
    seen.update(told["calls"])
    server.asked |= {tuple(a) for a in told["asked"]}
    verdict(f"requests-{label}", sorted(set(told["wrong"])) if told["calls"] else ["no request of opsc's was seen"])


def check_coverage(label, client, server, spec, account, environment, region, seen):
    """What Terraform made is not told as something that ops.yaml has not; what somebody else made is, with the alarm on it."""
    client("sqs", region).create_queue(QueueName="left-behind")
    client("dynamodb", region).create_table(TableName="left-behind", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
                                            AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}])
    client("cloudwatch", region).put_metric_alarm(
        AlarmName="by-hand", Namespace="AWS/SQS", MetricName="NumberOfMessagesSent", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1,
        ComparisonOperator="LessThanThreshold", Dimensions=[{"Name": "QueueName", "Value": "left-behind"}])
    try:
        report = drift_support.coverage(spec, server.url, access_key(account), environment)
        found = {(f["kind"], f["id"], f.get("by")) for f in report["found"]}
        want = {("sqs", "left-behind", "by-hand"), ("dynamodb", "left-behind", None)}
        verdict(f"coverage-{label}", [] if found == want else [f"found {found}, not {want}"])
    except AssertionError as e:
        fail(f"coverage-{label}", e)
    client("cloudwatch", region).delete_alarms(AlarmNames=["by-hand"])
    told = server.watched()
    seen.update(told["calls"])
    verdict(f"requests-of-coverage-{label}", sorted(set(told["wrong"])) if told["calls"] else ["no request of opsc's was seen"])


def asks_of(asked, who):
    return [(service, operation, region, json.loads(params)) for w, service, operation, region, params in sorted(asked) if w == who]


def check_reading(label, asked, told, account, parts=()):
    """What opsc iam drift told allows what opsc asked for, and nothing else; of `parts` of IAM not all was there to be asked about."""
    policies = iam_policies.Policies(told)
    refused, used = policies.refused(asks_of(asked, "opsc"), account)
    # Tags are asked for one by one only where the index of all tags does not have them, keys where an alias is not there.
    idle = sorted(a for a in policies.actions() - used if a not in TAGS_OF_ONE | {"kms:ListKeys"} and a.partition(":")[0] not in parts)
    verdict(f"drift-is-allowed-{label}", [f"not allowed: {a}" for a in refused] + [f"allowed, and never asked for: {a}" for a in idle])


def check_allowed(label, asked, spec, account, environment, left_out):
    """The policies of opsc iam allow what opsc and Terraform asked for; opsc's has nothing that was not asked for."""
    account = account or "123456789012"
    check_reading(label, asked, iam_policies.iam(spec, "drift", environment), account, {IAM_OF[kind] for kind in left_out})
    # The provider asks for a user where it is told not to try its credentials, and goes on without.
    asks = [a for a in asks_of(asked, "terraform") if a[:2] != ("iam", "GetUser")]
    reads = [a for a in asks if a[1].startswith(("Get", "List", "Describe", "Head"))]
    refused, _ = iam_policies.Policies(iam_policies.iam(spec, "plan", environment)).refused(reads, account)
    verdict(f"plan-is-allowed-{label}", [f"not allowed: {a}" for a in refused])
    refused, used = iam_policies.Policies(iam_policies.iam(spec, "apply", environment)).refused(asks, account)
    verdict(f"apply-is-allowed-{label}", [f"not allowed: {a}" for a in refused] if len(used) > 10 else ["nothing was asked for"])
    refused, _ = iam_policies.Policies(iam_policies.iam(spec, "apply", environment)).refused(asks_of(asked, "apply"), account)
    verdict(f"opsc-apply-is-allowed-{label}", [f"not allowed: {a}" for a in refused])
    return len(used)


def check_roles(terraform, server, copy, tmp, spec, account):
    """The roles for GitHub are made by Terraform as JSON has them, beside a provider that is there."""
    folder = os.path.join(tmp, "roles")
    os.mkdir(folder)
    # The plugins that are there already.
    shutil.copytree(os.path.join(copy, ".terraform", "providers"), os.path.join(folder, ".terraform", "providers"), symlinks=True)
    shutil.copy(os.path.join(copy, ".terraform.lock.hcl"), folder)
    text = iam_policies.printed(spec, "github", "terraform", "--provider-exists")
    with open(os.path.join(folder, "iam.tf"), "w", encoding="utf-8") as f:
        f.write(text)
    status, said = terraform.run(folder, "fmt", "-check", "-diff")
    verdict("roles-are-formatted", [] if status == 0 else [said])
    with open(os.path.join(folder, "emulator_override.tf"), "w", encoding="utf-8") as f:
        f.write(PROVIDER.replace('"test"', f'"{access_key(account)}"'))
    status, said = terraform.run(folder, "apply", "-auto-approve", "-input=false", "-no-color", env={"AWS_ENDPOINT_URL": server.url})
    verdict("roles-are-applied", [] if status == 0 else [said])
    iam, problems = aws_clients(server.url, account)("iam", "us-east-1"), []
    for role in iam_policies.iam(spec, "github", None, "--provider-exists")["roles"]:
        name, policies = role["name"], {p["name"]: p["document"] for p in role["policies"]}
        if iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"] != role["trust"]:
            problems.append(f"{name} is trusted otherwise")
        for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            document = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId="v1")["PolicyVersion"]["Document"]
            if document != policies.pop(attached["PolicyName"], None):
                problems.append(f"{attached['PolicyName']} is otherwise")
        problems += [f"{name} lacks {p}" for p in policies]
    verdict("roles-are-as-in-json", problems)


def with_anomalies(spec, folder):
    """The spec, or a copy that has what no example has: alerts of unusual costs, where there are budgets."""
    with open(spec, encoding="utf-8") as f:
        text, n = re.subn(r"(?m)^budgets:\n", "budgets:\n  anomalies: $20\n", f.read())
    if n == 0:
        return spec
    shutil.copytree(os.path.dirname(spec), folder)
    with open(os.path.join(folder, "ops.yaml"), "w", encoding="utf-8") as f:
        f.write(text)
    return os.path.join(folder, "ops.yaml")


def run(terraform, server, tmp, label, root, spec, environment, seen):
    copy = os.path.join(tmp, "apply", label)
    shutil.copytree(root, copy)
    left_out = take_out(copy, SLOW)
    for kind in sorted(left_out):
        print(f"    {label}: without {kind}: {SLOW[kind]}", flush=True)
    with open(os.path.join(copy, "providers.tf"), encoding="utf-8") as f:
        providers = f.read()
    regions = sorted(set(re.findall(r'(?m)^  region += "([^"]+)"', providers)))
    override = PROVIDER + (PROVIDER.replace("{\n", '{\n  alias = "us_east_1"\n', 1) if "us_east_1" in providers else "")
    account = (re.findall(r'allowed_account_ids += \["(\d+)"\]', providers) or [None])[0]
    with open(os.path.join(copy, "emulator_override.tf"), "w", encoding="utf-8") as f:
        f.write(override.replace('"test"', f'"{access_key(account)}"'))
    # No state in S3 here.
    if os.path.exists(os.path.join(copy, "backend.tf")):
        os.remove(os.path.join(copy, "backend.tf"))
    client = aws_clients(server.url, account)
    if client is None:
        print(f"skip-missing apply-{label}: boto3 is not there (pip install boto3)", flush=True)
        return
    make_what_is_there(client, copy, regions[0])
    env = {"AWS_ENDPOINT_URL": server.url}
    status, text = terraform.init(copy)
    if status != 0:
        fail(f"init-{label}", text)
        return
    common = ["-input=false", "-no-color"]
    server.watched()
    server.asked = set()
    status, text = terraform.run(copy, "apply", "-auto-approve", *common, env=env)
    verdict(f"apply-{label}", [] if status == 0 else [text[text.find("Error:"):]])
    if status != 0:
        return
    status, text = terraform.run(copy, "plan", "-detailed-exitcode", *common, env=env)
    changes = "\n".join(line for line in text.splitlines() if "Refreshing state" not in line)
    verdict(f"second-plan-is-empty-{label}", [] if status == 0 else [f"exit status {status}\n{changes}"])
    alarms = [i["attributes"] for r in state_of(copy)["resources"] if r["type"] == "aws_cloudwatch_metric_alarm" for i in r["instances"]]
    compare(label, client, alarms, regions)
    check_drift(label, client, server, spec, account, environment, regions, seen, left_out)
    if label == "minimal":
        check_coverage(label, client, server, spec, account, environment, regions[0], seen)
    if label in ("phase4", "minimal"):
        check_own_import(server, tmp, spec, account, regions[0])
        server.watched()
    if label == "free-tier":
        check_roles(terraform, server, copy, tmp, spec, account)
        server.watched()
    forget(copy, SLOW_TO_GO)
    status, text = terraform.run(copy, "destroy", "-auto-approve", "-refresh=false", *common, env=env)
    verdict(f"destroy-{label}", [] if status == 0 else [text])
    left = alarms_of(client, regions)
    verdict(f"nothing-left-{label}", [f"{sorted(left)}"] if left else [])
    server.asked |= {tuple(a) for a in server.watched()["asked"]}
    actions = check_allowed(label, server.asked, spec, account, environment, left_out)
    print(f"    {label}: {actions} actions that Terraform asked for are allowed by opsc iam apply", flush=True)
    check_apply(server, label, root, spec, environment, account or "123456789012", regions[0],
                lambda: check_taken_over(terraform, server, root, copy, tmp, spec, account, environment, label, common, env) if label == "phase4" else None)


# What the provider has in its state and in no answer of AWS's (reference: what an import leaves to change).
OF_THE_PROVIDER = {"aws_lambda_function": {"filename", "publish", "source_code_hash", "last_modified"}, "aws_cloudfront_distribution": {"wait_for_deployment"},
                   "aws_kms_key": {"bypass_policy_lockout_safety_check", "deletion_window_in_days"},
                   "aws_secretsmanager_secret": {"recovery_window_in_days", "force_overwrite_replica_secret"},
                   "aws_ssm_parameter": {"value_wo", "value_wo_version"}, "aws_s3_bucket": {"force_destroy"}, "aws_iam_role": {"force_detach_policies"},
                   "aws_sns_topic_subscription": {"confirmation_timeout_in_minutes", "endpoint_auto_confirms"}}


def check_taken_over(terraform, server, root, copy, tmp, spec, account, environment, label, common, env):
    """Terraform, of which there is no state, takes over what `opsc apply` has made by `opsc build --import-blocks`."""
    out = os.path.join(tmp, "taken-over", label)
    try:
        import_accounts.run(server.url, access_key(account), "build", spec, "-o", out, "--import-blocks", *(["--env", environment] if environment else []))
    except AssertionError as e:
        fail(f"import-blocks-{label}", e)
        return
    state, blocks = os.path.join(copy, "terraform.tfstate"), os.path.join(copy, "imports.tf")
    os.remove(state)
    # With what was left out because it is slow to apply.
    shutil.copytree(root, copy, dirs_exist_ok=True, ignore=lambda folder, names: {"backend.tf"} & set(names))
    shutil.copy(os.path.join(out, environment or "", "terraform", "imports.tf"), blocks)
    status, text = terraform.run(copy, "plan", "-out=taken.plan", *common, env=env)
    shown, plan = terraform.run(copy, "show", "-json", "taken.plan") if status == 0 else (1, text)
    if status != 0 or shown != 0:
        fail(f"import-blocks-{label}", text[max(text.find("Error:"), 0):])
        return
    problems, taken = [], 0
    for r in json.loads(plan)["resource_changes"]:
        change = r["change"]
        taken += "importing" in change
        if r["mode"] == "data" or change["actions"] == ["no-op"]:
            continue
        before, after = change["before"] or {}, change["after"] or {}
        other = {k for k in {*before, *after} if before.get(k) != after.get(k)} - OF_THE_PROVIDER.get(r["type"], set())
        if change["actions"] != ["update"] or other:
            problems.append(f"{r['address']}: {change['actions']} {sorted(other)}")
    print(f"    {label}: {taken} resources taken over by import blocks", flush=True)
    verdict(f"import-blocks-{label}", problems if taken > 10 else [f"only {taken} were taken over", *problems])


def check_own_import(server, tmp, spec, account, region):
    """An account that opsc's own Terraform has filled, as a spec: in its own words where they are those of alarms on services."""
    text = pathlib.Path(spec).read_text(encoding="utf-8")
    project = re.search(r"(?m)^project: (\S+)", text)[1]
    own = pathlib.Path(tmp, "own", project, "ops.yaml")
    own.parent.mkdir(parents=True)
    cloudwatch = aws_clients(server.url, account)("cloudwatch", region)
    if project in import_accounts.BESIDE:
        cloudwatch.put_metric_alarm(**import_accounts.BESIDE[project])
    try:
        import_accounts.run(server.url, access_key(account), "import", "--output", str(own), "--region", region, "--project", project)
        if os.environ.get("KEEP"):
            shutil.copy(own, os.environ["KEEP"] + "." + project)
        import_accounts.check_spec(server.url, access_key(account), own)
        written = own.read_text(encoding="utf-8")
        words = import_accounts.OWN[project]
        verdict(f"import-of-our-own-{project}", [f"it does not have: {w}" for w in words if w not in written])
    except AssertionError as e:
        fail(f"import-of-our-own-{project}", e)
    if project in import_accounts.BESIDE:
        cloudwatch.delete_alarms(AlarmNames=[import_accounts.BESIDE[project]["AlarmName"]])


def check_apply(server, label, root, spec, environment, account, region, between):
    """The same without Terraform, and nothing left of it; `between` looks at what was made."""
    server.reset()
    client = aws_clients(server.url, account)
    make_what_is_there(client, root, region)
    problems, made, calls = apply_examples.check(server, access_key(account), client, region, account, root, spec, environment, between)
    verdict(f"opsc-apply-and-destroy-{label}", problems)
    print(f"    {label}: {made} things made and deleted by opsc in {calls} calls, and {apply_examples.OTHERS} of others left alone", flush=True)


def check_all(terraform, specs):
    """Each of (name, spec) on an account that is empty: build, and all that is above."""
    seen = collections.Counter()
    with emulator("emulator") as (server, tmp):
        for name, example in specs:
            spec = with_anomalies(example, os.path.join(tmp, "specs", name))
            out = os.path.join(tmp, "out", name)
            try:
                build(spec, out)
            except RuntimeError as e:
                fail(f"build-{name}", e)
                continue
            # Other environments of an example differ in values only; suite_terraform.py plans them.
            for root in roots(out)[:1]:
                part = os.path.relpath(os.path.dirname(root), out)
                server.reset()
                label, environment = (name, None) if part == "." else (f"{name}-{part}", part)
                run(terraform, server, tmp, label, root, spec, environment, seen)
    print(f"    {sum(seen.values())} requests of opsc's ({len(seen)} operations) are as AWS's models say, and signed as botocore signs")
