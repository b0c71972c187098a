"""Colours that can be read: the cinema chooses one, what stands on it follows."""

from __future__ import annotations

BLACK, WHITE = "#000000", "#ffffff"
# WCAG 2.2, success criterion 1.4.3.
TEXT_CONTRAST_MIN = 4.5
# The lightest surface of the dark appearance, and the darkest of the light one, that text stands on.
DARK_SURFACE, LIGHT_SURFACE = "#2a242c", "#efe7da"


def luminance(color: str) -> float:
    """The relative luminance of "#rrggbb" (WCAG 2.2, definition of relative luminance): 0 black, 1 white."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, definition of contrast ratio): 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(color: str) -> str:
    """Black or white, whichever is read better on this colour."""
    return BLACK if contrast(color, BLACK) >= contrast(color, WHITE) else WHITE


def readable_against(color: str, background: str) -> str:
    """The colour, made lighter or darker just as far as text in it can be read on that background (4.5 to 1)."""
    towards = readable_on(background)
    for share in range(0, 101, 5):
        mixed = _mix(color, towards, share)
        if contrast(mixed, background) >= TEXT_CONTRAST_MIN:
            return mixed
    return towards


def _mix(color: str, other: str, percent: int) -> str:
    channels = (
        (int(color[start : start + 2], 16) * (100 - percent) + int(other[start : start + 2], 16) * percent)
        // 100
        for start in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02x}" for channel in channels)
