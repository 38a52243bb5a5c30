"""Settings, and what a start prepares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core import checks

from shop.doctor.checks import Check, Clock, Remark, doubtful, fine, unfit, wrong

KEY_LENGTH = 32


class Settings(Check):
    """What Django's own checks say, with those for production: DEBUG, SECRET_KEY, hosts, cookies, HSTS."""

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Pass them on."""
        for message in checks.run_checks(include_deployment_checks=True):
            tell = wrong if message.is_serious() else unfit
            yield tell(f"{message.id}: {message.msg}", message.hint or "docs/OPERATIONS.md lists every setting.")


class Debug(Check):
    """Pages of errors show code and settings to everybody."""

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look at DEBUG."""
        if settings.DEBUG:
            yield wrong("DEBUG is on: error pages show code and settings to everybody", "Take DEBUG out.")


class SiteAddress(Check):
    """Where links in mails lead, and whom the shop answers."""

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look at SITE_URL, ALLOWED_HOSTS and TRUSTED_PROXIES."""
        yield fine(settings.SITE_URL)
        if not settings.IS_HTTPS:
            yield unfit("SITE_URL is not https: passwords travel in the clear", "Let SITE_URL begin with https.")
        elif not settings.TRUSTED_PROXIES:
            yield doubtful(
                "SITE_URL is https and no proxy is trusted: behind one, every page redirects to itself",
                "Set TRUSTED_PROXIES to the number of proxies in front.",
            )
        if "*" in settings.ALLOWED_HOSTS:
            yield wrong(
                "ALLOWED_HOSTS has *: anybody can make the shop call itself by another name",
                "Name the hosts, or leave it empty.",
            )


class Demo(Check):
    """A shop for trying out is none for the public."""

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look at DEMO."""
        if settings.DEMO and settings.IS_HTTPS:
            yield wrong("DEMO is on in a public shop: /demo/mails/ shows everybody's mails", "Take DEMO out.")
        elif settings.DEMO:
            yield doubtful("DEMO is on: mails can be read at /demo/mails/", "Take DEMO out before the shop is public.")


class OrderNumberKey(Check):
    """Numbers of orders cannot be guessed from one another."""

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look at ORDER_NUMBER_KEY."""
        if len(settings.ORDER_NUMBER_KEY) < KEY_LENGTH:
            yield unfit(
                f"ORDER_NUMBER_KEY is shorter than {KEY_LENGTH} characters: numbers tell how much is sold",
                "Make a longer one before the first order; afterwards it must stay.",
            )
        if settings.ORDER_NUMBER_KEY == settings.SECRET_KEY:
            yield wrong(
                "ORDER_NUMBER_KEY is SECRET_KEY: one of them must change, the other must never", "Give each its own."
            )


class SecondStep(Check):
    """A stolen password alone opens no office."""

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look at MFA_REQUIRED_FOR_OFFICES."""
        if not settings.MFA_REQUIRED_FOR_OFFICES:
            yield doubtful(
                "offices open with a password alone", "Take MFA_REQUIRED_FOR_OFFICES out, so that it is required."
            )


class StaticFiles(Check):
    """Pages find their stylesheet."""

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look for the list of collected files."""
        if settings.STATIC_HASHED and not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
            yield wrong("static files are not collected: every page fails", "Run manage.py prepare.")
