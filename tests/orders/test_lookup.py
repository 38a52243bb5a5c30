"""A guest finds an order again: the pair alone opens nothing, and nobody learns which orders there are."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import codes, numbers
from notifications.models import Message
from orders import tasks
from orders.models import Lookup, Order
from orders.services import lookups, mails
from tests import books, make

pytestmark = pytest.mark.django_db
LOOKUP = reverse("orders:lookup")
CODE = reverse("orders:lookup_code")
NOT_FOUND = "We cannot find an order with this number and email"
WRONG_CODE = "This code is not correct, or it is too old"


@pytest.fixture
def order():
    """A visitor's order, placed just now."""
    return make.order(make.cart(make.only_variant(make.product("Teapot", price="30.00"))), at=timezone.now())


def test_a_guest_finds_the_order_by_number_email_and_the_mailed_code(client, order):
    typed = f" {order.number[:4]} {order.number[4:8]}-{order.number[8:]} "

    asked = client.post(LOOKUP, {"number": typed, "email": "LI.NA@example.com"})
    before = client.get(order.get_absolute_url())
    code = _mailed_code()
    found = client.post(CODE, {"code": f" {code[:3]} {code[3:]} "})

    assert (asked.status_code, asked.url) == (303, CODE)
    assert before.status_code == 404
    assert (found.status_code, found.url) == (303, order.get_absolute_url())
    assert client.get(order.get_absolute_url()).context["may_act"] is True
    assert Message.objects.get().recipient == order.email


@pytest.mark.parametrize("wrong", ["email", "number", "both"])
def test_a_wrong_pair_gets_the_answer_of_a_right_one_and_no_mail(client, order, wrong):
    unknown = next(number for number in _valid_numbers() if number != order.number)
    pair = {
        "number": unknown if wrong in ("number", "both") else order.number,
        "email": "somebody@example.com" if wrong in ("email", "both") else order.email,
    }

    answers = [_ask(client, pair), _ask(Client(), {"number": order.number, "email": order.email})]
    lookups.answer(at=timezone.now())

    assert answers[0] == answers[1]
    assert Lookup.objects.filter(is_answered=True).count() == 2
    assert [message.recipient for message in Message.objects.all()] == [order.email]
    guess = client.post(CODE, {"code": Message.objects.get().context["code"]})
    assert (guess.status_code, guess.context["form"].errors) == (422, {"code": [WRONG_CODE]})
    assert client.get(order.get_absolute_url()).status_code == 404


def test_asking_costs_the_same_whether_there_is_such_an_order_or_not(client, order, django_assert_num_queries):
    unknown = next(number for number in _valid_numbers() if number != order.number)

    for number in (order.number, unknown):
        with django_assert_num_queries(7):  # savepoints, the session, the look-up
            Client().post(LOOKUP, {"number": number, "email": order.email})


@pytest.mark.parametrize("number", ["\x00", "x" * 5000, "%", "１２３４５６７８９０１２", "-1", "checksum"])
def test_what_is_no_number_is_no_order(client, order, number):
    if number == "checksum":
        number = order.number[:-1] + str((int(order.number[-1]) + 1) % 10)

    response = client.post(LOOKUP, {"number": number, "email": order.email})

    assert response.status_code == 422
    assert not Lookup.objects.exists()
    assert "orders" not in client.session


def test_a_number_that_fails_its_checksum_is_named_as_not_found_with_what_was_typed(client, order):
    number = order.number[:-1] + str((int(order.number[-1]) + 1) % 10)

    response = client.post(LOOKUP, {"number": number, "email": order.email})

    assert response.context["form"].non_field_errors() == [NOT_FOUND]
    assert response.context["form"]["number"].value() == number


def test_a_look_up_without_a_number_asks_for_it(client):
    response = client.post(LOOKUP, {"number": "", "email": "li.na@example.com"})

    assert response.context["form"].errors == {"number": ["Enter the order number"]}


def test_a_browser_that_may_open_the_order_already_needs_no_code(shopper):
    checkout = make.checkout(shopper.cart)
    shopper.client.post(reverse("checkout:review"), make.review_form(checkout))
    own = Order.objects.get()

    right = shopper.client.post(LOOKUP, {"number": own.number, "email": own.email})
    wrong = shopper.client.post(LOOKUP, {"number": own.number, "email": "somebody@example.com"})

    assert (right.status_code, right.url) == (303, own.get_absolute_url())
    assert (wrong.status_code, wrong.context["form"].non_field_errors()) == (422, [NOT_FOUND])
    assert not Lookup.objects.exists()


def test_the_owner_needs_no_code_and_another_account_does(client, order):
    owned = make.order(at=timezone.now(), user=make.user())
    client.force_login(owned.user)

    answers = [client.post(LOOKUP, {"number": each.number, "email": each.email}) for each in (owned, order)]

    assert [answer.url for answer in answers] == [owned.get_absolute_url(), CODE]


def test_a_code_opens_once(client, order):
    _ask(client, {"number": order.number, "email": order.email})
    code = _mailed_code()
    lookup = Lookup.objects.get()

    orders = [lookups.redeem(lookup_id=lookup.pk, code=code, at=timezone.now()) for _ in range(2)]

    assert orders == [order, None]


def test_a_code_is_too_old_after_a_quarter_of_an_hour(client, order):
    _ask(client, {"number": order.number, "email": order.email})
    code = _mailed_code()

    with time_machine.travel(timezone.now() + timedelta(minutes=codes.MINUTES, seconds=1), tick=False):
        response = client.post(CODE, {"code": code})

    assert (response.status_code, response.context["form"].errors) == (422, {"code": [WRONG_CODE]})
    assert "orders" not in client.session


def test_five_wrong_codes_end_the_look_up(order):
    lookup = lookups.ask(number=order.number, email=order.email, at=timezone.now())
    code = _mailed_code()
    wrong = "000000" if code != "000000" else "000001"

    guesses = [lookups.redeem(lookup_id=lookup.pk, code=wrong, at=timezone.now()) for _ in range(codes.TRIES)]

    assert guesses == [None] * codes.TRIES
    assert lookups.redeem(lookup_id=lookup.pk, code=code, at=timezone.now()) is None


def test_an_unanswered_look_up_has_no_code_at_all(order):
    lookup = lookups.ask(number=order.number, email=order.email, at=timezone.now())

    assert lookups.redeem(lookup_id=lookup.pk, code="", at=timezone.now()) is None


def test_the_code_of_one_look_up_opens_no_other(order):
    first, second = (lookups.ask(number=order.number, email=order.email, at=timezone.now()) for _ in range(2))
    lookups.answer(at=timezone.now())
    code = Message.objects.get(key=f"order_code:{first.pk}").context["code"]

    assert lookups.redeem(lookup_id=second.pk, code=code, at=timezone.now()) is None
    assert lookups.redeem(lookup_id=first.pk, code=code, at=timezone.now()) == order


def test_a_mailbox_is_not_flooded(order):
    for _ in range(lookups.MAILS_PER_DAY + 3):
        lookups.ask(number=order.number, email=order.email, at=timezone.now())

    counts = [lookups.answer(at=timezone.now()) for _ in range(2)]

    assert counts == [lookups.MAILS_PER_DAY + 3, 0]
    assert Message.objects.filter(kind="order_code").count() == lookups.MAILS_PER_DAY


@pytest.mark.parametrize("page", [LOOKUP, CODE])
def test_a_guest_who_guesses_is_stopped(client, order, settings, page):
    _ask(client, {"number": order.number, "email": order.email})
    tries = settings.ORDER_LOOKUPS_PER_MINUTE - (1 if page == LOOKUP else 0)
    for _ in range(tries):
        client.post(page, {"number": order.number, "email": "guess@example.com", "code": "guess"})

    response = client.post(page, {"number": order.number, "email": order.email, "code": _mailed_code()})

    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert client.get(order.get_absolute_url()).status_code == 404


def test_without_a_look_up_there_is_no_code_to_enter(client):
    answers = [client.get(CODE), client.post(CODE, {"code": "123456"})]

    assert [(answer.status_code, answer.url) for answer in answers] == [(302, LOOKUP)] * 2


def test_who_has_the_mailed_link_may_act_once_a_code_confirms_it(client, order, settings):
    link = mails.link(order).removeprefix(settings.SITE_URL)
    page = client.get(link)

    asked = client.post(reverse("orders:confirm", args=[order.number]), {"t": mails.token(order.number)})
    client.post(CODE, {"code": _mailed_code()})

    assert "Pay now" not in page.text
    assert "Mail me a code" in page.text
    assert (asked.status_code, asked.url) == (303, CODE)
    assert "Pay now" in client.get(order.get_absolute_url()).text


@pytest.mark.parametrize("token", ["", "x", "other"])
def test_without_the_link_no_code_is_mailed(client, order, token):
    given = mails.token(make.order().number) if token == "other" else token
    before = books.copy()

    response = client.post(reverse("orders:confirm", args=[order.number]), {"t": given})

    assert response.status_code == 404
    assert books.copy() == before
    assert not Lookup.objects.exists()


def test_old_look_ups_are_forgotten(order):
    old = lookups.ask(number=order.number, email=order.email, at=timezone.now() - timedelta(hours=25))
    young = lookups.ask(number=order.number, email=order.email, at=timezone.now() - timedelta(hours=23))

    tasks.delete_old_lookups()

    assert list(Lookup.objects.values_list("pk", flat=True)) == [young.pk]
    assert old.pk != young.pk


def _ask(client, form):
    """Return all that a browser is told: where it is led, and the page there."""
    response = client.post(LOOKUP, form)
    page = client.get(response.url)
    return response.status_code, response.url, re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.text)


def _mailed_code():
    tasks.answer_lookups()
    return Message.objects.get(kind="order_code").context["code"]


def _valid_numbers():
    return (numbers.conceal(number, key="another key of at least some length") for number in range(1000, 1100))
