"""The practice Kaufland: Seller API v2, written from the public facts."""
