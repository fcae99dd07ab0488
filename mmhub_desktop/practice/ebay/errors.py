"""Answers that refuse, in the form of eBay's REST APIs: a list of errors with numbers and parameters."""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.practice.answers import Refusal
from mmhub_desktop.practice.state import Json

# errorId → (domain, category, message)
_TEXTS: Mapping[int, tuple[str, str, str]] = {
    1001: ("OAuth", "REQUEST", "Invalid access token"),
    1100: ("ACCESS", "REQUEST", "Access denied"),
    2001: ("ACCESS", "REQUEST", "Too many requests."),
    2002: ("ACCESS", "REQUEST", "Resource not found"),
    2004: ("ACCESS", "REQUEST", "Invalid request"),
    25001: ("API_INVENTORY", "APPLICATION", "System error."),
    25002: ("API_INVENTORY", "REQUEST", "A user error has occurred."),
    25003: ("API_INVENTORY", "REQUEST", "Invalid price."),
    25004: ("API_INVENTORY", "REQUEST", "Invalid quantity."),
    25005: ("API_INVENTORY", "REQUEST", "Invalid category."),
    25007: ("API_INVENTORY", "REQUEST", "Invalid Shipping policy information."),
    25008: ("API_INVENTORY", "REQUEST", "Invalid Payment policy information."),
    25009: ("API_INVENTORY", "REQUEST", "Invalid Return policy information."),
    25012: ("API_INVENTORY", "REQUEST", "Invalid location."),
    25014: ("API_INVENTORY", "REQUEST", "Invalid pictures."),
    25015: ("API_INVENTORY", "REQUEST", "Invalid picture URL."),
    25016: ("API_INVENTORY", "REQUEST", "Invalid field."),
    25018: ("API_INVENTORY", "REQUEST", "Incomplete account information."),
    25019: ("API_INVENTORY", "REQUEST", "Cannot revise listing."),
    25021: ("API_INVENTORY", "REQUEST", "Invalid condition information."),
    25025: ("API_INVENTORY", "APPLICATION", "Concurrent access of Inventory or InventoryItemGroup."),
    25026: ("API_INVENTORY", "REQUEST", "Selling limits exceeded."),
    25029: ("API_INVENTORY", "REQUEST", "A required field for this category is missing."),
    25601: ("API_INVENTORY", "REQUEST", "Invalid attribute."),
    25604: ("API_INVENTORY", "REQUEST", "Input error."),
    25701: ("API_INVENTORY", "REQUEST", "SKUs not found."),
    25702: ("API_INVENTORY", "REQUEST", "SKU not available."),
    25703: ("API_INVENTORY", "REQUEST", "SKU is a member of another group."),
    25704: ("API_INVENTORY", "REQUEST", "SKU is listed as a single SKU listing."),
    25705: ("API_INVENTORY", "REQUEST", "Inventory item group not found."),
    25706: ("API_INVENTORY", "REQUEST", "Invalid pagination values."),
    25707: ("API_INVENTORY", "REQUEST", "This is an invalid value for a SKU."),
    25709: ("API_INVENTORY", "REQUEST", "Invalid value."),
    25710: ("API_INVENTORY", "REQUEST", "We didn't find the entity you are requesting."),
    25713: ("API_INVENTORY", "REQUEST", "This Offer is not available."),
    25725: ("API_INVENTORY", "REQUEST", "No offer found"),
    25803: ("API_INVENTORY", "REQUEST", "Already exists."),
    25804: ("API_INVENTORY", "REQUEST", "Input error."),
    30500: ("API_FULFILLMENT", "APPLICATION", "System error"),
    30800: ("API_FULFILLMENT", "REQUEST", "Invalid filter value"),
    30810: ("API_FULFILLMENT", "REQUEST", "Invalid date format"),
    30830: ("API_FULFILLMENT", "REQUEST", "Time range between start date and end date must be within '2' years."),
    30840: ("API_FULFILLMENT", "REQUEST", "Start date should be before end date"),
    30850: ("API_FULFILLMENT", "REQUEST", "Start and end dates can't be in the future"),
    31000: ("API_FULFILLMENT", "REQUEST", "Invalid offset"),
    31100: ("API_FULFILLMENT", "REQUEST", "Invalid limit"),
    32100: ("API_FULFILLMENT", "REQUEST", "Invalid order ID"),
    32200: ("API_FULFILLMENT", "REQUEST", "Invalid line item id"),
    32210: ("API_FULFILLMENT", "REQUEST", "Duplicate line item in the request"),
    32300: ("API_FULFILLMENT", "REQUEST", "Invalid shipment tracking number or carrier"),
    32500: ("API_FULFILLMENT", "REQUEST", "Invalid shipped date"),
    62004: ("API_TAXONOMY", "REQUEST", "The specified category tree ID was not found."),
    62005: ("API_TAXONOMY", "REQUEST", "The category ID does not belong to the category tree."),
    62007: ("API_TAXONOMY", "REQUEST", "Missing keyword 'q'."),
    62009: ("API_TAXONOMY", "REQUEST", "The specified category ID must be a leaf category."),
    190013: ("API_MEDIA", "REQUEST", "Unauthorized access."),
    190200: ("API_MEDIA", "REQUEST", "The image ID was not found."),
    190201: ("API_MEDIA", "REQUEST", "The image file size is larger than the limit."),
    190202: ("API_MEDIA", "REQUEST", "The supplied image dimensions exceed the limit."),
    190203: ("API_MEDIA", "REQUEST", "The supplied image is in a format that is not supported."),
}


def error(number: int, more: str = "", **parameters: Any) -> Json:
    """One error object; ``more`` says what exactly, as the long message does."""
    domain, category, message = _TEXTS[number]
    found: Json = {
        "errorId": number,
        "domain": domain,
        "category": category,
        "message": message,
        "longMessage": f"{message} {more}".strip(),
    }
    if parameters:
        found["parameters"] = [{"name": name, "value": str(value)} for name, value in parameters.items()]
    return found


def body_of(*errors: Json) -> Json:
    """The body of a refusal."""
    return {"errors": list(errors)}


def refuse(number: int, more: str = "", status: int = 400, **parameters: Any) -> Refusal:
    """A refusal for one reason."""
    return Refusal(status, body_of(error(number, more, **parameters)))


def front_door(status: int) -> Json:
    """The body for a status when nothing more is known."""
    numbers = {401: 1001, 403: 1100, 404: 2002, 429: 2001}
    return body_of(error(numbers.get(status, 25001 if status >= 500 else 2004)))
