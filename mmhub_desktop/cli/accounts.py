"""Commands about marketplace accounts."""

from typing import Any

import click

from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, follow, opened, run, table
from mmhub_desktop.cli.queue import summary
from mmhub_desktop.cli.work import chosen_accounts
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account, AccountKind, clean_entry
from mmhub_desktop.errors import MmhubError, UserMistake
from mmhub_desktop.marketplaces.base import ConsentPage
from mmhub_desktop.marketplaces.redirect_catcher import can_catch, catching
from mmhub_desktop.workspace import Workspace


@click.group()
def accounts() -> None:
    """Marketplace accounts: list, add, sign in, test, renew, pause, resume, limit, remove."""


async def _one(workspace: Workspace, label: str) -> Account:
    return (await chosen_accounts(workspace, (label,)))[0]


@accounts.command("list")
@click.pass_obj
def list_accounts(face: Face) -> int:
    """The accounts of the workspace."""

    async def work() -> None:
        async with opened(face) as workspace:
            present = await workspace.accounts.all()
            face.say(
                present,
                lambda: table(
                    ("No", "Label", "Marketplace", "Site", "Kind", "State"),
                    (
                        (a.id, a.label, a.marketplace, a.site, a.kind.value,
                         "paused" if a.paused else "connected" if a.connected_at else "not signed in")
                        for a in present
                    ),
                ),
            )  # fmt: skip

    return run(work())


@accounts.command()
@click.argument("marketplace")
@click.option("--label", default="", help="What you call the account.")
@click.option("--practice", is_flag=True, help="An account on the practice marketplace of this machine.")
@click.option("--set", "values", multiple=True, metavar="FIELD=VALUE", help="A field that is not secret.")
@click.pass_obj
def add(face: Face, marketplace: str, label: str, practice: bool, values: tuple[str, ...]) -> int:
    """Add an account; secrets are asked for, never taken from the arguments."""

    async def work() -> None:
        async with opened(face) as workspace:
            kind = workspace.marketplaces.get(marketplace)
            if kind is None:
                names = ", ".join(workspace.marketplaces)
                raise UserMistake(f"There is no marketplace “{marketplace}”.", hint=f"Known: {names}.")
            given: dict[str, str] = dict(pair.partition("=")[::2] for pair in values)
            unknown = set(given) - {field.key for field in kind.credential_fields if not field.secret}
            if unknown:
                raise UserMistake(f"Unknown field {', '.join(sorted(unknown))}.", hint="Secrets are asked for.")
            if not practice:
                for field in kind.credential_fields:
                    if field.key not in given and (field.required or field.secret):
                        given[field.key] = click.prompt(
                            field.label, default=field.default or None, hide_input=field.secret, err=True
                        )
                given = {key: clean_entry(value) for key, value in given.items()}
                for field in kind.credential_fields:
                    if doubt := field.doubt(given.get(field.key, ""), given):
                        click.echo(f"{field.label}: {doubt}", err=True)
            account = await workspace.connect(
                marketplace,
                label or (f"{kind.label} practice" if practice else ""),
                AccountKind.PRACTICE if practice else AccountKind.LIVE,
                given,
            )
            signed_in = " and signed in" if account.connected_at else "; sign in with “mmhub accounts consent”"
            face.say(account, lambda: f"Added “{account.label}” as account {account.id}{signed_in}.")

    return run(work())


@accounts.command("set")
@click.argument("account")
@click.argument("values", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--secret", "secrets", multiple=True, help="A secret field to ask for anew, may be repeated.")
@click.pass_obj
def change(face: Face, account: str, values: tuple[str, ...], secrets: tuple[str, ...]) -> int:
    """Change fields and choices of an account; its listings stay. Without any: show what can be set."""

    async def work() -> None:
        async with opened(face) as workspace:
            found = await _one(workspace, account)
            declared = workspace.marketplace(found)
            fields = {field.key: field for field in declared.credential_fields}
            public = {key for key, field in fields.items() if not field.secret} | {one.key for one in declared.choices}
            given: dict[str, str] = dict(pair.partition("=")[::2] for pair in values)
            unknown = {*(set(given) - public), *(set(secrets) - (set(fields) - public))}
            if unknown:
                names = ", ".join(sorted(public))
                raise UserMistake(f"Unknown field {', '.join(sorted(unknown))}.", hint=f"Known: {names}.")
            if not given and not secrets:
                rows = {key: found.settings.get(key, "") for key in sorted(public)}
                face.say(rows, lambda: table(("Field", "Value"), rows.items()))
                return
            given |= {key: click.prompt(fields[key].label, hide_input=True, err=True) for key in secrets}
            changed = await workspace.change_account(found.id, given)
            if changed.connected_at is None:
                face.say(changed, lambda: f"“{changed.label}” is changed.")
                return
            try:  # what was chosen may change who we are there: site, currency, seller
                identity = await workspace.test_account(found.id)
            except MmhubError as error:
                error.message = f"“{changed.label}” is changed, but the test of the connection failed: {error.message}"
                raise
            changed = await workspace.accounts.get(found.id)
            face.say(changed, lambda: f"“{changed.label}” is changed, and the connection works: {identity.name}.")

    return run(work())


@accounts.command()
@click.argument("account")
@click.argument("key", required=False)
@click.pass_obj
def choices(face: Face, account: str, key: str | None) -> int:
    """What the account offers to choose from, such as shipping profiles; KEY for only one list."""

    async def work() -> None:
        async with opened(face) as workspace:
            found = await _one(workspace, account)
            adapter = await workspace.adapter(found.id)
            rows = [
                (choice.key, value, label, "chosen" if found.settings.get(choice.key) == value else "")
                for choice in workspace.marketplace(found).choices
                if key in (None, choice.key)
                for value, label in await adapter.read_choices(choice.key)
            ]
            face.say(rows, lambda: table(("Field", "Value", "Name", ""), rows))

    return run(work())


@accounts.command()
@click.argument("account")
@click.option("--paste", is_flag=True, help="Paste the address you are sent to, also where it could be caught here.")
@click.pass_obj
def consent(face: Face, account: str, paste: bool) -> int:
    """Sign in: open the page it prints, agree, and come back with what it asks for."""

    async def work() -> None:
        async with opened(face) as workspace:
            found = await _one(workspace, account)
            face.err.print("Open this page, sign in and agree:")
            page = await workspace.start_consent(found.id)
            face.err.print(page.address, soft_wrap=True, markup=False, highlight=False)
            redirect = ("" if paste else await _catch_redirect(face, page)) or _ask_for_redirect(face, page)
            identity = await workspace.finish_consent(found.id, redirect)
            face.say(identity, lambda: f"Signed in as {identity.name} ({identity.site}, {identity.currency}).")

    return run(work())


async def _catch_redirect(face: Face, page: ConsentPage) -> str:
    """The address that the browser was sent to on this computer; empty where it cannot be caught."""
    if not can_catch(page):
        return ""
    try:
        async with catching(page) as caught:
            face.err.print("Waiting until you have agreed there. With --paste you can paste the address instead.")
            return await caught
    except OSError:
        face.err.print("Another program uses the port of the redirect address.")
        return ""


def _ask_for_redirect(face: Face, page: ConsentPage) -> str:
    """What the browser was sent to; nothing where the page itself takes the answer."""
    if page.pastes:
        return str(click.prompt("Paste the address of the page you were sent to", err=True))
    if page.code:
        face.err.print(f"The page shows or asks for this code: {page.code}", markup=False, highlight=False)
    click.prompt("Press Enter when you have agreed there", default="", show_default=False, err=True)
    return ""


@accounts.command()
@click.argument("account")
@click.pass_obj
def test(face: Face, account: str) -> int:
    """Ask the marketplace who we are."""

    async def work() -> None:
        async with opened(face) as workspace:
            identity = await workspace.test_account((await _one(workspace, account)).id)
            face.say(identity, lambda: f"It works: {identity.name} ({identity.site}, {identity.currency}).")

    return run(work())


def _pause_command(name: str, paused: bool, words: str) -> None:
    @accounts.command(name, help=words)
    @click.argument("account")
    @click.pass_obj
    def command(face: Face, account: str) -> int:
        async def work() -> None:
            async with opened(face) as workspace:
                found = await workspace.pause_account((await _one(workspace, account)).id, paused)
                face.say(found, lambda: f"“{found.label}” is {'paused' if paused else 'active'}.")

        return run(work())


_pause_command("pause", True, "Hold all remote work of an account.")
_pause_command("resume", False, "Go on with a paused account.")


@accounts.command()
@click.argument("account")
@click.pass_obj
def renew(face: Face, account: str) -> int:
    """Ask for new access now, and wait for the job that does it."""

    async def work() -> int:
        async with opened(face, run_jobs=True) as workspace:
            batch_id = await workspace.renew_sign_in((await _one(workspace, account)).id)
            batch = await follow(face, workspace, batch_id)
            face.say(batch, lambda: summary(batch))
            return EXIT_WORK_FAILED if batch.failed else 0

    return run(work())


@accounts.command()
@click.argument("account")
@click.argument("calls", metavar="CALLS|none")
@click.pass_obj
def limit(face: Face, account: str, calls: str) -> int:
    """Let an account make at most so many calls from midnight to midnight; its work then waits."""
    if calls != "none" and not calls.isdecimal():
        raise UserMistake(f"“{calls}” is no number of calls.", hint="Write it as 5000, or none for no limit.")

    async def work() -> None:
        async with opened(face) as workspace:
            number = None if calls == "none" else int(calls)
            found = await workspace.limit_calls((await _one(workspace, account)).id, number)
            words = "makes as many calls as its marketplace allows" if number is None else f"{number:,} calls a day"
            face.say(found, lambda: f"“{found.label}”: {words}.")

    return run(work())


@accounts.command()
@click.argument("account")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove(face: Face, /, account: str, **answer: Any) -> int:
    """Forget an account and its secrets; its listings at the marketplace stay as they are."""

    async def work() -> None:
        async with opened(face) as workspace:
            found = await _one(workspace, account)
            if not answer["yes"]:
                click.confirm(f"Forget “{found.label}” and its secrets?", abort=True, err=True)
            await workspace.remove_account(AccountId(found.id))
            face.say({"removed": found.id}, lambda: f"“{found.label}” was removed.")

    return run(work())
