"""To take one's data away and to be forgotten: complete, whatever models there are."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.utils import timezone

from accounts.models import EmailChange, User
from notifications.models import Message
from orders.models import Order, Purchase
from shop import privacy
from tests import books, make
from tests.shop.canaries import PERSONAL, PICTURE, canary, everything, plant, wish

pytestmark = pytest.mark.django_db
HARMLESS = {  # texts beside a personal one that say nothing of the person
    "accounts.User": {"password", "language", "time_zone"},
    "mfa.Authenticator": {"type"},
    "accounts.ProfileChange": {"field"},
    "accounts.Address": {"country", "label"},
    "socialaccount.SocialAccount": {"provider"},
    "usersessions.UserSession": {"ip", "data", "session_key"},
    "orders.Purchase": {"digest", "language", "currency", "payment_provider"},
    "orders.Order": {
        *("country", "number", "merchant_name", "language", "status", "payment_status", "fulfilment_status"),
        *("currency", "delivery_code", "delivery_name", "cancel_reason"),
    },
    "orders.OrderEdit": {"status"},
    "orders.Checkout": {"country", "delivery_code", "payment_provider"},
    "orders.Lookup": {"number", "code_hash"},
    "orders.ReturnCase": {"number", "kind", "reason", "status", "carrier"},
    "orders.CaseEntry": {"side", "kind"},
    "orders.ShipmentEvent": {"kind"},
    "notifications.Message": {"key", "kind", "language", "status", "error"},
    "admin.LogEntry": {"object_id", "change_message"},
}
NOBODYS = {  # models that hold no person: goods, shops, money, codes
    "accounts.Consent",  # what was agreed to, and when; the account it belongs to names nobody any more
    "accounts.AuditEntry",  # of who runs the shop
    "analytics.AuditRun",  # numbers, sums and states of rows; tests/shop/test_audit.py looks for persons in it
    "accounts.Avatar",  # a picture, looked for by its bytes
    *("accounts.Merchant", "accounts.MerchantMember", "accounts.Erasure", "accounts.DataExport"),
    *("socialaccount.SocialApp", "socialaccount.SocialToken"),  # stay empty: keys are settings, tokens are not kept
    *("account.EmailConfirmation", "auth.Permission", "auth.Group", "contenttypes.ContentType", "sessions.Session"),
    *("cart.Cart", "cart.CartLine", "cart.CartAdd", "orders.DeliveryMethod", "orders.OrderLine", "orders.Allocation"),
    *("orders.OrderEditLine", "orders.Backorder"),
    *("orders.OrderEvent", "orders.Shipment", "orders.ShipmentLine", "orders.FreightTemplate", "orders.FreightRule"),
    *("orders.Repayment", "orders.RepaymentLine", "orders.ReturnLine", "orders.CasePicture"),
    *("payments.Payment", "payments.ProviderEvent", "payments.Refund"),
}
NOT_TAKEN_AWAY = {
    "accounts.User": {"avatar_name"},  # the picture itself is
    "admin.LogEntry": {"object_repr"},
    "mfa.Authenticator": {"data"},
    "orders.Lookup": {"email"},
}
TEXTS = (models.CharField, models.TextField, models.JSONField)


@pytest.fixture
def planted():
    """Somebody with a canary in every personal field."""
    return plant()


def test_of_every_text_in_every_model_is_known_whether_it_is_personal():
    ours = [model for model in apps.get_models() if model._meta.app_label != "catalog"]

    unknown = {
        f"{model._meta.label}.{field.name}"
        for model in ours
        if model._meta.label not in NOBODYS
        for field in model._meta.concrete_fields
        if isinstance(field, TEXTS)
        and field.name not in PERSONAL.get(model._meta.label, set()) | HARMLESS.get(model._meta.label, set())
    }

    assert unknown == set()
    assert {*PERSONAL, *NOBODYS} == {model._meta.label for model in ours}
    assert PERSONAL.keys() & NOBODYS == set()


def test_nothing_of_a_person_is_left_after_erasing_but_the_money(planted, tmp_path):
    before = everything()
    kept = {name: rows for name, rows in books.copy().items() if name not in ("Purchase", "Order", "Message")}
    sums = _sums()
    wish(planted)

    assert privacy.erase_due(at=timezone.now()) == 1

    for label, fields in PERSONAL.items():
        for field in fields if label != "notifications.Message" else ():
            assert canary(label, field) in before, (label, field)
    left = everything()
    assert [line for line in left.splitlines() if "canary" in line] == []
    assert (PICTURE.hex() in before, PICTURE.hex() in left) == (True, False)
    assert planted.username not in left
    assert _files_with("canary") == []
    assert {name: rows for name, rows in books.copy().items() if name in kept} == kept
    assert _sums() == sums
    assert books.findings() == []
    assert not Session.objects.exists()
    planted.refresh_from_db()
    assert not Client().login(username=planted.username, password="correct horse")


def test_erasing_one_leaves_the_others_as_they_are(planted):
    other = make.verified_user("bea")
    order = make.paid_order(at=timezone.now(), user=other)
    Message.objects.create(key="b", kind="x", recipient=other.email, language="en", due_at=timezone.now())
    before = [list(model.objects.filter(pk=pk).values()) for model, pk in ((User, other.pk), (Order, order.pk))]
    wish(planted)

    privacy.erase_due(at=timezone.now())

    assert [list(model.objects.filter(pk=pk).values()) for model, pk in ((User, other.pk), (Order, order.pk))] == before
    assert Message.objects.get(key="b").recipient == other.email


def test_nobody_can_take_the_name_of_the_forgotten_and_so_hold_up_an_erasure(planted):
    User.objects.create_user(f"deleted-{planted.pk}", f"deleted-{planted.pk}@shop.invalid")
    wish(planted)

    assert privacy.erase_due(at=timezone.now()) == 1
    planted.refresh_from_db()
    assert re.fullmatch(rf"deleted-{planted.pk}-[0-9a-f]{{16}}@shop\.invalid", planted.email)
    assert planted.username == planted.email


def test_mails_of_others_are_not_touched_by_an_address_that_was_only_typed(planted):
    bea = make.verified_user("bea")
    Message.objects.create(key="b", kind="order_code", recipient=bea.email, language="en", due_at=timezone.now())
    Order.objects.filter(user=planted).update(email=bea.email)
    EmailChange.objects.filter(user=planted).update(email=bea.email)
    wish(planted)
    before = Message.objects.filter(key="b").values().get()

    privacy.erase_due(at=timezone.now())

    assert Message.objects.filter(key="b").values().get() == before


def test_the_export_holds_every_personal_field(planted):
    tables = privacy.records(user=planted)
    text = json.dumps(tables, default=str, ensure_ascii=False)

    missing = [
        (label, field)
        for label, fields in PERSONAL.items()
        for field in fields - NOT_TAKEN_AWAY.get(label, set())
        if label != "notifications.Message" and canary(label, field) not in text
    ]

    assert missing == []
    names = {row["context"].get("name") for row in tables["mails"]}
    assert {"canary-x", "canary-order_confirmed", "canary-email_change_new"} <= names
    assert "123456" not in text
    assert "https://secret" not in text
    assert "pbkdf2" not in text
    assert "argon2" not in text


def test_old_orders_and_mails_forget_their_people_and_young_ones_do_not(settings, capsys):
    now = timezone.now()
    ages = {"old": settings.ORDER_PERSON_DAYS + 1, "young": settings.ORDER_PERSON_DAYS - 1}
    orders = {name: make.completed_order(at=now) for name in ages}
    still_open = make.paid_order(at=now)
    Purchase.objects.update(placed_at=now - timedelta(days=ages["old"]))
    Purchase.objects.filter(orders=orders["young"]).update(placed_at=now - timedelta(days=ages["young"]))
    Message.objects.update(status="SENT")
    Message.objects.filter(context__number=orders["old"].number).update(created_at=now - timedelta(days=181))
    Message.objects.exclude(context__number=orders["old"].number).update(created_at=now - timedelta(days=179))
    sums = _sums()

    for _ in range(2):
        call_command("apply_retention")

    said = capsys.readouterr().out.splitlines()
    assert said == ["purchases: 1, mails: 2", "purchases: 0, mails: 0"]
    people = dict(Order.objects.values_list("pk", "name"))
    assert [people[each.pk] for each in (orders["old"], orders["young"], still_open)] == ["", "Li Na", "Li Na"]
    assert not Order.objects.filter(pk=orders["old"].pk).exclude(email="deleted@shop.invalid").exists()
    assert Message.objects.filter(context={}, recipient="deleted@shop.invalid").count() == 2
    assert _sums() == sums
    assert books.findings() == []


def _sums() -> list[dict[str, Any]]:
    """Return what an order keeps when it has forgotten its buyer."""
    orders: Any = Order.objects.order_by("pk")
    return list(orders.values("number", "country", "total", "paid_total", "status", "user"))


def _files_with(word: str) -> list[Path]:
    root = Path(settings.MEDIA_ROOT)
    return [path for path in root.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]
