#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Backups made, listed, verified, restored and drilled by the generated scripts: real PostgreSQL and MariaDB, moto as AWS.

Each fault must be met with the right status and words, nothing may be promoted, and what was there before stays.
"""
import contextlib
import csv
import gzip
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from aws_support import Cli, Cloud
from report import check, equal, fault, say, state, test
from server_support import PG, SBIN, Mariadb, Postgres, Server, certificates, free_port, open_to_servers, tool, until

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OPSC = os.path.abspath(os.environ.get("OPSC", os.path.join(ROOT, "build/asan/opsc")))
SCRIPTS = "backup_rds_to_s3.sh", "restore_from_backup.sh", "restore_drill.sh"
SECRET = 'p"a\\ss\'w: #1;$(touch hacked)`touch hacked`'
HOSTILE = "we\"ird' $(touch hacked)`touch hacked`;\\ %s"
# mariadb-dump does not find a database that has events and one of "'\\ in its name, and says so.
MY_NAME = "we ird $(touch hacked)`touch hacked`; %s"
DAY = 86400
work = ""


def has(text, *words):
    for word in words:
        check(word in text, repr(word), "is not in:", text)


# ---- The scripts

def block(text, indent):
    lines = text.removesuffix("\n").split("\n")
    return "\n".join([lines[0]] + [" " * indent + line if line else "" for line in lines[1:]])


def render(text, values):
    """As compiler/tmpl does."""
    def put(m):
        value = values[m.group(1)]
        if m.group(2) == "shell":
            return quoted(value)
        if m.group(2) == "comment":
            return re.sub(r"[\x00-\x1f\x7f]", " ", value)
        return block(value, m.start() - text.rfind("\n", 0, m.start()) - 1)
    return re.sub(r"\{\{(\w+)\|(\w+)\}\}", put, text)


def quoted(text):
    return "'" + text.replace("'", "'\\''").replace("\n", "'$'\\n''") + "'"


def arm(name, keys):
    lines = [quoted(name) + ")"]
    for key, value in keys.items():
        if isinstance(value, list):
            lines += [f"  {key}=("] + ["    " + quoted(v) for v in value] + ["  )"] if value else [f"  {key}=()"]
        else:
            lines.append(f"  {key}={value if isinstance(value, int) else quoted(value)}")
    return "\n".join(lines + ["  ;;"])


class Host:
    """Scripts of one host with these jobs, a PATH where programs can be replaced, and a state folder."""

    def __init__(self, name, cloud, jobs, **values):
        self.folder = os.path.join(work, name + ".host")
        self.bin = os.path.join(self.folder, "bin")
        self.tmp = os.path.join(self.folder, "tmp")
        self.state = os.path.join(self.folder, "state")
        for folder in (self.folder, self.bin, self.tmp, self.state):
            os.mkdir(folder)
        shutil.copy(os.path.join(work, "ca.pem"), os.path.join(self.state, "rds-ca.pem"))
        # Of this run alone: the folder of keys is one for the whole machine.
        self.name = f"{name}-{os.getpid()}"
        self.values = {"spec": "ops.yaml", "host": "web", "name": self.name, "namespace": name + "/production", "region": "eu-west-1",
                       "bucket": "vault", "kms_key": "", "lock": "", "lock_days": "0", **values}
        self.env = {"PATH": f"{self.bin}:{work}/bin:{os.environ['PATH']}", "STATE_DIRECTORY": self.state, "TMPDIR": self.tmp, "LC_ALL": "C",
                    "HOME": self.folder, "AWS_ACCESS_KEY_ID": "host", "AWS_SECRET_ACCESS_KEY": "x", "AWS_ENDPOINT_URL": cloud.url,
                    "AWS_MAX_ATTEMPTS": "2", "AWS_RETRY_MODE": "standard", "AWS_EC2_METADATA_DISABLED": "true"}
        self.cloud = cloud
        self.s3 = cloud.client("s3")
        self.change(jobs)

    def change(self, jobs):
        self.jobs = jobs
        drills = [n for n, keys in jobs.items() if keys["KIND"] == "drill"]
        names = {"restore_drill.sh": drills}
        for script in SCRIPTS:
            of_script = names.get(script, [n for n in jobs if n not in drills])
            values = {**self.values, "names": "\n".join(quoted(n) for n in of_script),
                      "settings": "\n".join(arm(n, keys) for n, keys in jobs.items())}
            for part in ("host/process", "host/cloud", "backup/common", "backup/aws", "backup/database", "backup/restoring",
                         "backup/configuration", "backup/jobs"):
                with open(os.path.join(ROOT, f"templates/{part}.sh"), encoding="utf-8") as f:
                    values[part.split("/")[1]] = render(f.read(), values)
            with open(os.path.join(ROOT, "templates/backup", script), encoding="utf-8") as f:
                text = render(f.read(), values)
            with open(os.path.join(self.folder, script), "w", encoding="utf-8") as f:
                f.write(text)

    @contextlib.contextmanager
    def instead(self, name, text):
        """A program in place of the real one, which is $real."""
        real = tool(name, folders=PG)
        path = os.path.join(self.bin, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"#!/bin/bash\nreal={shlex.quote(real)}\n{text}\n")
        os.chmod(path, 0o755)
        try:
            yield
        finally:
            os.remove(path)

    def begin(self, script, *args, **env):
        return subprocess.Popen([tool("bash"), os.path.join(self.folder, script), *args], cwd=self.folder, env={**self.env, **env},
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                start_new_session=True)

    def end(self, process, status, text=""):
        out, err = process.communicate(text, timeout=60)
        check(process.returncode == status, f"status {process.returncode}, not {status}:\n{out}{err}")
        check("ss'w" not in out + err, "the password is told: " + out + err)
        if status not in (-9, 69):
            equal(self.left(), [], "what is left in the work folders")
        return out + err

    def left(self):
        shm = [n for n in os.listdir("/dev/shm") if n.startswith(f"opsc-{self.name}-")] if os.path.isdir("/dev/shm") else []
        return os.listdir(self.tmp) + shm

    def run(self, script, *args, status=0, text="", **env):
        return self.end(self.begin(script, *args, **env), status, text)

    def second(self):
        """While another run has not ended: what it says; nothing of the other's is cleaned up."""
        process = self.begin("backup_rds_to_s3.sh", "small")
        out, err = process.communicate("", timeout=60)
        equal(process.returncode, 75, "status of " + out + err)
        has(self.begin("backup_rds_to_s3.sh", "nodb").communicate(timeout=60)[1], "does not exist")
        return out + err

    def backup(self, *args, status=0, **env):
        return self.run("backup_rds_to_s3.sh", *args, status=status, **env)

    def restore(self, *args, status=0, text="", **env):
        return self.run("restore_from_backup.sh", *args, status=status, text=text, **env)

    def drill(self, *args, status=0, **env):
        return self.run("restore_drill.sh", *args, status=status, **env)

    # What is in the bucket
    def key(self, job, *parts):
        return "/".join((self.values["namespace"], job) + parts)

    def listing(self, job):
        prefix = self.key(job) + "/"
        found = self.s3.list_objects_v2(Bucket="vault", Prefix=prefix).get("Contents", [])
        return {o["Key"][len(prefix):]: (o["ETag"], o["LastModified"]) for o in found}

    def keys(self, job):
        return list(self.listing(job))

    def whole(self, job):
        return sorted(k.split("/")[0] for k in self.keys(job) if k.endswith("/manifest.json"))

    def body(self, job, *parts):
        return self.s3.get_object(Bucket="vault", Key=self.key(job, *parts))["Body"].read()

    def set(self, body, job, *parts):
        self.s3.put_object(Bucket="vault", Key=self.key(job, *parts), Body=body)

    def remove(self, job, prefix=""):
        for k in self.keys(job):
            if k.startswith(prefix):
                self.s3.delete_object(Bucket="vault", Key=self.key(job, k))

    def copy(self, job, of, seconds_ago, manifest=True):
        """The same backup as if it were of another time."""
        new = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - seconds_ago)) + "-0000beef"
        for k in self.keys(job):
            if k.startswith(of + "/") and not k.endswith("/manifest.json"):
                self.set(self.body(job, k), job, new, k.split("/")[1])
        if manifest:
            text = json.loads(self.body(job, of, "manifest.json"))
            self.set(json.dumps({**text, "id": new}).encode(), job, new, "manifest.json")
        return new

    def superseded(self, job):
        found = set()
        for k in self.keys(job):
            tags = self.s3.get_object_tagging(Bucket="vault", Key=self.key(job, k))["TagSet"]
            if {"Key": "opsc", "Value": "superseded"} in tags:
                found.add(k.split("/")[0])
        return sorted(found)

    def metric(self, name):
        """The value that was published last."""
        found = self.cloud.client("cloudwatch").get_metric_data(
            StartTime=time.time() - 3600, EndTime=time.time() + 3600, ScanBy="TimestampDescending",
            MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": {"Namespace": self.values["namespace"], "MetricName": name},
                                                          "Period": 1, "Stat": "Sum"}}])
        values = found["MetricDataResults"][0]["Values"]
        return values[0] if values else None


@contextlib.contextmanager
def untouched(host, job):
    """Nothing is promoted or superseded in here, and what was there stays as it is."""
    before, whole, asked = host.listing(job), host.whole(job), len(host.cloud.seen)
    yield
    after = host.listing(job)
    equal(host.whole(job), whole, "whole backups")
    equal({k: after.get(k) for k in before}, before, "what was there before")
    equal([p for _, p, query in host.cloud.seen[asked:] if "tagging" in query], [], "what was tagged")


class Watch:
    """Looks all the while for the password in arguments and environments of the processes of a host's scripts."""

    def __init__(self, host):
        self.mark = b"TMPDIR=" + host.tmp.encode()

    def __enter__(self):
        self.found, self.seen, self.on = [], 0, True
        self.thread = threading.Thread(target=self.look)
        self.thread.start()
        return self

    def look(self):
        while self.on:
            for pid in filter(str.isdigit, os.listdir("/proc")):
                with contextlib.suppress(OSError), open(f"/proc/{pid}/environ", "rb") as e, open(f"/proc/{pid}/cmdline", "rb") as c:
                    environ, cmdline = e.read(), c.read()
                    if self.mark in environ:
                        self.seen += 1
                        if b"ss'w" in environ + cmdline:
                            self.found.append((cmdline, environ))
            time.sleep(0.02)

    def __exit__(self, *_):
        self.on = False
        self.thread.join()
        check(self.seen > 20, "processes seen:", self.seen)
        equal(self.found, [], "processes with the password")


# ---- What is backed up

PG_SQL = r"""
CREATE EXTENSION pgcrypto;
CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE SCHEMA "Other Schema";
CREATE TABLE types (id bigserial PRIMARY KEY, b boolean, i int, n numeric(30, 10), f float8, t text, v varchar(10), c char(5), d date,
  ts timestamptz, iv interval, by bytea, j jsonb, u uuid, a int[], aa text[], ip inet, r int4range, x xml, m mood, p positive, mo money, bi bit(3),
  pt point, tv tsvector);
INSERT INTO types VALUES (1, true, -2147483648, 12345678901234567890.0123456789, 'NaN', E'tab\there\nnewline "quote" ''single'' \\back, comma',
  'ä€😀', 'ab', 'infinity', '2024-02-29 23:59:59.999999+05', '1 year 2 mons', '\x00ff0a', '{"k": [1, null, "\""]}', gen_random_uuid(),
  '{1,NULL,3}', '{"a,b","c\"d",NULL}', '::1/64', '[1,5)', '<a/>', 'it''s ok', 7, '12.34', B'101', '(1,2)', 'a:1 b:2');
INSERT INTO types (id, t) VALUES (2, NULL), (3, ''), (4, 'NULL'), (5, '\N'), (6, E'\r\n');
INSERT INTO types (id, t) SELECT i, repeat(md5(i::text), 20) FROM generate_series(10, 1500) AS i;
SELECT setval('types_id_seq', 5000);
CREATE TABLE "we""ird ' $(touch hacked) ); --" ("col ""1"" x" int, "col
2" text);
INSERT INTO "we""ird ' $(touch hacked) ); --" VALUES (1, 'x'), (NULL, NULL);
CREATE TABLE "new
line" (id int);
INSERT INTO "new
line" VALUES (1);
CREATE TABLE "Other Schema"."Tab.le" (id int PRIMARY KEY REFERENCES types (id), g int GENERATED ALWAYS AS (id * 2) STORED);
INSERT INTO "Other Schema"."Tab.le" VALUES (1);
CREATE TABLE parted (k int, v text) PARTITION BY RANGE (k);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
INSERT INTO parted VALUES (5, 'five');
CREATE VIEW seen AS SELECT id, t FROM types WHERE id < 5;
CREATE MATERIALIZED VIEW kept AS SELECT count(*) AS n FROM types;
CREATE FUNCTION twice(i int) RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN i * 2; END $f$;
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.t := NEW.t || '!'; RETURN NEW; END $f$;
CREATE TRIGGER touch BEFORE UPDATE ON types FOR EACH ROW EXECUTE FUNCTION touched();
CREATE INDEX ON types USING gin (j);
COMMENT ON TABLE types IS 'it''s $(touch hacked)';
SELECT lo_from_bytea(70001, '\x00010203ff'), lo_from_bytea(70002, decode(repeat('ab', 5000), 'hex'));
GRANT SELECT ON types TO "odd role";
"""

MY_SQL = r"""
CREATE TABLE types (id bigint AUTO_INCREMENT PRIMARY KEY, b bool, n decimal(30, 10), f double, t text, v varchar(20) CHARACTER SET latin1, d date,
  dt datetime(6), ts timestamp NULL, bl blob, bi binary(4), bt bit(5), j json, e enum('a', 'it''s'), s set('x', 'y'), y year, g geometry,
  w int AS (year(d)) STORED) ENGINE=InnoDB;
INSERT INTO types (id, b, n, f, t, v, d, dt, ts, bl, bi, bt, j, e, s, y, g) VALUES
  (1, true, 12345678901234567890.0123456789, 1.5e300, 'tab\there\nnewline "quote" ''single'' \\back, comma ä€😀', 'é', '2024-02-29',
  '2024-02-29 23:59:59.999999', '2024-01-01 00:00:00', X'00FF0A27225C', X'00010203', b'10101', '{"k": [1, null]}', 'it''s', 'x,y', 2024, POINT(1, 2));
INSERT INTO types (id, t) VALUES (2, NULL), (3, ''), (4, 'NULL'), (5, '\\N'), (6, '\r\n');
INSERT INTO types (id, t) SELECT seq, REPEAT(MD5(seq), 20) FROM seq_10_to_1500;
CREATE TABLE `we"ird ' $(touch hacked) ); --` (`col "1" x` int, `col ,2` text, KEY (`col "1" x`)) ENGINE=InnoDB;
INSERT INTO `we"ird ' $(touch hacked) ); --` VALUES (1, 'x'), (NULL, NULL);
CREATE TABLE child (id int, t bigint, FOREIGN KEY (t) REFERENCES types (id)) ENGINE=InnoDB;
INSERT INTO child VALUES (1, 1);
CREATE VIEW seen AS SELECT id, t FROM types WHERE id < 5;
DELIMITER ;;
CREATE TRIGGER touch BEFORE UPDATE ON types FOR EACH ROW BEGIN SET NEW.t = CONCAT(NEW.t, '!'); END;;
CREATE PROCEDURE put(IN i int) BEGIN INSERT INTO child VALUES (i, NULL); END;;
CREATE FUNCTION twice(i int) RETURNS int DETERMINISTIC RETURN i * 2;;
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM child WHERE id < 0;;
DELIMITER ;
"""


def pg_content(db, database):
    """All of a database: its schema as pg_dump tells it, each row of each table, each large object."""
    schema = subprocess.run([tool("pg_dump", folders=PG), "--schema-only"], env=db.environment(database), capture_output=True, text=True, check=True).stdout
    schema = re.sub(r"(?m)^\\(un)?restrict .*$", "", schema)
    rows = db.sql("""SELECT string_agg(format('SELECT %L, md5(string_agg(x::text, E''\\n'' ORDER BY x::text)), count(*) FROM %s AS x', c.oid::regclass, c.oid::regclass),
        ' UNION ALL ' ORDER BY c.oid::regclass::text) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
        WHERE relkind IN ('r', 'p', 'm', 'v') AND nspname IN ('public', 'Other Schema')""", database)
    rows = db.sql(rows, database)
    objects = db.sql("SELECT oid, md5(lo_get(oid)) FROM pg_largeobject_metadata ORDER BY oid", database)
    return {"schema": schema, "rows": rows, "objects": objects, "sequence": db.sql("SELECT last_value FROM types_id_seq", database)}


def my_content(db, database):
    done = subprocess.run([tool("mariadb-dump", "mysqldump"), *db.client()[1:], "--skip-dump-date", "--skip-comments", "--routines", "--triggers",
                           "--events", "--hex-blob", "--order-by-primary", database], capture_output=True, text=True, check=True)
    return done.stdout


def there(host):
    """A fault: RDS's endpoints are this host, and the secret that it keeps is ours."""
    def change(status, headers, body):
        headers = {k: v for k, v in headers.items() if k.lower() != "content-length"}
        body = re.sub(rb"<SecretArn>[^<]*", b"<SecretArn>json", body)
        return status, headers, re.sub(rb"[\w-]+\.[\w-]+\.eu-west-1\.rds\.amazonaws\.com", host.encode(), body)
    return change


class World:
    pass


def make_world():
    w = World()
    w.cloud = Cloud()
    tls = certificates(work)
    os.mkdir(work + "/bin")
    w.cli = Cli(work, work + "/bin")
    w.pg = Postgres(os.path.join(work, "pg"), SECRET, tls)
    w.my = Mariadb(os.path.join(work, "my"), tls)
    s3 = w.cloud.client("s3")
    s3.create_bucket(Bucket="vault", ObjectLockEnabledForBucket=True, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    ssm, secrets, rds = w.cloud.client("ssm"), w.cloud.client("secretsmanager"), w.cloud.client("rds")
    for name, value in (("good", SECRET), ("wrong", "no"), ("lines", "a\nb")):
        ssm.put_parameter(Name="/x/" + name, Value=value, Type="SecureString")
    secrets.create_secret(Name="json", SecretString=json.dumps({"username": "super", "password": SECRET}))
    for name, engine, port in (("reco-pg", "postgres", w.pg.port), ("reco-my", "mysql", w.my.port)):
        rds.create_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.t3.micro", Engine=engine, AllocatedStorage=20, Port=port,
                               MasterUsername="super" if engine == "postgres" else "backup", MasterUserPassword="not this one")
    rds.create_db_instance(DBInstanceIdentifier="reco-managed", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20, Port=w.pg.port,
                           MasterUsername="super", ManageMasterUserPassword=True)
    rds.create_db_cluster(DBClusterIdentifier="reco-aurora", Engine="aurora-postgresql", MasterUsername="super", MasterUserPassword="not this one", Port=w.pg.port)
    w.here = w.cloud.fault("rds", there("localhost"))
    w.here.__enter__()
    quoted = HOSTILE.replace('"', '""')
    w.pg.sql(f'CREATE ROLE "odd role" NOLOGIN; CREATE DATABASE "{quoted}"; CREATE DATABASE empty')
    w.pg.sql(PG_SQL, HOSTILE)
    my = MY_NAME.replace("`", "``")
    password = SECRET.replace("\\", "\\\\").replace("'", "\\'")
    w.my.sql(f"CREATE DATABASE `{my}` CHARACTER SET utf8mb4 COLLATE utf8mb4_german2_ci; CREATE DATABASE empty;"
             f"CREATE USER backup@'127.0.0.1' IDENTIFIED BY '{password}'; GRANT ALL ON *.* TO backup@'127.0.0.1' WITH GRANT OPTION")
    w.my.sql(MY_SQL, MY_NAME)
    return w


def job(engine, w, **keys):
    base = {"KIND": "dump", "METRIC": "db-backup", "ENGINE": engine, "RDS": "reco-pg" if engine == "postgres" else "reco-my", "CLUSTER": "", "HOST": "",
            "PORT": "", "DATABASE": HOSTILE if engine == "postgres" else MY_NAME, "USER_NAME": "", "PASSWORD_STORE": "parameter-store", "PASSWORD_ID": "/x/good", "KEEP_S": 30 * DAY,
            "EVERY_S": 7 * DAY, "TABLES": []}
    del w
    return {**base, **keys}


def drill(of, engine, w, **keys):
    return {**job(engine, w), "KIND": "drill", "METRIC": of + "-drill", "OF": of, "MAX_AGE_S": 8 * DAY, "ASSERTIONS": ["select count(*) > 0 from types"], **keys}


# ---- What opsc generates

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SPEC = """\
opsc: 1
project: {project}
aws: {{ region: eu-west-1, account: "123456789012" }}
notify: ops@shop.example
resources:
  web: {{ kind: ec2, id: i-0a1b2c3d4e5f67890, alarms: none }}
  db: {{ kind: postgres, on: web, port: {pg}, database: {pg_name}, tls: true, alarms: none }}
  my: {{ kind: mysql, on: web, port: {my}, database: {my_name}, alarms: none }}
backup:
  bucket: vault
  kms_key: {key}
  lock: 7d
  snapshots:
    db: {{ every: day, keep: 30d }}
    my: {{ every: week, keep: 8 weeks }}
  exports:
    odd: {{ from: db, tables: {tables}, every: week }}
  drill: {{ every: month, restore: db, expect: {assertions} }}
secrets:
  items:
    db-password: {{ of: db, user: {user}, rotate: every 180 days by hand }}
    my-password: {{ of: my, user: backup, rotate: every 180 days by hand }}
dashboards: none
"""


def test_generated(w):
    """The scripts of a spec are those that are tried here, byte for byte, and run."""
    project = f"gen{os.getpid()}"
    host = Host(project, w.cloud, {})
    user = "su per' $(touch hacked)"
    tables = ["types", "we\"ird ' $(touch hacked) ); --", "Other Schema.Tab.le"]
    assertions = ["select count(*) > 1000 from types", "select 'it''s $(touch hacked)`touch hacked`' <> \"types\".t from types where id = 1",
                  "select 'a\nb\n' = chr(97) || chr(10) || 'b' || chr(10)"]
    spec = SPEC.format(project=project, key=KEY, pg=w.pg.port, my=w.my.port, pg_name=json.dumps(HOSTILE), my_name=json.dumps(MY_NAME), tables=json.dumps(tables),
                       assertions=json.dumps(assertions), user=json.dumps(user))
    with open(host.folder + "/ops.yaml", "w", encoding="utf-8") as f:
        f.write(spec)
    pg = {"ENGINE": "postgres", "RDS": "", "CLUSTER": "", "HOST": "127.0.0.1", "PORT": str(w.pg.port), "DATABASE": HOSTILE, "USER_NAME": user,
          "TLS": "require", "PASSWORD_STORE": "parameter-store", "PASSWORD_ID": f"/{project}/production/db-password"}
    my = {**pg, "ENGINE": "mysql", "PORT": str(w.my.port), "DATABASE": MY_NAME, "USER_NAME": "backup", "TLS": "", "PASSWORD_ID": f"/{project}/production/my-password"}

    def keys(kind, name, every, age):
        return {"KIND": kind, "METRIC": name, "EVERY_S": every * DAY, "MAX_AGE_S": age * DAY}
    host.name = project + "-production"
    host.values.update(name=host.name, kms_key=KEY, lock="GOVERNANCE", lock_days="7")
    host.change({
        "db-backup": {**keys("dump", "db-backup", 1, 2), **pg, "KEEP_S": 30 * DAY, "TABLES": []},
        "my-backup": {**keys("dump", "my-backup", 7, 8), **my, "KEEP_S": 56 * DAY, "TABLES": []},
        "odd-export": {**keys("export", "odd-export", 7, 8), **pg, "KEEP_S": 35 * DAY, "TABLES": tables},
        "db-drill": {**keys("drill", "db-drill", 31, 32), "OF": "db-backup", "ASSERTIONS": assertions},
    })
    with test("generated-scripts-are-those-that-are-tried"):
        done = subprocess.run([OPSC, "build", "-o", "out", "ops.yaml"], cwd=host.folder, capture_output=True, text=True, check=False)
        equal(done.returncode, 0, "status of opsc build: " + done.stdout + done.stderr)
        for script in SCRIPTS:
            with open(f"{host.folder}/out/hosts/web/{script}", encoding="utf-8") as f, open(f"{host.folder}/{script}", encoding="utf-8") as g:
                for one, other in zip(f, g):
                    equal(one, other, "a line of " + script)
                equal((f.read(), g.read()), ("", ""), "the rest of " + script)
    with test("generated-scripts-run"):
        w.pg.sql('CREATE ROLE "{}" LOGIN SUPERUSER PASSWORD \'{}\''.format(user, SECRET.replace("'", "''")))
        for name in ("db", "my"):
            w.cloud.client("ssm").put_parameter(Name=f"/{project}/production/{name}-password", Value=SECRET, Type="SecureString")
        has(host.backup(), "db-backup: backup", "my-backup: backup", "odd-export: backup")
        has(host.drill(), "passed")
        host.backup("--report")
        host.drill("--report")
        equal(len(json.loads(host.restore("list", "--json"))), 3, "backups")


# ---- Round trips

def test_postgres(w):
    host = w.pg_host
    with test("postgres-dry-run"):
        has(host.backup("--dry-run", "db"), "would make a dump")
        equal(host.keys("db"), [], "what is in the bucket")
    with test("postgres-round-trip"):
        with Watch(host):
            has(host.backup("db"), "is whole")
            has(host.restore("restore", "db", "--to-database", "again " + HOSTILE), "is restored into again")
        before, after = pg_content(w.pg, HOSTILE), pg_content(w.pg, "again " + HOSTILE)
        for what in before:
            equal(after[what], before[what], what)
        has(before["objects"], "70001", "70002")
        w.pg.sql('DROP DATABASE "again ' + HOSTILE.replace('"', '""') + '"')
    with test("postgres-manifest-roles-pointer"):
        (one,) = host.whole("db")
        manifest = json.loads(host.body("db", one, "manifest.json"))
        equal([p["name"] for p in manifest["parts"]], ["database.dump", "roles.sql.gz"], "parts")
        has(gzip.decompress(host.body("db", one, "roles.sql.gz")).decode(), 'CREATE ROLE "odd role"')
        equal(json.loads(host.body("db", "latest.json"))["id"], one, "latest.json")
        for k in (k for k in host.keys("db") if k.startswith(one)):
            head = host.s3.head_object(Bucket="vault", Key=host.key("db", k))
            equal(head.get("ObjectLockMode"), "GOVERNANCE", "lock of " + k)
            check(29 * DAY < head["ObjectLockRetainUntilDate"].timestamp() - time.time() < 31 * DAY, head)
    with test("metrics"):
        equal([host.metric("db-backup." + n) for n in ("size", "duration", "age")][0], manifest["bytes"], "size")
        check(host.metric("db-backup.age") < 60 and host.metric("db-backup.duration") < 60, "age and duration")
        host.copy("db", one, 5 * DAY)
        has(host.backup("--report", "never"), "no whole backup")
        check(host.metric("never-backup.age") > 365 * DAY, "age of what never was")
    with test("secrets-manager-managed-by-rds-aurora"):
        has(host.backup("--dry-run", "json", "managed", "aurora"), "json: would", "managed: would", "aurora: would")
    with test("list"):
        rows = json.loads(host.restore("list", "db", "--json"))
        equal([(r["id"], r["whole"], r["job"]) for r in rows], [(i, True, "db") for i in host.whole("db")], "rows")
        equal(rows[-1]["bytes"] >= manifest["bytes"], True, "bytes")
        has(host.restore("list"), one, "whole", "5 d")
    with test("by-date"):
        older = host.whole("db")[0]
        day = older[:4] + "-" + older[4:6] + "-" + older[6:8]
        has(host.restore("verify", "db", "--at", day), older)
        has(host.restore("verify", "db", "--at", one), one)
        has(host.restore("verify", "db", "--at", "1999-01-01", status=1), "no whole backup of 1999-01-01 or before")
        has(host.restore("verify", "db", "--at", "$(touch hacked)", status=64), "neither the id")


def test_same(w):
    host, db = w.pg_host, w.pg
    quoted = HOSTILE.replace('"', '""')
    db.sql(f'ALTER DATABASE "{quoted}" SET search_path TO public, "Other Schema"; GRANT CONNECT ON DATABASE "{quoted}" TO "odd role"; '
           f"ALTER ROLE \"odd role\" IN DATABASE \"{quoted}\" SET work_mem TO '5MB'")

    def settings():
        name = HOSTILE.replace("'", "''")
        return db.sql("SELECT (SELECT string_agg(s::text, ' ' ORDER BY s::text) FROM (SELECT setrole, setconfig FROM pg_db_role_setting WHERE setdatabase = d.oid) AS s), "
                      f"(SELECT string_agg(x::text, ' ' ORDER BY x::text) FROM aclexplode(datacl) AS x) FROM pg_database AS d WHERE datname = '{name}'")
    before, wanted = pg_content(db, HOSTILE), settings()
    db.sql("DELETE FROM types WHERE id > 10", HOSTILE)
    changed = pg_content(db, HOSTILE)
    with test("same-asks"):
        host.restore("restore", "db", "--same", status=64)
        host.restore("restore", "db", "--same", "--yes", "other", status=64)
        equal(pg_content(db, HOSTILE) == changed, True, "the database is as it was")
    with fault("restore-over-the-database-breaks"):
        with host.instead("pg_restore", 'case "$*" in *--exit-on-error*) "${real}" "$@"; exit 1;; esac; exec "${real}" "$@"'):
            host.restore("restore", "db", "--same", "--yes", HOSTILE, status=1)
        equal(pg_content(db, HOSTILE) == changed, True, "the database is as it was")
        equal([d for d in db.databases() if d.startswith("opsc_")], [], "other databases")
    with test("same"):
        session = subprocess.Popen([tool("psql", folders=PG), "-XqAt"], env=db.environment(HOSTILE), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        session.stdin.write("SELECT 1;\n")
        session.stdin.flush()
        session.stdout.readline()
        has(host.restore("restore", "db", "--same", "--yes", HOSTILE), "is restored into " + HOSTILE, "opsc_before_")
        session.communicate("SELECT 1;\n")
        after = pg_content(db, HOSTILE)
        for what in before:
            equal(after[what], before[what], what)
        (kept,) = [d for d in db.databases() if d.startswith("opsc_")]
        equal(pg_content(db, kept) == changed, True, "what was there before is kept")
        equal(settings(), wanted, "settings and privileges of the database")
        db.sql(f"DROP DATABASE {kept}")


def test_plain_user(w):
    """Whose account may little: what it owns is dumped; what it may not is said."""
    host, db = w.pg_host, w.pg
    db.sql(f"CREATE ROLE plain LOGIN PASSWORD '{SECRET.replace(chr(39), chr(39) * 2)}'; CREATE DATABASE plain OWNER plain")
    db.sql("SET ROLE plain; CREATE EXTENSION pgcrypto; CREATE TABLE types AS SELECT i FROM generate_series(1, 9) AS i; SELECT lo_from_bytea(0, 'x')", "plain")
    with test("plain-user"):
        host.backup("plain")
        has(host.restore("restore", "plain", "--to-database", "plain2", status=78), "refuses", "permission denied to create database")
        db.sql("ALTER ROLE plain CREATEDB")
        host.restore("restore", "plain", "--to-database", "plain2")
        equal(db.sql("SELECT tableowner FROM pg_tables WHERE tablename = 'types'", "plain2"), "plain", "owner")
        db.sql("DELETE FROM types", "plain")
        has(host.restore("restore", "plain", "--same", "--yes", "plain"), "opsc_before_")
        equal(db.sql("SELECT count(*) FROM types", "plain"), "9", "rows")
        for d in db.databases():
            if d == "plain2" or d.startswith("opsc_before_"):
                db.sql(f"DROP DATABASE {d}")


def documented_grants(engine):
    """The statements of docs/backup.md, for the account and the database of here."""
    with open(os.path.join(ROOT, "docs/backup.md"), encoding="utf-8") as f:
        text = f.read()
    block = text[text.index(f"On {engine}:"):].split("```sql\n", 1)[1].split("```", 1)[0]
    block = re.sub(r"--.*", "", block).replace("reco.*", "`" + MY_NAME.replace("`", "``") + "`.*").replace("backup@'%'", "reader@'127.0.0.1'")
    return [line.strip() for line in block.splitlines()]


def test_mysql(w):
    host = w.my_host
    with test("mysql-round-trip"):
        with Watch(host):
            has(host.backup("db"), "is whole")
            has(host.restore("restore", "db", "--to-database", "again " + MY_NAME), "is restored into again")
        before = my_content(w.my, MY_NAME)
        equal(my_content(w.my, "again " + MY_NAME), before, "what is in the database")
        has(before, "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "VIEW", "0x00FF0A27225C")
        heads = [host.s3.head_object(Bucket="vault", Key=host.key("db", k)) for k in host.keys("db")]
        equal({(h.get("ServerSideEncryption"), h.get("SSEKMSKeyId")) for h in heads}, {("aws:kms", KEY)}, "encryption")
        equal(w.my.sql("SELECT @@collation_database", "again " + MY_NAME), "utf8mb4_german2_ci", "collation")
        w.my.sql("DROP DATABASE `again " + MY_NAME.replace("`", "``") + "`")
    with test("mysql-account-of-the-documentation"):
        grants = documented_grants("MariaDB")
        w.my.sql("CREATE USER reader@'127.0.0.1' IDENTIFIED BY '{}'".format(SECRET.replace("\\", "\\\\").replace("'", "\\'")))
        for sql in grants:
            w.my.sql(sql)
        host.backup("reader")
        has(host.drill("reader-drill"), "passed")
        has(host.restore("restore", "reader", "--to-database", "opsc_drill_x", status=78), "add --no-owner", "ERROR 1227")
        has(host.restore("restore", "reader", "--to-database", "opsc_drill_x", "--no-owner"), "is restored into opsc_drill_x")
        before, after = my_content(w.my, MY_NAME), my_content(w.my, "opsc_drill_x")
        equal(after.count("DEFINER=`reader`"), 5, "what belongs to the reader")
        equal(after.replace("DEFINER=`reader`", "DEFINER=`root`"), before, "what is in the database")
        w.my.sql("DROP DATABASE opsc_drill_x")
        client = os.path.basename(tool("mariadb", "mysql"))
        with host.instead(client, 'case "$*" in *--database=opsc*) cat >/dev/null; echo "ERROR 1419 (HY000) at line 63: You do not have the SUPER" >&2; exit 1 ;; esac; exec "${real}" "$@"'):
            has(host.restore("restore", "reader", "--to-database", "opsc_drill_x", status=78), "log_bin_trust_function_creators = 1")
    for right, words in (("TRIGGER", "GRANT TRIGGER ON"), ("SELECT ON mysql.proc", "GRANT SELECT ON mysql.proc"), ("EVENT", "Access denied"), ("SHOW VIEW", "denied")):
        with fault("mysql-account-without-" + right.replace(" ", "-")), untouched(host, "reader"):
            given = next(sql for sql in grants if right in sql)
            taken = given if " ON " in right else f"GRANT {right} ON " + given.split(" ON ", 1)[1]
            w.my.sql(taken.replace("GRANT", "REVOKE", 1).replace(" TO ", " FROM "))
            has(host.backup("reader", status=78), words)
            w.my.sql(given)
    with test("mysql-same-is-refused"):
        has(host.restore("restore", "db", "--same", "--yes", MY_NAME, status=64), "MySQL cannot rename a database")


def rows_of(text):
    """CSV where nothing is NULL and "" is empty, which csv.reader does not tell apart."""
    marked = re.sub(r'(?<![^,\n])""(?=[,\n])', '"<empty>"', text)
    return [[None if v == "" else "" if v == "<empty>" else v for v in row] for row in csv.reader(io.StringIO(marked, newline=""))]


def test_exports(w):
    for engine, host, db in (("postgres", w.pg_host, w.pg), ("mysql", w.my_host, w.my)):
        with test(f"{engine}-export"):
            host.backup("tables", "--dry-run")
            has(host.backup("tables"), "is whole")
            folder = os.path.join(host.folder, "got")
            has(host.restore("get", "tables", "--to", folder), "table-1.csv.gz\ttypes")
            with gzip.open(folder + "/table-1.csv.gz", "rt", encoding="utf-8", newline="") as f:
                rows = rows_of(f.read())
            equal(len(rows), 1498, "lines")
            head = rows[0]
            t, by_id = head.index("t"), {r[0]: r for r in rows[1:]}
            equal([by_id[i][t] for i in "23456"], [None, "", "NULL", "\\N", "\r\n"], "NULL and what looks like it")
            for i in ("1", "700"):
                equal(by_id[i][t] + "|", db.sql(f"SELECT CONCAT(t, '|') FROM types WHERE id = {i}", HOSTILE if engine == "postgres" else MY_NAME), "text")
            blob = by_id["1"][head.index("by" if engine == "postgres" else "bl")]
            equal(blob, "\\x00ff0a" if engine == "postgres" else "0x00FF0A27225C", "bytes")
            with gzip.open(folder + "/table-2.csv.gz", "rt", encoding="utf-8", newline="") as f:
                rows = rows_of(f.read())
            equal(rows, [['col "1" x', "col\n2" if engine == "postgres" else "col ,2"], ["1", "x"], [None, None]], "rows of an odd table")
            has(host.restore("restore", "tables", "--to-database", "x", status=64), "an export of tables")
            has(host.restore("get", "tables", "--to", folder, status=1), "not an empty folder")
        with fault(f"{engine}-export-of-what-is-not-there"), untouched(host, "gone"):
            check(host.begin("backup_rds_to_s3.sh", "gone").wait(30) in (1, 78), "status")


# ---- Faults while a backup is made

@contextlib.contextmanager
def without_tls(pg):
    """The server takes no session over TLS."""
    path = pg.folder + "/pg_hba.conf"
    with open(path, encoding="utf-8") as f:
        rules = f.read()

    def refuses():
        env = {**pg.environment(), "PGSSLMODE": "require"}
        return subprocess.run(pg.command("SELECT 1"), env=env, capture_output=True, check=False).returncode != 0

    def change(text, wanted):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        pg.sql("SELECT pg_reload_conf()")
        until(lambda: refuses() == wanted, "the server has read pg_hba.conf")
    change(re.sub(r"(?m)^host ", "hostnossl ", rules), True)
    try:
        yield
    finally:
        change(rules, False)


def test_faults(w):
    host, cloud = w.pg_host, w.cloud
    dump = 'case "$*" in *--file=*) ;; *) exec "${real}" "$@" ;; esac; for a in "$@"; do case "${a}" in --file=*) f="${a#--file=}" ;; esac; done; '

    def breaks(name, status, *words, of=host, which="db", args=()):
        with fault(name), untouched(of, which):
            has(of.backup(which, *args, status=status), *words)

    with host.instead("pg_dump", dump + '"${real}" "$@"; truncate -s -1000 "${f}"; kill -9 $$'):
        breaks("dump-is-killed", 1, "dumping")
    with host.instead("pg_dump", dump + '"${real}" "$@"; truncate -s -1000 "${f}"; exit 0'):
        breaks("dump-is-cut-off-and-says-nothing", 1, "cannot be read to its end")
    with host.instead("pg_dump", dump + 'exec "${real}" "$@" --file=/dev/full'):
        breaks("disk-is-full", 1, "disk is full", "No space left")
    with host.instead("df", "printf 'Avail\\n1000\\n'"):
        breaks("disk-has-less-room-than-the-last-backup-took", 1, "1000 bytes left")
    df = f'if [[ -e "{host.folder}/asked" ]]; then printf "Avail\\n0\\n"; else printf "Avail\\n99999999\\n"; >"{host.folder}/asked"; fi'
    with host.instead("df", df), host.instead("pg_dump", dump + "exit 1"):
        breaks("disk-is-too-full-to-say-so", 1, "disk is full")
    with host.instead("psql", 'case "$*" in *server_version_num*) echo 990001 ;; *) exec "${real}" "$@" ;; esac'):
        breaks("pg_dump-is-older-than-the-server", 69, "older than the server", "postgresql-client-")
    with cloud.fault("s3", "cut", "PUT", "/database.dump"):
        breaks("upload-is-cut", 1, "uploading database.dump")
    with cloud.fault("s3", "expired", "PUT", "/database.dump"):
        breaks("credentials-expire-before-the-upload", 78, "have expired")
    with cloud.fault("s3", "expired"):
        breaks("credentials-have-expired", 78, "have expired")
    with cloud.fault("ssm", "expired"):
        breaks("credentials-have-expired-for-the-password", 78, "have expired")
    with cloud.fault("s3", lambda s, h, b: (s, {**{k: v for k, v in h.items() if k.lower() != "content-length"}, "content-length": "7"}, b), "HEAD", "/database.dump"):
        breaks("s3-has-fewer-bytes", 1, "S3 has 7 bytes of database.dump")
    with cloud.fault("s3", lambda s, h, b: (s, {**h, "x-amz-checksum-sha256": "AAAA"}, b), "HEAD", "/database.dump"):
        breaks("s3-has-other-bytes", 1, "something else as database.dump")
    with cloud.fault("s3", "cut", "PUT", "/manifest.json"):
        breaks("manifest-is-not-written", 1, "uploading manifest.json")
    for name, shift in (("ahead", -400 * DAY), ("behind", 400 * DAY)):
        then = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + shift))
        with cloud.fault("s3", lambda s, h, b, then=then: (s, {**h, "last-modified": then}, b), "HEAD", "/begun.json"):
            breaks(f"clock-is-{name}", 78, "clock of this host is wrong")
    breaks("password-is-wrong", 78, "password authentication failed", which="wrong")
    breaks("password-has-two-lines", 78, "more than one line", which="lines")
    breaks("password-is-not-there", 78, "no such thing", which="secretless")
    breaks("database-is-not-there", 1, "does not exist", which="nodb")
    breaks("server-is-not-there", 1, "onnection refused", which="away")
    with cloud.fault("rds", there("127.0.0.1")):
        breaks("certificate-is-of-another-name", 1, "ertificate", which="tls")
        breaks("mysql-certificate-is-of-another-name", 1, "ertificate", of=w.my_host, which="db")
    with without_tls(w.pg):
        breaks("tls-is-wanted-and-not-there", 1, "SSL encryption", which="encrypted")
    with fault("lock-cannot-be-taken"), untouched(host, "never"):
        os.mkdir(host.state + "/backup-never.lock")
        has(host.backup("never", status=78), "cannot write to", "STATE_DIRECTORY")
    with fault("job-is-not-there"):
        has(host.backup("nonsense", status=64), "there is no nonsense here")
    with fault("one-of-two-jobs-fails"):
        has(host.backup("wrong", "small", status=78), "small: backup", "is whole")
    my = w.my_host
    some = 'case "$1" in --version) exec "${real}" "$@" ;; esac; "${real}" "$@" | head -c 20000; '
    name = os.path.basename(tool("mariadb-dump", "mysqldump"))
    with my.instead(name, some + "exit 3"):
        breaks("mysql-dump-is-killed", 1, "dumping", of=my)
    with my.instead(name, some + "exit 0"):
        breaks("mysql-dump-is-cut-off-and-says-nothing", 1, "the dump was cut off", of=my)
    with my.instead("gzip", 'case "$*" in -n) exec "${real}" -n >/dev/full ;; esac; exec "${real}" "$@"'):
        breaks("mysql-disk-is-full", 1, "disk is full", of=my)
    breaks("mysql-password-is-wrong", 78, "Access denied", of=my, which="wrong")
    breaks("mysql-server-is-not-there", 1, "onnect", of=my, which="away")
    breaks("mysql-database-is-not-there", 1, "Unknown database", of=my, which="nodb")


def test_afterwards(w):
    host, cloud = w.pg_host, w.cloud
    with fault("pointer-is-not-written"):
        n = len(host.whole("small"))
        with cloud.fault("s3", "cut", "PUT", "/latest.json"):
            has(host.backup("small", status=3), "is whole", "latest.json")
        equal(len(host.whole("small")), n + 1, "whole backups")
    with fault("metric-is-not-taken"):
        n = len(host.whole("small"))
        with cloud.fault("monitoring", "expired"):
            has(host.backup("small", status=3), "is whole", "did not take")
            host.backup("--report", "small", status=3)
        equal(len(host.whole("small")), n + 1, "whole backups")


def test_running(w):
    host = w.pg_host
    slow = f'case "$*" in *--file=*) echo $$ >{host.folder}/pid; exec sleep 60 ;; esac; exec "${{real}}" "$@"'

    with host.instead("pg_dump", slow):
        for how, status in (("TERM", 143), ("INT", 130)):
            with fault(f"{how.lower()}-in-the-middle"), untouched(host, "small"):
                process = started(host, "backup_rds_to_s3.sh", "small")
                if how == "TERM":
                    with test("fault-two-runs-at-once"):
                        has(host.second(), "has not ended yet")
                process.send_signal(getattr(signal, "SIG" + how))
                begun = time.monotonic()
                host.end(process, status)
                check(time.monotonic() - begun < 10, "it took long to stop")
        with fault("kill-in-the-middle"), untouched(host, "small"):
            process = started(host, "backup_rds_to_s3.sh", "small")
            kill(host, process)
    with test("what-a-killed-run-left-goes-with-the-next"):
        host.backup("small")
        equal(host.left(), [], "left")
    with test("what-a-killed-run-without-a-lock-left-goes-with-the-next"):
        with host.instead("sha256sum", f"echo $$ >{host.folder}/pid; exec sleep 60"):
            kill(host, started(host, "restore_from_backup.sh", "verify", "small"))
        host.backup("--report", "small")
        equal(host.left(), [], "left")


# ---- Drills

def throwaways(db):
    return [d for d in db.databases() if d.startswith("opsc_drill_")]


def test_drills(w):
    for engine, host, db in (("postgres", w.pg_host, w.pg), ("mysql", w.my_host, w.my)):
        with test(f"{engine}-drill"):
            host.drill("--report", "drill")
            check(host.metric("db-drill.age") > 365 * DAY, "age of a drill that never passed")
            has(host.drill("--dry-run", "drill"), "newest whole backup")
            out = host.drill("drill")
            has(out, "holds: select count(*) > 1000 from types", "passed after")
            equal([host.metric("db-drill.ok"), host.metric("db-drill.age")], [1, 0], "ok, age")
            check(host.metric("db-drill.duration") < 60 and host.metric("db-drill.backup_age") < 600, "duration and age of the backup")
            host.drill("--report", "drill")
            check(host.metric("db-drill.age") < 60, "age of a drill that has just passed")
            equal(throwaways(db), [], "throwaway databases")
        with fault(f"{engine}-drill-assertions"):
            before = host.body("drills", "db-drill", "latest.json")
            out = host.drill("strict", status=1)
            has(out, "9 of 10 assertions do not hold" if engine == "postgres" else "11 of 12 assertions do not hold", "does not hold: delete from types", "does not hold: select false: ", "select 1 where false: no row", "xy came", "failed after",
                "no_such_column", "holds: select true")
            check("READ ONLY" in out.split("delete from types", 1)[1].split("\n")[0] or engine == "postgres", out)
            equal([host.metric("strict-drill.ok"), host.metric("strict-drill.age")], [0, None], "ok, age")
            equal(host.body("drills", "db-drill", "latest.json"), before, "record of the other drill")
            equal(throwaways(db), [], "throwaway databases")
        with fault(f"{engine}-drill-of-an-empty-backup"):
            host.backup("hollow")
            has(host.drill("hollow-drill", status=1), "the backup is empty")
            equal((host.metric("hollow-drill.ok"), throwaways(db)), (0, []), "ok, throwaway databases")
    host, db = w.pg_host, w.pg
    newest = host.whole("db")[-1]
    with fault("drill-of-an-old-backup"):
        for k in ("database.dump", "roles.sql.gz"):
            host.set(host.body("db", newest, k), "old", newest, k)
        host.set(json.dumps({**json.loads(host.body("db", newest, "manifest.json")), "job": "old"}).encode(), "old", newest, "manifest.json")
        host.copy("old", newest, 9 * DAY)
        host.remove("old", newest)
        has(host.drill("stale", status=1), "too old", "are allowed")
        allowed = host.jobs
        host.change({**allowed, "old": {**allowed["old"], "MAX_AGE_S": 32 * DAY}, "stale": {**allowed["stale"], "MAX_AGE_S": 8 * DAY}})
        has(host.drill("--dry-run", "stale"), "seconds old")
        host.change(allowed)
        check(host.metric("old-drill.ok") == 0 and host.metric("old-drill.backup_age") >= 9 * DAY, "ok and age of the backup")
    with fault("drill-without-a-backup"):
        has(host.drill("never-drill", status=1), "there is no whole backup")
        equal(host.metric("never-drill.ok"), 0, "ok")
    good = host.body("db", newest, "database.dump")
    with fault("drill-of-a-damaged-backup"):
        host.set(good[:5000] + bytes([good[5000] ^ 1]) + good[5001:], "db", newest, "database.dump")
        has(host.drill("drill", status=1), "is damaged", "SHA-256")
        equal((host.metric("db-drill.ok"), throwaways(db)), (0, []), "ok, throwaway databases")
        host.set(good, "db", newest, "database.dump")
    slow = f'case "$*" in *--exit-on-error*) "${{real}}" "$@"; echo $$ >{host.folder}/pid; exec sleep 60 ;; esac; exec "${{real}}" "$@"'
    with host.instead("pg_restore", slow):
        with fault("drill-is-terminated"):
            process = started(host, "restore_drill.sh", "drill")
            equal(len(throwaways(db)), 1, "throwaway databases while it runs")
            process.terminate()
            host.end(process, 143)
            equal((host.metric("db-drill.ok"), throwaways(db)), (0, []), "ok, throwaway databases")
        with fault("drill-is-killed"):
            kill(host, started(host, "restore_drill.sh", "drill"))
            equal(len(throwaways(db)), 1, "throwaway databases after it")
    with test("what-a-killed-drill-left-goes-with-the-next"):
        db.sql("CREATE DATABASE opsc_drill_ffffffff_20200101_000000")
        has(host.drill("drill"), "which a drill has left that was killed", "passed")
        equal(throwaways(db), ["opsc_drill_ffffffff_20200101_000000"], "throwaway databases: that of another")
        equal(host.left(), [], "left")
        db.sql("DROP DATABASE opsc_drill_ffffffff_20200101_000000")
    with fault("drill-whose-record-is-damaged"):
        for bad in ("PATH[$(touch hacked)]", "now", 5):
            host.set(json.dumps({"passed": bad}).encode(), "drills", "db-drill", "latest.json")
            has(host.drill("--report", "drill", status=1), "record of the last drill is damaged")
        host.remove("drills")
    with fault("drill-of-a-server-that-answers-with-commands"):
        with host.instead("psql", 'case "$*" in *server_version_num*) echo "PATH[\$(touch hacked)]0000" ;; *) exec "${real}" "$@" ;; esac'):
            has(host.drill("drill", status=1), "version of the server is no number")
    with fault("drill-that-cannot-be-recorded"):
        with w.cloud.fault("s3", "cut", "PUT", "/drills/"):
            has(host.drill("drill", status=3), "could not be recorded")


# ---- Damage in the bucket, and old backups

def test_damage(w):
    host, db = w.pg_host, w.pg
    newest = host.whole("db")[-1]
    older = host.whole("db")[-2]
    good = host.body("db", newest, "database.dump")
    before = db.databases()

    runs = [["restore", "db", "--to-database", "broken"]]

    def refuses(name, *words):
        with fault(name):
            for args in runs:
                has(host.restore(*args, "--at", newest, status=1), *words)
            equal(db.databases(), before, "databases")
            check(not os.path.exists(os.path.join(host.folder, "broken")), "files were got")

    for at in (100, len(good) // 2, len(good) - 3):
        runs[1:] = [["verify", "db"], ["get", "db", "--to", os.path.join(host.folder, "broken")]] if at == 100 else []
        host.set(good[:at] + bytes([good[at] ^ 4]) + good[at + 1:], "db", newest, "database.dump")
        refuses(f"byte-{at if at == 100 else 'later' if at < len(good) - 3 else 'last'}-is-flipped", "is damaged", "SHA-256")
    host.set(good[:-100], "db", newest, "database.dump")
    refuses("object-is-truncated", "is not whole", f"{len(good) - 100} bytes, not {len(good)}")
    with fault("newest-is-truncated-so-the-one-before-is-taken"):
        has(host.restore("verify", "db"), f"{newest} is not whole", f"{older} is whole")
        has(host.restore("list", "db"), "database.dump has")
        host.backup("--report", "db")
        check(host.metric("db-backup.age") > 4 * DAY, "age is that of the newest whole one")
    host.s3.delete_object(Bucket="vault", Key=host.key("db", newest, "database.dump"))
    refuses("object-is-gone", "is not whole", "database.dump is gone")
    host.set(good, "db", newest, "database.dump")
    text = host.body("db", newest, "manifest.json")
    for name, bad in (("is-no-json", text[:50]), ("is-of-another", host.body("db", older, "manifest.json")), ("is-empty", b""),
                      ("is-a-command", re.sub(rb'"bytes": \d+,', b'"bytes": "PATH[$(touch hacked)]",', text)),
                      ("has-a-command-in-a-part", re.sub(rb'"bytes": \d+,(\s+"sha)', rb'"bytes": "PATH[$(touch hacked)]",\1', text)),
                      ("has-a-command-as-duration", re.sub(rb'"duration": \d+', b'"duration": "PATH[$(touch hacked)]"', text)),
                      ("has-another-sum", re.sub(rb'"bytes": \d+,(\s+"parts)', rb'"bytes": 1,\1', text)),
                      ("has-a-size-below-nothing", re.sub(rb'"bytes": \d+', b'"bytes": -1', text)),
                      ("has-no-about", re.sub(rb'"about": \{[^}]*\}', b'"about": "x"', text)),
                      ("has-a-path", text.replace(b'"database.dump"', b'"../../../x"'))):
        check(bad != text, "the manifest is as it was")
        host.set(bad, "db", newest, "manifest.json")
        refuses("manifest-" + name, "is not whole", "manifest")
        if name == "is-a-command":
            has(host.backup("db", "--dry-run"), "is not whole")
    host.set(text, "db", newest, "manifest.json")
    with fault("pg_restore-is-older-than-the-backup"):
        with host.instead("pg_restore", 'echo "pg_restore: error: unsupported version (1.99) in file header" >&2; exit 1'):
            has(host.restore("verify", "db", status=69), "older than backup")
    with fault("download-is-cut"), w.cloud.fault("s3", "cut", "GET", "/database.dump"):
        has(host.restore("restore", "db", "--to-database", "broken", status=1), "reading")
    with fault("credentials-have-expired-for-restore"), w.cloud.fault("s3", "expired"):
        has(host.restore("list", status=78), "have expired")
    with fault("disk-has-no-room-for-restore"), host.instead("df", "printf 'Avail\\n1000\\n'"):
        has(host.restore("verify", "db", status=1), "1000 bytes left")
    with fault("restore-breaks"):
        with host.instead("pg_restore", 'case "$*" in *--exit-on-error*) "${real}" "$@"; echo "error: out of memory" >&2; exit 1;; esac; exec "${real}" "$@"'):
            has(host.restore("restore", "db", "--to-database", "broken", status=1), "out of memory")
        equal(db.databases(), before, "databases")
    with fault("restore-is-terminated"):
        slow = f'case "$*" in *--exit-on-error*) echo $$ >{host.folder}/pid; exec sleep 60 ;; esac; exec "${{real}}" "$@"'
        with host.instead("pg_restore", slow):
            process = started(host, "restore_from_backup.sh", "restore", "db", "--to-database", "broken")
            process.terminate()
            host.end(process, 143)
        equal(db.databases(), before, "databases")
    with fault("restore-over-a-database"):
        has(host.restore("restore", "db", "--to-database", "small", status=64), "is there already")
        has(host.restore("restore", "db", "--to-database", "template0", status=64), "is there already")
        equal(db.databases(), before, "databases")
    with fault("mysql-restore-breaks"):
        my = w.my_host
        names, client = w.my.databases(), os.path.basename(tool("mariadb", "mysql"))
        with my.instead(client, 'case "$*" in *--database=broken*) "${real}" "$@"; echo "ERROR: gone" >&2; exit 1;; esac; exec "${real}" "$@"'):
            has(my.restore("restore", "db", "--to-database", "broken", status=1), "gone")
        equal(w.my.databases(), names, "databases")
    with test("restore-as-another-user"):
        has(host.restore("restore", "db", "--to-database", "other", "--user", "super", text=SECRET + "\n"), "is restored")
        db.sql("DROP DATABASE other")
        has(host.restore("restore", "db", "--to-database", "other", "--user", "super", text="no\n", status=78), "authentication failed")
        host.restore("restore", "db", "--to-database", "other", "--user", "super", status=64)


def test_retention(w):
    host = w.pg_host
    host.remove("small")
    host.backup("small")
    (first,) = host.whole("small")
    old = [host.copy("small", first, d * DAY) for d in (100, 60, 40, 35)]
    with test("retention-keeps-the-newest-three-however-old"):
        host.backup("small", "--dry-run")
        equal(host.superseded("small"), [], "superseded by a dry run")
        host.backup("small")
        equal(host.superseded("small"), sorted(old)[:3], "superseded")
        tags = {k for k in host.keys("small") if k.startswith(old[0])}
        check(len(tags) >= 2, "all keys of it are marked", tags)
    with test("retention-does-not-count-what-is-not-whole"):
        host.remove("small")
        host.backup("small")
        (first,) = host.whole("small")
        old = [host.copy("small", first, d * DAY) for d in (100, 60, 40, 35)]
        for k in old[2:]:
            host.set(b"x", "small", k, "database.dump")
        host.s3.delete_object(Bucket="vault", Key=host.key("small", first, "manifest.json"))
        host.backup("small")
        equal(host.superseded("small"), [], "superseded: there are three whole ones")
    with test("retention-of-unfinished-ones"):
        stale, fresh = host.copy("small", first, 2 * DAY, manifest=False), host.copy("small", first, 3600, manifest=False)
        host.backup("small")
        check(stale in host.superseded("small") and fresh not in host.superseded("small"), host.superseded("small"))
    with fault("backup-of-the-future"):
        future = host.copy("small", host.whole("small")[-1], -400 * DAY)
        tags, n = host.superseded("small"), len(host.whole("small"))
        has(host.backup("small", status=3), "nothing is superseded", future, "is from the future")
        equal((host.superseded("small"), len(host.whole("small"))), (tags, n + 1), "superseded, whole")
        host.backup("--report", "small")
        check(0 <= host.metric("small-backup.age") < 60, "age is of one that is not of the future")
        has(host.restore("list", "small"), "in the future")
        check(future not in host.restore("verify", "small"), "the newest is not one of the future")
        host.remove("small", future)
    with test("upload-in-pieces"):
        w.pg.sql("CREATE TABLE big AS SELECT i, gen_random_uuid() AS a, gen_random_uuid() AS b, gen_random_uuid() AS c FROM generate_series(1, 150000) AS i", "small")
        host.backup("small")
        one = host.whole("small")[-1]
        head = host.s3.head_object(Bucket="vault", Key=host.key("small", one, "database.dump"), ChecksumMode="ENABLED")
        check(head["ContentLength"] > 9 << 20 and "-" in head["ETag"], head)
        host.restore("verify", "small")


def started(host, script, *args):
    """It has got to where a program of ours writes `pid` and waits."""
    path = host.folder + "/pid"
    with contextlib.suppress(FileNotFoundError):
        os.remove(path)
    process = host.begin(script, *args)
    until(lambda: os.path.exists(path) or process.poll() is not None, "it gets there")
    check(process.poll() is None, "it has ended")
    return process


def kill(host, process):
    """With all that it has started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    check(host.left(), "nothing is left of a run that was killed")


def test_lint(w):
    for host in (w.pg_host, w.my_host):
        scripts = [os.path.join(host.folder, s) for s in SCRIPTS]
        for name, args in (("shellcheck", ["-o", "all", "-e", "SC2016"]), ("shfmt", ["-i", "2", "-ci", "-d"])):
            if not tool(name):
                say("skip-missing", name, f"no {name}")
                continue
            with test(f"{name}-{host.values['namespace'][:2]}"):
                done = subprocess.run([name, *args, *scripts], capture_output=True, text=True, check=False)
                check(done.returncode == 0, done.stdout + done.stderr)
    with test("bash-of-today"):
        for script in SCRIPTS:
            with open(os.path.join(w.pg_host.folder, script), encoding="utf-8") as f:
                text = f.read()
            equal(text.count("BASH_VERSINFO[0] < 5"), 1, script + " looks at the version of bash")
            done = subprocess.run([tool("bash"), "-c", text.replace("BASH_VERSINFO[0] < 5", "BASH_VERSINFO[0] < 99")], capture_output=True, text=True,
                                  check=False)
            equal(done.returncode, 69, "status on an old one")
            has(done.stderr, "bash 5 or newer is needed")
    with test("authorities-of-each-partition"):
        with open(os.path.join(w.pg_host.folder, SCRIPTS[0]), encoding="utf-8") as f:
            choice = re.search(r'(?ms)^case "\$\{REGION\}" in.*?^esac$', f.read()).group(0)
        for region, server in (("eu-west-1", "truststore.pki.rds.amazonaws.com"), ("us-gov-east-1", "truststore.pki.us-gov-west-1.rds.amazonaws.com"),
                               ("cn-northwest-1", "rds-truststore.s3.cn-north-1.amazonaws.com.cn")):
            done = subprocess.run([tool("bash"), "-c", f'REGION={region}\n{choice}\nprintf %s "${{CA_URL}}"'], capture_output=True, text=True, check=True)
            equal(done.stdout, f"https://{server}/global/global-bundle.pem", "where the certificates are of " + region)
    with test("usage"):
        for script in SCRIPTS:
            has(w.pg_host.run(script, "--help"), "Usage: " + script, "Exit status: 0")
            w.pg_host.run(script, "--nonsense", status=64)
        w.pg_host.backup("--check")
    with test("check-says-all-that-is-missing"):
        bare = os.path.join(work, "bare")
        os.mkdir(bare)
        os.symlink(tool("bash"), bare + "/bash")
        for script in SCRIPTS[:2]:
            has(w.pg_host.run(script, "--check", status=69, PATH=bare), "aws is not installed", "flock is not installed; install util-linux", "jq is not",
                "psql is not installed; install postgresql-client")
        has(w.my_host.run(SCRIPTS[0], status=69, PATH=bare), "mariadb or mysql is not installed", "mariadb-dump or mysqldump is not")


def main():
    global work
    needed = {"bash": (), "flock": (), "aws": (), "jq": (), "openssl": (), "initdb": PG, "mariadbd": SBIN}
    gone = [n for n, folders in needed.items() if not tool(n, folders=folders)]
    try:
        import moto.server  # noqa: F401
        import awscli  # noqa: F401
    except ImportError as e:
        gone.append(str(e))
    if gone:
        say("skip-missing", "backup", ", ".join(gone))
        return 0
    # Short: paths of sockets are.
    work = tempfile.mkdtemp(prefix="b.", dir=os.environ.get("TMPDIR", "/tmp"))
    open_to_servers(work)
    os.environ["HOME"] = work
    w = None
    try:
        w = make_world()
        odd = "we\"ird ' $(touch hacked) ); --"
        w.pg_host = Host("pg", w.cloud, {
            "db": job("postgres", w), "json": job("postgres", w, USER_NAME="", PASSWORD_STORE="secrets-manager", PASSWORD_ID="json"),
            "managed": job("postgres", w, RDS="reco-managed", PASSWORD_STORE="rds", PASSWORD_ID=""),
            "aurora": job("postgres", w, RDS="", CLUSTER="reco-aurora"),
            "plain": job("postgres", w, DATABASE="plain", RDS="", HOST="127.0.0.1", PORT=str(w.pg.port), USER_NAME="plain"),
            "never": job("postgres", w, METRIC="never-backup"), "tables": job("postgres", w, KIND="export", TABLES=["types", odd, "Other Schema.Tab.le"]),
            "gone": job("postgres", w, KIND="export", TABLES=["types", "no such"]),
            "wrong": job("postgres", w, PASSWORD_ID="/x/wrong"), "lines": job("postgres", w, PASSWORD_ID="/x/lines"),
            "secretless": job("postgres", w, PASSWORD_ID="/x/none"), "nodb": job("postgres", w, DATABASE="no such"),
            "away": job("postgres", w, RDS="", HOST="127.0.0.1", PORT=str(free_port()), USER_NAME="super"),
            "small": job("postgres", w, DATABASE="small", RDS="", HOST="127.0.0.1", PORT=str(w.pg.port), USER_NAME="super", METRIC="small-backup"),
            "tls": job("postgres", w), "encrypted": job("postgres", w, RDS="", HOST="127.0.0.1", PORT=str(w.pg.port), USER_NAME="super", TLS="require"), "old": job("postgres", w, MAX_AGE_S=8 * DAY), "hollow": job("postgres", w, DATABASE="empty"),
            "drill": drill("db", "postgres", w, ASSERTIONS=["select count(*) > 1000 from types", "select n = 1497 from kept", "select 1",
                                                              "select E'it''s $(touch hacked)' = obj_description('types'::regclass)"]),
            "stale": drill("old", "postgres", w, MAX_AGE_S=400 * DAY, ASSERTIONS=["select true"]), "never-drill": drill("never", "postgres", w),
            "hollow-drill": drill("hollow", "postgres", w, ASSERTIONS=["select true"]),
            "strict": drill("db", "postgres", w, METRIC="strict-drill", ASSERTIONS=[
                "select true", "select false", "select 1 where false", "select true from types limit 2", "select true, true", "select 'x' || 'y'",
                "select null", "select no_such_column from types", "delete from types", "\\! touch hacked"]),
        }, lock="GOVERNANCE", lock_days="30")
        w.pg.sql("CREATE DATABASE small")
        w.pg.sql("CREATE TABLE types AS SELECT 1 AS id", "small")
        w.my_host = Host("my", w.cloud, {
            "db": job("mysql", w), "reader": job("mysql", w, USER_NAME="reader", METRIC="reader-backup"),
            "reader-drill": drill("reader", "mysql", w, USER_NAME="reader"), "tables": job("mysql", w, KIND="export", TABLES=["types", odd]),
            "drill": drill("db", "mysql", w, ASSERTIONS=["select count(*) > 1000 from types", "select t = 'NULL' from types where id = 4",
                                                           "select count(*) > 0 and sum(status = 'ENABLED') = 0 from information_schema.events where event_schema = database()"]),
            "hollow": job("mysql", w, DATABASE="empty"), "hollow-drill": drill("hollow", "mysql", w, ASSERTIONS=["select true"]),
            "strict": drill("db", "mysql", w, METRIC="strict-drill", ASSERTIONS=[
                "select true", "select false", "select 1 where false", "select true from types limit 2", "select true, true", "select concat('x', 'y')",
                "select null", "select no_such_column from types", "\\! touch hacked", "system touch hacked", "delete from types", "create table written as select 1 as one"]),
            "gone": job("mysql", w, KIND="export", TABLES=["types", "no such"]), "nodb": job("mysql", w, DATABASE="no such"),
            "wrong": job("mysql", w, PASSWORD_ID="/x/wrong"), "away": job("mysql", w, RDS="", HOST="127.0.0.1", PORT=str(free_port()), USER_NAME="backup"),
        }, kms_key=KEY)
        only = sys.argv[1:]
        for part in (test_postgres, test_generated, test_same, test_plain_user, test_mysql, test_exports, test_faults, test_afterwards, test_running, test_drills, test_damage, test_retention, test_lint):
            if only and part.__name__ not in only:
                continue
            begun = time.monotonic()
            try:
                part(w)
            except Exception as e:
                say("FAIL", part.__name__, f"{type(e).__name__}: {e}")
            print(f"    {part.__name__}: {time.monotonic() - begun:.1f} s", flush=True)
        with test("hostile-values-run-nothing"):
            equal([p for p, _, files in os.walk(work) if "hacked" in files] + [p for p in ("hacked", ROOT + "/hacked") if os.path.exists(p)], [], "made")
        print(f"    {state.faults} faults were tried", flush=True)
    finally:
        Server.stop_all()
        if w:
            w.cli.stop()
            w.cloud.stop()
        shutil.rmtree(work, ignore_errors=True)
    return 1 if state.failed else 0


if __name__ == "__main__":
    sys.exit(main())
