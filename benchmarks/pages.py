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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import brotli
import redis

from benchmarks import shop
from benchmarks.shopper import Shopper, assets, product_links
from shop import connections

COUNT = 60
WARMING = 8
PAGE_QUALITY, FILE_QUALITY = 5, 11  # of brotli: pages are compressed when they are made, files once
TURNS = 10
CONCURRENCY = (1, 8, 32)
CATEGORY = "/categories/tableware/"


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
    links = product_links(visitor.get("/products/")) + product_links(visitor.get("/products/?sort=newest"))
    turn = iter(range(1_000_000))
    _show(web, "home", lambda: visitor.get("/"))
    _show(web, "listing, a tenth of the shop", lambda: visitor.get(CATEGORY))
    _show(web, "listing, page 4", lambda: visitor.get(f"{CATEGORY}?page=4"))
    _show(web, "listing, all products", lambda: visitor.get("/products/"))
    _show(web, "listing, filters and sort, each different", lambda: visitor.get(_filtered(next(turn))))
    _show(web, "product", lambda: visitor.get(links[next(turn) % len(links)]))
    _show(web, "add to cart", lambda: visitor.add(_sku(next(turn))))
    _show(web, "cart, 4 lines", lambda: visitor.get("/cart/"))
    _show(web, "guest checkout, whole", lambda: Shopper(web.url).order(_sku(next(turn))))
    ready = [(buyer, buyer.prepare(_sku(next(turn)))) for buyer in [Shopper(web.url) for _ in range(COUNT + WARMING)]]
    _show(web, "place order, the last step alone", lambda: Shopper.place(*ready.pop()))
    client = redis.Redis.from_url(connections.redis(os.environ["REDIS_URL"], 0))
    for name, path in [("home", "/"), ("listing", CATEGORY), ("product", links[0]), ("cart", "/cart/")]:
        _show(web, f"{name}, cold", lambda path=path: (client.flushdb(), visitor.get(path)))  # type: ignore[misc]
    _latencies(web, links[0])


def _cached(web: shop.Web) -> None:
    visitor = Shopper(web.url)
    link = product_links(visitor.get("/products/"))[0]
    print("\n| kept page | CPU ms | app | database | redis |\n|---|---|---|---|---|")
    for name, path in [("home", "/"), ("listing", "/products/"), ("product", link)]:
        _show(web, name, lambda path=path: visitor.get(path), COUNT * 5)  # type: ignore[misc]
    visitor.add(_sku(0))
    _bytes(visitor, ["/", "/products/", link, "/cart/"])


def _sku(turn: int) -> str:
    return f"MADE-{turn % 4 + 1:06d}"


def _filtered(turn: int) -> str:
    return f"{CATEGORY}?colour_name=black&price_max={50 + turn}&sort=price-up"


def _show(web: shop.Web, name: str, act: Callable[[], object], count: int = COUNT) -> None:
    for _ in range(WARMING):  # every worker has seen it
        act()
    before = web.usage()
    for _ in range(count):
        act()
    used = web.usage() - before
    print(Figure(name, used.app * 1000 / count, used.database * 1000 / count, used.redis * 1000 / count), flush=True)


def _latencies(web: shop.Web, product: str) -> None:
    """Print the wall times of requests while so many visitors send one after the other."""
    print("\n| latency, uncached | at once | p50 ms | p95 ms | a second |\n|---|---|---|---|---|")
    _latency(web, "home", lambda visitor, _: visitor.get("/"))
    _latency(web, "listing", lambda visitor, _: visitor.get(CATEGORY))
    _latency(web, "product", lambda visitor, _: visitor.get(product))
    _latency(web, "add to cart", lambda visitor, _: visitor.add(_sku(0)))
    _latency(web, "cart", lambda visitor, _: visitor.get("/cart/"))
    _latency(web, "place order", Shopper.place, before=lambda visitor: visitor.prepare(_sku(0)))


def _latency(
    web: shop.Web,
    name: str,
    act: Callable[[Shopper, dict[str, str]], object],
    before: Callable[[Shopper], dict[str, str]] = lambda _: {},
) -> None:
    """before: what a visitor does first, each time; it is not timed, but goes on at the same time."""
    for count in CONCURRENCY:
        times: list[float] = []
        began = time.monotonic()
        visitors = [Shopper(web.url) for _ in range(count)]
        threads = [threading.Thread(target=_visit, args=(visitor, before, act, times)) for visitor in visitors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rate = len(times) / (time.monotonic() - began)
        p95 = statistics.quantiles(times, n=20)[18]
        print(
            f"| {name} | {count} | {statistics.median(times) * 1000:.0f} | {p95 * 1000:.0f} | {rate:.0f} |", flush=True
        )


def _visit(
    visitor: Shopper,
    before: Callable[[Shopper], dict[str, str]],
    act: Callable[[Shopper, dict[str, str]], object],
    times: list[float],
) -> None:
    visitor.add(_sku(0))
    for _ in range(TURNS):
        prepared = before(visitor)
        began = time.monotonic()
        act(visitor, prepared)
        times.append(time.monotonic() - began)


def _bytes(visitor: Shopper, paths: Sequence[str]) -> None:
    print("\n| page | HTML bytes | brotli |\n|---|---|---|")
    for path in paths:
        _weigh(path, visitor.get(path), PAGE_QUALITY)
    for path in assets(visitor.get("/")):
        _weigh(path, visitor.get(path), FILE_QUALITY)


def _weigh(name: str, text: str, quality: int) -> None:
    content = text.encode()
    print(f"| {name} | {len(content)} | {len(brotli.compress(content, quality=quality))} |")


if __name__ == "__main__":
    main()
