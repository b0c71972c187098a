"""The picture of a ticket: a QR code that holds the ticket's URL."""

from __future__ import annotations

from io import BytesIO

import segno

# M repairs 15 %: a fold or a thumb. The standard asks for a margin of 4 modules.
ERROR_CORRECTION = "m"
BORDER_MODULES = 4
# Pixels for each module: 12 at 300 dots an inch is one millimetre; 41 modules are then 4.2 cm.
MODULE_PIXELS = 12
PRINTED_CENTIMETRES = 4.0
CENTIMETRES_PER_INCH = 2.54


def ticket_url(base_url: str, ticket_id: str) -> str:
    """The address of a ticket: what its QR code holds."""
    return f"{base_url}/tikets/{ticket_id}"


def qr_png(url: str) -> bytes:
    """The code as a PNG, black on white, that prints 4 cm wide."""
    code = _code(url)
    width_pixels = code.symbol_size(scale=MODULE_PIXELS, border=BORDER_MODULES)[0]
    dots_per_inch = round(width_pixels / PRINTED_CENTIMETRES * CENTIMETRES_PER_INCH)
    buffer = BytesIO()
    code.save(buffer, kind="png", scale=MODULE_PIXELS, border=BORDER_MODULES, dpi=dots_per_inch)
    return buffer.getvalue()


def qr_svg(url: str) -> bytes:
    """The code as an SVG, black on white, 4 cm wide and scalable."""
    code = _code(url)
    modules = code.symbol_size(scale=1, border=BORDER_MODULES)[0]
    buffer = BytesIO()
    code.save(
        buffer,
        kind="svg",
        scale=PRINTED_CENTIMETRES * 10 / modules,
        unit="mm",
        border=BORDER_MODULES,
        light="white",
        title="Ticket",
    )
    return buffer.getvalue()


def qr_for_page(url: str) -> str:
    """The code as an SVG to be put into a page, black on white, as wide as its place."""
    svg: str = _code(url).svg_inline(
        border=BORDER_MODULES, light="white", omitsize=True, svgclass="qr", lineclass=None
    )
    return svg


def _code(url: str) -> segno.QRCode:
    # No micro code: few readers know it.
    return segno.make(url, error=ERROR_CORRECTION, micro=False)
