"""Goods that staff type by SKU."""

from __future__ import annotations

from collections.abc import Collection

from django import forms
from django.utils.translation import gettext as _

from catalog.models import Variant
from catalog.selectors import variants


class GoodsForm(forms.Form):
    """Some rows of SKU and units in a form; what was typed twice is added up."""

    row_count = 4

    def add_goods_fields(self) -> None:
        """Add the rows."""
        for number in range(self.row_count):
            self.fields[f"sku_{number}"] = forms.CharField(required=False, max_length=300)
            self.fields[f"units_{number}"] = forms.IntegerField(required=False, min_value=1, max_value=999)

    def clean_goods(self, merchant_ids: Collection[int]) -> dict[Variant, int]:
        """Return units by variant of these merchants; SKUs of others are as unknown as those that nobody has."""
        goods: dict[Variant, int] = {}
        for number in range(self.row_count):
            sku = (self.cleaned_data.get(f"sku_{number}") or "").strip()
            variant = variants.of_sku(sku) if sku else None
            if variant is not None and variant.product.merchant_id in merchant_ids:
                goods[variant] = goods.get(variant, 0) + (self.cleaned_data.get(f"units_{number}") or 1)
            elif sku:
                self.add_error(f"sku_{number}", _("No product has the SKU %(sku)s.") % {"sku": sku})
        return goods

    def goods_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the fields of the rows."""
        return [(self[f"sku_{number}"], self[f"units_{number}"]) for number in range(self.row_count)]
