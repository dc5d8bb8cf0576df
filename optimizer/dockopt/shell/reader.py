"""Reads shell text with tree-sitter-bash into a `Script`.

dash, the `/bin/sh` of Debian, reads less than bash does; what only bash reads (arrays, `[[`) is
read here as well, because a SHELL instruction may have chosen bash.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, cast

from dockopt.immutable import immutable
from dockopt.remembering import remembered_by_text
from dockopt.shell.plain import plain_steps
from dockopt.shell.script import Command, Opaque, Redirect, Script, Step, Word
from dockopt.shell.values import static_value

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_CHARACTERS = 1_000_000
"""Longer shell is not read: nobody reviews it, and reading it costs memory."""
_MAX_DEPTH = 100
_SUBSTITUTION = re.compile(r"`|[$<>]\(")
_QUOTED = re.compile(
    r"""\\.|'[^']*'|"(?:[^"\\]|\\.)*"|(?<!\S)(`[ \t]*(?:\#[^`\n]*)?`)(?!\S)""", re.DOTALL
)
"""What quotes a backquote; and as a group, backquotes around nothing or a comment."""
_CONDITIONAL = frozenset(
    {
        "if_statement",
        "while_statement",
        "for_statement",
        "c_style_for_statement",
        "case_statement",
        "function_definition",
        "negated_command",
        "command_substitution",
        "process_substitution",
    }
)
_WORDS = frozenset(
    {
        "word",
        "string",
        "raw_string",
        "ansi_c_string",
        "translated_string",
        "concatenation",
        "number",
        "simple_expansion",
        "expansion",
        "command_substitution",
        "process_substitution",
        "arithmetic_expansion",
        "brace_expression",
        "array",
        "regex",
        "extglob_pattern",
    }
)
_REDIRECTS = frozenset({"file_redirect", "heredoc_redirect", "herestring_redirect"})
_HEREDOC_PARTS = frozenset({"heredoc_start", "heredoc_body", "heredoc_end", "file_descriptor"})
_SEPARATORS = frozenset({"&&", "||", ";", "&", "\n", ";;"})
_BEYOND_LATIN = re.compile(r"[^\x00-\xff]")
"""The grammar's scanner asks C's `isalpha` of each character, whose table ends there: others crash the
process. To the shell all of them are parts of words, as the letter is that is read in their place.
https://en.cppreference.com/w/c/string/byte/isalpha"""


def parse(text: str) -> Script | Opaque:
    """The script that `text` is, or why it could not be read."""
    return _kept(text, "")


@remembered_by_text(4_000_000)
def _kept(text: str, _: str) -> Script | Opaque:
    if len(text) > MAX_CHARACTERS:
        return Opaque(f"longer than {MAX_CHARACTERS} characters")
    steps = plain_steps(text)
    if steps is not None:
        return Script(text, tuple(_with_swallowed(steps, "")))
    return parse_with_grammar(text)


def parse_with_grammar(text: str) -> Script | Opaque:
    """What tree-sitter-bash makes of `text`."""
    read = safe = _BEYOND_LATIN.sub("\u00e9", text)
    root = _root(read)
    if root.has_error and "`" in text:
        read = _without_empty_substitutions(safe)
        root = _root(read)
    if root.has_error:
        return Opaque("the shell syntax could not be read")
    try:
        return _Reading(text, _offsets(read), bool(_SUBSTITUTION.search(text))).script(root)
    except RecursionError:
        return Opaque("nested too deeply")


def _root(text: str) -> "Node":
    return _parser().parse(text.encode("utf-8", "surrogateescape")).root_node


def _without_empty_substitutions(text: str) -> str:
    """Blanks in the place of a comment in backquotes, which the grammar does not know.

    Such a comment between the words of a command is a substitution that gives no word.
    """
    return _QUOTED.sub(lambda match: " " * len(match[0]) if match[1] else match[0], text)


@cache
def _parser() -> "Parser":
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


def _offsets(text: str) -> list[int] | None:
    """The code point of every byte offset; None where they are equal."""
    if text.isascii():
        return None
    table: list[int] = []
    for index, char in enumerate(text):
        table.extend([index] * len(char.encode("utf-8", "surrogateescape")))
    return [*table, len(text)]


@dataclass
class _Reading:
    text: str
    offsets: list[int] | None
    has_substitutions: bool

    def at(self, byte: int) -> int:
        return byte if self.offsets is None else self.offsets[byte]

    def script(self, root: "Node") -> Script:
        steps: list[Step] = []
        operator: tuple[str, int, int] = ("", 0, 0)
        for node in _top_level(root):
            if node.type in _SEPARATORS:
                operator = (node.type, self.at(node.start_byte), self.at(node.end_byte))
                continue
            if node.type == "comment":
                continue
            if steps and not operator[0]:
                operator = ("\n", steps[-1].end, self.at(node.start_byte))
            steps.append(self._step(node, operator))
            operator = ("", 0, 0)
        return Script(self.text, tuple(_with_swallowed(steps, operator[0])), operator[0] == "&")

    def _step(self, node: "Node", operator: tuple[str, int, int]) -> Step:
        commands = tuple(self._commands(node, 0, conditional=False))
        kind = node.type
        if kind == "redirected_statement" and len(commands) == 1 and not commands[0].depth:
            kind = "command"
        if kind in ("variable_assignment", "declaration_command", "unset_command", "test_command"):
            kind = "command"
        start, end = self.at(node.start_byte), self.at(node.end_byte)
        return Step(*operator, start, end, kind, commands)

    def _commands(self, node: "Node", depth: int, *, conditional: bool) -> Iterator[Command]:
        if depth > _MAX_DEPTH:
            raise RecursionError
        kind = node.type
        if kind in ("command", "declaration_command", "unset_command", "test_command"):
            yield self._command(node, node, (), depth, conditional)
            yield from self._substitutions(node, depth)
        elif kind == "variable_assignment":
            yield self._assignment_command(node, depth, conditional)
            yield from self._substitutions(node, depth)
        elif kind == "redirected_statement" and not _redirects_list(node):
            yield from self._redirected(node, depth, conditional)
        elif kind in ("list", "redirected_statement"):
            yield from self._list(node, depth, conditional)
        else:
            inner = conditional or kind in _CONDITIONAL
            if kind == "pipeline":
                inner = True
            for child in node.named_children:
                yield from self._commands(child, depth + 1, conditional=inner)

    def _list(self, node: "Node", depth: int, conditional: bool) -> Iterator[Command]:
        parts = _laid_flat(node)
        either = conditional or any(child.type == "||" for child in parts)
        for child in parts:
            if child.is_named:
                yield from self._commands(child, depth + 1, conditional=either)

    def _redirected(self, node: "Node", depth: int, conditional: bool) -> Iterator[Command]:
        body = node.child_by_field_name("body")
        found = [child for child in node.named_children if child.type in _REDIRECTS]
        behind = [part for child in found for part in _behind_heredoc(child)]
        inner = [part for part in behind if part.type == "file_redirect"]
        chained = [part for part in behind if part.type != "file_redirect"]
        redirects = tuple(self._redirect(child) for child in [*found, *inner])
        conditional = conditional or bool(chained)
        if body is not None and body.type in ("command", "test_command", "declaration_command"):
            yield self._command(node, body, redirects, depth, conditional)
            yield from self._substitutions(body, depth)
        elif body is not None:
            yield from self._commands(body, depth + 1, conditional=conditional)
        else:
            start, end = self.at(node.start_byte), self.at(node.end_byte)
            yield Command((), (), redirects, start, end, depth, conditional)
        for part in chained:
            yield from self._commands(part, depth + 1, conditional=True)

    def _command(
        self,
        outer: "Node",
        node: "Node",
        redirects: tuple[Redirect, ...],
        depth: int,
        conditional: bool,
    ) -> Command:
        words: list[Word] = []
        assignments: list[tuple[str, Word | None]] = []
        own = list(redirects)
        for child in node.children:
            kind = child.type
            if kind == "command_name":
                words.append(self._word(child.children[0] if child.children else child))
            elif kind in _WORDS or not child.is_named or kind == "variable_name":
                words.append(self._word(child))
            elif kind == "variable_assignment":
                assignments.append(self._assignment(child))
            elif kind in _REDIRECTS:
                own.append(self._redirect(child))
                words.extend(self._after_redirect(child))
        if outer is not node:
            for child in outer.named_children:
                words.extend(self._after_redirect(child))
        start, end = self.at(outer.start_byte), self.at(outer.end_byte)
        joined = tuple(_joined(self.text, words))
        return Command(joined, tuple(assignments), tuple(own), start, end, depth, conditional)

    def _assignment_command(self, node: "Node", depth: int, conditional: bool) -> Command:
        start, end = self.at(node.start_byte), self.at(node.end_byte)
        return Command((), (self._assignment(node),), (), start, end, depth, conditional)

    def _assignment(self, node: "Node") -> tuple[str, Word | None]:
        name = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        return (
            self._text(name) if name is not None else "",
            self._word(value) if value is not None else None,
        )

    def _substitutions(self, node: "Node", depth: int) -> Iterator[Command]:
        """The commands within `$(…)`, `<(…)` and backquotes in the words of a command."""
        if not self.has_substitutions:
            return
        for child in node.named_children:
            if not _SUBSTITUTION.search(self.text, *self._range(child)):
                continue
            if child.type in ("command_substitution", "process_substitution"):
                yield from self._commands(child, depth + 1, conditional=True)
            else:
                yield from self._substitutions(child, depth)

    def _range(self, node: "Node") -> tuple[int, int]:
        start, end = node.byte_range
        return (start, end) if self.offsets is None else (self.offsets[start], self.offsets[end])

    def _redirect(self, node: "Node") -> Redirect:
        operator, descriptor = "", ""
        target: Word | None = None
        for child in node.children:
            if child.type == "file_descriptor":
                descriptor = self._text(child)
            elif not child.is_named and not operator:
                operator = self._text(child)
            elif child.type in _WORDS and target is None:
                target = self._word(child)
        return Redirect(operator, target, descriptor)

    def _after_redirect(self, node: "Node") -> list[Word]:
        """Arguments that stand after a redirection; the grammar takes them for its targets."""
        if node.type != "file_redirect":
            return []
        return [self._word(c) for c in node.named_children if c.type in _WORDS][1:]

    def _text(self, node: "Node") -> str:
        return self.text[self.at(node.start_byte) : self.at(node.end_byte)]

    def _word(self, node: "Node") -> Word:
        start, end = self._range(node)
        text = self.text[start:end]
        return Word(text, static_value(text), start, end)


def _behind_heredoc(redirect: "Node") -> list["Node"]:
    """What stands on the line of a `<<NAME` behind it; the grammar makes it a part of that."""
    if redirect.type != "heredoc_redirect":
        return []
    return [child for child in redirect.named_children if child.type not in _HEREDOC_PARTS]


def _joined(text: str, words: Sequence[Word]) -> Iterator[Word]:
    """The words, those put together again that the grammar splits: `a-$b/c-$d` in some places."""
    held: Word | None = None
    for word in words:
        if held is not None and held.end == word.start:
            whole = text[held.start : word.end]
            held = Word(whole, static_value(whole), held.start, word.end)
            continue
        if held is not None:
            yield held
        held = word
    if held is not None:
        yield held


@immutable()
class _Redirected:
    """A last command with its redirections, in the shape of a `redirected_statement`.

    The grammar reads `a && b 2>x` as `{ a && b; } 2>x`; a shell redirects `b` alone.
    """

    body: "Node"
    redirects: "tuple[Node, ...]"
    end_byte: int
    type: str = "redirected_statement"
    is_named: bool = True

    @property
    def start_byte(self) -> int:
        return self.body.start_byte

    @property
    def named_children(self) -> "list[Node]":
        return [self.body, *self.redirects]

    def child_by_field_name(self, name: str) -> "Node | None":
        return self.body if name == "body" else None


def _top_level(root: "Node") -> Iterator["Node"]:
    """The steps and separators of a script: nested `&&`/`||` lists laid flat."""
    for child in root.children:
        if child.type == "list" or _redirects_list(child):
            yield from _laid_flat(child)
        else:
            yield child


def _redirects_list(node: "Node") -> bool:
    if node.type != "redirected_statement":
        return False
    body = node.child_by_field_name("body")
    return body is not None and body.type == "list"


def _laid_flat(node: "Node") -> list["Node"]:
    """The parts of `a && b || c`, which the grammar nests one list in the other."""
    flat: list[Node] = []
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if part.type == "list":
            waiting.extend(reversed(part.children))
        elif _redirects_list(part):
            *others, last = _laid_flat(part.named_children[0])
            redirects = tuple(part.named_children[1:])
            flat += [*others, cast("Node", _Redirected(last, redirects, part.end_byte))]
        else:
            flat.append(part)
    return flat


def _with_swallowed(steps: Sequence[Step], last_operator: str) -> Iterator[Step]:
    """The steps; those that a `||` guards, or that run in the background, marked as conditional.

    `a && b || c` succeeds when `a` fails and `c` does not, so all three of them are.
    """
    marks: list[bool] = []
    swallowed, following = False, last_operator
    for step in reversed(steps):
        if following not in ("&&", "||"):
            swallowed = following == "&"
        swallowed = swallowed or following == "||"
        marks.append(swallowed or step.operator == "||")
        following = step.operator
    for step, swallowed in zip(steps, reversed(marks), strict=True):
        if swallowed:
            commands = tuple(replace(command, conditional=True) for command in step.commands)
            yield replace(step, commands=commands)
        else:
            yield step
