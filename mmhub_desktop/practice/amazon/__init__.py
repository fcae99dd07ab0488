"""The practice Amazon, written from the facts and models of the Selling Partner API."""

from mmhub_desktop.practice.entry import PracticeEntry

PRACTICE = PracticeEntry(
    "amazon",
    "mmhub_desktop.practice.amazon.app:AmazonPractice",
    {
        "region": "na",
        "client_id": "amzn1.application-oa2-client.practice",
        "client_secret": "amzn1.oa2-cs.v1.practice",
        "refresh_token": "Atzr|practice",
        "seller_id": "A2PRACTICESHOP",
        "marketplace_id": "ATVPDKIKX0DER",
        "gtin_exempt": "yes",
        "lookup_lag_s": "1,2",
    },
)
