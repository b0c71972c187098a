"""The picture of a drawn poster as SVG."""

from __future__ import annotations

from matinee.programme.posters.art import WIDTH
from matinee.programme.posters.poster import HEIGHT, Poster


def art_svg(poster: Poster) -> str:
    """The whole poster but its title, as a file of its own."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{art_parts(poster)}</svg>'


def art_parts(poster: Poster) -> str:
    """As parts of an SVG: the ground, the art, and the ground behind the title."""
    ground = poster.palette.ground
    return (
        f'<rect fill="{ground}" width="{WIDTH}" height="{HEIGHT}"/>'
        f'<g transform="translate(0 {poster.art_top})">{poster.art}</g>'
        f'<rect fill="{ground}" y="{poster.title_top}" width="{WIDTH}" height="{poster.title_height}"/>'
    )
