"""The one family of errors. `codes` has a class for each fault and each code, made from the table that the server has too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class MicrocosmError(Exception):
    """What every error here is: `code` is stable and never renamed, `message` says what happened, `remedy` what to do.

    `details` are the further keys of the server's reply, such as `errors` for a message that was not valid.
    """

    code: ClassVar[str] = "EXECUTION_ERROR"
    fault: ClassVar[str] = "server"
    remedy: ClassVar[str] = ""

    def __init__(self, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = dict(details or {})

    def __str__(self) -> str:
        listed = "".join(
            f" {'.'.join(str(part) for part in problem.get('loc', ()))}: {problem.get('msg')}."
            for problem in self.details.get("errors", ())
            if isinstance(problem, Mapping)
        )
        return f"{self.message}{listed} ({self.code}) {self.remedy}".rstrip()

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.message, self.details))
