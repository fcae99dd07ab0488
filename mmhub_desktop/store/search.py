"""Searching products by words: what to ask for, typos, and the best first."""
# ruff: noqa: S608 - the statements are put together from words of this file, values are bound

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from mmhub_desktop.domain.product import fold
from mmhub_desktop.domain.search import Found, Group, rank, words_of
from mmhub_desktop.store.outbox_rows import plain_connection
from mmhub_desktop.store.product_filters import Bind, Values, binder
from mmhub_desktop.store.search_index import attached
from mmhub_desktop.store.search_words import group_condition, index_question
from mmhub_desktop.store.typos import near_words

RANKED = 1_000  # products that are put in order by how well they fit, of those that were found first
BEHIND = 20_000  # products that are not indexed yet, from which on typos are not looked into
_FOUND = "p.id, p.parent_id, p.search_key, p.brand, p.gtin, p.source_id"
_FACTS = "product p INDEXED BY ix_product_facts"


@dataclass(frozen=True, slots=True)
class Wording:
    """Words as they are looked for: all groups must fit, each by its word or by what stands for it.

    ``upto`` is the id up to which the index holds products, None where there is no index to be used.
    """

    groups: tuple[Group, ...]
    upto: int | None


def wording(connection: Connection, text: str, *, typos: bool) -> Wording:
    """What a text asks for. With ``typos``, where nothing fits, near words stand for its words, or one is left out."""
    upto = attached(connection)
    exact = Wording(tuple((word,) for word in words_of(text)), upto)
    if not typos or upto is None or not exact.groups or _any(connection, exact) or _far_behind(connection, upto):
        return exact
    odd = [group for group in exact.groups if not _any(connection, Wording((group,), upto))]
    found: list[Group] = []
    for doubtful in (odd, exact.groups):
        groups = [_widened(connection, group) if group in doubtful else group for group in exact.groups]
        found = [group for group in groups if len(group) > 1 or group not in odd]  # the others fit nothing at all
        wider = Wording(tuple(found), upto)
        if found and _any(connection, wider):
            return wider
    for left_out in sorted(found, key=lambda group: (group[0].isalpha(), len(group[0]))):
        fewer = Wording(tuple(group for group in found if group != left_out), upto)
        if fewer.groups and _any(connection, fewer):
            return fewer
    return exact


def matching(words: Wording, bind: Bind) -> list[str]:
    """Conditions on ``product p`` for the words; the index narrows them where it can."""
    parts = [group_condition(group, bind) for group in words.groups]
    asked = index_question(words.groups)
    if words.upto is not None and asked:
        parts.insert(
            0,
            f"p.id IN (SELECT rowid FROM found.piece WHERE piece MATCH {bind(asked)}"
            " UNION ALL SELECT product_id FROM search_note"
            f" UNION ALL SELECT id FROM product WHERE id > {bind(words.upto)})",
        )
    return parts


def best(
    connection: Connection, words: Wording, asked: Sequence[Group], others: Sequence[str], values: Values
) -> tuple[list[Found], bool]:
    """The products that fit best, in order, and whether these are all that fit.

    They are the best of exact codes, of the newest where every word begins one, and of the newest that fit. ``asked``
    are the words as they were typed; ``others`` are further conditions, whose values are in ``values``.
    """
    bind = binder(values)
    fitting = " AND ".join([*(group_condition(group, bind) for group in words.groups), *others])
    found: dict[int, Found] = {}
    all_found = True
    for source in _sources(words, bind):
        rows = connection.exec_driver_sql(f"SELECT {_FOUND} FROM {source} AND {fitting} LIMIT {RANKED}", values).all()
        all_found = all_found and len(rows) < RANKED
        for number, parent_id, key, *codes in rows:
            if number not in found:
                title, _, sku = key.rpartition("\n")
                found[number] = Found(number, parent_id, title, sku, *map(fold, codes))
    groups = [next((group for group in words.groups if group[0] == one[0]), one) for one in asked]
    return sorted(found.values(), key=lambda one: rank(one, groups)), all_found


def _sources(words: Wording, bind: Bind) -> list[str]:
    """Where products that may fit are found, each bounded: behind it further conditions are added."""
    key = " ".join(group[0] for group in words.groups)
    code = [f"product p WHERE p.sku_key = {bind(key)}"]
    asked = index_question(words.groups)
    if words.upto is None or not asked:
        return [*code, f"{_FACTS} WHERE true"]
    of_index = (
        "(SELECT rowid AS id FROM found.piece WHERE piece MATCH {} ORDER BY rowid DESC) AS f"
        " CROSS JOIN product p ON p.id = f.id WHERE true"
    )
    beginnings = index_question(words.groups, beginnings=True)
    return [
        *code,
        *([of_index.format(bind(beginnings))] if beginnings else []),
        of_index.format(bind(asked)),
        "product p WHERE p.id IN (SELECT product_id FROM search_note)",
        f"{_FACTS} WHERE p.id > {bind(words.upto)}",
    ]


def _any(connection: Connection, words: Wording) -> bool:
    """Whether any product fits."""
    values: Values = {}
    bind = binder(values)
    fitting = " AND ".join(group_condition(group, bind) for group in words.groups)
    sources = _sources(words, bind)
    return any(
        connection.exec_driver_sql(f"SELECT 1 FROM {source} AND {fitting} LIMIT 1", values).first()
        for source in sources
    )


def _far_behind(connection: Connection, upto: int) -> bool:
    """Whether so much is not indexed yet that looking through it for each word would take too long."""
    sql = f"SELECT count(*) FROM (SELECT 1 FROM product WHERE id > {upto} LIMIT {BEHIND})"
    return int(connection.exec_driver_sql(sql).scalar_one()) >= BEHIND


def _widened(connection: Connection, group: Group) -> Group:
    return (group[0], *near_words(plain_connection(connection), group[0]))
