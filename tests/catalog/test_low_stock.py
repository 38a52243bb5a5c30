"""Low stock: told once for each fall, over when there is more again; and when the rest runs out."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import MerchantMember
from accounts.selectors import default_merchant
from catalog.models import LowStockAlert, Product, StockLevel, StockLocation, StockMovement, Variant
from catalog.selectors import forecasts
from catalog.selectors.forecasts import Forecast
from catalog.services import low_stock, stock
from catalog.services.stock import Demand
from notifications.models import Message
from notifications.selectors import rendering
from tests import make
from tests.catalog import office

pytestmark = pytest.mark.django_db


def variant(units: int = 10, **fields) -> Variant:
    found = make.only_variant(make.product("Teapot", stock=units))
    Variant.objects.filter(pk=found.pk).update(**fields)
    found.refresh_from_db()
    return found


def sell(of: Variant, units: int, key: str = "line") -> list[stock.Hold]:
    return stock.allocate(demands=[Demand(of.pk, units, key)])


def receive(of: Variant, units: int, key: str = "delivery") -> None:
    location = StockLocation.objects.get()
    stock.adjust(variant=of, location=location, change=units, key=key, reason="test")


def alerts() -> list[tuple[int, int, bool]]:
    """Return each alert: how many were left, from how many on it is low, and whether it is open."""
    rows = LowStockAlert.objects.order_by("pk")
    return [(row.available, row.threshold, row.over_at is None) for row in rows]


@pytest.mark.parametrize(("sold", "expected"), [(4, []), (5, [(5, 5, True)]), (10, [(0, 5, True)])])
def test_an_alert_is_raised_when_the_units_fall_to_the_threshold(sold, expected):
    sell(variant(10), sold)

    assert alerts() == expected


@pytest.mark.parametrize(("own", "expected"), [(2, []), (3, [(3, 3, True)]), (None, [(3, 5, True)])])
def test_the_variants_own_threshold_counts_before_the_shops(own, expected):
    sell(variant(10, low_stock_units=own), 7)

    assert alerts() == expected


def test_the_shops_threshold_is_a_setting(settings):
    settings.LOW_STOCK_UNITS = 8

    sell(variant(10), 2)

    assert alerts() == [(8, 8, True)]


def test_a_fall_is_told_once_and_again_only_after_there_was_more():
    make.member()
    teapot = variant(10)
    sell(teapot, 6, "a")
    sell(teapot, 1, "b")
    receive(teapot, 2, "to the threshold")
    sell(teapot, 1, "c")
    assert alerts() == [(4, 5, True)]

    receive(teapot, 2, "above it")
    assert alerts() == [(4, 5, False)]

    sell(teapot, 1, "d")
    assert alerts() == [(4, 5, False), (5, 5, True)]
    assert Message.objects.filter(kind="stock_low").count() == 2


def test_what_is_released_ends_the_alert():
    teapot = variant(10)
    holds = sell(teapot, 6)

    stock.release(holds=holds)

    assert alerts() == [(4, 5, False)]


def test_what_leaves_the_house_was_counted_when_it_was_held():
    teapot = variant(7)
    holds = sell(teapot, 1)

    stock.ship(holds=holds, actor=None)

    assert alerts() == []


def test_what_is_low_from_the_start_or_not_counted_any_more_raises_nothing():
    low, gone, inactive = variant(4), variant(10, stock_policy="UNCOUNTED"), variant(10, is_active=False)
    archived = variant(10)
    Product.objects.filter(pk=archived.product_id).update(status="ARCHIVED")

    for each in (low, gone, inactive, archived):
        sell(each, 4, f"line-{each.pk}")

    assert alerts() == []
    assert not Message.objects.exists()


def test_all_places_that_are_open_count():
    teapot = variant(10)
    far = StockLocation.objects.create(merchant=default_merchant(), name="Far", priority=5)
    closed = StockLocation.objects.create(merchant=default_merchant(), name="Closed", is_active=False)
    for place in (far, closed):
        stock.open_levels(quantities={teapot.pk: 3}, location=place, reason="test")

    sell(teapot, 7, "a")
    assert alerts() == []

    sell(teapot, 1, "b")
    assert alerts() == [(5, 5, True)]


def test_a_refused_sale_raises_nothing():
    teapot = variant(10)

    with pytest.raises(stock.OutOfStockError):
        sell(teapot, 11)

    assert alerts() == []
    assert not Message.objects.exists()


def test_what_one_change_has_made_low_is_one_mail_to_each_who_orders_goods(settings):
    owner, clerk, helper = make.member(), make.member(), make.member()
    MerchantMember.objects.filter(user=clerk).update(role="CATALOGUE")
    MerchantMember.objects.filter(user=helper).update(role="SUPPORT")
    teapot, bowl = variant(6), variant(7)

    stock.allocate(demands=[Demand(teapot.pk, 1, "a"), Demand(bowl.pk, 5, "b")])

    mails = list(Message.objects.filter(kind="stock_low").order_by("pk"))
    assert [mail.recipient for mail in mails] == [owner.email, clerk.email]
    rows = [(row["sku"], row["available"], row["threshold"]) for row in mails[0].context["rows"]]
    assert rows == [(teapot.sku, 5, 5), (bowl.sku, 2, 5)]
    assert rendering.subject(mails[0]) == "Low on stock: 2 articles"
    text = rendering.mail(mails[0]).body
    assert f"Teapot ({teapot.sku}): 5 left\nTeapot ({bowl.sku}): 2 left" in text
    assert f"{settings.SITE_URL}/merchant/catalog/stocklevel/?low=1" in text


def test_merchants_hear_of_their_own_goods_only():
    mine, other = make.member(), make.member(make.merchant("other"))
    sell(variant(6), 1)

    assert [mail.recipient for mail in Message.objects.filter(kind="stock_low")] == [mine.email]
    assert other.email


def test_what_two_changes_at_once_have_missed_is_found_later():
    teapot, bowl = variant(10), variant(10)
    sell(teapot, 6, "a")
    sell(bowl, 6, "b")
    LowStockAlert.objects.filter(variant=teapot).delete()
    receive(bowl, 6, "again")
    LowStockAlert.objects.filter(variant=bowl).update(over_at=None)

    low_stock.watch_recent(at=timezone.now())
    low_stock.watch_recent(at=timezone.now())

    rows = LowStockAlert.objects.order_by("pk").values_list("variant", "available", "threshold")
    assert list(rows.filter(over_at=None)) == [(teapot.pk, 4, 5)]
    assert list(rows.filter(over_at__isnull=False)) == [(bowl.pk, 4, 5)]


def test_the_forecast_is_what_is_there_by_what_was_sold_in_four_weeks(now):
    teapot, bowl, gone = variant(10), variant(10), variant(2)
    kept = sell(teapot, 4, "a")
    stock.release(holds=[stock.Hold(kept[0].level_id, 1, "part")])
    sell(gone, 2, "b")
    at = timezone.now() + timedelta(minutes=1)

    found = forecasts.forecasts(variant_ids=[teapot.pk, bowl.pk, gone.pk], at=at)

    day = timezone.localdate(at) + timedelta(days=7 * 28 // 3)
    assert found == {
        teapot.pk: Forecast(7, 3, day),
        bowl.pk: Forecast(10, 0, None),
        gone.pk: Forecast(0, 2, None),
    }


def test_what_was_sold_before_does_not_count_and_what_lasts_for_ten_years_has_no_date():
    teapot, heap = variant(10), variant(1_000_000)
    sell(teapot, 4, "a")
    sell(heap, 1, "b")
    now = timezone.now()

    later = forecasts.forecasts(variant_ids=[teapot.pk], at=now + timedelta(days=28, minutes=1))
    found = forecasts.forecasts(variant_ids=[heap.pk], at=now + timedelta(minutes=1))

    assert later == {teapot.pk: Forecast(6, 0, None)}
    assert found == {heap.pk: Forecast(999_999, 1, None)}


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_of_what_is_low_costs_the_same_for_one_and_for_many(client, rows, django_assert_num_queries):
    client.force_login(make.operator())
    for number in range(rows):
        sell(variant(6), 1, f"line-{number}")
    variant(50)
    page = reverse("admin:catalog_stocklevel_changelist") + "?low=1"
    client.get(page)

    with django_assert_num_queries(11):
        shown = client.get(page)

    assert shown.context["cl"].result_count == rows


def test_the_list_says_what_was_sold_and_when_it_runs_out(client):
    client.force_login(make.member())
    teapot, gone = variant(10), variant(3)
    sell(teapot, 5, "a")
    sell(gone, 3, "b")
    page = reverse("merchant:catalog_stocklevel_changelist")

    every, low, sold_out = (client.get(f"{page}{query}") for query in ("", "?low=1", "?low=0"))

    levels = {each: StockLevel.objects.get(variant=each).pk for each in (teapot, gone)}
    assert [row.pk for row in every.context["cl"].result_list] == [levels[gone], levels[teapot]]
    assert [row.pk for row in low.context["cl"].result_list] == [levels[gone], levels[teapot]]
    assert [row.pk for row in sold_out.context["cl"].result_list] == [levels[gone]]
    day = timezone.localdate() + timedelta(days=28)
    assert f'<td class="field-runs_out">{date_format(day)}</td>' in every.text
    assert '<td class="field-sold">5</td>' in every.text


def test_the_products_page_takes_the_threshold(client):
    client.force_login(make.operator())
    teapot = variant(10)
    desk = reverse("admin:catalog_product_change", args=[teapot.product_id])

    answer = office.saved(client, desk, **{"variants-0-low_stock_units": "7"})

    assert answer.status_code == 302
    teapot.refresh_from_db()
    assert teapot.low_stock_units == 7
    assert StockMovement.objects.filter(level__variant=teapot).count() == 1
