"""Exports are imported again by the same means as files of other programs."""

from tests.catalog.dialects.conftest import bring

__all__ = ["bring"]
