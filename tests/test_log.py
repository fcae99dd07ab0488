"""The log: what it writes, where, and what it never writes."""

import io
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmhub_desktop import log
from mmhub_desktop.paths import log_folder

SECRET = 'p@ss "word"/+ñ'


@pytest.fixture
def written() -> Iterator[Path]:
    stop = log.start_logging("debug")
    yield log_folder() / log.FILE_NAME
    stop()


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_says_when_what_and_where(written: Path) -> None:
    logging.getLogger("mmhub.jobs").info("settled %d tasks", 3, extra={"batch": 7})
    logging.getLogger("somebody.else").info("chatter")
    (line,) = lines(written)
    assert (line["level"], line["subject"], line["message"], line["batch"]) == ("info", "jobs", "settled 3 tasks", 7)
    assert str(line["at"]).endswith("+00:00")
    assert line["process"] == os.getpid()


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_only_the_owner_can_read_it(written: Path) -> None:
    logging.getLogger("mmhub.jobs").info("x")
    assert written.stat().st_mode & 0o777 == 0o600


@pytest.mark.expects_log
def test_a_registered_secret_is_in_no_part_of_a_line(written: Path, caplog: pytest.LogCaptureFixture) -> None:
    log.redact(SECRET)
    logger = logging.getLogger("mmhub.http")
    logger.info(f"message {SECRET}")  # noqa: G004
    logger.info("argument %s and %r", SECRET, {"k": [SECRET]})
    logger.info("url %s", "https://x/?q=p%40ss+%22word%22%2F%2B%C3%B1")
    logger.info("extra", extra={"body": {"deep": [SECRET]}})
    logger.info("wrong arguments %d", SECRET)
    try:
        raise ValueError(f"bad {SECRET}") from KeyError(SECRET)
    except ValueError:
        logger.exception("failed with %s", SECRET)
    raw = written.read_text(encoding="utf-8")
    assert len(raw.splitlines()) == 6
    for form in (SECRET, json.dumps(SECRET)[1:-1], json.dumps(SECRET, ensure_ascii=False)[1:-1], "p%40ss", "p@ss"):
        assert form not in raw
        assert form not in caplog.text  # a handler that is not ours
    assert raw.count(log.MASK) >= 7
    assert "ValueError" in raw


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Authorization: Bearer abcDEF123.456-x", "abcDEF123"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNz"),
        ("GET https://h/items?access_token=APQ8ff7ff77&x=1", "APQ8ff7ff77"),
        ("grant_type=x&refresh_token=TGabc99887&client_secret=zzTop1", "TGabc99887"),
        ("grant_type=x&refresh_token=TGabc99887&client_secret=zzTop1", "zzTop1"),
        ('{"access_token": "very\\"secret", "user_id": 7}', 'very\\"secret'),
        ("{'client_secret': 'hush-hush', 'a': 1}", "hush-hush"),
        ("token TG-64b1f0a1c9e77b0001-1234 used", "64b1f0a1c9e77b0001"),
        ("with APP_USR-1234567890-112233-abcdef-99", "1234567890"),
        ("key sk-proj-AbCdEf123456 refused", "AbCdEf123456"),
        ("key gsk_AbCdEf123456 refused", "AbCdEf123456"),
        ("redirect https://127.0.0.1/cb?code=TG5566778899&state=ok", "TG5566778899"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, hidden: str) -> None:
    assert hidden not in log.clean(text)
    assert log.MASK in log.clean(text)
    assert log.clean(log.clean(text)) == log.clean(text)


@pytest.mark.parametrize(
    "text",
    ["the error code was 404", "imported 500 rows of tokens.csv", "task_code: done, skirt-blue", "basic cotton"],
)
def test_ordinary_words_stay(text: str) -> None:
    log.redact("abc")  # too short to be blanked everywhere
    assert log.clean(text) == text


def test_files_rotate_and_old_ones_go(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = next(h for h in logging.getLogger().handlers if isinstance(h, log.RotatingFile))
    handler.maxBytes = 2_000
    for number in range(200):
        logging.getLogger("mmhub.jobs").debug("line %d %s", number, "x" * 50)
    files = sorted(path.name for path in written.parent.iterdir())
    assert files == ["mmhub.jsonl"] + [f"mmhub.jsonl.{n}" for n in range(1, log.KEPT_FILES + 1)]
    assert all(path.stat().st_size <= 2_000 for path in written.parent.iterdir())
    assert lines(written)[-1]["message"] == f"line 199 {'x' * 50}"


def test_a_file_moved_away_by_another_process_is_begun_anew(written: Path) -> None:
    logging.getLogger("mmhub.jobs").info("one")
    written.rename(written.with_name("elsewhere"))
    logging.getLogger("mmhub.jobs").info("two")
    assert [line["message"] for line in lines(written)] == ["two"]


def test_a_folder_that_cannot_be_written_stops_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "logs").write_text("", encoding="utf-8")
    stop = log.start_logging()
    logging.getLogger("mmhub.jobs").info("x")
    stop()
    assert capsys.readouterr().err == ""


@pytest.mark.expects_log
def test_people_read_short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    log.redact("hunter2hunter2")
    stop = log.start_logging("info", terminal="warning")
    logging.getLogger("mmhub.http").info("quiet")
    logging.getLogger("mmhub.http").warning("slow answer for hunter2hunter2")
    stop()
    (line,) = screen.getvalue().splitlines()
    assert line.endswith(f" warning http: slow answer for {log.MASK}")


@pytest.mark.expects_log
def test_an_error_in_a_thread_is_logged_without_secrets(written: Path) -> None:
    log.redact("thread-secret-1")

    def fail() -> None:
        raise RuntimeError("thread-secret-1")

    thread = threading.Thread(target=fail, name="worker")
    thread.start()
    thread.join()
    (line,) = lines(written)
    assert line["level"] == "critical"
    assert "worker" in str(line["message"])
    assert "RuntimeError" in str(line["error"])
    assert "thread-secret-1" not in written.read_text(encoding="utf-8")


def test_a_crash_of_the_program_is_logged(home: Path) -> None:
    code = (
        "from mmhub_desktop import log; log.start_logging(terminal='warning'); log.redact('crash-secret');"
        "raise RuntimeError('crash-secret')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    (line,) = lines(home / "logs" / log.FILE_NAME)
    assert line["subject"] == "crash"
    assert "crash-secret" not in done.stderr + str(line)
    assert "RuntimeError" in done.stderr
