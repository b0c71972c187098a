"""Bringing what a file says into the database: films, prices, halls, screenings. All in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from matinee.db.version import announce_change
from matinee.programme.cinemas import cinema_to_fill
from matinee.programme.films import store_films
from matinee.programme.price_choice import choose_price_lists_anew
from matinee.programme.prices import store_prices
from matinee.programme.schedule import Schedule
from matinee.programme.screening_import import store_screenings

# Told how many screenings of how many are stored. May begin again from 0: a transaction may be run twice.
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class ImportReport:
    """What an import found and did, as numbers of things."""

    cinema_name: str
    cinema_new: bool
    films_new: int = 0
    films_changed: int = 0
    halls_new: int = 0
    seats_new: int = 0
    prices_changed: int = 0
    screenings_new: int = 0
    screenings_changed: int = 0
    screenings_same: int = 0
    # Named by the file, and left alone since they were cancelled.
    screenings_cancelled: int = 0
    # To come, and with another price list since the lists changed.
    screenings_repriced: int = 0
    ignored_keys: Counter[str] = field(default_factory=Counter)

    @property
    def changed_anything(self) -> bool:
        """Whether the database differs from what it was."""
        return self.cinema_new or any(
            (self.films_new, self.films_changed, self.halls_new, self.seats_new, self.prices_changed,
             self.screenings_new, self.screenings_changed)
        )  # fmt: skip


def import_programme(
    session: Session,
    *,
    files: Sequence[Schedule],
    cinema_slug: str | None,
    timezone: str,
    currency: str,
    now: datetime,
    starting: date | None = None,
    on_progress: Progress | None = None,
) -> ImportReport:
    """Store everything that the files say, or nothing. A second time changes nothing.

    The cinema is made, with `timezone` and `currency`, if it is not there (None: the default one). `starting` moves the
    first day of each file to that date. Screenings that the files do not name stay as they are; only where prices changed,
    those to come after `now` whose list goes by the time get the one that is valid then.
    Raises FaultyFile, InvalidCinema, NoPriceListThen and AmbiguousPriceList.
    """
    cinema, made = cinema_to_fill(session, slug=cinema_slug, timezone=timezone, currency=currency)
    report = ImportReport(cinema.name, made)
    total = sum(len(file.screenings) for file in files)
    done = 0
    for file in files:
        moved = file if starting is None else file.starting(starting)
        report.ignored_keys.update(moved.ignored_keys)
        titles = {planned.title for planned in moved.screenings}
        films = store_films(session, moved.films, titles=titles)
        report.films_new += films.new
        report.films_changed += films.changed
        report.prices_changed += store_prices(session, cinema=cinema, prices=moved.prices)
        if moved.screenings:
            base = done

            def tell(stored: int, base: int = base) -> None:
                if on_progress is not None:
                    on_progress(base + stored, total)

            counts = store_screenings(session, cinema=cinema, schedule=moved, films=films, on_stored=tell)
            report.halls_new += counts.halls_new
            report.seats_new += counts.seats_new
            report.screenings_new += counts.new
            report.screenings_changed += counts.changed
            report.screenings_same += counts.same
            report.screenings_cancelled += counts.cancelled
        done += len(moved.screenings)
    if report.prices_changed:
        report.screenings_repriced = choose_price_lists_anew(session, cinema_id=cinema.id, now=now)
    if report.changed_anything:
        announce_change(session)
    return report
