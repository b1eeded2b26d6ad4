"""An interaction of verl: the world answers each turn of the model as the user does.

    interaction:
      - name: microcosm
        class_name: verl_interaction.MicrocosmInteraction
        config: {url: "http://127.0.0.1:8000"}

A row's `extra_info.interaction_kwargs` is `{"name": "microcosm", "domain": …, "task": …, "split": …}`.
"""

import asyncio
from typing import Any
from uuid import uuid4

from text_worlds import TextWorld
from verl.interactions.base import BaseInteraction

import microcosm


class MicrocosmInteraction(BaseInteraction):
    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.client = microcosm.connect(config["url"])
        self.worlds: dict[str, TextWorld] = {}
        self.rewards: dict[str, float] = {}

    async def start_interaction(self, instance_id: str | None = None, **row: Any) -> str:
        instance_id = instance_id or str(uuid4())
        world = self.worlds[instance_id] = TextWorld(self.client, row["domain"])
        self.rewards[instance_id] = 0.0
        await asyncio.to_thread(world.begin, row["task"], row.get("split", "train"))
        return instance_id

    async def generate_response(
        self, instance_id: str, messages: list[dict[str, Any]], **_: Any
    ) -> tuple[bool, str, float, dict[str, Any]]:
        said = next((message["content"] or "" for message in reversed(messages) if message["role"] == "assistant"), "")
        text, reward, done = await asyncio.to_thread(self.worlds[instance_id].say, said)
        self.rewards[instance_id] = reward
        return done, text, reward, {}

    async def calculate_score(self, instance_id: str, **_: Any) -> float:
        return self.rewards[instance_id]

    async def finalize_interaction(self, instance_id: str, **_: Any) -> None:
        await asyncio.to_thread(self.worlds.pop(instance_id).close)
        del self.rewards[instance_id]
