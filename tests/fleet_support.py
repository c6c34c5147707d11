# SPDX-License-Identifier: MIT
"""Hosts that get releases, for the script that tells them so: each a folder with what it has, reached by a real sshd, or by stand-ins
for ssh and aws that start the same commands at once. What a host does when it is told something, a test says."""
import json
import os
import re
import shlex
import shutil
import subprocess

from fleet_aws import AWS
from report import check, equal
from server_support import SBIN, Server, free_port, tool

NAMES = "web-1", "web-2", "web-3"
OLD, NEW, OLDER = "a" * 40, "b" * 40, "c" * 40
DIGESTS = {OLD: "sha256:" + "1" * 64, NEW: "sha256:" + "2" * 64, OLDER: "sha256:" + "3" * 64}
ALL_OLD, ALL_NEW = [OLD] * 3, [NEW] * 3
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OPSC = os.path.abspath(os.environ.get("OPSC", os.path.join(ROOT, "build/asan/opsc")))
SPEC = {
    "opsc": 1, "project": "reco", "environment": "production", "aws": {"region": "eu-west-1", "account": "123456789012"},
    "notify": {"ops": {"email": "ops@example.com"}},
    "resources": {
        **{name: {"kind": "ec2", "id": f"i-0123456789abcdef{n}", "type": "t3.micro"} for n, name in enumerate(NAMES)},
        "api": {"kind": "app", "on": "web-1", "image": "reco/api", "port": 8000, "logs": []}},
    "alarms": {"down": {"when": "api.health fails 3 times", "severity": "critical"}},
    "deploy": {"app": "api", "on": list(NAMES), "user": "deploy"}}

# What install.sh puts there, as far as it matters outside: it says and does what deploy.sh --help and the others say.
# ${HOST}/do-ACTION has what it is to do instead, a line each time.
SCRIPT = r"""#!/bin/bash
# ${HOST}: release, before, digests, log
cd "${HOST:?}" || exit 99
action="$(basename "$0" .sh)"
if [[ "${1:-}" == --status ]]; then action=status; fi
printf '%s %s\n' "${action}" "$*" >>log
how="$(head -n 1 "do-${action}" 2>/dev/null)"
if [[ -n "${how}" && "${how}" != *always ]]; then sed -i 1d "do-${action}"; fi
digest_of() { sed -n "s/^$1 //p" digests | tail -n 1; }
cut() { if [[ -n "${CONNECTION:-}" ]]; then kill -USR1 "${CONNECTION}"; else kill -KILL "${PPID}"; fi; exec >/dev/null 2>&1; }
serve() { cat release >before; printf '%s\n' "$1" >release; }
case "${how}" in
  "exit "*) printf 'it does not\n' >&2; exit "${how//[!0-9]/}" ;;
  garbage*) head -c 30000 /dev/urandom; printf '\n::error::no\n  ##[add-mask]x\nrelease: %s\n' "$(head -c 400 /dev/zero | tr '\0' x)"; exit 42 ;;
  flood*) yes x ;;
esac
case "${action}" in
  status)
    printf 'app: api\nrelease: %s\nimage: docker.io/reco/api@%s\nslot: a\nstate: running\nhealth: well\n' "$(cat release)" "$(digest_of "$(cat release)")"
    [[ "$(cat release)" != none ]]
    exit
    ;;
  watch_alarms) if [[ "${how}" == dies ]]; then cut; exit 1; fi; printf 'watching\n' >&2; : >at-work; [[ "${how}" != wait* ]] || sleep 5; exit 0 ;;
esac
exec 9>lock
if ! flock -n 9; then
  printf 'another deploy runs\n' >&2
  exit 75
fi
case "${action}" in
  deploy)
    if [[ "$*" == *"--login "* ]]; then IFS= read -r password; printf '%s' "${password}" >password; fi
    to="$1"
    printf '%s %s\n' "$1" "$2" >>digests
    ;;
  rollback)
    to="$1"
    if [[ -z "${to}" || "${to}" == --by ]]; then to="$(cat before)"; fi
    ;;
esac
if [[ -z "${to}" || -z "$(digest_of "${to}")" ]]; then
  printf 'no such release is kept\n' >&2
  exit 1
fi
: >at-work
case "${how}" in
  dies) cut; exit 1 ;;
  dies-after) serve "${to}"; cut; exit 0 ;;
  hangs) exec >/dev/null 2>&1; sleep "${HANGS:-2}"; serve "${to}"; exit 0 ;;
  wait) sleep 0.7; serve "${to}"; exit 0 ;;
  afterwards) serve "${to}"; printf 'the record\n' >&2; exit 3 ;;
esac
serve "${to}"
printf '%s serves\n' "${to}" >&2
"""

# sudo -n -- COMMAND: as the account that runs the test.
SUDO = '#!/bin/bash\nshift 2\nexec "$@"\n'

# Looks up the host by its port, and starts there what sshd would.
SSH = r"""#!/bin/bash
printf '%s\n' "$*" >>"{folder}/ssh.calls"
port=22
while [[ "$1" != -- ]]; do
  case "$1" in
    -p) port="$2"; shift ;;
    -o | -l) shift ;;
  esac
  shift
done
shift 2
host="{folder}/$(sed -n "s/^${port} //p" "{folder}/ports")"
if [[ -e "${host}/away" ]]; then
  printf 'ssh: connect to host 127.0.0.1 port %s: Connection refused\n' "${port}" >&2
  exit 255
fi
if [[ -e "${host}/away-after" ]]; then
  mv "${host}/away-after" "${host}/away"
fi
export SSH_ORIGINAL_COMMAND="$*" CONNECTION="$$"
# What runs there goes on when this ends.
trap 'exit 255' USR1
setsid --wait "${host}/command" <&0 > >(cat) 2> >(cat >&2) &
wait "$!"
"""


def has(text, *words):
    for word in words:
        check(word in text, repr(word), "is not in:", text[-3000:])


def build(folder, **changes):
    """The files of a spec with these changes, in `folder`."""
    with open(folder + ".yaml", "w", encoding="utf-8") as f:
        json.dump({**SPEC, **changes}, f)
    ran = subprocess.run([OPSC, "build", folder + ".yaml", "-o", folder], capture_output=True, text=True, check=False)
    check(ran.returncode == 0, ran.stdout + ran.stderr)
    return folder


def untouched(fleet, *hosts):
    for host in hosts:
        equal(fleet.told(host), [], f"what {host} was told")


def document(built):
    """Of the document in Terraform: its script, and the form of each parameter."""
    with open(built + "/terraform/modules/deploy/ssm.tf", encoding="utf-8") as f:
        text = f.read().replace("$${", "${").replace("%%{", "%{")
    script = json.loads("[" + re.search(r"(?s)runCommand = \[(.*?),\s*\]\n", text).group(1) + "]")
    patterns = dict(re.findall(r'(?s)(\w+) = \{\n *type += "String".*?allowed(?:Pattern|Values) += ("[^\n]*"|\[.*?\])', text))
    actions = json.loads(re.sub(r",\s*\]", "]", patterns.pop("Action")))
    return "\n".join(script) + "\n", {**{k: json.loads(v) for k, v in patterns.items()}, "Action": f"^({'|'.join(actions)})$"}


class Fleet:
    """Hosts in `folder`, and the script that reaches them. `begin` and `run` start it."""

    def __init__(self, folder, built, real=False, via="ssh"):
        self.folder, self.built, self.via = folder, built, via
        self.bin, self.tmp = folder + "/bin", folder + "/tmp"
        for path in (folder, self.bin, self.tmp, folder + "/lib"):
            os.mkdir(path)
        self.ports = {}
        for name in ("deploy", "rollback", "watch_alarms", "health_check"):
            self.write(f"lib/{name}.sh", SCRIPT, 0o755)
        self.write("bin/sudo", SUDO, 0o755)
        for n, name in enumerate(NAMES):
            os.mkdir(f"{folder}/{name}")
            self.ports[name] = free_port() if real else 10001 + n
            self.make_command(name)
        self.write("ports", "".join(f"{port} {name}\n" for name, port in self.ports.items()))
        self.make_keys()
        self.known_hosts = self.known("host")
        self.reset()
        self.env = {"PATH": f"{self.bin}:{os.environ['PATH']}", "HOME": folder, "TMPDIR": self.tmp, "USER": "tester", "HOSTNAME": "laptop",
                    **{name.upper().replace("-", "_") + "_ADDRESS": f"127.0.0.1:{port}" for name, port in self.ports.items()}}
        if real:
            self.begin_sshd()
        elif via == "ssh":
            self.write("bin/ssh", SSH.replace("{folder}", folder), 0o755)
        else:
            self.make_service()

    def make_command(self, name):
        """The forced command of the host, with its folder and sudo in ours."""
        with open(f"{self.built}/hosts/{name}/ssh_command.sh", encoding="utf-8") as f:
            text = f.read()
        text, n = re.subn(r"(?m)^readonly FOLDER=.*$", lambda _: f"readonly FOLDER={self.folder}/lib", text)
        equal(n, 1, "folders in ssh_command.sh")
        self.write(f"{name}/ssh_command.sh", text)
        path = shlex.quote(f"{self.bin}:{os.environ['PATH']}")
        self.write(f"{name}/command", f"#!/bin/bash\nexport HOST={self.folder}/{name} PATH={path}\nexec bash {self.folder}/{name}/ssh_command.sh\n", 0o755)

    def make_service(self):
        script, self.patterns = document(self.built)
        script, n = re.subn(r"(?m)^folder=.*$", lambda _: f"folder={self.folder}/lib", script)
        equal(n, 1, "folders in the document")
        self.write("document.sh", script)
        self.write("bin/aws", AWS.replace("{folder}", self.folder), 0o755)
        # Whoever waits for a command asks sooner.
        os.mkdir(self.folder + "/fast")
        self.write("fast/sleep", f"#!/bin/sh\nexec {tool('sleep')} 0.05\n", 0o755)
        self.env["PATH"] = f"{self.folder}/fast:{self.env['PATH']}"

    def make_keys(self):
        os.mkdir(self.folder + "/keys", 0o700)
        for key, phrase in (("host", ""), ("ours", ""), ("other", ""), ("locked", "secret phrase")):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-C", key, "-f", f"{self.folder}/keys/{key}"], check=True)

    def begin_sshd(self):
        """One sshd for all: the port says which host it is."""
        keys = self.folder + "/keys"
        lines = [f"HostKey {keys}/host", f"AuthorizedKeysFile {keys}/ours.pub", "StrictModes no", "UsePAM no", "PasswordAuthentication no",
                 "KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password", "PidFile none", "ListenAddress 127.0.0.1",
                 "MaxStartups 100", *(f"Port {port}" for port in self.ports.values())]
        for name, port in self.ports.items():
            lines += [f"Match LocalPort {port}", f"  ForceCommand {self.folder}/{name}/command"]
        self.write("sshd_config", "\n".join(lines) + "\n")
        if os.getuid() == 0:
            os.makedirs("/run/sshd", 0o755, exist_ok=True)
        self.sshd = Server(self.folder + "/sshd.log", [tool("sshd", folders=SBIN), "-D", "-e", "-f", self.folder + "/sshd_config"],
                           self.ports["web-1"])
        self.env.update(DEPLOY_KNOWN_HOSTS=self.known_hosts, DEPLOY_SSH_KEY=self.read("keys/ours"))

    def known(self, key, names=NAMES):
        kind, text, _ = self.read(f"keys/{key}.pub").split()
        return "\n".join(f"[127.0.0.1]:{self.ports[n]} {kind} {text}" for n in names)

    # Files

    def write(self, path, text, mode=0o644):
        with open(os.path.join(self.folder, path), "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(os.path.join(self.folder, path), mode)

    def read(self, path):
        try:
            with open(os.path.join(self.folder, path), encoding="utf-8", errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def has(self, path):
        return os.path.exists(os.path.join(self.folder, path))

    def reset(self, release=OLD):
        """Every host has this release, had another before, and does as it is told."""
        for name in NAMES:
            for file in os.listdir(f"{self.folder}/{name}"):
                if file not in ("ssh_command.sh", "command"):
                    os.remove(f"{self.folder}/{name}/{file}")
            self.write(f"{name}/release", release + "\n")
            self.write(f"{name}/before", OLDER + "\n")
            self.write(f"{name}/digests", "".join(f"{r} {d}\n" for r, d in DIGESTS.items() if r != NEW))
        self.write("web-2/found", "i-0123456789abcdef1\n")
        shutil.rmtree(self.folder + "/commands", ignore_errors=True)
        os.mkdir(self.folder + "/commands")
        for file in ("state", "summary", "sent", "comments", "listed"):
            if self.has(file):
                os.remove(os.path.join(self.folder, file))

    def do(self, host, action, *how):
        self.write(f"{host}/do-{action}", "".join(f"{h}\n" for h in how))

    def releases(self):
        return [self.read(f"{n}/release").strip() for n in NAMES]

    def told(self, host):
        """What it was told but for what it has: ["deploy", "rollback"]."""
        return [line.split()[0] for line in self.read(f"{host}/log").splitlines() if not line.startswith("status")]

    def clean(self):
        """What a script that was killed has left."""
        for name in os.listdir(self.tmp):
            shutil.rmtree(f"{self.tmp}/{name}")

    def github(self):
        """What a run on GitHub has."""
        return {"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "renovate[bot]", "GITHUB_REPOSITORY": "example/reco", "GITHUB_RUN_ID": "42",
                "DEPLOY_KNOWN_HOSTS": self.known_hosts, "DEPLOY_SSH_KEY": self.read("keys/ours")}

    # The script

    def script(self, **numbers):
        """With less time to wait."""
        with open(f"{self.built}/scripts/deploy_hosts.sh", encoding="utf-8") as f:
            text = f.read()
        for name, value in {"DEPLOY_S": 5, "ANSWER_S": 5, "WATCH_S": 1, "BACK_TRIES": 12, "BACK_PAUSE_S": 0.3, **({"LOOK_S": 0} if self.via == "ssm" else {}), **numbers}.items():
            text, n = re.subn(rf"\b{name}=('?)[0-9]+\1(?=\s)", f"{name}={value}", text, count=1)
            equal(n, 1, f"{name} in the script")
        self.write("deploy_hosts.sh", text)
        return self.folder + "/deploy_hosts.sh"

    def begin(self, *args, env=None, numbers=None, **options):
        command = ["bash", self.script(**(numbers or {})), *args]
        return subprocess.Popen(command, cwd=self.folder, env={**self.env, **(env or {})}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", start_new_session=True, **options)

    def end(self, process, status):
        out, _ = process.communicate(timeout=60)
        check(process.returncode == status, f"status {process.returncode}, not {status}:\n{out[-4000:]}")
        if status != -9:
            equal(os.listdir(self.tmp), [], "what is left in the folder of temporary files")
        return out

    def run(self, *args, status=0, **options):
        return self.end(self.begin(*args, **options), status)

    def deploy(self, *args, status=0, release=NEW, **options):
        return self.run("deploy", "--image", f"reco/api@{DIGESTS[release]}", "--release", release, *args, status=status, **options)
