"""Numbers about calls and jobs in Prometheus' text format (version 0.0.4), for ``mmhub metrics --prometheus``."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from mmhub_desktop.domain.budget import BudgetState
from mmhub_desktop.domain.call_stats import LAST_BOUND, CallStats, upper_ms
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import JobState

_COUNTERS: tuple[tuple[str, str, Callable[[CallStats], float]], ...] = (
    ("mmhub_call_retries_total", "Calls of a second or later attempt", lambda s: s.retries),
    ("mmhub_calls_limited_total", "Answers that asked for fewer calls", lambda s: s.limited),
    ("mmhub_call_throttled_seconds_total", "Time waited for the account's rate limit", lambda s: s.throttled_ms / 1000),
)
_EVERY = 3  # of the bounds in which response times are counted
_TIMES = "mmhub_call_duration_seconds"


def exposition(
    stats: Iterable[CallStats],
    accounts: Mapping[AccountId, str],
    jobs: Mapping[JobState, int],
    budgets: Mapping[AccountId, Sequence[BudgetState]] | None = None,
) -> str:
    """The whole text; ``accounts`` gives their labels, ``budgets`` the calls of their hours and days."""
    lines = [*_lines(list(stats), accounts, jobs), *_budget_lines(budgets or {}, accounts)]
    return "\n".join(lines) + "\n"


def _lines(stats: list[CallStats], accounts: Mapping[AccountId, str], jobs: Mapping[JobState, int]) -> Iterator[str]:
    named = [(_labels(each, accounts), each) for each in stats]
    yield from _head("mmhub_calls_total", "Calls to marketplaces", "counter")
    for labels, each in named:
        yield f'mmhub_calls_total{{{labels},outcome="ok"}} {each.calls - each.failed}'
        yield f'mmhub_calls_total{{{labels},outcome="failed"}} {each.failed}'
    for name, words, value in _COUNTERS:
        yield from _head(name, words, "counter")
        yield from (f"{name}{{{labels}}} {value(each):g}" for labels, each in named)
    yield from _head(_TIMES, "Response times", "histogram")
    for labels, each in named:
        yield from _histogram(labels, each)
    yield from _head("mmhub_jobs", "Jobs by state", "gauge")
    yield from (f'mmhub_jobs{{state="{state.value}"}} {jobs.get(state, 0)}' for state in JobState)


def _budget_lines(
    budgets: Mapping[AccountId, Sequence[BudgetState]], accounts: Mapping[AccountId, str]
) -> Iterator[str]:
    states = [
        (f'account="{_escape(accounts.get(id_, str(id_)))}",budget="{_escape(state.budget.key)}"', state)
        for id_, each in budgets.items()
        for state in each
    ]
    if not states:
        return
    yield from _head("mmhub_call_budget_used", "Calls used of an hour or a day", "gauge")
    yield from (f"mmhub_call_budget_used{{{labels}}} {state.used}" for labels, state in states)
    yield from _head("mmhub_call_budget_allowed", "Calls allowed in that hour or day", "gauge")
    yield from (f"mmhub_call_budget_allowed{{{labels}}} {state.allowed}" for labels, state in states)


def _head(name: str, words: str, kind: str) -> tuple[str, str]:
    return f"# HELP {name} {words}", f"# TYPE {name} {kind}"


def _histogram(labels: str, stats: CallStats) -> Iterator[str]:
    for bound in range(0, LAST_BOUND + 1, _EVERY):
        within = sum(count for each, count in stats.times.items() if each <= bound)
        yield f'{_TIMES}_bucket{{{labels},le="{upper_ms(bound) / 1000:.4g}"}} {within}'
    yield f'{_TIMES}_bucket{{{labels},le="+Inf"}} {stats.calls}'
    yield f"{_TIMES}_sum{{{labels}}} {stats.total_ms / 1000:g}"
    yield f"{_TIMES}_count{{{labels}}} {stats.calls}"


def _labels(stats: CallStats, accounts: Mapping[AccountId, str]) -> str:
    account = accounts.get(stats.account_id, str(stats.account_id))
    return f'account="{_escape(account)}",operation="{_escape(stats.operation)}"'


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
