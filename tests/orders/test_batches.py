"""Many orders shipped at once: a table goes out, comes back, is shown first, and each row happens once."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import MerchantMember
from orders.models import Order, Shipment
from orders.selectors import to_ship
from orders.services import batches, lifecycle, shipping
from orders.services.batches import Row, Verdict
from tests import books, make

pytestmark = pytest.mark.django_db
LABEL = shipping.Label("SF", "SF1234567890123")
HEAD = "Order number,Carrier,Tracking number"


@pytest.fixture
def member(client):
    """A member of the first merchant, signed in."""
    user = make.member()
    client.force_login(user)
    return user


def test_the_table_has_a_row_for_each_order_to_ship_and_no_formula_in_it(client, member):
    order = make.paid_order(at=timezone.now())
    Order.objects.filter(pk=order.pk).update(name="=cmd()", note="@here")
    shipping.ship(order=make.paid_order(at=timezone.now()), label=LABEL, at=timezone.now())
    make.order(at=timezone.now())
    asked = make.paid_order(at=timezone.now(), user=make.user())
    make.case(asked, at=timezone.now())

    answer = client.get(reverse("merchant:orders_order_to_ship"))

    head, *rows = _table(answer.content)
    number = to_ship.grouped(order.number)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert head[0] == "Order number"
    assert head[-2:] == ["Carrier", "Tracking number"]
    assert [(row[0], row[1], row[2], row[4], row[5], *row[-2:]) for row in rows] == [
        (number, "'=cmd()", "13800138000", f"{order.lines.get().sku} × 1", "'@here", "", "")
    ]
    assert answer["Cache-Control"].startswith("private, no-store")


def test_the_table_says_what_is_left_and_begins_with_what_is_to_leave_first(client, member):
    late, part = make.paid_order(at=timezone.now()), make.paid_order(_cart(3), at=timezone.now())
    shipping.ship(order=part, label=LABEL, at=timezone.now(), quantities={part.lines.get().pk: 1})
    Order.objects.filter(pk=part.pk).update(ship_by=timezone.now() - timedelta(hours=1))

    _head, *rows = _table(client.get(reverse("merchant:orders_order_to_ship")).content)

    assert [row[0] for row in rows] == [to_ship.grouped(part.number), to_ship.grouped(late.number)]
    assert rows[0][4] == f"{part.lines.get().sku} × 2"


def test_chosen_orders_only_are_in_the_table_of_the_action(client, member):
    chosen, _other = make.paid_order(at=timezone.now()), make.paid_order(at=timezone.now())

    answer = _act(client, "download_to_ship", chosen)

    assert [row[0] for row in _table(answer.content)[1:]] == [to_ship.grouped(chosen.number)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_comes_back_as_spreadsheets_save_it(client, member, encoding, mark):
    order = make.paid_order(at=timezone.now())
    text = f"订单号,收货人姓名,快递公司,运单号\r\n{order.number},王芳,顺丰速运,sf 1234567890123\r\n".replace(",", mark)
    if encoding == "utf-8":
        text = (
            text.replace("订单号", "order NUMBER").replace("运单号", "Tracking number").replace("快递公司", "carrier")
        )

    told = _upload(client, text.encode(encoding)).context["rows"][0]["told"]

    assert (told.verdict, told.row.carrier, told.row.tracking_number) == (Verdict.WILL_SHIP, "SF", "SF1234567890123")


def test_the_whole_way_shows_first_ships_then_and_tells_what_was_done_already(client, member):
    orders = [make.paid_order(_cart(2), at=timezone.now()) for _ in range(2)]
    rows = [f"{to_ship.grouped(order.number)},SF,SF123456789012{place}" for place, order in enumerate(orders)]
    before = books.copy()

    shown = _upload(client, "\n".join([HEAD, *rows]))
    unchanged = books.copy() == before
    sealed = {"sealed": shown.context["sealed"]}
    done = client.post(reverse("merchant:orders_order_batch_apply"), sealed)
    after = books.copy()
    again = client.post(reverse("merchant:orders_order_batch_apply"), sealed)

    assert (shown.status_code, unchanged, _verdicts(shown)) == (200, True, [Verdict.WILL_SHIP] * 2)
    assert "2 orders will ship" in shown.text
    assert _verdicts(done) == [Verdict.SHIPPED] * 2
    assert _verdicts(again) == [Verdict.DONE] * 2
    assert books.copy() == after
    parcels = Shipment.objects.order_by("pk").values_list("order", "tracking_number", "shipped_by")
    assert list(parcels) == [(order.pk, f"SF123456789012{n}", member.pk) for n, order in enumerate(orders)]
    assert len(books.mails("order_shipped")) == 2
    assert books.findings() == []


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("unpaid", Verdict.UNPAID),
        ("cancelled", Verdict.CANCELLED),
        ("shipped", Verdict.LEFT),
        ("done", Verdict.DONE),
        ("asked", Verdict.CANCELLATION),
        ("foreign", Verdict.UNKNOWN),
        ("unknown", Verdict.UNKNOWN),
        ("no number", Verdict.NOT_A_NUMBER),
        ("twice", Verdict.TWICE),
        ("wrong carrier", Verdict.CARRIER),
        ("wrong format", Verdict.FORMAT),
        ("rounded", Verdict.FORMAT),
        ("empty", Verdict.EMPTY),
    ],
)
def test_a_row_that_cannot_leave_says_why_and_nothing_changes(client, member, state, verdict):
    good = make.paid_order(at=timezone.now())
    rows = [HEAD, *_rows(state), f"{good.number},SF,SF0000000000001"]
    before = books.copy()

    answer = _upload(client, "\n".join(rows))

    assert _verdicts(answer)[0] == verdict
    assert _verdicts(answer)[-1] == Verdict.WILL_SHIP
    assert books.copy() == before


def test_what_changed_since_it_was_shown_is_told_and_everything_else_ships(client, member):
    fine, cancelled, left, partly = (make.paid_order(_cart(2), at=timezone.now()) for _ in range(4))
    all_of_them = (fine, cancelled, left, partly)
    rows = [f"{order.number},SF,SF123456789012{place}" for place, order in enumerate(all_of_them)]
    shown = _upload(client, "\n".join([HEAD, *rows]))
    lifecycle.cancel(orders=[cancelled], reason=Order.CancelReason.SHOP, at=timezone.now())
    shipping.ship(order=left, label=LABEL, at=timezone.now())
    other = shipping.Label("SF", "SF9999999999999")
    shipping.ship(order=partly, label=other, at=timezone.now(), quantities={partly.lines.get().pk: 1})

    done = client.post(reverse("merchant:orders_order_batch_apply"), {"sealed": shown.context["sealed"]})

    assert _verdicts(done) == [Verdict.SHIPPED, Verdict.CANCELLED, Verdict.LEFT, Verdict.CHANGED]
    assert list(fine.shipments.values_list("tracking_number", flat=True)) == ["SF1234567890120"]
    assert [partly.shipments.count(), cancelled.shipments.count()] == [1, 0]


@pytest.mark.parametrize("forgery", ["", "x", "another user's"])
def test_only_what_was_shown_to_this_user_is_done(client, member, forgery):
    order = make.paid_order(at=timezone.now())
    shown = _upload(client, f"{HEAD}\n{order.number},SF,SF1234567890123")
    if forgery == "another user's":
        forgery = shown.context["sealed"]
        client.force_login(make.member())
    before = books.copy()

    answer = client.post(reverse("merchant:orders_order_batch_apply"), {"sealed": forgery})

    assert (answer.status_code, answer.url) == (303, reverse("merchant:orders_order_batch"))
    assert books.copy() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00\x00", b"a,b\n1,2", b'Order number,Tracking number\n"1,2', HEAD.encode(), b"x" * 1_000_001],
    ids=["nothing", "no text", "other columns", "an open quote", "no rows", "too large"],
)
def test_a_file_that_is_no_such_table_is_refused_with_the_reason(client, member, content):
    answer = _upload(client, content)

    assert answer.status_code == 422
    assert answer.context["form"].errors != {}


def test_a_thousand_rows_are_taken_and_one_more_is_not(client, member):
    rows = [f"{number},SF,SF1234567890123" for number in range(1000)]

    taken = _upload(client, "\n".join([HEAD, *rows]))
    refused = _upload(client, "\n".join([HEAD, *rows, "1,SF,1"]))

    assert (taken.status_code, len(taken.context["rows"]), refused.status_code) == (200, 1000, 422)


def test_looking_at_many_rows_costs_no_more_than_at_one():
    orders = [make.paid_order(at=timezone.now()) for _ in range(20)]
    rows = [Row(place, order.number, "SF", "SF1234567890123") for place, order in enumerate(orders)]

    counts = [_count(partial(batches.plan, rows=some, orders=Order.objects.all())) for some in (rows[:1], rows)]

    assert counts == [4, 4]


@pytest.mark.parametrize("who", ["analyst", "staff of nothing", "shopper"])
@pytest.mark.parametrize("page", ["to_ship", "batch", "batch_apply", "pick_list", "packing_slips"])
def test_who_may_not_ship_gets_no_table_and_no_paper(client, who, page):
    order = make.paid_order(at=timezone.now())
    user = make.user(is_staff=who == "staff of nothing")
    if who == "analyst":
        MerchantMember.objects.create(merchant=order.merchant, user=user, role=MerchantMember.Role.ANALYST)
    client.force_login(user)
    office = "admin" if who == "staff of nothing" else "merchant"
    address = f"{reverse(f'{office}:orders_order_{page}')}?orders={order.pk}"
    before = books.copy()

    answers = [client.get(address), client.post(address)]

    assert [answer.status_code in (302, 403) for answer in answers] == [True, True]
    assert order.phone not in answers[0].text
    assert books.copy() == before


def test_a_member_of_another_merchant_downloads_nothing_of_this_one(client):
    order, other = make.paid_order(at=timezone.now()), make.merchant()
    client.force_login(make.member(other))

    table = client.get(reverse("merchant:orders_order_to_ship"))
    action = _act(client, "download_to_ship", order)

    assert len(_table(table.content)) == 1
    assert to_ship.grouped(order.number).encode() not in action.content


def _rows(state):
    if state in ("unknown", "no number"):
        return ["552270165309,SF,SF1234567890123" if state == "unknown" else "552270165308,SF,SF1234567890123"]
    if state == "foreign":
        other = make.merchant()
        make.delivery(other)
        order = make.paid_order(make.cart(make.only_variant(make.product(merchant=other))), at=timezone.now())
        return [f"{order.number},SF,SF1234567890123"]
    order = make.order(at=timezone.now(), user=make.user())
    if state == "cancelled":
        lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    elif state != "unpaid":
        lifecycle.receive_payment(purchase_id=order.purchase_id, at=timezone.now())
    order.refresh_from_db()
    if state in ("shipped", "done"):
        shipping.ship(order=order, label=LABEL, at=timezone.now())
    if state == "asked":
        make.case(order, at=timezone.now())
    carrier = "Pigeon" if state == "wrong carrier" else "SF"
    numbers = {"wrong format": "SF12", "rounded": "1.23457E+14", "empty": "", "shipped": "SF1234567890124"}
    return [f"{order.number},{carrier},{numbers.get(state, 'SF1234567890123')}"] * (2 if state == "twice" else 1)


def _cart(quantity):
    return make.cart(make.only_variant(make.product()), quantity=quantity)


def _upload(client, content):
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("to-ship.csv", data, "text/csv")
    return client.post(reverse("merchant:orders_order_batch"), {"file": file, "carrier": "SF"})


def _act(client, action, *orders):
    form = {"action": action, "_selected_action": [order.pk for order in orders]}
    return client.post(reverse("merchant:orders_order_changelist"), form)


def _verdicts(answer):
    return [row["told"].verdict for row in answer.context["rows"]]


def _table(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def _count(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)
