"""Addresses of orders."""

from django.urls import path

from orders.views import lookup, orders

app_name = "orders"
urlpatterns = [
    path("lookup/", lookup.lookup, name="lookup"),
    path("lookup/code/", lookup.code, name="lookup_code"),
    path("<str:number>/", orders.order, name="order"),
    path("<str:number>/confirm/", lookup.confirm, name="confirm"),
    path("<str:number>/thanks/", orders.thanks, name="thanks"),
]
