"""Allegro."""

from tests.fidelity.exceptions import Beyond

_WHY = "signing in is described on pages only, not in the document"

KNOWN = (
    Beyond("POST", "/auth/oauth/token", _WHY),
    Beyond("GET", "/auth/oauth/authorize", _WHY),
    Beyond("POST", "/auth/oauth/device", _WHY),
)
