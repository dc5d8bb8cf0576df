"""Colour for terminals, or none."""

from dockopt.immutable import immutable

_RESET = "\x1b[0m"


@immutable(slots=True)
class Paint:
    """Colours text where `enabled`; gives it back as it is otherwise."""

    enabled: bool = False

    def bold(self, text: str) -> str:
        """What a section is called."""
        return self._with("1", text)

    def dim(self, text: str) -> str:
        """What can be skipped."""
        return self._with("2", text)

    def red(self, text: str) -> str:
        """What goes, what failed."""
        return self._with("31", text)

    def green(self, text: str) -> str:
        """What comes, what is saved."""
        return self._with("32", text)

    def yellow(self, text: str) -> str:
        """What was left out."""
        return self._with("33", text)

    def cyan(self, text: str) -> str:
        """Names and places."""
        return self._with("36", text)

    def _with(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}{_RESET}" if self.enabled and text else text
