"""Tools as spaces of Gymnasium: a JSON Schema as the space of its values, and a sample of it as the value that is sent."""

from __future__ import annotations

import json
import string
from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces

from .models import Action, ToolSpec

#: Values of an integer that are told apart as a choice; beyond it is a Box.
choices_max = 10_000
text_max = 64
items_max = 8
printable = frozenset(string.ascii_letters + string.digits + " -_.:@/+")


class AnyText(spaces.Text):
    """Text of any characters: what a world says is not bound to an alphabet. Samples are of printable ASCII."""

    def __init__(self, max_length: int, *, min_length: int = 0) -> None:
        super().__init__(max_length, min_length=min_length, charset=printable)

    def contains(self, x: Any) -> bool:
        return isinstance(x, str) and self.min_length <= len(x) <= self.max_length


class ToolSpace(spaces.OneOf[Any]):
    """A call of one of the tools: the tool's place in the list, and its arguments."""

    def __init__(self, tools: Sequence[ToolSpec]) -> None:
        self.tools = list(tools)
        super().__init__([space_of(tool["input_schema"]) for tool in tools])

    def action_of(self, sample: tuple[Any, Any]) -> Action:
        at, arguments = sample
        tool = self.tools[int(at)]
        return {
            "type": "call_tool",
            "tool_name": tool["name"],
            "arguments": value_of(tool["input_schema"], arguments),
        }


def space_of(schema: dict[str, Any]) -> spaces.Space[Any]:
    """Of what a schema allows, as far as a space can say it; what it can't is text of JSON.

    An object has all its properties: one that is not required is a `OneOf`, whose first choice leaves it out.
    """
    listed = _listed(schema)
    if listed is not None:
        return spaces.Discrete(len(listed))
    kind = schema.get("type")
    if kind == "boolean":
        return spaces.Discrete(2)
    if kind in ("integer", "number"):
        low, high = schema.get("minimum"), schema.get("maximum")
        if kind == "integer" and low is not None and high is not None and high - low < choices_max:
            return spaces.Discrete(int(high - low) + 1, start=int(low))
        if kind == "integer":  # beyond 2 ** 53 JSON has none
            return spaces.Box(_or(low, -(2**53)), _or(high, 2**53), (), np.int64)
        return spaces.Box(_or(low, -np.inf), _or(high, np.inf), (), np.float64)
    if kind == "string":
        least = int(schema.get("minLength", 0))
        return AnyText(max(least, int(schema.get("maxLength", text_max))), min_length=least)
    if kind == "array":
        return spaces.Sequence(space_of(schema.get("items") or {}))
    if kind == "object" and not isinstance(schema.get("additionalProperties"), dict):
        required = schema.get("required", ())
        inner = {name: space_of(each) for name, each in schema.get("properties", {}).items()}
        absent = spaces.Discrete(1)
        return spaces.Dict(
            {name: each if name in required else spaces.OneOf((absent, each)) for name, each in inner.items()}
        )
    return AnyText(text_max * 16)


def value_of(schema: dict[str, Any], sample: Any) -> Any:
    """What a sample of the schema's space means, as JSON."""
    listed = _listed(schema)
    if listed is not None:
        return listed[int(sample)]
    kind = schema.get("type")
    if kind == "boolean":
        return bool(sample)
    if kind == "integer":
        return int(sample)
    if kind == "number":
        return float(sample)
    if kind == "string":
        return str(sample)
    if kind == "array":
        return [value_of(schema.get("items") or {}, each) for each in sample]
    if kind == "object" and not isinstance(schema.get("additionalProperties"), dict):
        required = schema.get("required", ())
        value = {}
        for name, each in schema.get("properties", {}).items():
            if name in required:
                value[name] = value_of(each, sample[name])
            elif int(sample[name][0]) == 1:
                value[name] = value_of(each, sample[name][1])
        return value
    try:
        return json.loads(sample)
    except ValueError:
        return str(sample)


def _listed(schema: dict[str, Any]) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    return list(schema["enum"]) if schema.get("enum") else None


def _or(value: float | None, otherwise: float) -> Any:
    return otherwise if value is None else value
