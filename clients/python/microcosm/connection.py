"""One WebSocket with many sessions, which comes back by itself when it was cut.

Every message has an id. What was not answered when the connection went is sent once more on the next one, with its id, after
the sessions were taken up by their tokens: the server does it once, however often it hears of it. Nothing waits for ever:
each question has a deadline, and so has coming back.
Sources: docs/protocol.md ("Coming back", "Many sessions on one socket").
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus

from .address import Address
from .codes import (
    CapacityReached,
    ConnectionLost,
    ExecutionError,
    FrameTooLarge,
    InvalidJson,
    ReplyTimeout,
    SessionError,
    UnknownSession,
    ValidationError,
)
from .errors import MicrocosmError
from .replies import error_of

#: Bytes of one frame that a server takes, with room for what a batch puts around its messages.
frame_bytes_max = (1 << 20) - 4096
#: Levels that one message may have: the server counts 128, a batch adds two.
depth_max = 124
#: Messages of one frame. Their replies come in one frame too: one is read here while the server works on the next. A reset's
#: has all the tools of its domain.
batch_max = {"reset": 8, "attach": 64}
batch_max_else = 128

Reply = dict[str, Any]


@dataclass(slots=True)
class _Asked:
    """One question, of one message or many, and the replies that have come."""

    future: asyncio.Future[None]
    replies: list[Reply | None]
    left: int
    sending: bool = False


@dataclass(slots=True)
class _Waiting:
    asked: _Asked
    position: int
    text: str
    session: str
    kind: str


@dataclass(slots=True)
class Ticket:
    session: str
    token: str


@dataclass
class Limits:
    """All in seconds. `timeout` is for each question, whatever happens meanwhile; `retry` for coming back."""

    timeout: float = 60.0
    retry: float = 30.0
    connect: float = 10.0


@dataclass(eq=False)
class Connection:
    """To `/ws` of a server; opened by the first question, and again by the next one after it had to be given up."""

    address: Address
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self._socket: ClientConnection | None = None
        self._runner: asyncio.Task[None] | None = None
        self._waiting: dict[str, _Waiting] = {}
        self._tickets: dict[str, Ticket] = {}
        self._gone: dict[str, MicrocosmError] = {}
        self._refusal: MicrocosmError | None = None
        self._closed = False
        self._sending: set[asyncio.Task[None]] = set()
        self._prefix = uuid.uuid4().hex[:8]
        self._next = itertools.count(1)
        self._names = itertools.count(1)
        self.names: set[str] = set()
        #: How often it was cut and came back.
        self.returns = 0

    def name(self) -> str:
        """A name for one more session of this socket."""
        name = f"s{next(self._names)}"
        self.names.add(name)
        return name

    def ticket(self, name: str) -> Ticket | None:
        return self._tickets.get(name)

    async def ask(self, message: Mapping[str, Any], expected: str, *, timeout: float | None = None) -> Any:
        """The data of the reply. @raises the server's error by its code; ConnectionLost, ReplyTimeout"""
        (reply,) = await self.ask_many([message], timeout=timeout)
        return data_of(reply, expected)

    async def ask_many(
        self, messages: Sequence[Mapping[str, Any]], *, timeout: float | None = None
    ) -> list[Reply | MicrocosmError]:
        """The replies, in the order of the messages, each sent in as few frames as can be; what one has wrong the others survive.

        @raises ConnectionLost, ReplyTimeout, which are everybody's
        """
        if self._closed:
            raise SessionError("The environment is closed.")
        limit = self.limits.timeout if timeout is None else timeout
        loop = asyncio.get_running_loop()
        answers: list[Reply | MicrocosmError | None] = [None] * len(messages)
        parts: list[tuple[int, str, _Waiting]] = []
        asked = _Asked(loop.create_future(), [None] * len(messages), 0)
        for position, message in enumerate(messages):
            session = str(message.get("session", ""))
            gone = self._gone.get(session)
            if gone is not None and message["type"] not in ("reset", "attach", "close"):
                answers[position] = type(gone)(gone.message, gone.details)
                continue
            own = message.get("id")
            identity = f"{self._prefix}-{next(self._next)}" if own is None else str(own)
            try:
                text = text_of({**message, "id": identity})
            except MicrocosmError as error:
                answers[position] = error
                continue
            parts.append((position, identity, _Waiting(asked, position, text, session, str(message["type"]))))
        if parts:
            asked.left = len(parts)
            for _, identity, waiting in parts:
                self._waiting[identity] = waiting
            timer = loop.call_later(limit, self._late, asked, limit)
            try:
                await self._send(asked, [waiting for _, _, waiting in parts])
                await asked.future
            finally:
                timer.cancel()
                for _, identity, _ in parts:
                    self._waiting.pop(identity, None)
                if asked.future.done() and not asked.future.cancelled():
                    asked.future.exception()  # which was raised already, or is of no interest to who stopped asking
            for position, _, _ in parts:
                answers[position] = read(asked.replies[position])
        return [answer for answer in answers if answer is not None]

    def keep(self, name: str, ticket: Ticket) -> None:
        """What the session of that name is taken up with."""
        self._tickets[name] = ticket
        self._gone.pop(name, None)

    def forget(self, name: str) -> None:
        self._tickets.pop(name, None)
        self._gone.pop(name, None)
        self.names.discard(name)

    async def close(self) -> None:
        """Ends all its sessions; may be called twice."""
        if self._closed:
            return
        self._closed = True
        self._fail(self._waiting.values(), SessionError("The environment is closed."))
        socket, runner = self._socket, self._runner
        if socket is not None:
            await socket.close(1000)
        if runner is not None:
            runner.cancel()
            await asyncio.gather(runner, return_exceptions=True)

    def _late(self, asked: _Asked, limit: float) -> None:
        if asked.future.done():
            return
        told = "" if self._refusal is None else f" The server said: {self._refusal.message}"
        if self._socket is None:
            told += " The connection was lost, and is being made again."
        asked.future.set_exception(ReplyTimeout(f"No reply within {limit:g} s.{told}"))
        if asked.sending and self._socket is not None:
            self._socket.transport.abort()  # the server reads nothing any more

    async def _send(self, asked: _Asked, parts: Sequence[_Waiting]) -> None:
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run())
        socket = self._socket
        if socket is None:
            return  # all that waits is sent once there is one
        asked.sending = True
        try:
            for frame in frames_of(parts, f"{self._prefix}-{next(self._next)}"):
                await socket.send(frame)
        except ConnectionClosed:
            pass  # and sent again on the next one
        finally:
            asked.sending = False

    async def _run(self) -> None:
        """Dials, takes the sessions up, sends what waits, hears; over again when the connection is cut."""
        lost_at: float | None = None
        lost_by: str | None = None
        delay = 0.0
        while True:
            self._refusal = None
            try:
                if delay > 0:
                    await asyncio.sleep(delay)
                heard = False
                async with self._dial() as socket:
                    await self._take_up(socket)
                    if self._tickets:
                        lost_at = None
                    self._socket = socket
                    await self._send_again(socket)
                    async for frame in socket:
                        if not heard:
                            heard, lost_at, delay = True, None, 0.0
                        self._hear(frame)
                code, reason = socket.close_code, socket.close_reason
            except ConnectionClosed as error:
                code = error.rcvd.code if error.rcvd is not None else 1006
                reason = error.rcvd.reason if error.rcvd is not None else ""
            except InvalidStatus as error:
                refused = refusal_of(self.address, error)
                if lost_at is None or "retry_after_ms" not in refused.details:
                    return self._give_up(refused)
                code, reason = None, refused.message
            except MicrocosmError as error:
                return self._give_up(error)
            except (OSError, InvalidHandshake, TimeoutError, asyncio.TimeoutError) as error:
                if lost_at is None:  # the first time, nothing was there to come back to
                    return self._give_up(unreachable(self.address, error))
                code, reason = None, str(error)
            finally:
                self._socket = None
            if self._closed:
                return
            if self._refusal is not None and code in (1000, 1008):
                return self._give_up(self._refusal)
            if code == 1009:
                self._fail(self._waiting.values(), FrameTooLarge("The server takes no frame of that size."))
            now = time.monotonic()
            if code is not None:
                lost_by = f"{code}{f', {reason}' if reason else ''}"
            if lost_at is None:
                lost_at = now
                self.returns += 1
            else:
                delay = min(2.0, max(0.05, delay * 2))
            if not self._waiting and not self._tickets:
                return  # nobody waits and nothing is to be taken up: the next question dials
            if now + delay - lost_at > self.limits.retry:
                told = "" if code is not None else f", and can't be made again: {reason}"
                where = f"The connection to {self.address.socket} was lost ({lost_by})"
                return self._give_up(ConnectionLost(f"{where}{told}. Given up after {self.limits.retry:g} s."))

    def _dial(self) -> connect:
        proxy: Any = None if self.address.loopback else True
        # The process that has a session of ours is the one to talk to.
        near = next((f"?near={ticket.session}" for ticket in self._tickets.values()), "")
        return connect(
            f"{self.address.socket}/ws{near}",
            additional_headers=self.address.headers,
            open_timeout=self.limits.connect,
            close_timeout=2,
            max_size=None,
            max_queue=64,
            compression=None,
            proxy=proxy,
        )

    async def _take_up(self, socket: ClientConnection) -> None:
        """By their tokens; those that the server has no more are gone, unless a reset waits that begins them anew."""
        tickets = list(self._tickets.items())
        size = batch_max["attach"]
        for start in range(0, len(tickets), size):
            part = tickets[start : start + size]
            messages = [
                {"type": "attach", "session": name, "data": {"session": ticket.session, "token": ticket.token}}
                for name, ticket in part
            ]
            await socket.send(json.dumps({"type": "batch", "id": f"{self._prefix}-attach", "data": messages}))
            reply: Any = None
            while reply is None or reply.get("id") != f"{self._prefix}-attach":
                reply = json.loads(await asyncio.wait_for(socket.recv(), self.limits.timeout))
                if reply["type"] == "error" and reply.get("id") is None:
                    raise error_of(reply["data"])
            if reply["type"] == "error":
                raise error_of(reply["data"])
            for each in reply["data"]:
                if each["type"] == "error":
                    error = error_of(each["data"])
                    if isinstance(error, ConnectionLost):  # its process is being replaced: it may be there next time
                        raise OSError(error.message)
                    self._lose(each["session"], error)

    def _lose(self, name: str, error: MicrocosmError) -> None:
        del self._tickets[name]
        waiting = [each for each in self._waiting.values() if each.session == name]
        if any(each.kind == "reset" for each in waiting):
            return
        gone = UnknownSession(
            f"The connection was lost, and the server no longer has the session ({error.message}) It was started anew, or "
            "the time of grace was over: reset begins another episode."
        )
        self._gone[name] = gone
        for each in waiting:
            self._answer(each, {"type": "error", "data": {"code": gone.code, "message": gone.message}})

    async def _send_again(self, socket: ClientConnection) -> None:
        """One frame each, so that nothing has to wait for the slowest."""
        for waiting in list(self._waiting.values()):
            if waiting.asked.replies[waiting.position] is None:
                await socket.send(waiting.text)

    def _hear(self, frame: str | bytes) -> None:
        try:
            reply = json.loads(frame)
            kind, data = reply["type"], reply["data"]
        except (ValueError, TypeError, KeyError):
            raise ExecutionError(f"{self.address.socket} sent what is no reply: {str(frame)[:200]}") from None
        if kind == "batch":
            for each in data:
                self._match(each)
        elif kind != "event":
            self._match(reply)

    def _match(self, reply: Reply) -> None:
        identity = reply.get("id")
        waiting = self._waiting.get(str(identity))
        if waiting is not None:
            return self._answer(waiting, reply)
        if reply["type"] != "error" or identity is not None:
            return  # an answer to who waits no more
        # It is about a frame that could not be read, or about the connection as a whole, which is then closed.
        self._refusal = error_of(reply["data"])
        asked = {id(each.asked): each.asked for each in self._waiting.values()}
        if len(asked) == 1 and not isinstance(self._refusal, CapacityReached):
            self._fail(self._waiting.values(), self._refusal)

    def _answer(self, waiting: _Waiting, reply: Reply) -> None:
        asked = waiting.asked
        if asked.replies[waiting.position] is not None or asked.future.done():
            return
        if reply["type"] == "error" and isinstance(reply["data"].get("retry_after_ms"), (int, float)):
            # A quota of so much a second: it was not done, and is asked again as soon as it may be.
            wait = max(1.0, reply["data"]["retry_after_ms"]) / 1000
            asyncio.get_running_loop().call_later(wait, self._ask_again, str(reply["id"]))
            return
        if reply["type"] == "observation" and waiting.kind == "reset":
            metadata = reply["data"]["observation"].get("metadata", {})
            if "session" in metadata and "token" in metadata:
                self.keep(waiting.session, Ticket(metadata["session"], metadata["token"]))
        asked.replies[waiting.position] = reply
        asked.left -= 1
        if asked.left == 0:
            asked.future.set_result(None)

    def _ask_again(self, identity: str) -> None:
        if identity in self._waiting and self._socket is not None:
            task = asyncio.create_task(self._send_one(self._socket, self._waiting[identity].text))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send_one(self, socket: ClientConnection, text: str) -> None:
        with contextlib.suppress(ConnectionClosed):  # and sent again on the next one
            await socket.send(text)

    def _fail(self, waiting: Iterable[_Waiting], error: MicrocosmError) -> None:
        for each in list(waiting):
            if not each.asked.future.done():
                each.asked.future.set_exception(type(error)(error.message, error.details))

    def _give_up(self, error: MicrocosmError) -> None:
        self._fail(self._waiting.values(), error)


def read(reply: Reply | None) -> Reply | MicrocosmError:
    assert reply is not None
    return error_of(reply["data"]) if reply["type"] == "error" else reply


def data_of(reply: Reply | MicrocosmError, expected: str) -> Any:
    if isinstance(reply, MicrocosmError):
        raise reply
    if reply["type"] != expected:
        raise ExecutionError(f"The server answered with {reply['type']!r} where {expected!r} was due.")
    return reply["data"]


def text_of(message: Mapping[str, Any]) -> str:
    """@raises InvalidJson, FrameTooLarge, ValidationError before the server would, which closes the whole socket on some"""
    try:
        text = json.dumps(message, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidJson(f"The message can't be sent as JSON: {error}.") from None
    if len(text) > frame_bytes_max:
        raise FrameTooLarge(f"The message has {len(text)} bytes; one has {frame_bytes_max} at most.")
    if text.count("{") + text.count("[") > depth_max and deeper(message, depth_max):
        raise ValidationError(f"The message is nested deeper than {depth_max} levels.")
    return text


def deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, (Mapping, list, tuple)):
        return False
    if levels == 0:
        return True
    return any(deeper(each, levels - 1) for each in (value.values() if isinstance(value, Mapping) else value))


def frames_of(parts: Sequence[_Waiting], identity: str) -> Iterable[str]:
    """One message alone, or batches within the limits of count and bytes."""
    if len(parts) == 1:
        yield parts[0].text
        return
    head, tail = f'{{"type":"batch","id":"{identity}","data":[', "]}"
    texts: list[str] = []
    size = 0
    for part in parts:
        full = len(texts) >= batch_max.get(part.kind, batch_max_else) or size + len(part.text) + 1 > frame_bytes_max
        if texts and full:
            yield f"{head}{','.join(texts)}{tail}"
            texts, size = [], 0
        texts.append(part.text)
        size += len(part.text) + 1
    yield f"{head}{','.join(texts)}{tail}"


def refusal_of(address: Address, error: InvalidStatus) -> MicrocosmError:
    """The problem that the handshake was answered with, such as KEY_REQUIRED; or who answers is no server of ours."""
    try:
        problem = json.loads(error.response.body or b"")
        return error_of({**problem, "message": problem["detail"], "code": problem["code"]})
    except (ValueError, TypeError, KeyError):
        return unreachable(address, error)


def unreachable(address: Address, error: BaseException) -> ConnectionLost:
    where = f"{address.socket}/ws"
    if isinstance(error, InvalidStatus):
        return ConnectionLost(f"{where} is no Microcosm server: it refused with status {error.response.status_code}.")
    if isinstance(error, (InvalidHandshake, InvalidMessage)):
        return ConnectionLost(f"{where} is no Microcosm server, or closed at once: {error}.")
    if isinstance(error, (TimeoutError, asyncio.TimeoutError)):
        return ConnectionLost(f"{where} did not answer in time.")
    return ConnectionLost(f"{where} can't be reached: {error}. Is the server running?")
