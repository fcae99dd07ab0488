"""What a marketplace declares that it needs of the seller, and how it takes pictures; part of ``base.Marketplace``."""

from dataclasses import dataclass
from enum import StrEnum


class PictureSource(StrEnum):
    """How a marketplace takes pictures."""

    BYTES = "bytes"  # uploaded by us, before the listing is created (``Adapter.upload_image``)
    URL = "url"  # it fetches them from a public address
    TO_LISTING = "to_listing"  # uploaded by us to a listing that is there already (``Adapter.add_picture``)


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """Something the seller chooses once for an account from what it offers (``Adapter.read_choices``).

    Kept in the account's settings under ``key``. ``required``: nothing can be listed without it.
    """

    key: str
    label: str
    help: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One step of connecting an account, in the seller's words: what to open and what to click there."""

    text: str
    link: str = ""
