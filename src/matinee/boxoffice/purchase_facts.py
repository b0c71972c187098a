"""What decides about a purchase by name: who buys, with which session, and which screenings are meant."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from matinee.accounts.errors import EmailNotConfirmed, SessionNotValid, UserNotFound
from matinee.boxoffice.errors import (
    FilmNotOnThatDay,
    NoScreeningAtThatTime,
    NothingOnThatDay,
    SoldOnWebsiteOnly,
)
from matinee.kernel.codes import hash_secret
from matinee.kernel.natural import natural_key
from matinee.programme.errors import CinemaNotFound

DEFAULT_CINEMA = "cinema.id = (SELECT MIN(id) FROM cinema)"
# Everything that decides who buys and what: the buyer, the session, the screenings of that title on that day.
# One row where the title is not shown, one for each screening where it is; no row where there is no such user.
FACTS = """
SELECT users.id AS user_id, users.username, users.language, users.email_confirmed_at, user_session.token_hash,
    user_session.expires_at AS session_expires_at, cinema.id AS cinema_id, cinema.currency, cinema.sells_priced_unpaid,
    EXISTS (SELECT 1 FROM screening AS any_screening
        WHERE any_screening.cinema_id = cinema.id AND any_screening.day = :day
            AND any_screening.cancelled_at IS NULL AND NOT any_screening.draft) AS day_is_shown,
    shown.id AS screening_id, shown.time, shown.starts_at, shown.sales_end_at, shown.price_list_id, shown.hall_name
FROM users
LEFT JOIN cinema ON {cinema_is_meant}
LEFT JOIN user_session ON user_session.token_hash = :token_hash AND user_session.user_id = users.id
LEFT JOIN (
    SELECT screening.*, hall.name AS hall_name FROM screening
    JOIN hall ON hall.id = screening.hall_id
    JOIN film ON film.id = screening.film_id
    WHERE film.title = :title AND screening.day = :day AND screening.cancelled_at IS NULL AND NOT screening.draft
    ) AS shown ON shown.cinema_id = cinema.id
WHERE users.username = :username
"""

FACTS_OF_DEFAULT_CINEMA = FACTS.format(cinema_is_meant=DEFAULT_CINEMA)
FACTS_OF_NAMED_CINEMA = FACTS.format(cinema_is_meant="cinema.slug = :cinema")


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a buyer asks for. `day` is None for what is no date; `time` is the wall clock's HH:MM; `cinema` a slug."""

    username: str
    token: str
    cinema: str | None
    day: date | None
    title: str
    time: str
    labels: Sequence[str]


class Sold(NamedTuple):
    """One seat that was sold."""

    label: str
    ticket_id: str


class Facts(NamedTuple):
    """A row of `FACTS`."""

    user_id: int
    username: str
    language: str
    email_confirmed_at: datetime | None
    token_hash: str | None
    session_expires_at: datetime | None
    cinema_id: int | None
    currency: str
    sells_priced_unpaid: bool
    day_is_shown: bool
    screening_id: int | None
    time: str
    starts_at: datetime
    sales_end_at: datetime | None
    price_list_id: int | None
    hall_name: str


def facts_statement(purchase: Purchase) -> tuple[str, dict[str, Any]]:
    """The statement that gives the facts, and its values."""
    values = {
        "username": purchase.username,
        "token_hash": hash_secret(purchase.token),
        "day": purchase.day,
        "title": purchase.title,
    }
    if purchase.cinema is None:
        return FACTS_OF_DEFAULT_CINEMA, values
    return FACTS_OF_NAMED_CINEMA, {**values, "cinema": purchase.cinema}


def screenings_on_sale(facts: Iterable[Facts], purchase: Purchase, now: datetime) -> list[Facts]:
    """The screenings that are meant and on sale, by hall. The order of the checks is the contract's.

    Raises UserNotFound, SessionNotValid, EmailNotConfirmed, CinemaNotFound, NothingOnThatDay, FilmNotOnThatDay,
    NoScreeningAtThatTime, SoldOnWebsiteOnly.
    """
    rows = list(facts)
    if not rows:
        raise UserNotFound
    first = rows[0]
    if (
        first.token_hash is None
        or not hmac.compare_digest(first.token_hash, hash_secret(purchase.token))
        or first.session_expires_at is None
        or first.session_expires_at <= now
    ):
        raise SessionNotValid
    if first.email_confirmed_at is None:
        raise EmailNotConfirmed
    if first.cinema_id is None and purchase.cinema:
        raise CinemaNotFound
    if not first.day_is_shown:
        raise NothingOnThatDay
    if first.screening_id is None:
        raise FilmNotOnThatDay
    on_sale = [
        row
        for row in rows
        if row.time == purchase.time
        and row.starts_at > now
        and (row.sales_end_at is None or row.sales_end_at > now)
    ]
    if not on_sale:
        raise NoScreeningAtThatTime
    sold_here = [row for row in on_sale if row.price_list_id is None or row.sells_priced_unpaid]
    if not sold_here:
        raise SoldOnWebsiteOnly
    return sorted(sold_here, key=lambda row: natural_key(row.hall_name))
