"""Where pictures and their derivatives are."""

from django.conf import settings


def master_path(name: str) -> str:
    """Return where the picture itself is kept, below the media folder."""
    return f"pictures/{name[:2]}/{name}.webp"


def derived_path(name: str, width: int, suffix: str) -> str:
    """Return where a derivative is kept, below the media folder."""
    return f"pictures/{name[:2]}/{name}-{width}.{suffix}"


def url(name: str, width: int, suffix: str) -> str:
    """Return the address of a derivative; it is made when it is not there yet."""
    return settings.MEDIA_URL + derived_path(name, width, suffix)
