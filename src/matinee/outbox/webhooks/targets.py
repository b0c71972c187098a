"""Where an endpoint is: its URL, taken apart once and in one way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self
from urllib.parse import SplitResult, urlsplit

from matinee.outbox.webhooks.addresses import is_public

URL_CHARACTERS_MAX = 2000
_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(
    r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_PATH = re.compile(r"[!-~]*")


@dataclass(frozen=True, slots=True)
class Target:
    """Host in ASCII, without brackets; path with the query."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def parsed(cls, url: str, *, private_allowed: bool) -> Self:
        """Read `https://host:port/path?query`, or `http://` where private addresses are allowed.

        No name is looked up. Raises ValueError with the reason.
        """
        if len(url) > URL_CHARACTERS_MAX:
            raise ValueError(f"has more than {URL_CHARACTERS_MAX} characters")
        # urlsplit takes some of them out in silence.
        if not url.isprintable() or any(character in url for character in " \\"):
            raise ValueError("has a character that no address may have")
        parts, port = _split(url)
        if parts.scheme not in _PORTS or (parts.scheme == "http" and not private_allowed):
            raise ValueError("must begin with https://")
        if "@" in parts.netloc:
            raise ValueError("must not have a user name or a password in it")
        if "#" in url:
            raise ValueError("must not have a part after #")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if not _PATH.fullmatch(path):
            raise ValueError("must be percent-encoded where it has letters beyond ASCII")
        target = cls(parts.scheme, _host(parts.hostname or ""), port or _PORTS[parts.scheme], path)
        if not private_allowed and target._is_plainly_private():
            raise ValueError("leads to a private address")
        return target

    @property
    def url(self) -> str:
        """The whole, in one spelling."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def is_secure(self) -> bool:
        """Whether TLS is spoken."""
        return self.scheme == "https"

    def _is_plainly_private(self) -> bool:
        # A courtesy to who types it. What counts is the look at the address when something is sent.
        try:
            return not is_public(self.host)
        except ValueError:
            return self.host == "localhost" or self.host.endswith(".localhost")


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("has a host or a port that is none")
    return parts, port


def _host(name: str) -> str:
    try:
        address = ip_address(name)
    except ValueError:
        pass
    else:
        if "%" in name:
            raise ValueError("must not name a network interface")
        return str(address)
    try:
        host = name.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host):
        raise ValueError("has no host name that can be looked up")
    return host
