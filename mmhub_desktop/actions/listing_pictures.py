"""Pictures for a listing that is there already, where the marketplace takes none before it (``TO_LISTING``)."""

from mmhub_desktop.actions.listing_state import adapter_of, existing_listing_of, parts_of
from mmhub_desktop.actions.offers import offered_of
from mmhub_desktop.jobs.action import JsonResult, TaskContext


async def add_pictures(context: TaskContext) -> JsonResult:
    """One after another, each at its place, as many as the form says; repeated from the first one."""
    adapter = await adapter_of(context)
    listing = await existing_listing_of(context)
    product = await offered_of(context, listing)
    most = int(context.results["map"]["after"].get("pictures") or len(product.images))
    for place, source in enumerate(product.images[:most], 1):
        image = await parts_of(context).read_image(source, product.image_base)
        await adapter.add_picture(listing.remote_id, place, image)
    return {"pictures": min(most, len(product.images))}


def are_to_add(context: TaskContext) -> bool:
    """Whether the step that created the listing has left the pictures to this one."""
    return bool(context.results["create_listing"].get("pictures"))
