"""Amounts of money: a Decimal and a currency, never a float, never two currencies mixed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from babel import Locale
from babel.numbers import get_currency_symbol

# Source: ISO 4217, list one, minor units.
NO_DIGITS = {
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
    "XPF",
}  # fmt: skip
MORE_DIGITS = {"BHD", "CLF", "IQD", "JOD", "KWD", "LYD", "OMR", "TND", "UYW"}


class MixedCurrenciesError(ValueError):
    """Two amounts of different currencies met in one sum."""


class UnsupportedCurrencyError(ValueError):
    """This is no currency code, or one with three decimals or more, which the shop's columns do not hold."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency, as exact as its Decimal; `rounded` brings it to the currency's digits."""

    amount: Decimal
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Return nothing of this currency."""
        return cls(Decimal(0), currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """Return the sum; `currency` names it when there are no amounts."""
        return sum(amounts, cls.zero(currency))

    def __add__(self, other: Money) -> Money:
        self._demand_same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._demand_same(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        return Money(self.amount * factor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._demand_same(other)
        return self.amount < other.amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def rounded(self) -> Money:
        """Return the amount with the currency's number of decimals, half up."""
        return Money(self.amount.quantize(unit(self.currency), ROUND_HALF_UP), self.currency)

    def split(self, weights: Sequence[int | Decimal]) -> list[Money]:
        """Return shares in proportion to `weights` that add up exactly, by largest remainder.

        Equal remainders: the earlier share gets the unit. All weights zero: the first share gets everything.
        Raises ValueError for negative weights or none at all, and for an amount that is not rounded.
        Source: Hare-Niemeyer method.
        """
        if not weights or min(weights) < 0:
            raise ValueError("weights must be there and not be negative")
        if self != self.rounded():
            raise ValueError(f"round {self.amount} before it is split")
        whole = sum(map(Fraction, weights))
        if not whole:
            return [self, *[Money.zero(self.currency)] * (len(weights) - 1)]
        step = unit(self.currency)
        units = int(abs(self.amount) / step)
        exact = [units * Fraction(weight) / whole for weight in weights]
        shares = [int(share) for share in exact]
        by_remainder = sorted(range(len(weights)), key=lambda place: (shares[place] - exact[place], place))
        for place in by_remainder[: units - sum(shares)]:
            shares[place] += 1
        sign = -1 if self.amount < 0 else 1
        return [Money(sign * share * step, self.currency) for share in shares]

    def _demand_same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MixedCurrenciesError(f"{self.currency} and {other.currency}")


@dataclass(frozen=True, slots=True)
class MoneyParts:
    """An amount as it is written: symbol, whole units with separators, decimals with their point."""

    symbol: str
    whole: str
    decimals: str

    def __str__(self) -> str:
        return f"{self.symbol}{self.whole}{self.decimals}"


def unit(currency: str) -> Decimal:
    """Return the smallest amount of a currency, such as 0.01."""
    return Decimal(1).scaleb(-digits(currency))


def digits(currency: str) -> int:
    """Return the number of decimals of a currency; raise UnsupportedCurrencyError for three or more."""
    if currency in MORE_DIGITS or len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise UnsupportedCurrencyError(currency)
    return 0 if currency in NO_DIGITS else 2


def written(money: Money, language: str) -> MoneyParts:
    """Return how an amount is written in a language: CN¥268.00 in English, ¥268.00 in Chinese."""
    amount = money.rounded().amount
    whole, _, decimals = f"{abs(amount):,f}".partition(".")
    sign = "−" if amount < 0 else ""
    return MoneyParts(sign + symbol(money.currency, language), whole, f".{decimals}" if decimals else "")


@lru_cache(maxsize=256)
def symbol(currency: str, language: str) -> str:
    """Return the currency's symbol as readers of this language expect it."""
    return get_currency_symbol(currency, locale=Locale.parse(language, sep="-"))


def unit_name(currency: str, language: str) -> str:
    """Return what stands for the currency in a field's label: CN¥ in English, 元 in Chinese."""
    return "元" if currency == "CNY" and language.startswith("zh") else symbol(currency, language)
