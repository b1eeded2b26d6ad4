"""Many episodes at once: each policy's choice for all of them in one forward pass, each step of all of them in one frame."""

import json
from dataclasses import dataclass, field
from urllib.parse import urlencode
from urllib.request import urlopen

import torch
from choices import Choice, Episode, Shared, Tool
from policy import Policy
from seen import Intent
from websockets.sync.client import connect

MESSAGES_MAX = 256


class Worlds:
    """Sessions on one socket of a server, stepped by batch frames."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.socket = connect(self.url.replace("http", "ws", 1) + "/ws", max_size=None, compression=None)

    def ask(self, messages: list[dict]) -> list[dict]:
        """@returns the `data` of each reply, in order"""
        replies: list[dict] = []
        for start in range(0, len(messages), MESSAGES_MAX):
            self.socket.send(json.dumps({"type": "batch", "data": messages[start : start + MESSAGES_MAX]}))
            replies += json.loads(self.socket.recv())["data"]
        for reply in replies:
            if reply["type"] == "error":
                raise RuntimeError(f"{reply['data']['code']}: {reply['data']['message']} {reply['data']['remedy']}")
        return [reply["data"] for reply in replies]

    def reset(self, resets: list[dict]) -> list[dict]:
        return self.ask([{"type": "reset", "session": str(at), "data": data} for at, data in enumerate(resets)])

    def step(self, actions: dict[int, dict]) -> list[dict]:
        return self.ask([{"type": "step", "session": str(at), "data": action} for at, action in actions.items()])

    def close(self, count: int) -> None:
        self.ask([{"type": "close", "session": str(at)} for at in range(count)])

    def tasks(self, **query: object) -> list[dict]:
        """All tasks that fit, by HTTP."""
        tasks: list[dict] = []
        cursor: str | None = "0"
        while cursor is not None:
            with urlopen(f"{self.url}/tasks?{urlencode({**query, 'limit': 1000, 'cursor': cursor})}") as reply:
                page = json.load(reply)
            tasks += page["tasks"]
            cursor = page["next_cursor"]
        return tasks


@dataclass
class Played:
    """One episode: its choices, what was drawn at each and how likely that was, and the reward."""

    task: str
    reward: float = 0.0
    steps: int = 0
    choices: list[Choice] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    logs: list[float] = field(default_factory=list)


def play(worlds: Worlds, policy: Policy, resets: list[dict], noise: torch.Generator) -> list[Played]:
    """Plays one episode for each reset to its end. A world that broke (reward null) counts as 0."""
    shared: dict[str, tuple[Intent, list[Tool], Shared]] = {}
    played: list[Played] = []
    episodes: list[Episode] = []
    for reply in worlds.reset(resets):
        seen = reply["observation"]
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
        for at, reply in zip(actions, worlds.step(actions)):
            played[at].steps += 1
            if reply["done"]:
                played[at].reward = float(reply["reward"] or 0)
            else:
                episodes[at].note(reply["observation"])
                live.append(at)
    worlds.close(len(resets))
    return played


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
            for (at, choice), index, log in zip(asked[head], taken, logs):
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
