#!/usr/bin/env python3
"""How long opsc takes, beside the floor and beside other ways to make the same alarms.

    tools/bench.py BUILD [N...]       BUILD: folder with opsc, bench-floor, bench-run; N: alarms, 10 to 100000 without

One run measures everything, line by line in turns, as numbers of two runs or of two machines say little. The floor is
libyaml's events of the same ops.yaml and as many bytes in as many files (tools/bench/floor.c). Files are in memory
(/dev/shm) where that can be had: a disk would measure the disk. Times are medians; processor time is what to compare
when the machine does something else besides.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "bench"))
import peers  # noqa: E402
import spec as specs  # noqa: E402

PAGES_MAX = 10000  # a file for every alarm: more are a measurement of the file system
ROUNDS_MAX = 15
ROUNDS_MIN = 3
BUDGET_S = 40.0  # of one size
PEER_SLOW_S = 10.0  # an alternative that takes longer than this is not run at the next size


class Line:
    """One command that is measured, and what must be done before each of its runs."""

    def __init__(self, name, argv, before=None, stdin=None):
        self.name, self.argv, self.before, self.stdin = name, argv, before, stdin
        self.runs = []

    def median(self, column):
        return statistics.median(run[column] for run in self.runs)

    clock = property(lambda self: self.median(0) / 1e9)
    processor = property(lambda self: self.median(1) / 1e9)
    memory = property(lambda self: max(run[2] for run in self.runs))


class Bench:
    def __init__(self, build, folder):
        self.opsc, self.floor, self.runner = (os.path.join(build, n) for n in ("opsc", "bench-floor", "bench-run"))
        self.folder = folder
        self.out = os.path.join(folder, "out")
        self.slow = set()

    def run(self, line):
        if line.before:
            line.before()
        source = open(line.stdin, "rb") if line.stdin else None
        done = subprocess.run([self.runner, *line.argv], cwd=self.folder, stdin=source or subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        if source:
            source.close()
        if done.returncode != 0:
            sys.exit(f"bench: {' '.join(line.argv)} ended with {done.returncode}\n{done.stderr[:2000]}")
        line.runs.append([int(word) for word in done.stdout.split()])

    def measure(self, lines):
        start = time.monotonic()
        for i in range(ROUNDS_MAX):
            if i >= ROUNDS_MIN and time.monotonic() - start > BUDGET_S:
                break
            for line in lines:
                if not line.runs or line.clock < PEER_SLOW_S:
                    self.run(line)

    def empty(self):
        shutil.rmtree(self.out, ignore_errors=True)

    def no_pages(self):
        shutil.rmtree(os.path.join(self.folder, "pages"), ignore_errors=True)

    def only_folders(self):
        for folder, _, files in os.walk(self.out):
            for name in files:
                os.remove(os.path.join(folder, name))

    def built(self):
        self.empty()
        self.run(Line("", [self.opsc, "build", "ops.yaml", "-o", "out"]))

    def write_sizes(self):
        """The list of what opsc wrote, for the floor. Returns (bytes, files)."""
        rows = []
        for folder, _, files in os.walk(self.out):
            for name in files:
                path = os.path.join(folder, name)
                rows.append((os.path.getsize(path), os.path.relpath(path, self.out)))
        with open(os.path.join(self.folder, "list"), "w", encoding="utf-8") as f:
            f.writelines(f"{size} {path}\n" for size, path in rows)
        return sum(size for size, _ in rows), len(rows)

    def lines(self, n):
        build = [self.opsc, "build", "ops.yaml", "-o", "out"]
        # The order matters: the floor finds the folders of the build before it; what follows a build finds its files.
        own = [Line("opsc build", build, self.empty), Line("opsc build, nothing to do", build),
               Line("opsc build --check", [*build, "--check"]), Line("opsc lint", [self.opsc, "lint", "ops.yaml"]),
               Line("the floor", [self.floor, "ops.yaml", "out"], self.only_folders, os.path.join(self.folder, "list"))]
        if n <= PAGES_MAX:
            pages = [self.opsc, "build", "pages.yaml", "-o", "pages"]
            own.insert(-1, Line("opsc build with runbooks", pages, self.no_pages))
        return own, [Line(p.name, p.argv(self.folder), self.empty) for p in peers.found() if p.name not in self.slow]


def human(seconds):
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def show(line, floor):
    print(f"  {line.name:<28} {human(line.clock):>10} {human(line.processor):>10} {line.memory / 1e6:>8.1f} MB"
          f" {line.clock / floor.clock:>8.2f} {line.processor / floor.processor:>10.2f} {len(line.runs):>5}")


def size(b, n):
    with open(os.path.join(b.folder, "ops.yaml"), "w", encoding="utf-8") as f:
        f.write(specs.spec(n))
    with open(os.path.join(b.folder, "pages.yaml"), "w", encoding="utf-8") as f:
        f.write(specs.spec(n, pages=True))
    with open(os.path.join(b.folder, "alarms.json"), "w", encoding="utf-8") as f:
        json.dump(specs.split(n), f)
    b.built()
    written, files = b.write_sizes()
    source = os.path.getsize(os.path.join(b.folder, "ops.yaml"))
    print(f"\n{n} alarms on {specs.count(n)} resources: {source / 1e6:.3f} MB of YAML make {written / 1e6:.3f} MB"
          f" in {files} files")
    print(f"  {'':<28} {'clock':>10} {'processor':>10} {'memory':>11} {'/floor':>8} {'processor':>10} {'runs':>5}")
    own, others = b.lines(n)
    b.measure(own + others)
    b.slow.update(line.name for line in others if line.clock > PEER_SLOW_S)
    build, floor = own[0], own[-1]
    for line in [floor, *own[:-1], *others]:
        show(line, floor)
    for name in sorted(b.slow - {line.name for line in others}):
        print(f"  {name:<28} not run: took more than {PEER_SLOW_S:.0f} s at a smaller size")
    if others:
        fastest = min(others, key=lambda line: line.processor)
        print(f"  opsc build takes {build.processor / fastest.processor:.2f} of the processor time and"
              f" {build.clock / fastest.clock:.2f} of the time of the fastest alternative, {fastest.name}", flush=True)
    return n, build, floor


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sizes = [int(n) for n in sys.argv[2:]] or [10, 100, 1000, 10000, 100000]
    for name, why in peers.missing():
        print(f"not measured: {name}: {why}")
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="opsc-bench.", dir=memory) as folder:
        b = Bench(os.path.abspath(sys.argv[1]), folder)
        start = Line("opsc --version", [b.opsc, "--version"])
        b.measure([start])
        print(f"files in {memory or tempfile.gettempdir()}; start (opsc --version): {human(start.clock)},"
              f" processor {human(start.processor)}, {start.memory / 1e6:.1f} MB")
        done = [size(b, n) for n in sizes]
    print("\nopsc build by size:")
    for n, build, floor in done:
        print(f"  {n:>7} alarms {human(build.clock):>10} {human(build.processor):>10} processor"
              f" {1e6 * build.processor / n:>8.1f} us an alarm {build.memory / 1e6:>8.1f} MB"
              f" {build.processor / floor.processor:>6.2f} of the floor's processor time")
    print("\nAlternatives are given the alarms split into fields and write them alone, unchecked: tools/bench/.")


main()
