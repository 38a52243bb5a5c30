"""Orders in the back offices."""

from orders.admin import cases, delivery, freight, orders  # noqa: F401  registers them
