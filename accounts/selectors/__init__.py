"""Questions about people and merchants."""

from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower

from accounts.models import EmailChange, Merchant, MerchantMember, User

_CACHE_KEY = "accounts:merchants-shown"
WORKERS = 20  # who gets a mail when there is something to do


def default_merchant() -> Merchant:
    """Return the merchant that exists from the first migration on."""
    return Merchant.objects.get(is_default=True)


def has_several_merchants() -> bool:
    """Tell whether pages should say who sells; while there is one merchant, nobody needs to know."""
    answer = cache.get(_CACHE_KEY)
    if answer is None:
        answer = Merchant.objects.filter(is_active=True).order_by("pk")[1:2].exists()
        cache.set(_CACHE_KEY, answer, 60)
    return bool(answer)


def by_email(email: str) -> User | None:
    """Return who has this address, however it is written; compared as the constraint compares."""
    return User.objects.annotate(lowered=Lower("email")).filter(lowered=Lower(Value(email))).first()


def by_username(username: str) -> User | None:
    """Return who has this name, however it is written; compared as the constraint compares."""
    return User.objects.annotate(lowered=Lower("username")).filter(lowered=Lower(Value(username))).first()


def never_activated() -> QuerySet[User]:
    """Return the accounts that registered by themselves and whose address nobody has confirmed.

    Nobody was ever in one of them. One that an operator has locked, or unlocked, is not among them: that is on record.
    """
    waiting = User.objects.filter(emailaddress__verified=False, last_login=None, is_staff=False, memberships=None)
    return waiting.filter(audit_entries=None).exclude(emailaddress__verified=True)


def proved_emails(*, user: User) -> list[str]:
    """Return the addresses a user has shown to be the own ones, in lower case."""
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return [email.lower() for email in proved]


def is_proved(email: str) -> bool:
    """Tell whether the owner of an address has shown to be it."""
    return bool(EmailAddress.objects.filter(email=email, verified=True).exists())


def wished_email(*, user: User) -> str:
    """Return the address a user would like to have instead, in lower case; nothing without such a wish."""
    wish = EmailChange.objects.filter(user=user).first()
    return wish.email.lower() if wish else ""


def order_workers(*, merchant: Merchant) -> list[User]:
    """Return who handles a merchant's orders and has an address; those who run the shop where a merchant has nobody."""
    return _workers(merchant, (MerchantMember.Role.OWNER, MerchantMember.Role.ORDERS, MerchantMember.Role.SUPPORT))


def stock_workers(*, merchant: Merchant) -> list[User]:
    """Return who orders a merchant's goods and has an address; those who run the shop where a merchant has nobody."""
    return _workers(merchant, (MerchantMember.Role.OWNER, MerchantMember.Role.CATALOGUE))


def _workers(merchant: Merchant, roles: Collection[MerchantMember.Role]) -> list[User]:
    active = User.objects.filter(is_active=True).exclude(email="").order_by("pk")
    members = active.filter(memberships__merchant=merchant, memberships__role__in=roles).distinct()
    return list(members[:WORKERS]) or list(active.filter(is_superuser=True)[:WORKERS])
