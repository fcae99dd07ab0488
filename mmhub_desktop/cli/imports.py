"""The command that imports files: what they leave open is asked for in words, or as JSON, and answered by options.

Exit codes beside the usual ones: 2 while questions are open; nothing is written then.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from mmhub_desktop.catalog.columns import BY_NAME
from mmhub_desktop.catalog.dry_run import DryRun, ProductChange, dry_run
from mmhub_desktop.catalog.import_draft import Draft
from mmhub_desktop.catalog.import_queue import discard_all, stage_queue
from mmhub_desktop.catalog.plan import FileReading, ImportPlan
from mmhub_desktop.catalog.staged import NO_DIALECT, NO_HEADER, ReadAs, staging_folder
from mmhub_desktop.catalog.templates import header_of, settings_of
from mmhub_desktop.cli.face import Face, opened, run, table
from mmhub_desktop.domain.imports import ImportJob
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import ImagesFetched, ImportProgressed
from mmhub_desktop.workspace import Workspace

EXIT_QUESTIONS = 2
_CHANGES_SAID = 20
_NEW_FIELDS = ("SKU", "Title", "Price", "Quantity", "Brand", "Parent")
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
@click.option("--template", "template_name", default="", help="Read the files as this template says.")
@click.option("--no-template", is_flag=True, help="Take no template, even when one fits the header.")
@click.option("--save-template", "save_as", default="", help="Keep how the columns were read under this name.")
@click.option("--from", "program", default="", help="The program a file is from, such as shopify; none: a plain table.")
@click.option("--sheet", default="", help="The sheet of a workbook.")
@click.option("--encoding", default="", help="Characters of the file, when they were not recognised.")
@click.option("--delimiter", default="", help="Column separator, when it was not recognised.")
@click.option(
    "--header-row",
    type=click.IntRange(min=0),
    help="The row of the header, from 1, empty ones not counted; 0: there is none.",
)
@click.option("--images", "wait", is_flag=True, help="Fetch the images behind links now, not while the window is open.")
@click.pass_obj
def import_command(
    face: Face, files: tuple[Path, ...], only_look: bool, currency: str, constants: tuple[str, ...],
    answers: tuple[str, ...], template_name: str, no_template: bool, save_as: str, program: str, sheet: str,
    encoding: str, delimiter: str, header_row: int | None, wait: bool,
) -> int:  # fmt: skip
    """Import products from files, folders and archives; rows with a known SKU are updated.

    CSV, TSV, XLSX, ODS and ZIP; files with the same header are one import.
    """
    given = _pairs("--answer", answers)
    if currency:
        given["currency"] = currency
    given |= {f"constant:{_field(name)}": value for name, value in _pairs("--set", constants).items()}
    above = None if header_row is None else NO_HEADER if header_row == 0 else header_row - 1
    read_as = ReadAs(encoding, delimiter, above, sheet, _program(program))

    async def work() -> int:
        async with opened(face) as workspace:
            folder = staging_folder(workspace.path)
            drafts = await _read(face, workspace, files, read_as, template_name, no_template=no_template)
            for draft in drafts:
                await _say(draft, given)
            asking = next((draft for draft in drafts if draft.open), None)
            plans = [] if asking else [draft.plan() for draft in drafts]
            if plans and save_as:
                await workspace.import_templates.save(save_as, header_of(plans[0]), settings_of(plans[0]))
            if plans and not only_look:
                jobs = [await _import(face, workspace, draft) for draft in drafts]
                if wait:
                    await _fetch_images(face, workspace, jobs)
                face.say(_one_or_all(jobs), lambda: "\n".join(map(_job_words, jobs)))
                return 0
            if asking:
                _ask(face, asking)
            else:
                found = [await dry_run(plan, workspace.path) for plan in plans]
                if len(found) > 1:
                    face.err.print("Each file is compared with the catalog as it is now, without the files before it.")
                face.say(_one_or_all(found), lambda: _grouped(map(_dry_run_words, plans, found)))
            await asyncio.to_thread(discard_all, [draft.file.path for draft in drafts], folder)
            return EXIT_QUESTIONS if asking else 0

    return run(work())


async def _read(
    face: Face, workspace: Workspace, files: Sequence[Path], read_as: ReadAs, template_name: str, *, no_template: bool
) -> list[Draft]:
    """The files as drafts, with their templates; how they were read is said beside the answer."""
    folder, store = staging_folder(workspace.path), workspace.import_templates
    template = await store.by_name(template_name) if template_name else None
    drafts = []
    for waiting in await stage_queue([file.expanduser().absolute() for file in files], folder):
        if waiting.file is None:
            raise waiting.error or UserMistake(f"“{waiting.name}” cannot be read.")
        draft = Draft(waiting.file, folder, () if no_template or template else await store.all())
        await draft.read(read_as)
        if template is not None:
            await draft.use(template)
        drafts.append(draft)
        if draft.template is not None:
            face.err.print(f"{draft.name}: {draft.template.reason}", highlight=False, markup=False)
        for note in _notes(draft.reading):
            face.err.print(f"{draft.name}: {note}", highlight=False, markup=False)
    return drafts


def _notes(reading: FileReading | None) -> Iterable[str]:
    """What is to be said of a file and of its columns."""
    if reading is not None:
        yield from reading.notes
        for column in reading.columns:
            yield from (f"Column “{column.header}”: {warning}" for warning in column.warnings)


async def _say(draft: Draft, given: Mapping[str, str]) -> None:
    """Take the answers of the command line."""
    if draft.reading is None:
        return
    for key, value in _by_number(draft.reading, draft.name, given).items():
        fields = draft.say(key, value)
        if fields:
            await draft.remap(fields)


def _pairs(option: str, given: Iterable[str]) -> dict[str, str]:
    made = {}
    for each in given:
        key, sign, value = each.partition("=")
        if not sign or not key.strip():
            raise UserMistake(f"“{option} {each}” has no value.", hint=f"Write {option} name=value.")
        made[key.strip()] = value
    return made


def _program(name: str) -> str:
    from mmhub_desktop.catalog.dialects import (
        BY_NAME as BY_DIALECT,
    )  # a dozen files that other commands need not wait for

    if name in ("", NO_DIALECT, *BY_DIALECT):
        return name
    raise UserMistake(f"There is no program “{name}”.", hint=f"Programs are {', '.join((NO_DIALECT, *BY_DIALECT))}.")


def _field(name: str) -> str:
    if name in BY_NAME or name.startswith(("attribute:", "option:")):
        return name
    raise UserMistake(
        f"There is no field “{name}”.", hint=f"Fields are {', '.join(BY_NAME)}, attribute:<name> and option:<name>."
    )


def _by_number(reading: FileReading, name: str, given: Mapping[str, str]) -> dict[str, str]:
    """Columns may be named by their header; the plan knows them by number, from 0."""
    places = {guess.header.casefold(): str(guess.index) for guess in reversed(reading.columns)}

    def number(column: str) -> str:
        is_number = column.isdigit() and int(column) < len(reading.columns)
        found = column if is_number else places.get(column.casefold())
        if found is None:
            raise UserMistake(
                f"“{name}” has no column “{column}”.", hint=f"Its columns are {', '.join(reading.header)}."
            )
        return found

    made = {}
    for key, value in given.items():
        what, _, column = key.partition(":")
        if column and what in _COLUMN_KEYS:
            made[f"{what}:{number(column)}"] = value
        elif key == "sku" and not value.isdigit() and value.casefold() in places:
            made[key] = places[value.casefold()]
        else:
            made[key] = value
    return made


def _ask(face: Face, draft: Draft) -> None:
    """Say what is open, and how each is answered."""
    left = draft.open
    asked: dict[str, Any] = {"file": draft.name, "questions": left}

    def words() -> str:
        amount = "one question" if len(left) == 1 else f"{len(left)} questions"
        lines = [f"“{draft.name}” leaves {amount} open. Nothing was written."]
        for question in left:
            lines += ["", question.text, *((f"  {question.evidence}",) if question.evidence else ())]
            lines += [f"  {'  ·  '.join(cell for cell in row if cell)[:100]}" for row in question.rows[:3]]
            choices = question.choices or (("EUR", "a currency code"),)
            lines += [f"  --answer {question.key}={value}    {label}" for value, label in choices]
        return "\n".join(lines)

    face.say(asked, words)


def _one_or_all(found: list[Any]) -> Any:
    """One import answers with an object, several with a list."""
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
    parts += _listed(_new_cells(found.added), counts.new, "new")
    changes = [
        (change.sku, each.field, _short(each.old), _short(each.new))
        for change in found.changes[:_CHANGES_SAID]
        for each in change.fields
    ]
    parts += _listed([("SKU", "Field", "Now", "Becomes"), *changes], counts.changed, "changed")
    return _grouped(parts)


def _listed(lines: Sequence[tuple[str, ...]], products: int, kind: str) -> list[Any]:
    """A table whose first line is its head, and how many it leaves out."""
    if not products:
        return []
    more = f"The first {_CHANGES_SAID} of {products:,} {kind} products; --json has up to 500."
    return ["", table(lines[0], lines[1:]), *([more] if products > _CHANGES_SAID else [])]


def _new_cells(added: Sequence[ProductChange]) -> list[tuple[str, ...]]:
    """The first new products with the fields that a terminal has room for."""
    named = [{each.field: each.new for each in product.fields} for product in added[:_CHANGES_SAID]]
    heads = [name for name in _NEW_FIELDS if any(name in fields for fields in named)]
    return [("New SKU", *heads[1:]), *(tuple(_short(fields.get(name, "")) for name in heads) for fields in named)]


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 50 else f"{flat[:49]}…"


async def _import(face: Face, workspace: Workspace, draft: Draft) -> ImportJob:
    plan = draft.plan()
    if draft.template is not None:
        await workspace.import_templates.note_used(draft.template.template)
    with face.progress() as bar:
        line = bar.add_task(f"Import {plan.name}", total=plan.estimated_rows, note="")

        def show(event: ImportProgressed) -> None:
            note = f"{event.rows_per_second:,.0f} rows/s"
            bar.update(line, completed=event.counts.rows, total=max(event.total_rows, event.counts.rows), note=note)

        return await (await workspace.import_file(plan, show)).result()


async def _fetch_images(face: Face, workspace: Workspace, jobs: Sequence[ImportJob]) -> None:
    """Wait until the images that were brought are there; the import stands if some are broken."""
    fetching = workspace.image_fetching
    with face.progress() as bar:
        line = bar.add_task("Fetch images", total=1, note="")

        def show(event: ImagesFetched) -> None:
            now = event.progress
            bar.update(
                line, completed=now.done, total=max(now.total, 1), note=f"{now.broken} broken" * bool(now.broken)
            )

        for job in jobs:
            await workspace.imported_images.fetch(job.id)
        unsubscribe = workspace.bus.subscribe(ImagesFetched, show)
        await fetching.start()
        now = await fetching.finished()
        unsubscribe()
    more = " See “mmhub images broken”." if now.broken else ""
    words = f"Images: {now.done - now.broken:,} fetched, {now.broken:,} broken.{more} {now.words}".strip()
    face.err.print(words, highlight=False, markup=False)


def _job_words(job: ImportJob) -> str:
    counts = job.counts
    refused = f" Refused rows with their reasons: {job.refused_file}" if job.refused_file else ""
    return (
        f"{job.file_name}: {counts.new:,} new, {counts.changed:,} changed, {counts.same:,} the same, "
        f"{counts.refused:,} refused.{refused}"
    )
