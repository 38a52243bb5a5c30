"""An address book holds no more than it may, and one default, also when two tabs write at once."""

from __future__ import annotations

from functools import partial

from accounts.models import Address
from accounts.services import addresses
from tests import make
from tests.crowd import Crossing, at_once, caught

AFTER_COUNTING = r'SELECT COUNT\(\*\).* FROM "accounts_address"'
WITHOUT_THE_LOCK = (r" FOR NO KEY UPDATE\b.*$", "")


def test_two_tabs_with_room_for_one_save_one(settings):
    settings.ADDRESSES_PER_ACCOUNT = 3
    user = _member(2)
    save = caught(partial(make.address, user), addresses.TooManyAddressesError)

    results = at_once(save, save, crossing=Crossing(AFTER_COUNTING, are_kept_apart=True))

    assert sorted(type(each).__name__ for each in results) == ["Address", "TooManyAddressesError"]
    assert Address.objects.filter(user=user).count() == 3


def test_control_without_the_lock_both_are_saved(settings):
    settings.ADDRESSES_PER_ACCOUNT = 3
    user = _member(2)
    save = partial(make.address, user)

    at_once(save, save, crossing=Crossing(AFTER_COUNTING, without=[WITHOUT_THE_LOCK]))

    assert Address.objects.filter(user=user).count() == 4


def test_ten_first_addresses_at_once_have_one_default_among_them():
    user = make.user()

    at_once(*[partial(make.address, user)] * 10)

    assert Address.objects.filter(user=user).count() == 10
    assert Address.objects.filter(user=user, is_default=True).count() == 1


def test_a_default_that_is_deleted_while_it_is_chosen_leaves_one_default():
    user = _member(3)
    first, second = Address.objects.filter(user=user).order_by("-is_default", "pk")[:2]
    choose = caught(partial(addresses.make_default, address=second), Address.DoesNotExist)

    at_once(choose, partial(addresses.delete, address=second), partial(addresses.delete, address=first))

    assert Address.objects.filter(user=user).count() == 1
    assert Address.objects.filter(user=user, is_default=True).count() == 1


def test_the_same_address_remembered_ten_times_at_once_is_one():
    user = make.user()

    at_once(*[partial(addresses.remember, user=user, values=make.ADDRESS)] * 10)

    assert Address.objects.get(user=user).is_default


def _member(count):
    user = make.user()
    for number in range(count):
        make.address(user, street=str(number))
    return user
