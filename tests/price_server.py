# SPDX-License-Identifier: MIT
"""A server that has price lists in AWS's form, and can be told to be a bad one; and such lists, made from opsc's own tables."""
import contextlib
import csv
import gzip
import hashlib
import http.server
import io
import json
import pathlib
import re
import ssl
import threading
import time
from fractions import Fraction

import yaml

TABLES = pathlib.Path(__file__).resolve().parent.parent / "catalog/tables"
ROOT = "/offers/v1.0/aws/"
VERSION, DAY = "20261001120000", "2026-10-01"
COLUMNS = ["SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate", "StartingRange", "EndingRange", "Unit",
           "PricePerUnit", "Currency", "Product Family", "serviceCode", "Location", "usageType", "operation"]


def table(name):
    """{row: {column: cell}} of catalog/tables/NAME.yaml; YAML to this reader."""
    text = yaml.load((TABLES / f"{name}.yaml").read_text(), Loader=yaml.BaseLoader)
    return {row: dict(zip(text["columns"], cells.split())) for row, cells in text["rows"].items()}


LIST, DEFINED = table("price_list"), table("prices")
PREFIXES = {region: [p for p in cells.values() if p != "-"] for region, cells in table("usage_prefixes").items()}


def cell(row, column):
    text = LIST[row].get(column, "-")
    return "" if text == "-" else text


def list_row(key):
    """The row of price_list.yaml, and what its * stands for."""
    if key in LIST:
        return key, ""
    for row in LIST:
        match = re.fullmatch(re.escape(row).replace(r"\*", "([a-z0-9.-]+)"), key) if "*" in row else None
        if match:
            return row, match.group(1)
    return None, ""


def built_in(region):
    """{key: [(from, usd), ...]} of the tables: what opsc has for a region, and for all (under the region `global`)."""
    prices = {}
    if region == "global":
        for row, cells in DEFINED.items():
            if cells.get("global", "-") != "-":
                prices.setdefault(row.split("+")[0], []).append((cells["from"], cells["global"]))
        return prices
    for row, cells in table(f"prices/{region}").items():
        prices.setdefault(row.split("+")[0], []).append((DEFINED[row]["from"] if row in DEFINED else "0", cells["usd"]))
    for name, cells in table(f"class-prices/{region}").items():
        for column, usd in cells.items():
            if usd != "-":
                prices.setdefault(column.replace("*", name), [("0", usd)])
    return prices


def rows_of(key, tiers, region, sku=None):
    """The rows of a list that ask these tiers for a key; empty when the list does not have it."""
    row, name = list_row(key)
    if not cell(row, "service"):
        return []
    prefix = PREFIXES[region][-1 if region == "us-east-1" else 0]
    prefix = "" if prefix == "none" else prefix + "-"
    made, each = [], Fraction(cell(row, "each") or 1)
    for i, (start, usd) in enumerate(tiers):
        end = tiers[i + 1][0] if i + 1 < len(tiers) else "Inf"
        if each != 1:
            usd = f"{float(Fraction(usd) * each):.10f}"
        one = {"SKU": sku or "SKU" + hashlib.sha256(key.encode()).hexdigest()[:16].upper(), "OfferTermCode": "JRTCKXETXF", "TermType": "OnDemand", "StartingRange": start,
               "EndingRange": end, "Unit": cell(row, "unit").split("|")[0] or "Thing", "PricePerUnit": usd, "Currency": "USD",
               "PriceDescription": f"${usd} per thing of \"some kind\"", "EffectiveDate": DAY, "serviceCode": cell(row, "service"),
               "Product Family": cell(row, "family").replace("-", " "), "usageType": prefix + cell(row, "usage").replace("*", name),
               "operation": cell(row, "operation")}
        one["RateCode"] = f"{one['SKU']}.JRTCKXETXF.{i}"
        for need in filter(None, cell(row, "with").split(",")):
            column, value = need.split("=")
            # In the tables - is a space too; which of them are hyphens is AWS's business.
            one[column.replace("-", " ")] = value.replace("-", " ") if value not in ("Single-AZ", "Multi-AZ") else value
        made.append(one)
    return made


def csv_text(service, rows, version=VERSION, day=DAY, code=None):
    """As AWS writes it: all fields in quotes."""
    columns = COLUMNS + sorted({c for row in rows for c in row} - set(COLUMNS))
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for head in (("FormatVersion", "v1.0"), ("Disclaimer", "for information, only"), ("Publication Date", day + "T20:48:02Z"),
                 ("Version", version), ("OfferCode", code or service)):
        writer.writerow(head)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([row.get(c, "") for c in columns])
    return out.getvalue().encode()


def lists(region, prices, **head):
    """{service: CSV} that ask these prices."""
    rows = {}
    for key, tiers in prices.items():
        for row in rows_of(key, tiers, region):
            rows.setdefault(row["serviceCode"], []).append(row)
    return {service: csv_text(service, found, **head) for service, found in rows.items()}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are written apart: without it the body waits for an answer to the head.
    disable_nagle_algorithm = True

    def do_GET(self):
        self.server.asked.append(self.path)
        answer = self.server.answers.get(self.path, 404)
        if callable(answer):
            answer = answer(self)
        if answer is None:
            return
        status, body = (answer, b"") if isinstance(answer, int) else (200, answer)
        self.reply(status, body)

    def reply(self, status, body, headers=(), cut=None):
        packed = "gzip" in self.headers.get("Accept-Encoding", "") and status == 200 and self.server.packs
        body = gzip.compress(body, 1) if packed else body
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body if cut is None else body[:cut])
            self.wfile.flush()
        self.close_connection = self.close_connection or cut is not None

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tls=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.asked, self.packs = {}, [], False
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls + "/server.crt", tls + "/server.key")
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"https://localhost:{self.server_port}" if tls else f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request, client_address):
        pass

    def offer(self, service, region, body, version=VERSION):
        """Has the list; the index of regions as well."""
        if region == "global":
            self.answers[f"{ROOT}{service}/current/index.csv"] = body
            return None
        path = f"{ROOT}{service}/{version}/{region}/index.csv"
        index = f"{ROOT}{service}/current/region_index.json"
        regions = getattr(self, "regions", {})
        regions.setdefault(service, {})[region] = {"regionCode": region, "currentVersionUrl": path.replace(".csv", ".json")}
        self.regions = regions
        self.answers[path] = body
        self.answers[index] = json.dumps({"formatVersion": "v1.0", "regions": regions[service]}).encode()
        return path

    def forget(self):
        self.answers, self.asked, self.regions, self.packs = {}, [], {}, False


def sleeps(seconds):
    def answer(_handler):
        time.sleep(seconds)
    return answer
