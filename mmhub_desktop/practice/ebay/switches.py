"""What can be switched on the practice eBay alone."""

from dataclasses import dataclass, field

from mmhub_desktop.practice import faults

RU_NAME = "Practice_Seller-Practice-Practi-mmhub"


@dataclass
class Switches(faults.Switches):
    """The switches of ``POST /_practice/faults``."""

    expires_in: int = 7200
    redirect_uri: str = RU_NAME  # a name, not an address
    accept_page: str = "https://practice.invalid/accepted"
    rotate_refresh: bool = False  # a refresh hands out another refresh token as well
    expired_as_403: bool = False  # an expired token is answered like a missing right: 403 with 1100
    withheld_scopes: list[str] = field(default_factory=list)  # ends of scopes that consent does not give
    registered: bool = True
    account_status: str = "CONFIRMED"
    policies: bool = True  # business policies are turned on
    out_of_stock_control: bool = True
    locations: bool = True  # there is an inventory location
    selling_limit: int = 0  # pieces in all listings together; 0: no limit
    revisions_per_day: int = 250
    offer_conflict: int = 400  # status for an offer that exists already; 409 is reported, too
    strict_skus: bool = False  # letters and digits only
    title_sticks: bool = False  # a new title is taken with 204 and not shown
    bulk_refused: list[str] = field(default_factory=list)  # SKUs that a bulk update refuses within a 207
    on_hold: list[str] = field(default_factory=list)  # SKUs whose listings are held back
    calls_a_day: int = 0  # of each API; 0: no limit
