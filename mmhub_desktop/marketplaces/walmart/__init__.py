"""Walmart Marketplace (US): the adapter. What is peculiar about it stands in docs/marketplaces/walmart.md."""
