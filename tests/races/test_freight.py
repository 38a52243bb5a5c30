"""A region has one rule, also when two members of a merchant give it one at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.db import IntegrityError, connection, transaction

from orders.models import FreightRule, FreightTemplate
from tests import make
from tests.crowd import Crossing, at_once, caught

AFTER_WRITING = 'INSERT INTO "orders_freightrule"'
AFTER_CHECKING = "SET CONSTRAINTS ALL IMMEDIATE"


def test_two_pages_that_name_one_region_at_once_make_one_rule():
    template = make.freight()
    add = caught(partial(_add, template), IntegrityError)

    results = at_once(add, add, crossing=Crossing(AFTER_WRITING))

    assert sorted(type(each).__name__ for each in results) == ["FreightRule", "IntegrityError"]
    assert FreightRule.objects.filter(regions=["浙江省"]).count() == 1


def test_control_without_the_lock_the_region_has_two_rules():
    template = make.freight()
    add = partial(_add, template)

    with _without_the_lock():
        at_once(add, add, crossing=Crossing(AFTER_CHECKING))

    assert FreightRule.objects.filter(regions=["浙江省"]).count() == 2


def _add(template: FreightTemplate) -> FreightRule:
    """Write a rule and check what the database checks at the end, just before that."""
    with transaction.atomic():
        made = FreightRule.objects.create(template=template, regions=["浙江省"], is_excluded=True)
        connection.check_constraints()
        return made


@contextmanager
def _without_the_lock() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('orders_freightrule_guard()'::regprocedure)")
        guard = cursor.fetchone()[0]
        assert " FOR NO KEY UPDATE" in guard
        cursor.execute(guard.replace(" FOR NO KEY UPDATE", ""), None)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(guard, None)
