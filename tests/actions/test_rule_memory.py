"""What categories demand is remembered, large descriptions in small number."""

from mmhub_desktop.actions.categories import MOST_REMEMBERED, MOST_WITH_SCHEMA, RuleMemory
from mmhub_desktop.marketplaces.base import CategoryRules


def rules(name: str, *, large: bool = False) -> CategoryRules:
    return CategoryRules(name, name, True, 60, 60, 1, schema={"type": "object"} if large else {})


def test_only_some_large_descriptions_are_remembered():
    memory = RuleMemory()
    for number in range(MOST_WITH_SCHEMA + 3):
        memory.put(("shop", "", f"large {number}"), rules(f"large {number}", large=True))
    memory.put(("shop", "", "small"), rules("small"))
    assert memory.get(("shop", "", "large 2")) is None
    assert memory.get(("shop", "", "large 3")) is not None
    assert memory.get(("shop", "", "small")) is not None


def test_many_small_ones_are():
    memory = RuleMemory()
    for number in range(MOST_REMEMBERED + 1):
        memory.put(("shop", "", str(number)), rules(str(number)))
    assert memory.get(("shop", "", "0")) is None
    assert memory.get(("shop", "", "1")) is not None
