"""Import of product files: read rows, plan what they need, write them in batches."""
