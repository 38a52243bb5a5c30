"""Signs of life for balancers."""

from __future__ import annotations

import pytest


def test_alive_asks_nobody(client, no_database, no_cache):
    response = client.get("/healthz/")

    assert (response.status_code, response.text) == (200, "ok")


@pytest.mark.django_db
def test_ready_asks_the_database_once(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get("/readyz/")

    assert (response.status_code, response.json()) == (200, {"database": True, "cache": True})


@pytest.mark.usefixtures("no_database")
def test_without_database_nobody_is_sent_here(client):
    response = client.get("/readyz/")

    assert (response.status_code, response.json()) == (503, {"database": False, "cache": True})


@pytest.mark.django_db
@pytest.mark.usefixtures("no_cache")
def test_a_missing_cache_is_told_but_closes_nothing(client):
    response = client.get("/readyz/")

    assert (response.status_code, response.json()) == (200, {"database": True, "cache": False})


@pytest.mark.parametrize("path", ["/healthz/", "/readyz/"])
def test_signs_of_life_are_not_kept_and_set_no_cookie(client, path, db):
    response = client.get(path)

    assert not response.cookies
    assert "no-store" in response.get("Cache-Control", "")


@pytest.mark.parametrize("path", ["/healthz/", "/readyz/"])
def test_a_balancer_may_ask_by_plain_http_while_shoppers_are_led_to_https(client, settings, path, db):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(path).status_code == 200
    assert client.get("/cart/").status_code == 301
    assert client.get("/cart/")["Location"].startswith("https://")
