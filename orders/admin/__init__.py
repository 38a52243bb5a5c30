"""Orders in the back offices."""

from orders.admin import delivery, orders  # noqa: F401  registers them
