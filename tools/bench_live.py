#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How many calls, how long and how much memory opsc plan takes beside terraform plan, for one account.

    tools/bench_live.py BUILD [N]     BUILD: folder with opsc and bench-run; N: alarms, 60 at least, 1000 without

The account is moto's server behind tests/moto_watch.py, on this machine. Terraform fills it with the whole of a spec
(tools/bench/spec.py, live()); then both compare it with what is wanted, and find nothing, in turns in one run: at once, and with
50 ms before each answer, as far away as AWS is. Calls are counted by the server; memory is that of the largest process.
"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
os.environ["OPSC"] = os.path.join(BUILD, "opsc")
sys.path[:0] = [os.path.join(HERE, "bench"), os.path.join(os.path.dirname(HERE), "tests")]
import account  # noqa: E402
import spec as specs  # noqa: E402
from emulator_support import Server, aws_clients, make_role, named_in  # noqa: E402
from terraform_support import OPSC, build, need_terraform  # noqa: E402

WAITS_MS = (0, 50)


def measured(argv, folder, env):
    """(seconds, seconds of the processor, bytes of memory)"""
    runner = os.path.join(BUILD, "bench-run")
    done = subprocess.run([runner, *argv], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(argv)} ended with {done.returncode}, where it should find nothing:\n{done.stderr[-3000:]}")
    clock, processor, memory = (int(x) for x in done.stdout.split())
    return clock / 1e9, processor / 1e9, memory


def filled(folder, n, server, terraform):
    """The folder of Terraform, applied."""
    spec, root = os.path.join(folder, "ops.yaml"), os.path.join(folder, "out", "terraform")
    with open(spec, "w", encoding="utf-8") as f:
        f.write(specs.live(n))
    print(build(spec, os.path.join(folder, "out")).splitlines()[-1].partition(": ")[2], flush=True)
    account.override(root)
    for role in named_in(root, r'^  role +[=] "([^"$]+)"'):
        make_role(aws_clients(server.url), role)
    status, text = terraform.init(root)
    if status == 0:
        status, text = terraform.run(root, "apply", "-auto-approve", "-input=false", "-no-color", env={"AWS_ENDPOINT_URL": server.url},
                                     timeout=1800)
    if status != 0:
        raise SystemExit(text[-3000:])
    return spec, root


def compare(server, terraform, spec, root):
    ours, theirs = account.ours(server.url), account.theirs(terraform, server.url)
    # What the server reads once (models of services) is no time of either.
    measured([OPSC, "drift", spec], root, ours)
    for wait in WAITS_MS:
        print(f"\n{'at once' if wait == 0 else f'{wait} ms before each answer'}\n"
              f"  {'':<16} {'calls':>6} {'clock':>10} {'processor':>10} {'memory':>11}", flush=True)
        rows = []
        server.watched({"wait_s": wait / 1e3})
        for name, argv, env in (("opsc drift", [OPSC, "drift", spec], ours),
                                ("terraform plan", [terraform.program, "plan", "-detailed-exitcode", "-input=false"], theirs)):
            row = measured(argv, root, env)
            told = server.watched({"wait_s": wait / 1e3})
            rows.append((told["others"] + sum(told["calls"].values()), *row))
            print(f"  {name:<16} {rows[-1][0]:>6} {row[0]:>8.2f} s {row[1]:>8.2f} s {row[2] / 1e6:>8.1f} MB", flush=True)
        times = [b / max(a, 1e-9) for a, b in zip(*rows)]
        print("  terraform / opsc " + " ".join(f"{t:>{w}.0f}" for t, w in zip(times, (6, 10, 10, 11))), flush=True)


def main():
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    terraform = need_terraform("bench-live")
    with tempfile.TemporaryDirectory(prefix="opsc-bench.") as folder:
        server = Server(folder)
        try:
            spec, root = filled(folder, n, server, terraform)
            compare(server, terraform, spec, root)
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
