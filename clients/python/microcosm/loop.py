"""The event loop that the plain forms run on: one thread for the process, begun when it is first needed."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import threading
import weakref
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


_closers: weakref.WeakSet[Any] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """A process that ends says goodbye, so that its sessions take no room for the time of grace."""
    if _loop is None or _process != os.getpid():
        return
    for each in list(_closers):
        with contextlib.suppress(Exception):
            asyncio.run_coroutine_threadsafe(each.close(), _loop).result(2)


class Runner:
    """Runs what belongs to one client, all on the loop that it was made on."""

    def __init__(self, closer: Any) -> None:
        """@param closer whose `close` is awaited when the process ends"""
        _closers.add(closer)
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
