"""The command line ``mmhub``: everything a script or a scheduler needs, over App and Workspace.

Exit codes: 0 done · 1 a bug · 2 wrong input · 3 workspace · 4 credentials · 5 marketplace · 6 AI (2–6 come from
the class of the error) · 7 the command ran and some of its work failed · 130 interrupted.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from mmhub_desktop import __version__
from mmhub_desktop.cli.accounts import accounts
from mmhub_desktop.cli.adopt import adopt
from mmhub_desktop.cli.archives import archive_command, unarchive
from mmhub_desktop.cli.backups import backup, restore
from mmhub_desktop.cli.calls import show_calls
from mmhub_desktop.cli.catalog import products
from mmhub_desktop.cli.drift import drift
from mmhub_desktop.cli.export import export_command
from mmhub_desktop.cli.face import Face
from mmhub_desktop.cli.history import history, redo, undo
from mmhub_desktop.cli.images import images
from mmhub_desktop.cli.imports import import_command
from mmhub_desktop.cli.metrics import health, metrics
from mmhub_desktop.cli.overview import Overview
from mmhub_desktop.cli.readiness import readiness
from mmhub_desktop.cli.rules import rules
from mmhub_desktop.cli.schedules import schedules
from mmhub_desktop.cli.support import support
from mmhub_desktop.cli.templates import templates
from mmhub_desktop.cli.tour import demo
from mmhub_desktop.cli.webhooks import webhooks
from mmhub_desktop.cli.work import end, enhance, jobs, publish, relist, sync, update
from mmhub_desktop.cli.workflows import workflows
from mmhub_desktop.cli.workspaces import workspace
from mmhub_desktop.errors import MmhubError

EXIT_INTERRUPTED = 130


@click.group(cls=Overview, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--workspace", "path", type=click.Path(path_type=Path), help="Workspace file; else the last one opened.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.version_option(__version__)
@click.pass_context
def cli(context: click.Context, path: Path | None, as_json: bool) -> None:
    """MultiMarket Hub: products in, live listings out. Without a command the window opens."""
    from mmhub_desktop.log import start_logging

    context.call_on_close(start_logging())
    context.obj = Face(as_json, path, Console(), Console(stderr=True))


cli.add_sections({
    "Products": (products, import_command, templates, export_command, images, enhance, history, undo, redo),
    "Selling": (accounts, rules, readiness, publish, update, sync, drift, adopt, end, relist),
    "Work": (jobs, workflows, schedules, webhooks),
    "Workspace": (workspace, backup, restore, archive_command, unarchive),
    "Looking after it": (health, metrics, support, demo),
})  # fmt: skip
jobs.add_command(show_calls)


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code. ``--json`` may stand anywhere."""
    console = Console(stderr=True)
    as_json = "--json" in arguments
    if as_json:
        arguments = ["--json", *(word for word in arguments if word != "--json")]
    try:
        return int(cli.main(args=list(arguments), prog_name="mmhub", standalone_mode=False) or 0)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        console.print("Stopped. Work that had begun goes on with “mmhub jobs run”, or when the window opens.")
        return EXIT_INTERRUPTED
    except MmhubError as error:
        _show(console, error, as_json=as_json)
        return error.exit_code


def _show(console: Console, error: MmhubError, *, as_json: bool) -> None:
    if as_json:
        about = {"type": type(error).__name__, "message": error.message, "hint": error.hint, "original": error.original}
        click.echo(json.dumps({"error": about}, ensure_ascii=False), err=True)
        return
    console.print(error.message, style="bold red", highlight=False, markup=False)
    for words in (error.hint, error.original):
        if words:
            console.print(words, highlight=False, markup=False)
