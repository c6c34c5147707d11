#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a change costs (opsc cost --diff): in real git repositories, also broken, bare, shallow and partial ones, from worktrees, below
hooks, with names and revisions that are no good; both sides are what opsc cost says of each alone."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction

from report import check, equal, say, state, test

try:
    import jsonschema
except ImportError as missing:
    say("skip-missing", "cost-diff", f"python3 has no module {missing.name} (tools/setup.sh test)")
    sys.exit(0)

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.path.abspath(os.environ.get("OPSC", ROOT / "build/asan/opsc"))
TMP = pathlib.Path(tempfile.mkdtemp(prefix="opsc-diff."))
SCHEMA = json.loads((ROOT / "docs/reference/cost-diff.schema.json").read_text())
VALID = jsonschema.Draft7Validator(SCHEMA)
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {"GIT_CONFIG_NOSYSTEM": "1", "HOME": str(TMP)}
HEAD = """opsc: 1
project: shop
aws: { region: us-east-1 }
notify: ops@example.com
alarms: none
dashboards: none
"""
WEB = "  web: { kind: ec2, id: i-0123456789abcdef0, type: t3.micro, volume: 16 GiB, public_ipv4: 1, role: shop-web }\n"
DB = "  db: { kind: rds, id: shop, engine: postgres, class: db.t3.micro, storage: 20 GiB }\n"
CACHE = "  cache: { kind: elasticache, id: shop, engine: redis, class: cache.t3.micro }\n"
BASE = HEAD + "resources:\n" + WEB + DB
BUDGET = "budgets: { monthly: { limit: $30 } }\n"


class Repo:
    """A repository whose commit `main` has these files."""

    def __init__(self, files, top=None):
        self.top = pathlib.Path(top or tempfile.mkdtemp(dir=TMP))
        self.top.mkdir(exist_ok=True)
        self.git("init", "-q", "-b", "main")
        self.commit(files)

    def git(self, *words, **more):
        return subprocess.run(["git", "-C", str(self.top), "-c", "user.name=x", "-c", "user.email=x@shop.example", *words], check=True,
                              capture_output=True, text=True, env=CLEAN, **more).stdout.strip()

    def write(self, files):
        for name, text in files.items():
            path = self.top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            elif isinstance(text, pathlib.Path):
                path.symlink_to(text)
            else:
                path.write_text(text)

    def commit(self, files, *flags):
        self.write(files)
        self.git("add", "-A", *flags)
        self.git("commit", "-q", "--allow-empty", "-m", "x")

    def run(self, *args, spec="ops.yaml", rev="main", cwd=".", opsc="cost", **env):
        words = [OPSC, opsc, *(["--diff", rev] if rev is not None else []), *args, "--", spec]
        return subprocess.run(words, cwd=self.top / cwd, capture_output=True, text=True, check=False, timeout=60, env=CLEAN | env)

    def diff(self, *args, **more):
        done = self.run("--format", "json", *args, **more)
        equal((done.returncode, done.stderr), (0, ""), "status and words")
        out = json.loads(done.stdout)
        VALID.validate(out)
        for pair in out["environments"]:
            add_up(pair)
        return out

    def one(self, *args, **more):
        pairs = self.diff(*args, **more)["environments"]
        equal(len(pairs), 1, "the number of environments")
        return pairs[0]

    def refuse(self, status, words, *args, **more):
        done = self.run(*args, **more)
        equal((done.returncode, done.stdout), (status, ""), "status and output")
        for word in [words] if isinstance(words, str) else words:
            check(word in done.stderr, f"no {word!r} in {done.stderr!r}")
        return done.stderr


def add_up(pair):
    """The lines that are shown make up the difference of the sums, in every view."""
    for view in "list", "pay", "later":
        for side in "low", "high":
            sums = [Fraction(pair[s]["total"][view][side]) if s in pair else 0 for s in ("before", "after")]
            lines = [sum(Fraction(x[s][view][side]) for x in pair["lines"] if s in x) for s in ("before", "after")]
            equal(lines[1] - lines[0], sums[1] - sums[0], f"the change of {view}, {side},")


def changes(pair):
    return [(x["change"], *[(x.get("after") or x["before"])[k] for k in ("of", "item")]) for x in pair["lines"]]


TABLE = """Against main (COMMIT): what this change costs a month.

production, us-east-1

                                                              quantity        list price            to pay   change
~ web instance (ec2.t3.micro.linux -> ec2.t3.small.linux)     730 hour   $7.59 -> $15.18   $7.59 -> $15.18   +$7.59
+ cache node                                                  730 hour            $12.41            $12.41  +$12.41
- db instance                                                 730 hour            $13.14            $13.14  -$13.14
- db storage                                               20 GB-month             $2.30             $2.30   -$2.30
a month                                                                 $27.96 -> $32.52  $27.96 -> $32.52   +$4.56
2 lines are as before.

Budgets:
  the month: $27.96 -> $32.52 of $30.00, above it by this change

Newly not estimated, and not in these sums:
  cache backups: storage of its backups

US dollars for a month of 730 hours, without taxes. List prices published from 2025-06-05 to 2026-10-07.
"""
MARKDOWN = r"""<!-- opsc cost: ops.yaml -->
### What this change costs a month

- production, us-east-1: **+$4.56** a month, to $32.52

- :warning: Budget of the month: $27.96 -\> $32.52 of $30.00, above it by this change

<details><summary>production: 4 lines changed, 2 as before</summary>

|  | quantity | list price | to pay | change |
| --- | ---: | ---: | ---: | ---: |
| \~ web instance (ec2.t3.micro.linux -\> ec2.t3.small.linux) | 730 hour | $7.59 -\> $15.18 | $7.59 -\> $15.18 | +$7.59 |
| + cache node | 730 hour | $12.41 | $12.41 | +$12.41 |
| - db instance | 730 hour | $13.14 | $13.14 | -$13.14 |
| - db storage | 20 GB-month | $2.30 | $2.30 | -$2.30 |
| **a month** |  | **$27.96 -\> $32.52** | **$27.96 -\> $32.52** | **+$4.56** |

Newly not estimated, and not in these sums:

- cache backups: storage of its backups

</details>

Against main (COMMIT). US dollars for a month of 730 hours, without taxes. List prices published from 2025-06-05 to 2026-10-07.
"""


def forms():
    r = Repo({"ops.yaml": BASE + BUDGET})
    head = r.git("rev-parse", "main")
    r.write({"ops.yaml": HEAD + "resources:\n" + WEB.replace("t3.micro", "t3.small") + CACHE + BUDGET})
    for form, wanted in ("table", TABLE), ("markdown", MARKDOWN):
        with test(f"form-{form}"):
            done = r.run("--format", form)
            equal((done.returncode, done.stderr), (0, ""), "status and words")
            # Days of prices, and what a kind says of what it cannot know, are not this suite's.
            changing = re.compile(r"published .*|(?<=cache backups: ).*")
            equal(changing.sub("", done.stdout), changing.sub("", wanted.replace("COMMIT", head[:12])), "what it says")
    with test("form-json"):
        out = r.diff()
        equal(out["against"], {"revision": "main", "commit": head, "absent": False}, "what it is against")
        pair = out["environments"][0]
        equal((pair["change"], pair["unchanged"]), ("changed", 2), "the environment")
        equal([(b["name"], b["was_above"], b["above"]) for b in pair["budgets"]], [("the month", False, True)], "the budgets")
    with test("json-parts-are-those-of-cost"):
        plain = json.loads((ROOT / "docs/reference/cost.schema.json").read_text())["properties"]["environments"]["items"]["properties"]
        equal(SCHEMA["definitions"]["line"], plain["lines"]["items"], "a line")
        equal(SCHEMA["definitions"]["gap"], plain["not_estimated"]["items"], "what is not estimated")
    with test("a commit by its digits is said once"):
        check(r.run(rev=head).stdout.startswith(f"Against {head}: "), "the revision")
        check(r.run(rev=head[:9]).stdout.startswith(f"Against {head[:9]}: "), "the short one")
    with test("nothing is touched, and both sides are what each alone costs"):
        before, status = r.git("stash", "create"), r.git("status", "--porcelain")
        pair = r.one()
        now = json.loads(r.run("--format", "json", rev=None).stdout)["environments"][0]
        equal(pair["after"]["total"], now["total"], "the sum now")
        r.git("stash")
        equal(pair["before"]["total"], json.loads(r.run("--format", "json", rev=None).stdout)["environments"][0]["total"], "the sum before")
        r.git("stash", "pop")
        check(before and status == r.git("status", "--porcelain"), "the work tree")
    with test("nothing-changes"):
        r.git("checkout", "-q", "--", "ops.yaml")
        r.write({"ops.yaml": "# A comment.\n" + (r.top / "ops.yaml").read_text()})
        pair = r.one()
        equal((pair["change"], pair["lines"], pair["unchanged"]), ("none", [], 5), "the environment")
        check("production, us-east-1: nothing changes (5 lines, $27.96 to pay a month)\n" in r.run().stdout, "the table")
        check("- production, us-east-1: nothing changes" in r.run("--format", "markdown").stdout, "the markdown")


def what_changes():
    usage = "cost:\n  usage: { egress: %s }\n  account: %s\n"
    r = Repo({"ops.yaml": BASE + usage % ("60..122 GiB/month", "{ regime: paid }")})
    with test("ranges, and what is newly estimated"):
        r.write({"ops.yaml": BASE + usage % ("120..222 GiB/month", "{ regime: paid }")})
        pair = r.one()
        equal(changes(pair), [("changed", "data transfer", "to the internet")], "the lines")
        check("60..122 -> 120..222 GB" in r.run().stdout and "+$1.80..+$9.00" in r.run().stdout, r.run().stdout)
        r.commit({"ops.yaml": BASE})
        r.write({"ops.yaml": BASE + usage % ("2 GiB/month", "{ regime: paid }")})
        equal([g["item"] for g in r.one()["newly_estimated"]], ["to the internet"], "newly estimated")
        check("Estimated now, and not before:\n  data transfer to the internet\n" in r.run().stdout, "the table")
    with test("a regime has what is to be paid later, too"):
        r.write({"ops.yaml": BASE + usage % ("2 GiB/month", "{ regime: free-plan, since: 2026-09-01, credits: $200 }")})
        done = r.run().stdout
        check("from 2027-03-01" in done and "$27.96 -> $0.00  -$27.96" in done, done)
        pair = r.one()
        equal((pair["after"]["total"]["pay"]["high"], pair["before"]["account"]["regime"]), ("0", "paid"), "what is paid")
    with test("what a change costs later is in the first lines, and a budget is held against one time on both sides"):
        plan = BASE + BUDGET + usage % ("2 GiB/month", "{ regime: free-plan, since: 2026-09-01, credits: $200 }")
        r.commit({"ops.yaml": plan})
        r.write({"ops.yaml": plan.replace("t3.micro, volume", "t3.small, volume")})
        check("**$0.00** a month, to $0.00; from 2027-03-01 on **+$7.59**, to $35.55\n" in r.run("--format", "markdown").stdout, "the comment")
        check("  the month: from 2027-03-01 on $27.96 -> $35.55 of $30.00, above it by this change\n" in r.run().stdout, r.run().stdout)
        r.commit({"ops.yaml": BASE})
    with test("a region"):
        r.write({"ops.yaml": BASE.replace("us-east-1", "eu-west-1")})
        pair = r.one()
        equal({c for c, _, _ in changes(pair)}, {"changed"}, "the changes")
        check("production, us-east-1 -> eu-west-1\n" in r.run().stdout, "the table")
    with test("lines of one name are paired in order"):
        queues = "".join(f"  q{i}: {{ kind: sqs, id: q{i} }}\n" for i in range(4))
        alarms = "alarms:\n  recommended: none\n  a: { when: q1.visible > 3 for 5m }\n  b: { when: q1.visible / q2.sent > 3 for 5m }\n"
        text = HEAD.replace("alarms: none\n", "") + "resources:\n" + queues + alarms
        r.commit({"ops.yaml": text})
        r.write({"ops.yaml": text + "  c: { when: q3.visible outside band(2) for 15m }\n"})
        equal(changes(r.one()), [("changed", "CloudWatch alarm", "standard")], "the lines")
    with test("budgets: new, gone, a limit, no longer above"):
        r.commit({"ops.yaml": BASE + "budgets: { monthly: { limit: $20 }, services: { S3: { limit: $1 } } }\n"})
        r.write({"ops.yaml": BASE + "budgets: { monthly: { limit: $40 }, services: { EC2: { limit: $1 } } }\n"})
        said = r.run().stdout
        for line in ("the month: $27.96 of $20.00 -> $40.00, no longer above it", "EC2: $8.87 of $1.00; a new budget, above it",
                     "S3: $0.00 of $1.00; there is no such budget any more"):
            check(line in said, f"no {line!r} in {said}")
    with test("many lines: markdown shows some and counts the rest"):
        r.commit({"ops.yaml": BASE})
        many = "".join(f"  s{i}: {{ kind: secret, id: /a/{i}, store: secrets-manager, max_age: 90d }}\n" for i in range(1500))
        r.write({"ops.yaml": BASE + many})
        said = r.run("--format", "markdown").stdout
        check(len(said) < 20000 and re.search(r"\| and \d+ more \|", said), len(said))
        check("+ s1499 secret" in r.run().stdout, "the table has not all")


ENVIRONMENTS = BASE + """environments:
  production: { aws: { account: "123456789012" } }
  staging: { aws: { account: "123456789012" }, resources: { web: { type: t3.small } } }
"""


def environments():
    r = Repo({"ops.yaml": ENVIRONMENTS})
    with test("an environment is new, another is gone, their sum"):
        r.write({"ops.yaml": ENVIRONMENTS.replace("staging:", "trial:")})
        out = r.diff()["environments"]
        equal([(e["environment"], e["change"]) for e in out], [("production", "none"), ("trial", "added"), ("staging", "removed")], "them")
        said = r.run().stdout
        for line in ("trial, us-east-1 (new)\n", "staging, us-east-1 (gone)\n", "All environments: $63.52 -> $63.52 to pay a month, $0.00.\n"):
            check(line in said, f"no {line!r} in {said}")
        said = r.run("--format", "markdown").stdout
        check("- staging, us-east-1 (gone): **-$35.55** a month, to $0.00\n" in said, said)
    with test("one of them by --env, also one that was not there"):
        equal([(e["environment"], e["change"]) for e in r.diff("--env", "production")["environments"]], [("production", "none")], "it")
        equal([(e["environment"], e["change"]) for e in r.diff("--env", "trial")["environments"]], [("trial", "added")], "the new one")
    with test("--env when there was one environment alone"):
        r.commit({"ops.yaml": BASE})
        r.write({"ops.yaml": ENVIRONMENTS})
        equal([(e["environment"], e["change"]) for e in r.diff("--env", "production")["environments"]], [("production", "none")], "production")
        equal([(e["environment"], e["change"]) for e in r.diff("--env", "staging")["environments"]], [("staging", "added")], "staging")
    with test("a variable that the spec did not have"):
        r.write({"ops.yaml": BASE.replace("20 GiB", '"${size}"') + "vars: { size: 20 GiB }\n"})
        equal(changes(r.one("--var", "size=40 GiB")), [("changed", "db", "storage")], "the lines")


def limits():
    r = Repo({"ops.yaml": BASE})
    r.write({"ops.yaml": BASE + CACHE})
    for name, args, status in (("over", ["--fail-over", "$40"], 1), ("not-over", ["--fail-over", "$50"], 0),
                               ("increase", ["--fail-increase", "$12.40"], 1), ("no-increase", ["--fail-increase", "12.41"], 0),
                               ("percent", ["--fail-increase", "44%"], 1), ("no-percent", ["--fail-increase", "45%"], 0)):
        with test(f"limit-{name}"):
            done = r.run(*args)
            equal(done.returncode, status, "the status")
            check("+ cache node" in done.stdout and bool(done.stderr) == bool(status), done.stderr)
    with test("limit-words"):
        said = r.run("--fail-increase", "$1").stderr
        check(re.fullmatch(r"opsc cost: it may come to \$40\.37 a month, \$12\.41 more than at [0-9a-f]{12}; --fail-increase allows \$1\.00\n", said), said)
    with test("limit-less-is-no-increase"):
        r.commit({})
        r.write({"ops.yaml": HEAD + "resources:\n" + WEB})
        equal(r.run("--fail-increase", "0").returncode, 0, "the status")
    for name, args, rev in (("no-amount", ["--fail-increase", "5 euros"], "main"), ("no-diff", ["--fail-increase", "$5"], None)):
        with test(f"limit-{name}"):
            r.refuse(2, "--fail-increase", *args, rev=rev)


def places():
    with test("a spec in a folder, with includes, above it and beside it, from anywhere"):
        spec = HEAD + "include: [parts/web.yaml, ../shared/db.yaml]\n"
        web, db = "resources:\n" + WEB, "resources:\n" + DB
        r = Repo({"infra/live/ops.yaml": spec, "infra/live/parts/web.yaml": web, "infra/shared/db.yaml": db})
        r.write({"infra/live/parts/web.yaml": web.replace("t3.micro", "t3.small"), "infra/shared/db.yaml": db.replace("20 GiB", "40 GiB")})
        for cwd, name in ((".", "infra/live/ops.yaml"), ("infra", "live"), ("infra/live", "ops.yaml"), ("infra/shared", "../live/ops.yaml"),
                          ("infra/live/parts", str(r.top / "infra/live/ops.yaml"))):
            equal(changes(r.one(cwd=cwd, spec=name)), [("changed", "web", "instance"), ("changed", "db", "storage")], f"the lines from {cwd}")
    with test("an absolute include into the repository, also over a link"):
        r = Repo({"db.yaml": "resources:\n" + DB})
        other = TMP / "link"
        other.symlink_to(r.top)
        for folder in r.top, other:
            r.commit({"ops.yaml": HEAD + f"include: {folder}/db.yaml\nresources:\n" + WEB, "db.yaml": "resources:\n" + DB})
            r.write({"db.yaml": "resources:\n" + DB.replace("20 GiB", "40 GiB")})
            equal(changes(r.one()), [("changed", "db", "storage")], "the lines")
    with test("an include out of the repository is as it is"):
        outer = pathlib.Path(tempfile.mkdtemp(dir=TMP))
        (outer / "db.yaml").write_text("resources:\n" + DB)
        r = Repo({"ops.yaml": HEAD + "include: ../db.yaml\nresources:\n" + WEB, "sub/ops.yaml": pathlib.Path("../ops.yaml")}, outer / "r")
        (outer / "db.yaml").write_text("resources:\n" + DB.replace("20 GiB", "40 GiB"))
        equal((r.one()["change"], r.one()["unchanged"]), ("none", 5), "the environment")
    with test("links in the repository, and out of it"):
        outer = pathlib.Path(tempfile.mkdtemp(dir=TMP))
        (outer / "db.yaml").write_text("resources:\n" + DB)
        r = Repo({"ops.yaml": HEAD + "include: [lib/web.yaml, out.yaml]\n", "real/web.yaml": "resources:\n" + WEB, "lib": pathlib.Path("real"),
                  "out.yaml": pathlib.Path("../db.yaml")}, outer / "r")
        r.write({"real/web.yaml": "resources:\n" + WEB.replace("t3.micro", "t3.small")})
        equal(changes(r.one()), [("changed", "web", "instance")], "the lines")
    with test("the project's own kinds are those of then"):
        kind = (ROOT / "catalog/sqs.yaml").read_text()
        own = kind.replace("kind: sqs", "kind: own-queue", 1) + ("" if "\ncosts:" in kind else "")
        check("\ncosts:" in own, "the kind has no costs")
        r = Repo({"ops.yaml": HEAD + "catalog: [own.yaml]\nresources:\n  q: { kind: own-queue, id: q }\n", "own.yaml": re.sub(
            r"\ncosts:\n(?:[ #].*\n|\n)+", "\ncosts:\n  box: { price: ec2.t3.micro.linux }\n", own)})
        r.write({"own.yaml": (r.top / "own.yaml").read_text().replace("t3.micro", "t3.small")})
        equal(changes(r.one()), [("changed", "q", "box")], "the lines")
    with test("names that are no good"):
        for name in ("-rf.yaml", "a b.yaml", "ä'\"$(touch pwned).yaml", "HEAD:x.yaml", ":(top)x.yaml", "x^{commit}.yaml"):
            r = Repo({name: BASE})
            r.write({name: BASE + CACHE})
            equal(changes(r.one(spec=name))[0], ("added", "cache", "node"), f"the line of {name!r}")
            mark = r.run("--format", "markdown", spec=name).stdout.split("\n")[0]
            check(re.fullmatch(r"<!-- opsc cost: [A-Za-z0-9._/-]* -->", mark), mark)
        r = Repo({"a\nb.yaml": BASE})
        r.refuse(3, "it cannot be used as a file", spec="a\nb.yaml")
        check(not list(TMP.rglob("pwned")), "it ran")


def states_of_git():
    with test("a spec that was not there: all is new"):
        r = Repo({"old.yaml": BASE})
        r.git("mv", "old.yaml", "ops.yaml")
        out = r.diff()
        equal((out["against"]["absent"], out["environments"][0]["change"]), (True, "added"), "it")
        check("ops.yaml was not there: all of it is new.\n" in r.run().stdout and "ops.yaml was not there" in r.run("--format", "markdown").stdout, "the words")
    with test("a spec that was broken"):
        r = Repo({"ops.yaml": BASE + "nonsense: 1\n"})
        r.write({"ops.yaml": BASE})
        r.refuse(1, ["main:./ops.yaml:10:1", "unknown key", "the spec of `main` cannot be used"])
        r.commit({"ops.yaml": HEAD + "include: nowhere.yaml\n"})
        r.write({"ops.yaml": BASE})
        r.refuse(3, ["main:./nowhere.yaml", "the spec of `main` cannot be used"])
    with test("a spec that is broken now"):
        r = Repo({"ops.yaml": BASE})
        r.write({"ops.yaml": BASE + "nonsense: 1\n"})
        check("main" not in r.refuse(1, "unknown key"), "it speaks of main")
    with test("no repository, no git, no commit"):
        folder = pathlib.Path(tempfile.mkdtemp(dir=TMP))
        (folder / "ops.yaml").write_text(BASE)
        lone = Repo.__new__(Repo)
        lone.top = folder
        lone.refuse(3, ["`.` is in no work tree", "git says: fatal: not a git repository"], GIT_CEILING_DIRECTORIES=str(TMP))
        r = Repo({"ops.yaml": BASE})
        r.refuse(3, "--diff needs the program `git`", PATH=str(folder))
        for rev in ("nowhere", "--output=x", "-h", "--help", "", " ", "main..main", "a\nb", "main\n", "main:ops.yaml", "$(touch pwned)", "x" * 9000,
                    "4" * 40, "main^{tree}", "\u001b[31mx"):
            said = r.refuse(3, "there is no commit", rev=rev)
            check("\u001b" not in said and said.count("\n") == 1, said)
        check(sorted(p.name for p in r.top.iterdir()) == [".git", "ops.yaml"], list(r.top.iterdir()))
        empty = pathlib.Path(tempfile.mkdtemp(dir=TMP))
        subprocess.run(["git", "init", "-q", str(empty)], check=True, env=CLEAN)
        (empty / "ops.yaml").write_text(BASE)
        lone.top = empty
        lone.refuse(3, "there is no commit `HEAD`", rev="HEAD")
    with test("revisions of all kinds"):
        r = Repo({"ops.yaml": BASE})
        r.git("tag", "-am", "x", "v1")
        r.git("branch", "feature/<b>`x`")
        r.commit({"ops.yaml": BASE + CACHE})
        for rev in ("v1", "HEAD~1", "HEAD^", "@~", "feature/<b>`x`", r.git("rev-parse", "HEAD~1"), "main^{/x}~1"):
            equal(changes(r.one(rev=rev))[0], ("added", "cache", "node"), f"the line since {rev}")
        check(r"feature/\<b\>\`x\`" in r.run("--format", "markdown", rev="feature/<b>`x`").stdout, "a name of a branch is markup")
    with test("a shallow clone says how to fetch"):
        r = Repo({"ops.yaml": BASE})
        r.commit({"ops.yaml": BASE + CACHE})
        far = TMP / "shallow"
        subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{r.top}", str(far)], check=True, env=CLEAN)
        clone = Repo.__new__(Repo)
        clone.top = far
        clone.refuse(3, ["there is no commit `HEAD~1`", "shallow clone", "git fetch --depth 1 origin COMMIT"], rev="HEAD~1")
        equal(clone.one(rev="HEAD")["change"], "none", "against what is there")
        clone.git("fetch", "-q", "--depth", "1", "origin", r.git("rev-parse", "HEAD~1"))
        equal(changes(clone.one(rev="FETCH_HEAD"))[0], ("added", "cache", "node"), "after fetching")
    with test("a clone without the files does not take them for absent, and fetches nothing"):
        r.git("config", "uploadpack.allowFilter", "true")
        clone.top = TMP / "partial"
        subprocess.run(["git", "clone", "-q", "--filter=blob:none", f"file://{r.top}", str(clone.top)], check=True, env=CLEAN)
        r.top.rename(r.top.with_name("away"))
        clone.refuse(3, "it is not in this clone", rev="HEAD~1")
        equal(clone.one(rev="HEAD")["change"], "none", "against what is there")
    with test("a worktree, a submodule"):
        r = Repo({"ops.yaml": BASE})
        r.git("worktree", "add", "-q", "-b", "other", str(TMP / "tree"))
        clone.top = TMP / "tree"
        clone.write({"ops.yaml": BASE + CACHE})
        equal(changes(clone.one())[0], ("added", "cache", "node"), "the line in a worktree")
        outer = Repo({"a": "a"})
        outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", f"file://{r.top}", "sub")
        outer.write({"sub/ops.yaml": BASE + CACHE})
        equal(changes(outer.one(spec="sub/ops.yaml", rev="HEAD"))[0], ("added", "cache", "node"), "the line in a submodule")
    with test("in a bare repository there is no spec"):
        clone.top = TMP / "bare.git"
        subprocess.run(["git", "clone", "-q", "--bare", str(r.top), str(clone.top)], check=True, env=CLEAN)
        (clone.top / "ops.yaml").write_text(BASE)
        clone.refuse(3, ["is in no work tree", "git says: fatal: this operation must be run in a work tree"])


def surroundings():
    with test("below a hook of another repository"):
        r, other = Repo({"ops.yaml": BASE}), Repo({"ops.yaml": BASE + CACHE})
        r.write({"ops.yaml": BASE + CACHE})
        hook = {"GIT_DIR": str(other.top / ".git"), "GIT_WORK_TREE": str(other.top), "GIT_INDEX_FILE": str(other.top / ".git/index"),
                "GIT_PREFIX": "x/", "GIT_OBJECT_DIRECTORY": str(other.top / ".git/objects"), "GIT_TRACE": "1", "LC_ALL": "C.UTF-8"}
        equal(changes(r.one(**hook))[0], ("added", "cache", "node"), "the line")
        out = r.top / ".git/hooks/pre-commit"
        out.write_text(f"#!/bin/sh\nexec {OPSC} cost --diff HEAD >cost.txt\n")
        out.chmod(0o755)
        r.commit({})
        check("+ cache node" in (r.top / "cost.txt").read_text(), "what a hook said")
    with test("what a repository configures is not run"):
        r = Repo({"ops.yaml": BASE, ".gitattributes": "* filter=bad diff=bad\n"})
        bad = f"touch {TMP}/pwned"
        for key in ("core.pager", "core.fsmonitor", "filter.bad.smudge", "filter.bad.clean", "diff.bad.textconv", "alias.cat-file", "alias.rev-parse"):
            r.git("config", key, bad if not key.startswith("alias") else "!" + bad)
        r.write({"ops.yaml": BASE + CACHE})
        equal(changes(r.one())[0], ("added", "cache", "node"), "the line")
        check(not (TMP / "pwned").exists(), "it ran")
    with test("a git that dies, and one that says nonsense"):
        r = Repo({"ops.yaml": BASE})
        folder = pathlib.Path(tempfile.mkdtemp(dir=TMP))
        real = shutil.which("git")
        for script, words in (("exit 1", "is in no work tree"), ("echo oops", "is in no work tree"), ("kill -9 $$", "is in no work tree"),
                              (f'case "$*" in *cat-file*) exit 3;; esac; exec {real} "$@"', "git ended before"),
                              (f'case "$*" in *cat-file*) read x; echo "$x commit 99999999999999"; exit 0;; esac; exec {real} "$@"', "main"),
                              (f'case "$*" in *cat-file*) read x; head -c 99999 /dev/zero | tr "\\0" x;; esac; exec {real} "$@"', "git ended before")):
            (folder / "git").write_text("#!/bin/sh\n" + script + "\n")
            (folder / "git").chmod(0o755)
            r.refuse(3, words, PATH=f"{folder}:{os.environ['PATH']}")


try:
    forms()
    what_changes()
    environments()
    limits()
    places()
    states_of_git()
    surroundings()
finally:
    shutil.rmtree(TMP, ignore_errors=True)
sys.exit(int(state.failed))
