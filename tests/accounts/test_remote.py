"""A call to a service has a limit of time and of size as a whole, and says nothing of what was sent."""

from __future__ import annotations

import time

import pytest

from accounts.providers import remote
from tests.accounts import elsewhere


def test_an_answer_is_a_json_object(service):
    assert remote.ask("GET", f"{service.url}/keys")["keys"][0]["kid"] == elsewhere.KID


def test_an_answer_that_comes_drop_by_drop_is_not_waited_for(service, settings):
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 1
    service.wrong = {"raw": {"/keys": b'{"a":' + b" " * 15 + b"1}"}, "drip": 0.2}
    began_at = time.monotonic()

    with pytest.raises(remote.ProviderError, match="too slow or too long"):
        remote.ask("GET", f"{service.url}/keys")

    assert time.monotonic() - began_at < 2


def test_an_answer_without_end_is_not_read_to_its_end(service):
    service.wrong = {"raw": {"/keys": b"{" + b" " * 1_000_000 + b"}"}}

    with pytest.raises(remote.ProviderError, match="too slow or too long"):
        remote.ask("GET", f"{service.url}/keys")


def test_an_error_does_not_repeat_what_was_sent(service):
    service.stop()

    with pytest.raises(remote.ProviderError) as refused:
        remote.ask("GET", f"{service.url}/keys", params={"secret": elsewhere.SECRET})

    assert str(refused.value) == "ConnectError"
    assert refused.value.__suppress_context__


@pytest.mark.parametrize(
    ("candidates", "label"),
    [
        (("anna@example.com", "Anna"), "anna@example.com"),
        ((None, 7, " ", "Anna"), "Anna"),
        (("x" * 200,), "x" * 100),
        (("a\x00b",), "ab"),
        ((), ""),
    ],
)
def test_a_label_is_the_first_text_and_short(candidates, label):
    assert remote.label(*candidates) == label
