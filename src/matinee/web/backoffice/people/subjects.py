"""The page of what an audit row is about, where there is one."""

from __future__ import annotations

from flask import current_app
from werkzeug.routing import BuildError, Rule

from matinee.accounts.models import AuditEntry
from matinee.web.backoffice.blueprint import NAME, here
from matinee.web.shared.house import every_house

# The first word of a subject -> endpoints that may show it, the best one first. Those that do not exist are passed by.
PAGES: dict[str, tuple[str, ...]] = {
    "user": ("person",),
    "cinema": ("cinema_settings",),
    "invitation": ("people",),
}


def subject_url(entry: AuditEntry) -> str | None:
    """The address of the page about the entry's subject ("hall:7"); None where there is none."""
    kind, _colon, key = entry.subject.partition(":")
    if not key:
        return None
    slug = next((house.slug for house in every_house() if house.id == entry.cinema_id), None)
    for endpoint in (*PAGES.get(kind, ()), kind, f"{kind}_page", f"show_{kind}", f"edit_{kind}"):
        address = _address(endpoint, kind, key, slug)
        if address is not None:
            return address
    return None


def _address(endpoint: str, kind: str, key: str, slug: str | None) -> str | None:
    for rule in _rules(endpoint):
        if "GET" not in (rule.methods or ()):
            continue
        values: dict[str, object] = {}
        if "cinema" in rule.arguments:
            where = key if kind == "cinema" else slug
            if where is None:
                continue
            values["cinema"] = where
        others = set(rule.arguments) - {"cinema"}
        if len(others) > 1:
            continue
        values |= {name: int(key) if key.isdecimal() else key for name in others}
        try:
            return here(endpoint, **values)
        except (BuildError, ValueError):
            continue
    return None


def _rules(endpoint: str) -> list[Rule]:
    name = f"{NAME}.{endpoint}"
    return list(current_app.url_map.iter_rules(name)) if name in current_app.view_functions else []
