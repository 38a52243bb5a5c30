"""What every payment provider must make of a notice: believe the genuine ones, and nothing of any other."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from decimal import Decimal

import pytest

from core.money import Money
from payments.providers.interface import MalformedError, SignatureError, TradeState, TradeStatus
from tests.laboratory import Letter
from tests.payments.benches import BENCHES, NUMBER, now, read


@pytest.fixture(params=BENCHES)
def bench(request, lab):
    """A provider and its gateway."""
    return BENCHES[request.param](lab)


def test_a_genuine_notice_is_read_exactly(bench):
    notification = read(bench, bench.letter())

    assert notification.event_id == "E0001"
    assert notification.refund_number == ""
    assert notification.trade == TradeState(
        TradeStatus.SUCCEEDED, bench.provider.account(), NUMBER, "L000000000000001", Money(Decimal("68.00"), "CNY")
    )


@pytest.mark.parametrize("status", ["waiting", "succeeded", "failed", "closed"])
def test_a_notice_says_what_became_of_the_trade(bench, status):
    assert read(bench, bench.letter(status=status)).trade.status == TradeStatus(status)


def test_a_notice_about_a_refund_names_it(bench):
    assert read(bench, bench.refund_letter("R7")).refund_number == "R7"


def test_names_we_do_not_know_are_passed_over(bench):
    letter = bench.letter()
    content = json.loads(letter.body) | {"new": {"in": "version 2"}}
    content["trade"] |= {"buyer_mood": "good"}

    notification = read(bench, bench._laboratory.signed(content))

    assert notification == read(bench, letter)


def test_a_notice_signed_by_somebody_else_is_refused(bench):
    with pytest.raises(SignatureError):
        read(bench, bench.strange_letter())


@pytest.mark.parametrize(
    ("old", "new"), [(b"68.00", b"00.01"), (NUMBER.encode(), b"999999999999-P1"), (b"CNY", b"JPY")]
)
def test_a_notice_changed_after_signing_is_refused(bench, old, new):
    letter = bench.letter()
    assert old in letter.body

    with pytest.raises(SignatureError):
        read(bench, Letter(letter.body.replace(old, new), letter.headers))


def test_a_truncated_notice_is_refused(bench):
    letter = bench.letter()

    for length in (0, 1, len(letter.body) // 2, len(letter.body) - 1):
        with pytest.raises(SignatureError):
            read(bench, Letter(letter.body[:length], letter.headers))


def test_a_notice_with_something_behind_it_is_refused(bench):
    letter = bench.letter()

    with pytest.raises(SignatureError):
        read(bench, Letter(letter.body + b" ", letter.headers))


def test_a_notice_without_one_of_its_headers_is_refused(bench):
    letter = bench.letter()

    for missing in letter.headers:
        headers = {name: value for name, value in letter.headers.items() if name != missing}
        with pytest.raises(SignatureError):
            read(bench, Letter(letter.body, headers))


def test_every_header_is_part_of_what_is_signed(bench):
    letter, other = bench.letter(), bench.letter(status="failed")

    for name in letter.headers:
        value = other.headers[name] if other.headers[name] != letter.headers[name] else "1800000000"
        with pytest.raises(SignatureError):
            read(bench, Letter(letter.body, letter.headers | {name: value}))


@pytest.mark.parametrize("seconds", [-301, 302, -86400, 86400])
def test_an_old_notice_and_one_from_the_future_are_refused(bench, seconds):
    letter = bench.letter()

    with pytest.raises(SignatureError):
        read(bench, letter, at=now() - timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-298, 298])
def test_clocks_may_differ_by_a_few_minutes(bench, seconds):
    letter = bench.letter()

    assert read(bench, letter, at=now() + timedelta(seconds=seconds)).event_id == "E0001"


@pytest.mark.parametrize(
    "value",
    ["", "x", "-1", "1e9", "１８００００００００", "1" * 4301, "9" * 400, "\xff", "1800000000.0", "NaN", "0x6b"],
    ids=["empty", "letter", "negative", "float", "wide", "endless", "infinite", "byte", "point", "nan", "hex"],
)
def test_a_time_that_is_none_is_refused(bench, value):
    letter = bench.letter()
    headers = {name: value if name.endswith("Timestamp") else each for name, each in letter.headers.items()}

    with pytest.raises(SignatureError):
        read(bench, Letter(letter.body, headers))


@pytest.mark.parametrize(
    "value",
    ["", "=", "AAAA", "!!!!", "\xff\xfe", "签名", base64.b64encode(b"x" * 256).decode(), "A" * 65536],
    ids=["empty", "padding", "short", "no base64", "bytes", "characters", "right length", "huge"],
)
def test_a_signature_that_is_none_is_refused(bench, value):
    letter = bench.letter()
    headers = {name: value if name.endswith("Signature") else each for name, each in letter.headers.items()}

    with pytest.raises(SignatureError):
        read(bench, Letter(letter.body, headers))


def test_a_signed_notice_that_lacks_something_is_malformed(bench):
    for name in bench.required_names():
        with pytest.raises(MalformedError):
            read(bench, bench.letter(**{name: None}))


def test_a_signed_notice_that_makes_no_sense_is_malformed(bench):
    for letter in bench.meaningless_letters():
        with pytest.raises(MalformedError):
            read(bench, letter)
