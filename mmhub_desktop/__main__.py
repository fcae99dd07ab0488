"""The program's one start: no arguments open the window, anything else goes to the command line."""

import multiprocessing
import sys


def main() -> int:
    """Start the window or the command line; returns the exit code."""
    multiprocessing.freeze_support()  # first: in a frozen program the import process starts here too
    arguments = sys.argv[1:]
    if not arguments or arguments[0] == "window":
        from mmhub_desktop.gui.run import run

        return run(arguments[1:])
    if arguments == ["--selfcheck"]:
        from mmhub_desktop.selfcheck import main as check

        return check()
    from mmhub_desktop.cli import main as command_line

    return command_line(arguments)


if __name__ == "__main__":
    sys.exit(main())
