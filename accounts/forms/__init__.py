"""Allauth's forms in the shop's words."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.models import User
from accounts.services import decoys
from core import emails
from core.forms import EmailField

BAD_EMAIL = _("Enter an email address, like name@example.com")


class OvertakenError(Exception):
    """Something was taken since we looked, the username most likely; looking again will tell."""


class LoginForm(allauth_forms.LoginForm):  # type: ignore[misc]  # allauth ships no types
    """Email or user name, password, and whether to stay signed in."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].label = _("Email or username")
        self.fields["login"].error_messages["required"] = _("Enter your email or username")
        self.fields["password"].label = _("Password")
        self.fields["password"].error_messages["required"] = _("Enter your password")
        self.fields["remember"].label = _("Keep me signed in")

    def clean_login(self) -> str:
        """Return the username, or the address as the shop keeps it."""
        login = str(super().clean_login())
        return emails.canonical(login) if "@" in login else login


class RegistrationForm(forms.Form):
    """What every new account has: an address, a name nobody else has, and the terms agreed to."""

    terms = forms.BooleanField(error_messages={"required": _("Please agree to the terms and the privacy policy")})

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = _("Email")
        self.fields["email"].error_messages |= {"invalid": BAD_EMAIL, "required": BAD_EMAIL}
        self.fields["username"].label = _("Username")
        self.fields["username"].error_messages["required"] = _("Choose a username")
        self.fields["terms"].label = _("I agree to the terms and the privacy policy")

    def clean_username(self) -> str:
        """Refuse a name that could be taken for another's, or for an address at login."""
        self.cleaned_data["username"] = User.normalize_username(self.cleaned_data["username"])
        username = str(super().clean_username())  # type: ignore[misc]  # of allauth's form, which follows
        if "@" in username:
            raise forms.ValidationError(_("A username cannot contain @"))
        if selectors.by_username(username) is not None or decoys.is_taken(username=username):
            raise forms.ValidationError(_("This username is taken"))
        return username


class SignupForm(RegistrationForm, allauth_forms.SignupForm):  # type: ignore[misc]  # allauth ships no types
    """A new account; whether the address has one already is told by mail alone."""

    account_already_exists: bool
    field_order = ("email", "username", "password1", "terms")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password1"].label = _("Password")
        self.fields["password1"].error_messages["required"] = _("Choose a password")

    def try_save(self, request: HttpRequest) -> Any:
        """Save the account; for a known address do the same work and take it back, so that time tells nothing."""
        typed = {name: str(self.cleaned_data[name]) for name in ("username", "email")}
        if self.account_already_exists:
            self._rehearse(request)
            password, has_owner = str(self.cleaned_data["password1"]), selectors.is_proved(typed["email"])
            decoys.keep(**typed, password=password, has_owner=has_owner)
            return super().try_save(request)
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError as error:
            if selectors.by_email(typed["email"]) is None:
                raise OvertakenError from error
        self.account_already_exists = True  # since we looked: the form was sent twice at once
        return super().try_save(request)

    def _rehearse(self, request: HttpRequest) -> None:
        """Save an account with an address that nobody has, and take it back."""
        email, self.account_already_exists = self.cleaned_data["email"], False
        self.cleaned_data["email"] = f"{secrets.token_hex(16)}@shop.invalid"
        try:
            with transaction.atomic():
                self.save(request)
                transaction.set_rollback(True)
        finally:
            self.cleaned_data["email"], self.account_already_exists = email, True


class ResetForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """The address a reset link is sent to."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = _("Email")
        self.fields["email"].error_messages |= {"invalid": BAD_EMAIL, "required": BAD_EMAIL}


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth ships no types
    """The new password, typed once."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password1"].label = _("New password")
        self.fields["password1"].error_messages["required"] = _("Choose a password")
        del self.fields["password2"]


class PasswordForm(forms.Form):
    """The password, typed once more before something that cannot be undone."""

    password = forms.CharField(
        label=_("Current password"), strip=False, error_messages={"required": _("Enter your password")}
    )


class EmailChangeForm(PasswordForm):
    """The new address, and the password of who asks for it."""

    email = EmailField(
        label=_("New email"), max_length=254, error_messages={"invalid": BAD_EMAIL, "required": BAD_EMAIL}
    )


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """The old password and the new one, typed once."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["oldpassword"].error_messages["required"] = _("Enter your password")
        self.fields["password1"].label = _("New password")
        self.fields["password1"].error_messages["required"] = _("Choose a password")
        del self.fields["password2"]
