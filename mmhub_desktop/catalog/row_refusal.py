"""A row that is not imported, and why."""


class Refused(Exception):
    """A row that cannot be imported: ``rule`` is the same for all rows of its kind, the text names the value."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
