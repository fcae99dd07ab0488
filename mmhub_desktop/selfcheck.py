"""``mmhub --selfcheck``: whether this copy of the program, above all a frozen one, holds everything it needs."""

import asyncio
import multiprocessing
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from mmhub_desktop.credentials import PlaceKind, open_secrets
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.paths import resource

FEWEST_AUTHORITIES = 50  # a bundle of certificates with fewer is not whole
CHILD_S = 30.0


class Failed(MmhubError):
    """Something the program needs is missing from this copy."""


def check_migrations() -> str:
    """A new workspace is created by the migrations, written to and opened again, with its search index."""
    from mmhub_desktop.store.database import Database
    from mmhub_desktop.store.search_index import SearchIndex

    with tempfile.TemporaryDirectory() as folder:
        for holder in ("self-check", "self-check, second time"):
            database = Database.open(Path(folder) / "check.mmhub", holder=holder)
            try:
                asyncio.run(database.check())
                index = SearchIndex(database)
                index.catch_up(lambda _done, _total: None, lambda: False)
                index.close()
            finally:
                database.close()
    return "a workspace was created and opened again"


def check_adapters() -> str:
    """Every marketplace found by its entry point loads."""
    from mmhub_desktop.marketplaces.base import installed_marketplaces

    found = installed_marketplaces().things
    if not found:
        raise Failed("no marketplace adapter was found")
    return ", ".join(marketplace.label for marketplace in found.values())


def check_secrets() -> str:
    """The keyring of this machine, or the encrypted vault that stands in for it, made and read once."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_find_secrets(Path(folder)))


async def _find_secrets(folder: Path) -> str:
    secrets = await open_secrets(folder)
    if secrets.where.kind is PlaceKind.KEYRING:
        return secrets.where.label + (" (locked now)" if secrets.where.locked else "")
    await secrets.unlock("only for this check")
    await secrets.put({"check": "value"})
    if await secrets.get("check") != "value":
        raise Failed("the vault gave back something else than it was given")
    return "no keyring on this machine; the encrypted vault works"


def check_tls() -> str:
    """The certificates are there, and each library that speaks to a server finds them."""
    import ssl

    import certifi
    import httpx
    import openai

    context = ssl.create_default_context(cafile=certifi.where())
    authorities = context.cert_store_stats()["x509_ca"]
    if authorities < FEWEST_AUTHORITIES:
        raise Failed(f"only {authorities} certificate authorities in {certifi.where()}")
    httpx.Client().close()
    openai.OpenAI(api_key="none", base_url="https://127.0.0.1").close()
    return f"{ssl.OPENSSL_VERSION.split(' ')[1]}, {authorities} certificate authorities"


def check_samples() -> str:
    """The sample products and their images are there."""
    images = list(resource("samples/images").glob("*.jpg"))
    if not resource("samples/sample-products.csv").is_file() or not images:
        raise Failed(f"nothing in {resource('samples')}")
    return f"the product file and {len(images)} images"


def check_pillow() -> str:
    """Pillow writes and reads every image format that marketplaces take."""
    from io import BytesIO

    from PIL import Image

    for kind in ("PNG", "JPEG", "WEBP", "GIF"):
        buffer = BytesIO()
        Image.new("RGB", (8, 8), "white").save(buffer, kind)
        with Image.open(BytesIO(buffer.getvalue())) as read:
            read.load()
            if read.size != (8, 8):
                raise Failed(f"{kind} came back as {read.size}")
    return "PNG, JPEG, WebP, GIF"


def check_workbooks() -> str:
    """A workbook is written and read back."""
    import xlsxwriter  # type: ignore[import-untyped]

    from mmhub_desktop.catalog.workbook import open_sheet

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "check.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            book.add_worksheet().write_row(0, 0, ["sku", 7])
        read = [cells for _, cells in open_sheet(path).rows]
    if read != [["sku", "7"]]:
        raise Failed(f"a workbook came back as {read}")
    return "written and read"


def check_words() -> str:
    """Words with typos are compared, and HTML is made safe."""
    import nh3
    from rapidfuzz import fuzz

    if fuzz.ratio("word", "wrod") < 50 or nh3.clean("<b>a</b><script>b</script>") != "<b>a</b>":
        raise Failed("words are not compared or HTML is not made safe")
    return "compared; HTML made safe"


def check_window() -> str:
    """Fonts, icons and image formats of the window."""
    from mmhub_desktop.gui.selfcheck import check_assets

    return check_assets()


def check_child() -> str:
    """A process of its own starts and answers: imports run in one."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(sending,))
    child.start()
    try:
        if not receiving.poll(CHILD_S) or receiving.recv() != child.pid:
            raise Failed("the second process did not answer")
    finally:
        sending.close()
        receiving.close()
        child.join(CHILD_S)
    return "started and answered"


def _answer(sending: "multiprocessing.connection.Connection[int, int]") -> None:
    sending.send(os.getpid())
    sending.close()


CHECKS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("migrations", check_migrations),
    ("marketplaces", check_adapters),
    ("secrets", check_secrets),
    ("TLS", check_tls),
    ("sample products", check_samples),
    ("image files", check_pillow),
    ("workbooks", check_workbooks),
    ("words", check_words),
    ("window", check_window),
    ("second process", check_child),
)


def main() -> int:
    """Run every check, a line each; 0 when all are ok, else 1."""
    failed = 0
    for name, check in CHECKS:
        try:
            words = f"ok      {name}: {check()}"
        except Exception as error:  # noqa: BLE001 - whatever is missing is what this is for
            failed += 1
            words = f"FAILED  {name}: {type(error).__name__}: {error}"
        click.echo(words)
    click.echo("all checks passed" if not failed else f"{failed} of {len(CHECKS)} checks failed")
    return 1 if failed else 0
