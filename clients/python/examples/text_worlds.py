"""Worlds for trainers whose environments speak text: the model writes a call between <tool_call> tags, and reads what came of it.

    <tool_call>{"name": "find_guests", "arguments": {"name": "Mei Tanaka"}}</tool_call>

A reply without a call is the answer, and ends the episode. `skyrl_env.py` and `verl_interaction.py` are made of this.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

import microcosm

CALL = re.compile(r"<tool_call>\s*(.*?)\s*</tool_call>", re.DOTALL)


def system_prompt(policy: str, tools: Sequence[microcosm.models.ToolSpec]) -> str:
    """What a model has to know before the intent: the rules, the tools, and how a call is written."""
    lines = [
        json.dumps({"name": tool["name"], "description": tool["description"], "parameters": tool["input_schema"]})
        for tool in tools
    ]
    form = '<tool_call>{"name": NAME, "arguments": {…}}</tool_call>'
    return "\n".join(
        [policy, "", "Tools:", *lines, "", f"Write one call at a time as {form}. When all is done, call submit."]
    ).strip()


def row_of(client: microcosm.Client, task: microcosm.models.TaskSummary) -> dict[str, Any]:
    """A task as a row of a data set: the prompt, and what `TextWorld.begin` takes."""
    with client.make(task["domain"]) as session:
        start = session.reset(task["id"], split=task["split"], seed=0)
    prompt = [
        {"role": "system", "content": system_prompt(str(start.observation["policy"]), start.tools)},
        {"role": "user", "content": start.intent},
    ]
    return {"prompt": prompt, "domain": task["domain"], "task": task["id"], "split": task["split"]}


class TextWorld:
    """One episode, told in text."""

    def __init__(self, client: microcosm.Client, domain: str) -> None:
        self.session = client.make(domain)

    def begin(self, task: str, split: str = "train", seed: int = 0) -> str:
        """@returns the intent"""
        return self.session.reset(task, split=split, seed=seed).intent  # type: ignore[arg-type]

    def say(self, reply: str) -> tuple[str, float, bool]:
        """@param reply of the model @returns what to tell it, the reward (0 until the end), and whether that was the end"""
        written = CALL.search(reply)
        if written is None:
            return self.told(self.session.submit(reply.strip() or None))
        try:
            call = json.loads(written[1])
            name, arguments = call["name"], call.get("arguments") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            return "A call is a JSON object with name and arguments.", 0.0, False
        if not isinstance(name, str) or not isinstance(arguments, dict):
            return "A call's name is a text, and its arguments are a JSON object.", 0.0, False
        return self.told(self.session.step(name, arguments))

    def told(self, transition: microcosm.Transition) -> tuple[str, float, bool]:
        text = transition.error or json.dumps(transition.result, ensure_ascii=False)
        return text, float(transition.reward or 0), transition.done

    def close(self) -> None:
        self.session.close()
