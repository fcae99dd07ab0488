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
    made = [
        Choice(name, label, BY_NAME[name].words if name in BY_NAME else "", _ICONS.get(name, ""))
        for name, label in field_choices()
    ]
    option = field if field.startswith(OPTION) else f"{OPTION}{header}"
    if header:
        made.insert(len(made) - 2, Choice(option, f"{field_label(option)} of a variant", "variant option", "list"))
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


_OF_ONE_PRODUCT = {"sku", "gtin", "title", "parent_sku", "source_id", "images"}
