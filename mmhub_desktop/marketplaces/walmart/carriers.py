"""The carriers that Walmart knows by name, in its exact spelling."""

from mmhub_desktop.domain.product import fold

CARRIERS = (
    "UPS", "USPS", "FedEx", "Airborne", "OnTrac", "DHL Ecommerce - US", "DHL", "LS", "UDS", "UPSMI", "FDX", "PILOT",
    "ESTES", "SAIA", "FDS Express", "Seko Worldwide", "HIT Delivery", "FEDEXSP", "RL Carriers",
    "Metropolitan Warehouse & Delivery", "China Post", "YunExpress", "Yellow Freight Sys", "AIT Worldwide Logistics",
    "Chukou1", "Sendle", "Landmark Global", "Sunyou", "Yanwen", "4PX", "GLS", "OSM Worldwide", "FIRST MILE",
    "AM Trucking", "CEVA", "India Post", "SF Express", "CNE", "TForce Freight", "AxleHire", "LSO", "Royal Mail",
    "ABF Freight System", "WanB", "Roadrunner Freight", "Meyer Distribution", "AAA Cooper", "Canada Post",
    "Southeastern Freight Lines", "Japan Post", "Correos de Mexico", "XPO Logistics", "JD Logistics", "YDH", "JCEX",
    "Flyt", "Deutsche Post", "Better Trucks", "Asendia", "SFC", "UBI", "ePost Global", "YF Logistics", "RXO",
    "Estes Express", "Shypmax", "WIN.IT America", "PITT OHIO", "PostNord Sweden", "Equick", "Whistl", "Tusou",
    "Shiprocket", "USPS First Class Mail", "DTDC", "PTS", "ShipGlobal", "Western Post",
)  # fmt: skip

_OTHERS = {"fed ex": "FedEx", "federal express": "FedEx", "u.p.s.": "UPS", "united states postal service": "USPS"}
_BY_NAME = {fold(name): name for name in CARRIERS} | _OTHERS


def carrier_of(name: str) -> str:
    """Walmart's spelling of a carrier, empty for one that it does not know."""
    return _BY_NAME.get(fold(name.strip()), "")
