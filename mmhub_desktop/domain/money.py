"""Money as an exact amount with its currency."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# ISO 4217 currencies whose minor unit is not 1/100.
_DECIMALS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
    "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip


def currency_decimals(currency: str) -> int:
    """How many digits after the point a currency has (ISO 4217)."""
    return _DECIMALS.get(currency, 2)


def currencies_of_decimals(digits: int) -> tuple[str, ...]:
    """The currencies with so many digits after the point, where that is not the usual two."""
    return tuple(currency for currency, decimals in _DECIMALS.items() if decimals == digits)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units (cents, or whole pesos for CLP) of a currency (ISO 4217)."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> "Money":
        """From a decimal amount, rounded half up to the currency's minor unit."""
        scaled = amount.scaleb(currency_decimals(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return cls(int(scaled), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, exact, with the currency's number of decimals."""
        return Decimal(self.minor).scaleb(-currency_decimals(self.currency))

    def __str__(self) -> str:
        return f"{self.amount:,} {self.currency}"
