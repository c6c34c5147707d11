# SPDX-License-Identifier: MIT
"""What moto forgets or lacks of REST services, before moto sees the request: lifecycle rules of buckets, distributions
of CloudFront, Slack channels of chatbot, architectures of functions. A document that was put is what is read, as of AWS; state is by account."""
import json
import re
import uuid
import xml.etree.ElementTree as ET

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaFunction
from moto.awslambda.policy import Policy
from moto.cloudfront.models import cloudfront_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.s3.models import s3_backends
from moto.s3.responses import S3Response

DEFAULT_ACCOUNT = "123456789012"
S3, CLOUDFRONT = "http://s3.amazonaws.com/doc/2006-03-01/", "http://cloudfront.amazonaws.com/doc/2020-05-31/"
SIZE_HEADER = "x-amz-transition-default-minimum-object-size"
kept = {}  # (account, what) -> dict


class Request:
    def __init__(self, environ):
        scope = re.search(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        self.service = scope.group(2) if scope else None
        digits = re.fullmatch(r"AKIAOPSC(\d{12})", scope.group(1)) if scope else None
        self.account = digits.group(1) if digits else DEFAULT_ACCOUNT
        self.method, self.path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.query, self.environ = environ.get("QUERY_STRING", ""), environ

    def header(self, name):
        return self.environ.get("HTTP_" + name.upper().replace("-", "_"))

    @property
    def body(self):
        return self.environ["wsgi.input"].read(int(self.environ.get("CONTENT_LENGTH") or 0))

    def of(self, what):
        return kept.setdefault((self.account, what), {})


def xml(status, text, **headers):
    return status, {"Content-Type": "application/xml", **{k.replace("_", "-"): v for k, v in headers.items()}}, text


def plain(element):
    """The element as text without names of namespaces."""
    for e in element.iter():
        e.tag = e.tag.rpartition("}")[2]
    return ET.tostring(element, encoding="unicode")


def s3_error(code, status=404):
    return xml(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>")


def lifecycle(r):
    bucket = s3_backends[r.account]["aws"].buckets.get(r.path.strip("/"))
    if bucket is None:
        return s3_error("NoSuchBucket")
    if r.method == "PUT":
        bucket.kept_rules = (plain(ET.fromstring(r.body)), r.header(SIZE_HEADER) or "all_storage_classes_128K")
        return xml(200, "", **{SIZE_HEADER: bucket.kept_rules[1]})
    if r.method == "DELETE":
        bucket.kept_rules = None
        return 204, {}, ""
    text, size = getattr(bucket, "kept_rules", None) or (None, None)
    if text is None:
        return s3_error("NoSuchLifecycleConfiguration")
    return xml(200, text.replace("<LifecycleConfiguration>", f'<LifecycleConfiguration xmlns="{S3}">', 1), **{SIZE_HEADER: size})


class Distribution:
    def __init__(self, account, config):
        self.id, self.version = "E" + uuid.uuid4().hex[:13].upper(), 0
        self.arn = f"arn:aws:cloudfront::{account}:distribution/{self.id}"
        self.put(config)

    def put(self, config):
        self.config, self.version = config, self.version + 1
        # What AWS tells also when there is none.
        if config.find("OriginGroups") is None:
            ET.SubElement(ET.SubElement(config, "OriginGroups"), "Quantity").text = "0"
        # "CloudFront automatically sets the security policy to TLSv1" (ViewerCertificate, API Reference).
        certificate = config.find("ViewerCertificate")
        if certificate is not None and certificate.findtext("CloudFrontDefaultCertificate") == "true" and certificate.find("MinimumProtocolVersion") is None:
            ET.SubElement(certificate, "MinimumProtocolVersion").text = "TLSv1"

    @property
    def etag(self):
        return f"{self.id}{self.version}"

    def facts(self):
        return (f"<Id>{self.id}</Id><ARN>{self.arn}</ARN><Status>Deployed</Status><LastModifiedTime>2026-01-01T00:00:00Z</LastModifiedTime>"
                f"<DomainName>{self.id.lower()}.cloudfront.net</DomainName>")

    def whole(self):
        return (f'<Distribution xmlns="{CLOUDFRONT}">{self.facts()}<InProgressInvalidationBatches>0</InProgressInvalidationBatches>'
                f"{plain(self.config)}</Distribution>")

    def summary(self):
        """All of the configuration but what the summaries of AWS lack."""
        rest = "".join(plain(e) for e in self.config if e.tag not in ("CallerReference", "DefaultRootObject", "Logging"))
        return f"<DistributionSummary>{self.facts()}{rest}</DistributionSummary>"


def create(r, all_of):
    root = ET.fromstring(r.body)
    plain(root)
    config = root if root.tag == "DistributionConfig" else root.find("DistributionConfig")
    d = Distribution(r.account, config)
    all_of[d.id] = d
    tags = [{"Key": t.findtext("Key"), "Value": t.findtext("Value")} for t in root.iter("Tag")]
    cloudfront_backends[r.account]["aws"].tag_resource(d.arn, tags)
    return xml(201, d.whole(), ETag=d.etag, Location=f"https://cloudfront.amazonaws.com/2020-05-31/distribution/{d.id}")


def refusal(r, d):
    """What is changed has to be as it was read, and what is deleted turned off (UpdateDistribution, DeleteDistribution of the API
    Reference)."""
    if not r.header("If-Match"):
        status, code = 400, "InvalidIfMatchVersion"
    elif r.header("If-Match") != d.etag:
        status, code = 412, "PreconditionFailed"
    elif r.method == "DELETE" and d.config.findtext("Enabled") == "true":
        status, code = 409, "DistributionNotDisabled"
    else:
        return None
    return xml(status, f'<ErrorResponse xmlns="{CLOUDFRONT}"><Error><Type>Sender</Type><Code>{code}</Code><Message>{code}</Message></Error>'
               "</ErrorResponse>")


def distributions(r):
    all_of, parts = r.of("distributions"), r.path.strip("/").split("/")[2:]
    if not parts and r.method == "POST":
        return create(r, all_of)
    if not parts:
        items = "".join(d.summary() for d in all_of.values())
        items = f"<Items>{items}</Items>" if items else ""
        return xml(200, f'<DistributionList xmlns="{CLOUDFRONT}"><Marker></Marker><MaxItems>100</MaxItems><IsTruncated>false</IsTruncated>'
                   f"<Quantity>{len(all_of)}</Quantity>{items}</DistributionList>")
    d = all_of.get(parts[0])
    if d is None:
        return xml(404, f'<ErrorResponse xmlns="{CLOUDFRONT}"><Error><Type>Sender</Type><Code>NoSuchDistribution</Code>'
                   "<Message>The specified distribution does not exist.</Message></Error></ErrorResponse>")
    refused = refusal(r, d) if r.method in ("PUT", "DELETE") else None
    if refused:
        return refused
    if r.method == "PUT":
        root = ET.fromstring(r.body)
        plain(root)
        d.put(root)
    elif r.method == "DELETE":
        del all_of[d.id]
        return 204, {}, ""
    elif parts[1:] == ["config"]:
        return xml(200, plain(d.config), ETag=d.etag)
    return xml(200, d.whole(), ETag=d.etag)


def chatbot(r):
    operation, channels, given = r.path.strip("/"), r.of("channels"), json.loads(r.body or b"{}")
    arn = given.get("ChatConfigurationArn")
    if operation == "create-slack-channel-configuration":
        arn = f"arn:aws:chatbot::{r.account}:chat-configuration/slack-channel/{given['ConfigurationName']}"
        channels[arn] = {"SlackTeamName": "", "SlackChannelName": "", "GuardrailPolicyArns": [], "SnsTopicArns": [], "LoggingLevel": "NONE",
                         "UserAuthorizationRequired": False, **given, "ChatConfigurationArn": arn}
    elif operation == "update-slack-channel-configuration":
        channels[arn].update(given)
    elif operation == "delete-slack-channel-configuration":
        channels.pop(arn, None)
        return 204, {}, ""
    elif operation == "describe-slack-channel-configurations":
        found = [c for c in channels.values() if arn in (None, c["ChatConfigurationArn"])]
        return 200, {"Content-Type": "application/json"}, json.dumps({"SlackChannelConfigurations": found})
    elif operation in ("tag-resource", "untag-resource"):
        given_tags, keys = given.get("Tags", []), {t["TagKey"] for t in given.get("Tags", [])} | set(given.get("TagKeys", []))
        channel = channels[given["ResourceARN"]]
        channel["Tags"] = [t for t in channel.get("Tags", []) if t["TagKey"] not in keys] + given_tags
        return 200, {"Content-Type": "application/json"}, "{}"
    elif operation == "list-tags-for-resource":
        tags = channels.get(given["ResourceARN"], {}).get("Tags", [])
        return 200, {"Content-Type": "application/json"}, json.dumps({"Tags": tags})
    return 200, {"Content-Type": "application/json"}, json.dumps({"ChannelConfiguration": channels.get(arn)})


def answer(environ):
    """Status, headers and text; None: moto's own."""
    r = Request(environ)
    if r.path == "/moto-api/reset":
        kept.clear()
    if r.service == "chatbot":
        return chatbot(r)
    if r.service == "s3" and re.match(r"lifecycle(=|&|$)", r.query):
        return lifecycle(r)
    if r.service == "cloudfront" and re.match(r"/2020-05-31/distribution($|/[^/]+(/config)?$)", r.path.rstrip("/")):
        return distributions(r)
    return None


def get_bucket_versioning(self):
    """The element is AWS's."""
    status, headers, text = own_versioning(self)
    return status, headers, text.replace("GetBucketVersioningResponse", "VersioningConfiguration")


def put_bucket(self, request, bucket_name, querystring):
    """A bucket can be made with its tags."""
    answer, tags = own_put_bucket(self, request, bucket_name, querystring), {}
    if not querystring and b"<Tags>" in self.body:
        for tag in ET.fromstring(self.body).iter(f"{{{S3}}}Tag"):
            tags[tag.findtext(f"{{{S3}}}Key")] = tag.findtext(f"{{{S3}}}Value")
        self.backend.put_bucket_tagging(bucket_name, tags)
    return answer


own_put_bucket, S3Response._bucket_response_put = S3Response._bucket_response_put, put_bucket
own_versioning, S3Response.get_bucket_versioning = S3Response.get_bucket_versioning, get_bucket_versioning


def update_function_code(self, spec):
    self.architectures = spec.get("Architectures") or self.architectures
    return own_update_code(self, spec)


def add_statement(self, raw, qualifier=None):
    """A function has one statement of an id."""
    sid = json.loads(raw)["StatementId"]
    if any(s["Sid"] == sid for s in self.statements):
        raise LambdaClientError("ResourceConflictException", f"The statement id ({sid}) provided already exists. Please provide a new "
                                "statement id, or remove the existing statement.")
    return own_add_statement(self, raw, qualifier)


own_update_code, LambdaFunction.update_function_code = LambdaFunction.update_function_code, update_function_code
own_add_statement, Policy.add_statement = Policy.add_statement, add_statement


def call(self, environ, start_response):
    given = answer(environ)
    if given is None:
        return own_call(self, environ, start_response)
    status, headers, text = given
    data = text.encode()
    start_response(f"{status} {'OK' if status < 300 else 'Error'}", [*headers.items(), ("Content-Length", str(len(data)))])
    return [data]


own_call, DomainDispatcherApplication.__call__ = DomainDispatcherApplication.__call__, call
