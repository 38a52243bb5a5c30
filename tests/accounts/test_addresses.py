"""The address book: its pages, and who may do what with which address."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation

from accounts.models import Address
from accounts.services import addresses
from orders.models import Order
from tests import make

pytestmark = pytest.mark.django_db
BOOK = "/account/addresses/"
NEW = "/account/addresses/new/"
TYPED = make.ADDRESS | {"label": ""}
ABROAD = {"country": "DE", "province": "", "district": "", "postcode": "10115", "phone": "+49 30 901820"}
WRONG = {
    "no name": ({"name": " "}, "name", "Enter the full name"),
    "no city": ({"city": ""}, "city", "Enter a city"),
    "no district": ({"district": ""}, "district", "Enter a district"),
    "no street": ({"street": ""}, "street", "Enter a street and house number"),
    "no phone": ({"phone": ""}, "phone", "Enter an 11-digit mobile number"),
    "words for a phone": ({"phone": "call me"}, "phone", "Enter an 11-digit mobile number"),
    "no province": ({"province": ""}, "province", "Choose a province"),
    "no such country": ({"country": "XX"}, "country", "Select a valid choice."),
    "no postcode where one is needed": (ABROAD | {"postcode": ""}, "postcode", "Enter a postcode"),
    "no state where one is needed": (ABROAD | {"country": "US"}, "province", "Enter a province or state"),
    "words for a phone abroad": (ABROAD | {"phone": "call me"}, "phone", "Enter a phone number with country code"),
    "a null": ({"street": "a\x00b"}, "street", "Null characters are not allowed."),
    "a null in a select": ({"province": "a\x00b"}, "province", "Null characters are not allowed."),
    "no such label": ({"label": "CASTLE"}, "label", "Select a valid choice."),
}
ODD = {
    "a landline": ({"phone": "0571-88881234"}, "phone", "Enter an 11-digit mobile number"),
    "a short phone abroad": (ABROAD | {"phone": "1"}, "phone", "Enter a phone number with country code"),
    "letters in a postcode": ({"postcode": "ABC"}, "postcode", "This does not look like a postcode of China mainland"),
    "a postcode of elsewhere": (ABROAD | {"postcode": "N1 9GU"}, "postcode", "This does not look like a postcode of"),
    "a city of elsewhere": ({"city": "南京市"}, "city", "南京市 lies in another province"),
}
PLAIN = {
    "a postcode at home": {"postcode": "310012"},
    "a district that no list has": {"city": "杭州市", "district": "下沙新区"},
    "a province that no list has": {"province": "Zhejiang"},
    "a city without districts": {"province": "湖北省", "city": "仙桃市", "district": ""},
    "abroad": ABROAD,
    "a city that is a country": ABROAD | {"country": "SG", "city": "", "postcode": "546080", "phone": "+6561234567"},
    "a place without postcodes": ABROAD
    | {"country": "HK", "province": "Kowloon", "postcode": "", "phone": "+85221234567"},
}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def anna(client):
    user = make.verified_user("anna")
    client.force_login(user)
    return user


def book(user):
    names = ("pk", *TYPED, "is_default")
    return {each.pop("pk"): each for each in Address.objects.filter(user=user).values(*names)}


def test_the_first_address_is_saved_and_becomes_the_default(client, anna):
    answer = client.post(NEW, TYPED, follow=True)

    assert answer.redirect_chain == [(BOOK, 303)]
    assert "Address saved" in answer.text
    assert list(book(anna).values()) == [TYPED | {"is_default": True}]


def test_another_address_leaves_the_default_unless_it_is_to_be_it(client, anna):
    first = make.address(anna)

    client.post(NEW, TYPED | {"street": "2", "label": "OFFICE"})
    plain = {each["street"]: each["is_default"] for each in book(anna).values()}
    client.post(NEW, TYPED | {"street": "3", "is_default": "on"})

    assert plain == {first.street: True, "2": False}
    assert {each["street"]: each["is_default"] for each in book(anna).values()} == {
        first.street: False,
        "2": False,
        "3": True,
    }
    assert Address.objects.get(street="2").label == "OFFICE"


@pytest.mark.parametrize("typed", PLAIN.values(), ids=PLAIN)
def test_what_the_post_delivers_is_saved_at_once(client, anna, typed):
    answer = client.post(NEW, TYPED | typed)

    assert answer.status_code == 303
    assert list(book(anna).values()) == [TYPED | typed | {"is_default": True}]


@pytest.mark.parametrize("is_new", [True, False], ids=["new", "old"])
@pytest.mark.parametrize(("typed", "field", "message"), WRONG.values(), ids=WRONG)
def test_a_refused_address_is_shown_again_and_changes_nothing(client, anna, is_new, typed, field, message):
    page = NEW if is_new else f"{BOOK}{make.address(anna, street='1 Old Road').pk}/"
    before = book(anna)

    answer = client.post(page, TYPED | {"street": "88 Wensan Road", "sure": "1"} | typed)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"].errors[field][0].startswith(message)
    assert answer.context["form"][field].value() == typed[field]
    assert f'value="{TYPED["name"]}"' in answer.text or field == "name"
    assert 'id="doubts"' not in answer.text
    assert book(anna) == before


@pytest.mark.parametrize(("typed", "field", "message"), ODD.values(), ids=ODD)
def test_what_looks_odd_is_asked_about_once_and_saved_when_the_shopper_is_sure(client, anna, typed, field, message):
    asked = client.post(NEW, TYPED | typed)
    after_asking = book(anna)
    answer = client.post(NEW, TYPED | typed | {"sure": asked.context["form"].doubted})

    assert (asked.status_code, after_asking) == (422, {})
    assert list(asked.context["form"].doubts) == [field]
    assert asked.context["form"].doubts[field].startswith(message)
    assert 'name="sure"' in asked.text
    assert "Save anyway" in asked.text
    assert answer.status_code == 303
    assert list(book(anna).values()) == [TYPED | typed | {"is_default": True}]


def test_being_sure_of_one_thing_is_not_being_sure_of_another(client, anna):
    asked = client.post(NEW, TYPED | {"phone": "0571-88881234"})

    again = client.post(NEW, TYPED | {"phone": "0571-88881235", "sure": asked.context["form"].doubted})

    assert (again.status_code, book(anna)) == (422, {})


def test_a_changed_address_keeps_its_place_and_orders_keep_theirs(client, anna):
    address = make.address(anna)
    order = make.order(user=anna)

    answer = client.post(f"{BOOK}{address.pk}/", TYPED | {"street": "1 New Road", "label": "HOME"})

    assert answer.status_code == 303
    assert book(anna) == {address.pk: TYPED | {"street": "1 New Road", "label": "HOME", "is_default": True}}
    assert Order.objects.get(pk=order.pk).street == make.ADDRESS["street"]


def test_setting_another_default_moves_it_and_twice_changes_nothing(client, anna):
    first, second = make.address(anna), make.address(anna)

    answers = [client.post(f"{BOOK}{second.pk}/default/").status_code for _ in range(2)]

    assert answers == [303, 303]
    assert [(pk, each["is_default"]) for pk, each in sorted(book(anna).items())] == [
        (first.pk, False),
        (second.pk, True),
    ]


def test_a_visit_by_get_changes_nothing(client, anna):
    first, second = make.address(anna), make.address(anna)
    before = book(anna)

    led = client.get(f"{BOOK}{second.pk}/default/")
    asked = client.get(f"{BOOK}{first.pk}/delete/")

    assert (led.status_code, led["Location"]) == (302, BOOK)
    assert "Delete this address?" in asked.text
    assert book(anna) == before


def test_deleting_the_default_makes_the_one_changed_last_the_default(client, anna):
    first, second, third = (make.address(anna) for _ in range(3))
    client.post(f"{BOOK}{second.pk}/", TYPED | {"street": "changed"})

    answer = client.post(f"{BOOK}{first.pk}/delete/")
    client.post(f"{BOOK}{third.pk}/delete/")

    assert answer.status_code == 303
    assert book(anna) == {second.pk: TYPED | {"street": "changed", "is_default": True}}
    client.post(f"{BOOK}{second.pk}/delete/")
    assert book(anna) == {}


def test_two_defaults_cannot_be(anna):
    make.address(anna)
    make.address(make.user())

    with pytest.raises(IntegrityError, match="accounts_address_one_default"), transaction.atomic():
        Address.objects.create(user=anna, is_default=True, **make.ADDRESS)


def test_a_full_book_takes_no_more_and_says_so(client, anna, settings):
    settings.ADDRESSES_PER_ACCOUNT = 2
    for _ in range(2):
        make.address(anna)
    before = book(anna)

    answer = client.post(NEW, TYPED)
    shown = client.get(BOOK)
    addresses.remember(user=anna, values=make.ADDRESS | {"street": "elsewhere"})

    assert answer.status_code == 422
    assert "Your address book is full" in answer.text
    assert "Your address book is full" in shown.text
    assert "Add a new address" not in shown.text
    assert book(anna) == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["", "delete/", "default/"])
def test_another_shoppers_address_is_nowhere_and_stays_as_it_is(client, anna, path, method):
    bert = make.user()
    theirs = make.address(bert)
    other = make.address(bert)
    make.address(anna)
    before = book(bert) | book(anna)

    answers = [
        getattr(client, method)(f"{BOOK}{pk}/{path}", TYPED | {"street": "mine now"}).status_code
        for pk in (theirs.pk, other.pk, 10**9, 10**25)
    ]

    assert answers == [404] * 4
    assert book(bert) | book(anna) == before
    assert "mine now" not in client.get(BOOK).text


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["", "new/", "{pk}/", "{pk}/delete/", "{pk}/default/"])
def test_a_visitor_is_asked_to_sign_in_and_a_form_from_elsewhere_is_refused(anna, path, method):
    make.address(anna)
    address = make.address(anna)
    page, before = BOOK + path.format(pk=address.pk), book(anna)
    stranger = Client(enforce_csrf_checks=True)
    stranger.force_login(anna)

    visit = getattr(Client(), method)(page)

    is_list_posted_to = (path, method) == ("", "post")
    led = (405, None) if is_list_posted_to else (302, f"/account/login/?next={page}")
    assert (visit.status_code, visit.get("Location")) == led
    assert stranger.post(page, TYPED).status_code == 403
    assert book(anna) == before


def test_fields_that_are_not_in_the_form_change_nothing(client, anna):
    bert = make.user()
    address = make.address(anna)

    client.post(f"{BOOK}{address.pk}/", TYPED | {"user": str(bert.pk), "id": "1", "pk": "1"})
    client.post(NEW, TYPED | {"user": str(bert.pk)})

    assert len(book(anna)) == 2
    assert book(bert) == {}


def test_what_was_typed_cannot_break_out_of_the_page(client, anna):
    attack = '"><script>alert(1)</script>'

    refused = client.post(NEW, dict.fromkeys(TYPED, attack) | {"country": "CN", "label": "", "phone": "1" + attack})
    pasted = client.post(NEW, {"pasted": attack + "</textarea>"})
    asked = client.post(NEW, TYPED | {"phone": f"0571{attack}"[:40]})

    assert [answer.status_code for answer in (refused, pasted, asked)] == [422, 200, 422]
    assert [answer.text.count("<script>alert") for answer in (refused, pasted, asked)] == [0, 0, 0]


@pytest.mark.parametrize("count", [1, 30])
def test_the_book_costs_the_same_for_one_address_and_for_thirty(client, anna, count, django_assert_num_queries):
    for number in range(count):
        make.address(anna, street=str(number))
    client.get(BOOK)

    with django_assert_num_queries(2):
        page = client.get(BOOK)

    assert page.text.count('<li class="panel">') == count


def test_the_default_comes_first_then_what_changed_last(client, anna):
    first, second, third = (make.address(anna) for _ in range(3))
    addresses.change(address=second, values={"street": "changed"})

    assert client.get(BOOK).context["addresses"] == [first, second, third]


def test_names_of_any_length_fit_in_their_columns_and_no_longer_ones(client, anna):
    fits = client.post(NEW, TYPED | {"name": "n" * 100, "street": "s" * 300, "city": "c" * 100})
    longer = client.post(NEW, TYPED | {"name": "n" * 101, "province": "p" * 101})

    assert fits.status_code == 303
    assert (longer.status_code, list(longer.context["form"].errors)) == (422, ["name", "province"])
    assert len(book(anna)) == 1


def test_the_first_form_begins_with_the_profile_and_later_ones_are_empty(client, anna):
    anna.name, anna.phone = "Anna Ba", "13900139000"
    anna.save()

    first = client.get(NEW).text
    make.address(anna)
    later = client.get(NEW).text

    assert ['value="Anna Ba"' in page for page in (first, later)] == [True, False]
    assert ["Set as default address" in page for page in (first, later)] == [False, True]
