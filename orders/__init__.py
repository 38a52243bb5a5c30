"""Checkout, purchase, order, shipment; the only writer of an order's status."""
