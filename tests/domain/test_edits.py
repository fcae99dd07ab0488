"""Edits over what is stored."""

from mmhub_desktop.domain.edits import Conflict, Edits, cells_from_json


def test_setting_back_what_is_stored_is_no_edit() -> None:
    edits = Edits({"brand": "Lumea"})
    assert edits.set("brand", "Nord")
    assert edits.changed == {"brand": "Nord"}
    assert edits.set("brand", "Lumea")
    assert not edits


def test_cells_that_were_not_edited_follow_what_is_stored() -> None:
    edits = Edits({"brand": "Lumea", "price": "10"})
    edits.set("price", "12")
    edits.rebase({"brand": "Other", "price": "10"})
    assert (edits.value("brand"), edits.value("price"), edits.conflicts()) == ("Other", "12", [])


def test_an_edited_cell_that_changed_elsewhere_is_a_conflict_until_settled() -> None:
    edits = Edits({"price": "10"})
    edits.set("price", "12")
    edits.rebase({"price": "11"})
    assert edits.conflicts() == [Conflict("price", "10", "11", "12")]
    edits.keep_mine("price")
    assert edits.conflicts() == []
    assert edits.cells == {"price": ("11", "12")}


def test_the_same_change_made_elsewhere_ends_the_edit() -> None:
    edits = Edits({"price": "10"})
    edits.set("price", "12")
    edits.rebase({"price": "12"})
    assert not edits


def test_a_draft_holds_the_edits() -> None:
    edits = Edits({"title": "Old"})
    edits.set("title", "Ñandú")
    edits.set("attributes.Color", "Red")
    again = Edits({"title": "Older"}, cells_from_json(edits.to_json()))
    assert again.cells == {"title": ("Old", "Ñandú"), "attributes.Color": ("", "Red")}
    assert [conflict.key for conflict in again.conflicts()] == ["title"]


def test_what_is_typed_while_edits_are_saved_stays_an_edit() -> None:
    edits = Edits({"price": "10", "brand": "Nord"})
    edits.set("price", "12")
    edits.set("brand", "South")
    saved = edits.cells
    edits.set("price", "13")
    edits.settle(saved)
    edits.rebase({"price": "12", "brand": "South"})
    assert (edits.cells, edits.conflicts()) == ({"price": ("12", "13")}, [])
