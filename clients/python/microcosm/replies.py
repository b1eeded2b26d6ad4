"""A reply as the error that it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .codes import ExecutionError, by_code
from .errors import MicrocosmError

_told = ("code", "message", "remedy", "detail", "type", "title", "status")


def error_of(data: Mapping[str, Any]) -> MicrocosmError:
    """Of the data of an error frame, or of a problem of HTTP. A code that this client does not know is kept in `details`."""
    code, message = str(data.get("code")), str(data.get("message"))
    details = {key: value for key, value in data.items() if key not in _told}
    if code in by_code:
        return by_code[code](message, details)
    return ExecutionError(message, {**details, "code": code})
