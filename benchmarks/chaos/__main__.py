"""Checkouts at 32 clients while processes die at random.

    nice .venv/bin/python -m benchmarks.chaos --shoppers 3000 --faults 70 --clients 32 --seed 1 --minutes 60 --json FILE

Starts a whole shop in a folder of its own (127.0.0.1 only), as `python3 run.py` does, with a mail server that keeps
every mail. Shoppers buy, pay, decline, leave and cancel; meanwhile one process after the other is killed with -9, and
notices of payment are late, lost, doubled, out of order, and forged. In the end the books of shop and gateway, the
mails, the logs, and what shoppers were shown are compared. Exit code 1: a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.chaos import books, faults, judge, report
from benchmarks.chaos.browser import Log
from benchmarks.chaos.courier import Courier
from benchmarks.chaos.crowd import Crowd
from benchmarks.chaos.faults import Fault, Killer
from benchmarks.chaos.postbox import Postbox
from benchmarks.chaos.shopper import Shopper
from benchmarks.chaos.stage import Product, Stage

PURCHASE_SECONDS = 30  # how long a fault waits for the next purchase before the next fault may come
LOOK_SECONDS = 0.1
LOGS = ("shop.log", "postgres.log", "redis.log")


class Run:
    """One run from the first shopper to the judgement."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self.folder: Path = options.folder or Path(tempfile.mkdtemp(prefix="kaishi-chaos-"))
        self._chance = random.Random(options.seed)
        self._postbox, self._courier = Postbox(self._chance), Courier(self._chance)
        mail = f"smtp://127.0.0.1:{self._postbox.port}"
        self._stage = Stage(self.folder, EMAIL_URL=mail, PAYMENT_NOTIFY_URL=self._courier.url)
        self._log = Log()
        self._faults: list[Fault] = []

    def result(self) -> dict[str, Any]:
        """Run, judge, stop everything, and return the outcome."""
        try:
            _say(f"starting a shop in {self.folder}")
            self._stage.start()
            products = self._stage.fill(shoppers=self._options.shoppers)
            key = self._stage.secrets["PAYLAB_GATEWAY_PRIVATE_KEY"]
            self._courier.open(shop_url=self._stage.url, gateway_key=key, account="kaishi-demo")
            return self._run(products)
        finally:
            self._stage.stop()
            self._courier.close()
            self._postbox.close()

    def _run(self, products: list[Product]) -> dict[str, Any]:
        options, began = self._options, time.monotonic()
        crowd = Crowd(shoppers=options.shoppers, clients=options.clients, make=self._maker(products))
        _say(f"{options.shoppers} shoppers, {options.clients} at once, {options.faults} faults")
        crowd.start()
        self._kill(crowd, until=began + options.minutes * 60)
        crowd.stop()
        seconds = time.monotonic() - began
        _say(f"the last shopper left after {seconds:.0f} s; waiting for sweeps")
        waiting = books.wait_until_quiet(self._stage.database_url)
        _say("judging")
        audit = self._stage.manage("audit")
        evidence = judge.Evidence(
            books=books.read(self._stage.database_url, self.folder / "paylab.sqlite3"),
            visits=crowd.visits,
            log=self._log,
            faults=self._faults,
            mails=list(self._postbox.mails),
            carried=self._courier.ways,
            forged=self._courier.forged,
            believed=self._courier.believed,
            products=products,
            files=[self.folder / name for name in LOGS],
            secrets=self._stage.secrets,
            waiting=waiting,
            audit=f"{audit.stdout}{audit.stderr}" if audit.returncode else "",
        )
        return report.outcome(evidence, judge.judge(evidence), seconds=seconds)

    def _maker(self, products: list[Product]) -> Any:
        def make(index: int) -> Shopper:
            return Shopper(
                index=index,
                seed=self._options.seed,
                products=products,
                url=self._stage.url,
                log=self._log,
                courier=self._courier,
            )

        return make

    def _kill(self, crowd: Crowd, *, until: float) -> None:
        """Spread the faults over the shoppers; each waits until the one before is over."""
        killer, count = Killer(self._stage, self._postbox, self._chance), self._options.faults
        for number, kind in enumerate(faults.plan(count, self._chance)):
            due = self._options.shoppers * (number + self._chance.random()) / (count + 1)
            while len(crowd.visits) < due and not crowd.is_over and time.monotonic() < until:
                time.sleep(LOOK_SECONDS)
            if crowd.is_over or time.monotonic() >= until:
                return
            fault = killer.strike(kind)
            self._faults.append(fault)
            end = time.monotonic() + PURCHASE_SECONDS
            while not self._has_purchase(fault) and time.monotonic() < end and not crowd.is_over:
                time.sleep(LOOK_SECONDS)
            _say(f"{len(crowd.visits):5} shoppers gone, {number + 1}: {kind} killed, {_spoken(fault)}")
        while not crowd.is_over and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)

    def _has_purchase(self, fault: Fault) -> bool:
        """Note the first order that was placed by a press after the kill."""
        ends = [placing.ended for placing in list(self._log.placings) if placing.began >= fault.killed_at]
        fault.purchase_at = min(ends, default=None)
        return bool(ends)


def main() -> None:
    """Run, print, and end with what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shoppers", type=int, default=3000)
    parser.add_argument("--faults", type=int, default=70)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="after which nobody else is let in")
    parser.add_argument("--folder", type=Path, help="an empty one for everything the shop writes; kept")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    run = Run(options)
    result = {"arguments": {name: str(value) for name, value in vars(options).items()}} | run.result()
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    print(report.table(result))
    if result["kept"] and not options.folder:
        shutil.rmtree(run.folder, ignore_errors=True)
    sys.exit(0 if result["kept"] else 1)


def _spoken(fault: Fault) -> str:
    back = f"back after {fault.back_at - fault.killed_at:.1f} s" if fault.back_at else "NOT BACK"
    next_one = f"{fault.purchase_at - fault.killed_at:.1f} s" if fault.purchase_at else "none"
    return f"{back}, next purchase {next_one}"


def _say(words: str) -> None:
    print("->", words, flush=True)


if __name__ == "__main__":
    main()
