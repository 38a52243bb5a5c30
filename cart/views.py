"""The cart, and what can be done to it."""

from __future__ import annotations

from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cart import http, selectors, services
from cart.forms import AddForm, QuantityForm, quantity_message
from cart.models import Cart, CartLine
from catalog.models import Product, Variant
from catalog.selectors import variants
from core.http import Arguments, View, private_page, safe_next, same_origin, see_other


def _follows_a_login(view: View[Arguments]) -> View[Arguments]:
    """Show the cart as it is now when a login in another tab has merged the cart away that the view found."""

    @wraps(view)
    def followed(request: HttpRequest, /, *arguments: Arguments.args, **options: Arguments.kwargs) -> HttpResponse:
        try:
            return view(request, *arguments, **options)
        except Cart.DoesNotExist:
            messages.warning(request, _("Your cart has changed in another tab. Please try again."))
            return see_other("cart:cart")

    return followed


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@_follows_a_login
def cart(request: HttpRequest) -> HttpResponse:
    """Show the cart; a POST changes quantities and ticks, or takes one line out."""
    found = http.cart_of(request)
    if request.method == "POST" and found is not None:
        return _update(request, found)
    return _page(request, found)


@require_POST
@same_origin
@private_page
@_follows_a_login
def items(request: HttpRequest) -> HttpResponse:
    """Put something into the cart, or go straight to the checkout with it."""
    if not http.may_add(request):
        return render(request, "errors/429.html", {"seconds": 60}, status=429)
    form = AddForm(request.POST)
    product, variant = _chosen(request.POST)
    if not form.is_valid():
        return _refused(request, product, variant, str(next(iter(form.errors.values()))[0]))
    if variant is None:
        return _refused(request, product, None, _("This combination is not available. Please choose another one."))
    try:
        if request.POST.get("next") == "checkout":
            return _buy_now(request, variant, form)
        return _add(request, variant, form)
    except services.CannotAddError as error:
        return _refused(request, product, variant, _reason(error))


@require_POST
@private_page
@_follows_a_login
def line(request: HttpRequest, line_id: int) -> HttpResponse:
    """Change one line: its quantity, and whether it is ticked."""
    found = _own_line_or_404(request, line_id)
    if "selected" in request.POST:
        services.tick(cart=found, line_id=line_id, is_selected=request.POST["selected"] == "1")
        if "quantity" not in request.POST:
            return _back(request, found)
    form = QuantityForm(request.POST)
    if not form.is_valid():
        return _page(request, found, refused=(line_id, request.POST.get("quantity", "")))
    _set_quantity(request, found, line_id, form.cleaned_data["quantity"])
    return _back(request, found)


@require_POST
@private_page
@_follows_a_login
def remove(request: HttpRequest, line_id: int) -> HttpResponse:
    """Take one line out; one that is there no longer is out already."""
    found = http.cart_of(request)
    if found is None:
        return see_other("cart:cart")
    _remove(request, found, line_id)
    return _back(request, found)


def _page(request: HttpRequest, found: Cart | None, *, refused: tuple[int, str] | None = None) -> HttpResponse:
    """Show the cart; `refused` is a line with the quantity typed for it that is none."""
    content = selectors.content(cart=found, at=timezone.now())
    units = sum(line.row.quantity for line in content.lines)
    context: dict[str, object] = {"content": content, "cart_count": units, "tab": "cart"}
    if refused:
        context["refused"] = _refusal(request, content, *refused)
    response = render(request, "cart/cart.html", context, status=422 if refused else 200)
    if found is not None:
        http.remember(response, found, units)
    return response


def _refusal(request: HttpRequest, content: selectors.Content, line_id: int, typed: str) -> dict[str, object]:
    """Tell which quantities the line can have, in a message and at its field."""
    available = next((line.available for line in content.lines if line.row.pk == line_id), 0)
    problem = quantity_message(minimum=0, maximum=available or settings.CART_QUANTITY_LIMIT)
    messages.error(request, problem)
    return {"line_id": line_id, "typed": typed, "problem": problem}


def _update(request: HttpRequest, found: Cart) -> HttpResponse:
    """Apply the whole form: a pressed remove button, or else every quantity and tick in it."""
    own = set(found.lines.values_list("pk", flat=True))
    if removed := request.POST.get("remove"):
        if removed in map(str, own):  # otherwise it is out already
            _remove(request, found, int(removed))
        return _back(request, found)
    wishes = {}
    for line_id in own:
        if f"q-{line_id}" not in request.POST:
            continue
        form = QuantityForm({"quantity": request.POST[f"q-{line_id}"]})
        if not form.is_valid():
            return _page(request, found, refused=(line_id, request.POST[f"q-{line_id}"]))
        wishes[line_id] = form.cleaned_data["quantity"]
    services.select(cart=found, line_ids=_ticked(request.POST, found, own))
    for line_id, quantity in wishes.items():
        _set_quantity(request, found, line_id, quantity)
    services.agree_to_prices(cart=found, at=timezone.now())
    return _back(request, found)


def _ticked(data: QueryDict, found: Cart, own: set[int]) -> set[int]:
    """Return the lines to tick; "select all" counts when it was changed alone, otherwise the single boxes do."""
    ticked = {pk for pk in own if str(pk) in data.getlist("line")}
    if ("all" in data) == ("were_all" in data):
        return ticked
    content = selectors.content(cart=found, at=timezone.now())
    if "all" in data:
        return ticked if content.are_all_selected else own
    are_all_ticked = ticked >= {line.row.pk for line in content.lines if line.problem is None}
    return set() if are_all_ticked else ticked


def _back(request: HttpRequest, found: Cart) -> HttpResponse:
    """Show the cart again, with delivery to the province that was chosen."""
    province = request.GET.get("province", "")
    query = f"?{urlencode({'province': province})}" if province else ""
    response = see_other(reverse("cart:cart") + query)
    http.remember(response, found)
    return response


def _set_quantity(request: HttpRequest, found: Cart, line_id: int, quantity: int) -> None:
    """Set the units of a line; 0 takes it out."""
    if not quantity:
        _remove(request, found, line_id)
        return
    try:
        placed = services.set_quantity(cart=found, line_id=line_id, quantity=quantity)
    except CartLine.DoesNotExist:  # taken out in another tab since we looked
        return
    if placed.is_capped:
        messages.warning(request, _only_left(placed.line.quantity))


def _remove(request: HttpRequest, found: Cart, line_id: int) -> None:
    try:
        line = services.remove(cart=found, line_id=line_id)
    except CartLine.DoesNotExist:  # the button was pressed twice
        return
    messages.success(request, _("Removed"), extra_tags=http.undo_tag(line))


def _add(request: HttpRequest, variant: Variant, form: AddForm) -> HttpResponse:
    placed = services.add_to_basket(
        user=http.user_of(request),
        token=http.token_of(request),
        variant=variant,
        quantity=form.cleaned_data["quantity"],
        at=timezone.now(),
        form_token=form.cleaned_data["token"],
    )
    if "undo" in request.POST:
        messages.success(request, _("Put back into the cart"))
    else:
        messages.success(request, _("Added to cart"), extra_tags="cart")
    if placed.is_capped:
        messages.warning(request, _only_left(placed.line.quantity))
    response = see_other(safe_next(request, default=variant.product.get_absolute_url()))
    http.remember(response, placed.line.cart)
    return response


def _buy_now(request: HttpRequest, variant: Variant, form: AddForm) -> HttpResponse:
    bought = services.buy_now(
        user=http.user_of(request), variant=variant, quantity=form.cleaned_data["quantity"], at=timezone.now()
    )
    response = see_other("checkout:address")
    http.remember_buy_now(response, bought)
    return response


def _refused(request: HttpRequest, product: Product, variant: Variant | None, problem: str) -> HttpResponse:
    """Show what was typed once more, with the reason why nothing was added."""
    context = {"problem": problem, "variant": variant, "product": product, "quantity": request.POST.get("quantity", "")}
    return render(request, "cart/refused.html", context, status=422)


def _reason(error: services.CannotAddError) -> str:
    reasons = {
        services.NotForSaleError: _("This product is not for sale at the moment."),
        services.SoldOutError: _("This product is sold out at the moment."),
        services.OtherCurrencyError: _("This product is sold in another currency than those in your cart."),
        services.TooManyLinesError: _("Your cart cannot hold more different products."),
    }
    return reasons[type(error)]


def _only_left(quantity: int) -> str:
    return ngettext(
        "Only %(count)s left, so your cart holds %(count)s.",
        "Only %(count)s left, so your cart holds %(count)s.",
        quantity,
    ) % {"count": quantity}


def _chosen(data: QueryDict) -> tuple[Product, Variant | None]:
    """Return the product and variant a form means; unknown SKUs and products are 404, unknown combinations None."""
    sku, slug = data.get("sku", "").replace("\x00", ""), data.get("product", "").replace("\x00", "")
    if sku:
        found = variants.of_sku(sku)
        if found is None:
            raise Http404
        return found.product, found
    own = variants.offered_of_product(slug) if slug else []
    if not own:
        raise Http404
    codes = {code for variant in own for code in variant.options}
    chosen = {code: data[code] for code in codes if code in data}
    fitting = own if not codes else [variant for variant in own if variant.options == chosen]
    return own[0].product, next(iter(fitting), None)


def _own_line_or_404(request: HttpRequest, line_id: int) -> Cart:
    found = http.cart_of(request)
    if found is None or not found.lines.filter(pk=line_id).exists():
        raise Http404
    return found
