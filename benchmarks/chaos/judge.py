"""The promises of the shop, each with the rows that break it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.books import Books
from benchmarks.chaos.browser import Failure, Log
from benchmarks.chaos.faults import Fault
from benchmarks.chaos.postbox import Mail
from benchmarks.chaos.shopper import Visit
from benchmarks.chaos.stage import Product

GRACE_SECONDS = 3
BEFORE_SECONDS = 0.5  # an answer that was on its way when the process died
NEVER = ("500", "501", "502", "504")
PERSONAL = (r"chaos-\d+-\d+@", r"(?<!\d)138\d{8}(?!\d)", r"Chaotic Shopper", r"88 Wensan Road")
SECRETS = ("SECRET_KEY", "ORDER_NUMBER_KEY", "PAYLAB_PRIVATE_KEY", "PAYLAB_GATEWAY_PRIVATE_KEY")


@dataclass(frozen=True)
class Promise:
    """A promise, and what broke it."""

    text: str
    broken: list[str]


@dataclass(frozen=True)
class Evidence:
    """Everything there is to judge."""

    books: Books
    visits: Sequence[Visit]
    log: Log
    faults: Sequence[Fault]
    mails: Sequence[Mail]
    carried: Counter[str]  # notices by the way they went
    forged: Counter[str]
    believed: Sequence[str]  # forgeries that had an answer they must not have
    products: Sequence[Product]
    files: Sequence[Path]
    secrets: dict[str, str]
    waiting: dict[str, int]
    audit: str  # what it said; empty when the books are right


def judge(evidence: Evidence) -> list[Promise]:
    """Return every promise with what broke it."""
    books, visits = evidence.books, evidence.visits
    return [
        Promise("the audit finds nothing", [evidence.audit] if evidence.audit else []),
        Promise("nothing waits for ever", [f"{count} {name}" for name, count in evidence.waiting.items()]),
        Promise("an order that was shown exists, is the shopper's, and costs what was shown", [*_shown(books, visits)]),
        Promise("one form makes one order", [*_orders_of(books, visits)]),
        Promise(
            "what was shown as paid is paid, as cancelled is cancelled (or paid before)", [*_states(books, visits)]
        ),
        Promise("money at the gateway is in the books, once, or back", [*_money(books)]),
        Promise("nothing is paid that the gateway was not paid for", [*_believed(books), *evidence.believed]),
        Promise("what nobody paid is cancelled and holds no goods", [*_unpaid(books)]),
        Promise("nothing is sold twice, and what orders hold is what they need", [*_stock(books, evidence.products)]),
        Promise("every mail arrives, and a repeat says that it is one", [*_mails(books, evidence.mails)]),
        Promise("no page fails, and pages are missing only while something is down", [*_answers(evidence)]),
        Promise("no shopper gets an odd answer", [*_odd(visits)]),
        Promise("logs name no shopper and tell no secret", [*_told(evidence)]),
    ]


def _shown(books: Books, visits: Iterable[Visit]) -> Iterator[str]:
    for visit in visits:
        order = books.orders.get(visit.number)
        if visit.number and order is None:
            yield f"order {visit.number} was shown and is not there"
        elif order and order["email"] != visit.email:
            yield f"order {visit.number} was shown to another shopper"
        elif order and {str(order["total"])} != {visit.shown_total, visit.asked_total or visit.shown_total}:
            yield f"order {visit.number}: {order['total']}, shown {visit.shown_total}, asked {visit.asked_total}"


def _orders_of(books: Books, visits: Iterable[Visit]) -> Iterator[str]:
    counts = Counter(order["email"] for order in books.orders.values())
    yield from (f"{count} orders of shopper {who}" for who, count in counts.items() if count > 1)
    shown = {visit.number for visit in visits}
    yield from (f"order {number} was placed and never shown" for number in books.orders if number not in shown)


def _states(books: Books, visits: Iterable[Visit]) -> Iterator[str]:
    for visit in visits:
        order = books.orders.get(visit.number)
        if order and visit.is_paid_shown and not order["is_paid"]:
            yield f"order {visit.number} was shown as paid and is not"
        # who has paid, is not known to have, and cancels, gets the goods while they are there
        if order and visit.is_cancelled_shown and order["status"] != "CANCELLED" and not order["is_paid"]:
            yield f"order {visit.number} was shown as cancelled and is {order['status']}"


def _money(books: Books) -> Iterator[str]:
    for number in books.trades:
        payment = books.payments.get(number)
        if books.succeeded(number) and (payment is None or payment["status"] != "SUCCEEDED"):
            yield f"{number} was paid at the gateway; the shop says {payment['status'] if payment else 'nothing'}"
    for number, order in books.orders.items():
        left = books.money_of(order["purchase_id"])
        due = order["total"] if order["is_paid"] and order["status"] != "CANCELLED" else 0
        if left != due:
            yield f"order {number} is {order['status']} and {order['payment_status']}: {left} taken, {due} due"


def _believed(books: Books) -> Iterator[str]:
    for number, payment in books.payments.items():
        if payment["status"] == "SUCCEEDED" and not books.succeeded(number):
            yield f"payment {number} is called paid, and the gateway was not paid"
    paid = {each["purchase_id"] for name, each in books.payments.items() if books.succeeded(name)}
    for number, order in books.orders.items():
        if order["is_paid"] and order["purchase_id"] not in paid:
            yield f"order {number} is called paid, and the gateway was not paid"


def _unpaid(books: Books) -> Iterator[str]:
    for number, order in books.orders.items():
        if not order["is_paid"] and order["status"] != "CANCELLED":
            yield f"order {number} was not paid and is {order['status']}"
        if order["status"] == "CANCELLED" and order["held"]:
            yield f"order {number} is cancelled and holds {order['held']} units"


def _stock(books: Books, products: Iterable[Product]) -> Iterator[str]:
    for product in products:
        level = books.levels[product.sku]
        if level["on_hand"] != product.stock:
            yield f"{product.sku}: {level['on_hand']} on hand, {product.stock} came and none has left"
        if not level["ordered"] == level["allocated"] <= product.stock:
            yield f"{product.sku}: {level['ordered']} ordered, {level['allocated']} held, of {product.stock}"


def _mails(books: Books, mails: Sequence[Mail]) -> Iterator[str]:
    arrived = {(mail.recipient, mail.subject) for mail in mails}
    for number, order in books.orders.items():
        if order["is_paid"] and (order["email"], f"Order {number} confirmed") not in arrived:
            yield f"order {number} is paid and its mail did not arrive"
    ids: dict[str, set[str]] = defaultdict(set)
    for mail in mails:
        ids[mail.recipient].add(mail.message_id)
    written = Counter(message["recipient"] for message in books.messages if message["status"] == "SENT")
    for recipient in written.keys() | ids.keys():
        if written[recipient] != len(ids[recipient]):
            yield f"{recipient}: {written[recipient]} mails sent, {len(ids[recipient])} different ones arrived"
    yield from (f"a mail was given up: {each['kind']}" for each in books.messages if each["status"] == "FAILED")


def _answers(evidence: Evidence) -> Iterator[str]:
    for failure in evidence.log.failures:
        if failure.what in NEVER:
            yield f"{failure.step}: {failure.what}"
        elif not any(_explains(fault, failure) for fault in evidence.faults):
            yield f"{failure.step}: {failure.what} while nothing was down"


def _explains(fault: Fault, failure: Failure) -> bool:
    is_after = failure.ended >= fault.killed_at - BEFORE_SECONDS
    return is_after and failure.began <= fault.over_at + GRACE_SECONDS


def _odd(visits: Iterable[Visit]) -> Iterator[str]:
    for visit in visits:
        yield from (f"{visit.number or visit.email}: {oddity}" for oddity in visit.oddities)
        if visit.ending.startswith("gave up"):
            yield f"{visit.number or visit.email} {visit.ending}"


def _told(evidence: Evidence) -> Iterator[str]:
    keys = [evidence.secrets[name] for name in SECRETS]
    parts = [line for key in keys for line in key.splitlines() if len(line) > 30 and "-----" not in line]
    parts += [visit.session for visit in evidence.visits if visit.session]
    pattern = re.compile("|".join([*PERSONAL, *map(re.escape, parts)]).encode())
    for file in evidence.files:
        for number, line in enumerate(file.read_bytes().splitlines(), start=1):
            if found := pattern.search(line):
                yield f"{file.name}:{number} tells {found[0][:12].decode(errors='replace')}…"
