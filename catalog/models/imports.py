"""Imports of product files: how far each has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Merchant


class ImportRun(models.Model):
    """One run over one file; the same unfinished file goes on where its last committed batch ended."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", verbose_name=_("merchant"))
    file_name = models.CharField(_("file"), max_length=255)
    fingerprint = models.CharField(max_length=64, help_text=_("Hash of the file and of the options."))
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    rows_created = models.PositiveIntegerField(_("created"), default=0)
    rows_updated = models.PositiveIntegerField(_("updated"), default=0)
    rows_unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    rows_refused = models.PositiveIntegerField(_("refused"), default=0)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["fingerprint", "-id"], name="catalog_importrun_by_file")]

    def __str__(self) -> str:
        return self.file_name
