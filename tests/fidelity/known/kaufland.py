"""Kaufland."""

from tests.fidelity.exceptions import Demanded

_WHY = "the document has no securitySchemes: the signature's headers are described on pages only"

KNOWN = (
    Demanded("Shop-Client-Key", _WHY),
    Demanded("Shop-Timestamp", _WHY),
    Demanded("Shop-Signature", _WHY),
    Demanded("User-Agent", _WHY),
)
