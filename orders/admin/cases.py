"""Return cases in the back offices: what is to be done first, and everything done through the services."""

from __future__ import annotations

import uuid as uuids
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from catalog.services import stock
from core import money
from core.admin import ReadOnlyInline, ScopedModelAdmin, merchants, operators
from core.http import see_other
from orders.forms import office
from orders.models import CaseEntry, CasePicture, ReturnCase, ReturnLine
from orders.services.cases import answering, goods, requesting
from orders.services.cases.writing import Act, WrongStageError

Status, Side = ReturnCase.Status, CaseEntry.Side
STEPS = {  # buttons by the stage in which they make sense
    Status.REQUESTED: (("approve", gettext_lazy("Approve")), ("reject", pgettext_lazy("a request", "Decline"))),
    Status.SENT: (("receive", gettext_lazy("Goods have arrived")),),
    Status.RECEIVED: (("inspect", gettext_lazy("Inspected")),),
    Status.REPLACING: (("replace", gettext_lazy("Send replacement")),),
}
DECISION = (("grant", gettext_lazy("Grant")), ("uphold", gettext_lazy("Leave it declined")))


class _CaseInline(ReadOnlyInline):
    """Rows that tell what is in a case and what happened to it."""

    merchant_lookup = "case__order__merchant"


class ReturnLineInline(_CaseInline):
    """Units in the case."""

    model = ReturnLine
    fields = readonly_fields = ("line", "title", "quantity", "wanted", "sellable", "damaged", "missing")
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return units with what they are of."""
        return super().get_queryset(request).select_related("line", "wanted")

    @admin.display(description=gettext_lazy("title"))
    def title(self, row: ReturnLine) -> str:
        """What was bought."""
        return " · ".join(filter(None, (row.line.title, row.line.options)))


class EntryInline(_CaseInline):
    """The thread."""

    model = CaseEntry
    fields = readonly_fields = ("created_at", "side", "kind", "amount", "text", "actor")
    ordering = ("pk",)


class ToDoFilter(admin.SimpleListFilter):
    """Whose turn it is."""

    title = gettext_lazy("turn")
    parameter_name = "turn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [("shop", _("The shop's")), ("open", _("All open ones"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ReturnCase]) -> QuerySet[ReturnCase]:
        """Narrow the list."""
        if self.value() == "shop":
            return queryset.filter(status__in=ReturnCase.FOR_THE_SHOP)
        return queryset.filter(status__in=ReturnCase.OPEN) if self.value() == "open" else queryset


@admin.register(ReturnCase, site=operators)
@admin.register(ReturnCase, site=merchants)
class ReturnCaseAdmin(ScopedModelAdmin):
    """Return cases."""

    merchant_lookup = "order__merchant"
    list_display = ("__str__", "order", "kind", "reason", "shown_amount", "age", "state", "left", "shop")
    list_filter = (ToDoFilter, "status", "kind")
    list_select_related = ("order__merchant",)
    search_fields = ("number__exact", "order__number__exact", "order__email__iexact", "tracking_number__exact")
    search_help_text = gettext_lazy("Number of the case or the order, email, tracking number")
    ordering = (F("due_at").asc(nulls_last=True), "-pk")
    inlines = (ReturnLineInline, EntryInline)
    change_form_template = "admin/orders/returncase/change_form.html"
    fields = readonly_fields = (
        *("order_link", "kind", "reason", "state", "explanation", "shown_amount", "opened_at", "due_at"),
        *("is_changed", "carrier", "tracking_number", "shown_pictures"),
    )
    view_on_site = False

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns, the shop's only to operators once there are several."""
        columns = super().get_list_display(request)
        has_shops = "merchant" in super().get_list_display(request) or self._shows_shops(request)
        return columns if has_shops else [name for name in columns if name != "shop"]

    def get_urls(self) -> list[URLPattern]:
        """Add what is done with a case, and its photographs."""
        prefix, view = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        return [
            path("<int:case_id>/act/", view(self.act_view), name=f"{prefix}_act"),
            path("<int:case_id>/pictures/<uuid:uuid>/", view(self.picture_view), name=f"{prefix}_picture"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest, *parents: Any) -> bool:
        """Buyers ask."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Cases are books."""
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a case with the form for what is to be done now."""
        case = self.get_object(request, object_id)
        context = {"form": office.of_stage(case), "steps": self._steps(request, case), **(extra_context or {})}
        response = super().change_view(request, object_id, form_url, context)
        response.status_code = (extra_context or {}).get("status", response.status_code)
        return response

    def act_view(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """Do what was pressed, and show the case as it is then."""
        request.current_app = self.admin_site.name
        case = self.get_queryset(request).filter(pk=case_id).first()
        page = reverse("admin:orders_returncase_change", args=[case_id], current_app=self.admin_site.name)
        if case is None:
            raise Http404
        if not self.has_change_permission(request, case):
            raise PermissionDenied
        if request.method != "POST":
            return see_other(page)
        form = office.of_stage(case, request.POST)
        if form.is_valid() and self._act(request, case, form):
            return see_other(page)
        return self.change_view(request, str(case_id), extra_context={"form": form, "status": 422})

    def picture_view(self, request: HttpRequest, case_id: int, uuid: uuids.UUID) -> HttpResponse:
        """Show a photograph of the buyer's."""
        case = self.get_queryset(request).filter(pk=case_id).first()
        picture = CasePicture.objects.filter(case=case, uuid=uuid).first() if case else None
        if picture is None or not self.has_view_permission(request, case):
            raise Http404
        return HttpResponse(bytes(picture.content), content_type="image/webp")

    def _act(self, request: HttpRequest, case: ReturnCase, form: office.AnswerForm) -> bool:
        """Take a step; false, with the reason in the form, when it may not be."""
        pressed = request.POST.get("act", "")
        if pressed not in [*dict(self._steps(request, case)), "say"]:
            form.add_error(None, _("The case has moved on since this page was shown. Please look again."))
            return False
        side = Side.PLATFORM if pressed in dict(DECISION) else Side.SHOP
        act = Act(side, timezone.now(), cast("User", request.user), form.cleaned_data["text"])
        try:
            _take(pressed, case, form, act)
        except (WrongStageError, answering.OtherVersionError):
            form.add_error(None, _("The case has moved on since this page was shown. Please look again."))
        except (answering.ReasonMissingError, goods.LessNeedsReasonError):
            form.add_error("text", _("Say why; the buyer reads it."))
        except goods.WrongCountError:
            form.add_error(None, _("Say of every unit whether it is sellable, damaged or missing."))
        except goods.TooMuchError:
            form.add_error("amount", _("The buyer has not asked for that much."))
        except stock.OutOfStockError:
            form.add_error(None, _("There are not enough to send others. Receive stock first, or agree on a refund."))
        else:
            messages.success(request, _("Done."))
            return True
        return False

    def _steps(self, request: HttpRequest, case: ReturnCase) -> tuple[tuple[str, Any], ...]:
        """Return the buttons: the shop's, or the platform's in the operators' office."""
        if not self.has_change_permission(request, case):
            return ()
        if case.status == Status.ESCALATED:
            return DECISION if self.admin_site is operators else ()
        return STEPS.get(Status(case.status), ())

    def _shows_shops(self, request: HttpRequest) -> bool:
        return "merchant" in super().get_list_filter(request)

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def shown_amount(self, case: ReturnCase) -> str:
        """What is asked for, or goes back."""
        return str(money.written(case.money, "en"))

    @admin.display(description=gettext_lazy("open for"), ordering="opened_at")
    def age(self, case: ReturnCase) -> str:
        """How long ago it was opened."""
        return timesince(case.opened_at, depth=1)

    @admin.display(description=gettext_lazy("time left"), ordering="due_at")
    def left(self, case: ReturnCase) -> str:
        """How long until it ends by itself."""
        return timeuntil(case.due_at, depth=1) if case.due_at else ""

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, case: ReturnCase) -> SafeString:
        """Where it stands, in colour."""
        tone = "pay" if case.status in ReturnCase.FOR_THE_SHOP else "way" if case.is_open else "done"
        return format_html('<span class="stage {}">{}</span>', tone, case.get_status_display())

    @admin.display(description=gettext_lazy("merchant"))
    def shop(self, case: ReturnCase) -> str:
        """Whose order it is about."""
        return str(case.order.merchant)

    @admin.display(description=gettext_lazy("order"))
    def order_link(self, case: ReturnCase) -> SafeString:
        """The way to the order."""
        address = reverse("admin:orders_order_change", args=[case.order_id], current_app=self.admin_site.name)
        return format_html('<a href="{}">{}</a>', address, case.order.number)

    @admin.display(description=gettext_lazy("pictures"))
    def shown_pictures(self, case: ReturnCase) -> SafeString:
        """Photographs of the buyer's."""
        name, site = "admin:orders_returncase_picture", self.admin_site.name
        addresses = [
            (reverse(name, args=[case.pk, uuid], current_app=site),)
            for uuid in case.pictures.order_by("pk").values_list("uuid", flat=True)
        ]
        html = '<a href="{0}"><img src="{0}" alt="" width="120" height="120" class="evidence" loading="lazy"></a> '
        return format_html_join("", html, addresses)


def _take(pressed: str, case: ReturnCase, form: office.AnswerForm, act: Act) -> None:
    """Take the step that was pressed."""
    version = form.cleaned_data["version"]
    if pressed == "approve":
        answering.approve(case=case, act=act, version=version)
    elif pressed == "reject":
        answering.reject(case=case, act=act, version=version)
    elif pressed in dict(DECISION):
        answering.decide(case=case, is_granted=pressed == "grant", act=act)
    elif pressed == "receive":
        goods.receive(case=case, act=act)
    elif isinstance(form, office.InspectForm) and pressed == "inspect":
        goods.inspect(case=case, found=form.found(), amount=form.money(), act=act)
    elif isinstance(form, office.ReplaceForm) and pressed == "replace":
        goods.replace(case=case, label=form.label(), act=act)
    else:
        requesting.say(case=case, act=act)
