#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every command that the catalog's texts tell a person to run is one that its program takes.

1. `aws ...`: the AWS CLI's own parser, and AWS's models of the parameters and of the answer.
2. SQL: PostgreSQL and MariaDB run it. Names of views, columns, functions and settings are there.
3. Redis: a server runs it, and has the sections of INFO.
4. Programs of a host: they are run, or read their options, where they are installed.
5. Attributes in a command have a value wherever it is told, and a form that keeps them one word of it.

The texts in other languages have the same code (suite_translations.py). A program that is not there is skipped by name.
"""
import importlib.util
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import types

from catalog_commands import PLACEHOLDERS, ROOT, AwsCli, spans
from report import failure, say, state
from server_support import SBIN, PG, Mariadb, Postgres, Server, free_port, open_to_servers, tool

SQL = ("ALTER", "ANALYZE", "CALL", "CREATE", "DROP", "EXPLAIN", "GRANT", "KILL", "SELECT", "SET", "SHOW", "VACUUM")
REDIS = ("ACL", "CLIENT", "CONFIG", "INFO", "SLOWLOG")
ENGINES = ("mysql", "postgres")
DATABASES = ENGINES + ("rds",)

# Of CloudWatch Logs Insights: docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
INSIGHTS = ("fields", "filter", "limit", "parse", "sort", "stats")

# What the servers that are here may not have, and where it is described.
ELSEWHERE = {
    "CALL mysql.rds_show_configuration": "docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-stored-proc-configuring.html",
    "CALL mysql.rds_replica_status": "docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MariaDB.StoredProcedures.html",
    # Debian's Redis is built with another allocator, which the text says.
    "redis-cli -h ${host} -p ${port} config set activedefrag yes": "github.com/redis/redis/blob/7.0/redis.conf",
    "stats conns": "github.com/memcached/memcached/blob/master/doc/protocol.txt",
}

# Names that no table of the server has.
OTHER_NAMES = {
    "Rows_examined": "slow query log", "Rows_sent": "slow query log", "Lock_time": "slow query log", "Query_time": "slow query log",
    "pg_dump": "program", "pg_temp": "what a session calls the schema of its temporary tables",
}

# Attributes that may hold more than a command stands, and why.
LOOSE = {("asg", "id"): "AWS takes any character in the name of a group; one with a quote in it is for the reader to quote"}

# Programs: how they tell whether they take their arguments. RUN: as it stands; HELP: with --help behind, which they reach after
# the other options; None: as OPTIONS says; anything else is put behind so that they end.
RUN, HELP = "", "--help"
PROGRAMS = {
    "curl": RUN, "df": RUN, "dmesg": HELP, "docker": HELP, "du": RUN, "grep": RUN, "head": RUN, "iostat": "1", "iotop": HELP,
    "journalctl": HELP, "lsof": RUN, "mount": RUN, "mysqladmin": RUN, "nc": None, "nstat": RUN, "openssl": "-help", "opsc": HELP,
    "ps": RUN, "redis-cli": None, "sort": RUN, "ss": RUN, "sysctl": RUN, "systemctl": HELP, "tail": RUN, "top": "-b -n 1", "vmstat": "1",
}

# Programs that are not asked: nc has no way but doing it, redis-cli is for the tests of Redis. The options of one letter that all versions have.
OPTIONS = {"nc": "zv", "redis-cli": "hp"}


def is_command(span):
    """A name alone is none."""
    return " " in span.text and (span.program in PROGRAMS or span.program in SQL + REDIS + INSIGHTS + ("aws",))


def test_known(found):
    """What looks like a command is one that this suite proves, and the tables have nothing that is not in the catalog."""
    odd = [s for s in found if " " in s.text and re.search(r"\s--?[a-z]|\|", s.text) and not is_command(s)]
    verdict("known", [f"{s.where()}: {s.program} is not in PROGRAMS" for s in odd])
    words = {w for s in found if is_command(s) for w in re.findall(r"[A-Z][A-Z_]+", s.text)}
    unused = (set(PLACEHOLDERS) - words) | ((set(ELSEWHERE) | set(OTHER_NAMES)) - {s.text for s in found})
    unused |= set(PROGRAMS) - {p for s in found if s.program in PROGRAMS for p, *_ in parts_of(s.command())}
    verdict("tables", [f"{name} is nowhere in the catalog" for name in sorted(unused)])


def verdict(name, problems):
    if problems:
        say("FAIL", name, "\n  | ".join(problems))
    else:
        say("ok", name)


def attempt(test, *arguments):
    """A test that dies is a failure, and the others go on."""
    try:
        test(*arguments)
    except Exception as e:  # whatever went wrong is the reason of the failure
        failure(test.__name__, e)


# ---- 1. aws


def test_aws(found):
    if importlib.util.find_spec("awscli") is None:
        say("skip-missing", "aws", "no AWS CLI (tests/requirements.txt)")
        return
    cli = AwsCli()
    told = ((span, cli.problem(span.command())) for span in found if span.program == "aws")
    verdict("aws", [f"{span.where()}: {why}" for span, why in told if why])
    wrong = ("aws sqs receive-message", "aws sqs no-such", "aws ec2 describe-volumes --volumes vol-1", "aws ecs list-tasks --desired-status ODD",
             "aws rds describe-db-instances --query 'DBInstances[].Odd'", "aws logs tail", "aws ecs list-tasks --cluster CLUSTER",
             "aws ec2 modify-volume --volume-id vol-1 --iops many")
    verdict("aws-refuses", [command for command in wrong if cli.problem(command) is None])


# ---- 2. SQL


def error_of(server, text):
    try:
        server.sql(text)
        return None
    except AssertionError as e:
        return next(line for line in str(e).split("\n") if "ERROR" in line)


def names_of(found):
    """Spans that are the name of something in a database."""
    for span in found:
        name = re.fullmatch(r"[A-Za-z]\w*(\.\w+)*", span.text) and re.search("[_.]", span.text)
        if name and span.kind in DATABASES and span.text not in OTHER_NAMES:
            yield span


KNOWN_TO_POSTGRES = """SELECT n FROM (SELECT relname::text AS n FROM pg_class UNION SELECT attname FROM pg_attribute UNION
SELECT proname FROM pg_proc UNION SELECT name FROM pg_settings) AS names"""
KNOWN_TO_MARIADB = """SELECT LOWER(table_name) FROM information_schema.tables UNION SELECT LOWER(column_name) FROM information_schema.columns UNION
SELECT LOWER(CONCAT(table_schema, '.', table_name)) FROM information_schema.tables UNION
SELECT LOWER(variable_name) FROM information_schema.system_variables"""


def test_sql(found, servers):
    statements = [s for s in found if s.program in SQL and " " in s.text and s.text not in ELSEWHERE]
    problems = []
    for span in statements:
        whys = [error_of(servers[name], span.command()) for name in ENGINES if span.kind in (name, "rds")]
        if whys and None not in whys:
            problems.append(f"{span.where()}: {' / '.join(whys)}")
        if "LIKE" in span.text and not servers["mysql"].sql(span.command()):
            problems.append(f"{span.where()}: nothing is like it")
    verdict("sql", problems)
    wrong = (("postgres", "SELECT odd FROM pg_stat_activity"), ("postgres", "SHOW odd"), ("mysql", "SELECT odd FROM sys.innodb_lock_waits"))
    verdict("sql-refuses", [text for name, text in wrong if error_of(servers[name], text) is None])
    known = {"postgres": set(servers["postgres"].sql(KNOWN_TO_POSTGRES).split("\n")),
             "mysql": set(servers["mysql"].sql(KNOWN_TO_MARIADB).split("\n"))}
    verdict("sql-names", [f"{span.where()}: no server has it" for span in names_of(found)
                          if not any(span.text.lower() in names for name, names in known.items() if span.kind in (name, "rds"))])


# ---- 3. Redis


def redis_problem(port, words):
    """redis-cli ends well whatever the server says; INFO says nothing of a section that there is not."""
    done = subprocess.run([tool("redis-cli"), "-h", "127.0.0.1", "-p", str(port), *words], capture_output=True, text=True, check=False, timeout=20)
    refused = done.returncode or re.match("ERR|WRONG|NOAUTH", done.stdout) or (words[0].lower() == "info" and not done.stdout.strip())
    return (done.stderr or done.stdout or "it says nothing").strip() if refused else None


def redis_words(span):
    """What redis-cli sends, or its own option."""
    return re.sub(r"^redis-cli|(?<!\S)-[hp] \S+", "", span.command()).split()


def test_redis(found, port):
    asked = [s for s in found if s.program in REDIS + ("redis-cli",) and " " in s.text and s.text not in ELSEWHERE]
    told = ((span, redis_problem(port, redis_words(span))) for span in asked)
    verdict("redis", [f"{span.where()}: {why}" for span, why in told if why])
    verdict("redis-refuses", [c for c in ("INFO odd", "ODD", "CLIENT ODD", "--odd") if redis_problem(port, c.split()) is None])


# ---- 4. programs of a host


def parts_of(command):
    """The commands of a pipeline, each as words."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars="|;&<>()")
    lexer.whitespace_split = True
    parts = [[]]
    for word in lexer:
        if word == "|":
            parts.append([])
        elif re.fullmatch("[|;&<>()]+", word):
            raise ValueError(f"{word} is more than a pipeline")
        else:
            parts[-1].append(word)
    return parts


def options_problem(words):
    """Of a program that is not run: letters of options that it may not have."""
    unknown = [w for w in words[1:] if re.match("-[^-]", w) and set(w[1:]) - set(OPTIONS[words[0]])]
    return f"{words[0]} has no {unknown[0]}" if unknown else None


def host_problem(command, folder):
    """Why it does not run; None when it does, or when a program of it is not there."""
    ended = []
    for words in parts_of(command):
        if words[0] not in PROGRAMS:
            return f"{words[0]} is not in PROGRAMS"
        if PROGRAMS[words[0]] is None:
            return options_problem(words)
        if shutil.which(words[0]) is None:
            return None
        ended.append(shlex.join(words) + " " + PROGRAMS[words[0]])
    # `/` and /var are large.
    line = re.sub(r"^(du -\w+) \S+", r"\1 .", " | ".join(ended))
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], cwd=folder, capture_output=True, text=True, check=False, timeout=30,
                          stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C", "TERM": "dumb"})
    # A grep that finds nothing has been run.
    if done.returncode == 0 or (done.returncode == 1 and words[0] == "grep" and not done.stderr):
        return None
    return f"`{line}` ends with {done.returncode}: {(done.stderr or done.stdout).strip()[-200:]}"


class Web:
    """Answers every request."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            with client:
                client.recv(4096)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def ports_of(kind, web, servers):
    """Values that lead a command to what runs here."""
    here = {"URL": f"http://127.0.0.1:{web.port}/", "host": "127.0.0.1", "port": str(web.port)}
    if kind in servers:
        here["port"] = str(servers[kind].port)
    return here


def test_hosts(found, servers, folder):
    web, problems, absent = Web(), [], set()
    os.mkdir(folder)
    for span in found:
        if span.program in PROGRAMS and " " in span.text:
            command = span.command(**ports_of(span.kind, web, servers))
            why = host_problem(command, folder)
            problems += [f"{span.where()}: {why}"] if why else []
            absent |= {words[0] for words in parts_of(command) if PROGRAMS[words[0]] is not None and shutil.which(words[0]) is None}
    verdict("hosts", problems)
    for program in sorted(absent):
        say("skip-missing", f"hosts-{program}", f"{program} is not here: tools/setup.sh {program}")
    wrong = ("df --odd", "systemctl list-timers --odd", "ps aux --sort=-odd | head", "nc -q 2", "ss -tnp; rm x", "odd -x")
    verdict("hosts-refuses", [c for c in wrong if takes(c, folder)])


def takes(command, folder):
    """A program that is not there takes nothing."""
    if command.split()[0] in PROGRAMS and shutil.which(command.split()[0]) is None:
        return False
    try:
        return host_problem(command, folder) is None
    except ValueError:
        return False


# ---- 5. attributes


HOSTILE = ("a b", "a;b", "a$b", "a`b", "a&b", "a|b", "a<b", "a*b", "a?b", 'a"b', "a\\b", "a(b", "a!b", "a#b")


def loose(attribute, quoted):
    """A value of it that the shell would not take as it is; None when there is none."""
    if attribute["type"] != "string":
        return None
    begin = re.match("[/a-z]*", str(attribute.get("example", "")))[0][:1]
    for text in ("a'b",) + (() if quoted else HOSTILE):
        for value in (text, begin + text):
            if "form" not in attribute or re.fullmatch(attribute["form"], value):
                return value
    return None


def test_attributes(found):
    problems = []
    for span in found:
        if not is_command(span) or span.program in SQL + INSIGHTS:
            continue
        for m in re.finditer(r"\$\{([^}]*)\}", span.text):
            if m[1] not in span.given:
                problems.append(f"{span.where()}: {m[1]} has not always a value")
                continue
            value = loose(span.attributes[m[1]], span.text[: m.start()].count("'") % 2 == 1)
            if value and (span.kind, m[1]) not in LOOSE:
                problems.append(f"{span.where()}: {m[1]} may be {value!r}")
    verdict("attributes", problems)
    name = {"type": "string", "form": "[a-z; ]+", "example": "shop"}
    strict = loose(name, False) and not loose(name, True) and loose({"type": "string"}, True)
    verdict("attributes-refuses", [] if strict else ["a form that is loose"])


# ---- all


def redis_server(folder):
    port = free_port()
    os.mkdir(folder)
    Server(folder + ".log", [tool("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""], port)
    return types.SimpleNamespace(port=port)


class Binlogged(Mariadb):
    def start(self):
        self.options.append("--log-bin=binlog")
        super().start()


def mariadb(folder):
    server = Binlogged(folder)
    server.sql("CREATE DATABASE shop; CREATE TABLE shop.shop (id int)")
    # TABLE_NAME is one of it.
    server.sql, ask = (lambda text: ask(text, "shop")), server.sql
    return server


def postgres(folder):
    server = Postgres(folder, "super-p4ss")
    server.sql("CREATE TABLE shop (id int)")
    return server


NEEDS = {"postgres": (postgres, ("initdb", "postgres", "psql")), "mysql": (mariadb, ("mariadb-install-db", "mariadbd", "mariadb")),
         "redis": (redis_server, ("redis-server", "redis-cli"))}


def start(folder):
    """The servers that are installed, at the same time."""
    servers, threads = {}, []

    def one(name, make):
        try:
            servers[name] = make(os.path.join(folder, name))
        except Exception as e:  # whatever it is, it is the reason of the failure
            failure(f"start-{name}", e)

    for name, (make, programs) in NEEDS.items():
        lacking = [p for p in programs if tool(p, folders=PG + SBIN) is None]
        if lacking:
            say("skip-missing", name, f"no {', '.join(lacking)}")
            continue
        threads.append(threading.Thread(target=one, args=(name, make)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return servers


def test_servers(found, folder):
    servers = start(folder)
    if all(name in servers for name in ENGINES):
        attempt(test_sql, found, servers)
    if "redis" in servers:
        attempt(test_redis, found, servers["redis"].port)
    if len(servers) == len(NEEDS):
        attempt(test_hosts, found, servers, os.path.join(folder, "here"))


def main():
    for name in [n for n in os.environ if n.startswith(("AWS_", "PG", "REDIS", "MYSQL"))]:
        del os.environ[name]
    os.environ["PATH"] = os.path.dirname(os.path.abspath(os.environ.get("OPSC") or ROOT / "build/asan/opsc")) + ":" + os.environ["PATH"]
    found = list(spans())
    attempt(test_known, found)
    attempt(test_aws, found)
    attempt(test_attributes, found)
    with tempfile.TemporaryDirectory(prefix="opsc-commands.", dir=os.environ.get("TMPDIR")) as folder:
        open_to_servers(folder)
        try:
            test_servers(found, folder)
        finally:
            Server.stop_all()
    sys.exit(1 if state.failed else 0)


main()
