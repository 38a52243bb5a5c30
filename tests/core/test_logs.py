"""Log lines."""

from __future__ import annotations

import json
import logging
import sys
from decimal import Decimal

import pytest
from django.test import RequestFactory

from core.logs import JsonFormatter, PlainFormatter


def _record(message: str = "order paid", *words: object, **fields: object) -> logging.LogRecord:
    logger = logging.getLogger("orders.services")
    return logger.makeRecord(logger.name, logging.INFO, "file.py", 1, message, words, None, extra=fields)


def _failed() -> logging.LogRecord:
    record = _record("receiver failed", order=1)
    try:
        _boil()
    except RuntimeError:
        record.exc_info = sys.exc_info()
    return record


def _boil() -> None:
    raise RuntimeError("no water")


def test_a_readable_line_ends_with_its_fields():
    line = PlainFormatter().format(_record(order="482713950164", kind="late"))

    assert line.endswith("INFO orders.services: order paid order=482713950164 kind=late")
    assert "\n" not in line


def test_a_json_line_has_time_level_logger_message_and_fields():
    line = JsonFormatter().format(_record("paid %s", "twice", order="482713950164", amount=Decimal("68.00")))

    content = json.loads(line)
    assert content.pop("time").startswith("20")
    assert content == {
        "level": "INFO",
        "logger": "orders.services",
        "message": "paid twice",
        "order": "482713950164",
        "amount": "68.00",
    }
    assert "\n" not in line


def test_chinese_stays_readable():
    assert "开市" in JsonFormatter().format(_record("开市"))


@pytest.mark.parametrize("name", ["time", "level", "logger", "exception"])
def test_a_field_never_takes_the_place_of_what_every_line_has(name):
    record = _failed()
    setattr(record, name, "overwritten")

    content = json.loads(JsonFormatter().format(record))

    assert content[name] != "overwritten"


@pytest.mark.parametrize("formatter", [PlainFormatter(), JsonFormatter()])
def test_requests_and_task_data_are_left_out(formatter):
    request = RequestFactory().post("/account/", {"password": "open-for-business"})

    line = formatter.format(_record("Not Found: %s", "/x", request=request, data={"id": "x"}, status_code=404))

    assert "status_code" in line
    assert "WSGIRequest" not in line
    assert "request" not in line.replace("Not Found", "")


def test_an_exception_is_part_of_the_json_line():
    line = JsonFormatter().format(_failed())

    assert "\n" not in line
    assert json.loads(line)["exception"].endswith("RuntimeError: no water")
    assert "RuntimeError: no water" in PlainFormatter().format(_failed())


@pytest.mark.parametrize("formatter", [PlainFormatter(), JsonFormatter()])
def test_a_value_cannot_pretend_to_be_a_further_line(formatter):
    line = formatter.format(_record(number="1\n12:00:00 ERROR orders: order paid", other="\r\x1b[31m"))

    assert "\n" not in line
    assert "\r" not in line
    assert "\x1b" not in line
