# SPDX-License-Identifier: MIT
"""Databases on loopback with TLS, and the function that opsc generates, with a hand on every call that it makes."""
import contextlib
import functools
import hashlib
import importlib
import io
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import traceback
import types
import zipfile

import server_support

BOSS = "boss-p4ss"
DAY = 86400
ACCOUNT = "123456789012"


def run(args, **more):
    done = subprocess.run(args, capture_output=True, text=True, check=False, stdin=None if "input" in more else subprocess.DEVNULL, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{os.path.basename(args[0])}: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return done.stdout.strip()


def certificates(folder):
    """Where the files of server_support's certificates are, by their names; the hash is another one than OpenSSL's own choice."""
    tls = server_support.certificates(folder, "sha384")
    return lambda name: os.path.join(tls if name.startswith("server.") else folder, name)


class Postgres(server_support.Postgres):
    """Writes every statement into its log."""

    engine, boss = "postgres", "super"

    def __init__(self, folder, tls=None):
        super().__init__(folder, BOSS, tls)

    def start(self):
        self.options.append("--log_statement=all")
        super().start()

    def begin(self):
        """A table of the application."""
        self.sql("CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO PUBLIC; CREATE TABLE shop.t (id int)")

    def tries(self, user, password, database="postgres"):
        """Whether somebody else's client gets in."""
        return self.answer(user, password, "SELECT 1", database) == "1"

    def answer(self, user, password, sql, database="postgres"):
        env = {**self.environment(database), "PGUSER": user, "PGPASSWORD": password}
        done = subprocess.run(self.command(sql), env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        return done.stdout.strip() if done.returncode == 0 else None

    def is_like(self, user, password, owner):
        """Whether it is `owner` as soon as it is logged in."""
        return self.answer(user, password, "SELECT current_user") == owner

    @staticmethod
    def name(text):
        return '"' + text.replace('"', '""') + '"'

    @staticmethod
    def text(text):
        return "'" + text.replace("'", "''") + "'"

    def make(self, user, password):
        exists = self.sql(f"SELECT 1 FROM pg_roles WHERE rolname = {self.text(user)}")
        # One at a time: two parts of the suite that grant rights on one table at once are refused by PostgreSQL.
        self.sql("BEGIN; SELECT pg_advisory_xact_lock(1);"
                 f"{'ALTER' if exists else 'CREATE'} ROLE {self.name(user)} LOGIN PASSWORD {self.text(password)};"
                 f"GRANT SELECT, INSERT ON shop.t TO {self.name(user)}; COMMIT")

    def log(self):
        with open(self.folder + ".log", encoding="utf-8", errors="replace") as f:
            return f.read()


class MariaDB(server_support.Mariadb):
    """With an administrator who has a password; writes every statement into a log."""

    engine, boss = "mariadb", "boss"

    def __init__(self, folder, tls):
        super().__init__(folder, tls)
        self.sql(f"CREATE USER boss@'127.0.0.1' IDENTIFIED BY '{BOSS}'; GRANT ALL ON *.* TO boss@'127.0.0.1' WITH GRANT OPTION;"
                 "CREATE DATABASE shop; CREATE TABLE shop.t (id int); CREATE ROLE reader; GRANT SELECT ON shop.* TO reader;"
                 "GRANT reader TO boss@'127.0.0.1' WITH ADMIN OPTION")

    def start(self):
        self.options += ["--general-log", f"--general-log-file={self.folder}/general.log"]
        super().start()

    def tries(self, user, password, _database=None):
        return self.runs(user, password, "SELECT 1")

    def runs(self, user, password, sql, tls="--ssl"):
        args = [f"--user={user}" if a.startswith("--user=") else a for a in self.client()] + [tls]
        return subprocess.run([*args, "-e", sql], capture_output=True, check=False, stdin=subprocess.DEVNULL,
                              env={**os.environ, "MYSQL_PWD": password}).returncode == 0

    def is_like(self, user, password, _owner):
        """Whether it may do what make() lets the owner do, and no more."""
        may = [self.runs(user, password, sql) for sql in ("SELECT * FROM shop.t", "INSERT INTO shop.t VALUES (1)", "DELETE FROM shop.t")]
        return may == [True, True, False] and not self.runs(user, password, "SELECT 1", "--skip-ssl")

    @staticmethod
    def text(text):
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def make(self, user, password):
        account = f"{self.text(user)}@'127.0.0.1'"
        self.sql(f"CREATE USER IF NOT EXISTS {account} IDENTIFIED BY {self.text(password)};"
                 f"ALTER USER {account} IDENTIFIED BY {self.text(password)} REQUIRE SSL WITH MAX_USER_CONNECTIONS 9;"
                 f"GRANT INSERT ON shop.* TO {account}; GRANT reader TO {account}; SET DEFAULT ROLE reader FOR {account}")

    def log(self):
        with open(self.folder + "/general.log", encoding="utf-8", errors="replace") as f:
            return f.read()


class Between:
    """Somebody between a client and PostgreSQL: its own certificate for the one, TLS of its own with the other, everything passed on."""

    def __init__(self, port, path):
        self.target, self.context = port, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "30",
             "-keyout", path("between.key"), "-out", path("between.pem")])
        self.context.load_cert_chain(path("between.pem"), path("between.key"))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.passed = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            server.sendall(client.recv(8))
            client.sendall(server.recv(1))
            trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            ends = self.context.wrap_socket(client, server_side=True), trusting.wrap_socket(server)
            for one, other in (ends, ends[::-1]):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one, other):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self.passed += len(data)
                other.sendall(data)


END = b"\xfe\0\0\2\0"  # of columns, and of rows


class MySQL8:
    """The login of MySQL 8, caching_sha2_password, as its manual describes it; and a note of what it is asked after that."""

    def __init__(self, path, password):
        self.password, self.fast, self.switch, self.asked = password.encode(), False, False, []
        self.answers = {}  # rows of one column, by statement
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(path("server.crt"), path("server.key"))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            client, _ = self.listener.accept()
            with contextlib.suppress(OSError, struct.error, IndexError):
                self._session(client)
            client.close()

    @staticmethod
    def _send(end, number, body):
        end.sendall(struct.pack("<I", len(body))[:3] + bytes([number]) + body)

    @staticmethod
    def _read(end):
        head = end.recv(4, socket.MSG_WAITALL) if not isinstance(end, ssl.SSLSocket) else end.recv(4)
        body, size = b"", int.from_bytes(head[:3], "little")
        while len(body) < size:
            body += end.recv(size - len(body))
        return head[3], body

    def _session(self, plain):
        salt, caps = b"0123456789abcdefghij", 0x8AA05
        name = b"mysql_native_password" if self.switch else b"caching_sha2_password"
        self._send(plain, 0, b"\x0a8.4.0\0" + struct.pack("<I", 1) + salt[:8] + b"\0" + struct.pack("<HBHHB", caps & 0xFFFF, 45, 2, caps >> 16, 21)
                   + bytes(10) + salt[8:] + b"\0" + name + b"\0")
        self._read(plain)
        end = self.context.wrap_socket(plain, server_side=True)
        number, answer = self._read(end)
        given = answer[32:].partition(b"\0")[2]
        given = given[1:1 + given[0]]
        if self.switch:
            self._send(end, number + 1, b"\xfecaching_sha2_password\0" + salt + b"\0")
            number, given = self._read(end)
        once = hashlib.sha256(self.password).digest()
        mask = hashlib.sha256(hashlib.sha256(once).digest() + salt).digest()
        good = given == bytes(a ^ b for a, b in zip(once, mask))
        if not self.fast:
            self._send(end, number + 1, b"\x01\x04")
            number, clear = self._read(end)
            good = good and clear == self.password + b"\0"
        elif good:
            self._send(end, number + 1, b"\x01\x03")
            number += 1
        if not good:
            self._send(end, number + 1, b"\xff" + struct.pack("<H", 1045) + b"#28000Access denied for " + self.password)
            return
        self._send(end, number + 1, b"\0\0\0\2\0\0\0")
        while True:
            _, query = self._read(end)
            if query[:1] != b"\x03":
                return
            self.asked.append(query[1:].decode())
            rows = self.answers.get(self.asked[-1])
            packets = [b"\0\0\0\2\0\0\0"] if rows is None else [b"\1", b"\3def", END, *(self._text(row) for row in rows), END]
            for i, packet in enumerate(packets):
                self._send(end, i + 1, packet)

    @staticmethod
    def _text(row):
        return b"\xfc" + struct.pack("<H", len(row.encode())) + row.encode()


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
        self.points, self.said, self.called = [], [], set()
        self._hook(self.module["stores"].Store, "call", self._describe_call)
        for name in ("postgres", "mysql"):
            session = self.module[name].Session
            self._hook(session, "__init__", lambda s, place, user, password: f"login {user}")
            self._hook(session, "query", lambda s, sql: sql.split("'")[0].split('"')[0])

    def _describe_call(self, store, operation, **arguments):
        service = store.client.meta.service_model.endpoint_prefix
        action = f"{service}:{store.client.meta.method_to_api_mapping[operation]}"
        resource = arguments.get("SecretId") or f"arn:aws:ssm:{store.client.meta.region_name}:{ACCOUNT}:parameter{arguments['Name']}"
        self.called.add((action, resource))
        return operation

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
