"""Orders of a guest join an account, once the account's owner has shown that the address is theirs."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Lower

from accounts import selectors
from accounts.models import User
from orders.models import Order, Purchase


@transaction.atomic
def join(*, user: User) -> int:
    """Give a user the orders that were placed without an account with an address the user has confirmed.

    Returns how many orders joined; called twice: none. Orders of another account never move.
    """
    proved = selectors.proved_emails(user=user)
    lonely = Order.objects.annotate(address=Lower("email")).filter(user=None, address__in=proved)
    purchases = set(lonely.values_list("purchase", flat=True))
    if not purchases:
        return 0
    locked = Purchase.objects.select_for_update().filter(pk__in=purchases, user=None).order_by("pk")
    free = list(locked.values_list("pk", flat=True))
    Purchase.objects.filter(pk__in=free).update(user=user)
    return Order.objects.filter(purchase__in=free).update(user=user)
