"""How a seller grants access in the browser: by a redirect that is pasted, or by a code that is shown on two sides."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """The page to open, and what must be remembered (state, verifier, device code) until the seller has agreed.

    ``code`` is what the page shows too, so that the seller can compare; empty where there is none. Without ``pastes``
    nothing comes back from the browser: the seller agrees there and says so here.
    """

    address: str
    remembered: Mapping[str, str]
    code: str = ""
    pastes: bool = True


class Consent(ABC):
    """How a seller grants access in the browser: OAuth with PKCE and a pasted or caught redirect, or a device code."""

    @abstractmethod
    def start(self) -> tuple[str, Mapping[str, str]]:
        """The page to open, and what must be remembered (state, verifier) until the redirect comes back."""

    async def begin(self) -> ConsentPage:
        """``start`` as a page. Override it where the marketplace must be asked for the page first."""
        address, remembered = self.start()
        return ConsentPage(address, remembered)

    @abstractmethod
    async def finish(self, redirect: str, remembered: Mapping[str, str]) -> None:
        """Check the pasted redirect URL and exchange its code; the secrets are saved before this returns.

        UserMistake when the text is not that redirect, its state does not match, or the seller has not agreed yet where
        nothing is pasted; SignInNeeded when refused.
        """
