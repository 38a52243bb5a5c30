"""Check and normalise the values of a product's attributes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from catalog.models import Attribute

TEXT_LIMIT = 8000
DIGIT_LIMIT = 30


@dataclass(frozen=True)
class Definition:
    """An attribute as far as checking a value needs it."""

    code: str
    kind: str
    choices: frozenset[str] = frozenset()


class FactError(ValueError):
    """A value does not fit its attribute."""

    def __init__(self, code: str, value: object) -> None:
        super().__init__(f"{code}: {value!r}")
        self.code = code
        self.value = value


def definitions(attributes: Iterable[Attribute]) -> dict[str, Definition]:
    """Return definitions by code; the attributes' choices should be prefetched."""
    return {
        attribute.code: Definition(
            attribute.code, attribute.kind, frozenset(choice.code for choice in attribute.choices.all())
        )
        for attribute in attributes
    }


def clean(values: Mapping[str, object], known: Mapping[str, Definition]) -> dict[str, Any]:
    """Return JSON-ready values; raise FactError for one that does not fit.

    Blank values are left out. A value whose attribute is not among `known` is kept as it is:
    changing a product's type must not lose what was entered.
    """
    result: dict[str, Any] = {}
    for code, value in values.items():
        if value in (None, "", []):
            continue
        result[code] = clean_one(known[code], value) if code in known else value
    return result


def clean_one(definition: Definition, value: object) -> Any:
    """Return one value in the form it is stored in; decimals as text, dates as ISO text."""
    try:
        return _CLEANERS[Attribute.Kind(definition.kind)](definition, value)
    except (ValueError, ArithmeticError, TypeError, KeyError) as error:
        raise FactError(definition.code, value) from error


def _text(_: Definition, value: object) -> str | dict[str, str]:
    """Accept a text, or one for each language."""
    if isinstance(value, Mapping):
        return {str(code): str(text)[:TEXT_LIMIT] for code, text in value.items() if text}
    return str(value)[:TEXT_LIMIT]


def _whole(_: Definition, value: object) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise ValueError(value)
    return int(number)


def _decimal(_: Definition, value: object) -> str:
    return f"{_number(value).normalize():f}"


def _number(value: object) -> Decimal:
    """Return a number that can be written out: 1E+999999 is one, but a million digits long."""
    number = Decimal(str(value))
    if not number.is_finite() or abs(number.adjusted()) > DIGIT_LIMIT:
        raise ValueError(value)
    return number


def _flag(_: Definition, value: object) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[str(value).lower()]


def _choice(definition: Definition, value: object) -> str:
    if value not in definition.choices:
        raise ValueError(value)
    return str(value)


def _choices(definition: Definition, value: object) -> list[str]:
    if not isinstance(value, list | tuple | set):
        raise TypeError(json.dumps(value))
    return sorted({_choice(definition, each) for each in value})


def _day(_: Definition, value: object) -> str:
    return date.fromisoformat(str(value)).isoformat()


_CLEANERS = {
    Attribute.Kind.TEXT: _text,
    Attribute.Kind.INT: _whole,
    Attribute.Kind.DECIMAL: _decimal,
    Attribute.Kind.BOOL: _flag,
    Attribute.Kind.CHOICE: _choice,
    Attribute.Kind.MULTI: _choices,
    Attribute.Kind.DATE: _day,
}
