"""Pictures that staff upload, read and written anew: nothing of the file is kept but what is seen."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matinee.programme.errors import InvalidImage

if TYPE_CHECKING:
    from PIL import Image

UPLOAD_BYTES_MAX = 4 * 1024 * 1024
# Of a picture once it is unpacked; one of 4 MiB can hold a thousand times as much.
PIXELS_MAX = 40_000_000
_TOO_MANY_PIXELS = f"The picture has more than {PIXELS_MAX // 1_000_000} million pixels."
FORMATS = ("PNG", "JPEG", "WEBP")
CONTENT_TYPES = ("image/png", "image/jpeg", "image/webp")
POSTER_PIXELS_MAX = (800, 1200)
LOGO_PIXELS_MAX = (960, 240)
JPEG_QUALITY = 86


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is stored and sent."""

    name: str
    content_type: str
    width: int
    height: int
    content: bytes


def read_poster(data: bytes) -> Picture:
    """A poster: at most 800 by 1200 pixels, without transparency. Raises InvalidImage."""
    image = _shrunk(_read(data), POSTER_PIXELS_MAX)
    return _written(
        _without_transparency(image), "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True
    )


def read_logo(data: bytes) -> Picture:
    """A logo: at most 960 by 240 pixels, transparent where it was. Raises InvalidImage."""
    return _written(_shrunk(_read(data), LOGO_PIXELS_MAX).convert("RGBA"), "PNG", optimize=True)


def _read(data: bytes) -> Image.Image:
    from PIL import Image, ImageOps  # takes long to load

    if len(data) > UPLOAD_BYTES_MAX:
        raise InvalidImage(f"The picture has more than {UPLOAD_BYTES_MAX // 1024 // 1024} MB.")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        # Known from the head of the file, before anything is unpacked.
        if image.width * image.height > PIXELS_MAX:
            raise InvalidImage(_TOO_MANY_PIXELS)
        image.load()
        # Turned as its camera says, which is then forgotten with all else that the file says.
        return ImageOps.exif_transpose(image)
    except InvalidImage:
        raise
    except Image.DecompressionBombError as error:
        raise InvalidImage(_TOO_MANY_PIXELS) from error
    except Exception as error:
        raise InvalidImage("This is no picture that can be read: PNG, JPEG or WebP.") from error


def _shrunk(image: Image.Image, pixels_max: tuple[int, int]) -> Image.Image:
    from PIL import Image

    # Palettes and 16 bits cannot be scaled well.
    made = image.convert("RGBA" if image.has_transparency_data else "RGB")
    made.thumbnail(pixels_max, Image.Resampling.LANCZOS)
    return made


def _without_transparency(image: Image.Image) -> Image.Image:
    from PIL import Image

    if image.mode == "RGB":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _written(image: Image.Image, format: str, **how: object) -> Picture:
    # What the library remembers of the file would be written again.
    image.info = {}
    out = io.BytesIO()
    image.save(out, format, **how)
    content = out.getvalue()
    return Picture(
        name=hashlib.sha256(content).hexdigest(),
        content_type=f"image/{format.lower()}",
        width=image.width,
        height=image.height,
        content=content,
    )
