"""Requests over HTTP, for what is looked up: blocking, with a limit of time, and errors by the server's codes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from .address import Address
from .codes import ConnectionLost, ExecutionError, ReplyTimeout
from .replies import error_of


def ask_http(
    address: Address,
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
    token: str | None = None,
    timeout: float = 60.0,
) -> Any:
    """What the body says. @raises the server's problem by its code; ConnectionLost, ReplyTimeout"""
    said = {key: value for key, value in (query or {}).items() if value is not None}
    url = f"{address.http}{path}{'?' + urlencode(said) if said else ''}"
    headers = dict(address.headers) if token is None else {"Authorization": f"Bearer {token}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    request = Request(url, None if body is None else json.dumps(body).encode(), headers, method=method)
    # A proxy of the environment is for other machines than this.
    opener = build_opener(ProxyHandler({})) if address.loopback else build_opener()
    try:
        with opener.open(request, timeout=timeout) as response:
            return _parsed(response.read(), url)
    except HTTPError as error:
        problem = _parsed(error.read(), url, error.code)
        raise error_of({"message": problem.get("detail", error.reason), **problem}) from None
    except TimeoutError as error:
        raise ReplyTimeout(f"{url} did not answer within {timeout:g} s.") from error
    except HTTPException as error:
        raise ExecutionError(f"{url} does not speak HTTP, or broke off: {error!r}.") from error
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            raise ReplyTimeout(f"{url} did not answer within {timeout:g} s.") from error
        raise ConnectionLost(f"{url} can't be reached: {reason}. Is the server running?") from error


def list_http(address: Address, path: str, name: str, *, query: Mapping[str, Any], timeout: float) -> list[Any]:
    """All pages of a list."""
    found: list[Any] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = ask_http(address, "GET", path, query={**query, "limit": 1000, "cursor": cursor}, timeout=timeout)
        found.extend(page[name])
        cursor = page["next_cursor"]
    return found


def _parsed(text: bytes, url: str, status: int | None = None) -> Any:
    if text == b"":
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if isinstance(value, dict) and (status is None or "code" in value):
        return value
    told = "something that is no JSON" if status is None else f"{status}"
    raise ExecutionError(f"{url} answered with {told}: it is no Microcosm server.")
