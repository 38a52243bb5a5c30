"""Faults of orders."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from orders.models import Order, OrderEvent, OrderLine, Purchase, Shipment, ShipmentLine
from shop.audit import mails, payments, returns, stock
from shop.audit import orders as audit
from tests import make
from tests.shop.faults import breaks

Status, PaymentStatus = Order.Status, Order.PaymentStatus


@breaks(audit.OrdersAreTheSumOfTheirLines)
def a_line_that_was_changed(order: Order) -> str:
    OrderLine.objects.filter(order=order).update(quantity=2, total=Decimal("20.00"))
    return f"order {order.number}"


@breaks(audit.DiscountsAreTheirShares)
def a_share_of_no_discount(order: Order) -> str:
    OrderLine.objects.filter(order=order).update(discount_share=Decimal("0.01"))
    return f"order {order.number}"


@breaks(audit.PurchasesAreTheSumOfTheirOrders)
def a_purchase_of_another_price(order: Order) -> str:
    Purchase.objects.filter(pk=order.purchase_id).update(total=Decimal("18.01"))
    return f"purchase {order.purchase_id}"


@breaks(audit.PurchasesHaveOneBuyer)
def an_order_of_somebody_else(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(user=make.user())
    return f"order {order.number}"


@breaks(audit.PurchasesHaveOneBuyer)
def a_purchase_of_somebody_else(order: Order) -> str:
    Purchase.objects.filter(pk=order.purchase_id).update(user=make.user())
    return f"order {order.number}"


@breaks(audit.PurchasesHaveOneCurrency, payments.MoneyAgreesPerCurrency)
def a_paid_order_of_another_currency(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(currency="USD")
    return f"purchase {order.purchase_id}"


@breaks(audit.OrderNumbersAreGenuine, mails.PaidOrdersHaveTheirMail)
def a_number_with_another_check_digit(order: Order) -> str:
    number = f"{order.number[:-1]}{(int(order.number[-1]) + 1) % 10}"
    Order.objects.filter(pk=order.pk).update(number=number)
    return f"order {number}"


@breaks(audit.OrderNumbersAreGenuine, mails.PaidOrdersHaveTheirMail)
def a_number_that_is_none(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(number="A-17")
    return "order A-17"


@breaks(audit.OpenOrdersArePaid, payments.PaidOrdersHaveTheirMoney, payments.MoneyAgreesPerCurrency)
def an_open_order_paid_in_part(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(paid_total=Decimal("17.99"))
    return f"order {order.number}"


@breaks(audit.OpenOrdersArePaid)
def an_open_order_that_says_it_is_not_paid(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(payment_status=PaymentStatus.NONE)
    return f"order {order.number}"


@breaks(audit.OpenOrdersArePaid)
def an_order_that_was_opened_by_hand(order: Order) -> str:
    waiting = Order.objects.get(status=Status.AWAITING_PAYMENT)
    Order.objects.filter(pk=waiting.pk).update(status=Status.OPEN)
    return f"order {waiting.number}"


@breaks(
    audit.UnpaidCancelledOrdersHoldNoMoney,
    payments.PaidOrdersHaveTheirMoney,
    payments.MoneyAgreesPerCurrency,
    returns.CancelledOrdersGiveEverythingBack,
)
def a_cancelled_order_with_money(order: Order) -> str:
    over = Order.objects.get(cancel_reason=Order.CancelReason.UNPAID)
    Order.objects.filter(pk=over.pk).update(paid_total=Decimal("0.01"))
    return f"order {over.number}"


@breaks(audit.UnpaidCancelledOrdersHoldNoMoney, payments.PaidOrdersHaveTheirMoney, payments.MoneyAgreesPerCurrency)
def a_cancelled_order_whose_payment_was_kept(order: Order) -> str:
    over = Order.objects.get(cancel_reason=Order.CancelReason.UNPAID)
    over.purchase.payments.update(status="SUCCEEDED")
    return f"order {over.number}"


@breaks(audit.OrdersAreExpired)
def an_order_that_never_expires(order: Order) -> str:
    waiting = Order.objects.get(status=Status.AWAITING_PAYMENT)
    Order.objects.filter(pk=waiting.pk).update(pay_by=timezone.now() - timedelta(minutes=31))
    return f"order {waiting.number}"


@breaks(audit.ShippedUnitsAreInParcels, audit.DeliveryIsWhatLinesSay, stock.LinesHoldWhatTheyOwe)
def shipped_without_a_parcel(order: Order) -> str:
    OrderLine.objects.filter(order=order).update(shipped_quantity=1)
    return f"line {order.lines.get().pk}"


@breaks(audit.ShippedUnitsAreInParcels)
def a_parcel_with_more_in_it(order: Order) -> str:
    ShipmentLine.objects.update(quantity=3)
    return f"line {ShipmentLine.objects.get().line_id}"


@breaks(audit.DeliveryIsWhatLinesSay)
def an_order_that_says_it_has_left(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(fulfilment_status=Order.FulfilmentStatus.SHIPPED)
    return f"order {order.number}"


@breaks(audit.DeliveryIsWhatLinesSay)
def an_order_that_says_half_of_it_has_left(order: Order) -> str:
    sent = Order.objects.get(shipped_at__isnull=False)
    Order.objects.filter(pk=sent.pk).update(fulfilment_status=Order.FulfilmentStatus.PARTLY_SHIPPED)
    return f"order {sent.number}"


@breaks(
    audit.CancelledOrdersSentNothing,
    audit.ShippedUnitsAreInParcels,
    audit.DeliveryIsWhatLinesSay,
)
def a_parcel_of_a_cancelled_order(order: Order) -> str:
    over = Order.objects.filter(status=Status.CANCELLED).order_by("pk")[0]
    OrderLine.objects.filter(order=over).update(shipped_quantity=1)
    return f"order {over.number}"


@breaks(audit.ShippedUnitsAreInParcels, audit.ChangesAreInTheTimeline, mails.ParcelsTakenBackHaveTheirMail)
def a_parcel_taken_back_whose_units_call_themselves_shipped(order: Order) -> str:
    return f"line {_taken_back().lines.get().line_id}"


@breaks(audit.ChangesAreInTheTimeline, audit.ShippedUnitsAreInParcels, mails.ParcelsTakenBackHaveTheirMail)
def a_parcel_taken_back_without_a_trace(order: Order) -> str:
    return f"order {_taken_back().order.number}"


@breaks(audit.DeliveredOrdersHaveArrived, audit.ChangesAreInTheTimeline)
def an_order_delivered_before_its_parcel(order: Order) -> str:
    sent = Order.objects.get(shipped_at__isnull=False)
    Order.objects.filter(pk=sent.pk).update(fulfilment_status=Order.FulfilmentStatus.DELIVERED)
    return f"shipment {sent.shipments.get().pk}"


@breaks(audit.ChangesAreInTheTimeline)
def a_payment_that_left_no_trace(order: Order) -> str:
    return _without(OrderEvent.Kind.PAID, order)


@breaks(audit.ChangesAreInTheTimeline)
def an_order_that_was_never_placed(order: Order) -> str:
    return _without(OrderEvent.Kind.PLACED, order)


@breaks(audit.ChangesAreInTheTimeline)
def a_parcel_that_left_no_trace(order: Order) -> str:
    return _without(OrderEvent.Kind.SHIPPED, Order.objects.get(shipped_at__isnull=False))


@breaks(audit.ChangesAreInTheTimeline)
def an_expiry_that_left_no_trace(order: Order) -> str:
    return _without(OrderEvent.Kind.EXPIRED, Order.objects.get(cancel_reason=Order.CancelReason.UNPAID))


@breaks(audit.ChangesAreInTheTimeline)
def a_review_nobody_began(order: Order) -> str:
    waiting = Order.objects.get(status=Status.AWAITING_PAYMENT)
    Order.objects.filter(pk=waiting.pk).update(payment_status=PaymentStatus.NEEDS_REVIEW)
    return f"order {waiting.number}"


def _taken_back() -> Shipment:
    Shipment.objects.update(undone_at=timezone.now())
    return Shipment.objects.get()


def _without(kind: OrderEvent.Kind, order: Order) -> str:
    OrderEvent.objects.filter(order=order, kind=kind).delete()
    return f"order {order.number}"
