"""The code of the function that turns the cells of a row into values, put together once for each plan.

Half of the time of a row went into asking what the plan says, so a plan is compiled: the text below holds names of
fields and places of columns, never words from the file. What is too long to stand here is a function in ``rows``.
"""

from collections.abc import Sequence

from mmhub_desktop.catalog.plan import ATTRIBUTE, OPTION, ImportPlan
from mmhub_desktop.catalog.row_columns import Cell

# For each field: {c} is the row's cell, {f} the field's name, under which its style and unit are known.
# The order matters: the currency stands before what is paid in it.
_CODE = {
    "currency": "money = {c} if {c} in CURRENCIES else code({c}) if {c} and not {c}.isspace() else default_currency",
    "source": "source = {c}.strip()",
    "source_id": """source_id = {c}.strip()
 if 'E+' in source_id: source_id = mend_source_id(source_id)
 if source_id and (source, source_id) in seen_sources: refuse_source(source_id)""",
    "title": "title = {c}.strip()",
    "description": "description = {c}.strip()",
    "keywords": "keywords = listed({c}) if {c} else '[]'",
    "optimized_title": "optimized_title = {c}.strip()",
    "optimized_description": "optimized_description = {c}.strip()",
    "optimized_keywords": "optimized_keywords = listed({c}) if {c} else '[]'",
    "optimized_by": "optimized_by = {c}.strip()",
    "image_base": "folder = {c}.strip()",
    "brand": "brand = {c}.strip()",
    "category": "category = {c}.strip()",
    "gtin": """gtin = {c}.strip()
 if gtin and (len(gtin) not in GTIN_LENGTHS or not gtin.isdecimal()): gtin = mend_gtin(gtin)""",
    "condition": "condition = word('condition', {c}, CONDITIONS) if {c} else ''",
    # Nearly all prices look like 19.90; anything else is read by numbers.parse_money.
    "price": """price_minor = None
 if {c}[-3:-2] in SIGNS and money in IN_CENTS and len({c}) < 14 and (digits := {c}[:-3] + {c}[-2:]).isdecimal():
  price_minor, currency = int(digits), money
 elif {c} and not {c}.isspace():
  price_minor, currency = amount('{f}', {c}, style_{f}, money)""",
    "cost": """cost_minor = None
 if {c} and not {c}.isspace():
  cost_minor, cost_currency = amount('{f}', {c}, style_{f}, currency or money)
  currency = cost_currency or currency""",
    "quantity": "quantity = int({c}) if {c}.isdecimal() and len({c}) < 10 else count({c}, style_{f})",
    "weight": "weight_g = measure('{f}', {c}, style_{f}, unit_{f}) if {c} else None",
    "length": "length_mm = measure('{f}', {c}, style_{f}, unit_{f}) if {c} else None",
    "width": "width_mm = measure('{f}', {c}, style_{f}, unit_{f}) if {c} else None",
    "height": "height_mm = measure('{f}', {c}, style_{f}, unit_{f}) if {c} else None",
    "active": "active = word('active', {c}, FLAGS) if {c} else -1",
    "parent_sku": """parent_key = {c}.strip()
 if 'E+' in parent_key or parent_key[:1] == '=': parent_key = mend_sku(parent_key)
 if parent_key: parent_key = make_key(parent_key)""",
}
_START = """def make(cells):
 {cells} = cells{check}
 money, currency, title, description, brand, gtin = default_currency, '', '', '', '', ''
 source, source_id, options = '', '', '{{}}'"""
_SKU = """
 sku = {sku}.strip()
 if 'E+' in sku or sku[:1] == '=': sku = mend_sku(sku)"""
_MADE_SKU = """
 sku = generate(source, source_id, gtin, title, options)"""
_KEY = """
 key = sku.lower() if sku.isascii() else make_key(sku)
 if not key or key in seen or len(key) > LONGEST: refuse_sku(sku, key in seen)"""
_OWN_PARENT = """
 if parent_key == key: refuse_parent(sku)"""
_END = """
 size, length = len(title), len(description)
 search_key = None if title.isascii() and sku.isascii() else make_search_key(title, sku)
 quality = ((TITLE[size] if size < LONG_TITLE else TITLE[-1])
  + (WORDS if ' ' in title else 0) - (SHOUTS if title.isupper() else 0)
  + (DESCRIPTION[length] if length < LONG_DESCRIPTION else DESCRIPTION[-1])
  + (IMAGES[shown] if shown < MANY else IMAGES[-1])
  + (ATTRIBUTES[filled] if filled < MANY else ATTRIBUTES[-1]))
 add(key){note_source}"""


def write_code(plan: ImportPlan, values: Sequence[str], row: Sequence[Cell]) -> str:
    """The source of ``make(cells)``, which returns ``values`` in this order; ``row`` are the plan's cells.

    The names of attributes and options are known to it as ``name_<variable>``.
    """
    by_field = {cell.field: cell.variable for cell in row}
    cells = "".join(f"c{index}, " for index in range(len(plan.header)))
    lines = [_START.format(cells=cells, check="\n check(cells)" if plan.undecodable else "")]
    lines += [
        f" if not c{column.index} or c{column.index}.isspace(): c{column.index} = default_c{column.index}"
        for column in plan.columns
        if column.default
    ]
    if not plan.generate_sku:
        lines.append(_sku(plan, by_field))
    lines += [f" {code.format(c=by_field[name], f=name)}" for name, code in _CODE.items() if name in by_field]
    pictures = [cell.variable for cell in row if cell.field == "images"]
    lines += _image_code(pictures, "folder or base" if "image_base" in by_field else "base")
    lines += _named_code("options", [cell for cell in row if cell.field == OPTION])
    attributes = [cell for cell in row if cell.field == ATTRIBUTE]
    lines += [*_named_code("attributes", attributes), " filled = len(named) + (brand != '') + (gtin != '')"]
    if plan.generate_sku:
        lines.append(_MADE_SKU + _KEY)
    if "parent_sku" in by_field:
        lines.append(_OWN_PARENT)
    note = "\n if source_id: add_source((source, source_id))" if "source_id" in by_field else ""
    results = ["key" if name == "sku_key" else name for name in values]
    return "\n".join([*lines, _END.format(note_source=note), f" return ({', '.join(results)},)", ""])


def _sku(plan: ImportPlan, by_field: dict[str, str]) -> str:
    cell = by_field["sku"] if plan.sku_from is None else f"c{plan.sku_from}"
    return _SKU.format(sku=cell) + _KEY


def _image_code(cells: Sequence[str], base: str) -> list[str]:
    if not cells:
        return [" shown = 0"]
    text = cells[0] if len(cells) == 1 else f"'\\n'.join(({', '.join(cells)}))"
    return [f" images, shown, urls = pictures({text})", f" image_base = {base} if urls < shown else ''"]


def _named_code(target: str, cells: Sequence[Cell]) -> list[str]:
    """The JSON object of the attributes or options; null takes one away that the product has."""
    if not cells:
        return [" named = ()"]
    lines = [" named, gone = [], []"]
    for cell in cells:
        at, name = cell.variable, f"name_{cell.variable}"
        lines.append(f" if {at} and (text := {at}.strip()): named.append({name} + quoted(text))")
        if cell.clears:
            lines.append(f" else: gone.append({name} + 'null')")
    return [*lines, f" {target} = '{{' + ','.join(named + gone) + '}}'"]
