"""A word that stands nowhere else, in every personal field of every model."""

from __future__ import annotations

import uuid
import zlib
from datetime import datetime, timedelta
from typing import Any

import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from accounts.models import Address, Avatar, EmailChange, ProfileChange, User
from accounts.services import addresses
from accounts.services import privacy as services
from cart.models import Cart
from notifications.models import Message
from orders.models import (
    CaseEntry,
    CasePicture,
    Checkout,
    Lookup,
    Order,
    OrderEdit,
    Purchase,
    ReturnCase,
    ShipmentEvent,
)
from orders.providers.carriers import Told, TrackingEvent
from orders.services import tracking
from tests import make

ADDRESS = {"name", "phone", "province", "city", "district", "street", "postcode"}
PERSONAL = {
    "accounts.User": {"username", "email", "name", "phone", "avatar_name"},
    "accounts.ProfileChange": {"before", "after"},
    "accounts.EmailChange": {"email"},
    "accounts.Address": set(ADDRESS),
    "account.EmailAddress": {"email"},
    "mfa.Authenticator": {"data"},
    "socialaccount.SocialAccount": {"uid", "extra_data"},
    "usersessions.UserSession": {"user_agent"},
    "orders.Purchase": {"email"},
    "orders.Order": {"email", "note", *ADDRESS},
    "orders.OrderEdit": {"note"},
    "orders.Checkout": {"email", "note", *ADDRESS},
    "orders.Lookup": {"email"},
    "orders.ReturnCase": {"explanation", "tracking_number"},
    "orders.CaseEntry": {"text"},  # planted when it is written, since it never changes
    "orders.ShipmentEvent": {"place", "text"},  # likewise
    "notifications.Message": {"recipient", "context"},  # planted one by one
    "admin.LogEntry": {"object_repr"},
}

PICTURE = b"canarypicture"


def canary(label: str, field: str) -> str:
    """Return a word that stands nowhere else."""
    word = f"canary{zlib.crc32(f'{label}.{field}'.encode()):08x}"
    return f"{word}@example.com" if field in ("email", "recipient") else word


def plant() -> User:
    """A user with a completed order and a canary in every personal field of every model."""
    user = make.verified_user("anna")
    now = timezone.now()
    order = make.completed_order(at=now, user=user)
    cart = make.cart(make.only_variant(make.product("Cup")), user=user)
    make.checkout(cart)
    addresses.add(user=user, values=make.ADDRESS)
    EmailChange.objects.create(user=user, email="x@example.com", asked_at=now)
    ProfileChange.objects.create(user=user, field=ProfileChange.Field.NAME, changed_at=now)
    Avatar.objects.create(user=user, picture=PICTURE)
    Client(headers={"user-agent": "old"}).post("/account/login/", {"login": "anna", "password": "correct horse"})
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "key"})
    SocialAccount.objects.create(user=user, provider="oidc", uid="x")
    Lookup.objects.create(number=order.number, email="x@example.com", asked_at=now)
    LogEntry.objects.create(
        user=make.operator(),
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr="x",
        action_flag=CHANGE,
    )
    _plant_case(order, now)
    for label, fields in PERSONAL.items():
        if label not in ("notifications.Message", "orders.CaseEntry", "orders.ShipmentEvent"):
            _of(label, user).update(**{field: canary(label, field) for field in fields})
    mails = [  # to an own address, about an order, about a wish
        ("x", canary("account.EmailAddress", "email"), {}),
        ("order_confirmed", canary("orders.Order", "email"), {"number": order.number}),
        ("email_change_new", canary("accounts.EmailChange", "email"), {}),
    ]
    for kind, email, context in mails:
        context |= {"name": f"canary-{kind}", "code": "123456", "link": "https://secret"}
        Message.objects.create(key=kind, kind=kind, recipient=email, language="en", context=context, due_at=now)
    user.refresh_from_db()
    return user


def _plant_case(order: Order, now: datetime) -> None:
    """A case that is over, with words and a photograph; and a parcel of whose way a carrier told."""
    parcel = order.shipments.get()
    words = {field: canary("orders.ShipmentEvent", field) for field in PERSONAL["orders.ShipmentEvent"]}
    tracking.follow(shipment=parcel, tracker=Told([TrackingEvent(ShipmentEvent.Kind.IN_TRANSIT, now, **words)]), at=now)
    case = ReturnCase.objects.create(number="1", order=order, kind="RETURN", status="DONE", amount=1, opened_at=now)
    text = canary("orders.CaseEntry", "text")
    CaseEntry.objects.create(case=case, side="BUYER", kind="MESSAGE", text=text, created_at=now)
    CasePicture.objects.create(case=case, content=PICTURE, created_at=now)
    OrderEdit.objects.create(
        order=order, token=uuid.uuid4(), status="EXPIRED", taken_out=0, added=1, proposed_at=now, pay_by=now
    )


def wish(user: User) -> None:
    """Ask for an erasure whose week is over now."""
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=8), tick=False):
        code = services.ask_erasure(user=user, at=timezone.now())
        assert services.confirm_erasure(user=user, code=code, at=timezone.now())


def everything() -> str:
    """Return every row of every table as text."""
    with connection.cursor() as cursor:
        lines = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row::text FROM "{table}" row')  # noqa: S608  names from the catalogue
            lines += [f"{table}: {text}" for (text,) in cursor.fetchall()]
    return "\n".join(lines)


def _of(label: str, user: User) -> models.QuerySet[Any]:
    """Return the rows of a model that belong to a user."""
    owners: dict[str, models.QuerySet[Any]] = {
        "accounts.User": User.objects.filter(pk=user.pk),
        "accounts.ProfileChange": ProfileChange.objects.filter(user=user),
        "accounts.EmailChange": EmailChange.objects.filter(user=user),
        "accounts.Address": Address.objects.filter(user=user),
        "mfa.Authenticator": Authenticator.objects.filter(user=user),
        "account.EmailAddress": EmailAddress.objects.filter(user=user),
        "socialaccount.SocialAccount": SocialAccount.objects.filter(user=user),
        "usersessions.UserSession": UserSession.objects.filter(user=user),
        "orders.Purchase": Purchase.objects.filter(user=user),
        "orders.Order": Order.objects.filter(user=user),
        "orders.Checkout": Checkout.objects.filter(cart__in=Cart.objects.filter(user=user)),
        "orders.ReturnCase": ReturnCase.objects.filter(order__user=user),
        "orders.OrderEdit": OrderEdit.objects.filter(order__user=user),
        "orders.Lookup": Lookup.objects.all(),
        "admin.LogEntry": LogEntry.objects.all(),
    }
    rows = owners[label]
    assert rows.exists(), label
    return rows
