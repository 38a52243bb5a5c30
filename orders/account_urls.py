"""Addresses of a buyer's own orders."""

from django.urls import path

from orders.views import account, cases

urlpatterns = [
    path("", account.overview, name="account"),
    path("orders/", account.orders, name="account_orders"),
    path("returns/", cases.cases, name="account_returns"),
    path("orders/<str:number>/hide/", account.hide, name="account_order_hide"),
]
