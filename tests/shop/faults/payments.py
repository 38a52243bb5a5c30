"""Faults of payments, notices and refunds."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from orders.models import Order
from payments.models import Payment, ProviderEvent, Refund
from shop.audit import orders
from shop.audit import payments as audit
from tests.shop.faults import breaks

Verdict = ProviderEvent.Verdict


@breaks(audit.PaidOrdersHaveTheirMoney, audit.MoneyAgreesPerCurrency)
def paid_without_money(order: Order) -> str:
    Payment.objects.filter(purchase=order.purchase_id, is_surplus=False).update(status=Payment.Status.CLOSED)
    return f"purchase {order.purchase_id}"


@breaks(audit.PaidOrdersHaveTheirMoney, audit.MoneyAgreesPerCurrency, orders.OpenOrdersArePaid)
def money_without_a_paid_order(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(paid_total=0)
    return f"purchase {order.purchase_id}"


@breaks(audit.PaidOrdersHaveTheirMoney, audit.MoneyAgreesPerCurrency)
def a_cent_too_little(order: Order) -> str:
    Payment.objects.filter(purchase=order.purchase_id, is_surplus=False).update(amount=Decimal("17.99"))
    return f"purchase {order.purchase_id}"


@breaks(audit.MoneyAgreesPerCurrency, audit.PaidOrdersHaveTheirMoney)
def a_sum_that_is_wrong(order: Order) -> str:
    paid_without_money(order)
    return "currency CNY"


@breaks(audit.SurplusGoesBack)
def surplus_that_was_kept(order: Order) -> str:
    Refund.objects.all().delete()
    return f"payment {order.number}-P2"


@breaks(audit.SurplusGoesBack)
def a_cent_of_it_kept(order: Order) -> str:
    Refund.objects.update(amount=Decimal("17.99"))
    return f"payment {order.number}-P2"


@breaks(audit.SurplusGoesBack)
def surplus_that_was_refused(order: Order) -> str:
    Refund.objects.update(status=Refund.Status.FAILED)
    return f"payment {order.number}-P2"


@breaks(audit.RefundedIsWhatRefundsGave)
def a_refund_that_never_was(order: Order) -> str:
    Payment.objects.filter(is_surplus=True).update(refunded=1)
    return f"payment {order.number}-P2"


@breaks(audit.RefundsStayWithinTheirPayment, audit.SurplusGoesBack)
def a_cent_too_much_that_goes_back(order: Order) -> str:
    Refund.objects.update(amount=Decimal("18.01"))
    return f"payment {order.number}-P2"


@breaks(audit.RefundsStayWithinTheirPayment)
def money_that_goes_back_and_never_came(order: Order) -> str:
    Payment.objects.filter(is_surplus=True).update(status=Payment.Status.FAILED)
    return f"payment {order.number}-P2"


@breaks(audit.RefundsAreTried)
def a_refund_nobody_tries(order: Order) -> str:
    Refund.objects.update(due_at=timezone.now() - timedelta(minutes=31))
    return f"refund {Refund.objects.get().number}"


@breaks(audit.AttemptsAreDecided)
def an_attempt_nobody_asks_about(order: Order) -> str:
    payment = Payment.objects.filter(purchase__orders__status=Order.Status.AWAITING_PAYMENT).get()
    long_ago = timezone.now() - timedelta(hours=25, minutes=1)
    Payment.objects.filter(pk=payment.pk).update(created_at=long_ago, expires_at=long_ago, status="CREATED")
    return f"payment {payment.out_trade_no}"


@breaks(audit.NoticesHaveAVerdict)
def a_genuine_notice_that_was_left_lying(order: Order) -> str:
    return _notice(verdict=Verdict.RECEIVED, is_verified=True)


@breaks(audit.NoticesHaveAVerdict)
def a_genuine_notice_called_forged(order: Order) -> str:
    return _notice(verdict=Verdict.FORGED, is_verified=True)


@breaks(audit.AppliedNoticesDecidedTheirPayment)
def a_notice_that_was_applied_to_nothing(order: Order) -> str:
    return _notice(verdict=Verdict.APPLIED, is_verified=True)


@breaks(audit.AppliedNoticesDecidedTheirPayment)
def a_payment_that_was_set_back(order: Order) -> str:
    open_payment = Payment.objects.filter(status=Payment.Status.PRESENTED).order_by("pk")[0]
    return _notice(verdict=Verdict.APPLIED, is_verified=True, payment=open_payment)


def _notice(**fields: object) -> str:
    event = ProviderEvent.objects.create(provider="paylab", event_id="x", body=b"", **fields)
    return f"notice {event.pk}"
