"""What is thrown away by itself."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import tasks

pytestmark = pytest.mark.django_db


def test_sessions_that_have_run_out_are_deleted():
    now = timezone.now()
    for key, minutes in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(minutes=minutes))

    tasks.delete_old_sessions()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
