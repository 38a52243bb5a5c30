"""The only writer of the connections between accounts and the services that people sign in with elsewhere."""

from __future__ import annotations

from collections.abc import Collection

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from accounts import selectors
from accounts.models import User
from accounts.selectors import identities


class TakenError(Exception):
    """Another account has this identity."""


class OnlyWayInError(Exception):
    """Nobody could sign in to the account any more."""


def connect(*, user: User, provider: str, uid: str, label: str) -> bool:
    """Let an identity sign in to an account from now on; return whether that is new. Called twice: no change.

    label: what the person tells their accounts at the service apart by. Raises TakenError.
    """
    try:
        with transaction.atomic():
            SocialAccount.objects.create(user=user, provider=provider, uid=uid, extra_data={"label": label})
    except IntegrityError:
        if not SocialAccount.objects.filter(user=user, provider=provider, uid=uid).exists():
            raise TakenError(provider) from None
        return False
    return True


@transaction.atomic
def disconnect(*, user: User, account_id: int, offered: Collection[str]) -> SocialAccount:
    """Take a connection away, and return what it was.

    offered: the services that the shop offers now. Raises SocialAccount.DoesNotExist for another's, and OnlyWayInError.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once would each leave the other
    account: SocialAccount = SocialAccount.objects.select_related("user").get(pk=account_id, user=user)
    if identities.is_only_way_in(account, offered=offered):
        raise OnlyWayInError(account_id)
    SocialAccount.objects.filter(pk=account_id).delete()
    return account


@transaction.atomic
def make_way(*, email: str) -> bool:
    """Delete the account that was registered with this address and never activated; return whether there was one.

    For a person whom a service vouches for. Who typed the address before may have been anybody: nothing of theirs, no
    password and no connection, may be left at an account that becomes this person's.
    """
    holder = selectors.by_email(email)
    if holder is None or not selectors.never_activated().filter(pk=holder.pk, is_active=True).exists():
        return False
    # who activates meanwhile has changed this row
    if not EmailAddress.objects.select_for_update().filter(user=holder, verified=False).exists():
        return False
    holder.delete()
    return True


def drop_unproved(*, user: User) -> None:
    """Take the connections of an account in which nobody ever was: somebody else may have made them."""
    if user.last_login is None:
        SocialAccount.objects.filter(user=user).delete()


def forget(*, user: User) -> None:
    """Take every connection of a user."""
    SocialAccount.objects.filter(user=user).delete()
