"""Users, merchants, and who works for which merchant."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import emails


class UserManager(BaseUserManager["User"]):
    """Makes users with hashed passwords."""

    def create_user(self, username: str, email: str, password: str | None = None, **fields: object) -> User:
        """Return a new user; without a password the account cannot log in."""
        user = self.model(username=self.model.normalize_username(username), email=emails.canonical(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, email: str, password: str | None = None, **fields: object) -> User:
        """Return a new operator who may do everything."""
        return self.create_user(username, email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account: a shopper, a merchant's member, an operator."""

    username = models.CharField(_("username"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()])
    email = models.EmailField(_("email"))
    name = models.CharField(_("full name"), max_length=150, blank=True)
    phone = models.CharField(_("mobile number"), max_length=40, blank=True, db_default="")
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True, db_default="")
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    avatar_name = models.CharField(max_length=24, blank=True, db_default="", editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("operator"), default=False, help_text=_("May use the operators' back office."))
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    grace_began_at = models.DateTimeField(_("first asked for a second step"), null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        permissions = [("view_as_user", _("Can view the shop as a customer"))]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="accounts_user_unique_username"),
            models.UniqueConstraint(Lower("email"), name="accounts_user_unique_email"),
        ]

    def get_full_name(self) -> str:
        """Return the name to greet with."""
        return self.name or self.username

    def get_short_name(self) -> str:
        """Return the name the back office greets with."""
        return self.get_full_name()


class Avatar(models.Model):
    """A person's picture: a small square WebP, encoded by us.

    It lies in the database, so that it goes when the person goes. Its name is in the person's row, and new each time.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="avatar", verbose_name=_("user"))
    picture = models.BinaryField()

    class Meta:
        verbose_name = _("avatar")
        verbose_name_plural = _("avatars")

    def __str__(self) -> str:
        return str(self.user)


class ProfileChange(models.Model):
    """What somebody changed in the own profile, for support to look up."""

    class Field(models.TextChoices):
        NAME = "NAME", _("Full name")
        PHONE = "PHONE", _("Mobile number")
        LANGUAGE = "LANGUAGE", _("Language")
        TIME_ZONE = "TIME_ZONE", _("Time zone")
        BIRTHDAY = "BIRTHDAY", _("Birthday")
        AVATAR = "AVATAR", _("Picture")
        EMAIL = "EMAIL", _("Email")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="profile_changes", verbose_name=_("user"))
    field = models.CharField(_("field"), max_length=20, choices=Field.choices)
    before = models.CharField(_("before"), max_length=254, blank=True)
    after = models.CharField(_("after"), max_length=254, blank=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("change of the profile")
        verbose_name_plural = _("changes of the profile")
        indexes = [models.Index(fields=["user", "-id"], name="accounts_profilechange_newest")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_field_display()}"


class EmailChange(models.Model):
    """A wish for another address; it counts once both mailboxes have said yes."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="email_change", verbose_name=_("user"))
    email = models.EmailField(_("new email"))
    is_confirmed_by_old = models.BooleanField(_("confirmed at the old address"), default=False)
    is_confirmed_by_new = models.BooleanField(_("confirmed at the new address"), default=False)
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("change of email")
        verbose_name_plural = _("changes of email")

    def __str__(self) -> str:
        return f"{self.user} → {self.email}"

    @property
    def is_confirmed(self) -> bool:
        """Whether both have confirmed."""
        return self.is_confirmed_by_old and self.is_confirmed_by_new


class Erasure(models.Model):
    """A wish to be forgotten: confirmed by a mailed code, may be taken back for a week, then carried out by a sweep.

    due_at: empty until the code was typed. done_at: the account is nobody's since then.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="erasure", verbose_name=_("user"))
    asked_at = models.DateTimeField(_("asked"))
    code_hash = models.CharField(_("hash of the code"), max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        indexes = [models.Index("due_at", name="accounts_erasure_due", condition=models.Q(done_at=None))]

    def __str__(self) -> str:
        return str(self.user)


class Consent(models.Model):
    """What somebody has agreed to, or taken back: one row for each time, the newest counts.

    text: what stood beside the box, or which version of a longer text.
    """

    class Kind(models.TextChoices):
        TERMS = "TERMS", _("Terms and privacy policy")
        NEWS = "NEWS", _("News by mail")

    class Source(models.TextChoices):
        SIGNUP = "SIGNUP", _("Registration")
        PROFILE = "PROFILE", _("Profile")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents", verbose_name=_("user"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    is_given = models.BooleanField(_("given"))
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    text = models.CharField(_("text"), max_length=200)
    said_at = models.DateTimeField(_("said"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["user", "kind", "-id"], name="accounts_consent_newest")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_kind_display()}"


class DataExport(models.Model):
    """All that the shop keeps about a person, asked for by that person; a worker packs it.

    archive: a ZIP file; empty until it is ready. It lies in the database, where every machine finds it and
    nobody else can open it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="data_exports", verbose_name=_("user"))
    asked_at = models.DateTimeField(_("asked"))
    archive = models.BinaryField(default=b"")
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        constraints = [
            models.UniqueConstraint("user", name="accounts_dataexport_one_waiting", condition=models.Q(ready_at=None))
        ]

    def __str__(self) -> str:
        return str(self.user)


class MerchantQuerySet(models.QuerySet["Merchant"]):
    """Sets of merchants."""

    def worked_for_by(self, user: User) -> MerchantQuerySet:
        """Merchants this user acts for."""
        return self.filter(is_active=True, members__user=user)


class Merchant(models.Model):
    """Who sells: owns products, prices, stock and orders."""

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_default = models.BooleanField(_("default merchant"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = MerchantQuerySet.as_manager()

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        constraints = [
            models.UniqueConstraint(
                "is_default", name="accounts_merchant_one_default", condition=models.Q(is_default=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MerchantMember(models.Model):
    """A user who works for a merchant."""

    class Role(models.TextChoices):
        OWNER = "OWNER", _("Owner")
        CATALOGUE = "CATALOGUE", _("Catalogue")
        ORDERS = "ORDERS", _("Orders")
        SUPPORT = "SUPPORT", _("Support")
        FINANCE = "FINANCE", _("Finance")
        ANALYST = "ANALYST", _("Analyst")

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="members", verbose_name=_("merchant"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.OWNER)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint("merchant", "user", name="accounts_member_unique_user")]

    def __str__(self) -> str:
        return f"{self.user} · {self.merchant}"


class AuditEntry(models.Model):
    """What somebody who runs the shop did to an account; written once, never changed.

    beginning: of an end, the entry that it ends; so nothing ends twice.
    """

    class Act(models.TextChoices):
        TWO_STEP_RESET = "TWO_STEP_RESET", _("Two-step sign-in reset")
        LOCKED = "LOCKED", _("Account locked")
        UNLOCKED = "UNLOCKED", _("Account unlocked")
        VIEW_BEGAN = "VIEW_BEGAN", _("View as customer began")
        VIEW_ENDED = "VIEW_ENDED", _("View as customer ended")

    act = models.CharField(_("act"), max_length=30, choices=Act.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="audit_entries", verbose_name=_("user"))
    actor = models.CharField(_("done by"), max_length=150)
    reason = models.CharField(_("reason"), max_length=500)
    happened_at = models.DateTimeField(_("moment"))
    beginning = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="ending", verbose_name=_("began with")
    )

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        constraints = [
            models.CheckConstraint(
                name="accounts_auditentry_end_has_beginning",
                condition=models.Q(act="VIEW_ENDED", beginning__isnull=False)
                | (~models.Q(act="VIEW_ENDED") & models.Q(beginning=None)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} · {self.user}"


class AddressFields(models.Model):
    """A postal address as columns; copied, never referred to, where it must not change any more."""

    country = models.CharField(_("country or region"), max_length=2, default="CN")
    name = models.CharField(_("full name"), max_length=100)
    phone = models.CharField(_("mobile number"), max_length=40)
    province = models.CharField(_("province"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    district = models.CharField(_("district"), max_length=100, blank=True)
    street = models.CharField(_("street and house number"), max_length=300)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)

    class Meta:
        abstract = True


class AddressQuerySet(models.QuerySet["Address"]):
    """Sets of saved addresses."""

    def visible_to(self, user: User) -> AddressQuerySet:
        """Addresses this user has saved."""
        return self.filter(user=user)


class Address(AddressFields):
    """An address that somebody has saved; checkouts and orders copy it."""

    class Label(models.TextChoices):
        HOME = "HOME", pgettext_lazy("label of an address", "Home")
        OFFICE = "OFFICE", pgettext_lazy("label of an address", "Office")
        SCHOOL = "SCHOOL", pgettext_lazy("label of an address", "School")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses", verbose_name=_("user"))
    label = models.CharField(_("label"), max_length=10, choices=Label.choices, blank=True)
    is_default = models.BooleanField(_("default address"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint("user", name="accounts_address_one_default", condition=models.Q(is_default=True)),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.street}"
