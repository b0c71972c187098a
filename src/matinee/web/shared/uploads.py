"""The paths that take a picture as their body, which may be larger than that of any other request."""

from __future__ import annotations

import re

from matinee.programme.pictures import UPLOAD_BYTES_MAX

_PATHS = re.compile(r"/api/v1/(?:films/[0-9]+/poster|cinemas/[^/]+/logo)")


def body_bytes_max(method: str, path: str, *, usual: int) -> int:
    """How many bytes the body of such a request may have; `usual`: that of others."""
    return UPLOAD_BYTES_MAX if method == "PUT" and _PATHS.fullmatch(path) else usual
