"""What figures say in words: channels, ways to pay, states, terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matinee.languages.catalogs import translations
from matinee.reports.periods import Period
from matinee.reports.tables import day_with_year, shown_value
from matinee.reports.ticket_groups import Comps


def channel_name(channel: str | None, language: str) -> str:
    """Through what something was sold."""
    _ = translations(language).gettext
    return {
        "site": _("Website"),
        "counter": _("Counter"),
        "v1": _("Other programs"),
        "given": _("Other programs, earlier calls"),
    }.get(channel or "", channel or "")


def provider_name(provider: str, language: str) -> str:
    """A way to pay."""
    _ = translations(language).gettext
    return {
        "stripe": "Stripe",
        "counter": _("Counter"),
        "voucher": _("Voucher"),
        "free": _("Nothing to pay"),
        "demo": _("Play money"),
    }.get(provider, provider)


def tender_name(tender: str | None, language: str) -> str:
    """How money went into a till."""
    _ = translations(language).gettext
    return {"cash": _("Cash"), "card": _("Card")}.get(tender or "", "")


def comps_fact(comps: Comps, language: str) -> tuple[str, str]:
    """Whether complimentary tickets are in it."""
    _ = translations(language).gettext
    said = {"in": _("counted"), "out": _("left out"), "only": _("nothing else")}[comps]
    return _("Complimentary tickets"), said


def period_fact(period: Period, language: str) -> tuple[str, str]:
    """Which days."""
    _ = translations(language).gettext
    first, last = (day_with_year(day, language) for day in (period.first_day, period.last_day))
    return _("Days"), first if first == last else f"{first} – {last}"


def money_note(currency: str, language: str) -> str:
    """In which currency amounts are."""
    return translations(language).gettext("Amounts in %(currency)s.") % {"currency": currency}


def terms_text(terms: Mapping[str, Any] | None, *, currency: str, language: str) -> str:
    """Terms as `Terms.as_json` keeps them, in a sentence."""
    _ = translations(language).gettext

    def money(amount: int) -> str:
        return f"{shown_value(amount, 'money', currency=currency, language=language)} {currency}"

    def share(basis_points: int) -> str:
        return shown_value(basis_points, "rate", currency=currency, language=language)

    if terms is None:
        return _("none agreed")
    if terms["kind"] == "fixed":
        said = _("%(amount)s for the week") % {"amount": money(terms["fixed_amount"])}
    elif terms["kind"] == "percentage":
        said = _("%(share)s of the net takings") % {"share": share(terms["basis_points"])}
    else:
        steps = [
            _("from %(amount)s on %(share)s") % {"amount": money(begin), "share": share(points)}
            for begin, points in terms["steps"]
        ]
        said = "; ".join(
            [_("%(share)s of the net takings") % {"share": share(terms["basis_points"])}, *steps]
        )
    if terms["minimum_amount"]:
        said += "; " + _("at least %(amount)s") % {"amount": money(terms["minimum_amount"])}
    return said
