"""A drawn poster as PNG, for those who show a link to a film: chats and search engines."""

from __future__ import annotations

from matinee.languages.typefaces import FONTS
from matinee.programme.posters.poster import LINE_HEIGHT, MARGIN, Poster
from matinee.programme.posters.svg import art_svg

# Of 200 by 300 points: 800 by 1200 pixels.
PIXELS_PER_INCH = 288.0
WIDTH_PIXELS, HEIGHT_PIXELS = 800, 1200

# Everything that differs comes in as a value: nothing of a title is ever read as markup.
_DOCUMENT = b"""
#let given = sys.inputs
#set page(width: 200pt, height: 300pt, margin: 0pt)
#set text(font: "Oswald", weight: 600, size: float(given.size) * 1pt, fill: rgb(given.color), hyphenate: false)
#set par(leading: (float(given.leading) - 0.73) * 1em, spacing: 0pt)
#place(image(bytes(given.art), format: "svg", width: 200pt))
#place(dy: float(given.top) * 1pt, box(
  width: 200pt, height: float(given.height) * 1pt, inset: float(given.margin) * 1pt,
  align(if given.above == "1" { top } else { bottom }, text(top-edge: "cap-height", bottom-edge: "baseline", given.title)),
))
"""


def poster_png(poster: Poster) -> bytes:
    """The poster, 800 by 1200 pixels."""
    import typst  # takes long to load

    made = typst.compile(
        _DOCUMENT,
        format="png",
        ppi=PIXELS_PER_INCH,
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)]),
        sys_inputs={
            "art": art_svg(poster),
            "title": poster.title,
            "size": str(poster.title_size),
            "color": poster.palette.title,
            "leading": str(LINE_HEIGHT),
            "top": str(poster.title_top),
            "height": str(poster.title_height),
            "margin": str(MARGIN),
            "above": "1" if poster.title_is_above else "0",
        },
    )
    assert isinstance(made, bytes), "one page makes one picture"
    return made
