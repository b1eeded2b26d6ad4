"""The event loop that the plain forms run on: one thread for the process, begun when it is first needed."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from .codes import SessionError

Result = TypeVar("Result")
_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_process = 0


def current_loop() -> asyncio.AbstractEventLoop:
    global _loop, _process
    with _lock:
        if _loop is None or _process != os.getpid():  # a forked process has the loop without its thread
            _loop, _process = asyncio.new_event_loop(), os.getpid()
            threading.Thread(target=_loop.run_forever, name="microcosm", daemon=True).start()
        return _loop


class Runner:
    """Runs what belongs to one client, all on the loop that it was made on."""

    def __init__(self) -> None:
        self._loop = current_loop()
        self._process = os.getpid()

    def __call__(self, work: Coroutine[Any, Any, Result]) -> Result:
        if self._process != os.getpid():
            work.close()
            raise SessionError("This client was made in another process: connect again in this one.")
        if threading.current_thread().name == "microcosm":
            work.close()
            raise SessionError("The plain client can't be used inside its own event loop: use connect_async there.")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise
