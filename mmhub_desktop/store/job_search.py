"""The ids of batches and jobs, all or those that a filter lets through; each list in one step of SQLite.

A filter by account or state costs a probe of one index for each batch, by cause a walk along its index, by product a
walk from the few products it means, or a look at each job's product where it means many: how many other jobs there are
does not matter.
"""
# ruff: noqa: S608 - the statements are put together from words of this file, values are bound

import json
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import BatchId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.job_filter import ALL_JOBS, JobFilter
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.product_filters import Values, binder, prepare
from mmhub_desktop.store.search_words import text_conditions

FEW = 20_000  # products that are looked up one by one


class JobSearch:
    """Finding work: a part of ``JobStore``. Runs on a reader's thread."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def batch_ids(self, only: JobFilter = ALL_JOBS) -> "array[int]":
        """Ids of all batches, newest first; with ``only``, of those that have such jobs."""
        return await self._db.read(lambda c: _ids(c, *batches_query(only, few_products(c, only)), newest=True))

    async def job_ids(self, batch_id: BatchId, only: JobFilter = ALL_JOBS) -> "array[int]":
        """Ids of a batch's jobs in order, all or those that ``only`` lets through."""
        sql, asked = jobs_query(batch_id, only)
        return await self._db.read(lambda c: _ids(c, sql, asked))


def few_products(connection: Connection, only: JobFilter) -> Sequence[int] | None:
    """The products that the words mean, if they are at most ``FEW``."""
    if not only.product:
        return None
    sql = f"SELECT json_group_array(id) FROM (SELECT p.id FROM product p WHERE {_words(only)} LIMIT {FEW + 1})"
    prepare(connection)
    found: list[int] = json.loads(connection.exec_driver_sql(sql, _values(only)).scalar_one())
    return found if len(found) <= FEW else None


def batches_query(only: JobFilter, products: Sequence[int] | None = None) -> tuple[str, dict[str, Any]]:
    """The statement for the ids of batches, and its values; ``products`` are those that are asked for, if few."""
    conditions, asked = [], {**_values(only), "products": json.dumps(products)}
    fits = [*_conditions(only), *([_OF_PRODUCT.format(_words(only))] if only.product else [])]
    if only.action:
        conditions.append("b.action = :action")
    if only.product and products is not None:
        some = ["j.product_id IN (SELECT value FROM json_each(:products))", *_conditions(only)]
        conditions.append(f"b.id IN (SELECT j.batch_id FROM marketplace_job j WHERE {' AND '.join(some)})")
    elif only.cause:
        conditions.append(
            "b.id IN (SELECT j.batch_id FROM marketplace_job j INDEXED BY ix_marketplace_job_cause "
            f"WHERE {' AND '.join(fits)})"
        )
    elif fits and only != JobFilter(action=only.action):
        if only.account_id is not None and not only.states:
            fits.append(_in_states(frozenset(JobState)))  # leads along the index to the account, as a batch would not
        exists = f"EXISTS (SELECT 1 FROM marketplace_job j WHERE {' AND '.join(['j.batch_id = b.id', *fits])})"
        by_states = only.states and only.account_id is None and not only.product
        conditions.append(f"({exists} OR {_CLEARED})" if by_states else exists)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT json_group_array(b.id) FROM batch_job b{where}", asked


def jobs_query(batch_id: BatchId, only: JobFilter) -> tuple[str, dict[str, Any]]:
    """The statement for the ids of a batch's jobs, and its values."""
    conditions = ["j.batch_id = :batch", *_conditions(only)]
    if only.account_id is not None and not only.states:
        conditions.append(_in_states(frozenset(JobState)))
    if only.product:
        conditions.append(_OF_PRODUCT.format(_words(only)))
    sql = f"SELECT json_group_array(j.id) FROM marketplace_job j WHERE {' AND '.join(conditions)}"
    return sql, {"batch": batch_id, **_values(only)}


def _conditions(only: JobFilter) -> list[str]:
    found = []
    if only.states:
        found.append(_in_states(only.states))
    if only.account_id is not None:
        found.append("j.account_id = :account")
    if only.action:
        found.append("j.action = :action")
    if only.cause:
        found += ["j.state IN ('failed')", "j.cause = :cause"]
    return found


def _in_states(states: Iterable[JobState]) -> str:
    """As words of the statement: only so does SQLite see that an index of some states will do."""
    return f"j.state IN ({', '.join(sorted(repr(state.value) for state in states))})"


def _words(only: JobFilter) -> str:
    """Each word fits the product, as in the product table."""
    return " AND ".join(text_conditions(only.product, binder({}))) or "1"


def _values(only: JobFilter) -> dict[str, Any]:
    words: Values = {}
    text_conditions(only.product, binder(words))  # under the same names as in ``_words``
    states = json.dumps(sorted(only.states))
    return {
        "account": only.account_id, "action": only.action, "cause": only.cause, "states": states, **words,
    }  # fmt: skip


def _ids(connection: Connection, sql: str, asked: dict[str, Any], *, newest: bool = False) -> "array[int]":
    prepare(connection)
    found: list[int] = json.loads(connection.exec_driver_sql(sql, asked).scalar_one())
    found.sort(reverse=newest)
    return array("q", found)


_OF_PRODUCT = "EXISTS (SELECT 1 FROM product p WHERE p.id = j.product_id AND {})"
# A batch whose old jobs were cleared is found by the counts that stay.
_CLEARED = """b.cleared AND (b.completed > 0 AND 'completed' IN (SELECT value FROM json_each(:states))
  OR b.cancelled > 0 AND 'cancelled' IN (SELECT value FROM json_each(:states)))"""
