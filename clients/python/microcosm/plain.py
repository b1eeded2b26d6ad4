"""The client in its plain form: the same as in `aio`, without await."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, TypeVar

from .actions import ActionLike
from .aio import AsyncClient, AsyncEnvironment, Split, User, connect_async
from .loop import Runner
from .models import DomainSummary, GrantedReplyData, Task, TaskFilter, TaskSummary, ToolSpec, Trajectory, Verification
from .transition import Transition
from .vector import AsyncVectorEnvironment, VectorEnvironment

Own = TypeVar("Own")


class Client:
    """Of one server. Environments share its connections; closing it closes them."""

    def __init__(self, inner: AsyncClient) -> None:
        self.inner = inner
        self.run = Runner(inner)

    def __enter__(self: Own) -> Own:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def health(self) -> dict[str, Any]:
        return self.run(self.inner.health())

    def domains(self, search: str | None = None) -> list[DomainSummary]:
        """All domains that are served, those written by hand first; with `search` those that have it in id, title or description."""
        return self.run(self.inner.domains(search))

    def domain(self, domain: str) -> dict[str, Any]:
        """Its policy, tables and tools. @raises UnknownDomain"""
        return self.run(self.inner.domain(domain))

    def tasks(
        self,
        domain: str | None = None,
        *,
        split: Split | None = None,
        stage: Literal["general", "vertical"] | None = None,
        language: Literal["en", "zh"] | None = None,
        length: tuple[int | None, int | None] = (None, None),
        difficulty: tuple[int | None, int | None] = (None, None),
        kind: str | None = None,
        search: str | None = None,
        seed: int | None = None,
    ) -> list[TaskSummary]:
        """The tasks of a domain, or of all, without gold; `length` and `difficulty` are (least, most); `seed` shuffles.

        @raises UnknownDomain
        """
        return self.run(
            self.inner.tasks(
                domain,
                split=split,
                stage=stage,
                language=language,
                length=length,
                difficulty=difficulty,
                kind=kind,
                search=search,
                seed=seed,
            )
        )

    def gold(self, domain: str, task: str) -> Task:
        """The whole task, gold with it. @raises NotPermitted where the key has not the right "gold" """
        return self.run(self.inner.gold(domain, task))

    def make(
        self,
        domain: str | None = None,
        *,
        task: str | None = None,
        split: Split | None = None,
        seed: int | None = None,
        user: User | None = None,
        filter: TaskFilter | None = None,
    ) -> Environment:
        """An environment, the caller's to close. What is said here holds for each reset that does not say otherwise.

        Without a `domain` each reset says one, or a `sample` to be drawn from all.
        """
        return Environment(
            self.run,
            self.inner.make(domain, task=task, split=split, seed=seed, user=user, filter=filter),
        )

    def vector(
        self,
        count: int,
        domain: str | None = None,
        *,
        task: str | None = None,
        split: Split | None = None,
        seed: int | None = None,
        user: User | None = None,
        filter: TaskFilter | None = None,
    ) -> VectorEnvironment:
        """`count` episodes that are stepped together, with one frame each way a socket. See `VectorEnvironment`."""
        options = {"domain": domain, "task": task, "split": split, "seed": seed, "user": user, "filter": filter}
        return VectorEnvironment(self.run, AsyncVectorEnvironment(self.inner, count, options))

    def close(self) -> None:
        self.run(self.inner.close())


class Environment:
    """A session: reset, then steps until `done`. Its calls are served one after the other."""

    def __init__(self, run: Runner, inner: AsyncEnvironment) -> None:
        self._run = run
        self.inner = inner

    def __enter__(self: Own) -> Own:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def start(self) -> Transition | None:
        """What the last reset showed."""
        return self.inner.start

    @property
    def session(self) -> str | None:
        """The server's name for it; None before the first reset."""
        return self.inner.session

    @property
    def token(self) -> str | None:
        """Opens the session anywhere: keep it to yourself."""
        return self.inner.token

    def reset(
        self,
        task: str | None = None,
        *,
        domain: str | None = None,
        seed: int | None = None,
        split: Split | None = None,
        user: User | None = None,
        filter: TaskFilter | None = None,
        sample: Mapping[str, int] | None = None,
        domains: Sequence[str] | None = None,
        episode_id: str | None = None,
    ) -> Transition:
        """Begins an episode. @raises UnknownDomain, UnknownTask, NoUser, CapacityReached, VersionMismatch"""
        return self._run(
            self.inner.reset(
                task,
                domain=domain,
                seed=seed,
                split=split,
                user=user,
                filter=filter,
                sample=sample,
                domains=domains,
                episode_id=episode_id,
            )
        )

    def step(self, action: ActionLike, arguments: Mapping[str, Any] | None = None, /, **named: Any) -> Transition:
        """One action: `step("tool", {...})`, `step("tool", argument=…)`, `step([("tool", {...}), …])`, or one as it is sent.

        What an agent does wrong is in the transition's `error`. @raises EpisodeNotReset, EpisodeEnded
        """
        return self._run(self.inner.step(action, arguments, **named))

    def message(self, content: str) -> Transition:
        """To the user; the answer is `result["reply"]`."""
        return self._run(self.inner.message(content))

    def submit(self, answer: Any = None) -> Transition:
        """Ends the episode. @param answer where the task asks for a fact"""
        return self._run(self.inner.submit(answer))

    def tools(self) -> list[ToolSpec]:
        """What may be called; also before the first reset."""
        return self._run(self.inner.tools())

    def verify(self) -> Verification:
        """The state of now against gold, in words as well; changes nothing. @raises NotPermitted in an evaluation"""
        return self._run(self.inner.verify())

    def fork(self, count: int = 1) -> list[Environment]:
        """As many environments in this one's state, each the caller's to close. @raises ForkLimit, ValidationError"""
        return [Environment(self._run, fork) for fork in self._run(self.inner.fork(count))]

    def state(self) -> dict[str, Any]:
        """`episode_id`, `step_count`, `domain`, `task`, `reward`, `done`."""
        return self._run(self.inner.state())

    def grant(
        self,
        name: str,
        role: Literal["agent", "user", "observer"] = "agent",
        rights: Sequence[Literal["act", "verify", "fork", "gold"]] | None = None,
    ) -> GrantedReplyData:
        """A further token of this session, with a role and rights of its own."""
        return self._run(self.inner.grant(name, role, rights))

    def trajectory(self) -> Trajectory:
        """The record of the episode so far."""
        return self._run(self.inner.trajectory())

    def close(self) -> None:
        """Ends the session; may be called twice. That the server is gone is no error: so is the session."""
        self._run(self.inner.close())


def connect(
    url: str = "http://127.0.0.1:8000", key: str | None = None, *, timeout: float = 60.0, retry: float = 30.0
) -> Client:
    """A client of the server at `url`; nothing is sent yet.

    `key` says what its sessions may do, where the server has keys. `timeout` is how many seconds any call takes at most,
    `retry` how long a connection that was cut is tried to be made again.
    """
    return Client(connect_async(url, key, timeout=timeout, retry=retry))
