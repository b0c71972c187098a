"""What is drawn on the map is seen against what is around it (WCAG 2.2: 3 to 1 for marks, 4.5 to 1 for text)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from matinee.web.shared.assets import FOLDER
from matinee.web.shared.colors import DARK_SURFACE, LIGHT_SURFACE, contrast, readable_against
from matinee.web.site.picker.drawing import ZONE_LOOKS

MARK, TEXT = 3.0, 4.5
# As different as cinemas may choose them.
ACCENTS = ("#000000", "#ffffff", "#c00020", "#0033aa", "#f2b33d", "#00ff00", "#808080")
SURFACES = {"dark": DARK_SURFACE, "light": LIGHT_SURFACE}


def colors(appearance: str) -> Mapping[str, str]:
    """The custom properties of an appearance that are plain colours, as the style sheets give them."""
    found: dict[str, str] = {}
    for name in ("house.css", "picker.css"):
        text = (FOLDER / "css" / name).read_text()
        blocks = [r":root \{(.*?)\}"]
        blocks += [r':root\[data-theme="light"\] \{(.*?)\}'] if appearance == "light" else []
        for block in blocks:
            for body in re.findall(block, text, re.DOTALL):
                found.update(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", body))
    return found


@pytest.mark.parametrize("appearance", ["dark", "light"])
@pytest.mark.parametrize("look", range(ZONE_LOOKS))
def test_a_free_seat_its_number_and_the_mark_of_its_zone_are_seen(appearance: str, look: int) -> None:
    known = colors(appearance)
    edge, inside = known[f"z{look}"], known[f"z{look}-fill"]
    assert contrast(edge, known["hall"]) >= MARK
    assert contrast(edge, inside) >= MARK
    assert contrast(known["seat-text"], inside) >= TEXT
    # Under the pointer a seat has the colour of the hall.
    assert contrast(known["seat-text"], known["hall"]) >= TEXT


@pytest.mark.parametrize("appearance", ["dark", "light"])
def test_marks_of_seats_that_are_not_free_are_seen(appearance: str) -> None:
    known = colors(appearance)
    assert contrast(known["gone"], known["gone-fill"]) >= MARK
    assert contrast(known["gone"], known["hall"]) >= MARK
    for name in ("focus", "point-out"):
        assert contrast(known[name], known["hall"]) >= MARK


@pytest.mark.parametrize("appearance", ["dark", "light"])
@pytest.mark.parametrize("accent", ACCENTS)
def test_chosen_seats_are_seen_in_every_colour_that_a_cinema_has(appearance: str, accent: str) -> None:
    known = colors(appearance)
    mine = readable_against(accent, SURFACES[appearance])
    assert contrast(mine, known["hall"]) >= MARK
    assert contrast(known["on-mine"], mine) >= MARK


@pytest.mark.parametrize("appearance", ["dark", "light"])
def test_row_letters_and_the_word_at_the_screen_are_read(appearance: str) -> None:
    known = colors(appearance)
    assert contrast(known["hall-text"], known["hall"]) >= TEXT
