"""Freight templates in the offices: made, tried, offered to methods; what must never happen is refused kindly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import MerchantMember
from accounts.selectors import default_merchant
from orders.models import DeliveryMethod, FreightRule, FreightTemplate
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/merchant/orders/freighttemplate/"
METHODS = "/merchant/orders/deliverymethod/"
RULE = {
    "countries": "",
    "first_units": "1000",
    "first_price": "8",
    "additional_units": "500",
    "additional_price": "1.5",
}
METHOD = {
    "code": "post",
    "name_en": "Post",
    "name_zh_hans": "邮政",
    "currency": "CNY",
    "price": "0",
    "free_from": "",
    "days_min": "1",
    "days_max": "2",
    "countries": "CN",
    "position": "0",
    "is_active": "on",
}


@pytest.fixture
def member(client):
    """The browser of somebody who works for the default merchant alone."""
    client.force_login(make.member())
    return client


def typed(*rules, **fields):
    """Return what the page sends: a template by weight with these rules."""
    data = {
        "merchant": default_merchant().pk,
        "name": "By weight",
        "currency": "cny",
        "basis": "WEIGHT",
        "volume_divisor": "6000",
        "unknown_weight_grams": "500",
        "unknown_volume_cm3": "1000",
        "rules-TOTAL_FORMS": str(len(rules)),
        "rules-INITIAL_FORMS": "0",
    } | fields
    for place, rule in enumerate(rules):
        data |= {f"rules-{place}-{name}": value for name, value in rule.items()}
    return data


def committed(act):
    """Do something and check what the database checks at the end of a transaction."""
    with transaction.atomic():
        act()
        connection.check_constraints()


def test_a_template_is_made_with_its_rules(member):
    far = {"provinces": ["西藏自治区", "新疆维吾尔自治区"], "countries": "us, GB，us", "is_excluded": "on"}
    near = RULE | {"provinces": ["浙江省"], "free_from_amount": "88", "free_from_pieces": "5"}

    answer = member.post(f"{PAGE}add/", typed(near, far, RULE))

    assert answer.status_code == 302
    template = FreightTemplate.objects.get()
    assert (template.merchant, template.currency, template.volume_divisor) == (default_merchant(), "CNY", 6000)
    prices = (1000, Decimal(8), 500, Decimal("1.50"))
    columns = ("first_units", "first_price", "additional_units", "additional_price")
    assert list(template.rules.order_by("pk").values_list("regions", "is_excluded", *columns, "free_from_pieces")) == [
        (["浙江省"], False, *prices, 5),
        (["西藏自治区", "新疆维吾尔自治区", "US", "GB"], True, None, None, None, None, None),
        ([], False, *prices, None),
    ]


@pytest.mark.parametrize(
    ("rules", "fields", "reason"),
    [
        ([RULE, RULE], {}, "Only one rule can hold everywhere else: name regions in the others."),
        (
            [RULE | {"provinces": ["浙江省"]}, {"provinces": ["江苏省", "浙江省"], "is_excluded": "on"}],
            {},
            "Two rules name the same region: Zhejiang",
        ),
        ([RULE | {"countries": "XX"}], {}, "No country has the code XX."),
        ([RULE | {"first_price": ""}], {}, "Fill this in, or tick “not delivered to”."),
        ([RULE | {"is_excluded": "on"}], {}, "Leave this empty where nothing is delivered."),
        ([RULE | {"first_price": "-1"}], {}, "Enter a number above zero."),
        ([RULE | {"additional_units": "0"}], {}, "Enter a number above zero."),
        ([RULE | {"free_from_amount": "0"}], {}, "Enter a number above zero."),
        ([RULE | {"provinces": ["Atlantis"]}], {}, "Select a valid choice."),
        ([RULE], {"currency": "JPY"}, "JPY has no decimals."),
        ([RULE], {"currency": "ZZZ"}, "No currency has the code ZZZ."),
        ([RULE], {"currency": "KWD"}, "The shop cannot hold amounts in KWD."),
        ([RULE], {"basis": "PIECE"}, "Only a template by weight charges for size; enter 0."),
        ([RULE], {"unknown_weight_grams": "-1"}, "Ensure this value is greater than or equal to 0."),
        ([RULE], {"name": ""}, "This field is required."),
    ],
)
def test_what_could_never_be_priced_is_refused_and_nothing_is_saved(member, rules, fields, reason):
    answer = member.post(f"{PAGE}add/", typed(*rules, **fields))

    assert answer.status_code == 200
    assert reason in answer.text
    assert not FreightTemplate.objects.exists()
    assert not FreightRule.objects.exists()


def test_two_rules_can_exchange_their_regions(member):
    template = make.freight(None, make.freight_rule("浙江省"), make.freight_rule())
    first, second = template.rules.order_by("pk")
    prices = {"first_units": "1", "first_price": "8", "additional_units": "1", "additional_price": "2"}
    rules = [prices | {"id": first.pk}, prices | {"id": second.pk, "provinces": ["浙江省"], "countries": ""}]
    data = typed(*rules, basis="PIECE", volume_divisor="0") | {"rules-INITIAL_FORMS": "2"}

    answer = member.post(f"{PAGE}{template.pk}/change/", data)

    assert answer.status_code == 302
    connection.check_constraints()
    assert list(template.rules.order_by("pk").values_list("regions", flat=True)) == [[], ["浙江省"]]


def test_a_template_in_use_keeps_its_currency_and_cannot_be_deleted(member):
    template = make.freight()
    make.delivery(template=template)
    rule = template.rules.get()
    kept = {"id": rule.pk, "first_units": "1", "first_price": "8", "additional_units": "1", "additional_price": "2"}
    data = typed(kept, basis="PIECE", volume_divisor="0", currency="USD") | {"rules-INITIAL_FORMS": "1"}

    answer = member.post(f"{PAGE}{template.pk}/change/", data)
    member.post(f"{PAGE}{template.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 200
    assert "Delivery methods use this template, so this cannot be changed." in answer.text
    template.refresh_from_db()
    assert template.currency == "CNY"
    assert DeliveryMethod.objects.get().template == template


def test_an_unused_template_can_be_deleted(member):
    template = make.freight()

    member.post(f"{PAGE}{template.pk}/delete/", {"post": "yes"})

    assert not FreightTemplate.objects.exists()


def test_a_parcel_can_be_tried(member):
    rules = [make.freight_rule("浙江省", first="8.00", further="1.50", first_units=1000, additional_units=500)]
    template = make.freight(None, *rules, make.no_freight(), basis="WEIGHT", volume_divisor=6000)
    address = f"{PAGE}{template.pk}/change/"
    parcel = {"country": "CN", "province": "浙江省", "pieces": "3", "weight": "400", "volume": "", "amount": "30"}

    blank, near, far = (
        member.get(address),
        member.get(address, parcel),
        member.get(address, parcel | {"province": "西藏自治区"}),
    )

    assert "verdict" not in blank.text
    assert near.context["trial"].reasons() == [
        "Weighed: 1.2 kg.",
        "6,000 cm³ count as 1 kg: charged for 2.5 kg by size.",
        "Without a known size: 3 pieces, counted as 5,000 cm³ each.",
        "The rule for Zhejiang holds.",
        "Up to 1 kg: CN¥8.00.",
        "Each further 500 g, also when only begun: 3 × CN¥1.50.",
    ]
    assert "<b>CN¥12.50</b>" in near.text
    assert far.context["trial"].reasons() == [
        "Not delivered to Tibet: no rule names it, and no rule delivers everywhere else."
    ]
    assert "<b>Not delivered</b>" in far.text


@pytest.mark.parametrize(
    "wrong",
    [{"pieces": "0"}, {"pieces": "x"}, {"pieces": ""}, {"country": "XX"}, {"province": "\x00"}, {"weight": "-1"}],
    ids=str,
)
def test_a_parcel_that_is_none_is_refused_at_its_field(member, wrong):
    template = make.freight()
    parcel = {"country": "CN", "province": "", "pieces": "1", "weight": "", "volume": "", "amount": ""}

    page = member.get(f"{PAGE}{template.pk}/change/", parcel | wrong)

    assert page.status_code == 200
    assert set(page.context["trial"].errors) == set(wrong)
    assert "verdict" not in page.text


def test_an_analyst_looks_and_tries_and_changes_nothing(client):
    template = make.freight()
    user = make.member()
    MerchantMember.objects.filter(user=user).update(role=MerchantMember.Role.ANALYST)
    client.force_login(user)
    parcel = {"country": "CN", "province": "", "pieces": "3"}

    page = client.get(f"{PAGE}{template.pk}/change/", parcel)
    answer = client.post(f"{PAGE}{template.pk}/change/", typed())

    assert (page.status_code, answer.status_code) == (200, 403)
    assert "<b>CN¥12.00</b>" in page.text


@pytest.mark.parametrize("rules", [1, 20])
def test_the_list_and_the_page_cost_the_same_for_one_rule_and_for_many(client, rules, django_assert_max_num_queries):
    client.force_login(make.operator())
    codes = ["DE", "FR", "GB", "IT", "ES", "PT", "NL", "BE", "AT", "CH", "PL", "CZ", "SE", "NO", "DK", "FI", "IE"]
    codes += ["GR", "HU", "RO"]
    template = make.freight(None, *(make.freight_rule(code) for code in codes[:rules]))
    pages = [reverse("admin:orders_freighttemplate_changelist")]
    pages.append(reverse("admin:orders_freighttemplate_change", args=[template.pk]))

    for page in pages:
        client.get(page)
        with django_assert_max_num_queries(12):
            client.get(page)


def test_a_method_is_offered_the_own_templates_in_its_currency(member):
    own = make.freight(name="Own")
    make.freight(name="Dollars", currency="USD")
    make.freight(make.merchant(), name="Foreign")
    method = make.delivery()

    add, change = (
        member.get(f"{METHODS}{path}").context["adminform"].form.fields["template"]
        for path in ("add/", f"{method.pk}/change/")
    )

    assert sorted(label for _value, label in add.choices) == ["---------", "Dollars · USD", "Own · CNY"]
    assert [label for _value, label in change.choices] == ["---------", "Own · CNY"]
    assert own in change.queryset


def test_a_method_gets_a_template(member):
    template = make.freight()

    answer = member.post(f"{METHODS}add/", METHOD | {"merchant": default_merchant().pk, "template": template.pk})

    assert answer.status_code == 302
    assert DeliveryMethod.objects.get().template == template


@pytest.mark.parametrize("whose", ["another currency", "another merchant"])
def test_a_method_is_refused_a_template_of_another_merchant_or_currency(member, whose):
    other = make.merchant()
    template = make.freight(currency="USD") if whose == "another currency" else make.freight(other)

    answer = member.post(f"{METHODS}add/", METHOD | {"merchant": default_merchant().pk, "template": template.pk})

    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["template"]
    assert not DeliveryMethod.objects.exists()


def test_an_operator_cannot_mix_merchants_either(client):
    client.force_login(make.operator())
    template = make.freight(make.merchant())
    data = METHOD | {"merchant": default_merchant().pk, "template": template.pk}

    answer = client.post(reverse("admin:orders_deliverymethod_add"), data)

    assert answer.context["adminform"].form.errors == {
        "template": ["Choose a template of the same merchant and currency."]
    }
    assert not DeliveryMethod.objects.exists()


def test_another_merchants_template_is_as_if_it_did_not_exist(member):
    foreign = make.freight(make.merchant(), name="Foreign")

    page = member.get(f"{PAGE}{foreign.pk}/change/", {"country": "CN", "province": "", "pieces": "1"})

    assert page.status_code == 404
    assert "Foreign" not in member.get(PAGE).text


PRICED = {"first_units": 1, "first_price": 1, "additional_units": 1, "additional_price": 1}


@pytest.mark.parametrize(
    "fields",
    [
        {**PRICED, "first_units": 0},
        {**PRICED, "additional_units": 0},
        {**PRICED, "first_price": Decimal("-0.01")},
        {**PRICED, "additional_price": Decimal("-0.01")},
        {**PRICED, "first_price": None},
        {**PRICED, "additional_units": None},
        {**PRICED, "is_excluded": True},
        {"is_excluded": True, "free_from_pieces": 1},
        {"is_excluded": True, "first_price": Decimal(0)},
        {**PRICED, "free_from_amount": Decimal(0)},
        {**PRICED, "free_from_pieces": 0},
        {},
    ],
    ids=str,
)
def test_the_database_takes_no_rule_that_is_none(fields):
    template = make.freight(None, make.no_freight("US"))

    with pytest.raises(IntegrityError), transaction.atomic():
        FreightRule.objects.create(template=template, **fields)

    assert FreightRule.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"currency": "cny"},
        {"basis": "LUCK"},
        {"basis": "PIECE", "volume_divisor": 6000},
        {"unknown_weight_grams": -1},
    ],
    ids=str,
)
def test_the_database_takes_no_template_that_is_none(fields):
    options = {"merchant": default_merchant(), "name": "Mine", "currency": "CNY"} | fields

    with pytest.raises(IntegrityError), transaction.atomic():
        FreightTemplate.objects.create(**options)

    assert not FreightTemplate.objects.exists()


@pytest.mark.parametrize("regions", [[], ["浙江省"], ["US", "DE"]], ids=str)
def test_the_database_takes_no_second_rule_for_a_region(regions):
    template = make.freight(None, make.freight_rule(), make.freight_rule("浙江省"), make.no_freight("US"))

    with pytest.raises(IntegrityError, match="a region has two rules"):
        committed(lambda: FreightRule.objects.create(template=template, regions=regions, is_excluded=True))

    assert template.rules.count() == 3


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (DeliveryMethod, "merchant"),
        (DeliveryMethod, "currency"),
        (FreightTemplate, "merchant"),
        (FreightTemplate, "currency"),
    ],
)
def test_the_database_keeps_a_method_and_its_template_together(model, change):
    method = make.delivery(template=make.freight())
    value = {"merchant": make.merchant(), "currency": "USD"}[change]

    with pytest.raises(IntegrityError, match="orders_deliverymethod_own_template"):
        committed(lambda: model.objects.update(**{change: value}))

    for row in (method, FreightTemplate.objects.get()):
        row.refresh_from_db()
        assert (row.merchant, row.currency) == (default_merchant(), "CNY")


def test_a_merchant_goes_with_its_methods_and_templates():
    other = make.merchant()
    make.delivery(other, template=make.freight(other))

    other.delete()
    connection.check_constraints()

    assert not DeliveryMethod.objects.exists()
    assert not FreightTemplate.objects.exists()
