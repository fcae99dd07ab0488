"""A host of pictures on this machine, in a thread of its own, and tables that name its links."""

import io
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from PIL import Image


def picture() -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "red").save(out, "JPEG")
    return out.getvalue()


class Answers(BaseHTTPRequestHandler):
    """Every address ending in .jpg is the same picture; “gone” is not there until the host is whole."""

    asked: list[str]
    host: "PictureHost"
    data = picture()

    def do_GET(self) -> None:
        self.asked.append(self.path)
        is_there = self.host.is_whole or "gone" not in self.path
        status = 200 if is_there else 404
        if self.host.busy:
            self.host.busy -= 1
            is_there, status = False, 503
        self.send_response(status)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(self.data) if is_there else 0))
        self.end_headers()
        self.wfile.write(self.data if is_there else b"")

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


class PictureHost:
    """``base`` is its address; ``asked`` are the paths that were asked for; so many next are refused: ``busy``."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.busy = 0
        self.is_whole = False
        bound = type("Bound", (Answers,), {"asked": self.asked, "host": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def close(self) -> None:
        """Answer no more."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def picture_table(folder: Path, host: PictureHost, *names: str, price: int = 10) -> Path:
    """A file of a product for each name, L-1 and so on, with a link to it."""
    file = folder / "lamps.csv"
    rows = [f"L-{number},Lámpara,{price},EUR,{host.base}/{name}" for number, name in enumerate(names, 1)]
    file.write_text("\n".join(["SKU,Title,Price,Currency,Images", *rows, ""]), encoding="utf-8")
    return file
