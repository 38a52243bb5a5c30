"""The pages where one takes one's data away or has the account deleted."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import DataExport, Erasure, User
from accounts.services import privacy as services
from core import codes
from notifications.models import Message
from orders.models import Order
from shop import privacy, tasks
from tests import make
from tests.shop.canaries import everything, plant, wish

pytestmark = pytest.mark.django_db
DELETE, DATA = "/account/delete/", "/account/data/"


@pytest.fixture
def planted():
    """Somebody with a completed order."""
    return plant()


def test_an_export_is_asked_for_packed_and_taken_away_by_its_owner_alone(client, planted):
    client.force_login(planted)
    stranger = Client()
    stranger.force_login(make.user())

    client.post(DATA)
    waiting = client.get(DATA).text
    export = DataExport.objects.get()
    too_early = client.get(f"{DATA}{export.pk}/")
    tasks.pack_exports()
    file = client.get(f"{DATA}{export.pk}/")

    assert "Being packed" in waiting
    assert too_early.status_code == 404
    assert "Download" in client.get(DATA).text
    assert (file["Content-Type"], file["Cache-Control"]) == ("application/zip", "private, no-store")
    archive = zipfile.ZipFile(io.BytesIO(file.content))
    assert {"data.json", "orders.csv", "profile.csv", "mails.csv"} <= set(archive.namelist())
    assert json.loads(archive.read("data.json"))["profile"][0]["username"] == planted.username
    assert stranger.get(f"{DATA}{export.pk}/").status_code == 404
    assert Client().get(f"{DATA}{export.pk}/").status_code == 302


def test_an_export_that_waits_is_not_asked_for_twice(client, planted):
    client.force_login(planted)

    for _ in range(3):
        client.post(DATA)

    assert DataExport.objects.count() == 1


def test_exports_are_limited(client, planted):
    client.force_login(planted)
    for _ in range(5):
        client.post(DATA)
        tasks.pack_exports()

    answer = client.post(DATA)

    assert answer.status_code == 429
    assert DataExport.objects.count() == 5


def test_old_exports_are_deleted(planted):
    services.ask_export(user=planted, at=timezone.now())
    privacy.pack_waiting(at=timezone.now() - timedelta(days=8))

    tasks.delete_old_exports()

    assert not DataExport.objects.exists()


def test_no_cell_of_an_export_is_a_formula(planted):
    User.objects.filter(pk=planted.pk).update(name="=HYPERLINK(1)")
    planted.refresh_from_db()

    archive = zipfile.ZipFile(io.BytesIO(privacy.pack(user=planted)))

    assert "'=HYPERLINK(1)" in archive.read("profile.csv").decode()


def test_an_account_is_deleted_by_password_code_and_a_week(client, planted):
    client.force_login(planted)

    asked = client.post(DELETE, {"password": "correct horse"})
    code = Message.objects.get(kind="erasure_code").context["code"]
    confirmed = client.post(DELETE, {"code": code}, follow=True)
    day = timezone.localtime(Erasure.objects.get().due_at)
    early = privacy.erase_due(at=timezone.now() + timedelta(days=6, hours=23))
    late = privacy.erase_due(at=timezone.now() + timedelta(days=7, minutes=1))

    assert asked.status_code == 303
    assert f"Your account will be deleted on {day.day} {day:%B}." in confirmed.text
    assert Message.objects.filter(key__startswith="erasure_planned").count() == 1
    assert (early, late) == (0, 1)
    assert client.get("/account/").status_code == 302
    assert privacy.erase_due(at=timezone.now() + timedelta(days=8)) == 0


def test_within_the_week_it_can_be_kept(client, planted):
    client.force_login(planted)
    wish(planted)

    answer = client.post(DELETE, {"keep": "1"}, follow=True)

    assert "Your account stays" in answer.text
    assert privacy.erase_due(at=timezone.now() + timedelta(days=8)) == 0
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("password", ["", "wrong", "\x00", "x" * 5000])
def test_without_the_password_nothing_is_asked(client, planted, password):
    client.force_login(planted)

    answer = client.post(DELETE, {"password": password})

    assert answer.status_code == 422
    assert not Erasure.objects.exists()
    assert not Message.objects.filter(kind="erasure_code").exists()


def test_a_password_is_not_guessed_here_either(client, planted):
    client.force_login(planted)
    for _ in range(settings.LOGIN_FAILURES):
        client.post(DELETE, {"password": "wrong"})

    answer = client.post(DELETE, {"password": "correct horse"})

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert not Erasure.objects.exists()


def test_five_wrong_codes_or_a_quarter_of_an_hour_end_it(planted):
    code = services.ask_erasure(user=planted, at=timezone.now())
    late = services.confirm_erasure(user=planted, code=code, at=timezone.now() + timedelta(minutes=16))
    guesses = [services.confirm_erasure(user=planted, code="guess", at=timezone.now()) for _ in range(5)]

    assert [late, *guesses, services.confirm_erasure(user=planted, code=code, at=timezone.now())] == [None] * 7


def test_when_no_code_is_good_any_more_another_one_is_asked_for(client, planted):
    client.force_login(planted)
    client.post(DELETE, {"password": "correct horse"})
    for _ in range(codes.TRIES):
        client.post(DELETE, {"code": "guess"})

    spent = client.post(DELETE, {"code": Message.objects.get(kind="erasure_code").context["code"]})
    again = client.get(f"{DELETE}?again=1")
    client.post(f"{DELETE}?again=1", {"password": "correct horse"})
    code = Message.objects.filter(kind="erasure_code").latest("pk").context["code"]
    confirmed = client.post(DELETE, {"code": code}, follow=True)

    assert (spent.status_code, 'name="code"' in spent.text) == (422, True)
    assert 'name="password"' in again.text
    assert "Your account will be deleted on" in confirmed.text


def test_a_second_tab_with_the_password_is_answered_with_the_password(client, planted):
    client.force_login(planted)
    client.post(DELETE, {"password": "correct horse"})

    answer = client.post(DELETE, {"password": "wrong"})

    assert (answer.status_code, 'name="password"' in answer.text, 'name="code"' in answer.text) == (422, True, False)


def test_a_wrong_code_changes_nothing_and_is_said(client, planted):
    client.force_login(planted)
    client.post(DELETE, {"password": "correct horse"})

    answer = client.post(DELETE, {"code": "guess"})

    assert answer.status_code == 422
    assert "This code is not correct, or it is too old" in answer.text
    assert Erasure.objects.get().due_at is None


@pytest.mark.parametrize(("maker", "end"), [(make.order, "CANCELLED"), (make.paid_order, "COMPLETED")])
def test_an_open_order_is_in_the_way_when_asked_and_when_due(client, planted, maker, end):
    order = maker(at=timezone.now(), user=planted)
    client.force_login(planted)

    answer = client.post(DELETE, {"password": "correct horse"})
    asked = Erasure.objects.exists()
    wish(planted)
    before = everything()
    count = privacy.erase_due(at=timezone.now())

    assert (answer.status_code, asked, count) == (409, False, 0)
    assert "1 order is still open" in answer.text
    assert everything() == before
    Order.objects.filter(pk=order.pk).update(status=end)
    assert privacy.erase_due(at=timezone.now()) == 1


@pytest.mark.parametrize("who", ["operator", "member"])
def test_who_works_here_asks_an_operator(client, who):
    user = make.operator() if who == "operator" else make.member()
    client.force_login(user)

    answer = client.post(DELETE, {"password": "correct horse"})

    assert answer.status_code == 409
    assert "works in the back office" in answer.text
    assert not Erasure.objects.exists()
    with pytest.raises(services.WorksHereError):
        services.ask_erasure(user=user, at=timezone.now())


@pytest.mark.parametrize("page", [DELETE, DATA])
def test_a_form_from_elsewhere_and_a_visitor_get_nowhere(planted, page):
    elsewhere = Client(enforce_csrf_checks=True)
    elsewhere.force_login(planted)

    assert elsewhere.post(page, {"password": "correct horse"}).status_code == 403
    assert Client().post(page, {"password": "correct horse"}).status_code == 302
    assert not Erasure.objects.exists()
    assert not DataExport.objects.exists()


@pytest.mark.parametrize("page", [DELETE, DATA])
def test_the_pages_cost_few_queries(client, planted, django_assert_max_num_queries, page):
    client.force_login(planted)
    client.get(page)

    with django_assert_max_num_queries(8):
        assert client.get(page).status_code == 200
