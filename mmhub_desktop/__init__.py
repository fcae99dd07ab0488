"""MultiMarket Hub Desktop: from a product file to live listings on many marketplaces, on the seller's machine."""

__version__ = "0.1.0"
