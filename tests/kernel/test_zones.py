from __future__ import annotations

import pytest

from matinee.kernel.zones import is_time_zone


@pytest.mark.parametrize("name", ["UTC", "Europe/Kyiv", "America/Argentina/Ushuaia"])
def test_a_name_of_the_list_is_a_time_zone(name: str) -> None:
    assert is_time_zone(name)


@pytest.mark.parametrize("name", ["", "Kyiv", "europe/kyiv", "Europe", "../etc/passwd", "+02:00"])
def test_another_text_is_none(name: str) -> None:
    assert not is_time_zone(name)
