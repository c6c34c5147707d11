#!/usr/bin/env python3
"""Large specs: what CloudWatch limits is kept, nothing is lost, nothing fails for its size alone."""
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tools", "bench"))
import spec as specs  # noqa: E402

OPSC = os.environ.get("OPSC", os.path.join(ROOT, "build", "asan", "opsc"))
WIDGETS_MAX, METRICS_MAX, ALARMS_PER_WIDGET_MAX = 500, 2500, 100  # CloudWatch's


def say(name, why):
    print(f"FAIL {name}: {why}" if why else f"ok {name}")


def build(folder, text):
    with open(os.path.join(folder, "ops.yaml"), "w", encoding="utf-8") as f:
        f.write(text)
    return subprocess.run([OPSC, "build", "ops.yaml", "-o", "out"], cwd=folder, capture_output=True, text=True, check=False)


def dashboards(folder):
    where = os.path.join(folder, "out", "terraform", "modules", "monitoring", "dashboards")
    for name in sorted(os.listdir(where)):
        with open(os.path.join(where, name), encoding="utf-8") as f:
            yield name, json.load(f)["widgets"]


def too_large(folder):
    for name, widgets in dashboards(folder):
        metrics = sum(len(w["properties"].get("metrics", [])) for w in widgets)
        shown = max([len(w["properties"]["alarms"]) for w in widgets if w["type"] == "alarm"], default=0)
        if len(widgets) > WIDGETS_MAX or metrics > METRICS_MAX or shown > ALARMS_PER_WIDGET_MAX:
            return f"{name} has {len(widgets)} widgets, {metrics} metrics, {shown} alarms in one widget"
    return None


def inferred():
    """1,200 alarms on 120 resources make several dashboards, which together draw every resource once."""
    text = specs.spec(1200)
    with tempfile.TemporaryDirectory() as folder:
        done = build(folder, text[:text.index("\ndashboards:")] + "\n")
        say("inferred-dashboards-build", done.stderr[:500] if done.returncode else None)
        if done.returncode:
            return
        say("inferred-dashboards-fit", too_large(folder))
        all_of = list(dashboards(folder))
        say("inferred-dashboards-are-several", None if len(all_of) > 1 else f"there is {len(all_of)}")
        titles = [w["properties"]["title"] for _, widgets in all_of for w in widgets if w["type"] == "metric"]
        lost = [r for r in (specs.resource_name(k) for k in range(120))
                if not any(t.startswith(f"{r}: ") for t in titles)]
        twice = len(titles) - len(set(titles))
        say("inferred-dashboards-draw-everything", f"not drawn: {lost[:5]}; twice: {twice}" if lost or twice else None)
        say("nothing-to-do-afterwards", None if "is up to date" in build(folder, text[:text.index(
            "\ndashboards:")] + "\n").stdout else "the second build is not up to date")


def one_for_all():
    """More alarms than one dashboard can show: it shows those whose metrics it draws."""
    with tempfile.TemporaryDirectory() as folder:
        done = build(folder, specs.spec(5200))
        say("one-dashboard-builds", done.stderr[:500] if done.returncode else None)
        if done.returncode:
            return
        say("one-dashboard-fits", too_large(folder))
        (_, widgets), = dashboards(folder)
        shown = [arn for w in widgets if w["type"] == "alarm" for arn in w["properties"]["alarms"]]
        drawn = {specs.resource_name(k) for k in range(4)}
        strangers = [arn for arn in shown if not any(f"production-{r}-" in arn for r in drawn)]
        say("one-dashboard-shows-what-it-draws", None if shown and not strangers else f"{len(shown)} shown, {strangers[:3]}")


inferred()
one_for_all()
