"""Fixed copies of products' pictures for one marketplace: what they would be, and using them there.

The pictures themselves are never changed. A copy stands in for its picture in the listings of that marketplace alone,
as one entry of the history; the bytes lie in the workspace's image folder.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mmhub_desktop.actions.listing_state import parts_of, product_of
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.catalog.links import is_link
from mmhub_desktop.catalog.picture_fix import Fixed, PictureNeeds, fix
from mmhub_desktop.catalog.picture_sight import stamp_of
from mmhub_desktop.catalog.pictures import PictureProblem
from mmhub_desktop.domain.fixed_picture import FixedPicture, fixed_of
from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.errors import Finding, Rejected, SourceUnavailable, UserMistake
from mmhub_desktop.events import HistoryChanged, ListingsChanged, RulesChanged
from mmhub_desktop.jobs.action import Action, JsonResult, RetryPolicy, TaskContext, TaskKind
from mmhub_desktop.marketplaces.base import Marketplace, PictureSource, installed_marketplaces


@dataclass(frozen=True, slots=True)
class FixOptions:
    """What else is done: ``square`` pads each on white, ``strip`` leaves out what the camera wrote."""

    square: bool = False
    strip: bool = True


@dataclass(frozen=True, slots=True)
class FixProposal:
    """What becomes of one picture. ``fixed`` is None where it cannot be read: ``problem`` says why and what to do."""

    source: str
    data: bytes = b""
    fixed: Fixed | None = None
    of: str = ""  # see ``FixedPicture``
    problem: str = ""
    fix: str = ""
    rule: str = ""

    def without_data(self) -> "FixProposal":
        """The same to be counted: the bytes of many pictures are not held."""
        fixed = self.fixed
        if fixed is not None and fixed.copy is not None:
            fixed = replace(fixed, copy=replace(fixed.copy, data=b""))
        return replace(self, data=b"", fixed=fixed)

    @property
    def is_changed(self) -> bool:
        """Whether a copy is to be used."""
        return self.fixed is not None and self.fixed.copy is not None


class PictureFixing:
    """For the loop; pictures are worked on in threads, one at a time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def accounts_of(self, marketplace: str) -> list[AccountId]:
        """The accounts that a copy is used for."""
        return [each.id for each in await self._parts.accounts.all() if each.marketplace == marketplace]

    async def has_image_host(self) -> bool:
        """Whether copies can be shown to marketplaces that fetch pictures from the web."""
        return await self._parts.image_host() is not None

    async def propose(self, source: str, base: str, declared: Marketplace, options: FixOptions) -> FixProposal:
        """What a copy of one picture would be. SourceUnavailable when a link's host does not answer."""
        rules, formats = declared.picture_rules, declared.image_formats
        needs = PictureNeeds(declared.label, formats, rules, options.square, options.strip)
        try:
            stamp = "" if is_link(source) else (await asyncio.to_thread(stamp_of, source, base))[1]
            data = await self._parts.images.bytes_of(source, base)
            of = stamp or hashlib.sha256(data).hexdigest()
            return FixProposal(source, data, await asyncio.to_thread(fix, data, needs), of)
        except PictureProblem as problem:
            return FixProposal(source, problem=problem.message, fix=problem.fix, rule=problem.rule)

    async def keep(
        self, product_id: ProductId, declared: Marketplace, found: Iterable[FixProposal], joins: str = ""
    ) -> int:
        """Use the copies for a product at this marketplace, in place of earlier ones; how many. DiskFull."""
        fixed = {}
        for each in found:
            if each.fixed is None or each.fixed.copy is None:
                continue
            copy = each.fixed.copy
            path = await self._parts.images.keep_own(copy)
            fixed[each.source] = FixedPicture(
                each.source, str(path), each.of, copy.mime, len(copy.data), copy.width, copy.height, each.fixed.done
            )
        await self._use(product_id, declared, fixed, joins)
        return len(fixed)

    async def use_originals(self, product_id: ProductId, declared: Marketplace) -> None:
        """Use the product's own pictures at this marketplace again."""
        await self._use(product_id, declared, {})

    async def in_use(self, product_id: ProductId) -> dict[str, dict[str, FixedPicture]]:
        """The copies that are used for a product: marketplace → source → copy."""
        names = {each.id: each.marketplace for each in await self._parts.accounts.all()}
        found: dict[str, dict[str, FixedPicture]] = {}
        for listing in await self._parts.listings.of_product(product_id):
            copies = fixed_of(listing.overrides)
            if copies and listing.account_id in names:
                found.setdefault(names[listing.account_id], {}).update(copies)
        return found

    async def _use(
        self, product_id: ProductId, declared: Marketplace, fixed: dict[str, FixedPicture], joins: str = ""
    ) -> None:
        accounts = await self.accounts_of(declared.name)
        label = f"Fixed pictures for {declared.label}" if fixed else f"Original pictures for {declared.label}"
        saved = await self._parts.listings.set_pictures(product_id, accounts, fixed, label, joins=joins)
        if saved:
            bus = self._parts.bus
            bus.publish(ListingsChanged(tuple(each.id for each in saved), (product_id,)))
            bus.publish(RulesChanged(tuple(each.account_id for each in saved)))
            bus.publish(HistoryChanged())


def needs_host(declared: Marketplace) -> bool:
    """Whether the marketplace fetches pictures, so that copies on this computer must be put on the web first."""
    return declared.pictures is PictureSource.URL


async def fix_pictures(context: TaskContext) -> JsonResult:
    """Make and use the copies for one product. Options: ``marketplace`` (none: all that are connected), ``square``,
    ``strip``.

    Pictures that can be mended are, before Rejected names those that cannot be read.
    """
    parts = parts_of(context)
    options = FixOptions(bool(context.options.get("square")), bool(context.options.get("strip", True)))
    product, fixing = await product_of(context), PictureFixing(parts)
    found: dict[str, FixProposal] = {}
    made, trouble = 0, None
    for declared in await _chosen(fixing, parts, str(context.options.get("marketplace", ""))):
        mine = []
        for source in product.images:
            try:
                mine.append(await fixing.propose(source, product.image_base, declared, options))
            except SourceUnavailable as error:
                trouble = error
        if trouble is not None and context.attempt < _RETRY.attempts:
            raise trouble
        made += await fixing.keep(product.id, declared, mine, f"pictures {context.batch_id}")
        found |= {each.source: each.without_data() for each in mine}
    broken = tuple(
        Finding(f"image.{each.rule}", "images", each.problem, each.fix, value=each.source)
        for each in found.values()
        if each.problem
    )
    if broken:
        few = "A picture" if len(broken) == 1 else f"{len(broken)} pictures"
        raise Rejected(f"{few} cannot be read.", findings=broken, hint=broken[0].fix)
    if trouble is not None:
        raise trouble
    return {"fixed": made, "too_small": sum(1 for each in found.values() if each.fixed is not None and each.fixed.left)}


async def _chosen(fixing: PictureFixing, parts: Parts, name: str) -> list[Marketplace]:
    """The named marketplace, or all that are connected and can be shown copies. UserMistake for an unknown one."""
    known = installed_marketplaces().things
    if name:
        if name not in known:
            raise UserMistake(f"There is no marketplace “{name}”.", hint="Choose another one.")
        return [known[name]]
    has_host = await fixing.has_image_host()
    names = dict.fromkeys(each.marketplace for each in await parts.accounts.all())
    return [known[each] for each in names if each in known and (has_host or not needs_host(known[each]))]


def work_options(declared: Marketplace, options: FixOptions) -> dict[str, object]:
    """The options of a request for ``FIX_PICTURES``."""
    return {"marketplace": declared.name, "square": options.square, "strip": options.strip}


def words_of(found: Sequence[FixProposal]) -> str:
    """The outcome in one line: “3 of 5 pictures get a fixed copy, 1 stays too small”."""
    changed = sum(each.is_changed for each in found)
    small = sum(1 for each in found if each.fixed is not None and each.fixed.left)
    broken = sum(1 for each in found if each.problem)
    verb = "gets" if changed == 1 else "get"
    words = f"{changed} of {len(found)} pictures {verb} a fixed copy"
    words += f", {small} {'stays' if small == 1 else 'stay'} too small" if small else ""
    return words + (f", {broken} cannot be read" if broken else "")


_RETRY = RetryPolicy(attempts=3, first_s=5, longest_s=120)

FIX_PICTURES = Action(
    name="fix_pictures",
    label="Fix pictures",
    verb="Fix pictures of",
    per_account=False,
    tasks=(TaskKind("fix_pictures", "Make fixed copies of the pictures", fix_pictures, timeout_s=900, retry=_RETRY),),
)
