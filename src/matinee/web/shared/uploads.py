"""The paths that take a body which may be larger than that of any other request: a picture, the plan of a hall."""

from __future__ import annotations

import re

from matinee.programme.pictures import UPLOAD_BYTES_MAX

_PATHS = {
    "PUT": re.compile(r"/api/v1/(?:films/[0-9]+/poster|cinemas/[^/]+/logo)"),
    # Beside the picture, the other parts of a form.
    "POST": re.compile(r"/backoffice/(?:films/[0-9]+/poster|at/[^/]+/settings/logo)"),
}
FORM_BYTES = 64 * 1024
# The largest hall, seat by seat.
PLAN_BYTES_MAX = 2 * 1024 * 1024
_PLANS = re.compile(r"/backoffice/at/[^/]+/halls/[0-9]+/plan")


def body_bytes_max(method: str, path: str, *, usual: int) -> int:
    """How many bytes the body of such a request may have; `usual`: that of others."""
    if method == "POST" and _PLANS.fullmatch(path):
        return PLAN_BYTES_MAX
    paths = _PATHS.get(method)
    if paths is None or not paths.fullmatch(path):
        return usual
    return UPLOAD_BYTES_MAX + (FORM_BYTES if method == "POST" else 0)
