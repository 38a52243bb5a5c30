"""Helpers for views: origins of forms, ways back, addresses of visitors."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.http import client_address, client_network, private_page, safe_next, same_origin, see_other, shared_page
from tests import make

OURS = "http://testserver"


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    settings.SITE_URL = "https://shop.example"
    settings.ALLOWED_HOSTS = ["testserver", "shop.example"]


@same_origin
def _accept(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


def _is_accepted(**headers: str) -> bool:
    try:
        return _accept(RequestFactory(headers=headers).post("/")).content == b"done"
    except PermissionDenied:
        return False


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "same-origin", "origin": "https://evil.example"},
        {"origin": OURS},
        {"origin": "https://shop.example"},
        {"origin": OURS, "referer": "https://evil.example/"},
        {"referer": f"{OURS}/products/"},
        {"referer": "https://shop.example/zh-hans/?a=b"},
        {},
    ],
)
def test_forms_of_our_own_pages_are_accepted(headers):
    assert _is_accepted(**headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "nonsense"},
        {"sec_fetch_site": "cross-site", "origin": OURS, "referer": f"{OURS}/"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://testserver"},
        {"origin": "http://testserver:8000"},
        {"origin": "http://shop.example"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "http://testserver@evil.example"},
        {"origin": "http://[", "referer": f"{OURS}/"},
        {"origin": "javascript:alert(1)"},
        {"referer": "https://evil.example/?http://testserver"},
        {"referer": "http://[not-an-address/"},
        {"referer": "testserver"},
        {"referer": "/products/"},
    ],
)
def test_forms_of_other_sites_are_refused(headers):
    assert not _is_accepted(**headers)


def test_a_checked_form_needs_no_token():
    assert _accept.csrf_exempt  # type: ignore[attr-defined]  # set by Django's decorator


@pytest.mark.parametrize(
    "target",
    ["/", "/cart/", "/products/?colour=ink#top", "/products/?next=//evil.example/", "/zh-hans/搜索/"],
)
def test_the_way_back_leads_to_this_site(target):
    request = RequestFactory().post("/", {"next_url": target})

    assert safe_next(request, default="/home/") == target


@pytest.mark.parametrize(
    "target",
    [
        "",
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "http:///evil.example/",
        "http:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " //evil.example/",
        "\t//evil.example/",
        "\x00//evil.example/",
        "http://testserver@evil.example/",
        "http://testserver.evil.example/",
        "http://shop.example/",
        "http://[",
        "ftp://testserver/",
        "http://testserver/cart/",
        "cart/",
        "?page=2",
        "foo",
        "catalog:products",
        "/cart/\\evil.example/",
        "/cart/\r\nSet-Cookie: a=b",
        "/cart/\x00",
        "/\t/evil.example/",
        "/cart/\x7f",
    ],
)
def test_the_way_back_never_leads_elsewhere(target):
    request = RequestFactory().post("/", {"next_url": target})

    assert safe_next(request, default="/home/") == "/home/"


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["foo", "home", "catalog:products", "//evil.example/", "/\x00"])
def test_a_way_back_that_is_no_path_leads_to_the_usual_one(client, target):
    variant = make.only_variant(make.product("Teapot"))

    added = client.post("/cart/items/", {"sku": variant.sku, "quantity": "1", "next_url": target})
    preferred = client.post("/preferences/", {"theme": "dark", "next_url": target})

    assert (added.status_code, added["Location"]) == (303, variant.product.get_absolute_url())
    assert (preferred.status_code, preferred["Location"]) == (303, "/")


def test_without_a_wish_the_way_back_is_the_page_before():
    request = RequestFactory(headers={"referer": f"{OURS}/products/?page=2"}).post("/")

    assert safe_next(request, default="/home/") == "/products/?page=2"


@pytest.mark.parametrize("before", ["https://evil.example/", f"{OURS}//evil.example/", OURS, "foo", f"{OURS}/\\evil"])
def test_a_page_before_on_another_site_is_no_way_back(before):
    request = RequestFactory(headers={"referer": before}).post("/")

    assert safe_next(request, default="/home/") == "/home/"


def test_a_secure_page_does_not_lead_back_to_an_insecure_one():
    request = RequestFactory(headers={"referer": f"{OURS}/products/"}).post("/", secure=True)

    assert safe_next(request, default="/home/") == "/home/"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "10.0.0.1"),
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6,203.0.113.9 ", "203.0.113.9"),
        (1, None, "10.0.0.1"),
        (1, " , ,", "10.0.0.1"),
        (2, "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "10.0.0.2", "10.0.0.1"),
        (2, "2001:db8::1, 10.0.0.2", "2001:db8::1"),
        (1, "203.0.113.9:5555", "203.0.113.9"),
        (1, "[2001:db8::1]:5555", "2001:db8::1"),
        (1, "unknown", ""),
    ],
)
def test_the_visitors_address_is_what_the_outermost_trusted_proxy_saw(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    headers = {"x_forwarded_for": forwarded} if forwarded else {}
    request = RequestFactory(headers=headers, REMOTE_ADDR="10.0.0.1").get("/")

    assert client_address(request) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:0:1:a::7", "2001:db8:0:1::/64"),
        ("2001:db8::1", "2001:db8::/64"),
        ("", ""),
    ],
)
def test_limits_count_ipv6_by_network(address, network):
    assert client_network(RequestFactory(REMOTE_ADDR=address).get("/")) == network


def test_a_client_without_an_address_is_nobody_in_particular():
    request = HttpRequest()

    assert client_address(request) == ""


@pytest.mark.parametrize(
    ("to", "arguments", "location"),
    [("home", (), "/"), ("catalog:product", ("teapot",), "/products/teapot/"), ("/cart/?a=b", (), "/cart/?a=b")],
)
def test_after_a_post_the_answer_is_elsewhere(to, arguments, location):
    answer = see_other(to, *arguments)

    assert (answer.status_code, answer["Location"]) == (303, location)


def test_a_private_page_is_kept_nowhere():
    answer = private_page(lambda _request: HttpResponse())(HttpRequest())

    assert sorted(answer["Cache-Control"].split(", ")) == ["no-store", "private"]


def test_a_shared_page_says_so_to_the_middleware():
    answer = shared_page(lambda _request: HttpResponse())(HttpRequest())

    assert answer.is_shared_page  # type: ignore[attr-defined]  # ours
