"""The WSGI entry point: `matinee.wsgi:application`, for granian and for any other server or host."""

from __future__ import annotations

from matinee.app import create_app
from matinee.settings import read_settings

application = create_app(read_settings())
