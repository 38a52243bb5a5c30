"""Pages that are kept for everybody."""

from __future__ import annotations

import brotli
import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core import shared
from core.cache import breaker
from core.http import shared_page
from core.middleware import SharedPageMiddleware

HTML = "<!doctype html><p>开市 teapot</p>" * 20


def _get(path: str = "/", *, cookies: dict[str, str] | None = None, **headers: str) -> HttpRequest:
    request = RequestFactory(headers=headers).get(path)
    request.COOKIES = cookies or {}
    return request


def _kept(key: str = "shared:test", version: str = "1") -> shared.Page:
    response = HttpResponse(HTML)
    response["Content-Language"] = "en"
    return shared.keep(key, version, response)


class Shop:
    """A shop of one page that counts how often it is made."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.status = 200
        self.cookie = False
        self.is_shared = True
        self.middleware = SharedPageMiddleware(self._answer)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        self.made.append(request.META["QUERY_STRING"])
        response = HttpResponse(f"{HTML}{len(self.made)}", status=self.status)
        if self.cookie:
            response.set_cookie("secret", "1")
        return shared_page(lambda _request: response)(request) if self.is_shared else response

    def visit(self, path: str = "/", *, cookies: dict[str, str] | None = None, **headers: str) -> HttpResponse:
        """Return the answer to one visitor."""
        return self.middleware(_get(path, cookies=cookies, **headers))


@pytest.fixture
def shop() -> Shop:
    """A shop nobody has visited."""
    return Shop()


@pytest.mark.parametrize(
    "path",
    ["/", "/zh-hans/", "/products/", "/zh-hans/products/teapot/", "/categories/tea/?page=2", "/pages/faq/"],
)
def test_catalogue_pages_may_be_shared(path):
    assert shared.may_be_shared(_get(path))
    assert shared.may_be_shared(RequestFactory().head(path))


@pytest.mark.parametrize(
    "path",
    ["/cart/", "/checkout/", "/orders/123/", "/admin/", "/merchant/", "/demo/mails/", "/fr/", "/productsx", "//evil/"],
)
def test_other_pages_are_not(path):
    request = _get("/")
    request.path_info = path

    assert not shared.may_be_shared(request)


def test_a_form_a_remark_a_long_query_and_the_switch_make_a_page_personal(settings):
    assert not shared.may_be_shared(RequestFactory().post("/"))
    assert not shared.may_be_shared(_get("/", cookies={"messages": "x"}))
    assert shared.may_be_shared(_get("/?" + "a" * shared.QUERY_LIMIT))
    assert not shared.may_be_shared(_get("/?" + "a" * (shared.QUERY_LIMIT + 1)))
    settings.SHARED_PAGE_SECONDS = 0
    assert not shared.may_be_shared(_get("/"))


@pytest.mark.parametrize(
    "query",
    [
        "page=2&utm_source=mail",
        "utm_source=mail&page=2",
        "utm_source=mail&page=2&utm_campaign=x%26y&gclid=1&fbclid=2&msclkid=3",
        "gclid=1&page=2",
    ],
)
def test_tracking_parameters_do_not_make_another_page(query):
    assert shared.key_of(_get(f"/products/?{query}")) == shared.key_of(_get("/products/?page=2"))


@pytest.mark.parametrize("query", ["page=3", "xutm_source=1", "page=2&gclidx=1", "page=2&colour=utm_a", ""])
def test_other_parameters_do(query):
    assert shared.key_of(_get(f"/products/?{query}")) != shared.key_of(_get("/products/?page=2"))


def test_each_theme_and_language_has_its_own_page():
    themes = {shared.key_of(_get("/", cookies={"theme": theme})) for theme in ("light", "dark", "", "blue", "\x00")}

    assert len(themes) == 3
    assert shared.key_of(_get("/")) != shared.key_of(_get("/zh-hans/"))


def test_a_strange_address_has_a_key_too():
    assert shared.key_of(_get("/products/?q=%ED%A0%80&x=%00")).startswith("shared:")
    request = _get("/")
    request.path_info = "/products/\udc80"
    assert shared.key_of(request).startswith("shared:")


def test_a_kept_page_is_found_with_its_version():
    _nothing, version = shared.find("shared:test")
    page = _kept(version=version)

    assert _nothing is None
    assert shared.find("shared:test") == (page, version)
    assert brotli.decompress(page.body).decode() == HTML


def test_the_first_version_is_the_same_for_all_who_come_at_once():
    assert shared.find("shared:one")[1] == shared.find("shared:other")[1]


def test_after_a_change_one_visitor_makes_the_page_and_the_others_get_the_old_one():
    old = _kept(version=shared.find("shared:test")[1])
    cache.set(shared.VERSION_KEY, "changed", None)

    first, *others = [shared.find("shared:test") for _ in range(4)]

    assert first == (None, "changed")
    assert others == [(old, "changed")] * 3
    new = _kept(version="changed")
    assert shared.find("shared:test") == (new, "changed")


def test_a_page_made_while_the_catalogue_changed_is_made_once_more():
    version = shared.find("shared:test")[1]
    cache.set(shared.VERSION_KEY, "changed meanwhile", None)
    _kept(version=version)

    assert shared.find("shared:test") == (None, "changed meanwhile")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_pages_are_old_after_the_commit_and_not_before():
    before = shared.find("shared:test")[1]
    with transaction.atomic():
        shared.outdate_on_commit()
        during = shared.find("shared:test")[1]

    assert during == before
    assert shared.find("shared:test")[1] != before


@pytest.mark.parametrize("encoding", ["gzip, deflate, br", "br"])
def test_browsers_that_can_get_it_compressed(encoding):
    answer = shared.answer(_get(accept_encoding=encoding), _kept())

    assert answer["Content-Encoding"] == "br"
    assert brotli.decompress(answer.content).decode() == HTML


def test_others_get_it_plain_with_the_same_headers():
    page = _kept()

    answer = shared.answer(_get(), page)

    assert answer.content.decode() == HTML
    assert "Content-Encoding" not in answer
    assert answer["ETag"] == page.etag
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert answer["Vary"] == "Accept-Encoding"
    assert answer["Content-Language"] == "en"


@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
def test_a_visitor_who_has_it_already_gets_304(form):
    page = _kept()

    answer = shared.answer(_get(if_none_match=form.format(tag=page.etag)), page)

    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", page.etag)


@pytest.mark.parametrize("form", ['"other"', "nonsense", ""])
def test_a_visitor_who_has_another_gets_the_page(form):
    assert shared.answer(_get(if_none_match=form), _kept()).status_code == 200


def test_the_second_visitor_gets_what_was_made_for_the_first(shop):
    first, second = shop.visit(), shop.visit()

    assert len(shop.made) == 1
    assert first.content == second.content
    assert shop.visit("/zh-hans/").content != first.content


def test_a_page_made_for_a_tracked_visitor_shows_nothing_of_it_to_others(shop):
    shop.visit("/products/?utm_source=mail&page=2&gclid=li-na")

    shop.visit("/products/?page=2")

    assert shop.made == ["page=2"]


@pytest.mark.parametrize(("what", "value"), [("status", 404), ("cookie", True), ("is_shared", False)])
def test_what_is_personal_or_no_page_is_not_kept(shop, what, value):
    setattr(shop, what, value)

    answers = [shop.visit(), shop.visit()]

    assert len(shop.made) == 2
    assert "ETag" not in answers[0]


def test_the_shop_is_right_without_redis(shop):
    breaker.trip()

    answers = [shop.visit() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert len(shop.made) == 3
    assert answers[2].content.decode() == f"{HTML}3"
