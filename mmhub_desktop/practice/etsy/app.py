"""The practice Etsy as one web application."""

from mmhub_desktop.practice.etsy import auth, inventory, listings, parts, receipts, shop, taxonomy
from mmhub_desktop.practice.etsy.market import Market

_MODULES = (auth, taxonomy, listings, inventory, parts, shop, receipts)


class EtsyPractice(Market):
    """The marketplace with its routes, for ``PracticeServer``."""

    routes = tuple(module.routes for module in _MODULES)
    token_rules = auth.RULES
    consent_routes = frozenset({"/oauth/connect"})
    token_routes = frozenset({"/v3/public/oauth/token"})
