"""Who made the goods and who answers for them in the EU, from the product's attributes or the account's defaults.

Attributes are named by party and part: “Manufacturer name”, “Manufacturer street”, “Responsible person email”, …
"""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import ListingDraft
from mmhub_desktop.marketplaces.characters import fold
from mmhub_desktop.marketplaces.ebay.sites import Site

_IN_THE_EU = frozenset(f"EBAY_{site}" for site in ("AT", "BE", "DE", "ES", "FR", "IE", "IT", "NL", "PL"))
_PARTIES = {"manufacturer": "Manufacturer", "responsible person": "Responsible person"}
# what a part is called → (eBay's field, characters)
_PARTS = {
    "name": ("companyName", 100),
    "street": ("addressLine1", 180),
    "city": ("city", 64),
    "postcode": ("postalCode", 9),
    "country": ("country", 2),
    "email": ("email", 180),
    "phone": ("phone", 64),
    "website": ("contactUrl", 250),
}
_ADDRESS = ("street", "city", "postcode", "country")
_CONTACTS = ("street", "email", "phone", "website")
NAMES = frozenset(f"{party} {part}" for party in _PARTIES for part in _PARTS)
"""The attributes that are read here, folded; they are no item specifics."""


def read_safety(draft: ListingDraft, site: Site) -> tuple[dict[str, Any], list[Finding]]:
    """The offer's ``regulatory`` container as far as the product tells, and what is missing or too long in it."""
    given = {fold(name): value.strip() for name, value in draft.attributes.items() if value and value.strip()}
    found: dict[str, Any] = {}
    findings: list[Finding] = []
    for party, label in _PARTIES.items():
        parts = {part: given[f"{party} {part}"] for part in _PARTS if f"{party} {part}" in given}
        if not parts:
            continue
        findings += _check(label, parts)
        told = {_PARTS[part][0]: value.upper() if part == "country" else value for part, value in parts.items()}
        if party == "manufacturer":
            found["manufacturer"] = told
        else:
            found["responsiblePersons"] = [{**told, "types": ["EU_RESPONSIBLE_PERSON"]}]
    if site.id in _IN_THE_EU and "manufacturer" not in found:
        message = "The product does not say who made it; goods sold in the EU must."
        fix = "Add the attributes “Manufacturer name”, “Manufacturer street”, “Manufacturer city”, “Manufacturer "
        fix += "postcode”, “Manufacturer country” and “Manufacturer email”, or give them to the account as defaults."
        findings.append(Finding("ebay.manufacturer", "attributes.Manufacturer name", message, fix, blocks=False))
    return found, findings


def _check(label: str, parts: Mapping[str, str]) -> list[Finding]:
    def problem(part: str, message: str, fix: str, limit: str = "") -> Finding:
        return Finding("ebay.safety", f"attributes.{label} {part}", message, fix, parts.get(part, ""), limit)

    found = []
    if "name" not in parts:
        found.append(problem("name", f"{label}: the name is missing.", f"Add the attribute “{label} name”."))
    missing = [part for part in _ADDRESS if part not in parts]
    if "street" in parts and missing:
        names = ", ".join(f"“{label} {part}”" for part in missing)
        found.append(problem(missing[0], f"{label}: the address is not complete.", f"Add {names}."))
    if not any(part in parts for part in _CONTACTS):
        fix = f"Add “{label} email”, or street, city, postcode and country."
        found.append(problem("email", f"{label}: there is no way to reach them.", fix))
    for part, value in parts.items():
        most = _PARTS[part][1]
        if part == "country" and not (len(value) == most and value.isalpha()):
            found.append(problem(part, f"{label}: “{value}” is no country.", "Enter two letters such as DE."))
        elif len(value) > most:
            message = f"{label}: the {part} has {len(value)} characters."
            found.append(problem(part, message, "Shorten it.", f"at most {most}"))
    return found
