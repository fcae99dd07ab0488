"""mmhub images, as a script uses it."""

from pathlib import Path

import pytest
from PIL import Image

from tests.cli.test_commands import Terminal, terminal

__all__ = ["terminal"]


def test_broken_links_are_listed_with_their_reason(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "lamps.csv"
    file.write_text("SKU,Title,Price,Currency,Images\nL-1,Lámpara,10,CLP,http://127.0.0.1:9/a.jpg\n", encoding="utf-8")
    terminal.json("import", str(file))
    assert terminal.json("images", "broken") == []
    code, _ = terminal.run("images", "fetch", "L-1")
    assert code == 7
    code, words = terminal.run("images", "broken")
    assert code == 7
    assert "local network" in " ".join(words.split())
    code, text = terminal.run("--json", "images", "broken")
    assert code == 7
    assert '"rule": "private_address"' in text
    assert terminal.run("images", "fetch")[0] == 2


@pytest.mark.parametrize("limit", ["0", "-1"])
def test_a_limit_below_one_is_refused(terminal: Terminal, limit: str) -> None:
    assert terminal.run("images", "broken", "--limit", limit)[0] == 2


def test_pictures_are_fixed_for_a_marketplace_and_compared(terminal: Terminal, tmp_path: Path) -> None:
    for name in ("a.webp", "b.webp"):
        Image.effect_mandelbrot((700, 700), (-3, -2.5, 2, 2.5), 60).save(tmp_path / name)
    rows = ["SKU,Title,Price,Currency,Images", "L-1,Lamp,10,EUR,a.webp", "L-2,Lamp,10,EUR,b.webp", ""]
    file = tmp_path / "lamps.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    terminal.json("import", str(file))
    found = terminal.json("images", "similar")
    assert [(row["group"], row["sku"], row["image"]) for row in found] == [(1, "L-1", "a.webp"), (1, "L-2", "b.webp")]
    code, words = terminal.run("images", "fix", "--all", "--marketplace", "nowhere")
    assert code != 0
    assert "There is no marketplace “nowhere”." in words + terminal.err
    assert terminal.run("images", "fix", "--all", "--marketplace", "mercadolibre")[0] == 0
