"""Staff write an order for a buyer: typed, shown with prices and delivery, then placed."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Merchant, User
from cart import services as carts
from catalog.services import stock
from core.admin import managed_merchant_ids
from core.http import see_other
from orders.admin.pages import OrderPages
from orders.forms.checkout import AddressForm
from orders.forms.goods import GoodsForm
from orders.models import DeliveryMethod
from orders.selectors import quoting
from orders.services import placing, telephone

ADDRESS = ("country", "name", "phone", "province", "city", "district", "street", "postcode")


class TelephoneForm(AddressForm, GoodsForm):
    """Who buys, where it goes, what it is.

    digest: of what was shown, which must still be so.
    """

    row_count = 8
    language = forms.ChoiceField(label=gettext_lazy("Language of the mails"), choices=settings.LANGUAGES)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)
    delivery = forms.CharField(required=False, max_length=40)
    digest = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, merchant_ids: list[int], **options: Any) -> None:
        methods = DeliveryMethod.objects.filter(merchant__in=merchant_ids, is_active=True)
        countries = {country for each in methods.values_list("countries", flat=True) for country in each}
        super().__init__(*args, countries=countries or {settings.COUNTRY}, **options)
        self._merchant_ids = merchant_ids
        self.add_goods_fields()

    def clean(self) -> dict[str, Any]:
        """Demand goods, all of one merchant."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.goods = self.clean_goods(self._merchant_ids)
        if not self.errors and not self.goods:
            raise forms.ValidationError(_("Enter what is ordered."))
        if len({variant.product.merchant_id for variant in self.goods}) > 1:
            raise forms.ValidationError(_("One order holds goods of one merchant."))
        return cleaned

    def wish(self) -> telephone.Wish:
        """Return what was typed."""
        typed = self.cleaned_data
        return telephone.Wish(
            token=typed["token"],
            goods=self.goods,
            email=typed["email"],
            address={name: typed[name] for name in ADDRESS},
            language=typed["language"],
            delivery_code=typed["delivery"],
            note=typed["note"],
        )

    def buyer_fields(self) -> list[forms.BoundField]:
        """Return the fields of the buyer."""
        return [self[name] for name in ("email", "language", *ADDRESS, "note")]


class TelephonePages(OrderPages):
    """The page on which an order is written."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_write"
        return [path("write/", self.admin_site.admin_view(self.write_view), name=name), *super().get_urls()]

    def write_view(self, request: HttpRequest) -> HttpResponse:
        """Type an order, see what it would be, place it."""
        self.changeable(request)
        merchant_ids = managed_merchant_ids(request)
        if cast("User", request.user).is_superuser:
            merchant_ids = list(Merchant.objects.values_list("pk", flat=True))
        initial = {"token": uuid.uuid4(), "language": settings.LANGUAGE_CODE, "country": settings.COUNTRY}
        form = TelephoneForm(request.POST or None, initial=initial, merchant_ids=merchant_ids)
        if request.method != "POST" or not form.is_valid():
            return self._write_page(request, form)
        if request.POST.get("act") == "confirm":
            placed = self._place(request, form)
            if placed is not None:
                return placed
        return self._write_page(request, form, self._look(form))

    def _place(self, request: HttpRequest, form: TelephoneForm) -> HttpResponse | None:
        """Place the order and go to it; none, with the reason in the form, when it is not what was shown."""
        actor, now, seen = cast("User", request.user), timezone.now(), form.cleaned_data["digest"]
        try:
            purchase = telephone.place(wish=form.wish(), seen_digest=seen, actor=actor, at=now)
        except (placing.QuoteChangedError, placing.OtherContentError):
            form.add_error(None, _("What the order would be is not what was shown. Look at it again."))
        except (placing.IncompleteError, carts.CannotAddError, telephone.NotEnoughError, stock.OutOfStockError):
            pass  # the page says why when it looks once more
        else:
            order = purchase.orders.get()
            messages.success(request, _("Order %(number)s is placed. The buyer has got a mail.") % {"number": order})
            return see_other(self.page_of(order))
        return None

    def _look(self, form: TelephoneForm) -> quoting.Quote | None:
        """Return what the order would be; none, with the reason in the form, when it cannot be."""
        try:
            quote = telephone.look(wish=form.wish(), at=timezone.now())
        except carts.SoldOutError as error:
            form.add_error(None, _("%(sku)s is sold out.") % {"sku": error.variant.sku})
        except carts.CannotAddError as error:
            words = _("%(sku)s is not for sale: it is not offered or has no price.")
            form.add_error(None, words % {"sku": error.variant.sku})
        except telephone.NotEnoughError as error:
            form.add_error(None, _("There are not that many of %(sku)s.") % {"sku": error.variant.sku})
        else:
            if quote.chosen is not None:
                return quote
            form.add_error(None, _("Nothing is delivered to this address."))
        return None

    def _write_page(
        self, request: HttpRequest, form: TelephoneForm, quote: quoting.Quote | None = None
    ) -> HttpResponse:
        context = self.context(request, title=_("Write an order"), form=form, quote=quote)
        return render(request, "admin/orders/order/write.html", context, status=422 if form.errors else 200)
