"""What a `setup.py` requires, read and not run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dockopt.facts.source.literals import dotted_name, text_of
from dockopt.facts.source.nesting import too_deep

if TYPE_CHECKING:
    import libcst as cst

_FILE = re.compile(r"""["']((?:[\w.-]+/)*[\w.-]*requirements?[\w.-]*\.(?:txt|in|pip))["']""")
_PBR = re.compile(r"\bpbr\s*=\s*True|[\"']pbr[\"']\s*:\s*True")
_MAX_CHARACTERS = 200_000


@dataclass
class SetupRequirements:
    """The requirements that a setup.py names."""

    requirements: tuple[str, ...] = ()
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    """Requirements files that it reads for them, relative to its folder."""
    complete: bool = True
    """Whether all of `install_requires` is written in it."""
    extras_complete: bool = True
    """Whether all of `extras_require` is."""


def setup_requirements(text: str) -> SetupRequirements:
    """The requirements in the text of a setup.py; incomplete where it cannot be read."""
    if too_deep(text[:_MAX_CHARACTERS]) or len(text) > _MAX_CHARACTERS:
        return SetupRequirements(complete=False, extras_complete=False)
    import libcst as cst

    try:
        tree = cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError, cst.CSTValidationError):
        return SetupRequirements(complete=False, extras_complete=False)
    return _Search(tree, text).answer()


class _Search:
    def __init__(self, tree: "cst.Module", text: str) -> None:
        self.text = text
        self.assigned: dict[str, list[Any]] = {}
        self.setup: Any = None
        self.appended: dict[str, list[Any]] = {}
        self._walk(tree)

    def _walk(self, tree: Any) -> None:
        waiting = [tree]
        while waiting:
            node = waiting.pop()
            kind = type(node).__name__
            if kind in ("Assign", "AnnAssign", "AugAssign") and node.value is not None:
                targets = [t.target for t in node.targets] if kind == "Assign" else [node.target]
                for target in targets:
                    name = dotted_name(target) or _subscript(target)
                    if name:
                        self.assigned.setdefault(name, []).append(node.value)
            elif kind == "Call":
                self._call(node)
            waiting.extend(reversed(node.children))

    def _call(self, node: Any) -> None:
        name = dotted_name(node.func) or ""
        end = name.rpartition(".")[2]
        if end == "setup" or (end == "dict" and "install_requires" in self._keywords(node)):
            self.setup = self.setup or node
        elif end in ("append", "extend", "insert") and node.args:
            self.appended.setdefault(name.rpartition(".")[0], []).append(node.args[-1].value)

    def _keywords(self, node: Any) -> dict[str, Any]:
        return {a.keyword.value: a.value for a in node.args if a.keyword is not None}

    def answer(self) -> SetupRequirements:
        """What was found."""
        keywords = self._keywords(self.setup) if self.setup is not None else {}
        extras, extras_complete = self._extras(keywords)
        if _PBR.search(self.text):
            # https://docs.openstack.org/pbr/latest/user/using.html#requirements
            return SetupRequirements((), extras, ("requirements.txt",), True, extras_complete)
        node = keywords.get("install_requires") or keywords.get("requires")
        if node is None:
            found = [v for k, v in self.assigned.items() if k.endswith("install_requires")]
            node = found[0][0] if found else None
        if node is None:
            hidden = self._may_have("install_requires")
            files = self._files() if hidden else ()
            return SetupRequirements((), extras, files, not hidden, extras_complete)
        texts, complete = self._texts(node, 0)
        files = self._files() if not complete else ()
        return SetupRequirements(tuple(texts), extras, files, complete, extras_complete)

    def _extras(self, keywords: dict[str, Any]) -> tuple[dict[str, tuple[str, ...]], bool]:
        node = keywords.get("extras_require")
        if node is None:
            return {}, not self._may_have("extras_require")
        found, complete = dict[str, tuple[str, ...]](), type(node).__name__ == "Dict"
        for element in getattr(node, "elements", ()):
            key = text_of(getattr(element, "key", None), {})
            texts, whole = self._texts(element.value, 0)
            complete = complete and whole and key is not None
            if key is not None:
                found[key.value] = tuple(texts)
        return found, complete

    def _may_have(self, keyword: str) -> bool:
        """Whether `setup` may be called with a keyword that the call does not show."""
        starred = self.setup is None or any(a.star == "**" for a in self.setup.args)
        return starred or keyword in self.text

    def _files(self) -> tuple[str, ...]:
        found = dict.fromkeys(_FILE.findall(self.text))
        plain = [f for f in found if not re.search(r"dev|test|doc|extra|optional|lint", f)]
        return tuple(plain)

    def _texts(self, node: Any, depth: int) -> tuple[list[str], bool]:
        """The strings in a list, and whether these are all."""
        kind = type(node).__name__
        if depth > 12:
            return [], False
        if kind in ("List", "Tuple", "Set"):
            return self._joined([e.value for e in node.elements], depth)
        if kind in ("SimpleString", "ConcatenatedString", "FormattedString"):
            text = text_of(node, {})
            if text is None:
                return [], False
            return [line for line in text.value.splitlines() if line.strip()], True
        if kind == "BinaryOperation":
            return self._joined([node.left, node.right], depth)
        if kind in ("Name", "Attribute", "Subscript"):
            name = dotted_name(node) or _subscript(node)
            values = self.assigned.get(name or "", [])
            texts, complete = self._joined([*values, *self.appended.get(name or "", [])], depth)
            return texts, complete and bool(values)
        return [], False

    def _joined(self, nodes: list[Any], depth: int) -> tuple[list[str], bool]:
        texts: list[str] = []
        complete = True
        for node in nodes:
            more, whole = self._texts(node, depth + 1)
            texts += more
            complete = complete and whole
        return texts, complete


def _subscript(node: Any) -> str | None:
    """`kwargs["install_requires"]` as a name."""
    if type(node).__name__ != "Subscript":
        return None
    name = dotted_name(node.value)
    index = getattr(getattr(node.slice[0], "slice", None), "value", None) if node.slice else None
    text = text_of(index, {})
    return f"{name}.{text.value}" if name and text else None
