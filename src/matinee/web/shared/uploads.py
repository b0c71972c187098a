"""The paths that take a body which may be larger than that of any other request: a picture, the plan of a hall."""

from __future__ import annotations

import re

from matinee.programme.pictures import UPLOAD_BYTES_MAX

_PATHS = {
    "PUT": re.compile(r"/api/v1/(?:films/[0-9]+/poster|cinemas/[^/]+/logo)"),
    # Beside the picture, the other parts of a form.
