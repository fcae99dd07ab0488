"""A server on raw sockets that answers wrongly in every way there is. It counts what it created."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

OK = b'{"id": 1}'


def _answer(status: str, body: bytes, headers: str = "", *, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{headers}\r\n".encode() + body


# What comes back to the first create; whether it was created before that.
FAULTS: dict[str, tuple[bytes, bool]] = {
    "reset before the answer": (b"", True),
    "reset in the middle of the body": (_answer("201 Created", OK[:4], length=len(OK)), True),
    "wrong length": (_answer("201 Created", OK, length=5000), True),
    "no HTTP at all": (b"\x16\x03\x01 what is this\r\n\r\n", True),
    "silence": (b"", True),
    "slow drip": (_answer("201 Created", OK), True),
    "steady drip without end": (_answer("201 Created", b"", length=1_000_000), True),
    "broken compression": (_answer("201 Created", OK, "Content-Encoding: gzip\r\n"), True),
    "broken chunks": (b'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"id\r\nnonsense\r\n', True),
    "429 with Retry-After": (_answer("429 Too Many Requests", b"{}", "Retry-After: 7\r\n"), False),
    "429 without Retry-After": (_answer("429 Too Many Requests", b"{}"), False),
    "500": (_answer("500 Internal Server Error", b"oh"), True),
    "502": (_answer("502 Bad Gateway", b"<html>bad gateway</html>", "Content-Type: text/html\r\n"), False),
    "503 with Retry-After": (_answer("503 Service Unavailable", b"", "Retry-After: 9\r\n"), False),
    "HTML instead of JSON": (_answer("200 OK", b"<html>welcome</html>", "Content-Type: text/html\r\n"), True),
    "truncated JSON": (_answer("201 Created", b'{"id": '), True),
}


class FaultyServer:
    """``fault`` is played to the next create; look-ups and later creates are answered well."""

    def __init__(self) -> None:
        self.fault = ""
        self.created = 0
        self.looks = 0
        self.base_url = ""
        self.over = asyncio.Event()  # ends silences and drips

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                first = await reader.readexactly(1)
                if first == b"\x16":  # a TLS handshake: this is no TLS server, and says so in its own words
                    writer.write(_answer("400 Bad Request", b""))
                    break
                head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
                if head.startswith("GET"):
                    self.looks += 1
                    writer.write(_answer("200 OK", b'{"id": 1}' if self.created else b"{}"))
                elif self.fault:
                    await self._play(writer)
                    break
                else:
                    self.created += 1
                    writer.write(_answer("201 Created", OK))
                await writer.drain()
        writer.close()

    async def _play(self, writer: asyncio.StreamWriter) -> None:
        fault, self.fault = self.fault, ""
        answer, happens = FAULTS[fault]
        self.created += happens
        if fault == "silence":
            await self.over.wait()
        elif fault == "steady drip without end":  # never so slow that a read would time out
            while not self.over.is_set():
                writer.write(answer or b" ")
                await writer.drain()
                answer = b""
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.over.wait(), 0.02)
        elif fault == "slow drip":
            writer.write(answer[:10])
            await writer.drain()
            await self.over.wait()
        else:
            writer.write(answer)
            await writer.drain()
        if "reset" in fault:
            writer.transport.abort()


@contextlib.asynccontextmanager
async def faulty_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[FaultyServer]:
    """The server, running."""
    made = FaultyServer()
    handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object] = made.handle
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)  # type: ignore[arg-type]
    made.base_url = f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        made.over.set()
        server.close()
        await server.wait_closed()


def unsigned_certificate(folder: Path) -> ssl.SSLContext:
    """What a server uses whose certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
