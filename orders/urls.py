"""Addresses of orders."""

from django.urls import path

from orders.views import orders

app_name = "orders"
urlpatterns = [
    path("lookup/", orders.lookup, name="lookup"),
    path("<str:number>/", orders.order, name="order"),
    path("<str:number>/thanks/", orders.thanks, name="thanks"),
]
