"""A small part of the seller taxonomy, with properties, in the form of the real one."""

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.etsy.auth import check_key
from mmhub_desktop.practice.etsy.market import market_of
from mmhub_desktop.practice.etsy.switches import refuse
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_Tree = dict[str, Any]
_TREE: _Tree = {
    "Accessories": {"Hats & Caps": {"Winter Hats": {}, "Sun Hats": {}}, "Scarves & Wraps": {"Scarves": {}}},
    "Bags & Purses": {"Handbags": {"Shoulder Bags": {}, "Tote Bags": {}}, "Backpacks": {}},
    "Clothing": {"Gender-Neutral Adult Clothing": {"Tops & Tees": {"T-shirts": {}}, "Hoodies & Sweatshirts": {}}},
    "Craft Supplies & Tools": {"Beads, Gems & Cabochons": {"Beads": {}}, "Yarn & Fiber": {"Yarn": {}}},
    "Home & Living": {
        "Kitchen & Dining": {"Drink & Barware": {"Drinkware": {"Mugs": {}, "Tumblers": {}}}, "Cutting Boards": {}},
        "Lighting": {"Lamps": {"Table & Desk Lamps": {}, "Floor Lamps": {}}, "Pendant Lights": {}},
        "Home Decor": {"Candles & Holders": {"Candles": {}, "Candle Holders": {}}, "Clocks": {"Wall Clocks": {}}},
        "Bedding": {"Blankets & Throws": {}, "Pillows": {}},
    },
    "Jewelry": {
        "Necklaces": {"Pendant Necklaces": {}, "Chains": {}},
        "Rings": {"Bands": {}},
        "Earrings": {"Hoops": {}},
    },
    "Toys & Games": {"Toys": {"Dolls & Action Figures": {}, "Wooden Toys": {}}, "Puzzles": {"Jigsaw Puzzles": {}}},
}
_COLORS = ("Beige", "Black", "Blue", "Brown", "Gold", "Gray", "Green", "Orange", "Pink", "Red", "White", "Yellow")
_SIZES = ("XS", "S", "M", "L", "XL")
_CHAINS = ("Ball", "Box", "Cable", "Rope", "Snake")
_US_LETTER = 52


def _build(tree: _Tree, above: list[int], start: int) -> tuple[list[Json], int]:
    nodes, number = [], start
    for name, below in tree.items():
        node_id, number = number, number + 1
        children, number = _build(below, [*above, node_id], number)
        node = {
            "id": node_id,
            "level": len(above) + 1,
            "name": name,
            "parent_id": above[-1] if above else None,
            "children": children,
            "full_path_taxonomy_ids": [*above, node_id],
        }
        nodes.append(node)
    return nodes, number


NODES = _build(_TREE, [], 1001)[0]


def _flat(nodes: list[Json]) -> Iterator[Json]:
    for node in nodes:
        yield node
        yield from _flat(node["children"])


BY_ID = {node["id"]: node for node in _flat(NODES)}


def _property(number: int, name: str, values: tuple[str, ...], *, required: bool = False, varies: bool = True) -> Json:
    scale = _US_LETTER if values is _SIZES else None
    return {
        "property_id": number,
        "name": name,
        "display_name": name,
        "scales": [{"scale_id": _US_LETTER, "display_name": "US", "description": "Letter sizes"}] if scale else [],
        "is_required": required,
        "supports_attributes": True,
        "supports_variations": varies,
        "is_multivalued": not varies,
        "max_values_allowed": None if varies else 3,
        "possible_values": [
            {"value_id": number * 100 + place, "name": value, "scale_id": scale, "equal_to": []}
            for place, value in enumerate(values, 1)
        ],
        "selected_values": [],
    }


def properties_of(taxonomy_id: int) -> list[Json]:
    """The properties of a category."""
    found = [_property(200, "Primary color", _COLORS), _property(271, "Secondary color", _COLORS, varies=False)]
    name = BY_ID[taxonomy_id]["name"]
    if name in ("T-shirts", "Hoodies & Sweatshirts"):
        found.append(_property(100, "Size", _SIZES))
    if name in ("Pendant Necklaces", "Chains"):
        found.append(_property(4201, "Chain style", _CHAINS, required=True, varies=False))
    if name in ("Mugs", "Tumblers"):
        found.append(_property(570, "Capacity", (), varies=False))
    return found


@routes.get("/v3/application/seller-taxonomy/nodes")
async def all_nodes(request: web.Request) -> web.Response:
    """The whole tree."""
    check_key(request)
    return market_of(request).answer({"count": len(NODES), "results": NODES})


@routes.get("/v3/application/seller-taxonomy/nodes/{taxonomy_id}/properties")
async def node_properties(request: web.Request) -> web.Response:
    """One category's properties."""
    check_key(request)
    text = request.match_info["taxonomy_id"]
    if not text.isdecimal() or int(text) not in BY_ID:
        raise refuse(404, "Taxonomy node not found")
    rows = properties_of(int(text))
    return market_of(request).answer({"count": len(rows), "results": rows})
