"""The icon of a marketplace, wherever one is named. Belongs to the window's thread."""

from collections.abc import Iterable

from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.gui import theme
from mmhub_desktop.marketplaces.base import installed_marketplaces

PLAIN = "store"  # of a marketplace whose package has none, or is gone


def marketplace_icon(name: str) -> str:
    """The icon name of a marketplace, for ``theme.icon``, ``theme.draw_icon`` and ``IconLabel``."""
    declared = installed_marketplaces().things.get(name)
    icon = f"marketplace/{name}"
    return icon if declared is not None and declared.icon and theme.add_drawing(icon, declared.icon) else PLAIN


def account_icons(accounts: Iterable[Account]) -> dict[int, str]:
    """Account id → the icon name of its marketplace."""
    return {account.id: marketplace_icon(account.marketplace) for account in accounts}
