#!/usr/bin/env python3
"""The JSON Schema of ops.yaml (opsc schema), as an editor uses it.

It is a valid schema of draft 7; every example passes; what a typo or a wrong type makes of an example does not; and every
key that opsc knows is in it; what it says of a key that is not given is so. YAML is read as version 1.2, as editors and opsc do (`on` is a text).
"""

import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skip-missing schema: python3 has no module {missing.name} (tools/setup.sh test)")
    sys.exit(0)

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.path.abspath(os.environ.get("OPSC", str(ROOT / "build/asan/opsc")))


class Loader(yaml.SafeLoader):
    """YAML 1.2: only true and false are booleans."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:int",
                                                                    "tag:yaml.org,2002:timestamp")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", __import__("re").compile("^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", __import__("re").compile("^[-+]?[0-9]+$"), list("-+0123456789"))


def check(name, why):
    print(f"ok {name}" if not why else f"FAIL {name}: {why}")


def opsc(*args):
    return subprocess.run([OPSC, *args], capture_output=True, text=True, check=True, cwd=ROOT).stdout


def lint(spec):
    """The exit status of opsc lint; JSON is YAML."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump(spec, file)
        file.flush()
        return subprocess.run([OPSC, "lint", file.name], capture_output=True, text=True, check=False).returncode


def first_error(validator, spec):
    for error in validator.iter_errors(spec):
        return f"{'.'.join(map(str, error.path))}: {error.message[:200]}"
    return None


def wrongs(spec):
    """What a person gets wrong, as (name, spec)."""
    def change(name, action):
        other = copy.deepcopy(spec)
        action(other)
        return name, other

    yield change("unknown-key", lambda s: s.update(alerts={}))
    yield change("webhook-for-a-slack-channel", lambda s: s.update(notify={"ops": {"slack": ["https://hooks.slack.com/services/T0/B0/x"]}}))
    yield change("unknown-attribute", lambda s: s["resources"]["web"].update(volum="16 GiB"))
    yield change("unknown-recommended-alarm", lambda s: s["resources"]["web"].update(alarms={"cpu-hight": "off"}))
    yield change("wrong-choice", lambda s: s.update(profile="cheap"))
    yield change("wrong-enum-of-a-kind", lambda s: s["resources"]["db"].update(engine="postgrse"))
    yield change("list-for-a-mapping", lambda s: s.update(resources=["web"]))
    yield change("mapping-for-a-text", lambda s: s.update(project={"name": "x"}))
    yield change("number-for-a-bool", lambda s: s["terraform"]["state"].update(lock=1))
    yield change("no-project", lambda s: s.pop("project"))
    yield change("no-region", lambda s: s["aws"].pop("region"))
    yield change("alarm-without-condition", lambda s: s["alarms"].update(empty={"severity": "critical"}))
    for key, value in (("opsc", 1), ("include", []), ("environment", "x"), ("environments", {})):
        def overlay(s, key=key, value=value):
            s.pop("environment", None)
            s["environments"] = {"staging": {key: value}}
        yield change(f"{key}-in-an-environment", overlay)
    yield change("unknown-key-of-an-alarm", lambda s: s["alarms"]["high-cpu"].update(wehn="web.cpu > 80%"))


def keys_of_reference():
    """`key` of each row of the reference: | `key` | ... """
    for line in opsc("schema", "--reference").splitlines():
        if line.startswith("| `"):
            yield line.split("`")[1]


# With a `deploy:` and a `ci:` whose defaults are all in force.
PLAIN = {
    "opsc": 1, "project": "shop", "aws": {"region": "eu-west-1"}, "notify": "ops@example.com",
    "resources": {
        "web": {"kind": "ec2", "id": "i-0123456789abcdef0", "role": "shop-web", "address": "192.0.2.1"},
        "api": {"kind": "app", "on": "web", "port": 8080, "image": "shop/api", "health": {"path": "/health"}},
    },
    "deploy": {"app": "api"},
    "ci": {"python": "3.11", "tests": {"unit": {"run": "pytest"}}},
}
# That it is said makes it a line of the workflow, which says the same.
SAID = {"dockerfile"}


def defaults(section):
    """What the reference says of keys that are not given, where that is one word: key and value."""
    part = opsc("schema", "--reference").split(f"\n## {section}\n")[1].split("\n## ")[0]
    for line in part.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if line.startswith("| `") and cells[4] and not {" ", "`"} & set(cells[4]):
            yield cells[1].split("`")[1], cells[4]


def built(spec):
    """Path and text of all that it makes; a spec of one line, so that none of them names another line."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "ops.yaml").write_text(json.dumps(spec))
        run = subprocess.run([OPSC, "build", "ops.yaml", "-o", "out"], capture_output=True, text=True, check=False, cwd=folder)
        assert run.returncode == 0, run.stderr
        return {str(f.relative_to(path)): f.read_text() for f in sorted(path.glob("out/**/*")) if f.is_file()}


def check_defaults():
    """A default is text in a row and a value in the code that uses it: said, it changes nothing."""
    plain = built(PLAIN)
    for section, keys in (("deploy", ()), ("deploy.health_check", ("health_check",)), ("deploy.watch", ("watch",)),
                          ("deploy.rollback", ("rollback",)), ("deploy.cleanup", ("cleanup",)), ("ci", ()), ("ci.tests.<name>", ("tests", "unit"))):
        found = {key: value for key, value in defaults(section) if key not in SAID}
        for key, value in found.items():
            said = copy.deepcopy(PLAIN)
            at = said[section.split(".")[0]]
            for step in keys:
                at = at.setdefault(step, {})
            at[key] = value
            other = built(said)
            differ = [name for name in sorted({*plain, *other}) if plain.get(name) != other.get(name)]
            check(f"default-of-{section}.{key}", f"{value} is another than the default: {' '.join(differ)}" if differ else None)
        check(f"{section}-has-defaults", None if found else "none was found")


def main():
    text = opsc("schema")
    schema = json.loads(text)
    try:
        jsonschema.Draft7Validator.check_schema(schema)
        check("is-draft-7", None)
    except jsonschema.SchemaError as error:
        check("is-draft-7", error.message)
    validator = jsonschema.Draft7Validator(schema)

    for path in sorted(ROOT.glob("examples/*/ops.yaml")):
        spec = yaml.load(path.read_text(), Loader)
        check(f"{path.parent.name}-passes", first_error(validator, spec))

    spec = yaml.load((ROOT / "examples/phase4/ops.yaml").read_text(), Loader)
    check("phase4-is-taken", None if lint(spec) == 0 else "opsc lint refuses it as JSON")
    for name, wrong in wrongs(spec):
        check(f"{name}-is-seen", None if first_error(validator, wrong) else "the schema takes it")
        status = lint(wrong)
        check(f"{name}-is-refused", None if status == 1 else f"opsc lint has exit status {status}")

    unknown = [key for key in keys_of_reference() if f'"{key}"' not in text]
    check("has-every-key", f"not in the schema: {' '.join(unknown)}" if unknown else None)
    kinds = [line.split()[0] for line in opsc("catalog", "list").splitlines() if line.strip()]
    rules = {rule["if"]["properties"]["kind"]["const"] for rule in schema["definitions"]["resource"]["allOf"] if "if" in rule}
    implicit = {"billing"}
    lacking = sorted(set(kinds) - rules - implicit)
    check("has-every-kind", f"not in the schema: {' '.join(lacking)}" if lacking or not kinds else None)
    check_defaults()


main()
