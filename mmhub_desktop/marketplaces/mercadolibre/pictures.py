"""Images handed to MercadoLibre."""

from collections.abc import Mapping

from mmhub_desktop.errors import Finding, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import ImageFile, PictureRules, RemoteImage
from mmhub_desktop.marketplaces.mercadolibre.problems import LABEL, picture_error

RULES = PictureRules(250, 501, 10 * 2**20, "1200 × 1200 pixels")


async def upload_picture(api: Api, image: ImageFile) -> RemoteImage:
    """Send one image. Rejected beforehand for what MercadoLibre would refuse; RateLimited over the upload quota."""
    check_picture(image)
    suffix = "png" if image.mime == "image/png" else "jpg"
    files = {"file": (f"image.{suffix}", image.data, image.mime)}
    reply = await api.call("POST", "/pictures/items/upload", files=files, refuse=picture_error)
    picture_id = reply.fields.get("id")
    if not picture_id:
        raise UnexpectedReply(f"{LABEL} took an image but gave it no id.", original=str(reply.body)[:300])
    sizes = [one for one in reply.fields.get("variations") or () if isinstance(one, Mapping)]
    url = next((str(one.get("secure_url") or one.get("url") or "") for one in sizes), "")
    return RemoteImage(str(picture_id), url)


def check_picture(image: ImageFile) -> None:
    """Rejected for what MercadoLibre would refuse or show badly, before the bytes travel."""
    message, limit, value = RULES.wrong(image.width, image.height, len(image.data))
    if image.mime not in ("image/jpeg", "image/png"):
        message, limit, value = "is neither JPG nor PNG", "JPG or PNG", image.mime
    if message:
        fix = RULES.fix
        finding = Finding("mercadolibre.image", "images", f"The image {image.name} {message}.", fix, value, limit)
        raise Rejected(f"{LABEL} does not take the image {image.name}.", findings=(finding,), hint=fix)
