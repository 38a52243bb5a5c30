"""Return cases, as their buyers see them: asking, following, sending back, talking."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from cart import http as cart_http
from core.http import private_page, see_other
from core.templatetags.kaishi import money
from orders import http
from orders.forms.cases import MessageForm, ReturnForm, SendForm
from orders.models import CaseEntry, CasePicture, Order, ReturnCase
from orders.selectors import alternatives, claims
from orders.services.cases import answering, goods, requesting
from orders.services.cases.writing import Act, WrongStageError

Side = CaseEntry.Side
PAGE_SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@http.shows_no_order
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for the money of units back, or for others in exchange."""
    order = http.order_or_404(request, number, must_act=True)
    form = _form(request, order)
    if form is None:
        messages.error(request, _("There is nothing in this order that could be returned or refunded now."))
        return see_other(order) if request.method == "POST" else redirect(order)
    if request.method == "POST" and form.is_valid():
        case = _ask(request, order, form)
        if case is not None:
            messages.success(request, _("Your request is sent."))
            return see_other(case)
    return _ask_page(request, order, form)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@http.shows_no_order
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for something else, once."""
    found = _case_or_404(request, number)
    form = _form(request, found.order, case=found)
    if form is None or found.is_changed or found.is_final:
        messages.error(request, _("This request can no longer be changed."))
        return see_other(found) if request.method == "POST" else redirect(found)
    if request.method == "POST" and form.is_valid() and _change(request, found, form):
        messages.success(request, _("Changes saved"))
        return see_other(found)
    return _ask_page(request, found.order, form, case=found)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@http.shows_no_order
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show a case with its thread; a POST sends goods back, says something, takes the request back, or appeals."""
    found = _case_or_404(request, number)
    if request.method != "POST":
        return _page(request, found)
    act = Act(Side.BUYER, timezone.now(), _user(request))
    try:
        refused = _act(request, found, act)
    except WrongStageError:
        messages.error(request, _("The request has moved on since this page was shown. Please look again."))
        refused = None
    except answering.UnitsGoneError:
        messages.error(request, _("Something of this has left meanwhile, or is asked for in another request."))
        refused = None
    return see_other(found) if refused is None else _page(request, found, **refused, status=422)


@require_safe
@private_page
@http.shows_no_order
def picture(request: HttpRequest, number: str, uuid: uuids.UUID) -> HttpResponse:
    """Show a photograph to the buyer."""
    found = get_object_or_404(CasePicture, case=_case_or_404(request, number), uuid=uuid)
    return HttpResponse(bytes(found.content), content_type="image/webp")


@require_safe
@private_page
@login_required
def cases(request: HttpRequest) -> HttpResponse:
    """List the buyer's own cases, the newest first; pages go on from the last one shown."""
    before = request.GET.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise Http404
    own = ReturnCase.objects.filter(order__user=request.user).select_related("order")  # type: ignore[misc]
    older = own.filter(pk__lt=int(before)) if before else own
    found = list(older.prefetch_related("lines__line").order_by("-pk")[: PAGE_SIZE + 1])
    shown, has_more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    context = {"cases": shown, "next_before": shown[-1].pk if has_more else None, "tab": "account"}
    return render(request, "account/returns.html", context)


def _act(request: HttpRequest, found: ReturnCase, act: Act) -> dict[str, Any] | None:
    """Do what was pressed; return the form that was refused, by the name the page knows it by."""
    pressed = request.POST.get("act")
    if pressed == "withdraw":
        requesting.withdraw(case=found, at=act.at, actor=act.actor)
        messages.success(request, _("Request withdrawn"))
        return None
    if pressed == "received":
        goods.finish(case=found, act=act)
        messages.success(request, _("Thank you, receipt confirmed"))
        return None
    if pressed == "send":
        send_form = SendForm(request.POST)
        if not send_form.is_valid():
            return {"send_form": send_form}
        goods.send(case=found, label=send_form.label(), act=act)
        messages.success(request, _("Thank you. We look at the goods when they are here."))
        return None
    return _write(request, found, act, is_appeal=pressed == "escalate")


def _write(request: HttpRequest, found: ReturnCase, act: Act, *, is_appeal: bool) -> dict[str, Any] | None:
    form = MessageForm(request.POST)
    if not form.is_valid():
        return {"message_form": form}
    told = Act(act.side, act.at, act.actor, form.cleaned_data["text"])
    if is_appeal:
        answering.escalate(case=found, act=told)
        messages.success(request, _("The platform will look at it and decide."))
    else:
        requesting.say(case=found, act=told)
        messages.success(request, _("Message sent"))
    return None


def _form(request: HttpRequest, order: Order, case: ReturnCase | None = None) -> ReturnForm | None:
    """Return the form for what can be asked for now; none when there is nothing."""
    now, lines = timezone.now(), list(order.lines.order_by("position"))
    free = claims.of_order(order, lines, besides=case)
    gone = [claim for claim in free if not claim.is_unsent and claims.is_returnable(order, claim.line, at=now)]
    unsent = [claim for claim in free if claim.is_unsent]
    is_unsent = bool(unsent) and (not gone or "unsent" in request.GET)
    if case is not None:
        is_unsent = case.kind == ReturnCase.Kind.CANCELLATION
    shown = unsent if is_unsent else gone
    if not shown:
        return None
    is_sent = request.method == "POST"
    return ReturnForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial=_initial(case),
        claims=shown,
        is_unsent=is_unsent,
        others={} if is_unsent else alternatives.of_lines([claim.line for claim in shown]),
    )


def _initial(case: ReturnCase | None) -> dict[str, Any]:
    if case is None:
        return {}
    units = {f"line_{row.line_id}": row.quantity for row in case.lines.all()}
    return {"kind": case.kind, "reason": case.reason, "explanation": case.explanation, "amount": case.amount, **units}


def _ask(request: HttpRequest, order: Order, form: ReturnForm) -> ReturnCase | None:
    try:
        return requesting.request(order=order, wish=form.wish(order.currency), at=timezone.now(), actor=_user(request))
    except requesting.CannotAskError as error:
        _explain(form, error)
        return None


def _change(request: HttpRequest, found: ReturnCase, form: ReturnForm) -> bool:
    try:
        requesting.change(case=found, wish=form.wish(found.order.currency), at=timezone.now(), actor=_user(request))
    except (requesting.CannotAskError, WrongStageError) as error:
        _explain(form, error)
        return False
    return True


def _explain(form: ReturnForm, error: Exception) -> None:
    """Say in the form why it cannot be."""
    if isinstance(error, requesting.TooMuchMoneyError):
        form.add_error("amount", _("At most %(amount)s can be refunded for this.") % {"amount": money(error.most)})
    elif isinstance(error, requesting.TooLateError):
        form.add_error("reason", _("It is too late to return this for this reason, or it was sold as not returnable."))
    elif isinstance(error, requesting.NothingLeftError):
        form.add_error(None, _("Something of this has left meanwhile, or is asked for in another request."))
    else:
        form.add_error(None, _("This request can no longer be changed."))


def _ask_page(request: HttpRequest, order: Order, form: ReturnForm, case: ReturnCase | None = None) -> HttpResponse:
    lines = list(order.lines.order_by("position"))
    has_unsent = any(claim.is_unsent for claim in claims.of_order(order, lines))
    context = {"order": order, "form": form, "case": case, "has_unsent": has_unsent and not form.is_unsent}
    return render(request, "orders/return.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, found: ReturnCase, *, status: int = 200, **forms: Any) -> HttpResponse:
    context: dict[str, Any] = {
        "case": found,
        "order": found.order,
        "lines": list(found.lines.select_related("line", "wanted").order_by("pk")),
        "entries": list(found.entries.order_by("pk")),
        "pictures": list(found.pictures.only("uuid").order_by("pk")),
        "send_form": SendForm(),
        "message_form": MessageForm(),
        "may_appeal": found.status == ReturnCase.Status.REJECTED and not found.is_final and found.due_at is not None,
        **forms,
    }
    return render(request, "orders/case.html", context, status=status)


def _case_or_404(request: HttpRequest, number: str) -> ReturnCase:
    """Return a case of an order for which this visitor may act."""
    found = ReturnCase.objects.select_related("order").filter(number=number).first()
    if found is None:
        raise Http404
    found.order = http.order_or_404(request, found.order.number, must_act=True)
    return found


def _user(request: HttpRequest) -> User | None:
    return cart_http.user_of(request)
