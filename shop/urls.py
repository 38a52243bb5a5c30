"""All addresses: pages in every language, and those that have none."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from core import admin as sites
from shop.views import email_change, errors, health, home, privacy, viewing

urlpatterns = [
    path("healthz/", health.alive, name="alive"),
    path("readyz/", health.ready, name="ready"),
    path("favicon.ico", home.favicon),
    path("payments/notify/", include("payments.notify_urls")),
    path("media/", include("catalog.media_urls")),
    *i18n_patterns(
        path("", home.home, name="home"),
        path("preferences/", home.preferences, name="preferences"),
        path("", include("catalog.urls")),
        path("account/", include("orders.account_urls")),
        path("account/", include("accounts.urls")),
        path("account/", include("accounts.social_urls")),
        path("account/2fa/", include("accounts.two_step_urls")),
        path("account/email/", email_change.change, name="account_email"),
        path("account/email/<str:token>/", email_change.confirm, name="account_confirm_email_change"),
        path("account/delete/", privacy.delete, name="account_delete"),
        path("account/data/", privacy.data, name="account_data"),
        path("account/data/<int:export_id>/", privacy.download, name="account_download"),
        path("account/viewing/stop/", viewing.stop, name="stop_viewing"),
        path("cart/", include("cart.urls")),
        path("checkout/", include("orders.checkout_urls")),
        path("orders/", include("orders.urls")),
        path("returns/", include("orders.return_urls")),
        path("", include("payments.urls")),
        path("admin/", sites.operators.urls),
        path("merchant/", sites.merchants.urls),
        prefix_default_language=False,
    ),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("shop.demo_urls")))

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler429 = errors.too_many  # asked for by allauth
handler500 = errors.server_error
