"""What is mailed about a case: each step to the other side, in its language, with words, amounts and the way to it."""

from __future__ import annotations

import pytest

from accounts.models import User
from notifications.models import Message
from notifications.selectors import rendering
from orders.services.cases import answering, goods, requesting
from orders.services.cases.writing import Act
from tests import make
from tests.conftest import NOW
from tests.orders.casework import LABEL, SHOP, Kind, Side, ask, inspected

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> User:
    return make.member()


def subjects(kind: str) -> list[str]:
    return [str(rendering.mail(each).subject) for each in Message.objects.filter(kind=kind).order_by("pk")]


def test_each_step_of_a_return_is_told_to_the_other_side(arrived, worker):
    case = ask(arrived, Kind.RETURN, explanation="The lid is broken")
    answering.approve(case=case, act=Act(Side.SHOP, NOW, worker, "Please send it"))
    goods.send(case=case, label=LABEL, act=Act(Side.BUYER, NOW))
    goods.receive(case=case, act=SHOP)
    goods.inspect(case=case, found=inspected(case, sellable=1), act=SHOP)

    assert subjects("case_work") == [f"Refund requested for {arrived.number}", f"Return {case}: Sent back"]
    assert subjects("case_news") == [
        f"Return {case} approved",
        f"Return {case}: Goods have arrived at the shop",
        f"Return {case}: Goods inspected",
    ]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_mail_of_a_case_has_its_words_amount_and_link_in_text_and_html(arrived, worker, language):
    arrived.language = language
    arrived.save(update_fields=["language"])
    case = ask(arrived, Kind.REFUND_ONLY)

    answering.reject(case=case, act=Act(Side.SHOP, NOW, worker, "It was <b>used</b>"))
    requesting.say(case=case, act=Act(Side.BUYER, NOW, text="It was not"))

    asked, said = Message.objects.filter(kind="case_work").order_by("pk")
    declined = rendering.mail(Message.objects.get(kind="case_news"))
    html = str(declined.alternatives[0][0])
    assert str(declined.subject) == {"en": f"Return {case} declined", "zh-hans": f"售后单 {case} 已被拒绝"}[language]
    assert "It was <b>used</b>" in declined.body
    assert "It was &lt;b&gt;used&lt;/b&gt;" in html
    assert f"/orders/{arrived.number}/" in html
    assert f"/merchant/orders/returncase/{case.pk}/change/" in rendering.mail(asked).body
    assert "10.00" in rendering.mail(asked).body
    assert "It was not" in rendering.mail(said).body
