"""Every setting of the program, declared once, and the file they are kept in. Secrets are not settings."""

import contextlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from mmhub_desktop.errors import DiskFull, UserMistake
from mmhub_desktop.paths import config_folder, replace_file

_log = logging.getLogger("mmhub.settings")

T = TypeVar("T", bound="str | int | float | bool")
_NAMES: dict[type[Any], str] = {str: "text", int: "a whole number", float: "a number", bool: "yes or no"}


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting: its type is that of ``default``. Settings without a ``group`` are not shown in the window."""

    key: str
    default: T
    label: str
    help: str = ""
    group: str = ""
    choices: tuple[tuple[T, str], ...] = ()  # (value, label)
    least: float | None = None
    most: float | None = None
    example: str = ""  # what an empty text field shows

    @property
    def kind(self) -> type[T]:
        """The type of its values: str, int, float or bool."""
        return type(self.default)

    def check(self, value: object) -> T:
        """The value in the setting's type; UserMistake when it cannot be taken."""
        if self.kind is float and type(value) is int:
            value = float(value)
        if type(value) is not self.kind:
            raise UserMistake(f"“{value}” cannot be used for “{self.label}”.", hint=f"Enter {_NAMES[self.kind]}.")
        if self.choices and value not in [choice for choice, _ in self.choices]:
            raise UserMistake(
                f"“{value}” is not a choice of “{self.label}”.",
                hint="Choose one of: " + ", ".join(str(choice) for choice, _ in self.choices) + ".",
            )
        if isinstance(value, int | float):
            self._check_range(value)
        return value

    def parse(self, text: str) -> T:
        """The value written as text (command line); UserMistake when it cannot be taken."""
        value: object = text
        if self.kind is bool:
            value = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(
                text.strip().casefold(), text
            )
        elif self.kind is not str:
            with contextlib.suppress(ValueError):
                value = self.kind(text)
        return self.check(value)

    def _check_range(self, value: float) -> None:
        if (self.least is not None and value < self.least) or (self.most is not None and value > self.most):
            raise UserMistake(
                f"“{self.label}” cannot be {value:g}.", hint=f"Choose a number from {self.least:g} to {self.most:g}."
            )


APPEARANCE_MODE = Setting(
    "appearance.mode", "system", "Appearance", "Light, dark, or as the system is set.", "Appearance",
    choices=(("system", "As the system"), ("light", "Light"), ("dark", "Dark")),
)  # fmt: skip
WORKSPACE_LAST = Setting("workspace.last", "", "Workspace opened at the next start")
WINDOW_GEOMETRY = Setting("window.geometry", "", "Place and size of the window")
TRAY_SHOW = Setting(
    "tray.show", True, "Icon in the system tray",
    "Shows how far the work is, and tells when a batch has ended while the window is not in front.", "Appearance",
)  # fmt: skip
AI_BASE_URL = Setting(
    "ai.base_url", "", "AI service address",
    "The address of any OpenAI-compatible service, usually ending in /v1. Empty: product text is improved "
    "by rules on this computer, without AI.", "AI", example="https://api.openai.com/v1",
)  # fmt: skip
AI_MODEL = Setting("ai.model", "", "AI model", "The model's name as the service lists it.", "AI", example="gpt-4o-mini")
AI_TIMEOUT_S = Setting(
    "ai.timeout_s", 60.0, "Longest wait for an answer (seconds)",
    "A model on this computer can need more than a service on the internet.", "AI", least=5, most=900,
)  # fmt: skip
AI_LANGUAGE = Setting(
    "ai.language", "", "Language of improved text", "", "AI",
    choices=(
        ("", "As the product"), ("en", "English"), ("es", "Spanish"), ("de", "German"), ("pl", "Polish"),
        ("pt", "Portuguese"),
    ),
)  # fmt: skip
IMPORT_DEFAULT_CURRENCY = Setting(
    "import.default_currency", "", "Currency of imported prices",
    "Three letters such as EUR or MXN, used where the file does not say. Empty: asked at each import.", "Import",
    example="EUR",
)  # fmt: skip
IMPORT_CHUNK_ROWS = Setting(
    "import.chunk_rows", 5_000, "Rows written at once",
    "An import that was interrupted continues after the last rows written.", "Import", least=100, most=100_000,
)  # fmt: skip
IMAGES_AFTER_IMPORT = Setting(
    "images.after_import", True, "Fetch images in the background after each import",
    "Copies of the images behind new links are kept on this computer, so that publishing needs no other host and "
    "broken links are known. The Pictures page shows how far it is, and can hold it.", "Import",
)  # fmt: skip
IMAGES_MOST_MB = Setting(
    "images.most_mb", 5_000, "Room for copies of images (MB)",
    "When the copies take as much, no more are fetched in the background.", "Import", least=50, most=10_000_000,
)  # fmt: skip
IMAGES_MOST_OF_IMPORT = Setting(
    "images.most_of_import", 20_000, "Images fetched after one import",
    "After so many the background stops and asks before it goes on.", "Import", least=1, most=10_000_000,
)  # fmt: skip
IMAGES_ALLOW_LOCAL_NETWORK = Setting(
    "images.allow_local_network", False, "Fetch images from the local network",
    "Allow image links that point to this computer or to addresses of the local network.", "Import",
)  # fmt: skip
IMAGE_HOST_ENDPOINT = Setting(
    "image_host.endpoint", "", "Address of the service",
    "For marketplaces that fetch pictures from the web: a bucket of your own at an S3-compatible service (AWS, "
    "Cloudflare R2, Backblaze B2, MinIO), for example https://s3.eu-central-1.amazonaws.com", "Image host",
)  # fmt: skip
IMAGE_HOST_BUCKET = Setting("image_host.bucket", "", "Bucket", "Its name at the service.", "Image host")
IMAGE_HOST_REGION = Setting(
    "image_host.region", "us-east-1", "Region", "As the service names it; “auto” at Cloudflare.", "Image host"
)
IMAGE_HOST_PUBLIC_URL = Setting(
    "image_host.public_url", "", "Public address",
    "Where everybody can fetch what lies in the bucket, for example https://pictures.example.com", "Image host",
)  # fmt: skip
IMAGE_HOST_KEY_ID = Setting("image_host.key_id", "", "Key id", "Of a key that may write to this bucket.", "Image host")
JOBS_LOCAL_CONCURRENCY = Setting(
    "jobs.local_concurrency", 2, "Products improved at the same time", "", "Work", least=1, most=16,
)  # fmt: skip
JOBS_KEPT_DAYS = Setting(
    "jobs.kept_days", 90, "Days that finished work is kept in detail",
    "Then its steps are cleared; what was asked for and how much of it was done stays. Failed jobs stay too.", "Work",
    least=1, most=3650,
)  # fmt: skip
HISTORY_MB = Setting(
    "history.mb", 500, "Size of the history (MB)",
    "Changes to products can be undone while their record is kept. When all records together take more, the oldest "
    "are forgotten; the newest stays.", "Work", least=10, most=100_000,
)  # fmt: skip
CALLS_KEPT_DAYS = Setting(
    "calls.kept_days", 14, "Days that calls to marketplaces are kept",
    "Requests and replies, without keys and tokens, to look at beside a job. Figures by the hour stay.", "Work",
    least=1, most=365,
)  # fmt: skip
BACKUPS_EVERY = Setting(
    "backups.every", "day", "Automatic backups",
    "Made beside the workspace while it is open. The last of each of seven days and of four weeks are kept, and all "
    "that you make yourself.", "Backups", choices=(("day", "Every day"), ("week", "Every week"), ("never", "Never")),
)  # fmt: skip
WEBHOOKS_ALLOW_LOCAL_NETWORK = Setting(
    "webhooks.allow_local_network", False, "Send webhooks into the local network",
    "Allow receivers on this computer or at addresses of the local network.", "Webhooks",
)  # fmt: skip
WEBHOOKS_PER_SECOND = Setting(
    "webhooks.per_second", 10, "Webhook messages a second",
    "For each receiver, at most. What has gathered while this computer was off is sent at this pace.", "Webhooks",
    least=1, most=100,
)  # fmt: skip
PLUGINS_FOLDER = Setting(
    "plugins.folder", "", "Folder with packages of others",
    "Marketplaces and workflow steps that others made are looked for in it, at the next start. Their code may do "
    "whatever you may: choose a folder only if you trust what is in it.", "Advanced",
)  # fmt: skip
LOG_LEVEL = Setting(
    "log.level", "info", "Detail of the log files", "", "Advanced",
    choices=(("debug", "Everything"), ("info", "Normal"), ("warning", "Problems only")),
)  # fmt: skip

SETTINGS: tuple[Setting[Any], ...] = (
    APPEARANCE_MODE, TRAY_SHOW, WORKSPACE_LAST, WINDOW_GEOMETRY, AI_BASE_URL, AI_MODEL, AI_TIMEOUT_S, AI_LANGUAGE,
    IMPORT_DEFAULT_CURRENCY, IMPORT_CHUNK_ROWS, WEBHOOKS_ALLOW_LOCAL_NETWORK, WEBHOOKS_PER_SECOND,
    IMAGES_AFTER_IMPORT, IMAGES_MOST_MB, IMAGES_MOST_OF_IMPORT, IMAGES_ALLOW_LOCAL_NETWORK,
    JOBS_LOCAL_CONCURRENCY, JOBS_KEPT_DAYS, HISTORY_MB,
    CALLS_KEPT_DAYS, BACKUPS_EVERY,
    IMAGE_HOST_ENDPOINT, IMAGE_HOST_BUCKET, IMAGE_HOST_REGION, IMAGE_HOST_PUBLIC_URL, IMAGE_HOST_KEY_ID,
    LOG_LEVEL, PLUGINS_FOLDER,
)  # fmt: skip
_BY_KEY: dict[str, Setting[Any]] = {setting.key: setting for setting in SETTINGS}


def find_setting(key: str) -> Setting[Any]:
    """The declaration of a setting; UserMistake when there is none of that name."""
    if key not in _BY_KEY:
        raise UserMistake(f"There is no setting “{key}”.", hint="Known settings: " + ", ".join(_BY_KEY) + ".")
    return _BY_KEY[key]


class Settings:
    """The settings of this machine. Owned by the loop's thread; each change is on disk when ``set`` returns.

    ``problem`` tells the seller what happened when the file could not be read; its content is then kept beside it.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_folder() / "settings.json"
        self.problem = ""
        self._listeners: list[Callable[[str, Any], None]] = []
        self._values = self._read()  # as in the file: keys of newer versions of the program are kept

    @overload
    def get(self, key: Setting[T]) -> T: ...
    @overload
    def get(self, key: str) -> Any: ...
    def get(self, key: Setting[Any] | str) -> Any:
        """The value set, or the default."""
        setting = find_setting(key) if isinstance(key, str) else key
        return self._values.get(setting.key, setting.default)

    @overload
    def set(self, key: Setting[T], value: T) -> None: ...
    @overload
    def set(self, key: str, value: Any) -> None: ...
    def set(self, key: Setting[Any] | str, value: Any) -> None:
        """Check, save and tell the listeners. UserMistake when refused, DiskFull when it cannot be saved."""
        setting = find_setting(key) if isinstance(key, str) else key
        value = setting.check(value)
        if self.get(setting) == value:
            return
        values = self._values | {setting.key: value}
        self._write(values)
        self._values = values
        for listener in tuple(self._listeners):
            listener(setting.key, value)

    def on_changed(self, listener: Callable[[str, Any], None]) -> Callable[[], None]:
        """Call ``listener(key, value)`` after each change; returns a function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _read(self) -> dict[str, Any]:
        try:
            values = json.loads(self.path.read_text(encoding="utf-8"))
            if not isinstance(values, dict):
                raise TypeError("not an object")
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError) as error:
            kept = self._keep_copy()
            self.problem = f"The settings could not be read and are back to their defaults.{kept}"
            _log.info("settings file unreadable: %s", error)
            return {}
        for key in [key for key in values if key in _BY_KEY]:
            try:
                values[key] = _BY_KEY[key].check(values[key])
            except UserMistake as mistake:
                self.problem = f"{mistake.message} The default is used."
                _log.info("setting %s is back to its default", key)
                del values[key]
        return values

    def _keep_copy(self) -> str:
        copy = self.path.with_name(self.path.name + ".damaged")
        try:
            self.path.replace(copy)
        except OSError:
            return ""
        return f" The old file is kept as “{copy.name}”."

    def _write(self, values: dict[str, Any]) -> None:
        data = json.dumps(values, indent=2, ensure_ascii=False, sort_keys=True).encode()
        try:
            replace_file(self.path, data)
        except OSError as error:
            raise DiskFull(
                "The settings could not be saved.",
                hint=f"Free some disk space or check the permissions of “{self.path.parent}”.",
                original=str(error),
            ) from error
