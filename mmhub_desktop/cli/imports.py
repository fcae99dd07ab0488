"""The command that imports files: what they leave open is asked for in words, or as JSON, and answered by options.

Exit codes beside the usual ones: 2 while questions are open; nothing is written then.
"""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from mmhub_desktop.catalog.columns import BY_NAME
from mmhub_desktop.catalog.dry_run import DryRun, dry_run
from mmhub_desktop.catalog.plan import FileReading, ImportPlan, Question, open_questions, plan_from
from mmhub_desktop.catalog.reading import inspect, remap
from mmhub_desktop.cli.face import Face, opened, run, table
from mmhub_desktop.domain.imports import ImportJob
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import ImportProgressed
from mmhub_desktop.workspace import Workspace

EXIT_QUESTIONS = 2
_CHANGES_SAID = 20
_COLUMN_KEYS = ("column", "number", "unit", "empty", "default")


@click.command("import")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--dry-run", "only_look", is_flag=True, help="Say what would happen and write nothing.")
@click.option("--currency", default="", help="Currency of prices that name none, such as EUR.")
@click.option(
    "--set", "constants", multiple=True, metavar="FIELD=VALUE",
    help="A value that all rows get, for a field that the file lacks: brand=Lumea, condition=new.",
)  # fmt: skip
@click.option(
    "--answer", "answers", multiple=True, metavar="KEY=VALUE",
    help="Answer what the file leaves open, or correct a column, by its header or number: number:Preis=comma, "
    "column:5=title, empty:Brand=clear, default:Stock=0, sku=generate.",
)  # fmt: skip
@click.option("--encoding", default="", help="Characters of the file, when they were not recognised.")
@click.option("--delimiter", default="", help="Column separator, when it was not recognised.")
@click.pass_obj
def import_command(
    face: Face, files: tuple[Path, ...], only_look: bool, currency: str, constants: tuple[str, ...],
    answers: tuple[str, ...], encoding: str, delimiter: str,
) -> int:  # fmt: skip
    """Import products from files, one after the other; rows with a known SKU are updated."""
    given = _pairs("--answer", answers)
    if currency:
        given["currency"] = currency
    given |= {f"constant:{_field(name)}": value for name, value in _pairs("--set", constants).items()}

    async def work() -> int:
        plans: list[ImportPlan] = []
        for file in files:
            reading = await asyncio.to_thread(inspect, file, encoding=encoding, delimiter=delimiter)
            said = _by_number(reading, given)
            left = open_questions(_remapped(reading, said).questions, said)
            if left:
                _ask(face, reading, left)
                return EXIT_QUESTIONS
            plans.append(plan_from(reading, said))
        async with opened(face) as workspace:
            if only_look:
                found = [await dry_run(plan, workspace.path) for plan in plans]
                face.say(_one_or_all(found), lambda: _grouped(map(_dry_run_words, plans, found)))
            else:
                jobs = [await _import(face, workspace, plan) for plan in plans]
                face.say(_one_or_all(jobs), lambda: "\n".join(map(_job_words, jobs)))
        return 0

    return run(work())


def _pairs(option: str, given: Iterable[str]) -> dict[str, str]:
    made = {}
    for each in given:
        key, sign, value = each.partition("=")
        if not sign or not key.strip():
            raise UserMistake(f"“{option} {each}” has no value.", hint=f"Write {option} name=value.")
        made[key.strip()] = value
    return made


def _field(name: str) -> str:
    if name in BY_NAME or name.startswith(("attribute:", "option:")):
        return name
    raise UserMistake(
        f"There is no field “{name}”.", hint=f"Fields are {', '.join(BY_NAME)}, attribute:<name> and option:<name>."
    )


def _by_number(reading: FileReading, given: Mapping[str, str]) -> dict[str, str]:
    """Columns may be named by their header; the plan knows them by number, from 0."""
    places = {guess.header.casefold(): str(guess.index) for guess in reversed(reading.columns)}

    def number(name: str) -> str:
        found = name if name.isdigit() and int(name) < len(reading.columns) else places.get(name.casefold())
        if found is None:
            raise UserMistake(
                f"“{reading.path.name}” has no column “{name}”.", hint=f"Its columns are {', '.join(reading.header)}."
            )
        return found

    made = {}
    for key, value in given.items():
        what, _, name = key.partition(":")
        if name and what in _COLUMN_KEYS:
            made[f"{what}:{number(name)}"] = value
        elif key == "sku" and not value.isdigit() and value.casefold() in places:
            made[key] = places[value.casefold()]
        else:
            made[key] = value
    return made


def _remapped(reading: FileReading, given: Mapping[str, str]) -> FileReading:
    fields = {int(key[7:]): value for key, value in given.items() if key.startswith("column:")}
    return remap(reading, fields) if fields else reading


def _ask(face: Face, reading: FileReading, left: list[Question]) -> None:
    """Say what is open, and how each is answered."""
    asked: dict[str, Any] = {"file": reading.path, "questions": left}

    def words() -> str:
        lines = [f"“{reading.path.name}” leaves {len(left)} open. Nothing was written."]
        for question in left:
            lines += ["", question.text, *((f"  {question.evidence}",) if question.evidence else ())]
            lines += [f"  {'  ·  '.join(cell for cell in row if cell)[:100]}" for row in question.rows[:3]]
            choices = question.choices or (("EUR", "a currency code"),)
            lines += [f"  --answer {question.key}={value}    {label}" for value, label in choices]
        return "\n".join(lines)

    face.say(asked, words)


def _one_or_all(found: list[Any]) -> Any:
    """One file answers with an object, several with a list."""
    return found[0] if len(found) == 1 else found


def _grouped(parts: Iterable[Any]) -> Any:
    from rich.console import Group

    return Group(*parts)


def _dry_run_words(plan: ImportPlan, found: DryRun) -> Any:
    counts = found.counts
    rows = [("new", counts.new), ("changed", counts.changed), ("same", counts.same), ("refused", counts.refused)]
    rows += [(f"  {reason.reason}", reason.rows) for reason in found.reasons]
    rows += [(f"  mended: {note.reason}", note.rows) for note in found.notes]
    parts: list[Any] = [table((plan.name, "Rows"), rows)]
    changes = [
        (change.sku, each.field, _short(each.old), _short(each.new))
        for change in found.changes[:_CHANGES_SAID]
        for each in change.fields
    ]
    if changes:
        parts += ["", table(("SKU", "Field", "Now", "Becomes"), changes)]
        if counts.changed > _CHANGES_SAID:
            parts.append(f"The first {_CHANGES_SAID} of {counts.changed:,} changed products; --json has up to 500.")
    return _grouped(parts)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 50 else f"{flat[:49]}…"


async def _import(face: Face, workspace: Workspace, plan: ImportPlan) -> ImportJob:
    with face.progress() as bar:
        line = bar.add_task(f"Import {plan.name}", total=plan.estimated_rows, note="")

        def show(event: ImportProgressed) -> None:
            note = f"{event.rows_per_second:,.0f} rows/s"
            bar.update(line, completed=event.counts.rows, total=max(event.total_rows, event.counts.rows), note=note)

        return await (await workspace.import_file(plan, show)).result()


def _job_words(job: ImportJob) -> str:
    counts = job.counts
    refused = f" Refused rows with their reasons: {job.refused_file}" if job.refused_file else ""
    return (
        f"{job.file_name}: {counts.new:,} new, {counts.changed:,} changed, {counts.same:,} the same, "
        f"{counts.refused:,} refused.{refused}"
    )
