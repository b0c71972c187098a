"""Pictures that somebody made to do harm: made smaller or refused, in good time and in little memory."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.programme.errors import InvalidImage
from matinee.programme.pictures import LOGO_PIXELS_MAX, POSTER_PIXELS_MAX, read_logo, read_poster
from tests.hostile import hostile, within
from tests.pictures import picture

# Of 150 MB.
PACKED = zlib.compress(bytes(150_000_000), 1)
BYTES_KEPT_MAX = 5 * 1024 * 1024
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
KINDS = st.sampled_from(
    [b"tRNS", b"PLTE", b"gAMA", b"iCCP", b"zTXt", b"tEXt", b"iTXt", b"eXIf", b"acTL", b"fdAT", b"cHRM"]
)
VALID = [picture(), picture("JPEG"), picture("WEBP"), picture(mode="RGBA"), picture(mode="P")]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(size: tuple[int, int], depth: int, color: int, chunks: list[tuple[bytes, bytes]]) -> bytes:
    """A black PNG as it is written by hand, with chunks of any kind in it."""
    width, height = size
    row = b"\0" + bytes((width * CHANNELS[color] * depth + 7) // 8)
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    middle = b"".join(chunk(kind, data) for kind, data in chunks)
    body = chunk(b"IDAT", zlib.compress(row * height, 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + middle + body + chunk(b"IEND", b"")


def read_both(data: bytes) -> None:
    """Poster and logo are made of it, or it is refused."""
    for read, largest in ((read_poster, POSTER_PIXELS_MAX), (read_logo, LOGO_PIXELS_MAX)):
        try:
            made = read(data)
        except InvalidImage:
            continue
        assert (made.width, made.height) <= largest or made.width <= largest[0]
        assert 1 <= made.height <= largest[1]
        assert len(made.content) < BYTES_KEPT_MAX


@hostile
@given(
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
    st.sampled_from([1, 2, 4, 8, 16]),
    st.sampled_from(sorted(CHANNELS)),
    st.lists(st.tuples(KINDS, st.binary(max_size=60)), max_size=3),
)
def test_a_picture_that_is_written_by_hand_is_read_or_refused(
    size: tuple[int, int], depth: int, color: int, chunks: list[tuple[bytes, bytes]]
) -> None:
    read_both(png(size, depth, color, chunks))


@hostile
@given(st.sampled_from(VALID), st.data())
def test_a_picture_that_was_spoiled_is_read_or_refused(valid: bytes, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(valid)))
    end = data.draw(st.integers(begin, min(len(valid), begin + 20)))
    read_both(valid[:begin] + data.draw(st.binary(max_size=20)) + valid[end:])


@pytest.mark.parametrize("read", [read_poster, read_logo])
@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_text_that_unpacks_to_a_hundred_times_as_much_is_not_unpacked(
    kind: bytes, read: Callable[[bytes], object]
) -> None:
    between = b"\0\1\0\0\0" if kind == b"iTXt" else b"\0\0"
    data = png((8, 8), 8, 2, [(kind, b"name" + between + PACKED)])
    assert len(data) < 1_000_000
    with within(seconds=5, megabytes=120), suppress(InvalidImage):
        read(data)


@pytest.mark.parametrize("size", [(2_000_000, 1), (1, 2_000_000), (60_000, 30)])
def test_what_is_long_and_thin_stays_a_picture(size: tuple[int, int]) -> None:
    read_both(png(size, 1, 0, []))
