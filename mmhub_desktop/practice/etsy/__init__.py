"""The practice Etsy, written from the published description and the fact sheet."""

from mmhub_desktop.practice.entry import PracticeEntry

PRACTICE = PracticeEntry(
    "etsy",
    "mmhub_desktop.practice.etsy.app:EtsyPractice",
    {
        "client_id": "practice-keystring",
        "shared_secret": "practice-shared-secret",
        "redirect_uri": "http://localhost:3003/oauth/redirect",
        "publish": "active",  # nothing is charged here
        "shipping_profile_id": "7100001",
        "return_policy_id": "7200001",
        "readiness_state_id": "7300001",
        "who_made": "i_did",
        "when_made": "made_to_order",
        "lookup_lag_s": "1,2,3",
    },
)
