"""Dialogs that need the whole program get the window of the pages' tests."""

from tests.gui.pages.conftest import shop

__all__ = ["shop"]
