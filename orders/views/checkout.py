"""The checkout: address, delivery, review; each step a page of its own."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Address, User
from accounts.selectors import addresses
from accounts.services.addresses import FIELDS
from cart import http as cart_http
from catalog.services import stock
from core.http import private_page, see_other
from orders import http
from orders.forms.checkout import AddressForm, ChoiceForm, ReviewForm
from orders.models import Purchase
from orders.selectors import quoting, saved
from orders.services import checkouts, placing


@require_safe
@private_page
def begin(request: HttpRequest) -> HttpResponse:
    """Go to the first step that is not done, with the shopper's own cart."""
    response = redirect("checkout:address")
    cart_http.forget_buy_now(response)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def address(request: HttpRequest) -> HttpResponse:
    """Ask who buys and where the parcel goes; members with saved addresses choose one, or ?address=new for a form."""
    quote = _quote(request)
    if quote is None:
        return _nothing_to_buy(request)
    user = cart_http.user_of(request)
    own = addresses.own(user=user) if user else []
    if request.method == "POST":
        return _choose(request, quote, own) if own and "address" in request.POST else _take(request, quote, own)
    cards = saved.cards(own=own, quote=quote)
    initial = {name: getattr(quote.checkout, name) for name in AddressForm.Meta.fields}
    if user is not None and not quote.checkout.email:
        initial |= {"email": user.email, "name": user.name, "phone": user.phone}
    if own and request.GET.get("address") != "new":
        return _cards_page(request, quote, ChoiceForm(initial=initial, cards=cards), cards)
    if any(saved.is_of(checkout=quote.checkout, address=each) for each in own):
        initial = {"email": initial["email"], "country": initial["country"]}
    return _address_page(request, quote, AddressForm(initial=initial, countries=quote.countries), own)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def delivery(request: HttpRequest) -> HttpResponse:
    """Ask how the parcel should travel; ?delivery= shows what one way would cost."""
    quote = _quote(request, delivery_code=request.GET.get("delivery", ""))
    if quote is None:
        return _nothing_to_buy(request)
    if not quote.checkout.has_address:
        return redirect("checkout:address")
    if request.method == "POST":
        chosen = request.POST.get("delivery", "")
        if chosen in {option.code for option in quote.options}:
            checkouts.set_delivery(checkout=quote.checkout, code=chosen)
            return see_other("checkout:review")
        context = {"quote": quote, "step": 2, "problem": _("Choose a delivery method")}
        return render(request, "orders/delivery.html", context, status=422)
    return render(request, "orders/delivery.html", {"quote": quote, "step": 2})


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def review(request: HttpRequest) -> HttpResponse:
    """Show everything once more; a POST places the order."""
    if request.method == "POST":
        return _place(request)
    quote = _quote(request)
    if quote is None:
        return _nothing_to_buy(request)
    if not quote.checkout.has_address or quote.chosen is None:
        return redirect("checkout:delivery" if quote.checkout.has_address else "checkout:address")
    return _review_page(request, quote)


def _choose(request: HttpRequest, quote: quoting.Quote, own: list[Address]) -> HttpResponse:
    """Copy a saved address into the checkout."""
    cards = saved.cards(own=own, quote=quote)
    form = ChoiceForm(request.POST, cards=cards)
    if not form.is_valid():
        return _cards_page(request, quote, form, cards, status=422)
    chosen = form.cleaned_data["address"]
    values = {name: getattr(chosen, name) for name in FIELDS}
    email = form.cleaned_data["email"] or cast("User", request.user).email
    checkouts.set_address(checkout=quote.checkout, email=email, address=values)
    return see_other("checkout:delivery")


def _take(request: HttpRequest, quote: quoting.Quote, own: list[Address]) -> HttpResponse:
    """Keep a typed address, or show the form again."""
    countries = quote.countries
    if "show" in request.POST:  # another country has other fields; nothing is checked or kept yet
        form = AddressForm(initial=AddressForm.moved(request.POST.dict()), countries=countries)
        return _address_page(request, quote, form, own)
    form = AddressForm(request.POST, countries=countries)
    if form.is_valid():
        _refuse_unreached(form, quote)
    if not form.is_valid():
        return _address_page(request, quote, form, own, status=422)
    keeper = cart_http.user_of(request) if "save" in request.POST else None
    checkouts.set_address(
        checkout=quote.checkout, email=form.cleaned_data["email"], address=form.address(), keeper=keeper
    )
    return see_other("checkout:delivery")


def _refuse_unreached(form: AddressForm, quote: quoting.Quote) -> None:
    """Say at its field that an address is not delivered to, and which goods cannot go there when others could."""
    country, province = form.cleaned_data["country"], form.cleaned_data["province"]
    unreached = quote.unreached(country, province)
    if not unreached:
        return
    text = _("We do not deliver to this region yet")
    if len(unreached) < len(quote.orders):
        text = _("We do not deliver to this region yet: %(titles)s") % {"titles": ", ".join(quoting.titles(unreached))}
    form.add_error("province" if form.is_china and country in quote.reached_countries else "country", text)


def _place(request: HttpRequest) -> HttpResponse:
    """Place what the form agrees to, or show the page again with what has changed."""
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _again(request, [_("The form was not complete. Please check your order once more.")])
    try:
        digest = quoting.agreed_digest(form.cleaned_data["quote"], form.cleaned_data["token"])
        purchase = placing.place(agreement=_agreement(request, form, digest), at=timezone.now())
    except (signing.BadSignature, placing.UnknownCheckoutError):
        return _again(request, [_("The form was not complete. Please check your order once more.")])
    except (placing.QuoteChangedError, placing.IncompleteError):
        return _again(
            request, [_("Prices, stock or delivery have changed. Please check the new total and confirm again.")]
        )
    except stock.OutOfStockError as error:
        return _again(request, _shortages(request, error))
    except placing.OtherContentError:
        return render(request, "orders/placed_before.html", status=409)
    return _placed(request, purchase)


def _agreement(request: HttpRequest, form: ReviewForm, digest: str) -> placing.Agreement:
    return placing.Agreement(
        checkout_token=form.cleaned_data["token"],
        digest=digest,
        language=get_language() or "en",
        user=cart_http.user_of(request),
        note=form.cleaned_data["note"],
        payment_provider=form.cleaned_data["payment"],
    )


def _placed(request: HttpRequest, purchase: Purchase) -> HttpResponse:
    """Send the browser to the cashier, with leave to open the orders."""
    number = http.grant(request, purchase)[0]
    is_paid = not purchase.total
    response = see_other("orders:thanks" if is_paid else "payments:pay", number)
    cart_http.forget_buy_now(response)
    own = cart_http.cart_of(request)
    if own is not None:
        cart_http.remember(response, own)
    return response


def _again(request: HttpRequest, problems: list[str]) -> HttpResponse:
    """Show the review page with today's figures and what is wrong, or go to the step that is missing now."""
    quote = _quote(request)
    if quote is None:
        return _nothing_to_buy(request)
    if not quote.checkout.has_address or quote.chosen is None:
        return see_other("checkout:review")
    note = request.POST.get("note", "").replace("\x00", "")[:200]
    payment = request.POST.get("payment", "").replace("\x00", "")[:20]
    checkouts.set_review(checkout=quote.checkout, payment_provider=payment, note=note)
    return _review_page(request, quote, problems=problems, status=422)


def _shortages(request: HttpRequest, error: stock.OutOfStockError) -> list[str]:
    """Return one sentence for each product of which there are fewer than wanted."""
    cart = cart_http.cart_to_sell(request)
    lines = cart.lines.select_related("variant__product") if cart else []
    titles = {line.variant_id: line.variant.product.title for line in lines}
    return [
        _("Only %(count)s left: %(title)s") % {"count": each.available, "title": titles.get(each.variant_id, "")}
        for each in error.shortages
    ]


def _quote(request: HttpRequest, *, delivery_code: str = "") -> quoting.Quote | None:
    """Return what the cart that is being sold would become; None when nothing in it can be bought."""
    cart = cart_http.cart_to_sell(request)
    if cart is None:
        return None
    quote = quoting.quote(checkout=checkouts.find(cart=cart), at=timezone.now(), delivery_code=delivery_code)
    return quote if quote.orders else None


def _nothing_to_buy(request: HttpRequest) -> HttpResponse:
    """Lead back to the order this browser has just placed and not paid yet, to the login, or else to the cart."""
    unpaid = http.unpaid_order(request)
    if unpaid is not None:
        messages.info(request, _("Your order is placed and waits for payment."))
        return see_other(unpaid)
    if cart_http.is_signed_out(request):
        messages.info(request, _("You are no longer signed in. Sign in to go on with your cart."))
        return see_other(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
    messages.info(request, _("There is nothing to buy in your cart."))
    return see_other("cart:cart")


def _address_page(
    request: HttpRequest, quote: quoting.Quote, form: AddressForm, own: list[Address], *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "quote": quote,
        "step": 1,
        "has_saved": bool(own),
        "can_save": cart_http.user_of(request) is not None and len(own) < settings.ADDRESSES_PER_ACCOUNT,
        "is_to_save": request.method != "POST" or "save" in request.POST,
    }
    return render(request, "orders/address.html", context, status=status)


def _cards_page(
    request: HttpRequest, quote: quoting.Quote, form: ChoiceForm, cards: list[saved.Card], *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "quote": quote,
        "step": 1,
        "cards": cards,
        "is_reached": any(card.is_reached for card in cards),
    }
    return render(request, "orders/saved_addresses.html", context, status=status)


def _review_page(
    request: HttpRequest, quote: quoting.Quote, *, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "quote": quote,
        "checkout": quote.checkout,
        "problems": problems or [],
        "step": 3,
    }
    return render(request, "orders/review.html", context, status=status)
