"""A search within a budget, against the defaults."""
