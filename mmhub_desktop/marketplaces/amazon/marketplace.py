"""The declaration of Amazon: what it can do, how fast, and what it asks of the seller."""

from mmhub_desktop.domain.marketplace import Capability, GatherBounds, TextLimits
from mmhub_desktop.marketplaces.amazon.adapter import Amazon
from mmhub_desktop.marketplaces.amazon.auth import CHOICES, FIELDS, SETUP
from mmhub_desktop.marketplaces.amazon.definitions import DESCRIPTION_MAX, TITLE_MAX
from mmhub_desktop.marketplaces.amazon.feeds import MOST
from mmhub_desktop.marketplaces.amazon.items import AT_ONCE
from mmhub_desktop.marketplaces.amazon.operations import LIMITS
from mmhub_desktop.marketplaces.amazon.problems import LABEL
from mmhub_desktop.marketplaces.base import FOLLOW_MANY, UPDATE_MANY, Marketplace, PictureRules, PictureSource
from mmhub_desktop.marketplaces.marks import letter_mark

MARKETPLACE = Marketplace(
    name="amazon",
    label=LABEL,
    sites=(),  # told by Amazon when the account is connected; beforehand only the region is asked for
    credential_fields=FIELDS,
    capabilities=frozenset(
        {
            Capability.CATEGORIES,
            Capability.VALIDATE,
            Capability.CREATE,
            Capability.UPDATE,
            Capability.END,
            Capability.READ_BACK,
            Capability.FIND_BY_SKU,
            Capability.LIST,
            Capability.VARIANTS,
            Capability.ORDERS,
            Capability.SHIP,
        }
    ),
    rate_limits=LIMITS,
    concurrency=8,
    text_limits=TextLimits(title=TITLE_MAX, description=DESCRIPTION_MAX),
    lookup_lag_s=(30.0, 120.0),
    read_back_s=(30.0, 120.0, 300.0, 900.0, 1800.0),
    adapter=Amazon,
    image_formats=("image/jpeg", "image/png", "image/tiff", "image/gif"),
    read_at_once=AT_ONCE,
    gathered={UPDATE_MANY: GatherBounds(MOST, 20.0), FOLLOW_MANY: GatherBounds(MOST, 5.0)},
    pictures=PictureSource.URL,
    picture_rules=PictureRules(
        long_side=500,
        bytes_most=10 * 2**20,
        best="1600 × 1600 pixels on white",
        long_most=10_000,
        plain=True,
        white_main=True,
    ),
    choices=CHOICES,
    setup=SETUP,
    follow_s=(30.0, 120.0, 300.0, 900.0, 1800.0),
    secret_lasts_days=180,
    icon=letter_mark("parcel", "M8.6 16L12 8l3.4 8M9.9 13.2h4.2"),
)
