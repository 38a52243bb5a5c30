"""Audits of the books in the operators' office: what the last one found, what to do, and those before it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from analytics.models import AuditRun
from analytics.services import audits
from core.admin import ReadOnlyModelAdmin, operators
from core.http import see_other
from shop.audit import shown


@admin.register(AuditRun, site=operators)
class AuditRunAdmin(ReadOnlyModelAdmin):
    """Runs of the audit; a button asks for another one."""

    list_display = ("asked_at", "night", "result", "finished_at")
    fields = readonly_fields = ("asked_at", "night", "started_at", "finished_at", "statements")
    date_hierarchy = "asked_at"
    change_list_template = "admin/analytics/auditrun/change_list.html"
    change_form_template = "admin/analytics/auditrun/change_form.html"

    @admin.display(description=gettext_lazy("result"))
    def result(self, run: AuditRun) -> str:
        """What came of it, in a few words."""
        if run.finished_at is None:
            return _("Waits for a worker") if run.started_at is None else _("Under way")
        if not run.findings:
            return _("All %(count)d statements hold") % {"count": run.statements}
        return _("%(count)d of %(all)d statements do not hold") % {"count": len(run.findings), "all": run.statements}

    def get_urls(self) -> list[URLPattern]:
        """Add the address that asks for a run."""
        ask = self.admin_site.admin_view(self.ask_view)
        return [path("run/", ask, name="analytics_auditrun_run"), *super().get_urls()]

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Whether this operator may have the books audited."""
        return request.user.has_perm("analytics.run_audit")

    @method_decorator(require_POST)
    def ask_view(self, request: HttpRequest) -> HttpResponse:
        """Queue a run."""
        if not self.has_run_permission(request):
            raise PermissionDenied
        run = audits.ask(at=timezone.now())
        self.log_addition(request, run, _("Asked for in the back office"))
        self.message_user(request, _("The audit is queued. Load this page again in a minute."), messages.SUCCESS)
        return see_other("admin:analytics_auditrun_changelist")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the last run that has ended above those before it."""
        latest = AuditRun.objects.filter(finished_at__isnull=False).order_by("-finished_at", "-pk").first()
        context: dict[str, Any] = {
            "title": capfirst(str(self.opts.verbose_name_plural)),
            "run": latest,
            "run_result": self.result(latest) if latest else "",
            "findings": shown.findings(latest) if latest else [],
            "has_run_permission": self.has_run_permission(request),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what a run has found."""
        run = self.get_object(request, object_id) if object_id else None
        context = {"run": run, "run_result": self.result(run), "findings": shown.findings(run)} if run else {}
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))
