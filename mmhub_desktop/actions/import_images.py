"""Import images: fetch what products' links point to and keep it, so that publishing does not depend on the hosts.

Links that were fetched are asked whether they have changed. Broken ones are noted with the link and named as findings;
the others are kept all the same. Each link is written down as it is done, so that the work goes on after a stop.
"""

from datetime import timedelta

from mmhub_desktop.actions.listing_state import parts_of, product_of
from mmhub_desktop.catalog.links import is_link
from mmhub_desktop.domain.kept_image import KeptImage
from mmhub_desktop.errors import Rejected, SourceUnavailable
from mmhub_desktop.events import ProductsChanged
from mmhub_desktop.jobs.action import Action, JsonResult, RetryPolicy, TaskContext, TaskKind

THUMBNAILS_PX = (40, 84)  # what the table and the details show without scaling
LOOK_AGAIN = timedelta(minutes=1)  # a check that is tried again asks for broken links older than this once more

_RETRY = RetryPolicy(attempts=4, first_s=5, longest_s=300)


async def fetch_images(context: TaskContext) -> JsonResult:
    """Have a copy of every link. SourceUnavailable while hosts do not answer, until the last attempt."""
    parts = parts_of(context)
    links = [source for source in (await product_of(context)).images if is_link(source)]
    new, trouble = 0, None
    for link in links:
        try:
            _, is_new = await parts.images.fetch(link)
            new += is_new
        except SourceUnavailable as error:
            trouble = error
            if context.attempt >= _RETRY.attempts:
                await parts.images.note_unavailable(link, error)
    if trouble is not None and context.attempt < _RETRY.attempts:
        raise trouble
    return {"links": len(links), "new": new}


async def check_images(context: TaskContext) -> JsonResult:
    """Make the small pictures, and name the links that are broken: Rejected with a finding for each."""
    parts = parts_of(context)
    product = await product_of(context)
    links = [source for source in product.images if is_link(source)]
    known = await parts.images.store.of(links)
    for image in list(known.values()):
        if image.rule and image.checked_at is not None and parts.now() - image.checked_at > LOOK_AGAIN:
            known[image.url] = await _look_again(context, image)
    for link, image in known.items():
        if image.content:
            for side in THUMBNAILS_PX:
                await parts.thumbnail(link, product.image_base, side)
    parts.bus.publish(ProductsChanged((product.id,)))
    broken = tuple(finding for image in known.values() if (finding := image.finding))
    if any(finding.blocks for finding in broken):
        count = len(broken)
        raise Rejected(
            "An image link is broken." if count == 1 else f"{count} image links are broken.",
            findings=broken,
            hint="Correct the links or use image files, then try again.",
        )
    return {"kept": sum(1 for image in known.values() if image.content), "broken": len(broken)}


async def _look_again(context: TaskContext, image: KeptImage) -> KeptImage:
    images = parts_of(context).images
    try:
        return (await images.fetch(image.url, again=True))[0]
    except SourceUnavailable as error:
        return await images.note_unavailable(image.url, error)


IMPORT_IMAGES = Action(
    name="import_images",
    label="Fetch images",
    verb="Fetch images of",
    per_account=False,
    tasks=(
        TaskKind("fetch_images", "Fetch the images", fetch_images, timeout_s=900, retry=_RETRY),
        TaskKind("check_images", "Make small pictures, name broken links", check_images, timeout_s=600),
    ),
)
