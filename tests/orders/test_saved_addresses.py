"""Saved addresses at the checkout: offered, copied, kept."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Address
from accounts.services import addresses
from orders.models import Checkout
from tests import make

pytestmark = pytest.mark.django_db
PAGE = reverse("checkout:address")
FORM = make.ADDRESS | {"email": "li.na@example.com"}


@pytest.fixture
def anna(client):
    """A member on the way to the till, in a shop that delivers to two countries."""
    user = make.verified_user("anna")
    client.force_login(user)
    make.delivery(countries=["CN", "DE"])
    make.carry(client, make.cart(make.only_variant(make.product()), user=user))
    return user


def cards(page):
    return [(card.address, card.is_reached, card.is_chosen) for card in page.context["cards"]]


def kept():
    return [{name: getattr(each, name) for name in FORM} for each in Checkout.objects.all()]


def test_the_default_is_chosen_until_another_is(client, anna):
    first, second = make.address(anna), make.address(anna, street="2 Other Road")
    addresses.make_default(address=second)

    fresh = client.get(PAGE)
    answer = client.post(PAGE, {"email": "anna@work.example.com", "address": first.pk})

    assert cards(fresh) == [(second, True, True), (first, True, False)]
    assert 'value="anna@example.com"' in fresh.text
    assert (answer.status_code, answer["Location"]) == (303, reverse("checkout:delivery"))
    assert kept() == [make.ADDRESS | {"email": "anna@work.example.com"}]
    assert cards(client.get(PAGE)) == [(second, True, False), (first, True, True)]


def test_without_an_email_it_is_the_accounts(client, anna):
    client.post(PAGE, {"email": "", "address": make.address(anna).pk})

    assert kept()[0]["email"] == "anna@example.com"


def test_an_address_that_is_changed_later_stays_as_it_was_chosen(client, anna):
    address = make.address(anna)
    client.post(PAGE, {"address": address.pk})

    addresses.change(address=address, values={"street": "1 New Road"})
    addresses.delete(address=address)

    assert kept()[0]["street"] == make.ADDRESS["street"]


def test_where_nothing_is_delivered_an_address_is_shown_with_the_reason_and_refused(client, anna):
    far, near = make.address(anna, country="US"), make.address(anna)

    page = client.get(PAGE)
    answer = client.post(PAGE, {"email": "anna@example.com", "address": far.pk})

    assert cards(page) == [(far, False, False), (near, True, True)]
    assert f'value="{far.pk}" disabled aria-describedby="reason-{far.pk}"' in page.text
    assert page.text.count("We do not deliver to this region yet") == 1
    assert (answer.status_code, answer.context["form"].errors["address"]) == (422, ["Choose an address"])
    assert kept() == []


def test_when_none_can_be_reached_a_new_one_is_all_there_is(client, anna):
    make.address(anna, country="US")

    page = client.get(PAGE).text

    assert ["Use this address" in page, "Add a new address" in page] == [False, True]


@pytest.mark.parametrize("typed", ["", "nothing", "0", "9" * 30, "\x00", "theirs"])
def test_an_address_that_is_not_the_shoppers_own_is_refused(client, anna, typed):
    make.address(anna)
    theirs = make.address(make.user())

    answer = client.post(PAGE, {"email": "half@", "address": theirs.pk if typed == "theirs" else typed})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "email": ["Enter an email address, like name@example.com"],
        "address": ["Choose an address"],
    }
    assert 'value="half@"' in answer.text
    assert kept() == []


def test_a_new_address_is_asked_for_in_an_empty_form_and_kept_on_wish(client, anna):
    saved = make.address(anna)
    client.post(PAGE, {"address": saved.pk})

    form = client.get(f"{PAGE}?address=new")
    plain = client.post(PAGE, FORM | {"street": "2"})
    after_plain = Address.objects.filter(user=anna).count()
    twice = [client.post(PAGE, FORM | {"street": "3", "save": "on"}).status_code for _ in range(2)]

    assert form.context["form"]["street"].value() is None
    assert 'name="save" checked' in form.text
    assert (plain.status_code, after_plain, twice) == (303, 1, [303, 303])
    assert sorted(Address.objects.filter(user=anna).values_list("street", "is_default")) == [
        ("3", False),
        (make.ADDRESS["street"], True),
    ]
    assert kept() == [FORM | {"street": "3"}]


def test_a_refused_form_saves_nothing_and_keeps_the_wish(client, anna):
    answers = [client.post(PAGE, FORM | {"street": ""} | wish) for wish in ({"save": "on"}, {})]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert ['name="save" checked' in answer.text for answer in answers] == [True, False]
    assert Address.objects.count() == 0


def test_a_full_book_is_not_offered_another(client, anna, settings):
    settings.ADDRESSES_PER_ACCOUNT = 1
    make.address(anna)

    page = client.get(f"{PAGE}?address=new").text
    answer = client.post(PAGE, FORM | {"street": "2", "save": "on"})

    assert 'name="save"' not in page
    assert (answer.status_code, Address.objects.count(), kept()) == (303, 1, [FORM | {"street": "2"}])


def test_a_guest_sees_and_may_do_nothing_of_it(shopper):
    saved = make.address(make.user())

    pages = [shopper.client.get(f"{PAGE}{query}").text for query in ("", "?address=new")]
    chosen = shopper.client.post(PAGE, {"email": "li.na@example.com", "address": saved.pk})
    typed = shopper.client.post(PAGE, FORM | {"save": "on", "address": saved.pk})

    assert [word in page for page in pages for word in ("Use a", 'name="save"', 'name="address"')] == [False] * 6
    assert (chosen.status_code, typed.status_code) == (422, 303)
    assert Address.objects.count() == 1
    assert kept() == [FORM]


@pytest.mark.parametrize("count", [0, 1, 30])
def test_saved_addresses_cost_a_member_one_query(client, anna, count):
    for number in range(count):
        make.address(anna, street=str(number))
    client.get(PAGE)

    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)

    assert len([query for query in queries if "accounts_address" in query["sql"]]) == 1


def test_abroad_a_postcode_is_demanded_only_where_there_are_any():
    make.delivery(countries=["HK", "DE"])
    client = Client()
    make.carry(client, make.cart(make.only_variant(make.product())))
    hong_kong = {"country": "HK", "province": "Kowloon", "phone": "+852 2123 4567", "district": ""}

    assert client.post(PAGE, FORM | hong_kong).status_code == 303
    assert client.post(PAGE, FORM | hong_kong | {"country": "DE"}).status_code == 422
