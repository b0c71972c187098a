"""Pictures as staff would upload them."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image


def picture(format: str = "PNG", size: tuple[int, int] = (60, 90), mode: str = "RGB", **how: Any) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new(mode, size, "#b3202a").save(out, format, **how)
    return out.getvalue()


def turned_photograph() -> bytes:
    """A JPEG 60 wide and 90 high, whose camera lay on its side, and which says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "A camera of Anna's"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", exif=exif, comment=b"taken at home")


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that would unpack to gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def opened(data: bytes) -> Image.Image:
    """The picture in a file."""
    return Image.open(io.BytesIO(data))
