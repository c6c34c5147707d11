#!/usr/bin/env python3
"""How long opsc takes, beside the floor and beside other ways to make the same alarms.

    tools/bench.py OPSC FLOOR [N...]        N: alarms; 10 100 1000 10000 100000 without

One run measures everything, as numbers of two runs, or of two machines, say little. The floor is libyaml's events of the
same ops.yaml and as many bytes in as many files (tools/bench/floor.c). Of each line: the median of some runs, processor
time beside the time on the clock, the largest resident set, and how much of the floor's time it is.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench"))
import spec as specs  # noqa: E402
import peers  # noqa: E402

BUDGET_S = 8.0  # of one line; a slow one gets fewer runs
PEER_SLOW_S = 10.0  # an alternative that took longer is not run at the next size
RSS_SCALE = 1 if sys.platform == "darwin" else 1024


class Bench:
    def __init__(self, opsc, floor, folder):
        self.opsc, self.floor, self.folder = opsc, floor, folder
        self.out = os.path.join(folder, "out")
        self.slow = set()

    def once(self, argv, stdin=None):
        source = open(stdin, "rb") if stdin else subprocess.DEVNULL
        start = time.monotonic()
        child = subprocess.Popen(argv, cwd=self.folder, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        text = child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if stdin:
            source.close()
        if child.returncode != 0:
            sys.exit(f"bench: {' '.join(argv)} ended with {child.returncode}\n{text.decode(errors='replace')[:2000]}")
        return wall, used.ru_utime + used.ru_stime, used.ru_maxrss * RSS_SCALE

    def median(self, argv, before=None, stdin=None):
        rows, spent = [], 0.0
        while len(rows) < 3 or (spent < BUDGET_S and len(rows) < 15):
            if rows and spent > 2 * BUDGET_S:
                break
            if before:
                before()
            rows.append(self.once(argv, stdin))
            spent += rows[-1][0]
        wall, cpu, rss = zip(*rows)
        return statistics.median(wall), statistics.median(cpu), max(rss), len(rows)

    def empty(self):
        shutil.rmtree(self.out, ignore_errors=True)

    def only_folders(self):
        for folder, _, files in os.walk(self.out):
            for name in files:
                os.remove(os.path.join(folder, name))

    def sizes(self):
        """Writes the list of what opsc wrote, for the floor. Returns (bytes, files)."""
        rows = []
        for folder, _, files in os.walk(self.out):
            for name in files:
                path = os.path.join(folder, name)
                rows.append((os.path.getsize(path), os.path.relpath(path, self.out)))
        with open(os.path.join(self.folder, "list"), "w", encoding="utf-8") as f:
            f.writelines(f"{size} {path}\n" for size, path in rows)
        return sum(size for size, _ in rows), len(rows)


def human(seconds):
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def line(name, figures, floor):
    wall, cpu, rss, runs = figures
    ratio = f"{wall / floor:.2f}" if floor else ""
    print(f"  {name:<30} {human(wall):>10} {human(cpu):>10} {rss / 1e6:>8.1f} MB {ratio:>9} {runs:>5}", flush=True)


def measure(b, n):
    with open(os.path.join(b.folder, "ops.yaml"), "w", encoding="utf-8") as f:
        f.write(specs.spec(n))
    with open(os.path.join(b.folder, "alarms.json"), "w", encoding="utf-8") as f:
        json.dump(specs.split(n), f)
    build = [b.opsc, "build", "ops.yaml", "-o", "out"]
    b.empty()
    b.once(build)
    size, files = b.sizes()
    source = os.path.getsize(os.path.join(b.folder, "ops.yaml"))
    print(f"\n{n} alarms on {specs.count(n)} resources: {source / 1e6:.3f} MB of YAML, {size / 1e6:.3f} MB in {files} files")
    print(f"  {'':<30} {'clock':>10} {'processor':>10} {'memory':>11} {'of floor':>9} {'runs':>5}")
    floor = b.median([b.floor, "ops.yaml", "out"], b.only_folders, os.path.join(b.folder, "list"))
    line("floor", floor, None)
    first = b.median(build, b.empty)
    line("opsc build", first, floor[0])
    for name, argv in [("opsc build, nothing to do", build), ("opsc build --check", [*build, "--check"]),
                       ("opsc lint", [b.opsc, "lint", "ops.yaml"])]:
        line(name, b.median(argv), floor[0])
    fastest = None
    for peer in peers.found():
        if peer.name in b.slow:
            print(f"  {peer.name:<30} not run: took more than {PEER_SLOW_S:.0f} s at a smaller size")
            continue
        figures = b.median(peer.argv(b.folder, n), b.empty)
        line(peer.name, figures, floor[0])
        if figures[0] > PEER_SLOW_S:
            b.slow.add(peer.name)
        if fastest is None or figures[0] < fastest[1]:
            fastest = peer.name, figures[0]
    if fastest:
        print(f"  opsc build takes {first[0] / fastest[1]:.2f} of the time of the fastest alternative ({fastest[0]})")
    return n, first, floor


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    opsc, floor = (os.path.abspath(path) for path in sys.argv[1:3])
    sizes = [int(n) for n in sys.argv[3:]] or [10, 100, 1000, 10000, 100000]
    for name, why in peers.missing():
        print(f"not measured: {name}: {why}")
    with tempfile.TemporaryDirectory(prefix="opsc-bench.") as folder:
        b = Bench(opsc, floor, folder)
        wall, cpu, rss, _ = b.median([opsc, "--version"])
        print(f"start (opsc --version): {human(wall)}, processor {human(cpu)}, {rss / 1e6:.1f} MB")
        done = [measure(b, n) for n in sizes]
    print("\nopsc build by size:")
    for n, first, floor_ in done:
        print(f"  {n:>7} alarms {human(first[0]):>10} {1e6 * first[0] / n:>9.1f} us an alarm {first[2] / 1e6:>8.1f} MB"
              f"   {first[0] / floor_[0]:.2f} of the floor")
    print("\nAlternatives are given alarms split into fields and write the alarms alone, without checks: see tools/bench/.")


main()
