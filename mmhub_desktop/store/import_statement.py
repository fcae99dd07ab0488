"""The statement that writes the rows of an import, put together for the columns that its file fills."""

from collections.abc import Sequence

# Columns that are never NULL and whose default is a value: what a row holds there when the file says nothing, and
# what a new product then gets.
SILENT = {
    "condition": ("''", "'new'"), "quantity": ("-1", "0"), "active": ("-1", "1"), "optimized_title": ("''", "NULL"),
    "optimized_description": ("''", "iif(optimized_title IS NULL, NULL, '')"),
    "optimized_keywords": ("'[]'", "iif(optimized_title IS NULL, NULL, '[]')"),
}  # fmt: skip
_LISTS = {"keywords": "'[]'", "images": "'[]'"}
OBJECTS = ("attributes", "options")
_NULLABLE = {"price_minor", "cost_minor", "weight_g", "length_mm", "width_mm", "height_mm"}
_WORKED_OUT = {"sku_key", "search_key", "quality", "image_base"}  # follow from others


def upsert_statement(columns: Sequence[str], clears: frozenset[str], width: int, rows: int, import_id: int) -> str:
    """The guarded upsert of ``rows`` rows of ``width`` values, of which the first are those of ``columns``.

    Empty values leave what is there, but for the columns in ``clears``; equal rows are not written.
    """
    sets: list[str] = []
    guards: list[str] = []
    for name in columns:
        if name in _WORKED_OUT:
            continue
        new, old, result = f"excluded.{name}", f"product.{name}", f"excluded.{name}"
        if name in OBJECTS:
            nothing, result = f"({new} = '{{}}' OR {new} = {old})", f"json_patch({old}, {new})"
        elif name == "sku" or name in clears:
            nothing = "0"
            if name in SILENT:
                result = f"CASE WHEN {new} = {SILENT[name][0]} THEN {SILENT[name][1]} ELSE {new} END"
        elif name in _NULLABLE:
            nothing = f"{new} IS NULL"
        else:
            nothing = f"{new} = {SILENT[name][0] if name in SILENT else _LISTS.get(name, chr(39) * 2)}"
        sets.append(f"{name}=CASE WHEN {nothing} THEN {old} ELSE {result} END")
        guards.append(f"NOT {nothing} AND {result} IS NOT {old}")
    if "images" in columns:
        sets.append("image_base=CASE WHEN excluded.images = '[]' THEN product.image_base ELSE excluded.image_base END")
        guards.append("excluded.images <> '[]' AND excluded.image_base <> product.image_base")
    names, row = ", ".join(columns), f"({', '.join('?' * width)})"
    place = {name: f"row.column{number}" for number, name in enumerate(columns, 1)}
    place["search_key"] = f"coalesce({place['search_key']}, lower({place['title']}) || char(10) || {place['sku_key']})"
    return (
        f"INSERT INTO product ({names}, import_id, created_at, updated_at)"  # noqa: S608 - names of columns, a number
        f" SELECT {', '.join(place.values())}, {import_id}, moment.at, moment.at"
        f" FROM temp.moment CROSS JOIN (VALUES {', '.join([row] * rows)}) AS row WHERE true"
        f" ON CONFLICT (sku_key) DO UPDATE SET {', '.join(sets)},"
        f" version=version+1, import_id={import_id}, updated_at=excluded.updated_at"
        f" WHERE {' OR '.join(guards)}"
    )
