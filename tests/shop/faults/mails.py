"""Faults of mails."""

from datetime import timedelta

from django.utils import timezone

from notifications.models import Message
from orders.models import Lookup, Order, Shipment
from shop.audit import mails as audit
from shop.audit import orders
from tests.shop.faults import breaks


@breaks(audit.PaidOrdersHaveTheirMail)
def a_paid_order_without_its_mail(order: Order) -> str:
    Message.objects.filter(key=f"order_confirmed:{order.number}").delete()
    return f"order {order.number}"


@breaks(audit.ParcelsHaveTheirMail)
def a_parcel_without_its_mail(order: Order) -> str:
    shipment = Shipment.objects.get()
    Message.objects.filter(key=f"order_shipped:{shipment.pk}").delete()
    return f"shipment {shipment.pk}"


@breaks(audit.ParcelsTakenBackHaveTheirMail, orders.ShippedUnitsAreInParcels, orders.ChangesAreInTheTimeline)
def a_parcel_taken_back_in_secret(order: Order) -> str:
    Shipment.objects.update(undone_at=timezone.now())
    return f"shipment {Shipment.objects.get().pk}"


@breaks(audit.MailsAreTried)
def a_mail_nobody_tries_to_send(order: Order) -> str:
    message = Message.objects.get(key=f"order_confirmed:{order.number}")
    Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(minutes=11))
    return f"message {message.pk}"


@breaks(audit.LookupsAreAnswered)
def a_lookup_nobody_answers(order: Order) -> str:
    asked_at = timezone.now() - timedelta(minutes=11)
    lookup = Lookup.objects.create(number=order.number, email="li.na@example.com", asked_at=asked_at)
    return f"lookup {lookup.pk}"
