"""What each column of a file is: by its header, checked against its cells; and what must be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mmhub_desktop.catalog.columns import (
    BY_HEADER,
    BY_NAME,
    ORIGIN,
    REFUSED_BECAUSE,
    STATUS,
    ImportField,
    Kind,
    header_marks,
    header_words,
)
from mmhub_desktop.catalog.damage import warnings_of
from mmhub_desktop.catalog.numbers import CURRENCIES, LENGTH_UNITS, WEIGHT_UNITS, currency_of, find_style, split_value
from mmhub_desktop.catalog.plan import (
    ATTRIBUTE,
    GENERATE,
    IGNORE,
    NAMED_ATTRIBUTE,
    OPTION,
    ColumnGuess,
    FileReading,
    NumberStyle,
    Question,
)
from mmhub_desktop.catalog.staged import StagedFile

Rows = Sequence[Sequence[str]]
_STYLES = (
    (NumberStyle.POINT.value, "decimal point: 1.234 is a little more than one"),
    (NumberStyle.COMMA.value, "decimal comma: 1.234 is one thousand two hundred thirty-four"),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a header and rows were taken for."""

    columns: tuple[ColumnGuess, ...]
    currency: str
    currency_reason: str
    questions: tuple[Question, ...]


def recognise(
    header: Sequence[str], rows: Rows, fixed: Mapping[int, str] | None = None, said: StagedFile | None = None
) -> Recognised:
    """Guess every column; ``fixed`` holds the fields that the seller has chosen, by column index.

    ``said`` is what is known of the columns from where the rows were staged from.
    """
    fixed = fixed or {}
    cells = [[row[index].strip() for row in rows if row[index].strip()] for index in range(len(header))]
    fields = _assign(header, cells, fixed)
    columns = tuple(
        _describe(index, title, fields[index], cells[index], chosen=index in fixed)
        for index, title in enumerate(header)
    )
    if said is not None:
        columns = tuple(_with_origin(column, said) for column in columns)
    currency, reason = _find_currency(columns, cells)
    return Recognised(columns, currency, reason, tuple(_ask(columns, cells, currency, rows)))


def _with_origin(column: ColumnGuess, said: StagedFile) -> ColumnGuess:
    """A column with what a dialect or a workbook says of it."""
    if column.header in said.reasons and column.confidence > 0:
        column = replace(column, reason=said.reasons[column.header], confidence=max(column.confidence, 0.95))
    if column.header in said.number_columns and column.style is not None:
        return replace(column, style=NumberStyle.POINT, evidence="They are numbers in the workbook.")
    return column


def remap(reading: FileReading, fields: Mapping[int, str]) -> FileReading:
    """The reading with some columns taken for other fields; questions and evidence are worked out anew. No I/O.

    Columns that are not named keep what they are, unless a field that one column alone can have is taken over.
    """
    taken = {name for name in fields.values() if name in BY_NAME and not BY_NAME[name].many}
    kept = {
        guess.index: ATTRIBUTE if guess.field in taken else guess.field
        for guess in reading.columns
        if guess.index not in fields
    }
    found = recognise(reading.header, reading.rows, {**kept, **fields}, reading.staged)
    by_hand = set(fields)
    columns = tuple(
        new if new.index in by_hand or new.field != old.field
        else replace(new, confidence=old.confidence, reason=old.reason)
        for new, old in zip(found.columns, reading.columns, strict=True)
    )  # fmt: skip
    return replace(
        reading, columns=columns, currency=found.currency, currency_reason=found.currency_reason,
        questions=found.questions,
    )  # fmt: skip


def recognised_words(header: Sequence[str]) -> int:
    """How many cells of a row are known headers: tells a header from data and from a title line."""
    return sum(1 for cell in header if _exact(cell) is not None)


def _exact(header: str) -> ImportField | None:
    if header in BY_NAME:
        return BY_NAME[header]
    words = header_words(header)
    found = BY_HEADER.get(words)
    if found is None:
        bare = " ".join(w for w in words.split() if w not in _SUFFIXES and not w.isdigit())
        found = BY_HEADER.get(bare)
        if found is not None and words != bare and not found.many and any(w.isdigit() for w in words.split()):
            return None  # "Price 2" is not the price
    return found


_SUFFIXES = {code.lower() for code in CURRENCIES} | {*WEIGHT_UNITS, *LENGTH_UNITS} - {'"'} | {"in", "de", "en"}


_OWN_COLUMNS = {
    REFUSED_BECAUSE: "The reason column of a refused-rows file.",
    ORIGIN: "Where the rows stand in the file that was chosen.",
    STATUS: "Worked out by the program.",
}


def _assign(
    header: Sequence[str], cells: Sequence[Sequence[str]], fixed: Mapping[int, str]
) -> list[tuple[str, float, str]]:
    """(field, confidence, reason) of each column. A field that one column alone can have goes to the best."""
    found: list[tuple[str, float, str]] = [(ATTRIBUTE, 0.5, "No known header: kept as an attribute.")] * len(header)
    candidates: list[tuple[float, int, ImportField, str]] = []
    for index, title in enumerate(header):
        if index in fixed:
            found[index] = (fixed[index], 1.0, "Chosen by you.")
        elif title.startswith((OPTION, NAMED_ATTRIBUTE)) and title[-1] != ":":
            found[index] = (title, 1.0, "The header names it.")
        elif title.strip() in ("", *_OWN_COLUMNS):
            why = _OWN_COLUMNS.get(title.strip(), "The column has no header.")
            keep = bool(cells[index]) and not title.strip()
            found[index] = (ATTRIBUTE, 0.3, why) if keep else (IGNORE, 1.0, why)
        else:
            candidates += _candidates(index, title, cells[index])
    taken = {field for index, (field, _, _) in enumerate(found) if index in fixed}
    done: set[int] = set()
    for confidence, index, field, why in sorted(candidates, key=lambda c: (-c[0], c[1])):
        if index in done:
            continue
        if field.name in taken and not field.many:
            found[index] = (ATTRIBUTE, 0.4, f"Another column is {field.label} already: kept as an attribute.")
            continue
        taken.add(field.name)
        done.add(index)
        found[index] = (field.name, confidence, why)
    return found


def _candidates(index: int, title: str, cells: Sequence[str]) -> list[tuple[float, int, ImportField, str]]:
    exact = _exact(title)
    if exact is not None:
        first_word = next(iter(exact.words.split("|"))).strip() == header_words(title)
        confidence, why = (0.98 if first_word else 0.95), f"The header “{title}” means {exact.label}."
        found = exact
    else:
        words = set(header_words(title).split())
        near = [field for field in BY_NAME.values() if words & field.single_words]
        if len(near) != 1:
            return []
        found = near[0]
        confidence, why = 0.6, f"The header “{title}” contains a word for {found.label}."
    if found.kind.is_number and cells:
        numbers = sum(1 for cell in cells if _looks_like_number(cell))
        if numbers * 2 < len(cells):
            return []
        confidence *= 0.7 + 0.3 * numbers / len(cells)
    return [(round(confidence, 2), index, found, why)]


def _looks_like_number(cell: str) -> bool:
    number, mark = split_value(cell)
    return number.strip("+-").replace(".", "").replace(",", "").isdigit() and len(mark) <= 4


def _describe(
    index: int, title: str, guess: tuple[str, float, str], cells: Sequence[str], *, chosen: bool
) -> ColumnGuess:
    field, confidence, reason = guess
    described = ColumnGuess(
        index, title, field, 1.0 if chosen else confidence, reason, tuple(cells[:5]),
        warnings=warnings_of(field, cells),
    )  # fmt: skip
    kind = BY_NAME[field].kind if field in BY_NAME else None
    if kind is None or not kind.is_number:
        return described
    found = find_style(cells)
    unit = ""
    if kind in (Kind.WEIGHT, Kind.LENGTH):
        units = WEIGHT_UNITS if kind is Kind.WEIGHT else LENGTH_UNITS
        unit = next((mark for mark in header_marks(title) if mark in units), "")
        if "grams" in header_marks(title):
            unit = "g"
    return replace(described, style=found.style, evidence=found.evidence, unit=unit)


def _find_currency(columns: Sequence[ColumnGuess], cells: Sequence[Sequence[str]]) -> tuple[str, str]:
    for column in columns:
        if column.field in ("price", "cost"):
            for mark in header_marks(column.header):
                if mark.upper() in CURRENCIES:
                    return mark.upper(), f"The header “{column.header}” says so."
    for column in columns:
        if column.field == "currency":
            codes = {currency_of(cell) for cell in cells[column.index]} - {None, ""}
            if len(codes) == 1:
                return str(codes.pop()), f"All rows of “{column.header}” say so."
    return "", ""


def _ask(columns: Sequence[ColumnGuess], cells: Sequence[Sequence[str]], currency: str, rows: Rows) -> list[Question]:
    questions = []
    names = {column.field for column in columns}
    if "sku" not in names:
        questions.append(_ask_for_sku(columns, names))
    if names & {"price", "cost"} and not currency and not _all_have_currency(columns, cells):
        questions.append(Question("currency", "Which currency are the prices in?", (), "No column or sign says it."))
    for column in columns:
        kind = BY_NAME[column.field].kind if column.field in BY_NAME else None
        if kind is None or not kind.is_number:
            continue
        if column.style is NumberStyle.EITHER and (found := find_style(cells[column.index])).ask:
            text = f"How are the numbers of “{column.header}” written?"
            shown = _rows_with(rows, column.index, found.open_values)
            questions.append(Question(f"number:{column.index}", text, _STYLES, column.evidence, column.index, shown))
        measured = kind in (Kind.WEIGHT, Kind.LENGTH) and not column.unit
        if measured and any(not split_value(cell)[1] for cell in cells[column.index]):
            choices = ("g", "kg", "lb", "oz") if kind is Kind.WEIGHT else ("mm", "cm", "m", "in")
            text = f"Which unit is “{column.header}” in?"
            labels = tuple((each, each) for each in choices)
            questions.append(Question(f"unit:{column.index}", text, labels, "No unit stands there.", column.index))
    return questions


def _rows_with(rows: Rows, index: int, values: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The first row for each of these values of a column."""
    left, found = list(values), []
    for row in rows:
        if left and row[index].strip() in left:
            left.remove(row[index].strip())
            found.append(tuple(row))
    return tuple(found)


def _ask_for_sku(columns: Sequence[ColumnGuess], names: set[str]) -> Question:
    made_of = "their source id" if "source_id" in names else "title and options"
    if "gtin" in names and "source_id" not in names:
        made_of = "the GTIN, else title and options"
    made = (GENERATE, f"None of them: make SKUs from {made_of}, the same ones each time")
    own = [column for column in columns if column.header != ORIGIN]  # of the seller's, not where a row stood
    listed = tuple((str(column.index), column.header or f"column {column.index + 1}") for column in own)
    return Question(
        "sku",
        "No column was recognised as the SKU. Which one tells your products apart?",
        (made, *listed) if names & {"source_id", "gtin", "title"} else listed,
        "The headers are: " + ", ".join(column.header for column in own),
    )


def _all_have_currency(columns: Sequence[ColumnGuess], cells: Sequence[Sequence[str]]) -> bool:
    by_column = any(column.field == "currency" for column in columns)
    if by_column:
        return True
    money = [cell for column in columns if column.field in ("price", "cost") for cell in cells[column.index]]
    return bool(money) and all(currency_of(split_value(cell)[1]) for cell in money)
