"""The pages an operator is shown who looks as a customer: listed ones, read only, and none of them kept anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Avatar, DataExport, User
from catalog.models import ContentPage
from catalog.selectors.languages import localized
from core import shared
from shop.middleware import NEUTRAL, SHOWN, STOP
from tests import make
from tests.accounts import factors
from tests.accounts import viewing as acting
from tests.accounts.viewing import ONLY_LOOKING, begin, carries_a_mark, is_viewing, office
from tests.shop import addresses
from tests.shop.canaries import everything

pytestmark = pytest.mark.django_db
REFUSED = {
    # what opens, changes or ends the account, or shows a key to it
    *("account_login", "account_logout", "account_signup", "account_inactive", "account_reauthenticate"),
    *("account_change_password", "account_set_password", "account_reset_password", "account_reset_password_done"),
    *("account_reset_password_from_key", "account_reset_password_from_key_done", "account_confirm_email"),
    *("account_email_verification_sent", "account_email", "account_confirm_email_change"),
    *("mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp"),
    *("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn"),
    *("mfa_login_webauthn", "mfa_reauthenticate_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn"),
    # devices and their addresses (looking deletes rows), and everything at once
    *("account_sessions", "account_data", "account_download", "account_delete"),
    # forms: one left open would be sent for the operator's own account afterwards
    *("socialaccount_connections", "account_social_choose", "account_social_confirm", "socialaccount_signup"),
    *("account_social", "account_social_callback"),
    *("account_profile", "account_set_avatar", "account_order_hide"),
    *("account_address", "account_address_new", "account_address_delete"),
    *("account_address_default", "cart:items", "cart:line", "cart:remove", "preferences"),
    # what leads to an order or a payment; looking at the cashier's expires what is overdue
    *("checkout:begin", "checkout:address", "checkout:delivery", "checkout:review"),
    *("payments:pay", "payments:payment", "payments:status", "payments:return", "notify"),
    # what is done to an order
    *("orders:address", "orders:cancel", "orders:received", "orders:extend"),
    *("orders:urge", "orders:reorder", "orders:return"),
    *("returns:case", "returns:change", "returns:picture", "account_returns"),
    # by number and mailed code, for guests
    *("orders:lookup", "orders:lookup_code", "orders:confirm"),
    # mails with links
    *("demo_mails", "demo_mail", "demo_mail_html"),
}
PAGES = SHOWN - {"account_avatar"}
SENTINEL = "Sentinel Name"


@dataclass
class Scene:
    """A customer with something of everything, and the browser of an operator who is looking as her."""

    customer: User
    operator: User
    client: Client
    paths: dict[str, str]


@pytest.fixture
def scene() -> Scene:
    customer, operator = make.verified_user("anna", name=SENTINEL), make.operator()
    now = timezone.now()
    category = make.category("Tea")
    product = make.product("Teapot", category=category)
    order = make.order(at=now, user=customer)
    cart = make.cart(make.only_variant(product), quantity=3, user=customer)
    texts = localized("title", {"en": "Questions"}) | localized("body", {"en": "Answers"})
    ContentPage.objects.create(slug="faq", is_published=True, **texts)
    values = {
        "number": order.number,
        "uuid": str(make.payment(order.purchase).uuid),
        "pk": make.address(customer).pk,
        "export_id": DataExport.objects.create(user=customer, asked_at=now, ready_at=now, archive=b"zip").pk,
        "line_id": cart.lines.get().pk,
        "provider": "paylab",
        "provider_id": "google",
        "name": "x-1",
        "token": "x",
        "key": "x-x",
        "uidb36": "1",
    }
    slugs = {"catalog:product": product.slug, "catalog:category": category.slug, "catalog:page": "faq"}
    paths = {
        "shop.views.home.favicon": "/favicon.ico",
        "catalog.views.media.picture": f"/media/pictures/ab/ab{'0' * 22}-320.jpg",
    }
    for name, parameters in addresses.parameters().items():
        if name not in paths:
            known = values | {"slug": slugs.get(name)}
            paths[name] = reverse(name, kwargs={each: known[each] for each in parameters})
    client = office(operator)
    begin(client, customer)
    return Scene(customer, operator, client, paths)


def is_kept_nowhere(response: Any) -> bool:
    return {"private", "no-store"} <= set(response["Cache-Control"].split(", ")) and "ETag" not in response


def test_of_every_address_it_is_decided_whether_it_is_shown():
    """A new address is refused until it stands in one of these lists, here and in the middleware."""
    assert addresses.names() == SHOWN | NEUTRAL | {STOP} | REFUSED
    assert sum(map(len, (SHOWN, NEUTRAL, {STOP}, REFUSED))) == len(addresses.names())


def test_what_is_shown_is_shown_as_the_customer_and_changes_nothing(scene):
    before = everything()

    for name in PAGES:
        for path in (scene.paths[name], f"/zh-hans{scene.paths[name]}"):
            page = scene.client.get(path)
            assert (page.status_code, page.context["user"], SENTINEL in page.text) == (200, scene.customer, True), path
            assert is_kept_nowhere(page), path
            assert not page.cookies.keys() & {"cart", "cart_count", "buy_now", "sessionid"}, path
            assert [scene.client.head(path).status_code, scene.client.options(path).status_code] in (
                [200, 405],
                [200] * 2,
            )

    assert everything() == before


def test_the_customers_picture_is_shown_and_not_the_operators(scene):
    for user in (scene.customer, scene.operator):
        User.objects.filter(pk=user.pk).update(avatar_name=user.username)
        Avatar.objects.create(user=user, picture=user.username.encode())

    own, other = (
        scene.client.get(reverse("account_avatar", args=[user.username])) for user in (scene.customer, scene.operator)
    )

    assert (own.content, other.status_code) == (b"anna", 404)
    assert is_kept_nowhere(own)


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete", "options"])
def test_everything_else_is_refused_and_changes_nothing(scene, method):
    before = everything()

    for name in sorted(REFUSED):
        answer = getattr(scene.client, method)(scene.paths[name])
        assert answer.status_code == 403, name
        assert method == "head" or ONLY_LOOKING in answer.text, name
        assert is_kept_nowhere(answer), name

    assert everything() == before
    assert is_viewing(scene.client, scene.customer)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "MADE_UP"])
def test_nothing_but_looking_is_possible_anywhere(scene, method):
    before = everything()

    for name, path in scene.paths.items():
        has_languages = name not in {*NEUTRAL, "notify"} and "demo" not in name
        for each in (path, f"/zh-hans{path}") if has_languages else (path,):
            if name != STOP:
                answer = scene.client.generic(method.upper(), each, "name=x", "application/x-www-form-urlencoded")
                assert (answer.status_code, "data-reason" in answer.text) == (403, True), each

    assert everything() == before


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/account/profile/", {"name": "Stolen", "phone": "", "language": "en"}),
        ("/account/password/change/", {"oldpassword": "correct horse", "password1": "battery staple"}),
        ("/account/email/", {"email": "thief@example.com", "password": "correct horse"}),
        ("/account/delete/", {"password": "correct horse"}),
        ("/account/data/", {}),
        ("/account/sessions/", {}),
        ("/account/logout/", {}),
        ("/account/login/", {"login": "anna", "password": "correct horse"}),
        ("/cart/", {"all": "1"}),
        ("/preferences/", {"theme": "dark"}),
        ("/nowhere/", {}),
    ],
)
def test_a_right_form_is_refused_as_well(scene, path, data):
    before = everything()

    answer = scene.client.post(path, data)

    assert (answer.status_code, ONLY_LOOKING in answer.text) == (403, True)
    assert everything() == before
    assert "theme" not in answer.cookies
    assert is_viewing(scene.client, scene.customer)


def test_the_method_cannot_be_hidden_in_a_header(scene):
    before = everything()

    scene.client.get("/account/delete/", headers={"X-HTTP-Method-Override": "POST"})
    scene.client.post("/account/", {"_method": "GET"}, headers={"X-HTTP-Method-Override": "GET"})

    assert everything() == before


def test_an_address_that_leads_nowhere_says_so_beneath_the_banner(scene):
    page = scene.client.get("/nowhere/")

    assert (page.status_code, SENTINEL in page.text) == (404, True)
    assert is_kept_nowhere(page)
    assert scene.client.get("/cart").url == "/cart/"


def test_pictures_and_signs_of_life_are_nobodys(scene, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert scene.client.get("/healthz/").status_code == 200
        assert scene.client.get("/favicon.ico").status_code == 302


def test_the_offices_stay_the_operators(scene):
    for path in ("/admin/", "/merchant/", "/zh-hans/admin/", f"/admin/accounts/user/{scene.customer.pk}/change/"):
        page = scene.client.get(path)
        assert (page.status_code, page.context["user"]) == (200, scene.operator), path

    lock = f"/admin/accounts/user/{make.user().pk}/lock/"
    assert scene.client.post(lock, {"reason": "A wish"}).status_code == 302
    assert is_viewing(scene.client, scene.customer)


def test_the_session_stays_the_operators(scene):
    session = scene.client.session
    key, kept = session.session_key, dict(session.items())

    for name in SHOWN:
        scene.client.get(scene.paths[name])

    assert scene.client.session.session_key == key
    assert dict(scene.client.session.items()) == kept
    assert kept["_auth_user_id"] == str(scene.operator.pk)


def test_orders_that_the_operators_browser_may_open_are_not_the_customers(scene):
    own = make.order(at=timezone.now())
    session = scene.client.session
    session["orders"] = {own.number: int((timezone.now() + timedelta(hours=1)).timestamp())}
    session.save()

    assert scene.client.get(f"/orders/{own.number}/").status_code == 404

    scene.client.post(acting.STOP)
    assert scene.client.get(f"/orders/{own.number}/").status_code == 200


def test_what_belongs_to_another_customer_is_not_seen(scene):
    theirs = make.order(at=timezone.now(), user=make.user("bea"))

    assert scene.client.get(f"/orders/{theirs.number}/").status_code == 404
    assert theirs.number not in scene.client.get("/account/orders/").text


def test_the_cart_is_the_customers_and_the_operators_stays_in_its_cookie(scene):
    own = make.cart(make.only_variant(make.product("Bowl")), quantity=5)
    make.carry(scene.client, own)
    scene.client.cookies["cart_count"] = "5"
    scene.client.cookies["buy_now"] = scene.client.cookies["cart"].value
    before = everything()

    cart, page = scene.client.get("/cart/").text, scene.client.get("/products/").text
    kept = {name: scene.client.cookies[name].value for name in ("cart_count", "cart")}
    during = everything()
    scene.client.post(acting.STOP)
    after = scene.client.get("/cart/").text

    assert ("Teapot" in cart, "Bowl" in cart) == (True, False)
    assert "Cart, 5 items" not in page
    assert "data-cart-count" not in page  # else the script would put the operator's number there
    assert "data-cart-name" not in page
    assert kept == {"cart_count": "5", "cart": scene.client.cookies["cart"].value}
    assert during == before
    assert ("Bowl" in after, "Teapot" in after) == (False, False)  # a user's cart is not the cookie's
    assert own.lines.get().quantity == 5


def test_no_cookie_of_the_customer_is_left_behind(scene):
    for name in SHOWN:
        scene.client.get(scene.paths[name])
    scene.client.post(acting.STOP)

    left = {name for name, cookie in scene.client.cookies.items() if cookie.value}
    assert left == {"sessionid", "csrftoken"}


def test_no_page_comes_from_the_store_or_goes_into_it(scene):
    shown = [scene.paths[name] for name in ("home", "catalog:products", "catalog:category", "catalog:product")]
    for path in shown:
        made_while_viewing = scene.client.get(path)
        assert is_kept_nowhere(made_while_viewing)
        assert cache.get(shared.key_of(made_while_viewing.wsgi_request)) is None, path
        kept = Client().get(path)
        assert ("ETag" in kept, SENTINEL in kept.text, "Stop viewing" in kept.text) == (True, False, False), path

        again = scene.client.get(path, headers={"If-None-Match": kept["ETag"]})
        assert (again.status_code, SENTINEL in again.text) == (200, True), path
        assert Client().get(path).content == kept.content, path


def test_an_operator_who_has_stopped_gets_kept_pages_again(scene):
    kept = Client().get("/products/")

    scene.client.post(acting.STOP)
    del scene.client.cookies[shared.VIEWING_COOKIE]  # which a test's client goes on sending, without a value

    assert scene.client.get("/products/").content == kept.content


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_looking_as_a_customer_costs_two_queries_more_at_most(scene, name):
    own = office(scene.customer)
    own.cookies[shared.MESSAGES_COOKIE] = ""  # so that no page comes from the store
    path = scene.paths[name]
    for client in (own, scene.client):
        client.get(path)  # what a process looks up once

    with CaptureQueriesContext(connection) as alone:
        own.get(path)
    with CaptureQueriesContext(connection) as viewed:
        scene.client.get(path)

    catalogue = {"home", "catalog:products", "catalog:category", "catalog:product", "catalog:page"}
    assert len(viewed) - len(alone) == (2 if name in catalogue else 1)


def test_the_banner_says_who_and_how_long_in_both_languages(scene):
    page = scene.client.get("/account/").text
    banner = page[page.index('<section class="viewing"') : page.index("<header")]

    assert re.search(r'<p role="status">.*You view the shop as <b>Sentinel Name</b> \(anna@example\.com\)', banner)
    assert "15 minutes left" in banner
    assert 'action="/account/viewing/stop/"' in banner
    assert 'action="/zh-hans/account/viewing/stop/"' in scene.client.get("/zh-hans/account/").text


def test_a_name_is_text_in_the_banner(scene):
    User.objects.filter(pk=scene.customer.pk).update(name="<script>alert(1)</script>")

    page = scene.client.get("/account/").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_page_that_was_left_open_does_nothing_once_it_is_over(scene):
    """Neither the customer's account nor the operator's own is changed by a button pressed too late."""
    locked = User.objects.filter(pk=scene.customer.pk)
    locked.update(is_active=False)
    profile = {"name": "Sentinel", "phone": "", "language": "en"}

    answer = scene.client.post("/account/profile/", profile)

    assert (answer.status_code, acting.OVER in answer.text) == (403, True)
    scene.operator.refresh_from_db()
    assert scene.operator.name == ""
    assert not carries_a_mark(scene.client)


def test_two_operators_look_at_the_same_customer_and_the_customer_shops_on(scene):
    other = office()
    begin(other, scene.customer)
    own = factors.browser()
    own.post("/account/login/", {"login": "anna", "password": "correct horse"})
    variant = make.only_variant(make.product("Bowl"))

    added = own.post("/cart/items/", {"sku": variant.sku, "quantity": "1"})

    assert added.status_code == 303
    assert all("Bowl" in client.get("/cart/").text for client in (own, other, scene.client))
    assert "Stop viewing" not in own.get("/cart/").text
    other.post(acting.STOP)
    assert is_viewing(scene.client, scene.customer)
    assert own.get("/account/").context["user"] == scene.customer


def test_without_the_store_a_session_is_found_in_the_database(scene, no_cache):
    assert is_viewing(scene.client, scene.customer)
    assert scene.client.post("/account/profile/", {"name": "x"}).status_code == 403
