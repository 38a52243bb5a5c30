"""Units that move from one place of a merchant to another: out here and in there, or neither."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from accounts.models import User
from catalog.models import StockLevel, StockLocation, StockMovement, Variant
from catalog.services import stock, waiting


class WrongPlacesError(Exception):
    """The places are one and the same, or do not belong to the merchant of the goods."""


@dataclass(frozen=True)
class Transfer:
    """What goes where, and why; `key` makes it unrepeatable."""

    variant: Variant
    source: StockLocation
    target: StockLocation
    units: int
    key: str
    reason: str


@transaction.atomic
def move(*, transfer: Transfer, actor: User | None) -> None:
    """Move units; with a key that was used before nothing changes.

    Raises WrongPlacesError, and stock.NotEnoughError when fewer would be left than orders hold; nothing is changed
    then.
    """
    owners = {transfer.variant.product.merchant_id, transfer.source.merchant_id, transfer.target.merchant_id}
    if len(owners) > 1 or transfer.source.pk == transfer.target.pk or transfer.units < 1:
        raise WrongPlacesError
    for place in (transfer.source, transfer.target):
        StockLevel.objects.get_or_create(variant=transfer.variant, location=place)
    levels = {level.location_id: level for level in waiting.lock(variant_ids=[transfer.variant.pk])}
    key = f"transfer:{transfer.key}"
    if StockMovement.objects.filter(key=f"{key}:out").exists():
        return
    if levels[transfer.source.pk].available < transfer.units:
        raise stock.NotEnoughError(levels[transfer.source.pk], -transfer.units)
    for place, change, end in ((transfer.source, -transfer.units, "out"), (transfer.target, transfer.units, "in")):
        StockLevel.objects.filter(pk=levels[place.pk].pk).update(on_hand=F("on_hand") + change)
        StockMovement.objects.create(
            level=levels[place.pk],
            kind=StockMovement.Kind.TRANSFERRED,
            on_hand_change=change,
            key=f"{key}:{end}",
            reason=transfer.reason,
            actor=actor,
        )
    gained = transfer.units * (transfer.target.is_active - transfer.source.is_active)
    stock.announce(changes={transfer.variant.pk: gained})
