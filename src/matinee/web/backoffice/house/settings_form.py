"""The form of a cinema's settings: what is typed, and what it means."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from matinee.kernel.money import Money, is_currency_code
from matinee.programme.cinema_look import EMAIL_CHARACTERS_MAX, PHONE_CHARACTERS_MAX
from matinee.programme.cinema_rules import UNTIL_MINUTES_MAX
from matinee.programme.fields import parse_amount
from matinee.programme.lengths import ADVERTS_MINUTES_MAX
from matinee.programme.models import FEE_UNITS, Cinema
from matinee.web.shared.forms import HouseForm, stripped
from matinee.web.shared.languages import _

TICKS = ("orphan_rule", "sells_priced_unpaid")
NUMBERS = (
    "selling_out_percent", "companion_until_minutes", "refund_until_minutes", "counter_until_minutes",
    "week_starts_on", "adverts_minutes",
)  # fmt: skip
TEXTS = ("name", "address", "phone", "email", "timezone", "currency", "accent_color", "booking_fee_per")
Check = Callable[[FlaskForm, Any], None]


def whole_number(least: int, most: int) -> Check:
    """Refuse what is no whole number within these."""

    def check(_form: FlaskForm, field: Any) -> None:
        text = field.data or ""
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
            raise ValidationError(
                _("Write a whole number from %(least)d to %(most)d.", least=least, most=most)
            )

    return check


def matches(pattern: str, said: Callable[[], str]) -> Check:
    """Refuse what does not look like it should; nothing at all is fine."""

    def check(_form: FlaskForm, field: Any) -> None:
        if field.data and not re.fullmatch(pattern, field.data):
            raise ValidationError(said())

    return check


def one_line(_form: FlaskForm, field: Any) -> None:
    """Refuse characters that cannot be shown."""
    if not (field.data or "").replace("\r", "").replace("\n", "").isprintable():
        raise ValidationError(_("There is a character in it that cannot be shown."))


def is_zone(_form: FlaskForm, field: Any) -> None:
    """Refuse what is no time zone."""
    if field.data not in available_timezones():
        raise ValidationError(_("This is no time zone. One looks like Europe/Kyiv."))


def is_currency(_form: FlaskForm, field: Any) -> None:
    """Refuse what is no currency."""
    field.data = (field.data or "").upper()
    if not is_currency_code(field.data):
        raise ValidationError(_("This is no currency. One looks like EUR."))


def _text(*checks: Any, most: int = 60) -> StringField:
    return StringField(filters=[stripped], validators=[*checks, Length(max=most), one_line])


class SettingsForm(HouseForm):
    """All that can be said about a cinema and how it sells."""

    form_name = "settings"
    name = _text(InputRequired(), most=200)
    address = _text(most=500)
    phone = _text(
        matches(r"\+?[0-9][0-9 ()./-]*", lambda: _("A phone number looks like +380 44 123 45 67.")),
        most=PHONE_CHARACTERS_MAX,
    )
    email = _text(
        matches(r"[^@\s<>\"']+@[^@\s<>\"']+\.[^@\s<>\"']+", lambda: _("This is no mail address.")),
        most=EMAIL_CHARACTERS_MAX,
    )
    timezone = _text(is_zone)
    currency = _text(is_currency)
    accent_color = _text(matches(r"#[0-9a-fA-F]{6}", lambda: _("A colour looks like #b3202a.")))
    booking_fee = _text(InputRequired())
    booking_fee_per = _text(InputRequired())
    orphan_rule = _text(Optional())
    sells_priced_unpaid = _text(Optional())
    selling_out_percent = _text(whole_number(1, 100))
    companion_until_minutes = _text(whole_number(0, UNTIL_MINUTES_MAX))
    refund_until_minutes = _text(whole_number(0, UNTIL_MINUTES_MAX))
    counter_until_minutes = _text(whole_number(0, UNTIL_MINUTES_MAX))
    week_starts_on = _text(whole_number(1, 7))
    adverts_minutes = _text(whole_number(0, ADVERTS_MINUTES_MAX))

    def labels(self) -> dict[str, str]:
        return {
            "name": _("Name"),
            "address": _("Address"),
            "phone": _("Phone"),
            "email": _("Mail address"),
            "timezone": _("Time zone"),
            "currency": _("Currency"),
            "accent_color": _("Colour"),
            "booking_fee": _("Booking fee"),
            "booking_fee_per": _("For each"),
            "orphan_rule": _("No single empty seats"),
            "sells_priced_unpaid": _("Programs may book and leave the money for the counter"),
            "selling_out_percent": _("Selling out from this share on (per cent)"),
            "companion_until_minutes": _("Companion seats are kept until (minutes before)"),
            "refund_until_minutes": _("Buyers get their money back until (minutes before)"),
            "counter_until_minutes": _("Seats wait for money at the counter until (minutes before)"),
            "week_starts_on": _("The week begins on"),
            "adverts_minutes": _("Adverts before the film (minutes)"),
        }

    def validate_booking_fee_per(self, field: Any) -> None:
        if field.data not in FEE_UNITS:
            raise ValidationError(_("For each ticket, or for the order."))

    def validate_booking_fee(self, field: Any) -> None:
        try:
            parse_amount((field.data or "").replace(",", "."), currency=self.currency.data or "EUR")
        except (ValueError, KeyError):
            raise ValidationError(_("This is no amount of money. One looks like 1.50.")) from None

    def values(self) -> dict[str, Any]:
        """What was typed, as `change_cinema` takes it; of a form that is valid."""
        found: dict[str, Any] = {name: self[name].data or "" for name in TEXTS}
        found["address"] = found["address"].replace("\r\n", "\n")
        found |= {name: int(self[name].data) for name in NUMBERS}
        found |= {name: bool(self[name].data) for name in TICKS}
        found["booking_fee_amount"] = parse_amount(
            self.booking_fee.data.replace(",", "."), currency=self.currency.data
        )
        return found


def typed(cinema: Cinema) -> dict[str, str]:
    """The settings as they stand in the form."""
    found = {name: str(getattr(cinema, name)) for name in (*TEXTS, *NUMBERS)}
    found |= {name: "1" if getattr(cinema, name) else "" for name in TICKS}
    found["booking_fee"] = str(Money(cinema.booking_fee_amount, cinema.currency)).split()[0]
    return found
