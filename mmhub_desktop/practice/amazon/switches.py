"""What can go wrong on the practice Amazon alone."""

from dataclasses import dataclass, field

from mmhub_desktop.practice import faults


@dataclass
class Switches(faults.Switches):
    """The switches of ``POST /_practice/faults``. ``read_lag_s`` is how late a PATCH or DELETE shows."""

    never_appears: bool = False  # submissions are accepted, and nothing comes of them
    missing_roles: list[str] = field(default_factory=list)  # of: listings, orders, addresses
    suspended: bool = False  # the participations tell of suspended listings
    participations: list[str] = field(default_factory=lambda: ["ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"])
    restricted_asins: list[str] = field(default_factory=list)
    bad_pictures: list[str] = field(default_factory=list)  # parts of addresses that cannot be used
    catalogue: dict[str, list[str]] = field(
        default_factory=lambda: {"5901234123457": ["B0CATALOG1"]}
    )  # barcode → ASINs
    link_life_s: float = 300  # of the link to a schema
    orders_pending: bool = False  # new orders are not paid yet
    order_lag_s: float = 0  # until an order is found by a search
    page_life_s: float = 24 * 3600  # of the tokens of order pages
