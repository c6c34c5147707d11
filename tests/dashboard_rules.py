# SPDX-License-Identifier: MIT
"""What CloudWatch takes as the body of a dashboard, and what we want of one.

Source: "Dashboard Body Structure and Syntax" of the CloudWatch API reference; that x + width stays within 24 columns
follows from the grid.
"""
import re

COLUMNS = 24
COLOUR = re.compile(r"#[0-9a-f]{6}")
METRIC_KEYS = {"title", "region", "view", "stacked", "period", "metrics", "annotations", "yAxis", "legend", "start", "end",
               "stat", "sparkline", "liveData", "timezone", "table", "accountId", "setPeriodToTimeRange"}
RENDER_KEYS = {"id", "stat", "label", "visible", "color", "period", "yAxis", "region", "accountId"}
STAT = re.compile(r"SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|wm|tc|ts)\d{1,2}(\.\d{1,2})?|p100")


def _metric_item(item, where):
    problems = []
    render = item[-1] if isinstance(item[-1], dict) else {}
    if "expression" in render:
        if len(item) != 1 or set(render) - {"expression", "label", "id", "color", "period", "yAxis", "visible", "region"}:
            problems.append(f"{where}: expression {item}")
    else:
        names = item[:-1] if render else item
        if len(names) < 2 or len(names) % 2 or len(names) > 62 or not all(isinstance(n, str) and n for n in names):
            problems.append(f"{where}: metric {item}")
        if set(render) - RENDER_KEYS or not STAT.fullmatch(render.get("stat", "Average")):
            problems.append(f"{where}: {render}")
    if "id" in render and not re.fullmatch(r"[a-z][a-zA-Z0-9_]*", render["id"]):
        problems.append(f"{where}: id {render['id']}")
    return problems


def _metric_widget(p, where):
    problems = []
    if set(p) - METRIC_KEYS:
        problems.append(f"{where}: unknown keys {sorted(set(p) - METRIC_KEYS)}")
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", p.get("region", "")):
        problems.append(f"{where}: region {p.get('region')}")
    if p.get("view") not in ("timeSeries", "singleValue", "gauge", "bar", "pie", "table"):
        problems.append(f"{where}: view {p.get('view')}")
    if p.get("period", 300) % 60 or p.get("period", 300) <= 0:
        problems.append(f"{where}: period {p['period']}")
    metrics = p.get("metrics", [])
    if not 1 <= len(metrics) <= 500:
        problems.append(f"{where}: {len(metrics)} metrics")
    ids = [m[-1]["id"] for m in metrics if isinstance(m[-1], dict) and "id" in m[-1]]
    if len(ids) != len(set(ids)):
        problems.append(f"{where}: ids twice: {ids}")
    used = set()
    for m in metrics:
        problems += _metric_item(m, where)
        if isinstance(m[-1], dict) and "expression" in m[-1] and "SEARCH(" not in m[-1]["expression"]:
            used |= set(re.findall(r"\b([em]\d+)\b", m[-1]["expression"]))
    if used - set(ids):
        problems.append(f"{where}: computed from {sorted(used - set(ids))}, which is not there")
    for a in p.get("annotations", {}).get("horizontal", []):
        if not isinstance(a["value"], (int, float)) or not COLOUR.fullmatch(a["color"]) or a["fill"] not in ("above", "below", "none"):
            problems.append(f"{where}: annotation {a}")
    if not p.get("title"):
        problems.append(f"{where}: no title")
    return problems


def problems_of(body):
    """Everything that CloudWatch would refuse, and rows that do not fill the page."""
    problems, rows, metrics = [], {}, 0
    if set(body) - {"widgets", "variables", "start", "end", "periodOverride"}:
        problems.append(f"unknown keys in {sorted(body)}")
    if not re.fullmatch(r"-P(T\d+[MH]|\d+[DWM])", body.get("start", "-PT3H")):
        problems.append(f"start {body['start']}")
    widgets = body["widgets"]
    if not 1 <= len(widgets) <= 500:
        problems.append(f"{len(widgets)} widgets")
    for i, w in enumerate(widgets):
        where, p = f"widget {i}", w["properties"]
        if not (0 <= w["x"] < COLUMNS and 1 <= w["width"] <= COLUMNS - w["x"] and w["y"] >= 0 and 1 <= w["height"] <= 1000):
            problems.append(f"{where}: {w['x']},{w['y']} {w['width']}x{w['height']}")
        rows.setdefault(w["y"], []).append((w["x"], w["width"], w["height"]))
        if w["type"] == "metric":
            problems += _metric_widget(p, where)
            metrics += len(p.get("metrics", []))
        elif w["type"] == "text":
            if not p.get("markdown") or p.get("background") not in (None, "solid", "transparent"):
                problems.append(f"{where}: text {p}")
        elif w["type"] == "alarm":
            if not 1 <= len(p.get("alarms", [])) <= 100 or set(p) - {"alarms", "title", "sortBy", "states"}:
                problems.append(f"{where}: alarms {p}")
        else:
            problems.append(f"{where}: type {w['type']}")
    if metrics > 2500:
        problems.append(f"{metrics} metrics")
    y = 0
    for top in sorted(rows):
        row = sorted(rows[top])
        x = 0
        for left, width, _ in row:
            if left != x:
                problems.append(f"row {top}: a gap or an overlap at column {left}")
            x = left + width
        if x != COLUMNS or len({h for _, _, h in row}) != 1:
            problems.append(f"row {top}: ends at column {x}, heights {[h for _, _, h in row]}")
        if top != y:
            problems.append(f"row {top}: the one before ends at {y}")
        y = top + row[0][2]
    return problems
