#!/usr/bin/env python3
"""install.sh of a host, run as root in mount namespaces of its own: what it installs, replaces, removes and leaves alone.
Stubs are systemctl (enable and disable are the real one's, where it is there), the agent's ctl, and aws."""
import contextlib
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from report import check, equal, say, state, test

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OPSC = os.path.abspath(os.environ.get("OPSC", os.path.join(ROOT, "build/asan/opsc")))
AGENT = "opt/aws/amazon-cloudwatch-agent"
CONFIGS = AGENT + "/etc/amazon-cloudwatch-agent.d"
UNSHARE = ["unshare", "-m"] if os.getuid() == 0 else ["unshare", "-rm"]
SUDO = ["sudo", "-n", "unshare", "-m"]  # where users may make no namespaces
# Folders of the host that install.sh may change.
PLACES = ("usr/local", "etc/systemd/system", "opt", "var/lib")
work = ""

SYSTEMCTL = """#!/bin/bash
printf '%s\\n' "systemctl $*" >>/var/lib/calls
if [[ -e /var/lib/systemctl-fails ]]; then exit 1; fi
args=()
for a in "$@"; do if [[ "${a}" != --now ]]; then args+=("${a}"); fi; done
if [[ "$1" == enable || "$1" == disable ]] && [[ -x /usr/bin/systemctl ]]; then
  exec /usr/bin/systemctl --quiet --root=/ "${args[@]}"
fi
"""
# As the agent's: a configuration is kept under file_ and the name of its file, and all are put together;
# a section of which two ask different things is refused, and all stays as it was.
CTL = """#!/bin/bash
set -eu
d=/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.d
printf '%s\\n' "ctl $*" >>/var/lib/calls
action="" file=""
while getopts "a:m:c:s" o; do case "${o}" in a) action="${OPTARG}" ;; c) file="${OPTARG#file:}" ;; *) ;; esac; done
name="file_${file##*/}"
case "${action}" in
  append-config)
    cp -- "${file}" "${d}/${name}.tmp"
    for other in "${d}"/*; do
      case "${other}" in *.tmp | "${d}/${name}") continue ;; esac
      jq -es '(.[0].metrics.metrics_collected // {}) as $a | (.[1].metrics.metrics_collected // {}) as $b |
        all($a | keys[]; . as $k | ($b | has($k) | not) or $a[$k] == $b[$k])' "${other}" "${d}/${name}.tmp" >/dev/null ||
        { echo "Different values are specified"; exit 1; }
    done
    mv -- "${d}/${name}.tmp" "${d}/${name}" ;;
  remove-config) rm -- "${d}/${name}" ;;
  stop) ;;
  *) exit 1 ;;
esac
"""


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def built(project="shop", environment="production", app=True, agent=True, disks=None):
    """The folder hosts/web of such a spec. An app has logs, which an agent ships; a cache is measured by the script alone."""
    folder = tempfile.mkdtemp(prefix="spec.", dir=work)
    web = "kind: ec2, id: i-0123456789abcdef0" + (f", disks: {disks}" if disks else "")
    spec = [f"opsc: 1\nproject: {project}\nenvironment: {environment}",
            "aws: { region: eu-west-1, account: \"123456789012\" }", "notify: a@example.com", "alarms: none", "resources:",
            f"  web: {{ {web} }}"]
    rows = ["web.cpu"] + (["web.memory", "web.disk"] if agent else [])
    if app:
        rows.append("it.health" if agent else "it.up")
        spec.append("  it: { kind: app, on: web, port: 8080 }" if agent else "  it: { kind: redis, on: web }")
    spec += ["dashboards:", "  all:", "    - All:"] + [f"        - {r}" for r in rows]
    write(folder + "/ops.yaml", "\n".join(spec) + "\n")
    done = subprocess.run([OPSC, "build", "-o", "out", "ops.yaml"], cwd=folder, capture_output=True, text=True, check=False)
    check(done.returncode == 0, "opsc build failed:\n" + done.stdout + done.stderr)
    return folder + "/out/hosts/web"


class Machine:
    """A host: folders that stand in for those of PLACES."""

    def __init__(self, agent=True, aws=True):
        self.root = tempfile.mkdtemp(prefix="machine.", dir=work)
        for place in PLACES:
            os.makedirs(os.path.join(self.root, place))
        write(self.path("usr/local/sbin/systemctl"), SYSTEMCTL, 0o755)
        if aws:
            write(self.path("usr/local/bin/aws"), "#!/bin/sh\n", 0o755)
            write(self.path("usr/local/bin/redis-cli"), "#!/bin/sh\n", 0o755)
        if agent:
            write(self.path(AGENT + "/bin/amazon-cloudwatch-agent-ctl"), CTL, 0o755)
            os.makedirs(self.path(CONFIGS))
        self.said = self.stderr = ""

    def path(self, name):
        return os.path.join(self.root, name)

    def run(self, *command, status=0):
        mounts = "".join(f'mount --bind "{self.root}/{p}" "/{p}" && ' for p in PLACES)
        path = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"  # not /usr/local/bin: sudo's may be so
        command = ["env", "-i", "PATH=" + path, *command]
        done = subprocess.run([*UNSHARE, "sh", "-c", mounts + 'exec "$@"', "sh", *command], cwd="/",
                              capture_output=True, text=True, timeout=60, check=False)
        self.said, self.stderr = done.stdout, done.stderr
        check(done.returncode == status, f"status {done.returncode}, not {status}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def install(self, folder, *args, status=0):
        return self.run("bash", folder + "/install.sh", *args, status=status)

    def calls(self):
        """What systemctl and the agent's ctl were asked for since the last time."""
        with contextlib.suppress(FileNotFoundError):
            text = read(self.path("var/lib/calls"))
            os.remove(self.path("var/lib/calls"))
            return text.splitlines()
        return []

    def tree(self):
        """Every file and link that is not a stub: path -> what it holds."""
        found = {}
        for place in PLACES:
            for folder, _, files in os.walk(self.path(place)):
                for name in files:
                    path = os.path.join(folder, name)
                    short = os.path.relpath(path, self.root)
                    if not re.search(r"bin/(systemctl|aws|redis-cli|amazon-cloudwatch-agent-ctl)$|var/lib/calls$", short):
                        found[short] = os.readlink(path) if os.path.islink(path) else hashlib.sha256(open(path, "rb").read()).hexdigest()
        return found

    def of(self, name):
        """Of the tree, what is of one project and environment, or of all."""
        return {p: t for p, t in self.tree().items() if name in p}


def unit(name, kind="timer"):
    return f"opsc-{name}-publish-metrics.{kind}"


def paths(name, script=True, agent=True):
    """What is on a host of it."""
    lib = f"usr/local/lib/opsc/{name}"
    found = {f"{lib}/installed"}
    if script:
        found |= {f"{lib}/publish_metrics.sh"} | {f"etc/systemd/system/{unit(name, k)}" for k in ("service", "timer")}
        found |= {f"etc/systemd/system/timers.target.wants/{unit(name)}"}
    if agent:
        found |= {f"{lib}/opsc-{name}.json", f"{CONFIGS}/file_opsc-{name}.json"}
    return found


def test_neighbours():
    machine = Machine()
    first, second, third = built(), built(environment="staging"), built(project="blog")
    names = ("shop-production", "shop-staging", "blog-production")
    with test("neighbours-are-all-installed"):
        kept = {}
        for folder, name in zip((first, second, third), names):
            machine.install(folder)
            equal(set(machine.of(name)), paths(name), "what is there of " + name)
            for other, tree in kept.items():
                equal(machine.of(other), tree, f"{other} after {name} was installed")
            kept[name] = machine.of(name)
            check(f"systemctl restart {unit(name)}" in machine.calls(), "the timer was not started")
    with test("a-second-run-changes-nothing"):
        before = machine.tree()
        machine.install(first)
        equal(machine.tree(), before, "what is there")
    with test("a-new-build-replaces-its-own"):
        others = {**machine.of(names[1]), **machine.of(names[2])}
        new = built(disks="[/]")
        write(new + "/publish_metrics.sh", read(new + "/publish_metrics.sh") + "# newer\n", 0o755)
        machine.install(new)
        got = read(machine.path("usr/local/lib/opsc/shop-production/publish_metrics.sh"))
        check(got.endswith("# newer\n"), "the script is the old one")
        equal({**machine.of(names[1]), **machine.of(names[2])}, others, "the others'")
    with test("state-folders-differ"):
        seen = {re.search("StateDirectory=(.*)", read(machine.path("etc/systemd/system/" + unit(n, "service")))).group(1) for n in names}
        equal(seen, {"opsc/" + n for n in names}, "state folders")
    with test("a-removed-neighbour-takes-only-its-own"):
        others = {**machine.of(names[1]), **machine.of(names[2])}
        os.makedirs(machine.path("var/lib/opsc/shop-production"))
        write(machine.path("var/lib/opsc/shop-production/it.requests"), "7\n")
        machine.calls()
        machine.install(first, "--remove")
        equal(machine.of(names[0]), {}, "what is left of it")
        check(not os.path.exists(machine.path("usr/local/lib/opsc/shop-production")), "its folder is left")
        equal({**machine.of(names[1]), **machine.of(names[2])}, others, "the others'")
        calls = machine.calls()
        check(f"systemctl disable --now {unit(names[0])}" in calls, "its timer was not stopped:", calls)
        check("ctl -a remove-config -m ec2 -s -c file:opsc-shop-production.json" in calls, calls)
        check("nothing of project shop, environment production is installed" in machine.install(first, "--remove"), machine.said)
    with test("the-last-one-leaves-nothing"):
        machine.install(second, "--remove")
        machine.calls()
        machine.install(third, "--remove")
        equal(machine.tree(), {}, "what is left")
        check(not os.path.exists(machine.path("usr/local/lib/opsc")), "the folder of all is left")
        # -s would start the agent with a configuration of its own.
        equal([c for c in machine.calls() if c.startswith("ctl")],
              ["ctl -a remove-config -m ec2 -c file:opsc-blog-production.json", "ctl -a stop"], "what the agent was asked for")


def test_names():
    """a-b of c and a of b-c have the same name in AWS and on the host."""
    machine = Machine()
    machine.install(built("a", "b-c"))
    before = machine.tree()
    with test("one-name-of-two-projects-is-refused"):
        for args in ((), ("--dry-run",), ("--remove",)):
            machine.install(built("a-b", "c"), *args, status=1)
            check("is of another: project a, environment b-c" in machine.stderr, machine.stderr)
            equal(machine.tree(), before, "what is there")


def test_gone():
    both, script, agent = built(), built(agent=False), built(app=False)
    name = "shop-production"
    machine = Machine()
    machine.install(both)
    with test("dry-run-says-what-would-go-and-does-nothing"):
        before = machine.tree()
        machine.calls()
        said = machine.install(agent, "--dry-run")
        for line in (f"systemctl disable --now {unit(name)}", f"rm -f -- /etc/systemd/system/{unit(name)}",
                     f"rm -f -- /usr/local/lib/opsc/{name}/publish_metrics.sh", "append-config"):
            check(line in said, line, "is not in", said)
        equal(machine.tree(), before, "what is there")
        equal(machine.calls(), [], "what was called")
    with test("a-script-that-left-the-spec-goes"):
        machine.install(agent)
        equal(set(machine.tree()), paths(name, script=False), "what is there")
        calls = [c for c in machine.calls() if c.startswith("systemctl")]
        equal(calls, [f"systemctl disable --now {unit(name)}", "systemctl daemon-reload"], "what systemd was asked for")
    with test("an-agent-config-that-left-the-spec-goes"):
        machine.install(script)
        equal(set(machine.tree()), paths(name, agent=False), "what is there")
        check("ctl -a stop" in machine.calls(), "the agent goes on without a configuration")
    with test("a-run-that-was-stopped-is-known-to-the-next"):
        machine = Machine()
        write(machine.path("var/lib/systemctl-fails"), "")
        machine.install(both, status=1)
        check(os.path.exists(machine.path("etc/systemd/system/" + unit(name))), "it was stopped too early for this test")
        os.remove(machine.path("var/lib/systemctl-fails"))
        machine.install(agent)
        equal(set(machine.tree()), paths(name, script=False), "what is there")


def test_foreign():
    folder = built()
    name = "shop-production"
    theirs = {
        f"etc/systemd/system/{unit(name)}": "a-unit",
        f"{CONFIGS}/file_opsc-{name}.json": "an-agent-config",
        f"usr/local/lib/opsc/{name}/publish_metrics.sh": "a-script",
    }
    for path, what in theirs.items():
        with test(f"{what}-of-others-is-not-overwritten"):
            machine = Machine()
            write(machine.path(path), "{}")
            machine.install(folder, status=1)
            check(f"/{path} is there and not of project shop" in machine.stderr and "nothing was changed" in machine.stderr, machine.stderr)
            equal(list(machine.tree()), [path], "what is there")
    with test("a-list-names-nothing-of-others"):
        machine = Machine()
        machine.install(folder)
        for path in ("etc/systemd/system/sshd.service", "etc/systemd/system/opsc-other-x.timer", "usr/local/lib/opsc/other/x.sh",
                     "usr/local/lib/precious"):
            write(machine.path(path), "theirs")
        listed = machine.path(f"usr/local/lib/opsc/{name}/installed")
        write(listed, read(listed) + "unit sshd.service\ntimer opsc-other-x.timer\nscript ../other/x.sh\nscript ../../precious\n"
                                     "script /usr/local/lib/precious\nscript ..\nnonsense x\nscript\n\n")
        theirs = {p: t for p, t in machine.tree().items() if "other" in p or "sshd" in p or "precious" in p}
        equal(len(theirs), 4, "files of others")
        machine.install(folder, "--remove")
        equal(machine.tree(), theirs, "what is left")


def test_refused():
    name = "shop-production"
    with test("the-agent-refuses"):
        machine = Machine()
        write(machine.path(CONFIGS + "/default"), '{"metrics": {"metrics_collected": {"mem": {"measurement": ["mem_used"]}}}}')
        machine.install(built(), status=1)
        check("/amazon-cloudwatch-agent.d/default" in machine.stderr and "remove-config" in machine.stderr, machine.stderr)
        check(not machine.of("systemd"), "units were installed")
        os.remove(machine.path(CONFIGS + "/default"))
        machine.install(built())
        equal(set(machine.tree()) - {CONFIGS + f"/file_opsc-{name}.json.tmp"}, paths(name), "what is there when nothing is in the way")
    with test("all-that-is-missing-is-said-and-nothing-changed"):
        machine = Machine(agent=False, aws=False)
        folder = built()
        os.remove(folder + "/" + unit(name))
        machine.install(folder, status=1)
        for word in ("aws is not installed", "install amazon-cloudwatch-agent", f"{unit(name)} does not lie beside this script", "nothing was changed"):
            check(word in machine.stderr, word, "is not in", machine.stderr)
        equal(machine.tree(), {}, "what is there")
    with test("usage"):
        machine.install(folder, "--nonsense", status=2)
        check("--remove" in machine.install(folder, "--help"))


def test_units():
    folder = built()
    service = read(glob.glob(folder + "/*.service")[0])
    with test("units-find-what-is-in-snap-and-usr-local"):
        path = re.search("^Environment=PATH=(.*)$", service, re.M).group(1).split(":")
        check({"/snap/bin", "/usr/local/bin", "/usr/bin"} <= set(path), path)
    if not shutil.which("systemd-analyze"):
        say("skip-missing", "units-verified", "no systemd-analyze")
        return
    machine = Machine()
    machine.install(folder)
    with test("units-verified"):
        # Units of the system that others need are not there: what counts is what is said of ours.
        done = machine.run("sh", "-c", f"systemd-analyze verify --man=no /etc/systemd/system/{unit('shop-production')} "
                                       f"/etc/systemd/system/{unit('shop-production', 'service')} 2>&1 || true")
        equal([line for line in done.splitlines() if "opsc" in line], [], "what systemd says of our units")
    with test("units-verified-can-fail"):
        write(machine.path("etc/systemd/system/" + unit("shop-production", "service")), service.replace("PrivateTmp=yes", "PrivateTmp=perhaps\nNonsense=1"))
        done = machine.run("sh", "-c", f"systemd-analyze verify --man=no /etc/systemd/system/{unit('shop-production', 'service')} 2>&1 || true")
        check("Nonsense" in done and "perhaps" in done, done)


def test_shellcheck():
    if not shutil.which("shellcheck"):
        say("skip-missing", "install-shellcheck", "no shellcheck")
        return
    with test("install-shellcheck"):
        for folder in (built(), built(agent=False), built(app=False)):
            done = subprocess.run(["shellcheck", "-o", "all", folder + "/install.sh"], capture_output=True, text=True, check=False)
            check(done.returncode == 0, done.stdout)


def test_agent_configs():
    """What two configurations of one host have in common is the same, so that the agent takes both."""
    with test("agent-configs-of-neighbours-agree"):
        one, two = (json.loads(read(built(environment=e) + "/cloudwatch-agent-config.json"))["metrics"] for e in ("production", "staging"))
        equal({k: v for k, v in one.items() if k in two}, {k: v for k, v in two.items() if k in one}, "the metrics of the other")


def namespaces(command):
    done = subprocess.run([*command, "sh", "-c", "mount --bind /tmp /var/lib"], check=False, capture_output=True)
    return done.returncode == 0


def main():
    global work
    if sys.platform != "linux":
        say("skip", "hosts", "the hosts of generated scripts have Linux")
        return
    missing = [t for t in ("bash", "jq", "unshare", "flock", "curl") if not shutil.which(t)]
    if missing:
        say("skip-missing", "hosts", "no " + ", ".join(missing))
        return
    if not namespaces(UNSHARE):
        if not shutil.which("sudo") or not namespaces(SUDO) or os.getuid() == 0:
            say("skip", "hosts", "this machine lets nobody make a mount namespace")
            return
        UNSHARE[:] = SUDO
    if not os.path.isdir("/etc/systemd/system"):
        say("skip", "hosts", "no /etc/systemd/system on this machine")
        return
    work = tempfile.mkdtemp(prefix="h.")
    try:
        for part in (test_neighbours, test_names, test_gone, test_foreign, test_refused, test_units, test_shellcheck, test_agent_configs):
            try:
                part()
            except Exception as e:  # the other parts still run
                say("FAIL", part.__name__.replace("_", "-"), f"{type(e).__name__}: {e}".replace("\n", "\n  | "))
    finally:
        if UNSHARE == SUDO:
            subprocess.run(["sudo", "-n", "rm", "-rf", "--", work], check=False)
        shutil.rmtree(work, ignore_errors=True)


main()
sys.exit(state.failed)
