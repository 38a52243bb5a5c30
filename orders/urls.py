"""Addresses of orders."""

from django.urls import path

from orders.views import actions, cases, lookup, orders

app_name = "orders"
urlpatterns = [
    path("lookup/", lookup.lookup, name="lookup"),
    path("lookup/code/", lookup.code, name="lookup_code"),
    path("<str:number>/", orders.order, name="order"),
    path("<str:number>/confirm/", lookup.confirm, name="confirm"),
    path("<str:number>/address/", actions.address, name="address"),
    path("<str:number>/cancel/", actions.cancel, name="cancel"),
    path("<str:number>/received/", actions.received, name="received"),
    path("<str:number>/extend/", actions.extend, name="extend"),
    path("<str:number>/urge/", actions.urge, name="urge"),
    path("<str:number>/reorder/", actions.reorder, name="reorder"),
    path("<str:number>/return/", cases.ask, name="return"),
    path("<str:number>/thanks/", orders.thanks, name="thanks"),
]
