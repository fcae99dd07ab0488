"""Which products a run is about, and which of them a step takes: facts and conditions as SQL."""

import json
from array import array
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import WorkflowId, WorkflowRunId
from mmhub_desktop.domain.money import currency_decimals
from mmhub_desktop.domain.product import fold
from mmhub_desktop.domain.workflow import Condition, ProductScope, WorkflowStep
from mmhub_desktop.domain.workflow_facts import FACTS, About, FactType, Operator, Outcome
from mmhub_desktop.store.id_lists import read_ids
from mmhub_desktop.store.outbox_rows import plain_connection
from mmhub_desktop.store.product_filters import binder, prepare
from mmhub_desktop.store.search_words import text_conditions

TAKEN = "taken"  # what stands for a product's outcome while a step without batch is at work on it

_LISTING = "EXISTS (SELECT 1 FROM listing l WHERE l.product_id = p.id AND l.account_id = {of} AND {what})"
_OUTCOME = f"coalesce(json_extract(rp.outcomes, {{of}}), '{Outcome.LEFT_OUT}')"

# Where each fact stands; {of} is what its condition has behind the colon.
FACT_SQL: Mapping[str, str] = {
    "quality": "p.quality",
    "quantity": "p.quantity",
    "price": "p.price_minor",
    "status": "p.status",
    "active": "p.active",
    "title": "coalesce(p.optimized_title, p.title)",
    "brand": "p.brand",
    "category": "p.category",
    "enhanced": "p.optimized_title IS NOT NULL",
    "live": _LISTING.replace("{what}", "l.state = 'live'"),
    "finding": _LISTING.replace("{what}", "l.findings <> '[]'"),
    "outcome": _OUTCOME,
}
_COMPARED = {
    Operator.AT_LEAST: "{fact} >= {value}",
    Operator.BELOW: "{fact} < {value}",
    Operator.IS: "{fact} IS {value}",
    Operator.IS_NOT: "{fact} IS NOT {value}",
    Operator.CONTAINS: "instr({fact}, {value}) > 0",
}


def taken_by(connection: Connection, run_id: WorkflowRunId, step: WorkflowStep) -> "array[int]":
    """The run's products that a step takes when it begins now; products that are gone are left out."""
    values: dict[str, Any] = {"run": run_id}
    asked = {condition.of for condition in step.when if condition.fact == "outcome"}
    parts = ["rp.run_id = :run"]
    for number, key in enumerate(one for one in step.after if one not in asked):
        values[f"after{number}"] = f"$.{key}"
        parts.append(_OUTCOME.replace("{of}", f":after{number}") + f" = '{Outcome.COMPLETED}'")
    for number, condition in enumerate(step.when):
        parts.append(_condition(condition, f"w{number}", values))
    raw = plain_connection(connection)
    raw.create_function("fold", 1, fold, deterministic=True)
    raw.create_function("decimals", 1, currency_decimals, deterministic=True)
    found = connection.exec_driver_sql(
        "SELECT json_group_array(id) FROM (SELECT p.id AS id FROM workflow_run_product rp"  # noqa: S608 - our own words
        f" JOIN product p ON p.id = rp.product_id WHERE {' AND '.join(parts)} ORDER BY p.id)",
        values,
    ).scalar_one()
    return read_ids(found)


def still_taken(connection: Connection, run_id: WorkflowRunId, key: str) -> "array[int]":
    """The products that a step without batch took when it began."""
    found = connection.exec_driver_sql(
        "SELECT json_group_array(product_id) FROM workflow_run_product"
        " WHERE run_id = ? AND json_extract(outcomes, ?) = ?",
        (run_id, f"$.{key}", TAKEN),
    ).scalar_one()
    return read_ids(found)


def in_scope(connection: Connection, scope: ProductScope) -> "array[int]":
    """All products of a scope."""
    return _scoped(connection, scope, "true", {})


def of_import(connection: Connection, scope: ProductScope, import_id: int) -> "array[int]":
    """The products of a scope that have their present values from this import."""
    return _scoped(connection, scope, "p.import_id = :import", {"import": import_id})


def of_quantities(connection: Connection, scope: ProductScope, workflow_id: WorkflowId) -> "array[int]":
    """The products of a scope whose quantity has changed since the workflow was last started for that."""
    where = "p.id IN (SELECT product_id FROM workflow_quantity WHERE workflow_id = :workflow)"
    return _scoped(connection, scope, where, {"workflow": workflow_id})


def _scoped(connection: Connection, scope: ProductScope, where: str, values: dict[str, Any]) -> "array[int]":
    parts = [where]
    if scope.status:
        parts.append("p.status = :status")
        values["status"] = scope.status
    parts += text_conditions(scope.search, binder(values))
    prepare(connection)
    found = connection.exec_driver_sql(
        "SELECT json_group_array(id) FROM"  # noqa: S608 - our own words
        f" (SELECT p.id AS id FROM product p WHERE {' AND '.join(parts)} ORDER BY p.id)",
        values,
    ).scalar_one()
    return read_ids(found)


def _condition(condition: Condition, name: str, values: dict[str, Any]) -> str:
    """A condition as SQL; its values join ``values`` under names that begin with ``name``."""
    fact = FACTS[condition.fact]
    sql = FACT_SQL[fact.name]
    if fact.about is not About.PRODUCT:
        values[f"{name}of"] = int(condition.of) if fact.about is About.ACCOUNT else f"$.{condition.of}"
        sql = sql.replace("{of}", f":{name}of")
    if fact.type is FactType.AMOUNT:
        return _amount(condition, sql, name, values)
    if fact.type is FactType.YES_NO:
        return sql if condition.value == "yes" else f"NOT ({sql})"
    values[name] = condition.value
    if fact.type is FactType.NUMBER:
        values[name] = int(condition.value)
    elif fact.type is FactType.TEXT:
        sql, values[name] = f"fold({sql})", fold(condition.value)
    return _COMPARED[condition.operator].replace("{fact}", sql).replace("{value}", f":{name}")


def _amount(condition: Condition, sql: str, name: str, values: dict[str, Any]) -> str:
    """Amounts are stored in whole minor units, whose number depends on the currency."""
    for digits in (0, 2, 3):
        scaled = Decimal(condition.value).scaleb(digits)
        whole = scaled.to_integral_value(ROUND_CEILING)
        exact = condition.operator in (Operator.AT_LEAST, Operator.BELOW) or whole == scaled
        values[f"{name}d{digits}"] = int(whole) if exact else -1  # an amount that this currency cannot have
    value = f"CASE decimals(p.currency) WHEN 0 THEN :{name}d0 WHEN 3 THEN :{name}d3 ELSE :{name}d2 END"
    return _COMPARED[condition.operator].replace("{fact}", sql).replace("{value}", f"({value})")


def to_list(ids: "array[int] | tuple[int, ...]") -> str:
    """Ids as SQLite's json_each takes them."""
    return json.dumps(list(ids), separators=(",", ":"))
