"""Kaufland's marketplace, Seller API v2."""
