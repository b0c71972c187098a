"""The browser of the tests: a Chromium of the machine, or none."""

from __future__ import annotations

import os
import shutil

# Set where a missing browser must not pass unnoticed.
REQUIRED = "MATINEE_TEST_BROWSER_REQUIRED"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# Background networking off: it would ask other hosts by itself. No sandbox: as root there is none.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Where Chromium is."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def browser_is_required() -> bool:
    """Whether the tests must fail where there is no browser."""
    return bool(os.environ.get(REQUIRED))
