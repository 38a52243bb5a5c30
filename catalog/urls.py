"""Addresses of listings, products and pages of text."""

from django.urls import path

from catalog.views import listings, pages, products

app_name = "catalog"
urlpatterns = [
    path("products/", listings.products, name="products"),
    path("categories/<slug:slug>/", listings.category, name="category"),
    path("products/<slug:slug>/", products.product, name="product"),
    path("pages/<slug:slug>/", pages.page, name="page"),
]
