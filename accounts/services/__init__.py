"""Changes to users, merchants and their members."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts import selectors
from accounts.models import EmailChange, Merchant, MerchantMember, User
from accounts.services import profile
from core import emails

ACTIVATION_DAYS = 14
EMAIL_CHANGE_DAYS = 3
DELETE_BATCH = 1000
Side = Literal["old", "new"]


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

    Only those that registered by themselves: whoever makes an account in the office vouches for its address. One that
    an audit entry tells of stays for the sake of the entry.
    """
    waiting = selectors.never_activated().filter(joined_at__lt=at - timedelta(days=ACTIVATION_DAYS))
    batch = list(waiting.values_list("pk", flat=True)[:DELETE_BATCH])
    with transaction.atomic():
        # who activates meanwhile has changed this row, and is left out
        addresses = EmailAddress.objects.select_for_update().filter(user__in=batch, verified=False)
        User.objects.filter(pk__in=[address.user_id for address in addresses]).delete()
    return len(batch)


def ask_email_change(*, user: User, email: str, at: datetime) -> EmailChange:
    """Note a wish for another address, in place of an earlier one; nothing changes until both addresses confirm."""
    values = {
        "email": emails.canonical(email),
        "is_confirmed_by_old": False,
        "is_confirmed_by_new": False,
        "asked_at": at,
    }
    return EmailChange.objects.update_or_create(user=user, defaults=values)[0]


def cancel_email_change(*, user: User) -> None:
    """Drop the wish; its links lead nowhere then."""
    EmailChange.objects.filter(user=user).delete()


@transaction.atomic
def confirm_email_change(
    *, change_id: int, email: str, asked_at: datetime, side: Side, at: datetime
) -> EmailChange | None:
    """Note that one of the two addresses agrees; once both have, the account has the new one.

    Returns None when another account has the new address by then: the wish is over, and nothing else changes.
    Raises EmailChange.DoesNotExist for a wish that is over: carried out, dropped, replaced, or too old.
    """
    since = at - timedelta(days=EMAIL_CHANGE_DAYS)
    wishes = EmailChange.objects.select_for_update().filter(asked_at__gte=since)
    change = wishes.get(pk=change_id, email=email, asked_at=asked_at)
    setattr(change, f"is_confirmed_by_{side}", True)
    if not change.is_confirmed:
        change.save(update_fields=[f"is_confirmed_by_{side}"])
        return change
    change.delete()
    try:
        _move_to(change.user, email, at)
    except IntegrityError:  # two accounts may have wished for it, and the constraint says who was first
        return None
    return change


def is_taken(email: str) -> bool:
    """Tell whether an account has this address."""
    email = emails.canonical(email)
    return selectors.by_email(email) is not None or selectors.is_proved(email)


@transaction.atomic
def correct_email(*, user: User, before: str, at: datetime) -> None:
    """Take the address that an account was given in the office as its only one; the old one opens nothing any more."""
    EmailChange.objects.filter(user=user).delete()
    _move(user, before, at)


@transaction.atomic
def _move_to(user: User, email: str, at: datetime) -> None:
    before, user.email = user.email, email
    user.save(update_fields=["email"])
    _move(user, before, at)


def _move(user: User, before: str, at: datetime) -> None:
    profile.note(user=user, field=profile.Field.EMAIL, before=before, after=user.email, at=at)
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
