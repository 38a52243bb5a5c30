"""Provinces, cities and districts of China, as bundled; read once, when they are first asked for.

Source: accounts/data/README.md.
"""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "data" / "divisions.json.gz"
Tree = dict[str, dict[str, list[str]]]


@lru_cache(maxsize=1)
def tree() -> Tree:
    """Return districts by city by province, in the order of GB/T 2260."""
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        found: Tree = json.load(file)
    return found


def cities(province: str) -> list[str]:
    """Return the cities of a province; none for a province that is not in the data."""
    return list(tree().get(province, {}))


def districts(province: str, city: str) -> list[str]:
    """Return the districts of a city; none for a city without, or one that is not in the data."""
    return tree().get(province, {}).get(city, [])


def province_of(city: str) -> str:
    """Return the province a city lies in, or nothing for one that is not in the data."""
    return _provinces_by_city().get(city, "")


@lru_cache(maxsize=1)
def _provinces_by_city() -> dict[str, str]:
    return {city: province for province, found in tree().items() for city in found}
