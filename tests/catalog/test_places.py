"""Several places: hidden while there is one, moved between in both books or neither, drawn from as few as possible."""

import uuid
from typing import Any

import pytest
from django.urls import reverse

from accounts.selectors import default_merchant
from catalog.models import LowStockAlert, StockLevel, StockLocation, StockMovement, Variant
from catalog.selectors import places, product_pages
from catalog.services import stock, transfers
from catalog.services.stock import Demand, Hold
from catalog.services.transfers import Transfer
from tests import make

pytestmark = pytest.mark.django_db


def variant(units: int | None = 10) -> Variant:
    return make.only_variant(make.product("Teapot", stock=units))


def place(name: str = "Far", **fields) -> StockLocation:
    return StockLocation.objects.create(
        merchant=fields.pop("merchant", None) or default_merchant(), name=name, **fields
    )


def put(at: StockLocation, *rows: tuple[Variant, int]) -> None:
    stock.open_levels(quantities={each.pk: count for each, count in rows}, location=at, reason="test")


def transfer(of: Variant, target: StockLocation, units: int = 4, **fields) -> Transfer:
    options: dict[str, Any] = {
        "source": StockLocation.objects.get(name="Main"),
        "key": "first",
        "reason": "Fair",
    } | fields
    return Transfer(variant=of, target=target, units=units, **options)


def units(of: Variant) -> dict[str, tuple[int, int]]:
    """Return what is on hand and what is held, by place."""
    return {level.location.name: (level.on_hand, level.allocated) for level in of.stock_levels.order_by("pk")}


def transferred() -> list[tuple[int, str, str]]:
    rows = StockMovement.objects.filter(kind="TRANSFERRED").order_by("pk")
    return list(rows.values_list("on_hand_change", "key", "reason"))


def test_a_transfer_is_an_entry_at_each_place_under_one_key():
    teapot, far = variant(10), place()

    transfers.move(transfer=transfer(teapot, far), actor=None)

    assert units(teapot) == {"Main": (6, 0), "Far": (4, 0)}
    assert transferred() == [(-4, "transfer:first:out", "Fair"), (4, "transfer:first:in", "Fair")]


def test_the_same_transfer_again_changes_nothing():
    teapot, far = variant(10), place()

    for _ in range(2):
        transfers.move(transfer=transfer(teapot, far), actor=None)

    assert units(teapot) == {"Main": (6, 0), "Far": (4, 0)}
    assert len(transferred()) == 2


def test_what_orders_hold_stays_where_it_is():
    teapot, far = variant(10), place()
    stock.allocate(demands=[Demand(teapot.pk, 7, "line-1")])

    with pytest.raises(stock.NotEnoughError) as caught:
        transfers.move(transfer=transfer(teapot, far), actor=None)

    assert (caught.value.level.available, caught.value.change) == (3, -4)
    assert units(teapot) == {"Main": (10, 7)}
    assert transferred() == []


@pytest.mark.parametrize("wrong", ["same place", "other merchant", "other goods", "nothing", "less than nothing"])
def test_a_transfer_that_makes_no_sense_is_refused(wrong):
    teapot, far = variant(10), place()
    other = make.merchant("other")
    changes: dict[str, dict[str, Any]] = {
        "same place": {"target": StockLocation.objects.get(name="Main")},
        "other merchant": {"target": place("Theirs", merchant=other)},
        "other goods": {"of": make.only_variant(make.product(merchant=other, stock=None))},
        "nothing": {"units": 0},
        "less than nothing": {"units": -1},
    }
    before = list(StockLevel.objects.order_by("pk").values())

    with pytest.raises(transfers.WrongPlacesError):
        transfers.move(transfer=transfer(**{"of": teapot, "target": far, **changes[wrong]}), actor=None)

    assert list(StockLevel.objects.order_by("pk").values()) == before
    assert transferred() == []


def test_a_transfer_between_open_places_is_no_fall_and_one_to_a_closed_place_is():
    teapot, far, closed = variant(10), place(), place("Closed", is_active=False)

    transfers.move(transfer=transfer(teapot, far, 9), actor=None)
    assert not LowStockAlert.objects.exists()

    transfers.move(transfer=transfer(teapot, closed, 6, source=far, key="second"), actor=None)
    assert list(LowStockAlert.objects.values_list("available", "over_at")) == [(4, None)]


def test_one_place_that_has_all_of_an_order_is_preferred_to_nearer_ones_that_have_parts():
    teapot, bowl = variant(5), variant(None)
    near, far = place("Near", priority=1), place("Far", priority=2)
    put(near, (bowl, 5))
    put(far, (teapot, 2), (bowl, 2))

    holds = stock.allocate(demands=[Demand(teapot.pk, 1, "a"), Demand(bowl.pk, 2, "b")])

    at_far = {level.variant_id: level.pk for level in far.levels.all()}
    assert holds == [Hold(at_far[teapot.pk], 1, "a"), Hold(at_far[bowl.pk], 2, "b")]


def test_else_the_fewest_places_share_an_order():
    first, second, third = variant(1), variant(None), variant(None)
    near, middle, far = place("Near", priority=1), place("Middle", priority=2), place("Far", priority=3)
    put(near, (second, 9))
    put(middle, (third, 9))
    put(far, (second, 1), (third, 1))

    holds = stock.allocate(demands=[Demand(each.pk, 1, str(each.pk)) for each in (first, second, third)])

    chosen = StockLocation.objects.filter(levels__in=[hold.level_id for hold in holds]).distinct()
    assert sorted(chosen.values_list("name", flat=True)) == ["Far", "Main"]


def test_places_of_different_merchants_are_chosen_apart():
    mine, theirs = variant(5), make.only_variant(make.product(stock=5, merchant=make.merchant("other")))

    holds = stock.allocate(demands=[Demand(mine.pk, 1, "a"), Demand(theirs.pk, 2, "b")])

    levels = {level.variant_id: level.pk for level in StockLevel.objects.all()}
    assert holds == [Hold(levels[mine.pk], 1, "a"), Hold(levels[theirs.pk], 2, "b")]


def test_with_very_many_places_the_fullest_are_taken():
    teapot = variant(None)
    for number in range(1, 13):
        put(place(f"Place {number}", priority=number), (teapot, number))

    holds = stock.allocate(demands=[Demand(teapot.pk, 22, "a")])

    drawn = [(StockLocation.objects.get(levels=hold.level_id).name, hold.quantity) for hold in holds]
    assert drawn == [("Place 12", 12), ("Place 10", 10)]


def test_the_products_page_counts_all_places_that_ship(now):
    teapot = variant(2)
    put(place(), (teapot, 3))
    put(place("Closed", is_active=False), (teapot, 9))

    page = product_pages.page(product=teapot.product, at=now)

    assert page.chosen is not None
    assert page.chosen.available == 5


def test_places_are_several_by_merchant():
    other = make.merchant("other")
    place("Main")
    place("Theirs", merchant=other)
    assert (places.are_several(None), places.are_several([default_merchant().pk])) == (False, False)

    place("Theirs too", merchant=other)
    assert (places.are_several(None), places.are_several([other.pk])) == (True, True)
    assert places.are_several([default_merchant().pk]) is False


@pytest.mark.parametrize("site", ["admin", "merchant"])
def test_while_there_is_one_place_no_page_names_it(client, site):
    client.force_login(make.operator() if site == "admin" else make.member())
    teapot = variant(5)
    StockLocation.objects.update(name="Onlyplace")
    level = StockLevel.objects.get()
    pages = [
        reverse(f"{site}:catalog_stocklevel_changelist"),
        reverse(f"{site}:catalog_stocklevel_change", args=[level.pk]),
        reverse(f"{site}:catalog_stocklevel_history", args=[level.pk]),
        reverse(f"{site}:catalog_product_change", args=[teapot.product_id]),
        reverse(f"{site}:catalog_product_changelist"),
    ]

    for page in pages:
        shown = client.get(page)
        assert (shown.status_code, "Onlyplace" in shown.text, "Move stock" in shown.text) == (200, False, False), page

    put(place(), (teapot, 3))
    for page in pages[:3]:
        assert "Onlyplace" in client.get(page).text, page
    assert "Far: 3/3" in client.get(pages[3]).text
    assert "Move stock" in client.get(pages[0]).text
    narrowed = client.get(f"{pages[0]}?location__id__exact={level.location_id}")
    assert narrowed.context["cl"].result_count == 1


def test_the_page_moves_units_once_however_often_it_is_sent(client):
    client.force_login(make.member())
    teapot, far = variant(5), place()
    page = reverse("merchant:catalog_stocklevel_transfer")
    main = StockLocation.objects.get(name="Main")
    form = {"sku": teapot.sku, "source": main.pk, "target": far.pk, "units": "2", "reason": "Fair"}
    form["token"] = str(client.get(page).context["form"].initial["token"])

    answers = [client.post(page, form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert units(teapot) == {"Main": (3, 0), "Far": (2, 0)}
    assert f"2 × {teapot.sku} moved from Main to Far." in client.get(answers[0]["Location"]).text


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"sku": "nothing"}, "There is no variant with this SKU."),
        ({"sku": "theirs"}, "There is no variant with this SKU."),
        ({"units": "6"}, "Only 5 are there that no order holds."),
        ({"units": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"target": "Main"}, "Choose two different places of the merchant of these goods."),
        ({"target": "Theirs"}, "Select a valid choice."),
        ({"reason": ""}, "This field is required."),
    ],
)
def test_the_page_says_why_it_moves_nothing(client, change, text):
    client.force_login(make.member())
    other = make.merchant("other")
    teapot = variant(5)
    Variant.objects.filter(product=make.product(merchant=other, stock=None)).update(sku="theirs")
    ids = {
        each.name: each.pk
        for each in (place(), place("Theirs", merchant=other), StockLocation.objects.get(name="Main"))
    }
    form = {"sku": teapot.sku, "source": "Main", "target": "Far", "units": "2", "reason": "Fair"} | change
    form |= {"token": uuid.uuid4(), "source": ids[form["source"]], "target": ids[form["target"]]}

    answer = client.post(reverse("merchant:catalog_stocklevel_transfer"), form)

    assert (answer.status_code, text in answer.text) == (422, True)
    assert units(teapot) == {"Main": (5, 0)}
    assert transferred() == []


def test_who_has_one_place_or_only_looks_moves_nothing(client):
    client.force_login(make.member())
    page = reverse("merchant:catalog_stocklevel_transfer")
    variant(5)
    assert client.get(page).status_code == 403

    place()
    assert client.get(page).status_code == 200
    analyst = make.member()
    analyst.memberships.update(role="ANALYST")
    client.force_login(analyst)
    assert client.get(page).status_code == 403
