"""Previews as they are kept: lines by id, what is to be sent, what is dropped when."""

from pathlib import Path

from mmhub_desktop.domain.ids import AccountId, PreviewId, ProductId
from mmhub_desktop.domain.outgoing import OutgoingRequest, matches
from mmhub_desktop.domain.preview import PreviewDetail, PreviewField, PreviewOutcome, PreviewRow, PreviewState
from mmhub_desktop.errors import Finding
from mmhub_desktop.store import previews
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.previews import PreviewStore


def line(product: int, account: int, outcome: PreviewOutcome) -> PreviewDetail:
    return PreviewDetail(
        PreviewRow(0, ProductId(product), AccountId(account), outcome, f"L-{product}", "Lámpara", "", 1),
        (PreviewField("price", "10", "12"),),
        (Finding("a.rule", "price", "Odd.", "Mend it.", blocks=False),),
        (
            OutgoingRequest("POST", "/items?x=1", '{"título":"ñ"}'.encode(), "application/json", (("x-version", "3"),)),
            OutgoingRequest("PUT", "/raw", b"\xff\x00", "image/png", only_if="if it is there"),
        ),
        {"price": "abc"},
        "MLC1",
        ("price",),
    )


async def test_lines_come_back_as_they_were_kept(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "a.mmhub", holder="a test")
    try:
        store = PreviewStore(db)
        number = await store.begin("update", {"fields": ["price"]}, 3)
        kept = [
            line(1, 1, PreviewOutcome.CHANGED), line(2, 1, PreviewOutcome.SAME), line(1, 2, PreviewOutcome.NEW),
        ]  # fmt: skip
        await store.keep(number, kept)
        ids = await store.ids(number)
        found = await store.detail(ids[0])
        assert found is not None
        assert (found.fields, found.findings, found.requests) == (kept[0].fields, kept[0].findings, kept[0].requests)
        assert (found.marks, found.category_id, found.limited) == ({"price": "abc"}, "MLC1", ("price",))
        assert [row.sku for row in await store.page([ids[2], ids[0], 99])] == ["L-1", "L-1"]
        assert list(await store.ids(number, [PreviewOutcome.SAME])) == [ids[1]]
        assert (await store.counts(number))[PreviewOutcome.CHANGED] == 1
        assert await store.to_send(number) == {1: [1], 2: [1]}
        preview = await store.get(number)
        assert preview is not None
        assert (preview.total, preview.done, preview.state, preview.options) == (
            3, 3, PreviewState.BUILDING, {"fields": ["price"]},
        )  # fmt: skip
    finally:
        db.close()


async def test_a_newer_preview_speaks_for_a_listing_after_the_named_one(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "a.mmhub", holder="a test")
    try:
        store = PreviewStore(db)
        numbers = [await store.begin(action, {}, 1) for action in ("update", "update", "publish", "update")]
        for number in numbers:
            await store.keep(number, [line(1, 1, PreviewOutcome.CHANGED)])
        found = await store.of_listing(numbers[1], ProductId(1), AccountId(1))
        assert [each.row.id for each in found] == [2, 4]
        await store.mark_outdated(2)
        assert [each.outdated for each in await store.of_listing(numbers[1], ProductId(1), AccountId(1))] == [
            True, False,
        ]  # fmt: skip
    finally:
        db.close()


async def test_old_previews_go_unless_open_work_needs_them(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "a.mmhub", holder="a test")
    try:
        store = PreviewStore(db)
        first = await store.begin("update", {}, 1)
        needed = await store.begin("update", {}, 1)
        for number in (first, needed):
            await store.keep(number, [line(each, 1, PreviewOutcome.CHANGED) for each in range(1_200)])
        await db.write(
            lambda c: (
                c.exec_driver_sql(
                    "INSERT INTO batch_job (action, title, options, total, created_at) VALUES ('update', '', ?, 1, 1)",
                    (f'{{"preview":{needed}}}',),
                ).rowcount
            )
        )
        assert await store.drop_old() == 0
        newest = [await store.begin("update", {}, 1) for _ in range(previews.KEPT_MOST)][-1]
        assert await store.drop_old() == 1_200
        assert await store.get(first) is None
        assert await store.get(needed) is not None
        assert await store.get(PreviewId(newest)) is not None
    finally:
        db.close()


def test_a_placeholder_stands_for_one_name_and_nothing_else() -> None:
    planned = OutgoingRequest("POST", "/items/{{listing}}/text", b'{"picture":"{{picture 1}}","price":12}')
    assert matches(planned, "POST", "/items/MLC1/text", b'{"picture":"824-MLC","price":12}')
    assert not matches(planned, "POST", "/items/MLC1/text", b'{"picture":"824-MLC","price":13}')
    assert not matches(planned, "POST", "/items/MLC1/more/text", b'{"picture":"824-MLC","price":12}')
    assert not matches(planned, "POST", "/items/MLC1/text", b'{"picture":"8","price":1,"x":"","price":12}')
    assert not matches(planned, "PUT", "/items/MLC1/text", b'{"picture":"824-MLC","price":12}')
