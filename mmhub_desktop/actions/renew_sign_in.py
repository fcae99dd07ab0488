"""Renew sign-in: new access for an account before the old one ends, or when the seller asks for it.

One job for the whole account. With the option ``early`` access that still lasts is left alone, so that a planned
renewal that is repeated after a crash does nothing twice.
"""

from mmhub_desktop.actions.listing_state import adapter_of, parts_of
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.events import AccountsChanged
from mmhub_desktop.jobs.action import Action, JsonResult, RetryPolicy, TaskContext, TaskKind

EARLY = "early"
NO_PRODUCT = ProductId(-1)  # not that of adopting: a renewal must not wait until all listings of an account are read


async def renew_access(context: TaskContext) -> JsonResult:
    """Ask the marketplace for new access, and keep when it ends. SignInNeeded when the grant is dead."""
    parts, adapter = parts_of(context), await adapter_of(context)
    account_id = adapter.connection.account.id
    end = await (adapter.keep_signed_in() if context.options.get(EARLY) else adapter.renew_sign_in())
    await parts.accounts.set_token_end(account_id, end)
    parts.bus.publish(AccountsChanged((account_id,)))
    return {"ends_at": "" if end is None else end.isoformat()}


RENEW_SIGN_IN = Action(
    name="renew_sign_in",
    label="Renew sign-in",
    verb="Renew sign-in of",
    tasks=(
        TaskKind(
            "renew_access", "Ask for new access", renew_access, remote=True, timeout_s=60,
            retry=RetryPolicy(attempts=10, first_s=1, longest_s=120),
        ),
    ),
    newest_counts=True,
    about=NO_PRODUCT,
)  # fmt: skip
