"""The steps that workflows are made of: one for each action that works on products, a webhook, a wait, and those that
other packages add by entry point."""

from collections.abc import Mapping
from datetime import timedelta

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.actions.differences import FIELDS
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.step_kind import (
    Ended,
    FieldType,
    Later,
    OptionField,
    StepContext,
    StepKind,
    StepResult,
    Submit,
)
from mmhub_desktop.plugins import Found, load_group

# Actions that are steps: icon, what they do, options. Those that this program does not have are left out.
_OF_ACTIONS: Mapping[str, tuple[str, str, tuple[OptionField, ...]]] = {
    "import_images": ("image", "Fetches the pictures behind each product's links and keeps them.", ()),
    "fix_pictures": (
        "image", "Makes copies of the pictures as a marketplace wants them, used there alone.",
        (
            OptionField(
                "marketplace", "For", FieldType.TEXT,
                help="A marketplace's name, as mercadolibre; empty: each that is connected.",
            ),
            OptionField("square", "Pad to a square on white", FieldType.YES_NO, default=False),
        ),
    ),
    "enhance": (
        "sparkles", "Writes a better title, description and keywords beside the original.",
        (
            OptionField(
                "marketplace", "For the limits of", FieldType.TEXT,
                help="A marketplace's name, as mercadolibre; empty: the tightest of all that are connected.",
            ),
        ),
    ),
    "publish": ("upload", "Lists each product on these accounts, or brings its listing up to date.", ()),
    "update": (
        "refresh-cw", "Sends what has changed since to the listings.",
        (
            OptionField(
                "fields", "Only these fields", FieldType.CHOICES, default=[], help="None chosen: all of them.",
                choices=tuple((name, name.capitalize()) for name in FIELDS),
            ),
        ),
    ),
    "end": ("circle-x", "Ends the listings at the marketplace.", ()),
    "relist": ("undo-2", "Lists again what has ended, then sends what has changed since.", ()),
    "sync": ("download", "Reads back what is live.", ()),
}  # fmt: skip


def _of_action(name: str, icon: str, about: str, fields: tuple[OptionField, ...]) -> StepKind:
    action = ACTIONS[name]

    async def plan(context: StepContext) -> StepResult:
        options = {key: value for key, value in context.options.items() if value not in ("", [], None)}
        accounts = context.account_ids if action.per_account else ()
        return Submit(WorkRequest(name, context.product_ids, accounts, context.title, options, context.priority))

    return StepKind(name, action.label, plan, icon, about, needs_accounts=action.per_account, fields=fields)


async def _send_message(context: StepContext) -> StepResult:
    return Ended(message=str(context.options.get("message", "")), said="Told to the webhooks that want it.")


async def _wait(context: StepContext) -> StepResult:
    due = context.since + timedelta(minutes=int(context.options.get("minutes", 60)))
    return Ended() if context.now >= due else Later(due, f"Waits until {due.astimezone():%d %b %Y, %H:%M}.")


WEBHOOK = StepKind(
    "webhook", "Send a webhook", _send_message, "webhook",
    "Tells other programs that the workflow has come so far (workflow.message).",
    fields=(OptionField("message", "Message", help="Your own words or a code that the receiver knows."),),
)  # fmt: skip
WAIT = StepKind(
    "wait", "Wait", _wait, "clock", "Lets some time pass.",
    fields=(
        OptionField(
            "minutes", "Minutes", FieldType.NUMBER, default=60, required=True, least=1, most=525_600,
            help="From 1 minute to a year (525,600).",
        ),
    ),
)  # fmt: skip

STEPS: Mapping[str, StepKind] = {
    kind.name: kind
    for kind in (
        *(_of_action(name, *declared) for name, declared in _OF_ACTIONS.items() if name in ACTIONS), WEBHOOK, WAIT,
    )
}  # fmt: skip
"""The program's own kinds of steps, by name."""


def installed_steps() -> Found[StepKind]:
    """The program's own steps and those of other packages; one of them that is broken harms nobody else."""
    return load_group(StepKind.ENTRY_POINTS, StepKind, lambda kind: kind.name, "workflow step", STEPS)
