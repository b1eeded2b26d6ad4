"""Many episodes at once: each policy's choice for all of them in one forward pass, each step of all of them in one frame."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from choices import Choice, Episode, Shared, Tool
from policy import Policy
from seen import Intent

from microcosm import Transition, VectorEnvironment


@dataclass
class Played:
    """One episode: its choices, what was drawn at each and how likely that was, and the reward."""

    task: str
    reward: float = 0.0
    steps: int = 0
    choices: list[Choice] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    logs: list[float] = field(default_factory=list)


def play(
    worlds: VectorEnvironment, policy: Policy, resets: list[dict[str, Any]], noise: torch.Generator
) -> list[Played]:
    """Plays one episode for each reset to its end. A world that broke (reward null) counts as 0."""
    shared: dict[str, tuple[Intent, list[Tool], Shared]] = {}
    played: list[Played] = []
    episodes: list[Episode] = []
    for start in sound(worlds.reset_some(dict(enumerate(resets)))).values():
        seen = start.observation
        name = f"{seen['domain']}/{seen['task']}"
        if name not in shared:
            intent = Intent(seen["intent"])
            shared[name] = (intent, [Tool(spec, intent) for spec in seen["tools"]], Shared())
        episodes.append(Episode(*shared[name]))
        played.append(Played(name))
    live = list(range(len(resets)))
    while live:
        actions = decide(policy, episodes, played, live, noise)
        live = []
        for at, reply in sound(worlds.step_some(actions)).items():
            played[at].steps += 1
            if reply.done:
                played[at].reward = float(reply.reward or 0)
            else:
                episodes[at].note(reply.observation)
                live.append(at)
    return played


def sound(transitions: Mapping[int, Transition]) -> Mapping[int, Transition]:
    """An episode that could not go on would be missed from its group: better to stop. @raises MicrocosmError"""
    for transition in transitions.values():
        if transition.failure is not None:
            raise transition.failure
    return transitions


def decide(
    policy: Policy, episodes: list[Episode], played: list[Played], live: list[int], noise: torch.Generator
) -> dict[int, dict]:
    """Draws choices until each live episode has an action."""
    actions: dict[int, dict] = {}
    waiting = live
    while waiting:
        asked: dict[str, list[tuple[int, Choice]]] = {}
        for at in waiting:
            choice = episodes[at].next()
            asked.setdefault(choice.head, []).append((at, choice))
        waiting = []
        for head in sorted(asked):
            taken, logs = policy.draw(head, [choice for _, choice in asked[head]], noise)
            for (at, choice), index, log in zip(asked[head], taken, logs, strict=False):
                played[at].choices.append(choice)
                played[at].taken.append(index)
                played[at].logs.append(log)
                action = episodes[at].take(choice, index)
                if action is None:
                    waiting.append(at)
                else:
                    actions[at] = action
        waiting.sort()
    return dict(sorted(actions.items()))
