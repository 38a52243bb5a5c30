"""The form of a new account for somebody whom another service has named."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.forms import SignupForm
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect

from accounts import selectors
from accounts.forms import RegistrationForm
from accounts.selectors import identities
from accounts.selectors.identities import Standing


class SocialSignupForm(RegistrationForm, SignupForm):  # type: ignore[misc]  # allauth ships no types
    """Address, user name and terms; whether a typed address has an account already is told by mail alone."""

    account_already_exists: bool
    field_order = ("email", "username", "terms")

    def validate_unique_email(self, value: str) -> str:
        """Note whether the address is taken; one that the service vouches for is not by who never activated it."""
        email: str = super().validate_unique_email(value)
        if self._is_vouched_for(email) and identities.standing_of(email)[0] is Standing.FREE:
            self.account_already_exists = False
        return email

    def try_save(self, request: HttpRequest) -> Any:
        """Save the account; answer as for a known address when it has been taken since we looked.

        Whose identity has been given an account meanwhile, in another tab for instance, signs in to that one.
        """
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            account = self.sociallogin.account
            if identities.is_known(provider=account.provider, uid=account.uid):
                return None, redirect("account_login")
            if selectors.by_email(self.cleaned_data["email"]) is None:
                raise
        self.account_already_exists = True
        return super().try_save(request)

    def _is_vouched_for(self, email: str) -> bool:
        return any(each.verified and each.email == email for each in self.sociallogin.email_addresses)
