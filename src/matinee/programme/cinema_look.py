"""What a cinema's website shows of it: its colour, and how to reach it."""

from __future__ import annotations

import re
from typing import TypedDict

from matinee.programme.cinema_rules import CinemaRules, set_rules
from matinee.programme.errors import InvalidCinema
from matinee.programme.fields import parse_line, told_as
from matinee.programme.labels import shown
from matinee.programme.models import Cinema

PHONE_CHARACTERS_MAX = 40
EMAIL_CHARACTERS_MAX = 320


class CinemaLook(TypedDict, total=False):
    """What is to be different; an empty text takes it away."""

    # "#rrggbb"; empty: the house's own.
    accent_color: str
    phone: str
    email: str


class CinemaDetails(CinemaRules, CinemaLook, total=False):
    """All that may be said about a cinema beside its name, address, time zone and currency."""


def set_details(cinema: Cinema, details: CinemaDetails) -> None:
    """Change what is given. Raises InvalidCinema."""
    with told_as(InvalidCinema, "The cinema"):
        look = {name: parse(details[name]) for name, parse in _PARSERS.items() if name in details}  # type: ignore[literal-required]
    set_rules(cinema, details)
    for name, value in look.items():
        setattr(cinema, name, value)


def _color(value: object) -> str:
    text = parse_line(value, what="colour", characters_max=7, required=False).lower()
    if text and not re.fullmatch(r"#[0-9a-f]{6}", text):
        raise ValueError(f"its colour is {shown(text)}, not one such as #b3202a")
    return text


def _phone(value: object) -> str:
    text = parse_line(value, what="phone number", characters_max=PHONE_CHARACTERS_MAX, required=False)
    if text and not re.fullmatch(r"\+?[0-9][0-9 ()./-]*", text):
        raise ValueError(f"its phone number is {shown(text)}, not one such as +380 44 123 45 67")
    return text


def _email(value: object) -> str:
    text = parse_line(value, what="mail address", characters_max=EMAIL_CHARACTERS_MAX, required=False)
    if text and not re.fullmatch(r"[^@\s<>\"']+@[^@\s<>\"']+\.[^@\s<>\"']+", text):
        raise ValueError(f"its mail address is {shown(text)}, not one such as office@cinema.example")
    return text


_PARSERS = {"accent_color": _color, "phone": _phone, "email": _email}
