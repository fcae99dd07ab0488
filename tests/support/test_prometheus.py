"""The metrics as another program reads them."""

import re

from mmhub_desktop.domain.call_stats import CallStats, bound_of
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.support.prometheus import exposition

LINE = re.compile(r'^[a-z_]+\{([a-z]+="(\\.|[^"\\])*",?)+\} -?[0-9.e+]+$')


def test_every_line_is_a_sample_or_a_comment_and_buckets_add_up() -> None:
    stats = CallStats(AccountId(1), "publish.create", 3, 1, 2, 1, 1500, 660, {bound_of(20): 1, bound_of(320): 2})
    text = exposition([stats], {AccountId(1): 'My "shop"\\'}, {JobState.FAILED: 4})
    lines = text.splitlines()
    assert text.endswith("\n")
    assert all(line.startswith(("# HELP ", "# TYPE ")) or LINE.match(line) for line in lines)
    labels = r'account="My \"shop\"\\",operation="publish.create"'
    assert f'mmhub_calls_total{{{labels},outcome="ok"}} 2' in lines
    assert f"mmhub_call_throttled_seconds_total{{{labels}}} 1.5" in lines
    assert f"mmhub_call_duration_seconds_sum{{{labels}}} 0.66" in lines
    assert 'mmhub_jobs{state="failed"} 4' in lines
    buckets = [int(line.rpartition(" ")[2]) for line in lines if line.startswith("mmhub_call_duration_seconds_bucket")]
    assert buckets == sorted(buckets)
    assert (buckets[0], buckets[-1]) == (0, 3)
    le = {line: int(line.rpartition(" ")[2]) for line in lines if "_bucket" in line}
    for line, within in le.items():
        bound = re.search(r'le="([0-9.]+)"', line)
        if bound is not None:
            assert within >= (float(bound[1]) >= 0.032) + 2 * (float(bound[1]) >= 0.5)
