"""Commands about webhooks: who is told of what, and what became of each message."""

from typing import Any

import click

from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, opened, run, table
from mmhub_desktop.cli.work import chosen_accounts
from mmhub_desktop.domain.ids import SubscriptionId
from mmhub_desktop.domain.webhook import AVAILABLE, EVENT_TYPES, Message, MessageState, Subscription


@click.group()
def webhooks() -> None:
    """Webhooks: list, add, test, pause, resume, remove, log, redeliver."""


@webhooks.command("list")
@click.option("--events", is_flag=True, help="The event types there are, instead of the webhooks.")
@click.pass_obj
def list_webhooks(face: Face, events: bool) -> int:
    """The webhooks of the workspace."""

    async def work() -> None:
        async with opened(face) as workspace:
            present = await workspace.webhooks.outbox.subscriptions()
            summaries = {each.id: await workspace.webhooks.outbox.summary(each.id) for each in present}
            face.say(
                present,
                lambda: table(
                    ("No", "Address", "Events", "State", "Waiting", "Failed"),
                    (
                        (each.id, each.url, len(each.event_types), _state(each), summaries[each.id].waiting,
                         summaries[each.id].failed)
                        for each in present
                    ),
                ),
            )  # fmt: skip

    if events:
        offered = [kind for kind in EVENT_TYPES if kind.available]
        face.say(offered, lambda: table(("Event", "When"), ((kind.name, kind.about) for kind in offered)))
        return 0
    return run(work())


@webhooks.command()
@click.argument("url")
@click.option("--event", "events", multiple=True, help="An event type, may be repeated. Without any: all.")
@click.option("--account", "accounts", multiple=True, help="Only what concerns this account, may be repeated.")
@click.option("--tag", "tags", multiple=True, help="Only products with this tag (attribute “tags”), may be repeated.")
@click.option("--ask-secret", is_flag=True, help="Ask for the secret instead of making a new one.")
@click.pass_obj
def add(
    face: Face, url: str, events: tuple[str, ...], accounts: tuple[str, ...], tags: tuple[str, ...], ask_secret: bool
) -> int:
    """Tell an address what happens. Shows the secret that the receiver checks signatures with."""

    async def work() -> None:
        async with opened(face) as workspace:
            ids = [account.id for account in await chosen_accounts(workspace, accounts)] if accounts else []
            secret = click.prompt("Secret (whsec_…)", hide_input=True, err=True) if ask_secret else ""
            added = await workspace.webhooks.add(url, events or AVAILABLE, ids, secret, tags)
            shown = "" if ask_secret else await workspace.webhooks.secret(added.id)
            answer = {"webhook": added, "secret": shown} if shown else {"webhook": added}
            words = f"Added as webhook {added.id}."
            face.say(answer, lambda: f"{words} Its secret, for the receiver: {shown}" if shown else words)

    return run(work())


@webhooks.command()
@click.argument("number", type=int)
@click.pass_obj
def test(face: Face, number: int) -> int:
    """Send a test message now and show the answer."""

    async def work() -> int:
        async with opened(face) as workspace:
            message = await workspace.webhooks.test(SubscriptionId(number))
            face.say(message, lambda: _answer(message))
            return 0 if message.state is MessageState.DELIVERED else EXIT_WORK_FAILED

    return run(work())


def _change_command(name: str, words: str, help_text: str) -> None:
    @webhooks.command(name, help=help_text)
    @click.argument("number", type=int)
    @click.pass_obj
    def command(face: Face, number: int) -> int:
        async def work() -> None:
            async with opened(face) as workspace:
                sub_id = SubscriptionId(number)
                if name == "resume":
                    await workspace.webhooks.set_active(sub_id, True)
                changed = await workspace.webhooks.pause(sub_id, name == "pause")
                face.say(changed, lambda: f"Webhook {changed.id} {words}.")

        return run(work())


_change_command("pause", "is paused; what happens is kept and sent later", "Hold messages back; nothing is lost.")
_change_command("resume", "is active", "Send what has gathered, and go on; also after it was switched off.")


@webhooks.command()
@click.argument("number", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove(face: Face, /, number: int, **answer: Any) -> int:
    """Forget a webhook, its secret and its log."""

    async def work() -> None:
        async with opened(face) as workspace:
            found = await workspace.webhooks.outbox.subscription(SubscriptionId(number))
            if not answer["yes"]:
                click.confirm(f"Forget the webhook to {found.url} and its log?", abort=True, err=True)
            await workspace.webhooks.remove(found.id)
            face.say({"removed": found.id}, lambda: f"Webhook {found.id} was removed.")

    return run(work())


@webhooks.command()
@click.argument("number", type=int)
@click.option("--limit", default=20, show_default=True, help="How many, newest first.")
@click.pass_obj
def log(face: Face, number: int, limit: int) -> int:
    """The messages of a webhook, with every try; --json shows requests and replies."""

    async def work() -> None:
        async with opened(face) as workspace:
            found = await workspace.webhooks.outbox.subscription(SubscriptionId(number))
            messages = await workspace.webhooks.outbox.messages(found.id, limit)
            face.say(
                messages,
                lambda: table(
                    ("No", "Event", "About", "State", "Tries", "Last answer"),
                    (
                        (each.id, each.event_type, each.subject, each.state.value, each.attempts, _answer(each))
                        for each in messages
                    ),
                ),
            )

    return run(work())


@webhooks.command()
@click.argument("message", type=int)
@click.pass_obj
def redeliver(face: Face, message: int) -> int:
    """Send a message of the log again, with the same id, after what waits before it."""

    async def work() -> int:
        async with opened(face) as workspace:
            await workspace.webhooks.redeliver(message)
            await workspace.webhooks.start()
            await workspace.webhooks.wait_idle()
            sent = await workspace.webhooks.outbox.message(message)
            face.say(sent, lambda: _answer(sent))
            return EXIT_WORK_FAILED if sent.log and not sent.log[-1].succeeded else 0

    return run(work())


def _state(subscription: Subscription) -> str:
    if not subscription.active:
        return "off"
    return "paused" if subscription.paused else "active"


def _answer(message: Message) -> str:
    if not message.log:
        return "not sent yet"
    last = message.log[-1]
    said = last.error or last.reply
    answer = f"HTTP {last.status}" if last.status else "no answer"
    return f"{answer} after {last.duration_ms} ms" + (f": {said[:80]}" if said else "")
