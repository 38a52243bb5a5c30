"""What every answer tells the browser to refuse."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests import make
from tests.shop.pages import OFFICE, PUBLIC

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
_INLINE = re.compile(
    r"<style\b|<[^>]*\sstyle=|<script(?![^>]*(?:\ssrc=|application/json|ld\+json))|<[^>]*\son[a-z]+=|javascript:",
    re.IGNORECASE,
)


def refusals(response) -> set[str]:
    """Return the directives of the policy, without those that differ by setting."""
    found = {part.strip() for part in response["Content-Security-Policy"].split(";")}
    return {part for part in found if not part.startswith("form-action")}


@pytest.fixture
def operator(client: Client) -> Client:
    """An operator's browser."""
    client.force_login(make.operator())
    return client


@pytest.mark.parametrize("path", PUBLIC)
def test_every_page_carries_the_same_strict_headers(client, path):
    response = client.get(path)

    assert refusals(response) == POLICY
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("path", OFFICE)
def test_the_back_offices_carry_them_too(operator, path):
    response = operator.get(path)

    assert (response.status_code, refusals(response)) == (200, POLICY)
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", [*PUBLIC, *OFFICE])
def test_no_page_needs_what_the_policy_refuses(operator, path):
    make.product()

    found = _INLINE.findall(operator.get(path).text)

    assert found == []


@pytest.mark.parametrize(
    "text", ['<p style="x">', "<script>1</script>", '<a href="#" onclick="x()">', "<style>", 'href="javascript:x"']
)
def test_what_the_policy_refuses_would_be_found(text):
    assert _INLINE.search(text)


def test_a_kept_page_carries_the_same_headers_as_a_fresh_one(client):
    fresh, kept = client.get("/"), client.get("/")

    names = {"Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "ETag"}
    assert {name: kept[name] for name in names} == {name: fresh[name] for name in names}


def test_forms_go_to_the_shop_and_to_the_laboratory_only(client, settings):
    policy = client.get("/")["Content-Security-Policy"]

    assert f"form-action 'self' {settings.PAYLAB_URL}" in policy


def test_pages_for_one_visitor_are_kept_nowhere(client):
    for path in ("/cart/", "/orders/lookup/", "/admin/login/"):
        assert "no-store" in client.get(path)["Cache-Control"], path


def test_https_is_promised_for_a_year_where_there_is_https(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True

    response = Client().get("/", secure=True)

    assert response["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "Strict-Transport-Security" not in Client().get("/")


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(client):
    variant = make.only_variant(make.product())
    client.post("/cart/items/", {"sku": variant.sku, "quantity": "1"})
    news = client.cookies["messages"]
    client.get("/admin/login/")
    client.post("/admin/login/", {"username": make.operator().username, "password": "correct horse"})

    closed = {name: bool(cookie["httponly"]) for name, cookie in client.cookies.items() if cookie.value}
    assert closed == {"cart": True, "cart_count": False, "csrftoken": True, "sessionid": True}
    assert (news["httponly"], news["samesite"]) == (True, "Lax")
    assert {cookie["samesite"] for cookie in client.cookies.values()} == {"Lax"}
