"""Dialogs, opened without a nested loop."""
