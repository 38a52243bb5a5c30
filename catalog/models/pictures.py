"""Pictures: one re-encoded original each, and derivatives beside it by name."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Picture(models.Model):
    """An uploaded picture, decoded and encoded again by us.

    The file name is random. Derivatives are `<name>-<width>.<avif|webp|jpg>` below `pictures/` in the
    media folder; a missing one is made when it is first asked for.
    """

    merchant = models.ForeignKey("accounts.Merchant", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("file name"), max_length=40, unique=True)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    is_square = models.BooleanField(_("square crop"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.name
