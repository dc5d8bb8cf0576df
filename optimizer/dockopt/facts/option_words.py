"""How the words of a command line are sorted: command group, action, options and the rest."""

from collections.abc import Callable, Iterator

from dockopt.immutable import immutable
from dockopt.shell import Word


@immutable(eq=False)
class Option:
    """An option of a command."""

    name: str
    """Its long name where it has one: `-r` of pip is `--requirement`."""
    word: Word
    value_word: Word | None
    """The word that holds the value, `word` itself for `--name=value` and `-rfile`."""
    value: str | None
    """The value; None where there is none or it is not known."""

    @property
    def words(self) -> tuple[Word, ...]:
        """The words that have to go to take the option out."""
        if self.value_word is None or self.value_word is self.word:
            return (self.word,)
        return (self.word, self.value_word)


class Optioned:
    """A command line with options."""

    options: tuple[Option, ...]

    def option(self, *names: str) -> Option | None:
        """The last option with one of these long names."""
        return next((o for o in reversed(self.options) if o.name in names), None)

    def has(self, *names: str) -> bool:
        """Whether there is an option with one of these long names."""
        return self.option(*names) is not None

    def values(self, name: str) -> tuple[str | None, ...]:
        """The values of every option `name`; None for one that is not known."""
        return tuple(option.value for option in self.options if option.name == name)


@immutable()
class Grammar:
    """What has to be known of a tool to read its command lines."""

    canonical: Callable[[str], str]
    """The long name of an option."""
    takes_value: Callable[[str, str], bool]
    """Whether an option, by the command group and its long name, has a value after it."""
    groups: frozenset[str] = frozenset()
    """First words that another one has to follow: `pip` in `uv pip install`."""
    starts_programs: frozenset[str] = frozenset({"run"})
    """Actions after which another program stands, with options of its own."""


class OptionReader:
    """Sorts the words of a command line one by one."""

    def __init__(self, grammar: Grammar, group: str = "") -> None:
        self.grammar = grammar
        self.group = group
        self.group_word: Word | None = None
        self.action: Word | None = None
        self.options: list[Option] = []
        self.rest: list[Word] = []
        self._waiting: tuple[str, Word] | None = None
        self._only_rest = False

    def take(self, word: Word) -> None:
        """Sorts the next word."""
        text = word.text if word.value is None else word.value
        if self._waiting is not None:
            name, option = self._waiting
            self.options.append(Option(name, option, word, word.value))
            self._waiting = None
        elif self._only_rest or not text.startswith("-") or text == "-":
            self._plain(word)
        elif text == "--":
            self._only_rest = True
        elif text.startswith("--"):
            self._long(word, text)
        else:
            self._short(word, text)

    def _plain(self, word: Word) -> None:
        if self.action is not None:
            self.rest.append(word)
        elif not self.group and word.value in self.grammar.groups:
            self.group, self.group_word = word.value or "", word
        else:
            self.action = word
        if self.action is not None and self.action.value in self.grammar.starts_programs:
            self._only_rest = bool(self.rest)

    def _long(self, word: Word, text: str) -> None:
        written, equals, value = text.partition("=")
        name = self.grammar.canonical(written)
        if equals:
            known = None if word.value is None else value
            self.options.append(Option(name, word, word, known))
        elif self.grammar.takes_value(self.group, name):
            self._waiting = (name, word)
        else:
            self.options.append(Option(name, word, None, None))

    def _short(self, word: Word, text: str) -> None:
        for name, rest in _cluster(text):
            long = self.grammar.canonical(name)
            if not self.grammar.takes_value(self.group, long):
                self.options.append(Option(long, word, None, None))
            elif rest:
                known = None if word.value is None else rest.removeprefix("=")
                self.options.append(Option(long, word, word, known))
                return
            else:
                self._waiting = (long, word)


def _cluster(text: str) -> Iterator[tuple[str, str]]:
    """`-qr` as `-q` with `r` after it, then `-r` with nothing after it."""
    for index in range(1, len(text)):
        yield f"-{text[index]}", text[index + 1 :]
