"""Return cases on the pages of their buyers: typed, refused with what was typed kept, and nobody else's."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from orders.models import CasePicture, Order, ReturnCase, ReturnLine
from orders.services import receiving, shipping
from orders.services.cases import answering, goods
from orders.services.cases.writing import Act
from tests import books, make
from tests.orders.casework import LABEL, SHOP, Kind, Side, inspected, look

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(client: Client) -> Any:
    user = make.user("lina")
    client.force_login(user)
    return user


@pytest.fixture
def bought(buyer: Any) -> Order:
    """Three teapots, received by the buyer just now."""
    now = timezone.now()
    cart = make.cart(make.only_variant(make.product("Teapot", stock=5)), quantity=3)
    return make.completed_order(cart, user=buyer, at=now)


@pytest.fixture
def waiting(buyer: Any) -> Order:
    """Three teapots, paid just now."""
    cart = make.cart(make.only_variant(make.product("Teapot", stock=5)), quantity=3)
    return make.paid_order(cart, user=buyer, at=timezone.now())


def picture(name: str = "lid.png", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/png")


def form(order: Order, **changes: Any) -> dict[str, Any]:
    line = f"line_{order.lines.get().pk}"
    typed = {"kind": "RETURN", "reason": "QUALITY", line: "2", "amount": "", "explanation": "The lid is broken"}
    return {**typed, **{name.replace("units", line): value for name, value in changes.items()}}


def test_a_request_is_sent_and_followed(client, bought):
    page = client.get(f"/orders/{bought.number}/return/").content.decode()

    response = client.post(f"/orders/{bought.number}/return/", form(bought, pictures=[picture(), picture("b.png")]))

    case = ReturnCase.objects.get()
    assert [
        word for word in ("What do you need?", "Refund only", "Return and refund", "Exchange") if word not in page
    ] == []
    assert (response.status_code, response["Location"]) == (303, f"/returns/{case.number}/")
    assert (case.kind, case.reason, case.amount, case.opened_by) == ("RETURN", "QUALITY", Decimal(20), bought.user)
    shown = client.get(response["Location"]).content.decode()
    assert str(case) in shown
    assert "The lid is broken" in shown
    assert shown.count("<img src=") >= 2
    assert str(case) in client.get("/account/returns/").content.decode()
    assert str(case) in client.get(bought.get_absolute_url()).content.decode()


def test_photographs_are_kept_without_what_the_camera_adds_and_shown_to_their_buyer_alone(client, bought):
    client.post(f"/orders/{bought.number}/return/", form(bought, pictures=[picture(size=(2000, 1000))]))
    kept = CasePicture.objects.get()
    address = f"/returns/{kept.case.number}/pictures/{kept.uuid}/"

    own, foreign = client.get(address), Client().get(address)

    image = Image.open(io.BytesIO(own.content))
    assert (own["Content-Type"], image.format, image.size) == ("image/webp", "WEBP", (1600, 800))
    assert "no-store" in own["Cache-Control"]
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"units": "0"}, "Choose at least one item."),
        ({"units": "4"}, "less than or equal to 3"),
        ({"units": "two"}, "Enter a whole number"),
        ({"kind": "GIFT"}, "Select a valid choice"),
        ({"reason": "BORED"}, "Select a valid choice"),
        ({"kind": "CANCELLATION"}, "Select a valid choice"),
        ({"amount": "20.01"}, "At most CN¥20.00 can be refunded for this."),
        ({"amount": "-1"}, "greater than or equal to 0"),
        ({"amount": "1.001"}, "no more than 2 decimal places"),
        ({"amount": "NaN"}, "Enter a number"),
        ({"explanation": "x" * 501}, "at most 500 characters"),
        ({"explanation": "a\x00b"}, "Null characters are not allowed"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_what_was_typed(client, bought, changes, told):
    before = books.copy()

    response = client.post(f"/orders/{bought.number}/return/", form(bought, **{"explanation": "Kept words", **changes}))

    page = response.content.decode()
    assert response.status_code == 422
    assert told in page
    assert changes.get("explanation") or "Kept words" in page
    assert books.copy() == before
    assert not ReturnCase.objects.exists()


@pytest.mark.parametrize("file", [b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_a_file_that_is_no_picture_is_refused(client, bought, file):
    upload = SimpleUploadedFile("evil.png", file, "image/png")

    response = client.post(f"/orders/{bought.number}/return/", form(bought, pictures=[upload]))

    assert response.status_code == 422
    assert not ReturnCase.objects.exists()


def test_five_photographs_are_enough(client, bought):
    many = [picture(f"{place}.png") for place in range(6)]

    response = client.post(f"/orders/{bought.number}/return/", form(bought, pictures=many))

    assert response.status_code == 422
    assert "At most 5 pictures." in response.content.decode()


def test_a_paid_order_is_cancelled_by_asking(client, waiting):
    page = client.get(f"/orders/{waiting.number}/cancel/").content.decode()

    response = client.post(f"/orders/{waiting.number}/cancel/", {"paid": "1"})

    case = ReturnCase.objects.get()
    assert "Cancel and refund" in page
    assert response["Location"] == f"/returns/{case.number}/"
    assert (case.kind, case.amount, case.lines.get().quantity) == ("CANCELLATION", Decimal(38), 3)
    assert client.get(f"/orders/{waiting.number}/cancel/").status_code == 302


def test_who_wanted_to_cancel_an_unpaid_order_that_was_paid_meanwhile_is_asked_again(client, waiting):
    before = books.copy()

    response = client.post(f"/orders/{waiting.number}/cancel/", follow=True)

    assert "The order has moved on since this page was shown." in response.content.decode()
    assert books.copy() == before
    assert not ReturnCase.objects.exists()


def test_a_parcel_that_was_faster_than_the_wish_to_cancel_wins(client, waiting):
    shipping.ship(order=waiting, label=LABEL, at=timezone.now())
    before = books.copy()

    response = client.post(f"/orders/{waiting.number}/cancel/", {"paid": "1"}, follow=True)

    assert "The order has left meanwhile" in response.content.decode()
    assert books.copy() == before


def test_part_of_what_has_not_left_can_be_cancelled(client, waiting):
    line = waiting.lines.get().pk
    shipping.ship(order=waiting, label=LABEL, quantities={line: 1}, at=timezone.now())
    page = client.get(f"/orders/{waiting.number}/return/").content.decode()
    typed = {"kind": "CANCELLATION", "reason": "NOT_WANTED", f"line_{line}": "1", "amount": "", "explanation": ""}

    response = client.post(f"/orders/{waiting.number}/return/?unsent", typed)

    case = ReturnCase.objects.get()
    assert "Cancel that part instead" in page
    assert response["Location"] == f"/returns/{case.number}/"
    assert (case.kind, case.amount) == ("CANCELLATION", Decimal(10))


def test_goods_are_sent_back_with_a_number(client, bought):
    client.post(f"/orders/{bought.number}/return/", form(bought))
    case = ReturnCase.objects.get()
    answering.approve(case=case, act=SHOP)
    address = f"/returns/{case.number}/"

    refused = client.post(address, {"act": "send", "carrier": "SF", "tracking_number": ""})
    taken = client.post(address, {"act": "send", "carrier": "SF", "tracking_number": "sf 123-456"}, follow=True)

    assert refused.status_code == 422
    assert "Enter the tracking number" in refused.content.decode()
    assert "Thank you. We look at the goods when they are here." in taken.content.decode()
    assert (look(case).status, look(case).tracking_number) == ("SENT", "SF123456")


def test_words_are_escaped_and_reach_the_thread(client, bought):
    client.post(f"/orders/{bought.number}/return/", form(bought, explanation="<script>alert(1)</script>"))
    address = f"/returns/{ReturnCase.objects.get().number}/"

    client.post(address, {"act": "say", "text": "<b>When</b> will you answer?"})

    page = client.get(address).content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt;When&lt;/b&gt; will you answer?" in page
    assert client.post(address, {"act": "say", "text": " "}).status_code == 422


def test_a_declined_request_can_be_changed_or_taken_to_the_platform(client, bought):
    client.post(f"/orders/{bought.number}/return/", form(bought))
    case = ReturnCase.objects.get()
    answering.reject(case=case, act=Act(Side.SHOP, timezone.now(), text="Used"))
    address = f"/returns/{case.number}/"
    page = client.get(address).content.decode()

    changed = client.post(f"{address}change/", form(bought, kind="REFUND_ONLY", units="1", amount="5"))
    answering.reject(case=case, act=Act(Side.SHOP, timezone.now(), text="Still no"))
    again = client.get(f"{address}change/")
    client.post(address, {"act": "escalate", "text": "It was broken"})

    assert "Ask the platform to decide" in page
    assert changed["Location"] == address
    assert (look(case).kind, look(case).amount) == ("REFUND_ONLY", Decimal(5))
    assert again.status_code == 302
    assert look(case).status == "ESCALATED"


def test_a_request_is_withdrawn_and_what_comes_too_late_is_told(client, bought):
    client.post(f"/orders/{bought.number}/return/", form(bought))
    address = f"/returns/{ReturnCase.objects.get().number}/"

    first = client.post(address, {"act": "withdraw"}, follow=True)
    second = client.post(address, {"act": "withdraw"}, follow=True)

    assert "Request withdrawn" in first.content.decode()
    assert "The request has moved on since this page was shown." in second.content.decode()
    assert ReturnCase.objects.get().entries.filter(kind="WITHDRAWN").count() == 1


def test_the_buyer_of_an_exchange_says_that_it_arrived(client, bought):
    client.post(f"/orders/{bought.number}/return/", form(bought, kind="EXCHANGE", units="1"))
    case = ReturnCase.objects.get()
    answering.approve(case=case, act=SHOP)
    goods.send(case=case, label=LABEL, act=Act(Side.BUYER, timezone.now()))
    goods.receive(case=case, act=SHOP)
    goods.inspect(case=case, found=inspected(case, damaged=1), act=SHOP)
    goods.replace(case=case, label=LABEL, act=SHOP)

    client.post(f"/returns/{case.number}/", {"act": "received"})

    assert look(case).status == "DONE"


@pytest.mark.parametrize("who", ["a visitor", "another user"])
@pytest.mark.parametrize("path", ["/orders/{order}/return/", "/returns/{case}/", "/returns/{case}/change/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_case_of_somebody_else_does_not_exist(bought, who, path, method):
    case = make.case(bought, kind="RETURN", at=timezone.now())
    stranger = Client()
    if who == "another user":
        stranger.force_login(make.user())
    before = books.copy()

    response = getattr(stranger, method)(path.format(order=bought.number, case=case.number), {"act": "withdraw"})

    assert response.status_code == 404
    assert books.copy() == before
    assert look(case).status == "REQUESTED"


def test_numbers_that_no_case_has_are_404(client, bought):
    for number in ("1", "000000000000", "１２３", "abc", "9" * 30):
        assert client.get(f"/returns/{number}/").status_code == 404


def test_an_order_of_which_nothing_can_be_asked_for_says_so(client, bought):
    Order.objects.update(completed_at=timezone.now() - timedelta(days=8))

    response = client.get(f"/orders/{bought.number}/return/", follow=True)

    assert "There is nothing in this order that could be returned or refunded now." in response.content.decode()


@pytest.mark.parametrize("cases", [1, 5])
def test_the_list_of_cases_costs_the_same_for_one_and_for_many(client, buyer, cases, django_assert_num_queries):
    now = timezone.now()
    for _ in range(cases):
        make.case(make.completed_order(user=buyer, at=now), kind="RETURN", at=now)
    client.get("/account/returns/")

    with django_assert_num_queries(4):
        client.get("/account/returns/")


def test_a_receipt_cannot_be_confirmed_while_something_is_asked_for(client, buyer):
    order = make.paid_order(user=buyer, at=timezone.now())
    shipping.ship(order=order, label=LABEL, at=timezone.now())
    make.case(order, kind="RETURN", at=timezone.now())

    page = client.post(f"/orders/{order.number}/received/", follow=True).content.decode()

    order.refresh_from_db()
    assert "Receipt cannot be confirmed" in page
    assert (order.status, receiving.can_be_received(order)) == ("OPEN", False)
    assert ReturnCase.objects.get().kind == Kind.RETURN


def test_the_list_of_requests_goes_on_page_by_page_and_costs_the_same_for_all(
    client, bought, django_assert_num_queries
):
    numbers = [f"{place:012d}" for place in range(45)]
    cases = ReturnCase.objects.bulk_create(
        ReturnCase(number=number, order=bought, kind="RETURN", status="DONE", amount=1, opened_at=timezone.now())
        for number in numbers
    )
    line = bought.lines.order_by("pk")[0]
    ReturnLine.objects.bulk_create(ReturnLine(case=case, line=line, quantity=1) for case in cases)
    address, seen = "/account/returns/", []
    client.get(address)
    while address:
        with django_assert_num_queries(4):
            page = client.get(address).content.decode()
        seen += re.findall(r'<a class="link" href="/returns/(\d+)/"', page)
        older = re.search(r'href="(\?before=\d+)"', page)
        address = f"/account/returns/{older[1]}" if older else ""

    assert seen == numbers[::-1]
    assert [client.get(f"/account/returns/?before={wrong}").status_code for wrong in ("x", "9" * 19)] == [404, 404]
