"""Where a server is, and what is shown to it there."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from .codes import Usage


@dataclass(frozen=True)
class Address:
    """`http` and `socket` are without a slash at the end."""

    http: str
    socket: str
    key: str | None
    loopback: bool

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.key is None else {"Authorization": f"Bearer {self.key}"}


def address_of(url: str, key: str | None) -> Address:
    """@param url such as `http://127.0.0.1:8000`; ws, wss, https, and `KEY:x@` before the host are understood as well."""
    whole = url if "://" in url else f"http://{url}"
    parts = urlsplit(whole)
    secure = {"http": False, "ws": False, "https": True, "wss": True}.get(parts.scheme)
    try:
        port = parts.port
    except ValueError as error:
        raise Usage(f"{url!r} has no port that could be: {error}.") from error
    if secure is None or not parts.hostname:
        raise Usage(f"{url!r} is no address of a server: say one such as http://127.0.0.1:8000.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = f"{host}{'' if port is None else f':{port}'}{parts.path.rstrip('/')}"
    tail = "s" if secure else ""
    return Address(
        http=f"http{tail}://{place}",
        socket=f"ws{tail}://{place}",
        key=key or (unquote(parts.username) if parts.username else None),
        loopback=parts.hostname in ("localhost", "::1") or parts.hostname.startswith("127."),
    )
