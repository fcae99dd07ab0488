"""Allegro: offers of a seller account over the REST API."""
