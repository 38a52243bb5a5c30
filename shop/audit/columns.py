"""What the columns of findings are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, str | Promise] = {
    "row": _("row"),
    "expected": _("expected"),
    "found": _("found"),
    "orders": _("orders"),
    "since": _("since"),
}
