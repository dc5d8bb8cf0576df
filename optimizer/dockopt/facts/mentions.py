"""Which names the program, its scripts and its settings say: what they name, they may open.

Finds too much rather than too little: any part of a path in a string counts, wherever it leads.
"""

import ast
import fnmatch
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import cached_property

from dockopt.facts.context import Context
from dockopt.facts.references import references_of
from dockopt.immutable import immutable
from dockopt.model import Dockerfile
from dockopt.remembering import remembered_by_text

MAX_FILES = 4_000
MAX_CHARACTERS = 24_000_000
"""More sources than this are not read; then anything may be named."""
_WORD = re.compile(r"[\w.*-]+")
_TEXT = re.compile(
    r"(?:\.(?:sh|bash|cfg|ini|conf|ya?ml|service|toml|cron|env)|(?:^|/)(?:Procfile|crontab|"
    r"[\w.-]*entrypoint[\w.-]*|requirements[\w.-]*\.txt|MANIFEST\.in|start|run))$"
)
_COMPOSE = re.compile(r"^(?:docker-)?compose[\w.-]*\.ya?ml$")
_PASSES = ("prune-venv: ", "strip-binaries: ")
"""What the steps that work on a finished environment call themselves in what they print."""
_COMMENT = re.compile(r"(?:^|\s)#.*$", re.MULTILINE)
_IN_IMAGE = re.compile(
    r"docker(?:-compose| compose)?\s.*?\b(?:run|exec)\b.*?\b(?:pytest|tox|unittest|manage\.py test)"
)
_PROJECT_FILES = frozenset({"pyproject.toml", "setup.cfg", "setup.py", "MANIFEST.in"})
"""They matter where the project is built, and only there."""
_TASKS = re.compile(r"^(?:Taskfile|\.?justfile|tasks)\.(?:ya?ml|toml|py)$", re.IGNORECASE)
"""Files of task runners: for developers, who have the whole folder."""
_COMMAND_LINE = re.compile(r"^[a-z][\w./-]*(?:\s+[^\s]*[^\s.,:;!?])+$")
_RUNNERS = re.compile(
    r"^(?:Makefile|Justfile|Taskfile\.ya?ml|\.gitlab-ci\.yml|Jenkinsfile)$|"
    r"^\.github/workflows/|^\.circleci/|^scripts?/"
)
_PROJECT_SECTIONS = re.compile(
    r"^\[\[?(?:project|build-system|metadata|options|tool\.(?:poetry|hatch|setuptools|pdm|flit|uv|"
    r"maturin|scikit-build|distutils))[\w.\-:\"]*\]\]?"
)


@immutable(eq=False)
class Mentions:
    """What the Dockerfile and the files that stay in the image name."""

    dockerfile: Dockerfile
    context: Context
    files: tuple[str, ...]
    """The files that are looked into: those of the context that stay."""
    root: str
    """Where the context is copied to, an absolute path."""
    builds_project: bool

    @cached_property
    def complete(self) -> bool:
        """Whether all files could be looked into; if not, nothing can be left out."""
        sizes = [self.context.size_bytes(path) for path in self._readable]
        return len(sizes) <= MAX_FILES and sum(sizes) <= MAX_CHARACTERS

    @cached_property
    def _readable(self) -> tuple[str, ...]:
        return tuple(
            path
            for path in self.files
            if (path.endswith((".py", ".pyi")) or _TEXT.search(path))
            and not _TASKS.match(path)
            and (self.builds_project or path not in _PROJECT_FILES)
        )

    @cached_property
    def _words(self) -> frozenset[str]:
        """Every part of a path and every word that is named."""
        found: set[str] = set(self._instruction_words)
        for path in self._readable:
            found.update(self._python[path][0] if path in self._python else self._said(path))
        for reference in references_of(self.context):
            if reference.contexts is None or self.context.place in reference.contexts:
                found.update(word for said in reference.words for word in words(said))
        for path in self.context.top_level():
            if _COMPOSE.match(path):
                found.update(words(self.context.read_text(path) or ""))
        return frozenset(found)

    @cached_property
    def _python(self) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """For each Python file: the words of its strings, and the modules it imports."""
        return {
            path: _read_once(self.context.read_text(path) or "", self.root)
            for path in self._readable
            if path.endswith((".py", ".pyi"))
        }

    def _said(self, path: str) -> Iterator[str]:
        text = self.context.read_text(path) or ""
        if path in ("pyproject.toml", "setup.cfg"):
            text = "\n".join(_project_lines(text))
        yield from words(text)

    @cached_property
    def _instruction_words(self) -> frozenset[str]:
        """The words of all instructions but the sources of COPY from the context."""
        found: set[str] = set()
        for instruction in self.dockerfile.document.instructions:
            copies = instruction.keyword in ("COPY", "ADD") and instruction.flag("from") is None
            text = " ".join(instruction.value[-1:] if copies else instruction.value)
            text = self._elsewhere.sub(" ", text)
            documents = [h.content for h in instruction.heredocs if not _is_pass(h.content)]
            found.update(words(text + " ".join(documents)))
            found.update(words(" ".join(map(str, instruction.flags))))
        return frozenset(found)

    @cached_property
    def _elsewhere(self) -> re.Pattern[str]:
        """What names an environment that the build makes, and so no `venv` of the build context."""
        module = r"(?<=-m )venv\b"
        below = (self.root.rstrip("/") + "/").startswith("/opt/")
        return re.compile(module if below else rf"{module}|(?<![\w.])/opt/venv(?![\w.-])")

    @cached_property
    def _patterns(self) -> tuple[str, ...]:
        return tuple(sorted(w for w in self._words if "*" in w and w.strip("*.")))

    def names(self, name: str) -> bool:
        """Whether something names the entry `name` of the root, by itself or by a pattern."""
        module = name.removesuffix(".py")
        if name in self._words or self.imports(frozenset({module})):
            return True
        return any(fnmatch.fnmatch(name, pattern) for pattern in self._patterns)

    def starts(self, prefix: str) -> bool:
        """Whether something that is named starts with `prefix`."""
        return any(word.startswith(prefix) for word in self._words)

    def imports(self, modules: Iterable[str]) -> bool:
        """Whether a Python file that stays imports one of the top-level `modules`."""
        return any(not modules_of.isdisjoint(modules) for _, modules_of in self._python.values())

    def calls(self, programs: frozenset[str]) -> bool:
        """Whether an instruction, a script or a string of the program names one of `programs`."""
        return not programs.isdisjoint(self._words)

    @cached_property
    def tests_in_image(self) -> bool:
        """Whether a build script runs the tests in a container of the image."""
        for path in self.context.files_under(""):
            if _RUNNERS.search(path) or _COMPOSE.match(path):
                text = self.context.read_text(path) or ""
                if any(_IN_IMAGE.search(line) for line in text.splitlines()):
                    return True
        return False


def _is_pass(script: str) -> bool:
    """Whether a here-document is a step of dockopt's own: it is about an environment alone."""
    return any(mark in script for mark in _PASSES)


def words(text: str) -> Iterator[str]:
    """The words, parts of paths and packages of modules in a text, comments left out."""
    for word in _WORD.findall(_COMMENT.sub("", text)):
        yield word
        if package := word.partition(".")[0]:
            yield package


def python_mentions(text: str, root: str = "/") -> tuple[frozenset[str], frozenset[str]]:
    """The words in the strings of Python source, docstrings aside, and the modules it imports.

    Of source that this Python cannot read, every word counts as both. `root` is where the source
    is in the image: an absolute path elsewhere, such as the `/docs` of a URL, names no file of it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = frozenset(_WORD.findall(text)) | frozenset(re.findall(r"\w+", text))
        return found, found
    said: set[str] = set()
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module.partition(".")[0])
    for value, whole in _literals(tree):
        said.update(_of_literal(value, root if whole else ""))
    return frozenset(said), frozenset(modules)


_read_once = remembered_by_text(MAX_CHARACTERS)(python_mentions)
"""Several instructions may copy the same sources to the same place."""


def _literals(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """The strings, docstrings aside; and whether each is all of a value, not a part of one."""
    todo: list[tuple[ast.AST, bool]] = [(tree, True)]
    while todo:
        node, whole = todo.pop()
        if isinstance(node, ast.Constant):
            value = node.value
            if isinstance(value, bytes):
                value = value.decode("latin-1")
            if isinstance(value, str):
                yield value, whole
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        inside = whole and not isinstance(node, ast.JoinedStr | ast.BinOp)
        todo.extend((child, inside) for child in ast.iter_child_nodes(node))


def _of_literal(value: str, root: str) -> Iterator[str]:
    """The words that a string may name files by; `root` where an absolute path is a path."""
    if root and value.startswith("/"):
        if not value.startswith(root.rstrip("/") + "/"):
            return
        value = value[len(root.rstrip("/")) :]
    if len(value.split()) > 1 and not _COMMAND_LINE.match(value):
        value = " ".join(token for token in value.split() if any(c in token for c in "/\\._*"))
    for word in _WORD.findall(value):
        yield word
        yield word.partition(".")[0]


def _project_lines(text: str) -> Iterator[str]:
    """The lines of the sections that say how the project is built."""
    inside = False
    for line in text.splitlines():
        if line.startswith("["):
            inside = bool(_PROJECT_SECTIONS.match(line))
        elif inside:
            yield line
