#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""opsc iam: each action and ARN of its policies against AWS's Service Authorization Reference; what it says when it cannot.

What opsc and Terraform really ask for is held against the policies in emulator_examples.py.
"""
import json
import os
import subprocess
import sys

import iam_policies
from terraform_support import OPSC, ROOT, examples, fail, scratch, verdict

SPEC = """opsc: 1
project: shop
environment: production
aws: { region: %s, account: "123456789012" }
notify: ops@shop.example
resources:
  web: { kind: ec2, id: i-0a1b2c3d4e5f67890, type: t3.small, role: shop-web }
  api: { kind: app, on: web, port: 8080, image: shop/api }
  db: { kind: rds, id: shop-db, engine: postgres, class: db.t3.small, storage: 50 GiB, database: shop }
  data: { kind: s3, bucket: shop-data }
alarms:
  busy: db.connections > 80%% of db.max_connections for 5m
"""

# With the kinds that no example has.
MORE = SPEC % "eu-west-1" + """terraform: { state: { bucket: shop-state } }
secrets:
  store: secrets-manager
  kms_key: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
  items:
    db-password: { of: db, user: app, rotate: every 30 days }
    mail: { rotate: every 180 days by hand }
cost:
  endpoints: { vpc: vpc-0a1b2c3d4e5f67890, route_tables: [rtb-0a1b2c3d4e5f67890, rtb-1a1b2c3d4e5f67890] }
  cdn: { origin: data }
deploy: { app: api, registry: ecr, via: ssm, github: example/shop, ecr: { readers: ["210987654321"] } }
"""
# What of them is limited to what.
LIMITS = [
    ("kms:GenerateDataKey", "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ("secretsmanager:RotateSecret", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/db-password-??????"),
    ("secretsmanager:CreateSecret", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/mail*"),
    ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:123456789012:function:shop-production-*"),
    ("iam:PassRole", "arn:aws:iam::123456789012:role/shop-production-*"),
    ("ec2:CreateVpcEndpoint", "arn:aws:ec2:eu-west-1:123456789012:route-table/rtb-1a1b2c3d4e5f67890"),
    ("ec2:CreateVpcEndpoint", "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0a1b2c3d4e5f67890"),
    ("cloudfront:DeleteOriginAccessControl", "arn:aws:cloudfront::123456789012:origin-access-control/*"),
    ("ecr:SetRepositoryPolicy", "arn:aws:ecr:eu-west-1:123456789012:repository/shop/api"),
    ("s3:PutObject", "arn:aws:s3:::shop-state/shop/production/ops.tfstate"),
    ("s3:DeleteObject", "arn:aws:s3:::shop-state/shop/production/ops.tfstate.tflock"),
    ("ssm:CreateDocument", "arn:aws:ssm:eu-west-1:123456789012:document/shop-production-*"),
]


def run(*args):
    p = subprocess.run([OPSC, "iam", *args], capture_output=True, text=True, timeout=60, check=False)
    return p.returncode, p.stdout, p.stderr


def environments(spec):
    """Names of them, or [None]."""
    _, _, said = run("drift", spec)
    return [e.strip() for e in said.rpartition("--env")[2].split(",")] if "environments" in said else [None]


def specs(work):
    yield from examples()
    path = os.path.join(work, "more", "ops.yaml")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(MORE)
    yield "more", path


def check_examples(work):
    actions, arns, most = set(), set(), 0
    for name, spec in specs(work):
        for env in environments(spec):
            problems, found = [], {}
            for what in ("drift", "plan", "apply"):
                told = iam_policies.iam(spec, what, env)
                found[what] = iam_policies.Policies(told)
                for policy in told["policies"]:
                    problems += iam_policies.check_document(policy)
                    arns |= {r for s in policy["document"]["Statement"] for r in s["Resource"]}
                    most = max(most, policy["characters"])
                actions |= found[what].actions()
            drift = found["drift"].actions()
            # What reads is no permission that changes, nor one that reads what is in an object, a log or a secret.
            problems += [f"drift changes by {a}" for a in sorted(drift) if iam_policies.fact(a)[0] not in ("Read", "List")]
            problems += [f"drift reads what is kept by {a}" for a in sorted(drift)
                         if a in ("s3:GetObject", "ssm:GetParameter", "secretsmanager:GetSecretValue", "logs:GetLogEvents", "kms:Decrypt")]
            problems += [f"plan changes by {a}" for a in sorted(found["plan"].actions()) if iam_policies.fact(a)[0] not in ("Read", "List")
                         and a != "kms:Decrypt"]
            problems += [f"apply lacks {a}" for a in sorted((drift | found["plan"].actions()) - found["apply"].actions())]
            verdict(f"reference-{name}{'-' + env if env else ''}", problems)
    print(f"    {len(actions)} actions on {len(arns)} resources are in the reference; the longest policy has {most} characters", flush=True)


def check_limits(work):
    *_, (_, spec) = specs(work)
    have = {(a, r) for p in iam_policies.iam(spec, "apply")["policies"] for s in p["document"]["Statement"]
            for a in s["Action"] for r in s["Resource"]}
    verdict("limits", [f"{a} is not on {r}, but on {[h for b, h in have if a == b]}" for a, r in LIMITS if (a, r) not in have])


def check_dependents(work):
    """What an action takes beside itself is there as well, or it is said why not."""
    explained = {("sns:CreateTopic", "iam:PassRole"): "only for the delivery log of a topic",
                 ("sns:SetTopicAttributes", "iam:PassRole"): "the same",
                 ("lambda:CreateFunction", "lambda:PassCapacityProvider"): "only for functions on instances of one's own",
                 ("ssm:CreateDocument", "iam:PassRole"): "only for documents with a role of Automation",
                 ("cloudfront:CreateDistribution", "cloudfront:CreateConnectionGroup"): "only for distributions of many tenants",
                 ("budgets:ModifyBudget", "iam:CreateServiceLinkedRole"): "only for budgets that take actions on other accounts",
                 ("budgets:ViewBudget", "billing:GetBillingViewData"): "only for budgets of a billing view",
                 ("kms:CreateKey", "iam:CreateServiceLinkedRole"): "only for keys of several regions",
                 ("kms:CreateKey", "kms:PutKeyPolicy"): "only when a policy is given",
                 ("ec2:CreateVpcEndpoint", "route53:AssociateVPCWithHostedZone"): "only for endpoints with names of their own"}
    problems = []
    for _, spec in specs(work):
        for env in environments(spec):
            have = iam_policies.Policies(iam_policies.iam(spec, "apply", env)).actions()
            problems += [f"{a} takes {n}" for a in sorted(have) for n in iam_policies.fact(a)[3] if n not in have and (a, n) not in explained]
    verdict("what-an-action-takes-beside-itself", sorted(set(problems)))


def check_said(work):
    spec = os.path.join(work, "ops.yaml")

    def write(text):
        with open(spec, "w", encoding="utf-8") as f:
            f.write(text)

    def expect(name, args, status, says):
        got, out, err = run(*args)
        wrong = [] if got == status and says in err else [f"exit status {got}\n{out}\n{err}"]
        verdict(name, wrong)

    write(SPEC % "eu-west-1")
    for what in ("drift", "plan", "apply"):
        first = [run(what, spec, "--format", f)[1] for f in ("text", "json", "terraform")]
        verdict(f"same-bytes-{what}", [] if first == [run(what, spec, "--format", f)[1] for f in ("text", "json", "terraform")] else ["differ"])
    expect("no-action", [], 2, "takes `drift`, `plan`, `apply` or `github`")
    expect("no-repository", ["github", spec], 2, "--repository OWNER/NAME")
    expect("no-such-repository", ["github", spec, "--repository", "a/*"], 2, "found `a/*`")
    expect("which-environment", ["drift", os.path.join(ROOT, "examples", "multi-environment")], 2, "staging")
    told = json.loads(run("github", spec, "--repository", "a@1/b@2", "--format", "json")[1])
    trust = told["roles"][0]["trust"]["Statement"][0]
    subjects = trust["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]
    want = ["repo:a/b:pull_request", "repo:a@1/b@2:pull_request", "repo:a/b:ref:refs/heads/main", "repo:a@1/b@2:ref:refs/heads/main"]
    verdict("both-forms-of-sub", [] if subjects == want else [str(subjects)])
    write((SPEC % "cn-north-1"))
    _, out, _ = run("drift", spec)
    verdict("partition-of-china", [] if "arn:aws-cn:cloudwatch::123456789012:dashboard/" in out else [out])
    write((SPEC % "eu-west-1").replace(', account: "123456789012"', ""))
    expect("no-account", ["drift", spec], 0, "without `aws.account`")
    expect("no-account-for-roles", ["github", spec, "--repository", "a/b"], 2, "in which account?")
    write((SPEC % "eu-west-1").replace("environment: production", "environment: production-for-the-people-who-pay-for-all-of-it-and-more"))
    expect("role-name-too-long", ["github", spec, "--repository", "a/b"], 2, "IAM takes 64")


def main():
    with scratch("iam") as work:
        for check in (check_examples, check_limits, check_dependents):
            try:
                check(work)
            except (AssertionError, RuntimeError, KeyError) as e:
                fail(check.__name__, repr(e))
        check_said(work)


if __name__ == "__main__":
    sys.exit(main())
