"""What a column of a file can become, in words, as the wizard offers it."""

from mmhub_desktop.catalog.columns import BY_NAME, FIELDS, field_choices
from mmhub_desktop.catalog.plan import ATTRIBUTE, IGNORE, NAMED_ATTRIBUTE, OPTION
from mmhub_desktop.gui.widgets.search_choice import Choice

_ICONS = {ATTRIBUTE: "tag", IGNORE: "ban"}


def field_label(field: str) -> str:
    """A field of the plan in words: “Price”, “Attribute “Material””, “Option “Size””."""
    for prefix, words in ((NAMED_ATTRIBUTE, "Attribute"), (OPTION, "Option")):
        if field.startswith(prefix):
            return f"{words} “{field.removeprefix(prefix)}”"
    return dict(field_choices()).get(field, field)


def choices_for(header: str, field: str) -> tuple[Choice, ...]:
    """Everything a column can become: fields by their words in any language, an option, an attribute, nothing."""
    option = field if field.startswith(OPTION) else f"{OPTION}{header}"
    made = []
    for name, label in field_choices():
        if name != OPTION:
            words = BY_NAME[name].words if name in BY_NAME else ""
            made.append(Choice(name, label, words, _ICONS.get(name, "")))
        elif option != OPTION:  # an option has a name, at first that of the column
            made.append(Choice(option, f"{field_label(option)} of a variant", "option", "list"))
    if field.startswith(NAMED_ATTRIBUTE):
        made.append(Choice(field, field_label(field), "", "tag"))
    return tuple(made)


def constant_choices(taken: frozenset[str]) -> tuple[Choice, ...]:
    """The fields that no column of the file fills, and that one value for all rows makes sense for."""
    return tuple(
        Choice(field.name, field.label, field.words)
        for field in FIELDS
        if field.name not in taken and field.name not in _OF_ONE_PRODUCT
    )


_OF_ONE_PRODUCT = {
    "sku", "gtin", "title", "parent_sku", "source_id", "images", "optimized_title", "optimized_description",
    "optimized_by",
}  # fmt: skip
