"""The documents: links that lead somewhere, commands that exist, a page of one shape for each marketplace."""

import re
import tomllib
from dataclasses import fields
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import click
import pytest

from mmhub_desktop.cli import cli
from mmhub_desktop.marketplaces.base import installed_marketplaces
from mmhub_desktop.practice.faults import Switches
from mmhub_desktop.practice.server import find_practice

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MARKETPLACES = sorted(
    entry.name for entry in entry_points(group="mmhub_desktop.marketplaces") if entry.value.startswith("mmhub_desktop.")
)
SECTIONS = [
    "Connecting an account",
    "What the adapter does",
    "What it does not do",
    "Quirks, and how they are met",
    "Not confirmed, and what the program does",
]
LINK = re.compile(r"\[[^\]]*\]\(<?([^)\s>]+)>?\)")
COMMAND = re.compile(r"(?:^|[`/\s“])mmhub((?: +[^\s`”#]+)+)", re.MULTILINE)


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made where Markdown is shown."""
    headings = re.findall(r"^#+ +(.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-") for heading in headings}


def _commands(text: str) -> list[list[str]]:
    """The words after each ``mmhub`` of a text, up to the first that cannot name a command."""
    found = []
    for words in COMMAND.findall(text):
        names = []
        for word in words.split():
            match = re.fullmatch(r"([a-z][a-z-]*)([.,;:)]*)", word)
            if match is None:
                break
            names.append(match[1])
            if match[2]:
                break
        if names:
            found.append(names)
    return found


def _unknown(names: list[str]) -> str:
    """What of these words is no command; words after a command without subcommands are its arguments."""
    group: click.Command = cli
    for name in names:
        if not isinstance(group, click.Group):
            return ""
        if name not in group.commands:
            return name
        group = group.commands[name]
    return ""


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(page.read_text("utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or not there.is_relative_to(ROOT) or (anchor and anchor not in _anchors(there)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=_name)
def test_code_in_backticks_that_names_a_file_names_one_that_is_there(page: Path) -> None:
    named = re.findall(r"`((?:mmhub_desktop|tests|docs|resources)/[\w./-]+)`", page.read_text("utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_commands_exist(page: Path) -> None:
    commands = [names for names in _commands(page.read_text("utf-8")) if _unknown(names)]
    assert commands == []


def test_commands_are_found_in_text() -> None:
    text = (
        "Run `mmhub jobs list`, or mmhub drift shows.\n.venv/bin/mmhub publish --status optimized\n`mmhub jobs lisst`"
    )
    found = _commands(text)
    assert found == [["jobs", "list"], ["drift", "shows"], ["publish"], ["jobs", "lisst"]]
    assert [_unknown(names) for names in found] == ["", "", "", "lisst"]


def test_the_readme_names_commands() -> None:
    assert len(_commands((ROOT / "README.md").read_text("utf-8"))) >= 8


@pytest.mark.parametrize("name", MARKETPLACES)
def test_every_marketplace_has_a_page_of_the_same_shape(name: str) -> None:
    page = (ROOT / "docs" / "marketplaces" / f"{name}.md").read_text("utf-8")
    headings = re.findall(r"^## +(.+)$", page, re.MULTILINE)
    assert [heading for heading in headings if heading in SECTIONS] == SECTIONS
    assert "**How far it is proved.**" in page
    steps = page.partition("## Connecting an account")[2].partition("\n## ")[0]
    assert re.search(r"^1\. .*^2\. .*^3\. ", steps, re.MULTILINE | re.DOTALL), "no steps to follow"
    assert len(installed_marketplaces().things[name].setup) >= 3, "the window has no steps to follow"


@pytest.mark.parametrize("name", MARKETPLACES)
def test_switches_of_the_practice_marketplace_stand_on_its_page(name: str) -> None:
    page = (ROOT / "docs" / "marketplaces" / f"{name}.md").read_text("utf-8").partition("\n## The practice ")[2]
    module, _, made = find_practice(name).place.partition(":")
    switches = getattr(import_module(module), made).switches
    own = {field.name for field in fields(switches)} - {field.name for field in fields(Switches)}
    assert sorted(one for one in own if f"`{one}`" not in page) == []


def test_no_page_of_a_marketplace_that_is_gone() -> None:
    pages = {page.stem for page in (ROOT / "docs" / "marketplaces").glob("*.md")} - {"README"}
    assert pages == set(MARKETPLACES)


def test_the_map_shows_the_layers_that_are_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert "\n```\n" + "\n".join(layers) + "\n```\n" in text
    rooms = {name for layer in layers for name in layer.split(" | ")}
    described = set(re.findall(r"`(\w+)/?`", text.partition("## The map")[2].partition("\n## ")[0]))
    assert rooms - described == set()


def test_every_adapter_is_held_apart_from_the_others() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    apart = next(contract["modules"] for contract in contracts if contract["type"] == "independence")
    assert apart == [f"mmhub_desktop.marketplaces.{name}" for name in MARKETPLACES]


def test_benchmarks_of_the_makefile_are_those_that_are_there() -> None:
    named = re.search(r"for script in ([\w ]+);", (ROOT / "Makefile").read_text("utf-8"))
    assert named is not None
    scripts = named[1].split()
    assert [name for name in scripts if not (ROOT / "tests" / "benchmarks" / f"{name}.py").exists()] == []
    described = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [name for name in scripts if f"`{name}`" not in described] == []
