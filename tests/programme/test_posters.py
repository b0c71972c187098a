"""Posters that are drawn."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from matinee.programme.posters.art import DESIGNS
from matinee.programme.posters.palettes import PALETTES
from matinee.programme.posters.picture import poster_png
from matinee.programme.posters.poster import HEIGHT, LINE_HEIGHT, MARGIN, poster_of, poster_version
from matinee.programme.posters.svg import art_svg
from matinee.web.shared.colors import contrast
from tests.pictures import opened

TITLES = [
    "It",
    "Metropolis",
    "Людина з кіноапаратом",
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
    "Щ" * 300,
    "Much ado about " * 20,
    "#set page(fill: red) <script>&\"'",
]


def test_a_film_has_the_same_poster_every_time_and_neighbours_have_different_ones() -> None:
    assert art_svg(poster_of(7, "Metropolis")) == art_svg(poster_of(7, "Metropolis"))
    first = {
        (poster_of(number, "Metropolis").palette, poster_of(number, "Metropolis").art) for number in range(20)
    }
    assert len(first) == 20


def test_another_title_is_another_version() -> None:
    assert poster_version(poster_of(7, "Metropolis")) != poster_version(poster_of(7, "Nosferatu"))


@pytest.mark.parametrize("palette", PALETTES)
def test_the_title_can_be_read_on_every_ground(palette) -> None:
    assert contrast(palette.title, palette.ground) >= 7


@pytest.mark.parametrize("title", TITLES, ids=lambda title: title[:20])
def test_every_title_has_room(title: str) -> None:
    for film_id in range(len(DESIGNS)):
        poster = poster_of(film_id, title)
        assert poster.title_height + poster.art_height == HEIGHT
        assert poster.title_size * LINE_HEIGHT <= poster.title_height - 2 * MARGIN + 1
        assert poster.art_height >= 40


@pytest.mark.parametrize("title", TITLES, ids=lambda title: title[:20])
def test_the_art_is_an_svg_without_a_word_of_the_title_and_without_styles(title: str) -> None:
    for film_id in range(len(DESIGNS)):
        svg = art_svg(poster_of(film_id, title))
        assert not list(ET.fromstring(svg).itertext())
        assert not re.search(r"style|script|href|on\w+=", svg)


@pytest.mark.parametrize("title", TITLES, ids=lambda title: title[:20])
def test_the_picture_shows_the_title_on_its_ground(title: str) -> None:
    poster = poster_of(3, title)
    made = opened(poster_png(poster)).convert("RGB")
    assert made.size == (800, 1200)
    room = made.crop((0, poster.title_top * 4, 800, (poster.title_top + poster.title_height) * 4))
    colors = [color for _, color in room.getcolors(1_000_000)]
    for wanted in (poster.palette.ground, poster.palette.title):
        parts = [int(wanted[start : start + 2], 16) for start in (1, 3, 5)]
        assert any(max(abs(a - b) for a, b in zip(parts, color, strict=True)) <= 4 for color in colors)
