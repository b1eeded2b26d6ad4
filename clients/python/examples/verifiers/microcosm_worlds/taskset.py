"""Tasks of a Microcosm server as a taskset of verifiers 0.4.

    pip install verifiers ./verifiers
    vf-eval microcosm-worlds --env.taskset.url http://127.0.0.1:8000 --env.taskset.domains '["hotel-chain"]' -m MODEL …

Each rollout has a session of its own on the server; the model is offered the world's tools with their JSON Schemas
(`tools.py`), and the reward is what the server says at the end. Whoever stops without `submit` has their last words
submitted as the answer.
"""

from collections.abc import Iterator

import httpx
import verifiers.v1 as vf
from pydantic import Field

from microcosm_worlds.tools import MicrocosmState, MicrocosmToolset

PAGE = 1000


class MicrocosmTaskConfig(vf.TaskConfig):
    url: str = "http://127.0.0.1:8000"
    """Of the server; the taskset's own is handed on."""
    key: str | None = None
    """A key of the server, if it asks for one."""


class MicrocosmConfig(vf.TasksetConfig):
    url: str = "http://127.0.0.1:8000"
    """Of the server."""
    domains: list[str] = Field(default_factory=list)
    """Whose tasks; all domains' where none are named."""
    split: str = "train"
    """`train` or `test`."""
    language: str | None = None
    """Of the intents: `en` or `zh`."""
    max_length: int | None = None
    """At most so many calls in gold."""
    seed: int = 0
    """Of every episode."""
    tools: vf.SharedToolsetConfig = vf.SharedToolsetConfig()
    task: MicrocosmTaskConfig = MicrocosmTaskConfig()


class MicrocosmData(vf.TaskData):
    domain: str
    task: str
    split: str
    seed: int


class MicrocosmTask(vf.Task[MicrocosmData, MicrocosmState, MicrocosmTaskConfig]):
    async def setup(self, trace: vf.Trace, runtime: vf.Runtime) -> None:
        state = trace.state
        state.url = self.config.url.rstrip("/")
        state.headers = {"Authorization": f"Bearer {self.config.key}"} if self.config.key else {}
        data = self.data
        opened = await state.ask(
            "POST", "/sessions", {"domain": data.domain, "task": data.task, "split": data.split, "seed": data.seed}
        )
        state.session = opened["id"]
        state.headers = {"Authorization": f"Bearer {opened['token']}"}
        state.tools = opened["observation"]["tools"]

    @vf.reward(weight=1.0)
    async def passed(self, trace: vf.Trace) -> float:
        """Whether the world is as it should be, and the answer right: the server's reward. A world that broke counts as 0."""
        state = trace.state
        session = await state.ask("GET", f"/sessions/{state.session}")
        if not session["done"]:
            session = await state.step({"type": "submit", "answer": trace.last_reply})
        await state.ask("DELETE", f"/sessions/{state.session}")
        return float(session["reward"] or 0)


class MicrocosmTaskset(vf.Taskset[MicrocosmTask, MicrocosmConfig]):
    @classmethod
    def toolsets(cls, config: MicrocosmConfig) -> list[vf.Toolset]:
        return [MicrocosmToolset(config.tools)]

    def load(self) -> Iterator[MicrocosmTask]:
        config = self.config
        task_config = config.task.model_copy(update={"url": config.url})
        query = {"split": config.split, "language": config.language, "max_length": config.max_length, "limit": PAGE}
        query = {name: value for name, value in query.items() if value is not None}
        policies: dict[str, str] = {}
        with httpx.Client(base_url=config.url, timeout=60) as client:
            for path in [f"/domains/{domain}/tasks" for domain in config.domains] or ["/tasks"]:
                cursor: str | None = "0"
                while cursor is not None:
                    page = client.get(path, params={**query, "cursor": cursor}).raise_for_status().json()
                    for task in page["tasks"]:
                        if task["domain"] not in policies:
                            domain = client.get(f"/domains/{task['domain']}").raise_for_status().json()
                            policies[task["domain"]] = domain["policy"]
                        yield MicrocosmTask(
                            MicrocosmData(
                                name=f"{task['domain']}/{task['id']}",
                                prompt=task["intent"],
                                system_prompt=policies[task["domain"]] or None,
                                domain=task["domain"],
                                task=task["id"],
                                split=task["split"],
                                seed=config.seed,
                            ),
                            task_config,
                        )
                    cursor = page["next_cursor"]
