"""Changes to checkouts, orders and shipments."""
