"""Operators who look at the shop as a customer, for tests."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Erasure, MerchantMember, User
from accounts.selectors import default_merchant
from core import shared
from shop import privacy
from tests import make

REASON = "Case 7: a parcel is missing"
STOP = "/account/viewing/stop/"
OVER = "You no longer view as a customer"
ONLY_LOOKING = "You are only looking"
BEGAN, ENDED = "VIEW_BEGAN", "VIEW_ENDED"


def helper(*codenames: str) -> User:
    """Return an operator who may do this, and view users."""
    user = make.user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=("view_user", *codenames)))
    return user


def office(operator: User | None = None) -> Any:
    """Return the browser of an operator; of one who may do everything unless told."""
    client = Client()
    client.force_login(operator or make.operator())
    return client


def address(customer: User) -> str:
    """Return where a reason is asked for."""
    return f"/admin/accounts/user/{customer.pk}/view-as/"


def begin(client: Client, customer: User, reason: str = REASON) -> Any:
    """Give a reason, and return the answer."""
    return client.post(address(customer), {"reason": reason})


def is_viewing(client: Client, customer: User) -> bool:
    """Tell whether the shop is seen as this customer."""
    page = client.get("/account/")
    return page.status_code == 200 and page.context["user"] == customer and "Stop viewing" in page.text


def acts() -> list[tuple[str, str]]:
    """Return what was noted, oldest first, and about whom."""
    return list(AuditEntry.objects.order_by("pk").values_list("act", "user__username"))


def carries_a_mark(client: Client) -> bool:
    """Tell whether the browser says that its session is worth a look."""
    cookie = client.cookies.get(shared.VIEWING_COOKIE)
    return cookie is not None and bool(cookie.value)


def shut(user: User) -> None:
    """Lock an account."""
    User.objects.filter(pk=user.pk).update(is_active=False)


def promote(user: User) -> None:
    """Make an operator of somebody."""
    User.objects.filter(pk=user.pk).update(is_staff=True)


def crown(user: User) -> None:
    """Let somebody do everything."""
    User.objects.filter(pk=user.pk).update(is_superuser=True)


def employ(user: User) -> None:
    """Let somebody work for a merchant."""
    MerchantMember.objects.create(merchant=default_merchant(), user=user)


def erase(user: User) -> None:
    """Erase an account."""
    Erasure.objects.create(user=user, asked_at=timezone.now(), due_at=timezone.now())
    assert privacy.erase_due(at=timezone.now()) == 1


CHANGES = pytest.mark.parametrize("change", [shut, promote, crown, employ, erase])
