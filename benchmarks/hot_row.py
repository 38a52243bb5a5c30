"""How fast one product sells when everybody wants it, against what PostgreSQL can do with one row at all.

    python3 -m benchmarks.hot_row --folder /tmp/kaishi-hot-row [--clients 32] [--seconds 5] [--rounds 3]

Raw: pgbench with so many clients, each transaction one guarded UPDATE of one row (and, to compare, each client a row of
its own). Placements: as many processes with a connection each, all in `placing.place`, for one SKU and for a SKU each.
Same server, same durability, in turns; medians of the rounds. A last round sells fewer units than are wanted. Trust the
ratios.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import re
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import psycopg

from benchmarks import shop
from benchmarks.shopper import ADDRESS
from shop.embedded import binaries

if TYPE_CHECKING:  # Django's settings come first
    from orders.services.placing import Agreement

PLACEMENTS_A_SECOND = 20  # of one client at most: so many are prepared
WARMING = 5  # placements of each process before time counts: plans are kept, templates and settings are read
PLENTY = 1_000_000
SCARCE_UNITS, SCARCE_TRIES = 500, 30
TABLE = """
    DROP TABLE IF EXISTS hot_row;
    CREATE TABLE hot_row (id int PRIMARY KEY, on_hand int NOT NULL, allocated int NOT NULL,
        CHECK (on_hand >= 0), CHECK (allocated >= 0), CHECK (allocated <= on_hand));
    INSERT INTO hot_row SELECT number, 2000000000, 0 FROM generate_series(0, 999) number"""
UPDATE = "UPDATE hot_row SET allocated = allocated + 1 WHERE id = {row} AND on_hand >= allocated + 1;"
_RATE = re.compile(r"tps = ([\d.]+)")


@dataclass(frozen=True)
class Lane:
    """What one client did, and the CPU seconds of its Python."""

    placed: int
    refused: int
    cpu: float


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with shop.data(options.folder, max(options.clients, 10), None):
        os.environ |= {"DJANGO_SETTINGS_MODULE": "shop.settings", "DATABASE_POOL_SIZE": "0", "LOG_LEVEL": "ERROR"}
        django.setup()
        _measure(options)


def _measure(options: argparse.Namespace) -> None:
    clients, seconds = options.clients, options.seconds
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute(TABLE)
    acts: dict[str, Callable[[], float]] = {
        "raw UPDATE, one row": lambda: _raw("0", clients, seconds),
        "raw UPDATE, a row each": lambda: _raw(":client_id", clients, seconds),
        "placements, one SKU": lambda: _placements([0] * clients, seconds),
        "placements, a SKU each": lambda: _placements(range(clients), seconds),
    }
    _leave(PLENTY)
    rates: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(options.rounds):
        for name, act in acts.items():
            rates[name].append(act())
    base = statistics.median(rates["raw UPDATE, one row"])
    print(f"\n| {clients} clients, {options.rounds} rounds of {seconds} s | a second: median (all) | ratio |")
    print("|---|---|---|")
    for name, values in rates.items():
        middle = statistics.median(values)
        print(f"| {name} | {middle:.0f} ({', '.join(f'{value:.0f}' for value in values)}) | {middle / base:.2f} |")
    _sell_out(clients)
    print(f"oversold: {_oversold()}")


def _raw(row: str, clients: int, seconds: int) -> float:
    """Return how many guarded updates a second PostgreSQL itself can do."""
    tool, url = binaries.postgres() / "pgbench", os.environ["DATABASE_URL"]
    command = [str(tool), "--no-vacuum", "--client", str(clients), "--jobs", "2", "--protocol", "prepared"]
    done = subprocess.run(
        [*command, "--time", str(seconds), "--file", "/dev/stdin", url],
        input=UPDATE.format(row=row),
        capture_output=True,
        text=True,
        check=True,
    )
    found = _RATE.search(done.stdout)
    if not found:
        raise SystemExit(f"pgbench said:\n{done.stdout}{done.stderr}")
    return float(found[1])


def _placements(skus: Sequence[int], seconds: int) -> float:
    """Return how many orders a second are placed; client n wants SKU skus[n]."""
    lanes, elapsed = _race([_line_up(sku, WARMING + PLACEMENTS_A_SECOND * seconds) for sku in skus], seconds)
    if any(lane.refused for lane in lanes):
        raise SystemExit("there were enough units, and somebody was refused")
    placed = sum(lane.placed for lane in lanes)
    cpu = sum(lane.cpu for lane in lanes) * 1000 / placed
    print(f"{placed} placed in {elapsed:.1f} s, {cpu:.1f} CPU ms of Python each", flush=True)
    return placed / elapsed


def _sell_out(clients: int) -> None:
    """Sell fewer units than are wanted, and say what came of it."""
    queues = [_line_up(0, WARMING + SCARCE_TRIES) for _ in range(clients)]
    _leave(SCARCE_UNITS + WARMING * clients)
    lanes, elapsed = _race(queues, 3600)
    placed, refused = sum(lane.placed for lane in lanes), sum(lane.refused for lane in lanes)
    print(
        f"\n{SCARCE_UNITS} units, {clients * SCARCE_TRIES} wanted: {placed} sold, {refused} refused in {elapsed:.1f} s"
    )


def _leave(units: int) -> None:
    """Bring or take away so many units of the first SKU that these can still be sold."""
    from catalog.models import StockLevel  # noqa: PLC0415  the settings come first
    from catalog.services import stock  # noqa: PLC0415

    level = StockLevel.objects.select_related("variant", "location").get(variant__sku=_sku(0))
    change, key = level.allocated + units - level.on_hand, f"hot-row-{time.time_ns()}"
    stock.adjust(variant=level.variant, location=level.location, change=change, key=key, reason="benchmark")


def _line_up(number: int, count: int) -> list[Agreement]:
    """Return the presses of so many shoppers who have filled in everything and want one unit of a SKU."""
    from django.utils import timezone  # noqa: PLC0415  the settings come first

    from cart import services as carts  # noqa: PLC0415
    from cart.models import Cart, CartLine  # noqa: PLC0415
    from catalog.models import Variant  # noqa: PLC0415
    from orders.models import Checkout  # noqa: PLC0415
    from orders.selectors import quoting  # noqa: PLC0415
    from orders.services import checkouts, placing  # noqa: PLC0415

    now = timezone.now()
    variant = Variant.objects.select_related("product__merchant").get(sku=_sku(number))
    first = Cart.objects.create()
    carts.add(cart=first, variant=variant, quantity=1, at=now)
    address = {name: value for name, value in ADDRESS.items() if name != "email"}
    checkouts.set_address(checkout=checkouts.find(cart=first), email=ADDRESS["email"], address=address)
    checkouts.set_delivery(checkout=checkouts.find(cart=first), code="standard")
    filled = checkouts.find(cart=first)
    digest = quoting.quote(checkout=filled, at=now).digest
    pattern = placing.Agreement(checkout_token=filled.token, digest=digest, language="en", payment_provider="paylab")
    baskets = Cart.objects.bulk_create(Cart(currency=first.currency) for _ in range(count))
    CartLine.objects.bulk_create(CartLine(cart=basket, variant=variant, quantity=1) for basket in baskets)
    fields = {name: getattr(filled, name) for name in ("email", "delivery_code", *address)}
    made = Checkout.objects.bulk_create(Checkout(cart=basket, **fields) for basket in baskets)
    return [replace(pattern, checkout_token=each.token) for each in made]


def _race(queues: Sequence[list[Agreement]], seconds: float) -> tuple[list[Lane], float]:
    """Let a process with a connection of its own press for each queue, until it is empty or time is up."""
    from django.db import connections  # noqa: PLC0415  the settings come first

    connections.close_all()
    gc.collect()
    gc.freeze()  # as the web server does before it forks
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(len(queues) + 1), context.SimpleQueue()
    processes = [
        context.Process(target=_press_all, args=(queue, seconds, start, results), daemon=True) for queue in queues
    ]
    for process in processes:
        process.start()
    start.wait()
    began = time.monotonic()
    lanes = [results.get() for _ in processes]
    elapsed = time.monotonic() - began
    for process in processes:
        process.join()
    return lanes, elapsed


def _press_all(queue: list[Agreement], seconds: float, start: Barrier, results: Any) -> None:
    from django.db import connection  # noqa: PLC0415  the settings come first
    from django.utils import timezone  # noqa: PLC0415

    from catalog.services import stock  # noqa: PLC0415
    from orders.services import placing  # noqa: PLC0415

    def is_placed(agreement: Agreement) -> bool:
        try:
            placing.place(agreement=agreement, at=timezone.now())
        except (stock.OutOfStockError, placing.QuoteChangedError, placing.IncompleteError):  # sold out, said in time
            return False
        return True

    connection.ensure_connection()
    for agreement in queue[:WARMING]:
        is_placed(agreement)
    placed = refused = 0
    start.wait()
    end, used = time.monotonic() + seconds, time.process_time()
    for agreement in queue[WARMING:]:
        if time.monotonic() > end:
            break
        if is_placed(agreement):
            placed += 1
        else:
            refused += 1
    results.put(Lane(placed, refused, time.process_time() - used))


def _oversold() -> int:
    """Return how many units more are ordered than there are, or held than ordered; raise when the books disagree."""
    from django.db.models import Sum  # noqa: PLC0415  the settings come first

    from catalog.models import StockLevel  # noqa: PLC0415
    from orders.models import OrderLine  # noqa: PLC0415

    oversold = 0
    for level in StockLevel.objects.order_by("pk"):
        ordered = OrderLine.objects.filter(variant=level.variant_id).aggregate(units=Sum("quantity"))["units"] or 0
        oversold += max(0, ordered - level.on_hand)
        if ordered != level.allocated:
            raise SystemExit(f"level {level.pk}: {ordered} ordered, {level.allocated} held")
    return oversold


def _sku(number: int) -> str:
    return f"MADE-{number + 1:06d}"


if __name__ == "__main__":
    main()
