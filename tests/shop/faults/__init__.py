"""One planted fault, at least, for each invariant of the audit: what breaks it, and which row is to be named.

Each takes the paid order of a sound shop, breaks one row, and returns how the audit calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orders.models import Order
from shop.audit import Invariant

Plant = Callable[[Order], str]


@dataclass(frozen=True)
class Fault:
    """A plant, the invariant that names its row, and those that cannot hold beside it."""

    invariant: type[Invariant]
    plant: Plant
    also: tuple[type[Invariant], ...] = ()


FAULTS: list[Fault] = []


def breaks(invariant: type[Invariant], *also: type[Invariant]) -> Callable[[Plant], Plant]:
    """Mark a plant with the invariant it breaks."""

    def mark(plant: Plant) -> Plant:
        FAULTS.append(Fault(invariant, plant, also))
        return plant

    return mark
