"""Where providers send their notices; the same in every language."""

from django.urls import path

from payments import views

urlpatterns = [path("<slug:provider>/", views.notify, name="notify")]
