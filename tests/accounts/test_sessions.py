"""Where somebody is signed in, and how that ends."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from core import devices
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/account/sessions/"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"


def signed_in(name: str, agent: str = DESK) -> Client:
    """Return a browser in which somebody has just signed in."""
    client = Client(headers={"user-agent": agent})
    client.post("/account/login/", {"login": name, "password": "correct horse"})
    return client


def is_in(client: Client) -> bool:
    """Tell whether the account's page opens."""
    return client.get("/account/").status_code == 200


@pytest.fixture
def anna():
    return make.verified_user("anna")


def test_each_browser_is_named(anna):
    desk, _phone = signed_in("anna"), signed_in("anna", PHONE)

    page = desk.get(PAGE).text

    assert "Chrome · Windows" in page
    assert "Safari · iPhone" in page
    assert page.index("This browser") < page.index("Safari · iPhone")


def test_one_session_is_ended_and_the_others_go_on(anna):
    desk, phone, tablet = (signed_in("anna") for _ in range(3))
    lost = UserSession.objects.get(session_key=phone.session.session_key)

    answer = desk.post(PAGE, {"end": lost.pk}, follow=True)

    assert "Signed out there" in answer.text
    assert [is_in(each) for each in (desk, phone, tablet)] == [True, False, True]


def test_all_others_are_ended_at_once(anna):
    desk, phone, tablet = (signed_in("anna") for _ in range(3))

    desk.post(PAGE)

    assert [is_in(each) for each in (desk, phone, tablet)] == [True, False, False]


@pytest.mark.parametrize("of", ["somebody else", "nobody", "this browser"])
def test_no_other_session_can_be_named(anna, of):
    make.verified_user("bert")
    desk, bert = signed_in("anna"), signed_in("bert")
    own = UserSession.objects.get(session_key=desk.session.session_key)
    other = UserSession.objects.get(session_key=bert.session.session_key)
    named = {"somebody else": other.pk, "nobody": 0, "this browser": own.pk}[of]

    answer = desk.post(PAGE, {"end": named})

    assert answer.status_code == 404
    assert [is_in(desk), is_in(bert)] == [True, True]


def test_a_new_password_ends_all_other_sessions(anna):
    desk, phone = signed_in("anna"), signed_in("anna")

    desk.post("/account/password/change/", {"oldpassword": "correct horse", "password1": "battery staple"})

    assert [is_in(desk), is_in(phone)] == [True, False]


def test_a_form_from_elsewhere_ends_nothing(anna):
    desk, phone = signed_in("anna"), signed_in("anna")
    desk.handler.enforce_csrf_checks = True

    assert desk.post(PAGE).status_code == 403
    assert is_in(phone)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (PHONE, "Safari · iPhone"),
        (DESK, "Chrome · Windows"),
        (f"{DESK} Edg/120.0", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/110 Mobile Safari/537 MicroMessenger/8.0", "WeChat · Android"),
        ("curl/8.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_told_by_its_browser_and_system(agent, name):
    assert devices.name_of(agent) == name
