"""The first step of the checkout: who buys, and where the parcel goes."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cart.models import CartLine
from catalog.models import Product
from orders.models import Checkout
from tests import make

pytestmark = pytest.mark.django_db
PAGE = reverse("checkout:address")
FORM = make.ADDRESS | {"email": "li.na@example.com"}
ABROAD = {"country": "DE", "province": "", "district": "", "postcode": "10115", "phone": "+49 30 901820"}
WRONG = {
    "no email": ({"email": ""}, "email", "Enter an email address, like name@example.com"),
    "half an email": ({"email": "li.na@"}, "email", "Enter an email address, like name@example.com"),
    "no name": ({"name": ""}, "name", "Enter the full name"),
    "a name of blanks": ({"name": "   "}, "name", "Enter the full name"),
    "no city": ({"city": ""}, "city", "Enter a city"),
    "no district": ({"district": ""}, "district", "Enter a district"),
    "no city abroad": (ABROAD | {"city": ""}, "city", "Enter a city"),
    "no street": ({"street": ""}, "street", "Enter a street and house number"),
    "no phone": ({"phone": ""}, "phone", "Enter an 11-digit mobile number"),
    "a short phone": ({"phone": "1380013800"}, "phone", "Enter an 11-digit mobile number"),
    "letters for a phone": ({"phone": "call me now"}, "phone", "Enter an 11-digit mobile number"),
    "no province": ({"province": ""}, "province", "Choose a province"),
    "a province of its own": ({"province": "Atlantis"}, "province", "Select a valid choice."),
    "a country nobody delivers to": ({"country": "US", "postcode": "94107"}, "country", "We do not deliver to"),
    "no such country": ({"country": "XX", "postcode": "1", "phone": "+8613800138000"}, "country", "We do not"),
    "a null in the name": ({"name": "Li\x00Na"}, "name", "Null characters are not allowed."),
    "no postcode abroad": (ABROAD | {"postcode": ""}, "postcode", "Enter a postcode"),
    "no phone abroad": (ABROAD | {"phone": "call me"}, "phone", "Enter a phone number with country code"),
}
LIMITS = {"name": 100, "city": 100, "district": 100, "street": 300, "postcode": 20, "email": 254}


def test_a_filled_in_address_is_kept_and_leads_to_delivery(shopper):
    response = shopper.client.post(PAGE, FORM)

    checkout = Checkout.objects.get(cart=shopper.cart)
    assert (response.status_code, response.url) == (303, reverse("checkout:delivery"))
    assert {name: getattr(checkout, name) for name in FORM} == FORM


def test_an_address_abroad_needs_no_province_but_a_postcode(shopper):
    response = shopper.client.post(PAGE, FORM | ABROAD)

    assert response.status_code == 303
    assert Checkout.objects.get(cart=shopper.cart).postcode == "10115"


@pytest.mark.parametrize(("typed", "field", "message"), WRONG.values(), ids=WRONG)
def test_what_no_post_could_deliver_is_shown_again_with_what_was_typed(shopper, typed, field, message):
    response = shopper.client.post(PAGE, FORM | typed)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert response.context["form"].errors[field][0].startswith(message)
    assert response.context["form"]["city"].value() == (FORM | typed)["city"]
    assert response.context["form"][field].value() == typed[field]
    assert f'value="{(FORM | typed)["city"]}"' in response.text
    assert Checkout.objects.count() == 0


@pytest.mark.parametrize(("field", "limit"), LIMITS.items())
def test_a_field_takes_as_much_as_its_column_and_no_more(shopper, field, limit):
    longest = "x" * limit if field != "email" else f"{'x' * 64}@{'.'.join(['y' * 61] * 3)}.com"

    too_long = shopper.client.post(PAGE, FORM | {field: f"x{longest}"})
    refused = Checkout.objects.count()
    fitting = shopper.client.post(PAGE, FORM | {field: longest})

    assert (too_long.status_code, list(too_long.context["form"].errors), refused) == (422, [field], 0)
    assert fitting.status_code == 303
    assert getattr(Checkout.objects.get(), field) == longest


def test_another_address_replaces_the_first_and_forgets_a_delivery_for_another_country(shopper):
    make.checkout(shopper.cart)

    same = shopper.client.post(PAGE, FORM | {"street": "1 Other Road"})
    kept = Checkout.objects.get().delivery_code
    abroad = shopper.client.post(PAGE, FORM | ABROAD)

    assert (same.status_code, kept) == (303, "standard")
    assert (abroad.status_code, Checkout.objects.get().delivery_code) == (303, "")


def test_another_country_shows_its_fields_and_keeps_nothing(shopper):
    response = shopper.client.post(PAGE, FORM | {"country": "DE", "email": "half", "show": "1"})

    assert response.status_code == 200
    assert response.context["form"].country == "DE"
    assert response.context["form"].errors == {}
    assert 'value="half"' in response.text
    assert 'name="district"' not in response.text
    assert Checkout.objects.count() == 0


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [("CN", "DE", ("", "")), ("DE", "CN", ("Hessen", "")), ("CN", "CN", ("浙江省", "310012"))],
)
def test_another_country_clears_the_province_and_postcode_of_the_one_before(shopper, before, after, left):
    province = "Hessen" if before == "DE" else "浙江省"
    typed = {"shown": before, "country": after, "province": province, "postcode": "310012"}

    form = shopper.client.post(PAGE, FORM | typed | {"show": "1"}).context["form"]

    assert (form["province"].value(), form["postcode"].value()) == left
    assert form["city"].value() == FORM["city"]


def test_a_chinese_province_is_no_part_of_an_address_abroad(shopper):
    shopper.client.post(PAGE, FORM | ABROAD | {"province": "浙江省"})

    assert Checkout.objects.get(cart=shopper.cart).province == ""


def test_an_odd_postcode_is_not_refused(shopper):
    assert shopper.client.post(PAGE, FORM | ABROAD | {"postcode": "ZZZ"}).status_code == 303


@pytest.mark.parametrize("country", ["", "XX", "\x00", "cn", "C" * 5000, "<b>"])
def test_a_country_that_is_none_shows_fields_all_the_same(shopper, country):
    response = shopper.client.post(PAGE, FORM | {"country": country, "name": "\x00", "show": "1"})

    assert response.status_code == 200
    assert Checkout.objects.count() == 0


def test_what_was_typed_cannot_break_out_of_the_page(shopper):
    response = shopper.client.post(PAGE, FORM | {"name": '"><script>alert(1)</script>', "email": ""})

    assert response.status_code == 422
    assert "<script>alert(1)" not in response.text
    assert "&lt;script&gt;alert(1)" in response.text


def test_fields_that_are_not_in_the_form_change_nothing(shopper):
    other = make.checkout(make.cart(make.only_variant(make.product())))
    forged = {"cart": other.cart_id, "token": other.token, "delivery_code": "express", "payment_provider": "free"}

    shopper.client.post(PAGE, FORM | {name: str(value) for name, value in forged.items()})

    checkout = Checkout.objects.get(cart=shopper.cart)
    assert (checkout.delivery_code, checkout.payment_provider) == ("", "")
    assert checkout.token != other.token
    assert Checkout.objects.get(pk=other.pk).cart_id == other.cart_id


@pytest.mark.parametrize("step", ["address", "delivery", "review"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("reason", ["no cart", "empty", "unticked", "unpublished", "sold out"])
def test_with_nothing_to_buy_every_step_leads_back_to_the_cart(shopper, step, method, reason):
    make.checkout(shopper.cart)
    client = Client() if reason == "no cart" else shopper.client
    _EMPTYING.get(reason, lambda: None)()

    response = getattr(client, method)(reverse(f"checkout:{step}"), FORM | {"delivery": "standard"}, follow=True)

    assert response.redirect_chain == [(reverse("cart:cart"), 303)]
    assert "There is nothing to buy in your cart." in response.text


def test_a_chinese_reader_is_told_in_chinese(shopper):
    with translation.override("zh-hans"):
        page = reverse("checkout:address")

    response = shopper.client.post(page, FORM | {"name": ""})

    assert response.status_code == 422
    assert 'lang="zh-hans"' in response.text.lower()
    assert "Enter the full name" not in response.text


def test_the_page_without_a_csrf_token_changes_nothing(shopper):
    client = Client(enforce_csrf_checks=True)
    make.carry(client, shopper.cart)

    response = client.post(PAGE, FORM)

    assert response.status_code == 403
    assert Checkout.objects.count() == 0


_EMPTYING = {
    "empty": lambda: CartLine.objects.all().delete(),
    "unticked": lambda: CartLine.objects.update(is_selected=False),
    "unpublished": lambda: Product.objects.update(status=Product.Status.DRAFT),
    "sold out": lambda: make.order(make.cart(make.only_variant(Product.objects.get()), quantity=10)),
}
