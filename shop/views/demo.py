"""The mails of the demonstration shop, so that a person can read them."""

from __future__ import annotations

from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.http import private_page

LIMIT = 100


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
    return render(request, "shop/mails.html", {"mails": [_read(path) for path in _files()[:LIMIT]]})


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


def _files() -> list[Path]:
    folder = Path(settings.EMAIL_FILE_PATH or "")
    return (
        sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True) if folder.is_dir() else []
    )


def _found(name: str) -> Mail:
    for path in _files():
        if path.stem == name:
            return _read(path)
    raise Http404


def _read(path: Path) -> Mail:
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return Mail(
        name=path.stem,
        subject=str(message["Subject"]),
        recipient=str(message["To"]),
        date=str(message["Date"]),
        text=str(text.get_content()) if text else "",
        html=str(html.get_content()) if html else "",
    )
