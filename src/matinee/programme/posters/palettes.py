"""The colours of drawn posters: a ground, the title on it, and three that the picture is made of."""

from __future__ import annotations

from typing import NamedTuple


class Palette(NamedTuple):
    """Colours as "#rrggbb". The title is read on the ground (7 to 1 at least)."""

    ground: str
    title: str
    first: str
    second: str
    third: str


PALETTES = (
    Palette("#1c1a2b", "#f7e9c8", "#e4572e", "#f3a712", "#6d5a8d"),
    Palette("#f2e6cf", "#2a1a1f", "#c8102e", "#1f4e5f", "#e9a23b"),
    Palette("#0f2a2e", "#f4efe1", "#2a9d8f", "#e9c46a", "#e76f51"),
    Palette("#5a0f1e", "#ffe9d6", "#e8484a", "#f6b26b", "#2b0a12"),
    Palette("#10233f", "#eef3fb", "#3d7dd8", "#f2d16b", "#8fb8ff"),
    Palette("#ecebe4", "#171717", "#171717", "#d64933", "#9a9a8e"),
    Palette("#23301f", "#f3f2df", "#7a9e3f", "#f0c808", "#c3d6a0"),
    Palette("#2b1338", "#fde8f1", "#c2378a", "#ff8f6b", "#5b3a86"),
    Palette("#f6d8ae", "#2b1d14", "#d1495b", "#2e4057", "#edae49"),
    Palette("#161616", "#f5f1e8", "#bdb6a6", "#6f6a60", "#e0b13c"),
)
