#!/usr/bin/env python3
"""How long opsc takes to build specs of many alarms.   tools/bench.py OPSC [N...]

A spec has N alarms on one host, all enabled. Each line is the median of some runs: the first build into an empty
folder, and the build after it, which has nothing to write. Memory is the largest resident set.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HEAD = """opsc: 1
project: bench
environment: production
aws: { region: us-east-1 }
notify:
  ops: { email: ops@example.com }
resources:
  web: { kind: ec2, id: i-0123456789abcdef0 }
alarms:
"""


def spec(n):
    rows = (f"  alarm-{i:05d}: {{ when: avg(web.cpu) > {1 + i % 99}% for 5m }}\n" for i in range(n))
    return HEAD + "".join(rows)


def run(argv, cwd):
    start = time.monotonic()
    child = subprocess.Popen(argv, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"bench: {' '.join(argv)} ended with {child.returncode}\n{text.decode(errors='replace')[:2000]}")
    scale = 1 if sys.platform == "darwin" else 1024
    return time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss * scale


def median(rows):
    wall, cpu, rss = zip(*rows)
    return f"{1e3 * statistics.median(wall):8.1f} ms wall {1e3 * statistics.median(cpu):8.1f} ms cpu {max(rss) / 1e6:7.1f} MB"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    opsc = os.path.abspath(sys.argv[1])
    sizes = [int(n) for n in sys.argv[2:]] or [10, 100, 1000, 10000]
    with tempfile.TemporaryDirectory(prefix="opsc-bench.") as tmp:
        starts = [run([opsc, "--version"], tmp) for _ in range(21)]
        print(f"{'start':>6} {'--version':<14} {median(starts)}")
        for n in sizes:
            with open(os.path.join(tmp, "ops.yaml"), "w", encoding="utf-8") as f:
                f.write(spec(n))
            argv = [opsc, "build", "ops.yaml", "-o", "out"]
            fresh, again = [], []
            for _ in range(9 if n <= 1000 else 5):
                shutil.rmtree(os.path.join(tmp, "out"), ignore_errors=True)
                fresh.append(run(argv, tmp))
                again.append(run(argv, tmp))
            print(f"{n:>6} {'build':<14} {median(fresh)}")
            print(f"{n:>6} {'build again':<14} {median(again)}")


main()
