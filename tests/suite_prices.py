#!/usr/bin/env python3
"""AWS's price list (opsc prices update), the file of prices that is taken from it, and who reads that: good lists, broken ones, bad servers, limits."""
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError as missing:
    print(f"skip-missing prices: python3 has no module {missing.name} (tools/setup.sh test)")
    sys.exit(0)

import price_server as ps
from report import check, equal, fault, test
from server_support import certificates

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.path.abspath(os.environ.get("OPSC", ROOT / "build/asan/opsc"))
LOCK = "opsc.prices.lock"
REGION = "eu-west-1"
SPEC = f"opsc: 1\nproject: shop\nenvironment: production\naws: {{region: {REGION}, account: '123456789012'}}\nnotify: {{team: {{email: a@example.com}}}}\n" \
       "resources: {web: {kind: ec2, id: i-0123456789abcdef0, type: t3.micro}}\n"
EMAIL = "AmazonSNS", "sns.delivery.email"


class Project:
    def __init__(self, folder, server=None, service=None):
        """`service`: the one whose list is updated; else all are asked for."""
        self.service = ["--service", service] if service else []
        self.path = pathlib.Path(tempfile.mkdtemp(dir=folder))
        self.server = server
        (self.path / "ops.yaml").write_text(SPEC)

    def run(self, *args, status=0, env=None):
        done = subprocess.run([OPSC, *args], cwd=self.path, capture_output=True, text=True, check=False, errors="replace",
                              env={**os.environ, "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9",
                                   **({"OPSC_PRICE_URL": self.server.url} if self.server else {}), **(env or {})})
        equal(done.returncode, status, f"status of {args}: {done.stdout[-600:]} {done.stderr[-600:]}")
        return done

    def update(self, *args, **how):
        return self.run("prices", "update", *self.service, *args, **how)

    @property
    def lock(self):
        path = self.path / LOCK
        return path.read_text() if path.exists() else None

    def rows(self):
        return yaml.load(self.lock, Loader=yaml.BaseLoader)["rows"]


def only(key, tiers, service=None, sku=None, **changes):
    """A list with the price of one key."""
    rows = [{**row, **changes} for row in ps.rows_of(key, tiers, REGION, sku)]
    return service or rows[0]["serviceCode"], rows


def serve(server, key, tiers, version=ps.VERSION):
    service, rows = only(key, tiers)
    server.forget()
    return server.offer(service, REGION, ps.csv_text(service, rows, version=version), version=version)


def all_keys(server, folder):
    """A list made from opsc's own tables has every price once, and none is another: the table of rows fits all keys, tiers and regions."""
    for region in (REGION, "us-east-1"):
        server.forget()
        # Classes of instances are thousands: of one region they are enough.
        prices = {key: tiers for key, tiers in ps.built_in(region).items() if region == REGION or "*" not in ps.list_row(key)[0]}
        wanted = {region: prices, "global": ps.built_in("global")}
        for place, prices in wanted.items():
            for service, body in ps.lists(place, prices).items():
                server.offer(service, place, body)
        project = Project(folder, server)
        said = project.update("--region", region).stdout
        check(" 0 changed, 0 new, 0 not taken, " in said, said[-3000:])
        unknown = {key for key in ps.LIST if "*" not in key and ps.cell(key, "service") and not any(key in prices for prices in wanted.values())}
        equal(set(re.findall(rf"^{region} (\S+): stays as it was: no product", said, re.M)), unknown, "keys that are not found")
        want = {f"{place}/{key}{'+%d' % i if i else ''}" for place, prices in wanted.items() for key, tiers in prices.items()
                for i in range(len(tiers)) if ps.rows_of(key, tiers, place)}
        equal(set(project.rows()) ^ want, set(), "keys of the lock that should not be there, or are missing")
        before, asked = project.lock, len(server.asked)
        check("is as it was" in project.update("--region", region).stdout, "a second run has nothing to do")
        equal(project.lock, before, "the lock after a second run")
        again = [path for path in server.asked[asked:] if path.endswith(".csv") and "/current/" not in path]
        equal(again, [], "lists of a known version that are read again")
    return project


def complete_table():
    """Every key of prices.yaml has a row of price_list.yaml or is named there as not being in the list, and the other way round."""
    equal([key for key in ps.DEFINED if "+" not in key and not ps.list_row(key)[0]], [], "keys without a row in catalog/tables/price_list.yaml")
    equal([row for row in ps.LIST if row not in ps.DEFINED], [], "rows of price_list.yaml which are no keys of prices.yaml")
    for name in os.listdir(ps.TABLES / "prices"):
        check(name[:-5] in ps.PREFIXES, f"usage_prefixes.yaml has no row {name[:-5]}")


def fates(server, folder):
    project = Project(folder, server)
    old = ps.built_in(REGION)["kms.key"]
    serve(server, "kms.key", [("0", "1.2")])
    check(f"{REGION} kms.key: 1 -> 1.2\n" in project.update("--check", status=1).stdout, "--check says what would change")
    equal(project.lock, None, "the lock after --check")
    check(f"{REGION} kms.key: 1 -> 1.2\n" in project.update().stdout, "a change is told")
    equal(project.rows()[f"{REGION}/kms.key"], "1.2 0 awskms -", "row")
    equal(old, [("0", "1")], "built-in price")
    project.update("--check")
    for day, (usd, jump) in enumerate((("1.8", False), ("2.8", True), ("0.5", True), ("0.75", False)), 10):
        service, rows = only("kms.key", [("0", usd)])
        server.forget()
        server.offer(service, REGION, ps.csv_text(service, rows, version="2026" + usd, day=f"2026-10-{day}"), version="2026" + usd)
        now = project.rows()[f"{REGION}/kms.key"].split()[0]
        said = project.update().stdout
        check(f"{REGION} kms.key: {now} -> {usd}" in said and ("NOT TAKEN" in said) == jump, said)
        equal(project.rows()[f"{REGION}/kms.key"].split()[0], now if jump else usd, "price")
        if jump:
            equal(project.rows()[f"{REGION}/kms.key"].split()[3], f"2026-10-{day - 1}", "the day of what was kept")
            check("NOT TAKEN" not in project.update("--accept").stdout, "--accept takes it")
            equal(project.rows()[f"{REGION}/kms.key"], f"{usd} 0 awskms -", "row")
    service, rows = only("cloudwatch.metric.custom", [("0", "0.3"), ("10000", "0.1"), ("250000", "0.09")])
    server.forget()
    server.offer(service, REGION, ps.csv_text(service, rows))
    check(re.search(r"cloudwatch.metric.custom: 0.0\d+ -> 0.\d+ NOT TAKEN", project.update().stdout), "a tier that is gone is not taken")
    shown = json.loads(project.run("prices", "show", "kms.*", "--format", "json").stdout)
    equal([(p["key"], p["locked"], p["tiers"]) for p in shown],
          [("kms.key", True, [{"from": "0", "usd": "0.75"}]), ("kms.request.symmetric", False, [{"from": "0", "usd": "0.000003"}])], "shown")


CLASSES = [name for name, cells in ps.table(f"class-prices/{REGION}").items() if cells["ec2.*.linux"] != "-"]


def never_a_guess(server, folder):
    """Whatever is not exactly one good price leaves the old one, and is told. Each case is the price of a class of its own."""
    one = [("0", "1.1")]
    cases = {
        "several products": lambda make: [make(one)[0], make(one, sku="OTHER")[0]],
        "several rows": lambda make: make([("0", "1.1"), ("0", "1.2")]),
        "US dollars": lambda make: make(one, Currency="CNY"),
        "is no number": lambda make: make([("0", "-1.1")]),
        "is no number, exponent": lambda make: make([("0", "1e99")]),
        "is no number, huge": lambda make: make([("0", "9" * 40)]),
        "is no number, empty": lambda make: make([("0", "")]),
        "is no number, words": lambda make: make([("0", "free")]),
        "is no number, hex": lambda make: make([("0", "0x1")]),
        "is no number, decimals": lambda make: make([("0", "1." + "1" * 30)]),
        "asks nothing": lambda make: make([("0", "0")]),
        "no allowance": lambda make: make([("0", "0"), ("10", "1")]),
        "range is no number": lambda make: make(one, EndingRange="1,000"),
        "follow": lambda make: [{**row, "EndingRange": "5" if row["StartingRange"] == "0" else "Inf"} for row in make([("0", "1.1"), ("10", "1")])],
        "follow, late": lambda make: make([("5", "1.1")]),
        "follow, no end": lambda make: make(one, EndingRange="10"),
        "too many": lambda make: make([(str(i), "1") for i in range(9)]),
        "another unit": lambda make: make(one, Unit="Quantity"),
        # Rows that are not looked at: nothing of them is told, for no such class was there before.
        ", family": lambda make: make(one, **{"Product Family": "Compute Instance (bare metal)"}),
        ", system": lambda make: make(one, **{"Operating System": "Windows"}),
        ", region": lambda make: [{**row, "usageType": row["usageType"].replace("EU-", "EUW2-")} for row in make(one)],
        ", no region": lambda make: [{**row, "usageType": row["usageType"].replace("EU-", "")} for row in make(one)],
        ", reserved": lambda make: make(one, TermType="Reserved"),
    }
    rows, keys = [], {}
    for (case, spoil), name in zip(cases.items(), CLASSES):
        keys[case] = f"ec2.{name}.linux"
        rows += spoil(lambda tiers, sku=None, key=keys[case], **changes: only(key, tiers, sku=sku, **changes)[1])
    project = Project(folder, server)
    server.forget()
    server.offer("AmazonEC2", REGION, ps.csv_text("AmazonEC2", rows))
    said = project.update("--accept").stdout
    for case, key in keys.items():
        with fault(f"row-{re.sub('[^a-z]+', '-', case.lower()).strip('-')}"):
            told = re.search(rf"^{REGION} {re.escape(key)}: (.*)", said, re.M)
            if case.startswith(","):
                equal(told, None, "what is told")
            else:
                check(told and told[1].startswith("stays as it was: ") and case.split(",")[0] in told[1], told and told[0])
            check(f"{REGION}/{key}" not in (project.rows() or {}), "it is in the lock")


def free_tiers(server, folder):
    """What the list has free is an allowance here: the tiers after it begin at nought, or where they were."""
    project = Project(folder, server)
    serve(server, "sns.delivery.email", [("0", "0"), ("1000", "0.00002"), ("5000", "0.000015")])
    said = project.update().stdout
    check(f"{REGION} sns.delivery.email: " in said, said)
    pool = ps.table("allowances")[ps.DEFINED["sns.delivery.email"]["always"]]
    second = "4000" if pool["tiers"] == "after" else "5000"
    rows = project.rows()
    equal([rows[f"{REGION}/sns.delivery.email"], rows[f"{REGION}/sns.delivery.email+1"]],
          ["0.00002 0 AmazonSNS -", f"0.000015 {second} AmazonSNS -"], "tiers")


def broken_lists(server, folder):
    """None of these changes the lock; each is told in words that name the list."""
    good = ps.csv_text("awskms", only("kms.key", [("0", "1.1")])[1])
    head, rest = good.split(b'"SKU"', 1)
    rest = b'"SKU"' + rest
    cases = {
        "html": (b"<html><body>Sorry</body></html>\n", "FormatVersion"),
        "empty": (b"", "header"),
        "only-head": (head, "header"),
        "no-line-end": (good[:-1], "inside of"),
        "mid-row": (good[:-30], "inside of"),
        "no-price-column": (good.replace(b'"PricePerUnit"', b'"Price"'), "PricePerUnit"),
        "no-usage-column": (good.replace(b'"usageType"', b'"usage"'), "usageType"),
        "nul": (good.replace(b"per thing", b"per\0thing"), "NUL"),
        "open-quote": (good.replace(b'"USD"', b'"USD'), "inside of quotes|number of fields"),
        "short-row": (good + b'"A","B"\n', "number of fields"),
        "long-row": (good + b'"' + b"x" * 70000 + b'"\n', "64 KiB"),
        "many-fields": (good + b'"",' * 2000 + b'""\n', "1024 fields"),
        "other-service": (ps.csv_text("awskms", [], code="AmazonEC2"), "another service"),
        "other-format": (good.replace(b"v1.0", b"v2.0"), "FormatVersion"),
        "no-version": (good.replace(b'"Version","', b'"Edition","'), "Version"),
        "bad-day": (good.replace(b'"2026-10-01T', b'"1 Oct 2026T'), "Publication Date"),
        "no-header": (head + b"x,y\n" * 100, "header"),
    }
    project = Project(folder, server, "awskms")
    serve(server, "kms.key", [("0", "1.2")], version="2025")
    project.update()
    before = project.lock
    for name, (body, word) in cases.items():
        with fault(f"list-{name}"):
            server.forget()
            server.offer("awskms", REGION, body, version="2027")
            said = project.update(status=3).stderr
            check(re.search(word, said) and "/awskms/2027/" in said and "nothing was changed" in said, said)
            equal(project.lock, before, "the lock")
            equal(set(os.listdir(project.path)), {"ops.yaml", LOCK}, "files")
    with fault("list-bare-quotes"):
        server.forget()
        server.offer("awskms", REGION, good.replace(b'""some kind""', b'"some, kind" x').replace(b"\n", b"\r\n"), version="2028")
        check("kms.key: 1.2 -> 1.1\n" in project.update().stdout, "quotes that are not doubled, and CRLF, are read")


def bad_servers(server, folder):
    project = Project(folder, server, "awskms")
    serve(server, "kms.key", [("0", "1.2")], version="2025")
    project.update()
    before = project.lock
    good = ps.csv_text("awskms", only("kms.key", [("0", "1.1")])[1])

    def fails(answer, word, *args, index=False, tries=None):
        server.forget()
        path = server.offer("awskms", REGION, answer, version="2027")
        if index:
            path = f"{ps.ROOT}awskms/current/region_index.json"
            server.answers[path] = answer
        said = project.update(*args, status=3).stderr
        check(re.search(word, said), said)
        equal(project.lock, before, "the lock")
        if tries:
            equal(server.asked.count(path), tries, "tries")

    for name, status, tries in (("404", 404, 1), ("403", 403, 1), ("500", 500, 4), ("503", 503, 4), ("429", 429, 4)):
        with fault(f"status-{name}"):
            fails(status, rf"refused \({name}\)", tries=tries)
    for name, body in (("html", b"<html>"), ("list", b"[]"), ("no-regions", b"{}"), ("cut", b'{"regions": {"eu-w'), ("deep", b"[" * 100000),
                       ("elsewhere", json.dumps({"regions": {REGION: {"currentVersionUrl": "https://example.com/x/index.json"}}}).encode()),
                       ("up", json.dumps({"regions": {REGION: {"currentVersionUrl": ps.ROOT + "../../x/index.json"}}}).encode()),
                       *((f"other-{i}", json.dumps({"regions": {REGION: {"currentVersionUrl": ps.ROOT + path + "/index.json"}}}).encode())
                         for i, path in enumerate((f"AmazonSNS/2027/{REGION}", "awskms/2027/us-east-1", REGION))),
                       ("number", json.dumps({"regions": {REGION: {"currentVersionUrl": 7}}}).encode())):
        with fault(f"index-{name}"):
            fails(body, "no list of AWS's regions", index=True)
    with fault("index-too-big"):
        fails(b" " * (9 << 20), "larger than opsc takes", index=True)
    with fault("password-of-a-mirror"):
        said = project.update(status=3, env={"OPSC_PRICE_URL": "https://shop:pass-w0rd@127.0.0.1:9"}).stderr
        check("pass-w0rd" not in said and "127.0.0.1:9" in said, said)
    with fault("redirect-to-http"):
        fails(lambda h: h.reply(302, b"", [("Location", server.url + "/x")]), "https only", tries=1)
    with fault("hangs"):
        fails(ps.sleeps(20), "sent nothing for too long", "--timeout", "1", tries=2)
    with fault("no-length"):
        def endless(handler):
            handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + good)
            handler.close_connection = True
        fails(endless, "where the answer ends", tries=4)
    with fault("cut-everywhere"):
        for cut in range(0, len(good), 97):
            fails(lambda h, cut=cut: h.reply(200, good, cut=cut), "cut off", tries=4)
    with fault("damaged-gzip"):
        fails(lambda h: h.reply(200, b"\x1f\x8bxxxxxxxxxxxxxxxx", [("Content-Encoding", "gzip")]), "cut off")
    with fault("nobody-there"):
        said = project.update(status=3, env={"OPSC_PRICE_URL": "http://127.0.0.1:1"}).stderr
        check("cannot be reached" in said and "in 4 tries" in said, said)
    for url in ("http://example.com", "ftp://127.0.0.1", "file:///etc", "http://127.0.0.1:80@example.com", "https://a b", "http://localhost.example.com"):
        with fault(f"url-{re.sub('[^a-z]+', '-', url)}"):
            check("https only" in project.update(status=3, env={"OPSC_PRICE_URL": url}).stderr, url)
    with fault("comes-back"):
        left = [500, 503]
        server.forget()
        server.offer("awskms", REGION, lambda h: left.pop() if left else good, version="2027")
        check("kms.key: 1.2 -> 1.1\n" in project.update().stdout, "after two failures it is read")
    with fault("cut-then-whole"):
        cuts = [400]
        server.forget()
        server.offer("awskms", REGION, lambda h: h.reply(200, good, cut=cuts.pop()) if cuts else good, version="2029")
        project.update()
        check(hashlib.sha256(good).hexdigest() in project.lock, "what was cut is read anew from its first byte")
    with fault("unwritable"):
        server.forget()
        server.offer("awskms", REGION, good, version="2030")
        lock = project.path / LOCK
        before = lock.read_text()
        lock.unlink()
        lock.mkdir()
        check("cannot" in project.run("prices", "update", status=3).stderr, "a folder is in the way")
        lock.rmdir()
        lock.write_text(before)


def tls(folder):
    """Only who can prove the name is believed."""
    server = ps.Server(certificates(str(folder)))
    project = Project(folder, server, "awskms")
    serve(server, "kms.key", [("0", "1.1")])
    server.packs = True
    with fault("unknown-authority"):
        check("cannot prove who it is" in project.update(status=3).stderr, "an authority that nobody trusts")
    with fault("other-name"):
        url = server.url.replace("localhost", "127.0.0.1")
        check("cannot prove" in project.update(status=3, env={"OPSC_PRICE_URL": url, "SSL_CERT_FILE": f"{folder}/ca.pem"}).stderr, "another name")
    with fault("other-authority"):
        check("cannot prove" in project.update(status=3, env={"SSL_CERT_FILE": f"{folder}/other.pem"}).stderr, "another authority")
    with test("tls-good-and-packed"):
        check("kms.key: 1 -> 1.1\n" in project.update(env={"SSL_CERT_FILE": f"{folder}/ca.pem"}).stdout, "it works")
    server.shutdown()


def folder_of_lists(folder):
    """--from DIR: the same without a network, byte by byte."""
    project = Project(folder)
    lists = project.path / "lists"
    lists.mkdir()
    check("no list" in project.run("prices", "update", "--from", "lists", status=3).stderr, "an empty folder")
    for service, body in ps.lists(REGION, {k: v for k, v in ps.built_in(REGION).items() if k.startswith(("kms", "ebs", "vpc"))}).items():
        (lists / f"{service}_{REGION}.csv").write_bytes(body)
    project.run("prices", "update", "--from", "lists")
    said = project.run("prices", "verify").stdout
    check(f"its checksum is right; {len(project.rows())} prices of " in said, said)
    first = project.lock
    project.run("prices", "update", "--from", "lists", "--accept")
    equal(project.lock, first, "the lock from the same lists")
    check("--from takes a folder" in project.run("prices", "update", "--from", "none", status=3).stderr, "no folder")
    (lists / f"AmazonEC2_{REGION}.csv").write_bytes(b"<html>\n")
    said = project.run("prices", "update", "--from", "lists", status=3).stderr
    check("line 1" in said and f"lists/AmazonEC2_{REGION}.csv" in said, said)
    equal(project.lock, first, "the lock")


def readers(server, folder):
    """`cost` takes from the lock what is there, says so, and reads nothing else; a damaged one is refused by all commands."""
    project = Project(folder, server)
    before = json.loads(project.run("cost", "--format", "json").stdout)["environments"][0]
    server.forget()
    server.offer("AmazonEC2", REGION, ps.csv_text("AmazonEC2", only("ec2.t3.micro.linux", [("0", "0.0137")])[1]))
    project.update()
    server.forget()
    asked = len(server.asked)
    after = json.loads(project.run("cost", "--format", "json").stdout)["environments"][0]
    equal(len(server.asked), asked, "requests of `opsc cost`")
    old = {line["price"]: line for line in before["lines"]}
    for line in after["lines"]:
        locked = line["price"] == "ec2.t3.micro.linux"
        equal(line["locked"], locked, line["price"])
        if locked:
            equal((line["list"]["low"], line["published"], line["source"]), ("10.001", ps.DAY, "AmazonEC2"), "line of the lock")
        else:
            equal(line, old[line["price"]], "a line of the tables")
    equal(after["prices"]["locked"], 1, "lines of the lock")
    said = project.run("cost").stdout
    check(f"those of 1 of {len(after['lines'])} lines are of {LOCK}, published on {ps.DAY}." in said, said)
    project.run("cost", "--prices-since", before["prices"]["oldest"])
    said = project.run("cost", "--prices-since", ps.DAY, status=1).stderr
    check(f"{len(after['lines']) - 1} prices are older than {ps.DAY}" in said or "1 price is older" in said, said)
    check(before["prices"]["oldest"] in said and "opsc prices update" in said, said)
    for no_day in "90", "2026-13-01", "2026-00-10", "2026-10-32", "2026-1-1":
        check("--prices-since takes a day" in project.run("cost", "--prices-since", no_day, status=2).stderr, no_day)
    lock = project.lock
    lines = lock.split("\n")
    broken = {"price": lock.replace("0.0137", "0.0037"), "cut": lock[:-5], "added": lock + "  eu-west-1/x: 1 0 X -\n", "empty": "",
              "conflict": "<<<<<<< HEAD\n" + lock, "no sum": "\n".join(lines[:3] + lines[4:]), "binary": "\udcff\0",
              "bytes": lock.replace("AmazonEC2", "Amazon\udcff")}
    for name, text in broken.items():
        with fault(f"lock-{name.replace(' ', '-')}"):
            (project.path / LOCK).write_bytes(text.encode("utf-8", "surrogateescape"))
            all_of_them = ["build", "--check"], ["lint"], ["prices", "verify"], ["prices", "show"], ["prices", "update"]
            for command in (["cost"], *(all_of_them if name == "price" else ())):
                check("OPS-2431" in project.run(*command, status=1).stderr, command)
    for name, body in {"number": "  eu-west-1/kms.key: 1e3 0 awskms -\n", "twice": "  a/k: 1 0 AmazonEC2 2026-01-01\n" * 2, "no day": "  a/k: 1 0 X -\n",
                       "no name": "  : 1 0 X 2026-01-01\n", "words": "  see here\n"}.items():
        with fault(f"lock-row-{name.replace(' ', '-')}"):
            text = re.sub(r"rows:\n", "rows:\n" + body, lock)
            (project.path / LOCK).write_text(resummed(text))
            check("OPS-2431" in project.run("lint", status=1).stderr, name)
    with fault("lock-other-version"):
        (project.path / LOCK).write_text(lock.replace("opsc_prices: 1", "opsc_prices: 2"))
        check("OPS-2432" in project.run("lint", status=1).stderr, "another version")
    (project.path / LOCK).write_text(lock)
    return project


def resummed(text):
    head, body = re.split(r"(?<=\n)(?=lists:)", text, maxsplit=1)
    return re.sub(r"sha256: .*", "sha256: " + hashlib.sha256(body.encode()).hexdigest(), head) + body


def usage(folder):
    project = Project(folder)
    for args, word in ((["prices"], "takes `update"), (["prices", "fetch"], "takes `update"), (["prices", "verify", "a", "b"], "takes"),
                       (["prices", "update", "--service", "Nothing"], "no price is in the list"),
                       (["prices", "update", "--timeout", "0"], "--timeout"), (["prices", "update", "--timeout", "x"], "--timeout")):
        check(word in project.run(*args, status=2).stderr, args)
    check("there is no `" in project.run("prices", "verify", status=1).stderr, "no lock")
    check("did you mean `ec2.t3.micro.linux`" in project.run("prices", "show", "ec2.t3.micr.linux", status=1).stderr, "a near key")
    (project.path / "other.yaml").write_text(SPEC.replace(REGION, "ap-southeast-6"))
    check("for these regions; `opsc prices update` may bring it" in project.run("prices", "show", "kms.key", "other.yaml", status=1).stderr, "a region without prices")
    check("does not know the region" in project.run("prices", "update", "--region", "eu-nowhere-1", "--from", ".", status=3).stderr, "a region")


def memory(server, folder):
    """A list of 64 MB goes through in half as much memory: the most that the process had, by the kernel."""
    program = ROOT / "build/opsc"
    if not program.exists():
        print("skip memory: build/opsc is not there (make all)")
        return
    text = ps.csv_text("AmazonEC2", only("ec2.t3.micro.linux", [("0", "0.0115")])[1])
    other = text.split(b"\n")[-2].replace(b"BoxUsage:t3.micro", b"DedicatedUsage:t3.micro") + b"\n"
    block, times = other * ((1 << 20) // len(other) + 1), 64

    def large(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(text) + times * len(block)))
        handler.end_headers()
        handler.wfile.write(text)
        for _ in range(times):
            handler.wfile.write(block)

    project = Project(folder, server)
    server.forget()
    server.offer("AmazonEC2", REGION, large)
    code = "import resource,subprocess,sys; r=subprocess.run(sys.argv[1:]); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(r.returncode)"
    done = subprocess.run([sys.executable, "-c", code, program, "prices", "update", "--service", "AmazonEC2"], cwd=project.path, capture_output=True, text=True,
                          check=False, env={**os.environ, "OPSC_PRICE_URL": server.url})
    equal(done.returncode, 0, f"status: {done.stderr}")
    kib = int(done.stdout.split()[-1])
    check(kib < 30 << 10, f"{kib} KiB for a list of 64 MB")
    check("ec2.t3.micro.linux: 0.0114 -> 0.0115\n" in done.stdout, done.stdout[-500:])


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="opsc-prices."))
    server = ps.Server()
    tests = {"complete-table": complete_table, "every-key": lambda: all_keys(server, folder), "fates": lambda: fates(server, folder),
             "never-a-guess": lambda: never_a_guess(server, folder), "free-tiers": lambda: free_tiers(server, folder),
             "broken-lists": lambda: broken_lists(server, folder), "bad-servers": lambda: bad_servers(server, folder), "tls": lambda: tls(folder),
             "from-folder": lambda: folder_of_lists(folder), "readers": lambda: readers(server, folder), "usage": lambda: usage(folder),
             "memory": lambda: memory(server, folder)}
    try:
        for name, run in tests.items():
            if len(sys.argv) > 1 and name not in sys.argv[1:]:
                continue
            with test(name):
                run()
    finally:
        server.shutdown()
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)


main()
