# SPDX-License-Identifier: MIT
"""What a request to AWS asks of IAM, and whether a policy allows it. Of the actions that generated scripts and functions use."""
import fnmatch
import html
import json
import re
import urllib.parse

S3_BY_QUERY = {("PUT", "tagging"): "PutObjectTagging", ("PUT", "retention"): "PutObjectRetention", ("DELETE", "uploadId"): "AbortMultipartUpload"}
S3 = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "POST": "PutObject", "DELETE": "DeleteObject"}


class Asked:
    """One permission that a request needs."""

    def __init__(self, action, resource="*", **conditions):
        self.action, self.resource, self.conditions = action, resource, {k.replace("__", ":"): v for k, v in conditions.items()}

    def __repr__(self):
        return f"{self.action} on {self.resource}" + (f" with {self.conditions}" if self.conditions else "")


def s3(method, path, query, headers, key, body):
    bucket, _, name = urllib.parse.unquote(path).lstrip("/").partition("/")
    params = urllib.parse.parse_qs(query, keep_blank_values=True)
    if method == "POST" and "delete" in params:
        keys = re.findall(r"<Key>(.*?)</Key>", body.decode())
        return [Asked("s3:DeleteObject", f"arn:aws:s3:::{bucket}/{html.unescape(k)}") for k in keys]
    if not name:
        return [Asked("s3:ListBucket", f"arn:aws:s3:::{bucket}", s3__prefix=params.get("prefix", [""])[0])]
    where = f"arn:aws:s3:::{bucket}/{name}"
    action = next((a for (m, q), a in S3_BY_QUERY.items() if m == method and q in params), S3[method])
    asked = [Asked("s3:" + action, where)]
    if action == "PutObject" and "HTTP_X_AMZ_OBJECT_LOCK_MODE" in headers:
        asked.append(Asked("s3:PutObjectRetention", where))
    if key and action in ("PutObject", "GetObject") and method != "HEAD":
        asked.append(Asked("kms:GenerateDataKey" if action == "PutObject" else "kms:Decrypt", key))
    return asked


def secret_arn(name, here):
    return name if name.startswith("arn:") else f"arn:aws:secretsmanager:{here}:secret:{name}-AbCdEf"


def send_command(sent, here, tags):
    """Of the document, and of each instance, about which IAM knows the tags."""
    region, _, account = here.partition(":")
    document = sent["DocumentName"]
    owner = "" if document.startswith("AWS-") else account
    asks = [Asked("ssm:SendCommand", f"arn:aws:ssm:{region}:{owner}:document/{document}")]
    for instance in sent["InstanceIds"]:
        of = {"ssm:resourceTag/" + k: v for k, v in tags.get(instance, {}).items()}
        asks.append(Asked("ssm:SendCommand", f"arn:aws:ec2:{here}:instance/{instance}", **of))
    return asks


def others(service, action, body, here, key, tags):
    """`here`: region:account. `body`: what was sent, as JSON or a form."""
    form = urllib.parse.parse_qs(body) if not body.startswith("{") else {k: [v] for k, v in json.loads(body).items()}

    def of(name):
        return form.get(name, [""])[0]
    if service == "monitoring":
        return [Asked("cloudwatch:" + action, cloudwatch__namespace=of("Namespace"))]
    if service == "rds":
        what = "cluster:" + of("DBClusterIdentifier") if action == "DescribeDBClusters" else "db:" + of("DBInstanceIdentifier")
        return [Asked("rds:" + action, f"arn:aws:rds:{here}:{what}")]
    if service == "ec2":
        return [Asked("ec2:" + action)]
    if service == "ecr":
        region, _, account = here.partition(":")
        where = f"arn:aws:ecr:{region}:{of('registryId') or account}:repository/{of('repositoryName')}"
        return [Asked("ecr:" + action, "*" if action == "GetAuthorizationToken" else where)]
    if (service, action) == ("ssm", "SendCommand"):
        return send_command(json.loads(body), here, tags)
    if service == "ssm" and action in ("GetCommandInvocation", "ListCommands"):
        return [Asked("ssm:" + action)]
    if service == "ssm":
        opened = [Asked("kms:Decrypt", key)] if key and action == "GetParameter" else []
        return opened + [Asked("ssm:" + action, f"arn:aws:ssm:{here}:parameter/{(of('Name') or of('Path')).strip('/')}")]
    if service == "secretsmanager":
        return [Asked("secretsmanager:" + action, secret_arn(of("SecretId"), here))]
    raise ValueError(f"no rule for {service} {action}")


def asked(environ, body, account, key=None, tags=None):
    """The permissions that a signed request needs; `key`: the ARN of the KMS key of what is in S3 or a parameter; `tags` of instances."""
    region, service = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/", environ["HTTP_AUTHORIZATION"]).groups()
    if service == "s3":
        return s3(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", ""), environ, key, body)
    text = body.decode("utf-8", "replace")
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    action = target.rpartition(".")[2] if target else urllib.parse.parse_qs(text)["Action"][0]
    return others(service, action, text, f"{region}:{account}", key, tags or {})


def one_or_more(value):
    return value if isinstance(value, list) else [value]


def literal(text):
    return re.sub(r"\$\{([*?$])\}", r"\1", text)


def matches(patterns, text):
    """As IAM: * and ? only; ${*} and ${?} mean themselves."""
    def pattern(p):
        return re.sub(r"\$\{([*?])\}|(\[)", lambda m: f"[{m.group(1) or '['}]", p).replace("${$}", "$")
    return any(fnmatch.fnmatchcase(text, pattern(p)) for p in one_or_more(patterns))


def is_like(patterns, text):
    """As ArnLike: each of the six parts by itself."""
    return any(all(matches(p, t) for p, t in zip(pattern.split(":", 5), text.split(":", 5))) and pattern.count(":") >= 5 <= text.count(":")
               for pattern in one_or_more(patterns))


class Policy:
    """The Allow statements of a document."""

    def __init__(self, document):
        self.statements = one_or_more(document["Statement"])

    def statement_of(self, want):
        for s in self.statements:
            if matches(s["Action"], want.action) and matches(s["Resource"], want.resource) and self.holds(s, want):
                return s
        return None

    @staticmethod
    def holds(statement, want):
        for test, keys in statement.get("Condition", {}).items():
            assert test in ("StringEquals", "StringLike", "ArnLike"), test
            for key, values in keys.items():
                have = want.conditions.get(key, "")
                equal = have in [literal(v) for v in one_or_more(values)]
                if not {"StringLike": matches(values, have), "ArnLike": is_like(values, have), "StringEquals": equal}[test]:
                    return False
        return True

    def without(self, sid, action):
        """The same, but for one action of one statement."""
        kept = []
        for s in self.statements:
            actions = [a for a in one_or_more(s["Action"]) if not (s["Sid"] == sid and a == action)]
            if actions:
                kept.append({**s, "Action": actions})
        return Policy({"Statement": kept})

    def actions(self):
        return [(s["Sid"], a) for s in self.statements for a in one_or_more(s["Action"])]
