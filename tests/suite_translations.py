#!/usr/bin/env python3
"""The texts of the catalog in other languages carry the facts of the English ones.

1. Every text of a kind that people read (title, doc, section, of metrics and recommended alarms doc, because, do, causes) has its
   translation, and there is none of a text that is not there; choices are as many, in their order.
2. A text and its translation have the same code, ${attributes} and numbers, and no English is left in it.
3. With `language: es` opsc writes them; a project's own kind has them in a folder of its own, or is told that it has none.
"""

import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPSC = os.path.abspath(os.environ.get("OPSC", str(ROOT / "build/asan/opsc")))
LANGUAGE = "es"
FOLDER = ROOT / "catalog" / LANGUAGE

# Words that English sentences can hardly do without, and Spanish ones have not.
ENGLISH = set("the and of is are with when which this that these those from it its not was were be been has have will would "
              "should their there then than what who why how for if or on by at as into look see check usual usually".split())

WORD = re.compile(r"[^\W\d_]+")

def check(name, why):
    print(f"ok {name}" if not why else f"FAIL {name}: {why}")


def opsc(*args, cwd=ROOT):
    return subprocess.run([OPSC, *args], capture_output=True, text=True, cwd=cwd, check=False)


# ---- 1. every text


def english(name):
    """The file as it is written: `key` -> text, or a list of texts."""
    kind = yaml.safe_load((ROOT / "catalog" / f"{name}.yaml").read_text())
    return texts(kind, lambda choice: choice["is"] if isinstance(choice, dict) else choice)


def spanish(name):
    return texts(yaml.safe_load((FOLDER / f"{name}.yaml").read_text()), lambda text: text)


def texts(kind, text_of):
    found = {key: kind[key] for key in ("title", "doc", "section") if key in kind}
    for part, keys in (("metrics", ("doc", "do", "causes")), ("alarms", ("because", "do", "causes"))):
        for name, item in (kind.get(part) or {}).items():
            for key in keys:
                if key in item:
                    value = item[key]
                    found[f"{part}.{name}.{key}"] = [text_of(v) for v in value] if isinstance(value, list) else [text_of(value)]
    return {key: value if isinstance(value, list) else [value] for key, value in found.items()}


def keys_of(kind):
    """What a translation may not have: anything but texts."""
    allowed = {"title", "doc", "section", "metrics", "alarms"}
    yield from set(kind) - allowed
    for part, keys in (("metrics", {"doc", "do", "causes"}), ("alarms", {"because", "do", "causes"})):
        for name, item in (kind.get(part) or {}).items():
            yield from (f"{part}.{name}.{key}" for key in set(item) - keys)


def missing(name):
    ours, theirs = english(name), spanish(name)
    whys = [f"{key} is missing" for key in ours if key not in theirs]
    whys += [f"{key} is of nothing in the kind" for key in theirs if key not in ours]
    whys += [f"{key} has {len(theirs[key])} texts, not {len(ours[key])}" for key in ours if key in theirs and len(theirs[key]) != len(ours[key])]
    whys += [f"{key} is no text" for key in keys_of(yaml.safe_load((FOLDER / f"{name}.yaml").read_text()))]
    return whys


# ---- 2. the same facts


def split(text):
    """Code, attributes, numbers, and the rest of a text."""
    code = re.findall(r"`[^`]*`", text)
    rest = re.sub(r"`[^`]*`", " ", text)
    attributes = re.findall(r"\$\{[^}]*\}", rest)
    rest = re.sub(r"\$\{[^}]*\}", " ", rest)
    numbers = [re.sub("[.,\u00a0\u202f]", "", n) for n in re.findall("[0-9]+(?:[.,\u00a0\u202f][0-9]+)*", rest)]
    return code, attributes, numbers, rest


def more(ours, theirs, what):
    left = collections.Counter(ours) - collections.Counter(theirs)
    added = collections.Counter(theirs) - collections.Counter(ours)
    if left or added:
        return f"{what}: lacks {sorted(left.elements())}, adds {sorted(added.elements())}"
    return None


def unlike(key, ours, theirs):
    """Why a text and its translation are not the same; None when they are."""
    if not isinstance(theirs, str):
        return f"{key} is no text: {theirs!r}"
    (code, attributes, numbers, _), (code2, attributes2, numbers2, rest) = split(ours), split(theirs)
    why = more(code, code2, "code") or more(attributes, attributes2, "attributes") or more(numbers, numbers2, "numbers")
    if why:
        return f"{key}: {why}"
    words = [w for w in WORD.findall(rest) if w in ENGLISH]
    if words:
        return f"{key} has English in it: {', '.join(words)}: {theirs!r}"
    if theirs != theirs.strip() or "  " in theirs:
        return f"{key} has spaces too many: {theirs!r}"
    if key not in ("title", "section") and not re.search(r"[.?!]$", theirs):
        return f"{key} does not end like a sentence: {theirs!r}"
    if key not in ("title", "section") and not re.match("[A-ZÁÉÍÓÚÑ0-9¿¡`\"'($-]", theirs):
        return f"{key} does not begin like a sentence: {theirs!r}"
    return None


def facts(name):
    ours, theirs = english(name), spanish(name)
    for key, values in ours.items():
        for one, other in zip(values, theirs.get(key, [])):
            yield unlike(key, one, other)


def test_kind(name):
    whys = missing(name)
    check(f"{LANGUAGE}-{name}-has-every-text", "; ".join(whys[:5]) + (f" ... {len(whys)} in all" if len(whys) > 5 else ""))
    whys = [why for why in facts(name) if why]
    check(f"{LANGUAGE}-{name}-has-the-same-facts", "; ".join(whys[:5]) + (f" ... {len(whys)} in all" if len(whys) > 5 else ""))


def test_facts_are_told_apart():
    """The rules of this file find what they are for."""
    pairs = (
        ("code", "Run `top`.", "Ejecute `htop`."), ("attribute", "Look at ${id}.", "Mire ${name}."), ("number", "It takes 5.", "Tarda 6."),
        ("english", "A text.", "Un texto of otro."), ("sentence", "A text.", "Un texto"),
    )
    lost = [name for name, one, other in pairs if unlike("doc", one, other) is None]
    check("rules-find-mistakes", lost)
    check("rules-take-the-same", unlike("doc", "Run `top` on ${id}: 1,000 or 0.5.", "Ejecute `top` en ${id}: 1.000 o 0,5."))


# ---- 3. opsc writes them

HEAD = """opsc: 1
project: shop
environment: production
language: {language}
aws: {{ region: eu-west-1 }}
notify: {{ ops: {{ email: ops@example.com }} }}
routes: {{ info: [ops], warning: [ops], critical: [ops] }}
"""

OWN = """kind: vat
title: Vat
doc: A kind of the project.
attributes:
  id: { type: string, required: true, doc: Its name., example: x }
  size: { type: enum, values: [small, large], default: small, doc: How large it is., example: large }
namespace: Shop/Own
dimensions: { Name: "${id}" }
period: 1m
metrics:
  depth:
    metric: Depth
    unit: Count
    doc: How deep it is.
    do: [{ if: { size: large }, is: "Empty ${id}." }, "Empty ${id} by hand."]
    causes: [Rain., { if: { size: large }, is: A leak. }]
alarms:
  deep: { when: depth > 5 for 5m, severity: warning, missing: not-breaching, because: The vat overflows., source: ours }
"""

OWN_ES = """title: Tina
doc: Un tipo del proyecto.
metrics:
  depth: { doc: Su profundidad., do: ["Vacíe ${id}.", "Vacíe ${id} a mano."], causes: [Lluvia., Una fuga.] }
alarms:
  deep: { because: La tina se desborda. }
"""


def build(folder, text, files):
    for name, content in {"ops.yaml": text, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    done = opsc("build", "ops.yaml", "-o", "out", cwd=folder)
    made = "".join(p.read_text() for p in sorted((folder / "out").rglob("*.tf"))) if done.returncode == 0 else ""
    return done, made


def test_own():
    spec = HEAD + "catalog: [own/vat.yaml]\nresources:\n  it: {{ kind: vat, id: q, size: large }}\n"
    for language, files, wanted, note in (
        ("en", {}, "The vat overflows", False), ("es", {}, "The vat overflows", True), ("es", {"own/es/vat.yaml": OWN_ES}, "La tina se desborda", False),
        ("en", {"own/es/vat.yaml": "broken: ["}, "The vat overflows", False),
    ):
        with tempfile.TemporaryDirectory() as d:
            done, made = build(pathlib.Path(d), spec.format(language=language), {"own/vat.yaml": OWN, **files})
            why = None if wanted in made else f"{wanted!r} is not there: {done.stderr}"
            if ("OPS-2501" in done.stderr + done.stdout) != note:
                why = f"note of missing texts: {not note}: {done.stderr}"
            check(f"own-{language}-{len(files)}-{note}", why)


def test_written(kinds):
    """Of a kind with a translation, an alarm that AWS shows is in Spanish."""
    for name, line in (("ec2", "{{ kind: ec2, id: i-0123456789abcdef0 }}"), ("sqs", "{{ kind: sqs, id: orders }}")):
        if name not in kinds:
            continue
        with tempfile.TemporaryDirectory() as d:
            spec = HEAD + "resources:\n  it: " + line + "\n"
            done, made = build(pathlib.Path(d), spec.format(language=LANGUAGE), {})
            theirs = [t.split("${")[0] for key, ts in spanish(name).items() if key.endswith(".because") for t in ts]
            ours = [t.split("${")[0] for key, ts in english(name).items() if key.endswith(".because") for t in ts]
            found = sum(t[:60] in made for t in theirs if len(t) > 20)
            check(f"written-{name}", None if found and not any(t[:60] in made for t in ours if len(t) > 20) else f"{found} texts in Spanish; {done.stderr}")


def main():
    names = sorted(f.stem for f in (ROOT / "catalog").glob("*.yaml"))
    kinds = [name for name in names if (FOLDER / f"{name}.yaml").exists()]
    lacking = [name for name in names if name not in kinds]
    check("every-kind-is-translated", ", ".join(lacking))
    stray = [f.name for f in FOLDER.glob("*") if f.stem not in names or f.suffix != ".yaml"]
    check("no-translation-of-nothing", ", ".join(stray))
    for name in kinds:
        test_kind(name)
    test_facts_are_told_apart()
    test_own()
    test_written(kinds)


if __name__ == "__main__":
    main()
