"""The practice Kaufland's error bodies: type, message and a list of fields."""

from collections.abc import Sequence

from mmhub_desktop.practice.answers import Refusal
from mmhub_desktop.practice.checks import Problem
from mmhub_desktop.practice.state import Json

_TYPES = {
    400: "bad-request", 401: "unauthorized", 403: "forbidden", 404: "not-found", 500: "server-error",
    503: "service-unavailable",
}  # fmt: skip
_WORDS = {
    "missing": "This value should not be blank.",
    "unknown": "This field was not expected.",
    "type": "This value should be of type {limit}.",
    "choice": "The value you selected is not a valid choice.",
    "pattern": "This value is not valid.",
    "short": "This value is too short.",
    "long": "This value is too long. It should have {limit} characters or less.",
    "low": "This value should be {limit} or more.",
    "high": "This value should be {limit} or less.",
}


def problem(kind: str, message: str, errors: Sequence[tuple[str, str]] = ()) -> Json:
    """A body; ``kind`` is the last part of its type."""
    rows = [{"field": field, "message": words} for field, words in errors]
    return {"type": f"/problems/{kind}", "message": message, "errors": rows}


def body_for(status: int) -> Json:
    """What the front door says of a status."""
    return problem(_TYPES.get(status, "server-error" if status >= 500 else "bad-request"), f"Status {status}")


def refuse(status: int, kind: str, message: str, errors: Sequence[tuple[str, str]] = ()) -> Refusal:
    """An error with a kind of its own."""
    return Refusal(status, problem(kind, message, errors))


def invalid(*errors: tuple[str, str]) -> Refusal:
    """400 for wrong fields."""
    return refuse(400, "validation-error", "Validation failed", errors)


def invalid_fields(problems: Sequence[Problem]) -> Refusal:
    """400 for what a declared check has found."""
    return invalid(*((one.path, _WORDS[one.code].format(limit=one.limit)) for one in problems))


def words_of(one: Problem) -> tuple[str, str]:
    """Field and words of one problem."""
    return one.path, _WORDS[one.code].format(limit=one.limit)


def gone(message: str, *, plain: bool = False) -> Refusal:
    """404; ``plain`` for those calls that say the message only."""
    return Refusal(404, {"message": message} if plain else problem("not-found", message))
