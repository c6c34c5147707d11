# SPDX-License-Identifier: MIT
"""Real database servers for test suites: made in a folder of the suite, on a port of their own, gone at the end."""
import contextlib
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time

from report import check

PG = "/usr/lib/postgresql/*/bin", "/usr/libexec/postgresql*", "/opt/homebrew/opt/postgresql@*/bin"
SBIN = "/usr/sbin", "/usr/libexec", "/usr/local/sbin"


def until(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, f"{what}: not within {seconds} seconds")
        # No shorter: InnoDB tells of locks anew only to who has not asked for a tenth of a second.
        time.sleep(0.1)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


def tool(*names, folders=()):
    """The first of these programs that is there; of several versions in `folders` the newest."""
    for name in names:
        found = shutil.which(name)
        for pattern in folders:
            found = found or next(iter(sorted(glob.glob(os.path.join(pattern, name)), reverse=True)), None)
        if found:
            return found
    return None


def unprivileged(*users):
    """The first of these accounts, when we are root: database servers refuse to run as root."""
    if os.getuid() != 0:
        return None
    for user in users + ("nobody",):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(user).pw_name
    return None


def group_of(user):
    return pwd.getpwnam(user).pw_gid if user else None


def open_to_servers(folder):
    """The accounts of database servers go through it, and through the one that it lies in when that is ours alone."""
    parent = os.path.dirname(folder)
    os.chmod(folder, 0o711)
    if os.stat(parent).st_uid == os.getuid() and not os.stat(parent).st_mode & 0o001:
        os.chmod(parent, 0o711)


def owned_folder(path, user):
    os.mkdir(path, 0o700)
    if user:
        shutil.chown(path, user)
    return path


def certificates(folder, digest="sha256"):
    """An authority in `folder`/ca.pem, another that signed nothing in other.pem, and the folder with server.crt and server.key that the first signed
    for localhost and aws.invalid, by this hash."""
    tls = os.path.join(folder, "tls")
    os.mkdir(tls)
    with open(tls + "/ext", "w", encoding="utf-8") as f:
        f.write("subjectAltName=DNS:localhost,DNS:aws.invalid\n")
    new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    for command in (new + ["-x509", "-days", "2", "-subj", "/CN=ours", "-keyout", folder + "/ca.key", "-out", folder + "/ca.pem"],
                    new + ["-x509", "-days", "2", "-subj", "/CN=other", "-keyout", folder + "/other.key", "-out", folder + "/other.pem"],
                    new + ["-subj", "/CN=localhost", "-keyout", tls + "/server.key", "-out", tls + "/csr"],
                    ["openssl", "x509", "-req", "-in", tls + "/csr", "-CA", folder + "/ca.pem", "-CAkey", folder + "/ca.key", "-CAcreateserial",
                     "-days", "2", "-extfile", tls + "/ext", "-out", tls + "/server.crt", f"-{digest}"]):
        subprocess.run(command, check=True, capture_output=True)
    return tls


class Server:
    """A process of ours that is gone at the end, whatever happens: Server.stop_all()."""

    running = []

    def __init__(self, log, args, port, user=None):
        self.port = port
        with open(log, "w", encoding="utf-8") as out:
            self.process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=out, stderr=out, user=user, cwd="/",
                                            group=group_of(user))
        Server.running.append(self)
        try:
            until(lambda: self.process.poll() is not None or answers(port), f"{args[0]} listens")
            check(self.process.poll() is None, args[0], "died")
        except AssertionError as e:
            with open(log, encoding="utf-8", errors="replace") as text:
                raise AssertionError(f"{e}\n{text.read()[-1500:]}") from None

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    @staticmethod
    def stop_all():
        while Server.running:
            Server.running.pop().stop(signal.SIGKILL)


class Postgres:
    """The account is super, with this password. `tls`: a folder with server.crt and server.key, or None."""

    def __init__(self, folder, password, tls=None):
        self.user, self.port, self.folder, self.password = unprivileged("postgres"), free_port(), folder, password
        owned_folder(folder, self.user)
        secret = folder + ".superuser"
        with open(secret, "w", encoding="utf-8") as f:
            f.write(password + "\n")
        os.chmod(secret, 0o644)
        done = subprocess.run([tool("initdb", folders=PG), "-D", folder, "-U", "super", "--auth=scram-sha-256", "--pwfile", secret,
                               "--no-sync", "--encoding=UTF8", "--no-locale"], user=self.user, group=group_of(self.user), cwd="/",
                              capture_output=True, text=True, check=False)
        os.remove(secret)
        check(done.returncode == 0, done.stdout + done.stderr)
        self.options = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=20"]
        if tls:
            for name in ("server.crt", "server.key"):
                shutil.copy(os.path.join(tls, name), os.path.join(folder, name))
                os.chmod(os.path.join(folder, name), 0o600)
                if self.user:
                    shutil.chown(os.path.join(folder, name), self.user)
            self.options += ["-c", "ssl=on"]
        self.start()

    def start(self):
        self.server = Server(self.folder + ".log", [tool("postgres", folders=PG), "-D", self.folder, "-p", str(self.port), "-k", "",
                                                    *self.options], self.port, self.user)
        until(lambda: subprocess.run(self.command("SELECT 1"), env=self.environment(), capture_output=True, check=False).returncode == 0,
              "PostgreSQL answers")

    def stop(self):
        self.server.stop(signal.SIGINT)

    def environment(self, database="postgres"):
        return {**os.environ, "PGPASSWORD": self.password, "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "super",
                "PGDATABASE": database}

    @staticmethod
    def command(text):
        return [tool("psql", folders=PG), "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", text]

    def sql(self, text, database="postgres"):
        done = subprocess.run([tool("psql", folders=PG), "-XqAt", "-v", "ON_ERROR_STOP=1"], input=text, text=True, check=False,
                              capture_output=True, env=self.environment(database))
        check(done.returncode == 0, done.stderr)
        return done.stdout.strip("\n")

    def databases(self):
        return self.sql("SELECT datname FROM pg_database ORDER BY datname").split("\n")


class Mariadb:
    """The account is root, without a password, from this machine."""

    def __init__(self, folder, tls=None):
        self.user, self.port, self.folder = unprivileged("mysql"), free_port(), folder
        owned_folder(folder, self.user)
        install = [tool("mariadb-install-db", "mysql_install_db"), "--no-defaults", f"--datadir={folder}",
                   "--auth-root-authentication-method=normal", "--skip-test-db", *([f"--user={self.user}"] if self.user else [])]
        done = subprocess.run(install, capture_output=True, text=True, check=False, user=self.user, group=group_of(self.user), cwd="/",
                              env={**os.environ, "TMPDIR": folder})
        check(done.returncode == 0, done.stdout[-800:] + done.stderr[-800:])
        self.options = []
        if tls:
            for name in ("server.crt", "server.key"):
                shutil.copy(os.path.join(tls, name), os.path.join(folder, name))
                if self.user:
                    shutil.chown(os.path.join(folder, name), self.user)
            self.options = [f"--ssl-cert={folder}/server.crt", f"--ssl-key={folder}/server.key"]
        self.start()

    def start(self):
        f = self.folder
        self.server = Server(f + ".log", [tool("mariadbd", folders=SBIN), "--no-defaults", f"--datadir={f}", f"--port={self.port}",
                                          "--bind-address=127.0.0.1", f"--socket={f}/s", f"--pid-file={f}/pid", f"--tmpdir={f}",
                                          "--max-connections=20", "--skip-log-bin", "--skip-name-resolve", "--innodb-buffer-pool-size=16M",
                                          "--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", *self.options],
                             self.port, self.user)
        until(lambda: subprocess.run([*self.client(), "-e", "SELECT 1"], capture_output=True, check=False).returncode == 0, "MariaDB answers")

    def stop(self):
        self.server.stop()

    def client(self):
        return [tool("mariadb", "mysql"), "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", f"--port={self.port}", "--user=root",
                "--default-character-set=utf8mb4"]

    def sql(self, text, database=None):
        done = subprocess.run([*self.client(), "-N", "--raw", *([f"--database={database}"] if database else [])], input=text, text=True,
                              capture_output=True, check=False)
        check(done.returncode == 0, done.stderr)
        return done.stdout.strip("\n")

    def databases(self):
        return self.sql("SHOW DATABASES").split("\n")
