"""What a shopper intends to buy: dirty, personal, deletable."""
