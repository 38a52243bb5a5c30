"""What the form of an address shows: the parts of its country, the places of a Chinese province, what was pasted."""

from __future__ import annotations

import pytest

from accounts.forms.addresses import OTHER
from accounts.models import Address
from tests import make

pytestmark = pytest.mark.django_db
NEW = "/zh-hans/account/addresses/new/"
ENGLISH = "/account/addresses/new/"
HOME = {"country": "CN", "province": "浙江省", "city": "杭州市", "district": "西湖区"}
SHOWN = {"show": "1", "shown": "CN", "shown_province": "浙江省", "shown_city": "杭州市"}


@pytest.fixture
def anna(client):
    user = make.verified_user("anna")
    client.force_login(user)
    return user


def shown(form):
    return {name: form[name].value() or "" for name in ("country", "province", "city", "district")}


def offered(form, name):
    """Return the choices of a select, or None for a field to type in."""
    return [value for value, _ in form.fields[name].choices] if hasattr(form.fields[name], "choices") else None


def test_chinese_readers_choose_a_province_then_a_city_then_a_district(client, anna):
    empty = client.get(NEW).context["form"]
    province = client.post(NEW, {"country": "CN", "province": "浙江省", "show": "1"}).context["form"]
    city = client.post(NEW, HOME | {"district": "", "show": "1"}).context["form"]

    assert (len(offered(empty, "province")), offered(empty, "city"), offered(empty, "district")) == (35, [""], [""])
    assert offered(province, "city")[:3] == ["", "杭州市", "宁波市"]
    assert (len(offered(province, "city")), offered(province, "district")) == (13, [""])
    assert offered(city, "district")[:3] == ["", "上城区", "拱墅区"]
    assert len(offered(city, "district")) == 15


def test_english_readers_type_city_and_district(client, anna):
    form = client.post(ENGLISH, HOME | {"show": "1"}).context["form"]

    assert (len(offered(form, "province")), offered(form, "city"), offered(form, "district")) == (35, None, None)
    assert shown(form) == HOME


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ({}, HOME),
        ({"province": "江苏省"}, HOME | {"province": "江苏省", "city": "", "district": ""}),
        ({"province": "江苏省", "city": "Nanjing"}, HOME | {"province": "江苏省", "city": "Nanjing", "district": ""}),
        ({"city": "宁波市"}, HOME | {"city": "宁波市", "district": ""}),
        ({"country": "DE"}, {"country": "DE", "province": "", "city": "杭州市", "district": ""}),
    ],
    ids=["nothing", "province", "province and a typed city", "city", "country"],
)
def test_another_choice_clears_what_lies_elsewhere(client, anna, chosen, left):
    answer = client.post(NEW, HOME | SHOWN | {"district": "西湖区"} | chosen)

    assert answer.status_code == 200
    assert shown(answer.context["form"]) == left
    assert Address.objects.count() == 0


def test_old_and_typed_places_stay_as_further_choices(client, anna):
    typed = make.address(anna, city="Hangzhou", district="Xihu")
    new = make.address(anna, city="杭州市", district="下沙新区")

    pages = [client.get(f"/zh-hans/account/addresses/{each.pk}/").context["form"] for each in (typed, new)]

    assert offered(pages[0], "city")[:2] == ["", "Hangzhou"]
    assert (offered(pages[0], "district"), shown(pages[0])["district"]) == (None, "Xihu")
    assert offered(pages[1], "district")[:2] == ["", "下沙新区"]


def test_a_place_that_is_in_no_list_can_be_typed(client, anna):
    asked = client.post(NEW, HOME | SHOWN | {"city": OTHER}).context["form"]
    refused = client.post(NEW, make.ADDRESS | HOME | {"district": OTHER})
    saved = client.post(NEW, make.ADDRESS | HOME | {"district": "下沙新区"})

    assert (offered(asked, "city"), offered(asked, "district"), shown(asked)["city"]) == (None, None, "")
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["district"])
    assert offered(refused.context["form"], "district") is None
    assert OTHER not in shown(refused.context["form"]).values()
    assert saved.status_code == 303
    assert Address.objects.get().district == "下沙新区"


@pytest.mark.parametrize(
    ("country", "labels", "optional"),
    [
        ("US", ("State", "ZIP code"), []),
        ("GB", (None, "Postcode"), []),
        ("JP", ("Prefecture", "Postcode"), ["city"]),
        ("IE", ("County", "Eircode"), ["province", "postcode"]),
        ("AE", ("Emirate", None), ["city"]),
        ("SG", (None, "Postcode"), ["city"]),
    ],
)
def test_each_country_has_its_parts_under_their_names(client, anna, country, labels, optional):
    form = client.post(ENGLISH, {"country": country, "show": "1"}).context["form"]

    assert (
        form["province"].label if form.has_province else None,
        form["postcode"].label if form.has_postcode else None,
    ) == labels
    present = ["city", *(["province"] if form.has_province else []), *(["postcode"] if form.has_postcode else [])]
    assert [name for name in present if form.optional[name]] == optional


def test_what_is_stored_is_shown_even_where_a_country_has_no_such_part(client, anna):
    address = make.address(anna, country="GB", province="Kent", district="Old Town")

    page = client.get(f"/account/addresses/{address.pk}/").text

    assert ['value="Kent"' in page, 'value="Old Town"' in page] == [True, True]


def test_a_pasted_line_fills_the_form_in_and_saves_nothing(client, anna):
    line = "李娜 13800138000 浙江省杭州市西湖区文三路88号"

    answer = client.post(NEW, {"pasted": line})

    form = answer.context["form"]
    assert answer.status_code == 200
    assert [form[name].value() for name in ("name", "phone", "street")] == ["李娜", "13800138000", "文三路88号"]
    assert shown(form) == HOME
    assert line in answer.text
    assert Address.objects.count() == 0


@pytest.mark.parametrize("pasted", ["", "  ", "\x00", ",,,"])
def test_a_paste_with_nothing_in_it_says_so(client, anna, pasted):
    answer = client.post(ENGLISH, {"pasted": pasted})

    assert answer.status_code == 200
    assert "Nothing could be recognised." in answer.text


@pytest.mark.parametrize("field", ["country", "province", "city", "district"])
@pytest.mark.parametrize("value", ["\x00", "<b>", "C" * 5000, OTHER])
def test_odd_choices_show_the_form_all_the_same(client, anna, field, value):
    answer = client.post(NEW, HOME | SHOWN | {field: value})

    assert answer.status_code == 200
    assert Address.objects.count() == 0


def test_a_page_never_carries_all_districts(client, anna):
    page = client.post(NEW, HOME | {"show": "1"}).text

    assert page.count("<option") < 340  # countries, provinces, and those of one province and one city
    assert "海淀区" not in page
