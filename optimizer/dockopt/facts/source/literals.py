"""Names and literal texts in a libcst tree: `a.b`, `"x" + "y"`, `BASE / "x"`, `f"{a}.b"`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dockopt.immutable import immutable

if TYPE_CHECKING:
    import libcst as cst

_MAX_DEPTH = 40


@immutable(slots=True)
class Text:
    """What is known of a text that an expression makes."""

    value: str
    """The part that is written, up to the first that is not known; behind it for a path."""
    to_end: bool
    """Whether nothing unknown follows it."""
    from_start: bool
    """Whether nothing unknown stands before it."""

    @property
    def complete(self) -> bool:
        """Whether it is all of the text."""
        return self.to_end and self.from_start


_NOTHING = Text("", False, True)


def dotted_name(node: "cst.CSTNode | None") -> str | None:
    """`a.b.c` for a name or attribute of names, None for anything else."""
    parts: list[str] = []
    found: Any = node
    while type(found).__name__ == "Attribute":
        parts.append(found.attr.value)
        found = found.value
    if type(found).__name__ != "Name":
        return None
    return ".".join([found.value, *reversed(parts)])


def text_of(
    node: "cst.CSTNode | None", constants: Mapping[str, Text | None], depth: int = 0
) -> Text | None:
    """What is known of the text that an expression makes; None where nothing is."""
    kind = type(node).__name__
    found: Any = node
    if depth > _MAX_DEPTH or node is None:
        return None
    if kind == "SimpleString":
        value = found.evaluated_value
        return Text(value, True, True) if isinstance(value, str) else None
    if kind == "FormattedString":
        return _formatted(found)
    if kind == "ConcatenatedString":
        left = text_of(found.left, constants, depth + 1)
        return _added(left, text_of(found.right, constants, depth + 1))
    if kind == "BinaryOperation":
        return _operation(found, constants, depth)
    if kind in ("Name", "Attribute"):
        return constants.get(dotted_name(found) or "")
    return None


def _formatted(node: "cst.FormattedString") -> Text | None:
    known = ""
    for part in node.parts:
        value = getattr(part, "value", None)
        if type(part).__name__ != "FormattedStringText" or not isinstance(value, str):
            return Text(known, False, True) if known else None
        known += value
    return Text(known, True, True)


def _operation(
    node: "cst.BinaryOperation", constants: Mapping[str, Text | None], depth: int
) -> Text | None:
    operator = type(node.operator).__name__
    left = text_of(node.left, constants, depth + 1)
    right = text_of(node.right, constants, depth + 1)
    if operator == "Add":
        return _added(left, right)
    if operator == "Divide":
        return joined([left, right])
    if operator == "Modulo" and left is not None and "%" in left.value:
        return Text(left.value.partition("%")[0], False, left.from_start)
    return None


def _added(left: Text | None, right: Text | None) -> Text | None:
    if left is None:
        return None
    if not left.to_end or right is None:
        return Text(left.value, False, left.from_start)
    return Text(left.value + right.value, right.to_end, left.from_start)


def joined(parts: list[Text | None]) -> Text | None:
    """The path that these parts make: what is behind the last unknown one, up to the next."""
    known: list[str] = []
    from_start, to_end = True, True
    for part in parts:
        if part is not None and part.to_end:
            known.append(part.value)
            from_start = from_start and part.from_start
        elif known and part is None:
            to_end = False
            break
        else:
            from_start = False
    if not known:
        return None
    return Text(
        "/".join(p.strip("/") if n else p.rstrip("/") for n, p in enumerate(known)),
        to_end,
        from_start,
    )
