"""Reading what stands in a header"""

from __future__ import annotations

from urllib.parse import quote

from matinee.web.given.values import TEXT_CHARACTERS_MAX, decode_header


def test_the_longest_title_is_decoded_whatever_its_letters() -> None:
    longest = "\U0001f3ac" * TEXT_CHARACTERS_MAX
    assert decode_header(quote(longest), percent=True) == longest


def test_what_is_too_long_to_be_ours_is_not_taken_apart() -> None:
    # It would take a fifth of a second, in which the event loop answers nobody.
    hostile = "%" * 400_000
    assert decode_header(hostile, percent=True) == hostile
    assert decode_header("%41" * 100_000, percent=True) == "%41" * 100_000
