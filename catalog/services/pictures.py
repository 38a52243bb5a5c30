"""Pictures: checked by decoding, encoded again by us, derived in the sizes that pages need."""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from PIL import Image

from accounts.models import Merchant
from catalog.models import Picture, Product, ProductPicture
from catalog.selectors.pictures import derived_path, master_path
from core import nudge
from core import pictures as uploads

WIDTHS = (160, 320, 640, 800)
BANNER_WIDTHS = (800, 1600)
MASTER_SIDE = 2400
DERIVED: dict[str, dict[str, object]] = {
    "avif": {"format": "AVIF", "quality": 62, "speed": 8},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
    "jpg": {"format": "JPEG", "quality": 80, "progressive": True, "optimize": True},
}


@transaction.atomic
def store(*, merchant: Merchant, content: IO[bytes]) -> Picture:
    """Keep an uploaded picture under a random name, without its metadata; derivatives follow in the background.

    Raises TooLargeError and NotAPictureError; nothing is kept then.
    """
    limits = {"byte_limit": settings.PICTURE_BYTE_LIMIT, "pixel_limit": settings.PICTURE_PIXEL_LIMIT}
    image = uploads.decode(content, side=MASTER_SIDE, **limits)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=90, method=4)
    name = secrets.token_hex(12)
    default_storage.save(master_path(name), ContentFile(buffer.getvalue()))
    picture = Picture.objects.create(merchant=merchant, name=name, width=image.width, height=image.height)
    nudge.on_commit("catalog.tasks.derive_picture", picture_id=picture.pk)
    return picture


@transaction.atomic
def adopt(
    *, merchant: Merchant, name: str, master: bytes, size: tuple[int, int], derived: Mapping[str, bytes]
) -> Picture:
    """Keep a picture of our own under a given name, with derivatives made ahead.

    derived: content by width and suffix, such as `640.avif`. Files that are there already stay.
    """
    files = {master_path(name): master}
    for key, content in derived.items():
        width, _dot, suffix = key.partition(".")
        files[derived_path(name, int(width), suffix)] = content
    for path, content in files.items():
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(content))
    return Picture.objects.get_or_create(
        name=name, defaults={"merchant": merchant, "width": size[0], "height": size[1]}
    )[0]


def free_position(*, product: Product) -> int:
    """Return the position behind a product's pictures."""
    last = ProductPicture.objects.filter(product=product).aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def derive(*, name: str, width: int, suffix: str) -> bytes | None:
    """Make one derivative, keep it, and return its bytes; None when there is no such picture or size."""
    if suffix not in DERIVED or width not in (*WIDTHS, *BANNER_WIDTHS) or not default_storage.exists(master_path(name)):
        return None
    with default_storage.open(master_path(name)) as file, Image.open(file) as master:
        size = (width, max(1, round(master.height * width / master.width)))
        smaller = master.resize(size, Image.Resampling.LANCZOS) if width < master.width else master.copy()
    buffer = io.BytesIO()
    smaller.convert("RGB").save(buffer, **DERIVED[suffix])  # type: ignore[arg-type]  # options differ by format
    default_storage.save(derived_path(name, width, suffix), ContentFile(buffer.getvalue()))
    return buffer.getvalue()


def derive_all(*, picture: Picture) -> None:
    """Make the derivatives that are still missing."""
    for suffix in DERIVED:
        for width in WIDTHS if suffix != "jpg" else (640,):
            if not default_storage.exists(derived_path(picture.name, width, suffix)):
                derive(name=picture.name, width=width, suffix=suffix)
