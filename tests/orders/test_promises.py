"""Until when an order is to leave: said before, kept from the payment on, and asked for by who waits."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import MerchantMember
from catalog.models import Product
from notifications.models import Message
from notifications.selectors import rendering
from orders.models import Order
from orders.services import lifecycle, receiving, shipping, urging
from tests import books, make

pytestmark = pytest.mark.django_db
LABEL = shipping.Label("SF", "SF1234567890123")
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)


def test_an_order_leaves_within_the_time_of_its_slowest_product(now):
    quick, slow = (make.only_variant(make.product(ships_within_hours=hours)) for hours in (24, 72))

    order = make.paid_order(make.cart(quick, slow), at=now)

    assert (order.ships_within_hours, order.ship_by) == (72, now + 72 * HOUR)


def test_where_products_do_not_say_the_shop_does(now, settings):
    settings.SHIP_WITHIN_HOURS = 36
    order = make.paid_order(make.cart(make.only_variant(make.product()), make.only_variant(make.product())), at=now)

    assert order.ship_by == now + 36 * HOUR


def test_what_was_promised_when_it_was_placed_counts_from_the_payment(now):
    variant = make.only_variant(make.product(ships_within_hours=24))
    order = make.order(make.cart(variant), at=now)
    Product.objects.update(ships_within_hours=240)

    lifecycle.receive_payment(purchase_id=order.purchase_id, at=now + HOUR)

    order.refresh_from_db()
    assert order.ship_by == now + 25 * HOUR


def test_an_order_of_the_release_before_is_promised_what_the_shop_promises(now):
    order = make.order(at=now)
    Order.objects.update(ships_within_hours=None)

    lifecycle.receive_payment(purchase_id=order.purchase_id, at=now)

    order.refresh_from_db()
    assert order.ship_by == now + 48 * HOUR


@pytest.mark.parametrize(("hours", "words"), [(24, "Ships within 24 hours"), (1, "Ships within 1 hour"), (None, "48")])
def test_the_products_page_says_it(client, hours, words):
    product = make.product(ships_within_hours=hours, at=timezone.now())

    page = client.get(product.get_absolute_url())

    assert words in page.text


def test_the_buyer_reads_until_when_it_leaves_and_that_it_is_late(client, now):
    order = make.paid_order(at=now, user=make.user())
    ends = now + 48 * HOUR
    pages = []

    for moment in (ends, ends + SECOND):
        with time_machine.travel(moment, tick=False):
            client.force_login(order.user)
            pages.append(client.get(order.get_absolute_url()).text)

    assert ["Leaves by" in page for page in pages] == [True, False]
    assert ["It was to leave by" in page for page in pages] == [False, True]


def test_the_office_lists_what_is_late_and_what_is_to_leave_today_the_first_first(client):
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    orders = {name: make.paid_order(at=now) for name in ("tomorrow", "tonight", "late", "later", "gone")}
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    moments = {"tomorrow": midnight, "tonight": midnight - SECOND, "late": now - SECOND, "later": now - HOUR}
    for name, moment in (moments | {"gone": now - DAY}).items():
        Order.objects.filter(pk=orders[name].pk).update(ship_by=moment)
    shipping.ship(order=orders["gone"], label=LABEL, at=now)
    listed = []

    with time_machine.travel(now, tick=False):
        client.force_login(make.member())
        for value in ("late", "today"):
            page = client.get(reverse("merchant:orders_order_changelist"), {"deadline": value})
            listed.append([row.number for row in page.context["cl"].result_list])

    numbers = {name: order.number for name, order in orders.items()}
    assert listed == [
        [numbers["later"], numbers["late"]],
        [numbers["later"], numbers["late"], numbers["tonight"]],
    ]
    assert page.text.count(" late</span>") == 2


def test_the_office_list_can_be_sorted_by_deadline(client):
    client.force_login(make.member())
    first, second = make.paid_order(at=timezone.now()), make.paid_order(at=timezone.now() - HOUR)
    columns = client.get(reverse("merchant:orders_order_changelist")).context["cl"].list_display
    place = columns.index("deadline")

    page = client.get(reverse("merchant:orders_order_changelist"), {"o": str(place)})

    assert [row.number for row in page.context["cl"].result_list] == [second.number, first.number]


def test_a_buyer_asks_once_and_those_who_handle_orders_are_told(now):
    order, buyer = make.paid_order(at=now), make.user()
    worker, analyst = make.member(), make.user()
    MerchantMember.objects.filter(user=worker).update(role=MerchantMember.Role.ORDERS)
    MerchantMember.objects.create(merchant=order.merchant, user=analyst, role=MerchantMember.Role.ANALYST)

    urging.urge(order=order, actor=buyer, at=now)

    order.refresh_from_db()
    event = order.events.order_by("-pk")[0]
    assert (order.urged_at, event.kind, event.actor, event.is_public) == (now, "URGED", buyer, True)
    mail = Message.objects.get(kind="order_urged")
    assert (mail.recipient, mail.context["number"]) == (worker.email, order.number)
    assert f"/merchant/orders/order/{order.pk}/change/" in mail.context["link"]


def test_a_buyer_may_ask_again_after_a_day(now):
    order = make.paid_order(at=now)
    make.member()
    urging.urge(order=order, at=now)
    before = books.copy()

    with pytest.raises(urging.CannotUrgeError):
        urging.urge(order=order, at=now + DAY - SECOND)
    unchanged = books.copy() == before
    urging.urge(order=order, at=now + DAY)

    assert unchanged
    assert order.events.filter(kind="URGED").count() == 2
    assert len(books.mails("order_urged")) == 2


@pytest.mark.parametrize("state", ["unpaid", "cancelled", "partly shipped", "shipped", "completed", "asked back"])
def test_what_nobody_can_hurry_is_not_urged_and_nothing_changes(state, now):
    order = make.order(make.cart(make.only_variant(make.product()), quantity=2), at=now, user=make.user())
    if state == "cancelled":
        lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    elif state != "unpaid":
        lifecycle.receive_payment(purchase_id=order.purchase_id, at=now)
    order.refresh_from_db()
    if state in ("partly shipped", "shipped", "completed"):
        units = {order.lines.get().pk: 1} if state == "partly shipped" else None
        shipping.ship(order=order, label=LABEL, at=now, quantities=units)
    if state == "completed":
        receiving.confirm(order=order, at=now)
    if state == "asked back":
        make.case(order, at=now)
    before = books.copy()

    with pytest.raises(urging.CannotUrgeError):
        urging.urge(order=order, at=now)

    assert books.copy() == before


def test_on_the_page_the_buyer_is_asked_first_then_told_and_then_not_offered_it(client):
    order = make.paid_order(at=timezone.now(), user=make.user())
    client.force_login(order.user)
    page = f"/orders/{order.number}/urge/"
    before = books.copy()

    asked = client.get(page)
    unchanged = books.copy() == before
    answer = client.post(page)
    shown = client.get(order.get_absolute_url())
    again, late = client.get(page), client.post(page, follow=True)

    assert (asked.status_code, unchanged, "Remind us" in asked.text) == (200, True, True)
    assert (answer.status_code, answer.url) == (303, order.get_absolute_url())
    assert "You reminded us on" in shown.text
    assert [str(offer.label) for offer in shown.context["offers"]] == ["Change address", "Cancel and refund"]
    assert (again.status_code, again.url) == (302, order.get_absolute_url())
    assert "You can remind us once a day" in late.text
    assert order.events.filter(kind="URGED").count() == 1


@pytest.mark.parametrize("who", ["stranger", "guest"])
def test_nobody_else_urges(client, who):
    order = make.paid_order(at=timezone.now(), user=make.user())
    if who == "stranger":
        client.force_login(make.user())
    before = books.copy()

    answer = client.post(f"/orders/{order.number}/urge/")

    assert answer.status_code == 404
    assert books.copy() == before


def test_the_shop_sees_in_the_list_that_a_buyer_asks(client):
    order = make.paid_order(at=timezone.now())
    client.force_login(make.member())
    urging.urge(order=order, at=timezone.now())

    page = client.get(reverse("merchant:orders_order_changelist"))

    assert "buyer asks" in page.text


@pytest.mark.parametrize("kind", ["order_urged", "order_unshipped"])
def test_the_mails_have_words_in_text_and_in_html(kind, now):
    order = make.paid_order(at=now)
    make.member()
    urging.urge(order=order, at=now)
    shipping.undo(shipment=shipping.ship(order=order, label=LABEL, at=now), actor=None, at=now)

    mail = rendering.mail(Message.objects.get(kind=kind))

    html = str(mail.alternatives[0][0])
    for part in (mail.subject, mail.body, html):
        assert order.number in part
    assert "http" in mail.body
    assert ("SF1234567890123" in html, "SF1234567890123" in mail.body) == (kind == "order_unshipped",) * 2
    for part in (mail.subject, mail.body, html):
        assert not re.search(r"{[{%]|None|Invalid", str(part))
