"""Forms of planning: each field parsed by the domain's own rules, and shown again with what was typed and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from flask import request

from matinee.kernel.errors import DomainError
from matinee.web.backoffice.refusals import staff_sentence
from matinee.web.shared.languages import _

Value = TypeVar("Value")


class TypedForm:
    """What was typed, and a sentence for each field that is not right; "" for the form as a whole."""

    def __init__(self, values: Mapping[str, str], *, typed: bool = False) -> None:
        """`typed`: the values are those of the request, as far as it has them."""
        if typed:
            values = {**values, **{name: request.form[name] for name in request.form}}
        self.values = dict(values)
        self.errors: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        """What stands in a field."""
        return self.values.get(name, "")

    def parse(self, name: str, parser: Callable[[str], Value], refusal: str, *, otherwise: Value) -> Value:
        """The value of a field; `otherwise`, with the refusal noted, where `parser` raises a ValueError."""
        try:
            return parser(self[name])
        except ValueError:
            self.errors[name] = refusal
            return otherwise

    def refuse(self, error: DomainError, *, field: str = "") -> None:
        """Say what the domain refused."""
        self.errors[field] = staff_sentence(error)

    @property
    def is_right(self) -> bool:
        """Whether nothing was refused so far."""
        return not self.errors


def whole_number(text: str) -> int:
    """A whole number without a sign. Raises ValueError."""
    plain = text.strip()
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= 9):
        raise ValueError("not a whole number")
    return int(plain)


def sentence_for_amount(currency: str) -> str:
    """What is said of a text that is no amount."""
    return _("This is no amount. It looks like 350.00 (%(currency)s).", currency=currency)


def sentence_for_share() -> str:
    """What is said of a text that is no share."""
    return _("This is no share. It looks like 52.5 %.")
