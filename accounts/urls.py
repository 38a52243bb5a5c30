"""Registration, login and passwords: the pages of allauth that the shop has, with its status codes."""

from allauth.account import urls
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from accounts import views
from accounts.views import addresses, profile

PAGES = {
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_confirm_email",
    "account_change_password",
    "account_reauthenticate",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}

urlpatterns = [
    *(
        URLPattern(each.pattern, views.told(each.callback), each.default_args, each.name)
        for each in urls.urlpatterns
        if each.name in PAGES
    ),
    path("sessions/", views.sessions, name="account_sessions"),
    path("profile/", profile.profile, name="account_profile"),
    path("profile/picture/", profile.set_avatar, name="account_set_avatar"),
    path("profile/picture/<slug:name>/", profile.avatar, name="account_avatar"),
    path("addresses/", addresses.address_list, name="account_addresses"),
    path("addresses/new/", addresses.add, name="account_address_new"),
    path("addresses/<int:pk>/", addresses.edit, name="account_address"),
    path("addresses/<int:pk>/delete/", addresses.delete, name="account_address_delete"),
    path("addresses/<int:pk>/default/", addresses.make_default, name="account_address_default"),
    path("confirm-email/", views.verification_sent, name="account_email_verification_sent"),
    # who has no password yet gets the first one by mail
    path("password/set/", RedirectView.as_view(pattern_name="account_reset_password"), name="account_set_password"),
]
