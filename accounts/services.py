"""Changes to users, merchants and their members."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import Merchant, MerchantMember, User

ACTIVATION_DAYS = 14
DELETE_BATCH = 1000


@transaction.atomic
def open_merchant(*, slug: str, names: dict[str, str]) -> Merchant:
    """Create a merchant.

    names: by language code; the default language must be there.
    """
    return Merchant.objects.create(
        slug=slug, **{f"name_{code.replace('-', '_')}": name for code, name in names.items()}
    )


@transaction.atomic
def add_member(*, merchant: Merchant, user: User, role: str = MerchantMember.Role.OWNER) -> MerchantMember:
    """Let a user work for a merchant; called twice it changes the role."""
    member, _ = MerchantMember.objects.update_or_create(merchant=merchant, user=user, defaults={"role": role})
    return member


def trust_addresses(*, users: Iterable[User]) -> None:
    """Take the email addresses of these users as confirmed, so that they sign in without activation."""
    rows = [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users]
    EmailAddress.objects.bulk_create(rows, ignore_conflicts=True)


def delete_never_activated(*, at: datetime) -> int:
    """Delete one batch of accounts whose address nobody has confirmed for two weeks; return how many.

    Only those that registered by themselves: an account made in the office has no address to confirm yet.
    """
    waiting = User.objects.filter(
        emailaddress__verified=False,
        last_login=None,
        is_staff=False,
        memberships=None,
        joined_at__lt=at - timedelta(days=ACTIVATION_DAYS),
    ).exclude(emailaddress__verified=True)
    batch = list(waiting.values_list("pk", flat=True)[:DELETE_BATCH])
    User.objects.filter(pk__in=batch).delete()
    return len(batch)
