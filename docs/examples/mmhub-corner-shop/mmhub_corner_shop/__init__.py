"""The Corner Shop: a marketplace for MultiMarket Hub from a package of its own."""

from mmhub_desktop.practice.entry import PracticeEntry

PRACTICE = PracticeEntry(
    "cornershop", "mmhub_corner_shop.practice:CornerShopPractice", {"api_key": "practice-key", "lookup_lag_s": "0,0"}
)
