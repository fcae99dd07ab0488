"""The one HTTP door of all adapters: the shared client, and failures and statuses turned into the error tree.

Nothing here repeats a request or waits: the engine does. Bodies quoted in errors are shortened and freed of
tokens first.
"""

import errno
import logging
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from socket import gaierror
from typing import Any

import httpx

from mmhub_desktop import __version__
from mmhub_desktop.errors import MarketplaceError, Offline, OutcomeUnknown, RateLimited, Unavailable, UnexpectedReply
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.call_notes import describe_call
from mmhub_desktop.marketplaces.outgoing import look_at
from mmhub_desktop.marketplaces.redaction import redact

LONGEST_CALL_S = 120.0  # from the first step of connecting to the last byte, however steadily bytes drip in
_LONGEST_QUOTE = 600  # characters of a foreign answer kept in an error
_LONGEST_WAIT_S = 24 * 3600.0
_EPOCH_FLOOR = 1_000_000_000.0  # a reset header above this is a point in time, below it a number of seconds

# No route to anywhere. The numbers are Windows' own (WSAENETDOWN, WSAENETUNREACH, WSAEHOSTUNREACH).
_NO_NETWORK = frozenset({errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH, 10050, 10051, 10065})

_log = logging.getLogger("mmhub.http")

SharedClient = httpx.AsyncClient


def open_client(*, proxy: str = "", longest_call_s: float = LONGEST_CALL_S) -> httpx.AsyncClient:
    """The client that all adapters share; close it with ``aclose``. No call takes longer than ``longest_call_s``.

    Proxies, certificates and passwords named in the environment (``HTTPS_PROXY``, ``.netrc``) are not used:
    what the program speaks to must not depend on how it was started. Reading the certificate store takes some
    50 ms, so a program with a window calls this in a thread.
    """
    from mmhub_desktop.marketplaces.transport import Transport  # aiohttp: the window starts without it

    return httpx.AsyncClient(
        timeout=httpx.Timeout(30.0, connect=10.0),
        headers={"User-Agent": f"MultiMarketHub/{__version__}", "Accept": "application/json"},
        transport=None if proxy else Transport(httpx.create_ssl_context(trust_env=False), longest_s=longest_call_s),
        proxy=proxy or None,
        trust_env=False,
        follow_redirects=False,
    )


async def send(
    connection: Connection, request: httpx.Request, *, label: str, once: bool = False, signs_in: bool = False
) -> httpx.Response:
    """Send, and return the answer when its status is below 500 and not 429.

    ``once`` marks a request whose effect must not happen twice (a create): when it may have been carried out
    and no usable answer came, the error is OutcomeUnknown; otherwise Unavailable. Offline when this machine has
    no network, RateLimited for 429 with the wait the answer names. The connection's recorder is told of the call.
    What changes something is looked at first (``outgoing``); ``signs_in``: this does not.
    """
    if not signs_in:
        look_at(request)
    if connection.pace is not None:
        await connection.pace()
    request.extensions["marketplace"] = connection.account.marketplace  # for whoever listens at the client
    at, begun = connection.now(), time.monotonic()
    response: httpx.Response | None = None
    problem = "Cancelled"
    try:
        response = await connection.http.send(request)
        _refuse_trouble(connection, response, label, once)
        problem = ""
    except httpx.HTTPError as error:
        failure = _from_failure(error, label, once)
        problem = type(failure).__name__
        raise failure from None  # its chain holds the request with its token
    except MarketplaceError as error:
        problem = type(error).__name__
        raise
    finally:
        if connection.heard is not None:
            connection.heard(None if response is None else response.headers)
        if connection.recorder is not None:
            _record(connection, request, response, at, time.monotonic() - begun, problem)
    return response


def _record(
    connection: Connection, request: httpx.Request, response: httpx.Response | None, at: datetime, taken_s: float,
    problem: str,
) -> None:  # fmt: skip
    """Tell the recorder; whatever happens there, the call goes on."""
    try:
        call = describe_call(connection.account.id, request, response, at=at, duration_s=taken_s, error=problem)
        if connection.recorder is not None:
            connection.recorder(call)
    except Exception:  # noqa: BLE001 - notes about a call must never cost the call
        _log.exception("a call could not be noted")


def _refuse_trouble(connection: Connection, response: httpx.Response, label: str, once: bool) -> None:
    """Raise for an answer that is no answer: too many calls, or trouble of the marketplace's own."""
    if response.status_code == 429:
        raise RateLimited(
            f"{label} asks for fewer calls.",
            retry_after_s=read_wait(response.headers, connection.now()) or _wait_of_rate(response.headers),
            hint="The program slows down and goes on by itself.",
            original=quote(response),
        )
    if response.status_code >= 500:
        if once:
            raise _unknown(label, quote(response))
        raise Unavailable(
            f"{label} has a problem of its own (status {response.status_code}).",
            retry_after_s=read_wait(response.headers, connection.now()),
            hint="The program tries again by itself.",
            original=quote(response),
        )


def read_json(response: httpx.Response, *, label: str, once: bool = False) -> Any:
    """The JSON of an answer, None for an empty one.

    UnexpectedReply when it is not JSON; for a successful create OutcomeUnknown, since it did happen.
    """
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError:
        if once and response.is_success:
            raise _unknown(label, quote(response)) from None
        raise unexpected(response, label=label) from None


def unexpected(response: httpx.Response, *, label: str) -> UnexpectedReply:
    """The error for an answer outside the documented form."""
    return UnexpectedReply(
        f"{label} gave an answer that this program does not understand (status {response.status_code}).",
        hint="The program tries again. If it stays so, look for a newer version of the program.",
        original=quote(response),
    )


def quote(response: httpx.Response) -> str:
    """The marketplace's own words, shortened and without secrets, for ``original``."""
    text = f"{response.status_code} {redact(response.text, response.request)}".strip()
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def read_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait that the headers name, or None.

    ``Retry-After`` (seconds or a date, counted from the answer's own ``Date`` so that a wrong clock here does no
    harm), else ``RateLimit-Reset`` / ``X-RateLimit-Reset`` (seconds, or a Unix time in seconds or milliseconds).
    """
    now = _read_date(headers.get("Date", "")) or now
    value = headers.get("Retry-After", "").strip()
    if value:
        seconds = _read_number(value)
        if seconds is not None:
            return _bounded(seconds)
        date = _read_date(value)
        if date is not None:
            return _bounded((date - now).total_seconds())
    for name in ("RateLimit-Reset", "X-RateLimit-Reset"):
        reset = _read_number(headers.get(name, "").strip())
        if reset is None:
            continue
        if reset >= _EPOCH_FLOOR * 1000:
            reset /= 1000
        return _bounded(reset - now.timestamp() if reset >= _EPOCH_FLOOR else reset)
    return None


def _wait_of_rate(headers: Mapping[str, str]) -> float | None:
    """Until one more call fits into the rate (calls a second) that Amazon names in place of a wait: 1 s to 3 min."""
    rate = _read_number(headers.get("x-amzn-RateLimit-Limit", "").strip())
    return min(max(1.0, 1 / rate), 180.0) if rate else None


def _bounded(seconds: float) -> float:
    return min(max(0.0, seconds), _LONGEST_WAIT_S)


def _read_number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,14}(\.\d+)?", text) else None


def _read_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _from_failure(error: httpx.HTTPError, label: str, once: bool) -> MarketplaceError:
    """What a request that got no answer means. The words never quote the request: it carries the token."""
    kind = type(error).__name__
    if isinstance(error, httpx.ConnectError):
        return _from_connect_error(error, label)
    if isinstance(error, (httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)):
        return Unavailable(f"{label} could not be reached.", hint=_AGAIN, original=kind)
    if isinstance(error, (httpx.LocalProtocolError, httpx.UnsupportedProtocol)):
        return MarketplaceError(
            f"The request to {label} could not be made.",
            hint="Check the account's settings for stray characters, then connect the account again.",
            original=kind,
        )
    if once:
        return _unknown(label, kind)
    return Unavailable(f"The connection to {label} broke before it answered.", hint=_AGAIN, original=kind)


_AGAIN = "The program tries again by itself."


def _from_connect_error(error: httpx.ConnectError, label: str) -> MarketplaceError:
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Unavailable(
            f"No secure connection to {label} could be made.",
            hint="Check this computer's clock, and whether an antivirus or company network looks into connections.",
            original="TLS handshake failed",
        )
    failures = [
        cause for cause in causes if isinstance(cause, OSError) and (cause.errno or isinstance(cause, gaierror))
    ]
    if failures and all(isinstance(cause, gaierror) or cause.errno in _NO_NETWORK for cause in failures):
        return Offline("This computer has no network.", hint="Work goes on by itself when it is back.")
    return Unavailable(f"{label} could not be reached.", hint=_AGAIN, original="connection refused or not possible")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and everything it came from; several addresses tried at once give a group."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _causes(member)
    elif (cause := error.__cause__ or error.__context__) is not None:
        yield from _causes(cause)


def _unknown(label: str, original: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{label} did not answer, so it is not known whether it took the request.",
        hint="The program looks on the marketplace before it tries again.",
        original=original,
    )
