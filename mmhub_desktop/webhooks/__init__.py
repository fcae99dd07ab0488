"""Webhooks: messages about what happened, signed and delivered to addresses that the seller has named."""

from mmhub_desktop.webhooks.office import Webhooks

__all__ = ["Webhooks"]
