"""What merchants sell: categories, types, products, variants, prices, pictures, stock, and the pages around them."""
