"""Writes on condition: If-Match names the version that the caller has seen."""

from __future__ import annotations

from flask import request
from pydantic import BaseModel

from matinee.web.shared.prepared import GZIP_SUFFIX, etag_of
from matinee.web.v1.answers import serialised
from matinee.web.v1.errors import ChangedMeanwhile


def require_unchanged(current: BaseModel) -> None:
    """Raise ChangedMeanwhile unless If-Match names `current`, is `*`, or is left out.

    Call it in the transaction that writes, after the row was locked; `current` is what GET would answer.
    """
    if "If-Match" not in request.headers:
        return
    etag = etag_of(serialised(current))
    # Strong comparison (RFC 9110, 13.1.1): a weak tag matches nothing. The version may have been seen in gzip.
    if not (request.if_match.contains(etag) or request.if_match.contains(etag + GZIP_SUFFIX)):
        raise ChangedMeanwhile
