"""Addresses of the checkout."""

from django.urls import path

from orders.views import checkout

app_name = "checkout"
urlpatterns = [
    path("", checkout.begin, name="begin"),
    path("address/", checkout.address, name="address"),
    path("delivery/", checkout.delivery, name="delivery"),
    path("review/", checkout.review, name="review"),
]
