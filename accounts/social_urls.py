"""Signing in with other services: what allauth has for it, at addresses of ours."""

from django.urls import path

from accounts.views import social, told

urlpatterns = [
    path("connections/", social.connections, name="socialaccount_connections"),
    path("connections/choose/", social.choose, name="account_social_choose"),
    path("connections/confirm/", social.confirm, name="account_social_confirm"),
    path("connections/new/", told(social.NewAccountView.as_view()), name="socialaccount_signup"),
    path("with/<slug:provider_id>/", social.begin, name="account_social"),
    path("with/<slug:provider_id>/callback/", social.callback, name="account_social_callback"),
]
