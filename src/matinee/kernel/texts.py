"""Text in the one form in which it is compared and kept."""

from __future__ import annotations

import unicodedata

# Accents on one letter, one after the other: no language needs as many (the "stream-safe" limit of Unicode, UAX 15).
MARKS_MAX = 30


def normal_form(text: str) -> str:
    """Unicode's NFC. Raises ValueError where more marks stand on one letter than any language has.

    They are put into order in a time that grows with the square of their number: a hundred thousand take a minute.
    """
    if text.isascii():
        return text
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MARKS_MAX:
            raise ValueError(f"more than {MARKS_MAX} marks stand on one letter")
    return unicodedata.normalize("NFC", text)
