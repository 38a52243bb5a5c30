"""CPU and latency of the pages a shopper sees, at several catalogue sizes.

    python3 -m benchmarks.pages --sizes 1000,50000 --folder /tmp/kaishi-bench [--file products.jsonl.gz]

CPU milliseconds are those of web processes, PostgreSQL and Redis together, for each request. "uncached" has
the cache of whole pages off; "cold" also empties Redis before each request. Run it on a quiet machine and
trust the ratios.
"""

from __future__ import annotations

import argparse
import os
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import brotli
import httpx
import redis

from benchmarks import shop
from benchmarks.shopper import Shopper, product_links
from shop import connections

COUNT = 60
CONCURRENCY = (1, 8, 32)


@dataclass(frozen=True)
class Figure:
    """What one kind of request costs, CPU in milliseconds."""

    name: str
    app: float
    database: float
    redis: float

    def __str__(self) -> str:
        total = self.app + self.database + self.redis
        return f"| {self.name} | {total:.1f} | {self.app:.1f} | {self.database:.1f} | {self.redis:.2f} |"


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000,50000")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    for size in options.sizes.split(","):
        with shop.data(options.folder / size, int(size), options.file):
            print(
                f"\n## {int(size):,} products\n\n| request | CPU ms | app | database | redis |\n|---|---|---|---|---|"
            )
            with shop.web(port=shop.port(), SHARED_PAGE_SECONDS="0") as web:
                _uncached(web)
            with shop.web(port=shop.port()) as web:
                _cached(web)


def _uncached(web: shop.Web) -> None:
    visitor = Shopper(web.url)
    category = "/categories/tableware/"
    links = product_links(visitor.get("/products/")) + product_links(visitor.get("/products/?sort=newest"))
    skus = ["MADE-000001", "MADE-000002", "MADE-000003", "MADE-000004"]
    turn = iter(range(1_000_000))
    _show(web, "home", lambda: visitor.get("/"))
    _show(web, "listing, a tenth of the shop", lambda: visitor.get(category))
    _show(web, "listing, page 4", lambda: visitor.get(f"{category}?page=4"))
    _show(web, "listing, all products", lambda: visitor.get("/products/"))
    _show(web, "listing, filters and sort, each different", lambda: visitor.get(_filtered(next(turn))))
    _show(web, "product", lambda: visitor.get(links[next(turn) % len(links)]))
    _show(web, "add to cart", lambda: visitor.add(skus[next(turn) % len(skus)]))
    _show(web, "cart, 4 lines", lambda: visitor.get("/cart/"))
    _show(web, "guest checkout, whole", lambda: Shopper(web.url).order(skus[next(turn) % len(skus)]))
    client = redis.Redis.from_url(connections.redis(os.environ["REDIS_URL"], 0))
    _show(web, "home, cold", lambda: (client.flushdb(), visitor.get("/")))
    _show(web, "listing, cold", lambda: (client.flushdb(), visitor.get(category)))
    _latency(web, "listing", category)


def _cached(web: shop.Web) -> None:
    visitor = Shopper(web.url)
    _show(web, "home, cached page", lambda: visitor.get("/"), COUNT * 5)
    _show(web, "listing, cached page", lambda: visitor.get("/products/"), COUNT * 5)
    _bytes(visitor)


def _filtered(turn: int) -> str:
    return f"/categories/tableware/?colour_name=black&price_max={50 + turn}&sort=price-up"


def _show(web: shop.Web, name: str, act: Callable[[], object], count: int = COUNT) -> None:
    for _ in range(8):  # every worker has seen it
        act()
    before = web.usage()
    for _ in range(count):
        act()
    used = web.usage() - before
    print(Figure(name, used.app * 1000 / count, used.database * 1000 / count, used.redis * 1000 / count), flush=True)


def _latency(web: shop.Web, name: str, path: str) -> None:
    print("\n| latency of the uncached " + name + " | p50 ms | p95 ms | requests/s |\n|---|---|---|---|")
    for threads in CONCURRENCY:
        times: list[float] = []
        began = time.monotonic()
        workers = [threading.Thread(target=_load, args=(web.url, path, times)) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        rate = len(times) / (time.monotonic() - began)
        p95 = statistics.quantiles(times, n=20)[18]
        print(f"| {threads} at once | {statistics.median(times) * 1000:.0f} | {p95 * 1000:.0f} | {rate:.0f} |")


def _load(url: str, path: str, times: list[float]) -> None:
    with httpx.Client(base_url=url, timeout=60) as client:
        for _ in range(20):
            began = time.monotonic()
            client.get(path).raise_for_status()
            times.append(time.monotonic() - began)


def _bytes(visitor: Shopper) -> None:
    print("\n| page | bytes | brotli |\n|---|---|---|")
    for path in ("/", "/products/", product_links(visitor.get("/products/"))[0], "/cart/"):
        content = visitor.get(path).encode()
        print(f"| {path} | {len(content)} | {len(brotli.compress(content, quality=5))} |")


if __name__ == "__main__":
    main()
