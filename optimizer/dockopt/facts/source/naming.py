"""Lists of names, written as text: one below the other they would be longer than their code."""


def names(text: str) -> frozenset[str]:
    """The names in a text that blanks part."""
    return frozenset(text.split())
