"""What a mail says and how it is put together: both languages, text and HTML, and nothing slipped into a header."""

from __future__ import annotations

import ast
import re
from email.utils import getaddresses
from typing import Any

import pytest

from notifications.models import Message
from notifications.selectors import rendering
from notifications.services import delivery
from orders.services import shipping
from tests import books, make
from tests.house import sources
from tests.house.sources import ROOT
from tests.notifications.conftest import CONTEXT

pytestmark = pytest.mark.django_db
PARTS = [
    {"is_removed": True, "title": "SKU-1", "quantity": 1, "total": "10.00"},
    {"is_removed": False, "title": "SKU-2", "quantity": 2, "total": "12.00"},
]
KINDS: dict[str, dict[str, Any]] = {
    "order_confirmed": {},
    "order_cancelled": {"reason": "UNPAID"},
    "order_shipped": {"carrier": "SF Express", "tracking_number": "SF100"},
    "payment_refunded": {"amount": "68.00"},
    "order_refunded": {"amount": "68.00"},
    "order_unshipped": {"carrier": "SF Express", "tracking_number": "SF100"},
    "receipt_reminder": {"until": "2026-12-01T09:30:00+00:00", "is_extended": False},
    "order_readdressed": {"address": ["Li Na", "13800138000"]},
    "order_to_pay": {"pay_by": "2026-11-24T09:30:00+00:00"},
    "order_change": {"parts": PARTS, "note": "OK", "difference": "2.00", "pay_by": "2026-11-22T09:30:00+00:00"},
    "order_changed": {"parts": PARTS, "note": "", "difference": "2.00", "is_refund": True},
}
SUBJECTS = {
    ("order_confirmed", "en"): "Order 552270165309 confirmed",
    ("order_cancelled", "en"): "Order 552270165309 was cancelled",
    ("order_shipped", "en"): "Order 552270165309 is on its way",
    ("payment_refunded", "en"): "Your payment for order 552270165309 was refunded",
}
EVERY = [(kind, language) for kind in KINDS for language in ("en", "zh-hans")]


def render(kind: str = "order_confirmed", language: str = "en", **context: object):
    """Return a mail as it would be sent, with its text and its HTML."""
    message = Message(
        key="k", kind=kind, recipient="li.na@example.com", language=language, context=CONTEXT | KINDS[kind] | context
    )
    mail = rendering.mail(message)
    return mail, mail.body, str(mail.alternatives[0][0])


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_mail_has_text_and_html_in_its_language(kind, language):
    mail, text, html = render(kind, language)

    assert mail.alternatives[0][1] == "text/html"
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in html
    for part in (mail.subject, text, html):
        assert bool(re.search("[\u4e00-\u9fff]", part.replace("浙江省", ""))) == (language == "zh-hans")
    assert mail.subject == SUBJECTS.get((kind, language), mail.subject)
    assert "552270165309" in mail.subject


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_nothing_of_the_template_language_is_left_in_a_mail(kind, language):
    mail, text, html = render(kind, language)

    for part in (mail.subject, text, html):
        assert not re.search(r"{[{%]|[}%]}|None|Invalid", part)
    assert "&#" not in text
    assert "&amp;" not in text


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_link_is_absolute_and_leads_to_the_shop(kind, language, settings):
    _, text, html = render(kind, language)

    links = re.findall(r'(?:href|src)="([^"]+)"', html) + re.findall(r"https?://\S+", text)
    assert CONTEXT["link"] in links
    assert all(link.startswith(f"{settings.SITE_URL}/") or link == settings.SITE_URL for link in links)


@pytest.mark.parametrize(
    ("language", "sums"), [("en", ["CN¥60.00", "CN¥8.00", "CN¥68.00"]), ("zh-hans", ["¥60.00", "¥8.00", "¥68.00"])]
)
def test_amounts_are_those_of_the_order(language, sums):
    _, text, html = render(language=language)

    for amount in sums:
        assert amount in text
        assert amount in html


def test_what_a_shopper_typed_is_text_and_not_html():
    name = '<b>Li</b> & "Na" <script>'

    _, text, html = render(name=name)

    assert name in text
    assert "<script" not in html
    assert "&lt;b&gt;Li&lt;/b&gt; &amp;" in html


@pytest.mark.parametrize("number", ["1\nBcc: all@example.com", "1\r\nBcc: all@example.com", "1\r\n\r\nHello"])
def test_a_line_break_in_a_subject_starts_no_header(write, postbox, now, number):
    write(context=CONTEXT | {"number": number})

    delivery.deliver_due(at=now)

    mail = postbox.mails[0]
    assert (mail["Bcc"], getaddresses([mail["To"]])) == (None, [("", "li.na@example.com")])
    assert str(mail["Subject"]) == f"Order {' '.join(number.split())} confirmed"


@pytest.mark.parametrize("recipient", ["a@example.com\nBcc: all@example.com", "a@example.com\r\nSubject: x"])
def test_a_line_break_in_an_address_is_given_up_and_nothing_is_sent(write, postbox, now, recipient):
    message = write(recipient=recipient)

    delivery.deliver_due(at=now)

    message.refresh_from_db()
    assert (message.status, message.error) == (Message.Status.FAILED, "ValueError")
    assert postbox.mails == []


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("o'hara+shop@example.com", "o'hara+shop@example.com"),
        ("li@例子.公司", "li@xn--fsqu00a.xn--55qx5d"),
        ("a.very.long.name.with.many.parts@sub.domain.example.com", None),
    ],
)
def test_unusual_addresses_are_delivered(write, postbox, now, typed, sent):
    write(recipient=typed)

    delivery.deliver_due(at=now)

    assert postbox.recipients() == [sent or typed]


@pytest.mark.parametrize("name", ["娜 李", "Ü" * 60, "🫖 Teapot", "name, with comma; and\u202e turn"])
def test_names_of_every_script_arrive_as_they_are(write, postbox, now, name):
    write(context=CONTEXT | {"name": name})

    delivery.deliver_due(at=now)

    mail = postbox.mails[0]
    assert f"Hello {name}, we have" in mail.get_body(("plain",)).get_content().replace("=\n", "")
    assert mail.get_body(("html",)).get_content_charset() == "utf-8"


def test_a_mail_has_the_headers_it_needs(write, postbox, now, settings):
    message = write()

    delivery.deliver_due(at=now)

    mail = postbox.mails[0]
    assert mail["From"] == settings.DEFAULT_FROM_EMAIL
    assert mail["Message-ID"] == delivery.message_id(message)
    assert mail["Date"]
    assert mail.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_orders_own_mails_are_written_in_its_language(postbox, now, settings, language):
    order = make.paid_order(language=language)
    shipping.ship(order=order, label=shipping.Label("SF", "SF100"), at=now)

    delivery.deliver_due(at=now)

    assert len(postbox.mails) == len(books.mails()) == 2
    for mail in postbox.mails:
        text = mail.get_body(("plain",)).get_content()
        assert order.number in text
        assert (
            f"/zh-hans/orders/{order.number}/" in text if language == "zh-hans" else f"/orders/{order.number}/" in text
        )
    assert set(Message.objects.values_list("status", flat=True)) == {Message.Status.SENT}


def test_every_kind_of_mail_that_the_shop_writes_has_its_three_templates():
    folder = ROOT / "templates" / "mail"
    missing = [
        f"{kind}{end}"
        for kind in sorted(_kinds_written())
        for end in (".subject.txt", ".txt", ".html")
        if not (folder / f"{kind}{end}").exists()
    ]

    assert {"order_shipped", "order_urged", "case_news", "case_work"} <= _kinds_written()
    assert missing == []


def _kinds_written() -> set[str]:
    """Return what modules of mails name as the kind: a keyword of the outbox, or the second word of a helper of it."""
    found = set()
    for source in sources.python(ROOT):
        if "mails" not in source.path:
            continue
        for node in sources.calls(source.tree):
            words = [*node.args, *(each.value for each in node.keywords if each.arg == "kind")]
            texts = {str(word.value) for word in words if isinstance(word, ast.Constant)}
            found |= {text for text in texts if re.fullmatch(r"[a-z]+(_[a-z]+)+", text)}
    return found - {"order_link"}
