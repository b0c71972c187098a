"""Natural order"""

from __future__ import annotations

from matinee.kernel.natural import natural_key


def test_numbers_are_compared_as_numbers() -> None:
    names = ["Hall 10", "Hall 2", "hall 1", "A10", "A2", "B1", "10", "9"]
    assert sorted(names, key=natural_key) == ["9", "10", "A2", "A10", "B1", "hall 1", "Hall 2", "Hall 10"]


def test_any_two_names_can_be_compared() -> None:
    names = ["", "²", "1", "a", "1a", "a1", "-1", "Зал 2", "Зал 10", "٣"]
    assert len(sorted(names, key=natural_key)) == len(names)
    assert sorted(["Зал 10", "Зал 2"], key=natural_key) == ["Зал 2", "Зал 10"]
