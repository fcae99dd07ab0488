"""The errors a seller can meet, each with words for people and what to do next.

::

    MmhubError
    ├── UserMistake                 the input or command was wrong; nothing was changed
    │   └── ChangedSincePreview     what would be sent is not what the preview showed; nothing was sent
    ├── WorkspaceError
    │   ├── WorkspaceTooNew         written by a newer version of the program
    │   ├── WorkspaceLocked         open in another program; says which
    │   ├── DiskFull
    │   └── WorkspaceDamaged        integrity check failed
    ├── CredentialError             keyring or vault missing, locked, wrong passphrase
    ├── MarketplaceError
    │   ├── SignInNeeded            the grant is dead; the seller must connect again
    │   ├── RateLimited             wait ``retry_after_s`` seconds
    │   ├── CallsUsedUp             the calls of the hour or day are used up; nothing was sent
    │   ├── Unavailable             5xx, reset, timeout before an effect is possible
    │   │   └── Offline             no network at all: wait, do not count as an attempt
    │   ├── OutcomeUnknown          sent, no answer: look before repeating
    │   ├── NotLiveYet              accepted, but the read-back does not show it yet
    │   ├── SendAgain               what was sent is lost by a fault of theirs: send it anew
    │   ├── Rejected                permanent; carries findings
    │   ├── Unsupported             this marketplace cannot do that
    │   └── UnexpectedReply         an answer outside the documented form
    ├── SourceUnavailable           something a product points to (an image link) does not answer at the moment
    └── AiError                     the AI provider could not help

The *class* decides whether work is repeated (``repeat``), the exit code of the command line and how the
window shows it. Nobody reads error text to decide. Any other exception is a bug.
"""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar


class Repeat(Enum):
    """What the engine does with a task that ended in this error."""

    NEVER = "never"
    LATER = "later"  # counts as an attempt, backed off
    WAIT = "wait"  # does not count: no network, account paused, marketplace still working


@dataclass(frozen=True, slots=True)
class Finding:
    """One explained problem of one field.

    ``field`` is the product's field name (``title``, ``attributes.BRAND``); ``original`` holds the
    marketplace's own words where they are known.
    """

    rule: str
    field: str
    message: str
    fix: str = ""
    value: str = ""
    limit: str = ""
    blocks: bool = True
    original: str = ""


class MmhubError(Exception):
    """An error a person can act on: ``message`` says what happened, ``hint`` what to do next."""

    exit_code: ClassVar[int] = 1
    repeat: ClassVar[Repeat] = Repeat.NEVER

    def __init__(self, message: str, *, hint: str = "", original: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.original = original

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UserMistake(MmhubError):
    """The input or the command cannot be used as it is; nothing was changed."""

    exit_code = 2


class ChangedSincePreview(UserMistake):
    """What would be sent now is not what the preview showed, so nothing was sent."""


class WorkspaceError(MmhubError):
    """The workspace file cannot be used."""

    exit_code = 3


class WorkspaceTooNew(WorkspaceError):
    """The file was written by a newer version of the program."""


class WorkspaceLocked(WorkspaceError):
    """Another program has the workspace open."""


class DiskFull(WorkspaceError):
    """No room on the disk, or the file cannot be written."""


class WorkspaceDamaged(WorkspaceError):
    """The integrity check of the file failed."""


class CredentialError(MmhubError):
    """Secrets cannot be read or kept."""

    exit_code = 4


class MarketplaceError(MmhubError):
    """A marketplace answered with an error, or not at all."""

    exit_code = 5


class SignInNeeded(MarketplaceError):
    """The account's grant is dead: the seller must connect it again."""


class RateLimited(MarketplaceError):
    """Asked too often; ``retry_after_s`` seconds when the marketplace said how long, else None."""

    repeat = Repeat.LATER

    def __init__(self, message: str, *, retry_after_s: float | None = None, hint: str = "", original: str = "") -> None:
        super().__init__(message, hint=hint, original=original)
        self.retry_after_s = retry_after_s


class CallsUsedUp(MarketplaceError):
    """The account has no calls left in this hour or day; they come back after ``retry_after_s``. Nothing was sent."""

    repeat = Repeat.WAIT

    def __init__(self, message: str, *, retry_after_s: float, hint: str = "", original: str = "") -> None:
        super().__init__(message, hint=hint, original=original)
        self.retry_after_s = retry_after_s


class Unavailable(MarketplaceError):
    """The marketplace could not answer; the request had no effect or is safe to repeat."""

    repeat = Repeat.LATER

    def __init__(self, message: str, *, retry_after_s: float | None = None, hint: str = "", original: str = "") -> None:
        super().__init__(message, hint=hint, original=original)
        self.retry_after_s = retry_after_s


class Offline(Unavailable):
    """This machine has no network: nothing was sent."""

    repeat = Repeat.WAIT


class OutcomeUnknown(MarketplaceError):
    """A request with an effect was sent and no answer came: look before repeating."""

    repeat = Repeat.LATER


class NotLiveYet(MarketplaceError):
    """The marketplace accepted the listing and has not shown it yet; look again later."""

    repeat = Repeat.LATER

    def __init__(self, message: str, *, retry_after_s: float | None = None, hint: str = "", original: str = "") -> None:
        super().__init__(message, hint=hint, original=original)
        self.retry_after_s = retry_after_s


class SendAgain(MarketplaceError):
    """The marketplace has lost what it had taken, by a fault of its own: the step that sent it is done again."""

    repeat = Repeat.LATER

    def __init__(self, message: str, *, retry_after_s: float | None = None, hint: str = "", original: str = "") -> None:
        super().__init__(message, hint=hint, original=original)
        self.retry_after_s = retry_after_s


class Rejected(MarketplaceError):
    """The marketplace will not take this as it is; ``findings`` say what to mend."""

    def __init__(self, message: str, *, findings: tuple[Finding, ...] = (), hint: str = "", original: str = "") -> None:
        super().__init__(message, hint=hint, original=original)
        self.findings = findings


class Unsupported(MarketplaceError):
    """This marketplace has no such operation."""


class UnexpectedReply(MarketplaceError):
    """An answer outside the documented form; kept in ``original``."""

    repeat = Repeat.LATER


class SourceUnavailable(MmhubError):
    """Something a product points to, an image link above all, cannot be fetched now; no marketplace is to blame."""

    repeat = Repeat.LATER

    def __init__(self, message: str, *, retry_after_s: float | None = None, hint: str = "", original: str = "") -> None:
        super().__init__(message, hint=hint, original=original)
        self.retry_after_s = retry_after_s


class AiError(MmhubError):
    """The AI provider could not help; ``transient`` when trying again may."""

    exit_code = 6

    def __init__(self, message: str, *, retry_after_s: float | None = None, hint: str = "", original: str = "") -> None:
        super().__init__(message, hint=hint, original=original)
        self.retry_after_s = retry_after_s


class AiUnavailable(AiError):
    """The AI provider is busy or unreachable: worth trying again."""

    repeat = Repeat.LATER
