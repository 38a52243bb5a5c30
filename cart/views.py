"""The cart, and what can be done to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cart import http, selectors, services
from cart.forms import AddForm, QuantityForm
from cart.models import Cart, CartLine
from catalog.models import Product, Variant
from core.http import private_page, safe_next, same_origin, see_other


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def cart(request: HttpRequest) -> HttpResponse:
    """Show the cart; a POST changes quantities and ticks, or takes one line out."""
    found = http.cart_of(request)
    if request.method == "POST" and found is not None:
        return _update(request, found)
    return _page(request, found)


@require_POST
@same_origin
@private_page
def items(request: HttpRequest) -> HttpResponse:
    """Put something into the cart, or go straight to the checkout with it."""
    if not http.may_add(request):
        return render(request, "errors/429.html", {"seconds": 60}, status=429)
    form = AddForm(request.POST)
    variant = _variant(request.POST)
    if not form.is_valid():
        return _refused(request, form, variant, str(next(iter(form.errors.values()))[0]))
    if variant is None:
        return _refused(request, form, None, _("This combination is not available. Please choose another one."))
    try:
        if request.POST.get("next") == "checkout":
            return _buy_now(request, variant, form)
        return _add(request, variant, form)
    except services.CannotAddError as error:
        return _refused(request, form, variant, _reason(error))


@require_POST
@private_page
def line(request: HttpRequest, line_id: int) -> HttpResponse:
    """Change one line: its quantity, and whether it is ticked."""
    found = _own_line_or_404(request, line_id)
    if "selected" in request.POST:
        services.tick(cart=found, line_id=line_id, is_selected=request.POST["selected"] == "1")
        if "quantity" not in request.POST:
            return _back(found)
    form = QuantityForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["quantity"][0]))
        return _page(request, found, status=422)
    _set_quantity(request, found, line_id, form.cleaned_data["quantity"])
    return _back(found)


@require_POST
@private_page
def remove(request: HttpRequest, line_id: int) -> HttpResponse:
    """Take one line out."""
    found = _own_line_or_404(request, line_id)
    _remove(request, found, line_id)
    return _back(found)


def _page(request: HttpRequest, found: Cart | None, *, status: int = 200) -> HttpResponse:
    content = selectors.content(cart=found, at=timezone.now())
    units = sum(line.row.quantity for line in content.lines)
    context = {"content": content, "cart_count": units, "tab": "cart"}
    response = render(request, "cart/cart.html", context, status=status)
    if found is not None:
        http.remember(response, found, units)
    return response


def _update(request: HttpRequest, found: Cart) -> HttpResponse:
    """Apply the whole form: a pressed remove button, or else every quantity and tick in it."""
    own = set(found.lines.values_list("pk", flat=True))
    if removed := request.POST.get("remove"):
        if removed not in map(str, own):
            raise Http404
        _remove(request, found, int(removed))
        return _back(found)
    wishes = {}
    for line_id in own:
        if f"q-{line_id}" not in request.POST:
            continue
        form = QuantityForm({"quantity": request.POST[f"q-{line_id}"]})
        if not form.is_valid():
            messages.error(request, str(form.errors["quantity"][0]))
            return _page(request, found, status=422)
        wishes[line_id] = form.cleaned_data["quantity"]
    services.select(cart=found, line_ids=_ticked(request.POST, found, own))
    for line_id, quantity in wishes.items():
        _set_quantity(request, found, line_id, quantity)
    services.agree_to_prices(cart=found, at=timezone.now())
    return _back(found)


def _ticked(data: QueryDict, found: Cart, own: set[int]) -> set[int]:
    """Return the lines to tick; "select all" counts when it was not ticked before, otherwise the single boxes do."""
    if "all" in data and not selectors.content(cart=found, at=timezone.now()).are_all_selected:
        return own
    return {pk for pk in own if str(pk) in data.getlist("line")}


def _back(found: Cart) -> HttpResponse:
    response = see_other("cart:cart")
    http.remember(response, found)
    return response


def _set_quantity(request: HttpRequest, found: Cart, line_id: int, quantity: int) -> None:
    try:
        placed = services.set_quantity(cart=found, line_id=line_id, quantity=quantity)
    except CartLine.DoesNotExist:  # taken out in another tab since we looked
        return
    if placed and placed.is_capped:
        messages.warning(request, _only_left(placed.line.quantity))


def _remove(request: HttpRequest, found: Cart, line_id: int) -> None:
    try:
        line = services.remove(cart=found, line_id=line_id)
    except CartLine.DoesNotExist:  # the button was pressed twice
        return
    messages.success(request, _("Removed"), extra_tags=http.undo_tag(line))


def _add(request: HttpRequest, variant: Variant, form: AddForm) -> HttpResponse:
    found = services.find_or_create(user=http.user_of(request), token=http.token_of(request))
    placed = services.add(
        cart=found,
        variant=variant,
        quantity=form.cleaned_data["quantity"],
        at=timezone.now(),
        form_token=form.cleaned_data["token"],
    )
    messages.success(request, _("Added to cart"), extra_tags="cart")
    if placed.is_capped:
        messages.warning(request, _only_left(placed.line.quantity))
    response = see_other(safe_next(request, default=variant.product.get_absolute_url()))
    http.remember(response, found)
    return response


def _buy_now(request: HttpRequest, variant: Variant, form: AddForm) -> HttpResponse:
    bought = services.buy_now(
        user=http.user_of(request), variant=variant, quantity=form.cleaned_data["quantity"], at=timezone.now()
    )
    response = see_other("checkout:address")
    http.remember_buy_now(response, bought)
    return response


def _refused(request: HttpRequest, form: AddForm, variant: Variant | None, problem: str) -> HttpResponse:
    """Show what was typed once more, with the reason why nothing was added."""
    product = variant.product if variant else Product.objects.filter(slug=request.POST.get("product", "")).first()
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


def _variant(data: QueryDict) -> Variant | None:
    """Return the variant a form means; unknown SKUs and products are 404, unknown combinations None."""
    variants = Variant.objects.select_related("product")
    sku, slug = data.get("sku", "").replace("\x00", ""), data.get("product", "").replace("\x00", "")
    if sku:
        found = variants.filter(sku=sku).first()
        if found is None:
            raise Http404
        return found
    own = list(variants.filter(product__slug=slug, is_active=True).order_by("position", "pk")) if slug else []
    if not own:
        raise Http404
    codes = {code for variant in own for code in variant.options}
    chosen = {code: data[code] for code in codes if code in data}
    if not codes:
        return own[0]
    return next((variant for variant in own if variant.options == chosen), None)


def _own_line_or_404(request: HttpRequest, line_id: int) -> Cart:
    found = http.cart_of(request)
    if found is None or not found.lines.filter(pk=line_id).exists():
        raise Http404
    return found
