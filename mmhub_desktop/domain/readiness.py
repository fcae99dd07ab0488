"""Readiness: whether products could be listed on an account, found out on this machine before any call."""

from dataclasses import dataclass
from enum import StrEnum

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.errors import Finding

UNREAD = "readiness.rules_unread"
NO_CATEGORY = "readiness.no_category"


class ReadyState(StrEnum):
    """What is known of a product on an account."""

    READY = "ready"
    BLOCKED = "blocked"  # something forbids sending
    UNREAD = "unread"  # its category, or what the category demands, was not read from the marketplace yet
    INACTIVE = "inactive"  # the seller does not want to sell it


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem of an account's products: a rule and the field it is about, with an example's words."""

    account_id: AccountId
    rule: str
    field: str
    products: int
    message: str
    fix: str = ""
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class ProblemKey:
    """Which products: those with this problem on this account."""

    account_id: AccountId
    rule: str
    field: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of one product, and what it was found out from, so that only what changed is checked again.

    ``rules_at`` is when the category's rules were read (ms since 1970), 0 where they were not.
    """

    product_id: int
    version: int
    state: ReadyState
    overrides: str = "{}"
    category_id: str = ""
    rules_at: int = 0
    findings: tuple[Finding, ...] = ()
