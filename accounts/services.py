"""Changes to merchants and their members."""

from django.db import transaction

from accounts.models import Merchant, MerchantMember, User


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
