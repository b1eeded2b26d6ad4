"""What a reset or a step gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from .errors import MicrocosmError
from .models import ToolSpec


@dataclass(slots=True)
class Transition:
    """`reward` is None until the end, given once, in [0, 1]; after a crash of the world it stays None.

    `terminated` is the task's own end, `truncated` a limit's or a crash's. `failure` is set in a vector alone: the
    episode could not go on (its session is lost, say), and its siblings could.
    """

    observation: dict[str, Any]
    reward: float | None = None
    terminated: bool = False
    truncated: bool = False
    reason: str | None = None
    failure: MicrocosmError | None = None

    @property
    def done(self) -> bool:
        return self.terminated or self.truncated

    @property
    def result(self) -> Any:
        """What the tool answered; None where it refused."""
        return self.observation.get("result")

    @property
    def error(self) -> str | None:
        """Why the tool refused, in words for the agent."""
        error = self.observation.get("error")
        return None if error is None else str(error["message"])

    @property
    def error_code(self) -> str | None:
        code = self.observation.get("error_code")
        return None if code is None else str(code)

    @property
    def results(self) -> list[dict[str, Any]]:
        """One observation for each call that was made: of several calls, as many as were made before the end."""
        results = self.observation.get("results")
        if results is not None:
            return cast("list[dict[str, Any]]", results)
        return [self.observation] if "tool_name" in self.observation else []

    @property
    def intent(self) -> str:
        """Of a reset: what is to be done; with a user, what the user says first."""
        return str(self.observation.get("intent", ""))

    @property
    def tools(self) -> list[ToolSpec]:
        """Of a reset: what may be called."""
        return cast("list[ToolSpec]", self.observation.get("tools", []))


def transition_of(data: Mapping[str, Any]) -> Transition:
    return Transition(data["observation"], data["reward"], data["terminated"], data["truncated"], data["reason"])


def failed(error: MicrocosmError) -> Transition:
    return Transition({}, truncated=True, failure=error)
