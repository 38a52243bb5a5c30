"""Checks of what comes in with cart forms."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _


def quantity_message(*, minimum: int, maximum: int) -> str:
    """Return what is said of a quantity that cannot be taken, in the language of whoever reads it."""
    return _("Enter a quantity between %(min)s and %(max)s.") % {"min": minimum, "max": maximum}


class QuantityField(forms.IntegerField):
    """A number of units; digits of any script are read as what they mean."""

    def __init__(self, *, minimum: int = 1) -> None:
        message = quantity_message(minimum=minimum, maximum=settings.CART_QUANTITY_LIMIT)
        super().__init__(error_messages={"invalid": message, "required": message})
        self.validators = [
            MinValueValidator(minimum, message),
            MaxValueValidator(settings.CART_QUANTITY_LIMIT, message),
        ]

    def to_python(self, value: object) -> int | None:
        """Return the number; an underscore groups digits in Python, not on a keyboard."""
        if "_" in str(value):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class AddForm(forms.Form):
    """Units of a variant: by SKU, or by product and options."""

    sku = forms.CharField(max_length=300, required=False, strip=False)
    product = forms.CharField(max_length=160, required=False)
    token = forms.CharField(max_length=64, required=False)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # passed on as they come
        self.fields["quantity"] = QuantityField()


class QuantityForm(forms.Form):
    """Units of a line; 0 takes it out."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # passed on as they come
        self.fields["quantity"] = QuantityField(minimum=0)
