"""Why a parcel costs what it costs, in words: all of it for merchants, one line for shoppers."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.selectors.addresses import country_name, province_name, region_name
from core.money import written
from orders.selectors.freight import Basis, FreightQuote, Kind, NotDelivered, Part


def sentences(found: FreightQuote | NotDelivered) -> list[str]:
    """Return the whole explanation, a sentence for each step of the calculation."""
    if isinstance(found, NotDelivered):
        return [_refusal(found)]
    return [_sentence(part, found) for part in found.parts]


def brief(found: FreightQuote) -> str:
    """Return in one line what a shopper needs to follow the price."""
    what = {"measure": measure(found.template.basis, found.units), "place": place(found.country, found.province)}
    if found.free == Kind.FREE_AMOUNT:
        return _("%(measure)s to %(place)s: free for goods of this value") % what
    if found.free == Kind.FREE_PIECES:
        return _("%(measure)s to %(place)s: free for so many pieces") % what
    prices = what | {
        "first": measure(found.template.basis, found.rule.first_units),
        "first_price": _money(found.parts, Kind.FIRST),
    }
    if not found.steps:
        return _("%(measure)s to %(place)s: %(first_price)s up to %(first)s") % prices
    prices |= {
        "further": measure(found.template.basis, found.rule.additional_units),
        "price": _money(found.parts, Kind.ADDITIONAL),
    }
    return (
        _("%(measure)s to %(place)s: %(first_price)s up to %(first)s, %(price)s for each further %(further)s") % prices
    )


def measure(basis: Basis, units: int) -> str:
    """Return pieces, grams or cm³ as one reads them: 3 pieces, 500 g, 2.5 kg, 1,200 cm³."""
    if basis == Basis.PIECE:
        return ngettext("%(count)s piece", "%(count)s pieces", units) % {"count": f"{units:,}"}
    if basis == Basis.VOLUME:
        return f"{units:,} cm³"
    return f"{(Decimal(units) / 1000).normalize():,f} kg" if units >= 1000 else f"{units} g"


def place(country: str, province: str) -> str:
    """Return a destination's name: the province, or the country while none is known."""
    return province_name(province) if country == "CN" and province else country_name(country)


def _refusal(found: NotDelivered) -> str:
    where = {"place": place(found.country, found.province)}
    if found.region:
        return _("Not delivered to %(place)s: a rule says so.") % where
    return _("Not delivered to %(place)s: no rule names it, and no rule delivers everywhere else.") % where


def _sentence(part: Part, found: FreightQuote) -> str:
    if part.kind == Kind.RULE:
        if not part.region:
            return _("No rule names %(place)s: the one for everywhere else holds.") % {
                "place": place(found.country, found.province)
            }
        return _("The rule for %(place)s holds.") % {"place": region_name(part.region)}
    values = {
        "measure": measure(found.template.basis, part.units),
        "amount": str(written(part.price, _language())) if part.price is not None else "",
        "count": part.steps,
        "pieces": measure(Basis.PIECE, part.steps),
        "divisor": f"{found.template.volume_divisor:,}",
    }
    if part.kind == Kind.UNKNOWN_VOLUME:
        values["measure"] = measure(Basis.VOLUME, part.units)
    if part.kind == Kind.FREE_PIECES:
        values["measure"] = measure(Basis.PIECE, part.units)
    return _texts()[part.kind] % values


def _texts() -> dict[Kind, str]:
    return {
        Kind.PIECES: _("Counted by piece: %(measure)s."),
        Kind.WEIGHT: _("Weighed: %(measure)s."),
        Kind.VOLUME: _("Counted by volume: %(measure)s."),
        Kind.BY_SIZE: _("%(divisor)s cm³ count as 1 kg: charged for %(measure)s by size."),
        Kind.UNKNOWN_WEIGHT: _("Without a known weight: %(pieces)s, counted as %(measure)s each."),
        Kind.UNKNOWN_VOLUME: _("Without a known size: %(pieces)s, counted as %(measure)s each."),
        Kind.FIRST: _("Up to %(measure)s: %(amount)s."),
        Kind.ADDITIONAL: _("Each further %(measure)s, also when only begun: %(count)s × %(amount)s."),
        Kind.FREE_AMOUNT: _("Free: the goods cost %(amount)s or more."),
        Kind.FREE_PIECES: _("Free: there are %(measure)s or more."),
    }


def _money(parts: list[Part], kind: Kind) -> str:
    return next(str(written(part.price, _language())) for part in parts if part.kind == kind and part.price is not None)


def _language() -> str:
    return get_language() or "en"
