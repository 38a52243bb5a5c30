"""Return cases in the back offices: each step by its button, refusals explained, walls between merchants."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import MerchantMember
from orders.models import Order, Repayment, ReturnCase
from orders.services.cases import answering, goods, requesting
from orders.services.cases.requesting import Wish
from orders.services.cases.writing import Act
from tests import books, make
from tests.orders.casework import BUYER, LABEL, SHOP, Kind, Reason, Side, ask, level, look

pytestmark = pytest.mark.django_db
LIST = "/merchant/orders/returncase/"


@pytest.fixture
def member(client: Client) -> Client:
    client.force_login(make.member())
    return client


def press(client: Client, case: ReturnCase, act: str, *, office: str = "merchant", **fields: Any) -> Any:
    data = {"act": act, "version": look(case).version, "text": "", **fields}
    return client.post(f"/{office}/orders/returncase/{case.pk}/act/", data)


def counts(case: ReturnCase, *, sellable: int, damaged: int = 0, missing: int = 0) -> dict[str, Any]:
    row = case.lines.get().pk
    return {f"sellable_{row}": sellable, f"damaged_{row}": damaged, f"missing_{row}": missing}


def test_a_return_is_handled_from_the_list_to_the_money(member, arrived):
    case = ask(arrived, Kind.RETURN, 2)
    shown = member.get(f"{LIST}?turn=shop").content.decode()
    page = member.get(f"{LIST}{case.pk}/change/").content.decode()

    approved = press(member, case, "approve", text="Please send them")
    goods.send(case=case, label=LABEL, act=BUYER)
    received = press(member, case, "receive")
    inspected = press(member, case, "inspect", amount="20.00", **counts(case, sellable=1, damaged=1))

    assert str(case) in shown
    assert "Approve" in page
    assert "Decline" in page
    assert [each.status_code for each in (approved, received, inspected)] == [303, 303, 303]
    assert look(case).status == "REFUNDING"
    assert Repayment.objects.get().amount == Decimal(20)
    assert level() == (3, 0)
    assert case.entries.get(kind="APPROVED").text == "Please send them"


def test_an_exchange_is_sent_from_its_page(member, arrived):
    case = ask(arrived, Kind.EXCHANGE)
    press(member, case, "approve")
    goods.send(case=case, label=LABEL, act=BUYER)
    press(member, case, "receive")
    press(member, case, "inspect", **counts(case, sellable=0, damaged=1))

    refused = press(member, case, "replace", carrier="SF", tracking_number="")
    taken = press(member, case, "replace", carrier="SF", tracking_number="SF 99")

    assert refused.status_code == 422
    assert "Enter the tracking number" in refused.content.decode()
    assert taken.status_code == 303
    assert look(case).status == "REPLACED"
    assert arrived.shipments.get(case=case).tracking_number == "SF99"


def test_who_declines_says_why(member, arrived):
    case = ask(arrived, Kind.REFUND_ONLY)
    before = books.copy()

    refused = press(member, case, "reject")

    assert refused.status_code == 422
    assert "Say why; the buyer reads it." in refused.content.decode()
    assert books.copy() == before
    assert press(member, case, "reject", text="It was used").status_code == 303
    assert look(case).status == "REJECTED"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"amount": "5.00"}, "Say why; the buyer reads it."),
        ({"amount": "10.01", "text": "More"}, "The buyer has not asked for that much."),
        ({"amount": "-1"}, "greater than or equal to 0"),
        ({"sellable": 0}, "Say of every unit whether it is sellable, damaged or missing."),
        ({"sellable": 2}, "less than or equal to 1"),
    ],
)
def test_an_inspection_that_does_not_add_up_is_refused_with_what_was_typed(member, arrived, fields, told):
    case = ask(arrived, Kind.RETURN)
    answering.approve(case=case, act=SHOP)
    goods.send(case=case, label=LABEL, act=BUYER)
    goods.receive(case=case, act=SHOP)
    typed = {"amount": "10.00", "text": "", **{name: fields[name] for name in fields if name != "sellable"}}
    before = books.copy()

    response = press(member, case, "inspect", **typed, **counts(case, sellable=fields.get("sellable", 1)))

    page = response.content.decode()
    assert response.status_code == 422
    assert told in page
    assert f'value="{typed["amount"]}"' in page
    assert books.copy() == before


def test_a_page_that_is_old_changes_nothing_and_says_so(member, arrived):
    case = ask(arrived, Kind.REFUND_ONLY)
    seen = case.version
    wish = Wish(Kind.REFUND_ONLY, Reason.DAMAGED, {arrived.lines.get().pk: 3})
    requesting.change(case=case, wish=wish, at=timezone.now(), actor=None)
    before = books.copy()

    response = press(member, case, "approve", version=seen)

    assert response.status_code == 422
    assert "The case has moved on since this page was shown." in response.content.decode()
    assert books.copy() == before


@pytest.mark.parametrize("act", ["receive", "inspect", "replace", "grant", "uphold", "nonsense"])
def test_a_button_of_another_stage_does_nothing(member, arrived, act):
    case = ask(arrived, Kind.RETURN)
    before = books.copy()

    response = press(member, case, act, text="Please")

    assert response.status_code == 422
    assert books.copy() == before
    assert look(case).status == "REQUESTED"


def test_the_platform_decides_in_the_operators_office_and_the_shop_cannot(member, arrived):
    case = ask(arrived, Kind.REFUND_ONLY)
    answering.reject(case=case, act=Act(Side.SHOP, timezone.now(), text="No"))
    answering.escalate(case=case, act=Act(Side.BUYER, timezone.now(), text="Please"))
    operator = Client()
    operator.force_login(make.operator())

    by_shop = press(member, case, "grant", text="Fine")
    by_platform = press(operator, case, "grant", office="admin", text="The picture shows it")

    assert (by_shop.status_code, by_platform.status_code) == (422, 303)
    assert (look(case).status, look(case).is_final) == ("REFUNDING", True)
    assert case.entries.filter(side="PLATFORM", kind="APPROVED").count() == 1


def test_both_sides_talk(member, arrived):
    case = ask(arrived, Kind.RETURN)

    response = press(member, case, "say", text="Which lid?")

    assert response.status_code == 303
    entry = case.entries.get(kind="MESSAGE")
    assert (entry.side, entry.text) == ("SHOP", "Which lid?")
    assert books.mails("case_news")[-1] == f"case_news:{entry.pk}"


def test_a_member_of_another_merchant_finds_no_case(arrived):
    case = make.case(arrived, kind="RETURN")
    stranger = Client()
    stranger.force_login(make.member(make.merchant("other")))
    before = books.copy()

    answers = [
        stranger.get(f"{LIST}{case.pk}/change/").status_code,
        press(stranger, case, "approve").status_code,
        stranger.get(f"{LIST}{case.pk}/pictures/00000000-0000-4000-8000-000000000000/").status_code,
    ]

    assert answers == [404, 404, 404]
    assert str(case) not in stranger.get(LIST).content.decode()
    assert books.copy() == before


def test_an_analyst_looks_and_does_nothing(arrived):
    case = make.case(arrived, kind="RETURN")
    user = make.member()
    MerchantMember.objects.filter(user=user).update(role=MerchantMember.Role.ANALYST)
    analyst = Client()
    analyst.force_login(user)
    before = books.copy()

    page = analyst.get(f"{LIST}{case.pk}/change/")

    assert page.status_code == 200
    assert "Approve" not in page.content.decode()
    assert press(analyst, case, "approve").status_code == 403
    assert books.copy() == before


@pytest.mark.parametrize("cases", [1, 20])
def test_the_list_costs_the_same_for_one_case_and_for_many(member, cases, django_assert_max_num_queries):
    for _ in range(cases):
        make.case(make.completed_order(), kind="RETURN")
    member.get(LIST)

    with django_assert_max_num_queries(12):
        assert len(member.get(LIST).context["cl"].result_list) == cases


def test_the_most_urgent_case_comes_first(member):
    late, soon = make.completed_order(), make.paid_order()
    first = make.case(late, kind="RETURN")
    second = make.case(soon)

    shown = list(member.get(LIST).context["cl"].result_list)

    assert shown == [second, first]
    assert Order.objects.count() == 2
