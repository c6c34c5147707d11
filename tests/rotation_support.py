# SPDX-License-Identifier: MIT
"""Databases on loopback with TLS, and the function that opsc generates, with a hand on every call that it makes."""
import contextlib
import functools
import importlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
import traceback
import types
import zipfile

from server_support import PG, SBIN, Server, free_port, group_of, owned_folder, tool, unprivileged, until

BOSS = "boss-p4ss"
DAY = 86400


def run(args, **more):
    done = subprocess.run(args, capture_output=True, text=True, check=False, stdin=None if "input" in more else subprocess.DEVNULL, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{os.path.basename(args[0])}: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return done.stdout.strip()


def certificates(folder):
    """An authority and a server's certificate for localhost by it, and an authority that signed nothing."""
    def path(name):
        return os.path.join(folder, name)

    for name in ("ca", "other"):
        run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-days", "30", "-sha384",
             "-keyout", path(name + ".key"), "-out", path(name + ".pem")])
    run(["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", path("server.key"), "-out", path("server.csr")])
    with open(path("names"), "w", encoding="utf-8") as f:
        f.write("subjectAltName=DNS:localhost\n")
    run(["openssl", "x509", "-req", "-in", path("server.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial",
         "-days", "30", "-sha384", "-extfile", path("names"), "-out", path("server.pem")])
    return path


def certificate_for(user, folder, path):
    """Copies that the server may read; their names."""
    names = []
    for name in ("server.pem", "server.key"):
        copy = os.path.join(folder, name)
        with open(path(name), "rb") as f, open(copy, "wb") as g:
            g.write(f.read())
        os.chmod(copy, 0o600)
        if user:
            shutil.chown(copy, user)
        names.append(copy)
    return names


class Postgres:
    engine = "postgres"

    def __init__(self, folder, path=None):
        self.user = unprivileged("postgres")
        self.port = free_port()
        owned_folder(folder, self.user)
        data = os.path.join(folder, "data")
        password = os.path.join(folder, "password")
        with open(password, "w", encoding="utf-8") as f:
            f.write(BOSS + "\n")
        if self.user:
            shutil.chown(password, self.user)
        group = group_of(self.user)
        run([tool("initdb", folders=PG), "-D", data, "-U", "boss", "--auth=scram-sha-256", "--pwfile", password, "--no-sync",
             "--encoding=UTF8", "--no-locale"], user=self.user, group=group, cwd="/")
        more = []
        if path:
            pem, key = certificate_for(self.user, folder, path)
            more = ["-c", "ssl=on", "-c", f"ssl_cert_file={pem}", "-c", f"ssl_key_file={key}"]
        self.out = folder + ".log"
        self.server = Server(self.out, [tool("postgres", folders=PG), "-D", data, "-p", str(self.port), "-k", "", "-c", "fsync=off",
                                    "-c", "listen_addresses=127.0.0.1", "-c", "log_statement=all", *more], self.port, self.user)
        until(lambda: self.tries("boss", BOSS), "PostgreSQL answers")

    def client(self, user, password, database="postgres", sql="SELECT 1"):
        env = {**os.environ, "PGPASSWORD": password, "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": user,
               "PGDATABASE": database, "PGCONNECT_TIMEOUT": "10"}
        return subprocess.run([tool("psql", folders=PG), "-XqAt", "-v", "ON_ERROR_STOP=1"], input=sql, text=True, env=env,
                              capture_output=True, check=False)

    def tries(self, user, password, database="postgres"):
        """Whether somebody else's client gets in."""
        return self.client(user, password, database).returncode == 0

    def sql(self, text, user="boss", password=BOSS, database="postgres"):
        done = self.client(user, password, database, text)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    @staticmethod
    def name(text):
        return '"' + text.replace('"', '""') + '"'

    @staticmethod
    def text(text):
        return "'" + text.replace("'", "''") + "'"

    def make(self, user, password):
        exists = self.sql(f"SELECT 1 FROM pg_roles WHERE rolname = {self.text(user)}")
        self.sql(f"{'ALTER' if exists else 'CREATE'} ROLE {self.name(user)} LOGIN PASSWORD {self.text(password)}")

    def log(self):
        with open(self.out, encoding="utf-8", errors="replace") as f:
            return f.read()


class MariaDB:
    engine = "mariadb"

    def __init__(self, folder, path):
        self.user = unprivileged("mysql")
        self.port = free_port()
        owned_folder(folder, self.user)
        data = os.path.join(folder, "data")
        group = group_of(self.user)
        run([tool("mariadb-install-db", "mysql_install_db"), "--no-defaults", f"--datadir={data}",
             "--auth-root-authentication-method=normal", "--skip-test-db", *([f"--user={self.user}"] if self.user else [])],
            user=self.user, group=group, cwd="/", env={**os.environ, "TMPDIR": folder})
        self.general = os.path.join(folder, "general.log")
        pem, key = certificate_for(self.user, folder, path)
        self.server = Server(folder + ".log", [tool("mariadbd", "mysqld", folders=SBIN), "--no-defaults", f"--datadir={data}", f"--port={self.port}",
                                    "--bind-address=127.0.0.1", f"--socket={folder}/s", f"--pid-file={folder}/pid", f"--tmpdir={folder}",
                                    "--skip-log-bin", "--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve",
                                    "--general-log", f"--general-log-file={self.general}", f"--ssl-cert={pem}", f"--ssl-key={key}"],
                             self.port, self.user)
        until(lambda: self.tries("root", ""), "MariaDB answers")
        self.sql(f"CREATE USER boss@'127.0.0.1' IDENTIFIED BY '{BOSS}'; GRANT ALL ON *.* TO boss@'127.0.0.1' WITH GRANT OPTION;"
                 "CREATE DATABASE shop; CREATE TABLE shop.t (id int PRIMARY KEY)", "root", "")

    def client(self, user, password, sql="SELECT 1"):
        return subprocess.run([tool("mariadb", "mysql"), "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", f"--port={self.port}",
                               f"--user={user}", "-N", "--default-character-set=utf8mb4"], input=sql, text=True, capture_output=True, check=False,
                              env={**os.environ, "MYSQL_PWD": password})

    def tries(self, user, password, _database=None):
        return self.client(user, password).returncode == 0

    def sql(self, text, user="boss", password=BOSS):
        done = self.client(user, password, text)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    @staticmethod
    def text(text):
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def make(self, user, password):
        account = f"{self.text(user)}@'127.0.0.1'"
        self.sql(f"CREATE USER IF NOT EXISTS {account} IDENTIFIED BY {self.text(password)};"
                 f"ALTER USER {account} IDENTIFIED BY {self.text(password)}; GRANT SELECT, INSERT ON shop.* TO {account}")

    def log(self):
        with open(self.general, encoding="utf-8", errors="replace") as f:
            return f.read()


class Killed(BaseException):
    """The function is gone in the middle of a call."""


class Clock:
    def __init__(self):
        self.days = 0

    def time(self):
        return time.time() + self.days * DAY


class Code:
    """The archive, loaded as Lambda loads it, with a hook before and after every call to AWS, login and statement."""

    def __init__(self, archive, folder):
        with zipfile.ZipFile(archive) as z:
            z.extractall(folder)
        sys.path.insert(0, folder)
        sys.dont_write_bytecode = True
        names = ("lambda", "stores", "postgres", "mysql", "accounts", "wire", "scram")
        self.module = {name: importlib.import_module(name) for name in names}
        self.clock = self.module["lambda"].time = Clock()
        import boto3  # it may not be there, which is told before
        # Making a client takes longer than all the rest of a run.
        self.module["stores"].boto3 = types.SimpleNamespace(client=functools.cache(lambda service, config: boto3.client(service, config=config)))
        self.at, self.count, self.quiet, self.watch = None, 0, True, None
        self.points, self.said = [], []
        self._hook(self.module["stores"].Store, "call", lambda s, operation, **k: operation)
        for name in ("postgres", "mysql"):
            session = self.module[name].Session
            self._hook(session, "__init__", lambda s, place, user, password: f"login {user}")
            self._hook(session, "query", lambda s, sql: sql.split("'")[0].split('"')[0])

    def _hook(self, kind, name, describe):
        real = getattr(kind, name)

        def hooked(this, *args, **named):
            if self.quiet:
                return real(this, *args, **named)
            what = describe(this, *args, **named)
            self._point("before " + what)
            result = real(this, *args, **named)
            self._point("after " + what)
            return result
        setattr(kind, name, hooked)

    def _point(self, what):
        self.count += 1
        self.points.append(what)
        if self.watch:
            self.quiet = True
            try:
                self.watch(what)
            finally:
                self.quiet = False
        if self.count == self.at:
            raise Killed(what)

    def call(self, settings, event, at=None, watch=None):
        """Invokes the function; what it ended with, or None. `at`: the point at which it is killed."""
        before = dict(os.environ)
        os.environ.update(settings)
        self.at, self.count, self.quiet, self.watch, self.points = at, 0, False, watch, []
        out = io.StringIO()
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                self.module["lambda"].handler(event, None)
            return None
        except (Exception, Killed) as e:  # whichever it is, the test says whether it should be
            out.write("".join(traceback.format_exception(e)))
            return e
        finally:
            self.quiet = True
            self.said.append(out.getvalue())
            for key in set(os.environ) - set(before):
                del os.environ[key]
            os.environ.update(before)


def pair(text, user):
    """Name and password as a client takes them out of a stored value."""
    try:
        document = json.loads(text)
        if isinstance(document, dict) and "password" in document:
            return document.get("username", user), document["password"]
    except ValueError:
        pass
    return user, text
