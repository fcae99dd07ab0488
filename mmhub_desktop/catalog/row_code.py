"""The code of the function that turns the cells of a row into values, put together once for each plan.

Half of the time of a row went into asking what the plan says, so a plan is compiled: the text below holds names of
fields and places of columns, never words from the file. What is too long to stand here is a function in ``rows``.
"""

from collections.abc import Sequence

from mmhub_desktop.catalog.plan import ATTRIBUTE, ImportPlan, NumberStyle

# For each field: {c} is the row's cell, {f} the field's name, under which its style, unit and decimal sign are known.
# The order matters: the currency stands before what is paid in it.
_CODE = {
    "currency": "money = {c} if {c} in CURRENCIES else code({c}) if {c} and not {c}.isspace() else default_currency",
    "title": "title = {c}.strip()",
    "description": "description = {c}.strip()",
    "keywords": "keywords = listed({c}) if {c} else '[]'",
    "brand": "brand = {c}.strip()",
    "category": "category = {c}.strip()",
    "gtin": """gtin = {c}.strip()
 if gtin and not gtin.isdigit(): gtin = mend_gtin(gtin)""",
    "condition": "condition = word('condition', {c}, CONDITIONS) if {c} else ''",
    # Nearly all prices look like 19.90; anything else is read by numbers.parse_money.
    "price": """price_minor = None
 whole, _, cents = {c}.partition(sign_{f})
 if len(cents) == 2 and money in IN_CENTS and len(whole) < 12 and whole and (digits := whole + cents).isdigit():
  price_minor, currency = int(digits), money
 elif {c} and not {c}.isspace():
  price_minor, currency = amount('{f}', {c}, style_{f}, money)""",
    "cost": """cost_minor = None
 if {c} and not {c}.isspace(): cost_minor, currency = amount('{f}', {c}, style_{f}, currency or money)""",
    "quantity": "quantity = int({c}) if {c}.isdigit() and len({c}) < 10 else count({c}, style_{f})",
    "weight": "weight_g = measure('{f}', {c}, style_{f}, unit_{f}) if {c} else None",
    "length": "length_mm = measure('{f}', {c}, style_{f}, unit_{f}) if {c} else None",
    "width": "width_mm = measure('{f}', {c}, style_{f}, unit_{f}) if {c} else None",
    "height": "height_mm = measure('{f}', {c}, style_{f}, unit_{f}) if {c} else None",
    "active": "active = word('active', {c}, FLAGS) if {c} else -1",
}
_START = """def make(cells):
 {cells} = cells{check}
 sku = {sku}.strip()
 key = sku.lower() if sku.isascii() else sku_key(sku)
 if not key or key in seen or len(key) > LONGEST: refuse_sku(sku, key in seen)
 money, currency, title, description, brand, gtin = default_currency, '', '', '', '', ''"""
_END = """
 size, length = len(title), len(description)
 search_key = None if title.isascii() and sku.isascii() else make_search_key(title, sku)
 quality = ((TITLE[size] if size < LONG_TITLE else TITLE[-1])
  + (WORDS if ' ' in title else 0) - (SHOUTS if title.isupper() else 0)
  + (DESCRIPTION[length] if length < LONG_DESCRIPTION else DESCRIPTION[-1])
  + (IMAGES[shown] if shown < MANY else IMAGES[-1])
  + (ATTRIBUTES[filled] if filled < MANY else ATTRIBUTES[-1]))
 add(key)"""


def write_code(plan: ImportPlan, values: Sequence[str], attributes: Sequence[tuple[str, int]]) -> str:
    """The source of ``make(cells)``, which returns ``values`` in this order.

    ``attributes`` are (name of the variable that holds the attribute's quoted name, column).
    """
    by_field = {column.field: column.index for column in plan.columns if column.field != ATTRIBUTE}
    cells = "".join(f"c{index}, " for index in range(len(plan.header)))
    check = "\n check(cells)" if plan.undecodable else ""
    lines = [_START.format(cells=cells, sku=f"c{by_field['sku']}", check=check)]
    lines += [f" {code.format(c=f'c{by_field[name]}', f=name)}" for name, code in _CODE.items() if name in by_field]
    lines += _image_code([column.index for column in plan.columns if column.field == "images"])
    lines += _attribute_code(attributes)
    results = ["key" if name == "sku_key" else name for name in values]
    return "\n".join([*lines, _END, f" return ({', '.join(results)},)", ""])


def decimal_sign(style: NumberStyle) -> str:
    """What stands before the cents in a column that has one style; nothing that can occur in one that has not."""
    return {NumberStyle.POINT: ".", NumberStyle.COMMA: ",", NumberStyle.EITHER: "\0"}[style]


def _image_code(columns: Sequence[int]) -> list[str]:
    if not columns:
        return [" shown = 0"]
    text = f"c{columns[0]}" if len(columns) == 1 else f"'\\n'.join(({', '.join(f'c{at}' for at in columns)}))"
    return [f" images, shown, urls = pictures({text})", " image_base = base if urls < shown else ''"]


def _attribute_code(attributes: Sequence[tuple[str, int]]) -> list[str]:
    lines = [" named = []"]
    lines += [f" if c{at} and (text := c{at}.strip()): named.append({name} + quoted(text))" for name, at in attributes]
    lines.append(" filled = len(named) + (brand != '') + (gtin != '')")
    return [*lines, " attributes = '{' + ','.join(named) + '}'"] if attributes else lines
