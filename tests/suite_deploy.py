#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Releases put in place, refused, taken back and cleaned up by the generated scripts: real podman, nginx, image registry, sshd and sudo, in
namespaces of their own; moto as AWS. While anything happens clients ask, and no request of theirs may fail."""
import collections
import contextlib
import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import deploy_support as rig
from deploy_support import LIB, NAME, STATE, Host, apart, ask, asking, read, sha, write
from report import check, equal, say, state, test
from server_support import Server, answers, until

counts = collections.Counter()
IMAGES = {**{name: "ok" for name in ("one", "two", "three", "four", "five")}, "500": "500", "ends": "ends", "dies": "dies", "hangs": "hangs",
          "deaf": "deaf", "cuts": "cuts", "worker-one": "worker", "worker-two": "worker", "big": "ok"}


def has(text, *words):
    for word in words:
        check(word in text, repr(word), "is not in:", text)


def has_not(text, *words):
    for word in words:
        check(word not in text, repr(word), "is in:", text)


# ---- A good release

def slow(path, answers):
    """A request that takes 3 seconds, in a thread of its own."""
    def run():
        try:
            answers.append(ask(path))
        except OSError as e:
            answers.append((0, str(e), {}))
    thread = threading.Thread(target=run)
    thread.start()
    return thread


def slow_upload(answers):
    """A body that is sent over two seconds."""
    def run():
        with socket.create_connection(("127.0.0.1", 8000)) as s:
            s.sendall(b"POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\n")
            for _ in range(20):
                s.sendall(b"x" * 2000)
                time.sleep(0.1)
            answers.append(s.recv(4096).decode())
    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_good(host):
    with test("first-install-and-first-deploy"):
        # A host whose nginx remembers files for a minute.
        write("/etc/nginx/conf.d/cache.conf", "open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s;\n")
        host.install()
        equal(ask("/any")[0], 502, "the answer before the first release")
        has(host.deploy("one"), "starting", "is well: status 200", "serves")
        equal(host.serves(), sha("one"), "what serves")
        equal(host.containers(), {f"opsc-{NAME}-b": "Up"}, "containers")
    with test("good-release-while-clients-ask"):
        with asking(8000, counts=counts) as clients:
            time.sleep(0.2)
            host.deploy("two", "--by", "ci/1234")
            time.sleep(0.2)
        for client in clients:
            equal(client.releases, [sha("one"), sha("two")], "releases that were seen")
        equal(clients[1].connections, 1, "connections of the client that keeps its own")
        equal([row[1:3] + row[4:] for row in host.record()[-2:]], [["deploy", sha("two"), "a", "begun", "ci/1234"], ["deploy", sha("two"), "a", "serves", "ci/1234"]],
              "the record")
        equal(host.containers(), {f"opsc-{NAME}-a": "Up"}, "containers")
    with test("requests-in-flight-are-finished"):
        told = []
        with asking(8000, counts=counts):
            process = host.begin("deploy.sh", sha("three"), host.digests["three"])
            # Asked of the old one, and still under way when the switch comes.
            threads = []
            while host.serves() == sha("two"):
                threads += [slow("/slow", told), slow_upload(told)]
                time.sleep(0.3)
            host.end(process)
            for thread in threads:
                thread.join()
        counts["slow requests"] += len(told)
        good = [a for a in told if (a[0] == 200 if isinstance(a, tuple) else a.startswith("HTTP/1.1 200") and a.endswith("40000\n"))]
        equal(len(good), len(told), f"how many of {len(told)} slow requests and uploads were answered: {told}")
        check(sum(a[1].strip() == sha("two") for a in told if isinstance(a, tuple)) >= 2, "none of them was asked of the old one")
    with test("what-takes-longer-than-drain-is-cut"):
        host.install({"drain": "1s"})
        with socket.create_connection(("127.0.0.1", 8000)) as s, asking(8000, counts=counts):
            s.sendall(b"GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
            has(s.recv(4096).decode(), "101 Switching")
            s.sendall(b"hello")
            equal(s.recv(100), b"hello", "what comes back")
            has(host.deploy("four"), "1 requests have not ended after 1 seconds; they are cut")
            equal(s.recv(100), b"", "what comes after the end")
        host.install()


def test_proxy(host):
    with test("the-proxy-leaves-requests-and-answers-as-they-are"):
        status, text, headers = ask("/request?a=%2F..%2f&b=c//d", headers={"Host": "www.example.com:81", "X_odd": "1", "Cookie": "c" * 30000, "Opsc-Ask": ""})
        equal(status, 200, "status")
        has(text, "GET /request?a=%2F..%2f&b=c//d HTTP/1.1", "Host: www.example.com:81\r\n", "X_odd: 1\r\n", "X-Forwarded-For: 127.0.0.1\r\n",
            "X-Forwarded-Proto: http\r\n", "Connection: close\r\n", "c" * 30000)
        equal(headers.get("Server"), "ours", "who says to have answered")
        check("Opsc-Slot" not in headers, headers)
        has(ask("/request", headers={"X-Forwarded-For": "10.1.2.3", "X-Forwarded-Proto": "https"})[1], "X-Forwarded-For: 10.1.2.3, 127.0.0.1\r\n",
            "X-Forwarded-Proto: https\r\n")
        equal(ask("/size", method="POST", body=b"x" * 3000000)[1], "3000000\n", "bytes of a large body")
    with test("only-who-asks-from-the-host-is-told-the-slot"):
        equal(ask("/any", headers={"Opsc-Ask": "1"})[2].get("Opsc-Slot"), f"opsc-{NAME}-a", "slot")
        subprocess.run(["ip", "addr", "add", "10.9.8.7/32", "dev", "lo"], check=True)
        connection = socket.create_connection(("10.9.8.7", 8000), source_address=("10.9.8.7", 0))
        connection.sendall(b"GET /any HTTP/1.1\r\nHost: x\r\nOpsc-Ask: 1\r\nConnection: close\r\n\r\n")
        text = connection.makefile().read()
        has(text, "200 X", sha("four"))
        has_not(text, "Opsc-Slot")


def test_back(host):
    with test("releases-that-are-kept"):
        listed = [line.split("\t") for line in host.script("rollback.sh", "--list").splitlines()]
        equal([row[1] for row in listed], [sha(n) for n in ("four", "three", "two")], "the three newest")
        equal([row[3] for row in listed], ["serves", "kept", "kept"], "what serves")
        done = subprocess.run(["podman", "images", "-q", rig.REGISTRY + "/shop/api"], capture_output=True, text=True, check=True)
        equal(len(set(done.stdout.split())), 3, "images")
    with test("rollback-without-the-registry"):
        host.registry.stop()
        with asking(8000, counts=counts):
            has(host.rollback(), sha("three") + " serves")
            equal(host.serves(), sha("three"), "the one before")
            for name in ("two", "four", "three"):
                host.rollback(name)
                equal(host.serves(), sha(name), "what serves")
                equal(host.record()[-1][1:3] + host.record()[-1][5:6], ["rollback", sha(name), "serves"], "the record")
            has(host.rollback(), sha("four") + " serves")
    with test("rollback-to-what-is-gone"):
        has(host.rollback("one", status=1), "not kept any more", f"deploy.sh {sha('one')} {host.digests['one']}")
        has(host.rollback("five", status=1), "has never served on this host")
        has(host.rollback("two", "--dry-run"), "would put " + sha("two"))
        equal(host.serves(), sha("four"), "what serves")
        host.registry = rig.start_registry(host.shared + "/registry")
    with test("health-check"):
        has(host.script("health_check.sh", "--release", sha("four")), "is well: status 200 in 0.0")
        has(host.script("health_check.sh", "--release", sha("two"), "--retries", "1", status=1), f"it is {sha('four')} that serves, not {sha('two')}")
        has(host.script("health_check.sh", "--slot", "a", "--retries", "1", status=1), "slot a is not there")
        told = host.status()
        has(told.pop("health"), "well (status 200 in 0.0")
        equal(told, {"app": "api", "release": sha("four"), "image": f"{rig.REGISTRY}/shop/api@{host.digests['four']}", "slot": "b", "state": "running"},
              "the status")
    with test("after-a-reboot-the-same-release-serves"):
        subprocess.run(["nginx", "-s", "stop"], check=True)
        subprocess.run(["podman", "stop", "-t", "1", f"opsc-{NAME}-b"], check=True, capture_output=True)
        equal(host.containers(), {f"opsc-{NAME}-b": "Exited"}, "containers")
        # What podman-restart.service does at boot.
        subprocess.run(["podman", "start", "--all", "--filter", "restart-policy=always"], check=True, capture_output=True)
        subprocess.run(["nginx"], check=True)
        until(lambda: ask("/any")[0] == 200, "it answers")
        equal(host.serves(), sha("four"), "what serves")
        with asking(8000, counts=counts):
            host.deploy("one")


def part_good(host):
    for one in (test_good, test_proxy, test_back):
        one(host)


# ---- Releases that are refused

def refused(host, name, *words, status=1, digest=None, serves="one"):
    """It is not put in place, whatever is wrong; the one that serves never stopped."""
    counts["faults"] += 1
    with test("refused-" + name):
        with asking(8000, counts=counts) as clients:
            said = host.deploy(name, status=status, digest=digest)
        has(said, *words)
        for client in clients:
            equal(client.releases, [sha(serves)], "releases that were seen")
        equal(list(host.containers().values()), ["Up"], "containers")
        check(not os.path.exists(f"/run/opsc-{NAME}-deploy"), "its folder is left")


def test_bad(host):
    host.deploy("one")
    same = "the release that serves is unchanged: " + sha("one")
    refused(host, "ends", "has died: it ended", f"| release {sha('ends')} begins", '"it" is not there', same)
    refused(host, "dies", "has died", same)
    refused(host, "500", "is not well after 2 questions: status 500 at /health, not 200-399", same)
    refused(host, "hangs", "no answer within 1 seconds", same)
    refused(host, "deaf", "nobody listens on port 18000", same)
    refused(host, "cuts", "the connection was cut", same)
    refused(host, "absent", "the registry has no " + rig.REGISTRY + "/shop/api@sha256:0", same, digest="sha256:" + "0" * 64)
    equal(host.record()[-1][1:6:4] + host.record()[-1][2:3], ["deploy", "failed", sha("absent")], "the record")
    host.registry.stop()
    refused(host, "two", "the registry localhost:5000 does not answer", same)
    host.registry = rig.start_registry(host.shared + "/registry")


def test_settings(host):
    host.install({"migrate": "python manage.py migrate; exit 7"})
    refused(host, "two", "sh: python manage.py migrate; exit 7", "the migration failed with status 7", "unchanged: " + sha("one"))
    host.install({"env_file": "/etc/nowhere.env"})
    refused(host, "two", "/etc/nowhere.env is not there", status=78)
    host.install({"options": ["--nonsense=1"]})
    refused(host, "two", "starting " + sha("two") + ": ", "unknown flag: --nonsense")
    host.install({"options": ["--volume=/nowhere/at/all:/x"]})
    refused(host, "two", "/nowhere/at/all", "unchanged: " + sha("one"))
    host.install()
    with test("wrong-usage"):
        for args, word in ((("a b", "x"), "a release is a name"), ((sha("two"), "sha256:abc"), "a digest is sha256: and 64"), ((sha("two"),), "are needed"),
                           ((), "are needed"), (("--nonsense",), "unknown option"), ((sha("two"), host.digests["two"], "--by", "a\tb"), "is named with letters"),
                           ((sha("two"), host.digests["two"], "--login"), "needs a value"), ((sha("two"), host.digests["two"], "--login", "u$(id)"), "user of the registry")):
            has(host.script("deploy.sh", *args, status=64), word)
            counts["faults"] += 1
        has(host.script("rollback.sh", "../x", status=64), "one release is named")
        has(host.script("health_check.sh", "--slot", "c", status=64), "a or b")
        for script in ("deploy.sh", "rollback.sh", "health_check.sh", "watch_alarms.sh", "cleanup_old_data.sh", "ssh_command.sh"):
            has(host.script(script, "--help"), "Usage")
            host.script(script, "--check")


def path_without(name):
    """A PATH with all programs but this one."""
    folder = "/run/without-" + name
    os.mkdir(folder)
    for place in ("/usr/bin", "/usr/sbin"):
        for program in os.listdir(place):
            if program != name and not os.path.lexists(f"{folder}/{program}"):
                os.symlink(f"{place}/{program}", f"{folder}/{program}")
    return folder


def test_host(host):
    """What is wrong with the host and not with the release."""
    with test("refused-on-a-full-disk"):
        free = shutil.disk_usage(host.folder).free
        with open(host.folder + "/ballast", "wb") as f:
            os.posix_fallocate(f.fileno(), 0, free - (40 << 20))
        with asking(8000, counts=counts):
            has(host.deploy("two", status=1), "the disk is full: ", "cleanup_old_data.sh --apply removes")
        # What the scripts write lies there too.
        with open(host.folder + "/ballast2", "wb") as f:
            os.posix_fallocate(f.fileno(), 0, shutil.disk_usage(host.folder).free)
        with asking(8000, counts=counts):
            has(host.deploy("two", status=1), "disk")
            equal(host.serves(), sha("one"), "what serves")
        os.remove(host.folder + "/ballast")
        os.remove(host.folder + "/ballast2")
        counts["faults"] += 2
    with test("refused-when-the-disk-fills-up-on-the-way"):
        with open(host.folder + "/ballast", "wb") as f:
            os.posix_fallocate(f.fileno(), 0, shutil.disk_usage(host.folder).free - (70 << 20))
        with asking(8000, counts=counts):
            has(host.deploy("big", status=1), "the disk is full", "unchanged: " + sha("one"))
            equal(host.serves(), sha("one"), "what serves")
        os.remove(host.folder + "/ballast")
        counts["faults"] += 1
    with test("without-the-engine"):
        has(host.deploy("two", status=69, PATH=path_without("podman")), "podman is not installed; install podman")
        counts["faults"] += 1
    with test("two-at-once"):
        first = host.begin("deploy.sh", sha("two"), host.digests["two"], "--by", "ci/1")
        until(lambda: os.path.exists(f"/run/opsc-{NAME}-deploy"), "it has begun")
        has(host.deploy("three", "--by", "ci/2", status=75), f"deploy of {sha('two')} by ci/1 runs since 20", f"(pid {first.pid}); this one has done nothing")
        has(host.rollback("one", status=75), "this one has done nothing")
        has(host.script("cleanup_old_data.sh", "--apply", "images", status=75), "a deploy runs")
        host.end(first)
        equal(host.serves(), sha("two"), "what serves")
        counts["faults"] += 3
    with test("stopped-by-a-signal"):
        for number, status in ((signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)):
            with asking(8000, counts=counts):
                process = host.begin("deploy.sh", sha("500"), host.digests["500"])
                until(lambda: len(host.containers()) == 2, "the new one is there")
                process.send_signal(number)
                has(host.end(process, status), "unchanged: " + sha("two"))
            equal(list(host.containers().values()), ["Up"], "containers")
            counts["faults"] += 1
    with test("who-listens-has-gone"):
        with asking(8000, counts=counts):
            process = host.begin("deploy.sh", sha("500"), host.digests["500"])
            process.stderr.close()
            process.stdout.close()
            process.stdin.close()
            check(process.wait(30) in (1, 141), "status", process.returncode)
            until(lambda: list(host.containers().values()) == ["Up"], "the new one is removed")
        counts["faults"] += 1


def test_slots(host):
    with test("the-port-of-the-slot-is-taken"):
        host.deploy("two")
        free = 18000 if os.path.exists(STATE + "/slot-b") else 18001
        with socket.create_server(("127.0.0.1", free)), asking(8000, counts=counts):
            has(host.deploy("three", status=69), f"port {free} of slot ", "is taken by python", f"(pid {os.getpid()})", "unchanged: " + sha("two"))
        equal(list(host.containers().values()), ["Up"], "containers")
        counts["faults"] += 1
    with test("what-stops-it-when-the-release-serves-came-afterwards"):
        # Who reads 1 or 143 takes it that the old one serves.
        stopped = f'kill -TERM "$(cut -f 1 {STATE}/deploy.holder)"; exec sleep 5'
        for name, word, action in (("three", "images", "exit 1"), ("two", "stop", stopped)):
            write("/run/broken/podman", f'#!/bin/sh\n[ "$1" != {word} ] || {{ {action}; }}\nexec {rig.has_tool("podman")} "$@"\n', 0o755)
            with asking(8000, counts=counts):
                host.deploy(name, status=3, PATH="/run/broken:" + rig.PATH)
                equal(host.serves(), sha(name), "what serves")
            counts["faults"] += 1
        host.deploy("two")


def test_nginx(host):
    with test("nginx-is-down"):
        subprocess.run(["nginx", "-s", "quit"], check=True, capture_output=True)
        until(lambda: not os.path.exists("/run/nginx.pid"), "nginx has ended")
        has(host.deploy("three", status=69), "nginx does not listen on port 8000")
        counts["faults"] += 1
    with test("the-port-is-taken"):
        with socket.create_server(("127.0.0.1", 8000)):
            has(host.deploy("three", status=69), "port 8000 is taken by python", f"(pid {os.getpid()})", "podman stop NAME")
        counts["faults"] += 1
    with test("nginx-has-another-configuration-there"):
        shutil.move(f"/etc/nginx/conf.d/opsc-{NAME}.conf", "/run/kept.conf")
        write("/etc/nginx/conf.d/other.conf", "server { listen 8000; }\n")
        subprocess.run(["nginx"], check=True)
        has(host.deploy("three", status=69), "nginx listens on port 8000 with another configuration")
        counts["faults"] += 1
    with test("install-brings-the-old-configuration-back"):
        write("/etc/nginx/conf.d/other.conf", "server { listen 8000 default_server; }\n")
        shutil.move("/run/kept.conf", f"/etc/nginx/conf.d/opsc-{NAME}.conf")
        kept = read(f"/etc/nginx/conf.d/opsc-{NAME}.conf")
        has(host.install({"slot_port": 19000}, status=1), "duplicate default server", "nginx does not take opsc-", "no script and no timer was changed")
        equal(read(f"/etc/nginx/conf.d/opsc-{NAME}.conf"), kept, "the configuration")
        os.remove("/etc/nginx/conf.d/other.conf")
        subprocess.run(["nginx", "-s", "reload"], check=True, capture_output=True)
        until(lambda: ask("/any")[0] == 200, "it answers again")
        host.deploy("three")
        counts["faults"] += 1
    with test("nginx-may-not-look-into-the-folder"):
        if os.path.exists(STATE + "/slot-b"):
            host.deploy("two")
        before = host.serves()
        # Deploys see to that; this is a host where they cannot.
        write("/usr/local/sbin/chmod", "#!/bin/sh\nexit 0\n", 0o755)
        try:
            os.chmod(STATE, 0o700)
            with asking(8000, counts=counts):
                has(host.deploy("four", status=1), "nginx still asks opsc-", "switched back to " + before)
        finally:
            os.remove("/usr/local/sbin/chmod")
        with asking(8000, counts=counts):
            host.deploy("four")
        counts["faults"] += 1
    with test("a-container-of-others-has-the-name"):
        other = f"opsc-{NAME}-{'a' if os.path.exists(STATE + '/slot-b') else 'b'}"
        subprocess.run(["podman", "create", "--name", other, f"{rig.REGISTRY}/shop/api@{host.digests['three']}"], check=True, capture_output=True)
        with asking(8000, counts=counts):
            has(host.deploy("five", status=78), f"there is a container {other} that is not of this deploy")
        subprocess.run(["podman", "rm", other], check=True, capture_output=True)
        host.deploy("five")
        counts["faults"] += 1


def test_bridge(host):
    """In a network of its own, as most containers are."""
    with test("network-bridge"):
        settings = read("/etc/containers/containers.conf")
        write("/etc/containers/containers.conf", settings.replace('netns = "host"\n', ""))
        host.install({"network": "bridge"})
        with asking(8000, counts=counts):
            has(host.deploy("two"), sha("two") + " serves")
            has(host.deploy("three"), sha("three") + " serves")
        equal(host.serves(), sha("three"), "what serves")
        check("PORT" not in environment(), "PORT is set")
        with asking(8000, counts=counts):
            has(host.deploy("500", status=1), "status 500", "unchanged: " + sha("three"))
        counts["faults"] += 1
        write("/etc/containers/containers.conf", settings)


def test_remove(host):
    with test("install-removes-what-it-installed"):
        folder = f"{host.folder}/spec{host.builds}/out/hosts/web"
        host.run(["bash", folder + "/install.sh", "--remove"])
        equal([p for p in (f"/etc/nginx/conf.d/opsc-{NAME}.conf", f"/etc/sudoers.d/opsc-{NAME}", LIB, STATE) if os.path.exists(p)], [], "what is left")
        until(lambda: not answers(8000), "nginx has closed the port")


def part_bad(host):
    host.install()
    test_bad(host)
    test_settings(host)
    test_bridge(host)
    test_remove(host)


def part_host(host):
    host.install()
    host.deploy("one")
    test_host(host)
    test_slots(host)
    test_nginx(host)
    with test("nothing-is-written-where-it-was-called"):
        equal(os.listdir(host.folder + "/cwd"), [], "files")


# ---- Kills

# The deploy is killed before and after each of these that changes something, and before each other one.
STEPS = "podman", "curl", "ss", "rm", "mkdir", "chmod", "flock", "sync", "sleep"
CHANGES = "podman:pull", "podman:run", "podman:stop", "podman:rm", "podman:image", "rm", "mkdir", "chmod"
WRAPPER = """#!/bin/bash
read -r n </run/steps/count
printf '%s\\n' "$((n + 1))" >/run/steps/count
read -r at when </run/steps/at
if ((n + 1 == at)) && [[ "${when}" == before ]]; then kill -KILL "$(</run/steps/pid)"; exit 137; fi
case "${0##*/}" in sleep) real=/usr/bin/sleep; set -- 0.1 ;; *) real="$(PATH=/usr/sbin:/usr/bin command -v "${0##*/}")" ;; esac
"${real}" "$@"
status="$?"
if ((n + 1 == at)) && [[ "${when}" == after ]]; then kill -KILL "$(</run/steps/pid)"; fi
exit "${status}"
"""


def step_names():
    """Where the deploy is killed, in the order in which it comes there."""
    return read("/run/steps/names").split()


class Steps:
    """Programs that count how often they are called, and kill the deploy at one of these times."""

    def __init__(self):
        os.makedirs("/run/steps/bin")
        for name in STEPS:
            write(f"/run/steps/bin/{name}", WRAPPER.replace("read -r n", "printf '%s\\n' \"${0##*/}:${1:-}\" >>/run/steps/names\nread -r n", 1), 0o755)

    @staticmethod
    def arm(at, when):
        write("/run/steps/count", "0\n")
        write("/run/steps/names", "")
        write("/run/steps/at", f"{at} {when}\n")
        write("/run/steps/pid", "0\n")

    def run(self, host, script, *args, at=0, when="before"):
        """Status and words of a deploy that is killed there."""
        self.arm(at, when)
        process = subprocess.Popen(["bash", "-c", 'echo "$$" >/run/steps/pid; exec "$@"', "x", f"{LIB}/{script}", *args], cwd="/", stdin=subprocess.DEVNULL,
                                   env={**host.env, "PATH": "/run/steps/bin:" + host.env["PATH"]}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, start_new_session=True)
        out = process.communicate(timeout=90)[0]
        return process.returncode, out


def test_kills(host, part, parts):
    steps = Steps()
    names = iter(("two", "one") * 1000)
    with test("kills-can-be-counted"):
        status, out = steps.run(host, "deploy.sh", sha("two"), host.digests["two"])
        equal(status, 0, out)
        calls = step_names()
        check(len(calls) > 20 and {f"podman:{word}" for word in ("pull", "run", "stop", "rm")} <= set(calls), calls)
        # Power may go at any time: nginx must not come back to a slot that was emptied.
        check("sync:--" in calls[:calls.index("podman:stop")], "the switch is not on the disk before the old one is stopped", calls)
    # What only looks leaves all as the step before it left it.
    points = [(i + 1, "before") for i, name in enumerate(calls) if not name.startswith(("podman:container", "podman:images", "podman:info", "sleep"))]
    points += [(i + 1, "after") for i, name in enumerate(calls) if name.startswith(CHANGES)]
    points = sorted(points)[part::parts]
    with test("kills-cost-no-request"), asking(8000, counts=counts) as clients:
        for n, (at, when) in enumerate(points):
            name = next(names)
            status, out = steps.run(host, "deploy.sh", sha(name), host.digests[name], at=at, when=when)
            # A run that finds something left needs more steps than the first, which had nothing to mend: each comes to its own.
            check(status in (-9, 0), f"killed {when} step {at}: status {status}", out)
            counts["kills"] += status == -9
            counts["faults"] += 1
            check(host.serves() in (sha("one"), sha("two")), "what serves after a kill", when, at)
            if n % 6 == 5:
                name = next(names)
                status, out = steps.run(host, "deploy.sh", sha(name), host.digests[name])
                equal(status, 0, f"the deploy after a kill {when} step {at}: {out}")
                equal(host.serves(), sha(name), "what serves")
                equal(list(host.containers().values()), ["Up"], "containers")
    with test("nothing-is-left-of-kills"):
        # What needs no lock has a folder when it asks the engine, which it does after it has removed that of the one before.
        for at, script, *args in ((1, "deploy.sh", "--status"), (2, "rollback.sh", "--list"), (2, "health_check.sh")):
            status, out = steps.run(host, script, *args, at=at)
            equal(status, -9, out)
            left = [re.sub("[0-9]+[.].*", "PID", path) for path in folders() if "-free-" in path]
            equal(left, [f"/run/opsc-{NAME}-{script[:-3]}-free-PID"], "folders that are left")
        lives = f"/run/opsc-{NAME}-watch_alarms-free-{os.getpid()}.x"
        os.mkdir(lives)
        host.deploy("three")
        equal(folders(), [lives], "the folder of a run that lives")
        os.rmdir(lives)
        equal(list(host.containers().values()), ["Up"], "containers")
        equal([row for row in host.record() if len(row) != 7], [], "lines of the record that are not whole")


def folders():
    """Of runs, on this host: /tmp is that of all."""
    return glob.glob("/run/opsc-*") + glob.glob("/var/tmp/opsc-*")


def part_kills(part):
    def run(host):
        host.install()
        host.deploy("one")
        test_kills(host, part, 2)
    return run


# ---- Workers, options, accounts, AWS

HOSTILE = "we\"ird' $(touch /run/hacked)`touch /run/hacked`;\\ %s ${HOME} *\nsecond line"
SECRETS = "p\"a\\ss'w: #1;$(touch /run/hacked)`touch /run/hacked`", "mana'ger $(touch /run/hacked)\nof two lines"


def not_hacked():
    check(not os.path.exists("/run/hacked") and not os.path.exists("/hacked"), "a value was run as a command")


def test_worker(host):
    """Nobody asks it, and there is no proxy: one that does not stay up is refused."""
    worker = {"http": False, "port": None, "health": None}
    with test("worker"):
        host.install({"drain": "2s"}, worker)
        check(not os.path.exists(f"/etc/nginx/conf.d/opsc-{NAME}.conf"), "there is a proxy")
        has(host.deploy("worker-one"), "has stayed up")
        has(host.deploy("worker-two"), "has stayed up")
        equal(host.containers(), {f"opsc-{NAME}-a": "Up"}, "containers")
        has(host.deploy("ends", status=1), "has died: it ended", "unchanged: " + sha("worker-two"))
        equal(host.containers(), {f"opsc-{NAME}-a": "Up"}, "containers")
        host.rollback()
        equal([host.status()[k] for k in ("release", "health")], [sha("worker-one"), "is not asked"], "the status")
        has(host.script("health_check.sh"), "its container runs")
        subprocess.run(["podman", "rm", "-f", "-a"], check=True, capture_output=True)
        counts["faults"] += 1


def environment():
    """Of the container that serves."""
    return dict(pair.split("=", 1) for pair in ask("/env")[1].split("\x01") if "=" in pair)


class Watcher(threading.Thread):
    """Looks at the arguments of all processes, until it is stopped."""

    def __init__(self, texts):
        super().__init__(daemon=True)
        self.texts, self.found, self.looked, self.over = [t.split("\n")[0].encode() for t in texts], set(), 0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.01):
            for pid in os.listdir("/proc"):
                with contextlib.suppress(OSError):
                    if pid.isdigit():
                        with open(f"/proc/{pid}/cmdline", "rb") as f:
                            line = f.read()
                        self.found.update(line for text in self.texts if text in line)
                        self.looked += 1

    def stop(self):
        self.over.set()
        self.join()
        check(self.looked > 100, "it hardly looked")
        equal(self.found, set(), "arguments that have a secret")


def files_with(text):
    """Of ours: what podman keeps of a container's environment is podman's."""
    places = ["/usr/local/lib/opsc", "/var/lib/opsc", "/run", "/etc", "/var/log", "/root/.docker", "/root/.config", *glob.glob("/tmp/opsc-*")]
    done = subprocess.run(["grep", "-rlsF", "--exclude-dir=containers", "-e", text.split("\n")[0], *places], capture_output=True, text=True, check=False)
    return [path for path in done.stdout.split() if "containers-of-tests" not in path]


def test_environment(host):
    env_file = "/etc/we ird'$(touch hacked).env"
    write(env_file, "FROM_FILE=a b'c\n", 0o600)
    host.cloud.client("ssm").put_parameter(Name="/shop/production/db-password", Value=SECRETS[0], Type="SecureString")
    host.cloud.client("ssm").put_parameter(Name="/shop/production/whole", Value=json.dumps({"username": "u", "password": SECRETS[1]}), Type="SecureString")
    items = {"db-password": {"rotate": "every 180 days by hand"}, "whole": {"rotate": "every 180 days by hand"}}
    deploy = {"env": {"PLAIN": HOSTILE, "NAME": "n"}, "env_file": env_file, "migrate": f"migrate {HOSTILE}", "options": ["--label=l=" + HOSTILE.split("\n")[0]],
              "secrets": {"pair": "db-password", "REGION": "db-password", "work": "whole"}}
    with test("hostile-values-are-data-and-secrets-are-nowhere"):
        host.install(deploy, secrets={"items": items})
        watcher = Watcher(SECRETS)
        said = host.deploy("one")
        watcher.stop()
        got = environment()
        equal({k: got.get(k) for k in ("PLAIN", "NAME", "FROM_FILE", "pair", "REGION", "work", "PORT")},
              {"PLAIN": HOSTILE, "NAME": "n", "FROM_FILE": "a b'c", "pair": SECRETS[0], "REGION": SECRETS[0], "work": SECRETS[1], "PORT": got["PORT"]}, "the environment")
        check(got["PORT"] in ("18000", "18001"), got["PORT"])
        has(said, "sh: migrate " + HOSTILE.split("\n")[0], "second line")
        for text in SECRETS:
            equal(files_with(text), [], "files that have a secret")
        not_hacked()
    with test("secrets-of-secrets-manager"):
        host.cloud.client("secretsmanager").create_secret(Name="shop/production/db-password", SecretString=SECRETS[0] + "2")
        host.install({"secrets": {"DATABASE_PASSWORD": "db-password"}}, secrets={"store": "secrets-manager", "items": {"db-password": items["db-password"]}})
        with asking(8000, counts=counts):
            host.deploy("two")
        equal(environment()["DATABASE_PASSWORD"], SECRETS[0] + "2", "the secret")
    same = "unchanged: " + sha("two")
    for what, words in (("expired", "the credentials of this host have expired"), ("away", "reading the password shop/production/db-password")):
        with test("refused-when-secrets-are-" + what), host.cloud.fault("secretsmanager", what), asking(8000, counts=counts):
            has(host.deploy("three", status=78 if what == "expired" else 1), words, same)
            has(host.rollback(status=78 if what == "expired" else 1), words, same)
            counts["faults"] += 2
    with test("refused-when-a-secret-is-gone"):
        host.cloud.client("secretsmanager").delete_secret(SecretId="shop/production/db-password", ForceDeleteWithoutRecovery=True)
        with asking(8000, counts=counts):
            has(host.deploy("three", status=78), "there is no such thing", same)
        counts["faults"] += 1
    host.install()


def test_registries(host):
    with test("a-registry-that-wants-a-login"):
        host.registry.stop()
        password = "pw'$(touch /run/hacked) \"x"
        registry = rig.start_registry(host.shared + "/registry", 5000, "ci", password)
        has(host.deploy("three", status=78), "a private image needs --login")
        has(host.deploy("three", "--login", "ci", text="wrong\n", status=78), "does not take the login of ci")
        has(host.deploy("three", "--login", "ci", text="", status=64), "needs the password as the first line of standard input")
        watcher = Watcher([password])
        host.deploy("three", "--login", "ci", text=password + "\n")
        watcher.stop()
        equal(files_with(password), [], "files that have the password")
        equal(subprocess.run("find /root /run /etc/containers -name auth.json -o -name config.json | grep -v containers-of-tests", shell=True, capture_output=True,
                             text=True, check=False).stdout, "", "logins that are left")
        registry.stop()
        counts["faults"] += 3
    with test("ecr"):
        name = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
        write("/etc/hosts", read("/etc/hosts") + f"127.0.0.1 {name}\n")
        write("/etc/containers/registries.conf.d/ecr.conf", f'[[registry]]\nlocation = "{name}"\ninsecure = true\n')
        token = subprocess.run(["aws", "ecr", "get-login-password"], env={**os.environ, **host.env}, capture_output=True, text=True, check=True).stdout.strip()
        registry = rig.start_registry(host.shared + "/registry", 80, "AWS", token)
        host.install({"registry": "ecr", "github": "example/shop"}, {"image": "shop/api"})
        with asking(8000, counts=counts):
            host.deploy("four")
        has(host.status()["image"], f"{name}/shop/api@{host.digests['four']}")
        with host.cloud.fault("ecr", "expired"), asking(8000, counts=counts):
            has(host.deploy("five", status=78), "asking for a login to " + name, "have expired")
        registry.stop()
        host.registry = rig.start_registry(host.shared + "/registry")
        host.install()
        counts["faults"] += 1


class Ssh:
    """The account `deploy`, a key of CI, and sshd."""

    def __init__(self, folder):
        self.key = folder + "/key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key], check=True)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/etc/ssh/host_key_of_tests"], check=True)
        # As docs/deploy.md says.
        commands = ("useradd --create-home --home-dir /var/deploy --shell /bin/sh deploy && mkdir -m 0755 ~deploy/.ssh\n"
                    f"echo 'restrict,command=\"{LIB}/ssh_command.sh\" {read(self.key + '.pub').strip()}' >~deploy/.ssh/authorized_keys\n"
                    "usermod -p '*' deploy")  # sshd without PAM lets nobody in who is locked
        subprocess.run(["bash", "-ec", commands], check=True)
        os.makedirs("/run/sshd", exist_ok=True)
        write("/etc/ssh/sshd_of_tests", "Port 2222\nListenAddress 127.0.0.1\nHostKey /etc/ssh/host_key_of_tests\nAuthorizedKeysFile .ssh/authorized_keys\n"
                                        "PasswordAuthentication no\nUsePAM no\nPidFile none\nSubsystem sftp internal-sftp\n")
        self.server = Server("/var/log/sshd.log", [rig.has_tool("sshd"), "-D", "-e", "-f", "/etc/ssh/sshd_of_tests"], 2222)

    def run(self, command, status=0, text="", program=("ssh", "-T"), more=()):
        to = ["-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "IdentitiesOnly=yes", "-i", self.key]
        done = subprocess.run([*program, *to, "-p", "2222", *more, "deploy@127.0.0.1", *(["--", *command] if command else [])], input=text, capture_output=True, text=True, timeout=60,
                              check=False, errors="replace")
        check(done.returncode == status, f"status {done.returncode}, not {status}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr


def test_ssh(host):
    ssh = Ssh(host.folder)
    with test("deploy-over-ssh"):
        with asking(8000, counts=counts):
            has(ssh.run([f"deploy {sha('one')} {host.digests['one']} --by github/7"]), sha("one") + " serves")
            equal(host.record()[-1][6], "github/7", "who is recorded")
            has(ssh.run(["deploy", sha("two"), host.digests["two"]]), sha("two") + " serves")
            equal(host.record()[-1][6], "deploy", "who is recorded")
            has(ssh.run([f"deploy {sha('500')} {host.digests['500']}"], 1), "unchanged: " + sha("two"))
            has(ssh.run(["rollback"]), sha("one") + " serves")
            has(ssh.run([f"rollback {sha('two')} --by me"]), sha("two") + " serves")
        has(ssh.run(["status"]), "release: " + sha("two"), "health: well")
        has(ssh.run(["health --release " + sha("two")]), "is well: status 200")
        has(ssh.run(["releases"]), sha("one"), sha("two") + "\t")
        has(ssh.run(["watch"]), "the spec names no alarms to watch")
        counts["faults"] += 1
    with test("over-ssh-nothing-else-is-run"):
        before = host.record()
        good = f"deploy {sha('one')} {host.digests['one']}"
        for command in ("id", "deploy", "deploy; reboot", f"{good}; touch /run/hacked", f"{good}\ntouch /run/hacked", f"{good} $(touch /run/hacked)",
                        f"{good} `touch /run/hacked`", f"{good} && touch /run/hacked", f"{good} --login 'a b'", f"{good} --login $(id)", f"{good} --by x;id",
                        f"{good} --status", f"deploy * {host.digests['one']}", f"deploy ../../x {host.digests['one']}", f"deploy {sha('one')} sha256:abc",
                        f"deploy  {sha('one')} {host.digests['one']}", f" {good}", f"{good} ", f"DEPLOY {sha('one')} {host.digests['one']}",
                        f"deploy {'a' * 200} {host.digests['one']}", "rollback --list", "rollback -x", "rollback a b", "rollback ../../etc/passwd", "rollback '*'",
                        "rollback ~", "health --release $(id)", "health --slot a", "watch --since x", "watch --since 1; id", "status; id", "status\nid", "releases|id",
                        "$(touch /run/hacked)", "`touch /run/hacked`", "/usr/local/lib/opsc/shop-production/deploy.sh --status", "sudo -n id", "bash -i", "env",
                        "deploy\t" + sha("one") + "\t" + host.digests["one"], "\u00e9", "-h", "--check"):
            # What sshd does with it, without a connection for each.
            done = subprocess.run(["setpriv", "--reuid=deploy", "--regid=deploy", "--clear-groups", "sh", "-c", LIB + "/ssh_command.sh"], cwd="/",
                                  env={**host.env, "SSH_ORIGINAL_COMMAND": command}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            equal(done.returncode, 64, f"status of {command!r}: {done.stdout}{done.stderr}")
            has(done.stderr, "this key may do nothing else")
            counts["faults"] += 1
        for command in ("id", f"{good}; touch /run/hacked", f"{good}\ntouch /run/hacked", "$(touch /run/hacked)", "-h"):
            has(ssh.run([command], 64), "this key may do nothing else")
        has(ssh.run([], 64), "Usage, over SSH")
        not_hacked()
        equal(host.record(), before, "the record")
        has(ssh.run(["id"], 255, more=("-tt",)), "PTY allocation request failed")
        has(ssh.run([], 255, more=("-W", "127.0.0.1:8000")), "forwarding failed")
        for program in (("scp", "-P"), ("sftp", "-P")):
            done = subprocess.run([program[0], "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-i", ssh.key, "-P", "2222",
                                   *(["/etc/hostname"] if program[0] == "scp" else []), "deploy@127.0.0.1:" + ("/run/hacked" if program[0] == "scp" else "")],
                                  input="put /etc/hostname /run/hacked\n", capture_output=True, text=True, timeout=30, check=False)
            check(done.returncode != 0, program, done.stdout)
        not_hacked()
    with test("the-account-may-run-these-scripts-and-nothing-else"):
        for command, ok in (([f"{LIB}/deploy.sh", "--status"], True), (["/usr/bin/id"], False), ([f"{LIB}/cleanup_old_data.sh"], False), (["bash"], False),
                            ([f"{LIB}/../../bin/x"], False), ([f"{LIB}/deploy.sh/../install.sh"], False)):
            done = subprocess.run(["setpriv", "--reuid=deploy", "--regid=deploy", "--clear-groups", "sudo", "-n", *command], capture_output=True, text=True, check=False)
            equal(done.returncode == 0, ok, f"whether it may {command}: {done.stderr}")
        equal(os.stat(f"/etc/sudoers.d/opsc-{NAME}").st_mode & 0o777, 0o440, "mode of the file")


def test_watch(host):
    names = [f"alarm-{n}" for n in range(102)]
    alarms = {n: {"when": "web.cpu > 80%"} for n in names}
    cloudwatch = host.cloud.client("cloudwatch")

    def set_state(name, value, reason="it is so"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=value, StateReason=reason)
    with test("watch-knows-alarms-of-before-and-of-after"):
        host.install({"watch": {"for": "5m", "alarms": names}}, alarms=alarms)
        of_aws = re.findall(r"^  '(shop-production-alarm-\d+)'$", read(LIB + "/watch_alarms.sh"), re.M)
        equal(len(of_aws), 102, "alarms in the script")
        for name in (*of_aws, "alarm-of-others"):
            cloudwatch.put_metric_alarm(AlarmName=name, ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, MetricName="m", Namespace="n", Period=60,
                                        Statistic="Sum", Threshold=1)
        set_state(of_aws[3], "ALARM")
        time.sleep(1.1)
        host.deploy("three")
        set_state("alarm-of-others", "ALARM")
        said = host.script("watch_alarms.sh", "--for", "1")
        has(said, "watching 102 alarms for 1 seconds", f"was on before the deploy, which does not count: {of_aws[3]}", "no alarm has gone off")
        set_state(of_aws[101], "ALARM", "too $(touch /run/hacked)\nmany errors")
        has(host.script("watch_alarms.sh", status=1), f"has gone off since the deploy began: {of_aws[101]}: too $(touch /run/hacked) many errors")
        has(host.script("watch_alarms.sh", "--for", "0", "--since", str(int(time.time()) + 5)), f"does not count: {of_aws[101]}", "no alarm has gone off")
        not_hacked()
        counts["faults"] += 1
    with test("watch-says-when-it-does-not-know"):
        set_state(of_aws[101], "OK")
        with host.cloud.fault("monitoring", "away"):
            has(host.script("watch_alarms.sh", "--for", "1", status=3), "trying again", "it is not known whether an alarm has gone off")
        with host.cloud.fault("monitoring", "away", times=1):
            has(host.script("watch_alarms.sh", "--for", "4"), "trying again", "no alarm has gone off")
        has(host.script("watch_alarms.sh", "--since", "x;id", status=64), "needs a number of seconds")
        counts["faults"] += 2
    host.install()


def test_cleanup(host):
    logs = "/var/log/shop"
    now = time.time()

    def log(name, days, text="x" * 100):
        write(f"{logs}/{name}", text)
        os.utime(f"{logs}/{name}", (now - days * 86400,) * 2)
    for name in ("old.gz", "we ird'$(touch hacked)\n.gz", "sub/older.gz"):
        log(name, 20)
    log("new.gz", 2)
    log("old.log", 20)
    write("/etc/precious.gz", "kept")
    os.utime("/etc/precious.gz", (now - 90 * 86400,) * 2)
    os.symlink("/etc/precious.gz", f"{logs}/link.gz")
    os.symlink("/etc", f"{logs}/sub2")
    s3 = host.cloud.client("s3")
    s3.create_bucket(Bucket="shop-data", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    from moto.s3.models import s3_backends
    bucket = s3_backends["123456789012"]["aws"].buckets["shop-data"]
    for n in range(1003):
        s3_backends["123456789012"]["aws"].put_object("shop-data", f"tmp/{n} \"x\\y", b"12345")
    for key in ("tmp/new", "data/kept"):
        s3_backends["123456789012"]["aws"].put_object("shop-data", key, b"1")
    for key, value in bucket.keys.items():
        if key != "tmp/new":
            value.last_modified = value.last_modified.replace(year=2020)
    host.install({"cleanup": {"every": "week on sunday at 03:00", "logs": [f"{logs}/*.gz", f"{logs}/*/*.gz"], "older_than": "14d"}},
                 resources={"data": {"kind": "s3", "bucket": "shop-data", "alarms": "none"}}, cost={"cleanup": {"data": {"prefix": "tmp/", "older_than": "14d"}}})
    with test("cleanup-says-what-it-would-do"):
        before = subprocess.run(["podman", "images", "-q"], capture_output=True, text=True, check=True).stdout
        said = host.script("cleanup_old_data.sh")
        has(said, "would remove 3 log files, 300 bytes", "would remove 1003 objects of s3://shop-data/tmp/, 5015 bytes",
            f"old: {rig.REGISTRY}/shop/api@{host.digests['500']}", "would remove 1 images", "'/var/log/shop/old.gz' (100 bytes)")
        has_not(said, "precious", "link.gz", "new.gz", "old.log")
        equal(len(bucket.keys), 1005, "objects")
        check(os.path.exists(f"{logs}/old.gz"), "a file is gone")
        equal(subprocess.run(["podman", "images", "-q"], capture_output=True, text=True, check=True).stdout, before, "images")
    with test("cleanup-removes-what-is-old-and-nothing-else"):
        # Of releases that were kept until now.
        text = read(LIB + "/cleanup_old_data.sh")
        write(LIB + "/cleanup_old_data.sh", text.replace("readonly KEEP='3'", "readonly KEEP='1'"), 0o755)
        with asking(8000, counts=counts):
            said = host.script("cleanup_old_data.sh", "--apply")
        has(said, "removed 3 log files, 300 bytes", "removed 1003 objects of s3://shop-data/tmp/, 5015 bytes", "removed the image " + rig.REGISTRY)
        equal(sorted(bucket.keys), ["data/kept", "tmp/new"], "objects")
        equal(sorted(os.listdir(logs)), ["link.gz", "new.gz", "old.log", "sub", "sub2"], "files")
        equal(os.listdir(logs + "/sub"), [], "files below")
        check(os.path.exists("/etc/precious.gz"), "a link was followed")
        equal([line.split("\t")[3] for line in host.script("rollback.sh", "--list").splitlines()], ["serves"], "releases")
        not_hacked()
        has(host.script("cleanup_old_data.sh", "--apply", "logs", "images"), "removed 0 log files, 0 bytes")
        has(read("/etc/systemd/system/opsc-shop-production-cleanup.service"), "cleanup_old_data.sh --apply\n")
        has(read("/etc/systemd/system/opsc-shop-production-cleanup.timer"), "OnCalendar=Sun *-*-* 03:00:00 UTC")
    with test("cleanup-says-what-it-cannot-remove"):
        log("old.gz", 20)
        os.symlink(logs, "/var/log/other")
        subprocess.run(["chattr", "+i", f"{logs}/old.gz"], check=False, capture_output=True)
        with host.cloud.fault("s3", "expired"):
            has(host.script("cleanup_old_data.sh", "objects", status=78), "listing s3://shop-data/tmp/", "have expired")
        counts["faults"] += 1


def with_aws(host, tests):
    from aws_support import Cli, Cloud
    host.cloud = Cloud()
    settings = {"AWS_ENDPOINT_URL": host.cloud.url, "AWS_ACCESS_KEY_ID": "host", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-west-1",
                "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true"}
    host.env.update(settings)
    cli = Cli(host.folder, "/usr/local/bin")
    try:
        until(lambda: os.path.exists(cli.path), "the aws command line is there")
        for one in tests:
            start = time.monotonic()
            one(host)
            print(f"    {one.__name__}: {time.monotonic() - start:.1f} s", flush=True)
    finally:
        cli.stop()
        host.cloud.stop()


def part_ssh(host):
    host.install()
    with_aws(host, (test_registries, test_ssh, test_cleanup))


def part_aws(host):
    with_aws(host, (test_worker, test_environment, test_watch))


# ---- Docker itself

class Docker:
    """The daemon, and its command line as `docker`."""

    def __init__(self, folder):
        os.symlink("/usr/bin/docker", "/usr/local/sbin/docker")
        self.folder = folder
        self.start()

    def start(self):
        with open("/var/log/dockerd.log", "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([rig.has_tool("dockerd"), "--storage-driver=vfs", "--data-root=" + self.folder, "--default-ulimit=nofile=1024:1024",
                                             "--default-ulimit=nproc=1000:1000", "--exec-opt=native.cgroupdriver=cgroupfs",
                                             "--insecure-registry=" + rig.REGISTRY], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(lambda: subprocess.run(["docker", "version"], env={"PATH": rig.PATH}, capture_output=True, check=False).returncode == 0, "Docker answers", 60)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    @staticmethod
    def run(*args):
        done = subprocess.run(["docker", *args], env={"PATH": rig.PATH}, capture_output=True, text=True, check=False)
        check(done.returncode == 0, done.stderr)
        return done.stdout.strip()

    def containers(self):
        return dict(line.split() for line in self.run("ps", "-a", "--format", "{{.Names}} {{.State}}").splitlines())


def part_docker(host):
    docker = Docker(host.folder + "/docker")
    with test("docker-good-releases"):
        host.install({"engine": "docker", "network": "bridge", "rollback": {"keep": 2}, "migrate": "migrate it", "env": {"A": HOSTILE}})
        host.deploy("one")
        with asking(8000, counts=counts) as clients:
            has(host.deploy("two"), "sh: migrate it", sha("two") + " serves")
            has(host.deploy("three"), "removed the image", sha("three") + " serves")
        equal([client.releases for client in clients], [[sha("one"), sha("two"), sha("three")]] * 2, "releases that were seen")
        equal(docker.containers(), {f"opsc-{NAME}-b": "running"}, "containers")
        equal(environment()["A"], HOSTILE, "the environment")
        equal(len(docker.run("images", "-q", rig.REGISTRY + "/shop/api").splitlines()), 2, "images")
    with test("docker-releases-that-are-refused"):
        same = "unchanged: " + sha("three")
        with asking(8000, counts=counts):
            for name, words in (("500", "status 500 at /health"), ("ends", "has died: it ended"), ("dies", "has died")):
                has(host.deploy(name, status=1), words, same)
            has(host.deploy("two", status=1, digest="sha256:" + "0" * 64), "the registry has no", same)
            host.registry.stop()
            has(host.deploy("two", status=1), "the registry localhost:5000 does not answer", same)
        counts["faults"] += 5
    with test("docker-rollback"):
        with asking(8000, counts=counts):
            has(host.rollback(), sha("two") + " serves")
        host.registry = rig.start_registry(host.shared + "/registry")
        with asking(8000, counts=counts):
            host.deploy("two")
    with test("docker-a-deploy-that-is-killed"):
        with asking(8000, counts=counts):
            for count in (1, 2):
                process = host.begin("deploy.sh", sha("three"), host.digests["three"])
                until(lambda: {f"opsc-{NAME}-{slot}" for slot in "ab"} <= set(docker.containers()), "the new one is there")
                process.kill()
                process.communicate()
                counts["kills"] += 1
            has(host.deploy("three"), "is left of a run that was killed", sha("three") + " serves")
        equal(len(docker.containers()), 1, "containers")
        counts["faults"] += count
    with test("docker-after-a-reboot"):
        docker.stop()
        has(host.deploy("two", status=69), "Docker does not run; systemctl start docker")
        docker.start()
        until(lambda: ask("/any")[0] == 200, "it answers", 30)
        equal(host.serves(), sha("three"), "what serves")
        counts["faults"] += 1
    with test("docker-cleanup"):
        has(host.script("cleanup_old_data.sh", "--apply", "images"), "removed")
        equal(sorted(line.split("\t")[1] for line in host.script("rollback.sh", "--list").splitlines()), sorted((sha("two"), sha("three"))), "releases")
    docker.run("rm", "-f", *docker.containers())
    docker.stop()


PARTS = {"aws": part_aws, "ssh": part_ssh, "kills-1": part_kills(0), "kills-2": part_kills(1), "good": part_good, "bad": part_bad, "host": part_host,
         "docker": part_docker}


def test_lint(shared):
    """What is generated, as it is and with values that look like code."""
    if not shutil.which("shellcheck") or not shutil.which("shfmt"):
        say("skip-missing", "lint", "no shellcheck or no shfmt")
        return
    hostile = {"env": {"A": HOSTILE}, "migrate": HOSTILE, "env_file": "/x'y\"$(id)", "options": ["--label=" + HOSTILE.split("\n")[0]],
               "cleanup": {"logs": ["/var/log/$(id)'`id`/*.gz"]}}
    objects = {"resources": {"data": {"kind": "s3", "bucket": "shop-data", "alarms": "none"}}, "cost": {"cleanup": {"data": {"prefix": HOSTILE.split("\n")[0], "older_than": "1d"}}}}
    for name, deploy, count in (("plain", {}, 6), ("hostile", hostile, 6), ("only-objects", None, 1)):
        folder = rig.build(f"{shared}/lint-{name}", deploy, **(objects if deploy is None else {}))
        scripts = [f"{folder}/{n}" for n in sorted(os.listdir(folder)) if n.endswith(".sh") and n not in ("install.sh", "publish_metrics.sh")]
        for tool, args in (("shellcheck", ["-o", "all", "-e", "SC2016"]), ("shfmt", ["-i", "2", "-ci", "-d"])):
            with test(f"{tool}-of-{name}"):
                equal(len(scripts), count, "scripts")
                done = subprocess.run([tool, *args, *scripts], capture_output=True, text=True, check=False)
                check(done.returncode == 0, done.stdout[:3000] + done.stderr)


# ---- The parts, each on a host of its own

def prepare(shared):
    """Images for all hosts, made once."""
    rig.make_host(shared + "/host")
    digests = rig.push_images(shared + "/app", shared + "/registry", IMAGES)
    write(shared + "/digests.json", json.dumps(digests))


def run_part(shared, name):
    start = time.monotonic()
    host = None
    try:
        if name == "prepare":
            prepare(shared)
        else:
            host = Host(shared)
            PARTS[name](host)
    except Exception as e:
        say("FAIL", "part-" + name, f"{type(e).__name__}: {e}".replace("\n", "\n  | "))
    finally:
        Server.stop_all()
    print(f"    {name}: {time.monotonic() - start:.1f} s", flush=True)
    print("counts " + json.dumps(counts), flush=True)
    sys.exit(state.failed)


def begin(shared, name):
    return apart(sys.executable, os.path.abspath(__file__), "--part", shared, name, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                 stderr=subprocess.STDOUT, text=True)


def finish(process, name, total):
    out = process.communicate()[0]
    for line in out.splitlines():
        if line.startswith("counts "):
            total.update(json.loads(line[7:]))
        else:
            print(line, flush=True)
    if process.returncode != 0:
        state.failed = True
        if "\nFAIL " not in "\n" + out:
            say("FAIL", "part-" + name, f"it ended with status {process.returncode}")


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--part":
        run_part(*sys.argv[2:])
    if sys.platform != "linux":
        say("skip", "deploy", "the hosts of generated scripts have Linux")
        return
    missing = rig.missing()
    if missing:
        say("skip-missing", "deploy", "no " + ", ".join(missing))
        return
    rig.become_root()
    if not rig.can_be_apart():
        say("skip-missing", "deploy", "who may not be root, or not make namespaces with overlays, cannot make these hosts")
        return
    shared = tempfile.mkdtemp(prefix="d.")
    total = collections.Counter()
    try:
        os.mkdir(shared + "/host")
        os.mkdir(shared + "/registry")
        subprocess.run(["gcc", "-O1", "-static", "-o", shared + "/app", os.path.join(rig.HERE, "deploy/app.c")], check=True)
        preparing = begin(shared, "prepare")
        if not sys.argv[1:]:
            test_lint(shared)
        finish(preparing, "prepare", total)
        chosen = sys.argv[1:] or list(PARTS)
        running = []
        for name in chosen:
            running.append((begin(shared, name), name))
            if len(running) == 4:
                finish(*running.pop(0), total)
        for process, name in running:
            finish(process, name, total)
        print("    " + ", ".join(f"{n} {what}" for what, n in sorted(total.items())), flush=True)
    finally:
        subprocess.run([*rig.SUDO, "rm", "-rf", "--", shared], check=False)


main()
sys.exit(state.failed)
