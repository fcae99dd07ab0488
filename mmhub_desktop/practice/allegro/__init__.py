"""A practice Allegro, written from its specification and the facts known of it."""

from mmhub_desktop.practice.entry import PracticeEntry

PRACTICE = PracticeEntry(
    "allegro",
    "mmhub_desktop.practice.allegro.app:AllegroPractice",
    {
        "environment": "production",
        "client_id": "practice-app",
        "client_secret": "practice-secret",
        "app_name": "MultiMarketHub",
        "app_page": "https://practice.invalid/about",
        "location_city": "Warszawa",
        "location_postcode": "00-950",
        "location_country": "PL",
        "location_province": "MAZOWIECKIE",
        "handling_time": "PT24H",
        "shipping_rates": "11111111-1111-4111-8111-111111111111",
        "return_policy": "22222222-2222-4222-8222-222222222222",
        "implied_warranty": "33333333-3333-4333-8333-333333333333",
        "lookup_lag_s": "1,2,3",
    },
)
