#!/usr/bin/env python3
"""Real servers, measured by the script that opsc generates: what was done to them is what is published."""
import contextlib
import http.server
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from report import check, equal, failure, say, state, test
from server_support import PG, SBIN, Server, free_port, open_to_servers, owned_folder, tool, unprivileged, until

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OPSC = os.path.abspath(os.environ.get("OPSC", os.path.join(ROOT, "build/asan/opsc")))
SECRET = 'p"a\\ss\'w #1;$(touch hacked)`touch hacked`'
HOSTILE = "x';touch hacked;\"$(touch hacked)`touch hacked`\nhost=evil dbname=evil"
work = ""


def serve(name, args, port, user=None):
    return Server(os.path.join(work, name + ".log"), args, port, user)


def write(name, text, mode=0o600):
    path = os.path.join(work, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


class Host:
    """The script of one host, built by opsc from these resources (kind, then keys); all their metrics are drawn."""

    def __init__(self, name, resources):
        self.folder = os.path.join(work, name)
        os.mkdir(self.folder)
        kinds = {}
        rows = []
        spec = ["opsc: 1", "project: probe", "aws: { region: eu-west-1, account: \"123456789012\" }", "notify: a@example.com",
                "resources:", "  web: { kind: ec2, id: i-0123456789abcdef0 }"]
        for resource, keys in resources.items():
            keys = {"on": "web", **keys}
            spec.append(f"  {resource}: {json.dumps(keys)}")
            kinds[keys["kind"]] = kinds.get(keys["kind"]) or self.metrics(keys["kind"])
            for metric, needs in kinds[keys["kind"]]:
                if all(keys.get(k) for k in needs):
                    rows.append(f"        - {resource}.{metric}")
        spec += ["dashboards:", "  all:", "    - All:"] + rows
        with open(os.path.join(self.folder, "ops.yaml"), "w", encoding="utf-8") as f:
            f.write("\n".join(spec) + "\n")
        done = subprocess.run([OPSC, "build", "-o", "out", "ops.yaml"], cwd=self.folder, capture_output=True, text=True,
                              check=False)
        check(done.returncode == 0, "opsc build failed:\n" + done.stdout + done.stderr)
        self.script = os.path.join(self.folder, "out/hosts/web/publish_metrics.sh")
        self.bin = os.path.join(self.folder, "bin")
        self.path = self.bin + ":" + os.environ["PATH"]
        self.state = os.path.join(self.folder, "state")
        os.mkdir(self.bin)
        self.stderr = ""

    @staticmethod
    def metrics(kind):
        """Names of the probe's metrics, and the keys that each needs beside those with a default."""
        shown = subprocess.run([OPSC, "catalog", "show", kind], capture_output=True, text=True, check=True).stdout
        names = [line.split()[0] for line in shown.splitlines() if " [probe]" in line]
        check(len(names) > 1, f"catalog show {kind} names {names}")
        replica = ("link", "replica_lag")
        account = ("user",) if kind == "mysql" else ()
        return [(n, (() if n == "up" else account) + (("replica",) if n in replica else ())) for n in names]

    def spy(self, *names):
        """Puts programs before the real ones in PATH that note their arguments."""
        for name in names:
            real = tool(name, folders=PG)
            path = os.path.join(self.bin, name)
            with open(path, "w", encoding="utf-8") as f:
                f.write(f'#!/bin/bash\nprintf "%s\\n" "$0 $*" >>"{self.folder}/arguments"\nexec {real} "$@"\n')
            os.chmod(path, 0o755)

    def arguments(self):
        with open(os.path.join(self.folder, "arguments"), encoding="utf-8") as f:
            return f.read()

    def run(self, *args, status=0):
        env = {**os.environ, "PATH": self.path, "STATE_DIRECTORY": self.state}
        done = subprocess.run([tool("bash"), self.script, *args], cwd=self.folder, env=env, capture_output=True, text=True, timeout=60,
                              check=False, stdin=subprocess.DEVNULL)
        self.stderr = done.stderr
        check(done.returncode == status, f"status {done.returncode}, not {status}: {done.stdout}{done.stderr}")
        return done.stdout

    def measure(self):
        """What would be published now: name -> value."""
        data = json.loads(self.run("--dry-run", "--all"))
        for item in data:
            equal(sorted(item), ["MetricName", "Unit", "Value"], "keys of a datum")
        values = {item["MetricName"]: item["Value"] for item in data}
        equal(len(values), len(data), "number of names")
        return values

    def hacked(self):
        return [p for p in (os.path.join(self.folder, "hacked"), os.path.join(ROOT, "hacked"), "hacked") if os.path.exists(p)]


def session(args, env=None):
    """An interactive client that holds its connection until it is closed."""
    return subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                            env={**os.environ, **(env or {})}, bufsize=1)


def ask(client, sql):
    """Sends statements and waits until they were executed."""
    client.stdin.write(sql + "\nSELECT 'do' || 'ne';\n" if "psql" in client.args[0] else sql + "\nSELECT CONCAT('do', 'ne');\n")
    client.stdin.flush()
    while True:
        line = client.stdout.readline()
        check(line, "the client ended: " + sql)
        if "done" in line:
            return


def quit_all(*clients):
    for c in clients:
        c.stdin.close()
        c.stdout.close()
        c.wait(20)


# ---- Redis

def test_redis():
    server_program, cli = tool("redis-server", "valkey-server"), tool("redis-cli")
    if not server_program or not cli:
        say("skip-missing", "redis", "no redis-server and redis-cli")
        return
    port = free_port()
    folder = owned_folder(os.path.join(work, "redis"), None)
    server = serve("redis", [server_program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "",
                              "--requirepass", SECRET, "--maxmemory", "50mb"], port)
    secret, wrong = write("redis.password", SECRET + "\n"), write("redis.wrong", "no\n")

    def redis(*args):
        done = subprocess.run([cli, "-p", str(port), *args], env={**os.environ, "REDISCLI_AUTH": SECRET}, capture_output=True,
                              text=True, check=True)
        check("ERR" not in done.stdout, done.stdout)

    host = Host("redis-host", {
        "cache": {"kind": "redis", "port": port, "auth_file": secret},
        "locked": {"kind": "redis", "port": port, "auth_file": wrong},
        "absent": {"kind": "redis", "port": port, "auth_file": "/nonexistent/$(touch hacked)"},
    })
    host.spy("redis-cli")
    with test("redis-first-run"):
        values = host.measure()
        equal(values.get("cache.up"), 1, "cache.up")
        check("cache.hits" not in values, "a counter has a value though there is nothing to compare with")
        equal(values.get("cache.keys"), 0, "cache.keys")
    with test("redis-counters"):
        for i in range(10):
            redis("-n", str(i % 2), "SET", f"k{i}", "v")
        for i in range(7):
            redis("-n", str(i % 2), "GET", f"k{i}")
        for i in range(3):
            redis("GET", f"no{i}")
        values = host.measure()
        equal((values.get("cache.hits"), values.get("cache.misses")), (7, 3), "hits, misses")
        equal(values.get("cache.keys"), 10, "cache.keys")
        used = values["cache.memory_used"]
        check(abs(values["cache.memory"] - 100 * used / (50 << 20)) < 0.2, values["cache.memory"], "% of 50 MB for", used)
        values = host.measure()
        equal((values.get("cache.hits"), values.get("cache.misses")), (0, 0), "hits, misses of a quiet minute")
    with test("redis-counters-after-a-reset"):
        redis("CONFIG", "RESETSTAT")
        redis("GET", "no")
        check("cache.hits" not in host.measure(), "a counter that went back has a value")
    with test("redis-password-from-a-file"):
        values = host.measure()
        equal((values.get("locked.up"), values.get("absent.up")), (0, 0), "up with a wrong password, without the file")
        check("cannot read /nonexistent/$(touch hacked)" in host.stderr, host.stderr)
        check("INFO" in host.arguments() and SECRET[:6] not in host.arguments(), "the password is an argument")
        equal(host.hacked(), [], "files made by a value")
    with test("redis-stopped"):
        server.stop()
        values = host.measure()
        equal({k: v for k, v in values.items() if k.startswith("cache.")}, {"cache.up": 0}, "what is measured of it")


# ---- PostgreSQL

class Postgres:
    def __init__(self, name, user, folder=None):
        self.user, self.port = user, free_port()
        self.folder = folder or owned_folder(os.path.join(work, name), user)
        if not folder:
            password = write(name + ".superuser", SECRET + "\n", 0o644)
            self.as_owner(tool("initdb", folders=PG), "-D", self.folder, "-U", "super", "--auth=scram-sha-256", "--pwfile",
                          password, "--no-sync", "--encoding=UTF8", "--no-locale")
        self.start(name)

    def as_owner(self, *args):
        done = subprocess.run(args, user=self.user, group=pwd.getpwnam(self.user).pw_gid if self.user else None, cwd="/",
                              capture_output=True, text=True, check=False, env={**os.environ, "PGPASSWORD": SECRET})
        check(done.returncode == 0, done.stdout + done.stderr)

    def start(self, name):
        self.server = serve(name, [tool("postgres", folders=PG), "-D", self.folder, "-p", str(self.port), "-k", "",
                                    "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=20",
                                    "-c", "superuser_reserved_connections=4", "-c", "deadlock_timeout=200ms",
                                    "-c", "wal_level=replica", "-c", "hot_standby=on"], self.port, self.user)

    def environment(self):
        return {"PGPASSWORD": SECRET, "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "super", "PGDATABASE": "postgres"}

    def sql(self, text):
        done = subprocess.run([tool("psql", folders=PG), "-XqAt", "-v", "ON_ERROR_STOP=1"], input=text, text=True, check=False,
                              capture_output=True, env={**os.environ, **self.environment()})
        check(done.returncode == 0, done.stderr)
        return done.stdout.strip()

    def session(self):
        return session([tool("psql", folders=PG), "-XqAt"], self.environment())


def test_postgres():
    if not tool("initdb", folders=PG) or not tool("psql", folders=PG):
        say("skip-missing", "postgres", "no initdb and psql")
        return
    user = unprivileged("postgres")
    db = Postgres("pg", user)
    secret, wrong = write("pg.password", "m" + SECRET + "\n"), write("pg.wrong", "no\n")
    quoted = ("m" + SECRET).replace("'", "''")
    until(lambda: db.sql("SELECT 1") == "1", "PostgreSQL answers")
    db.sql(f"CREATE ROLE opsc LOGIN PASSWORD '{quoted}'; GRANT pg_monitor TO opsc; CREATE ROLE plain LOGIN PASSWORD '{quoted}'; "
           "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 0), (2, 0);")
    name = HOSTILE.replace("\n", " ")
    db.sql('CREATE DATABASE "' + name.replace('"', '""') + '"')
    base = {"kind": "postgres", "port": db.port, "auth_file": secret}
    host = Host("pg-host", {
        "db": base,
        "weak": {**base, "user": "plain"},
        "odd": {**base, "database": name},
        "evil": {**base, "database": HOSTILE, "user": HOSTILE},
        "locked": {**base, "auth_file": wrong},
    })
    host.spy("psql")
    with test("postgres-first-run"):
        values = host.measure()
        equal(values.get("db.up"), 1, "db.up")
        check("db.commits" not in values, "a counter has a value though there is nothing to compare with")
        check(values["db.size"] > 1 << 20 and 0 < values["db.transaction_ids"] < 1000000, values)
        equal(values.get("db.slot_retained"), 0, "db.slot_retained")
    with test("postgres-password-from-a-file"):
        equal(values.get("locked.up"), 0, "up with a wrong password")
        check("--no-psqlrc" in host.arguments() and "ss'w" not in host.arguments(), host.arguments())
    with test("postgres-hostile-values-are-data"):
        equal((values.get("odd.up"), values.get("evil.up")), (1, 0), "up of a database with an odd name, of one that is not there")
        equal(host.hacked(), [], "files made by a value")
    with test("postgres-what-a-role-may-not-see-is-left-out"):
        equal(values.get("weak.up"), 1, "weak.up")
        check("weak.connections" not in values and "weak.waiting" not in values, values)
        check("weak.transaction_ids" in values, values)
        check("not a member of pg_monitor" in host.stderr, host.stderr)
    with test("postgres-connections-and-locks"):
        before = values["db.connections"]
        a, b, c = db.session(), db.session(), db.session()
        ask(a, "SELECT 1;")
        ask(b, "BEGIN; UPDATE t SET v = 1 WHERE id = 1;")
        c.stdin.write("UPDATE t SET v = 2 WHERE id = 1;\n")
        c.stdin.flush()
        until(lambda: db.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "1", "it waits")
        time.sleep(1.1)
        values = host.measure()
        equal(values["db.waiting"], 1, "db.waiting")
        equal(values["db.idle_in_transaction"], 1, "db.idle_in_transaction")
        check(1 <= values["db.oldest_transaction"] < 60, "oldest_transaction is", values["db.oldest_transaction"])
        # The probes of one host run at the same time and see each other.
        check(3 <= values["db.connections"] - before + 4 <= 11, "connections:", before, values["db.connections"])
        check(abs(values["db.connections_used"] - 100 * values["db.connections"] / 16) < 0.1, "connections_used is not of 16:", values)
        ask(b, "ROLLBACK;")
        quit_all(a, b, c)
    with test("postgres-counters"):
        host.measure()
        a, b = db.session(), db.session()
        ask(a, "BEGIN; UPDATE t SET v = 1 WHERE id = 1;")
        ask(b, "BEGIN; UPDATE t SET v = 1 WHERE id = 2;")
        a.stdin.write("UPDATE t SET v = 1 WHERE id = 2;\n")
        b.stdin.write("UPDATE t SET v = 1 WHERE id = 1;\n")
        a.stdin.flush()
        b.stdin.flush()
        ask(a, "ROLLBACK;")  # one of them is aborted, whichever
        ask(b, "ROLLBACK;")
        for _ in range(25):
            ask(a, "BEGIN; SELECT * FROM t; COMMIT;")
        quit_all(a, b)  # counters are flushed when a session ends
        time.sleep(1)
        values = host.measure()
        equal(values.get("db.deadlocks"), 1, "db.deadlocks")
        check(25 <= values["db.commits"] < 500, "commits:", values["db.commits"])
        check(values["db.rollbacks"] >= 2 and values["db.blocks_hit"] > 0, values)
    with test("postgres-replication"):
        replicate(db, user, host)
    with test("postgres-stopped"):
        db.server.stop(signal.SIGINT)
        values = host.measure()
        equal({k: v for k, v in values.items() if k.startswith("db.")}, {"db.up": 0}, "what is measured of it")


def replicate(db, user, primary_host):
    folder = owned_folder(os.path.join(work, "standby"), user)
    db.sql("SELECT pg_create_physical_replication_slot('s')")
    db.as_owner(tool("pg_basebackup", folders=PG), "-D", folder, "-R", "-S", "s", "-c", "fast", "--no-sync", "-h", "127.0.0.1", "-p",
                str(db.port), "-U", "super")
    standby = Postgres("standby", user, folder)
    secret = write("standby.password", "m" + SECRET)
    host = Host("standby-host", {"copy": {"kind": "postgres", "port": standby.port, "auth_file": secret, "replica": True}})
    until(lambda: standby.sql("SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'") == "1", "it streams")
    db.sql("INSERT INTO t VALUES (3, 0)")
    until(lambda: standby.sql("SELECT count(*) FROM t") == "3", "it has the row")
    values = host.measure()
    equal((values.get("copy.up"), values.get("copy.link"), values.get("copy.replica_lag")), (1, 1, 0), "up, link, lag of the standby")
    check("copy.slot_retained" not in values, "a standby publishes slot_retained")
    equal(primary_host.measure().get("db.replicas"), 1, "db.replicas")
    standby.server.stop(signal.SIGINT)
    db.sql("CREATE TABLE big AS SELECT generate_series(1, 50000) AS x")
    values = primary_host.measure()
    equal(values.get("db.replicas"), 0, "db.replicas without the standby")
    check(values["db.slot_retained"] > 1 << 20, "slot_retained is", values["db.slot_retained"])


# ---- MySQL, MariaDB

def test_mysql():
    daemon = tool("mariadbd", folders=SBIN)
    install = tool("mariadb-install-db", "mysql_install_db")
    client = tool("mariadb", "mysql")
    if not daemon or not install or not client:
        say("skip-missing", "mysql", "no mariadbd, mariadb-install-db and mariadb")
        return
    user = unprivileged("mysql")
    folder, port = owned_folder(os.path.join(work, "my"), user), free_port()
    run = {"user": user, "group": pwd.getpwnam(user).pw_gid if user else None, "cwd": "/", "env": {**os.environ, "TMPDIR": folder}}
    done = subprocess.run([install, "--no-defaults", f"--datadir={folder}", "--auth-root-authentication-method=normal",
                           "--skip-test-db", *([f"--user={user}"] if user else [])], capture_output=True, text=True, check=False, **run)
    check(done.returncode == 0, done.stdout[-800:] + done.stderr[-800:])
    server = serve("my", [daemon, "--no-defaults", f"--datadir={folder}", f"--port={port}", "--bind-address=127.0.0.1",
                           f"--socket={folder}/s", f"--pid-file={folder}/pid", f"--tmpdir={folder}", "--max-connections=10", "--skip-log-bin",
                           "--innodb-buffer-pool-size=16M"], port, user)
    args = [client, "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", f"--port={port}", "--user=root"]
    quoted = SECRET.replace("\\", "\\\\").replace("'", "\\'")

    def sql(text):
        done = subprocess.run([*args, "-N"], input=text, text=True, capture_output=True, check=False)
        check(done.returncode == 0, done.stderr)
        return done.stdout.strip()

    until(lambda: subprocess.run([*args, "-e", "SELECT 1"], capture_output=True, check=False).returncode == 0, "it answers")
    sql(f"CREATE USER opsc@localhost IDENTIFIED BY '{quoted}'; CREATE USER opsc@'127.0.0.1' IDENTIFIED BY '{quoted}'; "
        "GRANT PROCESS, REPLICATION CLIENT ON *.* TO opsc@localhost; GRANT PROCESS, REPLICATION CLIENT ON *.* TO opsc@'127.0.0.1'; "
        "GRANT REPLICA MONITOR ON *.* TO opsc@localhost; GRANT REPLICA MONITOR ON *.* TO opsc@'127.0.0.1'; "
        "CREATE DATABASE d; CREATE TABLE d.t (id int PRIMARY KEY, v int) ENGINE=InnoDB; INSERT INTO d.t VALUES (1, 0), (2, 0);")
    secret, wrong = write("my.password", SECRET + "\n"), write("my.wrong", "no\n")
    base = {"kind": "mysql", "port": port, "user": "opsc", "auth_file": secret}
    host = Host("my-host", {
        "db": base,
        "copy": {**base, "replica": True},
        "locked": {**base, "auth_file": wrong},
        "evil": {**base, "user": HOSTILE, "socket": HOSTILE},
        "partner": {"kind": "mysql", "external": True, "host": "127.0.0.1", "port": port},
        "gone": {"kind": "mysql", "external": True, "host": "127.0.0.1", "port": free_port()},
    })
    host.spy(*[n for n in ("mariadb", "mysql", "mariadb-admin", "mysqladmin") if tool(n)])
    with test("mysql-first-run"):
        values = host.measure()
        equal(values.get("db.up"), 1, "db.up")
        check("db.queries" not in values, "a counter has a value though there is nothing to compare with")
        check(values["db.uptime"] < 600 and values["db.connections"] >= 1, values)
        check(abs(values["db.connections_used"] - 10 * values["db.connections"]) < 0.1, "connections_used is not of 10:", values)
    with test("mysql-password-from-a-file"):
        equal(values.get("locked.up"), 0, "up with a wrong password")
        check("--defaults-file" in host.arguments() and "ss'w" not in host.arguments(), "the password is an argument")
    with test("mysql-hostile-values-are-data"):
        equal(values.get("evil.up"), 0, "evil.up")
        equal(host.hacked(), [], "files made by a value")
    with test("mysql-of-somebody-else"):
        equal((values.get("partner.up"), values.get("gone.up")), (1, 0), "up of one that answers, of one that is not there")
        for _ in range(3):
            host.measure()
        blocked = sql("SELECT COALESCE(SUM(variable_value), 0) FROM information_schema.global_status "
                      "WHERE variable_name = 'Connection_errors_peer_address'")
        equal(blocked, "0", "errors that count against the host")
    with test("mysql-locks-and-counters"):
        host.measure()
        a, b = session([*args, "-NB", "--unbuffered", "d"]), session([*args, "-NB", "--unbuffered", "d"])
        ask(a, "BEGIN; UPDATE t SET v = 1 WHERE id = 1;")
        ask(b, "SELECT 1;")
        b.stdin.write("UPDATE t SET v = 2 WHERE id = 1;\n")
        b.stdin.flush()
        until(lambda: sql("SELECT COUNT(*) FROM information_schema.innodb_lock_waits") == "1", "it waits")
        time.sleep(1.1)
        values = host.measure()
        equal(values["db.lock_waits"], 1, "db.lock_waits")
        check(1 <= values["db.oldest_transaction"] < 60, "oldest_transaction is", values["db.oldest_transaction"])
        ask(a, "ROLLBACK;")
        ask(b, "BEGIN; UPDATE t SET v = 1 WHERE id = 2;")
        ask(a, "BEGIN; UPDATE t SET v = 1 WHERE id = 1;")
        b.stdin.write("UPDATE t SET v = 1 WHERE id = 1;\n")
        b.stdin.flush()
        until(lambda: sql("SELECT COUNT(*) FROM information_schema.innodb_lock_waits") == "1", "it waits again")
        a.stdin.write("UPDATE t SET v = 1 WHERE id = 2;\n")
        a.stdin.flush()
        until(lambda: sql("SELECT COUNT(*) FROM information_schema.innodb_lock_waits") == "0", "the deadlock is broken")
        values = host.measure()
        equal(values.get("db.deadlocks"), 1, "db.deadlocks")
        check(values["db.queries"] > 3, values)
        for s in (a, b):
            s.kill()
            s.wait()
    with test("mysql-replication-that-does-not-run"):
        equal(values.get("copy.link"), 0, "copy.link")
        check("copy.replica_lag" not in values, values)
    with test("mysql-stopped"):
        server.stop()
        values = host.measure()
        equal({k: v for k, v in values.items() if k.startswith("db.")}, {"db.up": 0}, "what is measured of it")
        equal(values.get("partner.up"), 0, "partner.up")


# ---- the script itself

def fake_aws(host, status):
    path = os.path.join(host.bin, "aws")
    with open(path, "w", encoding="utf-8") as f:
        f.write(f'#!/bin/bash\nprintf "%s\\n" "$@" >"{host.folder}/aws.arguments"\n'
                f'data="${{@: -1}}"\ncp -- "${{data#file://}}" "{host.folder}/aws.data"\nexit {status}\n')
    os.chmod(path, 0o755)


def test_script():
    if not tool("redis-cli"):
        say("skip-missing", "script", "no redis-cli")
        return
    port = free_port()
    host = Host("script-host", {"cache": {"kind": "redis", "port": port, "host": "127.0.0.1"}})
    with test("script-publishes"):
        fake_aws(host, 0)
        host.run()
        with open(host.folder + "/aws.arguments", encoding="utf-8") as f:
            args = f.read().split("\n")
        equal(args[:6], ["cloudwatch", "put-metric-data", "--region", "eu-west-1", "--namespace", "probe/production"], "arguments of aws")
        with open(host.folder + "/aws.data", encoding="utf-8") as f:
            equal(json.load(f), [{"MetricName": "cache.up", "Value": 0, "Unit": "Count"}], "what is published")
    with test("script-says-that-cloudwatch-refused"):
        fake_aws(host, 1)
        host.run(status=3)
    with test("script-leaves-nothing-behind"):
        left = [n for n in os.listdir(host.state) if n != "lock"]
        equal(left, [], "files in the state folder")
    with test("script-usage"):
        host.run("--nonsense", status=2)
        check("--dry-run" in host.run("--help"))
    with test("script-says-all-that-is-missing"):
        equal(host.run("--check"), "", "output when all is there")
        path, host.path = host.path, bare_folder("bare", "bash", "env")
        for args in (("--check",), ()):
            host.run(*args, status=1)
            for word in ("aws is not installed", "flock is not installed; install util-linux", "redis-cli is not installed; install redis-tools"):
                check(word in host.stderr, word, "is not in", host.stderr)
        host.path = path
    with test("script-on-an-old-bash"):
        for name in ("publish_metrics.sh", "install.sh"):
            old = old_bash(os.path.join(os.path.dirname(host.script), name))
            done = subprocess.run(["bash", old, "--dry-run"], capture_output=True, text=True, check=False)
            equal(done.returncode, 1, f"status of {name}")
            check("bash 5 or newer is needed" in done.stderr and not done.stdout, done.stdout + done.stderr)


def bare_folder(name, *programs):
    """A folder for PATH with these programs only."""
    folder = os.path.join(work, name)
    os.mkdir(folder)
    for p in programs:
        os.symlink(tool(p), os.path.join(folder, p))
    return folder


def old_bash(script):
    """The script as an older bash sees itself: none is at hand, and BASH_VERSINFO cannot be set."""
    with open(script, encoding="utf-8") as f:
        text = f.read()
    check(text.count("BASH_VERSINFO[0] < 5") == 1, script, "does not look at the version of bash")
    return write("old-" + os.path.basename(script), text.replace("BASH_VERSINFO[0] < 5", "BASH_VERSINFO[0] < 99"))


class Pages(http.server.BaseHTTPRequestHandler):
    """/slow begins its answer and does not end it; /x answers with the status in its query; /hosted knows one host only."""

    def do_GET(self):  # the name that http.server asks for
        known = self.path in ("/health", "/slow", "/a[1-3]{b,c}[]/x")
        known = known or (self.path == "/hosted" and self.headers["Host"] == "shop.example:8443")
        self.send_response(int(self.path[-3:]) if self.path.startswith("/x?") else 200 if known else 404)
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.path == "/slow":
            time.sleep(5)
        with contextlib.suppress(OSError):  # whoever asked is gone
            self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


def test_app():
    if not tool("curl"):
        say("skip-missing", "app", "no curl")
        return
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    paths = {"plain": "/health", "signs": "/a[1-3]{b,c}[]/x", "moved": "/x?302", "ill": "/x?503", "slow": "/slow"}
    apps = {n: {"kind": "app", "port": server.server_port, "health": {"path": p, "timeout": "2s"}} for n, p in paths.items()}
    apps["gone"] = {"kind": "app", "port": free_port()}
    asked = {
        "stranger": ({"path": "/hosted"}, 0), "hosted": ({"path": "/hosted", "host": "shop.example:8443"}, 1),
        "login": ({"path": "/x?302", "status": "200-299"}, 0), "made": ({"path": "/x?201", "status": "200-299"}, 1),
        "other": ({"path": "/x?201", "status": 200}, 0), "exact": ({"path": "/x?200", "status": 200}, 1),
        "private": ({"path": "/x?401", "status": "401"}, 1), "ill-in-range": ({"path": "/x?500", "status": "200-499"}, 0),
    }
    apps.update({n: {"kind": "app", "port": server.server_port, "health": keys} for n, (keys, _) in asked.items()})
    try:
        values = Host("app-host", apps).measure()
    finally:
        server.shutdown()
    health = {n: values.get(n + ".health") for n in apps}
    with test("app-well"):
        equal({n: health[n] for n in ("plain", "moved")}, {"plain": 1, "moved": 1}, "health")
        check("plain.health_time" in values, values)
    with test("app-path-is-taken-as-it-stands"):
        equal(health["signs"], 1, "health")
    with test("app-host-and-status"):
        equal({n: health[n] for n in asked}, {n: v for n, (_, v) in asked.items()}, "health")
        equal([n for n in asked if n + ".health_time" in values], [n for n, (_, v) in asked.items() if v], "who has a time")
    with test("app-ill"):
        equal({n: health[n] for n in ("ill", "gone")}, {"ill": 0, "gone": 0}, "health")
    with test("app-answer-that-does-not-end-in-time-is-none"):
        equal(health["slow"], 0, "health")
        check("slow.health_time" not in values, values)


def test_hang():
    """Servers that take a connection and say nothing."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(50)
        port = s.getsockname()[1]
        resources = {}
        if tool("redis-cli"):
            resources["cache"] = {"kind": "redis", "port": port}
        if tool("psql", folders=PG):
            resources["pg"] = {"kind": "postgres", "port": port}
        if tool("mariadb", "mysql"):
            resources["my"] = {"kind": "mysql", "port": port, "user": "opsc"}
            resources["theirs"] = {"kind": "mysql", "port": port, "host": "127.0.0.1", "external": True}
        if not resources:
            say("skip-missing", "hang", "no client of any server")
            return
        host = Host("hang-host", resources)
        with test("hang-is-down"):
            begun = time.monotonic()
            equal(host.measure(), {r + ".up": 0 for r in resources}, "what is measured")
            check(time.monotonic() - begun < 19, "it took", time.monotonic() - begun, "seconds")


def test_shellcheck():
    if not tool("shellcheck"):
        say("skip-missing", "shellcheck", "no shellcheck")
        return
    with test("shellcheck"):
        kinds = {k: {"kind": k, "user": "opsc", "replica": True} for k in ("redis", "postgres", "mysql")}
        kinds["app"] = {"kind": "app", "port": 80, "health": {"host": "shop.example"}}
        done = subprocess.run(["shellcheck", "-o", "all", Host("plain-host", kinds).script], capture_output=True, text=True, check=False)
        check(done.returncode == 0, done.stdout)
    host = Host("shellcheck-host", {
        "cache": {"kind": "redis", "port": 1, "user": HOSTILE, "auth_file": HOSTILE},
        "pg": {"kind": "postgres", "host": HOSTILE, "user": HOSTILE, "database": HOSTILE, "replica": True},
        "my": {"kind": "mysql", "port": 1, "user": HOSTILE, "auth_file": HOSTILE, "replica": True},
    })
    with test("shellcheck-of-hostile-values"):
        # SC2016: what looks like an expansion stands in single quotes, as it must.
        done = subprocess.run(["shellcheck", "-o", "all", "-e", "SC2016", host.script], capture_output=True, text=True, check=False)
        check(done.returncode == 0, done.stdout)
    with test("hostile-values-run-nothing"):
        if all(tool(t, folders=PG) for t in ("redis-cli", "psql")) and tool("mariadb", "mysql"):
            equal(host.measure(), {"cache.up": 0, "pg.up": 0, "my.up": 0}, "what is measured")
        equal(host.hacked(), [], "files made by a value")


def out_of_time(*_):
    raise TimeoutError("the part took too long")


def main():
    global work
    signal.signal(signal.SIGALRM, out_of_time)
    bash = tool("bash")
    version = subprocess.run([bash, "-c", "echo ${BASH_VERSINFO[0]}"], capture_output=True, text=True, check=True).stdout if bash else "0"
    if int(version) < 5 or not tool("flock"):
        say("skip-missing", "probes", "no bash 5, or no flock")
        return
    # Short: paths of sockets are.
    work = tempfile.mkdtemp(prefix="p.", dir=os.environ.get("TMPDIR", "/tmp"))
    open_to_servers(work)
    os.chdir(work)
    try:
        for part in (test_redis, test_postgres, test_mysql, test_app, test_script, test_hang, test_shellcheck):
            signal.alarm(120)
            try:
                part()
            except Exception as e:  # the other parts still run
                failure(part.__name__.replace("_", "-"), e)
    finally:
        Server.stop_all()
        os.chdir("/")
        shutil.rmtree(work, ignore_errors=True)


main()
sys.exit(state.failed)
