"""Addresses of the cart."""

from django.urls import path

from cart import views

app_name = "cart"
urlpatterns = [
    path("", views.cart, name="cart"),
    path("items/", views.items, name="items"),
    path("items/<int:line_id>/", views.line, name="line"),
    path("items/<int:line_id>/remove/", views.remove, name="remove"),
]
