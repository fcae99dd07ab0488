"""The list of commands in ``mmhub --help``."""

import click

from mmhub_desktop.cli import cli
from mmhub_desktop.cli.overview import whole_line


def test_every_command_stands_below_a_head_with_a_whole_line() -> None:
    told = cli.get_help(click.Context(cli, info_name="mmhub", terminal_width=80))
    assert "Other:" not in told
    assert "..." not in told.partition("Products:")[2]
    for name in cli.commands:
        assert f"\n  {name} " in told


def test_a_line_ends_where_a_part_of_it_ends() -> None:
    command = click.Command("undo", help="Take back a change: the newest, or another one. It says what stayed.")
    assert whole_line(command, 80) == "Take back a change: the newest, or another one"
    assert whole_line(command, 40) == "Take back a change: the newest"
    assert whole_line(command, 20) == "Take back a change"
    assert whole_line(command, 10) == "Take back"
