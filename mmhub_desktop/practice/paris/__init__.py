"""A practice marketplace that behaves like Paris (Paris.cl), as far as integrators tell."""

from mmhub_desktop.practice.entry import PracticeEntry

PRACTICE = PracticeEntry(
    "paris",
    "mmhub_desktop.practice.paris.app:ParisPractice",
    {"api_key": "practice-api-key", "lookup_lag_s": "1,2,3"},
)
