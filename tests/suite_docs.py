#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What README.md and docs/language.md show is true: every YAML block there compiles, completed by a small spec where it is a
part of one; every file that a page links to exists."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.path.abspath(os.environ.get("OPSC", str(ROOT / "build/asan/opsc")))
PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", *sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/*.md")),
         *sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("examples/*/README.md"))]

# What a part of a spec is completed by, section by section.
REST = {
    "opsc": "opsc: 1\n",
    "project": "project: shop\n",
    "aws": "aws: { region: us-east-1, account: \"123456789012\" }\n",
    "notify": "notify: { ops: { email: ops@shop.example } }\n",
    "resources": "resources:\n  web: { kind: ec2, id: i-0a1b2c3d4e5f67890, type: t3.small, role: shop-web }\n"
                 "  db: { kind: rds, id: shop-db, engine: postgres, class: db.m7g.large, storage: 50 GiB }\n"
                 "  api: { kind: app, on: web, port: 8080, image: shop/api, logs: [] }\n",
    "alarms": "alarms: { recommended: all, replica-behind: billing.estimated_charges > $900 }\n",
}


def verdict(name, why=None):
    print(f"ok {name}" if not why else f"FAIL {name}: {why}")


def compiles(block):
    keys = set(re.findall(r"^([a-z]+):", block, re.M))
    rest = "".join(text for key, text in REST.items() if key not in keys)
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "ops.yaml").write_text(rest + block)
        result = subprocess.run([OPSC, "lint"], cwd=folder, capture_output=True, text=True, check=False)
    return None if result.returncode == 0 else result.stderr[:600]


def readme_output():
    """The summary and the alarm in README.md are what its spec becomes."""
    text = (ROOT / "README.md").read_text()
    spec, summary, alarm = (re.search(p, text, re.M | re.S).group(1) for p in (
        r"^```yaml\n(.*?)^```", r"^\$ opsc build\n(.*?)^```", r"^```hcl\n(.*?)^```"))
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "ops.yaml").write_text(spec)
        result = subprocess.run([OPSC, "build"], cwd=folder, capture_output=True, text=True, check=False)
        alarms = pathlib.Path(folder, "terraform/modules/monitoring/alarms.tf")
        made = alarms.read_text() if alarms.exists() else ""
    verdict("README.md-summary", None if result.stdout == summary else f"it is {result.stdout!r} {result.stderr}")
    verdict("README.md-alarm", None if alarm in made else "the alarm is another one now")


def main():
    readme_output()
    for page in ("README.md", "docs/language.md", "docs/deploy_aws.md"):
        blocks = re.findall(r"^```yaml\n(.*?)^```", (ROOT / page).read_text(), re.M | re.S)
        verdict(f"{page}-has-examples", None if blocks else "none found")
        for number, block in enumerate(blocks, 1):
            verdict(f"{page}-example-{number}", compiles(block))
    for page in PAGES:
        text = (ROOT / page).read_text()
        links = [link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in link]
        broken = [link for link in links if not (ROOT / page).parent.joinpath(link).exists()]
        verdict(f"{page}-links", f"nothing at {' '.join(broken)}" if broken else None)


sys.exit(main())
