"""Etsy (Open API v3): the adapter, its mapping and its consent."""
