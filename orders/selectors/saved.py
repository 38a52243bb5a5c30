"""Saved addresses, as the checkout offers them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Address
from accounts.services.addresses import FIELDS
from orders.models import Checkout
from orders.selectors.quoting import Quote


@dataclass(frozen=True)
class Card:
    """One address to choose, or, when nothing is delivered there, to see why not."""

    address: Address
    is_reached: bool
    is_chosen: bool


def cards(*, own: Iterable[Address], quote: Quote) -> list[Card]:
    """Return a card for each address; chosen is the one of the checkout, or else the first that can be reached."""
    offered = [(each, not quote.unreached(each.country, each.province)) for each in own]
    reached = [each for each, is_reached in offered if is_reached]
    used = [each for each in reached if is_of(checkout=quote.checkout, address=each)]
    chosen = next(iter([*used, *reached]), None)
    return [Card(each, is_reached, each == chosen) for each, is_reached in offered]


def is_of(*, checkout: Checkout, address: Address) -> bool:
    """Tell whether the checkout has this very address."""
    return all(getattr(checkout, name) == getattr(address, name) for name in FIELDS)
