"""The page on which a shopper pays: Pay, Decline, Leave."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.crowd import at_once
from tests.paylab.conftest import NUMBER, trade

RETURN = trade()["return_url"]


@pytest.fixture
def page(ask) -> str:
    """The address of the page of a waiting trade."""
    return str(ask("/v1/trades", trade()).json()["pay_url"])


def notices(lab) -> list[dict[str, str]]:
    """Return the trades of the notices that wait to be sent."""
    return [json.loads(row["body"])["trade"] for row in lab.store.due_notices(datetime.now(UTC).timestamp())]


def test_the_page_shows_what_is_paid_and_three_buttons(page):
    answer = httpx.get(page)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    for words in ("68.00 CNY", "Kaishi 100000000017", NUMBER, 'value="pay"', 'value="decline"', 'value="leave"'):
        assert words in answer.text


@pytest.mark.parametrize(("language", "words"), [("en", 'lang="en"'), ("zh-hans", "支付"), ("xx", 'lang="en"')])
def test_the_page_speaks_the_shoppers_language(ask, language, words):
    answer = httpx.get(ask("/v1/trades", trade(language=language)).json()["pay_url"])

    assert words in answer.text


def test_what_a_shop_sends_is_text_and_not_html(ask):
    answer = httpx.get(ask("/v1/trades", trade(subject="<script>alert(1)</script>{}")).json()["pay_url"])

    assert "<script" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{}" in answer.text


@pytest.mark.parametrize(("act", "status"), [("pay", "succeeded"), ("decline", "failed")])
def test_pay_and_decline_end_the_trade_and_tell_the_shop(lab, page, act, status):
    answer = httpx.post(page, data={"act": act})

    assert (answer.status_code, answer.headers["Location"]) == (303, RETURN)
    assert lab.store.trade(NUMBER)["status"] == status
    assert [(notice["out_trade_no"], notice["status"]) for notice in notices(lab)] == [(NUMBER, status)]


@pytest.mark.parametrize("form", [{"act": "leave"}, {"act": "steal"}, {}, {"act": ""}], ids=str)
def test_leaving_goes_back_and_changes_nothing(lab, page, form):
    answer = httpx.post(page, data=form)

    assert (answer.status_code, answer.headers["Location"]) == (303, RETURN)
    assert (lab.store.trade(NUMBER)["status"], notices(lab)) == ("waiting", [])


def test_bytes_that_are_no_form_change_nothing(lab, page):
    assert httpx.post(page, content=b"\xff\xfeact=\x00").status_code == 303

    assert (lab.store.trade(NUMBER)["status"], notices(lab)) == ("waiting", [])


def test_the_way_back_says_nothing_about_what_happened(page):
    locations = {httpx.post(page, data={"act": act}).headers["Location"] for act in ("leave", "pay", "decline")}

    assert locations == {RETURN}


@pytest.mark.parametrize(("first", "second"), [("pay", "decline"), ("decline", "pay"), ("pay", "pay")])
def test_a_trade_ends_once(lab, page, first, second):
    httpx.post(page, data={"act": first})
    before = lab.store.trade(NUMBER)

    httpx.post(page, data={"act": second})

    assert lab.store.trade(NUMBER) == before
    assert len(notices(lab)) == 1


def test_a_trade_that_has_ended_offers_only_the_way_back(page):
    httpx.post(page, data={"act": "pay"})

    text = httpx.get(page).text

    assert 'value="pay"' not in text
    assert 'value="decline"' not in text
    assert 'value="leave"' in text


def test_an_overdue_trade_offers_only_the_way_back(ask):
    ended_at = datetime.now(UTC) - timedelta(seconds=1)
    page = ask("/v1/trades", trade(expires_at=ended_at.isoformat())).json()["pay_url"]

    text = httpx.get(page).text

    assert 'value="pay"' not in text
    assert 'value="leave"' in text


def test_an_overdue_trade_takes_no_money(lab, ask):
    ended_at = datetime.now(UTC) - timedelta(seconds=1)
    page = ask("/v1/trades", trade(expires_at=ended_at.isoformat())).json()["pay_url"]

    httpx.post(page, data={"act": "pay"})

    assert lab.store.trade(NUMBER)["status"] == "closed"
    assert {notice["status"] for notice in notices(lab)} <= {"closed"}


@pytest.mark.parametrize("number", ["L000000000000000", "", "1' OR '1'='1", NUMBER])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_of_no_trade_is_not_there(lab, page, number, method):
    assert httpx.request(method, f"{lab.url}/pay/{number}", data={"act": "pay"}).status_code == 404

    assert lab.store.trade(NUMBER)["status"] == "waiting"


@pytest.mark.race
def test_pressing_both_buttons_at_once_ends_the_trade_one_way(lab, page):
    acts = ["pay", "decline"] * 4

    at_once(*[lambda act=act: httpx.post(page, data={"act": act}) for act in acts])

    end = lab.store.trade(NUMBER)["status"]
    assert end in ("succeeded", "failed")
    assert {notice["status"] for notice in notices(lab)} == {end}
    connection = sqlite3.connect(lab.file)
    assert connection.execute("SELECT count(*) FROM trade").fetchone() == (1,)
    connection.close()
