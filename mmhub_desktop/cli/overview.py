"""What ``mmhub --help`` lists: the commands by what they are for, each with a line that is whole."""

from collections.abc import Mapping, Sequence

import click

_ENDS = (". ", "; ", ": ", ", ")


class Overview(click.Group):
    """A group whose help lists its commands below the heads of ``sections``; what stands in none comes last."""

    sections: Mapping[str, Sequence[click.Command]] = {}

    def add_sections(self, sections: Mapping[str, Sequence[click.Command]]) -> None:
        """Take these commands in, listed in this order."""
        self.sections = sections
        for commands in sections.values():
            for command in commands:
                self.add_command(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one list for each section."""
        names = self.list_commands(ctx)
        room = formatter.width - 6 - max(len(name) for name in names)
        told = {command.name for commands in self.sections.values() for command in commands}
        rest = [command for name in names if name not in told and (command := self.get_command(ctx, name)) is not None]
        for head, commands in [*self.sections.items(), ("Other", rest)]:
            lines = [(command.name or "", whole_line(command, room)) for command in commands if not command.hidden]
            if lines:
                with formatter.section(head):
                    formatter.write_dl(lines)


def whole_line(command: click.Command, room: int) -> str:
    """As much of a command's help as fits into ``room`` characters and still is a sentence or a part of one."""
    words = " ".join((command.short_help or command.help or "").split("\n\n")[0].split())
    first = words.partition(". ")[0].rstrip(".")
    if len(first) <= room:
        return first
    cut = max((first.rfind(end, 0, room + 1) for end in _ENDS), default=-1)
    return first[:cut] if cut > 0 else first[: first.rfind(" ", 0, room)]
