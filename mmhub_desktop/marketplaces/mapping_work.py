"""What a process that maps drafts runs (``actions.mapping_process``): here, so that it loads nothing else."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import Adapter, CategoryRules, ListingDraft, installed_marketplaces
from mmhub_desktop.marketplaces.mapping_only import mapping_adapter

_here: dict[str, Any] = {}  # of the process: its adapter, and the rules it was given


def begin(account: Account, less_urgent: int) -> None:
    """Make the account's adapter; the process gives way to others by so much (of the systems' scale of 20)."""
    if hasattr(os, "nice"):
        os.nice(less_urgent)
    _here["adapter"] = mapping_adapter(installed_marketplaces().things[account.marketplace], account)
    _here["rules"] = {}


def map_drafts(
    fresh: Mapping[str, CategoryRules], pairs: Sequence[tuple[ListingDraft, str]]
) -> list[tuple[Finding, ...]]:
    """The findings of each draft in the category named beside it; ``fresh`` are rules not given before."""
    adapter: Adapter = _here["adapter"]
    rules: dict[str, CategoryRules] = _here["rules"]
    rules.update(fresh)
    return [adapter.map(draft, rules[category_id]).findings for draft, category_id in pairs]


def forget() -> None:
    """Let go of all rules."""
    _here["rules"].clear()
