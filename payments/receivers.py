"""What happens to orders and concerns their payments: wake a worker; its sweep finds what is to be done."""

from django.dispatch import receiver

from core import nudge
from orders.events import order_cancelled, repayment_decided


@receiver(repayment_decided)
def give_back(*, repayment_id: int, **_: object) -> None:
    """Have the money of a decision given back."""
    nudge.on_commit("payments.tasks.execute_refunds")


@receiver(order_cancelled)
def close_trades(*, order_id: int, **_: object) -> None:
    """Have the cashiers of a cancelled order closed."""
    nudge.on_commit("payments.tasks.query_open")
