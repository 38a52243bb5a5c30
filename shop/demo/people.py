"""Merchants with their staff, an operator, and customers. One password for all, and for the demo only."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password

from accounts import services
from accounts.models import Merchant, User
from accounts.selectors import default_merchant
from catalog.selectors.languages import localized
from shop.demo.content import read

PASSWORD = "open-for-business"  # noqa: S105  printed in README.md, never used outside the demo


def load() -> dict[str, Merchant]:
    """Create everybody and return the merchants by slug."""
    secret = make_password(PASSWORD)
    User.objects.create(
        username="operator",
        email="operator@example.com",
        name="Operator",
        is_staff=True,
        is_superuser=True,
        password=secret,
    )
    merchants = {}
    for row in read("merchants"):
        merchant = _merchant(row["slug"], row["name"], is_default=row["default"])
        merchants[merchant.slug] = merchant
        for person in row["staff"]:
            user = User.objects.create(**person, password=secret, language="zh-hans")
            services.add_member(merchant=merchant, user=user)
    for row in read("customers"):
        User.objects.create(username=row["username"], email=row["email"], name=row["name"], password=secret)
    services.trust_addresses(users=User.objects.all())
    return merchants


def _merchant(slug: str, names: dict[str, str], *, is_default: bool) -> Merchant:
    if not is_default:
        return services.open_merchant(slug=slug, names=names)
    merchant = default_merchant()
    merchant.slug = slug
    for field, text in localized("name", names).items():
        setattr(merchant, field, text)
    merchant.save()
    return merchant
