"""The address book of an account."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms.addresses import AddressForm
from accounts.models import Address, User
from accounts.selectors import addresses as saved
from accounts.selectors import pasting
from accounts.services import addresses
from core.http import private_page, see_other


@require_safe
@private_page
@login_required
def address_list(request: HttpRequest) -> HttpResponse:
    """Show all addresses of the account."""
    own = saved.own(user=_user(request))
    context = {"addresses": own, "is_full": len(own) >= settings.ADDRESSES_PER_ACCOUNT}
    return render(request, "account/addresses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Ask for another address; a POST with `pasted` fills the form in with what was recognised in it."""
    user = _user(request)
    if request.method != "POST":
        first = {} if user.addresses.exists() else {"name": user.name, "phone": user.phone}
        return _page(request, AddressForm(initial=first))
    if "pasted" in request.POST:
        return _pasted(request)
    form = _read(request)
    if not _is_agreed(request, form):
        return _page(request, form)
    try:
        addresses.add(user=user, values=form.values(), is_default=form.cleaned_data["is_default"])
    except addresses.TooManyAddressesError:
        form.add_error(None, _("Your address book is full. Delete an address first."))
        return _page(request, form)
    return _saved(request)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change one address; orders keep the copy they have."""
    address = _own(request, pk)
    if request.method != "POST":
        return _page(request, AddressForm(instance=address))
    form = _read(request, address)
    if not _is_agreed(request, form):
        return _page(request, form)
    try:
        addresses.change(address=address, values=form.values(), is_default=form.cleaned_data["is_default"])
    except Address.DoesNotExist as error:
        raise Http404 from error
    return _saved(request)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether an address should go; a POST deletes it."""
    address = _own(request, pk)
    if request.method != "POST":
        return render(request, "account/address_delete.html", {"address": address})
    addresses.delete(address=address)
    messages.success(request, _("Address deleted"))
    return see_other("account_addresses")


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@login_required
def make_default(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an address the default; who comes by GET, as after signing in, finds the button on the list."""
    address = _own(request, pk)
    if request.method != "POST":
        return redirect("account_addresses")
    try:
        addresses.make_default(address=address)
    except Address.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Default address changed"))
    return see_other("account_addresses")


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _own(request: HttpRequest, pk: int) -> Address:
    return get_object_or_404(Address.objects.visible_to(_user(request)).select_related("user"), pk=pk)


def _read(request: HttpRequest, address: Address | None = None) -> AddressForm:
    """Return the form as it was sent, or, when another country or place was chosen, with its fields and unchecked."""
    if "show" in request.POST:
        return AddressForm(initial=AddressForm.moved(request.POST.dict()), instance=address)
    return AddressForm(request.POST.dict(), instance=address)


def _is_agreed(request: HttpRequest, form: AddressForm) -> bool:
    """Tell whether the form can be saved: nothing is missing, and the shopper is sure of what looks odd."""
    return form.is_valid() and (not form.doubts or request.POST.get("sure") == form.doubted)


def _pasted(request: HttpRequest) -> HttpResponse:
    """Show the form filled in with what is in the pasted text."""
    text = request.POST["pasted"].replace("\x00", "")
    found = {name: value for name, value in asdict(pasting.split(text)).items() if value}
    return _page(request, AddressForm(initial={"country": "CN", **found}), pasted=text, is_unread=not found)


def _page(request: HttpRequest, form: AddressForm, **context: object) -> HttpResponse:
    """Show the form; 422 when it was sent and is not saved."""
    is_new = form.instance.pk is None
    is_first = is_new and not _user(request).addresses.exists()
    is_doubtful = form.is_bound and not form.errors and bool(form.doubts)
    context |= {"form": form, "is_new": is_new, "is_first": is_first, "is_doubtful": is_doubtful}
    context |= {"example": pasting.EXAMPLE}
    return render(request, "account/address.html", context, status=422 if form.is_bound else 200)


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Address saved"))
    return see_other("account_addresses")
