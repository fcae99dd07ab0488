"""Searching products by words: what to ask for, typos, and the best first."""
# ruff: noqa: S608 - the statements are put together from words of this file, values are bound

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from mmhub_desktop.domain.product import fold
from mmhub_desktop.domain.search import Found, Group, rank, words_of
from mmhub_desktop.store.outbox_rows import plain_connection
from mmhub_desktop.store.product_filters import Bind, Values, binder
from mmhub_desktop.store.search_index import attached
from mmhub_desktop.store.search_words import group_condition, index_question
from mmhub_desktop.store.typos import LEAST, near_words

RANKED = 500  # products that are put in order by how well they fit, of those that were found first
BEHIND = 20_000  # products that are not indexed yet, from which on typos are not looked into
_FOUND = "p.id, p.parent_id, p.search_key, p.brand, p.gtin, p.source_id"
_FACTS = "product p INDEXED BY ix_product_facts"
_OF_INDEX = (
    "(SELECT rowid AS id FROM found.piece WHERE piece MATCH {} ORDER BY rowid DESC) AS f"
    " CROSS JOIN product p ON p.id = f.id WHERE true"
)


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
    return next((other for other in _near(connection, exact, upto) if _any(connection, other)), exact)


def _near(connection: Connection, exact: Wording, upto: int) -> Iterator[Wording]:
    """What may have been meant, the likeliest and quickest first: words that fit nothing mended, or left out where no
    word is near; a short word left out; all words mended; any word left out. Of those left out two others must fit.
    """
    odd = [group for group in exact.groups if not _any(connection, Wording((group,), upto))]
    mended = [_widened(connection, group) if group in odd else group for group in exact.groups]
    known = [group for group in mended if len(group) > 1 or group not in odd]
    if len(known) < min(2, len(mended)):
        return
    if odd:
        yield Wording(tuple(known), upto)
    if len(known) > 2:
        for short in (group for group in known if len(group[0]) < LEAST and group[0].isalpha()):
            yield Wording(tuple(group for group in known if group != short), upto)
    yield Wording(tuple(group if group in odd else _widened(connection, group) for group in known), upto)
    if len(known) > 2:
        for left_out in sorted(known, key=lambda group: (group[0].isalpha(), len(group[0]))):
            yield Wording(tuple(group for group in known if group != left_out), upto)


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
    sources = _sources(words, bind)
    while sources:
        source = sources.pop(0)
        rows = connection.exec_driver_sql(f"SELECT {_FOUND} FROM {source} AND {fitting} LIMIT {RANKED}", values).all()
        if len(rows) == RANKED and all_found:  # the best may be among the others
            all_found = False
            sources += _beginnings(words, bind)
        for number, parent_id, key, *codes in rows:
            if number not in found:
                title, _, sku = key.rpartition("\n")
                found[number] = Found(number, parent_id, title, sku, *map(fold, codes))
    groups = [next((group for group in words.groups if group[0] == one[0]), one) for one in asked]
    return sorted(found.values(), key=lambda one: rank(one, groups)), all_found


def _sources(words: Wording, bind: Bind) -> list[str]:
    """Where all products that may fit are found: behind each further conditions are added."""
    code = f"product p WHERE p.sku_key = {bind(' '.join(group[0] for group in words.groups))}"
    asked = index_question(words.groups)
    if words.upto is None or not asked:
        return [code, f"{_FACTS} WHERE true"]
    return [
        code,
        _OF_INDEX.format(bind(asked)),
        "product p WHERE p.id IN (SELECT product_id FROM search_note)",
        f"{_FACTS} WHERE p.id > {bind(words.upto)}",
    ]


def _beginnings(words: Wording, bind: Bind) -> list[str]:
    """Where products are found of which every word begins one."""
    asked = "" if words.upto is None else index_question(words.groups, beginnings=True)
    return [_OF_INDEX.format(bind(asked))] if asked else []


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
