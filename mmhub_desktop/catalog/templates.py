"""Import templates: what a seller has said of a file's columns, for the next file of the same kind.

A template is found by its header; where that has changed, it says what came, what went and what was renamed.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mmhub_desktop.catalog.columns import ORIGIN, REFUSED_BECAUSE, header_words
from mmhub_desktop.catalog.plan import GENERATE, EmptyCell, ImportPlan, NumberStyle
from mmhub_desktop.domain.imports import ImportTemplate

_ENOUGH = 0.6  # the part of all columns that two headers must share to be of the same kind
_ALIKE = 82  # of 100: from where on a column that went and one that came are taken for the same, renamed
_OWN = (ORIGIN, REFUSED_BECAUSE)


@dataclass(frozen=True, slots=True)
class FoundTemplate:
    """A template that fits a header, and what is different: columns by their headers."""

    template: ImportTemplate
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()  # (as the template knows it, as it is called now)

    @property
    def is_exact(self) -> bool:
        """Whether the file has just the columns of the template, in whichever order."""
        return not (self.came or self.went or self.renamed)

    @property
    def reason(self) -> str:
        """Why it was chosen and what is different, in words."""
        if self.is_exact:
            return f"The header is the one of the template “{self.template.name}”."
        said = [f"“{old}” is now “{new}”" for old, new in self.renamed]
        said += [f"new: {_listed(self.came)}"] if self.came else []
        said += [f"gone: {_listed(self.went)}"] if self.went else []
        return f"The header is like the one of the template “{self.template.name}”; {'; '.join(said)}."

    def answers(self, header: Sequence[str]) -> dict[str, str]:
        """What ``plan_from`` takes, for a file with this header. Columns that came keep what is guessed of them."""
        kept = json.loads(self.template.settings)
        new_names = dict(self.renamed)
        places = _places(header)
        answers = {key: str(value) for key, value in kept.get("answers", {}).items()}
        for column in kept.get("columns", []):
            name = new_names.get(column["header"], column["header"])
            at = places.get((header_key(name), column.get("occurrence", 1)))
            if at is None:
                continue
            answers[f"column:{at}"] = column["field"]
            for what in ("number", "unit", "empty", "default"):
                if column.get(what):
                    answers[f"{what}:{at}"] = column[what]
            if column.get("is_sku"):
                answers["sku"] = str(at)
        return answers


def settings_of(plan: ImportPlan) -> str:
    """What a template keeps of a plan, as JSON: columns by their headers, and what holds for all rows."""
    columns = []
    counted: dict[str, int] = {}
    for column in plan.columns:
        key = header_key(column.header)
        counted[key] = counted.get(key, 0) + 1
        if column.header in _OWN:
            continue
        columns.append(
            {
                "header": column.header,
                "occurrence": counted[key],
                "field": column.field,
                "number": "" if column.style is NumberStyle.EITHER else column.style.value,
                "unit": column.unit,
                "empty": "" if column.empty is EmptyCell.KEEP else column.empty.value,
                "default": column.default,
                "is_sku": plan.sku_from == column.index,
            }
        )
    answers = {f"constant:{field}": value for field, value in plan.constants.items()}
    if plan.currency:
        answers["currency"] = plan.currency
    if plan.generate_sku:
        answers["sku"] = GENERATE
    return json.dumps({"columns": columns, "answers": answers}, ensure_ascii=False)


def header_of(plan: ImportPlan) -> tuple[str, ...]:
    """The header that a template of this plan is found by."""
    return tuple(title for title in plan.header if title not in _OWN)


def find_template(templates: Iterable[ImportTemplate], header: Sequence[str]) -> FoundTemplate | None:
    """The template that fits best: one with the same columns, else one with most of them; None when none is like it."""
    found = [each for template in templates if (each := compare(template, header)) is not None]
    return min(found, key=lambda each: len(each.came) + len(each.went) + len(each.renamed) / 2, default=None)


def compare(template: ImportTemplate, header: Sequence[str]) -> FoundTemplate | None:
    """What is different between a template's header and this one; None when they are not of the same kind."""
    old = {header_key(title): title for title in template.header if title.strip()}
    new = {header_key(title): title for title in header if title.strip() and title not in _OWN}
    went = [title for key, title in old.items() if key not in new]
    came = [title for key, title in new.items() if key not in old]
    shared = len(old) - len(went)
    renamed = _renamed(went, came) if shared or len(old) == 1 else []
    if (shared + len(renamed)) < _ENOUGH * max(len(old), 1) or not shared:
        return None
    gone, made = {name for name, _ in renamed}, {name for _, name in renamed}
    return FoundTemplate(
        template,
        tuple(title for title in came if title not in made),
        tuple(title for title in went if title not in gone),
        tuple(renamed),
    )


def header_key(title: str) -> str:
    """A header as it is compared: case, spaces and signs make no difference, unless nothing else is left."""
    return " ".join(title.casefold().replace("_", " ").split())


def _renamed(went: Sequence[str], came: Sequence[str]) -> list[tuple[str, str]]:
    """Columns that are the same under another name, the surest first."""
    if not went or not came:
        return []
    from rapidfuzz import fuzz  # 40 ms, and seldom needed

    pairs = []
    for old in went:
        for new in came:
            same = header_words(old) == header_words(new) != ""
            likeness = 100.0 if same else fuzz.ratio(header_key(old), header_key(new))
            if likeness >= _ALIKE:
                pairs.append((likeness, old, new))
    found: list[tuple[str, str]] = []
    for _, old, new in sorted(pairs, key=lambda pair: -pair[0]):
        if all(old != taken[0] and new != taken[1] for taken in found):
            found.append((old, new))
    return found


def _places(header: Sequence[str]) -> Mapping[tuple[str, int], int]:
    """(header, which of those with this name) → column."""
    counted: dict[str, int] = {}
    places = {}
    for index, title in enumerate(header):
        key = header_key(title)
        counted[key] = counted.get(key, 0) + 1
        places[key, counted[key]] = index
    return places


def _listed(titles: Sequence[str]) -> str:
    shown = ", ".join(f"“{title}”" for title in titles[:5])
    return f"{shown} and {len(titles) - 5} more" if len(titles) > 5 else shown
