"""The practice Paris as one web application."""

from mmhub_desktop.practice.paris import auth, families, offers, orders, products
from mmhub_desktop.practice.paris.books import ParisBooks

_MODULES = (auth, families, products, offers, orders)


class ParisPractice(ParisBooks):
    """The books with all routes, for ``PracticeServer``."""

    routes = tuple(module.routes for module in _MODULES)
