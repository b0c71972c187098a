"""A drawn poster: which design and colours a film gets, and how large its title is set."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap

from matinee.programme.posters.art import DESIGNS, WIDTH
from matinee.programme.posters.dice import Dice
from matinee.programme.posters.palettes import PALETTES, Palette

HEIGHT = 300
MARGIN = 13
LINE_HEIGHT = 1.12
# From the largest on: the size of the title, and how much of the poster it may fill.
SIZES = ((44, 100), (36, 106), (30, 110), (25, 120), (21, 130), (17, 150), (14, 180), (11, 220), (9, 250))
# Of capitals of Oswald, in parts of their size, rather too much than too little.
CAPITAL_WIDTH, WIDE_CAPITAL_WIDTH = 0.54, 0.74
WIDE_CAPITALS = frozenset("MWЖМФШЩЮЫ")
CHARACTERS_MAX = 160
# In the smallest size, in Cyrillic.
WORD_CHARACTERS_MAX = 24


@dataclass(frozen=True, slots=True)
class Poster:
    """What is drawn: 200 wide and 300 high. The title stands below the art or above it."""

    palette: Palette
    # Parts of an SVG. It is as high as `art_height`, and begins at `art_top`.
    art: str
    art_top: int
    art_height: int
    title: str
    title_size: int
    title_top: int
    title_height: int
    title_is_above: bool


@lru_cache(maxsize=500)
def poster_of(film_id: int, title: str) -> Poster:
    """The poster of a film: the same every time, as long as its title stays."""
    dice = Dice(f"{film_id}:{title}")
    # Neighbours differ: the design goes by the id, what is in it by both.
    design, palette = DESIGNS[film_id % len(DESIGNS)], PALETTES[(film_id * 3 + 1) % len(PALETTES)]
    shown = _breakable(shortened(title).upper())
    size, room = _fitting(shown)
    title_height = min(room, math.ceil(_lines(shown, size) * size * LINE_HEIGHT)) + 2 * MARGIN
    art_height = HEIGHT - title_height
    above = dice.below(3) == 0
    return Poster(
        palette=palette,
        art=design(dice, palette, art_height),
        art_top=title_height if above else 0,
        art_height=art_height,
        title=shown,
        title_size=size,
        title_top=0 if above else art_height,
        title_height=title_height,
        title_is_above=above,
    )


def shortened(title: str) -> str:
    """The title, or its beginning where it is longer than a poster can hold."""
    return title if len(title) <= CHARACTERS_MAX else title[: CHARACTERS_MAX - 1].rstrip() + "…"


def _breakable(title: str) -> str:
    """With a place to break in words that are longer than any line."""
    return " ".join("\u200b".join(wrap(word, WORD_CHARACTERS_MAX)) for word in title.split())


def _fitting(title: str) -> tuple[int, int]:
    """The largest size in which the title fits, and how much room it may take."""
    for size, room in SIZES:
        widest = max(_width(word, size) for word in _pieces(title) or [""])
        if widest <= WIDTH - 2 * MARGIN and _lines(title, size) * size * LINE_HEIGHT <= room:
            return size, room
    return SIZES[-1]


def _lines(title: str, size: int) -> int:
    """How many lines the words take when as many as fit stand in each."""
    lines, filled = 1, 0.0
    for word in _pieces(title):
        width = _width(f"{word} ", size)
        if filled and filled + width - _width(" ", size) > WIDTH - 2 * MARGIN:
            lines, filled = lines + 1, 0.0
        filled += width
    return lines


def _pieces(title: str) -> list[str]:
    return title.replace("\u200b", " ").split()


def _width(text: str, size: int) -> float:
    return size * sum(WIDE_CAPITAL_WIDTH if letter in WIDE_CAPITALS else CAPITAL_WIDTH for letter in text)


@lru_cache(maxsize=500)
def poster_version(poster: Poster) -> str:
    """Differs where the pictures differ."""
    return hashlib.sha256(repr(poster).encode()).hexdigest()[:12]
