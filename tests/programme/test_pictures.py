"""Pictures that staff upload, read and written anew."""

from __future__ import annotations

import tracemalloc

import pytest

from matinee.programme.errors import InvalidImage
from matinee.programme.pictures import UPLOAD_BYTES_MAX, read_logo, read_poster
from tests.pictures import bomb, opened, picture, turned_photograph


def test_a_large_poster_is_made_smaller_and_keeps_its_form() -> None:
    made = read_poster(picture("WEBP", (2000, 3000)))
    assert (made.width, made.height, made.content_type) == (800, 1200, "image/jpeg")
    assert opened(made.content).size == (800, 1200)


def test_a_small_one_keeps_its_size() -> None:
    assert opened(read_poster(picture(size=(60, 90))).content).size == (60, 90)


def test_the_same_picture_has_the_same_name_and_another_one_another() -> None:
    assert read_poster(picture()).name == read_poster(picture()).name
    assert read_poster(picture()).name != read_poster(picture(size=(61, 90))).name


def test_what_a_camera_wrote_is_gone_and_the_picture_stands_upright() -> None:
    given = turned_photograph()
    assert b"Anna" in given
    assert opened(given).getexif()

    made = read_poster(given)

    assert (made.width, made.height) == (90, 60)
    kept = opened(made.content)
    assert not kept.getexif()
    assert "comment" not in kept.info
    assert b"Anna" not in made.content
    assert b"home" not in made.content


@pytest.mark.parametrize("mode", ["P", "L", "LA", "RGBA", "I;16", "1"])
def test_every_kind_of_picture_is_read(mode: str) -> None:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new(mode, (30, 45)).save(out, "PNG")
    assert opened(read_poster(out.getvalue()).content).mode == "RGB"


def test_a_logo_stays_transparent_where_it_was() -> None:
    made = opened(read_logo(picture(mode="RGBA", size=(2000, 400))).content)
    assert (made.mode, made.size) == ("RGBA", (960, 192))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = bomb()
    assert len(data) < 10_000
    tracemalloc.start()
    with pytest.raises(InvalidImage, match="million pixels"):
        read_poster(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50_000_000


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"just a text, whatever its name says",
        picture()[:60],
        picture("GIF"),
        picture("BMP"),
    ],
    ids=["nothing", "head of a GIF", "SVG", "text", "cut off", "GIF", "BMP"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidImage, match="no picture"):
        read_poster(data)


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(InvalidImage, match="4 MB"):
        read_poster(picture() + bytes(UPLOAD_BYTES_MAX))
