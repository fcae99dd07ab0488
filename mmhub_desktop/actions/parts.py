"""What the workspace hands to every task: its stores, adapters and tools."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from mmhub_desktop.actions.categories import RuleMemory
from mmhub_desktop.actions.lost_answers import CreateTurns, SentMoments
from mmhub_desktop.catalog.enhance import AiProvider
from mmhub_desktop.catalog.kept_images import KeptImages
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.events import Bus
from mmhub_desktop.marketplaces.base import Adapter, ImageFile, Marketplace
from mmhub_desktop.settings import Settings
from mmhub_desktop.store.accounts import AccountStore
from mmhub_desktop.store.adoption import AdoptionStore
from mmhub_desktop.store.listings import ListingStore
from mmhub_desktop.store.mappings import MappingStore
from mmhub_desktop.store.previews import PreviewStore
from mmhub_desktop.store.products import ProductStore
from mmhub_desktop.store.rules import RuleStore

if TYPE_CHECKING:
    from mmhub_desktop.catalog.image_host import ImageHost


@dataclass(frozen=True)
class Parts:
    """The open workspace as tasks see it; all of it belongs to the loop."""

    products: ProductStore
    listings: ListingStore
    adoptions: AdoptionStore
    previews: PreviewStore
    accounts: AccountStore
    listing_rules: RuleStore
    mappings: MappingStore
    bus: Bus
    settings: Settings
    now: Callable[[], datetime]
    adapter: Callable[[AccountId], Awaitable[Adapter]]
    marketplace: Callable[[Account], Marketplace]
    read_image: Callable[[str, str], Awaitable[ImageFile]]
    ai: Callable[[], Awaitable[AiProvider | None]]
    image_host: Callable[[], Awaitable["ImageHost | None"]]
    images: KeptImages
    thumbnail: Callable[[str, str, int], Awaitable[bytes | None]]
    sent: SentMoments = field(default_factory=SentMoments)
    turns: CreateTurns = field(default_factory=CreateTurns)
    rules: RuleMemory = field(default_factory=RuleMemory)
