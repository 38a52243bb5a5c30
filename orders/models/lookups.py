"""What a guest asks to see."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Lookup(models.Model):
    """Somebody names an order and its email; a code mailed there opens the order.

    Written for a right and a wrong pair alike, and answered by a worker: who asks cannot tell them apart.
    code_hash: empty when nothing was mailed, and after the code was used.
    """

    number = models.CharField(_("order number"), max_length=40)
    email = models.EmailField(_("email"))
    asked_at = models.DateTimeField(_("asked"), db_index=True)
    is_answered = models.BooleanField(_("answered"), default=False)
    code_hash = models.CharField(_("hash of the code"), max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)

    class Meta:
        verbose_name = _("look-up")
        verbose_name_plural = _("look-ups")
        indexes = [
            models.Index("id", name="orders_lookup_waiting", condition=Q(is_answered=False)),
            models.Index("number", name="orders_lookup_number"),
        ]

    def __str__(self) -> str:
        return self.number
