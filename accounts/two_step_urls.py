"""The second step of a login: the pages of allauth that the shop has, with its status codes."""

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path
from django.views.generic import RedirectView

from accounts.views import told, two_step

urlpatterns = [
    path("", two_step.overview, name="mfa_index"),
    path("authenticate/", told(base.authenticate), name="mfa_authenticate"),
    path("reauthenticate/", told(base.reauthenticate), name="mfa_reauthenticate"),
    path("totp/activate/", told(totp.activate_totp), name="mfa_activate_totp"),
    path("totp/deactivate/", told(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("recovery-codes/", told(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("recovery-codes/generate/", told(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("passkeys/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("passkeys/add/", told(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/login/", told(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("passkeys/reauthenticate/", told(two_step.PasskeyAgainView.as_view()), name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/edit/", told(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", told(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
]
