"""How a file is to be imported: what was read of it, what must be asked, and the plan that results."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from mmhub_desktop.catalog.staged import StagedFile
from mmhub_desktop.errors import UserMistake

ATTRIBUTE = "attribute"  # an unknown column: kept among the product's free attributes, under its header
IGNORE = "ignore"  # a column that is not imported
NAMED_ATTRIBUTE = "attribute:"  # "attribute:Material": a free attribute under this name, whatever the header
OPTION = "option:"  # "option:Size": what a variant is, {"Size": "M"}
GENERATE = "generate"  # the answer to the question "sku": make them, the same ones for the same rows each time


class NumberStyle(StrEnum):
    """How the numbers of a column are written."""

    POINT = "point"  # 1,234.50
    COMMA = "comma"  # 1.234,50
    EITHER = "either"  # only values that read the same in both styles, or in only one: the rest is refused


class EmptyCell(StrEnum):
    """What an empty cell does to a product that is there already."""

    KEEP = "keep"  # leave what the product has
    CLEAR = "clear"  # take it away


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """One column of a file: what it is taken for, how surely (0–1) and why; numbers with their style."""

    index: int
    header: str
    field: str  # a name of ``columns.FIELDS``, ATTRIBUTE, IGNORE, "attribute:<name>" or "option:<name>"
    confidence: float
    reason: str
    samples: tuple[str, ...] = ()
    style: NumberStyle | None = None
    evidence: str = ""  # why the number style is what it is
    unit: str = ""  # g, kg, mm, cm, …: what plain numbers of this column mean
    warnings: tuple[str, ...] = ()  # what is wrong with cells of the sample, in words


@dataclass(frozen=True, slots=True)
class Question:
    """Something the file leaves open. ``key`` is what ``plan_from`` takes the answer under."""

    key: str  # "sku", "currency", "number:3", "unit:5"
    text: str
    choices: tuple[tuple[str, str], ...]  # (answer, label); empty: any text, such as a currency code
    evidence: str = ""
    column: int | None = None
    rows: tuple[tuple[str, ...], ...] = ()  # some rows of the file that it is about


@dataclass(frozen=True, slots=True)
class FileReading:
    """What a look at a file found. ``rows`` are its first records below the header."""

    path: Path
    size: int
    modified_ns: int
    file_hash: str
    encoding: str  # Python's name: utf-8, utf-8-sig, utf-16, utf-16-le, utf-16-be, cp1252
    encoding_reason: str
    undecodable: bool  # some bytes do not fit the encoding: their rows are refused
    delimiter: str
    delimiter_reason: str
    header_row: int  # records above the header, which are skipped
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[ColumnGuess, ...]
    currency: str  # for prices without one of their own; empty when it must be asked
    currency_reason: str
    questions: tuple[Question, ...]
    estimated_rows: int
    dialect: str = ""  # the name of the program whose export this is, of ``catalog.dialects``
    dialect_reason: str = ""
    notes: tuple[str, ...] = ()  # what was done to read the file, in words
    origin: str = ""  # what the seller chose, when the rows were staged from it
    image_base: str = ""  # the folder in which images named by file are looked for; empty: beside the file
    staged: StagedFile | None = None  # how it was made, when it was

    @property
    def sample(self) -> tuple[tuple[str, ...], ...]:
        """The first rows, to be shown."""
        return self.rows[:20]


@dataclass(frozen=True, slots=True)
class PlanColumn:
    """One column of the file and what becomes of it."""

    index: int
    header: str
    field: str
    style: NumberStyle = NumberStyle.EITHER
    unit: str = ""
    empty: EmptyCell = EmptyCell.KEEP
    default: str = ""  # what an empty cell is read as; before ``empty`` is looked at


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Everything the import needs to know; kept as JSON with the import, so that it can be resumed."""

    path: Path
    size: int
    modified_ns: int
    file_hash: str
    encoding: str
    undecodable: bool
    delimiter: str
    header_row: int
    header: tuple[str, ...]
    columns: tuple[PlanColumn, ...]
    currency: str = ""
    image_base: str = ""
    estimated_rows: int = 0
    constants: Mapping[str, str] = field(default_factory=dict)  # field → value of all rows, for what no column says
    sku_from: int | None = None  # the column that the SKU is taken from too, when none is the SKU alone
    generate_sku: bool = False  # make SKUs from the source id, the GTIN, or title and options
    origin: str = ""  # what the seller chose, when the rows were staged from it
    template: str = ""  # the name of the template that the answers began with

    @property
    def name(self) -> str:
        """The name of the file as the seller knows it."""
        return Path(self.origin).name if self.origin else self.path.name

    def to_json(self) -> str:
        """The plan as JSON text, with its fingerprint beside it."""
        kept = {**asdict(self), "path": str(self.path), "fingerprint": self.fingerprint()}
        return json.dumps(kept, ensure_ascii=False)

    def fingerprint(self) -> str:
        """Equal for two plans that make the same of the same bytes, wherever the file lies now."""
        meaning = {**asdict(self), "path": "", "origin": "", "template": "", "modified_ns": 0, "estimated_rows": 0}
        return hashlib.blake2b(json.dumps(meaning).encode(), digest_size=16).hexdigest()

    @classmethod
    def from_json(cls, text: str) -> "ImportPlan":
        """The plan kept by ``to_json``. UserMistake when the text is none."""
        try:
            kept = json.loads(text)
            kept.pop("fingerprint", None)
            kept["path"] = Path(kept["path"])
            kept["header"] = tuple(kept["header"])
            return cls(**{**kept, "columns": tuple(_column(each) for each in kept["columns"])})
        except (KeyError, TypeError, ValueError) as error:
            raise UserMistake(
                "How this import was set up is not known any more.",
                hint="Import the file again: rows that are in the catalog already are recognised by their SKU.",
                original=str(error),
            ) from error


def _column(kept: Mapping[str, Any]) -> PlanColumn:
    style, empty = NumberStyle(kept["style"]), EmptyCell(kept.get("empty", EmptyCell.KEEP))
    return PlanColumn(**{**kept, "style": style, "empty": empty})


def plan_from(reading: FileReading, answers: Mapping[str, str] | None = None) -> ImportPlan:
    """The plan of a reading and the answers to its questions.

    Answers may also correct: ``column:<index>`` names another field, ``number:<index>`` another style,
    ``currency`` another currency. ``empty:<index>`` is "keep" or "clear", ``default:<index>`` what empty cells are
    read as, ``constant:<field>`` the value of a field that no column holds. UserMistake names what is still open.
    """
    from mmhub_desktop.catalog.recognition import remap
    from mmhub_desktop.catalog.rows import check_values

    answers = dict(answers or {})
    fields = {int(key[7:]): value for key, value in answers.items() if key.startswith("column:")}
    sku_from = None
    if answers.get("sku", "").isdigit():
        sku_from = _sku_column(reading, int(answers["sku"]), fields)
    if fields:
        reading = remap(reading, fields)
    left = open_questions(reading.questions, answers)
    if left:
        first = left[0]
        more = f" ({len(left) - 1} more to answer.)" if len(left) > 1 else ""
        raise UserMistake(first.text, hint=f"{_how_to_answer(first)}{more}", original=first.evidence)
    columns = []
    for guess in reading.columns:
        style = NumberStyle(answers.get(f"number:{guess.index}") or guess.style or NumberStyle.EITHER)
        unit = answers.get(f"unit:{guess.index}", guess.unit)
        empty = EmptyCell(answers.get(f"empty:{guess.index}") or EmptyCell.KEEP)
        default = answers.get(f"default:{guess.index}", "")
        columns.append(PlanColumn(guess.index, guess.header, guess.field, style, unit, empty, default))
    plan = ImportPlan(
        path=reading.path,
        size=reading.size,
        modified_ns=reading.modified_ns,
        file_hash=reading.file_hash,
        encoding=reading.encoding,
        undecodable=reading.undecodable,
        delimiter=reading.delimiter,
        header_row=reading.header_row,
        header=reading.header,
        columns=tuple(columns),
        currency=(answers.get("currency") or answers.get("constant:currency") or reading.currency).strip().upper(),
        image_base=reading.image_base or str(reading.path.parent),
        estimated_rows=reading.estimated_rows,
        constants={key[9:]: value for key, value in answers.items() if key.startswith("constant:") and value.strip()},
        sku_from=sku_from,
        generate_sku=answers.get("sku") == GENERATE,
        origin=reading.origin,
    )
    check_values(plan)
    return plan


def open_questions(questions: Iterable[Question], answers: Mapping[str, str]) -> list[Question]:
    """Those of a reading's questions that these answers leave open."""
    return [question for question in questions if not _answered(question, answers)]


def _sku_column(reading: FileReading, index: int, fields: dict[int, str]) -> int | None:
    """A column that is nothing else becomes the SKU; any other stays what it is and is read as the SKU, too."""
    field = fields.get(index, reading.columns[index].field if index < len(reading.columns) else "")
    if field in (ATTRIBUTE, IGNORE, "sku", ""):
        fields[index] = "sku"
        return None
    return index


def _answered(question: Question, answers: Mapping[str, str]) -> bool:
    given = answers.get(question.key, "")
    if question.key == "currency":
        given = given or answers.get("constant:currency", "")
        return len(given.strip()) == 3 and given.strip().isalpha()
    return given in dict(question.choices)


def _how_to_answer(question: Question) -> str:
    if not question.choices:
        return "Answer with a currency code such as EUR or CLP."
    return "Choose one: " + "; ".join(f"{value} – {label}" for value, label in question.choices[:12]) + "."
