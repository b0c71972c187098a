"""GET /backoffice/at/<cinema>/promo-codes: codes that make orders cheaper, and how often each is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import PromoCode
from matinee.boxoffice.promo_code_book import uses_by_promo_code
from matinee.boxoffice.promo_codes import normal_promo_code
from matinee.kernel import clock
from matinee.kernel.money import Money
from matinee.languages.formats import moment_text, money_text
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, ordered, show_listing
from matinee.web.backoffice.programme.here import cinema_here
from matinee.web.shared.languages import _, page_language


@dataclass(frozen=True, slots=True)
class _Row:
    promo: PromoCode
    uses: int
    currency: str


@staff_page("/at/<cinema>/promo-codes", power="plan")
def promo_codes(cinema: str) -> ResponseReturnValue:
    """The promo codes, the newest first."""
    now = clock.now()
    columns: list[Column[_Row]] = [
        Column("code", _("Code"), lambda row: row.promo.code, _code, sorts=True),
        Column("off", _("Takes off"), lambda row: off_words(row.promo, row.currency), at_end=True),
        Column("uses", _("Used"), lambda row: row.uses, at_end=True),
        Column("uses_max", _("At most"), lambda row: row.promo.uses_max, _uses_max, at_end=True),
        Column("until", _("Until"), lambda row: row.promo.valid_until, _until, sorts=True),
        Column("state", _("State"), lambda row: promo_state(row.promo, now=now)),
        Column("made", _("Entered"), lambda row: row.promo.created_at, _made, sorts=True),
    ]
    return show_listing(
        Listing(
            name="promo-codes",
            title=_("Promo codes"),
            columns=columns,
            filters=(
                Filter("code", _("Code")),
                Filter(
                    "active",
                    _("State"),
                    kind="choice",
                    options=(("1", _("In use")), ("0", _("Ended"))),
                ),
            ),
            source=lambda session, wanted: _rows(session, wanted, now),
            sort="-made",
            nothing=_("No promo code fits."),
        ),
        template="backoffice/programme/promo_codes.html",
    )


def off_words(promo: PromoCode, currency: str) -> str:
    """How much the code takes off an order."""
    if promo.kind == "percentage":
        return f"{promo.value} %"
    return money_text(Money(promo.value, currency), page_language())


def promo_state(promo: PromoCode, *, now: datetime) -> str:
    """Whether the code can be used now."""
    if not promo.active:
        return _("Ended")
    if promo.valid_until is not None and promo.valid_until <= now:
        return _("Over")
    return _("Not yet") if promo.valid_from is not None and promo.valid_from > now else _("In use")


def _rows(session: Session, wanted: Wanted, now: datetime) -> Sequence[_Row]:
    currency = cinema_here(session).currency
    found = select(PromoCode).where(PromoCode.cinema_id == this_house().id)
    if "code" in wanted.filters:
        part = normal_promo_code(wanted.filters["code"])
        found = found.where(PromoCode.code.contains(part, autoescape=True))
    if "active" in wanted.filters:
        found = found.where(PromoCode.active.is_(wanted.filters["active"] == "1"))
    by = {"code": PromoCode.code, "until": PromoCode.valid_until, "made": PromoCode.created_at}
    promos = session.scalars(ordered(found, wanted, by, last=PromoCode.id)).all()
    uses = uses_by_promo_code(session, promos=promos, now=now)
    return [_Row(promo, uses[promo.id], currency) for promo in promos]


def _code(row: _Row) -> Markup:
    address = here("promo_code_page", promo_id=row.promo.id)
    return Markup('<a href="{}">{}</a>').format(address, row.promo.code)


def _uses_max(row: _Row) -> str:
    return str(row.promo.uses_max) if row.promo.uses_max is not None else _("any number")


def _until(row: _Row) -> str:
    return _moment(row.promo.valid_until) if row.promo.valid_until is not None else _("without an end")


def _made(row: _Row) -> str:
    return _moment(row.promo.created_at)


def _moment(moment: datetime) -> str:
    return moment_text(moment, this_house().timezone, page_language())
