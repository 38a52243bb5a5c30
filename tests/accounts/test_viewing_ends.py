"""How an operator's look as a customer ends, and that nobody gets one by a trick."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import tasks
from accounts.http.viewing import VIEWING
from accounts.models import AuditEntry, User
from accounts.services import locking, viewings
from core import shared
from tests import make
from tests.accounts.viewing import (
    BEGAN,
    CHANGES,
    ENDED,
    OVER,
    REASON,
    STOP,
    acts,
    begin,
    carries_a_mark,
    helper,
    is_viewing,
    office,
)
from tests.shop.canaries import everything

pytestmark = pytest.mark.django_db
QUARTER = timedelta(minutes=15)
SECOND = timedelta(seconds=1)


@pytest.fixture
def anna():
    return make.verified_user("anna", name="Anna Berg")


def test_it_ends_by_itself_after_a_quarter_of_an_hour_whatever_is_done_meanwhile(anna):
    operator, began = make.operator(), timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        client = office(operator)
        begin(client, anna)
        for _ in range(14):
            clock.shift(timedelta(minutes=1))
            assert is_viewing(client, anna)
        clock.move_to(began + QUARTER - SECOND)
        last = client.get("/account/")
        clock.move_to(began + QUARTER)
        over = client.get("/account/")
        clock.shift(timedelta(minutes=5))
        after = client.get("/account/")

    assert "1 minute left" in last.text
    assert (over.status_code, OVER in over.text, "anna" in over.text) == (403, True, False)
    assert (after.status_code, after.context["user"]) == (200, operator)
    assert list(AuditEntry.objects.order_by("pk").values_list("act", "happened_at")) == [
        (BEGAN, began),
        (ENDED, began + QUARTER),
    ]


def test_the_button_ends_it_and_leads_back_to_the_customer(anna):
    operator = make.operator()
    client = office(operator)
    begin(client, anna)

    answer = client.post(STOP)

    assert (answer.status_code, answer.url) == (303, f"/admin/accounts/user/{anna.pk}/change/")
    assert not carries_a_mark(client)
    assert client.get("/account/").context["user"] == operator
    ended = AuditEntry.objects.get(act=ENDED)
    assert (ended.user, ended.actor, ended.reason) == (anna, operator.username, REASON)
    assert ended.beginning == AuditEntry.objects.get(act=BEGAN)


def test_stopping_twice_is_stopping_once(anna):
    client = office()
    begin(client, anna)

    answers = [client.post(STOP) for _ in range(2)]

    assert [answer.url for answer in answers] == [f"/admin/accounts/user/{anna.pk}/change/", "/"]
    assert acts() == [(BEGAN, "anna"), (ENDED, "anna")]


def test_a_session_that_was_kept_from_before_the_end_opens_nothing(anna):
    """As when a request of another tab, begun before, writes the session back."""
    client = office()
    begin(client, anna)
    kept = client.session[VIEWING]
    client.post(STOP)
    session = client.session
    session[VIEWING] = kept
    session.save()
    client.cookies[shared.VIEWING_COOKIE] = "1"

    answer = client.get("/account/")

    assert (answer.status_code, OVER in answer.text) == (403, True)
    assert acts() == [(BEGAN, "anna"), (ENDED, "anna")]


def test_ending_twice_is_ending_once(anna):
    entry = viewings.begin(customer=anna, operator=make.operator(), reason=REASON, at=timezone.now())

    for _ in range(2):
        viewings.end(beginning_id=entry.pk, at=timezone.now())

    assert acts() == [(BEGAN, "anna"), (ENDED, "anna")]


def test_who_has_nothing_to_stop_stops_nothing(anna):
    client = office(anna)
    before = everything()

    assert client.post(STOP).url == "/"
    assert client.get(STOP).status_code == 405
    assert client.post(STOP, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert everything() == before


def test_another_site_cannot_stop_it(anna):
    client = office()
    begin(client, anna)

    answer = client.post(STOP, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert is_viewing(client, anna)


def test_signing_out_ends_it(anna):
    client = office()
    begin(client, anna)

    client.post("/admin/logout/")

    assert acts() == [(BEGAN, "anna"), (ENDED, "anna")]
    assert client.get("/account/").status_code == 302
    assert not carries_a_mark(client)


def test_a_second_customer_takes_the_place_of_the_first_in_every_tab(anna):
    bea, client = make.verified_user("bea"), office()
    begin(client, anna)

    begin(client, bea, "Case 8")

    assert is_viewing(client, bea)
    assert acts() == [(BEGAN, "anna"), (BEGAN, "bea"), (ENDED, "anna")]


def test_another_quarter_of_an_hour_needs_another_reason(anna):
    began = timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        client = office()
        begin(client, anna)
        clock.shift(timedelta(minutes=10))
        begin(client, anna, "Case 7 goes on")
        clock.shift(timedelta(minutes=10))
        assert is_viewing(client, anna)

    reasons = AuditEntry.objects.order_by("pk").values_list("act", "reason")
    assert list(reasons) == [(BEGAN, REASON), (BEGAN, "Case 7 goes on"), (ENDED, REASON)]


def test_a_refused_second_customer_leaves_the_first(anna):
    client = office()
    begin(client, anna)

    begin(client, make.operator())
    begin(client, make.user(), "")

    assert is_viewing(client, anna)
    assert acts() == [(BEGAN, "anna")]


@CHANGES
def test_it_ends_when_the_customer_is_none_any_more(anna, change):
    client = office()
    begin(client, anna)
    change(anna)

    answers = [client.get("/account/"), client.get("/account/")]

    assert [OVER in answer.text for answer in answers] == [True, False]
    assert answers[1].context["user"] != anna
    assert AuditEntry.objects.filter(act=ENDED).count() == 1


def test_it_ends_when_the_account_is_locked_in_the_office(anna):
    client = office()
    begin(client, anna)

    locking.lock(user=anna, actor="x", reason="y", at=timezone.now())

    assert not is_viewing(client, anna)


@pytest.mark.parametrize(("field", "value"), [("is_active", False), ("is_staff", False), ("username", "another")])
def test_it_ends_when_the_operator_is_none_any_more(anna, field, value):
    operator = helper("view_as_user")
    client = office(operator)
    begin(client, anna)
    User.objects.filter(pk=operator.pk).update(**{field: value})

    answer = client.get("/account/")

    assert (answer.status_code, OVER in answer.text) == (403, True)
    assert acts() == [(BEGAN, "anna"), (ENDED, "anna")]


@pytest.mark.parametrize("by_role", [False, True])
def test_it_ends_with_the_permission(anna, by_role):
    operator = helper("view_as_user")
    if by_role:
        role = operator.groups.create(name="Support")
        role.permissions.set(operator.user_permissions.all())
        operator.user_permissions.clear()
    client = office(operator)
    begin(client, anna)
    was_viewing = is_viewing(client, anna)

    operator.user_permissions.clear()
    operator.groups.clear()

    assert (was_viewing, OVER in client.get("/account/").text) == (True, True)


def test_it_ends_with_the_operators_password_in_every_browser(anna):
    operator = make.operator()
    here, there = office(operator), office(operator)
    for client in (here, there):
        begin(client, anna)

    form = {"old_password": "correct horse", "new_password1": "battery staple", "new_password2": "battery staple"}
    assert here.post("/admin/password_change/", form).status_code == 302

    assert OVER in here.get("/account/").text
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").context["user"] == operator


def test_what_nobody_ended_is_ended_by_the_sweep_at_its_time_and_once(anna):
    began = timezone.now()
    for customer in (anna, make.verified_user("bea")):
        viewings.begin(customer=customer, operator=make.operator(), reason=REASON, at=began)

    with time_machine.travel(began + QUARTER - SECOND, tick=False):
        tasks.end_viewings()
    before = acts()
    with time_machine.travel(began + timedelta(hours=1), tick=False):
        for _ in range(2):
            tasks.end_viewings()

    assert before == [(BEGAN, "anna"), (BEGAN, "bea")]
    assert acts() == [*before, (ENDED, "anna"), (ENDED, "bea")]
    assert set(AuditEntry.objects.filter(act=ENDED).values_list("happened_at", flat=True)) == {began + QUARTER}


@pytest.mark.parametrize("who", ["anna", "another customer", "member", "operator without rights", "another operator"])
def test_a_session_that_names_the_entry_of_another_opens_nothing(anna, who):
    """As if somebody could write into the own session, which nobody can."""
    entry = viewings.begin(customer=anna, operator=make.operator(), reason=REASON, at=timezone.now())
    users = {
        "anna": lambda: anna,
        "another customer": make.user,
        "member": make.member,
        "operator without rights": lambda: make.user(is_staff=True),
        "another operator": make.operator,
    }
    user = users[who]()
    client = office(user)
    session = client.session
    session[VIEWING] = {"beginning": entry.pk, "hash": user.get_session_auth_hash()}
    session.save()
    client.cookies[shared.VIEWING_COOKIE] = "1"

    answer = client.get("/account/")

    assert (answer.status_code, OVER in answer.text, "Anna" in answer.text) == (403, True, False)
    assert client.get("/account/").context["user"] == user


@pytest.mark.parametrize("path", ["/account/", "/products/", "/account/?viewing=1&user_id={pk}", "/cart/"])
@pytest.mark.parametrize("who", ["visitor", "shopper", "operator"])
def test_a_cookie_and_parameters_that_somebody_made_up_do_nothing_and_are_taken_away(anna, path, who):
    users = {"shopper": make.user, "operator": make.operator}
    client = Client() if who == "visitor" else office(users[who]())
    client.cookies[shared.VIEWING_COOKIE] = str(anna.pk)

    answer = client.get(path.format(pk=anna.pk))

    assert "Anna" not in answer.text
    assert "Stop viewing" not in answer.text
    assert not carries_a_mark(client)
    assert not AuditEntry.objects.exists()


def test_without_the_cookie_an_operator_is_nobody_else(anna):
    operator = make.operator()
    client = office(operator)
    begin(client, anna)
    del client.cookies[shared.VIEWING_COOKIE]

    assert client.get("/account/").context["user"] == operator
