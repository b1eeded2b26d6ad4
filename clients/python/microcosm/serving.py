"""A server of one's own, for notebooks and tests: begun by Node where there is one, ended with the block or the process."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from .address import address_of
from .codes import ConnectionLost, NotFound
from .errors import MicrocosmError
from .plain import Client, connect
from .requests import ask_http

#: Of Node itself; the folder of a clone brings its own where the machine's is older.
node_least = 24
_where = re.compile(r"Microcosm serves .* at (http://\S+)")


class Server:
    """A context manager. `url` is where it listens."""

    def __init__(self, url: str, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
        self.url = url
        self.process = process
        self._log = log
        atexit.register(self.close)

    def connect(self, key: str | None = None, *, timeout: float = 60.0, retry: float = 30.0) -> Client:
        return connect(self.url, key, timeout=timeout, retry=retry)

    def log(self) -> str:
        """What it has printed."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def close(self) -> None:
        """Ends it, by force where it takes longer than ten seconds; may be called twice."""
        atexit.unregister(self.close)
        _end(self.process)
        self._log.close()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(
    *,
    catalog: str | os.PathLike[str] | None = None,
    port: int = 0,
    evaluation: bool = False,
    workers: int | None = None,
    state: str | os.PathLike[str] | None = None,
    keys: str | os.PathLike[str] | None = None,
    home: str | os.PathLike[str] | None = None,
    timeout: float = 60.0,
) -> Server:
    """Starts a server on this machine and waits until it is well.

    @param catalog of worlds to serve; without one, what `npm start` has made in the clone, or the domains written by hand alone
    @param port 0 for any free one
    @param evaluation whether its sessions may only act: no verification, no fork
    @param workers processes that serve side by side; without it, one a core
    @param state the directory that sessions are kept in to outlive the server; without one, a directory of the port's, and for
        port 0 none that lasts
    @param keys a file of keys; without one the server is this machine's alone and asks for none
    @param home the clone of Microcosm, with its node_modules; else MICROCOSM_HOME, or one that is found above this package or
        the working directory
    @raises NotFound where there is no clone or no Node; ConnectionLost where the server ended, with what it said
    """
    root = find_home(home)
    made = root / ".microcosm" / "catalog.db"
    chosen = ["--catalog", str(Path(catalog).resolve())] if catalog is not None else ["--catalog", str(made)]
    if catalog is None and not made.exists():
        chosen = ["--library"]
    if catalog is not None and not Path(catalog).exists():
        raise NotFound(f"There is no catalogue at {catalog}.")
    # Those of the clone are for the server that is its own: a name where nothing is.
    guarded = ["--keys", str(Path(keys).resolve() if keys is not None else root / ".microcosm" / "keys of nobody.json")]
    command = [
        find_node(root),
        str(root / "clients" / "cli" / "main.ts"),
        "serve",
        "--port",
        str(port),
        *chosen,
        *guarded,
        *(["--workers", str(workers)] if workers is not None else []),
        *(["--state", str(Path(state).resolve())] if state is not None else []),
    ]
    log = tempfile.TemporaryFile()  # noqa: SIM115 - the server's to close
    process = subprocess.Popen(
        command + (["--evaluation"] if evaluation else []),
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C in a notebook is not the server's
    )
    try:
        server = Server(_wait(process, log, command, timeout), process, log)
    except BaseException:
        _end(process)
        log.close()
        raise
    return server


def find_home(given: str | os.PathLike[str] | None = None) -> Path:
    """The clone to serve from."""
    named = given or os.environ.get("MICROCOSM_HOME")
    if named:
        root = Path(named).expanduser().resolve()
        if _is_home(root):
            return root
        raise NotFound(f"{root} is no clone of Microcosm: there is no clients/cli/main.ts in it.")
    for start in (Path(__file__).resolve(), Path.cwd()):
        for folder in (start, *start.parents):
            if _is_home(folder):
                return folder
    raise NotFound("There is no clone of Microcosm here: set MICROCOSM_HOME to its folder, or pass home.")


def find_node(root: Path) -> str:
    """The clone's own, or the machine's where it is new enough."""
    if not (root / "node_modules").is_dir():
        raise NotFound(f"{root} has no node_modules: run `npm ci` there once.")
    found: list[str] = []
    for node in (str(root / "node_modules" / ".bin" / "node"), shutil.which("node")):
        version = None if node is None else _version(node)
        if node is None or version is None:
            continue
        if version >= node_least:
            return node
        found.append(f"{node} is {version}")
    told = f" ({', '.join(found)})" if found else ""
    raise NotFound(f"There is no Node of version {node_least} or newer{told}: install one, or run `npm ci` in {root}.")


def _is_home(folder: Path) -> bool:
    return (folder / "clients" / "cli" / "main.ts").is_file() and (folder / "package.json").is_file()


def _version(node: str) -> int | None:
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found: Sequence[str] = re.findall(r"\d+", told)
    return int(found[0]) if found else None


def _wait(process: subprocess.Popen[bytes], log: IO[bytes], command: Sequence[str], timeout: float) -> str:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        log.seek(0)
        said = log.read().decode(errors="replace")
        if process.poll() is not None:
            raise ConnectionLost(f"The server ended with {process.returncode}: {said.strip()[-2000:]}")
        listening = _where.search(said)
        if listening is not None:
            url = listening.group(1)
            with contextlib.suppress(MicrocosmError):
                if ask_http(address_of(url, None), "GET", "/health", timeout=5)["status"] == "healthy":
                    return url
        time.sleep(0.05)
    raise ConnectionLost(f"The server was not well within {timeout:g} s: {' '.join(command)}")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
