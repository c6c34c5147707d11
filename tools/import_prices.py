#!/usr/bin/env python3
"""Writes the prices of all regions, from checkouts of QuinnyPig/aws-price-watcher; of volumes, cloudkeep-io/ebs-pricing;
and of newer EC2 instances, aws/karpenter-provider-aws.

    tools/import_prices.py WATCHER VOLUMES KARPENTER        # their git directories, or work trees

Written are catalog/tables/prices/REGION.yaml, a row for each key of catalog/tables/prices.yaml; the global
prices in that file; and catalog/tables/class-prices/REGION.yaml, a row for each class of instances and a
column for each key with a * in it. Rows that name another source stay as they are. NAMES below says by which
name the checkout has a price; what it does not have in a region is left out there, and a name that is
nowhere is an error. The same checkouts give the same bytes.
"""
import json
import pathlib
import re
import subprocess
import sys
from decimal import Decimal

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLES = ROOT / "catalog/tables"
SOURCE, VOLUMES, INSTANCES = "aws-price-watcher", "ebs-pricing", "karpenter"
# Where a file is too large for the checkout to keep AWS's own with its date: the day of the checkout's copy.
COPIED = "2025-06-18"

REGIONS = {
    "Africa (Cape Town)": "af-south-1", "Asia Pacific (Hong Kong)": "ap-east-1", "Asia Pacific (Taipei)": "ap-east-2",
    "Asia Pacific (Tokyo)": "ap-northeast-1", "Asia Pacific (Seoul)": "ap-northeast-2", "Asia Pacific (Osaka)": "ap-northeast-3",
    "Asia Pacific (Mumbai)": "ap-south-1", "Asia Pacific (Hyderabad)": "ap-south-2", "Asia Pacific (Singapore)": "ap-southeast-1",
    "Asia Pacific (Sydney)": "ap-southeast-2", "Asia Pacific (Jakarta)": "ap-southeast-3", "Asia Pacific (Melbourne)": "ap-southeast-4",
    "Asia Pacific (Malaysia)": "ap-southeast-5", "Asia Pacific (Thailand)": "ap-southeast-7", "Canada (Central)": "ca-central-1",
    "Canada West (Calgary)": "ca-west-1", "EU (Frankfurt)": "eu-central-1", "EU (Zurich)": "eu-central-2", "EU (Stockholm)": "eu-north-1",
    "EU (Milan)": "eu-south-1", "EU (Spain)": "eu-south-2", "EU (Ireland)": "eu-west-1", "EU (London)": "eu-west-2", "EU (Paris)": "eu-west-3",
    "Israel (Tel Aviv)": "il-central-1", "Middle East (UAE)": "me-central-1", "Middle East (Bahrain)": "me-south-1",
    "Mexico (Central)": "mx-central-1", "South America (Sao Paulo)": "sa-east-1", "US East (N. Virginia)": "us-east-1",
    "US East (Ohio)": "us-east-2", "US West (N. California)": "us-west-1", "US West (Oregon)": "us-west-2",
    "AWS GovCloud (US-East)": "us-gov-east-1", "AWS GovCloud (US)": "us-gov-west-1",
}

# file of the checkout -> key of prices.yaml (KEY+1: its second tier) -> name there
NAMES = {
    "apigateway": {
        "apigateway.http.request": "ApiGatewayHttpApi First 300 million",
        "apigateway.http.request+1": "ApiGatewayHttpApi more than 300 million",
        "apigateway.rest.request": "API Calls Number of up to 333 million",
        "apigateway.rest.request+1": "API Calls Number of Request Next 667 million",
        "apigateway.rest.request+2": "API Calls Number of Request Next 19 billion",
        "apigateway.rest.request+3": "API Calls Number of Request Over 20 billion",
        "apigateway.websocket.message": "WebSocket Messages Messages first 1 billion",
        "apigateway.websocket.message+1": "WebSocket Messages Messages over 1 billion",
        "apigateway.websocket.minute": "WebSocket Connection Minutes",
    },
    "backup": {
        "backup.s3.warm": "S3 Backup Storage Warm per GB-month",
        "backup.storage.warm.default": "Backup Storage Warm per GB-month",
    },
    "cloudwatch": {
        "cloudwatch.alarm.composite": "Alarm Composite",
        "cloudwatch.alarm.high_resolution": "Alarm High Resolution",
        "cloudwatch.alarm.metrics_insights": "Metrics Insights Alarms Standard",
        "cloudwatch.alarm.standard": "Alarm Standard",
        "cloudwatch.api.get_metric_data": "API Request GetMetricData",
        "cloudwatch.api.get_metric_widget_image": "API Request GetMetricWidgetImage",
        "cloudwatch.api.request": "API Request",
        "cloudwatch.contributor_insights.rule": "Contributor Insights CloudWatchLogs",
        "cloudwatch.logs.delivered.s3": "Delivered Logs for first 10TB",
        "cloudwatch.logs.ingest.ia": "IA Custom ingested Logs from 0 upto Inf",
        "cloudwatch.logs.ingest.standard": "Logs Collected Data Ingestion",
        "cloudwatch.logs.insights": "Queried Logs Insights",
        "cloudwatch.logs.live_tail": "StartLiveTail",
        "cloudwatch.logs.storage": "Stored Data",
        "cloudwatch.logs.vended.standard": "Vended Logs First 10TB",
        "cloudwatch.logs.vended.standard+1": "Vended Logs Next 20TB",
        "cloudwatch.metric.custom": "Metric for the first 10000",
        "cloudwatch.metric.custom+1": "Metric for the next 240000",
        "cloudwatch.metric.custom+2": "Metric for the next 750000",
        "cloudwatch.metric.custom+3": "Metric for over 1000000",
        "cloudwatch.metric_streams": "Metric Streams MetricUpdate",
        "cloudwatch.synthetics.canary": "Canaries per Runs",
    },
    "datatransfer": {
        "datatransfer.out_internet": "DataTransfer External Outbound Next 10 TB",
        "datatransfer.out_internet+1": "DataTransfer External Outbound Next 40 TB",
        "datatransfer.out_internet+2": "DataTransfer External Outbound Next 100 TB",
        "datatransfer.out_internet+3": "DataTransfer External Outbound Greater than 150 TB",
    },
    "dynamodb": {
        "dynamodb.backup.on_demand": "On-Demand Backup Storage GB-Month",
        "dynamodb.backup.pitr": "PITR Backup Storage GB-Mo",
        "dynamodb.changes": "Change Data Capture Units for Kinesis Data Streams",
        "dynamodb.provisioned.read": "Provisioned Read Units",
        "dynamodb.provisioned.write": "Provisioned Write Units",
        "dynamodb.request.read": "PayPerRequest Read Request Units",
        "dynamodb.request.write": "PayPerRequest Write Request Units",
        "dynamodb.storage": "Data Storage Indexed GB-Mo",
    },
    "ecr": {"ecr.storage": "EC2 Container Registry"},
    "ecs": {
        "fargate.memory.arm64": "ARM perGB per hour",
        "fargate.memory.x86": "perGB per hour",
        "fargate.storage": "Storage per GB-Hours",
        "fargate.vcpu.arm64": "ARM perCPU per hour",
        "fargate.vcpu.x86": "perCPU per hour",
    },
    "efs": {
        "efs.archive.storage": "Archive Storage GB Mo",
        "efs.ia.storage": "Infrequent Access Storage GB Mo",
        "efs.one_zone.storage": "One Zone General Purpose Storage GB Mo",
        "efs.one_zone_ia.storage": "One Zone Infrequent Access Storage GB Mo",
        "efs.standard.storage": "General Purpose Storage GB Mo",
        "efs.throughput.elastic.read": "EFS Storage Requests Read per GB",
        "efs.throughput.elastic.write": "EFS Storage Requests Write per GB",
        "efs.throughput.provisioned": "Throughput Provisioned",
    },
    "elasticache": {
        f"elasticache.serverless.{name.lower()}.{key}": f"OnDemand ElastiCache Serverless {name} per {unit}"
        for name in ("Redis", "Valkey", "Memcached") for key, unit in (("data", "GB-Hours"), ("request", "ElastiCacheProcessingUnit"))
    },
    "elb": {
        "elb.alb": "Application Load Balancer Hours",
        "elb.alb.lcu": "Application Load Balancer LCU Hours",
        "elb.nlb": "Network Load Balancer Hours",
        "elb.nlb.lcu": "Network Load Balancer LCU Hours",
    },
    "events": {
        "events.archive.processing": "CloudWatch Events Archive Event",
        "events.archive.storage": "CloudWatch Events Event Storage",
        "events.custom": "CloudWatch Events Custom Event",
        "events.scheduler": "Scheduled Invocation for 14000000 to Inf Invocations",
    },
    "kinesis": {
        "kinesis.consumer": "Enhanced fan out per ConsumerShardHour",
        "kinesis.consumer.read": "Enhanced fan out GB of data retrieved per GB",
        "kinesis.on_demand.consumer.read": "OnDemandEFODataRetrieval per GB",
        "kinesis.on_demand.in": "OnDemandDataIngested per GB",
        "kinesis.on_demand.out": "OnDemandDataRetrieval per GB",
        "kinesis.on_demand.stream": "OnDemandStreamHr per StreamHr",
        "kinesis.put": "Payload Units per PutRequest",
        "kinesis.shard": "Provisioned shard hour per ShardHour",
        "kinesis.shard.extended": "Addon shard hour per ShardHour",
    },
    "kms": {
        "kms.key": "Encryption Key",
        "kms.request.symmetric": "API request - Non Free Tier",
    },
    "lambda": {
        "lambda.ephemeral": "Lambda Storage-Duration",
        "lambda.gbs.arm64": "Lambda Duration-ARM",
        "lambda.gbs.arm64+1": "Lambda Duration-ARM Tier2",
        "lambda.gbs.arm64+2": "Lambda Duration-ARM Tier3",
        "lambda.gbs.x86": "Lambda Duration",
        "lambda.gbs.x86+1": "Lambda Duration Tier2",
        "lambda.gbs.x86+2": "Lambda Duration Tier3",
        "lambda.request": "Lambda Requests",
    },
    "queueservice": {
        "sqs.fifo.request": "FIFO first-in first-out per Requests",
        "sqs.fifo.request+1": "FIFO first-in first-out per Requests Tier2",
        "sqs.fifo.request+2": "FIFO first-in first-out per Requests Tier3",
        "sqs.standard.request": "Standard per Requests",
        "sqs.standard.request+1": "Standard per Requests Tier2",
        "sqs.standard.request+2": "Standard per Requests Tier3",
    },
    "rds-aurora-storage": {
        "rds.aurora.acu.io_optimized": "Aurora PostgreSQL ServerlessV2 Aurora IO Optimization Mode",
        "rds.aurora.acu.standard": "Aurora PostgreSQL ServerlessV2",
        "rds.aurora.backup": "Storage Snapshot Aurora PostgreSQL",
        "rds.aurora.io": "System Operation Aurora I O Operation",
        "rds.aurora.storage.io_optimized": "Aurora PostgreSQL IO Optimized Aurora",
        "rds.aurora.storage.standard": "Database Storage DB Engine Aurora PostgreSQL General Purpose Aurora",
    },
    # Of instances it is the same for all engines and versions.
    "rds-postgresql-ondemand": {
        "rds.extended_support": "PostgreSQL Year 1 Year 2 12",
        "rds.extended_support.third": "PostgreSQL Year 3 12",
    },
    "rds-storage": {
        "rds.backup": "Storage Snapshot",
        "rds.iops.gp3.multi-az": "Provisioned GP3 IOPS Multi AZ",
        "rds.iops.gp3.single-az": "Provisioned GP3 IOPS Single AZ",
        "rds.iops.io1.multi-az": "Provisioned IOPS Multi AZ",
        "rds.iops.io1.single-az": "Provisioned IOPS Single AZ",
        "rds.snapshot_export": "RDS Snapshot Export PostgreSQL",
        "rds.storage.gp2.multi-az": "Database Storage Multi AZ General Purpose",
        "rds.storage.gp2.single-az": "Database Storage Single AZ General Purpose",
        "rds.storage.gp3.multi-az": "Database Storage Multi AZ General Purpose-GP3",
        "rds.storage.gp3.single-az": "Database Storage Single AZ General Purpose-GP3",
        "rds.storage.io1.multi-az": "Database Storage Multi AZ Provisioned IOPS",
        "rds.storage.io1.single-az": "Database Storage Single AZ Provisioned IOPS",
        "rds.storage.io2.multi-az": "Database Storage Multi AZ Provisioned IOPS-IO2",
        "rds.storage.io2.single-az": "Database Storage Single AZ Provisioned IOPS-IO2",
        "rds.storage.standard.multi-az": "Database Storage Multi AZ Magnetic",
        "rds.storage.standard.single-az": "Database Storage Single AZ Magnetic",
    },
    "s3": {
        "s3.deep_archive.retrieval.standard": "Fee for Standard Retrieval of data stored from Glacier Deep Archive",
        "s3.glacier.put": "PUT requests to Glacier per Requests",
        "s3.glacier.retrieval.expedited": "Glacier S3 Expedited Retrieval",
        "s3.glacier.retrieval.standard": "Glacier S3 Standard Retrieval RestoreObject",
        "s3.glacier.storage": "Glacier Storage per GB Mo",
        "s3.glacier_ir.get": "GET and all other requests to Glacier Instant Retrieval per Requests",
        "s3.glacier_ir.put": "PUT COPY/POST or LIST requests to Glacier Instant Retrieval per Requests",
        "s3.glacier_ir.retrieval": "Object Retrieval in Glacier Instant Retrieval per GB",
        "s3.glacier_ir.storage": "Glacier Instant Retrieval Storage",
        "s3.lifecycle.deep_archive": "Lifecycle Transition Requests into Glacier Deep Archive per Requests",
        "s3.lifecycle.glacier": "Lifecycle Transition Requests into Glacier per Requests",
        "s3.lifecycle.glacier_ir": "Lifecycle Transition Requests into Glacier Instant Retrieval per Requests",
        "s3.lifecycle.intelligent_tiering": "Lifecycle Transition Requests into Intelligent Tiering per Requests",
        "s3.lifecycle.one_zone_ia": "Lifecycle Transition Requests into One Zone Infrequent Access per Requests",
        "s3.lifecycle.standard_ia": "Lifecycle Transition Requests into Standard Infrequent Access per Requests",
        "s3.one_zone_ia.get": "GET and all other requests to One Zone Infrequent Access per Requests",
        "s3.one_zone_ia.put": "PUT COPY/POST or LIST requests to One Zone Infrequent Access per Requests",
        "s3.one_zone_ia.retrieval": "Object Retrieval in One Zone Infrequent Access per GB",
        "s3.one_zone_ia.storage": "One Zone Infrequent Access Storage Inf per GB-Mo",
        "s3.standard.get": "GET and all other requests per Requests",
        "s3.standard.put": "PUT COPY/POST or LIST requests per Requests",
        "s3.standard.storage": "Standard Storage First 50 TB per GB Mo",
        "s3.standard.storage+1": "Standard Storage Next 450 TB per GB Mo",
        "s3.standard.storage+2": "Standard Storage Over 500 TB per GB Mo",
        "s3.standard_ia.get": "GET and all other requests to Standard Infrequent Access per Requests",
        "s3.standard_ia.put": "PUT COPY/POST or LIST requests to Standard Infrequent Access per Requests",
        "s3.standard_ia.retrieval": "Object Retrieval in Standard Infrequent Access per GB",
        "s3.standard_ia.storage": "Standard Infrequent Access Storage per GB-Mo",
    },
    "s3glacierdeeparchive": {
        "s3.deep_archive.put": "PUT to Glacier Deep Archive Requests",
        "s3.deep_archive.retrieval.bulk": "S3 Bulk-Retrieval GB",
        "s3.deep_archive.storage": "Glacier Deep Archive GB Mo",
    },
    "secretsmanager": {
        "secretsmanager.api": "API Request",
        "secretsmanager.secret": "Secret",
    },
    "sns": {
        "sns.delivery.email": "SNS Email and Email JSON Notifications",
        "sns.delivery.http": "HTTP Notifications",
        "sns.publish": "Amazon SNS API Requests",
    },
    "states": {
        "stepfunctions.express.request": "Number of Workflow Requests",
        "stepfunctions.transition": "AWS Step Functions",
    },
    "systemsmanager": {
        "ssm.parameter.advanced": "Advanced Parameter",
        "ssm.parameter.api.advanced": "Advanced Parameter Standard Throughput per API Request",
        "ssm.parameter.api.higher_throughput": "Parameter Higher Throughputper API Request",
    },
    "vpc": {
        "vpc.interface_endpoint": "Hourly charge for VPC Endpoints per Hrs",
        "vpc.interface_endpoint.data": "Charge for per GB data processed by VPC Endpoints per GB from 0 to 1048576",
        "vpc.public_ipv4.idle": "Hourly charge for Idle Public IPv4 Addresses per Hrs",
        "vpc.public_ipv4.in_use": "Hourly charge for In use Public IPv4 Addresses per Hrs",
    },
}

EDGES = {"af": "South Africa", "ap": "Asia Pacific", "au": "Australia", "ca": "Canada", "eu": "EU", "in": "India", "jp": "Japan", "me": "Middle East",
         "sa": "South America", "us": "United States"}
TERABYTES = ("First 10 TB", "Next 40 TB", "next 100 TB", "Next 350 TB", "next 524 TB", "Next 4 PB", "Over 5 PB")

# The same, of what has one price in all regions.
GLOBAL_NAMES = {
    "budgets": {
        "budgets.action_enabled": "Budget Actions Inf per day",
        "budgets.report": "Budgets Reports Distribution Inf per Message",
    },
    "cloudfront": {
        **{f"cloudfront.request.http.{edge}": f"Request HTTP Methods from {name}" for edge, name in EDGES.items()},
        **{f"cloudfront.request.https.{edge}": f"Request HTTPS Methods from {name}" for edge, name in EDGES.items()},
        **{f"cloudfront.transfer.{edge}" + (f"+{i}" if i else ""): f"Regional DT from {name} to Internet {tier}"
           for edge, name in EDGES.items() for i, tier in enumerate(TERABYTES)},
        "cloudfront.invalidation": "Charge for invalidating objects removing the objects from CloudFront edge locations",
    },
    "cloudwatch": {
        "cloudwatch.dashboard.basic": "Dashboard Basic Dashboard",
        "cloudwatch.dashboard.extended": "Dashboard Extended Dashboard",
    },
    "route53": {
        "route53.health_check.aws": "Basic Health checks AWS per Mo",
        "route53.health_check.non_aws": "Basic Health checks External Non AWS per Mo",
        "route53.health_check.option.aws": "Optional Health Check Features AWS per Mo",
        "route53.health_check.option.non_aws": "Optional Health Check Features External Non AWS per Mo",
        "route53.hosted_zone": "DNS Zone first 25",
        "route53.hosted_zone+1": "DNS Zone",
    },
}

# key with * for the class -> file, name there
RDS = r"Database Instance {} No license required db (\S+) [A-Za-z -]*?{} (?:Current|Previous) Generation"
CACHE = r"OnDemand Cache Instance [A-Za-z -]*?cache (\S+) {} (?:Current|Previous) Generation"
CLASSES = {
    "ec2.*.linux": ("ec2", r"OnDemand Linux-instancetype-(\S+)"),
    "rds.postgres.db.*.single-az": ("rds-postgresql-ondemand", RDS.format("PostgreSQL", "Single-AZ")),
    "rds.postgres.db.*.multi-az": ("rds-postgresql-ondemand", RDS.format("PostgreSQL", "Multi-AZ")),
    "rds.mysql.db.*.single-az": ("rds-mysql-ondemand", RDS.format("MySQL", "Single-AZ")),
    "rds.mysql.db.*.multi-az": ("rds-mysql-ondemand", RDS.format("MySQL", "Multi-AZ")),
    "rds.mariadb.db.*.single-az": ("rds-mariadb-ondemand", RDS.format("MariaDB", "Single-AZ")),
    "rds.mariadb.db.*.multi-az": ("rds-mariadb-ondemand", RDS.format("MariaDB", "Multi-AZ")),
    "rds.aurora-postgresql.db.*": ("rds-aurora-ondemand", RDS.format("Aurora PostgreSQL", "Single-AZ")),
    "rds.aurora-mysql.db.*": ("rds-aurora-ondemand", RDS.format("Aurora MySQL", "Single-AZ")),
    "elasticache.redis.cache.*": ("elasticache", CACHE.format("Redis")),
    "elasticache.valkey.cache.*": ("elasticache", CACHE.format("Valkey")),
    "elasticache.memcached.cache.*": ("elasticache", CACHE.format("Memcached")),
}

# What is not taken over: a fifth of what other regions ask, as if it was of another kind of storage.
DOUBTFUL = {("ap-east-2", "rds.iops.io1.single-az"), ("ap-east-2", "rds.iops.io1.multi-az")}


class Checkout:
    def __init__(self, path):
        self.path, self.files = path, {}

    def text(self, name):
        done = subprocess.run(["git", "-C", self.path, "show", f"HEAD:{name}"], capture_output=True, text=True, check=False)
        return done.stdout if done.returncode == 0 else None

    def show(self, name):
        text = self.text(name)
        return json.loads(text) if text is not None else None

    def prices(self, service):
        """{name: {region: price}}, and the day that AWS published them."""
        if service not in self.files:
            raw = self.show(f"raw/{service}.json")
            day = raw["manifest"]["hawkFilePublicationDate"][:10] if raw else COPIED
            names = {}
            for name, places in self.show(f"processed/{service}.json").items():
                # "US East (Ohio) (Instance Type: ...)", "US East (Ohio) (StartingRange: 0, ...)"
                found = names.setdefault(name, {})
                for place, usd in places.items():
                    place = re.sub(r" \((Instance Type|StartingRange|Per Month):.*", "", place)
                    region = "global" if place in ("", "Any") else REGIONS.get(place)
                    if region:
                        found[region] = usd if found.get(region, usd) == usd else None  # a name for several things
            for name, row in raw["regions"].get("", {}).items() if raw else ():
                names.setdefault(name, {})["global"] = row["price"]
            self.files[service] = names, day
        return self.files[service]


def decimal(usd):
    return f"{Decimal(usd).normalize():f}"


def rows_of(path):
    if not path.exists():
        return {}
    lines = path.read_text().split("\nrows:\n")[1].splitlines()
    return dict(line.strip().split(": ", 1) for line in lines if re.match(r" +[^ #]", line))


def write(path, comment, columns, rows):
    path.parent.mkdir(exist_ok=True)
    text = "".join(f"# {line}\n" for line in comment) + f"columns: [{', '.join(columns)}]\nrows:\n"
    for name, cells in sorted(rows.items()):
        text += f'  {name}: "{cells}"\n' if cells.startswith("-") else f"  {name}: {cells}\n"
    path.write_text(text)


def add_volumes(found, checkout):
    """IOPS of io2 have three prices; throughput of gp3 is by GiB/s there, by MiB/s here."""
    day = checkout.text("docs/last_updated")[:10]
    for place in checkout.show("docs/ebs_pricing.json"):
        rows = found.get(place["rzCode"], {})
        for kind, prices in place["ebs_prices"].items():
            usd = {name: Decimal(price["USD"]) for name, price in prices.items() if "USD" in price}
            for key, name, per in (("storage", "pricePerGBMonth", 1), ("iops", "pricePerIOPSMonth", 1), ("iops", "pricePerTier1IOPSMonth", 1),
                                   ("iops+1", "pricePerTier2IOPSMonth", 1), ("iops+2", "pricePerTier3IOPSMonth", 1),
                                   ("throughput", "pricePerGiBpsMonth", 1024), ("io", "pricePerIOs", 1)):
                if name in usd:
                    rows[f"ebs.{kind}.{key}"] = f"{decimal(usd[name] / per)} {day} {VOLUMES}"


def add_instances(found, checkout, classes):
    """Types that the other source does not have, or has with another price: this one is a year younger. It has six decimals."""
    known = rows_of(TABLES / "instance-classes.yaml")
    for name in "aws", "aws_us_gov":
        text = checkout.text(f"pkg/providers/pricing/zz_generated.pricing_{name}.go")
        day = re.search(r"generated at (\d{4}-\d\d-\d\d)", text)[1]
        for region, body in re.findall(r'\n\t"([a-z0-9-]+)": \{\n(.*?)\n\t\},', text, re.DOTALL):
            for kind, usd in re.findall(r'"([a-z0-9.-]+)": ([0-9.]+)', body):
                before = classes[region].get(kind, {}).get("ec2.*.linux", "0")
                if kind in known and abs(Decimal(before) - Decimal(usd)) > Decimal("0.000001"):
                    found[region][f"ec2.{kind}.linux"] = f"{decimal(usd)} {day} {INSTANCES}"


def write_keys(checkout, volumes, instances, classes):
    found = {region: {} for region in REGIONS.values()}
    add_volumes(found, volumes)
    add_instances(found, instances, classes)
    for service, keys in NAMES.items():
        names, day = checkout.prices(service)
        for key, name in keys.items():
            if name not in names:
                sys.exit(f"{service}: no name `{name}`")
            for region, usd in names[name].items():
                if region == "global":
                    continue
                if usd is None:
                    sys.exit(f"{key} has two prices in {region}")
                if (region, key) not in DOUBTFUL:
                    found[region][key] = f"{decimal(usd)} {day} {SOURCE}"
    for region, rows in found.items():
        path = TABLES / f"prices/{region}.yaml"
        kept = {key: cells for key, cells in rows_of(path).items() if cells.split()[2] not in (SOURCE, VOLUMES, INSTANCES)}
        write(path, [f"Prices of {region}, in US dollars: see ../prices.yaml, which says what each is of, and the sources.",
                     "Those of aws-price-watcher, ebs-pricing and karpenter are written by tools/import_prices.py."],
              ["usd", "published", "source"], rows | kept)


def write_global(checkout):
    """The cells `published source global` of the rows that prices.yaml has."""
    path = TABLES / "prices.yaml"
    text = path.read_text()
    for service, keys in GLOBAL_NAMES.items():
        names, day = checkout.prices(service)
        for key, name in keys.items():
            cells = f"{day} {SOURCE} {decimal(names[name]['global'])}"
            text, n = re.subn(rf"(?m)^(  {re.escape(key)}:(?: \S+){{5}}) .*", rf"\1 {cells}", text)
            if n != 1:
                sys.exit(f"prices.yaml has no row {key}")
    path.write_text(text)


def find_classes(checkout):
    found = {region: {} for region in REGIONS.values()}
    for column, (service, pattern) in CLASSES.items():
        names, _ = checkout.prices(service)
        for name, places in names.items():
            match = re.fullmatch(r"(?:\[[^]]*\] )?" + pattern + r"(?:;.*)?", name)
            for region, usd in places.items() if match else ():
                cells = found[region].setdefault(match[1], {})
                if usd is None:
                    sys.exit(f"{column}: {match[1]} has two prices in {region}")
                if cells.setdefault(column, decimal(usd)) != decimal(usd):
                    sys.exit(f"{column}: {match[1]} has two prices in {region}")
    return found


def write_classes(found):
    for region, rows in found.items():
        write(TABLES / f"class-prices/{region}.yaml",
              [f"What an hour of each class of instances costs in {region}, in US dollars: see ../prices.yaml.",
               "Written by tools/import_prices.py."],
              list(CLASSES), {name: " ".join(cells.get(column, "-") for column in CLASSES) for name, cells in rows.items()})


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    watcher = Checkout(sys.argv[1])
    classes = find_classes(watcher)
    write_classes(classes)
    write_keys(watcher, Checkout(sys.argv[2]), Checkout(sys.argv[3]), classes)
    write_global(watcher)


main()
