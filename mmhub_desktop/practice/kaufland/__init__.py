"""The practice Kaufland: Seller API v2, written from the public facts."""

from mmhub_desktop.practice.entry import PracticeEntry

PRACTICE = PracticeEntry(
    "kaufland",
    "mmhub_desktop.practice.kaufland.app:KauflandPractice",
    {
        "site": "de",
        "client_key": "practice0client0key0for0kaufland",
        "secret_key": "practice0secret0key0practice0secret0key0practice0secret0key00000",
        "safety_name": "Practice Shop GmbH",
        "safety_address": "Musterstraße 1, 12345 Musterstadt, DE",
        "lookup_lag_s": "1,2,3",
    },
)
