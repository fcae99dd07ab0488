"""Images handed to eBay by their bytes."""

from mmhub_desktop.errors import Finding, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import ImageFile, PictureRules, RemoteImage
from mmhub_desktop.marketplaces.ebay.problems import LABEL

FORMATS = ("image/jpeg", "image/png", "image/webp")
_UPLOAD = "/commerce/media/v1_beta/image/create_image_from_file"
RULES = PictureRules(long_side=500, bytes_most=12 * 2**20, best="1600 × 1600 pixels")


async def upload_picture(api: Api, image: ImageFile) -> RemoteImage:
    """Send one image; its address goes into listings. Unused it lasts 30 days. Rejected for what eBay would refuse."""
    _check(image)
    suffix = image.mime.rpartition("/")[2].replace("jpeg", "jpg")
    files = {"image": (f"image.{suffix}", image.data, image.mime)}
    reply = await api.call("POST", _UPLOAD, host="media", files=files)
    address = str(reply.fields.get("imageUrl") or "")
    if not address:
        raise UnexpectedReply(f"{LABEL} took an image but gave it no address.", original=str(reply.body)[:300])
    picture_id = reply.headers.get("Location", "").rstrip("/").rpartition("/")[2]
    return RemoteImage(picture_id or address, address)


def _check(image: ImageFile) -> None:
    message, limit, value = RULES.wrong(image.width, image.height, len(image.data))
    if image.mime not in FORMATS:
        message, limit, value = "is neither JPG, PNG nor WebP", "JPG, PNG or WebP", image.mime
    if message:
        fix = RULES.fix
        finding = Finding("ebay.image", "images", f"The image {image.name} {message}.", fix, value, limit)
        raise Rejected(f"{LABEL} does not take the image {image.name}.", findings=(finding,), hint=fix)
