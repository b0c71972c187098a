"""Seat labels: what is printed on a seat. "7" or "A1"; a label of digits alone is a number."""

from __future__ import annotations

import re

from matinee.kernel.texts import normal_form

LABEL_CHARACTERS_MAX = 12
# A hall is drawn and sold seat by seat; the largest auditoriums have some thousands.
SEAT_NUMBER_MAX = 9_999
_LABEL = re.compile(r"[^\W_](?:[^\W_]|-)*")
_ROW_AND_PLACE = re.compile(r"(.*\D)(\d+)")


def parse_seat_label(value: object) -> str:
    """The label that a person or a program wrote as a text or as a whole number.

    Letters and digits, inside also hyphens, at most 12 characters; a number from 1 to 9999 without leading zeros.
    Raises ValueError with a sentence.
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"{shown(value)} is not a seat label")
    if isinstance(value, int):
        if not 1 <= value <= SEAT_NUMBER_MAX:
            raise ValueError(f"seat number {shown(value)} is not between 1 and {SEAT_NUMBER_MAX}")
        return str(value)
    try:
        label = normal_form(value.strip())
    except ValueError as error:
        raise ValueError(f"{shown(value)} is not a seat label: {error}") from None
    if len(label) > LABEL_CHARACTERS_MAX:
        raise ValueError(f"seat label {shown(label)} has more than {LABEL_CHARACTERS_MAX} characters")
    if not _LABEL.fullmatch(label):
        raise ValueError(f"{shown(value)} is not a seat label")
    if is_number(label) and (label[0] == "0" or int(label) > SEAT_NUMBER_MAX):
        raise ValueError(f"seat number {label} is not between 1 and {SEAT_NUMBER_MAX} without leading zeros")
    return label


def is_row_name(text: str) -> bool:
    """Whether a row may be called so, or nothing at all: no blank, and nothing that has a meaning in a layout's text."""
    return is_place_name(text) and not text.startswith("#") and not set(text) & set(":|")


def is_place_name(text: str) -> bool:
    """The same for a place in a row."""
    return len(text) <= LABEL_CHARACTERS_MAX and text.isprintable() and not set(text) & set(" =")


def is_number(label: str) -> bool:
    """Whether the label consists of digits alone, so that programs see it as a number."""
    return label.isascii() and label.isdigit()


def split_label(label: str) -> tuple[str, str]:
    """Row and place: ("A", "12") of "A12"; the row is empty where the label does not tell one ("7", "VIP")."""
    match = _ROW_AND_PLACE.fullmatch(label)
    return (match[1].rstrip("-"), match[2]) if match else ("", label)


def shown(value: object) -> str:
    """A value as an error message quotes it: on one line and not too long."""
    try:
        text = repr(value)
    except ValueError:  # a number of thousands of digits cannot be written
        return "a number that is far too large"
    return text if len(text) <= 80 else text[:77] + "..."
