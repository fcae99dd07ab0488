"""Category suggestions, item specifics and condition policies, for callers with the application's token."""

import re

from aiohttp import web

from mmhub_desktop.practice.ebay.auth import BASE, caller
from mmhub_desktop.practice.ebay.categories import (
    CATEGORIES,
    CONDITIONS,
    PARENTS,
    SITES,
    TREE_VERSION,
    TREES,
    Aspect,
    Category,
    aspect_name,
    suggest,
)
from mmhub_desktop.practice.ebay.errors import refuse
from mmhub_desktop.practice.state import Json

_TREE = "/commerce/taxonomy/v1/category_tree/{tree}"
_VERSION = {"categoryTreeVersion": TREE_VERSION}

routes = web.RouteTableDef()


@routes.get("/commerce/taxonomy/v1/get_default_category_tree_id")
async def default_tree(request: web.Request) -> web.Response:
    """Which tree a marketplace has."""
    caller(request, BASE)
    site = SITES.get(request.query.get("marketplace_id", ""))
    if site is None:
        raise refuse(62004)
    return web.json_response({"categoryTreeId": site[0], **_VERSION})


def _tree(request: web.Request) -> str:
    caller(request, BASE)
    tree = request.match_info["tree"]
    if tree not in TREES:
        raise refuse(62004, status=404)
    return tree


def _leaf(request: web.Request) -> Category:
    number = request.query.get("category_id", "")
    if number in PARENTS:
        raise refuse(62009)
    if number not in CATEGORIES:
        raise refuse(62005)
    return CATEGORIES[number]


@routes.get(_TREE + "/get_category_suggestions")
async def suggestions(request: web.Request) -> web.Response:
    """Leaves for some words."""
    tree, words = _tree(request), request.query.get("q", "").strip()
    if not words:
        raise refuse(62007)
    rows = [
        {
            "category": {"categoryId": one.id, "categoryName": one.name},
            "categoryTreeNodeLevel": len(one.above) + 1,
            "categoryTreeNodeAncestors": [
                {
                    "categoryId": number,
                    "categoryName": name,
                    "categoryTreeNodeLevel": len(one.above) - place,
                    "categorySubtreeNodeHref": f"https://api.ebay.com/commerce/taxonomy/v1/category_tree/{tree}"
                    f"/get_category_subtree?category_id={number}",
                }
                for place, (number, name) in enumerate(one.above)
            ],
        }
        for one in suggest(words)
    ]
    return web.json_response({"categorySuggestions": rows, "categoryTreeId": tree, **_VERSION})


@routes.get(_TREE + "/get_category_subtree")
async def subtree(request: web.Request) -> web.Response:
    """One node by its number; only leaves are told whole."""
    tree, number = _tree(request), request.query.get("category_id", "")
    name = CATEGORIES[number].name if number in CATEGORIES else PARENTS.get(number)
    if name is None:
        raise refuse(62005)
    node: Json = {
        "category": {"categoryId": number, "categoryName": name},
        "categoryTreeNodeLevel": len(CATEGORIES[number].above) + 1 if number in CATEGORIES else 1,
    }
    if number in CATEGORIES:
        node["leafCategoryTreeNode"] = True
    return web.json_response({"categorySubtreeNode": node, "categoryTreeId": tree, **_VERSION})


@routes.get(_TREE + "/get_item_aspects_for_category")
async def aspects(request: web.Request) -> web.Response:
    """The item specifics of a leaf."""
    site = TREES[_tree(request)]
    return web.json_response({"aspects": [_told(one, site) for one in _leaf(request).aspects]})


def _told(aspect: Aspect, site: str) -> Json:
    limit: Json = {
        "aspectDataType": "STRING_ARRAY" if aspect.several else "STRING",
        "itemToAspectCardinality": "MULTI" if aspect.several else "SINGLE",
        "aspectMode": "SELECTION_ONLY" if aspect.closed else "FREE_TEXT",
        "aspectRequired": aspect.required,
        "aspectUsage": "RECOMMENDED" if aspect.required or aspect.values else "OPTIONAL",
        "aspectEnabledForVariations": aspect.varies,
        "aspectApplicableTo": ["ITEM"],
        "aspectMaxLength": aspect.longest,
    }
    if aspect.soon:
        limit["expectedRequiredByDate"] = aspect.soon
    return {
        "localizedAspectName": aspect_name(aspect, site),
        "aspectConstraint": limit,
        "aspectValues": [_told_value(aspect, value) for value in aspect.values],
    }


def _told_value(aspect: Aspect, value: str) -> Json:
    limits = [
        {"applicableForLocalizedAspectName": other, "applicableForLocalizedAspectValues": list(words)}
        for bound, other, words in aspect.only_with
        if bound == value
    ]
    return {"localizedValue": value, **({"valueConstraints": limits} if limits else {})}


@routes.get("/sell/metadata/v1/marketplace/{site}/get_item_condition_policies")
async def conditions(request: web.Request) -> web.Response:
    """Which conditions categories allow; all of them without a filter."""
    caller(request, BASE)
    site = SITES.get(request.match_info["site"])
    if site is None:
        raise refuse(2004, "Invalid marketplace.", 404)
    wanted = re.fullmatch(r"categoryIds:\{([\d|]+)\}", request.query.get("filter", ""))
    numbers = wanted[1].split("|") if wanted else list(CATEGORIES)
    rows = [
        {
            "categoryTreeId": site[0],
            "categoryId": number,
            "itemConditionRequired": True,
            "itemConditions": [
                {"conditionId": one, "conditionDescription": CONDITIONS[one][0]}
                for one in CATEGORIES[number].conditions
            ],
        }
        for number in numbers
        if number in CATEGORIES
    ]
    return web.json_response({"itemConditionPolicies": rows}) if rows else web.Response(status=204)
