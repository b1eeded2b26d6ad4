"""The client for asyncio: what is served, and environments on a socket that they share."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, TypeVar, cast
from urllib.parse import quote

from .actions import ActionLike, action_of, message, submit
from .address import Address, address_of
from .connection import Connection, Limits, Ticket
from .errors import MicrocosmError
from .models import DomainSummary, GrantedReplyData, Task, TaskFilter, TaskSummary, ToolSpec, Trajectory, Verification
from .requests import ask_http, list_http
from .transition import Transition, transition_of

Split = Literal["train", "test"]
User = Literal["none", "rule", "model"]
Own = TypeVar("Own")

#: Sessions of one socket; a server takes 1,024.
sessions_max = 1000


class AsyncClient:
    """Of one server. Environments share its connections; closing it closes them."""

    def __init__(self, address: Address, limits: Limits) -> None:
        self.address = address
        self.limits = limits
        self._connections: list[Connection] = []
        self._own: weakref.WeakSet[Connection] = weakref.WeakSet()

    async def __aenter__(self: Own) -> Own:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def health(self) -> dict[str, Any]:
        return cast("dict[str, Any]", await self._http("GET", "/health"))

    async def domains(self, search: str | None = None) -> list[DomainSummary]:
        """All domains that are served, those written by hand first; with `search` those that have it in id, title or description."""
        return await self._list("/domains", "domains", {"search": search})

    async def domain(self, domain: str) -> dict[str, Any]:
        """Its policy, tables and tools. @raises UnknownDomain"""
        return cast("dict[str, Any]", await self._http("GET", f"/domains/{quote(domain, safe='')}"))

    async def tasks(
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
        path = "/tasks" if domain is None else f"/domains/{quote(domain, safe='')}/tasks"
        query = {
            "split": split,
            "stage": stage,
            "language": language,
            "min_length": length[0],
            "max_length": length[1],
            "min_difficulty": difficulty[0],
            "max_difficulty": difficulty[1],
            "kind": kind,
            "search": search,
            "seed": seed,
        }
        return await self._list(path, "tasks", query)

    async def gold(self, domain: str, task: str) -> Task:
        """The whole task, gold with it. @raises NotPermitted where the key has not the right "gold" """
        path = f"/domains/{quote(domain, safe='')}/tasks/{quote(task, safe='')}"
        return cast(Task, await self._http("GET", path, query={"gold": "true"}))

    def make(
        self,
        domain: str | None = None,
        *,
        task: str | None = None,
        split: Split | None = None,
        seed: int | None = None,
        user: User | None = None,
        filter: TaskFilter | None = None,
    ) -> AsyncEnvironment:
        """An environment, the caller's to close. What is said here holds for each reset that does not say otherwise.

        Without a `domain` each reset says one, or a `sample` to be drawn from all.
        """
        options = {"domain": domain, "task": task, "split": split, "seed": seed, "user": user, "filter": filter}
        return AsyncEnvironment(self, self.connection(), said(options))

    def connection(self) -> Connection:
        """One that has room for another session."""
        for connection in self._connections:
            if len(connection.names) < sessions_max:
                return connection
        connection = Connection(self.address, self.limits)
        self._connections.append(connection)
        return connection

    def own_connection(self) -> Connection:
        """One that is shared with nobody."""
        connection = Connection(self.address, self.limits)
        self._own.add(connection)
        return connection

    async def close(self) -> None:
        connections = [*self._connections, *self._own]
        self._connections = []
        await asyncio.gather(*(connection.close() for connection in connections))

    async def http(self, method: str, path: str, **further: Any) -> Any:
        """A request of the server's HTTP interface (see /openapi.json). Further: query, body, token."""
        return await self._http(method, path, **further)

    async def _http(self, method: str, path: str, **further: Any) -> Any:
        timeout = self.limits.timeout
        return await asyncio.to_thread(ask_http, self.address, method, path, timeout=timeout, **further)

    async def _list(self, path: str, name: str, query: Mapping[str, Any]) -> list[Any]:
        timeout = self.limits.timeout
        return await asyncio.to_thread(list_http, self.address, path, name, query=query, timeout=timeout)


class AsyncEnvironment:
    """A session: reset, then steps until `done`. Its calls are served one after the other."""

    def __init__(self, client: AsyncClient, connection: Connection, options: Mapping[str, Any]) -> None:
        self._client = client
        self._connection = connection
        self._name = connection.name()
        self._options = dict(options)
        self._closed = False
        #: What the last reset showed.
        self.start: Transition | None = None

    async def __aenter__(self: Own) -> Own:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def session(self) -> str | None:
        """The server's name for it; None before the first reset."""
        ticket = self._connection.ticket(self._name)
        return None if ticket is None else ticket.session

    @property
    def token(self) -> str | None:
        """Opens the session anywhere: keep it to yourself."""
        ticket = self._connection.ticket(self._name)
        return None if ticket is None else ticket.token

    async def reset(
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
        given = {
            "task": task,
            "domain": domain,
            "seed": seed,
            "split": split,
            "user": user,
            "filter": filter,
            "sample": sample,
            "domains": domains,
            "episode_id": episode_id,
        }
        self.start = transition_of(await self._ask("reset", "observation", reset_data(self._options, given)))
        return self.start

    async def step(self, action: ActionLike, arguments: Mapping[str, Any] | None = None, /, **named: Any) -> Transition:
        """One action: `step("tool", {...})`, `step("tool", argument=…)`, `step([("tool", {...}), …])`, or one as it is sent.

        What an agent does wrong is in the transition's `error`. @raises EpisodeNotReset, EpisodeEnded
        """
        return await self._act(action_of(action, {**(arguments or {}), **named}))

    async def message(self, content: str) -> Transition:
        """To the user; the answer is `result["reply"]`."""
        return await self._act(message(content))

    async def submit(self, answer: Any = None) -> Transition:
        """Ends the episode. @param answer where the task asks for a fact"""
        return await self._act(submit(answer))

    async def tools(self) -> list[ToolSpec]:
        """What may be called; also before the first reset."""
        if self.session is None:
            return await self._tools_before_reset()
        return (await self._act({"type": "list_tools"})).tools

    async def verify(self) -> Verification:
        """The state of now against gold, in words as well; changes nothing. @raises NotPermitted in an evaluation"""
        return cast(Verification, await self._ask("verify", "verification"))

    async def fork(self, count: int = 1) -> list[AsyncEnvironment]:
        """As many environments in this one's state, each the caller's to close. @raises ForkLimit, ValidationError"""
        forked = await self._ask("fork", "forked", {"count": count})
        forks: list[AsyncEnvironment] = []
        try:
            for data in forked["sessions"]:
                fork = AsyncEnvironment(self._client, self._client.connection(), self._options)
                forks.append(fork)
                await fork._attach(data)
                fork.start = self.start
        except BaseException:
            for fork in forks:
                await fork.close()
            raise
        return forks

    async def state(self) -> dict[str, Any]:
        """`episode_id`, `step_count`, `domain`, `task`, `reward`, `done`."""
        return cast("dict[str, Any]", await self._ask("state", "state"))

    async def grant(
        self,
        name: str,
        role: Literal["agent", "user", "observer"] = "agent",
        rights: Sequence[Literal["act", "verify", "fork", "gold"]] | None = None,
    ) -> GrantedReplyData:
        """A further token of this session, with a role and rights of its own."""
        data = said({"name": name, "role": role, "rights": rights})
        return cast(GrantedReplyData, await self._ask("grant", "granted", data))

    async def trajectory(self) -> Trajectory:
        """The record of the episode so far."""
        path = f"/sessions/{self.session}/trajectory"
        return cast(Trajectory, await self._client.http("GET", path, token=self.token))

    async def close(self) -> None:
        """Ends the session; may be called twice. That the server is gone is no error: so is the session."""
        if self._closed:
            return
        self._closed = True
        try:
            if self.session is not None:
                await self._connection.ask({"type": "close", "session": self._name}, "closed")
        except MicrocosmError:
            pass
        finally:
            self._connection.forget(self._name)

    async def _tools_before_reset(self) -> list[ToolSpec]:
        """At `/ws` a session begins with its reset; a short one over HTTP tells."""
        body = {"domain": self._options.get("domain"), "reset": False}
        opened = await self._client.http("POST", "/sessions", body=said(body))
        await self._client.http("DELETE", f"/sessions/{opened['id']}", token=opened["token"])
        return cast("list[ToolSpec]", opened["observation"]["tools"])

    async def _attach(self, data: Mapping[str, str]) -> None:
        await self._ask("attach", "observation", data)
        self._connection.keep(self._name, Ticket(data["session"], data["token"]))

    async def _act(self, action: Any) -> Transition:
        return transition_of(await self._ask("step", "observation", action))

    async def _ask(self, kind: str, expected: str, data: Mapping[str, Any] | None = None) -> Any:
        whole: dict[str, Any] = {"type": kind, "session": self._name}
        if data is not None:
            whole["data"] = data
        return await self._connection.ask(whole, expected)


def said(options: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if value is not None}


def reset_data(options: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is said now comes before what was said when it was made; a task that is named is not drawn."""
    data = {**options, **said(given)}
    if given.get("sample") is not None and given.get("task") is None:
        data.pop("task", None)
        data.pop("seed", None)
    return data


def connect_async(
    url: str = "http://127.0.0.1:8000", key: str | None = None, *, timeout: float = 60.0, retry: float = 30.0
) -> AsyncClient:
    """For asyncio; nothing is sent yet. See `connect`."""
    return AsyncClient(address_of(url, key), Limits(timeout=timeout, retry=retry))
