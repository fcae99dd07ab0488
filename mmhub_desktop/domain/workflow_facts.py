"""What a condition of a workflow can ask about a product, and what can start a workflow: two declared tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mmhub_desktop.domain.product import ProductStatus


class FactType(StrEnum):
    """What the value of a fact is; in a condition it is always written as text."""

    NUMBER = "number"  # a whole number
    AMOUNT = "amount"  # a decimal amount in the product's own currency
    TEXT = "text"
    CHOICE = "choice"
    YES_NO = "yes_no"  # the value is "yes" or "no"


class Operator(StrEnum):
    """How a fact is compared."""

    AT_LEAST = "at_least"
    BELOW = "below"
    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"


OPERATOR_WORDS: Mapping[Operator, str] = {
    Operator.AT_LEAST: "is at least",
    Operator.BELOW: "is below",
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.CONTAINS: "contains",
}


class Outcome(StrEnum):
    """What became of one product in one step. Left out: the step did not take it, or ended without having begun."""

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LEFT_OUT = "left_out"


class About(StrEnum):
    """What else a fact needs to know, behind a colon in ``Condition.field``: ``live:3``, ``outcome:publish``."""

    PRODUCT = ""
    ACCOUNT = "account"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of each product. ``choices`` are (value, label)."""

    name: str
    label: str
    type: FactType
    operators: tuple[Operator, ...]
    about: About = About.PRODUCT
    choices: tuple[tuple[str, str], ...] = ()


_COMPARED = (Operator.AT_LEAST, Operator.BELOW, Operator.IS, Operator.IS_NOT)
_WORDS = (Operator.IS, Operator.IS_NOT, Operator.CONTAINS)
_EITHER = (Operator.IS, Operator.IS_NOT)
_YES_NO = (("yes", "Yes"), ("no", "No"))

FACTS: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("quality", "Quality score", FactType.NUMBER, _COMPARED),
        Fact("quantity", "Quantity", FactType.NUMBER, _COMPARED),
        Fact("price", "Price", FactType.AMOUNT, _COMPARED),
        Fact(
            "status", "Status", FactType.CHOICE, _EITHER,
            choices=tuple((status.value, status.value.capitalize()) for status in ProductStatus),
        ),
        Fact("active", "Is active", FactType.YES_NO, (Operator.IS,), choices=_YES_NO),
        Fact("title", "Title", FactType.TEXT, _WORDS),
        Fact("brand", "Brand", FactType.TEXT, _WORDS),
        Fact("category", "Category", FactType.TEXT, _WORDS),
        Fact("enhanced", "Has a better text", FactType.YES_NO, (Operator.IS,), choices=_YES_NO),
        Fact("live", "Is live on", FactType.YES_NO, (Operator.IS,), About.ACCOUNT, _YES_NO),
        Fact("finding", "Has a problem on", FactType.YES_NO, (Operator.IS,), About.ACCOUNT, _YES_NO),
        Fact(
            "outcome", "Outcome of step", FactType.CHOICE, _EITHER, About.STEP,
            (
                (Outcome.COMPLETED.value, "Completed"), (Outcome.FAILED.value, "Failed"),
                (Outcome.CANCELLED.value, "Cancelled"), (Outcome.LEFT_OUT.value, "Left out"),
            ),
        ),
    )
}  # fmt: skip
"""Every fact there is, by name. The store knows for each where it stands."""


BY_HAND, ON_SCHEDULE, ON_IMPORT, ON_QUANTITY = "by_hand", "schedule", "import_completed", "quantity_changed"


@dataclass(frozen=True, slots=True)
class TriggerKind:
    """Something that starts a workflow. ``timed``: it needs a Timing."""

    name: str
    label: str
    about: str
    timed: bool = False


TRIGGERS: Mapping[str, TriggerKind] = {
    kind.name: kind
    for kind in (
        TriggerKind(BY_HAND, "By hand", "Runs when you start it, for the products you choose."),
        TriggerKind(ON_SCHEDULE, "At given times", "Runs at these times for the products that match then.", timed=True),
        TriggerKind(ON_IMPORT, "After an import", "Runs for the products that an import added or changed."),
        TriggerKind(ON_QUANTITY, "When a quantity changes", "Runs for the products whose quantity has changed."),
    )
}
"""Every trigger there is, by name. Each workflow can also be run by hand."""
