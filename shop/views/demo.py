"""The mails of the demonstration shop, so that a person can read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.http import private_page

LIMIT = 100
DIVIDER = b"\n" + b"-" * 79 + b"\n"  # Django's file backend writes one after each mail of a connection


@dataclass(frozen=True)
class Mail:
    """One mail of the folder."""

    name: str
    subject: str
    recipient: str
    date: str
    text: str
    html: str


@require_safe
@private_page
def mails(request: HttpRequest) -> HttpResponse:
    """List the mails this shop has sent, newest first."""
    return render(request, "shop/mails.html", {"mails": list(islice(_all(), LIMIT))})


@require_safe
@private_page
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail as text, with its HTML beside it."""
    return render(request, "shop/mail.html", {"mail": _found(name)})


@require_safe
@private_page
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """Show a mail's HTML as a mail program would: alone, without scripts."""
    response = HttpResponse(_found(name).html)
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _all() -> Iterator[Mail]:
    """Read the mails one after the other, newest first."""
    folder = Path(settings.EMAIL_FILE_PATH or "")
    files = folder.glob("*.log") if folder.is_dir() else ()
    for path in sorted(files, key=lambda path: path.stat().st_mtime_ns, reverse=True):
        contents = [content for content in path.read_bytes().split(DIVIDER) if content.strip()]
        for number in range(len(contents), 0, -1):
            yield _read(f"{path.stem}-{number}", contents[number - 1])


def _found(name: str) -> Mail:
    for mail in _all():
        if mail.name == name:
            return mail
    raise Http404


def _read(name: str, content: bytes) -> Mail:
    message = BytesParser(policy=policy.default).parsebytes(content)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return Mail(
        name=name,
        subject=str(message["Subject"]),
        recipient=str(message["To"]),
        date=str(message["Date"]),
        text=str(text.get_content()) if text else "",
        html=str(html.get_content()) if html else "",
    )
