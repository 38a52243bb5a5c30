"""Pictures that somebody uploads: taken only if we can decode them, and never kept as they came."""

from __future__ import annotations

import io
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")


class PictureError(Exception):
    """The file is no picture we take."""


class TooLargeError(PictureError):
    """The file has too many bytes or pixels."""


class NotAPictureError(PictureError):
    """The file cannot be decoded as JPEG, PNG, WebP, AVIF or GIF."""


def decode(content: IO[bytes], *, byte_limit: int, pixel_limit: int, side: int) -> Image.Image:
    """Return the first frame, upright, on white, without metadata, at most so many pixels a side.

    The size is read from the header before any pixel is, so that a small file cannot fill the memory.
    Raises TooLargeError and NotAPictureError.
    """
    content.seek(0, io.SEEK_END)
    if content.tell() > byte_limit:
        raise TooLargeError("bytes")
    content.seek(0)
    try:
        with Image.open(content, formats=FORMATS) as image:
            if image.width * image.height > pixel_limit:
                raise TooLargeError("pixels")
            image.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((side, side))
            return _on_white(upright)
    except Image.DecompressionBombError as error:
        raise TooLargeError("pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise NotAPictureError from error


def _on_white(image: Image.Image) -> Image.Image:
    """Return the picture without transparency."""
    if image.mode in ("RGB", "L"):
        return image.convert("RGB")
    with_alpha = image.convert("RGBA")
    ground = Image.new("RGB", with_alpha.size, "white")
    ground.paste(with_alpha, mask=with_alpha.getchannel("A"))
    return ground
