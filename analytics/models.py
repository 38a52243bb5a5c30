"""What the shop found out about itself."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AuditRun(models.Model):
    """One audit of the books: asked for by the night or by an operator, then run by a worker.

    night: whose run this is; empty for one that an operator asked for. So no night is audited twice.
    findings: for each statement that does not hold its code, whether it was proved at all, how many rows it does
        not hold for, and the first of them with their columns. Numbers, sums, states and moments; nothing personal.
    """

    night = models.DateField(_("night"), null=True, blank=True, unique=True)
    asked_at = models.DateTimeField(_("asked for"), db_index=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    statements = models.PositiveIntegerField(_("statements"), default=0)
    findings = models.JSONField(_("findings"), default=list, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("audit of the books")
        verbose_name_plural = _("audits of the books")
        constraints = [
            models.UniqueConstraint(  # all of them have no statements yet, so there is one
                "statements", name="analytics_auditrun_one_waiting", condition=Q(night=None, started_at=None)
            ),
        ]
        permissions = [("run_audit", _("Can have the books audited"))]

    def __str__(self) -> str:
        return str(self.pk)
