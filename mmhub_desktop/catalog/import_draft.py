"""One import before it begins: its file, its reading, its template, and all that the seller has said about it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mmhub_desktop.catalog.columns import BY_NAME
from mmhub_desktop.catalog.plan import (
    ATTRIBUTE,
    IGNORE,
    FileReading,
    ImportPlan,
    Question,
    open_questions,
    plan_from,
)
from mmhub_desktop.catalog.reading import inspect, remap
from mmhub_desktop.catalog.staged import NO_HEADER, ReadAs, StagedFile
from mmhub_desktop.catalog.staging_process import stage_files
from mmhub_desktop.catalog.templates import FoundTemplate, compare, find_template
from mmhub_desktop.domain.imports import ImportTemplate
from mmhub_desktop.errors import UserMistake


class Draft:
    """What faces work on until there is a plan, for the loop. ``answers`` are as ``plan_from`` takes them.

    A file whose header fits one of ``templates`` begins with what that one says.
    """

    def __init__(self, file: StagedFile, folder: Path, templates: Sequence[ImportTemplate] = ()) -> None:
        self.file = file
        self.read_as = ReadAs()
        self.reading: FileReading | None = None
        self.answers: dict[str, str] = {}
        self.templates = tuple(templates)
        self.template: FoundTemplate | None = None
        self.by_template: Mapping[str, str] = {}  # the answers that come from it
        self._folder = folder
        self._guessed: FileReading | None = None  # the reading before anything was said about its columns
        self._changing = asyncio.Lock()  # one change of the columns after the other: each begins from the last

    @property
    def name(self) -> str:
        """What the seller calls the file."""
        return self.file.name

    async def read(self, read_as: ReadAs | None = None) -> None:
        """Look at the file, beside the loop. ``read_as``: the seller's corrections.

        What was said of columns is dropped when the header comes out another. UserMistake when it cannot be read so;
        file and reading then stay what they were.
        """
        read_as = read_as or self.read_as
        file = await self._staged(read_as)
        asked = {} if file.is_rewritten else _asked(read_as)
        reading = await asyncio.to_thread(inspect, file, **asked)  # type: ignore[arg-type]
        is_other = self._guessed is None or reading.header != self._guessed.header
        self.file, self.read_as, self._guessed = file, read_as, reading
        if is_other:
            await self._begin(find_template(self.templates, reading.header))
        else:
            await self._take_all()

    async def use(self, template: ImportTemplate | None) -> None:
        """Begin anew with a template, or with none. UserMistake when it is for another kind of file."""
        if self._guessed is None:
            raise RuntimeError("the file has not been read")
        found = compare(template, self._guessed.header) if template is not None else None
        if template is not None and found is None:
            raise UserMistake(
                f"The template “{template.name}” does not fit “{self.name}”: most of its columns are not there.",
                hint="Choose another template, or none.",
            )
        await self._begin(found)

    async def _begin(self, found: FoundTemplate | None) -> None:
        header = self._guessed.header if self._guessed is not None else ()
        self.template = found
        self.by_template = found.answers(header) if found is not None else {}
        self.answers = dict(self.by_template)
        await self._take_all()

    async def _take_all(self) -> None:
        """The columns as they are guessed, then as they were said to be."""
        fields = {int(key[7:]): value for key, value in self.answers.items() if key.startswith("column:")}
        if self._guessed is not None:
            self.reading = await asyncio.to_thread(remap, self._guessed, fields) if fields else self._guessed

    async def _staged(self, read_as: ReadAs) -> StagedFile:
        """The file, written anew where it is made from something else."""
        same = _written_by(read_as) == _written_by(self.read_as)
        if read_as == self.read_as or (same and not self.file.is_rewritten):
            return self.file
        staged = await stage_files(self.file.sources, self._folder, read_as)
        return staged.files[0]

    def say(self, key: str, value: str) -> dict[int, str]:
        """Take an answer or a correction; an empty one is taken back. Returns the columns to ``remap``, if any."""
        if value:
            self.answers[key] = value
        else:
            self.answers.pop(key, None)
        if self.reading is None:
            return {}
        if key == "sku" and value.isdigit() and self.reading.columns[int(value)].field in (ATTRIBUTE, IGNORE):
            del self.answers["sku"]
            key = f"column:{value}"
            self.answers[key] = value = "sku"
        if not key.startswith("column:"):
            return {}
        index = int(key.removeprefix("column:"))
        self._take_over(index, value)
        return {index: value}

    async def remap(self, fields: Mapping[int, str]) -> None:
        """Take columns for other fields: questions and evidence are worked out anew, in a thread."""
        async with self._changing:
            if self.reading is not None:
                self.reading = await asyncio.to_thread(remap, self.reading, fields)

    def _take_over(self, index: int, field: str) -> None:
        """What was said of the column as another field no longer holds, nor that another one is this field."""
        for what in ("number", "unit"):
            self.answers.pop(f"{what}:{index}", None)
        if field not in BY_NAME or BY_NAME[field].many:
            return
        for key in [key for key, value in self.answers.items() if key.startswith("column:") and value == field]:
            if key != f"column:{index}":
                del self.answers[key]
        if field == "sku":
            self.answers.pop("sku", None)

    @property
    def open(self) -> list[Question]:
        """The questions that must still be answered."""
        return open_questions(self.reading.questions, self.answers) if self.reading is not None else []

    def plan(self) -> ImportPlan:
        """How the file is to be imported. UserMistake names what is still open."""
        if self.reading is None:
            raise RuntimeError("the file has not been read")
        name = self.template.template.name if self.template is not None else ""
        return replace(plan_from(self.reading, self.answers), template=name)


def _written_by(read_as: ReadAs) -> tuple[str, str, bool]:
    """What decides whether a file that is a table already is written anew."""
    return read_as.dialect, read_as.sheet, read_as.header_row == NO_HEADER


def _asked(read_as: ReadAs) -> dict[str, str | int | None]:
    return {"encoding": read_as.encoding, "delimiter": read_as.delimiter, "header_row": read_as.header_row}
