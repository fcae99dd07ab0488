"""One file on its way through the import wizard: its reading and all that the seller has said about it."""

import asyncio
from pathlib import Path
from typing import Any

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

_OF_THE_READING = ("column:", "number:", "unit:", "empty:", "default:", "sku")  # said of columns by their place


class Draft:
    """What the steps of the wizard work on, for the loop. ``answers`` are as ``plan_from`` takes them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reading: FileReading | None = None
        self.answers: dict[str, str] = {}
        self._changing = asyncio.Lock()  # one change of the columns after the other: each begins from the last

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    async def read(self, **asked: Any) -> None:
        """Look at the file in a thread. ``asked`` are the seller's corrections: what was said of columns is dropped.

        UserMistake when it cannot be read so; the reading then stays what it was.
        """
        reading = await asyncio.to_thread(inspect, self.path, **asked)
        if self.reading is None or reading.header != self.reading.header:
            self.answers = {
                key: value for key, value in self.answers.items() if not key.startswith(_OF_THE_READING)
            }  # fmt: skip
        fields = self._fields()
        self.reading = await asyncio.to_thread(remap, reading, fields) if fields else reading

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

    async def remap(self, fields: dict[int, str]) -> None:
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

    def _fields(self) -> dict[int, str]:
        return {int(key[7:]): value for key, value in self.answers.items() if key.startswith("column:")}

    @property
    def open(self) -> list[Question]:
        """The questions that must still be answered."""
        return open_questions(self.reading.questions, self.answers) if self.reading is not None else []

    def plan(self) -> ImportPlan:
        """How the file is to be imported. UserMistake names what is still open."""
        if self.reading is None:
            raise RuntimeError("the file has not been read")
        return plan_from(self.reading, self.answers)
