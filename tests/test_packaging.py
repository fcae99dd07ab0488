"""What a fresh machine is set up from: the lock, the entry points, the sample products, the set-up script."""

import ast
import csv
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from PIL import Image

from mmhub_desktop.marketplaces.base import Marketplace, installed_marketplaces
from mmhub_desktop.paths import resource

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINNED = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", LOCK, re.MULTILINE))


def wanted() -> list[str]:
    groups = PROJECT["dependency-groups"]
    lines = [*PROJECT["project"]["dependencies"], *groups["dev"], *groups["bench"], *groups["build"]]
    return [re.split(r"[<>=!~\[; ]", line)[0].lower().replace("_", "-") for line in lines]


@pytest.mark.parametrize("name", wanted())
def test_every_dependency_is_pinned_in_the_lock(name: str) -> None:
    assert name in PINNED


def test_the_lock_names_no_server_and_hashes_every_package() -> None:
    assert "://" not in LOCK
    assert not re.search(r"^--(index|extra|find|trusted)", LOCK, re.MULTILINE)
    blocks = re.split(r"^(?=[a-z0-9._-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(PINNED)
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_qt_stays_below_the_version_that_crashes_on_python_3_11() -> None:
    assert PINNED["pyside6-essentials"] == PINNED["shiboken6"]
    assert tuple(map(int, PINNED["pyside6-essentials"].split(".")[:2])) == (6, 11)


def test_calls_that_return_none_leave_its_count_alone(qapp: object) -> None:
    from PySide6.QtCore import QObject

    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(100_000):
        thing.setObjectName("x")
    assert abs(sys.getrefcount(None) - before) < 1_000


def test_the_adapters_declared_in_the_project_are_the_ones_installed() -> None:
    declared = PROJECT["project"]["entry-points"][Marketplace.ENTRY_POINTS]
    assert {entry.name: entry.value for entry in entry_points(group=Marketplace.ENTRY_POINTS)} == declared
    assert set(installed_marketplaces().things) == set(declared)


def test_every_sample_product_is_complete() -> None:
    with resource("samples/sample-products.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) >= 20
    assert len({row["SKU"].casefold() for row in rows}) == len(rows)
    for row in rows:
        assert all(row[name] for name in ("SKU", "Title", "Brand", "Model", "Category", "Price", "Currency", "Stock"))
        digits = [int(digit) for digit in row["GTIN"]]
        assert len(digits) == 13
        assert sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0
        for name in row["Images"].split(" | "):
            path = resource("samples") / name
            assert path.stat().st_size <= 40_000
            with Image.open(path) as image:
                assert min(image.size) >= 600


def test_an_old_python_can_read_the_setup_script() -> None:
    ast.parse((ROOT / ".ci" / "setup.py").read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.skipif(not sys.platform.startswith("linux") or os.geteuid() != 0, reason="becomes another user")
def test_without_rights_the_exact_line_to_type_is_printed() -> None:
    """As a user who may not install anything, with a library that no system has."""
    script = f"""
import importlib.util, os, sys
spec = importlib.util.spec_from_file_location("setup_script", {str(ROOT / ".ci" / "setup.py")!r})
setup = importlib.util.module_from_spec(spec)
spec.loader.exec_module(setup)
setup.LIBRARIES["libnobodyhasthis.so.9"] = "libnobodyhasthis9"
os.setuid(65534)
setup.install_system_packages("run")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1, done.stderr
    assert "sudo apt-get install --yes --no-install-recommends libnobodyhasthis9" in done.stderr.replace("\n", " ")
