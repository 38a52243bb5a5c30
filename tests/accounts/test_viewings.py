"""Looking at the shop as a customer: who may, at whom, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.services import delete_never_activated, locking, viewings
from shop import privacy
from tests import make
from tests.accounts import factors
from tests.accounts.viewing import (
    BEGAN,
    CHANGES,
    ENDED,
    REASON,
    STOP,
    address,
    begin,
    carries_a_mark,
    helper,
    is_viewing,
    office,
)
from tests.shop.canaries import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return make.verified_user("anna", name="Anna Berg")


def test_an_operator_gives_a_reason_and_sees_the_shop_as_the_customer(anna):
    operator = helper("view_as_user")
    client = office(operator)

    answer = begin(client, anna)

    assert (answer.status_code, answer.url) == (302, "/account/")
    assert is_viewing(client, anna)
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.user, entry.actor, entry.reason) == (BEGAN, anna, operator.username, REASON)
    assert client.get("/admin/accounts/user/").context["user"] == operator


def test_the_customers_page_leads_to_the_question_for_a_reason(anna):
    path = f"/admin/accounts/user/{anna.pk}/change/"

    shown = office(helper("view_as_user")).get(path).text
    hidden = office(helper("change_user")).get(path).text

    assert (address(anna) in shown, address(anna) in hidden) == (True, False)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_fitting_reason_nothing_begins(anna, reason):
    client = office()
    before = everything()

    answer = begin(client, anna, reason)

    assert answer.status_code == 422
    assert "Please correct the error below." in answer.text
    assert everything() == before
    assert not carries_a_mark(client)
    assert not is_viewing(client, anna)


def test_a_reason_of_five_hundred_characters_is_kept_whole(anna):
    begin(office(), anna, "x" * 500)

    assert AuditEntry.objects.get().reason == "x" * 500


@CHANGES
def test_nobody_is_viewed_who_is_no_customer(anna, change):
    client = office()
    change(anna)
    before = everything()

    asked = client.get(address(anna))
    answer = begin(client, anna)

    assert (asked.url, answer.url) == (f"/admin/accounts/user/{anna.pk}/change/",) * 2
    words = client.get(answer.url).text
    assert "There is nothing to view." in words or "Only customers can be viewed." in words
    assert everything() == before
    assert not carries_a_mark(client)


def test_an_operator_is_not_viewed_by_themselves():
    operator = make.operator()
    client = office(operator)

    answer = client.post(address(operator), {"reason": REASON}, follow=True)

    assert "This is your own account." in answer.text
    assert not AuditEntry.objects.exists()
    assert not carries_a_mark(client)


@CHANGES
def test_who_stops_being_a_customer_while_the_reason_is_typed_is_not_viewed(anna, change):
    operator = make.operator()
    read_before = User.objects.get(pk=anna.pk)
    change(anna)

    with pytest.raises(viewings.NotACustomerError):
        viewings.begin(customer=read_before, operator=operator, reason=REASON, at=timezone.now())

    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "who", ["visitor", "shopper", "anna", "member", "operator without rights", "operator who changes users"]
)
def test_nobody_else_views_as_a_customer(anna, who):
    users = {
        "shopper": make.user,
        "anna": lambda: anna,
        "member": make.member,
        "operator without rights": lambda: make.user(is_staff=True),
        "operator who changes users": lambda: helper("change_user", "add_user", "delete_user"),
    }
    client = Client() if who == "visitor" else office(users[who]())
    other = make.verified_user("bea")
    before = everything()

    asked, answer = client.get(address(other)), begin(client, other)

    assert {asked.status_code, answer.status_code} <= {302, 403}
    assert "/admin/login/" in answer.url if answer.status_code == 302 else True
    assert everything() == before
    assert not carries_a_mark(client)


def test_the_permission_alone_does_not_show_users(anna):
    user = make.user(is_staff=True)
    user.user_permissions.add(*helper("view_as_user").user_permissions.filter(codename="view_as_user"))

    assert begin(office(user), anna).status_code == 403
    assert not AuditEntry.objects.exists()


def test_a_member_with_the_permission_who_is_no_operator_does_not_get_in(anna):
    member = make.member()
    member.user_permissions.set(helper("view_as_user").user_permissions.all())
    client = office(member)

    assert begin(client, anna).status_code == 302
    assert client.post(f"/merchant/accounts/user/{anna.pk}/view-as/", {"reason": REASON}).status_code == 404
    assert not AuditEntry.objects.exists()


def test_an_operator_who_has_a_second_step_takes_it_first(anna):
    operator = make.operator()
    factors.app_of(operator)
    client = office(operator)

    answer = begin(client, anna)

    assert "/admin/login/" in answer.url
    assert not AuditEntry.objects.exists()
    assert not is_viewing(client, anna)


def test_nobody_is_signed_in_as_the_customer(anna):
    client = office()
    sessions = everything().count("django_session: ")
    begin(client, anna)

    for _ in range(2):
        assert is_viewing(client, anna)

    anna.refresh_from_db()
    assert anna.last_login is None
    assert not UserSession.objects.filter(user=anna).exists()
    assert everything().count("django_session: ") == sessions
    assert everything().count("notifications_message: ") == 0


@pytest.mark.parametrize("change", [{"reason": "z"}, {"beginning": None}])
def test_beginning_and_end_stay_as_they_are(anna, change):
    entry = viewings.begin(customer=anna, operator=make.operator(), reason=REASON, at=timezone.now())
    viewings.end(beginning_id=entry.pk, at=timezone.now())
    before = list(AuditEntry.objects.order_by("pk").values())

    for act in (lambda: AuditEntry.objects.update(**change), lambda: AuditEntry.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

    assert list(AuditEntry.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("act", [BEGAN, ENDED])
def test_an_end_has_a_beginning_and_nothing_else_has_one(anna, act):
    entry = viewings.begin(customer=anna, operator=make.operator(), reason=REASON, at=timezone.now())
    beginning = entry if act == BEGAN else None

    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.create(
            act=act, user=anna, actor="x", reason="y", happened_at=timezone.now(), beginning=beginning
        )

    assert AuditEntry.objects.count() == 1


def test_operators_read_both_in_the_office(anna):
    client = office()
    begin(client, anna)
    client.post(STOP)

    page = client.get("/admin/accounts/auditentry/").text

    assert "View as customer began" in page
    assert "View as customer ended" in page
    assert REASON in page


def test_the_customer_learns_when_and_why_but_not_who(anna):
    operator = make.operator()
    entry = viewings.begin(customer=anna, operator=operator, reason=REASON, at=timezone.now())
    viewings.end(beginning_id=entry.pk, at=timezone.now())
    locking.lock(user=anna, actor="x", reason="A secret suspicion", at=timezone.now())

    tables = privacy.records(user=anna)

    kept = [(row["act"], row["reason"], row["happened_at"]) for row in tables["views_by_the_shop"]]
    assert kept == [(each.act, REASON, each.happened_at) for each in AuditEntry.objects.exclude(act="LOCKED")]
    assert operator.username not in str(tables)
    assert "A secret suspicion" not in str(tables)


def test_an_account_that_waits_for_its_activation_can_be_viewed_and_stays(anna):
    waiting, forgotten = make.user("wei"), make.user("lin")
    for user in (waiting, forgotten):
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    client = office()
    begin(client, waiting)
    User.objects.update(joined_at=timezone.now() - timedelta(days=30))

    while delete_never_activated(at=timezone.now()):
        pass

    assert User.objects.filter(pk=waiting.pk).exists()
    assert not User.objects.filter(pk=forgotten.pk).exists()


def test_the_logs_name_ids_only(anna, caplog):
    operator = make.operator()
    caplog.set_level("INFO")

    entry = viewings.begin(customer=anna, operator=operator, reason=REASON, at=timezone.now())
    viewings.end(beginning_id=entry.pk, at=timezone.now())

    told = [(line.getMessage(), line.entry, line.user) for line in caplog.records if hasattr(line, "entry")]
    assert told == [
        ("view as customer began", entry.pk, anna.pk),
        ("view as customer ended", entry.pk, anna.pk),
    ]
    assert not any("Case 7" in str(vars(line)) or "anna" in str(vars(line)) for line in caplog.records)
