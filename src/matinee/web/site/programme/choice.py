"""What a visitor wants to see of the programme, as it stands in the address of the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from werkzeug.datastructures import MultiDict

# "language" is that of the page already.
FILTERS = ("format", "spoken", "certificate", "access")
VIEWS = ("film", "time")
CHARACTERS_MAX = 60


class Filterable(Protocol):
    """A screening, or a kind of screening."""

    @property
    def format(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def certificate(self) -> str: ...
    @property
    def access(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted; empty texts do not narrow. `day` None: the first on which there is something."""

    day: date | None = None
    view: str = VIEWS[0]
    format: str = ""
    spoken: str = ""
    certificate: str = ""
    access: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether a filter is set."""
        return any(getattr(self, name) for name in FILTERS)

    def fits(self, one: Filterable) -> bool:
        """Whether the filters let this one through."""
        return (
            self.format in ("", one.format)
            and self.spoken in ("", one.language)
            and self.certificate in ("", one.certificate)
            and (not self.access or self.access in one.access)
        )

    def on(self, day: date | None) -> Choice:
        """The same for another day."""
        return replace(self, day=day)

    def seen(self, view: str) -> Choice:
        """The same in another view."""
        return replace(self, view=view)

    def wide(self) -> Choice:
        """The same without filters."""
        return Choice(self.day, self.view)

    @property
    def query(self) -> dict[str, str]:
        """For the address: what differs from what is shown anyway."""
        values = {
            "day": self.day.isoformat() if self.day else "",
            "view": self.view if self.view != VIEWS[0] else "",
            **{name: getattr(self, name) for name in FILTERS},
        }
        return {name: value for name, value in values.items() if value}


def read_choice(args: MultiDict[str, str]) -> Choice:
    """What the query string asks for; what is not understood there is not asked for."""
    view = args.get("view", "")
    return Choice(
        day=_day(args.get("day", "")),
        view=view if view in VIEWS else VIEWS[0],
        **{name: args.get(name, "")[:CHARACTERS_MAX] for name in FILTERS},
    )


def options(kinds: Iterable[Filterable], choice: Choice) -> dict[str, list[str]]:
    """For each filter the values to choose from: only filters that would tell some screenings from others.

    A value that is chosen is always among them, so that it can be seen, and taken back.
    """
    found: dict[str, set[str]] = {name: set() for name in FILTERS}
    everything = list(kinds)
    for kind in everything:
        found["format"].add(kind.format)
        found["spoken"].add(kind.language)
        found["certificate"].add(kind.certificate)
        found["access"] |= kind.access
    offered = {}
    for name, values in found.items():
        # What some have and others do not is worth a filter, too.
        tells_apart = (
            len(values) > 1 if name != "access" else any(not values <= kind.access for kind in everything)
        )
        chosen = getattr(choice, name)
        if (tells_apart and values - {""}) or chosen:
            offered[name] = sorted((values | {chosen}) - {""}, key=_by_number)
    return offered


def _by_number(value: str) -> tuple[int, str]:
    """Certificates by age, words after them by letter."""
    return (int(value), "") if value.isdecimal() else (1000, value.casefold())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
