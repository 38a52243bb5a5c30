"""Addresses of the cashier."""

from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [
    path("orders/<str:number>/pay/", views.pay, name="pay"),
    path("payments/<uuid:uuid>/", views.payment, name="payment"),
    path("payments/<uuid:uuid>/status/", views.status, name="status"),
    path("payments/<uuid:uuid>/return/", views.return_, name="return"),
]
