"""Where a payer's browser goes after paying: to a site of ours or of a program that is known, never anywhere else."""

from __future__ import annotations

from matinee.web.shared.origins import origin_of
from matinee.web.shared.services import services
from matinee.web.v1.errors import InvalidValues


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
