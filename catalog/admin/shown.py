"""Bases for what the office changes and shoppers see: kept pages, the frame around them and listing cards follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from catalog.models import Product
from catalog.selectors.content import outdate_frame_on_commit
from catalog.services import cards
from core import shared
from core.http import see_other


class ShownAdmin(ModelAdmin[Any]):
    """Things on pages: when one is saved or deleted, every kept page is old."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Save the inlines, and let every page know."""
        super().save_related(request, form, formsets, change)
        self.announce()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete, and let every page know."""
        super().delete_model(request, obj)
        self.announce()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete the chosen ones, and let every page know."""
        super().delete_queryset(request, queryset)
        self.announce()

    def announce(self) -> None:
        """Make every kept page old once the transaction is committed."""
        shared.outdate_on_commit()


class KeptInUseAdmin(ModelAdmin[Any]):
    """Things that stay as long as something depends on them."""

    in_use_text: Any = ""

    def in_use(self, rows: Sequence[Any]) -> QuerySet[Any]:
        """Return those of these rows that may not be deleted."""
        raise NotImplementedError

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before deleting; go back and say why when it may not be deleted."""
        found = self.get_object(request, object_id)
        if found and self.has_delete_permission(request, found) and self.in_use([found]).exists():
            messages.error(request, self.in_use_text % {"name": found})
            name = f"{self.opts.app_label}_{self.opts.model_name}_change"
            return see_other(reverse(f"{self.admin_site.name}:{name}", args=[found.pk]))
        return super().delete_view(request, object_id, extra_context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say what will go; the list deletes nothing while one of the chosen is in use."""
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        kept = [self.in_use_text % {"name": row} for row in self.in_use(list(objs))]
        return deleted, counts, missing, [*protected, *kept]


class FramedAdmin(ShownAdmin):
    """Things in the frame around every page, or on the way to a category."""

    def announce(self) -> None:
        """Make the frame old first, or the next pages would be made with it."""
        outdate_frame_on_commit()
        super().announce()


class CardSourceAdmin(ShownAdmin):
    """Things that listing cards are derived from.

    card_fields: names of fields, also of inlines, whose changes the cards show.
    """

    card_fields: Iterable[str] = ()

    def products_of(self, rows: Sequence[Any]) -> QuerySet[Product]:
        """Return the products whose cards are derived from these rows."""
        raise NotImplementedError

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Save the inlines, then derive what listings show."""
        super().save_related(request, form, formsets, change)
        if change and _changed_names(form, formsets).intersection(self.card_fields):
            self.refresh(self._product_ids([form.instance]))

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete, then derive what listings show."""
        product_ids = self._product_ids([obj])
        super().delete_model(request, obj)
        self.refresh(product_ids)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete the chosen ones, then derive what listings show."""
        product_ids = self._product_ids(list(queryset))
        super().delete_queryset(request, queryset)
        self.refresh(product_ids)

    def refresh(self, product_ids: Sequence[int]) -> None:
        """Bring the cards of these products up to date."""
        cards.refresh_many(product_ids=product_ids, at=timezone.now())

    def _product_ids(self, rows: Sequence[Any]) -> list[int]:
        return list(self.products_of(rows).values_list("pk", flat=True))


def _changed_names(form: Any, formsets: Any) -> set[str]:
    forms = [form, *(each for formset in formsets for each in formset.forms)]
    return {name for each in forms for name in each.changed_data}
