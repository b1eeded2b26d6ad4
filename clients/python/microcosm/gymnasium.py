"""Worlds as environments of Gymnasium: `import microcosm.gymnasium`, then `gymnasium.make("microcosm/hotel-chain-v1")`.

The domains written by hand have their ids from the import on; `register_domains(url)` gives those of a server theirs. With
`spaces="text"` actions and observations are text, as a model writes and reads it; with "structured" an action is a tool and
its arguments, and an observation has its parts.
Source: Gymnasium 1.x (terminated and truncated apart, seeding, NEXT_STEP autoreset).
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Sequence
from typing import Any, Literal

import gymnasium
import numpy as np
from gymnasium import spaces as gym_spaces
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from .actions import ActionLike
from .aio import Split, User
from .models import TaskFilter, ToolSpec
from .plain import Client, Environment, connect
from .spaces import AnyText, ToolSpace
from .transition import Transition

Spaces = Literal["text", "structured"]
#: Characters of an action and of what is shown.
action_max, shown_max = 1 << 14, 1 << 22
seeds_max = 2**31 - 1


class Forms:
    """What is shown of a transition and what an action means, in the spaces that were chosen."""

    def __init__(self, tools: Sequence[ToolSpec], chosen: Spaces) -> None:
        if chosen not in ("text", "structured"):
            raise ValueError(f'spaces is "text" or "structured", not {chosen!r}')
        self.chosen = chosen
        self.tools = ToolSpace(tools)
        self.action_space: gym_spaces.Space[Any] = AnyText(action_max) if chosen == "text" else self.tools
        text = AnyText(shown_max)
        self.observation_space: gym_spaces.Space[Any] = text
        if chosen == "structured":
            names = ("intent", "policy", "tool_name", "result", "error", "error_code")
            self.observation_space = gym_spaces.Dict(
                {**{name: AnyText(shown_max) for name in names}, "step": gym_spaces.Discrete(seeds_max)}
            )

    def action(self, sample: Any) -> ActionLike:
        return called(str(sample)) if self.chosen == "text" else self.tools.action_of(sample)

    def shown(self, start: Transition | None, last: Transition) -> Any:
        """@param start what the episode's reset showed; @param last what came of its last step, or the same"""
        if self.chosen == "text":
            return text_of(last)
        of = last.results[-1] if last.results else {}
        error = of.get("error")
        return {
            "intent": "" if start is None else start.intent,
            "policy": "" if start is None else str(start.observation.get("policy", "")),
            "tool_name": str(of.get("tool_name", "")),
            "result": "" if of.get("result") is None else json.dumps(of["result"], ensure_ascii=False),
            "error": "" if error is None else str(error["message"]),
            "error_code": str(of.get("error_code") or ""),
            "step": int(last.observation.get("metadata", {}).get("step", 0)),
        }


def text_of(transition: Transition) -> str:
    """Of a reset the task, the rules and the tools; of a step its results, or what was wrong."""
    if transition.failure is not None:
        return str(transition.failure)
    if transition.results:
        lines = []
        for each in transition.results:
            error = each.get("error")
            lines.append(
                json.dumps(each.get("result"), ensure_ascii=False) if error is None else f"Error: {error['message']}"
            )
        return "\n".join(lines)
    tools = "\n".join(
        f"- {tool['name']}: {tool['description']} Arguments: {json.dumps(tool['input_schema'], ensure_ascii=False)}"
        for tool in transition.tools
    )
    policy = transition.observation.get("policy", "")
    how = 'Call a tool with {"tool_name": ..., "arguments": {...}}.'
    return f"{transition.intent}\n\n{policy}\n\nTools:\n{tools}\n\n{how}"


def called(text: str) -> ActionLike:
    """A call, or a list of calls, as a model writes it. What is none is sent as a tool that there isn't: a step, and refused."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    calls = [_call(each) for each in (value if isinstance(value, list) else [value])]
    known = [each for each in calls if each is not None]
    if not known or len(known) < len(calls) or len(known) > 64:
        return (text[:100], {})
    return known if isinstance(value, list) else known[0]


def _call(value: Any) -> tuple[str, dict[str, Any]] | None:
    if not isinstance(value, dict):
        return None
    name = value.get("tool_name", value.get("name"))
    arguments = value.get("arguments", {})
    if isinstance(arguments, str):  # as OpenAI's models write them
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError):
            return None
    return (name, arguments) if isinstance(name, str) and isinstance(arguments, dict) else None


def info_of(start: Transition | None, last: Transition) -> dict[str, Any]:
    """What is known besides: nothing that differs from one run to another, so no session and no token."""
    info: dict[str, Any] = {"reason": last.reason, "crashed": last.reason == "crashed"}
    if start is not None:
        info |= {name: start.observation[name] for name in ("domain", "version", "task", "step_limit")}
        info["episode_seed"] = start.observation["seed"]
    if last.failure is not None:
        info["failure"] = str(last.failure)
    return info


@functools.lru_cache(maxsize=16)
def _client(url: str, key: str | None, timeout: float, retry: float, process: int) -> Client:
    """One for all environments of a process: they share its sockets."""
    return connect(url, key, timeout=timeout, retry=retry)


def client_of(url: str | None, key: str | None, timeout: float, retry: float) -> Client:
    where = url or os.environ.get("MICROCOSM_URL") or "http://127.0.0.1:8000"
    return _client(where, key or os.environ.get("MICROCOSM_KEY"), timeout, retry, os.getpid())


class MicrocosmEnv(gymnasium.Env[Any, Any]):
    """One episode at a time. The reward is 0 until the end; after a crash of the world too, and `info["crashed"]` is true.

    @param url of the server; else MICROCOSM_URL, or http://127.0.0.1:8000
    @param task always this one; else each reset draws one of `split` by its seed
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 1}  # noqa: RUF012 - Gymnasium's own form

    def __init__(
        self,
        domain: str,
        *,
        url: str | None = None,
        key: str | None = None,
        task: str | None = None,
        split: Split = "train",
        user: User | None = None,
        filter: TaskFilter | None = None,
        spaces: Spaces = "text",
        render_mode: str | None = None,
        timeout: float = 60.0,
        retry: float = 30.0,
    ) -> None:
        self.render_mode = render_mode
        client = client_of(url, key, timeout, retry)
        self.environment: Environment = client.make(domain, task=task, split=split, user=user, filter=filter)
        self.forms = Forms(_tools_of(client, domain, user), spaces)
        self.action_space = self.forms.action_space
        self.observation_space = self.forms.observation_space
        self.last: Transition | None = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """@param options further ones of `Environment.reset`, such as `{"task": "new-phone"}`"""
        super().reset(seed=seed)
        chosen = seed if seed is not None else int(self.np_random.integers(seeds_max))
        self.last = self.environment.reset(**{"seed": chosen, **_options(options)})
        return self.forms.shown(self.last, self.last), info_of(self.last, self.last)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        last = self.last = self.environment.step(self.forms.action(action))
        start = self.environment.start
        shown = self.forms.shown(start, last)
        return shown, float(last.reward or 0.0), last.terminated, last.truncated, info_of(start, last)

    def render(self) -> str | None:
        return text_of(self.last) if self.render_mode == "ansi" and self.last is not None else None

    def close(self) -> None:
        self.environment.close()


class MicrocosmVectorEnv(VectorEnv[Any, Any, Any]):
    """`num_envs` episodes on up to eight sockets, one frame each way on each a step. An episode that ended begins anew at the next step.

    Place i plays what the i-th of as many `MicrocosmEnv` would: after `reset(seed=s)` its seeds are drawn from s + i.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012 - Gymnasium's own form

    def __init__(
        self,
        num_envs: int,
        domain: str,
        *,
        url: str | None = None,
        key: str | None = None,
        task: str | None = None,
        split: Split = "train",
        user: User | None = None,
        filter: TaskFilter | None = None,
        spaces: Spaces = "text",
        render_mode: str | None = None,
        timeout: float = 60.0,
        retry: float = 30.0,
    ) -> None:
        self.num_envs = num_envs
        self.render_mode = render_mode
        client = client_of(url, key, timeout, retry)
        self.vector = client.vector(num_envs, domain, task=task, split=split, user=user, filter=filter)
        self.forms = Forms(_tools_of(client, domain, user), spaces)
        self.single_action_space = self.forms.action_space
        self.single_observation_space = self.forms.observation_space
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self._chance: list[np.random.Generator | None] = [None] * num_envs
        self._starts: list[Transition | None] = [None] * num_envs
        self._ended = [False] * num_envs
        self._options: dict[str, Any] = {}

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed if isinstance(seed, int) else None)
        seeds = seed if isinstance(seed, list) else [None if seed is None else seed + at for at in range(self.num_envs)]
        if len(seeds) != self.num_envs:
            raise ValueError(f"{len(seeds)} seeds for {self.num_envs} environments")
        self._options = _options(options)
        begun = self.vector.reset_some({at: self._begin(at, each) for at, each in enumerate(seeds)})
        for at, last in begun.items():
            if last.failure is not None:
                raise last.failure
            self._starts[at], self._ended[at] = last, False
        return self._batch(begun), self._infos(begun)

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        resets = {at: self._begin(at, None) for at, ended in enumerate(self._ended) if ended}
        going = {at: self.forms.action(actions[at]) for at in range(self.num_envs) if at not in resets}
        lasts = self.vector.step_some(going, resets)
        lasts = {at: lasts[at] for at in range(self.num_envs)}
        for at, last in lasts.items():
            if at in resets:
                self._starts[at] = last if last.failure is None else None
            self._ended[at] = last.done
        rewards = np.array([float(last.reward or 0.0) for last in lasts.values()], dtype=np.float64)
        terminated = np.array([last.terminated for last in lasts.values()], dtype=np.bool_)
        truncated = np.array([last.truncated for last in lasts.values()], dtype=np.bool_)
        return self._batch(lasts), rewards, terminated, truncated, self._infos(lasts)

    def close_extras(self, **_: Any) -> None:
        self.vector.close()

    def _begin(self, at: int, seed: int | None) -> dict[str, Any]:
        chance = self._chance[at]
        if seed is not None or chance is None:
            chance = self._chance[at] = seeding.np_random(seed)[0]
        chosen = seed if seed is not None else int(chance.integers(seeds_max))
        return {"seed": chosen, **self._options}

    def _batch(self, lasts: dict[int, Transition]) -> Any:
        shown = [self.forms.shown(self._starts[at], last) for at, last in lasts.items()]
        if self.forms.chosen == "text":
            return tuple(shown)
        batch: dict[str, Any] = {name: tuple(each[name] for each in shown) for name in shown[0] if name != "step"}
        return {**batch, "step": np.array([each["step"] for each in shown], dtype=np.int64)}

    def _infos(self, lasts: dict[int, Transition]) -> dict[str, Any]:
        infos: dict[str, Any] = {}
        for at, last in lasts.items():
            infos = self._add_info(infos, info_of(self._starts[at], last), at)
        return infos


def _tools_of(client: Client, domain: str, user: User | None) -> list[ToolSpec]:
    """What a reset will show, known before it: the spaces are."""
    with client.make(domain) as environment:
        tools = environment.tools()
    if user in ("rule", "model") and all(tool["name"] != "send_message" for tool in tools):
        schema = {"type": "object", "properties": {"content": {"type": "string"}}, "required": ["content"]}
        tools = [*tools, {"name": "send_message", "description": "Says something to the user.", "input_schema": schema}]
    return tools


def _options(options: dict[str, Any] | None) -> dict[str, Any]:
    names = ("task", "split", "user", "filter", "sample", "episode_id")
    return {name: value for name, value in (options or {}).items() if name in names}


def register_domain(domain: str, **kwargs: Any) -> str:
    """@returns the id, such as "microcosm/hotel-chain-v1"; further arguments are those of `MicrocosmEnv`"""
    name = f"microcosm/{domain}-v1"
    gymnasium.registry.pop(name, None)  # what is said last counts
    gymnasium.register(
        id=name,
        entry_point="microcosm.gymnasium:MicrocosmEnv",
        vector_entry_point="microcosm.gymnasium:MicrocosmVectorEnv",
        kwargs={"domain": domain, **kwargs},
    )
    return name


def register_domains(url: str | None = None, key: str | None = None) -> list[str]:
    """Gives all domains of a server ids, and has their environments play there."""
    client = client_of(url, key, 60.0, 30.0)
    further = {"url": url} if url is not None else {}
    return [register_domain(summary["id"], **further) for summary in client.domains()]


register_domain("hotel-chain")
