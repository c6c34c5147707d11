# SPDX-License-Identifier: MIT
"""A host of its own for tests of deploys: namespaces in which nginx, podman, an image registry, sshd and accounts are real, and
nothing of the machine is changed."""
import contextlib
import hashlib
import http.client
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import time

from report import check
from server_support import Server, tool, until

HERE = os.path.dirname(os.path.abspath(__file__))
REGISTRY = "localhost:5000"
# Beside sbin, which not every account has in its PATH.
FOLDERS = "/usr/sbin", "/usr/local/sbin", "/usr/libexec"
NEEDED = "dockerd", "podman", "runc", "nginx", "docker-registry", "sshd", "ssh", "ssh-keygen", "sudo", "visudo", "ss", "ip", "unshare", "useradd", "jq", "curl", "gcc"
OVERLAYS = "etc", "usr/local", "var", "root"
# A container must not ask for more than whoever runs the tests may have.
CONTAINERS = """[containers]
netns = "host"
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
STORAGE = """[storage]
driver = "vfs"
graphroot = "{0}/containers"
runroot = "/run/containers-of-tests"
"""


# How to become root, who alone can make such a host.
SUDO = []


def has_tool(name):
    return tool(name, folders=FOLDERS)


def missing():
    return [name for name in NEEDED if not has_tool(name)]


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def apart(*command, **options):
    """A process in namespaces of its own; when it ends, all that it has started ends."""
    # The shell is process 1 there and takes in what loses its parent.
    return subprocess.Popen([*SUDO, "unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child", "--propagation", "private",
                             "sh", "-c", '"$@"; exit $?', "sh", *command], **options)


def can_be_apart():
    test = apart("sh", "-c", "mount -t tmpfs none /mnt && mkdir -p /mnt/u /mnt/w && "
                 "mount -t overlay none -o lowerdir=/etc,upperdir=/mnt/u,workdir=/mnt/w /etc && ip link set lo up",
                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return test.wait() == 0


def become_root():
    """Sets SUDO; the modules of this python are root's too then."""
    if os.getuid() != 0:
        kept = [f"{name}={os.environ[name]}" for name in ("PATH", "OPSC", "TMPDIR", "LC_ALL", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS") if name in os.environ]
        SUDO[:] = ["sudo", "-n", "env", *kept, "PYTHONPATH=" + ":".join(p for p in sys.path if p)]


def make_host(folder, disk="400m"):
    """The namespaces that this process is in become a host: `folder` holds what is written to /etc, /usr/local, /var and /root."""
    def run(*command):
        subprocess.run(command, check=True, capture_output=True)
    run("mount", "-t", "tmpfs", "-o", f"size={disk}", "host", folder)
    for name in OVERLAYS:
        upper, lower = (os.path.join(folder, name.replace("/", "-") + end) for end in (".upper", ".work"))
        os.makedirs(upper)
        os.makedirs(lower)
        # What goes over a folder has its mode.
        shutil.copystat("/" + name, upper)
        run("mount", "-t", "overlay", "over", "-o", f"lowerdir=/{name},upperdir={upper},workdir={lower}", "/" + name)
    run("mount", "-t", "tmpfs", "-o", "mode=0755", "run", "/run")
    run("ip", "link", "set", "lo", "up")
    os.mkdir(folder + "/storage")
    write("/etc/containers/containers.conf", CONTAINERS)
    write("/etc/containers/storage.conf", STORAGE.format(folder + "/storage"))
    write("/etc/containers/policy.json", '{"default": [{"type": "insecureAcceptAnything"}]}')
    write("/etc/containers/registries.conf.d/tests.conf", f'[[registry]]\nlocation = "{REGISTRY}"\ninsecure = true\n')
    for name in os.listdir("/etc/nginx/sites-enabled") if os.path.isdir("/etc/nginx/sites-enabled") else []:
        os.remove("/etc/nginx/sites-enabled/" + name)
    write("/usr/local/sbin/systemctl", SYSTEMCTL, 0o755)
    return folder


# As far as install.sh and the scripts ask for it. nginx is reloaded as its unit does.
SYSTEMCTL = """#!/bin/sh
printf '%s\\n' "systemctl $*" >>/var/lib/systemctl.calls
case "$*" in
  "reload nginx") exec nginx -s reload ;;
  "reload-or-restart nginx") if [ -s /run/nginx.pid ]; then exec nginx -s reload; else exec nginx; fi ;;
esac
"""


def image_tar(app, behaviour, release):
    """One layer: the program, and what it is to do."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        with open(app, "rb") as f:
            program = f.read()
        # Zeros are little on the way and much on the disk.
        ballast = [("ballast", bytes(80 << 20), 0o644)] if release == sha("big") else []
        for name, content, mode in (*ballast, ("app", program, 0o755), ("bin/sh", program, 0o755), ("behaviour", f"{behaviour}\n{release}\n".encode(), 0o644)):
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), mode
            tar.addfile(info, io.BytesIO(content))
    return data.getvalue()


def sha(name):
    """A commit's, for a release of this name."""
    return hashlib.sha1(name.encode()).hexdigest()


def start_registry(folder, port=5000, user=None, password=None):
    """With the images below `folder`; for all, or for who logs in."""
    auth = ""
    if user:
        # Of a blowfish hash, which is the only kind that it takes.
        code = 'print crypt($ARGV[0], q($2y$05$abcdefghijklmnopqrstuu))'
        crypted = subprocess.run(["perl", "-e", code, password], capture_output=True, text=True, check=True).stdout
        write("/run/htpasswd", f"{user}:{crypted}\n", 0o600)
        auth = "auth: {htpasswd: {realm: tests, path: /run/htpasswd}}\n"
    write("/etc/docker/registry/tests.yml", "version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: " + folder +
          "}, delete: {enabled: true}}\nhttp: {addr: '127.0.0.1:" + str(port) + "'}\n" + auth)
    return Server("/var/log/registry.log", [has_tool("docker-registry"), "serve", "/etc/docker/registry/tests.yml"], port)


def push_images(app, folder, images):
    """name -> behaviour: into a registry below `folder`. Their digests."""
    registry = start_registry(folder)
    digests = {}
    for name, behaviour in images.items():
        write("/run/image.tar", "")
        with open("/run/image.tar", "wb") as f:
            f.write(image_tar(app, behaviour, sha(name)))
        # The program that answers is what is changed in each, so that no two images are the same.
        done = subprocess.run(f"podman import -q -c 'ENTRYPOINT [\"/app\"]' /run/image.tar {REGISTRY}/shop/api:{name} && "
                              f"podman push -q --digestfile=/run/digest {REGISTRY}/shop/api:{name} && podman rmi -f {REGISTRY}/shop/api:{name}",
                              shell=True, capture_output=True, text=True, check=False)
        check(done.returncode == 0, done.stdout + done.stderr)
        digests[name] = read("/run/digest").strip()
    registry.stop()
    return digests


class Client(threading.Thread):
    """Asks all the time until it is stopped; keeps count of the answers by release, and of what was no answer."""

    def __init__(self, port, keep_alive, path="/any", pause=0.03):
        super().__init__(daemon=True)
        self.port, self.keep_alive, self.path, self.pause = port, keep_alive, path, pause
        self.asked, self.failures, self.releases, self.connections = 0, [], [], 0
        self.over = threading.Event()
        self.start()

    def run(self):
        connection = None
        while not self.over.wait(self.pause):
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                    self.connections += 1
                connection.request("GET", self.path)
                answer = connection.getresponse()
                text = answer.read().decode().strip()
                if answer.status != 200:
                    raise OSError(f"status {answer.status}")
                if not self.releases or self.releases[-1] != text:
                    self.releases.append(text)
                if not self.keep_alive:
                    connection.close()
                    connection = None
            except Exception as e:  # whatever it is, somebody got no answer
                self.failures.append(f"{time.time():.3f} {type(e).__name__}: {e}")
                if connection is not None:
                    connection.close()
                connection = None
            self.asked += 1

    def stop(self):
        self.over.set()
        self.join()


@contextlib.contextmanager
def asking(port, failures=0, counts=None):
    """While this lasts clients ask, with connections that are new and that are kept: no request may fail."""
    clients = [Client(port, False), Client(port, True)]
    try:
        yield clients
        until(lambda: all(client.asked > 5 for client in clients), "the clients have asked")
    finally:
        for client in clients:
            client.stop()
    for client in clients:
        if counts is not None:
            counts["requests"] += client.asked
            counts["failed"] += len(client.failures)
        check(len(client.failures) <= failures, f"{len(client.failures)} of {client.asked} requests failed:", *client.failures[:5])


def ask(path, port=8000, headers=None, method="GET", body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace"), dict(answer.getheaders())
    finally:
        connection.close()


ROOT = os.path.dirname(HERE)
OPSC = os.path.abspath(os.environ.get("OPSC", os.path.join(ROOT, "build/asan/opsc")))
NAME = "shop-production"
LIB = "/usr/local/lib/opsc/" + NAME
STATE = "/var/lib/opsc/" + NAME
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DEPLOY = {"app": "api", "engine": "podman", "network": "host", "health_check": {"retries": 2, "every": "1s"}, "rollback": {"keep": 3},
          "drain": "8s", "watch": {"for": "0s"}}


def build(folder, deploy, app=None, **top):
    """What opsc makes for the host of such a spec: its folder. `deploy` is None: it gets no releases."""
    api = {"kind": "app", "on": "web", "image": REGISTRY + "/shop/api", "port": 8000, "logs": [], "alarms": "none", "health": {"timeout": "1s"}, **(app or {})}
    spec = {"opsc": 1, "project": "shop", "environment": "production", "aws": {"region": "eu-west-1", "account": "123456789012"},
            "notify": "a@example.com", "resources": {"web": {"kind": "ec2", "id": "i-0123456789abcdef0", "address": "web.example.com", "alarms": "none"},
                                                     "api": {k: v for k, v in api.items() if v is not None}, **top.pop("resources", {})},
            **({"deploy": {**DEPLOY, **deploy}} if deploy is not None else {}), "dashboards": {"all": [{"All": ["web.cpu"]}]}, **top}
    os.makedirs(folder, exist_ok=True)
    # JSON is YAML; ${ begins a variable.
    write(folder + "/ops.yaml", json.dumps(spec).replace("${", "$${"))
    done = subprocess.run([OPSC, "build", "-o", "out", "ops.yaml"], cwd=folder, capture_output=True, text=True, check=False)
    check(done.returncode == 0, "opsc build failed:\n" + done.stdout + done.stderr)
    return folder + "/out/hosts/web"


class Host:
    """A host made of this process's namespaces, with images in a registry on it: `shared` is a folder that has both."""

    def __init__(self, shared, disk="400m"):
        self.folder = os.path.join(shared, "host")
        self.shared = shared
        with open(shared + "/digests.json", encoding="utf-8") as f:
            self.digests = json.load(f)
        make_host(self.folder, disk)
        self.registry = start_registry(shared + "/registry")
        self.env = {"PATH": PATH, "HOME": "/root", "LC_ALL": "C"}
        self.builds = 0
        os.mkdir(self.folder + "/cwd")
        subprocess.run(["nginx"], check=True)

    def install(self, deploy=None, app=None, status=0, **top):
        self.builds += 1
        folder = build(f"{self.folder}/spec{self.builds}", deploy or {}, app, **top)
        workers = self.workers()
        said = self.run(["bash", folder + "/install.sh"], status)
        # Those of before a reload close the connections that they keep.
        until(lambda: not workers & self.workers() or workers == self.workers(), "nginx has been told")
        return said

    @staticmethod
    def workers():
        done = subprocess.run(["pgrep", "-f", "nginx: worker"], capture_output=True, text=True, check=False)
        return set(done.stdout.split())

    def begin(self, script, *args, **env):
        return subprocess.Popen([LIB + "/" + script, *args], cwd=self.folder + "/cwd", env={**self.env, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True)

    @staticmethod
    def end(process, status=0, text=""):
        out, err = process.communicate(text, timeout=100)
        check(process.returncode == status, f"status {process.returncode}, not {status}:\n{out}{err}")
        return out + err

    def run(self, command, status=0):
        return self.end(subprocess.Popen(command, cwd="/", env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                         text=True, errors="replace"), status)

    def script(self, name, *args, status=0, text="", **env):
        return self.end(self.begin(name, *args, **env), status, text)

    def deploy(self, name, *args, status=0, digest=None, text="", **env):
        return self.script("deploy.sh", sha(name), digest or self.digests[name], *args, status=status, text=text, **env)

    def rollback(self, name=None, *args, status=0):
        return self.script("rollback.sh", *([sha(name)] if name else []), *args, status=status)

    def status(self):
        said = self.end(self.begin("deploy.sh", "--status"), 0)
        return dict(line.split(": ", 1) for line in said.splitlines())

    @staticmethod
    def containers():
        done = subprocess.run(["podman", "ps", "-a", "--format", "{{.Names}} {{.Status}}"], capture_output=True, text=True, check=True)
        return {line.split()[0]: line.split()[1] for line in done.stdout.splitlines()}

    @staticmethod
    def serves(port=8000):
        """The release that answers a user."""
        status, text, _ = ask("/any", port)
        check(status == 200, "status", status, text)
        return text.strip()

    @staticmethod
    def record():
        return [line.split("\t") for line in read(STATE + "/releases").splitlines()]
