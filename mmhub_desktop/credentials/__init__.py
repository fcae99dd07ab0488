"""Where secrets lie: the one door to the system's keyring, and the encrypted vault where there is none.

``open_secrets`` finds the place, ``AccountSecrets`` is one account's part of it. Everything that goes in or
comes out is registered with the log's redactor.
"""

from mmhub_desktop.credentials.account import AccountSecrets
from mmhub_desktop.credentials.base import AI_KEY, IMAGE_HOST_SECRET, MemorySecrets, PlaceKind, Secrets, SecretsPlace
from mmhub_desktop.credentials.opening import PASSPHRASE_VARIABLE, open_secrets
from mmhub_desktop.credentials.vault import VaultSecrets

__all__ = [
    "AI_KEY",
    "IMAGE_HOST_SECRET",
    "PASSPHRASE_VARIABLE",
    "AccountSecrets",
    "MemorySecrets",
    "PlaceKind",
    "Secrets",
    "SecretsPlace",
    "VaultSecrets",
    "open_secrets",
]
