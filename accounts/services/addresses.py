"""The only writer of saved addresses. Whoever has addresses has exactly one default among them."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from accounts.models import Address, User

FIELDS = ("country", "name", "phone", "province", "city", "district", "street", "postcode")


class TooManyAddressesError(Exception):
    """The user has as many addresses as an account may have."""


@transaction.atomic
def add(*, user: User, values: Mapping[str, str], is_default: bool = False) -> Address:
    """Save another address; the first one becomes the default.

    values: by FIELDS, and `label`. Raises TooManyAddressesError.
    """
    _lock(user)
    if is_full(user=user):
        raise TooManyAddressesError(user)
    return _add(user, values, is_default=is_default)


@transaction.atomic
def remember(*, user: User, values: Mapping[str, str]) -> None:
    """Save an address that was typed at the checkout; no change when there is the same one, or no room for it.

    values: by FIELDS.
    """
    _lock(user)
    if not Address.objects.filter(user=user, **values).exists() and not is_full(user=user):
        _add(user, values, is_default=False)


@transaction.atomic
def change(*, address: Address, values: Mapping[str, str], is_default: bool = False) -> None:
    """Change a saved address; orders keep their copies. The default stays it until another one is made it.

    values: by FIELDS, and `label`. Raises Address.DoesNotExist when it is gone by now.
    """
    _lock(address.user)
    current = Address.objects.get(pk=address.pk)
    for name, value in values.items():
        setattr(current, name, value)
    current.save(update_fields=[*values, "updated_at"])
    if is_default:
        _make_default(current)


@transaction.atomic
def make_default(*, address: Address) -> None:
    """Make an address the default in place of the one before; called twice: no change.

    Raises Address.DoesNotExist when it is gone by now.
    """
    _lock(address.user)
    _make_default(Address.objects.get(pk=address.pk))


@transaction.atomic
def delete(*, address: Address) -> None:
    """Delete an address; if it was the default, the one changed last takes its place. Called twice: no change."""
    _lock(address.user)
    Address.objects.filter(pk=address.pk).delete()
    rest = Address.objects.filter(user=address.user)
    following = rest.order_by("-updated_at", "-pk").first()
    if following is not None and not rest.filter(is_default=True).exists():
        _make_default(following)


def forget(*, user: User) -> None:
    """Delete all addresses of a user."""
    Address.objects.filter(user=user).delete()


def is_full(*, user: User) -> bool:
    """Tell whether an account has as many addresses as it may have."""
    return Address.objects.filter(user=user).count() >= settings.ADDRESSES_PER_ACCOUNT


def _lock(user: User) -> None:
    """Let the changes to one account's addresses come one after the other."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _add(user: User, values: Mapping[str, str], *, is_default: bool) -> Address:
    is_first = not Address.objects.filter(user=user).exists()
    address = Address.objects.create(user=user, **values)
    if is_default or is_first:
        _make_default(address)
    return address


def _make_default(address: Address) -> None:
    own = Address.objects.filter(user_id=address.user_id)
    own.filter(is_default=True).exclude(pk=address.pk).update(is_default=False)
    own.filter(pk=address.pk).update(is_default=True)
    address.is_default = True
