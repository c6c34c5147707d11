#!/usr/bin/env python3
"""The JSON Schema of ops.yaml (opsc schema), as an editor uses it.

It is a valid schema of draft 7; every example passes; what a typo or a wrong type makes of an example does not; and every
key that opsc knows is in it. YAML is read as version 1.2, as editors and opsc do (`on` is a text).
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
OPSC = os.environ.get("OPSC", str(ROOT / "build/asan/opsc"))


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


main()
