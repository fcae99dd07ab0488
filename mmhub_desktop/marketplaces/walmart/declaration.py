"""Walmart as the program sees it: what it can do, what it asks of the seller, and how many calls it takes."""

from mmhub_desktop.domain.budget import HOUR_S, CallBudget
from mmhub_desktop.domain.marketplace import Capability, GatherBounds, RateLimit, TextLimits
from mmhub_desktop.marketplaces.base import (
    CREATE_MANY,
    FOLLOW_MANY,
    UPDATE_MANY,
    Marketplace,
    PictureRules,
    PictureSource,
)
from mmhub_desktop.marketplaces.declared import EVERY_FIELD, WITH_VARIANTS
from mmhub_desktop.marketplaces.marks import letter_mark
from mmhub_desktop.marketplaces.walmart.adapter import Walmart
from mmhub_desktop.marketplaces.walmart.auth import CHOICES, FIELDS, SETUP
from mmhub_desktop.marketplaces.walmart.changing import (
    DESCRIPTION_MAX,
    PRICE_CALLS,
    STOCK_CALLS,
    TITLE_MAX,
)
from mmhub_desktop.marketplaces.walmart.feeds import BYTES_MOST, FEED_GROUPS
from mmhub_desktop.marketplaces.walmart.problems import LABEL
from mmhub_desktop.marketplaces.walmart.product_types import SPEC_CALLS

# From the portal's pages of limits; answers name what is left, and ``buckets`` holds to that.
_FEEDS_AN_HOUR = {"MP_ITEM_MATCH": 20}
_TOGETHER = 1_000  # listings of one feed: each is looked for before, so that ten times as many would take half an hour

MARKETPLACE = Marketplace(
    name="walmart",
    label=LABEL,
    sites=(("US", "United States"),),
    credential_fields=FIELDS,
    capabilities=frozenset(
        {
            Capability.CATEGORIES,
            Capability.CREATE,
            Capability.UPDATE,
            Capability.END,
            Capability.READ_BACK,
            Capability.FIND_BY_SKU,
            Capability.LIST,
            Capability.VARIANTS,
            Capability.ORDERS,
            Capability.ACKNOWLEDGE,
            Capability.SHIP,
        }
    ),
    rate_limits=(
        RateLimit("calls", 10.0, 20),
        RateLimit(SPEC_CALLS, 3 / 60, 3),
        RateLimit(STOCK_CALLS, 3.0, 10),
    ),
    call_budgets=(
        *(CallBudget(_FEEDS_AN_HOUR.get(kind, 10), HOUR_S, group) for kind, group in FEED_GROUPS.items()),
        CallBudget(100, HOUR_S, PRICE_CALLS),
    ),
    concurrency=4,
    text_limits=TextLimits(title=TITLE_MAX, description=DESCRIPTION_MAX),
    lookup_lag_s=(15.0, 60.0, 180.0, 600.0),
    read_back_s=(60.0, 300.0, 900.0, 3_600.0),
    adapter=Walmart,
    gathered={
        CREATE_MANY: GatherBounds(_TOGETHER, 60.0, BYTES_MOST, scarce=True, budget=FEED_GROUPS["MP_ITEM"]),
        UPDATE_MANY: GatherBounds(_TOGETHER, 30.0),
        FOLLOW_MANY: GatherBounds(_TOGETHER, 5.0),
    },
    changes_together=EVERY_FIELD | {WITH_VARIANTS},
    pictures=PictureSource.URL,
    image_formats=("image/jpeg", "image/png", "image/bmp"),
    picture_rules=PictureRules(
        bytes_most=5 * 2**20,
        best="2200 × 2200 pixels on white",
        square=True,
        white_main=True,
    ),
    choices=CHOICES,
    setup=SETUP,
    follow_s=(900.0, 3_600.0, 7_200.0, 14_400.0),
    icon=letter_mark("parcel", "M7.6 8.6l2.2 7 2.2-6 2.2 6 2.2-7"),
)
