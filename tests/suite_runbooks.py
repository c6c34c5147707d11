#!/usr/bin/env python3
"""The pages for who is called at night are right, and the same in both languages.

1. Of every example: markdownlint has nothing to say, every link leads to a page that is there, every alarm has a page, and its
   description names it.
2. A spec with everything, in English and in Spanish: the same files, commands, code, numbers and links; no English in the Spanish.
3. Every command is one that aws takes, and does what the page says (moto); every script is on the host that is named, and has the
   options.
4. What users write stays data: in Markdown, and in the shell.
5. `runbooks:` and `url` do what they say; the link in a description is whole.
"""

import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from suite_translations import ENGLISH, WORD  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.path.abspath(os.environ.get("OPSC", str(ROOT / "build/asan/opsc")))
NODE = ROOT / "tests" / "node"
PAGES = "docs/runbooks"


def check(name, why):
    print(f"ok {name}" if not why else f"FAIL {name}: {why}")


def build(folder, text, *args):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ops.yaml").write_text(text)
    done = subprocess.run([OPSC, "build", "ops.yaml", "-o", "out", *args], capture_output=True, text=True, cwd=folder, check=False)
    if done.returncode != 0:
        raise SystemExit(f"FAIL build: {done.stderr[:2000]}")
    return folder / "out"


def pages(out):
    return {str(p.relative_to(out)): p.read_text() for p in sorted(out.rglob("*.md")) if PAGES in str(p)}


def code_blocks(text):
    return re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)


def without_blocks(text):
    return re.sub(r"^```sh\n.*?^```$", "", text, flags=re.M | re.S)


def spans(text):
    return [m.group(2).strip() for m in re.finditer(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", without_blocks(text))]


def plain(text):
    """What is read: without code, links' addresses and escapes."""
    text = re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", " ", without_blocks(text))
    return re.sub(r"(?<!\\)\]\([^)]*\)|<https[^>]*>", "] ", text)


def links(text):
    return re.findall(r"(?<!\\)\]\(([^)]*)\)", re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", without_blocks(text)))


def differ(one, other):
    left, added = collections.Counter(one) - collections.Counter(other), collections.Counter(other) - collections.Counter(one)
    return f"only in the first {sorted(left)[:4]}, only in the second {sorted(added)[:4]}" if left or added else None


# ---- 1. Markdown, links, descriptions


def markdownlint(texts):
    """What markdownlint says: name -> problems; None: it is not there."""
    if not shutil.which("node") or not (NODE / "node_modules" / "markdownlint").is_dir():
        return None
    done = subprocess.run(["node", "tests/node/markdown.mjs"], input=json.dumps(texts), capture_output=True, text=True, cwd=ROOT, check=True)
    return json.loads(done.stdout)


LINT = {}  # pages, asked about together: starting node takes longer than its work


def lint_pages(name, texts):
    LINT.update({f"{name}/{page}": text for page, text in texts.items()})


def test_lint():
    said = markdownlint(LINT)
    if said is None:
        print("skip-missing markdownlint: it is not installed: tools/setup.sh workflow-linters")
        return
    problems = [f"{page}:{p['line']}: {p['rule']} {p['what']}" for page, ps in said.items() for p in ps]
    check("markdownlint", len(LINT) < 300 and f"only {len(LINT)} pages" or "; ".join(problems[:4]))


def bad_links(texts):
    for page, text in texts.items():
        for link in links(text):
            target = link.partition("#")[0]
            if re.match(r"https?://", link):
                continue
            if os.path.normpath(os.path.join(os.path.dirname(page), target)) not in texts:
                yield f"{page} links to {link}, which is not there"


def alarm_names(folder):
    """Name and description of each alarm in the Terraform of one environment."""
    for file in folder.rglob("*.tf"):
        for block in re.findall(r'^resource "aws_cloudwatch_(?:metric|composite)_alarm" .*?^}', file.read_text(), re.M | re.S):
            yield (re.search(r'alarm_name += "(.*)"', block).group(1), re.search(r'alarm_description += "(.*)"', block).group(1))


def test_example(folder):
    name = folder.name
    texts = pages(folder)
    lint_pages(name, texts)
    check(f"{name}-links", "; ".join(list(bad_links(texts))[:4]))
    lost, known, lone = [], 0, []
    for root in {p.parent for p in folder.rglob("terraform")}:
        for aws_name, text in alarm_names(root / "terraform"):
            lone += [f"{aws_name}: {c}" for c in re.findall(r"`aws [^`]*", text) if not c.startswith("`aws --region ")]
            link = re.search(r" (?:Runbook|Guía): (\S+?\.md),? ", text)
            if not link:
                lost.append(f"{aws_name} names no page")
                continue
            page = root / PAGES / os.path.basename(link.group(1))
            known += 1
            if not page.exists() or f"`{aws_name}`" not in page.read_text() and aws_name not in page.read_text():
                lost.append(f"{aws_name} has no page {page.name}")
    check(f"{name}-every-alarm-has-its-page", "; ".join(lost[:4]) if known else "there are no alarms")
    check(f"{name}-every-command-has-its-region", "; ".join(lone[:4]))


# ---- 2. both languages

EVERYTHING = """opsc: 1
project: shop
environment: production
aws: { region: eu-west-1, account: "123456789012" }
notify:
  ops: { email: ops@shop.example, slack: T07EA123LEP/C07EZ1ABC23, lambda: "arn:aws:lambda:eu-west-1:123456789012:function:page" }
  oncall: { email: oncall@shop.example, sms: "+34600123456", https: https://hooks.shop.example/secret-token, sqs: "arn:aws:sqs:eu-west-1:123456789012:q" }
routes: { info: [ops], warning: [ops], critical: [oncall] }
resources:
  web: { kind: ec2, find: { tag:Name: shop-web }, type: t3.small, role: shop-web, address: web.shop.example }
  api: { kind: app, on: web, image: shop/api, port: 8080, health: { path: /health } }
  db: { kind: rds, id: shop, engine: postgres, class: db.t4g.small, storage: 50 GiB, database: shop }
  old: { kind: mysql, host: old.shop.example, external: true, database: old }
  queue: { kind: sqs, id: orders, alarms: { old-messages: { threshold: 10m } } }
  lb: { kind: alb, id: app/shop/50dc6c495c0c9188 }
  data: { kind: s3, bucket: shop-data }
logs:
  api:
    from: { resource: web, files: [/var/log/shop/*.log], format: json }
    metrics:
      api.orders: { match: '{ $.event = "order" }' }
      api.latency: { match: '{ $.event = "request" }', value: $.duration_ms, unit: ms }
    queries: { errors: "fields @timestamp, @message | filter level = 'ERROR'", slow: "fields @timestamp | sort duration_ms desc" }
alarms:
  recommended: all
  no-orders: { when: sum(api.orders) < 1 over 30m, severity: critical, runbook: https://wiki.shop.example/orders }
  half: { when: "sum(api.orders) / sum(lb.requests) < 2% for 3 of 5m", severity: info, notify: [oncall, ops] }
  band: { when: p95(api.latency) outside band(3) for 15m, runbook: binder 7 }
  busy: { when: web.cpu > 80% and db.cpu > 80% for 15m, enabled: false }
  bill: { when: billing.estimated_charges > $90 }
  deploying: { when: sum(queue.sent) > 5000 for 5m }
  down: { when: alarm(no-orders) and not alarm(bill2), suppress: { by: deploying, wait: 2m } }
  bill2: { when: queue.visible falls by 20% }
backup:
  bucket: shop-backups
  snapshots: { db: { every: day at 04:00, keep: 35 days }, old: { every: week on friday, user: backup, password: old-password } }
  exports: { orders: { from: db, tables: [orders, lines], every: month on 2 at 05:30 } }
  configuration: { every: week, parameters: /shop/production/, secrets: { encrypt: kms } }
  drill: { every: month, restore: db, expect: ["select count(*) > 1000 from orders"] }
secrets:
  items:
    db-password: { of: db, user: shop, rotate: every 90 days }
    old-password: { of: old, rotate: every 365 days by ACME }
    key: { rotate: every 180 days, by: hand }
    master: { of: db, rotate: by rds }
deploy: { app: api, registry: docker-hub, via: ssh, migrate: ./migrate, secrets: { KEY: key } }
budgets: { monthly: $120, services: { CloudWatch: $10 }, anomalies: $20 }
"""


def numbers(text):
    return [re.sub(r"[.,\u00a0]", "", n) for n in re.findall(r"[0-9]+(?:[.,][0-9]+)*", plain(text))]


def english_in(text):
    for line in plain(text).splitlines():
        words = [w for w in WORD.findall(re.sub(r"\w+(-\w+)+", " ", line)) if w in ENGLISH]
        if words:
            yield f"{', '.join(words)}: {line.strip()[:120]!r}"


def test_languages(en, es):
    check("languages-same-files", differ(list(en), list(es)))
    for what, of in (("commands", code_blocks), ("code", spans), ("numbers", numbers), ("links", links)):
        whys = [f"{page}: {why}" for page in en if page in es and (why := differ(of(en[page]), of(es[page])))]
        check(f"languages-same-{what}", "; ".join(whys[:3]))
    same = [page for page in en if without_blocks(en[page]) == without_blocks(es[page])]
    check("languages-differ", ", ".join(same))
    whys = [f"{page}: {why}" for page, text in es.items() for why in english_in(text)]
    check("no-english-in-spanish", "; ".join(whys[:4]))
    lost = [word for word in ("secret-token", "+34600123456", "34600123456", "@shop.example") if any(word in t for t in [*en.values(), *es.values()])]
    check("no-addresses-of-receivers", ", ".join(lost))


def test_facts(texts):
    """Each form of alarm says what it is about."""
    wanted = {
        "no-orders": ["below `1`", "`breaching`", "(https://wiki.shop.example/orders)", "`shop-production/api/errors`", "`oncall`: e-mail, SMS, webhook, queue\n"],
        "half": ["`m2`", "in 3 of 5 evaluations of 1 minute", "`2%` (`2` in CloudWatch)", "For information", "`oncall`", "`ops`"],
        "band": ["outside the band of `3`", "`binder 7`", "ANOMALY_DETECTION_BAND(m1, 3)", "in 15 evaluations in a row of 1 minute", "Everybody above is told"],
        "busy": ["`enabled: false`. It is evaluated", "\nCloudWatch sets it back", "when that holds", "ID_WEB="],
        "bill": ["region=us-east-1", "(procedures/cost.md)", "--region us-east-1", "`$90` (`90` in CloudWatch)"],
        "down": ["[no-orders](no-orders.md)", "[bill2](bill2.md)", "[deploying](deploying.md)", "2 minutes", "1 minute longer", "CompositeAlarm"],
        "queue-old-messages": ["`resources.queue.alarms`", "`old-messages`", "at `10m` or above (`600` in CloudWatch)"],
        "db-cpu-high": ["a value every minute\n", "`aws --region eu-west-1 rds ", "(procedures/restore.md)", "Likely causes", "1. "],
        "api-down": ["(procedures/rollback.md)"],
        "key-overdue": ["(procedures/rotation.md)", "`secrets.items.key`"],
        "db-backup-too-old": ["(procedures/restore.md)", "`backup.snapshots.db`"],
        "procedures/cost": ["Budget of the whole month: `$120`", "Budget of CloudWatch: `$10`", "Anomaly Detection", "(../bill.md)"],
        "procedures/rotation": ["every 90 days by the function `shop-production-rotate-db-password`", "by ACME", "--rotate-master-user-password", "'/shop/production/key'"],
        "procedures/rollback": ["environment='production'", "`web.shop.example`", "rollback.sh --list", "migrations"],
        "procedures/restore": ["`shop-backups`", "every day at 04:00 UTC", "kept for 35 days", "--to-database 'shop_restored'", "`orders`, `lines`", "(assertions: 1)"],
        "procedures/first_day": ["`web`: EC2 instance", "restore_drill.sh db-drill", "[shop-production-overview]", "--region us-east-1 --alarm-name-prefix shop-production-"],
    }
    for name, words in wanted.items():
        text = texts.get(f"{PAGES}/{name}.md", "")
        check(f"facts-{name}", [w for w in words if w not in text] and f"without {[w for w in words if w not in text]}")
    old = texts[f"{PAGES}/procedures/restore.md"].split("### old-backup")[1].split("##")[0]
    check("facts-mysql-cannot-take-a-place", "--same" in old and "--same is offered")


# ---- 3. commands



def prepare(cloud, texts):
    """What the commands are about is there."""
    watch = {r: cloud.client("cloudwatch", r) for r in ("eu-west-1", "us-east-1")}
    for text in texts.values():
        for region, name in re.findall(r"describe-alarm-history --region (\S+) --alarm-name (\S+)", text):
            watch[region].put_metric_alarm(AlarmName=name, ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, MetricName="m",
                                           Namespace="n", Period=60, Statistic="Sum", Threshold=1)
    cloud.client("logs").create_log_group(logGroupName="/shop/production/api")
    web = cloud.client("ec2").run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=[
        {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "shop-web"}]}])
    cloud.client("ssm").put_parameter(Name="/shop/production/key", Value="unset", Type="SecureString")
    return web["Instances"][0]["InstanceId"]


def run(block, env, folder):
    """A block of a page, as somebody pastes it."""
    return subprocess.run(["bash", "-c", "set -u\n" + block.replace("sleep 5", ":")], input="value\n", capture_output=True, text=True, cwd=folder,
                          env={**os.environ, **env}, check=False, timeout=60)


# What moto has no answer to: that aws takes the command, and looks for AWS, is all that is seen.
NOT_IN_MOTO = re.compile(r"aws (ce|lambda|rds|cloudwatch (describe-alarm-history|(en|dis)able-alarm-actions))\b")
NOWHERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}


def command_problem(block, env, folder):
    known = not NOT_IN_MOTO.search(block)
    done = run(block, env if known else {**env, **NOWHERE}, folder)
    asked = len(re.findall(r"^aws ", block, re.M))
    if known:
        return done.returncode and done.stderr
    return done.stderr.count("Could not connect") != asked and done.stderr


def test_commands(folder, texts):
    try:
        from aws_support import Cli, Cloud
        cloud = Cloud()
    except ImportError as e:
        print(f"skip-missing commands: {e}: pip install 'moto[server]' awscli")
        return
    cli = Cli(str(folder), str(folder))
    env = {"PATH": f"{folder}:{os.environ['PATH']}", "AWS_ENDPOINT_URL": cloud.url, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_MAX_ATTEMPTS": "1"}
    try:
        instance = prepare(cloud, texts)
        chosen = ["no-orders", "half", "busy", "bill", "down", "db-cpu-high", "procedures/cost", "procedures/rotation", "procedures/first_day"]
        blocks = [b for name in chosen for b in code_blocks(texts[f"{PAGES}/{name}.md"]) if "aws " in b]
        # One of those that differ in names and values only.
        for kind, block in {re.sub(r"'[^']*'|shop-production-\S+|[0-9]+", "", b): b for b in blocks}.items():
            why = command_problem(block, env, folder)
            name = re.search("aws [a-z0-9-]+ [a-z0-9-]+", kind).group().replace(" ", "-")
            check(f"command-{name}", why and f"{block}: {why[:300]}")
        shown = run(next(b for b in blocks if "ID_WEB=" in b) + "\nprintf '%s\\n' \"$ID_WEB\"", env, folder)
        check("command-finds-the-instance", instance not in shown.stdout and shown.stdout[-200:] + shown.stderr[-200:])
        test_states(cloud, env, folder, texts)
    finally:
        cli.stop()


def test_states(cloud, env, folder, texts):
    """A test of an alarm, and its end; a secret: AWS is then so."""
    watch = cloud.client("cloudwatch")

    def alarm():
        return watch.describe_alarms(AlarmNames=["shop-production-no-orders"])["MetricAlarms"][0]["StateValue"]
    seen = []
    for block in (b for b in code_blocks(texts[f"{PAGES}/no-orders.md"]) if "set-alarm-state" in b):
        run(block, env, folder)
        seen.append(alarm())
    check("commands-test-an-alarm", seen != ["ALARM", "OK"] and str(seen))
    value = cloud.client("ssm").get_parameter(Name="/shop/production/key", WithDecryption=True)["Parameter"]["Value"]
    check("commands-replace-a-secret", value.strip() != "value" and repr(value))


def test_scripts(out, texts):
    helps = {}
    for page, text in texts.items():
        for line in re.findall(r"\./[a-z_]+\.sh[^`\n]*", text):
            script = out / "hosts" / "web" / line.split()[0][2:]
            if script not in helps:
                done = subprocess.run(["bash", str(script), "--help"], capture_output=True, text=True, check=False)
                helps[script] = done.stdout if done.returncode == 0 else ""
            lost = [w for w in re.findall(r"(?<=\s)(--[a-z-]+|list|verify|restore|get)(?=\s|$)", line) if w not in helps[script]]
            if lost or not helps[script]:
                check(f"script-{script.name}", f"{page}: {line}: {lost or 'it is not there'}")
    check("scripts", len(helps) < 5 and f"only {len(helps)} are named")
    workflow = (out / ".github/workflows/rollback.yml").read_text()
    check("rollback-workflow", "environment:" not in workflow and "rollback.yml has no such input")
    terraform = "".join(p.read_text() for p in (out / "terraform").glob("*.tf"))
    check("variable-of-maintenance", 'variable "alarm_actions_enabled"' not in terraform and "it is not there")


# ---- 4. hostile values

HOSTILE = "a|b <img src=x> `tick` [x](javascript:alert) ${{ secrets.X }} {{name|md}} $(touch owned) 'q' \"d\" \\ *s* _u_ # ~~~ | &amp; https://x.example/a"


def hostile_spec(value):
    word = json.dumps(value.replace("${", "$${"))
    return EVERYTHING.replace("tag:Name: shop-web", f"tag:Name: {word}").replace(
        "runbook: binder 7", f"runbook: {word}, description: {word}, do: {word}").replace(
        "errors: \"fields", f"{word}: \"fields").replace("by ACME", f"by {value.split('<')[0].replace('|', ' ')}evil <b>").replace(
        "\"fields @timestamp | sort duration_ms desc\"", word).replace("slow:", "a-slow:")


def test_hostile(folder, benign):
    several = "one\n# two\n\n```\n- three\n<b>"
    out = build(folder / "hostile", hostile_spec(HOSTILE))
    texts = pages(out)
    lint_pages("hostile", texts)
    check("hostile-links", "; ".join(list(bad_links(texts))[:3]))
    heads = {p: re.findall(r"^#+ ", without_blocks(t), re.M) for p, t in texts.items()}
    check("hostile-same-headings", heads != {p: re.findall(r"^#+ ", without_blocks(t), re.M) for p, t in benign.items()} and "the pages have other headings")
    text = texts[f"{PAGES}/band.md"]
    check("hostile-no-html", re.search(r"(?<!\\)<(?!https:)", plain(text)) and plain(text)[:600])
    check("hostile-no-links", "javascript" in " ".join(links(text)) and str(links(text)))
    check("hostile-is-all-there", "javascript:alert" not in text and "{{name" not in text and text[:500])
    lookup = next(b for b in code_blocks(texts[f"{PAGES}/busy.md"]) if "ID_WEB" in b)
    seen = folder / "seen"
    stub = folder / "stub"
    stub.mkdir()
    (stub / "aws").write_text(f"#!/bin/bash\nprintf '%s\\0' \"$@\" >>{seen}\n")
    (stub / "aws").chmod(0o755)
    run(lookup, {"PATH": f"{stub}:{os.environ['PATH']}"}, folder)
    words = seen.read_text().split("\0")
    filters = json.loads(words[words.index("--filters") + 1])
    check("hostile-in-the-shell", filters[0]["Values"] != [HOSTILE] and str(filters))
    check("hostile-runs-nothing", (folder / "owned").exists() and "a command in a value was run")
    texts = pages(build(folder / "lines", EVERYTHING.replace("runbook: binder 7", f"do: {json.dumps(several)}").replace(
        "\"fields @timestamp | sort duration_ms desc\"", json.dumps(several)).replace("slow:", "a-slow:")))
    heads = re.findall(r"^#+ ", without_blocks(texts[f"{PAGES}/band.md"]), re.M)
    check("hostile-lines", heads != re.findall(r"^#+ ", without_blocks(benign[f"{PAGES}/band.md"]), re.M) and str(heads))
    lint_pages("hostile-lines", {f"{PAGES}/band.md": texts[f"{PAGES}/band.md"]})


# ---- 5. `runbooks:`


def test_alike(folder):
    """Names that differ in their letters' case alone: each is looked up, and neither is asked in place of the other."""
    both = """opsc: 1
project: shop
aws: { region: eu-west-1, account: "123456789012" }
notify: ops@shop.example
dashboards: none
resources:
  web: { kind: ec2, find: { tag:Name: one } }
  WEB: { kind: ec2, find: { tag:Name: two } }
alarms:
  recommended: none
  busy: { when: avg(web.cpu) - avg(WEB.cpu) > 20% for 15m }
"""
    block = next(b for b in code_blocks(pages(build(folder / "alike", both))[f"{PAGES}/busy.md"]) if "ID_WEB" in b)
    named = dict(re.findall(r'^(ID_\w+)=.*?"tag:Name", "Values":\["([^"]*)"', block, re.M))
    check("alike", (sorted(named.values()) != ["one", "two"] or any(f'"${name}"' not in block for name in named)) and block)


def test_settings(folder):
    out = build(folder / "off", EVERYTHING + "runbooks: off\n")
    named = [text for _, text in alarm_names(out / "terraform") if "docs/runbooks" in text]
    check("off", ((out / "docs").exists() and "there are pages") or (named and named[0]))
    url = "https://github.com/shop/infra/blob/main/" + "x" * 400 + "/docs/runbooks"
    long = EVERYTHING.replace("severity: info,", f"severity: info, description: {'ñ' * 1000},") + f"runbooks: {{ url: {url}/ }}\n"
    out = build(folder / "url", long)
    texts = dict(alarm_names(out / "terraform"))
    wrong = [name for name, text in texts.items() if f" Runbook: {url}/{name[16:]}.md" not in text]
    check("url", ", ".join(wrong))
    longest = "https://shop.example/" + "x" * 499
    texts = dict(alarm_names(build(folder / "longest", EVERYTHING + f"runbooks: {{ url: {longest} }}\n") / "terraform"))
    check("url-leaves-room", ", ".join(name for name, text in texts.items() if len(text.encode()) > 1024 or f" {longest}/{name[16:]}.md" not in text))
    (folder / "ops.yaml").write_text(EVERYTHING + f"runbooks: {{ url: {longest}yyyyyy }}\n")
    done = subprocess.run([OPSC, "lint", str(folder / "ops.yaml")], capture_output=True, text=True, check=False)
    check("url-too-long", (done.returncode != 1 or "OPS-1115" not in done.stderr) and done.stderr[:300])
    texts = dict(alarm_names(out / "terraform"))
    half = texts["shop-production-half"]
    check("url-is-whole", (len(half.encode()) > 1024 and "it is too long") or (not half.endswith("From ops.yaml: alarms.half") and half[-300:]))


def main():
    if not os.path.exists(OPSC):
        raise SystemExit(f"FAIL opsc: {OPSC} is not there")
    for example in sorted((ROOT / "generated" / "examples").iterdir()):
        test_example(example)
    with tempfile.TemporaryDirectory(prefix="runbooks.") as d:
        folder = pathlib.Path(d)
        en = build(folder / "en", EVERYTHING)
        es = pages(build(folder / "es", EVERYTHING + "language: es\n"))
        texts = pages(en)
        lint_pages("en", texts)
        lint_pages("es", es)
        check("everything-links", "; ".join([*bad_links(texts), *bad_links(es)][:4]))
        test_languages(texts, es)
        test_facts(texts)
        test_commands(folder, texts)
        test_scripts(en, texts)
        test_hostile(folder, texts)
        test_alike(folder)
        test_settings(folder)
    test_lint()


if __name__ == "__main__":
    main()
