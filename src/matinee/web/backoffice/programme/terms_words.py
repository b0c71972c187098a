"""Terms of a film in words."""

from __future__ import annotations

from matinee.kernel.money import Money
from matinee.languages.formats import money_text
from matinee.programme.film_terms import Terms
from matinee.programme.typed_numbers import written_share
from matinee.web.shared.languages import _, page_language


def kind_words(kind: str) -> str:
    """What a kind of terms is called."""
    return {
        "percentage": _("A share"),
        "fixed": _("A fixed sum"),
        "sliding": _("A share that slides"),
    }[kind]


def terms_words(terms: Terms, *, currency: str) -> str:
    """What is owed of a week, in a sentence."""

    def money(amount: int) -> str:
        return money_text(Money(amount, currency), page_language())

    if terms.kind == "fixed":
        return _("%(amount)s a week", amount=money(terms.fixed_amount))
    parts = [_("%(share)s of the net takings", share=written_share(terms.basis_points))]
    parts += [
        _(
            "%(share)s from %(amount)s on",
            share=written_share(step.basis_points),
            amount=money(step.from_amount),
        )
        for step in terms.steps
    ]
    if terms.minimum_amount:
        parts.append(_("at least %(amount)s", amount=money(terms.minimum_amount)))
    return ", ".join(parts)
