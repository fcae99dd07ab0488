"""The part of the conformance suite about previews: what an adapter says it will send is what goes over the wire."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from mmhub_desktop.domain.listing import ListingChange
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.outgoing import OutgoingRequest, picture_placeholder
from mmhub_desktop.errors import ChangedSincePreview, MmhubError
from mmhub_desktop.marketplaces.base import UPDATE_MANY, Adapter, RemoteImage, RemoteListing
from mmhub_desktop.marketplaces.outgoing import TakesApart, describe, hold_to, is_same

if TYPE_CHECKING:
    from mmhub_desktop.marketplaces.contract import Stage


class RequestsContract:
    """Tests that ``MarketplaceContract`` has among its own."""

    async def test_a_create_sends_what_was_shown(self, stage: "Stage") -> None:
        """Asked with placeholders it sends nothing; with the pictures there, the wire carries just what is told."""
        from mmhub_desktop.marketplaces.contract import prepare, put_picture, settle

        if Capability.CREATE not in stage.marketplace.capabilities:
            return
        adapter = stage.adapter()
        mapped, images = await prepare(stage, adapter, "SHOWN-1")
        with changes_on_the_wire(adapter) as wire:
            shown = await adapter.create_requests(mapped, placeholders(len(images)))
            told = await adapter.create_requests(mapped, images)
        assert wire == [], "asking what would be sent must change nothing"
        assert [(one.method, one.path) for one in shown] == [(one.method, one.path) for one in told]
        assert await adapter.create_requests(mapped, placeholders(len(images))) == shown, "the same each time"
        with changes_on_the_wire(adapter) as wire, hold_to(told):
            created = await adapter.create(mapped, images)
        created = await settle(stage, adapter, created)
        await put_picture(stage, adapter, created.remote_id)
        with changes_on_the_wire(adapter) as rest, hold_to(told):
            await adapter.finish_create(created.remote_id, mapped)
        held_to(told, [*wire, *rest])

    async def test_an_update_and_an_end_send_what_was_shown(self, stage: "Stage") -> None:
        """Byte for byte; what is already so may be left out."""
        from mmhub_desktop.marketplaces.contract import complete, prepare, settle

        if Capability.UPDATE not in stage.marketplace.capabilities:
            return
        adapter = stage.adapter()
        mapped, images = await prepare(stage, adapter, "SHOWN-2")
        created = await settle(stage, adapter, await adapter.create(mapped, images))
        await complete(stage, adapter, created.remote_id, mapped)
        price = stage.draft("SHOWN-2").price
        assert price is not None
        dearer = Money(price.minor * 2, price.currency)
        for change in (ListingChange(price=dearer), ListingChange(quantity=3, description="Another description.")):
            with changes_on_the_wire(adapter) as wire:
                told = await adapter.update_requests(created.remote_id, change)
            assert wire == []
            assert told
            with changes_on_the_wire(adapter) as wire, hold_to(told):
                await adapter.update(created.remote_id, change)
            held_to(told, wire)
        if Capability.END in stage.marketplace.capabilities:
            told = await adapter.end_requests(created.remote_id)
            assert told
            with changes_on_the_wire(adapter) as wire, hold_to(told):
                await adapter.end(created.remote_id)
            held_to(told, wire)

    async def test_changes_of_many_are_what_was_shown_of_each(self, stage: "Stage") -> None:
        """Where changes go together: each has its own answer and its own effect, and nothing leaves that was not shown.

        An adapter that cannot take its calls for many apart sends what was shown one by one, which is tested above.
        """
        from mmhub_desktop.marketplaces.contract import live_listing, prepare, settle

        if UPDATE_MANY not in stage.marketplace.gathered:
            return
        adapter = stage.adapter()
        ids = []
        for number in range(3):
            mapped, images = await prepare(stage, adapter, f"GROUP-{number}")
            ids.append((await live_listing(stage, adapter, mapped, images)).remote_id)
        price = stage.draft("GROUP-0").price
        assert price is not None
        dearer = replace(price, minor=price.minor * 2)
        same, more = ListingChange(quantity=2), ListingChange(price=dearer, quantity=3)
        changes = list(zip(ids, (same, same, more), strict=True))
        told = [one for pair in changes for one in await adapter.update_requests(*pair)]
        with hold_to(told, adapter) if isinstance(adapter, TakesApart) else contextlib.nullcontext():
            answers = await adapter.update_many(changes)
        assert len(answers) == len(changes)
        for answer in answers:
            assert isinstance(answer, RemoteListing), answer
            await settle(stage, adapter, answer)
        shown = [await adapter.read(remote_id) for remote_id in ids]
        assert [(one.price, one.quantity) for one in shown] == [(price, 2), (price, 2), (dearer, 3)]
        gone = ids[0][:3] + "9" * len(ids[0][3:])
        known, lost = await adapter.update_many([(ids[0], same), (gone, same)])
        assert isinstance(known, RemoteListing), known
        assert isinstance(lost, MmhubError), lost

    async def test_nothing_else_can_leave(self, stage: "Stage") -> None:
        """Held to another price, no request goes out at all."""
        from mmhub_desktop.marketplaces.contract import prepare, settle

        if Capability.UPDATE not in stage.marketplace.capabilities:
            return
        adapter = stage.adapter()
        mapped, images = await prepare(stage, adapter, "SHOWN-3")
        created = await settle(stage, adapter, await adapter.create(mapped, images))
        price = stage.draft("SHOWN-3").price
        assert price is not None
        shown, sent = (ListingChange(price=replace(price, minor=price.minor * times)) for times in (2, 3))
        told = await adapter.update_requests(created.remote_id, shown)
        with changes_on_the_wire(adapter) as wire, hold_to(told):
            try:
                await adapter.update(created.remote_id, sent)
            except ChangedSincePreview:
                pass
            else:
                raise AssertionError("another price was sent than the one shown")
        assert wire == []


def placeholders(count: int) -> tuple[RemoteImage, ...]:
    """What stands for pictures that the marketplace has not named yet."""
    return tuple(RemoteImage(*picture_placeholder(place)) for place in range(1, count + 1))


@contextlib.contextmanager
def changes_on_the_wire(adapter: Adapter) -> Iterator[list[OutgoingRequest]]:
    """Collects what leaves the client, reads left out, as it goes over the wire."""
    seen: list[OutgoingRequest] = []

    async def note(request: httpx.Request) -> None:
        if request.method not in ("GET", "HEAD"):
            seen.append(describe(request))

    hooks = adapter.connection.http.event_hooks["request"]
    hooks.append(note)
    try:
        yield seen
    finally:
        hooks.remove(note)


def held_to(told: tuple[OutgoingRequest, ...], wire: list[OutgoingRequest]) -> None:
    """Everything on the wire was told, in that order, and what is always sent was sent."""
    places = [next((place for place, one in enumerate(told) if is_same(one, sent)), -1) for sent in wire]
    assert -1 not in places, "something else was sent than told"
    assert places == sorted(places), "sent in another order than told"
    for place, one in enumerate(told):
        assert one.only_if or place in places, f"told and not sent: {one}"
