"""What a publish does before anything is created: check, choose the category, map, hand over the pictures."""

from mmhub_desktop.actions.forms import check_product, make_form, refuse_blocked
from mmhub_desktop.actions.listing_state import adapter_of, is_complete, listing_of, parts_of, product_of
from mmhub_desktop.actions.offers import offered_of
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.actions.preview_check import previewed
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.events import ProductsChanged
from mmhub_desktop.jobs.action import JsonResult, TaskContext
from mmhub_desktop.marketplaces.base import PictureSource


async def validate(context: TaskContext) -> None:
    """Check what can be checked without the marketplace, and show the product as being published."""
    product = await offered_of(context)
    await previewed(context, product)
    await refuse_blocked(context, check_product(product))
    parts = parts_of(context)
    await parts.products.set_status([product.id], ProductStatus.PUBLISHING)
    parts.bus.publish(ProductsChanged((product.id,)))


async def map_listing(context: TaskContext) -> JsonResult:
    """Choose the category, read its rules (cached a day) and put the product into the marketplace's form."""
    product = await product_of(context)
    adapter = await adapter_of(context)
    listing = await listing_of(context)
    if is_complete(listing):
        return {"version": product.version, "body": {}, "after": {}}
    line = await previewed(context, await offered_of(context, listing, product))
    form = await make_form(parts_of(context), adapter, product, listing, line.category_id if line else "")
    await refuse_blocked(context, form.mapped.findings)
    return form.result()


async def upload_images(context: TaskContext) -> JsonResult:
    """Hand the images over as the account offers them; repeating it is harmless."""
    product = await offered_of(context)
    adapter = await adapter_of(context)
    parts = parts_of(context)
    if is_complete(await listing_of(context)):
        return {"sources": [], "images": []}
    taken = parts.marketplace(adapter.connection.account).pictures
    if taken is PictureSource.TO_LISTING:
        return {"sources": list(product.images), "images": []}
    if taken is PictureSource.URL:
        addresses = [
            {"id": "", "url": await _public_address(parts, source, product.image_base)} for source in product.images
        ]
        return {"sources": list(product.images), "images": addresses}
    uploaded = []
    for source in product.images:
        image = await parts.read_image(source, product.image_base)
        remote = await adapter.upload_image(image)
        uploaded.append({"id": remote.id, "url": remote.url})
    return {"sources": list(product.images), "images": uploaded}


async def _public_address(parts: Parts, source: str, base: str) -> str:
    """The address under which a marketplace can fetch a picture: its own, or one at the seller's image host.

    Rejected for a picture that is only on this machine, where no image host is set up.
    """
    if source.startswith(("https://", "http://")):
        return source
    host = await parts.image_host()
    if host is not None:
        return await host.put(await parts.read_image(source, base))
    finding = Finding(
        "publish.picture_address", "images", f"The picture “{source}” is only on this computer.",
        "This marketplace fetches pictures from the web: set up an image host in Settings, or give a public address "
        "(https://…) instead.", source,
    )  # fmt: skip
    raise Rejected(finding.message, findings=(finding,), hint=finding.fix)
