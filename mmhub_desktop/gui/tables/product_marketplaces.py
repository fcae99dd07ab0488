"""The column that shows all marketplaces of a product at once: the icon of each, with its state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.gui.marketplace_icon import account_icons
from mmhub_desktop.gui.tables.line_painting import PAD, write
from mmhub_desktop.gui.tables.product_cells import CellContext, paint_listing
from mmhub_desktop.gui.theme import draw_icon, theme
from mmhub_desktop.gui.widgets.kept_picture import kept_picture
from mmhub_desktop.gui.words import LISTING_STATE

SLOT = 25
ICON = 17
MARK = 11  # the state's icon at the lower right of the marketplace's


@dataclass(frozen=True)
class MarketplaceStates:
    """Says and paints where a product is listed; ``labels`` and ``icons`` by account id, in the accounts' order."""

    labels: Mapping[int, str]
    icons: Mapping[int, str]

    @classmethod
    def of(cls, accounts: Sequence[Account]) -> "MarketplaceStates":
        """For these accounts."""
        return cls({account.id: account.label for account in accounts}, account_icons(accounts))

    @property
    def width(self) -> int:
        """Room for all icons, or for an icon and a word where there is one account; at most eight icons wide."""
        return max(118, 2 * PAD + SLOT * min(8, len(self.labels)))

    def say(self, row: ProductRow) -> str:
        """“Live on Shop one, rejected on Shop two”, for screen readers and spreadsheets."""
        by_state: dict[str, list[str]] = {}
        for account_id, label in self.labels.items():
            if state := row.listings.get(account_id):
                by_state.setdefault(state, []).append(label)
        order = [state for state in ListingState if state.value in by_state]
        said = [f"{LISTING_STATE[state].word} on {', '.join(by_state[state.value])}" for state in order]
        return "; ".join(said) or "Not listed"

    def tip(self, row: ProductRow) -> str:
        """One line for each account."""
        lines = []
        for account_id, label in self.labels.items():
            state = row.listings.get(account_id)
            lines.append(f"{label}: {LISTING_STATE[ListingState(state)].word if state else 'Not listed'}")
        return "\n".join(lines)

    def paint(self, painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:
        """Each account in its own place; where it is not listed the icon is faint."""
        if len(self.labels) == 1:
            paint_listing(painter, rect, next((row.listings.get(each, "") for each in self.labels), ""), context)
            return
        room = rect.adjusted(PAD, 0, -4, 0)
        shown = list(self.labels)
        if len(shown) * SLOT > room.width():  # those that are listed first, then how many more there are
            shown.sort(key=lambda each: each not in row.listings)
            fits = max(0, (room.width() - 26) // SLOT)
            more = QRect(room.left() + fits * SLOT, room.top(), 30, room.height())
            write(painter, more, f"+{len(shown) - fits}", "small", "muted")
            shown = shown[:fits]
        left, top = room.left(), room.top() + (room.height() - ICON) // 2
        for account_id in shown:
            self._paint_one(painter, QRect(left, top, ICON, ICON), account_id, row.listings.get(account_id, ""))
            left += SLOT

    def _paint_one(self, painter: QPainter, spot: QRect, account_id: int, state: str) -> None:
        icon, ratio = self.icons[account_id], painter.device().devicePixelRatioF()
        size = QSize(ICON + 8, ICON + 8)
        drawn = kept_picture(f"listed/{icon}/{state}", size, ratio, partial(_draw_state, icon=icon, state=state))
        painter.drawPixmap(spot.topLeft(), drawn)


def _draw_state(painter: QPainter, icon: str, state: str) -> None:
    spot = QRect(0, 0, ICON, ICON)
    if state:
        wording = LISTING_STATE[ListingState(state)]
        token = "accent_text" if wording.tone == "accent" else wording.tone
        draw_icon(painter, spot, icon, "muted")
        mark = QRect(spot.right() - MARK + 6, spot.bottom() - MARK + 5, MARK, MARK)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("surface"))
        painter.drawEllipse(QRectF(mark).adjusted(-1, -1, 1, 1))
        draw_icon(painter, mark, wording.icon, token)
    else:
        painter.setOpacity(0.35)
        draw_icon(painter, spot, icon, "faint")
