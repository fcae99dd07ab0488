"""The log: subjects, JSON lines in rotating files, short lines on the terminal, and no secret in any of them.

Loggers are named by subject: ``mmhub.store``, ``mmhub.jobs``, ``mmhub.http``, ``mmhub.import``, ``mmhub.gui`` …
Secrets are taken out when a record is made, before any handler sees it, and once more when a line is written.
"""

import json
import logging
import logging.handlers
import os
import re
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote, quote_plus

from mmhub_desktop.paths import log_folder

MASK = "•••"
FILE_NAME = "mmhub.jsonl"
LARGEST_FILE = 5_000_000  # bytes
KEPT_FILES = 5
SHORTEST_SECRET = 6  # shorter ones would blank ordinary words

_NAMES = (
    r"access_token|refresh_token|id_token|client_secret|code_verifier|code|api[_-]?key|secret|password|passphrase|token"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)\b(bearer)\s+[A-Za-z0-9+/=._~-]{6,}"), rf"\1 {MASK}"),
    (re.compile(r"\b((?i:basic))\s+(?=\S*[A-Z0-9=])[A-Za-z0-9+/=]{12,}"), rf"\1 {MASK}"),
    (re.compile(rf"(?i)([?&;\s(,]|^)({_NAMES})=[^&\s\"'<>,)]+"), rf"\1\2={MASK}"),
    (re.compile(rf"(?i)([\"'])({_NAMES}|authorization)\1\s*:\s*([\"'])(?:\\.|(?!\3).)*\3"), rf"\1\2\1: \3{MASK}\3"),
    (re.compile(r"\b(APP_USR|TEST|TG)-[A-Za-z0-9_-]{6,}"), rf"\1-{MASK}"),
    (re.compile(r"\b(sk-|gsk_|pk-|xai-)[A-Za-z0-9_-]{6,}"), rf"\1{MASK}"),
)

_secrets: frozenset[str] = frozenset()
_adding = threading.Lock()
_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def redact(*values: str) -> None:
    """Never let these secrets be written to a log, in plain, URL or JSON form. Any thread; for the process's life."""
    global _secrets  # noqa: PLW0603 - the one registry of the process: a log line can come from anywhere
    forms = {
        form
        for value in values
        if len(value) >= SHORTEST_SECRET
        for form in (value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1], repr(value)[1:-1])
    }
    with _adding:
        _secrets |= forms


def clean(text: str) -> str:
    """The text with every registered secret, and whatever looks like one, replaced."""
    for secret in sorted(_secrets, key=len, reverse=True):
        if secret in text:
            text = text.replace(secret, MASK)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def _clean_any(value: Any) -> Any:
    """A JSON-friendly copy of a value, without secrets."""
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, Mapping):
        return {clean(str(key)): _clean_any(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean_any(entry) for entry in value]
    return clean(str(value))


def _make_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """A record whose message and exception text are already without secrets, whoever handles it."""
    record = logging.LogRecord(*args, **kwargs)
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError):  # wrong arguments: logging itself would print them as they are
        message = f"{record.msg} {record.args!r}"
    record.msg, record.args = clean(message), ()
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = clean("".join(traceback.format_exception(record.exc_info[1])).rstrip())
    if record.stack_info:
        record.stack_info = clean(record.stack_info)
    return record


class JsonLines(logging.Formatter):
    """One JSON object a line: at (UTC), level, subject, message, process, error and the extra fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "subject": record.name.removeprefix("mmhub."),
            "message": clean(record.getMessage()),
            "process": record.process,
        }
        line |= {key: _clean_any(value) for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info or record.exc_text:
            line["error"] = clean(record.exc_text or self.formatException(record.exc_info))  # type: ignore[arg-type]
        return json.dumps(line, ensure_ascii=False, default=str)


class ShortLines(logging.Formatter):
    """What a person reads on the terminal: time, level where it matters, subject, message."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, the traceback below it."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone()
        level = f" {record.levelname.lower()}" if record.levelno >= logging.WARNING else ""
        text = f"{at:%H:%M:%S}{level} {record.name.removeprefix('mmhub.')}: {record.getMessage()}"
        if record.exc_info or record.exc_text:
            text += "\n" + (record.exc_text or self.formatException(record.exc_info))  # type: ignore[arg-type]
        return clean(text)


class RotatingFile(logging.handlers.RotatingFileHandler):
    """A rotating log file, readable by its owner only, that several of our processes may write at once.

    A log that cannot be written never stops the program: the line is lost.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=LARGEST_FILE, backupCount=KEPT_FILES, encoding="utf-8", delay=True)

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600))

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, into the new file when another process has rotated the old one away."""
        stream = self.stream
        if stream is not None:
            try:
                ours, there = os.fstat(stream.fileno()), Path(self.baseFilename).stat()
                moved = (ours.st_dev, ours.st_ino) != (there.st_dev, there.st_ino)
            except OSError:
                moved = True
            if moved:
                stream.close()
                self.stream = None
        super().emit(record)

    def rotate(self, source: str, dest: str) -> None:
        """Rename, unless another process holds the file open (Windows): then it grows until the next time."""
        try:
            super().rotate(source, dest)
        except OSError:
            return

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Drop the line."""


_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


def start_logging(level: str = "info", *, terminal: str = "") -> Callable[[], None]:
    """Write the log to its folder at ``level``, and to stderr from level ``terminal`` on when given.

    Also takes Python's warnings and uncaught errors of any thread. Returns a function that undoes all of it.
    """
    handlers: list[logging.Handler] = []
    try:
        file = RotatingFile(log_folder() / FILE_NAME)
    except OSError:
        terminal = terminal or "warning"  # no folder to write to: at least say what goes wrong
    else:
        file.setFormatter(JsonLines())
        file.setLevel(_LEVELS[level])
        handlers.append(file)
    if terminal:
        console = logging.StreamHandler(sys.stderr)
        console.setFormatter(ShortLines())
        console.setLevel(_LEVELS[terminal])
        handlers.append(console)
    root, ours = logging.getLogger(), logging.getLogger("mmhub")
    before = (logging.getLogRecordFactory(), ours.level, sys.excepthook, threading.excepthook)
    logging.setLogRecordFactory(_make_record)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    ours.setLevel(min(handler.level for handler in handlers))  # other libraries: the root's WARNING
    for handler in handlers:
        root.addHandler(handler)

    def stop() -> None:
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()
        logging.captureWarnings(False)
        logging.setLogRecordFactory(before[0])
        ours.setLevel(before[1])
        sys.excepthook, threading.excepthook = before[2], before[3]

    return stop


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("mmhub.crash").critical("an error that was not foreseen", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        name = args.thread.name if args.thread else "?"
        logging.getLogger("mmhub.crash").critical(
            "an error that was not foreseen, in thread %s", name,
            exc_info=(args.exc_type, args.exc_value, args.exc_traceback),
        )  # fmt: skip
