"""Refusals that mean the same everywhere, in the same words; what is particular stands in each adapter's problems."""

from collections.abc import Iterable
from dataclasses import dataclass

from mmhub_desktop.errors import Finding, Rejected, Unavailable


@dataclass(frozen=True, slots=True)
class Refusals:
    """Those of one marketplace: its name, with which its findings' codes begin, and its label for people."""

    name: str
    label: str

    def rejection(self, findings: Iterable[Finding], words: str = "", original: str = "") -> Rejected:
        """The refusal of what was sent; without a finding that blocks, the marketplace's own ``words`` become one."""
        found = tuple(findings)
        if not any(finding.blocks for finding in found):
            message = words or f"{self.label} refused it without naming a reason."
            found = (*found, Finding(f"{self.name}.refused", "", message, original=original or words))
        count = sum(finding.blocks for finding in found)
        return Rejected(
            f"{self.label} found {count} problem{'s' if count != 1 else ''}.",
            findings=found,
            hint="Correct the product and send it again.",
            original=original,
        )

    def not_found(self, original: str = "", words: str = "") -> Rejected:
        """The answer 404."""
        gone = Finding(f"{self.name}.not_found", "", "It is not there any more.", original=words or original)
        return Rejected(
            f"{self.label} does not know this.",
            findings=(gone,),
            hint="It was removed there, or never existed. Publish the product again if it should be sold.",
            original=original,
        )

    def busy(self, original: str, retry_after_s: float) -> Unavailable:
        """An earlier change of the same listing is not done yet: 409 or 423."""
        return Unavailable(
            f"{self.label} is still busy with an earlier change.",
            retry_after_s=retry_after_s,
            hint="The program tries again by itself.",
            original=original,
        )
