"""What an agent does, in the forms that are handy in Python, as the action that is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from .models import Action

#: A tool with its arguments.
Call = tuple[str, Mapping[str, Any]] | Mapping[str, Any]
#: The name of a tool, a call, several calls of one turn, or an action as it is sent.
ActionLike = str | Call | Sequence[Call]


def call_tool(name: str, arguments: Mapping[str, Any] | None = None) -> Action:
    return {"type": "call_tool", "tool_name": name, "arguments": dict(arguments or {})}


def submit(answer: Any = None) -> Action:
    """Ends the episode. @param answer where the task asks for a fact"""
    return {"type": "submit"} if answer is None else {"type": "submit", "answer": answer}


def message(content: str) -> Action:
    return {"type": "message", "content": content}


def action_of(action: ActionLike, arguments: Mapping[str, Any] | None = None) -> Action:
    if isinstance(action, str):
        return call_tool(action, arguments)
    if arguments:
        raise TypeError("arguments go with the name of one tool: step('tool', {...})")
    if isinstance(action, Mapping):
        if "type" in action:
            return cast(Action, dict(action))
        return cast(Action, {"type": "call_tool", **_call(action)})
    if isinstance(action, tuple) and len(action) == 2 and isinstance(action[0], str):
        return call_tool(action[0], action[1])
    return cast(Action, {"type": "call_tools", "calls": [_call(cast(Call, call)) for call in action]})


def _call(call: Call) -> dict[str, Any]:
    if isinstance(call, Mapping):
        if "tool_name" not in call:
            raise TypeError(f"a call has a tool_name and arguments; this has {', '.join(map(str, call)) or 'nothing'}")
        return {"tool_name": call["tool_name"], "arguments": dict(call.get("arguments") or {})}
    name, arguments = call
    return {"tool_name": name, "arguments": dict(arguments or {})}
