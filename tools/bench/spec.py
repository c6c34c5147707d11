"""Specs of N alarms for tools/bench.py.

A spec looks as a real one of that size does: a resource for every ten alarms, of four kinds; conditions of every
common shape; severities, texts and routes; one dashboard. Nothing is random: N decides every byte.

Alternatives to opsc read no conditions, so they get the same alarms as JSON, already split into the fields of a
plain alarm on one metric. That is less work than opsc's.
"""

HEAD = """# {n} alarms on {m} resources.
opsc: 1
project: bench
environment: production

aws:
  region: eu-west-1
  account: "123456789012"
  tags: {{ team: platform, cost-center: bench }}

notify:
  ops: {{ email: ops@bench.example }}
  oncall: {{ email: oncall@bench.example, https: "https://events.pager.example/bench" }}

routes:
  info: [ops]
  warning: [ops]
  critical: [oncall]

"""
# What alternatives do not make; without it there is a page for every alarm.
NO_PAGES = "runbooks: off\n\n"

# Of each kind: the resource, and conditions with namespace, metric, statistic, operator, threshold, period, evaluations.
# {r} is the resource, {w} the host beside it, {p} a number from 60 to 94, {q} 2 or 3.
KINDS = [
    ("web", "{{ kind: ec2, id: i-{i:017x}, type: t3.small, volume: 16 GiB }}", "InstanceId", [
        ("avg({r}.cpu) > {p}% for 10m", "AWS/EC2", "CPUUtilization", "Average", ">", 300, 2),
        ("{r}.memory > {p}% for 5m", "CWAgent", "mem_used_percent", "Average", ">", 60, 5),
        ("max({r}.disk) > {p}%", "CWAgent", "disk_used_percent", "Maximum", ">", 60, 1),
        ("{r}.credits < {p} for 15m", "AWS/EC2", "CPUCreditBalance", "Minimum", "<", 300, 3),
        ("sum({r}.network_out) > {p} GiB over 5m", "AWS/EC2", "NetworkOut", "Sum", ">", 300, 1),
    ]),
    ("db", "{{ kind: rds, id: bench-db-{i}, engine: postgres, class: db.m6g.large, storage: 100 GiB }}",
     "DBInstanceIdentifier", [
        ("{r}.connections > {p}% of {r}.max_connections for 5m", "AWS/RDS", "DatabaseConnections", "Average", ">", 60, 5),
        ("{r}.free_storage < 1{p} MiB", "AWS/RDS", "FreeStorageSpace", "Minimum", "<", 60, 1),
        ("p95({r}.read_latency) > {p}ms for 3 of 5m", "AWS/RDS", "ReadLatency", "p95", ">", 60, 3),
        ("{r}.read_iops + {r}.write_iops > {p}00/s for 10m", "AWS/RDS", "ReadIOPS", "Average", ">", 60, 10),
        ("{r}.cpu outside band({q}) for 15m", "AWS/RDS", "CPUUtilization", "Average", ">", 60, 15),
    ]),
    ("api", "{{ kind: app, on: {w}, port: 8080, health: {{ path: /health, every: 1m }} }}", "Service", [
        ("{r}.health fails {q} times", "bench", "health", "Minimum", "<", 60, 3),
        ("sum({r}.errors) > {p} over 5m", "bench", "errors", "Sum", ">", 300, 1),
        ("p95({r}.latency) > {p}0ms for 5m", "bench", "latency", "p95", ">", 60, 5),
        ("sum({r}.errors) / sum({r}.requests) > 5% for 3 of 5m with at least {p} samples", "bench", "errors", "Sum",
         ">", 60, 3),
        ("sum({r}.requests) per 1m < {p}/min", "bench", "requests", "Sum", "<", 60, 1),
    ]),
    ("cache", "{{ kind: redis, on: {w}, port: 6379 }}", "CacheClusterId", [
        ("{r}.memory > {p}% for 5m", "bench", "memory", "Maximum", ">", 60, 5),
        ("{r}.evictions rises by {p}", "bench", "evictions", "Sum", ">", 60, 1),
        ("{r}.hit_rate < {p}% for 30m", "bench", "hit_rate", "Average", "<", 60, 30),
        ("{r}.up is missing for {q}0m", "bench", "up", "Minimum", "<", 60, 15),
        ("{r}.clients > 1{p} and {r}.memory > {p}%", "bench", "clients", "Maximum", ">", 60, 1),
    ]),
]
TEXTS = [
    "", "", ", severity: critical", "", ", severity: info, do: Look at the last deploy of the team",
    "", ", severity: critical, runbook: \"https://wiki.bench.example/runbooks/{i}\"", "",
    ", description: \"Number {i} of the watched things: the agreed limit is passed\"", ", missing: breaching",
]
ALARMS_PER_RESOURCE = 10


def resource_name(k):
    return f"{KINDS[k % len(KINDS)][0]}-{k // len(KINDS):04d}"


def resources(m):
    for k in range(m):
        text = KINDS[k % len(KINDS)][1].format(i=k, w=resource_name(k - k % len(KINDS)))
        yield f"  {resource_name(k)}: {text}\n"


def alarms(n, m):
    """(name, condition, the rest of its line, resource, its dimension, row of KINDS) of each alarm."""
    for i in range(n):
        k = i // ALARMS_PER_RESOURCE % m
        kind = KINDS[k % len(KINDS)]
        row = kind[3][i % len(kind[3])]
        name = resource_name(k)
        condition = row[0].format(r=name, p=60 + i % 35, q=2 + i // 5 % 2)
        yield f"{name}-{i:05d}", condition, TEXTS[i % len(TEXTS)].format(i=i), name, kind[2], row


def count(n):
    return max(len(KINDS), n // ALARMS_PER_RESOURCE)


def spec(n, pages=False):
    """ops.yaml of N alarms."""
    m = count(n)
    out = [HEAD.format(n=n, m=m), "" if pages else NO_PAGES, "resources:\n", *resources(m), "\nalarms:\n"]
    for name, condition, rest, *_ in alarms(n, m):
        out.append(f"  {name}: {{ when: \"{condition}\"{rest} }}\n")
    out.append("\ndashboards:\n  overview:\n")
    for k, metrics in enumerate(["cpu, memory", "cpu, connections", "requests, errors", "memory, hit_rate"]):
        graphs = ", ".join(f"{resource_name(k)}.{x}" for x in metrics.split(", "))
        out.append(f"    - {KINDS[k][0]}:\n        - [{graphs}]\n")
    return "".join(out)


LIVE_LOGS, LIVE_QUERIES, LIVE_DASHBOARDS = 100, 50, 10


def live(n):
    """ops.yaml of N alarms with what else an account has (tools/bench_live.py): for 1,000 there are 100 log groups and 100 metric
    filters, 50 saved queries, 10 dashboards, budgets, and roles of hosts that policies are attached to."""
    m = count(n)
    out = [HEAD.format(n=n, m=m).replace("resources", "resources, with logs, queries, pages and budgets"), NO_PAGES, "resources:\n"]
    hosts = [resource_name(k) for k in range(0, m, len(KINDS))]
    out += [line.replace("type:", f"role: {host}, type:") if host else line
            for line, host in zip(resources(m), (resource_name(k) if k % len(KINDS) == 0 else None for k in range(m)))]
    out.append("\nalarms:\n")
    for name, condition, rest, *_ in alarms(n, m):
        out.append(f"  {name}: {{ when: \"{condition}\"{rest} }}\n")
    out.append("\nlogs:\n")
    for i in range(LIVE_LOGS):
        out.append(f"  log-{i:02d}:\n    group: /bench/production/log-{i:02d}\n    retention: 7d\n"
                   f"    from: {{ resource: {hosts[i % len(hosts)]}, files: [/var/log/log-{i:02d}/*.log], format: json }}\n")
        if i < m // len(KINDS):
            of = f"api-{i:04d}"
            out.append(f"    metrics:\n      {of}.errors: {{ match: '{{ $.level = \"ERROR\" }}' }}\n"
                       f"      {of}.requests: {{ match: '{{ $.event = \"request\" }}' }}\n"
                       f"      {of}.latency: {{ match: '{{ $.event = \"request\" }}', value: $.duration_ms, unit: ms }}\n"
                       f"      db-{i:04d}.query_latency: {{ match: '{{ $.event = \"query\" }}', value: $.duration_ms, unit: ms }}\n")
        if i < LIVE_QUERIES:
            out.append(f"    queries:\n      errors-{i:02d}: fields @timestamp, @message | filter level = \"ERROR\" | limit {i + 1}\n")
    out.append("\nbudgets:\n  monthly: $500\n  services: { CloudWatch: $200, S3: $20 }\n  anomalies: $20\n\ndashboards:\n")
    for i in range(LIVE_DASHBOARDS):
        out.append(f"  page-{i}:\n    - Hosts:\n        - [{hosts[i % len(hosts)]}.cpu, {hosts[i % len(hosts)]}.memory]\n")
    return "".join(out)


def split(n):
    """The same alarms for the alternatives."""
    m = count(n)
    rows = []
    for i, (name, condition, rest, resource, dimension, row) in enumerate(alarms(n, m)):
        _, namespace, metric, stat, operator, period, evaluations = row
        rows.append({
            "name": name, "namespace": namespace, "metric": metric, "stat": stat, "period": period,
            "dimension": dimension, "resource": resource, "evaluations": evaluations, "threshold": 60 + i % 35,
            "operator": "GreaterThanThreshold" if operator == ">" else "LessThanThreshold",
            "severity": "critical" if "critical" in rest else "warning", "missing": "missing",
            "description": f"{condition}. Do: look at {resource}. From ops.yaml: alarms.{name}",
        })
    return {"project": "bench", "environment": "production", "region": "eu-west-1", "alarms": rows}
