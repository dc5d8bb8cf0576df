"""`python -m dockopt.reference`: the page about all transforms, from what they say of themselves.

Documentation that is kept beside the code goes stale; this page is written by the code, and a test
compares it with the file in `docs/`.
"""

import difflib
import re
import sys
from collections.abc import Iterable, Iterator

from dockopt.registry import BUILT_IN, Registered, transforms
from dockopt.transform import Example, Untouched

LONG = 60
"""Lines of a difference from which on it is folded away."""
_HEAD = """\
# Transforms

<!-- Written by `make docs` from the transforms' own documentation; change it there. -->

In the order in which they run. Each works at the level given or, where its Safety section says so,
at another one for a single change; `dockopt explain NAME` shows the same in a terminal. The
examples are tests as well: each of them is rewritten just so by the test suite.
"""


def reference() -> str:
    """The page, in Markdown; transforms of other packages are left out."""
    found = [r for r in transforms().values() if r.transform.module.startswith(f"{BUILT_IN}.")]
    parts = [_HEAD, _table(found), *map(_section, found)]
    return "\n".join(parts)


def _table(found: Iterable[Registered]) -> str:
    rows = (
        f"| [`{r.name}`](#{r.name}) | {r.transform.phase.name.lower()} | {r.transform.level} "
        f"| {r.summary} |"
        for r in found
    )
    return "\n".join(("| transform | phase | level | |", "|---|---|---|---|", *rows)) + "\n"


def _section(found: Registered) -> str:
    _, _, text = found.documentation.strip().partition("\n")
    level, phase = found.transform.level, found.transform.phase.name.lower()
    lines = [
        f"## {found.name}",
        "",
        f"{found.summary}. Level `{level}`, phase `{phase}`.",
        "",
        re.sub(r"(?m)^## (.+)\n+", r"### \1\n\n", text.strip()),
        "",
        "### Examples",
    ]
    for example in found.transform.examples:
        lines += ["", *_example(example)]
    return "\n".join(lines) + "\n"


def _example(example: Example | Untouched) -> Iterator[str]:
    if isinstance(example, Untouched):
        yield f"Left alone, because {example.why}{_context(example.context)}:"
        yield from ("", *_fenced("dockerfile", example.text.rstrip("\n").split("\n")))
        return
    title = example.title[:1].upper() + example.title[1:] or "Before and after"
    together = f", together with {_names(example.together)}" if example.together else ""
    assume = f", with `--assume {','.join(example.assume)}`" if example.assume else ""
    asked = "".join(f", with `--variant {variant}`" for variant in example.variants)
    yield f"{title}{_context(example.context)}{together}{assume}{asked}:"
    yield ""
    difference = _difference(example)
    if len(difference) > LONG:
        yield from (f"<details><summary>{len(difference)} lines</summary>", "")
    yield from _fenced("diff", difference)
    if len(difference) > LONG:
        yield from ("", "</details>")
    for path, text in example.writes:
        yield from ("", f"and writes `{path}`:", "")
        yield from _fenced("", text.rstrip("\n").split("\n"))


def _context(files: tuple[tuple[str, str], ...]) -> str:
    return f" (with {_names(path for path, _ in files)} in the build context)" if files else ""


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _difference(example: Example) -> list[str]:
    """Before and after as one text: every line of both, with its sign."""
    before, after = example.before.splitlines(), example.result.splitlines()
    lines = list(difflib.unified_diff(before, after, lineterm="", n=len(before)))
    if not lines:  # it writes files alone
        return [f" {line}" for line in before]
    return lines[3:]  # two names and a place, which say nothing here


def _fenced(language: str, lines: Iterable[str]) -> Iterator[str]:
    """Lines as a block of code; none of ours holds a fence of four."""
    yield f"````{language}"
    yield from lines
    yield "````"


if __name__ == "__main__":
    sys.stdout.buffer.write(reference().encode("utf-8"))
