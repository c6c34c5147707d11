# SPDX-License-Identifier: MIT
"""What a suite says of its tests, a line each, in the form that tools/check.sh reads."""
import contextlib
import os
import pathlib
import types

# What tests look at when it is there: AWS's vectors, schemas and lists (CONTRIBUTING.md).
SHARED = pathlib.Path(os.environ.get("OPSC_SHARED", pathlib.Path(__file__).resolve().parent.parent.parent / "shared"))
state = types.SimpleNamespace(failed=False, faults=0)


def say(word, name, why=""):
    state.failed = state.failed or word == "FAIL"
    print(f"{word} {name}: {why}" if why else f"{word} {name}", flush=True)


def failure(name, e):
    say("FAIL", name, f"{type(e).__name__}: {e}".replace("\n", "\n  | "))


@contextlib.contextmanager
def test(name):
    try:
        yield
        say("ok", name)
    except Exception as e:  # whatever went wrong is the reason of the failure
        failure(name, e)


@contextlib.contextmanager
def fault(name):
    """A test of something that goes wrong on purpose; they are counted."""
    state.faults += 1
    with test("fault-" + name):
        yield


def check(what, *details):
    if not what:
        raise AssertionError(" ".join(str(d) for d in details) or "it does not hold")


def equal(got, wanted, what):
    check(got == wanted, f"{what} is {got!r}, not {wanted!r}")
