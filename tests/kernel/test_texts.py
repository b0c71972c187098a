"""Text in its normal form."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.kernel.texts import MARKS_MAX, normal_form


@given(st.text())
def test_it_is_the_normal_form_of_unicode(text: str) -> None:
    assert normal_form(text) == unicodedata.normalize("NFC", text)


def test_as_many_marks_as_a_language_may_need_are_taken() -> None:
    assert normal_form("e\u0301") == "é"
    assert normal_form("a" + "\u0316" * MARKS_MAX)


def test_marks_without_end_are_refused_at_once() -> None:
    begun = time.perf_counter()
    with pytest.raises(ValueError, match="marks"):
        normal_form("a" + "\u0316\u0300" * 200_000)
    assert time.perf_counter() - begun < 1
