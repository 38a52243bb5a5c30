"""The audit finds every fault that is planted in the books, names its rows, and is silent on sound ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Erasure
from notifications.models import Message
from orders.models import Order
from orders.services import cancelling
from payments.models import Payment, Refund
from payments.services import refunds
from shop import audit, privacy
from shop.audit import runs
from shop.audit.columns import LABELS
from tests import books, make
from tests.payments.scenes import cancelled, expired, paid, pending, refunded, shipped, sold_out
from tests.shop.faults import FAULTS, Fault
from tests.shop.faults import accounts as of_accounts

for topic in audit.TOPICS:
    import_module(topic.__name__.replace("shop.audit", "tests.shop.faults"))

pytestmark = pytest.mark.django_db
SCENES = [pending, paid, shipped, expired, sold_out, refunded, cancelled]
COMMITTED = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def sound():
    """A shop with orders in every state, one paid twice, somebody signed in, and somebody who was erased."""
    shipped()
    expired()
    pending()
    _erased()
    make.verified_user("wei")
    Client().post("/account/login/", {"login": "wei", "password": "correct horse"})
    order = make.paid_order(at=timezone.now())
    second = make.payment(order.purchase, status=Payment.Status.SUCCEEDED, is_surplus=True)
    refunds.request(payment=second, amount=second.money, reason=Refund.Reason.SURPLUS, at=timezone.now())
    assert books.findings() == []
    return order


def _erased() -> None:
    user, now = make.verified_user("gone"), timezone.now()
    order = make.order(at=now, user=user)
    cancelling.cancel_unpaid(purchase_id=order.purchase_id, reason=Order.CancelReason.BUYER, at=now)
    Erasure.objects.create(user=user, asked_at=now, due_at=now)
    assert privacy.erase_due(at=now) == 1


@contextmanager
def behind_the_guards() -> Iterator[None]:
    """Change rows as a broken disk or a hand in the database would: no trigger looks."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def findings_of(fault: Fault, order: Order) -> tuple[str, dict[type[audit.Invariant], list[str]]]:
    """Plant a fault, audit, and take it back; return the row that was broken, and the rows found."""
    with transaction.atomic():
        with behind_the_guards():
            row = fault.plant(order)
        findings = audit.run()
        transaction.set_rollback(True)  # deferred triggers look at the end
    return row, {finding.invariant: [str(found[0]) for found in finding.rows] for finding in findings}


def said(*words: str) -> list[str]:
    """Return the lines of the command, which must fail."""
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("audit", *words, stdout=out)
    assert end.value.code == 1
    return out.getvalue().splitlines()


def test_sound_books_are_silent(sound):
    assert audit.run() == []


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_every_honest_situation_is_sound(scene):
    scene()

    assert books.findings() == []


def test_an_empty_shop_is_sound():
    assert audit.run() == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.plant.__name__)
def test_a_planted_fault_is_found_and_its_row_named(sound, fault):
    row, found = findings_of(fault, sound)

    assert found[fault.invariant] == [row]
    assert set(found) == {fault.invariant, *fault.also}


@pytest.mark.parametrize("invariant", audit.INVARIANTS.values(), ids=audit.INVARIANTS)
def test_every_invariant_is_tried_by_a_planted_fault(invariant):
    assert [fault for fault in FAULTS if fault.invariant is invariant] != []


@pytest.mark.parametrize("invariant", audit.INVARIANTS.values(), ids=audit.INVARIANTS)
def test_every_invariant_says_what_it_is_about_and_what_to_do(invariant):
    with connection.cursor() as cursor:
        cursor.execute(invariant.query)
        columns = [column.name for column in cursor.description]

    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", invariant.code)
    assert columns[0] == "row"
    assert set(columns) <= set(LABELS)
    assert str(invariant.statement)[-1] != "."
    assert str(invariant.repair)[-1] == "."
    assert "ORDER BY" in invariant.query


def test_two_invariants_of_one_name_are_refused():
    with pytest.raises(TypeError, match="two invariants called ExportsArePacked"):
        type("ExportsArePacked", (audit.Invariant,), {})


@pytest.mark.parametrize("column", of_accounts.COLUMNS)
def test_each_column_of_an_erased_account_is_looked_at(sound, column):
    user = of_accounts.erased()

    type(user).objects.filter(pk=user.pk).update(**{column: of_accounts.COLUMNS[column]})

    named = {finding.invariant.code: finding.rows for finding in audit.run()}["erased-accounts-name-nobody"]
    assert (named[0][0], column in named[0][2].split()) == (f"user {user.pk}", True)


@pytest.mark.parametrize("table", of_accounts.TABLES)
def test_each_table_of_an_erased_account_is_looked_at(sound, table):
    user = of_accounts.erased()

    of_accounts.TABLES[table](user)

    assert dict(books.findings())["an erased account names nobody"] == [(f"user {user.pk}", "", table)]


def test_a_finding_shows_what_was_expected_and_what_was_found(sound):
    Payment.objects.filter(purchase=sound.purchase_id, is_surplus=False).update(status=Payment.Status.CLOSED)

    [finding] = audit.run(only=["paid-orders-have-their-money"])

    row = {name: str(value) for name, value in zip(finding.columns, finding.rows[0], strict=True)}
    purchase = f"purchase {sound.purchase_id}"
    assert row == {"row": purchase, "orders": sound.number, "expected": "0.00", "found": "18.00"}


def test_nothing_of_a_person_is_in_any_finding(sound):
    """Findings are kept for operators: whatever is broken, they show numbers, sums and states."""
    persons = ["Li Na", "li.na", "Anna", "anna", "13800138000", "88 Wensan Road", "wei@", "gone@"]

    for fault in FAULTS:
        with transaction.atomic():
            with behind_the_guards():
                fault.plant(sound)
            text = str([(finding.columns, finding.rows) for finding in audit.run()])
            transaction.set_rollback(True)

        assert [word for word in persons if word in text] == []


def test_a_query_that_takes_too_long_is_told_and_the_others_go_on(sound, monkeypatch):
    slow = audit.INVARIANTS["published-products-have-a-card"]
    monkeypatch.setattr(slow, "query", "SELECT 'product 1' AS row, pg_sleep(5)")
    Message.objects.filter(key=f"order_confirmed:{sound.number}").delete()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '200ms'")

    findings = audit.run()

    assert [(finding.invariant.code, finding.is_proved, len(finding.rows)) for finding in findings] == [
        ("published-products-have-a-card", False, 0),
        ("paid-orders-have-their-mail", True, 1),
    ]


@COMMITTED
def test_the_audit_sees_one_moment_cannot_write_and_has_a_limit_of_its_own():
    with audit.snapshot(), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        isolation = cursor.fetchone()
        cursor.execute("SHOW statement_timeout")
        limit = cursor.fetchone()
        with pytest.raises(DatabaseError, match="read-only transaction"), transaction.atomic():
            cursor.execute("CREATE TABLE x (id int)")

    assert (isolation, limit) == (("repeatable read",), ("1min",))
    assert runs.STATEMENT_SECONDS == 60


@COMMITTED
def test_the_command_names_the_rows_and_says_what_to_do():
    order = make.paid_order(at=timezone.now())
    with transaction.atomic(), behind_the_guards():
        Payment.objects.filter(purchase=order.purchase_id).update(status=Payment.Status.CLOSED)

    lines = said("--only", "paid-orders-have-their-money")

    assert lines[0] == "NOT TRUE: what orders call paid was received, once [paid-orders-have-their-money] (rows: 1)"
    assert lines[1] == f"  purchase {order.purchase_id}, orders {order.number}, expected 0.00, found 18.00"
    assert lines[2].startswith("  To do: Look the payment up at the provider")
    assert lines[3:] == ["0 of 1 statements hold"]


@COMMITTED
def test_the_command_shows_twenty_rows_and_machines_get_all():
    variant = make.only_variant(make.product(stock=50))
    orders = [make.order(make.cart(variant), at=timezone.now()) for _ in range(21)]
    Order.objects.update(pay_by=timezone.now() - timedelta(hours=1))

    lines = said()
    [content] = json.loads(said("--json")[0])

    assert sum(line.startswith("  order ") for line in lines) == 20
    assert "  and 1 more: audit --only orders-are-expired --json" in lines
    assert lines[-1] == f"{len(audit.INVARIANTS) - 1} of {len(audit.INVARIANTS)} statements hold"
    assert [row[0] for row in content["rows"]] == [f"order {order.number}" for order in orders]


@COMMITTED
def test_the_command_answers_machines_in_json():
    order = make.paid_order(at=timezone.now())
    Message.objects.filter(key=f"order_confirmed:{order.number}").delete()

    [content] = json.loads(said("--json")[0])

    rows: Any = content.pop("rows")
    assert [row[0] for row in rows] == [f"order {order.number}"]
    assert content == {
        "code": "paid-orders-have-their-mail",
        "statement": "every paid order has its mail",
        "is_proved": True,
        "columns": ["row", "since"],
        "repair": str(audit.INVARIANTS["paid-orders-have-their-mail"].repair),
    }


@COMMITTED
def test_the_command_is_content_with_sound_books():
    make.paid_order(at=timezone.now())
    out = StringIO()

    call_command("audit", stdout=out)
    call_command("audit", "--json", stdout=out)

    assert out.getvalue() == f"{len(audit.INVARIANTS)} of {len(audit.INVARIANTS)} statements hold\n[]\n"


def test_the_command_knows_no_other_statements():
    with pytest.raises(CommandError, match="no statement called nonsense") as error:
        call_command("audit", "--only", "nonsense")

    assert "\n  orders-are-expired" in str(error.value)


@pytest.mark.parametrize("orders", [1, 20])
def test_the_audit_costs_one_query_for_each_statement(orders, django_assert_num_queries):
    variant = make.only_variant(make.product(stock=50))
    for _ in range(orders):
        make.order(make.cart(variant), at=timezone.now())

    with django_assert_num_queries(3 * len(audit.INVARIANTS)):  # each between a savepoint and its release
        audit.run()
