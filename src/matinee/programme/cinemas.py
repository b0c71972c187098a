"""Cinemas: making one, changing what is known about it."""

from __future__ import annotations

import re
import unicodedata
from typing import Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.db.constraints import translating
from matinee.db.version import announce_change
from matinee.kernel.money import is_currency_code
from matinee.kernel.texts import normal_form
from matinee.kernel.zones import is_time_zone
from matinee.programme.cinema_look import CinemaDetails, set_details
from matinee.programme.errors import CinemaExists, InvalidCinema
from matinee.programme.models import Cinema, PriceList, Screening

DEFAULT_SLUG = "cinema"


def create_cinema(
    session: Session,
    *,
    slug: str,
    name: str,
    timezone: str,
    currency: str,
    address: str = "",
    **details: Unpack[CinemaDetails],
) -> Cinema:
    """Store a cinema; details that are not given are the usual ones. Raises InvalidCinema and CinemaExists."""
    _check_slug(slug)
    cinema = Cinema(
        slug=slug,
        name=_named(name),
        address=address.strip(),
        timezone=_known_zone(timezone),
        currency=_known_currency(currency),
    )
    set_details(cinema, details)
    session.add(cinema)
    with translating({"uq_cinema_slug": CinemaExists}):
        session.flush()
    announce_change(session)
    return cinema


def cinema_to_fill(
    session: Session, *, slug: str | None, timezone: str, currency: str
) -> tuple[Cinema, bool]:
    """The cinema named (None: the default one), locked against other planners, and whether it had to be made."""
    wanted = select(Cinema).order_by(Cinema.id).limit(1)
    if slug is not None:
        wanted = wanted.where(Cinema.slug == slug)
    # Keys only: buyers, whose rows refer to the cinema's, do not wait for planners.
    found = session.scalars(wanted.with_for_update(key_share=True)).one_or_none()
    if found is not None:
        return found, False
    slug = slug or DEFAULT_SLUG
    name = " ".join(part.capitalize() for part in slug.split("-"))
    return create_cinema(session, slug=slug, name=name, timezone=timezone, currency=currency), True


def change_cinema(
    session: Session,
    *,
    cinema: Cinema,
    name: str | None = None,
    address: str | None = None,
    timezone: str | None = None,
    currency: str | None = None,
    **details: Unpack[CinemaDetails],
) -> None:
    """Change what is given; None leaves as it is. Raises InvalidCinema.

    The time zone stays once there are screenings (the times on their tickets would be wrong), the currency once there
    are price lists or a booking fee (7.50 would silently mean other money).
    """
    set_details(cinema, details)
    if timezone is not None and timezone != cinema.timezone:
        if session.scalar(select(Screening.id).where(Screening.cinema_id == cinema.id).limit(1)) is not None:
            raise InvalidCinema("The time zone cannot change any more: the cinema has screenings.")
        cinema.timezone = _known_zone(timezone)
    if currency is not None and currency != cinema.currency:
        if session.scalar(select(PriceList.id).where(PriceList.cinema_id == cinema.id).limit(1)) is not None:
            raise InvalidCinema("The currency cannot change any more: the cinema has price lists.")
        if cinema.booking_fee_amount and "booking_fee_amount" not in details:
            raise InvalidCinema("The currency cannot change without the booking fee: say both.")
        cinema.currency = _known_currency(currency)
    if name is not None:
        cinema.name = _named(name)
    if address is not None:
        cinema.address = address.strip()
    session.flush()
    announce_change(session)


def _check_slug(slug: str) -> None:
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug) or len(slug) > 60:
        raise InvalidCinema(
            f"{slug[:60]!r} cannot name a cinema: lower-case letters, digits and single hyphens, at most 60 characters."
        )


def _named(name: str) -> str:
    try:
        plain = normal_form(name).strip()
    except ValueError:
        plain = ""
    if not plain or len(plain) > 200 or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in plain):
        raise InvalidCinema("The name of a cinema has 1 to 200 characters on one line.")
    return plain


def _known_zone(timezone: str) -> str:
    if not is_time_zone(timezone):
        raise InvalidCinema(f"{timezone[:60]!r} is not a time zone such as Europe/Kyiv.")
    return timezone


def _known_currency(currency: str) -> str:
    if not is_currency_code(currency):
        raise InvalidCinema(f"{currency[:10]!r} is not an ISO 4217 currency such as EUR.")
    return currency
