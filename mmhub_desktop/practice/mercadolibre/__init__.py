"""The practice MercadoLibre."""

from mmhub_desktop.practice.entry import PracticeEntry

PRACTICE = PracticeEntry(
    "mercadolibre",
    "mmhub_desktop.practice.mercadolibre.app:MercadoLibrePractice",
    {
        "site": "MLC",
        "client_id": "practice-app",
        "client_secret": "practice-secret",
        "redirect_uri": "https://practice.invalid/callback",
        "lookup_lag_s": "1,2,3",
    },
)
