"""GET /backoffice/at/<cinema>/vouchers: gift vouchers, sold at the till, and taken out of use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Voucher
from matinee.boxoffice.till_entries import Tender
from matinee.boxoffice.voucher_sales import sell_voucher
from matinee.boxoffice.vouchers import create_voucher, set_voucher_active
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.kernel.money import Money
from matinee.languages.formats import money_text
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change
from matinee.web.backoffice.counter.amounts import parse_amount
from matinee.web.backoffice.counter.cells import button_cell
from matinee.web.backoffice.counter.clerks import cinema_here, lead_to_till, my_till, typed
from matinee.web.backoffice.csv_file import money_value
from matinee.web.backoffice.days import beginning_of, day_of
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, ordered, show_listing
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.shared.languages import _, page_language


@staff_page("/at/<cinema>/vouchers", power="sell")
def vouchers(cinema: str) -> ResponseReturnValue:
    """The vouchers of the cinema, the latest first."""
    zone = ZoneInfo(this_house().timezone)
    columns: list[Column[Voucher]] = [
        Column("hint", _("Ends with"), lambda one: one.code_hint, sorts=True),
        Column("created", _("Made"), lambda one: one.created_at.astimezone(zone), _made, sorts=True),
        Column("worth", _("Worth"), _worth_value, _worth, sorts=True, at_end=True),
        Column("balance", _("Left"), _left_value, _left, sorts=True, at_end=True),
        Column("until", _("Valid until"), _until),
        Column("state", _("State"), lambda one: _("in use") if one.active else _("out of use")),
        Column("action", _("What to do"), lambda one: "", _action),
    ]  # fmt: skip
    return show_listing(
        Listing(
            name="vouchers",
            title=_("Vouchers"),
            columns=columns,
            filters=(
                Filter("hint", _("Ends with")),
                Filter("state", _("State"), kind="choice", options=(("active", _("in use")), ("out", _("out of use")))),
            ),
            source=_vouchers,
            sort="-created",
            nothing=_("There are no such vouchers."),
        ),
        template="backoffice/counter/vouchers.html",
        tomorrow=clock.now().astimezone(zone).date() + timedelta(days=1),
    )  # fmt: skip


@staff_page("/at/<cinema>/vouchers/new", power="sell", methods=("POST",))
def issue_voucher(cinema: str) -> ResponseReturnValue:
    """Make a voucher that is paid at the till (`tender`), or given away ("none"). Its code is shown once."""
    tender = typed("tender", 10)
    without_till = lead_to_till() if tender != "none" else None
    if without_till is not None:
        return without_till
    now = clock.now()
    until = _end_of(typed("valid_until", 10))

    def work(session: Session, trail: Trail) -> tuple[str, int, str]:
        house = cinema_here(session)
        amount = parse_amount(typed("amount", 40), house.currency)
        if tender == "none":
            made, code = create_voucher(session, cinema=house, amount=amount, valid_until=until, now=now)
        else:
            made, code = sell_voucher(
                session,
                cinema=house,
                amount=amount,
                valid_until=until,
                till=my_till(session),
                tender=Tender("card" if tender == "card" else "cash", reference=typed("reference", 100)),
                now=now,
            )
        said = f"Voucher ...{made.code_hint} of {Money(amount, house.currency)}, {tender or 'cash'}"
        trail("voucher.issue", f"voucher:{made.id}", said, cinema_id=house.id)
        return code, amount, house.currency

    try:
        code, amount, currency = change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
    else:
        spaced = " ".join(code[start : start + 4] for start in range(0, len(code), 4))
        worth = money_text(Money(amount, currency), page_language())
        flash(
            _(
                "The voucher of %(worth)s has the code %(code)s. Write it down: it is not shown again.",
                worth=worth,
                code=spaced,
            ),
            "good",
        )
    return redirect(here("vouchers"), code=303)


@staff_page("/at/<cinema>/vouchers/<id:voucher_id>", power="sell", methods=("POST",))
def change_voucher(cinema: str, voucher_id: int) -> ResponseReturnValue:
    """Take a voucher out of use, or put it back (`active`)."""
    active = typed("active", 1) == "1"

    def work(session: Session, trail: Trail) -> None:
        found = set_voucher_active(session, voucher_id=voucher_id, cinema_id=this_house().id, active=active)
        said = f"Voucher ...{found.code_hint} {'back in use' if active else 'out of use'}"
        trail("voucher.change", f"voucher:{voucher_id}", said, cinema_id=found.cinema_id)

    change(work)
    flash(_("The voucher is in use again.") if active else _("The voucher is out of use."), "good")
    return redirect(here("vouchers"), code=303)


def _vouchers(session: Session, wanted: Wanted) -> Sequence[Voucher]:
    found = select(Voucher).where(Voucher.cinema_id == this_house().id)
    if "hint" in wanted.filters:
        found = found.where(Voucher.code_hint == wanted.filters["hint"].upper()[-4:])
    if "state" in wanted.filters:
        found = found.where(Voucher.active.is_(wanted.filters["state"] == "active"))
    by = {
        "hint": Voucher.code_hint,
        "created": Voucher.created_at,
        "worth": Voucher.initial_amount,
        "balance": Voucher.balance,
    }
    return session.scalars(ordered(found, wanted, by, last=Voucher.id)).all()


def _end_of(text: str) -> datetime | None:
    """The end of a day on the cinema's wall; None where none was written. 400 for what is no day."""
    if not text:
        return None
    zone = this_house().timezone
    day = day_of(text, default=clock.now().date())
    return beginning_of(day + timedelta(days=1), zone=zone)


def _made(one: Voucher) -> str:
    return one.created_at.astimezone(ZoneInfo(this_house().timezone)).strftime("%Y-%m-%d %H:%M")


def _until(one: Voucher) -> str:
    if one.valid_until is None:
        return _("without an end")
    # It ends with that day: midnight is the beginning of the next.
    last = one.valid_until.astimezone(ZoneInfo(this_house().timezone)) - timedelta(seconds=1)
    return last.strftime("%Y-%m-%d")


def _worth_value(one: Voucher) -> Decimal:
    return money_value(one.initial_amount, one.currency)


def _left_value(one: Voucher) -> Decimal:
    return money_value(one.balance, one.currency)


def _worth(one: Voucher) -> str:
    return money_text(Money(one.initial_amount, one.currency), page_language())


def _left(one: Voucher) -> str:
    return money_text(Money(one.balance, one.currency), page_language())


def _action(one: Voucher) -> Markup:
    label = _("Take out of use") if one.active else _("Put back into use")
    return button_cell(here("change_voucher", voucher_id=one.id), label, active="0" if one.active else "1")
