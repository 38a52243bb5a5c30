"""Product files of any size: made up, or a real file whose rows are repeated under new numbers."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

TOPS = ("Tableware", "Kitchen", "Lighting", "Textiles", "Desk", "Plants", "Audio", "Cables", "Garden", "Tools")
SUBS = ("Basics", "Classics", "Travel", "Outdoor", "Gifts")
THINGS = ("bowl", "lamp", "tray", "cable", "blanket", "pot", "speaker", "rack", "brush", "mug")
COLOURS = ("black", "white", "red", "blue", "green", "grey", "brown", "yellow")
MATERIALS = ("wood", "steel", "glass", "cotton", "plastic", "stoneware")
BRANDS = tuple(f"Brand {letter}{number}" for letter in "ABCDEFGH" for number in range(1, 6))


def write(path: Path, rows: int, source: Path | None = None) -> None:
    """Write a product file of so many rows, the same each time."""
    with path.open("w", encoding="utf-8") as file:
        for row in islice(_repeated(source) if source else _made_up(), rows):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _made_up() -> Iterator[dict[str, Any]]:
    chance = random.Random(7)
    for number in count(1):
        thing, colour = chance.choice(THINGS), chance.choice(COLOURS)
        yield {
            "id": f"made-{number}",
            "sku": f"MADE-{number:06d}",
            "lang": "en",
            "title": f"{chance.choice(BRANDS)} {colour} {thing} {number}",
            "brand": chance.choice(BRANDS),
            "category": f"{TOPS[number % 10]} > {TOPS[number % 10]} {chance.choice(SUBS)}",
            "price": round(chance.lognormvariate(3.5, 1), 2) + 1,
            "currency": "CNY",
            "description": " ".join(chance.choices(THINGS + COLOURS + MATERIALS, k=60)),
            "attributes": {
                "colour name": colour,
                "main material": chance.choice(MATERIALS),
                "washable": chance.random() < 0.5,
                "weight": chance.randrange(50, 5000),
                "width": chance.randrange(5, 200),
            },
            "sold": int(chance.paretovariate(0.7)) % 10_000,
            "stock": 1_000_000,
        }


def _repeated(source: Path) -> Iterator[dict[str, Any]]:
    for turn in count():
        with gzip.open(source, "rt", encoding="utf-8") if source.suffix == ".gz" else source.open() as file:
            for line in file:
                row = json.loads(line)
                row |= {"currency": "CNY", "stock": 1_000_000}
                if turn:
                    row |= {
                        "id": f"{row['id']}-{turn}",
                        "sku": f"{row['sku']}-{turn}",
                        "title": f"{row['title']} {turn}",
                    }
                yield row
