"""The marketplaces that the practice seller may take part in; the ids are those of the models' examples."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shop:
    """One country's shop."""

    id: str
    name: str
    country: str
    currency: str
    language: str
    domain: str
    decimals: int = 2


SHOPS = {
    shop.id: shop
    for shop in (
        Shop("ATVPDKIKX0DER", "Amazon.com", "US", "USD", "en_US", "www.amazon.com"),
        Shop("A2EUQ1WTGCTBG2", "Amazon.ca", "CA", "CAD", "en_CA", "www.amazon.ca"),
        Shop("A1VC38T7YXB528", "Amazon.co.jp", "JP", "JPY", "ja_JP", "www.amazon.co.jp", 0),
    )
}
