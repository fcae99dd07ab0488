"""Things that a marketplace keeps, seen as late as it shows them, and work that it does in the background."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mmhub_desktop.practice.faults import Switches
from mmhub_desktop.practice.state import Json, State


class Shelf:
    """A table of JSON objects with look-ups: ``truth`` is what is so, ``seen`` and ``find`` what an API shows of it.

    ``indexes`` name look-ups, each a function from an object to its words, such as
    ``{"sku": lambda row: [row["sku"]]}``. ``read_lag_s`` and ``lookup_lag_s`` are the switches.
    """

    def __init__(
        self,
        state: State,
        table: str,
        now: Callable[[], float],
        settings: Callable[[], Switches],
        indexes: Mapping[str, Callable[[Json], list[str]]] | None = None,
    ) -> None:
        self._state = state
        self._table = table
        self._now = now
        self._settings = settings
        self._indexes = dict(indexes or {})
        self._found: dict[tuple[str, str], dict[str, None]] = {}
        self._words: dict[str, list[tuple[str, str]]] = {}
        self.index_anew()

    def __len__(self) -> int:
        return len(self._state.table(self._table))

    def __contains__(self, key: str) -> bool:
        return key in self._state.table(self._table)

    def __iter__(self) -> Iterator[tuple[str, Json]]:
        """Keys and what is so, in order of creation."""
        for key, row in self._state.table(self._table).items():
            yield key, row["value"]

    def put(self, key: str, value: Json) -> None:
        """Keep a new or changed object; reads show it after ``read_lag_s``."""
        before = self._state.table(self._table).get(key)
        now = self._now()
        row: Json = {"value": value, "created_at": now if before is None else before["created_at"], "changed_at": now}
        lag = self._settings().read_lag_s
        if lag > 0 and before is not None:
            older = [*before.get("older", ()), [before["changed_at"], before["value"]]]
            # The last one that is old enough to be seen is kept, with all that came after it.
            first = max((i for i, (at, _) in enumerate(older) if at + lag <= now), default=0)
            row["older"] = older[first:]
        self._state.put(self._table, key, row)
        self._index(key, value)

    def remove(self, key: str) -> None:
        """Forget an object at once."""
        self._state.remove(self._table, key)
        self._unindex(key)

    def truth(self, key: str) -> Json | None:
        """The object as it is; a copy must be made before changing it while ``read_lag_s`` is on."""
        row = self._state.table(self._table).get(key)
        return None if row is None else row["value"]

    def seen(self, key: str) -> Json | None:
        """The object as a read shows it by now; None while a new one cannot be read yet."""
        row = self._state.table(self._table).get(key)
        if row is None:
            return None
        latest = self._now() - self._settings().read_lag_s
        if row["changed_at"] <= latest:
            found: Json = row["value"]
            return found
        for at, value in reversed(row.get("older", ())):
            if at <= latest:
                older: Json = value
                return older
        return None

    def find(self, index: str, word: str) -> list[str]:
        """Keys of the objects with that word, oldest first; new ones only after ``lookup_lag_s``."""
        latest = self._now() - self._settings().lookup_lag_s
        return [key for key in self._found.get((index, word), ()) if self.created_at(key) <= latest]

    def created_at(self, key: str) -> float:
        """When the object was first kept, by the marketplace's clock. KeyError."""
        return float(self._state.table(self._table)[key]["created_at"])

    def changed_at(self, key: str) -> float:
        """When the object was last kept, by the marketplace's clock. KeyError."""
        return float(self._state.table(self._table)[key]["changed_at"])

    def index_anew(self) -> None:
        """Read everything again, after the state was cleared."""
        self._found.clear()
        self._words.clear()
        for key, value in self:
            self._index(key, value)

    def _index(self, key: str, value: Json) -> None:
        words = [(index, word) for index, words_of in self._indexes.items() for word in words_of(value) if word]
        if self._words.get(key) == words:
            return
        self._unindex(key)
        self._words[key] = words
        for entry in words:
            self._found.setdefault(entry, {})[key] = None

    def _unindex(self, key: str) -> None:
        for entry in self._words.pop(key, ()):
            self._found[entry].pop(key, None)


class Background:
    """Work that is accepted at once and done later: feeds, commands, reviews.

    Done after the switches ``ready_after_s`` and ``ready_after_polls``, both.
    """

    def __init__(self, state: State, now: Callable[[], float], settings: Callable[[], Switches]) -> None:
        self._state = state
        self._now = now
        self._settings = settings

    def begin(self, key: str, *, after_s: float | None = None, after_polls: int | None = None, **about: Any) -> None:
        """Accept the work under a key; its own delays go before the switches."""
        row = {"at": self._now(), "polls": 0, "after_s": after_s, "after_polls": after_polls, "about": about}
        self._state.put("background", key, row)

    def about(self, key: str) -> Json | None:
        """What was said of the work when it began; None for an unknown key."""
        row = self._state.table("background").get(key)
        return None if row is None else row["about"]

    def poll(self, key: str) -> bool:
        """Whether the work is done; asking counts. KeyError for an unknown key."""
        row = self._state.table("background")[key]
        if not self.is_done(key):
            row = {**row, "polls": row["polls"] + 1}
            self._state.put("background", key, row)
        return self.is_done(key)

    def is_done(self, key: str) -> bool:
        """Whether the work is done, without counting as asking. KeyError for an unknown key."""
        row = self._state.table("background")[key]
        settings = self._settings()
        after_s = settings.ready_after_s if row["after_s"] is None else row["after_s"]
        polls = settings.ready_after_polls if row["after_polls"] is None else row["after_polls"]
        return bool(self._now() >= row["at"] + after_s and row["polls"] >= polls)

    def started_at(self, key: str) -> float:
        """When the work was accepted, by the marketplace's clock. KeyError."""
        return float(self._state.table("background")[key]["at"])
