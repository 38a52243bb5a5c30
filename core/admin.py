"""The two back offices, and the base of their pages.

`operators` (/admin/) shows everything. `merchants` (/merchant/) shows a member what belongs to the own
merchants: every list, object, choice and search goes through ScopedModelAdmin. An analyst only looks.
"""

from __future__ import annotations

from typing import Any, cast

from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin, TabularInline
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db.models import ForeignKey, Manager, ManyToManyField, Model, QuerySet
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import doors, factors
from core.forms import LimitedLoginForm, MembersLoginForm, OperatorsLoginForm
from core.http import too_many


class OperatorsSite(AdminSite):
    """The back office of those who run the shop."""

    site_header = _("Back office")
    site_title = _("Back office")
    index_title = _("Overview")
    enable_nav_sidebar = True
    login_form: type[LimitedLoginForm] = OperatorsLoginForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in whom the office is open to, once the second step is taken or may still be put off."""
        return self.is_open_to(request) and factors.standing(request).is_open

    def is_open_to(self, request: HttpRequest) -> bool:
        """Whether this user works here."""
        return super().has_permission(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add until when a second step may be put off; the page says so at its head."""
        until = factors.standing(request).until if self.is_open_to(request) else None
        return super().each_context(request) | {"grace_until": until}

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the login, or what is missing after it; 429 to who typed too many wrong passwords."""
        index = reverse("admin:index", current_app=self.name)
        if self.is_open_to(request) and not factors.standing(request).is_open:
            return doors.ask(request, default=index)
        if request.method == "GET" and self.has_permission(request):
            return redirect(index)
        request.current_app = self.name
        view = doors.OfficeLoginView.as_view(
            extra_context=self._login_context(request, index) | (extra_context or {}),
            authentication_form=self.login_form,
            template_name="admin/login.html",
            next_page=index,
        )
        response = cast("HttpResponse", view(request))  # of a view that does not stream
        form = (getattr(response, "context_data", None) or {}).get("form")
        if form is not None and form.is_over_limit:
            too_many(response, seconds=form.seconds_to_wait)
        return response

    def _login_context(self, request: HttpRequest, index: str) -> dict[str, Any]:
        """Return what Django's template of the login shows."""
        return {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            REDIRECT_FIELD_NAME: index,
        }


class MerchantsSite(OperatorsSite):
    """The back office of a merchant's members."""

    login_form = MembersLoginForm

    def is_open_to(self, request: HttpRequest) -> bool:
        """Whether this is an active member of an active merchant, or an operator."""
        return bool(request.user.is_active and (request.user.is_superuser or own_merchant_ids(request)))


operators = OperatorsSite(name="admin")
merchants = MerchantsSite(name="merchant")


class _Scoped:
    """What lists and inlines of merchants' things have in common."""

    merchant_lookup = "merchant"

    def scope(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that belong to the user's merchants; all of them to an operator."""
        if self._is_operator(request):
            return queryset
        return self._narrowed(queryset, own_merchant_ids(request))

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: Any) -> Any:
        """Offer only things of merchants the user acts for to choose from."""
        field = super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]  # mixin
        return self._narrow(field, request)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **options: Any
    ) -> Any:
        """Offer only things of merchants the user acts for to choose from."""
        field = super().formfield_for_manytomany(db_field, request, **options)  # type: ignore[misc]  # mixin
        return self._narrow(field, request)

    def _narrow(self, field: Any, request: HttpRequest) -> Any:
        is_choice = isinstance(field, ModelChoiceField | ModelMultipleChoiceField)
        if not is_choice or field.queryset is None or self._is_operator(request):
            return field
        model = field.queryset.model
        if model is _merchant_model():
            field.queryset = managed_merchants(request)
            if len(managed_merchant_ids(request)) == 1:
                field.initial, field.empty_label = managed_merchant_ids(request)[0], None
        elif any(each.name == "merchant" for each in model._meta.get_fields()):  # noqa: SLF001  public by custom
            field.queryset = field.queryset.filter(merchant__in=managed_merchants(request))
        return field

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Members see their merchant's things; operators by Django's permissions."""
        return self._is_own(request, obj) or super().has_view_permission(request, obj)  # type: ignore[misc]  # mixin

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Members change their merchant's things, analysts do not; operators by Django's permissions."""
        return self._is_managed(request, obj) or super().has_change_permission(request, obj)  # type: ignore[misc]  # mixin

    def has_add_permission(self, request: HttpRequest, *parents: Any) -> bool:
        """Members add things for their merchant, analysts do not; operators by Django's permissions."""
        return self._is_managed(request, None) or super().has_add_permission(request, *parents)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Members delete their merchant's things, analysts do not; operators by Django's permissions."""
        return self._is_managed(request, obj) or super().has_delete_permission(request, obj)  # type: ignore[misc]  # mixin

    def _is_operator(self, request: HttpRequest) -> bool:
        """Whether all merchants' things are shown: to anybody in the operators' office, where rights decide."""
        return bool(request.user.is_superuser or self.admin_site is operators)  # type: ignore[attr-defined]  # mixin

    def _is_own(self, request: HttpRequest, obj: Model | None) -> bool:
        """Whether the user may look here as a merchant's member."""
        return self._is_of(own_merchant_ids(request), request, obj)

    def _is_managed(self, request: HttpRequest, obj: Model | None) -> bool:
        """Whether the user may act here as a merchant's member."""
        return self._is_of(managed_merchant_ids(request), request, obj)

    def _is_of(self, merchant_ids: list[int], request: HttpRequest, obj: Model | None) -> bool:
        if self._is_operator(request) or not merchant_ids:
            return False
        return obj is None or self._narrowed(rows_of(type(obj)).filter(pk=obj.pk), merchant_ids).exists()

    def _narrowed(self, queryset: QuerySet[Any], merchant_ids: list[int]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.merchant_lookup}__in": merchant_ids})


class OfficeModelAdmin(ModelAdmin[Any]):
    """A list and form of the back office: what is not there is 404, not a way back to the overview."""

    list_per_page = 50
    show_full_result_count = False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return a row; what is somebody else's is as missing as what never was."""
        found = super().get_object(request, object_id, from_field) if object_id.isascii() else None
        if found is None:
            raise Http404
        return found


class ReadOnlyModelAdmin(OfficeModelAdmin):
    """Books are read, not written."""

    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What happened stays so."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is thrown away."""
        return False


class ScopedModelAdmin(_Scoped, OfficeModelAdmin):
    """A list and form of things that belong to merchants.

    merchant_lookup: the way from the model to its merchant, such as `order__merchant`.
    A column or filter called `merchant` appears only once there are several merchants.
    """

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows this user may see."""
        return self.scope(request, super().get_queryset(request))

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *arguments: Any, **options: Any
    ) -> HttpResponse | None:
        """Run an action on those of the chosen rows that the user may change; the list may show more."""
        if not self._is_operator(request):
            queryset = self._narrowed(queryset, managed_merchant_ids(request))
        return super().response_action(request, queryset, *arguments, **options)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns, the merchant's only to operators and when it tells something."""
        columns = super().get_list_display(request)
        return _without_merchant(columns) if self._is_operator(request) else _other(columns)

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Return the filters, the merchant's only to operators and when it tells something."""
        filters = super().get_list_filter(request)
        return _without_merchant(filters) if self._is_operator(request) else _other(filters)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the section to members and permitted operators."""
        return self._is_own(request, None) or super().has_module_permission(request)


class ScopedInline(_Scoped, InlineModelAdmin[Any, Any]):
    """Rows of a merchant's thing, edited on its page; the parent has been scoped already."""

    def _is_of(self, merchant_ids: list[int], request: HttpRequest, obj: Model | None) -> bool:
        return not self._is_operator(request) and bool(merchant_ids)


class ReadOnlyInline(ScopedInline, TabularInline[Any, Any]):
    """Rows of a merchant's thing that tell what happened to it."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, *parents: Any) -> bool:
        """Rows come by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What happened stays so."""
        return False


class SharedModelAdmin(OfficeModelAdmin):
    """A list and form of things that belong to the whole shop: operators change them, members may look."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let members look, and choose from them in their own forms."""
        return bool(own_merchant_ids(request)) or super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the section to those who may look."""
        return self.has_view_permission(request)


def managed_merchants(request: HttpRequest) -> QuerySet[Any]:
    """Return the merchants the signed-in user acts for."""
    return rows_of(_merchant_model()).filter(pk__in=managed_merchant_ids(request))


def own_merchant_ids(request: HttpRequest) -> list[int]:
    """Return the ids of the merchants whose things the signed-in user may see."""
    return list(_roles(request))


def managed_merchant_ids(request: HttpRequest) -> list[int]:
    """Return the ids of the merchants whose things the signed-in user may change: an analyst only looks."""
    analyst = _member_model().Role.ANALYST
    return [merchant_id for merchant_id, role in _roles(request).items() if role != analyst]


def rows_of(model: type[Model]) -> Manager[Any]:
    """Return a model's manager."""
    return model._default_manager  # noqa: SLF001  Django's public name for it


def _roles(request: HttpRequest) -> dict[int, str]:
    """Return the signed-in user's roles by the id of the merchant; looked up once for each request."""
    found: dict[int, str] | None = getattr(request, "merchant_roles", None)
    if found is None:
        rows = rows_of(_member_model()).filter(merchant__is_active=True, user=request.user.pk)
        found = dict(rows.values_list("merchant_id", "role")) if request.user.is_authenticated else {}
        request.merchant_roles = found  # type: ignore[attr-defined]  # ours, for this request only
    return found


def _merchant_model() -> type[Model]:
    return apps.get_model("accounts", "Merchant")


def _member_model() -> Any:
    return apps.get_model("accounts", "MerchantMember")


def _without_merchant(names: Any) -> Any:
    if rows_of(_merchant_model()).order_by("pk")[1:2].exists():
        return names
    return _other(names)


def _other(names: Any) -> Any:
    return [name for name in names if name != "merchant"]
