# SPDX-License-Identifier: MIT
"""What the suites that run Terraform share: where it and its AWS provider are, and how a test reports."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OPSC = os.path.abspath(os.environ.get("OPSC") or os.path.join(ROOT, "build/asan/opsc"))
PROVIDER = "registry.terraform.io/hashicorp/aws"


def ok(name):
    print("ok", name, flush=True)


def fail(name, why):
    """The first line is the verdict, the rest are details."""
    head, _, rest = str(why).partition("\n")
    print(f"FAIL {name}: {head}", flush=True)
    for line in rest.splitlines()[:40]:
        print("  " + line, flush=True)


def verdict(name, problems):
    if problems:
        fail(name, problems[0] if len(problems) == 1 else f"{len(problems)} problems\n" + "\n".join(problems))
    else:
        ok(name)


def missing(name, why):
    print(f"skip-missing {name}: {why}", flush=True)
    sys.exit(0)


def plugin_folder():
    """A folder with the provider in it, as `terraform providers mirror DIR` makes one."""
    home = os.path.expanduser("~")
    folders = [os.environ.get("OPSC_TERRAFORM_PLUGINS"), os.environ.get("TF_PLUGIN_CACHE_DIR"),
               home + "/.terraform.d/plugins", home + "/.terraform.d/plugin-cache",
               home + "/.local/share/terraform/plugins", "/usr/local/share/terraform/plugins",
               "/usr/share/terraform/plugins"]
    if os.path.isdir("/opt"):
        folders += [os.path.join("/opt", d) for d in sorted(os.listdir("/opt"))]
    for folder in folders:
        if folder and os.path.isdir(os.path.join(folder, PROVIDER)):
            return folder
    return None


def need_terraform(name):
    program, folder = shutil.which("terraform"), plugin_folder()
    if program is None:
        missing(name, "terraform is not there: https://developer.hashicorp.com/terraform/install (1.10 or newer)")
    if folder is None:
        missing(name, "the AWS provider is in no local folder: in a folder with a versions.tf that asks for hashicorp/aws, "
                      "`terraform providers mirror ~/.terraform.d/plugins` (or name yours in OPSC_TERRAFORM_PLUGINS)")
    return Terraform(program, folder)


class Terraform:
    def __init__(self, program, plugins):
        self.program, self.plugins = program, plugins
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "AWS_"))}
        # Most of what each run does is to be told what all kinds of the provider are like; collecting garbage is a fifth of it.
        self.env.update(GOGC="400")
        self.env.update(TF_IN_AUTOMATION="1", CHECKPOINT_DISABLE="1", TF_CLI_CONFIG_FILE=os.devnull,
                        NO_COLOR="1", AWS_EC2_METADATA_DISABLED="true")

    def run(self, folder, *arguments, env=None, timeout=300):
        """Exit status and everything that it said."""
        r = subprocess.run([self.program, *arguments], cwd=folder, env={**self.env, **(env or {})}, text=True,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           timeout=timeout, check=False)
        return r.returncode, r.stdout

    def init(self, folder):
        return self.run(folder, "init", "-input=false", "-backend=false", "-no-color", f"-plugin-dir={self.plugins}")

    def messages(self, folder, *arguments):
        """The JSON lines of `terraform test -json`."""
        status, text = self.run(folder, *arguments)
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return status, lines


def build(spec, out, *arguments):
    """opsc build; the text of what it said, or an exception with it."""
    r = subprocess.run([OPSC, "build", spec, "-o", out, *arguments], text=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
    if r.returncode != 0:
        raise RuntimeError(f"opsc build ended with {r.returncode}\n{r.stdout}")
    return r.stdout


def roots(out):
    """The folders that `terraform init` is run in."""
    found = []
    for folder, _, files in os.walk(out):
        if "providers.tf" in files:
            found.append(folder)
    return sorted(found)


def examples():
    """(name, spec) of every example but the Spanish one, whose Terraform has other texts only (suite_runbooks.py)."""
    base = os.path.join(ROOT, "examples")
    for name in sorted(os.listdir(base)):
        spec = os.path.join(base, name, "ops.yaml")
        if os.path.isfile(spec) and name != "spanish":
            yield name, spec


def variant(spec, folder, region=None, profile=None):
    """A copy of the spec's folder with another region or profile; the path of its ops.yaml."""
    shutil.copytree(os.path.dirname(spec), folder, dirs_exist_ok=True)
    path = os.path.join(folder, "ops.yaml")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if region:
        # ARNs and zones of the old region move with it.
        old = set(re.findall(r"\baws:\s*\{?\s*region:\s*([a-z0-9-]+)", text))
        if not old:
            raise RuntimeError("no aws: of the example begins with its region")
        for name in old:
            text = re.sub(r"\b" + name, region, text)
    if profile:
        text, n = re.subn(r"(?m)^profile:[ ]*\S+", "profile: " + profile, text)
        if n == 0:
            text = re.sub(r"(?m)^(opsc: 1.*)$", r"\1\nprofile: " + profile, text, count=1)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def scratch(name):
    return tempfile.TemporaryDirectory(prefix=f"opsc-{name}.", dir=os.environ.get("TMPDIR"))
