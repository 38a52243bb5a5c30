"""Turn a message into a mail: subject, text and HTML in the recipient's language."""

from __future__ import annotations

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from notifications.models import Message

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


def mail(message: Message) -> EmailMultiAlternatives:
    """Return the mail of a message, without its Message-ID."""
    with translation.override(message.language):
        context = {**message.context, "site_url": settings.SITE_URL, "language": message.language}
        subject = " ".join(render_to_string(f"mail/{message.kind}.subject.txt", context).split())
        text = render_to_string(f"mail/{message.kind}.txt", context)
        html = render_to_string(f"mail/{message.kind}.html", context)
    result = EmailMultiAlternatives(subject, text, to=[message.recipient])
    result.attach_alternative(_inliner.inline(html), "text/html")
    return result
