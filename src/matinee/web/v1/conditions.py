"""Writes on condition: If-Match names the version that the caller has seen."""

from __future__ import annotations

from flask import request
from pydantic import BaseModel

from matinee.web.v1.answers import etag_of, serialised
from matinee.web.v1.errors import ChangedMeanwhile


def require_unchanged(current: BaseModel) -> None:
    """Raise ChangedMeanwhile unless If-Match names `current`, is `*`, or is left out.

    Call it in the transaction that writes, after the row was locked; `current` is what GET would answer.
    """
    wanted = request.if_match
    # Strong comparison (RFC 9110, 13.1.1): a weak tag matches nothing.
    if request.headers.get("If-Match") is not None and not wanted.contains(etag_of(serialised(current))):
        raise ChangedMeanwhile
