from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image, ImageFilter

from matinee.tickets.qr import BORDER_MODULES, MODULE_PIXELS, qr_png, qr_svg, ticket_url

URL = ticket_url("https://tickets.odeon.example", "abcd1234efgh5678")


def decoded(picture: Image.Image) -> str:
    found = zxingcpp.read_barcodes(picture)
    assert len(found) == 1
    return str(found[0].text)


def drawn(url: str = URL) -> Image.Image:
    return Image.open(BytesIO(qr_png(url))).convert("L")


def at_four_centimetres(dots_per_inch: int) -> Image.Image:
    """As a printer of so many dots an inch puts it on paper."""
    pixels = round(4 / 2.54 * dots_per_inch)
    return drawn().resize((pixels, pixels), Image.Resampling.BILINEAR)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "http://127.0.0.1:8000/tikets/abcd1234efgh5678",
        "https://a-very-long-name." * 4 + "example/tikets/x" * 3,
    ],
)
def test_the_picture_holds_the_address(url: str) -> None:
    assert decoded(drawn(url)) == url


def test_it_prints_four_centimetres_wide() -> None:
    picture = Image.open(BytesIO(qr_png(URL)))
    width_cm = picture.width / picture.info["dpi"][0] * 2.54
    assert 3.9 <= width_cm <= 4.1


def test_it_has_the_margin_that_readers_need() -> None:
    picture = drawn()
    margin = BORDER_MODULES * MODULE_PIXELS
    inside = picture.point(lambda value: 255 - value).getbbox()
    assert inside == (margin, margin, picture.width - margin, picture.height - margin)


@pytest.mark.parametrize("dots_per_inch", [300, 150, 100])
def test_printed_at_four_centimetres_it_scans(dots_per_inch: int) -> None:
    assert decoded(at_four_centimetres(dots_per_inch)) == URL


@pytest.mark.parametrize("degrees", [7, 45, 90, 171, 283])
def test_it_scans_rotated(degrees: int) -> None:
    turned = at_four_centimetres(150).rotate(degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=255)
    assert decoded(turned) == URL


def test_it_scans_blurred() -> None:
    assert decoded(at_four_centimetres(150).filter(ImageFilter.GaussianBlur(1.5))) == URL


def test_it_scans_with_a_stain_on_it() -> None:
    picture = drawn()
    middle = picture.width // 2
    side = MODULE_PIXELS * 4
    picture.paste(128, (middle, middle, middle + side, middle + side))
    assert decoded(picture) == URL


def test_it_scans_grey_on_grey() -> None:
    assert decoded(at_four_centimetres(150).point(lambda value: 90 + value // 4)) == URL


def test_the_svg_is_as_wide_and_holds_nothing_active() -> None:
    root = ElementTree.fromstring(qr_svg(URL))
    assert root.attrib["width"] == root.attrib["height"]
    width = root.attrib["width"]
    assert width.endswith("mm")
    assert abs(float(width.removesuffix("mm")) - 40) < 0.01
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {"svg", "g", "path", "title"}
