"""The audit finds every fault that is planted in the books, names its rows, and is silent on sound ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import ProductCard, StockLevel
from notifications.models import Message
from orders.models import Allocation, Order, OrderLine, Purchase, Shipment
from payments.models import Payment, Refund
from payments.services import refunds
from shop import audit
from tests import books, make
from tests.payments.scenes import expired, paid, pending, shipped, sold_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def sound():
    """A paid and shipped order, a paid one, one that waits, one that expired, and one paid twice."""
    shipped()
    expired()
    pending()
    order = make.paid_order(at=timezone.now())
    second = make.payment(order.purchase, status=Payment.Status.SUCCEEDED, is_surplus=True)
    refunds.request(payment=second, amount=second.money, reason=Refund.Reason.SURPLUS, at=timezone.now())
    assert books.findings() == []
    return order


@contextmanager
def behind_the_guards() -> Iterator[None]:
    """Change rows as a broken disk or a hand in the database would: no trigger looks."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def _on_hand(order: Order) -> str:
    level = _level(order)
    StockLevel.objects.filter(pk=level).update(on_hand=99)
    return f"level {level}"


def _allocated(order: Order) -> str:
    level = _level(order)
    StockLevel.objects.filter(pk=level).update(allocated=0)
    return f"level {level}"


def _held(order: Order) -> str:
    Allocation.objects.filter(line__order=order).update(quantity=2)
    return f"level {_level(order)}"


def _held_by_a_cancelled_order(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(status=Order.Status.CANCELLED)
    return f"order {order.number}"


def _goods(order: Order) -> str:
    OrderLine.objects.filter(order=order).update(quantity=2, total=Decimal("20.00"))
    return f"order {order.number}"


def _purchase(order: Order) -> str:
    Purchase.objects.filter(pk=order.purchase_id).update(total=Decimal("18.01"))
    return f"purchase {order.purchase_id}"


def _paid_without_money(order: Order) -> str:
    Payment.objects.filter(purchase=order.purchase_id, is_surplus=False).update(status=Payment.Status.CLOSED)
    return f"purchase {order.purchase_id}"


def _money_without_order(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(paid_total=0)
    return f"purchase {order.purchase_id}"


def _another_amount(order: Order) -> str:
    Payment.objects.filter(purchase=order.purchase_id, is_surplus=False).update(amount=Decimal("17.99"))
    return f"purchase {order.purchase_id}"


def _surplus_kept(order: Order) -> str:
    Refund.objects.all().delete()
    return f"payment {order.number}-P2"


def _surplus_kept_in_part(order: Order) -> str:
    Refund.objects.update(amount=Decimal("17.99"))
    return f"payment {order.number}-P2"


def _refund_given_up(order: Order) -> str:
    Refund.objects.update(status=Refund.Status.FAILED)
    return f"payment {order.number}-P2"


def _refunded(order: Order) -> str:
    Payment.objects.filter(is_surplus=True).update(refunded=1)
    return f"payment {order.number}-P2"


def _no_mail(order: Order) -> str:
    Message.objects.filter(key=f"order_confirmed:{order.number}").delete()
    return f"order {order.number}"


def _no_mail_of_a_parcel(order: Order) -> str:
    shipment = Shipment.objects.get()
    Message.objects.filter(key=f"order_shipped:{shipment.pk}").delete()
    return f"shipment {shipment.pk}"


def _shipped_without_a_parcel(order: Order) -> str:
    OrderLine.objects.filter(order=order).update(shipped_quantity=1)
    return f"line {order.lines.get().pk}"


def _mail_left_lying(order: Order) -> str:
    message = Message.objects.get(key=f"order_confirmed:{order.number}")
    Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(minutes=11))
    return f"message {message.pk}"


def _never_expired(order: Order) -> str:
    waiting = Order.objects.get(status=Order.Status.AWAITING_PAYMENT)
    Order.objects.filter(pk=waiting.pk).update(pay_by=timezone.now() - timedelta(minutes=31))
    return f"order {waiting.number}"


def _no_card(order: Order) -> str:
    product = order.lines.get().product_id
    ProductCard.objects.filter(product=product).delete()
    return f"product {product}"


def _level(order: Order) -> int:
    return Allocation.objects.get(line__order=order).level_id


FAULTS: dict[str, tuple[Callable[[Order], str], set[str]]] = {
    "units from nowhere": (_on_hand, {"stock on hand is the sum of its movements"}),
    "a hold that was forgotten": (
        _allocated,
        {"allocated stock is the sum of its movements", "allocated stock is what order lines hold"},
    ),
    "a hold of more than was taken": (_held, {"allocated stock is what order lines hold"}),
    "a cancelled order that holds goods": (
        _held_by_a_cancelled_order,
        {"lines of cancelled orders hold nothing"},
    ),
    "a line that was changed": (_goods, {"an order's goods cost the sum of its lines"}),
    "a purchase of another price": (_purchase, {"a purchase costs the sum of its orders"}),
    "paid without money": (_paid_without_money, {"what orders call paid was received, once"}),
    "money without a paid order": (_money_without_order, {"what orders call paid was received, once"}),
    "a cent too little": (_another_amount, {"what orders call paid was received, once"}),
    "surplus that was kept": (_surplus_kept, {"money that no order needed goes back"}),
    "a cent of it kept": (_surplus_kept_in_part, {"money that no order needed goes back"}),
    "surplus that was refused": (_refund_given_up, {"money that no order needed goes back"}),
    "a refund that never was": (_refunded, {"a payment's refunded sum is that of its finished refunds"}),
    "a paid order without its mail": (_no_mail, {"every paid order has its mail"}),
    "a parcel without its mail": (_no_mail_of_a_parcel, {"every parcel has its mail"}),
    "shipped without a parcel": (_shipped_without_a_parcel, {"what lines call shipped is in parcels"}),
    "a mail nobody tries to send": (_mail_left_lying, {"a mail waits ten minutes at most, unless its server fails"}),
    "an order that never expires": (
        _never_expired,
        {"an order waits for its payment no longer than it may"},
    ),
    "a product without a card": (_no_card, {"a published product has a card"}),
}


def test_sound_books_are_silent(sound):
    assert audit.run() == []


@pytest.mark.parametrize("scene", [pending, paid, shipped, expired, sold_out], ids=lambda scene: scene.__name__)
def test_every_honest_situation_is_sound(scene):
    scene()

    assert books.findings() == []


def test_an_empty_shop_is_sound():
    assert audit.run() == []


@pytest.mark.parametrize(("plant", "statements"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found_and_its_row_named(sound, plant, statements):
    with transaction.atomic():
        with behind_the_guards():
            row = plant(sound)
        findings = audit.run()
        transaction.set_rollback(True)  # deferred triggers look at the end

    assert {finding.check.statement for finding in findings} == statements
    assert {str(found[0]) for finding in findings for found in finding.rows} == {row}


def test_every_statement_is_tried_by_a_planted_fault():
    tried = {statement for _, statements in FAULTS.values() for statement in statements}

    assert tried == {check.statement for check in audit.CHECKS}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_command_names_the_rows_and_fails():
    order, out = make.paid_order(at=timezone.now()), StringIO()
    with transaction.atomic(), behind_the_guards():
        Order.objects.filter(pk=order.pk).update(paid_total=0)

    with pytest.raises(SystemExit) as end:
        call_command("audit", stdout=out)

    lines = out.getvalue().splitlines()
    assert end.value.code == 1
    assert lines[0] == "NOT TRUE: what orders call paid was received, once (1 rows)"
    assert lines[1] == f"  purchase {order.purchase_id}, 0.00, 18.00"
    assert lines[2:] == [f"{len(audit.CHECKS) - 1} of {len(audit.CHECKS)} statements hold"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_command_answers_machines_in_json():
    order, out = make.paid_order(at=timezone.now()), StringIO()
    with transaction.atomic(), behind_the_guards():
        Message.objects.filter(key=f"order_confirmed:{order.number}").delete()

    with pytest.raises(SystemExit):
        call_command("audit", "--json", stdout=out)

    assert json.loads(out.getvalue()) == {"every paid order has its mail": [[f"order {order.number}"]]}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_command_is_content_with_sound_books():
    make.paid_order(at=timezone.now())
    out = StringIO()

    call_command("audit", stdout=out)

    assert out.getvalue() == f"{len(audit.CHECKS)} of {len(audit.CHECKS)} statements hold\n"


@pytest.mark.parametrize("orders", [1, 20])
def test_the_audit_costs_one_query_for_each_statement(orders, django_assert_num_queries):
    variant = make.only_variant(make.product(stock=50))
    for _ in range(orders):
        make.order(make.cart(variant), at=timezone.now())

    with django_assert_num_queries(len(audit.CHECKS)):
        audit.run()
