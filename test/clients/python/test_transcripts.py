"""The transcripts of docs/protocol.md, played by this client's own connection."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import microcosm
import pytest
from microcosm.address import address_of
from microcosm.connection import Connection, Limits, Ticket
from microcosm.errors import MicrocosmError
from microcosm.requests import ask_http

page = (Path(__file__).resolve().parents[3] / "docs" / "protocol.md").read_text("utf8")
transcripts = dict(re.findall(r"<!-- transcript: (\w+) -->\n```\n(.*?)```", page, re.S))


def pattern(text: str) -> Any:
    text = re.sub(r",? …(?=[}\]])", "", text).replace("{…}", "{}")
    return json.loads(re.sub(r"(?<=[ \[{:])\$(\w+)", r'"$\1"', text))


def filled(text: str, kept: dict[str, str]) -> str:
    for name, value in kept.items():
        text = text.replace(f": {name}", f': "{value}"').replace(name, value)
    return text


def fits(actual: Any, expected: Any, kept: dict[str, str], where: str) -> None:
    if isinstance(expected, str) and expected.startswith("$"):
        assert kept.setdefault(expected, actual) == actual, where
    elif isinstance(expected, dict):
        for key, value in expected.items():
            if key in ("id", "session") and where.count(".") == 0:
                continue  # the connection's own
            if isinstance(value, str) and "…" in value:
                assert re.fullmatch(".*".join(map(re.escape, value.split("…"))), actual[key]), where
                continue
            assert key in actual, f"{where}.{key} is not in {actual}"
            fits(actual[key], value, kept, f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(actual) == len(expected), where
        for at, value in enumerate(expected):
            fits(actual[at], value, kept, where if where.count(".") == 0 else f"{where}.{at}")
    else:
        assert actual == expected, where


def as_wire(reply: Any, session: str) -> Any:
    if isinstance(reply, MicrocosmError):
        told = {"code": reply.code, "message": reply.message, "remedy": reply.remedy, **reply.details}
        return {"type": "error", "session": session, "data": told}
    return reply


class Player:
    def __init__(self, url: str) -> None:
        self.url = url
        self.connections: list[Connection] = []
        self.domain: str | None = None
        self.answers: list[Any] = []
        self.http: tuple[int, Any] | None = None

    async def send(self, message: dict[str, Any]) -> None:
        connection = self.connections[-1]
        batch = message["type"] == "batch"
        parts = [self.own(each) for each in (message["data"] if batch else [message])]
        heard = await connection.ask_many(parts)
        replies = [as_wire(reply, part["session"]) for reply, part in zip(heard, parts, strict=True)]
        self.answers.append({"type": "batch", "data": replies} if batch else replies[0])
        if message["type"] == "attach" and replies[0]["type"] == "observation":
            connection.keep("", Ticket(**message["data"]))

    def own(self, message: dict[str, Any]) -> dict[str, Any]:
        """At /ws, where this client always is, a reset names its domain."""
        named = {"session": "", **message}
        if message["type"] == "reset" and self.domain is not None:
            named["data"] = {"domain": self.domain, **message.get("data", {})}
        return named

    def dial(self, path: str) -> None:
        self.connections.append(Connection(address_of(self.url, None), Limits(timeout=20)))
        found = re.match(r"/domains/([^/]+)/ws", path)
        self.domain = found.group(1) if found else None

    async def cut(self) -> None:
        """For good: this one is not to come back."""
        connection = self.connections[-1]
        connection._closed = True
        assert connection._socket is not None and connection._runner is not None
        connection._socket.transport.abort()
        await connection._runner


def ask(url: str, line: str, token: str | None) -> tuple[int, Any]:
    method, path, body = re.fullmatch(r"(\S+) (\S+)(?: (.*))?", line).groups()
    data = None if body is None else json.loads(body)
    try:
        answer = ask_http(address_of(url, None), method, path, body=data, token=token)
        return ({"DELETE": 204}.get(method, 201 if path == "/sessions" else 200), answer)
    except MicrocosmError as error:
        status = json.loads((Path(__file__).resolve().parents[3] / "schemas/json/errors.json").read_text())
        http = status["codes"][error.code]["http"]
        return (http, {"code": error.code, "status": http, **error.details})


async def play(url: str, text: str) -> int:
    player, kept, received = Player(url), {}, 0
    for line in text.strip().split("\n"):
        said = filled(line[2:], kept)
        if line.startswith("@"):
            player.dial(said)
        elif line.startswith("✂"):
            await player.cut()
        elif line.startswith("→ {"):
            await player.send(json.loads(said))
        elif line.startswith("→"):
            player.http = await asyncio.to_thread(ask, url, said, kept.get("$token"))
        elif line.startswith("← {"):
            fits(player.answers.pop(0), pattern(line[2:]), kept, "reply")
            received += 1
        else:
            status, body = re.fullmatch(r"(\d+)(?: (.*))?", line[2:]).groups()
            assert player.http is not None and player.http[0] == int(status), line
            if body is not None:
                fits(player.http[1], pattern(body), kept, "body.")
            received += 1
    assert player.answers == []
    for connection in player.connections:
        await connection.close()
    return received


@pytest.mark.parametrize("name", transcripts)
def test_the_transcript_is_what_this_client_hears(url, name):
    assert asyncio.run(play(url, transcripts[name])) > 0


def test_the_page_has_ten_transcripts_and_the_package_its_version():
    assert len(transcripts) == 10
    assert microcosm.__version__ in (Path(microcosm.__file__).parents[1] / "pyproject.toml").read_text()
