"""Makes microcosm/models.py and microcosm/codes.py from schemas/json: python generate.py [--check]. Needs ruff beside it.

A model is a TypedDict: a reply is used as it was parsed. What two schemas say alike has one name. --check writes nothing and
fails where a file is not what would be written.
"""

from __future__ import annotations

import difflib
import json
import keyword
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

here = Path(__file__).resolve().parent
schemas = here.parent.parent / "schemas" / "json"

#: Those that others are made of come first, so that they lend their names.
order = [
    "tool-spec",
    "tool",
    "verification",
    "task-filter",
    "sample",
    "action",
    "transition",
    "session-event",
    "task-summary",
    "task",
    "domain-summary",
    "domain",
    "trajectory",
    "episode-log",
    "client-message",
    "server-message",
]
#: What the members of a union of objects are called after, besides their own word.
suffixes = {"client-message": "Message", "server-message": "Reply", "trajectory": "Message"}

Schema = dict[str, Any]


def camel(text: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", text))


def singular(text: str) -> str:
    if text.endswith("ies"):
        return f"{text[:-3]}y"
    return text[:-1] if text.endswith("s") and not text.endswith(("ss", "us")) else f"{text}Item"


def canonical(schema: Schema) -> str:
    plain = {key: value for key, value in schema.items() if key not in ("title", "$schema", "$comment", "$defs")}
    return json.dumps(plain, sort_keys=True)


class Writer:
    def __init__(self) -> None:
        self.names: dict[str, str] = {}  # canonical schema -> name
        self.taken: set[str] = set()
        self.blocks: list[str] = []

    def name(self, schema: Schema, wanted: str) -> str:
        name, count = wanted, 2
        while name in self.taken:
            name, count = f"{wanted}{count}", count + 1
        self.taken.add(name)
        self.names[canonical(schema)] = name
        return name

    def type_of(self, schema: Schema, hint: str, suffix: str) -> str:
        """The annotation, having written what it names."""
        if "$ref" in schema or not (set(schema) - {"description", "default"}):
            return "Any"  # __schema0 is JSON of any kind
        known = self.names.get(canonical(schema))
        if known is not None:
            return known
        if "const" in schema:
            return f"Literal[{schema['const']!r}]"
        if "enum" in schema:
            return f"Literal[{', '.join(map(repr, schema['enum']))}]"
        for key in ("anyOf", "oneOf"):
            if key in schema:
                parts = [self.type_of(part, member_name(part, hint, suffix), suffix) for part in schema[key]]
                return union(parts)
        kind = schema.get("type")
        if kind == "array":
            return f"list[{self.type_of(schema.get('items', {}), singular(hint), suffix)}]"
        if kind == "object":
            if schema.get("properties"):
                return self.write(schema, hint, suffix)
            further = schema.get("additionalProperties")
            inner = self.type_of(further, singular(hint), suffix) if isinstance(further, dict) else "Any"
            return f"dict[str, {inner}]"
        plain = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
        return union([plain[str(each)] for each in (kind if isinstance(kind, list) else [kind])])

    def write(self, schema: Schema, hint: str, suffix: str) -> str:
        required = set(schema.get("required", ()))
        fields: list[tuple[str, str, str]] = []
        for key, value in schema["properties"].items():
            annotation = self.type_of(value, f"{hint}{camel(key)}", suffix)
            if key not in required:
                annotation = f"NotRequired[{annotation}]"
            fields.append((key, annotation, value.get("description", "")))
        name = self.name(schema, hint)
        if any(keyword.iskeyword(key) for key, _, _ in fields):
            inside = "\n".join(f'{note(text)}    "{key}": {annotation!r},' for key, annotation, text in fields)
            self.blocks.append(f'{name} = TypedDict("{name}", {{\n{inside}\n}})')
        else:
            inside = "\n".join(f"{note(text)}    {key}: {annotation}" for key, annotation, text in fields)
            self.blocks.append(f"class {name}(TypedDict):\n{inside}")
        return name


def union(parts: list[str]) -> str:
    """Each once, None last."""
    return " | ".join(sorted(dict.fromkeys(parts), key=lambda part: part == "None"))


def note(text: str) -> str:
    return "".join(f"    # {line}\n" for line in textwrap.wrap(text, 112))


def member_name(schema: Schema, hint: str, suffix: str) -> str:
    """Of a union: by the word that tells its members apart."""
    for key in ("type", "role"):
        word = schema.get("properties", {}).get(key, {}).get("const")
        if word is not None:
            return f"{camel(word)}{suffix}"
    return hint


def formatted(text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--config", str(here / "pyproject.toml"), "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def models() -> str:
    writer = Writer()
    files = {path.stem for path in schemas.glob("*.json")} - {"errors"}
    if files != set(order):
        raise SystemExit(f"generate.py does not know these schemas, or knows too many: {sorted(files ^ set(order))}")
    for file in order:
        schema = json.loads((schemas / f"{file}.json").read_text("utf8"))
        title, suffix = schema["title"], suffixes.get(file, schema["title"])
        if "properties" in schema:
            writer.write(schema, title, suffix)
        else:
            annotation = writer.type_of(schema, title, suffix)
            writer.taken.add(title)
            writer.blocks.append(f"{title} = {annotation}")
            writer.names[canonical(schema)] = title
    head = '''# Generated from schemas/json by `python generate.py`.
"""What is said on the wire, as types: a reply is used as it was parsed."""

from __future__ import annotations

import sys
from typing import Any, Literal, TypedDict

if sys.version_info >= (3, 11):
    from typing import NotRequired
else:
    from typing_extensions import NotRequired


'''
    return formatted(head + "\n\n\n".join(writer.blocks) + "\n")


def codes() -> str:
    table = json.loads((schemas / "errors.json").read_text("utf8"))["codes"]
    faults = {"agent": "AgentError", "client": "ClientError", "environment": "WorldError", "server": "ServerError"}
    what = {
        "agent": "What an agent does wrong. It sees it in an observation and plays on: step raises none of these.",
        "client": "What a client says wrong; its session lives.",
        "environment": "What a world does wrong: the episode is truncated and its reward stays None.",
        "server": "What the server does wrong, or a connection that failed.",
    }
    blocks = [
        f'class {name}(MicrocosmError):\n    """{what[fault]}"""\n\n    fault = "{fault}"'
        for fault, name in faults.items()
    ]
    classes = {code: camel(code.lower()) for code in table}
    for code, entry in table.items():
        blocks.append(
            f"class {classes[code]}({faults[entry['fault']]}):\n    code = {code!r}\n    remedy = {entry['remedy']!r}"
        )
    table_text = "".join(f"    {code!r}: {name},\n" for code, name in classes.items())
    blocks.append(f"by_code: dict[str, type[MicrocosmError]] = {{\n{table_text}}}")
    head = '''# Generated from schemas/json/errors.json by `python generate.py`.
"""The errors: a class for each fault, and one for each code."""

from __future__ import annotations

from .errors import MicrocosmError


'''
    return formatted(head + "\n\n\n".join(blocks) + "\n")


def main() -> int:
    wrong = 0
    for name, text in {"models.py": models(), "codes.py": codes()}.items():
        path = here / "microcosm" / name
        if "--check" not in sys.argv[1:]:
            path.write_text(text, "utf8")
        elif (there := path.read_text("utf8")) != text:
            wrong += 1
            sys.stderr.writelines(difflib.unified_diff(there.splitlines(True), text.splitlines(True), name, "schemas"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
