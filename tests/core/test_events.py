"""Domain events: told on commit, to everybody who listens."""

import logging

import pytest
from django.db import transaction

from core.events import DomainEvent

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def event() -> DomainEvent:
    """An event nobody else listens to."""
    return DomainEvent("kettle_boiled")


@pytest.fixture
def heard(event):
    """What a receiver of this event was told."""
    told: list[dict[str, int]] = []

    def listen(*, kettle_id: int, **_: object) -> None:
        told.append({"kettle_id": kettle_id})

    event.connect(listen, weak=False)
    return told


def _publish_and_fail(event: DomainEvent, kettle_id: int) -> None:
    with transaction.atomic():
        event.publish(kettle_id=kettle_id)
        raise ZeroDivisionError


def test_receivers_hear_of_it_after_the_commit(event, heard):
    with transaction.atomic():
        event.publish(kettle_id=7)

        assert heard == []

    assert heard == [{"kettle_id": 7}]


def test_an_event_outside_a_transaction_is_told_at_once(event, heard):
    event.publish(kettle_id=7)

    assert heard == [{"kettle_id": 7}]


def test_a_rollback_takes_the_event_back(event, heard):
    with pytest.raises(ZeroDivisionError):
        _publish_and_fail(event, 7)

    assert heard == []


def test_a_rollback_of_a_part_takes_only_its_events_back(event, heard):
    with transaction.atomic():
        event.publish(kettle_id=1)
        with pytest.raises(ZeroDivisionError):
            _publish_and_fail(event, 2)

    assert heard == [{"kettle_id": 1}]


def test_events_come_in_the_order_of_their_publishing(event, heard):
    with transaction.atomic():
        for kettle_id in (3, 1, 2):
            event.publish(kettle_id=kettle_id)

    assert [each["kettle_id"] for each in heard] == [3, 1, 2]


def test_a_receiver_that_fails_is_logged_and_disturbs_nobody(event, caplog):
    told = []

    def break_down(**_: object) -> None:
        raise RuntimeError("no water")

    event.connect(break_down, weak=False)
    event.connect(lambda **ids: told.append(ids["kettle_id"]), weak=False)
    caplog.set_level(logging.ERROR)

    event.publish(kettle_id=7)

    assert told == [7]
    record = next(record for record in caplog.records if record.name == "core.events")
    assert (record.getMessage(), record.event, record.kettle_id) == ("event receiver failed", "kettle_boiled", 7)
    assert record.exc_info is not None
    assert "no water" in str(record.exc_info[1])
