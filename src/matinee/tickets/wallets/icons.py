"""The pictures of a pass: the first letter of the cinema's name, as it stands on its website."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from matinee.languages.typefaces import DISPLAY_FONT

GROUND, GOLD = (21, 17, 22), (242, 179, 61)
_LETTER_SHARE, _RULE_SHARE = 0.62, 0.07


@lru_cache(maxsize=64)
def icon_png(letter: str, *, pixels: int) -> bytes:
    """A square with the letter in it, as PNG."""
    # Late: the server starts without it.
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (pixels, pixels), GROUND)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(str(DISPLAY_FONT), round(pixels * _LETTER_SHARE))
    middle = pixels / 2
    draw.text((middle, middle), letter.upper() or "M", fill=GOLD, font=font, anchor="mm")
    draw.rectangle((0, pixels - max(2, round(pixels * _RULE_SHARE)), pixels, pixels), fill=GOLD)
    content = BytesIO()
    picture.save(content, format="PNG", optimize=True)
    return content.getvalue()
