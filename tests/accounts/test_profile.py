"""What people tell about themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import timezone

from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/account/profile/"
TYPED = {"name": "Anna Ba", "phone": "+86 138 0013 8000", "language": "zh-hans"}
MORE = {"time_zone": "Europe/Berlin", "birthday": "1990-12-31"}


@pytest.fixture
def anna(client):
    user = make.verified_user("anna", name="Anna", phone="13800138000", language="en")
    client.force_login(user)
    return user


def told(user):
    user.refresh_from_db()
    return {"name": user.name, "phone": user.phone, "language": user.language}


def test_the_form_shows_and_keeps_the_profile(client, anna):
    shown = client.get(PAGE)

    saved = client.post(PAGE, TYPED, follow=True)

    assert 'value="Anna"' in shown.text
    assert 'value="13800138000"' in shown.text
    assert "Changes saved" in saved.text
    assert told(anna) == TYPED


def test_time_zone_and_birthday_are_kept_and_shown(client, anna):
    client.post(PAGE, TYPED | MORE)

    page = client.get(PAGE)
    anna.refresh_from_db()

    assert (anna.time_zone, anna.birthday) == ("Europe/Berlin", date(1990, 12, 31))
    assert '<option value="Europe/Berlin" selected>' in page.text
    assert 'value="1990-12-31"' in page.text


@pytest.mark.parametrize(("path", "city"), [(PAGE, "Shanghai (UTC+08:00)"), (f"/zh-hans{PAGE}", "上海 (UTC+08:00)")])
def test_time_zones_are_called_by_their_cities(client, anna, path, city):
    assert f'<option value="Asia/Shanghai">{city}' in client.get(path).text


def test_moments_are_shown_in_the_time_zone_of_who_looks(client, anna):
    order = make.order(user=anna, at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    in_utc = client.get("/account/orders/").text
    client.post(PAGE, TYPED | MORE | {"language": "en"})

    in_berlin = client.get("/account/orders/").text

    assert "1 July 2026, 23:30" in in_utc
    assert "2 July 2026, 01:30" in in_berlin
    assert "2 July 2026, 01:30" in client.get(f"/orders/{order.number}/").text


def test_the_time_zone_of_one_is_not_the_next_ones(client, anna):
    client.post(PAGE, TYPED | MORE)
    client.get(PAGE)

    assert timezone.get_current_timezone_name() == "UTC"


def test_support_sees_what_was_changed_and_nothing_that_was_not(client, anna):
    client.post(PAGE, TYPED | MORE)
    client.post(PAGE, TYPED | MORE)
    changes = list(anna.profile_changes.order_by("pk").values_list("field", "before", "after"))
    client.force_login(make.operator())

    page = client.get(f"/admin/accounts/user/{anna.pk}/change/")

    assert changes == [
        ("NAME", "Anna", "Anna Ba"),
        ("PHONE", "13800138000", "+86 138 0013 8000"),
        ("LANGUAGE", "en", "zh-hans"),
        ("TIME_ZONE", "", "Europe/Berlin"),
        ("BIRTHDAY", "", "1990-12-31"),
    ]
    assert "Anna Ba" in page.text
    assert 'name="profile_changes-0-after"' not in page.text


def test_a_profile_may_be_empty(client, anna):
    client.post(PAGE, {"language": "en"})

    assert told(anna) == {"name": "", "phone": "", "language": "en"}
    assert (anna.time_zone, anna.birthday) == ("", None)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("phone", "call me"), ("phone", "1" * 41), ("name", "x" * 101), ("name", "a\x00b"), ("language", "fr")),
        *(("time_zone", "Mars/Olympus"), ("time_zone", "../etc/passwd"), ("birthday", "31.12.1990")),
        *(("birthday", "1890-01-01"), ("birthday", "2990-01-01"), ("birthday", "0000-00-00")),
    ],
)
def test_a_refused_profile_keeps_what_was_typed_and_changes_nothing(client, anna, field, typed):
    before = told(anna)

    answer = client.post(PAGE, TYPED | {"name": "Somebody", field: typed})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "+86 138 0013 8000" in answer.text or field == "phone"
    assert told(anna) == before
    assert (anna.time_zone, anna.birthday, anna.profile_changes.count()) == ("", None, 0)


def test_nobody_becomes_more_than_a_shopper(client, anna):
    client.post(PAGE, TYPED | {"is_staff": "on", "email": "new@example.com", "username": "root"})

    anna.refresh_from_db()
    assert (anna.is_staff, anna.email, anna.username) == (False, "anna@example.com", "anna")


def test_a_visitor_is_asked_to_sign_in_and_a_form_from_elsewhere_refused(client, anna):
    stranger = Client(enforce_csrf_checks=True)
    stranger.force_login(anna)

    assert Client().get(PAGE)["Location"] == f"/account/login/?next={PAGE}"
    assert stranger.post(PAGE, TYPED).status_code == 403
    assert told(anna)["name"] == "Anna"


def test_a_first_checkout_begins_with_the_profile(client, anna):
    make.delivery()
    make.carry(client, make.cart(make.only_variant(make.product()), user=anna))

    page = client.get("/checkout/address/")

    assert [value in page.text for value in ('value="anna@example.com"', 'value="Anna"', 'value="13800138000"')] == [
        True
    ] * 3


@pytest.mark.parametrize("page", [PAGE, "/account/email/", "/account/password/change/"])
def test_a_page_of_the_account_costs_four_queries_at_most(client, anna, django_assert_max_num_queries, page):
    client.get(page)

    with django_assert_max_num_queries(4):
        client.get(page)


def test_the_language_of_the_page_is_offered_until_one_is_chosen(client):
    client.force_login(make.verified_user("bert"))

    page = client.get(f"/zh-hans{PAGE}")

    assert '<option value="zh-hans" selected>' in page.text
