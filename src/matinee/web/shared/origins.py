"""Origins of web addresses: scheme, host and port."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# Printable, and no backslash, which browsers read as a slash.
_PLAIN = re.compile(r"[!-\[\]-~]+", re.ASCII)
_PORTS = {"http": 80, "https": 443}
Origin = tuple[str, str, int]


def origin_of(url: str) -> Origin | None:
    """Scheme, host and port; None for what is no plain http address, or has a user in it."""
    if _PLAIN.fullmatch(url) is None:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


def written_origin(url: str) -> str | None:
    """The origin of an address as headers write it: "https://example.org:8443"; None where it has none."""
    origin = origin_of(url)
    if origin is None:
        return None
    scheme, host, port = origin
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}" if _PORTS[scheme] == port else f"{scheme}://{name}:{port}"
