"""A practice Walmart Marketplace (US), written from the public documents and shared facts about it."""

from mmhub_desktop.practice.entry import PracticeEntry

PRACTICE = PracticeEntry(
    "walmart",
    "mmhub_desktop.practice.walmart.app:WalmartPractice",
    {
        "site": "US",
        "client_id": "practice-client",
        "client_secret": "practice-secret",
        "lookup_lag_s": "1,2,3",
    },
)
