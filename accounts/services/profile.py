"""What people tell about themselves; each change is noted for support."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from django.conf import settings
from django.db import transaction
from PIL import ImageOps

from accounts.models import Avatar, ProfileChange, User
from core import pictures

AVATAR_BYTES = 2_000_000
AVATAR_SIDE = 256
DECODED_SIDE = 1024
Field = ProfileChange.Field


@dataclass(frozen=True)
class Profile:
    """What a person tells about themselves.

    language: of mails; a code of settings.LANGUAGES. time_zone: a name of the IANA database; empty for the shop's.
    """

    name: str
    phone: str
    language: str
    time_zone: str
    birthday: date | None


@transaction.atomic
def change(*, user: User, to: Profile, at: datetime) -> None:
    """Keep what a person tells about themselves."""
    for field, value in vars(to).items():
        before = getattr(user, field)
        setattr(user, field, value)
        note(user=user, field=Field(field.upper()), before=str(before or ""), after=str(value or ""), at=at)
    user.save(update_fields=list(vars(to)))


@transaction.atomic
def set_avatar(*, user: User, content: IO[bytes], at: datetime) -> None:
    """Keep the middle of a picture as a small square, without its metadata.

    Raises core.pictures.TooLargeError and NotAPictureError; nothing changes then.
    """
    pixels = settings.PICTURE_PIXEL_LIMIT
    image = pictures.decode(content, byte_limit=AVATAR_BYTES, pixel_limit=pixels, side=DECODED_SIDE)
    buffer = io.BytesIO()
    ImageOps.fit(image, (AVATAR_SIDE, AVATAR_SIDE)).save(buffer, "WEBP", quality=82, method=4)
    Avatar.objects.update_or_create(user=user, defaults={"picture": buffer.getvalue()})
    _name_avatar(user, secrets.token_hex(12), at)


@transaction.atomic
def remove_avatar(*, user: User, at: datetime) -> None:
    """Delete a person's picture; without one: no change."""
    Avatar.objects.filter(user=user).delete()
    _name_avatar(user, "", at)


def note(*, user: User, field: Field, before: str, after: str, at: datetime) -> None:
    """Note that something of a profile is not what it was; nothing when it is."""
    if before != after:
        ProfileChange.objects.create(user=user, field=field, before=before, after=after, changed_at=at)


def _name_avatar(user: User, name: str, at: datetime) -> None:
    before, user.avatar_name = user.avatar_name, name
    user.save(update_fields=["avatar_name"])
    note(user=user, field=Field.AVATAR, before=before, after=name, at=at)
