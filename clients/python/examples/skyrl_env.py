"""An environment of SkyRL-Gym: `register(id="microcosm", entry_point="skyrl_env:MicrocosmEnv")`.

A row of the data set has `prompt`, `env_class: "microcosm"`, and `domain`, `task` and `split` beside them
(`text_worlds.row_of`), and may have the server's `url`; SkyRL hands them in as `extras`.
"""

from collections.abc import Mapping
from typing import Any

from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput, ConversationType
from text_worlds import TextWorld

import microcosm


class MicrocosmEnv(BaseTextEnv):
    def __init__(self, env_config: Mapping[str, Any], extras: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.extras = dict(extras or {})
        self.max_turns = self.extras.get("max_turns", 16)
        self.client = microcosm.connect(self.extras.get("url") or env_config["url"])
        self.world = TextWorld(self.client, self.extras["domain"])

    def init(self, prompt: ConversationType) -> tuple[ConversationType, dict[str, Any]]:
        self.world.begin(self.extras["task"], self.extras.get("split", "train"))
        return prompt, {}

    def step(self, action: str) -> BaseTextEnvStepOutput:
        self.turns += 1
        text, reward, done = self.world.say(action)
        if not done and self.turns >= self.max_turns:
            _, reward, done = self.world.say("")  # out of turns: what was done counts
        told = [] if done else [{"role": "user", "content": text}]
        return BaseTextEnvStepOutput(observations=told, reward=reward, done=done, metadata={})

    def close(self) -> None:
        self.world.close()
        self.client.close()
