"""Images handed to Allegro: raw bytes to a host of their own; what comes back is an address for the offer."""

from mmhub_desktop.errors import Finding, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.allegro.auth import UPLOAD
from mmhub_desktop.marketplaces.allegro.problems import LABEL, image_error
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import ImageFile, RemoteImage

FORMATS = ("image/jpeg", "image/png", "image/webp")


async def upload_picture(api: Api, image: ImageFile) -> RemoteImage:
    """Send one image. Its address is good until the offer uses it or a time told by Allegro is over."""
    if image.mime not in FORMATS:
        fix = "Replace it by a JPG, PNG or WebP."
        message = f"The image {image.name} is neither JPG, PNG nor WebP."
        finding = Finding("allegro.image", "images", message, fix, image.mime, "JPG, PNG or WebP")
        raise Rejected(f"{LABEL} does not take the image {image.name}.", findings=(finding,), hint=fix)
    headers = {"Content-Type": image.mime}
    reply = await api.call("POST", "/sale/images", host=UPLOAD, content=image.data, headers=headers, refuse=image_error)
    location = reply.fields.get("location")
    if not isinstance(location, str) or not location:
        raise UnexpectedReply(f"{LABEL} took an image but gave it no address.", original=str(reply.body)[:300])
    return RemoteImage(location, location)
