"""What happens around every request when the database is gone."""

from __future__ import annotations

import logging

import pytest
from django.db import DataError, InterfaceError, OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.breaker import CircuitBreaker
from core.middleware import UnavailableMiddleware


@pytest.fixture
def middleware(monkeypatch) -> UnavailableMiddleware:
    """The middleware before any failure."""
    monkeypatch.setattr(UnavailableMiddleware, "_quiet", CircuitBreaker(seconds=1))
    return UnavailableMiddleware(lambda _request: HttpResponse("fine"))


@pytest.fixture
def request_() -> HttpRequest:
    """Any request."""
    return RequestFactory().get("/cart/")


def test_a_request_without_trouble_passes(middleware, request_):
    assert middleware(request_).content == b"fine"


@pytest.mark.parametrize("error", [OperationalError("connection refused\nis it running?"), InterfaceError("closed")])
def test_a_database_that_is_gone_is_503_with_retry_after(middleware, request_, error):
    answer = middleware.process_exception(request_, error)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "We will be back in a moment" in answer.content.decode()
    assert "稍候片刻" in answer.content.decode()


@pytest.mark.parametrize("error", [ProgrammingError("no such table"), DataError("\x00"), ValueError(), KeyError()])
def test_our_own_mistakes_stay_mistakes(middleware, request_, error):
    assert middleware.process_exception(request_, error) is None


def test_an_outage_is_one_line_a_second_without_traceback(middleware, request_, caplog):
    caplog.set_level(logging.ERROR)

    for _ in range(20):
        middleware.process_exception(request_, OperationalError("connection refused\nis it running?"))

    records = [record for record in caplog.records if record.name == "core.middleware"]
    assert [(record.getMessage(), record.error) for record in records] == [
        ("database unavailable", "connection refused")
    ]
    assert records[0].exc_info is None


def test_an_error_without_words_is_answered_too(middleware, request_):
    assert middleware.process_exception(request_, OperationalError()).status_code == 503
