"""A domain of a Microcosm server as an environment of TRL's GRPOTrainer: one typed method for each tool.

`environment_of` makes a class whose methods have the names, arguments and descriptions of the domain's tools, as TRL reads
them off signature, annotations and docstring. `reset` begins the episode that a row of the data set names, and `get_reward`
is the server's word on it.
"""

import inspect
import json
import keyword
from collections.abc import Mapping
from typing import Any, Literal

import microcosm

TYPES = {"string": str, "integer": int, "number": float, "boolean": bool, "array": list, "object": dict}


class World:
    """One session of a domain."""

    _client: microcosm.Client
    _domain = ""

    def __init__(self) -> None:
        self._session = self._client.make(self._domain)
        self._reward: float | None = None

    def reset(self, task: str, seed: int = 0, split: str = "train", **_: Any) -> None:
        """The intent is in the row's prompt already."""
        self._reward = None
        self._session.reset(task, seed=seed, split=split)

    def get_reward(self) -> float:
        """1 if the world is as it should be. Whoever has not submitted by now does so without an answer."""
        if self._reward is None:
            self._take({"type": "submit"})
        return self._reward or 0.0

    def _take(self, action: dict[str, Any]) -> microcosm.Transition:
        transition = self._session.step(action)
        if transition.done:
            self._reward = float(transition.reward or 0)
        return transition

    def _call(self, tool: str, arguments: dict[str, Any]) -> str:
        if self._reward is not None:
            return "The episode has ended."
        transition = self._take({"type": "call_tool", "tool_name": tool, "arguments": arguments})
        return json.dumps(transition.error or transition.result, ensure_ascii=False)


def environment_of(client: microcosm.Client, domain: str) -> type[World]:
    """@returns a class to hand in as an `environment_factory`"""
    with client.make(domain) as session:
        tools = session.tools()
    name = "".join(part.capitalize() for part in domain.split("-"))
    return type(
        name, (World,), {"_client": client, "_domain": domain, **{tool["name"]: method_of(tool) for tool in tools}}
    )


def method_of(tool: Mapping[str, Any]) -> Any:
    """@param tool name, description and JSON Schema of the input @returns a function that calls it"""
    schema = tool["input_schema"]
    required = schema.get("required", [])
    properties = schema.get("properties", {})
    # What Python can't take as a parameter (`from`, `class`) is called with an underscore behind it.
    spelled = {(f"{name}_" if keyword.iskeyword(name) else name): name for name in properties if name.isidentifier()}
    ordered = sorted(spelled, key=lambda name: spelled[name] not in required)

    def method(self: World, **arguments: Any) -> str:
        return self._call(
            tool["name"], {spelled.get(name, name): value for name, value in arguments.items() if value is not None}
        )

    annotations: dict[str, Any] = {}
    parameters = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    lines = []
    for name in ordered:
        of = properties[spelled[name]]
        needed = spelled[name] in required
        annotations[name] = type_of(of) if needed else type_of(of) | None
        parameters.append(
            inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=inspect.Parameter.empty if needed else None,
                annotation=annotations[name],
            )
        )
        lines.append(f"    {name}: {one_line(of.get('description') or name)}")
    method.__name__ = method.__qualname__ = tool["name"]
    method.__annotations__ = {**annotations, "return": str}
    method.__signature__ = inspect.Signature(parameters, return_annotation=str)  # type: ignore[attr-defined]
    method.__doc__ = "\n".join(
        [
            one_line(tool["description"]),
            *(["", "Args:", *lines] if lines else []),
            "",
            "Returns:",
            "    The result as JSON.",
        ]
    )
    return method


def type_of(schema: dict) -> Any:
    if schema.get("enum") and all(isinstance(value, str) for value in schema["enum"]):
        return Literal[tuple(schema["enum"])]
    types = schema.get("type", "string")
    name = next((each for each in types if each != "null"), "string") if isinstance(types, list) else types
    if name == "array":
        return list[TYPES.get(schema.get("items", {}).get("type", "string"), str)]
    return TYPES.get(name, str)


def one_line(text: str) -> str:
    return " ".join(text.split()) or "No description."
