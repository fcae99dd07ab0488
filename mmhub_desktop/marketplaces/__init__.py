"""Talks to marketplaces: one adapter for each, all behind the contract in ``base``."""
