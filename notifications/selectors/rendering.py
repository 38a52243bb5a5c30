"""Turn a message into a mail: subject, text and HTML in the recipient's language."""

from __future__ import annotations

from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist, TemplateSyntaxError, VariableDoesNotExist
from django.template.loader import render_to_string
from django.utils import translation

from notifications.models import Message

UNREADABLE = (  # what a mistake in a template, or content it does not know, raises
    TemplateDoesNotExist,
    TemplateSyntaxError,
    VariableDoesNotExist,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
)
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


def mail(message: Message) -> EmailMultiAlternatives:
    """Return the mail of a message, without its Message-ID."""
    context = _context(message)
    with translation.override(message.language):
        text = render_to_string(f"mail/{message.kind}.txt", context)
        html = render_to_string(f"mail/{message.kind}.html", context)
    result = EmailMultiAlternatives(subject(message), text, to=[message.recipient])
    result.attach_alternative(_inliner.inline(html), "text/html")
    return result


def subject(message: Message) -> str:
    """Return the subject of a message, in one line."""
    with translation.override(message.language):
        return " ".join(render_to_string(f"mail/{message.kind}.subject.txt", _context(message)).split())


def _context(message: Message) -> dict[str, Any]:
    return {**message.context, "site_url": settings.SITE_URL, "language": message.language}
