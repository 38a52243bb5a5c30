"""Faults of accounts."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone

from accounts.models import Avatar, DataExport, EmailChange, Erasure, ProfileChange, User
from accounts.services import addresses
from cart.models import Cart
from orders.models import Order
from shop.audit import accounts as audit
from tests import make
from tests.shop.faults import breaks

COLUMNS: dict[str, Any] = {
    "email": "anna@example.com",
    "username": "anna",
    "name": "Anna",
    "phone": "1",
    "birthday": date(2000, 1, 1),
    "avatar_name": "a",
    "is_active": True,
    "password": "pbkdf2$1",
}
TABLES: dict[str, Callable[[User], object]] = {
    "address": lambda user: addresses.add(user=user, values=make.ADDRESS),
    "avatar": lambda user: Avatar.objects.create(user=user, picture=b"x"),
    "profilechange": lambda user: ProfileChange.objects.create(user=user, field="NAME", changed_at=timezone.now()),
    "emailchange": lambda user: EmailChange.objects.create(user=user, email="x@y.example", asked_at=timezone.now()),
    "dataexport": lambda user: DataExport.objects.create(user=user, asked_at=timezone.now()),
    "emailaddress": lambda user: EmailAddress.objects.create(user=user, email="x@y.example"),
    "authenticator": lambda user: Authenticator.objects.create(user=user, type="totp", data={}),
    "socialaccount": lambda user: SocialAccount.objects.create(user=user, provider="oidc", uid="x"),
    "cart": lambda user: Cart.objects.create(user=user),
}


def erased() -> User:
    """The account of the sound shop that is nobody's any more."""
    return Erasure.objects.get(done_at__isnull=False).user


@breaks(audit.ErasedAccountsNameNobody)
def a_name_that_came_back(order: Order) -> str:
    user = erased()
    User.objects.filter(pk=user.pk).update(name="Anna Berg")
    return f"user {user.pk}"


@breaks(audit.ErasedAccountsNameNobody)
def an_order_that_still_names_somebody(order: Order) -> str:
    user = erased()
    Order.objects.filter(user=user).update(phone="13800138000")
    return f"user {user.pk}"


@breaks(audit.LockedAccountsHaveNoSession)
def somebody_shut_out_who_is_still_in(order: Order) -> str:
    user = User.objects.get(usersession__isnull=False)
    User.objects.filter(pk=user.pk).update(is_active=False)
    return f"user {user.pk}"


@breaks(audit.ExportsArePacked)
def an_export_nobody_packs(order: Order) -> str:
    asked_at = timezone.now() - timedelta(minutes=61)
    export = DataExport.objects.create(user=make.user(), asked_at=asked_at)
    return f"export {export.pk}"
