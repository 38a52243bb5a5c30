"""Codes of countries and currencies, as merchants type them."""

from __future__ import annotations

from collections.abc import Iterable

from babel.core import get_global
from babel.numbers import list_currencies
from django import forms
from django.utils.translation import gettext as _

from core import money


def country_codes(typed: Iterable[str]) -> list[str]:
    """Return the codes in capitals, each once; raise ValidationError for one that is no country's."""
    codes = list(dict.fromkeys(code.strip().upper() for code in typed if code.strip()))
    unknown = [code for code in codes if code not in get_global("territory_currencies")]
    if unknown:
        raise forms.ValidationError(_("No country has the code %(code)s.") % {"code": ", ".join(unknown)})
    return codes


def currency_code(typed: str) -> str:
    """Return the code in capitals; raise ValidationError for one that is no currency's."""
    code = typed.upper()
    if code not in list_currencies():
        raise forms.ValidationError(_("No currency has the code %(code)s.") % {"code": code})
    try:
        money.digits(code)
    except money.UnsupportedCurrencyError:
        raise forms.ValidationError(_("The shop cannot hold amounts in %(code)s.") % {"code": code}) from None
    return code
