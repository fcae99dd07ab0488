"""What going back to a backup changes and what rests afterwards, in the seller's words."""

from mmhub_desktop.domain.backup import Contents, Difference, Rested

# Sentences for one thing and for several.
_Said = tuple[str, str]
_BACK: _Said = ("{} product comes back.", "{} products come back.")
_LOST: _Said = ("{} product added since then goes.", "{} products added since then go.")
_CHANGED: _Said = ("{} product becomes what it was then.", "{} products become what they were then.")
_SENT = "done since then: what was sent stays at the marketplaces. Sync reads afterwards what is live."
_JOBS: _Said = (f"{{}} job was {_SENT}", f"{{}} jobs were {_SENT}")
_ONLINE = (
    "put online since then: not known here any more, but still online. Look for the accounts' listings and adopt them, "
    "or they are published a second time."
)
_LISTINGS: _Said = (f"{{}} listing was {_ONLINE}", f"{{}} listings were {_ONLINE}")
_PRODUCTS: _Said = ("{} product", "{} products")
_LISTED: _Said = ("{} listing", "{} listings")
_UNFINISHED: _Said = (
    "{} job that was unfinished then comes back paused: it may have run since.",
    "{} jobs that were unfinished then come back paused: they may have run since.",
)
_RUNS: _Said = (
    "{} workflow run that was under way then comes back paused.",
    "{} workflow runs that were under way then come back paused.",
)
_BY_HAND = "Start the workflow by hand if that is still wanted."
_STARTS: _Said = (
    f"{{}} workflow start that was waiting then, after an import or changed stock, is dropped. {_BY_HAND}",
    f"{{}} workflow starts that were waiting then, after an import or changed stock, are dropped. {_BY_HAND}",
)
_MESSAGES: _Said = (
    "{} webhook message that was waiting then is not sent: its receiver may have it already.",
    "{} webhook messages that were waiting then are not sent: their receivers may have them already.",
)
_RESTED_JOBS: _Said = (
    "{} unfinished job is paused: it may have run since. Look at Jobs, to resume or cancel it.",
    "{} unfinished jobs are paused: they may have run since. Look at Jobs, to resume or cancel them.",
)
_RESTED_RUNS: _Said = ("{} workflow run is paused.", "{} workflow runs are paused.")
_RESTED_STARTS: _Said = (
    f"{{}} waiting workflow start was dropped. {_BY_HAND}",
    f"{{}} waiting workflow starts were dropped. {_BY_HAND}",
)
_RESTED_MESSAGES: _Said = (
    "{} webhook message is not sent: its receiver may have it already.",
    "{} webhook messages are not sent: their receivers may have them already.",
)
_RESTED_SCHEDULES: _Said = (
    "{} schedule goes on at its next time; what was missed is not made up for.",
    "{} schedules go on at their next times; what was missed is not made up for.",
)


def difference_words(changed: Difference | None, held: Contents) -> list[str]:
    """One line for each thing that would be different; ``changed`` None: the present file cannot be compared."""
    if changed is None:
        found = " and ".join(_said((held.products, _PRODUCTS), (held.listings, _LISTED)))
        return [f"It holds {found or 'no products'}.", *_unfinished(held)]
    lines = _said(
        (changed.products_back, _BACK), (changed.products_lost, _LOST), (changed.products_changed, _CHANGED)
    )  # fmt: skip
    if changed.accounts_back:
        lines.append(f"Accounts that come back: {', '.join(changed.accounts_back)}. They may have to sign in again.")
    if changed.accounts_lost:
        lines.append(f"Accounts connected since then go: {', '.join(changed.accounts_lost)}.")
    lines = lines or ["Products and accounts are the same."]
    return [*lines, *_said((changed.listings_lost, _LISTINGS), (changed.jobs_since, _JOBS)), *_unfinished(held)]


def rested_words(rested: Rested) -> list[str]:
    """What does not go on by itself, and what the seller is to do about it."""
    return _said(
        (rested.jobs, _RESTED_JOBS), (rested.runs, _RESTED_RUNS), (rested.messages, _RESTED_MESSAGES),
        (rested.schedules, _RESTED_SCHEDULES), (rested.starts, _RESTED_STARTS),
    )  # fmt: skip


def _unfinished(held: Contents) -> list[str]:
    return _said(
        (held.unfinished_jobs, _UNFINISHED), (held.runs, _RUNS), (held.starts, _STARTS), (held.messages, _MESSAGES)
    )  # fmt: skip


def _said(*counted: tuple[int, _Said]) -> list[str]:
    return [(one if count == 1 else many).format(f"{count:,}") for count, (one, many) in counted if count]
