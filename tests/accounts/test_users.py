"""Users, merchants, and who works for whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction

from accounts import selectors, services
from accounts.models import Merchant, MerchantMember, User
from catalog.selectors.languages import localized
from tests import make

pytestmark = pytest.mark.django_db


def people() -> list[Any]:
    """Return every row about people and merchants."""
    models: tuple[Any, ...] = (User, Merchant, MerchantMember)
    return [row for model in models for row in model._default_manager.order_by("pk").values()]


def test_a_password_is_kept_as_a_hash_only():
    user = User.objects.create_user("lina", "li.na@example.com", "correct horse")

    assert "correct horse" not in str(User.objects.values().get())
    assert user.check_password("correct horse")
    assert authenticate(username="lina", password="correct horse") == user
    assert authenticate(username="lina", password="wrong") is None


def test_an_account_without_password_lets_nobody_in():
    user = User.objects.create_user("lina", "li.na@example.com")

    assert not user.has_usable_password()
    assert authenticate(username="lina", password="") is None
    assert authenticate(username="lina", password=None) is None


def test_an_email_is_kept_in_small_letters_without_blanks():
    assert make.user("lina").email == "lina@example.com"
    assert User.objects.create_user("wei", "  Wei@Example.COM ").email == "wei@example.com"


@pytest.mark.parametrize(("username", "email"), [("LINA", "other@example.com"), ("other", "LINA@example.com")])
def test_names_and_emails_differ_in_more_than_capitals(username, email):
    make.user("lina")
    before = people()

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username=username, email=email)

    assert people() == before


def test_a_new_user_is_neither_operator_nor_member():
    user = make.user()

    assert (user.is_active, user.is_staff, user.is_superuser) == (True, False, False)
    assert list(Merchant.objects.worked_for_by(user)) == []


def test_a_superuser_may_do_everything():
    user = User.objects.create_superuser("chief", "chief@example.com", "correct horse")

    assert (user.is_staff, user.is_superuser, user.has_perm("orders.view_order")) == (True, True, True)


def test_a_deactivated_user_cannot_sign_in():
    user = make.user("lina", is_active=False)

    assert authenticate(username=user.username, password="correct horse") is None


@pytest.mark.parametrize(("name", "shown"), [("Li Na", "Li Na"), ("", "lina")])
def test_a_user_is_greeted_by_name_where_there_is_one(name, shown):
    user = make.user("lina", name=name)

    assert (user.get_full_name(), user.get_short_name()) == (shown, shown)


def test_there_is_one_default_merchant_from_the_first_migration_on():
    assert selectors.default_merchant() == Merchant.objects.get()
    assert selectors.default_merchant().is_active


def test_a_second_default_merchant_is_refused():
    before = people()

    with pytest.raises(IntegrityError, match="accounts_merchant_one_default"), transaction.atomic():
        Merchant.objects.create(slug="second", is_default=True, **localized("name", {"en": "Second"}))

    assert people() == before


def test_a_merchant_is_opened_with_names_in_both_languages():
    services.open_merchant(slug="tea", names={"en": "Tea", "zh-hans": "茶"})

    merchant = Merchant.objects.get(slug="tea")
    assert [getattr(merchant, name) for name in ("name_en", "name_zh_hans", "is_default")] == ["Tea", "茶", False]


def test_a_slug_is_given_once():
    services.open_merchant(slug="tea", names={"en": "Tea"})
    before = people()

    with pytest.raises(IntegrityError), transaction.atomic():
        services.open_merchant(slug="tea", names={"en": "Other"})

    assert people() == before


def test_a_member_added_twice_has_the_new_role_once():
    user, merchant = make.user(), make.merchant()

    services.add_member(merchant=merchant, user=user)
    services.add_member(merchant=merchant, user=user, role=MerchantMember.Role.SUPPORT)

    assert list(MerchantMember.objects.values_list("merchant", "user", "role")) == [(merchant.pk, user.pk, "SUPPORT")]


def test_the_database_keeps_one_membership_for_each_pair():
    member = make.member().memberships.get()

    with pytest.raises(IntegrityError, match="accounts_member_unique_user"), transaction.atomic():
        MerchantMember.objects.create(merchant=member.merchant, user=member.user)

    assert MerchantMember.objects.count() == 1


def test_members_work_for_active_merchants_only():
    first, second = make.merchant(), make.merchant()
    user = make.member(first)
    services.add_member(merchant=second, user=user)
    Merchant.objects.filter(pk=second.pk).update(is_active=False)

    assert list(Merchant.objects.worked_for_by(user)) == [first]


@pytest.mark.parametrize(("active", "others", "shown"), [(True, 0, False), (True, 1, True), (False, 1, False)])
def test_pages_say_who_sells_once_there_are_several(active, others, shown):
    for _ in range(others):
        Merchant.objects.filter(pk=make.merchant().pk).update(is_active=active)

    assert selectors.has_several_merchants() is shown


@pytest.mark.parametrize("merchants", [1, 20])
def test_whether_there_are_several_costs_one_query_and_then_none(merchants, django_assert_num_queries):
    for _ in range(merchants):
        make.merchant()

    with django_assert_num_queries(1):
        selectors.has_several_merchants()
        selectors.has_several_merchants()
