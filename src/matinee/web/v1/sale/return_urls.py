"""Where a payer's browser goes after paying: to a site of ours or of a program that is known, never anywhere else."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from matinee.web.shared.services import services
from matinee.web.v1.errors import InvalidValues

# Printable, and no backslash, which browsers read as a slash.
_PLAIN = re.compile(r"[!-\[\]-~]+", re.ASCII)
_PORTS = {"http": 80, "https": 443}
Origin = tuple[str, str, int]


def return_url(url: str | None, *, field: str) -> str:
    """The address that was asked for, or the start page. Raises InvalidValues for one on an origin that is not known."""
    service = services()
    if url is None:
        return f"{service.base_url}/"
    known = {origin_of(origin) for origin in (service.base_url, *service.cors_origins)}
    origin = origin_of(url)
    if origin is None or origin not in known:
        raise InvalidValues([{"field": field, "message": "is not on this site or a site that is known here"}])
    return url


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
