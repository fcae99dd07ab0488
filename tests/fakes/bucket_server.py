"""A real S3-compatible server on 127.0.0.1 (moto, in a process of its own), with one bucket in it."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx

KEY_ID, SECRET, BUCKET = "practice-key", "practice-secret", "pictures"


@contextlib.contextmanager
def bucket_server() -> Iterator[str]:
    """Its address. What is in the bucket can be read by everybody, as at a public one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _make_bucket(address)
            yield address
        finally:
            server.kill()


_SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=practice-key/20260101/us-east-1/s3/aws4_request"}
_PUBLIC = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    ],
}  # what a seller sets at the service so that everybody can see the pictures


def _make_bucket(address: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            answer = httpx.put(f"{address}/{BUCKET}", headers=_SIGNED)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)  # another process is starting
            continue
        answer.raise_for_status()
        httpx.put(f"{address}/{BUCKET}?policy", headers=_SIGNED, json=_PUBLIC).raise_for_status()
        return
