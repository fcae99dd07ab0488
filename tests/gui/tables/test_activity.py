"""The table of calls holds to Qt's rules and says what the numbers say."""

from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.call_stats import CallStats, bound_of
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.gui.tables.activity import COLUMNS, ActivityModel, operation_words, percent

FEW = CallStats(AccountId(1), "update.send_changes", 2, 1, 0, 0, 0, 80, {bound_of(40): 2})
MANY = CallStats(AccountId(2), "publish.create_listing", 1200, 0, 3, 1, 4_200, 9_000, {bound_of(40): 1200})


def test_the_model_keeps_qts_rules_while_it_changes(qtbot: QtBot) -> None:
    del qtbot
    model = ActivityModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert tester.model() is model
    labels = {AccountId(2): "Shop"}
    model.set_stats([FEW, MANY], labels)
    rows = [[model.index(row, column).data() for column in range(len(COLUMNS))] for row in range(2)]
    assert rows[0][1:4] == ["Shop", "1,200", "100%"]
    assert rows[0][6:] == ["3", "4 s"]
    assert rows[1][1:4] == ["removed", "2", "50.0%"]
    assert model.index(1, 3).data(ActivityModel.TOKEN) == "err"
    assert model.index(0, 3).data(ActivityModel.TOKEN) is None
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.set_stats([FEW, MANY], labels)
    assert not resets
    model.set_stats([FEW], labels)
    assert resets
    assert model.rowCount() == 1


def test_operations_in_words() -> None:
    assert operation_words("publish.create_listing").startswith("Publish: ")
    assert operation_words("account") == "Signing in and testing"
    assert operation_words("third_party.do_it") == "Third party: do it"


def test_a_hundred_per_cent_only_when_it_is() -> None:
    assert [percent(rate) for rate in (None, 1.0, 0.99999, 0.5)] == ["–", "100%", "99.9%", "50.0%"]
