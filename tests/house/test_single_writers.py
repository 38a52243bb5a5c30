"""Stock, cards, money and states have one writer each."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.admin.utils import flatten_fieldsets
from django.test import RequestFactory

from core import admin as sites
from tests import make
from tests.house import sources, writers
from tests.house.sources import ROOT


def test_delicate_rows_and_fields_are_written_by_their_owners_alone():
    assert writers.strangers(ROOT) == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("StockLevel.objects.filter(pk=1).update(on_hand=3)", "StockLevel"),
        ("StockMovement.objects.bulk_create([])", "StockMovement"),
        ("Order.objects.select_for_update().filter(pk=1).update(status='OPEN')", "Order"),
        ("order.status = Order.Status.OPEN", "status"),
        ("order.paid_total += 1", "paid_total"),
        ("order.status, order.number = 'OPEN', 1", "status"),
        ("order.save(update_fields=['payment_status'])", "payment_status"),
        ("setattr(level, 'allocated', 0)", "allocated"),
        ("variant.stock_levels.all().delete()", "StockLevel"),
        ("purchase.payments.create(amount=1)", "Payment"),
        ("Refund.objects.get_or_create(number='1')", "Refund"),
        ("Message.objects.create(key='paid')", "Message"),
        ("Payment.objects.bulk_update(rows, ['is_surplus'])", "is_surplus"),
        ("cursor.execute('UPDATE catalog_stocklevel SET on_hand = 1')", "SQL"),
        ("cursor.execute('delete from orders_orderevent')", "SQL"),
    ],
)
def test_a_second_writer_is_found(tmp_path, line, what):
    sources.plant(tmp_path, "cart/views.py", f"def act(order):\n    {line}\n")

    assert f"cart/views.py:2 {what}" in writers.strangers(tmp_path)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (writers.STOCK, "StockLevel.objects.filter(pk=1).update(on_hand=3)"),
        (writers.LIFECYCLE, "order.status = Order.Status.OPEN"),
        ("cart/views.py", "found = Order.objects.filter(status='OPEN').exists()"),
        ("cart/views.py", "Cart.objects.filter(pk=1).update(currency='')"),
        ("cart/views.py", "query = 'SELECT 1 FROM orders_order'"),
    ],
)
def test_the_owner_and_those_who_only_read_are_not(tmp_path, path, line):
    sources.plant(tmp_path, path, line)

    assert writers.strangers(tmp_path) == []


@pytest.mark.parametrize("path", sorted({path for owners in writers.MODELS.values() for path in owners}))
def test_every_owner_exists(path):
    assert (ROOT / path).exists()


def test_every_guarded_field_and_relation_exists():
    """A rule about a name that was changed since would guard nothing."""
    models = [model for model in apps.get_models() if model._meta.app_label in sources.APPS]
    columns = {field.name for model in models for field in model._meta.get_fields()}

    assert (set(writers.FIELDS) | set(writers.RELATED)) - columns == set()
    assert set(writers.MODELS) - {model.__name__ for model in apps.get_models()} == set()  # allauth's among them


@pytest.mark.django_db
@pytest.mark.parametrize("site", [sites.operators, sites.merchants], ids=["operators", "merchants"])
def test_no_form_of_a_back_office_writes_a_delicate_field(site):
    request = RequestFactory().get("/")
    request.user = make.operator()

    found = [
        f"{model.__name__}.{field}"
        for model, admin in site._registry.items()
        if model.__name__ in writers.MODELS
        for field in set(writers.FIELDS) & _editable(admin, request)
    ]

    assert found == []


@pytest.mark.django_db
@pytest.mark.parametrize("site", [sites.operators, sites.merchants], ids=["operators", "merchants"])
def test_no_back_office_adds_or_deletes_delicate_rows(site):
    request = RequestFactory().get("/")
    request.user = make.operator()
    guarded = {model: admin for model, admin in site._registry.items() if model.__name__ in writers.MODELS}

    assert [model.__name__ for model, admin in guarded.items() if admin.has_add_permission(request)] == []
    assert [model.__name__ for model, admin in guarded.items() if admin.has_delete_permission(request)] == []
    assert {"Order", "StockLevel"} <= {model.__name__ for model in guarded}


def _editable(admin, request) -> set[str]:
    if not admin.has_change_permission(request):
        return set()
    shown = set(flatten_fieldsets(admin.get_fieldsets(request)))
    return shown - set(admin.get_readonly_fields(request)) | set(admin.list_editable)


def test_the_rule_reads_the_real_tree():
    """An empty list of files would keep every rule."""
    paths = {source.path for source in sources.python(ROOT)}

    assert {writers.STOCK, writers.LIFECYCLE, "shop/settings.py", "paylab/store.py"} <= paths
    assert len(paths) > 150
    assert Path(ROOT / "manage.py").exists()
