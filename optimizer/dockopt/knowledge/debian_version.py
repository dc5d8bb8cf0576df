"""Comparison of Debian package versions, as deb-version(7) defines it.

https://manpages.debian.org/bookworm/dpkg-dev/deb-version.7.en.html
"""

import re

_PART = re.compile(r"(\D*)(\d*)")


def _weight(character: str) -> int:
    """`~` sorts before the end, the end before letters, letters before the rest."""
    if character == "~":
        return -1
    return ord(character) if character.isalpha() else ord(character) + 256


def _key(version: str) -> list[tuple[list[int], int]]:
    parts = _PART.findall(version)
    return [([_weight(each) for each in text] + [0], int(digits or 0)) for text, digits in parts]


def _split(version: str) -> tuple[int, str, str]:
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    upstream, _, revision = rest.rpartition("-") if "-" in rest else (rest, "", "0")
    return int(epoch), upstream, revision


def compare(left: str, right: str) -> int:
    """-1, 0 or 1 as `left` is older than, equal to or newer than `right`."""
    one, two = _split(left), _split(right)
    first = (one[0], _key(one[1]), _key(one[2]))
    second = (two[0], _key(two[1]), _key(two[2]))
    return (first > second) - (first < second)


def satisfies(version: str, operator: str, wanted: str) -> bool:
    """Whether a version fulfils a relation such as `>= 1.2`; without operator, every one does."""
    if not operator:
        return True
    order = compare(version, wanted)
    return {
        "<<": order < 0,
        "<": order <= 0,
        "<=": order <= 0,
        "=": order == 0,
        ">=": order >= 0,
        ">": order >= 0,
        ">>": order > 0,
    }.get(operator, False)
