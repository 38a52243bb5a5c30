"""Forms of the checkout, of looking an order up, of return cases."""
