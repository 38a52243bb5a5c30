"""Addresses of return cases."""

from django.urls import path

from orders.views import cases

app_name = "returns"
urlpatterns = [
    path("<str:number>/", cases.case, name="case"),
    path("<str:number>/change/", cases.change, name="change"),
    path("<str:number>/pictures/<uuid:uuid>/", cases.picture, name="picture"),
]
