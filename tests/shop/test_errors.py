"""Error pages: kind words in both languages, the right status, and no need of the database."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

NOT_FOUND = {"": ("en", "We can’t find that page"), "/zh-hans": ("zh-Hans", "页面不存在")}


@pytest.fixture
def visitor() -> Client:
    """A browser, which gets an error page instead of an exception."""
    return Client(raise_request_exception=False)


@pytest.fixture
def _faulty(settings) -> None:
    settings.ROOT_URLCONF = "tests.shop.faulty_urls"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nowhere/", "/products/no-such-thing/", "/pages/none/", "/orders/123/x/", "/a%00b/"])
@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_an_address_that_leads_nowhere_is_404_in_the_readers_language(visitor, prefix, path):
    response = visitor.get(prefix + path)

    language, words = NOT_FOUND[prefix]
    assert response.status_code == 404
    assert f'<html lang="{language}"' in response.text
    assert words in response.text
    assert '<meta name="robots" content="noindex">' in response.text
    assert f'href="{prefix}/"' in response.text
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(("prefix", "words"), [("", "You may not see this page"), ("/zh-hans", "无权")])
def test_a_form_from_elsewhere_is_403_in_the_readers_language(visitor, prefix, words):
    response = visitor.post(f"{prefix}/preferences/", {"theme": "dark"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403
    assert words in response.text
    assert "theme" not in response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize(("prefix", "words"), [("", "This page was open too long"), ("/zh-hans", "页面已过期")])
def test_a_form_without_its_token_is_403(prefix, words):
    response = Client(enforce_csrf_checks=True).post(f"{prefix}/admin/login/", {"username": "x"})

    assert response.status_code == 403
    assert words in response.text
    assert "no-store" in response["Cache-Control"]
    assert f'<html lang="{"en" if not prefix else "zh-Hans"}"' in response.text


@pytest.mark.django_db
@pytest.mark.usefixtures("_faulty")
def test_a_bug_is_500_with_a_code_that_is_in_the_log(visitor, caplog):
    caplog.set_level(logging.ERROR)

    response = visitor.get("/fail/bug/")

    codes = [record.code for record in caplog.records if record.getMessage() == "server error shown"]
    assert response.status_code == 500
    assert len(codes) == 1
    assert f"<b>{codes[0]}</b>" in response.text
    assert ("Something went wrong" in response.text, "出错了" in response.text) == (True, True)
    assert "a secret" not in response.text


@pytest.mark.django_db
@pytest.mark.usefixtures("_faulty")
@pytest.mark.parametrize(("how", "status"), [("bug", 500), ("odd", 400)])
def test_the_plain_pages_ask_neither_database_nor_cache(visitor, how, status, no_cache, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = visitor.get(f"/fail/{how}/")

    assert response.status_code == status
    assert response["X-Frame-Options"] == "DENY"
    assert "Content-Security-Policy" in response


def test_a_host_that_is_not_ours_is_400_in_both_languages(visitor, db):
    response = visitor.get("/cart/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert ("We could not read this request" in response.text, "请求有误" in response.text) == (True, True)
    assert "evil.example" not in response.text


@pytest.mark.usefixtures("_faulty", "no_database", "no_cache")
@pytest.mark.parametrize("path", ["/cart/", "/products/", "/zh-hans/", "/nowhere/", "/fail/gone/", "/fail/denied/"])
def test_without_database_every_page_is_503_with_a_time_to_come_back(visitor, path):
    response = visitor.get(path)

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert ("We will be back in a moment" in response.text, "稍候片刻" in response.text) == (True, True)


@pytest.mark.usefixtures("_faulty", "no_database")
def test_without_database_a_bug_is_still_a_bug(visitor):
    assert visitor.get("/fail/bug/").status_code == 500


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_a_method_nobody_offers_is_405(visitor, method, db):
    assert getattr(visitor, method)("/").status_code == 405
