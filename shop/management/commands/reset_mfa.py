"""`manage.py reset_mfa`: let somebody in again who has lost every second step."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import selectors
from accounts.models import User
from accounts.services import two_step
from shop import account_mails


class Command(BaseCommand):
    """Take the second steps from an account, sign it out everywhere, tell its owner, and write an audit entry."""

    help = "Take all second steps from an account whose owner has lost them; check first who is asking."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="who asked, and how that was checked; kept for ever")

    def handle(self, *args: Any, username: str, reason: str, **options: Any) -> None:
        """Reset one account."""
        if not reason.strip():
            raise CommandError("--reason must not be empty")
        user = selectors.by_username(username)
        if user is None:
            raise CommandError(f"There is no user {username}")
        try:
            self._reset(user, reason.strip())
        except two_step.NoSecondStepError as error:
            raise CommandError(f"{user.username} has no second step") from error
        self.stdout.write(f"{user.username} signs in by password alone again, and is signed out everywhere")

    @transaction.atomic
    def _reset(self, user: User, reason: str) -> None:
        now = timezone.now()
        two_step.reset(user=user, actor=getpass.getuser(), reason=reason, at=now)
        account_mails.write(kind="two_step", recipient=user.email, user=user, at=now, change="reset")
