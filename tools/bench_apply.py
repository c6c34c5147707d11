#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long opsc apply takes to create the alarms of a spec beside terraform apply, in an account that allows what AWS does.

    tools/bench_apply.py BUILD [N]     BUILD: folder with opsc; N: alarms, 1000 without

The account is moto's server behind tests/moto_watch.py, which refuses what is asked faster than QUOTAS, as AWS does. The least
time is what the quota of PutMetricAlarm alone takes.
"""
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
os.environ["OPSC"] = os.path.join(BUILD, "opsc")
sys.path[:0] = [os.path.join(HERE, "bench"), os.path.join(os.path.dirname(HERE), "tests")]
import account  # noqa: E402
from emulator_support import Server  # noqa: E402
from terraform_support import OPSC, build, need_terraform  # noqa: E402

# Calls a second: "CloudWatch service quotas", Amazon CloudWatch User Guide.
QUOTAS = {"PutMetricAlarm": 3, "DescribeAlarms": 9, "PutDashboard": 10, "ListTagsForResource": 10}
RESOURCES = 20


def spec(n):
    out = ["opsc: 1\nproject: shop\naws: { region: eu-west-1 }\nnotify: ops@shop.example\nresources:\n"]
    out += [f"  db-{i}: {{ kind: rds, id: shop-{i}, engine: postgres, class: db.t3.small, storage: 50 GiB, alarms: none }}\n"
            for i in range(RESOURCES)]
    out.append("alarms:\n")
    out += [f"  busy-{i}: {{ when: avg(db-{i % RESOURCES}.cpu) > {i % 90 + 5}% for 5m }}\n" for i in range(n)]
    return "".join(out)


def timed(server, argv, folder, env):
    """(seconds, requests, those that were refused)"""
    server.watched({"quotas": QUOTAS})
    began = time.monotonic()
    done = subprocess.run(argv, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    took = time.monotonic() - began
    told = server.watched({"quotas": QUOTAS})
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(argv)} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
    return took, told["others"] + sum(told["calls"].values()), told["throttled"]


def main():
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    terraform = need_terraform("bench-apply")
    with tempfile.TemporaryDirectory(prefix="opsc-bench.") as folder:
        server = Server(folder)
        try:
            path, root = os.path.join(folder, "ops.yaml"), os.path.join(folder, "out", "terraform")
            with open(path, "w", encoding="utf-8") as f:
                f.write(spec(n))
            print(build(path, os.path.join(folder, "out")).splitlines()[-1].partition(": ")[2], flush=True)
            print(f"\n  {'':<16} {'clock':>9} {'alarms a second':>17} {'requests':>9} {'too fast':>9}\n"
                  f"  {'the quota alone':<16} {n / QUOTAS['PutMetricAlarm']:>7.1f} s {QUOTAS['PutMetricAlarm']:>17.2f}", flush=True)
            account.override(root, retries=25)
            status, text = terraform.init(root)
            if status != 0:
                raise SystemExit(text[-3000:])
            for name, argv, env in (("opsc apply", [OPSC, "apply", "--yes", path], account.ours(server.url)),
                                    ("terraform apply", [terraform.program, "apply", "-auto-approve", "-input=false", "-no-color"],
                                     account.theirs(terraform, server.url))):
                server.reset()
                took, requests, refused = timed(server, argv, root, env)
                print(f"  {name:<16} {took:>7.1f} s {n / took:>17.2f} {requests:>9} {refused:>9}", flush=True)
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
