# SPDX-License-Identifier: MIT
"""A workflow or action.yml as data that knows its lines: every scalar is text, as it is written
(`on` stays `on`), and the comments are still there."""
import pathlib
import re

import yaml


class Text(str):
    """A scalar; `line` counts from 1, `style` is YAML's: '' plain, "'", '"', '|', '>'."""

    line = 0
    style = ""


class Map(dict):
    """`line` of the whole, `lines` of each key."""

    line = 0


class List(list):
    line = 0


class Broken(Exception):
    """It is no YAML; the message has the line."""


def build(node):
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        ret = Text(node.value)
        ret.style = node.style or ""
    elif isinstance(node, yaml.SequenceNode):
        ret = List(build(n) for n in node.value)
    else:
        ret = Map()
        ret.lines = {}
        for key, value in node.value:
            if key.value in ret:
                raise Broken(f"line {key.start_mark.line + 1}: `{key.value}` twice")
            ret[key.value] = build(value)
            ret.lines[key.value] = key.start_mark.line + 1
    ret.line = line
    return ret


def as_map(x):
    return x if isinstance(x, dict) else Map()


def as_list(x):
    return x if isinstance(x, list) else []


def line_of(m, key):
    """Where a key of a Map stands, or the Map itself when it is not there."""
    return getattr(m, "lines", {}).get(key, getattr(m, "line", 1))


class Step:
    def __init__(self, data):
        self.data = as_map(data)
        self.line = getattr(data, "line", 0)
        self.uses = self.data.get("uses", "")
        self.run = self.data.get("run")
        self.inputs = as_map(self.data.get("with"))
        self.action = self.uses.split("@")[0]


class Job:
    def __init__(self, name, data):
        self.name = name
        self.data = as_map(data)
        self.line = getattr(data, "line", 0)
        self.steps = [Step(s) for s in as_list(self.data.get("steps"))]
        self.permissions = self.data.get("permissions")


class File:
    """`jobs` of a workflow; an action.yml has one job, of its steps."""

    def __init__(self, name, text):
        self.name = str(name)
        self.text = text
        self.text_lines = text.split("\n")
        self.action = pathlib.PurePath(self.name).name in ("action.yml", "action.yaml")
        try:
            node = yaml.compose(text, yaml.SafeLoader)
            self.data = build(node) if node is not None else Map()
        except yaml.YAMLError as e:
            raise Broken(str(e)) from e
        if not isinstance(self.data, Map):
            raise Broken("line 1: it is no mapping")
        if self.action:
            self.jobs = [Job("runs", as_map(self.data.get("runs")))]
        else:
            self.jobs = [Job(k, v) for k, v in as_map(self.data.get("jobs")).items()]

    def triggers(self):
        on = self.data.get("on", "")
        return {on} if isinstance(on, str) else set(on)

    def steps(self):
        return [(j, s) for j in self.jobs for s in j.steps]

    def line(self, n):
        return self.text_lines[n - 1] if 0 < n <= len(self.text_lines) else ""

    def comment(self, n):
        """What a line says after its last ` # `; '' when nothing."""
        found = re.search(r"\s#\s*(\S.*)$", self.line(n))
        return found.group(1).strip() if found else ""

    def remark(self, n):
        """That, or the line above when it is a comment."""
        above = self.line(n - 1).strip()
        return self.comment(n) or (above.lstrip("# ") if above.startswith("#") else "")


def scalars(x, path=()):
    """Every scalar below as (path, Text); keys are not among them."""
    if isinstance(x, dict):
        for k, v in x.items():
            yield from scalars(v, (*path, k))
    elif isinstance(x, list):
        for i, v in enumerate(x):
            yield from scalars(v, (*path, i))
    else:
        yield path, x
