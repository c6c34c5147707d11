# SPDX-License-Identifier: MIT
"""The commands that the catalog's texts tell a person to run, and whether the program that they are for would take them.

A command is what stands between backquotes and begins with a program (`aws`, `df`), or with a word of SQL or Redis. What is short of an
argument is no command: it does not run as it stands.
"""
import argparse
import contextlib
import io
import itertools
import pathlib
import re
import shlex
from unittest import mock

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What a reader puts in the place of a word in capitals, in all commands.
PLACEHOLDERS = {
    "ADDRESS": "127.0.0.1",
    "ARN": "arn:aws:sqs:eu-west-1:123456789012:orders-dlq",
    "DOMAIN": "www.shop.example",
    "ENDPOINT": "127.0.0.1",
    "GIB": "200",
    "HOURS": "48",
    "INSTANCE_ID": "i-0123456789abcdef0",
    "IOPS": "4000",
    "KEY": "orders/1.json",
    "MIBPS": "250",
    "TABLE_NAME": "shop",
    "TASK": "0123456789abcdef0123456789abcdef",
    "URL": "http://127.0.0.1/",
}


class Span:
    """One `...` of a text, where it stands, the kind's attributes, and those that have a value wherever the text is told."""

    def __init__(self, kind, key, text, attributes, given):
        self.kind, self.key, self.text, self.attributes, self.given = kind, key, text, attributes, given
        self.examples = {name: str(a.get("example", a.get("default", ""))) for name, a in attributes.items()}
        self.program = text.partition(" ")[0]

    def command(self, **values):
        """As somebody types it who knows the attributes and has read what the words in capitals mean. `values` go before both."""
        filled = re.sub(r"\$\{([^}]*)\}", lambda m: {**self.examples, **values}.get(m[1], m[0]), self.text)
        return re.sub(r"(?<![\w-])[A-Z][A-Z_]+(?![\w-])", lambda m: {**PLACEHOLDERS, **values}.get(m[0], m[0]), filled)

    def where(self):
        return f"{self.kind} {self.key}: `{self.text}`"


def flat(attributes, prefix=""):
    for name, a in (attributes or {}).items():
        # `on` is a word of YAML 1.1 as well.
        name = "on" if name is True else name
        if a.get("type") == "group":
            yield from flat(a.get("attributes"), f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", a


def conditions(item):
    """What `if`s ask for, and what the metric's dimensions cannot be without."""
    yield from (item.get("if") or {}).items()
    for name in re.findall(r"\$\{([^}]*)\}", str(item.get("dimensions", ""))):
        yield name, "given"


def texts(kind):
    """(key, text, conditions) of everything that a person reads of a kind."""
    yield "doc", kind["doc"], {}
    for part in ("attributes", "metrics", "alarms"):
        for name, item in (kind.get(part) or {}).items():
            for key in ("doc", "because", "do", "causes"):
                value = item.get(key, [])
                for one in value if isinstance(value, list) else [value]:
                    one = one if isinstance(one, dict) else {"is": one}
                    yield f"{part}.{name}.{key}", one["is"], {**dict(conditions(item)), **dict(conditions(one))}


def given(attributes, conds):
    """The attributes that have a value when these conditions hold."""
    for name, a in attributes.items():
        wanted = a.get("required_if")
        if a.get("required") or "default" in a or name in conds or (wanted and all(conds.get(k) == v for k, v in wanted.items())):
            yield name


def spans():
    """All of the catalog's. The same one twice in a kind is one, when it is told of the same resources."""
    for path in sorted((ROOT / "catalog").glob("*.yaml")):
        kind = yaml.safe_load(path.read_text())
        attributes, seen = dict(flat(kind.get("attributes"))), set()
        for key, text, conds in texts(kind):
            known = frozenset(given(attributes, conds))
            for code in re.findall(r"`([^`]*)`", text):
                if (code, known) not in seen:
                    seen.add((code, known))
                    yield Span(path.stem, key, code, attributes, known)


# ---- aws

# Commands that only version 2 of the AWS CLI has, which is in no package index: their arguments.
# docs.aws.amazon.com/cli/latest/reference/logs/tail.html
ONLY_V2 = {
    ("logs", "tail"): ("group_name", "--since", "--format", "--filter-pattern", "--log-stream-names", "--log-stream-name-prefix", "--region"),
}


class Refused(Exception):
    pass


def walk(shape, value):
    """Every text among parameters, with its shape."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, inner in value.items():
            yield from walk(shape.members[name], inner)
    elif shape.type_name == "list" and isinstance(value, list):
        yield from itertools.chain.from_iterable(walk(shape.member, inner) for inner in value)
    elif shape.type_name == "map" and isinstance(value, dict):
        yield from itertools.chain.from_iterable(walk(shape.value, inner) for inner in value.values())
    elif shape.type_name == "string":
        yield shape, value


def known_fields(shape, node):
    """The names that a --query asks of an answer are those of the answer. Functions and filters end the way."""
    kind, children = node["type"], node.get("children", [])
    if kind == "field":
        if shape.type_name != "structure" or node["value"] not in shape.members:
            raise Refused(f"--query: the answer has no {node['value']}")
        return shape.members[node["value"]]
    if kind in ("subexpression", "index_expression", "projection"):
        for child in children:
            shape = shape and known_fields(shape, child)
        return shape
    if kind in ("flatten", "index", "slice"):
        shape = known_fields(shape, children[0]) if children else shape
        return shape.member if shape is not None and shape.type_name == "list" else shape
    return shape if kind in ("identity", "current") else None


def validate(model, parameters, query):
    """What AWS itself would refuse."""
    from botocore.validate import ParamValidator  # the suite says first that it is there

    if model.input_shape is not None:
        report = ParamValidator().validate(parameters, model.input_shape)
        if report.has_errors():
            raise Refused(report.generate_report())
        for shape, text in walk(model.input_shape, parameters):
            if getattr(shape, "enum", None) and text not in shape.enum:
                raise Refused(f"{text} is none of {', '.join(shape.enum)}")
            if not getattr(shape, "enum", None) and re.fullmatch("[A-Z][A-Z_]+", text):
                raise Refused(f"{text} is not in PLACEHOLDERS")
    if query is not None:
        known_fields(model.output_shape, query.parsed)


def only_v2(words):
    parser = argparse.ArgumentParser(prog="aws " + " ".join(words[:2]), allow_abbrev=False)
    for name in ONLY_V2[tuple(words[:2])]:
        parser.add_argument(name)
    parser.parse_args(words[2:])


class AwsCli:
    """The parser of the AWS CLI, with nothing behind it: it loads no credentials and asks nobody."""

    def __init__(self):
        import awscli.clidriver as cli  # the suite says first that it is there

        self.driver, self.caller = cli.create_clidriver(), cli.CLIOperationCaller

    def invoke(self, _caller, service, operation, parameters, parsed_globals):
        model = self.driver.session.get_service_model(service).operation_model(operation)
        self.reached = True
        # --max-items and its like are the CLI's own.
        parameters.pop("PaginationConfig", None)
        validate(model, parameters, parsed_globals.query)
        return 0

    def problem(self, command):
        """Why it would not run; None when it would."""
        said = io.StringIO()
        self.reached = False
        try:
            words = shlex.split(command)[1:]
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
                if tuple(words[:2]) in ONLY_V2:
                    only_v2(words)
                    return None
                with mock.patch.object(self.caller, "invoke", lambda *a: self.invoke(*a)):
                    status = self.driver.main(words)
            return None if status == 0 and self.reached else said.getvalue().strip().rpartition("\n")[2] or "it does nothing"
        except SystemExit:
            return said.getvalue().strip().rpartition("\n")[2]
        except (Refused, ValueError) as e:
            return str(e)
