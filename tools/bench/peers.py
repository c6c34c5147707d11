"""Other ways to turn N alarms into Terraform, for tools/bench.py: what there is of them on this machine.

Each reads alarms.json of its folder (tools/bench/spec.py, `split`) and writes a resource for every alarm below out/.
"""
import importlib.util
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


class Peer:
    def __init__(self, name, program, needs, argv):
        self.name, self.program, self.needs, self.argv = name, program, needs, argv

    def why_not(self):
        if self.program and shutil.which(self.program) is None:
            return f"{self.program} is not installed"
        for module in self.needs:
            if importlib.util.find_spec(module) is None:
                return f"Python's {module} is not installed"
        return None


def here(name):
    return os.path.join(HERE, name)


PEERS = [
    Peer("pkl", "pkl", [],
         lambda folder: ["pkl", "eval", "-f", "json", "-o", "out/main.tf.json", "-p", f"spec={folder}/alarms.json",
                         here("alarms.pkl")]),
    Peer("jsonnet", "jsonnet", [],
         lambda folder: ["jsonnet", "-c", "-m", "out", "--ext-code-file", f"spec={folder}/alarms.json",
                            here("alarms.jsonnet")]),
    Peer("Python, PyYAML and Jinja2", None, ["yaml", "jinja2"],
         lambda folder: [sys.executable, here("alarms.py"), folder]),
]


def found():
    return [p for p in PEERS if p.why_not() is None]


def missing():
    return [(p.name, p.why_not()) for p in PEERS if p.why_not() is not None]
