"""Addresses that only a demonstration shop has."""

from django.urls import path

from shop.views import demo

urlpatterns = [
    path("mails/", demo.mails, name="demo_mails"),
    path("mails/<str:name>/", demo.mail, name="demo_mail"),
    path("mails/<str:name>/html/", demo.mail_html, name="demo_mail_html"),
]
