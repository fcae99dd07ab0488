"""Walmart."""

from typing import Any

KNOWN: tuple[Any, ...] = ()
