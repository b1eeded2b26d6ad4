"""Many episodes that are stepped together: a `batch` frame out, one back on each of a few sockets, whatever their number."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from .actions import ActionLike, action_of
from .connection import Connection, Reply, data_of
from .errors import MicrocosmError
from .loop import Runner
from .models import Verification
from .transition import Transition, failed, transition_of

if TYPE_CHECKING:
    from .aio import AsyncClient

Own = TypeVar("Own")


class AsyncVectorEnvironment:
    """`count` episodes, each at its place from 0. What befalls one (a crash, a lost session) is no other's: it has `failure`."""

    def __init__(self, client: AsyncClient, count: int, options: Mapping[str, Any]) -> None:
        if count < 1:
            raise ValueError(f"a vector has one episode or more, not {count}")
        from .aio import said, sessions_max

        self.count = count
        self._options = said(options)
        # A socket is one process's of a server, and only several reach several cores.
        sockets = max(min(8, -(-count // 16)), -(-count // sessions_max))
        self._connections: list[Connection] = [client.own_connection() for _ in range(sockets)]
        self._places = [
            (connection, connection.name())
            for index in range(count)
            for connection in [self._connections[index * sockets // count]]
        ]

    async def __aenter__(self: Own) -> Own:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def reset(self, options: Sequence[Mapping[str, Any]] | None = None) -> list[Transition]:
        """Begins an episode at each place. With a seed and no task, place i has seed + i, so that they differ.

        @param options for each place, over those that the vector was made with: see `AsyncEnvironment.reset`
        """
        if options is not None and len(options) != self.count:
            raise ValueError(f"{len(options)} options for {self.count} episodes")
        return list((await self.reset_some({at: options[at] if options else {} for at in range(self.count)})).values())

    async def reset_some(self, options: Mapping[int, Mapping[str, Any]]) -> dict[int, Transition]:
        """Begins episodes at these places."""
        return await self._transitions({at: self._reset(at, given) for at, given in options.items()})

    async def step(self, actions: Sequence[ActionLike]) -> list[Transition]:
        """One action at each place."""
        if len(actions) != self.count:
            raise ValueError(f"{len(actions)} actions for {self.count} episodes; step_some takes fewer")
        return list((await self.step_some(dict(enumerate(actions)))).values())

    async def step_some(
        self, actions: Mapping[int, ActionLike], resets: Mapping[int, Mapping[str, Any]] | None = None
    ) -> dict[int, Transition]:
        """One action at each of these places; the others are let be, or begin an episode in the same frame."""
        messages = {at: {"type": "step", "data": action_of(action)} for at, action in actions.items()}
        messages |= {at: self._reset(at, given) for at, given in (resets or {}).items()}
        return await self._transitions(messages)

    async def verify(self, places: Iterable[int] | None = None) -> dict[int, Verification | MicrocosmError]:
        """The state of now against gold, at these places or at all."""
        at_all = range(self.count) if places is None else places
        replies = await self._ask({at: {"type": "verify"} for at in at_all})
        found: dict[int, Verification | MicrocosmError] = {}
        for at, reply in replies.items():
            found[at] = (
                reply if isinstance(reply, MicrocosmError) else cast(Verification, data_of(reply, "verification"))
            )
        return found

    async def close(self) -> None:
        """Ends all the sessions; may be called twice."""
        await asyncio.gather(*(connection.close() for connection in self._connections))

    def _reset(self, at: int, given: Mapping[str, Any]) -> dict[str, Any]:
        from .aio import reset_data

        data = reset_data(self._options, given)
        if "seed" in data and "seed" not in given:
            data["seed"] += at
        return {"type": "reset", "data": data}

    async def _transitions(self, messages: Mapping[int, dict[str, Any]]) -> dict[int, Transition]:
        replies = await self._ask(messages)
        return {
            at: failed(reply) if isinstance(reply, MicrocosmError) else transition_of(data_of(reply, "observation"))
            for at, reply in replies.items()
        }

    async def _ask(self, messages: Mapping[int, dict[str, Any]]) -> dict[int, Reply | MicrocosmError]:
        """A connection that fails is the failure of its own places."""
        by_connection: dict[int, list[int]] = {}
        for at, message in messages.items():
            connection, message["session"] = self._places[at]
            by_connection.setdefault(id(connection), []).append(at)

        async def ask(places: list[int]) -> Sequence[Reply | MicrocosmError]:
            try:
                return await self._places[places[0]][0].ask_many([messages[at] for at in places])
            except MicrocosmError as error:
                return [error] * len(places)

        groups = list(by_connection.values())
        answers = await asyncio.gather(*(ask(places) for places in groups))
        found: dict[int, Reply | MicrocosmError] = {}
        for places, replies in zip(groups, answers, strict=True):
            found.update(zip(places, replies, strict=True))
        return {at: found[at] for at in messages}


class VectorEnvironment:
    """The same without await."""

    def __init__(self, run: Runner, inner: AsyncVectorEnvironment) -> None:
        self._run = run
        self.inner = inner

    def __enter__(self: Own) -> Own:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return self.inner.count

    def reset(self, options: Sequence[Mapping[str, Any]] | None = None) -> list[Transition]:
        """Begins an episode at each place. With a seed and no task, place i has seed + i, so that they differ.

        @param options for each place, over those that the vector was made with: see `Environment.reset`
        """
        return self._run(self.inner.reset(options))

    def reset_some(self, options: Mapping[int, Mapping[str, Any]]) -> dict[int, Transition]:
        """Begins episodes at these places."""
        return self._run(self.inner.reset_some(options))

    def step(self, actions: Sequence[ActionLike]) -> list[Transition]:
        """One action at each place."""
        return self._run(self.inner.step(actions))

    def step_some(
        self, actions: Mapping[int, ActionLike], resets: Mapping[int, Mapping[str, Any]] | None = None
    ) -> dict[int, Transition]:
        """One action at each of these places; the others are let be, or begin an episode in the same frame."""
        return self._run(self.inner.step_some(actions, resets))

    def verify(self, places: Iterable[int] | None = None) -> dict[int, Verification | MicrocosmError]:
        """The state of now against gold, at these places or at all."""
        return self._run(self.inner.verify(places))

    def close(self) -> None:
        """Ends all the sessions; may be called twice."""
        self._run(self.inner.close())
