"""Who gets into which back office, and what an operator without all rights sees there."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import Merchant, MerchantMember, User
from accounts.selectors import default_merchant
from catalog.models import Product
from tests import make

pytestmark = pytest.mark.django_db
OPEN, CLOSED = 200, 302


def _former_member() -> User:
    user = make.member(make.merchant("closed"))
    Merchant.objects.filter(slug="closed").update(is_active=False)
    return user


VISITORS = {
    "a shopper": (make.user, CLOSED, CLOSED),
    "a member": (make.member, CLOSED, OPEN),
    "a member of a closed merchant": (_former_member, CLOSED, CLOSED),
    "an operator without rights": (lambda: make.user(is_staff=True), OPEN, CLOSED),
    "an operator": (make.operator, OPEN, OPEN),
}


def browser(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def permit(user: User, *names: str) -> User:
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    assert user.user_permissions.count() == len(names)
    return user


@pytest.mark.parametrize(("make_one", "admin", "merchant"), VISITORS.values(), ids=VISITORS)
def test_each_office_opens_to_its_own_people(make_one, admin, merchant):
    client = browser(make_one())

    assert client.get("/admin/").status_code == admin
    assert client.get("/merchant/").status_code == merchant


@pytest.mark.parametrize("office", ["admin", "merchant"])
@pytest.mark.parametrize("path", ["", "catalog/product/", "catalog/product/add/", "orders/order/", "jsi18n/"])
def test_a_stranger_is_sent_to_the_door(office, path):
    response = Client().get(f"/{office}/{path}")

    assert (response.status_code, response["Location"]) == (302, f"/{office}/login/?next=/{office}/{path}")


def test_a_deactivated_member_is_out_at_once():
    member = make.member()
    client = browser(member)
    User.objects.filter(pk=member.pk).update(is_active=False)

    assert client.get("/merchant/").status_code == CLOSED


def test_who_is_no_member_any_more_is_out_at_once():
    member = make.member()
    client = browser(member)
    MerchantMember.objects.filter(user=member).delete()

    assert client.get("/merchant/catalog/product/").status_code == CLOSED


def test_a_member_signs_in_at_the_merchants_door_only():
    member = make.member()
    words = {"username": member.username, "password": "correct horse"}

    assert Client().post("/merchant/login/?next=/merchant/", words)["Location"] == "/merchant/"
    assert Client().post("/admin/login/?next=/admin/", words).status_code == 200


@pytest.mark.parametrize("model", ["payments/payment", "accounts/user", "catalog/banner", "notifications/message"])
def test_what_is_the_operators_is_not_in_the_merchants_office(model):
    assert browser(make.member()).get(f"/merchant/{model}/").status_code == 404
    assert browser(make.operator()).get(f"/admin/{model}/").status_code == 200


def test_an_operator_with_a_right_sees_every_merchants_things():
    own, other = make.product("Own"), make.product("Other", merchant=make.merchant())
    client = browser(permit(make.user(is_staff=True), "view_product"))

    html = client.get("/admin/catalog/product/").text

    assert (own.title in html, other.title in html) == (True, True)
    assert client.get(f"/admin/catalog/product/{other.pk}/change/").status_code == 200


def test_an_operator_who_may_look_may_not_change():
    product = make.product("Teapot")
    client = browser(permit(make.user(is_staff=True), "view_product"))
    before = list(Product.objects.values())

    answers = [
        client.post(f"/admin/catalog/product/{product.pk}/change/", {"title_en": "Stolen"}).status_code,
        client.post(f"/admin/catalog/product/{product.pk}/delete/", {"post": "yes"}).status_code,
        client.get("/admin/catalog/product/add/").status_code,
        client.get("/admin/orders/order/").status_code,
    ]

    assert answers == [403, 403, 403, 403]
    assert list(Product.objects.values()) == before


@pytest.mark.parametrize("action", ["archive", "publish"])
@pytest.mark.parametrize(("right", "is_done"), [("view_product", False), ("change_product", True)])
def test_actions_take_more_than_the_right_to_look(action, right, is_done):
    product = make.product("Teapot")
    Product.objects.update(status=Product.Status.DRAFT)
    client = browser(permit(make.user(is_staff=True), *{"view_product", right}))
    before = list(Product.objects.values())

    client.post("/admin/catalog/product/", {"action": action, "_selected_action": [product.pk]})

    assert (list(Product.objects.values()) != before) is is_done


def test_membership_gives_no_rights_in_the_operators_office():
    product = make.product("Teapot")
    member = make.member(default_merchant())
    User.objects.filter(pk=member.pk).update(is_staff=True)
    client = browser(User.objects.get(pk=member.pk))

    assert client.get("/merchant/catalog/product/").status_code == 200
    assert client.get("/admin/catalog/product/").status_code == 403
    assert client.get(f"/admin/catalog/product/{product.pk}/change/").status_code == 403


@pytest.mark.parametrize("model", ["user", "merchant"])
def test_people_and_merchants_are_deactivated_and_not_deleted(model):
    operator = make.operator()
    row = operator if model == "user" else default_merchant()

    response = browser(operator).post(f"/admin/accounts/{model}/{row.pk}/delete/", {"post": "yes"})

    assert response.status_code == 403
    assert (User.objects.count(), Merchant.objects.count()) == (1, 1)


@pytest.mark.parametrize("users", [1, 20])
def test_the_list_of_users_costs_the_same_for_many(users, django_assert_num_queries):
    client = browser(make.operator())
    for _ in range(users):
        make.user()

    with django_assert_num_queries(6):
        client.get("/admin/accounts/user/")
