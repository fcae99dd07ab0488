"""Marketplaces and the seller's accounts on them, as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mmhub_desktop.domain.ids import AccountId


class Capability(StrEnum):
    """What an adapter may be able to do; what it does not declare it cannot."""

    CATEGORIES = "categories"
    VALIDATE = "validate"
    IMAGES = "images"
    CREATE = "create"
    UPDATE = "update"
    END = "end"
    RELIST = "relist"
    READ_BACK = "read_back"
    FIND_BY_SKU = "find_by_sku"
    LIST = "list"
    VARIANTS = "variants"
    ORDERS = "orders"
    ACKNOWLEDGE = "acknowledge"
    SHIP = "ship"


@dataclass(frozen=True, slots=True)
class ValueForm:
    """How an entered value looks (a regular expression for all of it); ``words`` say what to do where it does not.

    ``only_for`` (key of another field, its value) says when it looks so.
    """

    pattern: str
    words: str
    only_for: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One thing the seller enters to connect an account. Secret ones go to the keyring, others to the store.

    ``forms`` are told as the value is entered and forbid nothing: only the marketplace knows what it takes.
    """

    key: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = True
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # (value, label)
    forms: tuple[ValueForm, ...] = ()

    def doubt(self, value: str, entered: Mapping[str, str]) -> str:
        """What looks wrong with a value and what to do about it; empty where nothing does. ``entered``: all values."""
        wrong = (
            form.words
            for form in self.forms
            if value
            and (form.only_for is None or entered.get(form.only_for[0]) == form.only_for[1])
            and re.fullmatch(form.pattern, value) is None
        )
        return next(wrong, "")


_COPIED_ALONG = "\u200b\u2060\ufeff"  # marks that nobody sees


def clean_entry(text: str) -> str:
    """What was typed or pasted, without what is copied along: blanks around it, quotes around it, unseen marks."""
    words = text.translate(dict.fromkeys(map(ord, _COPIED_ALONG))).strip()
    while len(words) > 1 and words[0] + words[-1] in ('""', "''", "“”", "«»", "<>"):
        words = words[1:-1].strip()
    return words


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Calls of one group that an account may make: a bucket of ``burst`` refilled at ``per_second``."""

    group: str
    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class GatherBounds:
    """How many tasks of one operation go together in one call, and how long the first of them waits for others.

    A group leaves when it has ``most`` tasks or ``most_bytes`` of them, when its oldest has waited ``wait_s`` seconds,
    or when nothing else of the account is under way. ``scarce``: the calls are few (a rate limit or call budget of the
    tasks' group rations them), so that the whole ``wait_s`` is waited also when nothing else is under way, unless at
    least half of the calls of ``budget`` (a ``CallBudget.group``) are left.
    """

    most: int
    wait_s: float
    most_bytes: int | None = None
    scarce: bool = False
    budget: str = ""


@dataclass(frozen=True, slots=True)
class TextLimits:
    """What a marketplace takes before a category says otherwise: characters of text, number of keywords (0: any)."""

    title: int
    description: int
    keywords: int = 0
    html: bool = False


SECRET_ENTERED = "secret_entered_at"  # noqa: S105 - account setting: when its secret was last entered (ISO 8601)


class AccountKind(StrEnum):
    """Whether an account speaks to the real marketplace or to the practice one on this machine."""

    LIVE = "live"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Account:
    """One set of credentials at one marketplace, without its secrets."""

    id: AccountId
    marketplace: str
    label: str
    kind: AccountKind = AccountKind.LIVE
    site: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)  # not secret: client id, redirect URL, …
    identity: Mapping[str, str] = field(
        default_factory=dict
    )  # what check_credentials told: user id, nickname, currency
    paused: bool = False
    connected_at: datetime | None = None
    token_expires_at: datetime | None = None
    created_at: datetime | None = None
