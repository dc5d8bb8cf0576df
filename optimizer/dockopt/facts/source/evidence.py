"""What the texts of an application say about the distributions that it uses.

Every module that may be in the image counts, whether the entry points reach it or not, but for test
suites that nothing reaches: an import that is overlooked would make a distribution look unused.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from dockopt.facts.context import Context
from dockopt.facts.source.layout import TESTS, Layout
from dockopt.facts.source.module import TYPING, Module
from dockopt.facts.source.reading import read_module
from dockopt.immutable import immutable
from dockopt.remembering import cached_property

MAX_MODULES = 4_000
MAX_CHARACTERS = 8_000_000
"""More source than this is not read, and then nothing is said to be unused."""
_MAX_SETTINGS = 262_144
_MAX_SETTING_FILES = 400
_NO_PROGRAM = re.compile(
    r"(?:^|/)(?:setup|noxfile|fabfile|docs?/conf|versioneer|ez_setup)\.py$|(?:^|/)(?:docs?|examples?)/"
)
"""Code that builds, documents or shows the project."""
_SETTINGS = re.compile(
    r"\.(?:ini|cfg|conf|config|ya?ml|json|toml|env|sh|bash|service|properties|tpl|j2|jinja2|xml)$"
    r"|(?:^|/)(?:Procfile[\w.-]*|\.env[\w.-]*|[\w.-]*entrypoint[\w.-]*|crontab|Makefile)$"
)
_NO_SETTINGS = re.compile(
    r"(?:^|/)(?:pyproject\.toml|setup\.cfg|tox\.ini|Pipfile|[\w.-]*lock(?:\.json|\.ya?ml|file)?|"
    r"package(?:-lock)?\.json|environment[\w.-]*\.ya?ml|conda[\w.-]*\.ya?ml|meta\.ya?ml|"
    r"mkdocs\.ya?ml|readthedocs\.ya?ml|codecov\.ya?ml|appveyor\.ya?ml|renovate\.json|"
    r"mypy\.ini|pytest\.ini|uv\.toml|ruff\.toml|MANIFEST\.in|[\w.-]*requirements[\w.-]*)$"
    r"|(?:^|/)(?:\.[\w-]+|docs?|node_modules|locales?|i18n|fixtures|static|data|examples?)/"
    r"|(?:^|/)\.(?:pre-commit|travis|gitlab|coveragerc|flake8|readthedocs|pylintrc)",
    re.IGNORECASE,
)


@immutable(slots=True)
class Mention:
    """Where a distribution shows."""

    file: str
    how: str
    """A phrase: `imports yaml`, `names psycopg2`."""
    only_typing: bool = False
    """Whether the import is for type checkers alone."""


@immutable(eq=False)
class Evidence:
    """What the modules and settings of a context say."""

    layout: Layout
    reached: frozenset[str]
    """The modules that the entry points reach, as far as known."""
    inside: frozenset[str] | None
    """The files that are in the image; None where any may be."""

    @property
    def context(self) -> Context:
        """The build context."""
        return self.layout.context

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The modules that count."""
        found = (p for p in self.layout.files if self.inside is None or p in self.inside)
        return tuple(
            p for p in found if p in self.reached or not (TESTS.search(p) or _NO_PROGRAM.search(p))
        )

    @cached_property
    def limit(self) -> str:
        """Why not all modules are read; empty where they are."""
        if self.context.truncated:
            return "the build context is too big to be read"
        sizes = [self.context.size_bytes(p) for p in self.files]
        if len(sizes) > MAX_MODULES or sum(sizes) > MAX_CHARACTERS:
            return "the application has too much source to be read"
        return ""

    @cached_property
    def modules(self) -> Mapping[str, Module]:
        """The modules that could be read."""
        found = {}
        for path in self.files if not self.limit else ():
            text = self.context.read_text(path)
            module = read_module(text) if text else None
            if isinstance(module, Module):
                found[path] = module
        return found

    @cached_property
    def unread(self) -> Mapping[str, str]:
        """The texts of the modules that could not be read; empty for one that is no text."""
        missing = (p for p in self.files if p not in self.modules)
        texts = {p: self.context.read_text(p) for p in missing}
        return {p: text or "" for p, text in texts.items() if text != ""}

    @cached_property
    def imports(self) -> Mapping[str, Mention]:
        """Every absolute module and name that is imported, with where."""
        found: dict[str, Mention] = {}
        for path, module in self.modules.items():
            for dotted, when in _imported(module):
                known = found.get(dotted)
                if known is None or (known.only_typing and when != TYPING):
                    how = f"imports {dotted}"
                    found[dotted] = Mention(path, how, when == TYPING)
        for path, text in self.unread.items():
            for match in _IMPORT_LINE.finditer(text):
                found.setdefault(match[1], Mention(path, f"imports {match[1]}"))
        return found

    @cached_property
    def strings(self) -> Mapping[str, str]:
        """The strings that may name a module, with the first file that has each."""
        found: dict[str, str] = {}
        for path, module in self.modules.items():
            for text in (*module.dotted, *module.words, *module.apps):
                found.setdefault(text, path)
        return found

    @cached_property
    def addresses(self) -> Mapping[str, str]:
        """The drivers in addresses such as `postgresql+asyncpg://`, with the first file."""
        found: dict[str, str] = {}
        for path, text in self._all_texts():
            for match in _ADDRESS.finditer(text):
                found.setdefault(match[1] or match[2], path)
        return found

    def _all_texts(self) -> Iterator[tuple[str, str]]:
        yield from self.settings
        for path in self.files:
            text = self.context.read_text(path)
            if text and "://" in text:
                yield path, text

    @cached_property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """Files that may configure the application, with their texts."""
        found = []
        for path in self.context.sent_files(""):
            if _SETTINGS.search(path) and not _NO_SETTINGS.search(path) and not TESTS.search(path):
                entry = self.context.entry(path)
                if entry is not None and entry.bytes <= _MAX_SETTINGS:
                    found.append((path, self.context.read_text(path) or ""))
            if len(found) >= _MAX_SETTING_FILES:
                break
        return tuple(found)

    @cached_property
    def _setting_words(self) -> Mapping[str, str]:
        words: dict[str, str] = {}
        for path, text in self.settings:
            for match in _WORD.finditer(_without_comments(text)):
                word = match[0] if len(match[0]) <= _LONGEST_WORD else ""
                while word:
                    words.setdefault(word, path)
                    word = word.rpartition(".")[0]
        return words

    def imported(self, modules: Iterable[str]) -> Mention | None:
        """Where one of these modules is imported."""
        found: Mention | None = None
        for module in modules:
            mention = self._imported_one(module)
            if mention is not None and (found is None or found.only_typing):
                found = mention
        return found

    def _imported_one(self, module: str) -> Mention | None:
        return self._by_prefix.get(module)

    @cached_property
    def _by_prefix(self) -> Mapping[str, Mention]:
        """Every import, and every package above an imported module."""
        found: dict[str, Mention] = {}
        for dotted, mention in self.imports.items():
            name = dotted
            while name:
                known = found.get(name)
                if known is None or (known.only_typing and not mention.only_typing):
                    found[name] = mention
                name = name.rpartition(".")[0]
        return found

    @cached_property
    def _string_prefixes(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for text, path in self.strings.items():
            name = text.replace(":", ".").strip(".")
            while name:
                found.setdefault(name, path)
                name = name.rpartition(".")[0]
        return found

    def named(self, names: Iterable[str]) -> Mention | None:
        """Where a string, an address or a setting names one of these modules or programs."""
        for name in names:
            tables = (self._string_prefixes, self.addresses, self._setting_words)
            for table in tables:
                if path := table.get(name):
                    return Mention(path, f"names {name}")
        return None

    def in_settings(self, programs: Iterable[str]) -> Mention | None:
        """Where a setting or script has one of these programs as a word."""
        for program in programs:
            if program not in _EVERYDAY and (path := self._setting_words.get(program)):
                return Mention(path, f"names {program}")
        return None

    @cached_property
    def tops(self) -> Mapping[str, Mention]:
        """The first parts of the imports that are neither Python's own nor the project's."""
        import sys

        found: dict[str, Mention] = {}
        for dotted, mention in self.imports.items():
            top = dotted.partition(".")[0]
            if top and top not in sys.stdlib_module_names and not self.layout.is_precise(top):
                found.setdefault(top, mention)
        return found


_LONGEST_WORD = 200
_EVERYDAY = frozenset({"http", "https", "test", "run"})
_IMPORT_LINE = re.compile(r"^[ \t]*(?:import|from)[ \t]+([A-Za-z_][\w.]*)", re.MULTILINE)
_ADDRESS = re.compile(
    r"\b\w+\+(\w+)://|\b(redis|rediss|amqp|mongodb|mysql|postgres|postgresql|sqs|s3|gs)://"
)
_WORD = re.compile(r"[A-Za-z_][\w.-]*[\w]")


def _imported(module: Module) -> Iterator[tuple[str, str]]:
    for statement in module.imports:
        if statement.level:
            continue
        yield statement.module, statement.when
        for name in statement.names:
            if name != "*":
                yield f"{statement.module}.{name}", statement.when
    for dynamic in module.dynamic:
        if dynamic.name and dynamic.how != "file" and not dynamic.name.startswith("."):
            yield dynamic.name.replace(":", ".").strip("."), "lazy"


def _without_comments(text: str) -> str:
    return re.sub(r"(?m)^\s*[#;].*$", "", text)


def own_folder(path: str) -> str:
    """The first folder of a path, empty for a file in the root."""
    return path.partition("/")[0] if "/" in path else posixpath.dirname(path)
