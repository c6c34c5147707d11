# SPDX-License-Identifier: MIT
"""What was changed behind opsc's back is put right by `opsc apply`, by the operations that it takes and no others."""
import collections
import os
import subprocess

from terraform_support import OPSC

ROUNDS = ("change", "replace", "create")
# Of a part of drift_changes_json.py, or a node of drift_changes_rest.py: what is asked to put all its changes right, then what
# had to be replaced, then what was gone. None: there is no such thing.
WRITES = {
    "roles": ({"iam.UpdateRole": 1, "iam.UpdateAssumeRolePolicy": 1, "iam.TagRole": 1}, None, None),
    "role_policies": ({"iam.PutRolePolicy": 1}, None, {"iam.PutRolePolicy": 1}),
    "policies": ({"iam.DeletePolicyVersion": 1, "iam.CreatePolicyVersion": 1, "iam.TagPolicy": 1},
                 {"iam.DetachRolePolicy": 1, "iam.DeletePolicyVersion": 1, "iam.DeletePolicy": 1, "iam.CreatePolicy": 1, "iam.AttachRolePolicy": 1},
                 None),
    "attachments": (None, None, {"iam.AttachRolePolicy": 1}),
    "providers": ({"iam.AddClientIDToOpenIDConnectProvider": 1, "iam.RemoveClientIDFromOpenIDConnectProvider": 1,
                   "iam.TagOpenIDConnectProvider": 1}, None, None),
    "documents": ({"ssm.UpdateDocument": 1, "ssm.UpdateDocumentDefaultVersion": 1}, {"ssm.DeleteDocument": 1, "ssm.CreateDocument": 1},
                  {"ssm.CreateDocument": 1}),
    "repositories": ({"ecr.PutImageTagMutability": 1, "ecr.PutImageScanningConfiguration": 1, "ecr.SetRepositoryPolicy": 1},
                     {"ecr.DeleteRepository": 1, "ecr.CreateRepository": 1, "ecr.PutLifecyclePolicy": 1, "ecr.SetRepositoryPolicy": 1},
                     {"ecr.PutLifecyclePolicy": 1, "ecr.SetRepositoryPolicy": 1}),
    "keys": ({"kms.UpdateKeyDescription": 1, "kms.EnableKeyRotation": 1, "iam.CreatePolicyVersion": 1}, None, {"kms.CreateAlias": 1}),
    "secrets": ({"secretsmanager.UpdateSecret": 1, "secretsmanager.RotateSecret": 1}, None, None),
    "parameters": (None, None, {"ssm.PutParameter": 1}),
    "aws_s3_bucket": ({"s3.PutBucketTagging": 1}, None, None),
    "aws_s3_bucket_ownership_controls": ({"s3.PutBucketOwnershipControls": 1}, None, {"s3.PutBucketOwnershipControls": 1}),
    "aws_s3_bucket_public_access_block": ({"s3.PutPublicAccessBlock": 1}, None, {"s3.PutPublicAccessBlock": 1}),
    "aws_s3_bucket_versioning": ({"s3.PutBucketVersioning": 1}, None, None),
    "aws_s3_bucket_server_side_encryption_configuration": ({"s3.PutBucketEncryption": 1}, None, {"s3.PutBucketEncryption": 1}),
    "aws_s3_bucket_policy": ({"s3.PutBucketPolicy": 1}, None, {"s3.PutBucketPolicy": 1}),
    "data": ({"s3.PutBucketLifecycleConfiguration": 1}, None, {"s3.PutBucketLifecycleConfiguration": 1}),
    "own": ({"s3.PutBucketLifecycleConfiguration": 1}, None, None),
    "shop-production-secrets-age": (
        {"lambda.UpdateFunctionCode": 1, "lambda.UpdateFunctionConfiguration": 1, "lambda.TagResource": 1}, None, {"lambda.CreateFunction": 1}),
    "shop-production-rotate-db-password": ({"lambda.UpdateFunctionConfiguration": 1}, None, None),
    "budgets": ({"budgets.UpdateBudget": 1}, None, None),
    "notifications": ({"budgets.DeleteNotification": 4, "budgets.CreateNotification": 1}, None, None),
    "anomalies": ({"ce.UpdateAnomalySubscription": 1}, None, None),
    "aws_cloudfront_distribution": ({"cloudfront.UpdateDistribution": 1}, None, {"cloudfront.CreateDistributionWithTags": 1}),
    "aws_cloudfront_origin_access_control": ({"cloudfront.UpdateOriginAccessControl": 1}, None, None),
    "aws_vpc_endpoint": ({"ec2.ModifyVpcEndpoint": 1, "ec2.CreateTags": 1}, None, {"ec2.CreateVpcEndpoint": 1}),
    "aws_scheduler_schedule": ({"scheduler.UpdateSchedule": 1}, None, {"scheduler.CreateSchedule": 1}),
    "aws_lambda_permission": (None, {"lambda.RemovePermission": 1, "lambda.AddPermission": 1}, {"lambda.AddPermission": 1}),
    "aws_chatbot_slack_channel_configuration": ({"chatbot.UpdateSlackChannelConfiguration": 1, "chatbot.TagResource": 1},
                                                {"chatbot.DeleteSlackChannelConfiguration": 1, "chatbot.CreateSlackChannelConfiguration": 1}, None),
}
READS = ("Get", "List", "Describe", "Head")


class Apply:
    """opsc apply of a spec in the account of a key; what it asks for is told by the server as asked by `apply`."""

    def __init__(self, server, spec, key, environment=None):
        self.server, self.spec, self.environment = server, spec, environment
        self.outside = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": key,
                        "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}

    def __call__(self, *more, status=0, who="apply"):
        """How often each operation was called that is none that reads."""
        self.server.set_aside()
        env = ["--env", self.environment] if self.environment else []
        p = subprocess.run([OPSC, "apply", self.spec, "--yes", *env, *more], env=self.outside, capture_output=True, text=True,
                           timeout=300, check=False)
        calls = self.server.set_aside(who)
        if p.returncode != status:
            raise AssertionError(f"opsc apply: exit status {p.returncode}\n{p.stdout}{p.stderr}")
        return collections.Counter({o: n for o, n in calls.items() if not o.partition(".")[2].startswith(READS)})


def prune(apply, iam, tags):
    """A role that is ours and not in ops.yaml goes with all that it has; one that somebody else made stays with it."""
    trust = '{"Version": "2012-10-17", "Statement": []}'
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}'
    given = {"PolicyArn": iam.create_policy(PolicyName="theirs", PolicyDocument=policy)["Policy"]["Arn"]}
    roles = {"shop-production-old": tags, "shop-production-theirs": []}
    for name, own in roles.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=own)
        iam.put_role_policy(RoleName=name, PolicyName="any", PolicyDocument=policy)
        iam.attach_role_policy(RoleName=name, **given)
    # Who may do that is not what `opsc iam apply` is about: it knows nothing of kinds and policies that ops.yaml has not.
    asked = apply("--prune", status=4, who="prune")
    if asked != {"iam.DetachRolePolicy": 1, "iam.DeleteRolePolicy": 1, "iam.DeleteRole": 1}:
        raise AssertionError(f"opsc apply --prune asked for {dict(asked)}")
    iam.detach_role_policy(RoleName="shop-production-theirs", **given)
    iam.delete_policy(**given)
    iam.delete_role_policy(RoleName="shop-production-theirs", PolicyName="any")
    iam.delete_role(RoleName="shop-production-theirs")


def put_right(part, changes, apply, check):
    """`changes`: (want, change) as tried one by one before; of WRITES those that take a call each."""
    for action, writes in zip(ROUNDS, WRITES.get(part, ()), strict=False):
        now = [change for want, change in changes if want and action == max((w[0] for w in want), key=ROUNDS.index)]
        if writes is None:
            continue
        if not now:
            raise AssertionError(f"{part}: there is nothing to be put right")
        for change in now:
            change()
        # Where images may go.
        asked = apply("--destroy-data") if action == "replace" else apply()
        if asked != collections.Counter(writes):
            raise AssertionError(f"{part}: opsc apply asked for {dict(asked)}\nnot {writes}")
        check(set())
