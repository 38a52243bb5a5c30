"""What is thrown away by itself."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import tasks
from accounts.models import User
from accounts.services import locking
from tests import make

pytestmark = pytest.mark.django_db


def test_sessions_that_have_run_out_are_deleted():
    now = timezone.now()
    for key, minutes in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(minutes=minutes))

    tasks.delete_old_sessions()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


def test_an_account_that_nobody_activates_goes_after_two_weeks():
    now = timezone.now()
    for name, days, is_confirmed in [("late", 15, False), ("early", 13, False), ("confirmed", 15, True)]:
        user = make.user(name)
        EmailAddress.objects.create(user=user, email=user.email, verified=is_confirmed, primary=True)
        User.objects.filter(pk=user.pk).update(joined_at=now - timedelta(days=days))
    from_office, operator, member = make.user("office"), make.operator(), make.member()
    for user in (operator, member):
        EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    kept = [from_office.pk, operator.pk, member.pk]
    User.objects.filter(pk__in=kept).update(joined_at=now - timedelta(days=99))

    tasks.delete_never_activated()

    assert set(User.objects.exclude(pk__in=kept).values_list("username", flat=True)) == {"early", "confirmed"}
    assert User.objects.filter(pk__in=kept).count() == 3


def test_one_that_an_operator_has_locked_stays_on_record_and_holds_up_no_other():
    for name in ("locked", "late"):
        user = make.user(name)
        EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    User.objects.update(joined_at=timezone.now() - timedelta(days=15))
    locking.lock(user=User.objects.get(username="locked"), actor="operator", reason="test", at=timezone.now())

    tasks.delete_never_activated()

    assert list(User.objects.values_list("username", flat=True)) == ["locked"]
