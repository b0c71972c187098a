"""What the things are called by which figures are grouped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.accounts.models import User
from matinee.kernel.natural import natural_key
from matinee.programme.models import Film, Hall, Screening, TicketType
from matinee.programme.queries import in_portions


@dataclass(frozen=True, slots=True)
class Names:
    """What keys of one kind are called; a key that is not in it is its own name."""

    known: Mapping[Any, tuple[Any, ...]] = field(default_factory=dict)

    def of(self, key: Any) -> tuple[Any, ...]:
        """What it is called: one value, or of a screening several."""
        return self.known.get(key, (key,))

    @staticmethod
    def place(name: tuple[Any, ...]) -> tuple[Any, ...]:
        """Where it stands among others of its kind: days in their order, names as people sort them, what has none last."""
        return tuple(
            (value is None, value.isoformat() if isinstance(value, date) else natural_key(str(value or "")))
            for value in name
        )


def names_of(session: Session, kind: str, keys: Collection[Any]) -> Names:
    """The names of these keys. A clerk whose account is gone is called by its number."""
    read = _READERS.get(kind)
    ids = [key for key in keys if key is not None]
    if read is None:
        return Names()
    found: dict[Any, tuple[Any, ...]] = {}
    for portion in in_portions(ids):
        found.update(read(session, portion))
    missing = {key: (f"#{key}",) for key in ids if key not in found}
    return Names({**found, **missing})


def _films(session: Session, ids: Collection[int]) -> dict[int, tuple[Any, ...]]:
    return {
        one: (title,) for one, title in session.execute(select(Film.id, Film.title).where(Film.id.in_(ids)))
    }


def _halls(session: Session, ids: Collection[int]) -> dict[int, tuple[Any, ...]]:
    return {one: (name,) for one, name in session.execute(select(Hall.id, Hall.name).where(Hall.id.in_(ids)))}


def _types(session: Session, ids: Collection[int]) -> dict[int, tuple[Any, ...]]:
    rows = session.execute(select(TicketType.id, TicketType.name).where(TicketType.id.in_(ids)))
    return {one: (name,) for one, name in rows}


def _clerks(session: Session, ids: Collection[int]) -> dict[int, tuple[Any, ...]]:
    rows = session.execute(select(User.id, User.username).where(User.id.in_(ids)))
    return {one: (name,) for one, name in rows}


def _screenings(session: Session, ids: Collection[int]) -> dict[int, tuple[Any, ...]]:
    wanted = (
        select(Screening)
        .where(Screening.id.in_(ids))
        .options(joinedload(Screening.film), joinedload(Screening.hall))
    )
    return {one.id: (one.day, one.time, one.film.title, one.hall.name) for one in session.scalars(wanted)}


_READERS: dict[str, Callable[[Session, Collection[int]], dict[int, tuple[Any, ...]]]] = {
    "film": _films,
    "hall": _halls,
    "type": _types,
    "clerk": _clerks,
    "screening": _screenings,
}
