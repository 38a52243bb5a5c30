"""What carriers say of parcels: kept once, shown in order, and the last parcel delivered begins the time to look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from orders.models import Shipment, ShipmentEvent
from orders.providers import carriers
from orders.providers.carriers import Told, TrackingEvent
from orders.services import receiving, shipping, tracking
from tests import books, make

pytestmark = pytest.mark.django_db
LABEL = shipping.Label("SF", "SF1234567890123")
DAY, TEN_DAYS = timedelta(days=1), timedelta(days=10)
Kind = ShipmentEvent.Kind


@pytest.mark.parametrize(
    ("carrier", "number"),
    [
        *((code, each.example) for code, each in carriers.CARRIERS.items() if each.example),
        ("SF", "123456789012"),
        ("EMS", "1234567890123"),
        ("ZTO", "123456789012"),
        ("JD", "JDVA1234567890111"),
        ("DHL", "JJD0099999999"),
        ("OTHER", "any #1/2"),
    ],
)
def test_a_number_of_the_carrier_is_accepted(carrier, number):
    assert carriers.accepts(carrier, number)


@pytest.mark.parametrize(
    ("carrier", "number"),
    [
        ("SF", "SF12345"),
        ("SF", "SF123456789012٣"),
        ("SF", "YT1234567890123"),
        ("EMS", "EA12345678CN"),
        ("ZTO", "SF1234567890123"),
        ("YTO", "YT123"),
        ("JD", "JD1"),
        ("DHL", "123456789"),
        ("UPS", "1Z999AA1012345678"),
        ("OTHER", ""),
        ("OTHER", "a\nb"),
        ("PIGEON", "1"),
    ],
)
def test_a_number_of_another_is_not(carrier, number):
    assert not carriers.accepts(carrier, number)


def test_the_carriers_page_is_named_only_for_a_number_of_that_carrier():
    assert carriers.page("UPS", "1Z999AA10123456784") == "https://www.ups.com/track?tracknum=1Z999AA10123456784"
    assert [carriers.page(*each) for each in (("UPS", '"><script>'), ("YTO", "YT1234567890123"), ("OTHER", "1"))] == [
        "",
        "",
        "",
    ]


def test_events_are_kept_once_and_shown_by_their_moment(now, client):
    order = make.paid_order(at=now, user=make.user())
    parcel = shipping.ship(order=order, label=LABEL, at=now)
    late, early = TrackingEvent(Kind.IN_TRANSIT, now + 2 * DAY, "Hangzhou"), TrackingEvent(Kind.ACCEPTED, now + DAY)
    at = now + 3 * DAY

    counts = [tracking.follow(shipment=parcel, tracker=Told(told), at=at) for told in ([late], [early, late], [early])]
    client.force_login(order.user)
    page = client.get(order.get_absolute_url())

    assert counts == [1, 1, 0]
    assert [event.kind for event in page.context["parcels"][0].told] == ["IN_TRANSIT", "ACCEPTED"]
    assert "Hangzhou" in page.text
    assert 'rel="noreferrer external"' in page.text
    assert f'href="/orders/{order.number}/#tracking"' in page.text
    assert f'id="parcel-{parcel.pk}"' in page.text


def test_an_order_is_delivered_with_the_last_of_its_parcels(now):
    order = make.paid_order(make.cart(make.only_variant(make.product()), quantity=2), at=now)
    line = order.lines.get()
    parcels = [shipping.ship(order=order, label=LABEL, at=now, quantities={line.pk: 1}) for _ in range(2)]
    states = []

    for parcel, days in zip(parcels, (4, 3), strict=True):
        _deliver(parcel, now + days * DAY, at=now + 5 * DAY)
        order.refresh_from_db()
        states.append((order.fulfilment_status, order.receive_by))

    assert states == [("SHIPPED", now + TEN_DAYS), ("DELIVERED", now + 4 * DAY + TEN_DAYS)]
    assert order.events.filter(kind="DELIVERED").count() == 1
    assert books.findings() == []


def test_a_delivered_order_can_be_confirmed_and_is_by_silence(now):
    order = make.paid_order(at=now)
    parcel = shipping.ship(order=order, label=LABEL, at=now)
    _deliver(parcel, now + 2 * DAY, at=now + 2 * DAY)
    ends = now + 12 * DAY

    early = receiving.confirm_due(at=ends - timedelta(seconds=1))
    due = receiving.confirm_due(at=ends)

    assert (early, due) == (0, 1)


def test_a_parcel_taken_back_does_not_keep_the_order_from_being_delivered(now):
    order = make.paid_order(at=now)
    shipping.undo(shipment=shipping.ship(order=order, label=LABEL, at=now), actor=None, at=now)
    parcel = shipping.ship(order=order, label=LABEL, at=now)

    _deliver(parcel, now + DAY, at=now + DAY)

    order.refresh_from_db()
    assert order.fulfilment_status == "DELIVERED"


def test_an_extension_the_buyer_took_is_not_taken_away(now):
    order = make.paid_order(at=now)
    parcel = shipping.ship(order=order, label=LABEL, at=now)
    until = receiving.extend(order=order, at=now)

    _deliver(parcel, now + DAY, at=now + DAY)

    order.refresh_from_db()
    assert (order.receive_by, until) == (until, now + 13 * DAY)


def test_a_delivery_told_long_after_never_ends_the_time_in_the_past(now):
    order = make.paid_order(at=now)
    parcel = shipping.ship(order=order, label=LABEL, at=now)

    _deliver(parcel, now + DAY, at=now + 30 * DAY)

    order.refresh_from_db()
    assert (order.fulfilment_status, order.receive_by) == ("DELIVERED", now + TEN_DAYS)


def test_a_completed_order_is_left_alone(now):
    order = make.paid_order(at=now)
    parcel = shipping.ship(order=order, label=LABEL, at=now)
    receiving.confirm(order=order, at=now)
    order.refresh_from_db()
    before = books.copy()

    assert _deliver(parcel, now, at=now) == 1

    assert books.copy() == before


def test_part_of_an_order_delivered_is_not_the_order(now):
    order = make.paid_order(make.cart(make.only_variant(make.product()), quantity=2), at=now)
    parcel = shipping.ship(order=order, label=LABEL, at=now, quantities={order.lines.get().pk: 1})

    _deliver(parcel, now, at=now)

    order.refresh_from_db()
    assert (order.fulfilment_status, order.receive_by) == ("PARTLY_SHIPPED", None)


@pytest.mark.parametrize("moment", [timedelta(seconds=1), -timedelta(seconds=1)], ids=["future", "before the order"])
def test_what_cannot_have_happened_is_refused(moment, now):
    parcel = shipping.ship(order=make.paid_order(at=now), label=LABEL, at=now)

    with pytest.raises(tracking.ImpossibleMomentError):
        _deliver(parcel, now + moment, at=now)

    assert not ShipmentEvent.objects.exists()


def test_nothing_happens_to_a_parcel_that_was_taken_back(now):
    parcel = shipping.ship(order=make.paid_order(at=now), label=LABEL, at=now)
    shipping.undo(shipment=parcel, actor=None, at=now)

    with pytest.raises(tracking.CannotTrackError):
        _deliver(parcel, now, at=now)

    assert not ShipmentEvent.objects.exists()


@pytest.mark.parametrize("change", [{"kind": "EXCEPTION"}, {"text": "other"}, {"noted_at": timezone.now()}])
def test_the_database_keeps_what_was_said(change, now):
    parcel = shipping.ship(order=make.paid_order(at=now), label=LABEL, at=now)
    _deliver(parcel, now, at=now)

    with pytest.raises(DatabaseError), transaction.atomic():
        ShipmentEvent.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ShipmentEvent.objects.all().delete()


def test_a_member_enters_what_the_carrier_says_and_the_form_answers_kindly(client):
    order, member = make.paid_order(at=timezone.now() - DAY), make.member()
    client.force_login(member)
    parcel = shipping.ship(order=order, label=LABEL, at=timezone.now())
    page = reverse("merchant:orders_order_track", args=[order.pk, parcel.pk])
    moment = timezone.localtime().replace(second=0, microsecond=0)
    form = {"kind": "DELIVERED", "happened_at": moment.strftime("%Y-%m-%dT%H:%M"), "place": "Door", "text": "Signed"}

    future = client.post(page, form | {"happened_at": (moment + DAY).strftime("%Y-%m-%dT%H:%M")})
    past = client.post(page, form | {"happened_at": "2020-01-01T00:00"})
    done = client.post(page, form)
    again = client.post(page, form, follow=True)

    order.refresh_from_db()
    event = ShipmentEvent.objects.get()
    assert [answer.status_code for answer in (future, past, done)] == [422, 422, 303]
    assert (event.kind, event.happened_at, event.place, event.noted_by) == ("DELIVERED", moment, "Door", member)
    assert order.fulfilment_status == "DELIVERED"
    assert "This was known before." in again.text


def test_the_ship_form_refuses_a_number_of_another_carrier_and_shows_one_that_fits(client):
    order = make.paid_order(at=timezone.now())
    client.force_login(make.member())
    form = {"carrier": "EMS", "tracking_number": "SF1234567890123", f"line_{order.lines.get().pk}": "1"}

    answer = client.post(reverse("merchant:orders_order_ship", args=[order.pk]), form)

    assert answer.status_code == 422
    assert "EA123456785CN" in answer.text
    assert not Shipment.objects.exists()


def _deliver(parcel, moment, *, at):
    return tracking.follow(shipment=parcel, tracker=Told([TrackingEvent(Kind.DELIVERED, moment)]), at=at)
