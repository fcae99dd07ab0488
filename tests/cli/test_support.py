"""mmhub support, as a seller who was asked for it uses it."""

import zipfile
from pathlib import Path

from tests.cli.test_commands import Terminal, terminal

__all__ = ["terminal"]


def test_a_bundle_is_written_where_asked(terminal: Terminal, tmp_path: Path) -> None:
    terminal.json("accounts", "add", "mercadolibre", "--practice")
    target = tmp_path / "support.zip"
    answer = terminal.json("support", str(target))
    with zipfile.ZipFile(target) as bundle:
        assert bundle.namelist() == answer["contents"]
    code, _ = terminal.run("support", str(tmp_path / "nowhere" / "support.zip"))
    assert code == 3
