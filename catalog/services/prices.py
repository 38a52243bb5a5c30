"""Changes to prices."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from accounts.models import Merchant
from catalog.models import Price, PriceList, Variant
from core import money
from core.money import Money


@transaction.atomic
def set_base(*, variant: Variant, amount: Decimal, currency: str) -> None:
    """Set the price a variant has when nothing lowers it."""
    _set(variant=variant, price_list=base_list(variant.product.merchant, currency), amount=amount)


@transaction.atomic
def set_sale(
    *,
    variant: Variant,
    amount: Decimal | None,
    currency: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> None:
    """Give a variant one reduced price with this window in place of all it has; None leaves it without one."""
    price_list = sale_list(variant.product.merchant, currency)
    amount = None if amount is None else _payable(amount, currency)
    wanted = {"amount": amount, "starts_at": starts_at, "ends_at": ends_at}
    existing = list(Price.objects.filter(variant=variant, price_list=price_list, min_quantity=1))
    if amount is not None and len(existing) == 1:
        Price.objects.filter(pk=existing[0].pk).update(**wanted)
        return
    Price.objects.filter(pk__in=[price.pk for price in existing]).delete()
    if amount is not None:
        Price.objects.create(variant=variant, price_list=price_list, **wanted)


@transaction.atomic
def change_sale(*, variant: Variant, amount: Decimal | None, currency: str, at: datetime) -> None:
    """Change or, with None, end the reduced price that holds at a moment; its window and planned ones stay.

    Where none holds, the new one holds from now on.
    """
    price_list = sale_list(variant.product.merchant, currency)
    has_started, goes_on = Q(starts_at=None) | Q(starts_at__lte=at), Q(ends_at=None) | Q(ends_at__gt=at)
    holding = Price.objects.filter(has_started, goes_on, variant=variant, price_list=price_list, min_quantity=1)
    if amount is None:
        holding.delete()
    elif not holding.update(amount=_payable(amount, currency)):
        _set(variant=variant, price_list=price_list, amount=amount)


@transaction.atomic
def clear(*, variant: Variant, currency: str) -> None:
    """Take away the base and reduced prices a variant has in a currency."""
    kinds = [PriceList.Kind.BASE, PriceList.Kind.SALE]
    Price.objects.filter(variant=variant, price_list__currency=currency, price_list__kind__in=kinds).delete()


def base_list(merchant: Merchant, currency: str) -> PriceList:
    """Return the merchant's base prices in a currency; raise UnsupportedCurrencyError for one with three decimals."""
    return _list(merchant, currency, PriceList.Kind.BASE)


def sale_list(merchant: Merchant, currency: str) -> PriceList:
    """Return the merchant's reduced prices in a currency."""
    return _list(merchant, currency, PriceList.Kind.SALE)


def _list(merchant: Merchant, currency: str, kind: PriceList.Kind) -> PriceList:
    money.digits(currency)
    found, _ = PriceList.objects.get_or_create(
        merchant=merchant, currency=currency, kind=kind, defaults={"name": f"{kind.title()} {currency}"}
    )
    return found


def _set(*, variant: Variant, price_list: PriceList, amount: Decimal) -> None:
    Price.objects.update_or_create(
        variant=variant,
        price_list=price_list,
        min_quantity=1,
        starts_at=None,
        defaults={"amount": _payable(amount, price_list.currency), "ends_at": None},
    )


def _payable(amount: Decimal, currency: str) -> Decimal:
    """Return an amount without fractions that the currency does not have: it is shown, summed and paid like this."""
    return Money(amount, currency).rounded().amount
