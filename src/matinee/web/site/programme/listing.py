"""Screenings put together as a page shows them: by film, and there by the manner in which they are shown."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from matinee.boxoffice.showings import Showing, ShownFilm

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Manner:
    """How screenings are shown. What they offer to people who hear, see or sit differently is each one's own."""

    format: str
    language: str
    subtitles: str


@dataclass(slots=True)
class Times:
    """The screenings of one film that are shown in one manner, by time."""

    manner: Manner
    showings: list[Showing] = field(default_factory=list)


@dataclass(slots=True)
class FilmTimes:
    """A film with its screenings."""

    film: ShownFilm
    times: list[Times]


def by_film(showings: Iterable[Showing]) -> list[FilmTimes]:
    """Films in the order of their first screening."""
    return [
        FilmTimes(of_film[0].film, by_manner(of_film))
        for of_film in grouped(showings, lambda showing: showing.film.id).values()
    ]


def by_manner(showings: Iterable[Showing]) -> list[Times]:
    """The most usual manner first: the one that is shown first."""
    return [Times(manner, alike) for manner, alike in grouped(showings, manner_of).items()]


def manner_of(showing: Showing) -> Manner:
    """How a screening is shown."""
    return Manner(showing.format, showing.language, showing.subtitles)


def grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    """The items that share a key, both in the order in which they come."""
    found: dict[Key, list[Item]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found
