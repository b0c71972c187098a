"""Whose request this is, as far as the network can tell."""

from __future__ import annotations

from flask import request


def caller_address() -> str:
    """The address of the caller; behind proxies that are trusted by the settings, the one that they name."""
    return request.remote_addr or "unknown"
