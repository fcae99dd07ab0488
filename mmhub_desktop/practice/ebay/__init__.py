"""The practice eBay, written from the Sell APIs' contracts and documentation."""

from mmhub_desktop.practice.entry import PracticeEntry

PRACTICE = PracticeEntry(
    "ebay",
    "mmhub_desktop.practice.ebay.app:EbayPractice",
    {
        "site": "EBAY_US",
        "client_id": "Practice-MMHub-PRD-0123456789",
        "client_secret": "PRD-practice-cert-id",
        "redirect_uri": "Practice_Seller-Practice-Practi-mmhub",
        "fulfillment_policy_id": "6197932000",
        "payment_policy_id": "6197933000",
        "return_policy_id": "6197934000",
        "location_key": "practice-warehouse",
        "lookup_lag_s": "1,2,3",
    },
)
