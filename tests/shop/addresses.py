"""Every address of the shop by the name of its view, outside the offices."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

OFFICES = ("admin", "merchant")


def names() -> set[str]:
    """Return the names of all views, as a request that is resolved tells them."""
    return {name for name, _ in _walk(get_resolver())}


def parameters() -> dict[str, set[str]]:
    """Return the parameters of each address by the name of its view."""
    return dict(_walk(get_resolver()))


def _walk(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            named = pattern.name or pattern.lookup_str
            yield ":".join((*spaces, named)), set(pattern.pattern.regex.groupindex)
        elif pattern.namespace not in OFFICES:
            yield from _walk(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)
