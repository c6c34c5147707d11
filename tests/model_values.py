# SPDX-License-Identifier: MIT
"""Values by the shapes of botocore's models: read from JSON, XML, forms and headers, and checked.

botocore's validator knows of types, names, what is required, and least lengths; here are patterns, enums and most.
"""
import base64
import binascii
import functools
import re
import sys
import unicodedata


class Reader:
    """Reads values by their shapes; what cannot be read is added to `problems`."""

    def __init__(self):
        self.problems, self.ec2 = [], False

    def wrong(self, where, why):
        self.problems.append(f"{where}: {why}" if where else why)

    # ---- text: paths, queries, headers, forms, XML

    def text(self, shape, text, where):
        kind = shape.type_name
        if kind == "list":
            return [self.text(shape.member, t.strip(), where) for t in text.split(",")]
        if kind in ("integer", "long") and re.fullmatch(r"-?\d+", text):
            return int(text)
        if kind in ("float", "double") and re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", text):
            return float(text)
        if kind == "boolean" and text in ("true", "false"):
            return text == "true"
        if kind == "blob":
            return self.blob(text, where)
        if kind in ("string", "timestamp"):
            return text
        self.wrong(where, f"{text!r} is no {kind}")
        return text

    def blob(self, text, where):
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            self.wrong(where, "it is no base64")
            return b""

    def put_texts(self, params, shape, name, values):
        """Of a query, where lists are names that come again."""
        if shape.type_name == "list" and values:
            params[name] = [self.text(shape.member, v, name) for v in values]
        elif values:
            params[name] = self.text(shape, values[0], name)
        if shape.type_name != "list" and len(values) > 1:
            self.wrong(name, "it is there twice")

    # ---- JSON

    def json(self, shape, value, where, only=None):
        kind = shape.type_name
        if value is None:
            self.wrong(where, "null, where an SDK says nothing")
        elif kind == "structure" and isinstance(value, dict) and not shape.is_document_type:
            return self.json_structure(shape, value, where, only)
        elif kind == "list" and isinstance(value, list):
            return [self.json(shape.member, v, f"{where}[{i}]") for i, v in enumerate(value)]
        elif kind == "map" and isinstance(value, dict):
            return {k: self.json(shape.value, v, f"{where}.{k}") for k, v in value.items()}
        elif kind == "blob" and isinstance(value, str):
            return self.blob(value, where)
        elif kind in ("integer", "long", "float", "double") and isinstance(value, bool):
            self.wrong(where, f"{value} is no {kind}")
        return value

    def json_structure(self, shape, value, where, only):
        names = {m.serialization.get("name", k): k for k, m in shape.members.items() if only is None or k in only}
        found = {}
        for name, v in value.items():
            if name not in names:
                self.wrong(where, f"{name} is no parameter: there are {', '.join(sorted(names))}")
                continue
            found[names[name]] = self.json(shape.members[names[name]], v, f"{where}.{names[name]}")
        return found

    # ---- forms

    def form_names(self, shape):
        """What members are called in a form."""
        for key, member in shape.members.items():
            name = member.serialization.get("name", key)
            if self.ec2:
                name = member.serialization.get("queryName") or name[0].upper() + name[1:]
            elif member.type_name == "list" and member.serialization.get("flattened") and member.member.serialization.get("name"):
                name = member.member.serialization["name"]
            yield name, key

    def numbered(self, node, where):
        """What is in "1", "2", ..., in this order."""
        if not isinstance(node, dict) or sorted(node, key=lambda k: (len(k), k)) != [str(i + 1) for i in range(len(node))]:
            self.wrong(where, f"its numbers are not 1, 2, ...: {sorted(node) if isinstance(node, dict) else node!r}")
            return []
        return [node[str(i + 1)] for i in range(len(node))]

    def form(self, shape, node, where):
        kind = shape.type_name
        if kind == "structure" and isinstance(node, dict):
            names, found = dict(self.form_names(shape)), {}
            for name, v in node.items():
                if name not in names:
                    self.wrong(where, f"{name} is no parameter: there are {', '.join(sorted(names))}")
                    continue
                found[names[name]] = self.form(shape.members[names[name]], v, f"{where}.{names[name]}")
            return found
        if kind in ("list", "map"):
            return self.form_many(shape, node, where)
        if isinstance(node, dict):
            self.wrong(where, f"it has members, and is {kind}")
            return None
        return self.text(shape, node, where)

    def form_many(self, shape, node, where):
        is_map = shape.type_name == "map"
        if node == "" and not is_map and not self.ec2:
            return []
        if not (self.ec2 or shape.serialization.get("flattened")):
            between = "entry" if is_map else shape.member.serialization.get("name", "member")
            if not isinstance(node, dict) or list(node) != [between]:
                self.wrong(where, f"{between} is not what is between its name and its numbers")
                return {} if is_map else []
            node = node[between]
        items = self.numbered(node, where)
        if not is_map:
            return [self.form(shape.member, v, f"{where}[{i}]") for i, v in enumerate(items)]
        key, value = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
        return {v.get(key): self.form(shape.value, v.get(value, ""), f"{where}.{v.get(key)}") for v in items}

    # ---- XML

    def document(self, shape, root, only):
        """The body of a request."""
        namespace = (shape.serialization.get("xmlNamespace") or {}).get("uri")
        want = f"{{{namespace}}}{shape.serialization.get('name', shape.name)}" if namespace else shape.serialization.get("name", shape.name)
        if root.tag != want:
            self.wrong("", f"its element is {root.tag}, not {want}")
        return self.xml_structure(shape, root, "", only)

    def xml(self, shape, element, where):
        kind = shape.type_name
        if kind == "structure":
            return self.xml_structure(shape, element, where)
        if kind == "list":
            name = shape.member.serialization.get("name", "member")
            for e in element:
                if local(e) != name:
                    self.wrong(where, f"{local(e)} is no {name}")
            return [self.xml(shape.member, e, f"{where}[{i}]") for i, e in enumerate(element)]
        if kind == "map":
            self.wrong(where, "maps in XML are not read")
            return {}
        if len(element) > 0:
            self.wrong(where, f"it has members, and is {kind}")
        return self.text(shape, element.text or "", where)

    def xml_structure(self, shape, element, where, only=None):
        names, found = {}, {}
        for key, m in shape.members.items():
            if only is None or key in only:
                names[m.serialization.get("name", key).rpartition(":")[2]] = key
        for attribute, text in element.attrib.items():
            found[names[attribute.rpartition("}")[2]]] = text
        for e in element:
            key = names.get(local(e))
            if key is None:
                self.wrong(where, f"{local(e)} is no parameter: there are {', '.join(sorted(names))}")
            elif shape.members[key].type_name == "list" and shape.members[key].serialization.get("flattened"):
                found.setdefault(key, []).append(self.xml(shape.members[key].member, e, f"{where}.{key}"))
            elif key in found:
                self.wrong(where, f"{local(e)} is there twice")
            else:
                found[key] = self.xml(shape.members[key], e, f"{where}.{key}")
        return found


def local(element):
    return element.tag.rpartition("}")[2]


# ---- patterns: Java's, which differ from Python's in how they name sets of characters

@functools.lru_cache(maxsize=None)
def categories():
    """Of all characters, one after the other."""
    return "".join(map(unicodedata.category, map(chr, range(sys.maxunicode + 1))))


@functools.lru_cache(maxsize=None)
def ranges(category):
    """Characters of a category of Unicode ("L", "Nd"), as ranges in a set."""
    if category in ("all", "ASCII", "Print"):
        return {"all": r"\s\S", "ASCII": r"\x00-\x7f", "Print": r"\x20-\x7e"}[category]
    # Each character has two letters, of which the second one is small.
    letters = category if len(category) == 2 else re.escape(category) + "[a-z]"
    found = [rf"\U{m.start() // 2:08x}-\U{m.end() // 2 - 1:08x}" for m in re.finditer(f"(?:{letters})+", categories())]
    if not found:
        raise re.error(f"there is no category {category}")
    return "".join(found)


@functools.lru_cache(maxsize=None)
def compiled(pattern):
    text = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
    # After a set, a dash is a dash.
    text = re.sub(r"(\\[wWdDsS]|\\p\{\w+\})-(?!\])", r"\1\-", text)
    text = re.sub(r"(\[\^?(?:[^\]\\]|\\.)*\])|\\p\{(\w+)\}",
                  lambda m: re.sub(r"\\p\{(\w+)\}", lambda p: ranges(p[1]), m[1]) if m[1] else f"[{ranges(m[2])}]", text)
    flags = re.IGNORECASE if "(?i)" in text[1:] else 0
    return re.compile(text.replace("(?i)", "") if flags else text, flags)


# ---- checks

def of_text(shape, value):
    if shape.enum and value not in shape.enum:
        yield f"{value!r} is none of {', '.join(shape.enum)}"
    pattern = shape.metadata.get("pattern")
    if pattern and not compiled(pattern).fullmatch(value):
        yield f"{value!r} is not of the form {pattern}"


def size_of(value):
    return len(value) if isinstance(value, (str, bytes, list, dict)) else value


def beyond(shape, value, where):
    """What botocore's validator does not look at."""
    if shape.type_name == "timestamp" or value is None:
        return
    most = shape.metadata.get("max")
    if most is not None and not isinstance(value, bool) and size_of(value) > most:
        yield f"{where}: {size_of(value)} is more than {most}"
    if shape.type_name == "string" and isinstance(value, str):
        yield from (f"{where}: {why}" for why in of_text(shape, value))
    elif shape.type_name == "structure" and isinstance(value, dict) and not shape.is_document_type:
        for name, v in value.items():
            if name in shape.members:
                yield from beyond(shape.members[name], v, f"{where}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for i, v in enumerate(value):
            yield from beyond(shape.member, v, f"{where}[{i}]")
    elif shape.type_name == "map" and isinstance(value, dict):
        for k, v in value.items():
            yield from beyond(shape.key, k, f"{where}, key")
            yield from beyond(shape.value, v, f"{where}.{k}")


def check(shape, params):
    """All that is wrong with the parameters of an operation."""
    from botocore.validate import ParamValidator
    if shape is None:
        return ["it takes no parameters"] if params else []
    report = ParamValidator().validate(params, shape)
    return [*(report.generate_report().splitlines() if report.has_errors() else []),
            *(p.lstrip(".") for p in beyond(shape, params, ""))]
