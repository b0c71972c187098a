"""The picture of a drawn poster: shapes in the colours of its palette, as parts of an SVG that is 200 wide.

No text in it, and no colour that is not the palette's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

from matinee.programme.posters.dice import Dice
from matinee.programme.posters.palettes import Palette

WIDTH = 200
Design = Callable[[Dice, Palette, int], str]


def draw_rings(dice: Dice, palette: Palette, height: int) -> str:
    """A sun of rings, cut by the horizon."""
    x, y = dice.between(70, 130), round(height * 0.56)
    colors = (palette.first, palette.ground, palette.second, palette.ground, palette.third)
    radius = min(dice.between(84, 96), y - 8)
    step = radius // 5
    rings = "".join(
        _circle(x, y, radius - number * step, color) for number, color in enumerate(colors) if color
    )
    bars = "".join(
        _rect(0, y + 14 + number * 18, WIDTH, 4 + number * 2, palette.ground)
        for number in range((height - y) // 18 + 1)
    )
    return rings + bars


def draw_beams(dice: Dice, palette: Palette, height: int) -> str:
    """The light of a projector."""
    from_left = dice.below(2) == 0
    x, y = (18 if from_left else WIDTH - 18), 22
    count = dice.between(5, 7)
    far = WIDTH * 2
    begin, end = (5, 88) if from_left else (92, 175)
    angles = [math.radians(begin + (end - begin) * number / count) for number in range(count + 1)]
    colors = (palette.first, palette.second, palette.third)
    beams = "".join(
        _polygon([(x, y), _at(x, y, far, low), _at(x, y, far, high)], colors[number % 3])
        for number, (low, high) in enumerate(pairwise(angles))
    )
    return beams + _circle(x, y, 34, palette.ground) + _circle(x, y, 22, palette.title)


def draw_tiles(dice: Dice, palette: Palette, height: int) -> str:
    """Quarters and halves of circles in a grid."""
    side = 50
    colors = (palette.first, palette.second, palette.third, palette.title)
    return "".join(
        _tile(dice, column * side, row * side, side, colors)
        for row in range(max(1, height // side))
        for column in range(WIDTH // side)
    )


def draw_reel(dice: Dice, palette: Palette, height: int) -> str:
    """A reel, larger than the poster."""
    x, y = dice.between(80, 120), round(height * 0.5)
    radius = min(104, round(height * 0.52))
    holes = dice.between(5, 7)
    turn = dice.between(0, 70)
    around = "".join(
        _circle(
            *_at(x, y, radius * 0.6, math.radians(turn + 360 * number / holes)), radius * 0.2, palette.ground
        )
        for number in range(holes)
    )
    hub = _circle(x, y, radius * 0.17, palette.second) + _circle(x, y, radius * 0.06, palette.ground)
    strip = _rect(0, y - 7, WIDTH, 14, palette.third) if dice.below(2) else ""
    return strip + _circle(x, y, radius, palette.first) + around + hub


def draw_hills(dice: Dice, palette: Palette, height: int) -> str:
    """A moon over hills, one behind the other."""
    moon = _circle(dice.between(50, 150), round(height * 0.3), dice.between(26, 38), palette.second)
    layers = []
    for number, color in enumerate((palette.third, palette.first, palette.title)):
        top = round(height * (0.48 + number * 0.17))
        rise, shift = dice.between(16, 34), dice.between(-40, 40)
        layers.append(
            f'<path fill="{color}" d="M{shift - 60} {top}q50 {-rise} 100 0t100 0 100 0V{height}H{shift - 60}z"/>'
        )
    return moon + "".join(layers)


def draw_bars(dice: Dice, palette: Palette, height: int) -> str:
    """Slanting bars and a disc."""
    slant = dice.one_of((-70, -45, 45, 70))
    colors = (palette.first, palette.second, palette.third)
    bars = "".join(
        _polygon(
            [(left, height), (left + 26, height), (left + 26 + slant, 0), (left + slant, 0)],
            colors[number % 3],
        )
        for number, left in enumerate(range(-80, 260, 38))
    )
    x, y = dice.between(60, 140), dice.between(60, max(61, height - 70))
    return bars + _circle(x, y, 46, palette.ground) + _circle(x, y, 36, palette.title)


def draw_arches(dice: Dice, palette: Palette, height: int) -> str:
    """Arches, one in the other, as of a portal."""
    x = dice.between(80, 120)
    colors = (palette.first, palette.second, palette.third, palette.title, palette.ground)
    outer = dice.between(84, 94)
    return "".join(
        f'<path fill="{color}" d="M{x - half} {height}V{max(half, height - 150) + number * 4}'
        f'a{half} {half} 0 0 1 {half * 2} 0V{height}z"/>'
        for number, color in enumerate(colors)
        if (half := outer - number * 17) > 0
    )


DESIGNS: tuple[Design, ...] = (
    draw_rings,
    draw_beams,
    draw_tiles,
    draw_reel,
    draw_hills,
    draw_bars,
    draw_arches,
)


def _tile(dice: Dice, x: int, y: int, side: int, colors: tuple[str, ...]) -> str:
    color, kind = dice.one_of(colors), dice.below(8)
    if kind < 4:
        corner = ((x, y), (x + side, y), (x + side, y + side), (x, y + side))[kind]
        ends = (
            ((x + side, y), (x, y + side)),
            ((x + side, y + side), (x, y)),
            ((x, y + side), (x + side, y)),
            ((x, y), (x + side, y + side)),
        )[kind]
        return (
            f'<path fill="{color}" d="M{corner[0]} {corner[1]}L{ends[0][0]} {ends[0][1]}'
            f'A{side} {side} 0 0 1 {ends[1][0]} {ends[1][1]}z"/>'
        )
    if kind < 6:
        return _circle(x + side // 2, y + side // 2, side // 2 if kind == 4 else side // 4, color)
    if kind == 6:
        return _rect(x, y, side, side, color)
    return ""


def _at(x: float, y: float, distance: float, angle: float) -> tuple[float, float]:
    return (x + distance * math.cos(angle), y + distance * math.sin(angle))


def _circle(x: float, y: float, radius: float, color: str) -> str:
    return f'<circle fill="{color}" cx="{_short(x)}" cy="{_short(y)}" r="{_short(radius)}"/>'


def _rect(x: float, y: float, width: float, height: float, color: str) -> str:
    return f'<rect fill="{color}" x="{x}" y="{y}" width="{width}" height="{height}"/>'


def _polygon(points: list[tuple[float, float]], color: str) -> str:
    return f'<path fill="{color}" d="M{"L".join(_pairs(points))}z"/>'


def _pairs(points: list[tuple[float, float]]) -> Iterator[str]:
    return (f"{_short(x)} {_short(y)}" for x, y in points)


def _short(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")
